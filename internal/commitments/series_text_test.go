package commitments_test

import (
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
)

func TestParseSeries(t *testing.T) {
	first := period.On(2026, 1, 15)
	for s, want := range map[string]commitments.SeriesRule{
		"varannan vecka till 15 juni":     {Every: 2, Unit: "week", Until: period.On(2026, 6, 15)},
		"Varje vecka till 12 mars 2026":   {Every: 1, Unit: "week", Until: period.On(2026, 3, 12)},
		"var tredje vecka till maj":       {Every: 3, Unit: "week", Until: period.On(2026, 5, 31)},
		"var 14:e dag till 1 maj":         {Every: 14, Unit: "day", Until: period.On(2026, 5, 1)},
		"varje månad till 10 januari":     {Every: 1, Unit: "month", Until: period.On(2027, 1, 10)},
		"every second week until 15 June": {Every: 2, Unit: "week", Until: period.On(2026, 6, 15)},
		"var 2 veckor till 15/6":          {Every: 2, Unit: "week", Until: period.On(2026, 6, 15)},
	} {
		if r, err := commitments.ParseSeries(s, first); err != nil || r != want {
			t.Errorf("%q: %+v, %v, want %+v", s, r, err, want)
		}
	}
	for _, s := range []string{"", "ofta", "varannan vecka", "varje dag till december", "var 99 vecka till juni", "varannan vecka till i morgon"} {
		if r, err := commitments.ParseSeries(s, first); err == nil {
			t.Errorf("%q was read as %+v", s, r)
		}
	}
}

func FuzzParseSeries(f *testing.F) {
	f.Add("varannan vecka till 15 juni")
	f.Fuzz(func(t *testing.T, s string) {
		first := period.On(2026, 1, 15)
		if r, err := commitments.ParseSeries(s, first); err == nil {
			if days, err := r.Days(first); err != nil || len(days) == 0 || days[0] != first {
				t.Fatalf("%q was read as %+v, which gives %v, %v", s, r, days, err)
			}
		}
	})
}
