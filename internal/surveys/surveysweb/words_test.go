package surveysweb

import (
	"strings"
	"testing"

	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
	"samklang/internal/surveys"
)

// A word for a column or for respondents means one thing, in whatever language it is written.
func TestWordsOfTablesMeanOneThing(t *testing.T) {
	c, err := i18n.Load(surveys.Locale, Locale)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Printer(lang.Swedish)
	unique := func(key func(code string) string, codes []string) {
		seen := map[string]string{}
		for _, code := range codes {
			for _, l := range lang.All {
				for word := range strings.SplitSeq(strings.ToLower(p.In(l).T(key(code))), "|") {
					if other := seen[word]; other != "" && other != code {
						t.Errorf("%q is %s and %s", word, other, code)
					}
					seen[word] = code
				}
			}
		}
	}
	unique(func(c string) string { return "surveysweb.columns." + c }, resultColumns)
	unique(func(c string) string { return "surveysweb.columns." + c }, frameColumns)
	var groups []string
	for _, g := range surveys.Groups {
		groups = append(groups, string(g))
	}
	unique(func(c string) string { return "surveys.respondents." + c }, groups)
	w := words(p)
	if w.Groups[surveys.Sex]["kvinnor"] != "female" || w.Groups[surveys.Sex]["male"] != "male" || w.Groups[surveys.Religion]["vill inte svara"] != surveys.Unknown || w.Columns["antal"] != surveys.NumberColumn || w.Columns["count"] != surveys.NumberColumn || w.Respondents["styrelse"] != "board" {
		t.Errorf("%+v", w)
	}
}
