package web

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"samklang/internal/core/actor"
	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/core/scope"
	"samklang/internal/platform/i18n"
)

// Request is an HTTP request with what the house knows about it.
type Request struct {
	*http.Request
	Printer     i18n.Printer
	Association *scope.Association // nil on the installation's own pages
	Actor       actor.Actor
	ID          string // of this request, for the log and the error page

	route    *Route
	host     *scope.Association // whose own host the request came to, nil on the installation's
	path     string             // after language and association
	external string             // scheme and host of absolute addresses
	main     string             // scheme and host of the installation itself, "" when no setting says so
	once     string
}

// Component is a page or a part of one.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Lang is the language of the page.
func (r *Request) Lang() lang.Lang { return r.Printer.Lang() }

// T is the text of key in the language of the page.
func (r *Request) T(key string, args ...any) string { return r.Printer.T(key, args...) }

// Scope is the association of a route of an association.
func (r *Request) Scope() scope.Association { return *r.Association }

// Path is the address of a page of this association (or of the installation, on its pages) in this language.
func (r *Request) Path(p string) string { return r.pathIn(r.Lang(), r.Association, p) }

// PathIn is Path in another language.
func (r *Request) PathIn(l lang.Lang, p string) string { return r.pathIn(l, r.Association, p) }

// Here is the address of this very page in another language.
func (r *Request) Here(l lang.Lang) string {
	p := r.PathIn(l, r.path)
	if q := r.URL.RawQuery; q != "" {
		p += "?" + q
	}
	return p
}

// Top is the address of a page of the installation, in this language. Every host has those pages.
func (r *Request) Top(p string) string { return r.pathIn(r.Lang(), nil, p) }

// Of is the address of a page of another association. From an association's own host it is an absolute address.
func (r *Request) Of(a scope.Association, p string) string { return r.pathIn(r.Lang(), &a, p) }

func (r *Request) pathIn(l lang.Lang, a *scope.Association, p string) string {
	if a == nil {
		return join(l.Prefix(), p)
	}
	switch {
	case r.host == nil:
		return join(l.Prefix()+"/"+a.Slug, p)
	case a.ID == r.host.ID:
		return join(l.Prefix(), p)
	}
	return r.main + join(l.Prefix()+"/"+a.Slug, p)
}

func join(prefix, p string) string {
	if p == "/" && prefix != "" {
		return prefix
	}
	return prefix + p
}

// Absolute makes an address of this installation complete, for feeds, mails and share cards.
func (r *Request) Absolute(path string) string {
	if r.main != "" && strings.HasPrefix(path, r.main+"/") {
		return path
	}
	return r.external + path
}

// Main is scheme and host of the installation itself, also when the request came to an association's own host.
func (r *Request) Main() string {
	if r.main != "" {
		return r.main
	}
	return r.external
}

// Render sends a page. Nothing is sent when it cannot be rendered whole.
func (r *Request) Render(w http.ResponseWriter, status int, c Component) error {
	buf := buffers.Get().(*bytes.Buffer)
	defer func() {
		buf.Reset()
		buffers.Put(buf)
	}()
	if err := c.Render(r.Context(), buf); err != nil {
		return err
	}
	h := w.Header()
	if h.Get("Content-Type") == "" {
		h.Set("Content-Type", "text/html; charset=utf-8")
	}
	h.Set("Content-Language", r.Lang().Tag())
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	return err
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// SeeOther sends the browser on after a form (POST, redirect, GET).
func (r *Request) SeeOther(w http.ResponseWriter, path string) error {
	local := path
	if r.main != "" && strings.HasPrefix(path, r.main+"/") {
		local = path[len(r.main):]
	}
	if !strings.HasPrefix(local, "/") || strings.HasPrefix(local, "//") || strings.ContainsAny(path, "\\\r\n") {
		return errs.E(errs.Internal, "error.internal")
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Back is a path that came in a form or query, when it is one of ours; else the fallback.
func Back(p, fallback string) string {
	if strings.HasPrefix(p, "/") && !strings.HasPrefix(p, "//") && !strings.ContainsAny(p, "\\\r\n") {
		return p
	}
	return fallback
}
