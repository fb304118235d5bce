package accounts

import (
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
)

// Kinds of mail this package sends.
const (
	mailCode       = "accounts.code"
	mailInvitation = "accounts.invitation"
	mailEmail      = "accounts.email"
	mailPasskey    = "accounts.passkey"
	mailLink       = "accounts.link"
)

func (s *Service) codeMail(to Email, code string, l lang.Lang) Mail {
	p := s.Catalog.Printer(l)
	return Mail{
		Kind:    mailCode,
		To:      to,
		Subject: p.T("accounts.mail.code.subject"),
		Text:    p.T("accounts.mail.code.text", "code", code, "minutes", int(codeLife.Minutes())),
		Lapses:  codeLife,
	}
}

func (s *Service) invitation(sc scope.Association, by actor.Actor, who Account, in NewPerson) Mail {
	p := s.Catalog.Printer(who.Lang())
	from := by.Name
	if by.System {
		from = sc.Name
	}
	return Mail{
		Association: sc.ID,
		Kind:        mailInvitation,
		To:          who.Email,
		FromName:    sc.Name,
		Subject:     p.T("accounts.mail.invitation.subject", "association", sc.Name),
		Text:        p.T("accounts.mail.invitation.text", "name", who.Name, "by", from, "association", sc.Name, "role", p.T("access.role."+string(in.Role)), "login", in.LogIn, "email", string(who.Email)),
	}
}

// emailMail tells the addressee about a change of address. stage is "old" or "new" for the two who are to agree, "replaced" for both
// when the administrator has done it.
func (s *Service) emailMail(who Account, addressee Email, stage string, to Email, link string) Mail {
	p := s.Catalog.Printer(who.Lang())
	key := "accounts.mail.email_" + stage
	lapses := emailChangeLife
	if link == "" {
		lapses = 0
	}
	return Mail{
		Association: id.None,
		Kind:        mailEmail,
		To:          addressee,
		Subject:     p.T(key + ".subject"),
		Text:        p.T(key+".text", "name", who.Name, "email", string(to), "link", link, "hours", int(emailChangeLife.Hours())),
		Lapses:      lapses,
	}
}

func (s *Service) passkeyMail(who Account, key Passkey) Mail {
	p := s.Catalog.Printer(who.Lang())
	return Mail{Kind: mailPasskey, To: who.Email, Subject: p.T("accounts.mail.passkey.subject"), Text: p.T("accounts.mail.passkey.text", "name", who.Name, "passkey", key.Name)}
}

func (s *Service) linkMail(who Account, p Provider) Mail {
	t := s.Catalog.Printer(who.Lang())
	return Mail{Kind: mailLink, To: who.Email, Subject: t.T("accounts.mail.link.subject", "provider", p.Name), Text: t.T("accounts.mail.link.text", "name", who.Name, "provider", p.Name)}
}
