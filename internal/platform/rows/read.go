package rows

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"samklang/internal/platform/db"
)

// Read lets fn read the rows of an open database as they stand at one moment, while others write.
func Read(ctx context.Context, d *db.DB, fn func(ctx context.Context, s Source) error) error {
	return d.Snapshot(ctx, func(ctx context.Context, c *sql.Conn) error {
		schema, err := describe(ctx, c, d.Engine)
		if err != nil {
			return err
		}
		if schema.Version == 0 {
			return fmt.Errorf("there is no installation in this database")
		}
		if note, err := readNote(ctx, c, d.Engine); err != nil {
			return err
		} else if note != nil {
			return note.refusal()
		}
		return fn(ctx, live{c, d.Engine, schema})
	})
}

// live is an open database as a source.
type live struct {
	q      querier
	engine db.Engine
	schema Schema
}

func (l live) Schema() Schema { return l.schema }

func (l live) Each(ctx context.Context, t Table, fn func(line []byte) error) error {
	rows, err := l.q.QueryContext(ctx, selection(l.engine, t))
	if err != nil {
		return fmt.Errorf("the table %s: %w", t.Name, err)
	}
	defer rows.Close()
	values, into := make([]any, len(t.Columns)), make([]any, len(t.Columns))
	for i := range values {
		into[i] = &values[i]
	}
	var line []byte
	for n := 1; rows.Next(); n++ {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("the table %s, row %d: %w", t.Name, n, err)
		}
		if line, err = encode(line[:0], t.Columns, values); err != nil {
			return fmt.Errorf("the table %s, row %d: %w", t.Name, n, err)
		}
		if err := fn(line); err != nil {
			return err
		}
	}
	return rows.Err()
}

// selection is the question for all rows of a table in the order of its key, which is that of the bytes on both engines.
func selection(e db.Engine, t Table) string {
	if t.Name == jobTable.Name {
		return jobSelection[e]
	}
	var order []string
	for _, key := range t.Key {
		column := quoted(key)
		for _, c := range t.Columns {
			if c.Name == key && c.Type == Text && e == db.Postgres {
				column += ` COLLATE "C"`
			}
		}
		order = append(order, column)
	}
	where := ""
	if t.Name == noteTable {
		where = " WHERE name <> '" + noteName + "'"
	}
	return "SELECT " + list(t.Columns) + " FROM " + quoted(t.Name) + where + " ORDER BY " + strings.Join(order, ", ")
}

// sums reads whole tables.
func sums(ctx context.Context, s Source) (map[string]Sum, error) {
	all := map[string]Sum{}
	for _, t := range s.Schema().Tables {
		sum := NewSummer()
		if err := s.Each(ctx, t, func(line []byte) error { sum.Add(line); return nil }); err != nil {
			return nil, err
		}
		all[t.Name] = sum.Sum()
	}
	return all, nil
}

// SumsOf sums up tables of an open database by the columns they are given with, whatever columns have come to them since.
func SumsOf(ctx context.Context, d *db.DB, tables []Table) (all map[string]Sum, err error) {
	err = d.Snapshot(ctx, func(ctx context.Context, c *sql.Conn) error {
		all, err = sums(ctx, live{c, d.Engine, Schema{Tables: tables}})
		return err
	})
	return all, err
}
