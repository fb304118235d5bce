package disclosure_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"samklang/internal/disclosure"
)

// The referee judges what Protect gives as an outsider would attack it. It is written from the rules alone, shares no code with the package, and sees only
// what the package exports.

// world is what an outsider knows of a family before anything is published: which inner cells can occur. The true counts are kept to check with.
type world struct {
	cells   disclosure.Cells
	family  disclosure.Family
	axes    []axis
	inner   [][]int // the category of each axis
	n       []int
	tables  []worldTable
	parties axis // of those who supplied the counts
	partyAt int  // in axes, -1 for none
}

// axis is a variable that some table uses, now or earlier, with every level of it: categories, groups and all together.
type axis struct {
	name       string
	categories []string
	levels     []worldLevel // the first is all together
	frame      bool
}

type worldLevel struct {
	name   string
	leaves []bool
	above  int // the smallest level that holds more, -1 for none
}

type worldTable struct {
	axes  []int
	cells []worldCell
}

// worldCell is a cell of a declared table.
type worldCell struct {
	levels []int
	vector []int // 1 for each inner cell it holds
	n      int
	name   string
}

func newWorld(c disclosure.Cells, f disclosure.Family, history []*disclosure.Result) *world {
	w := &world{cells: c, family: f, partyAt: -1}
	used := map[string]bool{}
	for _, t := range f.Tables {
		for _, v := range t {
			used[v] = true
		}
	}
	for _, r := range history {
		for _, t := range r.Tables {
			for _, v := range t {
				used[v] = true
			}
		}
	}
	if f.Contributor != "" {
		used[f.Contributor] = true
	}
	var columns []int
	for i, name := range c.Variables {
		if used[name] {
			columns = append(columns, i)
			w.axes = append(w.axes, w.axis(i, name))
		}
	}
	for i, a := range w.axes {
		if a.name == f.Contributor {
			w.partyAt, w.parties = i, a
		}
	}
	w.occupy(columns)
	for _, t := range f.Tables {
		w.tables = append(w.tables, w.table(t))
	}
	return w
}

func (w *world) axis(column int, name string) axis {
	a := axis{name: name}
	for _, r := range w.cells.Rows {
		if !slices.Contains(a.categories, r.Values[column]) {
			a.categories = append(a.categories, r.Values[column])
		}
	}
	var groups []disclosure.Group
	for _, v := range w.family.Variables {
		if v.Name == name {
			groups, a.frame = v.Groups, v.Frame
		}
	}
	a.levels = levelsOf(a.categories, a.categories, groups)
	for i := range a.levels {
		a.levels[i].above = -1
		for j := range a.levels {
			more, all := false, true
			for k := range a.categories {
				all = all && (!a.levels[i].leaves[k] || a.levels[j].leaves[k])
				more = more || !a.levels[i].leaves[k] && a.levels[j].leaves[k]
			}
			if up := a.levels[i].above; all && more && (up < 0 || count(a.levels[j].leaves) < count(a.levels[up].leaves)) {
				a.levels[i].above = j
			}
		}
	}
	return a
}

func count(set []bool) (n int) {
	for _, x := range set {
		if x {
			n++
		}
	}
	return n
}

// levelsOf lists all together, each category and each group of what was known then, as sets of the categories there are now.
func levelsOf(now, then []string, groups []disclosure.Group) []worldLevel {
	set := func(names []string) []bool {
		leaves := make([]bool, len(now))
		for i, x := range now {
			leaves[i] = slices.Contains(names, x)
		}
		return leaves
	}
	levels := []worldLevel{{name: disclosure.Total, leaves: set(then)}}
	for _, x := range then {
		levels = append(levels, worldLevel{name: x, leaves: set([]string{x})})
	}
	var spread func(name string) []string
	spread = func(name string) (all []string) {
		for _, g := range groups {
			if g.Name == name {
				for _, m := range g.Members {
					all = append(all, spread(m)...)
				}
				return all
			}
		}
		return []string{name}
	}
	for _, g := range groups {
		levels = append(levels, worldLevel{name: g.Name, leaves: set(spread(g.Name))})
	}
	return levels
}

// occupy lists the inner cells that can occur: all combinations but those that are declared impossible, and those against what everybody can see, that one
// category goes with another, as a municipality lies in one county.
func (w *world) occupy(columns []int) {
	counts := map[string]int{}
	var listed [][]int
	impossible := func(value func(variable string) (string, bool)) bool {
		for _, combination := range w.family.Impossible {
			all := true
			for v, x := range combination {
				is, known := value(v)
				all = all && known && is == x
			}
			if all {
				return true
			}
		}
		return false
	}
	for _, r := range w.cells.Rows {
		if impossible(func(v string) (string, bool) { return r.Values[slices.Index(w.cells.Variables, v)], true }) {
			continue
		}
		codes := make([]int, len(columns))
		for k, column := range columns {
			codes[k] = slices.Index(w.axes[k].categories, r.Values[column])
		}
		if _, ok := counts[fmt.Sprint(codes)]; !ok {
			listed = append(listed, codes)
		}
		counts[fmt.Sprint(codes)] += r.N
	}
	follows := func(v, of int) map[int]int { // category of v → the only one of of that goes with it
		if len(w.axes[of].categories) < 2 || len(w.axes[v].categories) < len(w.axes[of].categories) {
			return nil
		}
		only := map[int]int{}
		for _, codes := range listed {
			if x, ok := only[codes[v]]; ok && x != codes[of] {
				return nil
			}
			only[codes[v]] = codes[of]
		}
		return only
	}
	type rule struct {
		v, of int
		only  map[int]int
	}
	var rules []rule
	for v := range w.axes {
		for of := range w.axes {
			if v != of {
				if only := follows(v, of); only != nil {
					rules = append(rules, rule{v, of, only})
				}
			}
		}
	}
	codes := make([]int, len(columns))
	var each func(k int)
	each = func(k int) {
		if k < len(columns) {
			for codes[k] = range w.axes[k].categories {
				each(k + 1)
			}
			return
		}
		n, isListed := counts[fmt.Sprint(codes)]
		if !isListed {
			for _, r := range rules {
				if x, ok := r.only[codes[r.v]]; ok && x != codes[r.of] {
					return
				}
			}
			if impossible(func(v string) (string, bool) {
				for k, a := range w.axes {
					if a.name == v {
						return a.categories[codes[k]], true
					}
				}
				return "", false
			}) {
				return
			}
		}
		w.inner = append(w.inner, slices.Clone(codes))
		w.n = append(w.n, n)
	}
	each(0)
}

// vector marks the inner cells that have the given levels.
func (w *world) vector(axes []int, levels []worldLevel) []int {
	vector := make([]int, len(w.inner))
	for i, codes := range w.inner {
		vector[i] = 1
		for k, a := range axes {
			if !levels[k].leaves[codes[a]] {
				vector[i] = 0
			}
		}
	}
	return vector
}

func (w *world) at(name string) int {
	return slices.IndexFunc(w.axes, func(a axis) bool { return a.name == name })
}

func (w *world) table(names []string) worldTable {
	var t worldTable
	for _, name := range names {
		t.axes = append(t.axes, w.at(name))
	}
	pick := make([]int, len(names))
	var each func(k int)
	each = func(k int) {
		if k < len(names) {
			for pick[k] = range w.axes[t.axes[k]].levels {
				each(k + 1)
			}
			return
		}
		var levels []worldLevel
		var values []string
		for k, a := range t.axes {
			levels = append(levels, w.axes[a].levels[pick[k]])
			values = append(values, w.axes[a].levels[pick[k]].name)
		}
		c := worldCell{levels: slices.Clone(pick), vector: w.vector(t.axes, levels), name: strings.Join(names, "×") + " " + strings.Join(values, "×")}
		if c.n = dot(c.vector, w.n); slices.Max(c.vector) > 0 {
			t.cells = append(t.cells, c)
		}
	}
	each(0)
	return t
}

// categoriesOf lists the categories of a variable, sorted.
func categoriesOf(c disclosure.Cells, variable string) (all []string) {
	v := slices.Index(c.Variables, variable)
	for _, r := range c.Rows {
		if !slices.Contains(all, r.Values[v]) {
			all = append(all, r.Values[v])
		}
	}
	slices.Sort(all)
	return all
}

func dot(a, b []int) (sum int) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func minus(a, b []int) []int {
	d := make([]int, len(a))
	for i := range a {
		d[i] = a[i] - b[i]
	}
	return d
}

// signs names a sum: two have the same name when they are the same sum.
func signs(vector []int) string {
	name := make([]byte, len(vector))
	for i, x := range vector {
		name[i] = byte('1' + x)
	}
	return string(name)
}

// fact is a sum of inner cells that is publicly known.
type fact struct {
	vector []int
	n      int
	name   string
}

// facts are the sums a result shows, as they lie over the inner cells that there are now. A result of earlier may know fewer categories and other groups; what
// it shows of people who are not among the cells tells nothing here.
func (w *world) facts(r *disclosure.Result) []fact {
	return w.reads(r, func(c disclosure.Cell) bool { _, shown := c.Figure.Count(); return shown })
}

// reads gives some cells of a result as sums; hidden ones have the count there is now.
func (w *world) reads(r *disclosure.Result, some func(disclosure.Cell) bool) (all []fact) {
	for _, c := range r.Cells {
		n, shown := c.Figure.Count()
		if !some(c) {
			continue
		}
		var axes []int
		var levels []worldLevel
		for i, a := range w.axes {
			then := a.categories
			if known, ok := r.Categories[a.name]; ok {
				then = known
			}
			var groups []disclosure.Group
			for _, v := range r.Variables {
				if v.Name == a.name {
					groups = v.Groups
				}
			}
			all, value := levelsOf(a.categories, then, groups), disclosure.Total
			if k := slices.Index(r.Tables[c.Table], a.name); k >= 0 {
				value = c.Values[k]
			}
			for _, l := range all {
				if l.name == value {
					axes, levels = append(axes, i), append(levels, l)
					break
				}
			}
		}
		if len(axes) != len(w.axes) {
			continue
		}
		vector := w.vector(axes, levels)
		if !shown {
			n = dot(vector, w.n)
		}
		all = append(all, fact{vector, n, strings.Join(r.Tables[c.Table], "×") + " " + strings.Join(c.Values, "×")})
	}
	return all
}

// distinct drops facts that say the same, and those about nobody.
func distinct(all []fact) (some []fact) {
	seen := map[string]bool{}
	for _, f := range all {
		if k := signs(f.vector); !seen[k] && slices.Max(f.vector) > 0 {
			seen[k] = true
			some = append(some, f)
		}
	}
	return some
}

// secret is a sum of inner cells that must not be told to within less than the threshold.
type secret struct {
	vector []int
	n      int
	name   string
	party  int  // who must not know it: a category of the contributors' variable, -1 for outsiders
	hidden bool // the vector is that of one cell, which must not be shown at all
	few    bool // that nobody is beside a small group, which tells the category of each of them
}

// secrets are the rules: small counts, what is few or nobody beside a cell within the next larger one, and both for those who know their own part.
func (w *world) secrets() (all []secret) {
	threshold := w.threshold()
	small := func(n int) bool { return n > 0 && n < threshold }
	seen := map[string]bool{}
	add := func(s secret) {
		if k := fmt.Sprint(signs(s.vector), s.party, s.few); !seen[k] {
			seen[k] = true
			all = append(all, s)
		}
	}
	for _, t := range w.tables {
		for _, c := range t.cells {
			if small(c.n) {
				add(secret{vector: c.vector, n: c.n, name: c.name, party: -1, hidden: true})
			}
			for k, a := range t.axes {
				up := w.axes[a].levels[c.levels[k]].above
				if up < 0 || c.n == 0 {
					continue
				}
				i := slices.IndexFunc(t.cells, func(other worldCell) bool {
					return other.levels[k] == up && slices.Equal(other.levels[:k], c.levels[:k]) && slices.Equal(other.levels[k+1:], c.levels[k+1:])
				})
				rest := minus(t.cells[i].vector, c.vector)
				if n := t.cells[i].n - c.n; slices.Max(rest) > 0 && (small(n) || n == 0 && !w.axes[a].frame) {
					add(secret{vector: rest, n: n, name: t.cells[i].name + " without " + c.name, party: -1, few: n == 0 && small(c.n)})
					if n == 0 {
						add(secret{vector: c.vector, n: c.n, name: c.name + ", everybody of " + t.cells[i].name, party: -1, hidden: true})
					}
				}
			}
		}
	}
	w.nested(func(rest []int, n int, name string) {
		if small(n) {
			add(secret{vector: rest, n: n, name: name, party: -1})
		}
	})
	if w.partyAt < 0 {
		return all
	}
	outsiders := slices.Clone(all)
	for party, name := range w.parties.categories {
		for _, t := range w.tables {
			for _, c := range t.cells {
				rest := w.others(c.vector, party)
				if n := dot(rest, w.n); small(n) && c.n >= threshold {
					add(secret{vector: rest, n: n, name: c.name + " without those of " + name, party: party})
				}
			}
		}
		for _, s := range outsiders {
			rest := w.others(s.vector, party)
			if n := dot(rest, w.n); small(n) {
				add(secret{vector: rest, n: n, name: s.name + " without those of " + name, party: party})
			}
		}
	}
	return all
}

// nested finds cells of different tables of which one lies within the other, as districts of one division of an area may lie in those of another: what
// is between them is told by subtracting.
func (w *world) nested(do func(rest []int, n int, name string)) {
	for i, t := range w.tables {
		for j, u := range w.tables {
			if i == j {
				continue
			}
			for _, large := range t.cells {
				for _, less := range u.cells {
					if w.together(t, large, u, less) {
						continue // the rules for one table hold
					}
					if rest := minus(large.vector, less.vector); slices.Min(rest) == 0 && slices.Max(rest) > 0 && less.n > 0 {
						do(rest, large.n-less.n, large.name+" without "+less.name)
					}
				}
			}
		}
	}
}

// together tells whether some table has both cells.
func (w *world) together(t worldTable, a worldCell, u worldTable, b worldCell) bool {
	used := map[int]bool{}
	for k, x := range t.axes {
		used[x] = used[x] || a.levels[k] != 0
	}
	for k, x := range u.axes {
		used[x] = used[x] || b.levels[k] != 0
	}
	for _, v := range w.tables {
		has := 0
		for _, x := range v.axes {
			if used[x] {
				has++
			}
		}
		if has == len(slices.DeleteFunc(slices.Collect(maps.Keys(used)), func(x int) bool { return !used[x] })) {
			return true
		}
	}
	return false
}

func (w *world) threshold() int {
	if w.family.Threshold != 0 {
		return w.family.Threshold
	}
	for _, v := range w.family.Variables {
		if v.Sensitive {
			return 10
		}
	}
	return 5
}

// others is a sum without what a party supplied.
func (w *world) others(vector []int, party int) []int {
	rest := slices.Clone(vector)
	for i, codes := range w.inner {
		if codes[w.partyAt] == party {
			rest[i] = 0
		}
	}
	return rest
}

// toParty is what is known to a party: it knows its own people in every inner cell, so they are taken out of every fact.
func (w *world) toParty(facts []fact, party int) []fact {
	var all []fact
	for _, f := range facts {
		rest := w.others(f.vector, party)
		all = append(all, fact{rest, f.n - dot(minus(f.vector, rest), w.n), f.name})
	}
	return all
}
