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
	Label string   // of the twin
	Key   []string // names for the numbers in the drawing, in their order
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
	return picture{Draw: d, Twin: t, Label: p.T("equalityweb.twin")}
}

// item is one share in a picture. A share that cannot be told stands there in words.
func item(w equality.Words, s equality.Share, name string, hollow bool) chart.Interval {
	if !s.Enough {
		return chart.Interval{Name: name, Hidden: true, Words: w.T("equalityweb.too_few")}
	}
	return chart.Interval{Name: name, Low: s.Interval.Low, Value: s.Rate, High: s.Interval.High, Hollow: hollow, Words: w.T("equalityweb.of_100", "n", w.Hundred(s.Rate)), Uncertainty: w.Span(s.Interval)}
}

func scale(w equality.Words) [3]string {
	return [3]string{"0", "50", w.T("equalityweb.of_100", "n", "100")}
}

// beside are the differences side by side: when all are taken together, and within each variable. Turns tells where the sign is another.
func beside(w equality.Words, f equality.Finding) (list []ui.Figure, turns []string) {
	if f.Verdict == equality.TooSmall {
		return nil, nil
	}
	add := func(label string, e equality.Estimate) {
		d := e.Difference
		list = append(list, ui.Figure{Label: label, Value: w.More(d.Value), Note: w.T("equalityweb.beside", "group", w.Group(f.Variable, f.Group), "low", w.More(d.Low), "high", w.More(d.High))})
	}
	add(w.T("equalityweb.crude"), f.Crude)
	for _, x := range f.Within {
		label := i18n.Upper(w.T("equality.within." + x.Variable))
		if !x.OK {
			list = append(list, ui.Figure{Label: label, Value: "–", Note: w.T("equalityweb.too_few")})
			continue
		}
		add(label, x.Estimate)
		turns = append(turns, compact(w.Turn(f, x))...)
	}
	return list, turns
}

// shares draws a group beside its reference.
func shares(w equality.Words, p equality.Pair, variable, anchor, title string, explain bool) picture {
	x := chart.Intervals{Frame: chart.Frame{ID: anchor, Title: title}, To: 1, Scale: scale(w), Header: [3]string{w.T("equalityweb.group"), w.T("equalityweb.share"), w.T("equalityweb.uncertainty")},
		Items: []chart.Interval{item(w, p.Group, i18n.Upper(w.Group(variable, p.Group.Code)), false), item(w, p.Reference, i18n.Upper(w.Group(variable, p.Reference.Code)), true)}}
	if explain {
		x.Desc = w.T("equalityweb.shares.desc")
	}
	return drawn(w.Printer, x, title)
}

// within is the comparison among those who are alike in a variable.
func within(w equality.Words, f equality.Finding, x equality.Within) withinView {
	v := withinView{Anchor: "inom-" + x.Variable, Title: i18n.Upper(w.T("equality.within." + x.Variable)), Why: w.T("equality.why." + x.Variable)}
	v.Lines = compact(w.Covered(x))
	if x.Uneven {
		v.Lines = append(v.Lines, w.T("equalityweb.uneven"))
	}
	if !x.OK {
		v.Lines = append([]string{w.Adjusted(f, x)}, v.Lines...)
		return v
	}
	c := chart.Intervals{Frame: chart.Frame{ID: "strata-" + x.Variable, Title: w.Adjusted(f, x)}, To: 1, Scale: scale(w), Header: [3]string{w.T("equalityweb.group"), w.T("equalityweb.share"), w.T("equalityweb.uncertainty")}}
	strata := slices.Clone(x.Strata)
	slices.SortStableFunc(strata, func(a, b equality.Pair) int {
		return strings.Compare(lang.SortKey(w.Code(x.Variable, a.Code)), lang.SortKey(w.Code(x.Variable, b.Code)))
	})
	for _, p := range strata {
		name := i18n.Upper(w.Code(x.Variable, p.Code))
		c.Items = append(c.Items, paired(w, p, f.Variable, name)...)
	}
	v.Picture = drawn(w.Printer, c, v.Title)
	return v
}

// paired are a group and its reference under the name of what they are alike in.
func paired(w equality.Words, p equality.Pair, variable, name string) []chart.Interval {
	a, b := item(w, p.Group, i18n.Upper(w.Group(variable, p.Group.Code)), false), item(w, p.Reference, i18n.Upper(w.Group(variable, p.Reference.Code)), true)
	a.Group = name
	return []chart.Interval{a, b}
}

// offer draws how people of each group are spread over the initiatives.
func offer(w equality.Words, o equality.Offer, explain bool) withinView {
	said := w.Offered(o)
	v := withinView{Anchor: "vem-" + o.Variable, Title: w.OfferTitle(o), Lines: said[len(o.Initiatives):]}
	c := chart.Intervals{Frame: chart.Frame{ID: "offer-" + o.Variable, Title: said[0]}, To: 1, Scale: scale(w), Header: [3]string{w.T("equalityweb.group"), w.T("equalityweb.share"), w.T("equalityweb.uncertainty")}}
	if explain {
		c.Desc = w.T("equalityweb.shares.desc")
	}
	for _, p := range o.Initiatives {
		c.Items = append(c.Items, paired(w, p, o.Variable, w.Code(equality.Initiative, p.Code))...)
	}
	v.Picture = drawn(w.Printer, c, v.Title)
	return v
}

func crossing(w equality.Words, f equality.Finding) *crossingView {
	x := f.Crossing
	switch {
	case x == nil && (len(f.Crossed) == 0 || f.Verdict == equality.TooSmall):
		return nil
	case x == nil:
		return &crossingView{Lines: []string{w.T("equality.crossed_none")}}
	}
	v := &crossingView{Lines: w.Crossed(x), Table: ui.Table{Caption: w.T("equalityweb.crossing"), Hidden: true, Columns: []ui.Column{{Label: w.T("equalityweb.group")}, {Label: w.T("equalityweb.counted"), Numeric: true}, {Label: w.T("equalityweb.estimate"), Numeric: true}, {Label: w.T("equalityweb.uncertainty"), Numeric: true}}}}
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
	v := comparisonView{Page: s.inside(r, w.Title(x.Code), home(r)), Head: ui.PageHead{Title: w.Title(x.Code), Lead: w.Whole(x)}, Badge: spreadBadge(w, x), Coverage: w.CoverageOf(x.Whole)}
	v.Crude = w.T("equalityweb.picture")
	v.Picture = funnel(w, x, "tratt")
	v.Lines = compact(w.Left(x))
	if x.OK() {
		v.Lines = append(v.Lines, w.T("equalityweb.funnel.how"))
	} else {
		v.Lines = append([]string{w.Scattered(x) + "."}, v.Lines...)
	}
	v.Hides = compact(w.What(x.Code), w.T("equalityweb.unknown"), w.T("equalityweb.method", "method", equality.Method))
	return v
}

// funnel draws a spread; without enough units there is nothing to draw.
func funnel(w equality.Words, x equality.Scatter, anchor string) picture {
	if !x.OK() {
		return picture{}
	}
	c := chart.Funnel{Frame: chart.Frame{ID: anchor, Title: w.Scattered(x), Desc: w.T("equalityweb.funnel.desc")}, Whole: x.Whole.Rate, All: w.T("equalityweb.funnel.all", "n", w.Hundred(x.Whole.Rate)), Axes: [2]string{w.T("equalityweb.funnel.size"), w.T("equalityweb.funnel.share")},
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
	out := drawn(w.Printer, c, w.Title(x.Code))
	for _, p := range c.Points {
		out.Key = append(out.Key, w.T("equalityweb.funnel.key", "name", p.Name, "share", p.Words[1], "place", p.Words[2]))
	}
	return out
}
