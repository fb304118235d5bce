package app

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/accountweb"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
)

// A person's own calendar holds what she answers for and nothing else, for as long as its address is hers and her roles last.
func TestOnesOwnCalendar(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx, head, elsewhere := t.Context(), in.actors["head"], in.actors["head elsewhere"]
		plan := func(by actor.Actor, at scope.Association, title string, owner id.ID, w period.When) {
			t.Helper()
			_, err := in.commitments.PlanActivity(ctx, by, at, commitments.ActivityFields{Title: title, Kind: "seminar", When: w, PlanYear: 2026, OwnerID: owner, Notes: "Hemlig anteckning", ClockTime: "kl. 9–11", Place: "Sjöhamn"})
			if err != nil {
				t.Fatal(err)
			}
		}
		day := period.OnDay(period.On(2026, time.November, 25))
		plan(head, in.here, "Mitt seminarium", head.Account, day)
		plan(head, in.here, "Kollegans seminarium", in.actors["office"].Account, day)
		plan(head, in.here, "Utan dag", head.Account, period.When{Precision: period.NotSet})
		plan(elsewhere, in.there, "Grannens seminarium", elsewhere.Account, day)
		// She once had a role with the neighbours and still stands as the one who answers for something there.
		plan(elsewhere, in.there, "Grannens med mitt namn", id.None, day)
		err := in.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw("UPDATE activities SET owner_id = ? WHERE title = ?", head.Account, "Grannens med mitt namn").Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		ref, err := in.commitments.Adopt(ctx, head, in.here, commitments.Adoption{Title: "Vår deklaration", SignedOn: period.On(2026, 1, 9), Promises: []commitments.AdoptedPromise{{Number: 1, Wording: "Vi håller fyra seminarier om året."}, {Number: 2, Wording: "Vi lyssnar på dem det gäller."}}})
		if err != nil {
			t.Fatal(err)
		}
		page, err := in.commitments.DeclarationPage(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		for i, owner := range []id.ID{head.Account, in.actors["office"].Account} {
			p, err := in.commitments.Promise(ctx, actor.SystemActor, in.here, page.Slug, i+1, 2026)
			if err != nil {
				t.Fatal(err)
			}
			if err := in.commitments.EditPledge(ctx, head, in.here, p.ID, p.Pledge.Version, commitments.PledgeFields{Responsible: owner, Ambition: commitments.AmbitionModest}); err != nil {
				t.Fatal(err)
			}
			if _, err := in.commitments.AddMilestone(ctx, head, in.here, p.ID, []string{"Mitt steg", "Kollegans steg"}[i], period.On(2026, time.December, 1)); err != nil {
				t.Fatal(err)
			}
		}
		token, err := in.accounts.CreateCalendarToken(ctx, head)
		if err != nil {
			t.Fatal(err)
		}
		in.server.Identify = func(*http.Request) (actor.Actor, error) { return actor.Actor{}, nil }
		fetch := func(path string) *httptest.ResponseRecorder {
			rec := httptest.NewRecorder()
			in.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
			return rec
		}
		path := accountweb.OwnCalendarPath(token)
		rec := fetch(path)
		body := strings.ReplaceAll(rec.Body.String(), "\r\n ", "")
		if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/calendar") || rec.Header().Get("Cache-Control") != "no-store" || rec.Header().Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d %v %s", rec.Code, rec.Header(), body)
		}
		for _, want := range []string{"Mitt seminarium", "DTSTART;TZID=Europe/Stockholm:20261125T090000", "Mitt steg", "DTSTART;VALUE=DATE:20261201", "/alvkusten/plan/"} {
			if !strings.Contains(body, want) {
				t.Errorf("the calendar lacks %q:\n%s", want, body)
			}
		}
		for _, secret := range []string{"Kollegans", "Grannens", "Utan dag", "Hemlig"} {
			if strings.Contains(body, secret) {
				t.Errorf("the calendar holds %q", secret)
			}
		}
		for name, p := range map[string]string{"wrong": accountweb.OwnCalendarPath(strings.Repeat("a", len(token))), "short": "/min-kalender/.ics", "without ending": strings.TrimSuffix(path, ".ics")} {
			if rec := fetch(p); rec.Code != http.StatusNotFound {
				t.Errorf("%s: %d", name, rec.Code)
			}
		}
		renewed, err := in.accounts.CreateCalendarToken(ctx, head)
		if err != nil {
			t.Fatal(err)
		}
		if fetch(path).Code != http.StatusNotFound || fetch(accountweb.OwnCalendarPath(renewed)).Code != http.StatusOK {
			t.Error("the old address lives on, or the new one does not work")
		}
		if err := in.accounts.RemoveCalendarToken(ctx, head); err != nil {
			t.Fatal(err)
		}
		if fetch(accountweb.OwnCalendarPath(renewed)).Code != http.StatusNotFound {
			t.Error("a removed address still answers")
		}
	})
}
