package period_test

import (
	"testing"

	"samklang/internal/core/period"
)

func TestParseClock(t *testing.T) {
	for text, want := range map[string][2]int{"kl. 9–10.30": {540, 630}, "13-15": {780, 900}, "kl 13.15 till 16": {795, 960}, "08:00–09:00": {480, 540}} {
		from, to, ok := period.ParseClock(text)
		if !ok || from != want[0] || to != want[1] {
			t.Errorf("%q: %d, %d, %v", text, from, to, ok)
		}
	}
	for _, text := range []string{"", "kl. 9", "på kvällen", "15–13", "25–26", "9.75–10", "9–10 och 13–14"} {
		if _, _, ok := period.ParseClock(text); ok {
			t.Errorf("%q is read as a time", text)
		}
	}
}

func FuzzParseClock(f *testing.F) {
	f.Add("kl. 9–10.30")
	f.Add("13:00-15")
	f.Fuzz(func(t *testing.T, s string) {
		if from, to, ok := period.ParseClock(s); ok && !(0 <= from && from < to && to < 24*60) {
			t.Errorf("%q: %d–%d", s, from, to)
		}
	})
}
