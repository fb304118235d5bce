package commitments_test

import (
	"encoding/json"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// coastAlone is a world in which the coast has adopted its three promises and the forest nothing.
func coastAlone(t *testing.T, fn func(t *testing.T, w *ledgertest.World, joint commitments.DeclarationPage)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		ad := commitments.Adoption{Title: "Deklaration för likabehandling", SignedOn: period.On(2026, 1, 9)}
		for i, text := range ledgertest.Wordings {
			ad.Promises = append(ad.Promises, commitments.AdoptedPromise{Number: i + 1, Wording: text})
		}
		ref, err := w.Ledger.Adopt(t.Context(), w.People["Karin"], w.Coast, ad)
		if err != nil {
			t.Fatal(err)
		}
		page, err := w.Ledger.DeclarationPage(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		fn(t, w, page)
	})
}

// account is everything the public reads of an association, but for how many others have signed the same.
func account(t *testing.T, w *ledgertest.World) string {
	t.Helper()
	a, err := w.Ledger.Account(t.Context(), w.Coast, 2026)
	if err != nil {
		t.Fatal(err)
	}
	a.Others = 0
	b, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Whoever joins a declaration signs what stands in it. What her document promises besides is her own: the other's declaration, promises, plan and account
// stay as they were.
func TestJoiningAddsNothingToAnothersDeclaration(t *testing.T) {
	coastAlone(t, func(t *testing.T, w *ledgertest.World, joint commitments.DeclarationPage) {
		ctx, before := t.Context(), account(t, w)
		join := commitments.Adoption{Join: joint.Ref(), Title: "Vårt åtagande", Preamble: "Vi i skogen vill mer.", SignedOn: period.On(2026, 1, 12), Decision: "§ 8/2026", Promises: []commitments.AdoptedPromise{
			{Number: 1, Wording: ledgertest.Wordings[0], Joins: joint.Commitments[0].ID},
			{Number: 2, Wording: "Hålla öppet hus i varje kommun."},
			{Number: 3, Wording: ledgertest.Wordings[2], Joins: joint.Commitments[2].ID},
		}, Activities: []commitments.AdoptedActivity{{ActivityFields: commitments.ActivityFields{Title: "Öppet hus i Mo", Kind: "seminar", When: period.OnDay(period.On(2026, 5, 7)), PlanYear: 2026, Public: true},
			ServesNumbers: []commitments.ServedNumber{{Number: 2}}}}}
		ref, err := w.Ledger.Adopt(ctx, w.People["Arne"], w.Forest, join)
		if err != nil || ref != joint.Ref() {
			t.Fatal(ref, err)
		}
		after, err := w.Ledger.DeclarationPage(ctx, joint.Ref())
		if err != nil {
			t.Fatal(err)
		}
		if len(after.Commitments) != 3 || len(after.Signatures) != 2 || len(after.Commitments[0].Pledges) != 2 || len(after.Commitments[1].Pledges) != 1 {
			t.Errorf("the joint declaration: %d promises, %d signatures", len(after.Commitments), len(after.Signatures))
		}
		for i, c := range after.Commitments {
			if c.Commitment != joint.Commitments[i].Commitment {
				t.Errorf("promise %d became %+v", c.Number, c.Commitment)
			}
		}
		if got := account(t, w); got != before {
			t.Errorf("the other's account was\n%s\nand is\n%s", before, got)
		}
		all, err := w.Ledger.Declarations(ctx)
		if err != nil || len(all) != 2 {
			t.Fatal(len(all), err)
		}
		for _, d := range all {
			if d.Ref() == joint.Ref() {
				continue
			}
			if d.AssociationID != w.Forest.ID || d.Title != "Vårt åtagande – egna löften, Skogsbygden" || d.Preamble != "Vi i skogen vill mer." || d.Promises != 1 || d.Signatures != 1 {
				t.Errorf("the own declaration is %+v", d)
			}
			p, err := w.Ledger.PublicPromise(ctx, w.Forest, d.Slug, 2, 2026)
			if err != nil || p.StepsTotal != 1 || p.Wordings[0].Wording != "Hålla öppet hus i varje kommun." {
				t.Errorf("the own promise: %+v, %v", p.Pledge, err)
			}
		}
		mine, err := w.Ledger.Account(ctx, w.Forest, 2026)
		if err != nil || len(mine.Promises) != 3 {
			t.Errorf("the forest has %d promises, %v", len(mine.Promises), err)
		}
	})
}

func TestJoiningIsRefused(t *testing.T) {
	coastAlone(t, func(t *testing.T, w *ledgertest.World, joint commitments.DeclarationPage) {
		ctx, before := t.Context(), account(t, w)
		with := func(joins ...id.ID) commitments.Adoption {
			ad := commitments.Adoption{Join: joint.Ref()}
			for i, j := range joins {
				ad.Promises = append(ad.Promises, commitments.AdoptedPromise{Number: i + 1, Wording: "Löfte " + strings.Repeat("x", i+1), Joins: j})
			}
			return ad
		}
		one := joint.Commitments[0].ID
		for name, x := range map[string]struct {
			who  actor.Actor
			ad   commitments.Adoption
			kind errs.Kind
		}{
			"with nothing in common":           {w.People["Arne"], with(id.None, id.None), errs.Invalid},
			"with a promise that is not there": {w.People["Arne"], with(id.New()), errs.NotFound},
			"the same promise twice":           {w.People["Arne"], with(one, one), errs.Invalid},
			"a declaration that is not there":  {w.People["Arne"], commitments.Adoption{Join: commitments.Ref{Home: w.Coast.ID, ID: id.New()}, Promises: with(one).Promises}, errs.NotFound},
			"by a visitor":                     {actor.Actor{}, with(one), errs.Unauthorised},
			"by the other association":         {w.People["Karin"], with(one), errs.Forbidden},
			"by an auditor":                    {w.People["Bo"], with(one), errs.Forbidden},
		} {
			if _, err := w.Ledger.Adopt(ctx, x.who, w.Forest, x.ad); errs.KindOf(err) != x.kind {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Ledger.Adopt(ctx, w.People["Karin"], w.Coast, with(one)); !errs.Is(err, errs.Refused) {
			t.Errorf("what one has signed already: %v", err)
		}
		if got := account(t, w); got != before {
			t.Errorf("the account was\n%s\nand is\n%s", before, got)
		}
		after, err := w.Ledger.DeclarationPage(ctx, joint.Ref())
		if err != nil || len(after.Commitments) != 3 || len(after.Signatures) != 1 {
			t.Errorf("%+v, %v", after, err)
		}
	})
}
