package equality

import (
	"context"
	"strings"
	"testing"
	"time"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/disclosure"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
	"samklang/internal/stats"
)

// world is an association of which two publications of those who left can be read, and another with none.
type world struct {
	*Service
	here, there                          scope.Association
	head, office, board, prep, elsewhere actor.Actor
	published                            []*Published
	promise                              id.ID
	entered                              []publiclog.Fact
}

func open(t *testing.T, d *db.DB) *world {
	t.Helper()
	w := &world{here: scope.Association{ID: id.New()}, there: scope.Association{ID: id.New()}, promise: id.New()}
	now := clock.At(period.On(2026, time.March, 2))
	for _, a := range []scope.Association{w.here, w.there} {
		w.run(t, d, "INSERT INTO associations (id, slug, name, short_name, sort_key, email, created_at) VALUES (?, ?, 'Samordningsförbundet', 'Kusten', '', 'kansli@example.test', ?)", a.ID, a.ID.String(), now.Now())
	}
	person := func(at scope.Association, r actor.Role) actor.Actor {
		a := actor.Actor{Account: id.New(), Name: "Person", Grants: []actor.Grant{{Association: at.ID, Role: r}}}
		w.run(t, d, "INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Person', '', ?, 'sv', ?)", a.Account, a.Account.String()+"@example.test", now.Now())
		return a
	}
	w.head, w.office, w.board, w.prep, w.elsewhere = person(w.here, actor.Head), person(w.here, actor.Office), person(w.here, actor.BoardMember), person(w.here, actor.PrepGroup), person(w.there, actor.Head)
	w.Service = New(Needs{DB: d, Clock: now,
		Figures: func(_ context.Context, a actor.Actor, association id.ID, s Source, number int64) (*Published, error) {
			if err := access.Check(a, access.FollowupRead, access.Object{Association: association}); err != nil {
				return nil, err
			}
			if association != w.here.ID || s != Left || len(w.published) == 0 || number > int64(len(w.published)) {
				return nil, nil
			}
			if number == 0 {
				number = int64(len(w.published))
			}
			return w.published[number-1], nil
		},
		Names: func(context.Context, id.ID) (Names, error) {
			return Names{Initiative: {"in": "Vägen in", "ung": "Ung kraft"}}, nil
		},
		People: func(context.Context, id.ID) ([]Colleague, error) {
			return []Colleague{{w.office.Account, "Tyra"}, {w.prep.Account, "Per"}}, nil
		},
		Promises: func(context.Context, id.ID) ([]Promise, error) { return []Promise{{w.promise, "Lika stöd"}}, nil },
		NameOf:   func(context.Context, id.ID) (string, error) { return "Tyra Ek", nil },
		Enter: func(_ context.Context, _ *db.Tx, facts ...publiclog.Fact) error {
			w.entered = append(w.entered, facts...)
			return nil
		},
		Associations: func(context.Context, db.IDB) (map[id.ID]string, error) { return nil, nil },
	})
	return w
}

func (w *world) run(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func (w *world) publish(t *testing.T, list ...people) {
	t.Helper()
	n := int64(len(w.published) + 1)
	w.published = append(w.published, &Published{Source: Left, Number: n, Through: "2025-H2", On: period.On(2026, time.January, 22), Family: []byte(`{"tables":[]}`), Result: protect(t, cells(list...))})
}

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

func TestADifferenceGoesThroughTheFourSteps(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		if _, err := w.TakeOn(ctx, w.office, w.here.ID, "soon-sex", w.office.Account, id.None, period.Date{}); !errs.Is(err, errs.Refused) {
			t.Errorf("before anything is published: %v", err)
		}
		w.publish(t, worlds["gap"]...)
		for name, a := range map[string]actor.Actor{"board": w.board, "prep": w.prep, "elsewhere": w.elsewhere} {
			if _, err := w.TakeOn(ctx, a, w.here.ID, "soon-sex", w.office.Account, id.None, period.Date{}); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s takes on: %v", name, err)
			}
		}
		if _, err := w.TakeOn(ctx, w.office, w.here.ID, "soon-sex", id.None, id.New(), period.On(2026, time.March, 1)); fields(err) != "owner promise due" {
			t.Errorf("empty: %v", err)
		}
		made, err := w.TakeOn(ctx, w.office, w.here.ID, "soon-sex", w.prep.Account, w.promise, period.On(2026, time.April, 1))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.TakeOn(ctx, w.office, w.here.ID, "soon-sex", w.office.Account, id.None, period.Date{}); !errs.Is(err, errs.Refused) {
			t.Errorf("taken on twice: %v", err)
		}
		if err := w.Write(ctx, w.board, w.here.ID, made, 1, Entry{Body: "Nej"}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board writes: %v", err)
		}
		if err := w.Write(ctx, w.prep, w.here.ID, made, 1, Entry{Body: " ", URL: "javascript:1"}); fields(err) != "body url" {
			t.Errorf("nothing: %v", err)
		}
		version := int64(1)
		for i, step := range Steps {
			c, err := w.Case(ctx, w.board, w.here.ID, made)
			if err != nil || c.Step != step || len(c.Notes) != i {
				t.Fatalf("%+v, %v", c, err)
			}
			if err := w.Write(ctx, w.prep, w.here.ID, made, version, Entry{Body: "Så här är det.", URL: "https://example.test/protokoll", Done: true, Due: period.On(2026, time.May, 1)}); err != nil {
				t.Fatal(err)
			}
			version++
		}
		if err := w.Write(ctx, w.office, w.here.ID, made, version, Entry{Body: "Mer"}); !errs.Is(err, errs.Refused) {
			t.Errorf("in a closed case: %v", err)
		}
		if _, err := w.Case(ctx, w.elsewhere, w.here.ID, made); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another association: %v", err)
		}
		if _, err := w.Case(ctx, w.elsewhere, w.there.ID, made); !errs.Is(err, errs.NotFound) {
			t.Errorf("through another association: %v", err)
		}
	})
}

// What is after is what was published later less what was published then; both are shown.
func TestBeforeAndAfter(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.publish(t, worlds["gap"]...)
		made, err := w.TakeOn(t.Context(), w.office, w.here.ID, "soon-sex", w.office.Account, id.None, period.Date{})
		if err != nil {
			t.Fatal(err)
		}
		c, err := w.Case(t.Context(), w.office, w.here.ID, made)
		if err != nil || c.Change != nil {
			t.Fatalf("%+v, %v", c.Change, err)
		}
		w.publish(t, append(worlds["gap"][:len(worlds["gap"]):len(worlds["gap"])], people{"in", "female", "under_30", 30, 10, 20, 20}, people{"in", "male", "under_30", 28, 12, 20, 20})...)
		c, err = w.Case(t.Context(), w.office, w.here.ID, made)
		if err != nil || c.Change == nil || c.Change.Told != 2 {
			t.Fatalf("%+v, %v", c.Change, err)
		}
		if x := c.Change.Rows; len(x) != 2 || x[0].After.Count != (stats.Count{K: 30, N: 40}) || x[1].After.Count != (stats.Count{K: 28, N: 40}) {
			t.Errorf("%+v", x)
		}
	})
}

// What came last may be so little that it hides what was told before; then what was told before is told still, and it is said that there is more.
func TestWhatTellsMostIsCompared(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		w.publish(t, worlds["gap"]...)
		w.publish(t, worlds["few"]...)
		w.published[1].Through = "2026-H1"
		b, err := w.Basis(t.Context(), w.office, w.here.ID)
		if err != nil || b.Of[Left].Number != 1 || b.Of[Left].Newer != "2026-H1" {
			t.Fatalf("%+v, %v", b.Of[Left], err)
		}
		if f, _ := b.Examine().Finding("soon-sex"); f.Verdict != Difference {
			t.Errorf("%s", f.Verdict)
		}
		w.publish(t, worlds["reversal"]...)
		if b, err = w.Basis(t.Context(), w.office, w.here.ID); err != nil || b.Of[Left].Number != 3 || b.Of[Left].Newer != "" {
			t.Errorf("%+v, %v", b.Of[Left], err)
		}
	})
}

func TestTwoPeopleMakeAReleasePublicAndNoneMakesItUnknownAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		ctx := t.Context()
		tell := func(l lang.Lang) Words { return words(t, l) }
		draft := Draft{Title: "Stöd 2025", Text: map[lang.Lang]string{lang.Swedish: "Det här vet vi."}}
		if _, err := w.Prepare(ctx, w.office, w.here.ID, draft, tell); !errs.Is(err, errs.Refused) {
			t.Errorf("before anything is published: %v", err)
		}
		w.publish(t, worlds["gap"]...)
		if _, err := w.Prepare(ctx, w.office, w.here.ID, Draft{}, tell); fields(err) != "title text_sv" {
			t.Errorf("empty: %v", err)
		}
		for name, a := range map[string]actor.Actor{"board": w.board, "elsewhere": w.elsewhere} {
			if _, err := w.Prepare(ctx, a, w.here.ID, draft, tell); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s prepares: %v", name, err)
			}
		}
		number, err := w.Prepare(ctx, w.office, w.here.ID, draft, tell)
		if err != nil || number != 1 {
			t.Fatal(number, err)
		}
		if _, err := w.Release(ctx, actor.Actor{}, w.here.ID, 1); !errs.Is(err, errs.NotFound) {
			t.Errorf("a visitor sees what is prepared: %v", err)
		}
		if list, err := w.Releases(ctx, actor.Actor{}, w.here); err != nil || len(list) != 0 {
			t.Errorf("%v, %v", list, err)
		}
		if err := w.Publish(ctx, w.office, w.here.ID, 1, 1); !errs.Is(err, errs.Refused) {
			t.Errorf("the same person approves: %v", err)
		}
		for name, a := range map[string]actor.Actor{"prep": w.prep, "elsewhere": w.elsewhere, "a visitor": {}} {
			if err := w.Publish(ctx, a, w.here.ID, 1, 1); err == nil {
				t.Errorf("%s approves", name)
			}
		}
		if err := w.Publish(ctx, w.board, w.here.ID, 1, 1); err != nil {
			t.Fatal(err)
		}
		if err := w.Publish(ctx, w.head, w.here.ID, 1, 2); !errs.Is(err, errs.Refused) {
			t.Errorf("published twice: %v", err)
		}
		r, err := w.Release(ctx, actor.Actor{}, w.here.ID, 1)
		if err != nil || r.State != Public || r.ApprovedBy != w.board.Account {
			t.Fatalf("%+v, %v", r.State, err)
		}
		c, err := r.Content()
		if err != nil || len(c.Told) != len(lang.All) || c.Method != Method {
			t.Fatal(c.Method, err)
		}
		b, err := c.Basis()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b.Of[Left].Result.Cells { // what is public tells neither bounds nor reasons
			n, shown := x.Figure.Count()
			was, there := w.published[0].Result.Find(valuesOf(b.Of[Left].Result, x)).Count()
			if n != was || shown != there || x.Low >= 0 || x.High >= 0 || x.Status == disclosure.Primary || x.Status == disclosure.Secondary {
				t.Fatalf("%+v", x)
			}
		}
		if err := w.Withdraw(ctx, w.head, w.here.ID, 1, 2, " "); fields(err) != "reason" {
			t.Errorf("without a reason: %v", err)
		}
		if err := w.Withdraw(ctx, w.board, w.here.ID, 1, 2, "Fel"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board withdraws: %v", err)
		}
		if err := w.Withdraw(ctx, w.head, w.here.ID, 1, 2, "En insats hade räknat fel."); err != nil {
			t.Fatal(err)
		}
		after, err := w.Release(ctx, actor.Actor{}, w.here.ID, 1)
		if err != nil || after.State != Withdrawn || after.ContentJSON != r.ContentJSON {
			t.Errorf("%+v, %v", after.State, err)
		}
		if len(w.entered) != 2 || w.entered[0].Public["state"] != "published" || w.entered[1].Public["state"] != "withdrawn" || w.entered[1].Public["sha256"] != r.SHA256 {
			t.Errorf("the log: %+v", w.entered)
		}
		told := 0
		if err := w.LogSources()[0].Facts(ctx, d.Read(), func(f []publiclog.Fact) error { told += len(f); return nil }); err != nil || told != 1 {
			t.Errorf("%d facts, %v", told, err)
		}
	})
}

func valuesOf(r *disclosure.Result, c disclosure.Cell) map[string]string {
	at := map[string]string{}
	for i, v := range r.Tables[c.Table] {
		at[v] = c.Values[i]
	}
	return at
}
