package surveys

import (
	"maps"
	"slices"

	"samklang/internal/core/errs"
	"samklang/internal/disclosure"
)

// The variables of what is published, besides the backgrounds.
const (
	Answer = "answer"
	Class  = "class"
)

// protect decides what is told of the answers to one question. It gives who answered, by each background, and the answers.
//
// A table that came in crosses the answers with one background at a time, and nobody knows how the backgrounds go together. The inner cells are laid out
// in one of the ways that agree with every table, all combinations listed: only the tables that came in are told of, so that the others do not show,
// and the attack on the result counts every way as possible.
//
// Those whose answer lies outside the scale are left out: they are often few, and hiding them would hide a share beside them.
//
// Who answered is settled first and enters as known. The same people answer the other questions, so that a group hidden here would be read off there.
func protect(s Sums, w Wording, history []*disclosure.Result) (composition, result *disclosure.Result, left []string, err error) {
	s, _, key := s.whole()
	if key != "" {
		return nil, nil, nil, errs.E(errs.Invalid, key, "word", "")
	}
	s = s.within(w)
	told, left := s.told()
	cells, err := s.cells(w, told, published(history))
	if err != nil {
		return nil, nil, nil, err
	}
	family := disclosure.Family{Threshold: Least, Denominator: LeastShare}
	for _, v := range cells.Variables {
		family.Variables = append(family.Variables, disclosure.Variable{Name: v, Sensitive: Sensitive(v), Frame: v == Initiative})
	}
	if len(told) > 0 {
		for _, b := range told {
			family.Tables = append(family.Tables, []string{b})
		}
		if composition, err = disclosure.Protect(cells, family, history, disclosure.Limits{}); err != nil {
			return nil, nil, nil, refusal(err)
		}
		history = append(slices.Clip(history), composition)
	}
	family.Tables = [][]string{{Answer}, {Class}}
	for _, b := range told {
		family.Tables = append(family.Tables, []string{Class, b})
	}
	result, err = disclosure.Protect(cells, family, history, disclosure.Limits{})
	return composition, result, left, refusal(err)
}

// published lists the backgrounds that earlier publications have tables of.
func published(history []*disclosure.Result) (list []string) {
	for _, r := range history {
		for _, t := range r.Tables {
			for _, v := range t {
				if v != Answer && v != Class && !slices.Contains(list, v) {
					list = append(list, v)
				}
			}
		}
	}
	return list
}

// cells lays out the inner cells over the backgrounds that are told of now or were before.
func (s Sums) cells(w Wording, told, before []string) (disclosure.Cells, error) {
	var backgrounds []string
	for _, b := range Backgrounds {
		if slices.Contains(told, b) || slices.Contains(before, b) {
			backgrounds = append(backgrounds, b)
		}
	}
	groups := make([][]string, len(backgrounds))
	scale := w.scale()
	size := len(scale)
	for i, b := range backgrounds {
		for g, answers := range s.By[b] {
			if sum(answers) > 0 {
				groups[i] = append(groups[i], g)
			}
		}
		if len(groups[i]) == 0 {
			groups[i] = []string{Unknown}
		}
		slices.Sort(groups[i])
		if size *= len(groups[i]); size > maxInner {
			return disclosure.Cells{}, errs.E(errs.Refused, "surveys.too_many_groups")
		}
	}
	out := disclosure.Cells{Variables: append([]string{Answer, Class}, backgrounds...)}
	for _, o := range scale {
		rest := make([]map[string]int64, len(backgrounds)) // of each background: those who are not laid out yet
		for i, b := range backgrounds {
			rest[i] = map[string]int64{}
			for _, g := range groups[i] {
				rest[i][g] = s.By[b][g][o.Code]
			}
			if s.By[b] == nil {
				rest[i][Unknown] = s.All[o.Code]
			}
		}
		at := map[string]int64{}
		for left := s.All[o.Code]; left > 0; {
			n, values := left, make([]string, len(backgrounds))
			for i := range backgrounds {
				for _, g := range groups[i] {
					if rest[i][g] > 0 {
						values[i] = g
						n = min(n, rest[i][g])
						break
					}
				}
			}
			for i, g := range values {
				rest[i][g] -= n
			}
			at[joined(values)] += n
			left -= n
		}
		each(groups, func(values []string) {
			out.Rows = append(out.Rows, disclosure.Row{Values: append([]string{o.Code, o.Class}, values...), N: int(at[joined(values)])})
		})
	}
	return out, nil
}

func joined(values []string) string {
	s := ""
	for _, v := range values {
		s += v + "\x00"
	}
	return s
}

// each goes through every combination of one of each list.
func each(lists [][]string, do func(values []string)) {
	values := make([]string, len(lists))
	var from func(i int)
	from = func(i int) {
		if i == len(lists) {
			do(slices.Clone(values))
			return
		}
		for _, v := range lists[i] {
			values[i] = v
			from(i + 1)
		}
	}
	from(0)
}

// groupsOf lists the groups of a background in what was published, those who did not tell last.
func groupsOf(r *disclosure.Result, background string) []string {
	list := slices.Clone(r.Categories[background])
	slices.SortStableFunc(list, func(a, b string) int {
		switch {
		case a == Unknown && b != Unknown:
			return 1
		case b == Unknown && a != Unknown:
			return -1
		}
		return 0
	})
	return list
}

// crossed lists the backgrounds that a publication has tables of.
func crossed(r *disclosure.Result) []string {
	in := map[string]bool{}
	for _, t := range r.Tables {
		if len(t) == 2 {
			in[t[1]] = true
		}
	}
	return slices.SortedFunc(maps.Keys(in), func(a, b string) int {
		return slices.Index(Backgrounds[:], a) - slices.Index(Backgrounds[:], b)
	})
}
