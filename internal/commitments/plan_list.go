package commitments

import (
	"context"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
)

// PlanFilter narrows the plan of a year. Zero fields do not narrow.
type PlanFilter struct {
	Year   int
	Form   Forms
	Status Status
	Kind   string
	Owner  id.ID
	Pledge id.ID
}

// Plan lists the activities of a year that the association holds, alone or with others, in the order of the calendar; those whose day
// is not set come last.
func (s *Service) Plan(ctx context.Context, a actor.Actor, assoc scope.Association, f PlanFilter) ([]ActivityLine, error) {
	if err := works(a, assoc); err != nil {
		return nil, err
	}
	return s.plan(ctx, assoc, f, true)
}

// PublicPlan is the part of Plan that is for everybody.
func (s *Service) PublicPlan(ctx context.Context, assoc scope.Association, f PlanFilter) ([]ActivityLine, error) {
	return s.plan(ctx, assoc, f, false)
}

func (s *Service) plan(ctx context.Context, assoc scope.Association, f PlanFilter, inside bool) ([]ActivityLine, error) {
	sel := lines(s.db.Read(), assoc.ID, inside).Where("o.plan_year = ?", f.Year)
	if f.Form != 0 {
		sel.Where("a.forms & ? = ?", f.Form, f.Form)
	}
	if f.Status != "" {
		sel.Where("a.status = ?", f.Status)
	}
	if f.Kind != "" {
		sel.Where("a.kind = ?", f.Kind)
	}
	if f.Owner != id.None {
		sel.Where("a.owner_id = ?", f.Owner)
	}
	if f.Pledge != id.None {
		sel.Where("EXISTS (SELECT 1 FROM activity_serves v WHERE v.association_id = a.association_id AND v.activity_id = a.id AND v.pledge_id = ?)", f.Pledge)
	}
	var list []ActivityLine
	return list, sel.Scan(ctx, &list)
}
