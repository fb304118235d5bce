package commitments_test

import (
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/errs"
	"samklang/internal/core/period"
)

func TestARoundIsFrozenOnceAndNeverRewritten(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx, karin := t.Context(), w.People["Karin"]
		w.Clock.MoveTo(period.On(2026, 5, 4))
		round, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Första tertialet 2026", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
		if err != nil {
			t.Fatal(err)
		}
		p := w.Promise(t, w.Coast, 1)
		v, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, 0, "Seminariet blev av.")
		if err != nil || v != 1 {
			t.Fatal(v, err)
		}
		if _, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, 0, "Något annat"); !errs.Is(err, errs.Conflict) {
			t.Errorf("a first comment on top of another: %v", err)
		}
		if v, err = w.Ledger.CommentOn(ctx, w.People["Tyra"], w.Coast, round, p.ID, v, "Seminariet blev av, 146 kom."); err != nil || v != 2 {
			t.Fatal(v, err)
		}
		open, err := w.Ledger.Round(ctx, w.Coast, round)
		if err != nil || open.SHA256 != "" || len(open.Content.Promises) != 3 || open.Content.Promises[0].Comment != "Seminariet blev av, 146 kom." {
			t.Fatalf("%v %+v", err, open.Content)
		}
		if err := w.Ledger.PublishRound(ctx, karin, w.Coast, round, open.Version, true); !errs.Is(err, errs.Refused) {
			t.Errorf("publishing an open round: %v", err)
		}
		if err := w.Ledger.FreezeRound(ctx, w.People["Bo"], w.Coast, round, open.Version); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the auditor freezes: %v", err)
		}
		if err := w.Ledger.FreezeRound(ctx, karin, w.Coast, round, open.Version); err != nil {
			t.Fatal(err)
		}
		before, err := w.Ledger.FrozenJSON(ctx, w.Coast, round)
		if err != nil || !strings.Contains(before, `"comment":"Seminariet blev av, 146 kom."`) || strings.Contains(before, "\n") {
			t.Fatal(err, before)
		}
		if _, err := w.Ledger.CommentOn(ctx, karin, w.Coast, round, p.ID, v, "Nej"); !errs.Is(err, errs.Refused) {
			t.Errorf("a comment on a frozen round: %v", err)
		}
		// The world goes on; the report does not.
		if err := w.Ledger.SupersedeWording(ctx, karin, w.Coast, p.ID, p.Version, commitments.Supersession{Wording: "Hålla minst två seminarier under 2026.", Reason: "Vi hinner inte fyra."}); err != nil {
			t.Fatal(err)
		}
		w.Clock.MoveTo(period.On(2026, time.December, 1))
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		frozen, err := w.Ledger.Round(ctx, w.Coast, round)
		if err != nil || len(frozen.SHA256) != 64 || frozen.Content.Promises[0].Wording != ledgertest.Wordings[0] || frozen.Content.FrozenOn != period.On(2026, 5, 4) || frozen.Content.FrozenBy != "Karin" {
			t.Fatalf("%v %+v", err, frozen.Content)
		}
		if after, _ := w.Ledger.FrozenJSON(ctx, w.Coast, round); after != before {
			t.Error("the frozen text has changed")
		}
		if _, err := w.Ledger.Round(ctx, w.Forest, round); !errs.Is(err, errs.NotFound) {
			t.Errorf("another association reads it: %v", err)
		}
		if err := w.Ledger.PublishRound(ctx, karin, w.Coast, round, frozen.Version, true); err != nil {
			t.Fatal(err)
		}
		again, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Rättelse", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 12, 15), Corrects: round})
		if err != nil {
			t.Fatal(err)
		}
		list, err := w.Ledger.Rounds(ctx, w.Coast)
		if err != nil || len(list) != 2 || list[0].ID != again || list[1].Commented != 1 || list[1].Promises != 3 || !list[1].Public {
			t.Errorf("%v %+v", err, list)
		}
	})
}

func TestDesksOfTheWorld(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		w.Clock.MoveTo(period.On(2026, 3, 30))
		if _, err := w.Ledger.Recompute(ctx); err != nil {
			t.Fatal(err)
		}
		kinds := func(name string) map[commitments.TaskKind]int {
			f, err := w.Ledger.Desk(ctx, w.People[name], w.Coast)
			if err != nil {
				t.Fatal(err)
			}
			n := map[commitments.TaskKind]int{}
			for _, x := range f.Tasks() {
				n[x.Kind]++
			}
			return n
		}
		if k := kinds("Karin"); k[commitments.TaskReport] != 1 || k[commitments.TaskNoDay] != 1 || k[commitments.TaskNobodies] != 1 || k[commitments.TaskNoSteps] != 0 {
			t.Errorf("the head: %v", k)
		}
		if k := kinds("Bo"); len(k) != 0 {
			t.Errorf("the auditor: %v", k)
		}
		if _, err := w.Ledger.Desk(ctx, w.People["Arne"], w.Coast); !errs.Is(err, errs.Forbidden) {
			t.Errorf("somebody from elsewhere: %v", err)
		}
		a := w.Activity(t, w.Coast, "Seminarium om bemötande")
		if err := w.Ledger.ReportActivity(ctx, w.People["Tyra"], w.Coast, a.ID, a.Version, commitments.Report{Account: "Det gick bra."}); err != nil {
			t.Fatal(err)
		}
		if k := kinds("Karin"); k[commitments.TaskReport] != 0 || k[commitments.TaskReview] != 1 {
			t.Errorf("the head, after the report: %v", k)
		}
		if k := kinds("Tyra"); k[commitments.TaskReview] != 0 || k[commitments.TaskOwnInReview] != 1 {
			t.Errorf("the colleague who reported: %v", k)
		}
		queue, err := w.Ledger.ReviewQueue(ctx, w.People["Karin"], w.Coast)
		if err != nil || len(queue) != 1 || len(queue[0].Promised) != 1 || queue[0].Promised[0].Wording != ledgertest.Wordings[0] || queue[0].Activity == nil || queue[0].Own {
			t.Fatalf("%v %+v", err, queue)
		}
		one, err := w.Ledger.ReviewOne(ctx, w.People["Tyra"], w.Coast, queue[0].ID)
		if err != nil || !one.Own || one.Alone {
			t.Errorf("%v %+v", err, one)
		}
		reminders, err := w.Ledger.Reminders(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reminders {
			if r.Person.Name == "Bo" {
				t.Error("the auditor is reminded")
			}
		}
		if err := w.Ledger.SaveDraft(ctx, w.People["Tyra"], "report:1", "account=Det+var"); err != nil {
			t.Fatal(err)
		}
		if err := w.Ledger.SaveDraft(ctx, w.People["Tyra"], "report:1", "account=Det+var+bra"); err != nil {
			t.Fatal(err)
		}
		if d, err := w.Ledger.DraftOf(ctx, w.People["Tyra"], "report:1"); err != nil || d.Form != "account=Det+var+bra" {
			t.Error(d, err)
		}
		if d, err := w.Ledger.DraftOf(ctx, w.People["Karin"], "report:1"); err != nil || d.Form != "" {
			t.Error("somebody else's draft", d, err)
		}
		if err := w.Ledger.DropDraft(ctx, w.People["Tyra"], "report:1"); err != nil {
			t.Fatal(err)
		}
	})
}
