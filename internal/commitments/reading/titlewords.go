package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutParentheses leaves out what a sentence says in parentheses.
func withoutParentheses(s string) string {
	for {
		i := strings.IndexByte(s, '(')
		j := strings.IndexByte(s[max(i, 0):], ')')
		if i <= 0 || j < 0 {
			return s
		}
		s = strings.TrimRight(s[:i], " ") + s[i+j+1:]
	}
}

var stateWords = words("genomfört genomförd genomförda kvar planerat planerad planerade klart klar pågår bekräftat nytt ny inställt")

// withoutLead takes a label off a sentence, "Kvar att göra: …", and the words that make it a promise: "Vårt åtagande är att …".
func withoutLead(s string) string {
	if i := strings.Index(s, ": "); i > 0 && i < 60 {
		head := s[:i]
		if m, known := headingMode(head); known && m == planning || stateWords.has(firstWord(head)) {
			s = s[i+2:]
		}
	}
	if n := promisePrefix(s); n > 0 && n < len(s) {
		s = s[n:]
	}
	if i := strings.Index(s, " att "); i > 0 && i < 90 {
		if head := strings.ToLower(s[:i+4]); strings.Contains(head, "åtagande") && (strings.HasSuffix(head, "är att") || strings.HasSuffix(head, "innebär att") || strings.HasSuffix(head, "handlar om att")) {
			s = s[i+5:]
		}
	}
	return s
}

// singular turns the plural of an event's name into one: "lunchseminarier", "träffarna".
func singular(w string) string {
	for _, s := range [...][2]string{{"arierna", "arium"}, {"arier", "arium"}, {"ingarna", "ing"}, {"ingar", "ing"}, {"shopparna", "shop"}, {"shoppar", "shop"}, {"shops", "shop"},
		{"dagarna", "dag"}, {"dagar", "dag"}, {"kvällar", "kväll"}, {"träffarna", "träff"}, {"träffar", "träff"}, {"mötena", "möte"}, {"möten", "möte"}, {"kurser", "kurs"},
		{"cirklar", "cirkel"}, {"enkäter", "enkät"}, {"konferenser", "konferens"}, {"samtalen", "samtal"}, {"luncher", "lunch"}, {"frukostar", "frukost"}, {"debatter", "debatt"}} {
		if stem, ok := strings.CutSuffix(w, s[0]); ok {
			return stem + s[1]
		}
	}
	return w
}

// loose are words a name does not end with.
var loose = words(`och samt eller i på av för till med om under den det de en ett att som vid från hos inom senast ca cirka omkring kring ungefär drygt mellan minst högst upp vår våra vårt
	sin sina är klart klar preliminärt kl v där men vi in ut fram mot efter inför före genom via tillsammans varje hela alla samtliga någon något se både varav då nu även också per bland enligt utan redan totalt max inställt inställd genomfört genomförd genomförda uppskjutet uppskjuten bekräftad`)

// finish cleans a name: no date at its beginning, no loose word at its end, not longer than a line, a capital first.
func finish(s string) string {
	s = strings.Trim(strings.TrimSpace(s), " .,:;–—-•*")
	if utf8.RuneCountInString(s) > longestTitle {
		s = shortened(s)
	}
	for {
		s = strings.TrimRight(s, " .,:;–—-(!/")
		i := strings.LastIndexByte(s, ' ')
		if i < 0 || !loose.has(strings.ToLower(s[i+1:])) {
			break
		}
		s = s[:i]
	}
	if rest, ok := strings.CutPrefix(lowerFirst(s), "vi "); ok {
		s = rest
	}
	return upperFirst(strings.TrimSpace(s))
}

// shortened ends a long name where a part of it ends: before "och", a comma or a preposition, else after a whole word.
func shortened(s string) string {
	limit := 0
	for n := range s {
		if utf8.RuneCountInString(s[:n]) > longestTitle {
			break
		}
		limit = n
	}
	head := s[:limit]
	if !strings.HasPrefix(s[limit:], " ") {
		if i := strings.LastIndexFunc(head, unicode.IsSpace); i > 0 {
			head = head[:i]
		}
	}
	best := -1
	for _, end := range [...]string{", ", " och ", " samt ", " eller ", " som ", " såsom ", " för att ", " – "} {
		if i := strings.LastIndex(head, end); i > best && utf8.RuneCountInString(head[:i]) >= 30 {
			best = i
		}
	}
	if best > 0 {
		return head[:best]
	}
	return head
}

func lowerFirst(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}
