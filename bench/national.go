package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
)

// Shape is how large an installation is generated. Equal shapes give equal rows.
type Shape struct {
	Associations int // at most 80
	Years        int // of plans, the last one that of Today
	Activities   int
	Evidence     int // pieces
	LargePlan    int // of Activities, those that the first association has in this year's plan besides its share of the rest; 0 for none
	LargeTrail   int // entries at least in the audit trail of the first association; 0 asks for none but what its plans give
	Today        period.Date
}

// National is every coordination association of a country in one installation for ten years: 640 commitments, and one association whose lists are
// longer than anybody else's.
func National(today period.Date) Shape {
	return Shape{Associations: 80, Years: 10, Activities: 60_000, Evidence: 250_000, LargePlan: 2_900, LargeTrail: 10_000, Today: today}
}

// Small is a county's three associations in their first year, each with as much to do in the year as an ordinary one of National.
func Small(today period.Date) Shape {
	return Shape{Associations: 3, Years: 1, Activities: 3 * 71, Evidence: 3 * 297, Today: today}
}

// Installation tells where to look in what was generated.
type Installation struct {
	Large     scope.Association // the first
	Ordinary  scope.Association
	Promise   string // path of a promise of the ordinary association that it shares with others
	Activity  string // path of a public activity of it
	Head      id.ID  // account of the ordinary association's head
	LargeHead id.ID
}

// Generate fills an empty, migrated database. The present is noon of the shape's day.
func Generate(ctx context.Context, d *db.DB, s Shape) (Installation, error) {
	if s.Associations < 1 || s.Associations > len(prefixes)*len(endings) || s.Years < 1 {
		return Installation{}, errors.New("bench: no such shape")
	}
	n := &nation{Shape: s, rand: rand.New(rand.NewPCG(2003, 1210)), rows: &rows{db: d}, now: clock.At(s.Today)}
	n.first = s.Today.Year - s.Years + 1
	err := n.rows.together(ctx, func() error {
		n.found()
		if err := n.adopt(); err != nil {
			return err
		}
		if err := n.rows.flush(ctx); err != nil {
			return err
		}
		for y := n.first; y <= s.Today.Year; y++ {
			n.plan(y)
			n.prove(y)
			n.tell(y)
			if err := n.rows.flush(ctx); err != nil {
				return err
			}
		}
		if err := n.history(ctx); err != nil {
			return err
		}
		return n.rows.flush(ctx)
	})
	if err != nil {
		return Installation{}, err
	}
	if err := settle(ctx, d, n.now); err != nil {
		return Installation{}, err
	}
	return n.installation(), n.rows.rest(ctx)
}

// settle lets the program itself compute every state. The states that the generator gave are the program's, or the error says so.
func settle(ctx context.Context, d *db.DB, now clock.Clock) error {
	changed, err := commitments.New(d, now, needs).Recompute(ctx)
	if err == nil && changed > 0 {
		err = fmt.Errorf("bench: %d promises have another state than they were generated with", changed)
	}
	return err
}

// needs are those of a ledger that computes states and tells nobody.
var needs = commitments.Needs{
	Enqueue: func(context.Context, *db.Tx, commitments.Job) error { return nil },
	Enter:   func(context.Context, *db.Tx, ...publiclog.Fact) error { return nil },
	LapseAfter: func(ctx context.Context, q db.IDB, association id.ID) (days int, err error) {
		return days, q.NewSelect().TableExpr("associations").Column("lapse_after_days").Where("id = ?", association).Scan(ctx, &days)
	},
}

// nation is an installation that is being made.
type nation struct {
	Shape
	rand  *rand.Rand
	rows  *rows
	now   *clock.Set
	first int // year
	done  int // activities so far
	filed int // pieces of evidence so far

	houses []*house
	plans  []*planned // of the year that is being made
}

// house is an association with who works there and what it has promised.
type house struct {
	scope.Association
	at      int // number of the association
	since   period.Date
	people  []person
	pledges []*pledge
	trail   int // entries in its audit trail
}

type person struct {
	account id.ID
	name    string
}

// pledge is a promise with all that its state follows from.
type pledge struct {
	commitments.Pledge
	house  *house
	joint  bool
	title  string
	slug   string
	text   string
	in     progress.Pledge
	steps  []id.ID // milestone of each fact of in.Steps, None of an activity
	years  []int   // from which each of them is known
	stones []*commitments.Milestone
	slots  []int // fact of each stone
}

// planned is an activity of the year that is being made, with what belongs to it.
type planned struct {
	commitments.Activity
	house  *house
	with   []*house // others that have said yes
	serves []*pledge
	loose  bool
	share  int // pieces of evidence it gets
}

// someDay is a working hour of a day.
func (n *nation) someDay(d period.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 7+n.rand.IntN(9), n.rand.IntN(60), n.rand.IntN(60), 0, time.UTC)
}

// id is a UUID of version 7 of a time.
func (n *nation) id(at time.Time) id.ID {
	var x id.ID
	ms := uint64(at.UnixMilli())
	hi, lo := n.rand.Uint64(), n.rand.Uint64()
	for i := range 6 {
		x[i] = byte(ms >> (40 - 8*i))
	}
	x[6], x[7] = 0x70|byte(hi&0x0f), byte(hi>>8)
	for i := range 8 {
		x[8+i] = byte(lo >> (8 * i))
	}
	x[8] = x[8]&0x3f | 0x80
	return x
}

// often is true in that many cases of a hundred.
func (n *nation) often(percent int) bool { return n.rand.IntN(100) < percent }

func pick[T any](n *nation, list []T) T { return list[n.rand.IntN(len(list))] }

// ordinary is the association that figures are taken from. It has nothing to do with the first, which may be large, if there is another county.
func (n *nation) ordinary() *house {
	if i := inCounty + 1; i < len(n.houses) {
		return n.houses[i]
	}
	return n.houses[min(1, len(n.houses)-1)]
}

func (n *nation) installation() Installation {
	h := n.ordinary()
	in := Installation{Large: n.houses[0].Association, Ordinary: h.Association, Head: h.people[0].account, LargeHead: n.houses[0].people[0].account}
	for _, p := range h.pledges {
		if p.joint {
			in.Promise = fmt.Sprintf("/%s/loften/%s/%d", h.Slug, p.slug, p.Number)
			break
		}
	}
	for _, a := range n.plans {
		if a.house == h && a.Public {
			in.Activity = fmt.Sprintf("/%s/aktiviteter/%s", h.Slug, a.ID)
			break
		}
	}
	return in
}
