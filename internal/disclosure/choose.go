package disclosure

import (
	"cmp"
	"slices"
)

// view is what one kind of reader sees: an outsider every inner cell, one who supplied counts those of the others.
type view struct {
	*echelon
	secrets []secret
}

// basis picks inner cells on which every combination of cells that vanishes, vanishes everywhere: the rows of the matrix that are independent. Those near
// the most frequent category of each variable come first, so that the elimination of the others stays short.
func (s *space) basis(leftOut int32) []int32 {
	often := make([][]int, len(s.variables))
	top := make([]int32, len(s.variables))
	for v, a := range s.variables {
		often[v] = make([]int, len(a.categories))
	}
	var rows []int32
	for i := range s.inner {
		x := &s.inner[i]
		if x.gone || s.own(leftOut, x) {
			continue
		}
		rows = append(rows, int32(i))
		for v, c := range x.codes {
			often[v][c]++
		}
	}
	for v := range often {
		for c, n := range often[v] {
			if n > often[v][top[v]] {
				top[v] = int32(c)
			}
		}
	}
	away := func(codes []int32) (n int) {
		for v, c := range codes {
			if c != top[v] {
				n++
			}
		}
		return n
	}
	far := make([]int, len(s.inner))
	for _, i := range rows {
		far[i] = away(s.inner[i].codes)
	}
	slices.SortStableFunc(rows, func(a, b int32) int { return far[a] - far[b] })

	// Finest cells in the order of elimination: those that are farther from the most frequent categories are eliminated first.
	type fine struct{ table, finest, far int }
	var order []fine
	first := make([]int, len(s.tables))
	count := 0
	for t := range s.tables {
		first[t] = count
		count += len(s.tables[t].finest)
		for f, x := range s.tables[t].finest {
			n := 0
			for _, v := range s.tables[t].variables {
				if s.inner[x.inner[0]].codes[v] != top[v] {
					n++
				}
			}
			order = append(order, fine{t, f, n})
		}
	}
	slices.SortStableFunc(order, func(a, b fine) int { return b.far - a.far })
	position := make([]int32, count)
	for p, x := range order {
		position[first[x.table]+x.finest] = int32(p)
	}
	pivots := make([][]entry, count) // by leading position
	var basis []int32
	dense := make([]uint64, count)
	for _, i := range rows {
		var heap positions
		for t := range s.tables {
			f := s.tables[t].of[i]
			if f < 0 {
				continue
			}
			p := position[first[t]+int(f)]
			if dense[p] == 0 {
				heap.push(p)
			}
			dense[p] = plus(dense[p], 1)
		}
		var left []entry
		for len(heap) > 0 {
			p := heap.pop()
			v := dense[p]
			if v == 0 {
				continue
			}
			if pivots[p] == nil || left != nil {
				left = append(left, entry{p, v})
				dense[p] = 0
				continue
			}
			for _, x := range pivots[p] {
				before := dense[x.row]
				dense[x.row] = minus(before, times(v, x.value))
				if before == 0 {
					heap.push(x.row)
				}
			}
		}
		if left == nil {
			continue
		}
		basis = append(basis, i)
		k := inverse(left[0].value)
		for j := range left {
			left[j].value = times(left[j].value, k)
		}
		pivots[left[0].row] = left
	}
	slices.Sort(basis)
	return basis
}

// positions is a heap of numbers, the smallest on top; a number may be in it twice.
type positions []int32

func (h *positions) push(x int32) {
	*h = append(*h, x)
	for i := len(*h) - 1; i > 0; {
		up := (i - 1) / 2
		if (*h)[up] <= (*h)[i] {
			return
		}
		(*h)[up], (*h)[i] = (*h)[i], (*h)[up]
		i = up
	}
}

func (h *positions) pop() int32 {
	top := (*h)[0]
	n := len(*h) - 1
	(*h)[0] = (*h)[n]
	*h = (*h)[:n]
	for i := 0; ; {
		down := 2*i + 1
		if down >= n {
			return top
		}
		if down+1 < n && (*h)[down+1] < (*h)[down] {
			down++
		}
		if (*h)[i] <= (*h)[down] {
			return top
		}
		(*h)[i], (*h)[down] = (*h)[down], (*h)[i]
		i = down
	}
}

// look makes the view of outsiders (party -1) or of one who supplied counts.
func (s *space) look(party int32, secrets []secret) *view {
	rows := s.basis(party)
	columns := make([][]int32, len(s.cells))
	for r, i := range rows {
		for t := range s.tables {
			if f := s.tables[t].of[i]; f >= 0 {
				for _, c := range s.tables[t].finest[f].up {
					columns[c] = append(columns[c], int32(r))
				}
			}
		}
	}
	v := &view{}
	for _, k := range secrets {
		if k.party == party {
			v.secrets = append(v.secrets, k)
		}
	}
	v.echelon = newEchelon(len(rows), columns, v.secrets)
	return v
}

// choose decides what is shown. Everything known from earlier is public to begin with; then the cells become public one by one, the largest first, unless
// a secret would follow: such a cell is hidden. It returns the secrets that earlier publications give away by themselves.
func (s *space) choose(secrets []secret) (lost []secret) {
	for i := range s.cells {
		if s.cells[i].status = Primary; s.cells[i].why >= asked {
			s.cells[i].status = Secondary
		}
	}
	for i := range s.inner {
		s.inner[i].gone = false
	}
	s.zeros(secrets)
	views := []*view{s.look(-1, secrets)}
	for p := range s.parties {
		if slices.ContainsFunc(secrets, func(k secret) bool { return k.party == int32(p) }) { // there is nothing to keep from others
			views = append(views, s.look(int32(p), secrets))
		}
	}
	for i := range s.cells {
		if s.cells[i].known && s.cells[i].n > 0 {
			s.cells[i].status = Open
			for _, v := range views {
				v.concede(i)
			}
		}
	}
	for _, v := range views {
		alone, real := make([]bool, len(v.secrets)), make([]bool, len(v.secrets))
		for k, x := range v.secrets {
			c := &s.cells[x.cell]
			j := len(s.cells) + k
			if v.follows(j) {
				v.columns[j].done = true
				switch {
				case x.without >= 0 && x.n == 0 && c.n < s.threshold: // a group so small that nobody is told of it
					x.n = 0
					s.moot[x] = true
				case x.without >= 0 || x.party >= 0 || c.why == small:
					lost = append(lost, x)
				case c.why == asked:
				default:
					c.why, c.status = none, Open
					x.n = 0
					s.moot[x] = true
				}
				continue
			}
			real[k] = x.n > 0 && (x.without >= 0 || c.why != asked)
			alone[k] = x.party < 0 && x.without < 0 && x.n == 1 && c.shown
		}
		v.watch(alone, real)
	}
	plans := make([]plan, len(views))
next:
	for _, i := range s.order() {
		c := &s.cells[i]
		for k, v := range views {
			var safe bool
			if plans[k], safe = v.plan(int(i)); !safe {
				c.status = Secondary
				for _, v := range views {
					v.columns[i].done = true
				}
				continue next
			}
		}
		c.status = Open
		for k, v := range views {
			v.publish(plans[k])
		}
	}
	return lost
}

// concede makes a column public whatever it gives away.
func (e *echelon) concede(j int) {
	c := &e.columns[j]
	if c.live == 0 {
		c.done = true
		return
	}
	row := e.rarest(c)
	factor := inverse(c.at(row))
	p := plan{column: j, row: row}
	seen := map[int32]bool{}
	for _, k := range e.byRow[row] {
		o := &e.columns[k]
		if int(k) < e.firstSecret || o.done || seen[k] {
			continue
		}
		seen[k] = true
		if v := o.at(row); v != 0 {
			ch := change{column: k}
			ch.entries, ch.filled = e.difference(o, c, times(v, factor), row)
			p.changes = append(p.changes, ch)
		}
	}
	e.publish(p)
}

// order lists the cells that may be shown, in the order in which they are: the largest first, and of those with the same count the one that belongs with
// more and larger ones.
func (s *space) order() []int32 {
	weight := make([]uint64, len(s.inner))
	for t := range s.tables {
		for _, f := range s.tables[t].finest {
			var sum uint64
			for _, c := range f.up {
				if s.cells[c].shown {
					sum += uint64(s.cells[c].n) + 1
				}
			}
			for _, i := range f.inner {
				weight[i] += sum
			}
		}
	}
	ties := make([]uint64, len(s.cells))
	for t := range s.tables {
		for _, f := range s.tables[t].finest {
			var sum uint64
			for _, i := range f.inner {
				sum += weight[i]
			}
			for _, c := range f.up {
				ties[c] += sum
			}
		}
	}
	var list []int32
	for i := range s.cells {
		c := &s.cells[i]
		if c.shown && c.why == none && c.n > 0 && !c.known {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		x, y := &s.cells[a], &s.cells[b]
		return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(ties[b], ties[a]), cmp.Compare(x.key, y.key))
	})
	return list
}

// zeros publishes the cells nobody is in. Counts are not negative, so everything within such a cell is known to be empty, and leaves the matrix. One
// is hidden only where otherwise everybody would know that nobody lies outside one category of a group.
func (s *space) zeros(secrets []secret) {
	type rest struct{ left int }
	var rests []rest
	of := map[int32][]int{} // of each inner cell: the rests that hold it
	for _, k := range secrets {
		if k.n != 0 || k.without < 0 {
			continue
		}
		inside := map[int32]bool{}
		s.holds(k.without, func(i int32) { inside[i] = true })
		n := 0
		s.holds(k.cell, func(i int32) {
			if !inside[i] && !s.own(k.party, &s.inner[i]) {
				of[i] = append(of[i], len(rests))
				n++
			}
		})
		rests = append(rests, rest{n})
	}
	var list []int32
	for i := range s.cells {
		if c := &s.cells[i]; c.n == 0 && (c.known || c.shown && c.why == none) {
			list = append(list, int32(i))
		}
	}
	slices.SortFunc(list, func(a, b int32) int {
		x, y := &s.cells[a], &s.cells[b]
		if x.known != y.known {
			if x.known {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(y.size, x.size), cmp.Compare(x.key, y.key))
	})
	for _, z := range list {
		takes := map[int]int{}
		if len(rests) > 0 {
			s.holds(z, func(i int32) {
				if !s.inner[i].gone {
					for _, r := range of[i] {
						takes[r]++
					}
				}
			})
		}
		safe := true
		for r, n := range takes {
			if rests[r].left == n {
				safe = false
			}
		}
		if !safe && !s.cells[z].known {
			s.cells[z].status = Secondary
			continue
		}
		for r, n := range takes {
			rests[r].left -= n
		}
		s.holds(z, func(i int32) { s.inner[i].gone = true })
		s.cells[z].status = Open
	}
}
