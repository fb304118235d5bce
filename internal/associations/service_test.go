package associations

import (
	"strings"
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
)

var (
	admin   = actor.Actor{Account: id.New(), Name: "Ada Mo", Admin: true}
	visitor = actor.Actor{}
)

func head(association id.ID) actor.Actor {
	return actor.Actor{Account: id.New(), Name: "Hedda Ek", Grants: []actor.Grant{{Association: association, Role: actor.Head}}}
}

func service(d *db.DB) (*Service, *clock.Set) {
	c := clock.At(period.On(2026, 11, 22))
	return New(Needs{DB: d, Clock: c, Reserved: func(s string) bool { return s == "logga-in" }, Main: "samklang.example", KnownBrand: func(b string) bool { return b == "spruce" || b == "sea" }}), c
}

func create(t *testing.T, s *Service, slug, short string) Association {
	t.Helper()
	a, err := s.Create(t.Context(), admin, NewAssociation{Slug: slug, Facts: Facts{Name: "Samordningsförbundet " + short, ShortName: short}})
	if err != nil {
		t.Fatal(err)
	}
	return a
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

func TestAnAssociationIsFoundByItsAddresses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		a := create(t, s, "alvkusten", "Älvkusten")
		if got, err := s.BySlug(t.Context(), "alvkusten"); err != nil || got != a.Scope() {
			t.Errorf("by slug: %+v, %v", got, err)
		}
		for _, slug := range []string{"mo", "Alvkusten", "", "alvkusten%", "../x"} {
			if _, err := s.BySlug(t.Context(), slug); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q: %v", slug, err)
			}
		}
		if _, err := s.ByHost(t.Context(), "www.alvkusten.example"); !errs.Is(err, errs.NotFound) {
			t.Errorf("before it has a host: %v", err)
		}
		other, _ := service(d) // a second copy of the program
		if _, err := other.ByHost(t.Context(), "www.alvkusten.example"); !errs.Is(err, errs.NotFound) {
			t.Errorf("before it has a host: %v", err)
		}
		if err := s.Rehost(t.Context(), admin, a.ID, 1, "WWW.alvkusten.example"); err != nil {
			t.Fatal(err)
		}
		if got, err := s.ByHost(t.Context(), "www.ALVKUSTEN.example"); err != nil || got.ID != a.ID {
			t.Errorf("by host: %+v, %v", got, err)
		}
		if got, err := other.ByHost(t.Context(), "www.alvkusten.example"); err != nil || got.ID != a.ID {
			t.Errorf("by host at the other copy: %+v, %v", got, err)
		}
	})
}

// The question about the host is asked on every request; it must not reach the database when the name is nobody's.
func TestAnUnknownHostCostsNoQuery(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		create(t, s, "alvkusten", "Älvkusten")
		ctx := db.Pin(t.Context())
		if _, err := s.ByHost(ctx, "localhost"); !errs.Is(err, errs.NotFound) {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.ByHost(ctx, "localhost"); !errs.Is(err, errs.NotFound) {
			t.Errorf("with the database closed: %v", err)
		}
	})
}

func TestAssociationsAreListedInSwedishOrder(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		for slug, short := range map[string]string{"a-1": "Älvkusten", "a-2": "Åmo", "a-3": "Skogsbygden", "a-4": "Öarna", "a-5": "Aspdalen"} {
			create(t, s, slug, short)
		}
		all, err := s.List(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, a := range all {
			names = append(names, a.ShortName)
		}
		if got := strings.Join(names, " "); got != "Aspdalen Skogsbygden Åmo Älvkusten Öarna" {
			t.Error(got)
		}
	})
}

func TestWhoMayCreateAndEdit(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		here, there := create(t, s, "alvkusten", "Älvkusten"), create(t, s, "skogsbygden", "Skogsbygden")
		facts := here.Facts
		facts.Seat = "Tallviken"
		for _, c := range []struct {
			name  string
			actor actor.Actor
			want  errs.Kind
		}{
			{"visitor", visitor, errs.Unauthorised},
			{"head of another association", head(there.ID), errs.Forbidden},
			{"auditor", actor.Actor{Account: id.New(), Grants: []actor.Grant{{Association: here.ID, Role: actor.Auditor}}}, errs.Forbidden},
		} {
			if err := s.Edit(t.Context(), c.actor, here.ID, 1, facts); !errs.Is(err, c.want) {
				t.Errorf("edit by %s: %v", c.name, err)
			}
			if _, err := s.Create(t.Context(), c.actor, NewAssociation{Slug: "nytt", Facts: facts}); !errs.Is(err, c.want) {
				t.Errorf("create by %s: %v", c.name, err)
			}
			if err := s.Rehost(t.Context(), c.actor, here.ID, 1, "x.example"); !errs.Is(err, c.want) {
				t.Errorf("rehost by %s: %v", c.name, err)
			}
		}
		if err := s.Rehost(t.Context(), head(here.ID), here.ID, 1, "x.example"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("rehost by the head: %v", err)
		}
		if err := s.Edit(t.Context(), head(here.ID), here.ID, 1, facts); err != nil {
			t.Errorf("edit by the head: %v", err)
		}
		trail, err := audit.List(t.Context(), d.Read(), here.ID, audit.Filter{Limit: 10})
		if err != nil || len(trail) != 2 || trail[0].Action != "association.edit" || !strings.Contains(trail[0].AfterJSON, "Tallviken") || strings.Contains(trail[0].BeforeJSON, "Tallviken") {
			t.Errorf("the trail holds %+v, %v", trail, err)
		}
	})
}

func TestTwoWhoEditAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		a := create(t, s, "alvkusten", "Älvkusten")
		first, second := a.Facts, a.Facts
		first.Seat, second.Seat = "Tallviken", "Mo"
		if err := s.Edit(t.Context(), admin, a.ID, a.Version, first); err != nil {
			t.Fatal(err)
		}
		if err := s.Edit(t.Context(), admin, a.ID, a.Version, second); !errs.Is(err, errs.Conflict) {
			t.Errorf("the second: %v", err)
		}
		now, err := s.ByID(t.Context(), a.ID)
		if err != nil || now.Seat != "Tallviken" || now.Version != 2 {
			t.Errorf("stored: %+v, %v", now, err)
		}
	})
}

func TestFaultyFactsAreAllNamed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		create(t, s, "alvkusten", "Älvkusten")
		ok := Facts{Name: "N", ShortName: "N"}
		for name, c := range map[string]struct {
			slug, host string
			change     func(*Facts)
			want       string
		}{
			"nothing":        {"", "", func(f *Facts) { f.Name, f.ShortName = " ", "" }, "slug name short_name"},
			"reserved":       {"logga-in", "", func(*Facts) {}, "slug"},
			"taken":          {"alvkusten", "", func(*Facts) {}, "slug"},
			"host":           {"mo", "a/b", func(*Facts) {}, "host"},
			"host of all":    {"mo", "SAMKLANG.example", func(*Facts) {}, "host"},
			"e-mail and web": {"mo", "", func(f *Facts) { f.Email, f.Website = "Mo <a@b.se>", "javascript:alert(1)" }, "email website"},
			"dates":          {"mo", "", func(f *Facts) { f.FoundedOn, f.EndedOn = period.On(2020, 1, 2), period.On(2020, 1, 1) }, "ended_on"},
			"patience":       {"mo", "", func(f *Facts) { f.LapseAfterDays = 5 }, "lapse_after_days"},
			"brand":          {"mo", "", func(f *Facts) { f.Brand = "#fff" }, "brand"},
			"length":         {"mo", "", func(f *Facts) { f.AboutSv = strings.Repeat("å", 4001) }, "about_sv"},
		} {
			f := ok
			c.change(&f)
			if _, err := s.Create(t.Context(), admin, NewAssociation{Slug: c.slug, Host: c.host, Facts: f}); fields(err) != c.want {
				t.Errorf("%s: got %v, want faults in %q", name, err, c.want)
			}
		}
	})
}

func TestNoAssociationTakesTheInstallationsHost(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		a := create(t, s, "alvkusten", "Älvkusten")
		if err := s.Rehost(t.Context(), admin, a.ID, a.Version, "samklang.example"); fields(err) != "host" {
			t.Errorf("%v", err)
		}
		if err := s.Rehost(t.Context(), admin, a.ID, a.Version, "lofte.samklang.example"); err != nil {
			t.Error(err)
		}
	})
}

func TestWhoMayReadTheLog(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := service(d)
		here, there := create(t, s, "alvkusten", "Älvkusten"), create(t, s, "skogsbygden", "Skogsbygden")
		h, other := head(here.ID), head(here.ID)
		h.Name, other.Name = "Örjan Ek", "Åsa Ek"
		for i, a := range []actor.Actor{h, other, h} {
			if _, err := s.AddMember(t.Context(), a, here.ID, MemberFacts{Kind: FK, Name: "Försäkringskassan"}); err != nil {
				t.Fatal(i, err)
			}
		}
		auditor := actor.Actor{Account: id.New(), Grants: []actor.Grant{{Association: here.ID, Role: actor.Auditor}}}
		office := actor.Actor{Account: id.New(), Grants: []actor.Grant{{Association: here.ID, Role: actor.Office}}}
		for name, c := range map[string]struct {
			actor actor.Actor
			of    id.ID
			want  errs.Kind
		}{
			"the head":                    {h, here.ID, -1},
			"the auditor":                 {auditor, here.ID, -1},
			"the office":                  {office, here.ID, errs.Forbidden},
			"the head of another":         {head(there.ID), here.ID, errs.Forbidden},
			"a visitor":                   {visitor, here.ID, errs.Unauthorised},
			"the administrator":           {admin, here.ID, errs.Forbidden},
			"the installation, by a head": {h, id.None, errs.Forbidden},
			"the installation":            {admin, id.None, -1},
		} {
			_, log := s.Log(t.Context(), c.actor, c.of, audit.Filter{Limit: 10})
			_, _, index := s.LogIndex(t.Context(), c.actor, c.of)
			for _, err := range []error{log, index} {
				if c.want == -1 && err != nil || c.want != -1 && !errs.Is(err, c.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		people, kinds, err := s.LogIndex(t.Context(), auditor, here.ID)
		if err != nil || strings.Join(kinds, " ") != "association member" || len(people) != 3 || people[0].Name != "Ada Mo" || people[1].Name != "Åsa Ek" || people[2] != (audit.Person{ID: h.Account, Name: "Örjan Ek"}) {
			t.Errorf("to filter by: %v, %v, %v", people, kinds, err)
		}
		list, err := s.Log(t.Context(), auditor, here.ID, audit.Filter{Actor: h.Account, Kind: "member", Limit: 1})
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		older, err := s.Log(t.Context(), auditor, here.ID, audit.Filter{Actor: h.Account, Kind: "member", Limit: 5, Before: list[0].ID})
		if err != nil || len(older) != 1 || older[0].ID == list[0].ID {
			t.Errorf("the next page: %+v, %v", older, err)
		}
	})
}
