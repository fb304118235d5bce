package disclosure

import (
	"cmp"
	"math"
	"slices"
)

// crash finds a first basis: columns that have a single row left, as long as there are any, so that the inverse is as sparse as the equations; then those
// with few rows left, which are eliminated. Variables that are not basic keep their value, between bounds or at them.
func (p *program) crash() {
	left := make([]int32, p.n)
	open := slices.Repeat([]bool{true}, p.m)
	used := make([]bool, p.n)
	var queue []int32
	// Variables that are far from zero come first: as basic ones they leave room for long steps.
	order := make([]int32, p.n)
	for j := range order {
		order[j] = int32(j)
		left[j] = p.start[j+1] - p.start[j]
	}
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(p.x[b], p.x[a]) })
	for _, j := range order {
		if left[j] == 1 {
			queue = append(queue, j)
		}
	}
	var taken []seat
	assign := func(j, r int32) {
		used[j], open[r] = true, false
		for _, k := range p.columns[p.rowStart[r]:p.rowStart[r+1]] {
			if left[k]--; left[k] == 1 && !used[k] {
				queue = append(queue, k)
			}
		}
	}
	cascade := func() {
		for len(queue) > 0 {
			j := queue[0]
			queue = queue[1:]
			if used[j] || left[j] != 1 {
				continue
			}
			for _, r := range p.rows[p.start[j]:p.start[j+1]] {
				if open[r] {
					taken = append(taken, seat{j, r})
					assign(j, r)
					break
				}
			}
		}
	}
	cascade()
	middle := map[int32]bool{}
	for at := 0; at < p.n; at++ {
		// When no column has a single row left, one with several is taken into the middle, and the search goes on.
		j := order[at]
		if used[j] || left[j] < 2 {
			continue
		}
		best := int32(-1)
		for _, r := range p.rows[p.start[j]:p.start[j+1]] {
			if open[r] && (best < 0 || p.rowStart[r+1]-p.rowStart[r] < p.rowStart[best+1]-p.rowStart[best]) {
				best = r
			}
		}
		middle[j] = true
		taken = append(taken, seat{j, best})
		assign(j, best)
		cascade()
	}
	// From the end: what a column has beside its own row lies in rows taken before it, and is not touched by the columns after it, unless it is from the middle.
	for _, q := range slices.Backward(taken) {
		if middle[q.variable] {
			if p.column(q.variable); math.Abs(p.work[q.row]) < 1e-6 {
				continue
			}
		} else {
			p.raw(q.variable)
		}
		p.eta(q.row)
		p.head[q.row], p.where[q.variable] = q.variable, q.row
	}
}

type seat struct{ variable, row int32 }

// column brings the transformed column of variable j into work.
func (p *program) column(j int32) {
	clear(p.work)
	for _, r := range p.rows[p.start[j]:p.start[j+1]] {
		p.work[r] = 1
	}
	p.forward(p.work)
}

func (p *program) forward(v []float64) {
	for k, r := range p.etaRow {
		t := v[r]
		if t == 0 {
			continue
		}
		first, last := p.etaStart[k], p.etaStart[k+1]
		t /= p.etaValue[first]
		v[r] = t
		for q := first + 1; q < last; q++ {
			v[p.etaIndex[q]] -= p.etaValue[q] * t
		}
	}
}

func (p *program) backward(y []float64) {
	for k := len(p.etaRow) - 1; k >= 0; k-- {
		first, last := p.etaStart[k], p.etaStart[k+1]
		r := p.etaRow[k]
		sum := y[r]
		for q := first + 1; q < last; q++ {
			sum -= p.etaValue[q] * y[p.etaIndex[q]]
		}
		y[r] = sum / p.etaValue[first]
	}
}

// pivot makes variable j basic in the row; work is its transformed column.
func (p *program) pivot(j int32, row int) {
	if old := p.head[row]; int(old) < p.n {
		p.where[old] = -1
	}
	p.head[row], p.where[j] = j, int32(row)
	p.eta(int32(row))
	p.steps++
	p.epoch++
	if p.since++; p.since >= refactor {
		p.reinvert()
	}
}

// eta appends work as an elementary matrix with its pivot in the row.
func (p *program) eta(row int32) {
	unit := p.work[row] == 1
	p.etaRow = append(p.etaRow, row)
	p.etaIndex = append(p.etaIndex, row)
	p.etaValue = append(p.etaValue, p.work[row])
	for i, w := range p.work {
		if int32(i) != row && math.Abs(w) > 1e-11 {
			p.etaIndex = append(p.etaIndex, int32(i))
			p.etaValue = append(p.etaValue, w)
			unit = false
		}
	}
	if unit {
		p.etaRow = p.etaRow[:len(p.etaRow)-1]
		p.etaIndex = p.etaIndex[:len(p.etaIndex)-1]
		p.etaValue = p.etaValue[:len(p.etaValue)-1]
		return
	}
	p.etaStart = append(p.etaStart, int32(len(p.etaIndex)))
}

// reinvert makes the product form anew, from the columns of the basis in an order in which few entries fill up: those that end in a row of their own first,
// those that begin in one last.
func (p *program) reinvert() {
	p.since = 0
	p.etaRow, p.etaIndex, p.etaValue, p.etaStart = p.etaRow[:0], p.etaIndex[:0], p.etaValue[:0], p.etaStart[:1]
	var basic []int32
	inBasis := make([]bool, p.n)
	open := make([]bool, p.m) // rows without a pivot yet
	for i, j := range p.head {
		open[i] = int(j) < p.n
		if open[i] {
			basic = append(basic, j)
			inBasis[j] = true
			p.where[j] = -1
		}
	}
	for i := range open { // a row whose equation nobody is basic in keeps its unit column; another may come to stand there
		open[i] = true
	}
	inRow, inColumn := make([]int32, p.m), make(map[int32]int32, len(basic))
	for _, j := range basic {
		for _, r := range p.rows[p.start[j]:p.start[j+1]] {
			inRow[r]++
			inColumn[j]++
		}
	}
	taken := make(map[int32]int32, len(basic)) // column → row
	take := func(j, r int32) {
		taken[j] = r
		open[r] = false
		for _, i := range p.rows[p.start[j]:p.start[j+1]] {
			inRow[i]--
		}
		for _, k := range p.columns[p.rowStart[r]:p.rowStart[r+1]] {
			if inBasis[k] {
				inColumn[k]--
			}
		}
	}
	var first, last []seat
	for again := true; again; {
		again = false
		for r := range int32(p.m) {
			if !open[r] || inRow[r] != 1 {
				continue
			}
			for _, j := range p.columns[p.rowStart[r]:p.rowStart[r+1]] {
				if _, done := taken[j]; inBasis[j] && !done {
					first = append(first, seat{j, r})
					take(j, r)
					again = true
					break
				}
			}
		}
	}
	for again := true; again; {
		again = false
		for _, j := range basic {
			if _, done := taken[j]; done || inColumn[j] != 1 {
				continue
			}
			for _, r := range p.rows[p.start[j]:p.start[j+1]] {
				if open[r] {
					last = append(last, seat{j, r})
					take(j, r)
					again = true
					break
				}
			}
		}
	}
	var middle []int32
	for _, j := range basic {
		if _, done := taken[j]; !done {
			middle = append(middle, j)
		}
	}
	p.invert(first, middle, last)
}

// invert makes the product form of a basis: columns whose row nobody after them has, then those in the middle, which fill up, then, from the end, those whose
// other rows have all been taken by columns before them.
func (p *program) invert(first []seat, middle []int32, last []seat) {
	for i := range p.head {
		p.head[i] = int32(p.n + i)
	}
	open := slices.Repeat([]bool{true}, p.m)
	inRow := make([]int32, p.m)
	for _, q := range append(slices.Clone(first), last...) {
		open[q.row] = false
	}
	for _, j := range middle {
		for _, r := range p.rows[p.start[j]:p.start[j+1]] {
			inRow[r]++
		}
	}
	put := func(j, r int32) {
		p.eta(r)
		p.head[r], p.where[j] = j, r
	}
	for _, q := range first {
		p.raw(q.variable)
		put(q.variable, q.row)
	}
	slices.SortStableFunc(middle, func(a, b int32) int { return int(p.start[a+1] - p.start[a] - p.start[b+1] + p.start[b]) })
	for _, j := range middle {
		p.column(j)
		best, most := int32(-1), 0.0
		for i, w := range p.work {
			if open[i] {
				most = max(most, math.Abs(w))
			}
		}
		for i, w := range p.work {
			if open[i] && math.Abs(w) > 0.1*most && math.Abs(w) > 1e-8 && (best < 0 || inRow[i] < inRow[best]) {
				best = int32(i)
			}
		}
		if best < 0 { // the column depends on those before it
			continue
		}
		open[best] = false
		put(j, best)
	}
	for _, q := range slices.Backward(last) {
		p.raw(q.variable)
		put(q.variable, q.row)
	}
}

// raw brings the column of variable j into work as it stands in the equations.
func (p *program) raw(j int32) {
	clear(p.work)
	for _, r := range p.rows[p.start[j]:p.start[j+1]] {
		p.work[r] = 1
	}
}
