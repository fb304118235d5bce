package accessibility

import (
	"slices"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/mail"

	"github.com/uptrace/bun"
)

// Report is what a visitor told of something she could not use, and what became of it. AssociationID is id.None for the installation's own
// pages, which its administrators answer for.
type Report struct {
	bun.BaseModel `bun:"table:accessibility_reports"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	Language      string
	Page          string // path of the page, "" for the whole service
	What          string
	Aid           string // what she uses, in her own words; may be empty
	Email         string // where she wants the answer; may be empty
	ReportedAt    time.Time
	AnswerBy      period.Date
	AnsweredAt    time.Time `bun:",nullzero"`
	AnsweredBy    id.ID     `bun:",nullzero"`
	Answer        string    // everything that was answered, the latest last
	Decision      Decision
	DecidedAt     time.Time `bun:",nullzero"`
	PublicSv      string    // what the statement says while the fault stays
	PublicSimple  string
	PublicEn      string
	ClosedAt      time.Time `bun:",nullzero"` // when nothing more will be done
	Version       int64
}

// AnswerDays is how many days whoever answers has. The number is our own: the act names none, and an authority is to answer without undue
// delay (förvaltningslagen 2017:900, 9 §). Two weeks is what a colleague can plan for.
const AnswerDays = 14

// Decision is what was decided on a report.
type Decision string

const (
	Undecided     Decision = ""
	Investigating Decision = "investigating" // answered, and being looked into
	Mended        Decision = "mended"
	KnownFault    Decision = "known"    // true, not mended yet: the statement says it
	TooHeavy      Decision = "burden"   // an unreasonable burden to mend (12 §): the statement says it, with the reason
	NotOurs       Decision = "not_ours" // about something else than this service
)

// Decisions lists what can be chosen, in the order of the form.
var Decisions = [...]Decision{Mended, Investigating, KnownFault, TooHeavy, NotOurs}

// public tells whether the statement says it.
func (d Decision) public() bool { return d == KnownFault || d == TooHeavy }

// Open tells whether something is left to do.
func (r Report) Open() bool { return r.ClosedAt.IsZero() && !r.Decision.public() }

// Answered tells whether somebody has answered.
func (r Report) Answered() bool { return !r.AnsweredAt.IsZero() }

// Forgotten tells whether what the visitor wrote has been removed by age.
func (r Report) Forgotten() bool { return r.What == "" }

// ReportedOn is the day it came.
func (r Report) ReportedOn() period.Date { return period.DateOf(r.ReportedAt.In(clock.Stockholm)) }

// Lang is the language of the page it was written on.
func (r Report) Lang() lang.Lang {
	l, _ := lang.Parse(r.Language)
	return l
}

// NewReport is what a visitor fills in.
type NewReport struct {
	Page, What, Aid, Email string
}

// What a report may hold, in characters.
const (
	MaxWhat   = 3000
	MaxAid    = 200
	MaxPage   = 300
	MaxAnswer = 5000
	MaxPublic = 600
)

// check cleans the fields and tells what is wrong with them.
func (n *NewReport) check() error {
	var f errs.Form
	n.What, n.Aid, n.Email = strings.TrimSpace(n.What), strings.TrimSpace(n.Aid), strings.TrimSpace(n.Email)
	n.Page = strings.TrimSpace(n.Page)
	long(&f, "what", n.What, MaxWhat)
	long(&f, "aid", n.Aid, MaxAid)
	long(&f, "page", n.Page, MaxPage)
	if n.What == "" {
		f.Add("what", "barrier.what_missing")
	}
	if n.Email != "" {
		address, err := mail.Address(n.Email)
		if err != nil {
			f.Add("email", "mail.address.invalid")
		}
		n.Email = address
	}
	return f.Err()
}

func long(f *errs.Form, name, s string, max int) {
	if n := len([]rune(s)); n > max {
		f.Add(name, "error.too_long", "max", max, "now", n)
	}
}

// Reply is an answer and a decision as somebody fills them in.
type Reply struct {
	Text     string // to whoever told, and for the record
	Decision Decision
	Public   Text // what the statement says, when the decision is public; English and easy-read may be empty
}

// check tells what is missing of a reply to a report.
func (y *Reply) check(r Report) error {
	var f errs.Form
	for _, s := range []*string{&y.Text, &y.Public.Swedish, &y.Public.Simple, &y.Public.English} {
		*s = strings.TrimSpace(*s)
	}
	long(&f, "text", y.Text, MaxAnswer)
	long(&f, "public_sv", y.Public.Swedish, MaxPublic)
	long(&f, "public_simple", y.Public.Simple, MaxPublic)
	long(&f, "public_en", y.Public.English, MaxPublic)
	if y.Text == "" && !r.Answered() {
		f.Add("text", "barrier.answer_missing")
	}
	switch {
	case !slices.Contains(Decisions[:], y.Decision):
		f.Add("decision", "barrier.decision_missing")
	case y.Decision.public() && y.Public.Swedish == "":
		f.Add("public_sv", "barrier.public_missing."+string(y.Decision))
	}
	return f.Err()
}

// reply puts a reply into a report.
func (r *Report) reply(y Reply, by id.ID, now time.Time) {
	if y.Text != "" {
		if r.Answer != "" {
			r.Answer += "\n\n"
		}
		r.Answer += y.Text
	}
	if !r.Answered() {
		r.AnsweredAt = now
	}
	r.AnsweredBy = by
	if y.Decision != r.Decision {
		r.DecidedAt = now
	}
	r.Decision, r.PublicSv, r.PublicSimple, r.PublicEn = y.Decision, "", "", ""
	if y.Decision.public() {
		r.PublicSv, r.PublicSimple, r.PublicEn = y.Public.Swedish, y.Public.Simple, y.Public.English
	}
	switch y.Decision {
	case Mended, NotOurs:
		r.ClosedAt = now
	default:
		r.ClosedAt = time.Time{}
	}
}

// Told is a fault that visitors told of and that stays for now, as the statement says it.
type Told struct {
	Association id.ID
	Decision    Decision
	Text        Text        // Simple and English may be empty
	On          period.Date // the day it was decided
	Since       period.Date // the day it was told
}

// Due is a report that somebody has to do something about.
type Due struct {
	ID         id.ID
	Page       string
	ReportedOn period.Date
	AnswerBy   period.Date
	Answered   bool
}
