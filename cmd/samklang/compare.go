package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"samklang/internal/disclosure"
	"samklang/internal/stats"
)

// confidence is that of every interval that compare prints.
const confidence = 0.95

type comparison struct {
	Cells     string   `type:"existingfile" placeholder:"FILE" required:"" help:"CSV file with one column per variable and the column n with counts."`
	Group     string   `placeholder:"VARIABLE" required:"" help:"Variable whose groups are compared."`
	Reference string   `placeholder:"CATEGORY" required:"" help:"Group that the others are compared with."`
	Outcome   string   `placeholder:"VARIABLE=CATEGORY" required:"" help:"What is compared: the share that has this category."`
	Strata    []string `placeholder:"VARIABLE" help:"Variables within whose combinations groups are compared as well. Choose them beforehand, and none that is itself a result of how people were treated."`
	JSON      bool     `name:"json" help:"Print JSON."`
}

// figure is a number that is null in JSON when it is not defined or has no end.
type figure float64

func (f figure) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(f)) || math.IsInf(float64(f), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(f))
}

var undefined = figure(math.NaN())

type estimated struct {
	Estimate figure `json:"estimate"`
	Low      figure `json:"low"`
	High     figure `json:"high"`
}

type groupCounted struct {
	Group  string    `json:"group"`
	N      int64     `json:"n"`
	Events int64     `json:"events"`
	Rate   estimated `json:"rate"`
}

type measures struct {
	Difference estimated `json:"rd"`
	Ratio      estimated `json:"rr"`
	Odds       estimated `json:"or"`
}

type adjustedMeasures struct {
	Method string `json:"method"`
	measures
	CMH struct {
		Chi2          figure `json:"chi2"`
		Chi2Corrected figure `json:"chi2_corrected"`
		P             figure `json:"p"`
		PCorrected    figure `json:"p_corrected"`
	} `json:"cmh"`
}

type tested struct {
	Chi2 figure `json:"chi2"`
	DF   int    `json:"df"`
	P    figure `json:"p"`
}

type homogeneity struct {
	Woolf      tested `json:"woolf"`
	BreslowDay tested `json:"breslow_day"`
	Tarone     tested `json:"tarone"`
}

// compared is a group against the reference.
type compared struct {
	Crude       measures         `json:"crude"`
	Adjusted    adjustedMeasures `json:"adjusted"`
	Homogeneity homogeneity      `json:"homogeneity"`
}

// comparedGroup is one of several.
type comparedGroup struct {
	Group string `json:"group"`
	compared
	P         figure `json:"p"`          // of the test of Cochran, Mantel and Haenszel
	PAdjusted figure `json:"p_adjusted"` // for how many groups are compared, by Benjamini and Hochberg
}

// made tells that there was somebody to compare.
func (g comparedGroup) made() bool { return !math.IsNaN(float64(g.Crude.Difference.Estimate)) }

// compareResult is what compare prints. Crude, adjusted and homogeneity at the top are those of the first group that is not the reference and has somebody in
// it, the only one as a rule; with several, all are listed by group. Comparisons is how many were made, which is for how many p is adjusted.
type compareResult struct {
	Groups []groupCounted `json:"groups"` // the reference first, then the others by name
	compared
	Comparisons int             `json:"comparisons"`
	ByGroup     []comparedGroup `json:"by_group,omitempty"`
	Warnings    []string        `json:"warnings"`
}

func (r *compareResult) warn(format string, args ...any) {
	r.Warnings = append(r.Warnings, fmt.Sprintf(format, args...))
}

// Run compares and prints.
func (c *comparison) Run(_ context.Context, t terminal) error {
	f, err := os.Open(c.Cells)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	cells, err := disclosure.ReadCells(f)
	if err != nil {
		return err
	}
	r, err := c.compare(cells)
	if err != nil {
		return err
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(r); err != nil {
			return err
		}
		fmt.Fprintln(t.messages, rawCounts)
		return nil
	}
	return c.print(t.out, r)
}

const rawCounts = `This is computed from raw counts and can point somebody out. It is for those who are entitled to the counts; publish only what "samklang protect" lets through.`

// counted is what the cells come to: people and events of each group, in all and in each stratum.
type counted struct {
	groups []string // the reference first
	total  map[string]stats.Count
	strata []map[string]stats.Count
}

// count adds up the cells by group and stratum, and says what is wrong with the names on the command line.
func (c *comparison) count(cells disclosure.Cells) (counted, error) {
	variable := func(flag, name string) (int, error) {
		i := slices.Index(cells.Variables, name)
		if i < 0 {
			return 0, fmt.Errorf("--%s: the cells have no variable %q; they have %s", flag, name, strings.Join(cells.Variables, ", "))
		}
		return i, nil
	}
	group, err := variable("group", c.Group)
	if err != nil {
		return counted{}, err
	}
	name, category, ok := strings.Cut(c.Outcome, "=")
	if !ok || category == "" {
		return counted{}, fmt.Errorf("--outcome: %q is not of the form VARIABLE=CATEGORY", c.Outcome)
	}
	outcome, err := variable("outcome", name)
	if err != nil {
		return counted{}, err
	}
	if outcome == group {
		return counted{}, fmt.Errorf("--outcome: %q is the variable of the groups", name)
	}
	var strata []int
	for _, s := range c.Strata {
		i, err := variable("strata", s)
		if err != nil {
			return counted{}, err
		}
		if i == group || i == outcome || slices.Contains(strata, i) {
			return counted{}, fmt.Errorf("--strata: %q has another part in the comparison already", s)
		}
		strata = append(strata, i)
	}

	out := counted{total: map[string]stats.Count{}}
	places := map[string]map[string]stats.Count{}
	happened := false
	for _, row := range cells.Rows {
		var add stats.Count
		if add.N = int64(row.N); row.Values[outcome] == category {
			add.K, happened = add.N, true
		}
		var key strings.Builder
		for _, i := range strata {
			fmt.Fprintf(&key, "%q", row.Values[i])
		}
		place, ok := places[key.String()]
		if !ok {
			place = map[string]stats.Count{}
			places[key.String()] = place
		}
		for _, to := range []map[string]stats.Count{place, out.total} {
			before := to[row.Values[group]]
			to[row.Values[group]] = stats.Count{K: before.K + add.K, N: before.N + add.N}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(places)) { // in an order that is not that of the rows
		out.strata = append(out.strata, places[key])
	}
	if _, ok := out.total[c.Reference]; !ok {
		return counted{}, fmt.Errorf("--reference: %s has no category %q; it has %s", c.Group, c.Reference, listed(cells, group))
	}
	if !happened {
		return counted{}, fmt.Errorf("--outcome: %s has no category %q; it has %s", name, category, listed(cells, outcome))
	}
	for g, n := range out.total {
		if n.N > stats.MaxCount {
			return counted{}, fmt.Errorf("%s has %d people; at most %d can be compared", g, n.N, stats.MaxCount)
		}
		if g != c.Reference {
			out.groups = append(out.groups, g)
		}
	}
	if len(out.groups) == 0 {
		return counted{}, fmt.Errorf("--group: %s has no other category than %q", c.Group, c.Reference)
	}
	slices.Sort(out.groups)
	out.groups = slices.Insert(out.groups, 0, c.Reference)
	return out, nil
}

// listed names the categories of a variable, the first twenty when there are many.
func listed(cells disclosure.Cells, variable int) string {
	var names []string
	for _, row := range cells.Rows {
		names = append(names, row.Values[variable])
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) > 20 {
		return strings.Join(names[:20], ", ") + fmt.Sprintf(" and %d more", len(names)-20)
	}
	return strings.Join(names, ", ")
}

func (c *comparison) compare(cells disclosure.Cells) (*compareResult, error) {
	counts, err := c.count(cells)
	if err != nil {
		return nil, err
	}
	r := &compareResult{Warnings: []string{}}
	for _, g := range counts.groups {
		n := counts.total[g]
		rate, err := stats.Wilson(n, confidence)
		if errors.Is(err, stats.ErrEmpty) {
			rate = stats.Interval{Low: math.NaN(), High: math.NaN()}
		} else if err != nil {
			return nil, err
		}
		r.Groups = append(r.Groups, groupCounted{g, n.N, n.K, estimated{figure(n.Rate()), figure(rate.Low), figure(rate.High)}})
		switch {
		case n.N == 0:
			r.warn("Nobody is counted in %s.", g)
		case n.K == 0:
			r.warn("Nobody of the %d in %s has %s.", n.N, g, c.Outcome)
		case n.K == n.N:
			r.warn("Everybody of the %d in %s has %s.", n.N, g, c.Outcome)
		}
	}
	if len(c.Strata) == 0 {
		r.warn("No strata are given: what is called adjusted is everybody as one stratum, and takes account of nothing.")
	}
	var all []comparedGroup
	var p []float64
	for _, g := range counts.groups[1:] {
		one, err := c.against(r, counts, g)
		if err != nil {
			return nil, err
		}
		if !math.IsNaN(float64(one.P)) {
			p = append(p, float64(one.P))
		}
		all = append(all, one)
	}
	adjusted, err := stats.BenjaminiHochberg(p)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].PAdjusted = undefined; !math.IsNaN(float64(all[i].P)) {
			all[i].PAdjusted, adjusted = figure(adjusted[0]), adjusted[1:]
		}
	}
	first := max(slices.IndexFunc(all, comparedGroup.made), 0)
	r.compared = all[first].compared
	for _, one := range all {
		if one.made() {
			r.Comparisons++
		}
	}
	if len(all) > 1 {
		r.ByGroup = all
	}
	return r, nil
}

// against compares a group with the reference.
func (c *comparison) against(r *compareResult, counts counted, group string) (comparedGroup, error) {
	out := comparedGroup{Group: group, P: undefined}
	out.Adjusted.Method = "mantel-haenszel"
	nothing := estimated{undefined, undefined, undefined}
	out.Crude = measures{nothing, nothing, nothing}
	out.Adjusted.measures = out.Crude
	out.Adjusted.CMH.Chi2, out.Adjusted.CMH.Chi2Corrected, out.Adjusted.CMH.P, out.Adjusted.CMH.PCorrected = undefined, undefined, undefined, undefined
	untested := tested{undefined, 0, undefined}
	out.Homogeneity = homogeneity{untested, untested, untested}
	versus := group + " against " + c.Reference

	a, b := counts.total[group], counts.total[c.Reference]
	rd, err := stats.Newcombe(a, b, confidence)
	if errors.Is(err, stats.ErrEmpty) {
		r.warn("%s: nothing can be compared, as nobody is counted in one of them.", versus)
		return out, nil
	}
	rr, err2 := stats.RiskRatio(a, b, confidence)
	or, err3 := stats.OddsRatio(a, b, confidence)
	if err := errors.Join(err, err2, err3); err != nil {
		return out, err
	}
	out.Crude = measures{r.estimate(versus+", crude difference", rd), r.estimate(versus+", crude ratio", rr), r.estimate(versus+", crude ratio of odds", or)}

	strata := make([]stats.Stratum, 0, len(counts.strata))
	apart, without := 0, int64(0)
	for _, s := range counts.strata {
		x := stats.Stratum{Group: s[group], Reference: s[c.Reference]}
		strata = append(strata, x)
		if n := x.Group.N + x.Reference.N; n > 0 && (x.Group.N == 0 || x.Reference.N == 0) {
			apart, without = apart+1, without+n
		}
	}
	if apart > 0 {
		r.warn("%s: %d strata with %d of %d people have only one of the two and count for nothing in what is adjusted.", versus, apart, without, a.N+b.N)
	}
	adjusted, err := stats.MantelHaenszel(strata, confidence)
	if errors.Is(err, stats.ErrEmpty) {
		r.warn("%s: no stratum has people of both, so nothing is adjusted.", versus)
		return out, nil
	}
	plain, corrected, err2 := stats.CochranMantelHaenszel(strata)
	same, err3 := stats.Homogeneous(strata)
	enough, err4 := stats.MantelFleiss(strata)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return out, err
	}
	out.Adjusted.measures = measures{r.estimate(versus+", adjusted difference", adjusted.RiskDifference), r.estimate(versus+", adjusted ratio", adjusted.RiskRatio), r.estimate(versus+", adjusted ratio of odds", adjusted.OddsRatio)}
	out.Adjusted.CMH.Chi2, out.Adjusted.CMH.P = figure(plain.Chi2), figure(plain.P)
	out.Adjusted.CMH.Chi2Corrected, out.Adjusted.CMH.PCorrected = figure(corrected.Chi2), figure(corrected.P)
	out.P = figure(plain.P)
	homogeneous := func(t stats.Test) tested {
		if t.DF == 0 {
			return untested
		}
		return tested{figure(t.Chi2), t.DF, figure(t.P)}
	}
	out.Homogeneity = homogeneity{homogeneous(same.Woolf), homogeneous(same.BreslowDay), homogeneous(same.Tarone)}
	if same.Woolf.DF == 0 && len(c.Strata) > 0 {
		r.warn("%s: fewer than two strata have both groups, events and others; whether strata are alike cannot be tested.", versus)
	}
	if enough < 5 {
		r.warn("%s: too little data to tell: the number of events could differ by only %.1f from what is expected; go by the intervals, not by p.", versus, enough)
	}
	if turned(rd.Value, adjusted.RiskDifference.Value) || turned(math.Log(or.Value), math.Log(adjusted.OddsRatio.Value)) {
		r.warn("%s: the sign turns: within strata the difference goes the other way than in all together (Simpson's paradox). Look at the strata one by one.", versus)
	}
	if same.Tarone.DF > 0 && same.Tarone.P < 0.05 {
		r.warn("%s: strata differ from each other (Tarone's p %s): one number for all of them hides that.", versus, chance(figure(same.Tarone.P)))
	}
	return out, nil
}

// turned tells that two differences have opposite signs.
func turned(a, b float64) bool { return a < 0 && b > 0 || a > 0 && b < 0 }

// estimate says why a figure is missing.
func (r *compareResult) estimate(what string, e stats.Estimate) estimated {
	switch {
	case math.IsNaN(e.Value):
		r.warn("%s: it is not defined, as there is nothing to divide by.", what)
	case math.IsInf(e.Value, 0):
		r.warn("%s: it has no end, as it is divided by nothing; only its lower limit says something.", what)
	case math.IsInf(e.High, 0):
		r.warn("%s: its interval has no upper limit.", what)
	}
	return estimated{figure(e.Value), figure(e.Low), figure(e.High)}
}

// print writes the result for people.
func (c *comparison) print(w io.Writer, r *compareResult) error {
	var b strings.Builder
	fmt.Fprintln(&b, rawCounts)
	fmt.Fprintf(&b, "\nShare with %s, by %s:\n", c.Outcome, c.Group)
	for i, g := range r.Groups {
		role := ""
		if i == 0 {
			role = " (reference)"
		}
		fmt.Fprintf(&b, "  %s%s: %d of %d, %s\n", g.Group, role, g.Events, g.N, g.Rate.as("%.1f %%", 100))
	}
	all := r.ByGroup
	if len(all) == 0 {
		all = []comparedGroup{{Group: r.Groups[1].Group, compared: r.compared, P: r.Adjusted.CMH.P, PAdjusted: r.Adjusted.CMH.P}}
	}
	for _, g := range all {
		fmt.Fprintf(&b, "\n%s against %s\n", g.Group, r.Groups[0].Group)
		within := "everybody as one stratum"
		if len(c.Strata) > 0 {
			within = "within strata of " + strings.Join(c.Strata, ", ")
		}
		for _, m := range []struct {
			name  string
			value measures
		}{{"crude", g.Crude}, {"adjusted, " + within + " (Mantel–Haenszel)", g.Adjusted.measures}} {
			fmt.Fprintf(&b, "  %s\n    difference in percentage points  %s\n    ratio of shares                  %s\n    ratio of odds                    %s\n",
				m.name, m.value.Difference.as("%+.1f", 100), m.value.Ratio.as("%.3f", 1), m.value.Odds.as("%.3f", 1))
		}
		cmh := g.Adjusted.CMH
		fmt.Fprintf(&b, "  difference at all (Cochran–Mantel–Haenszel): chi-square %s, p %s; corrected %s, p %s\n", cmh.Chi2.as("%.3f"), chance(cmh.P), cmh.Chi2Corrected.as("%.3f"), chance(cmh.PCorrected))
		if r.Comparisons > 1 {
			fmt.Fprintf(&b, "  p adjusted for %d comparisons (Benjamini–Hochberg): %s\n", r.Comparisons, chance(g.PAdjusted))
		}
		if len(c.Strata) == 0 {
			continue
		}
		h := g.Homogeneity
		fmt.Fprintf(&b, "  strata alike: Woolf %s; Breslow–Day %s; Tarone %s\n", h.Woolf.words(), h.BreslowDay.words(), h.Tarone.words())
	}
	fmt.Fprintf(&b, "\nComparisons: %d. Intervals: 95 %%; of shares Wilson's, of crude differences Newcombe's, of crude ratios by the score.\nA difference is something to look into; it does not say why.\n", r.Comparisons)
	for i, s := range r.Warnings {
		if i == 0 {
			fmt.Fprintln(&b, "\nNote:")
		}
		fmt.Fprintln(&b, "-", s)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (f figure) as(format string) string {
	switch {
	case math.IsInf(float64(f), 0):
		return "without end"
	case math.IsNaN(float64(f)):
		return "not defined"
	}
	return fmt.Sprintf(format, float64(f))
}

func (e estimated) as(format string, times figure) string {
	if math.IsNaN(float64(e.Low)) {
		return "not defined"
	}
	return fmt.Sprintf("%s (%s to %s)", (e.Estimate * times).as(format), (e.Low * times).as(format), (e.High * times).as(format))
}

func (t tested) words() string {
	if t.DF == 0 {
		return "not tested"
	}
	return fmt.Sprintf("chi-square %s (df %d), p %s", t.Chi2.as("%.3f"), t.DF, chance(t.P))
}

func chance(p figure) string {
	if p < 0.0001 {
		return "below 0.0001"
	}
	return p.as("%.4f")
}
