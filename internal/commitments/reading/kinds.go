package reading

import "strings"

// Kind is what sort of activity something is. The codes are stored and stand in exports.
type Kind string

const (
	Seminar    Kind = "seminar"
	Webinar    Kind = "webinar"
	Lecture    Kind = "lecture"
	Workshop   Kind = "workshop"
	Training   Kind = "training_day"
	StaffDay   Kind = "staff_day"
	ThemeDay   Kind = "theme_day"
	Conference Kind = "conference"
	Forum      Kind = "forum"
	Democracy  Kind = "democracy_day"
	Procure    Kind = "procurement"
	Report     Kind = "report"
	Policy     Kind = "policy"
	News       Kind = "news"
	Newsletter Kind = "newsletter"
	SocialPost Kind = "social_post"
	Informal   Kind = "informal_gathering"
	Meeting    Kind = "meeting"
	Dialogue   Kind = "dialogue"
	Survey     Kind = "survey"
	Campaign   Kind = "campaign"
	StudyVisit Kind = "study_visit"
	Network    Kind = "network"
	Other      Kind = "other"
)

// Kinds lists every kind in the order choices are shown.
var Kinds = [...]Kind{Seminar, Webinar, Lecture, Workshop, Training, StaffDay, ThemeDay, Conference, Forum, Democracy, Dialogue, Meeting, Network, Informal,
	StudyVisit, Survey, Report, Policy, Procure, News, Newsletter, SocialPost, Campaign, Other}

// kindWords are the Swedish words for each kind, by their last part, so that "kunskapsseminarium" is a seminarium. The first line that
// fits a word decides, so the narrower words come first. A word that ends in * is a beginning.
var kindWords = []struct {
	kind  Kind
	words string
}{
	{Democracy, "demokratidag demokratidagen demokratidagar demokratidagarna demokratidagens demokratiforumdag"},
	{Webinar, "webbinarium webbinariet webbinarier webbinarierna webinarium webinariet webinarier webinarierna webinar webinars webbinar webinaret webbsändning webbseminarium webbseminarier webbseminariet livesändning"},
	{Seminar, "seminarium seminariet seminarier seminarierna seminariets seminariedag seminarieserie seminarieserien seminar"},
	{Training, "utbildningsdag utbildningsdagen utbildningsdagar kursdag kursdagar kompetensdag kompetensdagen fortbildningsdag fortbildningsdagar utbildningstillfälle utbildningstillfällen utbildning utbildningen utbildningar utbildningsinsats utbildningsinsatser kurs kursen kurser grundkurs utbildningspass utbildningspasset utbildas halvdagsutbildning heldagsutbildning introduktionsutbildning webbutbildning fortbildning training"},
	{StaffDay, "medarbetardag medarbetardagen medarbetardagar personaldag personaldagen personaldagar planeringsdag planeringsdagen planeringsdagar teamdag teamdagar arbetsplatsdag kickoff utvecklingsdag utvecklingsdagen"},
	{ThemeDay, "temadag temadagen temadagar temadagarna temavecka temaveckan inspirationsdag inspirationsdagen heldag halvdag temakväll temaeftermiddag temaförmiddag temaförmiddagen inspirationsförmiddag kunskapsdag samverkansdag samverkansdagen prova-på-dag invånardag öppet-husdag demokrativecka demokrativeckan"},
	{Conference, "konferens konferensen konferenser konferensdag mässa mässan symposium kongress"},
	{Workshop, "workshop workshops workshopen workshoppen workshopar workshoppar workshopparna workshopserie workshopdag arbetsverkstad verkstad verkstaden skrivarstuga framtidsverkstad övning övningar labb labbet idéverkstad"},
	{Lecture, "föreläsning föreläsningen föreläsningar föreläsningarna föreläsningsserie föreläsningskväll föredrag föredraget lecture frukostföreläsning inspirationsföreläsning"},
	{StudyVisit, "studiebesök studiebesöket studieresa studieresan studieresor verksamhetsbesök auskultation"},
	{Network, "nätverksträff nätverksträffen nätverksträffar nätverksmöte nätverksmöten nätverk nätverket nätverken network"},
	{Informal, "fika fikan fikat fikor fikastund fikastunder språkkafé språkkaféer språkkaféet kafé kaféet språkcafé café kaffekvart inkluderingsfika mingel minglet minglar kaffe kaffestund kaffestunder kaffeträff kaffeträffar lunch luncher lunchen frukost frukostar frukosten frukostmingel soppa soppan sopplunch sopplunchen sopplunchar promenad promenader promenaden picknick gemenskapsträff öppet-hus afterwork grillkväll"},
	{Survey, "enkät enkäten enkäter enkäterna medarbetarenkät enkätundersökning undersökning undersökningen kartläggning kartläggningen kartläggningar mätning mätningen mätningar intervjustudie intervjuer brukarrevision brukarrevisionen brukarrevisioner nulägesanalys behovsanalys behovsanalysen survey omröstning"},
	{Newsletter, "nyhetsbrev nyhetsbrevet nyhetsbreven medlemsbrev månadsbrev månadsbrevet newsletter informationsbrev"},
	{SocialPost, "linkedin facebook instagram inlägg inlägget inläggen inläggsserie facebooksida facebookinlägg linkedininlägg instagramkonto youtube tiktok"},
	{Campaign, "kampanj kampanjen kampanjer kampanjvecka kampanjveckan kampanjdag affischkampanj informationskampanj utställning utställningen campaign"},
	{News, "nyhet nyheter nyheten nyheterna artikel artiklar artikeln artikelserie artikelserien webbnyhet webbnyheter webbartikel webbsida webbsidan hemsida hemsidan webbplats webbplatsen webben intranät intranätet podd podden poddavsnitt poddserie film filmer filmen filmserie reportage pressmeddelande debattartikel broschyr broschyren folder affischer website"},
	{Procure, "upphandling upphandlingen upphandlingar upphandlingarna upphandla upphandlas upphandlar upphandlad kravställa kravställer kravställning kravställande förfrågningsunderlag förfrågningsunderlaget förfrågningsunderlagen avtalsvillkor avtalsmall avtalsmallen avtalsmallar leverantörsavtal leverantörsuppföljning leverantörsträff leverantörsdialog avtalsuppföljning ramavtal upphandlingsmallar upphandlingsmall upphandlingsunderlag"},
	{Report, "rapport rapporten rapporter rapporterna slutrapport slutrapporten slutrapporter delrapport årsrapport delårsrapport rapporterar rapporteras årsredovisning årsredovisningen utvärdering utvärderingen utvärderingar utvärderingsrapport uppföljningsrapport sammanställning sammanställningen bokslut verksamhetsberättelse verksamhetsberättelsen redovisas redovisning uppföljning uppföljningen demokratibokslut återrapportering lägesrapport analys analysen report"},
	{Policy, "handlingsplan handlingsplanen handlingsplaner policy policyn policyer riktlinje riktlinjer riktlinjerna rutin rutiner rutinen rutinerna styrdokument styrdokumentet kommunikationsplan kommunikationsplanen checklista checklistan checklistor likabehandlingsplan jämställdhetsplan vägledning vägledningen tillgänglighetsplan språkguide språkguiden stödmaterial metodmaterial metodstöd informationsmaterial strategi strategin mallar mall"},
	{Forum, "forum forumet forumen forumdag deltagarforum brukarforum medborgarforum deltagarråd deltagarrådet brukarråd brukarrådet ungdomsråd ungdomsrådet brukarpanel brukarpanelen deltagarpanel medborgarpanel medborgarpanelen medborgarpaneler referensgrupp referensgruppen fokusgrupp fokusgrupper rådslag rådslaget hearing hearingen"},
	{Dialogue, "dialogmöte dialogmöten dialogmötet dialogkväll dialogkvällar medborgardialog medborgardialoger medborgardialogen samtalscirkel samtalscirklar samtalscirkeln studiecirkel studiecirklar studiecirkeln lunchprat bokcirkel bokcirkeln panelsamtal panelsamtalet paneldebatt rundabordssamtal samtalskväll samtalskvällar samtal samtalet samtalsserie bokcirkel bokcirkeln dialog dialogen dialoger dialogträff dialogträffar dialoggrupp dialoggrupper samtalsgrupper dialogtillfälle dialogtillfällen reflektionsstund reflektionsstunder samtalsgrupp lyssnarrunda lyssnarmöte debatt debattkväll debattkvällar"},
	{Meeting, "arbetsplatsträff arbetsplatsträffar arbetsplatsträffen apt styrelsemöte styrelsemöten styrelsemötet sammanträde sammanträden sammanträdet möte mötet möten mötena träff träffen träffar träffarna avstämning avstämningar personalmöte personalmöten frukostmöte frukostmöten lunchmöte informationsmöte informationsmöten informationskväll informationskvällar informationsträff informationsträffar stormöte beredningsgruppsmöte handledningstillfällen handledningstillfälle fullmäktige meeting årsmöte"},
}

type kindWord struct {
	text string
	kind Kind
	rank int
}

// kindBySuffix holds the words by their last three bytes, so that a lookup tries a handful.
var kindBySuffix = func() map[string][]kindWord {
	m := map[string][]kindWord{}
	for rank, k := range kindWords {
		for _, w := range strings.Fields(k.words) {
			key := w[len(w)-3:]
			m[key] = append(m[key], kindWord{w, k.kind, rank})
		}
	}
	return m
}()

// noKind are words that end like an event and are none.
var noKind = words(`bemötande bemötandet bemöten verksamheten samtalsklimat mötesplats fortlöper samarbete medelvärdesmätning beslutsunderlag enkelt samordning skolutbildning
	högskoleutbildning arbetsmarknadsutbildning eftersträffar inträffar inträffade upprätthållande program bransch övermöte tillmötes emöten frågestund överenskommelse krafts
	konkurs diskurs excursion resurs resursen resurser årskurs årskurser årskursen mamma normal formal normer avtal hall behandling utvecklingsfilm`)

// kindOfWord gives the kind a word names.
func kindOfWord(w string) (Kind, bool) {
	if len(w) < 3 || noKind.has(w) {
		return "", false
	}
	best := kindWord{rank: len(kindWords) + 1}
	for _, k := range kindBySuffix[w[len(w)-3:]] {
		if !strings.HasSuffix(w, k.text) {
			continue
		}
		// Short words only count whole or after a linking s: "film" in "kunskapsfilm", not "apt" in "kapitulapt".
		if len(k.text) < 5 && len(w) > len(k.text) && k.text != "fika" && k.text != "möte" && k.text != "podd" && k.text != "film" && k.text != "kurs" {
			continue
		}
		if k.rank < best.rank || k.rank == best.rank && len(k.text) > len(best.text) {
			best = k
		}
	}
	return best.kind, best.text != ""
}

func isEventWord(w string) bool { _, ok := kindOfWord(w); return ok }

// kindHit is a word in a passage that names a kind of activity.
type kindHit struct {
	kind       Kind
	start, end int
	token      int
	definite   bool // "seminariet", "samtliga seminarier": speaks of something named before
	count      *Reach
}

var (
	referring    = words("samtliga alla våra de dessa detta denna den det vår vårt förra tidigare sådana sina andra varje respektive nämnda ovanstående")
	channelKinds = map[Kind]bool{News: true, Newsletter: true, SocialPost: true, Campaign: true}
	eventKinds   = map[Kind]bool{Seminar: true, Webinar: true, Lecture: true, Workshop: true, Training: true, StaffDay: true, ThemeDay: true, Conference: true, Forum: true,
		Democracy: true, StudyVisit: true, Informal: true, Dialogue: true, Meeting: true, Network: true, Campaign: true, Survey: true}
)

// findKinds finds every word that names a kind of activity, with the number before it when there is one: "minst ett webbinarium".
func findKinds(t []token) []kindHit {
	var out []kindHit
	for i := 0; i < len(t); i++ {
		if !t[i].word {
			continue
		}
		k, ok := kindOfWord(t[i].low)
		start := i
		if !ok && is(t[i], "medier", "media", "kanaler", "medierna") && i > 0 && is(t[i-1], "sociala", "social", "digitala") {
			k, ok, start = SocialPost, true, i-1
		}
		if !ok && is(t[i], "hus", "house") && i > 0 && is(t[i-1], "öppet", "open") {
			k, ok, start = ThemeDay, true, i-1
		}
		if !ok && is(t[i], "dag", "dagen") && i > 0 && is(t[i-1], "demokratins") {
			k, ok, start = Democracy, true, i-1
		}
		if !ok && is(t[i], "off") && i > 1 && isDash(t[i-1]) && is(t[i-2], "kick") {
			k, ok, start = StaffDay, true, i-2
		}
		if !ok && is(t[i], "cirkel") {
			k, ok = Dialogue, true
		}
		if !ok {
			continue
		}
		h := kindHit{kind: k, start: t[start].start, end: t[i].end, token: start}
		h.definite = strings.HasSuffix(t[i].low, "na") || strings.HasSuffix(t[i].low, "ariet") || strings.HasSuffix(t[i].low, "ingen") || strings.HasSuffix(t[i].low, "dagen") || strings.HasSuffix(t[i].low, "mötet") || strings.HasSuffix(t[i].low, "pen")
		h.definite = h.definite || carryStarts.has(t[i].low)
		for j := start - 1; j >= 0 && j >= start-4; j-- {
			if !t[j].word && !t[j].digits {
				break
			}
			if referring.has(t[j].low) {
				h.definite = true
				break
			}
			v, after, ok := numberAt(t, j)
			if ok && (at(t, after).word && (monthNames[at(t, after).low] != 0 || monthShort[at(t, after).low] != 0) || is(at(t, after), "/", ":", "årsjubileum") || is(at(t, j-1), "/", "vecka", "v", "åtagande", "punkt", "löfte", "kl") || is(at(t, j-1), ".") && is(at(t, j-2), "v", "kl", "nr")) {
				break
			}
			if !ok && is(t[j], "en", "ett", "ytterligare") {
				v, ok = 1, true
			}
			if ok && v < 100 && !partOfCode(t, j) {
				if h.count = countAt(t, j, v); h.count != nil {
					h.definite = false
				}
				break
			}
			if is(t[j], "i", "på", "av", "till", "för", "om", "med", "genom", "via", "till", "och") {
				break
			}
		}
		out = append(out, h)
	}
	return out
}

// countAt reads how many events the number at j says: "minst ett", "två till tre", "fyra".
func countAt(t []token, j, v int) *Reach {
	c := &Reach{}
	lo, hi := v, v
	if j > 1 && (is(t[j-1], "till") || isDash(t[j-1])) {
		if w, _, ok := numberAt(t, j-2); ok && w < v {
			lo = w
			j -= 2
		}
	}
	c.Min, c.Max = &lo, &hi
	if j > 0 && is(t[j-1], "minst", "åtminstone") {
		c.Max = nil
	}
	if j > 0 && is(t[j-1], "högst", "max") {
		c.Min = nil
	}
	if v == 1 && c.Max != nil {
		return nil
	}
	return c
}
