package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"samklang/internal/core/errs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// A database server goes away now and then: it is restarted, its standby takes over, a pooler is reloaded. The program goes on: who asks for a
// connection waits a while for one, and a transaction that was cut off before its end runs again as a whole. What cannot be known – the
// connection broke after the commit was sent and before it was answered – is found out by the key of the form (WithOnce), or else told as what
// it is (ErrDoubt).

const (
	usualPatience = 5 * time.Second
	usualAnswer   = 15 * time.Second       // how long a commit may wait for a standby
	pause         = 100 * time.Millisecond // between two attempts while the database does not answer
)

var (
	// ErrUnreachable says that the database does not answer and that nothing was changed.
	ErrUnreachable = errs.E(errs.Unavailable, "error.database")
	// ErrDoubt says that the database went away during the commit: whether anything was changed is not known. Sending the same form again does
	// not do it twice.
	ErrDoubt = errs.E(errs.Unavailable, "error.doubt")
	// ErrFull says that the disk is full and that nothing was changed.
	ErrFull = errs.E(errs.Unavailable, "error.full")
)

// Told makes an error of the database that people can do something about into one they can read; others it gives back as they are.
func (d *DB) Told(err error) error {
	switch {
	case err == nil || errs.KindOf(err) != errs.Internal:
		return err
	case Full(err):
		return ErrFull.Because(err)
	case d.Lost(err):
		return ErrUnreachable.Because(err)
	}
	return err
}

// Lost tells whether err says that the connection to PostgreSQL broke or could not be made. A server that has become a standby counts: what is
// to be written belongs to another now.
func (d *DB) Lost(err error) bool { return d.Engine == Postgres && lost(err) }

func lost(err error) bool {
	if err == nil {
		return false
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code {
		case "57P01", "57P02", "57P03", "25006", "53300": // is stopping, crashed, is starting, is a standby, has no connection left
			return true
		}
		return strings.HasPrefix(e.Code, "08") // PgBouncer says so of a server it has lost
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok || pgconn.SafeToRetry(err) {
		return true
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return false
	}
	if _, ok := errors.AsType[net.Error](err); ok {
		return true
	}
	for _, gone := range []error{driver.ErrBadConn, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, gone) {
			return true
		}
	}
	return false
}

// Full tells whether err says that there is no room left on the disk of the database or of the files.
func Full(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == "53100"
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()&0xff == sqlite3.SQLITE_FULL
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// patient waits for a connection while the server does not answer.
type patient struct {
	driver.Connector
	patience time.Duration
}

func (p patient) Connect(ctx context.Context) (driver.Conn, error) {
	for begin := time.Now(); ; {
		c, err := p.Connector.Connect(ctx)
		if err == nil || !lost(err) || time.Since(begin) > p.patience {
			return c, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// unreplicated is what PostgreSQL warns when it answers a commit without its standby having it: the time of the statement was over, or an
// administrator cut the waiting short. The write stands here, and a standby that takes over may not have it.
const unreplicated = "canceling wait for synchronous replication"

const noticed = "samklang.unreplicated"

func notice(c *pgconn.PgConn, n *pgconn.Notice) {
	if strings.HasPrefix(n.Message, unreplicated) {
		c.CustomData()[noticed] = true
	}
}

// onlyHere tells whether the last commit of a connection did not reach the standby it was to reach, and forgets it.
func (d *DB) onlyHere(conn *sql.Conn) (only bool, err error) {
	if d.Engine == SQLite {
		return false, nil
	}
	err = conn.Raw(func(c any) error {
		data := c.(interface{ Conn() *pgx.Conn }).Conn().PgConn().CustomData()
		_, only = data[noticed]
		delete(data, noticed)
		return nil
	})
	return only, err
}
