package accounts

import (
	"context"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// setupLife is how long the first link works.
const setupLife = 24 * time.Hour

type setupLink struct {
	bun.BaseModel `bun:"table:setup_links"`
	TokenHash     string `bun:",pk"`
	CreatedAt     time.Time
	ExpiresAt     time.Time
}

// SetupLink makes the path of the page that creates the first administrator. It works for a day, beside those of other copies and earlier starts, until
// one of them has been used. The path is "" when the installation has an administrator already.
func (s *Service) SetupLink(ctx context.Context) (path string, err error) {
	token := newSecret()
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		path = ""
		admins, err := administrators(ctx, tx)
		if err != nil || len(admins) > 0 {
			return err
		}
		now := s.Clock.Now()
		l := setupLink{TokenHash: hashSecret(token), CreatedAt: now, ExpiresAt: now.Add(setupLife)}
		path = "/start/" + token
		_, err = tx.NewInsert().Model(&l).Exec(ctx)
		return err
	})
	return path, err
}

var errSetupOver = errs.E(errs.NotFound, "accounts.setup_over")

// setupGate is the key of a row that is only there within the transaction that makes the first administrator: of two at once, by different links, the
// later waits for it. No link has it, being no hash.
const setupGate = "gate"

// CheckSetup tells whether the link of a first start still works: nil, or errs.NotFound.
func (s *Service) CheckSetup(ctx context.Context, token string) error {
	ok, err := s.DB.Read().NewSelect().Model((*setupLink)(nil)).Where("token_hash = ?", hashSecret(token)).Where("expires_at > ?", s.Clock.Now()).Exists(ctx)
	if err != nil {
		return err
	}
	begun, err := s.DB.Read().NewSelect().Model((*Account)(nil)).Where("admin").Where("closed_at IS NULL").Exists(ctx) // a link may have been made while another was used
	if err == nil && (!ok || begun) {
		return errSetupOver
	}
	return err
}

// Setup uses a link of the first start: it creates the first administrator, and all links are gone.
func (s *Service) Setup(ctx context.Context, token, name, email, language string) (id.ID, error) {
	var form errs.Form
	who := s.fresh(&form, name, email, language)
	who.Admin, who.LastLoginAt = true, s.Clock.Now()
	if err := form.Err(); err != nil {
		return id.None, err
	}
	return who.ID, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		now := s.Clock.Now()
		gate := setupLink{TokenHash: setupGate, CreatedAt: now, ExpiresAt: now}
		if _, err := tx.NewInsert().Model(&gate).On("CONFLICT (token_hash) DO UPDATE").Set("expires_at = excluded.expires_at").Exec(ctx); err != nil {
			return err
		}
		res, err := tx.NewDelete().Model((*setupLink)(nil)).Where("token_hash = ?", hashSecret(token)).Where("expires_at > ?", now).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(res) == 0 {
			return errSetupOver
		}
		admins, err := administrators(ctx, tx)
		if err != nil {
			return err
		}
		if len(admins) > 0 {
			return errSetupOver
		}
		if _, err := tx.NewDelete().Model((*setupLink)(nil)).Where("1 = 1").Exec(ctx); err != nil {
			return err
		}
		return s.insert(ctx, tx, actor.Actor{Account: who.ID, Name: who.Name}, who)
	})
}
