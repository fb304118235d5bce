package accountsweb

import (
	"net/http"
	"strconv"
	"time"

	"samklang/internal/accounts"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// accountView is the page Ditt konto.
type accountView struct {
	Page     ui.Page
	Errors   ui.FormErrors
	To       func(path string) string // a path of the installation in the page's language
	Account  accounts.Account
	Name     string
	Language string
	Remind   bool
	NewEmail string
	Pending  accounts.PendingEmail
	Roles    []ui.Answer
	Passkeys []passkeyRow
	Passkey  *passkeyView
	Sessions []sessionRow
	Calendar calendarView

	Links     []linkRow
	Linkable  []providerButton
	Providers bool // there is something to say about providers
}

type passkeyRow struct {
	Name, About, Action string
}

type sessionRow struct {
	Name, About, Action string
	Here                bool
}

// calendarView is the person's own calendar address. Address is there only when it was just made.
type calendarView struct {
	Offered bool
	Exists  bool
	Address string
}

func (h *Handlers) accountPage(w http.ResponseWriter, r *web.Request) error {
	status, v := http.StatusOK, accountView{}
	if fault := h.faultInAddress(r); fault != nil {
		status, v.Errors = web.Status(fault), ui.ErrorsOf(r.Printer, fault)
	}
	return h.showAccount(w, r, status, v)
}

// showAccount fills in what v does not say yet.
func (h *Handlers) showAccount(w http.ResponseWriter, r *web.Request, status int, v accountView) error {
	ctx := r.Context()
	var err error
	if v.Account, err = h.Accounts.Account(ctx, r.Actor.Account); err != nil {
		return err
	}
	if v.Name == "" {
		v.Name = v.Account.Name
	}
	if v.Language == "" {
		v.Language, v.Remind = v.Account.Language, v.Account.Reminders
	}
	if v.Pending, err = h.Accounts.PendingEmail(ctx, r.Actor); err != nil {
		return err
	}
	if v.Roles, err = h.ownRoles(r); err != nil {
		return err
	}
	keys, err := h.Accounts.Passkeys(ctx, r.Actor)
	if err != nil {
		return err
	}
	for _, k := range keys {
		about := r.T("accountsweb.passkey.made", "date", day(k.CreatedAt))
		if !k.LastUsedAt.IsZero() {
			about += " " + r.T("accountsweb.passkey.used", "date", day(k.LastUsedAt))
		}
		v.Passkeys = append(v.Passkeys, passkeyRow{Name: k.Name, About: about, Action: r.Top("/konto/passkey/" + k.ID.String())})
	}
	if err := h.links(r, &v); err != nil {
		return err
	}
	sessions, err := h.Accounts.Sessions(ctx, r.Actor)
	if err != nil {
		return err
	}
	here := h.Sessions.ID(r)
	for _, s := range sessions {
		name := s.Device
		if name == "" {
			name = r.T("accountsweb.session.unknown")
		}
		v.Sessions = append(v.Sessions, sessionRow{Name: name, Here: s.ID == here, Action: r.Top("/konto/enheter/" + s.ID.String()),
			About: r.T("accountsweb.session.about", "since", day(s.CreatedAt), "seen", moment(r, s.LastSeenAt))})
	}
	if h.CalendarPath != nil {
		v.Calendar.Offered = true
		if v.Calendar.Exists, err = h.Accounts.HasCalendarToken(ctx, r.Actor); err != nil {
			return err
		}
	}
	v.Page, v.To = h.frame(r, r.T("accountsweb.account.title"), v.Errors), r.Top
	if _, ok := passkeyOrigin(r); ok && h.PasskeyScript != "" {
		v.Page.Scripts = []string{h.PasskeyScript}
		v.Passkey = &passkeyView{Begin: r.Top("/konto/passkey/borja"), Finish: r.Top("/konto/passkey")}
	}
	return r.Render(w, status, accountPage(v))
}

func (h *Handlers) ownRoles(r *web.Request) ([]ui.Answer, error) {
	roles, err := h.Accounts.Roles(r.Context(), r.Actor.Account)
	if err != nil {
		return nil, err
	}
	var list []ui.Answer
	for _, x := range roles {
		sc, err := h.Association(r.Context(), x.AssociationID)
		if err != nil {
			return nil, err
		}
		list = append(list, ui.Answer{Question: sc.Name, Answer: upper(r.T("access.role."+string(x.Role))) + ", " + span(r, x.ValidFrom, x.ValidTo)})
	}
	if r.Actor.Admin {
		list = append(list, ui.Answer{Question: r.T("accountsweb.installation"), Answer: upper(r.T("access.role.admin"))})
	}
	return list, nil
}

func (h *Handlers) rename(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := accountView{Name: f.Text("name", 200), Language: f.Choice("language", tags()...), Remind: f.Bool("reminders")}
	if err = f.Err(); err == nil {
		err = h.Accounts.Rename(r.Context(), r.Actor, f.Version(), v.Name, v.Language, v.Remind)
	}
	return h.ownForm(w, r, v, err, "account_saved")
}

// ownForm ends a form of the page Ditt konto: on to the page again, or the page with what was wrong.
func (h *Handlers) ownForm(w http.ResponseWriter, r *web.Request, v accountView, err error, what string) error {
	if onForm(err) {
		v.Errors = ui.ErrorsOf(r.Printer, err)
		return h.showAccount(w, r, web.Status(err), v)
	}
	if err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Top("/konto"), what))
}

func (h *Handlers) changeEmail(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	v := accountView{NewEmail: f.Text("email", 254)}
	err = h.Accounts.ChangeEmail(r.Context(), r.Actor, v.NewEmail, func(token string) string {
		return r.Absolute(r.Top("/konto/bekrafta/" + token))
	})
	return h.ownForm(w, r, v, err, "email_asked")
}

func (h *Handlers) cancelEmail(w http.ResponseWriter, r *web.Request) error {
	return h.ownForm(w, r, accountView{}, h.Accounts.CancelEmail(r.Context(), r.Actor), "email_cancelled")
}

// confirmView is the page a mail leads to. Opening it changes nothing, because mail programs open links by themselves.
type confirmView struct {
	Page   ui.Page
	Errors ui.FormErrors
	Action string
	Title  string
	Text   string
}

func (h *Handlers) confirmPage(w http.ResponseWriter, r *web.Request) error {
	v := confirmView{Page: h.frame(r, r.T("accountsweb.confirm.title"), nil), Title: r.T("accountsweb.confirm.title"), Text: r.T("accountsweb.confirm.text"), Action: r.Top("/konto/bekrafta/" + r.PathValue("token"))}
	return r.Render(w, http.StatusOK, confirmPage(v))
}

func (h *Handlers) confirmEmail(w http.ResponseWriter, r *web.Request) error {
	finished, err := h.Accounts.ConfirmEmail(r.Context(), r.PathValue("token"))
	v := confirmView{Errors: ui.ErrorsOf(r.Printer, err)}
	switch {
	case onForm(err):
		v.Title = r.T("accountsweb.confirm.title")
	case err != nil:
		return err
	case finished:
		v.Title, v.Text = r.T("accountsweb.confirm.done_title"), r.T("accountsweb.confirm.done")
	default:
		v.Title, v.Text = r.T("accountsweb.confirm.half_title"), r.T("accountsweb.confirm.half")
	}
	v.Page = h.frame(r, v.Title, v.Errors)
	status := http.StatusOK
	if err != nil {
		status = web.Status(err)
	}
	return r.Render(w, status, confirmPage(v))
}

func (h *Handlers) beginPasskey(w http.ResponseWriter, r *web.Request) error {
	o, ok := passkeyOrigin(r)
	if !ok {
		return answer(w, r, nil, errs.E(errs.Refused, "accountsweb.passkey.nowhere"))
	}
	c, err := h.Accounts.BeginPasskey(r.Context(), r.Actor, o)
	return answer(w, r, challenge(c), err)
}

func (h *Handlers) addPasskey(w http.ResponseWriter, r *web.Request) error {
	o, ok := passkeyOrigin(r)
	if !ok {
		return answer(w, r, nil, errs.E(errs.Refused, "accountsweb.passkey.nowhere"))
	}
	in, err := readAnswer(r)
	if err != nil {
		return answer(w, r, nil, err)
	}
	if in.Name == "" {
		in.Name = accounts.DeviceLabel(r.UserAgent())
	}
	_, err = h.Accounts.FinishPasskey(r.Context(), r.Actor, o, in.Token, in.Name, in.Answer)
	return answer(w, r, map[string]string{"to": done(r.Top("/konto"), "passkey_added")}, err)
}

func (h *Handlers) changePasskey(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	passkey, err := id.Parse(r.PathValue("passkey"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	if f.Choice("do", "rename", "remove") == "remove" {
		return h.ownForm(w, r, accountView{}, h.Accounts.RemovePasskey(r.Context(), r.Actor, passkey), "passkey_removed")
	}
	name := f.Text("name", 60)
	if err = f.Err(); err == nil {
		err = h.Accounts.RenamePasskey(r.Context(), r.Actor, passkey, name)
	}
	return h.ownForm(w, r, accountView{}, err, "passkey_renamed")
}

func (h *Handlers) endSession(w http.ResponseWriter, r *web.Request) error {
	session, err := id.Parse(r.PathValue("session"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	err = h.Accounts.EndSession(r.Context(), r.Actor, session)
	if errs.Is(err, errs.NotFound) {
		err = nil // it was over already, which is what was wanted
	}
	return h.ownForm(w, r, accountView{}, err, "session_ended")
}

func (h *Handlers) endOthers(w http.ResponseWriter, r *web.Request) error {
	return h.ownForm(w, r, accountView{}, h.Accounts.EndOtherSessions(r.Context(), r.Actor, h.Sessions.ID(r)), "sessions_ended")
}

func (h *Handlers) calendar(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	if h.CalendarPath == nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	if f.Choice("do", "create", "remove") == "remove" {
		return h.ownForm(w, r, accountView{}, h.Accounts.RemoveCalendarToken(r.Context(), r.Actor), "calendar_removed")
	}
	if err := f.Err(); err != nil {
		return err
	}
	token, err := h.Accounts.CreateCalendarToken(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	// The address is shown in the answer to the form and never again, so this form has no redirect and no key.
	return h.showAccount(w, r, http.StatusOK, accountView{Calendar: calendarView{Address: r.Absolute(h.CalendarPath(token))}})
}

// languages are the choices of the language mails are written in.
func languages(p ui.Page, now string) []ui.Option {
	var list []ui.Option
	for _, l := range lang.All {
		list = append(list, ui.Option{Value: l.Tag(), Label: p.T("accountsweb.language." + l.Tag()), On: l.Tag() == now})
	}
	return list
}

func tags() []string {
	var list []string
	for _, l := range lang.All {
		list = append(list, l.Tag())
	}
	return list
}

func day(t time.Time) period.Date { return period.DateOf(t.In(clock.Stockholm)) }

// moment is a day and a time of day in Sweden.
func moment(r *web.Request, t time.Time) string {
	return r.Printer.Date(day(t)) + " " + t.In(clock.Stockholm).Format("15.04")
}

// span tells from when to when something holds.
func span(r *web.Request, from, to period.Date) string {
	switch {
	case to.IsZero():
		return r.T("accountsweb.span.from", "from", from)
	case to.Before(from):
		return r.T("accountsweb.span.never")
	}
	return r.T("accountsweb.span.both", "from", from, "to", to)
}

func versionOf(n int64) string { return strconv.FormatInt(n, 10) }
