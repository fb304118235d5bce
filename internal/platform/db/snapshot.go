package db

import (
	"context"
	"database/sql"
)

// Snapshot lets fn read on one connection, on which everything is as it stood at one moment, however long it takes and whatever is written
// meanwhile; it holds nobody up. Nothing can be changed on it. On PostgreSQL it is one REPEATABLE READ transaction without a limit of time;
// on SQLite a reading transaction of the write-ahead log, whose questions have the limit the database was opened with.
func (d *DB) Snapshot(ctx context.Context, fn func(ctx context.Context, c *sql.Conn) error) error {
	conn, err := d.read.DB.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	begin := []string{"BEGIN", "SELECT 1 FROM sqlite_schema"} // the moment is that of the first reading
	if d.Engine == Postgres {
		begin = []string{"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", "SET LOCAL statement_timeout = 0"}
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
	for _, statement := range begin {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return fn(ctx, conn)
}
