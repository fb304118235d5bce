package publiclog_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"

	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"
)

// facts stands in for the rows of a part of the work.
type facts struct {
	mu   sync.Mutex
	list []publiclog.Fact
}

func (f *facts) source() publiclog.Source {
	return publiclog.Source{Kind: "note", Facts: func(_ context.Context, _ db.IDB, yield func([]publiclog.Fact) error) error {
		f.mu.Lock()
		defer f.mu.Unlock()
		return yield(f.list)
	}}
}

func (f *facts) add(x publiclog.Fact) publiclog.Fact {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, x)
	return x
}

// installation is a log with what it tells of.
type installation struct {
	*publiclog.Log
	db    *db.DB
	rows  *facts
	clock *clock.Set
	mark  string
	host  string
}

func install(t *testing.T, d *db.DB, host string, set publiclog.Settings) *installation {
	t.Helper()
	in := &installation{db: d, rows: &facts{}, clock: clock.At(period.On(2026, 1, 12)), mark: filepath.Join(t.TempDir(), publiclog.MarkFile), host: host}
	in.open(set)
	if err := in.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return in
}

// open makes the log as a program does that starts.
func (in *installation) open(set publiclog.Settings) {
	set.Host, set.Sources = func() string { return in.host }, []publiclog.Source{in.rows.source()}
	if set.Mark == "" {
		set.Mark = in.mark
	}
	in.Log = publiclog.New(in.db, in.clock, slog.New(slog.DiscardHandler), set)
}

// note enters n facts and gives them their places.
func (in *installation) note(t *testing.T, n int) []publiclog.Fact {
	t.Helper()
	var list []publiclog.Fact
	for i := range n {
		list = append(list, in.rows.add(publiclog.Fact{Kind: "note", Association: id.New(), Subject: id.New(), At: in.clock.Now(), Name: fmt.Sprintf("note %d", i),
			Public: map[string]string{"wording": fmt.Sprintf("Vi lovar nummer %d <&>.", i)}, Hidden: map[string]string{"by": "Karin Å", "reason": "så blev det"}}))
	}
	if err := in.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return in.Enter(ctx, tx, list...) }); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Sequence(t.Context()); err != nil {
		t.Fatal(err)
	}
	return list
}

func (in *installation) whole(t *testing.T) publiclog.Report {
	t.Helper()
	r, err := in.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (in *installation) status(t *testing.T) publiclog.Status {
	t.Helper()
	s, err := in.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// served is the log on a server, as others see it.
func (in *installation) served(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	for pattern := range in.Handlers() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { in.Handlers()[pattern].ServeHTTP(w, r) })
	}
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s
}

// seen checks the log from outside.
func (in *installation) seen(t *testing.T, opt verify.Options) (*verify.Log, error) {
	t.Helper()
	site, err := verify.NewSite(in.served(t).URL)
	if err != nil {
		t.Fatal(err)
	}
	s := in.status(t)
	site.Base += s.Log
	if opt.Key == "" {
		opt.Key = s.Key
	}
	return verify.Check(t.Context(), site, opt)
}

func each(t *testing.T, fn func(t *testing.T, in *installation)) {
	t.Helper()
	dbtest.Each(t, func(t *testing.T, d *db.DB) { fn(t, install(t, d, "samklang.example", publiclog.Settings{})) })
}
