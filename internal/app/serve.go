package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// grace is how long what has begun may take to finish once the program takes no more requests.
const grace = 20 * time.Second

// Run serves until ctx ends, and then leaves so that nobody is refused: for the time of the setting drain it answers as before but says at
// /readyz that it is not ready, until whoever spreads requests over several copies has noticed; then it takes no more, and lets running requests
// and jobs finish. It calls ready with its own address when it answers, which is not before it can do its work.
func (a *App) Run(ctx context.Context, ready func(base string)) error {
	defer a.Close()
	keepMemorySmall(ctx, a.db, a.log)
	if err := a.publicLog.Guard(ctx); err != nil {
		return err
	}
	if err := a.checkSharedFiles(ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", a.config.Listen, err)
	}
	address := listener.Addr().String() // with the port that was chosen when the setting says 0
	a.bound.Store(&address)
	server := &http.Server{Handler: http.HandlerFunc(a.serve), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn)}
	if err := a.queue.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	stopMetrics, err := a.serveMetrics()
	if err != nil {
		return err
	}
	defer stopMetrics()
	go func() { a.failed <- server.Serve(listener) }()
	proving, stopProving := context.WithCancel(context.WithoutCancel(ctx)) // until the last request has been answered
	var proved sync.WaitGroup
	defer proved.Wait() // before the database is closed
	defer stopProving()
	proved.Go(func() {
		if err := a.publicLog.Run(proving); err != nil {
			a.failed <- err
		}
	})
	if ready != nil {
		ready(base(address))
	}
	select {
	case err := <-a.failed:
		return a.giveUp(err, server)
	case <-ctx.Done():
	}
	a.leaving.Store(true)
	a.log.Info("stopping", "drain", a.config.Drain.String())
	select {
	case err := <-a.failed:
		return a.giveUp(err, server)
	case <-time.After(*a.config.Drain):
	}
	last, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	jobs := make(chan error, 1)
	go func() { jobs <- a.queue.Stop(last) }() // jobs do not wait for slow requests
	err = server.Shutdown(last)
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, <-jobs)
}

// giveUp ends at once a program that cannot go on.
func (a *App) giveUp(err error, server *http.Server) error {
	server.Close()
	stop, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return errors.Join(err, a.queue.Stop(stop))
}

// serve answers a request. A program that leaves asks for each connection to be given up after the answer: the next request comes by a new one,
// to another copy.
func (a *App) serve(w http.ResponseWriter, r *http.Request) {
	if a.leaving.Load() {
		w.Header().Set("Connection", "close")
	}
	a.server.ServeHTTP(w, r)
}

// readyz says that the program can do its work and is going to be there for the next request.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	if a.leaving.Load() {
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	}
	if err := a.db.Ping(r.Context()); err != nil {
		a.log.Error("not ready", "error", err)
		http.Error(w, "database", http.StatusServiceUnavailable)
		return
	}
	fmt.Fprintln(w, "ready")
}
