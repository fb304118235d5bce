package deskweb_test

import (
	"net/http"
	"strings"
	"testing"

	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// A new association is led to its first step: whoever may read in a signed document is sent there from every page, the others are told who does.
func TestANewAssociationIsLedToItsFirstStep(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := serve(t, ledgertest.New(t, d))
		const way = `href="/alvkusten/las-in"`
		for _, page := range []string{"skrivbord", "plan", "plan?vy=bild", "loften", "uppfoljning"} {
			for who, leads := range map[string]bool{"Karin": true, "Tyra": true, "Bo": false, "Eva": false, "Nils": false} {
				s.who = who
				w := s.get("/alvkusten/" + page)
				if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, way) != leads {
					t.Errorf("%s on %s: %d, is led on %v, want %v", who, page, w.Code, !leads, leads)
				}
			}
		}
		for who, want := range map[string]string{
			"Karin": "Läs in det första undertecknade dokumentet", "Bo": "Kansliet har inte läst in något undertecknat dokument.", "Eva": "Kansliet har inte läst in något undertecknat dokument.",
		} {
			s.who = who
			if body := s.get("/alvkusten/skrivbord").Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
	})
}

// A person with nothing to do is told what is true of her role.
func TestAnEmptyDeskSpeaksToTheRole(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		says := func(who, want string) {
			t.Helper()
			s.who = who
			if body := s.get("/alvkusten/skrivbord").Body.String(); !strings.Contains(body, want) {
				t.Errorf("%s does not read %q", who, want)
			}
		}
		says("Bo", "Du kan läsa planen, löftena, uppföljningarna och allt underlag, men inte ändra något.")
		says("Nils", "När någon lämnar ett underlag kommer det upp här.")
		says("Eva", "När kansliet väljer dig för en aktivitet kommer den upp här")
		day := s.Activity(t, s.Coast, "Demokratidag")
		f := day.Fields()
		f.OwnerID = s.People["Eva"].Account
		if err := s.Ledger.EditActivity(t.Context(), s.People["Karin"], s.Coast, day.ID, day.Version, f); err != nil {
			t.Fatal(err)
		}
		says("Eva", `href="/alvkusten/plan?mina=1"`)
		s.Clock.MoveTo(period.On(2026, 9, 20))
		says("Eva", "Blir det av")
		s.Clock.MoveTo(period.On(2026, 9, 25))
		says("Eva", "Berätta hur det gick: Demokratidag")
	})
}

// An empty year leads to a year that is not.
func TestAnEmptyYearLeadsToAnotherYear(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, who := range []string{"Karin", "Bo"} {
			s.who = who
			body := s.get("/alvkusten/plan?ar=2024").Body.String()
			if !strings.Contains(body, `href="/alvkusten/plan?ar=2026"`) || !strings.Contains(body, "Inget är planerat 2024") {
				t.Errorf("%s finds no way from 2024", who)
			}
		}
	})
}
