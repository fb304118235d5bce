package main

import (
	"net"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// The service manager hears when the program answers and when it stops.
func TestTheServiceManagerIsTold(t *testing.T) {
	for _, address := range []string{filepath.Join(t.TempDir(), "notify"), "@samklang-test-" + filepath.Base(t.TempDir())} {
		name := address
		if name[0] == '@' {
			name = "\x00" + name[1:]
		}
		l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		hear := func() string {
			b := make([]byte, 100)
			l.SetReadDeadline(time.Now().Add(20 * time.Second))
			n, err := l.Read(b)
			if err != nil {
				t.Fatal(err)
			}
			return string(b[:n])
		}
		t.Setenv("NOTIFY_SOCKET", address)
		cmd, _, stderr := program(t, "serve", "--listen", "127.0.0.1:0", "--data", t.TempDir())
		if got := hear(); got != "READY=1" {
			t.Errorf("%q", got)
		}
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if got := hear(); got != "STOPPING=1" {
			t.Errorf("%q", got)
		}
		if err := cmd.Wait(); err != nil {
			t.Errorf("%v %s", err, stderr)
		}
	}
}
