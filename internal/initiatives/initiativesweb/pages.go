// Package initiativesweb holds the pages about initiatives: the list, the page of each with its facts and its team, and the forms by which the
// office adds, confirms and closes them.
package initiativesweb

import (
	"embed"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/initiatives"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// Locale holds the texts of these pages.
//
//go:embed locale
var Locale embed.FS

// Beside is what the follow-up has to say on the page of an initiative.
type Beside struct {
	Do   ui.Link         // the one thing to do here now; none when there is nothing
	Body templ.Component // the periods, and nothing when nothing is counted
}

// Needs is what the pages are built of.
type Needs struct {
	Initiatives *initiatives.Service
	Clock       clock.Clock
	Frame       func(r *web.Request, title string) ui.Page
	// Tasks are what waits to be counted or approved by who asks.
	Tasks func(r *web.Request) ([]ui.Task, error)
	// Links lead to what else there is about initiatives, for who may see it.
	Links func(r *web.Request) []ui.Link
	// Follow is the follow-up's part of an initiative's page.
	Follow func(r *web.Request, initiative id.ID) (Beside, error)
}

// Pages answers the addresses of initiatives.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages { return &Pages{n} }

// Routes is the site map of these pages.
func (s *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/insatser", Allow: access.InitiativeRead, Handle: s.listPage, Title: "initiativesweb.title"},
		{Method: get, Path: "/insatser/ny", Allow: access.InitiativeManage, Handle: s.newPage, Title: "initiativesweb.new"},
		{Method: post, Path: "/insatser/ny", Allow: access.InitiativeManage, Handle: s.add},
		{Method: get, Path: "/insatser/{initiative}", Allow: access.InitiativeRead, Handle: s.page},
		{Method: get, Path: "/insatser/{initiative}/andra", Allow: access.InitiativeManage, Handle: s.editPage},
		{Method: post, Path: "/insatser/{initiative}/andra", Allow: access.InitiativeManage, Handle: s.edit},
		{Method: post, Path: "/insatser/{initiative}/bekrafta", Allow: access.InitiativeManage, Handle: s.confirm},
		{Method: get, Path: "/insatser/{initiative}/avsluta", Allow: access.InitiativeManage, Handle: s.closePage},
		{Method: post, Path: "/insatser/{initiative}/avsluta", Allow: access.InitiativeManage, Handle: s.close},
		{Method: get, Path: "/insatser/{initiative}/personer", Allow: access.InitiativeManage, Handle: s.teamPage},
		{Method: post, Path: "/insatser/{initiative}/personer", Allow: access.InitiativeManage, Handle: s.assign},
		{Method: post, Path: "/insatser/{initiative}/personer/{assignment}", Allow: access.InitiativeManage, Handle: s.unassign},
		{Method: post, Path: "/gemensamma-insatser/{association_id}/{initiative}", Allow: access.InitiativeManage, Handle: s.join},
	}
}

func (s *Pages) today() period.Date { return clock.Today(s.Clock) }

func (s *Pages) frame(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Robots = "noindex"
	p.Crumbs = way
	return p
}

func pathID(r *web.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return v, nil
}

func pathOf(r *web.Request, initiative id.ID) string {
	return r.Path("/insatser/" + initiative.String())
}

func list(r *web.Request) ui.Link {
	return ui.Link{Label: r.T("initiativesweb.title"), Href: r.Path("/insatser")}
}

// onForm tells whether an error is to be shown on the form it came from.
func onForm(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Refused, errs.Conflict:
		return err != nil
	}
	return false
}

func manages(r *web.Request) bool {
	return access.May(r.Actor, access.InitiativeManage, access.Object{Association: r.Association.ID})
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// sentence joins what is known with commas and makes the first letter a capital.
func sentence(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return i18n.Upper(strings.Join(parts, " · "))
}

func span(p ui.Printer, from, to period.Date) string {
	switch {
	case from.IsZero():
		return ""
	case to.IsZero():
		return p.T("initiativesweb.from", "date", from)
	}
	return p.T("initiativesweb.span", "from", from, "to", to)
}

// view of the list.
type listView struct {
	ui.Page
	Head   ui.PageHead
	New    string
	Tasks  []ui.Task
	Parts  []part
	Joints []jointRow
	Links  []ui.Link
	Empty  ui.EmptyState
}

type part struct {
	Anchor, Title string
	Entries       []ui.Entry
}

type jointRow struct {
	Title, Note, Action string
}

func (s *Pages) listPage(w http.ResponseWriter, r *web.Request) error {
	all, err := s.Initiatives.List(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	v := listView{Page: s.frame(r, r.T("initiativesweb.title")), Head: ui.PageHead{Title: r.T("initiativesweb.title"), Lead: r.T("initiativesweb.lead")}}
	v.Empty = ui.EmptyState{Title: r.T("initiativesweb.empty.title"), Text: r.T("initiativesweb.empty.read")}
	if manages(r) {
		v.New = r.Path("/insatser/ny")
		v.Empty.Text, v.Empty.Action = r.T("initiativesweb.empty"), ui.Link{Label: r.T("initiativesweb.new"), Href: v.New}
		if err := s.joints(r, &v); err != nil {
			return err
		}
	}
	if !access.May(r.Actor, access.InitiativeRead, access.Object{Association: r.Scope().ID}) {
		v.Head = ui.PageHead{Title: r.T("initiativesweb.mine"), Lead: r.T("initiativesweb.mine.lead")}
		v.Empty.Text = r.T("initiativesweb.empty.mine")
	}
	if v.Tasks, err = s.Tasks(r); err != nil {
		return err
	}
	v.Links = s.Links(r)
	names, err := s.members(r)
	if err != nil {
		return err
	}
	for _, st := range []initiatives.State{initiatives.Confirmed, initiatives.Draft, initiatives.Closed} {
		p := part{Anchor: "lage-" + string(st), Title: r.T("initiativesweb.state." + string(st))}
		for _, x := range all {
			if x.State == st {
				p.Entries = append(p.Entries, ui.Entry{Title: x.Name, Href: pathOf(r, x.ID), Note: sentence(r.T("initiatives.orientation."+string(x.Orientation)), names[x.OwnerID], span(r.Printer, x.FromOn, x.ToOn))})
			}
		}
		if len(p.Entries) > 0 {
			v.Parts = append(v.Parts, p)
		}
	}
	return r.Render(w, http.StatusOK, listPage(v))
}

// joints are other associations' joint initiatives that name this one and of which it keeps no part yet.
func (s *Pages) joints(r *web.Request, v *listView) error {
	named, err := s.Initiatives.Named(r.Context(), r.Actor, r.Scope().ID)
	for _, j := range named {
		if j.Own == id.None {
			v.Joints = append(v.Joints, jointRow{j.Initiative.Name, r.T("initiativesweb.joint.of", "association", j.Association.ShortName),
				r.Path("/gemensamma-insatser/" + j.Association.ID.String() + "/" + j.Initiative.ID.String())})
		}
	}
	return err
}

func (s *Pages) members(r *web.Request) (map[id.ID]string, error) {
	list, err := s.Initiatives.Members(r.Context(), s.Initiatives.DB.Read(), r.Scope().ID)
	names := map[id.ID]string{}
	for _, m := range list {
		names[m.ID] = m.Name
	}
	return names, err
}

func (s *Pages) join(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	from, err := pathID(r, "association_id")
	if err != nil {
		return err
	}
	of, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	made, err := s.Initiatives.Join(r.Context(), r.Actor, r.Scope().ID, from, of)
	if err != nil {
		return err
	}
	return r.SeeOther(w, pathOf(r, made.ID)+"?klart=initiative_joined")
}

// view of one initiative.
type pageView struct {
	ui.Page
	Head    ui.PageHead
	Facts   []ui.Answer
	Team    []ui.Entry
	TeamDo  string // address of the page for the team; "" for who only reads
	Do      ui.Link
	Follow  templ.Component
	Confirm ui.Form // of a draft
	Errors  ui.FormErrors
	Links   []ui.Link
}

func (s *Pages) page(w http.ResponseWriter, r *web.Request) error {
	return s.show(w, r, http.StatusOK, nil)
}

func (s *Pages) show(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	at, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	x, err := s.Initiatives.Get(r.Context(), r.Actor, r.Scope().ID, at)
	if err != nil {
		return err
	}
	v := pageView{Page: s.frame(r, x.Name, list(r)), Head: ui.PageHead{Kicker: sentence(r.T("initiatives.orientation."+string(x.Orientation)), r.T("initiatives.state."+string(x.State))), Title: x.Name, Lead: x.About}}
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Faulty = len(v.Errors) > 0
	if v.Facts, err = s.facts(r, x); err != nil {
		return err
	}
	team, err := s.Initiatives.Team(r.Context(), r.Actor, r.Scope().ID, at)
	if err != nil {
		return err
	}
	for _, m := range team {
		v.Team = append(v.Team, ui.Entry{Title: m.Name, Note: i18n.Upper(r.T("access.role." + string(m.Role)))})
	}
	if x.State != initiatives.Draft {
		follow, err := s.Follow(r, at)
		if err != nil {
			return err
		}
		v.Do, v.Follow = follow.Do, follow.Body
	}
	if manages(r) {
		here := pathOf(r, at)
		v.TeamDo = here + "/personer"
		v.Links = []ui.Link{{Label: r.T("initiativesweb.edit"), Href: here + "/andra"}}
		switch x.State {
		case initiatives.Draft:
			v.Confirm = ui.Form{Action: here + "/bekrafta", Key: id.New().String(), Version: itoa(x.Version)}
		case initiatives.Confirmed:
			v.Links = append(v.Links, ui.Link{Label: r.T("initiativesweb.close"), Href: here + "/avsluta"})
		}
	}
	return r.Render(w, status, initiativePage(v))
}

// facts is what is kept of an initiative, to read.
func (s *Pages) facts(r *web.Request, x initiatives.Initiative) ([]ui.Answer, error) {
	names, err := s.members(r)
	if err != nil {
		return nil, err
	}
	of := func(list []id.ID) string {
		var words []string
		for _, m := range list {
			words = append(words, names[m])
		}
		return r.Printer.List(words)
	}
	var groups []string
	for _, g := range x.Groups() {
		groups = append(groups, r.T("initiatives.target."+g))
	}
	if x.TargetOther != "" {
		groups = append(groups, x.TargetOther)
	}
	answers := []ui.Answer{
		{Question: r.T("initiativesweb.owner"), Answer: names[x.OwnerID]},
		{Question: r.T("initiativesweb.parties"), Answer: of(x.Parties)},
		{Question: r.T("initiativesweb.municipalities"), Answer: of(x.Municipalities)},
		{Question: r.T("initiativesweb.when"), Answer: i18n.Upper(span(r.Printer, x.FromOn, x.ToOn))},
		{Question: r.T("initiativesweb.method"), Answer: r.T("initiatives.method." + string(x.Method))},
		{Question: r.T("initiativesweb.targets"), Answer: i18n.Upper(r.Printer.List(groups))},
	}
	if x.ESF {
		answers = append(answers, ui.Answer{Question: r.T("initiativesweb.financing"), Answer: r.T("initiativesweb.esf")})
	}
	for _, year := range years(x) {
		if n := x.Planned[year]; n > 0 {
			answers = append(answers, ui.Answer{Question: r.T("initiativesweb.planned.year", "year", itoa(year)), Answer: itoa(n)})
		}
	}
	if len(x.Associations) > 0 {
		others, err := s.Initiatives.Associations(r.Context(), s.Initiatives.DB.Read(), x.Associations...)
		if err != nil {
			return nil, err
		}
		var words []string
		for _, o := range others {
			words = append(words, o.ShortName)
		}
		answers = append(answers, ui.Answer{Question: r.T("initiativesweb.with"), Answer: r.Printer.List(words)})
	}
	if x.JointAssociationID != id.None {
		from, err := s.Initiatives.Associations(r.Context(), s.Initiatives.DB.Read(), x.JointAssociationID)
		if err != nil {
			return nil, err
		}
		for _, o := range from {
			answers = append(answers, ui.Answer{Question: r.T("initiativesweb.joint"), Answer: r.T("initiativesweb.joint.of", "association", o.ShortName)})
		}
	}
	return answers, nil
}

// years are those an initiative has plans for.
func years(x initiatives.Initiative) []int64 {
	var list []int64
	for y := range x.Planned {
		list = append(list, y)
	}
	slices.Sort(list)
	return list
}

func (s *Pages) confirm(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	at, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	err = s.Initiatives.Confirm(r.Context(), r.Actor, r.Scope().ID, at, f.Version())
	if e, ok := errors.AsType[*errs.Error](err); ok && onForm(err) {
		for i := range e.Fields { // its fields stand on another page
			e.Fields[i].Name = ""
		}
		return s.show(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, pathOf(r, at)+"?klart=initiative_confirmed")
}
