package disclosure_test

import (
	"math"
	"slices"
)

// polytope is everything the counts can be, given facts: not negative, and adding up. Its extremes are found by the simplex method on a dense table, in floating
// point; what matters is checked in whole numbers afterwards.
type polytope struct {
	facts   []fact
	columns []int       // of the table: inner cells that are not known to be empty
	width   int         // inner cells
	table   [][]float64 // each row ends with its right-hand side
	basis   []int
	off     float64 // how far the nearest point is from agreeing with all facts
}

const tiny = 1e-7

func newPolytope(facts []fact, width int) *polytope {
	p := &polytope{facts: distinct(facts), width: width}
	empty := make([]bool, width)
	for _, f := range p.facts {
		if f.n == 0 && slices.Min(f.vector) >= 0 {
			for i, x := range f.vector {
				empty[i] = empty[i] || x > 0
			}
		}
	}
	for i := range width {
		if !empty[i] {
			p.columns = append(p.columns, i)
		}
	}
	n := len(p.columns)
	m := len(p.facts)
	for r, f := range p.facts { // with one more variable for each row, so that there is a corner to begin in
		row := make([]float64, n+m+1)
		for k, i := range p.columns {
			row[k] = float64(f.vector[i])
		}
		row[n+r], row[n+m] = 1, float64(f.n)
		p.table, p.basis = append(p.table, row), append(p.basis, n+r)
	}
	cost := make([]float64, n+m+1)
	for k := n; k < n+m; k++ {
		cost[k] = 1
	}
	p.minimize(cost, n+m)
	for r, k := range p.basis {
		if k >= n {
			p.off += p.table[r][n+m]
		}
	}
	for r := 0; r < len(p.table); r++ { // those variables leave again, and with them rows that follow from others
		if p.basis[r] < n {
			continue
		}
		k := slices.IndexFunc(p.table[r][:n], func(x float64) bool { return math.Abs(x) > tiny })
		if k >= 0 {
			p.pivot(r, k, nil)
			continue
		}
		p.table, p.basis = slices.Delete(p.table, r, r+1), slices.Delete(p.basis, r, r+1)
		r--
	}
	for r, row := range p.table {
		p.table[r] = append(slices.Clone(row[:n]), row[n+m])
	}
	return p
}

func (p *polytope) pivot(r, k int, cost []float64) {
	row := p.table[r]
	by := row[k]
	for j := range row {
		row[j] /= by
	}
	row[k] = 1
	take := func(other []float64) {
		if x := other[k]; x != 0 {
			for j, y := range row {
				if y != 0 {
					other[j] -= x * y
				}
			}
			other[k] = 0
		}
	}
	for i := range p.table {
		if i != r {
			take(p.table[i])
		}
	}
	if cost != nil {
		take(cost)
	}
	p.basis[r] = k
}

// minimize goes to the corner with the least cost, over the first n variables; it is false when there is none because the cost falls without end.
func (p *polytope) minimize(cost []float64, n int) bool {
	for r, k := range p.basis {
		if x := cost[k]; x != 0 {
			for j, y := range p.table[r] {
				cost[j] -= x * y
			}
		}
	}
	for step := 0; ; step++ {
		in := -1
		for k := range n {
			if cost[k] < -tiny && (in < 0 || step < 500 && cost[k] < cost[in]) { // after many steps the first that helps, which cannot go in circles
				in = k
			}
		}
		if in < 0 {
			return true
		}
		out, best := -1, math.Inf(1)
		for r, row := range p.table {
			if row[in] > tiny {
				if ratio := row[len(row)-1] / row[in]; ratio < best-tiny || ratio < best+tiny && p.basis[r] < p.basis[out] {
					out, best = r, ratio
				}
			}
		}
		if out < 0 {
			return false
		}
		p.pivot(out, in, cost)
	}
}

// extreme is how far a sum can go.
type extreme struct {
	value     float64
	unbounded bool
	proof     int  // the value of the sum at a point in whole numbers that agrees with every fact
	proved    bool // there is such a point at the corner that was found
}

func (p *polytope) extreme(vector []int, high bool) extreme {
	sign := 1.0
	if high {
		sign = -1
	}
	cost := make([]float64, len(p.columns)+1)
	for k, i := range p.columns {
		cost[k] = sign * float64(vector[i])
	}
	if !p.minimize(cost, len(p.columns)) {
		return extreme{unbounded: true}
	}
	x := make([]int, p.width)
	value := 0.0
	for r, k := range p.basis {
		at := p.table[r][len(p.columns)]
		value += at * float64(vector[p.columns[k]])
		x[p.columns[k]] = int(math.Round(at))
	}
	e := extreme{value: value, proof: dot(vector, x), proved: slices.Min(x) >= 0}
	for _, f := range p.facts {
		e.proved = e.proved && dot(f.vector, x) == f.n
	}
	return e
}

// whole finds how far a sum can go in whole numbers, by branch and bound: where the corner found lies between whole numbers, one of them is taken to be at most the
// whole number below, and then at least the one above. It fails when that takes too many corners.
func whole(facts []fact, width int, vector []int, high bool) (e extreme, found bool) {
	corners := 0
	var branch func(facts []fact, width int)
	branch = func(facts []fact, width int) {
		if corners++; corners > 2000 {
			return
		}
		wide := make([]int, width)
		copy(wide, vector)
		p := newPolytope(facts, width)
		if !p.agrees() {
			return
		}
		here := p.extreme(wide, high)
		switch {
		case here.unbounded:
			e.unbounded = true
			return
		case e.unbounded, e.proved && (high && here.value < float64(e.proof)+1-1e-6 || !high && here.value > float64(e.proof)-1+1e-6):
			return
		case here.proved:
			e = extreme{value: float64(here.proof), proof: here.proof, proved: true}
			return
		}
		for r, k := range p.basis {
			x := p.table[r][len(p.columns)]
			if math.Abs(x-math.Round(x)) < 1e-6 {
				continue
			}
			for _, sign := range []int{1, -1} { // with one more variable for what is left to the bound
				more := make([]fact, 0, len(facts)+1)
				for _, f := range facts {
					more = append(more, fact{append(slices.Clone(f.vector), 0), f.n, f.name})
				}
				bound := make([]int, width+1)
				bound[p.columns[k]], bound[width] = 1, sign
				n := int(math.Floor(x))
				if sign < 0 {
					n++
				}
				branch(append(more, fact{bound, n, "bound"}), width+1)
			}
			return
		}
	}
	branch(facts, width)
	return e, corners <= 2000 && (e.proved || e.unbounded)
}

// agrees tells whether there is any point that agrees with the facts.
func (p *polytope) agrees() bool { return p.off < 1e-6 }
