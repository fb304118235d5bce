package deskweb

import (
	"net/http"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// signatureRow is a declaration the association has signed.
type signatureRow struct {
	Title, Facts string
	Document     string // address of the signed document, "" when none is kept
	Correct      string // "" for those who only read
}

// signatures lists what the association has signed.
func (s *Pages) signatures(r *web.Request, p ui.Printer) ([]signatureRow, error) {
	list, err := s.Ledger.OwnSignatures(r.Context(), r.Actor, association(r))
	rows := make([]signatureRow, len(list))
	for i, x := range list {
		rows[i] = signatureRow{Title: x.Declaration, Facts: dotted(s.signedOn(p, x.SignedOn), x.Decision)}
		if x.FileID != id.None {
			rows[i].Document = r.Path("/underskrifter/" + x.ID.String())
		}
		if may(r, access.DocumentImport, id.None) {
			rows[i].Correct = r.Path("/loften/" + x.Slug + "/underskrift")
		}
	}
	return rows, err
}

func (s *Pages) signedOn(p ui.Printer, d period.Date) string {
	if d.IsZero() {
		return p.T("signature.no_day")
	}
	return p.T("signature.on", "date", p.Date(d))
}

// signatureView is the form that puts the day and the decision of a signature right.
type signatureView struct {
	form
	Head ui.PageHead
	Seen commitments.SignatureFacts // what the form started from
	Now  string                     // what somebody else has made of it meanwhile
	Back string
}

func (s *Pages) signatureView(r *web.Request, x commitments.OwnSignature, v values) signatureView {
	back := ui.Link{Label: r.T(promisesTitle(r)), Href: r.Path("/loften")}
	p := s.frame(r, r.T("signature.title"), back)
	return signatureView{form: s.form(r, p, v, 0), Head: ui.PageHead{Kicker: x.Declaration, Title: p.Title, Lead: p.T("signature.lead")}, Seen: x.Facts(), Back: back.Href}
}

// ownSignature finds the association's signature of the declaration in the address.
func (s *Pages) ownSignature(r *web.Request) (commitments.OwnSignature, error) {
	list, err := s.Ledger.OwnSignatures(r.Context(), r.Actor, association(r))
	if err != nil {
		return commitments.OwnSignature{}, err
	}
	for _, x := range list {
		if x.Slug == r.PathValue("slug") {
			return x, nil
		}
	}
	return commitments.OwnSignature{}, errs.E(errs.NotFound, "error.not_found")
}

func (s *Pages) signatureForm(w http.ResponseWriter, r *web.Request) error {
	x, err := s.ownSignature(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, signaturePage(s.signatureView(r, x, values{"signed_on": {r.Printer.Date(x.SignedOn)}, "decision": {x.Decision}})))
}

func (s *Pages) correctSignature(w http.ResponseWriter, r *web.Request) error {
	x, err := s.ownSignature(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	seen := commitments.SignatureFacts{SignedOn: in.Date("seen_on"), Decision: in.Text("seen_decision", 200)}
	now := commitments.SignatureFacts{SignedOn: in.Date("signed_on"), Decision: in.Text("decision", 200)}
	if err = in.Err(); err == nil {
		err = s.Ledger.CorrectSignature(r.Context(), r.Actor, association(r), x.ID, seen, now)
	}
	if err == nil {
		return done(w, r, "/loften", "signature_corrected")
	}
	f := s.signatureView(r, x, values(in.Values))
	if errs.Is(err, errs.Conflict) {
		f.Now = dotted(s.signedOn(f.Printer, x.SignedOn), x.Decision)
	}
	return show(w, r, f.form, err, func(g form) web.Component {
		f.form = g
		return signaturePage(f)
	})
}
