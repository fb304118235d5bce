package web_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/web"

	"github.com/google/go-cmp/cmp"
)

// shop is a server whose one page tells how often it was made, and of which content.
type shop struct {
	*web.Server
	content, made atomic.Int64
	looks         atomic.Int64
	clock         *clock.Set
	hold          chan struct{} // when not nil, making waits for it
	who           actor.Actor
	fail          error
	header        http.Header // that the page sets besides
	status        int
	fill          string
}

func newShop(t testing.TB, room int64, change func(*web.Config)) *shop {
	s := &shop{clock: clock.At(period.On(2026, time.November, 22)), header: http.Header{}, status: 200, fill: strings.Repeat("Så här gick det. ", 200)}
	s.content.Store(1)
	page := func(w http.ResponseWriter, r *web.Request) error {
		of := s.content.Load()
		n := s.made.Add(1)
		if s.hold != nil {
			<-s.hold
		}
		if s.fail != nil {
			return s.fail
		}
		for name, values := range s.header {
			w.Header()[name] = values
		}
		return r.Render(w, s.status, text(fmt.Sprintf("content %d made %d day %s for %q at %s %s", of, n, clock.Today(s.clock), r.Actor.Name, r.Here(r.Lang()), s.fill)))
	}
	s.Server = server(t, func(c *web.Config) {
		c.Keep = &web.Keeping{Room: room, Clock: s.clock, Versions: func(context.Context) (db.Versions, error) {
			s.looks.Add(1)
			return db.Versions{Content: uint64(s.content.Load())}, nil
		}, Stranger: func(r *http.Request) bool { return r.Header.Get("Cookie") == "" }}
		c.Identify = func(r *http.Request) (actor.Actor, error) {
			if r.Header.Get("Cookie") != "" {
				return s.who, nil
			}
			return actor.Actor{}, nil
		}
		if change != nil {
			change(c)
		}
	}, web.Route{Method: "GET", Path: "/", Allow: "public", Handle: page, Cache: web.Kept, Query: []string{"ar"}},
		web.Route{Method: "GET", Path: "/ny", Allow: "public", Handle: page},
		web.Route{Method: "GET", Path: "/loften/{n}", Allow: "public", Handle: page, Cache: web.Kept})
	return s
}

func with(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func body(t testing.TB, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if rec.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(rec.Body.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	return rec.Body.String()
}

func TestAPageIsMadeOncePerContentAndDay(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	see := func(want string) {
		t.Helper()
		if got := ask(s, "GET", "/alvkusten").Body.String(); !strings.HasPrefix(got, want) {
			t.Errorf("%.60q, want %q", got, want)
		}
	}
	see("content 1 made 1 day 2026-11-22")
	see("content 1 made 1 day 2026-11-22")
	s.content.Store(2)
	see("content 2 made 2")
	see("content 2 made 2")
	s.clock.Advance(11*time.Hour + 59*time.Minute) // a minute before midnight in Sweden
	see("content 2 made 2")
	s.clock.Advance(time.Minute)
	see("content 2 made 3 day 2026-11-23")
	see("content 2 made 3")
	s.clock.MoveTo(period.On(2026, time.November, 22))
	see("content 2 made 4 day 2026-11-22")
}

func TestEachRequestAsksForTheVersionAnew(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	for range 5 {
		ask(s, "GET", "/alvkusten")
	}
	if n := s.looks.Load(); n != 5 {
		t.Errorf("%d looks for 5 requests", n)
	}
}

// What depends on the request is part of what a page is kept by, and what a person sees is never a visitor's, nor the other way round.
func TestWhatIsKeptIsKeptApart(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	s.who = actor.Actor{Account: id.New(), Name: "Maria"}
	first := map[string]string{}
	for range 3 {
		for _, x := range []struct {
			name, path string
			change     []func(*http.Request)
		}{
			{"visitor", "/alvkusten", nil}, {"year", "/alvkusten?ar=2025", nil}, {"English", "/en/alvkusten", nil}, {"other", "/skogsbygden", nil},
			{"host", "/alvkusten", []func(*http.Request){func(r *http.Request) { r.Host = "other.example" }}},
			{"other cookie", "/alvkusten", []func(*http.Request){with("X-Nothing", "1")}},
		} {
			got := ask(s, "GET", x.path, x.change...).Body.String()
			if first[x.name] == "" {
				first[x.name] = got
			}
			if got != first[x.name] || strings.Contains(got, "Maria") {
				t.Errorf("%s: %.70q after %.70q", x.name, got, first[x.name])
			}
		}
		if mine := ask(s, "GET", "/alvkusten", with("Cookie", "samklang=1")); !strings.Contains(mine.Body.String(), `"Maria"`) || mine.Header().Get("Cache-Control") != "no-store" || !strings.Contains(strings.Join(mine.Header()["Vary"], ","), "Cookie") {
			t.Errorf("a person sees %.70q under %v", mine.Body, mine.Header())
		}
	}
	if first["visitor"] == first["year"] || first["visitor"] == first["English"] || first["visitor"] == first["other"] {
		t.Error("different addresses, one page")
	}
	if n := s.made.Load(); n != 5+3 {
		t.Errorf("%d pages were made", n)
	}
}

// A hundred who ask at once when the content has changed cost one page.
func TestAChangeCostsOnePage(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	ask(s, "GET", "/alvkusten")
	for change := range int64(3) {
		before := s.made.Load()
		s.content.Add(1)
		s.hold = make(chan struct{})
		var wg sync.WaitGroup
		var bad atomic.Int64
		for range 100 {
			wg.Go(func() {
				if !strings.HasPrefix(ask(s, "GET", "/alvkusten").Body.String(), fmt.Sprintf("content %d ", change+2)) {
					bad.Add(1)
				}
			})
		}
		for s.made.Load() == before {
			time.Sleep(time.Millisecond)
		}
		close(s.hold)
		wg.Wait()
		if n := s.made.Load() - before; n != 1 || bad.Load() > 0 {
			t.Errorf("%d pages were made, %d of 100 saw what was before", n, bad.Load())
		}
	}
}

// Who comes after a change does not get the page that somebody began to make before it.
func TestAPageUnderWayIsNotForThoseWhoComeAfterAChange(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	s.hold = make(chan struct{})
	early := make(chan string)
	go func() { early <- ask(s, "GET", "/alvkusten").Body.String() }()
	for s.made.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	s.content.Store(2)
	late := make(chan string)
	go func() { late <- ask(s, "GET", "/alvkusten").Body.String() }()
	for s.made.Load() == 1 {
		time.Sleep(time.Millisecond)
	}
	close(s.hold)
	<-early
	if got := <-late; !strings.HasPrefix(got, "content 2") {
		t.Errorf("%.40q", got)
	}
	if got := ask(s, "GET", "/alvkusten").Body.String(); !strings.HasPrefix(got, "content 2") {
		t.Errorf("afterwards %.40q", got)
	}
}

func TestErrorsCookiesAndWhatIsPrivateAreNotKept(t *testing.T) {
	for name, spoil := range map[string]func(*shop){
		"error":     func(s *shop) { s.fail = errs.E(errs.NotFound, "x") },
		"fault":     func(s *shop) { s.fail = fmt.Errorf("broken") },
		"status":    func(s *shop) { s.status = http.StatusAccepted },
		"cookie":    func(s *shop) { s.header.Set("Set-Cookie", "a=b") },
		"private":   func(s *shop) { s.header.Set("Cache-Control", "private") },
		"too large": func(s *shop) { s.fill = strings.Repeat("x", 1<<20) },
	} {
		s := newShop(t, 1<<20, nil)
		spoil(s)
		one, two := ask(s, "GET", "/alvkusten"), ask(s, "GET", "/alvkusten")
		if s.made.Load() != 2 || one.Code != two.Code {
			t.Errorf("%s: made %d times, %d and %d", name, s.made.Load(), one.Code, two.Code)
		}
		if name == "cookie" && two.Header().Get("Set-Cookie") == "" {
			t.Error("the cookie is lost")
		}
	}
	s := newShop(t, 1<<20, nil)
	s.fail = errs.E(errs.NotFound, "x")
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if rec := ask(s, "GET", "/alvkusten"); rec.Code != 404 || rec.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("%d %v", rec.Code, rec.Header())
			}
		})
	}
	wg.Wait()
	s.fail = nil
	if rec := ask(s, "GET", "/alvkusten"); rec.Code != 200 {
		t.Error(rec.Code)
	}
}

// A kept answer has the headers of one that was made for the request, whatever the method and the encoding.
func TestAKeptAnswerIsTheAnswer(t *testing.T) {
	plain := newShop(t, 0, nil)
	s := newShop(t, 1<<20, nil)
	tag := ask(s, "GET", "/alvkusten").Header().Get("ETag")
	if tag == "" {
		t.Fatal("no tag")
	}
	long, short := s.fill, "kort"
	for _, fill := range []string{long, short} {
		s.fill, plain.fill = fill, fill
		s.content.Add(1)
		plain.content.Store(s.content.Load())
		for _, method := range []string{"GET", "HEAD"} {
			for _, accept := range []string{"", "gzip", "gzip, deflate, br, zstd", "gzip;q=0", "br", "*"} {
				for _, known := range []string{"", "*", `W/"1", "2"`} {
					change := func(r *http.Request) {
						if accept != "" {
							r.Header.Set("Accept-Encoding", accept)
						}
						if known != "" {
							r.Header.Set("If-None-Match", known)
						}
					}
					name := fmt.Sprintf("%s accepting %q knowing %q", method, accept, known)
					s.made.Store(0)
					s.content.Add(1) // made anew, and then kept
					plain.content.Store(s.content.Load())
					for _, when := range []string{"made", "kept"} {
						plain.made.Store(0)
						want, got := ask(plain, method, "/alvkusten", change), ask(s, method, "/alvkusten", change)
						if got.Code != want.Code {
							t.Errorf("%s, %s: %d, want %d", name, when, got.Code, want.Code)
						}
						if length := got.Header().Get("Content-Length"); got.Code == 200 && method == "GET" && length != fmt.Sprint(got.Body.Len()) {
							t.Errorf("%s, %s: says %s bytes and sends %d", name, when, length, got.Body.Len())
						}
						// An answer that is packed on the way does not know its length.
						w, g := want.Header().Clone(), got.Header().Clone()
						if w.Get("Content-Length") == "" {
							g.Del("Content-Length")
						}
						if diff := cmp.Diff(w, g); diff != "" {
							t.Errorf("%s, %s: made for the request (-), kept (+):\n%s", name, when, diff)
						}
						if method == "GET" && body(t, got) != body(t, want) {
							t.Errorf("%s, %s: %.60q, want %.60q", name, when, body(t, got), body(t, want))
						}
						if method == "HEAD" && when == "kept" && got.Body.Len() > 0 {
							t.Errorf("%s: HEAD has a body", name)
						}
					}
					if s.made.Load() != 1 {
						t.Errorf("%s: made %d times", name, s.made.Load())
					}
				}
			}
		}
	}
}

func TestWhoHasThePageIsToldSo(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	tag := ask(s, "GET", "/alvkusten").Header().Get("ETag")
	rec := ask(s, "GET", "/alvkusten", with("If-None-Match", tag))
	if rec.Code != http.StatusNotModified || rec.Body.Len() > 0 || rec.Header().Get("ETag") != tag || rec.Header().Get("Cache-Control") != "no-cache" {
		t.Errorf("%d %v", rec.Code, rec.Header())
	}
	s.content.Add(1)
	if rec := ask(s, "GET", "/alvkusten", with("If-None-Match", tag)); rec.Code != http.StatusOK {
		t.Errorf("after a change: %d", rec.Code)
	}
	if s.made.Load() != 2 {
		t.Errorf("made %d times", s.made.Load())
	}
}

// A stranger who asks for ever new addresses makes the program work, as without the cache, but cannot fill it.
func TestAStrangerCannotFillTheCache(t *testing.T) {
	const room = 400 << 10
	s := newShop(t, room, func(c *web.Config) { c.External = "http://example.com" })
	ask(s, "GET", "/alvkusten")
	for n := range 300 {
		for _, path := range []string{"/alvkusten?ar=%d", "/alvkusten?x=%d", "/alvkusten?ar=2025&ar=%d", "/alvkusten?ar=%%32%d", "/alvkusten?%d", "/alvkusten/loften/%%3%d?"} {
			ask(s, "GET", fmt.Sprintf(path, n))
		}
		ask(s, "GET", "/alvkusten", func(r *http.Request) { r.Host = fmt.Sprintf("h%d.example", n) })
	}
	s.made.Store(0)
	ask(s, "GET", "/alvkusten")
	if s.made.Load() != 0 {
		t.Error("the main page was driven out")
	}
	if kept := s.Server.KeptBytes(); kept > room || kept < room/8 {
		t.Errorf("%d bytes are kept, in a room of %d", kept, room)
	}
	for _, path := range []string{"/alvkusten?x=1", "/alvkusten?ar=1&ar=2", "/alvkusten?ar=%32", "/alvkusten?ar=" + strings.Repeat("1", 41), "/alvkusten/loften/%31", "/alvkusten?ar=1&x=2", "/alvkusten?" + url.QueryEscape("ar=1")} {
		s.made.Store(0)
		ask(s, "GET", path)
		if ask(s, "GET", path); s.made.Load() != 2 {
			t.Errorf("%s is kept", path)
		}
	}
}

func TestOldPagesMakeRoom(t *testing.T) {
	s := newShop(t, 200<<10, nil)
	for n := range 200 {
		ask(s, "GET", fmt.Sprintf("/alvkusten/loften/%d", n), func(r *http.Request) { r.Host = "localhost" })
		ask(s, "GET", "/alvkusten/loften/7", with("Accept-Encoding", "gzip"), func(r *http.Request) { r.Host = "localhost" })
		if kept := s.Server.KeptBytes(); kept > 200<<10 {
			t.Fatalf("%d bytes after %d pages", kept, n)
		}
	}
	s.made.Store(0)
	ask(s, "GET", "/alvkusten/loften/7", func(r *http.Request) { r.Host = "localhost" })
	if s.made.Load() != 0 {
		t.Error("a page that is asked for all the time was driven out")
	}
	ask(s, "GET", "/alvkusten/loften/3", func(r *http.Request) { r.Host = "localhost" })
	if s.made.Load() != 1 {
		t.Error("nothing was driven out")
	}
}

// Without a version nothing old is shown.
func TestWhenTheVersionIsNotKnownThePageIsNotAnswered(t *testing.T) {
	broken := false
	s := newShop(t, 1<<20, func(c *web.Config) {
		versions := c.Keep.Versions
		c.Keep.Versions = func(ctx context.Context) (db.Versions, error) {
			if broken {
				return db.Versions{}, errs.E(errs.Unavailable, "error.unavailable")
			}
			return versions(ctx)
		}
	})
	ask(s, "GET", "/alvkusten")
	broken = true
	if rec := ask(s, "GET", "/alvkusten"); rec.Code != http.StatusServiceUnavailable {
		t.Errorf("%d %.50s", rec.Code, rec.Body)
	}
}

// What became of each request to a page that may be kept is counted, once.
func TestWhatBecameOfRequestsIsCounted(t *testing.T) {
	s := newShop(t, 1<<20, nil)
	s.who = actor.Actor{Account: id.New(), Name: "Maria"}
	for _, x := range []struct {
		what   string
		do     func()
		change web.KeptCounts
	}{
		{"made", func() { ask(s, "GET", "/alvkusten") }, web.KeptCounts{Misses: 1}},
		{"there", func() { ask(s, "GET", "/alvkusten"); ask(s, "HEAD", "/alvkusten") }, web.KeptCounts{Hits: 2}},
		{"made anew", func() { s.content.Add(1); ask(s, "GET", "/alvkusten") }, web.KeptCounts{Misses: 1}},
		{"of somebody logged in", func() { ask(s, "GET", "/alvkusten", with("Cookie", "x=1")) }, web.KeptCounts{Bypassed: 1}},
		{"at another address", func() { ask(s, "GET", "/alvkusten?x=1") }, web.KeptCounts{Bypassed: 1}},
		{"never kept", func() { ask(s, "GET", "/alvkusten/ny") }, web.KeptCounts{}},
		{"by a crowd", func() {
			s.content.Add(1)
			s.hold = make(chan struct{})
			made := s.made.Load()
			var crowd sync.WaitGroup
			crowd.Go(func() { ask(s, "GET", "/alvkusten") })
			for s.made.Load() == made {
				time.Sleep(time.Millisecond)
			}
			looks := s.looks.Load()
			for range 3 {
				crowd.Go(func() { ask(s, "GET", "/alvkusten") })
			}
			for s.looks.Load() < looks+3 {
				time.Sleep(time.Millisecond)
			}
			time.Sleep(50 * time.Millisecond) // they have asked for the version, and come to wait
			close(s.hold)
			crowd.Wait()
			s.hold = nil
		}, web.KeptCounts{Shared: 3, Misses: 1}},
	} {
		before := s.Kept()
		x.do()
		now := s.Kept()
		got := web.KeptCounts{Hits: now.Hits - before.Hits, Shared: now.Shared - before.Shared, Misses: now.Misses - before.Misses, Bypassed: now.Bypassed - before.Bypassed}
		if x.what == "by a crowd" && got.Hits > 0 { // who was slow found it made
			got.Shared, got.Hits = got.Shared+got.Hits, 0
		}
		if got != x.change {
			t.Errorf("%s: %+v, want %+v", x.what, got, x.change)
		}
	}
}
