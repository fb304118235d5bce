package commitments

import (
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Activity is something that is done for one or several pledges. It is kept by the association that planned it (its home) and may have
// several organisers; it is one row and counted once in every sum.
type Activity struct {
	bun.BaseModel `bun:"table:activities"`
	AssociationID id.ID `bun:",pk"` // home
	ID            id.ID `bun:",pk"`
	Title         string
	Kind          string
	Forms         Forms
	Grounds       Grounds
	Status        Status
	StatusReason  string // why it was postponed or cancelled
	State         string // computed: what evidence shows of it
	PlanYear      int64  // the year whose plan it belongs to, also when the day is not set
	DatePrecision period.Precision
	FromOn        period.Date
	ToOn          period.Date
	DateText      string // the signed document's own words
	ClockTime     string // "kl. 9–10.30"
	Place         string
	Digital       bool
	Description   string
	Audience      string
	Project       string // project or initiative it is part of
	ReachMin      *int64 // people it is expected to reach
	ReachMax      *int64
	ReachText     string
	Reached       *int64
	ReachedHow    ReachedHow
	OwnerID       id.ID `bun:",nullzero"`
	FollowUpOn    period.Date
	Notes         string // internal: never leaves the desk
	Public        bool
	SeriesID      id.ID `bun:",nullzero"`
	CopiedFromID  id.ID `bun:",nullzero"`
	ImportID      id.ID `bun:",nullzero"`
	Version       int64
	CreatedBy     id.ID `bun:",nullzero"`
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Ref names the activity.
func (a Activity) Ref() Ref { return Ref{a.AssociationID, a.ID} }

// When is the activity's date with its precision.
func (a Activity) When() period.When {
	return period.When{Precision: a.DatePrecision, From: a.FromOn, To: a.ToOn, Text: a.DateText}
}

// SetWhen puts the date and the year of the plan; with no date the year stays as it is.
func (a *Activity) SetWhen(w period.When) {
	a.DatePrecision, a.FromOn, a.ToOn, a.DateText = w.Precision, w.From, w.To, w.Text
	if !w.From.IsZero() {
		a.PlanYear = int64(w.From.Year)
	}
}

// Due is the last day of the activity, none when the calendar cannot say when it is over.
func (a Activity) Due() period.Date {
	if a.When().Dated() {
		return a.ToOn
	}
	return period.Date{}
}

// sortOn is the text activities of a year are listed by: dated ones by their first day, then those whose day is not set.
func (a Activity) sortOn() string { return sortOn(a.FromOn) }

func sortOn(from period.Date) string {
	if from.IsZero() {
		return "9999"
	}
	return from.String()
}

// Organiser is an association that holds an activity. The home is one; the others confirm or decline.
type Organiser struct {
	bun.BaseModel `bun:"table:activity_organisers"`
	AssociationID id.ID     `bun:",pk"` // home of the activity
	ActivityID    id.ID     `bun:",pk"`
	OrganiserID   id.ID     `bun:",pk"`
	ConfirmedAt   time.Time `bun:",nullzero"`
	DeclinedAt    time.Time `bun:",nullzero"`
	PlanYear      int64
	SortOn        string
}

// Serving says that an activity serves a pledge, and how in one sentence.
type Serving struct {
	bun.BaseModel       `bun:"table:activity_serves"`
	AssociationID       id.ID `bun:",pk"` // home of the activity
	ActivityID          id.ID `bun:",pk"`
	PledgeAssociationID id.ID `bun:",pk"`
	PledgeID            id.ID `bun:",pk"`
	PlanYear            int64
	How                 string
	Score               *float64 // similarity from 0 to 1 when the reader of documents found it, nil when a person said so
}

// Participant roles at an activity, as they stand in the plan: people and organisations at work, never participants of initiatives.
const (
	RolePartner = "partner"
	RoleSpeaker = "speaker"
)

// Person is a partner organisation or a speaker of an activity.
type Person struct {
	bun.BaseModel `bun:"table:activity_people"`
	AssociationID id.ID `bun:",pk"`
	ActivityID    id.ID `bun:",pk"`
	Position      int64 `bun:",pk"`
	Role          string
	Name          string
}

// ActivityFields is what a person may write about an activity.
type ActivityFields struct {
	Title, Kind                  string
	Forms                        Forms
	Grounds                      Grounds
	When                         period.When
	PlanYear                     int
	ClockTime, Place             string
	Digital                      bool
	Description, Audience        string
	Project                      string
	ReachMin, ReachMax           *int64
	ReachText                    string
	OwnerID                      id.ID
	FollowUpOn                   period.Date
	Notes                        string
	Public                       bool
	Organisers                   []id.ID // besides the home
	Serves                       []ServingFields
	Partners, Speakers           []string
	Confirmed                    bool
	SeriesID, CopiedFrom, Import id.ID
}

// ServingFields says which of an association's pledges an activity serves.
type ServingFields struct {
	PledgeAssociation id.ID
	Pledge            id.ID
	How               string
	Score             *float64
}

const (
	maxTitle = 200
	maxText  = 10_000
)

// Check tells what is wrong with the fields, by form field.
func (f ActivityFields) Check() error {
	var e errs.Form
	if f.Title == "" {
		e.Add("title", "activity.title_missing")
	}
	if !knownKind(f.Kind) {
		e.Add("kind", "error.not_a_choice")
	}
	if err := f.When.Check(); err != nil {
		e.Add("date", "activity.date_faulty")
	}
	if f.PlanYear < 1990 || f.PlanYear > 2200 {
		e.Add("year", "activity.year_faulty")
	}
	if f.ReachMin != nil && f.ReachMax != nil && *f.ReachMax < *f.ReachMin {
		e.Add("reach_max", "activity.reach_reversed")
	}
	return e.Err()
}

func knownKind(k string) bool {
	for _, x := range Kinds {
		if x == k {
			return true
		}
	}
	return false
}
