package db

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"
	"pgregory.net/rapid"
)

func TestTextsAreLiftedOutOfAQuery(t *testing.T) {
	for _, c := range []struct {
		query, lifted string
		values        []string
	}{
		{`SELECT 1`, `SELECT 1`, nil},
		{`SELECT "a"."b" FROM "a" WHERE ("c" = 'x') AND (d IN ('y', 'z')) LIMIT 5`, `SELECT "a"."b" FROM "a" WHERE ("c" = ?) AND (d IN (?, ?)) LIMIT 5`, []string{"x", "y", "z"}},
		{`SELECT '' || 'it''s' || ''''`, `SELECT ? || ? || ?`, []string{"", "it's", "'"}},
		{`SELECT "it's" = 'a "b" -- c /* d */ ?'`, `SELECT "it's" = ?`, []string{`a "b" -- c /* d */ ?`}},
		{`SELECT 3 - 4 / 2 - 'å'`, `SELECT 3 - 4 / 2 - ?`, []string{"å"}},
	} {
		text, values, ok := lift(nil, c.query)
		var got []string
		for i, v := range values {
			if v.Ordinal != i+1 {
				t.Errorf("%s: value %d has the place %d", c.query, i, v.Ordinal)
			}
			got = append(got, v.Value.(string))
		}
		if !ok || string(text) != c.lifted || strings.Join(got, "|") != strings.Join(c.values, "|") {
			t.Errorf("%s\nbecomes %s %q %v\n   want %s %q", c.query, text, got, ok, c.lifted, c.values)
		}
	}
}

func TestWhatMayBeSomethingElseIsNotLifted(t *testing.T) {
	for _, query := range []string{`SELECT X'00'`, `SELECT x'00'`, `SELECT 'a`, `SELECT "a`, `SELECT 'a' -- 'b'`, `SELECT /* ' */ 'a'`, `SELECT ?`, "SELECT `it's`", `SELECT [it's]`, "SELECT 'a' \x00"} {
		if text, _, ok := lift(nil, query); ok {
			t.Errorf("%q was lifted to %q", query, text)
		}
	}
}

func openReader(t testing.TB) *DB {
	t.Helper()
	d, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "samklang.db"), Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}

// Readers, who keep their statements, and the writer, who does not, give the same answer to any values.
func TestKeptStatementsAnswerTheSame(t *testing.T) {
	d := openReader(t)
	rapid.Check(t, func(t *rapid.T) {
		// Not a zero byte: bun refuses it.
		value := rapid.StringOf(rapid.RuneFrom([]rune("'\"\\?-/*xX0åÅ\n ;()%_[]`")))
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		n := rapid.Int64Range(-3, 3).Draw(t, "n")
		ask := func(q IDB) (out []any) {
			rows, err := q.NewSelect().TableExpr("(SELECT ? AS v UNION ALL SELECT ?)", a, b).ColumnExpr("v, v = ?, length(v) + ?, v LIKE ?, v IN (?), 1 - ?, ?", a, n, b, bun.In([]string{a, b}), n, []byte(a)).
				Where("v >= ?", a).OrderExpr("v, ?", b).Rows(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			defer rows.Close()
			for rows.Next() {
				cells := make([]any, 7)
				to := make([]any, 7)
				for i := range cells {
					to[i] = &cells[i]
				}
				if err := rows.Scan(to...); err != nil {
					t.Fatal(err)
				}
				out = append(out, cells...)
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			return out
		}
		if got, want := fmt.Sprintf("%#v", ask(d.read)), fmt.Sprintf("%#v", ask(d.write)); got != want {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

// A statement that is being read, one that was evicted, a faulty question and one that was given up all leave the connection fit for the next.
func TestKeptStatementsSurviveWhatHappens(t *testing.T) {
	d := openReader(t)
	ctx := t.Context()
	one := func(q IDB, query string, args ...any) (s string) {
		t.Helper()
		if err := q.NewRaw(query, args...).Scan(ctx, &s); err != nil {
			t.Fatal(query, err)
		}
		return s
	}
	conn, err := d.read.Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	outer, err := conn.QueryContext(ctx, "SELECT ? UNION ALL SELECT ?", "a", "b")
	if err != nil {
		t.Fatal(err)
	}
	outer.Next()
	if got := one(conn, "SELECT ? UNION ALL SELECT ?", "c", "d"); got != "c" {
		t.Errorf("the same question while its rows are read: %q", got)
	}
	var first string
	if err := outer.Scan(&first); err != nil || first != "a" || !outer.Next() || outer.Scan(&first) != nil || first != "b" {
		t.Errorf("the rows that were being read: %q %v", first, err)
	}
	outer.Close()

	for i := range 2 * statementsKept {
		if got := one(conn, fmt.Sprintf("SELECT ? || %d", i), "n"); got != fmt.Sprint("n", i) {
			t.Fatalf("question %d: %q", i, got)
		}
	}
	err = conn.Raw(func(c any) error {
		if n := len(c.(*keeping).statements); n == 0 || n > statementsKept {
			t.Errorf("%d statements are kept", n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.QueryContext(ctx, "SELECT nothing FROM nowhere WHERE a = 'b'"); err == nil {
		t.Error("a question about nothing was answered")
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := conn.QueryContext(gone, "SELECT 'x'"); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
	if got := one(conn, "SELECT ?", "still here"); got != "still here" {
		t.Error(got)
	}
}

func TestKeptStatementsSeeNewRowsAndColumns(t *testing.T) {
	d := openReader(t)
	write := func(query string) {
		t.Helper()
		if _, err := d.write.Exec(query); err != nil {
			t.Fatal(err)
		}
	}
	write("CREATE TABLE notes (a TEXT)")
	write("INSERT INTO notes VALUES ('x')")
	count := func(want string) {
		t.Helper()
		rows, err := d.read.QueryContext(t.Context(), "SELECT * FROM notes WHERE a = 'x'")
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		n := 0
		for rows.Next() {
			n++
		}
		if got := fmt.Sprint(n, " rows of ", len(columns)); err != nil || got != want {
			t.Errorf("%s %v, want %s", got, err, want)
		}
	}
	count("1 rows of 1")
	write("INSERT INTO notes VALUES ('x')")
	count("2 rows of 1")
	write("ALTER TABLE notes ADD COLUMN b TEXT")
	count("2 rows of 2")
	count("2 rows of 2")
}

func TestManyReadersKeepTheirStatementsApart(t *testing.T) {
	d := openReader(t)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			for k := range 200 {
				want := fmt.Sprint(i, "-", k)
				var got string
				if err := d.read.NewRaw("SELECT ?", want).Scan(t.Context(), &got); err != nil || got != want {
					t.Errorf("%q %v, want %q", got, err, want)
					return
				}
			}
		})
	}
	wg.Wait()
}
