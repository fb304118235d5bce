package initiatives

import (
	"slices"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Orientation is whom an initiative is for (finsam.md 3.1). Codes are stored.
type Orientation string

const (
	Individual Orientation = "individual" // people who need support from several authorities
	Structural Orientation = "structural" // the authorities' own way of working
)

// Orientations lists both.
var Orientations = [...]Orientation{Individual, Structural}

// Mixed is what a person may say of something that is both; it is registered as two initiatives with different names.
const Mixed Orientation = "mixed"

// Method is how the participants of an initiative are counted.
type Method string

const (
	Cards Method = "cards" // by every variable of the follow-up
	BySex Method = "sex"   // by sex alone: open activities, where nothing else is asked
	Total Method = "total" // in total: structural initiatives
)

// methods tells which methods an orientation allows.
var methods = map[Orientation][]Method{Individual: {Cards, BySex}, Structural: {Total}}

// Methods lists the methods there are to choose between.
func Methods(o Orientation) []Method { return methods[o] }

// State is where in its life an initiative is. Until it is confirmed everything may be changed and nothing is counted.
type State string

const (
	Draft     State = "draft"
	Confirmed State = "confirmed"
	Closed    State = "closed"
)

// TargetGroups are the groups one can choose among (finsam.md 4.6 M). The national list could not be read, so a group of one's own words can be
// added.
var TargetGroups = [...]string{"young", "long_sick", "long_assistance", "mental_health", "neuropsychiatric", "addiction", "activity_compensation", "newly_arrived", "no_benefit", "no_contact", "staff"}

// Facts are what a person writes about an initiative.
type Facts struct {
	Name         string      `json:"name"`
	About        string      `json:"about"`
	Orientation  Orientation `json:"orientation"`
	Method       Method      `json:"method"`
	ESF          bool        `bun:"esf" json:"esf"` // financed by the European Social Fund
	OwnerID      id.ID       `bun:",nullzero" json:"owner"`
	FromOn       period.Date `json:"from_on"`
	ToOn         period.Date `json:"to_on"`         // the last day; none is until further notice
	TargetGroups string      `json:"target_groups"` // codes with a space between
	TargetOther  string      `json:"target_other"`
}

// Initiative is one association's own part of an initiative, as the database keeps it.
type Initiative struct {
	bun.BaseModel `bun:"table:initiatives" json:"-"`
	AssociationID id.ID `bun:",pk" json:"-"`
	ID            id.ID `bun:",pk" json:"-"`
	Facts
	State              State     `json:"state"`
	ReplacesID         id.ID     `bun:",nullzero" json:"replaces"`          // the closed one it was made anew of
	JointAssociationID id.ID     `bun:",nullzero" json:"joint_association"` // the part of another association that named this one
	JointID            id.ID     `bun:",nullzero" json:"joint"`
	SortKey            string    `json:"-"`
	Version            int64     `json:"-"`
	CreatedAt          time.Time `json:"-"`

	Parties        []id.ID         `bun:"-" json:"parties"`        // members that take part, the owner not among them
	Municipalities []id.ID         `bun:"-" json:"municipalities"` // members whose inhabitants it is for
	Planned        map[int64]int64 `bun:"-" json:"planned"`        // participants planned by year
	Associations   []id.ID         `bun:"-" json:"associations"`   // others that count a part of their own
}

// Groups lists the codes of the target groups.
func (f Facts) Groups() []string { return strings.Fields(f.TargetGroups) }

// On tells whether the initiative runs on any day from the first to the last.
func (x Initiative) On(first, last period.Date) bool {
	return x.State != Draft && !x.FromOn.After(last) && (x.ToOn.IsZero() || !x.ToOn.Before(first))
}

// NewInitiative is what a person writes when she adds or changes an initiative.
type NewInitiative struct {
	Facts
	OtherName      string // what the structural half of a mixed initiative is called
	Parties        []id.ID
	Municipalities []id.ID
	Planned        map[int64]int64
	Associations   []id.ID
}

const (
	maxName    = 120
	maxAbout   = 2000
	maxOther   = 120
	maxPlanned = 100_000
)

func length(form *errs.Form, field, s string, max int) {
	if n := len([]rune(s)); n > max {
		form.Add(field, "error.too_long", "max", max, "now", n)
	}
}

// check tells what is wrong with what was written, as far as it can be seen without asking anybody.
func (n *NewInitiative) check() error {
	var form errs.Form
	n.Name, n.OtherName = strings.TrimSpace(n.Name), strings.TrimSpace(n.OtherName)
	if n.Name == "" {
		form.Add("name", "initiatives.name_missing")
	}
	length(&form, "name", n.Name, maxName)
	length(&form, "about", n.About, maxAbout)
	length(&form, "target_other", n.TargetOther, maxOther)
	length(&form, "other_name", n.OtherName, maxName)
	switch n.Orientation {
	case Individual, Structural:
		if n.Orientation == Structural {
			n.Method = Total
		}
		if !slices.Contains(methods[n.Orientation], n.Method) {
			form.Add("method", "initiatives.method_missing")
		}
	case Mixed:
		if n.Method != BySex {
			n.Method = Cards
		}
		if n.OtherName == "" || strings.EqualFold(n.OtherName, n.Name) {
			form.Add("other_name", "initiatives.other_name_missing")
		}
	default:
		form.Add("orientation", "initiatives.orientation_missing")
	}
	if n.FromOn.IsZero() {
		form.Add("from_on", "initiatives.from_missing")
	} else if !n.ToOn.IsZero() && n.ToOn.Before(n.FromOn) {
		form.Add("to_on", "initiatives.ends_before_start")
	}
	for _, g := range n.Groups() {
		if !slices.Contains(TargetGroups[:], g) {
			form.Add("target", "error.not_a_choice")
			break
		}
	}
	for year, planned := range n.Planned {
		if planned < 0 || planned > maxPlanned || year < 1990 || year > 2200 {
			form.Add("planned", "initiatives.planned_out_of_range", "max", maxPlanned)
			break
		}
	}
	return form.Err()
}

// Party is a member of the association, for the rules about who carries an initiative.
type Party struct {
	ID      id.ID
	Kind    string // fk, af, region, municipality
	Name    string
	Current bool // is a member today
}

// Carried tells whether the act's demand on at least two different parties is met: several municipalities count as one, and so do
// several regions.
func Carried(kinds []string) bool {
	kinds = slices.Clone(kinds)
	slices.Sort(kinds)
	return len(slices.Compact(kinds)) >= 2
}

// locked tells what of an initiative can no longer be changed once it is confirmed, since the national follow-up keeps it. The names are
// those of the form's fields.
func locked(before Initiative, n NewInitiative) []string {
	if before.State == Draft {
		return nil
	}
	var list []string
	if n.Orientation != before.Orientation {
		list = append(list, "orientation")
	}
	if n.Method != before.Method {
		list = append(list, "method")
	}
	if n.ESF != before.ESF {
		list = append(list, "esf")
	}
	return list
}
