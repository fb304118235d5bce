package disclosure

import "slices"

// reason is why a cell must not be known.
type reason uint8

const (
	none      reason = iota
	small            // fewer people than the threshold
	group            // with what lies beside it, it tells that a whole group lies in one category
	supplied         // one contributor supplied nearly all, and can subtract itself
	corrected        // it differs by a few people from what was published earlier
	asked            // more was needed to keep the others from being told within narrow bounds
	kept             // it has been hidden for others, and stays so
)

// secret is what an outsider must not get to know: the people in one cell, or those in a cell and not in another that lies within it.
type secret struct {
	cell, without int32 // without is -1 for none
	n             int
	party         int32 // from whom it is kept, beside everybody: one of those who supplied counts; -1 for outsiders
}

// secrets finds what must not be known, and marks the cells that are hidden for their own sake.
//
// Small counts and what is left of a group beside a large category are the rules of Hundepool et al. (2012), 5.2; a group of which everybody lies in one
// category is group disclosure, 5.3.
func (s *space) secrets(f Family) []secret {
	var list []secret
	for i := range s.cells {
		c := &s.cells[i]
		switch {
		case c.known && !c.shown: // it is public, and nothing new is said of it
			continue
		case c.n > 0 && c.n < f.Threshold:
			c.why = small
		case c.why == none || c.why == kept:
			continue
		}
		list = append(list, secret{int32(i), -1, c.n, -1})
	}
	list = append(list, s.nested(f)...)
	list = append(list, s.alike(f)...)
	return append(list, s.fromContributors(f, list)...)
}

// nested looks at cells that hold others, in one table or in different ones: where the larger holds a few people more, whoever reads both sees those few.
func (s *space) nested(f Family) []secret {
	var list []int32
	for i := range s.cells {
		if c := &s.cells[i]; c.n > 0 && (c.shown || c.known) {
			list = append(list, int32(i))
		}
	}
	slices.SortStableFunc(list, func(a, b int32) int { return s.cells[a].n - s.cells[b].n })
	member := make([][][]bool, len(s.variables)) // of each variable and level: its categories
	for v, a := range s.variables {
		member[v] = make([][]bool, len(a.levels))
		for l, x := range a.levels {
			member[v][l] = make([]bool, len(a.categories))
			for _, c := range x.leaves {
				member[v][l][c] = true
			}
		}
	}
	contains := func(c *cell, i int32) bool {
		for k, v := range s.tables[c.table].variables {
			if c.levels[k] != 0 && !member[v][c.levels[k]][s.inner[i].codes[v]] {
				return false
			}
		}
		return true
	}
	var secrets []secret
	first := 0
	for at, b := range list {
		large := &s.cells[b]
		for s.cells[list[first]].n <= large.n-f.Threshold {
			first++
		}
		if large.n < f.Threshold {
			continue
		}
		for _, a := range list[first:at] {
			few := &s.cells[a]
			if few.n == large.n || few.size >= large.size || few.known && large.known {
				continue
			}
			if s.every(a, func(i int32) bool { return contains(large, i) }) {
				secrets = append(secrets, secret{b, a, large.n - few.n, -1})
			}
		}
	}
	return secrets
}

// every tells whether all inner cells of a cell are of a kind.
func (s *space) every(c int32, is func(i int32) bool) bool {
	t := &s.tables[s.cells[c].table]
	for _, f := range s.cells[c].finest {
		for _, i := range t.finest[f].inner {
			if !is(i) {
				return false
			}
		}
	}
	return true
}

// alike looks for groups of which everybody lies in one category: nobody may be sure that there is no one outside it.
func (s *space) alike(f Family) []secret {
	var list []secret
	type pair struct{ cell, without int32 }
	seen := map[pair]bool{}
	var packed []byte
	for t := range s.tables {
		tab := &s.tables[t]
		for i := range s.cells {
			c := &s.cells[i]
			levels, ok := s.in(c, tab)
			if !ok || c.n == 0 || tab.declared >= 0 && !c.shown {
				continue
			}
			for k, v := range tab.variables {
				up := tab.parents[k][levels[k]]
				if up < 0 || f.variable(s.variables[v].name).Frame {
					continue
				}
				mine := levels[k]
				levels[k] = up
				packed = appendPacked(packed[:0], levels)
				levels[k] = mine
				p, ok := tab.byLevels[string(packed)]
				if !ok || s.cells[p].n != c.n || s.cells[p].size == c.size || seen[pair{p, int32(i)}] || c.known && s.cells[p].known {
					continue
				}
				seen[pair{p, int32(i)}] = true
				if c.why == none && !c.known && c.shown {
					c.why = group
					list = append(list, secret{int32(i), -1, c.n, -1})
				}
				list = append(list, secret{p, int32(i), 0, -1})
			}
		}
	}
	return list
}

// in gives the levels of a cell in the order of a table, when the table has it.
func (s *space) in(c *cell, t *table) ([]int32, bool) {
	own := &s.tables[c.table]
	levels := make([]int32, len(t.variables))
	for k, v := range own.variables {
		if c.levels[k] == 0 {
			continue
		}
		found := false
		for j, w := range t.variables {
			if v == w {
				levels[j], found = c.levels[k], true
			}
		}
		if !found {
			return nil, false
		}
	}
	_, ok := t.byLevels[string(appendPacked(nil, levels))]
	return levels, ok
}

// fromContributors adds, for each of those who supplied the counts, what it must not get to know by subtracting its own people: a rest that is small, and of
// each secret the people who are not its own.
func (s *space) fromContributors(f Family, known []secret) []secret {
	parties := len(s.parties)
	if parties == 0 {
		return nil
	}
	own := make([][]int, parties) // of each party and cell
	for p := range own {
		own[p] = make([]int, len(s.cells))
	}
	for t := range s.tables {
		for _, fine := range s.tables[t].finest {
			for _, i := range fine.inner {
				x := &s.inner[i]
				if x.n == 0 {
					continue
				}
				for p := range own {
					if s.own(int32(p), x) {
						for _, c := range fine.up {
							own[p][c] += x.n
						}
					}
				}
			}
		}
	}
	var list []secret
	for i := range s.cells {
		c := &s.cells[i]
		for p := range parties {
			if rest := c.n - own[p][i]; c.n >= f.Threshold && rest > 0 && rest < f.Threshold {
				if c.why == none {
					c.why = supplied
					list = append(list, secret{int32(i), -1, c.n, -1})
				}
				list = append(list, secret{int32(i), -1, rest, int32(p)})
			}
		}
	}
	for _, k := range known {
		for p := range parties {
			rest := k.n - own[p][k.cell]
			if k.without >= 0 {
				rest += own[p][k.without]
			}
			if rest > 0 && rest < f.Threshold {
				list = append(list, secret{k.cell, k.without, rest, int32(p)})
			}
		}
	}
	return list
}
