package publiclog_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

// Every entry has a proof in every later tree, and every tree goes on from every earlier one, as anybody finds who recomputes it.
func TestInclusionAndConsistency(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		var trees []publiclog.Checkpoint
		var all []publiclog.Fact
		for _, n := range []int{1, 2, 5, 1, 90, 156, 3, 260} {
			all = append(all, in.note(t, n)...)
			c, err := publiclog.Latest(t.Context(), in.db.Read())
			if err != nil {
				t.Fatal(err)
			}
			trees = append(trees, c)
		}
		key := in.status(t).Key
		rapid.Check(t, func(rt *rapid.T) {
			at := rapid.IntRange(0, len(all)-1).Draw(rt, "entry")
			p, err := in.Prove(t.Context(), "note", all[at].Subject, map[string]string{"reason": "så blev det", "by": "somebody else"})
			if err != nil {
				rt.Fatal(err)
			}
			text, err := p.Text()
			if err != nil {
				rt.Fatal(err)
			}
			if p, err = publiclog.ParseProof(text); err != nil {
				rt.Fatal(err)
			}
			leaf, _, err := p.Check(key)
			if err != nil || leaf.Public["wording"] != all[at].Public["wording"] || p.Index != int64(at)+1 {
				rt.Fatalf("%d: %v %+v", at, err, leaf)
			}
			if len(p.Open) != 1 || p.Open["reason"].Text != "så blev det" || strings.Contains(text, "Karin") {
				rt.Fatalf("opened: %v", p.Open)
			}
			p.Index = rapid.Int64Range(0, int64(len(all))).Filter(func(n int64) bool { return n != int64(at)+1 }).Draw(rt, "elsewhere")
			if _, _, err := p.Check(key); err == nil {
				rt.Fatal("the proof holds for another place")
			}
			i := rapid.IntRange(0, len(trees)-1).Draw(rt, "older")
			j := rapid.IntRange(i, len(trees)-1).Draw(rt, "newer")
			if i == j {
				return
			}
			reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
				return publiclog.StoredHashes(t.Context(), in.db.Read(), 1, indexes)
			})
			proof, err := tlog.ProveTree(trees[j].Size, trees[i].Size, reader)
			if err != nil {
				rt.Fatal(err)
			}
			if err := tlog.CheckTree(proof, trees[j].Size, trees[j].Root, trees[i].Size, trees[i].Root); err != nil {
				rt.Fatal(err)
			}
			if err := tlog.CheckTree(proof, trees[j].Size, trees[j].Root, trees[i].Size, trees[j].Root); err == nil {
				rt.Fatal("the proof holds for another tree")
			}
		})
		log, err := in.seen(t, verify.Options{Since: trees[3].Note, Known: verify.Known{Checkpoint: trees[5].Note}})
		if err != nil || len(log.Entries) != len(all)+1 || len(log.Said) != 4 {
			t.Fatalf("from outside: %v %q", err, log.Said)
		}
		if r := in.whole(t); r.Facts != int64(len(all)) || r.Missing != 0 {
			t.Errorf("%+v", r)
		}
	})
}

// Several copies of the program enter and sequence at once: each entry has one place, and no two checkpoints have one size.
func TestSeveralSequencersAtOnce(t *testing.T) {
	run := func(t *testing.T, dsn string) {
		const copies, each = 4, 40
		rows := &facts{}
		var all []*publiclog.Log
		var databases []*db.DB
		for range copies {
			d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { d.Close() })
			databases = append(databases, d)
			l := publiclog.New(d, clock.System, slog.New(slog.DiscardHandler), publiclog.Settings{Host: func() string { return "samklang.example" }, Sources: []publiclog.Source{rows.source()}})
			all = append(all, l)
		}
		var wg sync.WaitGroup
		for i, l := range all {
			wg.Go(func() {
				d := databases[i]
				if err := l.Begin(t.Context()); err != nil {
					t.Error(err)
				}
				for range each {
					f := rows.add(publiclog.Fact{Kind: "note", Subject: id.New(), At: clock.System.Now(), Public: map[string]string{"copy": string(rune('a' + i))}})
					if err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return l.Enter(ctx, tx, f) }); err != nil {
						t.Error(err)
					}
					if _, err := l.Sequence(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		r, err := all[0].Check(t.Context())
		if err != nil || r.Latest.Size != copies*each+1 || r.Facts != copies*each || r.Missing != 0 || r.Waiting != 0 {
			t.Errorf("%+v %v", r, err)
		}
		var twice int
		if err := databases[0].Read().NewRaw("SELECT count(*) - count(DISTINCT entry_id) FROM log_leaves").Scan(t.Context(), &twice); err != nil || twice != 0 {
			t.Errorf("%d entries have two places, %v", twice, err)
		}
	}
	t.Run("postgres", func(t *testing.T) { run(t, dbtest.PostgresURL(t)) })
	t.Run("pgbouncer", func(t *testing.T) { run(t, dbtest.Pool(t, dbtest.PostgresURL(t), 3).URL) }) // in transaction mode, with fewer connections than copies
	t.Run("sqlite", func(t *testing.T) {
		dsn := "sqlite:" + t.TempDir() + "/samklang.db"
		d, err := db.Open(t.Context(), dsn, db.Options{Unsafe: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(d.Migrate(t.Context()), d.Close()); err != nil {
			t.Fatal(err)
		}
		run(t, dsn)
	})
}

// Copies that start at once on the rows of a release without a log enter each row once.
func TestThePastIsEnteredOnce(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		for range 30 {
			in.rows.add(publiclog.Fact{Kind: "note", Subject: id.New(), At: in.clock.Now().AddDate(-1, 0, 0), Name: "an old note", Public: map[string]string{"wording": "förr"}, Hidden: map[string]string{"by": "Bo"}})
		}
		var wg sync.WaitGroup
		for range 3 {
			l := publiclog.New(in.db, in.clock, slog.New(slog.DiscardHandler), publiclog.Settings{Sources: []publiclog.Source{in.rows.source()}})
			wg.Go(func() {
				if _, err := l.CatchUp(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if r := in.whole(t); r.Latest.Size != 31 || r.Missing != 0 {
			t.Errorf("%+v", r)
		}
		places, err := in.Places(t.Context(), "note", in.rows.list[3].Subject)
		if err != nil {
			t.Fatal(err)
		}
		if p := places[in.rows.list[3].Subject]; !p.Later || !p.Placed() || !p.Since.Equal(in.clock.Now()) {
			t.Errorf("%+v: what was entered later is proven from the day the log began", p)
		}
	})
}

func TestARolledBackOperationLeavesNoEntry(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		gone := errors.New("the operation failed")
		err := in.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return errors.Join(in.Enter(ctx, tx, publiclog.Fact{Kind: "note", Subject: id.New()}), gone)
		})
		if !errors.Is(err, gone) {
			t.Fatal(err)
		}
		if n, err := in.Sequence(t.Context()); n != 0 || err != nil {
			t.Errorf("%d %v", n, err)
		}
	})
}

// What is erased cannot be compared any more, and the log says so; nothing else changes.
func TestADestroyedSalt(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		list := in.note(t, 3)
		err := in.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { return in.Destroy(ctx, tx, list[1].Subject) })
		if err != nil {
			t.Fatal(err)
		}
		if r := in.whole(t); r.Destroyed != 1 {
			t.Errorf("%+v", r)
		}
		p, err := in.Prove(t.Context(), "note", list[1].Subject, map[string]string{"reason": "så blev det"})
		if err != nil || len(p.Open) != 0 {
			t.Errorf("%v %v", p.Open, err)
		}
		for _, left := range []string{"raderat", ""} {
			in.rows.list[1].Hidden["reason"] = left
			in.whole(t)
		}
		in.rows.list[1].Public["wording"] = "något annat"
		if _, err := in.Check(t.Context()); err == nil {
			t.Error("the open part was changed, and nobody noticed")
		}
	})
}

// The log is served as C2SP tlog-tiles say.
func TestTilesAreServed(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		in.note(t, 299)
		s := in.served(t)
		for path, want := range map[string]struct {
			status, length int
			cache          string
		}{
			"checkpoint":                          {200, -1, "max-age=2"},
			"status.json":                         {200, -1, "max-age=2"},
			"tile/0/000":                          {200, 256 * 32, "immutable"},
			"tile/0/001.p/44":                     {200, 44 * 32, "immutable"},
			"tile/0/001.p/43":                     {200, 43 * 32, "immutable"},
			"tile/1/000.p/1":                      {200, 32, "immutable"},
			"tile/entries/000":                    {200, -1, "immutable"},
			"tile/entries/001.p/44":               {200, -1, "immutable"},
			"tile/0/001.p/45":                     {404, -1, "no-store"},
			"tile/0/001":                          {404, -1, "no-store"},
			"tile/1/000.p/2":                      {404, -1, "no-store"},
			"tile/0/002.p/1":                      {404, -1, "no-store"},
			"tile/2/000.p/1":                      {404, -1, "no-store"},
			"tile/63/000.p/1":                     {404, -1, "no-store"},
			"tile/64/000":                         {404, -1, "no-store"},
			"tile/00/000":                         {404, -1, "no-store"},
			"tile/0/0":                            {404, -1, "no-store"},
			"tile/0/x000/000":                     {404, -1, "no-store"},
			"tile/0/000.p/0":                      {404, -1, "no-store"},
			"tile/0/000.p/256":                    {404, -1, "no-store"},
			"tile/0/x999/x999/x999/x999/x999/999": {404, -1, "no-store"},
			"anew/2/checkpoint":                   {404, -1, "no-store"},
			"anew/1/checkpoint":                   {404, -1, "no-store"},
			"anew/02/tile/0/000.p/1":              {404, -1, "no-store"},
		} {
			res, err := http.Get(s.URL + "/log/" + path)
			if err != nil {
				t.Fatal(err)
			}
			b, _ := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != want.status || want.length >= 0 && len(b) != want.length || !strings.Contains(res.Header.Get("Cache-Control"), want.cache) {
				t.Errorf("%s: %d, %d bytes, %s", path, res.StatusCode, len(b), res.Header.Get("Cache-Control"))
			}
		}
		dir := t.TempDir()
		if _, err := in.seen(t, verify.Options{Save: dir}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"tile/0/000", "tile/0/001.p/44", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/44", "checkpoint"} {
			site, err := verify.NewSite(s.URL + "/log")
			if err != nil {
				t.Fatal(err)
			}
			a, errA := site.Get(t.Context(), path, 1<<20)
			b, errB := verify.Directory(dir).Get(t.Context(), path, 1<<20)
			if errors.Join(errA, errB) != nil || !slices.Equal(a, b) {
				t.Errorf("%s is saved otherwise than it is served: %v %v", path, errA, errB)
			}
		}
		if _, err := verify.Check(t.Context(), verify.Directory(dir), verify.Options{Key: in.status(t).Key}); err != nil {
			t.Error(err)
		}
	})
}

// The database itself refuses to rewrite the log.
func TestTheTablesAreAppendOnly(t *testing.T) {
	each(t, func(t *testing.T, in *installation) {
		in.note(t, 2)
		for _, query := range []string{"UPDATE logs SET reason = 'x'", "DELETE FROM logs", "UPDATE log_entries SET body = 'x'", "DELETE FROM log_entries", "UPDATE log_leaves SET seq = 9", "DELETE FROM log_leaves",
			"UPDATE log_hashes SET idx = 99 WHERE idx = 0", "DELETE FROM log_hashes", "UPDATE log_checkpoints SET note = 'x'", "DELETE FROM log_checkpoints", "UPDATE log_salts SET salt = 'x'", "DELETE FROM log_salts",
			"UPDATE log_salts SET salt = ''"} {
			err := in.db.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error { _, err := tx.NewRaw(query).Exec(ctx); return err })
			if err == nil {
				t.Errorf("%s went through", query)
			}
		}
		in.whole(t)
	})
}

// A leaf is hashed as it is written, so what a fact has become once it becomes for ever.
func TestALeafIsWrittenAsItWasWrittenBefore(t *testing.T) {
	f := publiclog.Fact{Kind: "wording", Association: id.ID{15: 1}, Subject: id.ID{15: 2}, At: time.Date(2026, 1, 12, 9, 30, 15, 123456000, time.UTC), Later: true,
		Public: map[string]string{"wording": "Vi håller <fyra> & \"fem\".", "empty": "", "long": strings.Repeat("å", 12<<10)}, Hidden: map[string]string{"reason": "så blev det", "none": ""}}
	for _, c := range []struct {
		fact publiclog.Fact
		want string
	}{
		{f, `{"format":1,"entry":"00000000-0000-0000-0000-000000000003","kind":"wording","association":"00000000-0000-0000-0000-000000000001","subject":"00000000-0000-0000-0000-000000000002","at":"2026-01-12T09:30:15.123456Z","entered_later":true,"public":{"wording":"Vi håller <fyra> & \"fem\"."},"digests":{"long":"454aba2e9cb04e476e7ea1498bbce36b10a0030764987f1ffa08f2e0467735bc"},"hidden":{"reason":"9d16a09c69de7ed428900bbe7a576555fbb32c641efaad82604c43173e5f1acb"},"salt":"815bc70ab5f5f778def4bd89f044c98868d20ef2214914fba6de7b72ef0aa6e9"}`},
		{publiclog.Fact{Kind: "log", Subject: id.ID{15: 2}}, `{"format":1,"entry":"00000000-0000-0000-0000-000000000003","kind":"log","subject":"00000000-0000-0000-0000-000000000002","at":""}`},
	} {
		got, err := publiclog.NewLeaf(id.ID{15: 3}, c.fact, []byte("salt")).Text()
		if err != nil || got != c.want {
			t.Errorf("%s\nwant\n%s, %v", got, c.want, err)
		}
	}
}
