package deskweb

import (
	"net/http"
	"slices"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/textdiff"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// promisesView lists the association's promises with what they need of the office.
type promisesView struct {
	ui.Page
	Head   ui.PageHead
	Rows   []promiseRow
	About  []ui.Link // the declarations this association keeps for all who signed
	Signed []signatureRow
	Empty  ui.EmptyState
}

type promiseRow struct {
	Number, Title, Href string
	State               ui.State
	Word                string
	Facts               string
	Advice              string // what would make it easier to keep
}

func (s *Pages) promises(w http.ResponseWriter, r *web.Request) error {
	list, err := s.Ledger.PromisesInForce(r.Context(), association(r))
	if err != nil {
		return err
	}
	people, err := s.Ledger.Colleagues(r.Context(), r.Actor, association(r))
	if err != nil {
		return err
	}
	names := map[id.ID]string{}
	for _, c := range people {
		names[c.ID] = c.Name
	}
	p := s.frame(r, r.T(promisesTitle(r)))
	brought, err := s.broughtIn(r, 0)
	if err != nil {
		return err
	}
	p.Flash = append(p.Flash, brought...)
	v := promisesView{Page: p, Head: ui.PageHead{Title: p.Title, Lead: p.T("promise.manage.lead")}}
	for _, x := range list {
		row := promiseRow{Number: itoa(x.Number), Title: x.TitleIn(p.Lang()), Href: r.Path(promisePath(x.Slug, x.Number) + "/skot"), State: ui.State(x.State), Word: s.stateWord(p.Printer, x.State, x.OverdueSince)}
		if !may(r, access.CommitmentManage, id.None) {
			row.Href = r.Path(promisePath(x.Slug, x.Number))
		}
		who := names[x.ResponsibleID]
		if who == "" {
			who = p.T("desk.responsible.nobody")
		} else {
			who = p.T("promise.answers", "name", who)
		}
		row.Facts = dotted(who, stepsShown(p.Printer, x.StepsDone, x.StepsTotal))
		if !x.Verifiable && x.StepsTotal == 0 {
			row.Advice = p.T("promise.advice.short")
		}
		v.Rows = append(v.Rows, row)
		about := ui.Link{Label: x.Declaration, Href: r.Path("/loften/" + x.Slug + "/om")}
		if x.HomeID == r.Association.ID && !slices.Contains(v.About, about) && may(r, access.CommitmentManage, id.None) {
			v.About = append(v.About, about)
		}
	}
	v.Empty = emptyPromises(r)
	if v.Signed, err = s.signatures(r, p.Printer); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, promisesPage(v))
}

// promisesTitle names the page for those who take care of the promises, and for those who only read.
func promisesTitle(r *web.Request) string {
	if may(r, access.CommitmentManage, id.None) {
		return "promise.manage"
	}
	return "promise.read"
}

// stepsShown is "2 av 5 steg visade".
func stepsShown(p ui.Printer, done, of int64) string {
	if of == 0 {
		return p.T("promise.steps.none")
	}
	return p.T("promise.steps", "done", done, "n", of)
}

// promiseView is everything the office decides about a promise.
type promiseView struct {
	form
	Head      ui.PageHead
	Number    string
	Wording   string
	Adopted   string
	State     ui.State
	Word      string
	Advice    []string // what the wording lets somebody check, or lacks
	Kind      bool     // the wording can be verified
	People    []ui.Option
	Steps     []stepView
	Step      form
	Texts     *form // the home association's editorial texts
	Replace   *form
	Others    []ui.Option
	Supersede string
	AddHref   string
	Public    string
	Evidence  []ui.Entry
	History   []ui.Waypoint
	Writes    bool
}

type stepView struct {
	Title, Note, Href string
	State             ui.State
	Word              string
	Evidence          string
}

func (s *Pages) promiseView(r *web.Request, x commitments.PromisePage, part string, v values) (promiseView, error) {
	p := s.frame(r, x.TitleIn(r.Lang()), s.toPromise(r, x)[0])
	base := r.Path(promisePath(x.Slug, x.Number))
	f := promiseView{Number: itoa(x.Number), Wording: x.Wording().Wording, Head: ui.PageHead{Kicker: p.T("promise.number", "n", x.Number), Title: x.TitleIn(p.Lang())},
		State: ui.State(x.State), Word: s.stateWord(p.Printer, x.State, x.OverdueSince), Supersede: base + "/lydelse", AddHref: base + "/underlag", Public: base, Writes: x.ReplacedByID == id.None}
	f.Adopted = p.T("promise.adopted", "declaration", x.Declaration.Title, "date", x.Wording().AdoptedOn)
	for _, e := range x.Evidence {
		f.Evidence = append(f.Evidence, s.evidenceEntry(r, e.Evidence))
	}
	fill := func(name string) (form, values) {
		g := s.form(r, p, values{}, 0)
		g.Tag.Action = base + "/" + name
		if part == name {
			g.Values = v
		}
		return g, g.Values
	}
	var vals values
	f.form, vals = fill("skot")
	f.Tag.Version = itoa(x.Version)
	if part != "skot" {
		for name, list := range map[string][]string{"responsible": {optionalID(x.ResponsibleID)}, "period_from": {p.Date(x.PeriodFrom)}, "period_to": {p.Date(x.PeriodTo)}, "ambition": {string(x.Ambition)}, "forms": x.Forms.Codes(), "grounds": x.Grounds.Codes(), "extra": {x.ExtraGrounds}} {
			vals[name] = list
		}
	}
	f.Step, _ = fill("steg")
	if x.HomeID == r.Association.ID {
		texts, tv := fill("texter")
		texts.Tag.Version = itoa(x.Commitment.Version)
		if part != "texter" {
			tv.set("title", x.Commitment.Title)
			tv.set("title_simple", x.Commitment.TitleSimple)
			tv.set("title_en", x.Commitment.TitleEn)
			tv.set("plain", x.Commitment.Plain)
		}
		f.Texts = &texts
	}
	verdict := commitments.CheckWording(f.Wording)
	f.Kind = verdict.Verifiable
	signs := verdict.Missing
	if f.Kind {
		signs = verdict.Found
	}
	for _, c := range signs {
		f.Advice = append(f.Advice, upper(p.T("wording.sign."+c)))
	}
	for _, m := range x.Milestones {
		sv := stepView{Title: m.Title, State: ui.State(m.State), Word: p.T("ui.step." + m.State), Note: p.T("promise.step.due", "day", s.day(p.Printer, m.DueOn)), Href: base + "/steg/" + m.ID.String(), Evidence: base + "/underlag?steg=" + m.ID.String()}
		if !m.WithdrawnOn.IsZero() {
			sv = stepView{Title: m.Title, Word: p.T("promise.step.withdrawn"), Note: dotted(p.Date(m.WithdrawnOn), m.WithdrawnReason)}
		} else if progress.State(m.State).Overdue() {
			sv.Word = s.stateWord(p.Printer, m.State, m.DueOn)
		}
		f.Steps = append(f.Steps, sv)
	}
	people, e := s.people(r)
	if e != nil {
		return f, e
	}
	f.People = people
	others, e := s.Ledger.PromisesInForce(r.Context(), association(r))
	if e != nil {
		return f, e
	}
	for _, o := range others {
		if o.ID != x.ID {
			f.Others = append(f.Others, ui.Option{Value: o.ID.String(), Label: o.Declaration + ", " + itoa(o.Number) + ". " + o.TitleIn(p.Lang())})
		}
	}
	if len(f.Others) > 0 {
		replace, _ := fill("ersatt")
		replace.Tag.Version = itoa(x.Version)
		f.Replace = &replace
	}
	history, e := s.Ledger.HistoryOf(r.Context(), r.Actor, association(r), x.ID)
	if e != nil {
		return f, e
	}
	for _, h := range history {
		f.History = append(f.History, s.historyLine(p.Printer, h))
	}
	return f, nil
}

func (s *Pages) managePromise(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadPromise(r)
	if err != nil {
		return err
	}
	return s.showPromise(w, r, x, "", nil, nil)
}

// showPromise shows the page; the part that was sent holds what was typed, and what is wrong with it.
func (s *Pages) showPromise(w http.ResponseWriter, r *web.Request, x commitments.PromisePage, part string, v values, failed error) error {
	f, err := s.promiseView(r, x, part, v)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if failed != nil {
		if status, err = f.faulty(failed); err != nil {
			return err
		}
		f.Step.Errors = f.Errors
		for _, g := range []*form{f.Texts, f.Replace} {
			if g != nil {
				g.Errors = f.Errors
			}
		}
	}
	return r.Render(w, status, promisePage(f))
}

// part handles one of the forms of the page.
func (s *Pages) part(name, key string, do func(r *web.Request, x commitments.PromisePage, in *web.Form) error) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		x, err := s.loadPromise(r)
		if err != nil {
			return err
		}
		in, err := r.Form()
		if err != nil {
			return err
		}
		if err := do(r, x, in); err != nil {
			return s.showPromise(w, r, x, name, values(in.Values), err)
		}
		return done(w, r, promisePath(x.Slug, x.Number)+"/skot", key)
	}
}

func (s *Pages) storePromise(r *web.Request, x commitments.PromisePage, in *web.Form) error {
	f := commitments.PledgeFields{Responsible: in.ID("responsible"), Period: [2]period.Date{in.Date("period_from"), in.Date("period_to")}, Forms: commitments.ParseForms(in.Choices("forms")),
		Grounds: commitments.ParseGrounds(in.Choices("grounds")), ExtraGrounds: in.Text("extra", 200)}
	var ambitions []string
	for _, a := range commitments.Ambitions {
		ambitions = append(ambitions, string(a))
	}
	f.Ambition = commitments.Ambition(in.Choice("ambition", ambitions...))
	if err := in.Err(); err != nil {
		return err
	}
	return s.Ledger.EditPledge(r.Context(), r.Actor, association(r), x.ID, in.Version(), f)
}

func (s *Pages) storeTexts(r *web.Request, x commitments.PromisePage, in *web.Form) error {
	t := commitments.Texts{Title: in.Text("title", 120), TitleSimple: in.Text("title_simple", 120), TitleEn: in.Text("title_en", 120), Plain: in.Text("plain", 2000)}
	if err := in.Err(); err != nil {
		return err
	}
	return s.Ledger.EditTexts(r.Context(), r.Actor, association(r), x.CommitmentID, in.Version(), t)
}

func (s *Pages) addStep(r *web.Request, x commitments.PromisePage, in *web.Form) error {
	title, due := in.Text("step", 200), in.Date("due")
	if title == "" {
		in.Add("step", "milestone.title_missing")
	}
	if due.IsZero() && in.Values.Get("due") == "" {
		in.Add("due", "milestone.due_missing")
	}
	if err := in.Err(); err != nil {
		return err
	}
	_, err := s.Ledger.AddMilestone(r.Context(), r.Actor, association(r), x.ID, title, due)
	return err
}

func (s *Pages) replacePromise(r *web.Request, x commitments.PromisePage, in *web.Form) error {
	by := in.ID("by")
	if by == id.None {
		in.Add("by", "error.not_a_choice")
	}
	if err := in.Err(); err != nil {
		return err
	}
	return s.Ledger.ReplacePledge(r.Context(), r.Actor, association(r), x.ID, in.Version(), by)
}

// milestoneForm moves, renames or withdraws a step.
type milestoneForm struct {
	form
	Head     ui.PageHead
	Withdraw form
	Back     string
}

func (s *Pages) loadStep(r *web.Request) (commitments.PromisePage, commitments.Milestone, error) {
	x, err := s.loadPromise(r)
	if err != nil {
		return x, commitments.Milestone{}, err
	}
	for _, m := range x.Milestones {
		if m.ID.String() == r.PathValue("milestone") && m.WithdrawnOn.IsZero() {
			return x, m, nil
		}
	}
	return x, commitments.Milestone{}, errs.E(errs.NotFound, "error.not_found")
}

func (s *Pages) milestoneForm(r *web.Request, x commitments.PromisePage, m commitments.Milestone, v values) milestoneForm {
	p := s.frame(r, r.T("promise.step.change"), s.toPromise(r, x)...)
	f := milestoneForm{form: s.form(r, p, v, m.Version), Head: ui.PageHead{Kicker: m.Title, Title: p.Title, Lead: p.T("promise.step.change.lead")}, Back: r.Path(promisePath(x.Slug, x.Number) + "/skot")}
	f.Withdraw = s.form(r, p, v, m.Version)
	return f
}

func (s *Pages) stepForm(w http.ResponseWriter, r *web.Request) error {
	x, m, err := s.loadStep(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, milestonePage(s.milestoneForm(r, x, m, values{"title": {m.Title}, "due": {r.Printer.Date(m.DueOn)}})))
}

func (s *Pages) storeStep(w http.ResponseWriter, r *web.Request) error {
	x, m, err := s.loadStep(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	key := "step_changed"
	if in.Values.Get("do") == "withdraw" {
		key = "step_withdrawn"
		reason := in.Text("reason", 500)
		if err = in.Err(); err == nil {
			err = s.Ledger.WithdrawMilestone(r.Context(), r.Actor, association(r), m.ID, in.Version(), reason)
		}
		if _, typed := in.Values["title"]; !typed {
			in.Values.Set("title", m.Title)
			in.Values.Set("due", r.Printer.Date(m.DueOn))
		}
	} else {
		title, due := in.Text("title", 200), in.Date("due")
		if err = in.Err(); err == nil {
			err = s.Ledger.EditMilestone(r.Context(), r.Actor, association(r), m.ID, in.Version(), title, due)
		}
	}
	if err == nil {
		return done(w, r, promisePath(x.Slug, x.Number)+"/skot", key)
	}
	f := s.milestoneForm(r, x, m, values(in.Values))
	return show(w, r, f.form, err, func(g form) web.Component {
		f.form, f.Withdraw.Errors = g, g.Errors
		return milestonePage(f)
	})
}

// wordingForm adopts a later wording: first written, then seen beside the one in force, then adopted.
type wordingForm struct {
	form
	Head    ui.PageHead
	Now     string
	Changes []ui.Change // set when the difference is shown
	Advice  string
	Draft   *draftNote
	Back    string
}

func (s *Pages) wordingForm(r *web.Request, x commitments.PromisePage, v values, version int64) wordingForm {
	p := s.frame(r, r.T("wording.title"), s.toPromise(r, x)...)
	f := wordingForm{form: s.form(r, p, v, version), Now: x.Wording().Wording, Head: ui.PageHead{Kicker: p.T("promise.number", "n", x.Number), Title: p.Title, Lead: p.T("wording.lead")}, Back: r.Path(promisePath(x.Slug, x.Number) + "/skot")}
	f.Tag.Autosave = r.Path("/utkast/lydelse-" + x.ID.String())
	return f
}

func (s *Pages) newWording(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadPromise(r)
	if err != nil {
		return err
	}
	f := s.wordingForm(r, x, values{"wording": {x.Wording().Wording}}, x.Version)
	if f.Draft, err = s.withDraft(r, &f.form, "lydelse-"+x.ID.String()); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, wordingPage(f))
}

func (s *Pages) adoptWording(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadPromise(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	n := commitments.Supersession{Wording: in.Text("wording", 4000), Reason: in.Text("reason", 1000), Decision: in.Text("decision", 200)}
	now := x.Wording().Wording
	if n.Wording == "" {
		in.Add("wording", "wording.missing")
	} else if n.Wording == now {
		in.Add("wording", "wording.same")
	}
	if n.Reason == "" {
		in.Add("reason", "wording.reason_missing")
	}
	f := s.wordingForm(r, x, values(in.Values), in.Version())
	step := in.Values.Get("do")
	if err = in.Err(); err == nil && step == "adopt" {
		if err = s.Ledger.SupersedeWording(r.Context(), r.Actor, association(r), x.ID, in.Version(), n); err == nil {
			if err := s.Ledger.DropDraft(r.Context(), r.Actor, "lydelse-"+x.ID.String()); err != nil {
				return err
			}
			return done(w, r, promisePath(x.Slug, x.Number)+"/skot", "wording_adopted")
		}
	}
	if err == nil && step != "back" {
		for _, run := range textdiff.Compare(now, n.Wording) {
			f.Changes = append(f.Changes, ui.Change{Kind: ui.ChangeKind(run.Kind), Text: run.Text})
		}
		f.Head.Title, f.Head.Lead = f.T("wording.check"), f.T("wording.check.lead")
		f.Advice = f.T("wording.verifiable")
		if !commitments.CheckWording(n.Wording).Verifiable {
			f.Advice = f.T("wording.unverifiable")
		}
		f.Tag.Autosave = ""
	}
	return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return wordingPage(f) })
}
