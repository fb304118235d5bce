package reading

import "strings"

// Form is how a commitment is carried out, by the declaration's own three words. One thing may have several forms.
type Form string

const (
	Internal      Form = "internal"
	External      Form = "external"
	Communicative Form = "communicative"
)

// Forms lists the three in the declaration's order.
var Forms = [...]Form{Internal, External, Communicative}

// formWords say a form by themselves; formPhrases are how headings say it in other words.
var (
	formWords = map[string]Form{
		"internt": Internal, "intern": Internal, "interna": Internal, "inåt": Internal, "internal": Internal, "inåtriktat": Internal, "inåtriktade": Internal,
		"externt": External, "extern": External, "externa": External, "utåt": External, "external": External, "utåtriktat": External, "utåtriktade": External,
		"kommunikativt": Communicative, "kommunikativ": Communicative, "kommunikativa": Communicative, "kommunikation": Communicative,
		"kommunikationen": Communicative, "kommunikationsåtagande": Communicative, "communicative": Communicative, "kommunikationsinsatser": Communicative, "kommunikationsaktiviteter": Communicative,
	}
	formPhrases = []struct {
		text string
		form Form
	}{
		{"egen organisation", Internal}, {"egna organisation", Internal}, {"egna organisationen", Internal}, {"på hemmaplan", Internal}, {"inom förbundet", Internal}, {"hos oss själva", Internal}, {"inom kansliet", Internal},
		{"vår egen verksamhet", Internal}, {"våra medarbetare", Internal}, {"egna medarbetare", Internal}, {"för personalen", Internal}, {"inom organisationen", Internal}, {"oss själva", Internal}, {"egna verksamhet", Internal},
		{"mot omvärlden", External}, {"i samhället", External}, {"för invånare", External}, {"för medborgare", External}, {"för allmänheten", External}, {"för invånarna", External}, {"mot invånarna", External}, {"tillsammans med andra", External},
		{"så berättar vi", Communicative}, {"så syns vi", Communicative}, {"berätta om", Communicative}, {"vi berättar", Communicative}, {"i våra kanaler", Communicative}, {"så sprider vi", Communicative},
	}
	formNouns = words(`åtagande åtagandet åtaganden åtagandena åtagandets arbete arbetet insatser insatserna aktiviteter aktiviteterna löfte löftet löften löftena del delen delar
		delarna satsningar satsningarna perspektiv nivå plan mål målet målen engagemang commitment åtgärder åtgärderna insatsen spår spåret`)
)

// formsIn lists the forms a short text names, each once, in its own order.
func formsIn(text string) []Form {
	var out []Form
	add := func(f Form) {
		for _, g := range out {
			if f == g {
				return
			}
		}
		out = append(out, f)
	}
	for _, t := range tokens(text) {
		if f, ok := formWords[t.low]; ok {
			add(f)
		}
	}
	return out
}

// headingForms are the forms a heading stands for.
func headingForms(text string) []Form {
	if f := formsIn(text); len(f) > 0 {
		return f
	}
	low := strings.ToLower(text)
	for _, p := range formPhrases {
		if strings.Contains(low, p.text) {
			return []Form{p.form}
		}
	}
	return nil
}

// sentenceForm tells whether a sentence in running text opens a section: "Det interna åtagandet utförs genom …", "Externt kommer vi
// att …". A sentence that names several forms is about the document and opens none.
func sentenceForm(text string) (Form, bool) {
	t := tokens(text)
	if all := formsIn(text); len(all) != 1 {
		if len(all) == 0 {
			return "", false
		}
		// "Internt … externa parter" opens the internal one, "det interna, externa och kommunikativa" none.
		if len(t) == 0 {
			return "", false
		}
	}
	for i := 0; i < len(t) && i < 5; i++ {
		f, ok := formWords[t[i].low]
		if !ok {
			continue
		}
		if i+1 < len(t) && formNouns.has(t[i+1].low) {
			return f, true
		}
		if strings.HasSuffix(t[i].low, "såtagande") {
			return f, true
		}
		if i == 0 && is(t[i], "internt", "externt", "kommunikativt", "inåt", "utåt") {
			return f, true
		}
		if i+1 < len(t) && is(t[i+1], ":") && i == 0 {
			return f, true
		}
		return "", false
	}
	return "", false
}

// mode is what the part of the document being read is about.
type mode uint8

const (
	opening  mode = iota // before anything has been said about promises or activities
	promises             // under a heading of promises
	planning             // under a heading of activities
	aside                // background, follow-up, contact: neither
)

var (
	promiseHeads  = []string{"åtagande", "åtaganden", "åtagandena", "löfte", "löften", "löftena", "lovar", "utfästelse", "utfästelser", "förbinder", "åtar", "lovat", "lovade", "commitments", "commitment", "utfäst", "demokratilöften", "demokratilöfte", "ställningstaganden", "målsättningar", "mål", "viljeinriktning", "demokratiåtaganden", "åtgärdslöften"}
	planningHeads = []string{"aktivitet", "aktiviteter", "aktiviteterna", "aktivitetsplan", "planerat", "planerade", "planering", "kalendarium", "kalender", "årshjul", "årshjulet", "program", "programmet", "genomförande", "handlingsplan", "konkret", "plan", "tidsplan", "tidplan", "insatser", "åtgärder", "aktivitetslista", "activities", "händer", "gör", "gjort", "hållpunkter", "arrangemang", "evenemang", "demokratiåret"}
	asideHeads    = []string{"bakgrund", "inledning", "syfte", "om", "kontakt", "kontaktuppgifter", "underskrift", "underskrifter", "undertecknande", "medlemmar", "vilka", "ekonomi", "finansiering", "budget", "referenser", "källor", "bilagor", "bilaga", "nyhetsbrev", "meny", "beslut", "justering", "sammanfattning", "varför", "ärendebeskrivning", "ärendet", "närvarande", "förord", "också", "läs", "relaterat", "relaterade", "genvägar", "länkar", "reservation", "giltighet", "contact", "background"}
)

// headingMode tells what a heading says its text is about; ok is false when it says nothing.
func headingMode(text string) (mode, bool) {
	t := tokens(text)
	has := func(list []string) bool {
		for _, tok := range t {
			for _, w := range list {
				if tok.low == w || len(w) > 5 && (strings.HasSuffix(tok.low, w) || closeTo(tok.low, w)) {
					return true
				}
			}
		}
		return false
	}
	switch {
	case len(t) == 0:
		return 0, false
	case is(t[0], "om") || is(t[0], "vad") && len(t) > 1 && is(t[1], "är"):
		return aside, true
	case len(t) == 1 && is(t[0], "nyheter", "aktuellt", "sök", "meny"):
		return aside, true
	case has(planningHeads[:9]):
		return planning, true
	case has(promiseHeads):
		return promises, true
	case has(planningHeads):
		return planning, true
	case has(asideHeads):
		return aside, true
	}
	return 0, false
}

// closeTo tells whether two long words differ by one letter left out, put in or changed: "Åtganden".
func closeTo(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 7 || len(y)-len(x) > 1 {
		return false
	}
	i := 0
	for i < len(x) && x[i] == y[i] {
		i++
	}
	if len(x) == len(y) {
		return i == len(x) || string(x[i+1:]) == string(y[i+1:])
	}
	return string(x[i:]) == string(y[i+1:])
}
