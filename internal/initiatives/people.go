package initiatives

import (
	"context"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Assignment is somebody's place in an initiative: she works in it, or answers for it at a party.
type Assignment struct {
	bun.BaseModel `bun:"table:initiative_people" json:"-"`
	AssociationID id.ID       `bun:",pk" json:"-"`
	ID            id.ID       `bun:",pk" json:"-"`
	InitiativeID  id.ID       `json:"-"`
	AccountID     id.ID       `json:"account"`
	Role          actor.Role  `json:"role"`
	ValidFrom     period.Date `json:"valid_from"`
	ValidTo       period.Date `json:"valid_to"` // the last day
	Version       int64       `json:"-"`

	Name string `bun:"-" json:"name"`
}

// On tells whether it holds on the day.
func (x Assignment) On(d period.Date) bool {
	return !d.Before(x.ValidFrom) && (x.ValidTo.IsZero() || !d.After(x.ValidTo))
}

// Colleague is somebody with a role in the association today.
type Colleague struct {
	ID    id.ID
	Name  string
	Roles []actor.Role
}

// Owns tells whether the account is assigned to the initiative today in a role that lets it do the action.
func (s *Service) Owns(ctx context.Context, q db.IDB, a actor.Actor, act actor.Action, association, initiative id.ID) (bool, error) {
	if a.Account == id.None {
		return false, nil
	}
	list, err := assignments(ctx, q, association, initiative, a.Account)
	for _, x := range list {
		if x.On(s.today()) && access.For(act, x.Role) != access.No {
			return true, err
		}
	}
	return false, err
}

// Check says whether somebody may do something to an initiative: by her role, or because she is assigned to it.
func (s *Service) Check(ctx context.Context, q db.IDB, a actor.Actor, act actor.Action, association, initiative id.ID) error {
	on := access.Object{Association: association}
	if access.May(a, act, on) {
		return nil
	}
	owns, err := s.Owns(ctx, q, a, act, association, initiative)
	if err != nil {
		return err
	}
	if owns {
		on.Owner = a.Account
	}
	return access.Check(a, act, on)
}

// Assign gives somebody a place in an initiative. She must have the role in the association, and nobody employed by the association has it
//
func (s *Service) Assign(ctx context.Context, a actor.Actor, association, initiative, account id.ID, role actor.Role) error {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := find(ctx, tx, association, initiative)
		if err != nil {
			return err
		}
		if x.State == Closed {
			return errs.E(errs.Refused, "initiatives.is_closed")
		}
		who, err := s.colleague(ctx, tx, association, account, role)
		if err != nil {
			return err
		}
		has, err := assignments(ctx, tx, association, initiative, account)
		if err != nil {
			return err
		}
		for _, h := range has {
			if h.Role == role && (h.ValidTo.IsZero() || !h.ValidTo.Before(s.today())) {
				return errs.E(errs.Refused, "initiatives.is_assigned", "name", who.Name)
			}
		}
		made := Assignment{AssociationID: association, ID: id.New(), InitiativeID: initiative, AccountID: account, Role: role, ValidFrom: s.today(), Version: 1, Name: who.Name}
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "initiative.assign", "initiative", initiative, nil, made)
	})
}

func (s *Service) colleague(ctx context.Context, q db.IDB, association, account id.ID, role actor.Role) (Colleague, error) {
	var form errs.Form
	if !role.Counts() {
		form.Add("role", "initiatives.role_missing")
	}
	people, err := s.People(ctx, q, association)
	if err != nil {
		return Colleague{}, err
	}
	for _, p := range people {
		if p.ID != account {
			continue
		}
		for _, r := range p.Roles {
			if r.Employed() {
				form.Add("account", "initiatives.is_employed", "name", p.Name)
				return p, form.Err()
			}
		}
		for _, r := range p.Roles {
			if r == role {
				return p, form.Err()
			}
		}
	}
	form.Add("account", "initiatives.account_missing")
	return Colleague{}, form.Err()
}

// Unassign ends somebody's place in an initiative today.
func (s *Service) Unassign(ctx context.Context, a actor.Actor, association, initiative, assignment id.ID) error {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := assignments(ctx, tx, association, initiative, id.None)
		if err != nil {
			return err
		}
		for _, before := range list {
			if before.ID != assignment {
				continue
			}
			after := before
			after.ValidTo, after.Version = s.today().AddDays(-1), before.Version+1
			res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", before.Version).Exec(ctx)
			if err := oneRow(res, err); err != nil {
				return err
			}
			return s.trail.Record(ctx, tx, a, association, "initiative.unassign", "initiative", initiative, before, after)
		}
		return errs.E(errs.NotFound, "error.not_found")
	})
}

// Team lists who works in an initiative today, those who answer for it first.
func (s *Service) Team(ctx context.Context, a actor.Actor, association, initiative id.ID) ([]Assignment, error) {
	if err := s.Check(ctx, s.DB.Read(), a, access.InitiativeRead, association, initiative); err != nil {
		return nil, err
	}
	list, err := assignments(ctx, s.DB.Read(), association, initiative, id.None)
	if err != nil {
		return nil, err
	}
	var out []Assignment
	for _, x := range list {
		if !x.On(s.today()) {
			continue
		}
		if x.Name, err = s.NameOf(ctx, s.DB.Read(), x.AccountID); err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// Candidates lists those of the association whom the office may assign: those with one of the two roles.
func (s *Service) Candidates(ctx context.Context, a actor.Actor, association id.ID) ([]Colleague, error) {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return nil, err
	}
	people, err := s.People(ctx, s.DB.Read(), association)
	var out []Colleague
	for _, p := range people {
		for _, r := range p.Roles {
			if r.Counts() {
				out = append(out, p)
				break
			}
		}
	}
	return out, err
}
