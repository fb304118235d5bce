package followupweb

import (
	"net/http"
	"slices"
	"strings"

	"samklang/internal/access"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/followup"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// together are the routes of associations that look at their figures together.
func (s *Pages) together() []web.Route {
	const get, post = http.MethodGet, http.MethodPost
	return []web.Route{
		{Method: get, Path: "/siffror/tillsammans", Allow: access.FollowupRead, Handle: s.groupsPage, Title: "followupweb.together.title"},
		{Method: post, Path: "/siffror/tillsammans", Allow: access.FollowupAccept, Handle: s.invite},
		{Method: get, Path: "/siffror/tillsammans/{group}", Allow: access.FollowupRead, Handle: s.groupPage},
		{Method: post, Path: "/siffror/tillsammans/{group}/svar", Allow: access.FollowupAccept, Handle: s.answer},
		{Method: post, Path: "/siffror/tillsammans/{group}/rakna", Allow: access.FollowupAccept, Handle: s.countTogether},
	}
}

type groupsView struct {
	ui.Page
	Head   ui.PageHead
	Errors ui.FormErrors
	List   []ui.Entry
	Form   *ui.Form
	Name   string
	Others []ui.Option
	Few    string // why nobody can be asked
	Terms  []string
}

func (s *Pages) groupsPage(w http.ResponseWriter, r *web.Request) error {
	return s.showGroups(w, r, http.StatusOK, nil, nil)
}

func (s *Pages) showGroups(w http.ResponseWriter, r *web.Request, status int, form *web.Form, fault error) error {
	ctx, sc := r.Context(), r.Scope()
	list, err := s.Followup.Groups(ctx, r.Actor, sc.ID)
	if err != nil {
		return err
	}
	v := groupsView{Page: s.frame(r, r.T("followupweb.together.title"), ui.Link{Label: r.T("followupweb.figures.title"), Href: r.Path("/siffror")}), Errors: ui.ErrorsOf(r.Printer, fault),
		Head: ui.PageHead{Title: r.T("followupweb.together.title"), Lead: r.T("followupweb.together.lead")}, Terms: terms(r)}
	v.Faulty, v.Printed = len(v.Errors) > 0, ""
	for _, g := range list {
		v.List = append(v.List, ui.Entry{Title: g.Name, Href: groupPath(r, g.ID), Note: i18n.Upper(strings.Join([]string{standing(r, g), names(r, g)}, " · "))})
	}
	if !access.May(r.Actor, access.FollowupAccept, access.Object{Association: sc.ID}) {
		return r.Render(w, status, groupsPage(v))
	}
	all, err := s.Followup.Associations(ctx, s.Followup.DB.Read())
	if err != nil {
		return err
	}
	signed, err := s.Signed(r)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID == sc.ID {
			continue
		}
		o := ui.Option{Value: x.ID.String(), Label: x.ShortName, On: form == nil && signed[x.ID] != "" || form != nil && slices.Contains(form.Choices("with"), x.ID.String())}
		if signed[x.ID] != "" {
			o.Hint = r.T("followupweb.together.signed", "declaration", signed[x.ID])
		}
		v.Others = append(v.Others, o)
	}
	if len(v.Others) < followup.LeastTogether-1 {
		v.Few = r.T("followupweb.together.few", "least", followup.LeastTogether)
		return r.Render(w, status, groupsPage(v))
	}
	v.Form = &ui.Form{Action: r.Path("/siffror/tillsammans"), Key: id.New().String()}
	if form != nil {
		v.Name = form.Values.Get("name")
	}
	return r.Render(w, status, groupsPage(v))
}

func (s *Pages) invite(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	var others []id.ID
	for _, x := range f.Choices("with") {
		if one, err := id.Parse(x); err == nil {
			others = append(others, one)
		}
	}
	made, err := s.Followup.Invite(r.Context(), r.Actor, r.Scope().ID, f.Values.Get("name"), others)
	if onForm(err) {
		return s.showGroups(w, r, web.Status(err), f, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, groupPath(r, made)+"?klart=together_asked")
}

type groupView struct {
	ui.Page
	Head        ui.PageHead
	Errors      ui.FormErrors
	Answer      *ui.Form // to an invitation
	Members     []ui.Answer
	Told        string // what is published
	Look        ui.Link
	Count       *ui.Form
	Next        string
	Waits       string // why nothing can be counted now
	Back, Leave *ui.Form
	Terms       []string
}

func (s *Pages) groupPage(w http.ResponseWriter, r *web.Request) error {
	return s.showGroup(w, r, http.StatusOK, nil)
}

func (s *Pages) showGroup(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	ctx, sc := r.Context(), r.Scope()
	group, err := pathID(r, "group")
	if err != nil {
		return err
	}
	g, err := s.Followup.Group(ctx, r.Actor, sc.ID, group)
	if err != nil {
		return err
	}
	here := groupPath(r, g.ID)
	v := groupView{Page: s.frame(r, g.Name, ui.Link{Label: r.T("followupweb.figures.title"), Href: r.Path("/siffror")}, ui.Link{Label: r.T("followupweb.together.title"), Href: r.Path("/siffror/tillsammans")}), Errors: ui.ErrorsOf(r.Printer, fault),
		Head: ui.PageHead{Kicker: i18n.Upper(standing(r, g)), Title: g.Name, Lead: r.T("followupweb.together.of", "names", names(r, g))}, Terms: terms(r)}
	v.Faulty, v.Printed = len(v.Errors) > 0, ""
	for _, m := range g.Members {
		v.Members = append(v.Members, ui.Answer{Question: m.Association.ShortName, Answer: i18n.Upper(r.T("followupweb.together.member."+string(m.Standing), "date", m.On, "name", m.By))})
	}
	j, err := s.Followup.Jointly(ctx, r.Actor, sc.ID, g.ID, followup.Left, 0)
	if err != nil {
		return err
	}
	if j != nil {
		v.Told = r.T("followupweb.together.told", "n", len(j.Result.Categories[followup.OfAssociation]), "period", inWords(r.Printer, j.Through), "date", j.On)
		v.Look = ui.Link{Label: r.T("followupweb.together.look"), Href: r.Path("/jamlikhet/tillsammans/" + g.ID.String())}
	}
	taking := g.Taking()
	common, err := s.Followup.Common(ctx, taking)
	if err != nil {
		return err
	}
	accepts := access.May(r.Actor, access.FollowupAccept, access.Object{Association: sc.ID})
	switch {
	case len(taking) < followup.LeastTogether:
		v.Waits = r.T("followupweb.together.waits.few", "least", followup.LeastTogether, "now", len(taking))
	case len(common) == 0:
		v.Waits = r.T("followupweb.together.waits.period")
	case j != nil && j.Through == common[len(common)-1] && len(j.Members) == len(taking):
	case g.Of(sc.ID) == followup.Joined && accepts:
		v.Next = inWords(r.Printer, common[len(common)-1])
		v.Count = &ui.Form{Action: here + "/rakna", Key: id.New().String()}
	}
	if accepts {
		form := ui.Form{Action: here + "/svar", Key: id.New().String()}
		switch g.Of(sc.ID) {
		case followup.Invited:
			v.Answer = &form
		case followup.Joined:
			v.Leave = &form
		default:
			v.Back = &form
		}
	}
	return r.Render(w, status, groupPage(v))
}

func (s *Pages) answer(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	group, err := pathID(r, "group")
	if err != nil {
		return err
	}
	to := followup.Standing(f.Choice("answer", string(followup.Joined), string(followup.Declined), string(followup.Gone)))
	err = f.Err()
	if err == nil {
		err = s.Followup.Answer(r.Context(), r.Actor, r.Scope().ID, group, to)
	}
	if onForm(err) {
		return s.showGroup(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, groupPath(r, group)+"?klart=together_"+string(to))
}

func (s *Pages) countTogether(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	group, err := pathID(r, "group")
	if err != nil {
		return err
	}
	_, err = s.Followup.PublishTogether(r.Context(), r.Actor, r.Scope().ID, group)
	if onForm(err) {
		return s.showGroup(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, groupPath(r, group)+"?klart=together_counted")
}

func groupPath(r *web.Request, group id.ID) string {
	return r.Path("/siffror/tillsammans/" + group.String())
}

// standing says where one's own association stands, and how many take part.
func standing(r *web.Request, g followup.Group) string {
	return r.T("followupweb.together.standing."+string(g.Of(r.Scope().ID)), "n", len(g.Taking()), "of", len(g.Members))
}

func names(r *web.Request, g followup.Group) string {
	var list []string
	for _, m := range g.Members {
		list = append(list, m.Association.ShortName)
	}
	return r.Printer.List(list)
}

// terms is what associations agree to.
func terms(r *web.Request) []string {
	var list []string
	for _, key := range []string{"see", "protect", "three", "leave"} {
		list = append(list, r.T("followupweb.together.terms."+key, "least", followup.LeastTogether))
	}
	return list
}

// asked lists the groups that wait for this association's answer, for who may give it.
func (s *Pages) asked(r *web.Request) ([]ui.Link, error) {
	if !access.May(r.Actor, access.FollowupAccept, access.Object{Association: r.Scope().ID}) {
		return nil, nil
	}
	list, err := s.Followup.Groups(r.Context(), r.Actor, r.Scope().ID)
	if errs.Is(err, errs.Forbidden) {
		return nil, nil
	}
	var links []ui.Link
	for _, g := range list {
		if g.Of(r.Scope().ID) == followup.Invited {
			links = append(links, ui.Link{Label: r.T("followupweb.together.asked", "association", g.Members[0].Association.ShortName, "name", g.Name), Href: groupPath(r, g.ID)})
		}
	}
	return links, err
}
