package period

import (
	"fmt"
	"time"
)

// Precision says how exactly a date is known. Codes are stored and stand in exports.
type Precision string

const (
	Day     Precision = "day"     // From == To
	Range   Precision = "range"   // several days, From < To
	Month   Precision = "month"   // one calendar month
	Season  Precision = "season"  // spring, summer, autumn, winter, half-year, tertial, quarter
	Year    Precision = "year"    // one calendar year
	NotSet  Precision = "not_set" // will happen, day not decided; From and To are zero or bound it
	Ongoing Precision = "ongoing" // continuous work; From and To are zero or bound it
)

// Precisions lists every precision, the most exact first.
var Precisions = [...]Precision{Day, Range, Month, Season, Year, NotSet, Ongoing}

// ParsePrecision reads a stored code.
func ParsePrecision(s string) (Precision, error) {
	for _, p := range Precisions {
		if string(p) == s {
			return p, nil
		}
	}
	return "", fmt.Errorf("not a date precision: %q", s)
}

// When is when something happens, with the precision it is known by. Text is the source's own wording, "" when a person chose the
// date in a form.
type When struct {
	Precision Precision `json:"precision"`
	From      Date      `json:"from"`
	To        Date      `json:"to"`
	Text      string    `json:"text"`
}

// OnDay is a When of a single day.
func OnDay(d Date) When { return When{Precision: Day, From: d, To: d} }

// Between is a When of the days from–to; it is a Day when they are equal.
func Between(from, to Date) When {
	if from == to {
		return OnDay(from)
	}
	return When{Precision: Range, From: from, To: to}
}

// InMonth is a When of one calendar month.
func InMonth(year int, m time.Month) When {
	return When{Precision: Month, From: On(year, m, 1), To: On(year, m+1, 0)}
}

// InYear is a When of one calendar year.
func InYear(year int) When {
	return When{Precision: Year, From: On(year, 1, 1), To: On(year, 12, 31)}
}

// Term is a season or part of a year that Swedish plans speak of.
type Term int

const (
	Spring     Term = iota // våren, vårterminen: January–June in an office's plans
	Summer                 // sommaren: June–August
	Autumn                 // hösten, höstterminen: August–December
	Winter                 // vintern: December–February
	FirstHalf              // första halvåret
	SecondHalf             // andra halvåret
	Tertial1               // January–April
	Tertial2               // May–August
	Tertial3               // September–December
	Quarter1
	Quarter2
	Quarter3
	Quarter4
)

// InTerm is a When of a season. Offices plan by half-years, so spring is January–June and autumn August–December.
func InTerm(year int, t Term) When {
	span := [...][2]time.Month{{1, 6}, {6, 8}, {8, 12}, {12, 14}, {1, 6}, {7, 12}, {1, 4}, {5, 8}, {9, 12}, {1, 3}, {4, 6}, {7, 9}, {10, 12}}[t]
	return When{Precision: Season, From: On(year, span[0], 1), To: On(year, span[1]+1, 0)}
}

// Dated tells whether the calendar can say when it is over.
func (w When) Dated() bool { return !w.To.IsZero() && w.Precision != NotSet }

// Check tells what is wrong with w: dates missing for the precision, or the end before the start.
func (w When) Check() error {
	switch w.Precision {
	case NotSet, Ongoing:
		if !w.From.IsZero() && !w.To.IsZero() && w.To.Before(w.From) {
			return fmt.Errorf("ends %v before it starts %v", w.To, w.From)
		}
		return nil
	case Day, Range, Month, Season, Year:
		if w.From.IsZero() || w.To.IsZero() {
			return fmt.Errorf("precision %q needs a first and a last day", w.Precision)
		}
		if w.To.Before(w.From) {
			return fmt.Errorf("ends %v before it starts %v", w.To, w.From)
		}
		return nil
	}
	return fmt.Errorf("not a date precision: %q", w.Precision)
}
