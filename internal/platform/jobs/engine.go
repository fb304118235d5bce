package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivershared/baseservice"
	"github.com/riverqueue/river/rivershared/riverpilot"
	"github.com/riverqueue/river/rivertype"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// engine hides that River's client has another type for each kind of database.
type engine interface {
	start(ctx context.Context) error
	stop(ctx context.Context) error
	insert(ctx context.Context, tx *db.Tx, args Args, opts *river.InsertOpts) error
	failed(ctx context.Context) ([]Failure, error)
	retry(ctx context.Context, job int64) error
	migrate(ctx context.Context, target int) error
	wake(l Lane)
	close()
}

func newEngine(q *Queue) engine {
	if q.db.Engine == db.SQLite {
		// River shares the one connection that writes, so it waits its turn like every other writer.
		return newClient(q, riversqlite.New(q.db.Writer()), nil, func(tx *db.Tx, fn func(*sql.Tx) error) error { return fn(tx.Tx.Tx) })
	}
	// River's statements need the types of their parameters described, which the program's own pool never asks for (see db.Open).
	// Asking each time anew, rather than keeping named statements, is what a pooler in transaction mode permits.
	cfg := q.db.Pool().Config()
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	cfg.MaxConns, cfg.MinConns = 4, 0
	pool, err := pgxpool.NewWithConfig(context.Background(), cfg)
	if err != nil {
		panic(err) // the same settings have opened q.db
	}
	return newClient(q, riverpgxv5.New(pool), pool.Close, func(tx *db.Tx, fn func(pgx.Tx) error) error {
		return tx.Conn().Raw(func(c any) error { return fn(openTx{pgxConn: c.(interface{ Conn() *pgx.Conn }).Conn()}) })
	})
}

type client[T any] struct {
	q      *Queue
	driver riverdriver.Driver[T]
	river  *river.Client[T]
	pilot  *pilot
	free   func()
	within func(tx *db.Tx, fn func(T) error) error
}

func newClient[T any](q *Queue, driver riverdriver.Driver[T], free func(), within func(*db.Tx, func(T) error) error) *client[T] {
	c := &client[T]{q: q, driver: driver, pilot: &pilot{}, free: free, within: within}
	cfg := &river.Config{
		ID:                          q.copy,
		Logger:                      quietly(q.log),
		Workers:                     q.kinds,
		Queues:                      map[string]river.QueueConfig{},
		MaxAttempts:                 maxAttempts,
		JobTimeout:                  timeout,
		FetchCooldown:               5 * time.Millisecond, // also the least time between two fetches, so it bounds how fast a lane empties
		FetchPollInterval:           poll,
		PollOnly:                    true,
		RescueStuckJobsAfter:        100 * 365 * 24 * time.Hour, // never: it goes by the machine's clock and by age; see Queue.rescue
		RetryPolicy:                 backoff{q.clock},
		ErrorHandler:                reporter{q},
		CancelledJobRetentionPeriod: -1, // never: it goes by the machine's clock; see Queue.clean
		CompletedJobRetentionPeriod: -1,
		DiscardedJobRetentionPeriod: -1,
		TestOnly:                    true, // starts maintenance at once instead of within a random second
	}
	for l, n := range workers {
		cfg.Queues[string(l)] = river.QueueConfig{MaxWorkers: n}
	}
	if q.clock != clock.System {
		cfg.Test.Time = told{q.clock}
	}
	r, err := river.NewClient(quiet[T]{driver, c.pilot}, cfg)
	if err != nil {
		panic(err) // only a setting above can be at fault
	}
	c.river = r
	return c
}

func (c *client[T]) start(ctx context.Context) error { return c.river.Start(ctx) }

func (c *client[T]) stop(ctx context.Context) error {
	err := c.river.Stop(ctx)
	if err == nil || ctx.Err() == nil {
		return err
	}
	// Those who wait have no more time: the handlers are told to give up, and what they had not finished runs again later.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	return errors.Join(err, c.river.StopAndCancel(ctx))
}

func (c *client[T]) insert(ctx context.Context, tx *db.Tx, args Args, opts *river.InsertOpts) error {
	return c.within(tx, func(t T) error {
		_, err := c.river.InsertTx(ctx, t, args, opts)
		return err
	})
}

func (c *client[T]) failed(ctx context.Context) ([]Failure, error) {
	res, err := c.river.JobList(ctx, river.NewJobListParams().States(rivertype.JobStateDiscarded).
		OrderBy(river.JobListOrderByTime, river.SortOrderDesc).First(200))
	if err != nil {
		return nil, err
	}
	list := make([]Failure, 0, len(res.Jobs))
	for _, j := range res.Jobs {
		f := Failure{ID: j.ID, Kind: j.Kind, Args: j.EncodedArgs, Attempts: j.Attempt}
		if j.FinalizedAt != nil {
			f.At = j.FinalizedAt.UTC()
		}
		if n := len(j.Errors); n > 0 {
			f.Reason = j.Errors[n-1].Error
		}
		list = append(list, f)
	}
	return list, nil
}

func (c *client[T]) retry(ctx context.Context, job int64) error {
	_, err := c.river.JobRetry(ctx, job)
	return err
}

func (c *client[T]) wake(l Lane) { c.pilot.wake(l) }

func (c *client[T]) close() {
	if c.free != nil {
		c.free()
	}
}

var errMigrated = errors.New("done")

// migrate brings River's tables up to its version target, 0 for the newest. The transaction around it is what makes other copies
// wait: on SQLite it holds the writer, on PostgreSQL a row that is taken back at the end. There River cannot migrate inside it,
// because it adds to an enumeration and uses the new value in the next step.
func (c *client[T]) migrate(ctx context.Context, target int) error {
	m, err := rivermigrate.New(c.driver, &rivermigrate.Config{Logger: quietly(c.q.log)})
	if err != nil {
		return err
	}
	if done, err := c.migrated(ctx, m, target); err != nil || done {
		return err
	}
	opts := &rivermigrate.MigrateOpts{TargetVersion: target}
	for {
		err = c.q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if c.q.db.Engine == db.SQLite {
				return c.within(tx, func(t T) error {
					_, err := m.MigrateTx(ctx, t, rivermigrate.DirectionUp, opts)
					return err
				})
			}
			// Whoever waits for the row lets go of its connection now and then: through a small pooler those who wait would otherwise hold
			// all the connections that the one who migrates needs.
			if _, err := tx.ExecContext(ctx, "SET LOCAL lock_timeout = '100ms'"); err != nil {
				return err
			}
			if _, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES ('jobs.migration', '', ?)", c.q.clock.Now()).Exec(ctx); err != nil {
				return err
			}
			if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, opts); err != nil {
				return err
			}
			return errMigrated
		})
		switch waited, _ := errors.AsType[*pgconn.PgError](err); {
		case err == nil || errors.Is(err, errMigrated):
			return nil
		case waited == nil || waited.Code != "55P03": // the row is held
			return fmt.Errorf("the tables of the job queue could not be brought up to date: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// migrated tells whether River's tables have the version target already.
func (c *client[T]) migrated(ctx context.Context, m *rivermigrate.Migrator[T], target int) (bool, error) {
	if all := m.AllVersions(); target == 0 {
		target = all[len(all)-1].Version
	}
	have, err := m.ExistingVersions(ctx)
	if err != nil {
		return false, fmt.Errorf("the tables of the job queue could not be looked at: %w", err)
	}
	return slices.ContainsFunc(have, func(v rivermigrate.Migration) bool { return v.Version == target }), nil
}

// quiet is a driver without LISTEN and NOTIFY, which no pooler in transaction mode passes on. River then wakes its workers itself,
// through the pilot.
type quiet[T any] struct {
	riverdriver.Driver[T]
	pilot *pilot
}

func (quiet[T]) SupportsListener() bool            { return false }
func (quiet[T]) SupportsListenNotify() bool        { return false }
func (quiet[T]) PluginInit(*baseservice.Archetype) {}
func (d quiet[T]) PluginPilot() riverpilot.Pilot   { return d.pilot }

// pilot catches the one function of River's client that tells a worker to look for jobs now.
type pilot struct {
	riverpilot.StandardPilot
	notify func(context.Context, []*rivertype.JobInsertResult)
}

func (p *pilot) PilotInit(a *baseservice.Archetype, params *riverpilot.PilotInitParams) {
	p.StandardPilot.PilotInit(a, params)
	p.notify = params.NotifyNonTxJobInsert
}

// JobSetStateIfRunningMany ticks jobs off. When one of them exists no longer, River's SQLite driver leaves the rest of the batch
// undone and River panics on the gap; then each is ticked off alone and the missing ones are passed over.
func (p *pilot) JobSetStateIfRunningMany(ctx context.Context, exec riverdriver.Executor, all *riverdriver.JobSetStateIfRunningManyParams) ([]*rivertype.JobRow, error) {
	rows, err := p.StandardPilot.JobSetStateIfRunningMany(ctx, exec, all)
	if err != nil || !slices.Contains(rows, nil) {
		return rows, err
	}
	rows = rows[:0]
	for i := range all.ID {
		one, err := p.StandardPilot.JobSetStateIfRunningMany(ctx, exec, &riverdriver.JobSetStateIfRunningManyParams{
			ID: all.ID[i : i+1], Attempt: all.Attempt[i : i+1], ErrData: all.ErrData[i : i+1], FinalizedAt: all.FinalizedAt[i : i+1],
			MetadataDoMerge: all.MetadataDoMerge[i : i+1], MetadataUpdates: all.MetadataUpdates[i : i+1], Now: all.Now,
			ScheduledAt: all.ScheduledAt[i : i+1], Schema: all.Schema, State: all.State[i : i+1],
		})
		if err != nil {
			return nil, err
		}
		if len(one) == 1 && one[0] != nil {
			rows = append(rows, one[0])
		}
	}
	return rows, nil
}

func (p *pilot) wake(l Lane) {
	p.notify(context.Background(), []*rivertype.JobInsertResult{{Job: &rivertype.JobRow{Queue: string(l)}}})
}

// openTx lets River insert through the transaction that is open on a connection. It never ends that transaction.
type openTx struct{ *pgxConn }

type pgxConn = pgx.Conn

var errNotOurs = errors.New("the caller ends this transaction")

func (t openTx) Begin(context.Context) (pgx.Tx, error) { return nil, errNotOurs }
func (t openTx) Commit(context.Context) error          { return errNotOurs }
func (t openTx) Rollback(context.Context) error        { return errNotOurs }
func (t openTx) Conn() *pgx.Conn                       { return t.pgxConn }
func (t openTx) LargeObjects() pgx.LargeObjects        { return pgx.LargeObjects{} }

func (t openTx) Exec(ctx context.Context, q string, args ...any) (pgconn.CommandTag, error) {
	return t.pgxConn.Exec(ctx, q, described(args)...)
}

func (t openTx) Query(ctx context.Context, q string, args ...any) (pgx.Rows, error) {
	return t.pgxConn.Query(ctx, q, described(args)...)
}

func (t openTx) QueryRow(ctx context.Context, q string, args ...any) pgx.Row {
	return t.pgxConn.QueryRow(ctx, q, described(args)...)
}

func described(args []any) []any { return append([]any{pgx.QueryExecModeDescribeExec}, args...) }

// told gives River the program's clock.
type told struct{ clock.Clock }

func (t told) NowUTC() time.Time       { return t.Now() }
func (t told) NowUTCOrNil() *time.Time { now := t.Now(); return &now }

// backoff waits 2, 4, 8 … seconds after a failure, at most six hours, each give or take a fifth so that jobs that failed together
// do not come back together.
type backoff struct{ clock clock.Clock }

func (b backoff) NextRetry(job *rivertype.JobRow) time.Time {
	wait := min(time.Second<<min(len(job.Errors)+1, 20), 6*time.Hour)
	return b.clock.Now().Add(time.Duration(float64(wait) * (.8 + .4*rand.Float64())))
}

// reporter writes failures into the log: the kind and the reason, never the arguments.
type reporter struct{ q *Queue }

func (r reporter) HandleError(ctx context.Context, job *rivertype.JobRow, err error) *river.ErrorHandlerResult {
	if !errors.Is(err, ErrTaken) {
		r.q.log.WarnContext(ctx, "job failed", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "error", err)
	}
	return nil
}

func (r reporter) HandlePanic(ctx context.Context, job *rivertype.JobRow, value any, trace string) *river.ErrorHandlerResult {
	r.q.log.ErrorContext(ctx, "job panicked", "kind", job.Kind, "job", job.ID, "attempt", job.Attempt, "of", job.MaxAttempts, "panic", value, "trace", trace)
	return nil
}
