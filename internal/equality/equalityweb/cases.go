package equalityweb

import (
	"net/http"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/equality"
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
	Promise string
	Change  *changeView
	Facts   []ui.Answer
}

type casePart struct {
	Anchor, Title string
	Notes         []noteView
}

type noteView struct{ Who, Body, URL string }

type writeView struct {
	Form            ui.Form
	Ask, Hint, Done string
	Body, URL, Due  string
	On, Last        bool
}

type changeView struct {
	Before, After string
	Table         ui.Table
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
	words := equality.Words{Printer: r.Printer}
	here := r.Path("/jamlikhet/arenden/" + in.String())
	v := caseView{Page: s.inside(r, words.Title(c.Comparison), home(r)), Head: ui.PageHead{Kicker: s.state(r, c), Title: words.Title(c.Comparison)}, Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty = len(v.Errors) > 0
	v.Facts = []ui.Answer{{Question: r.T("equalityweb.case.owner"), Answer: c.Owner}, {Question: r.T("equalityweb.case.taken"), Answer: r.Printer.Date(c.TakenOn)}, {Question: r.T("equalityweb.case.figures"), Answer: r.T("equalityweb.case.number", "n", c.Publication)}}
	reached := slices.Index(equality.Steps[:], c.Step)
	for i, step := range equality.Steps {
		v.Steps = append(v.Steps, ui.Step{Label: r.T("equalityweb.step." + string(step)), Done: reached < 0 || i < reached, Current: i == reached})
		p := casePart{Anchor: "steg-" + string(step), Title: r.T("equalityweb.step." + string(step) + ".title")}
		for _, n := range c.Notes {
			if n.Step == step {
				p.Notes = append(p.Notes, noteView{r.T("equalityweb.case.by", "name", n.Writer, "date", n.WrittenOn), n.Body, n.URL})
			}
		}
		if len(p.Notes) > 0 {
			v.Parts = append(v.Parts, p)
		}
	}
	if c.PromiseID != id.None {
		list, err := s.Equality.Promises(r.Context(), at.ID)
		if err != nil {
			return err
		}
		for _, p := range list {
			if p.ID == c.PromiseID {
				v.Promise = p.Label
			}
		}
		v.Facts = append(v.Facts, ui.Answer{Question: r.T("equalityweb.case.promise"), Answer: v.Promise})
		if len(c.Notes) > 0 && v.Promise != "" && may(r, access.EqualityManage, id.None) && may(r, access.EvidenceFile, id.None) {
			v.Serve = &ui.Form{Action: here + "/underlag", Key: id.New().String()}
		}
	}
	if c.Step != equality.Closed && may(r, access.EqualityWrite, c.OwnerID) {
		x := writeView{Form: ui.Form{Action: here, Key: id.New().String(), Version: itoa(c.Version), WarnLeave: true}, Ask: r.T("equalityweb.step." + string(c.Step) + ".ask"), Hint: r.T("equalityweb.step." + string(c.Step) + ".hint"), Done: r.T("equalityweb.step." + string(c.Step) + ".done"), Last: c.Step == equality.FollowUp}
		if form != nil {
			x.Body, x.URL, x.Due, x.On = form.Values.Get("body"), form.Values.Get("url"), form.Values.Get("due"), form.Bool("done")
		}
		v.Write = &x
	}
	v.Change = changed(words, c)
	return r.Render(w, status, casePage(v))
}

// changed is the comparison before and after, nil until something later is published.
func changed(w equality.Words, c equality.CaseView) *changeView {
	if c.Change == nil {
		return nil
	}
	x, ok := equality.ComparisonOf(c.Comparison)
	if !ok {
		return nil
	}
	t := ui.Table{Caption: w.T("equalityweb.change"), Hidden: true, Columns: []ui.Column{{Label: w.T("equalityweb.period")}}}
	for _, g := range []string{x.Group, x.Reference} {
		t.Columns = append(t.Columns, ui.Column{Label: w.Code(x.Variable, g), Numeric: true})
	}
	cell := func(s equality.Share) ui.Cell {
		if !s.Enough {
			return ui.Cell{Text: w.T("equalityweb.too_few")}
		}
		return ui.Cell{Text: w.T("equalityweb.of_100", "n", w.Hundred(s.Rate)) + " (" + w.Span(s.Interval) + ")"}
	}
	t.Rows = []ui.Row{{Cells: []ui.Cell{{Text: inWords(w.Printer, c.Change.Through)}, cell(c.Change.Before.Group), cell(c.Change.Before.Reference)}},
		{Cells: []ui.Cell{{Text: w.T("equalityweb.change.after")}, cell(c.Change.After.Group), cell(c.Change.After.Reference)}}}
	return &changeView{Table: t}
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
	err = s.Equality.Write(r.Context(), r.Actor, r.Scope().ID, in, f.Version(), f.Values.Get("body"), f.Values.Get("url"), f.Bool("done"), due)
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
	if _, err := r.Form(); err != nil {
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
	n := c.Notes[len(c.Notes)-1]
	title := r.T("equalityweb.case.evidence", "step", r.T("equalityweb.step."+string(n.Step)), "title", equality.Words{Printer: r.Printer}.Title(c.Comparison))
	err = s.Serve(r, r.Scope(), c.PromiseID, title, n.Body)
	if onForm(err) {
		return s.showCase(w, r, web.Status(err), nil, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/arenden/"+in.String())+"?klart=equality_served")
}
