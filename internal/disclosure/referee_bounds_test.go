package disclosure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// What the audit tells of every cell of a share of the families is what glpk finds.
func TestBoundsAreThoseOfGLPK(t *testing.T) {
	needGLPK(t)
	families, compared := 120, 0
	if testing.Short() {
		families = 20
	}
	for i := range families {
		d := draw(100_000 + i)
		r, history, err := d.publish()
		if err != nil {
			continue
		}
		w := newWorld(d.cells, d.family, history)
		public := w.facts(r)
		for _, h := range history {
			for _, f := range w.facts(h) {
				if f.n == dot(f.vector, w.n) {
					public = append(public, f)
				}
			}
		}
		public = distinct(public)
		var vectors [][]int
		var highs []bool
		var told []disclosure.Cell
		for _, c := range r.Cells {
			if c.Status == disclosure.Open {
				continue
			}
			table := w.tables[slices.IndexFunc(d.family.Tables, func(t []string) bool { return slices.Equal(t, r.Tables[c.Table]) })]
			name := strings.Join(r.Tables[c.Table], "×") + " " + strings.Join(c.Values, "×")
			x := table.cells[slices.IndexFunc(table.cells, func(x worldCell) bool { return x.name == name })]
			vectors, highs, told = append(vectors, x.vector, x.vector), append(highs, false, true), append(told, c)
		}
		if len(told) == 0 {
			continue
		}
		compared += len(told)
		found := glpk(t, public, len(w.inner), vectors, highs, false)
		for k, c := range told {
			low, high := found[2*k], found[2*k+1]
			j := &judgement{}
			q := question{facts: public, width: len(w.inner), vector: vectors[2*k], told: &c, name: strings.Join(c.Values, "×")}
			if j.answered(q, low, high); len(j.faults) > 0 { // between whole numbers perhaps
				whole := glpk(t, public, len(w.inner), [][]int{q.vector, q.vector}, []bool{false, true}, true)
				j.faults = nil
				j.answered(q, whole[0], whole[1])
			}
			if len(j.faults) > 0 {
				t.Errorf("family %d: %q", 100_000+i, j.faults)
				d.keep(t, fmt.Sprint("bounds-", 100_000+i), j.faults)
			}
		}
	}
	t.Logf("%d bounds compared", 2*compared)
	if compared < families {
		t.Errorf("only %d hidden cells in %d families", compared, families)
	}
}
