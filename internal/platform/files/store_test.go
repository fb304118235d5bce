package files_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"pgregory.net/rapid"

	"samklang/internal/core/errs"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
)

func disk(t testing.TB) (*files.Disk, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	d, err := files.OpenDisk(dir, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, dir
}

// names lists what lies in the folder.
func names(t testing.TB, dir string) (list []string) {
	t.Helper()
	if err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, strings.TrimPrefix(p, dir+"/"))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return list
}

func TestWhatIsPutCanBeReadBack(t *testing.T) {
	d, dir := disk(t)
	var _ files.Store = d
	rapid.Check(t, func(r *rapid.T) {
		content := rapid.SliceOfN(rapid.Byte(), 1, 5000).Draw(r, "content")
		s, err := d.Put(t.Context(), bytes.NewReader(content), 5000)
		if err != nil {
			r.Fatal(err)
		}
		again, err := d.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(content)), 5000)
		if err != nil || again != s || s.Size != int64(len(content)) {
			r.Fatalf("%v %v %v", s, again, err)
		}
		f, info, err := d.Open(t.Context(), s.SHA256)
		if err != nil || info != s {
			r.Fatalf("%v %v", info, err)
		}
		defer f.Close()
		got, err := io.ReadAll(f)
		if err != nil || !bytes.Equal(got, content) {
			r.Fatalf("read %d bytes back, put %d (%v)", len(got), len(content), err)
		}
		if err := d.Verify(t.Context(), s.SHA256); err != nil {
			r.Fatal(err)
		}
	})
	for _, n := range names(t, dir) {
		if strings.HasPrefix(n, "incoming") {
			t.Errorf("%s was left behind", n)
		}
	}
}

type failing struct{ n int }

func (f *failing) Read(p []byte) (int, error) {
	if f.n == 0 {
		return 0, errors.New("the line went dead")
	}
	f.n--
	return len(p), nil
}

func TestRefusedUploadLeavesNothing(t *testing.T) {
	d, dir := disk(t)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		r    io.Reader
		kind errs.Kind
	}{
		"too large":   {t.Context(), strings.NewReader("12345678901"), errs.TooLarge},
		"empty":       {t.Context(), strings.NewReader(""), errs.Invalid},
		"interrupted": {t.Context(), &failing{3}, errs.Internal},
		"cancelled":   {ended, strings.NewReader("x"), errs.Internal},
	} {
		max := int64(10)
		if name == "interrupted" {
			max = 1 << 30
		}
		if _, err := d.Put(c.ctx, c.r, max); !errs.Is(err, c.kind) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if left := names(t, dir); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := d.Put(t.Context(), strings.NewReader("1234567890"), 10); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
}

func TestNoNameLeadsOutOfTheFolder(t *testing.T) {
	d, dir := disk(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, sum := range []string{"", "../secret", "..", strings.Repeat("A", 64), strings.Repeat("0", 63), strings.Repeat("0", 64), "../" + strings.Repeat("0", 61), strings.Repeat("0", 63) + "/"} {
		if _, _, err := d.Open(t.Context(), sum); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v", sum, err)
		}
	}
	s, err := d.Put(t.Context(), strings.NewReader("real"), 10)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, s.SHA256[:2], s.SHA256[2:])
	if err := errors.Join(os.Remove(path), os.Symlink("../../secret", path)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Open(t.Context(), s.SHA256); err == nil {
		t.Error("a link out of the folder was followed")
	}
}

func TestDamageIsNoticedAndMended(t *testing.T) {
	d, dir := disk(t)
	s, err := d.Put(t.Context(), strings.NewReader("promise"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, s.SHA256[:2], s.SHA256[2:]), []byte("promisE"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(t.Context(), s.SHA256); !errors.Is(err, files.ErrDamaged) {
		t.Fatalf("damage: %v", err)
	}
	if _, err := d.Put(t.Context(), strings.NewReader("promise"), 10); err != nil {
		t.Fatal(err)
	}
	if err := d.Verify(t.Context(), s.SHA256); err != nil {
		t.Error(err)
	}
}

func TestManyAtOnceAndLeftoversAreSwept(t *testing.T) {
	d, dir := disk(t)
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if _, err := d.Put(t.Context(), strings.NewReader(strings.Repeat("x", 1+i%4)), 10); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := names(t, dir); len(n) != 4 {
		t.Errorf("stored %v", n)
	}
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "new": time.Hour} {
		p := filepath.Join(dir, "incoming", name)
		if err := os.WriteFile(p, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(p, at, at); err != nil {
			t.Fatal(err)
		}
	}
	again, err := files.OpenDisk(dir, clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	var left []string
	for _, n := range names(t, dir) {
		if strings.HasPrefix(n, "incoming/") {
			left = append(left, n)
		}
	}
	if strings.Join(left, " ") != "incoming/new" {
		t.Errorf("left: %v", left)
	}
}
