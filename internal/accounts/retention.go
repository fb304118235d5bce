package accounts

import (
	"context"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// What this package keeps of a person, and for how long:
//
//   - Name, roles and their days: for as long as the association keeps its decisions, because they say who took part in them.
//   - E-mail address, passkeys, links to providers and calendar address: until a year after the account was closed.
//   - The address typed at the log-in page, also of people who have no account: until the next night.
//   - Sessions: until the night after they end, at most seven days. The device's name goes with them; network addresses are never stored.
//   - The audit trail: never cleared. It holds names and masked addresses.
//
// What ends by its age alone is in the table of internal/app/retention.go; closed accounts are here, since their name stays.
const closedKept = 365 * 24 * time.Hour

// ForgetClosed removes address, passkeys, links to providers and calendar address of accounts that were closed a year ago. A job runs it every night.
func (s *Service) ForgetClosed(ctx context.Context) error {
	now := s.Clock.Now()
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var gone []id.ID
		if err := tx.NewSelect().Model((*Account)(nil)).Column("id").Where("closed_at < ?", now.Add(-closedKept)).Where("email NOT LIKE ?", "%"+forgotten).Scan(ctx, &gone); err != nil {
			return err
		}
		if len(gone) == 0 {
			return nil
		}
		if _, err := tx.NewDelete().Model((*Passkey)(nil)).Where("account_id IN (?)", bun.In(gone)).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*Identity)(nil)).Where("account_id IN (?)", bun.In(gone)).Exec(ctx); err != nil {
			return err
		}
		for _, x := range gone {
			_, err := tx.NewUpdate().Model((*Account)(nil)).Set("email = ?", x.String()+forgotten).Set("calendar_token_hash = NULL").Set("version = version + 1").Where("id = ?", x).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// forgotten ends the address of an account whose own is no longer kept (RFC 2606: nobody can have it).
const forgotten = "@closed.invalid"
