package bench

import (
	"context"
	"strings"
	"testing"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
)

// A list of 10 000 rows, its first page and one from the middle, as somebody sees it who is logged in.
func BenchmarkLists(b *testing.B) {
	engines(b, func(b *testing.B, engine, dsn string) {
		d, in := generate(b, dsn, Shape{Associations: 4, Years: 5, Activities: 1500, Evidence: 24_000, LargeTrail: 10_000, Today: testDay})
		cookie, err := SignIn(b.Context(), d, in.LargeHead, clock.At(testDay).Now())
		if err != nil {
			b.Fatal(err)
		}
		var middle string
		if err := d.Read().NewRaw("SELECT id FROM audit_entries WHERE association_id = ? ORDER BY id DESC LIMIT 1 OFFSET 5000", in.Large.ID).Scan(b.Context(), &middle); err != nil {
			b.Fatal(err)
		}
		d.Close()
		address := serve(b, dsn)
		for _, x := range []struct{ name, path string }{{"trail", "/andringslogg"}, {"trail, middle", "/andringslogg?fore=" + middle}, {"plan", "/plan"}, {"desk", "/skrivbord"}} {
			for _, encoding := range []string{"plain", "gzip"} {
				b.Run(x.name+"/"+encoding, func(b *testing.B) {
					compare(b, engine, x.name, order{Address: address, Path: "/" + in.Large.Slug + x.path, Cookie: cookie, Gzip: encoding == "gzip"})
				})
			}
		}
	})
}

// serve serves an installation that is there, and gives its address.
func serve(b *testing.B, dsn string) string {
	b.Helper()
	a, err := app.New(b.Context(), app.Config{Listen: "127.0.0.1:0", Data: b.TempDir(), Database: dsn, PageCache: 32}, unread(b), clock.At(testDay))
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
	select {
	case base := <-ready:
		return strings.TrimPrefix(base, "http://")
	case err := <-stopped:
		b.Fatal(err)
	}
	return ""
}
