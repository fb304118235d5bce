package swedish

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// leastMet is the share of word forms in testdata/families.txt whose stem is their family's. It may only be raised.
const leastMet = 0.98

// Every line of families.txt is a word with its inflections; they should share one stem.
func TestFamiliesMeet(t *testing.T) {
	data, err := os.ReadFile("testdata/families.txt")
	if err != nil {
		t.Fatal(err)
	}
	met, all, families := 0, 0, 0
	owner := map[string]string{}
	for line := range strings.Lines(string(data)) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		families++
		first := Stem(words[0])
		if other, ok := owner[first]; ok {
			t.Logf("%s and %s share the stem %s", other, words[0], first)
		}
		owner[first] = words[0]
		for _, w := range words[1:] {
			all++
			if Stem(w) == first {
				met++
			} else {
				t.Logf("%s is %s, %s is %s", words[0], first, w, Stem(w))
			}
		}
	}
	share := float64(met) / float64(all)
	fmt.Printf("Swedish stems: %d of %d inflections in %d families meet (%.1f%%)\n", met, all, families, 100*share)
	if share < leastMet {
		t.Errorf("%.3f meet, at least %.3f wanted", share, leastMet)
	}
}

func TestUnlikeWordsStayApart(t *testing.T) {
	for _, pair := range [][2]string{{"kommun", "kommunikation"}, {"del", "delaktighet"}, {"part", "parti"}, {"makt", "maka"}, {"val", "valp"}, {"person", "personal"}, {"medel", "medlem"},
		{"besök", "beslut"}, {"lag", "lager"}, {"råd", "rad"}, {"mål", "mal"}, {"ålder", "alder"}, {"tro", "trots"}, {"arbete", "arv"}, {"stad", "stadga"}} {
		if a, b := Stem(pair[0]), Stem(pair[1]); a == b {
			t.Errorf("%s and %s both have the stem %s", pair[0], pair[1], a)
		}
	}
}

func TestStemOfStem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := strings.ToLower(rapid.OneOf(rapid.StringMatching(`[a-zåäö]{1,20}`), rapid.String()).Draw(t, "word"))
		s := Stem(w)
		if again := Stem(s); again != s {
			t.Fatalf("%q gives %q, which gives %q", w, s, again)
		}
	})
}

func TestWords(t *testing.T) {
	text := "Icke-diskriminering, 100-årsjubileum och EU:s mål – 24 september."
	var got []string
	for _, w := range Words(text) {
		if strings.ToLower(text[w.Start:w.End]) != w.Text {
			t.Errorf("%q at %d–%d", w.Text, w.Start, w.End)
		}
		got = append(got, w.Text)
	}
	if s := strings.Join(got, "|"); s != "icke-diskriminering|100-årsjubileum|och|eu:s|mål|24|september" {
		t.Errorf("got %s", s)
	}
}

func TestLikeness(t *testing.T) {
	a := "stärka medborgarnas inflytande och delaktighet i utformningen av insatser"
	texts := []string{a, "sprida kunskap om jämställdhet och icke-diskriminering", "ställa krav på leverantörer vid upphandling"}
	c := NewCorpus(texts)
	same := c.Vector("att stärka medborgares inflytande och delaktighet när insatserna utformas")
	if near, far := Cosine(same, c.Vector(a)), Cosine(same, c.Vector(texts[1])); near < 0.6 || far > 0.2 {
		t.Errorf("the same in other words %.2f, something else %.2f", near, far)
	}
	if got := Covered(c.Vector("medborgarnas inflytande"), c.Vector(a)); got < 0.999 {
		t.Errorf("a part of a text is covered by it to %.2f", got)
	}
	if !Related(Stem("kunskap"), Stem("kunskapsseminarium")) || Related("kom", "kommun") {
		t.Error("compounds begin or end with their parts, short stems prove nothing")
	}
	if Cosine(nil, same) != 0 || Covered(nil, same) != 0 {
		t.Error("an empty text is like nothing")
	}
}

func FuzzTerms(f *testing.F) {
	f.Add("Vi åtar oss att öka kunskapen – för alla, EU:s 100-årsjubileum")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range Words(text) {
			if w.Start < 0 || w.End <= w.Start || w.End > len(text) {
				t.Fatalf("a word at %d–%d in %q", w.Start, w.End, text)
			}
		}
		if !utf8.ValidString(text) {
			return
		}
		v := NewCorpus([]string{text}).Vector(text)
		if s := Cosine(v, v); len(v) > 0 && (s < 0.999 || s > 1) {
			t.Fatalf("%q is like itself to %f", text, s)
		}
	})
}
