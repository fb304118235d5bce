package app

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/telemetry"
	"samklang/internal/platform/web"
)

// checkTelemetry tells what is wrong with the settings of figures and traces.
func (c *Config) checkTelemetry() error {
	if c.MetricsListen != "" {
		host, port, err := net.SplitHostPort(c.MetricsListen)
		if err != nil || port == "" {
			return fmt.Errorf("metrics-listen is %q; write an address and a port, such as 127.0.0.1:9464, or a port alone, such as :9464", c.MetricsListen)
		}
		if host == "" {
			c.MetricsListen = net.JoinHostPort("127.0.0.1", port)
		}
		if _, public, err := net.SplitHostPort(c.Listen); err == nil && public == port && port != "0" {
			return fmt.Errorf("metrics-listen has the port that the pages have (%s); figures for monitoring need one of their own", port)
		}
	}
	if c.TracesEndpoint != "" {
		if err := (telemetry.Traces{Endpoint: c.TracesEndpoint, Share: c.TracesShare}).Check(); err != nil {
			return err
		}
	}
	_, err := telemetry.ParseHeaders(c.TracesHeaders)
	return err
}

// observe begins to count and to trace, as far as the settings ask for it. It comes before anything uses the database.
func (a *App) observe(ctx context.Context) error {
	c := a.config
	if c.MetricsListen == "" && c.TracesEndpoint == "" {
		return nil
	}
	if c.MetricsListen != "" {
		a.metrics = telemetry.NewMetrics(a.sources(), a.log, a.clock.Now)
	}
	if c.TracesEndpoint != "" {
		headers, err := telemetry.ParseHeaders(c.TracesHeaders)
		if err != nil {
			return err
		}
		a.tracer, err = telemetry.NewTracer(telemetry.Traces{Endpoint: c.TracesEndpoint, Headers: headers, Share: c.TracesShare, Parent: c.TracesParent,
			Service: "samklang", Version: c.Version, Instance: a.copy}, a.log, a.clock.Now, a.metrics.Spans)
		if err != nil {
			return err
		}
	}
	tables, err := telemetry.TableNames(ctx, a.db)
	if err != nil {
		return err
	}
	a.db.Watch(&telemetry.Statements{Metrics: a.metrics, Tracer: a.tracer, Engine: string(a.db.Engine), Tables: tables})
	return nil
}

// watchRequests is what sees requests, nil when nobody asked for it.
func (a *App) watchRequests() func(*http.Request) (*http.Request, func(web.Seen)) {
	if a.metrics == nil && a.tracer == nil {
		return nil
	}
	return func(r *http.Request) (*http.Request, func(web.Seen)) {
		var span *telemetry.Span
		if a.tracer != nil {
			var ctx context.Context
			ctx, span = a.tracer.Request(r)
			r = r.WithContext(ctx)
		}
		a.metrics.InFlight(1)
		return r, func(s web.Seen) {
			a.metrics.InFlight(-1)
			a.metrics.Request(s.Method, s.Route, s.Status, s.Took)
			span.EndRequest(s.Method, s.Route, s.Association, s.Status)
		}
	}
}

// watchJobs sees every run of a job.
func (a *App) watchJobs() {
	if a.metrics == nil && a.tracer == nil {
		return
	}
	a.queue.Watch(func(ctx context.Context, kind string, attempt int, run func(context.Context) error) error {
		start, end := time.Now(), func(error) {}
		if a.tracer != nil {
			ctx, end = a.tracer.Job(ctx, kind, attempt)
		}
		err := errPanicked
		defer func() {
			end(err)
			a.metrics.Job(kind, time.Since(start), err)
		}()
		err = run(ctx)
		return err
	})
}

var errPanicked = errors.New("the job panicked")

// sources are where the figures that are asked for come from.
func (a *App) sources() telemetry.Sources {
	version, revision, _ := strings.Cut(a.config.Version, " ")
	pools := map[string]*sql.DB{"write": a.db.Writer()}
	if a.db.Engine == db.SQLite {
		pools["read"] = a.db.Reader()
	}
	var backup func(context.Context) (time.Time, error)
	if dir := a.config.Backups; dir != "" {
		backup = func(context.Context) (time.Time, error) {
			at, _, err := NewestBackup(dir)
			return at, err
		}
	}
	return telemetry.Sources{
		Backup:  backup,
		Version: version, Revision: revision, Engine: string(a.db.Engine), Pools: pools,
		Jobs: func(ctx context.Context) (telemetry.Jobs, error) {
			s, err := a.queue.Standing(ctx)
			return telemetry.Jobs{Waiting: s.Waiting, Scheduled: s.Scheduled, Retrying: s.Retrying, Running: s.Running, Failed: s.Failed, OldestDue: s.OldestDue}, err
		},
		Caches: func() map[string]telemetry.Cache {
			return map[string]telemetry.Cache{"pages": telemetry.Cache(a.server.Kept())}
		},
		Mails: func(ctx context.Context) (telemetry.Mails, error) {
			s, err := mail.StandingOf(ctx, a.db)
			return telemetry.Mails{Waiting: s.Waiting, Failed: s.Failed, Oldest: s.Oldest}, err
		},
		Log: func(ctx context.Context) (telemetry.Log, error) {
			c, err := publiclog.Latest(ctx, a.db.Read())
			if errors.Is(err, publiclog.ErrNoLog) {
				err = nil
			}
			return telemetry.Log{Entries: uint64(c.Size), Checkpoint: c.At}, err
		},
	}
}

// serveMetrics answers Prometheus at an address of its own until stop is called.
func (a *App) serveMetrics() (stop func(), err error) {
	if a.metrics == nil {
		return a.tracer.Stop, nil
	}
	listener, err := net.Listen("tcp", a.config.MetricsListen)
	if err != nil {
		a.tracer.Stop()
		return nil, fmt.Errorf("cannot listen for figures on %s: %w", a.config.MetricsListen, err)
	}
	a.log.Info("figures for Prometheus", "address", "http://"+listener.Addr().String()+"/metrics")
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 5 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	go server.Serve(listener)
	return func() {
		server.Close()
		a.tracer.Stop()
	}, nil
}
