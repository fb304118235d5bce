package app

import (
	"context"
	"log/slog"
	"os"
	"sync/atomic"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/mail"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/ratelimit"
)

// Examined is an installation opened for looking at: nothing in it changes, and nothing is brought up to date.
type Examined struct {
	DB    *db.DB
	Queue *jobs.Queue // with every periodic job that the program has; it works none
	Log   *publiclog.Log

	Files      files.Store
	FilesFault error // why Files is nil
}

// Examine opens an installation for looking at. The settings must have been checked.
func Examine(ctx context.Context, c Config, log *slog.Logger, cl clock.Clock) (*Examined, error) {
	d, err := db.Open(ctx, c.Database, db.Options{Clock: cl, Source: true})
	if err != nil {
		return nil, err
	}
	a := &App{config: c, bound: &atomic.Pointer[string]{}, log: log, clock: cl, db: d, queue: jobs.New(d, log, cl)}
	if a.catalog, err = Catalog(); err != nil {
		d.Close()
		return nil, err
	}
	a.limiter = limiter{ratelimit.New(d, cl)}
	a.limiter.PurgeBy(a.queue)
	a.outbox = mail.New(d, a.queue, cl, log, nil)
	a.domains()
	a.schedule()
	e := &Examined{DB: d, Queue: a.queue, Log: a.publicLog}
	if place, err := files.ParsePlace(c.Files); err == nil && place.Dir != "" {
		if _, e.FilesFault = os.Stat(place.Dir); e.FilesFault != nil { // opening would make it
			return e, nil
		}
	}
	e.Files, e.FilesFault = c.OpenFiles(ctx, cl, log)
	return e, nil
}

// Close lets go of the database.
func (e *Examined) Close() error {
	e.Queue.Close()
	if e.Files != nil {
		e.Files.Close()
	}
	return e.DB.Close()
}

// MailServer is the mail server of the settings, nil when there is none.
func (c Config) MailServer() (*mail.SMTP, error) {
	if c.SMTPHost == "" {
		return nil, nil
	}
	return mail.NewSMTP(mail.Settings{Host: c.SMTPHost, Port: c.SMTPPort, Security: mail.Security(c.SMTPSecurity), User: c.SMTPUser, Password: c.SMTPPassword, From: c.MailFrom})
}
