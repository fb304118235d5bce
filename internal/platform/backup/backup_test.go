package backup

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"samklang/internal/core/errs"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/files"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/rows"
)

var at = time.Date(2026, 11, 22, 14, 30, 0, 0, time.UTC)

// house is a small installation.
type house struct {
	db    *db.DB
	files *files.Disk
	dir   string // of the files
}

func newHouse(t testing.TB, contents ...string) house {
	t.Helper()
	h := house{db: dbtest.SQLite(t), dir: filepath.Join(t.TempDir(), "files")}
	q := jobs.New(h.db, slog.New(slog.DiscardHandler), clock.System)
	defer q.Close()
	var err error
	if err := q.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.files, err = files.OpenDisk(h.dir, clock.System); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.files.Close() })
	association := id.New().String()
	h.exec(t, "INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES (?, 'alvkusten', 'Älvkusten', 'Älvkusten', 'x', '2026-11-22 12:00:00+00:00')", association)
	for _, c := range contents {
		s, err := h.files.Put(t.Context(), strings.NewReader(c), 1<<30)
		if err != nil {
			t.Fatal(err)
		}
		h.exec(t, "INSERT INTO files (association_id, id, sha256, size, media_type, name, created_at) VALUES (?, ?, ?, ?, 'text/plain', 'a.txt', '2026-11-22 12:00:00+00:00')", association, id.New().String(), s.SHA256, s.Size)
	}
	return h
}

func (h house) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := h.db.Writer().Exec(query, args...); err != nil {
		t.Fatal(err)
	}
}

// read lets fn read the installation as a backup does.
func (h house) read(t testing.TB, fn func(rows.Source) error) error {
	return rows.Read(t.Context(), h.db, func(_ context.Context, s rows.Source) error { return fn(s) })
}

func (h house) archive(t testing.TB) (b []byte, m Manifest) {
	t.Helper()
	var w bytes.Buffer
	err := h.read(t, func(s rows.Source) (err error) {
		m, err = Write(t.Context(), &w, Head{Program: "test", Engine: db.SQLite, At: at}, s, h.files)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return w.Bytes(), m
}

func (h house) toFile(t testing.TB, path string, k Keys) (w Written, err error) {
	err = h.read(t, func(s rows.Source) (err error) {
		w, err = ToFile(t.Context(), path, Head{Program: "test", Engine: db.SQLite, At: at}, s, h.files, k, true)
		return err
	})
	return w, err
}

// Whatever byte of a backup is another than it was, and wherever it ends too early or too late, reading it says so.
func TestEveryChangedByteIsNoticed(t *testing.T) {
	whole, m := newHouse(t, "ett", "två").archive(t)
	if _, got, err := Check(t.Context(), bytes.NewReader(whole)); err != nil || cmp.Diff(m, got) != "" {
		t.Fatal(err, cmp.Diff(m, got))
	}
	changed := bytes.Clone(whole)
	const step = 37 // each run looks at other bytes of the middle
	from := rand.IntN(step)
	for i := range whole {
		if inside := i > 1500 && i < len(whole)-1500; inside && i%step != from {
			continue
		}
		changed[i] ^= 1 << (i % 8)
		if _, _, err := Check(t.Context(), bytes.NewReader(changed)); err == nil {
			t.Errorf("byte %d of %d is another and nothing notices", i, len(whole))
		}
		changed[i] = whole[i]
	}
	for n := 0; n < len(whole); n += 101 {
		if _, _, err := Check(t.Context(), bytes.NewReader(whole[:n])); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
	for name, more := range map[string][]byte{"one byte": {0}, "a block": make([]byte, 512), "itself": whole} {
		if _, _, err := Check(t.Context(), bytes.NewReader(append(bytes.Clone(whole), more...))); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s follows: %v", name, err)
		}
	}
}

func FuzzCheck(f *testing.F) {
	whole, _ := newHouse(f, "ett").archive(f)
	f.Add(whole)
	f.Add(whole[:2000])
	f.Add([]byte("age-encryption.org/v1\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _, err := Check(t.Context(), bytes.NewReader(b))
		if err == nil && !bytes.Equal(b, whole) { // a whole one of other content would need the hashes to fit
			t.Log("another whole archive was found")
		}
		keys, _ := To(nil, nil)
		if r, err := keys.open(bytes.NewReader(b)); err == nil {
			io.Copy(io.Discard, r)
		}
	})
}

// keyFiles writes a pair of keys and gives the public one and the file of the private one.
func keyFiles(t testing.TB, hybrid bool) (public, private string) {
	t.Helper()
	private = filepath.Join(t.TempDir(), "key.txt")
	var text string
	if hybrid {
		i, err := age.GenerateHybridIdentity()
		if err != nil {
			t.Fatal(err)
		}
		public, text = i.Recipient().String(), i.String()
	} else {
		i, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		public, text = i.Recipient().String(), i.String()
	}
	if err := os.WriteFile(private, []byte("# a key\n"+text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return public, private
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// An encrypted backup is read back when it is written, opens with its key alone, and shows nothing without it.
func TestEncryptedBackups(t *testing.T) {
	h := newHouse(t, "a text that must not be seen")
	phrase := filepath.Join(t.TempDir(), "phrase")
	if err := os.WriteFile(phrase, []byte("hatt katt ratt fnatt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	public, private := keyFiles(t, false)
	later, laterPrivate := keyFiles(t, true)
	other, otherPrivate := keyFiles(t, false)
	recipients := filepath.Join(t.TempDir(), "recipients")
	if err := os.WriteFile(recipients, []byte("# two people\n"+public+"\n"+other+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, stranger := keyFiles(t, false)
	for name, c := range map[string]struct {
		to   Keys
		with []Keys
	}{
		"a key":        {must(To([]string{public}, nil))(t), []Keys{must(With(private))(t)}},
		"two keys":     {must(To(nil, []string{recipients}))(t), []Keys{must(With(private))(t), must(With(otherPrivate))(t)}},
		"a later key":  {must(To([]string{later}, nil))(t), []Keys{must(With(laterPrivate))(t)}},
		"a passphrase": {must(Passphrase(phrase))(t), []Keys{must(Passphrase(phrase))(t)}},
	} {
		w, err := h.toFile(t, t.TempDir(), c.to)
		if err != nil || !w.Verified || !strings.HasSuffix(w.Path, "samklang-20261122T143000Z.backup.age") {
			t.Fatalf("%s: %+v %v", name, w, err)
		}
		for _, k := range c.with {
			if _, m, err := CheckFile(t.Context(), w.Path, k); err != nil || m.Files != 1 {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, _, err := CheckFile(t.Context(), w.Path, Keys{}); err == nil || !strings.Contains(err.Error(), "--identity") {
			t.Errorf("%s, without a key: %v", name, err)
		}
		if _, _, err := CheckFile(t.Context(), w.Path, must(With(stranger))(t)); err == nil || !strings.Contains(err.Error(), "does not open the backup") {
			t.Errorf("%s, with another key: %v", name, err)
		}
		b, err := os.ReadFile(w.Path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("must not be seen")) || bytes.Contains(b, []byte("manifest")) {
			t.Errorf("%s: it can be read without a key", name)
		}
		flips := 40
		if name == "a passphrase" { // each try to open it costs a second, as it should
			flips = 4
		}
		for range flips {
			i := rand.IntN(len(b))
			b[i] ^= 0x10
			if err := os.WriteFile(w.Path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := CheckFile(t.Context(), w.Path, c.with[0]); err == nil {
				t.Errorf("%s: byte %d is another and nothing notices", name, i)
			}
			b[i] ^= 0x10
		}
		for _, n := range []int{0, 10, 300, len(b) - 1} {
			if err := os.WriteFile(w.Path, b[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			if _, _, err := CheckFile(t.Context(), w.Path, c.with[0]); err == nil {
				t.Errorf("%s: cut after %d bytes and nothing notices", name, n)
			}
		}
	}
}

func TestKeysThatAreNone(t *testing.T) {
	_, private := keyFiles(t, false)
	secret, err := os.ReadFile(private)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Fields(string(secret))[3]
	short := filepath.Join(t.TempDir(), "short")
	broken := filepath.Join(t.TempDir(), "broken")
	os.WriteFile(short, []byte("hatt"), 0o600)
	os.WriteFile(broken, []byte(key[:40]), 0o600)
	for name, fn := range map[string]func() (Keys, error){
		"public":     func() (Keys, error) { return To([]string{"age1nonsense"}, nil) },
		"private":    func() (Keys, error) { return With(broken) },
		"passphrase": func() (Keys, error) { return Passphrase(short) },
	} {
		if _, err := fn(); err == nil || strings.Contains(err.Error(), key[:30]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file that the installation lacks or has damaged is told, and the rest is kept.
func TestAFileThatIsMissing(t *testing.T) {
	h := newHouse(t, "kept", "gone", "rotten")
	list, err := filepath.Glob(filepath.Join(h.dir, "??", "*"))
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	for _, name := range list {
		switch b, _ := os.ReadFile(name); string(b) {
		case "gone":
			os.Remove(name)
		case "rotten":
			os.WriteFile(name, []byte("rottex"), 0o600)
		}
	}
	b, m := h.archive(t)
	if m.Files != 1 || len(m.Missing) != 2 {
		t.Errorf("%+v", m)
	}
	if _, got, err := Check(t.Context(), bytes.NewReader(b)); err != nil || len(got.Missing) != 2 {
		t.Error(err)
	}
}

// away is a store that cannot be reached.
type away struct{ files.Store }

func (away) Verify(context.Context, string) error {
	return errs.E(errs.Unavailable, "files.unavailable")
}

// A backup that does not come to its end leaves nothing under its name, and no backup is written over another.
func TestOnlyWholeBackupsHaveTheirName(t *testing.T) {
	h := newHouse(t, "x")
	dir := t.TempDir()
	err := h.read(t, func(s rows.Source) error {
		_, err := ToFile(t.Context(), dir, Head{At: at}, s, away{h.files}, Keys{}, true)
		return err
	})
	if left, _ := os.ReadDir(dir); !errs.Is(err, errs.Unavailable) || len(left) != 0 {
		t.Errorf("%v, left %v", err, left)
	}
	stale := filepath.Join(dir, ".samklang-backup-1.part")
	os.WriteFile(stale, nil, 0o600)
	os.Chtimes(stale, at.Add(-25*time.Hour), at.Add(-25*time.Hour))
	w, err := h.toFile(t, dir, Keys{})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(w.Path); err != nil || info.Mode().Perm() != 0o600 || info.Size() != w.Size {
		t.Errorf("%v %v", info, err)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("what a killed backup left a day ago is still there")
	}
	if _, err := h.toFile(t, w.Path, Keys{}); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second one: %v", err)
	}
}

func TestOldBackupsGo(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"samklang-20261120T010000Z.backup", "samklang-20261121T010000Z.backup.age", "samklang-20261122T010000Z.backup", "samklang-yearly.backup", "other"} {
		os.WriteFile(filepath.Join(dir, name), nil, 0o600)
	}
	removed, err := Keep(dir, 2)
	left, _ := os.ReadDir(dir)
	if err != nil || len(removed) != 1 || removed[0] != "samklang-20261120T010000Z.backup" || len(left) != 4 {
		t.Errorf("%v %v %v", removed, left, err)
	}
}

// A backup with large files needs no memory for them.
func TestLargeFilesNeedNoMemory(t *testing.T) {
	h := newHouse(t)
	var association string
	if err := h.db.Writer().QueryRow("SELECT id FROM associations").Scan(&association); err != nil {
		t.Fatal(err)
	}
	const size = 192 << 20
	s, err := h.files.Put(t.Context(), io.LimitReader(rand.NewChaCha8([32]byte{1}), size), size)
	if err != nil {
		t.Fatal(err)
	}
	h.exec(t, "INSERT INTO files (association_id, id, sha256, size, media_type, name, created_at) VALUES (?, ?, ?, ?, 'text/plain', 'a.txt', '2026-11-22 12:00:00+00:00')", association, id.New().String(), s.SHA256, s.Size)
	public, private := keyFiles(t, false)
	debug.FreeOSMemory() // what the tests before have used
	var most uint64
	watch, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		var m runtime.MemStats
		for watch.Err() == nil {
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapInuse)
			time.Sleep(20 * time.Millisecond)
		}
	}()
	w, err := h.toFile(t, t.TempDir(), must(To([]string{public}, nil))(t))
	if err != nil {
		t.Fatal(err)
	}
	to := dbtest.SQLite(t)
	store, err := files.OpenDisk(t.TempDir(), clock.System)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	if _, err := Restore(t.Context(), w.Path, must(With(private))(t), to, store, rows.Note{What: "restore"}, func(context.Context) error { return nil }); err != nil {
		t.Fatal(err)
	}
	end()
	<-ended
	if err := store.Verify(t.Context(), s.SHA256); err != nil {
		t.Error(err)
	}
	if most > size/3 {
		t.Errorf("the memory grew to %d MB for a file of %d MB", most>>20, size>>20)
	}
}

// A backup with many rows is written in parts and put back whole; one that refuses at its end leaves a database that nothing serves, and the same
// command goes on from there.
func TestRestore(t *testing.T) {
	h := newHouse(t, "ett", "två", "tre")
	long := strings.Repeat("åäö", 300_000)
	for range 4 {
		h.exec(t, "INSERT INTO form_keys (form_key, location, created_at) VALUES (?, ?, '2026-11-22 12:00:00+00:00')", id.New().String(), long)
	}
	b, want := h.archive(t)
	if n := bytes.Count(b, []byte("tables/form_keys/")); n < 3 {
		t.Errorf("%d parts", n)
	}
	path := filepath.Join(t.TempDir(), "x.backup")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		store, err := files.OpenDisk(t.TempDir(), clock.System)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		no := errors.New("no")
		refuse := true
		restore := func() error {
			_, err := Restore(t.Context(), path, Keys{}, d, store, rows.Note{What: "restore"}, func(context.Context) error {
				if refuse {
					return no
				}
				return nil
			})
			return err
		}
		if err := restore(); !errors.Is(err, no) {
			t.Fatal(err)
		}
		if err := rows.CheckFinished(t.Context(), d); err == nil {
			t.Error("it is served though the restore was refused")
		}
		refuse = false
		if err := restore(); err != nil {
			t.Fatal(err)
		}
		if err := rows.CheckFinished(t.Context(), d); err != nil {
			t.Error(err)
		}
		again := house{db: d, files: store}
		if _, got := again.archive(t); cmp.Diff(want, got) != "" {
			t.Error(cmp.Diff(want, got))
		}
	})
}
