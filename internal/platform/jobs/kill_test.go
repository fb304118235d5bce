package jobs_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
)

// childEnv names the variable that turns the test binary into a copy of the program that works the database it holds.
const childEnv = "SAMKLANG_JOBS_CHILD"

func TestMain(m *testing.M) {
	if dsn := os.Getenv(childEnv); dsn != "" {
		child(dsn)
	}
	os.Exit(m.Run())
}

func child(dsn string) {
	d, err := db.Open(context.Background(), dsn, db.Options{})
	if err != nil {
		panic(err)
	}
	q := jobs.New(d, slog.New(slog.DiscardHandler), clock.System)
	handleNotes(q, d)
	if err := q.Start(context.Background()); err != nil {
		panic(err)
	}
	fmt.Println("works")
	select {}
}

// handleNotes works notes slowly enough that most kills hit some of them.
func handleNotes(q *jobs.Queue, d *db.DB) {
	jobs.Handle(q, func(ctx context.Context, a note) error {
		time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond)
		return d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := jobs.Once(ctx, tx); err != nil {
				return err
			}
			return write(ctx, tx, a.Key)
		})
	})
}

func eachURL(t *testing.T, fn func(t *testing.T, dsn string, d *db.DB)) {
	run := func(t *testing.T, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { d.Close() })
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		fn(t, dsn, d)
	}
	t.Run("sqlite", func(t *testing.T) { run(t, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db")) })
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
	t.Run("pgbouncer", func(t *testing.T) { run(t, dbtest.Pool(t, dbtest.PostgresURL(t), 3).URL) }) // fewer connections than copies
}

func TestKilledCopiesLoseNothingAndDoubleNothing(t *testing.T) {
	eachURL(t, func(t *testing.T, dsn string, d *db.DB) {
		const n, kills = 1000, 20
		q := newQueue(t, d, clock.System)
		handleNotes(q, d)
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range n {
				if err := q.Enqueue(ctx, tx, note{fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		orphans := 0
		for range kills {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), childEnv+"="+dsn)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "works\n" {
				t.Fatalf("child: %q %v", line, err)
			}
			time.Sleep(time.Duration(rand.IntN(150)) * time.Millisecond)
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			cmd.Wait() // tells that it was killed
			var now int
			if err := d.Read().NewRaw("SELECT count(*) FROM river_job WHERE state = 'running'").Scan(t.Context(), &now); err != nil {
				t.Fatal(err)
			}
			orphans = max(orphans, now)
		}
		done := written(t, d)
		begin := time.Now()
		start(t, q)
		eventually(t, time.Minute, "the effect of every job", func() bool { return written(t, d) == n })
		t.Logf("%d of %d done by killed copies, at most %d orphans at a time; the last effect %s after the last kill", done, n, orphans, time.Since(begin).Round(time.Millisecond))
		if orphans == 0 || done == 0 || done == n {
			t.Error("the kills hit nothing, so nothing was shown")
		}
		if failed, err := q.Failed(t.Context()); err != nil || len(failed) != 0 {
			t.Errorf("failed: %v %v", failed, err)
		}
		if err := q.Drain(t.Context()); err != nil { // also what River has not yet ticked off
			t.Fatal(err)
		}
		if written(t, d) != n {
			t.Errorf("%d effects of %d jobs", written(t, d), n)
		}
	})
}

func TestSeveralCopiesMigrateAtOnce(t *testing.T) {
	eachURL(t, func(t *testing.T, dsn string, d *db.DB) {
		for _, old := range []int{0, 4} { // from nothing, and from an older version
			if old > 0 {
				if _, err := d.Writer().Exec("DROP TABLE river_job"); err != nil {
					t.Fatal(err)
				}
				for _, table := range []string{"river_leader", "river_queue", "river_client_queue", "river_client", "river_migration"} {
					if _, err := d.Writer().Exec("DROP TABLE IF EXISTS " + table); err != nil {
						t.Fatal(err)
					}
				}
				if d.Engine == db.Postgres {
					if _, err := d.Writer().Exec("DROP FUNCTION IF EXISTS river_job_state_in_bitmask; DROP FUNCTION IF EXISTS river_job_notify CASCADE; DROP TYPE river_job_state CASCADE"); err != nil {
						t.Fatal(err)
					}
				}
				if err := newBareQueue(t, d).MigrateTo(t.Context(), old); err != nil {
					t.Fatal(err)
				}
			}
			var wg sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				other, err := db.Open(t.Context(), dsn, db.Options{})
				if err != nil {
					t.Fatal(err)
				}
				defer other.Close()
				q := newBareQueue(t, other)
				wg.Go(func() { errs[i] = q.Migrate(t.Context()) })
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				t.Fatal(err)
			}
			q := newQueue(t, d, clock.System)
			handleNotes(q, d)
			enqueue(t, d, q, note{fmt.Sprint("after ", old)})
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if written(t, d) != 2 {
			t.Errorf("%d jobs ran, want 2", written(t, d))
		}
	})
}

func newBareQueue(t *testing.T, d *db.DB) *jobs.Queue {
	q := jobs.New(d, slog.New(slog.DiscardHandler), clock.System)
	t.Cleanup(q.Close)
	return q
}

func TestIdleQueueCostsNothing(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		handleNotes(q, d)
		q.Every("morning", jobs.Daily(6, 0), note{})
		start(t, q)
		time.Sleep(500 * time.Millisecond)
		const watch = 3 * time.Second
		before := cpu(t)
		time.Sleep(watch)
		used := cpu(t) - before
		t.Logf("%.2f %% of one core", 100*used.Seconds()/watch.Seconds())
		if used > watch/20 {
			t.Errorf("used %s of %s", used, watch)
		}
	})
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
