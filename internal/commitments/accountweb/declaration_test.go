package accountweb_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/PuerkitoBio/goquery"
)

const declarationPage = "/deklarationer/gemensam-deklaration"

// A declaration's page says what is owed before anything else, draws how far its promises have come, tells what comes next, keeps what has been
// apart and has its latest history.
func TestTheDeclarationSaysWhatIsOwedFirst(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		if got := text(s.page(t, declarationPage), "section:has(#forsenat)"); got != "FörsenatInget löfte är försenat." {
			t.Errorf("before anything is owed: %q", got)
		}
		day := s.Activity(t, s.Coast, "Demokratidag")
		f := day.Fields()
		f.Organisers = append(f.Organisers, s.Forest.ID)
		if err := s.Ledger.EditActivity(t.Context(), s.People["Karin"], s.Coast, day.ID, day.Version, f); err != nil {
			t.Fatal(err)
		}
		if err := s.Ledger.AnswerInvitation(t.Context(), s.People["Arne"], s.Forest, day.Ref(), true, nil); err != nil {
			t.Fatal(err)
		}
		s.Clock.MoveTo(period.On(2026, 3, 13))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		doc := s.page(t, declarationPage)
		if got := texts(doc, "section:has(#forsenat) li"); !slices.Equal(got, []string{"1. " + s.Promise(t, s.Coast, 1).Title + " Älvkusten Underlag saknas sedan 12 mars"}) {
			t.Errorf("owed: %q", got)
		}
		if got, _ := doc.Find("section:has(#forsenat) li a").Attr("href"); got != "/alvkusten/loften/gemensam-deklaration/1" {
			t.Errorf("what is owed leads to %s", got)
		}
		if doc.Find("#forsenat").Length() == 0 || doc.Find("section:has(#forsenat) ~ section:has(#loften)").Length() != 1 {
			t.Error("what is owed does not stand before the table")
		}
		if got := text(doc, "section:has(#loften) .intro"); !strings.HasPrefix(got, "0 av 6 löften hålls.") {
			t.Errorf("progress in words: %q", got)
		}
		if got := texts(doc, ".ch-stack .ch-key li"); !slices.Equal(got, []string{"5inte påbörjade", "1försenade"}) {
			t.Errorf("progress in a picture: %q", got)
		}
		if got := texts(doc, ".card:has(#snart) .dates a"); !slices.Contains(got, "Demokratidag") || slices.Contains(got, "Seminarium om bemötande") {
			t.Errorf("what comes next: %q", got)
		}
		if got := text(doc, "section:has(#tillsammans)"); !strings.Contains(got, "Demokratidag") || strings.Contains(got, "Tidigare i år") {
			t.Errorf("together: %q", got)
		}
		if got := texts(doc, "section:has(#historik) .name"); len(got) != 3 || got[0] != "Älvkusten, löfte 1: läget blev ”Underlag saknas”" || !slices.Contains(got, "Skogsbygden skrev under") {
			t.Errorf("history: %q", got)
		}
		var files []string
		doc.Find(".card:has(#ta-med) a").Each(func(_ int, x *goquery.Selection) {
			href, _ := x.Attr("href")
			files = append(files, href)
		})
		if !slices.Contains(files, declarationPage+"/loften.csv") || !slices.Contains(files, declarationPage+"/data.json") {
			t.Errorf("to take along: %q", files)
		}
		s.Clock.MoveTo(period.On(2026, 12, 30))
		if got := text(s.page(t, declarationPage), "section:has(#tillsammans)"); !strings.Contains(got, "Inget mer är planerat tillsammans i år. Tidigare i år") || !strings.Contains(got, "Demokratidag") {
			t.Errorf("together at the end of the year: %q", got)
		}
	})
}

// Whoever has adopted a later wording is named beside the promise, and what the others see of it stays.
func TestTheDeclarationSaysWhoHasALaterWording(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		if got := text(s.page(t, declarationPage), "tbody"); strings.Contains(got, "ny lydelse") {
			t.Errorf("before: %q", got)
		}
		s.Clock.MoveTo(period.On(2026, 3, 3))
		p := s.Promise(t, s.Coast, 2)
		if err := s.Ledger.SupersedeWording(t.Context(), s.People["Karin"], s.Coast, p.ID, p.Version, commitments.Supersession{Wording: p.Wording().Wording + " Det gäller också på nätet.", Reason: "Mer sker på nätet."}); err != nil {
			t.Fatal(err)
		}
		doc := s.page(t, declarationPage)
		links := doc.Find("tbody tr:nth-child(2) a[href$=historik]")
		if href, _ := links.Attr("href"); links.Length() != 1 || strings.TrimSpace(links.Text()) != "Älvkusten: ny lydelse sedan 3 mars 2026" || href != "/alvkusten/loften/gemensam-deklaration/2/historik" {
			t.Errorf("%d links, %q to %s", links.Length(), links.Text(), href)
		}
		s.get(t, "/alvkusten/loften/gemensam-deklaration/2/historik", http.StatusOK)
	})
}

// Who signs anew takes the place of what was signed before, and each page leads to the other.
func TestDeclarationsLeadToWhatTookTheirPlace(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		old, err := s.Ledger.DeclarationBySlug(t.Context(), "gemensam-deklaration")
		if err != nil {
			t.Fatal(err)
		}
		ref, err := s.Ledger.Adopt(t.Context(), s.People["Karin"], s.Coast, commitments.Adoption{Supersedes: old.Ref(), Title: "Ny deklaration", SignedOn: period.On(2026, 2, 1), Period: [2]period.Date{period.On(2026, 2, 1), period.On(2027, 12, 31)},
			Promises: []commitments.AdoptedPromise{{Number: 1, Wording: s.Promise(t, s.Coast, 1).Wording().Wording, Title: "Seminarier"}}})
		if err != nil {
			t.Fatal(err)
		}
		later, err := s.Ledger.DeclarationPage(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		if ref.ID == id.None || later.Edition != 2 {
			t.Fatalf("%+v", later.Declaration)
		}
		doc := s.page(t, declarationPage)
		if got, _ := doc.Find(".note a").Attr("href"); got != "/deklarationer/"+later.Slug {
			t.Errorf("the old one leads to %q", got)
		}
		doc = s.page(t, "/deklarationer/"+later.Slug)
		if got, _ := doc.Find("#ersatter ~ .links a").Attr("href"); got != declarationPage {
			t.Errorf("the new one leads to %q", got)
		}
		if got := text(doc, ".promise-top .meta"); got != "Utgåva 2 · gäller 1 februari 2026 – 31 december 2027" {
			t.Errorf("edition: %q", got)
		}
		if got := s.get(t, declarationPage+"/data.json", http.StatusOK).Body.String(); !strings.Contains(got, "/deklarationer/"+later.Slug) {
			t.Error("the data of the old one do not say what took its place")
		}
	})
}
