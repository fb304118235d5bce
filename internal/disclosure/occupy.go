package disclosure

import (
	"fmt"
	"maps"
	"slices"
)

// occupy lists the inner cells that can occur: those with a row, and those nobody listed, as far as they are few enough to reckon with. Leaving them out
// takes the outsider to know that they are empty, which never protects less.
func (s *space) occupy(c Cells, f Family, columns []int) error {
	counts := map[string]int{}
	listed := map[string][]int32{}
	code := make([]map[string]int32, len(columns))
	for k, a := range s.variables {
		code[k] = map[string]int32{}
		for i, x := range a.categories {
			code[k][x] = int32(i)
		}
	}
	var b []byte
	pack := func(codes []int32) string {
		b = appendPacked(b[:0], codes)
		return string(b)
	}
	for _, r := range c.Rows {
		if len(f.Impossible) > 0 && f.impossible(c.Variables, r.Values) {
			continue
		}
		codes := make([]int32, len(columns))
		for k, i := range columns {
			codes[k] = code[k][r.Values[i]]
		}
		p := pack(codes)
		counts[p] += r.N
		if counts[p] > MaxCount {
			return &InputError{Source: "cells", Problem: fmt.Sprintf("more than %d people in one cell", MaxCount)}
		}
		if listed[p] == nil {
			listed[p] = codes
		}
	}
	decided := s.decided(listed)
	free, follows := s.free(decided)
	possible, most := 1, max(possibleLeast, possibleFactor*len(listed))
	for _, v := range free {
		if possible *= len(s.variables[v].categories); possible > 1<<40 {
			break
		}
	}
	if possible > len(listed) && possible <= 50*most {
		impossible := s.impossible(f)
		var more [][]int32
		s.each(free, follows, func(codes []int32) bool {
			if listed[pack(codes)] != nil || !agrees(decided, codes) {
				return true
			}
			if slices.ContainsFunc(impossible, func(c []int32) bool { return matches(c, codes) }) {
				return true
			}
			more = append(more, slices.Clone(codes))
			return len(listed)+len(more) <= most
		})
		if len(listed)+len(more) <= most {
			for _, codes := range more {
				listed[pack(codes)] = codes
			}
		}
	}
	for _, p := range slices.Sorted(maps.Keys(listed)) {
		s.inner = append(s.inner, inner{codes: listed[p], n: counts[p]})
	}
	return nil
}

// impossible gives the combinations that cannot occur, as categories of the variables of the space, -1 for any. One that names a variable no table has says
// nothing of what the tables show.
func (s *space) impossible(f Family) (list [][]int32) {
	for _, combination := range f.Impossible {
		codes := slices.Repeat([]int32{-1}, len(s.variables))
		named := 0
		for v, a := range s.variables {
			if x, ok := combination[a.name]; ok {
				i, _ := slices.BinarySearch(a.categories, x)
				codes[v] = int32(i)
				named++
			}
		}
		if named == len(combination) {
			list = append(list, codes)
		}
	}
	return list
}

func matches(combination, codes []int32) bool {
	for v, x := range combination {
		if x >= 0 && x != codes[v] {
			return false
		}
	}
	return true
}

// decided finds the variables whose category follows from another's in every cell listed, as the county follows from the municipality: everybody knows
// that. It gives, for each pair of variables, the category of the second for each of the first, or nil.
func (s *space) decided(listed map[string][]int32) [][][]int32 {
	n := len(s.variables)
	all := make([][][]int32, n)
	for v := range n {
		all[v] = make([][]int32, n)
		for w := range n {
			if v == w || len(s.variables[w].categories) < 2 || len(s.variables[v].categories) < len(s.variables[w].categories) {
				continue
			}
			all[v][w] = slices.Repeat([]int32{-1}, len(s.variables[v].categories))
		}
	}
	for _, codes := range listed {
		for v := range n {
			for w := range n {
				if all[v][w] == nil {
					continue
				}
				switch x := &all[v][w][codes[v]]; *x {
				case -1:
					*x = codes[w]
				case codes[w]:
				default:
					all[v][w] = nil
				}
			}
		}
	}
	return all
}

func agrees(decided [][][]int32, codes []int32) bool {
	for v, row := range decided {
		for w, of := range row {
			if of != nil && of[codes[v]] != -1 && of[codes[v]] != codes[w] {
				return false
			}
		}
	}
	return true
}

// following is a variable whose category follows from that of another.
type following struct {
	variable, from int
	code           []int32 // for each category of from
}

// free divides the variables into those that must be gone through and those that follow from one before them.
func (s *space) free(decided [][][]int32) (free []int, follows []following) {
	order := make([]int, len(s.variables))
	for v := range order {
		order[v] = v
	}
	slices.SortStableFunc(order, func(v, w int) int { return len(s.variables[w].categories) - len(s.variables[v].categories) })
	for n, w := range order {
		i := slices.IndexFunc(order[:n], func(v int) bool { return decided[v][w] != nil && !slices.Contains(decided[v][w], -1) })
		if i < 0 {
			free = append(free, w)
		} else {
			follows = append(follows, following{w, order[i], decided[order[i]][w]})
		}
	}
	return free, follows
}

// each goes through all combinations of the categories of some variables, with what follows from them, until told to stop.
func (s *space) each(free []int, follows []following, do func(codes []int32) bool) {
	codes := make([]int32, len(s.variables))
	for {
		for _, f := range follows {
			codes[f.variable] = f.code[codes[f.from]]
		}
		if !do(codes) {
			return
		}
		k := len(free) - 1
		for ; k >= 0; k-- {
			v := free[k]
			if codes[v]++; int(codes[v]) < len(s.variables[v].categories) {
				break
			}
			codes[v] = 0
		}
		if k < 0 {
			return
		}
	}
}
