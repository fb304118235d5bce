package followupweb

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// pasteView takes a table that was counted elsewhere, and shows what it would do before anything is changed.
type pasteView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Tag     ui.Form
	Moments []ui.Option
	Text    string
	Columns string // the names of columns that are understood
	Faults  *ui.Table
	Save    *ui.Form // when the table is right
	Moment  string
	Rows    string
	Sums    *ui.Table
	Reason  string
	Asks    bool // something is lowered, so that a reason is asked for
	Back    string
}

func (s *Pages) pastePage(w http.ResponseWriter, r *web.Request) error {
	return s.showPaste(w, r, http.StatusOK, pasteView{}, nil)
}

// entry finds what the address is about.
func (s *Pages) entry(r *web.Request) (id.ID, period.Block, followup.Entry, error) {
	initiative, b, err := pathOf(r)
	if err != nil {
		return initiative, b, followup.Entry{}, err
	}
	e, err := s.Followup.Entry(r.Context(), r.Actor, r.Scope().ID, initiative, b)
	return initiative, b, e, err
}

func (s *Pages) showPaste(w http.ResponseWriter, r *web.Request, status int, v pasteView, fault error) error {
	initiative, b, e, err := s.entry(r)
	if err != nil {
		return err
	}
	v.Errors, v.Back = ui.ErrorsOf(r.Printer, fault), addressIn(r, initiative, b)
	v.Page = s.frame(r, r.T("followupweb.paste"), ui.Link{Label: e.Initiative.Name, Href: address(r, initiative)}, ui.Link{Label: i18n.Upper(inWords(r.Printer, b)), Href: v.Back})
	v.Faulty = len(v.Errors) > 0
	v.Head = ui.PageHead{Kicker: e.Initiative.Name + ", " + inWords(r.Printer, b), Title: r.T("followupweb.paste"), Lead: r.T("followupweb.paste.lead")}
	v.Tag = ui.Form{Action: v.Back + "/klistra", Key: id.New().String(), Files: true}
	var columns []string
	seen := map[string]bool{}
	for _, m := range followup.MomentsOf(e.Initiative.Method) {
		v.Moments = append(v.Moments, ui.Option{Value: string(m), Label: r.T("followupweb.moment." + string(m)), On: string(m) == v.Moment})
		variables, _ := followup.Asked(e.Initiative.Method, m)
		for _, name := range variables {
			if !seen[name] {
				seen[name] = true
				columns = append(columns, r.T("followupweb.variable."+name))
			}
		}
	}
	v.Columns = r.T("followupweb.paste.columns", "names", strings.Join(append(columns, r.T("followupweb.count.n")), ", "))
	return r.Render(w, status, pastePage(v))
}

// words are what people may write for variables and codes: in any of the languages, or the codes themselves.
func words(r *web.Request, l followup.Lists) followup.Words {
	out := followup.Words{followup.VariableNames: {"n": followup.NumberColumn}}
	for _, lg := range lang.All {
		p := r.Printer.In(lg)
		out[followup.VariableNames][strings.ToLower(p.T("followupweb.count.n"))] = followup.NumberColumn
		for _, v := range followup.Variables {
			if out[v] == nil {
				out[v] = map[string]string{}
			}
			out[followup.VariableNames][strings.ToLower(p.T("followupweb.variable."+v))] = v
			out[followup.VariableNames][v] = v
			for _, c := range l[v] {
				out[v][strings.ToLower(label(p, v, c))] = c.Code
				out[v][strings.ToLower(label(p, v, followup.Code{Code: c.Code, Label: municipal(v, c)}))] = c.Code
				out[v][c.Code] = c.Code
			}
		}
	}
	return out
}

// municipal is the name of a municipality, which the catalogue does not have.
func municipal(variable string, c followup.Code) string {
	if variable == followup.Municipality && c.Code != followup.Unknown {
		return c.Label
	}
	return ""
}

// readPaste reads the table of a form: a file, or text that was pasted.
func readPaste(r *web.Request, f *web.Form) (sheet.Table, string, error) {
	if file := f.File("file"); file != nil {
		content, err := file.Open()
		if err != nil {
			return sheet.Table{}, "", err
		}
		t, err := sheet.Read(r.Context(), file.Filename, content, followup.TableLimits)
		return t, "", errors.Join(err, content.Close())
	}
	text := f.Values.Get("text")
	if strings.TrimSpace(text) == "" {
		f.Add("text", "followupweb.paste.empty")
		return sheet.Table{}, text, f.Err()
	}
	t, err := sheet.Read(r.Context(), "tabell.csv", io.LimitReader(strings.NewReader(text), followup.TableLimits.Bytes+1), followup.TableLimits)
	return t, text, err
}

func (s *Pages) paste(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	_, b, e, err := s.entry(r)
	if err != nil {
		return err
	}
	v := pasteView{Moment: f.Values.Get("moment")}
	m := followup.Moment(v.Moment)
	if _, ok := followup.Asked(e.Initiative.Method, m); !ok {
		f.Add("moment", "followup.moment_missing")
	}
	t, text, err := readPaste(r, f)
	v.Text = text
	if fault := f.Err(); fault != nil {
		err = fault
	} else if e, ok := errors.AsType[*errs.Error](err); ok && len(e.Fields) == 0 {
		err = &errs.Error{Kind: errs.Invalid, Key: "error.form", Fields: []errs.Field{{Name: "text", Key: e.Key, Args: e.Args}}, Cause: err}
	}
	if onForm(err) || errs.Is(err, errs.TooLarge) {
		return s.showPaste(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	table := followup.ReadTable(t, m, e.Initiative.Method, e.Lists, b, words(r, e.Lists))
	if len(table.Faults) > 0 {
		v.Faults = faultTable(r, table.Faults)
		return s.showPaste(w, r, http.StatusUnprocessableEntity, v, errs.E(errs.Invalid, "followupweb.paste.faults", "n", len(table.Faults)))
	}
	s.preview(r, e, table, &v)
	return s.showPaste(w, r, http.StatusOK, v, nil)
}

func faultTable(r *web.Request, faults []followup.Fault) *ui.Table {
	t := &ui.Table{Caption: r.T("followupweb.paste.wrong"), Columns: []ui.Column{{Label: r.T("followupweb.paste.row"), Numeric: true}, {Label: r.T("followupweb.paste.column"), Numeric: true}, {Label: r.T("followupweb.paste.what")}}}
	for _, x := range faults {
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: itoa(x.Row)}, {Text: itoa(x.Column)}, {Text: r.T(x.Key, "word", x.Word)}}})
	}
	return t
}

// preview shows what the table would make of the counts.
func (s *Pages) preview(r *web.Request, e followup.Entry, table followup.Table, v *pasteView) {
	back := addressIn(r, e.Initiative.ID, e.Progress.Block)
	v.Save = &ui.Form{Action: back + "/klistra/spara", Key: id.New().String()}
	v.Rows = encode(table.Counts)
	now := e.Counts[table.Moment]
	for _, c := range table.Changes(now) {
		v.Asks = v.Asks || c.N < c.Was
	}
	t := &ui.Table{Caption: r.T("followupweb.paste.preview", "moment", r.T("followupweb.moment."+string(table.Moment))), Columns: []ui.Column{{Label: r.T("followupweb.variable.sex")}, {Label: r.T("followupweb.paste.now"), Numeric: true}, {Label: r.T("followupweb.paste.then"), Numeric: true}}}
	before, after := now.By(followup.Sex), table.Counts.By(followup.Sex)
	for _, c := range e.Lists.In(followup.Sex, e.Progress.Block) {
		if e.Initiative.Method == followup.Total {
			break
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: i18n.Upper(label(r.Printer, followup.Sex, c))}, {Text: r.Printer.Number(before[c.Code])}, {Text: r.Printer.Number(after[c.Code])}}})
	}
	t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("followupweb.sum")}, {Text: r.Printer.Number(now.Sum())}, {Text: r.Printer.Number(table.Counts.Sum())}}})
	v.Sums = t
}

// encode keeps the counts of a preview in the form that confirms it, so that the program keeps nothing of a table that nobody confirms.
func encode(c followup.Counts) string {
	q := url.Values{}
	for key, n := range c {
		q.Set(key, itoa(n))
	}
	return q.Encode()
}

// decode reads them back with the distrust that any form gets: Enter checks every cell.
func decode(s string) (followup.Counts, error) {
	q, err := url.ParseQuery(s)
	if err != nil || len(q) > followup.TableLimits.Rows {
		return nil, errs.E(errs.Invalid, "error.unreadable_form")
	}
	c := followup.Counts{}
	for key, values := range q {
		var n int64
		for _, d := range values[0] {
			if d < '0' || d > '9' || n > followup.MostInACell {
				return nil, errs.E(errs.Invalid, "error.unreadable_form")
			}
			n = n*10 + int64(d-'0')
		}
		if _, err := followup.ParseCell(key); err != nil {
			return nil, errs.E(errs.Invalid, "error.unreadable_form").Because(err)
		}
		c[key] = n
	}
	return c, nil
}

func (s *Pages) savePaste(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, b, e, err := s.entry(r)
	if err != nil {
		return err
	}
	counts, err := decode(f.Values.Get("rows"))
	if err != nil {
		return err
	}
	table := followup.Table{Moment: followup.Moment(f.Values.Get("moment")), Counts: counts}
	if _, ok := followup.Asked(e.Initiative.Method, table.Moment); !ok || len(counts) == 0 {
		f.Add("text", "followupweb.paste.empty")
		return s.showPaste(w, r, http.StatusUnprocessableEntity, pasteView{}, f.Err())
	}
	reason := f.Text("reason", 5000)
	if err = f.Err(); err == nil {
		err = s.Followup.Enter(r.Context(), r.Actor, r.Scope().ID, initiative, b, table.Changes(e.Counts[table.Moment]), reason)
	}
	if onForm(err) {
		v := pasteView{Moment: string(table.Moment), Reason: reason}
		s.preview(r, e, table, &v)
		return s.showPaste(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, addressIn(r, initiative, b)+"?klart=table_saved")
}
