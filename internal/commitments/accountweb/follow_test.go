package accountweb_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/period"

	"github.com/PuerkitoBio/goquery"
)

func (s *site) post(t *testing.T, path string, form url.Values, status int) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	rec := httptest.NewRecorder()
	s.server.ServeHTTP(rec, r)
	if rec.Code != status {
		t.Fatalf("POST %s: %d, want %d\n%s", path, rec.Code, status, rec.Body)
	}
	return rec
}

// From the form to the mail, the button, a change, and one click to leave.
func TestFollowingFromBeginningToEnd(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		one := s.Promise(t, s.Coast, 1)
		doc := s.page(t, "/alvkusten/folj?lofte="+one.ID.String())
		if n := doc.Find("input[type=radio]").Length(); n != 4 {
			t.Errorf("%d choices", n)
		}
		if got, _ := doc.Find("input[type=radio][checked]").Attr("value"); got != one.ID.String() {
			t.Errorf("chosen: %s", got)
		}
		to := s.post(t, "/alvkusten/folj", url.Values{"lofte": {one.ID.String()}, "email": {"lisa@example.test"}}, http.StatusSeeOther).Header().Get("Location")
		if to != "/alvkusten/folj/brev" {
			t.Errorf("sent to %s", to)
		}
		s.page(t, to)
		if err := s.Ledger.SendConfirmation(t.Context(), s.Jobs[len(s.Jobs)-1]); err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(s.Mails[0].Text, "https://samklang.example")
		link := strings.Fields(rest)[0]
		page := s.get(t, link, http.StatusOK)
		if page.Header().Get("Referrer-Policy") != "no-referrer" || page.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("headers: %v", page.Header())
		}
		if n := s.confirmed(t); n != 0 {
			t.Error("opening the link confirms")
		}
		s.page(t, s.post(t, link, nil, http.StatusSeeOther).Header().Get("Location"))
		if n := s.confirmed(t); n != 1 {
			t.Errorf("%d follow", n)
		}
		s.Clock.MoveTo(period.On(2026, 3, 13))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		change := s.Jobs[slices.IndexFunc(s.Jobs, func(j commitments.Job) bool {
			return j.Kind == commitments.JobStateChanged && j.Association == s.Coast.ID
		})]
		if err := s.Ledger.TellFollowers(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		leave, ok := strings.CutPrefix(s.Mails[len(s.Mails)-1].UnsubscribeURL, "https://samklang.example")
		if !ok {
			t.Fatalf("no link to leave in %+v", s.Mails[len(s.Mails)-1])
		}
		s.page(t, leave)
		s.get(t, leave[:len(leave)-1]+"x", http.StatusNotFound)
		s.get(t, "/alvkusten/folj/sluta/x/y", http.StatusNotFound)
		if n := s.confirmed(t); n != 1 {
			t.Error("opening the link leaves")
		}
		s.post(t, leave, url.Values{"List-Unsubscribe": {"One-Click"}}, http.StatusOK)
		s.post(t, leave, url.Values{"List-Unsubscribe": {"One-Click"}}, http.StatusOK)
		if n := s.confirmed(t); n != 0 {
			t.Errorf("%d still follow", n)
		}
	})
}

func (s *site) confirmed(t *testing.T) (n int) {
	t.Helper()
	if err := s.DB.Read().NewRaw("SELECT count(*) FROM subscriptions WHERE confirmed_at IS NOT NULL").Scan(t.Context(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAFaultyAddressIsShownAgainWithItsFault(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		rec := s.post(t, "/alvkusten/folj", url.Values{"lofte": {"alla"}, "email": {"lisa(at)example"}}, http.StatusUnprocessableEntity)
		doc, err := goquery.NewDocumentFromReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := doc.Find("input[name=email]").Attr("value"); got != "lisa(at)example" {
			t.Errorf("the answer is gone: %q", got)
		}
		if got := text(doc, ".ds-error-summary a"); got != "Skriv en hel e-postadress, till exempel namn@kommun.se." {
			t.Errorf("fault: %q", got)
		}
		if !strings.HasPrefix(text(doc, "title"), "Fel: ") {
			t.Errorf("title: %q", text(doc, "title"))
		}
		s.post(t, "/alvkusten/folj", url.Values{"lofte": {"x"}, "email": {"lisa@example.test"}}, http.StatusUnprocessableEntity)
	})
}
