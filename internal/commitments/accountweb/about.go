package accountweb

import (
	"net/http"
	"strings"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// About is what the page about an association tells. Members and bodies are those of today.
type About struct {
	OrgNumber    string
	Seat, County string
	Text         [len(lang.All)]string // by language; "" where there is none
	Email, Phone string
	Website      string
	FoundedOn    period.Date
	Members      []string
	Bodies       []string
}

// text is what the association says about itself in a language, Swedish where there is nothing; tag is the language it is in.
func (a About) text(l lang.Lang) (s, tag string) {
	if s = a.Text[l]; s != "" {
		return s, l.Tag()
	}
	return a.Text[lang.Swedish], lang.Swedish.Tag()
}

type aboutView struct {
	Page     ui.Page
	Title    string
	Lead     string
	Text     []string
	TextLang string
	Members  []string
	Bodies   []string
	Facts    []ui.Answer
	Contact  []contactLine
}

// contactLine is a way to reach the association.
type contactLine struct{ Label, Text, Href string }

func (s *Pages) about(w http.ResponseWriter, r *web.Request) error {
	a, err := s.About(r.Context(), association(r).ID)
	if err != nil {
		return err
	}
	name := association(r).Name
	v := aboutView{Page: s.frame(r, r.T("account.about.title"), r.T("account.about.description", "name", name)), Title: name, Lead: r.T("account.about.what"), Members: a.Members, Bodies: a.Bodies}
	text, tag := a.text(r.Lang())
	v.Text, v.TextLang = paragraphs(text), tag
	for _, f := range []struct{ key, answer string }{
		{"seat", strings.TrimSuffix(a.Seat+", "+a.County, ", ")}, {"org_number", a.OrgNumber}, {"founded", r.Printer.Date(a.FoundedOn)},
	} {
		if f.answer != "" {
			v.Facts = append(v.Facts, ui.Answer{Question: r.T("account.about." + f.key), Answer: f.answer})
		}
	}
	if a.Email != "" {
		v.Contact = append(v.Contact, contactLine{r.T("account.about.email"), a.Email, "mailto:" + a.Email})
	}
	if a.Phone != "" {
		v.Contact = append(v.Contact, contactLine{r.T("account.about.phone"), a.Phone, "tel:" + strings.Map(dialled, a.Phone)})
	}
	if a.Website != "" {
		v.Contact = append(v.Contact, contactLine{r.T("account.about.website"), strings.TrimPrefix(a.Website, "https://"), a.Website})
	}
	return r.Render(w, http.StatusOK, aboutPage(v))
}

func dialled(r rune) rune {
	if r >= '0' && r <= '9' || r == '+' {
		return r
	}
	return -1
}
