package accounts

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/google/go-cmp/cmp"
)

func link(token string) string { return "https://samklang.example/bekrafta/" + token }

// links are the tokens in the latest mails to the two addresses.
func (w *world) links(t *testing.T) map[Email]string {
	t.Helper()
	found := map[Email]string{}
	for _, m := range w.outbox.all(t) {
		if _, after, ok := strings.Cut(m.BodyText, link("")); ok && m.Kind == mailEmail {
			found[m.ToAddress], _, _ = strings.Cut(after, "\n")
		}
	}
	return found
}

func TestAnAddressChangesWhenBothAgree(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		email := func() Email {
			a, err := w.Account(t.Context(), w.head.Account)
			if err != nil {
				t.Fatal(err)
			}
			return a.Email
		}
		if err := w.ChangeEmail(t.Context(), w.head, "hedda.ek@exempel.se", link); err != nil {
			t.Fatal(err)
		}
		tokens := w.links(t)
		if done, err := w.ConfirmEmail(t.Context(), tokens["hedda.ek@exempel.se"]); done || err != nil {
			t.Errorf("after the new one: %v, %v", done, err)
		}
		if done, err := w.ConfirmEmail(t.Context(), tokens["hedda.ek@exempel.se"]); done || err != nil {
			t.Errorf("the new one twice: %v, %v", done, err)
		}
		if p, err := w.PendingEmail(t.Context(), w.head); err != nil || !p.NewConfirmed || p.OldConfirmed || email() != "hedda@exempel.se" {
			t.Errorf("half way: %+v, %v, %s", p, err, email())
		}
		if done, err := w.ConfirmEmail(t.Context(), tokens["hedda@exempel.se"]); !done || err != nil || email() != "hedda.ek@exempel.se" {
			t.Errorf("after both: %v, %v, %s", done, err, email())
		}
		if _, err := w.ConfirmEmail(t.Context(), tokens["hedda@exempel.se"]); !errs.Is(err, errs.Refused) {
			t.Errorf("once more: %v", err)
		}
		trail, err := audit.List(t.Context(), d.Read(), [16]byte{}, audit.Filter{Subject: w.head.Account, Limit: 1})
		if err != nil || trail[0].Action != "account.email" || strings.Contains(trail[0].AfterJSON, "hedda.ek") {
			t.Errorf("the trail: %+v, %v", trail, err)
		}
	})
}

func TestAnAddressDoesNotChangeOtherwise(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := len(w.outbox.all(t))
		if err := w.ChangeEmail(t.Context(), w.head, "ada@exempel.se", link); err != nil {
			t.Errorf("another's address must not be told apart: %v", err)
		}
		if sent := w.outbox.all(t)[before:]; len(sent) != 1 || sent[0].ToAddress != "hedda@exempel.se" {
			t.Errorf("sent %+v", sent)
		}
		if err := w.ChangeEmail(t.Context(), w.head, "hedda@exempel.se", link); fields(err) != "email" {
			t.Errorf("the same: %v", err)
		}
		if err := w.ChangeEmail(t.Context(), actor.Actor{}, "x@exempel.se", link); !errs.Is(err, errs.Unauthorised) {
			t.Errorf("a visitor: %v", err)
		}
		if err := w.ChangeEmail(t.Context(), w.head, "a@exempel.se", link); err != nil {
			t.Fatal(err)
		}
		old := w.links(t)
		if err := w.ChangeEmail(t.Context(), w.head, "b@exempel.se", link); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ConfirmEmail(t.Context(), old["a@exempel.se"]); !errs.Is(err, errs.Refused) {
			t.Errorf("a link of an earlier wish: %v", err)
		}
		now := w.links(t)
		w.clock.Advance(emailChangeLife)
		if _, err := w.ConfirmEmail(t.Context(), now["b@exempel.se"]); !errs.Is(err, errs.Refused) {
			t.Errorf("too late: %v", err)
		}
		if err := w.ChangeEmail(t.Context(), w.head, "c@exempel.se", link); err != nil {
			t.Fatal(err)
		}
		now = w.links(t)
		if err := w.CancelEmail(t.Context(), w.head); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ConfirmEmail(t.Context(), now["c@exempel.se"]); !errs.Is(err, errs.Refused) {
			t.Errorf("called off: %v", err)
		}
		if err := w.ChangeEmail(t.Context(), w.head, "d@exempel.se", link); !errs.Is(err, errs.TooMany) {
			t.Errorf("the sixth wish of a day: %v", err)
		}
	})
}

func TestTheAdministratorReplacesALostAddress(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		if err := w.ReplaceEmail(t.Context(), w.admin, w.head.Account, w.version(t, w.head), "ada@exempel.se"); key(err) != "accounts.email_taken" {
			t.Errorf("another's address: %v", err)
		}
		before := len(w.outbox.all(t))
		if err := w.ReplaceEmail(t.Context(), w.admin, w.head.Account, w.version(t, w.head), "ny@exempel.se"); err != nil {
			t.Fatal(err)
		}
		if sent := w.outbox.all(t)[before:]; len(sent) != 2 {
			t.Errorf("told %+v", sent)
		}
		if p := w.ask(t, "ny@exempel.se"); p.Code == "" {
			t.Error("no code for the new address")
		}
	})
}

func TestRenamingOneself(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		v := w.version(t, w.head)
		if err := w.Rename(t.Context(), w.head, v, "Hedda Ek-Mo", "sv-simple", false); err != nil {
			t.Fatal(err)
		}
		if err := w.Rename(t.Context(), w.head, v, "Hedda", "en", true); !errs.Is(err, errs.Conflict) {
			t.Errorf("from an old page: %v", err)
		}
		if err := w.Rename(t.Context(), w.head, v+1, " ", "xx", true); fields(err) != "name language" {
			t.Errorf("faulty: %v", err)
		}
		if a, err := w.Account(t.Context(), w.head.Account); err != nil || a.Name != "Hedda Ek-Mo" || a.Lang() != lang.Simple || a.Reminders {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

func TestTheCalendarAddressIsASecret(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		first, err := w.CreateCalendarToken(t.Context(), w.head)
		if err != nil {
			t.Fatal(err)
		}
		if a, err := w.ByCalendarToken(t.Context(), first); err != nil || !a.Has(w.here.ID, actor.Head) {
			t.Errorf("%+v, %v", a, err)
		}
		second, err := w.CreateCalendarToken(t.Context(), w.head)
		if err != nil {
			t.Fatal(err)
		}
		for _, token := range []string{first, "", "x"} {
			if _, err := w.ByCalendarToken(t.Context(), token); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q: %v", token, err)
			}
		}
		if err := w.RemoveCalendarToken(t.Context(), w.head); err != nil {
			t.Fatal(err)
		}
		if _, err := w.ByCalendarToken(t.Context(), second); !errs.Is(err, errs.NotFound) {
			t.Errorf("removed: %v", err)
		}
		if has, err := w.HasCalendarToken(t.Context(), w.head); has || err != nil {
			t.Errorf("%v, %v", has, err)
		}
	})
}

func TestEmailAddresses(t *testing.T) {
	for s, want := range map[string]Email{" Olle@Exempel.se ": "olle@exempel.se", "a.b+c@x.y.se": "a.b+c@x.y.se"} {
		if got, err := ParseEmail(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "olle", "olle@", "@exempel.se", "Olle <o@exempel.se>", "a@b@c.se", "o@localhost", "o@exempel.", "o@exempel.se\nBcc: x@y.se", "o@exempel.se, x@y.se", strings.Repeat("a", 250) + "@x.se"} {
		if got, err := ParseEmail(s); err == nil {
			t.Errorf("%q was read as %q", s, got)
		}
	}
	if got := Email("åsa@exempel.se").Masked(); got != "å…@exempel.se" {
		t.Error(got)
	}
}

func FuzzParseEmail(f *testing.F) {
	for _, s := range []string{"olle@exempel.se", "\"a b\"@x.se", "a@[127.0.0.1]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := ParseEmail(s)
		if err != nil {
			return
		}
		if again, err := ParseEmail(string(e)); err != nil || again != e || strings.ContainsAny(string(e), "\r\n<>,") && !strings.Contains(string(e), `"`) {
			t.Errorf("%q became %q, again %q, %v", s, e, again, err)
		}
	})
}

func TestDevices(t *testing.T) {
	for ua, want := range map[string]string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                        "Firefox, Windows",
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Safari/537.36 Edg/138.0":                               "Edge, Windows",
		"Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0 Mobile Safari/537.36":                                "Chrome, Android",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1": "Safari, iPhone",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15":                   "Safari, Mac",
		"curl/8.0": "",
		"":         "",
	} {
		if got := DeviceLabel(ua); got != want {
			t.Errorf("%q: %q, want %q", ua, got, want)
		}
	}
}

var update = flag.Bool("update", false, "write the golden files anew")

// The mails, as people get them. The folder testdata/mails shows every one in every language.
func TestMails(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		for _, l := range lang.All {
			who := Account{Name: "Olle Berg", Email: "olle@exempel.se", Language: l.Tag()}
			for name, m := range map[string]Mail{
				"code":           w.codeMail(who.Email, "K7PM-3XQT", l),
				"invitation":     w.invitation(w.here, w.head, who, NewPerson{NewRole: NewRole{Role: actor.Office}, LogIn: "https://samklang.example/logga-in"}),
				"email-old":      w.emailMail(who, who.Email, "old", "ny@exempel.se", link("abc")),
				"email-new":      w.emailMail(who, "ny@exempel.se", "new", "ny@exempel.se", link("abc")),
				"email-replaced": w.emailMail(who, who.Email, "replaced", "ny@exempel.se", ""),
				"passkey":        w.passkeyMail(who, Passkey{Name: "Olles telefon"}),
			} {
				got := "Till: " + string(m.To) + "\nÄmne: " + m.Subject + "\n\n" + m.Text
				path := filepath.Join("testdata", "mails", name+"."+l.Tag()+".golden.txt")
				if *update {
					if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), got); diff != "" {
					t.Errorf("%s: %s", path, diff)
				}
			}
		}
	})
}
