package openid

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"samklang/internal/platform/clock"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Settings are what an administrator and a provider have agreed on.
type Settings struct {
	Issuer    string
	ClientID  string
	Secret    string // "" for a public client, which has PKCE alone
	Scopes    []string
	ACRValues []string // what levels to ask for
	Prompt    string   // "" or what the provider is asked to show: "login", "select_account"
	UserInfo  bool     // ask for the claims that are not in the ID token
}

// How long a discovery document is used, and how long after a failure the provider is left alone.
const (
	discoveryLife = time.Hour
	failureLife   = 5 * time.Second
)

// allTime is how long a person waits at most while the provider is asked for her code's worth.
const allTime = 15 * time.Second

// Skew is by how much the clocks of the provider and of this machine may differ.
const Skew = 2 * time.Minute

// The ways in which a log-in fails. Errors wrap one of them.
var (
	ErrDown    = errors.New("the provider cannot be reached or does not answer as it should")
	ErrDenied  = errors.New("the person or the provider said no")
	ErrLevel   = errors.New("the provider cannot log in at the level that was asked for")
	ErrRefused = errors.New("the provider refused")
	ErrToken   = errors.New("what the provider sent is not to be trusted")
	ErrClock   = errors.New("the provider's clock and this machine's differ too much")
)

// Client speaks with one provider. It is safe for concurrent use and finds out about the provider when it is first needed, so that a provider
// that is down hinders no start.
type Client struct {
	settings Settings
	clock    clock.Clock
	http     *http.Client

	mu      sync.Mutex
	found   *discovered
	failure error
	failed  time.Time
}

// discovered is what the discovery document says.
type discovered struct {
	provider *oidc.Provider
	at       time.Time
	Document
}

// Document is the part of a discovery document that is used here.
type Document struct {
	EndSession     string   `json:"end_session_endpoint"`
	AuthMethods    []string `json:"token_endpoint_auth_methods_supported"`
	ACRValues      []string `json:"acr_values_supported"`
	Scopes         []string `json:"scopes_supported"`
	PKCE           []string `json:"code_challenge_methods_supported"`
	IssInAnswer    bool     `json:"authorization_response_iss_parameter_supported"`
	BackChannel    bool     `json:"backchannel_logout_supported"`
	BackChannelSID bool     `json:"backchannel_logout_session_supported"`
}

// New makes the client of a provider.
func New(s Settings, c clock.Clock, h *http.Client) *Client {
	return &Client{settings: s, clock: c, http: h}
}

// Check asks the provider anew for what it says of itself.
func (c *Client) Check(ctx context.Context) (Document, error) {
	d, err := c.ask(ctx)
	if err != nil {
		return Document{}, err
	}
	return d.Document, nil
}

func (c *Client) discover(ctx context.Context) (*discovered, error) {
	c.mu.Lock()
	found, failure, failed := c.found, c.failure, c.failed
	c.mu.Unlock()
	now := c.clock.Now()
	if found != nil && now.Sub(found.at) < discoveryLife {
		return found, nil
	}
	if failure != nil && now.Sub(failed) < failureLife {
		return nil, failure
	}
	fresh, err := c.ask(ctx)
	if err != nil && found != nil {
		return found, nil // what it said last still holds as far as anybody knows
	}
	return fresh, err
}

func (c *Client) ask(ctx context.Context) (*discovered, error) {
	provider, err := oidc.NewProvider(oidc.ClientContext(ctx, c.http), c.settings.Issuer)
	d := &discovered{provider: provider, at: c.clock.Now()}
	if err == nil {
		err = provider.Claims(&d.Document)
	}
	if err == nil {
		err = d.addresses()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil {
		c.failure, c.failed = fmt.Errorf("%w: %s", ErrDown, cut(err.Error())), c.clock.Now()
		return nil, c.failure
	}
	if old := c.found; old != nil && old.same(d) {
		d.provider = old.provider // and the keys it has learned
	}
	c.found, c.failure = d, nil
	return d, nil
}

// addresses tells which address of the discovery document cannot be used.
func (d *discovered) addresses() error {
	at := d.provider.Endpoint()
	for name, s := range map[string]string{"authorization_endpoint": at.AuthURL, "token_endpoint": at.TokenURL, "userinfo_endpoint": d.provider.UserInfoEndpoint(), "end_session_endpoint": d.EndSession} {
		if s == "" && name != "authorization_endpoint" && name != "token_endpoint" {
			continue
		}
		if u, err := url.Parse(s); err != nil || !safe(u) {
			return fmt.Errorf("its %s is not an https address: %q", name, cut(s))
		}
	}
	if len(d.PKCE) > 0 && !slices.Contains(d.PKCE, "S256") {
		return errors.New("it does not support PKCE with S256")
	}
	return nil
}

func (d *discovered) same(x *discovered) bool {
	type keys struct {
		JWKS string `json:"jwks_uri"`
	}
	var a, b keys
	return d.provider.Claims(&a) == nil && x.provider.Claims(&b) == nil && a == b && d.provider.Endpoint() == x.provider.Endpoint() && d.provider.UserInfoEndpoint() == x.provider.UserInfoEndpoint()
}

func (c *Client) oauth(d *discovered, redirect string) *oauth2.Config {
	at := d.provider.Endpoint()
	at.AuthStyle = oauth2.AuthStyleInHeader // RFC 8414: what holds when nothing is said
	if c.settings.Secret == "" || len(d.AuthMethods) > 0 && !slices.Contains(d.AuthMethods, "client_secret_basic") {
		at.AuthStyle = oauth2.AuthStyleInParams
	}
	return &oauth2.Config{ClientID: c.settings.ClientID, ClientSecret: c.settings.Secret, Endpoint: at, RedirectURL: redirect, Scopes: c.settings.Scopes}
}

// Secrets belong to one log-in. State goes through the browser; the others never leave the server but hashed or to the provider.
type Secrets struct{ State, Nonce, Verifier string }

// Begin gives the address at the provider to send the browser to.
func (c *Client) Begin(ctx context.Context, redirect string, s Secrets) (string, error) {
	d, err := c.discover(ctx)
	if err != nil {
		return "", err
	}
	options := []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(s.Verifier), oidc.Nonce(s.Nonce)}
	if len(c.settings.ACRValues) > 0 {
		options = append(options, oauth2.SetAuthURLParam("acr_values", strings.Join(c.settings.ACRValues, " ")))
	}
	if c.settings.Prompt != "" {
		options = append(options, oauth2.SetAuthURLParam("prompt", c.settings.Prompt))
	}
	return c.oauth(d, redirect).AuthCodeURL(s.State, options...), nil
}

// Finish exchanges the code that came with the answer for what the provider vouches for. The state has been checked by the caller. The error
// wraps one of those above.
func (c *Client) Finish(ctx context.Context, redirect string, s Secrets, answer url.Values) (Claims, error) {
	ctx, cancel := context.WithTimeout(ctx, allTime)
	defer cancel()
	d, err := c.discover(ctx)
	if err != nil {
		return Claims{}, err
	}
	if iss := answer.Get("iss"); iss != "" && iss != c.settings.Issuer || iss == "" && d.IssInAnswer {
		return Claims{}, fmt.Errorf("%w: the answer comes from %q", ErrToken, cut(iss))
	}
	if fault := answer.Get("error"); fault != "" {
		return Claims{}, refusal(fault, answer.Get("error_description"))
	}
	code := answer.Get("code")
	if code == "" || len(code) > 4096 {
		return Claims{}, fmt.Errorf("%w: the answer has no code", ErrToken)
	}
	ctx = oidc.ClientContext(ctx, c.http)
	token, err := c.oauth(d, redirect).Exchange(ctx, code, oauth2.VerifierOption(s.Verifier))
	if err != nil {
		return Claims{}, exchangeFault(err)
	}
	raw, _ := token.Extra("id_token").(string)
	if raw == "" || len(raw) > 128<<10 {
		return Claims{}, fmt.Errorf("%w: there is no ID token, or one that is too large", ErrToken)
	}
	claims, err := c.verify(ctx, d, raw, s.Nonce, token.AccessToken)
	if err != nil || !c.settings.UserInfo || d.provider.UserInfoEndpoint() == "" {
		return claims, err
	}
	info, err := d.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return Claims{}, fmt.Errorf("%w: userinfo: %s", ErrDown, cut(err.Error()))
	}
	if info.Subject != claims.Subject {
		return Claims{}, fmt.Errorf("%w: userinfo speaks of somebody else", ErrToken)
	}
	var more map[string]any
	if err := info.Claims(&more); err != nil {
		return Claims{}, fmt.Errorf("%w: userinfo: %s", ErrToken, cut(err.Error()))
	}
	claims.add(more)
	return claims, nil
}

// verifier checks signature, issuer and audience. The times are checked here, by the program's clock and with its patience.
func (c *Client) verifier(d *discovered) *oidc.IDTokenVerifier {
	return d.provider.Verifier(&oidc.Config{ClientID: c.settings.ClientID, SkipExpiryCheck: true})
}

func (c *Client) verify(ctx context.Context, d *discovered, raw, nonce, access string) (Claims, error) {
	fault := func(format string, args ...any) (Claims, error) {
		return Claims{}, fmt.Errorf("%w: "+format, append([]any{ErrToken}, args...)...)
	}
	token, err := c.verifier(d).Verify(ctx, raw)
	if err != nil {
		return Claims{}, tokenFault(err)
	}
	claims := Claims{Subject: token.Subject, All: map[string]any{}}
	if err := token.Claims(&claims.All); err != nil {
		return fault("%s", cut(err.Error()))
	}
	if token.Issuer != c.settings.Issuer { // the library is lenient with one provider
		return fault("it was issued by %q", cut(token.Issuer))
	}
	if azp, said := claims.All["azp"]; said && azp != c.settings.ClientID || !said && len(token.Audience) > 1 {
		return fault("it is meant for another client")
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(nonce)) != 1 {
		return fault("its nonce is not the one that was sent")
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(access); err != nil {
			return fault("%s", cut(err.Error()))
		}
	}
	if token.Subject == "" || len(token.Subject) > 255 {
		return fault("it says of nobody that she is logged in")
	}
	if err := c.times(token.IssuedAt, token.Expiry, claims.All["nbf"]); err != nil {
		return Claims{}, err
	}
	claims.SessionID, _ = claims.All["sid"].(string)
	return claims, nil
}

func (c *Client) times(issued, expiry time.Time, notBefore any) error {
	now := c.clock.Now()
	if n, ok := notBefore.(float64); ok && now.Add(Skew).Before(time.Unix(int64(n), 0)) || now.Add(Skew).Before(issued) {
		return fmt.Errorf("%w: the token is from %s and it is %s here", ErrClock, issued.UTC().Format(time.RFC3339), now.Format(time.RFC3339))
	}
	if !now.Before(expiry.Add(Skew)) {
		return fmt.Errorf("%w: the token lapsed at %s and it is %s here", ErrClock, expiry.UTC().Format(time.RFC3339), now.Format(time.RFC3339))
	}
	return nil
}

// Logout is a provider's word that somebody is logged out there. One of Subject and SessionID may be "".
type Logout struct {
	Token     string // its name (jti), to know it again
	Subject   string
	SessionID string
	Until     time.Time // after which it is no longer accepted
}

// VerifyLogout checks a logout token. The error wraps ErrToken, ErrClock or ErrDown.
func (c *Client) VerifyLogout(ctx context.Context, raw string) (Logout, error) {
	if len(raw) > 32<<10 {
		return Logout{}, fmt.Errorf("%w: too large", ErrToken)
	}
	d, err := c.discover(ctx)
	if err != nil {
		return Logout{}, err
	}
	t, err := c.verifier(d).VerifyLogout(ctx, raw)
	if err != nil {
		return Logout{}, tokenFault(err)
	}
	if t.Issuer != c.settings.Issuer {
		return Logout{}, fmt.Errorf("%w: it was issued by %q", ErrToken, cut(t.Issuer))
	}
	if err := c.times(t.IssuedAt, t.Expiry, nil); err != nil {
		return Logout{}, err
	}
	return Logout{Token: t.TokenID, Subject: t.Subject, SessionID: t.SessionID, Until: t.Expiry.Add(Skew)}, nil
}

// EndSession is the address at which the browser logs out at the provider too and comes back, "" when the provider has none.
func (c *Client) EndSession(ctx context.Context, back string) (string, error) {
	d, err := c.discover(ctx)
	if err != nil || d.EndSession == "" {
		return "", err
	}
	u, err := url.Parse(d.EndSession)
	if err != nil {
		return "", err
	}
	q := u.Query()
	q.Set("client_id", c.settings.ClientID)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

func refusal(code, description string) error {
	kind := ErrRefused
	switch code {
	case "access_denied", "login_required", "interaction_required", "consent_required", "account_selection_required":
		kind = ErrDenied
	case "unmet_authentication_requirements":
		kind = ErrLevel
	case "server_error", "temporarily_unavailable":
		kind = ErrDown
	}
	return fmt.Errorf("%w: %s %s", kind, cut(code), cut(description))
}

func exchangeFault(err error) error {
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok && e.ErrorCode != "" && e.Response != nil && e.Response.StatusCode < 500 {
		return fmt.Errorf("%w: %s %s", ErrRefused, cut(e.ErrorCode), cut(e.ErrorDescription))
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("%w: %s", ErrToken, cut(err.Error()))
	}
	return fmt.Errorf("%w: %s", ErrDown, cut(err.Error()))
}

// tokenFault tells a token that is wrong from keys that could not be fetched.
func tokenFault(err error) error {
	kind := ErrToken
	if strings.Contains(err.Error(), "fetching keys") {
		kind = ErrDown
	}
	return fmt.Errorf("%w: %s", kind, cut(err.Error()))
}

// cut keeps what a provider says short enough for a log line, and on one line.
func cut(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return s
}
