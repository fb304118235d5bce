package rows

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"samklang/internal/platform/db"
)

// querier is a connection or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Tables whose rows are not the installation's own: which migrations have run, and what River keeps for itself. Its jobs are a table of ours here.
func foreign(table string) bool {
	return strings.HasPrefix(table, "goose_") || strings.HasPrefix(table, "river_") || strings.HasPrefix(table, "sqlite_") || strings.HasPrefix(table, "pg_")
}

// columnsOf lists table, column, type and the place in the primary key (0 for none), in the order of the columns; linksOf lists table and the
// table it refers to; versionOf is the number of the last migration.
var (
	columnsOf = map[db.Engine]string{
		db.SQLite: `SELECT t.name, c.name, upper(c.type), c.pk FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table' ORDER BY t.name, c.cid`,
		db.Postgres: `SELECT t.relname::text, a.attname::text, upper(format_type(a.atttypid, a.atttypmod)),
				coalesce((SELECT array_position(k.conkey::int2[], a.attnum) FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'p'), 0)
			FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped
			WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind IN ('r', 'p') ORDER BY t.relname COLLATE "C", a.attnum`,
	}
	linksOf = map[db.Engine]string{
		db.SQLite: `SELECT DISTINCT t.name, f."table" FROM sqlite_schema AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table'`,
		db.Postgres: `SELECT DISTINCT t.relname::text, r.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class r ON r.oid = k.confrelid
			WHERE k.contype = 'f' AND t.relnamespace = current_schema()::regnamespace`,
	}
)

// describe reads the schema of a database. One without any table gives version 0 and no tables.
func describe(ctx context.Context, q querier, e db.Engine) (Schema, error) {
	var all []*Table
	var places [][]int // in the primary key, by column
	err := each(ctx, q, columnsOf[e], func(r *sql.Rows) error {
		var table, column, kind string
		var place int
		if err := r.Scan(&table, &column, &kind, &place); err != nil {
			return err
		}
		if len(all) == 0 || all[len(all)-1].Name != table {
			all, places = append(all, &Table{Name: table}), append(places, nil)
		}
		t := all[len(all)-1]
		if kind == "TIMESTAMP WITH TIME ZONE" {
			kind = string(Timestamp)
		}
		t.Columns = append(t.Columns, Column{column, Type(kind)})
		places[len(all)-1] = append(places[len(all)-1], place)
		return nil
	})
	if err != nil {
		return Schema{}, err
	}
	var s Schema
	migrated := slices.ContainsFunc(all, func(t *Table) bool { return t.Name == "goose_db_version" })
	if migrated {
		err := each(ctx, q, "SELECT coalesce(max(version_id), 0) FROM goose_db_version", func(r *sql.Rows) error { return r.Scan(&s.Version) })
		if err != nil {
			return Schema{}, err
		}
	}
	links := map[string][]string{}
	err = each(ctx, q, linksOf[e], func(r *sql.Rows) error {
		var from, to string
		err := r.Scan(&from, &to)
		if from != to {
			links[from] = append(links[from], to)
		}
		return err
	})
	if err != nil {
		return Schema{}, err
	}
	jobs := false
	own := map[string]Table{}
	for i, t := range all {
		jobs = jobs || t.Name == jobTable.Name
		if foreign(t.Name) {
			continue
		}
		for n := 1; n <= len(t.Columns); n++ {
			if at := slices.Index(places[i], n); at >= 0 {
				t.Key = append(t.Key, t.Columns[at].Name)
			}
		}
		for _, c := range t.Columns {
			if !types[c.Type] && migrated {
				return Schema{}, fmt.Errorf("the column %s of the table %s is of the type %s, which this program does not know how to move", c.Name, t.Name, c.Type)
			}
		}
		if len(t.Key) == 0 && migrated {
			return Schema{}, fmt.Errorf("the table %s has no primary key", t.Name)
		}
		own[t.Name] = *t
	}
	if s.Tables, err = inOrder(own, links); err != nil {
		return Schema{}, err
	}
	if jobs {
		s.Tables = append(s.Tables, jobTable)
	}
	return s, nil
}

// inOrder puts the tables so that each comes after those it refers to, otherwise by name.
func inOrder(tables map[string]Table, links map[string][]string) ([]Table, error) {
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	var list []Table
	placed := map[string]bool{}
	for len(list) < len(names) {
		before := len(list)
		for _, name := range names {
			if placed[name] || slices.ContainsFunc(links[name], func(to string) bool { return !placed[to] }) {
				continue
			}
			placed[name] = true
			list = append(list, tables[name])
		}
		if len(list) == before {
			left := slices.DeleteFunc(names, func(name string) bool { return placed[name] })
			return nil, fmt.Errorf("the tables %s refer to each other in a circle, so none of them can be filled first", strings.Join(left, ", "))
		}
	}
	return list, nil
}

func each(ctx context.Context, q querier, query string, fn func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := fn(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// differ says in what two schemas of the same version differ, "" when in nothing.
func differ(a, b Schema) string {
	named := func(s Schema) map[string]string {
		m := map[string]string{}
		for _, t := range s.Tables {
			// The engines need not have the columns in the same order: a row names them.
			columns := slices.Clone(t.Columns)
			slices.SortFunc(columns, func(x, y Column) int { return strings.Compare(x.Name, y.Name) })
			m[t.Name] = fmt.Sprint(columns, t.Key)
		}
		return m
	}
	x, y := named(a), named(b)
	var faults []string
	for name := range x {
		if y[name] == "" {
			faults = append(faults, name+" is only in the first")
		} else if x[name] != y[name] {
			faults = append(faults, name+" has other columns")
		}
	}
	for name := range y {
		if x[name] == "" {
			faults = append(faults, name+" is only in the second")
		}
	}
	slices.Sort(faults)
	return strings.Join(faults, "; ")
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func list(columns []Column) string {
	var b strings.Builder
	for i, c := range columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(c.Name))
	}
	return b.String()
}
