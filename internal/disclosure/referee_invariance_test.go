package disclosure_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// told is what a result says of every cell, under names that do not depend on any order.
func told(r *disclosure.Result, name func(string) string) map[string]string {
	all := map[string]string{}
	for _, c := range r.Cells {
		var parts []string
		for i, v := range r.Tables[c.Table] {
			value := c.Values[i]
			if value != disclosure.Total {
				value = name(value)
			}
			parts = append(parts, name(v)+"="+value)
		}
		slices.Sort(parts)
		n, shown := c.Figure.Count()
		all[strings.Join(parts, " ")] = fmt.Sprint(n, shown, c.Status, c.Low, c.High)
	}
	return all
}

func shuffled[T any](r *rand.Rand, list []T) []T {
	list = slices.Clone(list)
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// reorder gives the same cells and family in another order of rows, variables, tables, and groups.
func reorder(r *rand.Rand, c disclosure.Cells, f disclosure.Family) (disclosure.Cells, disclosure.Family) {
	order := r.Perm(len(c.Variables))
	var other disclosure.Cells
	for _, i := range order {
		other.Variables = append(other.Variables, c.Variables[i])
	}
	for _, row := range shuffled(r, c.Rows) {
		x := disclosure.Row{N: row.N}
		for _, i := range order {
			x.Values = append(x.Values, row.Values[i])
		}
		other.Rows = append(other.Rows, x)
	}
	f.Variables = shuffled(r, f.Variables)
	for i := range f.Variables {
		f.Variables[i].Groups = shuffled(r, f.Variables[i].Groups)
		for k := range f.Variables[i].Groups {
			f.Variables[i].Groups[k].Members = shuffled(r, f.Variables[i].Groups[k].Members)
		}
	}
	f.Tables = shuffled(r, f.Tables)
	for i := range f.Tables {
		f.Tables[i] = shuffled(r, f.Tables[i])
	}
	f.Impossible = shuffled(r, f.Impossible)
	return other, f
}

// rename gives the same cells and family with other names that sort in the same way.
func rename(c disclosure.Cells, f disclosure.Family, name func(string) string) (disclosure.Cells, disclosure.Family) {
	names := func(list []string) (all []string) {
		for _, s := range list {
			all = append(all, name(s))
		}
		return all
	}
	other := disclosure.Cells{Variables: names(c.Variables)}
	for _, row := range c.Rows {
		other.Rows = append(other.Rows, disclosure.Row{Values: names(row.Values), N: row.N})
	}
	g := f
	g.Variables, g.Tables, g.Impossible = nil, nil, nil
	for _, v := range f.Variables {
		x := v
		x.Name, x.Groups = name(v.Name), nil
		for _, group := range v.Groups {
			x.Groups = append(x.Groups, disclosure.Group{Name: name(group.Name), Members: names(group.Members)})
		}
		g.Variables = append(g.Variables, x)
	}
	for _, t := range f.Tables {
		g.Tables = append(g.Tables, names(t))
	}
	for _, combination := range f.Impossible {
		x := map[string]string{}
		for v, category := range combination {
			x[name(v)] = name(category)
		}
		g.Impossible = append(g.Impossible, x)
	}
	if f.Contributor != "" {
		g.Contributor = name(f.Contributor)
	}
	return other, g
}

// The order of rows, variables, tables and groups changes nothing, nor do other names that sort alike; and the same input gives the same bytes.
func TestOrderAndNamesDoNotMatter(t *testing.T) {
	itself := func(s string) string { return s }
	longer := func(s string) string { return "ö" + s }
	families := 400
	if testing.Short() {
		families = 40
	}
	for i := range families {
		d := draw(200_000 + i)
		r, history, err := d.publish()
		again, _, errAgain := d.publish()
		if fmt.Sprint(err) != fmt.Sprint(errAgain) || err == nil && !bytes.Equal(r.JSON(), again.JSON()) {
			t.Errorf("family %d: the same input gave two results", i)
			continue
		}
		c, f := reorder(rand.New(rand.NewPCG(7, uint64(i))), d.cells, d.family)
		other, errOther := protect(c, f, history)
		if len(d.earlier) != len(history) {
			continue // it was refused before
		}
		if (err == nil) != (errOther == nil) {
			t.Errorf("family %d: %v, and in another order %v", i, err, errOther)
		}
		if err != nil || errOther != nil {
			continue
		}
		compare(t, i, "in another order", told(r, itself), told(other, itself))
		if len(history) > 0 {
			continue // it has the old names
		}
		c, f = rename(d.cells, d.family, longer)
		if other, err = protect(c, f, nil); err != nil {
			t.Errorf("family %d: with other names %v", i, err)
			continue
		}
		compare(t, i, "with other names", told(r, longer), told(other, itself))
	}
}

func compare(t *testing.T, family int, how string, want, got map[string]string) {
	t.Helper()
	for name, x := range want {
		if got[name] != x {
			t.Errorf("family %d: %s is %s, and %s %s", family, name, x, how, got[name])
			return
		}
	}
	if len(want) != len(got) {
		t.Errorf("family %d: %d cells, and %s %d", family, len(want), how, len(got))
	}
}
