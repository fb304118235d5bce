package associations

import (
	"context"
	"sync"
	"time"
)

// hostsKept is how long another copy of the program may go on not knowing a new host name.
const hostsKept = 5 * time.Second

// hostCache remembers which host names belong to associations.
type hostCache struct {
	mu    sync.Mutex
	hosts map[string]bool // nil before the first question
	read  time.Time
}

func (c *hostCache) has(ctx context.Context, s *Service, host string) (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := s.Clock.Now(); c.hosts == nil || now.Sub(c.read).Abs() > hostsKept {
		names, err := hosts(ctx, s.DB.Read())
		if err != nil {
			return false, err
		}
		c.hosts, c.read = make(map[string]bool, len(names)), now
		for _, n := range names {
			c.hosts[n] = true
		}
	}
	return c.hosts[host], nil
}

func (c *hostCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hosts = nil
}
