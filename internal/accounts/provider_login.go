package accounts

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/url"
	"sync"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/db"
	"samklang/internal/platform/openid"

	"github.com/uptrace/bun"
)

// providerLife is how long a person may be away at a provider, and how long a link waits for her yes.
const providerLife = 15 * time.Minute

// providerCeremony is a log-in that has begun at a provider, or a link that waits for a yes. It is used once, and only from the browser it began
// in: a state that leads somebody else's browser here is worth nothing.
type providerCeremony struct {
	bun.BaseModel `bun:"table:oidc_ceremonies"`
	TokenHash     string `bun:",pk"`
	BrowserHash   string
	Provider      string
	AccountID     id.ID `bun:",nullzero"` // who wants to link the log-in to her account; None for a log-in
	Data          string
	ExpiresAt     time.Time
}

// underWay is the data of a providerCeremony.
type underWay struct {
	Nonce    string    `json:"nonce,omitempty"`
	Verifier string    `json:"verifier,omitempty"`
	Till     string    `json:"till,omitempty"`
	Lang     lang.Lang `json:"lang"`
	Identity string    `json:"identity,omitempty"` // hash of whom the provider vouched for, when a link waits
	Who      string    `json:"who,omitempty"`      // her name there, to be shown while she decides
}

// SignedIn is how a provider's word began a session. Subject and SID are hashes.
type SignedIn struct {
	Provider string        `json:"provider"`
	Subject  string        `json:"subject"`
	SID      string        `json:"sid,omitempty"`
	Life     time.Duration `json:"life"`
}

// sessionBy is a SignedIn in the database. It goes with its session.
type sessionBy struct {
	bun.BaseModel `bun:"table:oidc_sessions"`
	SessionID     id.ID `bun:",pk"`
	Provider      string
	SubjectHash   string
	SIDHash       string `bun:"sid_hash,nullzero"`
}

// agreed is what the protocol needs to know of a provider.
func (p Provider) agreed() openid.Settings {
	return openid.Settings{Issuer: p.Issuer, ClientID: p.ClientID, Secret: string(p.Secret), Scopes: p.Scopes, ACRValues: p.ACRValues, Prompt: p.Prompt, UserInfo: p.UserInfo}
}

func (s *Service) provider(key string) (Provider, error) {
	for _, p := range s.Providers {
		if p.Key == key {
			return p, nil
		}
	}
	return Provider{}, errs.E(errs.NotFound, "error.not_found")
}

// Provider finds a provider by its key; errs.NotFound when there is none.
func (s *Service) Provider(key string) (Provider, error) { return s.provider(key) }

// Leaving is somebody on her way to a provider.
type Leaving struct {
	Provider string
	Browser  string // a secret that only her browser holds
	Redirect string // the address at which she comes back, as the provider knows it
	Till     string // where she was going
	Lang     lang.Lang
	Link     id.ID // the account that the log-in is to be linked to; None for a log-in
}

// NewBrowserSecret is a secret for Leaving.Browser.
func NewBrowserSecret() string { return newSecret() }

// BeginProvider gives the address at the provider. It is errs.Unavailable when the provider does not answer.
func (s *Service) BeginProvider(ctx context.Context, in Leaving) (string, error) {
	p, err := s.provider(in.Provider)
	if err != nil {
		return "", err
	}
	secrets := openid.Secrets{State: newSecret(), Nonce: newSecret(), Verifier: newSecret() + newSecret()}
	address, err := s.clients[p.Key].Begin(ctx, in.Redirect, secrets)
	if err != nil {
		return "", s.providerFault(ctx, p, err)
	}
	return address, s.keepCeremony(ctx, secrets.State, in.Browser, p, in.Link, underWay{Nonce: secrets.Nonce, Verifier: secrets.Verifier, Till: in.Till, Lang: in.Lang})
}

func (s *Service) keepCeremony(ctx context.Context, token, browser string, p Provider, account id.ID, u underWay) error {
	data, err := json.Marshal(u)
	if err != nil {
		return err
	}
	row := providerCeremony{TokenHash: hashSecret(token), BrowserHash: hashSecret(browser), Provider: p.Key, AccountID: account, Data: string(data), ExpiresAt: s.Clock.Now().Add(providerLife)}
	return s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewInsert().Model(&row).Exec(ctx)
		return err
	})
}

var errProviderOver = errs.E(errs.Refused, "accounts.provider_over")

// takeCeremony uses up what has begun, in a transaction of its own: a failed answer cannot be tried again.
func (s *Service) takeCeremony(ctx context.Context, token, browser, provider string) (row providerCeremony, u underWay, err error) {
	err = s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		row = providerCeremony{}
		err := hold(tx, tx.NewSelect().Model(&row).Where("token_hash = ?", hashSecret(token)).Where("expires_at > ?", s.Clock.Now())).Scan(ctx)
		if db.IsNoRows(err) {
			return errProviderOver
		}
		if err != nil {
			return err
		}
		_, err = tx.NewDelete().Model(&row).WherePK().Exec(ctx)
		return err
	})
	if err == nil {
		err = json.Unmarshal([]byte(row.Data), &u)
	}
	if err == nil && (!sameHash(row.BrowserHash, hashSecret(browser)) || row.Provider != provider) {
		err = errProviderOver
	}
	return row, u, err
}

// Arrival is somebody who has come back from a provider. Also when she is refused it tells in what language she left and whether it was to link
// an account.
type Arrival struct {
	Account id.ID // who is logged in, None when a link waits for her yes
	Link    string
	By      SignedIn
	Till    string
	Lang    lang.Lang
	Linking bool
}

// FinishProvider takes the provider's answer, the query it sent the browser back with. Every refusal is an *errs.Error that says what she can do.
func (s *Service) FinishProvider(ctx context.Context, provider, browser, redirect string, answer url.Values) (Arrival, error) {
	p, err := s.provider(provider)
	if err != nil {
		return Arrival{}, err
	}
	row, u, err := s.takeCeremony(ctx, answer.Get("state"), browser, provider)
	back := Arrival{Till: u.Till, Lang: u.Lang, Linking: row.AccountID != id.None}
	if err != nil {
		return back, err
	}
	if u.Nonce == "" { // a link that waits is no log-in that has begun
		return back, errProviderOver
	}
	claims, err := s.clients[p.Key].Finish(ctx, redirect, openid.Secrets{Nonce: u.Nonce, Verifier: u.Verifier}, answer)
	if err != nil {
		return back, s.providerFault(ctx, p, err)
	}
	vouched, err := s.vouched(ctx, p, claims)
	if err != nil {
		return back, err
	}
	back.By = vouched.by
	if back.Linking {
		back.Link = newSecret()
		return back, s.keepCeremony(ctx, back.Link, browser, p, row.AccountID, underWay{Identity: vouched.identity, Who: vouched.who(p)})
	}
	back.Account, err = s.logInBy(ctx, p, vouched)
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Internal {
		s.Log.InfoContext(ctx, "somebody a provider vouched for was not let in", "provider", p.Key, "reason", e.Key)
	}
	return back, err
}

// vouched is a person as a provider has told of her.
type vouched struct {
	claims   openid.Claims
	identity string // hash
	by       SignedIn
}

func (v vouched) who(p Provider) string {
	for _, claim := range []string{p.FullName, p.Email} {
		if s := v.claims.Text(claim); s != "" {
			return cutRunes(s, 100)
		}
	}
	return ""
}

// vouched checks what the protocol leaves to the settings: the level, and that the claims tell whom they are about.
func (s *Service) vouched(ctx context.Context, p Provider, claims openid.Claims) (vouched, error) {
	if !p.leveled(claims) {
		s.Log.InfoContext(ctx, "a provider logged somebody in at another level than required", "provider", p.Key, "acr", claims.Text("acr"), "amr", claims.Values("amr"))
		return vouched{}, errs.E(errs.Refused, "accounts.provider_level", "provider", p.Name)
	}
	if claim := p.withheld(claims); claim != "" {
		s.Log.WarnContext(ctx, "a provider does not send a claim that rules ask for, because it has too many values", "provider", p.Key, "claim", claim)
		return vouched{}, errs.E(errs.Refused, "accounts.provider_failed", "provider", p.Name)
	}
	who := claims.Text(p.Identity)
	if who == "" || len(who) > 255 {
		s.Log.WarnContext(ctx, "a provider does not send the claim that tells people apart", "provider", p.Key, "claim", p.Identity)
		return vouched{}, errs.E(errs.Refused, "accounts.provider_failed", "provider", p.Name)
	}
	identity, err := s.hashed(ctx, p, "identity", who)
	if err != nil {
		return vouched{}, err
	}
	v := vouched{claims: claims, identity: identity, by: SignedIn{Provider: p.Key, Life: p.Session}}
	if v.by.Subject, err = s.hashed(ctx, p, "sub", claims.Subject); err == nil && claims.SessionID != "" {
		v.by.SID, err = s.hashed(ctx, p, "sid", claims.SessionID)
	}
	return v, err
}

// providerFault tells a visitor what she can do and the log what happened. What a provider says of a fault holds no secret and no name.
func (s *Service) providerFault(ctx context.Context, p Provider, err error) error {
	key, kind := "accounts.provider_failed", errs.Refused
	switch {
	case errors.Is(err, openid.ErrDown):
		key, kind = "accounts.provider_down", errs.Unavailable
	case errors.Is(err, openid.ErrDenied):
		key = "accounts.provider_denied"
	case errors.Is(err, openid.ErrLevel):
		key = "accounts.provider_level"
	case errors.Is(err, openid.ErrClock):
		key = "accounts.provider_clock"
	}
	if key == "accounts.provider_denied" || key == "accounts.provider_level" {
		s.Log.InfoContext(ctx, "a log-in at a provider ended there", "provider", p.Key, "error", err)
	} else {
		s.Log.WarnContext(ctx, "a log-in at a provider failed", "provider", p.Key, "error", err)
	}
	return errs.E(kind, key, "provider", p.Name).Because(err)
}

// pepper is the key of the hashes by which people at providers are known. Some providers tell people apart by their personal number, which a
// bare hash would not hide: there are too few of them.
type pepper struct {
	mu  sync.Mutex
	key []byte
}

const pepperName = "oidc.subject"

func (s *Service) hashed(ctx context.Context, p Provider, kind, value string) (string, error) {
	s.pepper.mu.Lock()
	defer s.pepper.mu.Unlock()
	if s.pepper.key == nil {
		var kept string
		err := s.DB.WithTx(db.WithoutOnce(ctx), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", pepperName, rand.Text(), s.Clock.Now()).Exec(ctx)
			if err != nil {
				return err
			}
			return tx.NewRaw("SELECT value FROM installation_keys WHERE name = ?", pepperName).Scan(ctx, &kept)
		})
		if err != nil {
			return "", err
		}
		s.pepper.key = []byte(kept)
	}
	m := hmac.New(sha256.New, s.pepper.key)
	m.Write([]byte(kind + "\n" + p.Issuer + "\n" + value))
	return hex.EncodeToString(m.Sum(nil)), nil
}

// logInBy finds or makes the account of somebody a provider vouched for, gives and takes roles by the rules, and notes the log-in.
func (s *Service) logInBy(ctx context.Context, p Provider, v vouched) (id.ID, error) {
	var whose id.ID
	enter := func(ctx context.Context, tx *db.Tx) (err error) {
		whose, err = s.enter(ctx, tx, p, v)
		return err
	}
	err := s.DB.WithTx(ctx, enter)
	if db.IsUnique(err) { // she came twice at the same moment; now the other one is there
		err = s.DB.WithTx(ctx, enter)
	}
	return whose, err
}

func (s *Service) enter(ctx context.Context, tx *db.Tx, p Provider, v vouched) (id.ID, error) {
	grants, admin, err := s.grants(ctx, tx, p, v.claims)
	if err != nil {
		return id.None, err
	}
	known, err := identityByHash(ctx, tx, v.identity)
	var who Account
	switch {
	case db.IsNoRows(err):
		who, known, err = s.recognise(ctx, tx, p, v, len(grants) > 0 || admin)
	case err == nil:
		who, err = findAccount(ctx, tx, known.AccountID)
	}
	if err != nil {
		return id.None, err
	}
	// Two log-ins of the same person take their turns, so that no role is given twice.
	if err := hold(tx, tx.NewSelect().Model(&who).WherePK()).Scan(ctx); err != nil {
		return id.None, err
	}
	if !who.Open() {
		return id.None, errs.E(errs.Refused, "accounts.is_closed")
	}
	if err := s.applyRules(ctx, tx, p, who, grants); err != nil {
		return id.None, err
	}
	if err := s.applyAdmin(ctx, tx, p, &known, who, admin); err != nil {
		return id.None, err
	}
	if _, err := tx.NewUpdate().Model(&known).Set("last_used_at = ?", s.Clock.Now()).WherePK().Exec(ctx); err != nil {
		return id.None, err
	}
	return s.noteLogin(ctx, tx, who.ID)
}

// recognise finds the account of somebody who comes from the provider for the first time, by an address the provider answers for, or makes one
// when a rule gives her something to do.
func (s *Service) recognise(ctx context.Context, tx *db.Tx, p Provider, v vouched, wanted bool) (Account, Identity, error) {
	email := p.trustedEmail(v.claims)
	if email == "" {
		key := "accounts.provider_no_account"
		if wanted {
			key = "accounts.provider_no_email"
		}
		return Account{}, Identity{}, errs.E(errs.Refused, key, "provider", p.Name)
	}
	who, err := accountByEmail(ctx, tx, email)
	switch {
	case errs.Is(err, errs.NotFound) && !wanted:
		return Account{}, Identity{}, errs.E(errs.Refused, "accounts.provider_no_account", "provider", p.Name)
	case errs.Is(err, errs.NotFound):
		name := v.claims.Text(p.FullName)
		var form errs.Form
		if who = s.fresh(&form, cutRunes(name, maxName), string(email), ""); form.Err() != nil {
			form = errs.Form{}
			if who = s.fresh(&form, cutRunes(string(email), maxName), string(email), ""); form.Err() != nil {
				return Account{}, Identity{}, form.Err()
			}
		}
		if err := s.insertAs(ctx, tx, p.actor(), who); err != nil {
			return Account{}, Identity{}, err
		}
	case err != nil:
		return Account{}, Identity{}, err
	case !who.Open():
		return Account{}, Identity{}, errs.E(errs.Refused, "accounts.is_closed")
	case who.Admin:
		// Whoever runs the provider would otherwise be the administrator of the installation by writing an address.
		return Account{}, Identity{}, errs.E(errs.Refused, "accounts.provider_link_first", "provider", p.Name)
	default:
		// An address may pass from one person to the next; who had it before has another identity there.
		taken, err := tx.NewSelect().Model((*Identity)(nil)).Where("account_id = ?", who.ID).Where("issuer = ?", p.Issuer).Exists(ctx)
		if err != nil {
			return Account{}, Identity{}, err
		}
		if taken {
			return Account{}, Identity{}, errs.E(errs.Refused, "accounts.provider_other", "provider", p.Name)
		}
	}
	x, err := s.link(ctx, tx, p.actor(), p, who, v.identity)
	return who, x, err
}

// insertAs adds an account; a twin made at the same moment is told by db.IsUnique.
func (s *Service) insertAs(ctx context.Context, tx *db.Tx, a actor.Actor, who Account) error {
	if _, err := tx.NewInsert().Model(&who).Exec(ctx); err != nil {
		return err
	}
	return s.trail.Record(ctx, tx, a, id.None, "account.create", "account", who.ID, nil, picture(who))
}

// actor is the provider as who acts: in the trail stands its name.
func (p Provider) actor() actor.Actor { return actor.Actor{Name: p.Name, System: true} }

func cutRunes(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
