package accountweb

import (
	"bytes"
	"net/http"
	"strings"

	"samklang/internal/commitments"
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

// sendCSV sends a table; of is what it is of, as in addresses.
func sendCSV(w http.ResponseWriter, r *web.Request, name, of string, t sheet.Table) error {
	var b bytes.Buffer
	if err := sheet.WriteCSV(&b, t, sheet.Options{}); err != nil {
		return err
	}
	download(w, name+"-"+of+".csv")
	return answer(w, r, "text/csv; charset=utf-8", b.Bytes())
}

// promisesCSV is every promise with its wording and state, a row each.
func (s *Pages) promisesCSV(w http.ResponseWriter, r *web.Request) error {
	a, wordings, err := s.accountFor(r)
	if err != nil {
		return err
	}
	t := sheet.Table{Columns: columns(r, "id", "declaration", "#number", "title", "wording", "@wording_since", "state", "state_code", "@state_since", "@overdue_since", "#steps", "#steps_done", "#steps_overdue", "#reached", "@next", "address")}
	for _, p := range sortedByNumber(a.Promises) {
		word := wordings[p.ID]
		t.Rows = append(t.Rows, sheet.Row{Cells: []string{p.ID.String(), p.Declaration, itoa(p.Number), p.TitleIn(r.Lang()), word.Wording, word.AdoptedOn.String(), r.T("ui.state." + p.State), p.State, p.StateSince.String(), p.OverdueSince.String(),
			itoa(p.StepsTotal), itoa(p.StepsDone), itoa(p.StepsOverdue), itoa(p.Reached), p.NextOn.String(), r.Absolute(r.Path(promisePath(p.Slug, p.Number)))}})
	}
	return sendCSV(w, r, r.T("account.csv.file.promises"), association(r).Slug, t)
}

// activitiesCSV is every public activity of a year, a row each.
func (s *Pages) activitiesCSV(w http.ResponseWriter, r *web.Request) error {
	y, err := year(r)
	if err != nil {
		return err
	}
	plan, err := s.planFor(r, y)
	if err != nil {
		return err
	}
	t := sheet.Table{Columns: columns(r, "id", "title", "kind", "forms", "status", "state", "state_code", "precision", "@from", "@to", "clock", "place", "digital", "#expected_min", "#expected_max", "#reached", "reached_how", "#organisers", "address",
		"status_reason", "expected_text", "held_by", "partners", "speakers", "audience", "project", "grounds", "description", "serves")}
	for _, a := range plan.list {
		more := plan.of(a)
		var forms, grounds, holders, serves []string
		for _, c := range a.Forms.Codes() {
			forms = append(forms, r.T("form."+c))
		}
		for _, c := range more.Grounds.Codes() {
			grounds = append(grounds, r.T("ground."+c))
		}
		for _, o := range more.Organisers {
			holders = append(holders, o.Name)
		}
		for _, x := range more.Serves {
			serves = append(serves, servedWords(r, more, x))
		}
		digital, how := "", ""
		if a.Digital {
			digital = r.T("account.csv.yes")
		}
		if known := a.CountedHow(); known != "" {
			how = r.T("reached_how." + string(known))
		}
		t.Rows = append(t.Rows, sheet.Row{Cells: []string{a.ID.String(), a.Title, r.T("kind." + a.Kind), strings.Join(forms, ", "), r.T("status." + string(a.Status)), r.T("ui.step." + a.State), a.State, string(a.DatePrecision),
			a.FromOn.String(), a.ToOn.String(), a.ClockTime, a.Place, digital, optional(a.ReachMin), optional(a.ReachMax), optional(a.CountedReach()), how, itoa(a.Organisers), r.Absolute(r.Path("/aktiviteter/" + a.ID.String())),
			a.StatusReason, a.ReachText, inCell(holders), inCell(more.Partners), inCell(more.Speakers), more.Audience, more.Project, strings.Join(grounds, ", "), more.Description, strings.Join(serves, "\n")}})
	}
	return sendCSV(w, r, r.T("account.csv.file.activities"), association(r).Slug, t)
}

// inCell joins names that may hold commas.
func inCell(list []string) string { return strings.Join(list, "; ") }

// servedWords is a promise that an activity serves, in words: whose it is when it is another's, its number and title, and how.
func servedWords(r *web.Request, more commitments.PublicDetails, x commitments.ServingView) string {
	line := r.T("account.activity.serves", "number", x.Number, "title", servedTitle(r, x))
	if of, held := servedAt(more, x); held && of.ID != association(r).ID {
		line = of.ShortName + ": " + line
	}
	if x.How != "" {
		line += " – " + x.How
	}
	return line
}
