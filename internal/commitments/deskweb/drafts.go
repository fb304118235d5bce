package deskweb

import (
	"net/http"
	"net/url"
	"strings"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// draftNote says that a page was filled with what was written before.
type draftNote struct {
	Text  string
	Throw ui.Form
}

// withDraft lets a form be saved as it is written, and fills it with what the person wrote before and never sent.
func (s *Pages) withDraft(r *web.Request, f *form, page string) (*draftNote, error) {
	f.Tag.Autosave = r.Path("/utkast/" + page)
	d, err := s.Ledger.DraftOf(r.Context(), r.Actor, page)
	if err != nil || d.Form == "" || f.Errors != nil {
		return nil, err
	}
	kept, err := url.ParseQuery(d.Form)
	if err != nil {
		return nil, nil // nobody but this program writes drafts; one that cannot be read is as good as none
	}
	for name, list := range kept {
		f.Values[name] = list
	}
	return &draftNote{Text: r.T("draft.found", "time", r.Printer.Time(d.SavedAt, clock.Stockholm)), Throw: ui.Form{Action: r.Path("/utkast/" + page + "/kasta?till=" + url.QueryEscape(r.Here(r.Lang())))}}, nil
}

func (s *Pages) saveDraft(w http.ResponseWriter, r *web.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	kept := url.Values{}
	for name, list := range r.PostForm {
		if !strings.HasPrefix(name, "_") {
			kept[name] = list
		}
	}
	if err := s.Ledger.SaveDraft(r.Context(), r.Actor, r.PathValue("page"), kept.Encode()); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Pages) dropDraft(w http.ResponseWriter, r *web.Request) error {
	if err := s.Ledger.DropDraft(r.Context(), r.Actor, r.PathValue("page")); err != nil {
		return err
	}
	return r.SeeOther(w, web.Back(r.URL.Query().Get("till"), r.Path("/skrivbord")))
}
