package stats_test

import (
	"encoding/csv"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"samklang/internal/stats"
)

// figures are what one call gives, by the names that the tables of R use.
type figures map[string]float64

// table reads what R computed once: for each call and input the quantities that it gave. See testdata/r/README.md.
func table(t *testing.T, name string) (rows [][4]string) {
	t.Helper()
	f, err := os.Open("testdata/r/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all[1:] {
		rows = append(rows, [4]string(r))
	}
	if len(rows) == 0 {
		t.Fatal("the table is empty")
	}
	return rows
}

// apart is how far two numbers are from each other, relative to the larger.
func apart(a, b float64) float64 {
	if a == b {
		return 0
	}
	return math.Abs(a-b) / max(math.Abs(a), math.Abs(b))
}

func must[T any](t *testing.T) func(T, error) T {
	return func(x T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
}

func numbers(t *testing.T, text string) (out []float64) {
	t.Helper()
	for f := range strings.FieldsSeq(text) {
		out = append(out, must[float64](t)(strconv.ParseFloat(f, 64)))
	}
	return out
}

func count(k, n float64) stats.Count { return stats.Count{K: int64(k), N: int64(n)} }

func limits(i stats.Interval) figures { return figures{"low": i.Low, "high": i.High} }

func estimate(e stats.Estimate) figures {
	return figures{"value": e.Value, "low": e.Low, "high": e.High}
}

func stratified(t *testing.T, input string) (out []stats.Stratum) {
	for s := range strings.SplitSeq(input, ",") {
		x := numbers(t, s)
		out = append(out, stats.Stratum{Group: count(x[0], x[1]), Reference: count(x[2], x[3])})
	}
	return out
}

// How each call of R is done here.
var calls = map[string]func(*testing.T, string) figures{
	"prop.test(correct=FALSE)": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return limits(must[stats.Interval](t)(stats.Wilson(count(x[0], x[1]), x[2])))
	},
	"binom.test": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return limits(must[stats.Interval](t)(stats.ClopperPearson(count(x[0], x[1]), x[2])))
	},
	"own midp": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return limits(must[stats.Interval](t)(stats.MidP(count(x[0], x[1]), x[2])))
	},
	"own newcombe": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return estimate(must[stats.Estimate](t)(stats.Newcombe(count(x[0], x[1]), count(x[2], x[3]), x[4])))
	},
	"own koopman": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return estimate(must[stats.Estimate](t)(stats.RiskRatio(count(x[0], x[1]), count(x[2], x[3]), x[4])))
	},
	"own cornfield": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return estimate(must[stats.Estimate](t)(stats.OddsRatio(count(x[0], x[1]), count(x[2], x[3]), x[4])))
	},
	"mantelhaen.test": func(t *testing.T, input string) figures {
		s := stratified(t, input)
		a := must[stats.Adjusted](t)(stats.MantelHaenszel(s, 0.95))
		plain, corrected, err := stats.CochranMantelHaenszel(s)
		if err != nil {
			t.Fatal(err)
		}
		return figures{"or": a.OddsRatio.Value, "orlow": a.OddsRatio.Low, "orhigh": a.OddsRatio.High, "chi2": plain.Chi2, "p": plain.P, "corrected": corrected.Chi2, "pcorrected": corrected.P}
	},
	"own risk ratio of Greenland and Robins": func(t *testing.T, input string) figures {
		return estimate(must[stats.Adjusted](t)(stats.MantelHaenszel(stratified(t, input), 0.95)).RiskRatio)
	},
	"own risk difference of Sato": func(t *testing.T, input string) figures {
		return estimate(must[stats.Adjusted](t)(stats.MantelHaenszel(stratified(t, input), 0.95)).RiskDifference)
	},
	"own risk difference of Greenland and Robins": func(t *testing.T, input string) figures {
		return estimate(must[stats.Adjusted](t)(stats.MantelHaenszel(stratified(t, input), 0.95)).RiskDifferenceLargeStrata)
	},
	"own homogeneity": func(t *testing.T, input string) figures {
		h := must[stats.Homogeneity](t)(stats.Homogeneous(stratified(t, input)))
		return figures{"df": float64(h.Tarone.DF), "woolf": h.Woolf.Chi2, "pwoolf": h.Woolf.P, "breslowday": h.BreslowDay.Chi2, "pbreslowday": h.BreslowDay.P, "tarone": h.Tarone.Chi2, "ptarone": h.Tarone.P}
	},
	"power.prop.test": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return figures{"n": must[float64](t)(stats.PeopleNeeded(x[0], x[1], 0.95, x[2]))}
	},
	"own mantel-fleiss": func(t *testing.T, input string) figures {
		return figures{"least": must[float64](t)(stats.MantelFleiss(stratified(t, input)))}
	},
	"pchisq(lower.tail=FALSE)": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return figures{"p": stats.ChiSquareAbove(x[0], int(x[1]))}
	},
	"p.adjust(BH)": func(t *testing.T, input string) figures {
		out := figures{}
		for i, p := range must[[]float64](t)(stats.BenjaminiHochberg(numbers(t, input))) {
			out[strconv.Itoa(i+1)] = p
		}
		return out
	},
	"own funnel with qbinom, pbinom": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		return limits(must[stats.Interval](t)(stats.FunnelLimits(x[0], int64(x[1]), x[2], 1)))
	},
	"own dispersion": func(t *testing.T, input string) figures {
		x := numbers(t, input)
		var units []stats.Count
		for i := 1; i < len(x); i += 2 {
			units = append(units, count(x[i], x[i+1]))
		}
		return figures{"phi": must[float64](t)(stats.Dispersion(x[0], units))}
	},
}

func TestCountsAsR(t *testing.T) { compareWithR(t, "counts.csv", 1e-9) }

func compareWithR(t *testing.T, name string, within float64) {
	worst := map[string]float64{}
	done := map[string]figures{}
	for _, row := range table(t, name) {
		call, input, quantity := row[0], row[1], row[2]
		f, ok := calls[call]
		if !ok {
			t.Fatalf("nothing here does %q", call)
		}
		key := call + "\x00" + input
		if done[key] == nil {
			done[key] = f(t, input)
		}
		got, ok := done[key][quantity]
		if !ok {
			t.Fatalf("%s gives no %s here", call, quantity)
		}
		want := must[float64](t)(strconv.ParseFloat(row[3], 64))
		d := apart(got, want)
		if worst[call] = max(worst[call], d); !(d <= within) {
			t.Errorf("%s of %s, %s: %.17g here, %.17g in R, %.1e apart", call, input, quantity, got, want, d)
		}
	}
	for call, d := range worst {
		t.Logf("%-50s at most %.1e apart", call, d)
	}
}
