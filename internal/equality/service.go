package equality

import (
	"context"
	"slices"

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
	People  func(ctx context.Context, association id.ID) ([]Colleague, error)
	// Promises are those in force.
	Promises func(ctx context.Context, association id.ID) ([]Promise, error)
	NameOf   func(ctx context.Context, account id.ID) (string, error)
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
}

// Empty tells whether nothing has been published yet.
func (b Basis) Empty() bool { return len(b.Of) == 0 }

// Examine makes every comparison.
func (b Basis) Examine() Report {
	of := map[Source]*disclosure.Result{}
	for s, p := range b.Of {
		of[s] = p.Result
	}
	return Examine(of)
}

// Basis gives the latest figures to who may read them.
func (s *Service) Basis(ctx context.Context, a actor.Actor, association id.ID) (Basis, error) {
	b := Basis{Of: map[Source]*Published{}}
	if err := access.Check(a, access.EqualityRead, access.Object{Association: association}); err != nil {
		return b, err
	}
	for _, source := range Sources {
		p, err := s.Figures(ctx, a, association, source, 0)
		if err != nil {
			return b, err
		}
		if p != nil {
			b.Of[source] = p
		}
	}
	var err error
	b.Names, err = s.Names(ctx, association)
	return b, err
}

// Change is a comparison before something was done and after.
type Change struct {
	Through       string // the last period before
	Before, After Pair
	OK            bool // both can be told
}

// change compares what was published first with what has come since. Both are shown, so that what lies between them is too.
func change(c Comparison, then, now *Published) Change {
	x := Change{Through: then.Through, Before: pair(then.Result, c, place{}, disclosure.Total)}
	all := pair(now.Result, c, place{}, disclosure.Total)
	since := func(all, before Share) Share {
		out := Share{Code: all.Code}
		k, n := all.Count.K-before.Count.K, all.Count.N-before.Count.N
		if !all.Shown || !before.Shown || k < 0 || n < k {
			return out
		}
		return out.of(k, n, now.Result.Denominator)
	}
	x.After = Pair{all.Code, since(all.Group, x.Before.Group), since(all.Reference, x.Before.Reference)}
	x.OK = slices.Index([]bool{x.Before.Group.Enough, x.Before.Reference.Enough, x.After.Group.Enough, x.After.Reference.Enough}, false) < 0
	return x
}

// one turns the absence of a row into what a visitor is told.
func one(err error) error {
	if db.IsNoRows(err) {
		return errs.E(errs.NotFound, "error.not_found")
	}
	return err
}
