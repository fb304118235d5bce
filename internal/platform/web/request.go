package web

import (
	"bytes"
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode"

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
	p := (&url.URL{Path: r.PathIn(l, r.path)}).EscapedPath()
	if q := r.URL.RawQuery; q != "" {
		p += "?" + q
	}
	return p
}

// Shown is the path of this very page, for links that tell which page somebody came from; "" when its address is a secret.
func (r *Request) Shown() string {
	if r.route != nil && r.route.Cache == Secret {
		return ""
	}
	path, _, _ := strings.Cut(r.Here(r.Lang()), "?")
	return path
}

// Top is the address of a page of the installation, in this language. Every host has those pages.
func (r *Request) Top(p string) string { return r.pathIn(r.Lang(), nil, p) }

// Home is the association whose own host the request came to, on any page; nil on the installation's host.
func (r *Request) Home() *scope.Association { return r.host }

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

// Render sends a page. Nothing is sent when it cannot be rendered whole. A reader who has the very same page already is told so.
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
	if (r.Method == http.MethodGet || r.Method == http.MethodHead) && status == http.StatusOK && h.Get("Cache-Control") == "no-cache" {
		tag := pageTag(buf.Bytes())
		h.Set("ETag", tag)
		if Known(r.Request, tag) {
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	h.Set("Content-Length", strconv.Itoa(buf.Len()))
	w.WriteHeader(status)
	_, err := w.Write(buf.Bytes())
	return err
}

// pageTag tells one version of a page from another: two checksums that processors compute in hardware, and the length. It is weak (RFC 9110),
// since the same page is sent packed and not.
func pageTag(page []byte) string {
	return fmt.Sprintf(`W/"%x-%08x%08x"`, len(page), crc32.Checksum(page, castagnoli), crc32.ChecksumIEEE(page))
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Known tells whether the reader has what the tag stands for.
func Known(r *http.Request, tag string) bool {
	for known := range strings.SplitSeq(r.Header.Get("If-None-Match"), ",") {
		if known = strings.TrimSpace(known); known == tag || known == "*" {
			return true
		}
	}
	return false
}

// AtTheMachine tells whether a request comes from this very machine: both ends of the connection and the name it was sent to are the loopback
// address, so that no other site's name can be made to lead here. Headers can only take this away – they show that a proxy stands between,
// behind which anybody may sit.
func AtTheMachine(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	here, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	return ok && Loopback(here.String()) && Loopback(r.RemoteAddr) && Loopback(r.Host)
}

// Loopback tells whether an address, with or without a port, is this machine's own.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = strings.Trim(address, "[]")
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// SeeOther sends the browser on after a form (POST, redirect, GET).
func (r *Request) SeeOther(w http.ResponseWriter, path string) error {
	local := path
	if r.main != "" && strings.HasPrefix(path, r.main+"/") {
		local = path[len(r.main):]
	}
	if !ours(local) {
		return errs.E(errs.Internal, "error.internal")
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// Back is a path that came in a form or query, when it is one of ours; else the fallback.
func Back(p, fallback string) string {
	if ours(p) {
		return p
	}
	return fallback
}

// ours tells whether an address, a path perhaps with a query, leads to this host in every browser.
func ours(address string) bool {
	path, query, _ := strings.Cut(address, "?")
	return strings.HasPrefix(path, "/") && !strange(path) && !strings.ContainsFunc(query, unicode.IsControl)
}

// strange tells whether a path may be read as the name of another host: browsers take a backslash for a slash, and leave out tabs and line
// breaks, so that "/\t/evil.example" becomes "//evil.example".
func strange(path string) bool {
	return strings.Contains(path, "//") || strings.Contains(path, "\\") || strings.ContainsFunc(path, unicode.IsControl)
}
