package accountsweb

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// loginView is the page that asks for the address.
type loginView struct {
	Page    ui.Page
	Errors  ui.FormErrors
	Email   string
	Action  string
	Passkey *passkeyView // nil where the browser would offer none
	People  []demoPerson

	Providers []providerButton
}

// passkeyView is what the script for passkeys needs to know.
type passkeyView struct {
	Begin, Finish, Till string
}

// demoPerson is an invented person of the example installation.
type demoPerson struct{ Name, Email, Roles string }

func (h *Handlers) loginPage(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.LoggedIn() {
		return r.SeeOther(w, h.after(r, r.Actor, r.URL.Query().Get("till")))
	}
	status, fault := http.StatusOK, h.faultInAddress(r)
	if fault != nil {
		status = web.Status(fault)
	}
	return h.showLogin(w, r, status, "", r.URL.Query().Get("till"), fault)
}

func (h *Handlers) showLogin(w http.ResponseWriter, r *web.Request, status int, email, till string, err error) error {
	v := loginView{Errors: ui.ErrorsOf(r.Printer, err), Email: email, Action: withTill(r.Top("/logga-in"), till)}
	v.Page = h.frame(r, r.T("accountsweb.login.title"), v.Errors)
	v.Page.LogIn = ""
	v.Providers = h.providerButtons(r, till)
	if _, ok := passkeyOrigin(r); ok && h.PasskeyScript != "" {
		v.Page.Scripts = []string{h.PasskeyScript}
		v.Passkey = &passkeyView{Begin: r.Top("/logga-in/passkey/borja"), Finish: r.Top("/logga-in/passkey"), Till: till}
	}
	if h.onScreen(r.Request) {
		if v.People, err = h.demoPeople(r); err != nil {
			return err
		}
	}
	return r.Render(w, status, loginPage(v))
}

// passkeyOrigin is where passkeys work: the address of the installation, when the request came to just that.
func passkeyOrigin(r *web.Request) (accounts.Origin, bool) {
	o, ok := accounts.ParseOrigin(r.Main())
	return o, ok && strings.HasSuffix(string(o), "://"+r.Host)
}

func withTill(path, till string) string {
	if till = web.Back(till, ""); till == "" {
		return path
	}
	return path + "?till=" + url.QueryEscape(till)
}

func (h *Handlers) askCode(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	email, till := f.Text("email", 254), r.URL.Query().Get("till")
	p, err := h.Accounts.RequestCode(r.Context(), email, r.Lang())
	if onForm(err) {
		return h.showLogin(w, r, web.Status(err), email, till, err)
	}
	if err != nil {
		return err
	}
	if h.onScreen(r.Request) {
		h.demo.put(p.Token, p.Code)
	}
	return r.SeeOther(w, withTill(r.Top(accounts.CodePath(p.Token)), till))
}

// codeView is the page that asks for the code.
type codeView struct {
	Page   ui.Page
	Errors ui.FormErrors
	Email  string
	Action string
	Again  string // where to ask for a new code
	Code   string // in the example installation: the code itself
	Demo   bool
}

func (h *Handlers) codePage(w http.ResponseWriter, r *web.Request) error {
	if r.Actor.LoggedIn() {
		return r.SeeOther(w, h.after(r, r.Actor, r.URL.Query().Get("till")))
	}
	return h.showCode(w, r, http.StatusOK, nil)
}

func (h *Handlers) showCode(w http.ResponseWriter, r *web.Request, status int, fault error) error {
	pending, till := r.PathValue("pending"), r.URL.Query().Get("till")
	email, err := h.Accounts.PendingEmailOf(r.Context(), pending)
	if err != nil {
		return err
	}
	if email == "" {
		return h.showLogin(w, r, http.StatusConflict, "", till, errs.E(errs.Refused, "accounts.code_over"))
	}
	v := codeView{Errors: ui.ErrorsOf(r.Printer, fault), Email: email, Action: withTill(r.Top(accounts.CodePath(pending)), till), Again: withTill(r.Top("/logga-in"), till)}
	v.Page = h.frame(r, r.T("accountsweb.code.title"), v.Errors)
	v.Page.LogIn = ""
	if h.onScreen(r.Request) {
		v.Demo, v.Code = true, h.demo.get(pending)
	}
	return r.Render(w, status, codePage(v))
}

func (h *Handlers) enterCode(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	var who id.ID
	if code := f.Required("code", 40, "accountsweb.code.missing"); f.Err() == nil {
		who, err = h.Accounts.EnterCode(r.Context(), r.PathValue("pending"), code)
	} else {
		err = f.Err()
	}
	if onForm(err) {
		return h.showCode(w, r, web.Status(err), err)
	}
	if err != nil {
		return err
	}
	to, err := h.logIn(r, who, r.URL.Query().Get("till"))
	if err != nil {
		return err
	}
	return r.SeeOther(w, to)
}

// logIn starts a session and tells where to go.
func (h *Handlers) logIn(r *web.Request, who id.ID, till string) (string, error) {
	if err := h.Sessions.Start(r, who); err != nil {
		return "", err
	}
	a, err := h.Accounts.Actor(r.Context(), who)
	if err != nil {
		return "", err
	}
	return h.after(r, a, till), nil
}

// after is where a person goes once she is logged in: where she was going, or where her work is.
func (h *Handlers) after(r *web.Request, a actor.Actor, till string) string {
	if to := web.Back(till, ""); to != "" && !strings.HasSuffix(to, h.Desk) {
		return to
	} else if to != "" { // a desk, but perhaps not where her work is
		for _, g := range a.Grants {
			if sc, err := h.Association(r.Context(), g.Association); err == nil && (to == r.Of(sc, h.Desk) || strings.HasSuffix(to, "/"+sc.Slug+h.Desk)) {
				return strings.TrimSuffix(to, h.Desk) + h.DeskOf(a, sc.ID)
			}
		}
		return to
	}
	if here := r.Home(); here != nil && a.In(here.ID) {
		return r.Of(*here, h.DeskOf(a, here.ID))
	}
	for _, g := range a.Grants {
		if sc, err := h.Association(r.Context(), g.Association); err == nil {
			return r.Of(sc, h.DeskOf(a, sc.ID))
		}
	}
	if a.Admin {
		return r.Top("/administration")
	}
	return r.Top("/konto")
}

func (h *Handlers) logOut(w http.ResponseWriter, r *web.Request) error {
	p, by, err := h.Accounts.ProviderOf(r.Context(), h.Sessions.ID(r))
	if err != nil {
		return err
	}
	if err := h.Sessions.End(r); err != nil {
		return err
	}
	if by && p.LogOut {
		return r.SeeOther(w, r.Top("/logga-ut/"+p.Key))
	}
	return r.SeeOther(w, done(r.Top("/"), "logged_out"))
}

// passkeyAnswer is what the script sends.
type passkeyAnswer struct {
	Token  string          `json:"token"`
	Name   string          `json:"name"`
	Till   string          `json:"till"`
	Answer json.RawMessage `json:"answer"`
}

func readAnswer(r *web.Request) (passkeyAnswer, error) {
	var a passkeyAnswer
	b, err := io.ReadAll(r.Body)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return a, errs.E(errs.TooLarge, "accounts.passkey_failed").Because(err)
	}
	if err != nil {
		return a, err
	}
	if err := json.Unmarshal(b, &a); err != nil {
		return a, errs.E(errs.Refused, "accounts.passkey_failed").Because(err)
	}
	return a, nil
}

// answer sends JSON to the script; an error that a person may see goes with its words.
func answer(w http.ResponseWriter, r *web.Request, v any, err error) error {
	status := http.StatusOK
	if e, ok := errors.AsType[*errs.Error](err); ok && e.Kind != errs.Internal {
		status, v = web.Status(err), map[string]string{"error": r.Printer.TMap(e.Key, e.Args)}
	} else if err != nil {
		return err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err = w.Write(b)
	return err
}

func challenge(c accounts.Challenge) any {
	return map[string]any{"token": c.Token, "options": c.Options}
}

func (h *Handlers) beginPasskeyLogin(w http.ResponseWriter, r *web.Request) error {
	o, ok := passkeyOrigin(r)
	if !ok {
		return answer(w, r, nil, errs.E(errs.Refused, "accountsweb.passkey.nowhere"))
	}
	c, err := h.Accounts.BeginPasskeyLogin(r.Context(), o)
	return answer(w, r, challenge(c), err)
}

func (h *Handlers) passkeyLogin(w http.ResponseWriter, r *web.Request) error {
	o, ok := passkeyOrigin(r)
	if !ok {
		return answer(w, r, nil, errs.E(errs.Refused, "accountsweb.passkey.nowhere"))
	}
	in, err := readAnswer(r)
	if err != nil {
		return answer(w, r, nil, err)
	}
	who, err := h.Accounts.FinishPasskeyLogin(r.Context(), o, in.Token, in.Answer)
	if err != nil {
		return answer(w, r, nil, err)
	}
	to, err := h.logIn(r, who, in.Till)
	return answer(w, r, map[string]string{"to": to}, err)
}

// onScreen tells whether the request may see what only somebody at this very machine may, in the example installation.
func (h *Handlers) onScreen(r *http.Request) bool {
	return h.Demo && !h.TrustProxy && web.AtTheMachine(r)
}

// demoCodes remembers the codes of the example installation, for the page that asks for them.
type demoCodes struct {
	mu    sync.Mutex
	codes map[string]string
}

func (d *demoCodes) put(pending, code string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.codes == nil || len(d.codes) > 200 {
		d.codes = map[string]string{}
	}
	d.codes[pending] = code
}

func (d *demoCodes) get(pending string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.codes[pending]
}

// demoPeople lists the invented people who can be logged in as.
func (h *Handlers) demoPeople(r *web.Request) ([]demoPerson, error) {
	list, err := h.Accounts.Accounts(r.Context(), actor.SystemActor)
	if err != nil {
		return nil, err
	}
	var people []demoPerson
	for _, a := range list {
		who, err := h.Accounts.Actor(r.Context(), a.ID)
		if err != nil {
			return nil, err
		}
		if !who.LoggedIn() {
			continue
		}
		people = append(people, demoPerson{Name: a.Name, Email: string(a.Email), Roles: h.rolesIn(r.Context(), r, who)})
	}
	return people, nil
}

// rolesIn tells a person's roles today in one line: "förbundschef, Älvkusten".
func (h *Handlers) rolesIn(ctx context.Context, r *web.Request, a actor.Actor) string {
	var parts []string
	for _, g := range a.Grants {
		name := r.T("access.role." + string(g.Role))
		if sc, err := h.Association(ctx, g.Association); err == nil {
			name += ", " + sc.ShortName
		}
		parts = append(parts, name)
	}
	if a.Admin {
		parts = append(parts, r.T("access.role.admin"))
	}
	return strings.Join(parts, " · ")
}
