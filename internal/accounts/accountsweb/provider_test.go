package accountsweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/openid/openidtest"
)

// openTown is a site whose settings know a municipality, which is "alvsele".
func openTown(t *testing.T, d *db.DB, change func(*Needs)) (*site, *openidtest.Issuer) {
	t.Helper()
	var issuer *openidtest.Issuer
	var s *site
	s = open(t, d, func(n *Needs) {
		issuer = openidtest.New(t, n.Clock)
		issuer.Person = map[string]any{"sub": "lisa-1", "name": "Lisa Å", "email": "lisa@alvsele.example", "email_verified": true, "groups": []any{"samordning"}}
		list, err := accounts.ParseProviders(strings.NewReader(`[provider alvsele]
name = Älvsele kommun
issuer = `+issuer.URL+`
client-id = `+openidtest.ClientID+`
client-secret-file = x
trusted-domains = alvsele.example
log-out = yes
[rule]
when = groups has samordning
association = alvkusten
role = office
`), func(_, _ string) (string, error) { return openidtest.Secret, nil })
		if err != nil {
			t.Fatal(err)
		}
		needs := n.Accounts.Needs
		needs.Providers = list
		needs.Place = func(ctx context.Context, _ db.IDB, association, _ string) (accounts.Place, error) {
			sc, err := s.BySlug(ctx, association)
			return accounts.Place{Association: sc.ID}, err
		}
		n.Accounts = accounts.New(needs)
		if change != nil {
			change(n)
		}
	})
	return s, issuer
}

// away follows a way to the provider, logs in there, and gives the answer to what the provider sends the browser back with.
func (b *browser) away(i *openidtest.Issuer, path string) answerOf {
	b.t.Helper()
	out := b.get(path)
	to := out.Header.Get("Location")
	if out.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, i.URL+"/auth?") {
		b.t.Fatalf("%s leads to %d %q: %s", path, out.StatusCode, to, out.text)
	}
	answer := i.Answer(b.t, to)
	back, err := url.Parse(i.Asked.Get("redirect_uri"))
	if err != nil || !strings.HasPrefix(back.String(), b.site.URL+"/") {
		b.t.Fatalf("the way back is %s", back)
	}
	return b.get(back.Path + "?" + answer.Encode())
}

func TestLoggingInThroughAMunicipality(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, issuer := openTown(t, d, nil)
		b := s.browser(t)
		page := b.get("/en/logga-in?till=/en/alvkusten/personer")
		button := page.doc.Find(`main a[href^="/en/logga-in/via/"]`)
		if button.Text() != "Log in with Älvsele kommun" || len(b.cookies()) != 0 || page.doc.Find("main form button").Length() != 1 {
			t.Fatalf("the log-in page: %q, %v", button.Text(), b.cookies())
		}
		href, _ := button.Attr("href")
		in := b.away(issuer, href)
		if in.StatusCode != http.StatusSeeOther || in.Header.Get("Location") != "/en/logga-in?till=%2Fen%2Falvkusten%2Fpersoner" {
			t.Fatalf("%d to %q: %s", in.StatusCode, in.Header.Get("Location"), in.text)
		}
		if in.Header.Get("Referrer-Policy") != "no-referrer" || in.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the answer may be kept: %v", in.Header)
		}
		if a := b.get(in.Header.Get("Location")); a.Header.Get("Location") != "/en/alvkusten/personer" {
			t.Errorf("then to %q", a.Header.Get("Location"))
		}
		if c := b.cookies(); len(c) != 1 || c[0].Name != CookieName {
			t.Errorf("cookies: %v", c)
		}
		people := b.get("/alvkusten/personer")
		if people.StatusCode != http.StatusOK || !strings.Contains(people.text, "Lisa Å") {
			t.Errorf("the people: %d", people.StatusCode)
		}
		who, _ := people.doc.Find("main a:contains('Lisa Å')").Attr("href")
		if a := b.get(who); !strings.Contains(a.text, "Ges av en regel när personen loggar in med Älvsele kommun") {
			t.Errorf("the person: %s", a.text)
		}
		own := b.get("/konto")
		if own.doc.Find(`form[action^="/konto/inloggningar/"]`).Length() != 1 || own.doc.Find(`a[href^="/konto/inloggningar/"]`).Length() != 0 {
			t.Errorf("her account: %s", own.text)
		}
		out := b.post("/logga-ut")
		if out.Header.Get("Location") != "/logga-ut/alvsele" {
			t.Fatalf("logging out leads to %q", out.Header.Get("Location"))
		}
		there, _ := b.get("/logga-ut/alvsele").doc.Find("main a.ds-button").Attr("href")
		if u, err := url.Parse(there); err != nil || !strings.HasPrefix(there, issuer.URL+"/end?") || u.Query().Get("post_logout_redirect_uri") != s.URL+"/logga-ut/alvsele/klar" || u.Query().Get("client_id") != openidtest.ClientID {
			t.Errorf("logging out there: %q", there)
		}
		if a := b.get("/logga-ut/alvsele/klar"); a.Header.Get("Location") != "/?klart=logged_out" {
			t.Errorf("back from there: %q", a.Header.Get("Location"))
		}
	})
}

// Somebody who is sent an answer that belongs to another's log-in is not logged in as that other.
func TestAnAnswerFromAnotherBrowser(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, issuer := openTown(t, d, nil)
		evil, victim := s.browser(t), s.browser(t)
		answer := issuer.Answer(t, evil.get("/logga-in/via/alvsele").Header.Get("Location"))
		for range 2 {
			a := victim.get("/logga-in/via/alvsele/svar?" + answer.Encode())
			if a.StatusCode != http.StatusSeeOther || a.Header.Get("Location") != "/logga-in?fel=provider_over&via=alvsele" {
				t.Errorf("%d %q", a.StatusCode, a.Header.Get("Location"))
			}
			page := victim.get(a.Header.Get("Location"))
			if page.StatusCode != http.StatusConflict || !strings.Contains(page.doc.Find("[role=alert]").Text(), "Börja om") || page.doc.Find(`a[href="/logga-in/via/alvsele"]`).Length() != 1 {
				t.Errorf("%d %s", page.StatusCode, page.text)
			}
			victim.get("/logga-in/via/alvsele") // now with a browser secret of her own
		}
		if a := victim.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("the victim is in: %d", a.StatusCode)
		}
	})
}

func TestRefusalsLeadBackWithWords(t *testing.T) {
	s, issuer := openTown(t, dbtest.SQLite(t), nil)
	b := s.browser(t)
	issuer.Person["groups"] = []any{}
	refused := b.away(issuer, "/en/logga-in/via/alvsele?till=/alvkusten/plan")
	if to := refused.Header.Get("Location"); to != "/en/logga-in?fel=provider_no_account&till=%2Falvkusten%2Fplan&via=alvsele" {
		t.Fatalf("refused to %q", to)
	}
	page := b.get(refused.Header.Get("Location"))
	if again, _ := page.doc.Find("main form").Attr("action"); !strings.Contains(page.text, "Ask the head of the association") || again != "/en/logga-in?till=%2Falvkusten%2Fplan" || !strings.HasPrefix(page.doc.Find("title").Text(), "Error: ") {
		t.Errorf("%q %s", again, page.text)
	}
	issuer.Down = true
	if a := b.get("/logga-in/via/alvsele"); a.StatusCode != http.StatusSeeOther { // what it said before is enough
		t.Errorf("%d", a.StatusCode)
	}
	s.clock.Advance(25 * time.Hour)
	if a := b.get("/logga-in"); a.StatusCode != http.StatusOK {
		t.Errorf("the log-in page while the provider is down: %d", a.StatusCode)
	}
	for path, want := range map[string]int{
		"/logga-in/via/ingen": 404, "/logga-in/via/ingen/svar?state=x": 404, "/logga-ut/ingen": 404, "/logga-in?fel=<b>&via=alvsele": 200, "/logga-in?fel=provider_down&via=ingen": 200, "/logga-in?fel=provider_down&via=alvsele": 503,
	} {
		if a := b.get(strings.ReplaceAll(path, "<b>", "%3Cb%3E")); a.StatusCode != want {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	issuer.Down = false
	issuer.Person["groups"] = []any{"samordning"}
	for _, till := range []string{"//evil.example", "https://evil.example", "/\\evil.example"} {
		in := b.away(issuer, "/logga-in/via/alvsele?till="+url.QueryEscape(till))
		if in.Header.Get("Location") != "/logga-in" {
			t.Errorf("%s: then to %q", till, in.Header.Get("Location"))
		}
		b = s.browser(t)
	}
}

func TestTheWayOutIsFromTheInstallationsOwnAddress(t *testing.T) {
	s, issuer := openTown(t, dbtest.SQLite(t), func(n *Needs) { n.Base = func() string { return "https://samklang.example" } })
	b := s.browser(t)
	a := b.get("/en/logga-in/via/alvsele?till=/en/alvkusten")
	if a.Header.Get("Location") != "https://samklang.example/en/logga-in/via/alvsele?hit=1&till=%2Fen%2Falvkusten" || len(b.cookies()) != 0 {
		t.Errorf("%q", a.Header.Get("Location"))
	}
	a = b.get("/en/logga-in/via/alvsele?hit=1") // behind a proxy that names the host differently
	if !strings.HasPrefix(a.Header.Get("Location"), issuer.URL+"/auth?") || !strings.Contains(a.Header.Get("Location"), url.QueryEscape("https://samklang.example/logga-in/via/alvsele/svar")) {
		t.Errorf("%q", a.Header.Get("Location"))
	}
}

func TestLinkingThroughThePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, issuer := openTown(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		r, err := http.NewRequest("GET", s.URL+"/konto/inloggningar/alvsele", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		if a := b.do(r); a.StatusCode != http.StatusForbidden {
			t.Errorf("another site begins a link: %d", a.StatusCode)
		}
		if a := s.browser(t).get("/konto/inloggningar/alvsele"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("a visitor begins a link: %d", a.StatusCode)
		}
		begin, _ := b.get("/konto").doc.Find(`a[href^="/konto/inloggningar/"]`).Attr("href")
		where := b.away(issuer, begin).Header.Get("Location")
		ask := b.get(where)
		if !strings.Contains(ask.text, "Lisa Å") || !strings.Contains(ask.text, "hedda@exempel.se") {
			t.Errorf("the question: %s", ask.text)
		}
		if a := b.form(ask, where); a.Header.Get("Location") != "/konto?klart=provider_linked" {
			t.Fatalf("the yes: %d %s", a.StatusCode, a.text)
		}
		if a := b.get(where); a.StatusCode != http.StatusSeeOther {
			t.Errorf("the question again: %d", a.StatusCode)
		}
		other := s.browser(t)
		other.away(issuer, "/logga-in/via/alvsele")
		if a := other.get("/konto"); !strings.Contains(a.text, "hedda@exempel.se") {
			t.Errorf("the way through the municipality: %s", a.text)
		}
		word := issuer.LogoutToken(map[string]any{"sub": "lisa-1"})
		if a := s.browser(t).post("/logga-in/via/alvsele/utloggning", "logout_token", word); a.StatusCode != http.StatusOK || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the word of the provider: %d", a.StatusCode)
		}
		if a := other.get("/konto"); a.StatusCode != http.StatusUnauthorized {
			t.Errorf("after the provider logged her out: %d", a.StatusCode)
		}
		if a := s.browser(t).post("/logga-in/via/alvsele/utloggning", "logout_token", word); a.StatusCode != http.StatusBadRequest {
			t.Errorf("the same word again: %d", a.StatusCode)
		}
		own := b.get("/konto")
		action, _ := own.doc.Find(`form[action^="/konto/inloggningar/"]`).Attr("action")
		if a := b.post(action); a.Header.Get("Location") != "/konto?klart=provider_unlinked" {
			t.Errorf("taking it away: %d %s", a.StatusCode, a.text)
		}
	})
}

func TestTheAdministratorSeesHowItStands(t *testing.T) {
	s, issuer := openTown(t, dbtest.SQLite(t), nil)
	s.add(t, s.here, "admin", "ada@exempel.se")
	b := s.browser(t)
	b.logIn("ada@exempel.se")
	page := b.get("/administration/inloggning")
	for _, want := range []string{"Älvsele kommun", issuer.URL, s.URL + "/logga-in/via/alvsele/svar", s.URL + "/logga-in/via/alvsele/utloggning", s.URL + "/logga-ut/alvsele/klar", "Svarar"} {
		if !strings.Contains(page.text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page.text, openidtest.Secret) {
		t.Error("the page shows the secret")
	}
	issuer.Down = true
	if page := b.get("/administration/inloggning"); !strings.Contains(page.text, "Svarar inte") || page.StatusCode != http.StatusOK {
		t.Errorf("while it is down: %s", page.text)
	}
}
