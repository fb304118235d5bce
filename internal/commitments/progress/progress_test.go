package progress

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/period"

	"pgregory.net/rapid"
)

// TestStatesOverTime reads testdata/states; its README says how a file is written.
func TestStatesOverTime(t *testing.T) {
	paths, err := filepath.Glob("testdata/states/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal(err, len(paths))
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			story, expected, ok := strings.Cut(string(b), "---\n")
			if !ok {
				t.Fatal("no line ---")
			}
			p := readStory(t, story)
			for line := range strings.Lines(expected) {
				day, _, _ := strings.Cut(line, " ")
				v := Promise(p, mustDate(t, day))
				since := ""
				if !v.OverdueSince.IsZero() {
					since = " since " + v.OverdueSince.String()
				}
				got := strings.TrimSpace(fmt.Sprintf("%s %s (%s)%s %s", day, v.State, v.Reason, since, strings.Trim(fmt.Sprint(v.Steps), "[]")))
				if want := strings.TrimSpace(line); got != want {
					t.Errorf("\ngot  %s\nwant %s", got, want)
				}
			}
		})
	}
}

func mustDate(t *testing.T, s string) period.Date {
	t.Helper()
	d, err := period.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func readStory(t *testing.T, story string) Pledge {
	var p Pledge
	for line := range strings.Lines(story) {
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		switch w[0] {
		case "adopted":
			p.Adopted = mustDate(t, w[1])
		case "replaced":
			p.ReplacedOn = mustDate(t, w[1])
		case "lapse":
			if _, err := fmt.Sscan(w[1], &p.LapseAfter); err != nil {
				t.Fatal(err)
			}
		case "step":
			f := Fact{}
			switch w[1] {
			case "-":
			case "unplanned":
				f.Unplanned = true
			default:
				f.Due = mustDate(t, w[1])
			}
			p.Steps = append(p.Steps, f)
		case "filed":
			e := Filing{On: mustDate(t, w[1]), Completes: true}
			for i := 2; i < len(w); i++ {
				switch w[i] {
				case "partly":
					e.Completes = false
				case "accepted", "returned":
					e.Accepted = w[i] == "accepted"
					e.Reviewed = mustDate(t, w[i+1])
					i++
				default:
					t.Fatalf("cannot read %q", line)
				}
			}
			last := &p.Steps[len(p.Steps)-1]
			last.Filings = append(last.Filings, e)
		default:
			t.Fatalf("cannot read %q", line)
		}
	}
	return p
}

var epoch = period.On(2026, time.January, 1)

func drawPledge(t *rapid.T) Pledge {
	day := func(label string) period.Date { return epoch.AddDays(rapid.IntRange(0, 400).Draw(t, label)) }
	p := Pledge{Adopted: day("adopted"), LapseAfter: rapid.IntRange(30, 200).Draw(t, "lapse")}
	if rapid.IntRange(0, 5).Draw(t, "is replaced") == 0 {
		p.ReplacedOn = day("replaced")
	}
	for range rapid.IntRange(0, 4).Draw(t, "steps") {
		var f Fact
		if rapid.Bool().Draw(t, "dated") {
			f.Due = day("due")
		} else {
			f.Unplanned = rapid.Bool().Draw(t, "unplanned")
		}
		for range rapid.IntRange(0, 2).Draw(t, "filings") {
			e := Filing{On: day("filed"), Completes: rapid.Bool().Draw(t, "completes")}
			if rapid.Bool().Draw(t, "reviewed") {
				e.Reviewed, e.Accepted = e.On.AddDays(rapid.IntRange(0, 30).Draw(t, "wait")), rapid.Bool().Draw(t, "accepted")
			}
			f.Filings = append(f.Filings, e)
		}
		p.Steps = append(p.Steps, f)
	}
	return p
}

func TestAboveLimitedNeedsAcceptedEvidence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 700).Draw(t, "today"))
		for i := range p.Steps {
			for j := range p.Steps[i].Filings {
				p.Steps[i].Filings[j].Accepted = false
			}
		}
		v := Promise(p, today)
		for _, s := range append(v.Steps, v.State) {
			if s.Kept() {
				t.Fatalf("%s without accepted evidence", s)
			}
		}
	})
}

func TestThePastDoesNotSeeTheFuture(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 400).Draw(t, "today"))
		before := Promise(p, today)
		for i := range p.Steps {
			p.Steps[i].Filings = append(p.Steps[i].Filings, Filing{On: today.AddDays(1), Reviewed: today.AddDays(1), Accepted: true, Completes: true})
		}
		if after := Promise(p, today); after.State != before.State || after.Reason != before.Reason {
			t.Fatalf("tomorrow's evidence changed %s to %s", before.State, after.State)
		}
	})
}

// The daily run recomputes a promise only on the day Changes names; on every day before it the verdict must stay the same.
func TestNothingChangesBeforeItIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 400).Draw(t, "today"))
		v := Promise(p, today)
		end := v.Changes
		if end.IsZero() {
			end = today.AddDays(1000)
		}
		for d := today.AddDays(1); d.Before(end); d = d.AddDays(1) {
			if w := Promise(p, d); w.State != v.State || w.Overdue != v.Overdue || w.Reason != v.Reason {
				t.Fatalf("on %v it is %s, but from %v (%s) the next change was said to be %v", d, w.State, today, v.State, v.Changes)
			}
		}
	})
}

func TestMoreAcceptedEvidenceNeverMakesAStepWorse(t *testing.T) {
	order := map[State]int{NoEvidence: 0, Late: 1, NotStarted: 1, Limited: 2, Substantial: 3, Complete: 4}
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 500).Draw(t, "today"))
		for _, f := range p.Steps {
			before := Step(f, today)
			f.Filings = append(f.Filings, Filing{On: today, Reviewed: today, Accepted: true, Completes: true})
			if after := Step(f, today); order[after] < order[before] || after != Complete {
				t.Fatalf("%s became %s", before, after)
			}
		}
	})
}

// Whatever somebody files today, for a step or for something nobody had planned, and however it is reviewed, the promise stands no worse.
func TestFilingNeverMakesAPromiseWorse(t *testing.T) {
	order := map[State]int{Lapsed: 0, NoEvidence: 1, Late: 2, NotStarted: 3, Limited: 4, Substantial: 5, Complete: 6, Replaced: 7}
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 700).Draw(t, "today"))
		before := Promise(p, today)
		e := Filing{On: today, Completes: rapid.Bool().Draw(t, "completes")}
		if rapid.Bool().Draw(t, "reviewed") {
			e.Reviewed, e.Accepted = today, rapid.Bool().Draw(t, "accepted")
		}
		if i := rapid.IntRange(0, len(p.Steps)).Draw(t, "of"); i < len(p.Steps) {
			p.Steps[i].Filings = append(p.Steps[i].Filings, e)
		} else {
			p.Steps = append(p.Steps, Fact{Unplanned: true, Filings: []Filing{e}})
		}
		after := Promise(p, today)
		if order[after.State] < order[before.State] || after.Done < before.Done || after.Total-after.Done > before.Total-before.Done {
			t.Fatalf("%s, %d of %d became %s, %d of %d", before.State, before.Done, before.Total, after.State, after.Done, after.Total)
		}
	})
}

// The day since when a promise has lapsed follows from the facts alone, not from when somebody looked: on that day it lapses, on the day
// before it had not.
func TestAPromiseLapsesOnTheDayThatIsSaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 900).Draw(t, "today"))
		v := Promise(p, today)
		if v.State.Overdue() == v.OverdueSince.IsZero() {
			t.Fatalf("%s since %q", v.State, v.OverdueSince)
		}
		if v.State != Lapsed {
			return
		}
		if first, before := Promise(p, v.OverdueSince), Promise(p, v.OverdueSince.AddDays(-1)); first.State != Lapsed || first.OverdueSince != v.OverdueSince || before.State == Lapsed {
			t.Fatalf("said to have lapsed on %v; then it was %s, the day before %s", v.OverdueSince, first.State, before.State)
		}
	})
}

// Nobody is told that nothing is planned while something is.
func TestALapsedPromiseIsToldWhatIsPlanned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, today := drawPledge(t), epoch.AddDays(rapid.IntRange(0, 900).Draw(t, "today"))
		for i := range p.Steps {
			p.Steps[i].Unplanned = p.Steps[i].Due.IsZero() && rapid.Bool().Draw(t, "unplanned")
		}
		v := Promise(p, today)
		if v.State != Lapsed {
			return
		}
		planned := false
		for i, f := range p.Steps {
			planned = planned || v.Steps[i] != Complete && !f.Unplanned && (f.Due.IsZero() || !f.Due.Before(today))
		}
		if planned != (v.Reason == BecauseIdleNoDay) {
			t.Fatalf("something is planned: %v, but the reason is %s", planned, v.Reason)
		}
	})
}
