package followup

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// world is one association with four initiatives and another with none, on 2 March 2026.
type world struct {
	*Service
	clock         *clock.Set
	here, there   id.ID
	list          []Initiative
	cards         id.ID // Vägen in: cards, from 2025, Älvsele and Mo
	others        id.ID // Ung kraft: cards
	bySex, total  id.ID
	staff, lead   actor.Actor // of cards, bySex and total
	stranger      actor.Actor // staff of others
	office, board actor.Actor
	elsewhere     actor.Actor // the office of the other association
	team          map[id.ID][]id.ID
}

var (
	h1 = period.Block{Year: 2025, Every: period.HalfYear, N: 1}
	h2 = h1.Next()
)

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{clock: clock.At(period.On(2026, time.March, 2)), here: id.New(), there: id.New(), cards: id.New(), others: id.New(), bySex: id.New(), total: id.New(), team: map[id.ID][]id.ID{}}
	from := period.On(2025, time.January, 1)
	w.list = []Initiative{
		{ID: w.cards, Name: "Vägen in", Method: Cards, From: from, Owner: "Älvsele kommun", Places: []Place{{"alvsele", "Älvsele kommun"}, {"mo", "Mo kommun"}}},
		{ID: w.others, Name: "Ung kraft", Method: Cards, From: from, Owner: "Region Älvsjö", Places: []Place{{"tallvikens", "Tallvikens kommun"}}},
		{ID: w.bySex, Name: "Öppna dörren", Method: BySex, From: from, Owner: "Mo kommun"},
		{ID: w.total, Name: "Samsyn", Method: Total, Structural: true, From: from, Owner: "Försäkringskassan"},
	}
	w.Service = New(Needs{DB: d, Clock: w.clock,
		Initiative: func(_ context.Context, _ db.IDB, association, initiative id.ID) (Initiative, error) {
			i := slices.IndexFunc(w.list, func(x Initiative) bool { return x.ID == initiative })
			if association != w.here || i < 0 {
				return Initiative{}, errs.E(errs.NotFound, "error.not_found")
			}
			return w.list[i], nil
		},
		Initiatives: func(_ context.Context, _ db.IDB, association id.ID) ([]Initiative, error) {
			if association != w.here {
				return nil, nil
			}
			return w.list, nil
		},
		Check: func(_ context.Context, _ db.IDB, a actor.Actor, act actor.Action, association, initiative id.ID) error {
			on := access.Object{Association: association}
			if slices.Contains(w.team[initiative], a.Account) {
				on.Owner = a.Account
			}
			return access.Check(a, act, on)
		},
		NameOf: func(context.Context, db.IDB, id.ID) (string, error) { return "Linnea Holm", nil }})
	for slug, a := range map[string]id.ID{"alvkusten": w.here, "skogsbygden": w.there} {
		w.run(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, '', '', '', ?)", a, slug, w.clock.Now())
	}
	for _, x := range w.list {
		w.run(t, "INSERT INTO initiatives (association_id, id, name, orientation, method, state, sort_key, created_at) VALUES (?, ?, ?, 'individual', 'cards', 'confirmed', '', ?)", w.here, x.ID, x.Name, w.clock.Now())
	}
	w.staff, w.lead, w.stranger = w.person(t, w.here, actor.InitiativeStaff), w.person(t, w.here, actor.InitiativeLead), w.person(t, w.here, actor.InitiativeStaff)
	w.office, w.board, w.elsewhere = w.person(t, w.here, actor.Office), w.person(t, w.here, actor.BoardMember), w.person(t, w.there, actor.Office)
	for _, x := range []id.ID{w.cards, w.bySex, w.total} {
		w.team[x] = []id.ID{w.staff.Account, w.lead.Account}
	}
	w.team[w.others] = []id.ID{w.stranger.Account}
	return w
}

func (w *world) run(t *testing.T, query string, args ...any) {
	t.Helper()
	err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) person(t *testing.T, at id.ID, r actor.Role) actor.Actor {
	t.Helper()
	a := actor.Actor{Account: id.New(), Name: "Linnea Holm", Grants: []actor.Grant{{Association: at, Role: r}}}
	w.run(t, "INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Linnea Holm', '', ?, 'sv', ?)", a.Account, a.Account.String()+"@example.test", w.clock.Now())
	return a
}

// began is a card of n women or men who began.
func began(sex string, n int64) Card {
	return Card{Moment: Began, N: n, Values: Cell{Sex: sex, Age: "30_44", Municipality: "mo", SupportStart: "sickness_benefit", Referrer: "af"}}
}

func left(sex, step, reason string, n int64) Card {
	return Card{Moment: Left, N: n, Values: Cell{Sex: sex, Age: "30_44", Municipality: "mo", JobStep: step, SupportEnd: "none_public", OccupationEnd: "studies", EndReason: reason}}
}

func (w *world) count(t *testing.T, b period.Block, cards ...Card) {
	t.Helper()
	for _, c := range cards {
		if err := w.Count(t.Context(), w.staff, w.here, w.cards, b, c); err != nil {
			t.Fatal(err)
		}
	}
}

func (w *world) step(t *testing.T, b period.Block, moves ...Move) {
	t.Helper()
	for _, m := range moves {
		by := map[Move]actor.Actor{MarkComplete: w.staff, TakeBack: w.staff, Approve: w.lead}[m]
		if by.Account == id.None {
			by = w.office
		}
		if err := w.Step(t.Context(), by, w.here, w.cards, b, m, "Det saknades några."); err != nil {
			t.Fatal(m, err)
		}
	}
}

func (w *world) counts(t *testing.T, b period.Block) map[Moment]Counts {
	t.Helper()
	e, err := w.Entry(t.Context(), w.staff, w.here, w.cards, b)
	if err != nil {
		t.Fatal(err)
	}
	return e.Counts
}

// fields lists the form fields that an error complains about.
func fields(err error) string {
	e, ok := err.(*errs.Error)
	if !ok {
		return ""
	}
	var names []string
	for _, f := range e.Fields {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}
