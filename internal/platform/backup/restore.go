package backup

import (
	"context"
	"fmt"
	"io"
	"os"

	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/rows"
)

// CheckFile reads a whole backup and tells whether it is as it was written.
func CheckFile(ctx context.Context, path string, k Keys) (h Head, m Manifest, err error) {
	err = reading(path, k, func(r io.Reader) (err error) {
		h, m, err = Check(ctx, r)
		return err
	})
	return h, m, err
}

func reading(path string, k Keys, fn func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := k.open(f)
	if err != nil {
		return err
	}
	return fn(r)
}

// Restore puts a backup that CheckFile has found whole into an empty database and its files into a store. Before the end, when all rows and files
// are there and the schema is this program's, last is called; when it refuses, the database stays unfinished and nothing serves it.
func Restore(ctx context.Context, path string, k Keys, d *db.DB, store files.Store, n rows.Note, last func(context.Context) error) (l rows.Loaded, err error) {
	err = reading(path, k, func(r io.Reader) error {
		a, err := NewReader(r)
		if err != nil {
			return err
		}
		l, err = rows.Load(ctx, d, a, n, func(ctx context.Context) error {
			err := a.Files(ctx, func(sum string, size int64, content io.Reader) error {
				put, err := store.Put(ctx, content, size)
				if err == nil && put.SHA256 != sum {
					err = damaged("the file %s is another than its name says", sum)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("the uploaded files: %w", err)
			}
			if err := a.End(); err != nil {
				return err
			}
			return last(ctx)
		})
		return err
	})
	return l, err
}
