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
const defaultSteps = 2_000_000

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
	confined  []int32 // cells that hold a narrow target in its bounds
}

func (s *space) attack(party int32, targets []target) *attack {
	a := &attack{s: s, party: party, targets: targets, number: slices.Repeat([]int32{-1}, len(s.inner))}
	for i := range s.inner {
		x := &s.inner[i]
		if x.gone || party >= 0 && x.codes[s.party] == party {
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

// presolve leaves out the inner cells whose counts follow one by one: a public cell that holds a single unknown one, and so on.
func (a *attack) presolve() {
	in := make([][]int32, len(a.variables)) // of each variable: its equations
	left := make([]int, len(a.equations))
	var queue []int32
	for e, list := range a.equations {
		left[e] = len(list)
		for _, k := range list {
			in[k] = append(in[k], int32(e))
		}
		if left[e] == 1 {
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
				if left[o]--; left[o] == 1 {
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
			if a.number[i] < 0 && !x.gone && (a.party < 0 || x.codes[a.s.party] != a.party) {
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

// run finds the bounds of all targets.
func (a *attack) run(steps int) (finished bool, used int) {
	parts := make([]*program, shards)
	results := make([]bool, shards)
	var group sync.WaitGroup
	for k := range min(shards, len(a.targets)) {
		if k == 0 {
			parts[k] = newProgram(len(a.variables), a.equations, a.solution)
		} else {
			parts[k] = parts[0].clone()
		}
	}
	for k := range shards {
		if parts[k] == nil {
			results[k] = true
			continue
		}
		group.Go(func() { results[k] = a.part(parts[k], k, steps/shards) })
	}
	group.Wait()
	for _, p := range parts {
		if p != nil {
			used += p.steps
		}
	}
	return !slices.Contains(results, false), used
}

func (a *attack) part(p *program, shard, steps int) bool {
	for i := shard; i < len(a.targets); i += shards {
		t := &a.targets[i]
		known := a.settled(t)
		var above []int32
		high, ok := a.extreme(p, t, 1, steps)
		if !ok {
			return false
		}
		if t.high = Unbounded; high != Unbounded {
			t.high = known + high
			above = a.confining(p)
		}
		low, ok := a.extreme(p, t, -1, steps)
		if !ok {
			return false
		}
		t.low = known - low
		if t.high-t.low < t.needs {
			if t.confined = above; len(above) == 0 {
				t.confined = a.confining(p)
			}
		}
	}
	return true
}

// extreme finds the largest value of a target times a sign, in whole numbers; where the search for those takes too long, the largest that is known to be one,
// so that a target never seems safer than it is.
func (a *attack) extreme(p *program, t *target, sign float64, steps int) (value int, finished bool) {
	objective := a.objective(t, sign)
	best, ok := p.maximise(objective, math.Inf(1), steps-p.steps)
	switch {
	case !ok:
		return 0, false
	case math.IsInf(best, 1):
		return Unbounded, true
	}
	value = int(math.Floor(best + 1e-6))
	if p.fraction() >= 0 {
		value, _ = a.whole(p, objective, value)
	}
	return value, true
}

// confining lists the public cells that hold a target at the bound just found: those whose equations have a price, and those within them that are public
// one by one.
func (a *attack) confining(p *program) []int32 {
	found := map[int32]bool{}
	for e, price := range p.dual {
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
