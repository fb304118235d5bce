package followupweb

import (
	"net/http"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf8"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/disclosure"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// figuresView is what the association's office may see of the follow-up: figures that have passed package disclosure.
type figuresView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Publish *ui.Form
	Next    string // the period that can be published
	Moments []ui.Chip
	Empty   ui.EmptyState
	Figures []ui.Figure
	Tables  []figureTable
	Hidden  string
	Few     string // initiatives that stand in no figure
	Cover   []ui.Answer
	Earlier []ui.Link
	Asked   []ui.Link // groups that wait for an answer
	Groups  string
	Surveys string // address of what was answered in questionnaires
}

type figureTable struct {
	Anchor, Title string
	Table         ui.Table
}

func (s *Pages) figuresPage(w http.ResponseWriter, r *web.Request) error {
	return s.showFigures(w, r, http.StatusOK, nil)
}

func (s *Pages) showFigures(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	ctx, sc := r.Context(), r.Scope()
	m := followup.Moment(r.URL.Query().Get("vad"))
	if !slices.Contains(followup.Published[:], m) {
		m = followup.Published[0]
	}
	number, _ := strconv.ParseInt(r.URL.Query().Get("nr"), 10, 32)
	p, err := s.Followup.Publication(ctx, r.Actor, sc.ID, m, number)
	if err != nil {
		return err
	}
	v := figuresView{Page: s.frame(r, r.T("followupweb.figures.title")), Errors: ui.ErrorsOf(r.Printer, fault), Head: ui.PageHead{Title: r.T("followupweb.figures.title"), Lead: r.T("followupweb.figures.lead")}}
	v.Faulty, v.Printed = len(v.Errors) > 0, ""
	v.Groups = r.Path("/siffror/tillsammans")
	if v.Asked, err = s.asked(r); err != nil {
		return err
	}
	if access.May(r.Actor, access.SurveyRead, access.Object{Association: sc.ID}) {
		v.Surveys = r.Path("/enkater")
	}
	if access.May(r.Actor, access.FollowupAccept, access.Object{Association: sc.ID}) {
		last, ok, err := s.Followup.Publishable(ctx, sc.ID)
		if err != nil {
			return err
		}
		if ok {
			v.Publish, v.Next = &ui.Form{Action: r.Path("/siffror"), Key: id.New().String()}, i18n.Upper(inWords(r.Printer, last))
		}
	}
	if p == nil {
		v.Empty = ui.EmptyState{Title: r.T("followupweb.figures.empty.title"), Text: r.T("followupweb.figures.empty")}
		return r.Render(w, status, figuresPage(v))
	}
	for _, x := range followup.Published {
		v.Moments = append(v.Moments, ui.Chip{Label: r.T("followupweb.moment." + string(x)), Href: r.Path("/siffror") + "?vad=" + string(x), On: x == m, Stays: true})
	}
	all, err := s.Followup.Initiatives(ctx, s.Followup.DB.Read(), sc.ID)
	if err != nil {
		return err
	}
	words := s.words(r, all)
	v.Head.Lead = r.T("followupweb.figures.through", "period", inWords(r.Printer, p.Through), "date", p.On)
	v.Figures = totals(r, p)
	v.Hidden = r.T("followupweb.figures.hidden", "threshold", p.Result.Threshold)
	for i, t := range p.Result.Tables {
		v.Tables = append(v.Tables, tableOf(r, p.Result, i, t, words))
	}
	in := p.Result.Categories[followup.OfInitiative]
	var few []string
	for _, i := range all {
		if _, counted := p.Coverage[i.ID]; counted && !slices.Contains(in, i.ID.String()) && (m == followup.TookPart || i.Method == followup.Cards) {
			few = append(few, i.Name)
		}
	}
	if len(few) > 0 {
		v.Few = r.T("followupweb.figures.few", "names", r.Printer.List(few), "least", followup.LeastOfAnInitiative)
	}
	for _, i := range all {
		if !slices.Contains(in, i.ID.String()) {
			continue
		}
		if g, ok := p.Coverage[i.ID]; ok && g != followup.Nothing {
			v.Cover = append(v.Cover, ui.Answer{Question: i.Name, Answer: r.T("followupweb.grade." + string(g))})
		}
	}
	for _, e := range p.Earlier {
		v.Earlier = append(v.Earlier, ui.Link{Label: r.T("followupweb.figures.earlier.one", "n", e.Number, "period", inWords(r.Printer, e.Through), "date", e.On), Href: r.Path("/siffror") + "?vad=" + string(m) + "&nr=" + itoa(e.Number)})
	}
	return r.Render(w, status, figuresPage(v))
}

// totals are the figures of everybody and of each sex.
func totals(r *web.Request, p *followup.Publication) []ui.Figure {
	list := []ui.Figure{{Label: r.T("followupweb.moment." + string(p.Family)), Value: shown(r, p.Result.Find(nil))}}
	for _, sex := range []string{"female", "male"} {
		list = append(list, ui.Figure{Label: i18n.Upper(r.T("followupweb.figures." + sex)), Value: shown(r, p.Result.Find(map[string]string{followup.Sex: sex}))})
	}
	return list
}

// shown is a figure, or a dash where it is hidden.
func shown(r *web.Request, f disclosure.Figure) string {
	if n, ok := f.Count(); ok {
		return r.Printer.Number(int64(n))
	}
	return r.T("followupweb.figures.dash")
}

// words gives a name to every category of a publication.
func (s *Pages) words(r *web.Request, all []followup.Initiative) func(variable, code string) string {
	names := map[string]string{}
	for _, i := range all {
		names[i.ID.String()] = i.Name
		for _, p := range i.Places {
			names[p.Code] = p.Name
		}
	}
	return func(variable, code string) string {
		switch {
		case code == disclosure.Total:
			return r.T("followupweb.all")
		case code == followup.Unknown:
			return i18n.Upper(r.T("followup.code.unknown"))
		case variable == followup.OfPeriod:
			if b, err := periodOf(code); err == nil {
				return i18n.Upper(inWords(r.Printer, b))
			}
		case variable == followup.OfInitiative || variable == followup.Municipality:
			if n := names[code]; n != "" {
				return n
			}
			return code
		case r.Printer.Has("followup.group." + code):
			return i18n.Upper(r.T("followup.group." + code))
		}
		return i18n.Upper(label(r.Printer, variable, followup.Code{Code: code}))
	}
}

// tableOf lays out one table of a publication: the last variable in the columns, the others in the rows.
func tableOf(r *web.Request, x *disclosure.Result, number int, variables []string, words func(variable, code string) string) figureTable {
	over := variables[len(variables)-1]
	if len(variables) == 2 && over != followup.Sex && variables[0] == followup.Sex {
		variables = []string{over, followup.Sex}
		over = followup.Sex
	}
	rows := variables[:len(variables)-1]
	title := r.T("followupweb.figures.by."+over, "rows", rowWords(r, rows))
	t := figureTable{Anchor: "tabell-" + itoa(number+1), Title: title, Table: ui.Table{Caption: title, Hidden: true, Wide: true, Columns: []ui.Column{{Label: i18n.Upper(rowWords(r, rows))}}}}
	values := func(v string) []string {
		var list []string
		seen := map[string]bool{}
		at := slices.Index(x.Tables[number], v)
		for _, c := range x.Cells {
			if c.Table == number && !seen[c.Values[at]] {
				seen[c.Values[at]] = true
				list = append(list, c.Values[at])
			}
		}
		return ordered(v, list)
	}
	columns := values(over)
	for _, code := range columns {
		t.Table.Columns = append(t.Table.Columns, ui.Column{Label: words(over, code), Numeric: true})
	}
	for _, combination := range crossed(rows, values) {
		cell, name := map[string]string{}, ""
		for i, v := range rows {
			if combination[i] != disclosure.Total {
				cell[v] = combination[i]
			}
			if combination[i] != disclosure.Total || name == "" && i == len(rows)-1 {
				if name == "" {
					name = words(v, combination[i])
				} else {
					name += ", " + within(v, words(v, combination[i]))
				}
			}
		}
		row := ui.Row{Cells: []ui.Cell{{Text: name}}}
		for _, code := range columns {
			at := map[string]string{}
			for v, c := range cell {
				at[v] = c
			}
			if code != disclosure.Total {
				at[over] = code
			}
			row.Cells = append(row.Cells, ui.Cell{Text: shown(r, x.Find(at))})
		}
		t.Table.Rows = append(t.Table.Rows, row)
	}
	return t
}

// within is a word for a category after another; names of places and initiatives keep their capital.
func within(variable, word string) string {
	if variable == followup.Municipality || variable == followup.OfInitiative {
		return word
	}
	first, n := utf8.DecodeRuneInString(word)
	return string(unicode.ToLower(first)) + word[n:]
}

func rowWords(r *web.Request, rows []string) string {
	var list []string
	for _, v := range rows {
		list = append(list, r.T("followupweb.figures.row."+v))
	}
	return r.Printer.List(list)
}

// crossed lists every combination of the values of the variables.
func crossed(variables []string, values func(string) []string) [][]string {
	list := [][]string{{}}
	for _, v := range variables {
		var next [][]string
		for _, head := range list {
			for _, code := range values(v) {
				next = append(next, append(slices.Clone(head), code))
			}
		}
		list = next
	}
	return list
}

// ordered puts the codes of a variable in the order of its list: codes, groups, everybody, and last what is not known.
func ordered(variable string, list []string) []string {
	rank := func(code string) int {
		switch code {
		case disclosure.Total:
			return 1000
		case followup.Unknown:
			return 900
		}
		return followup.Rank(variable, code)
	}
	slices.SortStableFunc(list, func(a, b string) int { return rank(a) - rank(b) })
	return list
}

func (s *Pages) publish(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	_, err := s.Followup.Publish(r.Context(), r.Actor, r.Scope())
	if onForm(err) && !errs.Is(err, errs.Forbidden) {
		return s.showFigures(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/siffror")+"?klart=figures_published")
}
