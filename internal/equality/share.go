package equality

import (
	"maps"
	"slices"

	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// Share is how many of a group have an outcome, made of figures that are shown.
type Share struct {
	Code string // of the group
	// Shown tells whether all figures that are needed are shown. Count is empty where they are not.
	Shown bool
	Count stats.Count
	// Enough tells whether the group is large enough for a share of it to be told.
	Enough   bool
	Rate     float64
	Interval stats.Interval // Wilson
	// All are those of the group, also those of whom the outcome is not known; AllShown tells whether their figure is shown.
	All      int64
	AllShown bool
}

// Known is the share of the group of whom the outcome is known; ok is false where a figure that is needed is hidden, or where they are too few.
func (s Share) Known() (share float64, ok bool) {
	if !s.Enough || !s.AllShown || s.All < s.Count.N || s.All == 0 {
		return 0, false
	}
	return float64(s.Count.N) / float64(s.All), true
}

// place is a cell: a category of each variable that is named.
type place map[string]string

func (p place) and(variable, code string) place {
	q := maps.Clone(p)
	q[variable] = code
	return q
}

// share reads the figures of a group. Those of whom the outcome is not known are taken away; where their figure is hidden, those of whom it is known are
// added up instead, which takes all of them to be shown.
func share(r *disclosure.Result, at place, o Outcome, code string) Share {
	s := Share{Code: code}
	n, shown := known(r, at, o.Variable)
	if !shown {
		return s
	}
	k := 0
	for _, e := range o.Events {
		if !slices.Contains(r.Categories[o.Variable], e) {
			continue // nobody at all
		}
		x, shown := r.Find(at.and(o.Variable, e)).Count()
		if !shown {
			return s
		}
		k += x
	}
	if k > n || n > stats.MaxCount { // rounded figures need not add up
		return s
	}
	if all, shown := r.Find(at).Count(); shown {
		s.All, s.AllShown = int64(all), true
	}
	return s.of(int64(k), int64(n), r.Denominator)
}

// of fills in a share of counts that are shown.
func (s Share) of(k, n int64, denominator int) Share {
	s.Shown, s.Count = true, stats.Count{K: k, N: n}
	if n == 0 || n < int64(denominator) {
		return s
	}
	interval, err := stats.Wilson(s.Count, Confidence)
	if err != nil {
		return s
	}
	s.Enough, s.Rate, s.Interval = true, s.Count.Rate(), interval
	return s
}

// known is how many there are of whom the variable is known.
func known(r *disclosure.Result, at place, variable string) (int, bool) {
	all, shown := r.Find(at).Count()
	if shown && !slices.Contains(r.Categories[variable], Unknown) {
		return all, true
	}
	if not, there := r.Find(at.and(variable, Unknown)).Count(); shown && there {
		return all - not, not <= all
	}
	sum := 0
	for _, c := range r.Categories[variable] {
		if c == Unknown {
			continue
		}
		n, shown := r.Find(at.and(variable, c)).Count()
		if !shown {
			return 0, false
		}
		sum += n
	}
	return sum, true
}
