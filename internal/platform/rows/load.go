package rows

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/jobs"
)

// Loaded is what was put into a database, table by table as the source gave it and as the database gives it back.
type Loaded struct {
	Schema Schema
	Given  map[string]Sum // what the source gave
	Found  map[string]Sum // what the database holds
}

// Load puts the installation a source gives into an empty database and brings it up to this program's version. All rows go in within one
// transaction, which also reads them back and compares; until the end a note stands in the database, and nothing serves it (CheckFinished).
// A run that was interrupted is run again. Just before the end, when the rows are there and the schema is this program's, last is called; when it
// refuses, the note stays.
func Load(ctx context.Context, d *db.DB, s Source, n Note, last func(context.Context) error) (Loaded, error) {
	schema := s.Schema()
	if newest := db.Newest(); schema.Version > newest {
		return Loaded{}, fmt.Errorf("the installation has the schema %d, and this program knows up to %d: use the version of the program that wrote it, or a newer one", schema.Version, newest)
	}
	if schema.Version < noteVersion {
		return Loaded{}, fmt.Errorf("the schema %d is older than any release", schema.Version)
	}
	at, before, err := target(ctx, d)
	if err != nil {
		return Loaded{}, err
	}
	if before != nil && before.Digest != "" {
		return finish(ctx, d, s, before, last)
	}
	if at == 0 {
		if err := d.MigrateTo(ctx, noteVersion); err != nil {
			return Loaded{}, err
		}
	}
	if err := writeNote(ctx, d.Writer(), d.Engine, n); err != nil {
		return Loaded{}, err
	}
	if err := d.MigrateTo(ctx, schema.Version); err != nil {
		return Loaded{}, err
	}
	q := jobs.New(d, slog.New(slog.DiscardHandler), clock.System)
	err = q.Migrate(ctx)
	q.Close()
	if err != nil {
		return Loaded{}, err
	}
	l, err := fill(ctx, d, s, n)
	if err != nil {
		return l, err
	}
	return l, end(ctx, d, last)
}

// Fillable tells whether Load would take the database as it is.
func Fillable(ctx context.Context, d *db.DB) error {
	_, _, err := target(ctx, d)
	return err
}

// target looks at the database that is to be filled: at is its schema.
func target(ctx context.Context, d *db.DB) (at int64, before *Note, err error) {
	have, err := describe(ctx, d.Writer(), d.Engine)
	if err != nil {
		return 0, nil, err
	}
	if have.Version == 0 && len(have.Tables) > 0 {
		return 0, nil, fmt.Errorf("the database has tables of another program, such as %s: give Samklang a database of its own", have.Tables[0].Name)
	}
	if have.Version > 0 && have.Version < noteVersion {
		return 0, nil, nil
	}
	if before, err = readNote(ctx, d.Writer(), d.Engine); err != nil {
		return 0, nil, err
	}
	if before != nil && before.Digest != "" {
		return have.Version, before, nil
	}
	return have.Version, before, empty(ctx, d.Writer(), d.Engine, have)
}

// empty is an error when some table has a row.
func empty(ctx context.Context, q querier, e db.Engine, s Schema) error {
	for _, t := range s.Tables {
		found := false
		if err := each(ctx, q, selection(e, t)+" LIMIT 1", func(*sql.Rows) error { found = true; return nil }); err != nil {
			return err
		}
		if found {
			return fmt.Errorf("the database is not empty (the table %s has rows), and nothing that is there is overwritten: name an empty one, such as a new database or a file that does not exist", t.Name)
		}
	}
	return nil
}

// fill puts the rows in and compares, all in one transaction.
func fill(ctx context.Context, d *db.DB, s Source, n Note) (Loaded, error) {
	l := Loaded{Schema: s.Schema(), Given: map[string]Sum{}}
	conn, err := d.Writer().Conn(ctx)
	if err != nil {
		return l, err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return l, err
	}
	defer tx.Rollback()
	first := "PRAGMA defer_foreign_keys = ON" // rows of one table may refer to later ones
	if d.Engine == db.Postgres {
		first = "SET LOCAL statement_timeout = 0"
	}
	if _, err := tx.ExecContext(ctx, first); err != nil {
		return l, err
	}
	have, err := describe(ctx, tx, d.Engine)
	if err != nil {
		return l, err
	}
	if what := differ(l.Schema, have); what != "" {
		return l, fmt.Errorf("the source has the schema %d and yet other tables than this program makes: %s", l.Schema.Version, what)
	}
	if err := empty(ctx, tx, d.Engine, have); err != nil {
		return l, err
	}
	for _, t := range l.Schema.Tables {
		sum, err := put(ctx, d.Engine, conn, tx, s, t)
		if err != nil {
			return l, fmt.Errorf("the table %s: %w", t.Name, err)
		}
		l.Given[t.Name] = sum
	}
	if d.Engine == db.Postgres {
		if _, err := tx.ExecContext(ctx, jobNumbers); err != nil {
			return l, err
		}
	}
	if l.Found, err = sums(ctx, live{tx, d.Engine, l.Schema}); err != nil {
		return l, err
	}
	for _, t := range l.Schema.Tables {
		if l.Given[t.Name] != l.Found[t.Name] {
			return l, fmt.Errorf("the table %s has become another on the way: %d rows with the hash %s were given and %d with the hash %s are there; nothing is kept",
				t.Name, l.Given[t.Name].Rows, l.Given[t.Name].Hash, l.Found[t.Name].Rows, l.Found[t.Name].Hash)
		}
	}
	n.Digest = Digest(l.Schema, l.Found)
	if err := writeNote(ctx, tx, d.Engine, n); err != nil {
		return l, err
	}
	return l, tx.Commit()
}

// put fills one table.
func put(ctx context.Context, e db.Engine, conn *sql.Conn, tx *sql.Tx, s Source, t Table) (Sum, error) {
	sum := NewSummer()
	rows := func(fn func(values []any) error) error {
		return s.Each(ctx, t, func(line []byte) error {
			sum.Add(line)
			values, err := decode(t.Columns, line)
			if err != nil {
				return err
			}
			return fn(values)
		})
	}
	if e == db.Postgres && t.Name != jobTable.Name {
		err := copyIn(ctx, conn, t, rows)
		return sum.Sum(), err
	}
	query, form := jobInsertion[e], jobTime
	if t.Name != jobTable.Name {
		query = "INSERT INTO " + quoted(t.Name) + " (" + list(t.Columns) + ") VALUES (?" + strings.Repeat(", ?", len(t.Columns)-1) + ")"
		form = sqliteTime
	}
	insert, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return Sum{}, err
	}
	defer insert.Close()
	err = rows(func(values []any) error {
		for i, v := range values {
			if at, ok := v.(time.Time); ok && e == db.SQLite {
				values[i] = at.Format(form)
			}
		}
		_, err := insert.ExecContext(ctx, values...)
		return err
	})
	return sum.Sum(), err
}

// copyIn fills a table of PostgreSQL in one statement, after which foreign keys are looked at: rows may come in any order. The versions of the content
// are among the rows, so the server puts none.
func copyIn(ctx context.Context, conn *sql.Conn, t Table, rows func(func([]any) error) error) error {
	r, w := io.Pipe()
	given := make(chan error, 1)
	go func() {
		b := bufio.NewWriterSize(w, 64<<10)
		var line []byte
		err := rows(func(values []any) (err error) {
			if line, err = copyLine(line[:0], t.Columns, values); err == nil {
				_, err = b.Write(line)
			}
			return err
		})
		if err == nil {
			err = b.Flush()
		}
		w.CloseWithError(err)
		given <- err
	}()
	err := conn.Raw(func(c any) error {
		_, err := c.(interface{ Conn() *pgx.Conn }).Conn().PgConn().CopyFrom(ctx, r, db.Stamps+"COPY "+quoted(t.Name)+" ("+list(t.Columns)+") FROM STDIN")
		return err
	})
	r.CloseWithError(errRefused) // lets the one who gives go on when PostgreSQL takes no more
	if fault := <-given; fault != nil && !errors.Is(fault, errRefused) {
		return fault
	}
	return err
}

var errRefused = errors.New("no more rows are taken")

// copyLine writes a row in the text form of COPY.
func copyLine(b []byte, columns []Column, values []any) ([]byte, error) {
	for i, v := range values {
		if i > 0 {
			b = append(b, '\t')
		}
		switch v := v.(type) {
		case nil:
			b = append(b, `\N`...)
		case bool:
			b = strconv.AppendBool(b, v)
		case int64:
			b = strconv.AppendInt(b, v, 10)
		case float64:
			b = strconv.AppendFloat(b, v, 'g', -1, 64)
		case time.Time:
			b = v.UTC().AppendFormat(b, sqliteTime)
		case []byte:
			b = hex.AppendEncode(append(b, `\\x`...), v)
		case string:
			if strings.IndexByte(v, 0) >= 0 || strings.ToValidUTF8(v, "") != v {
				return nil, fmt.Errorf("the column %s holds a text that PostgreSQL cannot keep: one with a zero byte, or none in UTF-8", columns[i].Name)
			}
			for j := 0; j < len(v); j++ {
				switch c := v[j]; c {
				case '\\':
					b = append(b, `\\`...)
				case '\n':
					b = append(b, `\n`...)
				case '\r':
					b = append(b, `\r`...)
				case '\t':
					b = append(b, `\t`...)
				default:
					b = append(b, c)
				}
			}
		default:
			return nil, fmt.Errorf("%T in a row", v)
		}
	}
	return append(b, '\n'), nil
}

// finish goes on where a run was interrupted that had put all rows in.
func finish(ctx context.Context, d *db.DB, s Source, before *Note, last func(context.Context) error) (Loaded, error) {
	given, err := sums(ctx, s)
	if err != nil {
		return Loaded{}, err
	}
	if Digest(s.Schema(), given) != before.Digest {
		return Loaded{}, fmt.Errorf("an earlier run has put something else into this database, which nothing serves: make the database empty and begin anew (%w)", before.refusal())
	}
	return Loaded{s.Schema(), given, given}, end(ctx, d, last)
}

// end brings the schema up to this program's version and takes the note away.
func end(ctx context.Context, d *db.DB, last func(context.Context) error) error {
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	if last != nil {
		if err := last(ctx); err != nil {
			return err
		}
	}
	if d.Engine == db.Postgres { // good plans from the first question on
		if _, err := d.Writer().ExecContext(ctx, "ANALYZE"); err != nil {
			return err
		}
	}
	return removeNote(ctx, d.Writer())
}
