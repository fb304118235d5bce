package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// What stands between the program and PostgreSQL.
const (
	direct  int32 = iota
	limited       // a pooler; the server's own setting ends long statements
	endless       // a pooler, and nothing ends long statements
)

// Endless tells whether statements may run for ever: the program reaches PostgreSQL through a pooler, where it must not set a limit of its own,
// and the server sets none for its role.
func (d *DB) Endless() bool { return d.pooled.Load() == endless }

// Pooled tells whether a pooler such as PgBouncer stands between the program and PostgreSQL.
func (d *DB) Pooled() bool { return d.pooled.Load() != direct }

// limitStatements ends the statements of a new connection after a while. Through a pooler nothing is set: in transaction mode it would stay on a
// connection of the server that anybody gets next, a migration or another program. There the limit is the role's (docs/operations.md). A pooler
// gives itself away by the number of the server process, which is not the one that it told at the beginning.
func (d *DB) limitStatements(ctx context.Context, c *pgx.Conn, limit time.Duration) error {
	var process uint32
	var unlimited bool
	if err := c.QueryRow(ctx, "SELECT pg_backend_pid(), current_setting('statement_timeout') = '0'").Scan(&process, &unlimited); err != nil {
		return err
	}
	if process != c.PgConn().PID() {
		d.pooled.Store(limited)
		if unlimited {
			d.pooled.Store(endless)
		}
		return nil
	}
	c.PgConn().CustomData()[preparedHere] = map[string]bool{}
	_, err := c.Exec(ctx, fmt.Sprintf("SET statement_timeout = %d", limit.Milliseconds()))
	return err
}

// unhurried opens connections whose transactions take the time they take, whatever limit the role has. It says so in each transaction, since
// through a pooler nothing that is said outside one holds.
type unhurried struct{ driver.Connector }

func (u unhurried) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := u.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return unhurriedConn{c.(*stdlib.Conn)}, nil
}

type unhurriedConn struct{ *stdlib.Conn }

func (c unhurriedConn) BeginTx(ctx context.Context, opt driver.TxOptions) (driver.Tx, error) {
	tx, err := c.Conn.BeginTx(ctx, opt)
	if err != nil {
		return nil, err
	}
	if _, err := c.Conn.ExecContext(ctx, "SET LOCAL statement_timeout = 0", nil); err != nil {
		tx.Rollback()
		return nil, err
	}
	return tx, nil
}

// forMigrations is a way to PostgreSQL of its own for what takes long.
func (d *DB) forMigrations() *sql.DB { return sql.OpenDB(unhurried{stdlib.GetConnector(*d.server)}) }
