package bench

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"samklang/internal/app"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"

	"github.com/uptrace/bun"
)

// years is an installation whose associations have done as much in every year.
func years(n int) Shape {
	return Shape{Associations: 6, Years: n, Activities: 6 * n * 60, Evidence: 6 * n * 250, Today: testDay}
}

// grownPages are the pages whose cost may not grow with the years.
func grownPages(in Installation) map[string]string {
	own := "/" + in.Ordinary.Slug
	return map[string]string{"account": own, "promise": in.Promise, "activity": in.Activity, "calendar": own + "/kalender", "desk": own + "/skrivbord", "plan": own + "/plan", "review": own + "/granska"}
}

// heard notes the statements of a page.
type heard struct{ queries []string }

func (h *heard) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }
func (h *heard) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	h.queries = append(h.queries, e.Query)
}

// statements asks for each page and gives the statements it took.
func statements(t *testing.T, dsn string, s Shape) (*db.DB, map[string][]string) {
	t.Helper()
	d, in := generate(t, dsn, s)
	now := clock.At(testDay)
	cookie, err := SignIn(t.Context(), d, in.Head, now.Now())
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.New(t.Context(), app.Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: dsn}, slog.New(slog.NewTextHandler(io.Discard, nil)), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	h := &heard{}
	a.Watch(h)
	out := map[string][]string{}
	for page, path := range grownPages(in) {
		for range 2 { // the second time without what is asked once
			h.queries = nil
			r := httptest.NewRequest(http.MethodGet, path, nil)
			r.Header.Set("Cookie", cookie)
			w := httptest.NewRecorder()
			a.Handler().ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				t.Fatalf("%s answers %d", path, w.Code)
			}
		}
		out[page] = h.queries
	}
	return d, out
}

// A page asks no more questions of ten years than of one.
func TestPagesAskNoMoreAsYearsGoBy(t *testing.T) {
	eachEngine(t, func(t *testing.T, dsn string) {
		other := "sqlite:" + filepath.Join(t.TempDir(), "other.db")
		if !strings.HasPrefix(dsn, "sqlite:") {
			other = dbtest.PostgresURL(t)
		}
		_, young := statements(t, dsn, years(1))
		_, old := statements(t, other, years(6))
		for page, queries := range old {
			if len(queries) > len(young[page])+1 { // a promise of a longer history may have one that it took the place of
				t.Errorf("%s asks %d questions after one year and %d after six", page, len(young[page]), len(queries))
			}
		}
	})
}

// Nor does it read more rows to answer them: PostgreSQL tells how many it has looked at, when it may not go through whole tables because they are
// small. What is shown of the past, such as its years, may grow.
func TestPagesReadNoMoreAsYearsGoBy(t *testing.T) {
	read := func(dsn string, s Shape) map[string]float64 {
		d, pages := statements(t, dsn, s)
		conn, err := d.Writer().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.ExecContext(t.Context(), "SET enable_seqscan = off"); err != nil {
			t.Fatal(err)
		}
		rows := map[string]float64{}
		for page, queries := range pages {
			for _, q := range queries {
				if !strings.HasPrefix(strings.TrimSpace(q), "SELECT") && !strings.HasPrefix(strings.TrimSpace(q), "WITH") {
					continue
				}
				var told string
				if err := conn.QueryRowContext(t.Context(), "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+q).Scan(&told); err != nil {
					t.Fatal(err)
				}
				var plans []struct{ Plan planNode }
				if err := json.Unmarshal([]byte(told), &plans); err != nil {
					t.Fatal(err)
				}
				rows[page] += plans[0].Plan.read()
			}
		}
		return rows
	}
	young, old := read(dbtest.PostgresURL(t), years(1)), read(dbtest.PostgresURL(t), years(6))
	for page, n := range old {
		t.Logf("%s: %.0f rows after one year, %.0f after six", page, young[page], n)
		if n > 1.5*young[page]+300 {
			t.Errorf("%s reads %.0f rows after one year and %.0f after six", page, young[page], n)
		}
	}
}

// planNode is a step of PostgreSQL's plan, with what happened when it was carried out.
type planNode struct {
	Relation string     `json:"Relation Name"`
	Rows     float64    `json:"Actual Rows"`
	Filtered float64    `json:"Rows Removed by Filter"`
	Joined   float64    `json:"Rows Removed by Join Filter"`
	Loops    float64    `json:"Actual Loops"`
	Plans    []planNode `json:"Plans"`
}

// read is how many rows of tables it and the steps below it have looked at.
func (p planNode) read() float64 {
	n := 0.0
	if p.Relation != "" {
		n = (p.Rows + p.Filtered + p.Joined) * p.Loops
	}
	for _, x := range p.Plans {
		n += x.read()
	}
	return n
}
