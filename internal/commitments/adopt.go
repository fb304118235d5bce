package commitments

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/commitments/reading"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Adoption is a signed document as an association adopts it: with a new declaration, or with one that another association has adopted
// already and that is now joint. What the document promises beyond the joint declaration becomes a declaration of the association's own:
// nobody adds a promise to what others have signed.
type Adoption struct {
	Join       Ref // the declaration to join; the zero Ref makes a new one
	Supersedes Ref // an earlier declaration of the association that this one takes the place of
	Title      string
	Preamble   string
	Period     [2]period.Date
	SignedOn   period.Date
	Decision   string
	File       id.ID
	Import     id.ID
	Promises   []AdoptedPromise
	Activities []AdoptedActivity
}

// AdoptedPromise is one promise of the document.
type AdoptedPromise struct {
	Number       int
	Wording      string
	Title        string // short; made from the wording when empty
	Joins        id.ID  // the commitment of the joined declaration that it is; None makes it the association's own
	Forms        Forms
	Grounds      Grounds
	ExtraGrounds string
	Responsible  id.ID
}

// AdoptedActivity is one planned activity of the document. Serves names promises by their number in the document.
type AdoptedActivity struct {
	ActivityFields
	ServesNumbers []ServedNumber
}

// ServedNumber is a promise an activity says it serves.
type ServedNumber struct {
	Number int
	How    string
	Score  *float64
}

// Check tells what is wrong with the adoption.
func (ad Adoption) Check() error {
	var e errs.Form
	if ad.Join.ID == id.None {
		required(&e, "title", ad.Title, "adopt.title_missing")
	}
	if len(ad.Promises) == 0 {
		e.Add("promises", "adopt.no_promises")
	}
	seen := map[int]bool{}
	joined := map[id.ID]bool{}
	for i, p := range ad.Promises {
		if p.Wording == "" {
			e.Add(fmt.Sprintf("promise-%d", i), "adopt.wording_missing", "number", p.Number)
		}
		if seen[p.Number] || p.Number < 1 {
			e.Add(fmt.Sprintf("promise-%d", i), "adopt.number_twice", "number", p.Number)
		}
		seen[p.Number] = true
		if p.Joins != id.None && joined[p.Joins] {
			e.Add(fmt.Sprintf("promise-%d", i), "adopt.joined_twice", "number", p.Number)
		}
		joined[p.Joins] = true
	}
	if ad.Join.ID != id.None && len(ad.Promises) > 0 && len(ad.joined()) == 0 {
		e.Add("promises", "adopt.joins_nothing")
	}
	if !ad.Period[0].IsZero() && !ad.Period[1].IsZero() && ad.Period[1].Before(ad.Period[0]) {
		e.Add("period_to", "adopt.period_reversed")
	}
	return e.Err()
}

// joined are the promises that the joined declaration holds already.
func (ad Adoption) joined() []AdoptedPromise {
	return slices.DeleteFunc(slices.Clone(ad.Promises), func(p AdoptedPromise) bool { return p.Joins == id.None })
}

// Adopt stores what the document says: declaration, signature, pledges with their wordings, and the plan. All of it or nothing.
func (s *Service) Adopt(ctx context.Context, a actor.Actor, assoc scope.Association, ad Adoption) (declaration Ref, err error) {
	err = s.change(ctx, a, access.DocumentImport, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		declaration, err = s.adopt(ctx, tx, a, assoc, ad)
		return err
	})
	return declaration, err
}

func (s *Service) adopt(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, ad Adoption) (Ref, error) {
	if err := ad.Check(); err != nil {
		return Ref{}, err
	}
	d, err := s.declarationFor(ctx, tx, assoc, ad)
	if err != nil {
		return Ref{}, err
	}
	if err := s.sign(ctx, tx, a, assoc, ad, d); err != nil {
		return Ref{}, err
	}
	own := d
	if len(ad.joined()) < len(ad.Promises) && ad.Join.ID != id.None {
		if own, err = s.ownDeclaration(ctx, tx, assoc, ad, d); err != nil {
			return Ref{}, err
		}
		if err := s.sign(ctx, tx, a, assoc, ad, own); err != nil {
			return Ref{}, err
		}
	}
	pledges := map[int]id.ID{}
	var all []id.ID
	for _, p := range ad.Promises {
		in := d
		if p.Joins == id.None {
			in = own
		}
		pledge, err := s.addPledge(ctx, tx, a, assoc, in, ad, p)
		if err != nil {
			return Ref{}, err
		}
		pledges[p.Number] = pledge
		all = append(all, pledge)
	}
	if err := s.supersede(ctx, tx, assoc, ad, d, pledges); err != nil {
		return Ref{}, err
	}
	for _, act := range ad.Activities {
		f := act.ActivityFields
		f.Import = ad.Import
		f.Serves = nil
		for _, n := range act.ServesNumbers {
			if pledge, ok := pledges[n.Number]; ok {
				f.Serves = append(f.Serves, ServingFields{assoc.ID, pledge, n.How, n.Score})
			}
		}
		made, err := s.insertActivity(ctx, tx, a, assoc, f)
		if err != nil {
			return Ref{}, err
		}
		if len(f.Serves) == 0 {
			if err := s.recomputeLoose(ctx, tx, Ref{assoc.ID, made}); err != nil {
				return Ref{}, err
			}
		}
	}
	if _, err := s.recompute(ctx, tx, assoc.ID, all); err != nil {
		return Ref{}, err
	}
	return d.Ref(), s.trail.Record(ctx, tx, a, assoc.ID, "declaration.adopt", "declaration", d.ID, nil, map[string]any{
		"title": d.Title, "promises": len(ad.Promises), "activities": len(ad.Activities), "joined": ad.Join.ID != id.None, "own": len(ad.Promises) - len(ad.joined()), "decision": ad.Decision})
}

// sign notes that the association has signed the declaration.
func (s *Service) sign(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, ad Adoption, d Declaration) error {
	sig := Signature{AssociationID: assoc.ID, ID: id.New(), HomeID: d.AssociationID, DeclarationID: d.ID, SignedOn: ad.SignedOn, Decision: ad.Decision,
		FileID: ad.File, ImportID: ad.Import, AdoptedBy: a.Account, AdoptedAt: s.clock.Now()}
	_, err := tx.NewInsert().Model(&sig).Exec(ctx)
	if db.IsUnique(err) {
		return errs.E(errs.Refused, "adopt.signed_already", "title", d.Title).Because(err)
	}
	if err != nil {
		return err
	}
	return enter[signatureFact](ctx, s, tx, signatureFacts, assoc.ID, sig.ID)
}

// ownDeclaration holds what a document promises beyond the declaration it joins.
func (s *Service) ownDeclaration(ctx context.Context, tx *db.Tx, assoc scope.Association, ad Adoption, joined Declaration) (Declaration, error) {
	title := ad.Title
	if title == "" {
		title = joined.Title
	}
	title = s.needs.Catalog.Printer(lang.Swedish).T("adopt.own_title", "title", title, "name", assoc.ShortName)
	return s.insertDeclaration(ctx, tx, assoc, ad, title, 1, id.None)
}

// supersede lets the new pledges take the place of the earlier declaration's, each of the one it is most like. Earlier pledges that are
// like none of them stay in force.
func (s *Service) supersede(ctx context.Context, tx *db.Tx, assoc scope.Association, ad Adoption, d Declaration, made map[int]id.ID) error {
	if ad.Supersedes.ID == id.None {
		return nil
	}
	if ad.Supersedes.ID == d.ID {
		return errs.E(errs.Refused, "adopt.supersedes_itself")
	}
	old, err := wordedPledges(ctx, tx, assoc.ID, ad.Supersedes)
	if err != nil {
		return err
	}
	if len(old) == 0 {
		return errs.E(errs.NotFound, "error.not_found")
	}
	var replaced []id.ID
	for _, m := range pairWordings(old, ad.Promises) {
		p := old[m.A].Pledge
		p.ReplacedByID, p.ReplacedOn = made[ad.Promises[m.B].Number], s.Today()
		if err := update(ctx, tx, &p, p.Version, "replaced_by_id", "replaced_on"); err != nil {
			return err
		}
		replaced = append(replaced, p.ID)
	}
	if err := enter[replacementFact](ctx, s, tx, replacementFacts, assoc.ID, replaced...); err != nil {
		return err
	}
	_, err = s.recompute(ctx, tx, assoc.ID, replaced)
	return err
}

// wordedPledge is a pledge in force with its wording.
type wordedPledge struct {
	Pledge
	Wording string
}

func wordedPledges(ctx context.Context, q db.IDB, association id.ID, declaration Ref) ([]wordedPledge, error) {
	var list []wordedPledge
	err := q.NewSelect().Model(&list).ModelTableExpr("pledges AS p").ColumnExpr("p.*, w.wording").
		Join("JOIN wordings AS w ON w.association_id = p.association_id AND w.pledge_id = p.id AND w.version = p.wording_version").
		Where("p.association_id = ?", association).Where("p.home_id = ?", declaration.Home).Where("p.declaration_id = ?", declaration.ID).Where("p.replaced_by_id IS NULL").
		OrderExpr("p.number").Scan(ctx)
	return list, err
}

func pairWordings(old []wordedPledge, promises []AdoptedPromise) []reading.Match {
	var a, b []reading.Commitment
	for _, p := range old {
		a = append(a, reading.Commitment{Text: p.Wording})
	}
	for _, p := range promises {
		b = append(b, reading.Commitment{Text: p.Wording})
	}
	return reading.Pair(a, b)
}

func (s *Service) declarationFor(ctx context.Context, tx *db.Tx, assoc scope.Association, ad Adoption) (Declaration, error) {
	var d Declaration
	if ad.Join.ID != id.None {
		err := one(ctx, tx.NewSelect().Model(&d).Where("association_id = ?", ad.Join.Home).Where("id = ?", ad.Join.ID))
		return d, err
	}
	edition, supersedes := int64(1), id.None
	if ad.Supersedes.ID != id.None {
		var old Declaration
		if err := one(ctx, tx.NewSelect().Model(&old).Where("association_id = ?", ad.Supersedes.Home).Where("id = ?", ad.Supersedes.ID)); err != nil {
			return d, err
		}
		edition = old.Edition + 1
		if old.AssociationID == assoc.ID { // another's declaration goes on being theirs
			supersedes = old.ID
		}
	}
	return s.insertDeclaration(ctx, tx, assoc, ad, ad.Title, edition, supersedes)
}

func (s *Service) insertDeclaration(ctx context.Context, tx *db.Tx, assoc scope.Association, ad Adoption, title string, edition int64, supersedes id.ID) (Declaration, error) {
	slug, err := freeSlug(ctx, tx, slugOf(title))
	if err != nil {
		return Declaration{}, err
	}
	d := Declaration{AssociationID: assoc.ID, ID: id.New(), Slug: slug, Title: title, Preamble: ad.Preamble, Edition: edition, Version: 1, SupersedesID: supersedes,
		PeriodFrom: ad.Period[0], PeriodTo: ad.Period[1], AdoptedOn: s.Today(), CreatedAt: s.clock.Now()}
	if _, err = tx.NewInsert().Model(&d).Exec(ctx); err != nil {
		return d, err
	}
	return d, enter[declarationFact](ctx, s, tx, declarationFacts, d.AssociationID, d.ID)
}

func (s *Service) addPledge(ctx context.Context, tx *db.Tx, a actor.Actor, assoc scope.Association, d Declaration, ad Adoption, p AdoptedPromise) (id.ID, error) {
	if err := s.answers(ctx, tx, assoc.ID, p.Responsible, id.None, "responsible"); err != nil {
		return id.None, err
	}
	var c Commitment
	if p.Joins != id.None {
		err := one(ctx, tx.NewSelect().Model(&c).Where("association_id = ?", d.AssociationID).Where("declaration_id = ?", d.ID).Where("id = ?", p.Joins))
		if err != nil {
			return id.None, err
		}
	} else {
		title := p.Title
		if title == "" {
			title = ShortTitle(p.Wording)
		}
		c = Commitment{AssociationID: d.AssociationID, ID: id.New(), DeclarationID: d.ID, Number: int64(p.Number), Wording: p.Wording, Title: title,
			Forms: p.Forms, Grounds: p.Grounds, ExtraGrounds: p.ExtraGrounds, Version: 1}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return id.None, err
		}
		if err := enter[promiseFact](ctx, s, tx, promiseFacts, c.AssociationID, c.ID); err != nil {
			return id.None, err
		}
	}
	today := s.Today()
	verdict := CheckWording(p.Wording)
	pl := Pledge{AssociationID: assoc.ID, ID: id.New(), HomeID: d.AssociationID, DeclarationID: d.ID, CommitmentID: c.ID, Number: c.Number, ResponsibleID: p.Responsible,
		PeriodFrom: ad.Period[0], PeriodTo: ad.Period[1], Ambition: verdict.Ambition, Verifiable: verdict.Verifiable, VerifiableReason: verdict.Code(),
		Forms: p.Forms, Grounds: p.Grounds, ExtraGrounds: p.ExtraGrounds, AdoptedOn: today, WordingVersion: 1, State: string(progress.NotStarted), Reason: progress.BecauseNothing, StateSince: today, Version: 1}
	if _, err := tx.NewInsert().Model(&pl).Exec(ctx); db.IsUnique(err) {
		return id.None, errs.E(errs.Refused, "adopt.joined_twice", "number", p.Number).Because(err)
	} else if err != nil {
		return id.None, err
	}
	w := Wording{AssociationID: assoc.ID, ID: id.New(), PledgeID: pl.ID, Version: 1, Wording: p.Wording, Decision: ad.Decision, AdoptedOn: today, AdoptedBy: a.Account, AdoptedAt: s.clock.Now()}
	if _, err := tx.NewInsert().Model(&w).Exec(ctx); err != nil {
		return id.None, err
	}
	return pl.ID, enter[wordingFact](ctx, s, tx, wordingFacts, assoc.ID, w.ID)
}

func freeSlug(ctx context.Context, tx bun.IDB, base string) (string, error) {
	for i := 1; ; i++ {
		slug := base
		if i > 1 {
			slug = fmt.Sprintf("%s-%d", base, i)
		}
		exists, err := tx.NewSelect().Model((*Declaration)(nil)).Where("slug = ?", slug).Exists(ctx)
		if err != nil || !exists {
			return slug, err
		}
	}
}

// slugOf makes an address of a title: "Deklaration för en stark demokrati" becomes deklaration-for-en-stark-demokrati.
func slugOf(title string) string {
	title = strings.NewReplacer("å", "a", "ä", "a", "ö", "o", "é", "e", "ü", "u").Replace(strings.ToLower(title))
	var b strings.Builder
	for _, r := range title {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 60 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "deklaration"
}
