// Package ledgertest builds a small invented world for tests of the promise ledger and its pages: two associations that hold a
// declaration together, their people, and a clock that can be moved.
package ledgertest

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"
)

// World is the ledger of two associations, on 12 January 2026 at noon.
type World struct {
	DB      *db.DB
	Clock   *clock.Set
	Ledger  *commitments.Service
	Log     *publiclog.Log    // does not run by itself
	Jobs    []commitments.Job // what was enqueued, by transactions that may not have been committed
	Mails   []mail.Message    // what was sent, each key once
	Wait    time.Duration     // what the limits answer
	Coast   scope.Association // Älvkusten: Karin (head), Tyra (office), Bo (auditor), Eva (activity owner), Nils (board)
	Forest  scope.Association // Skogsbygden: Arne (head), who is alone
	People  map[string]actor.Actor
	mu      sync.Mutex // of Jobs
	needs   commitments.Needs
	roles   map[id.ID][]commitments.Colleague
	Adopted commitments.Ref // the joint declaration, when AdoptJoint was called
}

// states stands in for the words the house has for states: a part of the work does not know its pages.
var states = fstest.MapFS{}

func init() {
	words := map[string]string{}
	for _, s := range progress.States {
		words["ui.state."+string(s)] = "läget " + string(s)
	}
	b, err := json.Marshal(words)
	if err != nil {
		panic(err)
	}
	for _, l := range lang.All {
		states["locale/"+l.Tag()+".json"] = &fstest.MapFile{Data: b}
	}
}

// New builds the world in an empty database.
func New(t testing.TB, d *db.DB) *World {
	t.Helper()
	w := &World{DB: d, Clock: clock.At(period.On(2026, time.January, 12)), People: map[string]actor.Actor{}, roles: map[id.ID][]commitments.Colleague{}}
	w.Coast = w.association(t, "alvkusten", "Älvkusten")
	w.Forest = w.association(t, "skogsbygden", "Skogsbygden")
	w.person(t, "Karin", w.Coast, actor.Head)
	w.person(t, "Tyra", w.Coast, actor.Office)
	w.person(t, "Bo", w.Coast, actor.Auditor)
	w.person(t, "Eva", w.Coast, actor.ActivityOwner)
	w.person(t, "Nils", w.Coast, actor.BoardMember)
	w.person(t, "Arne", w.Forest, actor.Head)
	catalog, err := i18n.Load(i18n.Locale, mail.Locale, commitments.Locale, states)
	if err != nil {
		t.Fatal(err)
	}
	w.needs = commitments.Needs{
		Enter: func(ctx context.Context, tx *db.Tx, facts ...publiclog.Fact) error {
			return w.Log.Enter(ctx, tx, facts...)
		},
		Enqueue: func(_ context.Context, _ *db.Tx, j commitments.Job) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.Jobs = append(w.Jobs, j)
			return nil
		},
		Associations: func(_ context.Context, _ db.IDB, only ...id.ID) ([]scope.Association, error) {
			return slices.DeleteFunc([]scope.Association{w.Forest, w.Coast}, func(a scope.Association) bool { return len(only) > 0 && !slices.Contains(only, a.ID) }), nil
		},
		People: func(_ context.Context, _ db.IDB, a id.ID) ([]commitments.Colleague, error) { return w.roles[a], nil },
		NameOf: func(_ context.Context, _ db.IDB, account id.ID) (string, error) {
			for name, a := range w.People {
				if a.Account == account {
					return name, nil
				}
			}
			return "", nil
		},
		Catalog: catalog,
		SendMail: func(_ context.Context, _ *db.Tx, m mail.Message) error {
			if !slices.ContainsFunc(w.Mails, func(x mail.Message) bool { return x.UniqueKey == m.UniqueKey }) {
				w.Mails = append(w.Mails, m)
			}
			return nil
		},
		Address: func(a scope.Association, l lang.Lang, path string) string {
			return "https://samklang.example" + l.Prefix() + "/" + a.Slug + path
		},
		Allow:      func(context.Context, string, int, time.Duration) (time.Duration, error) { return w.Wait, nil },
		LapseAfter: func(context.Context, db.IDB, id.ID) (int, error) { return 180, nil },
		Store: func(_ context.Context, association id.ID, by actor.Actor, name string, r io.Reader, max int64) (commitments.Naming, error) {
			b, err := io.ReadAll(r)
			return func(ctx context.Context, tx *db.Tx) (id.ID, error) {
				file := id.New()
				_, err := tx.NewRaw("INSERT INTO files (association_id, id, sha256, size, media_type, name, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
					association, file, "0", len(b), "application/pdf", name, w.Clock.Now()).Exec(ctx)
				return file, err
			}, err
		},
	}
	w.Ledger = commitments.New(d, w.Clock, w.needs)
	w.Log = publiclog.New(d, w.Clock, slog.New(slog.DiscardHandler), publiclog.Settings{Host: func() string { return "samklang.example" }, Sources: w.Ledger.LogSources(), Agree: w.Ledger.LogAgrees})
	return w
}

// Again is the public log of another database that holds the same world.
func (w *World) Again(d *db.DB) *publiclog.Log {
	ledger := commitments.New(d, w.Clock, w.needs)
	return publiclog.New(d, w.Clock, slog.New(slog.DiscardHandler), publiclog.Settings{Sources: ledger.LogSources(), Agree: ledger.LogAgrees})
}

// LogTo lets the ledger write what goes wrong by night into a log.
func (w *World) LogTo(log *slog.Logger) {
	w.needs.Log = log
	w.Ledger = commitments.New(w.DB, w.Clock, w.needs)
}

// Exec runs a statement that no operation of the program would.
func (w *World) Exec(t testing.TB, query string, args ...any) {
	t.Helper()
	err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *World) association(t testing.TB, slug, short string) scope.Association {
	a := scope.Association{ID: id.New(), Slug: slug, Name: "Samordningsförbundet " + short, ShortName: short, Brand: "spruce"}
	w.Exec(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, ?, ?, ?, ?)", a.ID, slug, a.Name, short, short, w.Clock.Now())
	return a
}

func (w *World) person(t testing.TB, name string, in scope.Association, role actor.Role) {
	a := actor.Actor{Account: id.New(), Name: name, Grants: []actor.Grant{{Association: in.ID, Role: role}}}
	w.Exec(t, "INSERT INTO accounts (id, email, name, sort_key, created_at) VALUES (?, ?, ?, ?, ?)", a.Account, name+"@example.test", name, name, w.Clock.Now())
	w.People[name] = a
	w.roles[in.ID] = append(w.roles[in.ID], commitments.Colleague{ID: a.Account, Name: name, Email: name + "@example.test", Reminders: true, Roles: []actor.Role{role}})
}

// Wordings of the joint promises, invented.
var Wordings = []string{
	"Hålla minst fyra öppna kunskapsseminarier om likabehandling under 2026 för medarbetare, chefer och politiker.",
	"Föra en öppen och respektfull dialog i alla våra möten.",
	"Ställa krav på inkludering i samtliga avtal med leverantörer.",
}

// AdoptJoint lets the coast adopt a declaration with the three wordings and four activities, and the forest join it.
func (w *World) AdoptJoint(t testing.TB) {
	t.Helper()
	ad := commitments.Adoption{Title: "Gemensam deklaration", Preamble: "Vi vill mer.", SignedOn: period.On(2026, 1, 9), Decision: "§ 3/2026"}
	for i, text := range Wordings {
		ad.Promises = append(ad.Promises, commitments.AdoptedPromise{Number: i + 1, Wording: text, Forms: commitments.External})
	}
	ad.Activities = []commitments.AdoptedActivity{
		w.planned("Seminarium om bemötande", period.OnDay(period.On(2026, 3, 12)), 1),
		w.planned("Seminarium om barnrätt", period.When{Precision: period.NotSet}, 1),
		w.planned("Demokratidag", period.OnDay(period.On(2026, 9, 24)), 1, 2),
		w.planned("Genomgång av avtal", period.InTerm(2026, period.Spring), 3),
	}
	ref, err := w.Ledger.Adopt(t.Context(), w.People["Karin"], w.Coast, ad)
	if err != nil {
		t.Fatal(err)
	}
	w.Adopted = ref
	page, err := w.Ledger.DeclarationPage(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	join := commitments.Adoption{Join: ref, SignedOn: period.On(2026, 1, 12), Decision: "§ 8/2026"}
	for i, c := range page.Commitments {
		join.Promises = append(join.Promises, commitments.AdoptedPromise{Number: i + 1, Wording: Wordings[i], Joins: c.ID})
	}
	join.Promises[1].Wording = "Föra en öppen och respektfull dialog i alla våra möten och samtal."
	if _, err := w.Ledger.Adopt(t.Context(), w.People["Arne"], w.Forest, join); err != nil {
		t.Fatal(err)
	}
}

func (w *World) planned(title string, when period.When, serves ...int) commitments.AdoptedActivity {
	a := commitments.AdoptedActivity{ActivityFields: commitments.ActivityFields{Title: title, Kind: "seminar", Forms: commitments.External, When: when, PlanYear: 2026, Public: true}}
	for _, n := range serves {
		a.ServesNumbers = append(a.ServesNumbers, commitments.ServedNumber{Number: n})
	}
	return a
}

// Activity finds an activity of an association by its title.
func (w *World) Activity(t testing.TB, in scope.Association, title string) commitments.ActivityView {
	t.Helper()
	list, err := w.Ledger.Plan(t.Context(), actor.SystemActor, in, commitments.PlanFilter{Year: 2026})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(a commitments.ActivityLine) bool { return a.Title == title })
	if i < 0 {
		t.Fatalf("no activity %q", title)
	}
	v, err := w.Ledger.Activity(t.Context(), actor.SystemActor, in, list[i].Ref())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Promise finds a promise of an association by its number, with everything those who work with it see.
func (w *World) Promise(t testing.TB, in scope.Association, number int) commitments.PromisePage {
	t.Helper()
	p, err := w.Ledger.Promise(t.Context(), actor.SystemActor, in, "gemensam-deklaration", number, 2026)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Unreminded lets a person turn her reminders off.
func (w *World) Unreminded(name string) {
	for _, list := range w.roles {
		for i := range list {
			list[i].Reminders = list[i].Reminders && list[i].Name != name
		}
	}
}
