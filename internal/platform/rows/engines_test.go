package rows

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
)

// lines is a source of one table.
type lines struct {
	table Table
	rows  [][]byte
}

func (l lines) Schema() Schema { return Schema{Tables: []Table{l.table}} }

func (l lines) Each(_ context.Context, _ Table, fn func([]byte) error) error {
	for _, row := range l.rows {
		if err := fn(row); err != nil {
			return err
		}
	}
	return nil
}

// roundTrip puts rows into a table and gives what the table then holds; nothing is kept.
func roundTrip(t interface{ Fatal(...any) }, d *db.DB, s lines) [][]byte {
	ctx := context.Background()
	conn, err := d.Writer().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if d.Engine == db.SQLite {
		if _, err := tx.Exec("PRAGMA defer_foreign_keys = ON"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := put(ctx, d.Engine, conn, tx, s, s.table); err != nil {
		t.Fatal(err)
	}
	var got [][]byte
	err = live{tx, d.Engine, s.Schema()}.Each(ctx, s.table, func(line []byte) error { got = append(got, bytes.Clone(line)); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// Rows with values of every type come out of each engine as they went in.
func TestEveryTypeSurvivesBothEngines(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Writer().Exec(`CREATE TABLE "all types" (id BIGINT PRIMARY KEY, u UUID, t TEXT, i BIGINT, b BOOLEAN, f DOUBLE PRECISION, at TIMESTAMPTZ, j JSONB, x BYTEA)`); err != nil {
			t.Fatal(err)
		}
		schema, err := describe(t.Context(), d.Writer(), d.Engine)
		if err != nil {
			t.Fatal(err)
		}
		table := schema.Tables[slices.IndexFunc(schema.Tables, func(t Table) bool { return t.Name == "all types" })]
		if want := append([]Column{{"id", Integer}}, everyType...); !cmp.Equal(table.Columns, want) || !cmp.Equal(table.Key, []string{"id"}) {
			t.Fatalf("%+v", table)
		}
		// A zero byte in a text is what PostgreSQL cannot keep.
		texts := rapid.Custom(func(r *rapid.T) string { return strings.ReplaceAll(rapid.String().Draw(r, "text"), "\x00", "\\") })
		rapid.Check(t, func(r *rapid.T) {
			s := lines{table: table}
			for n := range rapid.IntRange(0, 5).Draw(r, "rows") {
				line, err := encode(nil, table.Columns, append([]any{int64(n)}, drawRow(r, texts)...))
				if err != nil {
					r.Fatal(err)
				}
				s.rows = append(s.rows, line)
			}
			if diff := cmp.Diff(s.rows, roundTrip(r, d, s)); diff != "" {
				r.Fatal(diff)
			}
		})
	})
}

// A row may refer to a later row of its table, and two to each other.
func TestRowsOfATableMayReferToEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		if _, err := d.Writer().Exec(`CREATE TABLE a_chain (id BIGINT PRIMARY KEY, next BIGINT REFERENCES a_chain (id))`); err != nil {
			t.Fatal(err)
		}
		table := Table{Name: "a_chain", Columns: []Column{{"id", Integer}, {"next", Integer}}, Key: []string{"id"}}
		s := lines{table, [][]byte{[]byte("[1,2]"), []byte("[2,3]"), []byte("[3,2]"), []byte("[4,null]")}}
		if diff := cmp.Diff(s.rows, roundTrip(t, d, s)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestATextPostgreSQLCannotKeepIsNamed(t *testing.T) {
	for _, text := range []string{"a\x00b", "\xff"} {
		_, err := copyLine(nil, []Column{{"id", Integer}, {"title", Text}}, []any{int64(1), text})
		if err == nil || !strings.Contains(err.Error(), "title") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestTheOrderIsThatOfTheForeignKeys(t *testing.T) {
	tables := map[string]Table{"a": {Name: "a"}, "b": {Name: "b"}, "c": {Name: "c"}}
	got, err := inOrder(tables, map[string][]string{"a": {"c"}, "b": {"a", "c"}})
	if err != nil || got[0].Name+got[1].Name+got[2].Name != "cab" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := inOrder(tables, map[string][]string{"a": {"b"}, "b": {"a"}}); err == nil || !strings.Contains(err.Error(), "a, b") {
		t.Errorf("a circle: %v", err)
	}
}

type letter struct {
	To string `json:"to"`
}

func (letter) Kind() string { return "letter" }

// What waits in the queue is done where it comes to, once, at its time; what was given up can be tried again; what is done stays behind.
func TestWaitingJobsComeAlong(t *testing.T) {
	both := func(t *testing.T, from, to *db.DB) {
		ctx, now := t.Context(), clock.At(clock.Today(clock.System))
		open := func(d *db.DB, handle func(letter) error) *jobs.Queue {
			q := jobs.New(d, discard, now)
			jobs.Handle(q, func(ctx context.Context, l letter) error { return handle(l) })
			if err := q.Migrate(ctx); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(q.Close)
			return q
		}
		broken := context.DeadlineExceeded
		q := open(from, func(l letter) error {
			if l.To == "failing" || l.To == "given up" {
				return broken
			}
			return nil
		})
		send := func(l letter, opts ...jobs.Option) {
			err := from.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, l, opts...) })
			if err != nil {
				t.Fatal(err)
			}
		}
		send(letter{"done"})
		send(letter{"failing"})
		send(letter{"given up"}, jobs.Attempts(1))
		if err := q.Drain(ctx); err != nil {
			t.Fatal(err)
		}
		send(letter{"waiting"})
		send(letter{"under way"})
		send(letter{"later"}, jobs.At(now.Now().Add(time.Hour)), jobs.In(jobs.Mails))
		if _, err := from.Writer().Exec(`UPDATE river_job SET state = 'running', attempt = 1 WHERE CAST(args AS TEXT) LIKE '%under way%'`); err != nil {
			t.Fatal(err)
		}
		var l Loaded
		err := Read(ctx, from, func(ctx context.Context, s Source) (err error) {
			l, err = Load(ctx, to, s, Note{What: "copy", Since: now.Now()}, nil)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := l.Found["river_job"].Rows; n != 5 {
			t.Errorf("%d jobs came along, want 5", n)
		}
		var done []string
		q = open(to, func(l letter) error { done = append(done, l.To); return nil })
		drained := func(want ...string) {
			t.Helper()
			done = nil
			if err := q.Drain(ctx); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, done, sorted); diff != "" {
				t.Error(diff)
			}
		}
		drained("waiting", "under way")
		now.Advance(30 * time.Minute)
		drained("failing")
		now.Advance(time.Hour)
		drained("later")
		failed, err := q.Failed(ctx)
		if err != nil || len(failed) != 1 || failed[0].Reason != broken.Error() {
			t.Fatalf("%+v %v", failed, err)
		}
		if err := q.Retry(ctx, failed[0].ID); err != nil {
			t.Fatal(err)
		}
		drained("given up")
		err = to.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, letter{"new"}) })
		if err != nil {
			t.Fatal(err)
		}
		drained("new")
	}
	t.Run("from sqlite", func(t *testing.T) { both(t, dbtest.SQLite(t), dbtest.Postgres(t)) })
	t.Run("from postgres", func(t *testing.T) { both(t, dbtest.Postgres(t), dbtest.SQLite(t)) })
}
