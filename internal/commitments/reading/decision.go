package reading

import (
	"strings"

	"samklang/internal/core/period"
)

// Decision is where and when what the document holds was decided, as it says itself: the minutes' paragraph and the register number.
type Decision struct {
	Reference string // "§ 12, dnr 31/2021"; "" when the document gives none
	On        period.Date
	Source    Span
}

var (
	registerWords = words("dnr diarienr diarienummer diarienummret ärendenr ärendenummer")
	meetingWords  = []string{"beslut", "antag", "antog", "fastställ", "sammanträd", "protokoll", "styrelse", "godkän"}
)

// findDecision reads the paragraph number and the register number that stand nearest before the first promise, or, when there are none,
// after the last: "Beslut § 12, dnr 31/2021". Paragraphs of acts are none. Short lines that hold them are letterhead.
func (r *reader) findDecision() {
	first, last := len(r.ps), -1
	for i := range r.ps {
		for _, role := range r.ps[i].roles {
			if role == RoleCommitment || role == RoleActivity {
				first, last = min(first, i), max(last, i)
			}
		}
	}
	out := &r.out.Declaration.Decision
	paragraph, register := "", ""
	look := func(i int, nearest bool) {
		p := &r.ps[i]
		for k, s := range p.sentences {
			if p.roles[k] == RoleCommitment || p.roles[k] == RoleActivity {
				continue
			}
			text := p.text[s.start:s.end]
			if k == 0 && strings.HasPrefix(p.block.Marker, "§") {
				text = p.block.Marker + " " + text
			}
			low := strings.ToLower(text)
			n, reg := paragraphNumber(text), registerNumber(text)
			if (n == "" || strings.Contains(low, "lag")) && reg == "" {
				continue
			}
			if n != "" && (paragraph == "" || nearest) && !strings.Contains(low, "lag") {
				paragraph = n
				out.Source = p.from.Span(s.start, s.end)
			}
			if reg != "" && (register == "" || nearest) {
				register = reg
				if paragraph == "" {
					out.Source = p.from.Span(s.start, s.end)
				}
			}
			for _, h := range findDatesIn(tokens(text)) {
				if h.precision == period.Day && h.year != 0 && hasAny(low, meetingWords) {
					out.On = h.resolve(h.year).from
				}
			}
			if len(strings.Fields(text)) <= 12 && p.roles[k] != RoleTitle && (p.roles[k] != RoleHeading || n == "") {
				r.mark(ref{i, s.start, s.end}, RoleSignature, -1)
			}
		}
	}
	for i := 0; i < min(first, len(r.ps)); i++ {
		look(i, true)
	}
	if paragraph == "" && register == "" {
		for i := last + 1; i < len(r.ps) && last >= 0; i++ {
			look(i, false)
		}
	}
	switch {
	case paragraph != "" && register != "":
		out.Reference = paragraph + ", " + register
	default:
		out.Reference = paragraph + register
	}
	if out.Reference == "" {
		return
	}
	// Minutes say their day in the letterhead.
	for i := 0; i < min(first, len(r.ps), 15) && out.On.IsZero(); i++ {
		text := r.ps[i].text
		if low := strings.ToLower(text); len(strings.Fields(text)) <= 14 && hasAny(low, meetingWords) {
			for _, h := range findDates(text) {
				if h.precision == period.Day && h.year != 0 {
					out.On = h.resolve(h.year).from
				}
			}
		}
	}
}

// paragraphNumber reads "§ 12" or "§ 12/2024".
func paragraphNumber(text string) string {
	t := tokens(text)
	for i := 0; i+1 < len(t); i++ {
		if !is(t[i], "§", "paragraf") || !t[i+1].digits || i > 0 && t[i-1].digits && is(t[i], "§") {
			continue
		}
		end := i + 1
		if is(at(t, i+2), "/") && at(t, i+3).digits && touching(t, i+1) && touching(t, i+2) {
			end = i + 3
		}
		return "§ " + text[t[i+1].start:t[end].end]
	}
	return ""
}

// registerNumber reads "dnr 31/2021", "Dnr: SF 2023-118".
func registerNumber(text string) string {
	t := tokens(text)
	for i := range t {
		if !registerWords.has(t[i].low) {
			continue
		}
		j := i + 1
		for j < len(t) && is(t[j], ":", ".") {
			j++
		}
		from, figures := j, false
		for j < len(t) && j < from+9 && (t[j].digits || t[j].word && isAllCaps(text[t[j].start:t[j].end]+"X") || is(t[j], "/", "-", "–", ":") && touching(t, j) && touching(t, j-1)) && (j == from || touching(t, j-1) || !figures) {
			figures = figures || t[j].digits
			j++
		}
		if figures {
			return "dnr " + text[t[from].start:t[j-1].end]
		}
	}
	return ""
}
