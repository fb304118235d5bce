package app

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db/dbtest"
)

// together is several copies of the program that run in this process, on one database and with one folder of files.
type together struct {
	t      *testing.T
	apps   []*App
	bases  []string
	clock  *clock.Set
	client *http.Client
	cookie string // of who is logged in
}

// startTogether starts n copies at once on a database in which nothing is.
func startTogether(t *testing.T, n int, database string) *together {
	t.Helper()
	x := &together{t: t, apps: make([]*App, n), bases: make([]string, n), clock: clock.At(period.On(2026, time.November, 22)),
		client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	c := Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: database}
	var wg sync.WaitGroup
	faults := make([]error, n)
	for i := range n {
		wg.Go(func() {
			if x.apps[i], faults[i] = New(t.Context(), c, slog.New(slog.DiscardHandler), x.clock); faults[i] != nil {
				return
			}
			ctx, stop := context.WithCancel(context.Background())
			ended, ready := make(chan error, 1), make(chan string, 1)
			go func() { ended <- x.apps[i].Run(ctx, func(base string) { ready <- base }) }()
			select {
			case x.bases[i] = <-ready:
			case faults[i] = <-ended:
			}
			t.Cleanup(func() {
				stop()
				if err := <-ended; err != nil {
					t.Errorf("copy %d: %v", i, err)
				}
			})
		})
	}
	wg.Wait()
	for i, err := range faults {
		if err != nil {
			t.Fatalf("copy %d did not start: %v", i, err)
		}
	}
	return x
}

type response struct {
	status   int
	location string
	body     string
}

// ask sends a request to one of the copies; without a form it is a GET.
func (x *together) ask(copy int, path, kind string, body []byte) response {
	x.t.Helper()
	method := http.MethodGet
	if kind != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(x.t.Context(), method, x.bases[copy]+path, bytes.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Cookie", x.cookie)
	res, err := x.client.Do(r)
	if err != nil {
		x.t.Error(err)
		return response{}
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Error(err)
	}
	return response{res.StatusCode, res.Header.Get("Location"), string(text)}
}

func (x *together) send(copy int, path string, form url.Values) response {
	x.t.Helper()
	return x.ask(copy, path, "application/x-www-form-urlencoded", []byte(form.Encode()))
}

func (x *together) count(query string, args ...any) (n int) {
	x.t.Helper()
	if err := x.apps[0].db.Read().NewRaw(query, args...).Scan(x.t.Context(), &n); err != nil {
		x.t.Error(err)
	}
	return n
}

// Several copies of the program on one PostgreSQL are one program to whoever uses it, whether they reach the server themselves or through a
// PgBouncer with fewer connections than they would like.
func TestSeveralCopiesAreOneProgram(t *testing.T) {
	for name, address := range map[string]func(t testing.TB) string{
		"directly":         dbtest.EmptyPostgresURL,
		"behind PgBouncer": func(t testing.TB) string { return dbtest.Pool(t, dbtest.EmptyPostgresURL(t), 5).URL },
	} {
		t.Run(name, func(t *testing.T) {
			x := startTogether(t, 3, address(t))
			in := &installation{App: x.apps[0], actors: map[string]actor.Actor{}}
			in.here = in.association(t, "alvkusten", "Älvkusten")
			in.person(t, "head", in.here, actor.Head)
			x.cookie = x.apps[0].cookie(t, in.actors["head"].Account)
			for _, part := range []struct {
				what string
				test func(*testing.T, *together)
			}{
				{"a form that is sent to several copies takes effect once", x.formsOnce},
				{"what one copy has stored, every copy shows", x.writesAreSeen},
				{"an upload is there on every copy", x.uploadsAreSeen},
				{"attempts are counted together", x.limits},
				{"who logs out at one copy is logged out at all", x.sessions},
				{"what is due is done once", x.ticks},
			} {
				t.Run(part.what, func(t *testing.T) {
					x.t = t
					part.test(t, x)
				})
			}
			x.t = t
		})
	}
}

func plan(title string) url.Values {
	return url.Values{"_key": {id.New().String()}, "title": {title}, "kind": {"seminar"}, "year": {"2026"}, "when": {"not_set"}}
}

func (*together) formsOnce(t *testing.T, x *together) {
	const forms = 10
	for i := range forms {
		form := plan(fmt.Sprint("Samtidigt nummer ", i))
		answers := make([]response, len(x.apps))
		var wg sync.WaitGroup
		for c := range x.apps {
			wg.Go(func() { answers[c] = x.send(c, "/alvkusten/plan/ny", form) })
		}
		wg.Wait()
		for c, a := range answers {
			if a.status != http.StatusSeeOther || a.location != answers[0].location {
				t.Errorf("copy %d answers %d %s, the first %s", c, a.status, a.location, answers[0].location)
			}
		}
	}
	if n := x.count("SELECT count(*) FROM activities WHERE title LIKE 'Samtidigt%'"); n != forms {
		t.Errorf("%d forms made %d activities", forms, n)
	}
}

func (*together) writesAreSeen(t *testing.T, x *together) {
	for c := range x.apps {
		title := fmt.Sprint("Skrivet hos nummer ", c)
		a := x.send(c, "/alvkusten/plan/ny", plan(title))
		for other := range x.apps {
			if seen := x.ask(other, a.location, "", nil); seen.status != http.StatusOK || !strings.Contains(seen.body, title) {
				t.Errorf("what copy %d stored, copy %d shows with %d", c, other, seen.status)
			}
		}
	}
}

func (*together) uploadsAreSeen(t *testing.T, x *together) {
	const text = "# Åtagande för alla\n\nVi lovar att:\n\n1. Läsa samma fil överallt.\n"
	for c := range x.apps {
		p := &person{at: single(x.bases[c]), cookie: x.cookie, client: x.client}
		at, err := p.upload(t.Context(), "alvkusten", fmt.Sprintf("fil%d.md", c), text)
		if err != nil {
			t.Fatal(err)
		}
		document := "/alvkusten/dokument/" + at[strings.LastIndex(at, "/")+1:]
		for other := range x.apps {
			if got := x.ask(other, document, "", nil); got.status != http.StatusOK || got.body != text {
				t.Errorf("what was uploaded to copy %d, copy %d gives as %d %q", c, other, got.status, got.body)
			}
		}
	}
}

// single is an address as a target.
type single string

func (p single) take() (string, func()) { return string(p), func() {} }

func (*together) limits(t *testing.T, x *together) {
	const allowed = 20 // accountsweb: codes asked for by one network address
	got := map[int]int{}
	for i := range 2 * allowed {
		got[x.send(i%len(x.apps), "/logga-in", url.Values{"email": {fmt.Sprintf("person%d@example.test", i)}}).status]++
	}
	if got[http.StatusSeeOther] != allowed || got[http.StatusTooManyRequests] != allowed {
		t.Errorf("of %d attempts, answers by status: %v", 2*allowed, got)
	}
}

func (*together) sessions(t *testing.T, x *together) {
	want := func(when string, status int) {
		t.Helper()
		for c := range x.apps {
			if got := x.ask(c, "/alvkusten/skrivbord", "", nil); got.status != status {
				t.Errorf("%s: copy %d answers %d, want %d", when, c, got.status, status)
			}
		}
	}
	want("logged in", http.StatusOK)
	if a := x.send(1, "/logga-ut", nil); a.status != http.StatusSeeOther {
		t.Errorf("logging out: %d", a.status)
	}
	want("logged out", http.StatusUnauthorized)
}

func (*together) ticks(t *testing.T, x *together) {
	x.clock.Advance(24 * time.Hour) // every daily job is due
	const done = "SELECT count(*) FROM river_job WHERE state = 'completed' AND kind = 'sweep'"
	for begin := time.Now(); x.count(done) == 0; time.Sleep(20 * time.Millisecond) {
		if time.Since(begin) > 30*time.Second {
			t.Fatal("the nightly sweep does not run")
		}
	}
	time.Sleep(1500 * time.Millisecond) // longer than each copy takes to look
	for what, n := range map[string]int{
		"sweeps":   x.count("SELECT count(*) FROM river_job WHERE kind = 'sweep'"),
		"rounds":   x.count("SELECT count(*) FROM river_job WHERE kind = 'ledger' AND args::text LIKE '%remind%'"),
		"attempts": x.count("SELECT max(attempt) FROM river_job WHERE kind IN ('sweep', 'ledger')"),
	} {
		if n != 1 {
			t.Errorf("%d %s, want 1", n, what)
		}
	}
}
