package deskweb

import (
	"net/http"

	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// aboutView is what the association that keeps a declaration says of it to those who do not read its preamble.
type aboutView struct {
	form
	Head     ui.PageHead
	Preamble string
	Public   string
	Back     string
}

func (s *Pages) aboutForm(w http.ResponseWriter, r *web.Request) error {
	d, err := s.ownDeclaration(r)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, aboutPage(s.aboutView(r, d, values{"simple": {d.AboutSimple}, "english": {d.AboutEn}}, d.Version)))
}

func (s *Pages) storeAbout(w http.ResponseWriter, r *web.Request) error {
	d, err := s.ownDeclaration(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	t := commitments.About{Simple: in.Text("simple", 4000), English: in.Text("english", 4000)}
	if err = in.Err(); err == nil {
		err = s.Ledger.EditAbout(r.Context(), r.Actor, association(r), d.ID, in.Version(), t)
	}
	if err == nil {
		return done(w, r, "/loften", "texts_saved")
	}
	f := s.aboutView(r, d, values(in.Values), in.Version())
	return show(w, r, f.form, err, func(g form) web.Component {
		f.form = g
		return aboutPage(f)
	})
}

// ownDeclaration reads the declaration of the address when this association keeps it.
func (s *Pages) ownDeclaration(r *web.Request) (commitments.DeclarationPage, error) {
	d, err := s.Ledger.DeclarationBySlug(r.Context(), r.PathValue("slug"))
	if err == nil && d.AssociationID != r.Association.ID {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	return d, err
}

func (s *Pages) aboutView(r *web.Request, d commitments.DeclarationPage, v values, version int64) aboutView {
	back := ui.Link{Label: r.T("promise.manage"), Href: r.Path("/loften")}
	p := s.frame(r, r.T("about.title"), back)
	return aboutView{form: s.form(r, p, v, version), Head: ui.PageHead{Kicker: d.Title, Title: p.Title, Lead: p.T("about.lead")}, Preamble: d.Preamble, Public: r.Top("/deklarationer/" + d.Slug), Back: back.Href}
}
