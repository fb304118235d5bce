package disclosure

import (
	"math"
	"slices"
)

// program asks how large or small a sum of variables can be when they are not negative and satisfy equations whose coefficients are 0 and 1: the simplex
// method on a sparse matrix, with the inverse of the basis in product form. It starts from a solution that is known – the true counts – and goes on from
// where it stopped, since all questions of an audit have the same equations.
//
// G. B. Dantzig, Linear Programming and Extensions (1963); the order of reinversion is that of E. Hellerman and D. Rarick, Math. Programming 1 (1971) 195–216.
type program struct {
	m, n     int
	start    []int32 // of each column, in rows
	rows     []int32
	rowStart []int32 // of each row, in columns
	columns  []int32
	right    []float64

	x     []float64 // of each variable
	low   []float64 // bounds of each; nil for 0 and none
	high  []float64
	head  []int32 // of each row: the variable that is basic there; n+row for none
	where []int32 // of each variable: the row it is basic in, -1 for none

	etaRow   []int32
	etaStart []int32
	etaIndex []int32
	etaValue []float64
	since    int // pivots since the last reinversion

	work, dual []float64 // of each row
	cost       []float64 // of each variable
	reduced    []float64
	touched    []int32
	steps      int

	integers bool    // only steps that keep everything whole are made
	banned   []int32 // of each variable: the basis in which it allows of no such step
	epoch    int32   // number of the basis

	origin *program // as it stood in the beginning
}

const (
	tiny     = 1e-9
	refactor = 100
)

// newProgram takes the equations as lists of variables, and a solution in whole numbers that are not negative.
func newProgram(variables int, equations [][]int32, solution []int) *program {
	p := &program{m: len(equations), n: variables}
	count := make([]int32, variables+1)
	p.rowStart = make([]int32, p.m+1)
	for i, e := range equations {
		p.rowStart[i+1] = p.rowStart[i] + int32(len(e))
		for _, j := range e {
			count[j+1]++
		}
		p.columns = append(p.columns, e...)
	}
	for j := range variables {
		count[j+1] += count[j]
	}
	p.start = slices.Clone(count)
	p.rows = make([]int32, len(p.columns))
	for i, e := range equations {
		for _, j := range e {
			p.rows[count[j]] = int32(i)
			count[j]++
		}
	}
	p.x = make([]float64, variables)
	for j, v := range solution {
		p.x[j] = float64(v)
	}
	p.right = make([]float64, p.m)
	for i, e := range equations {
		for _, j := range e {
			p.right[i] += p.x[j]
		}
	}
	p.head, p.where = make([]int32, p.m), make([]int32, variables)
	for i := range p.head {
		p.head[i] = int32(variables + i)
	}
	for j := range p.where {
		p.where[j] = -1
	}
	p.etaStart = []int32{0}
	p.work, p.dual = make([]float64, p.m), make([]float64, p.m)
	p.cost, p.reduced = make([]float64, variables), make([]float64, variables)
	p.banned, p.epoch = make([]int32, variables), 1
	p.crash()
	p.origin = p.clone()
	return p
}

// move changes variable j by a step, and the basic ones so that the equations hold; work is its transformed column.
func (p *program) move(j int32, step float64) {
	if step == 0 {
		return
	}
	p.x[j] += step
	for i, w := range p.work {
		if w != 0 && int(p.head[i]) < p.n {
			k := p.head[i]
			p.x[k] -= step * w
			if least := p.least(k); p.x[k] < least+tiny {
				p.x[k] = least
			}
		}
	}
}

func (p *program) least(j int32) float64 {
	if p.low == nil {
		return 0
	}
	return p.low[j]
}

func (p *program) most(j int32) float64 {
	if p.high == nil {
		return math.Inf(1)
	}
	return p.high[j]
}

// maximise seeks the largest value of a sum, given by variables and their coefficients, and stops when the bound is reached or no step is left. It leaves
// the solution in x and the prices of the equations in dual.
func (p *program) maximise(objective []term, bound float64, mostSteps int) (value float64, finished bool) {
	for _, t := range objective {
		p.cost[t.variable] += t.coefficient
	}
	defer func() {
		for _, t := range objective {
			p.cost[t.variable] = 0
		}
	}()
	last := p.steps + mostSteps
	degenerate := 0
	for {
		value = 0
		for _, t := range objective {
			value += t.coefficient * p.x[t.variable]
		}
		if value >= bound-1e-7 {
			return value, true
		}
		if p.steps >= last {
			return value, false
		}
		for i, j := range p.head {
			p.dual[i] = 0
			if int(j) < p.n {
				p.dual[i] = p.cost[j]
			}
		}
		p.backward(p.dual)
		entering, up := p.price(objective, degenerate > 50)
		if entering < 0 {
			return value, true
		}
		p.column(entering)
		step, at := p.most(entering)-p.x[entering], -1
		if !up {
			step = p.x[entering] - p.least(entering)
		}
		for i, w := range p.work {
			if math.Abs(w) <= 1e-9 {
				continue
			}
			k := p.head[i]
			if int(k) >= p.n {
				if step > 0 || at < 0 || math.Abs(w) > math.Abs(p.work[at]) {
					step, at = 0, i
				}
				continue
			}
			if !up {
				w = -w
			}
			t := math.Inf(1)
			if w > 0 {
				t = (p.x[k] - p.least(k)) / w
			} else if p.high != nil {
				t = (p.high[k] - p.x[k]) / -w
			}
			if t < step-tiny || t < step+tiny && (at < 0 || better(p, i, at, degenerate > 50)) && !math.IsInf(t, 1) {
				step, at = min(t, step), i
			}
		}
		if at < 0 && math.IsInf(step, 1) {
			return step, true
		}
		if p.integers && step > tiny {
			p.steps++
			if step = p.wholeStep(step); step == 0 {
				p.banned[entering] = p.epoch
				continue
			}
			if at >= 0 && !p.reaches(entering, at, step, up) {
				at = -2
			}
		}
		if step <= tiny {
			degenerate++
		} else {
			degenerate = 0
		}
		if up {
			p.move(entering, step)
		} else {
			p.move(entering, -step)
		}
		if at == -2 { // less than to the next vertex
			continue
		}
		if at < 0 {
			if p.steps++; up {
				p.x[entering] = p.most(entering)
			} else {
				p.x[entering] = p.least(entering)
			}
			continue
		}
		if k := p.head[at]; int(k) < p.n {
			if (p.work[at] > 0) == up {
				p.x[k] = p.least(k)
			} else {
				p.x[k] = p.most(k)
			}
		}
		p.pivot(entering, at)
	}
}

// wholeStep gives the longest step, up to one given, after which everything is whole if it was before; 0 when there is none.
func (p *program) wholeStep(step float64) float64 {
	step = math.Floor(step + 1e-9)
	for _, w := range p.work {
		if v := step * w; math.Abs(v-math.Round(v)) > 1e-7 {
			return 0
		}
	}
	return step
}

// reaches tells whether a step of the entering variable takes the one in the row to its bound.
func (p *program) reaches(entering int32, row int, step float64, up bool) bool {
	k := p.head[row]
	if int(k) >= p.n {
		return true
	}
	w := p.work[row]
	if !up {
		w = -w
	}
	to := p.x[k] - step*w
	return to <= p.least(k)+1e-7 || to >= p.most(k)-1e-7
}

// better chooses among rows that stop a step at the same point: the larger pivot, or, where the method may be going in circles, the variable with the lowest
// number (R. G. Bland, Math. Oper. Res. 2 (1977) 103–107).
func better(p *program, i, at int, careful bool) bool {
	if int(p.head[at]) >= p.n {
		return false
	}
	if careful {
		return p.head[i] < p.head[at]
	}
	return math.Abs(p.work[i]) > math.Abs(p.work[at])
}

type term struct {
	variable    int32
	coefficient float64
}

// price finds a variable that would raise the objective, by being raised itself or by being lowered: the one that raises it most for each unit, or the first
// where the method may be going in circles.
func (p *program) price(objective []term, careful bool) (entering int32, up bool) {
	p.touched = p.touched[:0]
	touch := func(j int32, d float64) {
		if p.reduced[j] == 0 {
			p.touched = append(p.touched, j)
		}
		p.reduced[j] += d
	}
	for _, t := range objective {
		if p.where[t.variable] < 0 {
			touch(t.variable, t.coefficient)
		}
	}
	for i, y := range p.dual {
		if math.Abs(y) < 1e-11 {
			p.dual[i] = 0
			continue
		}
		for _, j := range p.columns[p.rowStart[i]:p.rowStart[i+1]] {
			if p.where[j] < 0 {
				touch(j, -y)
			}
		}
	}
	entering, most := int32(-1), 1e-7
	for _, j := range p.touched {
		d := p.reduced[j]
		p.reduced[j] = 0
		raise := d > 0
		if p.integers && p.banned[j] == p.epoch || raise && p.x[j] >= p.most(j) || !raise && p.x[j] <= p.least(j) {
			continue
		}
		d = math.Abs(d)
		if d > most+1e-12 || d > 1e-7 && entering >= 0 && j < entering && (careful || d > most-1e-12) {
			entering, up = j, raise
			if !careful {
				most = d
			}
		}
	}
	return entering, up
}

// become goes back to where a clone stands. The prices of the last question stay.
func (p *program) become(q *program) {
	p.x, p.head, p.where = q.x, q.head, q.where
	p.etaRow, p.etaStart, p.etaIndex, p.etaValue, p.since = q.etaRow, q.etaStart, q.etaIndex, q.etaValue, q.since
}

// clone gives a program that goes on from the same vertex by itself.
func (p *program) clone() *program {
	q := *p
	q.x, q.head, q.where = slices.Clone(p.x), slices.Clone(p.head), slices.Clone(p.where)
	q.etaRow, q.etaStart, q.etaIndex, q.etaValue = slices.Clone(p.etaRow), slices.Clone(p.etaStart), slices.Clone(p.etaIndex), slices.Clone(p.etaValue)
	q.work, q.dual = make([]float64, p.m), make([]float64, p.m)
	q.cost, q.reduced = make([]float64, p.n), make([]float64, p.n)
	q.touched = nil
	q.banned, q.epoch = make([]int32, p.n), 1
	return &q
}
