package accountsweb

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/platform/web"

	"github.com/alexedwards/scs/v2"
)

// CookieName is the name of the only cookie. It is set when somebody logs in; readers get none. Over https it is SecureCookieName: browsers
// let nobody else set a cookie of that name, neither another host of the same domain nor a page that came without protection.
const (
	CookieName       = "samklang"
	SecureCookieName = "__Host-samklang"
)

// What a session holds.
const (
	keyAccount = "account"
	keySession = "session"
	keyDevice  = "device"
	keyBy      = "by" // how a provider's word began it, as JSON
)

// Sessions ties a browser to a person by a cookie that holds 256 random bits; the database holds only their hash.
type Sessions struct {
	accounts      *accounts.Service
	plain, secure *scs.SessionManager
	https         func(*http.Request) bool
	Failed        func(http.ResponseWriter, *http.Request, error) // answers when a session cannot be read or kept; nil for one line of text
}

// NewSessions makes the session manager. external is the address people use ("" takes what the request says).
func NewSessions(a *accounts.Service, external string, trustProxy bool, log *slog.Logger) *Sessions {
	s := &Sessions{accounts: a}
	s.plain, s.secure = s.manager(log), s.manager(log)
	s.secure.Cookie.Secure, s.secure.Cookie.Name = true, SecureCookieName
	s.https = func(r *http.Request) bool {
		return strings.HasPrefix(external, "https://") || r.TLS != nil || trustProxy && r.Header.Get("X-Forwarded-Proto") == "https"
	}
	return s
}

func (s *Sessions) manager(log *slog.Logger) *scs.SessionManager {
	m := scs.New()
	m.Lifetime = accounts.SessionLife
	m.Store = store{s.accounts}
	m.Codec = codec{}
	m.HashTokenInStore = true
	m.Cookie.Name = CookieName
	m.Cookie.HttpOnly = true
	m.Cookie.SameSite = http.SameSiteLaxMode
	m.Cookie.Path = "/"
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() != nil {
			return // the browser went away
		}
		log.Error("the session could not be read or kept", "error", err)
		if s.Failed != nil {
			s.Failed(w, r, err)
			return
		}
		http.Error(w, "Samklang svarar inte just nu. / Samklang does not answer just now.", http.StatusServiceUnavailable)
	}
	return m
}

func (s *Sessions) of(r *http.Request) *scs.SessionManager {
	if s.https(r) {
		return s.secure
	}
	return s.plain
}

// Wrap loads the session of every request. A request without the cookie costs nothing.
func (s *Sessions) Wrap(next http.Handler) http.Handler {
	plain, secure := s.plain.LoadAndSave(next), s.secure.LoadAndSave(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.https(r) {
			secure.ServeHTTP(w, r)
			return
		}
		plain.ServeHTTP(w, r)
	})
}

// Stranger tells whether a request brings no session, not even one that has ended.
func (s *Sessions) Stranger(r *http.Request) bool {
	if len(r.Header["Cookie"]) == 0 {
		return true
	}
	_, err := r.Cookie(s.of(r).Cookie.Name)
	return err != nil
}

// Identify tells who asks. What it goes by is as it was when the request came or later, on every copy of the program, so that a role that ended and
// an account that was closed count at once.
func (s *Sessions) Identify(r *http.Request) (actor.Actor, error) {
	account, err := id.Parse(s.of(r).GetString(r.Context(), keyAccount))
	if err != nil {
		return actor.Actor{}, nil
	}
	return s.accounts.Actor(r.Context(), account)
}

// Start logs a person in under a fresh token, whatever the browser held before.
func (s *Sessions) Start(r *web.Request, account id.ID) error {
	m, ctx := s.of(r.Request), r.Context()
	if err := m.RenewToken(ctx); err != nil {
		return err
	}
	m.Put(ctx, keyAccount, account.String())
	m.Put(ctx, keySession, id.New().String())
	m.Put(ctx, keyDevice, accounts.DeviceLabel(r.UserAgent()))
	m.Remove(ctx, keyBy)
	return nil
}

// StartBy is Start for somebody a provider has vouched for.
func (s *Sessions) StartBy(r *web.Request, account id.ID, by accounts.SignedIn) error {
	b, err := json.Marshal(by)
	if err != nil {
		return err
	}
	if err := s.Start(r, account); err != nil {
		return err
	}
	s.of(r.Request).Put(r.Context(), keyBy, string(b))
	return nil
}

// End logs out here.
func (s *Sessions) End(r *web.Request) error {
	m := s.of(r.Request)
	if m.GetString(r.Context(), keyAccount) == "" {
		return nil
	}
	return m.Destroy(r.Context())
}

// ID is the session of the request, None when there is none.
func (s *Sessions) ID(r *web.Request) id.ID {
	x, err := id.Parse(s.of(r.Request).GetString(r.Context(), keySession))
	if err != nil {
		return id.None
	}
	return x
}

// codec keeps a session as JSON, so that the store can read whose it is.
type codec struct{}

type envelope struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	e := envelope{Deadline: deadline, Values: make(map[string]string, len(values))}
	for k, v := range values {
		e.Values[k] = v.(string) // only this file puts anything
	}
	return json.Marshal(e)
}

func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e envelope
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, err
	}
	values := make(map[string]any, len(e.Values))
	for k, v := range e.Values {
		values[k] = v
	}
	return e.Deadline, values, nil
}

// store hands sessions to the accounts' own table. The methods without a context are never called when those with one exist.
type store struct{ accounts *accounts.Service }

func (s store) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	x, ok, err := s.accounts.FindSession(ctx, token)
	return x.Data, ok, err
}

func (s store) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	_, values, err := codec{}.Decode(b)
	if err != nil {
		return err
	}
	text := func(key string) string { v, _ := values[key].(string); return v }
	account, err := id.Parse(text(keyAccount))
	if err != nil {
		return err
	}
	session, err := id.Parse(text(keySession))
	if err != nil {
		return err
	}
	var by *accounts.SignedIn
	if x := text(keyBy); x != "" {
		if err := json.Unmarshal([]byte(x), &by); err != nil {
			return err
		}
	}
	return s.accounts.StoreSession(ctx, accounts.Session{TokenHash: token, ID: session, AccountID: account, Data: b, Device: text(keyDevice), By: by})
}

func (s store) DeleteCtx(ctx context.Context, token string) error {
	return s.accounts.DropSession(ctx, token)
}

func (s store) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}
func (s store) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}
func (s store) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
