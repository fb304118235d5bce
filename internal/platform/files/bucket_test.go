package files_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/files"
)

var (
	quiet = slog.New(slog.DiscardHandler)
	keys  = files.Keys{ID: "samklang", Secret: "a-secret-of-the-storage"}
)

// storage is S3 in this process. before may answer a request instead of it.
type storage struct {
	place  files.Place
	before atomic.Pointer[func(w http.ResponseWriter, r *http.Request) (answered bool)]
	*httptest.Server
}

func openStorage(t testing.TB, source gofakes3.TimeSource) *storage {
	backend := s3mem.New(s3mem.WithTimeSource(source))
	if err := backend.CreateBucket("samklang-files"); err != nil {
		t.Fatal(err)
	}
	inner := gofakes3.New(backend, gofakes3.WithTimeSource(source), gofakes3.WithTimeSkewLimit(0)).Server()
	s := &storage{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.before.Load(); f != nil && (*f)(w, r) {
			return
		}
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	p, err := files.ParsePlace("s3://samklang-files/office/one?region=eu-north-1&endpoint=" + s.URL)
	if err != nil {
		t.Fatal(err)
	}
	s.place = p
	return s
}

func (s *storage) faulty(f func(w http.ResponseWriter, r *http.Request) bool) { s.before.Store(&f) }
func (s *storage) sound()                                                     { s.before.Store(nil) }

func (s *storage) open(t testing.TB, c clock.Clock) *files.Bucket {
	t.Helper()
	b, err := files.OpenBucket(t.Context(), s.place, keys, c, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// eachStore runs fn on a disk and on a bucket.
func eachStore(t *testing.T, fn func(t *testing.T, s files.Store)) {
	t.Run("disk", func(t *testing.T) {
		d, _ := disk(t)
		fn(t, d)
	})
	t.Run("bucket", func(t *testing.T) { fn(t, openStorage(t, gofakes3.DefaultTimeSource()).open(t, clock.System)) })
}

func content(t testing.TB, s files.Store, sum string) []byte {
	t.Helper()
	f, _, err := s.Open(t.Context(), sum)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Every store keeps a file by its content, gives it from any place, and lists it.
func TestStores(t *testing.T) {
	eachStore(t, func(t *testing.T, s files.Store) {
		random := make([]byte, 3<<20)
		for i := range random {
			random[i] = byte(rand.Uint32())
		}
		var want []files.Stored
		for _, c := range [][]byte{[]byte("x"), []byte("Åtagande"), bytes.Repeat([]byte("lång "), 100_000), random} {
			put, err := s.Put(t.Context(), bytes.NewReader(c), 3<<20)
			again, errAgain := s.Put(t.Context(), iotest.OneByteReader(bytes.NewReader(c[:1])), 3<<20)
			if err != nil || errAgain != nil || put.Size != int64(len(c)) || again.Size != 1 {
				t.Fatal(put, err, errAgain)
			}
			want = append(want, put)
			if got := content(t, s, put.SHA256); !bytes.Equal(got, c) {
				t.Errorf("%d bytes came back, not the %d that were put", len(got), len(c))
			}
			if err := s.Verify(t.Context(), put.SHA256); err != nil {
				t.Error(err)
			}
			f, info, err := s.Open(t.Context(), put.SHA256)
			if err != nil || info != put {
				t.Fatal(info, err)
			}
			if len(c) < 100 { // every byte of it is asked for by itself
				err = iotest.TestReader(f, c)
			}
			if err != nil {
				t.Error(err)
			}
			f.Close()
			asked := httptest.NewRequest("GET", "/", nil)
			asked.Header.Set("Range", fmt.Sprintf("bytes=%d-", len(c)/2))
			answer := httptest.NewRecorder()
			f, _, err = s.Open(t.Context(), put.SHA256)
			if err != nil {
				t.Fatal(err)
			}
			http.ServeContent(answer, asked, "", time.Time{}, f)
			f.Close()
			if got := answer.Body.Bytes(); answer.Code != http.StatusPartialContent || !bytes.Equal(got, c[len(c)/2:]) {
				t.Errorf("a part of it: %d with %d bytes", answer.Code, len(got))
			}
		}
		found := map[files.Stored]bool{}
		if err := s.Each(t.Context(), func(s files.Stored) error { found[s] = true; return nil }); err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !found[w] {
				t.Errorf("%v is not listed", w)
			}
		}
		for _, sum := range []string{strings.Repeat("0", 64), "../../etc/passwd", strings.Repeat("A", 64), ""} {
			if _, _, err := s.Open(t.Context(), sum); !errs.Is(err, errs.NotFound) {
				t.Errorf("%q: %v", sum, err)
			}
		}
		for name, c := range map[string]struct {
			content string
			kind    errs.Kind
		}{"empty": {"", errs.Invalid}, "too large": {"12345678901", errs.TooLarge}} {
			if _, err := s.Put(t.Context(), strings.NewReader(c.content), 10); !errs.Is(err, c.kind) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// What nothing names is set aside in a bucket as on a disk.
func TestABucketIsSwept(t *testing.T) {
	at := time.Date(2026, 11, 22, 3, 30, 0, 0, time.UTC)
	source := gofakes3.FixedTimeSource(at)
	now := clock.At(period.DateOf(at))
	now.Advance(at.Sub(now.Now()))
	b := openStorage(t, source).open(t, now)
	advance := func(d time.Duration) {
		source.Advance(d)
		now.Advance(d)
	}
	put := func(s string) string {
		x, err := b.Put(t.Context(), strings.NewReader(s), 100)
		if err != nil {
			t.Fatal(err)
		}
		return x.SHA256
	}
	kept, loose := put("named"), put("loose")
	names := map[string]bool{kept: true}
	sweep := func(removed int) {
		t.Helper()
		n, err := b.Sweep(t.Context(), func(_ context.Context, sums []string) (map[string]bool, error) { return names, nil })
		if err != nil || n != removed {
			t.Errorf("removed %d, want %d: %v", n, removed, err)
		}
	}
	there := func(sum string, want bool) {
		t.Helper()
		if _, _, err := b.Open(t.Context(), sum); (err == nil) != want || err != nil && !errs.Is(err, errs.NotFound) {
			t.Errorf("opening %.8s: %v", sum, err)
		}
	}
	const day = 24 * time.Hour
	sweep(0)
	advance(2 * day)
	sweep(0) // set aside
	there(loose, true)
	names[loose] = true
	sweep(0) // put back
	delete(names, loose)
	advance(2 * day)
	sweep(0) // set aside again: the thirty days begin anew
	advance(29 * day)
	sweep(0)
	there(loose, true)
	advance(2 * day)
	sweep(1)
	there(loose, false)
	there(kept, true)
	listed := 0
	if err := b.Each(t.Context(), func(files.Stored) error { listed++; return nil }); err != nil || listed != 1 {
		t.Errorf("%d files are left, %v", listed, err)
	}
}

// A storage that fails, is slow or away gives one clear error; nothing is lost, and it works again when the storage does.
func TestAStorageThatFails(t *testing.T) {
	s := openStorage(t, gofakes3.DefaultTimeSource())
	b := s.open(t, clock.System)
	kept, err := b.Put(t.Context(), strings.NewReader("kept"), 100)
	if err != nil {
		t.Fatal(err)
	}
	faults := map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"an error": func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "<Error><Code>InternalError</Code></Error>", http.StatusInternalServerError)
			return true
		},
		"another program": func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "<html>hello", http.StatusTeapot)
			return true
		},
		"keys that are refused": func(w http.ResponseWriter, r *http.Request) bool {
			http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
			return true
		},
		"a cut line": func(w http.ResponseWriter, r *http.Request) bool { panic(http.ErrAbortHandler) },
		"no answer in time": func(w http.ResponseWriter, r *http.Request) bool {
			io.Copy(io.Discard, r.Body) // only then does the server notice that nobody waits any more
			<-r.Context().Done()
			return true
		},
	}
	for name, fault := range faults {
		s.faulty(fault)
		ctx, cancel := t.Context(), func() {}
		if name == "no answer in time" {
			ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		}
		if _, err := b.Put(ctx, strings.NewReader("new"), 100); !errs.Is(err, errs.Unavailable) {
			t.Errorf("%s, putting: %v", name, err)
		}
		if _, _, err := b.Open(ctx, kept.SHA256); !errs.Is(err, errs.Unavailable) {
			t.Errorf("%s, opening: %v", name, err)
		}
		if err := b.Verify(ctx, kept.SHA256); !errs.Is(err, errs.Unavailable) || errors.Is(err, files.ErrDamaged) {
			t.Errorf("%s, verifying: %v", name, err)
		}
		if _, err := b.Sweep(ctx, func(context.Context, []string) (map[string]bool, error) { return nil, nil }); !errs.Is(err, errs.Unavailable) {
			t.Errorf("%s, sweeping: %v", name, err)
		}
		cancel()
		s.sound()
		if got := content(t, b, kept.SHA256); string(got) != "kept" {
			t.Errorf("%s, afterwards: %q", name, got)
		}
	}
	// The line is cut in the middle of a file: what came is not taken for the whole.
	long, err := b.Put(t.Context(), bytes.NewReader(make([]byte, 1<<20)), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	s.faulty(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet {
			return false
		}
		w.Header().Set("Content-Length", "1048576")
		w.Header().Set("Last-Modified", "Sun, 22 Nov 2026 12:00:00 GMT")
		w.Header().Set("ETag", `"x"`)
		w.WriteHeader(http.StatusPartialContent)
		w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	})
	if err := b.Verify(t.Context(), long.SHA256); !errs.Is(err, errs.Unavailable) {
		t.Errorf("a file that is cut: %v", err)
	}
	s.Server.Close()
	if _, err := b.Put(t.Context(), strings.NewReader("new"), 100); !errs.Is(err, errs.Unavailable) {
		t.Errorf("nobody is there: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "samklang-upload-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// At the start wrong settings are said, and a storage that is away is not a wrong setting.
func TestOpeningABucket(t *testing.T) {
	s := openStorage(t, gofakes3.DefaultTimeSource())
	open := func(p files.Place, k files.Keys) error {
		_, err := files.OpenBucket(t.Context(), p, k, clock.System, quiet)
		return err
	}
	if err := open(s.place, files.Keys{}); err == nil || !strings.Contains(err.Error(), "files-secret-file") {
		t.Errorf("no keys: %v", err)
	}
	other := s.place
	other.Bucket = "another-bucket"
	if err := open(other, keys); err == nil || !strings.Contains(err.Error(), "has no bucket another-bucket") {
		t.Errorf("another bucket: %v", err)
	}
	s.faulty(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusForbidden)
		return true
	})
	if err := open(s.place, keys); err == nil || !strings.Contains(err.Error(), "refuses the bucket") || strings.Contains(err.Error(), keys.Secret) {
		t.Errorf("wrong keys: %v", err)
	}
	s.Server.Close()
	if err := open(s.place, keys); err != nil {
		t.Errorf("nobody is there: %v", err)
	}
}

func TestKeysAreInNoLog(t *testing.T) {
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "keys", keys, "place", files.Place{Bucket: "b"})
	fmt.Fprintf(&log, "%v %+v %#v %s", keys, keys, keys, keys)
	if strings.Contains(log.String(), keys.Secret) {
		t.Error(log.String())
	}
}

// Files are carried from a disk to a bucket and back, and what was interrupted goes on; a damaged one is told.
func TestFilesAreMoved(t *testing.T) {
	from, dir := disk(t)
	s := openStorage(t, gofakes3.DefaultTimeSource())
	bucket := s.open(t, clock.System)
	var sums []string
	for n := range 20 {
		x, err := from.Put(t.Context(), strings.NewReader(fmt.Sprint("file ", n)), 100)
		if err != nil {
			t.Fatal(err)
		}
		sums = append(sums, x.SHA256)
	}
	silent := func(files.Moved) {}
	puts := 0
	s.faulty(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			puts++
		}
		if puts > 7 {
			w.WriteHeader(http.StatusForbidden)
		}
		return puts > 7
	})
	m, err := files.Move(t.Context(), from, bucket, silent)
	if !errs.Is(err, errs.Unavailable) || m.Put != 7 {
		t.Fatalf("%+v %v", m, err)
	}
	s.sound()
	if m, err = files.Move(t.Context(), from, bucket, silent); err != nil || m.Put != 13 || m.There != 7 {
		t.Fatalf("%+v %v", m, err)
	}
	back, backDir := disk(t)
	if m, err = files.Move(t.Context(), bucket, back, silent); err != nil || m.Put != 20 {
		t.Fatalf("%+v %v", m, err)
	}
	for _, sum := range sums {
		if err := back.Verify(t.Context(), sum); err != nil {
			t.Error(err)
		}
	}
	// One is damaged where it was carried to: it is carried again. One is damaged at its origin: it is told and not carried.
	place := func(dir, sum string) string { return filepath.Join(dir, sum[:2], sum[2:]) }
	if err := os.WriteFile(place(backDir, sums[0]), []byte("file X"), 0o600); err != nil {
		t.Fatal(err)
	}
	if m, err = files.Move(t.Context(), bucket, back, silent); err != nil || m.Put != 1 {
		t.Errorf("%+v %v", m, err)
	}
	if err := os.WriteFile(place(dir, sums[1]), []byte("file X"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty, _ := disk(t)
	if m, err = files.Move(t.Context(), from, empty, silent); err != nil || m.Put != 19 || len(m.Damaged) != 1 || m.Damaged[0] != sums[1] {
		t.Errorf("%+v %v", m, err)
	}
}

// While files are moved, they are found in both places, and new ones go to the first.
func TestTwoPlacesAtATime(t *testing.T) {
	old, _ := disk(t)
	fresh, dir := disk(t)
	x, err := old.Put(t.Context(), strings.NewReader("old"), 10)
	if err != nil {
		t.Fatal(err)
	}
	both := files.Also(fresh, old)
	y, err := both.Put(t.Context(), strings.NewReader("new"), 10)
	if err != nil {
		t.Fatal(err)
	}
	if string(content(t, both, x.SHA256))+string(content(t, both, y.SHA256)) != "oldnew" || both.Verify(t.Context(), x.SHA256) != nil {
		t.Error("one of the two is not found")
	}
	if n := names(t, dir); len(n) != 1 {
		t.Errorf("the first place has %v", n)
	}
	if _, _, err := both.Open(t.Context(), strings.Repeat("0", 64)); !errs.Is(err, errs.NotFound) {
		t.Error(err)
	}
}

func TestPlaces(t *testing.T) {
	for in, want := range map[string]files.Place{
		"data/files":      {Dir: "data/files"},
		"disk:/srv/files": {Dir: "/srv/files"},
		"s3://bucket?endpoint=https://s3.example.se":                        {Bucket: "bucket", Endpoint: "s3.example.se"},
		"s3://bucket/a/b/?endpoint=s3.example.se:9000&region=eu-north-1":    {Bucket: "bucket", Prefix: "a/b/", Endpoint: "s3.example.se:9000", Region: "eu-north-1"},
		"s3://bucket/office?region=&endpoint=http%3A%2F%2F127.0.0.1%3A9000": {Bucket: "bucket", Prefix: "office/", Endpoint: "127.0.0.1:9000", Plain: true},
	} {
		got, err := files.ParsePlace(in)
		if err != nil || got != want {
			t.Errorf("%s: %+v %v", in, got, err)
		}
		if again, err := files.ParsePlace(got.String()); err != nil || again != got {
			t.Errorf("%s is written %s, which is %+v %v", in, got, again, err)
		}
	}
	for in, want := range map[string]string{
		"":                                "is empty",
		"disk:":                           "is empty",
		"gs://bucket":                     "begins with gs",
		"s3://bucket":                     "no endpoint",
		"s3:///x?endpoint=s3.example":     "no bucket",
		"s3://id:secret@b?endpoint=s3.se": "files-secret-file",
		"s3://b?endpoint=ftp://s3.se":     "odd endpoint",
		"s3://b?endpoint=s3.se&secret=x":  "secret, which means nothing",
		"s3://b/../c?endpoint=s3.se":      "odd prefix",
		"s3://b?endpoint=a&endpoint=b":    "twice",
	} {
		if _, err := files.ParsePlace(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", in, err, want)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("s3://bucket/a/b/?endpoint=s3.example.se:9000&region=eu-north-1")
	f.Add("disk:/srv/files")
	f.Add("s3://b/%2e%2e/?endpoint=http://[::1]:9")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := files.ParsePlace(s)
		if err != nil {
			return
		}
		if again, err := files.ParsePlace(p.String()); p.Dir == "" && (err != nil || again != p) {
			t.Errorf("%q is %+v, written %q, read as %+v %v", s, p, p.String(), again, err)
		}
	})
}
