package disclosure

import (
	"math"
	"slices"
	"sync"
)

// A box is a part of the inner cells: those whose categories lie in a few chosen ones of each variable. Moving people within it, with everybody else where
// they are, tells of a target that it can be larger or smaller, with equations by the hundred instead of by the thousand. What it cannot show,
// a larger box may.
var boxes = [...]int{2, 4, 7, 12}

// localWeight is what a step in a box counts for beside one in a small family, which is shorter.
const localWeight = 50

// mostInBox bounds the inner cells of a box.
const mostInBox = 6_000

// local holds what one worker needs to make boxes.
type local struct {
	a     *attack
	in    []int32 // of each variable of the attack: its place in the box, -1 for none
	place []int32 // of each equation: its place in the box, -1 for none
	steps int     // made
}

// runLocally proves every target within boxes.
func (a *attack) runLocally(steps int) (finished bool, total int) {
	var used [shards]int
	of := make([][]int32, len(a.variables))
	for e, list := range a.equations {
		for _, k := range list {
			of[k] = append(of[k], int32(e))
		}
	}
	var group sync.WaitGroup
	for k := range shards {
		group.Go(func() {
			l := &local{a: a, in: slices.Repeat([]int32{-1}, len(a.variables)), place: slices.Repeat([]int32{-1}, len(a.equations))}
			for i := k; i < len(a.targets) && l.steps <= steps/shards; i += shards {
				l.prove(&a.targets[i], of)
			}
			used[k] = l.steps
		})
	}
	group.Wait()
	for _, n := range used {
		total += n
	}
	return slices.Max(used[:]) <= steps/shards, total
}

// prove widens the box until the target is shown to be wide enough.
func (l *local) prove(t *target, of [][]int32) {
	a := l.a
	n := a.settled(t)
	for _, k := range a.members(t.cell) {
		n += a.solution[k]
	}
	if t.without >= 0 {
		for _, k := range a.members(t.without) {
			n -= a.solution[k]
		}
	}
	t.low, t.high = n, n
	previous := 0
	for _, size := range boxes {
		variables := l.box(t, size)
		if len(variables) == previous {
			continue
		}
		if len(variables) > mostInBox {
			break
		}
		previous = len(variables)
		l.attempt(t, n, variables, of)
		if t.high-t.low >= t.needs {
			return
		}
	}
	t.confined = a.s.beside(t.cell)
}

// box picks inner cells: of each variable the categories of the target, and others until there are as many as asked for, those first that lie in
// the same sums as the target and are hidden.
func (l *local) box(t *target, size int) []int32 {
	s := l.a.s
	c := &s.cells[t.cell]
	tab := &s.tables[c.table]
	chosen := make([][]bool, len(s.variables))
	for v, x := range s.variables {
		chosen[v] = make([]bool, len(x.categories))
		k := slices.Index(tab.variables, v)
		own := []int32{}
		if k >= 0 && c.levels[k] != 0 {
			own = x.levels[c.levels[k]].leaves
		}
		count := 0
		for _, o := range own {
			if count < size {
				chosen[v][o] = true
				count++
			}
		}
		if k >= 0 {
			levels := slices.Clone(c.levels)
			for _, l := range tab.levels[k] {
				if x.levels[l].leaves[0] < 0 || len(x.levels[l].leaves) > 1 {
					continue
				}
				levels[k] = int32(l)
				if p, ok := tab.byLevels[string(appendPacked(nil, levels))]; ok && s.hidden(p) && count < 2*size && !chosen[v][x.levels[l].leaves[0]] {
					chosen[v][x.levels[l].leaves[0]] = true
					count++
				}
			}
		}
		for o := range x.categories {
			if count >= size {
				break
			}
			if !chosen[v][o] {
				chosen[v][o] = true
				count++
			}
		}
	}
	var list []int32
	for k, i := range l.a.variables {
		inside := true
		for v, x := range s.inner[i].codes {
			if !chosen[v][x] {
				inside = false
				break
			}
		}
		if inside {
			list = append(list, int32(k))
		}
	}
	return list
}

// attempt moves people within the box, up and down, and notes how far the target goes.
func (l *local) attempt(t *target, n int, variables []int32, of [][]int32) {
	a := l.a
	solution := make([]int, len(variables))
	var equations [][]int32
	var touched []int32
	for k, v := range variables {
		l.in[v] = int32(k)
		solution[k] = a.solution[v]
		for _, e := range of[v] {
			if l.place[e] < 0 {
				l.place[e] = int32(len(equations))
				equations = append(equations, nil)
				touched = append(touched, e)
			}
			at := l.place[e]
			equations[at] = append(equations[at], int32(k))
		}
	}
	objective := func(sign float64) []term {
		var list []term
		for _, x := range a.objective(t, sign) {
			if k := l.in[x.variable]; k >= 0 {
				list = append(list, term{k, x.coefficient})
			}
		}
		return list
	}
	up, down := objective(1), objective(-1)
	for _, v := range variables {
		l.in[v] = -1
	}
	for _, e := range touched {
		l.place[e] = -1
	}
	start := 0.0
	for _, x := range up {
		start += x.coefficient * float64(solution[x.variable])
	}
	p := newProgram(len(variables), equations, solution)
	raise := func(objective []term, from float64, by int) int {
		if by <= 0 {
			return 0
		}
		got := p.near(objective, int(math.Round(from))+by)
		if got < int(math.Round(from))+by {
			best, _ := p.maximise(objective, from+float64(by), wholeSteps)
			got = max(got, int(math.Floor(min(best, Unbounded)+1e-6)))
		}
		return got - int(math.Round(from))
	}
	defer func() { l.steps += localWeight * p.steps }()
	t.low = min(t.low, n-raise(down, -start, min(t.needs, n)))
	t.high = max(t.high, n+raise(up, start, t.needs-(n-t.low)))
}

// beside lists the cells that make up sums together with a cell, and the sums.
func (s *space) beside(c int32) (list []int32) {
	x := &s.cells[c]
	for t := range s.tables {
		tab := &s.tables[t]
		levels, ok := s.in(x, tab)
		if !ok {
			continue
		}
		for k := range tab.variables {
			mine := levels[k]
			for _, l := range tab.levels[k] {
				if int32(l) == mine || tab.parents[k][l] != tab.parents[k][mine] && int32(l) != tab.parents[k][mine] {
					continue
				}
				levels[k] = int32(l)
				if p, ok := tab.byLevels[string(appendPacked(nil, levels))]; ok {
					list = append(list, p)
				}
			}
			levels[k] = mine
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
