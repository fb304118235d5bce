package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/web"

	"github.com/uptrace/bun"
)

// Every exception names a table there is, and says why.
func TestTheExceptionsAreTables(t *testing.T) {
	all := append(tables(t, dbtest.SQLite(t)), "content_versions")
	for table, why := range unseen {
		if !slices.Contains(all, table) || why == "" || rights[table] != 0 {
			t.Errorf("%s: %q", table, why)
		}
	}
	for table := range rights {
		if !slices.Contains(all, table) {
			t.Errorf("there is no table %s", table)
		}
	}
	if shows("a_table_of_next_year") != db.Content {
		t.Error("a new table does not count as content")
	}
}

// On PostgreSQL the server stamps for whoever does not: each table that shows has a trigger that says the same as this program does.
func TestTheServerKnowsWhatTablesCountFor(t *testing.T) {
	d := dbtest.Postgres(t)
	var list []struct {
		Table string
		Args  string
	}
	if err := d.Read().NewRaw(`SELECT c.relname AS "table", encode(g.tgargs, 'escape') AS args FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid JOIN pg_proc AS p ON p.oid = g.tgfoid WHERE p.proname = 'stamp_for_others' AND g.tgenabled = 'O'`).Scan(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	said := map[string]db.Kinds{}
	for _, x := range list {
		for kind := range strings.SplitSeq(x.Args, `\000`) {
			said[x.Table] |= map[string]db.Kinds{"content": db.Content, "access": db.Access}[kind]
		}
	}
	for _, table := range tables(t, d) {
		if said[table] != shows(table) {
			t.Errorf("%s counts for %b here and for %b at the server: its migration lacks a trigger as in 0015", table, shows(table), said[table])
		}
	}
	if len(said) < 30 {
		t.Errorf("only %d triggers", len(said))
	}
}

// What goes with a row that is deleted counts no more than the row does: the statement names only the row's table.
func TestWhatGoesWithARowCountsNoMore(t *testing.T) {
	var list []struct{ Child, Parent string }
	if err := dbtest.SQLite(t).Read().NewRaw(`SELECT t.name AS child, f."table" AS parent FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' AND f.on_delete <> 'NO ACTION'`).Scan(t.Context(), &list); err != nil {
		t.Fatal(err)
	}
	for _, x := range list {
		if shows(x.Child)&^shows(x.Parent) != 0 {
			t.Errorf("deleting from %s deletes from %s, and nobody who keeps pages would know", x.Parent, x.Child)
		}
	}
	if len(list) == 0 {
		t.Error("nothing was looked at")
	}
}

// reads notes the tables that statements read.
type reads struct {
	mu     sync.Mutex
	tables map[string]string // with one of the statements
}

var fromTable = regexp.MustCompile(`(?i)\b(?:FROM|JOIN)\s+"?([a-z_]+)"?`)

func (r *reads) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range fromTable.FindAllStringSubmatch(e.Query, -1) {
		r.tables[strings.ToLower(m[1])] = e.Query
	}
	return ctx
}

func (*reads) AfterQuery(context.Context, *bun.QueryEvent) {}

// No page that is kept reads a table whose changes do not count as content, and nothing that is kept of a session or of rights reads one whose
// changes do not count for access.
func TestWhatIsKeptReadsOnlyWhatCounts(t *testing.T) {
	eachCopies(t, func(t *testing.T, c *copies) {
		seen := &reads{tables: map[string]string{}}
		c.fresh.db.Watch(seen)
		ref, err := c.commitments.Adopt(t.Context(), c.actors["head"], c.here, commitments.Adoption{Title: "Vår deklaration", SignedOn: period.On(2026, 1, 9), Promises: []commitments.AdoptedPromise{{Number: 1, Wording: "Vi håller fyra seminarier om året."}}})
		if err != nil {
			t.Fatal(err)
		}
		d, err := c.commitments.DeclarationPage(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		answered := 0
		for _, path := range c.keptPaths(t, []string{"/loften/" + d.Slug + "/1"}) {
			rec := page(c.fresh, path, "")
			if rec.Code == http.StatusOK {
				answered++
			}
			if got := rec.Header().Get("Cache-Control"); rec.Code == http.StatusOK && got != "no-cache" {
				t.Errorf("a browser may show %s without asking: %q", path, got)
			}
		}
		if answered < 40 || len(seen.tables) < 10 {
			t.Errorf("only %d pages read %d tables", answered, len(seen.tables))
		}
		for table, query := range seen.tables {
			if shows(table)&db.Content == 0 && table != "content_versions" {
				t.Errorf("a page that is kept reads %s, whose changes do not count as content:\n%s", table, query)
			}
		}
		cookie := logIn(t, c.App, c.actors["head"].Account)
		seen.tables = map[string]string{}
		if rec := page(c.fresh, "/konto", cookie); rec.Code != http.StatusOK {
			t.Fatal(rec.Code)
		}
		seen.tables = map[string]string{}
		if who, err := c.fresh.accounts.Actor(t.Context(), c.actors["office"].Account); err != nil || !who.LoggedIn() {
			t.Fatal(who, err)
		}
		if len(seen.tables) != 2 {
			t.Errorf("rights are read from %v", seen.tables)
		}
		for table, query := range seen.tables {
			if shows(table)&db.Access == 0 {
				t.Errorf("rights are read from %s, whose changes do not count for access:\n%s", table, query)
			}
		}
	})
}

// logIn gives the cookie of a new session.
func logIn(t *testing.T, a *App, account id.ID) string {
	t.Helper()
	rec := httptest.NewRecorder()
	a.sessions.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := a.sessions.Start(&web.Request{Request: r}, account); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	cookies := rec.Result().Cookies()
	if len(cookies) != 1 {
		t.Fatalf("log-in gave %d cookies", len(cookies))
	}
	return cookies[0].Name + "=" + cookies[0].Value
}

// A request of somebody who is known by now costs no question about who she is, and none about whose page it is.
func TestAKnownPersonCostsNoQuestion(t *testing.T) {
	eachCopies(t, func(t *testing.T, c *copies) {
		cookie := logIn(t, c.App, c.actors["head"].Account)
		page(c.App, "/alvkusten/skrivbord", cookie)
		seen := &reads{tables: map[string]string{}}
		c.db.Watch(seen)
		if rec := page(c.App, "/alvkusten/skrivbord", cookie); rec.Code != http.StatusOK {
			t.Fatal(rec.Code)
		}
		for table, part := range map[string]string{"sessions": "", "roles": "account_id =", "accounts": "(id =", "associations": "slug ="} {
			if q := seen.tables[table]; q != "" && strings.Contains(q, part) {
				t.Errorf("%s was asked: %s", table, q)
			}
		}
	})
}

// What ends on one copy has ended on the next request at every copy: a session, a role, an account.
func TestWhatEndsOnOneCopyHasEndedOnAll(t *testing.T) {
	eachCopies(t, func(t *testing.T, c *copies) {
		ctx, head := t.Context(), c.actors["head"]
		const path = "/alvkusten/skrivbord"
		for n, by := range c.all {
			other := c.all[1-n]
			reach := func(when string, cookie string, want int) {
				t.Helper()
				for i, a := range []*App{by, other, by} {
					if got := page(a, path, cookie).Code; got != want {
						t.Errorf("%s, at copy %d: %d, want %d", when, i, got, want)
					}
				}
			}
			who, err := by.accounts.Invite(ctx, actor.SystemActor, c.here, accounts.NewPerson{Name: "Nils Ny", Email: fmt.Sprintf("nils%d@example.test", n), Language: "sv", NewRole: accounts.NewRole{Role: actor.Office}})
			if err != nil {
				t.Fatal(err)
			}
			cookie := logIn(t, other, who.ID)
			reach("logged in", cookie, http.StatusOK)
			r := httptest.NewRequest(http.MethodPost, "/logga-ut", strings.NewReader(""))
			r.Host = "localhost"
			r.Header.Set("Cookie", cookie)
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			rec := httptest.NewRecorder()
			by.server.ServeHTTP(rec, r)
			if rec.Code != http.StatusSeeOther {
				t.Fatalf("logging out: %d %s", rec.Code, rec.Body)
			}
			reach("logged out", cookie, http.StatusUnauthorized)
			cookie = logIn(t, other, who.ID)
			reach("logged in again", cookie, http.StatusOK)
			roles, err := by.accounts.Roles(ctx, who.ID)
			if err != nil || len(roles) != 1 {
				t.Fatal(roles, err)
			}
			if err := by.accounts.EndRole(ctx, head, c.here.ID, roles[0].ID, roles[0].Version, period.On(2026, 11, 21)); err != nil {
				t.Fatal(err)
			}
			reach("without the role", cookie, http.StatusForbidden)
			if err := by.accounts.GiveRole(ctx, head, c.here.ID, who.ID, accounts.NewRole{Role: actor.Office}); err != nil {
				t.Fatal(err)
			}
			reach("with a role again", cookie, http.StatusOK)
			x, err := by.accounts.Account(ctx, who.ID)
			if err != nil {
				t.Fatal(err)
			}
			if err := by.accounts.CloseAccount(ctx, c.actors["admin"], who.ID, x.Version); err != nil {
				t.Fatal(err)
			}
			reach("with a closed account", cookie, http.StatusUnauthorized)
		}
		if access.May(actor.Actor{}, access.DeskRead, access.Object{Association: c.here.ID}) {
			t.Error("a visitor may see the desk")
		}
	})
}

// While somebody works at one copy only, the other does not take her session for idle.
func TestASessionInUseElsewhereIsNotIdle(t *testing.T) {
	eachCopies(t, func(t *testing.T, c *copies) {
		cookie := logIn(t, c.App, c.actors["head"].Account)
		const path = "/alvkusten/skrivbord"
		ask := func(a *App, want int) {
			t.Helper()
			if got := page(a, path, cookie).Code; got != want {
				t.Errorf("at %s: %d, want %d", c.clock.Now(), got, want)
			}
		}
		ask(c.all[1], http.StatusOK)
		for range 10 {
			c.clock.Advance(accounts.SessionIdle / 2)
			ask(c.all[0], http.StatusOK)
		}
		ask(c.all[1], http.StatusOK)
		c.clock.Advance(accounts.SessionIdle)
		ask(c.all[1], http.StatusUnauthorized)
		ask(c.all[0], http.StatusUnauthorized)
	})
}

// pastVersions are the files that write on a connection of their own, past the transactions that put a new version when something changes.
var pastVersions = map[string]string{
	"platform/db/":        "migrations, before anybody reads; where a form led, which shows nowhere",
	"platform/jobs/":      "the queue's own tables, which show nowhere",
	"platform/rows/":      "fills an installation that nobody serves yet",
	"app/telemetry.go":    "counts connections and writes nothing",
	"app/doctor/":         "asks how the server is and writes nothing",
	"platform/telemetry/": "counts connections and writes nothing",
}

func TestNobodyWritesPastTheVersions(t *testing.T) {
	files, err := filepath.Glob("../../internal/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	deeper, err := filepath.Glob("../../internal/*/*/*.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, file := range append(files, deeper...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		path := strings.TrimPrefix(filepath.ToSlash(file), "../../internal/")
		for _, way := range []string{".Writer()", ".Pool()"} {
			if !strings.Contains(string(text), way) {
				continue
			}
			n++
			if !slices.ContainsFunc(slices.Collect(maps.Keys(pastVersions)), func(p string) bool { return strings.HasPrefix(path, p) }) {
				t.Errorf("%s uses %s: what it writes would not be seen by pages that are kept; write in db.WithTx", path, way)
			}
		}
		if strings.Contains(string(text), ".Unseen()") && path != "accounts/sessions.go" && !strings.HasPrefix(path, "platform/db/") {
			t.Errorf("%s writes what it says shows nowhere; add it here with the reason", path)
		}
	}
	if n < 2 {
		t.Errorf("only %d uses were found", n)
	}
}
