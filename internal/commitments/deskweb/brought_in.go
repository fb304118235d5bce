package deskweb

import (
	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// broughtIn says what came out of the document somebody has just adopted, when the address names one: ?inlast=IMPORT. Year is the one whose
// plan the page shows, 0 on a page that shows none.
func (s *Pages) broughtIn(r *web.Request, year int) ([]ui.Flash, error) {
	imp, err := id.Parse(r.URL.Query().Get("inlast"))
	if err != nil {
		return nil, nil
	}
	b, err := s.Ledger.BroughtIn(r.Context(), r.Actor, association(r), imp)
	if errs.Is(err, errs.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []ui.Flash{{Tone: ui.Done, Text: broughtWords(r.Printer, b, year)}}, nil
}

// broughtWords is "8 löften och 14 aktiviteter är inlästa ur …", and in which years the activities lie when this page does not show them all.
func broughtWords(p ui.Printer, b commitments.BroughtIn, year int) string {
	promises := upper(p.T("brought.promises", "n", b.Promises))
	if b.Activities() == 0 {
		return p.T("brought.no_activities", "promises", promises, "title", b.Title, "n", b.Promises)
	}
	said := p.T("brought.in", "promises", promises, "activities", p.T("brought.activities", "n", b.Activities()), "title", b.Title)
	var here int
	var others []string
	for _, y := range b.Years {
		if y.Year == year {
			here = y.N
		} else {
			others = append(others, p.T("brought.year", "n", y.N, "year", itoa(y.Year)))
		}
	}
	switch {
	case len(others) == 0:
		return said + " " + p.T("brought.here", "year", itoa(year))
	case here == 0:
		return said + " " + p.T("brought.elsewhere", "list", p.List(others))
	}
	return said + " " + p.T("brought.spread", "year", itoa(year), "n", here, "list", p.List(others))
}
