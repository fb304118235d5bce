package reading

import (
	"strings"
	"testing"
)

func FuzzDates(f *testing.F) {
	for line := range strings.Lines(dateTable) {
		f.Add(strings.TrimSpace(strings.Split(line, "|")[0]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, h := range findDates(text) {
			if h.start < end || h.end <= h.start || h.end > len(text) {
				t.Fatalf("a date at %d–%d after %d in %q", h.start, h.end, end, text)
			}
			end = h.end
			for _, c := range []yearContext{{}, {year: 2024, from: YearInTitle}} {
				if s := h.settle(text, c); s.When.Check() != nil {
					t.Fatalf("%q gives %+v: %v", text, s.When, s.When.Check())
				}
			}
		}
	})
}

func FuzzReach(f *testing.F) {
	for line := range strings.Lines(reachTable) {
		f.Add(strings.TrimSpace(strings.Split(line, "|")[0]))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, h := range findReach(text) {
			if h.start < 0 || h.end <= h.start || h.end > len(text) || text[h.start:h.end] != h.Text {
				t.Fatalf("reach at %d–%d in %q", h.start, h.end, text)
			}
			if h.Min != nil && h.Max != nil && *h.Min > *h.Max {
				t.Fatalf("%q reaches from %d to %d", text, *h.Min, *h.Max)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range fragments {
		f.Add(s)
	}
	f.Add(strings.Join(fragments, "\n"))
	f.Add(strings.Join(fragments, "\n\n"))
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range []string{"a.txt", "a.md"} {
			if r, ok := readText(t, name, text); ok {
				if err := checkWhole(r); err != nil {
					t.Fatalf("%q: %v", text, err)
				}
			}
		}
	})
}
