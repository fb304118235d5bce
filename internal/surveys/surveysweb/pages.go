// Package surveysweb holds the pages of questionnaires: the questions and their rounds, the tables that are read in, and what may be told of the answers,
// indicator by indicator over time.
package surveysweb

import (
	"embed"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/disclosure"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
	"samklang/internal/surveys"
)

// Locale holds the texts of these pages.
//
//go:embed locale
var Locale embed.FS

// Needs is what the pages are built of.
type Needs struct {
	Surveys *surveys.Service
	Frame   func(r *web.Request, title string) ui.Page
}

// Pages answers the addresses.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages { return &Pages{n} }

// Routes is the site map of these pages.
func (s *Pages) Routes() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	const of, in = "/enkater/{instrument}", "/enkater/{instrument}/omgangar/{round}"
	return []web.Route{
		{Method: get, Path: "/enkater", Allow: access.SurveyRead, Handle: s.overview, Title: "surveysweb.title"},
		{Method: post, Path: "/enkater", Allow: access.SurveyManage, Handle: s.addInstrument},
		{Method: get, Path: of, Allow: access.SurveyRead, Handle: s.instrumentPage},
		{Method: get, Path: of + "/indikatorer/{indicator}", Allow: access.SurveyRead, Handle: s.indicatorPage},
		{Method: get, Path: of + "/fragor/ny", Allow: access.SurveyManage, Handle: s.questionPage},
		{Method: post, Path: of + "/fragor/ny", Allow: access.SurveyManage, Handle: s.putQuestion},
		{Method: get, Path: of + "/fragor/las-in", Allow: access.SurveyManage, Handle: s.questionsPage},
		{Method: post, Path: of + "/fragor/las-in", Allow: access.SurveyManage, Handle: s.readQuestions, Body: 3 << 20},
		{Method: get, Path: of + "/fragor/{question}", Allow: access.SurveyRead, Handle: s.questionPage},
		{Method: post, Path: of + "/fragor/{question}", Allow: access.SurveyManage, Handle: s.putQuestion},
		{Method: post, Path: of + "/omgangar", Allow: access.SurveyManage, Handle: s.addRound},
		{Method: get, Path: in, Allow: access.SurveyManage, Handle: s.roundPage},
		{Method: post, Path: in + "/tillfragade", Allow: access.SurveyManage, Handle: s.setAsked},
		{Method: get, Path: in + "/las-in", Allow: access.SurveyManage, Handle: s.importPage},
		{Method: post, Path: in + "/las-in", Allow: access.SurveyManage, Handle: s.look, Body: 3 << 20},
		{Method: post, Path: in + "/las-in/spara", Allow: access.SurveyManage, Handle: s.save, Body: 3 << 20},
	}
}

func (s *Pages) frame(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Robots = "noindex"
	p.Crumbs = append([]ui.Link{{Label: r.T("surveysweb.title"), Href: r.Path("/enkater")}}, way...)
	return p
}

func address(r *web.Request, instrument id.ID, rest string) string {
	return r.Path("/enkater/" + instrument.String() + rest)
}

func pathID(r *web.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return v, nil
}

func mayManage(r *web.Request) bool {
	return access.May(r.Actor, access.SurveyManage, access.Object{Association: r.Association.ID})
}

// onForm tells whether an error is to be shown on the form it came from.
func onForm(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Refused, errs.Conflict:
		return err != nil
	}
	return false
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// who is the word for respondents.
func who(p ui.Printer, g surveys.Respondents) string { return p.T("surveys.respondents." + string(g)) }

// shown is a figure, or a dash where it is hidden.
func shown(p ui.Printer, f disclosure.Figure) string {
	if n, ok := f.Count(); ok {
		return p.Number(int64(n))
	}
	return p.T("surveysweb.dash")
}

// response says how many of those asked have answered, as far as it may be told.
func response(p ui.Printer, o surveys.Outcome) string {
	n, some := o.Answered.Count()
	all, sent := o.Asked.Count()
	switch {
	case !some:
		return p.T("surveysweb.few_answered", "least", surveys.Least)
	case o.Told:
		return p.T("surveysweb.response", "n", n, "all", all, "percent", o.Response)
	case sent && n <= all:
		return p.T("surveysweb.response_of", "n", n, "all", all)
	}
	return p.T("surveysweb.answered", "n", n)
}

type overviewView struct {
	ui.Page
	Head        ui.PageHead
	Errors      ui.FormErrors
	Instruments []instrumentCard
	Empty       ui.EmptyState
	Add         *addView
}

type instrumentCard struct {
	Anchor, Name, Owner string
	Indicators          []ui.Entry
	Manage              string
	ManageLabel         string
}

type addView struct {
	Form        ui.Form
	Name, Owner string
	Open        bool
}

func (s *Pages) overview(w http.ResponseWriter, r *web.Request) error {
	return s.showOverview(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showOverview(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	list, err := s.Surveys.Frames(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	v := overviewView{Page: s.Frame(r, r.T("surveysweb.title")), Errors: ui.ErrorsOf(r.Printer, fault), Head: ui.PageHead{Title: r.T("surveysweb.title"), Lead: r.T("surveysweb.lead")}}
	v.Robots, v.Faulty = "noindex", len(v.Errors) > 0
	v.Crumbs = []ui.Link{{Label: r.T("surveysweb.figures"), Href: r.Path("/siffror")}}
	for i, x := range list {
		f, told, err := s.Surveys.Outcomes(r.Context(), r.Actor, r.Scope().ID, x.ID)
		if err != nil {
			return err
		}
		c := instrumentCard{Anchor: "enkat-" + itoa(i+1), Name: x.Name, Manage: address(r, x.ID, ""), ManageLabel: r.T("surveysweb.questions_and_rounds")}
		if x.OwnerName != "" {
			c.Owner = r.T("surveysweb.owned", "name", x.OwnerName)
		}
		for _, y := range f.Indicators {
			c.Indicators = append(c.Indicators, ui.Entry{Title: y.Name, Href: address(r, x.ID, "/indikatorer/"+y.ID.String()), Note: latest(r.Printer, f, told, y.ID)})
		}
		v.Instruments = append(v.Instruments, c)
	}
	if len(list) == 0 {
		v.Empty = ui.EmptyState{Title: r.T("surveysweb.empty.title"), Text: r.T("surveysweb.empty")}
	}
	if mayManage(r) {
		v.Add = &addView{Form: ui.Form{Action: r.Path("/enkater"), Key: id.New().String()}, Open: v.Faulty || len(list) == 0}
		if form != nil {
			v.Add.Name, v.Add.Owner = form.Values.Get("name"), form.Values.Get("owner")
		}
	}
	return r.Render(w, status, overviewPage(v))
}

// latest sums an indicator up by its latest round: the share of good answers to its first question, sort by sort.
func latest(p ui.Printer, f surveys.Frame, told []surveys.Outcome, indicator id.ID) string {
	var parts []string
	round := ""
	seen := map[surveys.Respondents]bool{}
	for _, o := range told {
		if f.Question(o.Question).IndicatorID != indicator || seen[o.Respondents] || round != "" && o.Round.Name != round {
			continue
		}
		seen[o.Respondents], round = true, o.Round.Name
		words := p.T("surveysweb.too_few")
		if o.All.Enough {
			words = hundred(p, o.All.Rate)
		}
		parts = append(parts, p.T("surveysweb.latest.one", "who", who(p, o.Respondents), "words", words))
	}
	if len(parts) == 0 {
		return p.T("surveysweb.latest.none")
	}
	return p.T("surveysweb.latest", "round", round, "list", strings.Join(parts, ", "))
}

func (s *Pages) addInstrument(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	made, err := s.Surveys.AddInstrument(r.Context(), r.Actor, r.Scope().ID, f.Text("name", 1000), f.Text("owner", 1000))
	if onForm(err) {
		return s.showOverview(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, address(r, made, "")+"?klart=survey_added")
}

// instrumentView is the questions and rounds of an instrument.
type instrumentView struct {
	ui.Page
	Head      ui.PageHead
	Errors    ui.FormErrors
	Rounds    []ui.Entry
	Add       *roundForm
	Questions *ui.Table
	New, Read string // addresses
}

type roundForm struct {
	Form      ui.Form
	Name, Day string
}

func (s *Pages) of(r *web.Request) (surveys.Frame, error) {
	instrument, err := pathID(r, "instrument")
	if err != nil {
		return surveys.Frame{}, err
	}
	return s.Surveys.Frame(r.Context(), r.Actor, r.Scope().ID, instrument)
}

func (s *Pages) instrumentPage(w http.ResponseWriter, r *web.Request) error {
	return s.showInstrument(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showInstrument(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	instrument, err := pathID(r, "instrument")
	if err != nil {
		return err
	}
	f, told, err := s.Surveys.Outcomes(r.Context(), r.Actor, r.Scope().ID, instrument)
	if err != nil {
		return err
	}
	v := instrumentView{Page: s.frame(r, f.Name), Errors: ui.ErrorsOf(r.Printer, fault), Head: ui.PageHead{Title: f.Name, Lead: r.T("surveysweb.instrument.lead")}}
	v.Faulty = len(v.Errors) > 0
	if f.OwnerName != "" {
		v.Head.Kicker = r.T("surveysweb.owned", "name", f.OwnerName)
	}
	manages := mayManage(r)
	for _, x := range f.Rounds {
		e := ui.Entry{Title: x.Name, Note: came(r.Printer, x, told)}
		if manages {
			e.Href = address(r, f.ID, "/omgangar/"+x.ID.String())
		}
		v.Rounds = append(v.Rounds, e)
	}
	if manages {
		v.New, v.Read = address(r, f.ID, "/fragor/ny"), address(r, f.ID, "/fragor/las-in")
		if len(f.Questions) > 0 {
			v.Add = &roundForm{Form: ui.Form{Action: address(r, f.ID, "/omgangar"), Key: id.New().String()}}
			if form != nil {
				v.Add.Name, v.Add.Day = form.Values.Get("round"), form.Values.Get("first_day")
			}
		}
	}
	if len(f.Questions) > 0 {
		t := &ui.Table{Caption: r.T("surveysweb.questions"), Hidden: true, Columns: []ui.Column{{Label: r.T("surveysweb.question")}, {Label: r.T("surveysweb.number")}, {Label: r.T("surveysweb.indicator")}, {Label: r.T("surveysweb.wording")}}}
		for _, q := range f.Questions {
			now := q.Latest()
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: now.Text, Href: address(r, f.ID, "/fragor/"+q.ID.String())}, {Text: q.Number}, {Text: f.Indicator(q.IndicatorID), Href: address(r, f.ID, "/indikatorer/"+q.IndicatorID.String())}, {Text: held(r.Printer, now)}}})
		}
		v.Questions = t
	}
	return r.Render(w, status, instrumentPage(v))
}

// held says whether a wording is locked, and since when it holds.
func held(p ui.Printer, w surveys.Wording) string {
	words := p.T("surveysweb.open")
	if w.Locked {
		words = p.T("surveysweb.locked")
	}
	if !w.From.IsZero() {
		words += p.T("surveysweb.since", "date", w.From)
	}
	return words
}

// came sums up what has come in of a round.
func came(p ui.Printer, round surveys.Round, told []surveys.Outcome) string {
	var list []string
	questions := map[id.ID]bool{}
	for _, o := range told {
		if o.Round.ID != round.ID {
			continue
		}
		questions[o.Question] = true
		if name := who(p, o.Respondents); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	if len(list) == 0 {
		return p.T("surveysweb.round.none", "date", round.FirstDay)
	}
	return p.T("surveysweb.round.some", "n", len(questions), "who", p.List(list))
}

func (s *Pages) addRound(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	instrument, err := pathID(r, "instrument")
	if err != nil {
		return err
	}
	name, day := f.Text("round", 1000), f.Date("first_day")
	var made id.ID
	if err = f.Err(); err == nil {
		made, err = s.Surveys.AddRound(r.Context(), r.Actor, r.Scope().ID, instrument, name, day)
	}
	if onForm(err) {
		return s.showInstrument(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, address(r, instrument, "/omgangar/"+made.String())+"?klart=survey_round_added")
}

func upper(s string) string { return i18n.Upper(s) }
