package commitments

import (
	"strings"

	"samklang/internal/commitments/reading"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// Draft is what the program read out of a signed document, as far as the office has corrected it. Nothing of it counts before it is
// adopted.
type Draft struct {
	Title        string          `json:"title"`
	Preamble     string          `json:"preamble"`
	Associations []string        `json:"associations"`
	JointWith    []string        `json:"joint_with"`
	Year         int             `json:"year"`
	PeriodFrom   period.Date     `json:"period_from"`
	PeriodTo     period.Date     `json:"period_to"`
	SignedOn     period.Date     `json:"signed_on"`
	Decision     string          `json:"decision"`
	Promises     []DraftPromise  `json:"promises"`
	Activities   []DraftActivity `json:"activities"`
	Join         Ref             `json:"join"`         // declaration to join
	JoinDecided  bool            `json:"join_decided"` // somebody has chosen to join or not
	Supersedes   Ref             `json:"supersedes"`   // an earlier declaration of the association that this one takes the place of
}

// DraftPromise is a promise as it will be adopted.
type DraftPromise struct {
	Number       int     `json:"number"`
	Wording      string  `json:"wording"`
	Title        string  `json:"title"`
	Forms        Forms   `json:"forms"`
	Grounds      Grounds `json:"grounds"`
	ExtraGrounds string  `json:"extra_grounds"`
	Joins        id.ID   `json:"joins"` // commitment of the joined declaration
	Left         bool    `json:"left"`  // not to be adopted
	Checked      bool    `json:"checked"`
	Span         [2]int  `json:"span"` // bytes of the document's text; zero when a person added it
}

// DraftActivity is a planned activity as it will be adopted.
type DraftActivity struct {
	Title     string           `json:"title"`
	Kind      string           `json:"kind"`
	Forms     Forms            `json:"forms"`
	Status    Status           `json:"status"`
	When      period.When      `json:"when"`
	YearFrom  reading.YearFrom `json:"year_from"`
	ClockTime string           `json:"clock_time"`
	Place     string           `json:"place"`
	Project   string           `json:"project"`
	ReachMin  *int64           `json:"reach_min"`
	ReachMax  *int64           `json:"reach_max"`
	ReachText string           `json:"reach_text"`
	Partners  []string         `json:"partners"`
	Speakers  []string         `json:"speakers"`
	Serves    []DraftServing   `json:"serves"`
	Text      string           `json:"text"`
	Left      bool             `json:"left"`
	Checked   bool             `json:"checked"`
	Span      [2]int           `json:"span"`
}

// DraftServing is a promise the activity may serve, with the score the reader gave it.
type DraftServing struct {
	Number int      `json:"number"`
	Score  *float64 `json:"score"`
	On     bool     `json:"on"`
}

// newDraft makes the first draft of a reading.
func newDraft(r reading.Reading) Draft {
	d := Draft{Title: r.Declaration.Title, Preamble: partsText(r, reading.RolePreamble), Associations: r.Declaration.Associations, JointWith: r.Declaration.JointWith, Year: r.Declaration.Year,
		Decision: r.Declaration.Decision.Reference}
	if d.Year != 0 {
		d.PeriodFrom, d.PeriodTo = period.On(d.Year, 1, 1), period.On(d.Year, 12, 31)
	}
	for _, c := range r.Commitments {
		d.Promises = append(d.Promises, DraftPromise{Number: c.Number, Wording: c.Text, Title: ShortTitle(c.Text), Forms: ParseForms(codes(c.Forms)), Grounds: ParseGrounds(codes(c.Grounds)),
			ExtraGrounds: strings.Join(c.ExtraGrounds, ", "), Span: [2]int{c.Source.Start, c.Source.End}})
	}
	for _, a := range r.Activities {
		x := DraftActivity{Title: a.Title, Kind: string(a.Kind), Forms: ParseForms(codes(a.Forms)), Status: Status(a.Status), When: a.When, YearFrom: a.YearFrom, ClockTime: a.Time, Place: a.Place,
			Project: strings.Join(a.Projects, ", "), Partners: union(a.Partners, a.Organisers), Speakers: a.Speakers, Text: a.Text, Span: [2]int{a.Source.Start, a.Source.End}}
		if a.Reach != nil {
			x.ReachMin, x.ReachMax, x.ReachText = wide(a.Reach.Min), wide(a.Reach.Max), a.Reach.Text
		}
		for _, s := range a.Serves {
			x.Serves = append(x.Serves, DraftServing{s.Number, &s.Score, true})
		}
		d.Activities = append(d.Activities, x)
	}
	return d
}

func codes[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = string(x)
	}
	return out
}

func union(a, b []string) []string {
	out := append([]string{}, a...)
next:
	for _, x := range b {
		for _, y := range a {
			if strings.EqualFold(x, y) {
				continue next
			}
		}
		out = append(out, x)
	}
	return out
}

func wide(n *int) *int64 {
	if n == nil {
		return nil
	}
	w := int64(*n)
	return &w
}

// partsText joins the parts of the document that have a role, one paragraph each.
func partsText(r reading.Reading, role reading.Role) string {
	var list []string
	for _, p := range r.Parts {
		if p.Role == role {
			if s := strings.Join(strings.Fields(r.Document.Text[p.Source.Start:p.Source.End]), " "); s != "" {
				list = append(list, s)
			}
		}
	}
	return strings.Join(list, "\n\n")
}

// adoption is what the draft says, as an operation.
func (d Draft) adoption(file, imp id.ID, year int) Adoption {
	ad := Adoption{Join: d.Join, Supersedes: d.Supersedes, Title: d.Title, Preamble: d.Preamble, Period: [2]period.Date{d.PeriodFrom, d.PeriodTo}, SignedOn: d.SignedOn, Decision: d.Decision, File: file, Import: imp}
	kept := map[int]bool{}
	for _, p := range d.Promises {
		if p.Left {
			continue
		}
		kept[p.Number] = true
		x := AdoptedPromise{Number: p.Number, Wording: p.Wording, Title: p.Title, Forms: p.Forms, Grounds: p.Grounds, ExtraGrounds: p.ExtraGrounds}
		if d.Join.ID != id.None {
			x.Joins = p.Joins
		}
		ad.Promises = append(ad.Promises, x)
	}
	for _, a := range d.Activities {
		if a.Left {
			continue
		}
		f := ActivityFields{Title: a.Title, Kind: a.Kind, Forms: a.Forms, When: a.When, PlanYear: a.planYear(d.Year, year), ClockTime: a.ClockTime, Place: a.Place, Project: a.Project,
			ReachMin: a.ReachMin, ReachMax: a.ReachMax, ReachText: a.ReachText, Partners: a.Partners, Speakers: a.Speakers, Public: true, Confirmed: a.Status == Confirmed}
		if f.Kind == "" {
			f.Kind = "other"
		}
		x := AdoptedActivity{ActivityFields: f}
		for _, s := range a.Serves {
			if s.On && kept[s.Number] {
				x.ServesNumbers = append(x.ServesNumbers, ServedNumber{Number: s.Number, Score: s.Score})
			}
		}
		ad.Activities = append(ad.Activities, x)
	}
	return ad
}

// planYear is the year whose plan the activity belongs to: that of its date, of the document, or this one.
func (a DraftActivity) planYear(document, today int) int {
	switch {
	case !a.When.From.IsZero():
		return a.When.From.Year
	case document != 0:
		return document
	}
	return today
}

// Open counts what nobody has said yes or no to.
func (d Draft) Open() (promises, activities int) {
	for _, p := range d.Promises {
		if !p.Checked && !p.Left {
			promises++
		}
	}
	for _, a := range d.Activities {
		if !a.Checked && !a.Left {
			activities++
		}
	}
	return promises, activities
}

// NewDraftActivity is an activity that a person adds to a draft, perhaps from a passage the reader did not understand.
func NewDraftActivity(text string, span [2]int) DraftActivity {
	return DraftActivity{Title: ShortTitle(text), Kind: "other", Status: Planned, When: period.When{Precision: period.NotSet}, Text: text, Span: span}
}
