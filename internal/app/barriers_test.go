package app

import (
	"strings"
	"testing"

	"samklang/internal/accessibility"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
)

// The statement is made from results that know every page and form of the program.
func TestTheAccessibilityResultsAreAsNewAsTheRoutes(t *testing.T) {
	results, err := accessibility.Latest()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	in := newInstallationOn(t, dir, "sqlite:"+dir+"/samklang.db")
	var missing []string
	for _, s := range in.SiteMap() {
		if !results.Tells(s.Method, s.Path) {
			missing = append(missing, s.Method+" "+s.Path)
		}
	}
	if len(missing) > 0 {
		t.Errorf("the accessibility statement does not know of these:\n  %s\nTest them and everything else with `make accessibility` (half an hour; needed before a release),\nor build the program and run `scripts/accessibility --routes`, which lets the statement say that they are not tested yet.", strings.Join(missing, "\n  "))
	}
}

// What a visitor tells of an association's page reminds its office with the rest of the desk; what she tells of the installation's reminds the
// administrator.
func TestWhoIsRemindedOfABarrier(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx := t.Context()
		mails := func(kind string) (to []string) {
			t.Helper()
			if err := in.db.Read().NewSelect().TableExpr("mails").Column("to_address").Where("kind = ?", kind).Order("to_address").Scan(ctx, &to); err != nil {
				t.Fatal(err)
			}
			return to
		}
		for _, of := range []id.ID{in.here.ID, id.None} {
			if _, err := in.barriers.Tell(ctx, of, accessibility.NewReport{What: "Jag når inte knappen."}, lang.Swedish); err != nil {
				t.Fatal(err)
			}
		}
		in.clock.(*clock.Set).MoveTo(period.On(2026, 11, 23))
		for range 2 {
			if _, err := in.commitments.Remind(ctx); err != nil {
				t.Fatal(err)
			}
			if err := in.barriers.Remind(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(mails("ledger.remind"), " "); got != "head@example.test office@example.test" {
			t.Errorf("of the association: %s", got)
		}
		if got := strings.Join(mails("barrier.remind"), " "); got != "admin@example.test" {
			t.Errorf("of the installation: %s", got)
		}
	})
}
