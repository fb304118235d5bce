package bench

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/uptrace/bun"
)

// scale is what was measured of an engine with the national installation.
type scale struct {
	engine              string
	generated           time.Duration
	start               time.Duration
	idle, load          float64 // megabytes
	daily, turn         time.Duration
	dailyDue, dailyAsks int
	pages               []*grown
}

// grown is a page in both installations.
type grown struct {
	page            string
	small, national row
	database        [2]time.Duration // of PostgreSQL, per request: small, national
}

var scales []*scale

// BenchmarkNational compares the released program over a national installation with the same over a small one: pages, start, memory and the turn
// of a year. Today is the machine's, since the program is a process of its own.
func BenchmarkNational(b *testing.B) {
	if os.Getenv(programEnv) == "" {
		b.Skipf("%s does not name a program, so the national installation is not measured", programEnv)
	}
	for _, engine := range []string{"sqlite", "postgres"} {
		b.Run(engine, func(b *testing.B) {
			if engine == "postgres" && os.Getenv(dbtest.Env) == "" {
				b.Skipf("%s is not set, so PostgreSQL is not measured", dbtest.Env)
			}
			s := &scale{engine: engine}
			today := clock.Today(clock.System)
			small, national := grow(b, engine, Small(today)), grow(b, engine, National(today))
			s.generated = national.took
			run(b, small.dsn, "/").stop() // migrations of the queue, and the public log of what was generated
			run(b, national.dsn, "/").stop()
			for range 5 {
				p := run(b, national.dsn, "/"+national.in.Ordinary.Slug)
				if s.start == 0 || p.took < s.start {
					s.start = p.took
				}
				p.stop()
			}
			s.measure(b, small, national)
			s.turnYear(b, national)
			scales = append(scales, s)
		})
	}
}

// filled is a database with a generated installation.
type filled struct {
	dsn    string
	cookie string
	in     Installation
	took   time.Duration
}

func grow(b *testing.B, engine string, s Shape) filled {
	b.Helper()
	f := filled{dsn: "sqlite:" + filepath.Join(b.TempDir(), "samklang.db")}
	if engine == "postgres" {
		f.dsn = dbtest.PostgresURL(b)
	}
	d, err := db.Open(b.Context(), f.dsn, db.Options{Unsafe: true, Limit: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	if err := d.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	begin := time.Now()
	if f.in, err = Generate(b.Context(), d, s); err != nil {
		b.Fatal(err)
	}
	f.took = time.Since(begin)
	if f.cookie, err = SignIn(b.Context(), d, f.in.Head, clock.System.Now()); err != nil {
		b.Fatal(err)
	}
	return f
}

func (s *scale) measure(b *testing.B, small, national filled) {
	server := [2]*program{run(b, small.dsn, "/"), run(b, national.dsn, "/")}
	for _, p := range server {
		p.settle(b)
	}
	s.idle, _ = server[1].memory(b)
	for _, page := range []string{"account", "promise", "desk", "calendar", "portal"} {
		g := &grown{page: page}
		for i, f := range []filled{small, national} {
			o := order{Address: server[i].address}
			switch page {
			case "account":
				o.Path = "/" + f.in.Ordinary.Slug
			case "promise":
				o.Path = f.in.Promise
			case "desk":
				o.Path, o.Cookie = "/"+f.in.Ordinary.Slug+"/skrivbord", f.cookie
			case "calendar":
				o.Path = "/" + f.in.Ordinary.Slug + "/kalender"
			case "portal":
				o.Path = "/"
			}
			r := []*row{&g.small, &g.national}[i]
			name := databaseName(f.dsn)
			b.Run(page+"/"+[]string{"small", "national"}[i], func(b *testing.B) {
				before := databaseTime(b, name)
				r.measureBy(b, o, server[i].cpu)
				g.database[i] = (databaseTime(b, name) - before) / time.Duration(max(b.N, connections))
			})
		}
		if g.small.perSecond > 0 && g.national.perSecond > 0 {
			s.pages = append(s.pages, g)
		}
	}
	_, s.load = server[1].memory(b)
	for _, p := range server {
		p.stop()
	}
}

func databaseName(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return "no database"
	}
	return strings.TrimPrefix(u.Path, "/")
}

// turnYear measures the run of tomorrow night, and then that of the first night of the year if every promise had to be computed anew in it.
func (s *scale) turnYear(b *testing.B, f filled) {
	d, err := db.Open(b.Context(), f.dsn, db.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	asked := &asked{}
	d.Watch(asked)
	now := clock.At(clock.Today(clock.System).AddDays(1))
	ledger := commitments.New(d, now, needs)
	due := func() (n int) {
		if err := d.Read().NewSelect().TableExpr("pledges").ColumnExpr("count(*)").Where("recompute_on <= ?", clock.Today(now)).Scan(b.Context(), &n); err != nil {
			b.Fatal(err)
		}
		return n
	}
	night := func() time.Duration {
		begin := time.Now()
		if _, err := ledger.Recompute(b.Context()); err != nil {
			b.Fatal(err)
		}
		return time.Since(begin)
	}
	s.dailyDue = due()
	asked.n = 0
	s.daily = night()
	s.dailyAsks = asked.n
	now.MoveTo(period.On(clock.Today(now).Year+1, time.January, 1))
	if err := d.WithTx(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE pledges SET recompute_on = ?", clock.Today(now))
		return err
	}); err != nil {
		b.Fatal(err)
	}
	s.turn = night()
}

// asked counts statements.
type asked struct{ n int }

func (a *asked) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (a *asked) AfterQuery(context.Context, *bun.QueryEvent)                        { a.n++ }

func printNational(w io.Writer) {
	for _, s := range scales {
		fmt.Fprintf(w, "\n%s: national installation (80 associations, 10 years, 60 000 activities, 250 000 pieces of evidence) against 3 associations and one year\n", s.engine)
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(t, "page\tsmall req/s\tCPU µs\tdatabase µs\tkB\tnational req/s\tCPU µs\tdatabase µs\tkB\tratio of CPU\t")
		for _, g := range s.pages {
			whole := [2]float64{float64(g.small.cpu + g.database[0]), float64(g.national.cpu + g.database[1])}
			fmt.Fprintf(t, "%s\t%.0f\t%d\t%d\t%.1f\t%.0f\t%d\t%d\t%.1f\t%.2f\t\n", g.page, g.small.perSecond, g.small.cpu.Microseconds(), g.database[0].Microseconds(), float64(g.small.bytes)/1000,
				g.national.perSecond, g.national.cpu.Microseconds(), g.database[1].Microseconds(), float64(g.national.bytes)/1000, whole[1]/whole[0])
		}
		t.Flush()
		fmt.Fprintf(w, "start to first page %d ms (best of 5; ≤ 100) · memory idle %.0f MB (< 60), most under load %.0f MB (< 150 on SQLite)\n", s.start.Milliseconds(), s.idle, s.load)
		fmt.Fprintf(w, "states: one night %d promises due of 880, %d statements, %d ms · every promise at the turn of the year %.1f s (< 5) · generated in %.0f s\n", s.dailyDue, s.dailyAsks, s.daily.Milliseconds(), s.turn.Seconds(), s.generated.Seconds())
	}
	if info, err := os.Stat(os.Getenv(programEnv)); err == nil && len(scales) > 0 {
		fmt.Fprintf(w, "program %.1f MB (< 36)\n", float64(info.Size())/1e6)
	}
}
