package reading

import "strings"

// Verbs a plan is written with, as infinitives. Those on a line of their own end in -ar in the present, the others in -er.
var (
	verbsAr = words(`arrangera anordna ordna planera publicera lansera starta presentera redovisa samla uppdatera revidera utvärdera informera inspirera diskutera samtala prata
		kartlägga testa pröva prova översätta utbilda visa svara delta besvara fråga granska avsluta fortsätta påbörja öppna invig bilda skapa träna öva berätta skicka dela spela
		uppmärksamma fira kalla inbjuda marknadsföra erbjuda medverka samarbeta samverka kravställa upphandla säkra rekrytera anställa analysera intervjua mötas träffas samlas
		lyssna lämna värna verka arbeta jobba satsa lägga bygga anpassa kontrollera dokumentera rapportera sammanfatta digitalisera producera spara studera introducera organisera
		ansvara handla kosta börja fungera påverka förändra utveckla stärka anmäla betala godkänna behandla finansiera ägna orka våga undersöka besöka tolka`)
	verbsEr = words(`åka resa genomföra hålla bjuda sända skriva läsa träffa möta besöka följa lyfta ställa sätta stå ta ge leda införa utföra bestämma trycka väcka byta låta
		sprida leda nå gälla innehålla översätta kartlägga lägga välja söka bygga stärka utse inleda avsända utveckla hjälpa stödja använda behöva möjliggöra fortsätta
		erbjuda inbjuda marknadsföra delge hänga vända gälla handla lära minska öka anställa undersöka godkänna anlita mäta rösta röja tänka`)
	// Forms that follow no rule.
	otherVerbs = words(`är var blir blev har hade gör görs gjorde går gick ser sågs ses ges får fick vill ska skall kan kunde kommer kom bör måste står stod tar tog tas håller hålls höll hölls
		ger gav låter lät sker skedde äger ägde finns fanns utgår deltar deltog avser införs utgör innebär bidrar hör hörs når nås nåddes gäller sätter sätts
		drar lär syns pågår ingår ingick utses bjöd sände sänds skrev skrivs läste läses följs följdes leds ledde tillsätts infaller invigs inleds inledde fortsätter träffas samlas möts
		deltas minns firas bestäms meddelas spikas planeras påminner föreslår antar antogs tillhör avgör berör lever känner syftar räknar siktar riktar vänder heter`)
	// Words that begin what a sentence says about the thing named, where other verbs belong to the name: "om hur styrelsen arbetar".
	subordinators = words("hur vad varför vilka vem när att vilken vilket")
)

// verbForms are the forms a main clause can have its verb in.
var verbForms = func() set {
	m := set{}
	for v := range otherVerbs {
		m[v] = struct{}{}
	}
	for v := range verbsAr {
		stem := strings.TrimSuffix(v, "a")
		for _, e := range [...]string{"ar", "as"} {
			m[stem+e] = struct{}{}
		}
	}
	for v := range verbsEr {
		stem := strings.TrimSuffix(v, "a")
		for _, e := range [...]string{"er", "s", "es"} {
			m[stem+e] = struct{}{}
		}
		if strings.HasSuffix(stem, "r") {
			m[stem] = struct{}{} // "genomför"
		}
	}
	for _, noun := range [...]string{"hörs", "leder", "planer", "vänder", "ställes", "planera", "samtals", "tester", "läs", "inför", "överför"} {
		delete(m, noun)
	}
	return m
}()

func isVerb(t token) bool { return t.word && !t.capital && verbForms.has(t.low) }

// verbAt tells whether token i is a verb; "inför" is one only beside its subject.
func verbAt(t []token, i int) bool {
	return isVerb(t[i]) || is(t[i], "inför") && (is(at(t, i+1), "vi", "förbundet", "kansliet") || is(at(t, i-1), "vi", "förbundet", "kansliet"))
}

// nouns turn a verb into the noun a calendar has for it: "går vi igenom all statistik" is a "Genomgång av all statistik". Verbs that
// only bring something about – arrange, send, publish – leave their object alone.
var nouns = map[string]string{
	"gå igenom": "Genomgång av", "se över": "Översyn av", "följa upp": "Uppföljning av", "kartlägga": "Kartläggning av", "granska": "Granskning av", "mäta": "Mätning av",
	"utvärdera": "Utvärdering av", "revidera": "Revidering av", "uppdatera": "Uppdatering av", "översätta": "Översättning av", "besöka": "Besök hos", "träffa": "Möte med",
	"möta": "Möte med", "intervjua": "Intervjuer med", "utbilda": "Utbildning för", "utbilda i": "Utbildning i", "informera": "Information till", "informera om": "Information om",
	"berätta": "Information om", "berätta om": "Information om", "kravställa": "Krav på", "redovisa": "Redovisning av", "fira": "Firande av", "delta i": "Deltagande i",
	"delta på": "Deltagande på", "medverka i": "Medverkan i", "medverka på": "Medverkan på", "testa": "Test av", "pröva": "Prövning av", "samla in": "Insamling av",
	"presentera": "Presentation av", "analysera": "Analys av", "sammanställa": "Sammanställning av", "upphandla": "Upphandling av", "sprida": "Spridning av",
	"diskutera": "Diskussion om", "samtala om": "Samtal om", "prata om": "Samtal om", "tala om": "Samtal om", "öva": "Övning i", "träna": "Träning i", "rekrytera": "Rekrytering av",
	"marknadsföra": "Marknadsföring av", "inviga": "Invigning av", "skriva om": "Text om", "undersöka": "Undersökning av", "fråga": "Frågor till", "bjuda in": "Inbjudan till",
	"anpassa": "Anpassning av", "utveckla": "Utveckling av", "rapportera": "Rapport om", "ta emot": "Besök av", "starta": "Start för", "stödja": "Stöd till", "läsa": "Läsning av",
	"avsluta": "Avslutning av", "minnas": "Minne av", "lämna in": "Inlämning av", "arbeta med": "Arbete med", "jobba med": "Arbete med", "utse": "Val av", "se": "Genomgång av",
}

var particles = words("in upp ut fram igenom över om med i på till ned av ihop emot")

// infinitiveOf gives the infinitive of a verb in the present, "" for a form the tables do not know.
func infinitiveOf(low string) string {
	if v, ok := irregular[low]; ok {
		return v
	}
	if verbsAr.has(low) || verbsEr.has(low) {
		return low
	}
	if s, ok := strings.CutSuffix(low, "s"); ok && strings.HasSuffix(s, "a") && verbsAr.has(s) {
		return s
	}
	if s, ok := strings.CutSuffix(low, "ar"); ok && verbsAr.has(s+"a") {
		return s + "a"
	}
	if s, ok := strings.CutSuffix(low, "er"); ok && verbsEr.has(s+"a") {
		return s + "a"
	}
	if verbsEr.has(low + "a") {
		return low + "a"
	}
	return ""
}

var irregular = map[string]string{"går": "gå", "gå": "gå", "ser": "se", "se": "se", "tar": "ta", "ta": "ta", "inför": "införa", "deltar": "delta", "delta": "delta", "gör": "göra", "göra": "göra",
	"lämnar": "lämna", "lämna": "lämna", "sammanställer": "sammanställa", "sammanställa": "sammanställa", "talar": "tala", "tala": "tala", "utser": "utse", "utse": "utse", "inviger": "inviga",
	"inviga": "inviga", "minns": "minnas", "mäter": "mäta", "mäta": "mäta", "ger": "ge", "ge": "ge", "gav": "ge", "sänder": "sända", "håller": "hålla"}

// inThePast tells whether a sentence speaks of what has been done: its verb is in the past, or in the perfect.
func inThePast(t []token) bool {
	for i := range t {
		if pastVerbs.has(t[i].low) {
			return true
		}
		if is(t[i], "har", "hade") && (is(at(t, i+1), "vi", "förbundet", "redan") && supine(at(t, i+2).low) || supine(at(t, i+1).low) && is(at(t, i-1), "vi", "förbundet")) {
			return true
		}
	}
	return false
}

var pastVerbs = words("höll hade genomförde arrangerade anordnade ordnade bjöd deltog startade träffade mötte samlade utbildade gjorde fick gick skrev började inledde besökte ledde visade tillträdde bildades hölls genomfördes arrangerades anordnades inleddes enades")

func supine(low string) bool {
	return (strings.HasSuffix(low, "at") || strings.HasSuffix(low, "it") || strings.HasSuffix(low, "fört") || strings.HasSuffix(low, "ärt") || is(token{low: low}, "haft", "gjort", "sett", "lagt", "följt", "mött", "byggt", "lyft", "fått", "gått", "tagit")) && len(low) > 3
}
