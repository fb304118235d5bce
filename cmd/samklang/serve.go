package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/debug"
	"strings"

	"samklang/internal/app"
	"samklang/internal/platform/clock"

	"github.com/alecthomas/kong"
)

type serve struct {
	app.Config
}

func (s *serve) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	s.Version = version()
	a, err := app.New(ctx, s.Config, log, clock.System)
	if err != nil {
		return err
	}
	go func() {
		<-ctx.Done()
		notify("STOPPING=1")
	}()
	return a.Run(ctx, func(base string) {
		notify("READY=1")
		fmt.Fprintf(out, "Samklang is ready: %s\n", base)
		switch address, err := a.SetupAddress(ctx); {
		case err != nil:
			log.Error("the address for the first start could not be made", "error", err)
		case address != "":
			fmt.Fprintf(out, "Nobody can log in yet. Begin here; the address works once, for a day:\n  %s\n", address)
		}
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

// settings reads a file of settings: 'name = value' lines with the names of the flags; # starts a comment line.
func settings(r io.Reader) (kong.Resolver, error) {
	values := map[string]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("the settings file has no = in line %d", n)
		}
		values[strings.TrimSpace(name)] = strings.Trim(strings.TrimSpace(value), `"`)
	}
	return resolver{values}, lines.Err()
}

type resolver struct {
	values map[string]string
}

func (r resolver) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[f.Name] = true
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(app.Node)
	for name := range r.values {
		if !known[name] {
			return fmt.Errorf("the settings file has %q, which is no setting; samklang serve --help lists them", name)
		}
	}
	return nil
}

// Resolve gives the file's value of a setting that neither a flag nor the environment sets; kong asks only for those no flag has set.
func (r resolver) Resolve(_ *kong.Context, _ *kong.Path, f *kong.Flag) (any, error) {
	for _, name := range f.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	if v, ok := r.values[f.Name]; ok {
		return v, nil
	}
	return nil, nil
}
