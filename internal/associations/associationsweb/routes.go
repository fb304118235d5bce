package associationsweb

import (
	"context"
	"net/http"
	"strconv"

	"samklang/internal/access"
	"samklang/internal/associations"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// Needs is what the pages are built of.
type Needs struct {
	Associations *associations.Service
	Clock        clock.Clock
	Frame        func(r *web.Request, title string) ui.Page
	// Barriers counts what visitors told that they cannot use of the installation's own pages, and that waits; nil when nobody counts.
	Barriers func(ctx context.Context) (int, error)
}

// Handlers answers the pages about associations.
type Handlers struct {
	Needs
	tables db.Kept[logKey, logTable]
}

// New makes the handlers.
func New(n Needs) *Handlers {
	h := &Handlers{Needs: n}
	h.tables.Most = tablesKept
	return h
}

// Routes is the site map of these pages.
func (h *Handlers) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/installningar", Allow: access.AssociationRead, Handle: h.settingsPage, Title: "associationsweb.settings.title"},
		{Method: post, Path: "/installningar", Allow: access.AssociationEdit, Handle: h.saveFacts},
		{Method: get, Path: "/installningar/medlemmar/{member}", Allow: access.AssociationEdit, Handle: h.memberPage, Sample: []string{"/installningar/medlemmar/ny"}},
		{Method: post, Path: "/installningar/medlemmar/{member}", Allow: access.AssociationEdit, Handle: h.saveMember},
		{Method: get, Path: "/installningar/organ/{body}", Allow: access.AssociationEdit, Handle: h.bodyPage, Sample: []string{"/installningar/organ/nytt"}},
		{Method: post, Path: "/installningar/organ/{body}", Allow: access.AssociationEdit, Handle: h.saveBody},
		{Method: get, Path: "/andringslogg", Allow: access.AuditRead, Handle: h.logPage, Title: "associationsweb.log.title"},
		{Method: get, Path: "/andringslogg.csv", Allow: access.AuditRead, Handle: h.logCSV},

		{Method: get, Path: "/administration", Allow: access.InstallationManage, Handle: h.listPage, Title: "associationsweb.admin.title", Site: web.OfInstallation},
		{Method: get, Path: "/administration/forbund", Allow: access.InstallationManage, Handle: h.createPage, Title: "associationsweb.create.title", Site: web.OfInstallation},
		{Method: post, Path: "/administration/forbund", Allow: access.InstallationManage, Handle: h.create, Site: web.OfInstallation},
		{Method: get, Path: "/administration/forbund/{association}", Allow: access.InstallationManage, Handle: h.hostPage, Site: web.OfInstallation},
		{Method: post, Path: "/administration/forbund/{association}", Allow: access.InstallationManage, Handle: h.saveHost, Site: web.OfInstallation},
		{Method: get, Path: "/administration/andringslogg", Allow: access.InstallationManage, Handle: h.logPage, Title: "associationsweb.log.title", Site: web.OfInstallation},
		{Method: get, Path: "/administration/andringslogg.csv", Allow: access.InstallationManage, Handle: h.logCSV, Site: web.OfInstallation},
	}
}

// frame is the page around content that no search engine should keep.
func (h *Handlers) frame(r *web.Request, title string, faults ui.FormErrors) ui.Page {
	p := h.Frame(r, title)
	p.Robots = "noindex"
	p.Faulty = len(faults) > 0
	return p
}

// onForm tells whether an error is to be shown on the form it came from, with everything that was typed still there.
func onForm(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Refused, errs.Conflict:
		return err != nil
	}
	return false
}

func done(path, what string) string { return path + "?klart=" + what }

func newKey() string { return id.New().String() }

func versionOf(n int64) string { return strconv.FormatInt(n, 10) }

// since tells from when to when something holds.
func since(r *web.Request, s associations.Span) string {
	switch {
	case s.ValidFrom.IsZero() && s.ValidTo.IsZero():
		return ""
	case s.ValidTo.IsZero():
		return r.T("associationsweb.span.from", "from", s.ValidFrom)
	case s.ValidFrom.IsZero():
		return r.T("associationsweb.span.to", "to", s.ValidTo)
	}
	return r.T("associationsweb.span.both", "from", s.ValidFrom, "to", s.ValidTo)
}

// spanForm is what was typed about the days something holds.
type spanForm struct{ From, To string }

func readSpan(f *web.Form) (spanForm, associations.Span) {
	return spanForm{f.Values.Get("valid_from"), f.Values.Get("valid_to")}, associations.Span{ValidFrom: f.Date("valid_from"), ValidTo: f.Date("valid_to")}
}

func written(s associations.Span) spanForm { return spanForm{iso(s.ValidFrom), iso(s.ValidTo)} }

func iso(d period.Date) string { return d.String() }
