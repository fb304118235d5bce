package disclosure

import (
	"fmt"
	"slices"
)

// recall enters what was published earlier of the same people: every cell shown then is known to all. Cells that held people who are not in the cells
// now count as known for those who are, which takes the outsider to know the rest from elsewhere.
func (s *space) recall(r *Result) error {
	for number, names := range r.Tables {
		crossed := slices.Clone(names)
		for _, a := range s.variables { // what the earlier cells knew a part of only
			if then, ok := r.Categories[a.name]; ok && !slices.Contains(names, a.name) && !slices.Equal(then, a.categories) {
				crossed = append(crossed, a.name)
			}
		}
		byName := make([]map[string]int, len(crossed))
		whole := make([]map[string]bool, len(crossed)) // whether the level holds everybody it held then
		levels := make([][]int, len(crossed))
		for k, name := range crossed {
			a := &s.variables[slices.IndexFunc(s.variables, func(a axis) bool { return a.name == name })]
			then := r.Categories[name]
			if then == nil {
				then = a.categories
			}
			sets := map[string][]string{Total: then}
			if k < len(names) {
				for _, x := range then {
					sets[x] = []string{x}
				}
				groups, err := Family{Variables: r.Variables}.variable(name).leaves(then)
				if err != nil {
					return &InputError{Source: "history", Problem: err.Error()}
				}
				for g, leaves := range groups {
					sets[g] = leaves
				}
			}
			byName[k], whole[k] = map[string]int{}, map[string]bool{}
			for x, leaves := range sets {
				l := a.level("", leaves)
				if l < 0 {
					continue
				}
				byName[k][x] = l
				whole[k][x] = len(a.levels[l].leaves) == len(leaves)
				levels[k] = append(levels[k], l)
			}
			if len(levels[k]) == 0 {
				levels = nil
				break
			}
		}
		if levels == nil {
			continue // nobody of that table is in the cells
		}
		if err := s.cross(crossed, -1, levels); err != nil {
			return err
		}
		t := s.tables[len(s.tables)-1]
		for i := range r.Cells {
			if c := &r.Cells[i]; c.Table == number {
				s.remember(t, crossed, byName, whole, c)
			}
		}
	}
	return nil
}

func (s *space) remember(t table, crossed []string, byName []map[string]int, whole []map[string]bool, then *Cell) {
	levels := make([]int32, len(crossed))
	all := true
	for k := range crossed {
		x := Total
		if k < len(then.Values) {
			x = then.Values[k]
		}
		l, ok := byName[k][x]
		if !ok {
			return
		}
		levels[k] = int32(l)
		all = all && whole[k][x]
	}
	c, ok := t.byLevels[string(appendPacked(nil, levels))]
	if !ok {
		return
	}
	n, shown := then.Figure.Count()
	if !shown {
		return
	}
	if all {
		s.earlier = append(s.earlier, earlier{c, n})
	} else {
		s.cells[c].known = true
	}
}

// earlier is a count that was published of a cell.
type earlier struct {
	cell int32
	n    int
}

// compare looks what became of the counts that were published earlier: those that still hold are known; those that changed by a few people tell of those
// few, so that the new count is hidden.
func (s *space) compare(threshold int) (warnings []string) {
	changed := 0
	for _, e := range s.earlier {
		c := &s.cells[e.cell]
		if d := c.n - e.n; d == 0 {
			c.known = true
		} else {
			changed++
			if c.why == none && -threshold < d && d < threshold {
				c.why = corrected
			}
		}
	}
	if changed > 0 {
		warnings = append(warnings, fmt.Sprintf("%d cells have another count than was published earlier; where it changed by less than %d people the new one is hidden", changed, threshold))
	}
	return warnings
}
