package db

import (
	"slices"
	"testing"
)

func TestValuesAreTakenOutOfAQueryForPostgres(t *testing.T) {
	for _, c := range []struct {
		query, text string
		values      []string
	}{
		{`SELECT 1`, `SELECT 1`, nil},
		{`SELECT "a"."b" FROM "a" WHERE ("c" = 'x') AND (d IN ('y', 'x')) LIMIT 5`, `SELECT "a"."b" FROM "a" WHERE ("c" = $1) AND (d IN ($2, $1)) LIMIT 5`, []string{"x", "y"}},
		{`SELECT 'it''s', CASE WHEN a THEN 'b' ELSE '' END FROM "it's"`, `SELECT $1, CASE WHEN a THEN $2 ELSE $3 END FROM "it's"`, []string{"it's", "b", ""}},
		{`WITH x AS (SELECT 'a\b -- c') SELECT a - 1 / 2 FROM x WHERE b = '2026-01-01'::date`, `WITH x AS (SELECT $1) SELECT a - 1 / 2 FROM x WHERE b = $2::date`, []string{`a\b -- c`, "2026-01-01"}},
	} {
		text, values, ok := numbered(c.query)
		if !ok || text != c.text || !slices.Equal(values, c.values) {
			t.Errorf("%s\nbecomes %s %q %v\n   want %s %q", c.query, text, values, ok, c.text, c.values)
		}
	}
}

func TestWhatMayBeSomethingElseStaysInTheQuery(t *testing.T) {
	many := "SELECT 1 WHERE a IN ('0'"
	for i := range mostLifted {
		many += ", 'x" + string(rune('a'+i)) + "'"
	}
	for _, query := range []string{
		"SELECT E'a\\n'", "SELECT U&'a'", "SELECT B'1'", "SELECT DATE '2026-01-01'", "SELECT date'2026-01-01'", "SELECT INTERVAL '1 day'", "SELECT 'a", `SELECT "a`,
		"SELECT 'a' -- 'b'", "SELECT /* ' */ 'a'", "SELECT $1, 'a'", "SELECT $$it's$$", "SELECT 1; SELECT 'a'", "INSERT INTO a VALUES ('a')", "UPDATE a SET b = 'c'", "BEGIN", many + ")",
	} {
		if text, _, ok := numbered(query); ok {
			t.Errorf("%q was taken apart to %q", query, text)
		}
	}
}
