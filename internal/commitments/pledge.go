package commitments

import (
	"context"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

// PledgeFields is what the office may say about a pledge. Its wording is not among it.
type PledgeFields struct {
	Responsible  id.ID
	Period       [2]period.Date
	Ambition     Ambition
	Forms        Forms
	Grounds      Grounds
	ExtraGrounds string
}

func (p Pledge) essence() map[string]any {
	return map[string]any{"number": p.Number, "responsible": p.ResponsibleID, "from": p.PeriodFrom, "to": p.PeriodTo, "ambition": p.Ambition, "forms": p.Forms, "grounds": p.Grounds, "extra": p.ExtraGrounds}
}

func ownPledge(ctx context.Context, q db.IDB, association, pledge id.ID) (Pledge, error) {
	var p Pledge
	err := one(ctx, q.NewSelect().Model(&p).Where("association_id = ?", association).Where("id = ?", pledge))
	return p, err
}

// EditPledge changes who answers for a pledge, its period and its coding.
func (s *Service) EditPledge(ctx context.Context, a actor.Actor, assoc scope.Association, pledge id.ID, version int64, f PledgeFields) error {
	return s.change(ctx, a, access.CommitmentManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		var e errs.Form
		if !f.Period[0].IsZero() && !f.Period[1].IsZero() && f.Period[1].Before(f.Period[0]) {
			e.Add("period_to", "adopt.period_reversed")
		}
		if err := e.Err(); err != nil {
			return err
		}
		p, err := ownPledge(ctx, tx, assoc.ID, pledge)
		if err != nil {
			return err
		}
		if err := s.answers(ctx, tx, assoc.ID, f.Responsible, p.ResponsibleID, "responsible"); err != nil {
			return err
		}
		before := p.essence()
		p.ResponsibleID, p.PeriodFrom, p.PeriodTo, p.Ambition = f.Responsible, f.Period[0], f.Period[1], f.Ambition
		p.Forms, p.Grounds, p.ExtraGrounds = f.Forms, f.Grounds, f.ExtraGrounds
		if err := update(ctx, tx, &p, version, "responsible_id", "period_from", "period_to", "ambition", "forms", "grounds", "extra_grounds"); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "pledge.edit", "pledge", p.ID, before, p.essence())
	})
}

// Texts are the editorial texts of a commitment: short titles and the plain-language version. They explain the wording, they are not it.
type Texts struct {
	Title, TitleSimple, TitleEn, Plain string
}

// EditTexts changes the editorial texts of a commitment, which its home association keeps for all who signed.
func (s *Service) EditTexts(ctx context.Context, a actor.Actor, assoc scope.Association, commitment id.ID, version int64, t Texts) error {
	return s.change(ctx, a, access.CommitmentManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		var c Commitment
		if err := one(ctx, tx.NewSelect().Model(&c).Where("association_id = ?", assoc.ID).Where("id = ?", commitment)); err != nil {
			return err
		}
		var e errs.Form
		required(&e, "title", t.Title, "pledge.title_missing")
		if err := e.Err(); err != nil {
			return err
		}
		before := Texts{c.Title, c.TitleSimple, c.TitleEn, c.Plain}
		c.Title, c.TitleSimple, c.TitleEn, c.Plain = t.Title, t.TitleSimple, t.TitleEn, t.Plain
		if err := update(ctx, tx, &c, version, "title", "title_simple", "title_en", "plain"); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "commitment.texts", "commitment", c.ID, before, t)
	})
}

// About says what a declaration is about to those who do not read its preamble: in easy-read Swedish and in English.
type About struct {
	Simple  string `json:"about_simple"`
	English string `json:"about_en"`
}

// EditAbout changes the editorial texts of a declaration, which its home association keeps for all who signed.
func (s *Service) EditAbout(ctx context.Context, a actor.Actor, assoc scope.Association, declaration id.ID, version int64, t About) error {
	return s.change(ctx, a, access.CommitmentManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		var d Declaration
		if err := one(ctx, tx.NewSelect().Model(&d).Where("association_id = ?", assoc.ID).Where("id = ?", declaration)); err != nil {
			return err
		}
		before := About{d.AboutSimple, d.AboutEn}
		d.AboutSimple, d.AboutEn = t.Simple, t.English
		if err := update(ctx, tx, &d, version, "about_simple", "about_en"); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "declaration.about", "declaration", d.ID, before, t)
	})
}

// Supersession is a later wording of a pledge.
type Supersession struct {
	Wording  string
	Reason   string
	Decision string
}

// SupersedeWording adopts a later wording. The earlier one stays, and the difference is shown to everybody.
func (s *Service) SupersedeWording(ctx context.Context, a actor.Actor, assoc scope.Association, pledge id.ID, version int64, n Supersession) error {
	return s.change(ctx, a, access.WordingSupersede, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		p, err := ownPledge(ctx, tx, assoc.ID, pledge)
		if err != nil {
			return err
		}
		var before Wording
		if err := one(ctx, tx.NewSelect().Model(&before).Where("association_id = ?", assoc.ID).Where("pledge_id = ?", p.ID).Where("version = ?", p.WordingVersion)); err != nil {
			return err
		}
		var e errs.Form
		required(&e, "wording", n.Wording, "wording.missing")
		required(&e, "reason", n.Reason, "wording.reason_missing")
		if n.Wording == before.Wording && n.Wording != "" {
			e.Add("wording", "wording.same")
		}
		if err := e.Err(); err != nil {
			return err
		}
		verdict := CheckWording(n.Wording)
		p.WordingVersion++
		p.Verifiable, p.VerifiableReason = verdict.Verifiable, verdict.Code()
		if err := update(ctx, tx, &p, version, "wording_version", "verifiable", "verifiable_reason"); err != nil {
			return err
		}
		w := Wording{AssociationID: assoc.ID, ID: id.New(), PledgeID: p.ID, Version: p.WordingVersion, Wording: n.Wording, Reason: n.Reason, Decision: n.Decision, AdoptedOn: s.Today(), AdoptedBy: a.Account, AdoptedAt: s.clock.Now()}
		if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
			return err
		}
		if err := enter[wordingFact](ctx, s, tx, wordingFacts, assoc.ID, w.ID); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "wording.supersede", "pledge", p.ID, before.Wording, n)
	})
}

// ReplacePledge says that another pledge of the association has taken this one's place, as when a new declaration follows an old one.
func (s *Service) ReplacePledge(ctx context.Context, a actor.Actor, assoc scope.Association, pledge id.ID, version int64, by id.ID) error {
	return s.change(ctx, a, access.WordingSupersede, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		p, err := ownPledge(ctx, tx, assoc.ID, pledge)
		if err != nil {
			return err
		}
		successor, err := ownPledge(ctx, tx, assoc.ID, by)
		if err != nil {
			return err
		}
		if successor.ID == p.ID || successor.ReplacedByID != id.None {
			return errs.E(errs.Refused, "pledge.cannot_replace")
		}
		before := p.essence()
		p.ReplacedByID, p.ReplacedOn = successor.ID, s.Today()
		if err := update(ctx, tx, &p, version, "replaced_by_id", "replaced_on"); err != nil {
			return err
		}
		if err := enter[replacementFact](ctx, s, tx, replacementFacts, assoc.ID, p.ID); err != nil {
			return err
		}
		if _, err := s.recompute(ctx, tx, assoc.ID, []id.ID{p.ID}); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "pledge.replace", "pledge", p.ID, before, map[string]any{"by": successor.ID})
	})
}

// AddMilestone adds a step with a last day to a pledge.
func (s *Service) AddMilestone(ctx context.Context, a actor.Actor, assoc scope.Association, pledge id.ID, title string, due period.Date) (milestone id.ID, err error) {
	err = s.change(ctx, a, access.CommitmentManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		if err := checkMilestone(title, due); err != nil {
			return err
		}
		if _, err := ownPledge(ctx, tx, assoc.ID, pledge); err != nil {
			return err
		}
		m := Milestone{AssociationID: assoc.ID, ID: id.New(), PledgeID: pledge, Title: title, DueOn: due, State: "not_started", StateSince: s.Today(), Version: 1, CreatedAt: s.clock.Now()}
		milestone = m.ID
		if _, err := tx.NewInsert().Model(&m).Exec(ctx); err != nil {
			return err
		}
		if _, err := s.recompute(ctx, tx, assoc.ID, []id.ID{pledge}); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "milestone.add", "milestone", m.ID, nil, map[string]any{"title": title, "due": due})
	})
	return milestone, err
}

func checkMilestone(title string, due period.Date) error {
	var e errs.Form
	required(&e, "title", title, "milestone.title_missing")
	if due.IsZero() {
		e.Add("due", "milestone.due_missing")
	}
	return e.Err()
}

// EditMilestone renames or moves a step. A step that was owed stays in the history.
func (s *Service) EditMilestone(ctx context.Context, a actor.Actor, assoc scope.Association, milestone id.ID, version int64, title string, due period.Date) error {
	return s.changeMilestone(ctx, a, assoc, milestone, version, "edit", func(m *Milestone) error {
		if err := checkMilestone(title, due); err != nil {
			return err
		}
		m.Title, m.DueOn = title, due
		return nil
	})
}

// WithdrawMilestone says that a step is no step any more, and why.
func (s *Service) WithdrawMilestone(ctx context.Context, a actor.Actor, assoc scope.Association, milestone id.ID, version int64, reason string) error {
	return s.changeMilestone(ctx, a, assoc, milestone, version, "withdraw", func(m *Milestone) error {
		if err := reasonGiven(reason); err != nil {
			return err
		}
		m.WithdrawnOn, m.WithdrawnReason = s.Today(), reason
		return nil
	})
}

func (s *Service) changeMilestone(ctx context.Context, a actor.Actor, assoc scope.Association, milestone id.ID, version int64, verb string, fn func(*Milestone) error) error {
	return s.change(ctx, a, access.CommitmentManage, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		var m Milestone
		if err := one(ctx, tx.NewSelect().Model(&m).Where("association_id = ?", assoc.ID).Where("id = ?", milestone).Where("withdrawn_on IS NULL")); err != nil {
			return err
		}
		before := map[string]any{"title": m.Title, "due": m.DueOn}
		if err := fn(&m); err != nil {
			return err
		}
		if err := update(ctx, tx, &m, version, "title", "due_on", "withdrawn_on", "withdrawn_reason"); err != nil {
			return err
		}
		if _, err := s.recompute(ctx, tx, assoc.ID, []id.ID{m.PledgeID}); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "milestone."+verb, "milestone", m.ID, before, map[string]any{"title": m.Title, "due": m.DueOn, "withdrawn": m.WithdrawnReason})
	})
}
