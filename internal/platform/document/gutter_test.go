package document

import (
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestTablesLaidOutOnPaper(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"plan": {`Vårens plan
  Datum           Aktivitet                                              Ansvarig
  9 mars          Samtalskväll i Mo om hur det är att söka stöd          Kansliet
                  när man är ny i landet, med tolk på plats i sam-
                  lingssalen
  20–22           Utställning                                            Tallvikens bibliotek
  april                                                                  och kulturskola

  v. 40           Enkät                                                  Kansliet

Efter tabellen.
`, "Datum\tAktivitet\tAnsvarig\n" +
			"9 mars\tSamtalskväll i Mo om hur det är att söka stöd när man är ny i landet, med tolk på plats i samlingssalen\tKansliet\n" +
			"20–22 april\tUtställning\tTallvikens bibliotek och kulturskola\n" +
			"v. 40\tEnkät\tKansliet\n"},
		"empty cells":      {"Vad          När          Var\nDag          3 maj\nKurs                      Mo\n", "Vad\tNär\tVar\nDag\t3 maj\t\nKurs\t\tMo\n"},
		"no table":         {"Vi lovar.\n\nKarin Ek               Per Lund\n\nOrdförande\n", ""},
		"columns of prose": {strings.Repeat("Vi arbetar för att alla ska komma till tals i      Den som hör av sig ska få svar inom två dagar\n", 8), ""},
		"half a table":     {"Datum                      Aktivitet\n      Ett möte som går tvärs över gränsen mellan dem\n9 mars                     Kurs\n10 mars                    Dag\n", ""},
	} {
		got, ok := untable(tc.text)
		if ok != (tc.want != "") || ok && !strings.Contains(got, "\n"+tc.want+"\n") {
			t.Errorf("%s: %v\n%s", name, ok, got)
		}
	}
}

// Whatever is rewritten keeps its letters, hyphens at line ends aside.
func TestUntableKeepsEveryLetter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"Datum", "  ", "     ", "          ", "Mo", "sam-", "å", "•", "\f", "9 maj "}), 0, 8).Draw(t, "parts"), "")
		})
		text := strings.Join(rapid.SliceOfN(line, 0, 12).Draw(t, "lines"), "\n")
		got, _ := untable(text)
		if a, b := letters(text), letters(got); a != b {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

// letters counts the letters and digits of s, in any order.
func letters(s string) (n [2]int) {
	for _, r := range s {
		if unicode.IsLetter(r) {
			n[0]++
		} else if unicode.IsDigit(r) {
			n[1]++
		}
	}
	return n
}

func FuzzLaidOut(f *testing.F) {
	f.Add("Datum          Vad\n9 mars         Kurs\n               i Mo\n")
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "")
		text, _ := untable(s)
		checkShape(t, Document{Format: PDF, Text: text, Blocks: parseText(text, false)})
	})
}
