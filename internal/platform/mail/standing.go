package mail

import (
	"context"
	"time"

	"samklang/internal/platform/db"
)

// Standing is how the mails of the whole installation stand.
type Standing struct {
	Waiting   int       // have not gone out yet
	Failed    int       // were given up, as far back as mails are kept
	Oldest    time.Time // when the one that has waited longest was written; zero when none waits
	LastError string    // what the mail server said of the latest that has not gone out; may hold an address: for the administrator's eyes alone
}

// StandingOf asks a database how its mails stand.
func StandingOf(ctx context.Context, d *db.DB) (s Standing, err error) {
	err = d.Read().NewRaw("SELECT count(*) FROM mails WHERE failed_at IS NOT NULL").Scan(ctx, &s.Failed)
	if err != nil {
		return s, err
	}
	err = d.Read().NewRaw("SELECT count(*) FROM mails WHERE sent_at IS NULL AND failed_at IS NULL").Scan(ctx, &s.Waiting)
	if err != nil || s.Waiting == 0 {
		return s, err
	}
	err = d.Read().NewRaw("SELECT created_at FROM mails WHERE sent_at IS NULL AND failed_at IS NULL ORDER BY created_at LIMIT 1").Scan(ctx, &s.Oldest)
	if err != nil {
		if db.IsNoRows(err) { // it went out meanwhile
			err = nil
		}
		return s, err
	}
	s.Oldest = s.Oldest.UTC()
	err = d.Read().NewRaw("SELECT last_error FROM mails WHERE sent_at IS NULL AND failed_at IS NULL AND last_error <> '' ORDER BY created_at DESC LIMIT 1").Scan(ctx, &s.LastError)
	if db.IsNoRows(err) {
		err = nil
	}
	return s, err
}
