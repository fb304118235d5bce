package publiclog_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
	"samklang/internal/platform/publiclog/verify"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// pair is a log and another installation that is its witness.
func pair(t *testing.T, d *db.DB) (log, witness *installation, setting publiclog.Witness) {
	t.Helper()
	log = install(t, d, "samklang.example", publiclog.Settings{})
	v, err := publiclog.ParseVerifier(log.status(t).Key)
	if err != nil {
		t.Fatal(err)
	}
	witness = install(t, dbtest.SQLite(t), "witness.example", publiclog.Settings{For: []note.Verifier{v}})
	key, err := witness.WitnessKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if setting, err = publiclog.ParseWitness(witness.served(t).URL + "/log " + key); err != nil {
		t.Fatal(err)
	}
	log.open(publiclog.Settings{Ask: []publiclog.Witness{setting}})
	return log, witness, setting
}

// Another installation cosigns what has only grown; whoever asks for it sees that.
func TestAWitnessCosigns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, witness, w := pair(t, d)
		for _, n := range []int{3, 1, 20} {
			log.note(t, n)
			if _, err := log.seen(t, verify.Options{Witnesses: []publiclog.Cosigner{w.Key}, Threshold: 1}); err == nil {
				t.Error("a checkpoint nobody has cosigned passed for one with a witness")
			}
			for range 2 { // the second time there is nothing to ask for
				if err := log.Ask(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := log.seen(t, verify.Options{Witnesses: []publiclog.Cosigner{w.Key}, Threshold: 1}); err != nil {
				t.Error(err)
			}
		}
		list, err := log.Witnesses(t.Context())
		if err != nil || len(list) != 1 || list[0].Size != 25 || !list[0].RefusedSince.IsZero() || list[0].CosignedAt.IsZero() {
			t.Errorf("%+v %v", list, err)
		}
		log.whole(t)
		witness.whole(t)
		if key, err := log.WitnessKey(t.Context()); key != "" || err != nil {
			t.Errorf("an installation that cosigns for nobody has the key %q, %v", key, err)
		}
	})
}

func (in *installation) submission(t *testing.T, old int64, change func(*publiclog.Submission)) string {
	t.Helper()
	c, err := publiclog.Latest(t.Context(), in.db.Read())
	if err != nil {
		t.Fatal(err)
	}
	s := publiclog.Submission{Old: old, Checkpoint: c.Note}
	if old > 0 && old < c.Size {
		reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
			return publiclog.StoredHashes(t.Context(), in.db.Read(), c.Epoch, indexes)
		})
		if s.Proof, err = tlog.ProveTree(c.Size, old, reader); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(&s)
	}
	return s.Text()
}

// A witness refuses everything else, with the protocol's answers, and what it has cosigned stays.
func TestAWitnessRefuses(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log, witness, w := pair(t, d)
		log.note(t, 5)
		if err := log.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		cosigned, err := publiclog.Latest(t.Context(), log.db.Read())
		if err != nil {
			t.Fatal(err)
		}
		stranger := install(t, dbtest.SQLite(t), "stranger.example", publiclog.Settings{})
		impostor := install(t, dbtest.SQLite(t), "samklang.example", publiclog.Settings{}) // the same name, another key
		impostor.note(t, 9)
		log.note(t, 4)
		post := func(body string) (int, string, http.Header) {
			res, err := http.Post(w.URL+"/add-checkpoint", "text/plain", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			return res.StatusCode, string(b), res.Header
		}
		for name, c := range map[string]struct {
			body   string
			status int
			answer string
		}{
			"an unknown log":               {stranger.submission(t, 0, nil), 404, ""},
			"another's signature":          {impostor.submission(t, 6, nil), 403, ""},
			"an old size that is too old":  {log.submission(t, 3, nil), 409, "6\n"},
			"an old size of nothing":       {log.submission(t, 0, nil), 409, "6\n"},
			"an old size beyond the new":   {log.submission(t, 6, func(s *publiclog.Submission) { s.Old = 11 }), 400, ""},
			"a bad proof":                  {log.submission(t, 6, func(s *publiclog.Submission) { s.Proof[0][7] ^= 1 }), 422, ""},
			"no proof":                     {log.submission(t, 6, func(s *publiclog.Submission) { s.Proof = nil }), 422, ""},
			"a proof where none belongs":   {log.submission(t, 6, func(s *publiclog.Submission) { s.Checkpoint, s.Proof = cosigned.Note, s.Proof[:1] }), 422, ""},
			"a rollback":                   {log.submission(t, 6, func(s *publiclog.Submission) { s.Old, s.Proof, s.Checkpoint = 0, nil, trees(t, log)[0] }), 409, "6\n"},
			"no checkpoint":                {"old 6\n\n", 400, ""},
			"no old size":                  {"old\n\n" + cosigned.Note, 400, ""},
			"a number with a zero before":  {"old 06\n\n" + cosigned.Note, 400, ""},
			"more hashes than a tree has":  {"old 6\n" + strings.Repeat(cosigned.Root.String()+"\n", 64) + "\n" + cosigned.Note, 400, ""},
			"more than anybody would send": {"old 6\n" + strings.Repeat("x", 20<<10), 400, ""},
		} {
			status, answer, h := post(c.body)
			if status != c.status || c.answer != "" && (answer != c.answer || h.Get("Content-Type") != "text/x.tlog.size") {
				t.Errorf("%s: %d %q %s", name, status, answer, h.Get("Content-Type"))
			}
		}
		if status, answer, _ := post(log.submission(t, 6, func(s *publiclog.Submission) { s.Checkpoint, s.Proof = cosigned.Note, nil })); status != 200 || !strings.HasPrefix(answer, "— witness.example/log/witness ") {
			t.Errorf("the same checkpoint again: %d %q", status, answer)
		}
		witness.whole(t)

		// The log is another now: the witness does not cosign it, and the log tells.
		fork := forkOf(t, log, 6)
		fork.open(publiclog.Settings{Ask: []publiclog.Witness{w}})
		fork.note(t, 8)
		if err := fork.Ask(t.Context()); err != nil {
			t.Fatal(err)
		}
		list, err := fork.Witnesses(t.Context())
		if err != nil || list[0].RefusedSince.IsZero() || !strings.HasPrefix(list[0].Fault, "4") {
			t.Errorf("%+v %v", list, err)
		}
	})
}

func trees(t *testing.T, in *installation) (notes []string) {
	t.Helper()
	if err := in.db.Read().NewSelect().TableExpr("log_checkpoints").Column("note").Order("size").Scan(t.Context(), &notes); err != nil {
		t.Fatal(err)
	}
	return notes
}

// forkOf is another log that signs with the key of in, as a database that was put back would.
func forkOf(t *testing.T, in *installation, n int) *installation {
	t.Helper()
	var key string
	if err := in.db.Read().NewRaw("SELECT value FROM installation_keys WHERE name LIKE 'log.key %'").Scan(t.Context(), &key); err != nil {
		t.Fatal(err)
	}
	d := dbtest.SQLite(t)
	file := t.TempDir() + "/key"
	if err := publiclog.WriteMark(file, key+"\n"); err != nil {
		t.Fatal(err)
	}
	fork := install(t, d, in.host, publiclog.Settings{KeyFile: file})
	err := d.WithTx(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?)", "log.key "+in.host+"/log", key, in.clock.Now()).Exec(ctx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fork.open(publiclog.Settings{})
	fork.note(t, n)
	return fork
}

// Of two submissions at once that both go on from what is known, one is cosigned and the other is told the new size: none is rolled back.
func TestSubmissionsAtOnce(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		log := install(t, dbtest.SQLite(t), "samklang.example", publiclog.Settings{})
		v, err := publiclog.ParseVerifier(log.status(t).Key)
		if err != nil {
			t.Fatal(err)
		}
		witness := install(t, d, "witness.example", publiclog.Settings{For: []note.Verifier{v}})
		for n := range 12 {
			log.note(t, n+1)
		}
		notes := trees(t, log)
		var wg sync.WaitGroup
		var mu sync.Mutex
		results := map[int]int{}
		for _, text := range notes {
			wg.Go(func() {
				_, err := witness.Cosign(t.Context(), publiclog.Submission{Checkpoint: text})
				status := 200
				if r, ok := errors.AsType[*publiclog.Refusal](err); ok {
					status = r.Status
				} else if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				results[status]++
			})
		}
		wg.Wait()
		if results[200] != 1 || results[409] != len(notes)-1 {
			t.Errorf("%v of %d submissions", results, len(notes))
		}
		witness.whole(t)
	})
}

// A witness that cannot be reached, or answers nonsense, is noted and holds nothing up.
func TestAWitnessThatIsNotThere(t *testing.T) {
	log, _, w := pair(t, dbtest.SQLite(t))
	for name, transport := range map[string]roundTrip{
		"unreachable":       func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") },
		"nonsense":          answering(200, "— nobody AAAA\n"),
		"a page":            answering(200, "<html>"),
		"another size":      answering(409, "999\n"),
		"a size of letters": answering(409, "many\n"),
		"a server's fault":  answering(500, strings.Repeat("å", 1000)),
	} {
		log.note(t, 1)
		log.open(publiclog.Settings{Ask: []publiclog.Witness{w}, Client: &http.Client{Transport: transport, Timeout: time.Second}})
		if err := log.Ask(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		list, err := log.Witnesses(t.Context())
		if err != nil || list[0].Fault == "" || list[0].RefusedSince.IsZero() || len(list[0].Fault) > 320 {
			t.Errorf("%s: %+v %v", name, list, err)
		}
		if _, err := log.seen(t, verify.Options{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	log.open(publiclog.Settings{Ask: []publiclog.Witness{w}})
	if err := log.Ask(t.Context()); err != nil {
		t.Fatal(err)
	}
	if list, err := log.Witnesses(t.Context()); err != nil || list[0].Fault != "" || !list[0].RefusedSince.IsZero() {
		t.Errorf("back again: %+v %v", list, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func answering(status int, body string) roundTrip {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Status: fmt.Sprint(status), Body: io.NopCloser(strings.NewReader(body)), Header: http.Header{}, Request: r}, nil
	}
}
