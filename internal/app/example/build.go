package example

import (
	"context"
	"fmt"
	"time"

	"samklang/internal/accessibility"
	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/equality"
	"samklang/internal/followup"
	"samklang/internal/initiatives"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/surveys"
)

// Needs is what the content is built with: services on an empty database that all go by Clock.
type Needs struct {
	DB           *db.DB
	Clock        *clock.Set // stands on Today when Build returns
	Today        period.Date
	Associations *associations.Service
	Accounts     *accounts.Service
	Ledger       *commitments.Service
	Barriers     *accessibility.Service
	Initiatives  *initiatives.Service
	Followup     *followup.Service
	Equality     *equality.Service
	Surveys      *surveys.Service
	Printer      func(lang.Lang) i18n.Printer
	Store        func(ctx context.Context, association id.ID, by actor.Actor, name string, data []byte) (id.ID, error) // keeps a signed document
}

// builder fills the installation. What happens is put on an agenda and done in the order of its days.
type builder struct {
	Needs
	calendar
	agenda       []item
	associations map[string]scope.Association
	people       map[string]id.ID
	declarations map[string]commitments.Ref
	pledges      map[pledgeKey]id.ID
	projects     map[string]id.ID       // initiatives by key
	since        map[string]period.Date // the day an association adopts the joint declaration
}

type item struct {
	on period.Date
	do func(context.Context) error
}

type pledgeKey struct {
	association, declaration string
	number                   int
}

// Build fills the installation. It works day after day and not in one transaction: when it fails, the database must be thrown away.
func Build(ctx context.Context, n Needs) error {
	b := &builder{Needs: n, calendar: calendar{n.Today}, associations: map[string]scope.Association{}, people: map[string]id.ID{}, declarations: map[string]commitments.Ref{}, pledges: map[pledgeKey]id.ID{}, projects: map[string]id.ID{}, since: map[string]period.Date{}}
	for _, part := range []func(context.Context) error{b.installation, b.promises, b.plans, b.rounds, b.barriers, b.initiatives, b.counts, b.statistics, b.together, b.surveys} {
		if err := part(ctx); err != nil {
			return fmt.Errorf("the example content: %w", err)
		}
	}
	return b.run(ctx)
}

// on puts something on the agenda. What has a day in the future is not done.
func (b *builder) on(d period.Date, what string, do func(context.Context) error) {
	if d.After(b.today) {
		return
	}
	b.agenda = append(b.agenda, item{d, func(ctx context.Context) error {
		if err := do(ctx); err != nil {
			return fmt.Errorf("%s, %s: %w", d, what, err)
		}
		return nil
	}})
}

// run does what is on the agenda, and between the days lets the calendar change states as the program does every night.
func (b *builder) run(ctx context.Context) error {
	if len(b.agenda) == 0 {
		return nil
	}
	at := b.agenda[0].on
	for _, it := range b.agenda {
		if it.on.Before(at) {
			at = it.on
		}
	}
	for {
		b.Clock.MoveTo(at)
		b.Clock.Advance(-4 * time.Hour)
		if _, err := b.Ledger.Recompute(ctx); err != nil {
			return err
		}
		for i := 0; i < len(b.agenda); i++ { // what is done may put more on the agenda of the same day
			if b.agenda[i].on == at {
				b.Clock.Advance(7 * time.Minute)
				if err := b.agenda[i].do(ctx); err != nil {
					return err
				}
			}
		}
		if at == b.today {
			return nil
		}
		var err error
		if at, err = b.after(ctx, at); err != nil {
			return err
		}
	}
}

// after is the next day on which somebody does something or the calendar changes a state; the days between would change nothing.
func (b *builder) after(ctx context.Context, d period.Date) (period.Date, error) {
	next := b.today
	for _, it := range b.agenda {
		if it.on.After(d) && it.on.Before(next) {
			next = it.on
		}
	}
	var days []period.Date
	for _, query := range []string{
		"SELECT min(recompute_on) FROM pledges WHERE recompute_on > ?",
		"SELECT min(to_on) FROM activities WHERE to_on > ? AND state = 'not_started'",
	} {
		var s *string
		if err := b.DB.Read().NewRaw(query, d).Scan(ctx, &s); err != nil {
			return d, err
		}
		if s != nil {
			day, err := period.ParseDate(*s)
			if err != nil {
				return d, err
			}
			days = append(days, day, day.AddDays(1))
		}
	}
	for _, day := range days {
		if day.Before(next) {
			next = day
		}
	}
	return next, nil
}

// as is a person with the rights she has on the day the clock shows.
func (b *builder) as(ctx context.Context, key string) (actor.Actor, error) {
	account, ok := b.people[key]
	if !ok {
		return actor.Actor{}, fmt.Errorf("there is no person %q", key)
	}
	return b.Accounts.Actor(ctx, account)
}

func (b *builder) association(slug string) (scope.Association, error) {
	a, ok := b.associations[slug]
	if !ok {
		return a, fmt.Errorf("there is no association %q", slug)
	}
	return a, nil
}

// pledge is the promise of an association by its number in a declaration; "" is the joint one.
func (b *builder) pledge(association, declaration string, number int) (id.ID, error) {
	if declaration == "" {
		declaration = joint
	}
	p, ok := b.pledges[pledgeKey{association, declaration, number}]
	if !ok {
		return id.None, fmt.Errorf("%s has no promise %d in the declaration %q", association, number, declaration)
	}
	return p, nil
}

// joint is the key of the declaration all associations are to sign.
const joint = "gemensam"

func (b *builder) byID(association id.ID) scope.Association {
	for _, a := range b.associations {
		if a.ID == association {
			return a
		}
	}
	return scope.Association{}
}
