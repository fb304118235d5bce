package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"time"

	"samklang/internal/core/errs"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// Tx is an open transaction.
type Tx struct {
	bun.Tx
	Engine Engine
	conn   bun.Conn
	after  []func()
	shows  func(table string) Kinds
	wrote  Kinds // what the tables it has written to count for
	unseen bool
}

// Conn is the connection the transaction runs on.
func (t *Tx) Conn() *sql.Conn { return t.conn.Conn }

// TakeTime lets the statements of this transaction take as long as they need: for work that goes through a whole table.
func (t *Tx) TakeTime(ctx context.Context) error {
	if t.Engine == SQLite {
		return nil // only reading has a limit there
	}
	_, err := t.ExecContext(ctx, "SET LOCAL statement_timeout = 0")
	return err
}

// AfterCommit lets fn run once this transaction has committed; after a rollback it does not run. A crash between the two loses it,
// so it is for what is merely quicker that way, such as waking a worker.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

// WithTx runs fn in one transaction, commits when it returns nil and rolls back otherwise. When the engine reports that two
// transactions were in each other's way, the whole of fn runs again: it must have no effect but through tx.
func (d *DB) WithTx(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	return d.repeat(ctx, nil, fn)
}

// WithSnapshot is WithTx in which everything that is read is as it stood at one moment, however long the reading takes (PostgreSQL's
// REPEATABLE READ; on SQLite the whole transaction is alone already). A row that somebody else has changed since that moment cannot be
// changed or locked: the engine says so, and the whole of fn runs again at a later moment.
func (d *DB) WithSnapshot(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if d.Engine == SQLite {
		return d.repeat(ctx, nil, fn)
	}
	return d.repeat(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead}, fn)
}

// ReadAtOnce lets fn read everything as it stood at one moment, without holding up anybody who writes.
func (d *DB) ReadAtOnce(ctx context.Context, fn func(ctx context.Context, q IDB) error) error {
	tx, err := d.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: d.moment()})
	if err != nil {
		return err
	}
	defer tx.Rollback() // nothing was written
	return fn(ctx, tx)
}

// moment is the isolation under which a transaction reads as of one moment. SQLite has no other.
func (d *DB) moment() sql.IsolationLevel {
	if d.Engine == SQLite {
		return sql.LevelDefault
	}
	return sql.LevelRepeatableRead
}

// repeat runs a transaction until it has gone through, for a few times. One whose commit was not answered runs again only when a form's key
// tells whether it had gone through: then the second one is refused, and its effect is there once.
func (d *DB) repeat(ctx context.Context, opt *sql.TxOptions, fn func(ctx context.Context, tx *Tx) error) error {
	const tries = 5
	var err error
	doubt, begin := false, time.Now()
	for try := 0; try < tries; try++ {
		if try > 0 {
			wait := time.Duration(10<<try)*time.Millisecond + time.Duration(rand.Int64N(int64(10*time.Millisecond)))
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(wait):
			}
		}
		err = d.once(ctx, opt, fn)
		switch {
		case errors.Is(err, ErrRepeated):
			if e := d.settle(ctx); e != nil {
				return ErrDoubt.Because(e)
			}
			if !doubt {
				return err
			}
			forgetKey(ctx)
			return nil // it had gone through
		case errors.Is(err, errUnanswered):
			doubt = true
			if !hasKey(ctx) {
				return ErrDoubt.Because(err)
			}
		case errs.KindOf(err) != errs.Internal:
			return err
		case tryAgain(err):
		case !d.Lost(err):
			return d.Told(err)
		case time.Since(begin) > d.patience:
			try = tries // enough has been waited
		}
	}
	if doubt {
		return ErrDoubt.Because(err)
	}
	return d.Told(err)
}

// errUnanswered says that a commit was sent and not answered.
var errUnanswered = errors.New("the database went away during the commit")

func (d *DB) once(ctx context.Context, opt *sql.TxOptions, fn func(ctx context.Context, tx *Tx) error) error {
	var after []func()
	defer func() { // runs last, when the connection is free again
		for _, fn := range after {
			fn()
		}
	}()
	conn, err := d.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	life, end := context.WithCancel(ctx)
	defer end()
	tx, err := conn.BeginTx(life, opt)
	if err != nil {
		return err
	}
	defer tx.Rollback() // after a commit this does nothing; after a panic it lets the connection go
	t := &Tx{Tx: tx, Engine: d.Engine, conn: conn, shows: d.shows}
	claimed, err := claim(ctx, t, d.clock.Now())
	if err != nil {
		return err
	}
	if err := fn(ctx, t); err != nil {
		return err
	}
	if err := t.stamp(ctx, opt != nil); err != nil {
		return err
	}
	if err := d.commit(tx, end); err != nil {
		return err
	}
	after = t.after
	if claimed {
		forgetKey(ctx) // later transactions of the same request are free
	}
	if only, err := d.onlyHere(conn.Conn); err != nil || only {
		return ErrDoubt.Because(errors.Join(errors.New("the commit has not reached the standby"), err))
	}
	return nil
}

// commit ends a transaction. PostgreSQL lets a commit wait for its standby without end, and holds what the transaction holds meanwhile; when that
// takes too long, the waiting is given up.
func (d *DB) commit(tx bun.Tx, end func()) error {
	if d.Engine == SQLite {
		return tx.Commit()
	}
	late := time.AfterFunc(d.answer, end)
	err := tx.Commit()
	switch {
	case !late.Stop() && err != nil:
		return ErrDoubt.Because(fmt.Errorf("a commit was not answered within %s; does the standby follow? %w", d.answer, err))
	case d.Lost(err):
		return fmt.Errorf("%w: %w", errUnanswered, err)
	}
	return err
}

func tryAgain(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "40001" || e.Code == "40P01" || changedShape(err)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_BUSY
	}
	return false
}

// OfEngine tells whether err says that the engine could not answer, rather than that what it answered could not be read. A file that SQLite finds
// damaged could be read, and is not as it was written.
func OfEngine(err error) bool {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff != sqlite3.SQLITE_CORRUPT && e.Code()&0xff != sqlite3.SQLITE_NOTADB
	}
	if _, ok := errors.AsType[*pgconn.PgError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, other := range []error{context.Canceled, context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone, sql.ErrTxDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, other) {
			return true
		}
	}
	return err != nil && pgconn.Timeout(err)
}

// IsUnique tells whether err says that a row with the same key exists.
func IsUnique(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "23505"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || e.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	return false
}

// IsNoRows tells whether err says that a single row was asked for and none was there.
func IsNoRows(err error) bool { return errors.Is(err, sql.ErrNoRows) }

// Affected is the number of rows a statement changed. Both drivers always know it.
func Affected(r sql.Result) int {
	n, err := r.RowsAffected()
	if err != nil {
		panic(err)
	}
	return int(n)
}
