package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"
)

// What is asked by prepared statements, one by one or together, is answered as if the text had been sent as it was written.
func TestPreparedStatementsAnswerTheSame(t *testing.T) {
	d := dbtest.Postgres(t)
	plain, err := pgx.Connect(t.Context(), dbtest.PostgresURL(t))
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close(context.Background())
	rapid.Check(t, func(t *rapid.T) {
		value := rapid.StringOf(rapid.RuneFrom([]rune("'\"\\?-/*$1E0åÅ\n ;()%_[]`")))
		a, b := value.Draw(t, "a"), value.Draw(t, "b")
		n := rapid.Int64Range(-3, 3).Draw(t, "n")
		last := rapid.SampledFrom([]string{"?::text", "?"}).Draw(t, "last") // the second cannot be prepared: it may be of any type
		ask := func() *bun.SelectQuery {
			return d.Read().NewSelect().TableExpr("(SELECT ? AS v UNION ALL SELECT ?) AS x", a, b).
				ColumnExpr("concat_ws('|', v, v = ?, length(v) + ?, ?::text = v, v IN (?), 1 - ?, "+last+", '2026-01-01'::date - 1)", a, n, b, bun.In([]string{a, b}), n, a+b).
				Where("v >= ?", a).GroupExpr("v").OrderExpr("v")
		}
		var want []string
		rows, err := plain.Query(context.Background(), ask().String(), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				t.Fatal(err)
			}
			want = append(want, s)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		var alone, first, second []string
		if err := ask().Scan(context.Background(), &alone); err != nil {
			t.Fatal(err)
		}
		if err := d.ReadTogether(context.Background(), db.Question{Query: ask(), Into: []any{&first}}, db.Question{Query: ask(), Into: []any{&second}}); err != nil {
			t.Fatal(err)
		}
		for _, got := range [][]string{alone, first, second} {
			if !slices.Equal(got, want) {
				t.Fatalf("got  %q\nwant %q", got, want)
			}
		}
	})
}

// Questions that are asked together are answered alike on both engines, through a pooler too, whatever their columns hold; each error is one of the question it belongs to,
// and the connection is fit for the next.
func TestReadTogether(t *testing.T) {
	test := func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		type row struct {
			Text   string
			Number int64
			Yes    bool
			Bytes  []byte
			None   *string
		}
		var list []row
		var years []int
		var single row
		bytes := "blob"
		if d.Engine == db.Postgres {
			bytes = "bytea"
		}
		question := func() *bun.SelectQuery {
			return d.Read().NewSelect().TableExpr("(SELECT 'a' AS text UNION ALL SELECT 'b') AS x").ColumnExpr("text, length(text) AS number, text = 'b' AS yes, NULL AS none, CAST(? AS "+bytes+") AS bytes", []byte{0, 1})
		}
		for range 3 {
			err := d.ReadTogether(ctx,
				db.Question{Query: question().OrderExpr("text"), Into: []any{&list}},
				db.Question{Query: d.Read().NewSelect().TableExpr("(SELECT 2026 AS year UNION ALL SELECT 2027) AS y").ColumnExpr("year").OrderExpr("year"), Into: []any{&years}},
				db.Question{Query: question().Where("text = ?", "b"), Into: []any{&single}},
			)
			if err != nil {
				t.Fatal(err)
			}
			if got := fmt.Sprint(list, years, single); got != "[{a 1 false [0 1] <nil>} {b 1 true [0 1] <nil>}] [2026 2027] {b 1 true [0 1] <nil>}" {
				t.Errorf("answers %s", got)
			}
			err = d.ReadTogether(ctx, db.Question{Query: question(), Into: []any{&list}}, db.Question{Query: question().Where("text = ?", "c"), Into: []any{&single}}, db.Question{Query: question(), Into: []any{&list}})
			if !db.IsNoRows(err) {
				t.Errorf("nothing was found: %v", err)
			}
			err = d.ReadTogether(ctx, db.Question{Query: question(), Into: []any{&list}}, db.Question{Query: question().Where("nothing = ?", "c"), Into: []any{&single}})
			if err == nil || !strings.Contains(err.Error(), "nothing") {
				t.Errorf("a column there is not: %v", err)
			}
		}
		gone, cancel := context.WithCancel(ctx)
		cancel()
		if err := d.ReadTogether(gone, db.Question{Query: question(), Into: []any{&list}}, db.Question{Query: question(), Into: []any{&list}}); d.Engine == db.Postgres && !errors.Is(err, context.Canceled) {
			t.Errorf("given up: %v", err)
		}
	}
	dbtest.Each(t, test)
	t.Run("pooler", func(t *testing.T) {
		d, err := db.Open(t.Context(), dbtest.Pool(t, dbtest.PostgresURL(t), 1).URL, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		test(t, d)
	})
}

// A migration of a newer release adds columns while this one has statements prepared; neither a page nor a transaction notices.
func TestPreparedStatementsSurviveMigrations(t *testing.T) {
	d := dbtest.Postgres(t)
	ctx := t.Context()
	exec := func(query string) {
		t.Helper()
		if _, err := d.Writer().ExecContext(ctx, query); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE TABLE grown (a text)")
	exec("INSERT INTO grown VALUES ('x')")
	read := func(q db.IDB) *bun.SelectQuery {
		return q.NewSelect().TableExpr("(SELECT * FROM grown) AS g").ColumnExpr("g.*").Where("a = ?", "x")
	}
	type shape struct {
		A             string
		B, C, D, E, F *string
	}
	var one, other shape
	var err error
	for i := range 4 {
		for range 20 { // on every connection
			if err := read(d.Read()).Scan(ctx, &one); err != nil {
				t.Fatal(err)
			}
		}
		exec("ALTER TABLE grown ADD " + "bcde"[i:i+1] + " text")
		if i%2 == 0 {
			err = read(d.Read()).Scan(ctx, &one)
		} else {
			err = d.ReadTogether(ctx, db.Question{Query: read(d.Read()), Into: []any{&one}}, db.Question{Query: read(d.Read()), Into: []any{&other}})
		}
		if err != nil {
			t.Errorf("with column %d: %v", i, err)
		}
	}
	exec("ALTER TABLE grown ADD f text")
	if err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return read(tx).Scan(ctx, &one) }); err != nil {
		t.Errorf("in a transaction: %v", err)
	}
}

// A connection does not keep more and more statements.
func TestPreparedStatementsAreForgotten(t *testing.T) {
	d := dbtest.Postgres(t)
	conn, err := d.Reader().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	var n int
	for i := range 400 {
		var s string
		if err := conn.QueryRowContext(t.Context(), fmt.Sprintf("SELECT 'a' AS column%d", i)).Scan(&s); err != nil || s != "a" {
			t.Fatal(i, s, err)
		}
	}
	if err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM pg_prepared_statements").Scan(&n); err != nil || n < 100 || n > 200 {
		t.Errorf("%d statements are kept, %v", n, err)
	}
}
