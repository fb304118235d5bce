// Package openidtest is an OpenID Connect provider in the test's own process. It keeps the protocol's rules, and lies when a test tells it to.
package openidtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"samklang/internal/platform/clock"
)

// The one client there is.
const (
	ClientID = "samklang"
	Secret   = "en hemlighet"
)

// Issuer is the provider. Its fields are changed between log-ins, not during them.
type Issuer struct {
	*httptest.Server
	Clock  clock.Clock
	Person map[string]any                 // who logs in: the claims of the ID token
	Info   map[string]any                 // what userinfo says besides; nil says what the token says
	Lie    func(map[string]any)           // changes the ID token before it is signed
	Sign   func(head, body []byte) string // replaces the signature of the key
	Tell   func(map[string]any)           // changes the discovery document
	Down   bool                           // answers nothing but 500
	Asked  url.Values                     // what the last log-in asked for

	mu    sync.Mutex
	key   *ecdsa.PrivateKey
	kid   string
	codes map[string]url.Values
}

// New starts a provider.
func New(t *testing.T, c clock.Clock) *Issuer {
	t.Helper()
	i := &Issuer{Clock: c, codes: map[string]url.Values{}}
	i.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", i.discovery)
	mux.HandleFunc("GET /jwks", i.jwks)
	mux.HandleFunc("POST /token", i.token)
	mux.HandleFunc("GET /userinfo", i.userinfo)
	i.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if i.Down {
			http.Error(w, "down", http.StatusInternalServerError)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(i.Close)
	return i
}

// Rotate gives the provider a new key, and it forgets the old one.
func (i *Issuer) Rotate() {
	i.mu.Lock()
	defer i.mu.Unlock()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	i.key, i.kid = key, rand.Text()
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(v); err != nil {
		panic(err)
	}
}

func (i *Issuer) discovery(w http.ResponseWriter, _ *http.Request) {
	d := map[string]any{
		"issuer": i.URL, "authorization_endpoint": i.URL + "/auth", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/jwks", "userinfo_endpoint": i.URL + "/userinfo",
		"end_session_endpoint": i.URL + "/end", "id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"}, "code_challenge_methods_supported": []string{"S256"},
		"authorization_response_iss_parameter_supported": true, "backchannel_logout_supported": true,
	}
	if i.Tell != nil {
		i.Tell(d)
	}
	send(w, http.StatusOK, d)
}

func (i *Issuer) jwks(w http.ResponseWriter, _ *http.Request) {
	i.mu.Lock()
	defer i.mu.Unlock()
	raw, err := i.key.PublicKey.Bytes() // 4, X, Y
	if err != nil {
		panic(err)
	}
	send(w, http.StatusOK, map[string]any{"keys": []any{map[string]any{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": i.kid, "x": b64(raw[1:33]), "y": b64(raw[33:])}}})
}

// Answer is what the provider sends the browser back with, after somebody has logged in at the address.
func (i *Issuer) Answer(t *testing.T, address string) url.Values {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if q.Get("response_type") != "code" || q.Get("client_id") != ClientID || q.Get("code_challenge_method") != "S256" || q.Get("code_challenge") == "" || q.Get("nonce") == "" || len(q.Get("state")) < 20 {
		t.Fatalf("asked by %s", address)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	code := rand.Text()
	i.codes[code], i.Asked = q, q
	return url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {i.URL}}
}

func (i *Issuer) token(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	asked := i.codes[r.FormValue("code")]
	delete(i.codes, r.FormValue("code"))
	i.mu.Unlock()
	name, secret, _ := r.BasicAuth()
	secret, _ = url.QueryUnescape(secret)
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	switch {
	case name != ClientID || secret != Secret:
		send(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	case asked == nil, asked.Get("redirect_uri") != r.FormValue("redirect_uri"), asked.Get("code_challenge") != b64(sum[:]):
		send(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	now := i.Clock.Now()
	claims := map[string]any{"iss": i.URL, "aud": ClientID, "nonce": asked.Get("nonce"), "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(claims, i.Person)
	if i.Lie != nil {
		i.Lie(claims)
	}
	send(w, http.StatusOK, map[string]any{"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": i.JWT(claims)})
}

func (i *Issuer) userinfo(w http.ResponseWriter, _ *http.Request) {
	all := maps.Clone(i.Person)
	maps.Copy(all, i.Info)
	send(w, http.StatusOK, all)
}

// JWT signs claims.
func (i *Issuer) JWT(claims map[string]any) string {
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	head := []byte(`{"alg":"ES256","kid":"` + i.kid + `"}`)
	if i.Sign != nil {
		return i.Sign(head, body)
	}
	return i.Signed(head, body)
}

// Signed signs a head and a body as they are.
func (i *Issuer) Signed(head, body []byte) string {
	text := b64(head) + "." + b64(body)
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, i.key, sum[:])
	if err != nil {
		panic(err)
	}
	sig := make([]byte, 64)
	r.FillBytes(sig[:32])
	s.FillBytes(sig[32:])
	return text + "." + b64(sig)
}

// LogoutToken is the word that somebody has logged out.
func (i *Issuer) LogoutToken(claims map[string]any) string {
	now := i.Clock.Now()
	all := map[string]any{"iss": i.URL, "aud": ClientID, "iat": now.Unix(), "exp": now.Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}}
	maps.Copy(all, claims)
	return i.JWT(all)
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
