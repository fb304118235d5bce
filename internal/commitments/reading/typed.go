package reading

import (
	"strings"

	"samklang/internal/core/period"
)

// ParseWhen reads a date as a person types it into one field, with the words a document would use: "24 september", "v. 40", "hösten
// 2026", "oktober–november", "löpande", "ej satt". A date without a year is of the year given. ok is false when the text is no date
// or more than one.
func ParseWhen(text string, year int) (w period.When, ok bool) {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return period.When{Precision: period.NotSet}, true
	}
	if d, err := period.ParseTyped(text); err == nil {
		return period.OnDay(d), true
	}
	switch strings.ToLower(text) {
	case "ej satt", "inte satt", "dag inte satt", "datum ej satt", "not set", "day not set", "?", "-", "–":
		return period.When{Precision: period.NotSet}, true
	case "löpande", "hela året", "ongoing":
		return period.When{Precision: period.Ongoing}, true
	}
	hits := findDates(text)
	if len(hits) != 1 || !onlyFiller(text[:hits[0].start]+" "+text[hits[0].end:]) {
		return period.When{}, false
	}
	s := hits[0].settle(text, yearContext{year: year, from: YearByHint})
	if s.When.Precision == period.NotSet && !s.When.From.IsZero() {
		return period.When{}, false
	}
	s.When.Text = ""
	return s.When, s.When.Check() == nil
}

// onlyFiller tells whether nothing stands around a date but words that say no more.
func onlyFiller(rest string) bool {
	for _, w := range strings.Fields(strings.ToLower(rest)) {
		switch strings.Trim(w, ".,") {
		case "den", "under", "i", "på", "ca", "cirka", "omkring", "någon", "gång", "":
		default:
			return false
		}
	}
	return true
}
