package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"samklang/internal/platform/files"
	"samklang/internal/platform/rows"
)

// Written is a backup that lies in its place.
type Written struct {
	Path     string
	Size     int64  // bytes
	SHA256   string // of the file
	Head     Head
	Manifest Manifest
	Verified bool // it was read back
}

// named is how a backup is called that is put into a directory.
var named = regexp.MustCompile(`^samklang-\d{8}T\d{6}Z\.backup(\.age)?$`)

const unfinished = ".samklang-backup-*.part"

// ToFile writes a backup to a path, or into a directory under a name of its own. Under its name there is never anything but a whole backup.
func ToFile(ctx context.Context, path string, h Head, s rows.Source, store files.Store, k Keys, verify bool) (w Written, err error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		name := "samklang-" + h.At.UTC().Format("20060102T150405Z") + ".backup"
		if k.Encrypted() {
			name += ".age"
		}
		path = filepath.Join(path, name)
	}
	if _, err := os.Lstat(path); err == nil {
		return w, fmt.Errorf("%s is there already, and no backup is written over another: name a new file, or a directory", path)
	}
	dir := filepath.Dir(path)
	if err := removeLeft(dir, h.At); err != nil {
		return w, err
	}
	f, err := os.CreateTemp(dir, unfinished)
	if err != nil {
		return w, err
	}
	defer os.Remove(f.Name()) // after the renaming there is nothing by this name
	defer f.Close()
	h.Schema = s.Schema()
	w = Written{Path: path, Head: h}
	sum := sha256.New()
	buffer := bufio.NewWriterSize(io.MultiWriter(f, sum), 256<<10)
	out, back, err := k.seal(buffer)
	if err != nil {
		return w, err
	}
	if w.Manifest, err = Write(ctx, out, h, s, store); err != nil {
		return w, err
	}
	if err := errors.Join(out.Close(), buffer.Flush(), f.Sync()); err != nil {
		return w, err
	}
	if w.Size, err = f.Seek(0, io.SeekEnd); err != nil {
		return w, err
	}
	w.SHA256 = hex.EncodeToString(sum.Sum(nil))
	if verify {
		if err := readBack(ctx, f, back, w); err != nil {
			return w, fmt.Errorf("what was written does not read back, so it is not kept: %w", err)
		}
		w.Verified = true
	}
	if err := f.Close(); err != nil {
		return w, err
	}
	if err := os.Link(f.Name(), path); err != nil { // which fails when somebody was quicker
		if _, there := os.Lstat(path); there == nil {
			return w, fmt.Errorf("%s has come to be there meanwhile", path)
		}
		if err := os.Rename(f.Name(), path); err != nil { // a file system without links
			return w, err
		}
	}
	return w, syncDir(dir)
}

// readBack reads the file from its beginning: its bytes have the hash, and it is a whole archive with this manifest.
func readBack(ctx context.Context, f *os.File, k Keys, w Written) error {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	sum := sha256.New()
	r, err := k.open(io.TeeReader(f, sum))
	if err != nil {
		return err
	}
	_, m, err := Check(ctx, r)
	if err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != w.SHA256 || m.Digest != w.Manifest.Digest || m.Files != w.Manifest.Files {
		return damaged("other bytes came back than were written")
	}
	return nil
}

// removeLeft removes what a killed backup left in the directory more than a day ago.
func removeLeft(dir string, now time.Time) error {
	left, err := filepath.Glob(filepath.Join(dir, unfinished))
	for _, name := range left {
		if info, e := os.Stat(name); e == nil && now.Sub(info.ModTime()) > 24*time.Hour {
			err = errors.Join(err, os.Remove(name))
		}
	}
	return err
}

// Keep removes all but the n latest backups that ToFile has named itself in a directory, and tells which.
func Keep(dir string, n int) (removed []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if named.MatchString(e.Name()) && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names) // by time
	for len(names) > n {
		if err := os.Remove(filepath.Join(dir, names[0])); err != nil {
			return removed, err
		}
		removed, names = append(removed, names[0]), names[1:]
	}
	return removed, nil
}
