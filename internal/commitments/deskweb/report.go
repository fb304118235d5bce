package deskweb

import (
	"net/http"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// reportView asks how an activity went.
type reportView struct {
	form
	Head     ui.PageHead
	Promised []string // what it was to do, in a few lines
	Draft    *draftNote
	AskDay   bool // the day was never set
	Alone    bool // the person will have to review her own evidence
	Back     string
}

func (s *Pages) reportView(r *web.Request, a commitments.ActivityView, v values, version int64) (reportView, error) {
	p := s.frame(r, r.T("report.title"), s.toActivity(r, a)...)
	f := reportView{form: s.form(r, p, v, version), Back: r.Path("/plan/" + a.ID.String()), AskDay: a.FromOn.IsZero() || a.DatePrecision != period.Day}
	f.Head = ui.PageHead{Kicker: dotted(a.Title, s.when(p.Printer, a.When())), Title: r.T("report.title"), Lead: r.T("report.lead")}
	if x := reachText(p.Printer, a.ReachMin, a.ReachMax); x != "" {
		f.Promised = append(f.Promised, p.T("report.expected", "reach", x))
	}
	for _, x := range a.Serves {
		if x.PledgeAssociationID == r.Association.ID {
			f.Promised = append(f.Promised, itoa(x.Number)+". "+titleOf(p.Printer, x.Title, x.TitleSimple, x.TitleEn))
		}
	}
	facts, err := s.Ledger.Desk(r.Context(), r.Actor, association(r))
	f.Alone = facts.Alone && facts.Reviews
	return f, err
}

func (s *Pages) reportForm(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "report")
	if err != nil {
		return err
	}
	v := values{"completes": {"1"}, "happened_on": {r.Printer.Date(s.happened(a))}}
	if a.Public {
		v.set("public", "1")
	}
	f, err := s.reportView(r, a, v, a.Version)
	if err != nil {
		return err
	}
	if f.Draft, err = s.withDraft(r, &f.form, "rapport-"+a.ID.String()); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, reportPage(f))
}

// happened is the day an activity was to end, when that has been.
func (s *Pages) happened(a commitments.ActivityView) period.Date {
	if a.When().Dated() && !a.ToOn.After(s.today()) && (a.DatePrecision == period.Day || a.DatePrecision == period.Range) {
		return a.ToOn
	}
	return period.Date{}
}

func (s *Pages) report(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "report")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	x := commitments.Report{Account: in.Text("account", 10_000), HappenedOn: in.Date("happened_on"), Reached: in.Number("reached"), ReachedHow: commitments.ReachedHow(in.Values.Get("reached_how")), Completes: in.Bool("completes"), Public: in.Bool("public")}
	page := "rapport-" + a.ID.String()
	if err = in.Err(); err == nil {
		err = s.Ledger.ReportActivity(r.Context(), r.Actor, association(r), a.ID, in.Version(), x)
	}
	if err != nil {
		f, formErr := s.reportView(r, a, values(in.Values), in.Version())
		if formErr != nil {
			return formErr
		}
		f.Tag.Autosave = r.Path("/utkast/" + page)
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return reportPage(f) })
	}
	if err := s.Ledger.DropDraft(r.Context(), r.Actor, page); err != nil {
		return err
	}
	return done(w, r, "/plan/"+a.ID.String(), "reported")
}
