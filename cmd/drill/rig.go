package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// rig is what a drill has set up on this machine, in a directory of its own that goes with it.
type rig struct {
	dir   string
	files string // the directory of uploaded files, which all copies share
	undo  []func()
}

func newRig() (*rig, error) {
	dir, err := os.MkdirTemp("", "samklang-drill")
	if err != nil {
		return nil, err
	}
	r := &rig{dir: dir, files: filepath.Join(dir, "files")}
	r.undo = append(r.undo, func() { os.RemoveAll(dir) })
	return r, os.Chmod(dir, 0o755)
}

func (r *rig) clear() {
	for _, fn := range slices.Backward(r.undo) {
		fn()
	}
}

// port is one that nobody answers on.
func port() int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// servant is whom servers run as that refuse to run as root.
func servant() (*syscall.SysProcAttr, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.Atoi(u.Uid)
			gid, _ := strconv.Atoi(u.Gid)
			return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
		}
	}
	return nil, errors.New("there is neither a user postgres nor a user nobody")
}

// copyOf is a running copy of the program.
type copyOf struct {
	name  string
	port  int
	lines chan string // what it prints
	log   bytes.Buffer
	cmd   *exec.Cmd
	ended chan struct{}
}

// start starts a copy of the program and waits until it says that it is ready.
func (r *rig) start(name, program string, port int, settings ...string) (*copyOf, error) {
	c := &copyOf{name: name, port: port, lines: make(chan string, 10), ended: make(chan struct{})}
	c.cmd = exec.Command(program, append([]string{"serve", "--listen", fmt.Sprint("127.0.0.1:", port), "--data", r.files}, settings...)...)
	c.cmd.Stderr = &c.log
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	r.undo = append(r.undo, c.kill)
	go func() {
		for s := bufio.NewScanner(out); s.Scan(); {
			c.lines <- s.Text()
		}
		c.cmd.Wait()
		close(c.ended)
	}()
	_, err = c.says("Samklang is ready")
	return c, err
}

// says waits for a line that the program prints.
func (c *copyOf) says(what string) (string, error) {
	for {
		select {
		case line := <-c.lines:
			if strings.Contains(line, what) {
				return strings.TrimSpace(line), nil
			}
		case <-c.ended:
			return "", fmt.Errorf("%s ended:\n%s", c.name, c.log.String())
		case <-time.After(time.Minute):
			return "", fmt.Errorf("%s does not say %q:\n%s", c.name, what, c.log.String())
		}
	}
}

// stop tells the copy to stop and waits until it has.
func (c *copyOf) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-c.ended:
		if !c.cmd.ProcessState.Success() {
			return fmt.Errorf("%s ended with %s:\n%s", c.name, c.cmd.ProcessState, c.log.String())
		}
		return nil
	case <-time.After(time.Minute):
		return fmt.Errorf("%s does not stop", c.name)
	}
}

func (c *copyOf) kill() {
	select {
	case <-c.ended:
	default:
		c.cmd.Process.Kill()
		<-c.ended
	}
}

func (c *copyOf) base() string { return fmt.Sprint("http://127.0.0.1:", c.port) }

// ready asks the copy whether it is.
func (c *copyOf) ready() bool {
	res, err := http.Get(c.base() + "/readyz")
	if err != nil {
		return false
	}
	res.Body.Close()
	return res.StatusCode == http.StatusOK
}
