package disclosure

import (
	"math"
	"slices"
)

// Status tells why a cell is shown or hidden.
type Status string

const (
	Open      Status = "open"
	Primary   Status = "primary"   // hidden for its own sake
	Secondary Status = "secondary" // hidden so that others cannot be computed
)

// Figure is a count of people that has passed. Pages, pictures, exports and sentences take no other. The zero Figure is hidden.
type Figure struct {
	n    int
	open bool
}

// Count gives the count, and whether it is shown.
func (f Figure) Count() (n int, shown bool) { return f.n, f.open }

// Cell is one cell of one table as it is published.
type Cell struct {
	Table  int      // in Result.Tables
	Values []string // a category, a group or Total for each variable of the table
	Figure Figure
	Status Status

	// Low and High are what an outsider can tell of the count from everything published, now and earlier. They are for those who decide on a
	// publication and are not published themselves.
	Low, High int
}

// Unbounded is the upper bound of a count of which outsiders cannot tell any.
const Unbounded = math.MaxInt32

// Result is what may be published of a family of tables.
type Result struct {
	Tables      [][]string
	Cells       []Cell // table by table; within a table sorted by values, totals first
	Threshold   int
	Profile     Profile
	Base        int // of Round
	Denominator int
	Variables   []Variable // with the groups that the values of cells name
	Method      string     // the version of the rules and of the audit

	// Categories are those of every variable of the cells, sorted: what Total stood for.
	Categories map[string][]string

	Warnings []string

	index map[string]int
}

// Find gives the figure of a cell: a category or group for each variable named, all categories of every other. What no table of the family holds is hidden,
// and so is what the result says nothing of.
func (r *Result) Find(cell map[string]string) Figure {
	if i, ok := r.find(cell); ok {
		return r.Cells[i].Figure
	}
	return Figure{}
}

func (r *Result) find(cell map[string]string) (int, bool) {
	var variables, values []string
	for v, x := range cell {
		variables, values = append(variables, v), append(values, x)
	}
	i, ok := r.index[cellKey(variables, values)]
	return i, ok
}

// finish makes a result whose cells are known ready to be looked things up in.
func (r *Result) finish() *Result {
	r.index = map[string]int{}
	for i, c := range r.Cells {
		k := cellKey(r.Tables[c.Table], c.Values)
		if _, ok := r.index[k]; !ok {
			r.index[k] = i
		}
	}
	return r
}

// cellKey names a cell irrespective of the table it stands in and of the order of the variables.
func cellKey(variables, values []string) string {
	var pairs []string
	for i, v := range variables {
		if values[i] != Total {
			pairs = append(pairs, key([]string{v, values[i]}))
		}
	}
	slices.Sort(pairs)
	return key(pairs)
}

// Percent gives a part of a whole in whole percent, when both are shown and the whole is large enough for it.
func (r *Result) Percent(part, whole Figure) (percent int, shown bool) {
	if !part.open || !whole.open || whole.n < max(r.Denominator, 1) || part.n > whole.n {
		return 0, false
	}
	return (200*part.n + whole.n) / (2 * whole.n), true
}
