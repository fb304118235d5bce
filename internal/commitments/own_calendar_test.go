package commitments_test

import (
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

func TestOwnCalendar(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		ctx, eva := t.Context(), w.People["Eva"]
		for _, title := range []string{"Demokratidag", "Seminarium om barnrätt"} { // the second has no day
			a := w.Activity(t, w.Coast, title)
			f := a.Fields()
			f.OwnerID = eva.Account
			if err := w.Ledger.EditActivity(ctx, w.People["Karin"], w.Coast, a.ID, a.Version, f); err != nil {
				t.Fatal(err)
			}
		}
		p := w.Promise(t, w.Coast, 3)
		if err := w.Ledger.EditPledge(ctx, w.People["Karin"], w.Coast, p.ID, p.Pledge.Version, commitments.PledgeFields{Responsible: eva.Account, Ambition: commitments.AmbitionModest}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ledger.AddMilestone(ctx, w.People["Karin"], w.Coast, p.ID, "Kraven följs upp", period.On(2026, 9, 30)); err != nil {
			t.Fatal(err)
		}
		list, err := w.Ledger.OwnCalendar(ctx, eva)
		if err != nil || len(list) != 1 || len(list[0].Activities) != 1 || list[0].Activities[0].Title != "Demokratidag" || len(list[0].Steps) != 1 || list[0].Steps[0].Number != 3 {
			t.Errorf("%+v, %v", list, err)
		}
		for name, a := range map[string]actor.Actor{"Karin, who answers for nothing": w.People["Karin"], "Eva, whose role has ended": {Account: eva.Account}} {
			if list, err := w.Ledger.OwnCalendar(ctx, a); err != nil || len(list) != 0 {
				t.Errorf("%s: %+v, %v", name, list, err)
			}
		}
		if _, err := w.Ledger.OwnCalendar(ctx, actor.Actor{}); !errs.Is(err, errs.Unauthorised) {
			t.Errorf("a visitor: %v", err)
		}
	})
}
