package commitments

import (
	"context"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"

	"github.com/uptrace/bun"
)

// OwnCalendar is what a person answers for in one association: activities whose day is set, and steps of promises she is responsible for.
type OwnCalendar struct {
	Association scope.Association
	Activities  []ActivityLine
	Steps       []OwnStep
}

// OwnStep is a step with its last day, and the promise it leads to.
type OwnStep struct {
	Milestone
	Slug   string
	Number int64
}

// OwnCalendar reads what the person answers for since the beginning of last year, in every association where she may see what is internal
// today. A role that has ended takes its dates with it.
func (s *Service) OwnCalendar(ctx context.Context, a actor.Actor) ([]OwnCalendar, error) {
	q := s.db.Read()
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return nil, err
	}
	associations, err := s.needs.Associations(ctx, q)
	if err != nil {
		return nil, err
	}
	since := period.On(s.Today().Year-1, 1, 1)
	var list []OwnCalendar
	for _, assoc := range associations {
		if !Inside(a, assoc.ID) {
			continue
		}
		c := OwnCalendar{Association: assoc}
		err := lines(q, assoc.ID, true).Where("a.association_id = ?", assoc.ID).Where("a.owner_id = ?", a.Account).Where("o.plan_year >= ?", since.Year).
			Where("a.date_precision IN (?)", bun.In([]period.Precision{period.Day, period.Range})).Limit(datesInFeed).Scan(ctx, &c.Activities)
		if err != nil {
			return nil, err
		}
		err = q.NewSelect().TableExpr("milestones AS m").ColumnExpr("m.*, d.slug, p.number").
			Join("JOIN pledges AS p ON p.association_id = m.association_id AND p.id = m.pledge_id").
			Join("JOIN declarations AS d ON d.association_id = p.home_id AND d.id = p.declaration_id").
			Where("m.association_id = ?", assoc.ID).Where("p.responsible_id = ?", a.Account).Where("p.replaced_by_id IS NULL").Where("m.withdrawn_on IS NULL").Where("m.due_on >= ?", since).
			OrderExpr("m.due_on, m.id").Limit(datesInFeed).Scan(ctx, &c.Steps)
		if err != nil {
			return nil, err
		}
		if len(c.Activities)+len(c.Steps) > 0 {
			list = append(list, c)
		}
	}
	return list, nil
}
