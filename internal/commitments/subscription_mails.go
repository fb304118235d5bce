package commitments

import (
	"strconv"
	"strings"

	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/mail"
)

// confirmationMail asks whoever reads the mailbox whether she meant it. It says nothing of what the address follows already.
func (s *Service) confirmationMail(a scope.Association, x Subscription, promise, token string) mail.Message {
	l := languageOf(x)
	p := s.needs.Catalog.Printer(l)
	what := p.T("follow.mail.all", "name", a.Name)
	if promise != "" {
		what = p.T("follow.mail.one", "title", promise, "name", a.Name)
	}
	m := mail.Message{Association: a.ID, Kind: "follow.confirm", To: x.Email, FromName: a.Name, Subject: p.T("follow.mail.confirm.subject", "name", a.ShortName), UniqueKey: "follow.confirm/" + x.ID.String(), Lapses: SubscriptionLapses}
	m.Text, m.HTML = mail.Render(p, mail.Layout{Sender: a.Name, Heading: p.T("follow.mail.confirm.heading"), Paragraphs: []string{p.T("follow.mail.confirm.text", "what", what)},
		Action: &mail.Action{Label: p.T("follow.mail.confirm.action"), URL: s.needs.Address(a, l, "/folj/bekrafta/"+token)}, After: []string{p.T("follow.mail.confirm.ignore")}, Reason: p.T("follow.mail.confirm.reason")})
	return m
}

// changeMail tells one follower of one change. It holds nothing that is not on the promise's public page.
func (s *Service) changeMail(a scope.Association, x Subscription, c StateChange, promise titledPledge, token string) mail.Message {
	l := languageOf(x)
	p := s.needs.Catalog.Printer(l)
	title, now := promise.TitleIn(l), p.T("ui.state."+c.ToState)
	leave := s.needs.Address(a, l, "/folj/sluta/"+x.ID.String()+"/"+token)
	m := mail.Message{Association: a.ID, Kind: "follow.change", To: x.Email, FromName: a.Name, Subject: p.T("follow.mail.change.subject", "title", title, "state", now), UnsubscribeURL: leave,
		UniqueKey: "follow.change/" + c.ID.String() + "/" + hashOf(strings.ToLower(x.Email))}
	reason := p.T("follow.mail.reason.one")
	if x.PledgeID == id.None {
		reason = p.T("follow.mail.reason.all", "name", a.Name)
	}
	m.Text, m.HTML = mail.Render(p, mail.Layout{Sender: a.Name, Heading: title, Paragraphs: []string{p.T("follow.mail.change.text", "from", p.T("ui.state."+c.FromState), "to", now, "date", c.ChangedOn), p.T("reason." + c.Reason)},
		Action: &mail.Action{Label: p.T("follow.mail.change.action"), URL: s.needs.Address(a, l, "/loften/"+promise.Slug+"/"+strconv.FormatInt(promise.Number, 10))}, Reason: reason, LeaveURL: leave})
	return m
}
