package accountweb

import (
	"net/http"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/core/scope"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// portalView is the first page of the installation.
type portalView struct {
	Page         ui.Page
	Hero         ui.Hero
	Associations []standingView
	Empty        *ui.EmptyState
	Joint        []declarationLine
	Own          []declarationLine
	Next         []ui.Dated
}

// standingView is an association with its state in one line.
type standingView struct {
	Name, Href, Brand string
	Kept              string // "7 av 10 löften hålls"
	Late              string // "" when nothing is owed
	Share             int    // kept promises in per cent, for the bar
	None              string // it has promised nothing yet
}

// declarationLine is a declaration in a list.
type declarationLine struct{ Title, Href, Note string }

func (s *Pages) portal(w http.ResponseWriter, r *web.Request) error {
	standings, err := s.Ledger.Standings(r.Context())
	if err != nil {
		return err
	}
	declarations, err := s.Ledger.Declarations(r.Context())
	if err != nil {
		return err
	}
	ahead, err := s.Ledger.Ahead(r.Context(), 6)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, portalPage(s.portalView(r, standings, declarations, ahead)))
}

func (s *Pages) portalView(r *web.Request, standings []commitments.Standing, declarations []commitments.DeclarationSummary, ahead []commitments.SharedDate) portalView {
	v := portalView{Page: s.frame(r, r.T("account.portal.title"), r.T("account.portal.lead")), Hero: ui.Hero{Title: r.T("account.portal.headline"), Lead: r.T("account.portal.lead")}}
	if len(standings) == 0 {
		v.Empty = &ui.EmptyState{Title: r.T("account.portal.empty.title"), Text: r.T("account.portal.empty.text"), Action: ui.Link{Label: r.T("account.portal.empty.action"), Href: r.Top("/logga-in")}}
	}
	for _, x := range standings {
		line := standingView{Name: x.Association.Name, Href: r.Of(x.Association, "/"), Brand: brandClass(x.Association)}
		switch {
		case x.Promises == 0:
			line.None = r.T("account.portal.none")
		default:
			line.Kept = r.T("account.portal.kept", "n", x.Promises, "k", x.Kept)
			line.Share = 100 * x.Kept / x.Promises
			if x.Overdue > 0 {
				line.Late = r.T("account.portal.late", "n", x.Overdue, "date", s.day(r.Printer, x.OverdueSince))
			}
		}
		v.Associations = append(v.Associations, line)
	}
	for _, d := range declarations {
		line := declarationLine{Title: d.Title, Href: r.Top("/deklarationer/" + d.Slug), Note: r.T("account.portal.promises", "n", d.Promises)}
		if d.Signatures > 1 {
			line.Note += ", " + r.T("account.portal.signed", "n", d.Signatures)
			v.Joint = append(v.Joint, line)
		} else {
			v.Own = append(v.Own, line)
		}
	}
	for _, a := range ahead {
		v.Next = append(v.Next, sharedDate(r, a))
	}
	return v
}

func brandClass(a scope.Association) string {
	b, err := ui.ParseBrand(a.Brand)
	if err != nil {
		b = ui.Spruce
	}
	return b.Class()
}

// sharedDate is an activity with who holds it; its address is that of the association that planned it.
func sharedDate(r *web.Request, a commitments.SharedDate) ui.Dated {
	d := ui.Dated{When: a.When(), Title: a.Title, Lang: textLang(r.Printer, "")}
	var names []string
	for _, h := range a.Holders {
		names = append(names, h.ShortName)
	}
	if len(a.Holders) > 0 {
		d.Href = r.Of(a.Holders[0], "/aktiviteter/"+a.ID.String())
	}
	alone := a.ActivityLine
	alone.Organisers = 1
	d.Note = strings.TrimPrefix(activityNote(r.Printer, alone)+between+r.Printer.List(names), between)
	return d
}

// paragraphs splits a text at its empty lines.
func paragraphs(s string) []string {
	var list []string
	for _, p := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			list = append(list, p)
		}
	}
	return list
}
