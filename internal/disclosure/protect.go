package disclosure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Limits bound the work of a publication, in steps that are the same on every machine; 0 means the default.
type Limits struct {
	Steps int // of the audit
}

// UnsafeError says that what was published earlier gives away what a family protects, so that nothing more is published of it.
type UnsafeError struct {
	Cells []string // in words: "municipality=Mo, sex=*"
}

// orNil sorts the cells, and is no error when there are none.
func (e *UnsafeError) orNil() error {
	if len(e.Cells) == 0 {
		return nil
	}
	slices.Sort(e.Cells)
	e.Cells = slices.Compact(e.Cells)
	return e
}

func (e *UnsafeError) Error() string {
	return "earlier publications give away: " + strings.Join(e.Cells, "; ")
}

// Protect decides what is published of a family of tables over the cells, when the history has been published before. The same input gives the same result,
// whatever the order of rows, variables and tables.
//
// It returns an *InputError or a fault of the family for input that makes no sense, an *UnsafeError when history gives a protected count away, and
// ErrUnfinished when the audit could not be brought to an end within the limits; nothing may be published then.
func Protect(c Cells, f Family, history []*Result, limits Limits) (*Result, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	if err := f.check(c); err != nil {
		return nil, err
	}
	f = f.filled()
	s, err := newSpace(c, f, history)
	if err != nil {
		return nil, err
	}
	r := &Result{Threshold: f.Threshold, Profile: f.Profile, Base: f.Base, Denominator: f.Denominator, Variables: f.Variables, Method: method, Categories: map[string][]string{}}
	about := c
	about.Rows = slices.DeleteFunc(slices.Clone(c.Rows), func(x Row) bool { return !f.holds(c.Variables, x.Values) })
	for i, v := range c.Variables {
		r.Categories[v] = about.categories(i)
	}
	if err := s.otherProfile(f, history); err != nil {
		return nil, err
	}
	if f.Profile == Round {
		err = s.protectByRounding(f)
	} else {
		r.Warnings = append(r.Warnings, s.compare(f.Threshold)...)
		err = s.protect(f, limits)
	}
	if err != nil {
		return nil, err
	}
	s.publish(f, r)
	return r.finish(), nil
}

// method names the rules and the audit; it changes with them.
const method = "samklang-disclosure 1"

func (s *space) unsafe(lost []secret) error {
	e := &UnsafeError{}
	for _, k := range lost {
		words := s.words(k.cell)
		if k.without >= 0 {
			words += " without " + s.words(k.without)
		}
		e.Cells = append(e.Cells, words)
	}
	return e.orNil()
}

// words names a cell for people.
func (s *space) words(c int32) string {
	var parts []string
	x := &s.cells[c]
	for k, v := range s.tables[x.table].variables {
		l := s.variables[v].levels[x.levels[k]]
		name := l.name
		if name == "" {
			name = fmt.Sprintf("(%d categories)", len(l.leaves))
		}
		parts = append(parts, s.variables[v].name+"="+name)
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// publish writes every cell of the declared tables into the result, table by table.
func (s *space) publish(f Family, r *Result) {
	r.Tables = f.Tables
	for number, names := range f.Tables {
		t := &s.tables[slices.IndexFunc(s.tables, func(t table) bool { return t.declared == number })]
		at := make([]int, len(names)) // of each variable of the table as it is declared: its place in the table as it was crossed
		choices, stands := make([][]string, len(names)), make([]map[string]int, len(names))
		for k, name := range names {
			at[k] = slices.IndexFunc(t.variables, func(v int) bool { return s.variables[v].name == name })
			stands[k] = s.names(f, r, t.variables[at[k]])
			choices[k] = slices.SortedFunc(maps.Keys(stands[k]), totalFirst)
		}
		values, levels := make([]string, len(names)), make([]int32, len(t.variables))
		for k, v := range t.variables {
			if !slices.Contains(at, k) {
				levels[k] = int32(s.names(f, r, v)[Total])
			}
		}
		var fill func(k int)
		fill = func(k int) {
			if k < len(names) {
				for _, x := range choices[k] {
					values[k], levels[at[k]] = x, int32(stands[k][x])
					fill(k + 1)
				}
				return
			}
			c, ok := t.byLevels[string(appendPacked(nil, levels))]
			if !ok {
				return
			}
			x := &s.cells[c]
			out := Cell{Table: number, Values: slices.Clone(values), Status: x.status, Low: x.low, High: x.high}
			switch {
			case f.Profile == Round:
				out.Figure = Figure{x.told, true}
			case x.status == Open:
				out.Figure, out.Low, out.High = Figure{x.n, true}, x.n, x.n
			}
			r.Cells = append(r.Cells, out)
		}
		fill(0)
	}
}

// names are what a cell of the result may name of a variable, with the levels they stand for: all together, the groups, and the categories of the people
// the tables are about.
func (s *space) names(f Family, r *Result, variable int) map[string]int {
	a := &s.variables[variable]
	if len(f.Within) == 0 {
		return a.byName
	}
	list := map[string]int{}
	for x, l := range a.byName {
		if _, category := slices.BinarySearch(a.categories, x); !category || slices.Contains(r.Categories[a.name], x) {
			list[x] = l
		}
	}
	if only, part := f.Within[a.name]; part {
		list[Total] = a.level("", only)
	}
	return list
}

func totalFirst(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == Total:
		return -1
	case b == Total:
		return 1
	}
	return strings.Compare(a, b)
}
