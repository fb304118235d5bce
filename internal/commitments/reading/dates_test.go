package reading

import (
	"strings"
	"testing"
)

// Every line is: text | precision | from | to | the date's own words. The year is 2026 unless the text says another; "-" means that no
// date may be found.
const dateTable = `
Den 16 september arrangerar vi | day | 2026-09-16 | 2026-09-16 | Den 16 september
24 september kunskapsseminarium | day | 2026-09-24 | 2026-09-24 | 24 september
den 24:e september 2025 | day | 2025-09-24 | 2025-09-24 |
16–17 september | range | 2026-09-16 | 2026-09-17 |
den 16 - 17 september 2024 | range | 2024-09-16 | 2024-09-17 |
den 3 och 10 oktober | range | 2026-10-03 | 2026-10-10 |
den 3, 10 och 17 oktober | range | 2026-10-03 | 2026-10-17 |
mellan den 1 och 15 mars | range | 2026-03-01 | 2026-03-15 |
från den 1 till den 15 mars | range | 2026-03-01 | 2026-03-15 |
28 februari–2 mars | range | 2026-02-28 | 2026-03-02 |
30 december–2 januari 2027 | range | 2026-12-30 | 2027-01-02 |
under hösten 2021 | season | 2021-08-01 | 2021-12-31 | hösten 2021
under hösten | season | 2026-08-01 | 2026-12-31 |
höstens första träff | season | 2026-08-01 | 2026-12-31 |
vårterminen | season | 2026-01-01 | 2026-06-30 |
VT 2027 | season | 2027-01-01 | 2027-06-30 |
ht26 | season | 2026-08-01 | 2026-12-31 |
HT-25 | season | 2025-08-01 | 2025-12-31 |
vi gör det i höst. | season | 2026-08-01 | 2026-12-31 |
en turné i vår för 60 deltagare | season | 2026-01-01 | 2026-06-30 |
i vår kommunikationsplan | - | | |
före sommaren 2027 | season | 2027-01-01 | 2027-06-30 |
Q3–Q4 2026 | range | 2026-07-01 | 2026-12-31 |
Tidpunkt för ett avslutande seminarium är ännu inte fastställd | not_set | | |
vårt och vår gemensamma arbete | - | | |
hösten 2026 och våren 2027 | range | 2026-08-01 | 2027-06-30 |
vecka 40 | range | 2026-09-28 | 2026-10-04 |
v. 40–42 | range | 2026-09-28 | 2026-10-18 |
v.40 | range | 2026-09-28 | 2026-10-04 |
V 7, 2027 | range | 2027-02-15 | 2027-02-21 |
tisdagen vecka 12 | day | 2026-03-17 | 2026-03-17 |
veckorna 40 och 41 | range | 2026-09-28 | 2026-10-11 |
första kvartalet | season | 2026-01-01 | 2026-03-31 |
kvartal 3 2027 | season | 2027-07-01 | 2027-09-30 |
Q2 2026 | season | 2026-04-01 | 2026-06-30 |
kvartal 1 och 2 | range | 2026-01-01 | 2026-06-30 |
tertial 2 | season | 2026-05-01 | 2026-08-31 |
T3 2026 | season | 2026-09-01 | 2026-12-31 |
första halvåret | season | 2026-01-01 | 2026-06-30 |
andra halvåret 2024 | season | 2024-07-01 | 2024-12-31 |
i mitten av mars | month | 2026-03-01 | 2026-03-31 |
i oktober | month | 2026-10-01 | 2026-10-31 |
I oktober 2023 | month | 2023-10-01 | 2023-10-31 |
oktober–november | range | 2026-10-01 | 2026-11-30 |
november till januari | range | 2026-11-01 | 2027-01-31 |
mars, april och maj | range | 2026-03-01 | 2026-05-31 |
2021-09-24 | day | 2021-09-24 | 2021-09-24 |
2026-03-02 – 2026-03-04 | range | 2026-03-02 | 2026-03-04 |
21-09-24 | day | 2021-09-24 | 2021-09-24 |
24/9 | day | 2026-09-24 | 2026-09-24 |
24/9-2021 | day | 2021-09-24 | 2021-09-24 |
24/9 2021 | day | 2021-09-24 | 2021-09-24 |
3–5/10 | range | 2026-10-03 | 2026-10-05 |
24/9/2021 | day | 2021-09-24 | 2021-09-24 |
måndagen den 5 oktober | day | 2026-10-05 | 2026-10-05 |
måndagen den 4 oktober | day | 2027-10-04 | 2027-10-04 |
tors 12 mars kl. 9–10.30 | day | 2026-03-12 | 2026-03-12 |
fredag 8 maj, kl 13 | day | 2026-05-08 | 2026-05-08 |
den första mars | day | 2026-03-01 | 2026-03-01 |
den tredje oktober 2025 | day | 2025-10-03 | 2025-10-03 |
12 okt. | day | 2026-10-12 | 2026-10-12 |
12 nov 2026 | day | 2026-11-12 | 2026-11-12 |
under året | year | 2026-01-01 | 2026-12-31 |
under 2027 | year | 2027-01-01 | 2027-12-31 |
nästa år | year | 2027-01-01 | 2027-12-31 |
under 2026–2028 | range | 2026-01-01 | 2028-12-31 |
löpande | ongoing | | |
löpande under 2026 | ongoing | 2026-01-01 | 2026-12-31 |
varannan vecka | ongoing | | |
två gånger per termin | ongoing | | |
fyra gånger om året | ongoing | | |
första tisdagen i varje månad | ongoing | | |
från och med den 1 mars | ongoing | 2026-03-01 | |
datum ej satt ännu | not_set | | |
datum meddelas senare | not_set | | |
dag inte bestämd | not_set | | |
tid och plats meddelas senare | not_set | | |
dagen är inte bestämd | not_set | | |
Datum: TBD | not_set | | |
senast 30 november | day | 2026-11-30 | 2026-11-30 | 30 november
före sommaren | season | 2026-01-01 | 2026-06-30 |
vid årsskiftet | range | 2026-12-15 | 2027-01-15 |
kl. 9–10.30 | - | | |
demokratins 100-årsjubileum | - | | |
100 år av demokrati sedan 1921 | - | | |
lagen (2003:1210) om finansiell samordning | - | | |
unga mellan 16-29 | - | | |
unga 16–29 år | - | | |
dnr 2026/14 | - | | |
Dnr 2026-0143 | - | | |
Agenda 2030 och målen | - | | |
3/4 av deltagarna | - | | |
öppet 24/7 | - | | |
diskrimineringslagen 2008:567 | - | | |
tel 08-12 34 56 | - | | |
Jan Karlsson och Maj Nilsson | - | | |
minst en dag per person | - | | |
org.nr 222000-1917 | - | | |
§ 12 i reglementet | - | | |
`

func TestDates(t *testing.T) {
	for line := range strings.Lines(dateTable) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		f := strings.Split(line, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		t.Run(f[0], func(t *testing.T) {
			hits := findDates(f[0])
			if f[1] == "-" {
				for _, h := range hits {
					t.Errorf("found a date in %q", f[0][h.start:h.end])
				}
				return
			}
			if len(hits) != 1 {
				var found []string
				for _, h := range hits {
					found = append(found, f[0][h.start:h.end])
				}
				t.Fatalf("want one date, found %q", found)
			}
			got := hits[0].settle(f[0], yearContext{year: 2026, from: YearInTitle})
			if string(got.When.Precision) != f[1] || got.When.From.String() != f[2] || got.When.To.String() != f[3] {
				t.Errorf("got %s %s..%s (%q), want %s %s..%s", got.When.Precision, got.When.From, got.When.To, got.When.Text, f[1], f[2], f[3])
			}
			if f[4] != "" && got.When.Text != f[4] {
				t.Errorf("words %q, want %q", got.When.Text, f[4])
			}
		})
	}
}
