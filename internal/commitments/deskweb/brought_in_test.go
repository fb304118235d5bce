package deskweb_test

import (
	"net/http"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// adoptRead lets the forest adopt a document that was read in: promises, and activities in the years given, one each.
func (s *site) adoptRead(t *testing.T, title string, years ...int) (imp id.ID) {
	t.Helper()
	ctx, arne := t.Context(), s.People["Arne"]
	imp, err := s.Ledger.StartImport(ctx, arne, s.Forest, "avtal.txt", strings.NewReader("Vi lovar att hålla fyra seminarier om bemötande."), 2021)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Ledger.Import(ctx, arne, s.Forest, imp)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Ledger.ChangeDraft(ctx, arne, s.Forest, imp, p.Version, func(d *commitments.Draft) error {
		d.Title, d.SignedOn, d.JoinDecided, d.Join, d.Year = title, period.On(2021, 9, 1), true, commitments.Ref{}, 2021
		d.Promises = []commitments.DraftPromise{{Number: 1, Wording: "Hålla fyra seminarier om bemötande.", Title: "Seminarier", Checked: true}}
		d.Activities = nil
		for _, y := range years {
			a := commitments.NewDraftActivity("Seminarium", [2]int{})
			a.Title, a.When, a.Checked = "Seminarium", period.OnDay(period.On(y, 9, 24)), true
			d.Activities = append(d.Activities, a)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err = s.Ledger.Import(ctx, arne, s.Forest, imp)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Ledger.AdoptImport(ctx, arne, s.Forest, imp, p.Version); err != nil {
		t.Fatal(err)
	}
	return imp
}

// Whoever has adopted a document is told what it gave, on the plan of the year the document is about.
func TestWhatADocumentGaveIsSaid(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.who = "Arne"
		for _, x := range []struct {
			title string
			years []int
			path  string
			want  string
		}{
			{"Löften 2021", []int{2021, 2021}, "/plan?ar=2021&", "Ett löfte och 2 aktiviteter är inlästa ur ”Löften 2021”. Här är planen för 2021, där de ligger."},
			{"Löften och år", []int{2021, 2022, 2022}, "/plan?ar=2022&", "Ett löfte och 3 aktiviteter är inlästa ur ”Löften och år”. Här är planen för 2022 med 2 av dem. Dessutom ligger en i 2021."},
			{"Bara löften", nil, "/loften?", "Ett löfte är inläst ur ”Bara löften”. Dokumentet nämner inga aktiviteter, så nästa steg är att planera den första."},
		} {
			imp := s.adoptRead(t, x.title, x.years...)
			b, err := s.Ledger.BroughtIn(t.Context(), s.People["Arne"], s.Forest, imp)
			if err != nil || b.Promises != 1 || b.Activities() != len(x.years) {
				t.Errorf("%+v %v", b, err)
			}
			w := s.get("/skogsbygden" + x.path + "inlast=" + imp.String())
			if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, x.want) {
				t.Errorf("%s is not said: %d", x.want, w.Code)
			}
			// The import is nobody else's.
			s.who = "Karin"
			if w := s.get("/alvkusten" + x.path + "inlast=" + imp.String()); w.Code != http.StatusOK || strings.Contains(w.Body.String(), x.title) {
				t.Errorf("another association: %d", w.Code)
			}
			s.who = "Arne"
		}
	})
}
