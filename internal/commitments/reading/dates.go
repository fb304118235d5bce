package reading

import (
	"time"

	"samklang/internal/core/period"
)

// dateHit is a date as it stands in a passage, before the year is settled. Offsets are bytes of the passage's text.
type dateHit struct {
	start, end  int
	first, next int // the same in tokens of the passage
	precision   period.Precision
	year        int // said beside the date; 0 when it is not
	weekday     int // said beside the date, 0 is Sunday; -1 when it is not
	deadline    bool
	relative    int  // "nästa år" is the document's year plus 1
	frequency   bool // the text says how often
	resolve     func(year int) dates
}

// dates are what a hit means once the year is known. days are the separate days of a list such as "3 och 10 oktober".
type dates struct {
	from, to period.Date
	days     []period.Date
}

func span(w period.When) dates { return dates{from: w.From, to: w.To} }

// findDates finds every date in Swedish words and figures in a passage, from left to right, none inside another. Dates that are no
// dates of events – anniversaries, law numbers, ages, registry numbers, clock times – are left alone.
func findDates(text string) []dateHit { return findDatesIn(tokens(text)) }

func findDatesIn(t []token) []dateHit {
	s := dateScanner{t}
	var out []dateHit
	for i := 0; i < len(t); {
		h, next, ok := s.at(i)
		if !ok {
			i++
			continue
		}
		h.start, h.end, h.first, h.next = t[i].start, t[next-1].end, i, next
		s.look(i, &h)
		if n := len(out); n > 0 && s.continues(&out[n-1], &h) {
			i = next
			continue
		}
		out = append(out, h)
		i = next
	}
	return out
}

type dateScanner struct{ t []token }

func (s dateScanner) low(i int) string {
	if i < 0 || i >= len(s.t) {
		return ""
	}
	return s.t[i].low
}

func (s dateScanner) dash(i int) bool { return i >= 0 && i < len(s.t) && isDash(s.t[i]) }

// at tries every way of writing a date at token i.
func (s dateScanner) at(i int) (dateHit, int, bool) {
	tok := s.t[i]
	if tok.digits {
		for _, try := range [...]func(int) (dateHit, int, bool){s.iso, s.slash, s.days, s.year} {
			if h, next, ok := try(i); ok {
				return h, next, true
			}
		}
		return s.frequency(i)
	}
	if !tok.word {
		return dateHit{}, i, false
	}
	for _, try := range [...]func(int) (dateHit, int, bool){s.unset, s.days, s.week, s.part, s.season, s.months, s.frequency, s.yearWord} {
		if h, next, ok := try(i); ok {
			return h, next, true
		}
	}
	return dateHit{}, i, false
}

// look reads the words before a hit: "senast", "före", "i slutet av".
func (s dateScanner) look(i int, h *dateHit) {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if deadlineWords.has(s.low(j)) || (is(s.t[j], "till") && j > 0 && is(s.t[j-1], "fram")) {
			h.deadline = true
			return
		}
		if !is(s.t[j], "den", "i", "under", "sista", "dag", "av", "vecka") {
			return
		}
	}
}

// continues joins "2026-03-02 – 2026-03-04" and "hösten 2026 och våren 2027" to one stretch.
func (s dateScanner) continues(a, b *dateHit) bool {
	if a.precision != b.precision || a.frequency || b.frequency || a.resolve == nil || b.resolve == nil {
		return false
	}
	if a.precision != period.Season && a.precision != period.Day {
		return false
	}
	gap, and := 0, false
	for _, t := range s.t[a.next:b.first] {
		gap++
		and = and || is(t, "och", "samt")
		if gap > 1 || !isDash(t) && !is(t, "till", "och", "samt") {
			return false
		}
	}
	if gap != 1 || (and && a.precision == period.Day) {
		return false
	}
	first, second, ya := a.resolve, b.resolve, a.year
	a.end, a.next, a.precision = b.end, b.next, period.Range
	if a.year == 0 {
		a.year = b.year
	}
	yb := b.year
	a.resolve = func(y int) dates {
		fy := y
		if ya != 0 {
			fy = ya
		}
		f := first(fy)
		ly := fy
		if yb != 0 {
			ly = yb
		}
		l := second(ly)
		if l.to.Before(f.from) {
			if yb == 0 {
				l = second(ly + 1)
			} else if ya == 0 {
				f = first(fy - 1)
			}
		}
		return dates{from: f.from, to: l.to}
	}
	return true
}

// iso reads 2026-09-24, 26-09-24 and 20260924.
func (s dateScanner) iso(i int) (dateHit, int, bool) {
	t := s.t
	if partOfCode(t, i) || (i > 0 && s.dash(i-1) && touching(t, i-1) && i > 1 && t[i-2].digits && touching(t, i-2)) {
		return dateHit{}, i, false
	}
	if len(t[i].low) == 8 && t[i].num > 0 {
		return s.ymd(t[i].num/10000, t[i].num/100%100, t[i].num%100, i+1)
	}
	if i+4 >= len(t) || !s.dash(i+1) || !s.dash(i+3) || !t[i+2].digits || !t[i+4].digits || len(t[i+2].low) != 2 || len(t[i+4].low) != 2 {
		return dateHit{}, i, false
	}
	for j := i; j < i+4; j++ {
		if !touching(t, j) {
			return dateHit{}, i, false
		}
	}
	if i+6 < len(t) && s.dash(i+5) && touching(t, i+4) && touching(t, i+5) && t[i+6].digits && len(t[i+6].low) != 4 {
		return dateHit{}, i, false
	}
	y := t[i].num
	switch len(t[i].low) {
	case 2:
		y += 2000
	case 4:
	default:
		return dateHit{}, i, false
	}
	return s.ymd(y, t[i+2].num, t[i+4].num, i+5)
}

func (s dateScanner) ymd(y, m, d, next int) (dateHit, int, bool) {
	if !plausibleYear(y) || !dayExists(y, m, d) {
		return dateHit{}, 0, false
	}
	day := period.On(y, time.Month(m), d)
	return dateHit{precision: period.Day, year: y, weekday: -1, resolve: func(int) dates { return dates{from: day, to: day} }}, next, true
}

// slash reads 24/9, 24/9-2026, 24/9 2026 and 3–5/10.
func (s dateScanner) slash(i int) (dateHit, int, bool) {
	t := s.t
	if partOfCode(t, i) || (i > 0 && touching(t, i-1) && !is(t[i-1], "(")) {
		return dateHit{}, i, false
	}
	first := t[i].num
	j := i
	if i+2 < len(t) && s.dash(i+1) && t[i+2].digits {
		j = i + 2
	}
	if j+2 >= len(t) || !is(t[j+1], "/") || !touching(t, j) || !touching(t, j+1) || !t[j+2].digits || len(t[j+2].low) > 2 {
		return dateHit{}, i, false
	}
	last, month, next := t[j].num, t[j+2].num, j+3
	year := 0
	if next < len(t) && is(t[next], "/") {
		if next+1 >= len(t) || len(t[next+1].low) != 4 {
			return dateHit{}, i, false
		}
		year, next = t[next+1].num, next+2
	} else if next+1 < len(t) && s.dash(next) && touching(t, next-1) && t[next+1].digits && (len(t[next+1].low) == 4 || len(t[next+1].low) == 2 && !s.slashed(next+1)) {
		if year = t[next+1].num; year < 100 {
			year += 2000
		}
		next += 2
	} else if next < len(t) && plausibleYear(t[next].num) && len(t[next].low) == 4 {
		year, next = t[next].num, next+1
	}
	if year == 0 && (first == 24 && month == 7 && !is(s.prev(i), "den") || is(s.at1(next), "av", "tjänst", "del", "delar", "tid", "%")) {
		return dateHit{}, i, false
	}
	if !dayExists(2024, month, first) || !dayExists(2024, month, last) || last < first || (year != 0 && !plausibleYear(year)) {
		return dateHit{}, i, false
	}
	return s.dayHit([]dayMonth{{first, time.Month(month), 0}, {last, time.Month(month), year}}[boolInt(first == last):], true, -1), next, true
}

func (s dateScanner) slashed(i int) bool {
	return i+1 < len(s.t) && is(s.t[i+1], "/") && touching(s.t, i)
}

func (s dateScanner) prev(i int) token { return s.at1(i - 1) }

func (s dateScanner) at1(i int) token {
	if i < 0 || i >= len(s.t) {
		return token{num: -1}
	}
	return s.t[i]
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

type dayMonth struct {
	day   int
	month time.Month
	year  int
}

// days reads a day with its month in words, and several of them: "den 16 september", "måndagen den 4 oktober 2026", "16–17 september",
// "3 och 10 oktober", "28 februari–2 mars", "mellan den 1 och 15 mars".
func (s dateScanner) days(i int) (dateHit, int, bool) {
	t := s.t
	weekday := -1
	between := is(s.prev(i), "mellan")
	j := i
	if w, ok := weekdays[t[j].low]; ok {
		if len(t[j].low) <= 4 && t[j].start > 0 && !t[j].capital && i > 0 && !is(t[i-1], "(", ",") && len(t[j].low) < 3 {
			return dateHit{}, i, false
		}
		weekday = int(w)
		j++
		if j < len(t) && is(t[j], ".", ",") {
			j++
		}
	}
	var list []dayMonth
	asRange := false
	next := 0 // after the last element that has its month
	complete := 0
	for j < len(t) && len(list) < 40 {
		if is(t[j], "den", "d", "the") {
			j++
			if j < len(t) && is(t[j], ".") {
				j++
			}
		}
		d, after, ok := s.dayNumber(j, i)
		if !ok {
			break
		}
		e := dayMonth{day: d}
		j = after
		if j < len(t) && is(t[j], "i") && len(list) == 0 && s.monthAt(j+1, true) != 0 && j+1 < len(t) {
			j++
		}
		if m := s.monthAt(j, true); m != 0 {
			e.month = m
			j++
			if j < len(t) && is(t[j], ".") && touching(t, j-1) && len(t[j-1].low) <= 4 && j+1 < len(t) {
				j++
			}
			if y, after, ok := s.yearAt(j); ok {
				e.year, j = y, after
			}
		}
		list = append(list, e)
		if e.month != 0 {
			complete, next = len(list), j
		}
		// A separator, perhaps with a weekday and "den" after it, leads to the next day.
		k := j
		switch {
		case s.dash(k):
			asRange = asRange || e.month == 0 || true
			k++
		case k < len(t) && is(t[k], "till"):
			asRange = true
			k++
			if k+1 < len(t) && is(t[k], "och") && is(t[k+1], "med") {
				k += 2
			}
		case k < len(t) && is(t[k], "t") && is(s.at1(k+1), ".") && is(s.at1(k+2), "o"):
			asRange = true
			for k < len(t) && is(t[k], "t", "o", "m", ".") {
				k++
			}
		case k < len(t) && (is(t[k], ",", "&") || listWords.has(t[k].low)):
			if is(t[k], ",") && (is(s.at1(k+1), "och", "samt")) {
				k++
			}
			k++
		default:
			k = -1
		}
		if k < 0 || k >= len(t) {
			break
		}
		if _, ok := weekdays[t[k].low]; ok {
			k++
		}
		j = k
	}
	if complete == 0 {
		return dateHit{}, i, false
	}
	list = list[:complete]
	for k := complete - 2; k >= 0; k-- {
		if list[k].month == 0 {
			list[k].month = list[k+1].month
		}
	}
	for _, e := range list {
		if !dayExists(2024, int(e.month), e.day) {
			return dateHit{}, i, false
		}
	}
	if between && len(list) == 2 {
		asRange = true
	}
	if len(list) == 1 {
		asRange = false
	}
	if len(list) > 2 {
		asRange = false
	}
	h := s.dayHit(list, asRange, weekday)
	// "från och med den 1 mars" begins something that goes on.
	if len(list) == 1 && s.onwards(i) {
		only := h.resolve
		h.precision = period.Ongoing
		h.resolve = func(y int) dates { return dates{from: only(y).from} }
	}
	return h, next, true
}

// onwards tells whether the words before token i are "från och med" or "fr.o.m.".
func (s dateScanner) onwards(i int) bool {
	if is(s.prev(i), "från") && i > 0 {
		return true
	}
	if is(s.at1(i-1), "med") && is(s.at1(i-2), "och") && is(s.at1(i-3), "från") {
		return true
	}
	return is(s.at1(i-1), ".") && is(s.at1(i-2), "m") && is(s.at1(i-4), "o") || is(s.at1(i-1), "from") || is(s.at1(i-1), "m") && is(s.at1(i-3), "o") && is(s.at1(i-5), "fr")
}

// dayNumber reads a day of a month at j; first is where the whole date begins.
func (s dateScanner) dayNumber(j, first int) (day, next int, ok bool) {
	t := s.t
	if j >= len(t) {
		return 0, 0, false
	}
	if o, ok := ordinals[t[j].low]; ok {
		if s.monthAt(j+1, false) == 0 && !listWords.has(s.low(j+1)) && !s.dash(j+1) && !is(s.at1(j+1), "till") {
			return 0, 0, false
		}
		return o, j + 1, true
	}
	if !t[j].digits || t[j].num < 1 || t[j].num > 31 || len(t[j].low) > 2 {
		return 0, 0, false
	}
	if j == first && partOfCode(t, j) && !is(s.prev(j), ".") {
		return 0, 0, false
	}
	if j == first && j > 1 && is(t[j-1], ",", ".", ":") && t[j-2].digits && touching(t, j-2) && touching(t, j-1) {
		return 0, 0, false
	}
	next = j + 1
	if next+1 < len(t) && is(t[next], ":") && is(t[next+1], "e", "a", "de", "ta") {
		next += 2
	} else if next < len(t) && touching(t, j) && is(t[next], "e", "a", "st", "nd", "rd", "th", "de") {
		next++
	} else if next < len(t) && is(t[next], ".") && touching(t, j) && s.monthAt(next+1, true) != 0 {
		next++
	}
	return t[j].num, next, true
}

// dayHit makes one hit of one or more days. A range spans the first and the last; a list of days that do not follow on each other is
// kept as the stretch from the first to the last with the days beside it.
func (s dateScanner) dayHit(list []dayMonth, asRange bool, weekday int) dateHit {
	h := dateHit{precision: period.Day, weekday: weekday}
	if len(list) > 1 {
		h.precision = period.Range
	}
	for _, e := range list {
		if e.year != 0 {
			h.year = e.year
		}
	}
	h.resolve = func(y int) dates {
		days := make([]period.Date, len(list))
		// From the last to the first: a year said once holds for all, and December before January is the year before.
		for k := len(list) - 1; k >= 0; k-- {
			if list[k].year != 0 {
				y = list[k].year
			} else if k+1 < len(list) && list[k].month > list[k+1].month {
				y--
			}
			days[k] = period.On(y, list[k].month, list[k].day)
		}
		// Without a year beside it, the context's year is that of the first day.
		if h.year == 0 && len(list) > 1 && days[0].Year < days[len(days)-1].Year {
			for k := range days {
				days[k] = period.On(days[k].Year+1, list[k].month, list[k].day)
			}
		}
		d := dates{from: days[0], to: days[len(days)-1]}
		if !asRange && len(days) > 1 && d.to.Sub(d.from) != len(days)-1 {
			d.days = days
		}
		return d
	}
	return h
}

// monthAt gives the month whose name stands at j, 0 for none.
func (s dateScanner) monthAt(j int, short bool) time.Month {
	if j < 0 || j >= len(s.t) || !s.t[j].word {
		return 0
	}
	if m, ok := monthNames[s.t[j].low]; ok {
		if j == 0 && s.t[j].low == "maj" && at(s.t, 1).capital && !isEventWord(s.t[1].low) && (len(s.t) == 2 || len(s.t) < 5 && hasAny(at(s.t, 2).low, signatureWords)) {
			return 0 // Maj signs: her surname follows
		}
		return m
	}
	if short {
		return monthShort[s.t[j].low]
	}
	return 0
}

// yearAt reads a year that belongs to a date just before j: "2026", "år 2026", "(2026)", "-26".
func (s dateScanner) yearAt(j int) (year, next int, ok bool) {
	t := s.t
	k := j
	if is(s.at1(k), "år", "under", "of") && s.at1(k+1).digits {
		k++
	}
	if is(s.at1(k), ",") && len(s.at1(k+1).low) == 4 && plausibleYear(s.at1(k+1).num) && !is(s.at1(k+2), ",") {
		k++
	}
	if is(s.at1(k), "(") && is(s.at1(k+2), ")") && plausibleYear(s.at1(k+1).num) {
		return t[k+1].num, k + 3, true
	}
	if k < len(t) && t[k].digits && len(t[k].low) == 4 && plausibleYear(t[k].num) && !partOfCode(t, k) {
		if is(s.at1(k+1), "/") && touching(t, k) && s.at1(k+2).digits {
			return 0, j, false
		}
		return t[k].num, k + 1, true
	}
	if s.dash(j) && touching(t, j) && j+1 < len(t) && t[j+1].digits && len(t[j+1].low) == 2 && t[j+1].num >= 10 && t[j+1].num <= 45 {
		// "mars -26", but not the range "mars-26 april".
		if j > 0 && !touching(t, j-1) && s.monthAt(j+2, true) == 0 {
			return 2000 + t[j+1].num, j + 2, true
		}
	}
	if is(s.at1(j), "'", "’") && touching(t, j) && len(s.at1(j+1).low) == 2 && s.at1(j+1).digits {
		return 2000 + t[j+1].num, j + 2, true
	}
	return 0, j, false
}

// plausibleYear keeps anniversaries and laws out: plans are of this century and not of Agenda 2030's length.
func plausibleYear(y int) bool { return y >= 2010 && y <= 2049 }

func dayExists(y, m, d int) bool {
	if m < 1 || m > 12 || d < 1 {
		return false
	}
	on := period.On(y, time.Month(m), d)
	return int(on.Month) == m && on.Day == d
}
