package reading

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

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
		"Tack för ett inspirerande frukostseminarium!\n\nDet var gott att ses. Den 23 oktober kl. 9 bjuder Samordningsförbundet Mo på ett kunskapsseminarium om rasism.\n",
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
