package accessibilityweb

import (
	"errors"
	"net/http"
	"strings"

	"samklang/internal/accessibility"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// tellView is the form by which a visitor tells of what she cannot use.
type tellView struct {
	ui.Page
	Head    ui.PageHead
	To      string // who gets it
	Errors  ui.FormErrors
	Form    ui.Form
	In      accessibility.NewReport
	Rights  string
	Back    string
	MaxWhat int
}

func (s *Pages) tellForm(w http.ResponseWriter, r *web.Request) error {
	return s.showTell(w, r, http.StatusOK, accessibility.NewReport{Page: pageOf(r.URL.Query().Get("sida"))}, nil)
}

// pageOf takes a path of ours from an address or a field: only the path, and nothing that leads elsewhere.
func pageOf(typed string) string {
	path, _, _ := strings.Cut(typed, "?")
	if len(path) > accessibility.MaxPage {
		return ""
	}
	return web.Back(path, "")
}

func (s *Pages) showTell(w http.ResponseWriter, r *web.Request, status int, in accessibility.NewReport, wrong error) error {
	of, err := s.whose(r, in.Page)
	if err != nil {
		return err
	}
	v := tellView{Page: s.Frame(r, r.T("tell.title")), Head: ui.PageHead{Title: r.T("tell.title"), Lead: r.T("tell.lead")}, Errors: ui.ErrorsOf(r.Printer, wrong), In: in, MaxWhat: accessibility.MaxWhat,
		Form: ui.Form{Action: r.Top("/tillganglighet/sag-till"), Key: id.New().String()}, Rights: r.Top("/personuppgifter") + "#tell", To: r.T("tell.to_installation")}
	if of.ID != id.None {
		v.To = r.T("tell.to", "name", of.Name)
	}
	v.Page.Crumbs = []ui.Link{{Label: r.T("statement.title"), Href: r.Top("/tillganglighet")}}
	v.Page.Faulty = len(v.Errors) > 0
	v.Page.Robots = "noindex"
	return r.Render(w, status, tellPage(v))
}

func (s *Pages) tell(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	in := accessibility.NewReport{Page: f.Text("page", accessibility.MaxPage), What: f.Text("what", accessibility.MaxWhat), Aid: f.Text("aid", accessibility.MaxAid), Email: f.Text("email", 254)}
	if err = f.Err(); err == nil {
		of, fault := s.whose(r, in.Page)
		if fault != nil {
			return fault
		}
		_, err = s.Reports.Tell(r.Context(), of.ID, in, r.Lang())
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid {
		return s.showTell(w, r, http.StatusUnprocessableEntity, in, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Top("/tillganglighet/sag-till/tack"))
}

// thanksView says what happens now.
type thanksView struct {
	ui.Page
	Text []string
	Way  ui.Link
}

func (s *Pages) thanks(w http.ResponseWriter, r *web.Request) error {
	v := thanksView{Page: s.Frame(r, r.T("tell.thanks.title")), Text: []string{r.T("tell.thanks.1", "days", accessibility.AnswerDays), r.T("tell.thanks.2")}, Way: ui.Link{Label: r.T("tell.thanks.way"), Href: r.Top("/tillganglighet")}}
	v.Page.Robots = "noindex"
	return r.Render(w, http.StatusOK, thanksPage(v))
}
