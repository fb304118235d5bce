package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/uptrace/bun"
)

// Question is a query with where its answer goes: into its model when Into is empty.
type Question struct {
	Query *bun.SelectQuery
	Into  []any
}

// ReadTogether asks questions none of which needs another's answer. PostgreSQL gets them in one go and answers in one go, since going there and back
// costs more than a small answer does; SQLite is asked one after the other. An answer without rows is an error where Scan makes it one; the first
// error ends the reading.
func (d *DB) ReadTogether(ctx context.Context, questions ...Question) error {
	if d.Engine == SQLite || len(questions) < 2 {
		for _, q := range questions {
			if err := q.Query.Scan(ctx, q.Into...); err != nil {
				return err
			}
		}
		return nil
	}
	conn, err := d.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	var c *preparedConn
	err = conn.Raw(func(inner any) error {
		c, _ = inner.(*preparedConn)
		return nil
	})
	if err != nil {
		return err
	}
	if c != nil {
		err := c.ask(ctx, questions)
		if err == nil && c.ahead != nil {
			err = errors.Join(scan(ctx, conn, questions), c.answered())
			if !changedShape(err) {
				return err
			}
			err = c.forgetAll(ctx)
		}
		if err != nil {
			return err
		}
	}
	return scan(ctx, conn, questions)
}

func scan(ctx context.Context, conn bun.Conn, questions []Question) error {
	for _, q := range questions {
		if err := q.Query.Conn(conn).Scan(ctx, q.Into...); err != nil {
			return err
		}
	}
	return nil
}

// ask sends the questions. When one of them cannot be prepared, none is sent and they are asked one by one.
func (c *preparedConn) ask(ctx context.Context, questions []Question) error {
	var batch pgx.Batch
	texts := make([]string, len(questions))
	for i, q := range questions {
		texts[i] = q.Query.String()
		text, values, ok := numbered(texts[i])
		if !ok {
			return nil
		}
		if ready, err := c.prepare(ctx, text); err != nil || !ready {
			return err
		}
		args := make([]any, len(values))
		for i, v := range values {
			args[i] = v
		}
		batch.Queue(text, args...)
	}
	c.ahead = &answers{results: c.Conn().SendBatch(ctx, &batch), types: c.Conn().TypeMap(), texts: texts}
	return nil
}

// answered takes what was not read, and lets the connection be used for other things.
func (c *preparedConn) answered() error {
	err := c.ahead.results.Close()
	c.ahead = nil
	return err
}

// answers are those of the questions of one go, in their order.
type answers struct {
	results pgx.BatchResults
	types   *pgtype.Map
	texts   []string // of the questions whose answers are still to come
}

func (a *answers) next(query string) (driver.Rows, error) {
	if len(a.texts) == 0 || a.texts[0] != query {
		return nil, errors.New("a question was asked between others that were asked together: " + query)
	}
	a.texts = a.texts[1:]
	rows, err := a.results.Query()
	if err != nil {
		return nil, err
	}
	return &answer{rows: rows, types: a.types}, nil
}

// answer is the rows of one question.
type answer struct {
	rows  pgx.Rows
	types *pgtype.Map
}

func (r *answer) Columns() []string {
	fields := r.rows.FieldDescriptions()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

func (r *answer) Close() error {
	r.rows.Close()
	return r.rows.Err()
}

func (r *answer) Next(row []driver.Value) error {
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return io.EOF
	}
	fields := r.rows.FieldDescriptions()
	for i, raw := range r.rows.RawValues() {
		t, ok := r.types.TypeForOID(fields[i].DataTypeOID)
		if !ok {
			return fmt.Errorf("column %s has a type unknown here, %d", fields[i].Name, fields[i].DataTypeOID)
		}
		var err error
		if row[i], err = t.Codec.DecodeDatabaseSQLValue(r.types, t.OID, fields[i].Format, raw); err != nil {
			return fmt.Errorf("column %s: %w", fields[i].Name, err)
		}
	}
	return nil
}
