package rows

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
)

var (
	discard = slog.New(slog.DiscardHandler)
	sorted  = cmpopts.SortSlices(cmp.Less[string])
	begun   = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
)

// small is an installation with three rows.
func small(t *testing.T) *db.DB {
	d := dbtest.SQLite(t)
	q := jobs.New(d, discard, clock.System)
	defer q.Close()
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES ('` + id.New().String() + `', 'alvkusten', 'Älvkusten', 'Älvkusten', 'x', '2026-11-22 12:00:00+00:00')`,
		`INSERT INTO audit_entries (association_id, id, at, actor_name, action, subject_kind) VALUES ('` + id.None.String() + `', '` + id.New().String() + `', '2026-11-22 12:00:00+00:00', 'Lisa', 'x', 'x')`,
		`INSERT INTO form_keys (form_key, created_at) VALUES ('k', '2026-11-22 12:00:00+00:00')`,
	} {
		if _, err := d.Writer().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func load(t *testing.T, from, to *db.DB) (l Loaded, err error) {
	err = Read(t.Context(), from, func(ctx context.Context, s Source) (err error) {
		l, err = Load(ctx, to, s, Note{What: "copy", From: "a test", Since: begun}, nil)
		return err
	})
	return l, err
}

// blank is a database of each engine that nothing has been done to.
func blank(t *testing.T, fn func(t *testing.T, open func() *db.DB)) {
	run := func(t *testing.T, dsn string) {
		fn(t, func() *db.DB {
			d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			return d
		})
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.EmptyPostgresURL(t)) })
}

// interrupted is a source that ends in the middle.
type interrupted struct {
	Source
	rows int
}

var errInterrupted = errors.New("the line went dead")

func (s *interrupted) Each(ctx context.Context, t Table, fn func([]byte) error) error {
	return s.Source.Each(ctx, t, func(line []byte) error {
		if s.rows--; s.rows < 0 {
			return errInterrupted
		}
		return fn(line)
	})
}

func TestACopyThatBreaksOffIsRefusedUntilItHasBeenRunAgain(t *testing.T) {
	blank(t, func(t *testing.T, open func() *db.DB) {
		from, to := small(t), open()
		err := Read(t.Context(), from, func(ctx context.Context, s Source) error {
			_, err := Load(ctx, to, &interrupted{s, 2}, Note{What: "copy", From: "a test", Since: begun}, nil)
			return err
		})
		if !errors.Is(err, errInterrupted) {
			t.Fatal(err)
		}
		if err := CheckFinished(t.Context(), to); err == nil || !strings.Contains(err.Error(), "samklang copy from a test began on 2026-11-22 12:00:00 UTC") {
			t.Errorf("the target is not refused: %v", err)
		}
		if _, err := load(t, to, dbtest.SQLite(t)); err == nil || !strings.Contains(err.Error(), "unfinished") {
			t.Errorf("an unfinished copy as a source: %v", err)
		}
		l, err := load(t, from, to)
		if err != nil {
			t.Fatal(err)
		}
		if diff := gocmp.Diff(l.Given, l.Found); diff != "" || l.Found["associations"].Rows != 1 || l.Found["audit_entries"].Rows != 1 {
			t.Error(diff, l.Found)
		}
		if err := CheckFinished(t.Context(), to); err != nil {
			t.Error(err)
		}
		if _, err := to.Writer().Exec("DELETE FROM audit_entries"); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("the copy does not protect its rows: %v", err)
		}
	})
}

// A run that was interrupted after the rows were in only has its end left to do, and a run from another source does not take it over.
func TestACopyThatBreaksOffAtItsEndIsFinished(t *testing.T) {
	blank(t, func(t *testing.T, open func() *db.DB) {
		from, to := small(t), open()
		l, err := load(t, from, to)
		if err != nil {
			t.Fatal(err)
		}
		note := Note{What: "copy", From: "a test", Since: begun, Digest: Digest(l.Schema, l.Found)}
		if err := writeNote(t.Context(), to.Writer(), to.Engine, note); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, small(t), to); err == nil || !strings.Contains(err.Error(), "something else") {
			t.Errorf("another source: %v", err)
		}
		if again, err := load(t, from, to); err != nil || gocmp.Diff(l, again) != "" {
			t.Errorf("%+v %v", again, err)
		}
		if err := CheckFinished(t.Context(), to); err != nil {
			t.Error(err)
		}
	})
}

func TestOnlyAnEmptyTargetIsFilled(t *testing.T) {
	blank(t, func(t *testing.T, open func() *db.DB) {
		from, to := small(t), open()
		if _, err := load(t, from, to); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, from, to); err == nil || !strings.Contains(err.Error(), "not empty") {
			t.Errorf("a full one: %v", err)
		}
	})
	blank(t, func(t *testing.T, open func() *db.DB) {
		to := open()
		if _, err := to.Writer().Exec("CREATE TABLE customers (id BIGINT PRIMARY KEY)"); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, small(t), to); err == nil || !strings.Contains(err.Error(), "another program, such as customers") {
			t.Errorf("another's: %v", err)
		}
	})
}

func TestAnOlderSchemaIsBroughtUp(t *testing.T) {
	blank(t, func(t *testing.T, open func() *db.DB) {
		from, to := open(), dbtest.SQLite(t)
		if err := from.MigrateTo(t.Context(), 8); err != nil {
			t.Fatal(err)
		}
		q := jobs.New(from, discard, clock.System)
		defer q.Close()
		if err := q.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := from.Writer().Exec(`INSERT INTO form_keys (form_key, created_at) VALUES ('k', '2026-11-22 12:00:00+00:00')`); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, from, to); err != nil { // which is empty and of the newest schema
			t.Fatal(err)
		}
		if n, err := to.Pending(t.Context()); err != nil || n != 0 {
			t.Errorf("%d migrations are left, %v", n, err)
		}
		if n, err := from.Pending(t.Context()); err != nil || int64(n) != db.Newest()-8 {
			t.Errorf("the source was changed: %d migrations are left, %v", n, err)
		}
	})
}

// newer is a source of a later version of the program.
type newer struct{ Source }

func (n newer) Schema() Schema {
	s := n.Source.Schema()
	s.Version = db.Newest() + 1
	return s
}

func TestANewerSchemaIsRefused(t *testing.T) {
	to := dbtest.SQLite(t)
	err := Read(t.Context(), small(t), func(ctx context.Context, s Source) error {
		_, err := Load(ctx, to, newer{s}, Note{}, nil)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "use the version of the program that wrote it") {
		t.Error(err)
	}
}

// Reading goes on while others write, and is of one moment.
func TestASourceIsOfOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		key := 0
		write := func() {
			key++
			err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				for _, table := range []string{"form_keys (form_key, created_at)", "job_keys (unique_key, created_at)"} {
					if _, err := tx.NewRaw("INSERT INTO "+table+" VALUES (?, ?)", time.Duration(key).String(), begun).Exec(ctx); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		write()
		err := Read(t.Context(), d, func(ctx context.Context, s Source) error {
			write()
			for _, table := range s.Schema().Tables {
				if table.Name == "form_keys" || table.Name == "job_keys" {
					n := 0
					if err := s.Each(ctx, table, func([]byte) error { n++; return nil }); err != nil {
						return err
					}
					if n != 1 {
						t.Errorf("%d rows of %s, want the one of the moment it began", n, table.Name)
					}
					write()
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
