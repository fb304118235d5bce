package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
)

type note struct{ Key string }

func (note) Kind() string { return "note" }

// write is the effect of a note: a row that cannot be there twice.
func write(ctx context.Context, tx *db.Tx, key string) error {
	_, err := tx.NewRaw("INSERT INTO form_keys (form_key, created_at) VALUES (?, ?)", key, clock.System.Now()).Exec(ctx)
	return err
}

func written(t testing.TB, d *db.DB) int {
	t.Helper()
	var n int
	if err := d.Read().NewRaw("SELECT count(*) FROM form_keys").Scan(context.Background(), &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func newQueue(t testing.TB, d *db.DB, c clock.Clock) *jobs.Queue {
	t.Helper()
	q := jobs.New(d, slog.New(slog.DiscardHandler), c)
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := q.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		q.Close()
	})
	return q
}

func enqueue(t testing.TB, d *db.DB, q *jobs.Queue, args jobs.Args, opts ...jobs.Option) {
	t.Helper()
	if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, args, opts...) }); err != nil {
		t.Fatal(err)
	}
}

func start(t testing.TB, q *jobs.Queue) {
	t.Helper()
	if err := q.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func eventually(t testing.TB, within time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %s: %s", within, what)
		}
	}
}

func TestJobIsEnqueuedWithItsTransaction(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		var ran []string
		jobs.Handle(q, func(_ context.Context, a note) error { ran = append(ran, a.Key); return nil })
		boom := errors.New("boom")
		err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := q.Enqueue(ctx, tx, note{"rolled back"}, jobs.Unique("k")); err != nil {
				return err
			}
			return boom
		})
		if !errors.Is(err, boom) {
			t.Fatal(err)
		}
		enqueue(t, d, q, note{"å\"'; --"}, jobs.Unique("k"))
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if strings.Join(ran, "|") != "å\"'; --" {
			t.Errorf("ran %q", ran)
		}
	})
}

type unknown struct{}

func (unknown) Kind() string { return "unknown" }

func TestJobThatNobodyCanRunIsRefused(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, unknown{}) })
		if err == nil {
			t.Error("a job without a handler was accepted")
		}
	})
}

func TestUniqueKeyMakesOneJob(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		var ran atomic.Int64
		jobs.Handle(q, func(context.Context, note) error { ran.Add(1); return nil })
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, note{}, jobs.Unique("k")) }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for range 2 {
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			enqueue(t, d, q, note{}, jobs.Unique("k")) // also when the first is done
		}
		if ran.Load() != 1 {
			t.Errorf("ran %d times", ran.Load())
		}
	})
}

func TestPriorityAndTime(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.Date{Year: 2026, Month: 3, Day: 2})
		q := newQueue(t, d, c)
		var mu sync.Mutex
		var ran []string
		jobs.Handle(q, func(_ context.Context, a note) error {
			mu.Lock()
			defer mu.Unlock()
			ran = append(ran, a.Key)
			return nil
		})
		enqueue(t, d, q, note{"tomorrow"}, jobs.At(c.Now().Add(24*time.Hour)))
		enqueue(t, d, q, note{"today"}, jobs.At(c.Now()))
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if strings.Join(ran, " ") != "today" {
			t.Fatalf("ran %v", ran)
		}
		c.Advance(24 * time.Hour)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if strings.Join(ran, " ") != "today tomorrow" {
			t.Fatalf("ran %v", ran)
		}
	})
}

func TestFailingJobIsTriedAgain(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.Date{Year: 2026, Month: 3, Day: 2})
		q := newQueue(t, d, c)
		tries := 0
		jobs.Handle(q, func(context.Context, note) error {
			tries++
			if tries < 3 {
				return errors.New("not yet")
			}
			return nil
		})
		enqueue(t, d, q, note{})
		for i, wait := range []time.Duration{0, 3 * time.Second, 6 * time.Second, time.Hour} {
			c.Advance(wait)
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := min(i+1, 3); tries != want {
				t.Fatalf("after wait %d: tried %d times, want %d", i, tries, want)
			}
		}
		if f, err := q.Failed(t.Context()); err != nil || len(f) != 0 {
			t.Errorf("failed: %v %v", f, err)
		}
	})
}

func TestPoisonIsKeptWithItsReason(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.Date{Year: 2026, Month: 3, Day: 2})
		q := newQueue(t, d, c)
		well := false
		jobs.Handle(q, func(ctx context.Context, a note) error {
			if well {
				return nil
			}
			if a.Key == "panic" {
				panic("arsenic")
			}
			if jobs.LastTry(ctx) {
				return errors.New("hemlock")
			}
			return errors.New("a first sip")
		})
		enqueue(t, d, q, note{"error"}, jobs.Attempts(2))
		enqueue(t, d, q, note{"panic"}, jobs.Attempts(1))
		for range 3 {
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
			c.Advance(time.Minute)
		}
		failed, err := q.Failed(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, f := range failed {
			got[string(f.Args)] = fmt.Sprintf("%s %d %s %v", f.Kind, f.Attempts, f.Reason, f.At.IsZero())
		}
		if len(got) != 2 || got[`{"Key": "error"}`]+got[`{"Key":"error"}`] != "note 2 hemlock false" || got[`{"Key": "panic"}`]+got[`{"Key":"panic"}`] != "note 1 arsenic false" {
			t.Fatalf("failed: %v", got)
		}
		well = true
		for _, f := range failed {
			if err := q.Retry(t.Context(), f.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if failed, err := q.Failed(t.Context()); err != nil || len(failed) != 0 {
			t.Errorf("after the retry: %v %v", failed, err)
		}
	})
}

func TestEffectHappensOnceUnderConcurrency(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 1000
		a, b := newQueue(t, d, clock.System), newQueue(t, d, clock.System)
		var runs atomic.Int64
		for _, q := range []*jobs.Queue{a, b} {
			jobs.Handle(q, func(ctx context.Context, args note) error {
				runs.Add(1)
				return d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
					if err := jobs.Once(ctx, tx); err != nil {
						return err
					}
					return write(ctx, tx, args.Key)
				})
			})
		}
		if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range n {
				if err := a.Enqueue(ctx, tx, note{fmt.Sprint(i)}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		start(t, a)
		start(t, b)
		eventually(t, 2*time.Minute, "all effects", func() bool { return written(t, d) == n })
		took := time.Since(begin)
		if err := errors.Join(a.Stop(t.Context()), b.Stop(t.Context())); err != nil {
			t.Fatal(err)
		}
		if runs.Load() != n {
			t.Errorf("%d runs of %d jobs", runs.Load(), n)
		}
		if f, err := a.Failed(t.Context()); err != nil || len(f) != 0 {
			t.Errorf("failed: %v %v", f, err)
		}
		t.Logf("%.0f jobs/s", n/took.Seconds())
	})
}

func TestOnceRefusesASecondEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		var second error
		jobs.Handle(q, func(ctx context.Context, a note) error {
			effect := func(ctx context.Context, tx *db.Tx) error {
				if err := jobs.Once(ctx, tx); err != nil {
					return err
				}
				return write(ctx, tx, fmt.Sprint(time.Now().UnixNano()))
			}
			if err := d.WithTx(ctx, effect); err != nil {
				return err
			}
			second = d.WithTx(ctx, effect)
			return errors.New("crash after the commit")
		})
		enqueue(t, d, q, note{})
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !errors.Is(second, jobs.ErrTaken) || written(t, d) != 1 {
			t.Errorf("second effect: %v, rows %d", second, written(t, d))
		}
		err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return jobs.Once(ctx, tx) })
		if err == nil {
			t.Error("Once outside a job was accepted")
		}
	})
}

func TestCopyThatOnlySeemedDeadHasNoSecondEffect(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		var runs atomic.Int64
		late := make(chan error, 1)
		jobs.Handle(q, func(ctx context.Context, a note) error {
			first := runs.Add(1) == 1
			if first {
				if err := q.TakeOver(ctx); err != nil {
					return err
				}
				time.Sleep(100 * time.Millisecond) // the second run is at it or done
			}
			err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
				if err := jobs.Once(ctx, tx); err != nil {
					return err
				}
				return write(ctx, tx, a.Key)
			})
			if first {
				late <- err
			}
			return err
		})
		enqueue(t, d, q, note{"effect"})
		start(t, q)
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		slow := <-late
		if runs.Load() != 2 || !errors.Is(slow, jobs.ErrTaken) || written(t, d) != 1 {
			t.Errorf("%d runs, the slow one got %v, %d effects", runs.Load(), slow, written(t, d))
		}
	})
}

func TestEnqueueWakesAWorker(t *testing.T) {
	t.Cleanup(jobs.NeverPoll())
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		ran := make(chan struct{}, 1)
		jobs.Handle(q, func(context.Context, note) error { ran <- struct{}{}; return nil })
		start(t, q)
		time.Sleep(50 * time.Millisecond) // the look at the start is over
		for _, lane := range []jobs.Lane{jobs.Default, jobs.Mails, jobs.Default, jobs.Default, jobs.Mails} {
			enqueue(t, d, q, note{}, jobs.In(lane))
			select {
			case <-ran:
			case <-time.After(30 * time.Second):
				t.Fatalf("nobody was woken in lane %s", lane)
			}
		}
	})
}

func TestStopWaitsForRunningJobs(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		began, waits, ended := make(chan bool), make(chan bool), atomic.Bool{}
		jobs.Handle(q, func(ctx context.Context, a note) error {
			if a.Key == "patient" {
				close(waits)
				<-ctx.Done()
				return ctx.Err()
			}
			close(began)
			time.Sleep(150 * time.Millisecond)
			ended.Store(true)
			return ctx.Err()
		})
		enqueue(t, d, q, note{})
		start(t, q)
		<-began
		enqueue(t, d, q, note{"later"}, jobs.At(time.Now().Add(time.Hour)))
		if err := q.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !ended.Load() {
			t.Error("stopped in the middle of a job")
		}
		enqueue(t, d, q, note{"patient"})
		start(t, q)
		<-waits
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		begin := time.Now()
		if err := q.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) > time.Minute { // the job itself would go on for a quarter of an hour
			t.Errorf("stop of a job that never ends: %v after %s", err, time.Since(begin))
		}
	})
}

func TestOldJobsAreCleanedAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.Date{Year: 2026, Month: 3, Day: 2})
		q := newQueue(t, d, c)
		jobs.Handle(q, func(_ context.Context, a note) error {
			if a.Key == "poison" {
				return errors.New("hemlock")
			}
			return nil
		})
		left := func() (n int) {
			t.Helper()
			if err := q.Clean(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := d.Read().NewRaw("SELECT count(*) FROM river_job").Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for _, k := range []string{"a", "poison", "b", "c"} {
			enqueue(t, d, q, note{k}, jobs.Attempts(1))
		}
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := left(); n != 4 {
			t.Errorf("at once: %d jobs left", n)
		}
		c.Advance(25 * time.Hour)
		if n := left(); n != 2 { // the failed one, and the newest
			t.Errorf("after a day: %d jobs left", n)
		}
		c.Advance(366 * 24 * time.Hour)
		if n := left(); n != 1 {
			t.Errorf("after a year: %d jobs left", n)
		}
	})
}

// A row that vanishes under a running job must not take the program down with it.
func TestVanishedJobHarmsNoOther(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		q := newQueue(t, d, clock.System)
		var all sync.WaitGroup
		all.Add(4)
		jobs.Handle(q, func(ctx context.Context, a note) error {
			all.Done()
			all.Wait()
			if a.Key == "gone" {
				_, err := d.Writer().ExecContext(ctx, "DELETE FROM river_job WHERE CAST(args AS TEXT) LIKE '%gone%'")
				return err
			}
			return nil
		})
		for _, k := range []string{"a", "gone", "b", "c"} {
			enqueue(t, d, q, note{k})
		}
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		var done int
		if err := d.Read().NewRaw("SELECT count(*) FROM river_job WHERE state = 'completed'").Scan(t.Context(), &done); err != nil || done != 3 {
			t.Errorf("%d jobs done, want 3 (%v)", done, err)
		}
	})
}

type tick struct{}

func (tick) Kind() string { return "tick" }

func TestEachTickRunsOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.Date{Year: 2026, Month: 3, Day: 27}) // clocks change two days later
		var ran atomic.Int64
		var queues []*jobs.Queue
		for range 2 {
			q := newQueue(t, d, c)
			jobs.Handle(q, func(context.Context, tick) error { ran.Add(1); return nil })
			q.Every("morning", jobs.Daily(6, 30), tick{})
			queues = append(queues, q)
		}
		drain := func() {
			t.Helper()
			var wg sync.WaitGroup
			for _, q := range queues {
				wg.Go(func() {
					if err := q.Drain(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		}
		drain()
		if ran.Load() != 0 {
			t.Fatalf("a new name ran before its time")
		}
		for day := range 4 {
			c.Advance(24 * time.Hour)
			drain()
			drain()
			if int(ran.Load()) != day+1 {
				t.Fatalf("day %d: ran %d times", day+1, ran.Load())
			}
		}
		c.Advance(30 * 24 * time.Hour)
		drain()
		if ran.Load() != 5 {
			t.Errorf("after a month without: ran %d times, want 5", ran.Load())
		}
	})
}

func TestDailyIsOnceADayInSweden(t *testing.T) {
	s := jobs.Daily(2, 30)
	at := time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)
	var got []string
	for range 4 {
		at = s.Next(at)
		got = append(got, at.In(clock.Stockholm).Format("02T15:04"))
	}
	// At 02:30 on the 29th there is no such time; 03:30 takes its place.
	if want := "28T02:30 29T03:30 30T02:30 31T02:30"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	if got := jobs.Each(time.Hour).Next(time.Date(2026, 3, 27, 12, 0, 0, 0, time.UTC)); got.Hour() != 13 || got.Minute() != 0 {
		t.Errorf("hourly: %s", got)
	}
}
