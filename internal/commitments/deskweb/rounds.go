package deskweb

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/access"
	"samklang/internal/commitments"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// roundsView lists follow-ups.
type roundsView struct {
	ui.Page
	Head   ui.PageHead
	New    string
	Open   []ui.Entry
	Frozen []ui.Entry
	Empty  ui.EmptyState // when there are none
}

func (s *Pages) rounds(w http.ResponseWriter, r *web.Request) error {
	list, err := s.Ledger.Rounds(r.Context(), r.Actor, association(r))
	if err != nil {
		return err
	}
	p := s.frame(r, r.T("round.title"))
	v := roundsView{Page: p, Head: ui.PageHead{Title: p.Title, Lead: p.T("round.lead")}}
	promises, err := s.Ledger.PromisesInForce(r.Context(), association(r))
	if err != nil {
		return err
	}
	v.Empty = emptyRounds(r, len(promises) > 0)
	if may(r, access.RoundManage, id.None) && len(promises) > 0 && len(list) > 0 {
		v.New = r.Path("/uppfoljning/ny")
	}
	for _, x := range list {
		e := ui.Entry{Title: x.Title, Href: r.Path("/uppfoljning/" + x.ID.String())}
		if x.Frozen() {
			seen := p.T("round.internal")
			if x.Public {
				seen = p.T("round.is_public")
			}
			e.Note = dotted(p.When(period.Between(x.PeriodFrom, x.PeriodTo)), seen)
			v.Frozen = append(v.Frozen, e)
			continue
		}
		e.Note = dotted(p.T("round.closes", "day", s.day(p.Printer, x.ClosesOn)), p.T("desk.commented", "n", x.Promises, "done", x.Commented))
		v.Open = append(v.Open, e)
	}
	return r.Render(w, http.StatusOK, roundsPage(v))
}

// roundForm opens a follow-up.
type roundForm struct {
	form
	Head    ui.PageHead
	Earlier []ui.Option
	Back    string
}

func (s *Pages) roundForm(r *web.Request, v values) (roundForm, error) {
	p := s.frame(r, r.T("round.open"), ui.Link{Label: r.T("round.title"), Href: r.Path("/uppfoljning")})
	f := roundForm{form: s.form(r, p, v, 0), Head: ui.PageHead{Title: p.Title, Lead: p.T("round.open.lead")}, Back: r.Path("/uppfoljning")}
	list, err := s.Ledger.Rounds(r.Context(), r.Actor, association(r))
	for _, x := range list {
		if x.Frozen() {
			f.Earlier = append(f.Earlier, ui.Option{Value: x.ID.String(), Label: x.Title})
		}
	}
	return f, err
}

// newRound proposes the next period without a follow-up, or that of the one to be put right.
func (s *Pages) newRound(w http.ResponseWriter, r *web.Request) error {
	list, err := s.Ledger.Rounds(r.Context(), r.Actor, association(r))
	if err != nil {
		return err
	}
	corrects := r.URL.Query().Get("rattar")
	var taken [][2]period.Date
	var wrong *commitments.RoundLine
	for i, x := range list {
		if x.CorrectsID == id.None {
			taken = append(taken, [2]period.Date{x.PeriodFrom, x.PeriodTo})
		}
		if x.Frozen() && x.ID.String() == corrects {
			wrong = &list[i]
		}
	}
	span := commitments.NextPeriod(s.today(), taken)
	title := upper(r.Printer.When(span))
	if wrong != nil {
		span, title = period.Between(wrong.PeriodFrom, wrong.PeriodTo), r.T("round.correction_of", "title", wrong.Title)
	}
	closes := span.To
	if closes.Before(s.today()) {
		closes = s.today()
	}
	f, err := s.roundForm(r, values{"title": {title}, "period": {r.Printer.When(span)}, "closes_on": {r.Printer.Date(closes.AddDays(21))}, "corrects": {corrects}})
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, roundFormPage(f))
}

func (s *Pages) openRound(w http.ResponseWriter, r *web.Request) error {
	in, err := r.Form()
	if err != nil {
		return err
	}
	x := commitments.RoundFields{Title: in.Text("title", 120), ClosesOn: in.Date("closes_on"), Corrects: in.ID("corrects")}
	span, e := period.ParsePhrase(in.Values.Get("period"), s.today().Year)
	if e == nil {
		x.Period = [2]period.Date{span.From, span.To}
	}
	var round id.ID
	if err = joined(in, x.Check()); err == nil {
		round, err = s.Ledger.OpenRound(r.Context(), r.Actor, association(r), x)
	}
	if err == nil {
		return done(w, r, "/uppfoljning/"+round.String(), "round_opened")
	}
	f, formErr := s.roundForm(r, values(in.Values))
	if formErr != nil {
		return formErr
	}
	return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return roundFormPage(f) })
}

// roundView is a round: to write in while it is open, to read when it is frozen.
type roundView struct {
	ui.Page
	Head      ui.PageHead
	Figures   []ui.Figure
	Promises  []roundPromise
	Frozen    bool
	ReadAhead bool // read-through before it is frozen
	Missing   []string
	Freeze    ui.Form
	ToFreeze  string
	ToWrite   string
	Publish   *ui.Form
	Public    bool
	Correct   string // opens a round that puts this one right
	Sum       string
	JSON      string
	Proof     []string // what the public log says of it, when everybody may read it
	ProofWay  []ui.Link
	Notes     []string // what it corrects, what corrects it
	Links     []ui.Link
}

type roundPromise struct {
	Anchor, Number, Title, Wording string
	Href                           string // of the promise as it stands now
	State                          ui.State
	Word, Facts, Comment           string
	Done                           []activityRow
	Form                           *form // to comment on, while it is open
	Field                          string
	Theirs                         string // what somebody else wrote while this was being written, "" when nobody did
}

func (s *Pages) loadRound(r *web.Request) (commitments.RoundPage, error) {
	x, err := pathID(r, "round")
	if err != nil {
		return commitments.RoundPage{}, err
	}
	p, err := s.Ledger.Round(r.Context(), r.Actor, association(r), x)
	if err != nil {
		return p, err
	}
	if p.Frozen() && p.Public {
		return p, nil
	}
	return p, access.CheckAny(r.Actor, access.DeskRead, r.Association.ID)
}

func (s *Pages) roundView(r *web.Request, x commitments.RoundPage) roundView {
	inside := commitments.Inside(r.Actor, r.Association.ID)
	c := x.Content
	base := r.Path("/uppfoljning/" + x.ID.String())
	p := s.frame(r, c.Title)
	p.Crumbs = []ui.Link{{Label: r.T("round.title"), Href: r.Path("/uppfoljning")}}
	if !inside {
		p.Crumbs = []ui.Link{{Label: association(r).ShortName, Href: r.Path("/")}}
	}
	if x.Public {
		p.Robots = ""
	}
	v := roundView{Page: p, Frozen: x.Frozen(), Sum: x.SHA256, JSON: base + "/rapport.json", Public: x.Public, ToFreeze: base + "/las-igenom", ToWrite: base}
	span := p.When(period.Between(c.From, c.To))
	v.Head = ui.PageHead{Kicker: dotted(c.Association, span), Title: c.Title, Lead: p.T("round.open_until", "day", s.day(p.Printer, x.ClosesOn))}
	if v.Frozen {
		v.Head.Lead = p.T("round.frozen", "day", c.FrozenOn)
		if c.FrozenBy != "" {
			v.Head.Lead = p.T("round.frozen_on", "day", c.FrozenOn, "name", c.FrozenBy)
		}
		p.Printed = ""
	}
	f := c.Figures
	v.Figures = []ui.Figure{
		{Label: p.T("round.kept"), Value: p.T("round.of", "n", f.Kept, "of", f.Promises), Note: p.T("round.kept.note")},
		{Label: p.T("round.done"), Value: itoa(f.Done)},
		{Label: p.T("plan.total.reached"), Value: p.Number(f.Reached), Note: p.T("plan.total.counted", "n", f.ReachedFrom)},
	}
	if f.Cancelled > 0 {
		v.Figures[1].Note = p.T("plan.total.off", "n", f.Cancelled)
	}
	if f.Overdue > 0 {
		v.Figures = append(v.Figures, ui.Figure{Label: p.T("round.overdue"), Value: itoa(f.Overdue), Note: p.T("round.overdue.note"), Tone: ui.Late})
	}
	if c.Corrects != "" {
		v.Notes = append(v.Notes, p.T("round.corrects", "title", c.Corrects))
	}
	for _, later := range x.Corrected {
		v.Notes = append(v.Notes, p.T("round.corrected", "title", later.Title))
		v.Links = append(v.Links, ui.Link{Label: later.Title, Href: r.Path("/uppfoljning/" + later.ID.String())})
	}
	writes := may(r, access.RoundManage, id.None)
	of := map[string]int{} // promises by declaration; numbers of a smaller one are said with its name
	most := 0
	for _, y := range c.Promises {
		of[y.Slug]++
		most = max(most, of[y.Slug])
	}
	for i, y := range c.Promises {
		rp := roundPromise{Anchor: "p" + itoa(i+1), Field: "comment-" + itoa(i+1), Number: itoa(y.Number), Title: y.Title, Wording: y.Wording, Href: r.Path(promisePath(y.Slug, y.Number)), State: ui.State(y.State), Comment: y.Comment}
		if y.OverdueSince != (period.Date{}) {
			rp.Word = s.stateWord(p.Printer, y.State, y.OverdueSince)
		}
		rp.Facts = stepsShown(p.Printer, y.StepsDone, y.StepsTotal)
		if of[y.Slug] < most {
			rp.Facts = dotted(rp.Facts, y.Declaration)
		}
		for _, a := range y.Activities {
			rp.Done = append(rp.Done, s.frozenRow(p.Printer, a))
		}
		if !v.Frozen {
			if y.Comment == "" {
				v.Missing = append(v.Missing, itoa(y.Number)+". "+y.Title)
			}
			if writes {
				g := s.commentForm(r, p, x, i)
				rp.Form = &g
			}
		}
		v.Promises = append(v.Promises, rp)
	}
	if writes && v.Frozen {
		v.Publish = &ui.Form{Action: base + "/publicera", Key: id.New().String(), Version: itoa(x.Version)}
		v.Correct = r.Path("/uppfoljning/ny?rattar=" + x.ID.String())
	}
	v.Freeze = ui.Form{Action: base + "/frys", Key: id.New().String(), Version: itoa(x.Version)}
	v.Page = p
	return v
}

func (s *Pages) frozenRow(p ui.Printer, a commitments.SnapshotActivity) activityRow {
	line := commitments.ActivityLine{Status: a.Status, State: a.State, DatePrecision: a.Precision, FromOn: a.From, ToOn: a.To}
	row := activityRow{When: a.When(), Title: a.Title}
	row.State, row.Word = s.activityWord(p, line)
	if a.Status == commitments.Planned || a.Status == commitments.Confirmed {
		row.State, row.Word = ui.State(a.State), p.T("ui.step."+a.State) // as it stood then, not as the calendar says now
	}
	if a.Reached != nil {
		row.Note = p.T("plan.reached", "n", *a.Reached)
	}
	row.Note = dotted(upper(p.When(a.When())), row.Note, a.Reason)
	return row
}

func (s *Pages) commentForm(r *web.Request, p ui.Page, x commitments.RoundPage, i int) form {
	pledge := x.Pledges[i].ID
	c := x.Comments[pledge]
	path := r.Path("/uppfoljning/" + x.ID.String() + "/lofte/" + pledge.String())
	f := form{Page: p, Values: values{"comment-" + itoa(i+1): {c.Comment}}, Tag: ui.Form{Action: path, Version: itoa(c.Version), Autosave: path}}
	return f
}

func (s *Pages) round(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	v := s.roundView(r, x)
	if x.Public {
		if err := s.proven(r, &v, x.ID); err != nil {
			return err
		}
	}
	return r.Render(w, http.StatusOK, roundPage(v))
}

// proven says what the public log proves of a published follow-up, and offers the proof.
func (s *Pages) proven(r *web.Request, v *roundView, round id.ID) error {
	places, err := s.Log.Places(r.Context(), commitments.LogPublication, round)
	if err != nil {
		return err
	}
	about := ui.Link{Label: r.T("round.proof.about"), Href: r.Top("/log")}
	place, ok := places[round]
	if !ok || !place.Placed() {
		v.Proof, v.ProofWay = []string{r.T("round.proof.waits")}, []ui.Link{about}
		return nil
	}
	v.Proof = []string{r.T("round.proof.text", "date", period.DateOf(place.Since.In(clock.Stockholm)), "number", place.Number)}
	v.ProofWay = []ui.Link{{Label: r.T("round.proof.take"), Href: r.Path("/uppfoljning/"+round.String()) + "/bevis.tlog-proof"}, about}
	return nil
}

func (s *Pages) readThrough(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	if x.Frozen() {
		return r.SeeOther(w, r.Path("/uppfoljning/"+x.ID.String()))
	}
	v := s.roundView(r, x)
	v.ReadAhead = true
	v.Head.Lead = r.T("round.read_through.lead")
	for i := range v.Promises {
		v.Promises[i].Form = nil
	}
	return r.Render(w, http.StatusOK, roundPage(v))
}

// comment saves a comment: by the button, or as it is written.
func (s *Pages) comment(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	pledge, err := pathID(r, "pledge")
	if err != nil {
		return err
	}
	at := -1
	for i, p := range x.Pledges {
		if p.ID == pledge {
			at = i
		}
	}
	if at < 0 {
		return errs.E(errs.NotFound, "error.not_found")
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	version, _ := strconv.ParseInt(in.Values.Get("_version"), 10, 64)
	name := "comment-" + itoa(at+1) // each comment on the page has a field of its own
	text := in.Text(name, 4000)
	var now int64
	if err = in.Err(); err == nil {
		now, err = s.Ledger.CommentOn(r.Context(), r.Actor, association(r), x.ID, pledge, version, text)
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		if err != nil {
			w.WriteHeader(web.Status(err))
			return nil
		}
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(map[string]string{"version": itoa(now)})
	}
	if err == nil {
		return done(w, r, "/uppfoljning/"+x.ID.String()+"#p"+itoa(at+1), "comment_saved")
	}
	if errs.Is(err, errs.Conflict) { // what is shown beside the person's own words is what stands now
		fresh, e := s.loadRound(r)
		if e != nil {
			return e
		}
		x = fresh
	}
	v := s.roundView(r, x)
	f := v.Promises[at].Form
	if f == nil {
		return err
	}
	if errs.Is(err, errs.Conflict) {
		v.Promises[at].Theirs = x.Comments[pledge].Comment
	}
	f.Values = values(in.Values)
	return show(w, r, *f, err, func(g form) web.Component {
		*f = g
		v.Page = g.Page
		return roundErrorPage(v, g.Errors)
	})
}

func (s *Pages) freeze(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := s.Ledger.FreezeRound(r.Context(), r.Actor, association(r), x.ID, in.Version()); err != nil {
		return err
	}
	return done(w, r, "/uppfoljning/"+x.ID.String(), "round_frozen")
}

func (s *Pages) publish(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	public := in.Values.Get("public") == "1"
	if err := s.Ledger.PublishRound(r.Context(), r.Actor, association(r), x.ID, in.Version(), public); err != nil {
		return err
	}
	key := "round_internal"
	if public {
		key = "round_public"
	}
	return done(w, r, "/uppfoljning/"+x.ID.String(), key)
}

// frozenJSON hands on the text whose sum the page shows.
func (s *Pages) frozenJSON(w http.ResponseWriter, r *web.Request) error {
	x, err := s.loadRound(r)
	if err != nil {
		return err
	}
	text, err := s.Ledger.FrozenJSON(r.Context(), r.Actor, association(r), x.ID)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="uppfoljning.json"`)
	_, err = io.WriteString(w, text)
	return err
}
