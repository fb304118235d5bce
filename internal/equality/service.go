package equality

import (
	"context"
	"io"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/publiclog"
)

// Published is a publication of the follow-up: figures that have passed package disclosure, with everything published earlier known to it, and frozen.
type Published struct {
	Source  Source
	Number  int64
	Through string // the last half-year or month in it
	On      period.Date
	Family  []byte // as it was declared
	Result  *disclosure.Result
	// Coverage is how many cards of each initiative that counted have every answer, in the broad words of the follow-up.
	Coverage map[string]string
	Left     int // initiatives that have counted too few to stand in any figure, where they have no names
	// Newer is the last period of a later publication, where that tells less than this one; "" when this is the latest.
	Newer string
}

// Colleague is somebody who can own a case.
type Colleague struct {
	ID   id.ID
	Name string
}

// Promise is a promise in force that a case can serve.
type Promise struct {
	ID    id.ID
	Label string
}

// Needs is what the part needs from the rest of the house.
type Needs struct {
	DB    *db.DB
	Clock clock.Clock
	// Figures gives the latest publication of a source (number 0) or one by its number; nil when there is none. It is the only way in for figures about
	// participants, and what comes has passed package disclosure.
	Figures func(ctx context.Context, a actor.Actor, association id.ID, s Source, number int64) (*Published, error)
	// GroupOf gives a group that the association is in, and Joint what was published of all in it, by package disclosure, with those it is about: the latest
	// (number 0) or one by its number, nil when there is none.
	GroupOf func(ctx context.Context, a actor.Actor, association, group id.ID) (Group, error)
	Joint   func(ctx context.Context, a actor.Actor, association, group id.ID, s Source, number int64) (*Published, []scope.Association, error)
	Names   func(ctx context.Context, association id.ID) (Names, error)
	// Hear gives what people answered in questionnaires by what they told of themselves, as far as it may be told; nil where there are none.
	Hear   func(ctx context.Context, a actor.Actor, association id.ID) ([]Heard, error)
	People func(ctx context.Context, association id.ID) ([]Colleague, error)
	// Promises are those in force.
	Promises func(ctx context.Context, association id.ID) ([]Promise, error)
	NameOf   func(ctx context.Context, account id.ID) (string, error)
	// Store checks a file by its content and keeps it; what it gives names the file in the transaction that refers to it. FileName is what it is called.
	Store    func(ctx context.Context, association id.ID, a actor.Actor, name string, r io.Reader, max int64) (func(context.Context, *db.Tx) (id.ID, error), error)
	FileName func(ctx context.Context, association, file id.ID) (string, error)
	Enter    func(ctx context.Context, tx *db.Tx, facts ...publiclog.Fact) error
	// Associations are all of the installation with their short names, for the public log.
	Associations func(ctx context.Context, q db.IDB) (map[id.ID]string, error)
}

// Service holds the operations.
type Service struct {
	Needs
	trail audit.Trail
}

// New makes the service.
func New(n Needs) *Service { return &Service{Needs: n, trail: audit.Trail{Clock: n.Clock}} }

func (s *Service) today() period.Date { return clock.Today(s.Clock) }

// Basis is what comparisons are made of.
type Basis struct {
	Of    map[Source]*Published
	Names Names
	Own   []Comparison // that the association declared itself
}

// Empty tells whether nothing has been published yet.
func (b Basis) Empty() bool { return len(b.Of) == 0 }

// Examine makes every comparison.
func (b Basis) Examine() Report {
	of := map[Source]*disclosure.Result{}
	for s, p := range b.Of {
		of[s] = p.Result
	}
	return Examine(of, b.Own...)
}

// Words gives the findings of the basis words.
func (b Basis) Words(p i18n.Printer) Words { return Words{Printer: p, Names: b.Names, Own: b.Own} }

// Basis gives the latest figures to who may read them.
func (s *Service) Basis(ctx context.Context, a actor.Actor, association id.ID) (Basis, error) {
	b := Basis{Of: map[Source]*Published{}}
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return b, err
	}
	for _, source := range Sources {
		p, err := s.telling(ctx, a, association, source)
		if err != nil {
			return b, err
		}
		if p != nil {
			b.Of[source] = p
		}
	}
	var err error
	if b.Own, err = s.own(ctx, s.DB.Read(), association); err != nil {
		return b, err
	}
	b.Names, err = s.Names(ctx, association)
	return b, err
}

// telling gives the publication of a source that tells most: the latest, unless what came after an earlier one is so little that it cannot be told by itself,
// and hides what the earlier one tells. Every one of them is known to who reads.
func (s *Service) telling(ctx context.Context, a actor.Actor, association id.ID, source Source) (*Published, error) {
	latest, err := s.Figures(ctx, a, association, source, 0)
	if err != nil || latest == nil {
		return nil, err
	}
	best, most := latest, told(source, latest)
	for n := latest.Number - 1; n > 0 && n > latest.Number-earlierTried; n-- {
		p, err := s.Figures(ctx, a, association, source, n)
		if err != nil {
			return nil, err
		}
		if p == nil {
			continue
		}
		if x := told(source, p); x > most {
			best, most = p, x
		}
	}
	if best != latest {
		best.Newer = latest.Through
	}
	return best, nil
}

// earlierTried is how far back it is looked for figures that can be told: four half-years.
const earlierTried = 5

// told is how many of the comparisons that are made everywhere can be told from a publication.
func told(source Source, p *Published) (n int) {
	r := Examine(map[Source]*disclosure.Result{source: p.Result})
	for _, f := range r.Findings {
		if f.Verdict != TooSmall {
			n++
		}
	}
	for _, x := range r.Spreads {
		if x.OK() {
			n++
		}
	}
	return n + len(r.Offers)
}

// one turns the absence of a row into what a visitor is told.
func one(err error) error {
	if db.IsNoRows(err) {
		return errs.E(errs.NotFound, "error.not_found")
	}
	return err
}
