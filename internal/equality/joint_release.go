package equality

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// JointRelease is what several associations publish together. It is one thing, and a part of it belongs to each of them: nobody publishes in the name of
// another, so that it becomes public when somebody at each of them has said yes, all of them different people.
type JointRelease struct {
	bun.BaseModel   `bun:"table:equality_joint_releases"`
	AssociationID   id.ID `bun:",pk"`
	ID              id.ID `bun:",pk"`
	GroupID         id.ID
	Number          int64
	Title           string
	State           State
	ContentJSON     string
	SHA256          string `bun:"sha256"`
	PreparedFor     id.ID
	PreparedBy      id.ID
	PreparedOn      period.Date
	PublishedOn     period.Date
	PublishedAt     time.Time `bun:",nullzero"`
	WithdrawnFor    id.ID     `bun:",nullzero"`
	WithdrawnBy     id.ID     `bun:",nullzero"`
	WithdrawnOn     period.Date
	WithdrawnReason string
	Version         int64
	Parts           []JointPart `bun:"-"`
}

// JointPart is what a joint release is to one of those it is about.
type JointPart struct {
	bun.BaseModel `bun:"table:equality_joint_parts" json:"-"`
	AssociationID id.ID       `bun:",pk" json:"-"`
	ID            id.ID       `bun:",pk" json:"-"`
	ReleaseID     id.ID       `json:"-"`
	MemberID      id.ID       `json:"association"`
	ApprovedBy    id.ID       `bun:",nullzero" json:"approved_by"`
	ApprovedOn    period.Date `json:"approved_on"`
}

// Part finds that of an association.
func (r JointRelease) Part(association id.ID) (JointPart, bool) {
	i := slices.IndexFunc(r.Parts, func(p JointPart) bool { return p.MemberID == association })
	if i < 0 {
		return JointPart{}, false
	}
	return r.Parts[i], true
}

// MayApprove tells whether somebody can say yes for an association: it has not yet, and she has not for another and did not prepare it.
func (r JointRelease) MayApprove(account, association id.ID) bool {
	p, ok := r.Part(association)
	return ok && r.State == Prepared && p.ApprovedBy == id.None && r.PreparedBy != account &&
		!slices.ContainsFunc(r.Parts, func(p JointPart) bool { return p.ApprovedBy == account })
}

// JointContent is what a joint release freezes.
type JointContent struct {
	Content
	Group        string        `json:"group"`
	Associations []Participant `json:"associations"`
}

// Participant is an association whose people a joint release is about, by the name it had.
type Participant struct {
	Slug  string `json:"slug"`
	Name  string `json:"name"`
	Short string `json:"short_name"`
}

// Content reads what was frozen.
func (r JointRelease) Content() (JointContent, error) {
	var c JointContent
	return c, json.Unmarshal([]byte(r.ContentJSON), &c)
}

// Basis reads the frozen figures.
func (c JointContent) Basis() (JointBasis, error) {
	b, err := c.Content.Basis()
	return JointBasis{Basis: b}, err
}

// PrepareTogether freezes the latest joint figures of a group into a release. Who prepares says yes for her own association by it.
func (s *Service) PrepareTogether(ctx context.Context, a actor.Actor, association, group id.ID, d Draft, words func(lang.Lang) Words) (id.ID, error) {
	if err := access.Check(a, access.EqualityManage, access.Object{Association: association}); err != nil {
		return id.None, err
	}
	content := JointContent{Content: Content{Method: Method, Text: map[string]string{}, Told: map[string][]Told{}}}
	if err := d.check(&content.Content); err != nil {
		return id.None, err
	}
	b, err := s.Together(ctx, a, association, group)
	if err != nil {
		return id.None, err
	}
	if b.Empty() {
		return id.None, errs.E(errs.Refused, "equality.nothing_together")
	}
	if err := member(b.Members, association); err != nil {
		return id.None, err
	}
	content.freeze(b.Basis, b.Examine(), words)
	content.Group = b.Group.Name
	for _, m := range b.Members {
		content.Associations = append(content.Associations, Participant{m.Slug, m.Name, m.ShortName})
	}
	text, err := json.Marshal(content)
	if err != nil {
		return id.None, err
	}
	sum := sha256.Sum256(text)
	row := JointRelease{AssociationID: b.Group.Home, ID: id.New(), GroupID: b.Group.ID, Title: strings.TrimSpace(d.Title), State: Prepared, ContentJSON: string(text), SHA256: hex.EncodeToString(sum[:]),
		PreparedFor: association, PreparedBy: a.Account, PreparedOn: s.today(), Version: 1}
	for _, m := range b.Members {
		p := JointPart{AssociationID: row.AssociationID, ID: id.New(), ReleaseID: row.ID, MemberID: m.ID}
		if m.ID == association {
			p.ApprovedBy, p.ApprovedOn = a.Account, s.today()
		}
		row.Parts = append(row.Parts, p)
	}
	return row.ID, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := tx.NewSelect().Model((*JointRelease)(nil)).ColumnExpr("coalesce(max(number), 0)").Where("association_id = ?", row.AssociationID).Where("group_id = ?", row.GroupID).Scan(ctx, &row.Number); err != nil {
			return err
		}
		row.Number++
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			if db.IsUnique(err) {
				return errs.E(errs.Conflict, "error.conflict").Because(err)
			}
			return err
		}
		if _, err := tx.NewInsert().Model(&row.Parts).Exec(ctx); err != nil {
			return err
		}
		return s.recordJoint(ctx, tx, a, "equality.prepare_together", JointRelease{}, row)
	})
}

// recordJoint notes a change in the trail of every association it is about.
func (s *Service) recordJoint(ctx context.Context, tx *db.Tx, a actor.Actor, action string, before, after JointRelease) error {
	told := func(r JointRelease) any {
		if r.ID == id.None {
			return nil
		}
		return map[string]any{"number": r.Number, "title": r.Title, "state": r.State, "sha256": r.SHA256, "reason": r.WithdrawnReason, "parts": r.Parts}
	}
	for _, p := range after.Parts {
		if err := s.trail.Record(ctx, tx, a, p.MemberID, action, "equality_joint_release", after.ID, told(before), told(after)); err != nil {
			return err
		}
	}
	return nil
}

// ApproveTogether says yes for an association to what it has read. The last yes makes it public.
func (s *Service) ApproveTogether(ctx context.Context, a actor.Actor, association, release id.ID) error {
	return s.moveJoint(ctx, a, association, release, access.EqualityApprove, "equality.approve_together", func(r *JointRelease) error {
		p, _ := r.Part(association)
		sum := sha256.Sum256([]byte(r.ContentJSON))
		switch {
		case r.State != Prepared:
			return errs.E(errs.Refused, "equality.not_prepared")
		case p.ApprovedBy != id.None:
			return errs.E(errs.Refused, "equality.joint_approved")
		case !r.MayApprove(a.Account, association):
			return errs.E(errs.Refused, "equality.joint_eyes")
		case hex.EncodeToString(sum[:]) != r.SHA256:
			return errs.E(errs.Refused, "equality.changed")
		}
		all := true
		for i := range r.Parts {
			if r.Parts[i].MemberID == association {
				r.Parts[i].ApprovedBy, r.Parts[i].ApprovedOn = a.Account, s.today()
			}
			all = all && r.Parts[i].ApprovedBy != id.None
		}
		if all {
			r.State, r.PublishedOn, r.PublishedAt = Public, s.today(), s.Clock.Now().Truncate(time.Microsecond)
		}
		return nil
	})
}

// WithdrawTogether marks a joint release as no longer valid, for all. Any of those it is about may, since each answers for its part and the figures cannot be
// taken apart. It stays where it is, and what it told stays known.
func (s *Service) WithdrawTogether(ctx context.Context, a actor.Actor, association, release id.ID, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.moveJoint(ctx, a, association, release, access.EqualityManage, "equality.withdraw_together", func(r *JointRelease) error {
		if err := checkReason(reason); err != nil {
			return err
		}
		if r.State != Public {
			return errs.E(errs.Refused, "equality.not_public")
		}
		r.State, r.WithdrawnFor, r.WithdrawnBy, r.WithdrawnOn, r.WithdrawnReason = Withdrawn, association, a.Account, s.today(), reason
		return nil
	})
}

func (s *Service) moveJoint(ctx context.Context, a actor.Actor, association, release id.ID, act actor.Action, action string, to func(*JointRelease) error) error {
	if err := access.Check(a, act, access.Object{Association: association}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewUpdate().Model((*JointRelease)(nil)).Set("version = version + 1").Where("id = ?", release).Exec(ctx); err != nil {
			return err // holds it
		}
		before, err := s.jointRelease(ctx, tx, association, release)
		if err != nil {
			return err
		}
		after := before
		after.Parts = slices.Clone(before.Parts)
		if err := to(&after); err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(&after).WherePK().Exec(ctx); err != nil {
			return err
		}
		for i := range after.Parts {
			if after.Parts[i] == before.Parts[i] {
				continue
			}
			if _, err := tx.NewUpdate().Model(&after.Parts[i]).WherePK().Exec(ctx); err != nil {
				return err
			}
		}
		if after.State != Prepared {
			facts := after.facts()
			for i := range facts {
				facts[i].At = s.Clock.Now()
			}
			if err := s.Enter(ctx, tx, facts...); err != nil {
				return err
			}
		}
		return s.recordJoint(ctx, tx, a, action, before, after)
	})
}

// jointRelease finds a release that an association has a part in.
func (s *Service) jointRelease(ctx context.Context, q db.IDB, association, release id.ID) (JointRelease, error) {
	var r JointRelease
	if err := one(q.NewSelect().Model(&r).Where("id = ?", release).Scan(ctx)); err != nil {
		return r, err
	}
	if err := q.NewSelect().Model(&r.Parts).Where("association_id = ?", r.AssociationID).Where("release_id = ?", r.ID).OrderExpr("id").Scan(ctx); err != nil {
		return r, err
	}
	if _, ok := r.Part(association); !ok {
		return JointRelease{}, errs.E(errs.NotFound, "error.not_found")
	}
	return r, nil
}

// JointRelease gives a release on the site of one of those it is about: to everybody once it is public, and before that to those who may read.
func (s *Service) JointRelease(ctx context.Context, a actor.Actor, association, release id.ID) (JointRelease, error) {
	r, err := s.jointRelease(ctx, s.DB.Read(), association, release)
	if err == nil && r.State == Prepared && !access.May(a, access.EqualityRead, access.Object{Association: association}) {
		return JointRelease{}, errs.E(errs.NotFound, "error.not_found")
	}
	return r, err
}

// JointReleases lists those an association has a part in that everybody may see, the latest first; with prepared ones for who may read those.
func (s *Service) JointReleases(ctx context.Context, a actor.Actor, association id.ID) ([]JointRelease, error) {
	q := s.DB.Read()
	var rows []JointRelease
	sel := q.NewSelect().Model(&rows).Where("EXISTS (SELECT 1 FROM equality_joint_parts AS p WHERE p.association_id = joint_release.association_id AND p.release_id = joint_release.id AND p.member_id = ?)", association).OrderExpr("prepared_on DESC, id DESC")
	if !access.May(a, access.EqualityRead, access.Object{Association: association}) {
		sel = sel.Where("state <> ?", Prepared)
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, err
	}
	for i := range rows {
		r := &rows[i]
		if err := q.NewSelect().Model(&r.Parts).Where("association_id = ?", r.AssociationID).Where("release_id = ?", r.ID).OrderExpr("id").Scan(ctx); err != nil {
			return nil, err
		}
	}
	return rows, nil
}
