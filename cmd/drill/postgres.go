package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cluster is a PostgreSQL server of the drill.
type cluster struct {
	name string
	dir  string
	port int
	bin  string
}

// programs is the directory of PostgreSQL's programs.
func programs() (string, error) {
	list, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(list) > 0 {
		return filepath.Dir(list[len(list)-1]), nil
	}
	p, err := exec.LookPath("initdb")
	if err != nil {
		return "", fmt.Errorf("PostgreSQL is not on this machine (Debian: postgresql)")
	}
	return filepath.Dir(p), nil
}

func (r *rig) cluster(name string) (*cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c := &cluster{name: name, dir: filepath.Join(r.dir, name), port: port(), bin: bin}
	if err := os.Mkdir(c.dir, 0o700); err != nil {
		return nil, err
	}
	who, err := servant()
	if err != nil {
		return nil, err
	}
	if who != nil {
		if err := os.Chown(c.dir, int(who.Credential.Uid), int(who.Credential.Gid)); err != nil {
			return nil, err
		}
	}
	r.undo = append(r.undo, func() { c.do("pg_ctl", "-D", c.data(), "-m", "immediate", "stop") })
	return c, nil
}

func (c *cluster) data() string { return filepath.Join(c.dir, "data") }

// do runs one of PostgreSQL's programs as the server's user.
func (c *cluster) do(program string, args ...string) error {
	cmd := exec.Command(filepath.Join(c.bin, program), args...)
	who, err := servant()
	if err != nil {
		return err
	}
	cmd.SysProcAttr, cmd.Dir = who, c.dir
	log, err := os.CreateTemp("", "samklang-drill-log") // not a pipe, which the server would inherit and hold open
	if err != nil {
		return err
	}
	defer os.Remove(log.Name())
	defer log.Close()
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%s %s: %w\n%s", program, strings.Join(args, " "), err, text)
	}
	return nil
}

// initialise makes an empty cluster that can have a standby. It waits for the disk as a real one does.
func (c *cluster) initialise() error {
	if err := c.do("initdb", "-D", c.data(), "-U", "samklang", "-A", "trust", "-E", "UTF8", "--locale=C"); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\nmax_connections = 100\nwal_log_hints = on\nwal_keep_size = 256MB\nlogging_collector = off\n")
	return err
}

func (c *cluster) start() error {
	return c.do("pg_ctl", "-D", c.data(), "-w", "-l", filepath.Join(c.dir, "log"), "-o", fmt.Sprint("-p ", c.port), "start")
}

// follow makes c a standby of the running server p, from a copy of it. It gets what is written from then on over a port that leads there.
func (c *cluster) follow(p *cluster, over int) error {
	if err := c.do("pg_basebackup", "-d", conninfo(p.port, c.name), "-D", c.data(), "-R", "-X", "stream", "-c", "fast"); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.auto.conf"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := fmt.Fprintf(f, "primary_conninfo = '%s'\n", conninfo(over, c.name)); err != nil {
		return err
	}
	return c.start()
}

// conninfo is how a standby of that name reaches the server.
func conninfo(port int, standby string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=samklang dbname=postgres application_name=%s", port, standby)
}

// rejoin makes a former primary a standby of p: pg_rewind takes back what p never had. Before PostgreSQL 16 it reads from p's last checkpoint that p
// is on a timeline of its own, so p makes one; without it pg_rewind finds nothing to do, and c never follows.
func (c *cluster) rejoin(p *cluster) error {
	if _, err := p.psql("CHECKPOINT"); err != nil {
		return err
	}
	if err := c.do("pg_rewind", "-D", c.data(), "--source-server="+conninfo(p.port, c.name), "-R"); err != nil {
		return err
	}
	return c.start()
}

// psql asks the server one question.
func (c *cluster) psql(question string) (string, error) {
	out, err := exec.Command(filepath.Join(c.bin, "psql"), "-X", "-A", "-t", "-q", "-d", fmt.Sprintf("host=127.0.0.1 port=%d user=samklang dbname=postgres", c.port), "-c", question).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", question, err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

func (c *cluster) host() string { return fmt.Sprint("127.0.0.1:", c.port) }

// address is the database at the servers of list, for the program.
func address(list ...*cluster) string {
	var hosts []string
	for _, c := range list {
		hosts = append(hosts, c.host())
	}
	return "postgres://samklang@" + strings.Join(hosts, ",") + "/postgres?sslmode=disable&target_session_attrs=read-write"
}
