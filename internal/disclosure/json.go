package disclosure

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

const (
	maxResultBytes = 128 << 20
	maxSum         = MaxCount * MaxRows // the largest count of a cell
	maxWarnings    = 10_000
	maxText        = 4000 // bytes of a warning, and of what tells the method
)

// Hidden is the status of a hidden cell in what the public gets: that would learn something from knowing which were hidden for their own sake.
const Hidden Status = "hidden"

// untold is what Low and High are where a result does not tell them.
const untold = -1

// Public gives a copy of the result for publication: without what an outsider can tell of each cell, without telling the reasons to hide cells apart, and
// without the warnings to those who decide.
func (r *Result) Public() *Result {
	p := *r
	p.Warnings = nil
	p.Cells = slices.Clone(r.Cells)
	for i := range p.Cells {
		c := &p.Cells[i]
		c.Low, c.High = untold, untold
		if !c.Figure.open {
			c.Figure, c.Status = Figure{}, Hidden
		}
	}
	return p.finish()
}

// JSON writes the result in the form that samklang protect prints and that [ReadResult] reads: the same result gives the same bytes. A count that is hidden is
// null.
func (r *Result) JSON() []byte {
	var b bytes.Buffer
	b.WriteString("{\n  \"cells\": [")
	for i, c := range r.Cells {
		if i > 0 {
			b.WriteByte(',')
		}
		table, value := r.Tables[c.Table], "null"
		if n, shown := c.Figure.Count(); shown {
			value = strconv.Itoa(n)
		}
		fmt.Fprintf(&b, "\n    {\"table\": %s, \"cell\": {", quotedList(table))
		for j, v := range table {
			if j > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "%s: %s", quoted(v), quoted(c.Values[j]))
		}
		fmt.Fprintf(&b, "}, \"value\": %s, \"status\": %s", value, quoted(string(c.Status)))
		if c.Low != untold {
			fmt.Fprintf(&b, ", \"low\": %d, \"high\": %d", c.Low, c.High)
		}
		b.WriteByte('}')
	}
	fmt.Fprintf(&b, "\n  ],\n  \"threshold\": %d,\n  \"profile\": %s,\n  \"method\": %s,\n", r.Threshold, quoted(string(r.Profile)), quoted(r.Method))
	if r.Base != 0 {
		fmt.Fprintf(&b, "  \"base\": %d,\n", r.Base)
	}
	variables := "{}"
	if len(r.Variables) > 0 {
		variables = variablesJSON(r.Variables)
	}
	fmt.Fprintf(&b, "  \"denominator\": %d,\n  \"variables\": %s,\n  \"categories\": %s,\n  \"tables\": %s,\n  \"warnings\": %s\n}\n", r.Denominator, variables, categoriesJSON(r.Categories), tablesJSON(r.Tables), quotedList(r.Warnings))
	return b.Bytes()
}

func categoriesJSON(all map[string][]string) string {
	var variables []string
	for _, v := range slices.Sorted(maps.Keys(all)) {
		variables = append(variables, "    "+quoted(v)+": "+quotedList(all[v]))
	}
	return "{\n" + strings.Join(variables, ",\n") + "\n  }"
}

// ReadResult reads a result that was written as JSON, to serve as history. It may come from anywhere, and is taken only when it agrees with itself. Faults are
// *[InputError] with the source given, and say where they stand; an error of r itself is passed on.
func ReadResult(r io.Reader, source string) (*Result, error) {
	d, err := parse(r, source, maxResultBytes)
	if err != nil {
		return nil, err
	}
	var result Result
	var cells *element
	if err := d.object(&d.top, "a result",
		reader{"cells", func(e *element) error { cells = e; return nil }}, // when the tables are known
		reader{"variables", func(e *element) (err error) { result.Variables, err = d.variables(e); return err }},
		reader{"categories", func(e *element) (err error) { result.Categories, err = d.categories(e); return err }},
		reader{"tables", func(e *element) (err error) { result.Tables, err = d.tables(e); return err }},
		reader{"threshold", func(e *element) (err error) {
			result.Threshold, err = d.whole(e, "the threshold", LeastThreshold, MaxCount)
			return err
		}},
		reader{"profile", func(e *element) (err error) { result.Profile, err = d.profile(e); return err }},
		reader{"base", func(e *element) (err error) { result.Base, err = d.whole(e, "the base", 3, 5); return err }},
		reader{"denominator", func(e *element) (err error) {
			result.Denominator, err = d.whole(e, "the least denominator", 1, MaxCount)
			return err
		}},
		reader{"method", func(e *element) (err error) { result.Method, err = d.told(e, "the method"); return err }},
		reader{"warnings", func(e *element) (err error) { result.Warnings, err = d.warnings(e); return err }}); err != nil {
		return nil, err
	}
	for _, name := range []string{"cells", "threshold", "profile", "method", "denominator", "variables", "categories", "tables"} {
		if d.top.get(name) == nil {
			return nil, d.at(d.top.begin, "the result has no %q; samklang protect --json writes whole results", name)
		}
	}
	if (result.Profile == Round) != (result.Base == 3 || result.Base == 5) {
		return nil, d.at(d.top.begin, "a base, 3 or 5, belongs to the profile %q and to no other", Round)
	}
	if err := d.resultTables(&result); err != nil {
		return nil, err
	}
	levels, err := d.levels(&result)
	if err != nil {
		return nil, err
	}
	if err := d.resultCells(cells, &result, levels); err != nil {
		return nil, err
	}
	return result.finish(), nil
}

// told reads a text for people.
func (d *document) told(e *element, what string) (string, error) {
	s, err := d.text(e, what)
	if err == nil && len(s) > maxText {
		return "", d.at(e.begin, "%s is longer than %d bytes", what, maxText)
	}
	return s, err
}

func (d *document) warnings(e *element) (all []string, err error) {
	if err := d.want(e, list, "the warnings"); err != nil {
		return nil, err
	}
	if len(e.items) > maxWarnings {
		return nil, d.at(e.begin, "there are %d warnings; at most %d are taken", len(e.items), maxWarnings)
	}
	for i := range e.items {
		w, err := d.told(&e.items[i], "a warning")
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func (d *document) categories(e *element) (map[string][]string, error) {
	if err := d.want(e, object, "the categories"); err != nil {
		return nil, err
	}
	if len(e.fields) > MaxVariables {
		return nil, d.at(e.begin, "there are %d variables; at most %d are taken", len(e.fields), MaxVariables)
	}
	all := map[string][]string{}
	for i := range e.fields {
		f := &e.fields[i]
		if problem := badName(f.name); problem != "" {
			return nil, d.at(f.begin, "variable %q %s", short(f.name), problem)
		}
		of := fmt.Sprintf("the categories of %q", short(f.name))
		list, err := d.texts(&f.value, of, "a category")
		if err != nil {
			return nil, err
		}
		if len(list) == 0 || len(list) > MaxRows {
			return nil, d.at(f.begin, "%s are %d; there must be 1 to %d", of, len(list), MaxRows)
		}
		for j, x := range list {
			if problem := badName(x); problem != "" {
				return nil, d.at(f.value.items[j].begin, "category %q %s", short(x), problem)
			}
			if j > 0 && list[j-1] >= x {
				return nil, d.at(f.value.items[j].begin, "%s must be sorted, and stand there once", of)
			}
		}
		all[f.name] = list
	}
	return all, nil
}

// resultTables refuses tables that no family can have.
func (d *document) resultTables(r *Result) error {
	at := d.top.get("tables").value
	if len(r.Tables) == 0 {
		return d.at(at.begin, "there is no table")
	}
	known := map[string]bool{}
	for i, t := range r.Tables {
		begin := at.items[i].begin
		if len(t) == 0 {
			return d.at(begin, "the table has no variable")
		}
		sorted := slices.Sorted(slices.Values(t))
		for j, v := range sorted {
			if r.Categories[v] == nil {
				return d.at(begin, "there are no categories of the variable %q", short(v))
			}
			if j > 0 && sorted[j-1] == v {
				return d.at(begin, "variable %q stands twice in the table", v)
			}
		}
		if known[key(sorted)] {
			return d.at(begin, "the table stands twice")
		}
		known[key(sorted)] = true
	}
	return nil
}

// levels lists what a cell may name of each variable: its categories, its groups, and all together.
func (d *document) levels(r *Result) (map[string]map[string]bool, error) {
	all := map[string]map[string]bool{}
	for name, categories := range r.Categories {
		all[name] = map[string]bool{Total: true}
		for _, x := range categories {
			all[name][x] = true
		}
	}
	for _, v := range r.Variables {
		if all[v.Name] == nil {
			return nil, d.fault(fault(place{"variables", v.Name}, "there are no categories of the variable %q", short(v.Name)))
		}
		if _, err := v.leaves(r.Categories[v.Name]); err != nil {
			return nil, d.fault(err)
		}
		for _, g := range v.Groups {
			all[v.Name][g.Name] = true
		}
	}
	return all, nil
}

func (d *document) resultCells(e *element, r *Result, levels map[string]map[string]bool) error {
	if err := d.want(e, list, "the cells"); err != nil {
		return err
	}
	tables, inTable, figures := map[string]int{}, map[string]bool{}, map[string]Figure{}
	for i, t := range r.Tables {
		tables[key(t)] = i
	}
	for i := range e.items {
		c, err := d.resultCell(&e.items[i], r, tables, levels)
		if err != nil {
			return err
		}
		begin := e.items[i].begin
		if k := fmt.Sprint(c.Table, " ", key(c.Values)); inTable[k] {
			return d.at(begin, "the cell stands twice")
		} else {
			inTable[k] = true
		}
		k := cellKey(r.Tables[c.Table], c.Values)
		if f, ok := figures[k]; ok && f != c.Figure {
			return d.at(begin, "the cell stands in another table with another count")
		}
		figures[k] = c.Figure
		r.Cells = append(r.Cells, c)
	}
	slices.SortStableFunc(r.Cells, func(a, b Cell) int { return a.Table - b.Table })
	return nil
}

// resultCell reads one cell. Its low and high are either both there or, as in what the public gets, neither.
func (d *document) resultCell(e *element, r *Result, tables map[string]int, levels map[string]map[string]bool) (Cell, error) {
	c := Cell{Low: untold, High: untold}
	var table []string
	var cell *element
	var valueSaid bool
	if err := d.object(e, "a cell of a result",
		reader{"table", func(e *element) (err error) { table, err = d.texts(e, "the table of a cell", "a variable"); return err }},
		reader{"cell", func(e *element) error { cell = e; return d.want(e, object, "the cell") }},
		reader{"value", func(e *element) (err error) {
			valueSaid = true
			if e.kind != null {
				c.Figure.open = true
				c.Figure.n, err = d.whole(e, "the value", 0, maxSum)
			}
			return err
		}},
		reader{"status", func(e *element) error {
			s, err := d.text(e, "the status")
			c.Status = Status(s)
			if err == nil && !slices.Contains([]Status{Open, Primary, Secondary, Hidden}, c.Status) {
				return d.at(e.begin, "the status is %q; it must be %q, %q, %q or %q", short(s), Open, Primary, Secondary, Hidden)
			}
			return err
		}},
		reader{"low", func(e *element) (err error) { c.Low, err = d.whole(e, "low", 0, maxSum); return err }},
		reader{"high", func(e *element) (err error) { c.High, err = d.whole(e, "high", 0, maxSum); return err }}); err != nil {
		return c, err
	}
	number, ok := tables[key(table)]
	switch {
	case table == nil || cell == nil || !valueSaid || c.Status == "":
		return c, d.at(e.begin, "the cell lacks one of table, cell, value and status")
	case !ok:
		return c, d.at(e.get("table").value.begin, "the result has no such table")
	case c.Figure.open != (c.Status == Open):
		return c, d.at(e.begin, "a cell with the status %q %s", c.Status, map[bool]string{true: "has a value", false: "has no value"}[c.Figure.open])
	case (c.Low == untold) != (c.High == untold):
		return c, d.at(e.begin, "the cell has one of low and high, and lacks the other")
	case c.Low > c.High:
		return c, d.at(e.begin, "low is more than high")
	case c.Figure.open && r.Profile != Round && c.Low != untold && (c.Low != c.Figure.n || c.High != c.Figure.n):
		return c, d.at(e.begin, "low and high of a count that is shown exactly must be that count")
	case len(cell.fields) != len(table):
		return c, d.at(cell.begin, "the cell must name the %d variables of its table", len(table))
	}
	c.Table = number
	for _, v := range r.Tables[number] {
		f := cell.get(v)
		if f == nil {
			return c, d.at(cell.begin, "the cell does not name the variable %q of its table", v)
		}
		s, err := d.text(&f.value, "a category")
		if err != nil {
			return c, err
		}
		if !levels[v][s] {
			return c, d.at(f.value.begin, "%q is neither a category nor a group of %q", short(s), v)
		}
		c.Values = append(c.Values, s)
	}
	return c, nil
}
