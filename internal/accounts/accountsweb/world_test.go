package accountsweb

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
)

// outbox keeps the mails that were committed or not; the tests here only read codes and links from it.
type outbox struct {
	mu   sync.Mutex
	sent []accounts.Mail
}

func (o *outbox) Send(_ context.Context, _ *db.Tx, m accounts.Mail) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, m)
	return nil
}

func (o *outbox) last() accounts.Mail {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.sent[len(o.sent)-1]
}

type unlimited struct{}

func (unlimited) Allow(context.Context, string, int, time.Duration) (time.Duration, error) {
	return 0, nil
}

// site is an installation with two associations, served by one copy of the program.
type site struct {
	*httptest.Server
	accounts    *accounts.Service
	db          *db.DB
	clock       *clock.Set
	outbox      *outbox
	here, there scope.Association
	handlers    *Handlers
}

func (s *site) scopes() []scope.Association { return []scope.Association{s.here, s.there} }

func (s *site) BySlug(_ context.Context, slug string) (scope.Association, error) {
	for _, a := range s.scopes() {
		if a.Slug == slug {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (s *site) ByHost(_ context.Context, host string) (scope.Association, error) {
	for _, a := range s.scopes() {
		if a.Host == host {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (s *site) byID(_ context.Context, x id.ID) (scope.Association, error) {
	for _, a := range s.scopes() {
		if a.ID == x {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

// Check and Create are the first start's association.
func (s *site) Check(_ context.Context, in FirstAssociation) error {
	var f errs.Form
	if in.ShortName == "" {
		f.Add("short_name", "error.not_a_choice")
	}
	return f.Err()
}

func (s *site) Create(_ context.Context, a actor.Actor, in FirstAssociation) (scope.Association, error) {
	if !a.Admin {
		return scope.Association{}, errs.E(errs.Forbidden, "error.not_found")
	}
	return s.here, nil
}

type page struct{ text string }

func (p page) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, p.text)
	return err
}

var catalog = func() *i18n.Catalog {
	c, err := i18n.Load(i18n.Locale, ui.Locale, access.Locale, accounts.Locale, Locale)
	if err != nil {
		panic(err)
	}
	return c
}()

// open starts a copy of the program on a database. Copies on the same database share sc.
func open(t *testing.T, d *db.DB, change func(*Needs), sc ...scope.Association) *site {
	t.Helper()
	s := &site{db: d, clock: clock.At(period.On(2026, 11, 22)), outbox: &outbox{}}
	s.accounts = accounts.New(accounts.Needs{DB: d, Clock: s.clock, Catalog: catalog, Outbox: s.outbox, Limiter: unlimited{}})
	if len(sc) == 2 {
		s.here, s.there = sc[0], sc[1]
	} else {
		s.here, s.there = s.association(t, "alvkusten", "Älvkusten"), s.association(t, "skogsbygden", "Skogsbygden")
	}
	log := slog.New(slog.DiscardHandler)
	sessions := NewSessions(s.accounts, "", false, log)
	n := Needs{
		Accounts: s.accounts, Sessions: sessions, Clock: s.clock, Association: s.byID, First: s, Desk: "/skrivbord", DeskOf: func(actor.Actor, id.ID) string { return "/skrivbord" }, PasskeyScript: "/assets/passkey.js",
		CalendarPath: func(token string) string { return "/min-kalender/" + token + ".ics" },
		Bodies:       func(context.Context, id.ID) ([]Body, error) { return nil, nil },
		Frame: func(r *web.Request, title string) ui.Page {
			return ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: "Samklang", Home: "/"}}
		},
	}
	if change != nil {
		change(&n)
	}
	s.handlers = New(n)
	server, err := web.New(web.Config{Routes: s.handlers.Routes(), Catalog: catalog, Associations: s, Identify: sessions.Identify, Check: access.CheckAny, Wrap: sessions.Wrap, Once: d, Log: log,
		Limit:     func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		ErrorPage: func(r *web.Request, _ int, err error) web.Component { return page{err.Error()} }})
	if err != nil {
		t.Fatal(err)
	}
	s.Server = httptest.NewServer(server)
	t.Cleanup(s.Close)
	return s
}

func (s *site) association(t *testing.T, slug, name string) scope.Association {
	t.Helper()
	sc := scope.Association{ID: id.New(), Slug: slug, Name: "Samordningsförbundet " + name, ShortName: name}
	err := s.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, ?, ?, '', ?)", sc.ID, sc.Slug, sc.Name, sc.ShortName, s.clock.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sc
}

// add gives somebody a role; role "admin" makes an administrator.
func (s *site) add(t *testing.T, sc scope.Association, role actor.Role, email string) accounts.Account {
	t.Helper()
	var a accounts.Account
	var err error
	if role == "admin" {
		a, err = s.accounts.AddAccount(t.Context(), actor.SystemActor, "Ada Mo", email, "sv", true)
	} else {
		a, err = s.accounts.Invite(t.Context(), actor.SystemActor, sc, accounts.NewPerson{Name: "Namn Namnsson", Email: email, NewRole: accounts.NewRole{Role: role}})
	}
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// browser is somebody's browser.
type browser struct {
	t    *testing.T
	site *site
	http.Client
}

func (s *site) browser(t *testing.T) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, site: s, Client: http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

type answerOf struct {
	*http.Response
	doc  *goquery.Document
	text string
}

func (b *browser) do(r *http.Request) answerOf {
	b.t.Helper()
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		b.t.Fatal(err)
	}
	return answerOf{res, doc, string(body)}
}

func (b *browser) get(path string) answerOf {
	b.t.Helper()
	r, err := http.NewRequest("GET", b.site.URL+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(r)
}

func (b *browser) post(path string, kv ...string) answerOf {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
	}
	r, err := http.NewRequest("POST", b.site.URL+path, strings.NewReader(v.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r)
}

// form sends the page's form that leads to the path, with what it holds already and what is typed.
func (b *browser) form(on answerOf, path string, kv ...string) answerOf {
	b.t.Helper()
	f := on.doc.Find(`form[action="` + path + `"]`)
	if f.Length() == 0 {
		b.t.Fatalf("no form for %s on the page:\n%s", path, on.text)
	}
	filled := []string{}
	f.First().Find("input, textarea").Each(func(_ int, in *goquery.Selection) {
		kind, _ := in.Attr("type")
		if _, checked := in.Attr("checked"); kind != "radio" && kind != "checkbox" || checked {
			value, _ := in.Attr("value")
			name, _ := in.Attr("name")
			filled = append(filled, name, value)
		}
	})
	return b.post(path, append(filled, kv...)...)
}

func (b *browser) cookies() []*http.Cookie {
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Jar.Cookies(u)
}

var codeInMail = regexp.MustCompile(`(?m)^[2-9A-Z]{4}-[2-9A-Z]{4}$`)

// logIn goes the whole way through the pages.
func (b *browser) logIn(email string) answerOf {
	b.t.Helper()
	a := b.post("/logga-in", "email", email)
	if a.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("asking for a code: %d %s", a.StatusCode, a.text)
	}
	return b.post(a.Header.Get("Location"), "code", codeInMail.FindString(b.site.outbox.last().Text))
}
