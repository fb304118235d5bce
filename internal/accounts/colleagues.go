package accounts

import (
	"context"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
)

// Colleague is somebody who has a role in an association today, for other parts of the house: who may answer for something, who must be
// told. They run the query in their own transaction.
type Colleague struct {
	ID        id.ID
	Name      string
	Email     Email
	Language  string
	Reminders bool // wants a mail when something is due
	Roles     []actor.Role
}

// Colleagues lists those who have a role in the association today, in Swedish order.
func (s *Service) Colleagues(ctx context.Context, q db.IDB, association id.ID) ([]Colleague, error) {
	list, err := people(ctx, q, association)
	if err != nil {
		return nil, err
	}
	today := s.today()
	var out []Colleague
	for _, p := range list {
		if !p.Account.Open() {
			continue
		}
		c := Colleague{ID: p.Account.ID, Name: p.Account.Name, Email: p.Account.Email, Language: p.Account.Language, Reminders: p.Account.Reminders}
		for _, r := range p.Roles {
			if r.On(today) {
				c.Roles = append(c.Roles, r.Role)
			}
		}
		if len(c.Roles) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// NameOf is the name of an account, "" when there is none.
func (s *Service) NameOf(ctx context.Context, q db.IDB, account id.ID) (string, error) {
	a, err := findAccount(ctx, q, account)
	if errs.Is(err, errs.NotFound) {
		return "", nil
	}
	return a.Name, err
}
