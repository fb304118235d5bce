package accountsweb

import (
	"net/http"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

func upper(s string) string { return i18n.Upper(s) }

// peopleView is the list of an association's people.
type peopleView struct {
	Page   ui.Page
	Invite string // "" for those who only read
	Now    ui.Table
	Before ui.Table // who had a role once, or may not log in any more
}

func (h *Handlers) peoplePage(w http.ResponseWriter, r *web.Request) error {
	list, err := h.Accounts.People(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return err
	}
	columns := []ui.Column{{Label: r.T("accountsweb.name")}, {Label: r.T("accountsweb.people.roles")}, {Label: r.T("accountsweb.email")}, {Label: r.T("accountsweb.people.state")}}
	v := peopleView{Page: h.frame(r, r.T("accountsweb.people.title"), nil)}
	if manages(r) {
		v.Invite = r.Path("/personer/bjud-in")
	}
	v.Now = ui.Table{Caption: r.T("accountsweb.people.now"), Columns: columns}
	v.Before = ui.Table{Caption: r.T("accountsweb.people.before"), Columns: columns}
	today := clock.Today(h.Clock)
	coming := false
	for _, p := range list {
		row := ui.Row{Cells: []ui.Cell{
			{Text: p.Account.Name, Href: r.Path("/personer/" + p.Account.ID.String())},
			{Text: roleNames(r, p, today)},
			{Text: string(p.Account.Email)},
			{Text: r.T("accountsweb.state." + string(p.State))},
		}}
		coming = coming || p.State == accounts.Coming
		if p.State == accounts.Active || p.State == accounts.Coming {
			v.Now.Rows = append(v.Now.Rows, row)
		} else {
			v.Before.Rows = append(v.Before.Rows, row)
		}
	}
	if !coming { // everybody in the list has a role today, as its caption says
		v.Now.Columns = columns[:3]
		for i := range v.Now.Rows {
			v.Now.Rows[i].Cells = v.Now.Rows[i].Cells[:3]
		}
	}
	return r.Render(w, http.StatusOK, peoplePage(v))
}

// manages tells whether the person may change roles, or only see them.
func manages(r *web.Request) bool {
	return access.May(r.Actor, access.PeopleManage, access.Object{Association: r.Scope().ID})
}

// roleNames are the roles that hold today or later; when there are none, those there were.
func roleNames(r *web.Request, p accounts.Person, today period.Date) string {
	var now, all []string
	seen := map[actor.Role]bool{}
	for _, x := range p.Roles {
		if seen[x.Role] {
			continue
		}
		seen[x.Role] = true
		name := r.T("access.role." + string(x.Role))
		all = append(all, name)
		if x.ValidTo.IsZero() || !x.ValidTo.Before(today) {
			now = append(now, name)
		}
	}
	if len(now) > 0 {
		return upper(r.Printer.List(now))
	}
	return upper(r.Printer.List(all))
}

// roleForm is what was typed about a new role.
type roleForm struct {
	Role, Body, Organisation, From, To string
}

// inviteView is the form that invites somebody, and, with a Person, the page of that person with the form for another role.
type inviteView struct {
	Page     ui.Page
	Errors   ui.FormErrors
	Action   string
	Back     string
	Name     string
	Email    string
	Language string
	Role     roleForm
	Roles    []ui.Option
	Bodies   []ui.Option
	Person   *personView
}

type personView struct {
	Name, Email, State string
	Roles              []personRole
	Open               bool
	Gives              bool // the reader may give roles
}

type personRole struct {
	Name, About, End string // End is the address of the page that ends it, "" when it is over or not the reader's to end
}

func (h *Handlers) invitePage(w http.ResponseWriter, r *web.Request) error {
	return h.showInvite(w, r, http.StatusOK, inviteView{Language: "sv"}, nil)
}

func (h *Handlers) showInvite(w http.ResponseWriter, r *web.Request, status int, v inviteView, fault error) error {
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, r.T("accountsweb.invite.title"), v.Errors)
	v.Page.Crumbs = []ui.Link{{Label: r.T("accountsweb.people.title"), Href: r.Path("/personer")}}
	v.Action, v.Back = r.Path("/personer/bjud-in"), r.Path("/personer")
	if err := h.roleOptions(r, &v); err != nil {
		return err
	}
	return r.Render(w, status, invitePage(v))
}

func (h *Handlers) roleOptions(r *web.Request, v *inviteView) error {
	for _, x := range actor.Roles {
		v.Roles = append(v.Roles, ui.Option{Value: string(x), Label: upper(r.T("access.role." + string(x))), Hint: r.T("accountsweb.role_hint." + string(x)), On: v.Role.Role == string(x)})
	}
	bodies, err := h.Bodies(r.Context(), r.Scope().ID)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		v.Bodies = append(v.Bodies, ui.Option{Value: b.ID.String(), Label: b.Name, On: v.Role.Body == b.ID.String()})
	}
	return nil
}

// readRole reads the part of a form that describes a role. What was typed is kept in v for showing it again.
func (h *Handlers) readRole(r *web.Request, f *web.Form, v *inviteView) (accounts.NewRole, error) {
	v.Role = roleForm{Role: f.Values.Get("role"), Body: f.Values.Get("body"), Organisation: f.Text("organisation", 120), From: f.Values.Get("valid_from"), To: f.Values.Get("valid_to")}
	in := accounts.NewRole{Role: actor.Role(v.Role.Role), Body: f.ID("body"), Organisation: v.Role.Organisation, From: f.Date("valid_from"), To: f.Date("valid_to")}
	if in.Body == id.None {
		return in, nil
	}
	bodies, err := h.Bodies(r.Context(), r.Scope().ID)
	if err != nil {
		return in, err
	}
	for _, b := range bodies {
		if b.ID == in.Body {
			return in, nil
		}
	}
	f.Add("body", "error.not_a_choice")
	return in, nil
}

func (h *Handlers) invite(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := inviteView{Name: f.Text("name", 80), Email: f.Text("email", 254), Language: f.Choice("language", tags()...)}
	role, err := h.readRole(r, f, &v)
	if err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		_, err = h.Accounts.Invite(r.Context(), r.Actor, r.Scope(), accounts.NewPerson{Name: v.Name, Email: v.Email, Language: v.Language, NewRole: role, LogIn: r.Absolute(r.Top("/logga-in"))})
	}
	if onForm(err) {
		return h.showInvite(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Path("/personer"), "person_invited"))
}

// person finds somebody who has or has had a role in the association; of anybody else nothing is told.
func (h *Handlers) person(r *web.Request) (accounts.Person, error) {
	account, err := id.Parse(r.PathValue("account"))
	if err != nil {
		return accounts.Person{}, errs.E(errs.NotFound, "error.not_found")
	}
	list, err := h.Accounts.People(r.Context(), r.Actor, r.Scope().ID)
	if err != nil {
		return accounts.Person{}, err
	}
	for _, p := range list {
		if p.Account.ID == account {
			return p, nil
		}
	}
	return accounts.Person{}, errs.E(errs.NotFound, "error.not_found")
}

func (h *Handlers) personPage(w http.ResponseWriter, r *web.Request) error {
	return h.showPerson(w, r, http.StatusOK, inviteView{}, nil)
}

func (h *Handlers) showPerson(w http.ResponseWriter, r *web.Request, status int, v inviteView, fault error) error {
	p, err := h.person(r)
	if err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Page = h.frame(r, p.Account.Name, v.Errors)
	v.Page.Crumbs = []ui.Link{{Label: r.T("accountsweb.people.title"), Href: r.Path("/personer")}}
	v.Action = r.Path("/personer/" + p.Account.ID.String())
	v.Person = &personView{Name: p.Account.Name, Email: string(p.Account.Email), State: r.T("accountsweb.state." + string(p.State)), Open: p.Account.Open(), Gives: manages(r)}
	names := map[id.ID]string{}
	bodies, err := h.Bodies(r.Context(), r.Scope().ID)
	if err != nil {
		return err
	}
	for _, b := range bodies {
		names[b.ID] = b.Name
	}
	byRule, err := h.Accounts.RolesByRule(r.Context(), r.Scope().ID)
	if err != nil {
		return err
	}
	today := clock.Today(h.Clock)
	for _, x := range p.Roles {
		row := personRole{Name: upper(r.T("access.role." + string(x.Role))), About: span(r, x.ValidFrom, x.ValidTo)}
		if n := names[x.BodyID]; n != "" {
			row.Name += ", " + n
		}
		if x.Organisation != "" {
			row.About = x.Organisation + ". " + upper(row.About)
		}
		if name, is := byRule[x.ID]; is {
			row.About += ". " + r.T("accountsweb.provider.by_rule", "provider", name)
		}
		if v.Person.Gives && (x.ValidTo.IsZero() || !x.ValidTo.Before(today)) {
			row.End = r.Path("/personer/" + p.Account.ID.String() + "/avsluta/" + x.ID.String())
		}
		v.Person.Roles = append(v.Person.Roles, row)
	}
	if err := h.roleOptions(r, &v); err != nil {
		return err
	}
	return r.Render(w, status, personPage(v))
}

func (h *Handlers) giveRole(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	p, err := h.person(r)
	if err != nil {
		return err
	}
	var v inviteView
	role, err := h.readRole(r, f, &v)
	if err != nil {
		return err
	}
	if err = f.Err(); err == nil {
		err = h.Accounts.GiveRole(r.Context(), r.Actor, r.Scope().ID, p.Account.ID, role)
	}
	if onForm(err) {
		return h.showPerson(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Path("/personer/"+p.Account.ID.String()), "role_given"))
}

// endView asks when a role ends.
type endView struct {
	Page    ui.Page
	Errors  ui.FormErrors
	Action  string
	Back    string
	Title   string
	Version string
	When    string // "now" or "day"
	Last    string
}

func (h *Handlers) endRolePage(w http.ResponseWriter, r *web.Request) error {
	return h.showEnd(w, r, http.StatusOK, endView{When: "now"}, nil)
}

func (h *Handlers) roleOf(r *web.Request) (accounts.Person, accounts.Role, error) {
	p, err := h.person(r)
	if err != nil {
		return p, accounts.Role{}, err
	}
	for _, x := range p.Roles {
		if x.ID.String() == r.PathValue("role") {
			return p, x, nil
		}
	}
	return p, accounts.Role{}, errs.E(errs.NotFound, "error.not_found")
}

func (h *Handlers) showEnd(w http.ResponseWriter, r *web.Request, status int, v endView, fault error) error {
	p, role, err := h.roleOf(r)
	if err != nil {
		return err
	}
	v.Errors = ui.ErrorsOf(r.Printer, fault)
	v.Title = r.T("accountsweb.end.title", "role", r.T("access.role."+string(role.Role)), "name", p.Account.Name)
	v.Page = h.frame(r, v.Title, v.Errors)
	v.Back = r.Path("/personer/" + p.Account.ID.String())
	v.Page.Crumbs = []ui.Link{{Label: r.T("accountsweb.people.title"), Href: r.Path("/personer")}, {Label: p.Account.Name, Href: v.Back}}
	v.Action = v.Back + "/avsluta/" + role.ID.String()
	v.Version = versionOf(role.Version)
	return r.Render(w, status, endRolePage(v))
}

func (h *Handlers) endRole(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	p, role, err := h.roleOf(r)
	if err != nil {
		return err
	}
	v := endView{When: f.Choice("when", "now", "day"), Last: f.Values.Get("valid_to")}
	last := clock.Today(h.Clock).AddDays(-1)
	if v.When == "day" {
		last = f.Date("valid_to")
	}
	if err = f.Err(); err == nil {
		err = h.Accounts.EndRole(r.Context(), r.Actor, r.Scope().ID, role.ID, f.Version(), last)
	}
	if onForm(err) {
		return h.showEnd(w, r, web.Status(err), v, err)
	}
	if err != nil {
		return err
	}
	to := r.Path("/personer/" + p.Account.ID.String())
	if p.Account.ID == r.Actor.Account && role.Role == actor.Head && v.When == "now" && !r.Actor.Admin {
		to = r.Top("/konto") // she may not see the page any more
	}
	return r.SeeOther(w, done(to, "role_ended"))
}
