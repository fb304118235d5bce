package db_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// Memory is given back while others read and write, and nobody notices.
func TestGiveBackWhileOthersWork(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() {
				for range 50 {
					var n int
					if err := d.Read().NewRaw("SELECT count(*) FROM mails").Scan(ctx, &n); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Go(func() {
			for range 20 {
				if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.NewRaw("DELETE FROM mails").Exec(ctx)
					return err
				}); err != nil {
					t.Error(err)
				}
			}
		})
		for range 20 {
			if err := d.GiveBack(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		all.Wait()
		if err := d.GiveBack(ctx); err != nil {
			t.Error(err)
		}
	})
}
