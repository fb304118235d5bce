package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"pgregory.net/rapid"
)

// twoCopies opens a fresh database twice, as two copies of the program do. Forms show nowhere there, sessions are for rights alone.
func twoCopies(t *testing.T, fn func(t *testing.T, a, b *db.DB)) {
	open := func(t *testing.T, dsn string) *db.DB {
		d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true, Shows: func(table string) db.Kinds {
			return map[string]db.Kinds{"form_keys": 0, "content_versions": 0, "sessions": db.Access, "roles": db.Access | db.Content}[table] | other(table)
		}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		return d
	}
	run := func(t *testing.T, dsn string) {
		a := open(t, dsn)
		if err := a.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fn(t, a, open(t, dsn))
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "x.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
}

func other(table string) db.Kinds {
	switch table {
	case "form_keys", "content_versions", "sessions", "roles":
		return 0
	}
	return db.Content
}

func versions(t interface{ Fatal(...any) }, d *db.DB) db.Versions {
	v, err := d.Versions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

var errBack = errors.New("roll back")

// Every copy sees at once what another has committed, of the kind it was, and nothing else counts.
func TestAChangeIsAChangeOfItsVersion(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		write := func(statements ...string) func(*db.DB) error {
			return func(d *db.DB) error {
				return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					for _, s := range statements {
						if _, err := tx.NewRaw(s).Exec(ctx); err != nil {
							return err
						}
					}
					return nil
				})
			}
		}
		n := 0
		for _, c := range []struct {
			name            string
			do              func(*db.DB) error
			content, access bool
		}{
			{"a content table", write("UPDATE associations SET name = 'x'"), true, false},
			{"a table of rights", write("UPDATE sessions SET device = 'x'"), false, true},
			{"a table of both", write("DELETE FROM roles"), true, true},
			{"two tables", write("UPDATE sessions SET device = 'x'", "UPDATE associations SET name = 'x'"), true, true},
			{"a table that shows nowhere", write("DELETE FROM form_keys"), false, false},
			{"reading", write("SELECT 1"), false, false},
			{"nothing", write(), false, false},
			{"a model", func(d *db.DB) error {
				return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.NewUpdate().Table("members").Set("name = 'x'").Where("name = 'y'").Exec(ctx)
					return err
				})
			}, true, false},
			{"the plain connection", func(d *db.DB) error {
				return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.ExecContext(ctx, "DELETE FROM members")
					return err
				})
			}, true, false},
			{"a query that writes", func(d *db.DB) error {
				return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					rows, err := tx.QueryContext(ctx, "DELETE FROM members RETURNING id")
					if err != nil {
						return err
					}
					return rows.Close()
				})
			}, true, false},
			{"a rolled-back change", func(d *db.DB) error {
				err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.NewRaw("UPDATE associations SET name = 'x'").Exec(ctx)
					return errors.Join(err, errBack)
				})
				if !errors.Is(err, errBack) {
					return fmt.Errorf("got %w", err)
				}
				return nil
			}, false, false},
			{"a snapshot", func(d *db.DB) error {
				return d.WithSnapshot(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.NewRaw("DELETE FROM members").Exec(ctx)
					return err
				})
			}, true, false},
			{"what shows nowhere, of a table that does", func(d *db.DB) error {
				return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					tx.Unseen()
					_, err := tx.NewRaw("UPDATE sessions SET device = 'x'").Exec(ctx)
					return err
				})
			}, false, false},
		} {
			for _, pair := range [][2]*db.DB{{a, b}, {b, a}} {
				writer, reader := pair[0], pair[1]
				own, before := versions(t, writer), versions(t, reader)
				if err := c.do(writer); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				for _, x := range []struct {
					who           string
					before, after db.Versions
				}{{"the writer", own, versions(t, writer)}, {"the other copy", before, versions(t, reader)}} {
					if (x.after.Content > x.before.Content) != c.content || (x.after.Access > x.before.Access) != c.access {
						t.Errorf("%s, seen by %s: from %v to %v", c.name, x.who, x.before, x.after)
					}
				}
				n++
			}
		}
		if err := a.SweepVersions(t.Context()); err != nil {
			t.Fatal(err)
		}
		var rows int
		if err := a.Read().NewRaw("SELECT count(*) FROM content_versions").Scan(t.Context(), &rows); err != nil || rows < 2 || rows > 32 {
			t.Errorf("%d rows are left after %d changes, %v", rows, n, err)
		}
	})
}

// A request goes by one moment; whoever asks without being pinned sees what is new.
func TestAPinnedRequestGoesByOneMoment(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		ctx := db.Pin(t.Context())
		before, err := b.Versions(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("DELETE FROM members").Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if after, err := b.Versions(ctx); err != nil || after != before {
			t.Errorf("pinned: from %v to %v, %v", before, after, err)
		}
		if now := versions(t, b); now.Content <= before.Content {
			t.Errorf("from %v to %v", before, now)
		}
	})
}

// However many write and read at once, nobody who asks after a commit is given what was before it, kept values least of all.
func TestNobodySeesWhatIsOlderThanTheQuestion(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		if err := a.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES ('n', '0', '2026-11-22T12:00:00Z')").Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		set := func(d *db.DB, n int64) error {
			return d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.NewRaw("UPDATE installation_keys SET value = ? WHERE name = 'n'", fmt.Sprint(n)).Exec(ctx)
				return err
			})
		}
		var committed atomic.Int64
		stop := make(chan struct{})
		var wg sync.WaitGroup
		keeps := map[*db.DB]*db.Kept[string, int64]{a: {}, b: {}}
		for d, kept := range keeps {
			for range 3 {
				wg.Go(func() {
					for {
						select {
						case <-stop:
							return
						default:
						}
						least := committed.Load()
						got, err := kept.Get(db.Pin(t.Context()), d, "n", func(ctx context.Context) (n int64, err error) {
							return n, d.Read().NewRaw("SELECT CAST(value AS BIGINT) FROM installation_keys WHERE name = 'n'").Scan(ctx, &n)
						})
						if err != nil || got < least {
							t.Errorf("%d after %d was committed, %v", got, least, err)
							return
						}
					}
				})
			}
		}
		for n := range int64(60) {
			if err := set([]*db.DB{a, b}[n%2], n+1); err != nil {
				t.Error(err)
				break
			}
			committed.Store(n + 1)
		}
		close(stop)
		wg.Wait()
	})
}

// One of those who ask for the same does the work; an error is nobody's to keep, and what is kept is bounded.
func TestWorkIsDoneOnceUntilSomethingChanges(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		kept := db.Kept[int, int]{Most: 10}
		var done atomic.Int64
		var wg sync.WaitGroup
		begin := make(chan struct{})
		for range 50 {
			wg.Go(func() {
				got, err := kept.Get(t.Context(), a, 7, func(context.Context) (int, error) {
					<-begin
					return int(done.Add(1)), nil
				})
				if got != 1 || err != nil {
					t.Errorf("%d, %v", got, err)
				}
			})
		}
		close(begin)
		wg.Wait()
		if _, err := kept.Get(t.Context(), a, 8, func(context.Context) (int, error) { return 0, errBack }); !errors.Is(err, errBack) {
			t.Error(err)
		}
		if got, err := kept.Get(t.Context(), a, 8, func(context.Context) (int, error) { return 5, nil }); got != 5 || err != nil {
			t.Errorf("after an error: %d, %v", got, err)
		}
		again := 0
		rapid.Check(t, func(rt *rapid.T) {
			key := rapid.IntRange(0, 100).Draw(rt, "key")
			got, err := kept.Get(t.Context(), a, key+1000, func(context.Context) (int, error) { again++; return key, nil })
			if got != key || err != nil {
				rt.Fatalf("%d for %d, %v", got, key, err)
			}
		})
		if again < 20 { // ten of a hundred are kept
			t.Errorf("more than ten were kept: %d were made", again)
		}
	})
}

// A database that went away is an error and not an old version; when it is back, so are the versions.
func TestClosedIsNotUnchanged(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		versions(t, a)
		a.Close()
		if v, err := a.Versions(t.Context()); err == nil {
			t.Errorf("a closed database is at %v", v)
		}
		versions(t, b)
	})
}

// A connection that was cut since the last look is made anew.
func TestACutConnectionIsNoError(t *testing.T) {
	twoCopies(t, func(t *testing.T, a, b *db.DB) {
		before := versions(t, a)
		if a.Engine == db.Postgres {
			if _, err := b.Read().NewRaw("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()").Exec(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if after := versions(t, a); after != before {
			t.Errorf("from %v to %v", before, after)
		}
	})
}

// Whoever writes to PostgreSQL without putting a stamp – a copy of release 0.1.0, a person at a prompt – has one put by the server: in the same
// transaction, of the kinds the table counts for, however many write at once and whatever they wait for.
func TestTheServerStampsForThoseWhoDoNot(t *testing.T) {
	ctx := t.Context()
	dsn := dbtest.PostgresURL(t)
	d, err := db.Open(ctx, dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		statement       string
		content, access bool
	}{
		{"INSERT INTO members SELECT * FROM members", true, false},
		{"UPDATE associations SET name = 'x'", true, false},
		{"WITH gone AS (DELETE FROM members RETURNING id) SELECT count(*) FROM gone", true, false},
		{"UPDATE sessions SET device = 'x'", false, true},
		{"DELETE FROM roles", true, true},
		{"TRUNCATE round_comments", true, false},
		{"DELETE FROM form_keys", false, false},
		{"SELECT 1", false, false},
		{db.Stamps + "UPDATE associations SET name = 'x'", false, false},
	} {
		for _, isolation := range []sql.IsolationLevel{sql.LevelDefault, sql.LevelRepeatableRead, sql.LevelSerializable} {
			before := versions(t, d)
			tx, err := d.Writer().BeginTx(ctx, &sql.TxOptions{Isolation: isolation})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.ExecContext(ctx, c.statement); err != nil {
				tx.Rollback()
				t.Fatalf("%s: %v", c.statement, err)
			}
			if during := versions(t, d); during != before {
				t.Errorf("%s, not yet committed: from %v to %v", c.statement, before, during)
			}
			if err := tx.Commit(); err != nil {
				t.Fatal(err)
			}
			if after := versions(t, d); (after.Content > before.Content) != c.content || (after.Access > before.Access) != c.access {
				t.Errorf("%s, %s: from %v to %v", c.statement, isolation, before, after)
			}
		}
	}

	// Two who have both been given stamps go on to write what the other has not touched, and nobody waits.
	var open []*sql.Tx
	for range 3 {
		tx, err := d.Writer().BeginTx(ctx, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		open = append(open, tx)
	}
	soon, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	for _, statement := range []string{"UPDATE members SET name = 'y'", "DELETE FROM roles", "UPDATE members SET name = 'z'"} {
		for _, tx := range open {
			if _, err := tx.ExecContext(soon, statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, tx := range open {
		before := versions(t, d)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if after := versions(t, d); after.Content == before.Content || after.Access == before.Access {
			t.Errorf("from %v to %v", before, after)
		}
	}

	// Thousands of changes leave as many rows as there were writers at a time.
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 100 {
				if _, err := d.Writer().ExecContext(ctx, "UPDATE members SET name = 'x'"); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if err := d.SweepVersions(ctx); err != nil {
		t.Fatal(err)
	}
	var rows int
	if err := d.Read().NewRaw("SELECT count(*) FROM content_versions").Scan(ctx, &rows); err != nil || rows > 20 {
		t.Errorf("%d rows are left, %v", rows, err)
	}
}
