package deskweb_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"samklang/internal/core/period"
)

// Before its day an activity can be confirmed; afterwards there is only how it went to tell, for the page and for the button of an old page.
func TestNothingIsConfirmedAfterItsDay(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		a := s.Activity(t, s.Coast, "Demokratidag") // 24 September
		path := "/alvkusten/plan/" + a.ID.String()
		for _, x := range []struct {
			day     period.Date
			confirm bool
		}{{period.On(2026, 9, 23), true}, {period.On(2026, 9, 24), true}, {period.On(2026, 9, 25), false}} {
			s.Clock.MoveTo(x.day)
			body := s.get(path).Body.String()
			if strings.Contains(body, path+"/bekrafta") != x.confirm || !strings.Contains(body, path+"/rapport") {
				t.Errorf("%s: can be confirmed: %v, want %v", x.day, !x.confirm, x.confirm)
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
