package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
)

type demo struct {
	Listen string `default:"127.0.0.1:8080" env:"SAMKLANG_LISTEN" help:"Address and port to answer on; only this machine's own addresses."`
	Data   string `default:"data" env:"SAMKLANG_DATA" type:"path" help:"Directory of the database file and of uploaded files."`
}

func (d *demo) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	a, err := app.New(ctx, app.Config{Listen: d.Listen, Data: d.Data, Demo: true}, log, clock.System)
	if err != nil {
		return err
	}
	return a.Run(ctx, func(base string) { fmt.Fprintf(out, "The example installation is ready: %s\n", base) })
}
