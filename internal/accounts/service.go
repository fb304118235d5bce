package accounts

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/openid"
)

// Locale holds the texts of this package's errors and mails.
//
//go:embed locale
var Locale embed.FS

// Mail is a mail to one person. It is plain text.
type Mail struct {
	Association id.ID // None when the installation itself writes
	Kind        string
	To          Email
	FromName    string
	Subject     string
	Text        string
	Lapses      time.Duration // how long the secret in the text is of use; 0 when it holds none
}

// Outbox takes a mail in the transaction that causes it; it is sent after the commit, and not at all after a rollback.
type Outbox interface {
	Send(ctx context.Context, tx *db.Tx, m Mail) error
}

// Limiter counts what happens under a name. It returns 0 when it may happen, else how long to wait.
type Limiter interface {
	Allow(ctx context.Context, bucket string, count int, per time.Duration) (wait time.Duration, err error)
}

// Needs is what the service is built of.
type Needs struct {
	DB      *db.DB
	Clock   clock.Clock
	Catalog *i18n.Catalog
	Outbox  Outbox
	Limiter Limiter

	// For log-in by OpenID Connect; all may be left out when there are no providers.
	Providers []Provider
	Place     func(ctx context.Context, q db.IDB, association, body string) (Place, error) // errs.NotFound when there is none
	HTTP      *http.Client                                                                 // what providers are asked with
	Log       *slog.Logger
	NoMail    bool // mail does not leave the installation, so no code reaches anybody
}

// Service keeps the accounts of the installation.
type Service struct {
	Needs
	trail    audit.Trail
	clients  map[string]*openid.Client // by the provider's key
	pepper   pepper
	sessions db.Kept[string, Session]
	people   db.Kept[id.ID, rights]
}

// rights is an account with every role it has or has had.
type rights struct {
	Account Account
	Roles   []Role
}

// rightsKept is how many sessions, and how many accounts, stay in memory.
const rightsKept = 5000

// New makes the service.
func New(n Needs) *Service {
	s := &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}, clients: map[string]*openid.Client{}}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.HTTP == nil {
		s.HTTP = openid.NewHTTPClient()
	}
	for _, p := range n.Providers {
		s.clients[p.Key] = openid.New(p.agreed(), n.Clock, s.HTTP)
	}
	s.sessions.Kind, s.sessions.Most = db.Access, rightsKept
	s.people.Kind, s.people.Most = db.Access, rightsKept
	return s
}

func (s *Service) today() period.Date { return clock.Today(s.Clock) }

// Actor is the person behind an account with the rights she has today. An account that is closed or does not exist is a visitor.
func (s *Service) Actor(ctx context.Context, account id.ID) (actor.Actor, error) {
	x, err := s.people.Get(ctx, s.DB, account, func(ctx context.Context) (x rights, err error) {
		if x.Account, err = findAccount(ctx, s.DB.Read(), account); err == nil {
			x.Roles, err = rolesOf(ctx, s.DB.Read(), account)
		}
		return x, err
	})
	if errs.Is(err, errs.NotFound) {
		return actor.Actor{}, nil
	}
	if err != nil || !x.Account.Open() {
		return actor.Actor{}, err
	}
	who := actor.Actor{Account: x.Account.ID, Name: x.Account.Name, Admin: x.Account.Admin}
	today := s.today()
	for _, r := range x.Roles {
		if r.On(today) {
			who.Grants = append(who.Grants, actor.Grant{Association: r.AssociationID, Role: r.Role})
		}
	}
	return who, nil
}

// Account finds an account; errs.NotFound when there is none.
func (s *Service) Account(ctx context.Context, account id.ID) (Account, error) {
	return findAccount(ctx, s.DB.Read(), account)
}

// Roles lists every role an account has or has had, the newest first.
func (s *Service) Roles(ctx context.Context, account id.ID) ([]Role, error) {
	return rolesOf(ctx, s.DB.Read(), account)
}

// HeadNames are the names of the people who have the role of head in an association today: whom to turn to when one's own role is
// not enough. They are for people of the association, not for visitors.
func (s *Service) HeadNames(ctx context.Context, association id.ID) ([]string, error) {
	people, err := people(ctx, s.DB.Read(), association)
	if err != nil {
		return nil, err
	}
	var names []string
	today := s.today()
	for _, p := range people {
		for _, r := range p.Roles {
			if p.Account.Open() && r.Role == actor.Head && r.On(today) {
				names = append(names, p.Account.Name)
				break
			}
		}
	}
	return names, nil
}
