package commitments

import (
	"context"

	"samklang/internal/core/id"
	"samklang/internal/core/scope"

	"github.com/uptrace/bun"
)

// PublicDetails is what the public page of an activity tells besides what lists do.
type PublicDetails struct {
	Description, Audience, Project string
	Grounds                        Grounds
	Organisers                     []scope.Association // those that have said yes, the one that planned it first
	Partners, Speakers             []string
	Serves                         []ServingView  // the asking association's first
	Proof                          []EvidenceLine // accepted and public
}

// PublicDetails reads, in one query for each kind of thing however many the activities are, what their public pages tell. An activity that is not
// public is not in the answer.
func (s *Service) PublicDetails(ctx context.Context, asking scope.Association, list []ActivityLine) (map[Ref]*PublicDetails, error) {
	out := make(map[Ref]*PublicDetails, len(list))
	if len(list) == 0 {
		return out, nil
	}
	// Homes beside ids, since the tables go by both.
	var homes, ids []id.ID
	seen := map[id.ID]bool{}
	for _, a := range list {
		if ids = append(ids, a.ID); !seen[a.AssociationID] {
			seen[a.AssociationID] = true
			homes = append(homes, a.AssociationID)
		}
	}
	q := s.db.Read()
	of := func(sel *bun.SelectQuery, home, activity string) *bun.SelectQuery {
		return sel.Where("? IN (?)", bun.Safe(home), bun.In(homes)).Where("? IN (?)", bun.Safe(activity), bun.In(ids))
	}
	var activities []Activity
	err := seenActivities(of(q.NewSelect().TableExpr("activities AS a").ColumnExpr("a.association_id, a.id, a.description, a.audience, a.project, a.grounds"), "a.association_id", "a.id"), false).Scan(ctx, &activities)
	if err != nil {
		return nil, err
	}
	for _, a := range activities {
		out[a.Ref()] = &PublicDetails{Description: a.Description, Audience: a.Audience, Project: a.Project, Grounds: a.Grounds}
	}
	var organisers []Organiser
	if err := of(q.NewSelect().Model(&organisers), "association_id", "activity_id").Where("confirmed_at IS NOT NULL").Order("activity_id", "organiser_id").Scan(ctx); err != nil {
		return nil, err
	}
	names, err := s.associationsByID(ctx, q, organisersOf(organisers))
	if err != nil {
		return nil, err
	}
	for _, o := range organisers {
		switch d := out[Ref{o.AssociationID, o.ActivityID}]; {
		case d == nil:
		case o.OrganiserID == o.AssociationID:
			d.Organisers = append([]scope.Association{names[o.OrganiserID]}, d.Organisers...)
		default:
			d.Organisers = append(d.Organisers, names[o.OrganiserID])
		}
	}
	var people []Person
	if err := of(q.NewSelect().Model(&people), "association_id", "activity_id").Order("activity_id", "position").Scan(ctx); err != nil {
		return nil, err
	}
	for _, p := range people {
		switch d := out[Ref{p.AssociationID, p.ActivityID}]; {
		case d == nil:
		case p.Role == RoleSpeaker:
			d.Speakers = append(d.Speakers, p.Name)
		default:
			d.Partners = append(d.Partners, p.Name)
		}
	}
	var serves []ServingView
	err = of(servings(q), "serving.association_id", "serving.activity_id").
		OrderExpr("CASE WHEN serving.pledge_association_id = ? THEN 0 ELSE 1 END, d.slug, pledge.number, serving.pledge_association_id", asking.ID).Scan(ctx, &serves)
	if err != nil {
		return nil, err
	}
	for _, x := range serves {
		if d := out[Ref{x.AssociationID, x.ActivityID}]; d != nil {
			d.Serves = append(d.Serves, x)
		}
	}
	var proof []EvidenceLine
	if err := evidenceLines(q, seenEvidence(of(evidenceOf(q), "e.activity_home_id", "e.activity_id"), false)).OrderExpr("e.filed_at DESC, e.id").Scan(ctx, &proof); err != nil {
		return nil, err
	}
	for _, e := range proof {
		if d := out[Ref{e.ActivityHomeID, e.ActivityID}]; d != nil {
			d.Proof = append(d.Proof, e)
		}
	}
	return out, nil
}
