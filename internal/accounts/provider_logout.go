package accounts

import (
	"context"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/openid"
)

// EndedByProvider ends the sessions a provider says are over, by its signed word (OpenID Connect Back-Channel Logout 1.0): one session when it
// names one, else all that the person began there. A word that is wrong, or was heard before, is errs.Invalid.
func (s *Service) EndedByProvider(ctx context.Context, provider, token string) error {
	p, err := s.provider(provider)
	if err != nil {
		return err
	}
	word, err := s.clients[p.Key].VerifyLogout(ctx, token)
	if err != nil {
		s.Log.WarnContext(ctx, "a provider's word that somebody is logged out was not believed", "provider", p.Key, "error", err)
		return errs.E(errs.Invalid, "accounts.provider_failed", "provider", p.Name).Because(err)
	}
	sub, sid, err := s.hashedBoth(ctx, p, word)
	if err != nil {
		return err
	}
	name, err := s.hashed(ctx, p, "jti", word.Token)
	if err != nil {
		return err
	}
	ended := 0
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewRaw("INSERT INTO oidc_logouts (token_hash, expires_at) VALUES (?, ?) ON CONFLICT (token_hash) DO NOTHING", name, word.Until).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(res) == 0 {
			return errs.E(errs.Invalid, "accounts.provider_failed", "provider", p.Name)
		}
		begun := tx.NewSelect().Model((*sessionBy)(nil)).Column("session_id").Where("provider = ?", p.Key)
		if sid != "" {
			begun.Where("sid_hash = ?", sid)
		}
		if sub != "" {
			begun.Where("subject_hash = ?", sub)
		}
		res, err = tx.NewDelete().Model((*Session)(nil)).Where("id IN (?)", begun).Exec(ctx)
		if err == nil {
			ended = db.Affected(res)
		}
		return err
	})
	if err == nil {
		s.Log.InfoContext(ctx, "a provider logged somebody out", "provider", p.Key, "sessions", ended)
	}
	return err
}

func (s *Service) hashedBoth(ctx context.Context, p Provider, word openid.Logout) (sub, sid string, err error) {
	if word.Subject != "" {
		if sub, err = s.hashed(ctx, p, "sub", word.Subject); err != nil {
			return "", "", err
		}
	}
	if word.SessionID != "" {
		sid, err = s.hashed(ctx, p, "sid", word.SessionID)
	}
	return sub, sid, err
}

// ProviderOf is the provider through which a session began; false when it began in another way, or the settings no longer know the provider.
func (s *Service) ProviderOf(ctx context.Context, session id.ID) (Provider, bool, error) {
	var by sessionBy
	err := s.DB.Read().NewSelect().Model(&by).Where("session_id = ?", session).Scan(ctx)
	if db.IsNoRows(err) {
		return Provider{}, false, nil
	}
	if err != nil {
		return Provider{}, false, err
	}
	p, err := s.provider(by.Provider)
	return p, err == nil, nil
}

// EndAtProvider is the address at which the browser logs out at the provider too; "" when the provider has none, the settings do not want it, or
// it does not answer.
func (s *Service) EndAtProvider(ctx context.Context, provider, back string) (string, error) {
	p, err := s.provider(provider)
	if err != nil || !p.LogOut {
		return "", err
	}
	address, err := s.clients[p.Key].EndSession(ctx, back)
	if err != nil {
		s.Log.WarnContext(ctx, "a provider does not answer", "provider", p.Key, "error", err)
		return "", nil
	}
	return address, nil
}
