package app

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/PuerkitoBio/goquery"
)

// While the database is away, a form that was sent is answered by a page that says it may not be saved, keeps what was written, and sends it
// again with one press; then it is saved, once. A page that is only read says that the database cannot be reached.
func TestAFormIsKeptWhileTheDatabaseIsAway(t *testing.T) {
	road := dbtest.NewRoad(t, dbtest.PostgresURL(t))
	c := Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: road.URL, Patience: 200 * time.Millisecond}
	a, err := New(t.Context(), c, slog.New(slog.DiscardHandler), clock.At(period.On(2026, 11, 22)))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	in := &installation{App: a, actors: map[string]actor.Actor{}}
	in.here = in.association(t, "alvkusten", "Älvkusten")
	in.person(t, "head", in.here, actor.Head)
	cookie := a.cookie(t, in.actors["head"].Account)
	ask := func(method, path string, form url.Values) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
		r.Header.Set("Cookie", cookie)
		if form != nil {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		rec := httptest.NewRecorder()
		a.server.ServeHTTP(rec, r)
		return rec
	}
	form := url.Values{"_key": {id.New().String()}, "title": {"Seminarium om \"livet\"\r\n"}, "kind": {"seminar"}, "year": {"2026"}, "when": {"not_set"}}
	for _, when := range []string{"before anything is read", "in the middle"} {
		t.Run(when, func(t *testing.T) {
			if when == "in the middle" {
				form.Set("_key", id.New().String())
				road.Watch = func(sent []byte) dbtest.Verdict { // the commit does not arrive, and then nothing does
					if bytes.Contains(sent, []byte("commit\x00")) {
						go road.Cut()
						return dbtest.Lose
					}
					return dbtest.Pass
				}
			} else {
				road.Cut()
			}
			rec := ask("POST", "/en/alvkusten/plan/ny", form)
			page, err := goquery.NewDocumentFromReader(rec.Body)
			if err != nil {
				t.Fatal(err)
			}
			if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" || !strings.Contains(page.Find("main").Text(), "may not be saved") {
				t.Fatalf("%d %s", rec.Code, page.Find("main").Text())
			}
			kept := url.Values{}
			again := page.Find("main form")
			again.Find("input").Each(func(_ int, x *goquery.Selection) {
				// As browsers do: in a page a line ends with one character, in a form that is sent with two.
				kept.Add(x.AttrOr("name", ""), strings.ReplaceAll(x.AttrOr("value", ""), "\n", "\r\n"))
			})
			if again.AttrOr("action", "") != "/en/alvkusten/plan/ny" || kept.Encode() != form.Encode() {
				t.Errorf("it is sent again to %q with %v", again.AttrOr("action", ""), kept)
			}
			if rec := ask("GET", "/alvkusten", nil); rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), a.catalog.Printer(lang.Swedish).T(db.ErrUnreachable.Key)) {
				t.Errorf("a page for readers: %d", rec.Code)
			}
			road.Watch = nil
			road.Cut()
			road.Restore()
			var to string
			for range 2 { // pressed twice
				rec := ask("POST", "/en/alvkusten/plan/ny", kept)
				if rec.Code != http.StatusSeeOther || to != "" && rec.Header().Get("Location") != to {
					t.Fatalf("sent again: %d %s %s", rec.Code, rec.Header().Get("Location"), to)
				}
				to = rec.Header().Get("Location")
			}
		})
	}
	var n int
	if err := a.db.Read().NewRaw("SELECT count(*) FROM activities WHERE title LIKE 'Seminarium om%'").Scan(t.Context(), &n); err != nil || n != 2 {
		t.Errorf("two forms made %d activities, %v", n, err)
	}
}

// A full disk is said to be full, and the form is kept.
func TestAFullDiskIsSaidToBe(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		r := httptest.NewRequest("POST", "/alvkusten/plan/ny", strings.NewReader("title=x"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		in.server.Fail(rec, r, errs.E(errs.Unavailable, db.ErrFull.Key))
		if rec.Code != http.StatusServiceUnavailable || !strings.Contains(rec.Body.String(), `name="title" value="x"`) {
			t.Errorf("%d %s", rec.Code, rec.Body)
		}
	})
}
