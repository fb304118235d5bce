package publiclog

import (
	"context"
	"errors"
	"slices"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"
)

// Run begins the log when there is none, checks everything, enters what an earlier release left out, and gives entries their places until ctx
// ends. It returns a Broken error as soon as it finds one. What fails otherwise is tried again.
func (l *Log) Run(ctx context.Context) error {
	checked := false
	for {
		err := l.Begin(ctx)
		if err == nil && !checked {
			var r Report
			begin := l.clock.Now()
			if r, err = l.CheckAndEnter(ctx, signaturesAtStart); err == nil {
				checked = true
				l.log.InfoContext(ctx, "the records are what the public log proves", "log", r.Latest.Origin, "entries", r.Entries, "rows", r.Facts, "entered", r.Missing, "ms", l.clock.Now().Sub(begin).Milliseconds())
			}
		}
		if err == nil {
			_, err = l.Sequence(ctx)
		}
		if _, fatal := errors.AsType[*Broken](err); fatal {
			return err
		}
		if ctx.Err() != nil {
			return l.finish(ctx)
		}
		retry := time.Minute // entries that another copy left when it was killed
		if err != nil {
			l.log.ErrorContext(ctx, "the public log waits", "error", err)
			retry = 5 * time.Second
		}
		select {
		case <-ctx.Done():
			return l.finish(ctx)
		case <-time.After(retry):
		case <-l.wake:
			select {
			case <-ctx.Done():
				return l.finish(ctx)
			case <-time.After(gather):
			}
		}
	}
}

// finish gives their places to the last entries before the program ends. What does not succeed now, the next start does.
func (l *Log) finish(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if _, err := l.Sequence(ctx); err != nil && !errors.Is(err, ErrNoLog) {
		l.log.WarnContext(ctx, "the last entries of the public log wait for the next start", "error", err)
	}
	return nil
}

// CatchUp brings the log up to date once: begins it when there is none, checks everything, enters what is missing, and gives every entry its place.
func (l *Log) CatchUp(ctx context.Context) (Report, error) {
	if err := l.Begin(ctx); err != nil {
		return Report{}, err
	}
	r, err := l.CheckAndEnter(ctx, 0)
	if err == nil {
		_, err = l.Sequence(ctx)
	}
	return r, err
}

// CheckAndEnter is Check, and enters the rows that have no entry yet, with the time at which they were written and a mark that they were entered
// later. signatures is how many checkpoints have their signatures checked, the newest; 0 for all.
func (l *Log) CheckAndEnter(ctx context.Context, signatures int64) (Report, error) {
	missing := map[string][]id.ID{}
	r, err := l.check(ctx, signatures, func(s Source, facts []Fact) error {
		for _, f := range facts {
			missing[s.Kind] = append(missing[s.Kind], f.Subject)
		}
		return nil
	})
	if err != nil || len(missing) == 0 {
		return r, err
	}
	for _, s := range l.set.Sources {
		if len(missing[s.Kind]) == 0 {
			continue
		}
		wanted := make(map[id.ID]bool, len(missing[s.Kind]))
		for _, subject := range missing[s.Kind] {
			wanted[subject] = true
		}
		err := s.Facts(ctx, l.db.Read(), func(facts []Fact) error {
			return l.enterLater(ctx, s, slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool { return !wanted[f.Subject] }))
		})
		if err != nil {
			return r, err
		}
	}
	return r, nil
}

// enterLater enters facts that the log still lacks: another copy of the program may have been quicker.
func (l *Log) enterLater(ctx context.Context, s Source, facts []Fact) error {
	for part := range slices.Chunk(facts, rowsOfCheck) {
		err := l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := held(ctx, tx); err != nil {
				return err
			}
			entries, err := latestEntries(ctx, tx, s.Kind, part)
			if err != nil {
				return err
			}
			var lacking []Fact
			for _, f := range part {
				e, there := entries[f.Subject]
				if there {
					if fault, err := e.compare(f, &Report{}); err != nil || fault == nil {
						continue
					}
					f.At = l.clock.Now() // the row was changed since; when exactly is not known
				}
				f.Later = true
				lacking = append(lacking, f)
			}
			return l.Enter(ctx, tx, lacking...)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
