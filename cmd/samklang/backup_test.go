package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"samklang/internal/core/id"
	"samklang/internal/platform/backup"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"
)

func backedUp(t *testing.T, args ...string) (path string) {
	t.Helper()
	dir := t.TempDir()
	if _, err := samklang(t, append([]string{"backup", dir}, args...)...); err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "samklang-*.backup*"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	return found[0]
}

// The whole example is backed up while it is served and put back on the other engine, and from there on the first: every row of every table and
// every file is there, and the program serves it.
func TestBackupAndRestoreAcrossEngines(t *testing.T) {
	dir, _ := exampleData(t)
	program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "key.txt")
	if err := os.WriteFile(key, []byte(identity.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	first := backedUp(t, "--data", dir, "--recipient", identity.Recipient().String())
	keys, err := backup.With(key)
	if err != nil {
		t.Fatal(err)
	}
	_, m, err := backup.CheckFile(t.Context(), first, keys)
	if err != nil {
		t.Fatal(err)
	}
	before := m.Tables // the program goes on writing in the installation itself
	there, thereDir := dbtest.EmptyPostgresURL(t), t.TempDir()
	if _, err := samklang(t, "restore", first, "--data", thereDir, "--database", there, "--identity", key); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, content(t, there)); diff != "" {
		t.Error(diff)
	}
	second := backedUp(t, "--data", thereDir, "--database", there)
	back := filepath.Join(t.TempDir(), "data")
	if _, err := samklang(t, "restore", second, "--data", back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, content(t, "sqlite:"+filepath.Join(back, "samklang.db"))); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(filesIn(t, dir), filesIn(t, back)); diff != "" {
		t.Error(diff)
	}
	if _, err := samklang(t, "restore", second, "--data", back); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("into a full one: %v", err)
	}
	_, address, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", back)
	if res, err := http.Get("http://" + address + "/alvkusten"); err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("%v %v", res, err)
	}
}

func filesIn(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(dir, "files"), func(p string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			list = append(list, e.Name())
		}
		return err
	})
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	return list
}

// A backup that cannot be read leaves nothing behind.
func TestRestoreOfWhatIsNoBackup(t *testing.T) {
	dir, _ := exampleData(t)
	whole, err := os.ReadFile(backedUp(t, "--data", dir))
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), whole...)
	flipped[len(flipped)/2] ^= 4
	for name, b := range map[string][]byte{"cut": whole[:len(whole)/2], "flipped": flipped, "nothing": nil, "another file": []byte("%PDF-1.7")} {
		file, to := filepath.Join(t.TempDir(), "x.backup"), t.TempDir()
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := samklang(t, "restore", file, "--data", to)
		if left, _ := os.ReadDir(to); err == nil || !strings.Contains(err.Error(), "fetch another copy") || !strings.Contains(err.Error(), "nothing was restored") || len(left) != 0 {
			t.Errorf("%s: %v, left %v", name, err, left)
		}
	}
}

// A backup is of one moment, though somebody writes all the time: what was written together is there together.
func TestBackupWhileOthersWrite(t *testing.T) {
	run := func(t *testing.T, data, dsn string) {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := samklang(t, "user", "list", "--data", data, "--database", dsn); err != nil { // which makes all there is to an installation
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan int)
		go func() {
			n := 0
			for ctx.Err() == nil {
				err := d.WithTx(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					key := id.New().String()
					for _, table := range []string{"form_keys (form_key, created_at)", "job_keys (unique_key, created_at)"} {
						if _, err := tx.NewRaw("INSERT INTO "+table+" VALUES (?, ?)", key, time.Unix(0, 0)).Exec(ctx); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
					break
				}
				n++
			}
			ended <- n
		}()
		var files []string
		for range 5 {
			files = append(files, backedUp(t, "--data", data, "--database", dsn))
			time.Sleep(50 * time.Millisecond)
		}
		stop()
		t.Logf("%d transactions meanwhile", <-ended)
		last := int64(-1)
		for _, f := range files {
			_, m, err := backup.CheckFile(t.Context(), f, backup.Keys{})
			if err != nil {
				t.Fatal(err)
			}
			forms, jobs := m.Tables["form_keys"].Rows, m.Tables["job_keys"].Rows
			if forms != jobs || forms < last {
				t.Errorf("%d rows of the one and %d of the other, after %d", forms, jobs, last)
			}
			last = forms
		}
		if last <= 0 {
			t.Error("nothing was written meanwhile")
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		run(t, dir, "sqlite:"+filepath.Join(dir, "samklang.db"))
	})
	t.Run("postgres", func(t *testing.T) { run(t, t.TempDir(), dbtest.PostgresURL(t)) })
}

// The program is killed while it backs up: what lies under the name is whole or is not there.
func TestKilledWhileBackingUp(t *testing.T) {
	dir, from := exampleData(t)
	before := content(t, from)
	whole := 0
	for range 12 {
		file := filepath.Join(t.TempDir(), "x.backup")
		killedAfter(t, time.Duration(rand.Int64N(int64(1500*time.Millisecond))), "backup", file, "--data", dir)
		_, _, err := backup.CheckFile(t.Context(), file, backup.Keys{})
		switch {
		case err == nil:
			whole++
		case !errors.Is(err, fs.ErrNotExist):
			t.Error(err)
		}
	}
	if diff := cmp.Diff(before, content(t, from)); diff != "" {
		t.Error("the installation has changed:", diff)
	}
	t.Logf("%d of 12 were whole", whole)
}

// The program is killed while it restores: nothing is there, or it is refused, or it is whole; the same command again brings it to its end.
func TestKilledWhileRestoring(t *testing.T) {
	dir, from := exampleData(t)
	file, before := backedUp(t, "--data", dir), content(t, from)
	run := func(t *testing.T, kills int, database func(dir string) string) {
		seen := map[string]int{}
		for range kills {
			to := t.TempDir()
			args := []string{"restore", file, "--data", to, "--database", database(to)}
			killedAfter(t, time.Duration(rand.Int64N(int64(900*time.Millisecond))), args...)
			found := state(t, args[5])
			seen[found]++
			if found == "refused" {
				if _, err := samklang(t, "user", "list", "--data", to, "--database", args[5]); err == nil || !strings.Contains(err.Error(), "unfinished") {
					t.Errorf("the program takes it: %v", err)
				}
			}
			if found != "served" {
				if _, err := samklang(t, args...); err != nil {
					t.Error(err)
				}
			}
			if diff := cmp.Diff(before, content(t, args[5])); diff != "" {
				t.Error(diff)
			}
			filesIn(t, to)
		}
		t.Log(seen)
	}
	t.Run("sqlite", func(t *testing.T) {
		run(t, 12, func(dir string) string { return "sqlite:" + filepath.Join(dir, "samklang.db") })
	})
	t.Run("postgres", func(t *testing.T) { run(t, 5, func(string) string { return dbtest.EmptyPostgresURL(t) }) })
}

// A restore from before what was published is refused, whoever knows of it, and goes through with a new log, which names the old one.
func TestRestoreThatWouldForkThePublicLog(t *testing.T) {
	dir, from := exampleData(t)
	old := backedUp(t, "--data", dir)
	cmd, address, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir)
	newer := newerLog(t, from)
	published := filepath.Join(t.TempDir(), "checkpoint")
	if err := os.WriteFile(published, []byte(newer.Note), 0o600); err != nil {
		t.Fatal(err)
	}
	asked := "http://" + address
	again := backedUp(t, "--data", dir)
	for name, args := range map[string][]string{"a file": {"--published", published}, "the installation": {"--published", asked}} {
		to := t.TempDir()
		_, err := samklang(t, append([]string{"restore", old, "--data", to}, args...)...)
		if err == nil || !strings.Contains(err.Error(), "would fork the public log") || !strings.Contains(err.Error(), "--new-log") {
			t.Errorf("%s: %v", name, err)
		}
		if left, _ := os.ReadDir(to); len(left) != 0 {
			t.Errorf("%s: left %v", name, left)
		}
		// A backup that is new enough goes through.
		if _, err := samklang(t, append([]string{"restore", again, "--data", t.TempDir()}, args...)...); err != nil {
			t.Errorf("%s, a newer backup: %v", name, err)
		}
	}
	cmd.Process.Kill()
	cmd.Wait()
	// The file beside the database knows it as well, and stays when the database is lost.
	to := t.TempDir()
	if err := publiclog.WriteMark(filepath.Join(to, publiclog.MarkFile), newer.Note); err != nil {
		t.Fatal(err)
	}
	if _, err := samklang(t, "restore", old, "--data", to); err == nil || !strings.Contains(err.Error(), publiclog.MarkFile) {
		t.Errorf("by the file beside the database: %v", err)
	}
	if _, err := samklang(t, "restore", old, "--data", to, "--new-log", "Servern brann, och kopian var äldre"); err != nil {
		t.Fatal(err)
	}
	_, address, _ = program(t, "serve", "--listen", "127.0.0.1:0", "--data", to)
	res, err := http.Get("http://" + address + "/log/anew/2/checkpoint")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Errorf("the new log: %v %v", res, err)
	}
}

// Whoever lost everything but the backup and the names of the witnesses is still told: a witness has cosigned more than the backup holds.
func TestAWitnessKnowsOfAForkAtARestore(t *testing.T) {
	dir, from := exampleData(t)
	old := backedUp(t, "--data", dir)
	d, err := db.Open(t.Context(), from, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	status, err := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{}).Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd, address, _ := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir(), "--witness-for", status.Key)
	site, err := verify.NewSite("http://" + address)
	if err != nil {
		t.Fatal(err)
	}
	var other publiclog.Status
	for begin := time.Now(); other.Cosigns == ""; time.Sleep(50 * time.Millisecond) { // its own log begins after its first answer
		if other, err = verify.StatusOf(t.Context(), site); other.Cosigns == "" && time.Since(begin) > 20*time.Second {
			t.Fatal(err)
		}
	}
	witness := "http://" + address + "/log " + other.Cosigns
	w, err := publiclog.ParseWitness(witness)
	if err != nil {
		t.Fatal(err)
	}
	newer := newerLog(t, from)
	if err := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{Ask: []publiclog.Witness{w}}).Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := backedUp(t, "--data", dir)
	to := t.TempDir()
	_, err = samklang(t, "restore", old, "--data", to, "--log-witness", witness)
	if want := fmt.Sprintf("has cosigned %d entries of the log", newer.Size); err == nil || !strings.Contains(err.Error(), "would fork the public log") || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "--new-log") {
		t.Errorf("the witness knows more: %v", err)
	}
	if left, _ := filepath.Glob(filepath.Join(to, "*.db*")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
	if said, err := samklang(t, "restore", again, "--data", t.TempDir(), "--log-witness", witness); err != nil || strings.Contains(said, "gave no answer") {
		t.Errorf("a newer backup: %v %s", err, said)
	}
	if _, err := samklang(t, "restore", old, "--data", t.TempDir(), "--log-witness", witness, "--new-log", "Servern brann, och kopian var äldre"); err != nil {
		t.Errorf("with a new log: %v", err)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if _, err := samklang(t, "restore", old, "--data", t.TempDir(), "--log-witness", witness); err != nil {
		t.Errorf("when the witness gives no answer, nobody else knows: %v", err)
	}
}

// newerLog enters something in the log of an installation and gives the checkpoint that follows.
func newerLog(t *testing.T, dsn string) publiclog.Checkpoint {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	l := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{})
	err = d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return l.Enter(ctx, tx, publiclog.Fact{Kind: "trial", Subject: id.New(), Public: map[string]string{"text": "something new"}})
	})
	if err == nil {
		_, err = l.Sequence(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := publiclog.Latest(t.Context(), d.Read())
	if err != nil {
		t.Fatal(err)
	}
	return c
}
