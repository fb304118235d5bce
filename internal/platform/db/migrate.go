package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

// One set of migrations serves both engines; common holds nearly all, an engine's own folder the few statements that cannot be
// said in both. Files of a release never change.
//
//go:embed migrations
var migrations embed.FS

// Migrate brings the schema up to this program's version. Several copies may call it at once.
func (d *DB) Migrate(ctx context.Context) error { return d.migrate(ctx, 0) }

// MigrateTo brings the schema up to an earlier version, as it was for a release. An empty database of a later version is brought down to it; one
// with rows must not be given.
func (d *DB) MigrateTo(ctx context.Context, version int64) error { return d.migrate(ctx, version) }

func (d *DB) migrate(ctx context.Context, to int64) error {
	on := d.write.DB
	if d.Engine == Postgres { // without the limit of a statement: a migration takes the time it takes
		on = d.forMigrations()
		defer on.Close()
	}
	p, err := d.provider(on)
	if err != nil {
		return err
	}
	if to == 0 {
		_, err = p.Up(ctx)
		for try := 1; try < 5 && tryAgain(err); try++ { // in the way of a copy of the last release that works meanwhile
			_, err = p.Up(ctx)
		}
	} else if _, err = p.UpTo(ctx, to); err == nil {
		_, err = p.DownTo(ctx, to)
	}
	if err != nil {
		return fmt.Errorf("the database could not be brought up to date: %w", err)
	}
	return nil
}

// Newest is the version of the schema this program has been written for.
func Newest() int64 {
	var newest int64
	for _, e := range []Engine{SQLite, Postgres} {
		files, err := fs.ReadDir(Migrations(e), ".")
		if err != nil {
			panic(err)
		}
		for _, f := range files {
			if n, err := goose.NumericComponent(f.Name()); err == nil {
				newest = max(newest, n)
			}
		}
	}
	return newest
}

// Pending tells how many migrations have not run.
func (d *DB) Pending(ctx context.Context) (int, error) {
	p, err := d.provider(d.write.DB)
	if err != nil {
		return 0, err
	}
	current, target, err := p.GetVersions(ctx)
	return int(target - current), err
}

func (d *DB) provider(on *sql.DB) (*goose.Provider, error) {
	dialect, opts := database.DialectSQLite3, []goose.ProviderOption{}
	if d.Engine == Postgres {
		dialect = database.DialectPostgres
		// A copy that was killed while it migrated holds the others up for the length of its lease, and no longer.
		locker, err := lock.NewPostgresTableLocker(lock.WithTableLeaseDuration(10*time.Second), lock.WithTableHeartbeatInterval(2*time.Second), lock.WithTableLockTimeout(200*time.Millisecond, 3000))
		if err != nil {
			return nil, err
		}
		opts = append(opts, goose.WithLocker(locker))
	}
	return goose.NewProvider(dialect, on, Migrations(d.Engine), opts...)
}

// Migrations is the folder of an engine's migrations.
func Migrations(e Engine) fs.FS {
	common, err := fs.Sub(migrations, "migrations/common")
	if err != nil {
		panic(err)
	}
	own, err := fs.Sub(migrations, "migrations/"+string(e))
	if err != nil {
		panic(err)
	}
	return overlay{common, own}
}

// overlay shows two flat folders as one.
type overlay [2]fs.FS

func (o overlay) Open(name string) (fs.File, error) {
	f, err := o[1].Open(name)
	if errors.Is(err, fs.ErrNotExist) || name == "." {
		return o[0].Open(name)
	}
	return f, err
}

func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	a, err := fs.ReadDir(o[0], name)
	if err != nil {
		return nil, err
	}
	b, err := fs.ReadDir(o[1], name)
	if err != nil {
		return nil, err
	}
	all := append(a, b...)
	sort.Slice(all, func(i, j int) bool { return all[i].Name() < all[j].Name() })
	return all, nil
}
