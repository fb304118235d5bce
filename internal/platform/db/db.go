// Package db is the one way to the database: SQLite inside the program, or PostgreSQL. Both engines get the same queries and the
// same migrations; what differs is written down in this package and nowhere else.
package db

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"samklang/internal/platform/clock"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite"
)

// Engine is the kind of database.
type Engine string

const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// IDB is what a query runs on: the readers of a DB, or a Tx.
type IDB = bun.IDB

// DB is an open database.
type DB struct {
	Engine   Engine
	read     *bun.DB
	write    *bun.DB // on SQLite one connection, on PostgreSQL the same pool as read
	pool     *pgxpool.Pool
	server   *pgx.ConnConfig // how the pool reaches PostgreSQL
	clock    clock.Clock
	patience time.Duration
	answer   time.Duration
	pooled   atomic.Int32 // what stands between the program and PostgreSQL: see Pooled
	path     string       // of the SQLite file
	file     os.FileInfo  // which file that was when it was opened

	shows      func(table string) Kinds
	versions   checker
	disconnect func() // closes the connection of versions
}

// Options tune what tests need different.
type Options struct {
	Unsafe bool          // SQLite without waiting for the disk: for tests that do not kill the process
	Limit  time.Duration // how long one statement may take, but for migrations; 0 for readLimit. On SQLite it holds for reading
	// Patience is how long somebody waits for a PostgreSQL that does not answer; 0 for five seconds.
	Patience time.Duration
	Answer   time.Duration // how long a commit may wait for a standby; 0 for fifteen seconds
	Clock    clock.Clock   // what the times of form keys are; nil for the machine's
	Source   bool          // SQLite of which nothing is changed, and whose file must be there
	// Shows tells what a table counts for: which versions change when somebody writes to it. Nil counts every table for everything.
	Shows func(table string) Kinds
}

func (o Options) limit() time.Duration {
	if o.Limit == 0 {
		return readLimit
	}
	return o.Limit
}

// Open connects to the database a URL names: "sqlite:PATH" or "postgres://…". It does not migrate.
func Open(ctx context.Context, dsn string, opt Options) (d *DB, err error) {
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		d, err = openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), opt)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		d, err = openPostgres(ctx, dsn, opt)
	default:
		err = fmt.Errorf("the database setting must start with sqlite: or postgres://")
	}
	if err != nil {
		return nil, err
	}
	d.patience, d.answer = cmp.Or(opt.Patience, usualPatience), cmp.Or(opt.Answer, usualAnswer)
	d.clock = clock.System
	if opt.Clock != nil {
		d.clock = opt.Clock
	}
	d.shows = everything
	if opt.Shows != nil {
		d.shows = opt.Shows
	}
	return d, nil
}

// minimumSQLite is the first version without the known corruption faults (libraries.md 0).
const minimumSQLite = "3.53.2"

func openSQLite(ctx context.Context, path string, opt Options) (*DB, error) {
	if opt.Source {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("there is no database file to read: %w", err)
		}
	} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	address := func(pragmas ...string) string {
		q := url.Values{}
		sync := "synchronous(full)"
		if opt.Unsafe {
			sync = "synchronous(off)"
		}
		// busy_timeout comes first: the pragmas after it already need the lock.
		first := []string{"busy_timeout(10000)", "journal_mode(wal)", "foreign_keys(1)", sync, "temp_store(memory)"}
		if opt.Source {
			first = []string{"busy_timeout(10000)", "temp_store(memory)", "query_only(1)"}
		}
		for _, p := range append(first, pragmas...) {
			q.Add("_pragma", p)
		}
		q.Set("_txlock", "immediate")
		return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
	}
	w, err := sql.Open("sqlite", address(cache(2)))
	if err != nil {
		return nil, err
	}
	limit(w, 1)
	var version string
	if err := w.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		w.Close()
		return nil, fmt.Errorf("cannot open the database file %s: %w", path, err)
	}
	if !atLeast(version, minimumSQLite) {
		w.Close()
		return nil, fmt.Errorf("the linked SQLite is %s; at least %s is needed", version, minimumSQLite)
	}
	readers := max(4, 2*runtime.NumCPU())
	r := sql.OpenDB(reader{w.Driver(), address("query_only(1)", cache(readers)), opt.limit()})
	limit(r, readers)
	r.SetConnMaxIdleTime(10 * time.Minute) // with its pages of the file
	file, err := os.Stat(path)
	if err != nil {
		w.Close()
		r.Close()
		return nil, err
	}
	f := &fileLook{path: path, open: func() (driver.Conn, error) { return w.Driver().Open(address("query_only(1)")) }}
	return &DB{Engine: SQLite, path: path, file: file, write: bun.NewDB(w, sqlitedialect.New()), read: bun.NewDB(r, sqlitedialect.New()), versions: checker{look: f.look}, disconnect: f.close}, nil
}

// cache lets some connections together keep 16 megabytes of the file's pages, or one each where they are very many. What they do not keep, the
// operating system does.
func cache(conns int) string { return fmt.Sprintf("cache_size(-%d)", max(16_000/conns, 1_000)) }

func limit(d *sql.DB, conns int) {
	d.SetMaxOpenConns(conns)
	d.SetMaxIdleConns(conns)
}

func atLeast(have, want string) bool {
	var h, w [3]int
	fmt.Sscanf(have, "%d.%d.%d", &h[0], &h[1], &h[2])
	fmt.Sscanf(want, "%d.%d.%d", &w[0], &w[1], &w[2])
	for i := range h {
		if h[i] != w[i] {
			return h[i] > w[i]
		}
	}
	return true
}

func openPostgres(ctx context.Context, dsn string, opt Options) (*DB, error) {
	cfg, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("the database address cannot be read: %w", err)
	}
	// What may be prepared, the connection knows itself (prepared.go).
	cfg.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "samklang"
	if several(cfg.ConnConfig) {
		if cfg.ConnConfig.ConnectTimeout == 0 { // one that is gone is given up for the next, and not after two minutes
			cfg.ConnConfig.ConnectTimeout = usualPatience
		}
		if cfg.ConnConfig.ValidateConnect == nil { // of several, one is written to
			cfg.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
		}
	}
	cfg.ConnConfig.DialFunc = dialer(cfg.ConnConfig.ConnectTimeout).DialContext
	cfg.ConnConfig.OnNotice = notice
	d := &DB{Engine: Postgres}
	cfg.AfterConnect = func(ctx context.Context, c *pgx.Conn) error { return d.limitStatements(ctx, c, opt.limit()) }
	if d.pool, err = pgxpool.NewWithConfig(ctx, cfg); err != nil {
		return nil, err
	}
	if err := d.pool.Ping(ctx); err != nil {
		d.pool.Close()
		return nil, fmt.Errorf("cannot reach PostgreSQL: %w", err)
	}
	d.server = cfg.ConnConfig.Copy()
	on := sql.OpenDB(preparing{patient{stdlib.GetPoolConnector(d.pool), cmp.Or(opt.Patience, usualPatience)}})
	on.SetMaxIdleConns(0) // the pool keeps them
	d.read = bun.NewDB(on, pgdialect.New())
	d.write = d.read
	p := &serverLook{config: d.server.Copy(), patience: cmp.Or(opt.Patience, usualPatience), reset: d.pool.Reset}
	d.versions.look, d.disconnect = p.look, p.close
	return d, nil
}

// several tells whether an address names more than one server.
func several(c *pgx.ConnConfig) bool {
	return slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}

// Read is for queries that change nothing.
func (d *DB) Read() IDB { return d.read }

// Rows runs a query whose rows are many and narrow, and lets scan read each. It does without the reflection that Scan costs.
func Rows(ctx context.Context, q *bun.SelectQuery, scan func(*sql.Rows) error) error {
	rows, err := q.Rows(ctx)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Pool is the PostgreSQL pool, nil on SQLite. Only the job queue needs it.
func (d *DB) Pool() *pgxpool.Pool { return d.pool }

// Writer is the connection that writes, for migrations and the job queue.
func (d *DB) Writer() *sql.DB { return d.write.DB }

// Reader is the connections that read: on PostgreSQL the same as Writer.
func (d *DB) Reader() *sql.DB { return d.read.DB }

// Watch lets h see every statement from now on. It is called before the database is shared.
func (d *DB) Watch(h bun.QueryHook) {
	d.write.AddQueryHook(h)
	if d.read != d.write {
		d.read.AddQueryHook(h)
	}
}

// Ping tells whether the database answers. SQLite goes on with a file that was removed or put in another's place, whose changes nobody will
// find again; that counts as no answer.
func (d *DB) Ping(ctx context.Context) error {
	if d.Engine == SQLite {
		now, err := os.Stat(d.path)
		if err != nil {
			return err
		}
		if !os.SameFile(now, d.file) {
			return errors.New("the database file is not the one that was opened; restart the program")
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	if d.pool != nil {
		return d.pool.Ping(ctx) // at once, while who has work to do waits for it
	}
	var one int
	return d.read.NewSelect().ColumnExpr("1").Scan(ctx, &one)
}

// Close closes every connection.
func (d *DB) Close() error {
	d.versions.end(d.disconnect)
	err := d.write.Close()
	if d.read != d.write {
		if e := d.read.Close(); err == nil {
			err = e
		}
	}
	if d.pool != nil {
		d.pool.Close()
	}
	return err
}
