package equalityweb

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/id"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// declaredView lists the comparisons that are made: those for every association, and those it has added.
type declaredView struct {
	ui.Page
	Head  ui.PageHead
	New   string
	Fixed []ui.Entry
	Own   []ownView
}

type ownView struct {
	ui.Entry
	Why    string
	Remove *ui.Form // nil once a release or a case uses it
}

func (s *Pages) declared(w http.ResponseWriter, r *web.Request) error {
	b, err := s.Equality.Basis(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	rows, err := s.Equality.Declared(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	words := b.Words(r.Printer)
	v := declaredView{Page: s.inside(r, r.T("equalityweb.declared"), home(r)), Head: ui.PageHead{Title: r.T("equalityweb.declared"), Lead: r.T("equalityweb.declared.lead", "n", len(equality.Comparisons)+len(rows))}}
	if may(r, access.EqualityManage, id.None) {
		v.New = r.Path("/jamlikhet/jamforelser/ny")
	}
	entry := func(c equality.Comparison, note string) ui.Entry {
		e := ui.Entry{Title: words.Title(c.Code), Note: sentences(inside(words, c), note)}
		if b.Of[c.Source] != nil {
			e.Href = r.Path("/jamlikhet/" + c.Code)
		}
		return e
	}
	for _, c := range equality.Comparisons {
		v.Fixed = append(v.Fixed, entry(c, ""))
	}
	for _, d := range rows {
		c := d.Comparison()
		x := ownView{Entry: entry(c, r.T("equalityweb.declared.by", "name", d.By, "date", d.DeclaredOn)), Why: d.Reason}
		if d.Locked {
			x.Badge = ui.StateBadge(r.Printer, ui.Complete, r.T("equalityweb.declared.locked"))
		} else if v.New != "" {
			x.Remove = &ui.Form{Action: r.Path("/jamlikhet/jamforelser/" + c.Code + "/ta-bort"), Key: id.New().String()}
		}
		v.Own = append(v.Own, x)
	}
	return r.Render(w, http.StatusOK, declaredPage(v))
}

// inside says within what a comparison is made too.
func inside(w equality.Words, c equality.Comparison) string {
	if len(c.Strata) == 0 {
		return w.T("equalityweb.declared.crude")
	}
	var list []string
	for _, v := range c.Strata {
		list = append(list, w.T("equality.within."+v))
	}
	return w.T("equalityweb.declared.within", "list", w.List(list))
}

// declareView asks for a comparison of the association's own, one question after the other: what to look at, who, and the rest. What cannot be asked of the
// tables that are published is not there to choose.
type declareView struct {
	ui.Page
	Head     ui.PageHead
	Errors   ui.FormErrors
	Empty    ui.EmptyState
	Outcomes []ui.Chip
	Who      []ui.Chip
	Form     ui.Form
	Outcome  string
	Variable string
	Group    ui.Choice
	Against  ui.Choice
	Strata   ui.Choice
	Why      string
}

func (s *Pages) declarePage(w http.ResponseWriter, r *web.Request) error {
	q := r.URL.Query()
	return s.showDeclare(w, r, http.StatusOK, q.Get("vad"), q.Get("vilka"), url.Values{}, nil)
}

func outcomeKey(c equality.Choice) string {
	return string(c.Source) + "." + c.Outcome.Variable + "." + c.Outcome.Events[0]
}

func (s *Pages) showDeclare(w http.ResponseWriter, r *web.Request, status int, outcome, variable string, typed url.Values, fault error) error {
	b, err := s.Equality.Basis(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	here := r.Path("/jamlikhet/jamforelser/ny")
	v := declareView{Page: s.inside(r, r.T("equalityweb.declare"), home(r), ui.Link{Label: r.T("equalityweb.declared"), Href: r.Path("/jamlikhet/jamforelser")}), Head: ui.PageHead{Title: r.T("equalityweb.declare"), Lead: r.T("equalityweb.declare.lead")}, Errors: ui.ErrorsOf(r.Printer, fault),
		Form: ui.Form{Action: here, Key: id.New().String()}, Why: typed.Get("why")}
	v.Faulty = len(v.Errors) > 0
	choices := b.Choices()
	if len(choices) == 0 {
		v.Empty = ui.EmptyState{Title: r.T("equalityweb.empty.title"), Text: r.T("equalityweb.empty"), Action: ui.Link{Label: r.T("equalityweb.empty.do"), Href: r.Path("/siffror")}}
		return r.Render(w, status, declarePage(v))
	}
	words := b.Words(r.Printer)
	at := slices.IndexFunc(choices, func(c equality.Choice) bool { return outcomeKey(c) == outcome && c.Variable == variable })
	if at < 0 {
		at = max(slices.IndexFunc(choices, func(c equality.Choice) bool { return outcomeKey(c) == outcome }), 0)
	}
	on := choices[at]
	v.Outcome, v.Variable = outcomeKey(on), on.Variable
	link := func(c equality.Choice) string {
		return here + "?" + url.Values{"vad": {outcomeKey(c)}, "vilka": {c.Variable}}.Encode()
	}
	for i, c := range choices {
		if i == 0 || outcomeKey(choices[i-1]) != outcomeKey(c) {
			v.Outcomes = append(v.Outcomes, ui.Chip{Label: i18n.Upper(words.Outcome(c.Outcome)), Href: link(c), On: outcomeKey(c) == v.Outcome, Stays: true})
		}
		if outcomeKey(c) == v.Outcome {
			v.Who = append(v.Who, ui.Chip{Label: i18n.Upper(r.T("equalityweb.by." + c.Variable)), Href: link(c), On: c.Variable == v.Variable, Stays: true})
		}
	}
	choice := func(name, label string) ui.Choice {
		c := ui.Choice{Field: ui.Field{Name: name, Label: r.T(label), Error: v.Errors.For(name)}}
		for _, code := range on.Codes {
			c.Options = append(c.Options, ui.Option{Value: code, Label: i18n.Upper(words.Group(on.Variable, code)), On: typed.Get(name) == code})
		}
		return c
	}
	v.Group, v.Against = choice("group", "equalityweb.declare.group"), choice("reference", "equalityweb.declare.reference")
	v.Strata = ui.Choice{Field: ui.Field{Name: "strata", Label: r.T("equalityweb.declare.strata"), Hint: r.T("equalityweb.declare.strata.hint"), Error: v.Errors.For("strata"), Optional: true}}
	for _, x := range on.Strata {
		v.Strata.Options = append(v.Strata.Options, ui.Option{Value: x, Label: i18n.Upper(words.T("equality.within." + x)), On: slices.Contains(typed["strata"], x)})
	}
	return r.Render(w, status, declarePage(v))
}

func (s *Pages) declare(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	q := f.Values
	c := equality.Comparison{Variable: q.Get("variable"), Group: q.Get("group"), Reference: q.Get("reference"), Strata: q["strata"], Why: q.Get("why")}
	if parts := strings.SplitN(q.Get("outcome"), ".", 3); len(parts) == 3 {
		c.Source, c.Outcome = equality.Source(parts[0]), equality.Outcome{Variable: parts[1], Events: parts[2:]}
	}
	_, err = s.Equality.Declare(r.Context(), r.Actor, r.Scope().ID, c)
	if onForm(err) {
		return s.showDeclare(w, r, web.Status(err), q.Get("outcome"), c.Variable, q, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/jamforelser")+"?klart=equality_declared")
}

func (s *Pages) revoke(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	if err := s.Equality.Revoke(r.Context(), r.Actor, r.Scope().ID, r.PathValue("comparison")); err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/jamlikhet/jamforelser")+"?klart=equality_revoked")
}

func blank(c ui.Choice) ui.Choice {
	c.Blank = true
	return c
}
