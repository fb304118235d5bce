package app

import (
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
)

// One mail a week to each person with something late or due, however often the job runs; none to those who only read.
func TestRemindersComeOnceAWeek(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx, head := t.Context(), in.actors["head"]
		_, err := in.commitments.PlanActivity(ctx, head, in.here, commitments.ActivityFields{Title: "Passerat seminarium", Kind: "seminar", When: period.OnDay(period.On(2026, time.November, 1)), PlanYear: 2026, OwnerID: head.Account})
		if err != nil {
			t.Fatal(err)
		}
		mails := func() int64 {
			n, err := in.db.Read().NewSelect().TableExpr("mails").Where("kind = ?", "ledger.remind").Count(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		remind := func() error {
			_, err := in.commitments.Remind(ctx)
			return err
		}
		in.clock.(*clock.Set).MoveTo(period.On(2026, time.November, 23))
		for range 2 {
			if err := remind(); err != nil {
				t.Fatal(err)
			}
		}
		if n := mails(); n != 1 {
			t.Errorf("%d mails, want one to the head", n)
		}
		in.clock.(*clock.Set).Advance(7 * 24 * time.Hour)
		if err := remind(); err != nil {
			t.Fatal(err)
		}
		if n := mails(); n != 2 {
			t.Errorf("%d mails after a week", n)
		}
		var body string
		if err := in.db.Read().NewSelect().TableExpr("mails").Column("body_text").Where("kind = ?", "ledger.remind").Limit(1).Scan(ctx, &body); err != nil {
			t.Fatal(err)
		}
		if body == "" {
			t.Error("the mail is empty")
		}
		// Whoever has turned it off on her page hears no more.
		who, err := in.accounts.Account(ctx, head.Account)
		if err != nil {
			t.Fatal(err)
		}
		if err := in.accounts.Rename(ctx, head, who.Version, who.Name, who.Language, false); err != nil {
			t.Fatal(err)
		}
		in.clock.(*clock.Set).Advance(7 * 24 * time.Hour)
		if err := remind(); err != nil {
			t.Fatal(err)
		}
		if n := mails(); n != 2 {
			t.Errorf("%d mails, but she wants none", n)
		}
	})
}
