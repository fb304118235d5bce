package ui

import (
	"fmt"
	"strconv"

	"samklang/internal/core/period"
)

// leaf is what stands on the strip and on the sheet of a calendar leaf.
func leaf(p Printer, w period.When) (top, big string) {
	switch w.Precision {
	case period.Day:
		return p.MonthShort(w.From.Month), strconv.Itoa(w.From.Day)
	case period.Range:
		if w.From.Month == w.To.Month && w.From.Year == w.To.Year {
			return p.MonthShort(w.From.Month), fmt.Sprintf("%d–%d", w.From.Day, w.To.Day)
		}
		return p.MonthShort(w.From.Month), strconv.Itoa(w.From.Day) + "–"
	case period.Month:
		return p.MonthShort(w.From.Month), "–"
	case period.Season:
		return p.T("ui.leaf.season." + season(w)), strconv.Itoa(w.From.Year)
	case period.Year:
		return p.T("ui.leaf.year"), strconv.Itoa(w.From.Year)
	case period.Ongoing:
		return p.T("ui.leaf.ongoing"), "–"
	}
	return p.T("ui.leaf.not_set"), "?"
}

func season(w period.When) string {
	for i, name := range []string{"spring", "summer", "autumn", "winter"} {
		if s := period.InTerm(w.From.Year, period.Term(i)); s.From == w.From && s.To == w.To {
			return name
		}
	}
	if w.To.Year == w.From.Year && w.To.Month-w.From.Month == 5 {
		return "half"
	}
	return "part"
}

// machineDate is the value of a datetime attribute, "" where HTML has no form for the precision.
func machineDate(w period.When) string {
	switch w.Precision {
	case period.Day, period.Range:
		return w.From.String()
	case period.Month:
		return w.From.String()[:7]
	case period.Year:
		return w.From.String()[:4]
	}
	return ""
}
