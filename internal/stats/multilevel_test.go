package stats_test

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"testing"

	"samklang/internal/stats"

	"pgregory.net/rapid"
)

func init() {
	calls["own logistic-normal"] = func(t *testing.T, input string) figures {
		_, rows, _ := strings.Cut(input, ":")
		fit := must[stats.Multilevel](t)(stats.FitMultilevel(observed(t, rows), 0.95))
		out := figures{"sigma": fit.Sigma, "partition": fit.Partition, "likelihood": fit.LogLikelihood}
		for i, c := range fit.Coefficients {
			j := strconv.Itoa(i + 1)
			out["estimate"+j], out["se"+j] = c.Value, c.StandardError
		}
		for i, s := range fit.Strata {
			j := strconv.Itoa(i + 1)
			out["p"+j], out["low"+j], out["high"+j], out["deviation"+j] = s.Probability.Value, s.Probability.Low, s.Probability.High, s.Deviation.Value
		}
		return out
	}
}

func TestMultilevelAsR(t *testing.T) { compareWithR(t, "multilevel.csv", 1e-9) }

// Deaths in heart surgery on children at twelve hospitals, with the means and the standard deviation that a full Bayesian analysis has (the example
// "Surgical" of the BUGS project, its posterior computed numerically). Estimating the standard deviation instead of averaging over it draws in a little more.
func TestSurgicalAsPublished(t *testing.T) {
	o := stats.Observations{Terms: []string{"one"}}
	for i, n := range []float64{47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360} {
		o = with(o, []float64{[]float64{0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24}[i], n, 1})
	}
	fit := must[stats.Multilevel](t)(stats.FitMultilevel(o, 0.95))
	mean := 1 / (1 + math.Exp(-fit.Coefficients[0].Value))
	near(t, "the mean", mean, 0.0729, 5e-4)
	near(t, "the standard deviation", fit.Sigma, 0.403, 0.06)
	for i, want := range []float64{.0533, .1031, .0708, .0593, .0518, .0693, .0667, .1231, .0700, .0786, .1021, .0685} {
		near(t, "the mean of hospital "+strconv.Itoa(i+1), fit.Strata[i].Probability.Value, want, 3e-3)
	}
	if fit.Between.P > 1e-3 {
		t.Errorf("that the hospitals vary has a p of %v", fit.Between.P)
	}
}

// Strata that are alike have no variance between them, and are all given the same chance with the interval of all together.
func TestStrataThatDoNotVary(t *testing.T) {
	o := observed(t, "10 100 1,11 100 1,9 100 1,10 100 1,0 0 1")
	fit := must[stats.Intersections](t)(stats.CompareIntersections(o, 0.95))
	if m := fit.Null; m.Sigma != 0 || m.Partition != 0 || m.Between.P != 1 || !math.IsNaN(fit.Additive) {
		t.Errorf("%+v, additive %v", m, fit.Additive)
	}
	plain := must[stats.LogisticFit](t)(stats.Logistic(o, 0.95)).Coefficients[0]
	for _, s := range fit.Null.Strata {
		if p := s.Probability; apart(p.Value, 0.1) > 1e-12 || apart(p.Low, 1/(1+math.Exp(-plain.Low))) > 1e-9 || apart(p.High, 1/(1+math.Exp(-plain.High))) > 1e-9 || s.Deviation.Value != 0 {
			t.Errorf("%+v, all together %v", s, plain)
		}
	}
}

// Two grounds that only add up leave nothing for intersections; one combination that stands out leaves something, and is the one that is found.
func TestWhatIsMoreThanItsParts(t *testing.T) {
	design := func(odd float64) (o stats.Observations) {
		for sex := range 2 {
			for born := range 2 {
				for age := range 3 {
					row := []float64{0, 20_000, 1, float64(sex), float64(born), 0, 0}
					if age > 0 {
						row[4+age] = 1
					}
					eta := -0.5 + 0.6*row[3] - 0.8*row[4] + 0.3*row[5] - 0.4*row[6]
					if sex == 1 && born == 1 && age == 2 {
						eta += odd
					}
					row[0] = math.Round(row[1] / (1 + math.Exp(-eta)))
					o = with(o, row)
				}
			}
		}
		return o
	}
	additive := must[stats.Intersections](t)(stats.CompareIntersections(design(0), 0.95))
	if additive.Main.Sigma > 1e-3 || additive.Additive < 0.99999 {
		t.Errorf("sums of parts: sigma %v, additive %v", additive.Main.Sigma, additive.Additive)
	}
	odd := must[stats.Intersections](t)(stats.CompareIntersections(design(-1.2), 0.95))
	if odd.Additive > 0.9 || odd.Additive < 0.1 {
		t.Errorf("one stands out: additive %v", odd.Additive)
	}
	for i, s := range odd.Main.Strata {
		if i != 11 && math.Abs(s.Deviation.Value) >= math.Abs(odd.Main.Strata[11].Deviation.Value) {
			t.Errorf("stratum %d deviates by %v, the one that stands out by %v", i, s.Deviation.Value, odd.Main.Strata[11].Deviation.Value)
		}
	}
	if d := odd.Main.Strata[11].Deviation; d.High >= 0 {
		t.Errorf("the one that stands out deviates by %v", d)
	}
}

// Whatever is counted: all numbers are numbers, the order of strata does not matter, and exchanging events and others turns everything round.
func TestMultilevelIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "strata")
		var o, turned stats.Observations
		mixed := 0 // strata with both events and others
		for range n {
			c := anyCount.Draw(t, "count")
			o = with(o, []float64{float64(c.K), float64(c.N), 1})
			if 0 < c.K && c.K < c.N {
				mixed++
			}
		}
		for i := n - 1; i >= 0; i-- {
			turned = with(turned, []float64{float64(o.Counts[i].N - o.Counts[i].K), float64(o.Counts[i].N), 1})
		}
		fit, err := stats.FitMultilevel(o, 0.95)
		back, err2 := stats.FitMultilevel(turned, 0.95)
		if errors.Is(err, stats.ErrNoFit) && errors.Is(err2, stats.ErrNoFit) {
			if _, ok := errors.AsType[*stats.SeparationError](err); ok || 3*mixed <= n {
				return
			}
		}
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		if math.Abs(fit.Sigma-back.Sigma) > 1e-6*(1+fit.Sigma) || math.Abs(fit.Coefficients[0].Value+back.Coefficients[0].Value) > 1e-6*(1+math.Abs(fit.Coefficients[0].Value)) {
			t.Fatalf("sigma %v and %v, constant %v and %v", fit.Sigma, back.Sigma, fit.Coefficients[0].Value, back.Coefficients[0].Value)
		}
		for i, s := range fit.Strata {
			p, r := s.Probability, back.Strata[n-1-i].Probability
			if !(p.Low <= p.High && p.Low >= 0 && p.High <= 1 && s.Deviation.Low <= s.Deviation.Value && s.Deviation.Value <= s.Deviation.High) {
				t.Fatalf("stratum %d: %+v", i, s)
			}
			if math.Abs(p.Value-(1-r.Value)) > 1e-6 || math.Abs(p.Low-(1-r.High)) > 1e-6 {
				t.Fatalf("stratum %d: %v, turned round %v", i, p, r)
			}
		}
	})
}
