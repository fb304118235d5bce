package app

import (
	"bytes"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/web"
)

// journal is a log in memory.
type journal struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *journal) Write(b []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(b)
}

func (j *journal) take() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	defer j.b.Reset()
	return j.b.String()
}

// What a person may send: none of it may come into the log, whatever the program does with it.
const (
	privateEmail   = "maja.lind@privat.example"
	privateToken   = "9b1f5c6e2a7d40388a1c5b9e77f0c2d4"
	privateName    = "Maja Skogslind"
	privateAddress = "203.0.113.77"
)

var fieldRead = regexp.MustCompile(`\.(?:Text|Required|Choice|Choices|Date|Number|ID|Bool|Get|PostFormValue|FormValue)\("([a-zA-Z_-]+)"`)

// fieldsRead are the names of every field that a handler of the program reads.
func fieldsRead(t *testing.T) []string {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		for _, m := range fieldRead.FindAllSubmatch(b, -1) {
			names[string(m[1])] = true
		}
		return err
	})
	if err != nil || len(names) < 20 {
		t.Fatalf("%d fields, %v", len(names), err)
	}
	var list []string
	for n := range names {
		list = append(list, n)
	}
	return list
}

func private(method, path, value string, fields []string) *http.Request {
	form := url.Values{}
	for _, f := range fields {
		form.Set(f, value)
	}
	var r *http.Request
	if method == http.MethodPost {
		r = httptest.NewRequest(method, path+"?"+form.Encode(), strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	} else {
		r = httptest.NewRequest(method, path+"?"+form.Encode(), nil)
	}
	r.RemoteAddr = privateAddress + ":4711"
	r.Header.Set("X-Forwarded-For", privateAddress)
	r.Header.Set("User-Agent", privateName)
	r.Header.Set("Referer", "https://example.test/"+privateEmail)
	r.Header.Set("Authorization", "Bearer "+privateToken)
	r.Header.Set("X-Request-Id", privateToken)
	r.AddCookie(&http.Cookie{Name: "samklang", Value: privateToken})
	return r
}

// Every route is asked, as a visitor, as a head and as an administrator, with an e-mail address, a name, a token and a network address in
// its path, query, form and headers; then everything is asked again of a database that fails. The log names routes and outcomes, no people.
func TestTheLogHoldsNoPersonalData(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		log := &journal{}
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, External: "https://samklang.example", TrustProxy: true}, slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})), clock.At(period.On(2026, time.November, 22)))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		in := &installation{App: a, actors: map[string]actor.Actor{}}
		in.here = in.association(t, "alvkusten", "Älvkusten")
		in.person(t, "head", in.here, actor.Head)
		admin, err := a.accounts.AddAccount(t.Context(), actor.SystemActor, privateName, privateEmail, "sv", true)
		if err != nil {
			t.Fatal(err)
		}
		in.take(t, "admin", admin.ID)
		fields, said := fieldsRead(t), map[string]bool{}
		ask := func() {
			for _, who := range []actor.Actor{{}, in.actors["head"], in.actors["admin"]} {
				a.server.Identify = func(*http.Request) (actor.Actor, error) { return who, nil }
				for _, route := range a.Routes() {
					prefix := ""
					if route.Site == web.OfAssociation {
						prefix = "/alvkusten"
					}
					for _, value := range []string{privateEmail, privateToken, privateName} {
						path := prefix + wildcard.ReplaceAllString(route.Path, url.PathEscape(value))
						a.server.ServeHTTP(httptest.NewRecorder(), private(route.Method, path, value, fields))
					}
					written := log.take()
					said[route.Path] = said[route.Path] || strings.Contains(written, "route="+route.Path+" ") || strings.Contains(written, `route="`+route.Path+`"`)
					for _, secret := range []string{privateEmail, "maja.lind", url.QueryEscape(privateEmail), privateToken, privateName, "Skogslind", privateAddress} {
						if i := strings.Index(written, secret); i >= 0 {
							t.Fatalf("%s %s writes %q into the log:\n%s", route.Method, route.Path, secret, written[max(0, i-300):min(len(written), i+100)])
						}
					}
				}
			}
		}
		ask()
		for path, ok := range said {
			if !ok {
				t.Errorf("no request to %s is in the log", path)
			}
		}
		for _, table := range []string{"accounts", "pledges", "login_codes", "subscriptions", "imports", "evidence"} {
			if _, err := a.db.Writer().Exec("ALTER TABLE " + table + " RENAME TO " + table + "_gone"); err != nil {
				t.Fatal(err)
			}
		}
		ask()
	})
}

// A fault before any route is chosen is written as an error of ours, without the address it came from.
func TestAPanicAnywhereIsAnErrorPage(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		log := &journal{}
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database}, slog.New(slog.NewTextHandler(log, nil)), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		a.server.Identify = func(*http.Request) (actor.Actor, error) { panic("out of order") }
		rec := httptest.NewRecorder()
		a.server.ServeHTTP(rec, private(http.MethodGet, "/", privateName, []string{"q"}))
		if rec.Code != http.StatusInternalServerError || strings.Contains(rec.Body.String(), "out of order") {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
		if written := log.take(); !strings.Contains(written, "out of order") || strings.Contains(written, privateAddress) {
			t.Error(written)
		}
	})
}
