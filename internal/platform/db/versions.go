package db

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
)

// What was read once may be shown again for as long as nothing has changed that it could show. Every transaction therefore ends by putting a
// random stamp into content_versions when it has written to a table that can show (docs/adr/0028-cache.md), and whoever wants to show something
// again asks for the versions first. Stamps are random rather than counted, so that a state the database goes back to – by a restore, by a failover
// that loses a commit – is never taken for another.

// Kinds are the kinds of versions a table counts for, as a set.
type Kinds uint8

const (
	Content Kinds = 1 << iota // what pages show
	Access                    // who is logged in, and what rights people have
)

var kindNames = [...]struct {
	kind Kinds
	name string
}{{Content, "content"}, {Access, "access"}}

// slots is how many transactions can put a stamp at the same time without waiting for each other. Those of a snapshot, which could never put one
// where somebody else has meanwhile, add a row of their own above.
const slots = 16

// Versions number the states of the database in the order this copy has seen them. A larger number is a later state; numbers of different copies
// have nothing to do with each other.
type Versions struct{ Content, Access uint64 }

// Of is the version of one kind.
func (v Versions) Of(k Kinds) uint64 {
	if k == Access {
		return v.Access
	}
	return v.Content
}

type pinKey struct{}

// pin is what one request goes by.
type pin struct {
	once sync.Once
	v    Versions
	err  error
}

// Pin lets everything under the returned context go by the versions at one moment, which is asked for when it is first needed. It is for a
// request that only reads: what it began to read may be shown at its end.
func Pin(ctx context.Context) context.Context { return context.WithValue(ctx, pinKey{}, &pin{}) }

// PinAt is Pin to versions that have been asked for already.
func PinAt(ctx context.Context, v Versions) context.Context {
	p := &pin{v: v}
	p.once.Do(func() {})
	return context.WithValue(ctx, pinKey{}, p)
}

// Versions tells in which state the database is, at a moment after the call began (after the context was pinned, if it is): everything that was
// committed before, by this copy of the program or by any other, is in it.
func (d *DB) Versions(ctx context.Context) (Versions, error) {
	p, _ := ctx.Value(pinKey{}).(*pin)
	if p == nil {
		return d.versions.ask()
	}
	p.once.Do(func() { p.v, p.err = d.versions.ask() })
	return p.v, p.err
}

// checker looks at the versions for everybody who asks. Whoever asks while somebody looks waits for the next look, which begins after they asked,
// and shares it with all the others who wait.
type checker struct {
	looking sync.Mutex
	look    func() (stamps, error)

	mu    sync.Mutex
	busy  bool
	next  *look
	last  stamps
	now   Versions
	known bool
}

// stamps are the sums of the stamps of each kind.
type stamps struct{ content, access int64 }

// look is one look at the versions.
type look struct {
	lead chan struct{} // who receives from it does the looking
	done chan struct{}
	v    Versions
	err  error
}

func (c *checker) ask() (Versions, error) {
	c.mu.Lock()
	l := c.next
	if l == nil {
		l = &look{lead: make(chan struct{}, 1), done: make(chan struct{})}
		c.next = l
	}
	first := !c.busy
	c.busy = true
	c.mu.Unlock()
	if !first {
		select {
		case <-l.done:
			return l.v, l.err
		case <-l.lead:
		}
	}
	c.looking.Lock()
	c.mu.Lock()
	c.next = nil // who comes from here on may have seen what this look does not see
	c.mu.Unlock()
	s, err := c.look()
	c.looking.Unlock()
	c.mu.Lock()
	if err == nil {
		c.note(s)
	}
	l.v, l.err = c.now, err
	if c.next != nil {
		c.next.lead <- struct{}{}
	} else {
		c.busy = false
	}
	c.mu.Unlock()
	close(l.done)
	return l.v, l.err
}

// end closes the connection by which it looks. Who asks afterwards gets an error.
func (c *checker) end(disconnect func()) {
	c.looking.Lock()
	defer c.looking.Unlock()
	disconnect()
	c.look = func() (stamps, error) { return stamps{}, errors.New("the database is closed") }
}

func (c *checker) note(s stamps) {
	if !c.known || s.content != c.last.content {
		c.now.Content++
	}
	if !c.known || s.access != c.last.access {
		c.now.Access++
	}
	c.last, c.known = s, true
}

const sumOfStamps = "SELECT CAST(coalesce(sum(CASE kind WHEN 'content' THEN stamp END), 0) AS BIGINT), CAST(coalesce(sum(CASE kind WHEN 'access' THEN stamp END), 0) AS BIGINT) FROM content_versions"

// newStamp is below 2^48, so that the sum of all there can be fits.
func newStamp() int64 { return rand.Int64N(1 << 48) }

// stamp tells everybody, from the commit on, that content or rights have changed. It is the last statement of its transaction: who held a slot
// while still doing other things could wait for somebody who waits for the slot.
func (t *Tx) stamp(ctx context.Context, snapshot bool) error {
	if t.wrote == 0 {
		return nil
	}
	slot := int64(0)
	switch {
	case snapshot:
		slot = slots + rand.Int64N(1<<62)
	case t.Engine == Postgres:
		slot = rand.Int64N(slots)
	}
	var rows []string
	var args []any
	for _, k := range kindNames {
		if t.wrote&k.kind != 0 {
			rows = append(rows, "(?, ?, ?)")
			args = append(args, k.name, slot, newStamp())
		}
	}
	_, err := t.Tx.NewRaw("INSERT INTO content_versions (kind, slot, stamp) VALUES "+strings.Join(rows, ", ")+" ON CONFLICT (kind, slot) DO UPDATE SET stamp = excluded.stamp", args...).Exec(ctx)
	return err
}

// SweepVersions removes the rows that snapshots have added.
func (d *DB) SweepVersions(ctx context.Context) error {
	return d.WithTx(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.NewRaw("DELETE FROM content_versions WHERE slot >= ?", slots).Exec(ctx)
		return err
	})
}
