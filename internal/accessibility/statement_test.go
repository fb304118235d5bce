package accessibility

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/period"

	"pgregory.net/rapid"
)

func planted(t testing.TB) Results {
	t.Helper()
	b, err := os.ReadFile("testdata/planted.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := ParseResults(b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func clean(t testing.TB) Results {
	r := planted(t)
	r.Violations = nil
	return r
}

func known(kind Kind, criteria ...string) Register {
	return Register{Updated: period.On(2026, 2, 1), Faults: []Fault{{ID: "x", Kind: kind, Criteria: criteria}}}
}

// The word of the statement follows from what was found and what is known, and from nothing else.
func TestTheWordFollowsByRule(t *testing.T) {
	for name, tc := range map[string]struct {
		results func(*Results)
		known   Register
		told    []Told
		want    Verdict
	}{
		"nothing found, nothing known":                   {want: Wholly},
		"a violation of the act":                         {results: func(r *Results) { r.Violations = []Violation{{Rule: "x", Criteria: []string{"1.1.1"}}} }, want: Partly},
		"a violation of good practice":                   {results: func(r *Results) { r.Violations = []Violation{{Rule: "region"}} }, want: Wholly},
		"a violation of a criterion of level AAA":        {results: func(r *Results) { r.Violations = []Violation{{Rule: "x", Criteria: []string{"1.4.6"}}} }, want: Wholly},
		"a check of our own failed":                      {results: func(r *Results) { r.Checks[1].Faults = []Found{{Text: "wide"}} }, want: Partly},
		"a check that bears on no criterion failed":      {results: func(r *Results) { r.Checks = []Check{{ID: "paper", Faults: []Found{{Text: "dark"}}}} }, want: Wholly},
		"a known fault":                                  {known: known(Faulty, "1.1.1"), want: Partly},
		"an unreasonable burden":                         {known: known(Burden, "1.1.1"), want: Partly},
		"outside the act":                                {known: known(Outside), want: Wholly},
		"worse than it should be":                        {known: known(Beyond), want: Wholly},
		"a visitor told of a fault":                      {told: []Told{{Decision: KnownFault}}, want: Partly},
		"most criteria are broken":                       {known: known(Faulty, Criteria[:28]...), want: Not},
		"half of them are not most":                      {known: known(Faulty, Criteria[:27]...), want: Partly},
		"nothing was tested":                             {results: func(r *Results) { *r = Results{} }, want: Not},
		"not all ways were tested":                       {results: func(r *Results) { r.Complete = false }, want: Partly},
		"a page was not reached":                         {results: func(r *Results) { r.Routes[1].Looks = 0 }, want: Partly},
		"a file was not reached, which is no page":       {results: func(r *Results) { r.Routes = append(r.Routes, Tested{Reason: "file"}) }, want: Wholly},
		"a test failed in the run, so nobody knows":      {results: func(r *Results) { r.Failed = []string{"the walk"} }, want: Partly},
		"a violation that is known and told of as well":  {results: func(r *Results) { *r = planted(t) }, known: known(Faulty, "1.4.3"), told: []Told{{Decision: TooHeavy}}, want: Partly},
		"a page that only a story looked at was reached": {results: func(r *Results) { r.Routes = r.Routes[2:3] }, want: Wholly},
	} {
		t.Run(name, func(t *testing.T) {
			r := clean(t)
			if tc.results != nil {
				tc.results(&r)
			}
			if got := Make(r, tc.known, tc.told).Verdict; got != tc.want {
				t.Errorf("%s, want %s", got, tc.want)
			}
		})
	}
}

// One more fault never makes the word better.
func TestAFaultNeverHelps(t *testing.T) {
	rank := map[Verdict]int{Not: 0, Partly: 1, Wholly: 2}
	rapid.Check(t, func(rt *rapid.T) {
		r := clean(t)
		some := func(name string) []string {
			return rapid.SliceOfDistinct(rapid.SampledFrom(Criteria), func(s string) string { return s }).Draw(rt, name)
		}
		for _, c := range some("violations") {
			r.Violations = append(r.Violations, Violation{Criteria: []string{c}})
		}
		before := Make(r, Register{}, nil)
		after := Make(r, known(rapid.SampledFrom([]Kind{Faulty, Burden}).Draw(rt, "kind"), append(some("known"), "1.1.1")...), nil)
		if rank[after.Verdict] > rank[before.Verdict] || after.Verdict == Wholly {
			rt.Fatalf("%s became %s", before.Verdict, after.Verdict)
		}
		if len(after.Broken()) < len(before.Broken()) || after.Known() <= before.Known() {
			rt.Fatalf("%d broken became %d", len(before.Broken()), len(after.Broken()))
		}
	})
}

func TestTheDayOfTheLastChange(t *testing.T) {
	register := known(Faulty, "1.1.1")
	for day, told := range map[period.Date][]Told{
		period.On(2026, 3, 2): nil, // the tests
		period.On(2026, 3, 9): {{On: period.On(2026, 3, 9)}, {On: period.On(2026, 1, 1)}},
	} {
		if got := Make(clean(t), register, told).Updated; got != day {
			t.Errorf("%s, want %s", got, day)
		}
	}
	register.Updated = period.On(2026, 4, 1)
	if s := Make(clean(t), register, nil); s.Updated != register.Updated || s.Assessed != period.On(2026, 3, 2) {
		t.Errorf("updated %s, assessed %s", s.Updated, s.Assessed)
	}
}

// What is committed with the program can be read, and was made by the complete walk.
func TestWhatIsCommitted(t *testing.T) {
	r, err := Latest()
	if err != nil {
		t.Fatal(err)
	}
	if seen, _ := r.Seen(); seen < 40 || len(r.Rules) < 60 || r.Axe == "" || r.Finished.Before(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("the committed results are not whole: %d pages, %d rules, axe %q, %s. Run make accessibility", seen, len(r.Rules), r.Axe, r.Finished)
	}
	k, err := Known()
	if err != nil {
		t.Fatal(err)
	}
	if len(k.Faults) == 0 || len(k.Untested) == 0 {
		t.Error("the register is empty")
	}
	if len(Criteria) != 55 || !slices.IsSortedFunc(Criteria, func(a, b string) int { return strings.Compare(a[:1], b[:1]) }) {
		t.Errorf("%d criteria; WCAG 2.2 has 55 of levels A and AA", len(Criteria))
	}
}

func TestARegisterWithSomethingMissingIsRefused(t *testing.T) {
	const text = `{"sv":"a","sv-simple":"b","en":"c"}`
	fault := func(change func(string) string) string {
		f := `{"id":"x","kind":"fault","criteria":["1.1.1"],"since":"2026-01-01","what":` + text + `,"where":` + text + `,"why":` + text + `,"planned":` + text + `}`
		return `{"updated":"2026-02-01","faults":[` + change(f) + `],"untested":[]}`
	}
	same := func(s string) string { return s }
	if _, err := ParseRegister([]byte(fault(same))); err != nil {
		t.Fatal(err)
	}
	replace := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for name, change := range map[string]func(string) string{
		"no id": replace(`"x"`, `""`), "an unknown kind": replace(`"fault"`, `"fel"`), "a fault without a criterion": replace(`["1.1.1"]`, `[]`), "an unknown criterion": replace(`1.1.1`, `4.1.1`),
		"known tomorrow": replace(`2026-01-01`, `2026-02-02`), "a language is missing": replace(`"en":"c"`, `"en":""`), "an unknown field": replace(`"id"`, `"name":"y","id"`),
		"twice the same": func(s string) string { return s + "," + s }, "a criterion for what the act does not ask": replace(`"fault"`, `"beyond"`),
	} {
		if _, err := ParseRegister([]byte(fault(change))); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

func FuzzParseRegister(f *testing.F) {
	f.Add(string(faultsJSON))
	f.Add(`{"updated":"2026-02-01"}`)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRegister([]byte(s))
		if err == nil && r.Updated.IsZero() {
			t.Error("a register without a day")
		}
	})
}
