package disclosure_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// drawn is a family that was made up, with what is published first of the same people.
type drawn struct {
	cells   disclosure.Cells
	family  disclosure.Family
	earlier []earlier
}

// earlier is a publication that comes before: of some tables, or of the cells there were by then.
type earlier struct {
	cells  disclosure.Cells
	family disclosure.Family
}

// draw makes up a small family: one to four variables with groups, combinations that cannot occur, a variable that follows from another, contributors, linked
// tables, and a history.
func draw(number int) drawn {
	r := rand.New(rand.NewPCG(4, uint64(number)))
	var d drawn
	var sizes []int
	for i, size := 0, 1; i < 1+r.IntN(4) || i == 0; i++ {
		n := 2 + r.IntN(3)
		if size *= n; size > 48 {
			break
		}
		d.cells.Variables, sizes = append(d.cells.Variables, string(rune('a'+i))), append(sizes, n)
	}
	follows := len(sizes) > 1 && r.IntN(5) == 0 // the second variable follows from the first
	if follows {
		sizes[0], sizes[1] = 4, 2
	}
	most := 1 + r.IntN(4)*r.IntN(12) // counts
	listed := r.IntN(4) > 0          // rows of nobody are listed
	if len(sizes) > 1 && r.IntN(4) == 0 {
		v, w := r.IntN(len(sizes)), r.IntN(len(sizes))
		if v != w {
			d.family.Impossible = append(d.family.Impossible, map[string]string{d.cells.Variables[v]: category(v, r.IntN(sizes[v])), d.cells.Variables[w]: category(w, r.IntN(sizes[w]))})
		}
	}
	codes := make([]int, len(sizes))
	var each func(k int)
	each = func(k int) {
		if k < len(sizes) {
			for codes[k] = range sizes[k] {
				each(k + 1)
			}
			return
		}
		if follows && codes[1] != codes[0]/2 {
			return
		}
		row := disclosure.Row{}
		for v, x := range codes {
			row.Values = append(row.Values, category(v, x))
		}
		for _, combination := range d.family.Impossible {
			all := true
			for v, name := range d.cells.Variables {
				want, ok := combination[name]
				all = all && (!ok || want == row.Values[v])
			}
			if all {
				return
			}
		}
		switch r.IntN(4) {
		case 0:
		case 1:
			row.N = r.IntN(4)
		default:
			row.N = r.IntN(1 + most)
		}
		if row.N > 0 || listed {
			d.cells.Rows = append(d.cells.Rows, row)
		}
	}
	each(0)
	if len(d.cells.Rows) == 0 {
		row := disclosure.Row{N: 7}
		for v := range sizes {
			row.Values = append(row.Values, category(v, 0))
		}
		d.cells.Rows = append(d.cells.Rows, row)
	}
	d.family.Impossible = slices.DeleteFunc(d.family.Impossible, func(c map[string]string) bool {
		for v, x := range c {
			if !slices.Contains(categoriesOf(d.cells, v), x) {
				return true
			}
		}
		return false
	})
	d.family.Threshold = 3 + r.IntN(8)
	for _, v := range d.cells.Variables {
		x := disclosure.Variable{Name: v, Frame: r.IntN(3) == 0}
		if all := categoriesOf(d.cells, v); len(all) > 2 && r.IntN(2) == 0 {
			r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
			x.Groups = []disclosure.Group{{Name: "g1", Members: all[:2]}}
			if len(all) > 3 {
				if r.IntN(2) == 0 {
					x.Groups = append(x.Groups, disclosure.Group{Name: "g2", Members: all[2:4]})
				} else {
					x.Groups = append([]disclosure.Group{{Name: "g0", Members: []string{"g1", all[2]}}}, x.Groups...)
				}
			}
		}
		if x.Frame || x.Groups != nil || r.IntN(2) == 0 {
			d.family.Variables = append(d.family.Variables, x)
		}
	}
	for range 1 + r.IntN(3) {
		table := slices.Clone(d.cells.Variables)
		r.Shuffle(len(table), func(i, j int) { table[i], table[j] = table[j], table[i] })
		table = table[:1+r.IntN(min(3, len(table)))]
		if !slices.ContainsFunc(d.family.Tables, func(t []string) bool { return len(t) == len(table) && same(t, table) }) {
			d.family.Tables = append(d.family.Tables, table)
		}
	}
	if r.IntN(4) == 0 {
		d.family.Contributor = d.cells.Variables[r.IntN(len(d.cells.Variables))]
	}
	switch r.IntN(6) {
	case 0: // some of the tables were published before, with another threshold perhaps
		first := d.family
		first.Tables = d.family.Tables[:1]
		if r.IntN(2) == 0 {
			first.Threshold = 3
		}
		d.earlier = append(d.earlier, earlier{d.cells, first})
	case 1: // the last category of a variable, such as a new half-year, was not there yet
		v := r.IntN(len(d.cells.Variables))
		last := slices.Max(categoriesOf(d.cells, d.cells.Variables[v]))
		then := earlier{disclosure.Cells{Variables: d.cells.Variables}, d.family}
		for _, row := range d.cells.Rows {
			if row.Values[v] != last {
				then.cells.Rows = append(then.cells.Rows, row)
			}
		}
		then.family.Impossible = nil
		then.family.Variables = nil
		if len(then.cells.Rows) > 0 {
			d.earlier = append(d.earlier, then)
		}
	case 2: // a count was corrected since
		then := earlier{disclosure.Cells{Variables: d.cells.Variables, Rows: slices.Clone(d.cells.Rows)}, d.family}
		then.cells.Rows[r.IntN(len(then.cells.Rows))].N += 1 + r.IntN(3)
		d.earlier = append(d.earlier, then)
	}
	return d
}

func category(variable, code int) string { return fmt.Sprintf("%c%d", 'p'+variable, code) }

func same(a, b []string) bool {
	for _, x := range a {
		if !slices.Contains(b, x) {
			return false
		}
	}
	return true
}

// protect is what is judged. That it panics is an error among others, so that the rest is judged too.
func protect(c disclosure.Cells, f disclosure.Family, history []*disclosure.Result) (r *disclosure.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return disclosure.Protect(c, f, history, disclosure.Limits{})
}

// publish runs through the history of a family and then the family itself. It gives no result when it was refused, and says why.
func (d drawn) publish() (r *disclosure.Result, history []*disclosure.Result, err error) {
	for _, e := range d.earlier {
		h, err := protect(e.cells, e.family, history)
		if err != nil {
			return nil, history, fmt.Errorf("before: %w", err)
		}
		history = append(history, h)
	}
	r, err = protect(d.cells, d.family, history)
	return r, history, err
}

// keep writes a family that was broken where its finder can look at it: KEEP names the directory.
func (d drawn) keep(t *testing.T, name string, faults []string) {
	dir := os.Getenv("KEEP")
	if dir == "" {
		return
	}
	dir = filepath.Join(dir, name)
	write := func(file string, content []byte) {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, file), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("cells.csv", cellsCSV(d.cells))
	write("family.json", d.family.JSON())
	for i, e := range d.earlier {
		write(fmt.Sprintf("before-%d.csv", i+1), cellsCSV(e.cells))
		write(fmt.Sprintf("before-%d.json", i+1), e.family.JSON())
	}
	write("README", []byte(strings.Join(faults, "\n")+"\n"))
}

func cellsCSV(c disclosure.Cells) []byte {
	var b strings.Builder
	b.WriteString(strings.Join(c.Variables, ",") + ",n\n")
	for _, r := range c.Rows {
		b.WriteString(strings.Join(r.Values, ",") + "," + strconv.Itoa(r.N) + "\n")
	}
	return []byte(b.String())
}
