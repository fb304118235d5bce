package equalityweb

import (
	"slices"
	"strings"

	"samklang/internal/core/lang"
	"samklang/internal/equality"
	"samklang/internal/platform/chart"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// picture is a drawing with its twin.
type picture struct {
	Draw  templ.Component
	Twin  ui.Table
	Label string // of the twin
}

func drawn(p ui.Printer, d interface {
	templ.Component
	Rows() chart.Table
}, caption string) picture {
	rows := d.Rows()
	t := ui.Table{Caption: caption}
	for i, h := range rows.Header {
		t.Columns = append(t.Columns, ui.Column{Label: h, Numeric: i > 0})
	}
	for _, row := range rows.Rows {
		var cells []ui.Cell
		for _, c := range row {
			cells = append(cells, ui.Cell{Text: c})
		}
		t.Rows = append(t.Rows, ui.Row{Cells: cells})
	}
	return picture{d, t, p.T("equalityweb.twin")}
}

// item is one share in a picture. A share that cannot be told stands there in words.
func item(w equality.Words, s equality.Share, name string, hollow bool) chart.Interval {
	if !s.Enough {
		return chart.Interval{Name: name, Hidden: true, Words: w.T("equalityweb.too_few")}
	}
	return chart.Interval{Name: name, Low: s.Interval.Low, Value: s.Rate, High: s.Interval.High, Hollow: hollow, Words: w.T("equalityweb.of_100", "n", w.Hundred(s.Rate)), Uncertainty: w.Span(s.Interval)}
}

// shares draws a group beside its reference.
func shares(w equality.Words, p equality.Pair, variable, anchor, title string) picture {
	x := chart.Intervals{Frame: chart.Frame{ID: anchor, Title: title, Desc: w.T("equalityweb.shares.desc")}, To: 1, Header: [3]string{w.T("equalityweb.group"), w.T("equalityweb.share"), w.T("equalityweb.uncertainty")},
		Items: []chart.Interval{item(w, p.Group, i18n.Upper(w.Code(variable, p.Group.Code)), false), item(w, p.Reference, i18n.Upper(w.Code(variable, p.Reference.Code)), true)}}
	return drawn(w.Printer, x, title)
}

// within is the comparison among those who are alike in a variable.
func within(w equality.Words, f equality.Finding, x equality.Within) withinView {
	v := withinView{Anchor: "inom-" + x.Variable, Title: i18n.Upper(w.T("equality.within." + x.Variable)), Why: w.T("equality.why." + x.Variable)}
	v.Lines = compact(w.Turn(f, x), w.Covered(x))
	if x.Uneven {
		v.Lines = append(v.Lines, w.T("equalityweb.uneven"))
	}
	if !x.OK {
		v.Lines = append([]string{w.Adjusted(f, x)}, v.Lines...)
		return v
	}
	c := chart.Intervals{Frame: chart.Frame{ID: "strata-" + x.Variable, Title: w.Adjusted(f, x), Desc: w.T("equalityweb.shares.desc")}, To: 1, Header: [3]string{w.T("equalityweb.group"), w.T("equalityweb.share"), w.T("equalityweb.uncertainty")}}
	strata := slices.Clone(x.Strata)
	slices.SortStableFunc(strata, func(a, b equality.Pair) int {
		return strings.Compare(lang.SortKey(w.Code(x.Variable, a.Code)), lang.SortKey(w.Code(x.Variable, b.Code)))
	})
	for _, p := range strata {
		name := i18n.Upper(w.Code(x.Variable, p.Code))
		c.Items = append(c.Items, item(w, p.Group, name+", "+w.Code(f.Variable, f.Group), false), item(w, p.Reference, name+", "+w.Code(f.Variable, f.Reference), true))
	}
	v.Picture = drawn(w.Printer, c, v.Title)
	return v
}

func crossing(w equality.Words, f equality.Finding) *crossingView {
	x := f.Crossing
	if x == nil {
		return nil
	}
	v := &crossingView{Lead: w.T("equalityweb.crossing.lead"), Table: ui.Table{Caption: w.T("equalityweb.crossing"), Hidden: true, Columns: []ui.Column{{Label: w.T("equalityweb.group")}, {Label: w.T("equalityweb.counted"), Numeric: true}, {Label: w.T("equalityweb.estimate"), Numeric: true}, {Label: w.T("equalityweb.uncertainty"), Numeric: true}}}}
	for _, c := range x.Cells {
		v.Table.Rows = append(v.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: i18n.Upper(w.Code(x.Variables[0], c.Codes[0])) + ", " + w.Code(x.Variables[1], c.Codes[1])}, {Text: w.Number(c.Count.N)},
			{Text: w.T("equalityweb.of_100", "n", w.Hundred(c.Chance.Value))}, {Text: w.Span(c.Chance.Interval)}}})
	}
	return v
}

// periods is a table of the shares period by period, nil where none can be told.
func periods(w equality.Words, f equality.Finding) *ui.Table {
	t := &ui.Table{Caption: w.T("equalityweb.periods"), Hidden: true, Columns: []ui.Column{{Label: w.T("equalityweb.period")}, {Label: i18n.Upper(w.Code(f.Variable, f.Group)), Numeric: true}, {Label: i18n.Upper(w.Code(f.Variable, f.Reference)), Numeric: true}}}
	cell := func(s equality.Share) ui.Cell {
		if !s.Enough {
			return ui.Cell{Text: w.T("equalityweb.too_few")}
		}
		return ui.Cell{Text: w.T("equalityweb.of_100", "n", w.Hundred(s.Rate))}
	}
	for _, p := range f.Periods {
		if p.Group.Enough && p.Reference.Enough {
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: inWords(w.Printer, p.Code)}, cell(p.Group), cell(p.Reference)}})
		}
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return t
}

// spreadView is the page of a spread: a funnel, with the units in the order of their names.
func (s *Pages) spreadView(r *web.Request, w equality.Words, x equality.Scatter) comparisonView {
	v := comparisonView{Page: s.inside(r, w.Title(x.Code), home(r)), Head: ui.PageHead{Kicker: w.Scattered(x), Title: w.Title(x.Code), Lead: w.Whole(x)}}
	v.Crude = w.T("equalityweb.picture")
	v.Picture = funnel(w, x, "tratt")
	v.Lines = compact(w.Left(x), w.T("equalityweb.funnel.how"))
	v.Hides = compact(w.T("equality.what."+x.Code), w.T("equalityweb.unknown"), w.T("equalityweb.method", "method", equality.Method))
	return v
}

// funnel draws a spread; without enough units there is nothing to draw.
func funnel(w equality.Words, x equality.Scatter, anchor string) picture {
	if !x.OK() {
		return picture{}
	}
	c := chart.Funnel{Frame: chart.Frame{ID: anchor, Title: w.Scattered(x), Desc: w.T("equalityweb.funnel.desc")}, Whole: x.Whole.Rate, Axes: [2]string{w.T("equalityweb.funnel.size"), w.T("equalityweb.funnel.share")},
		Header: [4]string{i18n.Upper(w.T("equalityweb.unit." + x.Units)), w.T("equalityweb.counted"), w.T("equalityweb.share"), w.T("equalityweb.place")}}
	points := slices.Clone(x.Points)
	slices.SortStableFunc(points, func(a, b equality.Point) int {
		return strings.Compare(lang.SortKey(w.Code(x.Units, a.Code)), lang.SortKey(w.Code(x.Units, b.Code)))
	})
	least := points[0].Count.N
	for _, p := range points {
		place := w.T("equalityweb.inside")
		if p.Outside {
			place = w.T("equalityweb.outside")
		}
		c.Points = append(c.Points, chart.Unit{Name: i18n.Upper(w.Code(x.Units, p.Code)), N: p.Count.N, Share: p.Rate, Outside: p.Outside, Words: [3]string{w.Number(p.Count.N), w.T("equalityweb.of_100", "n", w.Hundred(p.Rate)), place}})
		c.Largest, least = max(c.Largest, p.Count.N), min(least, p.Count.N)
	}
	c.Largest += max(c.Largest/8, 1)
	const steps = 40
	for i := range int64(steps + 1) {
		n := max(least/2, 1) + (c.Largest-max(least/2, 1))*i/steps
		likely, err := x.Limits(n, equality.LikelyLimits)
		if err != nil {
			continue
		}
		if sure, err := x.Limits(n, equality.SureLimits); err == nil {
			c.Limits = append(c.Limits, chart.Limit{N: n, LikelyLow: likely.Low, LikelyHigh: likely.High, SureLow: sure.Low, SureHigh: sure.High})
		}
	}
	return drawn(w.Printer, c, w.Title(x.Code))
}
