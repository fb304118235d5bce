package reading

import "strings"

// Ground is one of the seven grounds of the Discrimination Act (2008:567, chapter 1 section 5).
type Ground string

const (
	Sex                Ground = "kon"
	TransgenderIdent   Ground = "konsoverskridande"
	Ethnicity          Ground = "etnisk"
	Religion           Ground = "religion"
	Disability         Ground = "funktion"
	SexualOrientation  Ground = "sexuell"
	Age                Ground = "alder"
	allGroundsKeywords        = "diskrimineringsgrunderna"
)

// Grounds lists the seven in the order of the act.
var Grounds = [...]Ground{Sex, TransgenderIdent, Ethnicity, Religion, Disability, SexualOrientation, Age}

// groundWords say which words speak of a ground. A word ending in * is a beginning; several words with + between them stand side by side.
var groundWords = map[Ground]string{
	Sex:               "kön könet könen könens jämställd* ojämställd* kvinnor män kvinna kvinnors mäns kvinnofrid* könstillhörighet könsuppdel* könsdiskriminering könsroller flickor pojkar",
	TransgenderIdent:  "könsöverskridande könsidentitet* könsuttryck* transperson* hbtq* hbtqi* hbt transidentitet*",
	Ethnicity:         "etnisk* etnicitet* rasism* rasistisk* antirasis* hudfärg* rasifiera* inte+vita inte+är+vita icke+vita ickevita främlingsfientlig* afrofobi* antisemitism* antiziganism* islamofobi* romer nationella+minoriteter utrikesfödda nationell+bakgrund",
	Religion:          "religion religionen religiös* religioner trosuppfattning* trosfrihet* religionsfrihet* livsåskådning*",
	Disability:        "funktionsnedsättning* funktionshind* funktionsvariation* funktionsrätt* tillgänglighet* neuropsykiatrisk*",
	SexualOrientation: "sexuell* hbtq* hbtqi* hbt homofobi* samkönad* bisexuella homosexuella",
	Age:               "ålder åldern åldrar åldersdiskriminering* ålderism* åldersgrupper äldre äldres",
}

// extraGroundWords are grounds the act does not know; they are kept apart so that they never mix in legal reports.
var extraGroundWords = map[string]string{
	"social bakgrund":              "social+bakgrund socialt+ursprung social+tillhörighet",
	"privatliv":                    "privatliv privatlivet",
	"klass":                        "klassbakgrund samhällsklass klasstillhörighet",
	"socioekonomi":                 "socioekonomi* socio+ekonomisk*",
	"utbildningsbakgrund":          "utbildningsbakgrund utbildningsnivå",
	"språk":                        "modersmål språkbakgrund",
	"bostadsort":                   "bostadsort bostadsområde",
	"politisk åsikt":               "politisk+åsikt politisk+uppfattning politiska+åsikter",
	"erfarenhet av psykisk ohälsa": "psykisk+ohälsa",
}

// extraOrder keeps the result stable.
var extraOrder = []string{"privatliv", "social bakgrund", "klass", "socioekonomi", "utbildningsbakgrund", "språk", "bostadsort", "politisk åsikt", "erfarenhet av psykisk ohälsa"}

// findGrounds finds the grounds a text speaks of. "De sju diskrimineringsgrunderna" and "samtliga diskrimineringsgrunder" are all
// seven.
func findGrounds(text string) (grounds []Ground, extra []string) {
	t := tokens(text)
	grounds, extra = []Ground{}, []string{}
	for i := range t {
		if !strings.HasPrefix(t[i].low, "diskrimineringsgrund") {
			continue
		}
		if t[i].low == allGroundsKeywords || i > 0 && is(t[i-1], "sju", "7", "alla", "samtliga", "olika") {
			grounds = append(grounds, Grounds[:]...)
			break
		}
	}
	if len(grounds) == 0 {
		for _, g := range Grounds {
			if speaksOf(t, groundWords[g]) {
				grounds = append(grounds, g)
			}
		}
	}
	for _, name := range extraOrder {
		if speaksOf(t, extraGroundWords[name]) {
			extra = append(extra, name)
		}
	}
	return grounds, extra
}

// speaksOf tells whether one of a list of words stands in t.
func speaksOf(t []token, list string) bool {
	for w := range strings.FieldsSeq(list) {
		parts := strings.Split(w, "+")
		for i := range t {
			if i+len(parts) > len(t) {
				break
			}
			ok := true
			for k, p := range parts {
				if head, open := strings.CutSuffix(p, "*"); open && !strings.HasPrefix(t[i+k].low, head) || !open && t[i+k].low != p {
					ok = false
					break
				}
			}
			if ok {
				return true
			}
		}
	}
	return false
}
