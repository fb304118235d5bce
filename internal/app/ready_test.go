package app

import (
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db/dbtest"
)

// road is a connection to the database server that can be cut.
type road struct {
	t      *testing.T
	to, at string
	mu     sync.Mutex
	l      net.Listener
	open   []net.Conn
}

func (r *road) restore() {
	l, err := net.Listen("tcp", r.at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.l, r.at = l, l.Addr().String()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", r.to)
			if err != nil {
				in.Close()
				return
			}
			r.mu.Lock()
			r.open = append(r.open, in, out)
			r.mu.Unlock()
			go io.Copy(in, out)
			go io.Copy(out, in)
		}
	}()
}

func (r *road) cut() {
	r.l.Close()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.open {
		c.Close()
	}
	r.open = nil
}

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
		u, err := url.Parse(dbtest.PostgresURL(t))
		if err != nil {
			t.Fatal(err)
		}
		r := &road{t: t, to: u.Host, at: "127.0.0.1:0"}
		r.restore()
		defer r.cut()
		u.Host = r.at
		check(t, u.String(), r.cut, r.restore)
	})
}
