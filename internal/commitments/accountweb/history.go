package accountweb

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"

	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// historyView is everything that happened to a promise.
type historyView struct {
	Page   ui.Page
	Kicker string
	Intro  string
	Proof  proofView
	Events []eventView
}

func stateLines(list []commitments.StateChange) []commitments.HistoryLine {
	out := make([]commitments.HistoryLine, len(list))
	for i, c := range list {
		out[i].StateChange = c
	}
	return out
}

// events joins changes of state and wordings, the newest first.
func (s *Pages) events(r *web.Request, p commitments.PromisePage, lines []commitments.HistoryLine) []eventView {
	var list []eventView
	for _, c := range lines {
		x := eventView{Date: c.ChangedOn, State: ui.State(c.ToState)}
		if c.MilestoneTitle != "" {
			x.Title = r.T("account.history.step", "title", c.MilestoneTitle, "state", r.T("ui.step."+c.ToState))
		} else {
			x.Title = r.T("account.history.state", "from", r.T("ui.state."+c.FromState), "to", r.T("ui.state."+c.ToState))
			x.Text = r.T("reason." + c.Reason)
		}
		list = append(list, x)
	}
	for i, w := range p.Wordings {
		x := eventView{Date: w.AdoptedOn, Href: r.Path(promisePath(p.Slug, p.Number)) + "/lydelse/" + itoa(w.Version)}
		if i+1 < len(p.Wordings) {
			x.Title, x.Text, x.Diff = r.T("account.history.wording"), w.Reason, changes(p.Wordings[i+1].Wording, w.Wording)
		} else {
			x.Date, x.Title, x.Text = firstDay(p), r.T("account.history.adopted"), w.Decision
		}
		list = append(list, x)
	}
	slices.SortStableFunc(list, func(a, b eventView) int { return cmp.Compare(b.Date.String(), a.Date.String()) })
	return list
}

// changesOfDeclaration is how much of its history a declaration's data hold; each promise has its own, whole.
const changesOfDeclaration = 20

// newestFirst sorts by day and keeps the n newest.
func newestFirst[T any](list []T, day func(T) string, n int) []T {
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(day(b), day(a)) })
	return list[:min(n, len(list))]
}

func (s *Pages) history(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	lines, err := s.Ledger.PromiseHistory(r.Context(), association(r), p.Pledge)
	if err != nil {
		return err
	}
	title := p.TitleIn(r.Lang())
	v := historyView{Page: s.frame(r, r.T("account.history.of", "title", title), r.T("account.history.intro")), Kicker: title, Intro: r.T("account.history.intro"), Events: s.events(r, p, lines)}
	v.Page.Crumbs = promiseCrumbs(r, p)
	if v.Proof, err = s.provenText(r, p, p.Wording(), true); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, historyPage(v))
}

func promiseCrumbs(r *web.Request, p commitments.PromisePage) []ui.Link {
	return []ui.Link{{Label: r.T("account.title"), Href: r.Path("/")}, {Label: r.T("account.promise.short", "number", p.Number), Href: r.Path(promisePath(p.Slug, p.Number))}}
}

// wordingView is one wording of a promise, at an address that never changes.
type wordingView struct {
	Page     ui.Page
	Kicker   string
	Title    string
	Text     string
	Line     string
	Reason   string
	InForce  string
	Superior ui.Link // the wording in force, when this one is not
	Changed  []ui.Change
	Proof    proofView
}

func (s *Pages) wording(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Wordings, func(w commitments.Wording) bool { return itoa(w.Version) == r.PathValue("version") })
	if i < 0 {
		return errs.E(errs.NotFound, "error.not_found")
	}
	x := p.Wordings[i]
	v := wordingView{Kicker: r.T("account.promise.kicker", "number", p.Number, "declaration", p.Declaration.Title), Title: r.T("account.wording.title", "version", strconv.Itoa(int(x.Version))), Text: x.Wording, Reason: x.Reason}
	v.Page = s.frame(r, v.Title, clip(x.Wording, 150))
	v.Page.Crumbs = promiseCrumbs(r, p)
	adopted := x.AdoptedOn
	if i == len(p.Wordings)-1 {
		adopted = firstDay(p)
	}
	v.Line = r.T("account.wording.adopted", "date", adopted)
	if x.Decision != "" {
		v.Line += " " + r.T("account.wording.decision", "decision", x.Decision)
	}
	if i == 0 {
		v.InForce = r.T("account.wording.in_force")
	} else {
		v.InForce = r.T("account.wording.superseded", "date", p.Wordings[i-1].AdoptedOn)
		v.Superior = ui.Link{Label: r.T("account.wording.current"), Href: r.Path(promisePath(p.Slug, p.Number))}
	}
	if i+1 < len(p.Wordings) {
		v.Changed = changes(p.Wordings[i+1].Wording, x.Wording)
	}
	if v.Proof, err = s.provenText(r, p, x, i == 0); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, wordingPage(v))
}
