package deskweb

import (
	"net/http"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// queueView is what waits for review.
type queueView struct {
	ui.Page
	Head  ui.PageHead
	Tasks []ui.Task // can be reviewed by the person
	Own   []ui.Task // she filed herself
	Alone bool
	Reads bool // may not review
	Plan  string
}

func (s *Pages) reviewQueue(w http.ResponseWriter, r *web.Request) error {
	cases, err := s.Ledger.ReviewQueue(r.Context(), r.Actor, association(r))
	if err != nil {
		return err
	}
	p := s.frame(r, r.T("review.title"))
	may := may(r, access.EvidenceReview, id.None)
	v := queueView{Page: p, Plan: r.Path("/plan"), Reads: !may}
	for _, c := range cases {
		t := ui.Task{Title: c.Title, Href: r.Path("/granska/" + c.ID.String()), Action: p.T("desk.task.review.do"), State: ui.TaskToDo}
		if c.About() != "" {
			t.Title = c.About()
		}
		var numbers []int64
		for _, x := range c.Promised {
			numbers = append(numbers, x.Number)
		}
		t.Note = dotted(upper(promiseNumbers(p.Printer, numbers)), p.T("evidence.kind."+string(c.Kind)), p.T("review.by", "name", c.FiledByName, "when", s.ago(p.Printer, c.FiledOn)))
		if c.Own && !c.Alone || !may {
			t.State, t.Action = ui.TaskWaiting, p.T("review.look")
			v.Own = append(v.Own, t)
			continue
		}
		v.Alone = v.Alone || c.Own
		v.Tasks = append(v.Tasks, t)
	}
	v.Head = ui.PageHead{Title: p.T("review.title"), Lead: p.T("review.lead", "n", len(v.Tasks))}
	if len(v.Tasks) == 0 {
		v.Head.Lead = ""
	}
	return r.Render(w, http.StatusOK, queuePage(v))
}

// caseView puts what was promised beside what is shown.
type caseView struct {
	form
	Head     ui.PageHead
	Promised []promisedView
	Planned  []ui.Answer
	Shown    []ui.Answer
	Body     string
	Link     ui.Link
	Status   commitments.Evidence
	Reviewed string // who reviewed it, when, and how
	Comment  string
	CanJudge bool
	Why      string // why not
	Own      bool   // it will be an own review
	Withdraw *ui.Form
	Again    ui.Link // what to do with what was returned
}

type promisedView struct{ Number, Title, Wording, How, Href string }

func (s *Pages) caseView(r *web.Request, c commitments.ReviewCase, v values) caseView {
	p := s.frame(r, c.Title, ui.Link{Label: r.T("review.title"), Href: r.Path("/granska")})
	f := caseView{form: s.form(r, p, v, c.Version), Status: c.Evidence, Body: c.Body, Comment: c.ReviewComment}
	f.Head = ui.PageHead{Kicker: p.T("review.by", "name", c.FiledByName, "when", s.ago(p.Printer, c.FiledOn)), Title: c.Title}
	for _, x := range c.Promised {
		f.Promised = append(f.Promised, promisedView{Number: itoa(x.Number), Title: titleOf(p.Printer, x.Title, x.TitleSimple, x.TitleEn), Wording: x.Wording, How: x.How, Href: r.Path(promisePath(x.Slug, x.Number))})
	}
	add := func(list *[]ui.Answer, key, value string) {
		if value != "" {
			*list = append(*list, ui.Answer{Question: p.T(key), Answer: value})
		}
	}
	switch {
	case c.Activity != nil:
		a := c.Activity
		add(&f.Planned, "review.activity", a.Title)
		add(&f.Planned, "activity.f.when", upper(p.When(a.When())))
		add(&f.Planned, "activity.f.expected", reachText(p.Printer, a.ReachMin, a.ReachMax))
		if a.Reached != nil {
			add(&f.Shown, "activity.f.reached", p.Number(*a.Reached)+", "+p.T("reached_how."+string(a.ReachedHow)))
		}
	case c.Step != nil:
		add(&f.Planned, "review.step", c.Step.Title)
		add(&f.Planned, "review.due", p.Date(c.Step.DueOn))
	}
	add(&f.Shown, "review.kind", upper(p.T("evidence.kind."+string(c.Kind))))
	add(&f.Shown, "review.happened", p.Date(c.HappenedOn))
	if c.Figure != nil {
		add(&f.Shown, "evidence.f.figure", p.Number(*c.Figure)+" "+c.FigureUnit)
		add(&f.Shown, "evidence.f.source", c.FigureSource)
	}
	whole := p.T("review.part")
	if c.Completes {
		whole = p.T("review.whole")
	}
	add(&f.Shown, "review.says", whole)
	switch c.Kind {
	case commitments.EvidenceLink:
		f.Link = ui.Link{Label: c.URL, Href: c.URL}
	case commitments.EvidenceFile:
		f.Link = ui.Link{Label: c.FileName, Href: r.Path("/underlag/" + c.ID.String())}
	}
	if !c.ReviewedOn.IsZero() {
		f.Reviewed = p.T("review.reviewed", "name", c.ReviewedByName, "when", s.day(p.Printer, c.ReviewedOn))
		if c.OwnReview {
			f.Reviewed = p.T("review.reviewed.own", "name", c.ReviewedByName, "when", s.day(p.Printer, c.ReviewedOn))
		}
	}
	f.Own = c.Own
	switch {
	case c.Status != commitments.Filed:
	case !may(r, access.EvidenceReview, id.None):
		f.Why = p.T("review.not_you")
	case c.Own && !c.Alone:
		f.Why = p.T("review.own_waits")
	default:
		f.CanJudge = true
	}
	if (c.Status == commitments.Filed || c.Status == commitments.Returned) && c.Own {
		f.Withdraw = &ui.Form{Action: r.Path("/granska/" + c.ID.String() + "/ta-tillbaka"), Key: id.New().String(), Version: itoa(c.Version)}
	}
	if c.Status == commitments.Returned && c.Own {
		f.Again = ui.Link{Label: p.T("evidence.again"), Href: r.Path(againPath(c))}
	}
	return f
}

// againPath is where better evidence for the same thing is filed.
func againPath(c commitments.ReviewCase) string {
	if c.ActivityID != id.None {
		return "/plan/" + c.ActivityID.String() + "/underlag"
	}
	if len(c.Promised) == 0 {
		return "/skrivbord"
	}
	path := promisePath(c.Promised[0].Slug, c.Promised[0].Number) + "/underlag"
	if c.Step != nil {
		path += "?steg=" + c.Step.ID.String()
	}
	return path
}

func (s *Pages) loadCase(r *web.Request) (commitments.ReviewCase, error) {
	e, err := pathID(r, "evidence")
	if err != nil {
		return commitments.ReviewCase{}, err
	}
	return s.Ledger.ReviewOne(r.Context(), r.Actor, association(r), e)
}

func (s *Pages) reviewOne(w http.ResponseWriter, r *web.Request) error {
	c, err := s.loadCase(r)
	if err != nil {
		return err
	}
	v := values{}
	if c.Public {
		v.set("public", "1")
	}
	return r.Render(w, http.StatusOK, casePage(s.caseView(r, c, v)))
}

func (s *Pages) review(w http.ResponseWriter, r *web.Request) error {
	c, err := s.loadCase(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	verdict := commitments.Verdict{Accept: in.Values.Get("verdict") == "accept", Comment: in.Text("comment", 2000), Public: in.Bool("public")}
	if err = in.Err(); err == nil {
		err = s.Ledger.ReviewEvidence(r.Context(), r.Actor, association(r), c.ID, in.Version(), verdict)
	}
	if err != nil {
		f := s.caseView(r, c, values(in.Values))
		f.Tag.Version = itoa(in.Version())
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return casePage(f) })
	}
	if verdict.Accept {
		return done(w, r, "/granska", "evidence_accepted")
	}
	return done(w, r, "/granska", "evidence_returned")
}

func (s *Pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	c, err := s.loadCase(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := s.Ledger.WithdrawEvidence(r.Context(), r.Actor, association(r), c.ID, in.Version()); err != nil {
		return err
	}
	return done(w, r, "/granska", "evidence_withdrawn")
}
