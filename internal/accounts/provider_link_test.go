package accounts

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/uptrace/bun"
)

func TestAccountsAreLinkedDeliberately(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		w.issuer.Person["email"] = "lisa@privat.example"
		token := func(who actor.Actor) string {
			x, err := w.finish(t, w.issuer.Answer(t, w.begin(t, Leaving{Link: who.Account})))
			if err != nil || x.Account != id.None || x.Link == "" || !x.Linking {
				t.Fatalf("%+v %v", x, err)
			}
			return x.Link
		}
		asked := token(w.head)
		if x, err := w.PendingLink(t.Context(), w.head, asked); err != nil || x.Name != "Älvsele kommun" || x.Who != "Lisa Å" {
			t.Errorf("%+v %v", x, err)
		}
		if _, err := w.PendingLink(t.Context(), w.admin, asked); key(err) != "accounts.provider_over" {
			t.Errorf("somebody else's link: %v", err)
		}
		if err := w.ConfirmLink(t.Context(), w.admin, asked, "webbläsare"); key(err) != "accounts.provider_over" {
			t.Errorf("somebody else says yes: %v", err)
		}
		if _, err := w.FinishProvider(t.Context(), "alvsele", "webbläsare", redirect, url.Values{"state": {asked}, "code": {"x"}}); key(err) != "accounts.provider_over" {
			t.Errorf("the link as a log-in: %v", err)
		}
		asked = token(w.head)
		if err := w.ConfirmLink(t.Context(), w.head, asked, "en annan"); key(err) != "accounts.provider_over" {
			t.Errorf("from another browser: %v", err)
		}
		asked = token(w.head)
		if n := w.count(t, (*Identity)(nil), "1 = 1"); n != 0 {
			t.Error("linked before she said yes")
		}
		if err := w.ConfirmLink(t.Context(), w.head, asked, "webbläsare"); err != nil {
			t.Fatal(err)
		}
		if err := w.ConfirmLink(t.Context(), w.head, asked, "webbläsare"); key(err) != "accounts.provider_over" {
			t.Errorf("twice: %v", err)
		}
		mails := w.outbox.all(t)
		if last := mails[len(mails)-1]; last.Kind != mailLink || last.ToAddress != "hedda@exempel.se" || !strings.Contains(last.Subject, "Älvsele kommun") {
			t.Errorf("she was not told: %+v", last)
		}
		if who := w.mustLogIn(t); who.Account != w.head.Account || !who.Has(w.here.ID, actor.Head) || !who.Has(w.here.ID, actor.Office) {
			t.Errorf("the log-in leads to %+v", who)
		}
		if err := w.ConfirmLink(t.Context(), w.admin, token(w.admin), "webbläsare"); key(err) != "accounts.provider_taken" {
			t.Errorf("an identity with two accounts: %v", err)
		}
		links, err := w.Links(t.Context(), w.head)
		if err != nil || len(links) != 1 || links[0].Name != "Älvsele kommun" || links[0].LastUsedAt.IsZero() || strings.Contains(links[0].SubjectHash, "lisa") {
			t.Errorf("%+v %v", links, err)
		}
		session := func(by *SignedIn) id.ID {
			x := Session{TokenHash: newSecret(), ID: id.New(), AccountID: w.head.Account, Data: []byte("{}"), By: by}
			if err := w.StoreSession(t.Context(), x); err != nil {
				t.Fatal(err)
			}
			return x.ID
		}
		by := &SignedIn{Provider: "alvsele", Subject: "x", Life: time.Hour}
		here, elsewhere, byCode := session(by), session(by), session(nil)
		if err := w.Unlink(t.Context(), w.admin, links[0].ID, id.None); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's: %v", err)
		}
		w.NoMail = true
		if err := w.Unlink(t.Context(), w.head, links[0].ID, here); key(err) != "accounts.last_way_in" {
			t.Errorf("the last way in: %v", err)
		}
		w.NoMail = false
		if err := w.Unlink(t.Context(), w.head, links[0].ID, here); err != nil {
			t.Fatal(err)
		}
		if who := w.actor(t, w.head.Account); len(who.Grants) != 1 || !who.Has(w.here.ID, actor.Head) {
			t.Errorf("what the rule gave is still there: %+v", who.Grants)
		}
		if n := w.count(t, (*Session)(nil), "id IN (?)", bun.In([]id.ID{here, elsewhere, byCode})); n != 2 || w.count(t, (*Session)(nil), "id = ?", elsewhere) != 0 {
			t.Errorf("%d sessions are left", n)
		}
		if _, err := w.logIn(t); key(err) != "accounts.provider_no_email" {
			t.Errorf("after the link was removed: %v", err)
		}
		if got := w.trailOf(t, id.None); !slices.Equal(got, []string{"account.link", "account.unlink"}) {
			t.Errorf("the trail: %v", got)
		}
	})
}

func TestAProviderEndsSessions(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		store := func(sid string) string {
			w.issuer.Person["sid"] = sid
			x, err := w.finish(t, w.issuer.Answer(t, w.begin(t, Leaving{})))
			if err != nil {
				t.Fatal(err)
			}
			s := Session{TokenHash: newSecret(), ID: id.New(), AccountID: x.Account, Data: []byte("{}"), By: &x.By}
			if err := w.StoreSession(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			return s.TokenHash
		}
		alive := func(token string) bool {
			_, ok, err := w.FindSession(t.Context(), token)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		one, two := store("s1"), store("s2")
		for name, token := range map[string]string{
			"nothing":            "",
			"nonsense":           "a.b.c",
			"no event":           w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "events": map[string]any{}}),
			"an ID token":        w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "nonce": "n"}),
			"nobody":             w.issuer.LogoutToken(nil),
			"of another issuer":  w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "iss": "https://evil.example"}),
			"for another client": w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "aud": "annan"}),
			"lapsed":             w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "exp": w.clock.Now().Add(-time.Hour).Unix()}),
			"without a name":     w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "jti": ""}),
		} {
			if err := w.EndedByProvider(t.Context(), "alvsele", token); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if !alive(one) || !alive(two) {
			t.Fatal("a word that was not believed ended a session")
		}
		first := w.issuer.LogoutToken(map[string]any{"sub": "lisa-1", "sid": "s1"})
		if err := w.EndedByProvider(t.Context(), "alvsele", first); err != nil || alive(one) || !alive(two) {
			t.Errorf("one session: %v, %v %v", err, alive(one), alive(two))
		}
		if err := w.EndedByProvider(t.Context(), "alvsele", w.issuer.LogoutToken(map[string]any{"sub": "annan"})); err != nil || !alive(two) {
			t.Errorf("somebody else: %v", err)
		}
		again := store("s1")
		if err := w.EndedByProvider(t.Context(), "alvsele", first); !errs.Is(err, errs.Invalid) || !alive(again) {
			t.Errorf("the same word twice: %v", err)
		}
		if err := w.EndedByProvider(t.Context(), "alvsele", w.issuer.LogoutToken(map[string]any{"sub": "lisa-1"})); err != nil || alive(again) || alive(two) {
			t.Errorf("everywhere: %v", err)
		}
		if n := w.count(t, (*sessionBy)(nil), "1 = 1"); n != 0 {
			t.Errorf("%d rows about sessions that are gone", n)
		}
		// The life of a session is the provider's.
		last := store("s9")
		w.clock.Advance(2*time.Hour - time.Second)
		if !alive(last) {
			t.Error("the session ended early")
		}
		w.clock.Advance(time.Second)
		if alive(last) {
			t.Error("the session outlived its setting")
		}
	})
}

func TestHowItStandsWithTheProviders(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), func(p *Provider) {
		p.Rules = append(p.Rules, rule("ingenstans", "head", "groups has x"))
	})
	down := w.Providers[0]
	down.Key, down.Name, down.Issuer = "mo", "Mo kommun", "http://127.0.0.1:1"
	list, err := w.withProviders(w.Providers[0], down).CheckProviders(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatal(list, err)
	}
	if list[0].Fault != "" || !list[0].BackChannel || !slices.Equal(list[0].Unknown, []string{"ingenstans"}) {
		t.Errorf("%+v", list[0])
	}
	if !strings.Contains(list[1].Fault, "cannot be reached") {
		t.Errorf("%+v", list[1])
	}
}
