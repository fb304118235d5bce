package reading

import (
	"strings"
	"unicode/utf8"

	"samklang/internal/core/period"
)

// features are what the words of a sentence say about what kind of sentence it is.
type features struct {
	text        string
	t           []token
	dates       []dateHit
	kinds       []kindHit
	strongDate  bool // a day, a week or a month ahead
	softDate    bool // a season, a year, "löpande", "datum ej satt"
	newEvent    bool // an event that has not been named before: "en workshop", "tre seminarier"
	workProduct bool // a report, a text, a plan, a purchase
	newWork     bool // one of those not named before: "en rapport"
	arranging   bool // "arrangerar", "bjuder in", "publicerar"
	promising   bool // "åtar sig att", "lovar att"
	willing     bool // "vi ska", "vi vill"
	carriesOn   bool // goes on about what was just said: "Dagen …", "Syftet är …"
	we          bool
	back        bool // speaks of what has been
	past        bool // in a verb of the past
}

var (
	arrangeVerbs = []string{"arranger", "anordn", "ordna", "bjud", "genomför", "hålls", "håller", "hålla", "lanser", "publicer", "skriv", "lämna", "lämnar", "besök", "sammanställ", "upphandl", "kravställ",
		"uppmärksamm", "firar", "fira", "utbilda", "presenter", "redovis", "samlas", "erbjud", "skicka", "revider", "uppdater", "startar", "starta", "starte", "inbjud", "medverkar", "planer", "visar", "visas",
		"utförs", "sker", "följer", "delar", "lyfter", "möts", "träffas", "invig", "slutför", "påbörj", "informer", "kallar", "står", "deltar", "läser", "gör", "tar", "ses", "mäter", "kartlägg", "översätt", "spelar", "spridning", "hold", "organis", "fortsätter", "inleder", "avslutar", "äger", "utvärder", "testar", "prövar", "provar", "inför", "granskar", "skapar", "sätter", "bildar", "tränar", "berätta", "anpassar", "öppnar", "bygger", "träffar", "ställer", "går", "frågar", "byter", "väljer", "trycker", "lägger", "besöker", "producer", "spela", "blir", "inleds", "infaller", "minns", "firas"}
	carryStarts = words(`detta dagen seminariet syftet målet temat den de här aktiviteten aktiviteterna föreläsningen tanken därmed platsen anmälan inbjudan efteråt arbetet totalt
		drygt deltagarna resultatet resultaten webbinariet workshopen utbildningen kursen träffen träffarna mötet mötena forumet fokus innehållet målgruppen samtalet samtalen
		dialogen ansvarig dessa sedan därefter ambitionen avsikten förhoppningen konferensen kostnaden lokalen programmet enkäten svaren rapporten materialet texterna kvällen
		eftermiddagen förmiddagen aktiviteter även också cirklarna cirkeln fikat frukosten kampanjen filmen artiklarna besöket seminarierna föreläsningarna utställningen
		upplägget inspelningen gruppen rådet dit där då plats kl underlaget svarsfrekvensen varje vi-räknar det underlag tid serien hearingen underskriften minst totalt texten nätverket`)
	weRecount  = []string{"vi räknar med", "vi hoppas", "vi beräknar", "vi brukar", "vi väntar", "vi tror", "vi når", "vi vill att", "vi tar emot", "vi har valt", "vi samlar", "vi vänder oss", "vi följer upp", "vi bedömer", "vi siktar", "vi utgår"}
	promiseCue = []string{"lovar att", "lovar vi", "vi lovar", "åtar sig", "åtar oss", "åtar vi oss", "förbinder oss", "förbinder sig", "förbinder vi oss", "utfäster oss", "utfäster sig", "vårt löfte är", "åtagande är att", "åtagandet är att", "åtagande innebär att", "åtagandet innebär att", "åtagande handlar om att", "åtagandet handlar om att", "lovar också", "lovar dessutom", "lovar även", "lovar därför", "löftet är att", "löfte är att", "lovar förbundet", "lovar styrelsen", "we commit to", "we promise"}
	willCue    = []string{"vi ska ", "vi skall ", "ska vi ", "vi vill ", "vi kommer att ", "kommer vi att ", "vi avser att ", "vi tar ansvar ", "vi verkar för ", "vi arbetar för ", "förbundet ska ", "kommunen ska ", "vill vi ", "vi skapar ", "vi ser till ", "vi står upp ", "föreningen ska ", "vi kommer ", "vi bemöter ", "vi lyssnar ", "vi värnar ", "styrelsen ska ", "samordningsförbundet ska ", "regionen ska ", "we will "}
)

func read(text string) features {
	f := features{text: text, t: tokens(text)}
	f.dates = findDatesIn(f.t)
	f.kinds = findKinds(f.t)
	low := strings.ToLower(text)
	for _, d := range f.dates {
		if looksBack(text[:d.start]) || decided(low[:d.start]) {
			f.back = true
			continue
		}
		switch {
		case d.frequency:
			f.softDate = true
		case d.precision == period.Day || d.precision == period.Range || d.precision == period.Month:
			f.strongDate = true
		default:
			f.softDate = true
		}
	}
	for _, k := range f.kinds {
		if eventKinds[k.kind] && !k.definite {
			if article(f.t, k.token) || k.count != nil || f.strongDate || f.softDate {
				f.newEvent = true
			}
		} else if !k.definite || channelKinds[k.kind] {
			f.workProduct = true
			f.newWork = f.newWork || !channelKinds[k.kind] && article(f.t, k.token)
		}
	}
	for i, t := range f.t {
		if !t.word {
			continue
		}
		if is(t, "vi", "förbunden", "biblioteken", "förbundet", "kommunen", "kansliet", "föreningen", "samordningsförbundet", "biblioteket", "styrelsen", "we") {
			f.we = true
		}
		if i < 30 {
			for _, v := range arrangeVerbs {
				if strings.HasPrefix(t.low, v) && len(t.low) <= len(v)+4 {
					f.arranging = true
				}
			}
		}
	}
	f.promising = hasAny(low, promiseCue) || deciding(low)
	f.willing = f.promising || hasAny(low+" ", willCue)
	for i := 1; i < len(f.t) && i < 9 && f.t[i].low != "," && !f.willing; i++ {
		// "Region Älvsjö ska också …"
		f.willing = is(f.t[i], "ska", "skall") && f.t[0].capital && !strings.HasSuffix(strings.TrimSpace(text), "?")
	}
	f.past = inThePast(f.t)
	f.back = f.back || f.past
	first := firstWord(text)
	f.carriesOn = carryStarts.has(first) && !startsWithDate(f) && !strings.HasPrefix(low, "det interna") && !strings.HasPrefix(low, "det externa") && !strings.HasPrefix(low, "det kommunikativa")
	if f.promising {
		f.carriesOn = false
	}
	for _, w := range weRecount {
		if strings.HasPrefix(low, w) {
			f.carriesOn = true
		}
	}
	return f
}

// decided tells whether the words before a date say that something was decided or signed then.
func decided(low string) bool {
	if len(low) > 50 {
		low = low[len(low)-50:]
	}
	if i := strings.LastIndexAny(low, ".!?"); i >= 0 {
		low = low[i:]
	}
	return hasAny(low, []string{"beslut ", "antaget", "beslutad", "beslutat", "beslutade", "antagen", "antaget", "antog", "fastställd", "fastställt", "undertecknad", "undertecknat", "reviderad", "daterad", "uppdaterad", "publicerad", "godkänd", "undertecknade", "skrev under", "bildades", "anmälan senast", "anmäl dig senast", "sista anmälningsdag", "anmälan före", "anmäl", "fört vid"})
}

func startsWithDate(f features) bool {
	return len(f.dates) > 0 && f.dates[0].start <= 6
}

// article tells whether the words before a kind word introduce it: "en öppen workshop", "ytterligare ett seminarium".
func article(t []token, k int) bool {
	for j := k - 1; j >= 0 && j >= k-4; j-- {
		if is(t[j], "en", "ett", "ytterligare", "två", "tre", "fyra", "fem", "sex", "flera", "några", "minst", "årlig", "årligt", "första", "vår", "vårt") {
			return true
		}
		if !t[j].word {
			return false
		}
	}
	return k == 0 || k == 1 && !t[0].word
}

// announces is how strongly a sentence announces an activity of its own; 3 and more is enough in running text.
func (f features) announces() float64 {
	s := 0.0
	if f.strongDate {
		s += 2
	} else if f.softDate {
		s++
	}
	switch {
	case f.newEvent:
		s += 2
	case f.workProduct:
		s += 1.5
	case len(f.kinds) > 0:
		s += 0.5
	}
	if f.arranging {
		s += 1.5
	}
	if f.we {
		s += 0.5
	}
	if startsWithDate(f) {
		if rest := strings.TrimLeft(f.text[f.dates[0].end:], " ."); strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "–") || strings.HasPrefix(rest, "-") {
			s += 2
		} else if c, _ := utf8.DecodeRuneInString(rest); isUpper(c) {
			s += 1.5
		}
	}
	if f.carriesOn && !(f.strongDate && (f.newEvent || f.newWork)) {
		s -= 2.5
	}
	if f.back {
		s -= 2
	}
	if len(f.kinds) == 0 && !f.strongDate {
		s -= 1
	}
	return s
}

// concrete tells whether a promise is also something to put into the calendar: an event of its own with a date or a number.
func (f features) concrete() bool {
	for _, k := range f.kinds {
		if channelKinds[k.kind] && (f.strongDate || f.softDate) {
			return true
		}
		if k.definite && !(f.strongDate || f.softDate) || !eventKinds[k.kind] && k.kind != Report && k.kind != Newsletter {
			continue
		}
		for _, d := range f.dates {
			if d.precision == period.Year && k.kind == Report {
				continue // "årets uppföljning" is no report to write
			}
			if !d.frequency || k.count != nil || article(f.t, k.token) {
				return true
			}
		}
		if k.count != nil && eventKinds[k.kind] {
			return true
		}
	}
	return false
}

// infinitive tells whether a list item begins as the rest of "vi åtar oss att": with a verb in the infinitive, or "Att", or "Vi ska".
func infinitive(text string) bool {
	t := tokens(withoutNumber(text))
	for i := 0; i < len(t) && i < 3; i++ {
		if is(t[i], "att") || is(t[i], "vi") && i+1 < len(t) && is(t[i+1], "ska", "skall", "vill", "lovar", "åtar", "kommer", "tar", "arbetar", "verkar") {
			return true
		}
		if is(t[i], "aktivt", "alltid", "inte", "bättre", "mer", "gemensamt", "särskilt", "också", "tydligt", "även", "systematiskt", "löpande", "kontinuerligt", "årligen", "fortsatt", "i", "än") {
			continue
		}
		return t[i].word && !isEventWord(t[i].low) && strings.HasSuffix(t[i].low, "a") && len(t[i].low) > 2 && !notVerbs.has(t[i].low) || verbsWithoutA.has(t[i].low)
	}
	return false
}

var (
	notVerbs = words(`övriga inga föregående alla våra flera dessa samtliga interna externa kommunikativa digitala årliga öppna riktade nya sociala egna lokala andra bra första tema extra mina sina hela
		gemensamma unga korta skola måndagsfika fika inkluderingsfika kommunala ökade förbättrade aktiva mötena enkla tydliga goda regelbundna tillgängliga små stora kampanjvecka vecka temavecka`)
	verbsWithoutA = words("ge ta se få stå gå bli le ske må nå bistå förstå ingå utgå ha")
)
