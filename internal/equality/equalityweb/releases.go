package equalityweb

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/disclosure"
	"samklang/internal/equality"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// entries lists the releases that the reader may see.
func (s *Pages) entries(r *web.Request) ([]ui.Entry, error) {
	rows, err := s.Equality.Releases(r.Context(), r.Actor, r.Scope())
	var list []ui.Entry
	for _, x := range rows {
		list = append(list, ui.Entry{Title: x.Title, Href: r.Path("/statistik/" + itoa(x.Number)), Note: released(r, x)})
	}
	if err != nil {
		return nil, err
	}
	joint, err := s.Equality.JointReleases(r.Context(), r.Actor, r.Scope().ID)
	for _, x := range joint {
		list = append(list, ui.Entry{Title: x.Title, Href: jointPath(r, x.ID), Note: jointState(r, x)})
	}
	return list, err
}

func released(r *web.Request, x equality.Release) string {
	switch x.State {
	case equality.Prepared:
		return r.T("equalityweb.state.prepared", "date", x.PreparedOn)
	case equality.Withdrawn:
		return r.T("equalityweb.state.withdrawn", "date", x.WithdrawnOn)
	}
	return r.T("equalityweb.state.published", "date", x.PublishedOn)
}

type releasesView struct {
	ui.Page
	Head    ui.PageHead
	List    []ui.Entry
	Empty   ui.EmptyState
	Catalog string
}

func (s *Pages) releases(w http.ResponseWriter, r *web.Request) error {
	list, err := s.entries(r)
	if err != nil {
		return err
	}
	v := releasesView{Page: s.frame(r, r.T("equalityweb.releases")), Head: ui.PageHead{Title: r.T("equalityweb.releases"), Lead: r.T("equalityweb.releases.lead")}, List: list, Catalog: r.Path("/statistik/katalog.rdf"),
		Empty: ui.EmptyState{Title: r.T("equalityweb.releases.empty.title"), Text: r.T("equalityweb.releases.empty")}}
	return r.Render(w, http.StatusOK, releasesPage(v))
}

type prepareView struct {
	ui.Page
	Errors                ui.FormErrors
	Form                  ui.Form
	Lead                  string
	Title, Sv, Simple, En string
	Tables                []string
	Empty                 ui.EmptyState
}

func (s *Pages) preparePage(w http.ResponseWriter, r *web.Request) error {
	return s.showPrepare(w, r, http.StatusOK, equality.Draft{}, nil)
}

func (s *Pages) showPrepare(w http.ResponseWriter, r *web.Request, status int, d equality.Draft, fault error) error {
	b, err := s.Equality.Basis(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	v := prepareView{Page: s.inside(r, r.T("equalityweb.prepare"), home(r)), Errors: ui.ErrorsOf(r.Printer, fault), Form: ui.Form{Action: r.Path("/jamlikhet/publicera"), Key: id.New().String(), WarnLeave: true},
		Title: d.Title, Sv: d.Text[lang.Swedish], Simple: d.Text[lang.Simple], En: d.Text[lang.English]}
	v.Faulty, v.Lead = len(v.Errors) > 0, r.T("equalityweb.prepare.lead")
	for _, source := range equality.Sources {
		if p := b.Of[source]; p != nil {
			v.Tables = append(v.Tables, r.T("equalityweb.source."+string(source))+": "+inWords(r.Printer, p.Through))
		}
	}
	if b.Empty() {
		v.Empty = ui.EmptyState{Title: r.T("equalityweb.empty.title"), Text: r.T("equalityweb.empty"), Action: ui.Link{Label: r.T("equalityweb.empty.do"), Href: r.Path("/siffror")}}
	}
	return r.Render(w, status, preparePage(v))
}

func (s *Pages) prepare(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	d := equality.Draft{Title: f.Values.Get("title"), Text: map[lang.Lang]string{}}
	for _, l := range lang.All {
		d.Text[l] = f.Values.Get("text_" + l.Tag())
	}
	number, err := s.Equality.Prepare(r.Context(), r.Actor, r.Scope().ID, d, func(l lang.Lang) equality.Words { return equality.Words{Printer: r.Printer.In(l)} })
	if onForm(err) {
		return s.showPrepare(w, r, web.Status(err), d, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/statistik/"+itoa(number))+"?klart=equality_prepared")
}

type releaseView struct {
	ui.Page
	Head      ui.PageHead
	Errors    ui.FormErrors
	Withdrawn string // why
	Text      string
	Parts     []releasePart
	Untold    []releasePart // that have too few to be drawn
	Behind    []string      // coverage
	Tests     string
	Tables    []tableView
	Facts     []ui.Answer
	Files     []ui.Link
	Approve   *ui.Form
	Waits     string
	Withdraw  *ui.Form
}

type releasePart struct {
	Anchor, Title string
	Badge         templ.Component
	Lines         []string
	Beside        []ui.Figure
	Picture       picture
}

// tableView is every table of a source.
type tableView struct {
	Title, Count string
	Tables       []ui.Table
}

func (s *Pages) release(w http.ResponseWriter, r *web.Request) error {
	return s.showRelease(w, r, http.StatusOK, nil)
}

func (s *Pages) find(r *web.Request) (equality.Release, equality.Content, equality.Basis, error) {
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 32)
	if err != nil {
		return equality.Release{}, equality.Content{}, equality.Basis{}, errs.E(errs.NotFound, "error.not_found")
	}
	x, err := s.Equality.Release(r.Context(), r.Actor, r.Scope().ID, number)
	if err != nil {
		return x, equality.Content{}, equality.Basis{}, err
	}
	c, err := x.Content()
	if err != nil {
		return x, c, equality.Basis{}, err
	}
	b, err := c.Basis()
	return x, c, b, err
}

func (s *Pages) showRelease(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	x, c, b, err := s.find(r)
	if err != nil {
		return err
	}
	here := r.Path("/statistik/" + itoa(x.Number))
	v := releaseView{Page: s.frame(r, x.Title, ui.Link{Label: r.T("equalityweb.releases"), Href: r.Path("/statistik")}), Head: ui.PageHead{Kicker: released(r, x), Title: x.Title}, Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Faulty, v.Withdrawn = len(v.Errors) > 0, x.WithdrawnReason
	v.of(r, c, b, b.Examine())
	v.Facts = append(v.Facts, ui.Answer{Question: r.T("equalityweb.release.sum"), Answer: x.SHA256})
	v.Files = []ui.Link{{Label: r.T("equalityweb.release.csv"), Href: here + "/tabeller.csv"}, {Label: r.T("equalityweb.release.json"), Href: here + "/tabeller.json"}, {Label: r.T("equalityweb.release.catalogue"), Href: r.Path("/statistik/katalog.rdf")}}
	switch x.State {
	case equality.Prepared:
		v.Robots = "noindex"
		v.Waits = r.T("equalityweb.release.waits")
		if may(r, access.EqualityApprove, id.None) && x.PreparedBy != r.Actor.Account {
			v.Approve = &ui.Form{Action: here + "/godkann", Key: id.New().String(), Version: itoa(x.Version)}
		}
	case equality.Public:
		if may(r, access.EqualityManage, id.None) {
			v.Withdraw = &ui.Form{Action: here + "/dra-tillbaka", Key: id.New().String(), Version: itoa(x.Version)}
		}
	}
	return r.Render(w, status, releasePage(v))
}

// of fills in what a release froze: its text, what is told of each comparison with its picture, and the tables.
func (v *releaseView) of(r *web.Request, c equality.Content, b equality.Basis, report equality.Report) {
	if v.Text = c.Text[r.Lang().Tag()]; v.Text == "" {
		v.Text = c.Text[lang.Swedish.Tag()]
	}
	words := b.Words(r.Printer)
	explained := false
	for _, t := range c.Told[r.Lang().Tag()] {
		p := part(words, report, c, t, &explained)
		if p.Picture.Draw == nil {
			v.Untold = append(v.Untold, p)
			continue
		}
		v.Parts = append(v.Parts, p)
	}
	for _, source := range equality.Sources {
		if said := words.Behind(b.Of[source]); len(said) > 0 {
			v.Behind = append(v.Behind, i18n.Upper(r.T("equalityweb.source."+string(source)))+". "+sentences(said...))
		}
	}
	v.Tests = sentences(words.Declared(report), words.Tests(report))
	threshold := 0
	for _, t := range c.Tables {
		result := b.Of[t.Source].Result
		threshold = max(threshold, result.Threshold)
		group := tableView{Title: r.T("equalityweb.source." + string(t.Source)), Count: r.T("equalityweb.tables.count", "n", len(result.Tables))}
		for i, variables := range result.Tables {
			x := table(words, result, i, variables)
			x.Caption = r.T("equalityweb.table.of", "source", r.T("equalityweb.source."+string(t.Source)), "by", by(r, variables))
			group.Tables = append(group.Tables, x)
		}
		v.Tables = append(v.Tables, group)
		v.Facts = append(v.Facts, ui.Answer{Question: r.T("equalityweb.source." + string(t.Source)), Answer: i18n.Upper(inWords(r.Printer, t.Through))})
	}
	v.Facts = append(v.Facts, ui.Answer{Question: r.T("equalityweb.release.threshold"), Answer: r.T("equalityweb.release.under", "n", threshold)}, ui.Answer{Question: r.T("equalityweb.release.method"), Answer: c.Method + ", " + methodOf(b)})
}

// part is one comparison of a release: its frozen sentences, with a picture drawn of the frozen figures. What the picture or the figures beside it say is
// not said again. The reading of pictures is explained once.
func part(w equality.Words, report equality.Report, c equality.Content, t equality.Told, explained *bool) releasePart {
	p := releasePart{Anchor: "del-" + t.Code, Title: t.Title, Lines: t.Lines}
	if c.Method != equality.Method {
		return p
	}
	var said []string
	if f, ok := report.Finding(t.Code); ok && f.Verdict != equality.TooSmall {
		p.Picture = shares(w, f.All, f.Variable, "bild-"+t.Code, w.Rates(f), !*explained)
		p.Badge = badge(w, f)
		p.Beside, _ = beside(w, f)
		said = append(said, w.Headline(f)+".", w.Rates(f), w.Crude(f))
		for _, x := range f.Within {
			said = append(said, w.Adjusted(f, x))
		}
		*explained = true
	} else if y, ok := report.Scatter(t.Code); ok && y.OK() {
		p.Picture, p.Badge = funnel(w, y, "bild-"+t.Code), spreadBadge(w, y)
		said = append(said, w.Scattered(y)+".")
	}
	for _, o := range report.Offers {
		if "offer-"+o.Variable == t.Code {
			x := offer(w, o, !*explained)
			p.Picture, p.Lines, *explained = x.Picture, x.Lines, true
		}
	}
	p.Lines = slices.DeleteFunc(slices.Clone(p.Lines), func(line string) bool { return slices.Contains(said, line) })
	return p
}

func methodOf(b equality.Basis) string {
	for _, s := range equality.Sources {
		if p := b.Of[s]; p != nil {
			return p.Result.Method
		}
	}
	return ""
}

func by(r *web.Request, variables []string) string {
	var list []string
	for _, v := range variables {
		list = append(list, r.T("equalityweb.by."+v))
	}
	return r.Printer.List(list)
}

// table lays out one table of a result, a row for each of its cells.
func table(w equality.Words, x *disclosure.Result, number int, variables []string) ui.Table {
	var t ui.Table
	for _, v := range variables {
		t.Columns = append(t.Columns, ui.Column{Label: i18n.Upper(w.T("equalityweb.by." + v))})
	}
	t.Columns = append(t.Columns, ui.Column{Label: w.T("equalityweb.counted"), Numeric: true})
	for _, c := range x.Cells {
		if c.Table != number {
			continue
		}
		var row ui.Row
		for i, v := range variables {
			row.Cells = append(row.Cells, ui.Cell{Text: i18n.Upper(word(w, v, c.Values[i]))})
		}
		row.Cells = append(row.Cells, ui.Cell{Text: figure(w, c.Figure)})
		t.Rows = append(t.Rows, row)
	}
	return t
}

func figure(w equality.Words, f disclosure.Figure) string {
	if n, shown := f.Count(); shown {
		return w.Number(int64(n))
	}
	return w.T("equalityweb.hidden.cell")
}

// word is the word for a category in a table.
func word(w equality.Words, variable, code string) string {
	if variable == equality.Period && code != disclosure.Total {
		return inWords(w.Printer, code)
	}
	if key := "equalityweb.code." + code; w.Has(key) {
		return w.T(key)
	}
	if s := w.Code(variable, code); s != code {
		return s
	}
	if key := "followup.code." + variable + "." + code; w.Has(key) {
		return w.T(key)
	}
	return code
}

func (s *Pages) approve(w http.ResponseWriter, r *web.Request) error {
	return s.move(w, r, "equality_published", func(f *web.Form, number int64) error {
		return s.Equality.Publish(r.Context(), r.Actor, r.Scope().ID, number, f.Version())
	})
}

func (s *Pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	return s.move(w, r, "equality_withdrawn", func(f *web.Form, number int64) error {
		return s.Equality.Withdraw(r.Context(), r.Actor, r.Scope().ID, number, f.Version(), f.Values.Get("reason"))
	})
}

func (s *Pages) move(w http.ResponseWriter, r *web.Request, done string, do func(f *web.Form, number int64) error) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 32)
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	err = do(f, number)
	if onForm(err) {
		return s.showRelease(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/statistik/"+itoa(number))+"?klart="+done)
}

// open gives a release that everybody may have the files of.
func (s *Pages) open(r *web.Request) (equality.Release, equality.Content, equality.Basis, error) {
	x, c, b, err := s.find(r)
	if err == nil && x.State == equality.Prepared {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	return x, c, b, err
}

func send(w http.ResponseWriter, kind, name string, body []byte) error {
	w.Header().Set("Content-Type", kind)
	if name != "" {
		w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	}
	_, err := w.Write(body)
	return err
}

// csv is every cell of every table of a release. Hidden cells are there without a count.
func (s *Pages) csv(w http.ResponseWriter, r *web.Request) error {
	x, c, b, err := s.open(r)
	if err != nil {
		return err
	}
	body, err := tablesCSV(c, b)
	if err != nil {
		return err
	}
	return send(w, "text/csv; charset=utf-8", r.Scope().Slug+"-statistik-"+itoa(x.Number)+".csv", body)
}

// tablesCSV writes every cell of frozen tables.
func tablesCSV(c equality.Content, b equality.Basis) ([]byte, error) {
	var columns []string
	for _, t := range c.Tables {
		for _, variables := range b.Of[t.Source].Result.Tables {
			for _, v := range variables {
				if !slices.Contains(columns, v) {
					columns = append(columns, v)
				}
			}
		}
	}
	out := sheet.Table{Columns: []sheet.Column{{Name: "source"}, {Name: "table"}}}
	for _, v := range columns {
		out.Columns = append(out.Columns, sheet.Column{Name: v})
	}
	out.Columns = append(out.Columns, sheet.Column{Name: "n", Kind: sheet.Number}, sheet.Column{Name: "status"})
	for _, t := range c.Tables {
		result := b.Of[t.Source].Result
		for _, cell := range result.Cells {
			variables := result.Tables[cell.Table]
			row := []string{string(t.Source), itoa(cell.Table + 1)}
			for _, v := range columns {
				text := ""
				if i := slices.Index(variables, v); i >= 0 {
					text = cell.Values[i]
					if n := c.Names[v][text]; n != "" {
						text = n
					}
				}
				row = append(row, text)
			}
			n, shown := cell.Figure.Count()
			text := ""
			if shown {
				text = itoa(n)
			}
			out.Rows = append(out.Rows, sheet.Row{Cells: append(row, text, string(cell.Status))})
		}
	}
	var body bytes.Buffer
	err := sheet.WriteCSV(&body, out, sheet.Options{})
	return body.Bytes(), err
}

// json is the release as it is frozen: results in the form that samklang protect prints and reads.
func (s *Pages) json(w http.ResponseWriter, r *web.Request) error {
	x, c, _, err := s.open(r)
	if err != nil {
		return err
	}
	body, err := json.MarshalIndent(struct {
		Number    int64       `json:"number"`
		Title     string      `json:"title"`
		State     string      `json:"state"`
		Published period.Date `json:"published"`
		Withdrawn period.Date `json:"withdrawn,omitzero"`
		Reason    string      `json:"reason,omitempty"`
		SHA256    string      `json:"sha256"`
		equality.Content
	}{x.Number, x.Title, string(x.State), x.PublishedOn, x.WithdrawnOn, x.WithdrawnReason, x.SHA256, c}, "", "  ")
	if err != nil {
		return err
	}
	return send(w, "application/json; charset=utf-8", "", append(body, '\n'))
}
