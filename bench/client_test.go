package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// The load comes from a second process, this test binary started again, so that its work is not counted as the server's. It speaks just
// enough HTTP/1.1 to keep connections open and read answers to their end, because a whole client would cost as much as the server.

const clientEnv = "SAMKLANG_BENCH_CLIENT"

// order is what the client is to do.
type order struct {
	Address  string
	Path     string
	Cookie   string // of a person who is logged in, "" for a visitor
	Gzip     bool
	Conns    int
	Requests int
}

// outcome is what the client saw. Times are in microseconds.
type outcome struct {
	Took     int64
	P50, P99 int64
	Bytes    int64 // of one answer's body, as transferred
	Fault    string
}

func TestMain(m *testing.M) {
	if s := os.Getenv(clientEnv); s != "" {
		var o order
		if err := json.Unmarshal([]byte(s), &o); err != nil {
			panic(err)
		}
		if err := json.NewEncoder(os.Stdout).Encode(load(o)); err != nil {
			panic(err)
		}
		return
	}
	code := m.Run()
	printTable(os.Stdout)
	printNational(os.Stdout)
	os.Exit(code)
}

// ask runs the client in a process of its own.
func ask(o order) (outcome, error) {
	b, err := json.Marshal(o)
	if err != nil {
		return outcome{}, err
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), clientEnv+"="+string(b))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return outcome{}, err
	}
	var got outcome
	if err := json.Unmarshal(out, &got); err != nil {
		return outcome{}, err
	}
	if got.Fault != "" {
		return got, errors.New(got.Fault)
	}
	return got, nil
}

func load(o order) outcome {
	request := "GET " + o.Path + " HTTP/1.1\r\nHost: " + o.Address + "\r\nUser-Agent: samklang-bench\r\nAccept: text/html\r\n"
	if o.Gzip {
		request += "Accept-Encoding: gzip\r\n"
	}
	if o.Cookie != "" {
		request += "Cookie: " + o.Cookie + "\r\n"
	}
	request += "\r\n"
	var left atomic.Int64
	left.Store(int64(o.Requests))
	var mu sync.Mutex
	var all []int64
	var got outcome
	var wg sync.WaitGroup
	begin := time.Now()
	for range o.Conns {
		wg.Go(func() {
			times, size, err := oneConnection(o.Address, []byte(request), o.Gzip, &left)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, times...)
			got.Bytes = max(got.Bytes, size)
			if err != nil {
				got.Fault = err.Error()
			}
		})
	}
	wg.Wait()
	got.Took = time.Since(begin).Microseconds()
	if len(all) > 0 {
		slices.Sort(all)
		got.P50, got.P99 = all[len(all)/2], all[len(all)*99/100]
	}
	return got
}

func oneConnection(address string, request []byte, gzip bool, left *atomic.Int64) (times []int64, size int64, err error) {
	c, err := net.Dial("tcp", address)
	if err != nil {
		return nil, 0, err
	}
	defer c.Close()
	r := bufio.NewReaderSize(c, 128<<10)
	for left.Add(-1) >= 0 {
		begin := time.Now()
		if _, err := c.Write(request); err != nil {
			return times, size, err
		}
		n, err := answer(r, gzip)
		if err != nil {
			return times, size, err
		}
		size = n
		times = append(times, time.Since(begin).Microseconds())
	}
	return times, size, nil
}

// answer reads one answer and gives the length of its body. Anything but 200 in the asked encoding is an error.
func answer(r *bufio.Reader, gzip bool) (int64, error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if !strings.HasPrefix(string(line), "HTTP/1.1 200 ") {
		return 0, fmt.Errorf("answer: %s", strings.TrimSpace(string(line)))
	}
	length, chunked, zipped := int64(-1), false, false
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		header := strings.ToLower(strings.TrimSpace(string(line)))
		if header == "" {
			break
		}
		name, value, _ := strings.Cut(header, ": ")
		switch name {
		case "content-length":
			if length, err = strconv.ParseInt(value, 10, 64); err != nil {
				return 0, err
			}
		case "transfer-encoding":
			chunked = value == "chunked"
		case "content-encoding":
			zipped = value == "gzip"
		}
	}
	if zipped != gzip {
		return 0, errors.New("the answer is not in the encoding that was asked for")
	}
	if !chunked {
		if length < 0 {
			return 0, errors.New("the answer says no length")
		}
		_, err := io.CopyN(io.Discard, r, length)
		return length, err
	}
	total := int64(0)
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 64)
		if err != nil {
			return 0, err
		}
		if _, err := r.Discard(int(n) + 2); err != nil {
			return 0, err
		}
		if n == 0 {
			return total, nil
		}
		total += n
	}
}
