package period

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestABlockHoldsItsDaysAndNoOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := On(rapid.IntRange(1990, 2100).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day"))
		b := BlockOf(d, rapid.SampledFrom([]Every{HalfYear, EachMonth}).Draw(t, "every"))
		if d.Before(b.First()) || d.After(b.Last()) {
			t.Fatalf("%s is not in %s (%s–%s)", d, b, b.First(), b.Last())
		}
		if b.Next().Previous() != b || b.Next().First() != b.Last().AddDays(1) || b.Next().String() <= b.String() {
			t.Fatalf("%s is followed by %s", b, b.Next())
		}
		if got, err := ParseBlock(b.String()); err != nil || got != b {
			t.Fatalf("%s is read as %v, %v", b, got, err)
		}
	})
}

func TestParseBlock(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-H0", "2026-H3", "2026-M13", "2026-M3", "2026-M00", "2026-Q1", "2026H1 ", "0001-H1", "2026-H1x", "2026-H+1"} {
		if b, err := ParseBlock(s); err == nil {
			t.Errorf("%q is read as %v", s, b)
		}
	}
}

func FuzzParseBlock(f *testing.F) {
	f.Add("2026-H1")
	f.Add("2026-M12")
	f.Fuzz(func(t *testing.T, s string) {
		if b, err := ParseBlock(s); err == nil && b.String() != s {
			t.Errorf("%q is read as %v", s, b)
		}
	})
}
