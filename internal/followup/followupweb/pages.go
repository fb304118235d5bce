// Package followupweb holds the pages of the follow-up: the count card, the table, the life of a period, the sheet for the national system, and
// what the association's office may see.
package followupweb

import (
	"embed"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/followup"
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

// Needs is what the pages are built of.
type Needs struct {
	Followup *followup.Service
	Clock    clock.Clock
	Frame    func(r *web.Request, title string) ui.Page
	// Signed gives the other associations that have signed a declaration the visitor's has signed too, with its title.
	Signed func(r *web.Request) (map[id.ID]string, error)
}

// Pages answers the addresses of the follow-up.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages { return &Pages{n} }

// Routes is the site map of these pages.
func (s *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	const of = "/insatser/{initiative}"
	return append(s.together(), []web.Route{
		{Method: get, Path: of + "/rakna", Allow: access.FollowupEnter, Handle: s.cardPage},
		{Method: post, Path: of + "/rakna", Allow: access.FollowupEnter, Handle: s.count},
		{Method: post, Path: of + "/rakna/angra", Allow: access.FollowupEnter, Handle: s.undo},
		{Method: get, Path: of + "/perioder/{period}", Allow: access.InitiativeRead, Handle: s.periodPage},
		{Method: post, Path: of + "/perioder/{period}/steg", Allow: access.InitiativeRead, Handle: s.step},
		{Method: post, Path: of + "/perioder/{period}/kommentar", Allow: access.FollowupEnter, Handle: s.comment},
		{Method: get, Path: of + "/perioder/{period}/tabell", Allow: access.FollowupEnter, Handle: s.gridPage},
		{Method: post, Path: of + "/perioder/{period}/tabell", Allow: access.FollowupEnter, Handle: s.saveGrid},
		{Method: get, Path: of + "/perioder/{period}/blankett", Allow: access.FollowupEnter, Handle: s.blankPage},
		{Method: get, Path: of + "/perioder/{period}/klistra", Allow: access.FollowupEnter, Handle: s.pastePage},
		{Method: post, Path: of + "/perioder/{period}/klistra", Allow: access.FollowupEnter, Handle: s.paste, Body: 3 << 20},
		{Method: post, Path: of + "/perioder/{period}/klistra/spara", Allow: access.FollowupEnter, Handle: s.savePaste, Body: 3 << 20},
		{Method: get, Path: of + "/nationellt", Allow: access.FollowupSheet, Handle: s.nationalPage},
		{Method: post, Path: of + "/nationellt", Allow: access.FollowupSheet, Handle: s.entered},
		{Method: get, Path: "/siffror", Allow: access.FollowupRead, Handle: s.figuresPage, Title: "followupweb.figures.title"},
		{Method: post, Path: "/siffror", Allow: access.FollowupAccept, Handle: s.publish},
		{Method: get, Path: "/insatser/installningar", Allow: access.AssociationEdit, Handle: s.settingsPage, Title: "followupweb.settings.title"},
		{Method: post, Path: "/insatser/installningar", Allow: access.AssociationEdit, Handle: s.saveSettings},
		{Method: post, Path: "/insatser/installningar/perioder", Allow: access.AssociationEdit, Handle: s.saveUnit},
	}...)
}

func (s *Pages) today() period.Date { return clock.Today(s.Clock) }

func (s *Pages) frame(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Robots = "noindex"
	p.Crumbs = append([]ui.Link{{Label: r.T("followupweb.initiatives"), Href: r.Path("/insatser")}}, way...)
	p.Printed = r.T("followupweb.printed", "date", s.today())
	return p
}

func pathID(r *web.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return v, nil
}

// pathOf reads the initiative and the period of an address.
func pathOf(r *web.Request) (initiative id.ID, b period.Block, err error) {
	if initiative, err = pathID(r, "initiative"); err != nil {
		return initiative, b, err
	}
	if b, err = period.ParseBlock(r.PathValue("period")); err != nil {
		return initiative, b, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return initiative, b, nil
}

func address(r *web.Request, initiative id.ID) string {
	return r.Path("/insatser/" + initiative.String())
}

func addressIn(r *web.Request, initiative id.ID, b period.Block) string {
	return address(r, initiative) + "/perioder/" + b.String()
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

// inWords is a period: "första halvåret 2026", "mars 2026".
func inWords(p ui.Printer, b period.Block) string {
	if b.Every == period.EachMonth {
		return p.T("followupweb.month", "month", p.MonthName(b.First().Month), "year", itoa(b.Year))
	}
	return p.T("followupweb.half."+itoa(b.N), "year", itoa(b.Year))
}

// label is a code in words.
func label(p ui.Printer, variable string, c followup.Code) string {
	switch {
	case c.Label != "":
		return c.Label
	case c.Code == followup.Unknown:
		return p.T("followup.code.unknown")
	}
	list := variable
	if variable == followup.SupportStart || variable == followup.SupportEnd {
		list = "support"
	}
	return p.T("followup.code." + list + "." + c.Code)
}

// labelOf is label for a code of which only the text is known.
func labelOf(p ui.Printer, l followup.Lists, variable, code string) string {
	for _, c := range l[variable] {
		if c.Code == code {
			return label(p, variable, c)
		}
	}
	if variable == followup.Municipality {
		return code
	}
	return label(p, variable, followup.Code{Code: code})
}

// badge says how a period stands.
func badge(p ui.Printer, x followup.Progress) templ.Component {
	switch {
	case x.Late:
		return ui.StateBadge(p, ui.Overdue, p.T("followupweb.state.late"))
	case x.State == followup.Complete:
		return ui.StateBadge(p, ui.Substantial, p.T("followupweb.state.complete"))
	case x.State == followup.Approved:
		return ui.StateBadge(p, ui.Substantial, p.T("followupweb.state.approved"))
	case x.State == followup.Accepted:
		return ui.StateBadge(p, ui.Complete, p.T("followupweb.state.accepted"))
	}
	return ui.StateBadge(p, ui.Limited, p.T("followupweb.state.open"))
}

// Tasks are what waits for who asks, for the list of initiatives.
func (s *Pages) Tasks(r *web.Request) ([]ui.Task, error) {
	all, err := s.Followup.Tasks(r.Context(), r.Actor, r.Scope().ID)
	var list []ui.Task
	for _, t := range all {
		x := ui.Task{State: ui.TaskToDo, Title: r.T("followupweb.task."+string(t.Do), "initiative", t.Initiative.Name, "period", inWords(r.Printer, t.Block)), Action: r.T("followupweb.task." + string(t.Do) + ".do"), Href: addressIn(r, t.Initiative.ID, t.Block)}
		if t.Late {
			x.State, x.Note = ui.TaskLate, r.T("followupweb.task.late", "date", t.Due)
		} else if t.Do == followup.MarkComplete {
			x.Note = r.T("followupweb.task.due", "date", t.Due)
		}
		if t.Returned != "" {
			x.Note = r.T("followupweb.task.returned", "reason", t.Returned)
		}
		list = append(list, x)
	}
	return list, err
}

// Links lead from the list of initiatives to the figures and the settings, for who may see them.
func (s *Pages) Links(r *web.Request) (list []ui.Link) {
	on := access.Object{Association: r.Scope().ID}
	if access.May(r.Actor, access.FollowupRead, on) {
		list = append(list, ui.Link{Label: r.T("followupweb.figures.title"), Href: r.Path("/siffror")})
	}
	if access.May(r.Actor, access.AssociationEdit, on) && access.May(r.Actor, access.InitiativeManage, on) {
		list = append(list, ui.Link{Label: r.T("followupweb.settings.title"), Href: r.Path("/insatser/installningar")})
	}
	return list
}

// Follow is the follow-up's part of an initiative's page: the periods, and the one thing to do now.
func (s *Pages) Follow(r *web.Request, initiative id.ID) (ui.Link, templ.Component, error) {
	o, err := s.Followup.Overview(r.Context(), r.Actor, r.Scope().ID, initiative)
	if err != nil {
		return ui.Link{}, nil, err
	}
	v := followView{Printer: r.Printer}
	var do ui.Link
	if o.Enters && len(o.Periods) > 0 && !o.Initiative.Closed {
		do = ui.Link{Label: r.T("followupweb.count"), Href: address(r, initiative) + "/rakna"}
	}
	v.Table = ui.Table{Caption: r.T("followupweb.periods"), Hidden: true, Columns: []ui.Column{{Label: r.T("followupweb.period")}}}
	if o.Enters {
		v.Intro = r.T("followupweb.periods.enter")
		for _, m := range followup.MomentsOf(o.Initiative.Method) {
			v.Table.Columns = append(v.Table.Columns, ui.Column{Label: r.T("followupweb.moment." + string(m)), Numeric: true})
		}
	} else {
		v.Intro = r.T("followupweb.periods.read")
	}
	v.Table.Columns = append(v.Table.Columns, ui.Column{Label: r.T("followupweb.state")})
	for _, p := range o.Periods {
		row := ui.Row{Cells: []ui.Cell{{Text: i18n.Upper(inWords(r.Printer, p.Block)), Href: addressIn(r, initiative, p.Block)}}}
		if o.Enters {
			for _, m := range followup.MomentsOf(o.Initiative.Method) {
				row.Cells = append(row.Cells, ui.Cell{Text: r.Printer.Number(p.Totals[m])})
			}
		}
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: append(row.Cells, ui.Cell{Body: badge(r.Printer, p)})})
	}
	if (o.Enters || access.May(r.Actor, access.FollowupSheet, access.Object{Association: r.Scope().ID})) && len(o.Periods) > 0 {
		v.National = address(r, initiative) + "/nationellt"
	}
	if len(o.Periods) == 0 {
		v.Intro = r.T("followup.not_begun", "date", o.Initiative.From)
	}
	return do, followPart(v), nil
}

type followView struct {
	ui.Printer
	Intro    string
	Table    ui.Table
	National string // address of the sheet for the national system
}

// covered says how much of a moment's counts is known.
func covered(p ui.Printer, c followup.Coverage) string {
	if c.All == 0 {
		return ""
	}
	return p.T("followupweb.coverage", "n", c.Complete, "all", c.All, "share", p.Percent(float64(c.Complete)/float64(c.All)))
}

// joined makes a sentence of words with commas.
func joined(words ...string) string {
	var said []string
	for _, w := range words {
		if w != "" {
			said = append(said, w)
		}
	}
	return strings.Join(said, ", ")
}
