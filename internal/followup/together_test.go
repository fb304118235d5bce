package followup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

// country is four associations with two initiatives each, of which one party works in all; every half-year of 2025 is accepted.
type country struct {
	*world
	ids     []id.ID
	offices []actor.Actor
	board   actor.Actor // of the first
	all     map[id.ID][]Initiative
}

func newCountry(t *testing.T, d *db.DB) *country {
	t.Helper()
	w := &country{world: &world{clock: clock.At(period.On(2026, 3, 2)), team: map[id.ID][]id.ID{}}, all: map[id.ID][]Initiative{}}
	find := func(association, initiative id.ID) (Initiative, error) {
		for _, x := range w.all[association] {
			if x.ID == initiative {
				return x, nil
			}
		}
		return Initiative{}, errs.E(errs.NotFound, "error.not_found")
	}
	w.Service = New(Needs{DB: d, Clock: w.clock,
		Initiative: func(_ context.Context, _ db.IDB, association, initiative id.ID) (Initiative, error) {
			return find(association, initiative)
		},
		Initiatives: func(_ context.Context, _ db.IDB, association id.ID) ([]Initiative, error) {
			return w.all[association], nil
		},
		Check: func(_ context.Context, _ db.IDB, a actor.Actor, act actor.Action, association, initiative id.ID) error {
			return access.Check(a, act, access.Object{Association: association})
		},
		NameOf: func(context.Context, db.IDB, id.ID) (string, error) { return "Tyra Ek", nil },
		Associations: func(_ context.Context, _ db.IDB, only ...id.ID) (list []scope.Association, err error) {
			for i, x := range w.ids {
				if len(only) == 0 || slices.Contains(only, x) {
					list = append(list, scope.Association{ID: x, ShortName: string(rune('A' + i))})
				}
			}
			return list, nil
		}})
	for a := range 4 {
		x := id.New()
		w.ids = append(w.ids, x)
		w.run(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, ?, '', '', '', ?)", x, fmt.Sprint("forbund-", a), w.clock.Now())
		for i, owner := range []string{"Region Älvsjö", fmt.Sprint("Kommun ", a)} {
			y := Initiative{ID: id.New(), Name: fmt.Sprint("Insats ", a, i), Method: Cards, From: period.On(2025, 1, 1), Owner: owner, Places: []Place{{fmt.Sprint("kommun-", a), owner}}}
			w.all[x] = append(w.all[x], y)
			w.run(t, "INSERT INTO initiatives (association_id, id, name, orientation, method, state, sort_key, created_at) VALUES (?, ?, ?, 'individual', 'cards', 'confirmed', '', ?)", x, y.ID, y.Name, w.clock.Now())
		}
		w.offices = append(w.offices, w.person(t, x, actor.Office))
	}
	w.board = w.person(t, w.ids[0], actor.BoardMember)
	return w
}

// accept keeps counts of a half-year as accepted, for one association or for all.
func (w *country) accept(t *testing.T, b period.Block, of ...int) {
	t.Helper()
	if of == nil {
		of = []int{0, 1, 2, 3}
	}
	for _, a := range of {
		for i, x := range w.all[w.ids[a]] {
			left, began := Counts{}, Counts{}
			for s, sex := range []string{"female", "male"} {
				for k, step := range []string{"within_1_month", "later", "none"} {
					for o, work := range []string{"studies", "other_occupation"} {
						n := int64((a*7+i*5+s*3+k*2+o+b.N)%9) * int64(1+(a+i)%3)
						if n == 0 {
							continue
						}
						c := Cell{Sex: sex, Age: []string{"20_24", "45_59"}[(a+k)%2], Municipality: fmt.Sprint("kommun-", a), JobStep: step, OccupationEnd: work, SupportEnd: "none_public", EndReason: "work"}
						left[c.String()] += n
						began[Cell{Sex: sex, Age: c[Age], Municipality: c[Municipality], SupportStart: "sickness_benefit", Referrer: "af"}.String()] += n + 1
					}
				}
			}
			if err := w.DB.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				var rows []cellRow
				for m, list := range map[Moment]Counts{Began: began, Left: left} {
					for cell, n := range list {
						rows = append(rows, cellRow{AssociationID: w.ids[a], InitiativeID: x.ID, Period: b.String(), Moment: m, Cell: cell, N: n})
					}
				}
				if err := insertCells(ctx, tx, rows); err != nil {
					return err
				}
				return w.keep(ctx, tx, Report{AssociationID: w.ids[a], InitiativeID: x.ID, Period: b.String(), Edition: 1, AcceptedOn: w.today()})
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// agree makes a group of the first associations, in which all have said yes.
func (w *country) agree(t *testing.T, n int) id.ID {
	t.Helper()
	group, err := w.Invite(t.Context(), w.offices[0], w.ids[0], "Sex förbund", w.ids[1:n])
	if err != nil {
		t.Fatal(err)
	}
	for i := 1; i < n; i++ {
		if err := w.Answer(t.Context(), w.offices[i], w.ids[i], group, Joined); err != nil {
			t.Fatal(err)
		}
	}
	return group
}

func TestAssociationsAgreeToLookTogether(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCountry(t, d)
		ctx := t.Context()
		w.accept(t, h1)
		if _, err := w.Invite(ctx, w.offices[0], w.ids[0], " ", w.ids[:2]); fields(err) != "name with" {
			t.Errorf("nothing: %v", err)
		}
		if _, err := w.Invite(ctx, w.offices[0], w.ids[0], "Vi", []id.ID{w.ids[1], id.New()}); fields(err) != "with" {
			t.Errorf("somebody unknown: %v", err)
		}
		for name, a := range map[string]actor.Actor{"the board": w.board, "another office": w.offices[1]} {
			if _, err := w.Invite(ctx, a, w.ids[0], "Vi", w.ids[1:3]); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s invites: %v", name, err)
			}
		}
		group, err := w.Invite(ctx, w.offices[0], w.ids[0], "Vi tre", w.ids[1:3])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.PublishTogether(ctx, w.offices[0], w.ids[0], group); !errs.Is(err, errs.Refused) {
			t.Errorf("before anybody has answered: %v", err)
		}
		if _, err := w.PublishTogether(ctx, w.offices[1], w.ids[1], group); !errs.Is(err, errs.Refused) {
			t.Errorf("by one who is asked: %v", err)
		}
		if _, err := w.Group(ctx, w.offices[3], w.ids[3], group); !errs.Is(err, errs.NotFound) {
			t.Errorf("one outside the group: %v", err)
		}
		if err := w.Answer(ctx, w.offices[3], w.ids[3], group, Joined); !errs.Is(err, errs.NotFound) {
			t.Errorf("one outside answers: %v", err)
		}
		if err := w.Answer(ctx, w.offices[0], w.ids[1], group, Joined); !errs.Is(err, errs.Forbidden) {
			t.Errorf("one answers for another: %v", err)
		}
		if err := w.Answer(ctx, w.offices[1], w.ids[1], group, Gone); !errs.Is(err, errs.Refused) {
			t.Errorf("one who is not in leaves: %v", err)
		}
		for i := 1; i < 3; i++ {
			if err := w.Answer(ctx, w.offices[i], w.ids[i], group, Joined); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.PublishTogether(ctx, w.board, w.ids[0], group); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board: %v", err)
		}
		if n, err := w.PublishTogether(ctx, w.offices[2], w.ids[2], group); err != nil || n != 2 {
			t.Fatal(n, err)
		}
		if _, err := w.PublishTogether(ctx, w.offices[1], w.ids[1], group); !errs.Is(err, errs.Refused) {
			t.Errorf("nothing new: %v", err)
		}
		j, err := w.Jointly(ctx, w.board, w.ids[0], group, Left, 0)
		if err != nil || j == nil || len(j.Members) != 3 || j.Through != h1 || j.Number != 1 {
			t.Fatalf("%+v, %v", j, err)
		}
		if got := j.Result.Categories[OfAssociation]; len(got) != 3 || slices.Contains(got, w.ids[3].String()) {
			t.Errorf("it is about %v", got)
		}
		if _, err := w.Jointly(ctx, w.offices[3], w.ids[3], group, Left, 0); !errs.Is(err, errs.NotFound) {
			t.Errorf("one outside reads: %v", err)
		}
		if _, err := w.Jointly(ctx, w.offices[0], w.ids[1], group, Left, 0); !errs.Is(err, errs.Forbidden) {
			t.Errorf("one reads for another: %v", err)
		}

		// Who leaves keeps what it took part in, and nothing more is made of its people.
		if err := w.Answer(ctx, w.offices[2], w.ids[2], group, Gone); err != nil {
			t.Fatal(err)
		}
		w.accept(t, h2)
		if _, err := w.PublishTogether(ctx, w.offices[0], w.ids[0], group); !errs.Is(err, errs.Refused) {
			t.Errorf("two are left: %v", err)
		}
		if kept, err := w.Jointly(ctx, w.offices[2], w.ids[2], group, Left, 0); err != nil || kept == nil || !slices.Equal(kept.Members, j.Members) {
			t.Errorf("%+v, %v", kept, err)
		}
		if err := w.Answer(ctx, w.offices[2], w.ids[2], group, Joined); err != nil {
			t.Errorf("back again: %v", err)
		}
	})
}

// What all have locked is told together, and nothing else: the slowest decides.
func TestOnlyPeriodsThatAllHaveLockedAreTold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCountry(t, d)
		group := w.agree(t, 3)
		w.accept(t, h1, 0, 1)
		if _, err := w.PublishTogether(t.Context(), w.offices[0], w.ids[0], group); !errs.Is(err, errs.Refused) {
			t.Errorf("one has locked nothing: %v", err)
		}
		w.accept(t, h1, 2)
		w.accept(t, h2, 0)
		if _, err := w.PublishTogether(t.Context(), w.offices[0], w.ids[0], group); err != nil {
			t.Fatal(err)
		}
		j, err := w.Jointly(t.Context(), w.offices[1], w.ids[1], group, Left, 0)
		if err != nil || j.Through != h1 || !slices.Equal(j.Result.Categories[OfPeriod], []string{h1.String()}) {
			t.Errorf("%v %v, %v", j.Through, j.Result.Categories[OfPeriod], err)
		}
	})
}

// Whatever was published first is known to what comes after, whoever publishes: each alone, then together, then each alone again. Every figure that is shown
// is right, no small count is shown, and what an association publishes names nobody else's.
func TestWhatIsPublishedTogetherAndAloneKnowsEachOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCountry(t, d)
		ctx := t.Context()
		w.accept(t, h1)
		for i := range 3 {
			if _, err := w.Publish(ctx, w.offices[i], scope.Association{ID: w.ids[i]}); err != nil {
				t.Fatal(err)
			}
		}
		group := w.agree(t, 4)
		if _, err := w.PublishTogether(ctx, w.offices[0], w.ids[0], group); err != nil {
			t.Fatal(err)
		}
		w.accept(t, h2)
		for i := range 4 {
			if _, err := w.Publish(ctx, w.offices[i], scope.Association{ID: w.ids[i]}); err != nil {
				t.Fatal(i, err)
			}
		}
		if _, err := w.PublishTogether(ctx, w.offices[3], w.ids[3], group); err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			p, err := w.Publication(ctx, w.offices[i], w.ids[i], Left, 0)
			if err != nil || p == nil {
				t.Fatal(p, err)
			}
			if !strings.Contains(p.Declared, `"within"`) || !strings.Contains(p.Declared, OfAssociation) {
				t.Errorf("%d was published without regard to the others", i)
			}
			if got := p.Result.Categories[OfAssociation]; len(got) != 1 || got[0] != w.ids[i].String() {
				t.Errorf("%d tells of %v", i, got)
			}
			w.true(t, p.Result, Left)
			for _, c := range p.Result.Cells {
				for k, v := range p.Result.Tables[c.Table] {
					if v == OfInitiative && c.Values[k] != disclosure.Total && !slices.ContainsFunc(w.all[w.ids[i]], func(x Initiative) bool { return x.ID.String() == c.Values[k] }) {
						t.Fatalf("%d names somebody else's initiative", i)
					}
				}
			}
		}
		shown := 0
		for _, m := range PublishedTogether {
			j, err := w.Jointly(ctx, w.offices[0], w.ids[0], group, m, 0)
			if err != nil || j.Number != 2 || j.Through != h2 {
				t.Fatalf("%+v, %v", j, err)
			}
			shown += w.true(t, j.Result, m)
		}
		if shown < 60 {
			t.Errorf("only %d joint figures are shown", shown)
		}
	})
}

// true checks that what is shown is what there is, and not small; it gives how much is shown.
func (w *country) true(t *testing.T, r *disclosure.Result, m Moment) (shown int) {
	t.Helper()
	var cells disclosure.Cells
	for _, x := range w.ids {
		raw, err := w.cells(t.Context(), w.DB.Read(), x, Query{Moment: m})
		if err != nil {
			t.Fatal(err)
		}
		cells.Variables = append([]string{OfAssociation}, raw.Variables...)
		for _, row := range raw.Rows {
			cells.Rows = append(cells.Rows, disclosure.Row{Values: append([]string{x.String()}, row.Values...), N: row.N})
		}
	}
	for _, c := range r.Cells {
		n, open := c.Figure.Count()
		if !open {
			continue
		}
		sum := 0
		for _, row := range cells.Rows {
			in := true
			for v, categories := range r.Categories {
				value := row.Values[slices.Index(cells.Variables, v)]
				value = class(v, value)
				in = in && slices.Contains(categories, value)
				if k := slices.Index(r.Tables[c.Table], v); k >= 0 && c.Values[k] != disclosure.Total {
					in = in && c.Values[k] == value
				}
			}
			if in {
				sum += row.N
			}
		}
		if sum != n || n > 0 && n < r.Threshold {
			t.Errorf("%v %v is shown as %d and is %d", r.Tables[c.Table], c.Values, n, sum)
		}
		shown++
	}
	return shown
}

// Two who publish at the same time do not publish without knowing of each other.
func TestAPublicationThatCameMeanwhileIsNoticed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newCountry(t, d)
		ctx := t.Context()
		w.accept(t, h1)
		group := w.agree(t, 3)
		then, err := w.past(ctx, w.DB.Read(), Left, w.ids[1])
		if err != nil {
			t.Fatal(err)
		}
		check := func() error {
			return w.DB.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error { return w.unchanged(ctx, tx, Left, then, w.ids[1]) })
		}
		if err := check(); err != nil {
			t.Error(err)
		}
		if _, err := w.PublishTogether(ctx, w.offices[0], w.ids[0], group); err != nil {
			t.Fatal(err)
		}
		if err := check(); !errs.Is(err, errs.Conflict) {
			t.Errorf("after a joint publication: %v", err)
		}
	})
}
