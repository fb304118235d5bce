package associations

import (
	"context"
	"slices"
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
	return checkNamed(&f.Name, "associations.member_name_missing", slices.Contains(MemberKinds[:], f.Kind), f.Span)
}

func (f *BodyFacts) check() error {
	return checkNamed(&f.Name, "associations.body_name_missing", slices.Contains(BodyKinds[:], f.Kind), f.Span)
}

// Members lists all members an association has or has had: by party, then in Swedish order.
func (s *Service) Members(ctx context.Context, association id.ID) ([]Member, error) {
	return members(ctx, s.DB.Read(), association)
}

// MembersIn is Members for other parts of the house, who ask in their own transaction.
func (s *Service) MembersIn(ctx context.Context, q db.IDB, association id.ID) ([]Member, error) {
	return members(ctx, q, association)
}

// Bodies lists all bodies an association has or has had: by kind, then in Swedish order.
func (s *Service) Bodies(ctx context.Context, association id.ID) ([]Body, error) {
	return bodies(ctx, s.DB.Read(), association)
}

// AddMember adds a member.
func (s *Service) AddMember(ctx context.Context, a actor.Actor, association id.ID, in MemberFacts) (Member, error) {
	faults := in.check()
	m := Member{Part: newPart(association)}
	m.set(in)
	err := addPart(ctx, s, a, "member", &m, faults)
	return m, err
}

func (m *Member) set(f MemberFacts) { m.Kind, m.Name, m.Span = f.Kind, f.Name, f.Span }

// EditMember corrects a member; errs.Conflict when somebody else did meanwhile.
func (s *Service) EditMember(ctx context.Context, a actor.Actor, association, member id.ID, version int64, in MemberFacts) error {
	faults := in.check()
	return changePart(ctx, s, a, association, member, version, "member", "edit", faults, func(m *Member) { m.set(in) })
}

// EndMember notes the last day of a membership.
func (s *Service) EndMember(ctx context.Context, a actor.Actor, association, member id.ID, version int64, last period.Date) error {
	return changePart(ctx, s, a, association, member, version, "member", "end", checkLast(last), func(m *Member) { m.ValidTo = last })
}

// AddBody adds a body.
func (s *Service) AddBody(ctx context.Context, a actor.Actor, association id.ID, in BodyFacts) (Body, error) {
	faults := in.check()
	b := Body{Part: newPart(association)}
	b.set(in)
	err := addPart(ctx, s, a, "body", &b, faults)
	return b, err
}

func (b *Body) set(f BodyFacts) { b.Kind, b.Name, b.Span = f.Kind, f.Name, f.Span }

// EditBody corrects a body; errs.Conflict when somebody else did meanwhile.
func (s *Service) EditBody(ctx context.Context, a actor.Actor, association, body id.ID, version int64, in BodyFacts) error {
	faults := in.check()
	return changePart(ctx, s, a, association, body, version, "body", "edit", faults, func(b *Body) { b.set(in) })
}

// EndBody notes the last day of a body.
func (s *Service) EndBody(ctx context.Context, a actor.Actor, association, body id.ID, version int64, last period.Date) error {
	return changePart(ctx, s, a, association, body, version, "body", "end", checkLast(last), func(b *Body) { b.ValidTo = last })
}

func newPart(association id.ID) Part {
	return Part{AssociationID: association, ID: id.New(), Version: 1}
}

// row is a Member or a Body as the database keeps it.
type row[T any] interface {
	*T
	part() *Part
}

func addPart[T any, R row[T]](ctx context.Context, s *Service, a actor.Actor, kind string, r R, faults error) error {
	p := r.part()
	if err := s.mayEdit(a, p.AssociationID, faults); err != nil {
		return err
	}
	p.SortKey = lang.SortKey(p.Name)
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(r).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, p.AssociationID, kind+".add", kind, p.ID, nil, r)
	})
}

func changePart[T any, R row[T]](ctx context.Context, s *Service, a actor.Actor, association, part id.ID, version int64, kind, action string, faults error, to func(R)) error {
	if err := s.mayEdit(a, association, faults); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var before T
		err := tx.NewSelect().Model(&before).Where("association_id = ?", association).Where("id = ?", part).Scan(ctx)
		if db.IsNoRows(err) {
			return errs.E(errs.NotFound, "error.not_found")
		} else if err != nil {
			return err
		}
		after := before
		to(&after)
		p := R(&after).part()
		p.SortKey, p.Version = lang.SortKey(p.Name), version+1
		if err := checkSpan(p.Span); err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model(&after).WherePK().Where("version = ?", version).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, association, kind+"."+action, kind, part, before, after)
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
