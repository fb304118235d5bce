package accountweb

import (
	"net/http"

	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/web"
)

func declarationPath(slug string) string { return "/deklarationer/" + slug }

func declarationRefOf(r *web.Request, d commitments.Declaration) declarationRef {
	return declarationRef{d.Title, r.Absolute(r.Top(declarationPath(d.Slug)))}
}

func (s *Pages) declarationJSON(w http.ResponseWriter, r *web.Request) error {
	d, err := s.Ledger.DeclarationBySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	today := s.Ledger.Today()
	t, err := s.Ledger.Together(r.Context(), d.Ref(), today.Year)
	if err != nil {
		return err
	}
	ahead, err := s.Ledger.DeclarationAhead(r.Context(), d.Ref(), declarationDates)
	if err != nil {
		return err
	}
	states, wordings, err := s.Ledger.DeclarationChanges(r.Context(), d.Ref(), changesOfDeclaration)
	if err != nil {
		return err
	}
	rounds, err := s.Ledger.PublishedRounds(r.Context(), d.Signatories()...)
	if err != nil {
		return err
	}
	x := declarationData{Title: d.Title, Text: d.Preamble, Edition: d.Edition, PeriodFrom: d.PeriodFrom, PeriodTo: d.PeriodTo, AdoptedOn: d.AdoptedOn, ReplacedBy: []declarationRef{}, ComputedOn: today,
		Address: r.Absolute(r.Top(declarationPath(d.Slug))), Signatures: []signatureData{}, Commitments: []commitmentData{}, Together: togetherJSON(r, today.Year, t), Next: sharedJSON(r, ahead), History: []declarationChangeData{}, FollowUps: roundsJSON(r, rounds), ID: d.ID}
	if d.Replaces != nil {
		ref := declarationRefOf(r, *d.Replaces)
		x.Replaces = &ref
	}
	for _, later := range d.SupersededBy {
		x.ReplacedBy = append(x.ReplacedBy, declarationRefOf(r, later))
	}
	names := map[id.ID]string{}
	for _, g := range d.Signatures {
		names[g.AssociationID] = g.Association.Name
		x.Signatures = append(x.Signatures, signatureData{associationData{g.Association.Name, g.Association.ShortName, r.Absolute(r.Of(g.Association, "/")), g.AssociationID}, g.SignedOn, g.Decision})
	}
	for _, c := range d.Commitments {
		line := commitmentData{Number: c.Number, Title: c.TitleIn(r.Lang()), Wording: c.Wording, Pledges: []pledgeState{}}
		for _, p := range c.Pledges {
			line.Pledges = append(line.Pledges, pledgeState{p.Association.Name, p.State, p.StateSince, p.OverdueSince, stepsData{p.StepsTotal, p.StepsDone, p.StepsOverdue}, p.NextOn,
				p.InForce.Wording, p.InForce.AdoptedOn, p.InForce.Version, r.Absolute(r.Of(p.Association, promisePath(d.Slug, p.Number)))})
		}
		x.Commitments = append(x.Commitments, line)
	}
	for _, c := range states {
		x.History = append(x.History, declarationChangeData{c.ChangedOn, names[c.AssociationID], c.Number, c.FromState, c.ToState, c.Reason})
	}
	for _, c := range wordings {
		x.History = append(x.History, declarationChangeData{On: c.AdoptedOn, Association: names[c.AssociationID], Number: c.Number, To: "wording", Reason: c.Reason})
	}
	x.History = newestFirst(x.History, func(c declarationChangeData) string { return c.On.String() }, changesOfDeclaration)
	return sendJSON(w, r, x)
}

func togetherJSON(r *web.Request, year int, t commitments.Together) togetherData {
	return togetherData{Year: year, Activities: t.Activities, Done: t.Done, Reached: t.Reached, Joint: len(t.Joint), Held: sharedJSON(r, t.Joint)}
}

func sharedJSON(r *web.Request, list []commitments.SharedDate) []jointData {
	out := []jointData{}
	for _, a := range list {
		x := jointData{ID: a.ID, Title: a.Title, Status: a.Status, Date: a.When(), HeldBy: []string{}}
		for _, h := range a.Holders {
			x.HeldBy = append(x.HeldBy, h.Name)
		}
		if len(a.Holders) > 0 {
			x.Address = r.Absolute(r.Of(a.Holders[0], "/aktiviteter/"+a.ID.String()))
		}
		out = append(out, x)
	}
	return out
}

// declarationCSV is a row for each promise at each association that signed the declaration.
func (s *Pages) declarationCSV(w http.ResponseWriter, r *web.Request) error {
	d, err := s.Ledger.DeclarationBySlug(r.Context(), r.PathValue("slug"))
	if err != nil {
		return err
	}
	t := sheet.Table{Columns: columns(r, "id", "declaration", "#edition", "@period_from", "@period_to", "#number", "title", "association", "wording", "@wording_since", "state", "state_code", "@state_since", "@overdue_since",
		"#steps", "#steps_done", "#steps_overdue", "@next", "@signed", "decision", "address")}
	signed := map[id.ID]commitments.SignatureLine{}
	for _, g := range d.Signatures {
		signed[g.AssociationID] = g
	}
	for _, c := range d.Commitments {
		for _, p := range c.Pledges {
			g := signed[p.AssociationID]
			t.Rows = append(t.Rows, sheet.Row{Cells: []string{p.ID.String(), d.Title, itoa(d.Edition), d.PeriodFrom.String(), d.PeriodTo.String(), itoa(p.Number), c.TitleIn(r.Lang()), p.Association.Name,
				p.InForce.Wording, p.InForce.AdoptedOn.String(), r.T("ui.state." + p.State), p.State, p.StateSince.String(), p.OverdueSince.String(),
				itoa(p.StepsTotal), itoa(p.StepsDone), itoa(p.StepsOverdue), p.NextOn.String(), g.SignedOn.String(), g.Decision, r.Absolute(r.Of(p.Association, promisePath(d.Slug, p.Number)))}})
		}
	}
	return sendCSV(w, r, r.T("account.csv.file.promises"), d.Slug, t)
}
