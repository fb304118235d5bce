package deskweb

import (
	"slices"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// What a page says when it has nothing to show: the next step for those who can take it, and for the others who takes it and what they will
// see then.

// readIn leads to where a signed document is read in, which is where everything begins.
func readIn(r *web.Request) ui.Link {
	return ui.Link{Label: r.T("promise.read_in"), Href: r.Path("/las-in")}
}

// emptyDesk is for a person with nothing to do, by what she may do. Plan is that of the year.
func emptyDesk(r *web.Request, f commitments.DeskFacts, plan []commitments.ActivityLine) ui.EmptyState {
	say := func(key string, action ui.Link) ui.EmptyState {
		return ui.EmptyState{Title: r.T(key), Text: r.T(key + ".text"), Action: action}
	}
	toPlan := ui.Link{Label: r.T("desk.to_plan"), Href: r.Path("/plan")}
	own := access.CheckAny(r.Actor, access.ActivityReport, r.Association.ID) == nil && !f.Reports
	switch {
	case len(f.Promises) == 0 && !f.ReadsIn:
		return say("desk.unread", ui.Link{})
	case f.Manages || f.Plans:
		return say("desk.empty", toPlan)
	case own && slices.ContainsFunc(plan, func(a commitments.ActivityLine) bool { return a.OwnerID == f.Person }):
		return say("desk.mine", ui.Link{Label: r.T("desk.to_mine"), Href: r.Path("/plan?mina=1")})
	case own && !f.Reviews:
		return say("desk.nothing_mine", toPlan)
	case f.Reviews:
		return say("desk.reviews", toPlan)
	}
	return say("desk.reads", toPlan)
}

// emptyPlan is for a year with no activities. Elsewhere is the nearest year that has some, 0 when none has; any tells whether there are promises.
func emptyPlan(r *web.Request, year, elsewhere int, any bool) (ui.EmptyState, ui.Link) {
	e := ui.EmptyState{Title: r.T("plan.empty", "year", itoa(year)), Text: r.T("plan.empty.others")}
	var other ui.Link
	if elsewhere != 0 {
		other = ui.Link{Label: r.T("plan.empty.see", "year", itoa(elsewhere)), Href: r.Path("/plan") + "?ar=" + itoa(elsewhere)}
	}
	plan := ui.Link{Label: r.T("activity.new"), Href: r.Path("/plan/ny") + "?ar=" + itoa(year)}
	switch {
	case may(r, access.DocumentImport, id.None) && !any:
		e.Text, e.Action = r.T("plan.empty.first"), readIn(r)
		if other.Href == "" {
			other = ui.Link{Label: r.T("plan.empty.by_hand"), Href: plan.Href}
		}
	case may(r, access.DocumentImport, id.None):
		e.Text, e.Action = r.T("plan.empty.text"), plan
	case may(r, access.ActivityWrite, r.Actor.Account) && any:
		e.Text, e.Action = r.T("plan.empty.own"), plan
	}
	if e.Action.Href == "" {
		e.Action, other = other, ui.Link{}
	}
	return e, other
}

// emptyPromises is for an association that has promised nothing yet.
func emptyPromises(r *web.Request) ui.EmptyState {
	if may(r, access.DocumentImport, id.None) {
		return ui.EmptyState{Title: r.T("promise.none"), Text: r.T("promise.none.text"), Action: readIn(r)}
	}
	return ui.EmptyState{Title: r.T("promise.none"), Text: r.T("promise.none.others")}
}

// emptyRounds is for an association without a follow-up; any tells whether it has promises to follow up.
func emptyRounds(r *web.Request, any bool) ui.EmptyState {
	e := ui.EmptyState{Title: r.T("round.none"), Text: r.T("round.none.others")}
	switch manages := may(r, access.RoundManage, id.None); {
	case manages && any:
		e.Text, e.Action = r.T("round.none.text"), ui.Link{Label: r.T("round.open"), Href: r.Path("/uppfoljning/ny")}
	case manages:
		e.Text, e.Action = r.T("round.none.first"), readIn(r)
	}
	return e
}
