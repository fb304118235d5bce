package bench

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"samklang/internal/platform/db/dbtest"
)

const connections = 32

// row is one line of the table.
type row struct {
	engine, page, encoding string
	perSecond              float64
	p50, p99               time.Duration
	cpu                    time.Duration // of the server, per request
	bytes                  int64
	bare                   *row // a handler that writes the same bytes
}

var table []*row

func BenchmarkPages(b *testing.B) {
	engines := map[string]func(b *testing.B) string{
		"sqlite":   func(b *testing.B) string { return "sqlite:" + filepath.Join(b.TempDir(), "samklang.db") },
		"postgres": func(b *testing.B) string { return dbtest.PostgresURL(b) },
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			if engine == "postgres" && os.Getenv(dbtest.Env) == "" {
				b.Skipf("%s is not set, so PostgreSQL is not measured", dbtest.Env)
			}
			// The log is written as in production, to a file nobody reads.
			sink, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { sink.Close() })
			in := start(b, engines[engine](b), slog.New(slog.NewTextHandler(sink, nil)), 0)
			for _, p := range in.pages {
				for _, encoding := range []string{"plain", "gzip"} {
					b.Run(p.name+"/"+encoding, func(b *testing.B) {
						compare(b, engine, p.name, order{Address: in.address, Path: p.path, Gzip: encoding == "gzip"})
					})
				}
			}
		})
	}
}

// compare measures the page and, on the same machine in the same minute, a handler that writes the very same bytes.
func compare(b *testing.B, engine, name string, o order) {
	whole, bare := &row{engine: engine, page: name, encoding: "plain"}, &row{}
	if o.Gzip {
		whole.encoding = "gzip"
	}
	whole.bare = bare
	b.Run("page", func(b *testing.B) { whole.measure(b, o) })
	b.Run("bare", func(b *testing.B) {
		plain := o
		plain.Address = same(b, o)
		bare.measure(b, plain)
	})
	if whole.perSecond > 0 && bare.perSecond > 0 {
		table = append(table, whole)
	}
}

// same asks for the page once and serves what came to everybody; it gives its address.
func same(b *testing.B, o order) string {
	r, err := http.NewRequest(http.MethodGet, "http://"+o.Address+o.Path, nil)
	if err != nil {
		b.Fatal(err)
	}
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	if o.Gzip {
		r.Header.Set("Accept-Encoding", "gzip")
	}
	if o.Cookie != "" {
		r.Header.Set("Cookie", o.Cookie)
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		b.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		b.Fatalf("%s answers %d, %v", o.Path, res.StatusCode, err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for name, values := range res.Header {
			w.Header()[name] = values
		}
		w.Write(body)
	})}
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return l.Addr().String()
}

func (r *row) measure(b *testing.B, o order) { r.measureBy(b, o, cpu) }

// measureBy is measure for a server whose time cpu tells.
func (r *row) measureBy(b *testing.B, o order, cpu func(*testing.B) time.Duration) {
	o.Conns, o.Requests = connections, max(b.N, connections)
	before := cpu(b)
	b.ResetTimer()
	got, err := ask(o)
	b.StopTimer()
	if err != nil {
		b.Fatal(err)
	}
	r.cpu = (cpu(b) - before) / time.Duration(o.Requests)
	r.perSecond = float64(o.Requests) / (time.Duration(got.Took) * time.Microsecond).Seconds()
	r.p50, r.p99, r.bytes = time.Duration(got.P50)*time.Microsecond, time.Duration(got.P99)*time.Microsecond, got.Bytes
	b.ReportMetric(r.perSecond, "req/s")
	b.ReportMetric(float64(r.cpu.Microseconds()), "µs-cpu/req")
	b.ReportMetric(float64(got.P50), "µs-p50")
	b.ReportMetric(float64(got.P99), "µs-p99")
}

func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func printTable(w io.Writer) {
	if len(table) == 0 {
		return
	}
	average := "unknown"
	if s, err := os.ReadFile("/proc/loadavg"); err == nil {
		average = strings.Join(strings.Fields(string(s))[:3], " ")
	}
	fmt.Fprintf(w, "\n%d connections, load and server on the same cores; load average at the end %s\n", connections, average)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "engine\tpage\tencoding\tkB\treq/s\tp50 ms\tp99 ms\tCPU µs/req\tbare req/s\tbare CPU µs\treq/s of bare\tCPU of bare\t")
	for _, r := range table {
		fmt.Fprintf(t, "%s\t%s\t%s\t%.1f\t%.0f\t%.1f\t%.1f\t%d\t%.0f\t%d\t%.2f\t%.1f×\t\n", r.engine, r.page, r.encoding, float64(r.bytes)/1000, r.perSecond, ms(r.p50), ms(r.p99), r.cpu.Microseconds(),
			r.bare.perSecond, r.bare.cpu.Microseconds(), r.perSecond/r.bare.perSecond, float64(r.cpu)/float64(r.bare.cpu))
	}
	t.Flush()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
