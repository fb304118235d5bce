package commitments_test

import (
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// The day and the decision of one's own signature are put right by head and office; nothing else changes, and the trail tells.
func TestASignatureIsPutRight(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		own := func(name string) commitments.OwnSignature {
			t.Helper()
			in := w.Coast
			if name == "Arne" {
				in = w.Forest
			}
			list, err := w.Ledger.OwnSignatures(ctx, w.People[name], in)
			if err != nil || len(list) != 1 || list[0].Declaration != "Gemensam deklaration" || list[0].Slug != "gemensam-deklaration" {
				t.Fatalf("%s reads %+v, %v", name, list, err)
			}
			return list[0]
		}
		first, others, wording := own("Bo"), own("Arne"), w.Promise(t, w.Coast, 1).Wording()
		seen := first.Facts()
		right := commitments.SignatureFacts{SignedOn: period.On(2026, 1, 8), Decision: "§ 34/2026, dnr 2026-14"}
		for name, kind := range map[string]errs.Kind{"": errs.Unauthorised, "Bo": errs.Forbidden, "Nils": errs.Forbidden, "Eva": errs.Forbidden, "Arne": errs.Forbidden} {
			if err := w.Ledger.CorrectSignature(ctx, w.People[name], w.Coast, first.ID, seen, right); errs.KindOf(err) != kind {
				t.Errorf("by %q: %v", name, err)
			}
		}
		if err := w.Ledger.CorrectSignature(ctx, w.People["Arne"], w.Forest, first.ID, seen, right); !errs.Is(err, errs.NotFound) {
			t.Errorf("another's through one's own association: %v", err)
		}
		tyra := w.People["Tyra"]
		for when, faulty := range map[period.Date]bool{w.Ledger.Today().AddDays(1): true, w.Ledger.Today(): false} {
			before := own("Tyra").Facts()
			err := w.Ledger.CorrectSignature(ctx, tyra, w.Coast, first.ID, before, commitments.SignatureFacts{SignedOn: when, Decision: before.Decision})
			if faulty != errs.Is(err, errs.Invalid) || faulty == (err == nil) {
				t.Errorf("signed %s: %v", when, err)
			}
		}
		if err := w.Ledger.CorrectSignature(ctx, tyra, w.Coast, first.ID, seen, right); !errs.Is(err, errs.Conflict) {
			t.Errorf("from an old page: %v", err)
		}
		for _, now := range []commitments.SignatureFacts{right, {}, right} { // they may be taken away and added again
			if err := w.Ledger.CorrectSignature(ctx, tyra, w.Coast, first.ID, own("Tyra").Facts(), now); err != nil {
				t.Fatal(err)
			}
			if got := own("Bo"); got.Facts() != now || got.FileID != first.FileID || got.AdoptedAt != first.AdoptedAt {
				t.Errorf("got %+v", got)
			}
		}
		entries := func() (n int64) {
			t.Helper()
			n, err := w.DB.Read().NewSelect().TableExpr("audit_entries").Where("action = ?", "signature.correct").Count(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		written := entries()
		if err := w.Ledger.CorrectSignature(ctx, tyra, w.Coast, first.ID, right, right); err != nil || entries() != written {
			t.Errorf("the same again: %v, %d entries", err, entries()-written)
		}
		if now := own("Arne"); now != others {
			t.Errorf("the forest's has become %+v", now)
		}
		if p := w.Promise(t, w.Coast, 1); p.Wording() != wording {
			t.Errorf("the wording has become %+v", p.Wording())
		}
		page, err := w.Ledger.DeclarationBySlug(ctx, "gemensam-deklaration")
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Signatures {
			if x.AssociationID == w.Coast.ID && x.Facts() != right {
				t.Errorf("the public page says %+v", x.Facts())
			}
		}
		var was, is string
		if err := w.DB.Read().NewSelect().TableExpr("audit_entries").Column("before_json", "after_json").Where("action = ?", "signature.correct").OrderExpr("id DESC").Limit(1).Scan(ctx, &was, &is); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(was, "34/2026") || !strings.Contains(is, "§ 34/2026, dnr 2026-14") || !strings.Contains(is, "2026-01-08") {
			t.Errorf("the trail says %s and %s", was, is)
		}
	})
}

// A document is read by everybody inside once it is adopted, before that by those who read it in.
func TestWhoReadsTheDocumentOfAnImport(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx, karin := t.Context(), w.People["Karin"]
		imp, err := w.Ledger.StartImport(ctx, karin, w.Coast, "egna.txt", strings.NewReader("Löften för 2027\n\n1. Vi ska hålla ett öppet forum varje år.\n2. Vi ska utbilda all personal i bemötande.\n"), 2027)
		if err != nil {
			t.Fatal(err)
		}
		look := func(when string, inside errs.Kind) {
			t.Helper()
			for name, kind := range map[string]errs.Kind{"": errs.Unauthorised, "Karin": 0, "Tyra": 0, "Bo": inside, "Nils": inside, "Eva": inside, "Arne": errs.Forbidden} {
				file, err := w.Ledger.ImportedFile(ctx, w.People[name], w.Coast, imp)
				if (kind == 0) != (err == nil) || kind != 0 && errs.KindOf(err) != kind || (err == nil) != (file != id.None) {
					t.Errorf("%s by %q: %v", when, name, err)
				}
			}
			if _, err := w.Ledger.ImportedFile(ctx, w.People["Arne"], w.Forest, imp); !errs.Is(err, errs.NotFound) {
				t.Errorf("%s, through another association: %v", when, err)
			}
		}
		look("open", errs.Forbidden)
		p, err := w.Ledger.Import(ctx, karin, w.Coast, imp)
		if err != nil {
			t.Fatal(err)
		}
		err = w.Ledger.ChangeDraft(ctx, karin, w.Coast, imp, p.Version, func(d *commitments.Draft) error {
			d.Title, d.JoinDecided, d.Join, d.Year = "Våra egna löften", true, commitments.Ref{}, 2027
			d.Promises, d.Activities = []commitments.DraftPromise{{Number: 1, Wording: "Hålla ett öppet forum varje år.", Checked: true}}, nil
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Ledger.AdoptImport(ctx, karin, w.Coast, imp, p.Version+1); err != nil {
			t.Fatal(err)
		}
		look("adopted", 0)
		list, err := w.Ledger.OwnSignatures(ctx, w.People["Bo"], w.Coast)
		if err != nil || len(list) != 2 || list[0].ImportID != imp || list[0].FileID == id.None || !list[0].SignedOn.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
