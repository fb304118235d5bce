// Package ratelimit counts how often something happens in a stretch of time, over all copies of the program: log-in codes per
// address, forms per visitor. It keeps no network address: what is counted by is hashed with a salt that is thrown away after a
// day or two, and then nobody can tell any more what it stood for.
package ratelimit

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/jobs"
)

// longest is the longest window; older counters can be purged.
const longest = 24 * time.Hour

// Limiter counts in the database.
type Limiter struct {
	db    *db.DB
	clock clock.Clock

	mu   sync.Mutex
	day  string
	salt []byte
}

// New makes a limiter.
func New(d *db.DB, c clock.Clock) *Limiter { return &Limiter{db: d, clock: c} }

// Allow counts one more of bucket and tells whether that is within limit for the current window. Windows are fixed: they begin at
// whole multiples of per, so at a border up to twice the limit can happen in a short time. When it is not allowed, retryAfter is
// how long the window still lasts, and nothing is counted. per is from a second to a day.
func (l *Limiter) Allow(ctx context.Context, bucket string, limit int, per time.Duration) (ok bool, retryAfter time.Duration, err error) {
	if per < time.Second || per > longest || limit < 1 {
		return false, 0, fmt.Errorf("ratelimit: %d per %s cannot be counted", limit, per)
	}
	now := l.clock.Now()
	start := now.Truncate(per)
	left := start.Add(per).Sub(now)
	bucket = fmt.Sprintf("%s/%d", bucket, int64(per/time.Second))
	// Whoever is over the limit already costs a read and no write, however hard they try.
	var count int
	err = l.db.Read().NewRaw("SELECT count FROM rate_limits WHERE bucket = ? AND window_start = ?", bucket, start.Unix()).Scan(ctx, &count)
	if err != nil && !db.IsNoRows(err) {
		return false, 0, err
	}
	if count >= limit {
		return false, left, nil
	}
	err = l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		return tx.NewRaw(`INSERT INTO rate_limits (bucket, window_start, count) VALUES (?, ?, 1)
			ON CONFLICT (bucket, window_start) DO UPDATE SET count = rate_limits.count + 1 RETURNING count`, bucket, start.Unix()).Scan(ctx, &count)
	})
	if err != nil {
		return false, 0, err
	}
	if count > limit {
		return false, left, nil
	}
	return true, 0, nil
}

// Address is what to count a visitor's network address by. Of an IPv6 address the first half counts, which is what one household or
// machine has.
func (l *Limiter) Address(ctx context.Context, a netip.Addr) (string, error) {
	a = a.Unmap().WithZone("")
	if a.Is6() {
		p, err := a.Prefix(64)
		if err != nil {
			return "", err
		}
		a = p.Addr()
	}
	return l.Hash(ctx, a.String())
}

// Hash is what to count anything else by that tells who somebody is, such as an e-mail address. It is the same on every copy of the
// program for a day (UTC).
func (l *Limiter) Hash(ctx context.Context, s string) (string, error) {
	salt, err := l.today(ctx)
	if err != nil {
		return "", err
	}
	m := hmac.New(sha256.New, salt)
	m.Write([]byte(s))
	return hex.EncodeToString(m.Sum(nil)[:16]), nil
}

const saltName = "ratelimit.salt."

func (l *Limiter) today(ctx context.Context) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.clock.Now()
	day := now.Format(time.DateOnly)
	if l.day == day {
		return l.salt, nil
	}
	var kept string
	err := l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING", saltName+day, rand.Text(), now).Exec(ctx)
		if err != nil {
			return err
		}
		return tx.NewRaw("SELECT value FROM installation_keys WHERE name = ?", saltName+day).Scan(ctx, &kept)
	})
	if err != nil {
		return nil, err
	}
	l.day, l.salt = day, []byte(kept)
	return l.salt, nil
}

type purgeArgs struct{}

func (purgeArgs) Kind() string { return "ratelimit.purge" }

// PurgeBy lets the queue throw away old counters and salts each hour.
func (l *Limiter) PurgeBy(q *jobs.Queue) {
	jobs.Handle(q, func(ctx context.Context, _ purgeArgs) error { return l.Purge(ctx) })
	q.Every("ratelimit.purge", jobs.Each(time.Hour), purgeArgs{})
}

// Purge throws away counters of windows that are over, and the salts before yesterday's.
func (l *Limiter) Purge(ctx context.Context) error {
	now := l.clock.Now()
	return l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM rate_limits WHERE window_start < ?", now.Add(-longest).Unix()).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw("DELETE FROM installation_keys WHERE name LIKE ? AND name < ?", saltName+"%", saltName+now.Add(-24*time.Hour).Format(time.DateOnly)).Exec(ctx)
		return err
	})
}
