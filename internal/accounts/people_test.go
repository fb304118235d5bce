package accounts

import (
	"strings"
	"sync"
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"pgregory.net/rapid"
)

func TestInvitingAPerson(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		in := NewPerson{Name: "  Olle   Berg ", Email: " Olle@Exempel.SE", NewRole: NewRole{Role: actor.Office, Organisation: "Mo kommun"}, LogIn: "https://samklang.example/logga-in"}
		olle, err := w.Invite(t.Context(), w.head, w.here, in)
		if err != nil {
			t.Fatal(err)
		}
		if olle.Name != "Olle Berg" || olle.Email != "olle@exempel.se" || olle.Language != "sv" {
			t.Errorf("stored as %+v", olle)
		}
		mails := w.outbox.all(t)
		if m := mails[len(mails)-1]; m.ToAddress != "olle@exempel.se" || m.AssociationID != w.here.ID || !strings.Contains(m.BodyText, "https://samklang.example/logga-in") || !strings.Contains(m.BodyText, "Hedda Ek") || !strings.Contains(m.BodyText, "kansli") {
			t.Errorf("the mail is %+v", m)
		}
		who := w.actor(t, olle.ID)
		if !who.Has(w.here.ID, actor.Office) || who.In(w.there.ID) || who.Admin {
			t.Errorf("acts as %+v", who)
		}
		// The same person in another association, under the same account.
		in.Role, in.Name = actor.Auditor, "Somebody Else"
		again, err := w.Invite(t.Context(), w.admin, w.there, in)
		if err != nil || again.ID != olle.ID || again.Name != "Olle Berg" {
			t.Errorf("invited again: %+v, %v", again, err)
		}
		if _, err := w.Invite(t.Context(), w.admin, w.there, in); key(err) != "accounts.has_role" {
			t.Errorf("the same role twice: %v", err)
		}
		if who := w.actor(t, olle.ID); !who.Has(w.here.ID, actor.Office) || !who.Has(w.there.ID, actor.Auditor) {
			t.Errorf("acts as %+v", who)
		}
		list, err := w.People(t.Context(), w.head, w.here.ID)
		if err != nil || len(list) != 2 || list[0].Account.Name != "Hedda Ek" || list[1].State != Active || list[1].Roles[0].Organisation != "Mo kommun" {
			t.Errorf("people: %+v, %v", list, err)
		}
	})
}

func TestAFaultyInvitationNamesEveryField(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		before := len(w.outbox.all(t))
		_, err := w.Invite(t.Context(), w.head, w.here, NewPerson{Email: "olle", Language: "no", NewRole: NewRole{Role: "king", From: period.On(2026, 12, 1), To: period.On(2026, 11, 1)}})
		if fields(err) != "name email language role valid_to" {
			t.Errorf("got %v", err)
		}
		if len(w.outbox.all(t)) != before {
			t.Error("a mail was sent")
		}
	})
}

func TestWhoMayManagePeople(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.actor(t, w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se").ID)
		stranger := w.actor(t, w.invite(t, w.there, actor.Head, "Siv Alm", "siv@exempel.se").ID)
		pia := w.actor(t, w.invite(t, w.here, actor.ActivityOwner, "Pia Dahl", "pia@exempel.se").ID)
		r := w.role(t, olle, w.here)
		if list, err := w.People(t.Context(), olle, w.here.ID); err != nil || len(list) != 3 {
			t.Errorf("the office reads %d people, %v", len(list), err)
		}
		if _, err := w.Invite(t.Context(), olle, w.here, NewPerson{Name: "X Y", Email: "x@exempel.se", NewRole: NewRole{Role: actor.Head}}); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the office invites: %v", err)
		}
		for _, c := range []struct {
			name  string
			actor actor.Actor
			want  errs.Kind
		}{{"a visitor", actor.Actor{}, errs.Unauthorised}, {"an activity owner", pia, errs.Forbidden}, {"the head of another association", stranger, errs.Forbidden}} {
			_, people := w.People(t.Context(), c.actor, w.here.ID)
			_, invite := w.Invite(t.Context(), c.actor, w.here, NewPerson{Name: "X Y", Email: "x@exempel.se", NewRole: NewRole{Role: actor.Head}})
			_, accounts := w.Accounts(t.Context(), c.actor)
			_, add := w.AddAccount(t.Context(), c.actor, "X Y", "x@exempel.se", "sv", true)
			for what, err := range map[string]error{
				"list": people, "invite": invite, "accounts": accounts, "add account": add,
				"give":    w.GiveRole(t.Context(), c.actor, w.here.ID, c.actor.Account, NewRole{Role: actor.Head}),
				"end":     w.EndRole(t.Context(), c.actor, w.here.ID, r.ID, r.Version, period.On(2026, 11, 22)),
				"admin":   w.SetAdmin(t.Context(), c.actor, c.actor.Account, 1, true),
				"close":   w.CloseAccount(t.Context(), c.actor, w.admin.Account, 1),
				"reopen":  w.ReopenAccount(t.Context(), c.actor, w.admin.Account, 1),
				"replace": w.ReplaceEmail(t.Context(), c.actor, w.admin.Account, 1, "x@exempel.se"),
			} {
				if !errs.Is(err, c.want) {
					t.Errorf("%s by %s: %v", what, c.name, err)
				}
			}
		}
		// The role of another association is not there, even for somebody with every right in her own.
		if err := w.EndRole(t.Context(), stranger, w.there.ID, r.ID, r.Version, period.On(2026, 11, 22)); !errs.Is(err, errs.NotFound) {
			t.Errorf("a role of another association: %v", err)
		}
		if err := w.GiveRole(t.Context(), w.head, w.here.ID, olle.Account, NewRole{Role: actor.PrepGroup}); err != nil {
			t.Errorf("given by the head: %v", err)
		}
	})
}

func TestARoleEndsWhenItIsSaidTo(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.actor(t, w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se").ID)
		r := w.role(t, olle, w.here)
		if err := w.EndRole(t.Context(), w.head, w.here.ID, r.ID, r.Version, period.On(2026, 11, 20)); fields(err) != "valid_to" {
			t.Errorf("in the past: %v", err)
		}
		if err := w.EndRole(t.Context(), w.head, w.here.ID, r.ID, r.Version, period.On(2026, 11, 30)); err != nil {
			t.Fatal(err)
		}
		if err := w.EndRole(t.Context(), w.head, w.here.ID, r.ID, r.Version, period.On(2026, 11, 21)); !errs.Is(err, errs.Conflict) {
			t.Errorf("from an old page: %v", err)
		}
		w.clock.MoveTo(period.On(2026, 11, 30))
		if !w.actor(t, olle.Account).Has(w.here.ID, actor.Office) {
			t.Error("the role is gone on its last day")
		}
		w.clock.MoveTo(period.On(2026, 12, 1))
		if w.actor(t, olle.Account).In(w.here.ID) {
			t.Error("the role is there after its last day")
		}
		w.clock.MoveTo(period.On(2026, 11, 22))
		if err := w.EndRole(t.Context(), w.head, w.here.ID, r.ID, r.Version+1, period.On(2026, 11, 21)); err != nil {
			t.Fatal(err)
		}
		if w.actor(t, olle.Account).In(w.here.ID) {
			t.Error("a role that was ended at once is still there")
		}
		trail, err := audit.List(t.Context(), d.Read(), w.here.ID, audit.Filter{Subject: olle.Account, Limit: 10})
		if err != nil || len(trail) != 3 || trail[0].Action != "role.end" || trail[2].Action != "role.give" || !strings.Contains(trail[0].AfterJSON, "Olle Berg") {
			t.Errorf("the trail: %+v, %v", trail, err)
		}
	})
}

func TestTheLastHeadStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		r := w.role(t, w.head, w.here)
		yesterday := period.On(2026, 11, 21)
		end := func(last period.Date) error {
			return w.EndRole(t.Context(), w.head, w.here.ID, r.ID, r.Version, last)
		}
		if err := end(period.On(2027, 6, 30)); key(err) != "accounts.last_head" {
			t.Errorf("without a successor: %v", err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, w.head.Account, w.version(t, w.head)); key(err) != "accounts.last_head" {
			t.Errorf("closing the account: %v", err)
		}
		// A head of another association does not count, nor does a successor who comes too late.
		w.invite(t, w.there, actor.Head, "Siv Alm", "siv@exempel.se")
		next, err := w.Invite(t.Context(), w.head, w.here, NewPerson{Name: "Nils Nord", Email: "nils@exempel.se", NewRole: NewRole{Role: actor.Head, From: period.On(2027, 7, 1)}})
		if err != nil {
			t.Fatal(err)
		}
		if err := end(yesterday); key(err) != "accounts.last_head" {
			t.Errorf("with a gap: %v", err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, next.ID, next.Version); err != nil {
			t.Fatal(err)
		}
		if err := end(period.On(2027, 6, 30)); key(err) != "accounts.last_head" {
			t.Errorf("the successor's account is closed: %v", err)
		}
		if err := w.ReopenAccount(t.Context(), w.admin, next.ID, next.Version+1); err != nil {
			t.Fatal(err)
		}
		if err := end(period.On(2027, 6, 30)); err != nil {
			t.Errorf("with a successor from the next day: %v", err)
		}
	})
}

func TestTheLastAdministratorStays(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		me := w.admin.Account
		if err := w.SetAdmin(t.Context(), w.admin, me, 1, false); key(err) != "accounts.last_admin" {
			t.Errorf("taken away: %v", err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, me, 1); key(err) != "accounts.last_admin" {
			t.Errorf("closed: %v", err)
		}
		other, err := w.AddAccount(t.Context(), w.admin, "Bo Dahl", "bo@exempel.se", "sv", true)
		if err != nil {
			t.Fatal(err)
		}
		// Two administrators who remove each other in the same moment: one of them stays.
		var wg sync.WaitGroup
		for _, x := range []id.ID{me, other.ID} {
			wg.Go(func() {
				if err := w.SetAdmin(t.Context(), w.admin, x, 1, false); err != nil && key(err) != "accounts.last_admin" {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var left int
		for _, x := range []id.ID{me, other.ID} {
			if w.actor(t, x).Admin {
				left++
			}
		}
		if left != 1 {
			t.Errorf("%d administrators are left", left)
		}
	})
}

func TestAClosedAccountIsNobody(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		olle := w.actor(t, w.invite(t, w.here, actor.Office, "Olle Berg", "olle@exempel.se").ID)
		if err := w.StoreSession(t.Context(), Session{TokenHash: "h", ID: id.New(), AccountID: olle.Account, Data: []byte("{}")}); err != nil {
			t.Fatal(err)
		}
		if err := w.CloseAccount(t.Context(), w.admin, olle.Account, 1); err != nil {
			t.Fatal(err)
		}
		if a := w.actor(t, olle.Account); a.LoggedIn() || a.In(w.here.ID) {
			t.Errorf("acts as %+v", a)
		}
		if _, ok, err := w.FindSession(t.Context(), "h"); ok || err != nil {
			t.Errorf("the session lives: %v", err)
		}
		if err := w.GiveRole(t.Context(), w.head, w.here.ID, olle.Account, NewRole{Role: actor.Auditor}); key(err) != "accounts.is_closed" {
			t.Errorf("a role for a closed account: %v", err)
		}
		list, err := w.People(t.Context(), w.head, w.here.ID)
		if err != nil || list[1].State != Closed {
			t.Errorf("listed as %+v, %v", list, err)
		}
	})
}

// For any roles over any days: ending a head's role is refused exactly when the association would have had a head on the first day
// without it and then has none.
func TestEndingHeadsProperty(t *testing.T) {
	day := rapid.Custom(func(t *rapid.T) period.Date { return period.On(2026, 1, rapid.IntRange(1, 12).Draw(t, "d")) })
	role := rapid.Custom(func(t *rapid.T) Role {
		r := Role{Role: actor.Head, ValidFrom: day.Draw(t, "from")}
		if rapid.Bool().Draw(t, "ends") {
			r.ValidTo = day.Draw(t, "to")
		}
		return r
	})
	headed := func(d period.Date, roles ...Role) bool {
		for _, r := range roles {
			if r.ValidFrom.Compare(d) <= 0 && (r.ValidTo.IsZero() || r.ValidTo.Compare(d) >= 0) {
				return true
			}
		}
		return false
	}
	rapid.Check(t, func(t *rapid.T) {
		mine, others := role.Draw(t, "mine"), rapid.SliceOfN(role, 0, 3).Draw(t, "others")
		last, today := day.Draw(t, "last"), day.Draw(t, "today")
		first := today
		if last.After(today) || last == today {
			first = last.AddDays(1)
		}
		want := headed(first, append(others, mine)...) && !headed(first, others...)
		if got := needed(mine, last, today, others); got != want {
			t.Fatalf("needed is %v, want %v", got, want)
		}
		mine.Role = actor.Office
		if needed(mine, last, today, others) {
			t.Fatal("other roles can always end")
		}
	})
}

func TestStates(t *testing.T) {
	today := period.On(2026, 11, 22)
	past, future := Role{ValidFrom: period.On(2025, 1, 1), ValidTo: period.On(2025, 12, 31)}, Role{ValidFrom: period.On(2027, 1, 1)}
	now := Role{ValidFrom: today}
	for _, c := range []struct {
		open  bool
		roles []Role
		want  State
	}{
		{true, []Role{past}, Former},
		{true, []Role{future, past}, Coming},
		{true, []Role{future, now}, Active},
		{false, []Role{now}, Closed},
		{true, []Role{{ValidFrom: today.AddDays(2), ValidTo: today.AddDays(1)}}, Former},
	} {
		if got := stateOf(c.open, c.roles, today); got != c.want {
			t.Errorf("%+v: %s, want %s", c, got, c.want)
		}
	}
}
