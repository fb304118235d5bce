package followup

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Initiative is what the follow-up needs to know of an initiative that has been confirmed.
type Initiative struct {
	ID         id.ID
	Name       string
	Method     Method
	Structural bool
	ESF        bool
	Closed     bool
	From, To   period.Date // a zero To is until further notice
	Owner      string      // the party that answers for it
	Places     []Place
	Targets    []string // codes of initiatives.target
	Other      string   // target group in own words
	Planned    map[int64]int64
}

// Needs is what the part needs from the rest of the house. The functions ask q, since they may be called within a transaction.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
	// Initiative gives one that has been confirmed; errs.NotFound for others.
	Initiative  func(ctx context.Context, q db.IDB, association, initiative id.ID) (Initiative, error)
	Initiatives func(ctx context.Context, q db.IDB, association id.ID) ([]Initiative, error)
	// Check says whether somebody may do something to an initiative, by her role or because she works in it.
	Check  func(ctx context.Context, q db.IDB, a actor.Actor, act actor.Action, association, initiative id.ID) error
	NameOf func(ctx context.Context, q db.IDB, account id.ID) (string, error)
	// Associations are those of the installation, or only some.
	Associations func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error)
}

// Service holds the operations of the follow-up.
type Service struct {
	Needs
	trail audit.Trail
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

func (s *Service) today() period.Date { return clock.Today(s.Clock) }

// Progress is how the counting of one period has come along, as everybody may see who may see the initiative.
type Progress struct {
	Report
	Block  period.Block
	Due    period.Date
	Late   bool
	Grades map[Moment]Grade // how much of what was counted is known, once it is approved
	Totals map[Moment]int64 // raw: for those who work in the initiative alone, nil for others
	Names  struct{ Completed, Approved, Accepted string }
}

// Overview is an initiative with its periods, the latest first.
type Overview struct {
	Initiative Initiative
	Periods    []Progress
	Enters     bool // who asks may count here
	Approves   bool
	Accepts    bool
}

// Overview tells how the counting of an initiative has come along, from its first day until today.
func (s *Service) Overview(ctx context.Context, a actor.Actor, association, initiative id.ID) (Overview, error) {
	q := s.DB.Read()
	if err := s.Check(ctx, q, a, access.InitiativeRead, association, initiative); err != nil {
		return Overview{}, err
	}
	x, err := s.Initiative(ctx, q, association, initiative)
	if err != nil {
		return Overview{}, err
	}
	o := Overview{Initiative: x, Enters: s.Check(ctx, q, a, access.FollowupEnter, association, initiative) == nil, Approves: s.Check(ctx, q, a, access.FollowupApprove, association, initiative) == nil,
		Accepts: access.May(a, access.FollowupAccept, access.Object{Association: association})}
	blocks, err := s.blocks(ctx, q, association, x)
	if err != nil {
		return o, err
	}
	reports, err := reportsOf(ctx, q, association, initiative)
	if err != nil {
		return o, err
	}
	counts, err := allCounts(ctx, q, association, initiative)
	if err != nil {
		return o, err
	}
	for _, b := range slices.Backward(blocks) {
		p, err := s.progress(ctx, q, x, b, reports[b.String()], counts[b.String()], o.Enters)
		if err != nil {
			return o, err
		}
		o.Periods = append(o.Periods, p)
	}
	return o, nil
}

func (s *Service) progress(ctx context.Context, q db.IDB, x Initiative, b period.Block, r Report, counts map[Moment]Counts, raw bool) (Progress, error) {
	if r.State == "" {
		r = Report{InitiativeID: x.ID, Period: b.String(), State: Open, Edition: 1}
	}
	p := Progress{Report: r, Block: b, Due: Due(b), Late: r.State == Open && s.today().After(Due(b)), Grades: map[Moment]Grade{}}
	if r.State == Approved || r.State == Accepted {
		for _, m := range MomentsOf(x.Method) {
			p.Grades[m] = counts[m].Cover().Grade()
		}
	}
	if raw {
		p.Totals = map[Moment]int64{}
		for _, m := range MomentsOf(x.Method) {
			p.Totals[m] = counts[m].Sum()
		}
	}
	var err error
	for _, n := range []struct {
		who  id.ID
		name *string
	}{{r.CompletedBy, &p.Names.Completed}, {r.ApprovedBy, &p.Names.Approved}, {r.AcceptedBy, &p.Names.Accepted}} {
		if n.who != id.None && err == nil {
			*n.name, err = s.NameOf(ctx, q, n.who)
		}
	}
	return p, err
}

// blocks are the periods of an initiative that have begun.
func (s *Service) blocks(ctx context.Context, q db.IDB, association id.ID, x Initiative) ([]period.Block, error) {
	u, err := unitsOf(ctx, q, association)
	last := s.today()
	if !x.To.IsZero() && x.To.Before(last) {
		last = x.To
	}
	return u.between(x.From, last), err
}

// Entry is all that those who count in a period see: their own raw counts.
type Entry struct {
	Initiative Initiative
	Progress   Progress
	Lists      Lists
	Counts     map[Moment]Counts
	Earlier    []Past // the latest first
	Approves   bool
}

// Past is the counts of an earlier period.
type Past struct {
	Block  period.Block
	Counts map[Moment]Counts
}

// earlierShown is how many earlier periods stand beside what is entered.
const earlierShown = 6

// Entry gives the raw counts of a period to who works in the initiative, and to nobody else.
func (s *Service) Entry(ctx context.Context, a actor.Actor, association, initiative id.ID, b period.Block) (Entry, error) {
	q := s.DB.Read()
	if err := s.Check(ctx, q, a, access.FollowupEnter, association, initiative); err != nil {
		return Entry{}, err
	}
	x, l, err := s.at(ctx, q, association, initiative, b)
	if err != nil {
		return Entry{}, err
	}
	e := Entry{Initiative: x, Lists: l, Approves: s.Check(ctx, q, a, access.FollowupApprove, association, initiative) == nil}
	reports, err := reportsOf(ctx, q, association, initiative)
	if err != nil {
		return e, err
	}
	counts, err := allCounts(ctx, q, association, initiative)
	if err != nil {
		return e, err
	}
	e.Counts = counts[b.String()]
	if e.Counts == nil {
		e.Counts = map[Moment]Counts{}
	}
	blocks, err := s.blocks(ctx, q, association, x)
	if err != nil {
		return e, err
	}
	for _, old := range slices.Backward(blocks) {
		if old.Every == b.Every && old.String() < b.String() && len(e.Earlier) < earlierShown {
			e.Earlier = append(e.Earlier, Past{old, counts[old.String()]})
		}
	}
	e.Progress, err = s.progress(ctx, q, x, b, reports[b.String()], e.Counts, true)
	return e, err
}

// Current is the period that is counted now in an initiative: today's, or its last one when it is over.
func (s *Service) Current(ctx context.Context, association id.ID, x Initiative) (period.Block, error) {
	blocks, err := s.blocks(ctx, s.DB.Read(), association, x)
	if err != nil {
		return period.Block{}, err
	}
	if len(blocks) == 0 {
		return period.Block{}, errs.E(errs.Refused, "followup.not_begun", "date", x.From)
	}
	return blocks[len(blocks)-1], nil
}

// at finds an initiative with its lists, and refuses a period that is not one of its own or has not begun.
func (s *Service) at(ctx context.Context, q db.IDB, association, initiative id.ID, b period.Block) (Initiative, Lists, error) {
	x, err := s.Initiative(ctx, q, association, initiative)
	if err != nil {
		return x, nil, err
	}
	u, err := unitsOf(ctx, q, association)
	if err != nil {
		return x, nil, err
	}
	if b.IsZero() || u.of(b.Year) != b.Every || b.Last().Before(x.From) || !x.To.IsZero() && b.First().After(x.To) || b.First().After(s.today()) {
		return x, nil, errs.E(errs.NotFound, "error.not_found")
	}
	own, err := codesOf(ctx, q, association)
	return x, lists(own, x.Places), err
}

// Task is something that waits for somebody in the follow-up.
type Task struct {
	Initiative Initiative
	Block      period.Block
	Due        period.Date
	Late       bool
	Do         Move   // MarkComplete, Approve or Accept
	Returned   string // why it was sent back
}

// Tasks are what waits for who asks, the late ones first: to be counted, approved or accepted.
func (s *Service) Tasks(ctx context.Context, a actor.Actor, association id.ID) ([]Task, error) {
	q := s.DB.Read()
	all, err := s.Initiatives(ctx, q, association)
	if err != nil {
		return nil, err
	}
	accepts := access.May(a, access.FollowupAccept, access.Object{Association: association})
	var late, other []Task
	for _, x := range all {
		enters := s.Check(ctx, q, a, access.FollowupEnter, association, x.ID) == nil
		approves := s.Check(ctx, q, a, access.FollowupApprove, association, x.ID) == nil
		if !enters && !approves && !accepts {
			continue
		}
		blocks, err := s.blocks(ctx, q, association, x)
		if err != nil {
			return nil, err
		}
		reports, err := reportsOf(ctx, q, association, x.ID)
		if err != nil {
			return nil, err
		}
		for _, b := range blocks {
			r, ok := reports[b.String()]
			if !ok {
				r.State = Open
			}
			t := Task{Initiative: x, Block: b, Due: Due(b), Late: s.today().After(Due(b)), Returned: r.ReturnedReason}
			switch {
			case r.State == Open && enters && b.Last().Before(s.today()):
				t.Do = MarkComplete
			case r.State == Complete && approves:
				t.Do = Approve
			case r.State == Approved && accepts:
				t.Do, t.Late = Accept, false
			default:
				continue
			}
			if t.Late {
				late = append(late, t)
			} else {
				other = append(other, t)
			}
		}
	}
	return append(late, other...), nil
}
