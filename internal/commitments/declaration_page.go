package commitments

import (
	"context"

	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// DeclarationPage is a declaration with its commitments and who has signed it.
type DeclarationPage struct {
	Declaration
	Commitments  []CommitmentLine
	Signatures   []SignatureLine
	Replaces     *Declaration  // the one it took the place of
	SupersededBy []Declaration // those that took its place, the latest first; several when those who signed went on apart
}

// Signatories are the associations that have signed it, in the order they did.
func (p DeclarationPage) Signatories() []scope.Association {
	list := make([]scope.Association, len(p.Signatures))
	for i, s := range p.Signatures {
		list[i] = s.Association
	}
	return list
}

// CommitmentLine is a commitment with what became of it at each association that signed.
type CommitmentLine struct {
	Commitment
	Pledges []PledgeLine // in the order of the signatures
}

// PledgeLine is a pledge as the declaration's page shows it.
type PledgeLine struct {
	Pledge
	Association scope.Association
	InForce     Wording
}

// Reworded tells whether the association has adopted a later wording than the one it signed.
func (p PledgeLine) Reworded() bool { return p.InForce.Version > 1 }

// SignatureLine is a signature by name.
type SignatureLine struct {
	Signature
	Association scope.Association
}

// DeclarationBySlug reads a declaration by its address.
func (s *Service) DeclarationBySlug(ctx context.Context, slug string) (DeclarationPage, error) {
	var p DeclarationPage
	q := s.db.Read()
	if err := one(ctx, q.NewSelect().Model(&p.Declaration).Where("slug = ?", slug)); err != nil {
		return p, err
	}
	return p, s.fillDeclaration(ctx, q, &p)
}

// DeclarationPage reads a declaration.
func (s *Service) DeclarationPage(ctx context.Context, ref Ref) (DeclarationPage, error) {
	var p DeclarationPage
	q := s.db.Read()
	if err := one(ctx, q.NewSelect().Model(&p.Declaration).Where("association_id = ?", ref.Home).Where("id = ?", ref.ID)); err != nil {
		return p, err
	}
	return p, s.fillDeclaration(ctx, q, &p)
}

func (s *Service) fillDeclaration(ctx context.Context, q db.IDB, p *DeclarationPage) error {
	var commitments []Commitment
	if err := q.NewSelect().Model(&commitments).Where("association_id = ?", p.AssociationID).Where("declaration_id = ?", p.ID).Order("number").Scan(ctx); err != nil {
		return err
	}
	var signatures []Signature
	if err := q.NewSelect().Model(&signatures).Where("home_id = ?", p.AssociationID).Where("declaration_id = ?", p.ID).Order("adopted_at", "id").Scan(ctx); err != nil {
		return err
	}
	var pledges []Pledge
	if err := q.NewSelect().Model(&pledges).Where("home_id = ?", p.AssociationID).Where("declaration_id = ?", p.ID).Scan(ctx); err != nil {
		return err
	}
	var wordings []Wording
	err := q.NewSelect().Model(&wordings).Join("JOIN pledges AS p ON p.association_id = wording.association_id AND p.id = wording.pledge_id AND p.wording_version = wording.version").
		Where("p.home_id = ?", p.AssociationID).Where("p.declaration_id = ?", p.ID).Scan(ctx)
	if err != nil {
		return err
	}
	if err := fillEditions(ctx, q, p); err != nil {
		return err
	}
	signed := make([]id.ID, len(signatures))
	for i, x := range signatures {
		signed[i] = x.AssociationID
	}
	names, err := s.associationsByID(ctx, q, signed)
	if err != nil {
		return err
	}
	inForce := make(map[id.ID]Wording, len(wordings))
	for _, w := range wordings {
		inForce[w.PledgeID] = w
	}
	by := map[id.ID]map[id.ID]Pledge{}
	for _, x := range pledges {
		if by[x.CommitmentID] == nil {
			by[x.CommitmentID] = map[id.ID]Pledge{}
		}
		by[x.CommitmentID][x.AssociationID] = x
	}
	for _, x := range signatures {
		p.Signatures = append(p.Signatures, SignatureLine{x, names[x.AssociationID]})
	}
	for _, c := range commitments {
		line := CommitmentLine{Commitment: c}
		for _, x := range p.Signatures {
			if pl, ok := by[c.ID][x.AssociationID]; ok {
				line.Pledges = append(line.Pledges, PledgeLine{pl, x.Association, inForce[pl.ID]})
			}
		}
		p.Commitments = append(p.Commitments, line)
	}
	return nil
}

// fillEditions finds what the declaration took the place of and what took its place.
func fillEditions(ctx context.Context, q db.IDB, p *DeclarationPage) error {
	var list []Declaration
	sel := q.NewSelect().Model(&list).Where("supersedes_id = ?", p.ID).OrderExpr("adopted_on DESC, id")
	if p.SupersedesID != id.None {
		sel = sel.WhereOr("id = ?", p.SupersedesID)
	}
	err := sel.Scan(ctx)
	for i, d := range list {
		if d.ID == p.SupersedesID {
			p.Replaces = &list[i]
		} else {
			p.SupersededBy = append(p.SupersededBy, d)
		}
	}
	return err
}

// DeclarationChanges lists the latest changes of state and the latest later wordings of a declaration's promises at all who signed it, the
// newest of each first and at most limit of each.
func (s *Service) DeclarationChanges(ctx context.Context, declaration Ref, limit int64) ([]ChangeLine, []WordingLine, error) {
	q := s.db.Read()
	of := func(sel *bun.SelectQuery, alias string) *bun.SelectQuery {
		return sel.ColumnExpr(alias+".*, p.number, c.title, c.title_simple, c.title_en").
			Join("JOIN pledges AS p ON p.association_id = "+alias+".association_id AND p.id = "+alias+".pledge_id").
			Join("JOIN commitments AS c ON c.association_id = p.home_id AND c.id = p.commitment_id").
			Where("p.home_id = ?", declaration.Home).Where("p.declaration_id = ?", declaration.ID).OrderExpr(alias + ".id DESC").Limit(limit)
	}
	var states []ChangeLine
	if err := of(q.NewSelect().TableExpr("state_changes AS h"), "h").Where("h.milestone_id IS NULL").Scan(ctx, &states); err != nil {
		return nil, nil, err
	}
	var wordings []WordingLine
	return states, wordings, of(q.NewSelect().TableExpr("wordings AS w"), "w").Where("w.version > 1").Scan(ctx, &wordings)
}

// DeclarationSummary is a declaration as the portal lists it.
type DeclarationSummary struct {
	Declaration
	Promises   int
	Signatures int
}

// Declarations lists every declaration of the installation, the newest first.
func (s *Service) Declarations(ctx context.Context) ([]DeclarationSummary, error) {
	var list []DeclarationSummary
	err := s.db.Read().NewSelect().Model(&list).ModelTableExpr("declarations AS d").ColumnExpr("d.*").
		ColumnExpr("(SELECT count(*) FROM commitments c WHERE c.association_id = d.association_id AND c.declaration_id = d.id) AS promises").
		ColumnExpr("(SELECT count(*) FROM signatures s WHERE s.home_id = d.association_id AND s.declaration_id = d.id) AS signatures").
		OrderExpr("d.adopted_on DESC, d.id").Scan(ctx)
	return list, err
}
