package accountsweb

import (
	"context"
	"net/http"
	"time"

	"samklang/internal/access"
	"samklang/internal/accounts"
	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
)

// Needs is what the pages are built of.
type Needs struct {
	Accounts *accounts.Service
	Sessions *Sessions
	Clock    clock.Clock
	Frame    func(r *web.Request, title string) ui.Page

	Association func(ctx context.Context, association id.ID) (scope.Association, error)
	Bodies      func(ctx context.Context, association id.ID) ([]Body, error) // those that exist today
	First       FirstAssociations

	DeskOf        func(a actor.Actor, association id.ID) string // path under an association where somebody's work begins
	Desk          string                                        // path under an association where a person's work begins
	CalendarPath  func(token string) string                     // of a person's own calendar; nil hides it
	PasskeyScript string                                        // address of the script for passkeys

	Base func() string // scheme and host of the installation, where providers send people back to; nil takes the request's

	Demo       bool // show log-in codes and example people on screen, over the loopback address alone
	TrustProxy bool // requests come through a proxy, so their sender cannot be the machine itself
}

// Body is a body of an association in which a person can have a seat.
type Body struct {
	ID   id.ID
	Name string
}

// FirstAssociation is what the first start asks about an association. Slug may be "".
type FirstAssociation struct{ Name, ShortName, Slug string }

// FirstAssociations creates the association of the first start. Check tells beforehand what is wrong, with the fields name,
// short_name and slug.
type FirstAssociations interface {
	Check(ctx context.Context, in FirstAssociation) error
	Create(ctx context.Context, a actor.Actor, in FirstAssociation) (scope.Association, error)
}

// Handlers answers the pages about people.
type Handlers struct {
	Needs
	demo demoCodes
}

// New makes the handlers.
func New(n Needs) *Handlers { return &Handlers{Needs: n} }

// Limits for strangers: how often one network address may try.
var (
	askLimit  = web.Limit{Name: "login-ask", Count: 20, Per: 15 * time.Minute, By: web.ByAddress}
	codeLimit = web.Limit{Name: "login-code", Count: 40, Per: 15 * time.Minute, By: web.ByAddress}
	linkLimit = web.Limit{Name: "secret-link", Count: 40, Per: 15 * time.Minute, By: web.ByAddress}
	viaLimit  = web.Limit{Name: "login-via", Count: 40, Per: 15 * time.Minute, By: web.ByAddress}
	wordLimit = web.Limit{Name: "login-word", Count: 600, Per: 15 * time.Minute, By: web.ByAddress}
	ownLimit  = web.Limit{Name: "own-account", Count: 60, Per: 15 * time.Minute, By: web.ByAccount}
)

// Routes is the site map of these pages.
func (h *Handlers) Routes() []web.Route {
	top := func(method, path string, allow actor.Action, handle web.Handler, title string, limits ...web.Limit) web.Route {
		return web.Route{Method: method, Path: path, Allow: allow, Handle: handle, Title: title, Site: web.OfInstallation, Limits: limits}
	}
	secret := func(r web.Route) web.Route {
		r.Cache = web.Secret
		return r
	}
	kept := func(r web.Route) web.Route {
		r.Cache = web.Kept
		return r
	}
	const get, post = http.MethodGet, http.MethodPost
	return []web.Route{
		top(get, "/logga-in", access.Public, h.loginPage, "accountsweb.login.title"),
		top(post, "/logga-in", access.Public, h.askCode, "", askLimit),
		top(post, "/logga-in/passkey/borja", access.Public, h.beginPasskeyLogin, "", askLimit),
		top(post, "/logga-in/passkey", access.Public, h.passkeyLogin, "", codeLimit),
		secret(top(get, "/logga-in/{pending}", access.Public, h.codePage, "", linkLimit)),
		secret(top(post, "/logga-in/{pending}", access.Public, h.enterCode, "", codeLimit)),
		secret(top(get, "/logga-in/via/{provider}", access.Public, h.beginProvider, "", viaLimit)),
		secret(top(get, "/logga-in/via/{provider}/svar", access.Public, h.providerAnswer, "", viaLimit)),
		top(post, "/logga-in/via/{provider}/utloggning", access.Public, h.providerLogout, "", wordLimit),
		top(post, "/logga-ut", access.Public, h.logOut, ""),
		top(get, "/logga-ut/{provider}", access.Public, h.loggedOutPage, "", viaLimit),
		top(get, "/logga-ut/{provider}/klar", access.Public, h.loggedOutThere, ""),

		secret(top(get, "/konto", access.LoggedIn, h.accountPage, "accountsweb.account.title")),
		top(post, "/konto", access.LoggedIn, h.rename, "", ownLimit),
		top(post, "/konto/e-post", access.LoggedIn, h.changeEmail, "", ownLimit),
		top(post, "/konto/e-post/avbryt", access.LoggedIn, h.cancelEmail, "", ownLimit),
		secret(top(get, "/konto/bekrafta/{token}", access.Public, h.confirmPage, "", linkLimit)),
		secret(top(post, "/konto/bekrafta/{token}", access.Public, h.confirmEmail, "", linkLimit)),
		top(post, "/konto/passkey/borja", access.LoggedIn, h.beginPasskey, "", ownLimit),
		top(post, "/konto/passkey", access.LoggedIn, h.addPasskey, "", ownLimit),
		top(post, "/konto/passkey/{passkey}", access.LoggedIn, h.changePasskey, "", ownLimit),
		secret(top(get, "/konto/inloggningar/{provider}", access.LoggedIn, h.beginLink, "", ownLimit)),
		top(post, "/konto/inloggningar/{provider}", access.LoggedIn, h.unlink, "", ownLimit),
		secret(top(get, "/konto/koppla/{token}", access.LoggedIn, h.linkPage, "", ownLimit)),
		secret(top(post, "/konto/koppla/{token}", access.LoggedIn, h.confirmLink, "", ownLimit)),
		top(post, "/konto/enheter/andra", access.LoggedIn, h.endOthers, "", ownLimit),
		top(post, "/konto/enheter/{session}", access.LoggedIn, h.endSession, "", ownLimit),
		secret(top(post, "/konto/kalender", access.LoggedIn, h.calendar, "", ownLimit)),

		kept(top(get, "/vem-far-gora-vad", access.Public, h.rightsPage, "accountsweb.rights.title")),
		secret(top(get, "/start/{token}", access.Public, h.setupPage, "", linkLimit)),
		secret(top(post, "/start/{token}", access.Public, h.setup, "", linkLimit)),

		top(get, "/administration/konton", access.InstallationManage, h.accountsPage, "accountsweb.accounts.title"),
		top(post, "/administration/konton", access.InstallationManage, h.addAccount, ""),
		top(get, "/administration/inloggning", access.InstallationManage, h.providersPage, "accountsweb.providers.title"),
		top(post, "/administration/konton/{account}", access.InstallationManage, h.manageAccount, ""),

		{Method: get, Path: "/personer", Allow: access.AssociationRead, Handle: h.peoplePage, Title: "accountsweb.people.title"},
		{Method: get, Path: "/personer/bjud-in", Allow: access.PeopleManage, Handle: h.invitePage, Title: "accountsweb.invite.title"},
		{Method: post, Path: "/personer/bjud-in", Allow: access.PeopleManage, Handle: h.invite},
		{Method: get, Path: "/personer/{account}", Allow: access.AssociationRead, Handle: h.personPage},
		{Method: post, Path: "/personer/{account}", Allow: access.PeopleManage, Handle: h.giveRole},
		{Method: get, Path: "/personer/{account}/avsluta/{role}", Allow: access.PeopleManage, Handle: h.endRolePage},
		{Method: post, Path: "/personer/{account}/avsluta/{role}", Allow: access.PeopleManage, Handle: h.endRole},
	}
}

// frame is the page around content that no search engine should keep.
func (h *Handlers) frame(r *web.Request, title string, faults ui.FormErrors) ui.Page {
	p := h.Frame(r, title)
	p.Robots = "noindex"
	p.Faulty = len(faults) > 0
	return p
}

// onForm tells whether an error is to be shown on the form it came from, with everything that was typed still there.
func onForm(err error) bool {
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Refused, errs.Conflict, errs.TooMany:
		return err != nil
	}
	return false
}

// done is an address with the note that something is done, which the frame shows.
func done(path, what string) string { return path + "?klart=" + what }

// newKey is the key of a form that is to take effect once.
func newKey() string { return id.New().String() }
