package followup

import (
	"slices"

	"samklang/internal/disclosure"
)

// What may be published of the follow-up: one family of tables for each moment. Nothing else is published of these cells to the association's
// office, and what was published earlier of a family is always known to the next.
var families = map[Moment][][]string{
	Began: {
		{OfInitiative, Sex},
		{Municipality, Sex},
		{OfInitiative, Age},
		{Sex, SupportStart},
		{OfPeriod, Sex},
	},
	TookPart: {
		{OfInitiative, Sex},
		{OfPeriod, Sex},
	},
	Left: {
		{OfInitiative, Sex, JobStep},
		{OfInitiative, Sex, OccupationEnd},
		{Sex, Age, OccupationEnd},
		{Municipality, JobStep},
		{Municipality, OccupationEnd},
		{OfPeriod, Sex, JobStep},
		{OfPeriod, Sex, OccupationEnd},
	},
}

// Published lists the moments that have a family, in their order.
var Published = [...]Moment{Began, TookPart, Left}

// LeastOfAnInitiative is how many people of a moment an initiative must have counted to stand in a family. A smaller one stands in no figure, since
// its own would be hidden and would take those of others with them.
const LeastOfAnInitiative = disclosure.DefaultDenominator

// What is published is told in broad classes: small associations have few people, and with fine codes most of them would be hidden. A result is told
// by whether it was reached: a third class would cost the comparison of women and men within an initiative (tried on the example).
const (
	WorkOrStudies = "work_or_studies"
	Under30       = "under_30"
	From30        = "from_30"
	JobStepSoon   = "within_6_months"
	JobStepLate   = "later_or_none"
	NoWork        = "other_than_work"
)

var classes = map[string]map[string]string{
	OccupationEnd: {"work_unsubsidised": WorkOrStudies, "work_subsidised": WorkOrStudies, "studies": WorkOrStudies, "active_job_search": NoWork, "other_occupation": NoWork},
	Age:           {"under_20": Under30, "20_24": Under30, "25_29": Under30, "30_44": From30, "45_59": From30, "60_plus": From30},
	JobStep:       {"within_1_month": JobStepSoon, "1_3_months": JobStepSoon, "3_6_months": JobStepSoon, "6_12_months": JobStepLate, "later": JobStepLate, "none": JobStepLate},
}

// class is the class that a code is published in, or the code itself.
func class(variable, code string) string {
	if c, ok := classes[variable][code]; ok {
		return c
	}
	return code
}

// FamilyOf declares the tables of a moment over cells, and gives the cells with the variables that the tables need.
func FamilyOf(m Moment, c disclosure.Cells) (disclosure.Family, disclosure.Cells) {
	f := disclosure.Family{Tables: families[m], Contributor: OfParty}
	need := []string{OfParty}
	for _, t := range f.Tables {
		for _, v := range t {
			if !slices.Contains(need, v) {
				need = append(need, v)
			}
		}
	}
	c = onto(c, need)
	for _, v := range c.Variables {
		f.Variables = append(f.Variables, disclosure.Variable{Name: v, Frame: v == OfInitiative || v == OfPeriod || v == OfParty})
	}
	return f, c
}

// onto sums cells over the variables that are not named, in the classes that are published.
func onto(c disclosure.Cells, need []string) disclosure.Cells {
	out := disclosure.Cells{Variables: need}
	at := map[string]int{}
	for _, r := range c.Rows {
		values, key := make([]string, len(need)), ""
		for i, v := range need {
			values[i] = class(v, r.Values[slices.Index(c.Variables, v)])
			key += values[i] + "\x00"
		}
		if k, ok := at[key]; ok {
			out.Rows[k].N += r.N
			continue
		}
		at[key] = len(out.Rows)
		out.Rows = append(out.Rows, disclosure.Row{Values: values, N: r.N})
	}
	return out
}
