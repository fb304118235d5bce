package commitments

import (
	"regexp"
	"strings"
)

// WordingVerdict is what a wording lets a third party check, after the practice of the Open Government Partnership's reviewers: is
// there something countable, something dated, somebody it is done for or with, a product one can see?
type WordingVerdict struct {
	Verifiable bool
	Ambition   Ambition
	Found      []string // codes of what makes it checkable: count, date, product, event, receiver, contract
	Missing    []string // codes of what a better wording would say
}

// Code joins what was found, or what is missing when nothing was, for storage.
func (v WordingVerdict) Code() string {
	if v.Verifiable {
		return "found:" + strings.Join(v.Found, ",")
	}
	return "missing:" + strings.Join(v.Missing, ",")
}

var wordingSigns = []struct {
	code string
	sign *regexp.Regexp
}{
	{"count", regexp.MustCompile(`(?i)\b(\d+|minst (ett|en|två|tre|fyra|fem)|två|tre|fyra|fem|sex|sju|åtta|nio|tio|samtliga|alla|varje|hälften) (?:\p{L}+ ){0,3}(?:kunskaps)?(seminari|webbinari|webinari|workshop|träff|möte|utbildning|dag|forum|avtal|leverantör|upphandl|insats|medarbetare|person|kommun|gång|rapport|nyhetsbrev)`)},
	{"date", regexp.MustCompile(`(?i)(\b20[2-9]\d\b|senast|före \w+ \d|varje (år|månad|kvartal|termin|vecka)|årligen|under (hösten|våren|året)|\b\d{1,2} (januari|februari|mars|april|maj|juni|juli|augusti|september|oktober|november|december))`)},
	{"event", regexp.MustCompile(`(?i)(seminari|webbinari|webinari|workshop|utbildning(?:sdag|ar)?\b|föreläsning|forum\b|demokratidag|temadag|medarbetardag|konferens|fika\b|frukostmöte)`)},
	{"product", regexp.MustCompile(`(?i)(rapport|handlingsplan|kartläggning|enkät|riktlinje|rutin(?:er)?\b|checklist|nyhetsbrev|webbplats|hemsida|policy|behovsanalys)`)},
	{"contract", regexp.MustCompile(`(?i)(krav(?:ställa|ställer|en)?\b|avtal|upphandla|förfrågningsunderlag|leverantör)`)},
	{"measures", regexp.MustCompile(`(?i)(aktiva åtgärder|diskrimineringsgrund)`)},
}

var (
	continuing = regexp.MustCompile(`(?i)^\s*(att )?(fortsätt|fortsatt|verka för|vara drivande|främja|värna|bidra till|arbeta för|stå upp för|uppmuntra)`)
	binding    = regexp.MustCompile(`(?i)(kravställ|ställa krav|avtal|samtliga leverantörer|alla upphandlade|policy|styrdokument|i varje (?:ansökan|avtal|upphandling)|beslutas av styrelsen)`)
)

// CheckWording judges a wording as it stands; plans that follow it later do not change the verdict. It is advice, shown kindly to the
// office when the promise is adopted, never a reason to refuse.
func CheckWording(wording string) WordingVerdict {
	v := WordingVerdict{Ambition: AmbitionModest}
	found := map[string]bool{}
	for _, s := range wordingSigns {
		if s.sign.MatchString(wording) {
			found[s.code] = true
			v.Found = append(v.Found, s.code)
		}
	}
	v.Verifiable = found["count"] || found["contract"] || found["measures"] || found["event"] || found["product"] && found["date"]
	for _, code := range []string{"count", "date", "event"} {
		if !found[code] {
			v.Missing = append(v.Missing, code)
		}
	}
	switch {
	case binding.MatchString(wording):
		v.Ambition = AmbitionSubstantial
	case !v.Verifiable || continuing.MatchString(wording) && len(v.Found) == 0:
		v.Ambition = AmbitionUnclear
	}
	return v
}
