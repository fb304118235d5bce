package period

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseTyped(t *testing.T) {
	want := On(2026, time.September, 24)
	for _, s := range []string{"2026-09-24", "20260924", "24/9 2026", "24.9.2026", "24 september 2026", "den 24 sept 2026", " 24  September 2026 ", "24 sep. 2026"} {
		if d, err := ParseTyped(s); err != nil || d != want {
			t.Errorf("%q: %v, %v", s, d, err)
		}
	}
	for _, s := range []string{"31 februari 2026", "2026-13-01", "24 september", "i morgon", "0/0 2026", "24 s", "9999-01-01"} {
		if d, err := ParseTyped(s); err == nil {
			t.Errorf("%q was read as %v", s, d)
		}
	}
	if d, err := ParseTyped(" "); err != nil || !d.IsZero() {
		t.Errorf("empty: %v, %v", d, err)
	}
}

func FuzzParseTyped(f *testing.F) {
	f.Add("24 september 2026")
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseTyped(s)
		if err == nil && !d.IsZero() {
			if again, err := ParseTyped(d.String()); err != nil || again != d {
				t.Fatalf("%q gave %v, which gave %v, %v", s, d, again, err)
			}
		}
	})
}

func TestDatesCalculate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := On(rapid.IntRange(1990, 2100).Draw(t, "y"), time.Month(rapid.IntRange(1, 12).Draw(t, "m")), rapid.IntRange(1, 28).Draw(t, "d"))
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		if got := d.AddDays(n).Sub(d); got != n {
			t.Fatalf("%v + %d days is %d days later", d, n, got)
		}
		p, err := ParseDate(d.String())
		if err != nil || p != d {
			t.Fatalf("%v read back as %v, %v", d, p, err)
		}
		if d.Before(d.AddDays(1)) != (d.String() < d.AddDays(1).String()) {
			t.Fatal("text does not sort as dates do")
		}
	})
	if got := On(2024, 2, 29).AddYears(1); got != On(2025, 2, 28) {
		t.Errorf("a year after leap day is %v", got)
	}
}

func TestCheck(t *testing.T) {
	d := On(2026, 3, 1)
	for _, tc := range []struct {
		w  When
		ok bool
	}{
		{OnDay(d), true},
		{Between(d, d.AddDays(2)), true},
		{InTerm(2026, Winter), true},
		{When{Precision: NotSet}, true},
		{When{Precision: Ongoing, From: d}, true},
		{When{Precision: Day}, false},
		{When{Precision: Range, From: d, To: d.AddDays(-1)}, false},
		{When{}, false},
	} {
		if err := tc.w.Check(); (err == nil) != tc.ok {
			t.Errorf("%+v: %v", tc.w, err)
		}
	}
	if w := InTerm(2026, Winter); w.To != On(2027, 2, 28) {
		t.Errorf("winter ends %v", w.To)
	}
}
