package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// balancer is a haproxy that spreads requests over the copies of the program that say they are ready.
type balancer struct {
	port    int
	control string
}

// balance starts a haproxy before the ports of copies. It sends nothing twice: what a copy refuses or breaks off, the visitor sees.
func (r *rig) balance(public int, ports map[string]int) (*balancer, error) {
	if _, err := exec.LookPath("haproxy"); err != nil {
		return nil, fmt.Errorf("haproxy is not on this machine (Debian: haproxy)")
	}
	b := &balancer{port: public, control: filepath.Join(r.dir, "haproxy")}
	conf := fmt.Sprintf(`global
  stats socket %s level admin
defaults
  mode http
  retries 0
  timeout connect 5s
  timeout client 1m
  timeout server 1m
frontend all
  bind 127.0.0.1:%d
  default_backend copies
backend copies
  balance roundrobin
  option httpchk GET /readyz
  default-server check inter 500ms fall 2 rise 1
  http-response set-header X-Served %%s
`, b.control, b.port)
	for name, port := range ports {
		conf += fmt.Sprintf("  server %s 127.0.0.1:%d\n", name, port)
	}
	file := filepath.Join(r.dir, "haproxy.cfg")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		return nil, err
	}
	cmd := exec.Command("haproxy", "-db", "-f", file)
	log, err := os.Create(filepath.Join(r.dir, "haproxy.log"))
	if err != nil {
		return nil, err
	}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	r.undo = append(r.undo, func() {
		cmd.Process.Kill()
		cmd.Wait()
		log.Close()
	})
	for name := range ports {
		if err := b.until(name, "UP"); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *balancer) base() string { return fmt.Sprint("http://127.0.0.1:", b.port) }

// say gives haproxy an order and gives back what it answers.
func (b *balancer) say(order string) (string, error) {
	var c net.Conn
	var err error
	for begin := time.Now(); time.Since(begin) < 10*time.Second; time.Sleep(20 * time.Millisecond) {
		if c, err = net.Dial("unix", b.control); err == nil {
			break
		}
	}
	if err != nil {
		return "", err
	}
	defer c.Close()
	fmt.Fprintln(c, order)
	text, err := io.ReadAll(c)
	return string(text), err
}

// column is a figure of a copy in haproxy's statistics.
func (b *balancer) column(copy, name string) (string, error) {
	text, err := b.say("show stat")
	if err != nil {
		return "", err
	}
	lines := strings.Split(text, "\n")
	names := strings.Split(strings.TrimPrefix(lines[0], "# "), ",")
	for _, l := range lines[1:] {
		if f := strings.Split(l, ","); len(f) > 1 && f[0] == "copies" && f[1] == copy {
			for i, n := range names {
				if n == name {
					return f[i], nil
				}
			}
		}
	}
	return "", fmt.Errorf("haproxy says nothing about %s of %s", name, copy)
}

// until waits until haproxy sees a copy in a state.
func (b *balancer) until(copy, state string) error {
	got := ""
	for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		var err error
		if got, err = b.column(copy, "status"); err != nil {
			return err
		}
		if strings.HasPrefix(got, state) {
			return nil
		}
	}
	return fmt.Errorf("haproxy sees %s as %s and not as %s", copy, got, state)
}

// takeOut lets no new request go to a copy and waits until those on their way are answered.
func (b *balancer) takeOut(copy string) error {
	if _, err := b.say("set server copies/" + copy + " state drain"); err != nil {
		return err
	}
	for begin := time.Now(); time.Since(begin) < 30*time.Second; time.Sleep(20 * time.Millisecond) {
		n, err := b.column(copy, "scur")
		if err != nil {
			return err
		}
		if n == "0" {
			return nil
		}
	}
	return fmt.Errorf("%s still has requests", copy)
}

// putBack lets requests go to a copy again once it says that it is ready.
func (b *balancer) putBack(copy string) error {
	if _, err := b.say("set server copies/" + copy + " state ready"); err != nil {
		return err
	}
	return b.until(copy, "UP")
}
