package equality

import (
	"math"
	"slices"

	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// Verdict is what can be said of a comparison.
type Verdict string

const (
	TooSmall   Verdict = "too_small"  // a figure that is needed is hidden, or too few are counted
	TooLittle  Verdict = "too_little" // chance explains what is seen, and would hide a difference that matters
	Alike      Verdict = "alike"      // any difference is smaller than what matters
	Chance     Verdict = "chance"     // stands out alone, and not among as many comparisons as were made
	Difference Verdict = "difference" // to look into
)

// Estimate is a difference between the group and its reference, and how it came about.
type Estimate struct {
	Difference stats.Estimate // of shares
	Ratio      stats.Estimate // of shares
	P          float64        // that chance alone gives as much
	Q          float64        // P with regard to how many comparisons were made
}

// Within is a comparison within the categories of a variable, so that those are compared who are alike in it.
type Within struct {
	Variable string
	Strata   []Pair // those with people in both groups whose figures are shown
	Hidden   int    // categories that are too small to be in
	Covered  float64
	OK       bool // two strata or more
	Estimate
	Odds stats.Estimate
	// Uneven tells that the strata differ more from each other than chance explains, so that what they have in common says little.
	Uneven bool
	// Turns tells that the difference has another sign than when all are taken together.
	Turns bool
}

// Pair is a group beside its reference.
type Pair struct {
	Code             string // of the stratum
	Group, Reference Share
}

// Needed is how many in each group would be needed to tell.
type Needed struct {
	Least    int64 // in the smaller group now
	Margin   int64 // for a difference of Margin
	Observed int64 // for one as large as is seen; 0 where that is next to nothing
}

// Finding is a comparison with its figures.
type Finding struct {
	Comparison
	Verdict Verdict
	All     Pair // everybody
	Crude   Estimate
	Within  []Within
	Needed  Needed
	// Periods are the shares period by period, the earliest first.
	Periods  []Pair
	Crossing *Crossing
}

// Report is everything that was compared at once.
type Report struct {
	Findings []Finding
	Offers   []Offer
	Spreads  []Scatter
	Declared int // comparisons that were declared, also those that cannot be shown
	Own      int // of them, by the association itself
	Tests    int // how many estimates were tested
	// Threshold is the largest of the thresholds of the figures.
	Threshold int
}

// Examine makes every comparison from what was published of each source: those made for everybody and those that the association declared itself.
// Sources without figures are left out.
func Examine(of map[Source]*disclosure.Result, own ...Comparison) Report {
	r := examineAll(of, slices.Concat(Comparisons[:], own), Spreads[:])
	r.Own = len(own)
	return r
}

func examineAll(of map[Source]*disclosure.Result, comparisons []Comparison, spreads []Spread) Report {
	r := Report{Declared: len(comparisons)}
	for _, c := range comparisons {
		if x := of[c.Source]; x != nil {
			r.Findings = append(r.Findings, examine(x, c))
			r.Threshold = max(r.Threshold, x.Threshold)
		}
	}
	var p []float64
	var to []*Estimate
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Verdict == TooSmall {
			continue
		}
		to = append(to, &f.Crude)
		for j := range f.Within {
			if f.Within[j].OK {
				to = append(to, &f.Within[j].Estimate)
			}
		}
	}
	for _, e := range to {
		p = append(p, e.P)
	}
	r.Tests = len(p)
	if q, err := stats.BenjaminiHochberg(p); err == nil {
		for i, e := range to {
			e.Q = q[i]
		}
	}
	for i := range r.Findings {
		r.Findings[i].judge()
	}
	if x := of[Began]; x != nil {
		r.Offers = offers(x)
		r.Threshold = max(r.Threshold, x.Threshold)
	}
	for _, s := range spreads {
		if x := of[s.Source]; x != nil {
			r.Spreads = append(r.Spreads, scatter(x, s))
			r.Threshold = max(r.Threshold, x.Threshold)
		}
	}
	return r
}

// Finding finds that of a comparison.
func (r Report) Finding(code string) (Finding, bool) {
	i := slices.IndexFunc(r.Findings, func(f Finding) bool { return f.Code == code })
	if i < 0 {
		return Finding{}, false
	}
	return r.Findings[i], true
}

// Scatter finds that of a spread.
func (r Report) Scatter(code string) (Scatter, bool) {
	i := slices.IndexFunc(r.Spreads, func(f Scatter) bool { return f.Code == code })
	if i < 0 {
		return Scatter{}, false
	}
	return r.Spreads[i], true
}

func pair(x *disclosure.Result, c Comparison, at place, code string) Pair {
	return Pair{code, share(x, at.and(c.Variable, c.Group), c.Outcome, c.Group), share(x, at.and(c.Variable, c.Reference), c.Outcome, c.Reference)}
}

func (p Pair) shown() bool { return p.Group.Shown && p.Reference.Shown }
func (p Pair) stratum() stats.Stratum {
	return stats.Stratum{Group: p.Group.Count, Reference: p.Reference.Count}
}

func examine(x *disclosure.Result, c Comparison) Finding {
	f := Finding{Comparison: c, Verdict: TooSmall, All: pair(x, c, place{}, disclosure.Total)}
	for _, b := range x.Categories[Period] {
		if p := pair(x, c, place{Period: b}, b); p.shown() {
			f.Periods = append(f.Periods, p)
		}
	}
	if !f.All.Group.Enough || !f.All.Reference.Enough {
		return f
	}
	difference, err := stats.Newcombe(f.All.Group.Count, f.All.Reference.Count, Confidence)
	if err != nil {
		return f
	}
	ratio, err := stats.RiskRatio(f.All.Group.Count, f.All.Reference.Count, Confidence)
	if err != nil {
		return f
	}
	test, _, err := stats.CochranMantelHaenszel([]stats.Stratum{f.All.stratum()})
	if err != nil {
		return f
	}
	f.Verdict, f.Crude = TooLittle, Estimate{Difference: difference, Ratio: ratio, P: test.P}
	for _, v := range c.Strata {
		f.Within = append(f.Within, within(x, c, f, v))
	}
	f.Needed = needed(f.All.Group, f.All.Reference)
	if len(c.Crossed) == 2 {
		f.Crossing = cross(x, c)
	}
	return f
}

// within compares within the categories of a variable, by Mantel and Haenszel. Only strata whose figures are all shown are in.
func within(x *disclosure.Result, c Comparison, f Finding, variable string) Within {
	w := Within{Variable: variable}
	var strata []stats.Stratum
	people := int64(0)
	for _, code := range x.Categories[variable] {
		if code == Unknown {
			continue
		}
		p := pair(x, c, place{variable: code}, code)
		if p.shown() && p.Group.Count.N+p.Reference.Count.N == 0 {
			continue // nobody of whom the outcome is known
		}
		if !p.shown() || p.Group.Count.N == 0 || p.Reference.Count.N == 0 {
			w.Hidden++
			continue
		}
		w.Strata, strata = append(w.Strata, p), append(strata, p.stratum())
		people += p.Group.Count.N + p.Reference.Count.N
	}
	if all := f.All.Group.Count.N + f.All.Reference.Count.N; all > 0 {
		w.Covered = math.Min(float64(people)/float64(all), 1)
	}
	if len(strata) < 2 {
		return w
	}
	m, err := stats.MantelHaenszel(strata, Confidence)
	if err != nil {
		return w
	}
	test, _, err := stats.CochranMantelHaenszel(strata)
	if err != nil {
		return w
	}
	w.OK, w.Estimate, w.Odds = true, Estimate{Difference: m.RiskDifference, Ratio: m.RiskRatio, P: test.P}, m.OddsRatio
	if h, err := stats.Homogeneous(strata); err == nil {
		w.Uneven = h.Tarone.P < Level
	}
	w.Turns = math.Round(100*f.Crude.Difference.Value)*math.Round(100*w.Difference.Value) < 0 // a difference of less than one in a hundred has no sign to speak of
	return w
}

// judge says what can be said, when it is known how many comparisons were made.
func (f *Finding) judge() {
	if f.Verdict == TooSmall {
		return
	}
	all := []Estimate{f.Crude}
	for _, w := range f.Within {
		if w.OK {
			all = append(all, w.Estimate)
		}
	}
	f.Verdict = Alike
	for _, e := range all {
		switch {
		case e.Q <= Level:
			f.Verdict = Difference
			return
		case e.P <= Level:
			f.Verdict = Chance
		case f.Verdict == Alike && (e.Difference.Low < -Margin || e.Difference.High > Margin):
			f.Verdict = TooLittle
		}
	}
}

func needed(group, reference Share) Needed {
	n := Needed{Least: min(group.Count.N, reference.Count.N)}
	other := reference.Rate + Margin
	if other > 1 || group.Rate < reference.Rate && reference.Rate >= Margin {
		other = reference.Rate - Margin
	}
	if x, err := stats.PeopleNeeded(other, reference.Rate, Confidence, Power); err == nil && x < stats.MaxCount {
		n.Margin = int64(math.Ceil(x))
	}
	if math.Abs(group.Rate-reference.Rate) >= 0.01 {
		if x, err := stats.PeopleNeeded(group.Rate, reference.Rate, Confidence, Power); err == nil && x < stats.MaxCount {
			n.Observed = int64(math.Ceil(x))
		}
	}
	return n
}
