package commitments_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/period"
)

// One promise whose row cannot be read holds none of the others up, and the log says which it is.
func TestAFaultyPromiseHoldsNobodyUp(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		ctx := t.Context()
		faulty := w.Promise(t, w.Coast, 1)
		w.Exec(t, "UPDATE pledges SET period_from = 'i fjol' WHERE id = ?", faulty.ID)
		w.Clock.MoveTo(period.On(2026, 12, 1))
		var log bytes.Buffer
		w.LogTo(slog.New(slog.NewTextHandler(&log, nil)))
		for night, want := range []int{5, 0} { // the second meets the same fault, and nothing else is left to do
			if changed, err := w.Ledger.Recompute(ctx); err != nil || changed != want {
				t.Errorf("night %d: %d changed, want %d; %v", night+1, changed, want, err)
			}
		}
		var states []string
		if err := w.DB.Read().NewRaw("SELECT state FROM pledges WHERE id <> ? ORDER BY id", faulty.ID).Scan(ctx, &states); err != nil {
			t.Fatal(err)
		}
		if len(states) != 5 || strings.Contains(strings.Join(states, " "), "not_started") {
			t.Errorf("the others: %v", states)
		}
		if n := strings.Count(log.String(), faulty.ID.String()); n != 2 {
			t.Errorf("the log names the faulty one %d times, want once a night: %s", n, log.String())
		}
	})
}
