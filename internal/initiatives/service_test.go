package initiatives

import (
	"context"
	"slices"
	"strings"
	"testing"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// world is two associations with four members each, on 2 March 2026.
type world struct {
	*Service
	here, there id.ID
	members     map[id.ID][]Party
	people      map[id.ID][]Colleague
	head        actor.Actor
	other       actor.Actor // head of there
}

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{here: id.New(), there: id.New(), members: map[id.ID][]Party{}, people: map[id.ID][]Colleague{}}
	w.Service = New(Needs{DB: d, Clock: clock.At(period.On(2026, 3, 2)),
		Members: func(_ context.Context, _ db.IDB, a id.ID) ([]Party, error) { return w.members[a], nil },
		People:  func(_ context.Context, _ db.IDB, a id.ID) ([]Colleague, error) { return w.people[a], nil },
		NameOf:  func(context.Context, db.IDB, id.ID) (string, error) { return "Lina Ek", nil },
		Associations: func(_ context.Context, _ db.IDB, only ...id.ID) ([]scope.Association, error) {
			all := []scope.Association{{ID: w.here, ShortName: "Älvkusten"}, {ID: w.there, ShortName: "Skogsbygden"}}
			return slices.DeleteFunc(all, func(a scope.Association) bool { return len(only) > 0 && !slices.Contains(only, a.ID) }), nil
		}})
	for slug, a := range map[string]id.ID{"alvkusten": w.here, "skogsbygden": w.there} {
		w.run(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, '', '', '', ?)", a, slug, w.Clock.Now())
		for _, m := range []Party{{Kind: "fk", Name: "Försäkringskassan"}, {Kind: "af", Name: "Arbetsförmedlingen"}, {Kind: "municipality", Name: "Mo kommun"}, {Kind: "municipality", Name: "Tallvikens kommun"}} {
			m.ID, m.Current = id.New(), true
			w.members[a] = append(w.members[a], m)
			w.run(t, "INSERT INTO members (association_id, id, kind, name, sort_key) VALUES (?, ?, ?, ?, '')", a, m.ID, m.Kind, m.Name)
		}
	}
	w.head, w.other = w.person(t, w.here, actor.Head), w.person(t, w.there, actor.Head)
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

func (w *world) person(t *testing.T, at id.ID, roles ...actor.Role) actor.Actor {
	t.Helper()
	a := actor.Actor{Account: id.New(), Name: "Lina Ek"}
	w.run(t, "INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Lina Ek', '', ?, 'sv', ?)", a.Account, a.Account.String()+"@example.test", w.Clock.Now())
	for _, r := range roles {
		a.Grants = append(a.Grants, actor.Grant{Association: at, Role: r})
	}
	w.people[at] = append(w.people[at], Colleague{ID: a.Account, Name: a.Name, Roles: roles})
	return a
}

func (w *world) facts(at id.ID, name string) NewInitiative {
	m := w.members[at]
	return NewInitiative{Facts: Facts{Name: name, Orientation: Individual, Method: Cards, OwnerID: m[2].ID, FromOn: period.On(2026, 1, 1)}, Parties: []id.ID{m[1].ID}, Municipalities: []id.ID{m[2].ID}, Planned: map[int64]int64{2026: 40}}
}

func (w *world) running(t *testing.T, at id.ID, as actor.Actor, name string) Initiative {
	t.Helper()
	x, err := w.Add(t.Context(), as, at, w.facts(at, name))
	if err == nil {
		err = w.Confirm(t.Context(), as, at, x.ID, x.Version)
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err = w.Get(t.Context(), as, at, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	return x
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

func TestWhatIsWrittenIsRead(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		x := w.running(t, w.here, w.head, "Vägen in")
		if x.State != Confirmed || x.Planned[2026] != 40 || len(x.Parties) != 1 || len(x.Municipalities) != 1 || x.Method != Cards {
			t.Errorf("%+v", x)
		}
		if _, err := w.Get(t.Context(), w.other, w.there, x.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("through another association: %v", err)
		}
	})
}

// at least two different parties; several municipalities are one.
func TestTwoPartiesCarryAnInitiative(t *testing.T) {
	for _, c := range []struct {
		kinds string
		ok    bool
	}{{"", false}, {"fk", false}, {"municipality municipality municipality", false}, {"region region", false}, {"municipality af", true}, {"municipality municipality region", true}} {
		if Carried(strings.Fields(c.kinds)) != c.ok {
			t.Errorf("%q: %v", c.kinds, !c.ok)
		}
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		in := w.facts(w.here, "Vägen in")
		in.Parties, in.Municipalities = []id.ID{w.members[w.here][3].ID}, nil
		x, err := w.Add(t.Context(), w.head, w.here, in)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Confirm(t.Context(), w.head, w.here, x.ID, 1); fields(err) != "parties municipalities" {
			t.Errorf("two municipalities: %v", err)
		}
	})
}

// what the national system does not let anybody change stays, and the way out is a new initiative in its place.
func TestAConfirmedInitiativeKeepsWhatCannotBeChanged(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		x := w.running(t, w.here, w.head, "Vägen in")
		in := w.facts(w.here, "Vägen in")
		in.Method, in.ESF = BySex, true
		if err := w.Edit(t.Context(), w.head, w.here, x.ID, x.Version, in); fields(err) != "method esf" {
			t.Errorf("method and ESF: %v", err)
		}
		in = w.facts(w.here, "Vägen vidare")
		if err := w.Edit(t.Context(), w.head, w.here, x.ID, x.Version, in); err != nil {
			t.Errorf("the name: %v", err)
		}
		made, err := w.Close(t.Context(), w.head, w.here, x.ID, x.Version+1, period.On(2026, 6, 30), true)
		if err != nil {
			t.Fatal(err)
		}
		next, err := w.Get(t.Context(), w.head, w.here, made)
		if err != nil || next.State != Draft || next.ReplacesID != x.ID || next.FromOn != period.On(2026, 7, 1) || len(next.Municipalities) != 1 {
			t.Errorf("the one in its place: %+v, %v", next, err)
		}
		in.Method, in.ESF = BySex, true
		if err := w.Edit(t.Context(), w.head, w.here, made, next.Version, in); err != nil {
			t.Errorf("there everything can be changed: %v", err)
		}
	})
}

// a mixed initiative becomes two with different names.
func TestAMixedInitiativeBecomesTwo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		in := w.facts(w.here, "Vägen in")
		in.Orientation, in.OtherName = Mixed, "vägen in"
		if _, err := w.Add(t.Context(), w.head, w.here, in); fields(err) != "other_name" {
			t.Errorf("the same name twice: %v", err)
		}
		in.OtherName = "Vägen in, arbetssätt"
		if _, err := w.Add(t.Context(), w.head, w.here, in); err != nil {
			t.Fatal(err)
		}
		all, err := w.List(t.Context(), w.head, w.here)
		if err != nil || len(all) != 2 || all[0].Method != Cards || all[1].Orientation != Structural || all[1].Method != Total {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestAnotherAssociationKeepsItsOwnPart(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		x := w.running(t, w.here, w.head, "Bron")
		in := w.facts(w.here, "Bron")
		in.Associations = []id.ID{w.there}
		if err := w.Edit(t.Context(), w.head, w.here, x.ID, x.Version, in); err != nil {
			t.Fatal(err)
		}
		named, err := w.Named(t.Context(), w.other, w.there)
		if err != nil || len(named) != 1 || named[0].Own != id.None {
			t.Fatalf("%+v, %v", named, err)
		}
		if _, err := w.Join(t.Context(), w.head, w.there, w.here, x.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("somebody else joins for them: %v", err)
		}
		part, err := w.Join(t.Context(), w.other, w.there, w.here, x.ID)
		if err != nil || part.OwnerID != id.None || part.State != Draft {
			t.Fatalf("%+v, %v", part, err)
		}
		if _, err := w.Join(t.Context(), w.other, w.there, w.here, x.ID); !errs.Is(err, errs.Refused) {
			t.Errorf("twice: %v", err)
		}
	})
}

// Who is assigned reaches her own initiative and no other; R-40 keeps the association's employees out.
func TestStaffReachesItsOwnInitiative(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		mine, others := w.running(t, w.here, w.head, "Vägen in"), w.running(t, w.here, w.head, "Bron")
		staff, lead := w.person(t, w.here, actor.InitiativeStaff), w.person(t, w.here, actor.InitiativeLead)
		for who, role := range map[id.ID]actor.Role{staff.Account: actor.InitiativeStaff, lead.Account: actor.InitiativeLead} {
			if err := w.Assign(ctx, w.head, w.here, mine.ID, who, role); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Assign(ctx, w.head, w.here, mine.ID, staff.Account, actor.InitiativeLead); fields(err) != "account" {
			t.Errorf("in a role she does not have: %v", err)
		}
		if err := w.Assign(ctx, w.head, w.here, mine.ID, w.head.Account, actor.InitiativeStaff); fields(err) != "account" {
			t.Errorf("an employee of the association: %v", err)
		}
		if err := w.Assign(ctx, staff, w.here, others.ID, staff.Account, actor.InitiativeStaff); !errs.Is(err, errs.Forbidden) {
			t.Errorf("by herself: %v", err)
		}
		for _, c := range []struct {
			who     string
			a       actor.Actor
			act     actor.Action
			at, of  id.ID
			allowed bool
		}{
			{"staff counts in her own", staff, access.FollowupEnter, w.here, mine.ID, true},
			{"staff counts in another", staff, access.FollowupEnter, w.here, others.ID, false},
			{"staff counts in another association", staff, access.FollowupEnter, w.there, mine.ID, false},
			{"staff approves her own", staff, access.FollowupApprove, w.here, mine.ID, false},
			{"the lead approves her own", lead, access.FollowupApprove, w.here, mine.ID, true},
			{"the lead approves another", lead, access.FollowupApprove, w.here, others.ID, false},
			{"the lead accepts", lead, access.FollowupAccept, w.here, mine.ID, false},
			{"the office accepts", w.head, access.FollowupAccept, w.here, mine.ID, true},
			{"the office counts", w.head, access.FollowupEnter, w.here, mine.ID, false},
			{"another office accepts", w.other, access.FollowupAccept, w.here, mine.ID, false},
			{"a visitor reads", actor.Actor{}, access.InitiativeRead, w.here, mine.ID, false},
		} {
			if err := w.Check(ctx, d.Read(), c.a, c.act, c.at, c.of); (err == nil) != c.allowed {
				t.Errorf("%s: %v", c.who, err)
			}
		}
		if all, err := w.List(ctx, staff, w.here); err != nil || len(all) != 1 || all[0].ID != mine.ID {
			t.Errorf("the list of staff: %v, %v", all, err)
		}
		team, err := w.Team(ctx, staff, w.here, mine.ID)
		if err != nil || len(team) != 2 || team[0].Role != actor.InitiativeLead {
			t.Fatalf("%+v, %v", team, err)
		}
		if err := w.Unassign(ctx, w.head, w.here, mine.ID, team[1].ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Check(ctx, d.Read(), staff, access.FollowupEnter, w.here, mine.ID); !errs.Is(err, errs.Forbidden) {
			t.Errorf("after she left: %v", err)
		}
	})
}
