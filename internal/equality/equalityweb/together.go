package equalityweb

import (
	"net/http"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// together are the routes of what several associations see and publish together.
func (s *Pages) together() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/jamlikhet/tillsammans/{group}", Allow: access.EqualityRead, Handle: s.jointOverview},
		{Method: get, Path: "/jamlikhet/tillsammans/{group}/publicera", Allow: access.EqualityManage, Handle: s.jointPreparePage},
		{Method: post, Path: "/jamlikhet/tillsammans/{group}/publicera", Allow: access.EqualityManage, Handle: s.jointPrepare},
		{Method: get, Path: "/jamlikhet/tillsammans/{group}/{comparison}", Allow: access.EqualityRead, Handle: s.jointComparison},
		{Method: get, Path: "/gemensam-statistik/{release}", Allow: access.Public, Handle: s.jointRelease},
		{Method: post, Path: "/gemensam-statistik/{release}/godkann", Allow: access.EqualityApprove, Handle: s.jointApprove},
		{Method: post, Path: "/gemensam-statistik/{release}/dra-tillbaka", Allow: access.EqualityManage, Handle: s.jointWithdraw},
		{Method: get, Path: "/gemensam-statistik/{release}/tabeller.csv", Allow: access.Public, Handle: s.jointCSV},
		{Method: get, Path: "/gemensam-statistik/{release}/tabeller.json", Allow: access.Public, Handle: s.jointJSON},
	}
}

func groupOf(r *web.Request) (id.ID, error) { return pathed(r, "group") }

func pathed(r *web.Request, name string) (id.ID, error) {
	x, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return x, nil
}

func (s *Pages) joint(r *web.Request) (equality.JointBasis, string, error) {
	group, err := groupOf(r)
	if err != nil {
		return equality.JointBasis{}, "", err
	}
	b, err := s.Equality.Together(r.Context(), r.Actor, r.Scope().ID, group)
	return b, r.Path("/jamlikhet/tillsammans/" + group.String()), err
}

// whose lists the associations that joint figures are about.
func whose(r *web.Request, b equality.JointBasis) string {
	var list []string
	for _, m := range b.Members {
		list = append(list, m.ShortName)
	}
	return r.Printer.List(list)
}

type jointView struct {
	ui.Page
	Head            ui.PageHead
	Prepare         string
	Groups, Spreads []ui.Entry
	Releases        []ui.Entry
	Tests           string
	Behind          []string
	Agreement       ui.Link
	Empty           ui.EmptyState
}

func (s *Pages) jointOverview(w http.ResponseWriter, r *web.Request) error {
	b, here, err := s.joint(r)
	if err != nil {
		return err
	}
	agreement := ui.Link{Label: r.T("equalityweb.joint.agreement"), Href: r.Path("/siffror/tillsammans/" + b.Group.ID.String())}
	v := jointView{Page: s.inside(r, b.Group.Name, home(r)), Head: ui.PageHead{Kicker: r.T("equalityweb.joint"), Title: b.Group.Name}, Agreement: agreement}
	if b.Empty() {
		v.Empty = ui.EmptyState{Title: r.T("equalityweb.joint.empty.title"), Text: r.T("equalityweb.joint.empty"), Action: agreement}
		return r.Render(w, http.StatusOK, jointPage(v))
	}
	v.Head.Lead = r.T("equalityweb.joint.lead", "names", whose(r, b), "period", inWords(r.Printer, b.Through()))
	words, report := b.Words(r.Printer), b.Examine()
	v.Tests = sentences(words.Declared(report), words.Tests(report))
	for _, f := range report.Findings {
		v.Groups = append(v.Groups, ui.Entry{Title: words.Title(f.Code), Href: here + "/" + f.Code, Note: sentences(words.Rates(f), words.Coverage(f)), Badge: badge(words, f)})
	}
	for _, x := range report.Spreads {
		v.Spreads = append(v.Spreads, ui.Entry{Title: words.Title(x.Code), Href: here + "/" + x.Code, Note: sentences(words.Scattered(x)+".", words.Whole(x), words.CoverageOf(x.Whole)), Badge: spreadBadge(words, x)})
	}
	v.Behind = words.Behind(b.Of[equality.Left])
	all, err := s.Equality.JointReleases(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.GroupID == b.Group.ID {
			v.Releases = append(v.Releases, ui.Entry{Title: x.Title, Href: jointPath(r, x.ID), Note: jointState(r, x)})
		}
	}
	if may(r, access.EqualityManage, id.None) {
		v.Prepare = here + "/publicera"
	}
	return r.Render(w, http.StatusOK, jointPage(v))
}

// jointComparison is one comparison or spread of associations together. Nobody takes on a difference for others: each does on its own pages.
func (s *Pages) jointComparison(w http.ResponseWriter, r *web.Request) error {
	b, here, err := s.joint(r)
	if err != nil {
		return err
	}
	code := r.PathValue("comparison")
	words, report := b.Words(r.Printer), b.Examine()
	way := []ui.Link{home(r), {Label: b.Group.Name, Href: here}}
	of := []string{r.T("equalityweb.joint.of", "names", whose(r, b)), r.T("equalityweb.joint.protected")}
	if x, ok := report.Scatter(code); ok {
		v := s.spreadView(r, words, x)
		v.Page = s.inside(r, words.Title(code), way...)
		v.Hides = append(append(of, v.Hides...), words.Behind(b.Of[x.Source])...)
		return r.Render(w, http.StatusOK, comparisonPage(v))
	}
	f, ok := report.Finding(code)
	if !ok {
		return errs.E(errs.NotFound, "error.not_found")
	}
	v := comparisonView{Page: s.inside(r, words.Title(code), way...), Head: ui.PageHead{Title: words.Title(code), Lead: words.Rates(f)}, Badge: badge(words, f), Coverage: words.Coverage(f), Crude: r.T("equalityweb.crude")}
	title := words.Crude(f)
	if f.Verdict == equality.TooSmall {
		title = words.Rates(f)
	}
	v.Picture = shares(words, f.All, f.Variable, "grupper", title, true)
	v.Beside, v.Turns = beside(words, f)
	v.Means = r.T("equality.means." + string(f.Verdict))
	v.Lines = compact(words.Needs(f), words.Declared(report)+" "+words.Tests(report))
	for _, x := range f.Within {
		v.Within = append(v.Within, within(words, f, x))
	}
	v.Crossing = crossing(words, f)
	v.Hides = append(append(of, words.Behind(b.Of[f.Source])...), words.What(code), r.T("equalityweb.unknown"), r.T("equalityweb.hidden", "threshold", report.Threshold), r.T("equalityweb.method", "method", equality.Method))
	return r.Render(w, http.StatusOK, comparisonPage(v))
}

func (s *Pages) jointPreparePage(w http.ResponseWriter, r *web.Request) error {
	return s.showJointPrepare(w, r, http.StatusOK, equality.Draft{}, nil)
}

func (s *Pages) showJointPrepare(w http.ResponseWriter, r *web.Request, status int, d equality.Draft, fault error) error {
	b, here, err := s.joint(r)
	if err != nil {
		return err
	}
	v := prepareView{Page: s.inside(r, r.T("equalityweb.prepare"), home(r), ui.Link{Label: b.Group.Name, Href: here}), Errors: ui.ErrorsOf(r.Printer, fault), Form: ui.Form{Action: here + "/publicera", Key: id.New().String(), WarnLeave: true},
		Title: d.Title, Sv: d.Text[lang.Swedish], Simple: d.Text[lang.Simple], En: d.Text[lang.English]}
	v.Faulty, v.Lead = len(v.Errors) > 0, r.T("equalityweb.joint.prepare.lead", "names", whose(r, b))
	for _, source := range equality.Sources {
		if p := b.Of[source]; p != nil {
			v.Tables = append(v.Tables, r.T("equalityweb.source."+string(source))+": "+inWords(r.Printer, p.Through))
		}
	}
	if b.Empty() {
		v.Empty = ui.EmptyState{Title: r.T("equalityweb.joint.empty.title"), Text: r.T("equalityweb.joint.empty"), Action: ui.Link{Label: r.T("equalityweb.joint.agreement"), Href: r.Path("/siffror/tillsammans/" + b.Group.ID.String())}}
	}
	return r.Render(w, status, preparePage(v))
}

func (s *Pages) jointPrepare(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	group, err := groupOf(r)
	if err != nil {
		return err
	}
	d := equality.Draft{Title: f.Values.Get("title"), Text: map[lang.Lang]string{}}
	for _, l := range lang.All {
		d.Text[l] = f.Values.Get("text_" + l.Tag())
	}
	made, err := s.Equality.PrepareTogether(r.Context(), r.Actor, r.Scope().ID, group, d, func(l lang.Lang) equality.Words { return equality.Words{Printer: r.Printer.In(l)} })
	if onForm(err) {
		return s.showJointPrepare(w, r, web.Status(err), d, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, jointPath(r, made)+"?klart=joint_prepared")
}

func jointPath(r *web.Request, release id.ID) string {
	return r.Path("/gemensam-statistik/" + release.String())
}

// jointState says where a joint release stands, and that it is joint.
func jointState(r *web.Request, x equality.JointRelease) string {
	one := equality.Release{State: x.State, PreparedOn: x.PreparedOn, PublishedOn: x.PublishedOn, WithdrawnOn: x.WithdrawnOn}
	return i18n.Upper(strings.Join([]string{released(r, one), r.T("equalityweb.joint.with", "n", len(x.Parts))}, " · "))
}
