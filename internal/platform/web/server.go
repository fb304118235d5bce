package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/db"
	"samklang/internal/platform/i18n"
)

// Associations finds the association an address speaks of. Both return an errs.NotFound error when there is none.
type Associations interface {
	BySlug(ctx context.Context, slug string) (scope.Association, error)
	ByHost(ctx context.Context, host string) (scope.Association, error)
}

// Config is what a Server needs from the rest of the program.
type Config struct {
	Routes       []Route
	Catalog      *i18n.Catalog
	Associations Associations
	Identify     func(*http.Request) (actor.Actor, error)                                    // who asks
	Check        func(actor.Actor, actor.Action, id.ID) error                                // may they, as far as the address tells
	ErrorPage    func(r *Request, status int, err error) Component                           // how an error looks
	Limit        func(ctx context.Context, name, who string, l Limit) (time.Duration, error) // 0 when allowed, else how long to wait
	Watch        func(*http.Request) (*http.Request, func(Seen))                             // sees every request begin and end; nil when nobody watches
	Wrap         func(http.Handler) http.Handler                                             // sessions; outermost around pages
	Keep         *Keeping                                                                    // keeps pages; nil keeps none
	Once         *db.DB                                                                      // remembers sent forms
	External     string                                                                      // https://host of absolute addresses; "" takes it from the request
	TrustProxy   bool                                                                        // believe X-Forwarded-For and -Proto
	Plain        map[string]http.Handler                                                     // what is no page: assets, health; by ServeMux pattern
	Log          *slog.Logger
}

// Server answers all requests.
type Server struct {
	Config
	association, installation *http.ServeMux
	reserved                  map[string]bool
	cross                     *http.CrossOriginProtection
	keeper                    *keeper // nil keeps no page
	handler                   http.Handler
}

// New checks the routes and builds the server.
func New(c Config) (*Server, error) {
	s := &Server{Config: c, association: http.NewServeMux(), installation: http.NewServeMux(), reserved: map[string]bool{}, cross: http.NewCrossOriginProtection()}
	for _, l := range lang.All {
		s.reserved[strings.TrimPrefix(l.Prefix(), "/")] = true
	}
	for i := range c.Routes {
		r := &c.Routes[i]
		if r.Method != http.MethodGet && r.Method != http.MethodPost {
			return nil, fmt.Errorf("route %s %s: only GET and POST", r.Method, r.Path)
		}
		if r.Allow == "" {
			return nil, fmt.Errorf("route %s %s says nothing about who may use it", r.Method, r.Path)
		}
		mux := s.association
		if r.Site == OfInstallation {
			mux = s.installation
			s.reserved[firstSegment(r.Path)] = true
		}
		pattern := r.Path
		if pattern == "/" {
			pattern = "/{$}"
		}
		mux.Handle(r.Method+" "+pattern, s.page(r))
	}
	plain := http.NewServeMux()
	for pattern, h := range c.Plain {
		if c.Watch != nil {
			h = seenAs(pattern, h)
		}
		plain.Handle(pattern, h)
	}
	compress, err := compression()
	if err != nil {
		return nil, err
	}
	pages := http.Handler(http.HandlerFunc(s.dispatch))
	if c.Wrap != nil {
		pages = c.Wrap(pages)
	}
	pages = compress(pages)
	if c.Keep != nil && c.Keep.Room > 0 {
		s.keeper = newKeeper(s, compress)
	}
	s.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.keeper != nil {
			done := false
			if r, done = s.keeper.known(w, r); done {
				return
			}
		} else if r.Method == http.MethodGet || r.Method == http.MethodHead {
			r = r.WithContext(db.Pin(r.Context()))
		}
		securityHeaders(w.Header())
		if s.scheme(r) == "https" {
			// Only for this very host: the installation does not know what else stands under its name.
			w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		}
		if h, pattern := plain.Handler(r); pattern != "" {
			h.ServeHTTP(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
	return s, nil
}

// Reserved tells whether a first path segment belongs to the installation, so that no association may take it as its name.
func (s *Server) Reserved(segment string) bool { return s.reserved[segment] }

func firstSegment(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Watch != nil {
		s.watched(w, r)
		return
	}
	s.handler.ServeHTTP(w, r)
}

// The values are shared by all answers: whoever adds one makes a new list.
var securityValues = [...]struct {
	name   string
	values []string
}{
	{"Content-Security-Policy", []string{"default-src 'none'; style-src 'self'; script-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Referrer-Policy", []string{"same-origin"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=(), browsing-topics=()"}},
}

func securityHeaders(h http.Header) {
	for i := range securityValues {
		h[securityValues[i].name] = securityValues[i].values
	}
}

type requestKey struct{}

// Fail answers a request that something around the pages could not let through, such as the sessions.
func (s *Server) Fail(w http.ResponseWriter, hr *http.Request, err error) {
	s.fail(w, s.request(hr), err)
}

// request reads the language off the path.
func (s *Server) request(hr *http.Request) *Request {
	r := &Request{Request: hr, ID: requestID(), path: hr.URL.Path, external: s.external(hr), main: s.External}
	l := lang.Swedish
	for _, x := range lang.All[1:] {
		if rest, ok := strings.CutPrefix(r.path, x.Prefix()); ok && (rest == "" || rest[0] == '/') {
			l, r.path = x, "/"+strings.TrimPrefix(rest, "/")
			break
		}
	}
	r.Printer = s.Catalog.Printer(l)
	return r
}

// dispatch finds language and association of the path and hands the rest to the routes.
func (s *Server) dispatch(w http.ResponseWriter, hr *http.Request) {
	var r *Request
	defer func() {
		if p := recover(); p != nil {
			s.fail(w, r, panicked(p))
		}
	}()
	r = s.request(hr)
	l := r.Lang()
	if strange(hr.URL.Path) {
		// As a link or redirect such a path may lead to another host: it never becomes one of ours.
		r.path = "/"
		s.fail(w, r, errs.E(errs.NotFound, "error.not_found"))
		return
	}
	if err := s.identify(r); err != nil {
		s.fail(w, r, err)
		return
	}
	mux := s.installation
	if err := s.findAssociation(r); err != nil {
		s.fail(w, r, err)
		return
	}
	if r.Association != nil {
		mux = s.association
	}
	if p := hr.URL.Path; len(p) > 1 && strings.HasSuffix(p, "/") && hr.Method == http.MethodGet {
		if r.path = strings.TrimRight(r.path, "/"); r.path == "" {
			r.path = "/"
		}
		http.Redirect(w, hr, r.Here(l), http.StatusMovedPermanently)
		return
	}
	ctx := hr.Context()
	if hr.Method == http.MethodGet || hr.Method == http.MethodHead {
		// A page is short work. Watching whether the browser is still there would cost two goroutines for every query of it. What is slow
		// nevertheless ends by the limit that the database has for a statement (db.Options.Limit).
		ctx = context.WithoutCancel(ctx)
	}
	inner := hr.WithContext(context.WithValue(ctx, requestKey{}, r))
	u := *hr.URL
	u.Path, u.RawPath = r.path, ""
	inner.URL = &u
	h, pattern := mux.Handler(inner)
	if pattern == "" {
		s.fail(w, r, notRouted(mux, inner))
		return
	}
	_ = h
	mux.ServeHTTP(w, inner) // sets the wildcards, which Handler does not
}

func notRouted(mux *http.ServeMux, r *http.Request) error {
	other := r.Clone(r.Context())
	other.Method = map[string]string{http.MethodPost: http.MethodGet}[r.Method]
	if other.Method == "" {
		other.Method = http.MethodPost
	}
	if _, pattern := mux.Handler(other); pattern != "" {
		return &errs.Error{Kind: errs.NotFound, Key: "error.method"}
	}
	return errs.E(errs.NotFound, "error.not_found")
}

func (s *Server) identify(r *Request) error {
	if s.Identify == nil {
		return nil
	}
	a, err := s.Identify(r.Request)
	r.Actor = a
	return err
}

func (s *Server) findAssociation(r *Request) error {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	first := firstSegment(r.path)
	if a, err := s.Associations.ByHost(r.Context(), host); err == nil {
		r.host = &a
		r.external = s.scheme(r.Request) + "://" + r.Host // what External names is another host, where a path means something else
		if s.reserved[first] && first != "" {
			return nil
		}
		r.Association = &a
		return nil
	} else if !errs.Is(err, errs.NotFound) {
		return err
	}
	if first == "" || s.reserved[first] {
		return nil
	}
	a, err := s.Associations.BySlug(r.Context(), first)
	if err != nil {
		return err
	}
	r.Association = &a
	r.path = "/" + strings.TrimPrefix(strings.TrimPrefix(r.path, "/"+first), "/")
	return nil
}

func (s *Server) external(r *http.Request) string {
	if s.External != "" {
		return s.External
	}
	return s.scheme(r) + "://" + r.Host
}

func (s *Server) scheme(r *http.Request) string {
	if r.TLS != nil || strings.HasPrefix(s.External, "https://") || s.TrustProxy && r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https"
	}
	return "http"
}

// Address is the address a request comes from, for limits only; it is never stored as it is.
func (s *Server) Address(r *http.Request) string {
	if s.TrustProxy {
		// The last entry is the one our own proxy added; what stands before it anybody may have written.
		list := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if a := strings.TrimSpace(list[len(list)-1]); a != "" {
			return a
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

func (r *Route) bodyLimit() int64 {
	if r.Body > 0 {
		return r.Body
	}
	return 256 << 10
}

// page is the middle of every request: rights, limits, the handler, its error, the log.
func (s *Server) page(route *Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		r := hr.Context().Value(requestKey{}).(*Request)
		original := r.URL
		if s.Watch != nil {
			see(hr, route, r.Association)
		}
		r.Request, r.route = hr, route
		r.Request.URL = original
		rec := &recorder{ResponseWriter: w}
		start := time.Now()
		defer func() {
			if r.MultipartForm != nil { // the server would only clean up after its own copy of the request
				r.MultipartForm.RemoveAll()
			}
		}()
		ask := s.guarded
		if s.keeper.keeps(r) {
			ask = func(w http.ResponseWriter, r *Request) error { return s.keeper.answer(w, r, s.guarded) }
		}
		err := ask(rec, r)
		if hr.Method == http.MethodGet && rec.status == 0 && s.lost(err) {
			err = ask(rec, r) // the database went away in the middle of drawing the page; on another connection it can be drawn
		}
		if err == nil && r.once != "" && rec.status == http.StatusSeeOther {
			if e := s.Once.RememberLocation(context.WithoutCancel(r.Context()), r.once, rec.Header().Get("Location")); e != nil {
				s.Log.Warn("the form's key was not kept", "request", r.ID, "error", e)
			}
		}
		if errors.Is(err, db.ErrRepeated) {
			err = s.repeated(rec, r)
		}
		if err != nil {
			s.fail(rec, r, err)
		}
		s.logged(hr.Method, route, rec.status, time.Since(start), r.ID)
	})
}

// panicked makes an error of a panic, except of the one that net/http means to see.
func panicked(p any) error {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	return errs.E(errs.Internal, "error.internal").Because(fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
}

// guarded runs what may refuse and then the handler; a panic becomes an error.
func (s *Server) guarded(w http.ResponseWriter, r *Request) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	route := r.route
	h := w.Header()
	if route.Cache == Secret {
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Robots-Tag", "noindex")
	}
	if r.Actor.LoggedIn() || route.Cache == Secret || r.Method == http.MethodPost {
		h.Set("Cache-Control", "no-store")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if !slices.Contains(h.Values("Vary"), "Cookie") { // the sessions may have said so
		h.Add("Vary", "Cookie")
	}
	if err := s.cross.Check(r.Request); err != nil {
		return errs.E(errs.Forbidden, "error.cross_origin").Because(err)
	}
	association := id.None
	if r.Association != nil {
		association = r.Association.ID
	}
	if err := s.Check(r.Actor, route.Allow, association); err != nil {
		return err
	}
	for _, l := range route.Limits {
		who := s.Address(r.Request)
		if l.By == ByAccount && r.Actor.LoggedIn() {
			who = r.Actor.Account.String()
		}
		wait, err := s.Limit(r.Context(), l.Name, who, l)
		if err != nil {
			return err
		}
		if wait > 0 {
			h.Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
			return errs.E(errs.TooMany, "error.too_many", "n", int(wait.Minutes())+1)
		}
	}
	r.Body = http.MaxBytesReader(w, r.Body, route.bodyLimit())
	return route.Handle(w, r)
}

// repeated answers a form that had its effect already: with the page the person was sent to the first time. After two quick clicks
// the first answer may not be known yet, so it is waited for.
func (s *Server) repeated(w http.ResponseWriter, r *Request) error {
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		loc, err := s.Once.Location(r.Context(), r.once)
		if err != nil {
			return err
		}
		if loc != "" {
			return r.SeeOther(w, loc)
		}
		if wait > time.Second {
			return errs.E(errs.Conflict, "error.repeated")
		}
		select {
		case <-r.Context().Done():
			return r.Context().Err()
		case <-time.After(wait):
		}
	}
}

// statusClosed is what the log says when the browser went away before the answer.
const statusClosed = 499

// Status is the HTTP status of an error.
func Status(err error) int {
	switch errs.KindOf(err) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.NotFound:
		return http.StatusNotFound
	case errs.Refused, errs.Conflict:
		return http.StatusConflict
	case errs.Forbidden:
		return http.StatusForbidden
	case errs.Unauthorised:
		return http.StatusUnauthorized
	case errs.TooMany:
		return http.StatusTooManyRequests
	case errs.TooLarge:
		return http.StatusRequestEntityTooLarge
	case errs.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

func (s *Server) lost(err error) bool { return s.Once != nil && s.Once.Lost(err) }

func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	if s.Once != nil {
		err = s.Once.Told(err)
	}
	status := Status(err)
	switch {
	case r.Context().Err() != nil:
		s.Log.Info("the browser went away", "request", r.ID)
		w.WriteHeader(statusClosed)
		return
	case status == http.StatusInternalServerError:
		s.Log.Error("request failed", "request", r.ID, "error", err)
	case status == http.StatusServiceUnavailable:
		s.Log.Warn("request refused", "request", r.ID, "error", err)
	}
	if rec, ok := w.(*recorder); ok && rec.status != 0 {
		return // the answer has begun; nothing can be taken back
	}
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	if err := r.Render(w, status, s.ErrorPage(r, status, err)); err != nil {
		s.Log.Error("the error page failed", "request", r.ID, "error", err)
	}
}

// requestID tells the lines of one request in the log from those of others; it is no secret.
func requestID() string { return strconv.FormatUint(rand.Uint64(), 36) }

// recorder notes the status of an answer.
type recorder struct {
	http.ResponseWriter
	status int
}

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recorder) Write(b []byte) (int, error) {
	if r.status == 0 {
		r.status = http.StatusOK
	}
	return r.ResponseWriter.Write(b)
}

func (r *recorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }
