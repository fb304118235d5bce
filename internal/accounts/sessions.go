package accounts

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

// How long a session lasts: without use, and in any case. While it is used, its row is written at most once a minute.
const (
	SessionIdle  = 8 * time.Hour
	SessionLife  = 7 * 24 * time.Hour
	sessionTouch = time.Minute
)

// Session is a person logged in on a device. TokenHash is a hash of what the browser's cookie holds, Data what the session manager
// keeps.
type Session struct {
	bun.BaseModel `bun:"table:sessions"`
	TokenHash     string `bun:",pk"`
	ID            id.ID
	AccountID     id.ID
	Data          []byte
	Device        string
	CreatedAt     time.Time
	LastSeenAt    time.Time
	ExpiresAt     time.Time
	By            *SignedIn `bun:"-"` // when a provider vouched for her; known only while the session is stored
}

// FindSession finds a session that is still good and notes that it is in use. A session that has been idle too long ends here.
func (s *Service) FindSession(ctx context.Context, tokenHash string) (Session, bool, error) {
	find := func(ctx context.Context) (x Session, err error) {
		err = s.DB.Read().NewSelect().Model(&x).Where("token_hash = ?", tokenHash).Scan(ctx)
		return x, err
	}
	now := s.Clock.Now()
	kept, err := s.sessions.Get(ctx, s.DB, tokenHash, find)
	x := kept
	if err == nil && (!now.Before(x.ExpiresAt) || now.Sub(x.LastSeenAt) >= sessionTouch) {
		// When it was last used is nobody's right, so another copy of the program may have noted a later time without a new version.
		x, err = find(ctx)
	}
	if db.IsNoRows(err) {
		return x, false, nil
	}
	if err != nil {
		return x, false, err
	}
	if !now.Before(x.ExpiresAt) || now.Sub(x.LastSeenAt) >= SessionIdle {
		return x, false, s.DropSession(ctx, tokenHash)
	}
	if now.Sub(x.LastSeenAt) >= sessionTouch {
		err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			tx.Unseen()
			// Of several requests in the same moment one writes.
			_, err := tx.NewUpdate().Model(&x).Set("last_seen_at = ?", now).WherePK().Where("last_seen_at = ?", x.LastSeenAt).Exec(ctx)
			return err
		})
		if err != nil {
			return x, false, err
		}
		x.LastSeenAt = now
	}
	if x.LastSeenAt.Equal(kept.LastSeenAt) {
		return x, true, nil
	}
	return x, true, s.sessions.Set(ctx, s.DB, tokenHash, x)
}

// StoreSession keeps a new session. It never brings back one that was ended: a session is written once, when somebody logs in.
func (s *Service) StoreSession(ctx context.Context, x Session) error {
	now := s.Clock.Now()
	x.CreatedAt, x.LastSeenAt, x.ExpiresAt = now, now, now.Add(SessionLife)
	if x.By != nil {
		x.ExpiresAt = now.Add(min(x.By.Life, SessionLife))
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewInsert().Model(&x).Exec(ctx); err != nil || x.By == nil {
			return err
		}
		_, err := tx.NewInsert().Model(&sessionBy{SessionID: x.ID, Provider: x.By.Provider, SubjectHash: x.By.Subject, SIDHash: x.By.SID}).Exec(ctx)
		return err
	})
}

// DropSession ends a session; it is no error when there is none.
func (s *Service) DropSession(ctx context.Context, tokenHash string) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*Session)(nil)).Where("token_hash = ?", tokenHash).Exec(ctx)
		return err
	})
}

// Sessions lists where the person is logged in, the latest used first.
func (s *Service) Sessions(ctx context.Context, a actor.Actor) ([]Session, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return nil, err
	}
	now := s.Clock.Now()
	var list []Session
	return list, s.DB.Read().NewSelect().Model(&list).Where("account_id = ?", a.Account).Where("expires_at > ?", now).
		Where("last_seen_at > ?", now.Add(-SessionIdle)).OrderExpr("last_seen_at DESC, id DESC").Scan(ctx)
}

// EndSession logs the person out on one of her devices.
func (s *Service) EndSession(ctx context.Context, a actor.Actor, session id.ID) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewDelete().Model((*Session)(nil)).Where("id = ?", session).Where("account_id = ?", a.Account).Exec(ctx)
		if err == nil && db.Affected(res) == 0 {
			return errs.E(errs.NotFound, "accounts.session_gone")
		}
		return err
	})
}

// EndOtherSessions logs the person out everywhere but here.
func (s *Service) EndOtherSessions(ctx context.Context, a actor.Actor, here id.ID) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return dropSessions(ctx, tx, a.Account, here) })
}

// dropSessions ends every session of an account but one.
func dropSessions(ctx context.Context, tx *db.Tx, account, but id.ID) error {
	_, err := tx.NewDelete().Model((*Session)(nil)).Where("account_id = ?", account).Where("id <> ?", but).Exec(ctx)
	return err
}
