package db

import (
	"context"
	"database/sql"
	"time"
)

// GiveBack frees the pages of the file that SQLite's connections keep in memory and nobody uses at the moment; the operating system has them still.
// On PostgreSQL it does nothing. It is for a program nobody asks anything: a connection that is at work is passed over.
func (d *DB) GiveBack(ctx context.Context) error {
	if d.Engine != SQLite {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	for _, pool := range []*sql.DB{d.read.DB, d.write.DB} {
		// All that are idle are held until the last is had: one that is let go before could be given out again.
		var held []*sql.Conn
		release := func() {
			for _, c := range held {
				c.Close()
			}
		}
		for range pool.Stats().Idle {
			c, err := pool.Conn(ctx)
			if err != nil {
				release()
				return err
			}
			held = append(held, c)
			if _, err := c.ExecContext(ctx, "PRAGMA shrink_memory"); err != nil {
				release()
				return err
			}
		}
		release()
	}
	return nil
}
