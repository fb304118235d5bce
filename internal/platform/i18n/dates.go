package i18n

import (
	"embed"
	"fmt"
	"strconv"
	"time"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

//go:embed locale
var Locale embed.FS

var months = [2][12]string{
	{"januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"},
	{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

var shortMonths = [2][12]string{
	{"jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec"},
	{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
}

var weekdays = [2][7]string{
	{"söndag", "måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag"},
	{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

func (p Printer) names() int {
	if p.lang == lang.English {
		return 1
	}
	return 0
}

// MonthName is the month's name: "september".
func (p Printer) MonthName(m time.Month) string { return months[p.names()][m-1] }

// MonthShort is the month's short name: "sep".
func (p Printer) MonthShort(m time.Month) string { return shortMonths[p.names()][m-1] }

// Weekday is the day's name: "söndag".
func (p Printer) Weekday(d period.Date) string { return weekdays[p.names()][d.Time().Weekday()] }

// Date is the whole date: "22 november 2026".
func (p Printer) Date(d period.Date) string {
	if d.IsZero() {
		return ""
	}
	return p.DayMonth(d) + " " + strconv.Itoa(d.Year)
}

// DayMonth is the date without its year: "22 november".
func (p Printer) DayMonth(d period.Date) string {
	return strconv.Itoa(d.Day) + " " + p.MonthName(d.Month)
}

// Week is the ISO week number.
func Week(d period.Date) int { _, w := d.Time().ISOWeek(); return w }

// Time is the date and clock time in Sweden: "22 november 2026 kl. 14.32".
func (p Printer) Time(t time.Time, in *time.Location) string {
	t = t.In(in)
	if p.lang == lang.English {
		return p.Date(period.DateOf(t)) + " at " + t.Format("15:04")
	}
	return p.Date(period.DateOf(t)) + " kl. " + t.Format("15.04")
}

// Clock is a time of day as it stands in a plan, as the language writes it: "kl. 9–10.30" is "9:00–10:30" in English. What is no such time
// stays as it is.
func (p Printer) Clock(s string) string {
	from, to, ok := period.ParseClock(s)
	if p.lang != lang.English || !ok {
		return s
	}
	return fmt.Sprintf("%d:%02d–%d:%02d", from/60, from%60, to/60, to%60)
}

// When writes a date by its precision: "16 september 2021", "3–5 oktober 2021", "hösten 2021", "dag inte satt".
func (p Printer) When(w period.When) string {
	switch w.Precision {
	case period.Day:
		return p.Date(w.From)
	case period.Range:
		return p.span(w.From, w.To)
	case period.Month:
		return p.MonthName(w.From.Month) + " " + strconv.Itoa(w.From.Year)
	case period.Season:
		return p.season(w)
	case period.Year:
		return strconv.Itoa(w.From.Year)
	case period.Ongoing:
		switch {
		case !w.From.IsZero() && !w.To.IsZero():
			return p.T("date.ongoing") + ", " + p.span(w.From, w.To)
		default:
			return p.T("date.ongoing")
		}
	}
	return p.T("date.not_set")
}

func (p Printer) span(a, b period.Date) string {
	switch {
	case a.Year == b.Year && a.Month == b.Month:
		return fmt.Sprintf("%d–%s", a.Day, p.Date(b))
	case a.Year == b.Year:
		return p.DayMonth(a) + " – " + p.Date(b)
	}
	return p.Date(a) + " – " + p.Date(b)
}

func (p Printer) season(w period.When) string {
	year := strconv.Itoa(w.From.Year)
	for t := period.Spring; t <= period.Quarter4; t++ {
		if s := period.InTerm(w.From.Year, t); s.From == w.From && s.To == w.To {
			return p.T("date.term."+strconv.Itoa(int(t)), "year", year)
		}
	}
	if a, b := w.From, w.To; a.Year == b.Year {
		return p.MonthName(a.Month) + "–" + p.MonthName(b.Month) + " " + year
	}
	return p.span(w.From, w.To)
}
