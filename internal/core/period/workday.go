package period

import "time"

// Workday tells whether offices in Sweden are open that day: Monday to Friday, without public holidays (lag 1989:253) and the eves that
// the Holidays Act treats as Sundays (midsummer, Christmas and New Year's Eve).
func (d Date) Workday() bool {
	switch d.Time().Weekday() {
	case time.Saturday, time.Sunday:
		return false
	}
	switch (Date{Month: d.Month, Day: d.Day}) {
	case Date{Month: 1, Day: 1}, Date{Month: 1, Day: 6}, Date{Month: 5, Day: 1}, Date{Month: 6, Day: 6}, Date{Month: 12, Day: 24}, Date{Month: 12, Day: 25}, Date{Month: 12, Day: 26}, Date{Month: 12, Day: 31}:
		return false
	}
	if d.Month == time.June && d.Time().Weekday() == time.Friday && d.Day >= 19 && d.Day <= 25 {
		return false // Midsummer Eve
	}
	switch d.Sub(easter(d.Year)) {
	case -2, 1, 39: // Good Friday, Easter Monday, Ascension Day
		return false
	}
	return true
}

// easter is Easter Sunday by the anonymous Gregorian algorithm (Nature, 20 April 1876).
func easter(year int) Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	n := h + l - 7*((a+11*h+22*l)/451) + 114
	return On(year, time.Month(n/31), n%31+1)
}
