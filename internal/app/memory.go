package app

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"

	"samklang/internal/platform/db"
)

// What the collector may leave lying about, and when the program counts as idle.
const (
	garbage   = 48 << 20 // bytes of garbage beside what is in use, as long as that is more than is in use
	most      = 400      // percent of what is in use
	watched   = 2 * time.Second
	quiet     = 1 << 20  // bytes that a program nobody asks anything allocates while it is watched
	worthWork = 16 << 20 // bytes allocated since memory was last given back
)

// spare is how much garbage, in percent of the bytes in use, is left before it is collected. The program holds some ten megabytes, which it would
// otherwise go through many times a second under load; with more in use four times as much would be more than its tasks are worth.
func spare(inUse uint64) int {
	if inUse == 0 {
		return most
	}
	return int(min(most, max(100, 100*garbage/inUse)))
}

// ceiling is how many bytes the program's own memory should not exceed until it is looked at again. Between two looks more may come into use, of
// which spare would then leave several times as much lying about: the check of the public log takes ten megabytes for a moment.
func ceiling(inUse uint64) int64 { return int64(2*inUse) + garbage }

// keepMemorySmall sets the collector by what is in use, and gives memory back to the machine when nobody asks for anything: after the work of a
// start or a night, for one. An environment that sets the collector is left to.
func keepMemorySmall(ctx context.Context, d *db.DB, log *slog.Logger) {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	debug.SetGCPercent(most)
	debug.SetMemoryLimit(ceiling(0))
	go func() {
		sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
		ticks := time.NewTicker(watched)
		defer ticks.Stop()
		var before, given uint64
		percent := most
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticks.C:
			}
			metrics.Read(sample)
			inUse := sample[0].Value.Uint64()
			if now := spare(inUse); now != percent {
				percent = now
				debug.SetGCPercent(now)
			}
			debug.SetMemoryLimit(ceiling(inUse))
			allocated := sample[1].Value.Uint64()
			if allocated-before < quiet && allocated-given > worthWork {
				if err := d.GiveBack(ctx); err != nil && ctx.Err() == nil {
					log.Warn("the database keeps memory that nobody uses", "error", err)
				}
				debug.FreeOSMemory()
				given = allocated
			}
			before = allocated
		}
	}()
}
