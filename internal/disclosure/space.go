package disclosure

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// space is everything an outsider reasons about: the inner cells that can occur, and the cells of all tables, published now or earlier, as sets of them.
type space struct {
	variables []axis
	tables    []table
	inner     []inner
	cells     []cell
	earlier   []earlier
	threshold int
	moot      map[secret]bool // that earlier publications tell without harm; n is left out
	parties   []party         // those who supplied the counts

	centres map[int32][]float64 // of large families: where the last attack by each kind of reader began, by inner cell
}

// party is somebody who supplied counts: the people of a category of a variable. Several can be the same people, or hold each other's.
type party struct {
	variable int
	code     int32
}

// own tells whether a party supplied an inner cell; -1 is an outsider, who supplied none.
func (s *space) own(p int32, x *inner) bool {
	return p >= 0 && x.codes[s.parties[p].variable] == s.parties[p].code
}

// axis is a variable that some table or the contributors need.
type axis struct {
	name       string
	categories []string
	levels     []level
	byName     map[string]int // the levels of the family
	byLeaves   map[string]int
	above      [][]int32 // of each category: the levels that hold it
}

// level is a set of categories that stands in a table: one, a group, or all of them (level 0).
type level struct {
	name   string // in the family; "" where only history knows it
	leaves []int32
}

// table crosses levels of variables.
type table struct {
	variables []int     // in space.variables
	declared  int       // in Family.Tables, -1 where only history has it
	levels    [][]int   // of each variable: those that are crossed
	parents   [][]int32 // of each variable and level: the smallest level of the table that holds more, -1 for none
	byLevels  map[string]int32
	finest    []finest
	of        []int32 // of each inner cell: the finest cell that holds it, -1 where an earlier table knew nothing of it
}

// finest is a cell of a table that crosses single categories.
type finest struct {
	up    []int32 // the cells that hold it and belong to its table
	inner []int32
}

// inner is an inner cell that can occur.
type inner struct {
	codes []int32 // category of each variable of the space
	n     int
	told  int
	gone  bool // known to be empty by a zero that is published
}

// cell is a cell of one or several tables.
type cell struct {
	table  int // the first table that has it
	levels []int32
	finest []int32 // in that table
	n      int
	size   int    // inner cells it holds
	key    string // names it irrespective of order; ties are broken by it

	known  bool // published earlier with the count it has now
	shown  bool // belongs to a declared table
	status Status
	why    reason

	low, high int // of a hidden one: what an outsider can tell
	told      int // of a rounded one: the count that is published
}

// The largest spaces that are taken on: combinations nobody listed are thought possible up to this many.
const (
	possibleFactor = 4
	possibleLeast  = 20_000
	maxCells       = 400_000
)

// newSpace lays out cells, family and history. The cells and the family have been checked.
func newSpace(c Cells, f Family, history []*Result) (*space, error) {
	s := &space{threshold: f.Threshold, moot: map[secret]bool{}}
	used := map[string]bool{}
	for _, t := range f.Tables {
		for _, v := range t {
			used[v] = true
		}
	}
	for _, v := range f.contributors() {
		used[v] = true
	}
	for v := range f.Within {
		used[v] = true
	}
	for i, r := range history {
		for _, t := range r.Tables {
			for _, v := range t {
				if !slices.Contains(c.Variables, v) {
					return nil, &InputError{Source: "history", Problem: fmt.Sprintf("the earlier publication %d has a table over %q; the cells have no such variable", i+1, v)}
				}
				used[v] = true
			}
		}
	}
	var columns []int
	for _, name := range slices.Sorted(maps.Keys(used)) {
		i := slices.Index(c.Variables, name)
		columns = append(columns, i)
		a := newAxis(name, c.categories(i))
		groups, err := f.variable(name).leaves(a.categories)
		if err != nil {
			return nil, err
		}
		for _, g := range slices.Sorted(maps.Keys(groups)) {
			a.byName[g] = a.level(g, groups[g])
		}
		if slices.Contains(f.contributors(), name) {
			for code := range a.categories {
				s.parties = append(s.parties, party{len(s.variables), int32(code)})
			}
		}
		s.variables = append(s.variables, a)
	}
	if err := s.occupy(c, f, columns); err != nil {
		return nil, err
	}
	// Tables and variables are taken in an order of their own, so that the result does not depend on the one they are given in.
	order := make([]int, len(f.Tables))
	sorted := make([][]string, len(f.Tables))
	for i, t := range f.Tables {
		order[i], sorted[i] = i, slices.Sorted(slices.Values(t))
	}
	slices.SortFunc(order, func(a, b int) int { return slices.Compare(sorted[a], sorted[b]) })
	for _, i := range order {
		names, levels := s.part(f, sorted[i])
		if err := s.cross(names, i, levels); err != nil {
			return nil, err
		}
	}
	for _, r := range history {
		if err := s.recall(r); err != nil {
			return nil, err
		}
	}
	s.sum()
	return s, nil
}

// part gives the variables and levels of a table that holds a part of the people; nil levels stand for all.
func (s *space) part(f Family, table []string) (names []string, levels [][]int) {
	if len(f.Within) == 0 {
		return table, nil
	}
	names = slices.Clone(table)
	for _, v := range slices.Sorted(maps.Keys(f.Within)) {
		if !slices.Contains(table, v) {
			names = append(names, v)
		}
	}
	for k, name := range names {
		a := &s.variables[slices.IndexFunc(s.variables, func(a axis) bool { return a.name == name })]
		only, part := f.Within[name]
		if !part {
			levels = append(levels, slices.Sorted(maps.Values(a.byName)))
			continue
		}
		list := []int{a.level("", only)}
		if k < len(table) {
			for _, x := range only {
				if l := a.level("", []string{x}); l >= 0 {
					list = append(list, l)
				}
			}
		}
		levels = append(levels, slices.Compact(slices.Sorted(slices.Values(list))))
	}
	return names, levels
}

func newAxis(name string, categories []string) axis {
	a := axis{name: name, categories: categories, byName: map[string]int{}, byLeaves: map[string]int{}}
	a.byName[Total] = a.level(Total, categories)
	for _, x := range categories {
		a.byName[x] = a.level(x, []string{x})
	}
	return a
}

// level finds or adds the set of categories, and gives its number. A category nobody has is left out.
func (a *axis) level(name string, categories []string) int {
	var leaves []int32
	for _, x := range categories {
		if i, ok := slices.BinarySearch(a.categories, x); ok {
			leaves = append(leaves, int32(i))
		}
	}
	slices.Sort(leaves)
	leaves = slices.Compact(leaves)
	if len(leaves) == 0 {
		return -1
	}
	k := fmt.Sprint(leaves)
	if i, ok := a.byLeaves[k]; ok {
		if a.levels[i].name == "" {
			a.levels[i].name = name
		}
		return i
	}
	a.byLeaves[k] = len(a.levels)
	a.levels = append(a.levels, level{name: name, leaves: leaves})
	return len(a.levels) - 1
}

// cross adds a table with every level that is given for each of its variables; nil stands for the levels of the family.
func (s *space) cross(names []string, declared int, levels [][]int) error {
	t := table{declared: declared, byLevels: map[string]int32{}}
	for _, name := range names {
		t.variables = append(t.variables, slices.IndexFunc(s.variables, func(a axis) bool { return a.name == name }))
	}
	if levels == nil {
		for _, v := range t.variables {
			levels = append(levels, slices.Sorted(maps.Values(s.variables[v].byName)))
		}
	}
	above := make([][][]int32, len(names)) // of each variable and category: the levels of this table that hold it
	size := 1
	for k, v := range t.variables {
		above[k] = make([][]int32, len(s.variables[v].categories))
		ls := slices.Compact(slices.Sorted(slices.Values(levels[k])))
		t.levels = append(t.levels, ls)
		for _, l := range ls {
			for _, x := range s.variables[v].levels[l].leaves {
				above[k][x] = append(above[k][x], int32(l))
			}
		}
		if size *= len(ls); size > maxCells {
			return &InputError{Source: "family", Problem: fmt.Sprintf("the table %s has more than %d cells", strings.Join(names, " × "), maxCells)}
		}
	}
	number := len(s.tables)
	fine := map[string]int32{}
	known := s.byKey()
	var b []byte
	for i := range s.inner {
		b = b[:0]
		for _, v := range t.variables {
			b = appendPacked(b, s.inner[i].codes[v:v+1])
		}
		f, ok := fine[string(b)]
		if !ok && t.outside(above, s.inner[i].codes) {
			f, ok = -1, true
		}
		if !ok {
			f = int32(len(t.finest))
			fine[string(b)] = f
			t.finest = append(t.finest, finest{})
			s.climb(&t, number, f, s.inner[i].codes, above, known)
		}
		if t.of = append(t.of, f); f >= 0 {
			t.finest[f].inner = append(t.finest[f].inner, int32(i))
		}
	}
	s.tables = append(s.tables, t)
	if len(s.cells) > maxCells {
		return &InputError{Source: "family", Problem: fmt.Sprintf("the tables have more than %d cells together", maxCells)}
	}
	return nil
}

// outside tells whether the inner cell belongs to no level of a variable: earlier publications know nothing of it.
func (t *table) outside(above [][][]int32, codes []int32) bool {
	for k, v := range t.variables {
		if len(above[k][codes[v]]) == 0 {
			return true
		}
	}
	return false
}

// byKey finds the cells of earlier tables by what they are.
func (s *space) byKey() map[string]int32 {
	m := make(map[string]int32, len(s.cells))
	for i := range s.cells {
		m[s.cells[i].key] = int32(i)
	}
	return m
}

// climb notes every cell of the table that holds a finest cell.
func (s *space) climb(t *table, number int, f int32, codes []int32, above [][][]int32, known map[string]int32) {
	pick := make([]int, len(t.variables))
	levels := make([]int32, len(t.variables))
	var packed []byte
	for {
		for k, v := range t.variables {
			levels[k] = above[k][codes[v]][pick[k]]
		}
		packed = appendPacked(packed[:0], levels)
		c, ok := t.byLevels[string(packed)]
		if !ok {
			k := s.cellName(t.variables, levels)
			if c, ok = known[k]; !ok {
				c = int32(len(s.cells))
				known[k] = c
				s.cells = append(s.cells, cell{table: number, levels: slices.Clone(levels), key: k})
			}
			t.byLevels[string(packed)] = c
		}
		if t.declared >= 0 {
			s.cells[c].shown = true
		}
		if s.cells[c].table == number {
			s.cells[c].finest = append(s.cells[c].finest, f)
			t.finest[f].up = append(t.finest[f].up, c)
		}
		k := len(pick) - 1
		for ; k >= 0; k-- {
			if pick[k]++; pick[k] < len(above[k][codes[t.variables[k]]]) {
				break
			}
			pick[k] = 0
		}
		if k < 0 {
			return
		}
	}
}

// appendPacked appends numbers below 2²⁴, three bytes each.
func appendPacked(b []byte, numbers []int32) []byte {
	for _, x := range numbers {
		b = append(b, byte(x>>16), byte(x>>8), byte(x))
	}
	return b
}

// cellName names a cell by its levels, irrespective of the order of variables.
func (s *space) cellName(variables []int, levels []int32) string {
	var parts []string
	for k, v := range variables {
		if levels[k] != 0 {
			leaves := s.variables[v].levels[levels[k]].leaves
			part := []string{s.variables[v].name}
			for _, x := range leaves {
				part = append(part, s.variables[v].categories[x])
			}
			parts = append(parts, key(part)+"\x01")
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, "\x02")
}

// sum counts the people in every cell, and finds for every level the smallest one above it.
func (s *space) sum() {
	for t := range s.tables {
		for _, f := range s.tables[t].finest {
			n := 0
			for _, i := range f.inner {
				n += s.inner[i].n
			}
			for _, c := range f.up {
				s.cells[c].n += n
				s.cells[c].size += len(f.inner)
			}
		}
	}
	for t := range s.tables {
		tab := &s.tables[t]
		for k, v := range tab.variables {
			tab.parents = append(tab.parents, s.variables[v].parents(tab.levels[k]))
		}
	}
}

// parents gives for each of some levels the smallest other one of them that holds it, -1 for none and for levels that are not among them.
func (a *axis) parents(among []int) []int32 {
	list := slices.Repeat([]int32{-1}, len(a.levels))
	for _, i := range among {
		mine := a.levels[i].leaves
		for _, j := range among {
			if up := a.levels[j].leaves; len(up) > len(mine) && within(mine, up) && (list[i] < 0 || len(up) < len(a.levels[list[i]].leaves)) {
				list[i] = int32(j)
			}
		}
	}
	return list
}

// within tells whether every number of the sorted list a is in the sorted list b.
func within(a, b []int32) bool {
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			return false
		}
	}
	return true
}

// holds goes through the inner cells of a cell.
func (s *space) holds(c int32, do func(i int32)) {
	t := &s.tables[s.cells[c].table]
	for _, f := range s.cells[c].finest {
		for _, i := range t.finest[f].inner {
			do(i)
		}
	}
}
