// Package deskweb is the face of the promise ledger for those who work with it: the desk, the plan and its activities, reports,
// evidence and its review, the care of promises, and follow-up rounds.
package deskweb

import (
	"embed"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// Locale holds the texts of these pages.
//
//go:embed locale
var Locale embed.FS

// Needs is what the pages need from the rest of the house.
type Needs struct {
	Ledger *commitments.Service
	Clock  clock.Clock
	Log    *publiclog.Log
	// Frame fills what is around a page's content.
	Frame func(r *web.Request, title string) ui.Page
}

// Pages answers the addresses of the desk.
type Pages struct{ Needs }

// New makes the pages.
func New(n Needs) *Pages { return &Pages{n} }

func (s *Pages) today() period.Date { return clock.Today(s.Clock) }

// frame is Frame for a page of work: it is nobody's to find in a search engine, and has a way back.
func (s *Pages) frame(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Robots = "noindex"
	p.Crumbs = way
	p.Printed = r.T("desk.printed", "date", s.today())
	return p
}

func may(r *web.Request, act actor.Action, owner id.ID) bool {
	return access.May(r.Actor, act, access.Object{Association: r.Association.ID, Owner: owner})
}

func itoa[N int | int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// pathID reads an id of the address.
func pathID(r *web.Request, name string) (id.ID, error) {
	v, err := id.Parse(r.PathValue(name))
	if err != nil {
		return id.None, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return v, nil
}

// day is a date without its year when it is this year's.
func (s *Pages) day(p ui.Printer, d period.Date) string {
	if d.Year == s.today().Year {
		return p.DayMonth(d)
	}
	return p.Date(d)
}

// when is a date by its precision, without the year when it is this year's.
func (s *Pages) when(p ui.Printer, w period.When) string {
	if w.Precision == period.Day {
		return s.day(p, w.From)
	}
	return p.When(w)
}

// ago says how long ago a day was: "i dag", "i går", "för 5 dagar sedan".
func (s *Pages) ago(p ui.Printer, d period.Date) string {
	switch n := s.today().Sub(d); {
	case n <= 0:
		return p.T("desk.today")
	case n == 1:
		return p.T("desk.yesterday")
	case n < 30:
		return p.T("desk.days_ago", "n", n)
	}
	return s.day(p, d)
}

// promiseNumbers is "löfte 1 och 5".
func promiseNumbers(p ui.Printer, numbers []int64) string {
	if len(numbers) == 0 {
		return ""
	}
	words := make([]string, len(numbers))
	for i, n := range numbers {
		words[i] = itoa(n)
	}
	return p.T("desk.promises", "list", p.List(words))
}

func promisePath(slug string, number int64) string { return "/loften/" + slug + "/" + itoa(number) }

// dotted joins what is known with dots.
func dotted(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, " · ")
}

// stateWord says a promise's state with the day since when something is owed; "" takes the state's own word.
func (s *Pages) stateWord(p ui.Printer, state string, since period.Date) string {
	if !progress.State(state).Overdue() || since.IsZero() {
		return ""
	}
	return p.T("state."+state+".since", "date", s.day(p, since))
}

// association is the tenant of a page.
func association(r *web.Request) scope.Association { return r.Scope() }

// form is a form on a page: what was typed, or what is stored, and what is wrong with it.
type form struct {
	ui.Page
	Tag    ui.Form
	Values values
	Errors ui.FormErrors
}

// values are the fields of a form by name.
type values map[string][]string

func (v values) get(name string) string {
	if l := v[name]; len(l) > 0 {
		return l[0]
	}
	return ""
}

func (v values) has(name, value string) bool {
	for _, x := range v[name] {
		if x == value {
			return true
		}
	}
	return false
}

func (v values) set(name string, list ...string) {
	v[name] = list
}

// field has the label key and the hint key+".hint", when there is one.
func (f form) field(name, key string) ui.Field {
	x := ui.Field{Name: name, Label: f.T(key), Error: f.Errors.For(name)}
	if f.Has(key + ".hint") {
		x.Hint = f.T(key + ".hint")
	}
	return x
}

func (f form) optional(name, key string) ui.Field {
	x := f.field(name, key)
	x.Optional = true
	return x
}

func (f form) text(x ui.Field, size int) ui.TextField {
	return ui.TextField{Field: x, Value: f.Values.get(x.Name), Size: size}
}

func (f form) number(x ui.Field) ui.TextField {
	return ui.TextField{Field: x, Value: f.Values.get(x.Name), Size: 8, Mode: "numeric"}
}

func (f form) area(x ui.Field, rows, most int) ui.TextArea {
	return ui.TextArea{Field: x, Value: f.Values.get(x.Name), Rows: rows, Max: most}
}

func (f form) date(x ui.Field) ui.DateField {
	return ui.DateField{Field: x, Value: f.Values.get(x.Name)}
}

// choice offers options; those that were chosen are on.
func (f form) choice(x ui.Field, list []ui.Option) ui.Choice {
	options := make([]ui.Option, len(list))
	for i, o := range list {
		o.On = f.Values.has(x.Name, o.Value)
		options[i] = o
	}
	return ui.Choice{Field: x, Options: options}
}

func (f form) blank(x ui.Field, list []ui.Option) ui.Choice {
	c := f.choice(x, list)
	c.Blank = true
	return c
}

func (f form) tick(name string) ui.Option { return ui.Option{Value: "1", On: f.Values.get(name) != ""} }

// codes makes options of codes whose words are prefix+code.
func codes(p ui.Printer, prefix string, list ...string) []ui.Option {
	options := make([]ui.Option, len(list))
	for i, c := range list {
		options[i] = ui.Option{Value: c, Label: upper(p.T(prefix + c))}
	}
	return options
}

func upper(s string) string {
	for _, r := range s {
		return strings.ToUpper(string(r)) + s[len(string(r)):]
	}
	return s
}

// form begins a form that is sent to this page.
func (s *Pages) form(r *web.Request, p ui.Page, v values, version int64) form {
	f := form{Page: p, Values: v, Tag: ui.Form{Action: r.Here(r.Lang()), Key: id.New().String()}}
	if version > 0 {
		f.Tag.Version = itoa(version)
	}
	return f
}

// faulty puts what is wrong into the form. It tells with which status to show it, and gives back errors that no form can show.
func (f *form) faulty(err error) (status int, _ error) {
	if err == nil {
		return http.StatusOK, nil
	}
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return 0, err
	}
	switch e.Kind {
	case errs.Invalid, errs.Refused, errs.Conflict, errs.TooLarge:
		f.Errors, f.Faulty, f.Flash = ui.ErrorsOf(f.Printer, e), true, nil
		return web.Status(err), nil
	}
	return 0, err
}

// show renders a form, with what is wrong when err is not nil.
func show(w http.ResponseWriter, r *web.Request, f form, err error, page func(form) web.Component) error {
	status, err := f.faulty(err)
	if err != nil {
		return err
	}
	return r.Render(w, status, page(f))
}

// done sends the browser on, with the message "done."+key on the next page.
func done(w http.ResponseWriter, r *web.Request, path, key string) error {
	join := "?"
	if strings.Contains(path, "?") {
		join = "&"
	}
	path, anchor, _ := strings.Cut(path, "#")
	if anchor != "" {
		anchor = "#" + anchor
	}
	return r.SeeOther(w, r.Path(path)+join+"klart="+key+anchor)
}

func numberOf(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > 1_000_000 {
		return 0, errs.E(errs.NotFound, "error.not_found")
	}
	return n, nil
}
