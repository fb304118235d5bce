package commitments

import (
	"context"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
)

// FindActivity reads an activity the association holds, whichever association is its home.
func (s *Service) FindActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID) (ActivityView, error) {
	if err := works(a, assoc); err != nil {
		return ActivityView{}, err
	}
	var o Organiser
	err := one(ctx, s.db.Read().NewSelect().Model(&o).Where("organiser_id = ?", assoc.ID).Where("activity_id = ?", activity))
	if err != nil {
		return ActivityView{}, err
	}
	return s.Activity(ctx, a, assoc, Ref{o.AssociationID, activity})
}

// HistoryOf lists what was done to something of the association, the newest first, for those who work with it.
func (s *Service) HistoryOf(ctx context.Context, a actor.Actor, assoc scope.Association, subject id.ID) ([]audit.Entry, error) {
	if err := works(a, assoc); err != nil {
		return nil, err
	}
	return audit.List(ctx, s.db.Read(), assoc.ID, audit.Filter{Subject: subject, Limit: 30})
}

// Colleagues lists the people of an association, for choosing who answers for something.
func (s *Service) Colleagues(ctx context.Context, a actor.Actor, assoc scope.Association) ([]Colleague, error) {
	if err := works(a, assoc); err != nil {
		return nil, err
	}
	return s.needs.People(ctx, s.db.Read(), assoc.ID)
}

// OtherAssociations lists those an association may hold something with.
func (s *Service) OtherAssociations(ctx context.Context, assoc scope.Association) ([]scope.Association, error) {
	list, err := s.needs.Associations(ctx, s.db.Read())
	var others []scope.Association
	for _, a := range list {
		if a.ID != assoc.ID {
			others = append(others, a)
		}
	}
	return others, err
}

// PromisesInForce lists the association's promises by number, without those that were replaced.
func (s *Service) PromisesInForce(ctx context.Context, assoc scope.Association) ([]Promise, error) {
	list, err := promises(ctx, s.db.Read(), assoc.ID)
	var inForce []Promise
	for _, p := range list {
		if p.ReplacedByID == id.None {
			inForce = append(inForce, p)
		}
	}
	byNumber(inForce)
	return inForce, err
}

// ConfirmActivity says that an activity will happen as planned. Once its day has passed there is only how it went to tell.
func (s *Service) ConfirmActivity(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64) error {
	v, err := s.Activity(ctx, a, assoc, Ref{assoc.ID, activity})
	if err != nil {
		return err
	}
	if due := v.Due(); !due.IsZero() && due.Before(s.Today()) {
		return errs.E(errs.Refused, "activity.passed")
	}
	f := v.Fields()
	f.Confirmed = true
	return s.EditActivity(ctx, a, assoc, activity, version, f)
}
