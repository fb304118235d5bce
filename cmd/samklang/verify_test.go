package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"samklang/internal/platform/publiclog"
)

// ended runs the program until it ends by itself, and gives its status and what it said.
func ended(t *testing.T, args ...string) (int, string) {
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
	case <-done:
	case <-time.After(30 * time.Second):
		cmd.Process.Kill()
		<-done
		t.Fatalf("it goes on: %s", &said)
	}
	return cmd.ProcessState.ExitCode(), said.String()
}

func tamper(t *testing.T, dir string, queries ...string) {
	t.Helper()
	d, err := sql.Open("sqlite", filepath.Join(dir, "samklang.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for _, q := range queries {
		if _, err := d.Exec(q); err != nil {
			t.Fatal(q, err)
		}
	}
}

// A record that was changed past the program ends it with a status of its own, which no supervisor restarts, and says where and what to do.
func TestChangedRecordsEndTheProgram(t *testing.T) {
	dir, _ := exampleData(t)
	if code, said := ended(t, "verify", dir); code != 0 || !strings.Contains(said, "each is as it was entered") {
		t.Fatal(code, said)
	}
	tamper(t, dir, "DROP TRIGGER wordings_refuse_update", "UPDATE wordings SET wording = replace(wording, 'a', 'o') WHERE rowid = 3")
	for _, args := range [][]string{{"serve", "--listen", "127.0.0.1:0", "--data", dir}, {"verify", dir}} {
		code, said := ended(t, args...)
		if code != publiclog.ExitBroken || !strings.Contains(said, "the row it tells of was changed: wording") || !strings.Contains(said, "wording 1 of promise") || !strings.Contains(said, "restore the latest backup") {
			t.Errorf("%s: %d %s", args[0], code, said)
		}
	}
}

// A database older than what visitors have seen is refused before the first answer.
func TestAnOlderDatabaseIsNotServed(t *testing.T) {
	dir, _ := exampleData(t)
	old, err := os.ReadFile(filepath.Join(dir, "samklang.db"))
	if err != nil {
		t.Fatal(err)
	}
	cmd, address, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	state := filepath.Join(t.TempDir(), "state")
	for n := 0; ; n++ { // until the entry that waits in the example has its place
		code, said := ended(t, "verify", "http://"+address, "--log-only", "--json", "--state", state)
		var o outcome
		if err := json.Unmarshal([]byte(said), &o); err != nil || code != 0 {
			t.Fatal(code, said)
		}
		if strings.Contains(said, "only grew") || n > 50 {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	cmd.Process.Kill()
	cmd.Wait()
	for _, name := range []string{"samklang.db-wal", "samklang.db-shm"} {
		os.Remove(filepath.Join(dir, name))
	}
	if err := os.WriteFile(filepath.Join(dir, "samklang.db"), old, 0o600); err != nil {
		t.Fatal(err)
	}
	code, said := ended(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	if code != publiclog.ExitBroken || !strings.Contains(said, "would fork") || strings.Contains(said, "is ready") {
		t.Errorf("%d %s", code, said)
	}
}

func TestVerifySaysWhatItLacks(t *testing.T) {
	empty := t.TempDir()
	for args, want := range map[string]string{
		"verify":                              "say what to verify",
		"verify " + empty:                     "neither a database nor a saved log",
		"verify https://user@x.example":       "is no address",
		"verify --proof " + empty + "/none":   "no such file",
		"verify " + empty + " --witness x":    "name+hash+key",
		"verify " + empty + " --threshold 1":  "0 witnesses are given",
		"verify sqlite:" + empty + "/none.db": "no database file",
	} {
		var out, complaint bytes.Buffer
		if code := run(t.Context(), strings.Fields(args), &out, &complaint); code != 1 || !strings.Contains(complaint.String(), want) {
			t.Errorf("%s: %d %s", args, code, &complaint)
		}
	}
}
