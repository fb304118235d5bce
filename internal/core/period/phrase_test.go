package period

import (
	"testing"
	"time"
)

func TestParsePhrase(t *testing.T) {
	for s, want := range map[string]When{
		"24 september":                      OnDay(On(2026, 9, 24)),
		"24/9":                              OnDay(On(2026, 9, 24)),
		"Den 24 sept 2027":                  OnDay(On(2027, 9, 24)),
		"2026-09-24":                        OnDay(On(2026, 9, 24)),
		"12–14 maj":                         Between(On(2026, 5, 12), On(2026, 5, 14)),
		"12-14 maj 2027":                    Between(On(2027, 5, 12), On(2027, 5, 14)),
		"28 september – 2 oktober 2026":     Between(On(2026, 9, 28), On(2026, 10, 2)),
		"från 28 september till 2 oktober":  Between(On(2026, 9, 28), On(2026, 10, 2)),
		"30 december 2026 – 2 januari 2027": Between(On(2026, 12, 30), On(2027, 1, 2)),
		"30 december – 2 januari 2027":      Between(On(2026, 12, 30), On(2027, 1, 2)),
		"2026-05-12 – 2026-05-14":           Between(On(2026, 5, 12), On(2026, 5, 14)),
		"oktober":                           InMonth(2026, time.October),
		"i oktober 2027":                    InMonth(2027, time.October),
		"October 2026":                      InMonth(2026, time.October),
		"under hösten":                      InTerm(2026, Autumn),
		"våren 2027":                        InTerm(2027, Spring),
		"januari–april 2026":                InTerm(2026, Tertial1),
		"mars-maj":                          {Precision: Season, From: On(2026, 3, 1), To: On(2026, 5, 31)},
		"andra kvartalet":                   InTerm(2026, Quarter2),
		"kvartal 3 2027":                    InTerm(2027, Quarter3),
		"tertial 2":                         InTerm(2026, Tertial2),
		"första halvåret 2026":              InTerm(2026, FirstHalf),
		"vecka 38":                          Between(On(2026, 9, 14), On(2026, 9, 20)),
		"v. 1 2027":                         Between(On(2027, 1, 4), On(2027, 1, 10)),
		"2027":                              InYear(2027),
		"dag inte satt":                     {Precision: NotSet},
		"Löpande":                           {Precision: Ongoing},
	} {
		if w, err := ParsePhrase(s, 2026); err != nil || w != want {
			t.Errorf("%q: %+v, %v, want %+v", s, w, err, want)
		}
	}
	for _, s := range []string{"", "i morgon", "31 februari", "14–12 maj", "vecka 54", "vecka 0", "kvartal 5", "tertial 4", "hösten 99", "ja", "1–2–3 maj", "24 september kl. 9"} {
		if w, err := ParsePhrase(s, 2026); err == nil {
			t.Errorf("%q was read as %+v", s, w)
		}
	}
}

func FuzzParsePhrase(f *testing.F) {
	f.Add("28 september – 2 oktober 2026", 2026)
	f.Add("vecka 53", 2020)
	f.Fuzz(func(t *testing.T, s string, year int) {
		if year < 1900 || year > 2200 {
			return
		}
		if w, err := ParsePhrase(s, year); err == nil && w.Check() != nil {
			t.Fatalf("%q was read as %+v: %v", s, w, w.Check())
		}
	})
}
