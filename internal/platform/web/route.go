// Package web carries a request from the network to a handler and back: routes, languages, associations, sessions, limits,
// security headers and errors. It knows no page and no rule of the associations' work.
package web

import (
	"net/http"
	"time"

	"samklang/internal/core/actor"
)

// Handler answers a request or returns an error, which one place renders.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one line of the site map.
type Route struct {
	Method string // GET (which also answers HEAD) or POST
	Path   string // ServeMux pattern after language and association: "/loften/{number}"
	Allow  actor.Action
	Handle Handler
	Title  string   // message key of the page's name, for the walk over all pages; "" for what is no page
	Body   int64    // largest accepted body in bytes; 0 means 256 kB
	Limits []Limit  // how often a stranger may do it
	Site   Site     // whether the path stands under an association or at the top of the installation
	Cache  Caching  // what a browser may keep, and what the program keeps
	Query  []string // of a Kept page: the parameters of its query; with any other it is not kept
	Sample []string // example paths for tests that walk over all routes, when the pattern has wildcards
}

// WholePath is the path with what stands before it: "/{association}/plan/{activity}".
func (r Route) WholePath() string {
	switch {
	case r.Site == OfInstallation:
		return r.Path
	case r.Path == "/":
		return "/{association}"
	}
	return "/{association}" + r.Path
}

// Site is where a route stands.
type Site uint8

const (
	OfAssociation  Site = iota // /alvkusten/…, or the association's own host
	OfInstallation             // /…
)

// Caching says what a browser may keep, and whether the program keeps the page.
type Caching uint8

const (
	Fresh  Caching = iota // ask every time
	Secret                // keep nothing, send no referrer: pages behind a secret link
	Kept                  // a browser asks every time; what visitors get is kept here until something changes or the day is over
)

// Limit allows at most Count requests in a window, counted by what By says.
type Limit struct {
	Name  string
	Count int
	Per   time.Duration
	By    LimitBy
}

// LimitBy is what requests are counted by.
type LimitBy uint8

const (
	ByAddress LimitBy = iota
	ByAccount         // the signed-in account, or the address when nobody is
)
