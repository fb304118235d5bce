package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
)

// logSettings plugs the public log into the house.
func (a *App) logSettings() publiclog.Settings {
	ask, of, _ := a.config.witnesses() // Config.Check has read them
	return publiclog.Settings{Host: a.logHost, KeyFile: a.config.LogKeyFile, Mark: filepath.Join(a.config.Data, publiclog.MarkFile),
		Sources: slices.Concat(a.commitments.LogSources(), a.equality.LogSources()), Agree: a.commitments.LogAgrees, Ask: ask, For: of,
		Allow: func(ctx context.Context, r *http.Request, origin string) (time.Duration, error) {
			key, err := a.limiter.Hash(ctx, a.server.Address(r))
			if err != nil {
				return 0, err
			}
			return a.limiter.Allow(ctx, "log.witness/"+key, 60, time.Minute)
		}}
}

// logHost is the name the log begins with: the host by which people reach the installation.
func (a *App) logHost() string {
	u, err := url.Parse(a.Base())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// prove is the work of the public log that is done by the clock.
type prove struct {
	Task string `json:"task"`
}

func (prove) Kind() string { return "log" }

func (a *App) doProve(ctx context.Context, p prove) error {
	switch p.Task {
	case "check":
		r, err := a.publicLog.CheckAndEnter(ctx, 0)
		if broken, ok := errors.AsType[*publiclog.Broken](err); ok {
			a.failed <- broken
			return nil // trying again would not mend it
		}
		if err == nil {
			a.log.InfoContext(ctx, "the records are what the public log proves", "entries", r.Entries, "rows", r.Facts, "checkpoints", r.Checkpoints)
		}
		return err
	case "ask":
		return a.publicLog.Ask(ctx)
	}
	return nil
}

// PublicLog is the installation's public log, for the command line.
func (a *App) PublicLog() *publiclog.Log { return a.publicLog }

// VerifyDatabase checks a database against its own public log and changes nothing. mark is the file with the checkpoint shown last, "" for none.
func VerifyDatabase(ctx context.Context, dsn, mark string) (publiclog.Report, error) {
	d, err := db.Open(ctx, dsn, db.Options{Source: true})
	if err != nil {
		return publiclog.Report{}, err
	}
	defer d.Close()
	if n, err := d.Pending(ctx); err != nil {
		return publiclog.Report{}, err
	} else if n > 0 {
		return publiclog.Report{}, errors.New("the database is of an earlier release; this release brings it up to date when it starts, and then it can be verified")
	}
	a := &App{db: d, clock: clock.System, log: slog.New(slog.DiscardHandler), bound: &atomic.Pointer[string]{}}
	a.domains()
	settings := a.logSettings()
	settings.Mark = mark
	log := publiclog.New(d, a.clock, a.log, settings)
	if err := log.Guard(ctx); err != nil {
		return publiclog.Report{}, err
	}
	return log.Check(ctx)
}
