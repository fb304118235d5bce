package reading

import (
	"strings"
	"unicode/utf8"
)

// longestTitle is how many characters a title may have: a line in a calendar.
const longestTitle = 88

// longestPhrase is how many bytes of a sentence are looked at; no name begins later.
const longestPhrase = 900

// titleOf names an activity as one would write it in a calendar: a noun phrase without its date, its number of people and whom it is
// done with. A table's or heading's own words come first, then the name of the event, then what the sentence's verb is about.
func titleOf(d *activityDraft, text string, kind Kind) string {
	s, given := text, d.title != ""
	if given {
		s = d.title
	} else if list := sentences(text); len(list) > 0 {
		s = text[:list[0].end]
	}
	if l, v := labelOf(s); l != noLabel && v < len(s) {
		s = s[v:]
	}
	s = withoutLead(withoutParentheses(s))
	p := newPhrase(s)
	title := ""
	from, clause := p.begin(kind)
	if from >= 0 {
		title = finish(p.cut(from, given && !clause))
	} else {
		title = finish(p.object())
		if h := p.hit(kind, len(p.t)); h != nil && channelKinds[kind] && h.token > 0 && is(p.t[h.token-1], "på", "via") && !strings.Contains(title, s[h.start:h.end]) {
			title = finish(title + " " + p.t[h.token-1].low + " " + s[h.start:h.end])
		}
	}
	if one := d.oneOf(p.t); one != "" {
		// "Det andra, den 25 februari, tar upp goda exempel": what it is stands in the words that announce the series.
		switch topic := lowerFirst(finish(p.topic(kind))); {
		case topic != "":
			title = one + " " + topic
		case title != "" && from < 0:
			title = one + ": " + lowerFirst(title)
		case title != "":
			title = one + ": " + title
		default:
			title = one
		}
		return finish(title)
	}
	if utf8.RuneCountInString(title) < 4 {
		title = finish(p.cut(p.skipDates(0), given))
	}
	if n := strings.Count(title, " "); !given && (n == 0 || n == 1 && from >= 0 && clause) {
		if topic := finish(p.topic(kind)); topic != "" && !strings.HasSuffix(strings.ToLower(title), strings.ToLower(topic)) {
			title = finish(title + " " + lowerFirst(topic))
		}
	}
	if title == "" {
		title = finish(s)
	}
	return title
}

// oneOf is the name of one of a series when the activity's own words leave it out, "" else: "seminarium" for one of "tre seminarier".
func (d *activityDraft) oneOf(t []token) string {
	if d.frame == nil || len(findKinds(t)) > 0 || d.title != "" {
		return ""
	}
	for _, k := range d.frame.kinds {
		if eventKinds[k.kind] && (k.count != nil || d.kind == k.kind) {
			return upperFirst(singular(strings.ToLower(d.frame.text[k.start:k.end])))
		}
	}
	return ""
}

// phrase is a sentence to find a name in.
type phrase struct {
	text  string
	t     []token
	dates []dateHit
	reach []reachHit
}

func newPhrase(s string) phrase {
	s = s[:runeStart(s, min(len(s), longestPhrase))]
	p := phrase{text: s, t: tokens(s)}
	p.dates = findDatesIn(p.t)
	p.reach = findReach(s)
	return p
}

// begin finds the token the name begins with, -1 when the sentence is about what its verb does. clause tells that a verb stands before
// it.
func (p phrase) begin(kind Kind) (from int, clause bool) {
	first := p.skipDates(0)
	verb := p.verb(first)
	hit := p.hit(kind, verb)
	if verb < 0 {
		// The name comes first, unless it is not in what stands before a relative clause.
		if hit != nil && hit.token > first && (article(p.t, hit.token) || hit.count != nil || arranges(at(p.t, hit.token-1))) &&
			(len(p.cut(first, false)) <= hit.start-p.t[first].start || first > 0 && !p.t[first].capital || p.afterInfinitive(hit.token)) {
			return p.left(hit.token), true
		}
		return p.determined(first), false
	}
	if hit == nil || verbForms.has(p.t[hit.token].low) || verbsAr.has(p.t[hit.token].low) {
		return -1, true
	}
	if hit.token > verb && !eventKinds[kind] && !article(p.t, hit.token) && p.noun(verb) != "" {
		return -1, true // "ser över våra rutiner" is more than the rutiner
	}
	if hit.token > verb && !article(p.t, hit.token) && hit.count == nil && is(at(p.t, p.left(hit.token)-1), "vid", "alla") && p.t[verb].start < hit.start {
		return -1, true // "erbjuda tolkning vid alla öppna möten"
	}
	if channelKinds[kind] && hit.token < verb && hit.token > 0 && is(p.t[hit.token-1], "på", "via") {
		return -1, true // "På LinkedIn lyfter vi …"
	}
	return p.left(hit.token), hit.token > verb
}

// afterInfinitive tells whether a noun with its article is what an infinitive brings about: "hålla ett ungdomsfullmäktige".
func (p phrase) afterInfinitive(noun int) bool {
	for j := noun - 1; j > 0 && j >= noun-5; j-- {
		if v := p.t[j].low; infinitiveOf(v) == v && v != "" {
			return true
		}
	}
	return false
}

func arranges(t token) bool {
	v := infinitiveOf(t.low)
	return v != "" && nouns[v] == ""
}

// hit is the word that names the activity's kind, nil when the sentence only speaks of one.
func (p phrase) hit(kind Kind, verb int) *kindHit {
	var hit *kindHit
	for _, h := range findKinds(p.t) {
		if h.kind != kind {
			continue
		}
		introduced := article(p.t, h.token) || h.count != nil
		if channelKinds[kind] && verb >= 0 && h.token > verb && !p.directly(verb, h.token) {
			continue
		}
		if !introduced && is(at(p.t, h.token-1), "om", "efter", "från", "inför", "kring") {
			continue
		}
		if hit == nil || introduced && !article(p.t, hit.token) && hit.count == nil {
			hit = &h
		}
	}
	return hit
}

// noun is the noun a verb turns into together with the particle after it, "" for none.
func (p phrase) noun(verb int) string {
	for verb+1 < len(p.t) && is(p.t[verb], "vi", "ska", "skall", "kommer", "att", "vill") {
		verb++
	}
	v := infinitiveOf(p.t[verb].low)
	for i := verb + 1; i < len(p.t) && i <= verb+2; i++ {
		if n, ok := nouns[v+" "+p.t[i].low]; ok {
			return n
		}
	}
	return nouns[v]
}

// directly tells whether the words between a verb and a noun are only its subject and what describes the noun: "skriver vi nyheter".
func (p phrase) directly(verb, noun int) bool {
	for i := verb + 1; i < noun; i++ {
		if !p.t[i].word || nameStops.has(p.t[i].low) && !is(p.t[i], "vi", "en", "ett", "två", "tre", "fyra", "fem", "ska", "vill", "kommer") && !isVerb(p.t[i]) && infinitiveOf(p.t[i].low) == "" && !is(p.t[i], "att") {
			return false
		}
	}
	return noun-verb < 8
}

// verb is the first verb of the main clause from token i on, -1 for none. A verb after a sign that ends the name is none of it.
func (p phrase) verb(i int) int {
	quoted, first := false, i
	if v := at(p.t, first).low; len(p.t) > first+1 && v != "" && infinitiveOf(v) == v {
		return first
	}
	for ; i < len(p.t); i++ {
		if is(p.t[i], "”", "\"", "“") {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if i > first && is(p.t[i], "som", "där", ":", ";", "(", "hur", "vad", "varför") || isDash(p.t[i]) && !touching(p.t, i) {
			return -1
		}
		if verbAt(p.t, i) {
			return i
		}
		if p.t[i].capital && verbForms.has(p.t[i].low) && i == 0 || is(p.t[i], "vi") && i+1 < len(p.t) || is(p.t[i], "att") && i == 0 {
			return i
		}
	}
	return -1
}

// left goes from a noun to the first word that describes it: "en öppen hearing" is an "öppen hearing".
func (p phrase) left(noun int) int {
	i := noun
	for i > 0 && noun-i < 5 {
		b := p.t[i-1]
		if isDash(b) && touching(p.t, i-1) && i > 1 && p.t[i-2].word && touching(p.t, i-2) {
			i -= 2 // "peer support-nätverk"
			continue
		}
		if _, _, number := numberAt(p.t, i-1); number && !is(b, "en", "ett") && !p.inDate(i-1) {
			return i - 1
		}
		if !b.word || p.inDate(i-1) || isVerb(b) || is(b, "en", "ett", "ytterligare", "vi", "den", "det", "de", "och", "samt", "eller", "att", "att", "minst", "också", "även", "som", "sedan", "igen", "redan", "första", "andra", "därför", "alltså", "dock", "gärna", "dessutom") ||
			nameStops.has(b.low) || particles.has(b.low) || infinitiveOf(b.low) != "" && !p.counted(i-2) || is(b, "vårt", "vår", "våra", "ska", "hör", "inom", "av", "hela", "ännu", "då") || b.capital && i-1 > 0 && !strings.HasSuffix(b.low, "s") {
			break
		}
		i--
	}
	return i
}

// counted tells whether token i is an article or a number, after which "öppna" describes and does not open.
func (p phrase) counted(i int) bool {
	if i < 0 {
		return false
	}
	_, _, number := numberAt(p.t, i)
	return number || is(p.t[i], "en", "ett", "alla", "flera", "några")
}

// determined skips an article at the beginning of a name.
func (p phrase) determined(i int) int {
	if is(at(p.t, i), "ytterligare", "också", "även", "samt", "och", "dessutom") && i+1 < len(p.t) {
		i++
	}
	if is(at(p.t, i), "en", "ett") && i+1 < len(p.t) {
		i++
	}
	return i
}

// skipDates passes over dates, times and signs at token i: "Torsdagen den 6 oktober kl. 8–9.30: ".
func (p phrase) skipDates(i int) int {
	if at(p.t, i).digits && is(at(p.t, i+1), ":") && i+2 < len(p.t) && !p.t[i+2].digits {
		i += 2 // the day under a month's heading: "12: Webbinarium"
	}
	for i < len(p.t) {
		start := i
		for j := i; j < len(p.t) && j <= i+4; j++ {
			if h, ok := p.dateAt(j); ok {
				i = h.next
				break
			}
			if !is(p.t[j], "den", "i", "under", "på", "senast", "från", "till", "vid", "redan", "preliminärt", "slutet", "början", "av") && weekdays[p.t[j].low] == 0 && !is(p.t[j], "söndag", "söndagen") {
				break
			}
		}
		for i < len(p.t) && (!p.t[i].word && !p.t[i].digits && !is(p.t[i], "”", "\"", "“", "(") || is(p.t[i], "kl", "klockan") || i > start && i > 0 && p.t[i].digits && is(p.t[i-1], "kl", ".", "klockan", "–", "-", ":") && i > 1) {
			i++
		}
		if i == start {
			return i
		}
	}
	return 0
}

func (p phrase) dateAt(i int) (dateHit, bool) {
	for _, h := range p.dates {
		if h.first == i {
			return h, true
		}
	}
	return dateHit{}, false
}

func (p phrase) inDate(i int) bool {
	for _, h := range p.dates {
		if h.first <= i && i < h.next {
			return true
		}
	}
	return false
}

// stops are words that never belong to an event's name, and those that do not when the second word follows.
var (
	stopWords = words("som där dit vilket vilken vilka samtidigt eftersom medan ledd ledda lett vilkas varefter varpå")
	stopPairs = map[string]set{"för": words("att"), "i": words("syfte samverkan samarbete regi"), "med": words("syfte målet anledning syftet fokus start stöd hjälp"), "tillsammans": words("med"), "ihop": words("med"),
		"inom": words("ramen ramarna"), "så": words("att"), "utifrån": words("att"), "genom": words("att"), "till": words("och"), "gemensamt": words("med"), "klar": words("i senast till den"), "klart": words("i senast till den")}
)

// cut gives the words from token i to where the name ends.
func (p phrase) cut(i int, given bool) string {
	if i >= len(p.t) {
		return ""
	}
	end, sub := len(p.text), false
	quoted := false
	for j := i; j < len(p.t); j++ {
		t := p.t[j]
		if is(t, "”", "\"", "“") {
			quoted = !quoted
		}
		if quoted && j > i {
			continue
		}
		sub = sub || subordinators.has(t.low) && j > i
		stop := false
		if j > i {
			stop = stopWords.has(t.low) || stopPairs[t.low].has(at(p.t, j+1).low) || is(t, "(", ";", ":", "?", "!") && !(is(t, ":") && (touching(p.t, j) || j == i+1 && p.named(j))) || isDash(t) && !touching(p.t, j) && !given ||
				is(t, ".") && (j+1 == len(p.t) || !touching(p.t, j)) && !abbreviations.has(at(p.t, j-1).low) ||
				verbAt(p.t, j) && !sub || is(t, "vi") && !sub || is(t, ",") && (!given && !p.listComma(j) || is(at(p.t, j+1), "med", "i", "tillsammans"))
		}
		sub = sub || j == i+1 && is(t, ":") && p.named(j)
		if h, ok := p.dateAt(j); ok && h.end > h.start && j > i {
			stop = true
		}
		for _, h := range p.reach {
			if h.start == t.start && (h.Min != nil || h.Max != nil) && j > i && !(is(p.t[j-1], "av", "till", "bland") && !is(at(p.t, j-2), "upp")) {
				stop = true
			}
		}
		if is(t, "kl", "klockan") {
			stop = true
		}
		if stop {
			end = t.start
			break
		}
	}
	return p.text[p.t[i].start:max(end, p.t[i].start)]
}

// named tells whether a colon stands between an event and its own name: "Webbinarium: Så upptäcker du …".
func (p phrase) named(colon int) bool {
	return colon > 0 && isEventWord(p.t[colon-1].low) && (at(p.t, colon+1).capital || is(at(p.t, colon+1), "”", "\""))
}

// listComma tells whether a comma stands between words of a list or before "del 2" rather than at the end of the name.
func (p phrase) listComma(j int) bool {
	if is(at(p.t, j+1), "del", "steg", "omgång") && at(p.t, j+2).digits {
		return true
	}
	for k := j + 1; k < len(p.t) && k < j+6; k++ {
		t := p.t[k]
		if is(t, "och", "samt") {
			return k > j+1 && k+1 < len(p.t) && p.t[k+1].word && !isVerb(p.t[k+1]) && !is(p.t[k+1], "vi", "en", "ett")
		}
		if !t.word && !is(t, ",") || isVerb(t) || p.inDate(k) || nameStops.has(t.low) && !is(t, "och", "samt", "en", "ett") || is(t, "vi", "där", "som") {
			return false
		}
	}
	return false
}

// object names what a clause's verb does: "i mars går vi igenom all statistik" is a "Genomgång av all statistik".
func (p phrase) object() string {
	verb := p.verb(p.skipDates(0))
	i := verb
	if verb < 0 {
		return ""
	}
	// The verb that carries the meaning comes after "vi", "kommer att", "ska", "planerar att".
	main := ""
	for i < len(p.t) {
		t := p.t[i]
		if is(t, "vi", "att", "ska", "skall", "vill", "kommer", "avser", "planerar", "fortsätter", "börjar", "också", "även", "sedan", "därför", "dessutom", "kan", "får", "bör", "tänker", "löpande", "aktivt", "gemensamt", "oss", "med") && (main == "" || is(t, "vi", "också", "även", "sedan", "dessutom", "gemensamt", "oss", "aktivt")) {
			i++
			continue
		}
		if main == "" {
			if v := infinitiveOf(t.low); v != "" {
				main = v
				i++
				continue
			}
			if isVerb(t) {
				main = t.low
				i++
				continue
			}
		}
		break
	}
	if (main == "arbeta" || main == "jobba" || main == "verka") && i < len(p.t) {
		for j := i; j+2 < len(p.t) && j < i+5; j++ {
			if is(p.t[j], "för") && is(p.t[j+1], "att") {
				q := newPhrase(p.text[p.t[j+2].start:])
				return q.object()
			}
		}
	}
	if s := p.subject(verb); s != "" && (i >= len(p.t) || p.inDate(i) || strings.HasSuffix(p.t[verb].low, "s") || bringsAbout.has(p.t[verb].low)) {
		return strings.TrimSpace(nounOf(main, p.t[verb].low) + " " + lowerIf(nounOf(main, p.t[verb].low) != "", s))
	}
	if i >= len(p.t) || p.inDate(i) || p.inDate(i+1) && is(p.t[i], "i", "den", "under", "på") {
		return ""
	}
	if (main == "svara" || main == "stå" || main == "ansvara") && is(p.t[i], "för") {
		i++
	}
	// The subject stands after the verb when something else stands before it: "lämnar Samordningsförbundet … in".
	lead := ""
	if v, ok := nouns[main+" "+p.t[i].low]; ok {
		lead = v
		i++
	} else if particles.has(p.t[i].low) && main != "" && i+1 < len(p.t) {
		i++
		if v, ok := nouns[main]; ok && v != "" {
			lead = v
		}
	} else if v, ok := nouns[main]; ok {
		lead = v
	}
	i = p.determined(i)
	return strings.TrimSpace(lead + " " + lowerIf(lead != "", p.cut(i, false)))
}

// bringsAbout are verbs whose subject is the event itself: "Första praktikdagen blir den 14 september".
var bringsAbout = words("blir är hålls startar inleds sker börjar pågår infaller")

// subject is what stands before the verb, "" when that is only a date, "vi" or who acts.
func (p phrase) subject(verb int) string {
	from := p.determined(p.skipDates(0))
	if from >= verb || is(p.t[from], "vi", "det", "den", "detta", "konkret", "dessutom", "kommunikativt", "internt", "externt", "som", "i", "på", "under", "vid", "för") {
		return ""
	}
	return strings.TrimSpace(p.text[p.t[from].start:p.t[verb].start])
}

// nounOf is the noun of a verb in the passive, whose subject is what is done: "utvärderas".
func nounOf(main, low string) string {
	if strings.HasSuffix(low, "s") {
		return nouns[main]
	}
	return ""
}

// lowerIf makes a sentence's first word small when another comes to stand before it, unless it looks like a name.
func lowerIf(yes bool, s string) string {
	if t := tokens(s); yes && len(t) > 0 && !at(t, 1).capital && !isAllCaps(s[:t[0].end]) && (strings.HasSuffix(t[0].low, "et") || strings.HasSuffix(t[0].low, "en") || referring.has(t[0].low)) {
		return lowerFirst(s)
	}
	return s
}

// topic is what an event is about, when that stands further on in its sentence: "om rasism", "på temat barnrätt".
func (p phrase) topic(kind Kind) string {
	after := -1
	for _, h := range findKinds(p.t) {
		if h.kind == kind {
			after = h.token + 1
			break
		}
	}
	after = max(after, 0)
	for _, i := range p.fromThenAll(after) {
		if is(p.t[i], "om", "kring") || is(p.t[i], "på", "med") && is(at(p.t, i+1), "tema", "temat") {
			return p.cut(i, false)
		}
	}
	return ""
}

// fromThenAll are the tokens after an event's name, then those before it.
func (p phrase) fromThenAll(after int) []int {
	var out []int
	for i := after; i < len(p.t); i++ {
		out = append(out, i)
	}
	for i := 0; i < after; i++ {
		out = append(out, i)
	}
	return out
}
