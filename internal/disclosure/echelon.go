package disclosure

import "slices"

// echelon knows which sums of inner cells follow from those that are public. It holds the columns of a matrix with a row for each inner cell – or for as many
// of them as decide – and eliminates those that become public from all others.
//
// The method is Langsrud's (2024); choosing the row of an elimination so that few columns fill up, and eliminating from the columns of secrets at once, are
// what makes it fit for ten thousand cells.
type echelon struct {
	columns []column
	byRow   [][]int32 // columns that may have an entry in the row
	dead    []bool    // rows eliminated
	merged  column
}

// column is a sparse vector: entries by row, those in dead rows to be overlooked.
type column struct {
	entries []entry
	live    int  // entries in rows that are not dead
	done    bool // needs no more elimination
}

type entry struct {
	row   int32
	value uint64
}

// newEchelon takes columns given by rows, each entry 1, and combinations of them: a column less another. Rows are numbered from 0 to rows-1.
func newEchelon(rows int, columns [][]int32, secrets []secret) *echelon {
	e := &echelon{byRow: make([][]int32, rows), dead: make([]bool, rows)}
	total := 0
	for _, c := range columns {
		total += len(c)
	}
	entries := make([]entry, 0, total)
	for _, c := range columns {
		first := len(entries)
		for _, r := range c {
			entries = append(entries, entry{r, 1})
		}
		e.add(entries[first:len(entries):len(entries)])
	}
	for _, k := range secrets {
		var list []entry
		var less []int32
		if k.without >= 0 {
			less = columns[k.without]
		}
		for _, r := range columns[k.cell] {
			for len(less) > 0 && less[0] < r {
				list = append(list, entry{less[0], prime - 1})
				less = less[1:]
			}
			if len(less) > 0 && less[0] == r {
				less = less[1:]
				continue
			}
			list = append(list, entry{r, 1})
		}
		for _, r := range less {
			list = append(list, entry{r, prime - 1})
		}
		e.add(list)
	}
	return e
}

func (e *echelon) add(list []entry) {
	j := int32(len(e.columns))
	for _, x := range list {
		e.byRow[x.row] = append(e.byRow[x.row], j)
	}
	e.columns = append(e.columns, column{entries: list, live: len(list)})
}

// at gives a column's entry in a row.
func (c *column) at(row int32) uint64 {
	if i, ok := slices.BinarySearchFunc(c.entries, row, func(x entry, row int32) int { return int(x.row - row) }); ok {
		return c.entries[i].value
	}
	return 0
}

// follows tells whether the column is a combination of those that are public.
func (e *echelon) follows(j int) bool { return e.columns[j].live == 0 }

// gives tells which of the columns from the first secret on would follow if column j became public.
func (e *echelon) gives(j, firstSecret int, found []int) []int {
	c := &e.columns[j]
	if c.live == 0 {
		return found
	}
	row := e.rarest(c)
	for _, k := range e.byRow[row] {
		if int(k) < firstSecret || e.columns[k].done {
			continue
		}
		if e.proportional(c, &e.columns[k]) {
			found = append(found, int(k))
		}
	}
	return found
}

// rarest finds the row of the column that fewest columns may have an entry in.
func (e *echelon) rarest(c *column) int32 {
	best := int32(-1)
	for _, x := range c.entries {
		if !e.dead[x.row] && (best < 0 || len(e.byRow[x.row]) < len(e.byRow[best])) {
			best = x.row
		}
	}
	return best
}

func (e *echelon) proportional(a, b *column) bool {
	if a.live != b.live {
		return false
	}
	i, j := 0, 0
	var x, y uint64
	for n := 0; n < a.live; n++ {
		for e.dead[a.entries[i].row] {
			i++
		}
		for e.dead[b.entries[j].row] {
			j++
		}
		if a.entries[i].row != b.entries[j].row {
			return false
		}
		if n == 0 {
			x, y = a.entries[i].value, b.entries[j].value
		} else if times(x, b.entries[j].value) != times(y, a.entries[i].value) {
			return false
		}
		i, j = i+1, j+1
	}
	return true
}

// publish makes column j public: it is eliminated from all others.
func (e *echelon) publish(j int) {
	c := &e.columns[j]
	c.done = true
	if c.live == 0 {
		return
	}
	row := e.rarest(c)
	pivot := inverse(c.at(row))
	others := e.byRow[row]
	e.byRow[row] = nil
	alone := c.live == 1
	for i, k := range others {
		o := &e.columns[k]
		if o.done || slices.Contains(others[:i], k) {
			continue
		}
		v := o.at(row)
		if v == 0 {
			continue
		}
		if alone {
			o.live--
			continue
		}
		e.subtract(int32(k), c, times(v, pivot), row)
	}
	e.dead[row] = true
	c.entries = nil
}

// subtract takes factor times c from column k, which leaves nothing in the row.
func (e *echelon) subtract(k int32, c *column, factor uint64, row int32) {
	o := &e.columns[k]
	list := e.merged.entries[:0]
	i, j := 0, 0
	for i < len(o.entries) || j < len(c.entries) {
		switch {
		case j == len(c.entries) || i < len(o.entries) && o.entries[i].row < c.entries[j].row:
			if x := o.entries[i]; !e.dead[x.row] {
				list = append(list, x)
			}
			i++
		case i == len(o.entries) || c.entries[j].row < o.entries[i].row:
			if x := c.entries[j]; !e.dead[x.row] {
				list = append(list, entry{x.row, minus(0, times(factor, x.value))})
				e.byRow[x.row] = append(e.byRow[x.row], k)
			}
			j++
		default:
			if x := o.entries[i]; x.row != row && !e.dead[x.row] {
				if v := minus(x.value, times(factor, c.entries[j].value)); v != 0 {
					list = append(list, entry{x.row, v})
				}
			}
			i, j = i+1, j+1
		}
	}
	e.merged.entries = list
	if cap(o.entries) >= len(list) && len(list) > cap(o.entries)/4 {
		o.entries = o.entries[:len(list)]
		copy(o.entries, list)
	} else {
		o.entries = slices.Clone(list)
	}
	o.live = len(list)
}
