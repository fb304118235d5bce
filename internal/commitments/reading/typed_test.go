package reading

import (
	"testing"
	"time"

	"samklang/internal/core/period"
)

func TestParseWhen(t *testing.T) {
	day := func(m time.Month, d int) period.When { return period.OnDay(period.On(2026, m, d)) }
	for text, want := range map[string]period.When{
		"24 september":      day(9, 24),
		"24 september 2026": day(9, 24),
		"2026-09-24":        day(9, 24),
		"3–5 oktober":       period.Between(period.On(2026, 10, 3), period.On(2026, 10, 5)),
		"hösten 2026":       period.InTerm(2026, period.Autumn),
		"maj":               period.InMonth(2026, 5),
		"":                  {Precision: period.NotSet},
		"ej satt":           {Precision: period.NotSet},
		"löpande":           {Precision: period.Ongoing},
	} {
		got, ok := ParseWhen(text, 2026)
		if !ok || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, ok, want)
		}
	}
	for _, text := range []string{"i framtiden någon gång", "31 februari 2026", "3 maj eller hösten"} {
		if got, ok := ParseWhen(text, 2026); ok {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}
