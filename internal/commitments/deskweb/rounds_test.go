package deskweb_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
)

// openRound opens a follow-up of the first tertial of 2026 at the coast.
func (s *site) openRound(t *testing.T) id.ID {
	t.Helper()
	s.Clock.MoveTo(period.On(2026, 5, 4))
	round, err := s.Ledger.OpenRound(t.Context(), s.People["Karin"], s.Coast, commitments.RoundFields{Title: "Första tertialet 2026", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
	if err != nil {
		t.Fatal(err)
	}
	return round
}

func (s *site) autosave(path string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	return s.do(r)
}

// The page saves a comment when its field is left, and the button that was pressed in the same moment sends the same words: it goes through.
// Somebody else's words are not written over; both texts are shown, and the second press is a choice.
func TestTheButtonAfterTheAutosave(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		round := s.openRound(t)
		base := "/alvkusten/uppfoljning/" + round.String()
		path := base + "/lofte/" + s.Promise(t, s.Coast, 1).ID.String()
		words := func(version, text string) url.Values {
			return url.Values{"_version": {version}, "comment-1": {text}}
		}
		var answer struct{ Version string }
		w := s.autosave(path, words("0", "Seminariet blev av."))
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Version != "1" {
			t.Fatal(w.Code, err, answer)
		}
		if w := s.post(path, words("0", "Seminariet blev av.")); w.Code != http.StatusSeeOther {
			t.Fatalf("the button with the same words: %d", w.Code)
		}
		s.who = "Tyra"
		w = s.post(path, words("0", "Det gick bra."))
		body := w.Body.String()
		if w.Code != http.StatusConflict || !strings.Contains(body, "<blockquote>Seminariet blev av.</blockquote>") || !strings.Contains(body, ">Det gick bra.</textarea>") {
			t.Fatalf("a colleague who had not seen it: %d", w.Code)
		}
		if w := s.autosave(path, words("0", "Det gick bra.")); w.Code != http.StatusConflict {
			t.Errorf("her page saving by itself: %d", w.Code)
		}
		if w := s.post(path, words("1", "Seminariet blev av. Det gick bra.")); w.Code != http.StatusSeeOther {
			t.Errorf("once she has seen it: %d", w.Code)
		}
	})
}

// The report is everybody's once it is published; who froze it is for those who work there.
func TestAPublishedRoundNamesNobodyToVisitors(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		round := s.openRound(t)
		path := "/alvkusten/uppfoljning/" + round.String()
		version := func() int64 {
			p, err := s.Ledger.Round(t.Context(), s.People["Karin"], s.Coast, round)
			if err != nil {
				t.Fatal(err)
			}
			return p.Version
		}
		if err := s.Ledger.FreezeRound(t.Context(), s.People["Karin"], s.Coast, round, version()); err != nil {
			t.Fatal(err)
		}
		if err := s.Ledger.PublishRound(t.Context(), s.People["Karin"], s.Coast, round, version(), true); err != nil {
			t.Fatal(err)
		}
		for who, named := range map[string]bool{"": false, "Arne": false, "Bo": true, "Karin": true} {
			s.who = who
			w := s.get(path)
			if strings.Contains(w.Body.String(), path+"/bevis.tlog-proof") || !strings.Contains(w.Body.String(), "väntar på sin plats") {
				t.Errorf("%q is offered a proof before there is one", who)
			}
			if body := w.Body.String(); w.Code != http.StatusOK || strings.Contains(body, "av Karin") != named || !strings.Contains(body, "Fryst 4 maj 2026") {
				t.Errorf("%q: %d, reads the name: %v", who, w.Code, !named)
			}
		}
		s.who = ""
		if w := s.get(path + "/rapport.json"); w.Code != http.StatusOK || strings.Contains(w.Body.String(), "Karin") {
			t.Errorf("the text a visitor may have: %d %s", w.Code, w.Body)
		}
		if err := s.Log.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Log.Sequence(t.Context()); err != nil {
			t.Fatal(err)
		}
		if body := s.get(path).Body.String(); !strings.Contains(body, `href="`+path+`/bevis.tlog-proof"`) || !strings.Contains(body, "Rapporten är oförändrad sedan 4 maj 2026") {
			t.Errorf("no proof is offered: %s", body)
		}
	})
}

// A new follow-up is offered the first period that has none; one that puts another right is offered the period of that one.
func TestANewFollowUpIsAboutTheNextPeriod(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		round := s.openRound(t) // of January to April
		offers := func(path, period, title string) {
			t.Helper()
			body := s.get(path).Body.String()
			if !strings.Contains(body, `value="`+period+`"`) || !strings.Contains(body, `value="`+title+`"`) {
				t.Errorf("%s does not offer %s, %s", path, period, title)
			}
		}
		offers("/alvkusten/uppfoljning/ny", "maj–augusti 2026", "Maj–augusti 2026")
		p, err := s.Ledger.Round(t.Context(), s.People["Karin"], s.Coast, round)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Ledger.FreezeRound(t.Context(), s.People["Karin"], s.Coast, round, p.Version); err != nil {
			t.Fatal(err)
		}
		offers("/alvkusten/uppfoljning/ny?rattar="+round.String(), "1 januari – 30 april 2026", "Rättelse av Första tertialet 2026")
	})
}
