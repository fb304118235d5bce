package telemetry

import (
	"context"
	"database/sql"
	"log/slog"
	"math"
	"net/http"

	"runtime/metrics"
	"slices"
	"sync"
	"time"
)

// Metrics are the program's figures. A nil *Metrics counts nothing.
type Metrics struct {
	all     []*family
	sources Sources
	log     *slog.Logger
	now     func() time.Time
	reading sync.Mutex // of the sources: one after the other, however many ask

	requests, requestTime, inFlight            *family
	statements, statementTime                  *family
	poolConns, poolWaits, poolWaitTime         *family
	jobRuns, jobTime, jobs, jobsOldest         *family
	mails, mailOldest                          *family
	cache                                      *family
	logEntries, logAge                         *family
	backupAge                                  *family
	databaseUp                                 *family
	build, goroutines, heap, gc, cpu, fds, rss *family
	start                                      *family
	spans                                      *family
}

// Sources are where figures come from that are asked for, not counted: when Prometheus calls. A nil one is not there; one that fails leaves
// its figures out and is written into the log.
type Sources struct {
	Version, Revision string             // of the program
	Engine            string             // "sqlite" or "postgres"
	Pools             map[string]*sql.DB // "read" and "write", or "all"
	Jobs              func(context.Context) (Jobs, error)
	Mails             func(context.Context) (Mails, error)
	Caches            func() map[string]Cache // by the cache's name, which stands in the code
	Log               func(context.Context) (Log, error)
	Backup            func(context.Context) (time.Time, error) // when the last backup was made; zero when nobody knows
}

// Jobs is how the queue stands.
type Jobs struct {
	Waiting, Scheduled, Retrying, Running, Failed int
	OldestDue                                     time.Time // since when the job that has waited longest could run; zero when none waits
}

// Mails is how the outbox stands.
type Mails struct {
	Waiting, Failed int
	Oldest          time.Time // when the mail that has waited longest was written; zero when none waits
}

// Cache is how often a cache had what was asked for, since the program started. Shared are questions that waited for somebody else's answer, Bypassed
// those of a kind for which nothing is kept.
type Cache struct{ Hits, Shared, Misses, Bypassed uint64 }

// Log is how the public log stands.
type Log struct {
	Entries    uint64
	Checkpoint time.Time // when the last one was signed; zero when there is none
}

var (
	requestBounds   = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
	statementBounds = []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1, 5}
	jobBounds       = []float64{.01, .05, .1, .5, 1, 5, 10, 30, 60, 300, 900}
)

// NewMetrics makes the figures of a program, all zero.
func NewMetrics(s Sources, log *slog.Logger, now func() time.Time) *Metrics {
	m := &Metrics{sources: s, log: log, now: now}
	add := func(kind Kind, name, help string, labels ...string) *family {
		f := newFamily(Desc{Name: name, Help: help, Kind: kind, Labels: labels})
		m.all = append(m.all, f)
		return f
	}
	timing := func(bounds []float64, name, help string, labels ...string) *family {
		f := add(Histogram, name, help, labels...)
		f.bounds = bounds
		return f
	}
	m.requests = add(Counter, "samklang_http_requests_total", "Requests answered, by the pattern of their route.", "method", "route", "status")
	m.requestTime = timing(requestBounds, "samklang_http_request_duration_seconds", "Time to answer a request.", "route")
	m.inFlight = add(Gauge, "samklang_http_requests_in_flight", "Requests being answered now.")

	m.statements = add(Counter, "samklang_db_statements_total", "Statements sent to the database, by operation and table; outcome is ok or error.", "operation", "table", "outcome")
	m.statementTime = timing(statementBounds, "samklang_db_statement_duration_seconds", "Time of a statement until its first row or its end.", "operation")
	m.poolConns = add(Gauge, "samklang_db_pool_connections", "Connections to the database: in_use, idle, or max allowed.", "pool", "state")
	m.poolWaits = add(Counter, "samklang_db_pool_waits_total", "Times somebody had to wait for a connection.", "pool")
	m.poolWaitTime = add(Counter, "samklang_db_pool_wait_seconds_total", "Time spent waiting for a connection.", "pool")
	m.databaseUp = add(Gauge, "samklang_database_up", "1 when the database answered the questions of this reading, 0 otherwise.")

	m.jobRuns = add(Counter, "samklang_job_runs_total", "Runs of jobs in this copy, by kind; outcome is ok or error.", "kind", "outcome")
	m.jobTime = timing(jobBounds, "samklang_job_duration_seconds", "Time of one run of a job.", "kind")
	m.jobs = add(Gauge, "samklang_jobs", "Jobs of the whole installation: waiting (could run now), scheduled, retrying, running, failed (given up).", "state")
	m.jobsOldest = add(Gauge, "samklang_jobs_oldest_due_seconds", "How long the job that has waited longest could have run; 0 when none waits.")

	m.mails = add(Gauge, "samklang_mails", "Mails of the whole installation: waiting to go out, or failed (given up).", "state")
	m.mailOldest = add(Gauge, "samklang_mails_oldest_waiting_seconds", "Age of the mail that has waited longest; 0 when none waits.")

	m.cache = add(Counter, "samklang_cache_requests_total", "Questions to a cache; outcome is hit, shared (waited for an answer under way), miss or bypassed (of a kind for which nothing is kept).", "cache", "outcome")

	m.logEntries = add(Gauge, "samklang_log_entries", "Entries in the public log.")
	m.logAge = add(Gauge, "samklang_log_checkpoint_age_seconds", "Age of the last signed checkpoint of the public log.")
	m.backupAge = add(Gauge, "samklang_backup_age_seconds", "Age of the newest backup that the installation knows of.")

	m.spans = add(Counter, "samklang_trace_spans_total", "Spans of traces; outcome is sent or dropped.", "outcome")

	m.build = add(Gauge, "samklang_build_info", "1; what the program is, as labels.", "version", "revision", "engine")
	m.start = add(Gauge, "samklang_start_time_seconds", "When this copy started, in seconds since 1970.")
	m.goroutines = add(Gauge, "samklang_go_goroutines", "Goroutines.")
	m.heap = add(Gauge, "samklang_go_heap_bytes", "Bytes of live objects and of those not collected yet.")
	m.gc = add(Counter, "samklang_go_gc_cycles_total", "Garbage collections.")
	m.cpu = add(Counter, "samklang_process_cpu_seconds_total", "Processor time used.")
	m.rss = add(Gauge, "samklang_process_memory_bytes", "Memory the program holds, as the operating system counts it.")
	m.fds = add(Gauge, "samklang_process_open_files", "Open files and connections.")

	m.build.set(1, s.Version, s.Revision, s.Engine)
	m.start.set(float64(now().UnixMilli()) / 1000)
	m.inFlight.set(0)
	m.spans.add(0, "sent")
	m.spans.add(0, "dropped")
	return m
}

// Described lists every metric there is.
func (m *Metrics) Described() []Desc {
	list := make([]Desc, len(m.all))
	for i, f := range m.all {
		list[i] = f.Desc
	}
	return list
}

// ServeHTTP answers GET /metrics.
func (m *Metrics) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 8*time.Second) // Prometheus gives up after ten by itself
	defer cancel()
	m.read(ctx)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m.write(w)
}

func (m *Metrics) age(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, m.now().Sub(t).Seconds())
}

// read asks the sources.
func (m *Metrics) read(ctx context.Context) {
	m.reading.Lock()
	defer m.reading.Unlock()
	m.readRuntime()
	for name, p := range m.sources.Pools {
		s := p.Stats()
		m.poolConns.set(float64(s.InUse), name, "in_use")
		m.poolConns.set(float64(s.Idle), name, "idle")
		m.poolConns.set(float64(s.MaxOpenConnections), name, "max")
		m.poolWaits.set(float64(s.WaitCount), name)
		m.poolWaitTime.set(s.WaitDuration.Seconds(), name)
	}
	if m.sources.Caches != nil {
		for name, c := range m.sources.Caches() {
			for outcome, n := range map[string]uint64{"hit": c.Hits, "shared": c.Shared, "miss": c.Misses, "bypassed": c.Bypassed} {
				m.cache.set(float64(n), name, outcome)
			}
		}
	}
	up := 1.0
	ask(ctx, m, "jobs", m.sources.Jobs, &up, func(j Jobs) {
		for state, n := range map[string]int{"waiting": j.Waiting, "scheduled": j.Scheduled, "retrying": j.Retrying, "running": j.Running, "failed": j.Failed} {
			m.jobs.set(float64(n), state)
		}
		m.jobsOldest.set(m.age(j.OldestDue))
	}, m.jobs, m.jobsOldest)
	ask(ctx, m, "mails", m.sources.Mails, &up, func(s Mails) {
		m.mails.set(float64(s.Waiting), "waiting")
		m.mails.set(float64(s.Failed), "failed")
		m.mailOldest.set(m.age(s.Oldest))
	}, m.mails, m.mailOldest)
	ask(ctx, m, "log", m.sources.Log, &up, func(l Log) {
		m.logEntries.set(float64(l.Entries))
		if !l.Checkpoint.IsZero() {
			m.logAge.set(m.age(l.Checkpoint))
		}
	}, m.logEntries, m.logAge)
	ask(ctx, m, "backup", m.sources.Backup, nil, func(at time.Time) {
		if !at.IsZero() {
			m.backupAge.set(m.age(at))
		}
	}, m.backupAge)
	m.databaseUp.set(up)
}

// ask asks one source. What it cannot tell is left out rather than told as it was: an old figure looks like a new one.
func ask[T any](ctx context.Context, m *Metrics, name string, source func(context.Context) (T, error), up *float64, tell func(T), about ...*family) {
	if source == nil {
		return
	}
	for _, f := range about {
		f.forget()
	}
	v, err := source(ctx)
	if err != nil {
		if up != nil {
			*up = 0
		}
		m.log.WarnContext(ctx, "a figure could not be read", "about", name, "error", err)
		return
	}
	tell(v)
}

func (f *family) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.series)
}

func (m *Metrics) readRuntime() {
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}, {Name: "/sched/goroutines:goroutines"}}
	metrics.Read(samples)
	for i, f := range []*family{m.heap, m.gc, m.goroutines} {
		if samples[i].Value.Kind() == metrics.KindUint64 {
			f.set(float64(samples[i].Value.Uint64()))
		}
	}
	u := usage()
	for f, v := range map[*family]float64{m.cpu: u.cpu, m.rss: u.memory, m.fds: u.files} {
		if !math.IsNaN(v) {
			f.set(v)
		}
	}
}

// Request counts a request that was answered.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	if !slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost}, method) {
		method = other
	}
	m.requests.add(1, method, route, statusText(status))
	m.requestTime.observe(took.Seconds(), route)
}

// Spans counts spans of traces that were sent or dropped.
func (m *Metrics) Spans(n int, sent bool) {
	if m == nil {
		return
	}
	m.spans.add(float64(n), map[bool]string{true: "sent", false: "dropped"}[sent])
}

// InFlight counts requests being answered: +1 when one begins, -1 when it ends.
func (m *Metrics) InFlight(change float64) {
	if m != nil {
		m.inFlight.add(change)
	}
}

// Job counts a run of a job.
func (m *Metrics) Job(kind string, took time.Duration, err error) {
	if m == nil {
		return
	}
	m.jobRuns.add(1, kind, outcome(err))
	m.jobTime.observe(took.Seconds(), kind)
}

// statusText is a status without an allocation for the usual ones; what is no status is "other".
func statusText(status int) string {
	switch status {
	case 200:
		return "200"
	case 303:
		return "303"
	case 304:
		return "304"
	case 404:
		return "404"
	}
	if status < 100 || status > 599 {
		return other
	}
	return number(float64(status))
}

func outcome(err error) string {
	if err != nil {
		return "error"
	}
	return "ok"
}

// process is what the operating system says of the program; NaN where it says nothing.
type process struct{ cpu, memory, files float64 }
