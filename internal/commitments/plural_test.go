package commitments_test

import (
	"embed"
	"encoding/json"
	"regexp"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/accountweb"
	"samklang/internal/commitments/deskweb"
	"samklang/internal/commitments/importweb"
)

// severalAlways are messages whose number is never one, and why.
var severalAlways = map[string]string{
	"desk.days_ago":           "yesterday has a word of its own",
	"desk.task.no_days":       "one or two are tasks of their own",
	"desk.task.nobodies":      "one or two are tasks of their own",
	"desk.task.no_steps_many": "one or two are tasks of their own",
	"plan.joint":              "said of what several hold",
	"plan.total.of":           "no noun goes with the number",
}

// A message that counts something says it in the singular too: nobody reads "1 planerade".
func TestWhatIsCountedHasASingular(t *testing.T) {
	counts := regexp.MustCompile(`\{n\} \p{L}+`)
	ratio := regexp.MustCompile(`\{n\} (av|of) `)
	for folder, locale := range map[string]embed.FS{"commitments": commitments.Locale, "accountweb": accountweb.Locale, "deskweb": deskweb.Locale, "importweb": importweb.Locale} {
		for _, lang := range []string{"sv", "en", "sv-simple"} {
			b, err := locale.ReadFile("locale/" + lang + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var messages map[string]any
			if err := json.Unmarshal(b, &messages); err != nil {
				t.Fatal(err)
			}
			for key, m := range messages {
				if s, plain := m.(string); plain && counts.MatchString(s) && !ratio.MatchString(s) && severalAlways[key] == "" {
					t.Errorf("%s, %s: %s has no singular: %q", folder, lang, key, s)
				}
			}
		}
	}
}
