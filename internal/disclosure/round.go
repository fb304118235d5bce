package disclosure

import (
	"cmp"
	"slices"
)

// round replaces small counts of inner cells by 0 or the base, so that no table shows a count between them, every table adds up, and the sums that are
// published stay as near the true ones as a choice step by step brings them.
//
// Ø. Langsrud and J. Heldal, An Algorithm for Small Count Rounding of Tabular Data (Privacy in Statistical Databases, 2018). Of inner cells that do just as well, the
// one that comes first is taken, so that the result does not change from one time to the next.
func (s *space) round(base int) {
	rounded := make([]bool, len(s.inner)) // inner cells that are not told as they are
	for {
		again := false
		for i := range s.cells {
			c := &s.cells[i]
			if !c.shown || c.told == 0 || c.told >= base {
				continue
			}
			s.holds(int32(i), func(k int32) {
				if x := &s.inner[k]; x.n > 0 && x.n < base && !rounded[k] {
					rounded[k], again = true, true
				}
			})
		}
		if !again {
			return
		}
		s.share(rounded, base)
		s.retell()
	}
}

// share gives the base to as many of the rounded inner cells as their people come to, and 0 to the others.
func (s *space) share(rounded []bool, base int) {
	missing := make([]int, len(s.cells)) // of each cell: people taken away and not given back
	var candidates []int32
	people := 0
	for i := range s.inner {
		x := &s.inner[i]
		if x.told = x.n; !rounded[i] {
			continue
		}
		x.told = 0
		people += x.n
		candidates = append(candidates, int32(i))
		s.within(int32(i), func(c int32) { missing[c] += x.n })
	}
	score := make([]int, len(s.inner))
	for left := (2*people + base) / (2 * base); left > 0; {
		for _, i := range candidates {
			score[i] = 0
			s.within(i, func(c int32) {
				if s.cells[c].shown {
					score[i] += 2*missing[c] - base // by so much the squares of what is missing shrink, in units of the base
				}
			})
		}
		slices.SortStableFunc(candidates, func(a, b int32) int {
			return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(s.inner[b].n, s.inner[a].n), cmp.Compare(a, b))
		})
		// One at a time among a few, and several at once among many, of which each changes little.
		take := min(left, 1+len(candidates)/256)
		for _, i := range candidates[:take] {
			s.inner[i].told = base
			s.within(i, func(c int32) { missing[c] -= base })
		}
		candidates = candidates[take:]
		left -= take
	}
}

// within goes through the cells that hold an inner cell.
func (s *space) within(i int32, do func(c int32)) {
	for t := range s.tables {
		if f := s.tables[t].of[i]; f >= 0 {
			for _, c := range s.tables[t].finest[f].up {
				do(c)
			}
		}
	}
}

// retell sums up what is told of the inner cells.
func (s *space) retell() {
	for i := range s.cells {
		s.cells[i].told = 0
	}
	for i := range s.inner {
		s.within(int32(i), func(c int32) { s.cells[c].told += s.inner[i].told })
	}
}

// protectByRounding decides what is told of every cell. The same people are never told of in two ways: earlier publications must have been rounded to the
// same counts.
func (s *space) protectByRounding(f Family) error {
	for i := range s.inner {
		s.inner[i].told = s.inner[i].n
	}
	for i := range s.cells {
		s.cells[i].told = s.cells[i].n
	}
	s.round(f.Base)
	for i := range s.cells {
		c := &s.cells[i]
		c.status = Open
		c.low = c.told - (f.Base-1)*(c.told/f.Base)
		c.high = c.told + (f.Base-1)*c.size
	}
	e := &UnsafeError{}
	for _, then := range s.earlier {
		if c := &s.cells[then.cell]; c.shown && c.told != then.n {
			e.Cells = append(e.Cells, s.words(then.cell))
		}
	}
	return e.orNil()
}

// otherProfile refuses a family whose people have been told of under another profile: two ways to tell the same count tell more than either.
func (s *space) otherProfile(f Family, history []*Result) error {
	for _, r := range history {
		if len(s.earlier) > 0 && (r.Profile != f.Profile || r.Base != f.Base) {
			return &UnsafeError{Cells: []string{"all: the same people were published under the profile " + string(r.Profile)}}
		}
	}
	return nil
}
