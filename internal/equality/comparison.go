package equality

import (
	"slices"
	"strings"

	"samklang/internal/core/period"
)

// Method names the rules by which figures are compared; it changes with them.
const Method = "samklang-equality 1"

const (
	// Confidence is that of every interval.
	Confidence = 0.95
	// Level is the share of chance that is let among what is called a difference (Benjamini and Hochberg).
	Level = 0.05
	// Margin is how large a difference must be to matter: ten in a hundred. When there is too little to tell, what would be needed is told for it.
	Margin = 0.10
	// Power is how often a difference of the size should be found.
	Power = 0.80
)

// Source is what is published of the follow-up that a comparison reads its figures from. The names are the follow-up's.
type Source string

const (
	Began Source = "began"
	Left  Source = "left"
)

// Sources lists them in the order of a participation.
var Sources = [...]Source{Began, Left}

// Unknown is the category of every variable for what is not known. It is never counted as a result.
const Unknown = "unknown"

// Outcome is what is looked at: to be in one of the categories of a variable, among those of whom the variable is known.
type Outcome struct {
	Variable string   `json:"variable"`
	Events   []string `json:"events"`
}

// Comparison is one question, declared before any figure was seen.
type Comparison struct {
	Code      string  `json:"code"` // stable: stands in addresses and in what is published
	Source    Source  `json:"source"`
	Outcome   Outcome `json:"outcome"`
	Variable  string  `json:"variable"` // whose categories are compared
	Group     string  `json:"group"`
	Reference string  `json:"reference"`
	// Strata are the variables within whose categories the groups are compared again. Nothing that comes after what is looked at stands here, and nothing
	// by which the one group can be held back: to compare within it would hide what is looked for. Each has the reason in words under the key
	// "equality.why." and its name.
	Strata []string `json:"strata,omitempty"`
	// Crossed are variables whose combinations are looked at with estimates drawn together, where the figures are few.
	Crossed []string `json:"-"`
	// Why is the association's own reason for a comparison that it declared itself, and On the day it did.
	Why string      `json:"why,omitempty"`
	On  period.Date `json:"declared,omitzero"`
}

// Own tells whether the association declared the comparison itself.
func (c Comparison) Own() bool { return strings.HasPrefix(c.Code, ownCode) }

// Spread is one question about places or initiatives: whether some are further from the whole than chance explains.
type Spread struct {
	Code    string
	Source  Source
	Outcome Outcome
	Units   string // the variable whose categories are the units
}

// The variables, by the names of the follow-up.
const (
	Sex           = "sex"
	Age           = "age"
	Initiative    = "initiative"
	Municipality  = "municipality"
	Period        = "period"
	JobStep       = "job_step"
	OccupationEnd = "occupation_end"
)

var (
	soon = Outcome{JobStep, []string{"within_6_months"}}
	work = Outcome{OccupationEnd, []string{"work_or_studies"}}
)

// Comparisons are made for every association, beside those that it declares itself.
var Comparisons = [...]Comparison{
	{Code: "soon-sex", Source: Left, Outcome: soon, Variable: Sex, Group: "female", Reference: "male", Strata: []string{Initiative}},
	{Code: "work-sex", Source: Left, Outcome: work, Variable: Sex, Group: "female", Reference: "male", Strata: []string{Initiative, Age}, Crossed: []string{Sex, Age}},
	{Code: "work-age", Source: Left, Outcome: work, Variable: Age, Group: "under_30", Reference: "from_30", Strata: []string{Sex}},
}

// Spreads are all that are looked at.
var Spreads = [...]Spread{
	{Code: "women-municipality", Source: Began, Outcome: Outcome{Sex, []string{"female"}}, Units: Municipality},
	{Code: "women-initiative", Source: Began, Outcome: Outcome{Sex, []string{"female"}}, Units: Initiative},
	{Code: "soon-municipality", Source: Left, Outcome: soon, Units: Municipality},
	{Code: "soon-initiative", Source: Left, Outcome: soon, Units: Initiative},
	{Code: "work-municipality", Source: Left, Outcome: work, Units: Municipality},
	{Code: "work-initiative", Source: Left, Outcome: work, Units: Initiative},
}

// ComparisonOf finds a comparison by its code.
func ComparisonOf(code string) (Comparison, bool) {
	i := slices.IndexFunc(Comparisons[:], func(c Comparison) bool { return c.Code == code })
	if i < 0 {
		return Comparison{}, false
	}
	return Comparisons[i], true
}

// SpreadOf finds a spread by its code.
func SpreadOf(code string) (Spread, bool) {
	i := slices.IndexFunc(Spreads[:], func(c Spread) bool { return c.Code == code })
	if i < 0 {
		return Spread{}, false
	}
	return Spreads[i], true
}
