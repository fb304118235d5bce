package accounts

import (
	"context"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
)

// loginCode is a code that was asked for. One is stored for every question, also when nobody has the address: whoever asks must not
// learn who has an account, neither from the answer nor from the time it takes.
type loginCode struct {
	bun.BaseModel `bun:"table:login_codes"`
	PendingHash   string `bun:",pk"`
	AccountID     id.ID  `bun:",nullzero"`
	Email         string
	CodeSalt      string
	CodeHash      string
	Attempts      int64
	CreatedAt     time.Time
	ExpiresAt     time.Time
	UsedAt        time.Time `bun:",nullzero"`
}

// Codes per address and quarter of an hour. The limit counts the address as it was typed, so that it says nothing either.
const (
	codesPerAddress = 5
	codesWindow     = 15 * time.Minute
)

// Pending is a log-in that has begun. Token belongs in the address of the next page. Code is the code itself, for the example
// installation alone; it is "" when nobody has the address.
type Pending struct{ Token, Code string }

// RequestCode sends a one-time code to the address if an open account has it, and answers the same if none has. l is the language of
// the page.
func (s *Service) RequestCode(ctx context.Context, email string, l lang.Lang) (Pending, error) {
	var form errs.Form
	to := cleanEmail(&form, email)
	if err := form.Err(); err != nil {
		return Pending{}, err
	}
	if err := s.limit(ctx, "login-code|"+hashSecret(string(to)), codesPerAddress, codesWindow); err != nil {
		return Pending{}, err
	}
	pending, code := newSecret(), newCode()
	row := s.newLoginCode(pending, code)
	row.Email = string(to)
	known := false
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := accountByEmail(ctx, tx, to)
		known = err == nil && who.Open()
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		if known {
			row.AccountID, l = who.ID, who.Lang()
		}
		// Without the last part bun would ask back for the account when there is none.
		if _, err := tx.NewInsert().Model(&row).Returning("NULL").Exec(ctx); err != nil {
			return err
		}
		return s.sendCode(ctx, tx, known, s.codeMail(to, code, l))
	})
	if err != nil {
		return Pending{}, err
	}
	if !known {
		code = ""
	}
	return Pending{Token: pending, Code: code}, nil
}

func (s *Service) newLoginCode(pending, code string) loginCode {
	now, salt := s.Clock.Now(), newSecret()
	return loginCode{PendingHash: hashSecret(pending), CodeSalt: salt, CodeHash: hashCode(salt, code), CreatedAt: now, ExpiresAt: now.Add(codeLife)}
}

// sendCode writes the mail in any case and takes it back when nobody is to get it, so that both ways run the same statements.
func (s *Service) sendCode(ctx context.Context, tx *db.Tx, known bool, m Mail) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT code_mail"); err != nil {
		return err
	}
	if err := s.Outbox.Send(ctx, tx, m); err != nil {
		return err
	}
	end := "ROLLBACK TO SAVEPOINT code_mail"
	if known {
		end = "RELEASE SAVEPOINT code_mail"
	}
	_, err := tx.ExecContext(ctx, end)
	return err
}

// PendingEmailOf is the address that was typed when the log-in began, to be shown on the page that asks for the code. It is "" when
// the log-in is over.
func (s *Service) PendingEmailOf(ctx context.Context, pending string) (string, error) {
	var row loginCode
	err := s.DB.Read().NewSelect().Model(&row).Where("pending_hash = ?", hashSecret(pending)).
		Where("used_at IS NULL").Where("attempts < ?", codeAttempts).Where("expires_at > ?", s.Clock.Now()).Scan(ctx)
	if db.IsNoRows(err) {
		return "", nil
	}
	return row.Email, err
}

// EnterCode checks a code and tells whose it is. A wrong one is errs.Invalid; when there is nothing more to try – too late, too many
// attempts, used, never asked for – it is errs.Refused and a new code must be asked for.
func (s *Service) EnterCode(ctx context.Context, pending, typed string) (id.ID, error) {
	var whose id.ID
	var left int64
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		whose, left = id.None, 0
		now := s.Clock.Now()
		var row loginCode
		// The attempt is counted before the code is looked at, so that many at the same time are counted too.
		res, err := tx.NewUpdate().Model(&row).Set("attempts = attempts + 1").Where("pending_hash = ?", hashSecret(pending)).
			Where("used_at IS NULL").Where("attempts < ?", codeAttempts).Where("expires_at > ?", now).Returning("*").Exec(ctx)
		if db.IsNoRows(err) || err == nil && db.Affected(res) == 0 {
			return nil
		}
		if err != nil {
			return err
		}
		left = codeAttempts - row.Attempts
		right := sameHash(hashCode(row.CodeSalt, typed), row.CodeHash)
		if !right || row.AccountID == id.None {
			return nil
		}
		if _, err := tx.NewUpdate().Model(&row).Set("used_at = ?", now).WherePK().Exec(ctx); err != nil {
			return err
		}
		whose, err = s.noteLogin(ctx, tx, row.AccountID)
		return err
	})
	switch {
	case err != nil:
		return id.None, err
	case whose != id.None:
		return whose, nil
	case left > 0:
		var form errs.Form
		form.Add("code", "accounts.code_wrong", "n", int(left))
		return id.None, form.Err()
	}
	return id.None, errs.E(errs.Refused, "accounts.code_over")
}

// noteLogin notes when the account was last used; it gives None when the account is closed.
func (s *Service) noteLogin(ctx context.Context, tx *db.Tx, account id.ID) (id.ID, error) {
	res, err := tx.NewUpdate().Model((*Account)(nil)).Set("last_login_at = ?", s.Clock.Now()).Where("id = ?", account).Where("closed_at IS NULL").Exec(ctx)
	if err != nil || db.Affected(res) == 0 {
		return id.None, err
	}
	return account, nil
}

func (s *Service) limit(ctx context.Context, bucket string, count int, per time.Duration) error {
	wait, err := s.Limiter.Allow(ctx, bucket, count, per)
	if err != nil {
		return err
	}
	if wait > 0 {
		return errs.E(errs.TooMany, "error.too_many", "n", int(wait.Minutes())+1)
	}
	return nil
}

// Rescue is a way in for somebody who cannot get mail. Path is the page that asks for the code.
type Rescue struct{ Path, Code string }

// RescueCode makes a code for an account on the command line of the machine itself. The caller sees to it that only those get here
// who may read the database anyway.
func (s *Service) RescueCode(ctx context.Context, email string) (Rescue, error) {
	to, err := ParseEmail(email)
	if err != nil {
		return Rescue{}, err
	}
	pending, code := newSecret(), newCode()
	row := s.newLoginCode(pending, code)
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := accountByEmail(ctx, tx, to)
		if err != nil {
			return err
		}
		if !who.Open() {
			return errs.E(errs.Refused, "accounts.is_closed")
		}
		row.AccountID, row.Email = who.ID, string(to)
		_, err = tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
	return Rescue{Path: CodePath(pending), Code: code}, err
}

// CodePath is the path of the page that asks for the code of a log-in that has begun.
func CodePath(pending string) string { return "/logga-in/" + pending }
