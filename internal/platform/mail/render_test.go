package mail_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/mail"
)

func printer(t *testing.T, l lang.Lang) i18n.Printer {
	t.Helper()
	c, err := i18n.Load(i18n.Locale, mail.Locale)
	if err != nil {
		t.Fatal(err)
	}
	return c.Printer(l)
}

var layouts = map[string]mail.Layout{
	"everything": {
		Sender: "Samordningsförbundet Älvkusten", Heading: "Demokratidagen flyttas till 24 september",
		Paragraphs: []string{"Dagen hålls i Tallviken i stället för i Mo.", "Den som redan är anmäld behöver inte göra något."},
		Facts:      []mail.Fact{{"När", "torsdag 24 september, kl. 9–15"}, {"Var", "Folkets hus, Tallviken"}},
		Action:     &mail.Action{"Se programmet", "https://alvkusten.example/demokratidagen?år=2026&del=2"},
		After:      []string{"Hör av dig om du behöver tolk eller ramp."},
		Reason:     "Du följer åtagandet om delaktighet.", LeaveURL: "https://alvkusten.example/sluta/abc",
	},
	"code":    {Sender: "Samklang", Heading: "Din kod", Paragraphs: []string{"Skriv koden på sidan där du loggar in. Den gäller i tio minuter."}, Code: "482 913"},
	"blank":   {Heading: "Påminnelse", Paragraphs: []string{"Två saker är sena."}, Action: &mail.Action{"Öppna", "https://alvkusten.example/skriv bord/å\n"}, LeaveURL: "data:text/html,<b>"},
	"hostile": {Sender: "<script>alert(1)</script>", Heading: `"><img src=x onerror=alert(1)>`, Paragraphs: []string{"<style>*{display:none}</style>"}, Facts: []mail.Fact{{"<b>", "&amp;"}}, Action: &mail.Action{"Öppna", "javascript:alert(1)"}},
}

// Each file under testdata is what the layout of the same name must become; SAMKLANG_GOLDEN=1 writes them anew.
func TestRender(t *testing.T) {
	for name, layout := range layouts {
		for _, l := range lang.All {
			text, html := mail.Render(printer(t, l), layout)
			// A line for each element, for those who read what differs.
			for ext, got := range map[string]string{"txt": text, "html": strings.ReplaceAll(html, "><", ">\n<") + "\n"} {
				file := filepath.Join("testdata", name+"."+l.Tag()+".golden."+ext)
				if os.Getenv("SAMKLANG_GOLDEN") != "" {
					if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if got != string(want) {
					t.Errorf("%s: got\n%s", file, got)
				}
			}
			check(t, name, l, html)
		}
	}
}

func check(t *testing.T, name string, l lang.Lang, html string) {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(html))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Find("html").AttrOr("lang", ""); got != l.Tag() {
		t.Errorf("%s: lang %q", name, got)
	}
	if n := doc.Find("img, script, style, link, iframe, form, [onerror]").Length(); n != 0 {
		t.Errorf("%s: %d elements that do not belong in a mail", name, n)
	}
	if doc.Find("h1").Length() != 1 || doc.Find("main").Length() != 1 || doc.Find("title").Text() == "" {
		t.Errorf("%s: heading, main or title is missing", name)
	}
	doc.Find("a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); !strings.HasPrefix(href, "https://") && !strings.HasPrefix(href, "about:") || strings.ContainsFunc(href, func(r rune) bool { return r <= ' ' || r > '~' }) || strings.TrimSpace(a.Text()) == "" {
			t.Errorf("%s: link %q %q", name, href, a.Text())
		}
	})
}
