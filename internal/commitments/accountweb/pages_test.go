package accountweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/commitments/accountweb"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
)

// site is the public account of a ledgertest.World, on a server.
type site struct {
	*ledgertest.World
	server *web.Server
	who    actor.Actor // who asks; the zero Actor is a visitor
}

func each(t *testing.T, fn func(t *testing.T, s *site)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		fn(t, serve(t, w))
	})
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, ui.Locale, mail.Locale, access.Locale, commitments.Locale, accountweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t testing.TB, w *ledgertest.World) *site {
	t.Helper()
	s := &site{World: w}
	pages := accountweb.New(accountweb.Needs{Ledger: w.Ledger, Clock: w.Clock, Log: w.Log, Frame: frame, About: func(context.Context, id.ID) (accountweb.About, error) {
		return accountweb.About{Seat: "Älvsele", Email: "kansli@alvkusten.example", Members: []string{"Mo kommun"}}, nil
	}})
	server, err := web.New(web.Config{
		Routes:       pages.Routes(),
		Catalog:      catalog(t),
		Associations: associations{w.Coast, w.Forest},
		Identify:     func(*http.Request) (actor.Actor, error) { return s.who, nil },
		Check:        access.CheckAny,
		ErrorPage: func(r *web.Request, status int, err error) web.Component {
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, e := io.WriteString(w, err.Error())
				return e
			})
		},
		Limit:    func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
		Once:     w.DB,
		External: "https://samklang.example",
		Log:      slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	return s
}

func frame(r *web.Request, title string) ui.Page {
	p := ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: "Samklang", Home: "/"}, Path: r.Here(r.Lang())}
	for _, l := range lang.All {
		p.Alternates = append(p.Alternates, ui.Alternate{Lang: l, Path: r.Here(l)})
	}
	return p
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

func (list associations) ByHost(context.Context, string) (scope.Association, error) {
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

// get fetches an address and fails unless the answer has the status.
func (s *site) get(t *testing.T, path string, status int) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	s.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
	if rec.Code != status {
		t.Fatalf("GET %s: %d, want %d\n%s", path, rec.Code, status, rec.Body)
	}
	return rec
}

// page fetches a page and reads it as HTML.
func (s *site) page(t *testing.T, path string) *goquery.Document {
	t.Helper()
	rec := s.get(t, path, http.StatusOK)
	doc, err := goquery.NewDocumentFromReader(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	if doc.Find("h1").Length() != 1 || doc.Find("main").Length() != 1 {
		t.Errorf("%s has %d headlines and %d mains", path, doc.Find("h1").Length(), doc.Find("main").Length())
	}
	if i := strings.Index(doc.Text(), "["); i >= 0 {
		t.Errorf("%s shows a text that does not exist: %.40q", path, doc.Text()[i:])
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, x *goquery.Selection) {
		if a, _ := x.Attr("id"); ids[a] {
			t.Errorf("%s has the id %s twice", path, a)
		} else {
			ids[a] = true
		}
	})
	if n := doc.Find("[style], script:not([src])").Length(); n > 0 {
		t.Errorf("%s has %d inline styles or scripts", path, n)
	}
	return doc
}

// text is the text of what the selector finds, white space folded.
func text(doc *goquery.Document, selector string) string {
	return strings.Join(strings.Fields(doc.Find(selector).Text()), " ")
}

func texts(doc *goquery.Document, selector string) []string {
	var list []string
	doc.Find(selector).Each(func(_ int, x *goquery.Selection) {
		list = append(list, strings.Join(strings.Fields(x.Text()), " "))
	})
	return list
}
