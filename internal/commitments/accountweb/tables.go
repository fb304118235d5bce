package accountweb

import (
	"bytes"
	"net/http"
	"strings"

	"samklang/internal/platform/sheet"
	"samklang/internal/platform/web"
)

// columns are heads of the catalogue's texts "account.csv.…", with the kinds of what they hold.
func columns(r *web.Request, names ...string) []sheet.Column {
	kinds := map[byte]sheet.Kind{'#': sheet.Number, '@': sheet.Date}
	list := make([]sheet.Column, len(names))
	for i, n := range names {
		kind, marked := kinds[n[0]]
		if marked {
			n = n[1:]
		}
		list[i] = sheet.Column{Name: r.T("account.csv." + n), Kind: kind}
	}
	return list
}

func sendCSV(w http.ResponseWriter, r *web.Request, name string, t sheet.Table) error {
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, t, sheet.Options{}); err != nil {
		return err
	}
	download(w, name+"-"+association(r).Slug+".csv")
	return answer(w, r, "text/csv; charset=utf-8", b.Bytes())
}

// promisesCSV is every promise with its wording and state, a row each.
func (s *Pages) promisesCSV(w http.ResponseWriter, r *web.Request) error {
	a, wordings, _, err := s.accountFor(r)
	if err != nil {
		return err
	}
	t := sheet.Table{Columns: columns(r, "id", "declaration", "#number", "title", "wording", "@wording_since", "state", "state_code", "@state_since", "@overdue_since", "#steps", "#steps_done", "#steps_overdue", "#reached", "@next", "address")}
	for _, p := range sortedByNumber(a.Promises) {
		word := wordings[p.ID]
		t.Rows = append(t.Rows, sheet.Row{Cells: []string{p.ID.String(), p.Declaration, itoa(p.Number), p.TitleIn(r.Lang()), word.Wording, word.AdoptedOn.String(), r.T("ui.state." + p.State), p.State, p.StateSince.String(), p.OverdueSince.String(),
			itoa(p.StepsTotal), itoa(p.StepsDone), itoa(p.StepsOverdue), itoa(p.Reached), p.NextOn.String(), r.Absolute(r.Path(promisePath(p.Slug, p.Number)))}})
	}
	return sendCSV(w, r, r.T("account.csv.file.promises"), t)
}

// activitiesCSV is every public activity of a year, a row each.
func (s *Pages) activitiesCSV(w http.ResponseWriter, r *web.Request) error {
	_, _, plan, err := s.accountFor(r)
	if err != nil {
		return err
	}
	t := sheet.Table{Columns: columns(r, "id", "title", "kind", "forms", "status", "state", "state_code", "precision", "@from", "@to", "clock", "place", "digital", "#expected_min", "#expected_max", "#reached", "reached_how", "#organisers", "address")}
	for _, a := range plan {
		var forms []string
		for _, c := range a.Forms.Codes() {
			forms = append(forms, r.T("form."+c))
		}
		digital, how := "", ""
		if a.Digital {
			digital = r.T("account.csv.yes")
		}
		if known := a.CountedHow(); known != "" {
			how = r.T("reached_how." + string(known))
		}
		t.Rows = append(t.Rows, sheet.Row{Cells: []string{a.ID.String(), a.Title, r.T("kind." + a.Kind), strings.Join(forms, ", "), r.T("status." + string(a.Status)), r.T("ui.step." + a.State), a.State, string(a.DatePrecision),
			a.FromOn.String(), a.ToOn.String(), a.ClockTime, a.Place, digital, optional(a.ReachMin), optional(a.ReachMax), optional(a.CountedReach()), how, itoa(a.Organisers), r.Absolute(r.Path("/aktiviteter/" + a.ID.String()))}})
	}
	return sendCSV(w, r, r.T("account.csv.file.activities"), t)
}
