package deskweb

import (
	"encoding/json"
	"net/http"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// activityView is everything about an activity.
type activityView struct {
	ui.Page
	Head       ui.PageHead
	State      ui.State
	Word       string
	Primary    ui.Link // what one most often wants to do now
	Next       string  // a sentence on what the state means
	Text       string
	Facts      []ui.Answer
	Serves     []servedView
	Choose     string // where the promises it serves are chosen, for those who may
	Evidence   []ui.Entry
	AddHref    string
	Moves      []moveView
	Organisers []organiserView
	Notes      string
	History    []ui.Waypoint
	Mine       bool // the association is its home
}

type servedView struct{ Title, Href, How, Whose string }

// moveView is something that can be done to the activity: a page, or a button that does it at once.
type moveView struct {
	Label, Href string
	Button      ui.Form
	Danger      bool
}

type organiserView struct{ Name, Answer string }

// load finds the activity of the address.
func (s *Pages) load(r *web.Request) (commitments.ActivityView, error) {
	a, err := pathID(r, "activity")
	if err != nil {
		return commitments.ActivityView{}, err
	}
	return s.Ledger.FindActivity(r.Context(), r.Actor, association(r), a)
}

// loadOwn finds it and checks that the person may do act to it; what another association keeps, only that one changes.
func (s *Pages) loadOwn(r *web.Request, act string) (commitments.ActivityView, error) {
	v, err := s.load(r)
	if err != nil {
		return v, err
	}
	return v, access.Check(r.Actor, actions[act], access.Object{Association: v.AssociationID, Owner: v.OwnerID})
}

func (s *Pages) toActivity(r *web.Request, v commitments.ActivityView) []ui.Link {
	return []ui.Link{{Label: r.T("plan.title_year", "year", itoa(v.PlanYear)), Href: r.Path("/plan") + "?ar=" + itoa(v.PlanYear)}, {Label: v.Title, Href: r.Path("/plan/" + v.ID.String())}}
}

func (s *Pages) activity(w http.ResponseWriter, r *web.Request) error {
	a, err := s.load(r)
	if err != nil {
		return err
	}
	history, err := s.Ledger.HistoryOf(r.Context(), r.Actor, association(r), a.ID)
	if err != nil {
		return err
	}
	p := s.frame(r, a.Title, s.toActivity(r, a)[0])
	home := a.AssociationID == r.Association.ID
	line := commitments.ActivityLine{Status: a.Status, State: a.State, DatePrecision: a.DatePrecision, FromOn: a.FromOn, ToOn: a.ToOn}
	v := activityView{Page: p, Mine: home, Head: ui.PageHead{Kicker: upper(dotted(append([]string{p.T("kind." + a.Kind)}, words(p.Printer, "form.", a.Forms.Codes())...)...)), Title: a.Title, TitleLang: "sv", Lead: upper(s.when(p.Printer, a.When()))}, Text: a.Description, Notes: a.Notes}
	if a.ClockTime != "" {
		v.Head.Lead += ", " + p.Clock(a.ClockTime)
	}
	v.State, v.Word = s.activityWord(p.Printer, line)
	v.Next = s.whatNext(p.Printer, a, line)
	s.primary(r, a, line, &v)
	s.facts(r, a, &v)
	for _, x := range a.Serves {
		whose := ""
		if x.PledgeAssociationID != r.Association.ID {
			for _, o := range a.Organisers {
				if o.OrganiserID == x.PledgeAssociationID {
					whose = o.Association.ShortName
				}
			}
		}
		sv := servedView{Title: itoa(x.Number) + ". " + titleOf(p.Printer, x.Title, x.TitleSimple, x.TitleEn), How: x.How, Whose: whose}
		if whose == "" {
			sv.Href = r.Path(promisePath(x.Slug, x.Number))
		}
		v.Serves = append(v.Serves, sv)
	}
	for _, e := range a.Evidence {
		v.Evidence = append(v.Evidence, s.evidenceEntry(r, e))
	}
	if may(r, access.EvidenceFile, a.OwnerID) && a.Status != commitments.Cancelled {
		v.AddHref = r.Path("/plan/" + a.ID.String() + "/underlag")
	}
	if home && may(r, access.ActivityWrite, a.OwnerID) {
		v.Choose = r.Path("/plan/" + a.ID.String() + "/andra")
	}
	s.moves(r, a, &v)
	if a.Joint() {
		for _, o := range a.Organisers {
			v.Organisers = append(v.Organisers, organiserView{o.Association.ShortName, answerOf(p.Printer, o, a.AssociationID)})
		}
	}
	for _, e := range history {
		v.History = append(v.History, s.historyLine(p.Printer, e))
	}
	return r.Render(w, http.StatusOK, activityPage(v))
}

func words(p ui.Printer, prefix string, codes []string) []string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = p.T(prefix + c)
	}
	return list
}

func answerOf(p ui.Printer, o commitments.OrganiserView, home id.ID) string {
	switch {
	case o.OrganiserID == home:
		return p.T("activity.organiser.home")
	case !o.DeclinedAt.IsZero():
		return p.T("activity.organiser.no")
	case !o.ConfirmedAt.IsZero():
		return p.T("activity.organiser.yes")
	}
	return p.T("activity.organiser.silent")
}

// whatNext says what the state means and what becomes of it.
func (s *Pages) whatNext(p ui.Printer, a commitments.ActivityView, line commitments.ActivityLine) string {
	switch {
	case a.Status == commitments.Cancelled:
		return p.T("activity.next.cancelled", "reason", a.StatusReason)
	case a.Status == commitments.Postponed:
		return p.T("activity.next.postponed", "reason", a.StatusReason)
	case s.missed(line):
		return p.T("activity.next.missed")
	case a.Status == commitments.Done && ui.State(a.State) == ui.Complete:
		return p.T("activity.next.shown")
	case a.Status == commitments.Done:
		return p.T("activity.next.waits")
	case a.DatePrecision == period.NotSet:
		return p.T("activity.next.no_day")
	}
	return ""
}

func (s *Pages) primary(r *web.Request, a commitments.ActivityView, line commitments.ActivityLine, v *activityView) {
	base := "/plan/" + a.ID.String()
	home := a.AssociationID == r.Association.ID
	switch {
	case !home && invited(a, r.Association.ID) && may(r, access.ActivityWrite, id.None):
		v.Primary = ui.Link{Label: r.T("invitation.do"), Href: r.Path(base + "/svara")}
	case !home:
	case s.missed(line) && may(r, access.ActivityReport, a.OwnerID):
		v.Primary = ui.Link{Label: r.T("report.do"), Href: r.Path(base + "/rapport")}
	case (a.DatePrecision == period.NotSet || a.Status == commitments.Postponed) && a.Status != commitments.Cancelled && may(r, access.ActivityWrite, a.OwnerID):
		v.Primary = ui.Link{Label: r.T("activity.set_day"), Href: r.Path(base + "/flytta")}
	case a.Status == commitments.Done && v.AddHref == "" && may(r, access.EvidenceFile, a.OwnerID):
		v.Primary = ui.Link{Label: r.T("evidence.do"), Href: r.Path(base + "/underlag")}
	case a.Status != commitments.Cancelled && may(r, access.ActivityWrite, a.OwnerID):
		v.Primary = ui.Link{Label: r.T("activity.edit"), Href: r.Path(base + "/andra")}
	}
}

func invited(a commitments.ActivityView, association id.ID) bool {
	for _, o := range a.Organisers {
		if o.OrganiserID == association {
			return o.ConfirmedAt.IsZero() && o.DeclinedAt.IsZero()
		}
	}
	return false
}

func (s *Pages) facts(r *web.Request, a commitments.ActivityView, v *activityView) {
	p := r.Printer
	add := func(key, value string) {
		if value != "" {
			v.Facts = append(v.Facts, ui.Answer{Question: p.T(key), Answer: value})
		}
	}
	place := a.Place
	if a.Digital {
		place = dotted(p.T("activity.digital"), a.Place)
	}
	add("activity.f.place", place)
	add("activity.f.audience", a.Audience)
	add("activity.f.partners", p.List(a.Partners))
	add("activity.f.speakers", p.List(a.Speakers))
	add("activity.f.project", a.Project)
	if a.Grounds == commitments.AllGrounds {
		add("activity.f.grounds", p.T("activity.all_grounds"))
	} else {
		add("activity.f.grounds", p.List(words(p, "ground.", a.Grounds.Codes())))
	}
	expected := reachText(p, a.ReachMin, a.ReachMax)
	if expected == "" {
		expected = a.ReachText
	}
	add("activity.f.expected", expected)
	if a.Reached != nil {
		add("activity.f.reached", p.Number(*a.Reached)+", "+p.T("reached_how."+string(a.ReachedHow)))
	}
	owner := a.OwnerName
	if owner == "" {
		owner = p.T("desk.responsible.nobody_yet")
	}
	add("activity.f.owner", owner)
	if !a.FollowUpOn.IsZero() {
		add("activity.f.follow_up", p.Date(a.FollowUpOn))
	}
	seen := p.T("activity.public.no")
	if a.Public {
		seen = p.T("activity.public.yes")
	}
	add("activity.f.public", seen)
	if a.DateText != "" {
		add("activity.f.date_text", "”"+a.DateText+"”")
	}
}

func (s *Pages) moves(r *web.Request, a commitments.ActivityView, v *activityView) {
	base := r.Path("/plan/" + a.ID.String())
	if a.AssociationID != r.Association.ID {
		if may(r, access.ActivityWrite, id.None) {
			v.Moves = append(v.Moves, moveView{Label: r.T("invitation.change"), Href: base + "/svara"})
		}
		return
	}
	now := func(key, path string) {
		v.Moves = append(v.Moves, moveView{Label: r.T(key, "year", itoa(a.PlanYear+1)), Button: ui.Form{Action: base + path, Key: id.New().String(), Version: itoa(a.Version)}})
	}
	page := func(key, path string) {
		v.Moves = append(v.Moves, moveView{Label: r.T(key), Href: base + path})
	}
	writes := may(r, access.ActivityWrite, a.OwnerID)
	ahead := a.Status == commitments.Planned || a.Status == commitments.Confirmed || a.Status == commitments.Postponed
	if ahead && !a.FromOn.After(s.today()) && may(r, access.ActivityReport, a.OwnerID) { // nobody is asked how it went before it has begun
		page("report.do", "/rapport")
	}
	if !writes {
		return
	}
	page("activity.edit", "/andra")
	if ahead {
		page("activity.move", "/flytta")
	}
	if due := a.Due(); a.Status == commitments.Planned && !due.IsZero() && !due.Before(s.today()) {
		now("activity.confirm", "/bekrafta")
	}
	page("activity.share", "/dela")
	now("activity.copy", "/nasta-ar")
	if ahead {
		page("activity.postpone", "/skjut-upp")
		page("activity.cancel", "/stall-in")
	} else {
		now("activity.reopen", "/ateruppta")
	}
}

// historyLine puts an entry of the audit trail into words.
func (s *Pages) historyLine(p ui.Printer, e audit.Entry) ui.Waypoint {
	key := "history." + e.Action
	x := ui.Waypoint{Date: p.Time(e.At, clock.Stockholm), Title: e.Action, Note: e.ActorName}
	if p.Has(key) {
		x.Title = p.T(key)
	}
	type essence struct {
		Date   period.Precision `json:"date"`
		From   period.Date      `json:"from"`
		To     period.Date      `json:"to"`
		Reason string           `json:"reason"`
	}
	var before, after essence
	if json.Unmarshal([]byte(e.BeforeJSON), &before) == nil && json.Unmarshal([]byte(e.AfterJSON), &after) == nil && before != after && before.Date != "" {
		a, b := period.When{Precision: before.Date, From: before.From, To: before.To}, period.When{Precision: after.Date, From: after.From, To: after.To}
		if a != b {
			x.Note = dotted(e.ActorName, p.T("history.from_to", "from", a, "to", b))
		}
		if after.Reason != "" && after.Reason != before.Reason {
			x.Note = dotted(x.Note, after.Reason)
		}
	}
	return x
}
