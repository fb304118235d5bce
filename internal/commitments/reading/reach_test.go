package reading

import (
	"fmt"
	"strings"
	"testing"
)

// Every line is: text | lower bound | upper bound. A dash is no bound; two dashes and nothing found is "none"; "words" is found without
// numbers.
const reachTable = `
Drygt 70 medarbetare i länet nås | 70 | -
når ut till mellan 100-200 personer | 100 | 200
mellan 30 och 45 deltagare | 30 | 45
ett hundratal medarbetare | 100 | 100
ett femtiotal besökare | 50 | 50
ett 40-tal personer | 40 | 40
cirka 40 personer | 40 | 40
ca. 25 deltagare | 25 | 25
c:a 60 personer | 60 | 60
upp till 60 åhörare | - | 60
högst 20 platser | - | 20
fler än 30 ungdomar | 30 | -
minst 25 förtroendevalda | 25 | -
knappt 50 anställda | - | 50
ett tjugotal chefer | 20 | 20
Tolv personer är med | 12 | 12
1 500 invånare | 1500 | 1500
1.200 hushåll | 1200 | 1200
10 till 15 deltagare | 10 | 15
vi räknar med att nå 150. | 150 | 150
Antal deltagare: 80 | 80 | 80
Räckvidd: 100–200 | 100 | 200
flera hundra besökare | 200 | -
hundratals besökare | 100 | -
45 av våra medarbetare | 45 | 45
samtliga medarbetare | words | words
alla anställda i kommunen | words | words
hela personalen | words | words
minst ett öppet webbinarium | none | none
tre kunskapsseminarier | none | none
unga mellan 16-29 som varken arbetar eller studerar | none | none
ungdomar 16–24 år | none | none
i åldern 18–30 | none | none
den 12 mars för alla intresserade | none | none
under 2026 möter vi många deltagare | none | none
200 000 kronor | none | none
de sju diskrimineringsgrunderna | none | none
kl. 13 träffas deltagarna | none | none
åtagande 3 handlar om medborgare | none | none
vecka 40 bjuder vi in personal | none | none
`

func TestReach(t *testing.T) {
	bound := func(n *int) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	for line := range strings.Lines(reachTable) {
		if strings.TrimSpace(line) == "" {
			continue
		}
		f := strings.Split(line, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		t.Run(f[0], func(t *testing.T) {
			lo, hi := "none", "none"
			for _, h := range findReach(f[0]) {
				if lo, hi = bound(h.Min), bound(h.Max); lo == "-" && hi == "-" {
					lo, hi = "words", "words"
				}
				break
			}
			if lo != f[1] || hi != f[2] {
				t.Errorf("got %s to %s, want %s to %s", lo, hi, f[1], f[2])
			}
		})
	}
}
