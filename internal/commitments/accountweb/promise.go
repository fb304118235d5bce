package accountweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/core/textdiff"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// promiseView is one promise as its page shows it.
type promiseView struct {
	Page        ui.Page
	Kicker      string
	Title       string
	TitleLang   string
	State       ui.State
	Word        string
	Why         string
	Numbers     string
	Track       *chart.Track
	Successor   ui.Link
	Adopted     string // the wording in force, letter for letter
	AdoptedLine string
	Permalink   string
	Plain       string
	Changed     []ui.Change // from the wording before, when there is one
	Before      ui.Link
	Years       []yearLink
	StepsIntro  string
	Steps       []stepView
	Hidden      string
	Evidence    []evidenceView
	Facts       []ui.Answer
	Next        []ui.Dated
	Others      []otherView
	History     []eventView
	HistoryHref string
	Follow      string
	Rules       string
	Take        []ui.Link
}

// stepView is a milestone or an activity of the promise.
type stepView struct {
	When  period.When
	Title string
	Href  string
	State ui.State // "" for what was called off
	Word  string
	Notes []string
}

// evidenceView is a piece of evidence that anybody may see.
type evidenceView struct {
	Kind   string
	Title  string
	Value  string // a figure with its unit
	Body   string
	Link   ui.Link
	Source string
	Of     string // the step it shows
	Review string
	Own    bool // reviewed by the person who filed it
}

// otherView is the same promise at another association.
type otherView struct {
	Name  string
	Href  string
	State ui.State
	Word  string
	Diff  []ui.Change // nil when the wording is the same
}

// eventView is something that happened to a promise.
type eventView struct {
	Date  period.Date
	State ui.State
	Title string
	Text  string
	Href  string
	Diff  []ui.Change
}

// promise finds the promise an address speaks of.
func (s *Pages) promise(r *web.Request) (commitments.PromisePage, error) {
	number, err := strconv.Atoi(r.PathValue("number"))
	if err != nil || number < 1 || strconv.Itoa(number) != r.PathValue("number") {
		return commitments.PromisePage{}, errs.E(errs.NotFound, "error.not_found")
	}
	y, err := year(r)
	if err != nil {
		return commitments.PromisePage{}, err
	}
	return s.Ledger.PublicPromise(r.Context(), association(r), r.PathValue("declaration"), number, y)
}

func (s *Pages) promisePage(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, promisePage(s.promiseView(r, p)))
}

func (s *Pages) promiseView(r *web.Request, p commitments.PromisePage) promiseView {
	path := r.Path(promisePath(p.Slug, p.Number))
	title := p.TitleIn(r.Lang())
	v := promiseView{
		Page:        s.frame(r, title, r.T("account.promise.description", "number", p.Number, "name", association(r).Name, "wording", clip(p.Wording().Wording, 150))),
		Kicker:      r.T("account.promise.kicker", "number", p.Number, "declaration", p.Declaration.Title),
		Title:       title,
		TitleLang:   textLang(r.Printer, p.TitleEn),
		State:       ui.State(p.State),
		Word:        s.stateWord(r.Printer, p.Pledge),
		Why:         r.T("reason." + string(p.Reason)),
		Numbers:     s.promiseMeta(r.Printer, p.Promise, false),
		Adopted:     p.Wording().Wording,
		Permalink:   path + "/lydelse/" + itoa(p.WordingVersion),
		Steps:       s.steps(r, p),
		Evidence:    s.evidence(r, p),
		Facts:       s.promiseFacts(r, p),
		Others:      s.others(r, p),
		HistoryHref: path + "/historik",
		Follow:      r.Path("/folj") + "?lofte=" + p.ID.String(),
		Rules:       r.Top("/sa-raknas-laget"),
	}
	v.Page.Crumbs = []ui.Link{{Label: r.T("account.title"), Href: r.Path("/")}}
	v.Page.Card = path + "/kort.png"
	v.Page.Feeds = []ui.Feed{
		{Type: "application/atom+xml", Title: r.T("account.feed.promise", "title", title), Path: path + "/atom.xml"},
		{Type: "text/calendar", Title: r.T("account.feed.promise.calendar", "title", title), Path: path + "/kalender.ics"},
	}
	if progress.State(p.State) != progress.Replaced {
		t := monthTrack(r.Printer, "year", p.Year, p.Months)
		v.Track = &t
	}
	if p.ReplacedBy != nil {
		v.Successor = ui.Link{Label: p.ReplacedBy.TitleIn(r.Lang()), Href: r.Path(promisePath(p.ReplacedBy.Slug, p.ReplacedBy.Number))}
	}
	if r.Lang() != lang.English {
		v.Plain = p.Commitment.Plain
	}
	v.AdoptedLine = s.adoptedLine(r, p)
	if n := len(p.Wordings); n > 1 {
		v.Changed = changes(p.Wordings[1].Wording, p.Wordings[0].Wording)
		v.Before = ui.Link{Label: r.T("account.wording.before"), Href: path + "/lydelse/" + itoa(p.Wordings[1].Version)}
	}
	v.Years = yearLinks(r, promisePath(p.Slug, p.Number), p.Years, p.Year, clock.Today(s.Clock).Year)
	v.StepsIntro = r.T("account.steps.intro", "year", strconv.Itoa(p.Year))
	if p.Hidden > 0 {
		v.Hidden = r.T("account.steps.hidden", "n", p.Hidden)
	}
	for _, a := range p.Activities {
		if due := a.When(); a.Status != commitments.Cancelled && a.Status != commitments.Done && (!due.Dated() || !due.To.Before(clock.Today(s.Clock))) && len(v.Next) < 4 {
			v.Next = append(v.Next, s.dated(r, a))
		}
	}
	for i, h := range s.events(r, p, stateLines(p.History)) {
		if i == historyOnPage {
			break
		}
		v.History = append(v.History, h)
	}
	v.Take = []ui.Link{
		{Label: r.T("account.take.json"), Href: path + "/data.json"},
		{Label: r.T("account.take.calendar"), Href: path + "/kalender.ics"},
		{Label: r.T("account.take.atom"), Href: path + "/atom.xml"},
	}
	return v
}

const historyOnPage = 6

// adoptedLine says since when the wording stands, and by which decision.
func (s *Pages) adoptedLine(r *web.Request, p commitments.PromisePage) string {
	now := p.Wording()
	line := r.T("account.wording.since", "date", now.AdoptedOn)
	if len(p.Wordings) == 1 {
		line = r.T("account.wording.unchanged", "date", firstDay(p))
	}
	if now.Decision != "" {
		line += " " + r.T("account.wording.decision", "decision", now.Decision)
	}
	return line
}

// firstDay is the day the promise was signed; the document may have been entered here later.
func firstDay(p commitments.PromisePage) period.Date {
	if !p.Signature.SignedOn.IsZero() {
		return p.Signature.SignedOn
	}
	return p.AdoptedOn
}

func changes(before, after string) []ui.Change {
	kinds := [...]ui.ChangeKind{textdiff.Same: ui.Same, textdiff.Removed: ui.Removed, textdiff.Added: ui.Added}
	var list []ui.Change
	for _, run := range textdiff.Compare(before, after) {
		list = append(list, ui.Change{Kind: kinds[run.Kind], Text: run.Text})
	}
	return list
}

// steps lists milestones and activities of the year by their day; those whose day is not set come last.
func (s *Pages) steps(r *web.Request, p commitments.PromisePage) []stepView {
	type keyed struct {
		key string
		stepView
	}
	var list []keyed
	for _, m := range p.Milestones {
		if m.DueOn.Year != p.Year {
			continue
		}
		x := stepView{When: period.OnDay(m.DueOn), Title: m.Title, State: ui.State(m.State), Word: r.T("ui.step." + m.State), Notes: []string{r.T("account.step.milestone")}}
		if !m.WithdrawnOn.IsZero() {
			x.State, x.Word = "", r.T("account.step.withdrawn")
			x.Notes = append(x.Notes, m.WithdrawnReason)
		}
		list = append(list, keyed{m.DueOn.String(), x})
	}
	for _, a := range p.Activities {
		key := a.FromOn.String()
		if a.FromOn.IsZero() {
			key = "9999"
		}
		list = append(list, keyed{key, s.activityStep(r, a)})
	}
	slices.SortStableFunc(list, func(a, b keyed) int { return strings.Compare(a.key, b.key) })
	out := make([]stepView, len(list))
	for i, x := range list {
		out[i] = x.stepView
	}
	return out
}

// activityStep is an activity as a step.
func (s *Pages) activityStep(r *web.Request, a commitments.ActivityLine) stepView {
	x := stepView{When: a.When(), Title: a.Title, Href: r.Path("/aktiviteter/" + a.ID.String()), State: ui.State(a.State), Word: r.T("ui.step." + a.State)}
	note := r.T("kind." + a.Kind)
	if n := activityNote(r.Printer, a); n != "" {
		note += between + n
	}
	x.Notes = append(x.Notes, note)
	if n := a.CountedReach(); n != nil && *n > 0 {
		x.Notes = append(x.Notes, r.T("account.reached."+string(a.ReachedHow), "n", *n))
	}
	if a.Status == commitments.Cancelled {
		x.State, x.Word = "", r.T("account.step.cancelled")
	}
	if a.StatusReason != "" {
		x.Notes = append(x.Notes, r.T("account.step.because", "reason", a.StatusReason))
	}
	return x
}

// evidence lists what is accepted and public.
func (s *Pages) evidence(r *web.Request, p commitments.PromisePage) []evidenceView {
	var list []evidenceView
	for _, e := range p.Evidence {
		list = append(list, evidenceItem(r, e))
	}
	return list
}

func evidenceItem(r *web.Request, e commitments.EvidenceLine) evidenceView {
	x := evidenceView{Kind: r.T("evidence.kind." + string(e.Kind)), Title: e.Title, Body: e.Body, Own: e.OwnReview}
	switch e.Kind {
	case commitments.EvidenceLink:
		x.Link = ui.Link{Label: e.URL, Href: e.URL}
	case commitments.EvidenceFile:
		x.Link = ui.Link{Label: r.T("account.evidence.file", "name", e.FileName), Href: evidencePath(r, e)}
	case commitments.EvidenceFigure:
		if e.Figure != nil {
			x.Value = strings.TrimSpace(r.Printer.Number(*e.Figure) + " " + e.FigureUnit)
		}
		x.Source = r.T("account.evidence.source", "source", e.FigureSource)
	}
	if of := e.ActivityTitle + e.MilestoneTitle; of != "" && of != e.Title {
		x.Of = r.T("account.evidence.of", "title", of)
	}
	key := "account.evidence.reviewed"
	if e.OwnReview {
		key = "account.evidence.own"
	}
	x.Review = r.T(key, "filed", e.FiledOn, "reviewed", e.ReviewedOn)
	return x
}

// evidencePath is the address of a file: under the association that filed it.
func evidencePath(r *web.Request, e commitments.EvidenceLine) string {
	return r.Of(scope.Association{ID: e.AssociationID, Slug: e.Slug}, "/underlag/"+e.ID.String())
}

// promiseFacts is what is known about the promise besides its text.
func (s *Pages) promiseFacts(r *web.Request, p commitments.PromisePage) []ui.Answer {
	names := func(prefix string, codes []string) string {
		var list []string
		for _, c := range codes {
			list = append(list, r.T(prefix+c))
		}
		return r.Printer.List(list)
	}
	var facts []ui.Answer
	add := func(key, answer string) {
		if answer != "" {
			facts = append(facts, ui.Answer{Question: r.T("account.fact." + key), Answer: answer})
		}
	}
	add("forms", names("form.", p.Forms.Codes()))
	if p.Grounds == commitments.AllGrounds {
		add("grounds", r.T("account.fact.all_grounds"))
	} else {
		add("grounds", names("ground.", p.Grounds.Codes()))
	}
	add("extra_grounds", p.ExtraGrounds)
	add("period", span(r.Printer, p.PeriodFrom, p.PeriodTo))
	add("checkable", checkable(r, p.Pledge))
	add("ambition", r.T("ambition.about."+string(p.Ambition)))
	add("signed", strings.TrimSpace(r.Printer.Date(p.Signature.SignedOn)+" "+p.Signature.Decision))
	return facts
}

func span(p ui.Printer, from, to period.Date) string {
	switch {
	case from.IsZero() && to.IsZero():
		return ""
	case to.IsZero():
		return p.T("account.from", "date", from)
	case from.IsZero():
		return p.T("account.until", "date", to)
	}
	return p.When(period.Between(from, to))
}

// checkable says whether a third party can tell if the promise is kept, and by what.
func checkable(r *web.Request, p commitments.Pledge) string {
	key, codes, _ := strings.Cut(p.VerifiableReason, ":")
	if codes == "" || key != "found" && key != "missing" {
		return ""
	}
	var signs []string
	for _, c := range strings.Split(codes, ",") {
		if r.Printer.Has("account.sign." + c) {
			signs = append(signs, r.T("account.sign."+c))
		}
	}
	return r.T("account.fact.checkable."+key, "signs", r.Printer.List(signs))
}

func (s *Pages) others(r *web.Request, p commitments.PromisePage) []otherView {
	var list []otherView
	for _, o := range p.Others {
		x := otherView{Name: o.Association.Name, Href: r.Of(o.Association, promisePath(p.Slug, o.Number)), State: ui.State(o.State)}
		if !o.Same {
			x.Diff = changes(p.Wording().Wording, o.Wording)
		}
		list = append(list, x)
	}
	return list
}

func yearLinks(r *web.Request, path string, years []int, now, today int) []yearLink {
	years = slices.Clone(years)
	if !slices.Contains(years, now) {
		years = append(years, now)
	}
	slices.Sort(years)
	var list []yearLink
	for _, y := range years {
		href := r.Path(path)
		if y != today {
			href += "?ar=" + strconv.Itoa(y)
		}
		list = append(list, yearLink{Label: strconv.Itoa(y), Href: href, Now: y == now})
	}
	return list
}

// clip shortens a text to about n characters, at a word.
func clip(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		s = string(runes[:n])
		if i := strings.LastIndexByte(s, ' '); i > 0 {
			s = s[:i]
		}
		return s + " …"
	}
	return s
}
