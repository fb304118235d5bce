package dbtest

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Pooler is a PgBouncer in transaction mode in front of a database.
type Pooler struct {
	URL  string // the database through it
	t    testing.TB
	at   string
	conf string
	cmd  *exec.Cmd
}

// Pool starts a PgBouncer before the database that dsn names, with so many connections to it. Where the program is missing the test does not
// run and says so, except in CI, where that is a failure.
func Pool(t testing.TB, dsn string, connections int) *Pooler {
	t.Helper()
	if _, err := exec.LookPath("pgbouncer"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("pgbouncer is not on this machine: in CI the tests behind a pooler must run")
		}
		t.Skip("pgbouncer is not on this machine (Debian: pgbouncer), so nothing was tested behind a pooler here")
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Pooler{t: t, at: l.Addr().String()}
	l.Close()
	host, port, _ := net.SplitHostPort(u.Host)
	_, own, _ := net.SplitHostPort(p.at)
	dir, err := os.MkdirTemp("", "samklang-pgbouncer") // t.TempDir is closed to the user it runs as
	if err != nil {
		t.Fatal(err)
	}
	p.conf = filepath.Join(dir, "pgbouncer.ini")
	conf := fmt.Sprintf("[databases]\n* = host=%s port=%s user=%s\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %s\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = %d\nserver_login_retry = 1\nunix_socket_dir =\nlogfile = %s\n",
		host, port, u.User.Username(), own, connections, filepath.Join(dir, "log"))
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p.conf, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	u.Host = p.at
	p.URL = u.String()
	p.Start()
	t.Cleanup(func() {
		p.Stop()
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			lines := strings.Split(string(log), "\n")
			t.Logf("pgbouncer wrote:\n%s", strings.Join(lines[max(0, len(lines)-30):], "\n"))
		}
		os.RemoveAll(dir)
	})
	return p
}

// Start starts it, and again after Stop.
func (p *Pooler) Start() {
	p.t.Helper()
	args := []string{p.conf}
	if os.Getuid() == 0 { // which it refuses to run as
		args = []string{"-u", "nobody", p.conf}
	}
	p.cmd = exec.Command("pgbouncer", args...)
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for begin := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", p.at)
		if err == nil {
			c.Close()
			return
		}
		if time.Since(begin) > 10*time.Second {
			p.t.Fatalf("pgbouncer does not answer: %v", err)
		}
	}
}

// Stop ends it as a restart or a crash does: every connection through it is cut.
func (p *Pooler) Stop() {
	if p.cmd != nil {
		p.cmd.Process.Kill()
		p.cmd.Wait()
		p.cmd = nil
	}
}
