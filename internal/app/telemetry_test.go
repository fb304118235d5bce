package app

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/telemetry"
	"samklang/internal/platform/web"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

var kindOfJob = regexp.MustCompile(`^[a-z_]+(\.[a-z_]+)*$`) // they stand in the code

// Every route is asked with private data in its path, query, form and headers. The figures and the traces then hold routes, tables and kinds,
// and no value that does not stand in the code.
func TestFiguresAndTracesHoldNoPersonalData(t *testing.T) {
	onEach(t, func(t *testing.T, fresh func() (dir, database string)) {
		var mu sync.Mutex
		var spans []*trace.Span
		receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			var m collector.ExportTraceServiceRequest
			if err == nil {
				err = proto.Unmarshal(body, &m)
			}
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, rs := range m.ResourceSpans {
				for _, ss := range rs.ScopeSpans {
					spans = append(spans, ss.Spans...)
				}
			}
		}))
		defer receiver.Close()
		dir, database := fresh()
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database, External: "https://samklang.example", TrustProxy: true, Version: "1.2.3 abc",
			PageCache: 8, MetricsListen: "127.0.0.1:0", TracesEndpoint: receiver.URL, TracesShare: 1}, slog.New(slog.DiscardHandler), clock.At(period.On(2026, time.November, 22)))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		in := &installation{App: a, actors: map[string]actor.Actor{}}
		in.here = in.association(t, "alvkusten", "Älvkusten")
		in.person(t, "head", in.here, actor.Head)
		admin, err := a.accounts.AddAccount(t.Context(), actor.SystemActor, privateName, privateEmail, "sv", true)
		if err != nil {
			t.Fatal(err)
		}
		in.take(t, "admin", admin.ID)
		fields, routes := fieldsRead(t), map[string]bool{web.NoRoute: true}
		for pattern := range a.plain() {
			_, path, _ := strings.Cut(pattern, " ")
			routes[path] = true
		}
		for _, who := range []actor.Actor{{}, in.actors["admin"]} {
			a.server.Identify = func(*http.Request) (actor.Actor, error) { return who, nil }
			for _, route := range a.Routes() {
				routes[route.Path] = true
				prefix := ""
				if route.Site == web.OfAssociation {
					prefix = "/alvkusten"
				}
				path := prefix + wildcard.ReplaceAllString(route.Path, url.PathEscape(privateName))
				a.server.ServeHTTP(httptest.NewRecorder(), private(route.Method, path, privateEmail, fields))
			}
		}
		for _, path := range []string{"/healthz", "/" + privateName, "/alvkusten/" + privateEmail, "//" + privateName} {
			a.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("POST", (&url.URL{Path: path}).String(), nil))
			a.server.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", (&url.URL{Path: path}).String(), nil))
		}
		if err := a.queue.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		rec := httptest.NewRecorder()
		a.metrics.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		text := rec.Body.String()
		a.tracer.Stop()

		parser := expfmt.NewTextParser(model.LegacyValidation)
		families, err := parser.TextToMetricFamilies(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		tables, err := telemetry.TableNames(t.Context(), a.db)
		if err != nil {
			t.Fatal(err)
		}
		// What each label may say.
		set := func(list ...string) func(string) bool {
			return func(v string) bool {
				for _, x := range list {
					if x == v {
						return true
					}
				}
				return false
			}
		}
		status := func(v string) bool { return len(v) == 3 && strings.Trim(v, "0123456789") == "" }
		may := map[string]func(string) bool{
			"route": func(v string) bool { return routes[v] }, "method": set("GET", "HEAD", "POST", "other"), "status": status,
			"table": func(v string) bool { return tables[v] || v == "other" }, "operation": set("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "BEGIN", "COMMIT", "ROLLBACK", "SET", "other"),
			"outcome": set("ok", "error", "hit", "shared", "miss", "bypassed", "sent", "dropped"), "pool": set("read", "write"), "state": set("in_use", "idle", "max", "waiting", "scheduled", "retrying", "running", "failed"),
			"kind": func(v string) bool { return kindOfJob.MatchString(v) }, "version": set("1.2.3"), "revision": set("abc"), "engine": set("sqlite", "postgres"),
			"cache": func(v string) bool { return strings.Trim(v, "abcdefghijklmnopqrstuvwxyz_") == "" },
		}
		for name, f := range families {
			for _, m := range f.Metric {
				for _, l := range m.Label {
					if ok := may[l.GetName()]; ok == nil || !ok(l.GetValue()) {
						t.Errorf("%s has %s=%q", name, l.GetName(), l.GetValue())
					}
				}
			}
		}
		for _, name := range []string{"samklang_http_requests_total", "samklang_db_statements_total", "samklang_job_runs_total", "samklang_jobs", "samklang_mails", "samklang_db_pool_connections"} {
			if families[name] == nil {
				t.Errorf("%s is not counted", name)
			}
		}
		asked := 0.0
		for _, m := range families["samklang_cache_requests_total"].GetMetric() {
			asked += m.Counter.GetValue()
		}
		if asked < 10 {
			t.Errorf("%v questions to caches are counted", asked)
		}
		mu.Lock()
		defer mu.Unlock()
		kinds := map[string]int{}
		said := text
		for _, s := range spans {
			said += "\n" + s.Name
			kinds[s.Kind.String()]++
			for _, x := range s.Attributes {
				v := fmt.Sprint(x.Value.GetStringValue(), x.Value.GetIntValue())
				said += "\n" + v
				allowed := false
				for _, k := range telemetry.Keys {
					allowed = allowed || k == x.Key
				}
				if !allowed {
					t.Errorf("%s says %s = %s", s.Name, x.Key, v)
				}
				if x.Key == "http.route" && !routes[x.Value.GetStringValue()] || x.Key == "samklang.association" && x.Value.GetStringValue() != "alvkusten" {
					t.Errorf("%s says %s = %s", s.Name, x.Key, v)
				}
			}
		}
		if kinds["SPAN_KIND_SERVER"] < len(routes) || kinds["SPAN_KIND_CLIENT"] == 0 || kinds["SPAN_KIND_CONSUMER"] == 0 {
			t.Errorf("%v", kinds)
		}
		for _, secret := range []string{privateEmail, "maja.lind", url.QueryEscape(privateEmail), privateToken, privateName, "Skogslind", privateAddress} {
			if strings.Contains(said, secret) {
				t.Errorf("%q is told", secret)
			}
		}
	})
}

// The public address never answers for the figures, and nothing is counted or traced that nobody asked for.
func TestFiguresHaveAnAddressOfTheirOwn(t *testing.T) {
	a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir(), MetricsListen: "127.0.0.1:0"}, slog.New(slog.DiscardHandler), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	rec := httptest.NewRecorder()
	a.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	if rec.Code != http.StatusNotFound {
		t.Errorf("/metrics on the public address answers %d", rec.Code)
	}
	off, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: t.TempDir()}, slog.New(slog.DiscardHandler), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer off.Close()
	if off.metrics != nil || off.tracer != nil || off.server.Watch != nil {
		t.Error("somebody watches unasked")
	}
}

func TestSettingsOfFiguresAreChecked(t *testing.T) {
	for _, c := range []struct{ listen, want, fault string }{
		{":9464", "127.0.0.1:9464", ""},
		{"10.0.0.5:9464", "10.0.0.5:9464", ""},
		{"9464", "", "metrics-listen"},
		{":8080", "", "one of their own"},
	} {
		s := Config{Listen: "127.0.0.1:8080", Data: "x", MetricsListen: c.listen, TracesShare: 1}
		err := s.Check()
		if c.fault == "" && (err != nil || s.MetricsListen != c.want) || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
			t.Errorf("%s: %s %v", c.listen, s.MetricsListen, err)
		}
	}
	s := Config{Listen: "127.0.0.1:8080", TracesEndpoint: "collector", TracesShare: 1}
	if err := s.Check(); err == nil || !strings.Contains(err.Error(), "traces-endpoint") {
		t.Error(err)
	}
}

// What watching costs: go test -run '^$' -bench Watching ./internal/app
func BenchmarkWatching(b *testing.B) {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }))
	defer receiver.Close()
	for _, c := range []struct {
		name   string
		config Config
	}{
		{"nobody watches", Config{}},
		{"figures", Config{MetricsListen: "127.0.0.1:0"}},
		{"traces", Config{TracesEndpoint: receiver.URL, TracesShare: 1}},
		{"one trace in ten", Config{TracesEndpoint: receiver.URL, TracesShare: .1}},
		{"figures and traces", Config{MetricsListen: "127.0.0.1:0", TracesEndpoint: receiver.URL, TracesShare: 1}},
	} {
		b.Run(c.name, func(b *testing.B) {
			c.config.Listen, c.config.Data, c.config.Demo = "127.0.0.1:0", b.TempDir(), true
			a, err := New(b.Context(), c.config, slog.New(slog.DiscardHandler), clock.System)
			if err != nil {
				b.Fatal(err)
			}
			defer a.Close()
			for b.Loop() {
				rec := httptest.NewRecorder()
				a.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/alvkusten", nil))
				if rec.Code != http.StatusOK {
					b.Fatal(rec.Code)
				}
			}
			a.tracer.Stop()
		})
	}
}
