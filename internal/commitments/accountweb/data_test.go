package accountweb_test

import (
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
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

// What the page of an activity tells is in the data and in the table: who holds it, with whom, for whom, and which promises it serves. An
// association that has been asked and not answered is not named.
func TestTheDataOfAnActivitySayWhatItsPageSays(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		_, a := hide(t, s)
		f := a.Fields()
		f.Description, f.Audience, f.Project = "Om hur man möts.", "chefer i Mo", "Bättre möten"
		f.Partners, f.Speakers = []string{"Försäkringskassan", "Mo kommun; skolan"}, []string{"Ylva Ek"}
		f.Serves[0].How = "Det är det första av fyra."
		f.Organisers = []id.ID{s.Forest.ID}
		if err := s.Ledger.EditActivity(t.Context(), s.People["Karin"], s.Coast, a.ID, a.Version, f); err != nil {
			t.Fatal(err)
		}
		type activity struct {
			ID                             id.ID
			HeldBy                         []string `json:"held_by"`
			Partners, Speakers             []string
			Audience, Project, Description string
			Serves                         []struct {
				Number                                 int
				Declaration, Association, Address, How string
			}
			Evidence []struct{ Title string }
		}
		for _, path := range []string{"/alvkusten/data.json", "/alvkusten/loften/gemensam-deklaration/1/data.json"} {
			var d struct{ Activities []activity }
			if err := json.Unmarshal(s.get(t, path, http.StatusOK).Body.Bytes(), &d); err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(d.Activities, func(x activity) bool { return x.ID == a.ID })
			if i < 0 {
				t.Fatalf("%s lacks the activity", path)
			}
			x := d.Activities[i]
			if !slices.Equal(x.HeldBy, []string{s.Coast.Name}) || !slices.Equal(x.Partners, f.Partners) || !slices.Equal(x.Speakers, f.Speakers) || x.Audience != f.Audience || x.Project != f.Project || x.Description != f.Description {
				t.Errorf("%s: %+v", path, x)
			}
			if len(x.Evidence) != 1 || x.Evidence[0].Title != "Det alla får se" {
				t.Errorf("%s: evidence %+v", path, x.Evidence)
			}
			if v := x.Serves; len(v) != 1 || v[0].Number != 1 || v[0].How != f.Serves[0].How || v[0].Association != s.Coast.Name || v[0].Declaration != "gemensam-deklaration" ||
				v[0].Address != "https://samklang.example/alvkusten/loften/gemensam-deklaration/1" {
				t.Errorf("%s: serves %+v", path, v)
			}
		}
		row := s.row(t, "/en/alvkusten/aktiviteter.csv", "Id", a.ID.String())
		for column, want := range map[string]string{"Held by": s.Coast.Name, "Partners": "Försäkringskassan; Mo kommun; skolan", "Speakers": "Ylva Ek", "Audience": f.Audience, "Project": f.Project, "Description": f.Description} {
			if row[column] != want {
				t.Errorf("%s: %q, want %q", column, row[column], want)
			}
		}
		if got := row["Promises it serves"]; !strings.HasPrefix(got, "1. ") || !strings.HasSuffix(got, "– Det är det första av fyra.") {
			t.Errorf("serves: %q", got)
		}
		if err := s.Ledger.AnswerInvitation(t.Context(), s.People["Arne"], s.Forest, a.Ref(), true, nil); err != nil {
			t.Fatal(err)
		}
		if got := s.row(t, "/alvkusten/aktiviteter.csv", "Id", a.ID.String())["Förbund"]; got != s.Coast.Name+"; "+s.Forest.Name {
			t.Errorf("held by %q after it said yes", got)
		}
	})
}

// row is the row of a table whose column holds the value, by the heads of its columns.
func (s *site) row(t *testing.T, path, column, value string) map[string]string {
	t.Helper()
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(t, path, http.StatusOK).Body.String(), "\ufeff")))
	in.Comma = ';'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		m := map[string]string{}
		for i, head := range rows[0] {
			m[head] = row[i]
		}
		if m[column] == value {
			return m
		}
	}
	t.Fatalf("%s has no row whose %s is %s", path, column, value)
	return nil
}

func TestTheDataOfADeclarationSayWhatItsPageSays(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		const later = "Hålla minst sex seminarier om året om bemötande och likabehandling."
		mine := s.Promise(t, s.Coast, 1)
		s.Clock.MoveTo(period.On(2026, 3, 13))
		if _, err := s.Ledger.Recompute(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.Ledger.SupersedeWording(t.Context(), s.People["Karin"], s.Coast, mine.ID, s.Promise(t, s.Coast, 1).Version, commitments.Supersession{Wording: later, Reason: "Fler orter vill vara med.", Decision: "§ 9/2026"}); err != nil {
			t.Fatal(err)
		}
		const path = "/deklarationer/gemensam-deklaration"
		var d struct {
			Edition     int
			PeriodFrom  string `json:"period_from"`
			Commitments []struct {
				Number  int
				Wording string
				Pledges []struct {
					Association  string
					Wording      string
					WordingSince string `json:"wording_since"`
					Version      int    `json:"wording_version"`
					OverdueSince string `json:"overdue_since"`
				}
			}
			History []struct {
				On, Association, To, Reason string
				Number                      int
			}
			Next []struct {
				Title  string
				HeldBy []string `json:"held_by"`
			}
		}
		if err := json.Unmarshal(s.get(t, path+"/data.json", http.StatusOK).Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if d.Edition != 1 || len(d.Commitments) != 3 || len(d.Commitments[0].Pledges) != 2 {
			t.Fatalf("%+v", d)
		}
		if len(d.Next) == 0 || d.Next[0].Title == "Seminarium om bemötande" || !slices.Equal(d.Next[0].HeldBy, []string{s.Coast.Name}) {
			t.Errorf("next: %+v", d.Next)
		}
		coast, forest := d.Commitments[0].Pledges[0], d.Commitments[0].Pledges[1]
		if coast.Wording != later || coast.Version != 2 || coast.WordingSince != "2026-03-13" || coast.OverdueSince != "2026-03-12" || forest.Version != 1 || forest.Wording == later {
			t.Errorf("%+v, %+v", coast, forest)
		}
		if len(d.History) == 0 || d.History[0].On != "2026-03-13" || !slices.ContainsFunc(d.History, func(h struct {
			On, Association, To, Reason string
			Number                      int
		}) bool {
			return h.To == "wording" && h.Number == 1 && h.Association == s.Coast.Name
		}) {
			t.Errorf("history: %+v", d.History)
		}
		row := s.row(t, path+"/loften.csv", "Id", mine.ID.String())
		if row["Nummer"] != "1" || row["Förbund"] != s.Coast.Name || row["Lydelse"] != later || row["Lydelsen gäller sedan"] != "2026-03-13" || row["Lägeskod"] != "no_evidence" || row["Utgåva"] != "1" {
			t.Errorf("%q", row)
		}
		s.get(t, "/deklarationer/annan/loften.csv", http.StatusNotFound)
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
