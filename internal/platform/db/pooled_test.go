package db_test

import (
	"context"
	"net/url"
	"sync"
	"testing"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// A session of the server is shared by everybody behind a pooler in transaction mode: the program sets nothing there that outlives a transaction,
// knows that it is behind one, and knows whether the role has a limit.
func TestBehindAPooler(t *testing.T) {
	dsn := dbtest.PostgresURL(t)
	straight, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer straight.Close()
	if straight.Pooled() || straight.Endless() {
		t.Error("a straight way to the server is taken for a pooler")
	}
	through := dbtest.Pool(t, dsn, 1)
	open := func() *db.DB {
		d, err := db.Open(t.Context(), through.URL, db.Options{Limit: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	d := open()
	if !d.Pooled() || !d.Endless() {
		t.Errorf("pooled %v, endless %v", d.Pooled(), d.Endless())
	}
	sleep := func(q db.IDB) error {
		_, err := q.ExecContext(t.Context(), "SELECT pg_sleep(0.4)")
		return err
	}
	if err := sleep(d.Read()); err != nil {
		t.Errorf("a limit was left on the connection that everybody shares: %v", err)
	}

	// With a limit for the database, statements end, but for those that may take their time.
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := straight.Writer().ExecContext(t.Context(), "ALTER DATABASE "+u.Path[1:]+" SET statement_timeout = '200ms'"); err != nil {
		t.Fatal(err)
	}
	through.Stop()
	through.Start()
	d = open()
	if d.Endless() {
		t.Error("the server's own limit is not seen")
	}
	if err := sleep(d.Read()); err == nil {
		t.Error("the server's own limit does not hold")
	}
	err = d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := tx.TakeTime(ctx); err != nil {
			return err
		}
		return sleep(tx)
	})
	if err != nil {
		t.Errorf("what may take its time: %v", err)
	}
	if err := sleep(d.Read()); err == nil {
		t.Error("no limit holds any more")
	}
}

// Several copies of the program that start at once through a pooler with two connections bring a fresh database up to date, once.
func TestSeveralCopiesMigrateAtOnceThroughAPooler(t *testing.T) {
	through := dbtest.Pool(t, dbtest.EmptyPostgresURL(t), 2)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			d, err := db.Open(t.Context(), through.URL, db.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer d.Close()
			if err := d.Migrate(t.Context()); err != nil {
				t.Error(err)
			}
			if n, err := d.Pending(t.Context()); err != nil || n != 0 {
				t.Errorf("%d migrations have not run, %v", n, err)
			}
		})
	}
	wg.Wait()
}

// A pooler that is restarted in the middle of the work costs nothing that was acknowledged, and nothing is there twice.
func TestAPoolerThatIsRestartedLosesNothing(t *testing.T) {
	through := dbtest.Pool(t, dbtest.PostgresURL(t), 4)
	d, err := db.Open(t.Context(), through.URL, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	const writers, each = 4, 40
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				k := string(rune('a'+w)) + time.Duration(i).String()
				ctx := db.WithOnce(t.Context(), "once/"+k)
				if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, k) }); err != nil {
					t.Errorf("%s: %v", k, err)
				}
				time.Sleep(5 * time.Millisecond)
			}
		})
	}
	for range 3 {
		time.Sleep(50 * time.Millisecond)
		through.Stop()
		time.Sleep(20 * time.Millisecond)
		through.Start()
	}
	wg.Wait()
	var n int
	if err := d.Read().NewRaw("SELECT count(*) FROM form_keys WHERE form_key NOT LIKE 'once/%'").Scan(t.Context(), &n); err != nil || n != writers*each {
		t.Errorf("%d rows, want %d, %v", n, writers*each, err)
	}
}
