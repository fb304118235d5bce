package db_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/uptrace/bun"
)

type key struct {
	bun.BaseModel `bun:"table:form_keys"`
	FormKey       string `bun:",pk"`
	Location      string
	CreatedAt     time.Time
}

func insert(ctx context.Context, tx db.IDB, k string) error {
	_, err := tx.NewInsert().Model(&key{FormKey: k, CreatedAt: time.Now()}).Exec(ctx)
	return err
}

func TestWithTxCommitsAllOrNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := insert(ctx, tx, "a"); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "b") }); err != nil {
			t.Fatal(err)
		}
		var keys []string
		if err := d.Read().NewSelect().Model((*key)(nil)).Column("form_key").Scan(ctx, &keys); err != nil {
			t.Fatal(err)
		}
		if strings.Join(keys, " ") != "b" {
			t.Errorf("got %v, want only b", keys)
		}
		if err := insert(ctx, d.Read(), "c"); d.Engine == db.SQLite && err == nil {
			t.Error("the readers of SQLite must not write")
		}
	})
}

func TestUniqueIsRecognised(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		add := func() error {
			return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "same") })
		}
		if err := add(); err != nil {
			t.Fatal(err)
		}
		if err := add(); !db.IsUnique(err) {
			t.Errorf("got %v, want a unique violation", err)
		}
	})
}

func TestManyWritersLoseNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				for range 25 {
					err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, id.New().String()) })
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		n, err := d.Read().NewSelect().Model((*key)(nil)).Count(t.Context())
		if err != nil || n != 200 {
			t.Errorf("%d rows, %v; want 200", n, err)
		}
	})
}

// The rows of an append-only table can be neither changed nor removed, not even by a programmer with a database client.
func TestAppendOnlyTablesRefuseChanges(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := d.Writer()
		_, err := w.Exec(`INSERT INTO audit_entries (association_id, id, at, actor_name, action, subject_kind) VALUES ('` + id.None.String() + `', '` + id.New().String() + `', '2026-11-22 12:00:00+00', 'x', 'x', 'x')`)
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range []string{`UPDATE audit_entries SET actor_name = 'y'`, `DELETE FROM audit_entries`} {
			if _, err := w.Exec(statement); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: got %v, want a refusal", statement, err)
			}
		}
	})
}

// Values come back as they went in: ids, dates with no value, times to the microsecond, text that looks like SQL or a number.
func TestValuesSurvive(t *testing.T) {
	type association struct {
		bun.BaseModel `bun:"table:associations"`
		ID            id.ID `bun:",pk"`
		Slug, Name    string
		ShortName     string
		SortKey       string
		FoundedOn     period.Date
		EndedOn       period.Date
		CreatedAt     time.Time
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		in := association{ID: id.New(), Slug: "12e3", Name: `'; DROP TABLE x; -- ?0 Åsa\`, ShortName: "007", SortKey: "0x1F", FoundedOn: period.On(2005, 1, 31), CreatedAt: time.Date(2026, 11, 22, 1, 2, 3, 456789000, time.UTC)}
		err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewInsert().Model(&in).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var out association
		if err := d.Read().NewSelect().Model(&out).Where("id = ?", in.ID).Where("1 - ? = 43", -42).Scan(t.Context()); err != nil {
			t.Fatal(err)
		}
		out.CreatedAt = out.CreatedAt.UTC()
		if out != in {
			t.Errorf("got  %+v\nwant %+v", out, in)
		}
	})
}

// The time of a form's key is the program's, so that its age is counted by the clock that sweeps it.
func TestAFormsKeyHasTheProgramsTime(t *testing.T) {
	now := clock.At(period.On(2031, time.May, 4))
	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "x.db"), db.Options{Unsafe: true, Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := d.WithTx(db.WithOnce(t.Context(), "form-1"), func(context.Context, *db.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
	var at time.Time
	if err := d.Read().NewRaw("SELECT created_at FROM form_keys").Scan(t.Context(), &at); err != nil || !at.Equal(now.Now()) {
		t.Errorf("%v, %v", at, err)
	}
}

func TestAFormTakesEffectOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		send := func(fail error) error {
			ctx := db.WithOnce(t.Context(), "form-1")
			err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				if fail != nil {
					return fail
				}
				return insert(ctx, tx, id.New().String())
			})
			if err == nil {
				err = d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, id.New().String()) })
			}
			return err
		}
		faulty := errors.New("a field is missing")
		if err := send(faulty); !errors.Is(err, faulty) {
			t.Fatal(err)
		}
		if err := send(nil); err != nil {
			t.Fatalf("after a failure the form may be sent again: %v", err)
		}
		if err := send(nil); !errors.Is(err, db.ErrRepeated) {
			t.Fatalf("got %v, want ErrRepeated", err)
		}
		if err := d.RememberLocation(t.Context(), "form-1", "/there"); err != nil {
			t.Fatal(err)
		}
		if loc, err := d.Location(t.Context(), "form-1"); err != nil || loc != "/there" {
			t.Errorf("location %q, %v", loc, err)
		}
		if n, _ := d.Read().NewSelect().Model((*key)(nil)).Count(t.Context()); n != 3 {
			t.Errorf("%d rows, want the key and the two rows of the one time it worked", n)
		}
	})
}

// Whoever reads twice in a snapshot reads the same, though somebody else has written in between; whoever then wants to change what has
// changed begins again and sees it.
func TestASnapshotIsOfOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return insert(ctx, tx, "a") }); err != nil {
			t.Fatal(err)
		}
		written := make(chan error, 1)
		var rounds []string
		err := d.WithSnapshot(ctx, func(ctx context.Context, tx *db.Tx) error {
			var before, after string
			read := func(into *string) error {
				return tx.NewSelect().Model((*key)(nil)).Column("location").Where("form_key = 'a'").Scan(ctx, into)
			}
			if err := read(&before); err != nil {
				return err
			}
			if len(rounds) == 0 {
				go func() {
					written <- d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.NewUpdate().Model((*key)(nil)).Set("location = 'theirs'").Where("form_key = 'a'").Exec(ctx)
						return err
					})
				}()
				if d.Engine == db.Postgres { // on SQLite the other waits until this one is done
					if err := <-written; err != nil {
						return err
					}
				}
			}
			if err := read(&after); err != nil {
				return err
			}
			rounds = append(rounds, before+"|"+after)
			_, err := tx.NewUpdate().Model((*key)(nil)).Set("location = location || '+mine'").Where("form_key = 'a'").Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if d.Engine == db.SQLite {
			if err := <-written; err != nil {
				t.Fatal(err)
			}
		}
		var now string
		if err := d.Read().NewSelect().Model((*key)(nil)).Column("location").Where("form_key = 'a'").Scan(ctx, &now); err != nil {
			t.Fatal(err)
		}
		want := map[db.Engine][2]string{db.SQLite: {"|", "theirs"}, db.Postgres: {"| theirs|theirs", "theirs+mine"}}[d.Engine]
		if got := strings.Join(rounds, " "); got != want[0] || now != want[1] {
			t.Errorf("read %q and left %q, want %q and %q", got, now, want[0], want[1])
		}
	})
}
