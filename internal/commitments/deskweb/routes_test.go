package deskweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/commitments/deskweb"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// site is the desk of a ledgertest.World, on a server.
type site struct {
	*ledgertest.World
	server *web.Server
	pages  *deskweb.Pages
	who    string // name of the one who asks, "" for a visitor
}

type two []scope.Association

func (l two) BySlug(_ context.Context, slug string) (scope.Association, error) {
	for _, a := range l {
		if a.Slug == slug {
			return a, nil
		}
	}
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

func (l two) ByHost(context.Context, string) (scope.Association, error) {
	return scope.Association{}, errs.E(errs.NotFound, "error.not_found")
}

// words that the whole program has and these tests need: a stand-in for the catalogue of package app.
func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, ui.Locale, access.Locale, commitments.Locale, sheet.Locale, deskweb.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func each(t *testing.T, fn func(t *testing.T, s *site)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := ledgertest.New(t, d)
		w.AdoptJoint(t)
		fn(t, serve(t, w))
	})
}

func serve(t testing.TB, w *ledgertest.World) *site {
	t.Helper()
	s := &site{World: w, who: "Karin"}
	s.pages = deskweb.New(deskweb.Needs{Ledger: w.Ledger, Clock: w.Clock, Log: w.Log, Frame: func(r *web.Request, title string) ui.Page {
		p := ui.Page{Printer: r.Printer, Title: title, Site: ui.Site{Name: r.Association.Name, Home: r.Path("/")}}
		for _, l := range lang.All {
			p.Alternates = append(p.Alternates, ui.Alternate{Lang: l, Path: r.Here(l)})
		}
		return p
	}})
	server, err := web.New(web.Config{
		Routes: s.pages.Routes(), Catalog: catalog(t), Associations: two{w.Coast, w.Forest}, Check: access.CheckAny, Once: w.DB, Log: slog.New(slog.DiscardHandler),
		Identify: func(*http.Request) (actor.Actor, error) { return w.People[s.who], nil },
		ErrorPage: func(_ *web.Request, _ int, err error) web.Component {
			return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
				_, e := io.WriteString(w, "ERROR "+err.Error())
				return e
			})
		},
		Limit: func(context.Context, string, string, web.Limit) (time.Duration, error) { return 0, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	s.server = server
	return s
}

func (s *site) do(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	return w
}

func (s *site) get(path string) *httptest.ResponseRecorder {
	return s.do(httptest.NewRequest(http.MethodGet, path, nil))
}

func (s *site) post(path string, fields url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(r)
}

// sample fills the wildcards of a route with things of the coast.
type sample struct{ activity, invited, evidence, round, frozen, milestone id.ID }

func (s *site) sample(t *testing.T) sample {
	t.Helper()
	ctx := t.Context()
	fatal := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var x sample
	x.activity = s.Activity(t, s.Coast, "Demokratidag").ID
	var err error
	x.invited, err = s.Ledger.PlanActivity(ctx, s.People["Arne"], s.Forest, commitments.ActivityFields{Title: "Gemensam dag", Kind: "seminar", When: period.OnDay(period.On(2026, 5, 5)), PlanYear: 2026, Organisers: []id.ID{s.Coast.ID}})
	fatal(err)
	seminar := s.Activity(t, s.Coast, "Seminarium om bemötande")
	s.Clock.MoveTo(period.On(2026, 3, 13))
	fatal(s.Ledger.ReportActivity(ctx, s.People["Tyra"], s.Coast, seminar.ID, seminar.Version, commitments.Report{Account: "Det gick bra.", Completes: true}))
	x.evidence = s.Activity(t, s.Coast, "Seminarium om bemötande").Evidence[0].ID
	x.milestone, err = s.Ledger.AddMilestone(ctx, s.People["Karin"], s.Coast, s.Promise(t, s.Coast, 3).ID, "Kraven följs upp", period.On(2026, 9, 30))
	fatal(err)
	frozen, err := s.Ledger.OpenRound(ctx, s.People["Karin"], s.Coast, commitments.RoundFields{Title: "Halvår", Period: [2]period.Date{period.On(2025, 7, 1), period.On(2025, 12, 31)}, ClosesOn: period.On(2026, 2, 10)})
	fatal(err)
	fatal(s.Ledger.FreezeRound(ctx, s.People["Karin"], s.Coast, frozen, 1))
	x.frozen = frozen
	x.round, err = s.Ledger.OpenRound(ctx, s.People["Karin"], s.Coast, commitments.RoundFields{Title: "Tertial 1", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 10)})
	fatal(err)
	return x
}

func (x sample) path(route web.Route) string {
	activity := x.activity
	if strings.HasSuffix(route.Path, "/svara") {
		activity = x.invited
	}
	round := x.round
	if strings.HasSuffix(route.Path, ".json") {
		round = x.frozen
	}
	return strings.NewReplacer("{activity}", activity.String(), "{evidence}", x.evidence.String(), "{round}", round.String(), "{milestone}", x.milestone.String(),
		"{slug}", "gemensam-deklaration", "{number}", "3", "{page}", "rapport-1", "{file}", "2026.csv", "{pledge}", x.milestone.String()).Replace(route.Path)
}

// Everybody meets every page as the policy says: what the table allows is answered, the rest refused, and nobody reaches another
// association's things.
func TestEveryRouteAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		x := s.sample(t)
		everybody := []string{"", "Karin", "Tyra", "Nils", "Bo", "Eva", "Arne"}
		for _, route := range s.pages.Routes() {
			path := "/alvkusten" + x.path(route)
			for _, name := range everybody {
				s.who = name
				var w *httptest.ResponseRecorder
				if route.Method == http.MethodGet {
					w = s.get(path)
				} else if name == "Karin" || name == "Tyra" {
					continue // would change what the others meet; the operations have tests of their own
				} else {
					w = s.post(path, url.Values{})
				}
				allow := route.Allow
				if route.Path == "/uppfoljning/{round}" || route.Path == "/uppfoljning/{round}/rapport.json" {
					allow = access.DeskRead // as long as the round is not public
				}
				allowed := access.CheckAny(s.People[name], allow, s.Coast.ID) == nil
				got := w.Code
				switch {
				case got >= 500:
					t.Errorf("%s %s as %q: %d %s", route.Method, path, name, got, w.Body)
				case !allowed && name == "" && got != http.StatusUnauthorized:
					t.Errorf("%s %s as a visitor: %d", route.Method, path, got)
				case !allowed && name != "" && got != http.StatusForbidden:
					t.Errorf("%s %s as %s: %d, want to be refused", route.Method, path, name, got)
				case allowed && route.Method == http.MethodGet && (name == "Karin" || name == "Tyra") && got != http.StatusOK:
					t.Errorf("%s %s as %s: %d %s", route.Method, path, name, got, w.Body)
				}
				if allowed && name == "Arne" {
					t.Errorf("%s is for everybody", path)
				}
			}
		}
		// The same ids under another association's address lead nowhere.
		s.who = "Arne"
		for _, route := range s.pages.Routes() {
			if !strings.Contains(route.Path, "{") || strings.Contains(route.Path, "{slug}") || strings.Contains(route.Path, "{page}") || strings.Contains(route.Path, "{file}") || strings.HasSuffix(route.Path, "/svara") {
				continue
			}
			path := "/skogsbygden" + x.path(route)
			var w *httptest.ResponseRecorder
			if route.Method == http.MethodGet {
				w = s.get(path)
			} else {
				w = s.post(path, url.Values{})
			}
			if w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d %s", route.Method, path, w.Code, w.Body)
			}
		}
	})
}

// Somebody who files only to what she answers for is refused before she has written anything, not after.
func TestWhoMayNotFileIsToldBeforeWriting(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		x := s.sample(t)
		for _, route := range s.pages.Routes() {
			if route.Method != http.MethodGet || !strings.HasPrefix(route.Path, "/loften/") || !strings.HasSuffix(route.Path, "/underlag") {
				continue
			}
			for name, want := range map[string]int{"Karin": http.StatusOK, "Eva": http.StatusForbidden} {
				s.who = name
				if got := s.get("/alvkusten" + x.path(route)).Code; got != want {
					t.Errorf("%s as %s: %d, want %d", route.Path, name, got, want)
				}
			}
		}
	})
}

func TestPagesHaveNoMissingWords(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		x := s.sample(t)
		for _, prefix := range []string{"", "/lattlast", "/en"} {
			for _, route := range s.pages.Routes() {
				if route.Method != http.MethodGet || route.Title == "" {
					continue
				}
				if !catalog(t).Has(route.Title) {
					t.Errorf("%s has the name %q, which is no message", route.Path, route.Title)
				}
				body := s.get(prefix + "/alvkusten" + x.path(route)).Body.String()
				if i := strings.Index(body, ">["); i >= 0 {
					t.Errorf("%s%s: %.60s", prefix, route.Path, body[i:])
				}
				if strings.Contains(body, "style=") || strings.Contains(body, "<script>") {
					t.Errorf("%s writes a style or a script into the page", route.Path)
				}
			}
		}
	})
}

// What was typed is never lost: a faulty form comes back with 422, its values and what is wrong.
func TestFaultyFormsKeepWhatWasTyped(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		x := s.sample(t)
		for path, fields := range map[string]url.Values{
			"/plan/ny": {"title": {""}, "kind": {"seminar"}, "when": {"date"}, "date": {"någon gång"}, "year": {"2026"}, "description": {"Min långa text"}, "repeat": {"ofta"}},
			"/plan/" + x.activity.String() + "/andra":    {"title": {""}, "kind": {"seminar"}, "when": {"date"}, "date": {"Min långa text"}, "year": {"2026"}, "_version": {"1"}},
			"/plan/" + x.activity.String() + "/flytta":   {"when": {"date"}, "date": {"Min långa text"}, "year": {"2026"}, "_version": {"1"}},
			"/plan/" + x.activity.String() + "/rapport":  {"account": {""}, "reached": {"Min långa text"}, "_version": {"1"}},
			"/plan/" + x.activity.String() + "/underlag": {"title": {"Min långa text"}, "body": {""}},
			"/granska/" + x.evidence.String():            {"verdict": {"return"}, "comment": {""}, "public": {"1"}, "_version": {"1"}},
		} {
			w := s.post("/alvkusten"+path, fields)
			body := w.Body.String()
			if w.Code != http.StatusUnprocessableEntity || !strings.Contains(body, "data-error-summary") {
				t.Errorf("%s: %d %.300s", path, w.Code, body)
			}
			if !strings.Contains(path, "granska") && !strings.Contains(body, "Min långa text") {
				t.Errorf("%s forgot what was typed", path)
			}
		}
		old := s.post("/alvkusten/plan/"+x.activity.String()+"/flytta", url.Values{"when": {"date"}, "date": {"12 maj"}, "year": {"2026"}, "_version": {"99"}})
		if old.Code != http.StatusConflict || !strings.Contains(old.Body.String(), "12 maj") {
			t.Errorf("somebody else was first: %d", old.Code)
		}
	})
}

// From the plan to a reviewed report, by the pages alone.
func TestThePagesCarryAnActivityThroughTheYear(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		promise := s.Promise(t, s.Coast, 1).ID.String()
		fields := url.Values{"title": {"Öppet hus"}, "kind": {"forum"}, "forms": {"external"}, "when": {"date"}, "date": {"2–3 juni"}, "year": {"2026"}, "public": {"1"}, "serves": {promise}, "how-" + promise: {"Alla får komma."}, "_key": {id.New().String()}}
		w := s.post("/alvkusten/plan/ny", fields)
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		again := s.post("/alvkusten/plan/ny", fields)
		if again.Header().Get("Location") != w.Header().Get("Location") {
			t.Errorf("the form sent twice leads to %q and %q", w.Header().Get("Location"), again.Header().Get("Location"))
		}
		a := s.Activity(t, s.Coast, "Öppet hus")
		if a.When() != period.Between(period.On(2026, 6, 2), period.On(2026, 6, 3)) || len(a.Serves) != 1 || a.Serves[0].How != "Alla får komma." {
			t.Fatalf("%+v", a)
		}
		base := "/alvkusten/plan/" + a.ID.String()
		if w := s.post(base+"/skjut-upp", url.Values{"reason": {"Lokalen är stängd."}, "_version": {"1"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if w := s.post(base+"/flytta", url.Values{"when": {"date"}, "date": {"20 januari"}, "year": {"2026"}, "_version": {"2"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		s.Clock.MoveTo(period.On(2026, 1, 21))
		s.who = "Tyra"
		if body := s.get("/alvkusten/skrivbord").Body.String(); !strings.Contains(body, "Öppet hus") {
			t.Error("the desk does not ask how it went")
		}
		s.post("/alvkusten/utkast/rapport-"+a.ID.String(), url.Values{"account": {"Halva texten"}, "_version": {"3"}})
		if body := s.get(base + "/rapport").Body.String(); !strings.Contains(body, "Halva texten") {
			t.Error("the draft is not there")
		}
		if w := s.post(base+"/rapport", url.Values{"account": {"Trettio kom."}, "happened_on": {"20 januari 2026"}, "reached": {"30"}, "reached_how": {"counted"}, "completes": {"1"}, "_version": {"3"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		e := s.Activity(t, s.Coast, "Öppet hus").Evidence[0]
		if w := s.post("/alvkusten/granska/"+e.ID.String(), url.Values{"verdict": {"accept"}, "_version": {"1"}}); w.Code != http.StatusConflict {
			t.Errorf("Tyra reviews her own: %d", w.Code)
		}
		s.who = "Karin"
		if w := s.post("/alvkusten/granska/"+e.ID.String(), url.Values{"verdict": {"accept"}, "public": {"1"}, "_version": {"1"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if a := s.Activity(t, s.Coast, "Öppet hus"); a.State != "complete" {
			t.Errorf("the activity is %s", a.State)
		}
	})
}

func TestASeriesIsShownBeforeItIsPlanned(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		fields := url.Values{"title": {"Fika"}, "kind": {"informal_gathering"}, "when": {"date"}, "date": {"15 januari 2026"}, "year": {"2026"}, "repeat": {"varannan vecka till 15 mars"}}
		w := s.post("/alvkusten/plan/ny", fields)
		if w.Code != http.StatusOK || strings.Count(w.Body.String(), "<li>") < 5 || !strings.Contains(w.Body.String(), "Torsdag 12 mars") {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		list, err := s.Ledger.Plan(t.Context(), actor.SystemActor, s.Coast, commitments.PlanFilter{Year: 2026, Kind: "informal_gathering"})
		if err != nil || len(list) != 0 {
			t.Fatalf("%d were planned before they were seen, %v", len(list), err)
		}
		fields.Set("_step", "series")
		fields.Set("_seen", "varannan vecka till 15 mars|15 januari 2026")
		if w := s.post("/alvkusten/plan/ny", fields); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		if list, _ = s.Ledger.Plan(t.Context(), actor.SystemActor, s.Coast, commitments.PlanFilter{Year: 2026, Kind: "informal_gathering"}); len(list) != 5 {
			t.Errorf("%d occasions", len(list))
		}
	})
}

// Every date the pages write into a field can be read from it again.
func TestDatesReadBackAsTheyAreWritten(t *testing.T) {
	c := catalog(t)
	list := []period.When{period.OnDay(period.On(2026, 9, 24)), period.Between(period.On(2026, 9, 28), period.On(2026, 10, 2)), period.Between(period.On(2026, 5, 12), period.On(2026, 5, 14)),
		period.Between(period.On(2026, 12, 30), period.On(2027, 1, 2)), period.InMonth(2026, 10), period.InYear(2027)}
	for term := period.Spring; term <= period.Quarter4; term++ {
		list = append(list, period.InTerm(2027, term))
	}
	for _, l := range lang.All {
		p := c.Printer(l)
		for _, w := range list {
			got, err := period.ParsePhrase(p.When(w), 2026)
			if err != nil || got.From != w.From || got.To != w.To || got.Precision != w.Precision {
				t.Errorf("%s: %q was read as %+v, %v", l.Tag(), p.When(w), got, err)
			}
		}
	}
}

func TestAFrozenRoundIsReadByWhomTheAssociationLets(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		x := s.sample(t)
		path := "/alvkusten/uppfoljning/" + x.round.String()
		pledge := s.Promise(t, s.Coast, 1).ID.String()
		w := s.post(path+"/lofte/"+pledge, url.Values{"comment-1": {"Allt blev av."}, "_version": {"0"}})
		if w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		long := s.post(path+"/lofte/"+pledge, url.Values{"comment-1": {strings.Repeat("långt ", 1000)}, "_version": {"1"}})
		if long.Code != http.StatusUnprocessableEntity || !strings.Contains(long.Body.String(), "långt långt") {
			t.Errorf("a long comment: %d", long.Code)
		}
		if body := s.get(path + "/las-igenom").Body.String(); !strings.Contains(body, "Allt blev av.") {
			t.Error("the read-through lacks the comment")
		}
		if w := s.post(path+"/frys", url.Values{"_version": {"1"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		s.who = ""
		if w := s.get(path); w.Code != http.StatusUnauthorized {
			t.Errorf("a visitor, before it is public: %d", w.Code)
		}
		s.who = "Karin"
		if w := s.post(path+"/publicera", url.Values{"public": {"1"}, "_version": {"2"}}); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		s.who = ""
		if w := s.get(path); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Allt blev av.") {
			t.Errorf("a visitor, when it is public: %d", w.Code)
		}
		if w := s.get(path + "/rapport.json"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "Allt blev av.") {
			t.Errorf("its text for a visitor: %d", w.Code)
		}
	})
}
