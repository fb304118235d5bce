package web_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/web"
)

type text string

func (t text) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(t))
	return err
}

type two struct{}

var (
	coast  = scope.Association{ID: id.New(), Slug: "alvkusten", Name: "Älvkusten"}
	forest = scope.Association{ID: id.New(), Slug: "skogsbygden", Host: "lofte.skogsbygden.example", Name: "Skogsbygden"}
)

func (two) BySlug(_ context.Context, slug string) (scope.Association, error) {
	for _, a := range []scope.Association{coast, forest} {
		if a.Slug == slug {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "none")
}

func (two) ByHost(_ context.Context, host string) (scope.Association, error) {
	if host == forest.Host {
		return forest, nil
	}
	return scope.Association{}, errs.E(errs.NotFound, "none")
}

func server(t testing.TB, change func(*web.Config), routes ...web.Route) *web.Server {
	t.Helper()
	empty := fstest.MapFS{"locale/sv.json": {Data: []byte("{}")}, "locale/en.json": {Data: []byte("{}")}}
	catalog, err := i18n.Load(empty)
	if err != nil {
		t.Fatal(err)
	}
	c := web.Config{
		Routes: routes, Catalog: catalog, Associations: two{},
		Check: func(actor.Actor, actor.Action, id.ID) error { return nil },
		ErrorPage: func(r *web.Request, status int, err error) web.Component {
			return text("error page " + errs.KindOf(err).String())
		},
		Limit: func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		Log:   slog.New(slog.DiscardHandler),
	}
	if change != nil {
		change(&c)
	}
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ask(s http.Handler, method, target string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for _, c := range change {
		c(r)
	}
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	return rec
}

func TestLanguageAndAssociationComeFromTheAddress(t *testing.T) {
	where := func(w http.ResponseWriter, r *web.Request) error {
		name := "portal"
		if r.Association != nil {
			name = r.Association.Slug
		}
		return r.Render(w, 200, text(strings.Join([]string{name, r.Lang().Tag(), r.Path("/x"), r.Here(lang.English), r.Top("/konto"), r.PathValue("n")}, " ")))
	}
	s := server(t, nil,
		web.Route{Method: "GET", Path: "/", Allow: "public", Handle: where},
		web.Route{Method: "GET", Path: "/loften/{n}", Allow: "public", Handle: where},
		web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: where},
		web.Route{Method: "GET", Path: "/konto", Site: web.OfInstallation, Allow: "public", Handle: where})
	for target, want := range map[string]string{
		"http://h.example/":                                 "portal sv /x /en /konto ",
		"http://h.example/en":                               "portal en /en/x /en /en/konto ",
		"http://h.example/lattlast/alvkusten":               "alvkusten sv-simple /lattlast/alvkusten/x /en/alvkusten /lattlast/konto ",
		"http://h.example/alvkusten/loften/3?ar=2025":       "alvkusten sv /alvkusten/x /en/alvkusten/loften/3?ar=2025 /konto 3",
		"http://lofte.skogsbygden.example/":                 "skogsbygden sv /x /en /konto ",
		"http://lofte.skogsbygden.example:8080/en/loften/7": "skogsbygden en /en/x /en/loften/7 /en/konto 7",
		"http://lofte.skogsbygden.example/konto":            "portal sv /x /en/konto /konto ",
	} {
		rec := ask(s, "GET", target)
		if rec.Code != 200 || rec.Body.String() != want {
			t.Errorf("%s: %d %q, want %q", target, rec.Code, rec.Body, want)
		}
	}
	for target, want := range map[string]int{"/nowhere": 404, "/alvkusten/nothing": 404, "/english": 404, "/lattlast/": 301, "/alvkusten/": 301} {
		if rec := ask(s, "GET", target); rec.Code != want {
			t.Errorf("%s: %d, want %d (%s)", target, rec.Code, want, rec.Header().Get("Location"))
		}
	}
}

func TestWhatEveryAnswerCarries(t *testing.T) {
	s := server(t, nil, web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, 200, text("hej")) }})
	for _, target := range []string{"/", "/nowhere"} {
		h := ask(s, "GET", target).Header()
		if !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", target, h)
		}
		if h.Get("Set-Cookie") != "" {
			t.Errorf("%s sets a cookie for a reader", target)
		}
	}
}

func TestErrorsShowTheirFaceAndHideTheirCause(t *testing.T) {
	secret := errors.New("password of the database")
	s := server(t, nil,
		web.Route{Method: "GET", Path: "/fault", Site: web.OfInstallation, Allow: "public", Handle: func(http.ResponseWriter, *web.Request) error { return secret }},
		web.Route{Method: "GET", Path: "/panic", Site: web.OfInstallation, Allow: "public", Handle: func(http.ResponseWriter, *web.Request) error { panic(secret) }},
		web.Route{Method: "GET", Path: "/half", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error {
			return r.Render(w, 200, halfway{})
		}},
		web.Route{Method: "GET", Path: "/refused", Site: web.OfInstallation, Allow: "public", Handle: func(http.ResponseWriter, *web.Request) error { return errs.E(errs.Refused, "x").Because(secret) }})
	for target, want := range map[string]int{"/fault": 500, "/panic": 500, "/half": 500, "/refused": 409} {
		rec := ask(s, "GET", target)
		if rec.Code != want || !strings.HasPrefix(rec.Body.String(), "error page") || strings.Contains(rec.Body.String(), "password") {
			t.Errorf("%s: %d %q", target, rec.Code, rec.Body)
		}
	}
}

type halfway struct{}

func (halfway) Render(_ context.Context, w io.Writer) error {
	io.WriteString(w, "<p>the beginning")
	return errors.New("and then a fault")
}

func TestFormsFromElsewhereAreRefused(t *testing.T) {
	done := 0
	s := server(t, nil, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error {
		done++
		return r.SeeOther(w, "/")
	}})
	if rec := ask(s, "POST", "/x", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }); rec.Code != 403 || done != 0 {
		t.Errorf("another site: %d", rec.Code)
	}
	if rec := ask(s, "POST", "/x", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-origin") }); rec.Code != 303 || done != 1 {
		t.Errorf("the same site: %d", rec.Code)
	}
	if rec := ask(s, "GET", "/x"); rec.Code != 404 || done != 1 {
		t.Errorf("opened as a page: %d", rec.Code)
	}
}

func TestABodyThatIsTooLargeIsRefused(t *testing.T) {
	s := server(t, nil, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Body: 1000, Handle: func(w http.ResponseWriter, r *web.Request) error {
		if _, err := r.Form(); err != nil {
			return err
		}
		return r.SeeOther(w, "/")
	}})
	r := httptest.NewRequest("POST", "/x", strings.NewReader("a="+strings.Repeat("x", 2000)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, r)
	if rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d", rec.Code)
	}
}

func TestAFormSentTwiceLeadsToTheSamePlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		done := 0
		handle := func(w http.ResponseWriter, r *web.Request) error {
			f, err := r.Form()
			if err != nil {
				return err
			}
			f.Required("name", 10, "missing")
			if err := f.Err(); err != nil {
				return err
			}
			if err := d.WithTx(r.Context(), func(context.Context, *db.Tx) error { return nil }); err != nil {
				return err
			}
			done++
			return r.SeeOther(w, "/there")
		}
		s := server(t, func(c *web.Config) { c.Once = d },
			web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Handle: handle},
			web.Route{Method: "POST", Path: "/y", Site: web.OfInstallation, Allow: "public", Handle: handle})
		send := func(name string, to ...string) *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", append(to, "/x")[0], strings.NewReader("_key=01a20221-c4f2-71e5-97c5-226e1066f6fb&name="+name))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			return rec
		}
		if rec := send(""); rec.Code != 422 || done != 0 {
			t.Errorf("faulty: %d", rec.Code)
		}
		if rec := send("Karin", "/y"); rec.Code != 303 || done != 1 {
			t.Errorf("the same words sent to another page are another form: %d", rec.Code)
		}
		done = 0
		for range 2 {
			if rec := send("Karin"); rec.Code != 303 || rec.Header().Get("Location") != "/there" || done != 1 {
				t.Errorf("%d to %q, done %d times", rec.Code, rec.Header().Get("Location"), done)
			}
		}
	})
}

// Two quick clicks: the second request meets the key while the first has not said yet where it leads.
func TestTwoClicksAtOnceLeadToTheSamePlace(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		stored, second := make(chan bool, 2), make(chan bool)
		s := server(t, func(c *web.Config) { c.Once = d }, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error {
			if _, err := r.Form(); err != nil {
				return err
			}
			err := d.WithTx(r.Context(), func(context.Context, *db.Tx) error { return nil })
			stored <- err == nil
			if err != nil {
				return err
			}
			<-second
			return r.SeeOther(w, "/there")
		}})
		send := func() *httptest.ResponseRecorder {
			r := httptest.NewRequest("POST", "/x", strings.NewReader("_key=01a20221-c4f2-71e5-97c5-226e1066f6fb"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			return rec
		}
		answers := make(chan *httptest.ResponseRecorder, 2)
		go func() { answers <- send() }()
		if !<-stored {
			t.Fatal("the first click had no effect")
		}
		go func() { answers <- send() }()
		if <-stored {
			t.Fatal("the second click had an effect")
		}
		close(second)
		for range 2 {
			if rec := <-answers; rec.Code != 303 || rec.Header().Get("Location") != "/there" {
				t.Errorf("%d to %q", rec.Code, rec.Header().Get("Location"))
			}
		}
	})
}

func TestUploadedFilesLeaveNothingBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	during := 0
	count := func() int {
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	s := server(t, nil, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Body: 20 << 20, Handle: func(w http.ResponseWriter, r *web.Request) error {
		if _, err := r.Form(); err != nil {
			return err
		}
		during = count()
		return r.SeeOther(w, "/")
	}})
	real := httptest.NewServer(s)
	defer real.Close()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.bin")
	if err != nil {
		t.Fatal(err)
	}
	part.Write(make([]byte, 15<<20))
	form.Close()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(real.URL+"/x", form.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	real.Close() // waits until the request is over
	if res.StatusCode != 303 || during == 0 || count() != 0 {
		t.Errorf("%d, %d files while it ran, %d after", res.StatusCode, during, count())
	}
}

// An association's own host has other paths than the installation's: addresses must lead to where they mean something.
func TestAddressesFromAnOwnHost(t *testing.T) {
	where := func(w http.ResponseWriter, r *web.Request) error {
		return r.Render(w, 200, text(strings.Join([]string{r.Of(forest, "/x"), r.Of(coast, "/x"), r.Absolute(r.Of(forest, "/x")), r.Absolute(r.Of(coast, "/x")), r.Absolute(r.Top("/konto"))}, " ")))
	}
	s := server(t, func(c *web.Config) { c.External = "https://main.example" },
		web.Route{Method: "GET", Path: "/", Allow: "public", Handle: where},
		web.Route{Method: "GET", Path: "/konto", Site: web.OfInstallation, Allow: "public", Handle: where})
	own := "/x https://main.example/alvkusten/x https://lofte.skogsbygden.example/x https://main.example/alvkusten/x https://lofte.skogsbygden.example/konto"
	for target, want := range map[string]string{
		"http://main.example/alvkusten":          "/skogsbygden/x /alvkusten/x https://main.example/skogsbygden/x https://main.example/alvkusten/x https://main.example/konto",
		"http://lofte.skogsbygden.example/":      own,
		"http://lofte.skogsbygden.example/konto": own,
	} {
		if rec := ask(s, "GET", target); rec.Body.String() != want {
			t.Errorf("%s:\ngot  %s\nwant %s", target, rec.Body, want)
		}
	}
}

func TestLimitsSayHowLongToWait(t *testing.T) {
	var who string
	s := server(t, func(c *web.Config) {
		c.TrustProxy = true
		c.Limit = func(_ context.Context, name, w string, l web.Limit) (time.Duration, error) {
			who = name + " " + w
			return 90 * time.Second, nil
		}
	}, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Limits: []web.Limit{{Name: "form", Count: 1, Per: time.Minute}}, Handle: func(w http.ResponseWriter, r *web.Request) error { return r.SeeOther(w, "/") }})
	rec := ask(s, "POST", "/x", func(r *http.Request) { r.Header.Set("X-Forwarded-For", "203.0.113.9, 198.51.100.7") })
	if rec.Code != 429 || rec.Header().Get("Retry-After") != "91" || who != "form 198.51.100.7" {
		t.Errorf("%d, retry after %q, counted by %q", rec.Code, rec.Header().Get("Retry-After"), who)
	}
}

func TestARouteMustSayWhoMayUseIt(t *testing.T) {
	_, err := web.New(web.Config{Routes: []web.Route{{Method: "GET", Path: "/x"}}})
	if err == nil || !strings.Contains(err.Error(), "who may use it") {
		t.Error(err)
	}
}

func TestNobodyIsSentElsewhere(t *testing.T) {
	s := server(t, nil)
	for _, target := range []string{"//evil.example/", "//evil.example", "/en//evil.example/", "///evil.example/", "/\\evil.example/", "/\t/evil.example/", "/\n/evil.example/", "/a\x00b/"} {
		rec := ask(s, "GET", "/", func(r *http.Request) { r.URL.Path = target })
		onHost := ask(s, "GET", "http://lofte.skogsbygden.example/", func(r *http.Request) { r.URL.Path = target })
		if onHost.Code != 404 || onHost.Header().Get("Location") != "" {
			t.Errorf("%q on an own host: %d to %q", target, onHost.Code, onHost.Header().Get("Location"))
		}
		if rec.Code != 404 || rec.Header().Get("Location") != "" {
			t.Errorf("%s: %d to %q", target, rec.Code, rec.Header().Get("Location"))
		}
	}
	for _, p := range []string{"//evil.example", "https://evil.example", "/\\evil.example", "", "x", "/a\r\nSet-Cookie: x", "/\t/evil.example", "/a?b=\tc", "/\x00/x", "/a//b", "javascript:alert(1)"} {
		if got := web.Back(p, "/safe"); got != "/safe" {
			t.Errorf("%q leads to %q", p, got)
		}
	}
	for _, p := range []string{"/alvkusten/plan?ar=2026", "/alvkusten/plan?se=https://a.example", "/"} {
		if got := web.Back(p, "/safe"); got != p {
			t.Error(got)
		}
	}
	rec := ask(s, "GET", "http://lofte.skogsbygden.example/a%23b%3Fc/")
	if got := rec.Header().Get("Location"); rec.Code != 301 || got != "/a%23b%3Fc" {
		t.Errorf("%d to %q", rec.Code, got)
	}
}
