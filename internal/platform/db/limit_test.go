package db_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// limited opens a fresh database of each engine on which a statement may take a fifth of a second.
func limited(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	open := func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true, Limit: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fn(t, d)
	}
	t.Run("sqlite", func(t *testing.T) { open(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { open(t, dbtest.PostgresURL(t)) })
}

const endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT (i + 1) % 1000 FROM n) "

// A question without end ends, whether it never gives a row or never stops giving them, and whether or not anybody waits for it; the
// connection is as good as before.
func TestAQuestionWithoutEndEnds(t *testing.T) {
	limited(t, func(t *testing.T, d *db.DB) {
		for name, query := range map[string]string{
			"no row":               endless + "SELECT count(*) FROM n",
			"rows without end":     endless + "SELECT i FROM n",
			"asked without a text": endless + "SELECT i FROM n /* not kept */",
		} {
			for range 2 {
				begin := time.Now()
				rows, err := d.Read().QueryContext(context.Background(), query)
				if err == nil {
					for rows.Next() {
					}
					err = rows.Err()
					rows.Close()
				}
				if took := time.Since(begin); err == nil || took > 20*time.Second {
					t.Errorf("%s: %v after %s", name, err, took)
				}
			}
		}
		for range 20 {
			var one int
			if err := d.Read().NewSelect().ColumnExpr("1").Scan(context.Background(), &one); err != nil || one != 1 {
				t.Fatalf("afterwards: %d %v", one, err)
			}
		}
	})
}

// Work that goes through a whole table may take its time, in its own transaction and no other.
func TestATransactionMayTakeItsTime(t *testing.T) {
	d, err := db.Open(t.Context(), dbtest.PostgresURL(t), db.Options{Limit: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	sleep := func(patient bool) error {
		return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if patient {
				if err := tx.TakeTime(ctx); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "SELECT pg_sleep(0.4)")
			return err
		})
	}
	if err := sleep(true); err != nil {
		t.Error(err)
	}
	if err := sleep(false); err == nil {
		t.Error("no limit holds any more")
	}
}
