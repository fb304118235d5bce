package importweb_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/commitments/importweb"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/document"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
)

// site is the pages of reading in over a world, for one person.
type site struct {
	t      *testing.T
	w      *ledgertest.World
	who    string
	server *web.Server
}

func newSite(t *testing.T, d *db.DB) *site {
	s := &site{t: t, w: ledgertest.New(t, d), who: "Karin"}
	catalog, err := i18n.Load(i18n.Locale, ui.Locale, commitments.Locale, document.Locale, importweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	frame := func(r *web.Request, title string) ui.Page {
		return ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: r.Association.Name, Home: r.Path("/")}, Assets: ui.Assets{Style: "style.css"}}
	}
	s.server, err = web.New(web.Config{
		Routes: importweb.New(s.w.Ledger, frame).Routes(), Catalog: catalog, Associations: known{s.w},
		Identify:  func(*http.Request) (actor.Actor, error) { return s.w.People[s.who], nil },
		Check:     access.CheckAny,
		ErrorPage: func(r *web.Request, status int, err error) web.Component { return plain(err.Error()) },
		Limit:     func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		Once:      d, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

type plain string

func (p plain) Render(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, string(p))
	return err
}

type known struct{ w *ledgertest.World }

func (k known) BySlug(_ context.Context, slug string) (scope.Association, error) {
	for _, a := range []scope.Association{k.w.Coast, k.w.Forest} {
		if a.Slug == slug {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (k known) ByHost(context.Context, string) (scope.Association, error) {
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (s *site) send(r *http.Request) (*http.Response, *goquery.Document) {
	s.t.Helper()
	rec := httptest.NewRecorder()
	s.server.ServeHTTP(rec, r)
	body := rec.Body.String()
	if dir := os.Getenv("PAGES"); dir != "" && rec.Code < 300 {
		name := strings.Trim(regexp.MustCompile(`[^a-z]+`).ReplaceAllString(regexp.MustCompile(`[0-9a-f-]{36}`).ReplaceAllString(r.URL.RequestURI(), "x"), "-"), "-")
		if err := os.WriteFile(filepath.Join(dir, name+".html"), []byte(body), 0o644); err != nil {
			s.t.Fatal(err)
		}
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return rec.Result(), doc
}

func (s *site) get(path string) *goquery.Document {
	s.t.Helper()
	res, doc := s.send(httptest.NewRequest("GET", path, nil))
	if res.StatusCode != 200 {
		s.t.Fatalf("GET %s: %d %s", path, res.StatusCode, doc.Text())
	}
	return doc
}

// post sends the form whose action ends with the suffix, as it stands on the page with some fields changed; it returns where it leads.
func (s *site) post(doc *goquery.Document, suffix string, change url.Values) (status int, location string, answer *goquery.Document) {
	s.t.Helper()
	form := doc.Find(`form[action$="` + suffix + `"]`).First()
	if form.Length() == 0 {
		s.t.Fatalf("no form to %s", suffix)
	}
	v := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, f *goquery.Selection) {
		name, _ := f.Attr("name")
		kind, _ := f.Attr("type")
		_, checked := f.Attr("checked")
		value, _ := f.Attr("value")
		switch {
		case goquery.NodeName(f) == "textarea":
			v.Add(name, f.Text())
		case goquery.NodeName(f) == "select":
			value, _ = f.Find("option[selected]").Attr("value")
			v.Add(name, value)
		case kind == "checkbox" && !checked:
		default:
			v.Add(name, value)
		}
	})
	for k, x := range change {
		v[k] = x
	}
	action, _ := form.Attr("action")
	r := httptest.NewRequest("POST", action, strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, answer := s.send(r)
	return res.StatusCode, res.Header.Get("Location"), answer
}

func (s *site) upload(association, name, content string) (status int, location string, answer *goquery.Document) {
	s.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	m.WriteField("year", "2026")
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		s.t.Fatal(err)
	}
	io.WriteString(part, content)
	m.Close()
	r := httptest.NewRequest("POST", "/"+association+"/las-in", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	res, answer := s.send(r)
	return res.StatusCode, res.Header.Get("Location"), answer
}

const signed = `# Vårt åtagande för demokratin 2026

Samordningsförbundet Älvkusten ställer sig bakom deklarationen tillsammans med Samordningsförbundet Skogsbygden.

Vi lovar att:

1. Hålla minst fyra öppna kunskapsseminarier om likabehandling under 2026 för medarbetare, chefer och politiker.
2. Föra en öppen och respektfull dialog i alla våra möten.
3. Ställa krav på inkludering i samtliga avtal med leverantörer.

## Externt åtagande

- Den 12 mars håller vi ett kunskapsseminarium om bemötande tillsammans med Region Älvsjö. Vi räknar med att nå mellan 100 och 150 personer. Det är en del av arbetet med att hålla öppna kunskapsseminarier om likabehandling.
- Under hösten ordnar vi en demokratidag för alla medarbetare. Datum är inte satt ännu.

## Internt åtagande

- Senast 30 april går vi igenom alla avtal med leverantörer för att ställa krav på inkludering.
`

func TestFromASignedDocumentToAnAdoptedDeclaration(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		s.get("/alvkusten/las-in")
		status, at, _ := s.upload("alvkusten", `C:\Mina dokument\Åtagande.md`, signed)
		if status != http.StatusSeeOther {
			t.Fatalf("upload: %d", status)
		}
		page := s.get(at)
		if n := page.Find("[id^=item-L]").Length() / 2; n != 3 {
			t.Errorf("%d promises on the page", n)
		}
		if n := page.Find("mark[id^=text-A]").Length(); n != 3 {
			t.Errorf("%d activities marked in the text", n)
		}
		status, next, answer := s.post(page, "/post/L1", url.Values{"wording": {""}})
		if status != http.StatusUnprocessableEntity || answer.Find("[role=alert]").Length() != 1 {
			t.Errorf("a promise without text: %d", status)
		}
		status, next, _ = s.post(page, "/post/L1", url.Values{"title": {"Kunskap om likabehandling"}, "do": {"right"}})
		if status != http.StatusSeeOther || !strings.Contains(next, "post=L2") {
			t.Errorf("saving a promise leads to %d %s", status, next)
		}
		page = s.get(at + "?post=A2")
		status, _, _ = s.post(page, "/post/A2", url.Values{"date": {"vecka 45"}, "serves": {"2"}, "do": {"right"}})
		if status != http.StatusSeeOther {
			t.Errorf("saving an activity: %d", status)
		}
		page = s.get(at + "?post=D")
		if status, _, _ = s.post(page, "/dokument", url.Values{"signed_on": {"9 januari 2026"}, "decision": {"§ 3/2026"}}); status != http.StatusSeeOther {
			t.Errorf("the document's facts: %d", status)
		}
		if status, next, _ = s.post(s.get(at), "/alla", nil); status != http.StatusSeeOther || !strings.HasSuffix(next, "/forena") {
			t.Errorf("confirming the rest: %d %s", status, next)
		}
		s.get(next)
		adopt := s.get(at + "/anta")
		if status, next, _ = s.post(adopt, "/anta", nil); status != http.StatusSeeOther || !strings.HasPrefix(next, "/alvkusten/plan?ar=2026&inlast=") {
			t.Fatalf("adopting: %d %s", status, next)
		}
		if status, _, _ = s.post(adopt, "/anta", nil); status != http.StatusSeeOther {
			t.Errorf("pressing the button twice: %d", status)
		}
		acc, err := s.w.Ledger.Account(t.Context(), s.w.Coast, 2026)
		if err != nil || len(acc.Promises) != 3 || acc.Figures.Activities != 3 {
			t.Fatalf("%d promises, %d activities, %v", len(acc.Promises), acc.Figures.Activities, err)
		}
		if acc.Promises[0].Title != "Kunskap om likabehandling" {
			t.Errorf("the corrected title is %q", acc.Promises[0].Title)
		}

		s.who = "Arne"
		_, at, _ = s.upload("skogsbygden", "var.md", strings.ReplaceAll(strings.ReplaceAll(signed, "Älvkusten", "SKOG"), "respektfull dialog", "respektfull dialog och god ton"))
		if status, _, _ = s.post(s.get(at), "/alla", nil); status != http.StatusSeeOther {
			t.Errorf("confirming all: %d", status)
		}
		join := s.get(at + "/forena")
		if n := join.Find(`input[name^="join-"]`).Length(); n != 3 {
			t.Errorf("%d promises offered to be joined, want 3", n)
		}
		if status, _, _ = s.post(join, "/forena", url.Values{"do": {"join"}}); status != http.StatusSeeOther {
			t.Errorf("joining: %d", status)
		}
		if status, _, answer = s.post(s.get(at+"/anta"), "/anta", nil); status != http.StatusSeeOther {
			t.Fatalf("adopting jointly: %d %s", status, answer.Text())
		}
		all, err := s.w.Ledger.Declarations(t.Context())
		if err != nil || len(all) != 1 || all[0].Signatures != 2 || all[0].Promises != 3 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestBadDocumentsChangeNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for name, content := range map[string]string{
			"tom.txt":      "",
			"bild.png":     "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
			"binar.txt":    "abc\x00\x00\x01\x02\xff\xfe",
			"trasig.docx":  "PK\x03\x04 and then nothing",
			"lösenord.pdf": "%PDF-1.4 nothing here",
		} {
			status, _, answer := s.upload("alvkusten", name, content)
			if status < 400 || status >= 500 || answer.Find("[role=alert] li").Length() == 0 || strings.Contains(answer.Find("[role=alert]").Text(), "[") {
				t.Errorf("%s: %d %q", name, status, answer.Find("[role=alert]").Text())
			}
		}
		list, err := s.w.Ledger.Imports(t.Context(), s.w.People["Karin"], s.w.Coast)
		if err != nil || len(list) != 0 {
			t.Errorf("%d imports are kept, %v", len(list), err)
		}
	})
}

func TestWhoMayReadIn(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		for who, want := range map[string]int{"Karin": 200, "Tyra": 200, "Bo": 403, "Eva": 403, "Nils": 403, "Arne": 403, "nobody": 401} {
			s.who = who
			if res, _ := s.send(httptest.NewRequest("GET", "/alvkusten/las-in", nil)); res.StatusCode != want {
				t.Errorf("%s: %d, want %d", who, res.StatusCode, want)
			}
		}
	})
}
