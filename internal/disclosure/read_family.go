package disclosure

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

const (
	maxFamilyBytes = 4 << 20
	maxTables      = 1000
	maxGroups      = 5_000  // of one variable
	maxMembers     = 20_000 // of all groups of one variable
	maxImpossible  = 100_000
)

// ReadFamily reads the declaration of a family from JSON, and checks it against the cells:
//
//	{"threshold": 5, "profile": "suppress",
//	 "variables": {"age": {"hierarchy": {"16-29": ["16-19", "20-24", "25-29"]}, "sensitive": false, "frame": false}},
//	 "tables": [["municipality", "sex"], ["age", "sex"]],
//	 "contributors": "party", "denominator": 20, "within": {"area": ["north"]},
//	 "structural_zeros": [{"age": "16-19", "support": "pension"}]}
//
// "contributors" may be a list of variables: those of whom each knows its own counts. "within" leaves people out of the tables who are among the cells. // Only "tables" is needed; what the others are by default is said at [Family]. "base", 3 or 5, belongs to the profile "round". Groups keep the order
// they have in the file. Faults are *[InputError] and say where they stand; an error of r itself is passed on.
func ReadFamily(r io.Reader, c Cells) (Family, error) {
	d, err := parse(r, "family", maxFamilyBytes)
	if err != nil {
		return Family{}, err
	}
	f, err := d.family()
	if err == nil {
		err = f.check(c)
	}
	if err != nil {
		return Family{}, d.fault(err)
	}
	return f, nil
}

func (d *document) family() (f Family, err error) {
	err = d.object(&d.top, "a family",
		reader{"threshold", func(e *element) (err error) {
			f.Threshold, err = d.whole(e, "the threshold", LeastThreshold, MaxCount)
			return err
		}},
		reader{"profile", func(e *element) (err error) { f.Profile, err = d.profile(e); return err }},
		reader{"base", func(e *element) (err error) { f.Base, err = d.whole(e, "the base", 3, 5); return err }},
		reader{"denominator", func(e *element) (err error) {
			f.Denominator, err = d.whole(e, "the least denominator", 1, MaxCount)
			return err
		}},
		reader{"variables", func(e *element) (err error) { f.Variables, err = d.variables(e); return err }},
		reader{"tables", func(e *element) (err error) { f.Tables, err = d.tables(e); return err }},
		reader{"contributors", func(e *element) (err error) {
			if e.kind == list {
				all, err := d.texts(e, "the contributors", "a variable of the contributors")
				if err == nil && len(all) > 0 {
					f.Contributor, f.Also = all[0], all[1:]
				}
				return err
			}
			f.Contributor, err = d.text(e, "the variable of the contributors")
			return err
		}},
		reader{"within", func(e *element) (err error) { f.Within, err = d.within(e); return err }},
		reader{"structural_zeros", func(e *element) (err error) { f.Impossible, err = d.impossible(e); return err }})
	return f, err
}

func (d *document) profile(e *element) (Profile, error) {
	name, err := d.text(e, "the profile")
	if p := Profile(name); err != nil || p == Suppress || p == Round {
		return p, err
	}
	return "", d.at(e.begin, "the profile is %q; it must be %q or %q", short(name), Suppress, Round)
}

func (d *document) variables(e *element) ([]Variable, error) {
	if err := d.want(e, object, "the variables"); err != nil {
		return nil, err
	}
	if len(e.fields) > MaxVariables {
		return nil, d.at(e.begin, "there are %d variables; at most %d are taken", len(e.fields), MaxVariables)
	}
	var all []Variable
	for i := range e.fields {
		v := Variable{Name: e.fields[i].name}
		if err := d.object(&e.fields[i].value, fmt.Sprintf("variable %q", short(v.Name)),
			reader{"hierarchy", func(e *element) (err error) { v.Groups, err = d.groups(e); return err }},
			reader{"sensitive", func(e *element) (err error) { v.Sensitive, err = d.truth(e, "sensitive"); return err }},
			reader{"frame", func(e *element) (err error) { v.Frame, err = d.truth(e, "frame"); return err }}); err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (d *document) groups(e *element) (all []Group, err error) {
	if err := d.want(e, object, "a hierarchy"); err != nil {
		return nil, err
	}
	if len(e.fields) > maxGroups {
		return nil, d.at(e.begin, "there are %d groups; at most %d are taken", len(e.fields), maxGroups)
	}
	members := 0
	for i := range e.fields {
		g := Group{Name: e.fields[i].name}
		if members += len(e.fields[i].value.items); members > maxMembers {
			return nil, d.at(e.fields[i].begin, "the groups have more than %d members together", maxMembers)
		}
		if g.Members, err = d.texts(&e.fields[i].value, fmt.Sprintf("group %q", short(g.Name)), "a member of a group"); err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

func (d *document) tables(e *element) (all [][]string, err error) {
	if err := d.want(e, list, "the tables"); err != nil {
		return nil, err
	}
	if len(e.items) > maxTables {
		return nil, d.at(e.begin, "there are %d tables; at most %d are taken", len(e.items), maxTables)
	}
	for i := range e.items {
		t, err := d.texts(&e.items[i], "a table", "a variable of a table")
		if err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, nil
}

func (d *document) within(e *element) (map[string][]string, error) {
	if err := d.want(e, object, "what the tables hold of the people"); err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for i := range e.fields {
		f := &e.fields[i]
		list, err := d.texts(&f.value, fmt.Sprintf("the categories of %q", short(f.name)), "a category")
		if err != nil {
			return nil, err
		}
		if len(list) > maxMembers {
			return nil, d.at(f.begin, "there are %d categories; at most %d are taken", len(list), maxMembers)
		}
		all[f.name] = list
	}
	return all, nil
}

func (d *document) impossible(e *element) (all []map[string]string, err error) {
	if err := d.want(e, list, "the combinations that cannot occur"); err != nil {
		return nil, err
	}
	if len(e.items) > maxImpossible {
		return nil, d.at(e.begin, "there are %d combinations that cannot occur; at most %d are taken", len(e.items), maxImpossible)
	}
	for i := range e.items {
		if err := d.want(&e.items[i], object, "a combination that cannot occur"); err != nil {
			return nil, err
		}
		combination := map[string]string{}
		for j := range e.items[i].fields {
			f := &e.items[i].fields[j]
			if combination[f.name], err = d.text(&f.value, "a category"); err != nil {
				return nil, err
			}
		}
		all = append(all, combination)
	}
	return all, nil
}

// JSON writes the family in the form that [ReadFamily] reads: the same family gives the same bytes.
func (f Family) JSON() []byte {
	var fields []string
	add := func(name, value string) { fields = append(fields, "  "+quoted(name)+": "+value) }
	if f.Threshold != 0 {
		add("threshold", fmt.Sprint(f.Threshold))
	}
	if f.Profile != "" {
		add("profile", quoted(string(f.Profile)))
	}
	if f.Base != 0 {
		add("base", fmt.Sprint(f.Base))
	}
	if f.Denominator != 0 {
		add("denominator", fmt.Sprint(f.Denominator))
	}
	if len(f.Variables) > 0 {
		add("variables", variablesJSON(f.Variables))
	}
	add("tables", tablesJSON(f.Tables))
	switch all := f.contributors(); {
	case len(f.Also) > 0:
		add("contributors", quotedList(all))
	case len(all) > 0:
		add("contributors", quoted(f.Contributor))
	}
	if len(f.Within) > 0 {
		var parts []string
		for _, v := range slices.Sorted(maps.Keys(f.Within)) {
			parts = append(parts, quoted(v)+": "+quotedList(f.Within[v]))
		}
		add("within", "{"+strings.Join(parts, ", ")+"}")
	}
	if len(f.Impossible) > 0 {
		var all []string
		for _, combination := range f.Impossible {
			var pairs []string
			for _, v := range slices.Sorted(maps.Keys(combination)) {
				pairs = append(pairs, quoted(v)+": "+quoted(combination[v]))
			}
			all = append(all, "    {"+strings.Join(pairs, ", ")+"}")
		}
		add("structural_zeros", "[\n"+strings.Join(all, ",\n")+"\n  ]")
	}
	return []byte("{\n" + strings.Join(fields, ",\n") + "\n}\n")
}

func variablesJSON(all []Variable) string {
	var variables []string
	for _, v := range all {
		var fields []string
		if len(v.Groups) > 0 {
			var groups []string
			for _, g := range v.Groups {
				groups = append(groups, "        "+quoted(g.Name)+": "+quotedList(g.Members))
			}
			fields = append(fields, "      \"hierarchy\": {\n"+strings.Join(groups, ",\n")+"\n      }")
		}
		if v.Sensitive {
			fields = append(fields, "      \"sensitive\": true")
		}
		if v.Frame {
			fields = append(fields, "      \"frame\": true")
		}
		value := "{}"
		if fields != nil {
			value = "{\n" + strings.Join(fields, ",\n") + "\n    }"
		}
		variables = append(variables, "    "+quoted(v.Name)+": "+value)
	}
	return "{\n" + strings.Join(variables, ",\n") + "\n  }"
}

func tablesJSON(all [][]string) string {
	var tables []string
	for _, t := range all {
		tables = append(tables, "    "+quotedList(t))
	}
	return "[\n" + strings.Join(tables, ",\n") + "\n  ]"
}
