package deskweb

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// smallForm asks one thing about an activity.
type smallForm struct {
	form
	Head    ui.PageHead
	Kind    string // move, share, postpone, cancel
	Do      string
	Tone    ui.ButtonKind
	Options []ui.Option
	Back    string
}

func (s *Pages) small(r *web.Request, a commitments.ActivityView, kind string, v values, version int64) smallForm {
	p := s.frame(r, r.T("activity."+kind), s.toActivity(r, a)...)
	f := smallForm{form: s.form(r, p, v, version), Kind: kind, Head: ui.PageHead{Kicker: a.Title, Title: p.Title, Lead: r.T("activity." + kind + ".lead")}, Do: r.T("activity." + kind + ".do"), Tone: ui.Primary, Back: r.Path("/plan/" + a.ID.String())}
	if kind == "cancel" {
		f.Tone = ui.Danger
	}
	return f
}

func showSmall(w http.ResponseWriter, r *web.Request, f smallForm, err error) error {
	return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return smallFormPage(f) })
}

func (s *Pages) moveForm(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	v := values{"year": {itoa(a.PlanYear)}}
	setWhen(v, r.Printer, a.When())
	if v.get("when") == "not_set" {
		v.set("when", "date") // one comes here to set the day
	}
	return showSmall(w, r, s.small(r, a, "move", v, a.Version), nil)
}

func (s *Pages) move(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	year, e := strconv.Atoi(strings.TrimSpace(in.Values.Get("year")))
	if e != nil || year < 1990 || year > 2200 {
		in.Add("year", "activity.year_faulty")
		year = int(a.PlanYear)
	}
	when := readWhen(in, year)
	if err = in.Err(); err == nil {
		err = s.Ledger.MoveActivity(r.Context(), r.Actor, association(r), a.ID, in.Version(), when, year)
	}
	if err == nil {
		return done(w, r, "/plan/"+a.ID.String(), "activity_moved")
	}
	return showSmall(w, r, s.small(r, a, "move", values(in.Values), in.Version()), err)
}

func (s *Pages) reasonForm(kind string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error {
		a, err := s.loadOwn(r, "write")
		if err != nil {
			return err
		}
		return showSmall(w, r, s.small(r, a, kind, values{}, a.Version), nil)
	}
}

func (s *Pages) postpone(w http.ResponseWriter, r *web.Request) error {
	return s.withReason(w, r, "postpone", "activity_postponed", s.Ledger.PostponeActivity)
}

func (s *Pages) cancel(w http.ResponseWriter, r *web.Request) error {
	return s.withReason(w, r, "cancel", "activity_cancelled", s.Ledger.CancelActivity)
}

func (s *Pages) reopen(w http.ResponseWriter, r *web.Request) error {
	return s.atOnce(w, r, "activity_reopened", s.Ledger.ReopenActivity)
}

func (s *Pages) confirm(w http.ResponseWriter, r *web.Request) error {
	return s.atOnce(w, r, "activity_confirmed", s.Ledger.ConfirmActivity)
}

func (s *Pages) copy(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	if _, err := r.Form(); err != nil {
		return err
	}
	copied, err := s.Ledger.CopyActivity(r.Context(), r.Actor, association(r), a.ID, 1)
	if err != nil {
		return err
	}
	return done(w, r, "/plan/"+copied.String(), "activity_copied")
}

func (s *Pages) shareForm(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	v := values{}
	for _, o := range a.Fields().Organisers {
		v["organisers"] = append(v["organisers"], o.String())
	}
	f := s.small(r, a, "share", v, a.Version)
	if f.Options, err = s.otherAssociations(r); err != nil {
		return err
	}
	return showSmall(w, r, f, nil)
}

func (s *Pages) otherAssociations(r *web.Request) ([]ui.Option, error) {
	others, err := s.Ledger.OtherAssociations(r.Context(), association(r))
	var list []ui.Option
	for _, o := range others {
		list = append(list, ui.Option{Value: o.ID.String(), Label: o.Name})
	}
	return list, err
}

func (s *Pages) share(w http.ResponseWriter, r *web.Request) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	others, err := s.otherAssociations(r)
	if err != nil {
		return err
	}
	x := a.Fields()
	x.Organisers = nil
	for _, o := range others {
		if values(in.Values).has("organisers", o.Value) {
			who, err := id.Parse(o.Value)
			if err != nil {
				return err
			}
			x.Organisers = append(x.Organisers, who)
		}
	}
	if err := s.Ledger.EditActivity(r.Context(), r.Actor, association(r), a.ID, in.Version(), x); err != nil {
		f := s.small(r, a, "share", values(in.Values), in.Version())
		f.Options = others
		return showSmall(w, r, f, err)
	}
	return done(w, r, "/plan/"+a.ID.String(), "activity_shared")
}

type byVersion func(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64) error

// atOnce does what needs no question.
func (s *Pages) atOnce(w http.ResponseWriter, r *web.Request, key string, fn byVersion) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	if err := fn(r.Context(), r.Actor, association(r), a.ID, in.Version()); err != nil {
		return err
	}
	return done(w, r, "/plan/"+a.ID.String(), key)
}

type withReason func(ctx context.Context, a actor.Actor, assoc scope.Association, activity id.ID, version int64, reason string) error

func (s *Pages) withReason(w http.ResponseWriter, r *web.Request, kind, key string, fn withReason) error {
	a, err := s.loadOwn(r, "write")
	if err != nil {
		return err
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	reason := in.Text("reason", 500)
	if err = in.Err(); err == nil {
		err = fn(r.Context(), r.Actor, association(r), a.ID, in.Version(), reason)
	}
	if err == nil {
		return done(w, r, "/plan/"+a.ID.String(), key)
	}
	return showSmall(w, r, s.small(r, a, kind, values(in.Values), in.Version()), err)
}

// invitationForm answers whether to hold another association's activity together with it.
type invitationForm struct {
	form
	Head   ui.PageHead
	From   string
	Facts  []ui.Answer
	Text   string
	Serves []serveChoice
	Back   string
}

func (s *Pages) invitationForm(r *web.Request, a commitments.ActivityView, v values) (invitationForm, error) {
	if a.AssociationID == r.Association.ID {
		return invitationForm{}, errs.E(errs.NotFound, "error.not_found")
	}
	promises, err := s.Ledger.PromisesInForce(r.Context(), association(r))
	if err != nil {
		return invitationForm{}, err
	}
	p := s.frame(r, r.T("invitation.title"), s.toActivity(r, a)...)
	f := invitationForm{form: s.form(r, p, v, 0), From: a.Organisers[0].Association.Name, Text: a.Description, Back: r.Path("/plan/" + a.ID.String())}
	f.Head = ui.PageHead{Kicker: p.T("invitation.kicker"), Title: a.Title, Lead: p.T("invitation.lead", "from", f.From)}
	var view activityView
	s.facts(r, a, &view)
	f.Facts = append([]ui.Answer{{Question: p.T("activity.f.when"), Answer: upper(p.When(a.When()))}}, view.Facts...)
	for _, x := range promises {
		f.Serves = append(f.Serves, serveChoice{Name: "serves", HowName: "how-" + x.ID.String(), Label: itoa(x.Number) + ". " + x.TitleIn(p.Lang()), Title: x.ID.String(), On: v.has("serves", x.ID.String()), How: v.get("how-" + x.ID.String())})
	}
	return f, nil
}

func (s *Pages) invitation(w http.ResponseWriter, r *web.Request) error {
	a, err := s.load(r)
	if err != nil {
		return err
	}
	v := values{}
	for _, x := range a.Serves {
		if x.PledgeAssociationID == r.Association.ID {
			v["serves"] = append(v["serves"], x.PledgeID.String())
			v.set("how-"+x.PledgeID.String(), x.How)
		}
	}
	f, err := s.invitationForm(r, a, v)
	if err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, invitationPage(f))
}

func (s *Pages) answer(w http.ResponseWriter, r *web.Request) error {
	a, err := s.load(r)
	if err != nil {
		return err
	}
	if a.AssociationID == r.Association.ID {
		return errs.E(errs.NotFound, "error.not_found")
	}
	in, err := r.Form()
	if err != nil {
		return err
	}
	x := readServes(in, r.Association.ID)
	yes := in.Values.Get("answer") == "yes"
	if err = in.Err(); err == nil {
		err = s.Ledger.AnswerInvitation(r.Context(), r.Actor, association(r), a.Ref(), yes, x)
	}
	if err != nil {
		f, formErr := s.invitationForm(r, a, values(in.Values))
		if formErr != nil {
			return formErr
		}
		return show(w, r, f.form, err, func(g form) web.Component { f.form = g; return invitationPage(f) })
	}
	if yes {
		return done(w, r, "/plan/"+a.ID.String(), "invitation_yes")
	}
	return done(w, r, "/skrivbord", "invitation_no")
}
