package commitments

import (
	"regexp"
	"strconv"
	"strings"

	"samklang/internal/commitments/reading"
	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/i18n"
)

// when is a date in words that readWhen understands: "24 september 2026", "v. 40 2026", "hösten 2026", "" for a day that is not set.
func (x *Exchange) when(w period.When) string {
	switch {
	case w.Precision == period.NotSet:
		return ""
	case w.Precision == period.Range && w.From.Time().Weekday() == 1 && w.To.Sub(w.From) == 6:
		year, week := w.From.Time().ISOWeek()
		return x.Printer.T("exchange.week", "week", strconv.Itoa(week), "year", strconv.Itoa(year))
	}
	return x.Printer.When(w)
}

// Excel turns "24 september 2026" and "oktober 2026" into dates when it opens a CSV file, and writes them back as 24-sep-26 and okt-26.
var (
	excelDay   = regexp.MustCompile(`^(\d{1,2})-(\p{L}{3,9})\.?-(\d{2}|\d{4})$`)
	excelMonth = regexp.MustCompile(`^(\p{L}{3,9})\.?-(\d{2}|\d{4})$`)
)

func unabbreviated(s string) string {
	if g := excelDay.FindStringSubmatch(s); g != nil {
		return g[1] + " " + g[2] + " " + century(g[3])
	}
	if g := excelMonth.FindStringSubmatch(s); g != nil {
		return g[1] + " " + century(g[2])
	}
	return s
}

func century(year string) string {
	if len(year) == 2 {
		return "20" + year
	}
	return year
}

// longestWhen is the most characters of a date in words; reading one takes time that grows faster than its length.
const longestWhen = 150

func readPhrase(cell string, year int) (period.When, error) {
	if cell == "" {
		return period.When{Precision: period.NotSet}, nil
	}
	if len(cell) > longestWhen {
		return period.When{}, ask("when", "value", shown(cell))
	}
	cell = unabbreviated(cell)
	w, err := period.ParsePhrase(cell, year)
	if err == nil {
		return w, nil
	}
	if w, ok := reading.ParseWhen(cell, year); ok {
		return w, nil
	}
	return w, ask("when", "value", shown(cell))
}

// readWhen reads the columns that say when: the words, the first and last day, and the year of the plan. Whoever changes the words need
// not change the days, and the other way round; when both are changed they have to agree. has tells the cell of a column and whether the
// file holds the column.
func (x *Exchange) readWhen(before ExchangeActivity, a *ExchangeActivity, isNew bool, has func(code string) (string, bool)) []errs.Field {
	changed := func(code string) (string, bool) {
		cell, ok := has(code)
		c, _ := columnOf(code)
		if isNew {
			return cell, ok && cell != ""
		}
		return cell, ok && cell != c.cell(x, before)
	}
	var faults []errs.Field
	year := a.PlanYear
	yearCell, newYear := changed(colYear)
	if newYear {
		n, err := strconv.Atoi(yearCell)
		if err != nil || n < 1990 || n > 2200 {
			return []errs.Field{{Name: colYear, Key: "activity.year_faulty"}}
		}
		year = n
	}
	words, newWords := changed(colWhen)
	fromCell, newFrom := changed(colFrom)
	toCell, newTo := changed(colTo)
	w := a.When
	var err error
	if newWords {
		if w, err = readPhrase(words, year); err != nil {
			return []errs.Field{faultOf(colWhen, err)}
		}
		newWords = w.Precision != before.When.Precision || w.From != before.When.From || w.To != before.When.To
	}
	if newFrom || newTo {
		days := [2]period.Date{before.When.From, before.When.To}
		for i, c := range []struct {
			code, cell string
			new        bool
		}{{colFrom, fromCell, newFrom}, {colTo, toCell, newTo}} {
			if !c.new {
				continue
			}
			if days[i], err = readDay(c.cell); err != nil {
				faults = append(faults, faultOf(c.code, err))
			}
		}
		if faults != nil {
			return faults
		}
		if days[1].IsZero() || !newTo && before.When.Precision == period.Day {
			days[1] = days[0] // a day is moved by its first day alone
		}
		switch same := w.From == days[0] && w.To == days[1]; {
		case days[0] == before.When.From && days[1] == before.When.To && !isNew, same:
			// written in another way, or what the words say already
		case newWords, days[0].IsZero():
			return []errs.Field{{Name: colFrom, Key: "exchange.fault.days_differ"}}
		case days[1].Before(days[0]):
			return []errs.Field{{Name: colTo, Key: "exchange.fault.days_reversed"}}
		default:
			w = period.Between(days[0], days[1])
			newWords = true
		}
	}
	if newWords {
		w.Text = "" // the document's own words no longer say when it is
		a.When = w
	}
	if a.When.From.IsZero() {
		a.PlanYear = year
		return nil
	}
	if newYear && year != a.When.From.Year {
		return []errs.Field{{Name: colYear, Key: "exchange.fault.year_differs", Args: errs.Args("year", strconv.Itoa(a.When.From.Year))}}
	}
	a.PlanYear = a.When.From.Year
	return nil
}

// languageOf is the printer of the language that most headings are in, so that cells are compared in the language they were written in.
func (x *Exchange) languageOf(headings []string) i18n.Printer {
	best, most := x.Printer, -1
	for _, p := range x.printers() {
		n := 0
		for _, h := range headings {
			for _, c := range columns {
				if strings.EqualFold(h, p.T("exchange.col."+c.code)) {
					n++
				}
			}
		}
		if n > most {
			best, most = p, n
		}
	}
	return best
}
