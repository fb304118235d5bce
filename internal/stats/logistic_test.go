package stats_test

import (
	"encoding/csv"
	"errors"
	"math"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"samklang/internal/stats"

	"pgregory.net/rapid"
)

func init() {
	calls["glm(epsilon=1e-15)"] = func(t *testing.T, input string) figures {
		fit := must[stats.LogisticFit](t)(stats.Logistic(observed(t, input), 0.95))
		out := figures{"deviance": fit.Deviance, "null": fit.NullDeviance, "df": float64(fit.DF)}
		for i, c := range fit.Coefficients {
			j := strconv.Itoa(i + 1)
			out["estimate"+j], out["se"+j], out["z"+j], out["p"+j] = c.Value, c.StandardError, c.Statistic, c.P
			for k := range i + 1 {
				out["cov"+j+strconv.Itoa(k+1)] = fit.Covariance[i][k]
			}
		}
		return out
	}
	calls["own firth"] = func(t *testing.T, input string) figures {
		fit := must[stats.FirthFit](t)(stats.Firth(observed(t, input), 0.95, stats.Profile))
		out := figures{"likelihood": fit.PenalizedLogLikelihood}
		for i, c := range fit.Coefficients {
			j := strconv.Itoa(i + 1)
			out["estimate"+j], out["se"+j], out["low"+j], out["high"+j], out["p"+j] = c.Value, c.StandardError, c.Low, c.High, c.P
		}
		return out
	}
}

// with adds a row as the files have it: events, people, and the terms.
func with(o stats.Observations, row []float64) stats.Observations {
	for len(o.Terms) < len(row)-2 {
		o.Terms = append(o.Terms, "x"+strconv.Itoa(len(o.Terms)+1))
	}
	o.Counts, o.Design = append(o.Counts, count(row[0], row[1])), append(o.Design, row[2:]...)
	return o
}

// observed is a set of rows by the name it has in the scripts of R, or written out.
func observed(t *testing.T, name string) (o stats.Observations) {
	t.Helper()
	switch {
	case name == "big":
		return invented(2026, 200_000)
	case name == "rows60":
		all := observed(t, "rows")
		for i, c := range all.Counts[:60] {
			x := all.Design[i*7:]
			o = with(o, []float64{float64(c.K), float64(c.N), x[0], x[1], x[2], x[4]})
		}
		return o
	case strings.Contains(name, " "):
		for row := range strings.SplitSeq(name, ",") {
			o = with(o, numbers(t, row))
		}
		return o
	}
	f, err := os.Open("testdata/r/data/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for _, row := range must[[][]string](t)(csv.NewReader(f).ReadAll())[1:] {
		o = with(o, numbers(t, strings.Join(row, " ")))
	}
	return o
}

// invented makes the rows that the script of R makes with the same generator: 1, two dummies of a factor, a dummy, two shares and their product.
func invented(seed float64, n int) (o stats.Observations) {
	o.Terms = []string{"one", "middle", "old", "woman", "first", "second", "both"}
	beta := []float64{-1.5, 0.4, -0.7, 0.25, 1.1, -0.6, 0.8}
	share := func() float64 {
		seed = math.Mod(16807*seed, 2147483647)
		return seed / 2147483647
	}
	is := func(b bool) float64 {
		if b {
			return 1
		}
		return 0
	}
	for range n {
		a, b, c, d, e := share(), share(), share(), share(), share()
		x := []float64{1, is(a >= 0.3 && a < 0.7), is(a >= 0.7), is(b < 0.45), c, d, c * d}
		eta := 0.0
		for i := range x {
			eta += beta[i] * x[i]
		}
		o.Design = append(o.Design, x...)
		o.Counts = append(o.Counts, count(is(e < 1/(1+math.Exp(-eta))), 1))
	}
	return o
}

func TestLogisticAsR(t *testing.T) { compareWithR(t, "logistic.csv", 1e-9) }

// How many processors there are changes no bit.
func TestLogisticIsTheSameOnAnyMachine(t *testing.T) {
	o := invented(7, 30_000)
	fit := func(processors int) stats.LogisticFit {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return must[stats.LogisticFit](t)(stats.Logistic(o, 0.95))
	}
	if one, five := fit(1), fit(5); !reflect.DeepEqual(one, five) {
		t.Errorf("%v on one, %v on five", one, five)
	}
}

// Where events and others are divided, the fit is refused and says by what; Firth gives numbers all the same.
func TestSeparationIsNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		rows     string
		terms    []string
		complete bool
	}{
		"a group without events":            {"4 9 1 0,0 12 1 1", []string{"x2"}, false},
		"a group of events only":            {"4 9 1 0,12 12 1 1", []string{"x2"}, false},
		"the reference without events":      {"0 9 1 0,5 12 1 1", []string{"x1", "x2"}, false},
		"no events at all":                  {"0 9 1,0 3 1", []string{"x1"}, true},
		"each group of one kind":            {"9 9 1 0,0 12 1 1", []string{"x1", "x2"}, true},
		"one of many groups":                {"300000 900000 1 0 0,200000 700000 1 1 0,0 3 1 0 1", []string{"x3"}, false},
		"two of three by two":               {"3 9 1 0 0 0,0 8 1 1 0 0,4 7 1 0 1 0,5 9 1 0 0 1,0 6 1 1 0 1,2 8 1 0 1 1", []string{"x2"}, false},
		"an age from which all":             {"0 1 1 20,0 1 1 31,0 1 1 35,1 1 1 36,1 1 1 52", []string{"x1", "x2"}, true},
		"an age at which some":              {"0 1 1 20,0 1 1 31,0 1 1 36,1 1 1 36,1 1 1 52,1 1 1 60", []string{"x1", "x2"}, false},
		"only both together":                {"2 9 1 0 0 0,4 8 1 1 0 0,3 9 1 0 1 0,0 7 1 1 1 1", []string{"x4"}, false},
		"a line through two measures":       {"0 1 1 1 2,0 1 1 2 1,0 1 1 0 1,1 1 1 3 3,1 1 1 4 1,1 1 1 2 4", []string{"x1", "x2", "x3"}, true},
		"nobody in the group that would be": {"0 0 1 0,5 12 1 1,0 9 1 2", []string{"x1", "x2"}, false},
	} {
		o := observed(t, c.rows)
		_, err := stats.Logistic(o, 0.95)
		s, ok := errors.AsType[*stats.SeparationError](err)
		if !ok || !errors.Is(err, stats.ErrNoFit) || !slices.Equal(s.Terms, c.terms) || s.Complete != c.complete {
			t.Errorf("%s: %v, want %v, complete %v", name, err, c.terms, c.complete)
		}
		fit, err := stats.Firth(o, 0.95, stats.Profile)
		if err != nil {
			t.Errorf("%s: Firth: %v", name, err)
		}
		for _, c := range fit.Coefficients {
			if !(c.Low < c.Value && c.Value < c.High && c.P >= 0 && c.P <= 1) || math.IsInf(c.High-c.Low, 0) {
				t.Errorf("%s: Firth: %v", name, c)
			}
		}
	}
}

// One age decides whether there is a fit: that is known without any search.
func TestSeparationByOneMeasure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(4, 30).Draw(t, "n")
		o := stats.Observations{Terms: []string{"one", "age"}}
		lowest, highest := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
		for range n {
			x, k := float64(rapid.IntRange(0, 40).Draw(t, "age"))/8, rapid.IntRange(0, 1).Draw(t, "event")
			o.Design, o.Counts = append(o.Design, 1, x), append(o.Counts, count(float64(k), 1))
			lowest[k], highest[k] = min(lowest[k], x), max(highest[k], x)
		}
		_, err := stats.Logistic(o, 0.95)
		_, separated := errors.AsType[*stats.SeparationError](err)
		_, aliased := errors.AsType[*stats.AliasError](err)
		switch {
		case min(lowest[0], lowest[1]) == max(highest[0], highest[1]):
			if !aliased {
				t.Fatalf("of one age: %v", err)
			}
		case highest[0] <= lowest[1] || highest[1] <= lowest[0]:
			if !separated {
				t.Fatalf("divided: %v", err)
			}
		case err != nil:
			t.Fatal(err)
		}
	})
}

// Groups that are described by one dummy each are estimated by their own odds, whatever is counted; rows may come in any order, split up or together, and
// exchanging events and others turns the signs.
func TestLogisticOfGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		groups := rapid.IntRange(1, 5).Draw(t, "groups")
		var o, turned stats.Observations
		var odds []float64
		extreme := false
		for i := range groups {
			c := anyCount.Draw(t, "count")
			row := make([]float64, 2+groups)
			row[2] = 1
			if i > 0 {
				row[2+i] = 1
			}
			extreme = extreme || c.K == 0 || c.K == c.N
			row[0], row[1] = float64(c.K), float64(c.N)
			split := min(c.K, 1)
			o = with(with(o, append([]float64{float64(split), float64(split)}, row[2:]...)), append([]float64{row[0] - float64(split), row[1] - float64(split)}, row[2:]...))
			turned = with(turned, append([]float64{row[1] - row[0], row[1]}, row[2:]...))
			odds = append(odds, math.Log(float64(c.K))-math.Log(float64(c.N-c.K)))
		}
		fit, err := stats.Logistic(o, 0.95)
		if extreme {
			if _, ok := errors.AsType[*stats.SeparationError](err); !ok {
				t.Fatalf("divided: %v", err)
			}
			return
		}
		back, err2 := stats.Logistic(turned, 0.95)
		if err := errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
		for i, c := range fit.Coefficients {
			want := odds[i]
			if i > 0 {
				want -= odds[0]
			}
			if math.Abs(c.Value-want) > 1e-9*(1+math.Abs(want)) || math.Abs(c.Value+back.Coefficients[i].Value) > 1e-9*(1+math.Abs(want)) {
				t.Fatalf("%v, turned %v, want %v", c, back.Coefficients[i], want)
			}
			same(t, "standard error", c.StandardError, back.Coefficients[i].StandardError)
		}
		if back.Deviance > 1e-6 {
			t.Fatalf("a chance of its own for each group leaves a deviance of %v", back.Deviance)
		}
	})
}

func TestWhatLogisticRefuses(t *testing.T) {
	good := observed(t, "berkeley")
	change := func(f func(*stats.Observations)) stats.Observations {
		o := stats.Observations{Terms: slices.Clone(good.Terms), Design: slices.Clone(good.Design), Counts: slices.Clone(good.Counts)}
		f(&o)
		return o
	}
	for name, c := range map[string]struct {
		o    stats.Observations
		want error
	}{
		"nothing":                {stats.Observations{}, stats.ErrShape},
		"a number too few":       {change(func(o *stats.Observations) { o.Design = o.Design[1:] }), stats.ErrShape},
		"no number":              {change(func(o *stats.Observations) { o.Design[3] = math.NaN() }), stats.ErrShape},
		"an infinite number":     {change(func(o *stats.Observations) { o.Design[3] = math.Inf(-1) }), stats.ErrShape},
		"more events than there": {change(func(o *stats.Observations) { o.Counts[2].K = o.Counts[2].N + 1 }), stats.ErrCounts},
		"nobody":                 {change(func(o *stats.Observations) { clear(o.Counts) }), stats.ErrEmpty},
		"a term twice":           {change(func(o *stats.Observations) { twice(o, 1) }), stats.ErrNoFit},
	} {
		_, err := stats.Logistic(c.o, 0.95)
		_, err2 := stats.Firth(c.o, 0.95, stats.Wald)
		if !errors.Is(err, c.want) || !errors.Is(err2, c.want) {
			t.Errorf("%s: %v, Firth %v, want %v", name, err, err2, c.want)
		}
	}
	_, err := stats.Logistic(change(func(o *stats.Observations) { twice(o, 2) }), 0.95)
	if a, ok := errors.AsType[*stats.AliasError](err); !ok || a.Term != "again" {
		t.Errorf("a term twice: %v", err)
	}
	if _, err := stats.Logistic(good, 0); !errors.Is(err, stats.ErrConfidence) {
		t.Errorf("no confidence: %v", err)
	}
}

// twice adds a column that says the same as another.
func twice(o *stats.Observations, column int) {
	p := len(o.Terms)
	var design []float64
	for i := range o.Counts {
		x := o.Design[i*p : (i+1)*p]
		design = append(append(design, x...), 1-3*x[column])
	}
	o.Terms, o.Design = append(o.Terms, "again"), design
}

// Firth's estimates of groups with a dummy each are those of half a person more on both sides, whatever is counted; and its limits hold them.
func TestFirthOfGroups(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var o stats.Observations
		var odds, error2 []float64
		for i := range rapid.IntRange(1, 4).Draw(t, "groups") {
			c := anyCount.Draw(t, "count")
			row := make([]float64, 6)
			row[0], row[1], row[2] = float64(c.K), float64(c.N), 1
			if i > 0 {
				row[2+i] = 1
			}
			o = with(o, row)
			a, b := row[0]+0.5, row[1]-row[0]+0.5
			odds, error2 = append(odds, math.Log(a/b)), append(error2, (a+b)*(a+b)/(row[1]*a*b))
		}
		p := len(odds)
		var design []float64
		for i := range odds {
			design = append(design, o.Design[i*4:i*4+p]...)
		}
		o.Terms, o.Design = o.Terms[:p], design
		fit, err := stats.Firth(o, 0.95, stats.Profile)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range fit.Coefficients {
			want, se := odds[i], error2[i]
			if i > 0 {
				want, se = want-odds[0], se+error2[0]
			}
			if math.Abs(c.Value-want) > 1e-8*(1+math.Abs(want)) || math.Abs(c.StandardError-math.Sqrt(se)) > 1e-8*math.Sqrt(se) || !(c.Low < c.Value && c.Value < c.High) {
				t.Fatalf("%+v, want %v with a standard error of %v", c, want, math.Sqrt(se))
			}
		}
	})
}
