package publiclog_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samklang/internal/platform/db"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"
)

// onFile is an installation whose database can be put back to an older time.
func onFile(t *testing.T) (in *installation, path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "samklang.db")
	d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return install(t, d, "samklang.example", publiclog.Settings{}), path
}

// closed is the content of the database's file.
func (in *installation) closed(t *testing.T, path string) []byte {
	t.Helper()
	if err := in.db.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (in *installation) reopen(t *testing.T, path string) {
	t.Helper()
	d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	in.db = d
	in.open(publiclog.Settings{})
}

// A database that was put back from an older time is refused as soon as visitors have been shown more, and the log can go on only by saying so.
func TestARestoredOlderDatabaseIsRefused(t *testing.T) {
	in, path := onFile(t)
	in.note(t, 3)
	old := in.closed(t, path)
	in.reopen(t, path)
	in.note(t, 4)
	known, err := in.seen(t, verify.Options{}) // a visitor; from now on nothing may be shorter
	if err != nil {
		t.Fatal(err)
	}
	if err := in.Guard(t.Context()); err != nil {
		t.Fatal(err)
	}
	shown := known.Checkpoint.Note
	in.closed(t, path)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	in.reopen(t, path)
	err = in.Guard(t.Context())
	b, ok := errors.AsType[*publiclog.Broken](err)
	if !ok || !b.Fork || b.ExitCode() != 3 {
		t.Fatalf("%v", err)
	}
	for _, want := range []string{"had 8 entries when it was shown last; in this database it has 4", "restore", "newer database"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the message does not say %q: %s", want, err)
		}
	}
	in.rows.list = in.rows.list[:3]
	in.whole(t) // the database as such is whole
	if err := publiclog.Holds(t.Context(), in.db.Read(), shown); err == nil {
		t.Error("the older database holds what was shown later")
	}

	// It goes on with other entries, and is as long as before: still not the same.
	in.note(t, 10)
	if err := in.Guard(t.Context()); err == nil || !strings.Contains(err.Error(), "are not those") {
		t.Errorf("a fork of the same length: %v", err)
	}
	if _, err := in.seenUnmarked(t, known.Known()); err == nil || !strings.Contains(err.Error(), "forked") {
		t.Errorf("whoever remembers the log: %v", err)
	}

	if err := in.StartAnew(t.Context(), shown, ""); err == nil {
		t.Error("the log was begun anew without a reason")
	}
	if err := in.StartAnew(t.Context(), shown, "Servern brann. Det som hände den 12 januari efter klockan 12 är förlorat."); err != nil {
		t.Fatal(err)
	}
	if err := in.Guard(t.Context()); err != nil {
		t.Errorf("after the new beginning: %v", err)
	}
	if r := in.whole(t); r.Latest.Epoch != 2 || r.Latest.Origin != "samklang.example/log/anew/2" || r.Latest.Size != 14 {
		t.Errorf("%+v", r.Latest)
	}
	s := in.status(t)
	if s.Previous != shown || !strings.HasPrefix(s.Reason, "Servern brann.") || s.Log != "/log/anew/2" {
		t.Errorf("%+v", s)
	}
	log, err := in.seen(t, verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if first := log.Entries[0]; first.Kind != publiclog.KindLog || first.Public["previous"] != shown || !strings.HasPrefix(first.Public["reason"], "Servern brann.") {
		t.Errorf("%+v", first)
	}
	// The old log still shows how it ended, and what is left of it.
	site, _ := verify.NewSite(in.served(t).URL + "/log")
	if b, err := site.Get(t.Context(), "checkpoint", 1<<16); err != nil || string(b) != shown {
		t.Errorf("%s %v", b, err)
	}
	if _, err := verify.Check(t.Context(), site, verify.Options{Key: known.Key}); err == nil {
		t.Error("the lost entries of the old log were found")
	}
	in.note(t, 2)
	in.whole(t)
	if err := in.Guard(t.Context()); err != nil {
		t.Error(err)
	}
	// And the database from before the new beginning is refused for good.
	in.closed(t, path)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	in.reopen(t, path)
	if err := in.Guard(t.Context()); err == nil || !strings.Contains(err.Error(), "does not have") {
		t.Errorf("%v", err)
	}
}

// seenUnmarked is what somebody sees who remembers the log, of a server that has lost its mark.
func (in *installation) seenUnmarked(t *testing.T, known verify.Known) (*verify.Log, error) {
	t.Helper()
	mark := in.mark
	in.mark = filepath.Join(t.TempDir(), publiclog.MarkFile)
	in.open(publiclog.Settings{})
	defer func() {
		in.mark = mark
		in.open(publiclog.Settings{})
	}()
	return in.seen(t, verify.Options{Known: known})
}

// A log that got shorter, or another one under the same name, is seen by whoever remembers it.
func TestWhoRemembersTheLogSeesAFork(t *testing.T) {
	in, path := onFile(t)
	in.note(t, 5)
	prefix := in.closed(t, path)
	grow := func(n int) verify.Known {
		in.rows.list = in.rows.list[:5]
		os.WriteFile(path, prefix, 0o600)
		os.Remove(in.mark)
		in.reopen(t, path)
		in.note(t, n)
		log, err := in.seen(t, verify.Options{})
		if err != nil {
			t.Fatal(err)
		}
		in.closed(t, path)
		return log.Known()
	}
	one, two, short := grow(4), grow(7), grow(1)
	for _, c := range []struct {
		name         string
		serve, known verify.Known
		want         string
	}{
		{"two logs from one prefix", two, one, "forked"},
		{"a shorter one", short, one, "shrunk"},
		{"the same", one, one, ""},
	} {
		in.rows.list = in.rows.list[:5]
		os.WriteFile(path, prefix, 0o600)
		os.Remove(in.mark)
		in.reopen(t, path)
		in.note(t, map[verify.Known]int{one: 4, two: 7, short: 1}[c.serve])
		if c.want == "" { // the entries of each growing are new ones, so the same log is the one that was just served
			log, err := in.seen(t, verify.Options{})
			if err != nil {
				t.Fatal(err)
			}
			c.known = log.Known()
		}
		_, err := in.seen(t, verify.Options{Known: c.known})
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
		in.closed(t, path)
	}
}

// A key that is lost or exchanged is said at once, and nothing is signed with another.
func TestTheKeyStaysTheSame(t *testing.T) {
	in, path := onFile(t)
	file := filepath.Join(t.TempDir(), "log.key")
	in.open(publiclog.Settings{KeyFile: file})
	in.rows.add(publiclog.Fact{Kind: "note", Subject: [16]byte{1}, At: in.clock.Now()})
	if _, err := in.CheckAndEnter(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Sequence(t.Context()); err == nil || !strings.Contains(err.Error(), "put the key back") {
		t.Errorf("with an empty file of keys: %v", err)
	}
	in.open(publiclog.Settings{})
	if _, err := in.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	in.closed(t, path)

	d, err := db.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "other.db"), db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	other := install(t, d, "samklang.example", publiclog.Settings{KeyFile: file})
	other.open(publiclog.Settings{KeyFile: file})
	var kept int
	if err := d.Read().NewRaw("SELECT count(*) FROM installation_keys WHERE value LIKE 'PRIVATE%'").Scan(t.Context(), &kept); err != nil || kept != 0 {
		t.Errorf("%d keys are in the database though they have a file, %v", kept, err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
}
