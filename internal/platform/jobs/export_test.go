package jobs

import (
	"context"
	"time"
)

// MigrateTo stops at an older version of River's tables.
func (q *Queue) MigrateTo(ctx context.Context, version int) error {
	return q.engine.migrate(ctx, version)
}

// TakeOver does what another copy does when this one seems dead. A beat of this copy in between makes it look again.
func (q *Queue) TakeOver(ctx context.Context) error {
	for {
		var jobs []orphan
		if err := q.db.Read().NewRaw("SELECT id, attempt FROM river_job WHERE state = 'running'").Scan(ctx, &jobs); err != nil {
			return err
		}
		var beats int64
		if err := q.db.Read().NewRaw("SELECT coalesce(max(beats), 0) FROM job_copies WHERE id = ?", q.copy).Scan(ctx, &beats); err != nil {
			return err
		}
		if n, err := q.take(ctx, q.copy, beats, jobs); n > 0 || err != nil {
			return err
		}
	}
}

// NeverPoll makes queues that look for jobs only when they are woken, until the returned function is called.
func NeverPoll() (again func()) {
	was := poll
	poll = 24 * time.Hour
	return func() { poll = was }
}

// Clean removes old rows now.
func (q *Queue) Clean(ctx context.Context) error { return q.clean(ctx) }
