package followup

import (
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

func (w *world) scope() scope.Association { return scope.Association{ID: w.here} }

// only lets the world have but one initiative that is counted by persons, so that a period is whole when it is accepted.
func (w *world) only(x id.ID) {
	for _, i := range w.list {
		if i.ID == x {
			w.list = []Initiative{i}
			return
		}
	}
}

// Cells and coverage hold accepted periods alone, without misregistrations, and nobody gets them through another association.
func TestOnlyAcceptedPeriodsLeaveTheInitiative(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		sum := func(x Query) (n int) {
			c, err := w.Cells(t.Context(), w.scope(), x)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range c.Rows {
				n += r.N
			}
			return n
		}
		w.count(t, h1, left("female", "none", "illness", 7), left("male", "within_1_month", Misregistered, 2), left("male", Unknown, "work", 3))
		w.count(t, h2, left("female", "none", "illness", 20))
		w.step(t, h1, MarkComplete, Approve)
		if n := sum(Query{Moment: Left}); n != 0 {
			t.Errorf("%d before the office has accepted", n)
		}
		w.step(t, h1, Accept)
		if n := sum(Query{Moment: Left}); n != 10 {
			t.Errorf("%d left", n)
		}
		if n := sum(Query{Moment: Left, From: h2}) + sum(Query{Moment: Left, Initiatives: []id.ID{w.others}}) + sum(Query{Moment: Began}); n != 0 {
			t.Errorf("%d outside the query", n)
		}
		c, err := w.Coverage(t.Context(), w.scope(), Query{Moment: Left})
		if err != nil || c[w.cards].All != 10 || c[w.cards].Complete != 7 || c[w.cards].Unknown[JobStep] != 3 {
			t.Errorf("%+v, %v", c, err)
		}
		if c, err := w.Cells(t.Context(), scope.Association{ID: w.there}, Query{Moment: Left}); err != nil || len(c.Rows) != 0 {
			t.Errorf("through another association: %v, %v", c, err)
		}
	})
}

func TestWhatTheOfficeSeesHasPassedDisclosure(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.only(w.cards)
		w.clock.MoveTo(period.On(2025, time.August, 20))
		ctx := t.Context()
		for name, a := range map[string]actor.Actor{"staff": w.staff, "the lead": w.lead, "another office": w.elsewhere, "the board": w.board} {
			if _, err := w.Publish(ctx, a, w.scope()); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s publishes: %v", name, err)
			}
		}
		if _, err := w.Publish(ctx, w.office, w.scope()); !errs.Is(err, errs.Refused) {
			t.Errorf("nothing is accepted: %v", err)
		}
		alsele := began("female", 30)
		alsele.Values = Cell{Sex: "female", Age: "20_24", Municipality: "alvsele", SupportStart: "social_assistance", Referrer: "fk"}
		w.count(t, h1, began("female", 26), began("male", 31), alsele, func() Card { c := began("male", 2); c.Values[Municipality] = "alvsele"; return c }())
		w.step(t, h1, MarkComplete, Approve, Accept)
		if b, ok, err := w.Publishable(ctx, w.here); err != nil || !ok || b != h1 {
			t.Errorf("publishable: %v, %v, %v", b, ok, err)
		}
		if n, err := w.Publish(ctx, w.office, w.scope()); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		if _, err := w.Publish(ctx, w.office, w.scope()); !errs.Is(err, errs.Refused) {
			t.Errorf("again without anything new: %v", err)
		}
		p, err := w.Publication(ctx, w.board, w.here, Began, 0)
		if err != nil || p == nil {
			t.Fatal(p, err)
		}
		if n, shown := p.Result.Find(map[string]string{Municipality: "alvsele", Sex: "male"}).Count(); shown {
			t.Errorf("two men of Älvsele are shown: %d", n)
		}
		if n, shown := p.Result.Find(map[string]string{OfInitiative: w.cards.String()}).Count(); !shown || n != 89 {
			t.Errorf("the initiative: %d, %v", n, shown)
		}
		if p.Coverage[w.cards] != Nearly || p.Through != h1 {
			t.Errorf("%+v", p)
		}
		for name, a := range map[string]actor.Actor{"staff": w.staff, "another office": w.elsewhere, "a visitor": {}} {
			if _, err := w.Publication(ctx, a, w.here, Began, 0); err == nil {
				t.Errorf("%s reads the office's figures", name)
			}
		}
	})
}

func TestAnAssociationDecidesItsUnverifiedCodesAndItsPeriods(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		if err := w.SetCodes(ctx, w.staff, w.here, nil); !errs.Is(err, errs.Forbidden) {
			t.Errorf("staff: %v", err)
		}
		if err := w.SetCodes(ctx, w.office, w.here, []Setting{{Variable: Sex, Code: "female"}}); !errs.Is(err, errs.Invalid) {
			t.Errorf("a verified code: %v", err)
		}
		if err := w.SetCodes(ctx, w.office, w.here, []Setting{{Variable: Referrer, Code: "employer"}, {Variable: Referrer, Code: "af", Label: "AF", Used: true}}); err != nil {
			t.Fatal(err)
		}
		e, err := w.Entry(ctx, w.staff, w.here, w.cards, h1)
		if err != nil || !e.Lists.Has(Referrer, "employer", h1) || e.Lists.Has(Referrer, "employer", h2.Next().Next()) {
			t.Errorf("a code that is no longer used: %v", err)
		}
		if err := w.SetUnit(ctx, w.office, w.here, period.EachMonth); err != nil {
			t.Fatal(err)
		}
		w.clock.MoveTo(period.On(2027, time.February, 3))
		x := w.list[0]
		if b, err := w.Current(ctx, w.here, x); err != nil || b.String() != "2027-M02" {
			t.Errorf("%v, %v", b, err)
		}
		s, err := w.Settings(ctx, w.office, w.here)
		if err != nil || s.Now != period.EachMonth {
			t.Errorf("%+v, %v", s.Now, err)
		}
	})
}

// A new half-year, a new municipality and a new initiative come in beside what was published before.
func TestPublicationsFollowEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.only(w.cards)
		ctx := t.Context()
		w.clock.MoveTo(period.On(2025, time.August, 20))
		w.count(t, h1, began("female", 26), began("male", 31))
		w.step(t, h1, MarkComplete, Approve, Accept)
		if _, err := w.Publish(ctx, w.office, w.scope()); err != nil {
			t.Fatal(err)
		}
		w.clock.MoveTo(period.On(2026, time.February, 20))
		other := began("female", 22)
		other.Values = Cell{Sex: "female", Age: "20_24", Municipality: "alvsele", SupportStart: "social_assistance", Referrer: "fk"}
		w.count(t, h2, began("female", 24), began("male", 29), other)
		w.step(t, h2, MarkComplete, Approve, Accept)
		if n, err := w.Publish(ctx, w.office, w.scope()); err != nil || n != 1 {
			t.Fatalf("%d, %v", n, err)
		}
		p, err := w.Publication(ctx, w.office, w.here, Began, 0)
		if err != nil || p.Number != 2 || len(p.Earlier) != 1 || p.Through != h2 {
			t.Fatalf("%+v, %v", p, err)
		}
		if n, shown := p.Result.Find(map[string]string{OfPeriod: h1.String()}).Count(); !shown || n != 57 {
			t.Errorf("the first half-year: %d, %v", n, shown)
		}
	})
}
