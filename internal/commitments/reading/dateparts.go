package reading

import (
	"time"

	"samklang/internal/core/period"
)

// week reads "vecka 40", "v. 40–42", "v.40", "veckorna 40 och 41", "tisdagen vecka 12".
func (s dateScanner) week(i int) (dateHit, int, bool) {
	t := s.t
	j, weekday := i, -1
	if w, ok := weekdays[t[i].low]; ok && len(t[i].low) > 2 {
		weekday = int(w)
		j++
		if is(s.at1(j), "i", ",") {
			j++
		}
	}
	if j >= len(t) || !is(t[j], "vecka", "veckorna", "veckan", "veckor", "v", "w", "week") {
		return dateHit{}, i, false
	}
	j++
	if is(s.at1(j), ".") {
		j++
	}
	if j >= len(t) || !weekNumber(t[j]) || is(s.at1(j+1), "%") {
		return dateHit{}, i, false
	}
	first := t[j].num
	last := first
	j++
	year := 0
	if k := j + 1; (s.dash(j) || is(s.at1(j), "till", "och", "samt", ",", "/")) && k < len(t) {
		for is(s.at1(k), "vecka", "v", ".") {
			k++
		}
		if k < len(t) && weekNumber(t[k]) && !(is(t[j], "/", ",") && t[k].num <= first) && s.monthAt(k+1, true) == 0 {
			last, j = t[k].num, k+1
		}
	}
	if is(s.at1(j), "-", ",") && plausibleYear(s.at1(j+1).num) {
		j++
	}
	if y, after, ok := s.yearAt(j); ok {
		year, j = y, after
	}
	h := dateHit{precision: period.Range, year: year, weekday: -1}
	if weekday >= 0 {
		h.precision = period.Day
		h.resolve = func(y int) dates {
			d := monday(y, first).AddDays((weekday + 6) % 7)
			return dates{from: d, to: d}
		}
		return h, j, true
	}
	h.resolve = func(y int) dates {
		to := monday(y, last).AddDays(6)
		if last < first {
			to = monday(y+1, last).AddDays(6)
		}
		return dates{from: monday(y, first), to: to}
	}
	return h, j, true
}

func weekNumber(t token) bool { return t.digits && len(t.low) <= 2 && t.num >= 1 && t.num <= 53 }

// monday is the first day of an ISO week; week 1 is the one that holds 4 January.
func monday(year, week int) period.Date {
	d := period.On(year, 1, 4)
	back := (int(d.Time().Weekday()) + 6) % 7
	return d.AddDays(-back + 7*(week-1))
}

// part reads quarters, tertials and half-years: "första kvartalet", "kvartal 2", "Q3 2026", "tertial 2", "andra halvåret".
func (s dateScanner) part(i int) (dateHit, int, bool) {
	t := s.t
	n, noun, j := 0, "", i
	if o := s.ordinal(i); o > 0 && o <= 4 {
		j = i + 1
		if is(s.at1(j), ":") {
			j += 2
		}
		n, noun = o, s.low(j)
		if !quarterWords.has(noun) && !tertialWords.has(noun) && !halfWords.has(noun) || len(noun) < 4 {
			return dateHit{}, i, false
		}
		if noun == "halva" {
			if !is(s.at1(j+1), "av", "året") {
				return dateHit{}, i, false
			}
		}
		j++
	} else if quarterWords.has(t[i].low) || tertialWords.has(t[i].low) || halfWords.has(t[i].low) {
		noun = t[i].low
		j = i + 1
		if is(s.at1(j), ".") {
			j++
		}
		num := s.at1(j)
		if !num.digits || num.num < 1 || num.num > 4 || len(num.low) > 1 {
			return dateHit{}, i, false
		}
		if len(noun) == 1 {
			// T2 and H1 only written together, with a capital, and followed by a year or nothing more.
			_, _, year := s.yearAt(j + 1)
			if !t[i].capital || !touching(t, i) || (noun != "q" && !year && j+1 < len(t) && !is(t[j+1], ".", ",", ")", "–", "-")) {
				return dateHit{}, i, false
			}
		}
		n = num.num
		j++
	} else {
		return dateHit{}, i, false
	}
	var of []period.Term
	switch {
	case quarterWords.has(noun):
		of = []period.Term{period.Quarter1, period.Quarter2, period.Quarter3, period.Quarter4}
	case tertialWords.has(noun):
		of = []period.Term{period.Tertial1, period.Tertial2, period.Tertial3}
	default:
		of = []period.Term{period.FirstHalf, period.SecondHalf}
	}
	if n > len(of) {
		return dateHit{}, i, false
	}
	last := n
	if s.dash(j) && len(noun) == 1 && is(s.at1(j+1), noun) && s.at1(j+2).digits {
		// Q3–Q4
		if m := s.at1(j + 2).num; m > n && m <= len(of) {
			last, j = m, j+3
		}
	} else if (s.dash(j) || is(s.at1(j), "och", "till", "samt")) && s.at1(j+1).digits && len(s.at1(j+1).low) == 1 {
		if m := t[j+1].num; m > n && m <= len(of) {
			last, j = m, j+2
		}
	}
	if is(s.at1(j), "av", "under") && s.at1(j+1).digits {
		j++
	}
	h := dateHit{precision: period.Season, weekday: -1}
	if y, after, ok := s.yearAt(j); ok {
		h.year, j = y, after
	}
	if last > n {
		h.precision = period.Range
	}
	h.resolve = func(y int) dates {
		return dates{from: period.InTerm(y, of[n-1]).From, to: period.InTerm(y, of[last-1]).To}
	}
	return h, j, true
}

func (s dateScanner) ordinal(i int) int {
	if o, ok := ordinals[s.low(i)]; ok {
		return o
	}
	if t := s.at1(i); t.digits && len(t.low) == 1 && is(s.at1(i+1), ":") && is(s.at1(i+2), "a", "e") {
		return t.num
	}
	return 0
}

// season reads "hösten 2026", "under vårterminen", "ht 26", "i höst", "vintern 2026/2027", "före sommaren", "årsskiftet".
func (s dateScanner) season(i int) (dateHit, int, bool) {
	t := s.t
	term, ok := seasons[t[i].low]
	j := i + 1
	if !ok {
		term, ok = bareSeasons[t[i].low]
		if !ok {
			return s.turnOfYear(i)
		}
		_, _, year := s.yearAt(j)
		short := is(t[i], "ht", "vt")
		if short && !year && j < len(t) && (isDash(t[j]) && s.at1(j+1).digits || t[j].digits && len(t[j].low) == 2) {
			year = true
		}
		ended := j >= len(t) || is(t[j], ".", ",", ")", ";", ":", "–", "/")
		alone := i == 0 && ended
		after := is(s.prev(i), "samma", "denna", "nästa") || is(s.prev(i), "i", "till", "under") && (ended || is(s.at1(j), "för")) && !is(t[i], "ht", "vt")
		if !year && !alone && !after && !(short && ended) {
			return dateHit{}, i, false
		}
	}
	h := dateHit{precision: period.Season, weekday: -1}
	if y, after, ok := s.yearAt(j); ok {
		h.year, j = y, after
		if (is(s.at1(j), "/") || s.dash(j)) && s.at1(j+1).digits && touching(t, j-1) && touching(t, j) && term == period.Winter {
			j += 2
		}
	} else if is(t[i], "ht", "vt") {
		k := j
		if s.dash(k) || is(s.at1(k), "-") {
			k++
		}
		if y := s.at1(k); y.digits && len(y.low) == 2 && y.num >= 10 && y.num <= 45 {
			h.year, j = 2000+y.num, k+1
		}
	}
	if deadlineWords.has(s.low(i - 1)) {
		// Before the summer is in the spring.
		if term == period.Summer {
			term = period.Spring
		}
	}
	if h.year == 0 && is(s.prev(i), "efter") && term == period.Summer {
		term = period.Autumn
	}
	h.resolve = func(y int) dates { return span(period.InTerm(y, term)) }
	if s.onwardsTerm(i) {
		h.precision = period.Ongoing
		h.resolve = func(y int) dates { return dates{from: period.InTerm(y, term).From} }
	}
	return h, j, true
}

func (s dateScanner) onwardsTerm(i int) bool {
	return is(s.at1(i-1), "med") && is(s.at1(i-2), "och") && is(s.at1(i-3), "från") || is(s.at1(i-1), ".") && is(s.at1(i-2), "m") && is(s.at1(i-4), "o")
}

// turnOfYear reads "årsskiftet 2026/2027": the last half of December and the first of January; "före jul" and "julen" are December.
func (s dateScanner) turnOfYear(i int) (dateHit, int, bool) {
	t := s.t
	if is(t[i], "årsskiftet", "årsskifte") {
		h := dateHit{precision: period.Range, weekday: -1}
		j := i + 1
		if y, after, ok := s.yearAt(j); ok {
			h.year, j = y, after
		} else if y := s.at1(j); y.digits && len(y.low) == 4 && plausibleYear(y.num) {
			h.year, j = y.num, j+1
		}
		if (is(s.at1(j), "/") || s.dash(j)) && s.at1(j+1).digits && touching(t, j) {
			j += 2
		}
		h.resolve = func(y int) dates {
			return dates{from: period.On(y, time.December, 15), to: period.On(y+1, time.January, 15)}
		}
		return h, j, true
	}
	if is(t[i], "jul", "julen", "jullovet") && (deadlineWords.has(s.low(i-1)) || is(s.prev(i), "till", "inför", "kring")) {
		h := dateHit{precision: period.Month, weekday: -1, resolve: func(y int) dates { return span(period.InMonth(y, time.December)) }}
		return h, i + 1, true
	}
	if is(t[i], "midsommar") && (deadlineWords.has(s.low(i-1)) || is(s.prev(i), "till", "inför", "kring")) {
		h := dateHit{precision: period.Month, weekday: -1, resolve: func(y int) dates { return span(period.InMonth(y, time.June)) }}
		return h, i + 1, true
	}
	return dateHit{}, i, false
}

// months reads "i oktober", "oktober–november 2026", "september till december", "mars och april". "I mitten av mars" is the month:
// nobody has promised a day.
func (s dateScanner) months(i int) (dateHit, int, bool) {
	t := s.t
	first := s.monthAt(i, false)
	if first == 0 {
		m, ok := monthShort[t[i].low]
		if !ok {
			return dateHit{}, i, false
		}
		j := i + 1
		dot := is(s.at1(j), ".") && touching(t, i)
		if dot {
			j++
		}
		_, _, year := s.yearAt(j)
		other := s.dash(j) && s.monthAt(j+1, true) != 0
		alone := i == 0 && (j >= len(t) || is(t[j], ":") || t[j].capital && !t[i].capital)
		if !year && !other && !alone && !(dot && is(s.prev(i), "i") && !is(t[i], "jul")) {
			return dateHit{}, i, false
		}
		first = m
	} else if t[i].capital && i > 0 && is(t[i], "maj", "juni", "augusti") && i+1 < len(t) && t[i+1].word && t[i+1].capital && touchesOneSpace(t, i) && !is(t[i-1], ":", ".") {
		return dateHit{}, i, false // Maj Andersson
	}
	j := i + 1
	skipDot := func() {
		if is(s.at1(j), ".") && touching(t, j-1) && len(t[j-1].low) <= 4 && j+1 < len(t) && monthNames[t[j-1].low] == 0 {
			j++
		}
	}
	skipDot()
	if is(s.at1(j), "månad") {
		j++
	}
	h := dateHit{precision: period.Month, weekday: -1}
	firstYear := 0
	if y, after, ok := s.yearAt(j); ok {
		firstYear, h.year, j = y, y, after
	}
	last, lastYear, several := first, firstYear, false
	for {
		k := j
		if !s.dash(k) && !is(s.at1(k), "till", "och", "samt", ",", "/", "eller") {
			break
		}
		if is(s.at1(k), ",") && is(s.at1(k+1), "och", "samt") {
			k++
		}
		k++
		if is(s.at1(k), "och") && is(s.at1(k+1), "med") {
			k += 2
		}
		m := s.monthAt(k, true)
		if m == 0 || monthNames[s.low(k)] == 0 && !s.dash(j) && !is(s.at1(j), "/") {
			break
		}
		last, several, j = m, true, k+1
		skipDot()
		if y, after, ok := s.yearAt(j); ok {
			lastYear, h.year, j = y, y, after
		} else {
			lastYear = 0
		}
	}
	if several {
		h.precision = period.Range
	}
	h.resolve = func(y int) dates {
		fy, ly := y, y
		switch {
		case firstYear != 0 && lastYear != 0:
			fy, ly = firstYear, lastYear
		case firstYear != 0:
			fy, ly = firstYear, firstYear+boolInt(last < first)
		case lastYear != 0:
			fy, ly = lastYear-boolInt(last < first), lastYear
		default:
			ly = y + boolInt(last < first)
		}
		return dates{from: period.InMonth(fy, first).From, to: period.InMonth(ly, last).To}
	}
	if !several && (s.onwardsTerm(i) || is(s.prev(i), "från")) {
		h.precision = period.Ongoing
		month := h.resolve
		h.resolve = func(y int) dates { return dates{from: month(y).from} }
	}
	return h, j, true
}

func touchesOneSpace(t []token, i int) bool { return t[i+1].start-t[i].end == 1 }

// frequency reads words of continuous work: "löpande", "varannan vecka", "två gånger per termin", "under hela året".
func (s dateScanner) frequency(i int) (dateHit, int, bool) {
	t := s.t
	j := 0
	switch {
	case ongoingWords.has(t[i].low):
		j = i + 1
		if is(s.at1(j), "under") && (is(s.at1(j+1), "året", "hela") || plausibleYear(s.at1(j+1).num)) {
			j++
			if is(s.at1(j), "hela") {
				j++
			}
			if is(s.at1(j), "året") {
				j++
			}
		}
	case everyWords.has(t[i].low):
		j = i + 1
		if _, ok := ordinals[s.low(j)]; ok {
			j++
		}
		if !unitWords.has(s.low(j)) {
			return dateHit{}, i, false
		}
		j++
	case is(t[i], "var") && ordinals[s.low(i+1)] > 1 && unitWords.has(s.low(i+2)):
		j = i + 3
	case is(t[i], "hela") && is(s.at1(i+1), "året"), is(t[i], "året") && is(s.at1(i+1), "runt", "om"):
		j = i + 2
	default:
		k := i
		if is(t[k], "minst", "cirka", "ca") {
			k++
		}
		_, after, ok := numberAt(t, k)
		if !ok && is(s.at1(k), "en", "ett") {
			after, ok = k+1, true
		}
		if !ok || !is(s.at1(after), "gånger", "gång", "tillfällen", "ggr") || !is(s.at1(after+1), "per", "i", "om", "varje") || !unitWords.has(s.low(after+2)) {
			return dateHit{}, i, false
		}
		j = after + 3
	}
	h := dateHit{precision: period.Ongoing, weekday: -1, frequency: true, resolve: func(int) dates { return dates{} }}
	if is(s.at1(j), "under") && plausibleYear(s.at1(j+1).num) && len(s.at1(j+1).low) == 4 {
		j++
	}
	if y, after, ok := s.yearAt(j); ok {
		h.year, j = y, after
		h.resolve = func(y int) dates { return span(period.InYear(y)) }
	}
	return h, j, true
}

// year reads a year in figures after a word that makes it a time ("under 2026", "år 2026", "2026–2028"), or alone in its passage.
func (s dateScanner) year(i int) (dateHit, int, bool) {
	t := s.t
	if len(t[i].low) != 4 || !plausibleYear(t[i].num) || partOfCode(t, i) {
		return dateHit{}, i, false
	}
	if is(s.at1(i+1), ":", "/") && touching(t, i) && s.at1(i+2).digits || is(s.prev(i), "agenda") {
		return dateHit{}, i, false
	}
	j := i + 1
	first, last := t[i].num, t[i].num
	if s.dash(j) && s.at1(j+1).digits {
		switch n := t[j+1]; {
		case len(n.low) == 4 && plausibleYear(n.num) && n.num > first:
			last, j = n.num, j+2
		case len(n.low) == 2 && 2000+n.num > first && 2000+n.num <= 2049 && !s.dash(j+2):
			last, j = 2000+n.num, j+2
		case touching(t, i):
			return dateHit{}, i, false // a registry number
		}
	}
	alone := i == 0 && j == len(t)
	if !alone && !is(s.prev(i), "under", "år", "hela", "perioden", "åren", "verksamhetsåret", "för", "i", "inom", "till", "kalenderåret", "during") {
		return dateHit{}, i, false
	}
	h := dateHit{precision: period.Year, year: first, weekday: -1}
	if last > first {
		h.precision = period.Range
	}
	h.resolve = func(int) dates { return dates{from: period.InYear(first).From, to: period.InYear(last).To} }
	return h, j, true
}

// yearWord reads "under året", "i år", "nästa år".
func (s dateScanner) yearWord(i int) (dateHit, int, bool) {
	h := dateHit{precision: period.Year, weekday: -1, resolve: func(y int) dates { return span(period.InYear(y)) }}
	switch {
	case is(s.t[i], "året", "verksamhetsåret", "kalenderåret", "årets") && (is(s.prev(i), "under", "av") || is(s.t[i], "årets") && is(s.at1(i+1), "slut")):
		return h, i + 1 + boolInt(is(s.t[i], "årets")), true
	case is(s.t[i], "år") && is(s.prev(i), "i") && !s.at1(i+1).digits:
		return h, i + 1, true
	case is(s.t[i], "nästa", "nästkommande") && is(s.at1(i+1), "år"):
		h.relative = 1
		return h, i + 2, true
	}
	return dateHit{}, i, false
}

// unset reads "datum ej satt ännu", "tid och plats meddelas senare", "TBD", "ej datumsatt".
func (s dateScanner) unset(i int) (dateHit, int, bool) {
	t := s.t
	h := dateHit{precision: period.NotSet, weekday: -1, resolve: func(int) dates { return dates{} }}
	if unsetSingle.has(t[i].low) {
		return h, i + 1, true
	}
	if is(t[i], "ej", "inte", "ännu") && (is(s.at1(i+1), "datumsatt", "datumsatta", "tidsatt", "tidsatta", "datumsatts") || is(s.at1(i+1), "ej", "inte") && is(s.at1(i+2), "datumsatt", "datumsatta", "tidsatt", "bestämt")) {
		return h, i + 2 + boolInt(is(s.at1(i+1), "ej", "inte")), true
	}
	if is(t[i], "oklart") && is(s.at1(i+1), "när") {
		return h, i + 2, true
	}
	if !dayNouns.has(t[i].low) {
		return dateHit{}, i, false
	}
	no, said, end := false, false, i+1
	for j := i + 1; j < len(t) && j < i+14; j++ {
		w := t[j].low
		if is(t[j], "för") && j == i+1 {
			// "Tidpunkt för ett avslutande seminarium är ännu inte fastställd"
			for k := j + 1; k < len(t) && k < j+8 && t[k].word; k++ {
				if is(t[k], "är", "bestäms", "meddelas") {
					j = k
					w = t[k].low
					break
				}
			}
		}
		if !unsetFill.has(w) && !unsetWords.has(w) && !unsetNo.has(w) && !is(t[j], ":") {
			break
		}
		no = no || unsetNo.has(w)
		said = said || unsetWords.has(w) || w == "senare"
		if unsetWords.has(w) || unsetNo.has(w) {
			end = j + 1
		}
	}
	if !no || !said {
		return dateHit{}, i, false
	}
	return h, end, true
}
