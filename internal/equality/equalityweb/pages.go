// Package equalityweb holds the pages about equality: what the figures that were published to the office say of women and men, younger and older, places
// and initiatives; the differences that were taken on; and what the association publishes to everybody.
package equalityweb

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// Locale holds the texts of these pages.
//
//go:embed locale
var Locale embed.FS

// Needs is what the pages are built of.
type Needs struct {
	Equality *equality.Service
	Frame    func(r *web.Request, title string) ui.Page
	// Serve files a note of a case as evidence for the promise it serves: its file, its link or its words.
	Serve func(r *web.Request, association scope.Association, promise id.ID, title string, note equality.CaseNote, public bool) error
	// OrgNumber is the ten digits by which the association is known as a publisher of data, "" where it has not said them.
	OrgNumber func(r *web.Request) (string, error)
	// Evidence leads to where the evidence of a promise is listed.
	Evidence func(r *web.Request, promise id.ID) ui.Link
	// File sends a stored file.
	File func(w http.ResponseWriter, r *web.Request, file id.ID) error
	// Groups lists the groups of associations that this one is or was in, as what the reader may see of them.
	Groups func(r *web.Request) ([]ui.Link, error)
	// Scopes gives the short names of all associations.
	Scopes func(r *web.Request) (map[id.ID]string, error)
}

// Pages answers the addresses.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages { return &Pages{n} }

// Routes is the site map of these pages.
func (s *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	return append(s.together(), []web.Route{
		{Method: get, Path: "/jamlikhet", Allow: access.EqualityRead, Handle: s.overview, Title: "equalityweb.title"},
		{Method: get, Path: "/jamlikhet/publicera", Allow: access.EqualityManage, Handle: s.preparePage, Title: "equalityweb.prepare"},
		{Method: post, Path: "/jamlikhet/publicera", Allow: access.EqualityManage, Handle: s.prepare},
		{Method: get, Path: "/jamlikhet/arenden/{case}", Allow: access.EqualityRead, Handle: s.casePage},
		{Method: post, Path: "/jamlikhet/arenden/{case}", Allow: access.EqualityWrite, Handle: s.write, Body: equality.MaxFile + 1<<20},
		{Method: get, Path: "/jamlikhet/arenden/{case}/filer/{note}", Allow: access.EqualityRead, Handle: s.file},
		{Method: post, Path: "/jamlikhet/arenden/{case}/underlag", Allow: access.EqualityManage, Handle: s.serve},
		{Method: get, Path: "/jamlikhet/jamforelser", Allow: access.EqualityRead, Handle: s.declared, Title: "equalityweb.declared"},
		{Method: get, Path: "/jamlikhet/jamforelser/ny", Allow: access.EqualityManage, Handle: s.declarePage, Title: "equalityweb.declare"},
		{Method: post, Path: "/jamlikhet/jamforelser/ny", Allow: access.EqualityManage, Handle: s.declare},
		{Method: post, Path: "/jamlikhet/jamforelser/{comparison}/ta-bort", Allow: access.EqualityManage, Handle: s.revoke},
		{Method: get, Path: "/jamlikhet/{comparison}", Allow: access.EqualityRead, Handle: s.comparison, Sample: []string{"/jamlikhet/soon-sex", "/jamlikhet/work-municipality"}},
		{Method: post, Path: "/jamlikhet/{comparison}", Allow: access.EqualityManage, Handle: s.takeOn},
		{Method: get, Path: "/statistik", Allow: access.Public, Handle: s.releases, Title: "equalityweb.releases"},
		{Method: get, Path: "/statistik/katalog.jsonld", Allow: access.Public, Handle: s.catalogueJSON},
		{Method: get, Path: "/statistik/katalog.rdf", Allow: access.Public, Handle: s.catalogueRDF},
		{Method: get, Path: "/statistik/{number}", Allow: access.Public, Handle: s.release},
		{Method: post, Path: "/statistik/{number}/godkann", Allow: access.EqualityApprove, Handle: s.approve},
		{Method: post, Path: "/statistik/{number}/dra-tillbaka", Allow: access.EqualityManage, Handle: s.withdraw},
		{Method: get, Path: "/statistik/{number}/tabeller.csv", Allow: access.Public, Handle: s.csv},
		{Method: get, Path: "/statistik/{number}/tabeller.json", Allow: access.Public, Handle: s.json},
	}...)
}

func (s *Pages) frame(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Crumbs = way
	return p
}

func (s *Pages) inside(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.frame(r, title, way...)
	p.Robots = "noindex"
	return p
}

func home(r *web.Request) ui.Link {
	return ui.Link{Label: r.T("equalityweb.title"), Href: r.Path("/jamlikhet")}
}

func may(r *web.Request, act actor.Action, owner id.ID) bool {
	return access.May(r.Actor, act, access.Object{Association: r.Association.ID, Owner: owner})
}

// onForm tells whether an error is to be shown on the form it came from.
func onForm(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Refused, errs.Conflict:
		return err != nil
	}
	return false
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// inWords is a half-year or month in words.
func inWords(p ui.Printer, block string) string {
	b, err := period.ParseBlock(block)
	if err != nil {
		return block
	}
	return p.T("equalityweb.through", "date", b.Last())
}

type overviewView struct {
	ui.Page
	Head     ui.PageHead
	Prepare  string
	Groups   []ui.Entry
	Voices   []ui.Entry
	Heard    string
	Offers   []withinView
	Spreads  []ui.Entry
	Few      []ui.Entry // spreads with too few units to be shown
	Cases    []ui.Entry
	Releases []ui.Entry
	Together []ui.Entry
	Ask      string // others to look together
	Declared ui.Link
	Tests    string
	Behind   []string
	Empty    ui.EmptyState
}

// badge says a verdict by shape and word. A difference to look into is a question, not a fault.
func badge(w equality.Words, f equality.Finding) templ.Component {
	state := map[equality.Verdict]ui.State{equality.Difference: ui.NoEvidence, equality.Chance: ui.Limited, equality.TooLittle: ui.NotStarted, equality.Alike: ui.Complete, equality.TooSmall: ui.NotStarted}[f.Verdict]
	return ui.StateBadge(w.Printer, state, w.Headline(f))
}

func spreadBadge(w equality.Words, x equality.Scatter) templ.Component {
	switch {
	case !x.OK():
		return ui.StateBadge(w.Printer, ui.NotStarted, w.T("equality.verdict.too_small"))
	case len(x.Outside()) > 0:
		return ui.StateBadge(w.Printer, ui.NoEvidence, w.T("equality.verdict.difference"))
	}
	return ui.StateBadge(w.Printer, ui.Complete, w.T("equalityweb.inside_all"))
}

func sentences(list ...string) string { return strings.Join(compact(list...), " ") }

func (s *Pages) overview(w http.ResponseWriter, r *web.Request) error {
	ctx, at := r.Context(), r.Scope()
	b, err := s.Equality.Basis(ctx, r.Actor, at.ID)
	if err != nil {
		return err
	}
	v := overviewView{Page: s.inside(r, r.T("equalityweb.title")), Head: ui.PageHead{Title: r.T("equalityweb.title"), Lead: r.T("equalityweb.lead")}}
	if v.Together, err = s.groups(r); err != nil {
		return err
	}
	if len(v.Together) == 0 && may(r, access.EqualityManage, id.None) {
		v.Ask = r.Path("/siffror/tillsammans")
	}
	voices, tests, err := s.Equality.Voices(ctx, r.Actor, at.ID)
	if err != nil {
		return err
	}
	for _, x := range voices {
		w := b.Words(r.Printer)
		v.Voices, v.Heard = append(v.Voices, ui.Entry{Title: w.VoiceTitle(x), Href: r.Path(x.Path), Note: w.Voice(x), Badge: badge(w, x.Finding)}), w.VoiceTests(tests)
	}
	if b.Empty() {
		v.Empty = ui.EmptyState{Title: r.T("equalityweb.empty.title"), Text: r.T("equalityweb.empty"), Action: ui.Link{Label: r.T("equalityweb.empty.do"), Href: r.Path("/siffror")}}
		return r.Render(w, http.StatusOK, overviewPage(v))
	}
	words, report := b.Words(r.Printer), b.Examine()
	v.Tests = sentences(words.Declared(report), words.Tests(report))
	v.Declared = ui.Link{Label: r.T("equalityweb.declared.link"), Href: r.Path("/jamlikhet/jamforelser")}
	for _, f := range report.Findings {
		v.Groups = append(v.Groups, ui.Entry{Title: words.Title(f.Code), Href: r.Path("/jamlikhet/" + f.Code), Note: sentences(words.Rates(f), words.Coverage(f)), Badge: badge(words, f)})
	}
	for i, o := range report.Offers {
		v.Offers = append(v.Offers, offer(words, o, i == 0))
	}
	for _, x := range report.Spreads {
		e := ui.Entry{Title: words.Title(x.Code), Href: r.Path("/jamlikhet/" + x.Code), Note: sentences(words.Scattered(x)+".", words.Whole(x), words.CoverageOf(x.Whole)), Badge: spreadBadge(words, x)}
		if x.OK() {
			v.Spreads = append(v.Spreads, e)
		} else {
			v.Few = append(v.Few, e)
		}
	}
	v.Behind = words.Behind(b.Of[equality.Left])
	if v.Behind == nil {
		v.Behind = words.Behind(b.Of[equality.Began])
	}
	cases, err := s.Equality.Cases(ctx, r.Actor, at.ID)
	if err != nil {
		return err
	}
	for _, c := range cases {
		v.Cases = append(v.Cases, ui.Entry{Title: words.Title(c.Comparison), Href: r.Path("/jamlikhet/arenden/" + c.ID.String()), Note: s.state(r, c)})
	}
	if v.Releases, err = s.entries(r); err != nil {
		return err
	}
	if may(r, access.EqualityManage, id.None) {
		v.Prepare = r.Path("/jamlikhet/publicera")
	}
	return r.Render(w, http.StatusOK, overviewPage(v))
}

// state says where a case stands, who has it and until when.
func (s *Pages) state(r *web.Request, c equality.CaseView) string {
	parts := []string{r.T("equalityweb.step." + string(c.Step)), c.Owner}
	switch {
	case c.Step == equality.Closed:
		parts = append(parts, r.Printer.Date(c.ClosedOn))
	case !c.DueOn.IsZero():
		parts = append(parts, r.T("equalityweb.due.until", "date", c.DueOn))
	}
	return i18n.Upper(strings.Join(parts, " · "))
}

// comparisonView is one comparison or spread.
type comparisonView struct {
	ui.Page
	Head     ui.PageHead
	Errors   ui.FormErrors
	Badge    templ.Component
	Coverage string
	Beside   []ui.Figure // the difference when all are taken together, beside those within
	Turns    []string
	Crude    string // what the first part is called
	Picture  picture
	Open     bool     // the picture's twin stands open: it holds the names that the picture has numbers for
	Lines    []string // what is told, sentence by sentence
	Means    string
	Within   []withinView
	Crossing *crossingView
	Periods  *ui.Table
	Hides    []string
	Case     ui.Link
	Take     *takeView
}

type withinView struct {
	Anchor, Title, Why string
	Lines              []string
	Picture            picture
}

type crossingView struct {
	Lines []string
	Table ui.Table
}

type takeView struct {
	Form             ui.Form
	Owners, Promises []ui.Option
	Due              string
}

func (s *Pages) comparison(w http.ResponseWriter, r *web.Request) error {
	return s.showComparison(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showComparison(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	b, err := s.Equality.Basis(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	code := r.PathValue("comparison")
	words, report := b.Words(r.Printer), b.Examine()
	if x, ok := report.Scatter(code); ok {
		v := s.spreadView(r, words, x)
		v.Errors = ui.ErrorsOf(r.Printer, fault)
		v.Faulty = len(v.Errors) > 0
		v.Hides = append(v.Hides, words.Behind(b.Of[x.Source])...)
		if err := s.next(r, code, form, &v); err != nil {
			return err
		}
		return r.Render(w, status, comparisonPage(v))
	}
	f, ok := report.Finding(code)
	if !ok {
		return errs.E(errs.NotFound, "error.not_found")
	}
	v := comparisonView{Page: s.inside(r, words.Title(code), home(r)), Head: ui.PageHead{Title: words.Title(code), Lead: words.Rates(f)}, Badge: badge(words, f), Coverage: words.Coverage(f), Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty = len(v.Errors) > 0
	title := words.Crude(f)
	if f.Verdict == equality.TooSmall {
		title = words.Rates(f)
	}
	v.Crude = r.T("equalityweb.crude")
	v.Picture = shares(words, f.All, f.Variable, "grupper", title, true)
	v.Beside, v.Turns = beside(words, f)
	v.Means = r.T("equality.means." + string(f.Verdict))
	v.Lines = compact(words.Needs(f), words.Declared(report)+" "+words.Tests(report))
	for _, x := range f.Within {
		v.Within = append(v.Within, within(words, f, x))
	}
	v.Crossing = crossing(words, f)
	v.Periods = periods(words, f)
	if f.Own() {
		v.Hides = append(v.Hides, r.T("equalityweb.own", "date", f.On, "why", f.Why))
	}
	v.Hides = append(v.Hides, words.Behind(b.Of[f.Source])...)
	v.Hides = append(v.Hides, words.What(code), r.T("equalityweb.unknown"), r.T("equalityweb.hidden", "threshold", report.Threshold), r.T("equalityweb.method", "method", equality.Method))
	if err := s.next(r, code, form, &v); err != nil {
		return err
	}
	return r.Render(w, status, comparisonPage(v))
}

// next is the case that is open, or the form that takes the difference on.
func (s *Pages) next(r *web.Request, code string, form *web.Form, v *comparisonView) error {
	cases, err := s.Equality.Cases(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(cases, func(c equality.CaseView) bool { return c.Comparison == code && c.Step != equality.Closed }); i >= 0 {
		v.Case = ui.Link{Label: r.T("equalityweb.case.open", "state", s.state(r, cases[i])), Href: r.Path("/jamlikhet/arenden/" + cases[i].ID.String())}
	} else if may(r, access.EqualityManage, id.None) {
		v.Take, err = s.take(r, form)
	}
	return err
}

func (s *Pages) take(r *web.Request, form *web.Form) (*takeView, error) {
	at := r.Scope()
	t := &takeView{Form: ui.Form{Action: r.Path("/jamlikhet/" + r.PathValue("comparison")), Key: id.New().String()}}
	owner, promise := r.Actor.Account.String(), ""
	if form != nil {
		owner, promise, t.Due = form.Values.Get("owner"), form.Values.Get("promise"), form.Values.Get("due")
	}
	people, err := s.Equality.People(r.Context(), at.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		t.Owners = append(t.Owners, ui.Option{Value: p.ID.String(), Label: p.Name, On: p.ID.String() == owner})
	}
	list, err := s.Equality.Promises(r.Context(), at.ID)
	for _, p := range list {
		t.Promises = append(t.Promises, ui.Option{Value: p.ID.String(), Label: p.Label, On: p.ID.String() == promise})
	}
	return t, err
}

func (s *Pages) takeOn(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	owner, promise, due := f.ID("owner"), f.ID("promise"), f.Date("due")
	if err := f.Err(); err != nil {
		return s.showComparison(w, r, web.Status(err), f, err)
	}
	made, err := s.Equality.TakeOn(r.Context(), r.Actor, r.Scope().ID, r.PathValue("comparison"), owner, promise, due)
	if onForm(err) {
		return s.showComparison(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/arenden/"+made.String())+"?klart=equality_taken_on")
}

func compact(list ...string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
