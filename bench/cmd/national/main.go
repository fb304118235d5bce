// Command national fills an empty database with a generated installation: the national one, or the small one it is compared with.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"time"

	"samklang/bench"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
)

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "national:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	database := flag.String("database", "", "where: sqlite:PATH or postgres://…")
	small := flag.Bool("small", false, "three associations and one year instead of eighty and ten")
	day := flag.String("day", "", "the present of the installation, YYYY-MM-DD; today if not given")
	flag.Parse()
	today := clock.Today(clock.System)
	if *day != "" {
		var err error
		if today, err = period.ParseDate(*day); err != nil {
			return err
		}
	}
	d, err := db.Open(ctx, *database, db.Options{Unsafe: true, Limit: time.Hour})
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	shape := bench.National(today)
	if *small {
		shape = bench.Small(today)
	}
	begin := time.Now()
	in, err := bench.Generate(ctx, d, shape)
	if err != nil {
		return err
	}
	cookie, err := bench.SignIn(ctx, d, in.Head, clock.System.Now())
	if err != nil {
		return err
	}
	large, err := bench.SignIn(ctx, d, in.LargeHead, clock.System.Now())
	if err != nil {
		return err
	}
	fmt.Printf("made in %s\naccount   /%s\npromise   %s\nactivity  %s\ndesk      /%s/skrivbord   Cookie: %s\nlarge     /%s/skrivbord   Cookie: %s\n", time.Since(begin).Round(time.Millisecond), in.Ordinary.Slug, in.Promise, in.Activity, in.Ordinary.Slug, cookie, in.Large.Slug, large)
	return nil
}
