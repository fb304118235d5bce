package main

import (
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
)

type serve struct {
	app.Config
}

func (s *serve) Run(ctx context.Context, t terminal) error {
	s.Version = version()
	a, err := app.New(ctx, s.Config, t.log, clock.System)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		notify("STOPPING=1")
	}()
	return a.Run(ctx, func(base string) {
		fmt.Fprintf(t.out, "Samklang is ready: %s\n", base)
		switch address, err := a.SetupAddress(ctx); {
		case err != nil:
			t.log.Error("the address for the first start could not be made", "error", err)
		case address != "":
			fmt.Fprintf(t.out, "Nobody can log in yet. Begin here; the address works once, for a day:\n  %s\n", address)
		}
		notify("READY=1") // last, so that who reads the journal when the start is over finds all of this there
	})
}

// release and commit are what scripts/release builds; the linker sets them.
var release, commit string

// version is the release with the commit it was built from, or as much of that as is known.
func version() string {
	if release != "" {
		return strings.TrimSpace(release + " " + commit)
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return info.Main.Version + " " + s.Value[:12]
		}
	}
	return info.Main.Version
}
