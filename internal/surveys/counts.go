package surveys

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"samklang/internal/disclosure"
)

// What those who answered may have told of themselves. The codes are stored; the last five are grounds of the Discrimination Act (2008:567) that nobody
// may be registered by.
const (
	Sex         = "sex"
	Age         = "age"
	Initiative  = "initiative"
	Identity    = "identity" // transgender identity or expression
	Ethnicity   = "ethnicity"
	Religion    = "religion"
	Disability  = "disability"
	Orientation = "orientation"
)

// Backgrounds lists them.
var Backgrounds = [...]string{Sex, Age, Initiative, Identity, Ethnicity, Religion, Disability, Orientation}

// Sensitive tells whether a background is a ground that people declare themselves.
func Sensitive(background string) bool {
	return slices.Contains([]string{Identity, Ethnicity, Religion, Disability, Orientation}, background)
}

// Unknown is the group of those who did not tell.
const Unknown = "unknown"

// Least is how many must have answered for anything to be told, and be in each group that is told of.
const Least = disclosure.SensitiveThreshold

// LeastShare is how many must be in a group for a share of it to be told.
const LeastShare = disclosure.DefaultDenominator

const (
	// MostInACell is the largest count that is taken.
	MostInACell = 100_000
	// maxGroups is how many groups a background may have.
	maxGroups = 12
	// maxInner is how many combinations of backgrounds one question may have; a questionnaire of six answers, sex, age in four bands and two grounds has 864.
	maxInner = 2_000
)

// Sums are the answers to one question by one sort of respondents in one round: everybody's, and by each background.
type Sums struct {
	All map[string]int64                       `json:"all"` // by code of the answer
	By  map[string]map[string]map[string]int64 `json:"by"`  // background, group, answer
}

func sum(m map[string]int64) (n int64) {
	for _, x := range m {
		n += x
	}
	return n
}

// N is how many answered.
func (s Sums) N() int64 { return sum(s.All) }

// over gives the sums with those of a later table laid over them: what it holds replaces what stood there, what it does not hold stays.
func (s Sums) over(old Sums) Sums {
	out := Sums{All: old.All, By: maps.Clone(old.By)}
	if s.All != nil {
		out.All = s.All
	}
	if out.By == nil {
		out.By = map[string]map[string]map[string]int64{}
	}
	maps.Copy(out.By, s.By)
	return out
}

// whole fills in what follows: everybody's answers from those of a background, and in each background those who did not tell. bad names the background
// that does not agree with the others, with the message that says how.
func (s Sums) whole() (out Sums, bad, why string) {
	out = Sums{All: s.All, By: map[string]map[string]map[string]int64{}}
	names := slices.Sorted(maps.Keys(s.By))
	for _, b := range names {
		all := map[string]int64{}
		for _, answers := range s.By[b] {
			for a, n := range answers {
				all[a] += n
			}
		}
		switch {
		case out.All == nil:
			out.All = all
		case s.All == nil && !maps.Equal(trimmed(out.All), trimmed(all)):
			return out, b, "surveys.table.no_totals"
		}
		groups := map[string]map[string]int64{}
		for g, answers := range s.By[b] {
			groups[g] = maps.Clone(answers)
		}
		for a, n := range all {
			if n > out.All[a] {
				return out, b, "surveys.table.more_than_all"
			}
		}
		for a, n := range out.All {
			if rest := n - all[a]; rest > 0 {
				if groups[Unknown] == nil {
					groups[Unknown] = map[string]int64{}
				}
				groups[Unknown][a] += rest
			}
		}
		if len(groups) > maxGroups {
			return out, b, "surveys.table.too_many_groups"
		}
		out.By[b] = groups
	}
	return out, "", ""
}

// within gives the answers on the scale of a question.
func (s Sums) within(w Wording) Sums {
	on := func(m map[string]int64) map[string]int64 {
		m = maps.Clone(m)
		maps.DeleteFunc(m, func(a string, _ int64) bool { return w.Of(a) == Outside || w.Of(a) == "" })
		return m
	}
	out := Sums{All: on(s.All), By: map[string]map[string]map[string]int64{}}
	for b, groups := range s.By {
		out.By[b] = map[string]map[string]int64{}
		for g, answers := range groups {
			out.By[b][g] = on(answers)
		}
	}
	return out
}

func trimmed(m map[string]int64) map[string]int64 {
	m = maps.Clone(m)
	maps.DeleteFunc(m, func(_ string, n int64) bool { return n == 0 })
	return m
}

// told lists the backgrounds that can be told of: at least two groups, and none of them small. The others are left out whole, since hiding one group of
// two shows the other by subtraction.
func (s Sums) told() (in, left []string) {
	for _, b := range slices.Sorted(maps.Keys(s.By)) {
		groups, small := 0, false
		for _, answers := range s.By[b] {
			if n := sum(answers); n > 0 {
				groups++
				small = small || n < Least
			}
		}
		if groups > 1 && !small {
			in = append(in, b)
		} else {
			left = append(left, b)
		}
	}
	return in, left
}

func (s Sums) json() (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func readSums(text string) (s Sums, err error) {
	return s, json.NewDecoder(strings.NewReader(text)).Decode(&s)
}
