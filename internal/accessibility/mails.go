package accessibility

import (
	"context"
	"fmt"
	"strings"

	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/mail"
)

// answerMail is the answer to who told of a barrier, with the way on if she is not content.
func (s *Service) answerMail(of scope.Association, r Report, text string) mail.Message {
	p := s.Catalog.Printer(r.Lang())
	sender := of.Name
	if of.ID == id.None {
		sender = p.T("barrier.mail.installation")
	}
	l := mail.Layout{Sender: sender, Heading: p.T("barrier.mail.heading"), Paragraphs: []string{p.T("barrier.mail.about", "date", r.ReportedOn())},
		Reason: p.T("barrier.mail.reason")}
	l.Paragraphs = append(l.Paragraphs, strings.Split(text, "\n\n")...)
	l.Paragraphs = append(l.Paragraphs, p.T("barrier.mail.decision."+string(r.Decision)))
	l.Action = &mail.Action{Label: p.T("barrier.mail.action"), URL: s.Address(scope.Association{}, r.Lang(), "/tillganglighet")}
	l.After = []string{p.T("barrier.mail.supervisor", "address", Supervisor)}
	m := mail.Message{Association: of.ID, Kind: "barrier.answer", To: r.Email, FromName: sender, Subject: p.T("barrier.mail.subject"), UniqueKey: fmt.Sprintf("barrier.answer/%s/%d", r.ID, r.Version)}
	m.Text, m.HTML = mail.Render(p, l)
	return m
}

// Supervisor is where the Agency for Digital Government takes complaints.
const Supervisor = "https://www.digg.se/tdosanmalan"

// Remind mails each administrator at most once a week, on a working day, that reports on the installation's own pages wait. Those of an
// association are reminded of with the rest of their desk.
func (s *Service) Remind(ctx context.Context) error {
	today := clock.Today(s.Clock)
	if !today.Workday() {
		return nil
	}
	open, err := waiting(ctx, s.DB.Read(), id.None)
	if err != nil || len(open) == 0 {
		return err
	}
	who, err := s.Administrators(ctx)
	if err != nil {
		return err
	}
	year, week := today.Time().ISOWeek()
	for _, a := range who {
		if !a.Reminders || a.Email == "" {
			continue
		}
		p := s.Catalog.Printer(a.Language)
		l := mail.Layout{Sender: p.T("barrier.mail.installation"), Heading: p.T("barrier.remind.heading", "n", len(open)), Reason: p.T("barrier.remind.reason"),
			Action: &mail.Action{Label: p.T("barrier.remind.action"), URL: s.Address(scope.Association{}, a.Language, "/administration/hinder")}}
		if first := open[0]; !first.Answered() {
			l.Paragraphs = []string{p.T("barrier.remind.text", "date", first.AnswerBy)}
		}
		m := mail.Message{Kind: "barrier.remind", To: a.Email, FromName: l.Sender, Subject: l.Heading, UniqueKey: fmt.Sprintf("barrier.remind/%s/%d-W%02d", a.ID, year, week)}
		m.Text, m.HTML = mail.Render(p, l)
		if err := s.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return s.SendMail(ctx, tx, m) }); err != nil {
			return err
		}
	}
	return nil
}
