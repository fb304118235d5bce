package mail_test

import (
	"context"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/mail"
)

type world struct {
	d     *db.DB
	q     *jobs.Queue
	clock *clock.Set
	out   *mail.Outbox
}

func open(t *testing.T, d *db.DB, tr mail.Transport) *world {
	t.Helper()
	w := &world{d: d, clock: clock.At(period.Date{Year: 2026, Month: 5, Day: 4})}
	log := slog.New(slog.DiscardHandler)
	w.q = jobs.New(d, log, w.clock)
	if err := w.q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.q.Close)
	w.out = mail.New(d, w.q, w.clock, log, tr)
	return w
}

func smtpTo(t testing.TB, s *server) *mail.SMTP {
	t.Helper()
	tr, err := mail.NewSMTP(mail.Settings{Host: "127.0.0.1", Port: s.port, Security: mail.Plain, From: "samklang@alvkusten.example", Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func (w *world) send(t *testing.T, m mail.Message) {
	t.Helper()
	if err := w.d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return w.out.Send(ctx, tx, m) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) drain(t *testing.T) {
	t.Helper()
	if err := w.q.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (w *world) only(t *testing.T) mail.Mail {
	t.Helper()
	list, err := w.out.Recent(t.Context(), 10)
	if err != nil || len(list) != 1 {
		t.Fatalf("outbox: %v %v", list, err)
	}
	return list[0]
}

func hello(to string) mail.Message {
	return mail.Message{Kind: "test", To: to, FromName: "Samordningsförbundet Älvkusten", Subject: "Övning på torsdag – ändrad tid", Text: "Hej!\n\nVi ses kl. 9.\n", HTML: "<p>Vi ses kl.&nbsp;9 på Åsgården.</p>"}
}

func TestMailArrivesAsWritten(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t)
		w := open(t, d, smtpTo(t, s))
		m := hello("britta.öberg@mo.example")
		m.To = "britta@ÅMO.example"
		m.UnsubscribeURL = "https://alvkusten.example/leave?t=" + strings.Repeat("abc", 40)
		w.send(t, m)
		w.drain(t)
		got := s.messages()
		if len(got) != 1 {
			t.Fatalf("%d mails arrived", len(got))
		}
		h := got[0].msg.Header
		dec := new(mime.WordDecoder)
		subject, err := dec.DecodeHeader(h.Get("Subject"))
		if err != nil || subject != m.Subject {
			t.Errorf("subject %q %v", subject, err)
		}
		from, err := netmail.ParseAddress(h.Get("From"))
		if err != nil || from.Name != m.FromName || from.Address != "samklang@alvkusten.example" {
			t.Errorf("from %v %v", from, err)
		}
		if got[0].to != "britta@xn--mo-xia.example" {
			t.Errorf("to %q", got[0].to)
		}
		row := w.only(t)
		for name, want := range map[string]string{
			"Message-Id": "<" + row.ID.String() + "@alvkusten.example>", "Auto-Submitted": "auto-generated",
			"List-Unsubscribe": "<" + m.UnsubscribeURL + ">", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "Mime-Version": "1.0",
			"Date": "Mon, 04 May 2026 10:00:00 +0000",
		} {
			if got := strings.Join(strings.Fields(h.Get(name)), " "); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		text, html := parts(t, h.Get("Content-Type"), got[0].body)
		if text != m.Text || html != m.HTML {
			t.Errorf("text %q\nhtml %q", text, html)
		}
		for _, line := range strings.Split(got[0].raw, "\r\n") {
			if len(line) > 998 || strings.ContainsFunc(line, func(r rune) bool { return r > 126 }) {
				t.Errorf("a line that not every mail server passes on: %q", line)
			}
		}
		if row.SentAt.IsZero() || row.Attempts != 1 || row.LastError != "" || !row.FailedAt.IsZero() {
			t.Errorf("row %+v", row)
		}
	})
}

// parts decodes the two bodies of a mail.
func parts(t *testing.T, contentType, body string) (text, html string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", contentType, err)
	}
	r := multipart.NewReader(strings.NewReader(body), params["boundary"])
	for {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return text, html
		}
		if err != nil {
			t.Fatal(err)
		}
		if enc := p.Header.Get("Content-Transfer-Encoding"); enc != "quoted-printable" {
			t.Errorf("encoding %q", enc)
		}
		b, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		s := strings.ReplaceAll(string(b), "\r\n", "\n")
		switch kind, params, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); {
		case params["charset"] != "UTF-8":
			t.Errorf("charset %q", params["charset"])
		case kind == "text/plain":
			text = s
		case kind == "text/html":
			html = s
		}
	}
}

func TestWhatBecomesOfAMail(t *testing.T) {
	for _, c := range []struct {
		to       string
		attempts int
		sent     bool
		arrived  int
		reason   string
	}{
		{"ok@mo.example", 1, true, 1, ""},
		{"full@mo.example", 2, true, 1, ""},
		{"nobody@mo.example", 1, false, 0, "550"},
		{"spam@mo.example", 1, false, 0, "554"},
		{"dies@mo.example", 2, true, 2, ""}, // the edge: taken, not said; the repeat bears the same Message-ID
	} {
		t.Run(c.to, func(t *testing.T) {
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				s := serve(t)
				w := open(t, d, smtpTo(t, s))
				w.send(t, hello(c.to))
				for range 3 {
					w.drain(t)
					w.clock.Advance(10 * time.Second)
				}
				got, row := s.messages(), w.only(t)
				if len(got) != c.arrived || row.Attempts != c.attempts || row.SentAt.IsZero() == c.sent || row.FailedAt.IsZero() != c.sent || !strings.Contains(row.LastError, c.reason) || (c.reason == "" && row.LastError != "") {
					t.Errorf("%d arrived; row %+v", len(got), row)
				}
				for _, m := range got {
					if m.id != got[0].id || m.raw != got[0].raw {
						t.Error("the repeat differs from the first")
					}
				}
				failed, err := w.q.Failed(t.Context())
				if err != nil || len(failed) != 0 {
					t.Errorf("jobs failed: %v %v", failed, err)
				}
			})
		})
	}
}

func TestServerThatNeverAnswersEndsInAFailedMail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		tr, err := mail.NewSMTP(mail.Settings{Host: "127.0.0.1", Port: 1, Security: mail.Plain, From: "samklang@alvkusten.example", Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		w := open(t, d, tr)
		w.send(t, hello("ok@mo.example"))
		begin := w.clock.Now()
		for range 40 {
			w.drain(t)
			if row := w.only(t); !row.FailedAt.IsZero() {
				t.Logf("given up after %d attempts and %s", row.Attempts, row.FailedAt.Sub(begin))
				if tried := row.FailedAt.Sub(begin); tried < 24*time.Hour || tried > 72*time.Hour {
					t.Errorf("given up after %s", tried)
				}
				return
			}
			w.clock.Advance(2 * time.Hour)
		}
		t.Error("never given up")
	})
}

func TestOneEventMakesOneMail(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, nil)
		m := hello("ok@mo.example")
		m.UniqueKey = "receipt/1"
		for range 3 {
			w.send(t, m)
			w.drain(t)
		}
		if row := w.only(t); row.SentAt.IsZero() || !w.out.OnScreen() {
			t.Errorf("row %+v", row)
		}
	})
}

func TestRollbackSendsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, nil)
		refused := errs.E(errs.Refused, "x")
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := w.out.Send(ctx, tx, hello("ok@mo.example")); err != nil {
				return err
			}
			return refused
		}); err != refused {
			t.Fatal(err)
		}
		w.drain(t)
		if list, err := w.out.Recent(t.Context(), 10); err != nil || len(list) != 0 {
			t.Errorf("%v %v", list, err)
		}
	})
}

func TestNothingWrittenByAPersonBecomesAHeader(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t)
		w := open(t, d, smtpTo(t, s))
		evil := []string{
			"x\r\nBcc: all@mo.example", "x\nBcc: all@mo.example", "x\r\n\r\nBody", "x\u2028Bcc: a@mo.example", "x\x00\x0bBcc: a", "=?utf-8?q?x=0D=0ABcc:_a@mo.example?=",
			`"quoted" <other@mo.example>, more`, strings.Repeat("å", 5000), "\xff\xfe\r\nBcc: a@mo.example", "  ", "\u202eabc",
		}
		for _, e := range evil {
			m := hello("ok@mo.example")
			m.Subject, m.FromName = e, e
			w.send(t, m)
		}
		w.drain(t)
		got := s.messages()
		if len(got) != len(evil) {
			t.Fatalf("%d of %d arrived", len(got), len(evil))
		}
		allowed := map[string]bool{}
		for _, n := range []string{"Auto-Submitted", "Content-Type", "Date", "From", "Message-Id", "Mime-Version", "Subject", "To", "Received"} {
			allowed[n] = true
		}
		for _, m := range got {
			for n, v := range m.msg.Header {
				if !allowed[n] || len(v) != 1 {
					t.Errorf("header %s: %q", n, v)
				}
			}
			from, err := netmail.ParseAddressList(m.msg.Header.Get("From"))
			if err != nil || len(from) != 1 || from[0].Address != "samklang@alvkusten.example" {
				t.Errorf("from %q: %v %v", m.msg.Header.Get("From"), from, err)
			}
			if strings.Contains(m.body, "Body") {
				t.Error("the subject reached the body")
			}
		}
	})
}

func TestAddress(t *testing.T) {
	for in, want := range map[string]string{
		" Britta.Öst@mo.example": "mail.address.letters", "britta@mo.example": "britta@mo.example", "Britta.Ost+x@MO.Example": "Britta.Ost+x@mo.example",
		"a@åmål.example": "a@xn--ml-xiab.example", "a@localhost": "a@localhost", "": "mail.address.invalid", "a": "mail.address.invalid",
		"a@": "mail.address.invalid", "@b.se": "mail.address.invalid", "a@b": "mail.address.invalid", "a b@c.se": "mail.address.invalid",
		"a@b.se\r\nBcc: c@d.se": "mail.address.invalid", "a@b.se,c@d.se": "mail.address.invalid", "A <a@b.se>": "mail.address.invalid",
		"a@b..se": "mail.address.invalid", ".a@b.se": "mail.address.invalid", "a@b_c.se": "mail.address.invalid", "a@[127.0.0.1]": "mail.address.invalid",
		strings.Repeat("a", 65) + "@b.se": "mail.address.invalid", "a@" + strings.Repeat("b.", 130) + "se": "mail.address.invalid",
	} {
		got, err := mail.Address(in)
		if err != nil {
			got = err.(*errs.Error).Key
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzAddress(f *testing.F) {
	f.Add("a@b.se")
	f.Add("å@ö.se\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		a, err := mail.Address(s)
		if err != nil {
			return
		}
		if strings.ContainsAny(a, "\r\n\t <>,;\"") || strings.Count(a, "@") != 1 {
			t.Errorf("%q became %q", s, a)
		}
		if b, err := mail.Address(a); err != nil || b != a {
			t.Errorf("%q became %q, that became %q %v", s, a, b, err)
		}
	})
}

func TestConnectionIsProtected(t *testing.T) {
	cert := certificate(t)
	encrypted := serveTLS(t, cert)
	encrypted.user = "kalle"
	base := mail.Settings{Host: "localhost", Port: encrypted.port, Security: mail.STARTTLS, From: "samklang@alvkusten.example", Timeout: 3 * time.Second, User: "kalle", Password: "ängel", Roots: trust(t, cert)}
	for _, c := range []struct {
		name string
		with func(*mail.Settings)
		ok   bool
	}{
		{"starttls with log-in", func(*mail.Settings) {}, true},
		{"wrong password", func(s *mail.Settings) { s.Password = "x" }, false},
		{"unknown certificate", func(s *mail.Settings) { s.Roots = nil }, false},
		{"password in the clear", func(s *mail.Settings) { s.Security = mail.Plain }, false},
		{"no log-in", func(s *mail.Settings) { s.User = "" }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			set := base
			c.with(&set)
			tr, err := mail.NewSMTP(set)
			if err != nil {
				t.Fatal(err)
			}
			dbtest.Each(t, func(t *testing.T, d *db.DB) {
				w := open(t, d, tr)
				w.send(t, hello("ok@mo.example"))
				w.drain(t)
				row := w.only(t)
				if row.SentAt.IsZero() == c.ok || !row.FailedAt.IsZero() {
					t.Errorf("row %+v", row)
				}
				if strings.Contains(row.LastError, "ängel") {
					t.Error("the password is in the error")
				}
			})
		})
	}
	for _, bad := range []mail.Settings{{From: "x"}, {From: "a@b.se", Security: "maybe"}, {From: "a@b.se", Security: mail.TLS, Host: "h", Port: 99999}} {
		if _, err := mail.NewSMTP(bad); err == nil {
			t.Errorf("accepted %+v", bad)
		}
	}
}
