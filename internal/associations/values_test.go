package associations

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSlugs(t *testing.T) {
	for _, s := range []string{"alvkusten", "mo-2", "vastra-sjolandet"} {
		if got, err := ParseSlug(s); err != nil || string(got) != s {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "a", "Mo", "älvkusten", "2mo", "-mo", "mo-", "mo--2", "mo/2", "mo.2", " mo", strings.Repeat("a", 41)} {
		if _, err := ParseSlug(s); err == nil {
			t.Errorf("%q is no slug", s)
		}
	}
	for name, want := range map[string]Slug{"Älvkusten": "alvkusten", "Västra Sjölandet": "vastra-sjolandet", "  Mo & Tallviken!": "mo-tallviken", "3 kommuner": "kommuner", "É": "", "": "", "Örnsköld (2)": "ornskold-2"} {
		if got := SuggestSlug(name); got != want {
			t.Errorf("%q: suggested %q, want %q", name, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		if s := SuggestSlug(rapid.String().Draw(t, "name")); s != "" {
			if _, err := ParseSlug(string(s)); err != nil {
				t.Fatalf("suggested %q, which is no slug", s)
			}
		}
	})
}

func TestHosts(t *testing.T) {
	for s, want := range map[string]Host{"": "", "WWW.Alvkusten.example": "www.alvkusten.example", "https://x.example/": "x.example", "xn--lvkusten-0za.example": "xn--lvkusten-0za.example"} {
		if got, err := ParseHost(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"localhost", "a..b", "x.example/path", "x.example:80", "-x.example", "127.0.0.1", "älv.example", "x .example", strings.Repeat("a", 64) + ".se", strings.Repeat("abc.", 80) + "se"} {
		if _, err := ParseHost(s); err == nil {
			t.Errorf("%q is no host name", s)
		}
	}
}

func TestOrgNumbers(t *testing.T) {
	for s, want := range map[string]OrgNumber{"": "", "299999-0001": "299999-0001", "2999990001": "299999-0001", "16299999 0001": "299999-0001"} {
		if got, err := ParseOrgNumber(s); err != nil || got != want {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	for _, s := range []string{"299999-0002", "299999-00x6", "811218-9876", "18299999-0001", "1"} {
		if got, err := ParseOrgNumber(s); err == nil {
			t.Errorf("%q was read as %q", s, got)
		}
	}
	// A single wrong digit never passes.
	rapid.Check(t, func(t *rapid.T) {
		b := []byte("2999990001")
		i := rapid.IntRange(0, 9).Draw(t, "place")
		b[i] = byte('0' + (int(b[i]-'0')+rapid.IntRange(1, 9).Draw(t, "by"))%10)
		if got, err := ParseOrgNumber(string(b)); err == nil {
			t.Fatalf("%s was read as %s", b, got)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"299999-0001", "alvkusten", "www.x.example", "https://"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if v, err := ParseOrgNumber(s); err == nil && v != "" {
			if again, err := ParseOrgNumber(string(v)); err != nil || again != v {
				t.Errorf("%q: %q, again %q, %v", s, v, again, err)
			}
		}
		if v, err := ParseHost(s); err == nil {
			if again, err := ParseHost(string(v)); err != nil || again != v {
				t.Errorf("%q: %q, again %q, %v", s, v, again, err)
			}
		}
		if v, err := ParseSlug(s); err == nil && string(v) != s {
			t.Errorf("%q became %q", s, v)
		}
		SuggestSlug(s)
	})
}
