package main

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// programEnv turns the test binary into the program.
const programEnv = "SAMKLANG_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		main()
	}
	code := m.Run()
	os.RemoveAll(exampleDir)
	os.Exit(code)
}

// program starts the program and waits until it says where it answers.
func program(t *testing.T, args ...string) (cmd *exec.Cmd, address string, stderr *bytes.Buffer) {
	t.Helper()
	cmd, stderr = exec.Command(os.Args[0], args...), &bytes.Buffer{}
	cmd.Env = append(os.Environ(), programEnv+"=1")
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	at := regexp.MustCompile(`http://(localhost:\d+)`).FindStringSubmatch(line)
	if err != nil || at == nil {
		t.Fatalf("%q %v %s", line, err, stderr)
	}
	return cmd, at[1], stderr
}

// slowOffice is a mail server that takes its time with every mail.
type slowOffice struct {
	begun, release chan struct{}
}

func (o slowOffice) NewSession(*smtp.Conn) (smtp.Session, error) { return o, nil }
func (slowOffice) Reset()                                        {}
func (slowOffice) Logout() error                                 { return nil }
func (slowOffice) Mail(string, *smtp.MailOptions) error          { return nil }
func (slowOffice) Rcpt(string, *smtp.RcptOptions) error          { return nil }
func (o slowOffice) Data(r io.Reader) error {
	if _, err := io.Copy(io.Discard, r); err != nil {
		return err
	}
	select {
	case o.begun <- struct{}{}:
	default:
	}
	<-o.release
	return nil
}

func (o slowOffice) serve(t *testing.T) (port int) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	srv := smtp.NewServer(o)
	srv.Domain = "mail.example"
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return l.Addr().(*net.TCPAddr).Port
}

// Told to stop, the program takes no new connections, answers the request that is under way, lets the job at work finish, and ends well.
func TestToldToStopItFinishesWhatItHasBegun(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"user", "add", "--data", dir, "karin@example.test", "Karin"}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	office := slowOffice{make(chan struct{}, 1), make(chan struct{})}
	cmd, address, stderr := program(t, "serve", "--listen", "127.0.0.1:0", "--data", dir, "--smtp-host", "127.0.0.1", "--smtp-port", strconv.Itoa(office.serve(t)), "--smtp-security", "none", "--mail-from", "samklang@example.test")

	res, err := http.PostForm("http://"+address+"/logga-in", map[string][]string{"email": {"karin@example.test"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	select {
	case <-office.begun: // the job that mails the code is at work
	case <-time.After(20 * time.Second):
		t.Fatal("no mail came")
	}

	slow, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Close()
	body := "email=karin%40example.test"
	fmt.Fprintf(slow, "POST /logga-in HTTP/1.1\r\nHost: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body[:5])
	time.Sleep(100 * time.Millisecond) // until the handler waits for the rest of the form
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	refused := false
	for begin := time.Now(); !refused && time.Since(begin) < 10*time.Second; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", address)
		if refused = err != nil; !refused {
			c.Close()
		}
	}
	if !refused {
		t.Error("a new connection is taken after the program was told to stop")
	}
	io.WriteString(slow, body[5:])
	answer, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatalf("the request under way: %v", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusSeeOther {
		t.Errorf("the request under way was answered with %d", answer.StatusCode)
	}
	close(office.release)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("it ended with %v\n%s", err, stderr)
		}
	case <-time.After(25 * time.Second):
		t.Fatal("it does not end")
	}
	d, err := sql.Open("sqlite", filepath.Join(dir, "samklang.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	var sent, running int
	if err := d.QueryRow("SELECT (SELECT count(*) FROM mails WHERE sent_at IS NOT NULL), (SELECT count(*) FROM river_job WHERE state = 'running')").Scan(&sent, &running); err != nil || sent == 0 || running != 0 {
		t.Errorf("%d mails are noted as sent and %d jobs as running, %v", sent, running, err)
	}
}

func TestAProgramThatCannotStartSaysWhatToChange(t *testing.T) {
	for _, c := range []struct{ args, want string }{
		{"serve --listen 8080", "write an address and a port"},
		{"serve --listen :8080", "external is not set"},
		{"demo --listen 0.0.0.0:8080", "listen on 127.0.0.1"},
		{"serve --database mysql://x", "sqlite: or postgres://"},
		{"serve --nonsense", "there is no flag --nonsense"},
		{"serve --smtp-security maybe", "starttls"},
		{"serve --settings " + filepath.Join("no", "such", "file"), "no such file"},
	} {
		var out, complaint bytes.Buffer
		args := append(strings.Fields(c.args), "--data", t.TempDir())
		if code := run(context.Background(), args, &out, &complaint); code == 0 || !strings.Contains(complaint.String(), c.want) {
			t.Errorf("%s: %d %q, want %q", c.args, code, complaint.String(), c.want)
		}
	}
}

func TestACodeFromTheCommandLineSaysWhereToEnterIt(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	if code := run(t.Context(), []string{"user", "add", "--data", dir, "karin@example.test", "Karin"}, &out, &out); code != 0 {
		t.Fatal(out.String())
	}
	for args, want := range map[string]string{
		"":                                     "http://localhost:8080/logga-in/",
		" --listen 127.0.0.1:9000":             "http://localhost:9000/logga-in/",
		" --external https://samklang.example": "https://samklang.example/logga-in/",
	} {
		out.Reset()
		if code := run(t.Context(), strings.Fields("user code karin@example.test --data "+dir+args), &out, &out); code != 0 || !strings.Contains(out.String(), "Open "+want) {
			t.Errorf("%s: %d %s", args, code, out.String())
		}
	}
}
