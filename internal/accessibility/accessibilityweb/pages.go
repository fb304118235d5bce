package accessibilityweb

import (
	"context"
	"embed"
	"net/http"
	"strconv"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/accessibility"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// Locale holds the texts of these pages.
//
//go:embed locale
var Locale embed.FS

// Needs is what the pages need from the rest of the house.
type Needs struct {
	Reports *accessibility.Service
	Clock   clock.Clock
	// Frame fills what is around a page's content.
	Frame func(r *web.Request, title string) ui.Page
	// Associations are those of the installation, sorted by name.
	Associations func(ctx context.Context) ([]scope.Association, error)
	// PageName is what people call a page of the site map, "" when it has no name of its own.
	PageName func(r *web.Request, path string) string
	// NameOf is the name of an account, "" when there is none.
	NameOf func(ctx context.Context, account id.ID) (string, error)
	// Statement gives the statement; nil takes that of Reports.
	Statement func(ctx context.Context) (accessibility.Statement, error)
	// Program is the version of the program that is running.
	Program string
}

// Pages answers the addresses of this part.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages {
	if n.Statement == nil {
		n.Statement = n.Reports.Statement
	}
	return &Pages{n}
}

// Tell is the address of the form, for footers; page is the path of the page the visitor comes from, "" when it must not be written down.
func Tell(r *web.Request, page string) string {
	to := r.Top("/tillganglighet/sag-till")
	if page == "" {
		return to
	}
	return to + "?sida=" + strings.ReplaceAll(escape(page), "%2F", "/")
}

// Routes is the site map of these pages.
func (s *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	limit := []web.Limit{{Name: "tell-barrier", Count: 10, Per: time.Hour, By: web.ByAddress}}
	return []web.Route{
		{Method: get, Path: "/tillganglighet", Site: web.OfInstallation, Allow: access.Public, Handle: s.statement, Title: "statement.title", Cache: web.Kept},
		{Method: get, Path: "/tillganglighet/data.json", Site: web.OfInstallation, Allow: access.Public, Handle: s.statementJSON, Cache: web.Kept},
		{Method: get, Path: "/tillganglighet/sag-till", Site: web.OfInstallation, Allow: access.Public, Handle: s.tellForm, Title: "tell.title"},
		{Method: post, Path: "/tillganglighet/sag-till", Site: web.OfInstallation, Allow: access.Public, Handle: s.tell, Body: 64 << 10, Limits: limit},
		{Method: get, Path: "/tillganglighet/sag-till/tack", Site: web.OfInstallation, Allow: access.Public, Handle: s.thanks, Title: "tell.thanks.title", Cache: web.Kept},

		{Method: get, Path: "/hinder", Allow: access.BarrierRead, Handle: s.barriers, Title: "barriers.title"},
		{Method: get, Path: "/hinder/{report}", Allow: access.BarrierRead, Handle: s.barrier, Title: "barriers.one"},
		{Method: post, Path: "/hinder/{report}", Allow: access.BarrierAnswer, Handle: s.answer, Body: 64 << 10},
		{Method: get, Path: "/administration/hinder", Site: web.OfInstallation, Allow: access.InstallationManage, Handle: s.barriers, Title: "barriers.title"},
		{Method: get, Path: "/administration/hinder/{report}", Site: web.OfInstallation, Allow: access.InstallationManage, Handle: s.barrier, Title: "barriers.one"},
		{Method: post, Path: "/administration/hinder/{report}", Site: web.OfInstallation, Allow: access.InstallationManage, Handle: s.answer, Body: 64 << 10},
	}
}

// of is whose reports a page is about: the association's, or with no id the installation's.
func of(r *web.Request) scope.Association {
	if r.Association == nil {
		return scope.Association{}
	}
	return *r.Association
}

// listPath is the address of the list of reports.
func listPath(r *web.Request) string {
	if r.Association == nil {
		return r.Top("/administration/hinder")
	}
	return r.Path("/hinder")
}

// whose finds the association a page belongs to by its path; the zero one is the installation. On an association's own host every page that is
// not the installation's is hers.
func (s *Pages) whose(r *web.Request, page string) (scope.Association, error) {
	at := page
	for _, l := range lang.All[1:] {
		if rest, ok := strings.CutPrefix(at, l.Prefix()); ok && (rest == "" || rest[0] == '/') {
			at = rest
			break
		}
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(at, "/"), "/")
	list, err := s.Associations(r.Context())
	if err != nil {
		return scope.Association{}, err
	}
	for _, a := range list {
		if a.Slug == first {
			return a, nil
		}
	}
	if home := r.Home(); home != nil {
		return *home, nil
	}
	return scope.Association{}, nil
}

func itoa(n int) string { return strconv.Itoa(n) }
