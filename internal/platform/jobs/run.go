package jobs

import (
	"context"
	"errors"
	"strings"
	"time"

	"samklang/internal/platform/db"
)

const (
	round = time.Second     // between two looks at what is due, and between two beats of a copy that has work
	dead  = 5 * time.Second // a copy whose beats stand still that long is taken to be gone

	keepDone   = 24 * time.Hour
	keepFailed = 365 * 24 * time.Hour
)

// poll is the time between two looks at a lane whose workers nobody has woken.
var poll = time.Second

// Migrate creates River's tables or brings them up to date. Several copies may call it at once. The program's own migrations come
// first.
func (q *Queue) Migrate(ctx context.Context) error { return q.engine.migrate(ctx, 0) }

// Start begins to work jobs and to enqueue periodic ones. It returns at once; ending ctx does not stop it, Stop does.
func (q *Queue) Start(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.start(ctx)
}

func (q *Queue) start(ctx context.Context) error {
	if q.started.Load() {
		return errors.New("the queue runs already")
	}
	ctx = context.WithoutCancel(ctx)
	if err := q.engine.start(ctx); err != nil {
		return err
	}
	ctx, q.end = context.WithCancel(ctx)
	q.ended = make(chan struct{})
	go q.mind(ctx, q.ended)
	q.started.Store(true)
	return nil
}

// Stop takes no new jobs and waits for those that run. When ctx ends first, their contexts are cancelled.
func (q *Queue) Stop(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.stop(ctx)
}

func (q *Queue) stop(ctx context.Context) error {
	if !q.started.Swap(false) {
		return nil
	}
	err := q.engine.stop(ctx) // the beats go on meanwhile
	q.end()
	<-q.ended
	return err
}

// Drain runs everything that is due by the clock, including what that enqueues, and returns when nothing due is left. A job that
// fails is due again later, so Drain leaves it. It is for tests and the example installation.
func (q *Queue) Drain(ctx context.Context) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if err := q.tick(ctx); err != nil {
		return err
	}
	was := q.started.Load()
	for {
		n, err := q.due(ctx)
		if err != nil {
			return err
		}
		if n == 0 {
			break
		}
		if !q.started.Load() {
			if err := q.start(ctx); err != nil {
				return err
			}
		}
		if err := q.promote(ctx); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), q.stopUnless(was))
		case <-time.After(5 * time.Millisecond):
		}
	}
	return q.stopUnless(was)
}

func (q *Queue) stopUnless(was bool) error {
	if was {
		return nil
	}
	return q.stop(context.Background())
}

// due counts the jobs that run or could.
func (q *Queue) due(ctx context.Context) (n int, err error) {
	err = q.db.Read().NewRaw(`SELECT count(*) FROM river_job WHERE state = 'running'
		OR (state IN ('available', 'retryable', 'scheduled') AND scheduled_at <= ?)`, until(q.clock.Now())).Scan(ctx, &n)
	return n, err
}

// mind does what River leaves to one elected copy and with long pauses: it makes waiting jobs available when their time has come,
// and gives the jobs of a copy that died to the others.
func (q *Queue) mind(ctx context.Context, ended chan struct{}) {
	defer close(ended)
	t := time.NewTicker(round)
	defer t.Stop()
	seen := map[string]sighting{}
	beats := int64(0)
	cleaned := time.Time{}
	steps := []struct {
		name string
		do   func() error
	}{
		{"beat", func() error { return q.beat(ctx, &beats) }},
		{"promote", func() error { return q.promote(ctx) }},
		{"tick", func() error { return q.tick(ctx) }},
		{"rescue", func() error { return q.rescue(ctx, seen) }},
		{"clean", func() error {
			if time.Since(cleaned) < time.Hour {
				return nil
			}
			cleaned = time.Now()
			return q.clean(ctx)
		}},
	}
	for {
		for _, s := range steps {
			if err := s.do(); err != nil && ctx.Err() == nil {
				q.log.WarnContext(ctx, "the job queue could not do its round", "step", s.name, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// beat shows the other copies that this one lives, as long as it has jobs in hand.
func (q *Queue) beat(ctx context.Context, beats *int64) error {
	if q.running.Load() == 0 {
		return nil
	}
	*beats++
	return q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO job_copies (id, beats) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET beats = excluded.beats", q.copy, *beats).Exec(ctx)
		return err
	})
}

func (q *Queue) promote(ctx context.Context) error {
	const where = " FROM river_job WHERE state IN ('retryable', 'scheduled') AND scheduled_at <= ?"
	now := q.clock.Now()
	var waiting []string
	if err := q.db.Read().NewRaw("SELECT DISTINCT queue"+where, until(now)).Scan(ctx, &waiting); err != nil || len(waiting) == 0 {
		return err
	}
	return q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		tx.AfterCommit(func() {
			for _, l := range waiting {
				q.wake(Lane(l))
			}
		})
		_, err := tx.NewRaw("UPDATE river_job SET state = 'available', scheduled_at = ? WHERE state IN ('retryable', 'scheduled') AND scheduled_at <= ?",
			stamp(now), until(now)).Exec(ctx)
		return err
	})
}

// sighting is how many beats of a copy were seen, and since when there were no more. Only this machine's own sense of how time
// passes counts, so the clocks of two machines need not agree.
type sighting struct {
	beats int64
	since time.Time
}

// orphan is a job that runs on another copy, or ran when that copy died.
type orphan struct {
	ID          int64
	Attempt     int
	AttemptedBy string
}

// rescue gives the jobs of dead copies back. A copy that was only slow finds its jobs taken; Once then refuses it.
func (q *Queue) rescue(ctx context.Context, seen map[string]sighting) error {
	var rows []orphan
	if err := q.db.Read().NewRaw("SELECT id, attempt, CAST(attempted_by AS TEXT) AS attempted_by FROM river_job WHERE state = 'running'").Scan(ctx, &rows); err != nil {
		return err
	}
	working := map[string][]orphan{}
	for _, r := range rows {
		if by := last(r.AttemptedBy); by != q.copy {
			working[by] = append(working[by], r)
		}
	}
	for by := range seen {
		if working[by] == nil {
			delete(seen, by)
		}
	}
	if len(working) == 0 {
		return nil
	}
	var copies []struct {
		ID    string
		Beats int64
	}
	if err := q.db.Read().NewRaw("SELECT id, beats FROM job_copies").Scan(ctx, &copies); err != nil {
		return err
	}
	beats := map[string]int64{}
	for _, c := range copies {
		beats[c.ID] = c.Beats
	}
	now := time.Now()
	for by, jobs := range working {
		s, ok := seen[by]
		if !ok || s.beats != beats[by] {
			seen[by] = sighting{beats[by], now}
			continue
		}
		if now.Sub(s.since) < dead {
			continue
		}
		delete(seen, by)
		if _, err := q.take(ctx, by, s.beats, jobs); err != nil {
			return err
		}
	}
	return nil
}

// take makes the jobs of a dead copy available and says how many. Whoever removes the copy's last beat may do so; nobody does when
// it beat meanwhile.
func (q *Queue) take(ctx context.Context, by string, beats int64, jobs []orphan) (n int, err error) {
	err = q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		r, err := tx.NewRaw("DELETE FROM job_copies WHERE id = ? AND beats = ?", by, beats).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(r) == 0 {
			exists, err := tx.NewSelect().Table("job_copies").Where("id = ?", by).Exists(ctx)
			if err != nil || exists {
				return err
			}
		}
		for _, j := range jobs {
			r, err := tx.NewRaw("UPDATE river_job SET state = 'available', scheduled_at = ? WHERE state = 'running' AND id = ? AND attempt = ?",
				stamp(q.clock.Now()), j.ID, j.Attempt).Exec(ctx)
			if err != nil {
				return err
			}
			n += db.Affected(r)
		}
		tx.AfterCommit(func() {
			q.log.WarnContext(ctx, "took over the jobs of a copy that went away", "copy", by, "jobs", n)
			for l := range workers {
				q.wake(l)
			}
		})
		return nil
	})
	return n, err
}

// clean removes the rows of jobs that were done or given up long ago. The newest row stays, because SQLite would give its number to
// the next job.
func (q *Queue) clean(ctx context.Context) error {
	now := q.clock.Now()
	const where = " FROM river_job WHERE id < (SELECT max(id) FROM river_job) AND ((state IN ('completed', 'cancelled') AND finalized_at < ?) OR (state = 'discarded' AND finalized_at < ?))"
	done, failed := until(now.Add(-keepDone)), until(now.Add(-keepFailed))
	var old bool
	if err := q.db.Read().NewRaw("SELECT EXISTS (SELECT 1"+where+")", done, failed).Scan(ctx, &old); err != nil || !old {
		return err
	}
	return q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("DELETE"+where, done, failed).Exec(ctx)
		return err
	})
}

// last is the last name in River's list of who tried a job: ["a","b"] on SQLite, {a,b} on PostgreSQL.
func last(list string) string {
	list = strings.Trim(list, `[]{}" `)
	if i := strings.LastIndexAny(list, `," `); i >= 0 {
		list = list[i+1:]
	}
	return strings.Trim(list, `" `)
}
