package bench

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"samklang/internal/app"
	"samklang/internal/commitments"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/google/go-cmp/cmp"
)

var testDay = period.On(2026, time.November, 22)

// tiny is shaped as National is.
var tiny = Shape{Associations: 6, Years: 5, Activities: 400, Evidence: 1700, LargePlan: 40, LargeTrail: 200, Today: testDay}

func eachEngine(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Run("sqlite", func(t *testing.T) { fn(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db")) })
	t.Run("postgres", func(t *testing.T) { fn(t, dbtest.PostgresURL(t)) })
}

// generate fills the database and leaves it open.
func generate(t testing.TB, dsn string, s Shape) (*db.DB, Installation) {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	in, err := Generate(t.Context(), d, s)
	if err != nil {
		t.Fatal(err)
	}
	return d, in
}

// A generated installation is one that the program could have made: as many rows as asked for, no reference to nothing, the states that the
// program computes, and pages that answer.
func TestGeneratedInstallationIsSound(t *testing.T) {
	eachEngine(t, func(t *testing.T, dsn string) {
		d, in := generate(t, dsn, tiny)
		counted(t, d, "activities", tiny.Activities)
		counted(t, d, "evidence", tiny.Evidence)
		counted(t, d, "associations", tiny.Associations)
		if d.Engine == db.SQLite {
			rows, err := d.Writer().QueryContext(t.Context(), "PRAGMA foreign_key_check")
			if err != nil {
				t.Fatal(err)
			}
			if rows.Next() {
				t.Error("a row refers to one that is not there")
			}
			rows.Close()
		}
		before := states(t, d)
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE pledges SET recompute_on = ?", testDay)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := settle(t.Context(), d, clock.At(testDay)); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, states(t, d)); diff != "" {
			t.Errorf("computing the states anew changes them:\n%s", diff)
		}
		answers(t, d, dsn, in)
	})
}

func counted(t *testing.T, d *db.DB, table string, want int) {
	t.Helper()
	var n int
	if err := d.Writer().QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != want {
		t.Errorf("%d rows of %s, %v; want %d", n, table, err, want)
	}
}

// states are all that the program computes of promises and steps, and how many changes it has noted.
func states(t *testing.T, d *db.DB) (list []string) {
	t.Helper()
	for _, query := range []string{
		`SELECT CAST(id AS TEXT) || ' ' || state || ' ' || reason || ' ' || state_since || ' ' || coalesce(overdue_since, '-') || ' ' || steps_total || ' ' || steps_done || ' ' || steps_overdue || ' ' || coalesce(next_on, '-') || ' ' || coalesce(recompute_on, '-') FROM pledges ORDER BY id`,
		`SELECT CAST(id AS TEXT) || ' ' || state || ' ' || state_since FROM milestones ORDER BY id`,
		`SELECT CAST(id AS TEXT) || ' ' || state FROM activities ORDER BY id`,
		`SELECT CAST(count(*) AS TEXT) FROM state_changes`,
	} {
		rows, err := d.Writer().QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, texts(t, rows)...)
	}
	return list
}

func texts(t *testing.T, rows *sql.Rows) (list []string) {
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func answers(t *testing.T, d *db.DB, dsn string, in Installation) {
	t.Helper()
	now := clock.At(testDay)
	cookie, err := SignIn(t.Context(), d, in.Head, now.Now())
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: dsn}, slog.New(slog.NewTextHandler(io.Discard, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	own := "/" + in.Ordinary.Slug
	for _, path := range []string{"/", own, own + "/kalender", own + "/kalender?ar=2023", in.Promise, in.Promise + "/historik", in.Promise + "?ar=2024", in.Activity, own + "/data.json", own + "/atom.xml", own + "/uppfoljning",
		own + "/skrivbord", own + "/plan", own + "/granska", own + "/andringslogg", own + "/personer"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		a.Handler().ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("%s answers %d", path, w.Code)
		}
	}
}

// Equal shapes give equal rows, so that figures taken on different days can be compared.
func TestGeneratedInstallationIsAlwaysTheSame(t *testing.T) {
	rows := func() []string {
		d, _ := generate(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db"), tiny)
		list := states(t, d)
		for _, table := range []any{(*commitments.Evidence)(nil), (*commitments.Organiser)(nil), (*commitments.Serving)(nil)} {
			n, err := d.Read().NewSelect().Model(table).Count(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, fmt.Sprintf("%T %d", table, n))
		}
		return list
	}
	if diff := cmp.Diff(rows(), rows()); diff != "" {
		t.Errorf("the second time it differs:\n%s", diff)
	}
}
