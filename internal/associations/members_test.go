package associations

import (
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestMembersJoinAndLeave(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		a := create(t, s, "alvkusten", "Älvkusten")
		h := head(a.ID)
		for _, in := range []MemberFacts{
			{Kind: Municipality, Name: "Älvsele kommun", Span: Span{ValidFrom: period.On(2010, 1, 1)}},
			{Kind: Municipality, Name: "Mo kommun"},
			{Kind: Region, Name: "Region Älvsjö"},
			{Kind: FK, Name: "Försäkringskassan"},
		} {
			if _, err := s.AddMember(t.Context(), h, a.ID, in); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.Members(t.Context(), a.ID)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, m := range all {
			names = append(names, m.Name)
		}
		if diff := cmp.Diff([]string{"Försäkringskassan", "Region Älvsjö", "Mo kommun", "Älvsele kommun"}, names); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]MemberKind{AF}, MissingParties(all, period.On(2026, 11, 22))); diff != "" {
			t.Error(diff)
		}
		last := all[3]
		if err := s.EndMember(t.Context(), h, a.ID, last.ID, last.Version, period.On(2009, 12, 31)); fields(err) != "valid_to" {
			t.Errorf("an end before the start: %v", err)
		}
		if err := s.EndMember(t.Context(), h, a.ID, last.ID, last.Version, period.Date{}); fields(err) != "valid_to" {
			t.Errorf("no end: %v", err)
		}
		if err := s.EndMember(t.Context(), h, a.ID, last.ID, last.Version, period.On(2025, 12, 31)); err != nil {
			t.Fatal(err)
		}
		if err := s.EditMember(t.Context(), h, a.ID, last.ID, last.Version, MemberFacts{Kind: Municipality, Name: "Älvsele"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("editing what was ended meanwhile: %v", err)
		}
		if err := s.EditMember(t.Context(), h, a.ID, last.ID, last.Version+1, MemberFacts{Kind: "x", Name: " "}); fields(err) != "kind name" {
			t.Errorf("faulty: %v", err)
		}
		trail, err := audit.List(t.Context(), d.Read(), a.ID, audit.Filter{Subject: last.ID, Limit: 10})
		if err != nil || len(trail) != 2 || trail[0].Action != "member.end" {
			t.Errorf("the trail of the member: %+v, %v", trail, err)
		}
	})
}

func TestBodiesChange(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		a := create(t, s, "alvkusten", "Älvkusten")
		h := head(a.ID)
		prep, err := s.AddBody(t.Context(), h, a.ID, BodyFacts{Kind: Prep, Name: "Beredningsgruppen"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.AddBody(t.Context(), h, a.ID, BodyFacts{Kind: Board, Name: "Styrelsen"}); err != nil {
			t.Fatal(err)
		}
		if err := s.EditBody(t.Context(), h, a.ID, prep.ID, 1, BodyFacts{Kind: Prep, Name: "Utvecklings- och beredningsgruppen"}); err != nil {
			t.Fatal(err)
		}
		if err := s.EndBody(t.Context(), h, a.ID, prep.ID, 2, period.On(2026, 12, 31)); err != nil {
			t.Fatal(err)
		}
		all, err := s.Bodies(t.Context(), a.ID)
		if err != nil || len(all) != 2 || all[0].Kind != Board || all[1].Name != "Utvecklings- och beredningsgruppen" || all[1].ValidTo != period.On(2026, 12, 31) {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestOthersMayNotTouchMembersAndBodies(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		here, there := create(t, s, "alvkusten", "Älvkusten"), create(t, s, "skogsbygden", "Skogsbygden")
		m, err := s.AddMember(t.Context(), admin, here.ID, MemberFacts{Kind: FK, Name: "Försäkringskassan"})
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.AddBody(t.Context(), admin, here.ID, BodyFacts{Kind: Board, Name: "Styrelsen"})
		if err != nil {
			t.Fatal(err)
		}
		day := period.On(2026, 1, 1)
		for name, a := range map[string]actor.Actor{
			"the head of another": head(there.ID),
			"a board member":      {Account: id.New(), Grants: []actor.Grant{{Association: here.ID, Role: actor.BoardMember}}},
		} {
			_, add := s.AddMember(t.Context(), a, here.ID, MemberFacts{Kind: FK, Name: "x"})
			_, body := s.AddBody(t.Context(), a, here.ID, BodyFacts{Kind: Board, Name: "x"})
			for what, err := range map[string]error{
				"add member": add, "add body": body,
				"edit member": s.EditMember(t.Context(), a, here.ID, m.ID, 1, MemberFacts{Kind: FK, Name: "x"}),
				"end member":  s.EndMember(t.Context(), a, here.ID, m.ID, 1, day),
				"edit body":   s.EditBody(t.Context(), a, here.ID, b.ID, 1, BodyFacts{Kind: Board, Name: "x"}),
				"end body":    s.EndBody(t.Context(), a, here.ID, b.ID, 1, day),
			} {
				if !errs.Is(err, errs.Forbidden) {
					t.Errorf("%s by %s: %v", what, name, err)
				}
			}
		}
		// A row of another association is not there, even for somebody with every right in her own.
		for what, err := range map[string]error{
			"member": s.EndMember(t.Context(), head(there.ID), there.ID, m.ID, 1, day),
			"body":   s.EndBody(t.Context(), head(there.ID), there.ID, b.ID, 1, day),
		} {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("%s of another association: %v", what, err)
			}
		}
	})
}

func TestSpans(t *testing.T) {
	date := rapid.Custom(func(t *rapid.T) period.Date {
		if rapid.Bool().Draw(t, "none") {
			return period.Date{}
		}
		return period.On(2026, 1, rapid.IntRange(1, 20).Draw(t, "day"))
	})
	rapid.Check(t, func(t *rapid.T) {
		s := Span{date.Draw(t, "from"), date.Draw(t, "to")}
		first, last := s.On(period.On(2025, 12, 31)), s.On(period.On(2026, 2, 1))
		if first != s.ValidFrom.IsZero() || last != s.ValidTo.IsZero() {
			t.Fatalf("%+v holds before: %v, after: %v", s, first, last)
		}
		if !s.ValidTo.IsZero() && s.On(s.ValidTo) != (s.ValidFrom.IsZero() || !s.ValidTo.Before(s.ValidFrom)) {
			t.Fatalf("%+v: the last day belongs to it", s)
		}
	})
}
