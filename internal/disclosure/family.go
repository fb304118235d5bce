package disclosure

import (
	"fmt"
	"maps"
	"slices"
)

// Profile is the way counts are protected. A family has one, and the same cells are never published under both.
type Profile string

const (
	Suppress Profile = "suppress" // hide cells; those shown are exact
	Round    Profile = "round"    // replace small counts by 0 or a base; every table adds up, and no cell is hidden
)

// What holds where a family says nothing.
const (
	DefaultThreshold   = 5  // counts 1 to 4 are small
	SensitiveThreshold = 10 // where a ground of discrimination that people declare themselves, or a survey, is crossed
	LeastThreshold     = 3
	DefaultDenominator = 20 // people of whom a percentage is given
)

// Family is a declared set of tables over the same inner cells. Nothing of those cells is published outside it.
type Family struct {
	Threshold   int        // counts from 1 to Threshold-1 are small; 0 means DefaultThreshold, or SensitiveThreshold where a variable is sensitive
	Profile     Profile    // "" means Suppress
	Base        int        // of Round: 3 or 5; 0 means 3
	Denominator int        // people of whom at least a percentage is given; 0 means DefaultDenominator
	Variables   []Variable // what is to be said of variables; one that is not named has no groups and is an attribute
	Tables      [][]string // each the variables that are crossed; every total and group of them belongs to the table
	Contributor string     // the variable that tells who supplied the counts and so knows its own; "" for none
	Also        []string   // further such variables: the parties of several associations, and the associations themselves

	// Within lists, of some variables, the categories that the tables are about: people of others stand in no table, and no table crosses what is not
	// theirs. They belong to the cells because earlier publications tell of both together.
	Within map[string][]string

	// Impossible lists combinations that cannot occur, such as a benefit that is given to the young only among the old: they are known to be empty by
	// everybody and give nothing away. The names not mentioned in a combination may be anything.
	Impossible []map[string]string
}

// Variable is what a family says of a variable of the cells.
type Variable struct {
	Name   string
	Groups []Group // sums of categories that are published beside them

	// Sensitive raises the threshold of a family that names none to SensitiveThreshold.
	Sensitive bool
	// Frame marks what everybody knows of each person, or what tells nothing of one: the period or the place a table is about. That a whole group lies in one
	// category of it gives nothing away.
	Frame bool
}

// Group is a sum of categories, or of groups, under a name of its own. Groups of one variable lie within each other or apart.
type Group struct {
	Name    string
	Members []string
}

// variable gives what the family says of a variable.
func (f Family) variable(name string) Variable {
	for _, v := range f.Variables {
		if v.Name == name {
			return v
		}
	}
	return Variable{Name: name}
}

// filled gives the family with everything said that holds by default.
func (f Family) filled() Family {
	if f.Threshold == 0 {
		f.Threshold = DefaultThreshold
		if slices.ContainsFunc(f.Variables, func(v Variable) bool { return v.Sensitive }) {
			f.Threshold = SensitiveThreshold
		}
	}
	if f.Profile == "" {
		f.Profile = Suppress
	}
	if f.Profile == Round && f.Base == 0 {
		f.Base = 3
	}
	if f.Denominator == 0 {
		f.Denominator = DefaultDenominator
	}
	return f
}

// place is where in a family something stands, for messages: the names and numbers that lead to it from the top.
type place []any

// faultError is a fault of a family before it is known where in a file it stands.
type faultError struct {
	at      place
	problem string
}

func (e *faultError) Error() string {
	return (&InputError{Source: "family", Problem: e.problem}).Error()
}

func fault(at place, format string, args ...any) error {
	return &faultError{at, fmt.Sprintf(format, args...)}
}

// check refuses a family that is no family of the cells: unknown variables and categories, groups that contradict each other, impossible combinations that
// occurred.
func (f Family) check(c Cells) error {
	switch {
	case f.Threshold != 0 && (f.Threshold < LeastThreshold || f.Threshold > MaxCount):
		return fault(place{"threshold"}, "the threshold is %d; it must be at least %d", f.Threshold, LeastThreshold)
	case f.Profile != "" && f.Profile != Suppress && f.Profile != Round:
		return fault(place{"profile"}, "the profile is %q; it must be %q or %q", f.Profile, Suppress, Round)
	case f.Base != 0 && f.Profile != Round:
		return fault(place{"base"}, "a base belongs to the profile %q", Round)
	case f.Base != 0 && f.Base != 3 && f.Base != 5:
		return fault(place{"base"}, "the base is %d; it must be 3 or 5", f.Base)
	case f.Denominator < 0 || f.Denominator > MaxCount:
		return fault(place{"denominator"}, "the least denominator is %d; it must be above 0", f.Denominator)
	case len(f.Tables) == 0:
		return fault(place{"tables"}, "there is no table")
	case f.Contributor != "" && !slices.Contains(c.Variables, f.Contributor):
		return fault(place{"contributors"}, "the cells have no variable %q", f.Contributor)
	case f.Profile == Round && len(f.Within) > 0:
		return fault(place{"within"}, "the profile %q rounds everybody in the cells; it cannot leave some out", Round)
	}
	for i, v := range f.Also {
		if !slices.Contains(c.Variables, v) || v == f.Contributor || slices.Contains(f.Also[:i], v) {
			return fault(place{"contributors"}, "the cells have no variable %q, or it stands twice", v)
		}
	}
	categories := map[string][]string{}
	for i, v := range c.Variables {
		categories[v] = c.categories(i)
	}
	named := map[string]bool{}
	for _, v := range f.Variables {
		at := place{"variables", v.Name}
		if _, ok := categories[v.Name]; !ok {
			return fault(at, "the cells have no variable %q", v.Name)
		}
		if named[v.Name] {
			return fault(at, "variable %q stands twice", v.Name)
		}
		named[v.Name] = true
		if _, err := v.leaves(categories[v.Name]); err != nil {
			return err
		}
	}
	tables := map[string]bool{}
	for i, t := range f.Tables {
		at := place{"tables", i}
		if len(t) == 0 {
			return fault(at, "the table has no variable")
		}
		for j, v := range t {
			if _, ok := categories[v]; !ok {
				return fault(place{"tables", i, j}, "the cells have no variable %q", v)
			}
			if slices.Contains(t[:j], v) {
				return fault(place{"tables", i, j}, "variable %q stands twice in the table", v)
			}
		}
		k := key(slices.Sorted(slices.Values(t)))
		if tables[k] {
			return fault(at, "the table stands twice")
		}
		tables[k] = true
	}
	for _, v := range slices.Sorted(maps.Keys(f.Within)) {
		if _, ok := categories[v]; !ok {
			return fault(place{"within"}, "the cells have no variable %q", v)
		}
		if len(f.variable(v).Groups) > 0 {
			return fault(place{"within", v}, "%q has groups; a variable that the tables hold a part of can have none", v)
		}
		if !slices.ContainsFunc(f.Within[v], func(x string) bool { return slices.Contains(categories[v], x) }) {
			return fault(place{"within", v}, "no cell has any of the categories of %q", v)
		}
	}
	return f.checkImpossible(c, categories)
}

// contributors lists the variables that tell who supplied the counts.
func (f Family) contributors() []string {
	if f.Contributor == "" {
		return f.Also
	}
	return append([]string{f.Contributor}, f.Also...)
}

// holds tells whether the tables are about people of these categories.
func (f Family) holds(variables, values []string) bool {
	for i, v := range variables {
		if only, ok := f.Within[v]; ok && !slices.Contains(only, values[i]) {
			return false
		}
	}
	return true
}

func (f Family) checkImpossible(c Cells, categories map[string][]string) error {
	for i, combination := range f.Impossible {
		at := place{"structural_zeros", i}
		if len(combination) == 0 {
			return fault(at, "the combination names no variable")
		}
		for v, category := range combination {
			list, ok := categories[v]
			if !ok {
				return fault(append(at, v), "the cells have no variable %q", v)
			}
			if !slices.Contains(list, category) {
				return fault(append(at, v), "no cell has category %q of %q", category, v)
			}
		}
	}
	for i, r := range c.Rows {
		if r.N > 0 && f.impossible(c.Variables, r.Values) {
			return fault(place{"structural_zeros"}, "cell %d has %d people in a combination that is said to be impossible: %q", i+1, r.N, r.Values)
		}
	}
	return nil
}

// impossible tells whether the family says that the inner cell cannot occur.
func (f Family) impossible(variables, values []string) bool {
	for _, combination := range f.Impossible {
		all := true
		for i, v := range variables {
			if want, ok := combination[v]; ok && want != values[i] {
				all = false
				break
			}
		}
		if all {
			return true
		}
	}
	return false
}

// leaves gives, for each group of the variable, the categories it is made of, sorted.
func (v Variable) leaves(categories []string) (map[string][]string, error) {
	groups := map[string]Group{}
	for _, g := range v.Groups {
		at := place{"variables", v.Name, "hierarchy", g.Name}
		if problem := badName(g.Name); problem != "" {
			return nil, fault(at, "group %q %s", g.Name, problem)
		}
		if slices.Contains(categories, g.Name) {
			return nil, fault(at, "%q is a group of %q and a category of the cells", g.Name, v.Name)
		}
		if _, ok := groups[g.Name]; ok {
			return nil, fault(at, "group %q stands twice", g.Name)
		}
		if len(g.Members) == 0 {
			return nil, fault(at, "group %q has no members", g.Name)
		}
		groups[g.Name] = g
	}
	parent := map[string]string{}
	for _, g := range v.Groups {
		for i, m := range g.Members {
			at := place{"variables", v.Name, "hierarchy", g.Name, i}
			if _, ok := groups[m]; !ok && !slices.Contains(categories, m) {
				return nil, fault(at, "no cell has category %q of %q", m, v.Name)
			}
			if other, ok := parent[m]; ok {
				if other == g.Name {
					return nil, fault(at, "%q stands twice in group %q", m, g.Name)
				}
				return nil, fault(at, "%q lies in group %q and in group %q", m, other, g.Name)
			}
			parent[m] = g.Name
		}
	}
	all := map[string][]string{}
	for _, g := range v.Groups {
		for up, steps := parent[g.Name], 0; up != ""; up, steps = parent[up], steps+1 {
			if up == g.Name || steps > len(groups) {
				return nil, fault(place{"variables", v.Name, "hierarchy", g.Name}, "group %q lies within itself", g.Name)
			}
		}
	}
	for _, c := range categories {
		for up := parent[c]; up != ""; up = parent[up] {
			all[up] = append(all[up], c)
		}
	}
	return all, nil
}
