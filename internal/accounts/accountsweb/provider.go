package accountsweb

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"samklang/internal/accounts"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// browserCookie holds the secret that ties a log-in at a provider to the browser it began in. It is set when somebody chooses a provider and
// removed when she is back; readers get none.
const (
	browserCookie       = "samklang-pa-vag"
	secureBrowserCookie = "__Host-samklang-pa-vag"
	browserSeconds      = 15 * 60
)

func (s *Sessions) browserCookie(r *http.Request) http.Cookie {
	c := http.Cookie{Name: browserCookie, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode}
	if s.https(r) {
		c.Name, c.Secure = secureBrowserCookie, true
	}
	return c
}

// browser is the secret the browser holds, "" when it holds none.
func (s *Sessions) browser(r *http.Request) string {
	c, err := r.Cookie(s.browserCookie(r).Name)
	if err != nil || len(c.Value) > 100 {
		return ""
	}
	return c.Value
}

// keepBrowser gives the browser a secret, or goes on with the one it has, so that two windows do not disturb each other.
func (s *Sessions) keepBrowser(w http.ResponseWriter, r *http.Request) string {
	c := s.browserCookie(r)
	if c.Value = s.browser(r); len(c.Value) < 22 {
		c.Value = accounts.NewBrowserSecret()
	}
	c.MaxAge = browserSeconds
	http.SetCookie(w, &c)
	return c.Value
}

func (s *Sessions) forgetBrowser(w http.ResponseWriter, r *http.Request) {
	c := s.browserCookie(r)
	c.MaxAge = -1
	http.SetCookie(w, &c)
}

// base is the address the installation is known by: where providers send people back to.
func (h *Handlers) base(r *web.Request) string {
	if h.Base != nil {
		return h.Base()
	}
	return r.Main()
}

// atBase tells whether the request came to the host of that address. The cookies of one host are not another's.
func (h *Handlers) atBase(r *web.Request) bool {
	u, err := url.Parse(h.base(r))
	here := url.URL{Host: r.Host}
	return err == nil && strings.EqualFold(u.Hostname(), here.Hostname())
}

func (h *Handlers) redirectURI(r *web.Request, provider string) string {
	return h.base(r) + "/logga-in/via/" + provider + "/svar"
}

// providerButton leads to a provider.
type providerButton struct{ Label, Href string }

func (h *Handlers) providerButtons(r *web.Request, till string) []providerButton {
	var list []providerButton
	for _, p := range h.Accounts.Providers {
		list = append(list, providerButton{r.T("accountsweb.provider.login", "provider", p.Name), withTill(r.Top("/logga-in/via/"+p.Key), till)})
	}
	return list
}

// providerFaults are what may stand in the address of a page after a log-in at a provider went wrong, so that the page can be reloaded, read in
// another language, and has no code in its address.
var providerFaults = map[string]errs.Kind{
	"provider_over": errs.Refused, "provider_denied": errs.Refused, "provider_failed": errs.Refused, "provider_down": errs.Unavailable, "provider_clock": errs.Refused, "provider_level": errs.Refused,
	"provider_no_account": errs.Refused, "provider_no_email": errs.Refused, "provider_link_first": errs.Refused, "provider_other": errs.Refused, "provider_taken": errs.Refused,
	"provider_many": errs.Refused, "is_closed": errs.Refused,
}

// faultInAddress is the fault that a page is to tell of, nil when there is none.
func (h *Handlers) faultInAddress(r *web.Request) error {
	q := r.URL.Query()
	fault := q.Get("fel")
	kind, is := providerFaults[fault]
	p, err := h.Accounts.Provider(q.Get("via"))
	if !is || err != nil {
		return nil
	}
	return errs.E(kind, "accounts."+fault, "provider", p.Name, "max", 20)
}

// backWith sends the browser on to a page that tells what went wrong. Faults of the program itself are returned.
func backWith(w http.ResponseWriter, r *web.Request, path, provider, till string, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	fault := strings.TrimPrefix(e.Key, "accounts.")
	if _, known := providerFaults[fault]; !known {
		return err
	}
	q := url.Values{"fel": {fault}, "via": {provider}}
	if till = web.Back(till, ""); till != "" {
		q.Set("till", till)
	}
	return r.SeeOther(w, path+"?"+q.Encode())
}

func (h *Handlers) beginProvider(w http.ResponseWriter, r *web.Request) error {
	key, till := r.PathValue("provider"), web.Back(r.URL.Query().Get("till"), "")
	if _, err := h.Accounts.Provider(key); err != nil {
		return err
	}
	if !h.atBase(r) && r.URL.Query().Get("hit") == "" {
		if home := r.Home(); home != nil {
			till = r.Lang().Prefix() + "/" + home.Slug + h.Desk // paths mean something else on an association's own host
		}
		q := url.Values{"hit": {"1"}} // once only: a proxy may name the host differently
		if till != "" {
			q.Set("till", till)
		}
		w.Header().Set("Location", h.base(r)+r.Top("/logga-in/via/"+key)+"?"+q.Encode())
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	return h.leave(w, r, accounts.Leaving{Provider: key, Till: till}, "/logga-in")
}

// leave sends the browser to a provider.
func (h *Handlers) leave(w http.ResponseWriter, r *web.Request, in accounts.Leaving, back string) error {
	in.Redirect, in.Lang, in.Browser = h.redirectURI(r, in.Provider), r.Lang(), h.Sessions.keepBrowser(w, r.Request)
	address, err := h.Accounts.BeginProvider(r.Context(), in)
	if err != nil {
		return backWith(w, r, r.Top(back), in.Provider, in.Till, err)
	}
	w.Header().Set("Location", address)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// providerAnswer is where a provider sends the browser back to.
func (h *Handlers) providerAnswer(w http.ResponseWriter, r *web.Request) error {
	key := r.PathValue("provider")
	x, err := h.Accounts.FinishProvider(r.Context(), key, h.Sessions.browser(r.Request), h.redirectURI(r, key), r.URL.Query())
	r.Printer = h.Accounts.Catalog.Printer(x.Lang)
	switch {
	case err != nil && x.Linking && r.Actor.LoggedIn():
		return backWith(w, r, r.Top("/konto"), key, "", err)
	case err != nil:
		return backWith(w, r, r.Top("/logga-in"), key, x.Till, err)
	case x.Link != "":
		return r.SeeOther(w, r.Top("/konto/koppla/"+x.Link))
	}
	if err := h.Sessions.StartBy(r, x.Account, x.By); err != nil {
		return err
	}
	h.Sessions.forgetBrowser(w, r.Request)
	return r.SeeOther(w, withTill(r.Top("/logga-in"), x.Till)) // which leads on, now that she is logged in
}

// providerLogout takes a provider's word that somebody is logged out there (OpenID Connect Back-Channel Logout 1.0, 2.5).
func (h *Handlers) providerLogout(w http.ResponseWriter, r *web.Request) error {
	f, err := r.Form()
	if err != nil {
		return err
	}
	err = h.Accounts.EndedByProvider(r.Context(), r.PathValue("provider"), f.Values.Get("logout_token"))
	if errs.Is(err, errs.Invalid) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, err = w.Write([]byte(`{"error":"invalid_request"}`))
		return err
	}
	if err == nil {
		w.WriteHeader(http.StatusOK)
	}
	return err
}

// linkRow is a provider on the page Ditt konto.
type linkRow struct {
	Name, About, Action string
}

// links are the providers the account is linked to, and those it can be linked to.
func (h *Handlers) links(r *web.Request, v *accountView) error {
	list, err := h.Accounts.Links(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	for _, x := range list {
		about := r.T("accountsweb.provider.linked", "date", day(x.CreatedAt))
		if !x.LastUsedAt.IsZero() {
			about += " " + r.T("accountsweb.passkey.used", "date", day(x.LastUsedAt))
		}
		v.Links = append(v.Links, linkRow{Name: x.Name, About: about, Action: r.Top("/konto/inloggningar/" + x.ID.String())})
	}
	for _, p := range h.Accounts.Providers {
		if h.atBase(r) && !slices.ContainsFunc(list, func(x accounts.Link) bool { return x.Provider == p.Key }) {
			v.Linkable = append(v.Linkable, providerButton{r.T("accountsweb.provider.link", "provider", p.Name), r.Top("/konto/inloggningar/" + p.Key)})
		}
	}
	v.Providers = len(h.Accounts.Providers) > 0 || len(v.Links) > 0
	return nil
}

// beginLink sends a person to a provider to link her account to whom she is there. Nothing is linked before she has said yes to what comes back.
func (h *Handlers) beginLink(w http.ResponseWriter, r *web.Request) error {
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return errs.E(errs.Forbidden, "error.cross_origin")
	}
	key := r.PathValue("provider")
	if _, err := h.Accounts.Provider(key); err != nil {
		return err
	}
	return h.leave(w, r, accounts.Leaving{Provider: key, Link: r.Actor.Account}, "/konto")
}

// linkView asks whether a log-in at a provider is to lead to the account.
type linkView struct {
	Page         ui.Page
	Action, Back string
	Name, Who    string
	Account      accounts.Account
}

func (h *Handlers) linkPage(w http.ResponseWriter, r *web.Request) error {
	token := r.PathValue("token")
	x, err := h.Accounts.PendingLink(r.Context(), r.Actor, token)
	if onForm(err) {
		return r.SeeOther(w, r.Top("/konto"))
	}
	if err != nil {
		return err
	}
	v := linkView{Page: h.frame(r, r.T("accountsweb.link.title", "provider", x.Name), nil), Action: r.Top("/konto/koppla/" + token), Back: r.Top("/konto"), Name: x.Name, Who: x.Who}
	if v.Account, err = h.Accounts.Account(r.Context(), r.Actor.Account); err != nil {
		return err
	}
	return r.Render(w, http.StatusOK, linkPage(v))
}

func (h *Handlers) confirmLink(w http.ResponseWriter, r *web.Request) error {
	if _, err := r.Form(); err != nil {
		return err
	}
	err := h.Accounts.ConfirmLink(r.Context(), r.Actor, r.PathValue("token"), h.Sessions.browser(r.Request))
	h.Sessions.forgetBrowser(w, r.Request)
	return h.ownForm(w, r, accountView{}, err, "provider_linked")
}

func (h *Handlers) unlink(w http.ResponseWriter, r *web.Request) error {
	identity, err := id.Parse(r.PathValue("provider"))
	if err != nil {
		return errs.E(errs.NotFound, "error.not_found")
	}
	return h.ownForm(w, r, accountView{}, h.Accounts.Unlink(r.Context(), r.Actor, identity, h.Sessions.ID(r)), "provider_unlinked")
}

// loggedOutView says that a person is logged out here and offers to log her out at the provider too.
type loggedOutView struct {
	Page        ui.Page
	Name        string
	There, Home string
}

// loggedOutPage is the page after logging out for those who came through a provider that is still open. A form cannot lead to another site, so the
// way there is a link.
func (h *Handlers) loggedOutPage(w http.ResponseWriter, r *web.Request) error {
	key := r.PathValue("provider")
	p, err := h.Accounts.Provider(key)
	if err != nil {
		return err
	}
	there, err := h.Accounts.EndAtProvider(r.Context(), key, h.base(r)+"/logga-ut/"+key+"/klar")
	if err != nil {
		return err
	}
	if there == "" || r.Actor.LoggedIn() {
		return r.SeeOther(w, done(r.Top("/"), "logged_out"))
	}
	v := loggedOutView{Page: h.frame(r, r.T("accountsweb.logged_out.title"), nil), Name: p.Name, There: there, Home: r.Top("/")}
	return r.Render(w, http.StatusOK, loggedOutPage(v))
}

func (h *Handlers) loggedOutThere(w http.ResponseWriter, r *web.Request) error {
	if _, err := h.Accounts.Provider(r.PathValue("provider")); err != nil {
		return err
	}
	return r.SeeOther(w, done(r.Top("/"), "logged_out"))
}

// providersView tells the administrator how it stands with the providers.
type providersView struct {
	Page ui.Page
	List []providerView
}

type providerView struct {
	Key, Name string
	Works     bool
	Fault     string
	Facts     []ui.Answer
	Warnings  []string
}

func (h *Handlers) providersPage(w http.ResponseWriter, r *web.Request) error {
	list, err := h.Accounts.CheckProviders(r.Context())
	if err != nil {
		return err
	}
	v := providersView{Page: h.frame(r, r.T("accountsweb.providers.title"), nil)}
	v.Page.Crumbs = []ui.Link{{Label: r.T("accountsweb.installation"), Href: r.Top("/administration")}}
	for _, x := range list {
		p := x.Provider
		row := providerView{Key: p.Key, Name: p.Name, Works: x.Fault == "", Fault: x.Fault}
		fact := func(key, value string) {
			row.Facts = append(row.Facts, ui.Answer{Question: r.T("accountsweb.providers." + key), Answer: value})
		}
		fact("issuer", p.Issuer)
		fact("client", p.ClientID)
		fact("redirect", h.redirectURI(r, p.Key))
		fact("logout", h.base(r)+"/logga-in/via/"+p.Key+"/utloggning")
		if p.LogOut {
			fact("back", h.base(r)+"/logga-ut/"+p.Key+"/klar")
		}
		if len(p.TrustedDomains) > 0 {
			fact("domains", r.Printer.List(p.TrustedDomains))
		}
		if levels := slices.Concat(p.ACR, p.AMR); len(levels) > 0 {
			fact("levels", r.Printer.List(levels))
		}
		fact("rules", r.T("accountsweb.providers.rule_count", "n", len(p.Rules)))
		if len(x.Unknown) > 0 {
			row.Warnings = append(row.Warnings, r.T("accountsweb.providers.unknown", "places", r.Printer.List(x.Unknown)))
		}
		if len(x.Unasked) > 0 {
			row.Warnings = append(row.Warnings, r.T("accountsweb.providers.unasked", "levels", r.Printer.List(x.Unasked)))
		}
		if row.Works && !x.BackChannel {
			row.Warnings = append(row.Warnings, r.T("accountsweb.providers.no_back_channel"))
		}
		v.List = append(v.List, row)
	}
	return r.Render(w, http.StatusOK, providersPage(v))
}
