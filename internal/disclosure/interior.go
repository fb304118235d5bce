package disclosure

import (
	"math"
	"slices"
	"sync"
)

// interior attacks a family whose equations are too many for the simplex method. It finds one solution in fractions in which no inner cell is empty unless it
// has to be, and goes from there in straight lines as far as counts stay at or above zero. A line shows that its ends are possible; that nothing beyond them is,
// it does not show. So a target is called wide enough only if it is, and some that are wide enough are not found to be.
//
// The solution is the one of greatest entropy, by Newton's method on its dual; the lines are those of I. I. Dikin's affine scaling, Soviet Math. Dokl. 8 (1967) 674–675.
type interior struct {
	a        *attack
	of       [][]int32 // of each variable: its equations
	right    []float64
	centre   []float64
	weight   []float64 // the lines are straight in this metric; m is factored with it
	m        *normal
	steps    int
	resumed  bool // the solution is that of an earlier attack
	finished bool
}

const (
	mostEquations = 10_000 // besides those that are eliminated at once: the matrix takes 400 MB then
	least         = 1e-7   // people; what is smaller is error
	sweeps        = 60
	newtonSteps   = 60
)

func (a *attack) inside(steps int) *interior {
	p := &interior{a: a, of: make([][]int32, len(a.variables)), right: make([]float64, len(a.equations)), centre: make([]float64, len(a.variables))}
	count, total := make([]int, len(a.variables)), 0
	for e, list := range a.equations {
		for _, k := range list {
			count[k]++
			p.right[e] += float64(a.solution[k])
		}
		total += len(list)
	}
	all := make([]int32, total)
	for k, n := range count {
		p.of[k], all = all[:0:n], all[n:]
	}
	for e, list := range a.equations {
		for _, k := range list {
			p.of[k] = append(p.of[k], int32(e))
		}
	}
	p.m = newNormal(len(a.variables), a.equations)
	if len(p.m.rest) > mostEquations {
		return p
	}
	p.weight = make([]float64, len(p.centre))
	if p.resumed = p.resume(); p.resumed {
		p.recentre()
		p.finished = true
	} else {
		p.finished = p.find(steps) && p.off(p.centre, p.right) <= least
	}
	if p.finished {
		p.remember()
	}
	return p
}

// resume takes up the solution of an earlier attack by the same kind of reader. More is hidden by now, so that it still is one.
func (p *interior) resume() bool {
	before := p.a.s.centres[p.a.party]
	if before == nil {
		return false
	}
	for k, i := range p.a.variables {
		if p.centre[k] = before[i]; before[i] == 0 {
			return false
		}
	}
	return p.off(p.centre, p.right) <= least
}

func (p *interior) remember() {
	if p.a.s.centres == nil {
		p.a.s.centres = map[int32][]float64{}
	}
	all := make([]float64, len(p.a.s.inner))
	for k, i := range p.a.variables {
		all[i] = p.centre[k]
	}
	p.a.s.centres[p.a.party] = all
}

// recentre makes one step of Newton's method towards the greatest entropy, among solutions.
func (p *interior) recentre() {
	copy(p.weight, p.centre)
	p.m.factor(p.of, p.weight)
	factor, solve := p.m.work()
	p.steps += factor + solve
	var right [lanes][]float64
	for l := range right {
		right[l] = make([]float64, len(p.right))
	}
	for e, list := range p.a.equations {
		for _, k := range list {
			right[0][e] += p.centre[k] * math.Log(p.centre[k])
		}
	}
	p.m.solve(&right, nil)
	relative, most := make([]float64, len(p.centre)), 0.0
	for k, y := range p.centre {
		relative[k] = p.across(right[0], k) - math.Log(y)
		most = max(most, math.Abs(relative[k]))
	}
	length := min(1, 0.5/most)
	for k, r := range relative {
		p.centre[k] *= 1 + length*r
	}
}

// find seeks the solution from nothing.
func (p *interior) find(steps int) bool {
	for k := range p.centre {
		p.centre[k] = 1
	}
	p.fit()
	var right [lanes][]float64
	for l := range right {
		right[l] = make([]float64, len(p.right))
	}
	relative := make([]float64, len(p.centre))
	var scratch [][lanes]float64
	factor, solve := p.m.work()
	for range newtonSteps {
		if p.steps > steps {
			return false
		}
		copy(p.weight, p.centre)
		p.m.factor(p.of, p.weight)
		p.steps += factor + solve
		for l := range right {
			clear(right[l])
		}
		p.short(p.centre, right[0])
		scratch = p.m.solve(&right, scratch)
		most := 0.0
		for k := range relative {
			relative[k] = p.across(right[0], k)
			most = max(most, math.Abs(relative[k]))
		}
		if most < 0.5 { // counts stay above zero on the straight way, and what is left to mend is small
			for k, r := range relative {
				p.centre[k] *= 1 + r
			}
			if most < 0.05 {
				return true
			}
			continue
		}
		length := min(1, 1.5/most)
		for k, r := range relative {
			p.centre[k] *= math.Exp(length * r)
		}
	}
	return false
}

// fit scales the inner cells to each sum in turn, a few times over all sums.
func (p *interior) fit() {
	for range sweeps {
		for e, list := range p.a.equations {
			sum := 0.0
			for _, k := range list {
				sum += p.centre[k]
			}
			f := p.right[e] / sum
			for _, k := range list {
				p.centre[k] *= f
			}
		}
	}
}

// short gives what a solution lacks in each equation.
func (p *interior) short(x, lack []float64) {
	for e, list := range p.a.equations {
		sum := p.right[e]
		for _, k := range list {
			sum -= x[k]
		}
		lack[e] = sum
	}
}

// off gives by how much sums differ from what they should be; nil stands for zeros.
func (p *interior) off(x, right []float64) (worst float64) {
	for e, list := range p.a.equations {
		sum := 0.0
		if right != nil {
			sum = -right[e]
		}
		for _, k := range list {
			sum += x[k]
		}
		worst = max(worst, math.Abs(sum))
	}
	return worst
}

// across sums prices over the equations of a variable.
func (p *interior) across(prices []float64, k int) (sum float64) {
	for _, e := range p.of[k] {
		sum += prices[e]
	}
	return sum
}

// worker goes along lines for several targets at a time.
type worker struct {
	*interior
	right   [lanes][]float64
	lines   [lanes]line
	scratch [][lanes]float64
}

type line struct {
	target   *target
	terms    []term
	prices   []float64 // of the sums, by equation
	relative []float64 // change of each variable beside its weight
	ahead    []float64 // change of each variable
	sum      float64   // of the target in the centre
	gain     float64   // of the target for a step of one
	low      float64
	high     float64
	needs    float64
}

func (p *interior) worker() *worker {
	w := &worker{interior: p}
	for l := range lanes {
		w.right[l] = make([]float64, len(p.right))
		w.lines[l].prices = make([]float64, len(p.right))
		w.lines[l].relative = make([]float64, len(p.centre))
		w.lines[l].ahead = make([]float64, len(p.centre))
	}
	return w
}

// straight finds for each line how far the target goes in the direction in which it changes most.
func (w *worker) straight() {
	for l := range w.lines {
		x := &w.lines[l]
		clear(w.right[l])
		x.sum = 0
		for _, t := range x.terms {
			x.sum += t.coefficient * w.centre[t.variable]
			for _, e := range w.of[t.variable] {
				w.right[l][e] += t.coefficient * w.weight[t.variable]
			}
		}
	}
	w.scratch = w.m.solve(&w.right, w.scratch)
	for l := range w.lines {
		x := &w.lines[l]
		copy(x.prices, w.right[l])
		if x.terms == nil {
			continue
		}
		for k := range x.relative {
			x.relative[k] = -w.across(w.right[l], k)
		}
		for _, t := range x.terms {
			x.relative[t.variable] += t.coefficient
		}
		x.gain = 0
		for _, t := range x.terms {
			x.gain += t.coefficient * x.relative[t.variable] * w.weight[t.variable]
		}
		up, down := 0.0, 0.0
		for k, r := range x.relative {
			x.ahead[k] = r * w.weight[k]
			r = x.ahead[k] / w.centre[k]
			up, down = max(up, -r), max(down, r)
		}
		if x.gain < least || up < least || down < least || w.off(x.ahead, nil) > least*min(1, up, down) {
			x.gain = 0
			continue
		}
		x.high, x.low = max(x.high, x.sum+x.gain/up), min(x.low, x.sum-x.gain/down)
	}
}

// runInside tries every target. One that is not found to be wide enough gets the cells that hold it back.
//
// A solution that was found while less was hidden may leave nearly nobody where people can be now; when little is found from there, another is sought.
func (a *attack) runInside(steps int) (finished bool, used int) {
	for {
		p := a.inside(steps - used)
		used += p.steps
		_, solve := p.m.work()
		if used += solve * (len(a.targets)/lanes + 1); !p.finished || used > steps {
			return false, used
		}
		p.each()
		wide := 0
		for i := range a.targets {
			if a.targets[i].wide {
				wide++
			}
		}
		if !p.resumed || wide*stalled >= len(a.targets) {
			return true, used
		}
		delete(a.s.centres, a.party)
	}
}

// stalled is the part of the targets, as one of so many, that at least must be found to be wide enough from a solution of an earlier attack.
const stalled = 5

// each attacks all targets, as many at a time as there are lanes.
func (p *interior) each() {
	targets := p.a.targets
	var group sync.WaitGroup
	for k := range shards {
		group.Go(func() {
			w := p.worker()
			for i := k * lanes; i < len(targets); i += shards * lanes {
				w.load(targets[i:min(i+lanes, len(targets))])
				w.straight()
				w.note()
			}
		})
	}
	group.Wait()
}

func (w *worker) load(targets []target) {
	for l := range w.lines {
		x := &w.lines[l]
		x.target, x.terms = nil, nil
		if l < len(targets) {
			x.target = &targets[l]
			x.terms = w.a.objective(x.target, 1)
			x.needs = float64(x.target.needs)
			truth := 0.0
			for _, t := range x.terms {
				truth += t.coefficient * float64(w.a.solution[t.variable])
			}
			x.low, x.high = truth, truth
		}
	}
}

// note tells the targets what was found.
func (w *worker) note() {
	for l := range w.lines {
		x := &w.lines[l]
		t := x.target
		if t == nil {
			continue
		}
		known := w.a.settled(t)
		width := x.high - x.low
		t.wide, t.hopeful = width >= x.needs, width >= hope*x.needs
		t.low, t.high = known+int(math.Ceil(x.low-1e-6)), known+int(math.Floor(x.high+1e-6))
		if t.confined = nil; !t.wide {
			t.confined = w.holding(x.prices)
		}
	}
}

// hope is the part of what a target needs from which more may come of what is hidden for others, before anything is hidden for its own sake.
const hope = 0.6

// mostHolding is how many sums are looked at as what holds a target back.
const mostHolding = 8

// holding lists the public cells that hold a target back most: by the square of the price of a sum, times the sum.
func (w *worker) holding(prices []float64) []int32 {
	score := make([]float64, len(prices))
	for e, y := range prices {
		score[e] = y * y * w.interior.right[e]
	}
	var order []int32
	for e, x := range score { // those with the highest score, the highest first
		at := len(order)
		for at > 0 && score[order[at-1]] < x {
			at--
		}
		if at < mostHolding {
			order = slices.Insert(order, at, int32(e))
			order = order[:min(len(order), mostHolding)]
		}
	}
	var list []int32
	for _, e := range order {
		if score[e] > 1e-9 {
			list = append(list, w.a.public[e])
		}
	}
	return list
}
