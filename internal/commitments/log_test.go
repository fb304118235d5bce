package commitments_test

import (
	"testing"

	"samklang/internal/commitments/ledgertest"
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
