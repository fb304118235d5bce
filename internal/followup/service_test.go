package followup

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

func TestCardsAddUpAndTheLatestIsTakenBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.count(t, h1, began("female", 1), began("female", 3), began("male", 2))
		if got := w.counts(t, h1)[Began]; got.Sum() != 6 || len(got) != 2 {
			t.Errorf("%v", got)
		}
		if err := w.Undo(t.Context(), w.staff, w.here, w.cards, h1, began("male", 2)); err != nil {
			t.Fatal(err)
		}
		if got := w.counts(t, h1)[Began]; got.Sum() != 4 || len(got) != 1 {
			t.Errorf("after undo: %v", got)
		}
		if err := w.Undo(t.Context(), w.staff, w.here, w.cards, h1, began("male", 2)); !errs.Is(err, errs.Conflict) {
			t.Errorf("what is not there: %v", err)
		}
		if err := w.Undo(t.Context(), w.lead, w.here, w.cards, h1, began("female", 1)); !errs.Is(err, errs.Conflict) {
			t.Errorf("what somebody else has counted: %v", err)
		}
	})
}

func TestCardsOfSeveralPeopleAtOnceAllCount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 5 {
					if err := w.Count(context.WithoutCancel(t.Context()), w.staff, w.here, w.cards, h1, began("female", 1)); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		if got := w.counts(t, h1)[Began].Sum(); got != 40 {
			t.Errorf("%d", got)
		}
	})
}

// A form that is sent twice counts once.
func TestACardSentTwiceCountsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for i, want := range []error{nil, db.ErrRepeated} {
			if err := w.Count(db.WithOnce(t.Context(), "k"), w.staff, w.here, w.cards, h1, began("female", 1)); err != want {
				t.Errorf("%d: %v", i, err)
			}
		}
		if got := w.counts(t, h1)[Began].Sum(); got != 1 {
			t.Errorf("%d", got)
		}
	})
}

// Only those who work in an initiative see or change its raw counts.
func TestWhoCounts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		for name, c := range map[string]struct {
			a    actor.Actor
			at   id.ID
			want errs.Kind
			ok   bool
		}{
			"staff": {w.staff, w.here, 0, true}, "the lead": {w.lead, w.here, 0, true}, "staff of another initiative": {w.stranger, w.here, errs.Forbidden, false}, "the office": {w.office, w.here, errs.Forbidden, false},
			"the board": {w.board, w.here, errs.Forbidden, false}, "another association's office": {w.elsewhere, w.here, errs.Forbidden, false}, "a visitor": {actor.Actor{}, w.here, errs.Unauthorised, false}, "staff through another association": {w.staff, w.there, errs.Forbidden, false},
		} {
			_, read := w.Entry(t.Context(), c.a, c.at, w.cards, h1)
			for what, err := range map[string]error{"reads": read, "counts": w.Count(t.Context(), c.a, c.at, w.cards, h1, began("female", 1)), "corrects": w.Enter(t.Context(), c.a, c.at, w.cards, h1, nil, ""), "comments": w.Comment(t.Context(), c.a, c.at, w.cards, h1, "")} {
				if c.ok != (err == nil) || !c.ok && !errs.Is(err, c.want) {
					t.Errorf("%s %s: %v", name, what, err)
				}
			}
		}
		o, err := w.Overview(t.Context(), w.office, w.here, w.cards)
		if err != nil || len(o.Periods) != 3 || o.Periods[0].Totals != nil || len(o.Periods[2].Grades) != 0 {
			t.Errorf("what the office sees: %+v, %v", o, err)
		}
		if o, err = w.Overview(t.Context(), w.staff, w.here, w.cards); err != nil || o.Periods[2].Totals[Began] == 0 {
			t.Errorf("what staff sees: %+v, %v", o, err)
		}
	})
}

func TestAPeriodIsApprovedUpwardsAndLocked(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		w.count(t, h1, began("female", 12))
		if err := w.Step(ctx, w.lead, w.here, w.cards, h1, Approve, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("approved before it is complete: %v", err)
		}
		w.step(t, h1, MarkComplete)
		if err := w.Count(ctx, w.staff, w.here, w.cards, h1, began("female", 1)); !errs.Is(err, errs.Refused) {
			t.Errorf("counted in a complete period: %v", err)
		}
		w.step(t, h1, TakeBack, MarkComplete)
		for name, a := range map[string]actor.Actor{"staff": w.staff, "the office": w.office} {
			if err := w.Step(ctx, a, w.here, w.cards, h1, Approve, ""); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s approves: %v", name, err)
			}
		}
		w.step(t, h1, Approve)
		if err := w.Step(ctx, w.staff, w.here, w.cards, h1, TakeBack, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("staff takes back what is approved: %v", err)
		}
		if err := w.Step(ctx, w.office, w.here, w.cards, h1, SendBack, " "); fields(err) != "reason" {
			t.Errorf("sent back without a reason: %v", err)
		}
		w.step(t, h1, SendBack, MarkComplete, Approve)
		if err := w.Step(ctx, w.lead, w.here, w.cards, h1, Accept, ""); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the lead accepts: %v", err)
		}
		w.step(t, h1, Accept)
		if err := w.Step(ctx, w.office, w.here, w.cards, h1, SendBack, "x"); !errs.Is(err, errs.Conflict) {
			t.Errorf("an accepted period is sent back: %v", err)
		}
		w.step(t, h1, Correct)
		w.count(t, h1, began("female", 1))
		if kept, err := accepted(ctx, d.Read(), w.here); err != nil || kept[w.cards][h1.String()][Began].Sum() != 12 {
			t.Errorf("what was accepted stays while it is corrected: %v, %v", kept, err)
		}
		w.step(t, h1, MarkComplete, Approve, Accept)
		if kept, err := accepted(ctx, d.Read(), w.here); err != nil || kept[w.cards][h1.String()][Began].Sum() != 13 {
			t.Errorf("the new edition: %v, %v", kept, err)
		}
		n, err := d.Read().NewSelect().TableExpr("followup_accepted").Count(ctx)
		if err != nil || n != 2 {
			t.Errorf("%d editions, %v", n, err)
		}
	})
}

func TestNobodyCountsAheadOrCompletesEarly(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		now := h2.Next()
		w.count(t, now, began("female", 1))
		if err := w.Step(t.Context(), w.staff, w.here, w.cards, now, MarkComplete, ""); !errs.Is(err, errs.Refused) {
			t.Errorf("complete before its last day: %v", err)
		}
		for name, b := range map[string]period.Block{"a period ahead": now.Next(), "before the initiative": h1.Previous(), "a month where half-years are counted": {Year: 2025, Every: period.EachMonth, N: 3}, "none": {}} {
			if err := w.Count(t.Context(), w.staff, w.here, w.cards, b, began("female", 1)); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// Of somebody whose identity is protected, the year is told and nothing finer: she is counted in the year's last period.
func TestAProtectedIdentityTellsTheYearAlone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		c := began("male", 1)
		c.Protected = true
		w.count(t, h1, c)
		if got := w.counts(t, h1)[Began].Sum(); got != 0 {
			t.Errorf("%d in the first half-year", got)
		}
		if got := w.counts(t, h2)[Began]; got["sex=male;age=unknown;municipality=unknown;support_start=unknown;referrer=unknown"] != 1 {
			t.Errorf("%v in the last", got)
		}
	})
}

func TestCorrectionsGoUpAndDownWithAReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		w.count(t, h1, began("female", 5))
		cell := began("female", 1).Values
		to := func(was, n int64) []Change { return []Change{{Began, cell, was, n}} }
		if err := w.Enter(ctx, w.staff, w.here, w.cards, h1, to(5, 3), ""); fields(err) != "reason" {
			t.Errorf("lowered without a reason: %v", err)
		}
		if err := w.Enter(ctx, w.staff, w.here, w.cards, h1, to(4, 3), "Två räknades dubbelt."); !errs.Is(err, errs.Conflict) {
			t.Errorf("somebody else had changed it: %v", err)
		}
		if err := w.Enter(ctx, w.staff, w.here, w.cards, h1, append(to(5, 9), Change{Began, Cell{Sex: "female"}, 0, 1}), ""); !errs.Is(err, errs.Invalid) || w.counts(t, h1)[Began].Sum() != 5 {
			t.Errorf("one of two is wrong: %v, %v", err, w.counts(t, h1))
		}
		if err := w.Enter(ctx, w.staff, w.here, w.cards, h1, to(5, 3), "Två räknades dubbelt."); err != nil {
			t.Fatal(err)
		}
		if err := w.Enter(ctx, w.staff, w.here, w.cards, h1, to(3, 0), "Fel period."); err != nil || len(w.counts(t, h1)[Began]) != 0 {
			t.Errorf("down to none: %v, %v", err, w.counts(t, h1))
		}
	})
}

// The trail says who reported how many in which period, and never in which cell; nothing that is stored says when a card was counted.
func TestTheTrailTellsHowManyAndNeverWhere(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.count(t, h1, began("female", 4), began("male", 3), left("female", "none", "illness", 2))
		if err := w.Enter(t.Context(), w.staff, w.here, w.cards, h1, []Change{{Left, left("female", "none", "illness", 1).Values, 2, 1}}, "En räknades dubbelt."); err != nil {
			t.Fatal(err)
		}
		w.step(t, h1, MarkComplete, Approve, Accept)
		entries, err := audit.List(t.Context(), d.Read(), w.here, audit.Filter{Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		all := ""
		for _, e := range entries {
			all += e.Action + " " + e.BeforeJSON + e.AfterJSON + "\n"
		}
		if !strings.Contains(all, `"reported":[{"name":"Linnea Holm","added":9,"removed":1}]`) || len(entries) != 4 {
			t.Errorf("the trail:\n%s", all)
		}
		for _, secret := range []string{"female", "illness", "30_44", "sickness_benefit", "alvsele", "moment"} {
			if strings.Contains(all, secret) {
				t.Errorf("the trail tells %q:\n%s", secret, all)
			}
		}
		var columns []string
		query := "SELECT name FROM pragma_table_info('followup_cells')"
		if d.Engine == db.Postgres {
			query = "SELECT column_name FROM information_schema.columns WHERE table_name = 'followup_cells'"
		}
		if err := d.Read().NewRaw(query).Scan(t.Context(), &columns); err != nil || len(columns) != 6 {
			t.Errorf("a cell is stored with %v, %v", columns, err)
		}
	})
}

func TestWhatWaitsForWhom(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		said := func(a actor.Actor) string {
			list, err := w.Tasks(t.Context(), a, w.here)
			if err != nil {
				t.Fatal(err)
			}
			var words []string
			for _, x := range list {
				if x.Initiative.ID == w.cards {
					s := string(x.Do) + " " + x.Block.String()
					if x.Late {
						s += " late"
					}
					words = append(words, s)
				}
			}
			return strings.Join(words, ", ")
		}
		if got := said(w.staff); got != "complete 2025-H1 late, complete 2025-H2 late" {
			t.Error(got)
		}
		if got := said(w.office); got != "" {
			t.Error(got)
		}
		w.step(t, h1, MarkComplete)
		w.clock.MoveTo(period.On(2026, time.January, 20))
		if got := said(w.lead); got != "approve 2025-H1 late, complete 2025-H2" {
			t.Error(got)
		}
		w.step(t, h1, Approve)
		if got := said(w.office); got != "accept 2025-H1" {
			t.Error(got)
		}
		if got := said(w.elsewhere); got != "" {
			t.Error(got)
		}
	})
}
