package disclosure

import (
	"errors"
	"maps"
	"math"
	"slices"
	"sync"
)

// ErrUnfinished says that the attack on a family could not be brought to an end within the limits. Nothing of it may be published.
var ErrUnfinished = errors.New("the audit could not be finished within its limits; divide the family or leave out tables")

// defaultSteps bounds the audit of one view, in exchanges of the simplex method.
const defaultSteps = 30_000_000

// attack is what one kind of reader can find out: the equations given by everything public, over the inner cells unknown to it.
type attack struct {
	s         *space
	party     int32
	variables []int32 // inner cells
	number    []int32 // of each inner cell: its place in variables, -1 for none
	equations [][]int32
	public    []int32 // of each equation: the cell
	solution  []int   // the true counts
	targets   []target
}

// target is a sum that the reader would like to know.
type target struct {
	secret
	needs     int // the width that is called safe; 0 where only the bounds are told
	low, high int
	wide      bool    // it has been shown to lie as far apart as it needs
	hopeful   bool    // it nearly has
	confined  []int32 // cells that hold a narrow target in its bounds
}

func (s *space) attack(party int32, targets []target) *attack {
	a := &attack{s: s, party: party, targets: targets, number: slices.Repeat([]int32{-1}, len(s.inner))}
	for i := range s.inner {
		x := &s.inner[i]
		if x.gone || s.own(party, x) {
			continue
		}
		a.number[i] = int32(len(a.variables))
		a.variables = append(a.variables, int32(i))
		a.solution = append(a.solution, x.n)
	}
	a.findEquations()
	a.presolve()
	return a
}

// presolve leaves out the inner cells whose counts follow one by one: a public cell that holds a single unknown one, or only empty ones, and so on.
func (a *attack) presolve() {
	in := make([][]int32, len(a.variables)) // of each variable: its equations
	left, people := make([]int, len(a.equations)), make([]int, len(a.equations))
	var queue []int32
	for e, list := range a.equations {
		left[e] = len(list)
		for _, k := range list {
			in[k] = append(in[k], int32(e))
			people[e] += a.solution[k]
		}
		if left[e] == 1 || people[e] == 0 {
			queue = append(queue, int32(e))
		}
	}
	fixed := make([]bool, len(a.variables))
	for len(queue) > 0 {
		e := queue[0]
		queue = queue[1:]
		for _, k := range a.equations[e] {
			if fixed[k] {
				continue
			}
			fixed[k] = true
			for _, o := range in[k] {
				left[o]--
				if people[o] -= a.solution[k]; left[o] == 1 || left[o] > 1 && people[o] == 0 {
					queue = append(queue, o)
				}
			}
		}
	}
	place := make([]int32, len(a.variables))
	var variables []int32
	var solution []int
	for k, i := range a.variables {
		if fixed[k] {
			a.number[i], place[k] = -1, -1
			continue
		}
		place[k] = int32(len(variables))
		a.number[i] = place[k]
		variables = append(variables, i)
		solution = append(solution, a.solution[k])
	}
	a.variables, a.solution = variables, solution
	var equations [][]int32
	var public []int32
	for e, list := range a.equations {
		var kept []int32
		for _, k := range list {
			if place[k] >= 0 {
				kept = append(kept, place[k])
			}
		}
		if len(kept) > 0 {
			equations = append(equations, kept)
			public = append(public, a.public[e])
		}
	}
	a.equations, a.public = equations, public
}

// settled is what the reader knows of a target by single counts that follow.
func (a *attack) settled(t *target) int {
	sum := 0
	known := func(c int32, sign int) {
		a.s.holds(c, func(i int32) {
			x := &a.s.inner[i]
			if a.number[i] < 0 && !x.gone && !a.s.own(a.party, x) {
				sum += sign * x.n
			}
		})
	}
	known(t.cell, 1)
	if t.without >= 0 {
		known(t.without, -1)
	}
	return sum
}

// findEquations picks as few public cells as say everything that all of them say, the smallest first, since they make the shortest equations.
func (a *attack) findEquations() {
	v := a.s.look(a.party, nil)
	var list []int32
	for i := range a.s.cells {
		if c := &a.s.cells[i]; c.n > 0 && (c.known || c.shown && c.status == Open) {
			list = append(list, int32(i))
		}
	}
	slices.SortStableFunc(list, func(x, y int32) int { return a.s.cells[x].size - a.s.cells[y].size })
	for _, c := range list {
		if v.follows(int(c)) {
			v.columns[c].done = true
			continue
		}
		v.concede(int(c))
		a.equations = append(a.equations, a.members(c))
		a.public = append(a.public, c)
	}
}

// members lists the unknown inner cells of a cell.
func (a *attack) members(c int32) []int32 {
	var list []int32
	a.s.holds(c, func(i int32) {
		if k := a.number[i]; k >= 0 {
			list = append(list, k)
		}
	})
	slices.Sort(list)
	return list
}

func (a *attack) objective(t *target, sign float64) []term {
	coefficients := map[int32]float64{}
	for _, k := range a.members(t.cell) {
		coefficients[k] = sign
	}
	if t.without >= 0 {
		for _, k := range a.members(t.without) {
			if coefficients[k] != 0 {
				delete(coefficients, k)
			} else {
				coefficients[k] = -sign
			}
		}
	}
	var list []term
	for k, c := range coefficients {
		list = append(list, term{k, c})
	}
	slices.SortFunc(list, func(x, y term) int { return int(x.variable - y.variable) })
	return list
}

// shards is the number of parts an audit is made in, at the same time where the machine can. It is fixed, so that the steps are counted alike everywhere.
const shards = 4

// run goes through all targets: it proves that they are wide enough, or finds their bounds.
func (a *attack) run(steps int, do func(p *program, t *target, steps int) bool) (finished bool, used int) {
	parts := make([]*program, min(shards, len(a.targets)))
	for k := range parts {
		if k == 0 {
			parts[k] = newProgram(len(a.variables), a.equations, a.solution)
		} else {
			parts[k] = parts[0].clone()
		}
	}
	failed := make([]bool, len(parts))
	var group sync.WaitGroup
	for k, p := range parts {
		group.Go(func() {
			for i := k; i < len(a.targets) && !failed[k]; i += shards {
				failed[k] = !do(p, &a.targets[i], steps/shards)
			}
		})
	}
	group.Wait()
	for _, p := range parts {
		used += p.steps
	}
	return !slices.Contains(failed, true), used
}

// large tells whether the equations are too many for the simplex method to be used for every target.
func (a *attack) large() bool { return len(a.variables)*len(a.equations) > largeProduct }

var largeProduct = 3_000_000 // a variable only so that tests can have small families attacked as large ones are

// prove shows of each target that it can lie as far apart as it needs to, or what confines it.
func (a *attack) prove(steps int) (finished bool, used int) {
	if a.large() {
		return a.runInside(steps)
	}
	return a.run(steps, a.proveOne)
}

// measure finds the bounds of each target. Where the equations are too many for that, the bounds are two values that the target is known to be able to have:
// an outsider can tell no more.
func (a *attack) measure(steps int) bool {
	if a.large() {
		ok, _ := a.runInside(steps)
		return ok
	}
	ok, _ := a.run(steps, a.measureOne)
	return ok
}

// proveOne looks for two solutions in whole numbers that differ by as much as the target needs. Where there are none, it lists what confines the target.
func (a *attack) proveOne(p *program, t *target, steps int) bool {
	known := a.settled(t)
	up, down := a.objective(t, 1), a.objective(t, -1)
	low, below, ok := p.towards(down, 0, steps)
	if !ok {
		return false
	}
	low = -low
	high, above, ok := p.towards(up, low+t.needs, steps)
	if !ok {
		return false
	}
	t.low, t.high = known+low, min(known+high, Unbounded)
	if t.wide = t.high-t.low >= t.needs; !t.wide {
		if t.confined = a.confining(above); len(t.confined) == 0 {
			t.confined = a.confining(below)
		}
	}
	return true
}

// towards finds a value that is as large as the bound, or as large as there is one: the best solution in fractions, rounded down; and where the family is
// small, by steps in whole numbers from the true counts and by branch and bound. It returns the prices at the best solution where the bound was not reached.
func (p *program) towards(objective []term, bound, steps int) (value int, prices []float64, finished bool) {
	small := p.n <= smallVariables
	if small {
		p.become(p.origin.clone())
		if value = p.near(objective, bound); value >= bound {
			return value, nil, true
		}
	}
	best, ok := p.maximise(objective, float64(bound), steps-p.steps)
	if !ok {
		return value, nil, false
	}
	if math.IsInf(best, 1) {
		return Unbounded, nil, true
	}
	prices = slices.Clone(p.dual)
	most := int(math.Floor(best + 1e-6))
	if small && p.fraction() >= 0 && value < min(most, bound) {
		if v, done := p.whole(objective, value, min(most, bound), searchNodes); done {
			return v, prices, true
		}
	}
	return most, prices, true
}

// wholeSteps bounds the search by whole steps alone, which is only to come near.
const wholeSteps = 500

// near finds a value in whole numbers that is as large as steps in whole numbers make it, or as large as the bound.
func (p *program) near(objective []term, bound int) int {
	p.integers = true
	v, _ := p.maximise(objective, float64(bound), wholeSteps)
	p.integers = false
	return int(math.Round(min(v, Unbounded)))
}

// measureOne finds the bounds of a target: the smallest and the largest value in whole numbers, or, where the search for those takes too long, in fractions,
// rounded towards each other.
func (a *attack) measureOne(p *program, t *target, steps int) bool {
	known := a.settled(t)
	high, _, ok := p.towards(a.objective(t, 1), Unbounded, steps)
	if !ok {
		return false
	}
	if t.high = Unbounded; high != Unbounded {
		t.high = known + high
	}
	low, _, ok := p.towards(a.objective(t, -1), 0, steps)
	t.low = known - low
	return ok
}

// confining lists the public cells that hold a target at the bound just found: those whose equations have a price, and those within them that are public
// one by one.
func (a *attack) confining(prices []float64) []int32 {
	found := map[int32]bool{}
	for e, price := range prices {
		if math.Abs(price) < 1e-7 {
			continue
		}
		c := a.public[e]
		found[c] = true
		x := &a.s.cells[c]
		t := &a.s.tables[x.table]
		for _, f := range x.finest {
			for _, up := range t.finest[f].up {
				if u := &a.s.cells[up]; u.size < x.size && within(u.finest, x.finest) {
					found[up] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}
