package web

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

var built = fstest.MapFS{
	"manifest.json":    {Data: []byte(`{"style":"style-A1.css","work":"work-E5.css","script":"script-B2.js","passkey":"passkey-D4.js","font":"font-C3.woff2"}`)},
	"work-E5.css":      {Data: []byte(".b{}")},
	"style-A1.css":     {Data: []byte(strings.Repeat("a{color:red}", 100))},
	"script-B2.js":     {Data: []byte(strings.Repeat("let a=1;", 100))},
	"passkey-D4.js":    {Data: []byte("let p=1;")},
	"font-C3.woff2":    {Data: []byte{0x1f, 0x9d, 0x01, 0x77, 0x42, 0xe0}},
	"not-in-manifest":  {Data: []byte("secret")},
	"style-STALE1.css": {Data: []byte("old")},
}

func TestServesWhatTheManifestNames(t *testing.T) {
	a, err := open(built)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, path, accept  string
		status                int
		kind, encoding, allow string
	}{
		{"GET", a.Style, "gzip, br", 200, "text/css; charset=utf-8", "gzip", ""},
		{"GET", a.Style, "", 200, "text/css; charset=utf-8", "", ""},
		{"GET", a.Style, "gzip;q=0, br", 200, "text/css; charset=utf-8", "", ""},
		{"GET", a.Style, "br;q=1.0, gzip;q=0.5", 200, "text/css; charset=utf-8", "gzip", ""},
		{"GET", a.Script, "gzip", 200, "text/javascript; charset=utf-8", "gzip", ""},
		{"GET", a.Font, "gzip", 200, "font/woff2", "", ""},
		{"HEAD", a.Font, "", 200, "font/woff2", "", ""},
		{"POST", a.Style, "", 405, "text/plain; charset=utf-8", "", "GET, HEAD"},
		{"GET", "/assets/not-in-manifest", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/assets/style-STALE1.css", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/assets/", "", 404, "text/plain; charset=utf-8", "", ""},
		{"GET", "/assets/../embed.go", "", 404, "text/plain; charset=utf-8", "", ""},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		r.Header.Set("Accept-Encoding", c.accept)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		h := w.Header()
		if w.Code != c.status || h.Get("Content-Type") != c.kind || h.Get("Content-Encoding") != c.encoding || h.Get("Allow") != c.allow {
			t.Errorf("%s %s (%q): got %d %v", c.method, c.path, c.accept, w.Code, h)
		}
		if c.status == 200 && h.Get("Cache-Control") != "public, max-age=31536000, immutable" {
			t.Errorf("%s: may not be kept for ever: %q", c.path, h.Get("Cache-Control"))
		}
		if c.method == "HEAD" && w.Body.Len() != 0 {
			t.Errorf("HEAD %s has a body", c.path)
		}
		if c.encoding == "gzip" {
			z, err := gzip.NewReader(w.Body)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(z)
			if err != nil || !bytes.Equal(got, built[strings.TrimPrefix(c.path, Prefix)].Data) {
				t.Errorf("%s: unpacked is not what was built (%v)", c.path, err)
			}
		}
	}
}

func TestAProgramWithoutAssetsSaysWhatToRun(t *testing.T) {
	_, err := open(fstest.MapFS{".keep": {}})
	if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "make assets") {
		t.Errorf("got %v", err)
	}
	_, err = open(fstest.MapFS{"manifest.json": {Data: []byte(`{"style":"gone.css","work":"gone.css","script":"b.js","passkey":"d.js","font":"c.woff2"}`)}})
	if err == nil {
		t.Error("a manifest that names files which are not there was accepted")
	}
}

// TestBudget holds the style sheet, the script and the typeface to their share of the 66 kB of a first visit. It says so and
// checks nothing else when the assets of this tree have not been built.
func TestBudget(t *testing.T) {
	a, err := Open()
	if errors.Is(err, ErrNotBuilt) {
		t.Log("no assets in web/dist; run: make assets")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	for path, limit := range map[string]int{a.Style: 20 << 10, a.Script: 4 << 10, a.Font: 29 << 10} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		t.Logf("%-50s %6d bytes transferred, limit %d", path, w.Body.Len(), limit)
		if w.Body.Len() > limit {
			t.Errorf("%s: %d bytes, more than %d", path, w.Body.Len(), limit)
		}
	}
}
