package followup

import (
	"slices"
	"strings"

	"samklang/internal/core/period"
)

// Moment is what happens in a participation. Codes are stored.
type Moment string

const (
	Began    Moment = "began"
	TookPart Moment = "took_part" // on any day of the period
	Left     Moment = "left"
)

// Moments lists them in the order of a participation.
var Moments = [...]Moment{Began, TookPart, Left}

// The variables of the follow-up. Names are stored and stand in exports.
const (
	Sex           = "sex"
	Age           = "age" // at the start
	Municipality  = "municipality"
	SupportStart  = "support_start" // main source of support directly before: within a week
	SupportEnd    = "support_end"
	Referrer      = "referrer"
	JobStep       = "job_step" // how soon after the start the first job-focused step came, seen when she leaves
	OccupationEnd = "occupation_end"
	EndReason     = "end_reason"
)

// Variables lists them in the order of cells.
var Variables = [...]string{Sex, Age, Municipality, SupportStart, Referrer, JobStep, SupportEnd, OccupationEnd, EndReason}

// Method is how an initiative's participants are counted.
type Method string

const (
	Cards Method = "cards"
	BySex Method = "sex"
	Total Method = "total"
)

// asked are the variables of each moment by the method.
var asked = map[Method]map[Moment][]string{
	Cards: {
		Began:    {Sex, Age, Municipality, SupportStart, Referrer},
		TookPart: {Sex, Municipality},
		Left:     {Sex, Age, Municipality, JobStep, SupportEnd, OccupationEnd, EndReason},
	},
	BySex: {Began: {Sex}, TookPart: {Sex}, Left: {Sex}},
	Total: {TookPart: {}},
}

// Asked lists the variables of a moment; ok is false when the method does not count it.
func Asked(method Method, m Moment) (list []string, ok bool) {
	list, ok = asked[method][m]
	return list, ok
}

// MomentsOf lists the moments that a method counts.
func MomentsOf(method Method) []Moment {
	return slices.DeleteFunc(slices.Clone(Moments[:]), func(m Moment) bool { _, ok := asked[method][m]; return !ok })
}

// Unknown is the code of every variable for what is not known.
const Unknown = "unknown"

// Misregistered is the reason for leaving of somebody who should not have been counted; it stands in no statistics.
const Misregistered = "misregistration"

// Code is one answer of a variable, valid from one day to another. A zero day is no limit.
type Code struct {
	Code     string
	Label    string // the association's or the place's own words; "" takes the catalogue's
	Verified bool   // the national list is known to have it; others are a setting of the association
	From, To period.Date
}

// In tells whether the code could be used on any day of the period.
func (c Code) In(b period.Block) bool {
	return (c.From.IsZero() || !c.From.After(b.Last())) && (c.To.IsZero() || !c.To.Before(b.First()))
}

func verified(codes string) (list []Code) {
	for _, c := range strings.Fields(codes) {
		list = append(list, Code{Code: c, Verified: true})
	}
	return list
}

func unverified(codes string) (list []Code) {
	for _, c := range strings.Fields(codes) {
		list = append(list, Code{Code: c})
	}
	return list
}

var support = slices.Concat(verified("sickness_benefit rehab_benefit sickness_compensation activity_compensation unemployment_benefit activity_grant development_allowance establishment_benefit social_assistance student_aid"),
	unverified("other_public"), verified("none_public unknown"))

// codes are the lists of finsam.md 4.6. The municipalities are those of the initiative.
var codes = map[string][]Code{
	Sex:           verified("female male unknown"),
	Age:           append(unverified("under_20 20_24 25_29 30_44 45_59 60_plus"), verified("unknown")...),
	SupportStart:  support,
	SupportEnd:    support,
	Referrer:      append(unverified("af fk municipality_social municipality_labour region_primary_care region_psychiatry school employer self other_initiative other"), verified("unknown")...),
	JobStep:       verified("within_1_month 1_3_months 3_6_months 6_12_months later none unknown"),
	OccupationEnd: slices.Concat(unverified("work_unsubsidised work_subsidised"), verified("studies active_job_search other_occupation unknown")),
	EndReason: slices.Concat(unverified("completed_plan work studies"), verified("continued_rehab illness"),
		unverified("moved parental_leave own_choice not_right_initiative consent_withdrawn deceased initiative_ended"), verified("misregistration unknown")),
}

// Settable tells whether an association decides which codes of the variable it uses, and by what words.
func Settable(variable string) bool {
	return slices.ContainsFunc(codes[variable], func(c Code) bool { return !c.Verified })
}

// Place is a municipality that an initiative is for.
type Place struct{ Code, Name string }

// PlaceCode makes a code of a municipality's name: "Tallvikens kommun" becomes "tallvikens".
func PlaceCode(name string) string {
	name = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(name)), " kommun")
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case strings.ContainsRune("åäáàâ", r):
			return 'a'
		case strings.ContainsRune("öøó", r):
			return 'o'
		case strings.ContainsRune("éèê", r):
			return 'e'
		}
		return '_'
	}, name)
}

// Lists are the answers one can choose between in one initiative, by variable.
type Lists map[string][]Code

// lists joins the national lists, an association's own settings and an initiative's municipalities.
func lists(own []codeRow, places []Place) Lists {
	l := Lists{}
	for v, list := range codes {
		list = slices.Clone(list)
		for i := range list {
			for _, row := range own {
				if !list[i].Verified && row.Variable == v && row.Code == list[i].Code {
					list[i].Label, list[i].From, list[i].To = row.Label, row.ValidFrom, row.ValidTo
				}
			}
		}
		l[v] = list
	}
	for _, p := range places {
		l[Municipality] = append(l[Municipality], Code{Code: p.Code, Label: p.Name, Verified: true})
	}
	l[Municipality] = append(l[Municipality], Code{Code: Unknown, Verified: true})
	return l
}

// In lists the codes of a variable that could be used in a period.
func (l Lists) In(variable string, b period.Block) []Code {
	return slices.DeleteFunc(slices.Clone(l[variable]), func(c Code) bool { return !c.In(b) })
}

// Has tells whether the code could be used in a period.
func (l Lists) Has(variable, code string, b period.Block) bool {
	return slices.ContainsFunc(l[variable], func(c Code) bool { return c.Code == code && c.In(b) })
}

// Rank is the place of a code or class in its list, for showing them in order.
func Rank(variable, code string) int {
	for i, c := range codes[variable] {
		if c.Code == code || class(variable, c.Code) == code {
			return i
		}
	}
	return 800
}
