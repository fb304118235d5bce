package main

import (
	"context"
	"fmt"
	"maps"
	"time"

	"samklang/internal/platform/db"
)

// upgrade replaces two copies of the last release by this program, one at a time, under load and behind haproxy, and then restarts both. Nothing
// may be refused.
//
// Release 0.1.0 closes its door the moment it is told to stop, so it is taken out at the balancer first. This program is only told to stop: it says
// at /readyz that it leaves, the balancer notices, and then it goes.
func upgrade(ctx context.Context, r *rig, old, now string, wait time.Duration) error {
	if old == "" {
		return fmt.Errorf("say with -old where the program of the last release is")
	}
	server, err := r.cluster("postgres")
	if err != nil {
		return err
	}
	if err := server.initialise(); err != nil {
		return err
	}
	if err := server.start(); err != nil {
		return err
	}
	ports := map[string]int{"one": port(), "two": port()}
	public := port() // of the balancer, which starts when there is something to balance
	settings := []string{"--database", address(server), "--external", fmt.Sprint("http://127.0.0.1:", public), "--trust-proxy"}
	copies := map[string]*copyOf{}
	begun := time.Now()
	say := func(format string, args ...any) {
		fmt.Printf("%6.1fs  %s\n", time.Since(begun).Seconds(), fmt.Sprintf(format, args...))
	}
	if copies["one"], err = r.start("one", old, ports["one"], settings...); err != nil {
		return err
	}
	writer, err := begin(ctx, copies["one"], copies["one"].base()) // before two starts: with the last release, its address would be the one that works
	if err != nil {
		return err
	}
	if copies["two"], err = r.start("two", old, ports["two"], settings...); err != nil {
		return err
	}
	b, err := r.balance(public, ports)
	if err != nil {
		return err
	}
	l := newLoad(writer, b.base())
	l.public = "/" + association + "/aktiviteter.csv"
	l.begin(ctx)
	say("two copies of the last release under load")
	time.Sleep(wait)
	before, err := version(ctx, server)
	if err != nil {
		return err
	}
	for _, name := range []string{"one", "two"} {
		if err := b.takeOut(name); err != nil {
			return err
		}
		if err := copies[name].stop(); err != nil {
			return err
		}
		if copies[name], err = r.start(name, now, ports[name], settings...); err != nil {
			return err
		}
		if err := b.putBack(name); err != nil {
			return err
		}
		after, err := version(ctx, server)
		if err != nil {
			return err
		}
		served := l.served()
		time.Sleep(wait)
		say("%s is of this program; the schema was %d and is %d; meanwhile %s", name, before, after, difference(served, l.served()))
		if name == "one" { // a copy of the last release starts on the new schema, too: it may crash in the middle of an upgrade
			if err := b.takeOut("two"); err != nil {
				return err
			}
			if err := copies["two"].stop(); err != nil {
				return err
			}
			if copies["two"], err = r.start("two", old, ports["two"], settings...); err != nil {
				return fmt.Errorf("the last release does not start on the new schema: %w", err)
			}
			if err := b.putBack("two"); err != nil {
				return err
			}
			served := l.served()
			time.Sleep(wait)
			say("two, of the last release, was started again on the new schema; meanwhile %s", difference(served, l.served()))
		}
	}
	for _, name := range []string{"one", "two"} {
		if err := copies[name].stop(); err != nil {
			return err
		}
		if copies[name], err = r.start(name, now, ports[name], settings...); err != nil {
			return err
		}
		if err := b.until(name, "UP"); err != nil {
			return err
		}
		time.Sleep(wait / 2)
		say("%s was told to stop, and was started again", name)
	}
	l.finish()
	lost, doubled, err := l.check(ctx, address(server))
	if err != nil {
		return err
	}
	failures, list := l.failed()
	fmt.Printf("\n| acknowledged writes | pages read | refused or failed | lost | doubled | not seen by their writer | not seen by visitors | slowest answer |\n|---|---|---|---|---|---|---|---|\n| %d | %d | %d | %d | %d | %d | %d | %s |\n",
		len(l.done), l.reads, failures, len(lost), len(doubled), len(l.unseen), len(l.stale), l.slowest.Round(time.Millisecond))
	if failures+len(lost)+len(doubled)+len(l.unseen)+len(l.stale) > 0 || len(l.done) == 0 {
		return fmt.Errorf("the upgrade was noticed: %s; lost %v, doubled %v, unseen %v, stale %v", list, lost, doubled, l.unseen, l.stale)
	}
	return nil
}

// version is that of the schema.
func version(ctx context.Context, c *cluster) (v int, err error) {
	d, err := db.Open(ctx, address(c), db.Options{})
	if err != nil {
		return 0, err
	}
	defer d.Close()
	err = d.Read().NewRaw("SELECT max(version_id) FROM goose_db_version").Scan(ctx, &v)
	return v, err
}

// served is how many answers each copy gave so far.
func (l *load) served() map[string]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.by)
}

func difference(before, after map[string]int) string {
	return fmt.Sprintf("%d answers by one and %d by two", after["one"]-before["one"], after["two"]-before["two"])
}
