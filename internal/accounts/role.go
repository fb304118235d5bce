package accounts

import (
	"slices"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Role is a role of a person in an association from one day to another. A zero ValidTo is "until further notice".
type Role struct {
	bun.BaseModel `bun:"table:roles" json:"-"`
	AssociationID id.ID       `bun:",pk" json:"-"`
	ID            id.ID       `bun:",pk" json:"-"`
	AccountID     id.ID       `json:"account"`
	Role          actor.Role  `json:"role"`
	BodyID        id.ID       `bun:",nullzero" json:"body"` // the body it is a seat in, if any
	Organisation  string      `json:"organisation"`         // whom the person works for: "Mo kommun"
	ValidFrom     period.Date `json:"valid_from"`
	ValidTo       period.Date `json:"valid_to"` // the last day
	Version       int64       `json:"-"`
}

// On tells whether the role holds on the day.
func (r Role) On(d period.Date) bool {
	return !d.Before(r.ValidFrom) && (r.ValidTo.IsZero() || !d.After(r.ValidTo))
}

// empty tells whether the role was ended before it began.
func (r Role) empty() bool { return !r.ValidTo.IsZero() && r.ValidTo.Before(r.ValidFrom) }

// known tells whether the code is a role.
func known(r actor.Role) bool { return slices.Contains(actor.Roles[:], r) }

// needed tells whether ending a role after its last day would leave the association without a head: on the first day without it,
// none of the other heads' roles holds.
func needed(r Role, last, today period.Date, others []Role) bool {
	if r.Role != actor.Head {
		return false
	}
	without := last.AddDays(1)
	if without.Before(today) {
		without = today
	}
	return r.On(without) && !slices.ContainsFunc(others, func(h Role) bool { return h.On(without) })
}

// meet tells whether two roles hold on a day in common.
func (r Role) meet(x Role) bool {
	return (r.ValidTo.IsZero() || !r.ValidTo.Before(x.ValidFrom)) && (x.ValidTo.IsZero() || !x.ValidTo.Before(r.ValidFrom))
}

// apart tells whether two roles in one association must not be the same person's at the same time: an employee of the association, and one who
// counts participants for a party (finsam.md R-40).
func (r Role) apart(x Role) bool {
	return r.AssociationID == x.AssociationID && (r.Role.Employed() && x.Role.Counts() || r.Role.Counts() && x.Role.Employed()) && r.meet(x)
}
