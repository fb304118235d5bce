package jobs

import (
	"context"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

// Schedule tells when something is to happen again.
type Schedule interface {
	// Next is the first time after t.
	Next(t time.Time) time.Time
}

// Daily is once a day at that time in Sweden. On the days the clocks change it happens once as well.
func Daily(hour, minute int) Schedule { return daily{hour, minute} }

type daily struct{ hour, minute int }

func (d daily) Next(t time.Time) time.Time {
	day := t.In(clock.Stockholm)
	for i := 0; ; i++ {
		next := time.Date(day.Year(), day.Month(), day.Day()+i, d.hour, d.minute, 0, 0, clock.Stockholm)
		if next.After(t) {
			return next.UTC()
		}
	}
}

// Each is at every whole multiple of d since year one in UTC: Each(time.Hour) is on the hour.
func Each(d time.Duration) Schedule { return each(d) }

type each time.Duration

func (e each) Next(t time.Time) time.Time {
	return t.UTC().Truncate(time.Duration(e)).Add(time.Duration(e))
}

type periodic struct {
	name     string
	schedule Schedule
	args     Args
	next     time.Time // no look at the database is needed before
}

// Every enqueues args each time the schedule says, once, however many copies of the program run. What passed while no copy ran is
// made up for by one job, not one for each time. A name that is new waits for its next time. It must be called before Start.
func (q *Queue) Every(name string, s Schedule, args Args) {
	q.every = append(q.every, &periodic{name: name, schedule: s, args: args})
}

func (q *Queue) tick(ctx context.Context) error {
	q.ticking.Lock() // Drain and a running queue may meet here
	defer q.ticking.Unlock()
	for _, p := range q.every {
		now := q.clock.Now()
		if now.Before(p.next) {
			continue
		}
		err := q.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
			if _, err := tx.NewRaw("INSERT INTO job_ticks (name, tick) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", p.name, now).Exec(ctx); err != nil {
				return err
			}
			var before time.Time
			if err := tx.NewRaw("SELECT tick FROM job_ticks WHERE name = ?", p.name).Scan(ctx, &before); err != nil {
				return err
			}
			if p.next = p.schedule.Next(before); p.next.After(now) {
				return nil
			}
			r, err := tx.NewRaw("UPDATE job_ticks SET tick = ? WHERE name = ? AND tick = ?", now, p.name, before).Exec(ctx)
			if err != nil {
				return err
			}
			if db.Affected(r) == 0 {
				p.next = time.Time{}
				return nil // another copy was quicker
			}
			p.next = p.schedule.Next(now)
			return q.Enqueue(ctx, tx, p.args)
		})
		if err != nil {
			p.next = time.Time{}
			return err
		}
	}
	return nil
}
