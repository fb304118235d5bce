package ratelimit_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/netip"
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
	"samklang/internal/platform/ratelimit"
)

var monday = period.Date{Year: 2026, Month: 5, Day: 4}

func TestLimitHoldsWithinAWindow(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(monday)
		l := ratelimit.New(d, c)
		ask := func(bucket string, limit int, per time.Duration, want bool, wait time.Duration) {
			t.Helper()
			ok, retry, err := l.Allow(t.Context(), bucket, limit, per)
			if err != nil || ok != want || retry != wait {
				t.Errorf("%s: %v %s %v, want %v %s", bucket, ok, retry, err, want, wait)
			}
		}
		c.Advance(20 * time.Second)
		ask("a", 2, time.Minute, true, 0)
		ask("a", 2, time.Minute, true, 0)
		ask("a", 2, time.Minute, false, 40*time.Second)
		ask("a", 2, time.Hour, true, 0) // another window length counts apart
		ask("b", 2, time.Minute, true, 0)
		c.Advance(39 * time.Second)
		ask("a", 2, time.Minute, false, time.Second)
		c.Advance(time.Second)
		ask("a", 2, time.Minute, true, 0)
		for _, bad := range []struct {
			limit int
			per   time.Duration
		}{{0, time.Minute}, {1, 0}, {1, 25 * time.Hour}} {
			if ok, _, err := l.Allow(t.Context(), "a", bad.limit, bad.per); err == nil || ok {
				t.Errorf("%v was counted", bad)
			}
		}
	})
}

func TestLimitHoldsForManyAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(monday)
		copies := []*ratelimit.Limiter{ratelimit.New(d, c), ratelimit.New(d, c)}
		var allowed atomic.Int64
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				for range 25 {
					ok, _, err := copies[i%2].Allow(t.Context(), "a", 60, time.Minute)
					if err != nil {
						t.Error(err)
					}
					if ok {
						allowed.Add(1)
					}
				}
			})
		}
		wg.Wait()
		if allowed.Load() != 60 {
			t.Errorf("%d of 200 were allowed, the limit is 60", allowed.Load())
		}
	})
}

func TestNoAddressIsStored(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(monday)
		a, b := ratelimit.New(d, c), ratelimit.New(d, c)
		hash := func(l *ratelimit.Limiter, addr string) string {
			t.Helper()
			s, err := l.Address(t.Context(), netip.MustParseAddr(addr))
			if err != nil {
				t.Fatal(err)
			}
			return s
		}
		one := hash(a, "192.0.2.7")
		if hash(b, "192.0.2.7") != one || hash(b, "::ffff:192.0.2.7") != one {
			t.Error("two copies count one address apart")
		}
		if hash(a, "192.0.2.8") == one {
			t.Error("two addresses are counted as one")
		}
		if hash(a, "2001:db8::1") != hash(a, "2001:db8::ffff:1") || hash(a, "2001:db8::1") == hash(a, "2001:db8:0:1::1") {
			t.Error("of IPv6 the first 64 bits should count")
		}
		if _, _, err := a.Allow(t.Context(), "form/"+one, 1, time.Minute); err != nil {
			t.Fatal(err)
		}
		var rows []string
		if err := d.Read().NewRaw("SELECT bucket FROM rate_limits").Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		if s := fmt.Sprint(rows); strings.Contains(s, "192.0.2.7") || len(rows) != 1 {
			t.Errorf("stored %s", s)
		}
		c.Advance(24 * time.Hour)
		if hash(a, "192.0.2.7") == one {
			t.Error("the salt did not change overnight")
		}
	})
}

func TestPurge(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := clock.At(monday)
		l := ratelimit.New(d, c)
		q := jobs.New(d, slog.New(slog.DiscardHandler), c)
		t.Cleanup(q.Close)
		if err := q.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.PurgeBy(q)
		use := func() {
			t.Helper()
			h, err := l.Hash(t.Context(), "somebody")
			if err != nil {
				t.Fatal(err)
			}
			if _, _, err := l.Allow(t.Context(), h, 1, 24*time.Hour); err != nil {
				t.Fatal(err)
			}
			if err := q.Drain(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		count := func(query string) (n int) {
			t.Helper()
			if err := d.Read().NewRaw(query).Scan(context.Background(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		for range 5 {
			use()
			c.Advance(24 * time.Hour)
		}
		use()
		if n := count("SELECT count(*) FROM rate_limits"); n > 2 {
			t.Errorf("%d counters are kept", n)
		}
		if n := count("SELECT count(*) FROM installation_keys WHERE name LIKE 'ratelimit.salt.%'"); n != 2 {
			t.Errorf("%d salts are kept, want today's and yesterday's", n)
		}
		if ok, _, err := l.Allow(t.Context(), must(l.Hash(t.Context(), "somebody")), 1, 24*time.Hour); err != nil || ok {
			t.Errorf("a window that is not over was purged (%v)", err)
		}
	})
}

func must(s string, err error) string {
	if err != nil {
		panic(err)
	}
	return s
}
