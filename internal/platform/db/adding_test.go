package db

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var (
	atMargin = regexp.MustCompile(`(?m)^[A-Z][^;]*`) // statements begin at the margin; what belongs to them is indented
	newTable = regexp.MustCompile(`^CREATE TABLE (?:IF NOT EXISTS )?(\w+)`)
	index    = regexp.MustCompile(`^CREATE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?\w+\s+ON \w+`)
	unique   = regexp.MustCompile(`^CREATE UNIQUE INDEX (?:CONCURRENTLY )?(?:IF NOT EXISTS )?\w+\s+ON (\w+)`)
	trigger  = regexp.MustCompile(`(?s)^CREATE TRIGGER \w+\s.*?\sON (\w+)`)
	stamping = regexp.MustCompile(`^CREATE OR REPLACE TRIGGER \w+_stamped AFTER [A-Z ]+ ON \w+ FOR EACH STATEMENT WHEN \(.*\) EXECUTE FUNCTION stamp_for_others\([^)]*\)$`) // refuses nothing
	function = regexp.MustCompile(`^CREATE (OR REPLACE )?FUNCTION `)
	column   = regexp.MustCompile(`(?s)^ALTER TABLE (\w+)\s+ADD (?:COLUMN )?\w+ (.*)$`)
	fill     = regexp.MustCompile(`^INSERT INTO (\w+)`)
	comment  = regexp.MustCompile(`(?m)--.*$`)
)

// disturbs tells what in the migrations after the last release would disturb copies of that release, which go on working while they are replaced
// one by one: everything but what is added beside what they know.
func disturbs(dir fs.FS) (faults []string) {
	list, err := fs.ReadFile(dir, "released.txt")
	if err != nil {
		return []string{err.Error()}
	}
	released := string(list)
	added := map[string]bool{} // tables that the last release does not know
	for _, folder := range []string{"common", "postgres", "sqlite"} {
		files, err := fs.ReadDir(dir, folder)
		if err != nil {
			return []string{err.Error()}
		}
		for _, f := range files {
			name := path.Join(folder, f.Name())
			if strings.Contains(released, " "+name) {
				continue
			}
			text, err := fs.ReadFile(dir, name)
			if err != nil {
				return []string{err.Error()}
			}
			_, up, _ := strings.Cut(string(text), "+goose Up")
			up, _, _ = strings.Cut(up, "+goose Down")
			for _, s := range atMargin.FindAllString(comment.ReplaceAllString(up, ""), -1) {
				if why := disturbing(s, added); why != "" {
					faults = append(faults, fmt.Sprintf("%s: %s: %q", name, why, strings.Join(strings.Fields(s), " ")))
				}
			}
		}
	}
	return faults
}

func disturbing(s string, added map[string]bool) string {
	about := func(m []string, why string) string {
		if added[m[1]] {
			return ""
		}
		return why
	}
	if m := newTable.FindStringSubmatch(s); m != nil {
		added[m[1]] = true
		return ""
	}
	if index.MatchString(s) || stamping.MatchString(s) || function.MatchString(s) || strings.TrimSpace(s) == "END" {
		return ""
	}
	if m := unique.FindStringSubmatch(s); m != nil {
		return about(m, "the last release may write what this index refuses")
	}
	if m := trigger.FindStringSubmatch(s); m != nil {
		return about(m, "the last release may do what this trigger refuses")
	}
	if m := fill.FindStringSubmatch(s); m != nil {
		return about(m, "the last release reads this table")
	}
	if m := column.FindStringSubmatch(s); m != nil {
		rest := strings.ToUpper(m[2])
		if strings.Contains(rest, "NOT NULL") && !strings.Contains(rest, "DEFAULT") || strings.Contains(rest, "UNIQUE") || strings.Contains(rest, "CHECK") {
			return about(m, "the last release writes rows without this column")
		}
		return ""
	}
	return "the last release knows what this changes or removes; that can go in the release after the next"
}

func TestMigrationsAfterAReleaseOnlyAdd(t *testing.T) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range disturbs(dir) {
		t.Error(fault)
	}
}

func TestTheGuardOfUpgradesNoticesWhatDisturbs(t *testing.T) {
	for sql, disturbing := range map[string]bool{
		"CREATE TABLE seats (id UUID);\nCREATE UNIQUE INDEX seats_once ON seats (id);\nCREATE TRIGGER seats_keep BEFORE DELETE ON seats BEGIN\n    SELECT 1;\nEND;": false,
		"CREATE INDEX members_by_name ON members (name);":                                 false,
		"CREATE INDEX CONCURRENTLY members_by_name ON members (name);":                    false,
		"ALTER TABLE members ADD COLUMN seat BIGINT;":                                     false,
		"ALTER TABLE members ADD COLUMN seat BIGINT NOT NULL DEFAULT 0;":                  false,
		"ALTER TABLE members ADD COLUMN seat BIGINT NOT NULL;":                            true,
		"ALTER TABLE members ADD COLUMN seat BIGINT UNIQUE;":                              true,
		"ALTER TABLE members DROP COLUMN name;":                                           true,
		"ALTER TABLE members RENAME TO people;":                                           true,
		"ALTER TABLE members ALTER COLUMN name SET NOT NULL;":                             true,
		"DROP INDEX members_by_age;":                                                      true,
		"CREATE UNIQUE INDEX members_once ON members (name);":                             true,
		"CREATE TRIGGER members_keep BEFORE UPDATE ON members EXECUTE FUNCTION refuse();": true,
		"CREATE OR REPLACE TRIGGER members_stamped AFTER INSERT OR UPDATE ON members FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION stamp_for_others('content');":  false,
		"CREATE OR REPLACE TRIGGER members_stamped BEFORE INSERT OR UPDATE ON members FOR EACH STATEMENT WHEN (true) EXECUTE FUNCTION stamp_for_others('content');": true,
		"UPDATE members SET name = '';":   true,
		"INSERT INTO members VALUES (1);": true,
		"-- DROP TABLE members;\nCREATE TABLE seats (id UUID);\nINSERT INTO seats VALUES (1);": false,
	} {
		got := disturbs(fstest.MapFS{"released.txt": {Data: []byte("sum common/0001_members.sql\n")}, "common/0001_members.sql": {Data: []byte("DROP TABLE everything;")}, "postgres": {Mode: fs.ModeDir}, "sqlite": {Mode: fs.ModeDir},
			"common/0002_new.sql": {Data: []byte("-- +goose Up\n" + sql + "\n-- +goose Down\nDROP TABLE seats;\n")}})
		if (len(got) > 0) != disturbing {
			t.Errorf("%q: %v", sql, got)
		}
	}
}
