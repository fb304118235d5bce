package swedish

import (
	"strings"
	"unicode/utf8"

	"github.com/kljensen/snowball/swedish"
)

// Stem reduces a word in lower case to what its inflections share: möte, mötet, möten, mötena. It is Snowball's Swedish stemmer
// repeated until nothing more happens, followed by endings that stemmer leaves (förbundet, samordning) and the irregular words below.
// Stemming a stem gives the stem.
func Stem(word string) string {
	if s, ok := irregular[word]; ok {
		return s
	}
	// Each round shortens the word or stops, so this ends.
	for {
		next := strip(swedish.Stem(word, true))
		if s, ok := irregular[next]; ok {
			return s
		}
		if len(next) >= len(word) {
			return next
		}
		word = next
	}
}

// endings are taken off, longest first, when at least the given number of letters stays.
var endings = []struct {
	text string
	left int
}{
	{"arierna", 4}, {"arier", 4}, {"arium", 4}, {"ariet", 4}, {"ari", 4}, {"ivt", 3}, {"alt", 3}, {"ernt", 2}, {"samt", 4}, {"an", 4},
	{"ningar", 4}, {"andet", 4}, {"endet", 4}, {"ering", 4}, {"erat", 5}, {"erad", 5}, {"ande", 4}, {"ning", 4}, {"ing", 5}, {"ier", 5}, {"ium", 5}, {"iet", 5}, {"era", 5},
	{"er", 5}, {"it", 5}, {"et", 4}, {"ad", 4}, {"at", 5},
}

// kept is what stays of an ending that is partly the word's own: aktiv-t, lokal-t.
var kept = map[string]string{"ivt": "iv", "alt": "al", "ernt": "ern", "samt": "sam"}

func strip(w string) string {
	n := utf8.RuneCountInString(w)
	for _, e := range endings {
		if n-len(e.text) >= e.left && strings.HasSuffix(w, e.text) {
			w = strings.TrimSuffix(w, e.text) + kept[e.text]
			n -= len(e.text) - len(kept[e.text])
			break
		}
	}
	// medlemm-ar and medlem: no Swedish word ends in two m.
	if n >= 5 && strings.HasSuffix(w, "mm") {
		w, n = w[:len(w)-1], n-1
	}
	// samordn-a and samord-ning, öppn-a and öpp-ning: an n after a stop belongs to the ending.
	if n >= 5 && strings.HasSuffix(w, "n") && strings.ContainsRune("dgkptf", rune(w[len(w)-2])) {
		w = w[:len(w)-1]
	}
	return w
}

// irregular holds words whose inflections differ inside the word, or that the endings would tear. Both sides are in lower case; the
// value is the stem.
var irregular = families(`
man män mannen männen mäns mannens
stad städer staden städerna
ledamot ledamöter ledamoten ledamöterna
bok böcker boken böckerna
hand händer handen händerna
land länder landet länderna
natt nätter natten
son söner
dotter döttrar dottern
bror bröder
fader far fäder
moder mor mödrar
stånd ständer
tand tänder
rot rötter
kvinna kvinnor kvinnan kvinnorna kvinnors kvinnas
möte möten mötet mötena mötes mötets mötenas
barn barnen barnet barns barnens barnets
ung unga unge ungas yngre yngst
ålder åldrar åldern åldrarna ålders
medel medlen
plan planer planen planerna plans planens
plats platser platsen platserna
stöd stöden stödet stöds stödja stödjer stödjande
väg vägar vägen vägarna
mål målet målen målens
råd råden rådet rådets
forum forumet forumen forumets
liten litet små lilla
god gott goda bättre bäst
stor stort stora större störst
lag lagen lagar lagarna lagens
kön könet könen köns könens
år året åren årets årens
dag dagen dagar dagarna dagens
del delar delen delarna
krav kraven kravet kravens
val valen valet valets
pris priser priset priserna
avtal avtalet avtalen avtals avtalens
film filmer filmen filmerna
arbete arbetet arbeten arbetena arbeta arbetar arbetade arbetat arbetas arbetande arbets
demokrati demokratin demokratins demokratier demokratis
demokratisk demokratiska demokratiskt
politik politiken politikens
politiker politikern politikerna politikers politikernas
rapport rapporter rapporten rapporterna rapports
hälsa hälsan hälsans
ohälsa ohälsan ohälsans
öka ökar ökade ökat ökas ökad ökande ökning ökningen
öppen öppna öppet öppnar öppnas öppenhet öppenheten
hinder hindret hindren hindrens hindra hindrar
ekonomi ekonomin ekonomier ekonomins
artikel artiklar artikeln artiklarna artikelns
studiecirkel studiecirklar studiecirkeln studiecirklarna
intern interna internt
extern externa externt
lager lagret lagren
leverantör leverantörer leverantören leverantörerna
`)

func families(list string) map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(list) {
		words := strings.Fields(line)
		for _, w := range words {
			m[w] = words[0]
		}
	}
	return m
}
