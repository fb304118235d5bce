package bench

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"strings"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// rows puts many rows into the tables of the program's own types: on PostgreSQL by COPY, on SQLite by one prepared statement for each table.
type rows struct {
	db     *db.DB
	lite   *sql.Tx
	pg     pgx.Tx
	tables []*target // in the order they are to be written, since rows refer to earlier ones
	by     map[string]*target
}

type target struct {
	schema *schema.Table
	names  []string
	rows   [][]any
}

// together writes everything in one transaction.
func (r *rows) together(ctx context.Context, fn func() error) (err error) {
	r.by = map[string]*target{}
	if r.db.Engine == db.Postgres {
		if r.pg, err = r.db.Pool().Begin(ctx); err != nil {
			return err
		}
		defer r.pg.Rollback(ctx)
		if err := fn(); err != nil {
			return err
		}
		return r.pg.Commit(ctx)
	}
	if r.lite, err = r.db.Writer().BeginTx(ctx, nil); err != nil {
		return err
	}
	defer r.lite.Rollback()
	if err := fn(); err != nil {
		return err
	}
	return r.lite.Commit()
}

// add takes a row; flush writes it.
func add[T any](r *rows, row T) {
	v := reflect.ValueOf(&row).Elem()
	typ := v.Type()
	t := r.by[typ.String()]
	if t == nil {
		t = &target{schema: r.db.Read().(*bun.DB).Table(typ)}
		for _, f := range t.schema.Fields {
			t.names = append(t.names, f.Name)
		}
		r.by[typ.String()] = t
		r.tables = append(r.tables, t)
	}
	cells := make([]any, len(t.names))
	for i, f := range t.schema.Fields {
		cells[i] = r.value(f, f.Value(v))
	}
	t.rows = append(t.rows, cells)
}

// value is what the driver is to store for a field, the same as bun would write.
func (r *rows) value(f *schema.Field, v reflect.Value) any {
	if f.NullZero && v.IsZero() {
		return nil
	}
	switch x := v.Interface().(type) {
	case id.ID:
		if r.pg != nil {
			return [16]byte(x)
		}
		return x.String()
	case period.Date:
		if x.IsZero() {
			return nil
		}
		return x.String()
	case time.Time:
		if r.pg != nil {
			return x
		}
		return strings.Trim(string(r.db.Read().Dialect().AppendTime(nil, x)), "'")
	case []byte:
		return x
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return v.Elem().Interface()
	case reflect.Bool:
		return v.Bool()
	case reflect.String:
		return v.String()
	case reflect.Int, reflect.Int64:
		return v.Int()
	case reflect.Uint8:
		return int64(v.Uint())
	}
	panic(fmt.Sprintf("bench: no value for %s", f.GoName))
}

func (r *rows) flush(ctx context.Context) error {
	for _, t := range r.tables {
		if len(t.rows) == 0 {
			continue
		}
		if err := r.write(ctx, t); err != nil {
			return fmt.Errorf("%s: %w", t.schema.Name, err)
		}
		t.rows = t.rows[:0]
	}
	return nil
}

func (r *rows) write(ctx context.Context, t *target) error {
	if r.pg != nil {
		_, err := r.pg.CopyFrom(ctx, pgx.Identifier{t.schema.Name}, t.names, pgx.CopyFromRows(t.rows))
		return err
	}
	stmt, err := r.lite.PrepareContext(ctx, "INSERT INTO "+t.schema.Name+" ("+strings.Join(t.names, ", ")+") VALUES (?"+strings.Repeat(", ?", len(t.names)-1)+")")
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, row := range t.rows {
		if _, err := stmt.ExecContext(ctx, row...); err != nil {
			return err
		}
	}
	return nil
}

// exec runs a statement with ? for its values.
func (r *rows) exec(ctx context.Context, query string, values ...any) error {
	if r.pg == nil {
		_, err := r.lite.ExecContext(ctx, query, values...)
		return err
	}
	for i := range values {
		query = strings.Replace(query, "?", fmt.Sprintf("$%d", i+1), 1)
	}
	_, err := r.pg.Exec(ctx, query, values...)
	return err
}

// rest brings the database to where it would be after a while: PostgreSQL counts its tables by itself, SQLite folds its log into the file.
func (r *rows) rest(ctx context.Context) error {
	statement := "PRAGMA wal_checkpoint(TRUNCATE)"
	if r.db.Engine == db.Postgres {
		statement = "VACUUM ANALYZE"
	}
	_, err := r.db.Writer().ExecContext(ctx, statement)
	return err
}
