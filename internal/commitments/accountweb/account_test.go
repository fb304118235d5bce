package accountweb_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"slices"
	"strings"
	"testing"

	"samklang/internal/core/period"
)

func TestTheAccountShowsWhatIsOwedFirst(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Clock.MoveTo(period.On(2026, 9, 25))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		doc := s.page(t, "/alvkusten")
		if got := texts(doc, ".promise .num"); !slices.Equal(got, []string{"1", "3", "2"}) {
			t.Errorf("order of promises: %v", got)
		}
		if got := texts(doc, ".promise .state"); !slices.Equal(got, []string{"Underlag saknas sedan 12 mars", "Underlag saknas sedan 30 juni", "Underlag saknas sedan 24 september"}) {
			t.Errorf("states: %q", got)
		}
		if got := text(doc, ".figures .late .value"); got != "3" {
			t.Errorf("overdue: %q", got)
		}
		if got := text(doc, ".hero .lead"); got != "Vi har gett 3 löften. Ett förbund till har skrivit under samma text. Här står också det som är försenat." {
			t.Errorf("lead: %q", got)
		}
		if got, _ := doc.Find(".promise a").First().Attr("href"); got != "/alvkusten/loften/gemensam-deklaration/1" {
			t.Errorf("address of the first promise: %s", got)
		}
		if got := text(doc, "#snart + .dates a"); got != "Seminarium om barnrätt" {
			t.Errorf("what comes next: %q", got)
		}
	})
}

func TestTheAccountOfAnotherYear(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		doc := s.page(t, "/alvkusten?ar=2027")
		if got := texts(doc, ".years a"); !slices.Equal(got, []string{"2026", "2027"}) {
			t.Errorf("years: %v", got)
		}
		if got, _ := doc.Find(".years [aria-current]").Attr("href"); got != "/alvkusten?ar=2027" {
			t.Errorf("current year: %s", got)
		}
		if !strings.Contains(text(doc, ".intro"), "gäller 2027") {
			t.Errorf("intro: %q", text(doc, ".intro"))
		}
		for _, faulty := range []string{"x", "20266", "-1", "1066"} {
			s.get(t, "/alvkusten?ar="+faulty, http.StatusNotFound)
		}
	})
}

func TestTheAccountInEveryLanguage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for path, want := range map[string]string{"/alvkusten": "Vad vi lovade och vad det blev", "/lattlast/alvkusten": "Det här lovade vi. Så här gick det.", "/en/alvkusten": "What we promised and what became of it"} {
			doc := s.page(t, path)
			if got := text(doc, "h1"); got != want {
				t.Errorf("%s: %q", path, got)
			}
		}
	})
}

func TestTheAccountIsLight(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		rec := s.get(t, "/alvkusten", http.StatusOK)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(rec.Body.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if b.Len() > 10<<10 {
			t.Errorf("the account is %d bytes compressed", b.Len())
		}
		if rec.Header().Get("Set-Cookie") != "" {
			t.Error("a reader gets a cookie")
		}
	})
}
