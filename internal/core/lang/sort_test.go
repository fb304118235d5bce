package lang

import (
	"slices"
	"strings"
	"testing"
)

func TestSwedishOrder(t *testing.T) {
	for name, want := range map[string]string{
		"letters of the alphabet": "a b v w x y z å ä ö",
		"names of places":         "Aneby Borås Vara Wara Öckerö",
		"case does not split":     "mo Mo mora",
		"accents are close":       "Ide Idé Iden",
		"æ and ø as ä and ö":      "z å ä æ ö ø",
		"ü as y":                  "Muller Myller Müller Mz",
		"numbers by size":         "Insats-9 Insats-10 Insats-100",
		"longer comes later":      "Skog Skogs Skogsbygden",
	} {
		words := strings.Fields(want)
		got := slices.Clone(words)
		slices.Reverse(got)
		slices.SortFunc(got, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
		if !slices.Equal(got, words) {
			t.Errorf("%s: got %v, want %v", name, got, words)
		}
	}
}

func TestSortKeyIsSafeInEveryDatabase(t *testing.T) {
	for _, s := range []string{"", "Åsa Öberg", strings.Repeat("ö", 5000), "\xff\xfe", "a\x00b"} {
		if k := SortKey(s); strings.Trim(k, "0123456789abcdef") != "" {
			t.Errorf("%.20q: key %q", s, k)
		}
	}
}
