package app

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"samklang/internal/core/actor"
	"samklang/internal/platform/backup"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/rows"
)

// protected are the tables whose rows the database lets nobody change (docs/adr/0002), not even a migration.
var protected = []string{"audit_entries", "wordings", "state_changes", "snapshots", "commitments", "declarations"}

// The example of every release is put back at the schema it was written with, and brought up to this program's: every row is there, none of what was
// promised has become another, the program starts on it and its pages answer.
func TestEveryReleaseIsBroughtUp(t *testing.T) {
	releases, err := filepath.Glob("testdata/released/*.backup")
	if err != nil || len(releases) == 0 {
		t.Fatalf("no release is kept: %v", err)
	}
	for _, file := range releases {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".backup"), func(t *testing.T) {
			head, manifest, err := backup.CheckFile(t.Context(), file, backup.Keys{})
			if err != nil {
				t.Fatal(err)
			}
			t.Run("sqlite", func(t *testing.T) {
				bringUp(t, file, head, manifest, "sqlite:"+filepath.Join(t.TempDir(), "samklang.db"))
			})
			t.Run("postgres", func(t *testing.T) { bringUp(t, file, head, manifest, dbtest.EmptyPostgresURL(t)) })
		})
	}
}

func bringUp(t *testing.T, file string, head backup.Head, manifest backup.Manifest, database string) {
	ctx, discard := t.Context(), slog.New(slog.DiscardHandler)
	now := clock.At(clock.Today(fixed(head.At)))
	now.Advance(head.At.Sub(now.Now()))
	c := Config{Listen: "127.0.0.1:0", Data: t.TempDir(), Database: database}
	if err := c.Check(); err != nil {
		t.Fatal(err)
	}
	d, err := db.Open(ctx, database, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	store, err := c.OpenFiles(ctx, now, discard)
	if err != nil {
		t.Fatal(err)
	}
	l, err := backup.Restore(ctx, file, backup.Keys{}, d, store, rows.Note{What: "restore"}, func(context.Context) error { return nil })
	store.Close()
	if err != nil {
		t.Fatal(err)
	}
	if l.Schema.Version >= db.Newest() {
		t.Errorf("the release has the schema %d, which is not older than this program's", l.Schema.Version)
	}
	if pending, err := d.Pending(ctx); err != nil || pending != 0 {
		t.Errorf("%d migrations are left, %v", pending, err)
	}
	compare := func(when string, all bool) {
		t.Helper()
		found, err := rows.SumsOf(ctx, d, l.Schema.Tables)
		if err != nil {
			t.Fatal(err)
		}
		for table, sum := range manifest.Tables {
			if slices.Contains(protected, table) && (sum.Rows == 0 || found[table] != sum) {
				t.Errorf("%s, the rows of %s are not those of the release: %+v, were %+v", when, table, found[table], sum)
			}
			if all && found[table].Rows != sum.Rows {
				t.Errorf("%s, %s has %d rows and had %d", when, table, found[table].Rows, sum.Rows)
			}
		}
	}
	compare("brought up", true)
	a, err := New(ctx, c, discard, now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.queue.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	list, err := a.associations.List(ctx)
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	paths := []string{"/", "/readyz"}
	for _, x := range list {
		at := "/" + string(x.Slug)
		paths = append(paths, at, at+"/kalender", at+"/om")
		account, err := a.commitments.Account(ctx, x.Scope(), head.At.Year())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range account.Promises {
			page, err := a.commitments.Promise(ctx, actor.SystemActor, x.Scope(), p.Slug, int(p.Number), head.At.Year())
			if err != nil || len(page.Wordings) == 0 || page.Commitment.Wording == "" {
				t.Errorf("the promise %d of %s: %v", p.Number, x.Slug, err)
			}
		}
	}
	for _, path := range paths {
		answer := httptest.NewRecorder()
		a.Handler().ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		if answer.Code != http.StatusOK {
			t.Errorf("%s answers %d: %.200s", path, answer.Code, answer.Body)
		}
	}
	compare("served", false)
}

type fixed time.Time

func (f fixed) Now() time.Time { return time.Time(f) }
