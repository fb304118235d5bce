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
	merged  []entry

	firstSecret int // columns from here on are secrets

	// Of each secret: whether it is a hidden cell with a single person in it, whether it matters by itself, and what it was to begin with.
	alone, real []bool
	origin      []uint64
	sameKey     map[uint64][]int32
}

// column is a sparse vector: entries by row, those in dead rows to be overlooked.
type column struct {
	entries []entry
	live    int  // entries in rows that are not dead
	done    bool // needs no more elimination
	key     uint64
}

type entry struct {
	row   int32
	value uint64
}

// newEchelon takes columns given by rows, each entry 1, and combinations of them: a column less another. Rows are numbered from 0 to rows-1.
func newEchelon(rows int, columns [][]int32, secrets []secret) *echelon {
	e := &echelon{byRow: make([][]int32, rows), dead: make([]bool, rows), firstSecret: len(columns)}
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
	if i, ok := c.find(row); ok {
		return c.entries[i].value
	}
	return 0
}

func (c *column) find(row int32) (int, bool) {
	return slices.BinarySearchFunc(c.entries, row, func(x entry, row int32) int { return int(x.row - row) })
}

// follows tells whether the column is a combination of those that are public.
func (e *echelon) follows(j int) bool { return e.columns[j].live == 0 }

// plan is what becomes of the secrets when a column becomes public.
type plan struct {
	column  int
	row     int32 // that is eliminated, -1 where nothing changes
	changes []change
}

type change struct {
	column  int32
	entries []entry
	filled  []int32 // rows the column had no entry in before
	key     uint64
}

// plan finds what happens to the secrets when column j becomes public, and whether nothing is given away: no secret follows, and none follows for somebody
// who is alone in a hidden cell and so knows that one.
func (e *echelon) plan(j int) (p plan, safe bool) {
	c := &e.columns[j]
	p = plan{column: j, row: -1}
	if c.live == 0 {
		return p, true
	}
	p.row = e.rarest(c)
	factor := inverse(c.at(p.row))
	seen := map[int32]bool{}
	for _, k := range e.byRow[p.row] {
		o := &e.columns[k]
		if int(k) < e.firstSecret || o.done || seen[k] {
			continue
		}
		seen[k] = true
		v := o.at(p.row)
		if v == 0 {
			continue
		}
		ch := change{column: k}
		ch.entries, ch.filled = e.difference(o, c, times(v, factor), p.row)
		if len(ch.entries) == 0 {
			return p, false
		}
		ch.key = e.name(ch.entries)
		p.changes = append(p.changes, ch)
	}
	if e.alone == nil {
		return p, true
	}
	groups := map[uint64][]int32{}
	for _, ch := range p.changes {
		groups[ch.key] = append(groups[ch.key], ch.column)
	}
	for _, ch := range p.changes {
		for _, k := range append(groups[ch.key], e.sameKey[ch.key]...) {
			if k != ch.column && !(seen[k] && !slices.Contains(groups[ch.key], k)) && e.betrays(ch.column, k) {
				return p, false
			}
		}
	}
	return p, true
}

// betrays tells whether somebody alone in one of two secrets could tell the other, when their columns have become multiples of each other.
func (e *echelon) betrays(a, b int32) bool {
	x, y := int(a)-e.firstSecret, int(b)-e.firstSecret
	return e.origin[x] != e.origin[y] && (e.alone[x] && e.real[y] || e.alone[y] && e.real[x])
}

// watch prepares for people who are alone in a cell: of each secret, whether it is such a cell, and whether it matters by itself. Secrets that are multiples of
// each other from the beginning are about the same people.
func (e *echelon) watch(alone, real []bool) {
	if !slices.Contains(alone, true) {
		return
	}
	e.alone, e.real = alone, real
	e.origin, e.sameKey = make([]uint64, len(alone)), map[uint64][]int32{}
	for k := range alone {
		c := &e.columns[e.firstSecret+k]
		if c.done || c.live == 0 {
			continue
		}
		var live []entry
		for _, x := range c.entries {
			if !e.dead[x.row] {
				live = append(live, x)
			}
		}
		n := e.name(live)
		e.origin[k] = n
		e.sameKey[n] = append(e.sameKey[n], int32(e.firstSecret+k))
		c.key = n
	}
}

// name gives columns that are multiples of each other the same number, and others, but for chance, different ones.
func (e *echelon) name(entries []entry) uint64 {
	if e.alone == nil && e.sameKey == nil {
		return 0
	}
	k := inverse(entries[0].value)
	var sum uint64
	for _, x := range entries {
		sum = plus(sum, times(times(k, x.value), scatter(x.row)))
	}
	return sum
}

// scatter gives each row a number that has nothing to do with those of other rows (the finaliser of SplitMix64).
func scatter(row int32) uint64 {
	z := uint64(row)*0x9e3779b97f4a7c15 + 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return (z ^ z>>31) % prime
}

// rarest finds the row of the column that fewest columns may have an entry in.
func (e *echelon) rarest(c *column) int32 {
	best := int32(-1)
	for _, x := range c.entries {
		if !e.dead[x.row] && x.value != 0 && (best < 0 || len(e.byRow[x.row]) < len(e.byRow[best])) {
			best = x.row
		}
	}
	return best
}

// publish makes the column of a plan public: it is eliminated from all others.
func (e *echelon) publish(p plan) {
	c := &e.columns[p.column]
	c.done = true
	if p.row < 0 {
		return
	}
	row := p.row
	factor := inverse(c.at(row))
	others := e.byRow[row]
	e.byRow[row] = nil
	for _, ch := range p.changes {
		o := &e.columns[ch.column]
		o.entries, o.live = ch.entries, len(ch.entries)
		for _, r := range ch.filled {
			e.byRow[r] = append(e.byRow[r], ch.column)
		}
		if e.alone != nil {
			e.sameKey[o.key] = slices.DeleteFunc(e.sameKey[o.key], func(k int32) bool { return k == ch.column })
			o.key = ch.key
			e.sameKey[o.key] = append(e.sameKey[o.key], ch.column)
		}
	}
	alone := c.live == 1
	for _, k := range others {
		o := &e.columns[k]
		if o.done || int(k) >= e.firstSecret {
			continue
		}
		v := o.at(row)
		if v == 0 {
			continue
		}
		if alone {
			if i, _ := o.find(row); o.entries[i].value != 0 {
				o.entries[i].value = 0
				o.live--
			}
			continue
		}
		entries, filled := e.difference(o, c, times(v, factor), row)
		o.entries, o.live = entries, len(entries)
		for _, r := range filled {
			e.byRow[r] = append(e.byRow[r], k)
		}
	}
	e.dead[row] = true
	c.entries = nil
}

// difference gives o less factor times c, which leaves nothing in the row, and the rows that are new to o.
func (e *echelon) difference(o, c *column, factor uint64, row int32) (list []entry, filled []int32) {
	merged := e.merged[:0]
	i, j := 0, 0
	for i < len(o.entries) || j < len(c.entries) {
		switch {
		case j == len(c.entries) || i < len(o.entries) && o.entries[i].row < c.entries[j].row:
			if x := o.entries[i]; !e.dead[x.row] && x.value != 0 {
				merged = append(merged, x)
			}
			i++
		case i == len(o.entries) || c.entries[j].row < o.entries[i].row:
			if x := c.entries[j]; !e.dead[x.row] && x.value != 0 {
				merged = append(merged, entry{x.row, minus(0, times(factor, x.value))})
				filled = append(filled, x.row)
			}
			j++
		default:
			if x := o.entries[i]; x.row != row && !e.dead[x.row] {
				if v := minus(x.value, times(factor, c.entries[j].value)); v != 0 {
					merged = append(merged, entry{x.row, v})
				}
			}
			i, j = i+1, j+1
		}
	}
	e.merged = merged
	return slices.Clone(merged), filled
}
