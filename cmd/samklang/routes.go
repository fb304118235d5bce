package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
)

// routes prints the site map for the browser tests, so that their walk forgets no page. It needs no installation: an empty one is made
// and thrown away.
type routes struct{}

func (*routes) Run(ctx context.Context, t terminal) error {
	dir, err := os.MkdirTemp("", "samklang-routes-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	a, err := app.New(ctx, app.Config{Listen: "127.0.0.1:0", Data: dir}, slog.New(slog.DiscardHandler), clock.System)
	if err != nil {
		return err
	}
	defer a.Close()
	e := json.NewEncoder(t.out)
	e.SetIndent("", "  ")
	return e.Encode(a.SiteMap())
}
