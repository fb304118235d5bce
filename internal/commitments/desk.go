package commitments

import (
	"cmp"
	"slices"
	"time"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
)

// DeskFacts is what the task list of one person follows from: what the association has promised and planned, as it stands today.
type DeskFacts struct {
	Today  period.Date
	Person id.ID

	// What the person may do. Nobody is shown a task that she could not do.
	Manages, Plans, Reports, Reviews bool
	ReadsIn                          bool // signed documents
	Alone                            bool // nobody else can review what she files
	Answers                          bool // visitors who told what they cannot use

	Promises    []Promise
	Steps       []DeskStep
	Activities  []DeskActivity
	Evidence    []DeskEvidence
	Invitations []DeskInvitation
	Rounds      []DeskRound
	Drafts      []Import // documents that were read in and neither adopted nor put away
	Barriers    []DeskBarrier
}

// DeskBarrier is something a visitor told that she cannot use. Another part of the house keeps it; here it is a line of the list.
type DeskBarrier struct {
	ID         id.ID
	Page       string // path, "" for all pages
	ReportedOn period.Date
	AnswerBy   period.Date
	Answered   bool // an answer went out, and what to do is not decided
}

// DeskStep is a milestone that has not been withdrawn.
type DeskStep struct {
	Milestone
	Number      int64
	Slug        string
	Responsible id.ID // of its promise
}

// DeskActivity is an activity of which the association is the home.
type DeskActivity struct {
	ActivityLine
	FollowUpOn period.Date
	LastFiled  period.Date // the last day evidence was filed to it
	Serves     []int64     // numbers of the promises it serves
	Silent     []scope.Association
	AskedOn    period.Date // the day it was last changed, for how long the others have been silent
}

// DeskEvidence is evidence that waits for review, or that was returned.
type DeskEvidence struct {
	ID       id.ID
	Title    string
	Status   EvidenceStatus
	FiledBy  id.ID
	FiledOn  period.Date
	By       string
	Comment  string
	About    string // the activity, step or promise it belongs to
	Target   Target
	Reviewed period.Date
}

// DeskInvitation is another association's activity that this one is asked to hold with it.
type DeskInvitation struct {
	ActivityLine
	From scope.Association
}

// DeskRound is an open follow-up.
type DeskRound struct {
	ID       id.ID
	Title    string
	ClosesOn period.Date
	Done, Of int
}

// TaskKind says why something is on somebody's desk. The words are the messages "desk.task.<kind>".
type TaskKind string

const (
	TaskStepOwed     TaskKind = "step_owed"      // a step whose day has passed
	TaskReport       TaskKind = "report"         // an activity whose day has passed, with no word of how it went
	TaskReturned     TaskKind = "returned"       // one's own evidence came back
	TaskReview       TaskKind = "review"         // evidence waits for somebody to look at it
	TaskStepDue      TaskKind = "step_due"       // a step is due soon
	TaskRound        TaskKind = "round"          // a follow-up closes
	TaskConfirm      TaskKind = "confirm"        // an activity is near and still only planned
	TaskInvitation   TaskKind = "invitation"     // another association asks to hold something together
	TaskFollowUp     TaskKind = "follow_up"      // the day to look back at an activity has come
	TaskPostponed    TaskKind = "postponed"      // an activity was put off and needs a new day
	TaskNoDay        TaskKind = "no_day"         // an activity has no day yet
	TaskNoDays       TaskKind = "no_days"        // several of them
	TaskNobody       TaskKind = "nobody"         // a promise that nobody answers for
	TaskNobodies     TaskKind = "nobodies"       // several of them
	TaskNoSteps      TaskKind = "no_steps"       // a promise with nothing planned for it
	TaskNoStepsAtAll TaskKind = "no_steps_many"  // several of them
	TaskHardToVerify TaskKind = "hard_to_verify" // wordings nobody could check, said once while they are new
	TaskOthersAnswer TaskKind = "others_answer"  // others have not answered an invitation
	TaskOwnInReview  TaskKind = "own_in_review"  // one's own evidence waits for somebody else
	TaskFirst        TaskKind = "first_document" // nothing is promised here yet: the first signed document
	TaskDraft        TaskKind = "draft"          // a document was read in and is not adopted
	TaskBarrier      TaskKind = "barrier"        // a visitor told what she cannot use, and waits for an answer
	TaskBarrierOpen  TaskKind = "barrier_open"   // she has an answer, and what to do is not decided
)

const (
	soon              = 14 // days ahead that a step is worth seeing
	near              = 7  // days ahead that make something due
	adviceDays        = 30 // days that advice on a new wording is given
	shownOneByOne     = 2
	othersMayTakeDays = 3 // days to write a report in before it is late
)

// TaskUrgency orders the list: what is late, what is due, what can be done, what waits for somebody else.
type TaskUrgency uint8

const (
	UrgencyLate TaskUrgency = iota
	UrgencyDue              // due within a week
	UrgencyTodo
	UrgencyWaiting
)

// Task is one line of the list.
type Task struct {
	Kind    TaskKind
	Urgency TaskUrgency
	On      period.Date // the day it was or is due, or since when it waits; none when there is no such day
	Title   string      // of what it is about
	Numbers []int64     // promises it concerns
	Slug    string      // declaration of the promise, when it concerns exactly one
	Subject id.ID       // milestone, evidence, round, pledge or import
	Target  Target      // of evidence
	Ref     Ref         // activity
	Who     string      // somebody else's name, or names of associations
	Note    string      // somebody's own words
	Mine    bool        // the person answers for it; otherwise nobody does
	N, Of   int         // a count, when the task stands for several or has a measure
}

// Tasks computes the list from the facts. A task is there as long as its reason is: it is done by doing the thing, never by ticking it
// off. What is late comes first, then what is due this week, then the rest, and last what waits for somebody else.
func (f DeskFacts) Tasks() []Task {
	tasks := slices.Concat(f.steps(), f.activities(), f.evidence(), f.invitations(), f.promises(), f.rounds(), f.documents(), f.barriers())
	slices.SortStableFunc(tasks, func(a, b Task) int {
		return cmp.Or(cmp.Compare(a.Urgency, b.Urgency), compareDays(a.On, b.On))
	})
	return tasks
}

// compareDays puts what has a day before what has none.
func compareDays(a, b period.Date) int {
	if a.IsZero() != b.IsZero() {
		if a.IsZero() {
			return 1
		}
		return -1
	}
	return a.Compare(b)
}

// forMe tells whether something is on this desk: the person answers for it, or nobody does and she has the right to take it.
func (f DeskFacts) forMe(owner id.ID, right bool) bool {
	return owner == f.Person && f.Person != id.None || owner == id.None && right
}

// urgency of something with a day.
func (f DeskFacts) urgency(on period.Date) TaskUrgency {
	switch {
	case on.IsZero():
		return UrgencyTodo
	case on.Before(f.Today):
		return UrgencyLate
	case on.Sub(f.Today) <= near:
		return UrgencyDue
	}
	return UrgencyTodo
}

func (f DeskFacts) steps() []Task {
	var list []Task
	for _, s := range f.Steps {
		if progress.State(s.State) == progress.Complete || !f.forMe(s.Responsible, f.Manages) {
			continue
		}
		t := Task{Kind: TaskStepDue, Urgency: f.urgency(s.DueOn), On: s.DueOn, Title: s.Title, Numbers: []int64{s.Number}, Slug: s.Slug, Subject: s.ID, Mine: s.Responsible == f.Person}
		switch {
		case s.DueOn.Before(f.Today) && progress.State(s.State).Overdue():
			t.Kind = TaskStepOwed
			list = append(list, t)
		case !s.DueOn.Before(f.Today) && s.DueOn.Sub(f.Today) <= soon && progress.State(s.State) == progress.NotStarted:
			list = append(list, t)
		}
	}
	return list
}

func (f DeskFacts) activities() []Task {
	var list, noDay []Task
	for _, a := range f.Activities {
		t := Task{Title: a.Title, Numbers: a.Serves, Ref: a.Ref(), Mine: a.OwnerID == f.Person}
		passed := a.When().Dated() && a.ToOn.Before(f.Today)
		ahead := a.Status == Planned || a.Status == Confirmed
		if a.Status == Cancelled {
			continue
		}
		if len(a.Silent) > 0 && !passed && f.forMe(a.OwnerID, f.Plans) {
			w := t
			w.Kind, w.Urgency, w.N = TaskOthersAnswer, UrgencyWaiting, len(a.Silent)
			for i, s := range a.Silent {
				if i > 0 {
					w.Who += ", "
				}
				w.Who += s.ShortName
			}
			list = append(list, w)
		}
		if !a.FollowUpOn.IsZero() && !a.FollowUpOn.After(f.Today) && a.LastFiled.Before(a.FollowUpOn) && f.forMe(a.OwnerID, f.Plans) {
			w := t
			w.Kind, w.Urgency, w.On = TaskFollowUp, UrgencyDue, a.FollowUpOn
			list = append(list, w)
			if passed && ahead {
				continue // the report answers both
			}
		}
		switch {
		case ahead && passed && f.forMe(a.OwnerID, f.Reports):
			t.Kind, t.Urgency, t.On = TaskReport, UrgencyLate, a.ToOn
			if f.Today.Sub(a.ToOn) <= othersMayTakeDays {
				t.Urgency = UrgencyDue // some days to write it are no delay
			}
			list = append(list, t)
		case a.Status == Postponed && f.forMe(a.OwnerID, f.Plans):
			t.Kind, t.Urgency = TaskPostponed, UrgencyTodo
			list = append(list, t)
		case ahead && a.DatePrecision == period.NotSet && f.forMe(a.OwnerID, f.Plans) && a.PlanYear <= int64(f.Today.Year):
			t.Kind, t.Urgency = TaskNoDay, UrgencyTodo
			noDay = append(noDay, t)
		case a.Status == Planned && a.When().Dated() && !a.FromOn.Before(f.Today) && a.FromOn.Sub(f.Today) <= near && f.forMe(a.OwnerID, f.Plans):
			t.Kind, t.Urgency, t.On = TaskConfirm, UrgencyDue, a.FromOn
			list = append(list, t)
		}
	}
	if len(noDay) > shownOneByOne {
		noDay = []Task{{Kind: TaskNoDays, Urgency: UrgencyTodo, N: len(noDay), Title: noDay[0].Title}}
	}
	return append(list, noDay...)
}

func (f DeskFacts) evidence() []Task {
	var list []Task
	for _, e := range f.Evidence {
		t := Task{Title: cmp.Or(e.About, e.Title), Subject: e.ID, Target: e.Target, Who: e.By, On: e.FiledOn, Mine: e.FiledBy == f.Person}
		switch {
		case e.Status == Returned && t.Mine:
			t.Kind, t.Urgency, t.On, t.Note = TaskReturned, UrgencyDue, e.Reviewed, e.Comment
		case e.Status != Filed:
			continue
		case t.Mine && !(f.Alone && f.Reviews):
			t.Kind, t.Urgency = TaskOwnInReview, UrgencyWaiting
		case f.Reviews:
			t.Kind, t.Urgency = TaskReview, UrgencyDue
		default:
			continue
		}
		list = append(list, t)
	}
	return list
}

func (f DeskFacts) invitations() []Task {
	var list []Task
	if !f.Plans {
		return nil
	}
	for _, i := range f.Invitations {
		t := Task{Kind: TaskInvitation, Urgency: UrgencyTodo, Title: i.Title, Ref: i.Ref(), Who: i.From.ShortName}
		if i.When().Dated() {
			t.On = i.FromOn
			t.Urgency = max(f.urgency(i.FromOn), UrgencyDue)
		}
		list = append(list, t)
	}
	return list
}

func (f DeskFacts) promises() []Task {
	if !f.Manages {
		return nil
	}
	steps := map[id.ID]bool{}
	for _, s := range f.Steps {
		steps[s.PledgeID] = true
	}
	var nobody, empty, vague []Task
	for _, p := range f.Promises {
		if progress.State(p.State) == progress.Replaced {
			continue
		}
		t := Task{Urgency: UrgencyTodo, Title: p.Title, Numbers: []int64{p.Number}, Slug: p.Slug, Subject: p.ID}
		if p.ResponsibleID == id.None {
			t.Kind = TaskNobody
			nobody = append(nobody, t)
		}
		if p.StepsTotal == 0 {
			t.Kind = TaskNoSteps
			empty = append(empty, t)
		}
		if !p.Verifiable && !steps[p.ID] && f.Today.Sub(p.AdoptedOn) <= adviceDays {
			t.Kind = TaskHardToVerify
			vague = append(vague, t)
		}
	}
	list := slices.Concat(several(nobody, TaskNobodies), several(empty, TaskNoStepsAtAll))
	if len(vague) > 0 {
		list = append(list, together(vague, TaskHardToVerify))
	}
	return list
}

// several makes one task of many of the same kind.
func several(list []Task, kind TaskKind) []Task {
	if len(list) <= shownOneByOne {
		return list
	}
	return []Task{together(list, kind)}
}

func together(list []Task, kind TaskKind) Task {
	t := Task{Kind: kind, Urgency: UrgencyTodo, N: len(list), Title: list[0].Title, Slug: list[0].Slug}
	for _, x := range list {
		t.Numbers = append(t.Numbers, x.Numbers...)
	}
	if len(list) == 1 {
		t.Subject = list[0].Subject
	}
	return t
}

func (f DeskFacts) rounds() []Task {
	var list []Task
	if !f.Manages {
		return nil
	}
	for _, r := range f.Rounds {
		if r.ClosesOn.Sub(f.Today) > 2*soon {
			continue
		}
		list = append(list, Task{Kind: TaskRound, Urgency: f.urgency(r.ClosesOn), On: r.ClosesOn, Title: r.Title, Subject: r.ID, N: r.Done, Of: r.Of})
	}
	return list
}

// documents are where everything begins: what is read in and not adopted, or the first document of all.
func (f DeskFacts) documents() []Task {
	if !f.ReadsIn {
		return nil
	}
	if len(f.Promises) == 0 && len(f.Drafts) == 0 {
		return []Task{{Kind: TaskFirst, Urgency: UrgencyTodo}}
	}
	var list []Task
	for _, d := range f.Drafts {
		list = append(list, Task{Kind: TaskDraft, Urgency: UrgencyTodo, On: period.DateOf(d.CreatedAt.In(clock.Stockholm)), Title: d.FileName, Subject: d.ID})
	}
	return list
}

// barriers are what visitors told. Somebody waits from the first day, so an unanswered one is due at once and late after its last day.
func (f DeskFacts) barriers() []Task {
	if !f.Answers {
		return nil
	}
	var list []Task
	for _, b := range f.Barriers {
		t := Task{Kind: TaskBarrier, Urgency: min(f.urgency(b.AnswerBy), UrgencyDue), On: b.AnswerBy, Title: b.Page, Subject: b.ID}
		if b.Answered {
			t.Kind, t.Urgency, t.On = TaskBarrierOpen, UrgencyTodo, b.ReportedOn
		}
		list = append(list, t)
	}
	return list
}

// DayPart is the part of the day a greeting goes by. The words are the messages "desk.hello.<part>".
func DayPart(t time.Time) string {
	switch h := t.Hour(); {
	case h >= 5 && h < 10:
		return "morning"
	case h >= 10 && h < 12:
		return "forenoon"
	case h >= 12 && h < 18:
		return "afternoon"
	}
	return "evening"
}
