package example

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"samklang/internal/core/period"
)

// calendar turns the dates of the content into days, counted from today.
type calendar struct{ today period.Date }

// day reads a date of the content:
//
//	-40, +24      the working day so many days ago or ahead
//	09-24         this year's 24 September
//	last 09-24    last year's; next 09-24 next year's
//	3y 09-24      24 September three years ago
//	2021-09-14    that very day
func (c calendar) day(s string) (period.Date, error) {
	switch {
	case s == "":
		return period.Date{}, nil
	case s[0] == '-' || s[0] == '+':
		n, err := strconv.Atoi(s)
		if err != nil {
			return period.Date{}, fmt.Errorf("not a number of days: %q", s)
		}
		step := 1
		if n < 0 {
			step = -1
		}
		return working(c.today.AddDays(n), step), nil
	case len(s) == len("2006-01-02") && s[4] == '-':
		return period.ParseDate(s)
	}
	year, rest := c.today.Year, s
	if ago, day, ok := strings.Cut(s, "y "); ok && len(ago) == 1 {
		n, err := strconv.Atoi(ago)
		if err != nil {
			return period.Date{}, fmt.Errorf("not a number of years: %q", s)
		}
		return period.ParseDate(fmt.Sprintf("%04d-%s", year-n, day))
	}
	if r, ok := strings.CutPrefix(s, "last "); ok {
		year, rest = year-1, r
	} else if r, ok := strings.CutPrefix(s, "next "); ok {
		year, rest = year+1, r
	}
	d, err := period.ParseDate(fmt.Sprintf("%04d-%s", year, rest))
	if err != nil || rest == "12-31" || rest == "01-01" {
		return d, err
	}
	return working(d, 1), nil
}

// working is the day itself or the nearest in the direction of step that is no weekend and not between Christmas and Epiphany.
func working(d period.Date, step int) period.Date {
	for {
		w := d.Time().Weekday()
		holidays := d.Month == time.December && d.Day >= 23 && d.Day <= 30 || d.Month == time.January && d.Day <= 6
		if w != time.Saturday && w != time.Sunday && !holidays {
			return d
		}
		d = d.AddDays(step)
	}
}

// when reads when an activity is to happen: a day, "spring" or "autumn" of this year, "month +40" for the month of that day, "ongoing",
// or nothing for a day that is not set.
func (c calendar) when(s string) (period.When, error) {
	switch s {
	case "":
		return period.When{Precision: period.NotSet}, nil
	case "ongoing":
		return period.When{Precision: period.Ongoing}, nil
	case "spring":
		return period.InTerm(c.today.Year, period.Spring), nil
	case "autumn":
		return period.InTerm(c.today.Year, period.Autumn), nil
	}
	rest, month := strings.CutPrefix(s, "month ")
	d, err := c.day(rest)
	if month {
		return period.InMonth(d.Year, d.Month), err
	}
	return period.OnDay(d), err
}

var placeholder = regexp.MustCompile(`\{(this|last|next|-\d+)\}`)

// text puts years into a text: {this}, {last}, {next}, and {-150} for the year of the day 150 days ago.
func (c calendar) text(s string) string {
	return placeholder.ReplaceAllStringFunc(s, func(m string) string {
		switch m = strings.Trim(m, "{}"); m {
		case "this":
			return strconv.Itoa(c.today.Year)
		case "last":
			return strconv.Itoa(c.today.Year - 1)
		case "next":
			return strconv.Itoa(c.today.Year + 1)
		}
		d, err := c.day(m)
		if err != nil {
			return m
		}
		return strconv.Itoa(d.Year)
	})
}

// weekday is the last given day of the week on or before d.
func weekday(d period.Date, name string) (period.Date, error) {
	for range 7 {
		if strings.EqualFold(d.Time().Weekday().String(), name) {
			return d, nil
		}
		d = d.AddDays(-1)
	}
	return d, fmt.Errorf("not a day of the week: %q", name)
}
