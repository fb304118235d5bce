package jobs

import "context"

// MigrateTo stops at an older version of River's tables.
func (q *Queue) MigrateTo(ctx context.Context, version int) error {
	return q.engine.migrate(ctx, version)
}

// TakeOver does what another copy does when this one seems dead.
func (q *Queue) TakeOver(ctx context.Context) error {
	var jobs []orphan
	if err := q.db.Read().NewRaw("SELECT id, attempt FROM river_job WHERE state = 'running'").Scan(ctx, &jobs); err != nil {
		return err
	}
	if _, err := q.db.Writer().ExecContext(ctx, "DELETE FROM job_copies"); err != nil {
		return err
	}
	return q.take(ctx, q.copy, 0, jobs)
}

// Clean removes old rows now.
func (q *Queue) Clean(ctx context.Context) error { return q.clean(ctx) }
