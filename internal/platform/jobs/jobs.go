// Package jobs runs work in the background that must not be lost: mails, reminders, state changes by the calendar. A job is a row
// written in the transaction of what caused it, so either both happen or neither.
//
// A job runs at least once. What a crash leaves half done runs again within seconds, on any copy of the program that shares the
// database; a handler makes its effect happen once by calling Once in the transaction that has the effect.
//
// Underneath is River (riverqueue.com), which nothing outside this package sees. docs/adr/0001-jobs.md says what River does and what
// this package adds.
package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Args is what a job is told: a small struct that survives a round trip through JSON. It holds ids, not people's data. Kind names
// the job in the database; it must be the same for the zero value and never change after a release.
type Args interface{ Kind() string }

// Lane keeps jobs that wait for something outside, such as a mail server, from holding up the others.
type Lane string

const (
	Default Lane = "default"
	Mails   Lane = "mails"
)

// workers is how many jobs of a lane one copy of the program runs at a time.
var workers = map[Lane]int{Default: 4, Mails: 4}

// maxAttempts is how often a job is tried unless Attempts says otherwise. With the waits of backoff the last try is about a day
// and a half after the first.
const maxAttempts = 16

// timeout ends a handler's context. A job that needs longer is to be split.
const timeout = 15 * time.Minute

// Queue enqueues jobs and works them.
type Queue struct {
	db     *db.DB
	log    *slog.Logger
	clock  clock.Clock
	copy   string // names this Queue among the copies of the program
	kinds  *river.Workers
	engine engine
	every  []*periodic
	watch  Watcher

	mu      sync.Mutex // held while starting and stopping
	ticking sync.Mutex
	started atomic.Bool
	running atomic.Int64 // jobs this copy is working on
	end     context.CancelFunc
	ended   chan struct{}
}

// New makes a queue on an open database. Register handlers and periodic jobs, Migrate, then Start. A copy that only enqueues must
// register the same handlers: a job nobody can run is refused.
func New(d *db.DB, log *slog.Logger, c clock.Clock) *Queue {
	q := &Queue{db: d, log: log, clock: c, copy: id.New().String(), kinds: river.NewWorkers()}
	q.engine = newEngine(q)
	return q
}

// Close lets go of the queue's own connections. The queue must be stopped.
func (q *Queue) Close() { q.engine.close() }

// Handle registers the handler of a kind of job. It must be called before Start and panics when the kind has a handler already.
// A handler that returns an error is tried again later; a panic counts as an error.
func Handle[T Args](q *Queue, fn func(ctx context.Context, args T) error) {
	river.AddWorker(q.kinds, &worker[T]{q: q, fn: fn})
}

type worker[T Args] struct {
	river.WorkerDefaults[T]
	q  *Queue
	fn func(context.Context, T) error
}

func (w *worker[T]) Work(ctx context.Context, job *river.Job[T]) error {
	w.q.running.Add(1)
	defer w.q.running.Add(-1)
	if job.Attempt > job.MaxAttempts {
		// A rescue puts an orphan back without looking at the limit, so that the reason is written in one place only.
		return fmt.Errorf("the program ended in the middle of this job %d times", job.MaxAttempts)
	}
	ctx = context.WithValue(ctx, currentKey{}, current{q: w.q, id: job.ID, attempt: job.Attempt, last: job.Attempt == job.MaxAttempts})
	if w.q.watch != nil {
		return w.q.watch(ctx, job.Kind, job.Attempt, func(ctx context.Context) error { return w.fn(ctx, job.Args) })
	}
	return w.fn(ctx, job.Args)
}

// Watcher sees a run of a job: it calls run once, and returns what that returns.
type Watcher func(ctx context.Context, kind string, attempt int, run func(context.Context) error) error

// Watch lets w see every run from now on. It is called before Start.
func (q *Queue) Watch(w Watcher) { q.watch = w }

// Option changes how a job is enqueued.
type Option func(*options)

type options struct {
	at       time.Time
	key      string
	lane     Lane
	priority int
	attempts int
}

// At lets the job wait until t.
func At(t time.Time) Option { return func(o *options) { o.at = t } }

// Unique enqueues nothing, without an error, when a job with the same key was ever enqueued. Put what distinguishes one event from
// the next into the key: "reminder/ACTIVITY/2026-05-04".
func Unique(key string) Option { return func(o *options) { o.key = key } }

// In chooses the lane; Default otherwise.
func In(l Lane) Option { return func(o *options) { o.lane = l } }

// Priority is from 1, first, to 4. 2 is the normal one.
func Priority(p int) Option { return func(o *options) { o.priority = p } }

// Attempts is how often the job is tried before it is kept as failed.
func Attempts(n int) Option { return func(o *options) { o.attempts = n } }

// Enqueue writes a job in the caller's transaction: a rollback leaves none.
func (q *Queue) Enqueue(ctx context.Context, tx *db.Tx, args Args, opts ...Option) error {
	o := options{lane: Default, priority: 2, attempts: maxAttempts}
	for _, opt := range opts {
		opt(&o)
	}
	if o.key != "" {
		r, err := tx.NewRaw("INSERT INTO job_keys (unique_key, created_at) VALUES (?, ?) ON CONFLICT (unique_key) DO NOTHING", o.key, q.clock.Now()).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(r) == 0 {
			return nil
		}
	}
	if err := q.engine.insert(ctx, tx, args, &river.InsertOpts{
		MaxAttempts: o.attempts, Priority: o.priority, Queue: string(o.lane), ScheduledAt: o.at,
	}); err != nil {
		return fmt.Errorf("job %s: %w", args.Kind(), err)
	}
	tx.AfterCommit(func() { q.wake(o.lane) })
	return nil
}

func (q *Queue) wake(l Lane) {
	if q.started.Load() {
		q.engine.wake(l)
	}
}

// ErrTaken is what Once returns when this run of the job has lost its right to have the effect: the program seemed dead for a while
// and another run took over. The handler returns it.
var ErrTaken = errors.New("another run of this job took over")

type currentKey struct{}

type current struct {
	q       *Queue
	id      int64
	attempt int
	last    bool
}

// LastTry tells a handler that the job will be given up if this run fails.
func LastTry(ctx context.Context) bool {
	c, ok := ctx.Value(currentKey{}).(current)
	return ok && c.last
}

// Once marks the job as done in the handler's own transaction. When that commits, the job never runs again, whatever crashes
// afterwards; when another run has done it meanwhile, Once returns ErrTaken and the transaction must roll back. Call it in the one
// transaction that has the job's effect, and only there.
func Once(ctx context.Context, tx *db.Tx) error {
	c, ok := ctx.Value(currentKey{}).(current)
	if !ok {
		return errors.New("jobs.Once was called outside a job's handler")
	}
	r, err := tx.NewRaw("UPDATE river_job SET state = 'completed', finalized_at = ? WHERE id = ? AND state = 'running' AND attempt = ?",
		stamp(c.q.clock.Now()), c.id, c.attempt).Exec(ctx)
	if err != nil {
		return err
	}
	if db.Affected(r) == 0 {
		return ErrTaken
	}
	return nil
}

// stamp writes a time as River writes it on SQLite, where times are compared as text. PostgreSQL reads it as UTC.
func stamp(t time.Time) string {
	return t.UTC().Round(time.Millisecond).Format("2006-01-02 15:04:05.999")
}

// until is a time to compare stored times with. River stores times on SQLite in three ways, 10:00:00.12, 10:00:00.120 and
// 10:00:00.12 +0000 UTC; as text each of them is below 10:00:00.120Z, and PostgreSQL reads that as what it says.
func until(t time.Time) string {
	return t.UTC().Round(time.Millisecond).Format("2006-01-02 15:04:05.000Z")
}

// Failure is a job that was given up.
type Failure struct {
	ID       int64
	Kind     string
	Args     json.RawMessage
	Attempts int
	At       time.Time
	Reason   string // of the last attempt
}

// Failed lists the jobs that were given up, the latest first, at most 200. They are kept for a year.
func (q *Queue) Failed(ctx context.Context) ([]Failure, error) { return q.engine.failed(ctx) }

// Retry lets a failed job run again at once.
func (q *Queue) Retry(ctx context.Context, job int64) error {
	if err := q.engine.retry(ctx, job); err != nil {
		return err
	}
	for l := range workers {
		q.wake(l)
	}
	return nil
}
