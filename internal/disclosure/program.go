package disclosure

import (
	"cmp"
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
