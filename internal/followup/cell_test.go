package followup

import (
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/core/period"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawn draws a card that is right in the lists.
func drawn(t *rapid.T, l Lists, in period.Block) Card {
	c := Card{Moment: rapid.SampledFrom(Moments[:]).Draw(t, "moment"), Values: Cell{}, N: rapid.Int64Range(1, MostOfACard).Draw(t, "n")}
	variables, _ := Asked(Cards, c.Moment)
	for _, v := range variables {
		c.Values[v] = rapid.SampledFrom(l.In(v, in)).Draw(t, v).Code
	}
	return c
}

var places = []Place{{"alvsele", "Älvsele kommun"}, {"mo", "Mo kommun"}}

func TestACellIsReadAsItIsWritten(t *testing.T) {
	l := lists(nil, places)
	rapid.Check(t, func(t *rapid.T) {
		cell, err := drawn(t, l, h1).cell(Cards, l, h1)
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseCell(cell.String())
		if err != nil || !cmp.Equal(got, cell) {
			t.Fatalf("%q is read as %v, %v", cell.String(), got, err)
		}
	})
}

func FuzzParseCell(f *testing.F) {
	f.Add("sex=female;age=30_44")
	f.Add("")
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCell(s); err == nil && c.String() != s {
			t.Errorf("%q is read as %v", s, c)
		}
	})
}

func TestWhatACardMustSay(t *testing.T) {
	l := lists(nil, places)
	with := func(c Card, to func(*Card)) Card {
		values := Cell{}
		for k, v := range c.Values {
			values[k] = v
		}
		c.Values = values
		to(&c)
		return c
	}
	for name, x := range map[string]struct {
		card   Card
		method Method
		fields string
	}{
		"whole":                        {began("female", 1), Cards, ""},
		"without sex":                  {with(began("", 1), func(c *Card) {}), Cards, "sex"},
		"a code of another list":       {with(began("female", 1), func(c *Card) { c.Values[Age] = "mo" }), Cards, "age"},
		"a municipality of another":    {with(began("female", 1), func(c *Card) { c.Values[Municipality] = "tallvikens" }), Cards, "municipality"},
		"nobody":                       {began("female", 0), Cards, "n"},
		"too many":                     {began("female", MostOfACard+1), Cards, "n"},
		"protected, only sex":          {Card{Moment: Began, N: 1, Values: Cell{Sex: "female"}, Protected: true}, Cards, ""},
		"protected, not even sex":      {Card{Moment: Began, N: 1, Protected: true}, Cards, "sex"},
		"by sex":                       {Card{Moment: Left, N: 4, Values: Cell{Sex: "male"}}, BySex, ""},
		"structural, who took part":    {Card{Moment: TookPart, N: 20}, Total, ""},
		"structural, who began":        {Card{Moment: Began, N: 20}, Total, "moment"},
		"a reason that does not exist": {left("male", "none", "tired", 1), Cards, "end_reason"},
	} {
		if _, err := x.card.cell(x.method, l, h1); fields(err) != x.fields {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// of somebody whose identity is protected only the sex is kept, whatever else was filled in.
func TestAProtectedIdentityIsCountedBySexAlone(t *testing.T) {
	l := lists(nil, places)
	c := began("female", 1)
	c.Protected = true
	cell, err := c.cell(Cards, l, h1)
	if err != nil {
		t.Fatal(err)
	}
	for v, code := range cell {
		if v != Sex && code != Unknown {
			t.Errorf("%s is kept: %s", v, code)
		}
	}
}

// a card has one main support, so that nobody has none and another besides. R-53: who was registered by mistake stands in no statistics.
func TestMisregistrationsStandInNoStatistics(t *testing.T) {
	l := lists(nil, places)
	rapid.Check(t, func(t *rapid.T) {
		counts, mistakes := Counts{}, Counts{}
		for range rapid.IntRange(0, 30).Draw(t, "cards") {
			c := drawn(t, l, h1)
			if c.Moment != Left {
				continue
			}
			cell, _ := c.cell(Cards, l, h1)
			if c.Values[EndReason] == Misregistered {
				mistakes[cell.String()] += c.N
			} else {
				counts[cell.String()] += c.N
			}
		}
		both := Counts{}
		for _, m := range []Counts{counts, mistakes} {
			for k, n := range m {
				both[k] += n
			}
		}
		if both.Sum() != counts.Sum() || !cmp.Equal(both.By(Sex), counts.By(Sex)) || !cmp.Equal(both.Cover(), counts.Cover()) {
			t.Fatalf("%v is not %v", both.Cover(), counts.Cover())
		}
	})
}

func TestCoverageIsWholeOrLess(t *testing.T) {
	l := lists(nil, places)
	rapid.Check(t, func(t *rapid.T) {
		counts := Counts{}
		for range rapid.IntRange(0, 30).Draw(t, "cards") {
			c := drawn(t, l, h1)
			if c.Moment == Began {
				cell, _ := c.cell(Cards, l, h1)
				counts[cell.String()] += c.N
			}
		}
		x := counts.Cover()
		var worst int64
		for _, n := range x.Unknown {
			worst = max(worst, n)
		}
		if x.All != counts.Sum() || x.Complete < 0 || x.Complete > x.All-worst || x.And(x).All != 2*x.All {
			t.Fatalf("%+v of %v", x, counts)
		}
	})
	for _, c := range []struct {
		all, complete int64
		grade         Grade
	}{{0, 0, Nothing}, {10, 0, Little}, {10, 4, Little}, {10, 5, Half}, {100, 74, Half}, {100, 75, Most}, {100, 89, Most}, {100, 90, Nearly}, {3, 3, Nearly}} {
		if got := (Coverage{All: c.all, Complete: c.complete}).Grade(); got != c.grade {
			t.Errorf("%d of %d: %s", c.complete, c.all, got)
		}
	}
}

// A list that changed keeps its old codes in old periods.
func TestAnOldPeriodKeepsItsCodes(t *testing.T) {
	own := []codeRow{{Variable: Referrer, Code: "employer", ValidTo: period.On(2025, 6, 30)}, {Variable: Referrer, Code: "self", Label: "På eget initiativ", ValidFrom: period.On(2025, 7, 1)},
		{Variable: Sex, Code: "female", ValidTo: period.On(2000, 1, 1)}}
	l := lists(own, places)
	for _, c := range []struct {
		variable, code string
		in             period.Block
		ok             bool
	}{{Referrer, "employer", h1, true}, {Referrer, "employer", h2, false}, {Referrer, "self", h1, false}, {Referrer, "self", h2, true}, {Sex, "female", h2, true}} {
		if l.Has(c.variable, c.code, c.in) != c.ok {
			t.Errorf("%s in %s: %v", c.code, c.in, !c.ok)
		}
	}
	for _, v := range Variables {
		if v != Municipality && (len(codes[v]) < 3 || !l.Has(v, Unknown, h1)) {
			t.Errorf("%s has %v", v, codes[v])
		}
	}
}

func TestLimits(t *testing.T) {
	if _, ok := LimitsOf([]int64{3, 4}); ok {
		t.Error("two periods are not enough to go by")
	}
	l, ok := LimitsOf([]int64{10, 14, 12})
	if !ok || l != (Limits{10, 14}) {
		t.Fatal(l, ok)
	}
	for n, strange := range map[int64]bool{0: true, 4: true, 5: false, 9: false, 10: false, 14: false, 28: false, 29: true} {
		if l.Strange(n) != strange {
			t.Errorf("%d: %v", n, !strange)
		}
	}
	if (Limits{0, 1}).Strange(3) {
		t.Error("a few more of very few are nothing strange")
	}
}

// Whatever order people press the buttons in, a step leads only from its own state, and an accepted period is opened by a new edition alone.
func TestALifeGoesUpAndDownItsLevels(t *testing.T) {
	all := []Move{MarkComplete, TakeBack, Approve, SendBack, Accept, Correct}
	rapid.Check(t, func(t *rapid.T) {
		r := Report{State: Open, Edition: 1}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			m := rapid.SampledFrom(all).Draw(t, "move")
			after, ok := r.apply(m, id.New(), period.On(2026, 1, 8), "skäl")
			if ok != (moves[m].from == r.State) {
				t.Fatalf("%s from %s: %v", m, r.State, ok)
			}
			if !ok && after != r || after.Edition < r.Edition || (after.Edition > r.Edition) != (ok && m == Correct) {
				t.Fatalf("%s: %+v becomes %+v", m, r, after)
			}
			if r.State == Accepted && after.State != Accepted && after.Edition != r.Edition+1 {
				t.Fatalf("an accepted period was opened without a new edition")
			}
			if after.State == Open && (after.ApprovedBy != id.None || !after.AcceptedOn.IsZero()) {
				t.Fatalf("an open period is still approved: %+v", after)
			}
			r = after
		}
	})
}

func TestPeriodsOfYearsWithDifferentLengths(t *testing.T) {
	u := units{{FromYear: 2026, Unit: period.EachMonth}}
	var got []string
	for _, b := range u.between(period.On(2025, 3, 1), period.On(2026, 2, 3)) {
		got = append(got, b.String())
	}
	if diff := cmp.Diff([]string{"2025-H1", "2025-H2", "2026-M01", "2026-M02"}, got); diff != "" {
		t.Error(diff)
	}
	if b := u.lastOf(2025, period.Date{}); b.String() != "2025-H2" {
		t.Error(b)
	}
	if b := u.lastOf(2026, period.On(2026, 4, 3)); b.String() != "2026-M04" {
		t.Error(b)
	}
}

func TestPlaceCode(t *testing.T) {
	for name, code := range map[string]string{"Älvsele kommun": "alvsele", "Tallvikens kommun": "tallvikens", "Sjöhamn": "sjohamn", "Upplands-Väsby kommun": "upplands_vasby"} {
		if got := PlaceCode(name); got != code {
			t.Errorf("%s: %s", name, got)
		}
	}
}
