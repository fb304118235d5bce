package main

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"samklang/internal/app"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/rows"
)

var exampleDir string // where exampleTemplate lies, "" as long as nobody needs it

// exampleTemplate is the data directory of an example installation in which no table is empty.
var exampleTemplate = sync.OnceValues(func() (dir string, err error) {
	if dir, err = os.MkdirTemp("", "samklang-example"); err != nil {
		return "", err
	}
	exampleDir = dir
	a, err := app.New(context.Background(), app.Config{Listen: "127.0.0.1:0", Data: dir, Demo: true}, slog.New(slog.DiscardHandler), clock.System)
	if err != nil {
		return "", err
	}
	_, err = a.PublicLog().CatchUp(context.Background())
	if err := errors.Join(err, a.Close()); err != nil {
		return "", err
	}
	if err := fillLog(filepath.Join(dir, "samklang.db")); err != nil {
		return "", err
	}
	return dir, fillEveryTable(filepath.Join(dir, "samklang.db"))
})

// exampleData is a data directory of its own with that installation, and the address of its database.
func exampleData(t *testing.T) (dir, database string) {
	t.Helper()
	template, err := exampleTemplate()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatal(err)
	}
	return dir, "sqlite:" + filepath.Join(dir, "samklang.db")
}

var firstAllowed = regexp.MustCompile(`CHECK \((\w+) IN \('([^']*)'`)

// fillEveryTable puts a row into each table that has none: values of the columns' types that are hard to carry, and references to rows that are there.
func fillEveryTable(path string) error {
	d, err := sql.Open("sqlite", "file:"+path+"?_pragma=foreign_keys(1)")
	if err != nil {
		return err
	}
	defer d.Close()
	d.SetMaxOpenConns(1)
	schema, err := schemaOf("sqlite:" + path)
	if err != nil {
		return err
	}
	for _, t := range schema.Tables {
		var n int
		if err := d.QueryRow(`SELECT count(*) FROM "` + t.Name + `"`).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if t.Name == "river_job" {
			if _, err := d.Exec(`INSERT INTO river_job (id, kind, args, max_attempts, queue, scheduled_at, state) VALUES (41, 'sweep', '{"b": 1, "a": "å"}', 16, 'default', '2999-01-01 00:00:00.5', 'scheduled')`); err != nil {
				return err
			}
			continue
		}
		if err := fillTable(d, t); err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
	}
	_, err = d.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}

// fillLog puts rows into the tables of the public log that an installation without witnesses leaves empty. They are such as a program that starts
// on them accepts.
func fillLog(path string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, "sqlite:"+path, db.Options{})
	if err != nil {
		return err
	}
	defer d.Close()
	c, err := publiclog.Latest(ctx, d.Read())
	if err != nil {
		return err
	}
	public, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	now := clock.System.Now()
	leaf := publiclog.Leaf{Format: 1, Entry: id.New(), Kind: "test", Subject: id.New(), At: publiclog.Time(now)}
	body, err := leaf.Text()
	if err != nil {
		return err
	}
	return d.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		const name = "witness.example/log/witness"
		_, err := tx.NewRaw("INSERT INTO log_cosignatures (epoch, size, verifier, line, at) VALUES (?, ?, ?, ?, ?)", c.Epoch, c.Size, publiclog.NewCosigner(name, public).String(), publiclog.CosignatureLine(name, key, now, c.Note), now).Exec(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.NewRaw("INSERT INTO log_entries (id, kind, subject_id, at, body) VALUES (?, ?, ?, ?, ?)", leaf.Entry, leaf.Kind, leaf.Subject, now, body).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewRaw("INSERT INTO log_waiting (entry_id, at) VALUES (?, ?)", leaf.Entry, now).Exec(ctx)
		return err
	})
}

func fillTable(d *sql.DB, t rows.Table) error {
	value := map[string]any{}
	for _, c := range t.Columns {
		value[c.Name] = map[rows.Type]any{rows.UUID: id.New().String(), rows.Text: "Å'\"\\\t\r\nö; DROP TABLE x; \u2028😀", rows.Integer: int64(-1 << 53), rows.Boolean: int64(1), rows.Float: 0.1,
			rows.Timestamp: "2026-11-22 12:00:00.123456+00:00", rows.JSON: `{"z": [1.50, null], "a": "å"}`, rows.Bytes: []byte("\x00\xff\\\n")}[c.Type]
	}
	var made string
	if err := d.QueryRow("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", t.Name).Scan(&made); err != nil {
		return err
	}
	for _, m := range firstAllowed.FindAllStringSubmatch(made, -1) {
		value[m[1]] = m[2]
	}
	links, err := d.Query(`SELECT id, "table", group_concat("from"), group_concat("to") FROM pragma_foreign_key_list(?) GROUP BY id ORDER BY count(*)`, t.Name)
	if err != nil {
		return err
	}
	type link struct{ table, from, to string }
	var all []link
	for links.Next() {
		var n int
		var l link
		if err := links.Scan(&n, &l.table, &l.from, &l.to); err != nil {
			return err
		}
		all = append(all, l)
	}
	links.Close()
	for _, l := range all { // the references with most columns last, so that they decide
		columns := strings.Split(l.from, ",")
		got, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range got {
			into[i] = &got[i]
		}
		if err := d.QueryRow("SELECT " + l.to + " FROM " + l.table + " ORDER BY 1 LIMIT 1").Scan(into...); err != nil {
			return err
		}
		for i, c := range columns {
			value[c] = got[i]
		}
	}
	var names, marks []string
	var args []any
	for _, c := range t.Columns {
		names, marks, args = append(names, `"`+c.Name+`"`), append(marks, "?"), append(args, value[c.Name])
	}
	_, err = d.Exec(`INSERT INTO "`+t.Name+`" (`+strings.Join(names, ", ")+`) VALUES (`+strings.Join(marks, ", ")+`)`, args...)
	return err
}

func schemaOf(dsn string) (s rows.Schema, err error) {
	err = readDatabase(dsn, func(_ context.Context, from rows.Source) error { s = from.Schema(); return nil })
	return s, err
}

func readDatabase(dsn string, fn func(context.Context, rows.Source) error) error {
	d, err := db.Open(context.Background(), dsn, db.Options{Source: true})
	if err != nil {
		return err
	}
	defer d.Close()
	return rows.Read(context.Background(), d, fn)
}

// content is every row of a database, summed up by table.
func content(t *testing.T, dsn string) map[string]rows.Sum {
	t.Helper()
	all := map[string]rows.Sum{}
	err := readDatabase(dsn, func(ctx context.Context, s rows.Source) error {
		for _, table := range s.Schema().Tables {
			sum := rows.NewSummer()
			if err := s.Each(ctx, table, func(line []byte) error { sum.Add(line); return nil }); err != nil {
				return err
			}
			all[table.Name] = sum.Sum()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// tablesOf lists the tables by another way than package rows does.
func tablesOf(t *testing.T, path string) (names []string) {
	t.Helper()
	d, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	r, err := d.Query("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'goose!_%' ESCAPE '!' AND (name = 'river_job' OR name NOT LIKE 'river!_%' ESCAPE '!')")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for r.Next() {
		var name string
		if err := r.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// samklang runs a command of the program in this process.
func samklang(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	var o, e strings.Builder
	if code := run(t.Context(), args, &o, &e); code != 0 {
		return o.String(), fmt.Errorf("code %d: %s", code, e.String())
	}
	return o.String() + e.String(), nil
}
