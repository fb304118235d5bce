package equality

import (
	"math"
	"slices"

	"samklang/internal/disclosure"
	"samklang/internal/platform/i18n"
	"samklang/internal/stats"
)

// Names gives a word to what has a name of its own: initiatives and municipalities, by variable and code.
type Names map[string]map[string]string

// Words tells findings in words. What is told is made of what a Finding holds, and so of figures that are shown.
type Words struct {
	i18n.Printer
	Names Names
	Own   []Comparison // that the association declared itself
}

// Code is the word for a category: "kvinnor", "under 30 år", "Vägen in".
func (w Words) Code(variable, code string) string {
	if code == disclosure.Total {
		return w.T("equality.all")
	}
	if n := w.Names[variable][code]; n != "" {
		return n
	}
	if key := "equality.code." + variable + "." + code; w.Has(key) {
		return w.T(key)
	}
	return code
}

// Group is the word for those who are compared: "kvinnor", "boende i Tallvikens kommun".
func (w Words) Group(variable, code string) string {
	if key := "equality.people." + variable; w.Has(key) && code != disclosure.Total {
		return w.T(key, "name", w.Code(variable, code))
	}
	return w.Code(variable, code)
}

// Outcome is the word for what is looked at: "arbete eller studier".
func (w Words) Outcome(o Outcome) string {
	if key := "equality.outcome." + o.Variable; w.Has(key) {
		return w.T(key, "name", w.Code(o.Variable, o.Events[0]))
	}
	return w.T("equality.outcome." + o.Variable + "." + o.Events[0])
}

// of finds a comparison that the association declared itself.
func (w Words) of(code string) (Comparison, bool) {
	i := slices.IndexFunc(w.Own, func(c Comparison) bool { return c.Code == code })
	if i < 0 {
		return Comparison{}, false
	}
	return w.Own[i], true
}

// Hundred is a share as people of a hundred. Shares next to none and next to all are not rounded away.
func (w Words) Hundred(share float64) string {
	switch n := math.Round(100 * share); {
	case n == 0 && share > 0:
		return w.T("equality.under_one")
	case n == 100 && share < 1:
		return w.T("equality.over_99")
	default:
		return w.Number(int64(n))
	}
}

// Span is an interval of shares: "24 till 39 av 100".
func (w Words) Span(i stats.Interval) string {
	return w.T("equality.span", "low", w.Hundred(i.Low), "high", w.Hundred(i.High))
}

// More is a difference of shares in people of a hundred: "14 färre", "3 fler", "lika många".
func (w Words) More(d float64) string {
	n := int64(math.Round(100 * d))
	switch {
	case n > 0:
		return w.T("equality.more", "n", n)
	case n < 0:
		return w.T("equality.fewer", "n", -n)
	}
	return w.T("equality.as_many")
}

// Between is a difference with its interval: "14 färre (mellan 22 färre och 6 färre)".
func (w Words) Between(e stats.Estimate) string {
	return w.T("equality.between", "value", w.More(e.Value), "low", w.More(e.Low), "high", w.More(e.High))
}

// Title is the question of a comparison.
func (w Words) Title(code string) string {
	if c, ok := w.of(code); ok {
		return w.T("equality.title.own", "outcome", i18n.Upper(w.Outcome(c.Outcome)), "group", w.Group(c.Variable, c.Group), "reference", w.Group(c.Variable, c.Reference))
	}
	if key := "equality.title." + code; w.Has(key) {
		return w.T(key)
	}
	return code
}

// What says who is counted.
func (w Words) What(code string) string {
	if c, ok := w.of(code); ok {
		return w.T("equality.what.own." + string(c.Source))
	}
	return w.T("equality.what." + code)
}

// Headline is what a comparison comes to, in one short sentence.
func (w Words) Headline(f Finding) string {
	return w.T("equality.verdict."+string(f.Verdict), "group", w.Code(f.Variable, f.Group), "reference", w.Code(f.Variable, f.Reference))
}

// Rates tells both shares in natural frequencies: "Av 100 kvinnor fick 31 …, av 100 män 45."
func (w Words) Rates(f Finding) string {
	if f.Verdict == TooSmall {
		return w.T("equality.rates_hidden")
	}
	key := "equality.rates." + f.Code
	if f.Own() {
		key = "equality.rates.own"
	}
	return w.T(key, "outcome", i18n.Upper(w.Outcome(f.Outcome)), "group", w.Group(f.Variable, f.Group), "reference", w.Group(f.Variable, f.Reference),
		"a", w.Hundred(f.All.Group.Rate), "b", w.Hundred(f.All.Reference.Rate))
}

// Crude tells the difference when all are taken together.
func (w Words) Crude(f Finding) string {
	if f.Verdict == TooSmall {
		return ""
	}
	return w.T("equality.crude", "group", w.Group(f.Variable, f.Group), "difference", w.Between(f.Crude.Difference))
}

// Adjusted tells the difference within the categories of a variable.
func (w Words) Adjusted(f Finding, x Within) string {
	if !x.OK {
		return w.T("equality.adjusted_hidden", "within", w.T("equality.within."+x.Variable))
	}
	return w.T("equality.adjusted", "within", w.T("equality.within."+x.Variable), "group", w.Group(f.Variable, f.Group), "difference", w.Between(x.Difference))
}

// Turn tells that the sign turns, "" where it does not.
func (w Words) Turn(f Finding, x Within) string {
	if !x.OK || !x.Turns {
		return ""
	}
	return w.T("equality.turns", "within", w.T("equality.within."+x.Variable), "group", w.Group(f.Variable, f.Group), "all", w.More(f.Crude.Difference.Value), "alike", w.More(x.Difference.Value))
}

// Covered tells how much of all the strata hold that could be compared, "" when nothing is left out.
func (w Words) Covered(x Within) string {
	if x.Hidden == 0 || !x.OK {
		return ""
	}
	return w.T("equality.covered", "n", x.Hidden, "percent", w.Percent(x.Covered), "variable", w.T("equality.variable."+x.Variable))
}

// Needs tells what would be needed where there is too little to tell, "" where there is not.
func (w Words) Needs(f Finding) string {
	if f.Verdict != TooLittle && f.Verdict != Chance || f.Needed.Margin == 0 {
		return ""
	}
	s := w.T("equality.needs", "n", f.Needed.Margin, "least", f.Needed.Least)
	if f.Needed.Observed > f.Needed.Least {
		s += " " + w.T("equality.needs_observed", "n", f.Needed.Observed)
	}
	return s
}

// Tests tells how many comparisons were made at once.
func (w Words) Tests(r Report) string {
	if r.Tests == 0 {
		return w.T("equality.tests_none")
	}
	return w.T("equality.tests", "n", r.Tests)
}

// Declared tells how many comparisons were declared before the figures were seen.
func (w Words) Declared(r Report) string {
	s := w.T("equality.declared", "n", r.Declared)
	if r.Own > 0 {
		s += " " + w.T("equality.declared_own", "n", r.Own)
	}
	return s
}

// Scattered is what a spread comes to.
func (w Words) Scattered(s Scatter) string {
	if !s.OK() {
		return w.T("equality.scatter_hidden", "least", LeastUnits, "units", w.T("equality.units."+s.Units))
	}
	var names []string
	for _, code := range s.Outside() {
		names = append(names, w.Code(s.Units, code))
	}
	if len(names) == 0 {
		return w.T("equality.scatter_alike", "units", w.T("equality.units."+s.Units))
	}
	return w.T("equality.scatter_outside", "n", len(names), "names", w.List(names))
}

// Whole tells the share of the whole of a spread.
func (w Words) Whole(s Scatter) string {
	if !s.Whole.Enough {
		return ""
	}
	return w.T("equality.whole."+s.Code, "a", w.Hundred(s.Whole.Rate))
}

// Left tells how many units are too small, "" when none is.
func (w Words) Left(s Scatter) string {
	if s.Hidden == 0 {
		return ""
	}
	return w.T("equality.scatter_left", "n", s.Hidden)
}

// Account is the whole of a finding in sentences, as a release freezes it.
func (w Words) Account(f Finding) []string {
	list := []string{w.Headline(f) + ".", w.Rates(f), w.Coverage(f), w.Crude(f)}
	for _, x := range f.Within {
		list = append(list, w.Adjusted(f, x), w.Turn(f, x), w.Covered(x))
	}
	list = append(list, w.Needs(f))
	out := list[:0]
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	return out
}

// Crossed tells what the combinations of two groups come to: whether they differ beyond chance, and how much of it each group explains on its own.
func (w Words) Crossed(x *Crossing) []string {
	list := []string{w.T("equality.crossed_drawn")}
	if x.Varies {
		list = append(list, w.T("equality.crossed_additive", "percent", w.Percent(x.Additive), "rest", w.Percent(1-x.Additive)))
	} else {
		list = append(list, w.T("equality.crossed_alike"))
	}
	if x.Hidden > 0 {
		list = append(list, w.T("equality.crossed_hidden", "n", x.Hidden))
	}
	return list
}
