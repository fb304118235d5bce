// Package progress computes what became of a promise. A state is never typed: it follows from evidence, its review and the
// calendar. The scale of completion is that of the Open Government Partnership (no evidence, not started, limited, substantial,
// complete), with late, lapsed and replaced added for what a calendar can say by itself; above limited needs accepted evidence.
//
// The whole rule stands in Step and Promise below and is explained to the public on the page "Så räknas läget".
package progress

import (
	"slices"

	"samklang/internal/core/period"
)

// State is where a step or a promise stands. Codes are stored and published.
type State string

const (
	NotStarted  State = "not_started" // nothing filed, nothing due
	Limited     State = "limited"     // something is filed, too little is accepted to say more
	Substantial State = "substantial" // at least half is shown to be done
	Complete    State = "complete"    // all of it is shown to be done
	NoEvidence  State = "no_evidence" // the day has passed and nothing is filed
	Late        State = "late"        // the day has passed, something is filed, not enough is accepted
	Lapsed      State = "lapsed"      // nobody has worked on it for long and nothing is planned
	Replaced    State = "replaced"    // another promise has taken its place
)

// States lists every state in the order of the public account: what is owed comes first.
var States = [...]State{Lapsed, NoEvidence, Late, NotStarted, Limited, Substantial, Complete, Replaced}

// Overdue tells whether the state says that something is owed.
func (s State) Overdue() bool { return s == NoEvidence || s == Late || s == Lapsed }

// Kept tells whether the promise counts as kept so far: at least half is shown and nothing is owed.
func (s State) Kept() bool { return s == Substantial || s == Complete }

// Rank is the place of the state in States.
func (s State) Rank() int { return slices.Index(States[:], s) }

// Filing is a piece of evidence as far as the rules care.
type Filing struct {
	On        period.Date // the day it was filed
	Reviewed  period.Date // the day of the review, none while it waits
	Accepted  bool        // only with Reviewed
	Completes bool        // says, and if accepted shows, that the whole step is done
}

// Fact is a milestone or an activity that serves the promise: one step of it.
type Fact struct {
	Due       period.Date // the last day of it; none when the day is not set
	Filings   []Filing    // without those that were withdrawn
	Unplanned bool        // it was never planned: there is evidence of something that was done all the same
}

// Step computes the state of one step as of a day. Filings and reviews after that day do not count.
//
//	shown to be done                              → complete
//	something accepted, day not passed            → substantial
//	something filed, day not passed               → limited
//	nothing filed, day not passed or not set      → not started
//	nothing filed, day passed                     → no evidence
//	filed in time and still waiting for review    → limited
//	filed, day passed, not enough accepted        → late
func Step(f Fact, today period.Date) State {
	passed := !f.Due.IsZero() && f.Due.Before(today)
	var filed, accepted, waitingInTime bool
	for _, e := range f.Filings {
		if e.On.After(today) {
			continue
		}
		reviewed := !e.Reviewed.IsZero() && !e.Reviewed.After(today)
		switch {
		case reviewed && e.Accepted && e.Completes:
			return Complete
		case reviewed && e.Accepted:
			filed, accepted = true, true
		case reviewed: // returned: as if it had not been filed, but somebody has worked on it
			filed = filed || passed
		default:
			filed = true
			waitingInTime = waitingInTime || passed && !e.On.After(f.Due)
		}
	}
	switch {
	case !passed && accepted:
		return Substantial
	case !passed && filed:
		return Limited
	case !passed:
		return NotStarted
	case waitingInTime:
		return Limited
	case filed:
		return Late
	}
	return NoEvidence
}

// Pledge is a promise as far as the rules care.
type Pledge struct {
	Adopted    period.Date
	ReplacedOn period.Date
	Steps      []Fact
	LapseAfter int // days without a sign of life after which it lapses
}

// Verdict is the computed state of a promise and what it follows from.
type Verdict struct {
	State        State
	Steps        []State     // of each step, in the order given
	Total        int         // steps that count: those that were planned, and what was done besides and is complete
	Done         int         // of them, those that are complete
	Overdue      int         // steps that are owed
	OverdueSince period.Date // since when the promise is owed: the day the oldest owed step was due, or of a lapsed one the day it lapsed
	LastSign     period.Date // last day somebody filed something, a review was made, or a step was to be done
	Reason       Reason
	Changes      period.Date // the next day on which the calendar alone may change the verdict; none when it cannot
}

// Reason says which rule decided. Codes are stored with each change of state and explained in words on the page.
type Reason string

const (
	BecauseReplaced  Reason = "replaced"    // another promise took its place
	BecauseIdle      Reason = "idle"        // no sign of life for LapseAfter days and nothing planned
	BecauseIdleNoDay Reason = "idle_no_day" // no sign of life for LapseAfter days; what is planned has no last day, so it is never owed
	BecauseOwedEmpty Reason = "owed_empty"  // steps are owed and nothing at all is filed
	BecauseOwed      Reason = "owed"        // steps are owed
	BecauseAll       Reason = "all"         // every step is shown to be done
	BecauseHalf      Reason = "half"        // at least half of the steps are shown to be done
	BecauseSome      Reason = "some"        // something is filed, less than half is shown
	BecauseNothing   Reason = "nothing"     // nothing is filed and nothing is owed
)

// Reasons lists every reason.
var Reasons = [...]Reason{BecauseReplaced, BecauseIdle, BecauseIdleNoDay, BecauseOwedEmpty, BecauseOwed, BecauseAll, BecauseHalf, BecauseSome, BecauseNothing}

// Promise computes the state of a promise as of a day.
//
//	replaced by another                                         → replaced
//	no sign of life for LapseAfter days, no day ahead,
//	  not all shown                                             → lapsed
//	steps owed and nothing filed for any step                   → no evidence
//	steps owed                                                  → late
//	every step shown to be done                                 → complete
//	at least half of the steps shown to be done                 → substantial
//	anything filed                                              → limited
//	else                                                        → not started
//
// What was done without having been planned is a step from the day all of it is shown, so that filing never makes a promise worse.
func Promise(p Pledge, today period.Date) Verdict {
	v := Verdict{Steps: make([]State, len(p.Steps)), LastSign: p.Adopted}
	var filed, ahead, noDay bool // ahead: a step with a day still to come; noDay: one that is planned without a day
	for i, f := range p.Steps {
		s := Step(f, today)
		v.Steps[i] = s
		if s == Complete || !f.Unplanned { // what nobody had planned is owed by nobody: it counts when it is shown, and never against
			v.Total++
		}
		switch {
		case s == Complete:
			v.Done++
		case s.Overdue():
			v.Overdue++
			if v.OverdueSince.IsZero() || f.Due.Before(v.OverdueSince) {
				v.OverdueSince = f.Due
			}
		}
		// A step whose day is not set keeps nothing alive: otherwise "not set yet" would be a way never to be late.
		ahead = ahead || s != Complete && !f.Due.IsZero() && !f.Due.Before(today)
		noDay = noDay || s != Complete && f.Due.IsZero() && !f.Unplanned
		if !f.Due.IsZero() && !f.Due.After(today) {
			v.LastSign = latest(v.LastSign, f.Due)
		}
		for _, e := range f.Filings {
			if !e.On.After(today) {
				filed = true
				v.LastSign = latest(v.LastSign, e.On)
			}
			if !e.Reviewed.IsZero() && !e.Reviewed.After(today) {
				v.LastSign = latest(v.LastSign, e.Reviewed)
			}
		}
	}
	all := v.Total > 0 && v.Done == v.Total
	lapses := v.LastSign.AddDays(p.LapseAfter)
	switch {
	case !p.ReplacedOn.IsZero() && !p.ReplacedOn.After(today):
		v.State, v.Reason = Replaced, BecauseReplaced
		v.Overdue, v.OverdueSince = 0, period.Date{} // what it owed, the promise that took its place owes
	case !all && !ahead && lapses.Before(today):
		v.State, v.Reason, v.OverdueSince = Lapsed, BecauseIdle, lapses.AddDays(1)
		if noDay {
			v.Reason = BecauseIdleNoDay
		}
	case v.Overdue > 0 && !filed:
		v.State, v.Reason = NoEvidence, BecauseOwedEmpty
	case v.Overdue > 0:
		v.State, v.Reason = Late, BecauseOwed
	case all:
		v.State, v.Reason = Complete, BecauseAll
	case v.Done > 0 && 2*v.Done >= v.Total:
		v.State, v.Reason = Substantial, BecauseHalf
	case filed:
		v.State, v.Reason = Limited, BecauseSome
	default:
		v.State, v.Reason = NotStarted, BecauseNothing
	}
	v.Changes = nextChange(p, v, today, lapses)
	return v
}

// nextChange is the first day after today on which a date alone may change the verdict: the day after a step is due, the day a
// silence becomes too long, the day a replacement takes effect.
func nextChange(p Pledge, v Verdict, today, lapses period.Date) period.Date {
	var next period.Date
	consider := func(d period.Date) {
		if d.After(today) && (next.IsZero() || d.Before(next)) {
			next = d
		}
	}
	if v.State == Replaced {
		return next
	}
	consider(p.ReplacedOn)
	consider(lapses.AddDays(1))
	for i, f := range p.Steps {
		if !f.Due.IsZero() {
			consider(f.Due) // from here on it counts as a sign of life
		}
		if !f.Due.IsZero() && v.Steps[i] != Complete {
			consider(f.Due.AddDays(1))
		}
		for _, e := range f.Filings { // only a date in the future can matter, as when the past is recomputed
			consider(e.On)
			consider(e.Reviewed)
		}
	}
	return next
}

func latest(a, b period.Date) period.Date {
	if b.After(a) {
		return b
	}
	return a
}
