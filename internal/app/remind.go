package app

import (
	"context"
	"fmt"

	"samklang/internal/commitments"
	"samklang/internal/core/lang"
	"samklang/internal/platform/db"
	"samklang/internal/platform/mail"
)

// remind sends everybody who has something late or due one mail a week. It runs every day, so that a week begins for each person with the
// first day that has something; the key of the week keeps it at one mail whatever is repeated.
func (a *App) remind(ctx context.Context) error {
	list, err := a.commitments.Reminders(ctx)
	if err != nil {
		return err
	}
	for _, r := range list {
		if r.Person.Email == "" {
			continue
		}
		if err := a.sendReminder(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

func (a *App) sendReminder(ctx context.Context, r commitments.Reminder) error {
	var tag string
	if err := a.db.Read().NewSelect().TableExpr("accounts").Column("language").Where("id = ?", r.Person.ID).Scan(ctx, &tag); err != nil {
		return fmt.Errorf("the language of a person to remind: %w", err)
	}
	l, _ := lang.Parse(tag)
	p := a.catalog.Printer(l)
	m := a.desk.RemindIn(p, r)
	text, html := mail.Render(p, mail.Layout{Sender: r.Association.Name, Heading: m.Heading, Paragraphs: m.Lines, Action: &mail.Action{Label: m.Do, URL: a.address(r.Association, l, m.Path)}, Reason: m.Reason})
	return a.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return a.outbox.Send(ctx, tx, mail.Message{Association: r.Association.ID, Kind: "desk.reminder", To: r.Person.Email, FromName: r.Association.Name, Subject: m.Subject, Text: text, HTML: html, UniqueKey: m.Key})
	})
}
