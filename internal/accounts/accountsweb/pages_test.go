package accountsweb

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/PuerkitoBio/goquery"
	"github.com/descope/virtualwebauthn"
)

// json sends what the script for passkeys sends.
func (b *browser) json(path string, v any) (int, map[string]json.RawMessage) {
	b.t.Helper()
	body, err := json.Marshal(v)
	if err != nil {
		b.t.Fatal(err)
	}
	r, err := http.NewRequest("POST", b.site.URL+path, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Host = strings.Replace(r.URL.Host, "127.0.0.1", "localhost", 1)
	r.Header.Set("Content-Type", "application/json")
	for _, c := range b.cookies() {
		r.AddCookie(c) // the jar goes by the Host header, which is another name of the same machine here
	}
	res, err := b.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	u, err := url.Parse(b.site.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.Jar.SetCookies(u, res.Cookies())
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	out := map[string]json.RawMessage{}
	if err := json.Unmarshal(text, &out); err != nil {
		b.t.Fatalf("%s: %d %s", path, res.StatusCode, text)
	}
	return res.StatusCode, out
}

func text(t *testing.T, raw json.RawMessage) string {
	t.Helper()
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return s
}

func TestAPasskeyThroughThePages(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		hedda := s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		origin := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
		party := virtualwebauthn.RelyingParty{Name: "Samklang", ID: "localhost", Origin: origin}
		device, key := virtualwebauthn.NewAuthenticator(), virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		for len(key.Key.AttestationData()) != 77 { // the device writes coordinates without their leading zeros, which is refused
			key = virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		}

		status, begun := b.json("/konto/passkey/borja", map[string]string{})
		if status != http.StatusOK {
			t.Fatal(status)
		}
		create, err := virtualwebauthn.ParseAttestationOptions(string(begun["options"]))
		if err != nil {
			t.Fatal(err)
		}
		answer := json.RawMessage(virtualwebauthn.CreateAttestationResponse(party, device, key, *create))
		status, made := b.json("/konto/passkey", map[string]any{"token": begun["token"], "answer": answer})
		if status != http.StatusOK || text(t, made["to"]) != "/konto?klart=passkey_added" {
			t.Fatalf("%d %s", status, made)
		}
		device.Options.UserHandle = hedda.ID[:]
		device.AddCredential(key)

		fresh := s.browser(t)
		_, begun = fresh.json("/logga-in/passkey/borja", map[string]string{})
		request, err := virtualwebauthn.ParseAssertionOptions(string(begun["options"]))
		if err != nil {
			t.Fatal(err)
		}
		if len(fresh.cookies()) != 0 {
			t.Error("a cookie before anybody is logged in")
		}
		answer = json.RawMessage(virtualwebauthn.CreateAssertionResponse(party, device, key, *request))
		status, in := fresh.json("/logga-in/passkey", map[string]any{"token": begun["token"], "till": "//evil.example", "answer": answer})
		if status != http.StatusOK || text(t, in["to"]) != "/alvkusten/skrivbord" {
			t.Fatalf("%d %s", status, in)
		}
		if a := fresh.get("/konto"); a.StatusCode != http.StatusOK {
			t.Errorf("with the passkey: %d", a.StatusCode)
		}
		status, again := s.browser(t).json("/logga-in/passkey", map[string]any{"token": begun["token"], "answer": answer})
		if status != http.StatusConflict || !strings.Contains(text(t, again["error"]), "passkey") {
			t.Errorf("the same answer twice: %d %s", status, again)
		}
		r, err := http.NewRequest("POST", s.URL+"/logga-in/passkey/borja", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if a := s.browser(t).do(r); a.StatusCode != http.StatusConflict {
			t.Errorf("on a host that is a number: %d", a.StatusCode)
		}
	})
}

func TestTheFirstStart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		path, err := s.accounts.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a := s.browser(t).get("/start/nonsense"); a.StatusCode != http.StatusNotFound {
			t.Errorf("a link that does not exist: %d", a.StatusCode)
		}
		b := s.browser(t)
		page := b.get(path)
		faulty := b.form(page, path, "name", "Ada Mo", "email", "ada", "association_name", "Samordningsförbundet Mo")
		if faulty.StatusCode != http.StatusUnprocessableEntity || faulty.doc.Find("[role=alert] a").Length() != 1 || faulty.doc.Find("a[href='#f-association_short_name']").Length() != 1 {
			t.Fatalf("%d %s", faulty.StatusCode, faulty.text)
		}
		again := b.form(faulty, path, "association_short_name", "Mo")
		if again.StatusCode != http.StatusUnprocessableEntity || again.doc.Find("a[href='#f-email']").Length() != 1 {
			t.Fatalf("%d %s", again.StatusCode, again.text)
		}
		if made := b.form(again, path, "email", "ada@exempel.se"); made.Header.Get("Location") != "/alvkusten/personer?klart=setup" {
			t.Fatalf("%d %s", made.StatusCode, made.text)
		}
		if a := b.get("/administration/konton"); a.StatusCode != http.StatusOK || !strings.Contains(a.text, "ada@exempel.se") {
			t.Errorf("logged in: %d", a.StatusCode)
		}
		other := s.browser(t)
		if a := other.get(path); a.StatusCode != http.StatusNotFound {
			t.Errorf("the link again: %d", a.StatusCode)
		}
		if a := other.post(path, "name", "Eve", "email", "eve@exempel.se", "language", "sv"); a.StatusCode != http.StatusNotFound || len(other.cookies()) != 0 {
			t.Errorf("the form again: %d", a.StatusCode)
		}
	})
}

func TestAHeadKeepsHerPeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		stranger := s.add(t, s.there, actor.Office, "siv@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		const invite = "/alvkusten/personer/bjud-in"
		page := b.get(invite)
		faulty := b.form(page, invite, "name", "Olle Berg", "valid_from", "30 februari 2026")
		if faulty.StatusCode != http.StatusUnprocessableEntity {
			t.Fatalf("%d %s", faulty.StatusCode, faulty.text)
		}
		if v, _ := faulty.doc.Find("[name=valid_from]").Attr("value"); v != "30 februari 2026" {
			t.Errorf("what was typed is gone: %q", v)
		}
		for range 2 { // the button pressed twice
			if a := b.form(page, invite, "name", "Olle Berg", "email", "olle@exempel.se", "role", "office"); a.StatusCode != http.StatusSeeOther {
				t.Fatalf("%d %s", a.StatusCode, a.text)
			}
		}
		if !strings.Contains(s.outbox.last().Text, s.URL+"/logga-in") {
			t.Errorf("the mail is %s", s.outbox.last().Text)
		}
		list := b.get("/alvkusten/personer")
		person, _ := list.doc.Find("a:contains('Olle Berg')").Attr("href")
		page = b.get(person)
		if a := b.form(page, person, "role", "auditor", "organisation", "Mo kommun"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", a.StatusCode, a.text)
		}
		page = b.get(person)
		ends := page.doc.Find(".tasks a.do")
		if ends.Length() != 2 {
			t.Fatalf("%d roles:\n%s", ends.Length(), page.text)
		}
		end, _ := ends.First().Attr("href")
		form := b.get(end)
		if a := b.form(form, end, "when", "day"); a.StatusCode != http.StatusUnprocessableEntity || a.doc.Find("a[href='#f-valid_to']").Length() != 1 {
			t.Errorf("without a day: %d %s", a.StatusCode, a.text)
		}
		if a := b.form(form, end, "when", "now"); a.StatusCode != http.StatusSeeOther {
			t.Errorf("%d %s", a.StatusCode, a.text)
		}
		if a := b.get(person); a.doc.Find(".tasks a.do").Length() != 1 {
			t.Errorf("the role has not ended:\n%s", a.text)
		}
		own, _ := list.doc.Find("a:contains('Namn Namnsson')").Attr("href")
		last, _ := b.get(own).doc.Find(".tasks a.do").Attr("href")
		if a := b.form(b.get(last), last); a.StatusCode != http.StatusConflict || !strings.Contains(a.text, "utan förbundschef") {
			t.Errorf("the last head: %d %s", a.StatusCode, a.text)
		}
		for _, path := range []string{"/alvkusten/personer/" + stranger.ID.String(), person + "/avsluta/" + stranger.ID.String()} {
			if a := b.get(path); a.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, a.StatusCode)
			}
		}
	})
}

// An auditor sees who has which role, with no way to change it; so does nobody of another association.
func TestAnAuditorSeesThePeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		head := s.add(t, s.here, actor.Head, "hedda@exempel.se")
		s.add(t, s.here, actor.Auditor, "reine@exempel.se")
		s.add(t, s.here, actor.ActivityOwner, "pia@exempel.se")
		s.add(t, s.there, actor.Auditor, "siv@exempel.se")
		person := "/alvkusten/personer/" + head.ID.String()
		for email, want := range map[string]int{"reine@exempel.se": http.StatusOK, "pia@exempel.se": http.StatusForbidden, "siv@exempel.se": http.StatusForbidden} {
			b := s.browser(t)
			b.logIn(email)
			for _, path := range []string{"/alvkusten/personer", person} {
				a := b.get(path)
				if a.StatusCode != want {
					t.Errorf("%s at %s: %d", email, path, a.StatusCode)
				}
				if want == http.StatusOK && (!strings.Contains(a.text, "hedda@exempel.se") || a.doc.Find("main form, main button, main a[href*=bjud-in], main a[href*=avsluta]").Length() != 0) {
					t.Errorf("%s at %s:\n%s", email, path, a.text)
				}
			}
			if a := b.get("/alvkusten/personer/bjud-in"); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s at the invitation: %d", email, a.StatusCode)
			}
		}
	})
}

func TestOnesOwnAccount(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := open(t, d, nil)
		s.add(t, s.here, actor.Head, "hedda@exempel.se")
		b := s.browser(t)
		b.logIn("hedda@exempel.se")
		page := b.get("/konto")
		if a := b.form(page, "/konto", "name", "Hedda Ek", "language", "sv-simple"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", a.StatusCode, a.text)
		}
		if a := b.form(page, "/konto", "name", "Hedda"); a.StatusCode != http.StatusConflict {
			t.Errorf("from an old page: %d", a.StatusCode)
		}
		if a := b.form(page, "/konto/e-post", "email", "ny@exempel.se"); a.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", a.StatusCode, a.text)
		}
		sent := s.outbox.sent[len(s.outbox.sent)-2:]
		for i, m := range sent {
			_, link, _ := strings.Cut(m.Text, s.URL)
			link, _, _ = strings.Cut(link, "\n")
			anyone := s.browser(t) // the link may be opened on another device
			confirm := anyone.get(link)
			if confirm.Header.Get("Cache-Control") != "no-store" && confirm.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("the secret address may be kept: %v", confirm.Header)
			}
			if anyone.get(link); i == 0 && !strings.Contains(b.get("/konto").text, "Vi har skickat en länk till den gamla adressen") && !strings.Contains(b.get("/konto").text, "två länkar") {
				t.Error("opening the link changed something")
			}
			if a := anyone.form(confirm, link); a.StatusCode != http.StatusOK {
				t.Errorf("%d %s", a.StatusCode, a.text)
			}
		}
		if a := b.get("/konto"); !strings.Contains(a.text, "skickas till ny@exempel.se") {
			t.Errorf("the address has not changed: %s", a.text)
		}
		made := b.post("/konto/kalender", "do", "create")
		address := made.doc.Find("code").Text()
		if made.StatusCode != http.StatusOK || !strings.HasPrefix(address, s.URL+"/min-kalender/") {
			t.Fatalf("%d %s", made.StatusCode, made.text)
		}
		if a := b.get("/konto"); strings.Contains(a.text, address) {
			t.Error("the calendar address is shown again")
		}
	})
}

// Every page in every language, as somebody who may see it: one first heading, a name for every field, no id twice, words for every text.
func TestEveryPageIsWhole(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, issuer := openTown(t, d, func(n *Needs) { n.Demo = true })
		link, err := s.accounts.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		hedda := s.add(t, s.here, actor.Head, "hedda@exempel.se")
		roles, err := s.accounts.Roles(t.Context(), hedda.ID)
		if err != nil {
			t.Fatal(err)
		}
		head, visitor, admin := s.browser(t), s.browser(t), s.browser(t)
		pending := visitor.post("/logga-in", "email", "hedda@exempel.se").Header.Get("Location")
		for _, prefix := range []string{"", "/en", "/lattlast"} {
			checkPage(t, prefix+link, visitor.get(prefix+link))
		}
		s.add(t, s.here, "admin", "ada@exempel.se")
		head.logIn("hedda@exempel.se")
		admin.logIn("ada@exempel.se")
		waiting := head.away(issuer, "/konto/inloggningar/alvsele").Header.Get("Location")
		// These lead on to another page.
		leadsOn := map[string]bool{"/logga-in/via/{provider}": true, "/logga-in/via/{provider}/svar": true, "/logga-ut/{provider}/klar": true, "/konto/inloggningar/{provider}": true}
		values := strings.NewReplacer("/konto/koppla/{token}", waiting, "{provider}", "alvsele", "{account}", hedda.ID.String(), "{role}", roles[0].ID.String(), "{pending}", strings.TrimPrefix(pending, "/logga-in/"), "{token}", "x")
		for _, route := range s.handlers.Routes() {
			if route.Method != http.MethodGet || strings.HasPrefix(route.Path, "/start/") {
				continue
			}
			for _, prefix := range []string{"", "/en", "/lattlast"} {
				path := prefix
				if route.Site == 0 {
					path += "/alvkusten"
				}
				path += values.Replace(route.Path)
				b := map[actor.Action]*browser{access.Public: visitor, access.InstallationManage: admin}[route.Allow]
				if b == nil {
					b = head
				}
				a := b.get(path)
				if leadsOn[route.Path] {
					if a.StatusCode != http.StatusSeeOther {
						t.Errorf("%s: %d", path, a.StatusCode)
					}
					continue
				}
				if a.StatusCode != http.StatusOK {
					t.Errorf("%s: %d", path, a.StatusCode)
					continue
				}
				checkPage(t, path, a)
			}
		}
	})
}

func checkPage(t *testing.T, path string, a answerOf) {
	t.Helper()
	if n := a.doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s has %d first headings", path, n)
	}
	seen := map[string]bool{}
	a.doc.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		x, _ := e.Attr("id")
		if seen[x] {
			t.Errorf("%s: the id %q stands twice", path, x)
		}
		seen[x] = true
	})
	a.doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, in *goquery.Selection) {
		x, _ := in.Attr("id")
		if x == "" || a.doc.Find(`label[for="`+x+`"]`).Length() != 1 {
			name, _ := in.Attr("name")
			t.Errorf("%s: the field %q has no label", path, name)
		}
	})
	if text := a.doc.Find("body").Text(); strings.Contains(text, "[accounts") || strings.Contains(text, "[access") || strings.Contains(text, "{") {
		t.Errorf("%s has a text without words: %s", path, text)
	}
}
