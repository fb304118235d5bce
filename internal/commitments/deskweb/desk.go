package deskweb

import (
	"net/http"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// deskView is the first page of the day.
type deskView struct {
	ui.Page
	Head     ui.PageHead
	New      ui.Link // what one most often begins here, none for those who may not
	Mine     []ui.Task
	Intro    string // to what is Mine
	Waiting  []ui.Task
	Empty    ui.EmptyState // when nothing is Mine
	Wheel    templ.Component
	Twin     ui.Table
	PlanHref string
	Year     string
	Next     []ui.Dated
	Calendar string
}

func (s *Pages) desk(w http.ResponseWriter, r *web.Request) error {
	ctx, assoc := r.Context(), association(r)
	facts, err := s.Ledger.Desk(ctx, r.Actor, assoc)
	if err != nil {
		return err
	}
	plan, err := s.Ledger.Plan(ctx, r.Actor, assoc, commitments.PlanFilter{Year: s.today().Year})
	if err != nil {
		return err
	}
	tasks := facts.Tasks()
	p := s.frame(r, r.T("desk.title"))
	v := deskView{Page: p, Year: itoa(s.today().Year), PlanHref: r.Path("/plan"), Empty: emptyDesk(r, facts, plan)}
	for _, t := range tasks {
		if t.Urgency == commitments.UrgencyWaiting {
			v.Waiting = append(v.Waiting, s.task(r, t))
		} else {
			v.Mine = append(v.Mine, s.task(r, t))
		}
	}
	if len(v.Mine) > 0 {
		v.Intro = p.T("desk.todo.intro")
	}
	now := s.Ledger.HourOf()
	v.Head = ui.PageHead{
		Kicker: p.T("desk.date", "weekday", upper(p.Weekday(s.today())), "date", s.today(), "week", i18n.Week(s.today())),
		Title:  p.T("desk.hello."+commitments.DayPart(now), "name", firstName(r.Actor.Name)) + " " + waiting(p.Printer, len(v.Mine)),
	}
	switch {
	case facts.ReadsIn && len(facts.Promises) == 0:
		v.New = readIn(r)
	case may(r, access.ActivityWrite, r.Actor.Account):
		v.New = ui.Link{Label: p.T("activity.new"), Href: r.Path("/plan/ny")}
	}
	v.Wheel, v.Twin = s.wheel(r, s.today().Year, plan)
	for _, d := range commitments.NextDeadlines(s.today(), 3) {
		v.Next = append(v.Next, ui.Dated{When: period.OnDay(d.On), Title: p.T("cycle." + d.Key), Note: dotted(p.T("cycle."+d.Key+".about"), d.Law)})
	}
	for _, round := range facts.Rounds {
		v.Next = append(v.Next, ui.Dated{When: period.OnDay(round.ClosesOn), Title: p.T("desk.round_closes", "title", round.Title), Href: r.Path("/uppfoljning/" + round.ID.String()), Note: p.T("desk.commented", "n", round.Of, "done", round.Done)})
	}
	sortDated(v.Next)
	return r.Render(w, http.StatusOK, deskPage(v))
}

func firstName(s string) string {
	for i, c := range s {
		if c == ' ' {
			return s[:i]
		}
	}
	return s
}

// waiting says how many things wait, in words as far as people count in words.
func waiting(p ui.Printer, n int) string {
	switch {
	case n == 0:
		return p.T("desk.waiting.none")
	case n <= 12:
		return p.T("desk.waiting", "n", n, "count", upper(p.T("desk.count."+itoa(n))))
	}
	return p.T("desk.waiting", "n", n, "count", itoa(n))
}

func sortDated(list []ui.Dated) {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].When.From.Before(list[j-1].When.From); j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
}

// task puts a task into words.
func (s *Pages) task(r *web.Request, t commitments.Task) ui.Task {
	p, key := r.Printer, "desk.task."+string(t.Kind)
	if anywhere := key + ".anywhere"; t.Title == "" && p.Has(anywhere) {
		t.Title = p.T(anywhere)
	}
	x := ui.Task{State: ui.TaskToDo, Action: p.T(key + ".do"),
		Title: p.T(key, "title", t.Title, "who", t.Who, "n", t.N, "of", t.Of, "day", s.relative(p, t.On))}
	switch t.Urgency {
	case commitments.UrgencyLate:
		x.State = ui.TaskLate
	case commitments.UrgencyWaiting:
		x.State = ui.TaskWaiting
	}
	x.Note = dotted(upper(promiseNumbers(p, t.Numbers)), s.taskNote(p, t))
	x.Href = r.Path(taskPath(t))
	return x
}

// taskNote says when, and who answers.
func (s *Pages) taskNote(p ui.Printer, t commitments.Task) string {
	who := ""
	switch t.Kind {
	case commitments.TaskStepOwed, commitments.TaskStepDue, commitments.TaskReport:
		who = p.T("desk.responsible.nobody")
		if t.Mine {
			who = p.T("desk.responsible.you")
		}
	}
	day := ""
	if key := "desk.task." + string(t.Kind) + ".day"; !t.On.IsZero() && p.Has(key) {
		day = p.T(key, "day", s.day(p, t.On), "ago", s.ago(p, t.On))
	}
	note := t.Note
	if key := "desk.task." + string(t.Kind) + ".note"; note == "" && p.Has(key) {
		note = p.T(key)
	}
	if t.Kind == commitments.TaskRound {
		note = p.T("desk.commented", "n", t.Of, "done", t.N)
	}
	return dotted(day, note, who)
}

// relative is a day near today by its name.
func (s *Pages) relative(p ui.Printer, d period.Date) string {
	switch n := d.Sub(s.today()); {
	case d.IsZero():
		return ""
	case n == 0:
		return p.T("desk.today")
	case n == 1:
		return p.T("desk.tomorrow")
	case n > 1 && n < 7:
		return p.T("desk.on_weekday", "weekday", p.Weekday(d))
	}
	return s.day(p, d)
}

// taskPath is where the thing is done.
func taskPath(t commitments.Task) string {
	promise := ""
	if len(t.Numbers) == 1 {
		promise = promisePath(t.Slug, t.Numbers[0])
	}
	activity := "/plan/" + t.Ref.ID.String()
	switch t.Kind {
	case commitments.TaskStepOwed, commitments.TaskStepDue:
		return promise + "/underlag?steg=" + t.Subject.String()
	case commitments.TaskReport:
		return activity + "/rapport"
	case commitments.TaskReview, commitments.TaskReturned, commitments.TaskOwnInReview:
		return "/granska/" + t.Subject.String()
	case commitments.TaskRound:
		return "/uppfoljning/" + t.Subject.String()
	case commitments.TaskInvitation:
		return activity + "/svara"
	case commitments.TaskNoDay, commitments.TaskPostponed:
		return activity + "/flytta"
	case commitments.TaskFollowUp:
		return activity + "/underlag"
	case commitments.TaskNoDays:
		return "/plan?dag=ej-satt"
	case commitments.TaskNobody:
		return promise + "/skot"
	case commitments.TaskNoSteps:
		return "/plan/ny?lofte=" + t.Subject.String()
	case commitments.TaskFirst:
		return "/las-in"
	case commitments.TaskBarrier, commitments.TaskBarrierOpen:
		return "/hinder/" + t.Subject.String()
	case commitments.TaskDraft:
		return "/las-in/" + t.Subject.String()
	case commitments.TaskNobodies, commitments.TaskNoStepsAtAll, commitments.TaskHardToVerify:
		return "/loften"
	}
	return activity
}

// wheel draws the year of a plan; its twin is a table with the same content.
func (s *Pages) wheel(r *web.Request, year int, plan []commitments.ActivityLine) (templ.Component, ui.Table) {
	p := r.Printer
	c := chart.Wheel{Frame: chart.Frame{ID: "year"}, Header: [6]string{p.T("plan.month"), p.T("plan.done"), p.T("plan.late"), p.T("plan.ahead"), p.T("plan.cancelled"), p.T("desk.deadlines")}}
	if year == s.today().Year {
		c.Current = int(s.today().Month)
	}
	most, busiest := 0, time.Month(0)
	for i := range c.Months {
		m := &c.Months[i]
		m.Name, m.Initial = p.MonthName(time.Month(i+1)), p.MonthShort(time.Month(i + 1))[:3]
		m.Href = r.Path("/plan") + "?ar=" + itoa(year) + "#m" + itoa(i+1)
	}
	for _, a := range plan {
		if a.FromOn.IsZero() || a.FromOn.Year != year || a.DatePrecision == period.Year || a.DatePrecision == period.Ongoing {
			continue
		}
		m := &c.Months[a.FromOn.Month-1]
		switch {
		case a.Status == commitments.Cancelled:
			m.Cancelled++
		case a.Status == commitments.Done:
			m.Done++
		case s.missed(a):
			m.Late++
		default:
			m.Planned++
		}
	}
	for _, d := range commitments.AnnualCycle(year) {
		m := &c.Months[d.On.Month-1]
		m.Deadlines = append(m.Deadlines, d.On.Day)
		m.DeadlineTexts = append(m.DeadlineTexts, p.DayMonth(d.On)+": "+p.T("cycle."+d.Key))
	}
	for i := range c.Months {
		m := &c.Months[i]
		n := m.Done + m.Late + m.Planned + m.Cancelled
		m.Label = monthLabel(p, upper(m.Name), n, m.Done, m.Late, m.Planned, m.Cancelled)
		if n > most {
			most, busiest = n, time.Month(i+1)
		}
	}
	c.Figure, c.Caption = itoa(len(plan)), p.T("plan.wheel_caption", "n", len(plan), "year", itoa(year))
	c.Title = p.T("plan.wheel_empty", "year", itoa(year))
	if most > 0 {
		c.Title = p.T("plan.wheel_title", "month", p.MonthName(busiest), "n", most)
	}
	c.Desc = p.T("plan.wheel_desc")
	return c, tableOf(p.T("plan.wheel_table", "year", itoa(year)), c.Rows())
}

// monthLabel says what a month of the wheel holds: "Mars: 3 aktiviteter, en gjord, 2 planerade".
func monthLabel(p ui.Printer, month string, all, done, late, ahead, cancelled int) string {
	if all == 0 {
		return p.T("plan.month_empty", "month", month)
	}
	label := p.T("plan.month_label", "month", month, "n", all)
	for _, x := range []struct {
		key string
		n   int
	}{{"done", done}, {"late", late}, {"ahead", ahead}, {"cancelled", cancelled}} {
		if x.n > 0 {
			label += ", " + p.T("plan.month."+x.key, "n", x.n)
		}
	}
	return label
}

// missed tells whether an activity's day has passed with no word of how it went.
func (s *Pages) missed(a commitments.ActivityLine) bool {
	return (a.Status == commitments.Planned || a.Status == commitments.Confirmed) && a.When().Dated() && a.ToOn.Before(s.today())
}

func tableOf(caption string, t chart.Table) ui.Table {
	out := ui.Table{Caption: caption, Hidden: true, Wide: true}
	for i, h := range t.Header {
		out.Columns = append(out.Columns, ui.Column{Label: h, Numeric: i > 0 && i < len(t.Header)-1})
	}
	for _, row := range t.Rows {
		var cells []ui.Cell
		for _, c := range row {
			cells = append(cells, ui.Cell{Text: c})
		}
		out.Rows = append(out.Rows, ui.Row{Cells: cells})
	}
	return out
}

// plain tells whether the page is in a language with texts of its own for promises' titles.
func titleOf(p ui.Printer, sv, simple, en string) string {
	switch {
	case p.Lang() == lang.Simple && simple != "":
		return simple
	case p.Lang() == lang.English && en != "":
		return en
	}
	return sv
}
