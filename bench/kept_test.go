package bench

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"samklang/internal/platform/db/dbtest"
)

// engines are the databases a benchmark runs on; PostgreSQL only where a server is at hand.
func engines(b *testing.B, fn func(b *testing.B, engine, dsn string)) {
	b.Run("sqlite", func(b *testing.B) { fn(b, "sqlite", "sqlite:"+filepath.Join(b.TempDir(), "samklang.db")) })
	b.Run("postgres", func(b *testing.B) {
		if os.Getenv(dbtest.Env) == "" {
			b.Skipf("%s is not set, so PostgreSQL is not measured", dbtest.Env)
		}
		fn(b, "postgres", dbtest.PostgresURL(b))
	})
}

// unread is a log that is written as in production, to a file nobody reads.
func unread(b *testing.B) *slog.Logger {
	sink, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { sink.Close() })
	return slog.New(slog.NewTextHandler(sink, nil))
}

// Pages that have not changed since they were last asked for.
func BenchmarkKept(b *testing.B) {
	engines(b, func(b *testing.B, engine, dsn string) {
		in := start(b, dsn, unread(b), 32)
		for _, p := range in.pages {
			for _, encoding := range []string{"plain", "gzip"} {
				b.Run(p.name+"/"+encoding, func(b *testing.B) {
					compare(b, engine, p.name+", kept", order{Address: in.address, Path: p.path, Gzip: encoding == "gzip"})
				})
			}
		}
	})
}
