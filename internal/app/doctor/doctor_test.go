package doctor

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"samklang/internal/app"
	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/files"
	"samklang/internal/platform/jobs"
	"samklang/internal/platform/publiclog"

	"github.com/emersion/go-smtp"
)

// ward is a running installation of a test, and the doctor's view of it.
type ward struct {
	*Patient
	t     *testing.T
	app   *app.App
	plain *httptest.Server // where the program answers on this machine
	front *httptest.Server // what people reach it by, with TLS
	head  func(*http.Request)
}

// quiet keeps the tests' output to what failed.
var quiet = slog.New(slog.DiscardHandler)

// admit makes an installation on an engine, started and served.
func admit(t *testing.T, engine db.Engine) *ward {
	t.Helper()
	w := &ward{t: t, head: func(r *http.Request) {
		r.Header.Set("X-Forwarded-For", "127.0.0.1")
		r.Header.Set("X-Forwarded-Proto", "https")
	}}
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c := app.Config{Listen: "127.0.0.1:0", Data: dir, TrustProxy: true, TracesShare: 1, Version: "1.0.0"}
	if engine == db.Postgres {
		c.Database = dbtest.PostgresURL(t)
	} else {
		dbtest.SQLiteFile(t, filepath.Join(dir, "samklang.db"))
	}
	var handler atomic.Value
	w.plain = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { handler.Load().(http.Handler).ServeHTTP(rw, r) }))
	t.Cleanup(w.plain.Close)
	at, err := url.Parse(w.plain.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.front = httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(at)
		r.Out.Host = r.In.Host
		r.Out.Header["X-Forwarded-For"] = r.In.Header["X-Forwarded-For"]
		r.Out.Header["X-Forwarded-Proto"] = r.In.Header["X-Forwarded-Proto"]
		w.head(r.Out)
	}})
	t.Cleanup(w.front.Close)
	c.External, c.Listen = w.front.URL, at.Host
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	if w.app, err = app.New(t.Context(), c, quiet, clock.System); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.app.Close() })
	handler.Store(w.app.Handler())
	w.Patient = &Patient{Config: c, Now: clock.System.Now, HTTP: w.front.Client(), User: os.Geteuid()}
	w.open()
	return w
}

// open lets the doctor look at the installation anew.
func (w *ward) open() {
	e, err := app.Examine(w.t.Context(), w.Config, quiet, clock.System)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { e.Close() })
	w.DB, w.Queue, w.Log, w.Files, w.FilesFault = e.DB, e.Queue, e.Log, e.Files, e.FilesFault
}

// writer is a way past the program into its database.
func (w *ward) writer() *db.DB {
	d, err := db.Open(w.t.Context(), w.Config.Database, db.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { d.Close() })
	return d
}

func (w *ward) exec(statements ...string) {
	w.t.Helper()
	d := w.writer()
	for _, s := range statements {
		if _, err := d.Writer().Exec(s); err != nil {
			w.t.Fatalf("%s: %v", s, err)
		}
	}
}

type note struct{ Fails bool }

func (note) Kind() string { return "note" }

// queue is a queue that works jobs of the test.
func (w *ward) queue() (*db.DB, *jobs.Queue) {
	d := w.writer()
	q := jobs.New(d, quiet, clock.System)
	jobs.Handle(q, func(context.Context, note) error { return errors.New("the reason") })
	w.t.Cleanup(q.Close)
	return d, q
}

func (w *ward) enqueue(d *db.DB, q *jobs.Queue, opts ...jobs.Option) {
	w.t.Helper()
	if err := d.WithTx(w.t.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, note{}, opts...) }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *ward) person(email string) {
	w.t.Helper()
	if err := w.app.AddAdministrator(w.t.Context(), "Karin", email); err != nil {
		w.t.Fatal(err)
	}
}

const association = "01930000-0000-7000-8000-000000000001"

// upload writes the row of a file, and the file itself when it is to be there.
func (w *ward) upload(there bool) {
	w.t.Helper()
	sum := strings.Repeat("ab", 32)
	if there {
		store, err := files.OpenDisk(filepath.Join(w.Config.Data, "files"), clock.System)
		if err != nil {
			w.t.Fatal(err)
		}
		defer store.Close()
		s, err := store.Put(w.t.Context(), strings.NewReader("content"), 100)
		if err != nil {
			w.t.Fatal(err)
		}
		sum = s.SHA256
	}
	w.exec("INSERT INTO associations (id, slug, name, short_name, sort_key, created_at) VALUES ('"+association+"', 'alvkusten', 'Älvkusten', 'Älvkusten', 'a', '2026-11-22 12:00:00+00')",
		"INSERT INTO files (association_id, id, sha256, size, media_type, name, created_at) VALUES ('"+association+"', '"+id.New().String()+"', '"+sum+"', 7, 'text/plain', 'protokoll.txt', '2026-11-22 12:00:00+00')")
}

func (w *ward) mail(sent, failed, created time.Time) {
	w.t.Helper()
	_, err := w.writer().Writer().Exec("INSERT INTO mails (id, kind, to_address, subject, body_text, created_at, sent_at, failed_at, last_error) VALUES ('" + id.New().String() + "', 'x', 'a@example.test', 's', '', " +
		stamp(created) + ", " + stamp(sent) + ", " + stamp(failed) + ", '451 later')")
	if err != nil {
		w.t.Fatal(err)
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "NULL"
	}
	return "'" + t.UTC().Format("2006-01-02 15:04:05.999999") + "+00:00'"
}

// office is a mail server that takes mail from one sender.
type office struct{ takes string }

func (o office) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (office) Reset()                                        {}
func (office) Logout() error                                 { return nil }
func (o office) Mail(from string, _ *smtp.MailOptions) error {
	if from != o.takes {
		return &smtp.SMTPError{Code: 550, Message: "who are you"}
	}
	return nil
}
func (office) Rcpt(string, *smtp.RcptOptions) error {
	return errors.New("the doctor names a recipient")
}
func (office) Data(io.Reader) error { return errors.New("the doctor sends a mail") }

// witness names a witness in the settings and says how it has behaved.
func (w *ward) witness(refusedSince, fault string) {
	w.t.Helper()
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	key := publiclog.NewCosigner("other.example/log/witness", public).String()
	w.Config.LogWitness = []string{"https://other.example/log " + key}
	w.exec("INSERT INTO log_witnesses (verifier, size, asked_at, cosigned_at, refused_since, fault) VALUES ('" + key + "', 1, " + stamp(time.Now()) + ", " + stamp(time.Now()) + ", " + refusedSince + ", " + fault + ")")
}

func (w *ward) mailServer(takes string) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.t.Fatal(err)
	}
	srv := smtp.NewServer(office{takes})
	srv.Domain = "mail.example"
	go srv.Serve(l)
	w.t.Cleanup(func() { srv.Close() })
	_, port, _ := net.SplitHostPort(l.Addr().String())
	w.Config.SMTPHost, w.Config.MailFrom, w.Config.SMTPSecurity = "127.0.0.1", "samklang@example.test", "none"
	w.Config.SMTPPort, _ = strconv.Atoi(port)
}

type patientCase struct {
	check  string
	engine db.Engine // "" for both
	name   string
	make   func(w *ward) // nil for one who is as it was started: it is looked at for all such cases
	want   State
	says   string
}

// cases are a good and a bad patient for each look, on the engine it concerns.
var cases = []patientCase{
	{"settings", db.SQLite, "as they should be", nil, Well, "agree"},
	{"settings", db.SQLite, "contradict each other", func(w *ward) { w.ConfigFault = errors.New("external is not set") }, Fault, "external is not set"},
	{"settings", db.SQLite, "no TLS", func(w *ward) { w.Config.External = "http://samklang.example" }, Warning, "without TLS"},
	{"settings", db.SQLite, "a password in the open", func(w *ward) { w.Config.SMTPPassword = "x" }, Warning, "password"},
	{"settings", db.SQLite, "a secret in the open", func(w *ward) { w.Config.FilesSecret = "x" }, Warning, "secret"},
	{"settings", db.SQLite, "figures for everybody", func(w *ward) { w.Config.MetricsListen = "0.0.0.0:9464" }, Warning, "other machines"},

	{"data directory", db.SQLite, "its own", nil, Well, "belongs to its user"},
	{"data directory", db.SQLite, "open to all", func(w *ward) { os.Chmod(w.Config.Data, 0o755) }, Warning, "can look into"},
	{"data directory", db.SQLite, "not there", func(w *ward) { w.Config.Data += "x" }, Fault, "is not there"},
	{"data directory", db.SQLite, "somebody else's", func(w *ward) { w.User = os.Geteuid() + 4711 }, Fault, "what only its owner can read"},

	{"database", "", "answers", nil, Well, ""},
	{"database", "", "is gone", func(w *ward) { w.DB, w.DBFault = nil, errors.New("cannot reach it") }, Fault, "cannot reach it"},
	{"schema", "", "this program's", nil, Well, "those of this program"},
	{"schema", "", "an older one", func(w *ward) {
		w.exec("DELETE FROM goose_db_version WHERE version_id = (SELECT max(version_id) FROM goose_db_version)")
	}, Fault, "older than this program"},
	{"schema", "", "a newer one", func(w *ward) { w.exec("INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)") }, Warning, "newer program"},
	{"pooler", db.Postgres, "none", nil, Well, "directly"},
	{"pooler", db.SQLite, "no concern", nil, Skipped, "no concern"},
	{"database file", db.SQLite, "whole", nil, Well, "whole"},
	{"database file", db.Postgres, "no concern", nil, Skipped, "no concern"},
	{"database file", db.SQLite, "damaged", func(w *ward) {
		w.exec("PRAGMA wal_checkpoint(TRUNCATE)")
		path := strings.TrimPrefix(w.Config.Database, "sqlite:")
		var pages, size int64
		d, err := sql.Open("sqlite", path)
		if err != nil {
			w.t.Fatal(err)
		}
		defer d.Close()
		if err := errors.Join(d.QueryRow("PRAGMA page_count").Scan(&pages), d.QueryRow("PRAGMA page_size").Scan(&size)); err != nil {
			w.t.Fatal(err)
		}
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			w.t.Fatal(err)
		}
		defer f.Close()
		for page := int64(8); page < pages; page++ {
			if _, err := f.WriteAt([]byte(strings.Repeat("rust", 8)), page*size); err != nil {
				w.t.Fatal(err)
			}
		}
	}, Fault, "damaged"},

	{"files", "", "none", nil, Well, "No files"},
	{"files", "", "there", func(w *ward) { w.upload(true) }, Well, "one uploaded file"},
	{"files", "", "missing", func(w *ward) { w.upload(false) }, Fault, "protokoll.txt"},

	{"program", "", "runs", nil, Well, "1.0.0"},
	{"program", db.SQLite, "does not run", func(w *ward) { w.plain.Close() }, Fault, "does not answer"},
	{"program", db.SQLite, "is an older one", func(w *ward) { w.Config.Version = "2.0.0" }, Warning, "the one on disk is 2.0.0"},
	{"program", db.SQLite, "another one", func(w *ward) {
		w.Config.Listen = hostOf(w.Config.External) + ":" + stranger(w.t)
	}, Fault, "does not belong"},

	{"address", "", "shows this installation", nil, Well, "shows this installation"},
	{"address", db.SQLite, "not set", func(w *ward) { w.Config.External = "" }, Skipped, "not set"},
	{"address", db.SQLite, "nobody is there", func(w *ward) { w.front.Close() }, Fault, "Nobody reaches"},
	{"address", db.SQLite, "another installation", func(w *ward) { w.Config.External = admit(w.t, db.SQLite).Config.External }, Fault, "does not show this installation"},
	{"address", db.SQLite, "a certificate nobody believes", func(w *ward) { w.HTTP = &http.Client{} }, Fault, "does not let us in"},
	{"certificate", db.SQLite, "good", nil, Well, "is good for"},
	{"certificate", db.SQLite, "nobody believes it", func(w *ward) { w.HTTP = &http.Client{} }, Fault, "will not believe"},
	{"certificate", db.SQLite, "soon at its end", func(w *ward) {
		end := w.front.Certificate().NotAfter
		w.Now = func() time.Time { return end.Add(-10 * 24 * time.Hour) }
	}, Warning, "ends in 10 days"},
	{"certificate", db.SQLite, "at its end", func(w *ward) {
		end := w.front.Certificate().NotAfter
		w.Now = func() time.Time { return end.Add(-time.Hour) }
	}, Fault, "ends in 60 minutes"},

	{"proxy", db.SQLite, "says who asks", nil, Well, "rightly"},
	{"proxy", db.SQLite, "passes on what visitors say", func(w *ward) {
		w.head = func(r *http.Request) { r.Header.Set("X-Forwarded-Proto", "https") }
	}, Fault, "pretend to be anybody else"},
	{"proxy", db.SQLite, "hides TLS", func(w *ward) {
		w.head = func(r *http.Request) {
			r.Header.Set("X-Forwarded-For", "127.0.0.1")
			r.Header.Del("X-Forwarded-Proto")
		}
	}, Fault, "X-Forwarded-Proto: nothing"},
	{"proxy", db.SQLite, "hides the name", func(w *ward) {
		was := w.head
		w.head = func(r *http.Request) {
			was(r)
			r.Host = "127.0.0.1:1"
		}
	}, Fault, "hears the name 127.0.0.1:1"},
	{"proxy", db.SQLite, "none, and one is believed", func(w *ward) { w.Config.External = w.plain.URL }, Fault, "reached without a proxy"},

	{"copies", "", "one", nil, Well, "one copy of the program: 1.0.0"},
	{"copies", db.SQLite, "none", func(w *ward) { w.plain.Close(); w.front.Close() }, Skipped, "No copy"},
	{"clock", "", "right", nil, Well, "agree"},
	{"clock", "", "wrong", func(w *ward) { w.Now = func() time.Time { return time.Now().Add(-time.Minute) } }, Fault, "ahead of this machine's"},

	{"mail server", db.SQLite, "takes our mail", func(w *ward) { w.mailServer("samklang@example.test") }, Well, "Nothing was sent"},
	{"mail server", db.SQLite, "none", nil, Warning, "no mail server"},
	{"mail server", db.SQLite, "refuses us", func(w *ward) { w.mailServer("other@example.test") }, Fault, "who are you"},
	{"mail server", db.SQLite, "gone", func(w *ward) {
		w.mailServer("x")
		w.Config.SMTPPort = 1
	}, Fault, "does not take our mail"},
	{"mail", "", "goes out", func(w *ward) { w.mail(time.Now(), time.Time{}, time.Now().Add(-time.Hour)) }, Well, "go out"},
	{"mail", "", "waits", func(w *ward) { w.mail(time.Time{}, time.Time{}, time.Now().Add(-time.Hour)) }, Fault, "451 later"},
	{"mail", "", "was given up", func(w *ward) { w.mail(time.Time{}, time.Now(), time.Now()) }, Warning, "One mail was given up"},

	{"jobs", "", "none", nil, Well, "Nothing waits"},
	{"jobs", "", "wait", func(w *ward) {
		d, q := w.queue()
		w.enqueue(d, q, jobs.At(time.Now().Add(-time.Hour)))
	}, Fault, "for 60 minutes"},
	{"jobs", "", "were given up", func(w *ward) {
		d, q := w.queue()
		w.enqueue(d, q, jobs.Attempts(1))
		if err := q.Drain(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}, Warning, "the reason"},
	{"nightly work", "", "has not begun", nil, Skipped, "not run over a night"},
	{"nightly work", "", "was done", func(w *ward) {
		w.exec("INSERT INTO job_ticks (name, tick) VALUES ('sweep', " + stamp(time.Now()) + ")")
	}, Well, "was done"},
	{"nightly work", "", "was not done", func(w *ward) {
		w.exec("INSERT INTO job_ticks (name, tick) VALUES ('sweep', " + stamp(time.Now().Add(-50*time.Hour)) + ")")
	}, Fault, "sweep"},

	{"backups", db.SQLite, "unknown", nil, Warning, "not known"},
	{"backups", db.SQLite, "none", func(w *ward) { w.backup("notes.txt", 0) }, Fault, "no backup"},
	{"backups", db.SQLite, "of last night", func(w *ward) { w.backup("samklang-20261122T010000Z.backup.age", 5*time.Hour) }, Well, "5 hours old"},
	{"backups", db.SQLite, "of last week", func(w *ward) { w.backup("samklang-20261115T010000Z.backup", 7*24*time.Hour) }, Fault, "7 days old"},
	{"backups", db.SQLite, "nowhere", func(w *ward) { w.Config.Backups = filepath.Join(w.Config.Data, "gone") }, Fault, "cannot be read"},

	{"public log", "", "not begun", nil, Warning, "no public log yet"},
	{"public log", "", "proves the records", func(w *ward) { w.beginLog() }, Well, "are what the public log proves"},
	{"public log", db.SQLite, "proves other records", func(w *ward) {
		w.beginLog()
		var drop []string
		if err := w.DB.Read().NewRaw("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'log_entries'").Scan(w.t.Context(), &drop); err != nil {
			w.t.Fatal(err)
		}
		for _, name := range drop {
			w.exec("DROP TRIGGER " + name)
		}
		w.exec("UPDATE log_entries SET body = replace(body, '2', '3')")
	}, Fault, "not what the public log proves"},
	{"witnesses", db.SQLite, "none", nil, Skipped, "No witness"},
	{"witnesses", "", "cosign", func(w *ward) { w.witness("NULL", "''") }, Well, "cosigns"},
	{"witnesses", "", "refuse", func(w *ward) { w.witness(stamp(time.Now()), "'409 another history'") }, Fault, "another history"},
	{"witnesses", db.SQLite, "have not been asked", func(w *ward) {
		w.witness("NULL", "''")
		w.exec("DELETE FROM log_witnesses")
	}, Warning, "1 of 1"},

	{"administrators", "", "nobody yet", nil, Warning, "Nobody can log in"},
	{"administrators", "", "one", func(w *ward) { w.person("karin@example.test") }, Warning, "One person alone"},
	{"administrators", "", "two", func(w *ward) {
		w.person("karin@example.test")
		w.person("olle@example.test")
	}, Well, "2 people"},
	{"administrators", "", "none of those there are", func(w *ward) {
		w.person("karin@example.test")
		w.exec("UPDATE accounts SET admin = FALSE")
	}, Fault, "Nobody manages"},
}

// stranger is the port of another program.
func stranger(t *testing.T) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("ok\n")) }))
	t.Cleanup(s.Close)
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	return port
}

func TestWhatTheDoctorFinds(t *testing.T) {
	for _, engine := range []db.Engine{db.SQLite, db.Postgres} {
		t.Run(string(engine), func(t *testing.T) {
			untouched := admit(t, engine)
			for _, c := range cases {
				if c.engine != "" && c.engine != engine {
					continue
				}
				t.Run(strings.ReplaceAll(c.check+"/"+c.name, " ", "_"), func(t *testing.T) {
					w := untouched
					if c.make != nil {
						t.Parallel()
						w = admit(t, engine)
						c.make(w)
					}
					var told []Finding
					for _, k := range checks {
						if k.name == c.check {
							told = k.look(t.Context(), w.Patient)
						}
					}
					for _, f := range told {
						if f.State == c.want && strings.Contains(f.Says, c.says) {
							if (f.State == Fault || f.State == Warning) != (f.Do != "") || !strings.HasSuffix(f.Says, ".") && f.State == Well {
								t.Errorf("%+v", f)
							}
							return
						}
					}
					t.Errorf("found %+v, want %s with %q", told, c.want, c.says)
				})
			}
		})
	}
}

func TestEveryLookHasAGoodAndABadPatient(t *testing.T) {
	pure := map[string]bool{"disk": true, "pooler": true, "copies": true} // their bad ones are in TestJudgements
	for _, name := range Names() {
		good := name == "disk" || // in TestJudgements too: how much room this machine has is not known
			slices.ContainsFunc(cases, func(c patientCase) bool { return c.check == name && c.want == Well })
		bad := pure[name]
		for _, c := range cases {
			bad = bad || c.check == name && (c.want == Fault || c.want == Warning)
		}
		if !good || !bad {
			t.Errorf("%s: good %v, bad %v", name, good, bad)
		}
	}
}

// How much room is left on the machine that tests run on is not known: the doctor says what holds there.
func TestTheDiskOfTheDataIsLookedAt(t *testing.T) {
	dir := t.TempDir()
	free, total, err := space(dir)
	if err != nil {
		t.Fatal(err)
	}
	told := disk(t.Context(), &Patient{Config: app.Config{Data: dir}})
	if want := judgeSpace(dir, free, total); len(told) != 1 || told[0].State != want[0].State || !strings.Contains(told[0].Says, "left") {
		t.Errorf("found %+v, want %+v", told, want)
	}
}

// What cannot be brought about in a test is judged from what was measured.
func TestJudgements(t *testing.T) {
	v := func(copy, version string) met { return met{app.Visit{Copy: copy, Version: version}, 0} }
	for _, c := range []struct {
		name string
		got  []Finding
		want State
	}{
		{"a disk with room", judgeSpace("x", 50<<30, 100<<30), Well},
		{"a disk nearly full", judgeSpace("x", 900<<20, 10<<30), Warning},
		{"a large disk nearly full", judgeSpace("x", 4<<30, 100<<30), Warning},
		{"a full disk", judgeSpace("x", 50<<20, 10<<30), Fault},
		{"a recent server", judgeServer("15.6", 150006, time.Millisecond), Well},
		{"an old server", judgeServer("13.1", 130001, time.Millisecond), Fault},
		{"a server far away", judgeServer("16.1", 160001, 90*time.Millisecond), Warning},
		{"no pooler", judgePooler(false, "samklang", ""), Well},
		{"a pooler and a limit", judgePooler(true, "samklang", "statement_timeout=30s"), Well},
		{"a pooler and no limit", judgePooler(true, "samklang", ""), Warning},
		{"a pooler and the limit none", judgePooler(true, "samklang", "statement_timeout=0"), Warning},
		{"copies of one version", judgeCopies([]met{v("a", "1"), v("b", "1")}), Well},
		{"copies of two versions", judgeCopies([]met{v("a", "1"), v("b", "2")}), Warning},
		{"clocks a second apart", judgeClocks(map[string]time.Duration{"a": time.Second}), Well},
		{"a clock behind", judgeClocks(map[string]time.Duration{"a": 0, "b": -time.Minute}), Fault},
		{"no other clock", judgeClocks(nil), Skipped},
		{"a proxy that is not believed", judgeProxy("https://x", app.Visit{Host: "x", ForwardedFor: spoofed + ", 192.0.2.1", ForwardedProto: "https"}), Fault},
	} {
		if len(c.got) != 1 || c.got[0].State != c.want {
			t.Errorf("%s: %+v, want %s", c.name, c.got, c.want)
		}
	}
}

// A whole examination goes on past what is broken, says each thing once, and is not well when anything is a fault.
func TestAnExaminationOfOneWhoIsVeryIll(t *testing.T) {
	w := admit(t, db.SQLite)
	if list := Examine(t.Context(), w.Patient); !Healthy(list) || len(list) < len(Names()) {
		t.Errorf("%+v", list)
	}
	w.DB, w.DBFault = nil, errors.New("gone")
	list := Examine(t.Context(), w.Patient)
	faults := 0
	for _, f := range list {
		if f.State == Fault {
			faults++
		}
	}
	if Healthy(list) || faults != 1 {
		t.Errorf("%d faults: %+v", faults, list)
	}
	list = Examine(t.Context(), &Patient{ConfigFault: errors.New("no"), DBFault: errors.New("no"), Now: time.Now})
	if Healthy(list) || list[0].State != Fault || list[1].State != Skipped {
		t.Errorf("%+v", list)
	}
}

// Only who has the installation's key is told more than that the program answers.
func TestStrangersAreToldNothing(t *testing.T) {
	w := admit(t, db.SQLite)
	key, err := app.VisitKey(t.Context(), w.DB)
	if err != nil || len(key) < 20 {
		t.Fatalf("%q %v", key, err)
	}
	good := app.VisitProof(key)
	nonce, sum, _ := strings.Cut(good, ".")
	for _, header := range []string{"", "x", ".", nonce, nonce + ".", nonce + "." + hex.EncodeToString(make([]byte, 32)), "other." + sum, app.VisitProof(""), strings.Repeat("a", 1000) + "." + sum} {
		r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		r.Header.Set(app.VisitHeader, header)
		rec := httptest.NewRecorder()
		w.app.Handler().ServeHTTP(rec, r)
		if rec.Body.String() != "ok\n" {
			t.Errorf("%q: %s", header, rec.Body)
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/healthz", nil)
	r.Header.Set(app.VisitHeader, good)
	rec := httptest.NewRecorder()
	w.app.Handler().ServeHTTP(rec, r)
	if !strings.Contains(rec.Body.String(), `"version":"1.0.0"`) || rec.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s", rec.Body)
	}
}

func (w *ward) beginLog() {
	w.t.Helper()
	if _, err := w.app.PublicLog().CatchUp(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// backup puts a file of that age into a directory of backups.
func (w *ward) backup(name string, age time.Duration) {
	w.t.Helper()
	w.Config.Backups = w.t.TempDir()
	path := filepath.Join(w.Config.Backups, name)
	then := time.Now().Add(-age - time.Minute)
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Chtimes(path, then, then)); err != nil {
		w.t.Fatal(err)
	}
}
