package app

import (
	"bytes"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db/dbtest"
)

// A copy that keeps its files elsewhere than the others says so when it starts; one that shares them, or has had them carried to where it looks,
// says nothing, also after the sweeps of years.
func TestACopyWithFilesOfItsOwnSaysSo(t *testing.T) {
	database, shared, own := dbtest.EmptyPostgresURL(t), t.TempDir(), t.TempDir()
	now := clock.At(period.On(2026, time.November, 22))
	start := func(dir string) (a *App, warned bool) {
		t.Helper()
		var log bytes.Buffer
		a, err := New(t.Context(), Config{Listen: "127.0.0.1:0", Data: dir, Database: database}, slog.New(slog.NewTextHandler(&log, nil)), now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { a.Close() })
		if err := a.checkSharedFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
		return a, strings.Contains(log.String(), "lie somewhere else")
	}
	first, warned := start(shared)
	if warned {
		t.Error("the first copy of all warns")
	}
	if _, warned := start(shared); warned {
		t.Error("a copy that shares the directory warns")
	}
	if _, warned := start(own); !warned {
		t.Error("a copy with a directory of its own does not warn")
	}
	for range 3 {
		now.Advance(60 * 24 * time.Hour)
		old := now.Now().Add(-40 * 24 * time.Hour)
		sum, err := first.filesMarkSum(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		at := shared + "/files/" + sum[:2] + "/" + sum[2:]
		if err := os.Chtimes(at, old, old); err != nil {
			t.Fatal(err)
		}
		if err := first.doSweep(t.Context(), sweep{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, warned := start(shared); warned {
		t.Error("the sweep has taken the mark")
	}
	moved := t.TempDir()
	if err := os.CopyFS(moved, os.DirFS(shared)); err != nil {
		t.Fatal(err)
	}
	if _, warned := start(moved); warned {
		t.Error("a directory that was carried elsewhere warns")
	}
}
