// Package mail sends e-mail that is not lost: a message is a row written, with a job, in the transaction of what caused it. The job
// hands it to the mail server and notes what became of it. An installation without a mail server shows its outbox on screen instead.
//
// A mail server may take a message and be gone before it says so. Then nobody can know, and the message is sent again: at least
// once, never lost. The repeat is the same to the last byte and has the same Message-ID, by which mail programs recognise it.
package mail

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/mail"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"
	"golang.org/x/net/idna"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/jobs"
)

//go:embed locale
var Locale embed.FS

// Message is what a domain asks to be sent.
type Message struct {
	Association    id.ID  // whose message it is; id.None for the installation's own
	Kind           string // what sort of message, for the log and for retention: "accounts.code"
	To             string // one address, without a name
	FromName       string // the association's name; the address is the installation's
	Subject        string
	Text           string
	HTML           string // may be empty
	UnsubscribeURL string // where one click leaves the list (RFC 8058); empty for messages nobody subscribes to
	UniqueKey      string // a second message with the same key is not sent; empty for no such check

	// Lapses is how long the secret in the text is of use; 0 for messages that hold none. The text is removed as soon as the message has been
	// handed over, and when the secret has lapsed in any case; what has not gone out by then goes out no more.
	Lapses time.Duration
}

// Mail is a message with what became of it.
type Mail struct {
	bun.BaseModel  `bun:"table:mails"`
	ID             id.ID `bun:",pk"`
	AssociationID  id.ID `bun:",nullzero"`
	Kind           string
	ToAddress      string
	FromName       string
	Subject        string
	BodyText       string
	BodyHTML       string `bun:"body_html"`
	UnsubscribeURL string `bun:"unsubscribe_url"`
	UniqueKey      string `bun:",nullzero"`
	CreatedAt      time.Time
	SentAt         time.Time `bun:",nullzero"`
	FailedAt       time.Time `bun:",nullzero"`
	Attempts       int
	LastError      string // as the mail server put it; never shown to visitors, never logged
}

// Transport hands a mail over. An error that is a *Permanent one is not tried again.
type Transport interface {
	Deliver(ctx context.Context, m Mail) error
}

// Permanent is the mail server's last word on a mail.
type Permanent struct{ Err error }

func (p *Permanent) Error() string { return p.Err.Error() }
func (p *Permanent) Unwrap() error { return p.Err }

// Outbox keeps and sends mails.
type Outbox struct {
	db        *db.DB
	queue     *jobs.Queue
	clock     clock.Clock
	log       *slog.Logger
	transport Transport
}

// New makes an outbox and registers its job. Without a transport mails stay in the outbox, marked as sent.
func New(d *db.DB, q *jobs.Queue, c clock.Clock, log *slog.Logger, t Transport) *Outbox {
	o := &Outbox{db: d, queue: q, clock: c, log: log, transport: t}
	jobs.Handle(q, o.deliver)
	jobs.Handle(q, o.forget)
	return o
}

// OnScreen tells whether mails stay in the outbox because there is no mail server.
func (o *Outbox) OnScreen() bool { return o.transport == nil }

type deliverArgs struct {
	Mail   id.ID
	Secret bool `json:",omitempty"` // the text is not kept once the mail is out
}

func (deliverArgs) Kind() string { return "mail.deliver" }

type forgetArgs struct{ Mail id.ID }

func (forgetArgs) Kind() string { return "mail.forget" }

// Send writes the message and its job in the caller's transaction. It refuses, with an error for the visitor, an address that
// cannot be one.
func (o *Outbox) Send(ctx context.Context, tx *db.Tx, m Message) error {
	to, err := Address(m.To)
	if err != nil {
		return err
	}
	if m.UnsubscribeURL != "" {
		if u, err := url.Parse(m.UnsubscribeURL); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return errors.New("mail: the address for leaving the list must be a whole web address")
		}
	}
	row := &Mail{
		ID: id.New(), AssociationID: m.Association, Kind: m.Kind, ToAddress: to, FromName: oneLine(m.FromName, 100),
		Subject: oneLine(m.Subject, 200), BodyText: m.Text, BodyHTML: m.HTML, UnsubscribeURL: m.UnsubscribeURL, UniqueKey: m.UniqueKey,
		CreatedAt: o.clock.Now(),
	}
	r, err := tx.NewInsert().Model(row).On("CONFLICT (unique_key) DO NOTHING").Exec(ctx)
	if err != nil || db.Affected(r) == 0 {
		return err
	}
	if m.Lapses > 0 {
		if err := o.queue.Enqueue(ctx, tx, forgetArgs{row.ID}, jobs.At(row.CreatedAt.Add(m.Lapses))); err != nil {
			return err
		}
	}
	return o.queue.Enqueue(ctx, tx, deliverArgs{row.ID, m.Lapses > 0}, jobs.In(jobs.Mails))
}

// Address reads one e-mail address as a person writes it and gives it as the mail server needs it: the domain in lower case and
// ASCII. The part before the @ stays as it is.
func Address(s string) (string, error) {
	s = strings.TrimSpace(s)
	invalid := errs.E(errs.Invalid, "mail.address.invalid")
	if len(s) > 254 || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || unicode.IsSpace(r) || strings.ContainsRune(`<>(),;:\"[]`, r)
	}) {
		return "", invalid
	}
	at := strings.LastIndexByte(s, '@')
	if at < 1 || at > 64 {
		return "", invalid
	}
	local, domain := s[:at], s[at+1:]
	for _, r := range local {
		if r > unicode.MaxASCII {
			return "", errs.E(errs.Invalid, "mail.address.letters")
		}
	}
	domain, err := idna.Lookup.ToASCII(domain)
	if err != nil || !strings.Contains(strings.Trim(domain, "."), ".") && domain != "localhost" {
		return "", invalid.Because(err)
	}
	if _, err := mail.ParseAddress(local + "@" + domain); err != nil {
		return "", invalid.Because(err)
	}
	return local + "@" + domain, nil
}

// oneLine makes a text fit for a header: no line breaks or other control characters, and not endless.
func oneLine(s string, limit int) string {
	s = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, ""), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
	}), " ")
	if r := []rune(s); len(r) > limit {
		s = string(r[:limit-1]) + "…"
	}
	return s
}

// deliver is the job. Between the mail server's yes and the commit below lies the one moment in which a crash sends a mail twice.
func (o *Outbox) deliver(ctx context.Context, a deliverArgs) error {
	var m Mail
	if err := o.db.Read().NewSelect().Model(&m).Where("id = ?", a.Mail).Scan(ctx); db.IsNoRows(err) {
		return nil // its time was over, and it was removed
	} else if err != nil {
		return err
	}
	if !m.SentAt.IsZero() || !m.FailedAt.IsZero() {
		return nil
	}
	var sent error
	if o.transport != nil {
		sent = o.transport.Deliver(ctx, m)
	}
	_, permanent := errors.AsType[*Permanent](sent)
	done := sent == nil || permanent || jobs.LastTry(ctx)
	now := o.clock.Now()
	// What the server said is noted even when the program is told to stop meanwhile.
	err := o.db.WithTx(context.WithoutCancel(ctx), func(ctx context.Context, tx *db.Tx) error {
		u := tx.NewUpdate().Model((*Mail)(nil)).Where("id = ?", m.ID).Set("attempts = attempts + 1")
		switch {
		case sent == nil:
			u = u.Set("sent_at = ?", now).Set("last_error = ''")
			if a.Secret && o.transport != nil { // on screen the mail is read here and nowhere else
				u = u.Set("body_text = ''").Set("body_html = ''")
			}
		case done:
			u = u.Set("failed_at = ?", now).Set("last_error = ?", sent.Error())
		default:
			u = u.Set("last_error = ?", sent.Error())
		}
		if done {
			if err := jobs.Once(ctx, tx); err != nil {
				return err
			}
		}
		_, err := u.Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	if sent == nil {
		return nil
	}
	// The server's words may hold the address, so they stay in the row.
	o.log.WarnContext(ctx, "a mail was not delivered", "mail", m.ID, "kind", m.Kind, "given_up", done)
	if done {
		return nil
	}
	return errNotDelivered
}

// forget removes the text of a mail whose secret has lapsed. What has not gone out is given up: nobody is helped by it any more.
func (o *Outbox) forget(ctx context.Context, a forgetArgs) error {
	return o.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		for _, u := range []*bun.UpdateQuery{
			tx.NewUpdate().Model((*Mail)(nil)).Set("body_text = ''").Set("body_html = ''").Where("id = ?", a.Mail),
			tx.NewUpdate().Model((*Mail)(nil)).Set("failed_at = ?", o.clock.Now()).Where("id = ?", a.Mail).Where("sent_at IS NULL").Where("failed_at IS NULL"),
		} {
			if _, err := u.Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

var errNotDelivered = errors.New("the mail server did not take the mail; its answer is kept with the mail")

// Recent lists the latest mails, newest first, for the page of the outbox.
func (o *Outbox) Recent(ctx context.Context, limit int64) ([]Mail, error) {
	var list []Mail
	err := o.db.Read().NewSelect().Model(&list).OrderExpr("created_at DESC, id DESC").Limit(limit).Scan(ctx)
	return list, err
}
