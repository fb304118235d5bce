package deskweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// The form shows what stands, keeps what was typed, and lets nobody overwrite what somebody else has put right without seeing it.
func TestASignatureIsPutRightOnItsPage(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		const list, path = "/alvkusten/loften", "/alvkusten/loften/gemensam-deklaration/underskrift"
		s.who = "Tyra"
		if body := s.get(list).Body.String(); !strings.Contains(body, path) || !strings.Contains(body, "§ 3/2026") {
			t.Errorf("the list does not lead to the form: %s", body)
		}
		page := s.get(path).Body.String()
		for _, want := range []string{`name="seen_on" value="2026-01-09"`, `name="seen_decision" value="§ 3/2026"`} {
			if !strings.Contains(page, want) {
				t.Fatalf("the form lacks %s:\n%s", want, page)
			}
		}
		seen := func(day, decision string) url.Values {
			return url.Values{"seen_on": {"2026-01-09"}, "seen_decision": {"§ 3/2026"}, "signed_on": {day}, "decision": {decision}}
		}
		for _, day := range []string{"någon gång", "1 december 2026"} {
			if w := s.post(path, seen(day, "§ 4/2026")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "§ 4/2026") || !strings.Contains(w.Body.String(), day) || !strings.Contains(w.Body.String(), "data-error-summary") {
				t.Errorf("%s: %d %s", day, w.Code, w.Body)
			}
		}
		if w := s.post(path, seen("8 januari 2026", "§ 4/2026")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != list+"?klart=signature_corrected" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		late := s.post(path, seen("7 januari 2026", "§ 5/2026"))
		if body := late.Body.String(); late.Code != http.StatusConflict || !strings.Contains(body, "§ 5/2026") || !strings.Contains(body, "8 januari 2026") || !strings.Contains(body, `name="seen_on" value="2026-01-08"`) {
			t.Errorf("%d %s", late.Code, body)
		}
		s.who = "Bo"
		if body := s.get(list).Body.String(); !strings.Contains(body, "8 januari 2026") || !strings.Contains(body, "§ 4/2026") || strings.Contains(body, "/underskrift") {
			t.Errorf("the auditor reads %s", body)
		}
	})
}

// Those who only read take the plan home as a table, and are shown no way to change it by one.
func TestThePlanAsATableForThoseInside(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for name, want := range map[string]int{"": http.StatusUnauthorized, "Bo": http.StatusOK, "Nils": http.StatusOK, "Tyra": http.StatusOK, "Arne": http.StatusForbidden} {
			s.who = name
			for _, path := range []string{"/alvkusten/plan.csv?ar=2026", "/alvkusten/plan.xlsx?ar=2026"} {
				if w := s.get(path); w.Code != want {
					t.Errorf("%s by %q: %d", path, name, w.Code)
				}
			}
			if body := s.get("/alvkusten/plan?ar=2026").Body.String(); want == http.StatusOK && (!strings.Contains(body, "/plan.csv?ar=2026") || strings.Contains(body, "/plan/las-in") != (name == "Tyra")) {
				t.Errorf("the plan of %q: %s", name, body)
			}
		}
	})
}
