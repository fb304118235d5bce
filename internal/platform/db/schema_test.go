package db_test

import (
	"slices"
	"strings"
	"testing"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/google/go-cmp/cmp"
)

// shape lists every column as "table.column TYPE null|not null" and every index as "index name", without what the tools that migrate keep
// for themselves.
func shape(t *testing.T, d *db.DB) []string {
	t.Helper()
	query := map[db.Engine]string{
		db.SQLite: `SELECT t.name || '.' || c.name || ' ' || upper(c.type) || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN ' not null' ELSE ' null' END
			FROM sqlite_schema AS t, pragma_table_info(t.name) AS c WHERE t.type = 'table'
			UNION ALL SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`,
		db.Postgres: `SELECT table_name || '.' || column_name || ' ' || upper(data_type) || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE ' null' END
			FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL SELECT 'index ' || indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
	}[d.Engine]
	rows, err := d.Writer().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(s, "goose_") || strings.HasPrefix(s, "sqlite_") {
			continue
		}
		list = append(list, strings.Replace(s, "TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ", 1))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(list)
	return list
}

// Both engines hold the same tables, columns, types and indexes.
func TestBothEnginesHaveTheSameSchema(t *testing.T) {
	shapes := map[db.Engine][]string{}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		shapes[d.Engine] = shape(t, d)
		if n := len(shapes[d.Engine]); n < 200 {
			t.Errorf("only %d columns and indexes", n)
		}
	})
	if len(shapes) < 2 {
		t.Skip("PostgreSQL is not at hand, so nothing was compared")
		return
	}
	if diff := cmp.Diff(shapes[db.SQLite], shapes[db.Postgres]); diff != "" {
		t.Errorf("SQLite (-) and PostgreSQL (+) differ:\n%s", diff)
	}
}
