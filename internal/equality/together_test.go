package equality

import (
	"context"
	"fmt"
	"math"
	"slices"
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
)

// union is three associations that have published together, and one outside.
type union struct {
	*Service
	db      *db.DB
	members []scope.Association
	outside scope.Association
	group   Group
	result  *disclosure.Result
	heads   []actor.Actor // of the three, and of the one outside
	boards  []actor.Actor
	entered []publiclog.Fact
}

func newUnion(t *testing.T, d *db.DB) *union {
	t.Helper()
	now := clock.At(period.On(2026, time.March, 2))
	u := &union{db: d, group: Group{ID: id.New(), Name: "Vi tre"}}
	run := func(query string, args ...any) {
		t.Helper()
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.NewRaw(query, args...).Exec(ctx)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	person := func(at id.ID, r actor.Role) actor.Actor {
		a := actor.Actor{Account: id.New(), Name: "Person", Grants: []actor.Grant{{Association: at, Role: r}}}
		run("INSERT INTO accounts (id, name, sort_key, email, language, created_at) VALUES (?, 'Person', '', ?, 'sv', ?)", a.Account, a.Account.String()+"@example.test", now.Now())
		return a
	}
	for i := range 4 {
		x := scope.Association{ID: id.New(), Slug: fmt.Sprint("forbund-", i), Name: fmt.Sprint("Samordningsförbundet ", i), ShortName: string(rune('A' + i))}
		run("INSERT INTO associations (id, slug, name, short_name, sort_key, email, created_at) VALUES (?, ?, ?, ?, '', '', ?)", x.ID, x.Slug, x.Name, x.ShortName, now.Now())
		if u.heads, u.boards = append(u.heads, person(x.ID, actor.Head)), append(u.boards, person(x.ID, actor.BoardMember)); i < 3 {
			u.members = append(u.members, x)
		} else {
			u.outside = x
		}
	}
	u.group.Home = u.members[0].ID
	run("INSERT INTO followup_groups (association_id, id, name, started_by, started_on) VALUES (?, ?, 'Vi tre', ?, '2026-01-01')", u.group.Home, u.group.ID, u.heads[0].Account)
	in := func(a actor.Actor, association id.ID) error {
		if err := access.Check(a, access.FollowupRead, access.Object{Association: association}); err != nil {
			return err
		}
		return member(u.members, association)
	}
	u.Service = New(Needs{DB: d, Clock: now,
		GroupOf: func(_ context.Context, a actor.Actor, association, group id.ID) (Group, error) {
			return u.group, in(a, association)
		},
		Joint: func(_ context.Context, a actor.Actor, association, group id.ID, s Source, number int64) (*Published, []scope.Association, error) {
			if err := in(a, association); err != nil || s != Left || u.result == nil {
				return nil, nil, err
			}
			return &Published{Source: Left, Number: 1, Through: "2025-H2", On: period.On(2026, time.January, 22), Family: []byte(`{"tables":[]}`), Result: u.result}, u.members, nil
		},
		Names: func(_ context.Context, association id.ID) (Names, error) {
			return Names{Initiative: {"i" + association.String(): "Insats", "small": "För liten"}}, nil
		},
		Enter: func(_ context.Context, _ *db.Tx, facts ...publiclog.Fact) error {
			u.entered = append(u.entered, facts...)
			return nil
		},
		Associations: func(context.Context, db.IDB) (map[id.ID]string, error) { return nil, nil },
	})
	return u
}

// publish protects people of the three: in the first help comes soon and most are men, in the others it comes late and most are women, and in each women get
// it a little sooner than men.
func (u *union) publish(t *testing.T) {
	t.Helper()
	c := disclosure.Cells{Variables: []string{Association, Initiative, "party", Sex, Age, JobStep, OccupationEnd}}
	for i, x := range []struct{ women, soonWomen, men, soonMen int }{{40, 32, 240, 180}, {120, 48, 40, 12}, {130, 54, 44, 14}} {
		for _, g := range []struct {
			sex     string
			n, soon int
		}{{"female", x.women, x.soonWomen}, {"male", x.men, x.soonMen}} {
			for k := range g.n {
				m := u.members[i].ID.String()
				step, work, age := "later_or_none", "other_than_work", "from_30"
				if k < g.soon {
					step = "within_6_months"
				}
				if k%2 == 0 {
					work = "work_or_studies"
				}
				if k%3 == 0 {
					age = "under_30"
				}
				c.Rows = append(c.Rows, disclosure.Row{Values: []string{m, "i" + m, "kommun " + m, g.sex, age, step, work}, N: 1})
			}
		}
	}
	sums := map[string]int{}
	for _, r := range c.Rows {
		sums[fmt.Sprint(r.Values)]++
	}
	rows := c.Rows
	c.Rows = nil
	for _, r := range rows {
		if n := sums[fmt.Sprint(r.Values)]; n > 0 {
			c.Rows = append(c.Rows, disclosure.Row{Values: r.Values, N: n})
			delete(sums, fmt.Sprint(r.Values))
		}
	}
	f := disclosure.Family{Contributor: "party", Also: []string{Association}, Tables: [][]string{{Association, Sex, JobStep}, {Association, Sex, OccupationEnd}, {Initiative, Sex, JobStep}, {Initiative, Sex, OccupationEnd}, {Sex, Age, OccupationEnd}},
		Variables: []disclosure.Variable{{Name: Association, Frame: true}, {Name: Initiative, Frame: true}, {Name: "party", Frame: true}}}
	var err error
	if u.result, err = disclosure.Protect(c, f, nil, disclosure.Limits{}); err != nil {
		t.Fatal(err)
	}
}

// Of all together women wait longer; within each association they do not: only the associations together show it, and the page says so.
func TestAReversalAcrossAssociationsIsSeen(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		u := newUnion(t, d)
		u.publish(t)
		b, err := u.Together(t.Context(), u.boards[1], u.members[1].ID, u.group.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b.Names[Initiative]["i"+u.members[0].ID.String()] != "Insats (A)" || b.Names[Initiative]["small"] != "" || b.Names[Association][u.members[2].ID.String()] != "C" {
			t.Errorf("%v", b.Names)
		}
		r := b.Examine()
		f, ok := r.Finding("soon-sex")
		if !ok || f.Verdict != Difference || f.Crude.Difference.Value > -.1 {
			t.Fatalf("%+v", f.Crude)
		}
		if w := f.Within[0]; w.Variable != Association || !w.OK || !w.Turns || len(w.Strata) != 3 || w.Difference.Value <= 0 || w.Covered < .99 {
			t.Errorf("%+v", w)
		}
		x, ok := r.Scatter("soon-association")
		if !ok || !x.OK() || len(x.Points) != 3 || !slices.Contains(x.Outside(), u.members[0].ID.String()) {
			t.Errorf("%+v", x)
		}
		if math.IsNaN(x.Whole.Rate) || r.Tests < 5 {
			t.Errorf("%d tests", r.Tests)
		}
		for _, l := range lang.All {
			for _, told := range Tell(Words{Printer: words(t, l).Printer, Names: b.Names}, r) {
				if told.Title == "" || len(told.Lines) == 0 {
					t.Errorf("%s: %+v", l.Tag(), told)
				}
			}
		}
		for name, who := range map[string]struct {
			a  actor.Actor
			at id.ID
		}{"outside": {u.heads[3], u.outside.ID}, "another's": {u.heads[0], u.members[1].ID}, "a visitor": {actor.Actor{}, u.members[0].ID}} {
			if _, err := u.Together(t.Context(), who.a, who.at, u.group.ID); err == nil {
				t.Errorf("%s reads", name)
			}
		}
	})
}

func TestAJointReleaseNeedsAYesFromEach(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		u := newUnion(t, d)
		ctx := t.Context()
		tell := func(l lang.Lang) Words { return words(t, l) }
		at := func(i int) id.ID { return u.members[i].ID }
		draft := Draft{Title: "Vi tre 2025", Text: map[lang.Lang]string{lang.Swedish: "Det här vet vi."}}
		if _, err := u.PrepareTogether(ctx, u.heads[0], at(0), u.group.ID, draft, tell); !errs.Is(err, errs.Refused) {
			t.Errorf("before anything is published: %v", err)
		}
		u.publish(t)
		if _, err := u.PrepareTogether(ctx, u.heads[0], at(0), u.group.ID, Draft{}, tell); fields(err) != "title text_sv" {
			t.Errorf("nothing written: %v", err)
		}
		if _, err := u.PrepareTogether(ctx, u.boards[0], at(0), u.group.ID, draft, tell); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board prepares: %v", err)
		}
		if _, err := u.PrepareTogether(ctx, u.heads[3], u.outside.ID, u.group.ID, draft, tell); !errs.Is(err, errs.NotFound) {
			t.Errorf("outside: %v", err)
		}
		made, err := u.PrepareTogether(ctx, u.heads[0], at(0), u.group.ID, draft, tell)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.JointRelease(ctx, actor.Actor{}, at(1), made); !errs.Is(err, errs.NotFound) {
			t.Errorf("a visitor sees what waits: %v", err)
		}
		if _, err := u.JointRelease(ctx, u.heads[3], u.outside.ID, made); !errs.Is(err, errs.NotFound) {
			t.Errorf("outside sees it: %v", err)
		}
		if err := u.ApproveTogether(ctx, u.heads[3], u.outside.ID, made); !errs.Is(err, errs.NotFound) {
			t.Errorf("outside approves: %v", err)
		}
		if err := u.ApproveTogether(ctx, u.boards[0], at(0), made); !errs.Is(err, errs.Refused) {
			t.Errorf("twice for the same association: %v", err)
		}
		if err := u.ApproveTogether(ctx, u.heads[0], at(1), made); !errs.Is(err, errs.Forbidden) {
			t.Errorf("for another association: %v", err)
		}
		// Somebody who works at two of them says yes for one.
		both := u.boards[1]
		both.Grants = append(slices.Clone(both.Grants), actor.Grant{Association: at(2), Role: actor.BoardMember})
		if err := u.ApproveTogether(ctx, both, at(1), made); err != nil {
			t.Fatal(err)
		}
		if err := u.ApproveTogether(ctx, both, at(2), made); !errs.Is(err, errs.Refused) {
			t.Errorf("one person for two: %v", err)
		}
		if r, err := u.JointRelease(ctx, u.boards[2], at(2), made); err != nil || r.State != Prepared {
			t.Errorf("%v %v: one has not said yes", r.State, err)
		}
		if err := u.WithdrawTogether(ctx, u.heads[1], at(1), made, "Fel"); !errs.Is(err, errs.Refused) {
			t.Errorf("withdrawn before it is public: %v", err)
		}
		if len(u.entered) != 0 {
			t.Errorf("the log tells of what is not public: %v", u.entered)
		}
		if err := u.ApproveTogether(ctx, u.heads[2], at(2), made); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			list, err := u.JointReleases(ctx, actor.Actor{}, at(i))
			if err != nil || len(list) != 1 || list[0].State != Public {
				t.Errorf("%d: %+v, %v", i, list, err)
			}
		}
		if list, err := u.JointReleases(ctx, actor.Actor{}, u.outside.ID); err != nil || len(list) != 0 {
			t.Errorf("outside: %+v, %v", list, err)
		}
		r, err := u.JointRelease(ctx, actor.Actor{}, at(0), made)
		if err != nil {
			t.Fatal(err)
		}
		c, err := r.Content()
		if err != nil || len(c.Associations) != 3 || len(c.Told) != len(lang.All) {
			t.Fatal(c.Associations, err)
		}
		b, err := c.Basis()
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range b.Of[Left].Result.Cells {
			if x.Low >= 0 || x.Status == disclosure.Primary || x.Status == disclosure.Secondary {
				t.Fatalf("%+v tells more than the public is to know", x)
			}
		}
		if err := u.WithdrawTogether(ctx, u.heads[1], at(1), made, " "); fields(err) != "reason" {
			t.Errorf("without a reason: %v", err)
		}
		if err := u.WithdrawTogether(ctx, u.boards[1], at(1), made, "Fel"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the board withdraws: %v", err)
		}
		if err := u.WithdrawTogether(ctx, u.heads[3], u.outside.ID, made, "Fel"); !errs.Is(err, errs.NotFound) {
			t.Errorf("outside withdraws: %v", err)
		}
		if err := u.WithdrawTogether(ctx, u.heads[1], at(1), made, "En insats hade räknat fel."); err != nil {
			t.Fatal(err)
		}
		after, err := u.JointRelease(ctx, actor.Actor{}, at(2), made)
		if err != nil || after.State != Withdrawn || after.WithdrawnFor != at(1) || after.ContentJSON != r.ContentJSON {
			t.Errorf("%+v, %v", after.State, err)
		}
		states, subjects := map[string]int{}, map[id.ID]int{}
		for _, f := range u.entered {
			states[f.Public["state"]]++
			subjects[f.Subject]++
			if f.Kind != LogJoint || f.Public["sha256"] != r.SHA256 {
				t.Errorf("%+v", f)
			}
		}
		if states["published"] != 3 || states["withdrawn"] != 3 || len(subjects) != 3 {
			t.Errorf("%v %v", states, subjects)
		}
		told := 0
		if err := u.LogSources()[1].Facts(ctx, d.Read(), func(f []publiclog.Fact) error { told += len(f); return nil }); err != nil || told != 3 {
			t.Errorf("%d facts, %v", told, err)
		}
	})
}
