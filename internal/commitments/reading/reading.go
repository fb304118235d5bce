package reading

import (
	"samklang/internal/core/period"
	"samklang/internal/platform/document"
)

// Options are what the person who reads a document in knows beforehand. Both are hints: the document's own words go first.
type Options struct {
	Year        int    // the year the document is about, 0 when not said
	Association string // the name of the association it is read in for, "" when not said
}

// Span is a stretch of the document's text in bytes. In JSON it is written in code points.
type Span = document.Span

// Reading is everything read out of one document, in the document's order. Lists are never nil.
type Reading struct {
	Document    document.Document
	Declaration Declaration
	Commitments []Commitment
	Activities  []Activity
	Unread      []Passage
	Parts       []Part // every character of the text that is not white space belongs to exactly one part
}

// Declaration is the document as a whole.
type Declaration struct {
	Title        string
	Associations []string // who signs, by name as the document gives it
	JointWith    []string // others who sign, said without their names: "övriga förbund som ingår"
	Year         int      // the year it is about; 0 when neither the document nor the hint says
	YearFrom     YearFrom
	Grounds      []Ground // grounds its opening words name, for all of it
	ExtraGrounds []string
	Decision     Decision
}

// Commitment is one promise.
type Commitment struct {
	Number       int // the document's own number when it numbers its promises, else the place in the order
	Title        string
	Text         string
	Forms        []Form
	Grounds      []Ground
	ExtraGrounds []string
	Details      []string // what the document says under the promise that is no activity
	Source       Span
}

// Status is how far an activity has come by the document's own words.
type Status string

const (
	Planned   Status = "planned"
	Confirmed Status = "confirmed"
	Done      Status = "done"
	Postponed Status = "postponed"
	Cancelled Status = "cancelled"
)

// Activity is something the document says will be done.
type Activity struct {
	Title       string
	Kind        Kind
	Kinds       []Kind // all kinds named, the main one first; one sentence about three channels is one activity of three kinds
	Forms       []Form
	Status      Status
	When        period.When
	Days        []period.Date // the separate days of "3 och 10 oktober"
	Deadline    bool          // the date is a last day: "senast 30 november"
	YearFrom    YearFrom
	Frequency   string // "varannan vecka"
	Time        string // clock time as it stands: "kl. 9–10.30"
	Reach       *Reach // nil when the text says nothing
	Count       *Reach // how many times: "minst ett webbinarium"
	Partners    []string
	Organisers  []string
	Projects    []string
	Speakers    []string
	Place       string
	Responsible string
	Serves      []Serves // highest score first
	Inherited   []string // what was taken from the text that leads the list in: "date", "reach", "forms", "serves", "partners"
	Text        string
	Source      Span
}

// Serves says that an activity is for a promise. Score is 1 when the document says so by number or by placing the activity under the
// promise, and below 1 when it is how much of the activity's stated purpose the promise's words cover.
type Serves struct {
	Number int     `json:"number"`
	Score  float64 `json:"score"`
}

// Passage is text with its place.
type Passage struct {
	Text   string
	Source Span
}

// Role is what a part of the document was understood as.
type Role string

const (
	RoleTitle      Role = "title"
	RoleHeading    Role = "heading"
	RolePreamble   Role = "preamble"
	RoleIntro      Role = "intro" // leads promises or activities in
	RoleCommitment Role = "commitment"
	RoleActivity   Role = "activity"
	RoleSignature  Role = "signature" // letterhead, names, place and date
	RoleRunning    Role = "running"   // page headers, footers and numbers
	RoleMarkup     Role = "markup"    // bullets and other signs
	RoleUnread     Role = "unread"
)

// Part is a stretch of text with its role. Item is the index of the commitment or activity it belongs to, -1 for the other roles.
type Part struct {
	Role   Role
	Item   int
	Source Span
}

// Read reads a document. It never fails: a document without promises or activities gives empty lists and its text as preamble or
// unread.
func Read(doc document.Document, opts Options) Reading {
	r := newReader(doc, opts)
	r.findTitle()
	r.walk()
	r.settlePromises()
	r.leaveOtherPapers()
	r.addConcretePromises()
	r.splitClauses()
	return r.result()
}
