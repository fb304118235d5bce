package associations

import (
	"context"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
)

// MemberFacts are what a person writes about a member.
type MemberFacts struct {
	Kind MemberKind
	Name string
	Span
}

// BodyFacts are what a person writes about a body.
type BodyFacts struct {
	Kind BodyKind
	Name string
	Span
}

const maxName = 120

func checkNamed(name *string, missing string, kind bool, span Span) error {
	var form errs.Form
	if !kind {
		form.Add("kind", "associations.kind_missing")
	}
	*name = strings.TrimSpace(*name)
	if n := len([]rune(*name)); n == 0 {
		form.Add("name", missing)
	} else if n > maxName {
		form.Add("name", "error.too_long", "max", maxName, "now", n)
	}
	span.check(&form)
	return form.Err()
}

func (f *MemberFacts) check() error {
	known := false
	for _, k := range MemberKinds {
		known = known || k == f.Kind
	}
	return checkNamed(&f.Name, "associations.member_name_missing", known, f.Span)
}

func (f *BodyFacts) check() error {
	known := false
	for _, k := range BodyKinds {
		known = known || k == f.Kind
	}
	return checkNamed(&f.Name, "associations.body_name_missing", known, f.Span)
}

// Members lists all members an association has or has had: by party, then in Swedish order.
func (s *Service) Members(ctx context.Context, association id.ID) ([]Member, error) {
	return members(ctx, s.DB.Read(), association)
}

// Bodies lists all bodies an association has or has had: by kind, then in Swedish order.
func (s *Service) Bodies(ctx context.Context, association id.ID) ([]Body, error) {
	return bodies(ctx, s.DB.Read(), association)
}

// AddMember adds a member.
func (s *Service) AddMember(ctx context.Context, a actor.Actor, association id.ID, in MemberFacts) (Member, error) {
	m := Member{AssociationID: association, ID: id.New(), Version: 1}
	if err := s.mayEdit(a, association, in.check()); err != nil {
		return m, err
	}
	m.set(in)
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&m).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "member.add", "member", m.ID, nil, m)
	})
	return m, err
}

func (m *Member) set(f MemberFacts) {
	m.Kind, m.Name, m.Span, m.SortKey = f.Kind, f.Name, f.Span, lang.SortKey(f.Name)
}

// EditMember corrects a member; errs.Conflict when somebody else did meanwhile.
func (s *Service) EditMember(ctx context.Context, a actor.Actor, association, member id.ID, version int64, in MemberFacts) error {
	if err := s.mayEdit(a, association, in.check()); err != nil {
		return err
	}
	return s.changeMember(ctx, a, association, member, version, "member.edit", func(m *Member) { m.set(in) })
}

// EndMember notes the last day of a membership.
func (s *Service) EndMember(ctx context.Context, a actor.Actor, association, member id.ID, version int64, last period.Date) error {
	if err := s.mayEdit(a, association, checkLast(last)); err != nil {
		return err
	}
	return s.changeMember(ctx, a, association, member, version, "member.end", func(m *Member) { m.ValidTo = last })
}

func (s *Service) changeMember(ctx context.Context, a actor.Actor, association, member id.ID, version int64, action string, to func(*Member)) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := findMember(ctx, tx, association, member)
		if err != nil {
			return err
		}
		after := before
		to(&after)
		after.Version = version + 1
		if err := checkSpan(after.Span); err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, action, "member", member, before, after)
	})
}

// AddBody adds a body.
func (s *Service) AddBody(ctx context.Context, a actor.Actor, association id.ID, in BodyFacts) (Body, error) {
	b := Body{AssociationID: association, ID: id.New(), Version: 1}
	if err := s.mayEdit(a, association, in.check()); err != nil {
		return b, err
	}
	b.set(in)
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&b).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, "body.add", "body", b.ID, nil, b)
	})
	return b, err
}

func (b *Body) set(f BodyFacts) {
	b.Kind, b.Name, b.Span, b.SortKey = f.Kind, f.Name, f.Span, lang.SortKey(f.Name)
}

// EditBody corrects a body; errs.Conflict when somebody else did meanwhile.
func (s *Service) EditBody(ctx context.Context, a actor.Actor, association, body id.ID, version int64, in BodyFacts) error {
	if err := s.mayEdit(a, association, in.check()); err != nil {
		return err
	}
	return s.changeBody(ctx, a, association, body, version, "body.edit", func(b *Body) { b.set(in) })
}

// EndBody notes the last day of a body.
func (s *Service) EndBody(ctx context.Context, a actor.Actor, association, body id.ID, version int64, last period.Date) error {
	if err := s.mayEdit(a, association, checkLast(last)); err != nil {
		return err
	}
	return s.changeBody(ctx, a, association, body, version, "body.end", func(b *Body) { b.ValidTo = last })
}

func (s *Service) changeBody(ctx context.Context, a actor.Actor, association, body id.ID, version int64, action string, to func(*Body)) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := findBody(ctx, tx, association, body)
		if err != nil {
			return err
		}
		after := before
		to(&after)
		after.Version = version + 1
		if err := checkSpan(after.Span); err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, action, "body", body, before, after)
	})
}

// mayEdit says first whether the person may, then whether the input is right.
func (s *Service) mayEdit(a actor.Actor, association id.ID, faults error) error {
	if err := access.Check(a, access.AssociationEdit, access.Object{Association: association}); err != nil {
		return err
	}
	return faults
}

func checkLast(last period.Date) error {
	var form errs.Form
	if last.IsZero() {
		form.Add("valid_to", "associations.end_missing")
	}
	return form.Err()
}

func checkSpan(s Span) error {
	var form errs.Form
	s.check(&form)
	return form.Err()
}
