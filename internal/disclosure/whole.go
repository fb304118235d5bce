package disclosure

import (
	"math"
	"slices"
)

// Whole numbers are searched for where there are few inner cells; with many, nearly every value between the bounds is one, and the bounds are those of
// solutions in fractions, rounded towards each other. The search is given up after so many programs.
const (
	smallVariables = 150
	searchNodes    = 400
)

// whole finds the largest value of a sum in whole numbers, by branch and bound from a program that stands at the best solution in fractions. It tells
// whether the search came to an end; if not, the value is the largest one met in whole numbers.
//
// A. H. Land and A. G. Doig, Econometrica 28 (1960) 497–520.
func (p *program) whole(objective []term, least, most, limit int) (value int, finished bool) {
	value = least
	nodes, finished := 0, true
	var branch func(p *program)
	branch = func(p *program) {
		if nodes++; nodes > limit {
			finished = false
		}
		if value >= most || !finished {
			return
		}
		best, ok := p.maximise(objective, math.Inf(1), 10_000)
		if !ok {
			finished = false
			return
		}
		if int(math.Floor(best+1e-6)) <= value {
			return
		}
		j := p.fraction()
		if j < 0 {
			value = int(math.Round(best))
			return
		}
		at := p.x[j]
		for _, q := range []*program{p.bounded(j, p.least(j), math.Floor(at)), p.bounded(j, math.Ceil(at), p.most(j))} {
			if q != nil {
				branch(q)
			}
		}
	}
	start := p.clone()
	branch(start)
	p.steps += start.steps - p.steps + 10*nodes
	return value, finished || value >= most
}

// fraction finds the variable that is farthest from a whole number, -1 when all are whole.
func (p *program) fraction() int32 {
	best, most := int32(-1), 1e-6
	for j, v := range p.x {
		if d := math.Abs(v - math.Round(v)); d > most {
			best, most = int32(j), d
		}
	}
	return best
}

// bounded gives a program with a variable held between bounds, and nil when it cannot be.
func (p *program) bounded(j int32, low, high float64) *program {
	q := p.clone()
	if q.low = slices.Clone(p.low); q.low == nil {
		q.low = make([]float64, p.n)
	}
	if q.high = slices.Clone(p.high); q.high == nil {
		q.high = slices.Repeat([]float64{math.Inf(1)}, p.n)
	}
	// It is led to the bound first, and held there afterwards.
	if q.x[j] > high {
		q.low[j] = max(q.low[j], high)
		if v, ok := q.maximise([]term{{j, -1}}, -high, 10_000); !ok || v < -high-1e-6 {
			return nil
		}
	} else {
		q.high[j] = min(q.high[j], low)
		if v, ok := q.maximise([]term{{j, 1}}, low, 10_000); !ok || v < low-1e-6 {
			return nil
		}
	}
	q.low[j], q.high[j] = low, high
	return q
}
