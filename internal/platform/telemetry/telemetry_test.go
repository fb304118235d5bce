package telemetry

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/uptrace/bun"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"
)

var quiet = slog.New(slog.DiscardHandler)

func at(s string) func() time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return func() time.Time { return t }
}

// lines reads the figures with Prometheus' own parser: name, then the labels in order, then the value.
func lines(t *testing.T, m *Metrics) map[string]float64 {
	t.Helper()
	rec := httptest.NewRecorder()
	m.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(rec.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for name, f := range families {
		for _, x := range f.Metric {
			var labels []string
			for _, l := range x.Label {
				labels = append(labels, l.GetName()+"="+l.GetValue())
			}
			key := strings.TrimSuffix(name+" "+strings.Join(labels, " "), " ")
			switch {
			case x.Counter != nil:
				got[key] = x.Counter.GetValue()
			case x.Gauge != nil:
				got[key] = x.Gauge.GetValue()
			case x.Histogram != nil:
				got[key+" count"] = float64(x.Histogram.GetSampleCount())
				got[key+" sum"] = x.Histogram.GetSampleSum()
				for _, b := range x.Histogram.Bucket {
					if b.GetUpperBound() == 0.05 {
						got[key+" within 50 ms"] = float64(b.GetCumulativeCount())
					}
				}
			}
		}
	}
	return got
}

func TestFiguresAreCountedAndRead(t *testing.T) {
	now := at("2026-11-22T12:00:00Z")
	failing := false
	m := NewMetrics(Sources{
		Version: "1.2.3", Revision: `ab"c\d` + "\n", Engine: "sqlite",
		Jobs: func(context.Context) (Jobs, error) {
			if failing {
				return Jobs{}, errors.New("no database")
			}
			return Jobs{Waiting: 3, Failed: 1, OldestDue: now().Add(-90 * time.Second)}, nil
		},
		Mails:  func(context.Context) (Mails, error) { return Mails{Waiting: 2, Oldest: now().Add(-time.Hour)}, nil },
		Caches: func() map[string]Cache { return map[string]Cache{"pages": {Hits: 7, Misses: 2}} },
		Log:    func(context.Context) (Log, error) { return Log{Entries: 12, Checkpoint: now().Add(-time.Minute)}, nil },
		Backup: func(context.Context) (time.Time, error) { return time.Time{}, nil },
	}, quiet, now)
	m.Request("GET", "/loften/{number}", 200, 40*time.Millisecond)
	m.Request("GET", "/loften/{number}", 200, 60*time.Millisecond)
	m.Request("BREW", "none", 404, time.Millisecond)
	m.Request("GET", "none", 4711, time.Millisecond)
	m.Job("mail.deliver", time.Second, nil)
	m.Job("mail.deliver", time.Second, errors.New("x"))
	m.InFlight(1)
	m.Spans(3, true)
	got := lines(t, m)
	for key, want := range map[string]float64{
		"samklang_http_requests_total method=GET route=/loften/{number} status=200":        2,
		"samklang_http_requests_total method=other route=none status=404":                  1,
		"samklang_http_requests_total method=GET route=none status=other":                  1,
		"samklang_http_request_duration_seconds route=/loften/{number} count":              2,
		"samklang_http_request_duration_seconds route=/loften/{number} within 50 ms":       1,
		"samklang_http_requests_in_flight":                                                 1,
		"samklang_job_runs_total kind=mail.deliver outcome=ok":                             1,
		"samklang_job_runs_total kind=mail.deliver outcome=error":                          1,
		"samklang_jobs state=waiting":                                                      3,
		"samklang_jobs state=failed":                                                       1,
		"samklang_jobs_oldest_due_seconds":                                                 90,
		"samklang_mails state=waiting":                                                     2,
		"samklang_mails_oldest_waiting_seconds":                                            3600,
		"samklang_cache_requests_total cache=pages outcome=hit":                            7,
		"samklang_log_entries":                                                             12,
		"samklang_log_checkpoint_age_seconds":                                              60,
		"samklang_trace_spans_total outcome=sent":                                          3,
		"samklang_database_up":                                                             1,
		"samklang_build_info version=1.2.3 revision=" + `ab"c\d` + "\n" + " engine=sqlite": 1,
	} {
		if v, ok := got[key]; !ok || v != want {
			t.Errorf("%s: %v %v, want %v", key, v, ok, want)
		}
	}
	if _, told := got["samklang_backup_age_seconds"]; told {
		t.Error("an age is told of a backup nobody knows of")
	}
	for _, key := range []string{"samklang_go_goroutines", "samklang_go_heap_bytes"} {
		if got[key] <= 0 {
			t.Errorf("%s is %v", key, got[key])
		}
	}
	failing = true
	got = lines(t, m)
	if _, told := got["samklang_jobs state=waiting"]; told || got["samklang_database_up"] != 0 {
		t.Error("old figures are told while the database does not answer")
	}
}

// A histogram's buckets agree with its count, and each value lies where its bound says, for any values.
func TestHistogramsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := newFamily(Desc{Name: "h", Kind: Histogram})
		f.bounds = []float64{.01, .1, 1}
		values := rapid.SliceOf(rapid.Float64Range(0, 3)).Draw(t, "values")
		for _, v := range values {
			f.observe(v)
		}
		s := f.at()
		for i, n := 0, uint64(0); i <= len(f.bounds); i++ {
			n += s.buckets[i].Load()
			want := uint64(0)
			for _, v := range values {
				if i == len(f.bounds) || v <= f.bounds[i] {
					want++
				}
			}
			if n != want {
				t.Fatalf("up to bound %d: %d, want %d", i, n, want)
			}
		}
	})
}

// However many values a label gets, a metric does not grow without end.
func TestAMetricDoesNotGrowWithoutEnd(t *testing.T) {
	m := NewMetrics(Sources{}, quiet, time.Now)
	for i := range 3 * mostSeries {
		m.Request("GET", number(float64(i)), 200, 0)
	}
	if n := len(m.requests.series); n > mostSeries+1 {
		t.Errorf("%d series", n)
	}
	if m.requests.at(other, other, other).sum.Load() == 0 {
		t.Error("what came too late is not counted")
	}
}

// Every label there is. A new one is thought about here: it must come from the code and not from what people send.
var labels = []string{"cache", "engine", "kind", "method", "operation", "outcome", "pool", "revision", "route", "state", "status", "table", "version"}

func TestMetricsAreNamedAsPrometheusAsks(t *testing.T) {
	seen := map[string]bool{}
	for _, d := range NewMetrics(Sources{}, quiet, time.Now).Described() {
		if !strings.HasPrefix(d.Name, "samklang_") || d.Help == "" || seen[d.Name] || strings.HasSuffix(d.Name, "_total") != (d.Kind == Counter) {
			t.Errorf("%+v", d)
		}
		seen[d.Name] = true
		for _, l := range d.Labels {
			if !slices.Contains(labels, l) {
				t.Errorf("%s has a label %s that is not in the list", d.Name, l)
			}
		}
		if len(d.Labels) > 3 {
			t.Errorf("%s has more labels than there is room for", d.Name)
		}
	}
}

var tables = map[string]bool{"commitments": true, "accounts": true, "mails": true}

func TestTheWordsOfAStatement(t *testing.T) {
	s := &Statements{Tables: tables}
	for query, want := range map[string]string{
		`SELECT "c"."id" FROM "commitments" AS "c" WHERE x = 'FROM accounts'`:             "SELECT commitments",
		`SELECT 'it''s FROM accounts', a FROM mails`:                                      "SELECT mails",
		"  insert INTO \"accounts\" (\"id\") VALUES ('a')":                                "INSERT accounts",
		`UPDATE "mails" AS "m" SET x = 1`:                                                 "UPDATE mails",
		"DELETE FROM mails":                                                               "DELETE mails",
		"WITH n AS (SELECT 1 FROM secrets) SELECT * FROM n JOIN x":                        "WITH other",
		"WITH n (i) AS (SELECT 1) SELECT * FROM n, y WHERE z IN (SELECT 1 FROM accounts)": "WITH accounts",
		"SELECT 1":                  "SELECT other",
		"PRAGMA wal_checkpoint":     "other other",
		"SELECT 'no end FROM mails": "SELECT other",
		"BEGIN":                     "BEGIN other",
		"":                          "other other",
	} {
		o, table := s.words(query)
		if got := o + " " + table; got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
}

// Whatever stands in a statement, only words from the two lists are told.
func TestNoValueOfAStatementIsTold(t *testing.T) {
	s := &Statements{Tables: tables}
	allowed := []string{other}
	for _, o := range operations {
		allowed = append(allowed, o)
	}
	rapid.Check(t, func(t *rapid.T) {
		value := strings.ReplaceAll(rapid.OneOf(rapid.String(), rapid.StringMatching(`( |'|FROM |accounts|INTO |--|maja@example.test){0,8}`)).Draw(t, "value"), "'", "''")
		o, table := s.words("SELECT a FROM secrets WHERE name = '" + value + "' AND b = 1")
		if o != "SELECT" || table != other {
			t.Fatalf("%s %s", o, table)
		}
		o, table = s.words(rapid.String().Draw(t, "anything"))
		if !slices.Contains(allowed, o) || table != other && !tables[table] {
			t.Fatalf("%s %s", o, table)
		}
	})
}

// receiver is an OpenTelemetry collector that keeps what it gets, read with the official messages.
type receiver struct {
	*httptest.Server
	got     chan *collector.ExportTraceServiceRequest
	headers chan http.Header
	status  int
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{got: make(chan *collector.ExportTraceServiceRequest, 100), headers: make(chan http.Header, 100), status: http.StatusOK}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		var m collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &m)
		}
		if err != nil || q.URL.Path != "/v1/traces" || q.Header.Get("Content-Type") != "application/x-protobuf" {
			t.Errorf("%s %s: %v", q.URL, q.Header, err)
		}
		r.headers <- q.Header
		r.got <- &m
		w.WriteHeader(r.status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) spans() (list []*trace.Span) {
	for {
		select {
		case m := <-r.got:
			for _, rs := range m.ResourceSpans {
				for _, ss := range rs.ScopeSpans {
					list = append(list, ss.Spans...)
				}
			}
		default:
			return list
		}
	}
}

func attributes(s *trace.Span) map[string]any {
	m := map[string]any{}
	for _, a := range s.Attributes {
		if text := a.Value.GetStringValue(); text != "" {
			m[a.Key] = text
		} else {
			m[a.Key] = a.Value.GetIntValue()
		}
	}
	return m
}

func TestATraceIsReceived(t *testing.T) {
	r := newReceiver(t)
	sent, dropped := 0, 0
	tracer, err := NewTracer(Traces{Endpoint: r.URL, Headers: map[string]string{"X-Key": "k"}, Share: 1, Service: "samklang", Version: "1", Instance: "a"}, quiet, time.Now, func(n int, ok bool) {
		if ok {
			sent += n
		} else {
			dropped += n
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	hook := &Statements{Tracer: tracer, Engine: "postgres", Tables: tables}
	ask := func(ctx context.Context, query string, err error) {
		e := &bun.QueryEvent{Query: query, Err: err}
		hook.AfterQuery(hook.BeforeQuery(ctx, e), e)
	}
	request := httptest.NewRequest(http.MethodGet, "/loften/4?name=maja", nil)
	request.Header.Set("traceparent", "00-11111111111111111111111111111111-2222222222222222-01")
	ctx, span := tracer.Request(request)
	ask(ctx, "SELECT a FROM commitments WHERE b = 'maja'", sql.ErrNoRows)
	ask(ctx, "UPDATE mails SET to_address = 'maja'", context.DeadlineExceeded)
	span.EndRequest("GET", "/loften/{number}", "alvkusten", 500)
	_, end := tracer.Job(t.Context(), "ledger", 2)
	end(nil)
	ask(t.Context(), "SELECT 1 FROM accounts", nil) // in no request and no job: no span
	tracer.Stop()

	first := <-r.got
	if h := <-r.headers; h.Get("X-Key") != "k" {
		t.Error("the headers are not sent along")
	}
	r.got <- first
	var service string
	for _, a := range first.ResourceSpans[0].Resource.Attributes {
		if a.Key == "service.name" {
			service = a.Value.GetStringValue()
		}
	}
	list := r.spans()
	if service != "samklang" || len(list) != 4 || sent != 4 || dropped != 0 {
		t.Fatalf("%s: %d spans, %d sent, %d dropped", service, len(list), sent, dropped)
	}
	by := map[string]*trace.Span{}
	for _, s := range list {
		by[s.Name] = s
		if len(s.TraceId) != 16 || len(s.SpanId) != 8 || s.EndTimeUnixNano < s.StartTimeUnixNano || s.StartTimeUnixNano == 0 {
			t.Errorf("%v", s)
		}
		for key := range attributes(s) {
			if !slices.Contains(Keys, key) {
				t.Errorf("%s says %s", s.Name, key)
			}
		}
	}
	top, read, change, job := by["GET /loften/{number}"], by["SELECT commitments"], by["UPDATE mails"], by["job ledger"]
	if top == nil || read == nil || change == nil || job == nil {
		t.Fatalf("%v", by)
	}
	if len(top.ParentSpanId) != 0 || top.Kind != trace.Span_SPAN_KIND_SERVER || top.Status.GetCode() != trace.Status_STATUS_CODE_ERROR {
		t.Errorf("%v", top)
	}
	if a := attributes(top); a["http.route"] != "/loften/{number}" || a["http.response.status_code"] != int64(500) || a["samklang.association"] != "alvkusten" {
		t.Errorf("%v", a)
	}
	for _, s := range []*trace.Span{read, change} {
		if !bytes.Equal(s.TraceId, top.TraceId) || !bytes.Equal(s.ParentSpanId, top.SpanId) || s.Kind != trace.Span_SPAN_KIND_CLIENT {
			t.Errorf("%v", s)
		}
	}
	if read.Status.GetCode() == trace.Status_STATUS_CODE_ERROR || change.Status.GetCode() != trace.Status_STATUS_CODE_ERROR || attributes(change)["error.type"] != "timeout" {
		t.Errorf("%v %v", read, change)
	}
	if bytes.Equal(job.TraceId, top.TraceId) || attributes(job)["samklang.job.attempt"] != int64(2) {
		t.Errorf("%v", job)
	}
}

// A caller's traceparent counts only where the settings say so, and a caller that does not keep its trace is followed in that too.
func TestWhoseTraceItIs(t *testing.T) {
	const theirs = "11111111111111111111111111111111"
	for name, c := range map[string]struct {
		settings Traces
		header   string
		kept     bool
		theirs   bool
	}{
		"not believed":              {Traces{Share: 1}, "00-" + theirs + "-2222222222222222-01", true, false},
		"believed":                  {Traces{Share: 0, Parent: true}, "00-" + theirs + "-2222222222222222-01", true, true},
		"believed, and not kept":    {Traces{Share: 1, Parent: true}, "00-" + theirs + "-2222222222222222-00", false, false},
		"believed, and none":        {Traces{Share: 1, Parent: true}, "", true, false},
		"believed, and nonsense":    {Traces{Share: 1, Parent: true}, "00-" + theirs + "-22222222222222zz-01", true, false},
		"none is kept":              {Traces{Share: 0}, "", false, false},
		"of a version not known":    {Traces{Share: 0, Parent: true}, "cc-" + theirs + "-2222222222222222-01-more", true, true},
		"of no version":             {Traces{Share: 1, Parent: true}, "ff-" + theirs + "-2222222222222222-01", true, false},
		"with more than it may say": {Traces{Share: 1, Parent: true}, "00-" + theirs + "-2222222222222222-01-more", true, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			c.settings.Endpoint = r.URL
			tracer, err := NewTracer(c.settings, quiet, time.Now, func(int, bool) {})
			if err != nil {
				t.Fatal(err)
			}
			q := httptest.NewRequest(http.MethodGet, "/", nil)
			q.Header.Set("traceparent", c.header)
			ctx, span := tracer.Request(q)
			hook := &Statements{Tracer: tracer, Tables: tables}
			e := &bun.QueryEvent{Query: "SELECT 1"}
			hook.AfterQuery(hook.BeforeQuery(ctx, e), e)
			span.EndRequest("GET", "/", "", 200)
			tracer.Stop()
			list := r.spans()
			if want := map[bool]int{true: 2}[c.kept]; len(list) != want {
				t.Fatalf("%d spans, want %d", len(list), want)
			}
			for _, s := range list {
				if is := strings.Repeat("\x11", 16) == string(s.TraceId); is != c.theirs {
					t.Errorf("%v", s)
				}
			}
		})
	}
}

// A receiver that is gone costs spans and one line in the log, and neither memory without end nor an answer.
func TestAReceiverThatIsGone(t *testing.T) {
	r := newReceiver(t)
	r.status = http.StatusServiceUnavailable
	var log bytes.Buffer
	dropped := 0
	tracer, err := NewTracer(Traces{Endpoint: r.URL + "/v1/traces", Share: 1}, slog.New(slog.NewTextHandler(&log, nil)), time.Now, func(n int, ok bool) {
		if !ok {
			dropped += n
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, span := tracer.Request(httptest.NewRequest(http.MethodGet, "/", nil))
		span.EndRequest("GET", "/", "", 200)
	}
	tracer.Stop()
	if dropped != 3 || strings.Count(log.String(), "not received") != 1 {
		t.Errorf("%d dropped, the log: %s", dropped, &log)
	}
	idle := &Tracer{share: 1, now: time.Now, wake: make(chan struct{}, 1), lost: func(n int, ok bool) { dropped += n }} // nobody sends
	for range mostHeld + 5 {
		_, span := idle.Request(httptest.NewRequest(http.MethodGet, "/", nil))
		span.EndRequest("GET", "/", "", 200)
	}
	if len(idle.done) != mostHeld || dropped != 8 {
		t.Errorf("%d held, %d dropped", len(idle.done), dropped)
	}
}

func TestSettingsOfTracesAreChecked(t *testing.T) {
	for _, c := range []Traces{{Endpoint: "collector:4318", Share: 1}, {Endpoint: "ftp://x", Share: 1}, {Endpoint: "http://a:b@x", Share: 1}, {Endpoint: "http://x", Share: 2}, {Endpoint: "http://x", Share: -1}} {
		if c.Check() == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	h, err := ParseHeaders("authorization=Bearer%20x, x-scope = a=b ,")
	if err != nil || h["authorization"] != "Bearer x" || h["x-scope"] != "a=b" || len(h) != 2 {
		t.Errorf("%v %v", h, err)
	}
	for _, s := range []string{"authorization", "=x", "a=%zz"} {
		if _, err := ParseHeaders(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

func FuzzParent(f *testing.F) {
	f.Add("00-11111111111111111111111111111111-2222222222222222-01")
	f.Add("")
	f.Fuzz(func(t *testing.T, h string) {
		s, ok := parseParent(h)
		if ok && (s == nil || s != leftOut && (s.trace == [16]byte{} || s.id == [8]byte{})) {
			t.Errorf("%q: %v", h, s)
		}
	})
}

// What it costs: go test -bench . ./internal/platform/telemetry
func BenchmarkCountingARequest(b *testing.B) {
	m := NewMetrics(Sources{}, quiet, time.Now)
	for b.Loop() {
		m.Request("GET", "/loften/{number}", 200, time.Millisecond)
	}
}

func BenchmarkCountingAStatement(b *testing.B) {
	s := &Statements{Metrics: NewMetrics(Sources{}, quiet, time.Now), Tables: tables}
	e := &bun.QueryEvent{Query: `SELECT "c"."id", "c"."text", "c"."number" FROM "commitments" AS "c" WHERE ("association_id" = 'x')`}
	ctx := b.Context()
	for b.Loop() {
		s.AfterQuery(s.BeforeQuery(ctx, e), e)
	}
}

func BenchmarkASpan(b *testing.B) {
	tracer := &Tracer{share: 1, now: time.Now, wake: make(chan struct{}, 1), lost: func(int, bool) {}}
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	for b.Loop() {
		_, span := tracer.Request(r)
		span.EndRequest("GET", "/", "alvkusten", 200)
		if len(tracer.done) == mostHeld {
			tracer.done = tracer.done[:0]
		}
	}
}
