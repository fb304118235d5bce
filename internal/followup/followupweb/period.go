package followupweb

import (
	"net/http"
	"net/url"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// periodView is one period of one initiative.
type periodView struct {
	ui.Page
	Head     ui.PageHead
	Errors   ui.FormErrors
	Badge    templ.Component
	Said     []string // who did what, and when
	Returned string
	Do       *stepForm // the step that waits for who looks
	Down     *stepForm // the step back
	Raw      *ui.Table // for those who count, and nobody else
	Coverage []string
	Strange  []string
	Grades   []ui.Answer // for those who accept
	Comment  *ui.Form
	Text     string // of the comment
	Links    []ui.Link
}

// stepForm is a step of a period's life.
type stepForm struct {
	Tag    ui.Form
	Move   string
	Lead   string
	Label  string
	Reason bool
	Typed  string
}

func (s *Pages) periodPage(w http.ResponseWriter, r *web.Request) error {
	return s.showPeriod(w, r, http.StatusOK, "", "", nil)
}

// progress finds one period of an initiative.
func (s *Pages) progress(r *web.Request) (followup.Overview, followup.Progress, error) {
	initiative, b, err := pathOf(r)
	if err != nil {
		return followup.Overview{}, followup.Progress{}, err
	}
	o, err := s.Followup.Overview(r.Context(), r.Actor, r.Scope().ID, initiative)
	if err != nil {
		return o, followup.Progress{}, err
	}
	for _, p := range o.Periods {
		if p.Block == b {
			return o, p, nil
		}
	}
	return o, followup.Progress{}, errNotFound
}

func (s *Pages) showPeriod(w http.ResponseWriter, r *web.Request, status int, move, typed string, fault error) error {
	o, p, err := s.progress(r)
	if err != nil {
		return err
	}
	x, here := o.Initiative, addressIn(r, o.Initiative.ID, p.Block)
	v := periodView{Errors: ui.ErrorsOf(r.Printer, fault), Badge: badge(r.Printer, p), Returned: p.ReturnedReason}
	v.Page = s.frame(r, r.T("followupweb.of", "initiative", x.Name, "period", inWords(r.Printer, p.Block)), ui.Link{Label: x.Name, Href: address(r, x.ID)})
	v.Faulty = len(v.Errors) > 0
	v.Head = ui.PageHead{Kicker: x.Name, Title: i18n.Upper(inWords(r.Printer, p.Block))}
	for _, m := range []struct {
		key, name string
		on        period.Date
	}{{"complete", p.Names.Completed, p.CompletedOn}, {"approved", p.Names.Approved, p.ApprovedOn}, {"accepted", p.Names.Accepted, p.AcceptedOn}} {
		if m.name != "" {
			v.Said = append(v.Said, r.T("followupweb.said."+m.key, "name", m.name, "date", m.on))
		}
	}
	if p.State == followup.Open {
		v.Said = append(v.Said, r.T("followupweb.said.due", "date", p.Due))
	}
	if p.Edition > 1 {
		v.Said = append(v.Said, r.T("followupweb.said.edition", "n", p.Edition))
	}
	form := func(m followup.Move) *stepForm {
		f := &stepForm{Tag: ui.Form{Action: here + "/steg", Key: id.New().String()}, Move: string(m), Lead: r.T("followupweb.step." + string(m) + ".lead"), Label: r.T("followupweb.step." + string(m)), Reason: m == followup.SendBack || m == followup.Correct}
		if string(m) == move {
			f.Typed = typed
		}
		return f
	}
	over := s.today().After(p.Block.Last()) || x.Closed
	switch {
	case p.State == followup.Open && o.Enters && over:
		v.Do = form(followup.MarkComplete)
	case p.State == followup.Complete && o.Approves:
		v.Do, v.Down = form(followup.Approve), form(followup.TakeBack)
	case p.State == followup.Complete && o.Enters:
		v.Down = form(followup.TakeBack)
	case p.State == followup.Approved && o.Accepts:
		v.Do, v.Down = form(followup.Accept), form(followup.SendBack)
	case p.State == followup.Accepted && o.Accepts:
		v.Down = form(followup.Correct)
	}
	if o.Enters {
		if err := s.raw(r, o, p, &v); err != nil {
			return err
		}
	} else {
		for _, m := range followup.MomentsOf(x.Method) {
			if g, ok := p.Grades[m]; ok {
				v.Grades = append(v.Grades, ui.Answer{Question: r.T("followupweb.moment." + string(m)), Answer: r.T("followupweb.grade." + string(g))})
			}
		}
	}
	return r.Render(w, status, periodPage(v))
}

// raw adds what only those who count may see.
func (s *Pages) raw(r *web.Request, o followup.Overview, p followup.Progress, v *periodView) error {
	x, b := o.Initiative, p.Block
	here := addressIn(r, x.ID, b)
	e, err := s.Followup.Entry(r.Context(), r.Actor, r.Scope().ID, x.ID, b)
	if err != nil {
		return err
	}
	t := ui.Table{Caption: r.T("followupweb.raw"), Columns: []ui.Column{{Label: ""}}}
	sexes := e.Lists.In(followup.Sex, b)
	if x.Method == followup.Total {
		sexes = nil
	}
	for _, c := range sexes {
		t.Columns = append(t.Columns, ui.Column{Label: i18n.Upper(label(r.Printer, followup.Sex, c)), Numeric: true})
	}
	t.Columns = append(t.Columns, ui.Column{Label: r.T("followupweb.sum"), Numeric: true}, ui.Column{Label: r.T("followupweb.before"), Numeric: true})
	t.Columns[0].Label = r.T("followupweb.what")
	for _, m := range followup.MomentsOf(x.Method) {
		counts := e.Counts[m]
		by := counts.By(followup.Sex)
		row := ui.Row{Cells: []ui.Cell{{Text: r.T("followupweb.moment." + string(m))}}}
		for _, c := range sexes {
			row.Cells = append(row.Cells, ui.Cell{Text: r.Printer.Number(by[c.Code])})
		}
		before := "–"
		if len(e.Earlier) > 0 {
			before = r.Printer.Number(e.Earlier[0].Counts[m].Sum())
		}
		t.Rows = append(t.Rows, ui.Row{Cells: append(row.Cells, ui.Cell{Text: r.Printer.Number(counts.Sum())}, ui.Cell{Text: before})})
		if cover := counts.Cover(); cover.All > 0 && x.Method == followup.Cards {
			v.Coverage = append(v.Coverage, r.T("followupweb.coverage.of", "moment", r.T("followupweb.moment."+string(m)), "coverage", covered(r.Printer, cover)))
		}
		var earlier []int64
		for _, old := range e.Earlier {
			earlier = append(earlier, old.Counts[m].Sum())
		}
		if l, ok := followup.LimitsOf(earlier); ok && b.Last().Before(s.today()) && l.Strange(counts.Sum()) {
			v.Strange = append(v.Strange, r.T("followupweb.strange", "moment", r.T("followupweb.moment."+string(m)), "n", counts.Sum(), "least", l.Least, "most", l.Most))
		}
	}
	v.Raw = &t
	if p.State == followup.Open {
		count := address(r, x.ID) + "/rakna?" + url.Values{"period": {b.String()}}.Encode()
		v.Links = []ui.Link{{Label: r.T("followupweb.with_cards"), Href: count}, {Label: r.T("followupweb.with_table"), Href: here + "/tabell"}, {Label: r.T("followupweb.paste"), Href: here + "/klistra"}}
	} else {
		v.Links = []ui.Link{{Label: r.T("followupweb.see_table"), Href: here + "/tabell"}}
	}
	v.Links = append(v.Links, ui.Link{Label: r.T("followupweb.blank"), Href: here + "/blankett"})
	v.Text = p.Comment
	if p.State == followup.Open {
		v.Comment = &ui.Form{Action: here + "/kommentar", Key: id.New().String()}
	}
	return nil
}

func (s *Pages) step(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, b, err := pathOf(r)
	if err != nil {
		return err
	}
	move, reason := f.Values.Get("steg"), f.Text("reason", 5000)
	if err = f.Err(); err == nil {
		err = s.Followup.Step(r.Context(), r.Actor, r.Scope().ID, initiative, b, followup.Move(move), reason)
	}
	if onForm(err) {
		return s.showPeriod(w, r, web.Status(err), move, reason, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, addressIn(r, initiative, b)+"?klart=period_"+move)
}

func (s *Pages) comment(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, b, err := pathOf(r)
	if err != nil {
		return err
	}
	text := f.Text("comment", 10000)
	if err = f.Err(); err == nil {
		err = s.Followup.Comment(r.Context(), r.Actor, r.Scope().ID, initiative, b, text)
	}
	if onForm(err) {
		return s.showPeriod(w, r, web.Status(err), "", text, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, addressIn(r, initiative, b)+"?klart=period_comment")
}
