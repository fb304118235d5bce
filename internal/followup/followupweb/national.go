package followupweb

import (
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// nationalView is the sheet for the national system, in its order and words.
type nationalView struct {
	ui.Page
	Head    ui.PageHead
	Errors  ui.FormErrors
	Years   []ui.Chip
	Fixed   []string // what must be right the first time, or cannot be changed any more
	Close   string   // address of the way out for what cannot be changed
	Notes   []string
	Changes *ui.Table
	All     ui.Table
	Tag     *ui.Form
	Year    string
	Last    string
}

func (s *Pages) nationalPage(w http.ResponseWriter, r *web.Request) error {
	year, _ := strconv.Atoi(r.URL.Query().Get("ar"))
	return s.showNational(w, r, http.StatusOK, year, nil)
}

func (s *Pages) showNational(w http.ResponseWriter, r *web.Request, status, year int, fault error) error {
	initiative, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	x, err := s.Followup.National(r.Context(), r.Actor, r.Scope().ID, initiative, year)
	if err != nil {
		return err
	}
	here := address(r, initiative) + "/nationellt"
	v := nationalView{Errors: ui.ErrorsOf(r.Printer, fault), Year: itoa(x.Year), Head: ui.PageHead{Kicker: x.Initiative.Name, Title: r.T("followupweb.national.title", "year", itoa(x.Year)), Lead: r.T("followupweb.national.lead." + string(x.Kind))}}
	v.Page = s.frame(r, v.Head.Title, ui.Link{Label: x.Initiative.Name, Href: address(r, initiative)})
	v.Faulty = len(v.Errors) > 0
	if x.Kind == followup.FactsSheet {
		v.Printed = r.T("followupweb.printed.facts", "date", s.today())
	}
	if len(x.Years) > 1 {
		for _, y := range x.Years {
			v.Years = append(v.Years, ui.Chip{Label: itoa(y), Href: here + "?ar=" + itoa(y), On: y == x.Year, Stays: true})
		}
	}
	if x.Edition > 0 {
		v.Last = r.T("followupweb.national.last", "name", x.EnteredBy, "date", x.EnteredOn)
	}
	columns := []ui.Column{{Label: r.T("followupweb.national.field")}, {Label: r.T("followupweb.national.enter")}}
	v.All = ui.Table{Caption: r.T("followupweb.national.all"), Hidden: true, Columns: columns}
	for _, l := range x.Lines {
		v.All.Rows = append(v.All.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("followupweb.national." + l.Key)}, {Text: nationalValue(r, l.Key, l.Value)}}})
	}
	if len(x.Changes) > 0 {
		t := ui.Table{Caption: r.T("followupweb.national.changed"), Hidden: true, Columns: append(columns, ui.Column{Label: r.T("followupweb.national.was")})}
		for _, c := range x.Changes {
			was := r.T("followupweb.national.new")
			if !c.New {
				was = nationalValue(r, c.Key, c.Was)
			}
			t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: r.T("followupweb.national." + c.Key)}, {Text: nationalValue(r, c.Key, c.Value)}, {Text: was}}})
			switch name := r.T("followupweb.national." + c.Key); {
			case c.Fixed:
				v.Fixed = append(v.Fixed, r.T("followupweb.national.fixed", "field", name))
				v.Close = address(r, initiative) + "/avsluta?ny=1"
			case c.New && followup.FixedNationally(c.Key):
				v.Fixed = append(v.Fixed, r.T("followupweb.national.once", "field", name))
			}
		}
		v.Changes = &t
		v.Tag = &ui.Form{Action: here, Key: id.New().String(), Version: itoa(x.Edition)}
	}
	if x.Unknown > 0 {
		v.Notes = append(v.Notes, r.T("followupweb.national.unknown", "n", x.Unknown))
	}
	for _, b := range x.Waits {
		v.Notes = append(v.Notes, r.T("followupweb.national.waits", "period", i18n.Upper(inWords(r.Printer, b))))
	}
	return r.Render(w, status, nationalPage(v))
}

// nationalValue is a value of the sheet in words.
func nationalValue(r *web.Request, key, value string) string {
	switch key {
	case "orientation":
		return i18n.Upper(r.T("initiatives.orientation." + value))
	case "method", "esf":
		return r.T("followupweb.national." + key + "." + value)
	case "from", "to":
		d, err := period.ParseDate(value)
		if err == nil && !d.IsZero() {
			return r.Printer.Date(d)
		}
	case "targets":
		var list []string
		for g := range strings.SplitSeq(value, "; ") {
			if k := "initiatives.target." + g; r.Printer.Has(k) {
				g = r.T(k)
			}
			list = append(list, g)
		}
		return i18n.Upper(strings.Join(list, ", "))
	}
	if value == "" {
		return r.T("followupweb.national.nothing")
	}
	return value
}

func (s *Pages) entered(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	initiative, err := pathID(r, "initiative")
	if err != nil {
		return err
	}
	year, _ := strconv.Atoi(f.Values.Get("ar"))
	err = s.Followup.NoteEntered(r.Context(), r.Actor, r.Scope().ID, initiative, year, f.Version())
	if onForm(err) {
		return s.showNational(w, r, web.Status(err), year, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, address(r, initiative)+"/nationellt?ar="+itoa(year)+"&klart=national_entered")
}
