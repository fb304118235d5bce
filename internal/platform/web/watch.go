package web

import (
	"context"
	"net/http"
	"strings"
	"time"

	"samklang/internal/core/scope"
)

// Seen is what may be told of a request to those who watch the program: no path, no address, nobody's name.
type Seen struct {
	Method      string // GET, HEAD, POST, or "other"
	Route       string // the pattern of its route; NoRoute when it has none
	Association string // the short name in the address, "" when it concerns none
	Status      int
	Took        time.Duration
}

// NoRoute is the route of a request that no route answers.
const NoRoute = "none"

type seenKey struct{}

// watched answers a request before the eyes of Watch, whether it ends well or in a panic.
func (s *Server) watched(w http.ResponseWriter, r *http.Request) {
	seen := &Seen{Method: "other", Route: NoRoute}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
		seen.Method = r.Method
	}
	start := time.Now()
	r, done := s.Watch(r)
	r = r.WithContext(context.WithValue(r.Context(), seenKey{}, seen))
	rec := &recorder{ResponseWriter: w}
	defer func() {
		if seen.Status = rec.status; seen.Status == 0 {
			seen.Status = statusClosed // nothing was written
		}
		seen.Took = time.Since(start)
		done(*seen)
	}()
	s.handler.ServeHTTP(rec, r)
}

// see notes which route answers a request that is watched.
func see(r *http.Request, route *Route, a *scope.Association) {
	seen, ok := r.Context().Value(seenKey{}).(*Seen)
	if !ok {
		return
	}
	seen.Route = route.Path
	if a != nil {
		seen.Association = a.Slug
	}
}

// seenAs notes that what is no page answers a request, by its pattern.
func seenAs(pattern string, h http.Handler) http.Handler {
	_, path, _ := strings.Cut(pattern, " ")
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen, ok := r.Context().Value(seenKey{}).(*Seen); ok {
			seen.Route = path
		}
		h.ServeHTTP(w, r)
	})
}
