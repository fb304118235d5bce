package followup

import (
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// State is how far the counts of one initiative in one period have come. Each level locks those below (DHIS2's approval, peers.md 5.9).
type State string

const (
	Open     State = "open"     // staff counts
	Complete State = "complete" // staff says that everybody is counted
	Approved State = "approved" // who answers for the initiative stands behind it
	Accepted State = "accepted" // the association's office has taken it; the numbers are kept as they are
)

// States lists them from below.
var States = [...]State{Open, Complete, Approved, Accepted}

// Report is the counts of one initiative in one period, without the counts.
type Report struct {
	bun.BaseModel  `bun:"table:followup_periods" json:"-"`
	AssociationID  id.ID       `bun:",pk" json:"-"`
	InitiativeID   id.ID       `bun:",pk" json:"-"`
	Period         string      `bun:",pk" json:"period"`
	State          State       `json:"state"`
	Edition        int64       `json:"edition"` // 1, and one more each time it is opened after it was accepted
	Comment        string      `json:"-"`       // of those who count
	CompletedBy    id.ID       `bun:",nullzero" json:"completed_by"`
	CompletedOn    period.Date `json:"completed_on"`
	ApprovedBy     id.ID       `bun:",nullzero" json:"approved_by"`
	ApprovedOn     period.Date `json:"approved_on"`
	AcceptedBy     id.ID       `bun:",nullzero" json:"accepted_by"`
	AcceptedOn     period.Date `json:"accepted_on"`
	ReturnedReason string      `json:"returned_reason"` // why it was sent back
}

// Block is the period.
func (r Report) Block() period.Block {
	b, _ := period.ParseBlock(r.Period)
	return b
}

// Patience is how long after its last day a period may be open before it is late.
const Patience = 30 // days

// Due is the day a period is to be complete.
func Due(b period.Block) period.Date { return b.Last().AddDays(Patience) }

// Move is a step of a report's life.
type Move string

const (
	MarkComplete Move = "complete" // by staff: everybody is counted
	TakeBack     Move = "reopen"   // by staff: there was more to count, as long as nobody has approved
	Approve      Move = "approve"  // by who answers for the initiative
	SendBack     Move = "return"   // by the office, of what is approved and not accepted: to staff again, with the reason
	Accept       Move = "accept"   // by the office
	Correct      Move = "correct"  // by the office, of what is accepted: opened as a new edition, with the reason
)

// moves tells from which state to which each step leads, and whether it needs a reason.
var moves = map[Move]struct {
	from, to State
	reason   bool
}{
	MarkComplete: {Open, Complete, false},
	TakeBack:     {Complete, Open, false},
	Approve:      {Complete, Approved, false},
	SendBack:     {Approved, Open, true},
	Accept:       {Approved, Accepted, false},
	Correct:      {Accepted, Open, true},
}

// apply makes the step; ok is false when it does not lead from here.
func (r Report) apply(m Move, by id.ID, on period.Date, reason string) (after Report, ok bool) {
	step, known := moves[m]
	if !known || r.State != step.from {
		return r, false
	}
	after = r
	after.State = step.to
	switch m {
	case MarkComplete:
		after.CompletedBy, after.CompletedOn, after.ReturnedReason = by, on, ""
	case Approve:
		after.ApprovedBy, after.ApprovedOn = by, on
	case Accept:
		after.AcceptedBy, after.AcceptedOn = by, on
	case Correct:
		after.Edition++
	}
	if step.to == Open {
		after.CompletedBy, after.CompletedOn, after.ApprovedBy, after.ApprovedOn, after.AcceptedBy, after.AcceptedOn = id.None, period.Date{}, id.None, period.Date{}, id.None, period.Date{}
		after.ReturnedReason = reason
	}
	return after, true
}

// units is the length of the periods from one year on.
type units []unitRow

type unitRow struct {
	bun.BaseModel `bun:"table:followup_units"`
	AssociationID id.ID `bun:",pk"`
	FromYear      int64 `bun:",pk"`
	Unit          period.Every
}

// of is the length of a year's periods: half-years, where nothing else is decided.
func (u units) of(year int) period.Every {
	unit, from := period.HalfYear, int64(0)
	for _, row := range u {
		if row.FromYear <= int64(year) && row.FromYear >= from {
			unit, from = row.Unit, row.FromYear
		}
	}
	return unit
}

// at is the period a day lies in.
func (u units) at(d period.Date) period.Block { return period.BlockOf(d, u.of(d.Year)) }

// between lists the periods from one day to another.
func (u units) between(first, last period.Date) (list []period.Block) {
	for b := u.at(first); !b.First().After(last); b = u.at(b.Last().AddDays(1)) {
		list = append(list, b)
	}
	return list
}

// lastOf is the last period of a year in which an initiative that runs from one day to another runs: where somebody is counted of whom only the
// year may be told.
func (u units) lastOf(year int, to period.Date) period.Block {
	day := period.On(year, time.December, 31)
	if !to.IsZero() && to.Before(day) && to.Year == year {
		day = to
	}
	return u.at(day)
}
