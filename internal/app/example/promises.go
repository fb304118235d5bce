package example

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// promises puts the declarations, what follows from them and the milestones on the agenda.
func (b *builder) promises(ctx context.Context) error {
	var list []declaration
	if err := read("declarations.json", &list); err != nil {
		return err
	}
	for _, d := range list {
		for i, s := range d.Signed {
			adopted, err := b.day(s.Adopted)
			if err != nil {
				return err
			}
			if d.Key == joint {
				b.since[s.By] = adopted
			}
			b.on(adopted, d.Title+", "+s.By, func(ctx context.Context) error { return b.adopt(ctx, d, s, i == 0) })
			for _, x := range s.Supersedes {
				if err := b.supersede(d, s, x); err != nil {
					return err
				}
			}
		}
		for _, m := range d.Milestones {
			if err := b.milestone(d, m); err != nil {
				return err
			}
		}
		for _, e := range d.Evidence {
			target := func() (commitments.Target, error) {
				p, err := b.pledge(e.Of, d.Key, e.Promise)
				return commitments.Target{Pledge: p}, err
			}
			if err := b.evidence(e.Of, target, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// adopt lets an association sign; the first to do so adopts the declaration, the others join it.
func (b *builder) adopt(ctx context.Context, d declaration, s signing, first bool) error {
	assoc, err := b.association(s.By)
	if err != nil {
		return err
	}
	a, err := b.as(ctx, s.As)
	if err != nil {
		return err
	}
	ad := commitments.Adoption{Title: d.Title, Preamble: d.Preamble, Decision: b.text(s.Decision)}
	if ad.SignedOn, err = b.day(s.On); err != nil {
		return err
	}
	if s.File != "" {
		data, err := b.document(s.File)
		if err != nil {
			return err
		}
		if ad.File, err = b.Store(ctx, assoc.ID, a, s.File, data); err != nil {
			return err
		}
	}
	for i := range ad.Period {
		if ad.Period[i], err = b.day(d.Period[i]); err != nil {
			return err
		}
	}
	joins := map[int]id.ID{}
	if !first {
		ad.Join = b.declarations[d.Key]
		page, err := b.Ledger.DeclarationPage(ctx, ad.Join)
		if err != nil {
			return err
		}
		for _, c := range page.Commitments {
			joins[int(c.Number)] = c.ID
		}
	}
	for _, p := range d.Promises {
		wording, ok := s.Wordings[p.Number]
		if !ok {
			return fmt.Errorf("%s has no wording of promise %d", s.By, p.Number)
		}
		responsible, ok := b.people[s.Responsible[p.Number]]
		if !ok {
			return fmt.Errorf("%s has nobody responsible for promise %d", s.By, p.Number)
		}
		ad.Promises = append(ad.Promises, commitments.AdoptedPromise{Number: p.Number, Wording: b.text(wording), Title: p.Title, Joins: joins[p.Number], Responsible: responsible,
			Forms: commitments.ParseForms(p.Forms), Grounds: commitments.ParseGrounds(p.Grounds), ExtraGrounds: p.ExtraGrounds})
	}
	ref, err := b.Ledger.Adopt(ctx, a, assoc, ad)
	if err != nil {
		return err
	}
	b.declarations[d.Key] = ref
	if err := b.remember(ctx, d, s, ref); err != nil {
		return err
	}
	if first {
		if err := b.explain(ctx, a, d, ref); err != nil {
			return err
		}
	}
	return b.replace(ctx, a, d, s)
}

// remember keeps the ids of the pledges of a declaration, by number.
func (b *builder) remember(ctx context.Context, d declaration, s signing, ref commitments.Ref) error {
	page, err := b.Ledger.DeclarationPage(ctx, ref)
	if err != nil {
		return err
	}
	for _, c := range page.Commitments {
		for _, p := range c.Pledges {
			if p.Association.Slug == s.By {
				b.pledges[pledgeKey{s.By, d.Key, int(c.Number)}] = p.ID
			}
		}
	}
	return nil
}

// explain writes the short titles and the plain versions.
func (b *builder) explain(ctx context.Context, a actor.Actor, d declaration, ref commitments.Ref) error {
	page, err := b.Ledger.DeclarationPage(ctx, ref)
	if err != nil {
		return err
	}
	err = b.Ledger.EditAbout(ctx, a, b.byID(ref.Home), ref.ID, page.Version, commitments.About{Simple: d.Simple, English: d.English})
	if err != nil {
		return err
	}
	for _, c := range page.Commitments {
		i := slices.IndexFunc(d.Promises, func(p promise) bool { return p.Number == int(c.Number) })
		p := d.Promises[i]
		err := b.Ledger.EditTexts(ctx, a, b.byID(ref.Home), c.ID, c.Version, commitments.Texts{Title: p.Title, TitleSimple: p.TitleSimple, TitleEn: p.TitleEn, Plain: p.Plain})
		if err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) replace(ctx context.Context, a actor.Actor, d declaration, s signing) error {
	if s.Replaces == nil {
		return nil
	}
	for old, by := range s.Replaces.Promises {
		before, err := b.promise(ctx, s.By, s.Replaces.Declaration, old)
		if err != nil {
			return err
		}
		after, err := b.pledge(s.By, d.Key, by)
		if err != nil {
			return err
		}
		if err := b.Ledger.ReplacePledge(ctx, a, b.associations[s.By], before.ID, before.Pledge.Version, after); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) supersede(d declaration, s signing, x supersession) error {
	on, err := b.day(x.On)
	if err != nil {
		return err
	}
	b.on(on, "a better wording", func(ctx context.Context) error {
		a, err := b.as(ctx, s.As)
		if err != nil {
			return err
		}
		p, err := b.promise(ctx, s.By, d.Key, x.Promise)
		if err != nil {
			return err
		}
		return b.Ledger.SupersedeWording(ctx, a, b.associations[s.By], p.ID, p.Pledge.Version, commitments.Supersession{Wording: x.Wording, Reason: x.Reason, Decision: b.text(x.Decision)})
	})
	return nil
}

// promise reads a promise as those who work with it see it.
func (b *builder) promise(ctx context.Context, association, declaration string, number int) (commitments.PromisePage, error) {
	assoc, err := b.association(association)
	if err != nil {
		return commitments.PromisePage{}, err
	}
	page, err := b.Ledger.DeclarationPage(ctx, b.declarations[declaration])
	if err != nil {
		return commitments.PromisePage{}, err
	}
	return b.Ledger.Promise(ctx, actor.SystemActor, assoc, page.Slug, number, 0)
}

// milestone is added the day after the adoption, or 200 days before it is due if that is later.
func (b *builder) milestone(d declaration, m milestone) error {
	due, err := b.day(m.Due)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(d.Signed, func(s signing) bool { return s.By == m.Of })
	if i < 0 {
		return fmt.Errorf("%s has not signed %s", m.Of, d.Key)
	}
	s := d.Signed[i]
	added, err := b.day(s.Adopted)
	if err != nil {
		return err
	}
	added = latest(working(added.AddDays(1), 1), working(due.AddDays(-200), 1))
	added = earliest(added, b.today.AddDays(-1))
	var made id.ID
	b.on(added, m.Title, func(ctx context.Context) error {
		a, err := b.as(ctx, s.As)
		if err != nil {
			return err
		}
		p, err := b.pledge(m.Of, d.Key, m.Promise)
		if err != nil {
			return err
		}
		made, err = b.Ledger.AddMilestone(ctx, a, b.associations[m.Of], p, b.text(m.Title), due)
		return err
	})
	target := func() (commitments.Target, error) { return commitments.Target{Milestone: made}, nil }
	for _, e := range m.Evidence {
		if err := b.evidence(m.Of, target, e); err != nil {
			return err
		}
	}
	return nil
}

// evidence is filed on its day and reviewed two working days later.
func (b *builder) evidence(association string, target func() (commitments.Target, error), e evidence) error {
	on, err := b.day(e.On)
	if err != nil {
		return err
	}
	b.on(on, e.Title, func(ctx context.Context) error {
		a, err := b.as(ctx, e.By)
		if err != nil {
			return err
		}
		t, err := target()
		if err != nil {
			return err
		}
		f := commitments.EvidenceFields{Target: t, Kind: commitments.EvidenceKind(e.Kind), Title: b.text(e.Title), Body: b.text(e.Body), URL: e.URL, Figure: e.Figure, FigureUnit: e.Unit, FigureSource: b.text(e.Source),
			HappenedOn: on, Completes: !e.Partial, Public: true}
		if e.File == "" {
			return b.Ledger.FileEvidence(ctx, a, b.associations[association], f, "", nil)
		}
		file, err := b.document(e.File)
		if err != nil {
			return err
		}
		return b.Ledger.FileEvidence(ctx, a, b.associations[association], f, e.File, bytes.NewReader(file))
	})
	if e.Review != "" {
		b.review(association, working(on.AddDays(2), 1), e.Review, target, commitments.Verdict{Accept: e.Returned == "", Comment: e.Returned + e.Comment, Public: true})
	}
	return nil
}

// review answers everything that waits at the target.
func (b *builder) review(association string, on period.Date, by string, target func() (commitments.Target, error), v commitments.Verdict) {
	b.on(on, "a review", func(ctx context.Context) error {
		a, err := b.as(ctx, by)
		if err != nil {
			return err
		}
		t, err := target()
		if err != nil {
			return err
		}
		assoc := b.associations[association]
		waiting, err := b.waiting(ctx, assoc.ID, t)
		if err != nil {
			return err
		}
		for _, e := range waiting {
			if err := b.Ledger.ReviewEvidence(ctx, a, assoc, e.ID, e.Version, v); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *builder) waiting(ctx context.Context, association id.ID, t commitments.Target) ([]commitments.Evidence, error) {
	var list []commitments.Evidence
	q := b.DB.Read().NewSelect().Model(&list).Where("association_id = ?", association).Where("status = ?", commitments.Filed).Order("id")
	switch {
	case t.Activity.ID != id.None:
		q.Where("activity_id = ?", t.Activity.ID)
	case t.Milestone != id.None:
		q.Where("milestone_id = ?", t.Milestone)
	default:
		q.Where("pledge_id = ?", t.Pledge)
	}
	return list, q.Scan(ctx)
}

func latest(a, b period.Date) period.Date {
	if a.Before(b) {
		return b
	}
	return a
}

func earliest(a, b period.Date) period.Date {
	if b.Before(a) {
		return b
	}
	return a
}
