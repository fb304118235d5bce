package bench

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"samklang/internal/app"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
)

// installation is the example installation, served by the program as it is: three associations and two years of promises and work, filled
// through the same operations as the pages use. It is always 22 November 2026 there, so that figures can be compared.
type installation struct {
	address string
	pages   []page
}

type page struct{ name, path string }

// start serves it with so many megabytes for pages that are kept; 0 renders each anew.
func start(b *testing.B, dsn string, log *slog.Logger, cache int64) installation {
	b.Helper()
	a, err := app.New(b.Context(), app.Config{Listen: "127.0.0.1:0", Data: b.TempDir(), Database: dsn, Demo: true, PageCache: cache}, log, clock.At(period.On(2026, time.November, 22)))
	if err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(b.Context())
	ready, stopped := make(chan string, 1), make(chan error, 1)
	go func() { stopped <- a.Run(ctx, func(base string) { ready <- base }) }()
	b.Cleanup(func() {
		stop()
		if err := <-stopped; err != nil {
			b.Error(err)
		}
	})
	var base string
	select {
	case base = <-ready:
	case err := <-stopped:
		b.Fatal(err)
	}
	promise := regexp.MustCompile(`href="(/alvkusten/loften/[^"/]+/\d+)"`).FindStringSubmatch(get(b, base+"/alvkusten"))
	if promise == nil {
		b.Fatal("the account of the example leads to no promise")
	}
	return installation{address: strings.TrimPrefix(base, "http://"), pages: []page{{"account", "/alvkusten"}, {"promise", promise[1]}, {"calendar", "/alvkusten/kalender"}, {"portal", "/"}}}
}

func get(b *testing.B, address string) string {
	b.Helper()
	res, err := http.Get(address)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %v", address, res.StatusCode, err)
	}
	return string(body)
}
