package equality

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"samklang/internal/core/lang"
	"samklang/internal/disclosure"
	"samklang/internal/platform/i18n"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

// tables are those that the follow-up publishes of the people who left.
var tables = [][]string{{Initiative, Sex, JobStep}, {Initiative, Sex, OccupationEnd}, {Sex, Age, OccupationEnd}, {Municipality, JobStep}, {Municipality, OccupationEnd}, {Period, Sex, JobStep}}

// people are how many of a kind left: first those with the outcome, then those without.
type people struct {
	initiative, sex, age string
	soon, late           int
	work, other          int
}

func cells(list ...people) disclosure.Cells {
	c := disclosure.Cells{Variables: []string{Initiative, Sex, Age, Municipality, Period, JobStep, OccupationEnd}}
	sums := map[string]int{}
	for _, p := range list {
		// The two outcomes are spread over each other as evenly as whole people can be.
		n := p.soon + p.late
		for i := range n {
			s, o := "within_6_months", "work_or_studies"
			if i >= p.soon {
				s = "later_or_none"
			}
			if (i*7+3)%max(n, 1) >= p.work {
				o = "other_than_work"
			}
			sums[strings.Join([]string{p.initiative, p.sex, p.age, "town of " + p.initiative, "2026-H1", s, o}, "|")]++
		}
	}
	for _, k := range slices.Sorted(func(yield func(string) bool) {
		for k := range sums {
			if !yield(k) {
				return
			}
		}
	}) {
		c.Rows = append(c.Rows, disclosure.Row{Values: strings.Split(k, "|"), N: sums[k]})
	}
	return c
}

func protect(t interface{ Fatal(...any) }, c disclosure.Cells) *disclosure.Result {
	r, err := disclosure.Protect(c, disclosure.Family{Tables: tables, Variables: []disclosure.Variable{{Name: Initiative, Frame: true}, {Name: Municipality, Frame: true}, {Name: Period, Frame: true}}}, nil, disclosure.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func words(t *testing.T, l lang.Lang) Words {
	c, err := i18n.Load(Locale, i18n.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return Words{Printer: c.Printer(l), Names: Names{Initiative: {"in": "Vägen in", "ung": "Ung kraft", "mo": "Stegen i Mo"}}}
}

// Worlds by what is planted in them. The texts they give stand in testdata, to be read by people who do not read code.
var worlds = map[string][]people{
	"gap": {
		{"in", "female", "from_30", 24, 56, 32, 48}, {"in", "male", "from_30", 90, 30, 48, 72},
		{"ung", "female", "under_30", 103, 25, 76, 52}, {"ung", "male", "under_30", 60, 15, 45, 30}},
	"reversal": { // in each initiative women come to work more seldom, all together more often
		{"in", "female", "from_30", 40, 40, 18, 62}, {"in", "male", "from_30", 120, 120, 84, 156},
		{"ung", "female", "under_30", 128, 128, 150, 106}, {"ung", "male", "under_30", 36, 36, 54, 18}},
	"alike": {
		{"in", "female", "from_30", 400, 400, 400, 400}, {"in", "male", "from_30", 404, 396, 396, 404},
		{"ung", "female", "under_30", 500, 300, 500, 300}, {"ung", "male", "under_30", 498, 302, 504, 296}},
	"few": {{"in", "female", "from_30", 8, 9, 8, 9}, {"in", "male", "from_30", 12, 9, 10, 11}},
	"little": {
		{"in", "female", "from_30", 12, 18, 11, 19}, {"in", "male", "from_30", 16, 17, 15, 18},
		{"ung", "female", "under_30", 20, 17, 19, 18}, {"ung", "male", "under_30", 18, 14, 17, 15}},
}

func TestWhatIsToldOfEachWorld(t *testing.T) {
	for name, list := range worlds {
		t.Run(name, func(t *testing.T) {
			r := Examine(map[Source]*disclosure.Result{Left: protect(t, cells(list...))})
			var b strings.Builder
			for _, l := range lang.All {
				w := words(t, l)
				fmt.Fprintf(&b, "[%s]\n%s\n", l.Tag(), w.Tests(r))
				for _, f := range r.Findings {
					fmt.Fprintf(&b, "\n%s\n%s\n%s\n", w.Title(f.Code), strings.Join(w.Account(f), "\n"), w.T("equality.means."+string(f.Verdict)))
				}
				for _, s := range r.Spreads {
					fmt.Fprintf(&b, "\n%s\n%s %s. %s\n", w.Title(s.Code), w.Whole(s), w.Scattered(s), w.Left(s))
				}
				b.WriteString("\n")
			}
			golden := filepath.Join("testdata", "told", name+".txt")
			if *update {
				if err := os.MkdirAll(filepath.Dir(golden), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil || b.String() != string(want) {
				t.Errorf("differs from %s (%v); read it and run with -update:\n%s", golden, err, b.String())
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		world, code string
		want        Verdict
		turns       bool
	}{
		{"gap", "soon-sex", Difference, false}, {"reversal", "work-sex", Difference, true}, {"alike", "soon-sex", Alike, false}, {"alike", "work-sex", Alike, false},
		{"few", "soon-sex", TooSmall, false}, {"few", "work-sex", TooSmall, false}, {"little", "soon-sex", TooLittle, false},
	} {
		f, ok := Examine(map[Source]*disclosure.Result{Left: protect(t, cells(worlds[c.world]...))}).Finding(c.code)
		if !ok || f.Verdict != c.want {
			t.Errorf("%s of %s: %s, %+v", c.code, c.world, f.Verdict, f.Crude)
		}
		turns := slices.ContainsFunc(f.Within, func(w Within) bool { return w.Turns })
		if turns != c.turns {
			t.Errorf("%s of %s: turns %v", c.code, c.world, turns)
		}
	}
}

// The sentences are about a difference to look into, and never say that one thing comes of another.
func TestNoWordOfCause(t *testing.T) {
	files, err := filepath.Glob("testdata/told/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"därför att", "beror på", "orsak", "diskriminer", "because", "caused", "effekt av", "tack vare"} {
			if strings.Contains(strings.ToLower(string(b)), word) {
				t.Errorf("%s says %q", f, word)
			}
		}
	}
}

func draw(t *rapid.T) disclosure.Cells {
	var list []people
	for _, i := range []string{"in", "ung"} {
		for _, s := range []string{"female", "male"} {
			for _, a := range []string{"under_30", "from_30"} {
				n := rapid.SampledFrom([]int{0, 1, 3, 6, 12, 25, 40}).Draw(t, "people")
				k, w := rapid.IntRange(0, n).Draw(t, "soon"), rapid.IntRange(0, n).Draw(t, "work")
				list = append(list, people{i, s, a, k, n - k, w, n - w})
			}
		}
	}
	return cells(list...)
}

// Whatever people there are, every estimate is made of figures that are shown, and has limits around it.
func TestNothingIsComputedFromWhatIsHidden(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		if len(c.Rows) == 0 {
			return
		}
		r, err := disclosure.Protect(c, disclosure.Family{Tables: tables}, nil, disclosure.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		report := Examine(map[Source]*disclosure.Result{Left: r})
		check := func(s Share, at place, o Outcome) {
			if !s.Shown {
				if s.Count.N != 0 || s.Enough {
					t.Fatalf("hidden, and yet %+v", s)
				}
				return
			}
			if _, shown := r.Find(at).Count(); !shown {
				t.Fatalf("%v is hidden, and yet %+v", at, s)
			}
			for _, e := range o.Events {
				if _, shown := r.Find(at.and(o.Variable, e)).Count(); slices.Contains(r.Categories[o.Variable], e) && !shown {
					t.Fatalf("%v of %v is hidden, and yet %+v", e, at, s)
				}
			}
			if s.Enough && (s.Count.N < int64(r.Denominator) || s.Rate < s.Interval.Low || s.Rate > s.Interval.High) {
				t.Fatalf("%+v", s)
			}
		}
		tests := 0
		for _, f := range report.Findings {
			check(f.All.Group, place{f.Variable: f.Group}, f.Outcome)
			check(f.All.Reference, place{f.Variable: f.Reference}, f.Outcome)
			if f.Verdict == TooSmall {
				continue
			}
			tests++
			ordered(t, f.Crude)
			for _, w := range f.Within {
				for _, p := range w.Strata {
					check(p.Group, place{w.Variable: p.Code, f.Variable: f.Group}, f.Outcome)
					check(p.Reference, place{w.Variable: p.Code, f.Variable: f.Reference}, f.Outcome)
				}
				if w.OK {
					tests++
					ordered(t, w.Estimate)
				}
			}
			if f.Crossing != nil {
				for _, x := range f.Crossing.Cells {
					if x.Count.N < int64(r.Threshold) {
						t.Fatalf("%+v is told of", x)
					}
				}
			}
		}
		if tests != report.Tests {
			t.Fatalf("%d tests are told, %d were made", report.Tests, tests)
		}
		for _, s := range report.Spreads {
			for _, p := range s.Points {
				check(p.Share, place{s.Units: p.Code}, s.Outcome)
				if !p.Enough || p.Sure.Low > p.Likely.Low || p.Sure.High < p.Likely.High {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}

func ordered(t *rapid.T, e Estimate) {
	d := e.Difference
	if math.IsNaN(d.Value) || d.Low > d.Value || d.Value > d.High || !(e.P >= 0 && e.P <= e.Q+1e-12 && e.Q <= 1) {
		t.Fatalf("%+v", e)
	}
}

// What was not known of somebody is not a result: it takes nobody from one group to the other.
func TestUnknownCountsForNothing(t *testing.T) {
	list := worlds["gap"]
	whole := protect(t, cells(list...))
	c := cells(list...)
	for _, sex := range []string{"female", "male"} {
		c.Rows = append(c.Rows, disclosure.Row{Values: []string{"in", sex, "from_30", "town of in", "2026-H1", Unknown, "other_than_work"}, N: 30})
	}
	a, _ := Examine(map[Source]*disclosure.Result{Left: whole}).Finding("soon-sex")
	b, _ := Examine(map[Source]*disclosure.Result{Left: protect(t, c)}).Finding("soon-sex")
	if b.Verdict == TooSmall || a.All.Group.Count != b.All.Group.Count || a.All.Reference.Count != b.All.Reference.Count {
		t.Errorf("%+v, with 60 unknown %+v", a.All, b.All)
	}
}

func TestEveryComparisonIsDeclaredInWords(t *testing.T) {
	for _, l := range lang.All {
		w := words(t, l)
		for _, c := range Comparisons {
			for _, k := range []string{"title.", "what.", "rates."} {
				if !w.Has("equality." + k + c.Code) {
					t.Errorf("%s has no %s", c.Code, k)
				}
			}
			for _, v := range c.Strata {
				if !w.Has("equality.why."+v) || !w.Has("equality.within."+v) || !w.Has("equality.variable."+v) || v == c.Variable || v == c.Outcome.Variable {
					t.Errorf("%s: %s is no stratum, or has no reason", c.Code, v)
				}
			}
		}
		for _, s := range Spreads {
			for _, k := range []string{"title.", "what.", "whole."} {
				if !w.Has("equality." + k + s.Code) {
					t.Errorf("%s has no %s", s.Code, k)
				}
			}
		}
	}
}
