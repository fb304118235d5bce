package accountsweb

import (
	"net/http"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// accountsView lists the accounts of the installation, for its administrator.
type accountsView struct {
	Page     ui.Page
	Errors   ui.FormErrors
	Action   string
	Name     string
	Email    string
	Language string
	Rows     []accountRow
}

type accountRow struct {
	Name, Email, About, Action, Version string
	Admin, Open, Self                   bool
}

func (h *Handlers) accountsPage(w http.ResponseWriter, r *web.Request) error {
	return h.showAccounts(w, r, http.StatusOK, accountsView{Language: "sv"}, nil)
}

func (h *Handlers) showAccounts(w http.ResponseWriter, r *web.Request, status int, v accountsView, fault error) error {
	list, err := h.Accounts.Accounts(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, r.T("accountsweb.accounts.title"), v.Errors)
	v.Page.Crumbs = []ui.Link{{Label: r.T("accountsweb.installation"), Href: r.Top("/administration")}}
	v.Action = r.Top("/administration/konton")
	for _, a := range list {
		row := accountRow{Name: a.Name, Email: string(a.Email), Action: v.Action + "/" + a.ID.String(), Version: versionOf(a.Version), Admin: a.Admin, Open: a.Open(), Self: a.ID == r.Actor.Account}
		switch {
		case !a.Open():
			row.About = r.T("accountsweb.accounts.closed", "date", day(a.ClosedAt))
		case a.LastLoginAt.IsZero():
			row.About = r.T("accountsweb.accounts.never")
		default:
			row.About = r.T("accountsweb.accounts.last", "date", day(a.LastLoginAt))
		}
		v.Rows = append(v.Rows, row)
	}
	return r.Render(w, status, accountsPage(v))
}

func (h *Handlers) addAccount(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := accountsView{Name: f.Text("name", 80), Email: f.Text("email", 254), Language: f.Choice("language", tags()...)}
	if err = f.Err(); err == nil {
		_, err = h.Accounts.AddAccount(r.Context(), r.Actor, v.Name, v.Email, v.Language, true)
	}
	return h.accountsForm(w, r, v, err, "admin_added")
}

func (h *Handlers) accountsForm(w http.ResponseWriter, r *web.Request, v accountsView, err error, what string) error {
	if onForm(err) {
		return h.showAccounts(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Top("/administration/konton"), what))
}

func (h *Handlers) manageAccount(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	account, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	s, ctx, version := h.Accounts, r.Context(), f.Version()
	do := f.Choice("do", "admin", "not_admin", "close", "reopen", "email")
	switch do {
	case "admin":
		err = s.SetAdmin(ctx, r.Actor, account, version, true)
	case "not_admin":
		err = s.SetAdmin(ctx, r.Actor, account, version, false)
	case "close":
		err = s.CloseAccount(ctx, r.Actor, account, version)
	case "reopen":
		err = s.ReopenAccount(ctx, r.Actor, account, version)
	case "email":
		err = s.ReplaceEmail(ctx, r.Actor, account, version, f.Text("new_email", 254))
	default:
		err = f.Err()
	}
	if err == nil && account == r.Actor.Account && (do == "not_admin" || do == "close") {
		return r.SeeOther(w, r.Top("/"))
	}
	return h.accountsForm(w, r, accountsView{Language: "sv"}, err, "account_"+do)
}

// setupView is the page of the first start.
type setupView struct {
	Page                  ui.Page
	Errors                ui.FormErrors
	Action                string
	Name, Email, Language string
	In                    FirstAssociation
}

func (h *Handlers) setupPage(w http.ResponseWriter, r *web.Request) error {
	return h.showSetup(w, r, http.StatusOK, setupView{Language: r.Lang().Tag()}, nil)
}

func (h *Handlers) showSetup(w http.ResponseWriter, r *web.Request, status int, v setupView, fault error) error {
	token := r.PathValue("token")
	if err := h.Accounts.CheckSetup(r.Context(), token); err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, r.T("accountsweb.setup.title"), v.Errors)
	v.Page.LogIn = ""
	v.Action = r.Top("/start/" + token)
	return r.Render(w, status, setupPage(v))
}

// setup creates the first administrator, logs her in, and creates the first association when she has named one. What is wrong with
// the association is found before the link is used up.
func (h *Handlers) setup(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	token := r.PathValue("token")
	if err := h.Accounts.CheckSetup(r.Context(), token); err != nil {
		return err
	}
	v := setupView{Name: f.Text("name", 80), Email: f.Text("email", 254), Language: f.Choice("language", tags()...),
		In: FirstAssociation{Name: f.Text("association_name", 120), ShortName: f.Text("association_short_name", 40), Slug: f.Text("association_slug", 40)}}
	wanted := v.In != FirstAssociation{}
	if wanted {
		addPrefixed(f, h.First.Check(r.Context(), v.In), &err)
		if err != nil {
			return err
		}
	}
	var who id.ID
	if err = f.Err(); err == nil {
		who, err = h.Accounts.Setup(r.Context(), token, v.Name, v.Email, v.Language)
	}
	if onForm(err) {
		return h.showSetup(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	if err := h.Sessions.Start(r, who); err != nil {
		return err
	}
	to := done(r.Top("/administration"), "setup")
	if wanted {
		a, err := h.Accounts.Actor(r.Context(), who)
		if err != nil {
			return err
		}
		sc, err := h.First.Create(r.Context(), a, v.In)
		if err != nil {
			return err
		}
		to = done(r.Of(sc, "/personer"), "setup")
	}
	return r.SeeOther(w, to)
}

// addPrefixed puts the faults of the association's own form under the names they have on the page of the first start.
func addPrefixed(f *web.Form, fault error, other *error) {
	if fault == nil {
		return
	}
	e, ok := fault.(*errs.Error)
	if !ok || e.Kind != errs.Invalid {
		*other = fault
		return
	}
	for _, x := range e.Fields {
		args := make([]any, 0, 2*len(x.Args))
		for k, v := range x.Args {
			args = append(args, k, v)
		}
		f.Add("association_"+x.Name, x.Key, args...)
	}
}
