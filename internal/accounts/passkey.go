package accounts

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/uptrace/bun"
)

// ceremonyLife is how long a person has to touch her key.
const ceremonyLife = 5 * time.Minute

// maxPasskeys is how many passkeys one person may have.
const maxPasskeys = 20

// Passkey is a WebAuthn credential of a person: the device answers a challenge with a key that never leaves it. The whole record of
// the library is kept as JSON; no other part of the program looks into it.
type Passkey struct {
	bun.BaseModel `bun:"table:passkeys"`
	AccountID     id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	CredentialID  string
	Credential    string
	Name          string
	CreatedAt     time.Time
	LastUsedAt    time.Time `bun:",nullzero"`
}

// ceremony is a registration or log-in that waits for the device's answer. It is used once.
type ceremony struct {
	bun.BaseModel `bun:"table:passkey_ceremonies"`
	TokenHash     string `bun:",pk"`
	AccountID     id.ID  `bun:",nullzero"` // None for a log-in
	Data          string
	ExpiresAt     time.Time
}

// Origin is scheme, host and port of the pages that use passkeys: "https://samklang.example". A passkey is bound to the host.
type Origin string

// ParseOrigin takes the address that the installation is known by, or, when it has none, that of the request. ok is false where
// browsers do not offer passkeys: on plain http beyond the machine itself, and on a host that is a number.
func ParseOrigin(address string) (o Origin, ok bool) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "", false
	}
	host := u.Hostname()
	local := host == "localhost" || strings.HasSuffix(host, ".localhost")
	numeric := strings.Trim(host, "0123456789.") == "" || strings.Contains(host, ":")
	if numeric || u.Scheme != "https" && !local {
		return "", false
	}
	return Origin(u.Scheme + "://" + u.Host), true
}

func (o Origin) party() (*webauthn.WebAuthn, error) {
	u, err := url.Parse(string(o))
	if err != nil {
		return nil, err
	}
	return webauthn.New(&webauthn.Config{
		RPID:          u.Hostname(),
		RPDisplayName: "Samklang",
		RPOrigins:     []string{string(o)},
		AuthenticatorSelection: protocol.AuthenticatorSelection{
			ResidentKey:      protocol.ResidentKeyRequirementRequired,
			UserVerification: protocol.VerificationPreferred,
		},
		AttestationPreference: protocol.PreferNoAttestation,
	})
}

// user shows an account to the library.
type user struct {
	account     Account
	credentials []webauthn.Credential
}

func (u user) WebAuthnID() []byte                         { return u.account.ID[:] }
func (u user) WebAuthnName() string                       { return string(u.account.Email) }
func (u user) WebAuthnDisplayName() string                { return u.account.Name }
func (u user) WebAuthnCredentials() []webauthn.Credential { return u.credentials }

func loadUser(ctx context.Context, q db.IDB, account id.ID) (user, error) {
	a, err := findAccount(ctx, q, account)
	if err != nil {
		return user{}, err
	}
	if !a.Open() {
		return user{}, errNoAccount
	}
	keys, err := passkeys(ctx, q, account)
	if err != nil {
		return user{}, err
	}
	u := user{account: a, credentials: make([]webauthn.Credential, len(keys))}
	for i, k := range keys {
		if err := json.Unmarshal([]byte(k.Credential), &u.credentials[i]); err != nil {
			return user{}, err
		}
	}
	return u, nil
}

func passkeys(ctx context.Context, q db.IDB, account id.ID) ([]Passkey, error) {
	var keys []Passkey
	return keys, q.NewSelect().Model(&keys).Where("account_id = ?", account).OrderExpr("created_at, id").Scan(ctx)
}

// Passkeys lists the person's own passkeys, the oldest first.
func (s *Service) Passkeys(ctx context.Context, a actor.Actor) ([]Passkey, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return nil, err
	}
	return passkeys(ctx, s.DB.Read(), a.Account)
}

// Challenge is what the browser is to hand to the device, as JSON, and the token that belongs to the answer.
type Challenge struct {
	Options json.RawMessage
	Token   string
}

var errPasskey = errs.E(errs.Refused, "accounts.passkey_failed")

// BeginPasskey starts to register a passkey for the person.
func (s *Service) BeginPasskey(ctx context.Context, a actor.Actor, o Origin) (Challenge, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return Challenge{}, err
	}
	party, err := o.party()
	if err != nil {
		return Challenge{}, err
	}
	u, err := loadUser(ctx, s.DB.Read(), a.Account)
	if err != nil {
		return Challenge{}, err
	}
	if len(u.credentials) >= maxPasskeys {
		return Challenge{}, errs.E(errs.Refused, "accounts.passkey_many", "max", maxPasskeys)
	}
	options, session, err := party.BeginRegistration(u, webauthn.WithExclusions(webauthn.Credentials(u.credentials).CredentialDescriptors()))
	if err != nil {
		return Challenge{}, err
	}
	return s.begin(ctx, a.Account, options, session)
}

// BeginPasskeyLogin starts a log-in with whatever passkey the person chooses; who she is, the device tells.
func (s *Service) BeginPasskeyLogin(ctx context.Context, o Origin) (Challenge, error) {
	party, err := o.party()
	if err != nil {
		return Challenge{}, err
	}
	options, session, err := party.BeginDiscoverableLogin()
	if err != nil {
		return Challenge{}, err
	}
	return s.begin(ctx, id.None, options, session)
}

func (s *Service) begin(ctx context.Context, account id.ID, options any, session *webauthn.SessionData) (Challenge, error) {
	var c Challenge
	var err error
	if c.Options, err = json.Marshal(options); err != nil {
		return c, err
	}
	session.Expires = time.Time{} // the row's own time limit follows the program's clock
	data, err := json.Marshal(session)
	if err != nil {
		return c, err
	}
	c.Token = newSecret()
	row := ceremony{TokenHash: hashSecret(c.Token), AccountID: account, Data: string(data), ExpiresAt: s.Clock.Now().Add(ceremonyLife)}
	return c, s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}

// take uses up a ceremony, in a transaction of its own: a failed answer cannot be tried again.
func (s *Service) take(ctx context.Context, token string, account id.ID) (webauthn.SessionData, error) {
	var session webauthn.SessionData
	var row ceremony
	err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		sel := hold(tx, tx.NewSelect().Model(&row).Where("token_hash = ?", hashSecret(token)).Where("expires_at > ?", s.Clock.Now()))
		if err := sel.Scan(ctx); db.IsNoRows(err) {
			return errPasskey
		} else if err != nil {
			return err
		}
		_, err := tx.NewDelete().Model(&row).WherePK().Exec(ctx)
		return err
	})
	if err != nil {
		return session, err
	}
	if row.AccountID != account {
		return session, errPasskey
	}
	return session, json.Unmarshal([]byte(row.Data), &session)
}

// FinishPasskey registers the passkey with which the device answered. Its owner is told by mail.
func (s *Service) FinishPasskey(ctx context.Context, a actor.Actor, o Origin, token, name string, answer []byte) (Passkey, error) {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return Passkey{}, err
	}
	session, err := s.take(ctx, token, a.Account)
	if err != nil {
		return Passkey{}, err
	}
	party, err := o.party()
	if err != nil {
		return Passkey{}, err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return Passkey{}, errPasskey.Because(err)
	}
	var made Passkey
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		u, err := loadUser(ctx, tx, a.Account)
		if err != nil {
			return err
		}
		if len(u.credentials) >= maxPasskeys {
			return errs.E(errs.Refused, "accounts.passkey_many", "max", maxPasskeys)
		}
		credential, err := party.CreateCredential(u, session, parsed)
		if err != nil {
			return errPasskey.Because(err)
		}
		record, err := json.Marshal(credential)
		if err != nil {
			return err
		}
		made = Passkey{AccountID: a.Account, ID: id.New(), CredentialID: credentialKey(credential.ID), Credential: string(record), Name: passkeyName(name), CreatedAt: s.Clock.Now()}
		if _, err := tx.NewInsert().Model(&made).Exec(ctx); db.IsUnique(err) {
			return errs.E(errs.Refused, "accounts.passkey_twice").Because(err)
		} else if err != nil {
			return err
		}
		if err := s.trail.Record(ctx, tx, a, id.None, "passkey.add", "account", a.Account, nil, map[string]string{"name": made.Name}); err != nil {
			return err
		}
		return s.Outbox.Send(ctx, tx, s.passkeyMail(u.account, made))
	})
	return made, err
}

// FinishPasskeyLogin tells whose passkey answered. Every failure is the same errs.Refused, with the reason in the log.
func (s *Service) FinishPasskeyLogin(ctx context.Context, o Origin, token string, answer []byte) (id.ID, error) {
	session, err := s.take(ctx, token, id.None)
	if err != nil {
		return id.None, err
	}
	party, err := o.party()
	if err != nil {
		return id.None, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return id.None, errPasskey.Because(err)
	}
	var whose id.ID
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		whose = id.None
		// On PostgreSQL the row is held, so that a counter that was seen once is not accepted twice.
		var key Passkey
		err := hold(tx, tx.NewSelect().Model(&key).Where("credential_id = ?", credentialKey(parsed.RawID))).Scan(ctx)
		if db.IsNoRows(err) {
			return errPasskey
		}
		if err != nil {
			return err
		}
		u, err := loadUser(ctx, tx, key.AccountID)
		if errs.Is(err, errs.NotFound) {
			return errPasskey
		}
		if err != nil {
			return err
		}
		_, credential, err := party.ValidatePasskeyLogin(func(_, _ []byte) (webauthn.User, error) { return u, nil }, session, parsed)
		if err != nil {
			return errPasskey.Because(err)
		}
		if credential.Authenticator.CloneWarning {
			return errs.E(errs.Refused, "accounts.passkey_cloned")
		}
		record, err := json.Marshal(credential)
		if err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(&key).Set("credential = ?", string(record)).Set("last_used_at = ?", s.Clock.Now()).WherePK().Exec(ctx); err != nil {
			return err
		}
		whose, err = s.noteLogin(ctx, tx, key.AccountID)
		return err
	})
	if err == nil && whose == id.None {
		err = errPasskey
	}
	return whose, err
}

// RenamePasskey gives one of the person's passkeys another name.
func (s *Service) RenamePasskey(ctx context.Context, a actor.Actor, passkey id.ID, name string) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		res, err := tx.NewUpdate().Model((*Passkey)(nil)).Set("name = ?", passkeyName(name)).Where("account_id = ?", a.Account).Where("id = ?", passkey).Exec(ctx)
		if err == nil && db.Affected(res) == 0 {
			return errs.E(errs.NotFound, "error.not_found")
		}
		return err
	})
}

// RemovePasskey makes one of the person's passkeys useless.
func (s *Service) RemovePasskey(ctx context.Context, a actor.Actor, passkey id.ID) error {
	if err := access.Check(a, access.LoggedIn, access.Object{}); err != nil {
		return err
	}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		key := Passkey{AccountID: a.Account, ID: passkey}
		err := tx.NewSelect().Model(&key).WherePK().Scan(ctx)
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
		if _, err := tx.NewDelete().Model(&key).WherePK().Exec(ctx); err != nil {
			return err
		}
		return s.trail.Record(ctx, tx, a, id.None, "passkey.remove", "account", a.Account, map[string]string{"name": key.Name}, nil)
	})
}

func credentialKey(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// passkeyName is a name as short as a list needs it; every passkey has one.
func passkeyName(s string) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) > 60 {
		runes = runes[:60]
	}
	if len(runes) == 0 {
		return "Passkey"
	}
	return string(runes)
}
