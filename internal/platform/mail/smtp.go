package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the connection to the mail server is protected.
type Security string

const (
	STARTTLS Security = "starttls" // begins in the clear and must turn to TLS; usually port 587
	TLS      Security = "tls"      // from the first byte; usually port 465
	Plain    Security = "none"     // only for a server on the same machine or a closed network
)

// Settings name the mail server.
type Settings struct {
	Host     string
	Port     int
	Security Security
	User     string // empty when the server asks for no log-in
	Password string
	From     string // the address every mail comes from
	Timeout  time.Duration
	Roots    *tls.Config // nil for the machine's own certificates
}

// SMTP hands mails to a mail server, one connection for each.
type SMTP struct {
	set    Settings
	domain string
}

// NewSMTP checks the settings; it does not connect.
func NewSMTP(s Settings) (*SMTP, error) {
	from, err := Address(s.From)
	if err != nil {
		return nil, fmt.Errorf("the mail setting for the sender must be an e-mail address: %w", err)
	}
	s.From = from
	if s.Timeout == 0 {
		s.Timeout = 30 * time.Second
	}
	switch s.Security {
	case STARTTLS, TLS, Plain:
	default:
		return nil, fmt.Errorf("the mail setting for security must be starttls, tls or none, not %q", s.Security)
	}
	t := &SMTP{set: s, domain: from[strings.LastIndexByte(from, '@')+1:]}
	if _, err := t.client(); err != nil {
		return nil, fmt.Errorf("the mail settings cannot be used: %w", err)
	}
	return t, nil
}

func (t *SMTP) client() (*gomail.Client, error) {
	opts := []gomail.Option{
		gomail.WithPort(t.set.Port), gomail.WithTimeout(t.set.Timeout), gomail.WithHELO(t.domain), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	switch t.set.Security {
	case STARTTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case TLS:
		opts = append(opts, gomail.WithSSL())
	case Plain:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if t.set.Roots != nil {
		opts = append(opts, gomail.WithTLSConfig(t.set.Roots))
	}
	if t.set.User != "" {
		// The strongest way that the server offers; a password never crosses an unprotected connection.
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(t.set.User), gomail.WithPassword(t.set.Password))
	}
	return gomail.NewClient(t.set.Host, opts...)
}

// Deliver implements Transport.
func (t *SMTP) Deliver(ctx context.Context, m Mail) error {
	msg, err := t.compose(m)
	if err != nil {
		return &Permanent{err}
	}
	c, err := t.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 4*t.set.Timeout)
	defer cancel()
	err = c.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // a farewell that fails does not take back what was said
		return nil
	}
	// A refusal of the recipient or the text is about this mail. A refusal of the log-in or the sender is about the settings: it
	// passes when they are mended.
	if e, ok := errors.AsType[*gomail.SendError](err); ok && e.ErrorCode() >= 500 {
		switch e.Reason {
		case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData, gomail.ErrSMTPDataClose:
			return &Permanent{err}
		}
	}
	return err
}

// Probe asks the mail server whether it would take a mail from the sender: it connects, protects the connection, logs in, names the sender and
// goes away again. No mail is sent.
func (t *SMTP) Probe(ctx context.Context) error {
	c, err := t.client()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, t.set.Timeout)
	defer cancel()
	s, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	defer c.CloseWithSMTPClient(s)
	if err := s.Mail(t.set.From); err != nil {
		return fmt.Errorf("the sender %s is refused: %w", t.set.From, err)
	}
	return s.Reset()
}

// compose writes the message. The same row gives the same bytes every time.
func (t *SMTP) compose(m Mail) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingQP), gomail.WithBoundary("samklang-"+m.ID.String()), gomail.WithNoDefaultUserAgent())
	if err := msg.FromFormat(oneLine(m.FromName, 100), t.set.From); err != nil {
		return nil, err
	}
	if err := msg.To(m.ToAddress); err != nil {
		return nil, err
	}
	msg.Subject(oneLine(m.Subject, 200))
	msg.SetMessageIDWithValue(m.ID.String() + "@" + t.domain)
	msg.SetDateWithValue(m.CreatedAt)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	if m.UnsubscribeURL != "" {
		u, err := url.Parse(m.UnsubscribeURL)
		if err != nil {
			return nil, err
		}
		if u.Scheme == "https" {
			err = msg.SetListUnsubscribeOneClick(u.String())
		} else {
			msg.SetListUnsubscribe(u.String())
		}
		if err != nil {
			return nil, err
		}
	}
	msg.SetBodyString(gomail.TypeTextPlain, m.BodyText)
	if m.BodyHTML != "" {
		msg.AddAlternativeString(gomail.TypeTextHTML, m.BodyHTML)
	}
	return msg, nil
}

// Source is the message as it goes over the wire, for the page of the outbox and for tests.
func (t *SMTP) Source(m Mail) ([]byte, error) {
	msg, err := t.compose(m)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = msg.WriteTo(&b)
	return b.Bytes(), err
}
