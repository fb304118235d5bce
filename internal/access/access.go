// Package access decides who may do what. There is one table; every page, list, count, export, feed, calendar and mail asks the
// functions here and nothing else. The roles are those of finsam.md 2.2; the table is shown to everybody on the page "Vem får
// göra vad", drawn from the same data.
package access

import (
	"embed"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
)

//go:embed locale
var Locale embed.FS

// The actions. A route names one; an operation names one, often the same.
const (
	Public             actor.Action = "public"              // anybody
	LoggedIn           actor.Action = "logged_in"           // any account, about itself
	DeskRead           actor.Action = "desk.read"           // see internal pages of the association
	DocumentImport     actor.Action = "document.import"     // upload, correct and adopt a signed document
	CommitmentManage   actor.Action = "commitment.manage"   // responsible person, period, milestones, plain language
	WordingSupersede   actor.Action = "wording.supersede"   // adopt a new wording of a promise
	ActivityWrite      actor.Action = "activity.write"      // plan, move, copy, cancel an activity
	ActivityReport     actor.Action = "activity.report"     // say what was done and how many were reached
	ActivityExchange   actor.Action = "activity.exchange"   // change the plan by a table
	EvidenceFile       actor.Action = "evidence.file"       // add evidence
	EvidenceReview     actor.Action = "evidence.review"     // accept or return evidence
	RoundManage        actor.Action = "round.manage"        // open and freeze a follow-up
	AssociationRead    actor.Action = "association.read"    // who has which role; facts, members and bodies as they are kept
	PeopleManage       actor.Action = "people.manage"       // roles of an association
	AssociationEdit    actor.Action = "association.edit"    // facts, members, bodies
	AuditRead          actor.Action = "audit.read"          // the trail of changes
	BarrierRead        actor.Action = "barrier.read"        // what visitors told they could not use
	BarrierAnswer      actor.Action = "barrier.answer"      // answer them and decide
	InitiativeRead     actor.Action = "initiative.read"     // initiatives and how their counting goes, without raw counts
	InitiativeManage   actor.Action = "initiative.manage"   // add, confirm and close initiatives, and say who works in them
	FollowupEnter      actor.Action = "followup.enter"      // see and change the raw counts of one's own initiatives
	FollowupApprove    actor.Action = "followup.approve"    // approve what staff has counted
	FollowupAccept     actor.Action = "followup.accept"     // accept an approved period, and open it again
	FollowupSheet      actor.Action = "followup.sheet"      // the sheet for the national system: counts to those who count, facts to the office
	FollowupRead       actor.Action = "followup.read"       // the figures that were published to the office
	EqualityRead       actor.Action = "equality.read"       // comparisons made of the figures that were published to the office
	EqualityWrite      actor.Action = "equality.write"      // write in a difference that was taken on
	EqualityManage     actor.Action = "equality.manage"     // take on a difference, prepare and withdraw a release
	EqualityApprove    actor.Action = "equality.approve"    // make a release public that somebody else has prepared
	SurveyRead         actor.Action = "survey.read"         // what may be told of answers to questionnaires
	SurveyManage       actor.Action = "survey.manage"       // write questions, begin rounds and read in sums of answers
	InstallationManage actor.Action = "installation.manage" // associations and administrators of the installation
)

// Reach is how far a right goes.
type Reach uint8

const (
	No  Reach = iota
	Own       // only what the person answers for
	Yes
)

// Actions lists every action of the table in the order people read it.
var Actions = [...]actor.Action{DeskRead, DocumentImport, CommitmentManage, WordingSupersede, ActivityWrite, ActivityReport, ActivityExchange, EvidenceFile, EvidenceReview, RoundManage, AssociationRead, PeopleManage, AssociationEdit, AuditRead, BarrierRead, BarrierAnswer, InitiativeRead, InitiativeManage, FollowupEnter, FollowupApprove, FollowupAccept, FollowupSheet, FollowupRead, EqualityRead, EqualityWrite, EqualityManage, EqualityApprove, SurveyRead, SurveyManage, InstallationManage}

// table is the policy. Columns in the order of actor.Roles – head, office, board, prep, auditor, activity owner, initiative lead,
// initiative staff – and then the installation's administrator.
var table = map[actor.Action][len(actor.Roles) + 1]Reach{
	DeskRead:           {Yes, Yes, Yes, Yes, Yes, Yes, No, No, No},
	DocumentImport:     {Yes, Yes, No, No, No, No, No, No, No},
	CommitmentManage:   {Yes, Yes, No, No, No, No, No, No, No},
	WordingSupersede:   {Yes, Yes, No, No, No, No, No, No, No},
	ActivityWrite:      {Yes, Yes, No, No, No, Own, No, No, No},
	ActivityReport:     {Yes, Yes, No, Own, No, Own, No, No, No},
	ActivityExchange:   {Yes, Yes, No, No, No, No, No, No, No},
	EvidenceFile:       {Yes, Yes, No, Own, No, Own, No, No, No},
	EvidenceReview:     {Yes, Yes, Yes, Yes, No, No, No, No, No},
	RoundManage:        {Yes, Yes, No, No, No, No, No, No, No},
	AssociationRead:    {Yes, Yes, Yes, Yes, Yes, No, No, No, Yes},
	PeopleManage:       {Yes, No, No, No, No, No, No, No, Yes},
	AssociationEdit:    {Yes, Yes, No, No, No, No, No, No, Yes},
	AuditRead:          {Yes, No, No, No, Yes, No, No, No, No},
	BarrierRead:        {Yes, Yes, Yes, No, Yes, No, No, No, No},
	BarrierAnswer:      {Yes, Yes, No, No, No, No, No, No, No},
	InitiativeRead:     {Yes, Yes, Yes, Yes, Yes, No, Own, Own, No},
	InitiativeManage:   {Yes, Yes, No, No, No, No, No, No, No},
	FollowupEnter:      {No, No, No, No, No, No, Own, Own, No},
	FollowupApprove:    {No, No, No, No, No, No, Own, No, No},
	FollowupAccept:     {Yes, Yes, No, No, No, No, No, No, No},
	FollowupSheet:      {Yes, Yes, No, No, No, No, Own, Own, No},
	FollowupRead:       {Yes, Yes, Yes, Yes, Yes, No, No, No, No},
	EqualityRead:       {Yes, Yes, Yes, Yes, Yes, No, No, No, No},
	EqualityWrite:      {Yes, Yes, No, Own, No, No, No, No, No},
	EqualityManage:     {Yes, Yes, No, No, No, No, No, No, No},
	EqualityApprove:    {Yes, Yes, Yes, No, No, No, No, No, No},
	SurveyRead:         {Yes, Yes, Yes, Yes, Yes, No, No, No, No},
	SurveyManage:       {Yes, Yes, No, No, No, No, No, No, No},
	InstallationManage: {No, No, No, No, No, No, No, No, Yes},
}

// For tells how far the action reaches for a role.
func For(act actor.Action, r actor.Role) Reach {
	row := table[act]
	for i, x := range actor.Roles {
		if x == r {
			return row[i]
		}
	}
	return No
}

// ForAdmin tells how far the action reaches for the administrator of the installation.
func ForAdmin(act actor.Action) Reach { return table[act][len(actor.Roles)] }

// Known tells whether a route may name the action.
func Known(act actor.Action) bool {
	_, ok := table[act]
	return ok || act == Public || act == LoggedIn
}

// Object is what the action is done to.
type Object struct {
	Association id.ID
	Owner       id.ID // the account that answers for it, if any
}

// Check says whether a may do act to the object. A refusal is an errs.Error: Unauthorised when nobody is logged in, else Forbidden
// with the action and the roles that can help.
func Check(a actor.Actor, act actor.Action, on Object) error {
	return refuse(a, act, a.System || reach(a, act, on.Association) == Yes ||
		reach(a, act, on.Association) == Own && on.Owner != id.None && on.Owner == a.Account)
}

// CheckAny is Check for a page or list before the object is known: a right to one's own things is enough.
func CheckAny(a actor.Actor, act actor.Action, association id.ID) error {
	return refuse(a, act, a.System || reach(a, act, association) != No)
}

// May is Check as a yes or no, for links and buttons.
func May(a actor.Actor, act actor.Action, on Object) bool { return Check(a, act, on) == nil }

func reach(a actor.Actor, act actor.Action, association id.ID) Reach {
	switch {
	case act == Public:
		return Yes
	case act == LoggedIn:
		if a.LoggedIn() {
			return Yes
		}
		return No
	}
	best := No
	if a.Admin {
		best = ForAdmin(act)
	}
	for _, g := range a.Grants {
		if g.Association == association {
			best = max(best, For(act, g.Role))
		}
	}
	return best
}

func refuse(a actor.Actor, act actor.Action, ok bool) error {
	switch {
	case ok:
		return nil
	case !a.LoggedIn():
		return errs.E(errs.Unauthorised, "access.log_in", "action", act)
	}
	return errs.E(errs.Forbidden, "access.refused", "action", act, "helpers", Helpers(act))
}

// Helpers lists the roles that may do the action in full, or where no role may, those that may for what they answer for.
func Helpers(act actor.Action) []actor.Role {
	if list := reaching(act, Yes); len(list) > 0 || ForAdmin(act) == Yes {
		return list
	}
	return reaching(act, Own)
}

func reaching(act actor.Action, x Reach) []actor.Role {
	var roles []actor.Role
	for _, r := range actor.Roles {
		if For(act, r) == x {
			roles = append(roles, r)
		}
	}
	return roles
}
