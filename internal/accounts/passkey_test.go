package accounts

import (
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/descope/virtualwebauthn"
)

const origin Origin = "https://samklang.example"

// device is somebody's phone with a passkey on it.
type device struct {
	party         virtualwebauthn.RelyingParty
	authenticator virtualwebauthn.Authenticator
	key           virtualwebauthn.Credential
}

func newDevice(o Origin) *device {
	host := strings.TrimPrefix(strings.TrimPrefix(string(o), "https://"), "http://")
	host, _, _ = strings.Cut(host, ":")
	return &device{
		party:         virtualwebauthn.RelyingParty{Name: "Samklang", ID: host, Origin: string(o)},
		authenticator: virtualwebauthn.NewAuthenticator(),
		key:           newCredential(),
	}
}

// newCredential makes a key whose coordinates both fill their 32 bytes: the device writes shorter ones without their leading zeros, which no
// real device does and which is refused.
func newCredential() virtualwebauthn.Credential {
	const whole = 77 // bytes of an ES256 key in COSE
	for {
		if c := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2); len(c.Key.AttestationData()) == whole {
			return c
		}
	}
}

func (v *device) register(t *testing.T, w *world, a actor.Actor) Passkey {
	t.Helper()
	c, err := w.BeginPasskey(t.Context(), a, origin)
	if err != nil {
		t.Fatal(err)
	}
	options, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	answer := virtualwebauthn.CreateAttestationResponse(v.party, v.authenticator, v.key, *options)
	p, err := w.FinishPasskey(t.Context(), a, origin, c.Token, " Heddas  telefon ", []byte(answer))
	if err != nil {
		t.Fatal(err)
	}
	v.authenticator.Options.UserHandle = a.Account[:]
	v.authenticator.AddCredential(v.key)
	return p
}

func (v *device) challenge(t *testing.T, w *world) (Challenge, string) {
	t.Helper()
	c, err := w.BeginPasskeyLogin(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	options, err := virtualwebauthn.ParseAssertionOptions(string(c.Options))
	if err != nil {
		t.Fatal(err)
	}
	v.key.Counter++
	return c, virtualwebauthn.CreateAssertionResponse(v.party, v.authenticator, v.key, *options)
}

func (v *device) logIn(t *testing.T, w *world) (id.ID, error) {
	t.Helper()
	c, answer := v.challenge(t, w)
	return w.FinishPasskeyLogin(t.Context(), origin, c.Token, []byte(answer))
}

func TestLoggingInWithAPasskey(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newDevice(origin)
		p := phone.register(t, w, w.head)
		if p.Name != "Heddas telefon" {
			t.Errorf("named %q", p.Name)
		}
		mails := w.outbox.all(t)
		if m := mails[len(mails)-1]; m.Kind != mailPasskey || m.ToAddress != "hedda@exempel.se" {
			t.Errorf("the owner was sent %+v", m)
		}
		for range 2 {
			if who, err := phone.logIn(t, w); err != nil || who != w.head.Account {
				t.Fatalf("%v, %v", who, err)
			}
		}
		list, err := w.Passkeys(t.Context(), w.head)
		if err != nil || len(list) != 1 || list[0].LastUsedAt.IsZero() {
			t.Errorf("%+v, %v", list, err)
		}
	})
}

func TestWhatAPasskeyMayNotDo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newDevice(origin)
		p := phone.register(t, w, w.head)

		c, answer := phone.challenge(t, w)
		if _, err := w.FinishPasskeyLogin(t.Context(), origin, c.Token, []byte(answer)); err != nil {
			t.Fatal(err)
		}
		if _, err := w.FinishPasskeyLogin(t.Context(), origin, c.Token, []byte(answer)); !errs.Is(err, errs.Refused) {
			t.Errorf("the same answer twice: %v", err)
		}
		other, err := w.BeginPasskeyLogin(t.Context(), origin)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.FinishPasskeyLogin(t.Context(), origin, other.Token, []byte(answer)); !errs.Is(err, errs.Refused) {
			t.Errorf("an old answer to a new challenge: %v", err)
		}
		c, answer = phone.challenge(t, w)
		w.clock.Advance(ceremonyLife)
		if _, err := w.FinishPasskeyLogin(t.Context(), origin, c.Token, []byte(answer)); !errs.Is(err, errs.Refused) {
			t.Errorf("too late: %v", err)
		}
		c, answer = phone.challenge(t, w)
		if _, err := w.FinishPasskeyLogin(t.Context(), "https://evil.example", c.Token, []byte(answer)); !errs.Is(err, errs.Refused) {
			t.Errorf("at another address: %v", err)
		}
		phone.key.Counter = 0 // a copy of the key that has been used less
		if _, err := phone.logIn(t, w); key(err) != "accounts.passkey_cloned" {
			t.Errorf("a copied key: %v", err)
		}
		phone.key.Counter = 50
		for _, junk := range []string{"", "{}", "null", strings.Repeat("[", 10000), `{"id":"x","rawId":"x","type":"public-key","response":{}}`} {
			c, _ := phone.challenge(t, w)
			if _, err := w.FinishPasskeyLogin(t.Context(), origin, c.Token, []byte(junk)); !errs.Is(err, errs.Refused) {
				t.Errorf("%.20q: %v", junk, err)
			}
			c, err := w.BeginPasskey(t.Context(), w.head, origin)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.FinishPasskey(t.Context(), w.head, origin, c.Token, "x", []byte(junk)); !errs.Is(err, errs.Refused) {
				t.Errorf("registering %.20q: %v", junk, err)
			}
		}
		if err := w.RenamePasskey(t.Context(), w.admin, p.ID, "mine"); !errs.Is(err, errs.NotFound) {
			t.Errorf("renaming another's: %v", err)
		}
		if err := w.RemovePasskey(t.Context(), w.admin, p.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("removing another's: %v", err)
		}
		if err := w.RenamePasskey(t.Context(), w.head, p.ID, "Telefonen"); err != nil {
			t.Error(err)
		}
		phone.key.Counter = 100
		if _, err := phone.logIn(t, w); err != nil {
			t.Fatal(err)
		}
		if err := w.RemovePasskey(t.Context(), w.head, p.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.logIn(t, w); !errs.Is(err, errs.Refused) {
			t.Errorf("after it was removed: %v", err)
		}
	})
}

func TestARegistrationBelongsToOnePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		phone := newDevice(origin)
		c, err := w.BeginPasskey(t.Context(), w.head, origin)
		if err != nil {
			t.Fatal(err)
		}
		options, err := virtualwebauthn.ParseAttestationOptions(string(c.Options))
		if err != nil {
			t.Fatal(err)
		}
		answer := virtualwebauthn.CreateAttestationResponse(phone.party, phone.authenticator, phone.key, *options)
		if _, err := w.FinishPasskey(t.Context(), w.admin, origin, c.Token, "x", []byte(answer)); !errs.Is(err, errs.Refused) {
			t.Errorf("finished by another: %v", err)
		}
		if _, err := w.BeginPasskey(t.Context(), actor.Actor{}, origin); !errs.Is(err, errs.Unauthorised) {
			t.Errorf("by a visitor: %v", err)
		}
	})
}

func TestAClosedAccountsPasskeyIsUseless(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.actor(t, w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se").ID)
		phone := newDevice(origin)
		phone.register(t, w, olle)
		if err := w.CloseAccount(t.Context(), w.admin, olle.Account, w.version(t, olle)); err != nil {
			t.Fatal(err)
		}
		if _, err := phone.logIn(t, w); !errs.Is(err, errs.Refused) {
			t.Errorf("got in: %v", err)
		}
	})
}

func TestOrigins(t *testing.T) {
	for address, want := range map[string]Origin{
		"https://samklang.example":      "https://samklang.example",
		"https://samklang.example:8443": "https://samklang.example:8443",
		"http://localhost:8080":         "http://localhost:8080",
		"http://samklang.localhost:80":  "http://samklang.localhost:80",
		"http://samklang.example":       "",
		"http://127.0.0.1:8080":         "",
		"https://192.168.1.2":           "",
		"https://[::1]:8080":            "",
		"":                              "",
		"localhost":                     "",
	} {
		if got, ok := ParseOrigin(address); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", address, got, ok)
		}
	}
}

func TestWhatIsOverIsSweptAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.actor(t, w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se").ID)
		newDevice(origin).register(t, w, olle)
		w.ask(t, "olle@exempel.se")
		if _, err := w.BeginPasskeyLogin(t.Context(), origin); err != nil {
			t.Fatal(err)
		}
		if err := w.StoreSession(t.Context(), Session{TokenHash: "h", ID: id.New(), AccountID: olle.Account, Data: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if err := w.ChangeEmail(t.Context(), olle, "nya@exempel.se", func(s string) string { return s }); err != nil {
			t.Fatal(err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, w.head.Account, 1); key(err) != "accounts.last_head" {
			t.Fatal(err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, olle.Account, w.version(t, olle)); err != nil {
			t.Fatal(err)
		}
		rows := func(table string) (n int) {
			if err := d.Read().NewSelect().TableExpr(table).ColumnExpr("count(*)").Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		w.clock.Advance(closedKept - time.Hour)
		if err := w.ForgetClosed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if a, err := w.Account(t.Context(), olle.Account); err != nil || a.Email != "olle@exempel.se" || rows("passkeys") != 1 {
			t.Errorf("before its year is over: %+v, %v", a, err)
		}
		w.clock.Advance(2 * time.Hour)
		for range 2 {
			if err := w.ForgetClosed(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		a, err := w.Account(t.Context(), olle.Account)
		if err != nil || strings.Contains(string(a.Email), "olle") || a.Name != "Olle Berg" || rows("passkeys") != 0 {
			t.Errorf("a year after it was closed: %+v, %v", a, err)
		}
		if x, err := w.Account(t.Context(), w.head.Account); err != nil || x.Email != "hedda@exempel.se" {
			t.Errorf("an open account: %+v, %v", x, err)
		}
	})
}
