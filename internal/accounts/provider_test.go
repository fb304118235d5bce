package accounts

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/openid/openidtest"
)

const redirect = "https://samklang.example/logga-in/via/alvsele/svar"

// town is a world with a municipality that vouches for its people.
type town struct {
	*world
	issuer *openidtest.Issuer
}

func rule(association, role string, when ...string) Rule {
	r := Rule{Association: association, Role: actor.Role(role)}
	if role == "admin" {
		r.Role, r.Admin = "", true
	}
	for _, w := range when {
		c, err := parseCondition(w)
		if err != nil {
			panic(err)
		}
		r.When = append(r.When, c)
	}
	return r
}

func newTown(t *testing.T, d *db.DB, change func(*Provider)) *town {
	t.Helper()
	return townIn(t, newWorld(t, d), change)
}

// townIn adds a municipality to a world.
func townIn(t *testing.T, w *world, change func(*Provider)) *town {
	t.Helper()
	issuer := openidtest.New(t, w.clock)
	issuer.Person = map[string]any{"sub": "lisa-1", "name": "Lisa Å", "email": "lisa@alvsele.example", "email_verified": true, "groups": []any{"samordning"}, "sid": "s1"}
	p := Provider{Key: "alvsele", Name: "Älvsele kommun", Issuer: issuer.URL, ClientID: openidtest.ClientID, Secret: openidtest.Secret, Scopes: []string{"openid", "email"}, Identity: "sub", FullName: "name",
		Email: "email", EmailVerified: "email_verified", TrustedDomains: []string{"alvsele.example"}, UserInfo: true, LogOut: true, Session: 2 * time.Hour, RoleLasts: 90,
		Rules: []Rule{rule("alvkusten", "office", "groups has samordning"), rule("skogsbygden", "board", "groups has styrelse")}}
	if change != nil {
		change(&p)
	}
	return &town{world: w.withProviders(p), issuer: issuer}
}

// withProviders is the same world whose settings name providers.
func (w *world) withProviders(list ...Provider) *world {
	n := w.Needs
	n.Providers = list
	n.Place = func(_ context.Context, _ db.IDB, association, body string) (Place, error) {
		for _, sc := range []scope.Association{w.here, w.there} {
			if sc.Slug == association && body == "" {
				return Place{Association: sc.ID}, nil
			}
		}
		return Place{}, errs.E(errs.NotFound, "error.not_found")
	}
	x := *w
	x.Service = New(n)
	return &x
}

func (w *town) begin(t *testing.T, in Leaving) string {
	t.Helper()
	if in.Provider == "" {
		in.Provider = "alvsele"
	}
	in.Browser, in.Redirect = "webbläsare", redirect
	address, err := w.BeginProvider(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

func (w *town) finish(t *testing.T, answer url.Values) (Arrival, error) {
	t.Helper()
	return w.FinishProvider(t.Context(), "alvsele", "webbläsare", redirect, answer)
}

func (w *town) logIn(t *testing.T) (id.ID, error) {
	t.Helper()
	x, err := w.finish(t, w.issuer.Answer(t, w.begin(t, Leaving{})))
	return x.Account, err
}

func (w *town) mustLogIn(t *testing.T) actor.Actor {
	t.Helper()
	who, err := w.logIn(t)
	if err != nil {
		t.Fatal(err)
	}
	return w.actor(t, who)
}

// trailOf lists what the trail says was done, the oldest first.
func (w *world) trailOf(t *testing.T, association id.ID) []string {
	t.Helper()
	var list []string
	if err := w.DB.Read().NewRaw("SELECT action FROM audit_entries WHERE association_id = ? AND action LIKE '%rule' OR association_id = ? AND action LIKE '%link' ORDER BY id", association, association).Scan(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (w *world) count(t *testing.T, model any, where string, args ...any) int {
	t.Helper()
	n, err := w.DB.Read().NewSelect().Model(model).Where(where, args...).Count(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return int(n)
}

func TestARoleByRuleLastsAsLongAsTheRuleHolds(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		lisa := w.mustLogIn(t)
		if lisa.Name != "Lisa Å" || len(lisa.Grants) != 1 || !lisa.Has(w.here.ID, actor.Office) || lisa.Admin {
			t.Fatalf("%+v", lisa)
		}
		first := w.role(t, lisa, w.here)
		if first.ValidTo != w.today().AddDays(90) {
			t.Errorf("the role lasts to %s", first.ValidTo)
		}
		// By hand she becomes an auditor too: that is nobody's but theirs who gave it.
		if err := w.GiveRole(t.Context(), w.head, w.here.ID, lisa.Account, NewRole{Role: actor.Auditor}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(3 * 24 * time.Hour)
		again := w.mustLogIn(t)
		if again.Account != lisa.Account || len(again.Grants) != 2 {
			t.Errorf("the second time: %+v", again)
		}
		w.clock.Advance(7 * 24 * time.Hour)
		w.mustLogIn(t)
		if now := w.role(t, lisa, w.here); w.count(t, (*Role)(nil), "account_id = ? AND valid_to = ?", lisa.Account, w.today().AddDays(90)) != 1 {
			t.Errorf("ten days later the role lasts to %s", now.ValidTo)
		}
		// She changes places: one role ends, another begins, and the auditor stays.
		w.issuer.Person["groups"] = []any{"styrelse"}
		moved := w.mustLogIn(t)
		if len(moved.Grants) != 2 || moved.Has(w.here.ID, actor.Office) || !moved.Has(w.there.ID, actor.BoardMember) || !moved.Has(w.here.ID, actor.Auditor) {
			t.Errorf("after she moved: %+v", moved.Grants)
		}
		w.issuer.Person["groups"] = []any{}
		left := w.mustLogIn(t)
		if len(left.Grants) != 1 || !left.Has(w.here.ID, actor.Auditor) {
			t.Errorf("after she left: %+v", left.Grants)
		}
		if got := w.trailOf(t, w.here.ID); !slices.Equal(got, []string{"role.give_by_rule", "role.renew_by_rule", "role.end_by_rule"}) {
			t.Errorf("the trail of the association: %v", got)
		}
		if got := w.trailOf(t, w.there.ID); !slices.Equal(got, []string{"role.give_by_rule", "role.end_by_rule"}) {
			t.Errorf("the trail of the other: %v", got)
		}
		// The same day she is back.
		w.issuer.Person["groups"] = []any{"samordning"}
		if back := w.mustLogIn(t); !back.Has(w.here.ID, actor.Office) {
			t.Errorf("back again: %+v", back.Grants)
		}
		// Who never comes back loses the role by itself.
		w.clock.Advance(91 * 24 * time.Hour)
		if gone := w.actor(t, lisa.Account); gone.Has(w.here.ID, actor.Office) {
			t.Error("the role outlived its last day")
		}
	})
}

func TestARoleGivenByHandIsNotTouched(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		lisa := w.invite(t, w.here, actor.Office, "Lisa Å", "lisa@alvsele.example")
		if who := w.mustLogIn(t); who.Account != lisa.ID || len(who.Grants) != 1 {
			t.Errorf("the rule beside the hand: %+v", who)
		}
		w.issuer.Person["groups"] = []any{}
		if who := w.mustLogIn(t); !who.Has(w.here.ID, actor.Office) {
			t.Error("the rule took what the hand gave")
		}
		if got := w.trailOf(t, w.here.ID); len(got) != 0 {
			t.Errorf("the trail: %v", got)
		}
	})
}

func TestTheInstallationIsGivenByRuleOnlyWhereItIsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, func(p *Provider) { p.Rules = append(p.Rules, rule("", "admin", "groups has drift")) })
		if who := w.mustLogIn(t); who.Admin {
			t.Error("an administrator without the rule")
		}
		w.issuer.Person["groups"] = []any{"drift"}
		if who := w.mustLogIn(t); !who.Admin {
			t.Error("the rule gave nothing")
		}
		w.issuer.Person["groups"] = []any{"samordning"}
		who := w.mustLogIn(t)
		if who.Admin {
			t.Error("still an administrator")
		}
		if err := w.SetAdmin(t.Context(), w.admin, who.Account, w.version(t, who), true); err != nil {
			t.Fatal(err)
		}
		if who := w.mustLogIn(t); !who.Admin {
			t.Error("the rule took what the hand gave")
		}
	})
}

func TestWhoIsLetIn(t *testing.T) {
	for name, c := range map[string]struct {
		person map[string]any
		change func(*Provider)
		ask    func(t *testing.T, w *town)
		want   string // the message of the refusal, "" when she is let in
	}{
		"nobody the association knows, and no rule": {person: map[string]any{"groups": []any{}}, want: "accounts.provider_no_account"},
		"by rule": {},
		"by rule, with an address that is not verified":           {person: map[string]any{"email_verified": false}, want: "accounts.provider_no_email"},
		"by rule, with verified as a word":                        {person: map[string]any{"email_verified": "true"}},
		"by rule, without an address":                             {person: map[string]any{"email": nil}, want: "accounts.provider_no_email"},
		"by rule, with another organisation's address":            {person: map[string]any{"email": "lisa@mo.example"}, want: "accounts.provider_no_email"},
		"by rule, with a domain that only ends like it":           {person: map[string]any{"email": "lisa@xalvsele.example"}, want: "accounts.provider_no_email"},
		"an account, by its verified address":                     {person: map[string]any{"groups": nil}, ask: func(t *testing.T, w *town) { w.invite(t, w.here, actor.Head, "Lisa Å", "lisa@alvsele.example") }},
		"an account, by an address that is not verified":          {person: map[string]any{"email_verified": nil, "groups": nil}, ask: func(t *testing.T, w *town) { w.invite(t, w.here, actor.Head, "Lisa Å", "lisa@alvsele.example") }, want: "accounts.provider_no_account"},
		"an account in a domain the provider does not answer for": {person: map[string]any{"email": "hedda@exempel.se"}, want: "accounts.provider_no_email"},
		"an administrator, by her address": {ask: func(t *testing.T, w *town) {
			if _, err := w.AddAccount(t.Context(), w.admin, "Lisa Å", "lisa@alvsele.example", "sv", true); err != nil {
				t.Fatal(err)
			}
		}, want: "accounts.provider_link_first"},
		"a closed account": {ask: func(t *testing.T, w *town) {
			lisa := w.invite(t, w.here, actor.Office, "Lisa Å", "lisa@alvsele.example")
			if err := w.CloseAccount(t.Context(), w.admin, lisa.ID, lisa.Version); err != nil {
				t.Fatal(err)
			}
		}, want: "accounts.is_closed"},
		"a newcomer who got a leaver's address": {ask: func(t *testing.T, w *town) {
			w.mustLogIn(t)
			w.issuer.Person["sub"] = "lisa-2"
		}, want: "accounts.provider_other"},
		"a level that is too low":            {person: map[string]any{"acr": "loa2"}, change: func(p *Provider) { p.ACR = []string{"loa3", "loa4"} }, want: "accounts.provider_level"},
		"no level at all":                    {change: func(p *Provider) { p.ACR = []string{"loa3"} }, want: "accounts.provider_level"},
		"the level that is required":         {person: map[string]any{"acr": "loa3"}, change: func(p *Provider) { p.ACR = []string{"loa3", "loa4"} }},
		"a level that only userinfo claims":  {person: map[string]any{}, change: func(p *Provider) { p.ACR = []string{"loa3"} }, ask: func(_ *testing.T, w *town) { w.issuer.Info = map[string]any{"acr": "loa3"} }, want: "accounts.provider_level"},
		"one of the ways that are required":  {person: map[string]any{"amr": []any{"pwd", "hwk"}}, change: func(p *Provider) { p.AMR = []string{"hwk"} }},
		"none of the ways that are required": {person: map[string]any{"amr": []any{"pwd"}}, change: func(p *Provider) { p.AMR = []string{"hwk"} }, want: "accounts.provider_level"},
		"a rule by what userinfo says":       {person: map[string]any{"groups": nil}, ask: func(_ *testing.T, w *town) { w.issuer.Info = map[string]any{"groups": []any{"samordning"}} }},
		"too many groups to send":            {person: map[string]any{"groups": nil, "_claim_names": map[string]any{"groups": "src1"}, "_claim_sources": map[string]any{"src1": map[string]any{"endpoint": "http://169.254.169.254/"}}}, want: "accounts.provider_failed"},
		"no identity":                        {change: func(p *Provider) { p.Identity = "hsaid" }, want: "accounts.provider_failed"},
		"an identity of its own":             {person: map[string]any{"hsaid": "SE1"}, change: func(p *Provider) { p.Identity = "hsaid" }},
		"a rule about what does not exist":   {change: func(p *Provider) { p.Rules = []Rule{rule("ingenstans", "head", "groups has samordning")} }, want: "accounts.provider_no_account"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t, dbtest.SQLite(t), c.change)
			for k, v := range c.person {
				if w.issuer.Person[k] = v; v == nil {
					delete(w.issuer.Person, k)
				}
			}
			if c.ask != nil {
				c.ask(t, w)
			}
			before := w.count(t, (*Account)(nil), "1 = 1")
			who, err := w.logIn(t)
			if key(err) != c.want || (who == id.None) != (c.want != "") {
				t.Fatalf("%v, %s", err, who)
			}
			if c.want != "" && w.count(t, (*Account)(nil), "1 = 1") != before {
				t.Error("an account was made")
			}
		})
	}
}

// Whatever is wrong with the answer, nobody is let in and nothing is kept.
func TestAnswersThatAreRefused(t *testing.T) {
	none := func(head, body []byte) string {
		enc := base64.RawURLEncoding.EncodeToString
		return enc([]byte(`{"alg":"none"}`)) + "." + enc(body) + "."
	}
	set := func(name string, v any) func(*town) {
		return func(w *town) { w.issuer.Lie = func(c map[string]any) { c[name] = v } }
	}
	cases := map[string]struct {
		before func(*town)
		answer func(w *town, q url.Values)
		want   string
	}{
		"a state nobody made":               {answer: func(_ *town, q url.Values) { q.Set("state", newSecret()) }, want: "accounts.provider_over"},
		"no state":                          {answer: func(_ *town, q url.Values) { q.Del("state") }, want: "accounts.provider_over"},
		"too late":                          {answer: func(w *town, _ url.Values) { w.clock.Advance(16 * time.Minute) }, want: "accounts.provider_over"},
		"another issuer's answer":           {answer: func(_ *town, q url.Values) { q.Set("iss", "https://evil.example") }, want: "accounts.provider_failed"},
		"an answer of nobody":               {answer: func(_ *town, q url.Values) { q.Del("iss") }, want: "accounts.provider_failed"},
		"no code":                           {answer: func(_ *town, q url.Values) { q.Del("code") }, want: "accounts.provider_failed"},
		"a code nobody made":                {answer: func(_ *town, q url.Values) { q.Set("code", "x") }, want: "accounts.provider_failed"},
		"she said no":                       {answer: func(_ *town, q url.Values) { q.Del("code"); q.Set("error", "access_denied") }, want: "accounts.provider_denied"},
		"the level is not to be had":        {answer: func(_ *town, q url.Values) { q.Set("error", "unmet_authentication_requirements") }, want: "accounts.provider_level"},
		"the provider has a fault":          {answer: func(_ *town, q url.Values) { q.Set("error", "server_error") }, want: "accounts.provider_down"},
		"an error of its own":               {answer: func(_ *town, q url.Values) { q.Set("error", "<b>nej</b>") }, want: "accounts.provider_failed"},
		"down while she was there":          {answer: func(w *town, _ url.Values) { w.issuer.Down = true }, want: "accounts.provider_down"},
		"a nonce of another log-in":         {before: set("nonce", "x"), want: "accounts.provider_failed"},
		"no nonce":                          {before: func(w *town) { w.issuer.Lie = func(c map[string]any) { delete(c, "nonce") } }, want: "accounts.provider_failed"},
		"meant for another client":          {before: set("aud", "annan"), want: "accounts.provider_failed"},
		"meant for several":                 {before: set("aud", []string{openidtest.ClientID, "annan"}), want: "accounts.provider_failed"},
		"made for another party":            {before: set("azp", "annan"), want: "accounts.provider_failed"},
		"of another issuer":                 {before: set("iss", "https://evil.example"), want: "accounts.provider_failed"},
		"of nobody":                         {before: set("sub", ""), want: "accounts.provider_failed"},
		"lapsed":                            {before: set("exp", 1000), want: "accounts.provider_clock"},
		"from the future":                   {before: func(w *town) { set("iat", w.clock.Now().Add(10*time.Minute).Unix())(w) }, want: "accounts.provider_clock"},
		"not good yet":                      {before: func(w *town) { set("nbf", w.clock.Now().Add(10*time.Minute).Unix())(w) }, want: "accounts.provider_clock"},
		"another access token":              {before: set("at_hash", "AAAA"), want: "accounts.provider_failed"},
		"without a signature":               {before: func(w *town) { w.issuer.Sign = none }, want: "accounts.provider_failed"},
		"no token":                          {before: func(w *town) { w.issuer.Sign = func([]byte, []byte) string { return "" } }, want: "accounts.provider_failed"},
		"a token that is none":              {before: func(w *town) { w.issuer.Sign = func([]byte, []byte) string { return "a.b.c" } }, want: "accounts.provider_failed"},
		"a token larger than any":           {before: set("x", strings.Repeat("x", 300<<10)), want: "accounts.provider_failed"},
		"an answer larger than any":         {before: set("x", strings.Repeat("x", 900<<10)), want: "accounts.provider_down"},
		"signed by a key that is not there": {answer: func(w *town, _ url.Values) { w.issuer.Sign = otherKey(w) }, want: "accounts.provider_failed"},
		"userinfo about somebody else":      {before: func(w *town) { w.issuer.Info = map[string]any{"sub": "annan"} }, want: "accounts.provider_failed"},
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		world := newWorld(t, d)
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				w := townIn(t, world, nil)
				if c.before != nil {
					c.before(w)
				}
				q := w.issuer.Answer(t, w.begin(t, Leaving{Till: "/alvkusten/plan", Lang: lang.English}))
				state := q.Get("state")
				if c.answer != nil {
					c.answer(w, q)
				}
				x, err := w.finish(t, q)
				if key(err) != c.want || x.Account != id.None {
					t.Fatalf("%v, %+v", err, x)
				}
				if c.want != "accounts.provider_over" && (x.Till != "/alvkusten/plan" || x.Lang != lang.English) {
					t.Errorf("where she was going is forgotten: %+v", x)
				}
				if e, ok := errors.AsType[*errs.Error](err); !ok || e.Kind == errs.Internal {
					t.Errorf("a fault of ours: %v", err)
				}
				if w.count(t, (*Identity)(nil), "1 = 1") != 0 {
					t.Error("an identity is kept")
				}
				if c.want == "accounts.provider_over" {
					return
				}
				q.Set("state", state) // and there is no second try
				if _, err := w.finish(t, q); key(err) != "accounts.provider_over" {
					t.Errorf("the second try: %v", err)
				}
			})
		}
	})
}

// otherKey signs with a key the provider does not publish.
func otherKey(w *town) func(head, body []byte) string {
	return func(head, body []byte) string {
		w.issuer.Sign = nil
		defer func() { w.issuer.Sign = otherKey(w) }()
		other := &openidtest.Issuer{Clock: w.clock}
		other.Rotate()
		return other.Signed(head, body)
	}
}

func TestALogInBelongsToTheBrowserAndTheProviderItBeganWith(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		q := w.issuer.Answer(t, w.begin(t, Leaving{}))
		if _, err := w.FinishProvider(t.Context(), "alvsele", "en annan", redirect, q); key(err) != "accounts.provider_over" {
			t.Errorf("another browser: %v", err)
		}
		if _, err := w.finish(t, q); key(err) != "accounts.provider_over" {
			t.Errorf("the same answer after that: %v", err)
		}
		two := w.withProviders(w.Providers[0], Provider{Key: "mo", Name: "Mo kommun", Issuer: "https://mo.example"})
		q = w.issuer.Answer(t, w.begin(t, Leaving{}))
		if _, err := two.FinishProvider(t.Context(), "mo", "webbläsare", redirect, q); key(err) != "accounts.provider_over" {
			t.Errorf("another provider's address: %v", err)
		}
		q = w.issuer.Answer(t, w.begin(t, Leaving{}))
		if _, err := w.FinishProvider(t.Context(), "alvsele", "webbläsare", redirect+"/x", q); key(err) != "accounts.provider_failed" {
			t.Errorf("another address to come back to: %v", err)
		}
		if _, err := w.FinishProvider(t.Context(), "ingen", "webbläsare", redirect, q); !errs.Is(err, errs.NotFound) {
			t.Errorf("a provider nobody knows: %v", err)
		}
	})
}

func TestOneAnswerOpensOneDoorOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		copies := []*world{w.world, w.withProviders(w.Providers...)}
		q := w.issuer.Answer(t, w.begin(t, Leaving{}))
		var wait sync.WaitGroup
		in := make([]error, 6)
		for i := range in {
			wait.Go(func() {
				_, in[i] = copies[i%2].FinishProvider(t.Context(), "alvsele", "webbläsare", redirect, q)
			})
		}
		wait.Wait()
		opened := 0
		for _, err := range in {
			if err == nil {
				opened++
			} else if key(err) != "accounts.provider_over" {
				t.Error(err)
			}
		}
		if opened != 1 {
			t.Errorf("opened %d times", opened)
		}
	})
}

func TestTwoFirstLogInsAtTheSameMomentAreOnePerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		var wait sync.WaitGroup
		who, faults := make([]id.ID, 4), make([]error, 4)
		answers := make([]url.Values, 4)
		for i := range answers {
			answers[i] = w.issuer.Answer(t, w.begin(t, Leaving{}))
		}
		for i := range who {
			wait.Go(func() {
				x, err := w.FinishProvider(t.Context(), "alvsele", "webbläsare", redirect, answers[i])
				who[i], faults[i] = x.Account, err
			})
		}
		wait.Wait()
		for i := range who {
			if faults[i] != nil || who[i] != who[0] {
				t.Errorf("%s %v", who[i], faults[i])
			}
		}
		if n := w.count(t, (*Role)(nil), "account_id = ?", who[0]); n != 1 {
			t.Errorf("%d roles", n)
		}
	})
}

func TestKeysChangeAndProvidersComeBack(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newTown(t, d, nil)
		w.issuer.Down = true
		if _, err := w.BeginProvider(t.Context(), Leaving{Provider: "alvsele", Browser: "x", Redirect: redirect}); !errs.Is(err, errs.Unavailable) || key(err) != "accounts.provider_down" {
			t.Errorf("while it is down: %v", err)
		}
		w.issuer.Down = false
		w.clock.Advance(6 * time.Second)
		w.mustLogIn(t)
		w.issuer.Rotate()
		w.mustLogIn(t)
		w.clock.Advance(2 * time.Hour)
		w.issuer.Down = true // what it said last is enough to send somebody there
		w.begin(t, Leaving{})
		for name, tell := range map[string]func(map[string]any){
			"another issuer":        func(m map[string]any) { m["issuer"] = "https://evil.example" },
			"an address without s":  func(m map[string]any) { m["token_endpoint"] = "http://evil.example/token" },
			"userinfo without s":    func(m map[string]any) { m["userinfo_endpoint"] = "http://10.0.0.1/" },
			"no PKCE":               func(m map[string]any) { m["code_challenge_methods_supported"] = []string{"plain"} },
			"no address to send to": func(m map[string]any) { delete(m, "authorization_endpoint") },
		} {
			x := newTown(t, d0(t, d), nil)
			x.issuer.Tell = tell
			if _, err := x.BeginProvider(t.Context(), Leaving{Provider: "alvsele", Browser: "x", Redirect: redirect}); key(err) != "accounts.provider_down" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// d0 is a database of the same engine.
func d0(t *testing.T, d *db.DB) *db.DB {
	if d.Engine == db.SQLite {
		return dbtest.SQLite(t)
	}
	return dbtest.Postgres(t)
}

func TestWhatTheProviderIsAskedFor(t *testing.T) {
	w := newTown(t, dbtest.SQLite(t), func(p *Provider) { p.ACRValues, p.Prompt = []string{"loa3", "loa4"}, "select_account" })
	w.mustLogIn(t)
	q := w.issuer.Asked
	if q.Get("acr_values") != "loa3 loa4" || q.Get("prompt") != "select_account" || q.Get("scope") != "openid email" || q.Get("redirect_uri") != redirect {
		t.Errorf("%v", q)
	}
}
