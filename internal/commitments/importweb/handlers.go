// Package importweb holds the pages on which an office reads in a signed document: upload it, see what the program read beside the
// document's own words, correct it, join what others have promised already, and adopt it.
package importweb

import (
	"embed"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

//go:embed locale
var Locale embed.FS

// Handlers answers the pages.
type Handlers struct {
	ledger *commitments.Service
	frame  func(r *web.Request, title string) ui.Page

	// Samples are documents to try the upload with, shown beside the form; the example installation has some.
	Samples func(r *web.Request) []ui.Link
}

// New makes the pages over the ledger; frame is what surrounds every page.
func New(ledger *commitments.Service, frame func(r *web.Request, title string) ui.Page) *Handlers {
	return &Handlers{ledger: ledger, frame: frame, Samples: func(*web.Request) []ui.Link { return nil }}
}

// Routes is the site map of reading in.
func (h *Handlers) Routes() []web.Route {
	uploads := []web.Limit{{Name: "import", Count: 30, Per: time.Hour, By: web.ByAccount}}
	return []web.Route{
		{Method: "GET", Path: "/las-in", Allow: access.DocumentImport, Handle: h.start, Title: "import.title"},
		{Method: "POST", Path: "/las-in", Allow: access.DocumentImport, Handle: h.upload, Body: commitments.MaxDocument + 1<<20, Limits: uploads},
		{Method: "GET", Path: "/las-in/{import}", Allow: access.DocumentImport, Handle: h.review, Title: "import.review.title"},
		{Method: "POST", Path: "/las-in/{import}/dokument", Allow: access.DocumentImport, Handle: h.saveDocument},
		{Method: "POST", Path: "/las-in/{import}/post/{item}", Allow: access.DocumentImport, Handle: h.saveItem},
		{Method: "POST", Path: "/las-in/{import}/alla", Allow: access.DocumentImport, Handle: h.confirmAll},
		{Method: "POST", Path: "/las-in/{import}/lagg-till", Allow: access.DocumentImport, Handle: h.add},
		{Method: "GET", Path: "/las-in/{import}/forena", Allow: access.DocumentImport, Handle: h.joinPage, Title: "import.join.title"},
		{Method: "POST", Path: "/las-in/{import}/forena", Allow: access.DocumentImport, Handle: h.join},
		{Method: "GET", Path: "/las-in/{import}/anta", Allow: access.DocumentImport, Handle: h.adoptPage, Title: "import.adopt.title"},
		{Method: "POST", Path: "/las-in/{import}/anta", Allow: access.DocumentImport, Handle: h.adopt},
		{Method: "POST", Path: "/las-in/{import}/kasta", Allow: access.DocumentImport, Handle: h.discard},
	}
}

func (h *Handlers) start(w http.ResponseWriter, r *web.Request) error {
	return h.startPage(w, r, nil, nil)
}

func (h *Handlers) startPage(w http.ResponseWriter, r *web.Request, f *web.Form, fault error) error {
	list, err := h.ledger.Imports(r.Context(), r.Actor, r.Scope())
	if err != nil {
		return err
	}
	v := startView{Page: h.frame(r, r.T("import.title")), Errors: ui.ErrorsOf(r.Printer, fault), Key: id.New().String(), Year: strconv.Itoa(h.ledger.Today().Year), Action: r.Path("/las-in"), Samples: h.Samples(r)}
	if f != nil {
		v.Year = f.Values.Get("year")
	}
	for _, i := range list {
		row := startRow{Name: i.FileName, Href: r.Path("/las-in/" + i.ID.String()), Status: r.T("import.status." + string(i.Status)), When: r.Printer.Time(i.CreatedAt, stockholm), Open: i.Status == commitments.ImportOpen}
		v.Rows = append(v.Rows, row)
	}
	status := http.StatusOK
	if fault != nil {
		status, v.Page.Faulty = web.Status(fault), true
	}
	return r.Render(w, status, startPage(v))
}

// showable tells whether an error belongs beside the form rather than on a page of its own.
func showable(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.TooLarge, errs.Refused, errs.Unavailable:
		return true
	}
	return false
}

func (h *Handlers) upload(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	year := f.Number("year")
	file := f.File("file")
	if file == nil {
		f.Add("file", "import.file_missing")
	}
	if year != nil && (*year < 1990 || *year > 2200) {
		f.Add("year", "import.year_faulty")
	}
	if err := f.Err(); err != nil {
		return h.startPage(w, r, f, err)
	}
	body, err := file.Open()
	if err != nil {
		return err
	}
	defer body.Close()
	hint := 0
	if year != nil {
		hint = int(*year)
	}
	imp, err := h.ledger.StartImport(r.Context(), r.Actor, r.Scope(), baseName(file.Filename), body, hint)
	if showable(err) {
		return h.startPage(w, r, f, onField(err, "file"))
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/las-in/"+imp.String()))
}

// onField makes an error without fields one of the named field.
func onField(err error, name string) error {
	if e, ok := err.(*errs.Error); ok && len(e.Fields) == 0 {
		return &errs.Error{Kind: e.Kind, Key: e.Key, Args: e.Args, Fields: []errs.Field{{Name: name, Key: e.Key, Args: e.Args}}, Cause: e.Cause}
	}
	return err
}

// baseName is the last part of a file's name as a browser sent it, at most 120 characters.
func baseName(s string) string {
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if r := []rune(s); len(r) > 120 {
		s = string(r[len(r)-120:])
	}
	if s == "" {
		return "dokument"
	}
	return s
}

func (h *Handlers) load(r *web.Request) (commitments.ImportPage, error) {
	imp, err := id.Parse(r.PathValue("import"))
	if err != nil {
		return commitments.ImportPage{}, errs.E(errs.NotFound, "error.not_found")
	}
	return h.ledger.Import(r.Context(), r.Actor, r.Scope(), imp)
}

func (h *Handlers) review(w http.ResponseWriter, r *web.Request) error {
	p, err := h.load(r)
	if err != nil {
		return err
	}
	if p.Status != commitments.ImportOpen {
		return h.closedPage(w, r, p)
	}
	v, err := h.reviewView(r, p, r.URL.Query().Get("post"), nil, nil)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, reviewPage(v))
}

func (h *Handlers) closedPage(w http.ResponseWriter, r *web.Request, p commitments.ImportPage) error {
	v := closedView{Page: h.frame(r, p.FileName), Text: r.T("import.closed." + string(p.Status)), Back: ui.Link{Label: r.T("import.back"), Href: r.Path("/las-in")},
		Document: ui.Link{Label: r.T("import.download"), Href: r.Path("/dokument/" + p.ID.String())}}
	return r.Render(w, http.StatusOK, closedPage(v))
}

// change runs a change of the draft and goes on to next.
func (h *Handlers) change(w http.ResponseWriter, r *web.Request, f *web.Form, p commitments.ImportPage, item, next string, fn func(*commitments.Draft) error) error {
	err := h.ledger.ChangeDraft(r.Context(), r.Actor, r.Scope(), p.ID, f.Version(), fn)
	if errs.Is(err, errs.Invalid) {
		v, e := h.reviewView(r, p, item, f, err)
		if e != nil {
			return e
		}
		return r.Render(w, http.StatusUnprocessableEntity, reviewPage(v))
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, next)
}

func (h *Handlers) saveDocument(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	title := f.Required("title", 200, "adopt.title_missing")
	from, to := f.Date("period_from"), f.Date("period_to")
	signed := f.Date("signed_on")
	decision := f.Text("decision", 200)
	preamble := f.Text("preamble", 20_000)
	supersedes, err := h.chosen(r, f.ID("supersedes"))
	if err != nil {
		return err
	}
	return h.change(w, r, f, p, "D", h.opened(r, p, nextItem(p.Draft, "D")), func(d *commitments.Draft) error {
		if !from.IsZero() && !to.IsZero() && to.Before(from) {
			f.Add("period_to", "adopt.period_reversed")
		}
		if signed.After(h.ledger.Today()) {
			f.Add("signed_on", "import.signed_in_future")
		}
		if err := f.Err(); err != nil {
			return err
		}
		d.Title, d.PeriodFrom, d.PeriodTo, d.SignedOn, d.Decision, d.Preamble, d.Supersedes = title, from, to, signed, decision, preamble, supersedes
		return nil
	})
}

// chosen finds the declaration that was chosen to be superseded among those that can be.
func (h *Handlers) chosen(r *web.Request, declaration id.ID) (commitments.Ref, error) {
	if declaration == id.None {
		return commitments.Ref{}, nil
	}
	list, err := h.ledger.Replaceable(r.Context(), r.Scope())
	for _, d := range list {
		if d.ID == declaration {
			return d.Ref(), nil
		}
	}
	if err == nil {
		err = errs.E(errs.NotFound, "error.not_found")
	}
	return commitments.Ref{}, err
}

func (h *Handlers) loadForm(r *web.Request) (commitments.ImportPage, *web.Form, error) {
	p, err := h.load(r)
	if err != nil {
		return p, nil, err
	}
	f, err := r.Form()
	return p, f, err
}

func (h *Handlers) saveItem(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	item := r.PathValue("item")
	kind, i, ok := parseItem(p.Draft, item)
	if !ok {
		return errs.E(errs.NotFound, "error.not_found")
	}
	next := h.opened(r, p, nextItem(p.Draft, item))
	do := f.Values.Get("do")
	return h.change(w, r, f, p, item, next, func(d *commitments.Draft) error {
		if do == "leave" || do == "take" {
			if kind == 'L' {
				d.Promises[i].Left = do == "leave"
			} else {
				d.Activities[i].Left = do == "leave"
			}
			return nil
		}
		if kind == 'L' {
			return takePromise(f, &d.Promises[i])
		}
		return takeActivity(f, &d.Activities[i], d, h.ledger.Today().Year)
	})
}

// opened is the address of the review with an item opened, "" for the first that is open.
func (h *Handlers) opened(r *web.Request, p commitments.ImportPage, item string) string {
	at := r.Path("/las-in/" + p.ID.String())
	if item == "" {
		return at
	}
	return at + "?post=" + item + "#item-" + item
}

func (h *Handlers) confirmAll(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	return h.change(w, r, f, p, "", r.Path("/las-in/"+p.ID.String()+"/forena"), func(d *commitments.Draft) error {
		for i := range d.Promises {
			d.Promises[i].Checked = true
		}
		for i := range d.Activities {
			d.Activities[i].Checked = true
		}
		return nil
	})
}

// add makes a promise or an activity of a passage that was not understood, or an empty one.
func (h *Handlers) add(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	as := f.Choice("as", "promise", "activity")
	text, span := "", [2]int{}
	if n, err := strconv.Atoi(f.Values.Get("passage")); err == nil && n >= 0 && n < len(p.Passages.Unread) {
		u := p.Passages.Unread[n]
		text, span = u.Text, [2]int{u.Source.Start, u.Source.End}
	}
	item := fmt.Sprintf("L%d", len(p.Draft.Promises)+1)
	if as == "activity" {
		item = fmt.Sprintf("A%d", len(p.Draft.Activities)+1)
	}
	return h.change(w, r, f, p, "", h.opened(r, p, item), func(d *commitments.Draft) error {
		if err := f.Err(); err != nil {
			return err
		}
		if as == "promise" {
			number := 1
			for _, x := range d.Promises {
				number = max(number, x.Number+1)
			}
			d.Promises = append(d.Promises, commitments.DraftPromise{Number: number, Wording: text, Title: commitments.ShortTitle(text), Span: span})
			return nil
		}
		d.Activities = append(d.Activities, commitments.NewDraftActivity(text, span))
		return nil
	})
}

func (h *Handlers) discard(w http.ResponseWriter, r *web.Request) error {
	p, f, err := h.loadForm(r)
	if err != nil {
		return err
	}
	if err := h.ledger.DiscardImport(r.Context(), r.Actor, r.Scope(), p.ID, f.Version()); err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/las-in?klart=import.discarded"))
}
