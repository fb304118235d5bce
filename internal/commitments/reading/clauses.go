package reading

import (
	"strings"

	"samklang/internal/core/period"
)

// clause is a part of a sentence that announces an activity of its own. name is what it is called when the clause leaves that out.
type clause struct {
	start, end int
	kind       Kind
	name       string
	dated      bool // says its own day
}

// splitClauses makes two activities of a sentence that announces two: "Deltagarforum i Mo den 4 mars och i Älvsele den 18 mars",
// "en föreläsning om makt och ett webbinarium om normer".
func (r *reader) splitClauses() {
	for k := range r.activities {
		d := r.activities[k]
		if d.title != "" || len(d.fields) > 0 || len(d.refs) == 0 || len(r.activities) > 5000 {
			continue
		}
		first := d.refs[0]
		text := r.textOf(first)
		if s := sentences(text); len(s) > 0 {
			text = text[:s[0].end]
		}
		parts := clauses(text)
		if len(parts) < 2 {
			continue
		}
		r.activities[k].refs = append([]ref{{first.passage, first.start, first.start + parts[0].end}}, d.refs[1:]...)
		if end := first.start + len(text); end < first.end {
			r.activities[k].refs = append(r.activities[k].refs, ref{first.passage, end, first.end})
		}
		hit := pickDate(text, findDates(text))
		for _, c := range parts[1:] {
			e := d
			e.refs, e.details = []ref{{first.passage, first.start + c.start, first.start + c.end}}, nil
			e.kind, e.title = c.kind, c.name
			if !c.dated && hit >= 0 {
				e.when = dateContext{findDates(text)[hit], text, true}
			}
			r.activities = append(r.activities, e)
		}
	}
}

// clauses cuts a sentence before each "och" that begins another activity. It gives one clause for a sentence about one.
func clauses(text string) []clause {
	if len(text) > longestPhrase {
		return []clause{{start: 0, end: len(text)}}
	}
	p := newPhrase(text)
	hits := findKinds(p.t)
	events := func(from, to int) (first *kindHit) {
		for i := range hits {
			if h := &hits[i]; h.token >= from && h.token < to && eventKinds[h.kind] && !channelKinds[h.kind] {
				return h
			}
		}
		return nil
	}
	day := func(from, to int) *dateHit {
		for i := range p.dates {
			if h := &p.dates[i]; h.first >= from && h.next <= to && h.precision == period.Day && !h.deadline && !looksBack(text[:h.start]) {
				return h
			}
		}
		return nil
	}
	out := []clause{{start: 0, end: len(text)}}
	from := 0
	for i := 1; i < len(p.t); i++ {
		if !is(p.t[i], "och", "samt") || p.inDate(i) {
			continue
		}
		end := len(p.t)
		for j := i + 1; j < len(p.t); j++ {
			if is(p.t[j], "och", "samt") && !p.inDate(j) && day(j, len(p.t)) != nil && day(i, j) != nil {
				end = j
				break
			}
		}
		before, after := events(from, i), events(i, end)
		if before == nil {
			continue
		}
		own := day(i, end)
		c := clause{start: p.t[i+boolInt(i+1 < len(p.t))].start, end: len(text), dated: own != nil}
		switch {
		case own != nil && day(from, i) != nil && after != nil && after.token > i && introducedAfter(p.t, i, after):
		case own != nil && day(from, i) != nil && after == nil && p.placeIn(i+1, end) != "":
			name := text[p.t[p.left(before.token)].start:before.end]
			c.kind, c.name = before.kind, name+" "+p.placeIn(i+1, end)
		case own == nil && day(i, len(p.t)) == nil && after != nil && after.kind != before.kind && after.token-i <= 4 && is(at(p.t, i+1), "en", "ett") && (article(p.t, before.token) || before.count != nil) &&
			!is(at(p.t, i+2), "efterföljande", "avslutande", "uppföljande", "påföljande", "gemensam", "gemensamt"):
		case own == nil && after != nil && after.kind != before.kind && is(at(p.t, i+1), "vi") && i+2 < len(p.t) && verbAt(p.t, i+2):
			c.dated = true // a sentence of its own: the day before it is not its day
		default:
			continue
		}
		out[len(out)-1].end = len(strings.TrimRight(text[:p.t[i].start], " ,"))
		out = append(out, c)
		from = i + 1
	}
	return out
}

// introducedAfter tells whether a second event is a new one and not what the first is for.
func introducedAfter(t []token, conjunction int, h *kindHit) bool {
	for j := conjunction + 1; j < h.token; j++ {
		if is(t[j], "om", "inför", "efter", "från", "till") {
			return false
		}
	}
	return true
}

// placeIn reads "i Mo" among the tokens of a stretch that says no more than a place and a date.
func (p phrase) placeIn(from, to int) string {
	place := ""
	for i := from; i < to; i++ {
		switch {
		case p.inDate(i) || !p.t[i].word && !p.t[i].digits:
		case place == "" && is(p.t[i], "i", "på") && i+1 < to && at(p.t, i+1).capital:
			j := i + 1
			for j+1 < to && p.t[j+1].capital && !p.inDate(j+1) {
				j++
			}
			place = p.text[p.t[i].start:p.t[j].end]
			i = j
		case is(p.t[i], "den", "kl", "klockan") || p.t[i].digits:
		default:
			return ""
		}
	}
	return place
}
