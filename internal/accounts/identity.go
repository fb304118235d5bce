package accounts

import (
	"context"
	"encoding/json"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Identity links an account to a person at a provider. Of whom the provider means only a keyed hash is kept, since some providers tell people
// apart by their personal number; nothing else they say is kept.
type Identity struct {
	bun.BaseModel `bun:"table:oidc_identities"`
	AccountID     id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	Provider      string
	Issuer        string
	SubjectHash   string
	AdminByRule   bool // a rule made the person an administrator
	CreatedAt     time.Time
	LastUsedAt    time.Time `bun:",nullzero"`
}

// maxIdentities is how many providers one account can be linked to.
const maxIdentities = 20

func identityByHash(ctx context.Context, q db.IDB, hash string) (Identity, error) {
	var x Identity
	return x, q.NewSelect().Model(&x).Where("subject_hash = ?", hash).Scan(ctx)
}

func identities(ctx context.Context, q db.IDB, account id.ID) ([]Identity, error) {
	var list []Identity
	return list, q.NewSelect().Model(&list).Where("account_id = ?", account).OrderExpr("created_at, id").Scan(ctx)
}

// Link is a way in that a person has through a provider.
type Link struct {
	Identity
	Name string // of the provider
}

// Links lists the providers a person's account is linked to, the oldest first.
func (s *Service) Links(ctx context.Context, a actor.Actor) ([]Link, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return nil, err
	}
	list, err := identities(ctx, s.DB.Read(), a.Account)
	links := make([]Link, len(list))
	for i, x := range list {
		links[i] = Link{x, s.providerName(x.Provider)}
	}
	return links, err
}

// link ties an account to whom the provider vouched for and tells its owner. A twin made at the same moment is told by db.IsUnique.
func (s *Service) link(ctx context.Context, tx *db.Tx, a actor.Actor, p Provider, who Account, identity string) (Identity, error) {
	x := Identity{AccountID: who.ID, ID: id.New(), Provider: p.Key, Issuer: p.Issuer, SubjectHash: identity, CreatedAt: s.Clock.Now()}
	if _, err := tx.NewInsert().Model(&x).Exec(ctx); err != nil {
		return x, err
	}
	if err := s.trail.Record(ctx, tx, a, id.None, "account.link", "account", who.ID, nil, map[string]string{"provider": p.Name}); err != nil {
		return x, err
	}
	return x, s.Outbox.Send(ctx, tx, s.linkMail(who, p))
}

// PendingLink is a link that waits for the person's yes: to which provider, and who she is there.
type PendingLink struct{ Provider, Name, Who string }

// PendingLink finds a link that waits; errs.Refused when there is none any more, or it is somebody else's.
func (s *Service) PendingLink(ctx context.Context, a actor.Actor, token string) (PendingLink, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return PendingLink{}, err
	}
	var row providerCeremony
	err := s.DB.Read().NewSelect().Model(&row).Where("token_hash = ?", hashSecret(token)).Where("account_id = ?", a.Account).Where("expires_at > ?", s.Clock.Now()).Scan(ctx)
	if db.IsNoRows(err) {
		return PendingLink{}, errProviderOver
	}
	if err != nil {
		return PendingLink{}, err
	}
	var u underWay
	if err := json.Unmarshal([]byte(row.Data), &u); err != nil {
		return PendingLink{}, err
	}
	if u.Identity == "" {
		return PendingLink{}, errProviderOver
	}
	return PendingLink{Provider: row.Provider, Name: s.providerName(row.Provider), Who: u.Who}, nil
}

// ConfirmLink links the person's account to the log-in that she has just made at a provider. It can be said once, from the browser in which she
// began. A log-in that leads to another account stays there.
func (s *Service) ConfirmLink(ctx context.Context, a actor.Actor, token, browser string) error {
	w, err := s.PendingLink(ctx, a, token)
	if err != nil {
		return err
	}
	p, err := s.provider(w.Provider)
	if err != nil {
		return errProviderOver
	}
	row, u, err := s.takeCeremony(db.WithoutOnce(ctx), token, browser, p.Key)
	if err != nil || row.AccountID != a.Account || u.Identity == "" {
		if err == nil {
			err = errProviderOver
		}
		return err
	}
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		x, err := identityByHash(ctx, tx, u.Identity)
		if err == nil {
			if x.AccountID == a.Account {
				return nil
			}
			return errs.E(errs.Refused, "accounts.provider_taken", "provider", p.Name)
		}
		if !db.IsNoRows(err) {
			return err
		}
		list, err := identities(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if len(list) >= maxIdentities {
			return errs.E(errs.Refused, "accounts.provider_many", "max", maxIdentities)
		}
		who, err := findAccount(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		_, err = s.link(ctx, tx, a, p, who, u.Identity)
		return err
	})
	if db.IsUnique(err) {
		return errs.E(errs.Refused, "accounts.provider_taken", "provider", p.Name).Because(err)
	}
	return err
}

// Unlink ends a way in through a provider, and every session that began that way but the one at hand. What its rules gave ends with it. Where no
// mail leaves the installation, the last way in cannot be taken away.
func (s *Service) Unlink(ctx context.Context, a actor.Actor, identity, here id.ID) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		// Two links that are taken away at the same moment take their turns.
		var who Account
		if err := hold(tx, tx.NewSelect().Model(&who).Where("id = ?", a.Account)).Scan(ctx); err != nil {
			return err
		}
		x := Identity{AccountID: a.Account, ID: identity}
		err := tx.NewSelect().Model(&x).WherePK().Scan(ctx)
		if db.IsNoRows(err) {
			return errs.E(errs.NotFound, "error.not_found")
		}
		if err != nil {
			return err
		}
		if last, err := s.lastWayIn(ctx, tx, a.Account); err != nil || last {
			if err == nil {
				err = errs.E(errs.Refused, "accounts.last_way_in")
			}
			return err
		}
		if _, err := tx.NewDelete().Model(&x).WherePK().Exec(ctx); err != nil {
			return err
		}
		p, err := s.provider(x.Provider)
		if err != nil {
			p = Provider{Key: x.Provider, Name: x.Provider}
		}
		others, err := tx.NewSelect().Model((*Identity)(nil)).Where("account_id = ?", a.Account).Where("provider = ?", x.Provider).Exists(ctx)
		if err != nil {
			return err
		}
		if !others {
			if err := s.applyRules(ctx, tx, p, who, nil); err != nil {
				return err
			}
		}
		if x.AdminByRule && who.Admin {
			after := who
			after.Admin = false
			if err := updateAccount(ctx, tx, who, after); err != nil {
				return err
			}
			if err := s.trail.Record(ctx, tx, p.actor(), id.None, "account.admin_end_by_rule", "account", who.ID, picture(who), picture(after)); err != nil {
				return err
			}
		}
		begun := tx.NewSelect().Model((*sessionBy)(nil)).Column("session_id").Where("provider = ?", x.Provider)
		if _, err := tx.NewDelete().Model((*Session)(nil)).Where("account_id = ?", a.Account).Where("id <> ?", here).Where("id IN (?)", begun).Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, id.None, "account.unlink", "account", a.Account, map[string]string{"provider": p.Name}, nil)
	})
}

// lastWayIn tells whether a person has a single way in: where codes by mail do not arrive, one passkey or one link.
func (s *Service) lastWayIn(ctx context.Context, q db.IDB, account id.ID) (bool, error) {
	if !s.NoMail {
		return false, nil
	}
	keys, err := passkeys(ctx, q, account)
	if err != nil {
		return false, err
	}
	links, err := identities(ctx, q, account)
	return len(keys)+len(links) <= 1, err
}
