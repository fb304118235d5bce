package importweb

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

var stockholm = clock.Stockholm

type startRow struct {
	Name, Href, Status, When string
	Open                     bool
}

type startView struct {
	Samples []ui.Link
	Page    ui.Page
	Errors  ui.FormErrors
	Key     string
	Action  string
	Year    string
	Rows    []startRow
}

type closedView struct {
	Page     ui.Page
	Text     string
	Back     ui.Link
	Document ui.Link // the file as it was uploaded
}

// reviewView is the page on which source and reading stand side by side.
type reviewView struct {
	Page       ui.Page
	Steps      []ui.Step
	Version    string
	Errors     ui.FormErrors
	Found      string // "8 löften och 12 aktiviteter"
	Missed     string // what was not understood, in words; "" for nothing
	Source     []ui.Block
	Document   *documentForm
	DocumentAt string
	Facts      []ui.Answer
	Promises   []itemView
	Activities []itemView
	Unread     []unreadView
	Left       string // how many are not looked through
	AllAction  string
	AddAction  string
	Discard    string
	Next       ui.Link
	Keys       func() string
}

type documentForm struct {
	Action                                        string
	Title, From, To, SignedOn, Decision, Preamble string
	Earlier                                       []ui.Option // declarations it could take the place of
}

// itemView is one thing that was read: short, or opened as a form.
type itemView struct {
	Item     ui.Item
	Line     []string // short: what was read, one fact a line
	Note     string   // what the program is unsure of
	Left     bool
	Checked  bool
	Edit     string // address that opens it
	Promise  *promiseForm
	Activity *activityForm
	Action   string
}

type promiseForm struct {
	Number, Wording, Title, Extra string
	Forms, Grounds                []ui.Option
	Advice                        string
}

type activityForm struct {
	Title, Date, DateHint, ReachMin, ReachMax, ReachHint string
	Clock, Place, Project, Partners, Speakers            string
	Kinds, Forms, Serves                                 []ui.Option
	Said                                                 string // the document's own words
}

type unreadView struct {
	Text, Passage string
}

func (h *Handlers) steps(r *web.Request, p commitments.ImportPage, current int) []ui.Step {
	base := r.Path("/las-in/" + p.ID.String())
	list := []ui.Step{
		{Label: r.T("import.step.document"), Done: true},
		{Label: r.T("import.step.review"), Href: base},
		{Label: r.T("import.step.join"), Href: base + "/forena"},
		{Label: r.T("import.step.adopt"), Href: base + "/anta"},
	}
	for i := range list {
		list[i].Current = i == current
		list[i].Done = i < current
	}
	return list
}

// reviewView builds the page. open is the item that is opened as a form; f and fault are a form that was sent with errors.
func (h *Handlers) reviewView(r *web.Request, p commitments.ImportPage, open string, f *web.Form, fault error) (reviewView, error) {
	d := p.Draft
	if open == "" {
		open = nextItem(d, "")
	}
	base := r.Path("/las-in/" + p.ID.String())
	v := reviewView{Page: h.frame(r, r.T("import.review.title")), Steps: h.steps(r, p, 1), Version: strconv.FormatInt(p.Version, 10), Errors: ui.ErrorsOf(r.Printer, fault),
		AllAction: base + "/alla", AddAction: base + "/lagg-till", Discard: base + "/kasta", Keys: func() string { return id.New().String() }}
	v.Page.Faulty = fault != nil
	v.Page.Crumbs = []ui.Link{{Label: r.T("import.title"), Href: r.Path("/las-in")}}
	v.Found = r.T("import.found", "promises", r.T("import.n.promises", "n", len(d.Promises)), "activities", r.T("import.n.activities", "n", len(d.Activities)))
	if n := len(p.Passages.Unread); n > 0 {
		v.Missed = r.T("import.missed", "n", n)
	}
	v.Source = sourceBlocks(p, open)
	if open == "D" {
		v.Document = &documentForm{Action: base + "/dokument", Title: d.Title, From: r.Printer.Date(d.PeriodFrom), To: r.Printer.Date(d.PeriodTo), SignedOn: r.Printer.Date(d.SignedOn), Decision: d.Decision, Preamble: d.Preamble}
		if f != nil {
			*v.Document = documentForm{v.Document.Action, f.Values.Get("title"), f.Values.Get("period_from"), f.Values.Get("period_to"), f.Values.Get("signed_on"), f.Values.Get("decision"), f.Values.Get("preamble"), nil}
		}
	}
	v.DocumentAt = base + "?post=D#item-D"
	v.Facts = documentFacts(r, d)
	lines, made := linesOf(p.DocumentText), madeOf(d)
	for i, x := range d.Promises {
		v.Promises = append(v.Promises, h.promiseView(r, p, i, x, open, base, f))
		v.Promises[i].Item.Where = lines.where(r.Printer, p.DocumentText, x.Span)
	}
	for i, x := range d.Activities {
		v.Activities = append(v.Activities, h.activityView(r, p, i, x, open, base, f))
		v.Activities[i].Item.Where = lines.where(r.Printer, p.DocumentText, x.Span)
	}
	for i, u := range p.Passages.Unread {
		if !made[spanOf(u.Source)] {
			v.Unread = append(v.Unread, unreadView{u.Text, strconv.Itoa(i)})
		}
	}
	if a, b := d.Open(); a+b > 0 {
		v.Left = r.T("import.left", "n", a+b)
	}
	v.Next = ui.Link{Label: r.T("import.go_on"), Href: base + "/forena"}
	if v.Document == nil {
		return v, nil
	}
	earlier, err := h.ledger.Replaceable(r.Context(), r.Scope())
	for _, x := range earlier {
		v.Document.Earlier = append(v.Document.Earlier, ui.Option{Value: x.ID.String(), Label: x.Title + " (" + r.Printer.Date(x.AdoptedOn) + ")", On: x.ID == d.Supersedes.ID})
	}
	return v, err
}

func documentFacts(r *web.Request, d commitments.Draft) []ui.Answer {
	facts := []ui.Answer{{Question: r.T("import.document.title"), Answer: d.Title}}
	if len(d.Associations) > 0 {
		facts = append(facts, ui.Answer{Question: r.T("import.document.signed_by"), Answer: r.Printer.List(d.Associations)})
	}
	if len(d.JointWith) > 0 {
		facts = append(facts, ui.Answer{Question: r.T("import.document.joint_with"), Answer: strings.Join(d.JointWith, ", ")})
	}
	if d.Year != 0 {
		facts = append(facts, ui.Answer{Question: r.T("import.document.year"), Answer: strconv.Itoa(d.Year)})
	}
	facts = append(facts, ui.Answer{Question: r.T("import.document.signed_on"), Answer: r.Printer.Date(d.SignedOn)}, ui.Answer{Question: r.T("import.document.decision"), Answer: d.Decision})
	return facts
}

func (h *Handlers) promiseView(r *web.Request, p commitments.ImportPage, i int, x commitments.DraftPromise, open, base string, f *web.Form) itemView {
	name := fmt.Sprintf("L%d", i+1)
	v := itemView{Item: ui.Item{ID: name, Title: r.T("import.promise_n", "n", strconv.Itoa(x.Number)), Current: name == open, Level: 3},
		Left: x.Left, Checked: x.Checked, Edit: base + "?post=" + name + "#item-" + name, Action: base + "/post/" + name, Line: []string{x.Wording}}
	if name != open {
		return v
	}
	form := &promiseForm{Number: strconv.Itoa(x.Number), Wording: x.Wording, Title: x.Title, Extra: x.ExtraGrounds, Forms: formOptions(r, x.Forms), Grounds: groundOptions(r, x.Grounds)}
	if f != nil {
		form.Number, form.Wording, form.Title, form.Extra = f.Values.Get("number"), f.Values.Get("wording"), f.Values.Get("title"), f.Values.Get("extra_grounds")
		form.Forms, form.Grounds = formOptions(r, commitments.ParseForms(f.Choices("forms"))), groundOptions(r, commitments.ParseGrounds(f.Choices("grounds")))
	}
	if check := commitments.CheckWording(x.Wording); !check.Verifiable {
		form.Advice = r.T("import.advice")
	}
	v.Promise = form
	return v
}

func (h *Handlers) activityView(r *web.Request, p commitments.ImportPage, i int, x commitments.DraftActivity, open, base string, f *web.Form) itemView {
	name := fmt.Sprintf("A%d", i+1)
	v := itemView{Item: ui.Item{ID: name, Title: x.Title, Current: name == open, Level: 3},
		Left: x.Left, Checked: x.Checked, Edit: base + "?post=" + name + "#item-" + name, Action: base + "/post/" + name}
	v.Line = append(v.Line, i18n.Upper(r.Printer.When(x.When))+" · "+r.T("kind."+x.Kind)+formsPhrase(r, x.Forms))
	if reach := reachPhrase(r, x); reach != "" {
		v.Line = append(v.Line, reach)
	}
	if len(x.Partners) > 0 {
		v.Line = append(v.Line, r.T("import.with", "names", r.Printer.List(x.Partners)))
	}
	if s := servesPhrase(r, x); s != "" {
		v.Line = append(v.Line, s)
	}
	if name != open {
		return v
	}
	form := &activityForm{Title: x.Title, Date: typedDate(r.Printer.When, x.When), ReachMin: number(x.ReachMin), ReachMax: number(x.ReachMax), Clock: x.ClockTime, Place: x.Place, Project: x.Project,
		Partners: strings.Join(x.Partners, "\n"), Speakers: strings.Join(x.Speakers, "\n"), Kinds: kindOptions(r, x.Kind), Forms: formOptions(r, x.Forms), Serves: servesOptions(r, p.Draft, x), Said: x.Text}
	form.DateHint = dateHint(r, x)
	if x.ReachText != "" {
		form.ReachHint = r.T("import.said", "text", x.ReachText)
	}
	if f != nil {
		g := f.Values.Get
		form.Title, form.Date, form.ReachMin, form.ReachMax, form.Clock, form.Place, form.Project = g("title"), g("date"), g("reach_min"), g("reach_max"), g("clock"), g("place"), g("project")
		form.Partners, form.Speakers, form.Kinds = g("partners"), g("speakers"), kindOptions(r, g("kind"))
		form.Forms = formOptions(r, commitments.ParseForms(f.Choices("forms")))
		for i := range form.Serves {
			form.Serves[i].On = slices.Contains(f.Choices("serves"), form.Serves[i].Value)
		}
	}
	v.Activity = form
	return v
}

func dateHint(r *web.Request, x commitments.DraftActivity) string {
	if x.When.Text == "" {
		return r.T("import.date_hint")
	}
	hint := r.T("import.said", "text", x.When.Text)
	if key := "import.year_from." + string(x.YearFrom); x.YearFrom != "" && x.YearFrom != reading.YearInText && r.Printer.Has(key) {
		hint += " " + r.T(key)
	}
	return hint
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func reachPhrase(r *web.Request, x commitments.DraftActivity) string {
	switch {
	case x.ReachMin != nil && x.ReachMax != nil && *x.ReachMin == *x.ReachMax:
		return r.T("import.reach.about", "n", *x.ReachMin)
	case x.ReachMin != nil && x.ReachMax != nil:
		return r.T("import.reach.range", "min", *x.ReachMin, "max", *x.ReachMax)
	case x.ReachMin != nil:
		return r.T("import.reach.min", "n", *x.ReachMin)
	case x.ReachMax != nil:
		return r.T("import.reach.max", "n", *x.ReachMax)
	case x.ReachText != "":
		return r.T("import.reach.text", "text", x.ReachText)
	}
	return ""
}

func servesPhrase(r *web.Request, x commitments.DraftActivity) string {
	var names []string
	for _, s := range x.Serves {
		if s.On {
			names = append(names, strconv.Itoa(s.Number))
		}
	}
	if len(names) == 0 {
		return r.T("import.serves_none")
	}
	return r.T("import.serves", "n", len(names), "numbers", r.Printer.List(names))
}

func formsPhrase(r *web.Request, f commitments.Forms) string {
	s := ""
	for _, c := range f.Codes() {
		s += " · " + r.T("form."+c)
	}
	return s
}

func formOptions(r *web.Request, f commitments.Forms) []ui.Option {
	var list []ui.Option
	for _, c := range commitments.FormCodes() {
		list = append(list, ui.Option{Value: c, Label: r.T("form." + c), On: slices.Contains(f.Codes(), c)})
	}
	return list
}

func groundOptions(r *web.Request, g commitments.Grounds) []ui.Option {
	var list []ui.Option
	for _, c := range commitments.GroundCodes() {
		list = append(list, ui.Option{Value: c, Label: r.T("ground." + c), On: slices.Contains(g.Codes(), c)})
	}
	return list
}

func kindOptions(r *web.Request, kind string) []ui.Option {
	var list []ui.Option
	for _, k := range commitments.Kinds {
		list = append(list, ui.Option{Value: k, Label: r.T("kind." + k), On: k == kind})
	}
	return list
}

// servesOptions lists every promise of the draft, those the reader found first, with how sure it was in words and figures.
func servesOptions(r *web.Request, d commitments.Draft, x commitments.DraftActivity) []ui.Option {
	type scored struct {
		ui.Option
		score float64
	}
	var list []scored
	for _, p := range d.Promises {
		if p.Left {
			continue
		}
		o := scored{Option: ui.Option{Value: strconv.Itoa(p.Number), Label: strconv.Itoa(p.Number) + " " + p.Title}}
		for _, s := range x.Serves {
			if s.Number == p.Number {
				o.On = s.On
				if s.Score != nil {
					o.score = *s.Score
					o.Hint = r.T("import.score."+sureness(*s.Score), "share", r.Printer.Percent(*s.Score))
				}
			}
		}
		list = append(list, o)
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].score > list[j].score })
	out := make([]ui.Option, len(list))
	for i, o := range list {
		out[i] = o.Option
	}
	return out
}

func sureness(score float64) string {
	switch {
	case score >= 0.999:
		return "said"
	case score >= 0.6:
		return "sure"
	}
	return "maybe"
}
