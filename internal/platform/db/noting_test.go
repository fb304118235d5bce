package db

import (
	"slices"
	"testing"
)

func TestWhichTablesAStatementWritesTo(t *testing.T) {
	for query, want := range map[string][]string{
		`SELECT * FROM accounts WHERE name = 'UPDATE roles'`:                                      nil,
		`SELECT id FROM roles FOR UPDATE`:                                                         nil,
		`SELECT id FROM roles FOR NO KEY UPDATE`:                                                  nil,
		`INSERT INTO "roles" ("id") VALUES ('DELETE FROM x')`:                                     {"roles"},
		`INSERT INTO roles (id) VALUES ('it''s') ON CONFLICT (id) DO UPDATE SET id = excluded.id`: {"roles"},
		`INSERT OR IGNORE INTO roles SELECT * FROM accounts`:                                      {"roles"},
		`REPLACE INTO roles VALUES (1)`:                                                           {"roles"},
		`UPDATE "accounts" AS "account" SET "name" = 'FROM x' WHERE id = 1`:                       {"accounts"},
		`update public."Accounts" set update_count = 1`:                                           {"accounts"},
		`UPDATE OR ROLLBACK accounts SET x = replace(x, 'a', 'b')`:                                {"accounts"},
		`UPDATE ONLY accounts SET x = 1`:                                                          {"accounts"},
		`DELETE FROM "sessions" AS "session" WHERE (token_hash = 'x')`:                            {"sessions"},
		`WITH gone AS (DELETE FROM a RETURNING id) INSERT INTO b SELECT id FROM gone`:             {"a", "b"},
		`WITH n AS (SELECT 1) UPDATE c SET x = 1`:                                                 {"c"},
		`WITH n AS (SELECT 1) SELECT * FROM n`:                                                    nil,
		"-- UPDATE a SET x = 1\nDELETE /* FROM b */ FROM c":                                       {"c"},
		`DELETE FROM a; UPDATE b SET x = 1`:                                                       {"a", "b"},
		`SET LOCAL statement_timeout = 0`:                                                         nil,
		`PRAGMA foreign_keys`:                                                                     nil,
		`ALTER TABLE a ADD COLUMN b TEXT`:                                                         {""},
		`TRUNCATE a`:                                                                              {""},
		`INSERT INTO t (x) VALUES ('never ends`:                                                   {"t"},
		``:                                                                                        nil,
	} {
		if got := written(query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
}

func FuzzWritten(f *testing.F) {
	f.Add(`WITH x AS (DELETE FROM "a" WHERE b = 'c''d') INSERT INTO e SELECT /* f */ 1 -- g`)
	f.Fuzz(func(t *testing.T, query string) {
		for _, table := range written(query) {
			if len(table) > len(query) {
				t.Errorf("%q of %q", table, query)
			}
		}
	})
}
