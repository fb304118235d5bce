package surveysweb

import (
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

// roundView is what has come in of a round, and how many it was sent to.
type roundView struct {
	ui.Page
	Head   ui.PageHead
	Errors ui.FormErrors
	Read   string
	Came   *ui.Table
	Hidden string
	Asked  ui.Form
	Groups []askedRow
}

type askedRow struct{ Name, Label, Hint, Value string }

// round finds what the address is about.
func (s *Pages) round(r *web.Request) (surveys.Frame, surveys.Round, error) {
	f, err := s.of(r)
	if err != nil {
		return f, surveys.Round{}, err
	}
	at, err := pathID(r, "round")
	if err != nil {
		return f, surveys.Round{}, err
	}
	for _, x := range f.Rounds {
		if x.ID == at {
			return f, x, nil
		}
	}
	return f, surveys.Round{}, errs.E(errs.NotFound, "error.not_found")
}

func roundAddress(r *web.Request, f surveys.Frame, x surveys.Round) string {
	return address(r, f.ID, "/omgangar/"+x.ID.String())
}

func (s *Pages) roundPage(w http.ResponseWriter, r *web.Request) error {
	return s.showRound(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showRound(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	f, round, err := s.round(r)
	if err != nil {
		return err
	}
	_, told, err := s.Surveys.Outcomes(r.Context(), r.Actor, r.Scope().ID, f.ID)
	if err != nil {
		return err
	}
	sent, err := s.Surveys.Sent(r.Context(), r.Actor, r.Scope().ID, round.ID)
	if err != nil {
		return err
	}
	here := roundAddress(r, f, round)
	title := r.T("surveysweb.round.title", "name", round.Name)
	v := roundView{Page: s.frame(r, title, ui.Link{Label: f.Name, Href: address(r, f.ID, "")}), Errors: ui.ErrorsOf(r.Printer, fault), Read: here + "/las-in",
		Head: ui.PageHead{Kicker: f.Name, Title: title, Lead: r.T("surveysweb.round.lead", "date", round.FirstDay)}, Asked: ui.Form{Action: here + "/tillfragade", Key: id.New().String()}}
	v.Faulty = len(v.Errors) > 0
	for _, g := range surveys.Groups {
		row := askedRow{Name: "asked." + string(g), Label: upper(who(r.Printer, g))}
		if n, ok := sent[g]; ok {
			row.Hint = r.T("surveysweb.asked.now", "n", shown(r.Printer, n))
		}
		if form != nil {
			row.Value = form.Values.Get(row.Name)
		}
		v.Groups = append(v.Groups, row)
	}
	t := &ui.Table{Caption: r.T("surveysweb.came"), Hidden: true, Columns: []ui.Column{{Label: r.T("surveysweb.question")}, {Label: r.T("surveysweb.column.respondents")}, {Label: r.T("surveysweb.told"), Numeric: true}, {Label: r.T("surveysweb.by")}}}
	for _, o := range told {
		if o.Round.ID != round.ID {
			continue
		}
		q := f.Question(o.Question)
		var by []string
		for _, x := range o.Crossed {
			by = append(by, background(r.Printer, x.Background))
		}
		for _, b := range o.Left {
			by = append(by, r.T("surveysweb.not_by", "background", background(r.Printer, b)))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: q.Number + ". " + q.Version(o.Version).Text, Href: address(r, f.ID, "/indikatorer/"+q.IndicatorID.String()) + "?vem=" + string(o.Respondents)}, {Text: upper(who(r.Printer, o.Respondents))},
			{Text: shown(r.Printer, o.Answered)}, {Text: upper(strings.Join(by, ", "))}}})
	}
	if len(t.Rows) > 0 {
		v.Came, v.Hidden = t, r.T("surveysweb.hidden", "least", surveys.Least)
	}
	return r.Render(w, status, roundPage(v))
}

// background is the word for what people told of themselves.
func background(p ui.Printer, b string) string { return p.T("surveys.background." + b) }

// group is the word for a group of a background.
func group(p ui.Printer, b, g string) string {
	if key := "surveys.group." + b + "." + g; p.Has(key) {
		return p.T(key)
	}
	if g == surveys.Unknown {
		return p.T("surveys.group.unknown")
	}
	return g
}

func (s *Pages) setAsked(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	frame, round, err := s.round(r)
	if err != nil {
		return err
	}
	numbers := map[surveys.Respondents]int64{}
	for _, g := range surveys.Groups {
		if n := f.Number("asked." + string(g)); n != nil {
			numbers[g] = *n
		}
	}
	if err = f.Err(); err == nil {
		err = s.Surveys.SetAsked(r.Context(), r.Actor, r.Scope().ID, frame.ID, round.ID, numbers)
	}
	if onForm(err) {
		return s.showRound(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, roundAddress(r, frame, round)+"?klart=survey_asked_saved")
}

var resultColumns = append([]string{surveys.RespondentsColumn, surveys.QuestionColumn, surveys.AnswerColumn, surveys.NumberColumn, surveys.IndicatorColumn, surveys.InstrumentColumn, surveys.RoundColumn}, surveys.Backgrounds[:]...)

// words are what people may write, in any of the languages, or the codes themselves.
func words(p ui.Printer) surveys.Words {
	out := surveys.Words{Columns: columns(p, resultColumns), Respondents: map[string]string{}, Groups: map[string]map[string]string{}}
	put := func(into map[string]string, key, code string) {
		into[code] = code
		for _, l := range lang.All {
			for word := range strings.SplitSeq(p.In(l).T(key), "|") {
				into[strings.ToLower(word)] = code
			}
		}
	}
	for _, g := range surveys.Groups {
		put(out.Respondents, "surveys.respondents."+string(g), string(g))
	}
	for _, b := range surveys.Backgrounds {
		out.Groups[b] = map[string]string{}
		put(out.Groups[b], "surveysweb.words.unknown", surveys.Unknown)
	}
	put(out.Groups[surveys.Sex], "surveysweb.words.female", "female")
	put(out.Groups[surveys.Sex], "surveysweb.words.male", "male")
	return out
}

func (s *Pages) importPage(w http.ResponseWriter, r *web.Request) error {
	return s.showImport(w, r, http.StatusOK, tableView{}, nil)
}

func (s *Pages) showImport(w http.ResponseWriter, r *web.Request, status int, v tableView, fault error) error {
	f, round, err := s.round(r)
	if err != nil {
		return err
	}
	v.Back, v.Errors = roundAddress(r, f, round), ui.ErrorsOf(r.Printer, fault)
	v.Page = s.frame(r, r.T("surveysweb.read"), ui.Link{Label: f.Name, Href: address(r, f.ID, "")}, ui.Link{Label: r.T("surveysweb.round.title", "name", round.Name), Href: v.Back})
	v.Faulty = len(v.Errors) > 0
	v.Head = ui.PageHead{Kicker: f.Name + ", " + round.Name, Title: r.T("surveysweb.read"), Lead: r.T("surveysweb.read.lead")}
	v.Tag = ui.Form{Action: v.Back + "/las-in", Key: id.New().String(), Files: true}
	var by []string
	for _, b := range surveys.Backgrounds {
		by = append(by, background(r.Printer, b))
	}
	v.Columns = r.T("surveysweb.read.columns", "list", r.Printer.List(by))
	v.Rules = []string{r.T("surveysweb.read.rule.sums"), r.T("surveysweb.read.rule.small", "least", surveys.Least), r.T("surveysweb.read.rule.kept")}
	v.Sample = sample(r, f, round)
	return r.Render(w, status, tablePage(v))
}

// sample is how a table begins, with the words of a question that is there.
func sample(r *web.Request, f surveys.Frame, round surveys.Round) ui.Table {
	t := ui.Table{Caption: r.T("surveysweb.sample"), Wide: true}
	for _, c := range []string{surveys.RespondentsColumn, surveys.QuestionColumn, surveys.AnswerColumn, surveys.Sex, surveys.NumberColumn} {
		label := r.T("surveysweb.column." + c)
		if c == surveys.Sex {
			label = upper(background(r.Printer, c))
		}
		t.Columns = append(t.Columns, ui.Column{Label: label, Numeric: c == surveys.NumberColumn})
	}
	for _, q := range f.Questions {
		w := q.In(round.FirstDay)
		if w == nil {
			continue
		}
		for _, x := range []struct{ sex, n string }{{"", "31"}, {"female", "18"}, {"male", "13"}} {
			sex := ""
			if x.sex != "" {
				sex = upper(r.T("surveysweb.sample." + x.sex))
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: upper(who(r.Printer, surveys.Groups[0]))}, {Text: q.Number}, {Text: w.Options[0].Label}, {Text: sex}, {Text: x.n}}})
		}
		break
	}
	return t
}

func (s *Pages) look(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	frame, round, err := s.round(r)
	if err != nil {
		return err
	}
	t, text, err := readTable(r, f)
	v := tableView{Text: text}
	var p surveys.Preview
	if err == nil {
		p, err = s.Surveys.Look(r.Context(), r.Actor, r.Scope().ID, frame.ID, round.ID, t, words(r.Printer))
	}
	if onForm(err) || errs.Is(err, errs.TooLarge) {
		return s.showImport(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	if len(p.Faults) > 0 {
		return s.faulty(w, r, v, p)
	}
	if err := s.preview(r, frame, round, p, &v); err != nil {
		return err
	}
	return s.showImport(w, r, http.StatusOK, v, nil)
}

// faulty shows what is wrong with a table. One of persons is not sent back.
func (s *Pages) faulty(w http.ResponseWriter, r *web.Request, v tableView, p surveys.Preview) error {
	if v.Faults = faultTable(r, p.Faults); p.Personal() {
		v.Text = ""
	}
	return s.showImport(w, r, http.StatusUnprocessableEntity, v, errs.E(errs.Invalid, "surveysweb.faults", "n", len(p.Faults)))
}

// preview shows what the table holds to who has it, and what will be told of it. The form that confirms carries the table itself.
func (s *Pages) preview(r *web.Request, f surveys.Frame, round surveys.Round, p surveys.Preview, v *tableView) error {
	var b strings.Builder
	if err := sheet.WriteCSV(&b, p.Written(f, round), sheet.Options{NoMark: true}); err != nil {
		return err
	}
	v.Rows = b.String()
	v.Save = &ui.Form{Action: roundAddress(r, f, round) + "/las-in/spara", Key: id.New().String()}
	t := &ui.Table{Caption: r.T("surveysweb.preview"), Hidden: true, Columns: []ui.Column{{Label: r.T("surveysweb.question")}, {Label: r.T("surveysweb.column.respondents")}, {Label: r.T("surveysweb.column.n"), Numeric: true}, {Label: r.T("surveysweb.by")}, {Label: r.T("surveysweb.then")}}}
	for _, x := range p.Places {
		q := f.Question(x.Question)
		var by, then []string
		for _, b := range x.Backgrounds {
			by = append(by, background(r.Printer, b))
		}
		if x.Again {
			then = append(then, r.T("surveysweb.then.again"))
		}
		switch {
		case x.Few:
			then = append(then, r.T("surveysweb.then.few", "least", surveys.Least))
		case len(x.Left) > 0:
			var left []string
			for _, b := range x.Left {
				left = append(left, background(r.Printer, b))
			}
			then = append(then, r.T("surveysweb.then.left", "list", r.Printer.List(left), "least", surveys.Least))
		default:
			then = append(then, r.T("surveysweb.then.told"))
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: q.Number + ". " + q.In(round.FirstDay).Text}, {Text: upper(who(r.Printer, x.Respondents))}, {Text: r.Printer.Number(x.N)}, {Text: upper(r.Printer.List(by))}, {Text: strings.Join(then, " ")}}})
	}
	v.Sees = t
	return nil
}

func (s *Pages) save(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	frame, round, err := s.round(r)
	if err != nil {
		return err
	}
	f.Values.Set("text", f.Values.Get("rows"))
	t, _, err := readTable(r, f)
	var p surveys.Preview
	if err == nil {
		p, err = s.Surveys.Import(r.Context(), r.Actor, r.Scope().ID, frame.ID, round.ID, t, words(r.Printer))
	}
	if onForm(err) || errs.Is(err, errs.TooLarge) {
		return s.showImport(w, r, web.Status(err), tableView{}, err)
	}
	if err != nil {
		return err
	}
	if len(p.Faults) > 0 {
		return s.faulty(w, r, tableView{}, p)
	}
	return r.SeeOther(w, roundAddress(r, frame, round)+"?klart=survey_read")
}
