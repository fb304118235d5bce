package accessibilityweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/accessibility"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

func escape(s string) string { return url.QueryEscape(s) }

// statementView is the statement in the order it is read: how it stands, what is at fault, how to tell, and then how it was tested.
type statementView struct {
	ui.Page
	Head    ui.PageHead
	Tone    ui.Tone
	Word    string
	Text    string
	Tell    string
	Faults  []faultView
	Burdens []faultView
	Outside []faultView
	Beyond  []faultView
	How     []ui.Answer
	Checks  []string
	Pages   ui.Table
	Missed  []string // pages that were not looked at, with the reason
	Not     []string
	Actors  []string
	Facts   []ui.Answer
	JSON    string
}

// faultView is one fault: what, where, why, what is planned.
type faultView struct {
	Title string
	Lang  string // language of the words when it is not the page's
	Facts []ui.Answer
}

func (s *Pages) statement(w http.ResponseWriter, r *web.Request) error {
	x, err := s.Statement(r.Context())
	if err != nil {
		return err
	}
	associations, err := s.Associations(r.Context())
	if err != nil {
		return err
	}
	p := r.Printer
	v := statementView{Page: s.Frame(r, r.T("statement.title")), Tell: Tell(r, ""), JSON: r.Top("/tillganglighet/data.json")}
	v.Page.Description = r.T("statement.lead")
	v.Page.Printed = r.T("statement.printed", "date", clock.Today(s.Clock), "address", r.Absolute(r.Here(r.Lang())))
	v.Head = ui.PageHead{Title: r.T("statement.title"), Lead: r.T("statement.lead")}
	v.Word, v.Text = r.T("statement.verdict."+string(x.Verdict)), r.T("statement.known", "n", x.Known(), "date", x.Assessed)
	v.Tone = map[accessibility.Verdict]ui.Tone{accessibility.Wholly: ui.Done, accessibility.Partly: ui.Doing, accessibility.Not: ui.Late}[x.Verdict]
	if x.Known() == 0 {
		v.Text = r.T("statement.known.none", "date", x.Assessed)
	}
	for _, f := range x.Faults {
		v.Faults = append(v.Faults, knownView(p, f))
	}
	for _, f := range x.Violations {
		v.Faults = append(v.Faults, s.violationView(r, f))
	}
	for _, c := range x.Checks {
		v.Faults = append(v.Faults, s.checkView(r, c))
	}
	for _, t := range x.Told {
		f := toldView(p, t, named(associations, t.Association))
		if t.Decision == accessibility.TooHeavy {
			v.Burdens = append(v.Burdens, f)
		} else {
			v.Faults = append(v.Faults, f)
		}
	}
	for _, f := range x.Burdens {
		v.Burdens = append(v.Burdens, knownView(p, f))
	}
	for _, f := range x.Outside {
		v.Outside = append(v.Outside, knownView(p, f))
	}
	for _, f := range x.Beyond {
		v.Beyond = append(v.Beyond, knownView(p, f))
	}
	for _, f := range x.Practice {
		v.Beyond = append(v.Beyond, s.violationView(r, f))
	}
	for _, u := range x.Untested {
		v.Not = append(v.Not, u.What.In(r.Lang()))
	}
	s.method(r, x.Results, &v)
	v.Actors = actors(r, associations)
	v.Facts = []ui.Answer{{Question: r.T("statement.facts.service"), Answer: r.T("statement.service")},
		{Question: r.T("statement.facts.assessed"), Answer: p.Date(x.Assessed)},
		{Question: r.T("statement.facts.updated"), Answer: p.Date(x.Updated)},
		{Question: r.T("statement.facts.who"), Answer: r.T("statement.facts.self")},
		{Question: r.T("statement.facts.program"), Answer: "Samklang " + s.Program},
		{Question: r.T("statement.facts.tested"), Answer: strings.TrimSpace("Samklang " + x.Results.Program + " " + short(x.Results.Commit))}}
	return r.Render(w, http.StatusOK, statementPage(v))
}

func short(commit string) string { return commit[:min(len(commit), 12)] }

// actors are who answers for the service here: on an association's own host that one, else all.
func actors(r *web.Request, list []scope.Association) []string {
	if home := r.Home(); home != nil {
		return []string{home.Name}
	}
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

func named(list []scope.Association, association id.ID) string {
	for _, a := range list {
		if a.ID == association {
			return a.Name
		}
	}
	return ""
}

func fact(p ui.Printer, key, answer string) ui.Answer {
	return ui.Answer{Question: p.T("statement.fault." + key), Answer: answer}
}

// criteria names the criteria: "1.4.3 Tydlig skillnad mellan text och bakgrund".
func criteria(p ui.Printer, list []string) string {
	var names []string
	for _, c := range list {
		if key := "criterion." + c; p.Has(key) {
			names = append(names, c+" "+p.T(key))
		}
	}
	return strings.Join(names, "; ")
}

func knownView(p ui.Printer, f accessibility.Fault) faultView {
	l := p.Lang()
	v := faultView{Title: f.What.In(l), Facts: []ui.Answer{fact(p, "where", f.Where.In(l)), fact(p, "why", f.Why.In(l)), fact(p, "planned", f.Planned.In(l))}}
	if len(f.Criteria) > 0 {
		v.Facts = append(v.Facts, fact(p, "criteria", criteria(p, f.Criteria)))
	}
	v.Facts = append(v.Facts, fact(p, "since", p.Date(f.Since)))
	return v
}

// violationView is a fault that axe-core found. What broke is said by the criterion; axe's own words, which are English, stand as the detail.
func (s *Pages) violationView(r *web.Request, x accessibility.Violation) faultView {
	p := r.Printer
	title := criteria(p, x.Criteria)
	if title == "" {
		title = p.T("statement.practice")
	}
	v := faultView{Title: title, Facts: []ui.Answer{fact(p, "where", s.pageName(r, x.Kind)), fact(p, "roles", p.List(words(p, "statement.role.", x.Roles)))}}
	for _, g := range []struct {
		key, prefix string
		values      []string
		all         int
	}{{"themes", "statement.theme.", x.Themes, 2}, {"languages", "statement.language.", x.Languages, 3}, {"script", "statement.script.", x.Script, 2}} {
		if len(g.values) < g.all {
			v.Facts = append(v.Facts, fact(p, g.key, p.List(words(p, g.prefix, g.values))))
		}
	}
	v.Facts = append(v.Facts, fact(p, "impact", word(p, "statement.impact.", x.Impact)))
	if p.Lang() != lang.Simple {
		v.Facts = append(v.Facts, fact(p, "rule", "axe-core: "+x.Rule))
	}
	v.Facts = append(v.Facts, fact(p, "why", p.T("statement.found")))
	return v
}

func (s *Pages) checkView(r *web.Request, c accessibility.Check) faultView {
	p := r.Printer
	var where []string
	for _, f := range c.Faults {
		name := f.Text
		if f.Kind != "" {
			name = s.pageName(r, f.Kind)
		}
		if !slices.Contains(where, name) {
			where = append(where, name)
		}
	}
	v := faultView{Title: p.T("statement.check." + c.ID + ".fault"), Facts: []ui.Answer{fact(p, "where", strings.Join(where, "; ")), fact(p, "why", p.T("statement.found"))}}
	if len(c.Criteria) > 0 {
		v.Facts = append(v.Facts, fact(p, "criteria", criteria(p, c.Criteria)))
	}
	return v
}

func toldView(p ui.Printer, t accessibility.Told, association string) faultView {
	text := t.Text.In(p.Lang())
	v := faultView{Title: text}
	if text == "" {
		v.Title, v.Lang = t.Text.Swedish, lang.Swedish.Tag()
	}
	v.Facts = []ui.Answer{fact(p, "why", p.T("statement.told."+string(t.Decision))), fact(p, "since", p.Date(t.Since))}
	if association != "" {
		v.Facts = append([]ui.Answer{fact(p, "where", p.T("statement.told.where", "name", association))}, v.Facts...)
	}
	return v
}

// pageName names a page by what people call it; its path stands for one without a name.
func (s *Pages) pageName(r *web.Request, path string) string {
	path, view, _ := strings.Cut(path, "?")
	name := s.PageName(r, path)
	if name == "" {
		name = path
	}
	if view != "" {
		name += " (" + view + ")"
	}
	return name
}

func word(p ui.Printer, prefix, code string) string {
	if key := prefix + code; p.Has(key) {
		return p.T(key)
	}
	return code
}

func words(p ui.Printer, prefix string, codes []string) []string {
	list := make([]string, len(codes))
	for i, c := range codes {
		list[i] = word(p, prefix, c)
	}
	return list
}

// method says how the pages were tested: what, by whom, in which ways, with which tools; and every page by itself.
func (s *Pages) method(r *web.Request, x accessibility.Results, v *statementView) {
	p := r.Printer
	seen, of := x.Seen()
	against, practice := 0, 0
	for _, rule := range x.Rules {
		if len(rule.Criteria) > 0 {
			against++
		} else {
			practice++
		}
	}
	v.How = []ui.Answer{
		{Question: p.T("statement.how.pages"), Answer: p.T("statement.how.pages.answer", "seen", seen, "of", of, "looks", x.Looks)},
		{Question: p.T("statement.how.roles"), Answer: p.List(words(p, "statement.role.", x.Roles))},
		{Question: p.T("statement.how.ways"), Answer: p.List(slices.Concat(words(p, "statement.language.", x.Languages), words(p, "statement.theme.", x.Themes), words(p, "statement.script.", x.Script)))},
		{Question: p.T("statement.how.rules"), Answer: p.T("statement.how.rules.answer", "rules", against, "practice", practice)},
		{Question: p.T("statement.how.with"), Answer: strings.Join([]string{x.Browser, "axe-core " + x.Axe, "Playwright " + x.Playwright}, ", ")},
		{Question: p.T("statement.how.found"), Answer: p.T("statement.how.found.answer", "n", len(x.Violations))},
	}
	for _, c := range x.Checks {
		if !p.Has("statement.check." + c.ID) {
			continue
		}
		line := p.T("statement.check." + c.ID)
		if c.ID == "forms" {
			sent, of := x.Sent()
			line += " " + p.T("statement.check.sent", "sent", sent, "of", of)
		} else if len(c.Stories) > 0 {
			line += " " + p.T("statement.check.stories", "n", len(c.Stories))
		} else {
			line += " " + p.T("statement.check.pages", "n", c.Pages)
		}
		if len(c.Faults) > 0 {
			line += " " + p.T("statement.check.faults", "n", len(c.Faults))
		} else {
			line += " " + p.T("statement.check.none")
		}
		v.Checks = append(v.Checks, line)
	}
	v.Pages = ui.Table{Caption: p.T("statement.pages"), Hidden: true, Columns: []ui.Column{{Label: p.T("statement.pages.page")}, {Label: p.T("statement.pages.roles"), Numeric: true}, {Label: p.T("statement.pages.looks"), Numeric: true}}}
	files := 0
	for _, t := range x.Routes {
		switch {
		case t.Looks > 0:
			v.Pages.Rows = append(v.Pages.Rows, ui.Row{Cells: []ui.Cell{{Text: s.pageName(r, t.Path)}, {Text: itoa(len(t.Roles))}, {Text: itoa(t.Looks)}}})
		case t.Reason == "file":
			files++
		case t.Reason == "onward":
		case t.Stories:
			v.Missed = append(v.Missed, p.T("statement.missed.story", "page", s.pageName(r, t.Path)))
		default:
			v.Missed = append(v.Missed, p.T("statement.missed.unreached", "page", s.pageName(r, t.Path)))
		}
	}
	if files > 0 {
		v.Missed = append(v.Missed, p.T("statement.missed.files", "n", files))
	}
}

// statementJSON is the statement for programs: what the page says, and the whole result of the tests.
func (s *Pages) statementJSON(w http.ResponseWriter, r *web.Request) error {
	x, err := s.Statement(r.Context())
	if err != nil {
		return err
	}
	associations, err := s.Associations(r.Context())
	if err != nil {
		return err
	}
	type told struct {
		Association string             `json:"association,omitempty"`
		Decision    string             `json:"decision"`
		Text        accessibility.Text `json:"text"`
		Since       period.Date        `json:"since"`
	}
	out := struct {
		Service   string                   `json:"service"`
		Actors    []string                 `json:"actors"`
		Verdict   accessibility.Verdict    `json:"verdict"`
		Swedish   string                   `json:"verdict_sv"`
		Assessed  period.Date              `json:"assessed"`
		Updated   period.Date              `json:"updated"`
		Program   string                   `json:"program"`
		Broken    []string                 `json:"broken_criteria"`
		Faults    []accessibility.Fault    `json:"faults"`
		Told      []told                   `json:"told"`
		Untested  []accessibility.Untested `json:"untested"`
		Complaint string                   `json:"supervisor"`
		Results   accessibility.Results    `json:"results"`
	}{r.T("statement.service"), actors(r, associations), x.Verdict, r.Printer.In(lang.Swedish).T("statement.verdict." + string(x.Verdict)), x.Assessed, x.Updated, s.Program, x.Broken(),
		slices.Concat(x.Faults, x.Burdens, x.Outside, x.Beyond), []told{}, x.Untested, accessibility.Supervisor, x.Results}
	for _, t := range x.Told {
		out.Told = append(out.Told, told{named(associations, t.Association), string(t.Decision), t.Text, t.Since})
	}
	b, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="tillganglighet.json"`)
	_, err = w.Write(append(b, '\n'))
	return err
}
