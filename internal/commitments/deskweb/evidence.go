package deskweb

import (
	"io"
	"net/http"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// maxUpload is the largest form with a file: the file and the fields around it.
const maxUpload = commitments.MaxEvidenceFile + 1<<20

// evidenceView asks for one piece of evidence of one kind.
type evidenceView struct {
	form
	Head  ui.PageHead
	Kinds []ui.Chip
	Kind  commitments.EvidenceKind
	Steps []ui.Option // of a promise, to say which step it shows
	Draft *draftNote
	Alone bool
	Back  string
}

// evidenceKinds are the kinds by their word in an address.
var evidenceKinds = map[string]commitments.EvidenceKind{"": commitments.EvidenceAccount, "berattelse": commitments.EvidenceAccount, "fil": commitments.EvidenceFile, "lank": commitments.EvidenceLink, "siffra": commitments.EvidenceFigure, "beslut": commitments.EvidenceDecision}

var evidenceOrder = []string{"berattelse", "fil", "lank", "siffra", "beslut"}

func (s *Pages) evidenceView(r *web.Request, path, about string, way []ui.Link, v values) (evidenceView, error) {
	p := s.frame(r, r.T("evidence.title"), way...)
	q := r.URL.Query()
	f := evidenceView{form: s.form(r, p, v, 0), Kind: evidenceKinds[q.Get("slag")], Back: way[len(way)-1].Href, Head: ui.PageHead{Kicker: about, Title: p.Title, Lead: p.T("evidence.lead")}}
	if f.Kind == "" {
		f.Kind = commitments.EvidenceAccount
	}
	f.Tag.Files = f.Kind == commitments.EvidenceFile
	step := ""
	if x := q.Get("steg"); x != "" {
		step = "&steg=" + x
	}
	for _, k := range evidenceOrder {
		f.Kinds = append(f.Kinds, ui.Chip{Label: upper(p.T("evidence.kind." + string(evidenceKinds[k]))), Href: r.Path(path) + "?slag=" + k + step, On: evidenceKinds[k] == f.Kind, Stays: true})
	}
	facts, err := s.Ledger.Desk(r.Context(), r.Actor, association(r))
	f.Alone = facts.Alone && facts.Reviews
	return f, err
}

func readEvidence(in *web.Form, kind commitments.EvidenceKind) commitments.EvidenceFields {
	return commitments.EvidenceFields{Kind: kind, Title: in.Text("title", 200), Body: in.Text("body", 10_000), URL: in.Text("url", 2000), Figure: in.Number("figure"), FigureUnit: in.Text("figure_unit", 60),
		FigureSource: in.Text("figure_source", 300), HappenedOn: in.Date("happened_on"), Completes: in.Bool("completes"), Public: in.Bool("public")}
}

// storeEvidence files what the form holds.
func (s *Pages) storeEvidence(r *web.Request, in *web.Form, x commitments.EvidenceFields) error {
	if err := in.Err(); err != nil {
		return joined(in, x.Check(s.today()))
	}
	if x.Kind != commitments.EvidenceFile {
		return s.Ledger.FileEvidence(r.Context(), r.Actor, association(r), x, "", nil)
	}
	var (
		name   string
		upload io.Reader
	)
	if h := in.File("file"); h != nil {
		content, err := h.Open()
		if err != nil {
			return err
		}
		defer content.Close()
		name, upload = h.Filename, content
		if x.Title == "" {
			x.Title = h.Filename
		}
	}
	return s.Ledger.FileEvidence(r.Context(), r.Actor, association(r), x, name, upload)
}

// mayFile refuses before anything is written, not after.
func mayFile(r *web.Request, owner id.ID) error {
	return access.Check(r.Actor, access.EvidenceFile, access.Object{Association: r.Association.ID, Owner: owner})
}

func (s *Pages) evidenceForm(w http.ResponseWriter, r *web.Request) error {
	a, err := s.load(r)
	if err != nil {
		return err
	}
	if err := mayFile(r, a.OwnerID); err != nil {
		return err
	}
	v := values{"title": {a.Title}, "happened_on": {r.Printer.Date(s.happened(a))}}
	if a.Public {
		v.set("public", "1")
	}
	f, err := s.evidenceView(r, "/plan/"+a.ID.String()+"/underlag", dotted(a.Title, s.when(r.Printer, a.When())), s.toActivity(r, a), v)
	if err != nil {
		return err
	}
	return s.showEvidence(w, r, f, "underlag-"+a.ID.String())
}

// showEvidence shows the form; a long account is saved while it is written.
func (s *Pages) showEvidence(w http.ResponseWriter, r *web.Request, f evidenceView, page string) (err error) {
	if f.Kind == commitments.EvidenceAccount {
		if f.Draft, err = s.withDraft(r, &f.form, page); err != nil {
			return err
		}
	}
	return r.Render(w, http.StatusOK, evidencePage(f))
}

func (s *Pages) fileEvidence(w http.ResponseWriter, r *web.Request) error {
	a, err := s.load(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	f, err := s.evidenceView(r, "/plan/"+a.ID.String()+"/underlag", dotted(a.Title, s.when(r.Printer, a.When())), s.toActivity(r, a), values(in.Values))
	if err != nil {
		return err
	}
	x := readEvidence(in, f.Kind)
	x.Target = commitments.Target{Activity: a.Ref()}
	if err := s.storeEvidence(r, in, x); err != nil {
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return evidencePage(f) })
	}
	if err := s.Ledger.DropDraft(r.Context(), r.Actor, "underlag-"+a.ID.String()); err != nil {
		return err
	}
	return done(w, r, "/plan/"+a.ID.String()+"#underlag", "evidence_filed")
}

// loadPromise finds the promise of the address.
func (s *Pages) loadPromise(r *web.Request) (commitments.PromisePage, error) {
	number, err := numberOf(r.PathValue("number"))
	if err != nil {
		return commitments.PromisePage{}, err
	}
	return s.Ledger.Promise(r.Context(), r.Actor, association(r), r.PathValue("slug"), number, 0)
}

func (s *Pages) toPromise(r *web.Request, p commitments.PromisePage) []ui.Link {
	return []ui.Link{{Label: r.T("promise.list"), Href: r.Path("/loften")}, {Label: itoa(p.Number) + ". " + p.TitleIn(r.Lang()), Href: r.Path(promisePath(p.Slug, p.Number) + "/skot")}}
}

// promiseEvidenceForm files evidence to a step of a promise, or to the promise itself.
func (s *Pages) promiseEvidenceView(r *web.Request, p commitments.PromisePage, v values) (evidenceView, error) {
	f, err := s.evidenceView(r, promisePath(p.Slug, p.Number)+"/underlag", r.T("promise.number", "n", p.Number)+": "+p.TitleIn(r.Lang()), s.toPromise(r, p), v)
	if err != nil {
		return f, err
	}
	f.Steps = []ui.Option{{Value: "", Label: r.T("evidence.whole_promise")}}
	for _, m := range p.Milestones {
		if m.WithdrawnOn.IsZero() {
			f.Steps = append(f.Steps, ui.Option{Value: m.ID.String(), Label: m.Title + " (" + s.day(r.Printer, m.DueOn) + ")"})
		}
	}
	return f, nil
}

func (s *Pages) promiseEvidenceForm(w http.ResponseWriter, r *web.Request) error {
	p, err := s.loadPromise(r)
	if err != nil {
		return err
	}
	if err := mayFile(r, p.ResponsibleID); err != nil {
		return err
	}
	f, err := s.promiseEvidenceView(r, p, values{"public": {"1"}, "step": {r.URL.Query().Get("steg")}})
	if err != nil {
		return err
	}
	return s.showEvidence(w, r, f, "underlag-"+p.ID.String())
}

func (s *Pages) filePromiseEvidence(w http.ResponseWriter, r *web.Request) error {
	p, err := s.loadPromise(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	f, err := s.promiseEvidenceView(r, p, values(in.Values))
	if err != nil {
		return err
	}
	x := readEvidence(in, f.Kind)
	if x.Target.Milestone = in.ID("step"); x.Target.Milestone == id.None {
		x.Target.Pledge = p.ID
	}
	if err := s.storeEvidence(r, in, x); err != nil {
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return evidencePage(f) })
	}
	if err := s.Ledger.DropDraft(r.Context(), r.Actor, "underlag-"+p.ID.String()); err != nil {
		return err
	}
	return done(w, r, promisePath(p.Slug, p.Number)+"/skot", "evidence_filed")
}

// evidenceEntry is a piece of evidence in a list.
func (s *Pages) evidenceEntry(r *web.Request, e commitments.Evidence) ui.Entry {
	p := r.Printer
	x := ui.Entry{Title: e.Title, Href: r.Path("/granska/" + e.ID.String()), Badge: evidenceBadge(p, e)}
	if e.AssociationID != r.Association.ID {
		x.Href = ""
	}
	seen := ""
	if e.Public && e.Status == commitments.Accepted {
		seen = p.T("evidence.is_public")
	}
	x.Note = dotted(upper(p.T("evidence.kind."+string(e.Kind))), s.day(p, dayOr(e.HappenedOn, e.FiledOn)), seen)
	return x
}

func dayOr(d, e period.Date) period.Date {
	if d.IsZero() {
		return e
	}
	return d
}
