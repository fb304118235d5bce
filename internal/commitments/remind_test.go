package commitments_test

import (
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// The world begins on Monday 12 January 2026. The seminar of 12 March, a Thursday, has nobody who answers for it, so it is on every desk
// that may plan.
func TestReminders(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		ctx := t.Context()
		remind := func(on period.Date) []string {
			t.Helper()
			w.Mails = nil
			w.Clock.MoveTo(on)
			if _, err := w.Ledger.Remind(ctx); err != nil {
				t.Fatal(err)
			}
			var to []string
			for _, m := range w.Mails {
				to = append(to, m.To)
			}
			return to
		}
		if to := remind(period.On(2026, 1, 12)); len(to) != 0 {
			t.Errorf("nothing is due, but %v were reminded", to)
		}
		if to := remind(period.On(2026, 3, 8)); len(to) != 0 {
			t.Errorf("%v were written to on a Sunday", to)
		}
		if to := strings.Join(remind(period.On(2026, 3, 9)), " "); to != "Karin@example.test Tyra@example.test" {
			t.Errorf("on Monday: %q", to)
		}
		monday := w.Mails
		for _, m := range monday {
			if !strings.HasSuffix(m.UniqueKey, "/2026-W11") || !strings.HasPrefix(m.UniqueKey, "remind/") {
				t.Errorf("key %q", m.UniqueKey)
			}
			for _, want := range []string{"Blir det av? Seminarium om bemötande, 12 mars 2026", "https://samklang.example/alvkusten/skrivbord"} {
				if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, "Seminarium om bemötande") {
					t.Errorf("no %q in %s", want, m.Text)
				}
			}
			if m.Subject != "En sak väntar på dig" {
				t.Errorf("%q", m.Subject)
			}
		}
		// The same week again is the same key, so the outbox keeps one.
		if remind(period.On(2026, 3, 11)); len(w.Mails) != 2 || w.Mails[0].UniqueKey != monday[0].UniqueKey {
			t.Errorf("%+v", w.Mails)
		}
		// What was reported waits for somebody else's review; what was written there does not travel.
		w.Clock.MoveTo(period.On(2026, 3, 13))
		a := w.Activity(t, w.Coast, "Seminarium om bemötande")
		f := a.Fields()
		f.Notes = "Hemlig anteckning"
		if err := w.Ledger.EditActivity(ctx, w.People["Karin"], w.Coast, a.ID, a.Version, f); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.ReportActivity(ctx, w.People["Tyra"], w.Coast, a.ID, a.Version+1, commitments.Report{Account: "Hemlig berättelse.", Completes: true}); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.FileEvidence(ctx, w.People["Tyra"], w.Coast, commitments.EvidenceFields{Target: commitments.Target{Pledge: w.Promise(t, w.Coast, 2).ID}, Kind: commitments.EvidenceAccount, Title: "Hemlig rubrik", Body: "Hemlig text."}, "", nil); err != nil {
			t.Fatal(err)
		}
		remind(period.On(2026, 3, 16))
		var karin string
		for _, m := range w.Mails {
			if m.To == "Karin@example.test" {
				karin = m.Subject + m.Text + m.HTML
			}
		}
		if !strings.Contains(karin, "Granska underlag: Seminarium om bemötande") || !strings.Contains(karin, "Granska ett underlag") || strings.Contains(karin, "Hemlig") || strings.Contains(karin, "Tyra") {
			t.Error(karin)
		}
	})
}

func TestWhoDoesNotWantRemindersGetsNone(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		w.Unreminded("Tyra")
		w.Clock.MoveTo(period.On(2026, 3, 9))
		if n, err := w.Ledger.Remind(t.Context()); err != nil || n != 1 || w.Mails[0].To != "Karin@example.test" {
			t.Errorf("%d, %v, %+v", n, err, w.Mails)
		}
	})
}
