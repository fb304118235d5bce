package surveysweb

import (
	"math"
	"net/http"
	"slices"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
	"samklang/internal/surveys"

	"github.com/a-h/templ"
)

// indicatorView is what is told of an indicator over time, question by question, for one sort of respondents.
type indicatorView struct {
	ui.Page
	Head      ui.PageHead
	Groups    []ui.Chip
	Questions []questionPart
	Empty     ui.EmptyState
	How       []string
}

type questionPart struct {
	Anchor, Title string
	Response      string          // of the latest round
	Picture       templ.Component // nil where no share is shown; Hidden then says so
	Hidden        string
	Twin          ui.Table
	Changes       []string // where the wording changed
	By            []byView
	Left          []string
	Answers       ui.Table
}

type byView struct {
	Picture templ.Component
	Twin    ui.Table
}

// hundred is a share as people of a hundred. Shares next to none and next to all are not rounded away.
func hundred(p ui.Printer, share float64) string {
	switch n := math.Round(100 * share); {
	case n == 0 && share > 0:
		return p.T("surveysweb.of_100", "n", p.T("surveysweb.under_one"))
	case n == 100 && share < 1:
		return p.T("surveysweb.of_100", "n", p.T("surveysweb.over_99"))
	default:
		return p.T("surveysweb.of_100", "n", p.Number(int64(n)))
	}
}

func span(p ui.Printer, s surveys.Share) string {
	return p.T("surveysweb.span", "low", p.Number(int64(math.Round(100*s.Interval.Low))), "high", p.Number(int64(math.Round(100*s.Interval.High))))
}

func (s *Pages) indicatorPage(w http.ResponseWriter, r *web.Request) error {
	f, err := s.of(r)
	if err != nil {
		return err
	}
	at, err := pathID(r, "indicator")
	if err != nil {
		return err
	}
	name := f.Indicator(at)
	if name == "" {
		return errs.E(errs.NotFound, "error.not_found")
	}
	_, told, err := s.Surveys.Outcomes(r.Context(), r.Actor, r.Scope().ID, f.ID)
	if err != nil {
		return err
	}
	told = slices.DeleteFunc(told, func(o surveys.Outcome) bool { return f.Question(o.Question).IndicatorID != at })
	v := indicatorView{Page: s.frame(r, name, ui.Link{Label: f.Name, Href: address(r, f.ID, "")}), Head: ui.PageHead{Kicker: f.Name, Title: name, Lead: r.T("surveysweb.indicator.lead")}}
	var groups []surveys.Respondents
	for _, g := range surveys.Groups {
		if slices.ContainsFunc(told, func(o surveys.Outcome) bool { return o.Respondents == g }) {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		v.Empty = ui.EmptyState{Title: r.T("surveysweb.indicator.empty.title"), Text: r.T("surveysweb.indicator.empty")}
		return r.Render(w, http.StatusOK, indicatorPage(v))
	}
	chosen := surveys.Respondents(r.URL.Query().Get("vem"))
	if !slices.Contains(groups, chosen) {
		chosen = groups[0]
	}
	here := address(r, f.ID, "/indikatorer/"+at.String())
	for _, g := range groups {
		v.Groups = append(v.Groups, ui.Chip{Label: upper(who(r.Printer, g)), Href: here + "?vem=" + string(g), On: g == chosen, Stays: true})
	}
	for _, q := range f.Questions {
		var series []surveys.Outcome
		for _, o := range told {
			if o.Question == q.ID && o.Respondents == chosen {
				series = append(series, o)
			}
		}
		if len(series) > 0 {
			v.Questions = append(v.Questions, part(r.Printer, q, series))
		}
	}
	v.How = []string{r.T("surveysweb.how.good"), r.T("surveysweb.hidden", "least", surveys.Least), r.T("surveysweb.how.share", "least", surveys.LeastShare)}
	return r.Render(w, http.StatusOK, indicatorPage(v))
}

// part lays out a question; series has the latest round first.
func part(p ui.Printer, q surveys.Question, series []surveys.Outcome) questionPart {
	now := series[0]
	v := questionPart{Anchor: "fraga-" + anchor(q.Number), Title: q.Number + ". " + q.Version(now.Version).Text, Response: p.T("surveysweb.in_round", "round", now.Round.Name, "words", response(p, now))}
	c := chart.Intervals{Frame: chart.Frame{ID: v.Anchor + "-bild", Title: finding(p, q.Number, series), Desc: p.T("surveysweb.chart.desc")}, To: 1, Header: [3]string{p.T("surveysweb.round"), p.T("surveysweb.good"), p.T("surveysweb.uncertainty")}}
	v.Twin = ui.Table{Caption: p.T("surveysweb.over_time"), Columns: []ui.Column{{Label: p.T("surveysweb.round")}, {Label: p.T("surveysweb.good"), Numeric: true}, {Label: p.T("surveysweb.uncertainty"), Numeric: true}, {Label: p.T("surveysweb.response.title")}}}
	for _, o := range slices.Backward(series) {
		name := o.Round.Name
		if o.Version != now.Version {
			name = p.T("surveysweb.earlier_wording", "round", name)
		}
		x := item(p, o.All, name)
		x.Hollow = o.Version != now.Version
		c.Items = append(c.Items, x)
		v.Twin.Rows = append(v.Twin.Rows, ui.Row{Cells: []ui.Cell{{Text: name}, {Text: x.Words}, {Text: x.Uncertainty}, {Text: response(p, o)}}})
	}
	if slices.ContainsFunc(series, func(o surveys.Outcome) bool { return o.All.Enough }) {
		v.Picture = c
	} else {
		v.Hidden = c.Title
	}
	for i := len(series) - 1; i > 0; i-- {
		if old, next := q.Version(series[i].Version), q.Version(series[i-1].Version); old.Version != next.Version {
			v.Changes = append(v.Changes, p.T("surveysweb.changed", "date", next.From, "text", old.Text))
		}
	}
	for _, x := range now.Crossed {
		if slices.ContainsFunc(x.Shares, func(s surveys.Share) bool { return s.Enough }) {
			v.By = append(v.By, by(p, v.Anchor, q.Number, now.Round.Name, x))
		} else {
			v.Left = append(v.Left, p.T("surveysweb.hides", "background", upper(background(p, x.Background))))
		}
	}
	for _, b := range now.Left {
		v.Left = append(v.Left, p.T("surveysweb.left", "background", upper(background(p, b)), "least", surveys.Least))
	}
	v.Answers = answers(p, q, now, series)
	return v
}

func anchor(number string) string {
	return strings.Map(func(c rune) rune {
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' {
			return c
		}
		return '-'
	}, strings.ToLower(number))
}

func item(p ui.Printer, s surveys.Share, name string) chart.Interval {
	if !s.Enough {
		return chart.Interval{Name: name, Hidden: true, Words: p.T("surveysweb.too_few")}
	}
	return chart.Interval{Name: name, Low: s.Interval.Low, Value: s.Rate, High: s.Interval.High, Words: hundred(p, s.Rate), Uncertainty: span(p, s)}
}

// finding says what a picture shows.
func finding(p ui.Printer, number string, series []surveys.Outcome) string {
	now := series[0]
	if !now.All.Enough {
		return p.T("surveysweb.finding.none", "number", number, "round", now.Round.Name)
	}
	for _, o := range series[1:] {
		if o.All.Enough && o.Version == now.Version {
			return p.T("surveysweb.finding.two", "number", number, "a", hundred(p, now.All.Rate), "round", now.Round.Name, "b", hundred(p, o.All.Rate), "before", o.Round.Name)
		}
	}
	return p.T("surveysweb.finding.one", "number", number, "a", hundred(p, now.All.Rate), "round", now.Round.Name)
}

// by lays out a question by a background.
func by(p ui.Printer, at, number, round string, x surveys.Crossing) byView {
	title := p.T("surveysweb.by.title", "number", number, "background", background(p, x.Background), "round", round)
	c := chart.Intervals{Frame: chart.Frame{ID: at + "-" + x.Background, Title: title, Desc: p.T("surveysweb.chart.by")}, To: 1, Header: [3]string{p.T("surveysweb.group"), p.T("surveysweb.good"), p.T("surveysweb.uncertainty")}}
	v := byView{Twin: ui.Table{Caption: title, Columns: []ui.Column{{Label: p.T("surveysweb.group")}, {Label: p.T("surveysweb.good"), Numeric: true}, {Label: p.T("surveysweb.uncertainty"), Numeric: true}}}}
	for _, s := range x.Shares {
		i := item(p, s, upper(group(p, x.Background, s.Group)))
		c.Items = append(c.Items, i)
		v.Twin.Rows = append(v.Twin.Rows, ui.Row{Cells: []ui.Cell{{Text: i.Name}, {Text: i.Words}, {Text: i.Uncertainty}}})
	}
	v.Picture = c
	return v
}

// answers tells every answer round by round, those with the wording of the latest.
func answers(p ui.Printer, q surveys.Question, now surveys.Outcome, series []surveys.Outcome) ui.Table {
	t := ui.Table{Caption: p.T("surveysweb.answers"), Columns: []ui.Column{{Label: p.T("surveysweb.column.answer")}}}
	var same []surveys.Outcome
	for _, o := range slices.Backward(series) {
		if o.Version == now.Version {
			same = append(same, o)
			t.Columns = append(t.Columns, ui.Column{Label: o.Round.Name, Numeric: true})
		}
	}
	for _, a := range q.Version(now.Version).Options {
		if a.Class == surveys.Outside {
			continue
		}
		row := ui.Row{Cells: []ui.Cell{{Text: a.Label}}}
		for _, o := range same {
			row.Cells = append(row.Cells, ui.Cell{Text: shown(p, o.Answers[a.Code])})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
