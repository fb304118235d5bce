package reading

import (
	"strconv"
	"strings"

	"samklang/internal/core/period"
)

// YearFrom says where the year of a date was found.
type YearFrom string

const (
	YearInText    YearFrom = "text"     // beside the date itself
	YearInHeading YearFrom = "heading"  // in the nearest heading, or in the text that leads the list in
	YearInTitle   YearFrom = "document" // in the title, or the year most of the document's dates are of
	YearByWeekday YearFrom = "weekday"  // the year near the document's in which that day is that weekday
	YearByHint    YearFrom = "hint"     // given by the person who reads the document in
	YearUnknown   YearFrom = ""
)

// yearContext is the year that dates without one are of. year 0 means that nobody has said.
type yearContext struct {
	year int
	from YearFrom
	// A plan for "hösten 2026 och våren 2027" has first and last days; a date without a year is put inside them.
	span period.When
}

// settled is a date with its year.
type settled struct {
	When     period.When
	Days     []period.Date
	Deadline bool
	Year     YearFrom
}

// settle gives the hit its year. A day whose year nobody has said, in the document or beside it, is "not set" with its text kept.
func (h dateHit) settle(text string, ctx yearContext) settled {
	out := settled{Deadline: h.deadline}
	out.When = period.When{Precision: h.precision, Text: strings.TrimSpace(text[h.start:h.end])}
	if h.precision == period.NotSet {
		return out
	}
	if h.frequency && h.year == 0 {
		return out
	}
	year := h.year
	out.Year = YearInText
	if year == 0 {
		year, out.Year = ctx.year, ctx.from
		if year == 0 {
			out.When.Precision, out.Year = period.NotSet, YearUnknown
			if h.precision == period.Ongoing {
				out.When.Precision = period.Ongoing
			}
			return out
		}
		year += h.relative
		if !ctx.span.To.IsZero() && h.relative == 0 {
			year = insideSpan(h, year, ctx.span)
		}
		if h.weekday >= 0 {
			for _, y := range [...]int{year, year + 1, year - 1} {
				if d := h.resolve(y); int(d.from.Time().Weekday()) == h.weekday {
					if y != year {
						out.Year = YearByWeekday
					}
					year = y
					break
				}
			}
		}
	}
	d := h.resolve(year)
	out.When.From, out.When.To, out.Days = d.from, d.to, d.days
	if out.When.Precision == period.Range && d.from == d.to {
		out.When.Precision = period.Day
	}
	if out.When.Check() != nil {
		out.When = period.When{Precision: period.NotSet, Text: out.When.Text}
		out.Days, out.Year = nil, YearUnknown
	}
	return out
}

// insideSpan chooses the year in which the date falls within the stretch the text is about.
func insideSpan(h dateHit, year int, w period.When) int {
	for y := w.From.Year; y <= w.To.Year && y <= w.From.Year+3; y++ {
		if d := h.resolve(y); !d.from.Before(w.From) && !d.from.After(w.To) {
			return y
		}
	}
	return year
}

// documentYear is the year the document is about: one named in its title; else one that stands alone in a heading or a short line near
// the top; else the one most of its dates name; else any that is said at all; else the hint. Days on which something was decided or
// signed, and years looked back at, count least.
func documentYear(title string, texts []string, hint int) yearContext {
	about := title
	for _, h := range findDates(title) {
		if h.precision == period.Day && decided(strings.ToLower(title[:h.start])) {
			about = title[:h.start] + title[h.end:] // the day it was adopted
			break
		}
	}
	if y := yearsIn(about); len(y) > 0 {
		c := yearContext{year: y[0], from: YearInTitle}
		if last := y[len(y)-1]; last > y[0] {
			c.span = period.Between(period.On(y[0], 1, 1), period.On(last, 12, 31))
		}
		return c
	}
	count := map[int]int{}
	for i, t := range texts {
		size := len(strings.Fields(t))
		short := size <= 9
		low := strings.ToLower(t)
		said := map[int]bool{}
		for _, h := range findDates(t) {
			if h.year == 0 {
				continue
			}
			said[h.year] = true
			switch {
			case looksBack(t[:h.start]) || until(low[:min(h.start, len(low))]) || decided(low[:min(h.start, len(low))]):
				count[h.year]++
			case h.precision == period.Day && size <= 6 && len(findKinds(tokens(t))) == 0:
				count[h.year]++ // "Älvsele den 28 november 2024"
			default:
				count[h.year] += 4
			}
		}
		for _, y := range yearsIn(t) {
			if said[y] {
				continue
			}
			switch {
			case short && i < 8:
				count[y] += 6
			case short:
				count[y] += 3
			case !until(low[:min(len(low), strings.Index(t, strconv.Itoa(y)))]) && !looksBack(t[:strings.Index(t, strconv.Itoa(y))]):
				count[y] += 2
			}
		}
	}
	best, most := 0, 0
	for y, n := range count {
		if n > most || n == most && y < best {
			best, most = y, n
		}
	}
	if best != 0 && (most > 1 || hint == 0) {
		return yearContext{year: best, from: YearInTitle}
	}
	if hint != 0 {
		return yearContext{year: hint, from: YearByHint}
	}
	return yearContext{}
}

// yearsIn lists the plausible years that stand in a title, as figures, in rising order.
func yearsIn(s string) []int {
	var out []int
	t := tokens(s)
	for i, tok := range t {
		if len(tok.low) != 4 || !tok.digits || !plausibleYear(tok.num) || partOfCode(t, i) || i > 0 && is(t[i-1], "agenda") {
			continue
		}
		if len(out) == 0 || tok.num > out[len(out)-1] {
			out = append(out, tok.num)
		}
		if i+2 < len(t) && isDash(t[i+1]) && t[i+2].digits && len(t[i+2].low) == 2 && 2000+t[i+2].num > tok.num && t[i+2].num < 50 {
			out = append(out, 2000+t[i+2].num)
		}
	}
	return out
}

// until tells whether a date's words only say how long something holds.
func until(low string) bool {
	if len(low) > 40 {
		low = low[len(low)-40:]
	}
	return strings.Contains(low, "till och med") || strings.Contains(low, "t.o.m.") || strings.Contains(low, "fram till")
}

var backWords = []string{"sedan ", "antogs ", "antagen ", "beslutades ", "beslut ", "undertecknades ", "undertecknade ", "startade ", "tidigare ", "förra ", "uppföljning efter ", "efter "}

// looksBack tells whether the words just before a date speak of something that has been.
func looksBack(before string) bool {
	if len(before) > 60 {
		before = before[len(before)-60:]
	}
	before = strings.ToLower(before)
	for _, w := range backWords {
		if i := strings.LastIndex(before, w); i >= 0 && len(before)-i-len(w) < 16 {
			return true
		}
	}
	return false
}
