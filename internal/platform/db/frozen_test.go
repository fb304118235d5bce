package db

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

var migrationName = regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)

// frozen tells what is wrong with a folder of migrations and its list of released files.
func frozen(dir fs.FS) (faults []string) {
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	list, err := fs.ReadFile(dir, "released.txt")
	if err != nil {
		return []string{err.Error()}
	}
	released := map[string]bool{}
	last := ""
	for line := range strings.Lines(string(list)) {
		fields := strings.Fields(line)
		if len(fields) != 2 {
			fault("released.txt has a line that is no sum and name: %q", line)
			continue
		}
		released[fields[1]] = true
		last = max(last, path.Base(fields[1])[:4])
		content, err := fs.ReadFile(dir, fields[1])
		if err != nil {
			fault("%s was released and is gone", fields[1])
			continue
		}
		if sum := sha256.Sum256(content); hex.EncodeToString(sum[:]) != fields[0] {
			fault("%s was released and has changed; put it back and write a new file", fields[1])
		}
	}
	numbers := map[string]string{}
	for _, folder := range []string{"common", "sqlite", "postgres"} {
		files, err := fs.ReadDir(dir, folder)
		if err != nil {
			fault("%v", err)
		}
		for _, f := range files {
			name := folder + "/" + f.Name()
			m := migrationName.FindStringSubmatch(f.Name())
			if m == nil {
				fault("%s is not named like 0001_topic.sql", name)
				continue
			}
			if !released[name] && m[1] <= last {
				fault("%s is new and its number is not above those that were released, up to %s", name, last)
			}
			// An engine's folder may hold the other engine's counterpart under the same name.
			if other, taken := numbers[m[1]]; taken && (folder == "common" || strings.HasPrefix(other, "common/") || path.Base(other) != f.Name()) {
				fault("%s and %s have the same number", other, name)
			}
			numbers[m[1]] = name
		}
	}
	return faults
}

func TestReleasedMigrationsAreAsTheyWereReleased(t *testing.T) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range frozen(dir) {
		t.Error(fault)
	}
}

func TestTheFreezeNoticesEveryChange(t *testing.T) {
	sum := func(s string) string {
		b := sha256.Sum256([]byte(s))
		return hex.EncodeToString(b[:])
	}
	list := sum("a") + "  common/0001_a.sql\n" + sum("b") + "  sqlite/0002_b.sql\n" + sum("c") + "  postgres/0002_b.sql\n"
	with := func(change map[string]string) fs.FS {
		dir := fstest.MapFS{}
		files := map[string]string{"released.txt": list, "common/0001_a.sql": "a", "sqlite/0002_b.sql": "b", "postgres/0002_b.sql": "c", "common/0003_new.sql": "d"}
		for name, content := range change {
			files[name] = content
		}
		for name, content := range files {
			if content != "" {
				dir[name] = &fstest.MapFile{Data: []byte(content)}
			}
		}
		return dir
	}
	if faults := frozen(with(nil)); len(faults) != 0 {
		t.Errorf("an untouched folder: %q", faults)
	}
	for want, change := range map[string]map[string]string{
		"0001_a.sql was released and has changed": {"common/0001_a.sql": "a "},
		"0002_b.sql was released and is gone":     {"sqlite/0002_b.sql": ""},
		"its number is not above":                 {"common/0002_late.sql": "x"},
		"have the same number":                    {"common/0004_x.sql": "x", "sqlite/0004_x.sql": "x"},
		"is not named like":                       {"common/more.sql": "x"},
		"no sum and name":                         {"released.txt": "nonsense\n"},
	} {
		if got := strings.Join(frozen(with(change)), "\n"); !strings.Contains(got, want) {
			t.Errorf("%v: %q, want %q", change, got, want)
		}
	}
}
