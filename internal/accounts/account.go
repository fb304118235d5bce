package accounts

import (
	"net/mail"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Email is an e-mail address in lower case. Two people never share one, because it is where the log-in codes go.
type Email string

// ParseEmail reads an address without a name before it.
func ParseEmail(s string) (Email, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 {
		return "", errs.E(errs.Invalid, "accounts.email_invalid")
	}
	_, domain, _ := strings.Cut(s, "@")
	if !strings.Contains(strings.Trim(domain, "."), ".") || strings.HasSuffix(domain, ".") {
		return "", errs.E(errs.Invalid, "accounts.email_invalid")
	}
	return Email(s), nil
}

// Masked shows whose address it may be without telling it: a…@exempel.se. The audit trail keeps this form, because it is never
// cleared.
func (e Email) Masked() string {
	local, domain, _ := strings.Cut(string(e), "@")
	for _, first := range local {
		return string(first) + "…@" + domain
	}
	return "…@" + domain
}

// Account is a person at work.
type Account struct {
	bun.BaseModel `bun:"table:accounts"`
	ID            id.ID `bun:",pk"`
	Email         Email
	Name          string
	SortKey       string
	Language      string // tag of lang.Lang
	Admin         bool   // administrator of the installation
	Reminders     bool   // wants a mail when something is due on the desk
	Version       int64
	CreatedAt     time.Time
	LastLoginAt   time.Time `bun:",nullzero"`
	ClosedAt      time.Time `bun:",nullzero"`
}

// Lang is the language of mails to the person.
func (a Account) Lang() lang.Lang {
	l, _ := lang.Parse(a.Language)
	return l
}

// Open tells whether the person may log in.
func (a Account) Open() bool { return a.ClosedAt.IsZero() }

const maxName = 80

func cleanName(form *errs.Form, name string) string {
	name = strings.Join(strings.Fields(name), " ")
	if n := len([]rune(name)); n == 0 {
		form.Add("name", "accounts.name_missing")
	} else if n > maxName {
		form.Add("name", "error.too_long", "max", maxName, "now", n)
	}
	return name
}

func cleanEmail(form *errs.Form, email string) Email {
	e, err := ParseEmail(email)
	if err != nil {
		form.Add("email", "accounts.email_invalid")
	}
	return e
}

func cleanLanguage(form *errs.Form, tag string) string {
	if tag == "" {
		return lang.Swedish.Tag()
	}
	if _, ok := lang.Parse(tag); !ok {
		form.Add("language", "error.not_a_choice")
	}
	return tag
}

// State is what a person's place in an association is on a day.
type State string

const (
	Active State = "active" // has a role now
	Coming State = "coming" // has one that has not begun
	Former State = "former" // had one
	Closed State = "closed" // the account is closed
)

// stateOf tells the state of an account with these roles.
func stateOf(open bool, roles []Role, on period.Date) State {
	if !open {
		return Closed
	}
	s := Former
	for _, r := range roles {
		switch {
		case r.On(on):
			return Active
		case r.ValidFrom.After(on) && !r.empty():
			s = Coming
		}
	}
	return s
}
