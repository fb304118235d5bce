package mail_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/mail"
)

func secret() mail.Message {
	m := hello("lisa@mo.example")
	m.Text, m.HTML, m.Lapses = "Din kod: K7PM-3XQT", "<p>K7PM-3XQT</p>", 10*time.Minute
	return m
}

func TestTheSecretOfAMailIsGoneOnceItIsOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t)
		w := open(t, d, smtpTo(t, s))
		w.send(t, secret())
		w.drain(t)
		if got := s.messages(); len(got) != 1 || !strings.Contains(got[0].raw, "K7PM-3XQT") {
			t.Fatalf("arrived: %v", got)
		}
		if m := w.only(t); m.SentAt.IsZero() || m.BodyText != "" || m.BodyHTML != "" || m.ToAddress != "lisa@mo.example" {
			t.Errorf("kept: %+v", m)
		}
		w.clock.Advance(11 * time.Minute)
		w.drain(t)
		if m := w.only(t); m.SentAt.IsZero() || !m.FailedAt.IsZero() {
			t.Errorf("sent, and then: %+v", m)
		}
	})
}

// On screen the mail is read in the outbox, so its text stays there for as long as it is of use.
func TestTheSecretOfAMailOnScreenIsGoneOnceItHasLapsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d, nil)
		w.send(t, secret())
		w.drain(t)
		if m := w.only(t); m.BodyText == "" {
			t.Error("it cannot be read")
		}
		w.clock.Advance(9 * time.Minute)
		w.drain(t)
		if m := w.only(t); m.BodyText == "" {
			t.Error("gone too early")
		}
		w.clock.Advance(2 * time.Minute)
		w.drain(t)
		if m := w.only(t); m.BodyText != "" || m.BodyHTML != "" || m.SentAt.IsZero() || !m.FailedAt.IsZero() {
			t.Errorf("kept: %+v", m)
		}
	})
}

// away is a mail server that cannot be reached until it can.
type away struct {
	mu   sync.Mutex
	back bool
	got  []string
}

func (a *away) Deliver(_ context.Context, m mail.Mail) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.back {
		return errors.New("nobody there")
	}
	a.got = append(a.got, m.ToAddress)
	return nil
}

func TestAMailWhoseSecretHasLapsedIsNotSentAnyMore(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		server := &away{}
		w := open(t, d, server)
		w.send(t, secret())
		w.send(t, hello("olle@mo.example"))
		w.drain(t)
		w.clock.Advance(11 * time.Minute)
		w.drain(t)
		list, err := w.out.Recent(t.Context(), 10)
		if err != nil || len(list) != 2 {
			t.Fatal(list, err)
		}
		for _, m := range list {
			if lapsed := m.ToAddress == "lisa@mo.example"; lapsed != !m.FailedAt.IsZero() || lapsed != (m.BodyText == "") || !m.SentAt.IsZero() {
				t.Errorf("%+v", m)
			}
		}
		server.mu.Lock()
		server.back = true
		server.mu.Unlock()
		w.clock.Advance(time.Hour)
		w.drain(t)
		if got := server.got; len(got) != 1 || got[0] != "olle@mo.example" {
			t.Errorf("sent to %v", got)
		}
	})
}
