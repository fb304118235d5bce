package app

import (
	"bytes"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/app/example"
	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
)

func exampleOn(t *testing.T, dir, database string, day period.Date) *App {
	t.Helper()
	a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, Demo: true}, slog.New(slog.DiscardHandler), clock.At(day))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// Whenever somebody starts the example installation, every state, every kind of evidence and every way of counting is there to see.
func TestExampleIsRichOnAnyDay(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		for _, day := range []period.Date{period.On(2026, time.November, 22), period.On(2027, time.January, 3), period.On(2027, time.July, 18), period.On(2028, time.February, 29), period.On(2029, time.April, 16)} {
			dir, database := fresh()
			t.Run(day.String(), func(t *testing.T) {
				t.Parallel()
				a := exampleOn(t, dir, database, day)
				all, err := a.associations.List(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				states := map[string]bool{}
				seen := map[string]bool{}
				for _, x := range all {
					see(t, a, x.Scope(), day.Year, states, seen)
				}
				for _, s := range progress.States {
					if !states[string(s)] {
						t.Errorf("no promise is %s", s)
					}
				}
				for _, want := range []string{"cancelled", "postponed", "confirmed", "done", "planned", "day not set", "joint", "waiting invitation", "list", "counted", "estimated", "own review",
					"account", "file", "link", "figure", "decision", "filed", "accepted", "returned", "superseded wording", "frozen round", "open round", "other wording"} {
					if !seen[want] && !(want == "open round" && day.Month%4 == 1) {
						t.Errorf("nothing shows: %s", want)
					}
				}
			})
		}
	})
}

// see notes what one association has to show.
func see(t *testing.T, a *App, assoc scope.Association, year int, states, seen map[string]bool) {
	account, err := a.commitments.Account(t.Context(), assoc, year)
	if err != nil {
		t.Fatal(err)
	}
	if assoc.Slug == "vastra-sjolandet" && len(account.Promises) > 0 {
		t.Error("the newcomer has promises already")
	}
	for _, p := range account.Promises {
		states[p.State] = true
		for y := year - 1; y <= year; y++ {
			page, err := a.commitments.Promise(t.Context(), actor.SystemActor, assoc, p.Slug, int(p.Number), y)
			if err != nil {
				t.Fatal(err)
			}
			seen["superseded wording"] = seen["superseded wording"] || len(page.Wordings) > 1
			for _, o := range page.Others {
				seen["other wording"] = seen["other wording"] || !o.Same
			}
			for _, e := range page.Evidence {
				seen[string(e.Kind)], seen[string(e.Status)] = true, true
				seen["own review"] = seen["own review"] || e.OwnReview
			}
		}
	}
	for y := year - 1; y <= year+1; y++ {
		list, err := a.commitments.Plan(t.Context(), actor.SystemActor, assoc, commitments.PlanFilter{Year: y})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			seen[string(x.Status)], seen[string(x.ReachedHow)] = true, true
			seen["day not set"] = seen["day not set"] || x.DatePrecision == period.NotSet
			v, err := a.commitments.Activity(t.Context(), actor.SystemActor, assoc, x.Ref())
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range v.Organisers {
				seen["joint"] = seen["joint"] || v.Joint() && o.OrganiserID != v.AssociationID && !o.ConfirmedAt.IsZero()
				seen["waiting invitation"] = seen["waiting invitation"] || o.ConfirmedAt.IsZero() && o.DeclinedAt.IsZero()
			}
		}
	}
	rounds, err := a.commitments.Rounds(t.Context(), actor.SystemActor, assoc)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rounds {
		seen["frozen round"] = seen["frozen round"] || r.Frozen() && r.Public
		seen["open round"] = seen["open round"] || !r.Frozen()
	}
}

// The same day gives the same promises and plans, and a second start leaves them as they are.
func TestExampleIsTheSameEveryTime(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		day := period.On(2026, time.November, 22)
		picture := func(a *App) string {
			var b strings.Builder
			all, err := a.associations.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, x := range all {
				account, err := a.commitments.Account(t.Context(), x.Scope(), 0)
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range account.Promises {
					b.WriteString(p.Title + "|" + p.State + "|" + p.StateSince.String() + "\n")
				}
				list, err := a.commitments.Plan(t.Context(), actor.SystemActor, x.Scope(), commitments.PlanFilter{Year: day.Year})
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range list {
					b.WriteString(p.Title + "|" + p.FromOn.String() + "|" + string(p.Status) + "|" + p.State + "\n")
				}
			}
			return b.String()
		}
		dir, database := fresh()
		first := exampleOn(t, dir, database, day)
		want := picture(first)
		if n := strings.Count(want, "\n"); n < 60 {
			t.Fatalf("only %d lines of promises and plans", n)
		}
		otherDir, other := fresh()
		if got := picture(exampleOn(t, otherDir, other, day)); got != want {
			t.Errorf("a second installation differs:\n%s\nfrom:\n%s", got, want)
		}
		first.Close()
		if got := picture(exampleOn(t, dir, database, day)); got != want {
			t.Errorf("a second start changed something:\n%s\nfrom:\n%s", got, want)
		}
	})
}

// A data directory that the example did not fill, or not to the end, is left alone.
func TestExampleNeedsItsOwnDirectory(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		newInstallationOn(t, dir, database).Close()
		_, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, Demo: true}, slog.New(slog.DiscardHandler), clock.At(period.On(2026, time.November, 22)))
		if err == nil || !strings.Contains(err.Error(), "--data") {
			t.Fatalf("the error is %v; it must say how to choose another directory", err)
		}
	})
}

// What a newcomer is given to upload is what the reader reads: eight promises that pair with the joint ones, and a dozen activities.
func TestExampleDocumentsCanBeReadIn(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		day := period.On(2026, time.November, 22)
		dir, database := fresh()
		a := exampleOn(t, dir, database, day)
		people, err := a.accounts.Accounts(t.Context(), actor.SystemActor)
		if err != nil {
			t.Fatal(err)
		}
		maria, err := a.accounts.Actor(t.Context(), people[slices.IndexFunc(people, func(x accounts.Account) bool { return x.Name == "Maria Sand" })].ID)
		if err != nil {
			t.Fatal(err)
		}
		west, err := a.associations.BySlug(t.Context(), "vastra-sjolandet")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range example.Signed {
			t.Run(name, func(t *testing.T) {
				data, err := example.Document(name, day)
				if err != nil {
					t.Fatal(err)
				}
				imp, err := a.commitments.StartImport(t.Context(), maria, west, name, bytes.NewReader(data), 0)
				if err != nil {
					t.Fatal(err)
				}
				page, err := a.commitments.Import(t.Context(), maria, west, imp)
				if err != nil {
					t.Fatal(err)
				}
				d := page.Draft
				if len(d.Promises) != 8 {
					t.Errorf("%d promises were read", len(d.Promises))
				}
				for _, p := range d.Promises {
					if p.Joins == id.None {
						t.Errorf("promise %d pairs with none of the joint ones: %s", p.Number, p.Wording)
					}
				}
				dated := 0
				for _, x := range d.Activities {
					if x.When.From.Year >= day.Year {
						dated++
					}
				}
				if len(d.Activities) < 12 || dated < 10 {
					for _, x := range d.Activities {
						t.Logf("%s | %s %s", x.Title, x.When.Precision, x.When.From)
					}
					t.Errorf("%d activities were read, %d of them with a date", len(d.Activities), dated)
				}
				if len(page.Passages.Unread) == 0 {
					t.Error("everything was understood; the document holds something nobody can")
				}
				if err := a.commitments.DiscardImport(t.Context(), maria, west, imp, page.Version); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}
