package reading

import "strings"

// Reach is how many people an activity is expected to reach, or how many times something is done. Min and Max are nil when the text
// gives no such bound: "drygt 70" has only a lower one, "upp till 60" only an upper one, "samtliga medarbetare" neither. A number
// that is only about right ("cirka 40", "ett hundratal") stands as both bounds, marked Approximate, because the text has no others.
type Reach struct {
	Min         *int   `json:"min"`
	Max         *int   `json:"max"`
	Text        string `json:"text"`
	Approximate bool   `json:"approximate,omitempty"`
}

// reachHit is a Reach with its place in the passage.
type reachHit struct {
	Reach
	start, end int
	label      bool // written as "Antal: 40"
}

var (
	// people are the words for those an activity can reach; forms are matched by their beginning.
	people = []string{"person", "pers", "medarbet", "deltag", "anställd", "chef", "politik", "medborg", "invån", "besök", "ungdom", "tjänsteperson", "tjänstem", "handlägg",
		"åhör", "gäst", "förtroendevald", "elev", "kolleg", "plats", "prenumer", "följar", "läsar", "ledam", "kvinn", "män", "föräld", "arbetsgiv", "människ", "individ",
		"användar", "åskåd", "tittar", "lyssn", "personal", "yrkesverks", "beslutsfatt", "arbetssök", "nyanländ", "seniorer", "pensionär", "studer", "medlemm", "kursdeltag",
		"brukar", "representant", "företag", "organisation", "aktör", "barn", "vuxna", "unga", "äldre", "mottag", "hushåll", "familjer", "samordnar", "lärar", "kontakter", "employees", "participants", "people"}
	notPeople = words(`platsen platserna företagets företaget organisationen organisationens medlemmar medlemmarna individens individer aktörer organisationer personalen chefen
		personligt personlig personal medlemsorganisationer medlemskommuner deltagarforum ungdomsråd föräldraskap barnrätt barnrättsperspektiv elevråd besöket plats individuella
		deltagande deltagandet kvinnofrid`)
	// countable are words that are people only after a number.
	afterNumberOnly = words("platser företag organisationer aktörer medlemmar individer personal")

	atLeast = words("drygt över minst åtminstone fler mer lägst dryga")
	atMost  = words("knappt nästan närmare högst max maximalt maxantal färre")
	aboutly = words("cirka ca omkring runt ungefär uppskattningsvis uppemot beräknat beräknas kring circa c")
	reaches = words("nå når nås nådde nått samla samlar samlas delta deltar locka lockar träffa träffar utbilda utbildar räckvidd antal deltagare målgrupp målet mål bjuda bjuder")
	labels  = words("antal räckvidd deltagarantal deltagare målgrupp besökare omfattning maxantal platser")
	whole   = words("samtliga alla hela all")
	ageWord = words("år åringar årig åriga årsåldern åldern åldrarna årsjubileum årsdag årsdagen procent kronor kr tkr miljoner timmar minuter dagar veckor månader")

	eventCounters = words("tillfällen tillfälle gånger gång ggr träffar möten workshops seminarier webbinarier föreläsningar")
)

func isPeople(w string) bool {
	if notPeople.has(w) && !afterNumberOnly.has(w) {
		return false
	}
	for _, p := range people {
		if strings.HasPrefix(w, p) {
			return true
		}
	}
	for _, p := range [...]string{"medarbetare", "deltagare", "politiker", "handläggare", "chefer", "personer", "ungdomar", "ledare", "medlemmar", "vägledare", "sekreterare", "sjuksköterskor", "coacher", "handledare", "aktiva"} {
		if strings.HasSuffix(w, p) && len(w) > len(p) {
			return true
		}
	}
	return false
}

// findReach finds how many people a passage speaks of reaching. Ages, prices, years, times and counts of events are no reach.
func findReach(text string) []reachHit {
	t := tokens(text)
	skip := map[int]int{} // token index -> index after a date that begins there
	for _, h := range findDatesIn(t) {
		skip[h.first] = h.next
	}
	var out []reachHit
	for i := 0; i < len(t); {
		if next, ok := skip[i]; ok && next > i {
			i = next
			continue
		}
		if h, next, ok := reachAt(t, i, text); ok {
			out = append(out, h)
			i = next
			continue
		}
		i++
	}
	return out
}

func reachAt(t []token, i int, text string) (reachHit, int, bool) {
	get := func(j int) token {
		if j < 0 || j >= len(t) {
			return token{num: -1}
		}
		return t[j]
	}
	hit := func(from, to int, lo, hi int, about bool) (reachHit, int, bool) {
		h := reachHit{start: t[from].start, end: t[to-1].end}
		h.Text = text[h.start:h.end]
		h.Approximate = about
		if lo > 0 {
			h.Min = &lo
		}
		if hi > 0 {
			h.Max = &hi
		}
		return h, to, true
	}
	none := func() (reachHit, int, bool) { return reachHit{}, i, false }

	// ett hundratal medarbetare, ett 40-tal personer, några hundra besökare, hundratals
	if n, ok := aboutWords[t[i].low]; ok && is(get(i-1), "ett", "omkring", "drygt", "knappt", "cirka") {
		if end, ok := noun(t, i+1); ok {
			return hit(i-1, end, n, n, true)
		}
		if followsReach(t, i-1) || is(get(i+1), "kommer", "deltar", "väntas", "medverkar", "är") {
			return hit(i-1, i+1, n, n, true)
		}
		return none()
	}
	if t[i].digits && isDash(get(i+1)) && is(get(i+2), "tal", "talet") && touching(t, i) && touching(t, i+1) {
		if end, ok := noun(t, i+3); ok && t[i].num > 0 {
			return hit(max(0, i-boolInt(is(get(i-1), "ett"))), end, t[i].num, t[i].num, true)
		}
		return none()
	}
	if is(t[i], "hundratals", "tusentals") || is(t[i], "hundra", "tusen") && is(get(i-1), "några", "flera", "ett", "par") {
		if end, ok := noun(t, i+1); ok {
			n := 100
			if strings.HasPrefix(t[i].low, "tusen") {
				n = 1000
			}
			if is(t[i], "hundra") && is(get(i-1), "några", "flera", "par") {
				n = 200
			}
			return hit(max(0, i-boolInt(is(get(i-1), "några", "flera", "ett", "par"))), end, n, 0, false)
		}
		return none()
	}
	// samtliga medarbetare, alla anställda, hela personalen
	if whole.has(t[i].low) {
		for j := i + 1; j < len(t) && j <= i+3; j++ {
			if is(t[j], "personalen", "personalgruppen", "personal", "arbetsgruppen", "personalstyrkan") || isPeople(t[j].low) && !is(t[j], "människors", "människor", "barn", "individer", "personer", "plats", "platser", "medborgare", "medborgares") && !strings.HasPrefix(t[j].low, "organisation") && !strings.HasPrefix(t[j].low, "företag") && !strings.HasPrefix(t[j].low, "aktör") && !strings.HasSuffix(t[j].low, "rs") && !strings.HasSuffix(t[j].low, "nas") {
				return hit(i, j+1, 0, 0, false)
			}
			if !t[j].word || !is(t[j], "de", "våra", "sina", "förbundets", "våran", "vår", "kommunens") && !strings.HasSuffix(t[j].low, "s") {
				break
			}
		}
		return none()
	}

	v, next, ok := numberAt(t, i)
	if !ok || v == 0 || partOfCode(t, i) || i > 0 && touching(t, i-1) && !is(t[i-1], "(", ":", "–", "~", ">", "<", "\"", "”", "≥") {
		return none()
	}
	lo, hi, from, about := v, v, i, false
	strict := false
	// A second number makes a range: 100–200, 100 och 200 after mellan, 10 till 15.
	if isDash(get(next)) || is(get(next), "till", "och", "eller") {
		if w, after, ok := numberAt(t, next+1); ok && w > v && (isDash(get(next)) || is(get(next), "till", "eller") || is(get(i-1), "mellan")) {
			hi, next = w, after
		}
	}
	if is(get(i-1), "mellan") {
		from = i - 1
	}
	if is(get(i-1), "~") {
		from, about = i-1, true
	}
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		w := t[j].low
		switch {
		case is(t[j], ".") && is(get(j-1), "ca", "c", "max"):
			continue
		case is(t[j], "till") && is(get(j-1), "upp"):
			lo, from, strict = 0, j-1, true
		case is(t[j], "mest") && is(get(j-1), "som"):
			lo, from, strict = 0, j-1, true
		case is(t[j], "minst") && is(get(j-1), "åt"):
			hi, from, strict = 0, j-1, true
		case is(t[j], "än"):
			continue
		case atLeast.has(w) && !(is(t[j], "över") && is(get(j-1), "ut", "fördelat")):
			hi, from, strict = 0, j, true
		case atMost.has(w):
			lo, from, strict = 0, j, true
		case aboutly.has(w):
			about, from = true, min(from, j)
			continue
		}
		break
	}
	if ageWord.has(get(next).low) || is(get(next), "%", ":") && touching(t, next-1) || (isDash(get(next)) && is(get(next+1), "åringar", "årig", "åriga", "års", "årsjubileum", "års")) {
		return none()
	}
	if isAge(t, i) {
		return none()
	}
	if end, ok := noun(t, next); ok {
		return hit(from, end, lo, hi, about)
	}
	// A number without a noun counts after a verb of reaching or a label, when the phrase ends there.
	ends := next >= len(t) || is(t[next], ".", ",", ";", ")", "(") || is(t[next], "st", "stycken", "totalt", "per")
	if ends && !eventCounters.has(get(next).low) && (strict || about || hi != lo || t[i].digits) {
		if labelled(t, from) {
			h, n, ok := hit(from, next, lo, hi, about)
			h.label = true
			return h, n, ok
		}
		if followsReach(t, from) {
			return hit(from, next, lo, hi, about)
		}
	}
	return none()
}

// noun finds a word for people within four words after a number: "70 av våra medarbetare", "200 unga personer". It gives the index
// after it.
func noun(t []token, i int) (int, bool) {
	for j := i; j < len(t) && j < i+5; j++ {
		if !t[j].word {
			return 0, false
		}
		w := t[j].low
		if eventCounters.has(w) || isEventWord(w) || ageWord.has(w) {
			return 0, false
		}
		if isPeople(w) && !is(t[j], "unga", "äldre", "vuxna") || is(t[j], "unga", "äldre", "vuxna") && (j+1 >= len(t) || !t[j+1].word || !isPeople(t[j+1].low)) {
			return j + 1, true
		}
		if t[j].low == "och" || t[j].low == "som" || t[j].low == "i" || t[j].low == "om" || t[j].low == "för" || t[j].low == "den" || t[j].low == "på" {
			return 0, false
		}
	}
	return 0, false
}

// isAge tells whether the number at i is an age: "unga mellan 16-29", "i åldern 16–24", "(16–29 år)".
func isAge(t []token, i int) bool {
	for j := i - 1; j >= 0 && j >= i-3; j-- {
		if is(t[j], "unga", "ungdomar", "åldern", "åldrarna", "ålder", "barn", "fyllt") {
			return true
		}
		if !is(t[j], "mellan", "(", "som", "är", "från", "i") {
			return false
		}
	}
	return false
}

func labelled(t []token, i int) bool {
	if i < 1 || !is(t[i-1], ":") {
		return false
	}
	for j := i - 2; j >= 0 && j >= i-5; j-- {
		if labels.has(t[j].low) {
			return true
		}
	}
	return false
}

func followsReach(t []token, i int) bool {
	for j := i - 1; j >= 0 && j >= i-4; j-- {
		if reaches.has(t[j].low) {
			return true
		}
		if !t[j].word {
			return false
		}
	}
	return false
}
