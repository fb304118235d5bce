package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"samklang/internal/platform/i18n"
)

// Printer is the printer of the page's language.
type Printer = i18n.Printer

// Month is what a month holds for a promise; the most pressing thing wins.
type Month uint8

const (
	MonthEmpty Month = iota
	MonthDone
	MonthPlanned
	MonthMissed
)

func (m Month) class() string { return [...]string{"e", "d", "p", "m"}[m] }

// trackWords says a track in words: "2026: gjort i januari och april, försenat i september."
func trackWords(p Printer, year int, months [12]Month) string {
	var said []string
	for _, kind := range []struct {
		month Month
		word  string
	}{{MonthMissed, "ui.track.missed"}, {MonthDone, "ui.track.done"}, {MonthPlanned, "ui.track.planned"}} {
		var names []string
		for i, m := range months {
			if m == kind.month {
				names = append(names, p.MonthName(time.Month(i+1)))
			}
		}
		if len(names) > 0 {
			said = append(said, p.T("ui.track.months", "state", p.T(kind.word), "months", p.List(names)))
		}
	}
	if len(said) == 0 {
		return p.T("ui.track.empty", "year", strconv.Itoa(year))
	}
	return p.T("ui.track.line", "year", strconv.Itoa(year), "list", strings.Join(said, ", "))
}

func initial(p Printer, month int) string { return firstLetter(p.MonthName(time.Month(month + 1))) }

// hatch draws the slanted lines of a planned month whose left edge is at x.
func hatch(x int) string {
	var b strings.Builder
	for i := 0; i < 24; i += 6 {
		fmt.Fprintf(&b, "M%d 10l4-10h2l-4 10z", x+i)
	}
	return b.String()
}
