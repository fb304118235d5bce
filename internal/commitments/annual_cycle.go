package commitments

import (
	"slices"
	"time"

	"samklang/internal/core/period"
)

// Deadline is a day of the year that the law or practice sets for every association (finsam.md 2.3). Its words are the messages
// "cycle.<Key>" and "cycle.<Key>.about".
type Deadline struct {
	Key       string
	On        period.Date
	Law       string // the rule, as a lawyer would cite it; "" for practice
	Statutory bool
}

type recurring struct {
	key       string
	month     time.Month
	day       int
	law       string
	statutory bool
	in        func(year int) bool // nil: every year
}

// cycle is the year of an association in the order of the calendar.
var cycle = []recurring{
	{key: "annual_report", month: time.March, day: 31, law: "lag (2003:1210) 24 §", statutory: true},
	{key: "board_term", month: time.April, day: 1, in: func(year int) bool { return year%4 == 3 }}, // the spring after a general election
	{key: "vat", month: time.June, day: 30, law: "lag (2005:807) 8 §", statutory: true},
	{key: "consultation", month: time.October, day: 31, law: "lag (2003:1210) 23 §"}, // must precede the budget; the day is practice
	{key: "budget", month: time.November, day: 30, law: "lag (2003:1210) 19 och 23 §§", statutory: true},
}

// AnnualCycle lists the deadlines of a year.
func AnnualCycle(year int) []Deadline {
	var list []Deadline
	for _, c := range cycle {
		if c.in == nil || c.in(year) {
			list = append(list, Deadline{Key: c.key, On: period.On(year, c.month, c.day), Law: c.law, Statutory: c.statutory})
		}
	}
	return list
}

// NextDeadlines lists the n deadlines that come from a day on.
func NextDeadlines(from period.Date, n int) []Deadline {
	list := slices.Concat(AnnualCycle(from.Year), AnnualCycle(from.Year+1))
	list = slices.DeleteFunc(list, func(d Deadline) bool { return d.On.Before(from) })
	return list[:min(n, len(list))]
}
