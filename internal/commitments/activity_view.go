package commitments

import (
	"bytes"
	"context"
	"slices"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// ActivityView is an activity with everything that belongs to it.
type ActivityView struct {
	Activity
	OwnerName  string
	Organisers []OrganiserView // the home first
	Partners   []string
	Speakers   []string
	Serves     []ServingView // of all organisers, the asking association's first
	Evidence   []Evidence    // without what was withdrawn
}

// OrganiserView is an organiser by name.
type OrganiserView struct {
	Organiser
	Association scope.Association
}

// ServingView is a pledge an activity serves.
type ServingView struct {
	Serving
	Number      int64
	Title       string
	TitleSimple string
	TitleEn     string
	Slug        string // of the declaration
}

// Joint tells whether several associations hold it.
func (v ActivityView) Joint() bool { return len(v.Organisers) > 1 }

// heldBy tells whether the association has said yes to holding it.
func (v ActivityView) heldBy(association id.ID) bool {
	return slices.ContainsFunc(v.Organisers, func(o OrganiserView) bool { return o.OrganiserID == association && !o.ConfirmedAt.IsZero() })
}

// Fields is what a person may write, as it stands.
func (v ActivityView) Fields() ActivityFields {
	f := ActivityFields{Title: v.Title, Kind: v.Kind, Forms: v.Forms, Grounds: v.Grounds, When: v.When(), PlanYear: int(v.PlanYear), ClockTime: v.ClockTime, Place: v.Place, Digital: v.Digital,
		Description: v.Description, Audience: v.Audience, Project: v.Project, ReachMin: v.ReachMin, ReachMax: v.ReachMax, ReachText: v.ReachText, OwnerID: v.OwnerID, FollowUpOn: v.FollowUpOn,
		Notes: v.Notes, Public: v.Public, Partners: v.Partners, Speakers: v.Speakers, Confirmed: v.Status == Confirmed, SeriesID: v.SeriesID, CopiedFrom: v.CopiedFromID, Import: v.ImportID}
	for _, o := range v.Organisers {
		if o.OrganiserID != v.AssociationID {
			f.Organisers = append(f.Organisers, o.OrganiserID)
		}
	}
	for _, w := range v.Serves {
		f.Serves = append(f.Serves, ServingFields{w.PledgeAssociationID, w.PledgeID, w.How, w.Score})
	}
	return f
}

// Activity reads one activity of which the association is an organiser.
func (s *Service) Activity(ctx context.Context, a actor.Actor, assoc scope.Association, ref Ref) (ActivityView, error) {
	if err := works(a, assoc); err != nil {
		return ActivityView{}, err
	}
	q := s.db.Read()
	var v ActivityView
	err := one(ctx, q.NewSelect().Model(&v.Activity).
		Where("association_id = ?", ref.Home).Where("id = ?", ref.ID).
		Where("EXISTS (SELECT 1 FROM activity_organisers o WHERE o.association_id = activity.association_id AND o.activity_id = activity.id AND o.organiser_id = ?)", assoc.ID))
	if err != nil {
		return v, err
	}
	if err := s.fillActivity(ctx, q, assoc.ID, &v); err != nil {
		return v, err
	}
	if ref.Home != assoc.ID {
		v.Notes = "" // they are for those who work where it was planned
	}
	// Who has been asked and not said yes sees of the others' evidence what everybody sees.
	evidence := q.NewSelect().Model(&v.Evidence).ModelTableExpr("evidence AS e").ColumnExpr("e.*").Where("e.activity_home_id = ?", ref.Home).Where("e.activity_id = ?", ref.ID).Where("e.status <> ?", Withdrawn)
	if !v.heldBy(assoc.ID) {
		evidence = seenEvidence(evidence, false)
	}
	err = evidence.OrderExpr("e.id").Scan(ctx)
	return v, err
}

func (s *Service) fillActivity(ctx context.Context, q db.IDB, asking id.ID, v *ActivityView) error {
	var organisers []Organiser
	if err := q.NewSelect().Model(&organisers).Where("association_id = ?", v.AssociationID).Where("activity_id = ?", v.ID).Order("organiser_id").Scan(ctx); err != nil {
		return err
	}
	names, err := s.associationsByID(ctx, q, organisersOf(organisers))
	if err != nil {
		return err
	}
	for _, o := range organisers {
		ov := OrganiserView{o, names[o.OrganiserID]}
		if o.OrganiserID == v.AssociationID {
			v.Organisers = append([]OrganiserView{ov}, v.Organisers...)
		} else {
			v.Organisers = append(v.Organisers, ov)
		}
	}
	var people []Person
	if err := q.NewSelect().Model(&people).Where("association_id = ?", v.AssociationID).Where("activity_id = ?", v.ID).Order("position").Scan(ctx); err != nil {
		return err
	}
	for _, p := range people {
		if p.Role == RoleSpeaker {
			v.Speakers = append(v.Speakers, p.Name)
		} else {
			v.Partners = append(v.Partners, p.Name)
		}
	}
	if err := servings(q).Where("serving.association_id = ?", v.AssociationID).Where("serving.activity_id = ?", v.ID).
		OrderExpr("CASE WHEN serving.pledge_association_id = ? THEN 0 ELSE 1 END, pledge.number", asking).Scan(ctx, &v.Serves); err != nil {
		return err
	}
	if v.OwnerID != id.None {
		v.OwnerName, err = s.needs.NameOf(ctx, q, v.OwnerID)
	}
	return err
}

func organisersOf(list []Organiser) []id.ID {
	ids := make([]id.ID, len(list))
	for i, o := range list {
		ids[i] = o.OrganiserID
	}
	return ids
}

// servings selects ServingViews.
func servings(q db.IDB) *bun.SelectQuery {
	return q.NewSelect().TableExpr("activity_serves AS serving").
		ColumnExpr("serving.*, pledge.number, c.title, c.title_simple, c.title_en, d.slug").
		Join("JOIN pledges AS pledge ON pledge.association_id = serving.pledge_association_id AND pledge.id = serving.pledge_id").
		Join("JOIN commitments AS c ON c.association_id = pledge.home_id AND c.id = pledge.commitment_id").
		Join("JOIN declarations AS d ON d.association_id = pledge.home_id AND d.id = pledge.declaration_id")
}

// associationsByID reads the associations named; the same may be named again.
func (s *Service) associationsByID(ctx context.Context, q db.IDB, named []id.ID) (map[id.ID]scope.Association, error) {
	if len(named) == 0 {
		return nil, nil
	}
	slices.SortFunc(named, func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	list, err := s.needs.Associations(ctx, q, slices.Compact(named)...)
	if err != nil {
		return nil, err
	}
	by := make(map[id.ID]scope.Association, len(list))
	for _, a := range list {
		by[a.ID] = a
	}
	return by, nil
}
