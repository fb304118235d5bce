package disclosure_test

import (
	"math/big"
	"slices"
	"testing"

	"samklang/internal/disclosure"
)

// sums are the cells of all tables, each sum of inner cells once.
func (w *world) sums() (all []worldCell) {
	for _, t := range w.tables {
		for _, c := range t.cells {
			if !slices.ContainsFunc(all, func(x worldCell) bool { return slices.Equal(x.vector, c.vector) }) {
				all = append(all, c)
			}
		}
	}
	return all
}

// hiddenIn tells which of the sums a result hides, and which of them for their own sake.
func (w *world) hiddenIn(r *disclosure.Result, sums []worldCell) (hidden, primary []bool) {
	hidden, primary = make([]bool, len(sums)), make([]bool, len(sums))
	for i := range hidden {
		hidden[i] = true
	}
	for _, f := range w.facts(r) {
		for i, x := range sums {
			if slices.Equal(x.vector, f.vector) {
				hidden[i] = false
			}
		}
	}
	for _, s := range w.secrets() {
		for i, x := range sums {
			if s.hidden && slices.Equal(x.vector, s.vector) {
				primary[i] = true
			}
		}
	}
	return hidden, primary
}

// reference is the Gaussian method as it was published, written down plainly: candidates by the size of their counts, ties by the counts around them, zeros first;
// one whose publication would let a primary cell follow is hidden. It has no audit.
func reference(sums []worldCell, primary []bool, width int) (hidden []bool) {
	hidden = slices.Clone(primary)
	around := make([]float64, len(sums))
	for j, c := range sums {
		for i := range width {
			if c.vector[i] != 0 {
				for _, k := range sums {
					if k.vector[i] != 0 {
						around[j] += float64(k.n + 1)
					}
				}
			}
		}
	}
	most := slices.Max(around)
	var order []int
	for j := range sums {
		if !primary[j] {
			order = append(order, j)
		}
	}
	score := func(j int) float64 { return float64(sums[j].n+1) + 0.99*around[j]/most }
	slices.SortStableFunc(order, func(a, b int) int {
		if za, zb := sums[a].n == 0, sums[b].n == 0; za != zb {
			if za {
				return -1
			}
			return 1
		}
		switch d := score(b) - score(a); {
		case d > 0:
			return 1
		case d < 0:
			return -1
		}
		return 0
	})
	known := &span{}
	for _, j := range order {
		with := &span{slices.Clone(known.rows), slices.Clone(known.pivots)}
		with.add(sums[j].vector)
		reveals := false
		for k := range sums {
			reveals = reveals || primary[k] && with.tells(sums[k].vector)
		}
		if hidden[j] = reveals; !reveals {
			known = with
		}
	}
	return hidden
}

// safe tells whether the sums that are not hidden keep every secret, as the judge does it. In doubt it says no.
func (w *world) safe(sums []worldCell, hidden []bool, secrets []secret) bool {
	var public []fact
	for i, x := range sums {
		if !hidden[i] {
			public = append(public, fact{x.vector, x.n, x.name})
		}
	}
	views := map[int]*view{}
	for _, s := range secrets {
		if views[s.party] == nil {
			facts := public
			if s.party >= 0 {
				facts = distinct(w.toParty(public, s.party))
			}
			views[s.party] = &view{facts, spanOf(facts, len(w.inner)), newPolytope(facts, len(w.inner))}
		}
		if fault, sure := views[s.party].attack(s, w.threshold()); fault != "" || !sure {
			return false
		}
	}
	j := &judgement{}
	if v := views[-1]; v != nil {
		j.single(w, v.span, &span{}, secrets)
	}
	return len(j.alone) == 0
}

// best is the smallest number of cells that have to be hidden beside the primary ones, found by trying all ways.
func (w *world) best(sums []worldCell, primary []bool, secrets []secret, most int) int {
	var free []int
	for i := range sums {
		if !primary[i] {
			free = append(free, i)
		}
	}
	hidden := slices.Clone(primary)
	var try func(from, left int) bool
	try = func(from, left int) bool {
		if left == 0 {
			return w.safe(sums, hidden, secrets)
		}
		for k := from; k+left <= len(free); k++ {
			hidden[free[k]] = true
			if try(k+1, left-1) {
				return true
			}
			hidden[free[k]] = false
		}
		return false
	}
	for more := 0; more < most; more++ {
		if try(0, more) {
			return more
		}
	}
	return most
}

// On small families the cells hidden are compared with the fewest there can be.
func TestHiddenCellsComparedWithTheBest(t *testing.T) {
	families, ours, fewest, plain, exact := 0, 0, 0, 0, 0
	enough := 60
	if testing.Short() {
		enough = 10
	}
	for i := 0; families < enough; i++ {
		d := draw(300_000 + i)
		if len(d.earlier) > 0 {
			continue
		}
		w := newWorld(d.cells, d.family, nil)
		sums := w.sums()
		if len(sums) > 16 {
			continue
		}
		r, err := protect(d.cells, d.family, nil)
		if err != nil {
			t.Errorf("family %d: %v", i, err)
			continue
		}
		hidden, primary := w.hiddenIn(r, sums)
		if count(hidden) == count(primary) || count(primary) == 0 {
			continue
		}
		families++
		if !w.safe(sums, hidden, w.secrets()) {
			t.Errorf("family %d is not safe", i)
		}
		extra := count(hidden) - count(primary)
		best := w.best(sums, primary, w.secrets(), extra)
		ours, fewest, plain = ours+extra, fewest+best, plain+count(reference(sums, primary, len(w.inner)))-count(primary)
		if extra == best {
			exact++
		}
	}
	t.Logf("%d small families: %d cells hidden to protect others, %d at best (%.2f times); %d families at their best; the plain Gaussian method, which leaves narrow bounds, hides %d",
		families, ours, fewest, float64(ours)/float64(fewest), exact, plain)
	if ours > 2*fewest {
		t.Errorf("%d cells are hidden to protect others where %d would do", ours, fewest)
	}
}

// The span of the referee is exact: thirds do not get lost.
func TestSpanIsExact(t *testing.T) {
	s := &span{}
	s.add([]int{3, 1, 0})
	s.add([]int{0, 1, 3})
	if !s.tells([]int{1, 0, -1}) || s.tells([]int{1, 0, 0}) || !s.tells([]int{9, 5, 6}) {
		t.Error("wrong")
	}
	if x := s.reduce([]int{1, 0, 0})[2]; x.Cmp(big.NewRat(1, 1)) != 0 {
		t.Error(x)
	}
}
