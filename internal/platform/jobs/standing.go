package jobs

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Standing is how the jobs of the whole installation stand.
type Standing struct {
	Waiting   int       // could run now
	Scheduled int       // their time has not come
	Retrying  int       // have failed and will be tried again
	Running   int       // on any copy
	Failed    int       // were given up
	OldestDue time.Time // since when the job that has waited longest could run; zero when none waits
}

// Standing asks the database how the jobs stand.
func (q *Queue) Standing(ctx context.Context) (s Standing, err error) {
	var rows []struct {
		State string
		N     int
		First string
	}
	err = q.db.Read().NewRaw(`SELECT CAST(state AS TEXT) AS state, count(*) AS n, CAST(min(scheduled_at) AS TEXT) AS first FROM river_job
		WHERE state IN ('available', 'scheduled', 'retryable', 'running', 'discarded') GROUP BY state`).Scan(ctx, &rows)
	if err != nil {
		return s, err
	}
	for _, r := range rows {
		switch r.State {
		case "available":
			s.Waiting = r.N
		case "scheduled":
			s.Scheduled = r.N
		case "retryable":
			s.Retrying = r.N
		case "running":
			s.Running = r.N
		case "discarded":
			s.Failed = r.N
			continue
		default:
			continue
		}
		if r.State == "running" {
			continue
		}
		first, err := parseStamp(r.First)
		if err != nil {
			return s, err
		}
		if !first.After(q.clock.Now()) && (s.OldestDue.IsZero() || first.Before(s.OldestDue)) {
			s.OldestDue = first
		}
	}
	return s, nil
}

// parseStamp reads a time as River stores it on SQLite (see until) or as PostgreSQL writes one in UTC.
func parseStamp(s string) (time.Time, error) {
	short := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, " +0000 UTC"), "+00"), "Z")
	t, err := time.Parse("2006-01-02 15:04:05", short)
	if err != nil {
		return time.Time{}, fmt.Errorf("the queue holds the time %q: %w", s, err)
	}
	return t, nil
}

// Ticks are when the periodic jobs were last enqueued, by their names; a name that is missing has not had its first time yet.
func (q *Queue) Ticks(ctx context.Context) (map[string]time.Time, error) {
	var rows []struct {
		Name string
		Tick time.Time
	}
	if err := q.db.Read().NewRaw("SELECT name, tick FROM job_ticks").Scan(ctx, &rows); err != nil {
		return nil, err
	}
	ticks := make(map[string]time.Time, len(rows))
	for _, r := range rows {
		ticks[r.Name] = r.Tick.UTC()
	}
	return ticks, nil
}

// Late are the periodic jobs that should have been enqueued more than grace ago and were not: no copy of the program was at work then.
func (q *Queue) Late(ctx context.Context, grace time.Duration) (names []string, err error) {
	ticks, err := q.Ticks(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range q.every {
		if last, ok := ticks[p.name]; ok && q.clock.Now().Sub(p.schedule.Next(last)) > grace {
			names = append(names, p.name)
		}
	}
	return names, nil
}
