package bench

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// programEnv names the variable with the program that is measured as a process of its own: start, memory and cost of its pages.
const programEnv = "SAMKLANG_BENCH_PROGRAM"

// program is the released program, serving an installation.
type program struct {
	address string
	cmd     *exec.Cmd
	took    time.Duration // from its start to the first page
}

// run starts the program and waits for its first answer to path.
func run(b *testing.B, dsn, path string) *program {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p := &program{address: l.Addr().String()}
	l.Close()
	p.cmd = exec.Command(os.Getenv(programEnv), "serve", "--listen", p.address, "--data", b.TempDir(), "--database", dsn)
	var said bytes.Buffer
	p.cmd.Stdout, p.cmd.Stderr = io.Discard, &said
	begin := time.Now()
	if err := p.cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.stop)
	for {
		res, err := http.Get("http://" + p.address + path)
		if err == nil {
			io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if p.took = time.Since(begin); res.StatusCode != http.StatusOK {
				b.Fatalf("%s answers %d\n%s", path, res.StatusCode, said.String())
			}
			return p
		}
		if time.Since(begin) > time.Minute {
			b.Fatalf("the program does not answer: %v\n%s", err, said.String())
		}
		time.Sleep(500 * time.Microsecond)
	}
}

func (p *program) stop() {
	if p.cmd.ProcessState == nil {
		p.cmd.Process.Signal(syscall.SIGTERM)
		p.cmd.Wait()
	}
}

// cpu is the time the program has used.
func (p *program) cpu(b *testing.B) time.Duration { return processTime(b, p.cmd.Process.Pid) }

// settle waits until the program has done what it does once after a start, such as checking the public log, so that none of it is counted as a page's.
func (p *program) settle(b *testing.B) {
	for range 60 {
		before := p.cpu(b)
		time.Sleep(3 * time.Second)
		if p.cpu(b)-before <= 5*tick {
			return
		}
	}
	b.Fatal("the program does not come to rest")
}

const tick = 10 * time.Millisecond // of /proc (USER_HZ)

func processTime(b *testing.B, pid int) time.Duration {
	s, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(s[bytes.LastIndexByte(s, ')')+1:]))
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		b.Fatal(err1, err2)
	}
	return time.Duration(user+system) * tick
}

// memory is what the program holds of the machine's memory, and the most it has held, in megabytes.
func (p *program) memory(b *testing.B) (now, most float64) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		name, value, _ := strings.Cut(lines.Text(), ":")
		kB, _ := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		switch name {
		case "VmRSS":
			now = kB * 1024 / 1e6
		case "VmHWM":
			most = kB * 1024 / 1e6
		}
	}
	return now, most
}

// databaseTime is the time that PostgreSQL's processes for a database have used, if they can be seen from here; 0 when not.
func databaseTime(b *testing.B, name string) (total time.Duration) {
	list, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range list {
		s, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(s, []byte("postgres: ")) || !bytes.Contains(s, []byte(" "+name+" ")) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil {
			total += processTime(b, pid)
		}
	}
	return total
}
