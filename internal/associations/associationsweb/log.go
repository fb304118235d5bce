package associationsweb

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/audit"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"

	"github.com/a-h/templ"
)

// Entries on a page, and at most in a file.
const (
	logPage  = 50
	logFile  = 20000
	logBatch = 1000
)

// logView is the trail of changes.
type logView struct {
	Page    ui.Page
	People  []ui.Option
	Kinds   []ui.Option
	Action  string
	Subject string          // id of the one thing the list is narrowed to, "" for all
	Table   templ.Component // nil without entries
	Older   string          // address of the next page, "" on the last
	Newest  string          // address of the first page, "" when this is it
	CSV     string
	All     string // the list without filters, "" when there are none
}

type entryView struct {
	When, ISO, Who, What string
	Thing                string // address of everything about the same thing
	Changes              []changeView
}

// logOf is whose trail a request is about: id.None is the installation.
func logOf(r *web.Request) (association id.ID, path string) {
	if r.Association == nil {
		return id.None, r.Top("/administration/andringslogg")
	}
	return r.Association.ID, r.Path("/andringslogg")
}

// logFilter reads the filters of the address. A filter that cannot be read does not narrow.
func logFilter(q url.Values) audit.Filter {
	one := func(name string) id.ID {
		x, err := id.Parse(q.Get(name))
		if err != nil {
			return id.None
		}
		return x
	}
	return audit.Filter{Subject: one("om"), Actor: one("vem"), Kind: q.Get("vad"), Before: one("fore")}
}

// filtered is the address of the list with the filters of f.
func filtered(path string, f audit.Filter) string {
	q := url.Values{}
	for name, x := range map[string]id.ID{"om": f.Subject, "vem": f.Actor, "fore": f.Before} {
		if x != id.None {
			q.Set(name, x.String())
		}
	}
	if f.Kind != "" {
		q.Set("vad", f.Kind)
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (h *Handlers) logPage(w http.ResponseWriter, r *web.Request) error {
	association, path := logOf(r)
	f := logFilter(r.URL.Query())
	people, kinds, err := h.Associations.LogIndex(r.Context(), r.Actor, association)
	if err != nil {
		return err
	}
	v := logView{Page: h.frame(r, r.T("associationsweb.log.title"), nil), Action: path}
	if association == id.None {
		v.Page.Crumbs = []ui.Link{{Label: r.T("associationsweb.admin.title"), Href: r.Top("/administration")}}
	}
	names := map[string]string{}
	for _, p := range people {
		names[p.ID.String()] = p.Name
		v.People = append(v.People, ui.Option{Value: p.ID.String(), Label: p.Name, On: p.ID == f.Actor})
	}
	for _, k := range kinds {
		v.Kinds = append(v.Kinds, ui.Option{Value: k, Label: upper(label(r, "audit.kind.", k)), On: k == f.Kind})
	}
	slices.SortFunc(v.Kinds, func(a, b ui.Option) int { return strings.Compare(a.Label, b.Label) })
	if f.Subject != id.None {
		v.Subject = f.Subject.String()
	}
	// What the right to read the trail was asked for above is the same for everybody who has it, so it is made once until something changes.
	table, err := h.tables.Get(r.Context(), h.Associations.DB, logKey{association, path, r.Lang(), f}, func(ctx context.Context) (logTable, error) {
		return h.logTable(ctx, r, association, path, f, names)
	})
	if err != nil {
		return err
	}
	if table.html != nil {
		v.Table = templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := w.Write(table.html)
			return err
		})
	}
	if table.last != id.None {
		older := f
		older.Before = table.last
		v.Older = filtered(path, older)
	}
	first := f
	first.Before = id.None
	if f.Before != id.None {
		v.Newest = filtered(path, first)
	}
	v.CSV = filtered(path+".csv", first)
	if first != (audit.Filter{}) {
		v.All = path
	}
	return r.Render(w, http.StatusOK, logPageOf(v))
}

// logKey is all that the entries on a page of the trail depend on besides the content.
type logKey struct {
	association id.ID
	path        string
	language    lang.Lang
	filter      audit.Filter
}

// logTable is the entries of a page as HTML, nil when there are none, and the last of them when there are older ones.
type logTable struct {
	html []byte
	last id.ID
}

// tablesKept is how many pages of trails stay in memory, at some 50 kB each.
const tablesKept = 100

func (h *Handlers) logTable(ctx context.Context, r *web.Request, association id.ID, path string, f audit.Filter, names map[string]string) (t logTable, err error) {
	f.Limit = logPage + 1
	list, err := h.Associations.Log(ctx, r.Actor, association, f)
	if err != nil || len(list) == 0 {
		return t, err
	}
	if len(list) > logPage {
		list = list[:logPage]
		t.last = list[logPage-1].ID
	}
	var entries []entryView
	for _, e := range list {
		x := entryView{When: moment(r, e.At), ISO: e.At.Format(time.RFC3339), Who: e.ActorName, What: label(r, "audit.action.", e.Action)}
		if e.SubjectID != id.None && e.SubjectID != f.Subject {
			x.Thing = filtered(path, audit.Filter{Subject: e.SubjectID})
		}
		for _, c := range differences(e.BeforeJSON, e.AfterJSON) {
			if c.Field != "account" || e.SubjectKind != "person" { // the thing itself, whose name stands beside it
				x.Changes = append(x.Changes, viewOf(r, names, c))
			}
		}
		entries = append(entries, x)
	}
	var b bytes.Buffer
	err = logEntries(r.Printer, entries).Render(ctx, &b)
	t.html = b.Bytes()
	return t, err
}

// logCSV sends the trail as a table: one row for each changed field, so that a spreadsheet can sort and filter it.
func (h *Handlers) logCSV(w http.ResponseWriter, r *web.Request) error {
	association, _ := logOf(r)
	f := logFilter(r.URL.Query())
	f.Before, f.Limit = id.None, logBatch
	t := sheet.Table{}
	for _, c := range []string{"when", "who", "what", "kind", "thing", "field", "was", "now"} {
		t.Columns = append(t.Columns, sheet.Column{Name: r.T("associationsweb.log.column." + c)})
	}
	for n := 0; n < logFile; {
		list, err := h.Associations.Log(r.Context(), r.Actor, association, f)
		if err != nil {
			return err
		}
		for _, e := range list {
			head := []string{e.At.In(clock.Stockholm).Format(time.DateTime), e.ActorName, label(r, "audit.action.", e.Action), label(r, "audit.kind.", e.SubjectKind), e.SubjectID.String()}
			changes := differences(e.BeforeJSON, e.AfterJSON)
			if len(changes) == 0 {
				changes = []change{{}}
			}
			for _, c := range changes {
				t.Rows = append(t.Rows, sheet.Row{Cells: append(slices.Clone(head), label(r, "audit.field.", c.Field), c.Was, c.Now)})
			}
		}
		if n += len(list); len(list) < logBatch {
			break
		}
		f.Before = list[len(list)-1].ID
	}
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, t, sheet.Options{}); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="andringslogg-`+clock.Today(h.Clock).String()+`.csv"`)
	_, err := w.Write(b.Bytes())
	return err
}

// moment is a day and a time of day in Sweden.
func moment(r *web.Request, t time.Time) string {
	t = t.In(clock.Stockholm)
	return r.Printer.Date(period.DateOf(t)) + " " + t.Format("15.04")
}
