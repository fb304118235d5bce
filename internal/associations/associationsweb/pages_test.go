package associationsweb

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/associations"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

type page struct{ text string }

func (p page) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, p.text)
	return err
}

// site answers as whoever is set to ask.
type site struct {
	http.Handler
	t           *testing.T
	who         actor.Actor
	service     *associations.Service
	routes      []web.Route
	here, there associations.Association
}

var admin = actor.Actor{Account: id.New(), Name: "Ada Mo", Admin: true}

func (s *site) as(role actor.Role, a associations.Association) {
	s.who = actor.Actor{Account: id.New(), Name: "Hedda Ek", Grants: []actor.Grant{{Association: a.ID, Role: role}}}
}

func open(t *testing.T, d *db.DB) *site {
	t.Helper()
	catalog, err := i18n.Load(i18n.Locale, ui.Locale, access.Locale, associations.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	c := clock.At(period.On(2026, 11, 22))
	s := &site{t: t}
	s.service = associations.New(associations.Needs{DB: d, Clock: c, Reserved: func(x string) bool { return x == "administration" },
		KnownBrand: func(b string) bool { _, err := ui.ParseBrand(b); return err == nil }})
	h := New(Needs{Associations: s.service, Clock: c, Frame: func(r *web.Request, title string) ui.Page {
		return ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: "Samklang", Home: "/"}}
	}})
	s.routes = h.Routes()
	s.Handler, err = web.New(web.Config{Routes: h.Routes(), Catalog: catalog, Associations: s.service, Check: access.CheckAny, Once: d, Log: slog.New(slog.DiscardHandler),
		Identify:  func(*http.Request) (actor.Actor, error) { return s.who, nil },
		Limit:     func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		ErrorPage: func(_ *web.Request, _ int, err error) web.Component { return page{err.Error()} }})
	if err != nil {
		t.Fatal(err)
	}
	for slug, a := range map[string]*associations.Association{"alvkusten": &s.here, "skogsbygden": &s.there} {
		if *a, err = s.service.Create(t.Context(), admin, associations.NewAssociation{Slug: slug, Facts: associations.Facts{Name: "Samordningsförbundet " + slug, ShortName: slug}}); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

type answer struct {
	*httptest.ResponseRecorder
	doc *goquery.Document
}

func (s *site) send(method, path string, v url.Values) answer {
	s.t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(v.Encode()))
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

func (s *site) get(path string) answer { s.t.Helper(); return s.send("GET", path, nil) }

// fill is what the page's form for the path would send, with some fields typed anew.
func (a answer) fill(t *testing.T, path string, kv ...string) url.Values {
	t.Helper()
	f := a.doc.Find(`form[action="` + path + `"]`)
	if f.Length() != 1 {
		t.Fatalf("%d forms for %s:\n%s", f.Length(), path, a.Body)
	}
	v := url.Values{}
	f.Find("input, textarea, select").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		kind, _ := in.Attr("type")
		_, checked := in.Attr("checked")
		switch {
		case goquery.NodeName(in) == "textarea":
			value = in.Text()
		case goquery.NodeName(in) == "select":
			value, _ = in.Find("option[selected]").Attr("value")
		case (kind == "radio" || kind == "checkbox") && !checked:
			return
		}
		v.Set(name, value)
	})
	for i := 0; i+1 < len(kv); i += 2 {
		v.Set(kv[i], kv[i+1])
	}
	return v
}

func TestAnOfficeKeepsItsFacts(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.as(actor.Office, s.here)
		const path = "/alvkusten/installningar"
		first := s.get(path)
		faulty := s.send("POST", path, first.fill(t, path, "org_number", "222000-0001", "website", "javascript:x", "founded_on", "31 februari 2020", "seat", "Tallviken"))
		if faulty.Code != http.StatusUnprocessableEntity || faulty.doc.Find("[role=alert] a").Length() != 2 {
			t.Fatalf("%d %s", faulty.Code, faulty.Body)
		}
		if v, _ := faulty.doc.Find("[name=seat]").Attr("value"); v != "Tallviken" {
			t.Errorf("what was typed is gone: %q", v)
		}
		saved := s.send("POST", path, faulty.fill(t, path, "org_number", "299999-0001", "website", "https://x.example", "founded_on", "2 maj 2005", "about_sv", "Vi samarbetar."))
		if saved.Code != http.StatusSeeOther || saved.Header().Get("Location") != path+"?klart=association_saved" {
			t.Fatalf("%d %s", saved.Code, saved.Body)
		}
		now, err := s.service.ByID(t.Context(), s.here.ID)
		if err != nil || now.Seat != "Tallviken" || now.OrgNumber != "299999-0001" || now.FoundedOn != period.On(2005, 5, 2) || now.AboutSv != "Vi samarbetar." {
			t.Errorf("%+v, %v", now, err)
		}
		// The form that was opened before: both values are seen, and saving again overwrites knowingly.
		late := s.send("POST", path, first.fill(t, path, "seat", "Mo"))
		if late.Code != http.StatusConflict || !strings.Contains(late.Body.String(), "Tallviken") {
			t.Fatalf("%d %s", late.Code, late.Body)
		}
		if v, _ := late.doc.Find("[name=seat]").Attr("value"); v != "Mo" {
			t.Errorf("what was typed is gone: %q", v)
		}
		if again := s.send("POST", path, late.fill(t, path)); again.Code != http.StatusSeeOther {
			t.Errorf("%d %s", again.Code, again.Body)
		}
	})
}

// Those inside read the details; only some may change them, and the others see no form and no button.
func TestTheDetailsAreReadByThoseInside(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.as(actor.Head, s.here)
		const path = "/alvkusten/installningar"
		facts := s.get(path)
		if a := s.send("POST", path, facts.fill(t, path, "seat", "Tallviken")); a.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Code, a.Body)
		}
		member := path + "/medlemmar/ny"
		if a := s.send("POST", member, s.get(member).fill(t, member, "kind", "municipality", "name", "Björkfors")); a.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", a.Code, a.Body)
		}
		for _, role := range []actor.Role{actor.BoardMember, actor.PrepGroup, actor.Auditor} {
			s.as(role, s.here)
			a := s.get(path)
			if main := a.doc.Find("main"); a.Code != http.StatusOK || !strings.Contains(main.Text(), "Tallviken") || !strings.Contains(main.Text(), "Björkfors") || main.Find("form, button, input, a[href*=installningar]").Length() != 0 {
				t.Errorf("%s: %d %s", role, a.Code, a.Body)
			}
			for _, refused := range []string{member, path + "/organ/nytt"} {
				if a := s.get(refused); a.Code != http.StatusForbidden {
					t.Errorf("%s at %s: %d", role, refused, a.Code)
				}
			}
			if a := s.send("POST", path, facts.fill(t, path, "seat", "Mo")); a.Code != http.StatusForbidden {
				t.Errorf("%s changes the facts: %d", role, a.Code)
			}
			if a := s.get("/skogsbygden/installningar"); a.Code != http.StatusForbidden {
				t.Errorf("%s elsewhere: %d", role, a.Code)
			}
		}
		s.as(actor.ActivityOwner, s.here)
		if a := s.get(path); a.Code != http.StatusForbidden {
			t.Errorf("an activity owner: %d", a.Code)
		}
	})
}

func TestMembersAndBodiesOnTheirPages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.as(actor.Head, s.here)
		for path, kind := range map[string]string{"/alvkusten/installningar/medlemmar/ny": "municipality", "/alvkusten/installningar/organ/nytt": "prep"} {
			page := s.get(path)
			if a := s.send("POST", path, page.fill(t, path)); a.Code != http.StatusUnprocessableEntity || a.doc.Find("[role=alert] a").Length() != 2 {
				t.Errorf("%s, empty: %d %s", path, a.Code, a.Body)
			}
			v := page.fill(t, path, "kind", kind, "name", "Tallviken")
			for range 2 { // the button pressed twice
				if a := s.send("POST", path, v); a.Code != http.StatusSeeOther {
					t.Fatalf("%s: %d %s", path, a.Code, a.Body)
				}
			}
		}
		settings := s.get("/alvkusten/installningar")
		links := settings.doc.Find(".tasks a.do")
		if links.Length() != 2 {
			t.Fatalf("%d members and bodies:\n%s", links.Length(), settings.Body)
		}
		links.Each(func(_ int, l *goquery.Selection) {
			path, _ := l.Attr("href")
			first := s.get(path)
			if a := s.send("POST", path, first.fill(t, path, "valid_to", "31/12 2025")); a.Code != http.StatusSeeOther {
				t.Errorf("%s: %d %s", path, a.Code, a.Body)
			}
			if a := s.send("POST", path, first.fill(t, path, "name", "Björkfors")); a.Code != http.StatusConflict || !strings.Contains(a.Body.String(), "31 december 2025") {
				t.Errorf("%s from an old page: %d %s", path, a.Code, a.Body)
			}
		})
		if a := s.get("/alvkusten/installningar"); a.doc.Find("details .tasks li").Length() != 2 {
			t.Errorf("what has ended is not set apart:\n%s", a.Body)
		}
		for _, path := range []string{"/alvkusten/installningar/medlemmar/x", "/alvkusten/installningar/organ/" + id.New().String()} {
			if a := s.get(path); a.Code != http.StatusNotFound {
				t.Errorf("%s: %d", path, a.Code)
			}
		}
	})
}

func TestTheAdministratorAddsAnAssociation(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.who = admin
		const path = "/administration/forbund"
		page := s.get(path)
		if a := s.send("POST", path, page.fill(t, path, "name", "X", "short_name", "Y", "slug", "alvkusten")); a.Code != http.StatusUnprocessableEntity || a.doc.Find("a[href='#f-slug']").Length() != 1 {
			t.Errorf("a taken address: %d %s", a.Code, a.Body)
		}
		if a := s.send("POST", path, page.fill(t, path, "name", "Samordningsförbundet Västra Sjölandet", "short_name", "Västra Sjölandet")); a.Header().Get("Location") != "/vastra-sjolandet/personer?klart=association_created" {
			t.Errorf("%d %s", a.Code, a.Body)
		}
		if a := s.get("/administration"); !strings.Contains(a.Body.String(), "Västra Sjölandet") {
			t.Errorf("%d %s", a.Code, a.Body)
		}
		host := path + "/" + s.here.ID.String()
		if a := s.send("POST", host, s.get(host).fill(t, host, "host", "www.alvkusten.example")); a.Code != http.StatusSeeOther {
			t.Errorf("%d %s", a.Code, a.Body)
		}
		r := httptest.NewRequest("GET", "http://www.alvkusten.example/installningar", nil)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Errorf("at its own host: %d", w.Code)
		}
	})
}

func TestTheLogReads(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		s.as(actor.Office, s.here)
		office := s.who
		facts := s.here.Facts
		for i := range logPage + 5 {
			facts.Seat, facts.Phone = "Mo", strings.Repeat("1", 1+i%30)
			if i == logPage+4 {
				facts.Seat = `=1+1;"Mo`
			}
			if err := s.service.Edit(t.Context(), office, s.here.ID, int64(i+1), facts); err != nil {
				t.Fatal(err)
			}
		}
		s.as(actor.Auditor, s.here)
		a := s.get("/alvkusten/andringslogg")
		text := strings.Join(strings.Fields(a.doc.Find("tbody tr").First().Text()), " ")
		if a.Code != http.StatusOK || a.doc.Find("tbody tr").Length() != logPage || !strings.Contains(text, "Hedda EkÄndrade förbundets uppgifter") || !strings.Contains(text, "Säte: borttaget: Mo tillagt: =1+1") {
			t.Fatalf("%d: %s", a.Code, text)
		}
		next, _ := a.doc.Find("a[rel=next]").Attr("href")
		older := s.get(next)
		if older.doc.Find("tbody tr").Length() != 6 || older.doc.Find("a[rel=next]").Length() != 0 {
			t.Errorf("the next page has %d", older.doc.Find("tbody tr").Length())
		}
		for filter, want := range map[string]int{"?vem=" + admin.Account.String(): 1, "?vad=member": 0, "?om=" + s.here.ID.String(): logPage, "?om=x&vem=y&fore=z": logPage} {
			if got := s.get("/alvkusten/andringslogg" + filter).doc.Find("tbody tr").Length(); got != want {
				t.Errorf("%s: %d entries, want %d", filter, got, want)
			}
		}
		file := s.get("/alvkusten/andringslogg.csv")
		lines := strings.Split(strings.TrimSpace(file.Body.String()), "\n")
		if file.Header().Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(lines[0], "\ufeffNär;Vem;Vad") || len(lines) < logPage+5 {
			t.Fatalf("%d lines, beginning %q", len(lines), lines[0])
		}
		if !strings.Contains(file.Body.String(), `"'=1+1;""Mo"`) {
			t.Errorf("a formula is not guarded: %s", lines[1])
		}
	})
}

// Every page, asked for by every kind of person: the answer follows the table of rights.
func TestEveryRouteForEverybody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d)
		people := map[string]actor.Actor{"visitor": {}, "admin": admin}
		for _, role := range actor.Roles {
			s.as(role, s.here)
			people[string(role)] = s.who
			s.as(role, s.there)
			people[string(role)+" elsewhere"] = s.who
		}
		for _, route := range s.routes {
			path := strings.NewReplacer("{member}", "ny", "{body}", "nytt", "{association}", s.here.ID.String()).Replace(route.Path)
			association := id.None
			if route.Site == web.OfAssociation {
				path, association = "/alvkusten"+path, s.here.ID
			}
			for name, who := range people {
				s.who = who
				a := s.send(route.Method, path, nil)
				want := access.CheckAny(who, route.Allow, association)
				switch {
				case errs.Is(want, errs.Unauthorised) && a.Code != http.StatusUnauthorized, errs.Is(want, errs.Forbidden) && a.Code != http.StatusForbidden:
					t.Errorf("%s %s by %s: %d, want a refusal", route.Method, path, name, a.Code)
				case want == nil && (a.Code == http.StatusUnauthorized || a.Code == http.StatusForbidden || a.Code >= 500):
					t.Errorf("%s %s by %s: %d %s", route.Method, path, name, a.Code, a.Body)
				}
				if a.Code == http.StatusOK {
					checkPage(t, path, a.doc)
				}
			}
		}
	})
}

// checkPage holds what must be true of every page: one first heading, a name for every field, no id twice, no text without words.
func checkPage(t *testing.T, path string, doc *goquery.Document) {
	t.Helper()
	if doc.Find("html").Length() == 0 || strings.HasSuffix(path, ".csv") {
		return
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s has %d first headings", path, n)
	}
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, in *goquery.Selection) {
		x, _ := in.Attr("id")
		if x == "" || doc.Find(`label[for="`+x+`"]`).Length() != 1 {
			name, _ := in.Attr("name")
			t.Errorf("%s: the field %q has no label", path, name)
		}
	})
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		x, _ := e.Attr("id")
		if seen[x] {
			t.Errorf("%s: the id %q stands twice", path, x)
		}
		seen[x] = true
	})
	if text := doc.Find("body").Text(); strings.Contains(text, "[associations") || strings.Contains(text, "[audit.") || strings.Contains(text, "{") {
		t.Errorf("%s has a text without words: %s", path, text)
	}
}

func TestDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		before, after string
		want          []change
	}{
		"made":     {"", `{"name":"Mo","version":null,"z":""}`, []change{{"name", "", "Mo"}}},
		"changed":  {`{"name":"Mo","seat":"A","n":1}`, `{"name":"Mo","seat":"B","n":2}`, []change{{"n", "1", "2"}, {"seat", "A", "B"}}},
		"removed":  {`{"name":"Mo"}`, "", []change{{"name", "Mo", ""}}},
		"nested":   {`{"a":{"b":[1,"x",{"c":2}]}}`, `{"a":{"b":[]}}`, []change{{"a.b", `1, x, {"c":2}`, ""}}},
		"none":     {`{"body":"00000000-0000-0000-0000-000000000000"}`, `{"body":null}`, nil},
		"a text":   {`"old"`, `"new"`, []change{{"", "old", "new"}}},
		"broken":   {`{`, ``, []change{{"", "{", ""}}},
		"large":    {`{"n":12345678901234567890}`, `{"n":12345678901234567891}`, []change{{"n", "12345678901234567890", "12345678901234567891"}}},
		"in order": {"", `{"a":1,"title":"T","name":"N"}`, []change{{"name", "", "N"}, {"title", "", "T"}, {"a", "", "1"}}},
	} {
		if diff := cmp.Diff(c.want, differences(c.before, c.after)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func FuzzDifferences(f *testing.F) {
	f.Add(`{"a":1}`, `{"a":[{"b":null}]}`)
	f.Fuzz(func(t *testing.T, before, after string) {
		for _, c := range differences(before, after) {
			if c.Was == c.Now {
				t.Errorf("%q did not change", c.Field)
			}
		}
		if d := differences(before, before); d != nil {
			t.Errorf("%q differs from itself: %v", before, d)
		}
	})
}
