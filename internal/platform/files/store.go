// Package files keeps what people upload. A file is stored under the SHA-256 of its content, so the same file is stored once, a
// stored file never changes, and damage is noticed. Inspect decides beforehand what may be stored at all.
package files

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/platform/clock"
)

//go:embed locale
var Locale embed.FS

// Stored is a file in the store.
type Stored struct {
	SHA256 string // 64 hexadecimal digits
	Size   int64  // bytes
}

// File is a stored file, opened for reading from any place.
type File interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Store keeps files by their content.
type Store interface {
	// Put reads r to its end and keeps it. It refuses an empty file and one of more than max bytes, and then keeps nothing. When it
	// returns, the file survives a power cut.
	Put(ctx context.Context, r io.Reader, max int64) (Stored, error)
	// Open opens a stored file; errs.NotFound when there is none.
	Open(ctx context.Context, sha256 string) (File, Stored, error)
	// Verify reads the whole file and tells whether it is what was stored.
	Verify(ctx context.Context, sha256 string) error
	// Each calls fn for every stored file, those included that nothing names and that wait to be removed.
	Each(ctx context.Context, fn func(Stored) error) error
	// Sweep removes stored files that nothing names. named tells which of some sums something names. A file that nothing names is set aside for
	// thirty days, in which Open still finds it, and then removed; one that is named again is put back. The number is of the files removed.
	Sweep(ctx context.Context, named func(ctx context.Context, sums []string) (map[string]bool, error)) (removed int, err error)
	// Close lets go of the place.
	Close() error
}

// Disk is a Store in a folder: ab/cdef… holds the file whose sum begins with abcd.
type Disk struct {
	root  *os.Root
	clock clock.Clock
}

const (
	incoming = "incoming" // files that are being written
	nameless = "nameless" // files that nothing names any more, until they are removed
)

// keepNameless is how long a file that nothing names is kept. It is found there meanwhile, so that a database that was put back, or a name that was
// given in the very moment of the sweep, loses nothing.
const keepNameless = 30 * 24 * time.Hour

// OpenDisk opens or creates the folder and removes what a crash has left half written. Several copies of the program may share the
// folder.
func OpenDisk(dir string, c clock.Clock) (*Disk, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder for files cannot be made: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("the folder for files cannot be opened: %w", err)
	}
	d := &Disk{root: root, clock: c}
	if err := errors.Join(root.MkdirAll(incoming, 0o700), root.MkdirAll(nameless, 0o700), d.sweepIncoming()); err != nil {
		root.Close()
		return nil, err
	}
	return d, nil
}

// Close lets the folder go.
func (d *Disk) Close() error { return d.root.Close() }

// Put implements Store.
func (d *Disk) Put(ctx context.Context, r io.Reader, max int64) (s Stored, err error) {
	name := incoming + "/" + rand.Text()
	f, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Stored{}, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignore(f.Close(), fs.ErrClosed), ignore(d.root.Remove(name), fs.ErrNotExist))
		}
	}()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(f, sum), io.LimitReader(cancellable{ctx, r}, max+1))
	if err != nil {
		return Stored{}, err
	}
	if n > max {
		return Stored{}, errs.E(errs.TooLarge, "files.too_large", "max", int(max>>20))
	}
	if n == 0 {
		return Stored{}, errs.E(errs.Invalid, "files.empty")
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return Stored{}, err
	}
	s = Stored{SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n}
	dir, path := place(s.SHA256)
	if err := d.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return Stored{}, err
	}
	// A file that is there already is replaced by the same content: that costs nothing and mends one that was damaged.
	if err := d.root.Rename(name, path); err != nil {
		return Stored{}, err
	}
	return s, errors.Join(d.sync(dir), d.sync("."))
}

func ignore(err, what error) error {
	if errors.Is(err, what) {
		return nil
	}
	return err
}

// sync makes the names in a folder survive a power cut.
func (d *Disk) sync(dir string) error {
	f, err := d.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(syncDir(f), f.Close())
}

var missing = errs.E(errs.NotFound, "files.missing")

func place(sum string) (dir, path string) { return sum[:2], sum[:2] + "/" + sum[2:] }

// cancellable stops reading when the context ends.
type cancellable struct {
	ctx context.Context
	r   io.Reader
}

func (c cancellable) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// Open implements Store.
func (d *Disk) Open(_ context.Context, sum string) (File, Stored, error) {
	if !isSum(sum) {
		return nil, Stored{}, missing
	}
	_, path := place(sum)
	f, err := d.root.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = d.root.Open(nameless + "/" + sum)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Stored{}, missing
	}
	if err != nil {
		return nil, Stored{}, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, Stored{}, errors.Join(err, f.Close())
	}
	return f, Stored{SHA256: sum, Size: info.Size()}, nil
}

// ErrDamaged is what Verify returns for a file that is no longer what was stored.
var ErrDamaged = errors.New("the stored file is damaged")

// Verify implements Store.
func (d *Disk) Verify(ctx context.Context, sum string) error { return verify(ctx, d, sum) }

func verify(ctx context.Context, s Store, sum string) error {
	f, _, err := s.Open(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, cancellable{ctx, f}); err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != sum {
		return fmt.Errorf("%w: %s", ErrDamaged, sum)
	}
	return nil
}

// Each implements Store.
func (d *Disk) Each(ctx context.Context, fn func(Stored) error) error {
	dirs, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return err
	}
	for _, dir := range dirs {
		prefix := dir.Name()
		if !dir.IsDir() || len(prefix) != 2 && prefix != nameless {
			continue
		}
		if prefix == nameless {
			prefix = ""
		}
		entries, err := fs.ReadDir(d.root.FS(), dir.Name())
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := ctx.Err(); err != nil {
				return err
			}
			info, err := e.Info()
			if sum := prefix + e.Name(); err == nil && isSum(sum) {
				err = fn(Stored{sum, info.Size()})
			}
			if ignore(err, fs.ErrNotExist) != nil {
				return err
			}
		}
	}
	return nil
}
