package deskweb

import (
	"bytes"
	"net/http"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// exchangeRoutes are the plan as a table: out, and in again by way of a list of what it would change.
func (s *Pages) exchangeRoutes() []web.Route {
	uploads := []web.Limit{{Name: "plan-import", Count: 60, Per: time.Hour, By: web.ByAccount}}
	const act = access.ActivityExchange
	return []web.Route{
		{Method: http.MethodGet, Path: "/plan.csv", Allow: access.DeskRead, Handle: s.planTable("csv")},
		{Method: http.MethodGet, Path: "/plan.xlsx", Allow: access.DeskRead, Handle: s.planTable("xlsx")},
		{Method: http.MethodGet, Path: "/plan/las-in", Allow: act, Handle: s.bringForm, Title: "exchange.title"},
		{Method: http.MethodPost, Path: "/plan/las-in", Allow: act, Handle: s.bring, Body: commitments.MaxTable + 1<<20, Limits: uploads},
		{Method: http.MethodGet, Path: "/plan/las-in/lista", Allow: act, Handle: s.comparison, Title: "exchange.list"},
		{Method: http.MethodPost, Path: "/plan/las-in/lista", Allow: act, Handle: s.apply},
		{Method: http.MethodPost, Path: "/plan/las-in/kasta", Allow: act, Handle: s.throw},
		{Method: http.MethodGet, Path: "/plan/las-in/fel.csv", Allow: act, Handle: s.faultyRows},
	}
}

// planTable sends the plan of a year as a file.
func (s *Pages) planTable(ending string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		year := s.planQuery(r).year
		t, err := s.Ledger.ExportPlan(r.Context(), r.Actor, association(r), year, r.Printer)
		if err != nil {
			return err
		}
		return sendTable(w, t, ending, "plan-"+r.Association.Slug+"-"+itoa(year), r.T("plan.title_year", "year", itoa(year)))
	}
}

func sendTable(w http.ResponseWriter, t sheet.Table, ending, name, title string) error {
	var b bytes.Buffer
	kind, err := "text/csv; charset=utf-8", error(nil)
	if ending == "xlsx" {
		kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		err = sheet.WriteXLSX(&b, t, title)
	} else {
		err = sheet.WriteCSV(&b, t, sheet.Options{})
	}
	if err != nil {
		return err
	}
	files.Headers(w.Header(), name+"."+ending, kind, true)
	_, err = w.Write(b.Bytes())
	return err
}

// bringView is the page where a table is brought.
type bringView struct {
	form
	Head    ui.PageHead
	CSV     string
	XLSX    string
	Waiting *waitingTable
}

// waitingTable is a table that was brought before and neither let through nor thrown away.
type waitingTable struct{ Text, Href string }

func (s *Pages) bringView(r *web.Request) (bringView, error) {
	year := s.planQuery(r).year
	p := s.frame(r, r.T("exchange.title"), s.planWay(r, year)...)
	v := bringView{form: s.form(r, p, values{"year": {itoa(year)}}, 0), Head: ui.PageHead{Title: p.Title, Lead: p.T("exchange.lead")}}
	v.Tag.Files = true
	v.CSV, v.XLSX = r.Path("/plan.csv")+"?ar="+itoa(year), r.Path("/plan.xlsx")+"?ar="+itoa(year)
	u, _, ok, err := s.Ledger.BroughtTable(r.Context(), r.Actor, association(r), r.Printer)
	if ok {
		v.Waiting = &waitingTable{p.T("exchange.waiting", "file", u.File, "time", p.Time(u.SavedAt, clock.Stockholm)), r.Path("/plan/las-in/lista")}
	}
	return v, err
}

func (s *Pages) bringForm(w http.ResponseWriter, r *web.Request) error {
	v, err := s.bringView(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, bringPage(v))
}

func (s *Pages) bring(w http.ResponseWriter, r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	year := in.Number("year")
	if year == nil || *year < 1990 || *year > 2200 {
		in.Add("year", "activity.year_faulty")
	}
	file := in.File("file")
	if file == nil {
		in.Add("file", "exchange.file_missing")
	}
	if err = in.Err(); err == nil {
		body, e := file.Open()
		if e != nil {
			return e
		}
		defer body.Close()
		err = s.Ledger.BringTable(r.Context(), r.Actor, association(r), files.CleanName(file.Filename), body, int(*year), r.Printer)
		if err == nil {
			return r.SeeOther(w, r.Path("/plan/las-in/lista"))
		}
		if e, ok := err.(*errs.Error); ok && len(e.Fields) == 0 && (e.Kind == errs.Invalid || e.Kind == errs.TooLarge) {
			err = &errs.Error{Kind: e.Kind, Key: "error.form", Fields: []errs.Field{{Name: "file", Key: e.Key, Args: e.Args}}, Cause: e.Cause}
		}
	}
	v, viewErr := s.bringView(r)
	if viewErr != nil {
		return viewErr
	}
	v.Values = values(in.Values)
	return show(w, r, v.form, err, func(f form) web.Component { v.form = f; return bringPage(v) })
}

// comparisonView is what a table would change, before it does.
type comparisonView struct {
	form
	Head    ui.PageHead
	None    *ui.EmptyState // no table waits
	Totals  []ui.Figure
	Notes   []string
	Parts   []comparedPart
	FaultsC string // address of the faulty rows
	Seen    string
	Apply   string // words of the button, "" when there is nothing to do
	Throw   ui.Form
	Again   string
}

// comparedPart is the rows of one verdict.
type comparedPart struct {
	Anchor, Title, Intro string
	Download             ui.Link
	Table                ui.Table
	More                 string
}

const shownRows = 100 // of each verdict on the page; the file has them all

func (s *Pages) comparisonView(r *web.Request) (comparisonView, error) {
	year := s.today().Year
	u, c, ok, err := s.Ledger.BroughtTable(r.Context(), r.Actor, association(r), r.Printer)
	if err != nil {
		return comparisonView{}, err
	}
	if ok {
		year = u.Year
	}
	back := ui.Link{Label: r.T("exchange.title"), Href: r.Path("/plan/las-in") + "?ar=" + itoa(year)}
	p := s.frame(r, r.T("exchange.list"), append(s.planWay(r, year), back)...)
	v := comparisonView{form: s.form(r, p, nil, 0), Head: ui.PageHead{Title: p.Title}, Again: back.Href, Seen: c.Print(), Throw: ui.Form{Action: r.Path("/plan/las-in/kasta"), Key: id.New().String()}}
	if !ok {
		v.None = &ui.EmptyState{Title: p.T("exchange.none"), Text: p.T("exchange.none.text"), Action: back}
		return v, nil
	}
	fresh, changed, faulty, conflicts := c.Count(commitments.RowNew), c.Count(commitments.RowChanged), c.Count(commitments.RowFaulty), c.Count(commitments.RowConflict)
	v.Head.Kicker = p.T("exchange.kicker", "file", u.File, "time", p.Time(u.SavedAt, clock.Stockholm))
	switch {
	case fresh+changed > 0:
		v.Head.Title = p.T("exchange.will", "new", counted(p.Printer, "exchange.new", fresh), "changed", counted(p.Printer, "exchange.changed", changed))
		v.Head.Lead = p.T("exchange.will.lead")
		v.Apply = p.T("exchange.apply")
	default:
		v.Head.Title = p.T("exchange.nothing")
		v.Head.Lead = p.T("exchange.nothing.lead")
	}
	v.Title = v.Head.Title
	v.Totals = []ui.Figure{
		{Label: p.T("exchange.total.new"), Value: itoa(fresh), Note: p.T("exchange.total.of", "n", len(c.Rows))},
		{Label: p.T("exchange.total.changed"), Value: itoa(changed)},
		{Label: p.T("exchange.total.unchanged"), Value: itoa(c.Count(commitments.RowUnchanged))},
	}
	if n := faulty + conflicts; n > 0 {
		v.Totals = append(v.Totals, ui.Figure{Label: p.T("exchange.total.left"), Value: itoa(n), Note: p.T("exchange.total.left.note"), Tone: ui.Late})
	}
	if len(c.Unknown) > 0 {
		v.Notes = append(v.Notes, p.T("exchange.unknown", "n", len(c.Unknown), "names", p.List(c.Unknown)))
	}
	faultsPath := r.Path("/plan/las-in/fel.csv")
	for _, verdict := range commitments.RowVerdicts {
		if part := comparedRows(p.Printer, c, verdict); part != nil {
			if verdict == commitments.RowFaulty || verdict == commitments.RowConflict && faulty == 0 {
				part.Download = ui.Link{Label: p.T("exchange.faults.take"), Href: faultsPath}
			}
			v.Parts = append(v.Parts, *part)
		}
	}
	return v, nil
}

// counted is a number of things, in words that fit into a sentence.
func counted(p ui.Printer, key string, n int) string {
	if n == 0 {
		return p.T(key + ".none")
	}
	return p.T(key, "n", n)
}

// comparedRows makes a table of the rows with a verdict, nil when there are none or nothing to say of them.
func comparedRows(p ui.Printer, c commitments.Comparison, verdict commitments.RowVerdict) *comparedPart {
	n := c.Count(verdict)
	if n == 0 || verdict == commitments.RowUnchanged {
		return nil
	}
	key := "exchange.part." + string(verdict)
	part := comparedPart{Anchor: "rader-" + string(verdict), Title: p.T(key, "n", n), Intro: p.T(key + ".intro")}
	what := p.T("exchange.what." + string(verdict))
	part.Table = ui.Table{Caption: part.Title, Hidden: true, Columns: []ui.Column{{Label: p.T("exchange.activity")}, {Label: p.T("exchange.row")}, {Label: what}}}
	for _, row := range c.Rows {
		if row.Verdict != verdict {
			continue
		}
		if len(part.Table.Rows) == shownRows {
			part.More = p.T("exchange.more", "n", n-shownRows)
			break
		}
		title := row.Title
		if title == "" {
			title = p.T("exchange.untitled")
		}
		part.Table.Rows = append(part.Table.Rows, ui.Row{Cells: []ui.Cell{{Text: title}, {Text: itoa(row.Number)}, {Body: comparedCell(p, said(p, row, verdict))}}})
	}
	return &part
}

// saidRow is what is said of a row: reasons, and what changes from what to what.
type saidRow struct {
	Reasons []string
	Changes []saidChange
	Fresh   bool
}

type saidChange struct{ Column, Old, New string }

// quiet are columns that follow from others or say nothing on a new row.
var quiet = map[string]bool{"from": true, "to": true, "home": true}

func said(p ui.Printer, row commitments.ComparedRow, verdict commitments.RowVerdict) saidRow {
	x := saidRow{Fresh: verdict == commitments.RowNew}
	if verdict == commitments.RowFaulty || verdict == commitments.RowConflict {
		x.Reasons = row.Reasons(p)
	}
	if row.Alike && x.Fresh {
		x.Reasons = append(x.Reasons, p.T("exchange.alike"))
	}
	if verdict == commitments.RowFaulty {
		return x
	}
	for _, c := range row.Changes {
		if quiet[c.Column] && (x.Fresh || saysWhen(row.Changes)) || x.Fresh && assumed(row, c.Column) {
			continue
		}
		x.Changes = append(x.Changes, saidChange{p.T("exchange.col." + c.Column), oneLine(c.Old), oneLine(c.New)})
	}
	return x
}

// assumed tells whether a column of a new row says what the heading says already or what everybody expects.
func assumed(row commitments.ComparedRow, column string) bool {
	switch column {
	case "title", "year":
		return true
	case "digital":
		return !row.Fields.Digital
	case "status":
		return !row.Fields.Confirmed
	}
	return false
}

func saysWhen(list []commitments.CellChange) bool {
	for _, c := range list {
		if c.Column == "when" {
			return true
		}
	}
	return false
}

// oneLine is a cell of several lines on one, cut where it is long.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, "\n", " / ")), " ")
	if r := []rune(s); len(r) > 240 {
		return string(r[:239]) + "…"
	}
	return s
}

func (s *Pages) comparison(w http.ResponseWriter, r *web.Request) error {
	v, err := s.comparisonView(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, comparisonPage(v))
}

func (s *Pages) apply(w http.ResponseWriter, r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	u, _, _, err := s.Ledger.ApplyTable(r.Context(), r.Actor, association(r), in.Values.Get("seen"), r.Printer)
	if err == nil {
		return done(w, r, "/plan?ar="+itoa(u.Year), "plan_imported")
	}
	if !errs.Is(err, errs.Conflict) && !errs.Is(err, errs.Refused) {
		return err
	}
	v, viewErr := s.comparisonView(r)
	if viewErr != nil {
		return viewErr
	}
	return show(w, r, v.form, err, func(f form) web.Component { v.form = f; return comparisonPage(v) })
}

func (s *Pages) throw(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	if err := s.Ledger.ThrowTable(r.Context(), r.Actor, association(r)); err != nil {
		return err
	}
	return done(w, r, "/plan/las-in", "plan_import_thrown")
}

// faultyRows sends the rows that would not be taken, with what is wrong.
func (s *Pages) faultyRows(w http.ResponseWriter, r *web.Request) error {
	u, c, _, err := s.Ledger.BroughtTable(r.Context(), r.Actor, association(r), r.Printer)
	if err != nil {
		return err
	}
	return sendTable(w, c.Faults(r.Printer, u.Table), "csv", r.T("exchange.faults.file"), "")
}
