package commitments

import (
	"context"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// FormDraft is what a person has written in a long form and not yet sent: one for each person and page.
type FormDraft struct {
	bun.BaseModel `bun:"table:drafts"`
	AccountID     id.ID  `bun:",pk"`
	Page          string `bun:",pk"` // which form about what: "report:<activity>"
	Form          string // the fields as they would be sent
	SavedAt       time.Time
}

const maxDraft = 100_000

// SaveDraft keeps what somebody has written so far.
func (s *Service) SaveDraft(ctx context.Context, a actor.Actor, page, form string) error {
	if err := access.CheckAny(a, access.LoggedIn, id.None); err != nil {
		return err
	}
	if len(form) > maxDraft || len(page) > 200 {
		return errs.E(errs.TooLarge, "error.too_large", "max", 1)
	}
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&FormDraft{AccountID: a.Account, Page: page, Form: form, SavedAt: s.clock.Now()}).
			On("CONFLICT (account_id, page) DO UPDATE").Set("form = EXCLUDED.form").Set("saved_at = EXCLUDED.saved_at").Exec(ctx)
		return err
	})
}

// DraftOf is what the person wrote on the page and never sent; the zero draft when there is none.
func (s *Service) DraftOf(ctx context.Context, a actor.Actor, page string) (FormDraft, error) {
	var d FormDraft
	err := s.db.Read().NewSelect().Model(&d).Where("account_id = ?", a.Account).Where("page = ?", page).Scan(ctx)
	if db.IsNoRows(err) {
		return FormDraft{}, nil
	}
	return d, err
}

// DropDraft forgets a draft, when its form was sent or thrown away.
func (s *Service) DropDraft(ctx context.Context, a actor.Actor, page string) error {
	return s.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*FormDraft)(nil)).Where("account_id = ?", a.Account).Where("page = ?", page).Exec(ctx)
		return err
	})
}
