package accountweb_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"samklang/internal/core/period"
)

func TestTheDataSaysWhatThePageSays(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Clock.MoveTo(period.On(2026, 9, 25))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		var d struct {
			Association struct{ Address string }
			Year        int
			ComputedOn  string `json:"computed_on"`
			Figures     struct{ Promises, Kept, Overdue, Activities int }
			Promises    []struct {
				Number       int
				Wording      string
				State        string
				OverdueSince string `json:"overdue_since"`
				Address      string
				Months       []struct{ Missed int }
			}
			Activities []struct {
				Title string
				Date  struct{ Precision, From string }
			}
		}
		rec := s.get(t, "/alvkusten/data.json", http.StatusOK)
		if err := json.Unmarshal(rec.Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if rec.Header().Get("Content-Type") != "application/json; charset=utf-8" {
			t.Errorf("type %s", rec.Header().Get("Content-Type"))
		}
		if d.Year != 2026 || d.ComputedOn != "2026-09-25" || d.Figures.Overdue != 3 || d.Figures.Activities != 4 || len(d.Promises) != 3 || len(d.Activities) != 4 {
			t.Fatalf("%+v", d)
		}
		if p := d.Promises[0]; p.Number != 1 || p.State != "no_evidence" || p.OverdueSince != "2026-03-12" || p.Months[2].Missed != 1 || !strings.HasPrefix(p.Wording, "Hålla minst fyra") ||
			p.Address != "https://samklang.example/alvkusten/loften/gemensam-deklaration/1" {
			t.Errorf("the first promise: %+v", p)
		}
		rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(t, "/alvkusten/loften.csv", http.StatusOK).Body.String(), "\ufeff")))
		rows.Comma = ';'
		table, err := rows.ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(table) != 4 || table[1][2] != "1" || table[1][7] != "no_evidence" || table[0][6] != "Läge" {
			t.Errorf("table: %q", table)
		}
		if head := strings.SplitN(s.get(t, "/en/alvkusten/aktiviteter.csv", http.StatusOK).Body.String(), "\r\n", 2)[0]; !strings.Contains(head, "Expected at least") {
			t.Errorf("head in English: %s", head)
		}
	})
}

func TestTheFeedTellsEachChangeOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		s.Clock.MoveTo(period.On(2026, 7, 1))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		var f struct {
			Entry []struct {
				ID    string `xml:"id"`
				Title string `xml:"title"`
			} `xml:"entry"`
		}
		if err := xml.Unmarshal(s.get(t, "/alvkusten/atom.xml", http.StatusOK).Body.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		if len(f.Entry) != 5 { // two promises became overdue, three were adopted
			t.Fatalf("%+v", f.Entry)
		}
		if !strings.HasSuffix(f.Entry[0].Title, ": Underlag saknas") || !strings.HasPrefix(f.Entry[0].ID, "urn:uuid:") {
			t.Errorf("the newest: %+v", f.Entry[0])
		}
		one := s.get(t, "/alvkusten/loften/gemensam-deklaration/3/atom.xml", http.StatusOK)
		if got := one.Header().Get("Content-Type"); got != "application/atom+xml; charset=utf-8" {
			t.Errorf("type %s", got)
		}
		if n := strings.Count(one.Body.String(), "<entry>"); n != 2 {
			t.Errorf("the promise's feed has %d entries", n)
		}
	})
}

func TestTheCalendarHoldsSetDaysAndKeepsWhatIsCalledOff(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		a := s.Activity(t, s.Coast, "Seminarium om bemötande")
		f := a.Fields()
		f.ClockTime, f.Place = "kl. 9–10.30", "Mo"
		if err := s.Ledger.EditActivity(t.Context(), s.People["Karin"], s.Coast, a.ID, a.Version, f); err != nil {
			t.Fatal(err)
		}
		d := s.Activity(t, s.Coast, "Demokratidag")
		if err := s.Ledger.CancelActivity(t.Context(), s.People["Karin"], s.Coast, d.ID, d.Version, "Lokalen brann."); err != nil {
			t.Fatal(err)
		}
		rec := s.get(t, "/alvkusten/kalender.ics", http.StatusOK)
		body := rec.Body.String()
		for _, want := range []string{"DTSTART;TZID=Europe/Stockholm:20260312T090000", "DTEND;TZID=Europe/Stockholm:20260312T103000", "STATUS:CANCELLED", "STATUS:TENTATIVE", "Lokalen brann"} {
			if !strings.Contains(body, want) {
				t.Errorf("no %s in\n%s", want, body)
			}
		}
		if strings.Contains(body, "barnrätt") || strings.Count(body, "BEGIN:VEVENT") != 2 {
			t.Error("an activity whose day is not set is in the calendar")
		}
		if rec.Header().Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("type %s", rec.Header().Get("Content-Type"))
		}
		if n := strings.Count(s.get(t, "/alvkusten/loften/gemensam-deklaration/2/kalender.ics", http.StatusOK).Body.String(), "BEGIN:VEVENT"); n != 1 {
			t.Errorf("the promise's calendar has %d events", n)
		}
	})
}

func TestWhoAsksAgainGetsNothingWhenNothingIsNew(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, path := range []string{"/alvkusten/data.json", "/alvkusten/atom.xml", "/alvkusten/kalender.ics", "/alvkusten/loften.csv", "/alvkusten/kort.png"} {
			tag := s.get(t, path, http.StatusOK).Header().Get("ETag")
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("If-None-Match", tag)
			rec := httptest.NewRecorder()
			s.server.ServeHTTP(rec, r)
			if tag == "" || rec.Code != http.StatusNotModified || rec.Body.Len() > 0 {
				t.Errorf("%s: tag %q, then %d with %d bytes", path, tag, rec.Code, rec.Body.Len())
			}
		}
	})
}
