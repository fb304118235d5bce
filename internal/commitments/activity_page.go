package commitments

import (
	"context"
	"slices"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
)

// ActivityPage is an activity as its public page shows it.
type ActivityPage struct {
	ActivityView
	Proof []EvidenceLine
}

// ActivityPage reads an activity that the association holds, alone or with others. To those outside, an activity that is not public does
// not exist, and what is internal of one that is – notes, owner, follow-up, evidence that waits – is left out.
func (s *Service) ActivityPage(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID) (ActivityPage, error) {
	q, inside := s.db.Read(), Inside(a, assoc.ID)
	var p ActivityPage
	sel := q.NewSelect().Model(&p.Activity).ModelTableExpr("activities AS a").ColumnExpr("a.*").
		Join("JOIN activity_organisers AS o ON o.association_id = a.association_id AND o.activity_id = a.id").
		Where("o.organiser_id = ?", assoc.ID).Where("a.id = ?", activity)
	if err := one(ctx, heldActivities(sel, inside)); err != nil {
		return p, err
	}
	if !inside || p.AssociationID != assoc.ID {
		p.Notes = ""
	}
	if !inside {
		p.OwnerID, p.FollowUpOn = id.None, period.Date{}
	}
	if err := s.fillActivity(ctx, q, assoc.ID, &p.ActivityView); err != nil {
		return p, err
	}
	if !inside {
		p.ActivityView.Organisers = slices.DeleteFunc(p.ActivityView.Organisers, func(o OrganiserView) bool { return o.ConfirmedAt.IsZero() })
	}
	err := evidenceLines(q, seenEvidence(evidenceOf(q).Where("e.activity_home_id = ?", p.AssociationID).Where("e.activity_id = ?", p.ID).Where("e.status <> ?", Withdrawn), inside)).
		OrderExpr("e.filed_at DESC, e.id").Limit(200).Scan(ctx, &p.Proof)
	return p, err
}
