package accessibilityweb

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/accessibility"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// listView is the list of what visitors told, for those who answer and those who read.
type listView struct {
	ui.Page
	Head    ui.PageHead
	Waiting []ui.Task
	Done    []ui.Entry
	Empty   ui.EmptyState
}

func (s *Pages) work(r *web.Request, title string, way ...ui.Link) ui.Page {
	p := s.Frame(r, title)
	p.Robots = "noindex"
	p.Crumbs = way
	return p
}

func (s *Pages) barriers(w http.ResponseWriter, r *web.Request) error {
	list, err := s.Reports.Reports(r.Context(), r.Actor, of(r).ID)
	if err != nil {
		return err
	}
	p, today := r.Printer, clock.Today(s.Clock)
	answers := accessibility.MayAnswer(r.Actor, of(r).ID) == nil
	v := listView{Page: s.work(r, r.T("barriers.title")), Head: ui.PageHead{Title: r.T("barriers.title"), Lead: r.T("barriers.lead", "days", accessibility.AnswerDays)},
		Empty: ui.EmptyState{Title: r.T("barriers.empty"), Text: r.T("barriers.empty.text"), Action: ui.Link{Label: r.T("barriers.empty.do"), Href: r.Top("/tillganglighet")}}}
	for _, x := range list {
		href := listPath(r) + "/" + x.ID.String()
		if x.Open() {
			t := ui.Task{State: ui.TaskToDo, Title: s.titleOf(r, x), Href: href, Action: p.T("barriers.read"), Note: p.T("barriers.answer_by", "date", x.AnswerBy)}
			switch {
			case x.Answered():
				t.State, t.Note = ui.TaskWaiting, p.T("barriers.decision.investigating")
			case x.AnswerBy.Before(today):
				t.State = ui.TaskLate
			}
			if answers {
				t.Action = p.T("barriers.do")
			}
			v.Waiting = append(v.Waiting, t)
			continue
		}
		v.Done = append(v.Done, ui.Entry{Title: s.titleOf(r, x), Href: href, Note: p.T("barriers.decision."+string(x.Decision)) + ", " + p.Date(period.DateOf(x.DecidedAt.In(clock.Stockholm)))})
	}
	return r.Render(w, http.StatusOK, listPage(v))
}

// titleOf is a report in one line: the page, and when it came.
func (s *Pages) titleOf(r *web.Request, x accessibility.Report) string {
	page := x.Page
	if page == "" {
		page = r.T("barriers.whole")
	}
	return r.T("barriers.line", "page", page, "date", x.ReportedOn())
}

// barrierView is one report, with what was answered and the form to answer.
type barrierView struct {
	ui.Page
	Head     ui.PageHead
	Facts    []ui.Answer
	PageHref string
	Email    string
	What     string
	WhatLang string
	Answer   string
	Tone     ui.Tone
	State    string
	Public   string
	CanSay   bool
	Closed   bool
	Errors   ui.FormErrors
	Form     ui.Form
	Text     ui.TextArea
	Choice   ui.Choice
	Said     [3]ui.TextArea
	OpenSaid bool
}

func (s *Pages) barrier(w http.ResponseWriter, r *web.Request) error {
	return s.showBarrier(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showBarrier(w http.ResponseWriter, r *web.Request, status int, typed *accessibility.Reply, wrong error) error {
	report, err := id.Parse(r.PathValue("report"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	x, err := s.Reports.Report(r.Context(), r.Actor, of(r).ID, report)
	if err != nil {
		return err
	}
	p, today := r.Printer, clock.Today(s.Clock)
	v := barrierView{Page: s.work(r, r.T("barriers.one"), ui.Link{Label: r.T("barriers.title"), Href: listPath(r)}), What: x.What, WhatLang: x.Lang().Tag(), Answer: x.Answer, Public: x.PublicSv, Closed: !x.ClosedAt.IsZero(),
		CanSay: accessibility.MayAnswer(r.Actor, of(r).ID) == nil && x.ClosedAt.IsZero(), Errors: ui.ErrorsOf(p, wrong)}
	v.Head = ui.PageHead{Kicker: p.T("barriers.came", "date", x.ReportedOn()), Title: r.T("barriers.one")}
	v.Page.Faulty = len(v.Errors) > 0
	switch {
	case x.Answered() && x.Decision != accessibility.Undecided:
		v.Tone, v.State = ui.Planned, p.T("barriers.decision."+string(x.Decision))
		if v.Closed {
			v.Tone = ui.Done
		}
	case x.AnswerBy.Before(today):
		v.Tone, v.State = ui.Late, p.T("barriers.late", "date", x.AnswerBy)
	default:
		v.Tone, v.State = ui.Doing, p.T("barriers.answer_by", "date", x.AnswerBy)
	}
	if x.Forgotten() {
		v.What, v.WhatLang = p.T("barriers.forgotten"), ""
	}
	v.PageHref = x.Page
	v.Email = x.Email
	v.Facts = []ui.Answer{{Question: p.T("barriers.aid"), Answer: x.Aid}, {Question: p.T("barriers.language"), Answer: p.T("statement.language." + x.Language)}}
	if x.Answered() {
		name, err := s.NameOf(r.Context(), x.AnsweredBy)
		if err != nil {
			return err
		}
		v.Facts = append(v.Facts, ui.Answer{Question: p.T("barriers.answered"), Answer: strings.TrimSuffix(p.Date(period.DateOf(x.AnsweredAt.In(clock.Stockholm)))+", "+name, ", ")})
	}
	if v.CanSay {
		s.fill(r, &v, x, typed)
	}
	return r.Render(w, status, barrierPage(v))
}

// fill puts the form to answer on the page, with what was typed or what is stored.
func (s *Pages) fill(r *web.Request, v *barrierView, x accessibility.Report, typed *accessibility.Reply) {
	y := accessibility.Reply{Decision: x.Decision, Public: accessibility.Text{Swedish: x.PublicSv, Simple: x.PublicSimple, English: x.PublicEn}}
	if typed != nil {
		y = *typed
	}
	v.Form = ui.Form{Action: listPath(r) + "/" + x.ID.String(), Key: id.New().String(), Version: strconv.FormatInt(x.Version, 10), WarnLeave: true}
	hint := "barriers.text.hint.mail"
	if x.Email == "" {
		hint = "barriers.text.hint.kept"
	}
	v.Text = ui.TextArea{Field: ui.Field{Name: "text", Label: r.T("barriers.text"), Hint: r.T(hint), Error: v.Errors.For("text"), Optional: x.Answered()}, Value: y.Text, Rows: 7, Max: accessibility.MaxAnswer}
	if x.Email != "" {
		v.Text.Lang = x.Lang().Tag()
	}
	v.Choice = ui.Choice{Field: ui.Field{Name: "decision", Label: r.T("barriers.decide"), Error: v.Errors.For("decision")}}
	for _, d := range accessibility.Decisions {
		v.Choice.Options = append(v.Choice.Options, ui.Option{Value: string(d), Label: r.T("barriers.choose." + string(d)), Hint: r.T("barriers.choose." + string(d) + ".hint"), On: y.Decision == d})
	}
	area := func(name, value, tag string, optional bool) ui.TextArea {
		f := ui.Field{Name: name, Label: r.T("barriers." + name), Error: v.Errors.For(name), Optional: optional}
		if name == "public_sv" {
			f.Hint = r.T("barriers.public.hint")
		}
		return ui.TextArea{Field: f, Value: value, Rows: 3, Max: accessibility.MaxPublic, Lang: tag}
	}
	v.Said = [3]ui.TextArea{area("public_sv", y.Public.Swedish, "sv", false), area("public_simple", y.Public.Simple, "sv-simple", true), area("public_en", y.Public.English, "en", true)}
	v.OpenSaid = y.Public.Swedish != "" || v.Errors.For("public_sv") != ""
}

func (s *Pages) answer(w http.ResponseWriter, r *web.Request) error {
	report, err := id.Parse(r.PathValue("report"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	f, err := r.Form()
	if err != nil {
		return err
	}
	y := accessibility.Reply{Text: f.Text("text", accessibility.MaxAnswer), Decision: accessibility.Decision(f.Values.Get("decision")),
		Public: accessibility.Text{Swedish: f.Text("public_sv", accessibility.MaxPublic), Simple: f.Text("public_simple", accessibility.MaxPublic), English: f.Text("public_en", accessibility.MaxPublic)}}
	if err = f.Err(); err == nil {
		err = s.Reports.Answer(r.Context(), r.Actor, of(r), report, f.Version(), y)
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && (e.Kind == errs.Invalid || e.Kind == errs.Conflict) {
		status := http.StatusUnprocessableEntity
		if e.Kind == errs.Conflict {
			status = http.StatusConflict
		}
		return s.showBarrier(w, r, status, &y, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, listPath(r)+"?klart=barrier_answered")
}
