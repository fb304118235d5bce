package accountweb

import (
	"errors"
	"io"
	"net/http"
	"slices"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// proofPath is where the proof lies below what it proves.
const proofPath = "/bevis.tlog-proof"

// proofView says since when a text is unchanged, and offers the proof.
type proofView struct {
	Text  []string
	Links []ui.Link
}

// provenText tells a visitor what the public log proves of a wording.
func (s *Pages) provenText(r *web.Request, p commitments.PromisePage, w commitments.Wording, inForce bool) (proofView, error) {
	places, err := s.Log.Places(r.Context(), commitments.LogWording, w.ID)
	if err != nil {
		return proofView{}, err
	}
	place, ok := places[w.ID]
	if !ok || !place.Placed() {
		return proofView{Text: []string{r.T("account.proof.waits")}, Links: []ui.Link{{Label: r.T("account.proof.about"), Href: r.Top("/log")}}}, nil
	}
	adopted := w.AdoptedOn
	if w.Version == 1 {
		adopted = firstDay(p)
	}
	key := "account.proof.text"
	if !inForce {
		key = "account.proof.earlier"
	}
	v := proofView{Text: []string{r.T(key, "date", adopted)}}
	since := period.DateOf(place.Since.In(clock.Stockholm))
	if since == adopted {
		v.Text = append(v.Text, r.T("account.proof.entry", "number", place.Number))
	} else {
		v.Text = append(v.Text, r.T("account.proof.entry_since", "number", place.Number, "date", since))
	}
	v.Links = []ui.Link{
		{Label: r.T("account.proof.take"), Href: r.Path(promisePath(p.Slug, p.Number)) + "/lydelse/" + itoa(w.Version) + proofPath},
		{Label: r.T("account.proof.about"), Href: r.Top("/log")},
	}
	return v, nil
}

// wordingProof is the proof that a wording is in the public log. Reason and decision are shown beside the wording, so they are opened.
func (s *Pages) wordingProof(w http.ResponseWriter, r *web.Request) error {
	p, err := s.promise(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(p.Wordings, func(w commitments.Wording) bool { return itoa(w.Version) == r.PathValue("version") })
	if i < 0 {
		return errs.E(errs.NotFound, "error.not_found")
	}
	x := p.Wordings[i]
	return s.sendProof(w, r, commitments.LogWording, x.ID, map[string]string{"reason": x.Reason, "decision": x.Decision}, "lofte-"+itoa(p.Number)+"-lydelse-"+itoa(x.Version))
}

// publicationProof is the proof that a follow-up was published as it is shown.
func (s *Pages) publicationProof(w http.ResponseWriter, r *web.Request) error {
	round, err := id.Parse(r.PathValue("round"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	var nobody actor.Actor // the proof is of what everybody may read, whoever asks for it
	text, err := s.Ledger.FrozenJSON(r.Context(), nobody, association(r), round)
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	return s.sendProof(w, r, commitments.LogPublication, round, map[string]string{"report": text}, "uppfoljning")
}

func (s *Pages) sendProof(w http.ResponseWriter, r *web.Request, kind string, subject id.ID, open map[string]string, name string) error {
	proof, err := s.Log.Prove(r.Context(), kind, subject, open)
	if errors.Is(err, publiclog.ErrNotPlaced) || errors.Is(err, publiclog.ErrNoLog) {
		return errs.E(errs.Unavailable, "account.proof.waits").Because(err)
	}
	if err != nil {
		return err
	}
	text, err := proof.Text()
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`.tlog-proof"`)
	_, err = io.WriteString(w, text)
	return err
}

// numbered is the number of an entry as JSON has it.
func numbered(p publiclog.Place) *int64 {
	if p.Entry == id.None || !p.Placed() {
		return nil
	}
	return &p.Number
}

type siteData struct {
	Address      string            `json:"address"`
	Log          string            `json:"log"`
	Associations []associationLink `json:"associations"`
	Declarations []declarationRef  `json:"declarations"`
}

type associationLink struct {
	associationData
	Data string `json:"data"`
}

// associationsJSON is where a program begins that wants to read everything.
func (s *Pages) associationsJSON(w http.ResponseWriter, r *web.Request) error {
	standings, err := s.Ledger.Standings(r.Context())
	if err != nil {
		return err
	}
	declarations, err := s.Ledger.Declarations(r.Context())
	if err != nil {
		return err
	}
	d := siteData{Address: r.Absolute(r.Top("/")), Log: r.Absolute(r.Top("/log/status.json")), Associations: []associationLink{}, Declarations: []declarationRef{}}
	for _, x := range standings {
		a := x.Association
		d.Associations = append(d.Associations, associationLink{associationData{a.Name, a.ShortName, r.Absolute(r.Of(a, "/")), a.ID}, r.Absolute(r.Of(a, "/data.json"))})
	}
	for _, x := range declarations {
		d.Declarations = append(d.Declarations, declarationRefOf(r, x.Declaration))
	}
	return sendJSON(w, r, d)
}
