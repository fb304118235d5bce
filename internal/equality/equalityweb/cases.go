package equalityweb

import (
	"net/http"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

type caseView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Steps   []ui.Step
	Parts   []casePart
	Write   *writeView
	Serve   *ui.Form
	Promise ui.Link
	Change  *changeView
	Before  bool // the change stands before what is to be written: it is what there is to write of
	Facts   []ui.Answer
}

type casePart struct {
	Anchor, Title string
	Notes         []noteView
}

type noteView struct {
	Who, Body, URL string
	File           ui.Link
}

type writeView struct {
	Form            ui.Form
	Ask, Hint, Done string
	Body, URL, Due  string
	On, Last        bool
}

type changeView struct {
	Said  []string
	Table ui.Table
}

func (s *Pages) casePage(w http.ResponseWriter, r *web.Request) error {
	return s.showCase(w, r, http.StatusOK, nil, nil)
}

func pathID(r *web.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return v, nil
}

func (s *Pages) showCase(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	in, err := pathID(r, "case")
	if err != nil {
		return err
	}
	at := r.Scope()
	c, err := s.Equality.Case(r.Context(), r.Actor, at.ID, in)
	if err != nil {
		return err
	}
	b, err := s.Equality.Basis(r.Context(), r.Actor, at.ID)
	if err != nil {
		return err
	}
	words := b.Words(r.Printer)
	here := r.Path("/jamlikhet/arenden/" + in.String())
	v := caseView{Page: s.inside(r, words.Title(c.Comparison), home(r)), Head: ui.PageHead{Kicker: s.state(r, c), Title: words.Title(c.Comparison)}, Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty = len(v.Errors) > 0
	v.Facts = []ui.Answer{{Question: r.T("equalityweb.case.owner"), Answer: c.Owner}, {Question: r.T("equalityweb.case.taken"), Answer: r.Printer.Date(c.TakenOn)}, {Question: r.T("equalityweb.case.figures"), Answer: r.T("equalityweb.case.number", "n", c.Publication)}}
	reached := slices.Index(equality.Steps[:], c.Step)
	for i, step := range equality.Steps {
		v.Steps = append(v.Steps, ui.Step{Label: i18n.Upper(r.T("equalityweb.step." + string(step))), Done: reached < 0 || i < reached, Current: i == reached})
		p := casePart{Anchor: "steg-" + string(step), Title: r.T("equalityweb.step." + string(step) + ".title")}
		for _, n := range c.Notes {
			if n.Step == step {
				x := noteView{Who: r.T("equalityweb.case.by", "name", n.Writer, "date", n.WrittenOn), Body: n.Body, URL: n.URL}
				if n.FileName != "" {
					x.File = ui.Link{Label: n.FileName, Href: here + "/filer/" + n.ID.String()}
				}
				p.Notes = append(p.Notes, x)
			}
		}
		if len(p.Notes) > 0 {
			v.Parts = append(v.Parts, p)
		}
	}
	if c.PromiseID != id.None {
		v.Promise = s.Evidence(r, c.PromiseID)
		v.Facts = append(v.Facts, ui.Answer{Question: r.T("equalityweb.case.promise"), Answer: v.Promise.Label})
		if len(c.Notes) > 0 && v.Promise.Label != "" && may(r, access.EqualityManage, id.None) && may(r, access.EvidenceFile, id.None) {
			v.Serve = &ui.Form{Action: here + "/underlag", Key: id.New().String()}
		}
	}
	if c.Step != equality.Closed && may(r, access.EqualityWrite, c.OwnerID) {
		x := writeView{Form: ui.Form{Action: here, Key: id.New().String(), Version: itoa(c.Version), WarnLeave: true, Files: true}, Ask: r.T("equalityweb.step." + string(c.Step) + ".ask"), Hint: r.T("equalityweb.step." + string(c.Step) + ".hint"), Done: r.T("equalityweb.step." + string(c.Step) + ".done"), Last: c.Step == equality.FollowUp}
		if form != nil {
			x.Body, x.URL, x.Due, x.On = form.Values.Get("body"), form.Values.Get("url"), form.Values.Get("due"), form.Bool("done")
		}
		v.Write = &x
	}
	v.Change = changed(words, c)
	v.Before = c.Step == equality.FollowUp
	return r.Render(w, status, casePage(v))
}

// changed is what was before and after, nil until something later is published.
func changed(w equality.Words, c equality.CaseView) *changeView {
	if c.Change == nil {
		return nil
	}
	t := ui.Table{Caption: w.T("equalityweb.change"), Hidden: true, Columns: []ui.Column{{Label: w.T("equalityweb.group")}, {Label: i18n.Upper(inWords(w.Printer, c.Change.Through)), Numeric: true}, {Label: i18n.Upper(w.T("equalityweb.change.after")), Numeric: true}}}
	cell := func(s equality.Share) ui.Cell {
		if !s.Enough {
			return ui.Cell{Text: w.T("equalityweb.too_few")}
		}
		return ui.Cell{Text: w.T("equalityweb.of_100", "n", w.Hundred(s.Rate)) + " (" + w.Span(s.Interval) + ")"}
	}
	v := &changeView{}
	for _, x := range c.Change.Rows {
		name := i18n.Upper(w.Group(x.Variable, x.Code))
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, cell(x.Before), cell(x.After)}})
		if x.Told() {
			v.Said = append(v.Said, w.T("equalityweb.change.said", "name", name, "before", w.Hundred(x.Before.Rate), "after", w.Hundred(x.After.Rate)))
		}
	}
	if len(v.Said) == 0 {
		v.Said = []string{w.T("equalityweb.change.few")}
	}
	v.Table = t
	return v
}

// file sends what was filed in a step.
func (s *Pages) file(w http.ResponseWriter, r *web.Request) error {
	in, err := pathID(r, "case")
	if err != nil {
		return err
	}
	note, err := pathID(r, "note")
	if err != nil {
		return err
	}
	file, err := s.Equality.CaseFile(r.Context(), r.Actor, r.Scope().ID, in, note)
	if err != nil {
		return err
	}
	return s.File(w, r, file)
}

func (s *Pages) write(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	in, err := pathID(r, "case")
	if err != nil {
		return err
	}
	due := f.Date("due")
	if err := f.Err(); err != nil {
		return s.showCase(w, r, web.Status(err), f, err)
	}
	e := equality.Entry{Body: f.Values.Get("body"), URL: f.Values.Get("url"), Done: f.Bool("done"), Due: due}
	if h := f.File("file"); h != nil {
		content, err := h.Open()
		if err != nil {
			return err
		}
		defer content.Close()
		e.FileName, e.File = h.Filename, content
	}
	err = s.Equality.Write(r.Context(), r.Actor, r.Scope().ID, in, f.Version(), e)
	if onForm(err) {
		return s.showCase(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/arenden/"+in.String())+"?klart=equality_written")
}

// serve files the latest note as evidence for the promise.
func (s *Pages) serve(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	in, err := pathID(r, "case")
	if err != nil {
		return err
	}
	c, err := s.Equality.Case(r.Context(), r.Actor, r.Scope().ID, in)
	if err != nil {
		return err
	}
	if c.PromiseID == id.None || len(c.Notes) == 0 {
		return errs.E(errs.Refused, "equality.nothing_to_file")
	}
	b, err := s.Equality.Basis(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	n := c.Notes[len(c.Notes)-1]
	title := r.T("equalityweb.case.evidence", "step", i18n.Upper(r.T("equalityweb.step."+string(n.Step))), "title", b.Words(r.Printer).Title(c.Comparison))
	err = s.Serve(r, r.Scope(), c.PromiseID, title, n, f.Bool("public"))
	if onForm(err) {
		return s.showCase(w, r, web.Status(err), nil, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/arenden/"+in.String())+"?klart=equality_served")
}
