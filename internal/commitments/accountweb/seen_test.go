package accountweb_test

import (
	"net/http"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/period"
)

// secret is a word that stands in everything that is not public.
const secret = "hemligstämplad"

// hide makes the world hold, beside what is public, an activity that is not, notes, evidence that waits, evidence that was accepted but is
// not public, and evidence for the hidden activity that was marked public.
func hide(t *testing.T, s *site) (hidden, shown commitments.ActivityView) {
	t.Helper()
	ctx := t.Context()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	mine := s.Promise(t, s.Coast, 1)
	_, err := s.Ledger.PlanActivity(ctx, s.People["Karin"], s.Coast, commitments.ActivityFields{Title: "Styrelsens " + secret + "e genomgång", Kind: "meeting", Forms: commitments.Internal, When: period.OnDay(period.On(2026, 4, 1)), PlanYear: 2026,
		Description: secret, Audience: secret, Project: secret, Partners: []string{secret}, Speakers: []string{secret},
		Serves: []commitments.ServingFields{{PledgeAssociation: s.Coast.ID, Pledge: mine.ID, How: secret}}})
	do(err)
	shown = s.Activity(t, s.Coast, "Seminarium om bemötande")
	f := shown.Fields()
	f.Notes, f.OwnerID, f.FollowUpOn = secret, s.People["Eva"].Account, period.On(2026, 5, 1)
	do(s.Ledger.EditActivity(ctx, s.People["Karin"], s.Coast, shown.ID, shown.Version, f))
	hidden = s.Activity(t, s.Coast, "Styrelsens "+secret+"e genomgång")
	shown = s.Activity(t, s.Coast, "Seminarium om bemötande")
	s.Clock.MoveTo(period.On(2026, 4, 2))
	for _, x := range []struct {
		title  string
		target commitments.Target
		accept bool
		public bool
	}{
		{"Det alla får se", commitments.Target{Activity: shown.Ref()}, true, true},
		{"Väntar " + secret, commitments.Target{Activity: shown.Ref()}, false, true},
		{"Internt " + secret, commitments.Target{Pledge: mine.ID}, true, false},
		{"Om det dolda " + secret, commitments.Target{Activity: hidden.Ref()}, true, true},
	} {
		do(s.Ledger.FileEvidence(ctx, s.People["Tyra"], s.Coast, commitments.EvidenceFields{Target: x.target, Kind: commitments.EvidenceAccount, Title: x.title, Body: x.title, Completes: true, Public: x.public}, "", nil))
		if !x.accept {
			continue
		}
		for _, e := range s.Promise(t, s.Coast, 1).Evidence {
			if e.Title == x.title {
				do(s.Ledger.ReviewEvidence(ctx, s.People["Karin"], s.Coast, e.ID, e.Version, commitments.Verdict{Accept: true, Public: x.public, Comment: secret}))
			}
		}
	}
	return hidden, shown
}

// Every address of the public account, asked by a visitor, holds what is public and nothing of the rest; so does every file and feed.
func TestAVisitorSeesWhatIsPublicAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		hidden, shown := hide(t, s)
		for _, path := range s.addresses(shown.ID.String()) {
			body := s.get(t, path, http.StatusOK).Body.String()
			if strings.Contains(body, secret) || strings.Contains(body, hidden.ID.String()) {
				t.Errorf("%s tells what is not public", path)
			}
			for _, name := range []string{"Karin", "Tyra", "Eva"} {
				if strings.Contains(body, name) {
					t.Errorf("%s names %s", path, name)
				}
			}
		}
		s.get(t, "/alvkusten/aktiviteter/"+hidden.ID.String(), http.StatusNotFound)
		if body := s.get(t, "/alvkusten/loften/gemensam-deklaration/1", http.StatusOK).Body.String(); !strings.Contains(body, "Det alla får se") || !strings.Contains(body, "Ett steg till räknas") {
			t.Error("the promise does not show its public evidence, or says nothing of the step that is hidden")
		}
		if body := s.get(t, "/alvkusten/aktiviteter/"+shown.ID.String(), http.StatusOK).Body.String(); !strings.Contains(body, "Det alla får se") {
			t.Error("the activity does not show its public evidence")
		}
		s.get(t, "/skogsbygden/aktiviteter/"+shown.ID.String(), http.StatusNotFound) // it is the coast's alone
	})
}

// Those who work at the association reach the page of an activity that is not public; those who work at another one do not.
func TestAHiddenActivityIsSeenFromInside(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		hidden, _ := hide(t, s)
		path := "/alvkusten/aktiviteter/" + hidden.ID.String()
		for name, status := range map[string]int{"Karin": 200, "Bo": 200, "Nils": 200, "Arne": 404} {
			s.who = s.People[name]
			body := s.get(t, path, status).Body.String()
			if status == 200 && !strings.Contains(body, "Bara ni ser den här sidan") {
				t.Errorf("%s is not told that the page is internal", name)
			}
		}
		s.who = actor.Actor{}
		s.get(t, path, http.StatusNotFound)
	})
}

// addresses lists every public address of the coast's account.
func (s *site) addresses(activity string) []string {
	promise := "/alvkusten/loften/gemensam-deklaration/1"
	return []string{"/", "/deklarationer/gemensam-deklaration", "/alvkusten", "/alvkusten?ar=2027", promise, promise + "/historik", promise + "/lydelse/1", "/alvkusten/kalender", "/alvkusten/aktiviteter/" + activity,
		"/en/alvkusten", "/lattlast" + promise, "/deklarationer/gemensam-deklaration/data.json", "/deklarationer/gemensam-deklaration/loften.csv", "/alvkusten/data.json", "/alvkusten/loften.csv", "/alvkusten/aktiviteter.csv", "/alvkusten/atom.xml",
		"/alvkusten/kalender.ics", promise + "/data.json", promise + "/atom.xml", promise + "/kalender.ics", "/alvkusten/om", "/alvkusten/kort.png", promise + "/kort.png"}
}
