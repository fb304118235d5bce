package reading

import (
	"slices"
	"strings"
)

// who is what a passage says of the people and organisations around an activity, as the words stand in the text.
type who struct {
	partners, organisers, projects, speakers []string
	place                                    string
}

var (
	// After one of these come those something is done with.
	withCues = []string{"tillsammans med", "i samverkan med", "i samarbete med", "ihop med", "gemensamt med", "i partnerskap med", "i nära samarbete med", "together with", "samarrangeras med", "samverkar med", "samarbetar med", "jämte", "medarrangör är", "medarrangörer är", "i nära samverkan med"}
	// After one of these come those who do it.
	byCues = []string{"arrangeras av", "anordnas av", "genomförs av", "hålls av", "leds av", "ledd av", "ledda av", "ges av", "tar hjälp av", "får hjälp av", "ordnas av", "utbildningsanordnaren", "utbildningsföretaget", "konsultföretaget", "arrangör är", "arrangörer är", "anordnare är", "arrangör:", "medarrangör:", "med stöd av", "med hjälp av"}

	nameStops = words(`som där när att för om kring under på till in genom med vid inom efter från hur och/eller samt/eller vi jag de kan ska skall kommer vill har är blir får
		arrangera arrangerar anordna anordnar bjuda bjuder hålla håller genomföra genomför ordna ordnar planera planerar deltar delta ta tar fram starta startar erbjuda erbjuder
		skapa skapar utveckla utvecklar en ett två tre fyra fem flera minst senast redan öppna via då så sin sitt sina utifrån utan mot sprida öka bygga lyfta följa upp göra gör bidra
		eftersom medan men inför kl klockan presentera presenterar visa visar inbjuds undersöka undersöker utforma utformar sammanställa marknadsföra`)
	nameJoin   = words("i & av för")
	dropFirst  = words("också även bland annat dels både t ex exempelvis till exempel bl a")
	notPartner = words("dem varandra andra oss den det detta er honom henne alla övriga flera")
)

// findPartners reads the partners and organisers out of a passage.
func findPartners(text string) (partners, organisers []string) {
	low := strings.ToLower(text)
	for _, cue := range withCues {
		for at := range occurrences(low, cue) {
			partners = append(partners, namesAfter(text, at+len(cue))...)
		}
	}
	// "…, med Sjöhamns gymnasium": only a name, and no person's.
	for at := range occurrencesOf(low, ", med ") {
		for _, n := range namesAfter(text, at+len(", med ")) {
			if r := []rune(n); len(r) > 0 && isUpper(r[0]) && !personName(n) && !ownName(n) {
				partners = append(partners, n)
			}
		}
	}
	// "workshop med ABF", "utbildning med Rörelsen Mot Hat": a name of several words or in capitals.
	for at := range occurrencesOf(low, " med ") {
		names := namesAfter(text, at+len(" med "))
		for _, n := range names[:min(1, len(names))] {
			first, rest, several := strings.Cut(n, " ")
			if c := []rune(rest); (several && len(c) > 0 && isUpper(c[0]) && isUpper([]rune(first)[0]) || isAllCaps(first) && !several) && !personName(n) && !ownName(n) {
				partners = append(partners, n)
			}
		}
	}
	for _, cue := range byCues {
		for at := range occurrences(low, cue) {
			for _, n := range namesAfter(text, at+len(cue)) {
				if r := []rune(n); len(r) > 0 && isUpper(r[0]) && !ownName(n) && !personName(n) {
					organisers = append(organisers, n)
				}
			}
		}
	}
	return unique(partners), unique(organisers)
}

// ownName tells whether a name is the association speaking of itself.
func ownName(s string) bool {
	return strings.EqualFold(s, "Samordningsförbundet") || strings.EqualFold(s, "Förbundet") || strings.EqualFold(s, "Kansliet")
}

// occurrences yields where a cue stands as whole words in a text in lower case.
func occurrences(low, cue string) func(func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; ; {
			i := strings.Index(low[at:], cue)
			if i < 0 {
				return
			}
			at += i
			if (at == 0 || !letterBefore(low, at)) && !yield(at) {
				return
			}
			at += len(cue)
		}
	}
}

func letterBefore(s string, at int) bool {
	r := []rune(s[max(0, at-4):at])
	return len(r) > 0 && isLetter(r[len(r)-1])
}

// namesAfter reads a list of names or noun phrases that begins at an offset: "MUCF", "ABF och biblioteket i Mo", "de andra
// förbunden i länet". It ends where the sentence goes on about something else.
func namesAfter(text string, at int) []string {
	rest := text[min(at, len(text)):]
	if len(rest) > 400 {
		rest = rest[:runeStart(rest, 400)]
	}
	t := tokens(rest)
	var out []string
	from, to := -1, -1
	done := func() {
		if from >= 0 && to > from {
			if n := strings.Trim(rest[from:to], " ,.;:\"”“'"); n != "" && !notPartner.has(strings.ToLower(n)) && len(strings.Fields(n)) <= 9 {
				out = append(out, n)
			}
		}
		from, to = -1, -1
	}
	count := 0
	for i := 0; i < len(t); i++ {
		tok := t[i]
		if from < 0 && (dropFirst.has(tok.low) || is(tok, ":", "\"", "”", "“")) || is(tok, "\"", "”", "“", "»", "«") {
			continue
		}
		if is(tok, ",", "/") || is(tok, "och", "samt", "&") && !(is(tok, "&") && touching(t, i-1)) {
			// "och" before a verb or a small word ends the list; so does a comma before anything but a name.
			if i+1 >= len(t) || from < 0 && len(out) == 0 {
				break
			}
			next := t[i+1]
			if nameStops.has(next.low) || next.digits || isEventWord(next.low) || is(tok, ",") && !next.capital && !is(next, "och", "samt") && !listGoesOn(t, i+1) {
				break
			}
			done()
			continue
		}
		if isDash(tok) && touching(t, i) && touching(t, i-1) {
			continue
		}
		if isDash(tok) && i+1 < len(t) && is(t[i+1], "och", "samt") && touching(t, i-1) {
			// "vård- och omsorgsnämnden" is one name.
			to = tok.end
			i++
			continue
		}
		if is(tok, "ett") && from < 0 && i+1 < len(t) && is(t[i+1], "antal", "par", "flertal") || is(tok, "några", "flera") && from < 0 {
			from, to = tok.start, tok.end
			continue
		}
		if is(tok, ":") && touching(t, i) && touching(t, i-1) {
			to = tok.end
			continue
		}
		if tok.digits && to >= 0 && i > 0 && t[i-1].word && t[i-1].capital && isAllCaps(rest[t[i-1].start:t[i-1].end]) && (i+1 >= len(t) || monthNames[t[i+1].low] == 0) {
			to = tok.end
			continue
		}
		if !tok.word {
			break
		}
		if nameJoin.has(tok.low) && from >= 0 {
			if i+1 < len(t) && (t[i+1].capital || is(t[i+1], "länet", "kommunen", "regionen", "området", "hela")) {
				to = tok.end
				continue
			}
			break
		}
		if nameStops.has(tok.low) && !(from < 0 && is(tok, "de")) && !(from >= 0 && tok.capital && t[i-1].capital) {
			break
		}
		if _, ok := weekdays[tok.low]; ok && len(tok.low) > 4 || monthNames[tok.low] != 0 || is(tok, "den") && i+1 < len(t) && t[i+1].digits {
			break
		}
		if _, ok := seasons[tok.low]; ok {
			break
		}
		if from >= 0 && isEventWord(tok.low) && !tok.capital && !strings.HasSuffix(tok.low, "nätverk") && !strings.HasSuffix(tok.low, "nätverket") && !strings.HasSuffix(tok.low, "forum") && !strings.HasSuffix(tok.low, "råd") && !strings.HasSuffix(tok.low, "rådet") {
			break
		}
		if from < 0 {
			from = tok.start
		}
		to = tok.end
		if count++; count > 40 {
			break
		}
	}
	done()
	return out
}

// listGoesOn tells whether an "och" within the next few words shows that a comma separates names.
func listGoesOn(t []token, i int) bool {
	for j := i; j < len(t) && j < i+6; j++ {
		if is(t[j], "och", "samt") {
			return true
		}
		if !t[j].word && !is(t[j], ",") || nameStops.has(t[j].low) {
			return false
		}
	}
	return false
}

// findProjects reads the projects and initiatives a passage names: "projektet Steget", "SamMA-projektet", "inom ramen för Brygga".
func findProjects(text string) []string {
	t := tokens(text)
	var out []string
	for i := range t {
		low := t[i].low
		switch {
		case (low == "projektet" || low == "projekt" || low == "insatsen" || low == "socialfondsprojektet" || low == "esf" && i+2 < len(t) && is(t[i+2], "projektet") || low == "förstudien" || low == "utvecklingsprojektet" || low == "delprojektet") && i+1 < len(t):
			if isDash(at(t, i-1)) && touching(t, i-1) && i >= 2 && touching(t, i-2) {
				// X-projektet
				j := i - 2
				for j >= 1 && t[j-1].capital && t[j-1].word && t[j].start-t[j-1].end == 1 && !is(t[j-1], "i", "vi", "inom") {
					j--
				}
				if t[j].capital {
					out = append(out, text[t[j].start:t[i].end])
				}
				continue
			}
			if n := capitals(text, t, i+1); n != "" {
				out = append(out, n)
			}
		case (low == "ramen" || low == "ramarna") && i+2 < len(t) && is(t[i+1], "för"):
			j := i + 2
			for j < len(t) && is(t[j], "vårt", "vår", "våra", "det", "den", "förbundets", "socialfondsfinansierade", "projektet", "projekt", "insatsen") {
				j++
			}
			if n := capitals(text, t, j); n != "" {
				if j+1 < len(t) && strings.HasSuffix(strings.ToLower(n), "projektet") {
					n = strings.TrimSpace(n)
				}
				out = append(out, n)
			}
		}
	}
	last := len(t) - 1
	if last >= 2 && is(t[last], "projektet") && isDash(t[last-1]) && touching(t, last-1) && t[last-2].capital {
		out = append(out, text[t[last-2].start:t[last].end])
	}
	return unique(out)
}

func at(t []token, i int) token {
	if i < 0 || i >= len(t) {
		return token{num: -1}
	}
	return t[i]
}

// capitals reads a name of words with capitals that begins at token i, in quotes or not.
func capitals(text string, t []token, i int) string {
	if i < len(t) && is(t[i], "\"", "”", "“", "»", "'", "’") {
		for j := i + 1; j < len(t) && j < i+8; j++ {
			if is(t[j], "\"", "”", "“", "«", "»", "'", "’") {
				return strings.TrimSpace(text[t[i].end:t[j].start])
			}
		}
		return ""
	}
	from, to := -1, -1
	for j := i; j < len(t) && j < i+6; j++ {
		if isDash(t[j]) && touching(t, j) && touching(t, j-1) && from >= 0 {
			continue
		}
		if t[j].word && (t[j].capital || from >= 0 && touching(t, j-1) && isDash(t[j-1])) || t[j].digits && from >= 0 && t[j].num < 100 && monthNames[at(t, j+1).low] == 0 {
			if from < 0 {
				from = t[j].start
			}
			to = t[j].end
			continue
		}
		break
	}
	if from < 0 || ownName(text[from:to]) {
		return ""
	}
	return text[from:to]
}

var (
	speakerBefore = words("med av föreläsare föreläsaren talare talaren moderator moderatorn inspiratör författaren forskaren journalisten gästföreläsare medverkar medverkande inledare samtalsledare samtalsledaren processledaren utbildaren professor debattören experten")
	speakerAfter  = words("föreläser berättar inleder talar medverkar modererar leder håller samtalar deltar")
	notSurnames   = words(`kommun kommuner väst öst syd nord län universitet högskola folkhögskola region samordningsförbund byrån barnen korset sverige bibliotek mälardalen finsam
		älvsjö förening teater museum`)
	notFirstNames = words(`rädda röda region svenska västra östra norra södra stiftelsen föreningen studieförbundet länsstyrelsen arbetsförmedlingen försäkringskassan samordningsförbundet
		finsam den det vi under på i kommunen biblioteket myndigheten agenda sveriges sveriges regionen mo internt externt unga nya projektet fn funktionsrätt antidiskrimineringsbyrån
		förbundet hela alla lokala civilsamhället socialtjänsten sensus abf nbv bilda medborgarskolan studiefrämjandet`)
)

// findSpeakers reads the people a passage says will speak, as their names stand there. Those it says have spoken before are left out.
func findSpeakers(text string) []string {
	t := tokens(text)
	var out []string
	for i := 0; i < len(t); i++ {
		n := nameLength(text, t, i)
		if n == 0 {
			continue
		}
		name := text[t[i].start:t[i+n-1].end]
		before, after := at(t, i-1), at(t, i+n)
		if is(before, ":", ",") {
			before = at(t, i-2)
		}
		joined := is(at(t, i-1), "och", ",") && len(out) > 0 && strings.HasSuffix(strings.TrimRight(text[:t[i].start], " "), out[len(out)-1]+" och")
		if (speakerBefore.has(before.low) || speakerAfter.has(after.low) || joined) && !past(text, t[i].start, t[i+n-1].end) {
			out = append(out, name)
		}
		i += n - 1
	}
	return unique(out)
}

// past tells whether the words round a name say that it is over: "efter föreläsningar av", "var föreläsare".
func past(text string, start, end int) bool {
	before := strings.ToLower(text[runeStart(text, max(0, start-70)):start])
	if i := strings.LastIndexAny(before, ".!?"); i >= 0 {
		before = before[i:]
	}
	after := strings.ToLower(text[end:runeStart(text, min(len(text), end+20))])
	return strings.Contains(before, "tidigare") || strings.Contains(before, "påbörja") || strings.Contains(before, "uppföljning efter") || strings.Contains(before, "i fjol") || strings.HasPrefix(after, " var ") || strings.Contains(before, "förra")
}

// nameLength is how many tokens a person's name takes at i, 0 for none: two or three words with capitals that are no organisation.
func nameLength(text string, t []token, i int) int {
	n := 0
	if speakerBefore.has(t[i].low) {
		return 0 // "Författaren Elsa Brand": her title is no part of her name
	}
	for n < 3 && i+n < len(t) && t[i+n].word && t[i+n].capital && !isAllCaps(text[t[i+n].start:t[i+n].end]) && (n == 0 || t[i+n].start-t[i+n-1].end == 1) {
		n++
		if i+n+1 < len(t) && isDash(t[i+n]) && touching(t, i+n-1) && touching(t, i+n) && t[i+n+1].capital {
			return nameEnd(t, i, n+2)
		}
	}
	if n < 2 {
		return 0
	}
	return nameEnd(t, i, n)
}

func nameEnd(t []token, i, n int) int {
	if definite := strings.HasSuffix(t[i].low, "en") || strings.HasSuffix(t[i].low, "et"); definite && len([]rune(t[i].low)) > 8 {
		return 0 // "Kvinnojouren Ljuset"
	}
	if notFirstNames.has(t[i].low) || i == 0 && isEventWord(t[i].low) || isEventWord(t[i].low) || strings.HasSuffix(t[i].low, "s") && len(t[i].low) > 7 || strings.HasSuffix(t[i].low, "förbundet") {
		return 0
	}
	for k := i; k < i+n; k++ {
		if k > i && nameStops.has(t[k].low) && !is(t[k], "de") || notSurnames.has(t[k].low) || monthNames[t[k].low] != 0 || isEventWord(t[k].low) && k > i {
			return 0
		}
	}
	return n
}

func personName(s string) bool {
	t := tokens(s)
	return len(t) >= 2 && nameLength(s, t, 0) == len(t)
}

// findPlace reads where something is held: "på Zoom", "via Teams", "digitalt", "i Folkets hus".
func findPlace(text string) string {
	t := tokens(text)
	for i := range t {
		if is(t[i], "zoom", "teams", "webex") && t[i].capital || is(t[i], "digitalt", "online") {
			return text[t[i].start:t[i].end]
		}
		if is(t[i], "plats", "lokal") && is(at(t, i+1), ":") {
			rest := text[t[i+1].end:]
			if j := strings.IndexAny(rest, ".;\n"); j >= 0 {
				rest = rest[:j]
			}
			if len(rest) <= 100 {
				return strings.TrimSpace(rest)
			}
		}
		if is(t[i], "på", "i") && i+1 < len(t) && is(t[i+1], "biblioteket", "stadsbiblioteket", "folkets", "kommunhuset", "medborgarhuset", "kulturhuset", "stadshuset", "bygdegården", "församlingshemmet", "kansliet", "huvudbiblioteket") {
			j := i + 2
			for j < len(t) && (t[j].capital || is(t[j], "hus", "i") && t[j].word) && j < i+6 {
				j++
			}
			return strings.TrimSuffix(strings.TrimSpace(text[t[i+1].start:t[j-1].end]), " i")
		}
	}
	return ""
}

// unique keeps the first of equal names.
func unique(list []string) []string {
	out := []string{}
	for _, s := range list {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, s) }) {
			out = append(out, s)
		}
	}
	return out
}
