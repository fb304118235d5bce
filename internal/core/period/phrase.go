package period

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	phraseFill   = regexp.MustCompile(`^(?:den|under|i|på|in|during|the|från|from) `)
	phraseDash   = regexp.MustCompile(`\s*(?:–|—|‒| - | till och med | till | t\.o\.m\. | to )\s*`)
	phraseTight  = regexp.MustCompile(`^(\d{1,2})-(\d{1,2}) (.+)$`)
	phraseWeek   = regexp.MustCompile(`^(?:vecka|v\.?|week) ?(\d{1,2})(?: (\d{4}))?$`)
	phrasePart   = regexp.MustCompile(`^(?:(q|kvartal|quarter|tertial|t) ?([1-4])|([1-4])\w? (kvartalet|tertialet))(?: (\d{4}))?$`)
	phraseTerm   = regexp.MustCompile(`^(\p{L}+(?: \p{L}+)?)(?: (\d{4}))?$`)
	phraseMonths = regexp.MustCompile(`^(\p{L}{3,9}) ?(?:–|-|till|to) ?(\p{L}{3,9})(?: (\d{4}))?$`)
	phraseDay    = regexp.MustCompile(`^(\d{1,2})\.? (\p{L}{3,9})\.?$`)
	phraseSlash  = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})$`)
	phraseYear   = regexp.MustCompile(`^\d{4}$`)
)

var phraseTerms = map[string]Term{
	"våren": Spring, "vår": Spring, "vårterminen": Spring, "spring": Spring,
	"sommaren": Summer, "sommar": Summer, "summer": Summer,
	"hösten": Autumn, "höst": Autumn, "höstterminen": Autumn, "autumn": Autumn,
	"vintern": Winter, "vinter": Winter, "winter": Winter,
	"första halvåret": FirstHalf, "första halvår": FirstHalf, "first half": FirstHalf,
	"andra halvåret": SecondHalf, "andra halvår": SecondHalf, "second half": SecondHalf,
	"första tertialet": Tertial1, "andra tertialet": Tertial2, "tredje tertialet": Tertial3, "first tertial": Tertial1, "second tertial": Tertial2, "third tertial": Tertial3,
	"första kvartalet": Quarter1, "andra kvartalet": Quarter2, "tredje kvartalet": Quarter3, "fjärde kvartalet": Quarter4,
	"first quarter": Quarter1, "second quarter": Quarter2, "third quarter": Quarter3, "fourth quarter": Quarter4,
}

var phraseOpen = map[string]Precision{
	"dag inte satt": NotSet, "dagen är inte satt": NotSet, "dagen är inte satt än": NotSet, "datum ej satt": NotSet, "datum inte satt": NotSet, "ej satt": NotSet, "inte satt": NotSet, "inte bestämt": NotSet, "not set": NotSet, "day not set": NotSet, "date not set": NotSet,
	"löpande": Ongoing, "pågår": Ongoing, "hela tiden": Ongoing, "ongoing": Ongoing, "all the time": Ongoing,
}

// ParsePhrase reads when something happens as people write it in a plan: "24 september", "12–14 maj 2026", "30 december 2026 – 2 januari
// 2027", "oktober", "hösten 2026", "vecka 38", "andra kvartalet", "2026", "dag inte satt", "löpande". A missing year is the year given.
func ParsePhrase(s string, year int) (When, error) {
	s = strings.ToLower(strings.Join(strings.Fields(strings.NewReplacer("\u00a0", " ", ",", " ", " of ", " ").Replace(s)), " "))
	fault := fmt.Errorf("not a time: %q", s)
	if len(s) > 100 {
		return When{}, fault
	}
	if p, ok := phraseOpen[s]; ok {
		return When{Precision: p}, nil
	}
	for {
		rest := phraseFill.ReplaceAllString(s, "")
		if rest == s {
			break
		}
		s = rest
	}
	if d, ok := phraseDate(s, year); ok {
		return OnDay(d), nil
	}
	if w, ok := phraseSpan(s, year); ok {
		return w, nil
	}
	if g := phraseWeek.FindStringSubmatch(s); g != nil {
		return weekOf(orYear(g[2], year), number(g[1]), fault)
	}
	if phraseYear.MatchString(s) && plausible(number(s)) {
		return InYear(number(s)), nil
	}
	if g := phrasePart.FindStringSubmatch(s); g != nil {
		first, n := Quarter1, number(g[2]+g[3])
		if strings.HasPrefix(g[1]+g[4], "t") {
			first = Tertial1
		}
		if y := orYear(g[5], year); plausible(y) && (first == Quarter1 || n <= 3) {
			return InTerm(y, first+Term(n-1)), nil
		}
		return When{}, fault
	}
	if g := phraseMonths.FindStringSubmatch(s); g != nil && plausible(orYear(g[3], year)) {
		y, a, b := orYear(g[3], year), monthNumber(g[1]), monthNumber(g[2])
		if a > 0 && b > a {
			return When{Precision: Season, From: On(y, time.Month(a), 1), To: On(y, time.Month(b)+1, 0)}, nil
		}
	}
	if g := phraseTerm.FindStringSubmatch(s); g != nil && plausible(orYear(g[2], year)) {
		y := orYear(g[2], year)
		if t, ok := phraseTerms[g[1]]; ok {
			return InTerm(y, t), nil
		}
		if m := monthNumber(g[1]); m > 0 && len(g[1]) >= 3 {
			return InMonth(y, time.Month(m)), nil
		}
	}
	return When{}, fault
}

func plausible(year int) bool { return year >= 1900 && year <= 2200 }

func orYear(s string, year int) int {
	if s == "" {
		return year
	}
	return number(s)
}

// phraseDate reads one day, with the year given when it has none.
func phraseDate(s string, year int) (Date, bool) {
	if d, err := ParseTyped(s); err == nil && !d.IsZero() {
		return d, true
	}
	if phraseDay.MatchString(s) || phraseSlash.MatchString(s) {
		d, err := ParseTyped(fmt.Sprintf("%s %04d", strings.TrimSuffix(s, "."), year))
		return d, err == nil && !d.IsZero()
	}
	return Date{}, false
}

// phraseSpan reads the days from one to another.
func phraseSpan(s string, year int) (When, bool) {
	if g := phraseTight.FindStringSubmatch(s); g != nil {
		s = g[1] + " – " + g[2] + " " + g[3]
	}
	ends := phraseDash.Split(s, -1)
	if len(ends) != 2 {
		return When{}, false
	}
	to, ok := phraseDate(ends[1], year)
	if !ok {
		return When{}, false
	}
	var from Date
	if n := number(ends[0]); n > 0 && len(ends[0]) <= 2 {
		from = On(to.Year, to.Month, n)
		ok = from.Day == n
	} else if from, ok = phraseDate(ends[0], to.Year); ok && to.Before(from) && phraseDay.MatchString(ends[0]) {
		from = from.AddYears(-1) // "30 december – 2 januari 2027"
	}
	if !ok || to.Before(from) {
		return When{}, false
	}
	return Between(from, to), true
}

// weekOf is Monday to Sunday of an ISO week.
func weekOf(year, week int, fault error) (When, error) {
	if !plausible(year) || week < 1 {
		return When{}, fault
	}
	fourth := On(year, time.January, 4) // is always in week 1
	monday := fourth.AddDays(-(int(fourth.Time().Weekday())+6)%7 + 7*(week-1))
	if y, w := monday.Time().ISOWeek(); y != year || w != week {
		return When{}, fault
	}
	return Between(monday, monday.AddDays(6)), nil
}
