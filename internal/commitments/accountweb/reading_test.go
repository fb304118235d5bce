package accountweb_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
)

func TestThePromiseShowsItsWordingAsSigned(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		path := "/alvkusten/loften/gemensam-deklaration/2"
		doc := s.page(t, path)
		if got := doc.Find("blockquote[lang=sv]").Text(); got != "Föra en öppen och respektfull dialog i alla våra möten." {
			t.Errorf("wording: %q", got)
		}
		if got := text(doc, ".adopted figcaption"); !strings.HasPrefix(got, "Undertecknat 9 januari 2026 och oförändrat sedan dess. Beslut: § 3/2026.") {
			t.Errorf("since when: %q", got)
		}
		if got := text(doc, ".others a"); got != s.Forest.Name {
			t.Errorf("others: %q", got)
		}
		if got := text(doc, ".others ins"); !strings.Contains(got, "och samtal") {
			t.Errorf("difference: %q", got)
		}
		p := s.Promise(t, s.Coast, 2)
		s.Clock.MoveTo(period.On(2026, 2, 3))
		err := s.Ledger.SupersedeWording(t.Context(), s.People["Karin"], s.Coast, p.ID, p.Version, commitments.Supersession{Wording: "Föra en öppen dialog i alla våra möten.", Reason: "Kortare.", Decision: "§ 9/2026"})
		if err != nil {
			t.Fatal(err)
		}
		doc = s.page(t, path)
		if got := text(doc, ".adopted figcaption"); !strings.HasPrefix(got, "Den här lydelsen gäller sedan 3 februari 2026.") {
			t.Errorf("since when: %q", got)
		}
		old := s.page(t, path+"/lydelse/1")
		if old.Find("blockquote").Text() != "Föra en öppen och respektfull dialog i alla våra möten." || !strings.Contains(text(old, ".lead"), "gällde till 3 februari 2026") {
			t.Errorf("the first wording: %q", text(old, "main"))
		}
		history := s.page(t, path+"/historik")
		if got := texts(history, ".events .name"); !slices.Equal(got, []string{"Ny lydelse", "Löftet skrevs under"}) {
			t.Errorf("history: %q", got)
		}
		for _, faulty := range []string{"/lydelse/3", "/lydelse/x", "/lydelse/01"} {
			s.get(t, path+faulty, http.StatusNotFound)
		}
		for _, faulty := range []string{"/alvkusten/loften/gemensam-deklaration/9", "/alvkusten/loften/gemensam-deklaration/02", "/alvkusten/loften/gemensam-deklaration/x", "/alvkusten/loften/annan/1"} {
			s.get(t, faulty, http.StatusNotFound)
		}
	})
}

func TestTheStateComesWithItsReason(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Clock.MoveTo(period.On(2026, 7, 1))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		doc := s.page(t, "/alvkusten/loften/gemensam-deklaration/3")
		if got := text(doc, ".verdict .state"); got != "Underlag saknas sedan 30 juni" {
			t.Errorf("state: %q", got)
		}
		if got := text(doc, ".verdict .why"); got != "Dagen för minst ett steg har passerat och inget underlag är inlagt." {
			t.Errorf("reason: %q", got)
		}
		if got := texts(doc, ".events .name"); !slices.Equal(got, []string{"Från ”Inte påbörjat” till ”Underlag saknas”", "Löftet skrevs under"}) {
			t.Errorf("history: %q", got)
		}
		if got := texts(doc, ".plan .state"); !slices.Equal(got, []string{"Underlag saknas"}) {
			t.Errorf("steps: %q", got)
		}
	})
}

// The day since when a promise has lapsed is the same wherever it is told, also when the program noticed later; nobody is told that nothing is
// planned while something is; and every year in which there is a step can be reached.
func TestALapsedPromiseTellsOneDayAndATrueReason(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		three := s.Promise(t, s.Coast, 3)
		for _, y := range []int{2026, 2029} {
			if _, err := s.Ledger.AddMilestone(t.Context(), s.People["Karin"], s.Coast, three.ID, "Alla avtal har kravet", period.On(y, 5, 31)); err != nil {
				t.Fatal(err)
			}
		}
		s.Clock.MoveTo(period.On(2027, 5, 1)) // it lapsed in March; nobody looked until now
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		const path = "/alvkusten/loften/gemensam-deklaration/"
		one := s.page(t, path+"1")
		if got := text(one, ".verdict .state"); got != "Förföll 24 mars" {
			t.Errorf("the promise's page: %q", got)
		}
		if got := text(one, ".verdict .why"); got != "Ingen har lämnat underlag på länge, och det som är planerat har ingen sista dag. Då förfaller löftet av sig självt." {
			t.Errorf("the reason: %q", got)
		}
		if got := texts(s.page(t, "/alvkusten"), ".state"); !slices.Contains(got, "Förföll 24 mars") {
			t.Errorf("the account: %q", got)
		}
		if got := texts(s.page(t, "/"), ".standings .late"); !slices.Contains(got, "3 är försenade, det äldsta sedan 31 maj 2026") {
			t.Errorf("the portal: %q", got)
		}
		if got := texts(s.page(t, path+"3"), ".years a"); !slices.Equal(got, []string{"2026", "2027", "2029"}) {
			t.Errorf("years: %q", got)
		}
		if got := texts(s.page(t, path+"3?ar=2029"), ".plan .name"); !slices.Equal(got, []string{"Alla avtal har kravet"}) {
			t.Errorf("the step of 2029: %q", got)
		}
	})
}

func TestTheDeclarationCountsAJointActivityOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		day := s.Activity(t, s.Coast, "Demokratidag")
		f := day.Fields()
		f.Organisers = append(f.Organisers, s.Forest.ID)
		if err := s.Ledger.EditActivity(t.Context(), s.People["Karin"], s.Coast, day.ID, day.Version, f); err != nil {
			t.Fatal(err)
		}
		if err := s.Ledger.AnswerInvitation(t.Context(), s.People["Arne"], s.Forest, day.Ref(), true, nil); err != nil {
			t.Fatal(err)
		}
		doc := s.page(t, "/deklarationer/gemensam-deklaration")
		if got := texts(doc, ".figures .value"); !slices.Equal(got, []string{"4", "0", "1"}) {
			t.Errorf("figures: %v", got)
		}
		if got := texts(doc, "thead th"); !slices.Equal(got, []string{"Löfte", "Älvkusten", "Skogsbygden"}) {
			t.Errorf("columns: %v", got)
		}
		if n := doc.Find("tbody tr").Length(); n != 3 {
			t.Errorf("%d promises", n)
		}
		portal := s.page(t, "/")
		if got := texts(portal, ".dates a"); !slices.Equal(got, []string{"Seminarium om bemötande", "Genomgång av avtal", "Demokratidag"}) && !slices.Equal(got, []string{"Seminarium om bemötande", "Demokratidag"}) {
			t.Errorf("what comes next: %q", got)
		}
		if got := texts(portal, ".standings h3"); !slices.Equal(got, []string{s.Forest.Name, s.Coast.Name}) {
			t.Errorf("associations: %q", got)
		}
		s.get(t, "/deklarationer/annan", http.StatusNotFound)
	})
}

func TestTheCalendarIsNarrowedByAddress(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		doc := s.page(t, "/alvkusten/kalender")
		if got := texts(doc, ".in-month h2"); !slices.Equal(got, []string{"Mars", "September", "Dagen är inte satt"}) {
			t.Errorf("months: %q", got)
		}
		if n := doc.Find(".plan > li").Length(); n != 4 {
			t.Errorf("%d activities", n)
		}
		if n := doc.Find("#arshjul, .ch-wheel").Length(); n == 0 {
			t.Error("no wheel")
		}
		if n := doc.Find(".wheel-card tbody tr").Length(); n != 12 {
			t.Errorf("the wheel's table has %d rows", n)
		}
		if n := s.page(t, "/alvkusten/kalender?form=internal").Find(".plan > li").Length(); n != 0 {
			t.Errorf("%d internal activities", n)
		}
		if n := s.page(t, "/alvkusten/kalender?form=external&slag=seminar").Find(".plan > li").Length(); n != 4 {
			t.Errorf("%d external seminars", n)
		}
	})
}

func TestPagesOfRunningText(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, l := range []string{"", "/en", "/lattlast"} {
			for _, path := range []string{"/sa-raknas-laget", "/personuppgifter", "/oppna-data", "/alvkusten/om"} {
				s.page(t, l+path)
			}
		}
		doc := s.page(t, "/sa-raknas-laget")
		if n := doc.Find(".legend dt").Length(); n != 8 {
			t.Errorf("%d states are explained", n)
		}
		if got := texts(doc, "#exempel ~ .table .state"); !slices.Equal(got, []string{"Inte påbörjat", "En bit på väg", "En bit på väg", "På god väg", "Försenat", "På god väg", "Hålls"}) {
			t.Errorf("the example: %q", got)
		}
	})
}
