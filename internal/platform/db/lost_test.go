package db_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// onRoad opens a fresh PostgreSQL database over a road that can be cut.
func onRoad(t *testing.T) (*db.DB, *dbtest.Road) {
	t.Helper()
	r := dbtest.NewRoad(t, dbtest.PostgresURL(t))
	d, err := db.Open(t.Context(), r.URL, db.Options{Patience: 500 * time.Millisecond, Answer: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, r
}

func count(t *testing.T, d *db.DB, k string) (n int) {
	t.Helper()
	if err := d.Read().NewRaw("SELECT count(*) FROM form_keys WHERE form_key = ?", k).Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// A transaction whose connection breaks before its end runs again, on another connection, and has its effect once.
func TestATransactionThatIsCutOffRunsAgain(t *testing.T) {
	d, r := onRoad(t)
	runs := 0
	err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if runs++; runs == 1 {
			if err := insert(ctx, tx, "a"); err != nil {
				return err
			}
			r.Snap()
		}
		return insert(ctx, tx, "a")
	})
	if err != nil || runs != 2 || count(t, d, "a") != 1 {
		t.Errorf("%v after %d runs, %d rows", err, runs, count(t, d, "a"))
	}
}

// commits loses, in one way or the other, the first commits that are sent over a road.
func commits(r *dbtest.Road, n int, v dbtest.Verdict) {
	r.Watch = func(sent []byte) dbtest.Verdict {
		if n > 0 && bytes.Contains(sent, []byte("commit\x00")) {
			n--
			return v
		}
		return dbtest.Pass
	}
}

// Whether a commit that was not answered went through is found out by the form's key: the effect is there once, and the person is told that it is.
func TestACommitThatIsNotAnsweredIsFoundOut(t *testing.T) {
	for name, verdict := range map[string]dbtest.Verdict{"it arrived": dbtest.LoseAnswer, "it did not": dbtest.Lose} {
		t.Run(name, func(t *testing.T) {
			d, r := onRoad(t)
			commits(r, 1, verdict)
			ctx := db.WithOnce(t.Context(), id.New().String())
			if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "a") }); err != nil {
				t.Fatal(err)
			}
			if n := count(t, d, "a"); n != 1 {
				t.Errorf("%d rows", n)
			}
			// What else the request does is not held up by the key.
			if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "b") }); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without a key nobody can know, and that is what is said.
func TestACommitWithoutAKeyThatIsNotAnsweredIsInDoubt(t *testing.T) {
	for name, verdict := range map[string]dbtest.Verdict{"it arrived": dbtest.LoseAnswer, "it did not": dbtest.Lose} {
		t.Run(name, func(t *testing.T) {
			d, r := onRoad(t)
			commits(r, 1, verdict)
			runs := 0
			err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				runs++
				return insert(ctx, tx, "a")
			})
			if e, ok := errors.AsType[*errs.Error](err); !ok || e.Key != db.ErrDoubt.Key || runs != 1 {
				t.Errorf("%v after %d runs", err, runs)
			}
		})
	}
}

// A commit that waits for a standby which does not follow is given up after a while: it is in doubt, with a key and without, and the database goes
// on. PostgreSQL then has it, but for the standby, so sending the form again does not do it twice.
func TestACommitThatWaitsTooLongIsInDoubt(t *testing.T) {
	d, r := onRoad(t)
	commits(r, 1, dbtest.Silence)
	key := id.New().String()
	write := func() error {
		return d.WithTx(db.WithOnce(t.Context(), key), func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "a") })
	}
	if e, ok := errors.AsType[*errs.Error](write()); !ok || e.Key != db.ErrDoubt.Key {
		t.Errorf("the error is %v", e)
	}
	if err := write(); !errors.Is(err, db.ErrRepeated) {
		t.Errorf("sent again: %v", err)
	}
	if n := count(t, d, "a"); n != 1 {
		t.Errorf("%d rows", n)
	}
}

// A commit that PostgreSQL answers with the warning that the standby does not have it is in doubt; the warning holds for that commit alone. Nor is a
// form that was sent before said to be saved before a later commit says so.
func TestACommitThatTheStandbyDoesNotHaveIsInDoubt(t *testing.T) {
	d, r := onRoad(t)
	write := func(key, k, warning string) error {
		return d.WithTx(db.WithOnce(t.Context(), key), func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.ExecContext(ctx, "DO $$ BEGIN RAISE WARNING '"+warning+"'; END $$"); err != nil {
				return err
			}
			return insert(ctx, tx, k)
		})
	}
	key := id.New().String()
	if e, ok := errors.AsType[*errs.Error](write(key, "a", "canceling wait for synchronous replication due to user request")); !ok || e.Key != db.ErrDoubt.Key {
		t.Errorf("the error is %v", e)
	}
	if err := write(id.New().String(), "b", "something else"); err != nil {
		t.Error(err)
	}
	commits(r, 1, dbtest.Silence)
	if e, ok := errors.AsType[*errs.Error](write(key, "a", "")); !ok || e.Key != db.ErrDoubt.Key {
		t.Errorf("sent again while the standby does not follow: %v", e)
	}
	if err := write(key, "a", ""); !errors.Is(err, db.ErrRepeated) {
		t.Errorf("sent again: %v", err)
	}
}

// A database that goes on being away is told as such, and the program works again when it is back.
func TestADatabaseThatIsAwayIsSaidToBe(t *testing.T) {
	d, r := onRoad(t)
	r.Cut()
	write := func() error {
		return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "a") })
	}
	if err := write(); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a write gives %v", err)
	}
	if err := d.Ping(t.Context()); err == nil {
		t.Error("it answers")
	}
	r.Restore()
	if err := write(); err != nil {
		t.Error(err)
	}
}

// A disk that is full leaves nothing half written and is told as such; reading goes on.
func TestAFullDiskLeavesNothingBehind(t *testing.T) {
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	var pages int
	if err := d.Writer().QueryRow("PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	room := func(pages int) {
		t.Helper()
		if _, err := d.Writer().Exec(fmt.Sprint("PRAGMA max_page_count = ", pages)); err != nil {
			t.Fatal(err)
		}
	}
	room(pages + 2)
	err = d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, "a"); err != nil {
			return err
		}
		_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES ('b', ?, ?)", string(bytes.Repeat([]byte("x"), 1<<20)), "2026-11-22").Exec(ctx)
		return err
	})
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Key != db.ErrFull.Key {
		t.Errorf("the error is %v", err)
	}
	if n := count(t, d, "a"); n != 0 {
		t.Errorf("%d rows of a transaction that failed", n)
	}
	room(9999999)
	if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "a") }); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
