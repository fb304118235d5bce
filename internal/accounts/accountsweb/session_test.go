package accountsweb

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

func TestFromTheAddressToTheDesk(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		if a := b.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("the account before logging in: %d", a.StatusCode)
		}
		page := b.get("/logga-in?till=/alvkusten/personer")
		if page.StatusCode != http.StatusOK || page.Header.Get("Set-Cookie") != "" {
			t.Errorf("the log-in page: %d, cookie %q", page.StatusCode, page.Header.Get("Set-Cookie"))
		}
		asked := b.form(page, "/logga-in?till=%2Falvkusten%2Fpersoner", "email", "hedda@exempel.se")
		if asked.Header.Get("Set-Cookie") != "" {
			t.Error("a cookie before anybody is logged in")
		}
		where := asked.Header.Get("Location")
		code := b.get(where)
		if !strings.Contains(code.text, "hedda@exempel.se") || codeInMail.MatchString(code.text) {
			t.Errorf("the code page: %s", code.text)
		}
		wrong := b.form(code, where, "code", "2222-2222")
		if wrong.StatusCode != http.StatusUnprocessableEntity || wrong.doc.Find("[role=alert] a[href='#f-code']").Length() != 1 || !strings.HasPrefix(wrong.doc.Find("title").Text(), "Fel: ") {
			t.Errorf("a wrong code: %d %s", wrong.StatusCode, wrong.text)
		}
		in := b.form(wrong, where, "code", codeInMail.FindString(s.outbox.last().Text))
		if in.StatusCode != http.StatusSeeOther || in.Header.Get("Location") != "/alvkusten/personer" {
			t.Fatalf("the right code: %d to %q", in.StatusCode, in.Header.Get("Location"))
		}
		c := in.Cookies()[0]
		if c.Name != CookieName || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" || c.Domain != "" || c.Secure || c.MaxAge < 7*24*3600-5 || len(c.Value) < 43 {
			t.Errorf("the cookie is %+v", c)
		}
		if a := b.get("/alvkusten/personer"); a.StatusCode != http.StatusOK || a.Header.Get("Set-Cookie") != "" {
			t.Errorf("the people: %d, cookie %q", a.StatusCode, a.Header.Get("Set-Cookie"))
		}
		if a := b.get("/skogsbygden/personer"); a.StatusCode != http.StatusForbidden {
			t.Errorf("another association's people: %d", a.StatusCode)
		}
		if a := b.get("/logga-in"); a.Header.Get("Location") != "/alvkusten/skrivbord" {
			t.Errorf("logging in again leads to %q", a.Header.Get("Location"))
		}
		if a := b.post("/logga-ut"); a.StatusCode != http.StatusSeeOther || len(b.cookies()) != 0 {
			t.Errorf("logging out: %d, cookies %v", a.StatusCode, b.cookies())
		}
		if a := b.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("the account after logging out: %d", a.StatusCode)
		}
		if a := b.post(where, "code", codeInMail.FindString(s.outbox.last().Text)); a.StatusCode != http.StatusConflict || len(b.cookies()) != 0 {
			t.Errorf("the same code again: %d", a.StatusCode)
		}
	})
}

func TestASessionBelongsToEveryCopyOfTheProgram(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		hedda := s.add(t, s.here, actor.Head, "hedda@exempel.se")
		second := open(t, d, nil, s.here, s.there)
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		elsewhere := &browser{t: t, site: second, Client: b.Client} // the jar knows hosts, not ports
		if a := elsewhere.get("/konto"); a.StatusCode != http.StatusOK {
			t.Fatalf("at the second copy: %d", a.StatusCode)
		}
		phone := s.browser(t)
		phone.logIn("hedda@exempel.se")
		page := elsewhere.get("/konto")
		others := page.doc.Find(`form[action^="/konto/enheter/"]:not([action$="andra"])`)
		if others.Length() != 1 {
			t.Fatalf("%d sessions to end", others.Length())
		}
		action, _ := others.Attr("action")
		if a := elsewhere.post(action); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("ending the phone's: %d %s", a.StatusCode, a.text)
		}
		if a := phone.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("the phone at the first copy: %d", a.StatusCode)
		}
		phone.logIn("hedda@exempel.se")
		if a := elsewhere.post("/konto/enheter/andra"); a.StatusCode != http.StatusSeeOther {
			t.Error(a.StatusCode)
		}
		if a, x := phone.get("/konto"), b.get("/konto"); a.StatusCode != http.StatusUnauthorized || x.StatusCode != http.StatusOK {
			t.Errorf("after ending the others: the phone %d, here %d", a.StatusCode, x.StatusCode)
		}
		// A second head, so that the first one's account can be closed.
		s.add(t, s.here, actor.Head, "nils@exempel.se")
		now, err := s.accounts.Account(t.Context(), hedda.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := second.accounts.CloseAccount(t.Context(), actor.SystemActor, hedda.ID, now.Version); err != nil {
			t.Fatal(err)
		}
		if a := b.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("after the account was closed: %d", a.StatusCode)
		}
	})
}

// A session that somebody planted in the browser before the log-in is worth nothing after it.
func TestAPlantedSessionIsNotTakenOver(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		s.add(t, s.there, actor.Head, "eve@exempel.se")
		eve := s.browser(t)
		eve.logIn("eve@exempel.se")
		planted := eve.cookies()[0].Value
		b := &browser{t: t, site: s, Client: eve.Client}
		page := b.post("/logga-in", "email", "hedda@exempel.se")
		in := b.post(page.Header.Get("Location"), "code", codeInMail.FindString(s.outbox.last().Text))
		if in.StatusCode != http.StatusSeeOther || b.cookies()[0].Value == planted {
			t.Fatalf("%d; the token is the same: %v", in.StatusCode, b.cookies()[0].Value == planted)
		}
		thief := s.browser(t)
		r, err := http.NewRequest("GET", s.URL+"/konto", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.AddCookie(&http.Cookie{Name: CookieName, Value: planted})
		if a := thief.do(r); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("with the planted session: %d", a.StatusCode)
		}
	})
}

func TestASessionEndsWhenNobodyUsesIt(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		s.clock.Advance(accounts.SessionIdle - time.Minute)
		if a := b.get("/konto"); a.StatusCode != http.StatusOK {
			t.Errorf("just before the limit: %d", a.StatusCode)
		}
		s.clock.Advance(accounts.SessionIdle)
		if a := b.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("at the limit: %d", a.StatusCode)
		}
	})
}

func TestTheCookieIsSecureBehindHTTPS(t *testing.T) {
	for external, want := range map[string]bool{"https://samklang.example": true, "http://localhost:8080": false, "": false} {
		s := NewSessions(nil, external, false, nil)
		r, err := http.NewRequest("GET", "http://localhost/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.of(r).Cookie; got.Secure != want || (got.Name == SecureCookieName) != want || got.Path != "/" || got.Domain != "" {
			t.Errorf("%q: %+v", external, got)
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		if got := s.of(r).Cookie.Secure; got != want {
			t.Errorf("%q with a header that anybody can send: secure %v", external, got)
		}
	}
}

func TestAForeignPageCannotLogInOrOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		for _, path := range []string{"/logga-ut", "/logga-in", "/konto/enheter/andra", "/konto/passkey"} {
			r, err := http.NewRequest("POST", s.URL+path, strings.NewReader(""))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Origin", "https://evil.example")
			if a := b.do(r); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s from another site: %d", path, a.StatusCode)
			}
		}
		if a := b.get("/konto"); a.StatusCode != http.StatusOK {
			t.Errorf("afterwards: %d", a.StatusCode)
		}
	})
}

// The code stands on the screen in the example installation over the loopback address, and nowhere else.
func TestTheCodeOnScreen(t *testing.T) {
	for _, c := range []struct {
		name   string
		demo   bool
		proxy  bool
		header string
		want   bool
	}{
		{"example installation", true, false, "", true},
		{"real installation", false, false, "", false},
		{"example behind a proxy", true, true, "", false},
		{"a proxy shows itself", true, false, "X-Forwarded-For", false},
		{"another proxy shows itself", true, false, "Forwarded", false},
	} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			s := open(t, d, func(n *Needs) { n.Demo, n.TrustProxy = c.demo, c.proxy })
			s.add(t, s.here, actor.Head, "hedda@exempel.se")
			b := s.browser(t)
			send := func(method, path, body string) answerOf {
				r, err := http.NewRequest(method, s.URL+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				if c.header != "" {
					r.Header.Set(c.header, "127.0.0.1")
				}
				return b.do(r)
			}
			where := send("POST", "/logga-in", "email=hedda%40exempel.se").Header.Get("Location")
			page := send("GET", where, "")
			code := codeInMail.FindString(s.outbox.last().Text)
			if page.StatusCode != http.StatusOK || strings.Contains(page.text, code) != c.want {
				t.Errorf("%s: the code is on screen: %v", c.name, !c.want)
			}
			if people := send("GET", "/logga-in", ""); strings.Contains(people.text, "hedda@exempel.se") != c.want {
				t.Errorf("%s: the people are on screen: %v", c.name, !c.want)
			}
		})
	}
}

// Whoever logs in on an association's own host comes to her desk there, when she works there; else to where she works.
func TestLoggingInOnAnOwnHost(t *testing.T) {
	for name, c := range map[string]struct {
		roles func(s *site, t *testing.T)
		host  string
		want  string
	}{
		"works in both": {func(s *site, t *testing.T) {
			s.add(t, s.there, actor.Office, "olle@exempel.se")
			s.add(t, s.here, actor.Office, "olle@exempel.se")
		}, "lofte.skogsbygden.example", "/skrivbord"},
		"works elsewhere":       {func(s *site, t *testing.T) { s.add(t, s.here, actor.Office, "olle@exempel.se") }, "lofte.skogsbygden.example", "/alvkusten/skrivbord"},
		"on the installation's": {func(s *site, t *testing.T) { s.add(t, s.there, actor.Office, "olle@exempel.se") }, "", "/skogsbygden/skrivbord"},
	} {
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			s := open(t, d, nil)
			c.roles(s, t)
			s.there.Host = "lofte.skogsbygden.example"
			b := s.browser(t)
			send := func(path, body string) string {
				r, err := http.NewRequest("POST", s.URL+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				r.Host = c.host
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				return b.do(r).Header.Get("Location")
			}
			where := send("/logga-in", "email=olle%40exempel.se")
			if got := send(where, "code="+codeInMail.FindString(s.outbox.last().Text)); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		})
	}
}
