package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/web"

	"github.com/google/go-cmp/cmp"
)

var errOnPurpose = errors.New("on purpose")

// copies are two copies of the program on one database that keep pages, and a third that makes each anew.
type copies struct {
	*installation
	all   []*App // the first is that of installation
	fresh *App
	clock *clock.Set
	dir   string
}

func eachCopies(t *testing.T, fn func(t *testing.T, c *copies)) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		in := newInstallationOn(t, dir, database)
		c := &copies{installation: in, all: []*App{in.App}, clock: in.clock.(*clock.Set), dir: dir}
		another := func(cache int64) *App {
			a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, PageCache: cache}, slog.New(slog.DiscardHandler), in.clock)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { a.Close() })
			return a
		}
		c.all = append(c.all, another(8))
		c.fresh = another(0)
		fn(t, c)
	})
}

// page asks one copy for a page, as a browser with the cookie does.
func page(a *App, path, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	r.Host = "localhost"
	if cookie != "" {
		r.Header.Set("Cookie", cookie)
	}
	rec := httptest.NewRecorder()
	a.server.ServeHTTP(rec, r)
	return rec
}

// keptPaths are the addresses of all pages that are kept, with what is there to fill their wildcards; in three languages and some years.
func (c *copies) keptPaths(t *testing.T, promises []string) []string {
	var list []string
	for _, route := range c.Routes() {
		if route.Cache != web.Kept {
			continue
		}
		var paths []string
		switch {
		case strings.Contains(route.Path, "{declaration}"):
			for _, p := range promises {
				x := strings.Replace(route.Path, "/loften/{declaration}/{number}", p, 1)
				paths = append(paths, strings.Replace(x, "{version}", "1", 1))
			}
		case strings.Contains(route.Path, "{slug}"):
			for _, p := range promises {
				paths = append(paths, strings.Replace(route.Path, "{slug}", strings.Split(p, "/")[2], 1))
			}
		case strings.Contains(route.Path, "{"):
			paths = append(paths, wildcard.ReplaceAllString(route.Path, id.New().String()))
		default:
			paths = append(paths, route.Path)
		}
		for _, p := range paths {
			if route.Site == web.OfAssociation {
				for _, at := range []string{"/alvkusten", "/skogsbygden"} {
					list = append(list, strings.TrimSuffix(at+p, "/"))
				}
			} else {
				list = append(list, p)
			}
		}
	}
	n := len(list)
	for i := 0; i < n; i += 5 {
		list = append(list, "/en"+strings.TrimSuffix(list[i], "/"), "/lattlast"+strings.TrimSuffix(list[i], "/"), list[i]+"?ar=2025")
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Whatever people change through whichever copy, and whatever is read in between, a kept page is the page that is made anew at that moment.
func TestAKeptPageIsNeverOld(t *testing.T) {
	eachCopies(t, func(t *testing.T, c *copies) {
		ctx, head := t.Context(), c.actors["head"]
		var promises []string
		var pledges []commitments.Promise
		adopt := func(by *App, n int) error {
			title := fmt.Sprintf("Deklaration %d", n)
			ref, err := by.commitments.Adopt(ctx, head, c.here, commitments.Adoption{Title: title, SignedOn: period.On(2026, 1, 9), Promises: []commitments.AdoptedPromise{{Number: 1, Wording: "Vi håller fyra seminarier om året."}, {Number: 2, Wording: "Vi lyssnar på dem det gäller."}}})
			if err != nil {
				return err
			}
			d, err := by.commitments.DeclarationPage(ctx, ref)
			if err != nil {
				return err
			}
			for number := 1; number <= 2; number++ {
				promises = append(promises, fmt.Sprintf("/loften/%s/%d", d.Slug, number))
				p, err := by.commitments.Promise(ctx, actor.SystemActor, c.here, d.Slug, number, 2026)
				if err != nil {
					return err
				}
				pledges = append(pledges, p.Promise)
			}
			return nil
		}
		if err := adopt(c.App, 0); err != nil {
			t.Fatal(err)
		}
		compared, changes := 0, map[string]int{}
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 1))
		t.Logf("seed %d", seed)
		what := []string{"plan", "facts", "milestone", "edit", "adopt", "recompute", "day", "role", "log in", "member", "rolled back", "refused"}
		for range 100 {
			paths := c.keptPaths(t, promises)
			compare := func(path string) {
				want := page(c.fresh, path, "")
				for i, a := range c.all {
					got := page(a, path, "")
					if got.Code != want.Code || got.Body.String() != want.Body.String() {
						t.Fatalf("copy %d answers %s with %d and not with %d: %s", i, path, got.Code, want.Code, cmp.Diff(want.Body.String(), got.Body.String()))
					}
				}
				compared++
			}
			{
				for range 2 {
					compare(paths[random.IntN(len(paths))])
				}
				by := c.all[random.IntN(2)]
				n := len(changes) + compared
				what := what[random.IntN(len(what))]
				changes[what]++
				pledge := pledges[random.IntN(len(pledges))]
				var err error
				switch what {
				case "plan":
					_, err = by.commitments.PlanActivity(ctx, head, c.here, commitments.ActivityFields{Title: fmt.Sprintf("Seminarium %d", n), Kind: "seminar", When: period.OnDay(period.On(2026, 12, 1+n%28)), PlanYear: 2026, Public: n%3 > 0, Serves: []commitments.ServingFields{{PledgeAssociation: c.here.ID, Pledge: pledge.ID, How: "Vi träffas."}}})
				case "facts":
					var x associations.Association
					if x, err = by.associations.ByID(ctx, c.here.ID); err == nil {
						x.Name = fmt.Sprintf("Samordningsförbundet Älvkusten %d", n)
						err = by.associations.Edit(ctx, head, c.here.ID, x.Version, x.Facts)
					}
				case "milestone":
					_, err = by.commitments.AddMilestone(ctx, head, c.here, pledge.ID, fmt.Sprintf("Steg %d", n), period.On(2026, 11, 1+n%28))
				case "edit":
					var p commitments.PromisePage
					if p, err = by.commitments.Promise(ctx, actor.SystemActor, c.here, pledge.Slug, int(pledge.Number), 2026); err == nil {
						err = by.commitments.EditPledge(ctx, head, c.here, p.ID, p.Pledge.Version, commitments.PledgeFields{Responsible: head.Account, Ambition: commitments.AmbitionModest, ExtraGrounds: fmt.Sprintf("Grund %d", n)})
					}
				case "adopt":
					if len(promises) < 12 {
						err = adopt(by, len(promises))
					}
				case "recompute":
					_, err = by.commitments.Recompute(ctx)
				case "day":
					c.clock.MoveTo(period.On(2026, 11, 22+n%9))
				case "role":
					_, err = by.accounts.Invite(ctx, actor.SystemActor, c.here, accounts.NewPerson{Name: "Ny", Email: fmt.Sprintf("ny%s@example.test", id.New().String()), Language: "sv", NewRole: accounts.NewRole{Role: actor.Office}})
				case "log in":
					err = by.accounts.StoreSession(ctx, accounts.Session{TokenHash: id.New().String(), ID: id.New(), AccountID: head.Account, Data: []byte("{}")})
				case "member":
					_, err = by.associations.AddMember(ctx, head, c.here.ID, associations.MemberFacts{Name: fmt.Sprintf("Mo kommun %d", n), Kind: associations.Municipality})
				case "rolled back":
					err = by.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
						if _, err := tx.NewRaw("UPDATE associations SET name = 'Aldrig'").Exec(ctx); err != nil {
							return err
						}
						return errOnPurpose
					})
					if err == errOnPurpose {
						err = nil
					}
				case "refused":
					if e := by.commitments.EditPledge(ctx, actor.Actor{}, c.here, pledge.ID, pledge.Version, commitments.PledgeFields{}); e == nil {
						t.Fatal("a visitor may edit")
					}
				}
				if err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				for range 3 {
					compare(paths[random.IntN(len(paths))])
				}
			}
		}
		if c.server.KeptBytes() == 0 || c.fresh.server.KeptBytes() != 0 {
			t.Error("the wrong copy keeps pages")
		}
		t.Logf("%d pages compared on two copies, over %v", compared, changes)
	})
}

// A copy of release 0.1.0 works beside copies that keep pages, during an upgrade. What it writes, as it wrote it, shows at once on them; and whom it
// logs out is logged out.
func TestWhatTheLastReleaseWritesShowsAtOnce(t *testing.T) {
	dir, database := t.TempDir(), dbtest.PostgresURL(t)
	in := newInstallationOn(t, dir, database)
	old, err := db.Open(t.Context(), database, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { old.Close() })
	write := func(statement string, args ...any) {
		t.Helper()
		query := in.db.Read().NewRaw(statement, args...).String() // the values in the text, as bun sends it
		tx, err := old.Writer().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		if res, err := tx.ExecContext(t.Context(), query); err != nil || db.Affected(res) != 1 {
			t.Fatal(query, res, err)
		}
		if page(in.App, "/alvkusten", "").Code != http.StatusOK { // made from what was before, and kept, while the other has not committed
			t.Fatal("the page is gone")
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	for n := range 20 {
		name := fmt.Sprintf("Samordningsförbundet nummer %d", n)
		if n%2 == 0 {
			write(`UPDATE "associations" AS "association" SET "name" = ?, "version" = version + 1 WHERE (id = ?)`, name, in.here.ID)
		} else {
			write(`WITH "_data" ("name") AS (VALUES (?)) UPDATE "associations" AS "a" SET "name" = _data."name" FROM "_data" WHERE (a.id = ?)`, name, in.here.ID)
		}
		for range 2 {
			if body := page(in.App, "/alvkusten", "").Body.String(); !strings.Contains(body, name) {
				t.Fatalf("%q does not show", name)
			}
		}
	}
	if in.server.KeptBytes() == 0 {
		t.Error("nothing is kept")
	}
	cookie := logIn(t, in.App, in.actors["office"].Account)
	for range 2 {
		if got := page(in.App, "/alvkusten/skrivbord", cookie).Code; got != http.StatusOK {
			t.Fatal(got)
		}
	}
	write(`UPDATE "roles" AS "role" SET "valid_to" = '2026-11-20' WHERE (account_id = ?)`, in.actors["office"].Account)
	if got := page(in.App, "/alvkusten/skrivbord", cookie).Code; got != http.StatusForbidden {
		t.Errorf("without the role: %d", got)
	}
	write(`DELETE FROM "sessions" AS "session" WHERE (account_id = ?)`, in.actors["office"].Account)
	if got := page(in.App, "/alvkusten/skrivbord", cookie).Code; got != http.StatusUnauthorized {
		t.Errorf("logged out: %d", got)
	}
}
