package app

import (
	"net/http"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/web"
)

const outboxShown = 100

// outboxRoutes is the on-screen outbox: in the example installation for whoever sits at the machine, else for the administrator.
func (a *App) outboxRoutes() []web.Route {
	allow := access.InstallationManage
	if a.config.Demo {
		allow = access.Public
	}
	return []web.Route{{Method: "GET", Path: "/utkorg", Site: web.OfInstallation, Allow: allow, Handle: a.showOutbox, Title: "app.outbox.title", Cache: web.Secret}}
}

func (a *App) showOutbox(w http.ResponseWriter, r *web.Request) error {
	if a.config.Demo && !web.AtTheMachine(r.Request) {
		return errs.E(errs.NotFound, "error.not_found")
	}
	list, err := a.outbox.Recent(r.Context(), outboxShown)
	if err != nil {
		return err
	}
	mails := make([]outboxMail, len(list))
	for i, m := range list {
		mails[i] = shown(r, m)
	}
	return r.Render(w, http.StatusOK, outboxPage(a.frame(r, r.T("app.outbox.title")), mails))
}

func shown(r *web.Request, m mail.Mail) outboxMail {
	o := outboxMail{To: m.ToAddress, From: m.FromName, Subject: m.Subject, When: r.Printer.Time(m.CreatedAt, clock.Stockholm), State: r.T("app.outbox.waiting")}
	switch {
	case !m.SentAt.IsZero():
		o.State = r.T("app.outbox.sent")
	case !m.FailedAt.IsZero():
		o.State = r.T("app.outbox.failed")
	}
	if m.BodyText == "" {
		o.Lines = [][]outboxWord{{{Text: r.T("app.outbox.forgotten")}}}
	}
	for line := range strings.SplitSeq(m.BodyText, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		var words []outboxWord
		for w := range strings.FieldsSeq(line) {
			x := outboxWord{Text: w}
			if strings.HasPrefix(w, "http://") || strings.HasPrefix(w, "https://") {
				x.Href = strings.TrimRight(w, ".,;")
			}
			if n := len(words); n > 0 && x.Href == "" && words[n-1].Href == "" {
				words[n-1].Text += " " + w
				continue
			}
			words = append(words, x)
		}
		o.Lines = append(o.Lines, words)
	}
	return o
}
