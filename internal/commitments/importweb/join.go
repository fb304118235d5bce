package importweb

import (
	"net/http"
	"strconv"

	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/textdiff"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

type joinView struct {
	Page    ui.Page
	Steps   []ui.Step
	Version string
	Action  string
	Keys    func() string
	Title   string // of the declaration that others have adopted; "" when there is none like this
	Held    string // who holds it
	Found   string // "8 av 8 löften är desamma"
	Pairs   []pairView
	Joined  bool
	Next    ui.Link
}

type pairView struct {
	Name   string // field name of the choice
	Number string
	Title  string
	Share  string
	Words  []ui.Change
	Same   bool
	On     bool
	Value  string // id of the commitment
	Theirs string
}

type adoptView struct {
	Page    ui.Page
	Steps   []ui.Step
	Version string
	Action  string
	Key     string
	Answers []ui.Answer
	Errors  ui.FormErrors
	Open    string // what nobody has looked through, in words
	Promise []string
	Summary string
}

// candidate is the declaration the document could join: the one the draft names, or else the one it is most like.
func (h *Handlers) candidate(r *web.Request, d commitments.Draft) (*commitments.DeclarationPage, []commitments.PromiseMatch, error) {
	if d.Join.ID == id.None {
		ref, err := h.ledger.LikeliestDeclaration(r.Context(), r.Scope(), d)
		if err != nil || ref.ID == id.None {
			return nil, nil, err
		}
		d.Join = ref
	}
	p, err := h.ledger.DeclarationPage(r.Context(), d.Join)
	if err != nil {
		return nil, nil, err
	}
	return &p, commitments.PairPromises(d, p), nil
}

func (h *Handlers) joinPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.load(r)
	if err != nil {
		return err
	}
	if p.Status != commitments.ImportOpen {
		return h.closedPage(w, r, p)
	}
	base := r.Path("/las-in/" + p.ID.String())
	v := joinView{Page: h.frame(r, r.T("import.join.title")), Steps: h.steps(r, p, 2), Version: strconv.FormatInt(p.Version, 10), Action: base + "/forena", Keys: func() string { return id.New().String() },
		Next: ui.Link{Label: r.T("import.go_on_adopt"), Href: base + "/anta"}}
	v.Page.Crumbs = []ui.Link{{Label: r.T("import.title"), Href: r.Path("/las-in")}, {Label: r.T("import.review.title"), Href: base}}
	other, pairs, err := h.candidate(r, p.Draft)
	if err != nil {
		return err
	}
	if other == nil {
		return r.Render(w, http.StatusOK, joinPage(v))
	}
	var names []string
	for _, s := range other.Signatures {
		names = append(names, s.Association.ShortName)
	}
	v.Title, v.Held = other.Title, r.Printer.List(names)
	v.Found = r.T("import.join.found", "n", len(p.Draft.Promises), "found", len(pairs))
	v.Joined = p.Draft.Join.ID != id.None && p.Draft.JoinDecided
	for i, x := range p.Draft.Promises {
		if x.Left {
			continue
		}
		pv := pairView{Name: "join-" + strconv.Itoa(i), Number: strconv.Itoa(x.Number), Title: x.Title}
		for _, m := range pairs {
			if m.Promise != i {
				continue
			}
			pv.Value, pv.Theirs, pv.Share = m.Commitment.ID.String(), strconv.FormatInt(m.Commitment.Number, 10), r.Printer.Percent(m.Score)
			if m.Commitment.Wording != x.Wording { // what differs by a word is not wholly alike
				pv.Share = r.Printer.Percent(min(m.Score, 0.99))
			}
			pv.On = !p.Draft.JoinDecided || x.Joins == m.Commitment.ID
			pv.Same = m.Commitment.Wording == x.Wording
			pv.Words = changes(m.Commitment.Wording, x.Wording)
		}
		v.Pairs = append(v.Pairs, pv)
	}
	return r.Render(w, http.StatusOK, joinPage(v))
}

func changes(before, after string) []ui.Change {
	var list []ui.Change
	for _, run := range textdiff.Compare(before, after) {
		kind := ui.Same
		switch run.Kind {
		case textdiff.Removed:
			kind = ui.Removed
		case textdiff.Added:
			kind = ui.Added
		}
		list = append(list, ui.Change{Kind: kind, Text: run.Text})
	}
	return list
}

func (h *Handlers) join(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	join := f.Choice("do", "join", "alone") == "join"
	if err := f.Err(); err != nil {
		return err
	}
	other, pairs, err := h.candidate(r, p.Draft)
	if err != nil {
		return err
	}
	if join && other == nil {
		return errs.E(errs.Refused, "import.nothing_to_join")
	}
	return h.change(w, r, f, p, "", r.Path("/las-in/"+p.ID.String()+"/anta"), func(d *commitments.Draft) error {
		d.JoinDecided, d.Join = true, commitments.Ref{}
		for i := range d.Promises {
			d.Promises[i].Joins = id.None
		}
		if !join {
			return nil
		}
		d.Join = other.Ref()
		for _, m := range pairs {
			if f.Bool("join-" + strconv.Itoa(m.Promise)) {
				d.Promises[m.Promise].Joins = m.Commitment.ID
			}
		}
		return nil
	})
}

func (h *Handlers) adoptPage(w http.ResponseWriter, r *web.Request) error {
	p, err := h.load(r)
	if err != nil {
		return err
	}
	if p.Status != commitments.ImportOpen {
		return h.closedPage(w, r, p)
	}
	return h.renderAdopt(w, r, p, nil)
}

func (h *Handlers) renderAdopt(w http.ResponseWriter, r *web.Request, p commitments.ImportPage, fault error) error {
	d, base := p.Draft, r.Path("/las-in/"+p.ID.String())
	v := adoptView{Page: h.frame(r, r.T("import.adopt.title")), Steps: h.steps(r, p, 3), Version: strconv.FormatInt(p.Version, 10), Action: base + "/anta", Key: id.New().String(), Errors: ui.ErrorsOf(r.Printer, fault)}
	v.Page.Crumbs = []ui.Link{{Label: r.T("import.title"), Href: r.Path("/las-in")}, {Label: r.T("import.review.title"), Href: base}}
	v.Page.Faulty = fault != nil
	promises, activities, joined := 0, 0, 0
	for _, x := range d.Promises {
		if !x.Left {
			promises++
			v.Promise = append(v.Promise, strconv.Itoa(x.Number)+". "+x.Wording)
			if x.Joins != id.None && d.Join.ID != id.None {
				joined++
			}
		}
	}
	for _, x := range d.Activities {
		if !x.Left {
			activities++
		}
	}
	change := base + "?post=D#item-D"
	v.Answers = []ui.Answer{
		{Question: r.T("import.document.title"), Answer: d.Title, Change: change},
		{Question: r.T("import.document.signed_on"), Answer: r.Printer.Date(d.SignedOn), Change: change},
		{Question: r.T("import.document.decision"), Answer: d.Decision, Change: change},
		{Question: r.T("import.promises"), Answer: r.T("import.n.promises", "n", promises), Change: base},
		{Question: r.T("import.activities"), Answer: r.T("import.n.activities", "n", activities), Change: base},
		{Question: r.T("import.adopt.joint"), Answer: r.T("import.adopt.joined", "n", joined), Change: base + "/forena"},
	}
	if d.Supersedes.ID != id.None {
		n, of, err := h.ledger.Replaces(r.Context(), r.Scope(), d)
		if err != nil {
			return err
		}
		v.Answers = append(v.Answers, ui.Answer{Question: r.T("import.document.supersedes"), Answer: r.T("import.adopt.replaces", "n", of, "replaced", n), Change: change})
	}
	if a, b := d.Open(); a+b > 0 {
		v.Open = r.T("import.left", "n", a+b)
	}
	status := http.StatusOK
	if fault != nil {
		status = web.Status(fault)
	}
	return r.Render(w, status, adoptPage(v))
}

func (h *Handlers) adopt(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	_, err = h.ledger.AdoptImport(r.Context(), r.Actor, r.Scope(), p.ID, f.Version())
	if showable(err) {
		return h.renderAdopt(w, r, p, err)
	}
	if err != nil {
		return err
	}
	b, err := h.ledger.BroughtIn(r.Context(), r.Actor, r.Scope(), p.ID)
	if err != nil {
		return err
	}
	if b.Year() == 0 {
		return r.SeeOther(w, r.Path("/loften?inlast="+p.ID.String()))
	}
	return r.SeeOther(w, r.Path("/plan?ar="+strconv.Itoa(b.Year())+"&inlast="+p.ID.String()))
}
