package commitments_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"samklang/internal/commitments"

	"pgregory.net/rapid"
)

func TestShortTitleKeepsTheMeaning(t *testing.T) {
	for wording, want := range map[string]string{
		"Sprida kunskap.": "Sprida kunskap",
		"Uppmärksamma och motverka att personer som inte är vita missgynnas på arbetsmarknaden.":                                                                        "Uppmärksamma och motverka att personer som inte är vita missgynnas på arbetsmarknaden",
		"Ställa krav på inkludering, jämställdhet och icke-diskriminering i samtliga avtal med leverantörer och kontrollera att kraven följs.":                          "Ställa krav på inkludering, jämställdhet och icke-diskriminering i samtliga avtal …",
		"Låta dem som berörs påverka insatserna och våra behovsanalyser, hålla minst ett deltagarforum i varje kommun varje år.":                                        "Låta dem som berörs påverka insatserna och våra behovsanalyser …",
		"Verka för ett öppet samtalsklimat i alla våra insatser genom att utbilda dem som leder möten, och genom att följa upp varje år hur det gick med utbildningen.": "Verka för ett öppet samtalsklimat i alla våra insatser",
		"Vi håller fyra träffar om året. De är öppna för alla.":                                                                                                         "Vi håller fyra träffar om året",
		"":                       "",
		strings.Repeat("å", 200): strings.Repeat("å", 90) + " …",
	} {
		if got := commitments.ShortTitle(wording); got != want {
			t.Errorf("%q\n got %q\nwant %q", wording, got, want)
		}
	}
}

func TestShortTitleIsShortAndBeginsTheWording(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wording := rapid.String().Draw(t, "wording")
		got := commitments.ShortTitle(wording)
		if n := utf8.RuneCountInString(got); n > 92 {
			t.Fatalf("%d characters: %q", n, got)
		}
		if !strings.HasPrefix(strings.Join(strings.Fields(wording), " "), strings.TrimSuffix(got, " …")) {
			t.Fatalf("%q does not begin %q", got, wording)
		}
	})
}
