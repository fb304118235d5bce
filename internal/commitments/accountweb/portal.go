package accountweb

import (
	"net/http"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
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

// declarationView is a declaration with what became of it.
type declarationView struct {
	Page       ui.Page
	Title      string
	Lead       string
	Preamble   []string
	About      []string // in easy-read Swedish or English
	Figures    []ui.Figure
	Table      ui.Table
	Signatures []ui.Answer
	Joint      []ui.Dated
	JointIntro string
	Rounds     []ui.Dated // published follow-ups of those who signed
}

func (s *Pages) declaration(w http.ResponseWriter, r *web.Request) error {
	d, err := s.Ledger.DeclarationBySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	t, err := s.Ledger.Together(r.Context(), d.Ref(), clock.Today(s.Clock).Year)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), d.Signatories()...)
	if err != nil {
		return err
	}
	v := s.declarationView(r, d, t)
	v.Rounds = s.followUps(r, rounds, true)
	return r.Render(w, http.StatusOK, declarationPage(v))
}

func (s *Pages) declarationView(r *web.Request, d commitments.DeclarationPage, t commitments.Together) declarationView {
	var who []string
	for _, x := range d.Signatures {
		who = append(who, x.Association.ShortName)
	}
	v := declarationView{Title: d.Title, Preamble: paragraphs(d.Preamble), Lead: r.T("account.declaration.lead", "n", len(d.Commitments), "who", r.Printer.List(who))}
	v.Page = s.frame(r, d.Title, v.Lead)
	v.Page.Crumbs = []ui.Link{{Label: r.T("account.portal.title"), Href: r.Top("/")}}
	switch r.Lang().Tag() {
	case "en":
		v.About = paragraphs(d.AboutEn)
	case "sv-simple":
		v.About = paragraphs(d.AboutSimple)
	}
	if t.Activities > 0 {
		v.Figures = []ui.Figure{
			{Label: r.T("account.figure.activities"), Value: r.Printer.Number(t.Activities), Note: r.T("account.figure.done", "n", t.Done)},
			{Label: r.T("account.declaration.reached"), Value: r.Printer.Number(t.Reached), Note: r.T("account.declaration.once")},
			{Label: r.T("account.declaration.joint"), Value: r.Printer.Number(int64(len(t.Joint))), Note: r.T("account.declaration.joint.note")},
		}
	}
	v.Table = s.declarationTable(r, d)
	for _, x := range d.Signatures {
		v.Signatures = append(v.Signatures, ui.Answer{Question: x.Association.Name, Answer: strings.TrimSpace(r.Printer.Date(x.SignedOn) + " " + x.Decision)})
	}
	for _, a := range t.Joint {
		v.Joint = append(v.Joint, sharedDate(r, a))
	}
	v.JointIntro = r.T("account.declaration.joint.intro", "year", itoa(int64(clock.Today(s.Clock).Year)))
	return v
}

func (s *Pages) declarationTable(r *web.Request, d commitments.DeclarationPage) ui.Table {
	t := ui.Table{Caption: r.T("account.declaration.table"), Hidden: true, Wide: len(d.Signatures) > 3, Columns: []ui.Column{{Label: r.T("account.declaration.promise")}}}
	for _, x := range d.Signatures {
		t.Columns = append(t.Columns, ui.Column{Label: x.Association.ShortName})
	}
	for _, c := range d.Commitments {
		row := ui.Row{Cells: []ui.Cell{{Body: commitmentCell(itoa(c.Number), c.TitleIn(r.Lang()), c.Wording, textLang(r.Printer, c.TitleEn), r.T("account.declaration.whole"))}}}
		for _, x := range d.Signatures {
			cell := ui.Cell{Text: r.T("account.declaration.not_signed")}
			for _, p := range c.Pledges {
				if p.AssociationID == x.AssociationID {
					label := r.T("account.declaration.cell", "number", p.Number, "name", x.Association.ShortName)
					cell = ui.Cell{Body: stateCell(r.Printer, r.Of(x.Association, promisePath(d.Slug, p.Number)), label, ui.State(p.State))}
				}
			}
			row.Cells = append(row.Cells, cell)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
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
