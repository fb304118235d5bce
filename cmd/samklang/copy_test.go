package main

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/rows"
)

// The whole example goes to PostgreSQL and back, with a row in every table the schema has, and is the same in the end; the program then serves it.
func TestCopyThereAndBack(t *testing.T) {
	dir, from := exampleData(t)
	before := content(t, from)
	there, back := dbtest.EmptyPostgresURL(t), "sqlite:"+filepath.Join(t.TempDir(), "back.db")
	for _, way := range [][2]string{{from, there}, {there, back}} {
		out, err := samklang(t, "copy", "--from", way[0], "--to", way[1])
		if err != nil {
			t.Fatal(err)
		}
		after := content(t, way[1])
		if diff := cmp.Diff(before, after); diff != "" {
			t.Error(diff)
		}
		for table, sum := range after {
			if sum.Rows == 0 {
				t.Errorf("%s is empty, so nothing is shown of it", table)
			}
			if strings.Count(out, sum.Hash[:16]) < 2 {
				t.Errorf("the table that is printed does not say %s of %s on both sides:\n%s", sum.Hash[:16], table, out)
			}
		}
		if strings.Contains(out, "@") {
			t.Errorf("the address of the database is told with its user:\n%s", out)
		}
	}
	var names []string
	for name := range before {
		names = append(names, name)
	}
	slices.Sort(names)
	if diff := cmp.Diff(tablesOf(t, filepath.Join(dir, "samklang.db")), names); diff != "" {
		t.Errorf("not every table of the schema was copied: %s", diff)
	}
	for _, database := range []string{there, back} {
		_, address, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir, "--database", database)
		for _, page := range []string{"/", "/alvkusten", "/alvkusten/kalender"} {
			if res, err := http.Get("http://" + address + page); err != nil || res.StatusCode != http.StatusOK {
				t.Errorf("%s of the copy: %v %v", page, res, err)
			}
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	dir, from := exampleData(t)
	full := dbtest.PostgresURL(t)
	if _, err := samklang(t, "user", "add", "--data", dir, "--database", full, "karin@example.test", "Karin"); err != nil {
		t.Fatal(err)
	}
	for args, want := range map[string]string{
		"--from sqlite:" + dir + "/no.db --to sqlite:" + dir + "/x.db":    "no such file",
		"--from " + from + " --to " + from:                                "are the same",
		"--from " + from + " --to " + full:                                "not empty",
		"--from " + from + " --to mysql://x":                              "sqlite: or postgres://",
		"--from " + from + " --to postgres://nobody:secret@127.0.0.1:1/x": "cannot reach PostgreSQL",
	} {
		if _, err := samklang(t, append([]string{"copy"}, strings.Fields(args)...)...); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", args, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "no.db")); err == nil {
		t.Error("a source that was not there has been made")
	}
}

// A source that is being served is copied only when that is asked for.
func TestCopyOfWhatIsServed(t *testing.T) {
	run := func(t *testing.T, dir, from string) {
		cmd, _, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir, "--database", from)
		to := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
		if _, err := samklang(t, "copy", "--from", from, "--to", to); err == nil || !strings.Contains(err.Error(), "being served") || !strings.Contains(err.Error(), "--while-running") {
			t.Errorf("%v", err)
		}
		out, err := samklang(t, "copy", "--from", from, "--to", to, "--while-running")
		if err != nil || !strings.Contains(out, "is not in the copy") {
			t.Errorf("%v %s", err, out)
		}
		cmd.Process.Kill()
		cmd.Wait()
		again := "sqlite:" + filepath.Join(t.TempDir(), "x.db")
		for begin := time.Now(); ; time.Sleep(50 * time.Millisecond) { // until PostgreSQL has noticed
			_, err = samklang(t, "copy", "--from", from, "--to", again)
			if err == nil || time.Since(begin) > 20*time.Second {
				break
			}
		}
		if err != nil {
			t.Error(err)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		dir, from := exampleData(t)
		run(t, dir, from)
	})
	t.Run("postgres", func(t *testing.T) { run(t, t.TempDir(), dbtest.PostgresURL(t)) })
}

// killedAfter runs the program and kills it after a time, and tells whether it had ended by itself before.
func killedAfter(t *testing.T, wait time.Duration, args ...string) (ended bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), programEnv+"=1")
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case err := <-done:
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, &said)
		}
		return true
	case <-time.After(wait):
	}
	cmd.Process.Kill()
	<-done
	return false
}

// state tells what a database holds that a killed program has left: "nothing", "refused" by the program, or "served".
func state(t *testing.T, dsn string) string {
	t.Helper()
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return "nothing"
		}
	}
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := rows.CheckFinished(t.Context(), d); err != nil {
		return "refused"
	}
	var tables, associations int
	if err := d.Read().NewRaw(map[db.Engine]string{db.SQLite: "SELECT count(*) FROM sqlite_schema WHERE name = 'associations'",
		db.Postgres: "SELECT count(*) FROM pg_class WHERE relname = 'associations'"}[d.Engine]).Scan(t.Context(), &tables); err != nil {
		t.Fatal(err)
	}
	if tables > 0 {
		if err := d.Read().NewRaw("SELECT count(*) FROM associations").Scan(t.Context(), &associations); err != nil {
			t.Fatal(err)
		}
	}
	if associations == 0 {
		return "nothing"
	}
	return "served"
}

// The copying program is killed at random moments: the source is what it was, the target holds nothing, is refused or is whole, and the same
// command run again brings it to its end.
func TestKilledWhileCopying(t *testing.T) {
	_, from := exampleData(t)
	before := content(t, from)
	run := func(t *testing.T, kills int, fresh func() string) {
		seen := map[string]int{}
		longest := time.Second
		for range kills {
			to := fresh()
			begin := time.Now()
			if killedAfter(t, time.Duration(rand.Int64N(int64(longest))), "copy", "--from", from, "--to", to) {
				longest = min(longest, time.Since(begin)) // no use in waiting longer
			}
			found := state(t, to)
			seen[found]++
			switch found {
			case "refused":
				if _, err := samklang(t, "user", "list", "--data", t.TempDir(), "--database", to); err == nil || !strings.Contains(err.Error(), "unfinished") {
					t.Errorf("the program takes it: %v", err)
				}
				fallthrough
			case "nothing":
				if _, err := samklang(t, "copy", "--from", from, "--to", to); err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff(before, content(t, to)); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(before, content(t, from)); diff != "" {
				t.Error("the source has changed:", diff)
			}
		}
		t.Log(seen)
	}
	t.Run("to sqlite", func(t *testing.T) {
		run(t, 12, func() string { return "sqlite:" + filepath.Join(t.TempDir(), "x.db") })
	})
	// Whoever is killed while migrating on PostgreSQL holds the lease of the lock for half a minute, which the next one waits for.
	t.Run("to postgres", func(t *testing.T) { run(t, 6, func() string { return dbtest.EmptyPostgresURL(t) }) })
}
