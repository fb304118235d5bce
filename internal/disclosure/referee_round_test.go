package disclosure_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// judgeRounded looks at a result whose small counts were rounded: nothing is hidden, nothing small is told, every table adds up, and tables agree.
func judgeRounded(w *world, r *disclosure.Result) (faults []string, farthest int) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	values, told := map[string]int{}, map[string]int{}
	for _, c := range r.Cells {
		name := strings.Join(r.Tables[c.Table], "×") + " " + strings.Join(c.Values, "×")
		n, shown := c.Figure.Count()
		if !shown || c.Status != disclosure.Open {
			fault("%s is hidden", name)
		}
		if n > 0 && n < r.Base {
			fault("%s is told as %d, which is small", name, n)
		}
		values[name] = n
		t := w.tables[slices.IndexFunc(w.family.Tables, func(t []string) bool { return slices.Equal(t, r.Tables[c.Table]) })]
		k := slices.IndexFunc(t.cells, func(x worldCell) bool { return x.name == name })
		if k < 0 {
			fault("%s is no cell", name)
			continue
		}
		x := t.cells[k]
		if c.Low > x.n || c.High < x.n {
			fault("%s, %d people, is said to be from %d to %d", name, x.n, c.Low, c.High)
		}
		key := signs(x.vector)
		if other, ok := told[key]; ok && other != n {
			fault("%s is told as %d, and as %d in another table", name, n, other)
		}
		told[key] = n
		farthest = max(farthest, n-x.n, x.n-n)
	}
	for _, t := range w.tables {
		for _, c := range t.cells {
			sum := 0
			for _, part := range t.cells {
				finest := true
				for k, a := range t.axes {
					finest = finest && count(w.axes[a].levels[part.levels[k]].leaves) == 1 && slices.Contains(w.axes[a].categories, w.axes[a].levels[part.levels[k]].name)
				}
				if finest && dot(part.vector, c.vector) > 0 {
					sum += values[part.name]
				}
			}
			if values[c.name] != sum {
				fault("%s is told as %d, and its parts add up to %d", c.name, values[c.name], sum)
			}
		}
	}
	return faults, farthest
}

func TestRoundedTablesAddUp(t *testing.T) {
	families, refused, far := 500, 0, 0
	for i := range families {
		d := draw(400_000 + i)
		d.family.Profile, d.family.Base, d.earlier = disclosure.Round, 3+2*(i%2), nil
		r, _, err := d.publish()
		if errors.Is(err, disclosure.ErrUnfinished) {
			refused++
			continue
		}
		if err != nil {
			t.Errorf("family %d: %v", i, err)
			continue
		}
		faults, farthest := judgeRounded(newWorld(d.cells, d.family, nil), r)
		if len(faults) > 0 {
			t.Errorf("family %d: %s", 400_000+i, strings.Join(faults, "\n\t"))
		}
		far = max(far, farthest)
	}
	t.Logf("%d families, %d unfinished; the count told farthest from the true one is %d away", families, refused, far)
	if refused*50 > families {
		t.Errorf("%d of %d small families could not be finished", refused, families)
	}
}
