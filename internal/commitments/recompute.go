package commitments

import (
	"bytes"
	"context"
	"slices"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

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
	byActivity := map[id.ID][]id.ID{}
	var homes, activities []id.ID
	for _, v := range served {
		if !slices.Contains(homes, v.AssociationID) {
			homes = append(homes, v.AssociationID)
		}
		if byActivity[v.ActivityID] == nil {
			activities = append(activities, v.ActivityID)
		}
		byActivity[v.ActivityID] = append(byActivity[v.ActivityID], v.PledgeID)
		a := Activity{DatePrecision: v.DatePrecision, FromOn: v.FromOn, ToOn: v.ToOn}
		steps[v.PledgeID] = append(steps[v.PledgeID], step{activity: Ref{v.AssociationID, v.ActivityID}, state: v.State, fact: progress.Fact{Due: a.Due()}})
	}
	evidence, err := filings(ctx, q, association, pledges, homes, activities)
	if err != nil {
		return nil, err
	}
	for _, e := range evidence {
		f := e.filing()
		switch {
		case e.MilestoneID != id.None:
			if p, ok := owner[e.MilestoneID]; ok {
				st := &steps[p][byMilestone[e.MilestoneID]]
				st.fact.Filings = append(st.fact.Filings, f)
			}
		case e.ActivityID != id.None:
			for _, p := range byActivity[e.ActivityID] {
				for i := range steps[p] {
					if steps[p][i].activity.ID == e.ActivityID {
						steps[p][i].fact.Filings = append(steps[p][i].fact.Filings, f)
					}
				}
			}
		default: // something that was done without having been planned
			steps[e.PledgeID] = append(steps[e.PledgeID], step{fact: progress.Fact{Filings: []progress.Filing{f}, Unplanned: true}})
		}
	}
	return steps, nil
}

func (e Evidence) filing() progress.Filing {
	return progress.Filing{On: e.FiledOn, Reviewed: e.ReviewedOn, Accepted: e.Status == Accepted, Completes: e.Completes}
}

func filings(ctx context.Context, q db.IDB, association id.ID, pledges, homes, activities []id.ID) ([]Evidence, error) {
	var list []Evidence
	columns := []string{"id", "activity_id", "milestone_id", "pledge_id", "filed_on", "reviewed_on", "status", "completes"}
	var own []Evidence
	err := q.NewSelect().Model(&own).Column(columns...).Where("association_id = ?", association).Where("status <> ?", Withdrawn).
		WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("pledge_id IN (?)", bun.In(pledges)).WhereOr("milestone_id IN (SELECT id FROM milestones WHERE association_id = ? AND pledge_id IN (?))", association, bun.In(pledges))
		}).Order("id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	if len(activities) > 0 { // of every organiser: who filed it does not matter for what is shown
		err = q.NewSelect().Model(&list).Column(columns...).Where("activity_home_id IN (?)", bun.In(homes)).Where("activity_id IN (?)", bun.In(activities)).Where("status <> ?", Withdrawn).Order("id").Scan(ctx)
	}
	return append(own, list...), err
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
	today := s.Today()
	for _, p := range rows {
		list := steps[p.ID]
		v := p.verdict(list, lapse, today)
		if err := s.storeVerdict(ctx, tx, p, v, list, today); err != nil {
			return changed, err
		}
		if string(v.State) != p.State {
			changed++
		}
	}
	return changed, nil
}

// verdict computes what became of a pledge.
func (p Pledge) verdict(steps []step, lapseAfter int, today period.Date) progress.Verdict {
	in := progress.Pledge{Adopted: p.AdoptedOn, ReplacedOn: p.ReplacedOn, LapseAfter: lapseAfter}
	for _, st := range steps {
		in.Steps = append(in.Steps, st.fact)
	}
	return progress.Promise(in, today)
}

func (s *Service) storeVerdict(ctx context.Context, tx *db.Tx, p Pledge, v progress.Verdict, steps []step, today period.Date) error {
	for i, st := range steps {
		if st.activity.ID != id.None && st.state != string(v.Steps[i]) {
			_, err := tx.NewUpdate().Model((*Activity)(nil)).Set("state = ?", string(v.Steps[i])).Where("association_id = ?", st.activity.Home).Where("id = ?", st.activity.ID).Exec(ctx)
			if err != nil {
				return err
			}
		}
		if m := st.milestone; m != nil && m.State != string(v.Steps[i]) {
			from := m.State
			m.State, m.StateSince = string(v.Steps[i]), today
			if _, err := tx.NewUpdate().Model(m).Column("state", "state_since").WherePK().Exec(ctx); err != nil {
				return err
			}
			if err := s.noteChange(ctx, tx, p, m.ID, from, m.State, "", today); err != nil {
				return err
			}
		}
	}
	from := p.State
	p.Reason = v.Reason
	p.OverdueSince, p.StepsTotal, p.StepsDone, p.StepsOverdue = v.OverdueSince, int64(v.Total), int64(v.Done), int64(v.Overdue)
	p.RecomputeOn, p.NextOn = v.Changes, next(steps, v, today)
	if from != string(v.State) {
		p.State, p.StateSince = string(v.State), today
	}
	_, err := tx.NewUpdate().Model(&p).Column("state", "reason", "state_since", "overdue_since", "steps_total", "steps_done", "steps_overdue", "recompute_on", "next_on").WherePK().Exec(ctx)
	if err != nil || from == p.State {
		return err
	}
	return s.noteChange(ctx, tx, p, id.None, from, p.State, string(v.Reason), today)
}

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

func (s *Service) noteChange(ctx context.Context, tx *db.Tx, p Pledge, milestone id.ID, from, to, reason string, today period.Date) error {
	c := StateChange{AssociationID: p.AssociationID, ID: id.New(), PledgeID: p.ID, MilestoneID: milestone, FromState: from, ToState: to, ChangedOn: today, Reason: reason, At: s.clock.Now()}
	if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
		return err
	}
	if f, err := (stateFact{StateChange: c}).fact(); err != nil {
		return err
	} else if err := s.needs.Enter(ctx, tx, f); err != nil {
		return err
	}
	if milestone != id.None {
		return nil
	}
	return s.needs.Enqueue(ctx, tx, Job{JobStateChanged, p.AssociationID, c.ID})
}

// recomputeLoose computes the state of an activity that serves no pledge, and so is nobody's step.
func (s *Service) recomputeLoose(ctx context.Context, tx *db.Tx, activity Ref) error {
	var row Activity
	if err := one(ctx, hold(tx, tx.NewSelect().Model(&row).Where("association_id = ?", activity.Home).Where("id = ?", activity.ID))); err != nil {
		return err
	}
	evidence, err := filings(ctx, tx, activity.Home, []id.ID{id.None}, []id.ID{activity.Home}, []id.ID{activity.ID})
	if err != nil {
		return err
	}
	f := progress.Fact{Due: row.Due()}
	for _, e := range evidence {
		f.Filings = append(f.Filings, e.filing())
	}
	row.State = string(progress.Step(f, s.Today()))
	_, err = tx.NewUpdate().Model(&row).Column("state").WherePK().Exec(ctx)
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
