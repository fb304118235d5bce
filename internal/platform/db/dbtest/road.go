package dbtest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
)

// Road leads to a database server and can be cut.
type Road struct {
	URL string // the database over this road

	// Watch, when it is set, sees what a client sends before it goes on. An answer other than Pass cuts the connection.
	Watch func(sent []byte) Verdict

	t      testing.TB
	to, at string
	mu     sync.Mutex
	l      net.Listener
	open   map[net.Conn]bool
}

// Verdict is what becomes of something a client sent.
type Verdict int

const (
	Pass       Verdict = iota
	Lose               // it does not arrive
	LoseAnswer         // it arrives, and its answer does not
	Silence            // it arrives, and no answer ever comes, nor an end
)

// NewRoad opens a road to the database that dsn names.
func NewRoad(t testing.TB, dsn string) *Road {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	r := &Road{t: t, to: u.Host, at: "127.0.0.1:0", open: map[net.Conn]bool{}}
	r.Restore()
	t.Cleanup(r.Cut)
	u.Host = r.at
	r.URL = u.String()
	return r
}

// Restore opens the road again, at the same address.
func (r *Road) Restore() {
	r.t.Helper()
	l, err := net.Listen("tcp", r.at)
	if err != nil {
		r.t.Fatal(err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.l, r.at = l, l.Addr().String()
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", r.to)
			if err != nil {
				in.Close()
				continue
			}
			r.mu.Lock()
			r.open[in], r.open[out] = true, true
			r.mu.Unlock()
			var fate atomic.Int32 // of the answer, a Verdict
			go r.forth(in, out, &fate)
			go r.back(out, in, &fate)
		}
	}()
}

func (r *Road) forth(in, out net.Conn, fate *atomic.Int32) {
	defer r.drop(in, out)
	for b := make([]byte, 64<<10); ; {
		n, err := in.Read(b)
		if err != nil {
			return
		}
		v := Pass
		if r.Watch != nil {
			v = r.Watch(b[:n])
		}
		if v == Lose {
			return
		}
		fate.Store(int32(v))
		if _, err := out.Write(b[:n]); err != nil {
			return
		}
	}
}

func (r *Road) back(out, in net.Conn, fate *atomic.Int32) {
	defer r.drop(in, out)
	for b := make([]byte, 64<<10); ; {
		n, err := out.Read(b)
		if err != nil || fate.Load() == int32(LoseAnswer) { // the server has answered, so it has done what it was asked
			return
		}
		if fate.Load() == int32(Silence) {
			continue
		}
		if _, err := in.Write(b[:n]); err != nil {
			return
		}
	}
}

func (r *Road) drop(list ...io.Closer) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range list {
		c.Close()
		delete(r.open, c.(net.Conn))
	}
}

// Snap cuts the connections there are; new ones are let through.
func (r *Road) Snap() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.open {
		c.Close()
	}
	clear(r.open)
}

// Cut cuts the connections there are and lets no new one through until Restore.
func (r *Road) Cut() {
	r.l.Close()
	r.Snap()
}
