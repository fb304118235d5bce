package accessibilityweb

import (
	"context"
	"encoding/json"
	"flag"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/accessibility"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden pages anew")

type page struct{ text string }

func (p page) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, p.text)
	return err
}

// site has the pages on a server, with the statement of the fixture when it is set.
type site struct {
	http.Handler
	t       *testing.T
	who     actor.Actor
	here    scope.Association
	reports *accessibility.Service
	clock   *clock.Set
	mails   []mail.Message
	fixed   *accessibility.Statement
	routes  []web.Route
}

type associations []scope.Association

func (list associations) BySlug(_ context.Context, slug string) (scope.Association, error) {
	for _, a := range list {
		if a.Slug == slug {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (list associations) ByHost(_ context.Context, host string) (scope.Association, error) {
	for _, a := range list {
		if a.Host == host && host != "" {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, ui.Locale, mail.Locale, access.Locale, accessibility.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := &site{t: t, clock: clock.At(period.On(2026, time.March, 10)), here: scope.Association{ID: id.New(), Slug: "alvkusten", Name: "Samordningsförbundet Älvkusten", ShortName: "Älvkusten"}}
	list := associations{s.here, {ID: id.New(), Slug: "skogsbygden", Host: "skogsbygden.example", Name: "Samordningsförbundet Skogsbygden", ShortName: "Skogsbygden"}}
	s.reports = accessibility.New(accessibility.Needs{DB: d, Clock: s.clock, Catalog: catalog(t),
		SendMail: func(_ context.Context, _ *db.Tx, m mail.Message) error {
			s.mails = append(s.mails, m)
			return nil
		},
		Address: func(_ scope.Association, l lang.Lang, path string) string {
			return "https://samklang.example" + l.Prefix() + path
		},
		Allow: func(context.Context, string, int, time.Duration) (time.Duration, error) { return 0, nil }})
	pages := New(Needs{Reports: s.reports, Clock: s.clock, Program: "v1.0.0",
		Frame: func(r *web.Request, title string) ui.Page {
			return ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: "Samklang", Home: "/"}}
		},
		Associations: func(context.Context) ([]scope.Association, error) { return list, nil },
		PageName: func(_ *web.Request, path string) string {
			return map[string]string{"/": "Förbunden", "/{association}/kalender": "Kalender"}[path]
		},
		NameOf: func(context.Context, id.ID) (string, error) { return "Tyra Ek", nil },
		Statement: func(ctx context.Context) (accessibility.Statement, error) {
			if s.fixed != nil {
				return *s.fixed, nil
			}
			return s.reports.Statement(ctx)
		}})
	s.routes = pages.Routes()
	var err error
	s.Handler, err = web.New(web.Config{Routes: s.routes, Catalog: catalog(t), Associations: list, Check: access.CheckAny, Once: d, Log: slog.New(slog.DiscardHandler), External: "https://samklang.example",
		Identify:  func(*http.Request) (actor.Actor, error) { return s.who, nil },
		Limit:     func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		ErrorPage: func(_ *web.Request, _ int, err error) web.Component { return page{err.Error()} }})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) as(r actor.Role) {
	s.who = actor.Actor{Account: id.New(), Name: "Tyra Ek", Grants: []actor.Grant{{Association: s.here.ID, Role: r}}}
}

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
}

func (s *site) send(method, address string, v url.Values) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, address, strings.NewReader(v.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		s.t.Fatal(err)
	}
	return answer{w, doc}
}

func (s *site) get(address string) answer { s.t.Helper(); return s.send("GET", address, nil) }

// planted is a statement of results with one violation planted in them, of one known fault and of one that a visitor told of.
func planted(t *testing.T, here id.ID) *accessibility.Statement {
	t.Helper()
	b, err := os.ReadFile("../testdata/planted.json")
	if err != nil {
		t.Fatal(err)
	}
	r, err := accessibility.ParseResults(b)
	if err != nil {
		t.Fatal(err)
	}
	in := func(s string) accessibility.Text {
		return accessibility.Text{Swedish: s, Simple: s + " (lättläst)", English: s + " (engelska)"}
	}
	known := accessibility.Register{Updated: period.On(2026, 2, 1),
		Faults:   []accessibility.Fault{{ID: "files", Kind: accessibility.Faulty, Criteria: []string{"1.1.1"}, Since: period.On(2026, 1, 15), What: in("Filer saknar text"), Where: in("Underlag"), Why: in("Andra har gjort dem"), Planned: in("Säg till")}},
		Untested: []accessibility.Untested{{ID: "readers", What: in("Ingen skärmläsare är prövad")}}}
	told := []accessibility.Told{{Association: here, Decision: accessibility.KnownFault, Text: accessibility.Text{Swedish: "Månaderna går inte att styra med röst."}, On: period.On(2026, 3, 8), Since: period.On(2026, 3, 4)}}
	s := accessibility.Make(r, known, told)
	return &s
}

// The statement in each language, line by line as it is read. A planted violation stands in it with where it is and for whom.
func TestTheStatement(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	s.fixed = planted(t, s.here.ID)
	for _, l := range lang.All {
		a := s.get(l.Prefix() + "/tillganglighet")
		if a.Code != http.StatusOK {
			t.Fatal(a.Code)
		}
		var lines []string
		a.doc.Find("main").Find("h1, h2, h3, p, li, dt, dd, caption, th, td, summary").Each(func(_ int, x *goquery.Selection) {
			if text := strings.Join(strings.Fields(x.Text()), " "); text != "" {
				lines = append(lines, goquery.NodeName(x)+": "+text)
			}
		})
		got := strings.Join(lines, "\n") + "\n"
		golden := filepath.Join("testdata", "statement."+l.Tag()+".golden.txt")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s (go test -update writes it anew):\n%s", l.Tag(), d)
		}
	}
}

// What the act and the supervisor ask a statement to hold: the word, the faults, the days, the
// method, the way to tell, the supervisor, burden and what is outside.
func TestTheStatementHoldsWhatTheActAsksFor(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	s.fixed = planted(t, s.here.ID)
	a := s.get("/tillganglighet")
	text := strings.Join(strings.Fields(a.doc.Find("main").Text()), " ")
	for _, want := range []string{"Delvis förenlig med lagen", "Samordningsförbundet Älvkusten", "Samordningsförbundet Skogsbygden", "2 mars 2026", "8 mars 2026", "Självskattning", "axe-core 4.14.1", "Chromium 150.0", "12 §", "9 §", "v1.0.0", "0123456789ab",
		"1.4.3", "Kalender", "mörkt läge", "Filer saknar text", "Månaderna går inte att styra med röst."} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if a.doc.Find(`a[href="https://www.digg.se/tdosanmalan"]`).Length() != 1 || a.doc.Find(`a[href="/tillganglighet/sag-till"]`).Length() < 1 {
		t.Error("no way to tell, or to the supervisor")
	}
	own := s.get("http://skogsbygden.example/tillganglighet")
	if text := own.doc.Find("aside").Text(); strings.Contains(text, "Älvkusten") || !strings.Contains(text, "Skogsbygden") {
		t.Errorf("on an association's own host: %s", text)
	}
	english := s.get("/en/tillganglighet")
	if got := english.doc.Find("h3[lang=sv]").Text(); got != "Månaderna går inte att styra med röst." {
		t.Errorf("a Swedish text on an English page is not marked: %q", got)
	}
	clean := *s.fixed
	s.fixed = func() *accessibility.Statement {
		r := clean.Results
		r.Violations = nil
		x := accessibility.Make(r, accessibility.Register{Updated: period.On(2026, 2, 1)}, nil)
		return &x
	}()
	if text := s.get("/tillganglighet").doc.Find("main").Text(); !strings.Contains(text, "Helt förenlig med lagen") || strings.Contains(text, "1.4.3") {
		t.Error("without faults it is not wholly compliant")
	}
}

func TestTheStatementAsData(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	s.fixed = planted(t, s.here.ID)
	var got struct {
		Verdict string `json:"verdict"`
		Swedish string `json:"verdict_sv"`
		Faults  []any  `json:"faults"`
		Told    []struct{ Association string }
		Broken  []string `json:"broken_criteria"`
		Results struct {
			Violations []struct{ Rule string }
			Routes     []any
		}
	}
	if err := json.Unmarshal(s.get("/tillganglighet/data.json").Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if got.Verdict != "partly" || got.Swedish != "Delvis förenlig med lagen" || len(got.Faults) != 1 || len(got.Told) != 1 || got.Told[0].Association != s.here.Name || len(got.Results.Routes) != 4 ||
		got.Results.Violations[0].Rule != "color-contrast" || !cmp.Equal(got.Broken, []string{"1.1.1", "1.4.3"}) {
		t.Errorf("%+v", got)
	}
}

// Every criterion, check, role, way and impact that results may hold has words in every language.
func TestEverythingThatMayBeFoundHasWords(t *testing.T) {
	c := catalog(t)
	var keys []string
	for _, x := range accessibility.Criteria {
		keys = append(keys, "criterion."+x)
	}
	for _, x := range []string{"reflow", "spacing", "focus", "forced", "language", "links", "forms", "keyboard", "motion", "paper", "without_script"} {
		keys = append(keys, "statement.check."+x, "statement.check."+x+".fault")
	}
	for _, r := range actor.Roles {
		keys = append(keys, "statement.role."+string(r))
	}
	for _, d := range accessibility.Decisions {
		keys = append(keys, "barriers.choose."+string(d), "barriers.choose."+string(d)+".hint", "barriers.decision."+string(d), "barrier.mail.decision."+string(d))
	}
	for _, x := range []string{"minor", "moderate", "serious", "critical"} {
		keys = append(keys, "statement.impact."+x)
	}
	for _, k := range keys {
		if !c.Has(k) {
			t.Errorf("no words for %s", k)
		}
	}
}

// A report goes to whom the page belongs to, on every host and in every language.
func TestWhoGetsAReport(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		for address, tc := range map[string]struct{ page, to string }{
			"/tillganglighet/sag-till":                              {"/alvkusten/kalender", "Samordningsförbundet Älvkusten"},
			"/en/tillganglighet/sag-till":                           {"/en/alvkusten", "Samordningsförbundet Älvkusten"},
			"/lattlast/tillganglighet/sag-till":                     {"/oppna-data", "dem som sköter sidan"},
			"http://skogsbygden.example/tillganglighet/sag-till":    {"/plan", "Samordningsförbundet Skogsbygden"},
			"http://samklang.example/tillganglighet/sag-till":       {"", "dem som sköter webbplatsen"},
			"http://samklang.example/en/tillganglighet/sag-till":    {"https://evil.example/alvkusten", "those who run the website"},
			"http://skogsbygden.example/en/tillganglighet/sag-till": {"/alvkusten", "Samordningsförbundet Älvkusten"},
		} {
			a := s.get(address + "?sida=" + url.QueryEscape(tc.page))
			if got := a.doc.Find("form .hint").First().Text(); !strings.Contains(got, tc.to) {
				t.Errorf("%s from %q: %q", address, tc.page, got)
			}
			if got, _ := a.doc.Find("input[name=page]").Attr("value"); got != tc.page && !strings.HasPrefix(tc.page, "https") || strings.HasPrefix(got, "https") {
				t.Errorf("%s from %q is filled in with %q", address, tc.page, got)
			}
		}
	})
}

// From the form to the list, the answer and the mail; what is faulty comes back with what was typed.
func TestTellingAndAnswering(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		wrong := s.send("POST", "/tillganglighet/sag-till", url.Values{"what": {""}, "aid": {"Punktskrift"}, "email": {"lisa(at)hemma"}})
		if wrong.Code != http.StatusUnprocessableEntity || wrong.doc.Find("[data-error-summary] a").Length() != 2 {
			t.Errorf("%d: %s", wrong.Code, wrong.doc.Find("[data-error-summary]").Text())
		}
		for name, want := range map[string]string{"aid": "Punktskrift", "email": "lisa(at)hemma"} {
			if got, _ := wrong.doc.Find("input[name=" + name + "]").Attr("value"); got != want {
				t.Errorf("%s is gone: %q", name, got)
			}
		}
		key := id.New().String()
		fields := url.Values{"_key": {key}, "page": {"/alvkusten/kalender"}, "what": {"Jag når inte <b>månaderna</b>."}, "email": {"lisa@hemma.example"}}
		for range 2 { // the same form twice is one report
			if a := s.send("POST", "/tillganglighet/sag-till", fields); a.Code != http.StatusSeeOther || a.Header().Get("Location") != "/tillganglighet/sag-till/tack" {
				t.Fatalf("%d %s", a.Code, a.Body)
			}
		}
		s.as(actor.Office)
		list := s.get("/alvkusten/hinder")
		path, _ := list.doc.Find(".tasks a.do").Attr("href")
		if list.doc.Find(".tasks li").Length() != 1 || !strings.Contains(list.doc.Find(".tasks").Text(), "24 mars 2026") {
			t.Fatalf("%s", list.doc.Find("main").Text())
		}
		one := s.get(path)
		if got := one.doc.Find(".telling").First().Text(); got != "Jag når inte <b>månaderna</b>." {
			t.Errorf("%q", got)
		}
		version, _ := one.doc.Find("input[name=_version]").Attr("value")
		bad := s.send("POST", path, url.Values{"_version": {version}, "text": {"Vårt svar"}, "decision": {"known"}})
		if bad.Code != http.StatusUnprocessableEntity || bad.doc.Find("textarea[name=text]").Text() != "Vårt svar" || bad.doc.Find("details[open] textarea[name=public_sv]").Length() != 1 {
			t.Errorf("%d %s", bad.Code, bad.doc.Find("[data-error-summary]").Text())
		}
		stale := s.send("POST", path, url.Values{"_version": {"7"}, "text": {"Vårt svar"}, "decision": {"mended"}})
		if stale.Code != http.StatusConflict || stale.doc.Find("textarea[name=text]").Text() != "Vårt svar" {
			t.Errorf("%d", stale.Code)
		}
		s.clock.Advance(20 * 24 * time.Hour)
		if got := s.get("/alvkusten/hinder").doc.Find(".tasks .dot.late").Length(); got != 1 {
			t.Error("it is late, and the list does not say so")
		}
		for role, forms := range map[actor.Role]int{actor.BoardMember: 0, actor.Auditor: 0} {
			s.as(role)
			if a := s.get(path); a.Code != http.StatusOK || a.doc.Find("main form").Length() != forms {
				t.Errorf("%s: %d, %d forms", role, a.Code, a.doc.Find("main form").Length())
			}
			if a := s.send("POST", path, url.Values{"_version": {version}, "text": {"x"}, "decision": {"mended"}}); a.Code != http.StatusForbidden {
				t.Errorf("%s answers: %d", role, a.Code)
			}
		}
		s.who = actor.Actor{Account: id.New(), Admin: true}
		if a := s.get(path); a.Code != http.StatusForbidden {
			t.Errorf("the administrator reads an association's: %d", a.Code)
		}
		if a := s.get("/administration" + strings.TrimPrefix(path, "/alvkusten")); a.Code != http.StatusNotFound {
			t.Errorf("and by the installation's address: %d", a.Code)
		}
	})
}

func TestPagesHaveNoMissingWords(t *testing.T) {
	s := open(t, dbtest.SQLite(t))
	report, err := s.reports.Tell(t.Context(), s.here.ID, accessibility.NewReport{What: "x"}, lang.English)
	if err != nil {
		t.Fatal(err)
	}
	s.as(actor.Head)
	s.who.Admin = true
	for _, l := range lang.All {
		for _, r := range s.routes {
			if r.Method != http.MethodGet || r.Title == "" || strings.HasPrefix(r.Path, "/administration/hinder/") {
				continue
			}
			path := strings.NewReplacer("{association}", s.here.Slug, "{report}", report.String()).Replace(r.WholePath())
			a := s.get(l.Prefix() + path)
			body := a.Body.String()
			if a.Code != http.StatusOK || strings.Contains(body, ">[") || strings.Contains(body, "style=") || strings.Contains(body, "<script>") {
				t.Errorf("%s%s: %d", l.Prefix(), path, a.Code)
			}
		}
	}
}
