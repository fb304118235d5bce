package app

import (
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// errorPage says what went wrong, why, and what to do now. The cause stays in the log.
func (a *App) errorPage(r *web.Request, status int, err error) web.Component {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		e = errs.E(errs.Internal, "error.internal")
	}
	x := problem{Status: status, Way: ui.Link{Label: r.T("app.error.home"), Href: r.Path("/")}}
	x.Title = r.T("app.error." + e.Kind.String())
	switch e.Kind {
	case errs.Internal:
		x.Lines = []string{r.T("error.internal")}
		x.Request = r.ID
	case errs.Forbidden, errs.Unauthorised:
		x.Lines = refusal(r.Printer, e)
		// Colleagues are told whom to ask by name; others are not told who works here.
		if e.Kind == errs.Forbidden && r.Association != nil && r.Actor.In(r.Association.ID) {
			names, err := a.accounts.HeadNames(r.Context(), r.Association.ID)
			if err != nil {
				a.log.Warn("the names of the heads could not be read", "request", r.ID, "error", err)
			} else if len(names) > 0 {
				x.Lines = append(x.Lines, r.T("access.heads", "names", r.Printer.List(names)))
			}
		}
		if e.Kind == errs.Unauthorised {
			x.Way = ui.Link{Label: r.T("app.error.log_in"), Href: r.Top("/logga-in?till=" + url.QueryEscape(r.Here(r.Lang())))}
		}
	case errs.Unavailable:
		key := e.Key
		if r.Method == http.MethodPost && key == db.ErrUnreachable.Key {
			key = db.ErrDoubt.Key // a part of what the form does may be done
		}
		if r.Printer.Has(key) {
			x.Lines = []string{r.Printer.TMap(key, e.Args)}
		}
		if r.Method == http.MethodPost && (key == db.ErrDoubt.Key || key == db.ErrFull.Key) {
			x.again(r)
		}
	default:
		if r.Printer.Has(e.Key) {
			x.Lines = append(x.Lines, r.Printer.TMap(e.Key, e.Args))
		}
		for _, f := range e.Fields {
			x.Lines = append(x.Lines, r.Printer.TMap(f.Key, f.Args))
		}
	}
	p := a.frame(r, x.Title)
	p.Robots, p.Flash = "noindex", nil
	return errorPage(p, x)
}

// again keeps a form that could not be saved, so that one press sends it once more, with the key by which it takes effect once. Files cannot be
// kept in a page.
func (x *problem) again(r *web.Request) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		x.Lines = append(x.Lines, r.T("app.error.back"))
		return
	}
	if r.PostForm == nil { // it failed before anybody read the form
		r.Body = http.MaxBytesReader(nil, r.Body, keptForm)
		if r.ParseForm() != nil {
			x.Lines = append(x.Lines, r.T("app.error.back"))
			return
		}
	}
	x.Lines = append(x.Lines, r.T("app.error.kept"))
	x.Again = r.Here(r.Lang())
	for _, name := range slices.Sorted(maps.Keys(r.PostForm)) {
		for _, value := range r.PostForm[name] {
			x.Fields = append(x.Fields, field{name, value})
		}
	}
}

// keptForm is how many bytes of a form are kept, which is more than forms without files may have.
const keptForm = 1 << 20

// refusal says why somebody may not, and who can help.
func refusal(p i18n.Printer, e *errs.Error) []string {
	act, ok := e.Args["action"].(actor.Action)
	if !ok {
		return []string{p.TMap(e.Key, e.Args)}
	}
	lines := []string{p.T(e.Key, "action", p.T("access.action."+string(act)))}
	helpers, _ := e.Args["helpers"].([]actor.Role)
	var names []string
	for _, h := range helpers {
		names = append(names, p.T("access.role."+string(h)))
	}
	if e.Kind == errs.Forbidden && len(names) == 0 && access.ForAdmin(act) == access.Yes {
		names = []string{p.T("access.helper_admin")}
	}
	if len(names) > 0 {
		lines = append(lines, p.T("access.helpers", "roles", p.List(names)))
	}
	return lines
}
