package reading

import "strings"

// numberWords are the numbers Swedish texts write as words. "en" and "ett" are articles far more often than numbers, so they are
// numbers only where a rule asks for them.
var numberWords = map[string]int{
	"två": 2, "tre": 3, "fyra": 4, "fem": 5, "sex": 6, "sju": 7, "åtta": 8, "nio": 9, "tio": 10, "elva": 11, "tolv": 12, "tretton": 13,
	"fjorton": 14, "femton": 15, "sexton": 16, "sjutton": 17, "arton": 18, "nitton": 19, "tjugo": 20, "tjugofem": 25, "trettio": 30,
	"fyrtio": 40, "femtio": 50, "sextio": 60, "sjuttio": 70, "sjuttiofem": 75, "åttio": 80, "nittio": 90, "hundra": 100, "etthundra": 100,
	"tvåhundra": 200, "trehundra": 300, "fyrahundra": 400, "femhundra": 500, "sexhundra": 600, "åttahundra": 800, "tusen": 1000, "ettusen": 1000,
	"ettusenfemhundra": 1500, "tvåtusen": 2000, "hundrafemtio": 150, "tjugotvå": 22, "tjugofyra": 24, "trettiofem": 35, "fyrtiofem": 45,
}

// aboutWords are numbers that say "about": ett hundratal, ett tjugotal.
var aboutWords = map[string]int{
	"tiotal": 10, "femtontal": 15, "tjugotal": 20, "tjugofemtal": 25, "trettiotal": 30, "fyrtiotal": 40, "femtiotal": 50, "sextiotal": 60,
	"sjuttiotal": 70, "åttiotal": 80, "nittiotal": 90, "hundratal": 100, "tusental": 1000, "tjog": 20, "dussin": 12, "dussintal": 12,
	"tjugotalet": 20, "hundratalet": 100,
}

// ordinals are days of a month, and which of several events is meant.
var ordinals = map[string]int{
	"första": 1, "förste": 1, "andra": 2, "andre": 2, "tredje": 3, "fjärde": 4, "femte": 5, "sjätte": 6, "sjunde": 7, "åttonde": 8, "nionde": 9,
	"tionde": 10, "elfte": 11, "tolfte": 12, "trettonde": 13, "fjortonde": 14, "femtonde": 15, "sextonde": 16, "sjuttonde": 17,
	"artonde": 18, "nittonde": 19, "tjugonde": 20, "tjugoförsta": 21, "tjugoandra": 22, "tjugotredje": 23, "tjugofjärde": 24,
	"tjugofemte": 25, "tjugosjätte": 26, "tjugosjunde": 27, "tjugoåttonde": 28, "tjugonionde": 29, "trettionde": 30, "trettioförsta": 31,
}

// numberAt reads a number at t[i]: digits, also "1 500" and "1.500", or a word. It gives the value and the index after it.
func numberAt(t []token, i int) (value, next int, ok bool) {
	if i >= len(t) {
		return 0, i, false
	}
	if t[i].word {
		v, ok := numberWords[t[i].low]
		return v, i + 1, ok
	}
	if !t[i].digits || t[i].num < 0 {
		return 0, i, false
	}
	v := t[i].num
	next = i + 1
	if len(t[i].low) <= 3 && next < len(t) {
		j := next
		if is(t[j], ".", " ") && touching(t, i) && touching(t, j) {
			j++
		}
		if j < len(t) && t[j].digits && len(t[j].low) == 3 && t[j].start-t[i].end <= 2 && (j > next || t[j].start > t[i].end) && v > 0 {
			return v*1000 + t[j].num, j + 1, true
		}
	}
	return v, next, true
}

// afterNumber tells whether the token before i makes it part of something that is no count: a law, a registry number, a clock time, a
// paragraph, a decimal.
func partOfCode(t []token, i int) bool {
	if i > 0 && (is(t[i-1], ":", "§", "/", ".") && touching(t, i-1) && i > 1 && (t[i-2].digits || is(t[i-1], "§"))) {
		return true
	}
	if i > 0 && is(t[i-1], "§", "dnr", "sfs", "nr", "kap", "kl", "klockan") {
		return true
	}
	if i > 1 && is(t[i-1], ".") && is(t[i-2], "dnr", "kl", "nr", "kap", "tel", "s") {
		return true
	}
	return i+2 < len(t) && is(t[i+1], ":") && touching(t, i) && touching(t, i+1) && t[i+2].digits
}

// upperFirst sets a capital at the beginning.
func upperFirst(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
