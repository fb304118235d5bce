package accountweb

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// declarationView is a declaration with what became of it. What is owed stands above the table and not in it: by number, the table reads as the
// text that was signed.
type declarationView struct {
	Page         ui.Page
	Title        string
	Lead         string
	Edition      string // which edition it is and when it is in force
	Replaces     ui.Link
	ReplacedBy   []ui.Link
	Preamble     []string
	About        []string // in easy-read Swedish or English
	Figures      []ui.Figure
	Overdue      []ui.Entry // promises with something owed, the oldest first
	OverdueIntro string
	Kept         string       // progress in words
	Progress     *chart.Stack // and in a picture; nil when no promise is in force
	Table        ui.Table
	Signatures   []ui.Answer
	Next         []ui.Dated
	Joint        []ui.Dated // of those that several hold, what is ahead
	Earlier      []ui.Dated // and what has been, the latest first
	JointIntro   string
	Rounds       []ui.Dated // published follow-ups of those who signed
	History      []eventView
	Take         []ui.Link
}

// commitmentView is a commitment in the table.
type commitmentView struct {
	Number, Title, Lang string
	Wording             string    // that of its home when it was adopted
	Reworded            []ui.Link // to those that have adopted a later wording
	OwnWording          []ui.Link // to those that signed it in other words
}

const (
	declarationDates   = 6
	declarationHistory = 12 // of the changes read; the data hold them all
)

func (s *Pages) declaration(w http.ResponseWriter, r *web.Request) error {
	ctx := r.Context()
	d, err := s.Ledger.DeclarationBySlug(ctx, r.PathValue("slug"))
	if err != nil {
		return err
	}
	t, err := s.Ledger.Together(ctx, d.Ref(), clock.Today(s.Clock).Year)
	if err != nil {
		return err
	}
	ahead, err := s.Ledger.DeclarationAhead(ctx, d.Ref(), declarationDates)
	if err != nil {
		return err
	}
	states, wordings, err := s.Ledger.DeclarationChanges(ctx, d.Ref(), changesOfDeclaration)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(ctx, d.Signatories()...)
	if err != nil {
		return err
	}
	v := s.declarationView(r, d, t)
	for _, a := range ahead {
		v.Next = append(v.Next, sharedDate(r, a))
	}
	v.History = s.declarationEvents(r, d, states, wordings)
	v.Rounds = s.followUps(r, rounds, true)
	return r.Render(w, http.StatusOK, declarationPage(v))
}

func (s *Pages) declarationView(r *web.Request, d commitments.DeclarationPage, t commitments.Together) declarationView {
	var who []string
	for _, x := range d.Signatures {
		who = append(who, x.Association.ShortName)
	}
	path := r.Top(declarationPath(d.Slug))
	v := declarationView{Title: d.Title, Preamble: paragraphs(d.Preamble), Lead: r.T("account.declaration.lead", "n", len(d.Commitments), "who", r.Printer.List(who)), Edition: editionLine(r, d.Declaration)}
	v.Page = s.frame(r, d.Title, v.Lead)
	v.Page.Crumbs = []ui.Link{{Label: r.T("account.portal.title"), Href: r.Top("/")}}
	switch r.Lang().Tag() {
	case "en":
		v.About = paragraphs(d.AboutEn)
	case "sv-simple":
		v.About = paragraphs(d.AboutSimple)
	}
	if d.Replaces != nil {
		v.Replaces = ui.Link{Label: d.Replaces.Title, Href: r.Top(declarationPath(d.Replaces.Slug))}
	}
	for _, x := range d.SupersededBy {
		v.ReplacedBy = append(v.ReplacedBy, ui.Link{Label: x.Title, Href: r.Top(declarationPath(x.Slug))})
	}
	if t.Activities > 0 {
		v.Figures = []ui.Figure{
			{Label: r.T("account.figure.activities"), Value: r.Printer.Number(t.Activities), Note: r.T("account.figure.done", "n", t.Done)},
			{Label: r.T("account.declaration.reached"), Value: r.Printer.Number(t.Reached), Note: r.T("account.declaration.once")},
			{Label: r.T("account.declaration.joint"), Value: r.Printer.Number(int64(len(t.Joint))), Note: r.T("account.declaration.joint.note")},
		}
	}
	v.Overdue, v.OverdueIntro = s.declarationOverdue(r, d)
	v.Kept, v.Progress = declarationProgress(r, d)
	v.Table = s.declarationTable(r, d)
	for _, x := range d.Signatures {
		v.Signatures = append(v.Signatures, ui.Answer{Question: x.Association.Name, Answer: strings.TrimSpace(r.Printer.Date(x.SignedOn) + " " + x.Decision)})
	}
	today := clock.Today(s.Clock)
	for _, a := range t.Joint {
		if a.Status == commitments.Done || !a.ToOn.IsZero() && a.ToOn.Before(today) {
			v.Earlier = append(v.Earlier, sharedDate(r, a))
		} else {
			v.Joint = append(v.Joint, sharedDate(r, a))
		}
	}
	slices.Reverse(v.Earlier)
	v.JointIntro = r.T("account.declaration.joint.intro", "year", itoa(int64(today.Year)))
	v.Take = []ui.Link{
		{Label: r.T("account.take.promises"), Href: path + "/loften.csv"},
		{Label: r.T("account.take.json"), Href: path + "/data.json"},
		{Label: r.T("account.take.about"), Href: r.Top("/oppna-data")},
	}
	return v
}

// editionLine says which edition a declaration is and when it is in force.
func editionLine(r *web.Request, d commitments.Declaration) string {
	line := r.T("account.declaration.edition", "n", d.Edition)
	if in := span(r.Printer, d.PeriodFrom, d.PeriodTo); in != "" {
		line += between + r.T("account.declaration.period", "period", in)
	}
	return line
}

// declarationOverdue lists what is owed, the oldest first, and says how much it is.
func (s *Pages) declarationOverdue(r *web.Request, d commitments.DeclarationPage) ([]ui.Entry, string) {
	type owed struct {
		commitments.PledgeLine
		title string
	}
	var list []owed
	for _, c := range d.Commitments {
		for _, p := range c.Pledges {
			if progress.State(p.State).Overdue() {
				list = append(list, owed{p, c.TitleIn(r.Lang())})
			}
		}
	}
	slices.SortStableFunc(list, func(a, b owed) int {
		return cmp.Or(cmp.Compare(a.OverdueSince.String(), b.OverdueSince.String()), cmp.Compare(a.Number, b.Number))
	})
	if len(list) == 0 {
		return nil, r.T("account.declaration.overdue.none")
	}
	out := make([]ui.Entry, len(list))
	for i, p := range list {
		out[i] = ui.Entry{Title: r.T("account.activity.serves", "number", p.Number, "title", p.title), Href: r.Of(p.Association, promisePath(d.Slug, p.Number)), Note: p.Association.ShortName,
			Badge: ui.StateBadge(r.Printer, ui.State(p.State), s.stateWord(r.Printer, p.Pledge))}
	}
	return out, r.T("account.declaration.overdue.intro", "n", len(list))
}

// declarationProgress says and draws how many of the promises are kept, each counted at each association that made it.
func declarationProgress(r *web.Request, d commitments.DeclarationPage) (string, *chart.Stack) {
	var kept, begun, waiting, owed int
	for _, c := range d.Commitments {
		for _, p := range c.Pledges {
			switch state := progress.State(p.State); {
			case state == progress.Replaced:
			case state.Kept():
				kept++
			case state.Overdue():
				owed++
			case state == progress.NotStarted:
				waiting++
			default:
				begun++
			}
		}
	}
	all := kept + begun + waiting + owed
	if all == 0 {
		return r.T("account.declaration.kept.none"), nil
	}
	said := r.T("account.declaration.kept", "n", all, "k", kept)
	if len(d.Signatures) > 1 {
		said = r.T("account.declaration.kept.all", "n", all, "k", kept)
	}
	stack := chart.Stack{Header: [2]string{r.T("account.declaration.part"), r.T("account.declaration.count")}}
	var words []string
	for _, x := range []struct {
		key   string
		state chart.State
		n     int
	}{{"kept", chart.Done, kept}, {"begun", chart.Partly, begun}, {"waiting", chart.Planned, waiting}, {"owed", chart.Late, owed}} {
		if x.n > 0 {
			name := r.T("account.declaration.part." + x.key)
			stack.Parts = append(stack.Parts, chart.Part{State: x.state, Name: name, N: x.n})
			words = append(words, itoa(int64(x.n))+" "+name)
		}
	}
	stack.Frame = chart.Frame{ID: "framsteg", Title: r.T("account.declaration.picture", "list", r.Printer.List(words))}
	return said, &stack
}

func (s *Pages) declarationTable(r *web.Request, d commitments.DeclarationPage) ui.Table {
	t := ui.Table{Caption: r.T("account.declaration.table"), Hidden: true, Wide: len(d.Signatures) > 3, Columns: []ui.Column{{Label: r.T("account.declaration.promise")}}}
	for _, x := range d.Signatures {
		t.Columns = append(t.Columns, ui.Column{Label: x.Association.ShortName})
	}
	for _, c := range d.Commitments {
		view := commitmentView{Number: itoa(c.Number), Title: c.TitleIn(r.Lang()), Lang: textLang(r.Printer, c.TitleEn), Wording: c.Wording}
		view.Reworded, view.OwnWording = otherWordings(r, d.Slug, c)
		row := ui.Row{Cells: []ui.Cell{{Body: commitmentCell(view, r.T("account.declaration.whole"))}}}
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

// otherWordings leads to each association whose wording in force is not the one the declaration shows: those that have adopted a later one, and
// those that signed it in other words.
func otherWordings(r *web.Request, slug string, c commitments.CommitmentLine) (reworded, own []ui.Link) {
	for _, p := range c.Pledges {
		path := r.Of(p.Association, promisePath(slug, p.Number))
		switch {
		case p.Reworded():
			reworded = append(reworded, ui.Link{Label: r.T("account.declaration.reworded", "name", p.Association.ShortName, "date", p.InForce.AdoptedOn), Href: path + "/historik"})
		case p.InForce.Wording != c.Wording:
			own = append(own, ui.Link{Label: r.T("account.declaration.own_wording", "name", p.Association.ShortName), Href: path})
		}
	}
	return reworded, own
}

// declarationEvents joins signatures, changes of state and later wordings, the newest first.
func (s *Pages) declarationEvents(r *web.Request, d commitments.DeclarationPage, states []commitments.ChangeLine, wordings []commitments.WordingLine) []eventView {
	names := map[id.ID]scope.Association{}
	var list []eventView
	title := func(of id.ID, number int64, what string) string {
		return r.T("account.declaration.event", "name", names[of].ShortName, "number", number, "what", what)
	}
	for _, x := range d.Signatures {
		names[x.AssociationID] = x.Association
	}
	for _, c := range states {
		list = append(list, eventView{Date: c.ChangedOn, State: ui.State(c.ToState), Href: r.Of(names[c.AssociationID], promisePath(d.Slug, c.Number)+"/historik"), Text: r.T("reason." + c.Reason),
			Title: title(c.AssociationID, c.Number, r.T("account.declaration.event.state", "state", r.T("ui.state."+c.ToState)))})
	}
	for _, c := range wordings {
		list = append(list, eventView{Date: c.AdoptedOn, Href: r.Of(names[c.AssociationID], promisePath(d.Slug, c.Number)+"/lydelse/"+itoa(c.Version)), Text: c.Reason,
			Title: title(c.AssociationID, c.Number, r.T("account.declaration.event.wording"))})
	}
	for _, x := range d.Signatures {
		list = append(list, eventView{Date: x.SignedOn, Title: r.T("account.declaration.event.signed", "name", x.Association.ShortName), Text: x.Decision})
	}
	return newestFirst(list, func(e eventView) string { return e.Date.String() }, declarationHistory)
}
