package bench

// Everything here is invented. The first words of two lists make the name of an association.

var prefixes = [...]string{"Älv", "Skogs", "Sjö", "Ek", "Gran", "Kvarn", "Lind", "Malm", "Tall", "Björk", "Sand", "Ren", "Kråk", "Tran", "Lärk", "Rönn", "Hassel", "Ask", "Alm", "Oxel"}

var endings = [...]string{"kusten", "bygden", "landet", "slätten"}

var firstNames = []string{"Karin", "Arne", "Tyra", "Nils", "Eva", "Bo", "Amina", "Olle", "Siv", "Leif", "Mona", "Idris", "Greta", "Ulf", "Lena", "Sami", "Berit", "Hugo", "Alva", "Jonas"}

var lastNames = []string{"Ekdal", "Granlid", "Sjöviken", "Bergslid", "Tallmo", "Kvarnås", "Lindö", "Almby", "Rönnås", "Askdal", "Haga", "Strömlid", "Vallmo", "Dalsjö", "Åslund", "Ödmark"}

// promiseText is a promise as a declaration says it.
type promiseText struct{ title, simple, english, wording, plain string }

var promiseTexts = []promiseText{
	{"Fyra kunskapsseminarier om året", "Vi ordnar fyra möten om året", "Four seminars a year", "Hålla minst fyra öppna kunskapsseminarier om likabehandling varje år för medarbetare, chefer och politiker.", "Fyra gånger om året bjuder vi in alla som arbetar med oss och lär oss något nytt om likabehandling."},
	{"Dialog i varje möte", "Vi lyssnar på varandra", "Dialogue in every meeting", "Föra en öppen och respektfull dialog i alla våra möten, internt och externt.", "Alla som kommer till våra möten ska kunna säga vad de tycker."},
	{"Krav i alla avtal", "Den som säljer till oss ska behandla alla lika", "Requirements in every contract", "Ställa krav på inkludering och likabehandling i samtliga avtal med leverantörer och följa upp dem en gång om året.", "Den som säljer något till oss får visa hur den arbetar för likabehandling."},
	{"En årlig demokratidag", "En dag om demokrati varje år", "A day of democracy every year", "Arrangera en demokratidag för invånare, politiker och tjänstepersoner i hela länet varje höst.", "En dag om året möts invånare och politiker och talar om det som berör dem."},
	{"Begripliga texter", "Vi skriver så att alla förstår", "Texts that can be understood", "Skriva all information till allmänheten på klarspråk och ge ut det viktigaste på lättläst svenska.", "Den som läser det vi skriver ska förstå det vid första läsningen."},
	{"Utbildning för alla nya", "Alla nya får lära sig", "Training for everyone new", "Låta varje ny medarbetare i våra insatser gå en utbildning om bemötande inom sex månader.", "Den som börjar arbeta i en insats lär sig om bemötande det första halvåret."},
	{"Lika tillgång till insatser", "Alla ska kunna vara med", "Equal access", "Undersöka vartannat år om kvinnor och män har lika tillgång till våra insatser och rätta till det som skiljer.", "Vi räknar efter om insatserna når alla och gör något åt det när de inte gör det."},
	{"Mötesplatser i varje kommun", "Ställen att mötas på", "Places to meet in every municipality", "Skapa minst en öppen mötesplats i varje medlemskommun tillsammans med föreningslivet.", "I varje kommun finns ett ställe dit alla kan komma."},
	{"Deltagarnas röst", "De som är med får säga sitt", "The participants' voice", "Fråga deltagare i alla insatser vad de tycker och redovisa svaren öppet.", "Vi frågar dem som det gäller och berättar vad de svarade."},
	{"Tillgängliga lokaler", "Alla ska komma in", "Accessible premises", "Bara boka lokaler som är tillgängliga för personer med funktionsnedsättning.", "Vi håller inga möten där någon inte kommer in."},
	{"Öppna styrelsemöten", "Alla får komma på mötet", "Open board meetings", "Hålla två öppna styrelsemöten om året där invånare kan ställa frågor.", "Två gånger om året får vem som helst komma till styrelsen och fråga."},
}

var topics = []string{"bemötande", "barnrätt", "psykisk hälsa", "våld i nära relationer", "språk och delaktighet", "funktionsrätt", "ekonomi i vardagen", "unga utan jobb", "digital delaktighet", "sorg och kris", "ofrivillig ensamhet", "jämställdhet", "äldre på arbetsmarknaden", "samverkan i praktiken"}

// kindWords says how an activity of a kind begins.
var kindWords = []struct{ kind, word string }{
	{"seminar", "Seminarium"}, {"webinar", "Webbinarium"}, {"lecture", "Föreläsning"}, {"workshop", "Arbetsverkstad"}, {"training_day", "Utbildningsdag"}, {"staff_day", "Medarbetardag"},
	{"forum", "Forum"}, {"meeting", "Möte"}, {"dialogue", "Samtal"}, {"network", "Nätverksträff"}, {"study_visit", "Studiebesök"}, {"survey", "Enkät"}, {"newsletter", "Nyhetsbrev"}, {"campaign", "Kampanj"},
}

var municipalities = []string{"Älvsele", "Mo", "Tallviken", "Sjöhamn", "Björkfors"}

var rooms = []string{"Folkets hus", "biblioteket", "kommunhuset", "Kvarnen", "gamla stationen", ""}

var sentences = []string{
	"Vi går igenom vad vi lärt oss sedan sist och vad som återstår.", "Handläggare från de fyra parterna berättar hur de gör.", "Det finns gott om tid för frågor.", "Efter en gemensam del arbetar vi i mindre grupper.",
	"Deltagarna får med sig ett underlag att använda på den egna arbetsplatsen.", "Vi bjuder på kaffe från klockan nio.", "Anmälan görs till kansliet senast en vecka innan.", "Underlaget skickas ut i förväg.", "En sammanfattning publiceras efteråt.",
	"Föreläsaren har lång erfarenhet av området.", "Vi återkommer med lokal när vi vet hur många som kommer.", "Det vi kommer fram till tas upp i beredningsgruppen.",
}

var audiences = []string{"Medarbetare hos parterna", "Chefer och arbetsledare", "Styrelse och beredningsgrupp", "Invånare i länet", "Personal i insatserna", ""}

var partners = []string{"Studieförbundet Lyktan", "Föreningen Bron", "Tallvikens folkhögskola", "Brukarrådet i Mo", "Länets biblioteksnät"}

var cancelReasons = []string{"För få anmälda.", "Föreläsaren fick förhinder.", "Lokalen blev dubbelbokad.", "Slogs ihop med en annan träff."}

var reviewWords = []string{"Bra, det här visar vad som gjordes.", "Det framgår vilka som var med och vad de kom fram till.", "", ""}

var returnWords = []string{"Skriv hur många som kom och hur ni vet det.", "Länken leder ingenstans. Kan du byta den?", "Det framgår inte när det hölls."}
