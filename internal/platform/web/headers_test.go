package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"samklang/internal/core/actor"
	"samklang/internal/core/id"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/web"
)

func TestOnlyHTTPSIsRemembered(t *testing.T) {
	page := web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, 200, text("hej")) }}
	for external, want := range map[string]string{"https://samklang.example": "max-age=31536000", "http://localhost:8080": "", "": ""} {
		s := server(t, func(c *web.Config) { c.External = external }, page)
		for _, target := range []string{"http://x.example/", "http://x.example/nowhere", "http://lofte.skogsbygden.example/"} {
			rec := ask(s, "GET", target, func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") })
			if got := rec.Header().Get("Strict-Transport-Security"); got != want {
				t.Errorf("external %q, %s: %q", external, target, got)
			}
		}
	}
}

func TestVaryIsSaidOnce(t *testing.T) {
	wrap := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Vary", "Cookie")
			next.ServeHTTP(w, r)
		})
	}
	page := web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, 200, text("hej")) }}
	for name, w := range map[string]func(http.Handler) http.Handler{"with sessions": wrap, "without": nil} {
		rec := ask(server(t, func(c *web.Config) { c.Wrap = w }, page), "GET", "/")
		n := 0
		for _, v := range rec.Header().Values("Vary") {
			n += strings.Count(v, "Cookie")
		}
		if n != 1 {
			t.Errorf("%s: Vary is %q", name, rec.Header().Values("Vary"))
		}
	}
}

// A reader who has the page already gets no second copy. Whoever is logged in is told to keep nothing, and has no tag.
func TestAPageThatTheReaderHasIsNotSentAgain(t *testing.T) {
	says, who, status := "hej", actor.Actor{}, 200
	s := server(t, func(c *web.Config) { c.Identify = func(*http.Request) (actor.Actor, error) { return who, nil } },
		web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, status, text(says)) }},
		web.Route{Method: "GET", Path: "/hemlig", Site: web.OfInstallation, Allow: "public", Cache: web.Secret, Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, 200, text(says)) }},
		web.Route{Method: "POST", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error { return r.Render(w, 200, text(says)) }})
	get := func(method, path, has string) *httptest.ResponseRecorder {
		return ask(s, method, path, func(r *http.Request) { r.Header.Set("If-None-Match", has) })
	}
	first := get("GET", "/", "")
	tag := first.Header().Get("ETag")
	if first.Code != 200 || !strings.HasPrefix(tag, `W/"`) || first.Header().Get("Cache-Control") != "no-cache" {
		t.Fatalf("%d %v", first.Code, first.Header())
	}
	for _, has := range []string{tag, `W/"other", ` + tag, "*"} {
		again := get("GET", "/", has)
		if again.Code != http.StatusNotModified || again.Body.Len() != 0 || again.Header().Get("ETag") != tag || again.Header().Get("Vary") == "" {
			t.Errorf("with %s: %d %q %v", has, again.Code, again.Body, again.Header())
		}
	}
	says = "hej igen"
	if rec := get("GET", "/", tag); rec.Code != 200 || rec.Body.String() != says || rec.Header().Get("ETag") == tag {
		t.Errorf("a changed page: %d %q", rec.Code, rec.Body)
	}
	for _, x := range []struct{ method, path string }{{"GET", "/hemlig"}, {"POST", "/"}} {
		if rec := get(x.method, x.path, "*"); rec.Code != 200 || rec.Header().Get("ETag") != "" {
			t.Errorf("%s %s: %d %q", x.method, x.path, rec.Code, rec.Header().Get("ETag"))
		}
	}
	status = 422
	if rec := get("GET", "/", "*"); rec.Code != 422 || rec.Header().Get("ETag") != "" {
		t.Errorf("an error: %d %q", rec.Code, rec.Header().Get("ETag"))
	}
	status, who = 200, actor.Actor{Account: id.New(), Name: "Karin"}
	if rec := get("GET", "/", "*"); rec.Code != 200 || rec.Header().Get("ETag") != "" || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("logged in: %d %v", rec.Code, rec.Header())
	}
}

func TestWhoSitsAtTheMachine(t *testing.T) {
	for _, c := range []struct {
		name, here, from, host, header string
		want                           bool
	}{
		{"the machine itself", "127.0.0.1:8080", "127.0.0.1:5000", "127.0.0.1:8080", "", true},
		{"by name", "127.0.0.1:8080", "127.0.0.1:5000", "localhost:8080", "", true},
		{"version 6", "[::1]:8080", "[::1]:5000", "[::1]:8080", "", true},
		{"another machine", "192.0.2.1:8080", "192.0.2.7:5000", "192.0.2.1:8080", "", false},
		{"another machine that claims the name", "192.0.2.1:8080", "192.0.2.7:5000", "localhost:8080", "", false},
		{"another machine through a tunnel to loopback", "127.0.0.1:8080", "192.0.2.7:5000", "localhost:8080", "", false},
		{"a foreign name that was made to lead here", "127.0.0.1:8080", "127.0.0.1:5000", "evil.example:8080", "", false},
		{"a foreign name that looks like one of ours", "127.0.0.1:8080", "127.0.0.1:5000", "localhost.evil.example", "", false},
		{"behind a proxy", "127.0.0.1:8080", "127.0.0.1:5000", "localhost:8080", "X-Forwarded-For", false},
		{"behind another", "127.0.0.1:8080", "127.0.0.1:5000", "localhost:8080", "Forwarded", false},
		{"behind a third", "127.0.0.1:8080", "127.0.0.1:5000", "localhost:8080", "Via", false},
	} {
		r := httptest.NewRequest("GET", "http://"+c.host+"/", nil)
		r.RemoteAddr = c.from
		here, err := net.ResolveTCPAddr("tcp", c.here)
		if err != nil {
			t.Fatal(err)
		}
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(here)))
		if c.header != "" {
			r.Header.Set(c.header, "127.0.0.1")
		}
		if got := web.AtTheMachine(r); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if web.AtTheMachine(httptest.NewRequest("GET", "http://localhost/", nil)) {
		t.Error("where the connection ends is not known")
	}
}

// Two files of the same name and size are two forms.
func TestAFormIsKnownByWhatItsFilesHold(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		effects := 0
		s := server(t, func(c *web.Config) { c.Once = d }, web.Route{Method: "POST", Path: "/x", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, r *web.Request) error {
			if _, err := r.Form(); err != nil {
				return err
			}
			if err := d.WithTx(r.Context(), func(context.Context, *db.Tx) error { return nil }); err != nil {
				return err
			}
			effects++
			return r.SeeOther(w, "/")
		}})
		key := id.New().String()
		for i, content := range []string{"aaaa", "bbbb", "aaaa"} {
			var body bytes.Buffer
			form := multipart.NewWriter(&body)
			form.WriteField("_key", key)
			part, err := form.CreateFormFile("file", "protokoll.txt")
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprint(part, content)
			form.Close()
			r := httptest.NewRequest("POST", "/x", &body)
			r.Header.Set("Content-Type", form.FormDataContentType())
			rec := httptest.NewRecorder()
			s.ServeHTTP(rec, r)
			if rec.Code != http.StatusSeeOther {
				t.Errorf("form %d: %d %s", i+1, rec.Code, rec.Body)
			}
		}
		if effects != 2 {
			t.Errorf("%d effects, want one of each content", effects)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	long := text(strings.Repeat("<p>Ett löfte om likabehandling och bemötande.</p>\n", 1200)) // 60 kB
	var r *web.Request
	s := server(b, nil, web.Route{Method: "GET", Path: "/", Site: web.OfInstallation, Allow: "public", Handle: func(w http.ResponseWriter, x *web.Request) error {
		r = x
		return x.Render(w, 200, long)
	}})
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	for name, control := range map[string]string{"with a tag": "no-cache", "without": "no-store"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				w.Header().Set("Cache-Control", control)
				if err := r.Render(w, 200, long); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
