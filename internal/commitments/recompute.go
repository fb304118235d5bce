package commitments

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"strings"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
)

// dueForRecompute lists pledges after the one given, in a fixed order, whose state the calendar may have changed by today.
func (s *Service) dueForRecompute(ctx context.Context, after Ref, limit int64) ([]Pledge, error) {
	var p []Pledge
	err := s.db.Read().NewSelect().Model(&p).Column("association_id", "id").Where("recompute_on <= ?", s.Today()).
		Where("(association_id > ? OR association_id = ? AND id > ?)", after.Home, after.Home, after.ID).Order("association_id", "id").Limit(limit).Scan(ctx)
	return p, err
}

// RecomputeAll lets every pledge of the association be computed anew at the next run, and asks for one: something its states follow from
// has changed.
func (s *Service) RecomputeAll(ctx context.Context, tx *db.Tx, association id.ID) error {
	_, err := tx.NewUpdate().Model((*Pledge)(nil)).Set("recompute_on = ?", s.Today()).Where("association_id = ?", association).Exec(ctx)
	if err != nil {
		return err
	}
	return s.needs.Enqueue(ctx, tx, Job{JobRecompute, association, id.New()})
}

// recomputeEach recomputes pledges together, and one by one when that does not go: a pledge that cannot be computed is told of in the log and
// stays due, the others are brought up to date. What is wrong with the database itself is an error.
func (s *Service) recomputeEach(ctx context.Context, due []Pledge) (changed int, err error) {
	changed, err = s.recomputeBatch(ctx, due)
	if err == nil || ctx.Err() != nil || len(due) == 0 {
		return changed, err
	}
	if e := s.db.Ping(ctx); e != nil {
		return 0, err
	}
	changed = 0
	for _, p := range due {
		n, err := s.recomputeBatch(ctx, []Pledge{p})
		if ctx.Err() != nil {
			return changed, err
		}
		if err != nil {
			s.needs.Log.ErrorContext(ctx, "the state of a promise could not be computed", "association", p.AssociationID.String(), "pledge", p.ID.String(), "error", err)
			continue
		}
		changed += n
	}
	return changed, nil
}

func (s *Service) recomputeBatch(ctx context.Context, due []Pledge) (changed int, err error) {
	err = s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		changed = 0
		due := due // this may run again from the beginning
		for len(due) > 0 {
			n := slices.IndexFunc(due, func(p Pledge) bool { return p.AssociationID != due[0].AssociationID })
			if n < 0 {
				n = len(due)
			}
			ids := make([]id.ID, n)
			for i, p := range due[:n] {
				ids[i] = p.ID
			}
			c, err := s.recompute(ctx, tx, due[0].AssociationID, ids)
			if err != nil {
				return err
			}
			changed += c
			due = due[n:]
		}
		return nil
	})
	return changed, err
}

// step is a milestone or an activity of a pledge, with its evidence.
type step struct {
	milestone *Milestone
	activity  Ref
	state     string // of the activity, as stored
	fact      progress.Fact
}

// facts reads what the states of the pledges follow from: per pledge its steps in a fixed order.
func facts(ctx context.Context, q db.IDB, association id.ID, pledges []id.ID) (map[id.ID][]step, error) {
	steps := map[id.ID][]step{}
	var milestones []Milestone
	err := q.NewSelect().Model(&milestones).Where("association_id = ?", association).Where("pledge_id IN (?)", bun.In(pledges)).Where("withdrawn_on IS NULL").Order("due_on", "id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	byMilestone := map[id.ID]int{} // place among the steps of its pledge
	owner := map[id.ID]id.ID{}
	for i := range milestones {
		m := &milestones[i]
		byMilestone[m.ID] = len(steps[m.PledgeID])
		owner[m.ID] = m.PledgeID
		steps[m.PledgeID] = append(steps[m.PledgeID], step{milestone: m, fact: progress.Fact{Due: m.DueOn}})
	}
	var served []struct {
		PledgeID      id.ID
		AssociationID id.ID
		ActivityID    id.ID
		State         string
		DatePrecision period.Precision
		FromOn        period.Date
		ToOn          period.Date
	}
	err = q.NewSelect().TableExpr("activity_serves AS v").
		ColumnExpr("v.pledge_id, v.association_id, v.activity_id, a.state, a.date_precision, a.from_on, a.to_on").
		Join("JOIN activities AS a ON a.association_id = v.association_id AND a.id = v.activity_id").
		Where("v.pledge_association_id = ?", association).Where("v.pledge_id IN (?)", bun.In(pledges)).Where("a.status <> ?", Cancelled).
		OrderExpr("a.from_on, a.id").Scan(ctx, &served)
	if err != nil {
		return nil, err
	}
	byActivity := map[Ref][]place{}
	for _, v := range served {
		ref := Ref{v.AssociationID, v.ActivityID}
		byActivity[ref] = append(byActivity[ref], place{v.PledgeID, len(steps[v.PledgeID])})
		a := Activity{DatePrecision: v.DatePrecision, FromOn: v.FromOn, ToOn: v.ToOn}
		steps[v.PledgeID] = append(steps[v.PledgeID], step{activity: ref, state: v.State, fact: progress.Fact{Due: a.Due()}})
	}
	return steps, filings(ctx, q, association, pledges, func(target Target, f progress.Filing) {
		switch {
		case target.Milestone != id.None:
			if p, ok := owner[target.Milestone]; ok {
				st := &steps[p][byMilestone[target.Milestone]]
				st.fact.Filings = append(st.fact.Filings, f)
			}
		case target.Activity.ID != id.None:
			for _, at := range byActivity[target.Activity] {
				st := &steps[at.pledge][at.step]
				st.fact.Filings = append(st.fact.Filings, f)
			}
		default: // something that was done without having been planned
			steps[target.Pledge] = append(steps[target.Pledge], step{fact: progress.Fact{Filings: []progress.Filing{f}, Unplanned: true}})
		}
	})
}

// place is a step of a pledge, by its number.
type place struct {
	pledge id.ID
	step   int
}

// filings reads what was filed for the pledges, their milestones and the activities that serve them, by every organiser: who filed it does not matter
// for what is shown. There are many and they are small, so they are told one by one. Of an activity that serves several of the pledges each is told
// once.
func filings(ctx context.Context, q db.IDB, association id.ID, pledges []id.ID, tell func(Target, progress.Filing)) error {
	own := func() *bun.SelectQuery { return evidenceOf(q).Where("e.association_id = ?", association) }
	ofPledges := own().Where("e.pledge_id IN (?)", bun.In(pledges))
	ofMilestones := own().Where("e.milestone_id IN (SELECT id FROM milestones WHERE association_id = ? AND pledge_id IN (?))", association, bun.In(pledges))
	if err := filed(ctx, q, ofPledges.UnionAll(ofMilestones), tell); err != nil {
		return err
	}
	served := q.NewSelect().Distinct().TableExpr("activity_serves").Column("association_id", "activity_id").Where("pledge_association_id = ?", association).Where("pledge_id IN (?)", bun.In(pledges))
	return filed(ctx, q, q.NewSelect().TableExpr("(?) AS v", served).ColumnExpr("e.*").Join("JOIN evidence AS e ON e.activity_home_id = v.association_id AND e.activity_id = v.activity_id"), tell)
}

func filed(ctx context.Context, q db.IDB, evidence *bun.SelectQuery, tell func(Target, progress.Filing)) error {
	sel := q.NewSelect().TableExpr("(?) AS e", evidence).Column("activity_home_id", "activity_id", "milestone_id", "pledge_id", "filed_on", "reviewed_on", "status", "completes").
		Where("status <> ?", Withdrawn)
	return db.Rows(ctx, sel, func(rows *sql.Rows) error {
		var home, activity, milestone, pledge uuid.NullUUID
		var f progress.Filing
		var status EvidenceStatus
		err := rows.Scan(&home, &activity, &milestone, &pledge, &f.On, &f.Reviewed, &status, &f.Completes)
		f.Accepted = status == Accepted
		tell(Target{Ref{home.UUID, activity.UUID}, milestone.UUID, pledge.UUID}, f)
		return err
	})
}

// recompute computes and stores the states of an association's pledges, writes what changed into the history, and tells the followers.
// The pledges are held before anything else is read: of two operations on one pledge at the same time, the later sees what the earlier did.
func (s *Service) recompute(ctx context.Context, tx *db.Tx, association id.ID, pledges []id.ID) (changed int, err error) {
	if len(pledges) == 0 {
		return 0, nil
	}
	var rows []Pledge
	err = hold(tx, tx.NewSelect().Model(&rows).Where("association_id = ?", association).Where("id IN (?)", bun.In(pledges)).Order("id")).Scan(ctx)
	if err != nil {
		return 0, err
	}
	steps, err := facts(ctx, tx, association, pledges)
	if err != nil {
		return 0, err
	}
	lapse, err := s.needs.LapseAfter(ctx, tx, association)
	if err != nil {
		return 0, err
	}
	out := outcome{today: s.Today(), activities: map[stated][]id.ID{}}
	for _, p := range rows {
		if out.take(p, p.verdict(steps[p.ID], lapse, out.today), steps[p.ID]) {
			changed++
		}
	}
	return changed, s.store(ctx, tx, out)
}

// verdict computes what became of a pledge.
func (p Pledge) verdict(steps []step, lapseAfter int, today period.Date) progress.Verdict {
	in := progress.Pledge{Adopted: p.AdoptedOn, ReplacedOn: p.ReplacedOn, LapseAfter: lapseAfter}
	for _, st := range steps {
		in.Steps = append(in.Steps, st.fact)
	}
	return progress.Promise(in, today)
}

// outcome is what is to be written after some pledges were computed. What is as it was is not written.
type outcome struct {
	today      period.Date
	pledges    []Pledge
	milestones []Milestone
	activities map[stated][]id.ID
	changes    []StateChange
}

// stated is a state that activities of a home come to have.
type stated struct {
	home  id.ID
	state string
}

// take notes what differs from what is stored. It tells whether the state of the pledge has changed.
func (o *outcome) take(p Pledge, v progress.Verdict, steps []step) (changed bool) {
	for i, st := range steps {
		now := string(v.Steps[i])
		if st.activity.ID != id.None && st.state != now {
			to := stated{st.activity.Home, now}
			o.activities[to] = append(o.activities[to], st.activity.ID)
		}
		if m := st.milestone; m != nil && m.State != now {
			o.note(p, m.ID, m.State, now, "")
			m.State, m.StateSince = now, o.today
			o.milestones = append(o.milestones, *m)
		}
	}
	was := p
	p.Reason = v.Reason
	p.OverdueSince, p.StepsTotal, p.StepsDone, p.StepsOverdue = v.OverdueSince, int64(v.Total), int64(v.Done), int64(v.Overdue)
	p.RecomputeOn, p.NextOn = v.Changes, next(steps, v, o.today)
	if p.State != string(v.State) {
		p.State, p.StateSince = string(v.State), o.today
		o.note(p, id.None, was.State, p.State, string(v.Reason))
	}
	if p != was {
		o.pledges = append(o.pledges, p)
	}
	return p.State != was.State
}

func (o *outcome) note(p Pledge, milestone id.ID, from, to, reason string) {
	o.changes = append(o.changes, StateChange{AssociationID: p.AssociationID, ID: id.New(), PledgeID: p.ID, MilestoneID: milestone, FromState: from, ToState: to, ChangedOn: o.today, Reason: reason})
}

// store writes an outcome, tells the public log of what changed, and lets the followers of a promise be told.
func (s *Service) store(ctx context.Context, tx *db.Tx, o outcome) error {
	order := slices.SortedFunc(maps.Keys(o.activities), func(a, b stated) int {
		return cmp.Or(bytes.Compare(a.home[:], b.home[:]), strings.Compare(a.state, b.state))
	})
	for _, to := range order { // always the same, so that nobody holds what another waits for
		for ids := range slices.Chunk(o.activities[to], updatedAtOnce) {
			_, err := tx.NewUpdate().Model((*Activity)(nil)).Set("state = ?", to.state).Where("association_id = ?", to.home).Where("id IN (?)", bun.In(ids)).Exec(ctx)
			if err != nil {
				return err
			}
		}
	}
	for i := range o.milestones {
		if _, err := tx.NewUpdate().Model(&o.milestones[i]).Column("state", "state_since").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	for i := range o.pledges {
		_, err := tx.NewUpdate().Model(&o.pledges[i]).Column("state", "reason", "state_since", "overdue_since", "steps_total", "steps_done", "steps_overdue", "recompute_on", "next_on").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
	}
	if len(o.changes) == 0 {
		return nil
	}
	facts := make([]publiclog.Fact, len(o.changes))
	for i := range o.changes {
		o.changes[i].At = s.clock.Now()
		f, err := stateFact{StateChange: o.changes[i]}.fact()
		if err != nil {
			return err
		}
		facts[i] = f
	}
	if _, err := tx.NewInsert().Model(&o.changes).Exec(ctx); err != nil {
		return err
	}
	if err := s.needs.Enter(ctx, tx, facts...); err != nil {
		return err
	}
	for _, c := range o.changes {
		if c.MilestoneID != id.None {
			continue
		}
		if err := s.needs.Enqueue(ctx, tx, Job{JobStateChanged, c.AssociationID, c.ID}); err != nil {
			return err
		}
	}
	return nil
}

// updatedAtOnce is how many rows one statement names.
const updatedAtOnce = 500

// next is the first day ahead on which a step is due.
func next(steps []step, v progress.Verdict, today period.Date) period.Date {
	var d period.Date
	for i, st := range steps {
		if due := st.fact.Due; !due.IsZero() && !due.Before(today) && v.Steps[i] != progress.Complete && (d.IsZero() || due.Before(d)) {
			d = due
		}
	}
	return d
}

// recomputeLoose computes the state of an activity that serves no pledge, and so is nobody's step.
func (s *Service) recomputeLoose(ctx context.Context, tx *db.Tx, activity Ref) error {
	var row Activity
	if err := one(ctx, hold(tx, tx.NewSelect().Model(&row).Where("association_id = ?", activity.Home).Where("id = ?", activity.ID))); err != nil {
		return err
	}
	f := progress.Fact{Due: row.Due()}
	evidence := evidenceOf(tx).Where("e.activity_home_id = ?", activity.Home).Where("e.activity_id = ?", activity.ID)
	if err := filed(ctx, tx, evidence, func(_ Target, x progress.Filing) { f.Filings = append(f.Filings, x) }); err != nil {
		return err
	}
	row.State = string(progress.Step(f, s.Today()))
	_, err := tx.NewUpdate().Model(&row).Column("state").WherePK().Exec(ctx)
	return err
}

// recomputeServed recomputes every pledge, of whatever association, that an activity serves.
func (s *Service) recomputeServed(ctx context.Context, tx *db.Tx, activity Ref, also ...Serving) error {
	return s.recomputeServedBy(ctx, tx, activity.Home, []id.ID{activity.ID}, also...)
}

// recomputeServedBy is recomputeServed for several activities of one home: each pledge is recomputed once, however many of them serve it.
func (s *Service) recomputeServedBy(ctx context.Context, tx *db.Tx, home id.ID, activities []id.ID, also ...Serving) error {
	if len(activities) == 0 {
		return nil
	}
	var served []Serving
	err := tx.NewSelect().Model(&served).Where("association_id = ?", home).Where("activity_id IN (?)", bun.In(activities)).Order("pledge_association_id", "pledge_id", "activity_id").Scan(ctx)
	if err != nil {
		return err
	}
	serves := map[id.ID]bool{}
	for _, v := range served {
		serves[v.ActivityID] = true
	}
	by := map[id.ID][]id.ID{}
	var order []id.ID
	for _, v := range append(served, also...) {
		if by[v.PledgeAssociationID] == nil {
			order = append(order, v.PledgeAssociationID)
		}
		if !slices.Contains(by[v.PledgeAssociationID], v.PledgeID) {
			by[v.PledgeAssociationID] = append(by[v.PledgeAssociationID], v.PledgeID)
		}
	}
	for _, activity := range activities {
		if serves[activity] {
			continue
		}
		if err := s.recomputeLoose(ctx, tx, Ref{home, activity}); err != nil {
			return err
		}
	}
	slices.SortFunc(order, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) }) // always the same, so that nobody holds what another waits for
	for _, association := range order {
		if _, err := s.recompute(ctx, tx, association, by[association]); err != nil {
			return err
		}
	}
	return nil
}
