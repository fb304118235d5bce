// Package dbtest gives every store test a fresh, migrated database of each engine.
package dbtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"
)

// Env names the variable with the address of a PostgreSQL server the tests may create databases on. `make test` sets it. Without it
// the PostgreSQL half does not run and says so, except in CI, where that is a failure.
const Env = "SAMKLANG_TEST_POSTGRES"

// Each runs fn once on SQLite and once on PostgreSQL.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { fn(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { fn(t, Postgres(t)) })
}

var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "samklang-dbtest")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	d, err := db.Open(context.Background(), "sqlite:"+path, db.Options{Unsafe: true})
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(context.Background()); err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil { // the last connection folds the log into the file
		return nil, err
	}
	return os.ReadFile(path)
})

// SQLite opens a fresh database file.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "samklang.db")
	SQLiteFile(t, path)
	return open(t, "sqlite:"+path)
}

// SQLiteFile writes a fresh, migrated database file, for tests that start the program.
func SQLiteFile(t testing.TB, path string) {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, template, 0o600); err != nil {
		t.Fatal(err)
	}
}

var postgresTemplate = sync.OnceValues(func() (string, error) {
	ctx := context.Background()
	admin, err := db.Open(ctx, os.Getenv(Env), db.Options{})
	if err != nil {
		return "", err
	}
	defer admin.Close()
	name := fmt.Sprintf("samklang_template_%d_%s", os.Getpid(), id.New().String()[24:])
	if _, err := admin.Writer().ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	d, err := db.Open(ctx, address(name), db.Options{})
	if err != nil {
		return "", err
	}
	defer d.Close()
	return name, d.Migrate(ctx)
})

func address(database string) string {
	u, err := url.Parse(os.Getenv(Env))
	if err != nil {
		panic(err)
	}
	u.Path = "/" + database
	return u.String()
}

// Postgres opens a fresh database on the server that Env names.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, PostgresURL(t))
}

// PostgresURL creates a fresh, migrated database and gives its address, for tests that start the program.
func PostgresURL(t testing.TB) string {
	t.Helper()
	return create(t, postgresTemplate)
}

// EmptyPostgresURL creates a database in which nothing is, and gives its address.
func EmptyPostgresURL(t testing.TB) string {
	t.Helper()
	return create(t, func() (string, error) { return "template1", nil })
}

func create(t testing.TB, from func() (string, error)) string {
	t.Helper()
	if os.Getenv(Env) == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: in CI every store test runs on PostgreSQL too", Env)
		}
		t.Skipf("%s is not set, so nothing was tested on PostgreSQL here; `make test` starts a server", Env)
	}
	template, err := from()
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	admin, err := db.Open(ctx, os.Getenv(Env), db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	name := "samklang_test_" + id.New().String()[24:] + fmt.Sprintf("_%d", os.Getpid())
	if _, err := admin.Writer().ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Writer().ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		admin.Close()
	})
	return address(name)
}

func open(t testing.TB, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d
}
