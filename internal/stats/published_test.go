package stats_test

import (
	"errors"
	"math"
	"testing"

	"samklang/internal/stats"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.10g, published as %g", what, got, want)
	}
}

// Newcombe's tables of 1998, to the four digits he prints.
func TestWilsonAsPublished(t *testing.T) {
	for _, c := range []struct {
		k, n      int64
		low, high float64
	}{{81, 263, .2553, .3662}, {15, 148, .0624, .1605}, {0, 20, 0, .1611}, {1, 29, .0061, .1718}} {
		got, err := stats.Wilson(stats.Count{K: c.k, N: c.n}, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "low", got.Low, c.low, 5e-5)
		near(t, "high", got.High, c.high, 5e-5)
	}
}

func TestNewcombeAsPublished(t *testing.T) {
	for _, c := range []struct {
		k1, n1, k2, n2 int64
		low, high      float64
	}{
		{56, 70, 48, 80, .0524, .3339}, {9, 10, 3, 10, .1705, .8090}, {6, 7, 2, 7, .0582, .8062}, {5, 56, 0, 29, -.0381, .1926},
		{0, 10, 0, 20, -.1611, .2775}, {0, 10, 0, 10, -.2775, .2775}, {10, 10, 0, 20, .6791, 1}, {10, 10, 0, 10, .6075, 1},
	} {
		got, err := stats.Newcombe(stats.Count{K: c.k1, N: c.n1}, stats.Count{K: c.k2, N: c.n2}, 0.95)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "low", got.Low, c.low, 5e-5)
		near(t, "high", got.High, c.high, 5e-5)
	}
}

func TestClopperPearsonAsPublished(t *testing.T) {
	got, err := stats.ClopperPearson(stats.Count{K: 7, N: 20}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "low", got.Low, .1539092, 5e-8)
	near(t, "high", got.High, .5921885, 5e-8)
}

// Admissions to Berkeley in 1973 by department, men against women: the sign turns once departments are compared one by one (Bickel, Hammel, O'Connell,
// Science 187 (1975) 398–404).
var berkeley = []stats.Stratum{
	{Group: stats.Count{K: 512, N: 825}, Reference: stats.Count{K: 89, N: 108}}, {Group: stats.Count{K: 353, N: 560}, Reference: stats.Count{K: 17, N: 25}},
	{Group: stats.Count{K: 120, N: 325}, Reference: stats.Count{K: 202, N: 593}}, {Group: stats.Count{K: 138, N: 417}, Reference: stats.Count{K: 131, N: 375}},
	{Group: stats.Count{K: 53, N: 191}, Reference: stats.Count{K: 94, N: 393}}, {Group: stats.Count{K: 22, N: 373}, Reference: stats.Count{K: 24, N: 341}},
}

func TestStrataAsPublished(t *testing.T) {
	got, err := stats.MantelHaenszel(berkeley, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the ratio of odds", got.OddsRatio.Value, 0.9046968, 5e-8)
	near(t, "its low", got.OddsRatio.Low, 0.7719074, 5e-8)
	near(t, "its high", got.OddsRatio.High, 1.0603298, 5e-8)
	near(t, "the difference", got.RiskDifference.Value, -0.0184, 5e-5)
	near(t, "the ratio", got.RiskRatio.Value, 0.9449, 5e-5)
	plain, corrected, err := stats.CochranMantelHaenszel(berkeley)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "chi-square", plain.Chi2, 1.5246, 5e-5)
	near(t, "corrected", corrected.Chi2, 1.4269, 5e-5)
	h, err := stats.Homogeneous(berkeley)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "Woolf", h.Woolf.Chi2, 17.90, 5e-3)
	near(t, "its p", h.Woolf.P, 0.0031, 5e-5)
	crude, err := stats.OddsRatio(stats.Count{K: 1198, N: 2691}, stats.Count{K: 557, N: 1835}, 0.95)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "the crude ratio of odds", crude.Value, 1.8411, 5e-5)
}

func TestBenjaminiHochbergAsPublished(t *testing.T) {
	adjusted, err := stats.BenjaminiHochberg([]float64{.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .3240, .4262, .5719, .6528, .7590, 1})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, p := range adjusted {
		if p <= 0.05 {
			n++
		}
	}
	if n != 4 {
		t.Errorf("%d of the 15 are called at 0.05, published as 4", n)
	}
}

var anyCount = rapid.Custom(func(t *rapid.T) stats.Count {
	n := rapid.OneOf(rapid.Int64Range(1, 40), rapid.Int64Range(1, stats.MaxCount)).Draw(t, "n")
	return stats.Count{K: rapid.OneOf(rapid.Int64Range(0, n), rapid.SampledFrom([]int64{0, min(1, n), n - 1, n})).Draw(t, "k"), N: n}
})

// Every interval holds its estimate, is ordered and grows with the confidence; swapping the groups turns it round.
func TestIntervalsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyCount.Draw(t, "a"), anyCount.Draw(t, "b")
		within := func(what string, i stats.Interval, value, least, most float64) {
			if !(i.Low >= least && i.Low <= value+1e-12*math.Abs(value) && value <= i.High*(1+1e-12)+1e-15 && i.High <= most) {
				t.Fatalf("%s: %v around %v", what, i, value)
			}
		}
		for name, f := range map[string]func(stats.Count, float64) (stats.Interval, error){"Wilson": stats.Wilson, "Clopper–Pearson": stats.ClopperPearson, "mid-P": stats.MidP} {
			narrow, err := f(a, 0.9)
			wide, err2 := f(a, 0.99)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			within(name, narrow, a.Rate(), 0, 1)
			within(name, wide, a.Rate(), 0, 1)
			if wide.Low > narrow.Low+1e-12 || wide.High < narrow.High-1e-12 {
				t.Fatalf("%s: %v is not within %v", name, narrow, wide)
			}
			turned, err := f(stats.Count{K: a.N - a.K, N: a.N}, 0.9)
			if err != nil || math.Abs(turned.Low-(1-narrow.High)) > 1e-9 || math.Abs(turned.High-(1-narrow.Low)) > 1e-9 {
				t.Fatalf("%s: %v of the others, %v of the events, %v", name, turned, narrow, err)
			}
		}
		d, err := stats.Newcombe(a, b, 0.95)
		back, err2 := stats.Newcombe(b, a, 0.95)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if d.Low < -1-1e-12 || d.High > 1+1e-12 || !(d.Low <= d.Value && d.Value <= d.High) || math.Abs(d.Low+back.High) > 1e-12 || math.Abs(d.Value+back.Value) > 1e-12 {
			t.Fatalf("difference %v, turned round %v", d, back)
		}
		for name, f := range map[string]func(a, b stats.Count, c float64) (stats.Estimate, error){"ratio": stats.RiskRatio, "odds": stats.OddsRatio} {
			r, err := f(a, b, 0.95)
			back, err2 := f(b, a, 0.95)
			if err := errors.Join(err, err2); err != nil {
				t.Fatal(err)
			}
			if math.IsNaN(r.Low) || math.IsNaN(r.High) || !(r.Low <= r.High) || !math.IsNaN(r.Value) && !(r.Low <= r.Value*(1+1e-9) && r.Value <= r.High*(1+1e-9)) {
				t.Fatalf("%s: %v", name, r)
			}
			if r.Low > 0 && math.Abs(r.Low*back.High-1) > 1e-6 {
				t.Fatalf("%s: %v, turned round %v", name, r, back)
			}
		}
	})
}
