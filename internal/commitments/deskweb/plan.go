package deskweb

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// planView is the plan of a year, as months or as a picture.
type planView struct {
	ui.Page
	Head      ui.PageHead
	New       string
	Views     []ui.Chip
	Years     []ui.Chip
	Filters   []filterView
	Narrowed  int // how many filters are on
	Clear     string
	Picture   templ.Component // the timeline, when that is the view
	Twin      ui.Table
	Months    []monthView
	NoDay     []activityRow
	AllYear   []activityRow // those that last the whole year or go on
	Wheel     templ.Component
	WheelTwin ui.Table
	Totals    []ui.Figure
	Formats   []ui.Link
	Empty     ui.EmptyState
	Other     ui.Link // a year that is not empty
}

type filterView struct {
	Anchor, Label string
	Chips         []ui.Chip
}

type monthView struct {
	Anchor, Name string
	Rows         []activityRow
}

// activityRow is an activity in a list.
type activityRow struct {
	When  period.When
	Title string
	Href  string
	Note  string
	State ui.State // "" for a cancelled one
	Word  string
}

// planQuery is what the address of a plan says.
type planQuery struct {
	year   int
	filter commitments.PlanFilter
	noDay  bool
	mine   bool
	view   string
	raw    url.Values
}

func (s *Pages) planQuery(r *web.Request) planQuery {
	q := planQuery{raw: r.URL.Query(), year: s.today().Year}
	if y, err := strconv.Atoi(q.raw.Get("ar")); err == nil && y >= 1990 && y <= 2200 {
		q.year = y
	}
	q.filter = commitments.PlanFilter{Year: q.year, Form: commitments.ParseForms(q.raw["form"]), Kind: q.raw.Get("slag"), Status: commitments.Status(q.raw.Get("lage"))}
	if p, err := id.Parse(q.raw.Get("lofte")); err == nil {
		q.filter.Pledge = p
	}
	if q.mine = q.raw.Get("mina") != ""; q.mine {
		q.filter.Owner = r.Actor.Account
	}
	q.noDay, q.view = q.raw.Get("dag") == "ej-satt", q.raw.Get("vy")
	return q
}

// with is the address with one parameter set, or taken away when value is "".
func (q planQuery) with(r *web.Request, name, value string) string {
	v := url.Values{}
	for k, l := range q.raw {
		if k != "klart" && k != "inlast" {
			v[k] = l
		}
	}
	v.Set(name, value)
	if value == "" {
		v.Del(name)
	}
	if len(v) == 0 {
		return r.Path("/plan")
	}
	return r.Path("/plan") + "?" + v.Encode()
}

func (s *Pages) plan(w http.ResponseWriter, r *web.Request) error {
	ctx, assoc, q := r.Context(), association(r), s.planQuery(r)
	all, err := s.Ledger.Plan(ctx, r.Actor, assoc, commitments.PlanFilter{Year: q.year})
	if err != nil {
		return err
	}
	list := all
	if q.filter != (commitments.PlanFilter{Year: q.year}) {
		if list, err = s.Ledger.Plan(ctx, r.Actor, assoc, q.filter); err != nil {
			return err
		}
	}
	if q.noDay {
		list = keep(list, func(a commitments.ActivityLine) bool { return a.DatePrecision == period.NotSet })
	}
	promises, err := s.Ledger.PromisesInForce(ctx, assoc)
	if err != nil {
		return err
	}
	p := s.frame(r, r.T("plan.title_year", "year", itoa(q.year)))
	brought, err := s.broughtIn(r, q.year)
	if err != nil {
		return err
	}
	p.Flash = append(p.Flash, brought...)
	v := planView{Page: p, Head: ui.PageHead{Title: p.Title, Lead: s.planLead(p.Printer, all, q.year)}}
	if may(r, access.ActivityWrite, r.Actor.Account) && len(all) > 0 {
		v.New = r.Path("/plan/ny")
		if q.year != s.today().Year {
			v.New += "?ar=" + itoa(q.year)
		}
	}
	v.Years = []ui.Chip{
		{Label: itoa(q.year - 1), Href: q.with(r, "ar", itoa(q.year-1))},
		{Label: itoa(q.year), Href: q.with(r, "ar", itoa(q.year)), On: true},
		{Label: itoa(q.year + 1), Href: q.with(r, "ar", itoa(q.year+1))},
	}
	v.Views = []ui.Chip{{Label: p.T("plan.view.list"), Href: q.with(r, "vy", ""), On: q.view != "bild"}, {Label: p.T("plan.view.picture"), Href: q.with(r, "vy", "bild"), On: q.view == "bild"}}
	v.Filters = s.planFilters(r, q, all, promises)
	for _, f := range v.Filters {
		for _, c := range f.Chips {
			if c.On {
				v.Narrowed++
			}
		}
	}
	v.Clear = r.Path("/plan") + "?ar=" + itoa(q.year)
	v.Wheel, v.WheelTwin = s.wheel(r, q.year, list)
	v.Totals = s.totals(p.Printer, list)
	v.Formats = []ui.Link{{Label: "Excel", Href: r.Path("/plan.xlsx") + "?ar=" + itoa(q.year)}, {Label: "CSV", Href: r.Path("/plan.csv") + "?ar=" + itoa(q.year)}}
	if may(r, access.ActivityExchange, id.None) {
		v.Formats = append(v.Formats, ui.Link{Label: p.T("plan.import"), Href: r.Path("/plan/las-in") + "?ar=" + itoa(q.year)})
	}
	if len(list) == 0 {
		years, err := s.Ledger.PublicPlanYears(ctx, assoc, q.year)
		if err != nil {
			return err
		}
		v.Empty, v.Other = emptyPlan(r, q.year, nearestYear(years, q.year), len(promises) > 0)
		if v.Narrowed > 0 {
			v.Empty, v.Other = ui.EmptyState{Title: p.T("plan.empty.filter"), Text: p.T("plan.empty.filter.text"), Action: ui.Link{Label: p.T("plan.clear"), Href: v.Clear}}, ui.Link{}
		}
		return r.Render(w, http.StatusOK, planPage(v))
	}
	if q.view == "bild" {
		s.picture(r, q.year, list, &v)
	} else {
		s.months(r, q.year, list, &v)
	}
	return r.Render(w, http.StatusOK, planPage(v))
}

// nearestYear is the year of the list nearest to one that it may hold as well, 0 when there is no other; of two as near, the later.
func nearestYear(years []int, to int) (near int) {
	for _, y := range years {
		if y == to {
			continue
		}
		if d, best := max(y-to, to-y), max(near-to, to-near); near == 0 || d < best || d == best && y > near {
			near = y
		}
	}
	return near
}

func keep(list []commitments.ActivityLine, fn func(commitments.ActivityLine) bool) []commitments.ActivityLine {
	var kept []commitments.ActivityLine
	for _, a := range list {
		if fn(a) {
			kept = append(kept, a)
		}
	}
	return kept
}

// planLead is the finding of the page in one sentence.
func (s *Pages) planLead(p ui.Printer, all []commitments.ActivityLine, year int) string {
	if len(all) == 0 {
		return ""
	}
	var done, late, noDay int
	for _, a := range all {
		switch {
		case a.Status == commitments.Done:
			done++
		case s.missed(a):
			late++
		case a.DatePrecision == period.NotSet && a.Status != commitments.Cancelled:
			noDay++
		}
	}
	lead := p.T("plan.lead", "n", len(all))
	if done > 0 {
		lead += " " + p.T("plan.lead.done", "n", done)
	}
	if late > 0 {
		lead += " " + p.T("plan.lead.late", "n", late)
	}
	if noDay > 0 {
		lead += " " + p.T("plan.lead.no_day", "n", noDay)
	}
	return lead
}

func (s *Pages) planFilters(r *web.Request, q planQuery, all []commitments.ActivityLine, promises []commitments.Promise) []filterView {
	p := r.Printer
	chip := func(param, value, label string, n int, on bool) ui.Chip {
		c := ui.Chip{Label: label, On: on, Href: q.with(r, param, value)}
		if on {
			c.Href = q.with(r, param, "")
		}
		if n >= 0 {
			c.Count = itoa(n)
		}
		return c
	}
	count := func(fn func(commitments.ActivityLine) bool) int { return len(keep(all, fn)) }
	var quick, form, status, kind, promise []ui.Chip
	quick = append(quick, chip("mina", "1", p.T("plan.mine"), count(func(a commitments.ActivityLine) bool { return a.OwnerID == r.Actor.Account }), q.mine))
	if n := count(func(a commitments.ActivityLine) bool { return a.DatePrecision == period.NotSet }); n > 0 || q.noDay {
		quick = append(quick, chip("dag", "ej-satt", upper(p.T("date.not_set")), n, q.noDay))
	}
	for _, c := range commitments.FormCodes() {
		f := commitments.ParseForms([]string{c})
		form = append(form, chip("form", c, upper(p.T("form."+c)), count(func(a commitments.ActivityLine) bool { return a.Forms.Has(f) }), q.filter.Form == f))
	}
	for _, x := range commitments.Statuses {
		if n := count(func(a commitments.ActivityLine) bool { return a.Status == x }); n > 0 || q.filter.Status == x {
			status = append(status, chip("lage", string(x), upper(p.T("status."+string(x))), n, q.filter.Status == x))
		}
	}
	for _, x := range commitments.Kinds {
		if n := count(func(a commitments.ActivityLine) bool { return a.Kind == x }); n > 0 || q.filter.Kind == x {
			kind = append(kind, chip("slag", x, upper(p.T("kind."+x)), n, q.filter.Kind == x))
		}
	}
	for _, x := range promises {
		promise = append(promise, chip("lofte", x.ID.String(), itoa(x.Number)+" "+short(x.TitleIn(p.Lang())), -1, q.filter.Pledge == x.ID))
	}
	return []filterView{{"f-snabb", p.T("plan.filter.quick"), quick}, {"f-lage", p.T("plan.filter.status"), status}, {"f-form", p.T("plan.filter.form"), form}, {"f-slag", p.T("plan.filter.kind"), kind}, {"f-lofte", p.T("plan.filter.promise"), promise}}
}

// short cuts a title for a chip.
func short(s string) string {
	r := []rune(s)
	if len(r) <= 34 {
		return s
	}
	cut := 33
	for cut > 20 && r[cut] != ' ' {
		cut--
	}
	return string(r[:cut]) + " …"
}

func (s *Pages) totals(p ui.Printer, list []commitments.ActivityLine) []ui.Figure {
	var done, ahead, late, off, counted int
	var reached int64
	for _, a := range list {
		switch {
		case a.Status == commitments.Done:
			done++
			if n := a.CountedReach(); n != nil {
				counted++
				reached += *n
			}
		case a.Status == commitments.Cancelled:
			off++
		case s.missed(a):
			late++
		default:
			ahead++
		}
	}
	calledOff, from := "", ""
	if off > 0 {
		calledOff = p.T("plan.total.off", "n", off)
	}
	if counted > 0 {
		from = p.T("plan.total.counted", "n", counted)
	}
	figures := []ui.Figure{
		{Label: p.T("plan.total.done"), Value: itoa(done), Note: p.T("plan.total.of", "n", len(list))},
		{Label: p.T("plan.total.ahead"), Value: itoa(ahead), Note: calledOff},
		{Label: p.T("plan.total.reached"), Value: p.Number(reached), Note: from},
	}
	if late > 0 {
		figures = append(figures, ui.Figure{Label: p.T("plan.total.late"), Value: itoa(late), Note: p.T("plan.total.late.note"), Tone: ui.Late})
	}
	return figures
}

// activityWord is what a list says of an activity: a state's shape and words of its own.
func (s *Pages) activityWord(p ui.Printer, a commitments.ActivityLine) (ui.State, string) {
	switch {
	case a.Status == commitments.Cancelled:
		return "", upper(p.T("status.cancelled"))
	case a.Status == commitments.Postponed:
		return ui.Replaced, upper(p.T("status.postponed"))
	case s.missed(a):
		return ui.NoEvidence, p.T("plan.word.missed")
	case a.Status == commitments.Done && ui.State(a.State) == ui.Complete:
		return ui.Complete, p.T("plan.word.shown")
	case a.Status == commitments.Done:
		return ui.Limited, p.T("plan.word.waits")
	}
	return ui.NotStarted, upper(p.T("status." + string(a.Status)))
}

func (s *Pages) row(r *web.Request, a commitments.ActivityLine) activityRow {
	p := r.Printer
	x := activityRow{When: a.When(), Title: a.Title, Href: r.Path("/plan/" + a.ID.String())}
	x.State, x.Word = s.activityWord(p, a)
	when := ""
	if a.DatePrecision != period.Day && a.DatePrecision != period.NotSet {
		when = upper(p.When(a.When()))
	}
	reach := ""
	switch {
	case a.Reached != nil:
		reach = p.T("plan.reached", "n", *a.Reached)
	case a.ReachMin != nil || a.ReachMax != nil:
		reach = p.T("plan.expects", "reach", reachText(p, a.ReachMin, a.ReachMax))
	}
	joint := ""
	if a.Organisers > 1 {
		joint = p.T("plan.joint", "n", a.Organisers)
	}
	internal := ""
	if !a.Public {
		internal = p.T("plan.internal")
	}
	x.Note = dotted(upper(p.T("kind."+a.Kind)), when, p.Clock(a.ClockTime), a.Place, reach, joint, internal)
	return x
}

// reachText is "100–200", "minst 100", "högst 200".
func reachText(p ui.Printer, lowest, highest *int64) string {
	switch {
	case lowest != nil && highest != nil && *lowest == *highest:
		return p.Number(*lowest)
	case lowest != nil && highest != nil:
		return p.Number(*lowest) + "–" + p.Number(*highest)
	case lowest != nil:
		return p.T("plan.at_least", "n", *lowest)
	case highest != nil:
		return p.T("plan.at_most", "n", *highest)
	}
	return ""
}

// months lays the list out by month.
func (s *Pages) months(r *web.Request, year int, list []commitments.ActivityLine, v *planView) {
	var by [12][]activityRow
	for _, a := range list {
		row := s.row(r, a)
		switch {
		case a.DatePrecision == period.NotSet:
			v.NoDay = append(v.NoDay, row)
		case a.FromOn.IsZero() || a.FromOn.Year != year || a.DatePrecision == period.Year || a.DatePrecision == period.Ongoing:
			v.AllYear = append(v.AllYear, row)
		default:
			by[a.FromOn.Month-1] = append(by[a.FromOn.Month-1], row)
		}
	}
	for i, rows := range by {
		if len(rows) > 0 {
			v.Months = append(v.Months, monthView{"m" + itoa(i+1), upper(r.Printer.MonthName(time.Month(i + 1))), rows})
		}
	}
}

// picture draws the year as a line.
func (s *Pages) picture(r *web.Request, year int, list []commitments.ActivityLine, v *planView) {
	if len(list) == 0 {
		return
	}
	p := r.Printer
	t := chart.Timeline{Frame: chart.Frame{ID: "line", Title: p.T("plan.line_title", "year", itoa(year), "n", len(list)), Desc: p.T("plan.line_desc")}, Year: year, Tray: upper(p.T("date.not_set")),
		Header: [3]string{p.T("plan.col.title"), p.T("plan.col.when"), p.T("plan.col.state")}}
	if year == s.today().Year {
		t.Today = s.today()
	}
	for i := range t.Months {
		t.Months[i] = p.MonthShort(time.Month(i + 1))
	}
	for _, a := range list {
		_, word := s.activityWord(p, a)
		b := chart.Bar{Name: a.Title, Href: r.Path("/plan/" + a.ID.String()), When: p.When(a.When()), Text: word, State: s.barState(a)}
		t.Place(b, a.When())
	}
	v.Picture, v.Twin = t, tableOf(t.Title, t.Rows())
}

func (s *Pages) barState(a commitments.ActivityLine) chart.State {
	switch {
	case a.Status == commitments.Cancelled:
		return chart.Cancelled
	case a.Status == commitments.Done && ui.State(a.State) == ui.Complete:
		return chart.Done
	case a.Status == commitments.Done:
		return chart.Partly
	case s.missed(a):
		return chart.Late
	}
	return chart.Planned
}
