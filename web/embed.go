// Package web holds what a browser loads besides the pages: one style sheet, one script, one typeface. They are built by
// cmd/assets into dist and embedded; names carry a hash of the content, so that browsers may keep them for ever.
package web

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Prefix is where the assets are served.
const Prefix = "/assets/"

// ErrNotBuilt is returned by Open in a program that was built before its assets.
var ErrNotBuilt = errors.New("the style sheet is not built into this program; run: make assets, then build again")

// Assets serves the built files.
type Assets struct {
	Style   string // address of the style sheet
	Script  string // address of the script, an ES module
	Work    string // address of the style sheet that pages of work load besides
	Passkey string // address of the script of the pages with passkeys
	Font    string // address of the typeface, to be loaded ahead
	files   map[string]file
}

type file struct {
	kind    string
	plain   []byte
	gzipped []byte // nil when compressing gains nothing
}

// Open reads the embedded files. It is called at start, so that a program without assets does not start.
func Open() (*Assets, error) {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return open(sub)
}

func open(dir fs.FS) (*Assets, error) {
	b, err := fs.ReadFile(dir, "manifest.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, err
	}
	var manifest map[string]string
	if err := json.Unmarshal(b, &manifest); err != nil {
		return nil, fmt.Errorf("manifest.json: %w", err)
	}
	a := &Assets{files: map[string]file{}}
	for name, to := range map[string]*string{"style": &a.Style, "work": &a.Work, "script": &a.Script, "passkey": &a.Passkey, "font": &a.Font} {
		f, err := load(dir, manifest[name])
		if err != nil {
			return nil, fmt.Errorf("manifest.json: %s: %w", name, err)
		}
		a.files[manifest[name]] = f
		*to = Prefix + manifest[name]
	}
	return a, nil
}

func load(dir fs.FS, name string) (file, error) {
	kind := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2"}[path.Ext(name)]
	if kind == "" {
		return file{}, fmt.Errorf("%q is neither style sheet, script nor typeface", name)
	}
	plain, err := fs.ReadFile(dir, name)
	if err != nil {
		return file{}, err
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		return file{}, err
	}
	if _, err := w.Write(plain); err != nil {
		return file{}, err
	}
	if err := w.Close(); err != nil {
		return file{}, err
	}
	f := file{kind: kind, plain: plain}
	if z.Len() < len(plain)*9/10 {
		f.gzipped = z.Bytes()
	}
	return f, nil
}

// ServeHTTP answers GET and HEAD under Prefix.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, ok := a.files[strings.TrimPrefix(r.URL.Path, Prefix)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", f.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	body := f.plain
	if f.gzipped != nil {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			h.Set("Content-Encoding", "gzip")
			body = f.gzipped
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// acceptsGzip reads an Accept-Encoding header: gzip is named and not with the quality 0.
func acceptsGzip(header string) bool {
	for _, one := range strings.Split(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(one), ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		q, ok := strings.CutPrefix(strings.TrimSpace(quality), "q=")
		if !ok {
			return true
		}
		v, err := strconv.ParseFloat(q, 64)
		return err == nil && v > 0
	}
	return false
}
