package deskweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samklang/internal/core/period"
)

// Until its day an activity can be confirmed, from its day on there is how it went to tell, for the page and for the button of an old page.
func TestNothingIsConfirmedAfterItsDay(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		a := s.Activity(t, s.Coast, "Demokratidag") // 24 September
		path := "/alvkusten/plan/" + a.ID.String()
		if w := s.post(path+"/rapport", url.Values{"_version": {"1"}, "_key": {"k0"}, "account": {"Det gick bra."}}); w.Code == http.StatusSeeOther {
			t.Errorf("told of before its day: %d", w.Code)
		}
		for _, x := range []struct {
			day           period.Date
			confirm, tell bool
		}{{period.On(2026, 9, 23), true, false}, {period.On(2026, 9, 24), true, true}, {period.On(2026, 9, 25), false, true}} {
			s.Clock.MoveTo(x.day)
			body := s.get(path).Body.String()
			if confirm, tell := strings.Contains(body, path+"/bekrafta"), strings.Contains(body, path+"/rapport"); confirm != x.confirm || tell != x.tell {
				t.Errorf("%s: can be confirmed: %v, want %v; can be told of: %v, want %v", x.day, confirm, x.confirm, tell, x.tell)
			}
		}
		if w := s.post(path+"/bekrafta", url.Values{"_version": {"1"}, "_key": {"k1"}}); w.Code == http.StatusSeeOther {
			t.Errorf("confirmed on the day after: %d", w.Code)
		}
	})
}

// The plan counts in words that fit the number.
func TestThePlanCountsInWords(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := s.get("/alvkusten/plan").Body.String()
		for _, want := range []string{"Mars: en aktivitet, en planerad", "April: inga aktiviteter"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not said", want)
			}
		}
		s.Clock.MoveTo(period.On(2026, 3, 20))
		body = s.get("/alvkusten/plan").Body.String()
		for _, want := range []string{"4 aktiviteter. En har passerat utan rapport. En saknar dag.", "Mars: en aktivitet, en utan rapport"} {
			if !strings.Contains(body, want) {
				t.Errorf("%q is not said", want)
			}
		}
	})
}
