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

// OwnSignature is an association's signing of a declaration, with the declaration's title and address.
type OwnSignature struct {
	Signature
	Declaration string
	Slug        string
}

// Facts are the day and the decision as they stand.
func (s Signature) Facts() SignatureFacts { return SignatureFacts{s.SignedOn, s.Decision} }

// OwnSignatures lists what an association has signed, the latest adopted first.
func (s *Service) OwnSignatures(ctx context.Context, a actor.Actor, assoc scope.Association) ([]OwnSignature, error) {
	if err := access.Check(a, access.DeskRead, access.Object{Association: assoc.ID}); err != nil {
		return nil, err
	}
	var list []OwnSignature
	err := s.db.Read().NewSelect().Model(&list).ModelTableExpr("signatures AS s").ColumnExpr("s.*, d.title AS declaration, d.slug AS slug").
		Join("JOIN declarations AS d ON d.association_id = s.home_id AND d.id = s.declaration_id").
		Where("s.association_id = ?", assoc.ID).OrderExpr("s.adopted_at DESC, s.id DESC").Scan(ctx)
	return list, err
}

// SignatureFacts are what may be put right about a signature: neither had to be known when the document was adopted.
type SignatureFacts struct {
	SignedOn period.Date `json:"signed_on"`
	Decision string      `json:"decision"` // reference, such as "§ 34/2026, dnr 2026-14"
}

// CorrectSignature puts the day and the decision of a signature right. The document and the wordings stay as they were adopted. seen are the
// facts the person started from: when somebody else has changed them since, nothing is changed.
func (s *Service) CorrectSignature(ctx context.Context, a actor.Actor, assoc scope.Association, signature id.ID, seen, now SignatureFacts) error {
	return s.change(ctx, a, access.DocumentImport, access.Object{Association: assoc.ID}, func(ctx context.Context, tx *db.Tx) error {
		if now.SignedOn.After(s.Today()) {
			var e errs.Form
			e.Add("signed_on", "signature.in_future")
			return e.Err()
		}
		var row Signature
		if err := one(ctx, hold(tx, tx.NewSelect().Model(&row).Where("association_id = ?", assoc.ID).Where("id = ?", signature))); err != nil {
			return err
		}
		before := row.Facts()
		switch before {
		case now:
			return nil
		case seen:
		default:
			return errs.E(errs.Conflict, "error.conflict")
		}
		row.SignedOn, row.Decision = now.SignedOn, now.Decision
		if _, err := tx.NewUpdate().Model(&row).Column("signed_on", "decision").WherePK().Exec(ctx); err != nil {
			return err
		}
		if err := enter[signatureFact](ctx, s, tx, signatureFacts, assoc.ID, row.ID); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, assoc.ID, "signature.correct", "declaration", row.DeclarationID, before, now)
	})
}
