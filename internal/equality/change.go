package equality

import "samklang/internal/disclosure"

// Change is how the figures of a case were when it was taken on, and what has been counted since.
type Change struct {
	Through string // the last period before
	Until   string // the last period after
	Rows    []Changed
	Told    int // of how many rows both can be told
}

// Changed is one group, place or initiative before and after. Its Code is [disclosure.Total] for everybody.
type Changed struct {
	Variable, Code string
	Before, After  Share
}

// Told tells whether both can be told.
func (c Changed) Told() bool { return c.Before.Enough && c.After.Enough }

// changed compares what was published first with what has come since. Both are shown, so that what lies between them is too.
func changed(q question, then, now *Published) Change {
	x := Change{Through: then.Through, Until: now.Through}
	row := func(at place, o Outcome, variable, code string) {
		before, all := share(then.Result, at, o, code), share(now.Result, at, o, code)
		after := Share{Code: code}
		if k, n := all.Count.K-before.Count.K, all.Count.N-before.Count.N; all.Shown && before.Shown && k >= 0 && n >= k {
			after = after.of(k, n, now.Result.Denominator)
		}
		x.Rows = append(x.Rows, Changed{variable, code, before, after})
	}
	if c := q.comparison; c != nil {
		row(place{c.Variable: c.Group}, c.Outcome, c.Variable, c.Group)
		row(place{c.Variable: c.Reference}, c.Outcome, c.Variable, c.Reference)
	} else if s := q.spread; s != nil {
		row(place{}, s.Outcome, s.Units, disclosure.Total)
		for _, code := range scatter(then.Result, *s).Outside() {
			row(place{s.Units: code}, s.Outcome, s.Units, code)
		}
	}
	for _, r := range x.Rows {
		if r.Told() {
			x.Told++
		}
	}
	return x
}
