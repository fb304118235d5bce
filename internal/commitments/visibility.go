package commitments

import (
	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"

	"github.com/uptrace/bun"
)

// Inside tells whether a person sees what an association keeps for those who work with it. Everybody else is outside, and sees the
// activities that are public and the evidence that is accepted and public. Pages, lists, sums, exports, feeds, calendars and mails all
// narrow what they read by the functions below and by nothing else.
func Inside(a actor.Actor, association id.ID) bool {
	return access.May(a, access.DeskRead, access.Object{Association: association})
}

// works refuses whoever does not work with the association: what such a query gives is for those inside alone. A query that has no actor is for
// everybody; a test lists them.
func works(a actor.Actor, assoc scope.Association) error {
	return access.Check(a, access.DeskRead, access.Object{Association: assoc.ID})
}

// seenActivities narrows a query over activities, named a in it.
func seenActivities(q *bun.SelectQuery, inside bool) *bun.SelectQuery {
	if inside {
		return q
	}
	return q.Where("a.public")
}

// heldActivities narrows a query over the activities an association holds, with its row in activity_organisers named o. What another
// association asks it to hold is for its own people to see; nobody gets anything onto its public pages before it has said yes.
func heldActivities(q *bun.SelectQuery, inside bool) *bun.SelectQuery {
	if inside {
		return q.Where("o.declined_at IS NULL")
	}
	return seenActivities(q.Where("o.confirmed_at IS NOT NULL"), false)
}

// holders counts the associations that hold the activity named a: those that have said yes.
const holders = "(SELECT count(*) FROM activity_organisers x WHERE x.association_id = a.association_id AND x.activity_id = a.id AND x.confirmed_at IS NOT NULL) AS organisers"

// seenEvidence narrows a query over evidence, named e in it. What is filed for an activity that is not public is not public either.
func seenEvidence(q *bun.SelectQuery, inside bool) *bun.SelectQuery {
	if inside {
		return q
	}
	return q.Where("e.public").Where("e.status = ?", Accepted).
		Where("(e.activity_id IS NULL OR EXISTS (SELECT 1 FROM activities shown WHERE shown.association_id = e.activity_home_id AND shown.id = e.activity_id AND shown.public))")
}

// CountedReach is the number of people reached as sums and everybody outside may know it: once somebody else has accepted what was told
// of the activity. Until then it is nil, as it is when nobody told a number.
func (a ActivityLine) CountedReach() *int64 { return countedReach(a.State, a.Reached) }

// CountedReach is that of ActivityLine.
func (a Activity) CountedReach() *int64 { return countedReach(a.State, a.Reached) }

// CountedHow is how the counted number is known, "" without one.
func (a ActivityLine) CountedHow() ReachedHow {
	if a.CountedReach() == nil {
		return ""
	}
	return a.ReachedHow
}

func countedReach(state string, reached *int64) *int64 {
	if !progress.State(state).Kept() { // above limited, which takes accepted evidence
		return nil
	}
	return reached
}

// seen is seenActivities for a row that is read already.
func (a ActivityLine) seen(inside bool) bool { return inside || a.Public }
