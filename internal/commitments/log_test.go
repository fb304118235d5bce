package commitments_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/id"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/db"
)

// What operations do is in the log, and the log agrees with the rows.
func TestTheLogProvesWhatTheLedgerHolds(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		if err := w.Log.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		n, err := w.Log.Sequence(ctx)
		if err != nil || n < 12 {
			t.Fatal(n, err)
		}
		r, err := w.Log.CheckAndEnter(ctx, 0)
		if err != nil {
			t.Fatal(err)
		}
		if r.Missing != 0 || r.Waiting != 0 || r.Facts != int64(n) || r.Entries != int64(n)+1 || r.Latest.Size != int64(n)+1 {
			t.Errorf("%+v after %d entries", r, n)
		}
	})
}

// A copy of release 0.1.0, which has no log, puts a signature right beside this program: it changes the row and writes the trail. The next check enters
// the signature as it stands now, once. The same change without a trail is not explained, and is told.
func TestASignatureThatTheLastReleasePutRightIsEnteredAgain(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		if err := w.Log.Begin(ctx); err != nil {
			t.Fatal(err)
		}
		list, err := w.Ledger.OwnSignatures(ctx, w.People["Tyra"], w.Coast)
		if err != nil || len(list) != 1 {
			t.Fatal(list, err)
		}
		own := list[0]
		var declaration id.ID
		if err := w.DB.Read().NewRaw("SELECT declaration_id FROM signatures WHERE id = ?", own.ID).Scan(ctx, &declaration); err != nil {
			t.Fatal(err)
		}
		entries := func() (n int) {
			t.Helper()
			if _, err := w.Log.Sequence(ctx); err != nil {
				t.Fatal(err)
			}
			if err := w.DB.Read().NewRaw("SELECT count(*) FROM log_entries AS e JOIN log_leaves AS l ON l.entry_id = e.id WHERE e.kind = ? AND e.subject_id = ?", commitments.LogSignature, own.ID).Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		check := func(missing int64) {
			t.Helper()
			if r, err := w.Log.CheckAndEnter(ctx, 0); err != nil || r.Missing != missing {
				t.Errorf("%d are missing, want %d: %v", r.Missing, missing, err)
			}
		}
		before := entries()
		check(0)
		for n, decision := range []string{"§ 34/2026, dnr 2026-14", "§ 35/2026"} {
			w.Clock.Advance(time.Hour)
			now := own.Facts()
			now.Decision = decision
			err := w.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.NewRaw(`UPDATE "signatures" AS "signature" SET "signed_on" = ?, "decision" = ? WHERE ("signature"."association_id" = ? AND "signature"."id" = ?)`, now.SignedOn, now.Decision, w.Coast.ID, own.ID).Exec(ctx); err != nil {
					return err
				}
				return audit.Trail{Clock: w.Clock}.Record(ctx, tx, w.People["Tyra"], w.Coast.ID, "signature.correct", "declaration", declaration, own.Facts(), now)
			})
			if err != nil {
				t.Fatal(err)
			}
			w.Clock.Advance(time.Hour)
			check(1)
			check(0)
			if got := entries(); got != before+n+1 {
				t.Errorf("%d entries of the signature, and there were %d before %d corrections", got, before, n+1)
			}
		}
		w.Clock.Advance(time.Hour)
		w.Exec(t, "UPDATE signatures SET decision = 'past the program' WHERE id = ?", own.ID)
		if _, err := w.Log.CheckAndEnter(ctx, 0); err == nil || !strings.Contains(err.Error(), "the row it tells of was changed: decision") {
			t.Errorf("a change that nothing explains: %v", err)
		}
	})
}
