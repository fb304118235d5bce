package accounts

import (
	"context"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// Rename changes the person's own name, language and whether she is reminded of what is due.
func (s *Service) Rename(ctx context.Context, a actor.Actor, version int64, name, language string, reminders bool) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	var form errs.Form
	name, language = cleanName(&form, name), cleanLanguage(&form, language)
	if err := form.Err(); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := findAccount(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if before.Version != version {
			return errs.E(errs.Conflict, "accounts.changed_meanwhile")
		}
		after := before
		after.Name, after.SortKey, after.Language, after.Reminders = name, lang.SortKey(name), language, reminders
		if err := updateAccount(ctx, tx, before, after); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, id.None, "account.edit", "account", a.Account, picture(before), picture(after))
	})
}

// emailChangeLife is how long the links that confirm a new address work.
const emailChangeLife = 48 * time.Hour

// emailChange is a change of address that waits for both addresses to agree.
type emailChange struct {
	bun.BaseModel  `bun:"table:email_changes"`
	AccountID      id.ID `bun:",pk"`
	NewEmail       Email
	OldTokenHash   string
	NewTokenHash   string
	OldConfirmedAt time.Time `bun:",nullzero"`
	NewConfirmedAt time.Time `bun:",nullzero"`
	ExpiresAt      time.Time
}

// PendingEmail is the address a person has asked to change to, "" when there is none, and which of the two has agreed.
type PendingEmail struct {
	Email                      Email
	OldConfirmed, NewConfirmed bool
}

// ChangeEmail begins a change of the person's own address. A link goes to the old address and another to the new one; the change
// happens when both were used. The address is where the log-in codes go, so neither somebody at an unlocked computer nor a typing
// mistake may take it over. link makes the full address of the page that confirms.
//
// The answer is the same when the new address belongs to somebody else; then no link to it is sent.
func (s *Service) ChangeEmail(ctx context.Context, a actor.Actor, email string, link func(token string) string) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	var form errs.Form
	to := cleanEmail(&form, email)
	if err := form.Err(); err != nil {
		return err
	}
	if err := s.limit(ctx, "email-change|"+a.Account.String(), 5, 24*time.Hour); err != nil {
		return err
	}
	oldToken, newToken := newSecret(), newSecret()
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := findAccount(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if who.Email == to {
			form.Add("email", "accounts.email_same")
			return form.Err()
		}
		if _, err := tx.NewDelete().Model((*emailChange)(nil)).Where("account_id = ?", a.Account).Exec(ctx); err != nil {
			return err
		}
		c := emailChange{AccountID: a.Account, NewEmail: to, OldTokenHash: hashSecret(oldToken), NewTokenHash: hashSecret(newToken), ExpiresAt: s.Clock.Now().Add(emailChangeLife)}
		if _, err := tx.NewInsert().Model(&c).Exec(ctx); err != nil {
			return err
		}
		if err := s.Outbox.Send(ctx, tx, s.emailMail(who, who.Email, "old", to, link(oldToken))); err != nil {
			return err
		}
		if _, err := accountByEmail(ctx, tx, to); !errs.Is(err, errs.NotFound) {
			return err
		}
		return s.Outbox.Send(ctx, tx, s.emailMail(who, to, "new", to, link(newToken)))
	})
}

// PendingEmail tells whether the person's own address is about to change.
func (s *Service) PendingEmail(ctx context.Context, a actor.Actor) (PendingEmail, error) {
	var c emailChange
	err := s.DB.Read().NewSelect().Model(&c).Where("account_id = ?", a.Account).Where("expires_at > ?", s.Clock.Now()).Scan(ctx)
	if db.IsNoRows(err) {
		return PendingEmail{}, nil
	}
	return PendingEmail{Email: c.NewEmail, OldConfirmed: !c.OldConfirmedAt.IsZero(), NewConfirmed: !c.NewConfirmedAt.IsZero()}, err
}

// CancelEmail calls off a change of address that waits.
func (s *Service) CancelEmail(ctx context.Context, a actor.Actor) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewDelete().Model((*emailChange)(nil)).Where("account_id = ?", a.Account).Exec(ctx)
		return err
	})
}

// ConfirmEmail uses one of the two links. done tells whether the address is changed now, or one link still waits.
func (s *Service) ConfirmEmail(ctx context.Context, token string) (done bool, err error) {
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		done = false // the transaction may run twice
		var c emailChange
		hash, now := hashSecret(token), s.Clock.Now()
		err := hold(tx, tx.NewSelect().Model(&c).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("old_token_hash = ?", hash).WhereOr("new_token_hash = ?", hash)
		}).Where("expires_at > ?", now)).Scan(ctx)
		if db.IsNoRows(err) {
			return errs.E(errs.Refused, "accounts.link_over")
		}
		if err != nil {
			return err
		}
		if sameHash(hash, c.OldTokenHash) {
			c.OldConfirmedAt = now
		} else {
			c.NewConfirmedAt = now
		}
		if c.OldConfirmedAt.IsZero() || c.NewConfirmedAt.IsZero() {
			_, err := tx.NewUpdate().Model(&c).WherePK().Exec(ctx)
			return err
		}
		done = true
		return s.moveEmail(ctx, tx, c)
	})
	return done && err == nil, err
}

func (s *Service) moveEmail(ctx context.Context, tx *db.Tx, c emailChange) error {
	before, err := findAccount(ctx, tx, c.AccountID)
	if err != nil {
		return err
	}
	if !before.Open() {
		return errs.E(errs.Refused, "accounts.is_closed")
	}
	if _, err := tx.NewDelete().Model(&c).WherePK().Exec(ctx); err != nil {
		return err
	}
	after := before
	after.Email = c.NewEmail
	if err := updateAccount(ctx, tx, before, after); err != nil {
		return err
	}
	by := actor.Actor{Account: before.ID, Name: before.Name}
	return s.trail.Record(ctx, tx, by, id.None, "account.email", "account", before.ID, picture(before), picture(after))
}

// ReplaceEmail sets a person's address for her when she has lost the old one. The administrator of the installation may; both
// addresses are told, and every session of the account ends.
func (s *Service) ReplaceEmail(ctx context.Context, a actor.Actor, account id.ID, version int64, email string) error {
	var form errs.Form
	to := cleanEmail(&form, email)
	return s.manage(ctx, a, account, version, "account.email", func(ctx context.Context, tx *db.Tx, who *Account) error {
		if err := form.Err(); err != nil {
			return err
		}
		if who.Email == to {
			form.Add("email", "accounts.email_same")
			return form.Err()
		}
		for _, addressee := range []Email{who.Email, to} {
			if err := s.Outbox.Send(ctx, tx, s.emailMail(*who, addressee, "replaced", to, "")); err != nil {
				return err
			}
		}
		who.Email = to
		return dropSessions(ctx, tx, account, id.None)
	})
}

// CreateCalendarToken makes the secret of the person's own calendar address. It is shown once; making a new one ends the old.
func (s *Service) CreateCalendarToken(ctx context.Context, a actor.Actor) (token string, err error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return "", err
	}
	token = newSecret()
	return token, s.setCalendar(ctx, a, hashSecret(token), "account.calendar_create")
}

// RemoveCalendarToken ends the person's own calendar address.
func (s *Service) RemoveCalendarToken(ctx context.Context, a actor.Actor) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.setCalendar(ctx, a, "", "account.calendar_remove")
}

func (s *Service) setCalendar(ctx context.Context, a actor.Actor, hash, action string) error {
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model((*Account)(nil)).Set("calendar_token_hash = ?", bun.NullZero(hash)).Where("id = ?", a.Account).Exec(ctx)
		if err := oneRow(res, err); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, id.None, action, "account", a.Account, nil, nil)
	})
}

// HasCalendarToken tells whether the person has a calendar address.
func (s *Service) HasCalendarToken(ctx context.Context, a actor.Actor) (bool, error) {
	return s.DB.Read().NewSelect().Model((*Account)(nil)).Where("id = ?", a.Account).Where("calendar_token_hash IS NOT NULL").Exists(ctx)
}

// ByCalendarToken is the person whose calendar address holds the secret, with her rights today; errs.NotFound when it is nobody's.
func (s *Service) ByCalendarToken(ctx context.Context, token string) (actor.Actor, error) {
	var a Account
	err := s.DB.Read().NewSelect().Model(&a).Where("calendar_token_hash = ?", hashSecret(token)).Where("closed_at IS NULL").Scan(ctx)
	if db.IsNoRows(err) {
		return actor.Actor{}, errNoAccount
	}
	if err != nil {
		return actor.Actor{}, err
	}
	return s.Actor(ctx, a.ID)
}
