package app

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/associations"
	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/web"
)

// installation is a program with two associations and a person in every role of the first.
type installation struct {
	*App
	here, there scope.Association
	actors      map[string]actor.Actor
}

// each runs a test on an installation of each engine.
func each(t *testing.T, fn func(t *testing.T, in *installation)) {
	t.Helper()
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		dir, database := fresh()
		fn(t, newInstallationOn(t, dir, database))
	})
}

// onEach runs a test with each engine; fresh gives an empty data directory and the address of a database that goes with it.
func onEach(t *testing.T, fn func(t *testing.T, fresh func() (dir, database string))) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		fn(t, func() (string, string) {
			dir := t.TempDir()
			return dir, "sqlite:" + filepath.Join(dir, "samklang.db")
		})
	})
	t.Run("postgres", func(t *testing.T) { fn(t, func() (string, string) { return t.TempDir(), dbtest.PostgresURL(t) }) })
}

func newInstallationOn(t *testing.T, dir, database string) *installation {
	t.Helper()
	a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, PageCache: 8}, slog.New(slog.DiscardHandler), clock.At(period.On(2026, time.November, 22)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	in := &installation{App: a, actors: map[string]actor.Actor{"visitor": {}}}
	in.here, in.there = in.association(t, "alvkusten", "Älvkusten"), in.association(t, "skogsbygden", "Skogsbygden")
	for _, r := range actor.Roles {
		in.person(t, string(r), in.here, r)
	}
	in.person(t, "head elsewhere", in.there, actor.Head)
	admin, err := a.accounts.AddAccount(t.Context(), actor.SystemActor, "Admin", "admin@example.test", "sv", true)
	if err != nil {
		t.Fatal(err)
	}
	in.take(t, "admin", admin.ID)
	return in
}

func (in *installation) association(t *testing.T, slug, short string) scope.Association {
	x, err := in.associations.Create(t.Context(), actor.SystemActor, associations.NewAssociation{Slug: slug, Facts: associations.Facts{Name: "Samordningsförbundet " + short, ShortName: short, Email: "kansli@example.test"}})
	if err != nil {
		t.Fatal(err)
	}
	return x.Scope()
}

func (in *installation) person(t *testing.T, name string, at scope.Association, r actor.Role) {
	who, err := in.accounts.Invite(t.Context(), actor.SystemActor, at, accounts.NewPerson{Name: "Person " + name, Email: strings.ReplaceAll(name, " ", ".") + "@example.test", Language: "sv", NewRole: accounts.NewRole{Role: r}})
	if err != nil {
		t.Fatal(err)
	}
	in.take(t, name, who.ID)
}

func (in *installation) take(t *testing.T, name string, account id.ID) {
	a, err := in.accounts.Actor(t.Context(), account)
	if err != nil {
		t.Fatal(err)
	}
	in.actors[name] = a
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// ask sends a request as somebody and gives the status.
func (in *installation) ask(who actor.Actor, method, path string) int {
	return in.send(who, method, path).Code
}

func (in *installation) send(who actor.Actor, method, path string) *httptest.ResponseRecorder {
	in.server.Identify = func(*http.Request) (actor.Actor, error) { return who, nil }
	in.server.Keep.Stranger = func(*http.Request) bool { return !who.LoggedIn() }
	var body io.Reader
	if method == http.MethodPost {
		body = strings.NewReader("")
	}
	r := httptest.NewRequest(method, path, body)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	rec := httptest.NewRecorder()
	in.server.ServeHTTP(rec, r)
	return rec
}

// Every route answers every role as the policy table says, for one's own association and for another's; no route is without a rule, and
// none falls over on addresses of things that do not exist.
func TestEveryRoleOnEveryRoute(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		if len(in.Routes()) < 30 {
			t.Fatalf("only %d routes", len(in.Routes()))
		}
		for _, route := range in.Routes() {
			if !access.Known(route.Allow) {
				t.Errorf("%s %s: the policy table has no action %q", route.Method, route.Path, route.Allow)
			}
			places := map[string]scope.Association{"": {}}
			if route.Site == web.OfAssociation {
				places = map[string]scope.Association{"/" + in.here.Slug: in.here, "/" + in.there.Slug: in.there}
			}
			for prefix, at := range places {
				path := prefix + wildcard.ReplaceAllString(route.Path, "01a20221-c4f2-71e5-97c5-226e1066f6fb")
				for name, who := range in.actors {
					status := in.ask(who, route.Method, path)
					refusal := access.CheckAny(who, route.Allow, at.ID)
					switch {
					case status >= 500:
						t.Errorf("%s %s as %s: %d", route.Method, path, name, status)
					case errs.Is(refusal, errs.Unauthorised) && status != http.StatusUnauthorized, errs.Is(refusal, errs.Forbidden) && status != http.StatusForbidden:
						t.Errorf("%s %s as %s: %d, but the policy refuses", route.Method, path, name, status)
					case refusal == nil && (status == http.StatusUnauthorized || status == http.StatusForbidden) && !ownOnly(who, route.Allow, at.ID):
						t.Errorf("%s %s as %s: %d, but the policy allows", route.Method, path, name, status)
					}
				}
			}
		}
	})
}

// ownOnly tells whether the right reaches only what the person answers for, so that a thing that does not exist may be refused.
func ownOnly(a actor.Actor, act actor.Action, association id.ID) bool {
	return access.Check(a, act, access.Object{Association: association}) != nil
}

// An auditor opens every page those inside read, and meets no form that changes anything on any of them; nor does the board on those about
// the association.
func TestAnAuditorReadsEverythingAndChangesNothing(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		main := regexp.MustCompile(`(?s)<main.*</main>`)
		opened := 0
		for _, route := range in.Routes() {
			reads := route.Allow == access.DeskRead || route.Allow == access.AssociationRead || route.Allow == access.AuditRead || route.Allow == access.BarrierRead
			if route.Method != http.MethodGet || strings.Contains(route.Path, "{") || !reads {
				continue
			}
			opened++
			path := "/" + in.here.Slug + route.Path
			for _, who := range []actor.Role{actor.Auditor, actor.BoardMember} {
				page := in.send(in.actors[string(who)], route.Method, path)
				if route.Allow == access.AuditRead && who == actor.BoardMember {
					continue
				}
				if page.Code != http.StatusOK {
					t.Errorf("%s as %s: %d", path, who, page.Code)
				}
				if strings.Contains(main.FindString(page.Body.String()), `method="post"`) {
					t.Errorf("%s shows %s a form that changes something", path, who)
				}
			}
		}
		if opened < 8 {
			t.Errorf("only %d pages", opened)
		}
	})
}

// The document an association has signed is read by everybody who works with it, and by nobody else.
func TestWhoReadsTheSignedDocument(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		ctx, head := t.Context(), in.actors["head"]
		var file id.ID
		naming, err := in.keep(ctx, in.here.ID, head, "deklaration.txt", strings.NewReader("Vi lovar att lyssna."), 1000)
		if err != nil {
			t.Fatal(err)
		}
		err = in.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			file, err = naming(ctx, tx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := in.commitments.Adopt(ctx, head, in.here, commitments.Adoption{Title: "Vår deklaration", File: file, Promises: []commitments.AdoptedPromise{{Number: 1, Wording: "Vi lovar att lyssna."}}}); err != nil {
			t.Fatal(err)
		}
		signed, err := in.commitments.OwnSignatures(ctx, head, in.here)
		if err != nil || len(signed) != 1 {
			t.Fatalf("%v, %v", signed, err)
		}
		path := "/underskrifter/" + signed[0].ID.String()
		for name, who := range in.actors {
			want := http.StatusOK
			switch {
			case !who.LoggedIn():
				want = http.StatusUnauthorized
			case !access.May(who, access.DeskRead, access.Object{Association: in.here.ID}): // nor do those who count for a party
				want = http.StatusForbidden
			}
			page := in.send(who, http.MethodGet, "/"+in.here.Slug+path)
			if page.Code != want || want == http.StatusOK && page.Body.String() != "Vi lovar att lyssna." {
				t.Errorf("%s: %d %s", name, page.Code, page.Body)
			}
		}
		if status := in.ask(in.actors["head elsewhere"], http.MethodGet, "/"+in.there.Slug+path); status != http.StatusNotFound {
			t.Errorf("through another association: %d", status)
		}
	})
}

func TestASignedInPersonOfAnotherAssociationIsAVisitorHere(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for _, act := range access.Actions {
			if act == access.InstallationManage {
				continue
			}
			if err := access.CheckAny(in.actors["head elsewhere"], act, in.here.ID); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", act, err)
			}
		}
	})
}
