package followupweb

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

var errNotFound = errs.E(errs.NotFound, "error.not_found")

// gridView is the table in which numbers are written: a row for each sex, a column for each code of one variable, with the others held.
type gridView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Moments []ui.Chip
	Pick    []ui.Choice // which column, and what is held
	Picked  string      // address that the choices are sent to
	Moment  string
	Tag     ui.Form
	Caption string
	Columns []gridColumn
	Rows    []gridRow
	Sums    []string
	Locked  string
	Reason  string
	Back    string
	Before  string // the period the small numbers are of
}

type gridColumn struct{ Code, Label string }

type gridRow struct {
	Label string
	Cells []gridCell
	Sum   string
}

// gridCell is one number. Its state is a word: it is locked, wrong, new since the last look, or nothing.
type gridCell struct {
	Name, Label   string
	Value, Was    string
	Before        string
	State, Detail string
}

// selection is what the table shows: which moment, which variable lies in the columns, and the held codes of the rest.
type selection struct {
	Moment followup.Moment
	Over   string
	Held   followup.Cell
}

// chosen reads the selection of an address or form, and fills what is missing.
func chosen(e followup.Entry, q url.Values) selection {
	x := selection{Moment: followup.Moment(q.Get("vad")), Over: q.Get("kolumn"), Held: followup.Cell{}}
	variables, ok := followup.Asked(e.Initiative.Method, x.Moment)
	if !ok {
		x.Moment = followup.MomentsOf(e.Initiative.Method)[0]
		variables, _ = followup.Asked(e.Initiative.Method, x.Moment)
	}
	if x.Over == followup.Sex || !slices.Contains(variables, x.Over) {
		x.Over = ""
		if len(variables) > 1 {
			x.Over = variables[1]
		}
	}
	b := e.Progress.Block
	usual := usual(e, x.Moment)
	for _, v := range variables {
		if v == followup.Sex || v == x.Over {
			continue
		}
		if code := q.Get(v); e.Lists.Has(v, code, b) {
			x.Held[v] = code
		} else if list := e.Lists.In(v, b); v == followup.Municipality && len(list) == 2 {
			x.Held[v] = list[0].Code
		} else if e.Lists.Has(v, usual[v], b) {
			x.Held[v] = usual[v]
		} else {
			x.Held[v] = followup.Unknown
		}
	}
	return x
}

// usual is the cell with the most people in it, now or in the latest period that has any: what the table opens on.
func usual(e followup.Entry, m followup.Moment) (c followup.Cell) {
	past := []followup.Counts{e.Counts[m]}
	for _, p := range e.Earlier {
		past = append(past, p.Counts[m])
	}
	for _, counts := range past {
		var most int64
		for _, key := range slices.Sorted(maps.Keys(counts)) {
			if counts[key] > most {
				most = counts[key]
				c, _ = followup.ParseCell(key)
			}
		}
		if most > 0 {
			return c
		}
	}
	return nil
}

// query is the selection as an address keeps it.
func (x selection) query() url.Values {
	q := url.Values{"vad": {string(x.Moment)}}
	if x.Over != "" {
		q.Set("kolumn", x.Over)
	}
	for v, code := range x.Held {
		q.Set(v, code)
	}
	return q
}

// cell is one place of the table.
func (x selection) cell(sex, over string) followup.Cell {
	c := followup.Cell{}
	for v, code := range x.Held {
		c[v] = code
	}
	if sex != "" {
		c[followup.Sex] = sex
	}
	if x.Over != "" {
		c[x.Over] = over
	}
	return c
}

func (s *Pages) gridPage(w http.ResponseWriter, r *web.Request) error {
	return s.showGrid(w, r, http.StatusOK, r.URL.Query(), nil, nil)
}

// showGrid writes the table; typed are the values of a form that could not be saved.
func (s *Pages) showGrid(w http.ResponseWriter, r *web.Request, status int, q, typed url.Values, fault error) error {
	initiative, b, err := pathOf(r)
	if err != nil {
		return err
	}
	e, err := s.Followup.Entry(r.Context(), r.Actor, r.Scope().ID, initiative, b)
	if err != nil {
		return err
	}
	x := chosen(e, q)
	back := addressIn(r, initiative, b)
	v := gridView{Errors: ui.ErrorsOf(r.Printer, fault), Back: back, Moment: string(x.Moment), Picked: back + "/tabell", Reason: typed.Get("reason")}
	v.Page = s.frame(r, r.T("followupweb.grid.title"), ui.Link{Label: e.Initiative.Name, Href: address(r, initiative)}, ui.Link{Label: i18n.Upper(inWords(r.Printer, b)), Href: back})
	v.Faulty = len(v.Errors) > 0
	v.Head = ui.PageHead{Kicker: e.Initiative.Name, Title: i18n.Upper(inWords(r.Printer, b))}
	v.Tag = ui.Form{Action: back + "/tabell", Key: id.New().String(), WarnLeave: true}
	if e.Progress.State != followup.Open {
		v.Locked = r.T("followup.locked")
	}
	moments := followup.MomentsOf(e.Initiative.Method)
	for _, m := range moments {
		if len(moments) > 1 {
			v.Moments = append(v.Moments, ui.Chip{Label: r.T("followupweb.moment." + string(m)), Count: itoa(e.Counts[m].Sum()), Href: v.Picked + "?" + url.Values{"vad": {string(m)}}.Encode(), On: m == x.Moment, Stays: true})
		}
	}
	s.picks(r, e, x, &v)
	s.cells(r, e, x, typed, &v)
	return r.Render(w, status, gridPage(v))
}

// picks are the choices of what the table shows.
func (s *Pages) picks(r *web.Request, e followup.Entry, x selection, v *gridView) {
	variables, _ := followup.Asked(e.Initiative.Method, x.Moment)
	if len(variables) < 2 {
		return
	}
	over := ui.Choice{Field: ui.Field{Name: "kolumn", Label: r.T("followupweb.grid.over")}}
	for _, name := range variables[1:] {
		over.Options = append(over.Options, ui.Option{Value: name, Label: r.T("followupweb.variable." + name), On: name == x.Over})
	}
	v.Pick = append(v.Pick, over)
	for _, name := range variables[1:] {
		if name == x.Over {
			continue
		}
		held := ui.Choice{Field: ui.Field{Name: name, Label: r.T("followupweb.variable." + name)}}
		for _, c := range e.Lists.In(name, e.Progress.Block) {
			held.Options = append(held.Options, ui.Option{Value: c.Code, Label: i18n.Upper(label(r.Printer, name, c)), On: x.Held[name] == c.Code})
		}
		v.Pick = append(v.Pick, held)
	}
}

// cells fills the table.
func (s *Pages) cells(r *web.Request, e followup.Entry, x selection, typed url.Values, v *gridView) {
	b := e.Progress.Block
	variables, _ := followup.Asked(e.Initiative.Method, x.Moment)
	sexes, columns := []followup.Code{{}}, []followup.Code{{}}
	if slices.Contains(variables, followup.Sex) {
		sexes = e.Lists.In(followup.Sex, b)
	}
	if x.Over != "" {
		columns = e.Lists.In(x.Over, b)
	}
	v.Caption = r.T("followupweb.moment." + string(x.Moment))
	if v.Locked != "" {
		v.Caption = r.T("followupweb.grid.locked", "moment", v.Caption)
	}
	for _, c := range columns {
		name := r.T("followupweb.count.n")
		if c.Code != "" {
			name = i18n.Upper(label(r.Printer, x.Over, c))
		}
		v.Columns = append(v.Columns, gridColumn{c.Code, name})
	}
	if len(e.Earlier) > 0 {
		v.Before = inWords(r.Printer, e.Earlier[0].Block)
	}
	sums := make([]int64, len(columns)+1)
	for _, sex := range sexes {
		row := gridRow{Label: r.T("followupweb.all")}
		if sex.Code != "" {
			row.Label = i18n.Upper(label(r.Printer, followup.Sex, sex))
		}
		var sum int64
		for i, c := range columns {
			key := x.cell(sex.Code, c.Code).String()
			n := e.Counts[x.Moment][key]
			sum += n
			sums[i] += n
			cell := gridCell{Name: "c." + sex.Code + "." + c.Code, Label: row.Label + ", " + v.Columns[i].Label, Was: itoa(n)}
			if n > 0 {
				cell.Value = itoa(n)
			}
			if v.Before != "" {
				cell.Before = itoa(e.Earlier[0].Counts[x.Moment][key])
			}
			switch {
			case v.Locked != "":
			case typed != nil:
				cell.Value = strings.TrimSpace(typed.Get(cell.Name))
				if fault := v.Errors.For(cell.Name); fault != "" {
					cell.State, cell.Detail = "wrong", fault
				}
			case r.URL.Query().Get("klart") == "grid_saved" && n > 0:
				cell.State = "saved"
			}
			row.Cells = append(row.Cells, cell)
		}
		row.Sum = r.Printer.Number(sum)
		sums[len(columns)] += sum
		v.Rows = append(v.Rows, row)
	}
	for _, n := range sums {
		v.Sums = append(v.Sums, r.Printer.Number(n))
	}
}

func (s *Pages) saveGrid(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, b, err := pathOf(r)
	if err != nil {
		return err
	}
	e, err := s.Followup.Entry(r.Context(), r.Actor, r.Scope().ID, initiative, b)
	if err != nil {
		return err
	}
	x := chosen(e, f.Values)
	var changes []followup.Change
	for name := range f.Values {
		place, ok := strings.CutPrefix(name, "c.")
		if !ok {
			continue
		}
		sex, over, _ := strings.Cut(place, ".")
		var n, was int64
		if v := f.Number(name); v != nil {
			n = *v
		}
		if v := f.Number("w." + place); v != nil {
			was = *v
		}
		if n != was {
			changes = append(changes, followup.Change{Moment: x.Moment, Cell: x.cell(sex, over), Was: was, N: n})
		}
	}
	slices.SortFunc(changes, func(a, b followup.Change) int { return strings.Compare(a.Cell.String(), b.Cell.String()) })
	reason := f.Text("reason", 5000)
	if err = f.Err(); err == nil {
		err = s.Followup.Enter(r.Context(), r.Actor, r.Scope().ID, initiative, b, changes, reason)
	}
	if onForm(err) {
		return s.showGrid(w, r, web.Status(err), f.Values, f.Values, err)
	}
	if err != nil {
		return err
	}
	q := x.query()
	q.Set("klart", "grid_saved")
	return r.SeeOther(w, addressIn(r, initiative, b)+"/tabell?"+q.Encode())
}

// blankView is an empty form on paper.
type blankView struct {
	ui.Page
	Head  ui.PageHead
	Parts []blankPart
}

type blankPart struct {
	Anchor, Title string
	Questions     []blankQuestion
}

type blankQuestion struct {
	Label   string
	Answers []string
}

func (s *Pages) blankPage(w http.ResponseWriter, r *web.Request) error {
	initiative, b, err := pathOf(r)
	if err != nil {
		return err
	}
	e, err := s.Followup.Entry(r.Context(), r.Actor, r.Scope().ID, initiative, b)
	if err != nil {
		return err
	}
	v := blankView{Page: s.frame(r, r.T("followupweb.blank.title"), ui.Link{Label: e.Initiative.Name, Href: address(r, initiative)}, ui.Link{Label: i18n.Upper(inWords(r.Printer, b)), Href: addressIn(r, initiative, b)}),
		Head: ui.PageHead{Kicker: e.Initiative.Name + ", " + inWords(r.Printer, b), Title: r.T("followupweb.blank.title"), Lead: r.T("followupweb.blank.lead")}}
	for _, m := range followup.MomentsOf(e.Initiative.Method) {
		part := blankPart{Anchor: "vad-" + string(m), Title: r.T("followupweb.moment." + string(m))}
		variables, _ := followup.Asked(e.Initiative.Method, m)
		for _, name := range variables {
			q := blankQuestion{Label: r.T("followupweb.ask." + name)}
			for _, c := range e.Lists.In(name, b) {
				q.Answers = append(q.Answers, i18n.Upper(label(r.Printer, name, c)))
			}
			part.Questions = append(part.Questions, q)
		}
		part.Questions = append(part.Questions, blankQuestion{Label: r.T("followupweb.blank.n"), Answers: []string{""}})
		v.Parts = append(v.Parts, part)
	}
	return r.Render(w, http.StatusOK, blankPage(v))
}
