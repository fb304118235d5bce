package initiatives

import (
	"context"
	"slices"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Needs is what the part needs from the rest of the house. The functions ask q, since they may be called within a transaction.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
	// Members are the members an association has or has had.
	Members func(ctx context.Context, q db.IDB, association id.ID) ([]Party, error)
	// People are those with a role in the association today.
	People func(ctx context.Context, q db.IDB, association id.ID) ([]Colleague, error)
	NameOf func(ctx context.Context, q db.IDB, account id.ID) (string, error)
	// Associations are those named, or all of the installation when none is.
	Associations func(ctx context.Context, q db.IDB, only ...id.ID) ([]scope.Association, error)
}

// Service holds the operations on initiatives.
type Service struct {
	Needs
	trail audit.Trail
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

func (s *Service) today() period.Date { return clock.Today(s.Clock) }

// List gives the initiatives of an association that the person may see, in Swedish order: all of them, or those she is assigned to.
func (s *Service) List(ctx context.Context, a actor.Actor, association id.ID) ([]Initiative, error) {
	if err := access.CheckAny(a, access.InitiativeRead, association); err != nil {
		return nil, err
	}
	all, err := list(ctx, s.DB.Read(), association)
	if err != nil || access.May(a, access.InitiativeRead, access.Object{Association: association}) {
		return all, err
	}
	mine, err := assignedTo(ctx, s.DB.Read(), association, a.Account)
	return slices.DeleteFunc(all, func(x Initiative) bool {
		return !slices.ContainsFunc(mine, func(m Assignment) bool { return m.InitiativeID == x.ID && m.On(s.today()) })
	}), err
}

// All gives the initiatives of an association, for other parts of the house.
func (s *Service) All(ctx context.Context, q db.IDB, association id.ID) ([]Initiative, error) {
	return list(ctx, q, association)
}

// Of gives one initiative, for other parts of the house.
func (s *Service) Of(ctx context.Context, q db.IDB, association, initiative id.ID) (Initiative, error) {
	return find(ctx, q, association, initiative)
}

// Get gives one initiative to somebody who may see it.
func (s *Service) Get(ctx context.Context, a actor.Actor, association, initiative id.ID) (Initiative, error) {
	if err := s.Check(ctx, s.DB.Read(), a, access.InitiativeRead, association, initiative); err != nil {
		return Initiative{}, err
	}
	return find(ctx, s.DB.Read(), association, initiative)
}

// Add adds an initiative as a draft. A mixed one becomes two, an individual and a structural, of which the first is returned.
func (s *Service) Add(ctx context.Context, a actor.Actor, association id.ID, in NewInitiative) (Initiative, error) {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return Initiative{}, err
	}
	if err := in.check(); err != nil {
		return Initiative{}, err
	}
	var first Initiative
	return first, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		halves := []NewInitiative{in}
		if in.Orientation == Mixed {
			structural := in
			structural.Name, structural.Orientation, structural.Method, structural.Planned = in.OtherName, Structural, Total, nil
			halves[0].Orientation = Individual
			halves = append(halves, structural)
		}
		for i, half := range halves {
			made := Initiative{AssociationID: association, ID: id.New(), State: Draft, Version: 1, CreatedAt: s.Clock.Now()}
			field := "name"
			if i > 0 {
				field = "other_name"
			}
			if err := s.fill(ctx, tx, &made, half, field); err != nil {
				return err
			}
			if err := s.insert(ctx, tx, a, made); err != nil {
				return err
			}
			if i == 0 {
				first = made
			}
		}
		return nil
	})
}

func (s *Service) insert(ctx context.Context, tx *db.Tx, a actor.Actor, made Initiative) error {
	if _, err := tx.NewInsert().Model(&made).Exec(ctx); err != nil {
		return err
	}
	if err := keepParts(ctx, tx, made); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, made.AssociationID, "initiative.add", "initiative", made.ID, nil, made)
}

// fill puts what was written into the initiative. Members and associations must be there, and two initiatives that run have different names.
func (s *Service) fill(ctx context.Context, q db.IDB, x *Initiative, in NewInitiative, nameField string) error {
	var form errs.Form
	members, err := s.Members(ctx, q, x.AssociationID)
	if err != nil {
		return err
	}
	kind := map[id.ID]string{}
	for _, m := range members {
		kind[m.ID] = m.Kind
	}
	if in.OwnerID != id.None && kind[in.OwnerID] == "" {
		form.Add("owner", "error.not_a_choice")
	}
	for _, p := range in.Parties {
		if kind[p] == "" {
			form.Add("parties", "error.not_a_choice")
			break
		}
	}
	for _, p := range in.Municipalities {
		if kind[p] != "municipality" {
			form.Add("municipalities", "error.not_a_choice")
			break
		}
	}
	if len(in.Associations) > 0 {
		known, err := s.Associations(ctx, q, in.Associations...)
		if err != nil {
			return err
		}
		if len(known) != len(in.Associations) || slices.Contains(in.Associations, x.AssociationID) {
			form.Add("associations", "error.not_a_choice")
		}
	}
	all, err := list(ctx, q, x.AssociationID)
	if err != nil {
		return err
	}
	key := lang.SortKey(in.Name)
	for _, other := range all {
		if other.ID != x.ID && other.State != Closed && other.SortKey == key {
			form.Add(nameField, "initiatives.name_taken")
			break
		}
	}
	if err := form.Err(); err != nil {
		return err
	}
	x.Facts, x.SortKey = in.Facts, key
	x.Parties = slices.DeleteFunc(slices.Clone(in.Parties), func(p id.ID) bool { return p == in.OwnerID })
	x.Municipalities, x.Planned, x.Associations = in.Municipalities, in.Planned, in.Associations
	return nil
}

// Edit changes an initiative. Orientation, method and ESF stay as they were confirmed: the error says to close it and make a new one.
func (s *Service) Edit(ctx context.Context, a actor.Actor, association, initiative id.ID, version int64, in NewInitiative) error {
	return s.change(ctx, a, association, initiative, version, "initiative.edit", func(ctx context.Context, tx *db.Tx, x *Initiative) error {
		if err := in.check(); err != nil {
			return err
		}
		var form errs.Form
		if in.Orientation == Mixed {
			form.Add("orientation", "initiatives.mixed_later")
		}
		for _, field := range locked(*x, in) {
			form.Add(field, "initiatives.locked")
		}
		if err := form.Err(); err != nil {
			return err
		}
		if err := s.fill(ctx, tx, x, in, "name"); err != nil {
			return err
		}
		return s.carried(ctx, tx, *x)
	})
}

// carried refuses a confirmed initiative that fewer than two parties carry.
func (s *Service) carried(ctx context.Context, q db.IDB, x Initiative) error {
	if x.State == Draft {
		return nil
	}
	members, err := s.Members(ctx, q, x.AssociationID)
	if err != nil {
		return err
	}
	var kinds []string
	for _, m := range members {
		if m.ID == x.OwnerID || slices.Contains(x.Parties, m.ID) {
			kinds = append(kinds, m.Kind)
		}
	}
	var form errs.Form
	if x.OwnerID == id.None {
		form.Add("owner", "initiatives.owner_missing")
	}
	if !Carried(kinds) {
		form.Add("parties", "initiatives.two_parties")
	}
	if x.Orientation == Individual && len(x.Municipalities) == 0 {
		form.Add("municipalities", "initiatives.municipality_missing")
	}
	return form.Err()
}

// Confirm starts an initiative: from now on its participants are counted, and its orientation, method and ESF flag stay.
func (s *Service) Confirm(ctx context.Context, a actor.Actor, association, initiative id.ID, version int64) error {
	return s.change(ctx, a, association, initiative, version, "initiative.confirm", func(ctx context.Context, tx *db.Tx, x *Initiative) error {
		if x.State != Draft {
			return errs.E(errs.Refused, "initiatives.not_a_draft")
		}
		x.State = Confirmed
		return s.carried(ctx, tx, *x)
	})
}

// Close ends an initiative after its last day. With again a draft with the same facts is made in its place, beginning the day after: the way to
// change what cannot be changed. Its id is returned.
func (s *Service) Close(ctx context.Context, a actor.Actor, association, initiative id.ID, version int64, last period.Date, again bool) (id.ID, error) {
	var made id.ID
	err := s.change(ctx, a, association, initiative, version, "initiative.close", func(ctx context.Context, tx *db.Tx, x *Initiative) error {
		var form errs.Form
		switch {
		case x.State != Confirmed:
			return errs.E(errs.Refused, "initiatives.not_running")
		case last.IsZero():
			form.Add("to_on", "initiatives.last_missing")
		case last.Before(x.FromOn):
			form.Add("to_on", "initiatives.ends_before_start")
		}
		if err := form.Err(); err != nil {
			return err
		}
		next := *x
		x.State, x.ToOn = Closed, last
		if !again {
			return nil
		}
		next.ID, next.State, next.ReplacesID, next.Version, next.CreatedAt = id.New(), Draft, x.ID, 1, s.Clock.Now()
		next.FromOn = last.AddDays(1)
		if !next.ToOn.IsZero() && next.ToOn.Before(next.FromOn) {
			next.ToOn = period.Date{}
		}
		made = next.ID
		return s.insert(ctx, tx, a, next)
	})
	return made, err
}

// change runs one operation on an initiative that exists.
func (s *Service) change(ctx context.Context, a actor.Actor, association, initiative id.ID, version int64, action string, to func(context.Context, *db.Tx, *Initiative) error) error {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := find(ctx, tx, association, initiative)
		if err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "error.conflict")
		}
		after := before
		if err := to(ctx, tx, &after); err != nil {
			return err
		}
		after.Version++
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		if err := keepParts(ctx, tx, after); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, action, "initiative", initiative, before, after)
	})
}

// Joint is an initiative of another association that names this one.
type Joint struct {
	Association scope.Association
	Initiative  Initiative
	Own         id.ID // the part this association keeps of it, id.None when it has none yet
}

// Named lists the initiatives of other associations that name this one as having a part of its own.
func (s *Service) Named(ctx context.Context, a actor.Actor, association id.ID) ([]Joint, error) {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return nil, err
	}
	return s.named(ctx, s.DB.Read(), association)
}

func (s *Service) named(ctx context.Context, q db.IDB, association id.ID) ([]Joint, error) {
	var rows []otherRow
	if err := q.NewSelect().Model(&rows).Where("other_id = ?", association).OrderExpr("association_id, initiative_id").Scan(ctx); err != nil || len(rows) == 0 {
		return nil, err
	}
	own, err := list(ctx, q, association)
	if err != nil {
		return nil, err
	}
	var out []Joint
	for _, row := range rows {
		x, err := find(ctx, q, row.AssociationID, row.InitiativeID)
		if err != nil {
			return nil, err
		}
		from, err := s.Associations(ctx, q, row.AssociationID)
		if err != nil {
			return nil, err
		}
		if x.State != Confirmed || len(from) == 0 {
			continue
		}
		j := Joint{Association: from[0], Initiative: x}
		for _, o := range own {
			if o.JointAssociationID == x.AssociationID && o.JointID == x.ID {
				j.Own = o.ID
			}
		}
		out = append(out, j)
	}
	return out, nil
}

// Join makes this association's own part of another's joint initiative, as a draft with the same facts. Its parties are its own to name.
func (s *Service) Join(ctx context.Context, a actor.Actor, association, from, initiative id.ID) (Initiative, error) {
	if err := access.Check(a, access.InitiativeManage, access.Object{Association: association}); err != nil {
		return Initiative{}, err
	}
	var made Initiative
	return made, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		all, err := s.named(ctx, tx, association)
		if err != nil {
			return err
		}
		for _, j := range all {
			if j.Association.ID != from || j.Initiative.ID != initiative {
				continue
			}
			if j.Own != id.None {
				return errs.E(errs.Refused, "initiatives.has_part")
			}
			f := j.Initiative.Facts
			f.OwnerID = id.None
			made = Initiative{AssociationID: association, ID: id.New(), State: Draft, JointAssociationID: from, JointID: initiative, Version: 1, CreatedAt: s.Clock.Now()}
			if err := s.fill(ctx, tx, &made, NewInitiative{Facts: f}, "name"); err != nil {
				return err
			}
			return s.insert(ctx, tx, a, made)
		}
		return errs.E(errs.NotFound, "error.not_found")
	})
}
