package commitments

import (
	"context"
	"slices"

	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Standing is how an association's promises stand, in numbers.
type Standing struct {
	Association             scope.Association
	Promises, Kept, Overdue int
	OverdueSince            period.Date // the oldest day on which something became owed
}

// SharedDate is an activity with every association that holds it, the one that planned it first.
type SharedDate struct {
	ActivityLine
	Holders []scope.Association
}

// Standings tells how the promises of every association stand, in Swedish order of the associations.
func (s *Service) Standings(ctx context.Context) ([]Standing, error) {
	q := s.db.Read()
	names, err := s.needs.Associations(ctx, q)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		AssociationID id.ID
		State         string
		N             int
		Since         period.Date
	}
	err = q.NewSelect().TableExpr("pledges").ColumnExpr("association_id, state, count(*) AS n, min(coalesce(overdue_since, state_since)) AS since").GroupExpr("association_id, state").Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	list := make([]Standing, len(names))
	for i, a := range names {
		list[i].Association = a
		for _, r := range rows {
			if r.AssociationID == a.ID {
				list[i].add(progress.State(r.State), r.N, r.Since)
			}
		}
	}
	return list, nil
}

func (x *Standing) add(state progress.State, n int, since period.Date) {
	if state == progress.Replaced {
		return
	}
	x.Promises += n
	if state.Kept() {
		x.Kept += n
	}
	if state.Overdue() {
		x.Overdue += n
		if !since.IsZero() && (x.OverdueSince.IsZero() || since.Before(x.OverdueSince)) {
			x.OverdueSince = since
		}
	}
}

// Ahead lists what happens next across all associations; an activity that several hold stands there once.
func (s *Service) Ahead(ctx context.Context, limit int64) ([]SharedDate, error) {
	q, today := s.db.Read(), s.Today()
	var list []ActivityLine
	// The day it ends is asked for in a way that no index answers: the list is read in the order of the days it begins, and soon full.
	err := seenActivities(q.NewSelect().TableExpr("activities AS a").ColumnExpr(lineColumns), false).
		Where("coalesce(a.to_on, '') >= ?", today).Where("a.from_on >= ?", today).Where("a.status IN (?)", bun.In([]Status{Planned, Confirmed, Postponed})).
		OrderExpr("a.from_on, a.id").Limit(limit).Scan(ctx, &list)
	if err != nil {
		return nil, err
	}
	return s.shared(ctx, q, list)
}

// DeclarationAhead lists what happens next for a declaration, at all who signed it; an activity that several hold stands there once, and those
// whose day is not set come last.
func (s *Service) DeclarationAhead(ctx context.Context, declaration Ref, limit int64) ([]SharedDate, error) {
	q, today := s.db.Read(), s.Today()
	var list []ActivityLine
	err := forDeclaration(seenActivities(q.NewSelect().TableExpr("activities AS a").ColumnExpr(lineColumns), false), declaration).
		Where("a.plan_year IN (?, ?)", today.Year, today.Year+1).Where("a.to_on IS NULL OR a.to_on >= ?", today).Where("a.status IN (?)", bun.In([]Status{Planned, Confirmed, Postponed})).
		OrderExpr("coalesce(a.from_on, '9999'), a.id").Limit(limit).Scan(ctx, &list)
	if err != nil {
		return nil, err
	}
	return s.shared(ctx, q, list)
}

// forDeclaration narrows a query over activities, named a in it, to those that serve promises of a declaration.
func forDeclaration(q *bun.SelectQuery, declaration Ref) *bun.SelectQuery {
	return q.Where(`EXISTS (SELECT 1 FROM activity_serves v JOIN pledges p ON p.association_id = v.pledge_association_id AND p.id = v.pledge_id
			WHERE v.association_id = a.association_id AND v.activity_id = a.id AND p.home_id = ? AND p.declaration_id = ?)`, declaration.Home, declaration.ID)
}

// shared finds who holds the activities.
func (s *Service) shared(ctx context.Context, q db.IDB, list []ActivityLine) ([]SharedDate, error) {
	out := make([]SharedDate, len(list))
	if len(list) == 0 {
		return out, nil
	}
	ids := make([]id.ID, len(list))
	var homes []id.ID // beside ids, since the table goes by both
	at := map[id.ID]*SharedDate{}
	for i, a := range list {
		out[i].ActivityLine, ids[i] = a, a.ID
		at[a.ID] = &out[i]
		if !slices.Contains(homes, a.AssociationID) {
			homes = append(homes, a.AssociationID)
		}
	}
	var rows []Organiser
	err := q.NewSelect().Model(&rows).Column("association_id", "activity_id", "organiser_id").Where("association_id IN (?)", bun.In(homes)).Where("activity_id IN (?)", bun.In(ids)).
		Where("confirmed_at IS NOT NULL").Order("activity_id", "organiser_id").Scan(ctx)
	if err != nil {
		return nil, err
	}
	names, err := s.associationsByID(ctx, q, organisersOf(rows))
	for _, r := range rows {
		d := at[r.ActivityID]
		if r.OrganiserID == r.AssociationID {
			d.Holders = append([]scope.Association{names[r.OrganiserID]}, d.Holders...)
		} else {
			d.Holders = append(d.Holders, names[r.OrganiserID])
		}
		d.Organisers = int64(len(d.Holders))
	}
	return out, err
}

// Together is what the associations that signed a declaration do for it in a year, each activity counted once.
type Together struct {
	Activities, Done int64
	Reached          int64
	Joint            []SharedDate // those that several hold
}

// Together sums the public activities of a year that serve promises of a declaration.
func (s *Service) Together(ctx context.Context, declaration Ref, year int) (Together, error) {
	q := s.db.Read()
	var list []ActivityLine
	err := forDeclaration(seenActivities(q.NewSelect().TableExpr("activities AS a").ColumnExpr(lineColumns), false), declaration).
		ColumnExpr(holders).
		Where("a.plan_year = ?", year).Where("a.status <> ?", Cancelled).
		OrderExpr("coalesce(a.from_on, '9999'), a.id").Scan(ctx, &list)
	var t Together
	var joint []ActivityLine
	for _, a := range list {
		t.Activities++
		if a.Status == Done {
			t.Done++
		}
		if n := a.CountedReach(); n != nil {
			t.Reached += *n
		}
		if a.Organisers > 1 {
			joint = append(joint, a)
		}
	}
	if err != nil {
		return t, err
	}
	t.Joint, err = s.shared(ctx, q, joint)
	return t, err
}
