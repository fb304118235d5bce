package accountweb

import (
	"net/http"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// activityView is one activity as its page shows it.
type activityView struct {
	Page     ui.Page
	Kicker   string
	Title    string
	When     string
	State    ui.State // "" when it is called off
	Word     string
	Reason   string // why it is called off or postponed, else what the state rests on
	Hidden   string // only those who work with it see this page
	Text     []string
	Facts    []ui.Answer
	Serves   []servedView
	Evidence []evidenceView
}

// servedView is a promise the activity serves.
type servedView struct {
	Title, Lang, Href, How string
	Of                     string // association, when it is another one
}

func (s *Pages) activity(w http.ResponseWriter, r *web.Request) error {
	ref, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	a, err := s.Ledger.ActivityPage(r.Context(), r.Actor, association(r), ref)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, activityPage(s.activityView(r, a)))
}

func (s *Pages) activityView(r *web.Request, a commitments.ActivityPage) activityView {
	when := r.Printer.When(a.When())
	v := activityView{Page: s.frame(r, a.Title, strings.Join([]string{when, association(r).Name}, between)), Kicker: r.T("kind." + a.Kind), Title: a.Title, When: when,
		State: ui.State(a.State), Word: r.T("ui.step." + a.State), Text: paragraphs(a.Description), Facts: activityFacts(r, a)}
	v.Page.Crumbs = []ui.Link{{Label: r.T("account.calendar.title"), Href: calendarHref(r, int(a.PlanYear), s.Ledger.Today())}}
	if a.Status == commitments.Cancelled {
		v.State, v.Word = "", r.T("account.step.cancelled")
	}
	if v.State != "" {
		v.Reason = r.T("account.activity.why." + a.State)
	}
	if a.StatusReason != "" {
		v.Reason = r.T("account.step.because", "reason", a.StatusReason)
	}
	if !a.Public {
		v.Hidden, v.Page.Robots = r.T("account.activity.hidden"), "noindex"
	}
	for _, x := range a.Serves {
		line := servedView{Title: r.T("account.activity.serves", "number", x.Number, "title", servedTitle(r, x)), How: x.How}
		for _, o := range a.Organisers {
			if o.OrganiserID == x.PledgeAssociationID {
				line.Href = r.Of(o.Association, promisePath(x.Slug, x.Number))
				if o.OrganiserID != association(r).ID {
					line.Of = o.Association.ShortName
				}
			}
		}
		v.Serves = append(v.Serves, line)
	}
	for _, e := range a.Proof {
		if e.Status == commitments.Accepted {
			v.Evidence = append(v.Evidence, evidenceItem(r, e))
		}
	}
	return v
}

func servedTitle(r *web.Request, x commitments.ServingView) string {
	return commitments.Commitment{Title: x.Title, TitleSimple: x.TitleSimple, TitleEn: x.TitleEn}.TitleIn(r.Lang())
}

// activityFacts is what the public may know of an activity, question by question.
func activityFacts(r *web.Request, a commitments.ActivityPage) []ui.Answer {
	var facts []ui.Answer
	add := func(key, answer string) {
		if answer != "" {
			facts = append(facts, ui.Answer{Question: r.T("account.activity." + key), Answer: answer})
		}
	}
	add("when", strings.TrimSuffix(r.Printer.When(a.When())+", "+r.Printer.Clock(a.ClockTime), ", "))
	place := a.Place
	if a.Digital {
		place = strings.TrimPrefix(place+", "+r.T("account.digital"), ", ")
	}
	add("place", place)
	add("status", r.T("status."+string(a.Status)))
	var holders []string
	for _, o := range a.Organisers {
		if o.DeclinedAt.IsZero() {
			holders = append(holders, o.Association.ShortName)
		}
	}
	add("holders", r.Printer.List(holders))
	add("partners", r.Printer.List(a.Partners))
	add("speakers", r.Printer.List(a.Speakers))
	add("audience", a.Audience)
	add("project", a.Project)
	add("expected", expectedReach(r.Printer, a.Activity))
	if n := a.CountedReach(); n != nil {
		add("reached", r.T("account.reached."+string(a.ReachedHow), "n", *n))
	}
	var forms, grounds []string
	for _, c := range a.Forms.Codes() {
		forms = append(forms, r.T("form."+c))
	}
	for _, c := range a.Grounds.Codes() {
		grounds = append(grounds, r.T("ground."+c))
	}
	add("forms", r.Printer.List(forms))
	add("grounds", r.Printer.List(grounds))
	return facts
}

func expectedReach(p ui.Printer, a commitments.Activity) string {
	switch {
	case a.ReachText != "":
		return a.ReachText
	case a.ReachMin != nil && a.ReachMax != nil && *a.ReachMin != *a.ReachMax:
		return p.T("account.activity.between", "min", *a.ReachMin, "max", *a.ReachMax)
	case a.ReachMin != nil:
		return p.T("account.activity.at_least", "n", *a.ReachMin)
	case a.ReachMax != nil:
		return p.T("account.activity.at_most", "n", *a.ReachMax)
	}
	return ""
}
