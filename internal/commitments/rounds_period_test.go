package commitments_test

import (
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/period"

	"pgregory.net/rapid"
)

func TestTheNextFollowUp(t *testing.T) {
	term := func(y int, x period.Term) [2]period.Date {
		w := period.InTerm(y, x)
		return [2]period.Date{w.From, w.To}
	}
	for name, tc := range map[string]struct {
		today period.Date
		taken [][2]period.Date
		year  int
		want  period.Term
	}{
		"the first ever, in November":              {period.On(2026, 11, 22), nil, 2026, period.Tertial2},
		"the first ever, in January":               {period.On(2026, 1, 3), nil, 2025, period.Tertial3},
		"the last tertial has one":                 {period.On(2026, 11, 22), [][2]period.Date{term(2026, period.Tertial2)}, 2026, period.Tertial3},
		"this one has one too":                     {period.On(2026, 11, 22), [][2]period.Date{term(2026, period.Tertial3), term(2026, period.Tertial2)}, 2027, period.Tertial1},
		"by half-years":                            {period.On(2026, 11, 22), [][2]period.Date{term(2025, period.SecondHalf)}, 2026, period.FirstHalf},
		"by half-years, the last has one":          {period.On(2026, 11, 22), [][2]period.Date{term(2026, period.FirstHalf)}, 2026, period.SecondHalf},
		"the year as a whole takes its parts":      {period.On(2026, 11, 22), [][2]period.Date{{period.On(2026, 1, 1), period.On(2026, 12, 31)}}, 2027, period.Tertial1},
		"after a long pause the latest is offered": {period.On(2026, 5, 2), [][2]period.Date{term(2023, period.Tertial1)}, 2026, period.Tertial1},
	} {
		if got, want := commitments.NextPeriod(tc.today, tc.taken), period.InTerm(tc.year, tc.want); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// What is proposed never overlaps what has a follow-up.
func TestTheNextFollowUpIsFree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := func(label string) period.Date {
			return period.On(2025, time.January, 1).AddDays(rapid.IntRange(0, 1200).Draw(t, label))
		}
		var taken [][2]period.Date
		for range rapid.IntRange(0, 6).Draw(t, "rounds") {
			from := day("from")
			taken = append(taken, [2]period.Date{from, from.AddDays(rapid.IntRange(0, 400).Draw(t, "days"))})
		}
		p := commitments.NextPeriod(day("today"), taken)
		for _, x := range taken {
			if !p.To.Before(x[0]) && !x[1].Before(p.From) {
				t.Fatalf("%v overlaps %v", p, x)
			}
		}
	})
}
