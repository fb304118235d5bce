package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"samklang/internal/core/period"
	"samklang/internal/core/scope"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"

	"github.com/klauspost/compress/gzhttp"
)

// Pages of routes that are Kept are kept for visitors, whole and packed, under the version of the content they were made of and the day they were
// made on (docs/adr/0028-cache.md). A page is never answered from here that is older than a change committed before the request came: the version is
// asked for anew for every request. When it has changed, one request makes the page and the others wait for it.

// Keeping is what a Server needs to keep pages.
type Keeping struct {
	Room     int64 // bytes that the pages kept may take together
	Versions func(context.Context) (db.Versions, error)
	Clock    clock.Clock
	Stranger func(*http.Request) bool // whether nothing in a request can make it anybody's but a visitor's
}

// What a stranger may ask to be kept: longer addresses are answered and forgotten.
const (
	keptAddress = 300
	keptValue   = 40 // of one parameter of the query
)

// pageAddress is all that a visitor's page depends on besides content and day.
type pageAddress struct {
	host, uri string
	https     bool
}

// page is one that is kept.
type page struct {
	address     pageAddress
	content     uint64 // the version its making began at
	day         day
	route       *Route
	association *scope.Association // that it is about, if any
	own         bool               // whether the host is that association's own
	header      http.Header        // without what belongs to an encoding
	tag         string
	forms       [encodings]form
}

// form is a page in one encoding.
type form struct {
	once   sync.Once
	header http.Header
	body   []byte
}

// encoding is how an answer is packed.
type encoding uint8

const (
	unpacked encoding = iota
	gzipped
	zstandard
	encodings
)

var encodingNames = [encodings]string{"", "gzip", "zstd"}

// day is the time from one midnight to the next, in Sweden.
type day struct{ from, until time.Time }

func (d day) holds(t time.Time) bool { return !t.Before(d.from) && t.Before(d.until) }

func dayOf(t time.Time) day {
	d := period.DateOf(t.In(clock.Stockholm))
	return day{time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, clock.Stockholm), time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, clock.Stockholm)}
}

// flight is a page being made. Everybody who asks for it meanwhile gets the same one.
type flight struct {
	content uint64
	day     day
	done    chan struct{}
	page    *page // nil when it is not one to keep
}

// keeper keeps the pages.
type keeper struct {
	*Keeping
	server   *Server
	compress func(http.Handler) http.HandlerFunc

	mu      sync.Mutex
	today   day
	main    shelf // pages that every reader asks for
	varied  shelf // those with a query, or by a name of the host that is not ours: nobody drives the main ones out by asking for many of these
	flights map[pageAddress]*flight

	asked counts

	accepts sync.Map // Accept-Encoding -> encoding
	learned int      // how many are in accepts, under mu
}

// counts tell what became of requests to routes that are Kept.
type counts struct{ hits, shared, misses, bypassed atomic.Uint64 }

// KeptCounts tell how often a page was there (Hits), was being made for somebody else (Shared), was made (Misses), or was asked for in a way for which
// none is kept (Bypassed: by somebody logged in, at an address that says more than the route makes use of).
type KeptCounts struct{ Hits, Shared, Misses, Bypassed uint64 }

// Kept tells what became of requests to routes that are Kept, since the program started. It is all zero when no pages are kept.
func (s *Server) Kept() KeptCounts {
	if s.keeper == nil {
		return KeptCounts{}
	}
	n := &s.keeper.asked
	return KeptCounts{n.hits.Load(), n.shared.Load(), n.misses.Load(), n.bypassed.Load()}
}

func newKeeper(s *Server, compress func(http.Handler) http.HandlerFunc) *keeper {
	k := &keeper{Keeping: s.Keep, server: s, compress: compress, flights: map[pageAddress]*flight{}}
	k.varied.room = k.Room / 4
	k.main.room = k.Room - k.varied.room
	return k
}

// known answers a request from what is kept and tells whether it could. When it could not, the versions it has asked for serve the rest of the
// request, which it gives back.
func (k *keeper) known(w http.ResponseWriter, r *http.Request) (*http.Request, bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return r, false
	}
	if !k.Stranger(r) {
		return r.WithContext(db.Pin(r.Context())), false
	}
	start := time.Now()
	p := k.find(pageAddress{r.Host, r.RequestURI, k.server.scheme(r) == "https"})
	if p == nil {
		return r.WithContext(db.Pin(r.Context())), false
	}
	v, err := k.Versions(r.Context())
	if err != nil { // what is wrong shows when the page is made
		return r.WithContext(db.Pin(r.Context())), false
	}
	if p.content < v.Content || !p.day.holds(k.Clock.Now()) {
		return r.WithContext(db.PinAt(r.Context(), v)), false
	}
	if k.server.Watch != nil {
		see(r, p.route, p.association)
	}
	k.asked.hits.Add(1)
	status := k.write(w, r, p)
	k.server.logged(r.Method, p.route, status, time.Since(start), requestID())
	return r, true
}

func (k *keeper) find(a pageAddress) *page {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p := k.main.get(a); p != nil {
		return p
	}
	return k.varied.get(a)
}

// write sends a page as the request wants it.
func (k *keeper) write(w http.ResponseWriter, r *http.Request, p *page) (status int) {
	h := w.Header()
	if p.tag != "" && r.Header["If-None-Match"] != nil && Known(r, p.tag) {
		for name, values := range p.header {
			h[name] = values
		}
		w.WriteHeader(http.StatusNotModified)
		return http.StatusNotModified
	}
	f := k.form(p, k.encoding(r))
	for name, values := range f.header {
		h[name] = values
	}
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		w.Write(f.body) // an error means that the browser went away
	}
	return http.StatusOK
}

// encoding is what the house would pack an answer to the request in.
func (k *keeper) encoding(r *http.Request) encoding {
	accepted := r.Header["Accept-Encoding"]
	if len(accepted) == 0 || r.Method == http.MethodHead { // as gzhttp has it
		return unpacked
	}
	if len(accepted) == 1 {
		if e, ok := k.accepts.Load(accepted[0]); ok {
			return e.(encoding)
		}
	}
	rec := &capture{header: http.Header{}}
	k.compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Write(make([]byte, 4<<10))
	})).ServeHTTP(rec, &http.Request{Method: http.MethodGet, Header: http.Header{"Accept-Encoding": accepted}})
	e := encoding(max(0, slices.Index(encodingNames[:], rec.header.Get("Content-Encoding"))))
	if len(accepted) == 1 && len(accepted[0]) < 100 {
		k.mu.Lock()
		if k.learned++; k.learned < 100 {
			k.accepts.Store(accepted[0], e)
		}
		k.mu.Unlock()
	}
	return e
}

// form is the page in an encoding, packed when somebody first wants it.
func (k *keeper) form(p *page, e encoding) *form {
	f := &p.forms[e]
	f.once.Do(func() {
		plain := p.forms[unpacked].body
		if e == unpacked { // its body is there from the beginning
			f.header = p.headerOf(len(plain), "")
			return
		}
		rec := &capture{header: http.Header{}}
		k.compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", p.header.Get("Content-Type"))
			w.Write(plain)
		})).ServeHTTP(rec, &http.Request{Method: http.MethodGet, Header: http.Header{"Accept-Encoding": {encodingNames[e]}}})
		f.body = bytes.Clone(rec.body.Bytes())
		f.header = p.headerOf(len(f.body), rec.header.Get("Content-Encoding"))
		k.mu.Lock()
		k.shelf(p).grow(p.address, p, int64(len(f.body)))
		k.mu.Unlock()
	})
	return f
}

func (p *page) headerOf(length int, encoding string) http.Header {
	h := p.header.Clone()
	h["Content-Length"] = []string{strconv.Itoa(length)}
	if encoding != "" {
		h["Content-Encoding"] = []string{encoding}
	}
	return h
}

// capture is an answer that is not sent yet.
type capture struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (c *capture) Header() http.Header { return c.header }

func (c *capture) WriteHeader(status int) {
	if c.status == 0 {
		c.status = status
	}
}

func (c *capture) Write(b []byte) (int, error) {
	c.WriteHeader(http.StatusOK)
	return c.body.Write(b)
}

// send is the answer, sent.
func (c *capture) send(w http.ResponseWriter) error {
	h := w.Header()
	for name, values := range c.header {
		h[name] = values
	}
	w.WriteHeader(max(c.status, http.StatusOK))
	_, err := w.Write(c.body.Bytes())
	return err
}

// keeps tells whether the answer to a request may be kept: a visitor's, at an address that does not say more than the route makes use of.
func (k *keeper) keeps(r *Request) bool {
	hr := r.Request
	if k == nil || r.route.Cache != Kept || hr.Method != http.MethodGet && hr.Method != http.MethodHead {
		return false
	}
	ok := !r.Actor.LoggedIn() && !r.Actor.System && k.Stranger(hr) && k.plain(r)
	if !ok {
		k.asked.bypassed.Add(1)
	}
	return ok
}

// plain tells whether an address says no more than its route makes use of.
func (k *keeper) plain(r *Request) bool {
	hr := r.Request
	return strings.HasPrefix(hr.RequestURI, "/") && len(hr.Host)+len(hr.RequestURI) <= keptAddress && hr.URL.RawPath == "" && plainQuery(hr.URL.RawQuery, r.route.Query)
}

// plainQuery tells whether a query holds nothing but some of the names, each once with a short value, written the one way there is to write it.
func plainQuery(raw string, names []string) bool {
	if raw == "" {
		return true
	}
	q, err := url.ParseQuery(raw)
	if err != nil || q.Encode() != raw {
		return false
	}
	for name, values := range q {
		if !slices.Contains(names, name) || len(values) != 1 || len(values[0]) > keptValue {
			return false
		}
	}
	return true
}

// answer sends a page that is kept from now on, made by fn unless somebody has made it meanwhile.
func (k *keeper) answer(w http.ResponseWriter, r *Request, fn func(w http.ResponseWriter, r *Request) error) error {
	v, err := k.Versions(r.Context())
	if err != nil {
		return err
	}
	a := pageAddress{r.Host, r.RequestURI, k.server.scheme(r.Request) == "https"}
	now := k.Clock.Now()
	k.mu.Lock()
	if !k.today.holds(now) {
		k.today = dayOf(now)
	}
	today := k.today
	p := k.main.get(a)
	if p == nil {
		p = k.varied.get(a)
	}
	if p != nil && p.content >= v.Content && p.day == today {
		k.mu.Unlock()
		k.asked.hits.Add(1)
		k.write(w, r.Request, p)
		return nil
	}
	if f := k.flights[a]; f != nil && f.content >= v.Content && f.day == today {
		k.mu.Unlock()
		if <-f.done; f.page != nil {
			k.asked.shared.Add(1)
			k.write(w, r.Request, f.page)
			return nil
		}
		k.asked.misses.Add(1)
		return fn(w, r)
	}
	f := &flight{content: v.Content, day: today, done: make(chan struct{})}
	k.flights[a] = f
	k.mu.Unlock()
	k.asked.misses.Add(1)
	rec, err := k.make(w, r, a, f, fn)
	switch {
	case err != nil:
		return err
	case f.page != nil:
		k.write(w, r.Request, f.page)
		return nil
	}
	return rec.send(w)
}

// make makes a page for everybody who waits for f, and puts it where it is found when it may be kept.
func (k *keeper) make(w http.ResponseWriter, r *Request, a pageAddress, f *flight, fn func(w http.ResponseWriter, r *Request) error) (*capture, error) {
	defer func() {
		k.mu.Lock()
		if k.flights[a] == f { // a later one may have taken its place
			delete(k.flights, a)
		}
		if f.page != nil {
			k.shelf(f.page).put(a, f.page)
		}
		k.mu.Unlock()
		close(f.done)
	}()
	// It is made as for somebody who has nothing of it yet.
	once := *r
	once.Request = r.Request.WithContext(r.Context())
	once.Method, once.Header = http.MethodGet, r.Header.Clone()
	once.Header.Del("If-None-Match")
	rec := &capture{header: w.Header().Clone()}
	if err := fn(rec, &once); err != nil {
		for name, values := range rec.header { // an error page says what its page would have said
			w.Header()[name] = values
		}
		return rec, err
	}
	h := rec.header
	cache := h.Get("Cache-Control")
	if rec.status == http.StatusOK && h["Set-Cookie"] == nil && !strings.Contains(cache, "no-store") && !strings.Contains(cache, "private") &&
		int64(rec.body.Len()) <= k.Room/8 && f.day.holds(k.Clock.Now()) {
		f.page = made(a, f, r, rec)
	}
	return rec, nil
}

func made(a pageAddress, f *flight, r *Request, rec *capture) *page {
	p := &page{address: a, content: f.content, day: f.day, route: r.route, association: r.Association, own: r.host != nil, header: rec.header, tag: rec.header.Get("ETag")}
	p.header.Del("Content-Length")
	p.forms[unpacked].body = bytes.Clone(rec.body.Bytes())
	return p
}

// shelf is where a page belongs.
func (k *keeper) shelf(p *page) *shelf {
	ours := Loopback(p.address.host)
	if external := k.server.External; external != "" {
		ours = strings.HasSuffix(external, "://"+p.address.host)
	}
	if strings.Contains(p.address.uri, "?") || !ours && !p.own {
		return &k.varied
	}
	return &k.main
}

// logged writes the one line a request leaves in the log.
func (s *Server) logged(method string, route *Route, status int, took time.Duration, request string) {
	s.Log.LogAttrs(context.Background(), slog.LevelInfo, "request", slog.String("method", method), slog.String("route", route.Path), slog.Int("status", status),
		slog.Int64("ms", took.Milliseconds()), slog.String("request", request))
}

// compression packs what is worth packing.
func compression() (func(http.Handler) http.HandlerFunc, error) {
	return gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.CompressionLevel(5))
}
