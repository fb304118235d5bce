package stats_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"samklang/internal/stats"

	"pgregory.net/rapid"
)

var anyStratum = rapid.Custom(func(t *rapid.T) stats.Stratum {
	empty := rapid.IntRange(0, 9)
	s := stats.Stratum{Group: anyCount.Draw(t, "group"), Reference: anyCount.Draw(t, "reference")}
	if empty.Draw(t, "no group") == 0 {
		s.Group = stats.Count{}
	}
	if empty.Draw(t, "no reference") == 0 {
		s.Reference = stats.Count{}
	}
	return s
})

// same allows for sums in another order.
func same(t *rapid.T, what string, a, b float64) {
	t.Helper()
	if a == b || math.IsNaN(a) && math.IsNaN(b) || math.Abs(a-b) <= 1e-9*max(math.Abs(a), math.Abs(b)) || math.Abs(a-b) < 1e-12 {
		return
	}
	t.Fatalf("%s is %v and %v", what, a, b)
}

func sameEstimate(t *rapid.T, what string, a, b stats.Estimate) {
	t.Helper()
	same(t, what, a.Value, b.Value)
	same(t, what+", low", a.Low, b.Low)
	same(t, what+", high", a.High, b.High)
}

func inverse(e stats.Estimate) stats.Estimate {
	return stats.Estimate{Value: 1 / e.Value, Interval: stats.Interval{Low: 1 / e.High, High: 1 / e.Low}}
}

func negative(e stats.Estimate) stats.Estimate {
	return stats.Estimate{Value: -e.Value, Interval: stats.Interval{Low: -e.High, High: -e.Low}}
}

// Whatever is counted: strata in another order say the same, groups that change places turn the sign and the ratios, limits are ordered and hold their
// estimate, and only a ratio without divisor is not a number.
func TestStrataAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		strata := rapid.SliceOfN(anyStratum, 1, 8).Draw(t, "strata")
		got, err := stats.MantelHaenszel(strata, 0.95)
		if errors.Is(err, stats.ErrEmpty) && !slices.ContainsFunc(strata, func(s stats.Stratum) bool { return s.Group.N > 0 && s.Reference.N > 0 }) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for what, e := range map[string]stats.Estimate{"difference": got.RiskDifference, "difference of large strata": got.RiskDifferenceLargeStrata, "ratio": got.RiskRatio, "odds": got.OddsRatio} {
			if math.IsNaN(e.Low) || math.IsNaN(e.High) || !(e.Low <= e.High) || e.Value < e.Low || e.Value > e.High {
				t.Fatalf("%s: %v", what, e)
			}
		}
		if d := got.RiskDifference; !(d.Low >= -1 && d.High <= 1 && math.Abs(d.Value) <= 1) {
			t.Fatalf("difference: %v", d)
		}
		plain, corrected, err := stats.CochranMantelHaenszel(strata)
		if err != nil || !(plain.Chi2 >= corrected.Chi2 && corrected.Chi2 >= 0 && plain.P >= 0 && plain.P <= corrected.P && corrected.P <= 1) {
			t.Fatalf("%v, corrected %v, %v", plain, corrected, err)
		}
		same1, err := stats.Homogeneous(strata)
		if err != nil {
			t.Fatal(err)
		}
		for what, x := range map[string]stats.Test{"Woolf": same1.Woolf, "Breslow–Day": same1.BreslowDay, "Tarone": same1.Tarone} {
			if !(x.Chi2 >= 0 && !math.IsInf(x.Chi2, 1) && x.P >= 0 && x.P <= 1 && x.DF >= 0 && x.DF < len(strata)) {
				t.Fatalf("%s: %v", what, x)
			}
		}

		turned := make([]stats.Stratum, len(strata))
		for i, s := range strata {
			turned[len(strata)-1-i] = stats.Stratum{Group: s.Reference, Reference: s.Group}
		}
		back, err := stats.MantelHaenszel(turned, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		sameEstimate(t, "difference", negative(got.RiskDifference), back.RiskDifference)
		sameEstimate(t, "difference of large strata", negative(got.RiskDifferenceLargeStrata), back.RiskDifferenceLargeStrata)
		sameEstimate(t, "ratio", inverse(got.RiskRatio), back.RiskRatio)
		sameEstimate(t, "odds", inverse(got.OddsRatio), back.OddsRatio)
		plain2, corrected2, err := stats.CochranMantelHaenszel(turned)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "chi-square", plain.Chi2, plain2.Chi2)
		same(t, "corrected", corrected.Chi2, corrected2.Chi2)
		same2, err := stats.Homogeneous(turned)
		if err != nil {
			t.Fatal(err)
		}
		near := func(what string, a, b float64) { // chi-squares of 10^7 people are differences of large sums
			if math.Abs(a-b) > 1e-6*(1+math.Abs(a)) {
				t.Fatalf("%s is %v and %v", what, a, b)
			}
		}
		near("Woolf", same1.Woolf.Chi2, same2.Woolf.Chi2)
		near("Breslow–Day", same1.BreslowDay.Chi2, same2.BreslowDay.Chi2)
		near("Tarone", same1.Tarone.Chi2, same2.Tarone.Chi2)
	})
}

func TestFunnelsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		benchmark := rapid.Float64Range(0, 1).Draw(t, "benchmark")
		n := rapid.OneOf(rapid.Int64Range(1, 60), rapid.Int64Range(1, stats.MaxCount)).Draw(t, "n")
		factor := rapid.Float64Range(1, 30).Draw(t, "factor")
		inner, err := stats.FunnelLimits(benchmark, n, 0.95, 1)
		outer, err2 := stats.FunnelLimits(benchmark, n, 0.998, 1)
		wide, err3 := stats.FunnelLimits(benchmark, n, 0.95, factor)
		turned, err4 := stats.FunnelLimits(1-benchmark, n, 0.95, 1)
		if err := errors.Join(err, err2, err3, err4); err != nil {
			t.Fatal(err)
		}
		for _, x := range []stats.Interval{inner, outer, wide} {
			if !(0 <= x.Low && x.Low <= benchmark && benchmark <= x.High && x.High <= 1) {
				t.Fatalf("%v around %v", x, benchmark)
			}
		}
		if outer.Low > inner.Low || outer.High < inner.High || wide.Low > inner.Low || wide.High < inner.High {
			t.Fatalf("%v, %v, %v", inner, outer, wide)
		}
		if math.Abs(turned.Low-(1-inner.High)) > 2/float64(n) || math.Abs(turned.High-(1-inner.Low)) > 2/float64(n) { // interpolated from the other side
			t.Fatalf("%v of the events, %v of the others", inner, turned)
		}
	})
}

func TestAdjustedPValuesAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SliceOf(rapid.Float64Range(0, 1)).Draw(t, "p")
		got, err := stats.BenjaminiHochberg(p)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p {
			if got[i] < p[i]*(1-1e-15) || got[i] > 1 {
				t.Fatalf("%v becomes %v", p[i], got[i])
			}
			for j := range p {
				if p[i] < p[j] && got[i] > got[j] {
					t.Fatalf("%v becomes %v, and the larger %v becomes %v", p[i], got[i], p[j], got[j])
				}
			}
		}
		slices.Reverse(p)
		turned, err := stats.BenjaminiHochberg(p)
		slices.Reverse(turned)
		if err != nil || !slices.Equal(got, turned) {
			t.Fatalf("%v, turned round %v, %v", got, turned, err)
		}
	})
}

// What is not in the domain is an error of its kind and never a number.
func TestWhatIsRefused(t *testing.T) {
	c, none := stats.Count{K: 1, N: 3}, stats.Count{}
	for name, x := range map[string]struct {
		do   func() error
		want error
	}{
		"more events than people": {func() error { _, err := stats.Wilson(stats.Count{K: 4, N: 3}, 0.95); return err }, stats.ErrCounts},
		"negative":                {func() error { _, err := stats.ClopperPearson(stats.Count{K: -1, N: 3}, 0.95); return err }, stats.ErrCounts},
		"too many":                {func() error { _, err := stats.MidP(stats.Count{K: 1, N: stats.MaxCount + 1}, 0.95); return err }, stats.ErrCounts},
		"nobody":                  {func() error { _, err := stats.Wilson(none, 0.95); return err }, stats.ErrEmpty},
		"nobody in one group":     {func() error { _, err := stats.Newcombe(c, none, 0.95); return err }, stats.ErrEmpty},
		"nobody to divide by":     {func() error { _, err := stats.RiskRatio(c, none, 0.95); return err }, stats.ErrEmpty},
		"no odds":                 {func() error { _, err := stats.OddsRatio(none, c, 0.95); return err }, stats.ErrEmpty},
		"certain":                 {func() error { _, err := stats.Wilson(c, 1); return err }, stats.ErrConfidence},
		"no confidence":           {func() error { _, err := stats.RiskRatio(c, c, math.NaN()); return err }, stats.ErrConfidence},
		"no strata":               {func() error { _, err := stats.MantelHaenszel(nil, 0.95); return err }, stats.ErrEmpty},
		"never both groups": {func() error {
			_, err := stats.MantelHaenszel([]stats.Stratum{{Group: c}, {Reference: c}}, 0.95)
			return err
		}, stats.ErrEmpty},
		"a stratum of wrong counts": {func() error {
			_, err := stats.Homogeneous([]stats.Stratum{{Group: stats.Count{K: 2, N: 1}}})
			return err
		}, stats.ErrCounts},
		"a p above 1":           {func() error { _, err := stats.BenjaminiHochberg([]float64{0.1, 1.1}); return err }, stats.ErrShape},
		"no p":                  {func() error { _, err := stats.BenjaminiHochberg([]float64{math.NaN()}); return err }, stats.ErrShape},
		"a benchmark above 1":   {func() error { _, err := stats.FunnelLimits(1.5, 10, 0.95, 1); return err }, stats.ErrShape},
		"less than chance":      {func() error { _, err := stats.FunnelLimits(0.5, 10, 0.95, 0.5); return err }, stats.ErrShape},
		"a unit of nobody":      {func() error { _, err := stats.FunnelLimits(0.5, 0, 0.95, 1); return err }, stats.ErrEmpty},
		"no power":              {func() error { _, err := stats.PeopleNeeded(0.3, 0.4, 0.95, 1); return err }, stats.ErrConfidence},
		"no proportion":         {func() error { _, err := stats.PeopleNeeded(1.3, 0.4, 0.95, 0.8); return err }, stats.ErrShape},
		"nothing to vary about": {func() error { _, err := stats.Dispersion(0, []stats.Count{c}); return err }, stats.ErrShape},
	} {
		if err := x.do(); !errors.Is(err, x.want) {
			t.Errorf("%s: %v, want %v", name, err, x.want)
		}
	}
}

// When nobody or everybody has the event there is nothing to tell the groups apart by, and the intervals say so.
func TestNothingToTell(t *testing.T) {
	for _, strata := range [][]stats.Stratum{{{Group: count(0, 12), Reference: count(0, 30)}}, {{Group: count(12, 12), Reference: count(30, 30)}}} {
		got := must[stats.Adjusted](t)(stats.MantelHaenszel(strata, 0.95))
		if d := got.RiskDifference; d.Value != 0 || d.Low != -1 || d.High != 1 {
			t.Errorf("difference %v", d)
		}
		for _, r := range []stats.Estimate{got.RiskRatio, got.OddsRatio} {
			if r.Low != 0 || !math.IsInf(r.High, 1) {
				t.Errorf("ratio %v", r)
			}
		}
		plain, _, err := stats.CochranMantelHaenszel(strata)
		if err != nil || plain.Chi2 != 0 || plain.P != 1 {
			t.Errorf("%v, %v", plain, err)
		}
	}
}
