package commitments

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
)

var (
	seriesEvery = regexp.MustCompile(`^(?:varje|var|every)(?: (\d{1,2})(?::?[ae])?| (andra|annan|tredje|fjärde|other|second|third|fourth))? ?(dag|vecka|månad|dagar|veckor|månader|day|week|month|days|weeks|months)(?: (?:till|t\.o\.m\.|till och med|fram till|until|to) (.+))?$`)
	seriesSpace = strings.NewReplacer("varannan", "var annan", "daglig", "varje dag", "veckovis", "varje vecka", "månadsvis", "varje månad", ",", " ")
	seriesCount = map[string]int{"andra": 2, "annan": 2, "other": 2, "second": 2, "tredje": 3, "third": 3, "fjärde": 4, "fourth": 4}
	seriesUnit  = map[string]string{"dag": "day", "dagar": "day", "day": "day", "days": "day", "vecka": "week", "veckor": "week", "week": "week", "weeks": "week", "månad": "month", "månader": "month", "month": "month", "months": "month"}
)

// ParseSeries reads how an activity is repeated as people say it: "varannan vecka till 15 juni", "var tredje vecka till maj", "varje månad
// till 31 december 2026", "every second week until 15 June". A last day without a year is the first one after the first day.
func ParseSeries(s string, first period.Date) (SeriesRule, error) {
	var f errs.Form
	s = strings.ToLower(strings.Join(strings.Fields(seriesSpace.Replace(strings.ToLower(s))), " "))
	g := seriesEvery.FindStringSubmatch(s)
	if len(s) > 100 || g == nil {
		f.Add("repeat", "series.unreadable")
		return SeriesRule{}, f.Err()
	}
	r := SeriesRule{Every: 1, Unit: seriesUnit[g[3]]}
	if g[1] != "" {
		r.Every, _ = strconv.Atoi(g[1])
	} else if n, ok := seriesCount[g[2]]; ok {
		r.Every = n
	}
	until, err := period.ParsePhrase(g[4], first.Year)
	if err != nil || until.To.IsZero() {
		f.Add("repeat", "series.until_missing")
		return SeriesRule{}, f.Err()
	}
	if until.To.Before(first) {
		if again, err := period.ParsePhrase(g[4], first.Year+1); err == nil {
			until = again // "till 15 mars", said in November
		}
	}
	r.Until = until.To
	if _, err := r.Days(first); err != nil {
		return r, atField(err, "repeat")
	}
	return r, nil
}

// atField moves the faults of an error to one field, which is where a form asks for all of it.
func atField(err error, name string) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	c := *e
	c.Fields = slices.Clone(e.Fields)
	for i := range c.Fields {
		c.Fields[i].Name = name
	}
	return &c
}
