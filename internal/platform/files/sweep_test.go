package files_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
)

// What nothing names is set aside, found for thirty days, put back when it is named again, and then removed; what is named or new stays.
func TestFilesThatNothingNames(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "files")
	now := clock.At(period.DateOf(time.Now()))
	now.Advance(-24 * time.Hour) // the clock of the machine writes the files' times
	d, err := files.OpenDisk(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	put := func(s string) string {
		x, err := d.Put(t.Context(), strings.NewReader(s), 100)
		if err != nil {
			t.Fatal(err)
		}
		return x.SHA256
	}
	kept, loose := put("named"), put("loose")
	names := map[string]bool{kept: true}
	sweep := func(removed int) {
		t.Helper()
		n, err := d.Sweep(t.Context(), func(_ context.Context, sums []string) (map[string]bool, error) { return names, nil })
		if err != nil || n != removed {
			t.Errorf("removed %d, want %d: %v", n, removed, err)
		}
	}
	there := func(sum string, want bool) {
		t.Helper()
		f, _, err := d.Open(t.Context(), sum)
		if err == nil {
			f.Close()
		}
		if (err == nil) != want || err != nil && !errs.Is(err, errs.NotFound) {
			t.Errorf("opening %.8s: %v", sum, err)
		}
	}
	place := filepath.Join(dir, loose[:2], loose[2:])
	sweep(0)
	if _, err := os.Stat(place); err != nil {
		t.Errorf("a new file was moved: %v", err)
	}
	now.Advance(72 * time.Hour)
	sweep(0)
	there(kept, true)
	there(loose, true)
	if _, err := os.Stat(place); !os.IsNotExist(err) {
		t.Errorf("it lies where it lay: %v", err)
	}
	names[loose] = true
	sweep(0)
	if _, err := os.Stat(place); err != nil {
		t.Errorf("it has a name again: %v", err)
	}
	delete(names, loose)
	now.Advance(48 * time.Hour)
	sweep(0)
	now.Advance(29 * 24 * time.Hour)
	sweep(0)
	there(loose, true)
	now.Advance(2 * 24 * time.Hour)
	sweep(1)
	there(loose, false)
	there(kept, true)

	fault := errors.New("the database is away")
	put("another")
	now.Advance(5 * 24 * time.Hour)
	if _, err := d.Sweep(t.Context(), func(context.Context, []string) (map[string]bool, error) { return nil, fault }); !errors.Is(err, fault) {
		t.Errorf("without an answer: %v", err)
	}
	there(kept, true)
}
