package surveys

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"

	"github.com/uptrace/bun"
)

// Respondents is who answers. Codes are stored.
type Respondents string

// Groups lists the respondents of the national indicators, those of today and the one that is history.
var Groups = [...]Respondents{"participant_ongoing", "participant_end", "staff", "manager", "referrer", "board", "association_head"}

// Participants tells whether it is participants who answer.
func (r Respondents) Participants() bool { return strings.HasPrefix(string(r), "participant_") }

// Instrument is a questionnaire, or several that belong together.
type Instrument struct {
	bun.BaseModel `bun:"table:survey_instruments" json:"-"`
	AssociationID id.ID  `bun:",pk" json:"-"`
	ID            id.ID  `bun:",pk" json:"id"`
	Name          string `json:"name"`
	OwnerName     string `json:"owner"` // whose words the questions are
}

// Indicator is what some questions measure together.
type Indicator struct {
	bun.BaseModel `bun:"table:survey_indicators" json:"-"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	InstrumentID  id.ID
	Name          string
}

// Question is a number in an instrument, with its wordings.
type Question struct {
	bun.BaseModel `bun:"table:survey_questions" json:"-"`
	AssociationID id.ID `bun:",pk"`
	ID            id.ID `bun:",pk"`
	InstrumentID  id.ID
	IndicatorID   id.ID
	Number        string
	Wordings      []Wording `bun:"-"` // the first one first
}

// Wording is the words of a question from a day on, until the next wording's day.
type Wording struct {
	Version int64
	Text    string
	Options []Option
	From    period.Date // zero: from the beginning
	Locked  bool        // somebody has answered it
}

// Option is one answer. Code is its place, which the answers that came in are kept by.
type Option struct {
	Code  string `json:"code"`
	Label string `json:"label"`
	Class string `json:"class"`
}

// What an answer counts as when answers are told in broad classes.
const (
	Good    = "good"
	Other   = "other"
	Outside = "unknown" // "don't know", "does not concern me": in no share
)

// Classes lists them.
var Classes = [...]string{Good, Other, Outside}

// In is the wording that held on a day, nil where there was none.
func (q Question) In(d period.Date) *Wording {
	var at *Wording
	for i := range q.Wordings {
		if !q.Wordings[i].From.After(d) {
			at = &q.Wordings[i]
		}
	}
	return at
}

// Version finds a wording.
func (q Question) Version(n int64) *Wording {
	i := slices.IndexFunc(q.Wordings, func(w Wording) bool { return w.Version == n })
	if i < 0 {
		return nil
	}
	return &q.Wordings[i]
}

// Latest is the wording that holds from its day on.
func (q Question) Latest() Wording { return q.Wordings[len(q.Wordings)-1] }

// To is the last day of a wording, zero for the one that still holds.
func (q Question) To(version int64) period.Date {
	for i, w := range q.Wordings {
		if w.Version == version && i+1 < len(q.Wordings) {
			return q.Wordings[i+1].From.AddDays(-1)
		}
	}
	return period.Date{}
}

// Of gives the class of an answer by its code, "" for none.
func (w Wording) Of(code string) string {
	for _, o := range w.Options {
		if o.Code == code {
			return o.Class
		}
	}
	return ""
}

// scale lists the answers that count.
func (w Wording) scale() []Option {
	return slices.DeleteFunc(slices.Clone(w.Options), func(o Option) bool { return o.Class == Outside })
}

// Label gives the words of an answer.
func (w Wording) Label(code string) string {
	for _, o := range w.Options {
		if o.Code == code {
			return o.Label
		}
	}
	return code
}

// Answer finds the code of an answer by its words, however the letters are written, or by its code.
func (w Wording) Answer(word string) string {
	for _, o := range w.Options {
		if strings.EqualFold(o.Label, word) {
			return o.Code
		}
	}
	for _, o := range w.Options {
		if o.Code == word {
			return o.Code
		}
	}
	return ""
}

func (w Wording) same(d Draft) bool {
	return w.Text == d.Text && slices.Equal(w.Options, d.Options)
}

// Round is one time the questionnaire was sent.
type Round struct {
	bun.BaseModel `bun:"table:survey_rounds" json:"-"`
	AssociationID id.ID       `bun:",pk" json:"-"`
	ID            id.ID       `bun:",pk" json:"id"`
	InstrumentID  id.ID       `json:"-"`
	Name          string      `json:"name"`
	FirstDay      period.Date `json:"first_day"` // decides which wording was answered
}

// Draft is a question as somebody writes it.
type Draft struct {
	Number, Indicator, Text string
	Options                 []Option
	From                    period.Date // of the wording, where an earlier one is locked
}

// The largest of what is written.
const (
	MaxNumber  = 10
	MaxName    = 80
	MaxText    = 400
	MaxLabel   = 60
	MaxOptions = 8
)

// check tidies a draft and says what is wrong. Fields are number, indicator, text, options and option.N from 1.
func (d Draft) check() (Draft, error) {
	var form errs.Form
	field := func(name, s, key string, most int) string {
		s = strings.Join(strings.Fields(s), " ")
		if s == "" {
			form.Add(name, key)
		} else if n := len([]rune(s)); n > most {
			form.Add(name, "error.too_long", "max", most, "now", n)
		}
		return s
	}
	d.Number = field("number", d.Number, "surveys.number_missing", MaxNumber)
	d.Indicator = field("indicator", d.Indicator, "surveys.indicator_missing", MaxName)
	d.Text = field("text", d.Text, "surveys.text_missing", MaxText)
	var list []Option
	has := map[string]bool{}
	for i, o := range d.Options {
		if o.Label = strings.Join(strings.Fields(o.Label), " "); o.Label == "" {
			continue
		}
		at := "option." + strconv.Itoa(i+1)
		if n := len([]rune(o.Label)); n > MaxLabel {
			form.Add(at, "error.too_long", "max", MaxLabel, "now", n)
		}
		if slices.ContainsFunc(list, func(x Option) bool { return strings.EqualFold(x.Label, o.Label) }) {
			form.Add(at, "surveys.option_twice")
		}
		if !slices.Contains(Classes[:], o.Class) {
			form.Add(at, "error.not_a_choice")
		}
		has[o.Class] = true
		o.Code = strconv.Itoa(len(list) + 1)
		list = append(list, o)
	}
	switch d.Options = list; {
	case len(list) > MaxOptions:
		form.Add("options", "surveys.too_many_options", "max", MaxOptions)
	case !has[Good] || !has[Other]:
		form.Add("options", "surveys.options_missing")
	}
	return d, form.Err()
}

// ByNumber sorts question numbers as people count: 2 before 10, 3a before 3b.
func ByNumber(a, b string) int {
	for a != "" && b != "" {
		x, y := figures(a), figures(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), strings.Compare(m, n)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return strings.Compare(lang.SortKey(a), lang.SortKey(b))
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func figures(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// Numbered tells whether an instrument has a question with a number.
func (f Frame) Numbered(number string) bool {
	return slices.ContainsFunc(f.Questions, func(q Question) bool { return strings.EqualFold(q.Number, number) })
}
