package accountweb

import (
	"net/http"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// rulesView explains how states are computed. The example is computed by the rules themselves, so the page cannot say anything else
// than what the program does.
type rulesView struct {
	Page    ui.Page
	States  []ruleState
	Steps   ui.Table
	Promise ui.Table
	Track   chart.Track
	Days    ui.Table
}

type ruleState struct {
	State ui.State
	Text  string
}

func (s *Pages) rules(w http.ResponseWriter, r *web.Request) error {
	v := rulesView{Page: s.frame(r, r.T("account.rules.title"), r.T("account.rules.lead"))}
	for _, x := range progress.States {
		v.States = append(v.States, ruleState{ui.State(x), r.T("account.rules.state." + string(x))})
	}
	v.Steps = ruleTable(r, "step", []string{"shown", "accepted", "filed", "nothing", "passed_empty", "waiting", "passed_filed"},
		[]progress.State{progress.Complete, progress.Substantial, progress.Limited, progress.NotStarted, progress.NoEvidence, progress.Limited, progress.Late}, "ui.step.")
	v.Promise = ruleTable(r, "promise", []string{"replaced", "idle", "owed_empty", "owed", "all", "half", "some", "nothing"},
		[]progress.State{progress.Replaced, progress.Lapsed, progress.NoEvidence, progress.Late, progress.Complete, progress.Substantial, progress.Limited, progress.NotStarted}, "ui.state.")
	s.example(r, &v)
	return r.Render(w, http.StatusOK, rulesPage(v))
}

// ruleTable is the rules in the order they are tried: what holds, and the state that follows.
func ruleTable(r *web.Request, of string, rules []string, states []progress.State, words string) ui.Table {
	t := ui.Table{Caption: r.T("account.rules." + of + ".caption"), Columns: []ui.Column{{Label: r.T("account.rules.if")}, {Label: r.T("account.rules.then")}}}
	for i, rule := range rules {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("account.rules." + of + "." + rule)}, {Body: ui.StateBadge(r.Printer, ui.State(states[i]), r.T(words+string(states[i])))}}})
	}
	return t
}

// example follows a promise with four steps through a year.
func (s *Pages) example(r *web.Request, v *rulesView) {
	y := clock.Today(s.Clock).Year
	on := func(m time.Month, d int) period.Date { return period.On(y, m, d) }
	filed := func(f, reviewed period.Date) progress.Filing {
		return progress.Filing{On: f, Reviewed: reviewed, Accepted: true, Completes: true}
	}
	p := progress.Pledge{Adopted: on(1, 9), LapseAfter: 180, Steps: []progress.Fact{
		{Due: on(3, 12), Filings: []progress.Filing{filed(on(3, 12), on(3, 17))}},
		{Due: on(5, 20), Filings: []progress.Filing{filed(on(5, 20), on(5, 25))}},
		{Due: on(9, 24), Filings: []progress.Filing{filed(on(10, 6), on(10, 9))}},
		{Due: on(11, 18), Filings: []progress.Filing{filed(on(11, 18), on(11, 24))}},
	}}
	v.Days = ui.Table{Caption: r.T("account.rules.example.caption"), Columns: []ui.Column{{Label: r.T("account.rules.day")}, {Label: r.T("account.rules.happens")}, {Label: r.T("account.rules.then")}}}
	for _, x := range []struct {
		day period.Date
		key string
	}{{on(1, 9), "adopted"}, {on(3, 12), "filed"}, {on(3, 17), "accepted"}, {on(5, 25), "second"}, {on(9, 25), "passed"}, {on(10, 9), "third"}, {on(11, 24), "fourth"}} {
		verdict := progress.Promise(p, x.day)
		v.Days.Rows = append(v.Days.Rows, ui.Row{Cells: []ui.Cell{{Text: r.Printer.DayMonth(x.day)}, {Text: r.T("account.rules.example." + x.key)}, {Body: ui.StateBadge(r.Printer, ui.State(verdict.State), "")}}})
	}
	var months [12]commitments.Month
	states := progress.Promise(p, on(9, 25)).Steps
	for i, f := range p.Steps {
		m := &months[f.Due.Month-1]
		switch states[i] {
		case progress.Complete:
			m.Shown++
		case progress.NotStarted:
			m.Planned++
		default:
			m.Missed++
		}
	}
	v.Track = monthTrack(r.Printer, "exempel-ar", y, months)
}
