package bench

import (
	"context"
	"testing"
	"time"

	"samklang/internal/platform/db"
)

// everyChange is how often something changes while readers come.
const everyChange = 100 * time.Millisecond

// A page that is asked for all the time while somebody changes what it shows, ten times a second: what the slowest of the readers wait for.
func BenchmarkChanges(b *testing.B) {
	engines(b, func(b *testing.B, engine, dsn string) {
		in := start(b, dsn, unread(b), 32)
		for _, p := range in.pages[:2] {
			b.Run(p.name, func(b *testing.B) {
				r := &row{engine: engine, page: p.name + ", changed ten times a second", encoding: "gzip", bare: &row{}}
				d, err := db.Open(b.Context(), dsn, db.Options{}) // as another copy of the program, or a command
				if err != nil {
					b.Fatal(err)
				}
				defer d.Close()
				ctx, stop := context.WithCancel(b.Context())
				done := make(chan int)
				go func() {
					changes := 0
					defer func() { done <- changes }()
					for tick := time.Tick(everyChange); ; changes++ {
						select {
						case <-ctx.Done():
							return
						case <-tick:
						}
						err := d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
							_, err := tx.NewRaw("UPDATE pledges SET version = version").Exec(ctx)
							return err
						})
						if err != nil && ctx.Err() == nil {
							b.Error(err)
						}
					}
				}()
				r.measure(b, order{Address: in.address, Path: p.path, Gzip: true})
				stop()
				b.ReportMetric(float64(<-done), "changes")
				if r.perSecond > 0 {
					r.bare.perSecond, r.bare.cpu = r.perSecond, r.cpu // nothing to compare with
					table = append(table, r)
				}
			})
		}
	})
}
