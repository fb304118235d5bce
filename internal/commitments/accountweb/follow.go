package accountweb

import (
	"errors"
	"net/http"
	"time"

	"samklang/internal/access"
	"samklang/internal/commitments/progress"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// followView is the page on which a visitor chooses what to follow.
type followView struct {
	Page   ui.Page
	Lead   string
	Errors ui.FormErrors
	Form   ui.Form
	What   ui.Choice
	Email  ui.TextField
	Feeds  []ui.Link
	Rights string
}

// followAll is the answer that means every promise of the association.
const followAll = "alla"

func (s *Pages) follow(w http.ResponseWriter, r *web.Request) error {
	return s.followForm(w, r, http.StatusOK, nil, "", r.URL.Query().Get("lofte"))
}

func (s *Pages) followForm(w http.ResponseWriter, r *web.Request, status int, wrong error, email, what string) error {
	a, err := s.Ledger.Account(r.Context(), association(r), 0)
	if err != nil {
		return err
	}
	name := association(r).Name
	v := followView{Page: s.frame(r, r.T("account.follow.title"), r.T("account.follow.lead")), Lead: r.T("account.follow.lead"), Errors: ui.ErrorsOf(r.Printer, wrong), Rights: r.Top("/personuppgifter") + "#followers",
		Form: ui.Form{Action: r.Path("/folj"), Key: id.New().String()}}
	v.Page.Crumbs = []ui.Link{{Label: r.T("account.title"), Href: r.Path("/")}}
	v.Page.Faulty = len(v.Errors) > 0
	v.What = ui.Choice{Field: ui.Field{Name: "lofte", Label: r.T("account.follow.what"), Error: v.Errors.For("lofte")}, Options: []ui.Option{{Value: followAll, Label: r.T("account.follow.all"), Hint: name}}}
	chosen, main := false, mainDeclaration(a.Promises)
	for _, p := range sortedByNumber(a.Promises) {
		if progress.State(p.State) == progress.Replaced {
			continue
		}
		o := ui.Option{Value: p.ID.String(), Label: r.T("account.activity.serves", "number", p.Number, "title", p.TitleIn(r.Lang())), On: what == p.ID.String()}
		if p.DeclarationID != main {
			o.Hint = p.Declaration
		}
		chosen = chosen || o.On
		v.What.Options = append(v.What.Options, o)
	}
	v.What.Options[0].On = !chosen
	v.Email = ui.TextField{Field: ui.Field{Name: "email", Label: r.T("account.follow.email"), Hint: r.T("account.follow.email.hint"), Error: v.Errors.For("email")}, Value: email, Type: "email", Complete: "email", Size: 34}
	v.Feeds = []ui.Link{{Label: r.T("account.take.atom"), Href: r.Path("/atom.xml")}, {Label: r.T("account.take.calendar"), Href: r.Path("/kalender.ics")}}
	return r.Render(w, status, followPage(v))
}

func (s *Pages) subscribe(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	email, what := f.Text("email", 254), f.Values.Get("lofte")
	pledge := id.None
	if what != followAll {
		if pledge, err = id.Parse(what); err != nil {
			f.Add("lofte", "error.not_a_choice")
		}
	}
	err = f.Err()
	if err == nil {
		err = s.Ledger.Subscribe(r.Context(), association(r), email, pledge, r.Lang())
	}
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind == errs.Invalid {
		return s.followForm(w, r, http.StatusUnprocessableEntity, err, email, what)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/folj/brev"))
}

// letterView is a page that says one thing and has at most one button.
type letterView struct {
	Page   ui.Page
	Title  string
	Text   []string
	Action string // label of the button; "" for none
	Form   ui.Form
	Way    ui.Link
}

func (s *Pages) letter(r *web.Request, key string) letterView {
	v := letterView{Page: s.frame(r, r.T("account.follow."+key+".title"), ""), Title: r.T("account.follow." + key + ".title"), Way: ui.Link{Label: r.T("account.follow.back"), Href: r.Path("/")}}
	v.Page.Robots = "noindex"
	for _, n := range []string{".1", ".2"} {
		if k := "account.follow." + key + n; r.Printer.Has(k) {
			v.Text = append(v.Text, r.T(k, "name", association(r).Name))
		}
	}
	return v
}

// sent says what happens now. It says the same to everybody.
func (s *Pages) sent(w http.ResponseWriter, r *web.Request) error {
	return r.Render(w, http.StatusOK, letterPage(s.letter(r, "sent")))
}

// askConfirm shows one button. A program that opens the links of mails to look at them confirms nothing.
func (s *Pages) askConfirm(w http.ResponseWriter, r *web.Request) error {
	v := s.letter(r, "confirm")
	v.Action, v.Form = r.T("account.follow.confirm.action"), ui.Form{Action: r.Path("/folj/bekrafta/" + r.PathValue("token"))}
	return r.Render(w, http.StatusOK, letterPage(v))
}

func (s *Pages) confirm(w http.ResponseWriter, r *web.Request) error {
	if err := s.Ledger.ConfirmSubscription(r.Context(), association(r), r.PathValue("token")); err != nil {
		return err
	}
	return r.SeeOther(w, r.Path("/folj/klart"))
}

func (s *Pages) following(w http.ResponseWriter, r *web.Request) error {
	return r.Render(w, http.StatusOK, letterPage(s.letter(r, "done")))
}

func (s *Pages) askLeave(w http.ResponseWriter, r *web.Request) error {
	subscription, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.E(errs.NotFound, "follow.link_lapsed")
	}
	ok, err := s.Ledger.MayLeave(r.Context(), association(r), subscription, r.PathValue("token"))
	if err != nil {
		return err
	}
	if !ok {
		return errs.E(errs.NotFound, "follow.link_lapsed")
	}
	v := s.letter(r, "leave")
	v.Action, v.Form = r.T("account.follow.leave.action"), ui.Form{Action: r.Path("/folj/sluta/" + r.PathValue("id") + "/" + r.PathValue("token"))}
	return r.Render(w, http.StatusOK, letterPage(v))
}

// leave takes the button of the page and the one click of mail programs (RFC 8058), which must not be sent on to another address.
func (s *Pages) leave(w http.ResponseWriter, r *web.Request) error {
	subscription, err := id.Parse(r.PathValue("id"))
	if err != nil {
		return errs.E(errs.NotFound, "follow.link_lapsed")
	}
	if err := s.Ledger.Leave(r.Context(), association(r), subscription, r.PathValue("token")); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, letterPage(s.letter(r, "left")))
}

// followRoutes are the addresses of subscriptions. Those with a secret in them are kept by no browser.
func (s *Pages) followRoutes() []web.Route {
	limit := []web.Limit{{Name: "follow", Count: 20, Per: time.Hour, By: web.ByAddress}}
	return []web.Route{
		{Method: http.MethodGet, Path: "/folj", Allow: access.Public, Handle: s.follow, Title: "account.follow.title"},
		{Method: http.MethodPost, Path: "/folj", Allow: access.Public, Handle: s.subscribe, Body: 16 << 10, Limits: limit},
		{Method: http.MethodGet, Path: "/folj/brev", Allow: access.Public, Handle: s.sent, Title: "account.follow.sent.title", Cache: web.Kept},
		{Method: http.MethodGet, Path: "/folj/klart", Allow: access.Public, Handle: s.following, Title: "account.follow.done.title", Cache: web.Kept},
		{Method: http.MethodGet, Path: "/folj/bekrafta/{token}", Allow: access.Public, Handle: s.askConfirm, Title: "account.follow.confirm.title", Cache: web.Secret},
		{Method: http.MethodPost, Path: "/folj/bekrafta/{token}", Allow: access.Public, Handle: s.confirm, Body: 16 << 10, Limits: limit, Cache: web.Secret},
		{Method: http.MethodGet, Path: "/folj/sluta/{id}/{token}", Allow: access.Public, Handle: s.askLeave, Title: "account.follow.leave.title", Cache: web.Secret},
		{Method: http.MethodPost, Path: "/folj/sluta/{id}/{token}", Allow: access.Public, Handle: s.leave, Body: 16 << 10, Cache: web.Secret},
	}
}
