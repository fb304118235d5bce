package jobs_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/jobs"
)

// The queue tells how its jobs stand, and since when the oldest could run, however its times are written.
func TestHowTheJobsStand(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.On(2026, time.March, 2))
		q := newQueue(t, d, c)
		var seen []string
		q.Watch(func(ctx context.Context, kind string, attempt int, run func(context.Context) error) error {
			seen = append(seen, kind)
			return run(ctx)
		})
		jobs.Handle(q, func(_ context.Context, a note) error {
			if a.Key == "fails" {
				return errors.New("x")
			}
			return nil
		})
		if s, err := q.Standing(t.Context()); err != nil || s != (jobs.Standing{}) {
			t.Fatalf("at first: %+v %v", s, err)
		}
		enqueue(t, d, q, note{"fails"}, jobs.Attempts(1))
		enqueue(t, d, q, note{"fails"})
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		early := c.Now()
		enqueue(t, d, q, note{"a"})
		c.Advance(10 * time.Minute)
		enqueue(t, d, q, note{"b"})
		enqueue(t, d, q, note{"later"}, jobs.At(c.Now().Add(time.Hour)))
		s, err := q.Standing(t.Context())
		if err != nil || s.Waiting+s.Retrying != 3 || s.Scheduled != 1 || s.Failed != 1 || s.Running != 0 {
			t.Fatalf("%+v %v", s, err)
		}
		if d := s.OldestDue.Sub(early); d < -time.Second || d > 10*time.Second { // the job that failed waits a few seconds before its second try
			t.Errorf("the oldest is due since %v, want %v", s.OldestDue, early)
		}
		if !slices.Equal(seen, []string{"note", "note"}) {
			t.Errorf("seen: %v", seen)
		}
	})
}

// Work that should have been done at night and was not is named.
func TestPeriodicWorkThatIsLate(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(period.On(2026, time.March, 2))
		q := newQueue(t, d, c)
		jobs.Handle(q, func(context.Context, note) error { return nil })
		q.Every("nightly", jobs.Daily(3, 30), note{"n"})
		late := func() []string {
			t.Helper()
			names, err := q.Late(t.Context(), time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			return names
		}
		if got := late(); len(got) != 0 {
			t.Errorf("before its first time: %v", got)
		}
		if err := q.Drain(t.Context()); err != nil { // notes the first time
			t.Fatal(err)
		}
		c.Advance(16 * time.Hour) // 04:00 the next day
		if got := late(); len(got) != 0 {
			t.Errorf("half an hour after its time: %v", got)
		}
		c.Advance(2 * time.Hour)
		if got := late(); !slices.Equal(got, []string{"nightly"}) {
			t.Errorf("two hours after: %v", got)
		}
		if err := q.Drain(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := late(); len(got) != 0 {
			t.Errorf("when it was done: %v", got)
		}
		if ticks, err := q.Ticks(t.Context()); err != nil || !ticks["nightly"].Equal(c.Now()) {
			t.Errorf("%v %v", ticks, err)
		}
	})
}
