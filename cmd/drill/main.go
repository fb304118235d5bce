// Command drill tries on this machine what happens to real servers, with real processes: an upgrade under load (scripts/drill-upgrade) and a
// database server that dies under load while its standby takes over (scripts/drill-failover). It prints what it saw and fails when a write that
// was acknowledged is missing or there twice.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "drill:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("say which drill: upgrade or failover")
	}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	now := f.String("program", "bin/samklang", "the program")
	old := f.String("old", "", "the program of the last release")
	wait := f.Duration("load", defaultLoad, "how long each part of the drill runs under load")
	lag := f.Bool("lag", false, "failover: also show what an asynchronous standby that lags loses")
	if err := f.Parse(args[1:]); err != nil {
		return err
	}
	r, err := newRig()
	if err != nil {
		return err
	}
	defer r.clear()
	switch args[0] {
	case "upgrade":
		return upgrade(ctx, r, *old, *now, *wait)
	case "failover":
		return failover(ctx, r, *now, *wait, *lag)
	}
	return fmt.Errorf("there is no drill %q: upgrade or failover", args[0])
}
