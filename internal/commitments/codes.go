package commitments

import (
	"encoding/json"
	"math/bits"
	"slices"
)

// Forms are the forms of a commitment or an activity, any number of them: internal, external, communicative. The declaration's
// sign-up form asked for one of each and the associations let them overlap (democracy.md 1.2). Stored as a sum of bits.
type Forms uint8

const (
	Internal      Forms = 1 << iota // in the own office, board, preparatory group and staff of financed initiatives
	External                        // towards members' politicians and officials, other professions, citizens
	Communicative                   // newsletter, website, social media, communication plan
)

var formCodes = []string{"internal", "external", "communicative"}

// FormCodes lists the codes in order.
func FormCodes() []string { return slices.Clone(formCodes) }

// ParseForms joins codes; unknown ones are left out.
func ParseForms(codes []string) Forms { return Forms(join(codes, formCodes)) }

// Codes lists the forms by code.
func (f Forms) Codes() []string { return split(uint8(f), formCodes) }

// Has tells whether f holds all forms of g.
func (f Forms) Has(g Forms) bool { return f&g == g }

func (f Forms) MarshalJSON() ([]byte, error) { return json.Marshal(f.Codes()) }

func (f *Forms) UnmarshalJSON(b []byte) error {
	var codes []string
	err := json.Unmarshal(b, &codes)
	*f = ParseForms(codes)
	return err
}

// Grounds are grounds of discrimination, any number of the seven of the Discrimination Act (2008:567) 1 kap. 5 §. What a document
// adds to them ("social bakgrund") is kept as text apart and never mixed in.
type Grounds uint8

var groundCodes = []string{"kon", "konsoverskridande", "etnisk", "religion", "funktion", "sexuell", "alder"}

// AllGrounds are the seven.
const AllGrounds Grounds = 1<<7 - 1

// GroundCodes lists the codes in the order of the act.
func GroundCodes() []string { return slices.Clone(groundCodes) }

// ParseGrounds joins codes; unknown ones are left out.
func ParseGrounds(codes []string) Grounds { return Grounds(join(codes, groundCodes)) }

// Codes lists the grounds by code.
func (g Grounds) Codes() []string { return split(uint8(g), groundCodes) }

// Count is how many grounds there are.
func (g Grounds) Count() int { return bits.OnesCount8(uint8(g)) }

func (g Grounds) MarshalJSON() ([]byte, error) { return json.Marshal(g.Codes()) }

func (g *Grounds) UnmarshalJSON(b []byte) error {
	var codes []string
	err := json.Unmarshal(b, &codes)
	*g = ParseGrounds(codes)
	return err
}

func join(codes, all []string) uint8 {
	var n uint8
	for _, c := range codes {
		if i := slices.Index(all, c); i >= 0 {
			n |= 1 << i
		}
	}
	return n
}

func split(n uint8, all []string) []string {
	codes := []string{}
	for i, c := range all {
		if n&(1<<i) != 0 {
			codes = append(codes, c)
		}
	}
	return codes
}

// Kinds are the kinds of activity that declarations speak of. Codes are stored and stand in exports.
var Kinds = []string{
	"seminar", "webinar", "lecture", "workshop", "training_day", "staff_day", "theme_day", "conference", "forum", "democracy_day", "informal_gathering",
	"meeting", "dialogue", "network", "study_visit", "survey", "procurement", "report", "policy", "news", "newsletter", "social_post", "campaign", "other",
}

// Status is what a person says of an activity. It is not the state of the promise, which is computed.
type Status string

const (
	Planned   Status = "planned"
	Confirmed Status = "confirmed"
	Done      Status = "done"
	Postponed Status = "postponed"
	Cancelled Status = "cancelled"
)

// Statuses lists every status in the order a plan is read.
var Statuses = [...]Status{Planned, Confirmed, Done, Postponed, Cancelled}

// ReachedHow says how the number of people reached is known.
type ReachedHow string

const (
	ReachedByList  ReachedHow = "list"      // a list of those present, which itself is not kept here
	ReachedCounted ReachedHow = "counted"   // somebody counted
	ReachedGuess   ReachedHow = "estimated" // somebody estimated
)

// ReachedHows lists every way of knowing.
var ReachedHows = [...]ReachedHow{ReachedByList, ReachedCounted, ReachedGuess}

// Ambition codes how much a commitment would change if kept, judged from its wording when it is adopted (OGP; democracy.md 2.1).
type Ambition string

const (
	AmbitionUnclear     Ambition = "unclear"     // goes on with what is done already
	AmbitionModest      Ambition = "modest"      // a good thing that stands by itself: a seminar, a page, a pilot
	AmbitionSubstantial Ambition = "substantial" // binds or changes how the organisation works: a clause for every supplier
)

// Ambitions lists every coding.
var Ambitions = [...]Ambition{AmbitionUnclear, AmbitionModest, AmbitionSubstantial}
