// Package app puts the house together: settings, database, the parts and what they need from each other, routes, start and stop.
// It is the only package that knows everybody.
package app

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync/atomic"

	"samklang/internal/access"
	"samklang/internal/accessibility"
	"samklang/internal/accessibility/accessibilityweb"
	"samklang/internal/accounts"
	"samklang/internal/accounts/accountsweb"
	"samklang/internal/associations"
	"samklang/internal/associations/associationsweb"
	"samklang/internal/commitments"
	"samklang/internal/commitments/accountweb"
	"samklang/internal/commitments/deskweb"
	"samklang/internal/commitments/importweb"
	"samklang/internal/core/actor"
	"samklang/internal/equality"
	"samklang/internal/equality/equalityweb"
	"samklang/internal/followup"
	"samklang/internal/followup/followupweb"
	"samklang/internal/initiatives"
	"samklang/internal/initiatives/initiativesweb"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/document"
	"samklang/internal/platform/files"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/logweb"
	"samklang/internal/platform/rows"
	"samklang/internal/platform/sheet"
	"samklang/internal/platform/telemetry"
	"samklang/internal/platform/ui"
	"samklang/internal/platform/web"
	"samklang/internal/surveys"
	"samklang/internal/surveys/surveysweb"
	assets "samklang/web"

	"github.com/uptrace/bun"
)

//go:embed locale
var locale embed.FS

// App is a program that is ready to serve.
type App struct {
	config       Config
	copy         string                  // tells the copies of the program apart
	bound        *atomic.Pointer[string] // the address it answers on; none before Run
	log          *slog.Logger
	clock        clock.Clock
	db           *db.DB
	assets       *assets.Assets
	catalog      *i18n.Catalog
	queue        *jobs.Queue
	outbox       *mail.Outbox
	files        files.Store
	limiter      limiter
	associations *associations.Service
	accounts     *accounts.Service
	commitments  *commitments.Service
	publicLog    *publiclog.Log
	logPages     *logweb.Pages
	sessions     *accountsweb.Sessions
	people       *accountsweb.Handlers
	houses       *associationsweb.Handlers
	imports      *importweb.Handlers
	account      *accountweb.Pages
	desk         *deskweb.Pages
	barriers     *accessibility.Service
	initiatives  *initiatives.Service
	projects     *initiativesweb.Pages
	followup     *followup.Service
	equality     *equality.Service
	surveys      *surveys.Service
	forms        *surveysweb.Pages
	equals       *equalityweb.Pages
	counts       *followupweb.Pages
	statement    *accessibilityweb.Pages
	server       *web.Server
	metrics      *telemetry.Metrics // nil when nobody asks for figures
	tracer       *telemetry.Tracer  // nil when nobody asks for traces
	identify     func(*http.Request) (actor.Actor, error)
	failed       chan error   // what the program cannot go on with
	leaving      *atomic.Bool // told to stop
}

// Catalog is every text of the program, checked.
func Catalog() (*i18n.Catalog, error) {
	c, err := i18n.Load(locale, i18n.Locale, ui.Locale, access.Locale, associations.Locale, associationsweb.Locale, document.Locale, accounts.Locale, mail.Locale, files.Locale, sheet.Locale, commitments.Locale, accountsweb.Locale, importweb.Locale, accountweb.Locale, deskweb.Locale, logweb.Locale, accessibility.Locale, accessibilityweb.Locale, initiatives.Locale, initiativesweb.Locale, followup.Locale, followupweb.Locale, equality.Locale, equalityweb.Locale, surveys.Locale, surveysweb.Locale)
	if err != nil {
		return nil, fmt.Errorf("the texts are not complete:\n%w", err)
	}
	return c, nil
}

// New opens the database, brings it up to date, and builds everything. Whatever is wrong is said now and not at three in the morning.
func New(ctx context.Context, c Config, log *slog.Logger, cl clock.Clock) (*App, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	a := &App{config: c, copy: rand.Text()[:8], bound: &atomic.Pointer[string]{}, leaving: &atomic.Bool{}, log: log, clock: cl, failed: make(chan error, 3)}
	var err error
	if a.assets, err = assets.Open(); err != nil {
		return nil, err
	}
	if a.catalog, err = Catalog(); err != nil {
		return nil, err
	}
	if a.db, err = db.Open(ctx, c.Database, db.Options{Clock: cl, Patience: c.Patience, Shows: shows}); err != nil {
		return nil, err
	}
	if err := rows.CheckFinished(ctx, a.db); err != nil {
		a.db.Close()
		return nil, err
	}
	if err := a.db.Migrate(ctx); err != nil {
		a.db.Close()
		return nil, err
	}
	if err := errors.Join(a.observe(ctx), a.makeVisitKey(ctx), a.build(ctx)); err != nil {
		a.Close()
		return nil, err
	}
	a.server, err = web.New(web.Config{
		Routes:       a.routes(),
		Catalog:      a.catalog,
		Associations: a.associations,
		Identify:     a.identify,
		Wrap:         a.sessions.Wrap,
		Check:        access.CheckAny,
		ErrorPage:    a.errorPage,
		Limit:        a.limit,
		Keep:         &web.Keeping{Room: c.PageCache << 20, Versions: a.db.Versions, Clock: cl, Stranger: a.sessions.Stranger},
		Once:         a.db,
		External:     c.External,
		TrustProxy:   c.TrustProxy,
		Watch:        a.watchRequests(),
		Plain:        a.plain(),
		Log:          log,
	})
	a.sessions.Failed = func(w http.ResponseWriter, r *http.Request, err error) { a.server.Fail(w, r, err) }
	if err == nil && c.Demo {
		err = a.fillExample(ctx)
	}
	if err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// plain is what is no page.
func (a *App) plain() map[string]http.Handler {
	handlers := a.publicLog.Handlers()
	handlers["GET "+assets.Prefix] = a.assets
	handlers["GET /healthz"] = http.HandlerFunc(a.healthz)
	handlers["GET /readyz"] = http.HandlerFunc(a.readyz)
	handlers["GET /robots.txt"] = http.HandlerFunc(robots)
	return handlers
}

func robots(w http.ResponseWriter, r *http.Request) {
	fmt.Fprint(w, "User-agent: *\nDisallow: /logga-in\nDisallow: /konto\n")
}

// Base is the address of the installation as people reach it, without a path.
func (a *App) Base() string {
	if a.config.External != "" {
		return a.config.External
	}
	if bound := a.bound.Load(); bound != nil {
		return base(*bound)
	}
	return base(a.config.Listen)
}

// Close lets go of the database.
func (a *App) Close() error {
	if a.queue != nil {
		a.queue.Close()
	}
	if a.files != nil {
		a.files.Close()
	}
	return a.db.Close()
}

// SetupAddress is the one-time address at which the first administrator begins, "" when the installation has accounts.
func (a *App) SetupAddress(ctx context.Context) (string, error) {
	path, err := a.accounts.SetupLink(ctx)
	if err != nil || path == "" {
		return "", err
	}
	return a.Base() + path, nil
}

// Handler is the whole site, for tests.
func (a *App) Handler() http.Handler { return a.server }

// Watch lets h see every statement from now on, for tests that count them. It is called before Run.
func (a *App) Watch(h bun.QueryHook) { a.db.Watch(h) }

// Routes lists every page, for the walk over all of them.
func (a *App) Routes() []web.Route { return a.server.Routes }

// Stop is a line of the site map as the browser tests read it.
type Stop struct {
	Method string `json:"method"`
	Path   string `json:"path"` // from the root: "/{association}/plan/{activity}"
	Allow  string `json:"allow"`
}

// SiteMap is every route by its whole path.
func (a *App) SiteMap() []Stop {
	list := make([]Stop, len(a.server.Routes))
	for i, r := range a.server.Routes {
		list[i] = Stop{r.Method, r.WholePath(), string(r.Allow)}
	}
	return list
}
