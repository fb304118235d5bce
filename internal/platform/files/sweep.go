package files

import (
	"context"
	"errors"
	"io/fs"
	"strings"
	"time"
)

// fresh is how long a file is left alone, counted from when it was last put: its name may still be on the way.
const fresh = 24 * time.Hour

// sweepIncoming removes uploads that nobody can be writing any more.
func (d *Disk) sweepIncoming() error {
	return d.older(incoming, fresh, func(name string) error { return d.remove(incoming + "/" + name) })
}

// older calls fn for each file of a folder that was last written longer ago than age.
func (d *Disk) older(dir string, age time.Duration, fn func(name string) error) error {
	entries, err := fs.ReadDir(d.root.FS(), dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // another copy was quicker
		}
		if err != nil {
			return err
		}
		if d.clock.Now().Sub(info.ModTime()) < age {
			continue
		}
		if err := fn(e.Name()); err != nil {
			return err
		}
	}
	return nil
}

func (d *Disk) remove(name string) error { return ignore(d.root.Remove(name), fs.ErrNotExist) }

// Sweep implements Store.
func (d *Disk) Sweep(ctx context.Context, named func(ctx context.Context, sums []string) (map[string]bool, error)) (removed int, err error) {
	if err := d.sweepIncoming(); err != nil {
		return 0, err
	}
	dirs, err := fs.ReadDir(d.root.FS(), ".")
	if err != nil {
		return 0, err
	}
	for _, dir := range dirs {
		if len(dir.Name()) != 2 || !dir.IsDir() {
			continue
		}
		if err := d.setAside(ctx, dir.Name(), named); err != nil {
			return 0, err
		}
	}
	return d.empty(ctx, named)
}

// setAside moves what nothing names out of one folder.
func (d *Disk) setAside(ctx context.Context, dir string, named func(context.Context, []string) (map[string]bool, error)) error {
	var sums []string
	err := d.older(dir, fresh, func(name string) error {
		if sum := dir + name; isSum(sum) {
			sums = append(sums, sum)
		}
		return nil
	})
	if err != nil || len(sums) == 0 {
		return err
	}
	keep, err := named(ctx, sums)
	if err != nil {
		return err
	}
	for _, sum := range sums {
		if keep[sum] {
			continue
		}
		aside := nameless + "/" + sum
		_, path := place(sum)
		if err := d.root.Rename(path, aside); errors.Is(err, fs.ErrNotExist) {
			continue // another copy was quicker
		} else if err != nil {
			return err
		}
		// The thirty days begin now.
		if err := ignore(d.root.Chtimes(aside, d.clock.Now(), d.clock.Now()), fs.ErrNotExist); err != nil {
			return err
		}
	}
	return nil
}

// empty puts back what has a name again and removes what had none for thirty days.
func (d *Disk) empty(ctx context.Context, named func(context.Context, []string) (map[string]bool, error)) (removed int, err error) {
	entries, err := fs.ReadDir(d.root.FS(), nameless)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	sums := make([]string, len(entries))
	for i, e := range entries {
		sums[i] = e.Name()
	}
	keep, err := named(ctx, sums)
	if err != nil {
		return 0, err
	}
	for _, sum := range sums {
		if !keep[sum] {
			continue
		}
		_, path := place(sum)
		if err := ignore(d.root.Rename(nameless+"/"+sum, path), fs.ErrNotExist); err != nil {
			return 0, err
		}
	}
	err = d.older(nameless, keepNameless, func(name string) error {
		if keep[name] {
			return nil
		}
		removed++
		return d.remove(nameless + "/" + name)
	})
	return removed, err
}

func isSum(s string) bool { return len(s) == 64 && strings.Trim(s, "0123456789abcdef") == "" }
