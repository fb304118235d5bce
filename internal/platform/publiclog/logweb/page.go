package logweb

import (
	"embed"
	"errors"
	"net/http"
	"slices"

	"samklang/internal/core/actor"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// Locale holds the texts of the page.
//
//go:embed locale
var Locale embed.FS

// Needs is what the page needs from the rest of the house.
type Needs struct {
	Log    *publiclog.Log
	Frame  func(r *web.Request, title string) ui.Page
	Public actor.Action // what everybody may do
	Kinds  []string     // of entries, in the order in which the page lists them
}

// Pages answers the address of the page.
type Pages struct{ Needs }

// New makes the page.
func New(n Needs) *Pages { return &Pages{n} }

// Routes is the page's place in the site map.
func (s *Pages) Routes() []web.Route {
	return []web.Route{{Method: http.MethodGet, Path: "/log", Site: web.OfInstallation, Allow: s.Public, Handle: s.log, Title: "log.title"}}
}

type view struct {
	Page      ui.Page
	Begun     bool
	Status    publiclog.Status
	Figures   []ui.Figure
	Kinds     []ui.Answer
	Anew      string // why the log was begun anew; "" for the first one
	Command   string
	Note      string // the last checkpoint as it is signed
	Witnesses ui.Table
	Refusing  []string
	Links     []ui.Link
}

func (s *Pages) log(w http.ResponseWriter, r *web.Request) error {
	v := view{Page: s.Frame(r, r.T("log.title"))}
	v.Page.Description = r.T("log.lead")
	status, err := s.Log.Status(r.Context())
	if errors.Is(err, publiclog.ErrNoLog) {
		return r.Render(w, http.StatusOK, logPage(v))
	}
	if err != nil {
		return err
	}
	counts, err := s.Log.Count(r.Context())
	if err != nil {
		return err
	}
	c, err := s.Log.Shown(r.Context())
	if err != nil {
		return err
	}
	v.Begun, v.Status, v.Note = true, status, c.Note
	v.Command = "samklang verify " + r.Absolute("")
	signed := period.DateOf(status.Signed.In(clock.Stockholm))
	v.Figures = []ui.Figure{
		{Label: r.T("log.entries"), Value: r.Printer.Number(status.Size), Note: r.T("log.entries.note")},
		{Label: r.T("log.signed"), Value: r.Printer.DayMonth(signed), Note: r.Printer.Time(status.Signed, clock.Stockholm)},
	}
	for _, kind := range s.Kinds {
		v.Kinds = append(v.Kinds, ui.Answer{Question: r.T("log.kind." + kind), Answer: r.Printer.Number(counts[kind])})
	}
	if status.Number > 1 {
		v.Anew = r.T("log.anew.text", "number", status.Number, "reason", status.Reason)
	}
	s.witnesses(r, &v)
	v.Links = []ui.Link{
		{Label: r.T("log.link.checkpoint"), Href: status.Log + "/checkpoint"},
		{Label: r.T("log.link.status"), Href: "/log/status.json"},
	}
	return r.Render(w, http.StatusOK, logPage(v))
}

func (s *Pages) witnesses(r *web.Request, v *view) {
	list := slices.Clone(v.Status.Witnesses)
	if len(list) == 0 {
		return
	}
	v.Witnesses = ui.Table{Caption: r.T("log.witnesses"), Columns: []ui.Column{{Label: r.T("log.witness.name")}, {Label: r.T("log.witness.size")}, {Label: r.T("log.witness.when")}}}
	agree := 0
	for _, x := range list {
		when, size := r.T("log.witness.never"), "–"
		if x.CosignedAt != nil {
			when, size = r.Printer.Time(*x.CosignedAt, clock.Stockholm), r.Printer.Number(x.Size)
			agree++
		}
		if x.Refuses != nil {
			v.Refusing = append(v.Refusing, r.T("log.witness.refuses", "name", x.Name, "when", r.Printer.Time(*x.Refuses, clock.Stockholm)))
		}
		v.Witnesses.Rows = append(v.Witnesses.Rows, ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Text: size}, {Text: when}}})
	}
	v.Figures = append(v.Figures, ui.Figure{Label: r.T("log.witnesses"), Value: r.T("log.witness.of", "n", agree, "of", len(list)), Note: r.T("log.witnesses.note")})
}
