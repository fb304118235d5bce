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

func TestDecisions(t *testing.T) {
	for _, c := range []struct{ lines, reference, on string }{
		{"Finsam Mo\n\nBeslut § 12, dnr 31/2021\n\n", "§ 12, dnr 31/2021", ""},
		{"Finsam Mo\n\nAntagen av styrelsen den 9 februari 2024, § 12\n\n", "§ 12", "2024-02-09"},
		{"Protokoll från styrelsens sammanträde 2026-01-29\n\n§ 4 Föregående protokoll\n\nLäggs till handlingarna.\n\n§ 5 Demokratiåtagande\n\nDnr: SF 2026-7\n\n", "§ 5, dnr SF 2026-7", "2026-01-29"},
		{"Diskrimineringslagen § 3 gäller alla.\n\n", "", ""},
		{"Finsam Mo\n\n", "", ""},
	} {
		r, ok := readText(t, "a.txt", c.lines+"Vi åtar oss att:\n\n- lyssna på deltagare\n- sprida kunskap om rättigheter\n")
		on := ""
		if d := r.Declaration.Decision.On; !d.IsZero() {
			on = d.String()
		}
		if !ok || r.Declaration.Decision.Reference != c.reference || on != c.on {
			t.Errorf("%q: read %+v", c.lines, r.Declaration.Decision)
		}
		for _, p := range r.Parts {
			if s := r.Document.Text[p.Source.Start:p.Source.End]; p.Role == RolePreamble && strings.Contains(s, "Beslut §") {
				t.Errorf("%q is taken for preamble", s)
			}
		}
	}
}

func TestOtherPapersPromiseNothing(t *testing.T) {
	for _, text := range []string{
		"KALLELSE\n\nStyrelsemöte fredagen den 7 februari 2025\n\n1. Mötet öppnas\n2. Information om deklarationen\n3. Nästa möte den 25 april\n",
		"FAKTURA\n\nKonferenslokal, heldag 24 september 2024\nLunch, seminarium 42 st\n",
		"Receptet räcker till sex personer.\n\n- Skala potatisen\n- Koka i 20 minuter\n",
	} {
		r, ok := readText(t, "a.txt", text)
		if !ok || len(r.Commitments)+len(r.Activities) > 0 {
			t.Errorf("%q: found %+v and %+v", text, r.Commitments, r.Activities)
		}
		if len(r.Unread) == 0 {
			t.Errorf("%q: nothing is listed as not understood", text)
		}
	}
}

// What an item says it was read from stands at its place in the document, white space and list codes apart.
func TestSourcesHoldTheText(t *testing.T) {
	plain := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	files, _ := filepath.Glob("testdata/*/*/input.*")
	for _, f := range files {
		r := Read(readFile(t, f), Options{})
		slice := func(s Span) string { return plain(r.Document.Text[s.Start:s.End]) }
		for _, c := range r.Commitments {
			if got := slice(c.Source); !near(got, plain(c.Text)) {
				t.Errorf("%s: %q is not at its place: %q", f, c.Text, got)
			}
		}
		for _, a := range r.Activities {
			if got := slice(a.Source); !near(got, plain(a.Text)) {
				t.Errorf("%s: %q is not at its place: %q", f, a.Text, got)
			}
		}
		for _, u := range r.Unread {
			if got := slice(u.Source); !near(got, plain(u.Text)) {
				t.Errorf("%s: %q is not at its place: %q", f, u.Text, got)
			}
		}
	}
}

// near tells whether every word of a text stands in the slice it was read from, in its order: the slice may hold markup, page breaks
// and divided words.
func near(slice, text string) bool {
	letters := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s)
	}
	slice = letters(slice)
	at := 0
	for w := range strings.FieldsSeq(text) {
		w = letters(w)
		i := strings.Index(slice[at:], w)
		if i < 0 {
			return false
		}
		at += i + len(w)
	}
	return true
}
