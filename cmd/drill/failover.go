package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"sync"
	"time"
)

// failover kills the primary of two PostgreSQL servers under load and promotes its standby, with two copies of the program that know both. With a
// synchronous standby nothing that was acknowledged may be missing; with an asynchronous one it is printed what is.
func failover(ctx context.Context, r *rig, program string, wait time.Duration, lag bool) error {
	fmt.Printf("| standby | acknowledged writes | lost | doubled | outage for writers | errors people saw | forms sent again | ready said no for | old primary back as standby |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, d := range []drill{{"synchronous", true, false}, {"asynchronous", false, false}, {"asynchronous, lagging a second", false, true}} {
		if d.lags && !lag {
			continue
		}
		if err := d.run(ctx, r, program, wait); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

type drill struct {
	name        string
	synchronous bool
	lags        bool
}

func (d drill) run(ctx context.Context, all *rig, program string, wait time.Duration) error {
	r, err := newRig()
	if err != nil {
		return err
	}
	defer r.clear()
	first, err := r.cluster("north")
	if err != nil {
		return err
	}
	second, err := r.cluster("south")
	if err != nil {
		return err
	}
	if err := first.initialise(); err != nil {
		return err
	}
	if err := first.start(); err != nil {
		return err
	}
	line, over, err := r.line(first.host())
	if err != nil {
		return err
	}
	if err := second.follow(first, over); err != nil {
		return err
	}
	if d.synchronous {
		if err := first.waitFor("south"); err != nil {
			return err
		}
	}
	var copies []*copyOf
	var bases []string
	var writer *visitor
	for _, name := range []string{"one", "two"} {
		c, err := r.start(name, program, port(), "--database", address(first, second))
		if err != nil {
			return err
		}
		copies, bases = append(copies, c), append(bases, c.base())
		if writer == nil {
			if writer, err = begin(ctx, c, c.base()); err != nil {
				return err
			}
		}
	}
	l := newLoad(writer, bases...)
	l.patient = true
	l.begin(ctx)
	no := watch(copies)
	time.Sleep(wait)
	if d.lags {
		line.cut()
		time.Sleep(time.Second)
	}
	if err := first.do("pg_ctl", "-D", first.data(), "-m", "immediate", "stop"); err != nil {
		return err
	}
	killed := time.Now()
	time.Sleep(time.Second) // until somebody, or something, has noticed
	if err := second.do("pg_ctl", "-D", second.data(), "-w", "promote"); err != nil {
		return err
	}
	promoted := time.Since(killed)
	time.Sleep(wait)
	begun := time.Now()
	if err := first.rejoin(second); err != nil {
		return err
	}
	if d.synchronous {
		if err := second.waitFor("north"); err != nil {
			return err
		}
	}
	back := time.Since(begun)
	time.Sleep(wait / 2)
	l.finish()
	down := no()
	for _, c := range copies {
		select {
		case <-c.ended:
			return fmt.Errorf("%s ended:\n%s", c.name, c.log.String())
		default:
		}
	}
	lost, doubled, err := l.check(ctx, address(second))
	if err != nil {
		return err
	}
	failures, list := l.failed()
	fmt.Printf("| %s | %d | %d | %d | %.1f s, %.1f s of it until the standby was promoted | %d (%s) | %d | %.1f s | after %.1f s |\n",
		d.name, len(l.done), len(lost), len(doubled), l.gap().Seconds(), promoted.Seconds(), failures, list, l.again, down.Seconds(), back.Seconds())
	if len(doubled) > 0 || len(l.done) == 0 || d.synchronous && len(lost) > 0 || len(l.unseen) > 0 {
		return fmt.Errorf("lost %v, doubled %v, not seen by their writer %v", lost, doubled, l.unseen)
	}
	for _, c := range copies {
		if err := c.stop(); err != nil {
			return err
		}
	}
	return nil
}

// waitFor lets commits wait for a standby from now on.
func (c *cluster) waitFor(standby string) error {
	for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		state, err := c.psql("SELECT state FROM pg_stat_replication WHERE application_name = '" + standby + "'")
		if err != nil {
			return err
		}
		if state == "streaming" {
			break
		}
		if time.Since(begin) > time.Minute {
			return fmt.Errorf("the standby %s does not follow: %q", standby, state)
		}
	}
	for _, s := range []string{"ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'", "SELECT pg_reload_conf()"} {
		if _, err := c.psql(s); err != nil {
			return err
		}
	}
	return nil
}

// line is what a standby gets the primary's writes over.
type line struct {
	mu   sync.Mutex
	l    net.Listener
	open []net.Conn
}

func (r *rig) line(to string) (*line, int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, 0, err
	}
	x := &line{l: l}
	r.undo = append(r.undo, x.cut)
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", to)
			if err != nil {
				in.Close()
				continue
			}
			x.mu.Lock()
			x.open = append(x.open, in, out)
			x.mu.Unlock()
			for _, way := range [][2]net.Conn{{in, out}, {out, in}} {
				go func() {
					io.Copy(way[0], way[1])
					way[0].Close()
					way[1].Close()
				}()
			}
		}
	}()
	return x, l.Addr().(*net.TCPAddr).Port, nil
}

func (x *line) cut() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.l.Close()
	for _, c := range x.open {
		c.Close()
	}
}

// watch asks the copies again and again whether they are ready; the function it gives ends that and tells how long at least one said no.
func watch(copies []*copyOf) func() time.Duration {
	var down time.Duration
	end := make(chan struct{})
	var wait sync.WaitGroup
	wait.Go(func() {
		last, no := time.Now(), false
		for {
			select {
			case <-end:
				return
			case <-time.After(20 * time.Millisecond):
			}
			if now := time.Now(); no {
				down, last = down+now.Sub(last), now
			} else {
				last = now
			}
			no = false
			for _, c := range copies {
				no = no || !c.ready()
			}
		}
	})
	return func() time.Duration {
		close(end)
		wait.Wait()
		return down
	}
}
