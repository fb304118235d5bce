package surveysweb

import (
	"errors"
	"io"
	"net/http"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
	"samklang/internal/surveys"
)

// questionView is one question, new or there, and its wordings.
type questionView struct {
	ui.Page
	Head     ui.PageHead
	Errors   ui.FormErrors
	Form     *ui.Form
	New      bool
	Draft    surveys.Draft
	From     string
	Locked   bool
	Options  []optionRow
	Note     string
	Wordings []wordingView
}

type optionRow struct {
	Name, Label, Value, Class, ClassLabel, Error string
	Optional                                     bool
	Classes                                      []ui.Option
}

type wordingView struct {
	Title, Text string
	Options     []ui.Answer
}

func (s *Pages) questionPage(w http.ResponseWriter, r *web.Request) error {
	return s.showQuestion(w, r, http.StatusOK, nil, "", nil)
}

func (s *Pages) showQuestion(w http.ResponseWriter, r *web.Request, status int, typed *surveys.Draft, from string, fault error) error {
	f, err := s.of(r)
	if err != nil {
		return err
	}
	v := questionView{New: r.PathValue("question") == "", From: from, Errors: ui.ErrorsOf(r.Printer, fault)}
	back := ui.Link{Label: f.Name, Href: address(r, f.ID, "")}
	here := address(r, f.ID, "/fragor/ny")
	if v.New {
		v.Page = s.frame(r, r.T("surveysweb.question.new"), back)
		v.Head = ui.PageHead{Kicker: f.Name, Title: r.T("surveysweb.question.new"), Lead: r.T("surveysweb.question.lead")}
	} else {
		question, err := pathID(r, "question")
		if err != nil {
			return err
		}
		q := f.Question(question)
		if q.ID == id.None {
			return errs.E(errs.NotFound, "error.not_found")
		}
		now := q.Latest()
		v.Page = s.frame(r, r.T("surveysweb.question.number", "number", q.Number), back)
		v.Head = ui.PageHead{Kicker: f.Name, Title: r.T("surveysweb.question.number", "number", q.Number), Lead: now.Text}
		v.Draft = surveys.Draft{Number: q.Number, Indicator: f.Indicator(q.IndicatorID), Text: now.Text, Options: now.Options}
		here, v.Locked = address(r, f.ID, "/fragor/"+q.ID.String()), now.Locked
		if v.Locked {
			v.Note = r.T("surveysweb.question.locked")
		}
		v.Wordings = wordings(r.Printer, q)
	}
	v.Faulty = len(v.Errors) > 0
	if typed != nil {
		v.Draft = *typed
	}
	if mayManage(r) {
		v.Form = &ui.Form{Action: here, Key: id.New().String(), WarnLeave: true}
		v.Options = options(r.Printer, v.Draft, v.Errors)
	}
	return r.Render(w, status, questionPage(v))
}

func wordings(p ui.Printer, q surveys.Question) (list []wordingView) {
	for i := len(q.Wordings) - 1; i >= 0; i-- {
		x := q.Wordings[i]
		to := q.To(x.Version)
		title := p.T("surveysweb.wording.first")
		switch {
		case x.From.IsZero() && !to.IsZero():
			title = p.T("surveysweb.wording.until", "to", to)
		case !x.From.IsZero() && to.IsZero():
			title = p.T("surveysweb.wording.from", "from", x.From)
		case !x.From.IsZero():
			title = p.T("surveysweb.wording.between", "from", x.From, "to", to)
		}
		w := wordingView{Title: title, Text: x.Text}
		for _, o := range x.Options {
			w.Options = append(w.Options, ui.Answer{Question: o.Label, Answer: p.T("surveysweb.class." + o.Class)})
		}
		list = append(list, w)
	}
	return list
}

func options(p ui.Printer, d surveys.Draft, faults ui.FormErrors) (list []optionRow) {
	for i := range surveys.MaxOptions {
		n := itoa(i + 1)
		row := optionRow{Name: "option." + n, Label: p.T("surveysweb.option", "n", i+1), Class: "class." + n, ClassLabel: p.T("surveysweb.option.class", "n", i+1), Error: faults.For("option." + n), Optional: i >= 2}
		class := surveys.Good
		if i >= 2 {
			class = surveys.Other
		}
		if i < len(d.Options) {
			row.Value, class = d.Options[i].Label, d.Options[i].Class
		}
		for _, c := range surveys.Classes {
			row.Classes = append(row.Classes, ui.Option{Value: c, Label: p.T("surveysweb.class." + c), On: c == class})
		}
		list = append(list, row)
	}
	return list
}

func (s *Pages) putQuestion(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	instrument, err := pathID(r, "instrument")
	if err != nil {
		return err
	}
	d := surveys.Draft{Number: f.Text("number", 1000), Indicator: f.Text("indicator", 1000), Text: f.Text("text", 5000)}
	for i := range surveys.MaxOptions {
		d.Options = append(d.Options, surveys.Option{Label: f.Text("option."+itoa(i+1), 1000), Class: f.Values.Get("class." + itoa(i+1))})
	}
	if question := r.PathValue("question"); question != "" { // the number of a question stays
		frame, err := s.of(r)
		if err != nil {
			return err
		}
		at, err := pathID(r, "question")
		if err != nil {
			return err
		}
		if d.Number = frame.Question(at).Number; d.Number == "" {
			return errs.E(errs.NotFound, "error.not_found")
		}
	} else if frame, err := s.of(r); err != nil {
		return err
	} else if frame.Numbered(d.Number) {
		f.Add("number", "surveys.number_taken")
	}
	d.From = f.Date("from")
	if err = f.Err(); err == nil {
		err = s.Surveys.PutQuestion(r.Context(), r.Actor, r.Scope().ID, instrument, d)
	}
	if onForm(err) {
		return s.showQuestion(w, r, web.Status(err), &d, f.Values.Get("from"), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, address(r, instrument, "")+"?klart=survey_question_saved")
}

// tableView takes a table of questions or of results.
type tableView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Tag     ui.Form
	Text    string
	Columns string
	Sample  ui.Table
	Faults  *ui.Table
	Back    string

	Rules []string // of results: what is refused and why
	Save  *ui.Form // of results: when the table is right
	Rows  string
	Sees  *ui.Table
}

func (s *Pages) questionsPage(w http.ResponseWriter, r *web.Request) error {
	return s.showQuestions(w, r, http.StatusOK, tableView{}, nil)
}

func (s *Pages) showQuestions(w http.ResponseWriter, r *web.Request, status int, v tableView, fault error) error {
	f, err := s.of(r)
	if err != nil {
		return err
	}
	v.Back, v.Errors = address(r, f.ID, ""), ui.ErrorsOf(r.Printer, fault)
	v.Page = s.frame(r, r.T("surveysweb.questions.read"), ui.Link{Label: f.Name, Href: v.Back})
	v.Faulty = len(v.Errors) > 0
	v.Head = ui.PageHead{Kicker: f.Name, Title: r.T("surveysweb.questions.read"), Lead: r.T("surveysweb.questions.read.lead")}
	v.Tag = ui.Form{Action: address(r, f.ID, "/fragor/las-in"), Key: id.New().String(), Files: true}
	v.Columns = r.T("surveysweb.questions.columns")
	v.Sample = ui.Table{Caption: r.T("surveysweb.sample"), Wide: true}
	row := ui.Row{}
	for _, c := range frameColumns {
		v.Sample.Columns = append(v.Sample.Columns, ui.Column{Label: r.T("surveysweb.column." + c)})
		row.Cells = append(row.Cells, ui.Cell{Text: r.T("surveysweb.sample." + c)})
	}
	v.Sample.Rows = []ui.Row{row}
	return r.Render(w, status, tablePage(v))
}

var frameColumns = []string{surveys.QuestionColumn, surveys.IndicatorColumn, surveys.TextColumn, surveys.GoodColumn, surveys.OtherColumn, surveys.OutsideColumn}

// columns are the names of columns that are understood, in any of the languages, and their codes.
func columns(p ui.Printer, codes []string) map[string]string {
	out := map[string]string{}
	for _, c := range codes {
		out[c] = c
		for _, l := range lang.All {
			for name := range strings.SplitSeq(p.In(l).T("surveysweb.columns."+c), "|") {
				out[strings.ToLower(name)] = c
			}
		}
	}
	return out
}

func (s *Pages) readQuestions(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	instrument, err := pathID(r, "instrument")
	if err != nil {
		return err
	}
	t, text, err := readTable(r, f)
	v := tableView{Text: text}
	if onForm(err) || errs.Is(err, errs.TooLarge) {
		return s.showQuestions(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	list, faults := surveys.ReadFrame(t, columns(r.Printer, frameColumns))
	if len(faults) > 0 {
		v.Faults = faultTable(r, faults)
		return s.showQuestions(w, r, http.StatusUnprocessableEntity, v, errs.E(errs.Invalid, "surveysweb.faults", "n", len(faults)))
	}
	if err := s.Surveys.PutQuestions(r.Context(), r.Actor, r.Scope().ID, instrument, list); onForm(err) {
		return s.showQuestions(w, r, web.Status(err), v, err)
	} else if err != nil {
		return err
	}
	return r.SeeOther(w, address(r, instrument, "")+"?klart=survey_questions_read")
}

// readTable reads the table of a form: a file, or text that was pasted.
func readTable(r *web.Request, f *web.Form) (t sheet.Table, text string, err error) {
	if file := f.File("file"); file != nil {
		content, err := file.Open()
		if err != nil {
			return t, "", err
		}
		t, err = sheet.Read(r.Context(), file.Filename, content, surveys.TableLimits)
		return t, "", onField("file", errors.Join(err, content.Close()))
	}
	if text = f.Values.Get("text"); strings.TrimSpace(text) == "" {
		f.Add("text", "surveysweb.table.empty")
		return t, text, f.Err()
	}
	t, err = sheet.Read(r.Context(), "tabell.csv", io.LimitReader(strings.NewReader(text), surveys.TableLimits.Bytes+1), surveys.TableLimits)
	return t, text, onField("text", err)
}

// onField makes an error that says what is wrong with a file one of the form's field.
func onField(name string, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok || len(e.Fields) > 0 {
		return err
	}
	return &errs.Error{Kind: errs.Invalid, Key: "error.form", Fields: []errs.Field{{Name: name, Key: e.Key, Args: e.Args}}, Cause: err}
}

func faultTable(r *web.Request, faults []surveys.Fault) *ui.Table {
	t := &ui.Table{Caption: r.T("surveysweb.wrong"), Columns: []ui.Column{{Label: r.T("surveysweb.row"), Numeric: true}, {Label: r.T("surveysweb.column"), Numeric: true}, {Label: r.T("surveysweb.what")}}}
	at := func(n int) string {
		if n == 0 {
			return r.T("surveysweb.dash")
		}
		return itoa(n)
	}
	for _, x := range faults {
		word := x.Word
		if x.Key == "surveys.table.question_wrong" {
			word = r.T(x.Word, "max", surveys.MaxText)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: at(x.Row)}, {Text: at(x.Column)}, {Text: r.T(x.Key, "word", word, "least", surveys.Least)}}})
	}
	return t
}
