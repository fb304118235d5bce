package app

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db/dbtest"
)

// The program says that it is not ready while its database is gone, and that it is when it has come back.
func TestReadyFollowsTheDatabase(t *testing.T) {
	check := func(t *testing.T, dsn string, goes, returns func()) {
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: dsn}, slog.New(slog.DiscardHandler), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		want := func(when string, status int) {
			t.Helper()
			got := 0
			for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
				rec := httptest.NewRecorder()
				a.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/readyz", nil))
				if got = rec.Code; got == status {
					break
				}
			}
			if got != status {
				t.Errorf("%s: readyz answers %d, want %d", when, got, status)
			}
			rec := httptest.NewRecorder()
			a.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/healthz", nil))
			if rec.Code != http.StatusOK {
				t.Errorf("%s: healthz answers %d", when, rec.Code)
			}
		}
		want("at first", http.StatusOK)
		goes()
		want("with the database gone", http.StatusServiceUnavailable)
		returns()
		want("with the database back", http.StatusOK)
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		at, away := filepath.Join(dir, "samklang.db"), filepath.Join(dir, "away.db")
		move := func(from, to string) func() {
			return func() {
				if err := os.Rename(from, to); err != nil {
					t.Fatal(err)
				}
			}
		}
		check(t, "sqlite:"+at, move(at, away), move(away, at))
	})
	t.Run("postgres", func(t *testing.T) {
		r := dbtest.NewRoad(t, dbtest.PostgresURL(t))
		check(t, r.URL, r.Cut, r.Restore)
	})
}
