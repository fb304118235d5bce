package accountweb

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// calendarView is a year of activities.
type calendarView struct {
	Page   ui.Page
	Head   ui.PageHead
	Years  []yearLink
	Views  []yearLink // month by month, or the year as a line
	Forms  []ui.Chip
	Kinds  []ui.Chip
	Wheel  *chart.Wheel
	Line   *chart.Timeline // instead of months and wheel
	Table  ui.Table
	Months []monthView
	Empty  *ui.EmptyState
	Follow []ui.Link
	Notice string
}

// monthView is the activities of a month, or those whose day is not set.
type monthView struct {
	Anchor, Name string
	Steps        []stepView
}

// calendarFilter is what the address narrows the calendar to.
type calendarFilter struct {
	year       int
	form, kind string
	line       bool
}

func (f calendarFilter) href(r *web.Request, today int) string {
	q := url.Values{}
	if f.year != today {
		q.Set("ar", strconv.Itoa(f.year))
	}
	if f.form != "" {
		q.Set("form", f.form)
	}
	if f.kind != "" {
		q.Set("slag", f.kind)
	}
	if f.line {
		q.Set("vy", "linje")
	}
	if len(q) == 0 {
		return r.Path("/kalender")
	}
	return r.Path("/kalender") + "?" + q.Encode()
}

// toggle gives the value, or "" when it is chosen already.
func toggle(now, value string) string {
	if now == value {
		return ""
	}
	return value
}

func (s *Pages) calendar(w http.ResponseWriter, r *web.Request) error {
	y, err := year(r)
	if err != nil {
		return err
	}
	today := clock.Today(s.Clock)
	f := calendarFilter{year: y, form: r.URL.Query().Get("form"), kind: r.URL.Query().Get("slag"), line: r.URL.Query().Get("vy") == "linje"}
	if f.year == 0 {
		f.year = today.Year
	}
	if !slices.Contains(commitments.FormCodes(), f.form) {
		f.form = ""
	}
	if !slices.Contains(commitments.Kinds, f.kind) {
		f.kind = ""
	}
	all, err := s.Ledger.PublicPlan(r.Context(), association(r), commitments.PlanFilter{Year: f.year})
	if err != nil {
		return err
	}
	years, err := s.Ledger.PublicPlanYears(r.Context(), association(r), f.year)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, calendarPage(s.calendarView(r, f, all, years)))
}

func (s *Pages) calendarView(r *web.Request, f calendarFilter, all []commitments.ActivityLine, years []int) calendarView {
	today := clock.Today(s.Clock)
	y := strconv.Itoa(f.year)
	v := calendarView{Page: s.frame(r, r.T("account.calendar.title"), r.T("account.calendar.description", "name", association(r).Name, "year", y))}
	v.Page.Feeds = accountFeeds(r)
	v.Years = yearLinks(r, "/kalender", years, f.year, today.Year)
	for i := range v.Years {
		if to, err := strconv.Atoi(v.Years[i].Label); err == nil && f.line {
			v.Years[i].Href = calendarFilter{year: to, line: true}.href(r, today.Year)
		}
	}
	months, line := f, f
	months.line, line.line = false, true
	v.Views = []yearLink{{Label: r.T("account.view.months"), Href: months.href(r, today.Year), Now: !f.line}, {Label: r.T("account.view.line"), Href: line.href(r, today.Year), Now: f.line}}
	forms, kinds := map[string]int{}, map[string]int{}
	var list []commitments.ActivityLine
	for _, a := range all {
		formed := f.form == "" || slices.Contains(a.Forms.Codes(), f.form)
		kinded := f.kind == "" || a.Kind == f.kind
		if kinded {
			for _, c := range a.Forms.Codes() {
				forms[c]++
			}
		}
		if formed {
			kinds[a.Kind]++
		}
		if formed && kinded {
			list = append(list, a)
		}
	}
	for _, c := range commitments.FormCodes() {
		if forms[c] > 0 || f.form == c {
			to := f
			to.form = toggle(f.form, c)
			v.Forms = append(v.Forms, ui.Chip{Label: i18n.Upper(r.T("form." + c)), Count: strconv.Itoa(forms[c]), Href: to.href(r, today.Year), On: f.form == c})
		}
	}
	for _, c := range commitments.Kinds {
		if kinds[c] > 0 || f.kind == c {
			to := f
			to.kind = toggle(f.kind, c)
			v.Kinds = append(v.Kinds, ui.Chip{Label: i18n.Upper(r.T("kind." + c)), Count: strconv.Itoa(kinds[c]), Href: to.href(r, today.Year), On: f.kind == c})
		}
	}
	v.Head = ui.PageHead{Kicker: association(r).Name, Title: r.T("account.calendar.headline", "year", y), Lead: calendarLead(r, list)}
	v.Follow = []ui.Link{{Label: r.T("account.take.calendar"), Href: r.Path("/kalender.ics")}, {Label: r.T("account.take.activities"), Href: r.Path("/aktiviteter.csv")}}
	switch {
	case len(list) == 0:
		v.Empty = &ui.EmptyState{Title: r.T("account.calendar.none.title", "year", y), Text: r.T("account.calendar.none.text")}
	case f.line:
		t := lineOf(r, list, f.year, today)
		v.Line, v.Table = &t, twin(t.Title, t.Rows())
	default:
		v.Months = s.months(r, list, f.year)
		wheel := wheelOf(r, list, f.year, today)
		v.Wheel = &wheel
		v.Table = twin(r.T("account.wheel.title", "year", y), wheel.Rows())
	}
	return v
}

func calendarLead(r *web.Request, list []commitments.ActivityLine) string {
	var done, ahead, late, off int
	for _, a := range list {
		switch {
		case a.Status == commitments.Cancelled:
			off++
		case progress.State(a.State).Overdue():
			late++
		case a.Status == commitments.Done:
			done++
		default:
			ahead++
		}
	}
	var parts []string
	for _, x := range []struct {
		key string
		n   int
	}{{"figure.done", done}, {"figure.ahead", ahead}, {"calendar.late", late}, {"figure.cancelled", off}} {
		if x.n > 0 {
			parts = append(parts, r.T("account."+x.key, "n", x.n))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return r.T("account.calendar.lead", "n", len(list), "list", r.Printer.List(parts))
}

// monthOf is the month an activity is listed under, 0 when its day is not set closely enough.
func monthOf(a commitments.ActivityLine, year int) time.Month {
	switch a.DatePrecision {
	case period.Day, period.Range, period.Month:
		if a.FromOn.Year == year {
			return a.FromOn.Month
		}
	}
	return 0
}

func (s *Pages) months(r *web.Request, list []commitments.ActivityLine, year int) []monthView {
	by := make([]monthView, 13)
	for m := range by {
		if m == 12 {
			by[m] = monthView{Anchor: "utan-dag", Name: r.T("account.calendar.no_day")}
		} else {
			by[m] = monthView{Anchor: monthAnchor(time.Month(m + 1)), Name: i18n.Upper(r.Printer.MonthName(time.Month(m + 1)))}
		}
	}
	for _, a := range list {
		m := monthOf(a, year)
		if m == 0 {
			m = 13
		}
		by[m-1].Steps = append(by[m-1].Steps, s.activityStep(r, a))
	}
	return slices.DeleteFunc(by, func(m monthView) bool { return len(m.Steps) == 0 })
}

func monthAnchor(m time.Month) string { return "m" + strconv.Itoa(int(m)) }

// wheelOf draws the year. Activities without a month are counted in the middle and listed below.
func wheelOf(r *web.Request, list []commitments.ActivityLine, year int, today period.Date) chart.Wheel {
	p, y := r.Printer, strconv.Itoa(year)
	w := chart.Wheel{Frame: chart.Frame{ID: "arshjul", Title: r.T("account.wheel.title", "year", y), Desc: r.T("account.wheel.desc")}, Figure: p.Number(int64(len(list))), Caption: r.T("account.wheel.caption", "year", y)}
	for i, k := range []string{"month", "done", "late", "planned", "cancelled", "deadlines"} {
		w.Header[i] = r.T("account.wheel." + k)
	}
	if year == today.Year {
		w.Current = int(today.Month)
	}
	for i := range w.Months {
		m := &w.Months[i]
		m.Name, m.Initial = p.MonthName(time.Month(i+1)), p.MonthShort(time.Month(i+1))
	}
	for _, a := range list {
		month := monthOf(a, year)
		if month == 0 {
			continue
		}
		m := &w.Months[month-1]
		switch {
		case a.Status == commitments.Cancelled:
			m.Cancelled++
		case progress.State(a.State).Overdue():
			m.Late++
		case a.Status == commitments.Done:
			m.Done++
		default:
			m.Planned++
		}
	}
	for i := range w.Months {
		m := &w.Months[i]
		n := m.Done + m.Late + m.Planned + m.Cancelled
		m.Label = r.T("account.wheel.label", "month", i18n.Upper(m.Name), "n", n)
		if n > 0 {
			m.Href = "#" + monthAnchor(time.Month(i+1))
		}
	}
	return w
}

// lineOf draws the year as a line with a row for each activity. Its title says in which month most happens.
func lineOf(r *web.Request, list []commitments.ActivityLine, year int, today period.Date) chart.Timeline {
	p := r.Printer
	t := chart.Timeline{Frame: chart.Frame{ID: "arslinje", Desc: r.T("account.line.desc")}, Year: year, Tray: r.T("account.calendar.no_day"),
		Header: [3]string{r.T("account.line.name"), r.T("account.line.when"), r.T("account.line.state")}}
	if year == today.Year {
		t.Today = today
	}
	for i := range t.Months {
		t.Months[i] = p.MonthShort(time.Month(i + 1))
	}
	var months [13]int
	most := 0 // the month; 0 holds those without one
	for _, a := range list {
		m := monthOf(a, year)
		if months[m]++; m > 0 && (most == 0 || months[m] > months[most]) {
			most = int(m)
		}
		b := chart.Bar{Name: a.Title, Lang: textLang(p, ""), Href: r.Path("/aktiviteter/" + a.ID.String()), When: p.When(a.When())}
		b.State, b.Text = barState(r, a)
		t.Place(b, a.When())
	}
	t.Title = r.T("account.line.none", "year", strconv.Itoa(year))
	if most > 0 {
		t.Title = r.T("account.line.most", "month", p.MonthName(time.Month(most)), "n", months[most], "all", len(list))
	}
	return t
}

// barState is how far an activity has come, as the picture and the words beside it tell.
func barState(r *web.Request, a commitments.ActivityLine) (chart.State, string) {
	if a.Status == commitments.Cancelled {
		return chart.Cancelled, r.T("account.step.cancelled")
	}
	word := r.T("ui.step." + a.State)
	switch state := progress.State(a.State); {
	case state.Overdue():
		return chart.Late, word
	case state == progress.Complete:
		return chart.Done, word
	case state == progress.NotStarted:
		return chart.Planned, word
	}
	return chart.Partly, word
}

// twin is a chart's content as a table.
func twin(caption string, rows chart.Table) ui.Table {
	t := ui.Table{Caption: caption}
	used := make([]bool, len(rows.Header)) // columns without content are left out
	for _, row := range rows.Rows {
		for i, c := range row {
			used[i] = used[i] || c != "" && c != "0"
		}
	}
	for i, h := range rows.Header {
		if used[i] {
			t.Columns = append(t.Columns, ui.Column{Label: h, Numeric: i > 0})
		}
	}
	for _, row := range rows.Rows {
		var cells []ui.Cell
		for i, c := range row {
			if used[i] {
				cells = append(cells, ui.Cell{Text: c})
			}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return t
}

// chosenKind tells whether the calendar is narrowed to a kind, so that the choice must be seen.
func (v calendarView) chosenKind() bool {
	return slices.ContainsFunc(v.Kinds, func(c ui.Chip) bool { return c.On })
}
