package reading

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// Every line is: sentence | what a person would write in a calendar.
func TestTitles(t *testing.T) {
	eachLine(t, `
Den 16 september arrangerar vi en utbildningsdag om jämställdhet där styrelsen deltar. | Utbildningsdag om jämställdhet
Skickar vi ett nyhetsbrev i oktober om året som gått. | Nyhetsbrev om året
I mars går vi igenom all statistik uppdelad på kön. | Genomgång av all statistik uppdelad på kön
Vi ser över våra rutiner för synpunkter senast den 30 juni. | Översyn av våra rutiner för synpunkter
Ett öppet styrelsemöte hålls den 23 maj. | Öppet styrelsemöte
Torsdagen den 6 oktober kl. 8–9.30 bjuder vi arbetsgivare på frukostseminarium om rasism. | Frukostseminarium om rasism
Ny webbsida ”Hit går pengarna” lanseras i januari. | Ny webbsida ”Hit går pengarna”
Som ett led i att stärka kunskapen startar vi i februari en studiecirkel tillsammans med Vuxenskolan. | Studiecirkel
2 okt Webbinarium: Så upptäcker du diskriminering i din vardag (150 platser) | Webbinarium: Så upptäcker du diskriminering i din vardag
Regional konferens om ålderism, ca 120 deltagare | Regional konferens om ålderism
Enkät till 150 ungdomar i september | Enkät till 150 ungdomar
Kvar att göra: Introduktionskurs den 8 oktober | Introduktionskurs
Vårt externa åtagande är att varje månad berätta om en deltagares väg på vår hemsida. | Information om deltagares väg på vår hemsida
Tillsammans med Björkfors gymnasium hålla ett ungdomsfullmäktige den 18 maj 2022. | Ungdomsfullmäktige
Vi lyfter upp vårt åtagande (och demokratins 100 år) i våra sociala medier. | Vårt åtagande i våra sociala medier
Hösten 2025 upphandlas en extern granskare. | Upphandling av extern granskare
Första praktikdagen blir den 14 september 2022 och vi har plats för 12 politiker. | Första praktikdagen
`, func(text string, _ []string) []string {
		return splitLike(titleOf(&activityDraft{}, text, mainKind(text)))
	})
}

func mainKind(text string) Kind {
	tok := tokens(text)
	kinds, _ := chooseKinds(text, tok, findKinds(tok), &activityDraft{})
	return kinds[0]
}

// splitLike cuts as eachLine cuts the values it expects.
func splitLike(s string) []string {
	var out []string
	for v := range strings.SplitSeq(s, ",") {
		out = append(out, strings.TrimSpace(v))
	}
	return out
}

// checkTitle tells what keeps a title from being a line in a calendar.
func checkTitle(s string) string {
	words := strings.Fields(s)
	first, _ := utf8.DecodeRuneInString(s)
	switch {
	case utf8.RuneCountInString(s) > longestTitle:
		return "too long"
	case !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError):
		return "half a character"
	case unicode.IsLower(first):
		return "begins small"
	case len(words) > 1 && loose.has(strings.ToLower(words[len(words)-1])):
		return "ends with a word that leads on"
	case len(words) > 1 && strings.HasPrefix(s, "Vi "):
		return "is a sentence"
	}
	return ""
}

func TestTitlesAreNames(t *testing.T) {
	files, _ := filepath.Glob("testdata/*/*/input.*")
	for _, f := range files {
		for _, a := range Read(readFile(t, f), Options{}).Activities {
			if fault := checkTitle(a.Title); fault != "" || a.Title == "" {
				t.Errorf("%s: %q of %q: %s", f, a.Title, a.Text, fault)
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.SampledFrom([]string{"den 3 mars", "arrangerar vi", "en workshop", "om makt", "och", "i Mo", "tillsammans med ABF", "för 40 personer", "vi", "Under våren", "(datum ej satt)",
			"som", "att", "går vi igenom", "nyhetsbrev", ",", "–", ":", "”Din röst”", "ska", "utvärderas", "Åtagande 2", "kl. 9–11", "demokratidag", "ett långt ord utan slut"}), 1, 30).Draw(t, "parts")
		text := strings.Join(parts, " ")
		if fault := checkTitle(titleOf(&activityDraft{}, text, mainKind(text))); fault != "" {
			t.Fatalf("%q: %s", titleOf(&activityDraft{}, text, mainKind(text)), fault)
		}
	})
}

func TestSentencesWithTwoActivities(t *testing.T) {
	eachLine(t, `
Deltagarforum i Hallsnäs den 4 mars och i Mo den 18 mars | Deltagarforum i Hallsnäs den 4 mars, i Mo den 18 mars
Den 3 maj håller vi en workshop och den 8 maj en konferens om makt. | Den 3 maj håller vi en workshop, den 8 maj en konferens om makt.
Under våren håller vi en föreläsning om makt och ett webbinarium om normer. | Under våren håller vi en föreläsning om makt, ett webbinarium om normer.
Ungdomsråd träffas den 9 mars och den 11 maj | Ungdomsråd träffas den 9 mars och den 11 maj
Den 3 mars håller vi en föreläsning och ett efterföljande samtal. | Den 3 mars håller vi en föreläsning och ett efterföljande samtal.
Vi håller ett seminarium om makt och normer. | Vi håller ett seminarium om makt och normer.
`, func(text string, _ []string) []string {
		var out []string
		for _, c := range clauses(text) {
			out = append(out, text[c.start:c.end])
		}
		return out
	})
}
