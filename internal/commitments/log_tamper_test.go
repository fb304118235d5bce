package commitments_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"samklang/internal/commitments"
	"samklang/internal/commitments/ledgertest"
	"samklang/internal/core/id"
	"samklang/internal/core/period"
	"samklang/internal/platform/db"
	"samklang/internal/platform/db/dbtest"
	"samklang/internal/platform/publiclog"
)

// protected are the tables whose rows the public log proves, with the columns that it does not and why: what they hold may change, or says nothing
// that anybody relies on. Every other column of every row is tampered with.
var protected = map[string]map[string]string{
	"declarations":     {"about_simple": "editorial", "about_en": "editorial", "version": "counts editorial changes"},
	"commitments":      {"title": "editorial", "title_simple": "editorial", "title_en": "editorial", "plain": "editorial", "forms": "coding", "grounds": "coding", "extra_grounds": "coding", "version": "counts editorial changes"},
	"signatures":       {},
	"wordings":         {},
	"state_changes":    {},
	"snapshots":        {},
	"logs":             {},
	"log_entries":      {},
	"log_leaves":       {},
	"log_hashes":       {},
	"log_checkpoints":  {"at": "the time of signing is not part of a checkpoint"},
	"log_cosignatures": {"at": "the witness's own time stands in its line"},
	"log_salts":        {"destroyed_at": "says nothing of a salt that is there"},
}

// everything lets each kind of entry happen once, and signs the log twice.
func everything(t *testing.T, w *ledgertest.World) {
	t.Helper()
	ctx, karin := t.Context(), w.People["Karin"]
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.Log.Begin(ctx))
	_, err := w.Log.Sequence(ctx)
	must(err)
	p := w.Promise(t, w.Coast, 3)
	must(w.Ledger.SupersedeWording(ctx, karin, w.Coast, p.ID, p.Version, commitments.Supersession{Wording: "Ställa krav på inkludering i alla avtal.", Reason: "Kortare.", Decision: "§ 12/2026"}))
	own, err := w.Ledger.OwnSignatures(ctx, karin, w.Coast)
	must(err)
	must(w.Ledger.CorrectSignature(ctx, karin, w.Coast, own[0].ID, own[0].Facts(), commitments.SignatureFacts{SignedOn: period.On(2026, 1, 8), Decision: "§ 4/2026"}))
	_, err = w.Ledger.AddMilestone(ctx, karin, w.Coast, p.ID, "Mall för avtal", period.On(2026, 2, 1))
	must(err)
	n := int64(12)
	must(w.Ledger.FileEvidence(ctx, w.People["Tyra"], w.Coast, commitments.EvidenceFields{Target: commitments.Target{Pledge: p.ID}, Kind: commitments.EvidenceFigure, Title: "Avtal", Figure: &n, FigureUnit: "avtal", FigureSource: "Diariet"}, "", nil))
	e := w.Promise(t, w.Coast, 3).Evidence[0]
	must(w.Ledger.ReviewEvidence(ctx, karin, w.Coast, e.ID, e.Version, commitments.Verdict{Accept: true, Public: true}))
	round, err := w.Ledger.OpenRound(ctx, karin, w.Coast, commitments.RoundFields{Title: "Första tertialet", Period: [2]period.Date{period.On(2026, 1, 1), period.On(2026, 4, 30)}, ClosesOn: period.On(2026, 5, 15)})
	must(err)
	must(w.Ledger.FreezeRound(ctx, karin, w.Coast, round, 1))
	must(w.Ledger.PublishRound(ctx, karin, w.Coast, round, 2, true))
	one, two := w.Promise(t, w.Coast, 1), w.Promise(t, w.Coast, 2)
	must(w.Ledger.ReplacePledge(ctx, karin, w.Coast, two.ID, two.Version, one.ID))
	w.Clock.MoveTo(period.On(2026, 10, 1))
	_, err = w.Ledger.Recompute(ctx)
	must(err)
	_, err = w.Log.Sequence(ctx)
	must(err)
	counts, err := w.Log.Count(ctx)
	must(err)
	for _, kind := range commitments.LogKinds {
		if counts[kind] == 0 {
			t.Errorf("nothing of kind %s happened", kind)
		}
	}
	if r, err := w.Log.Check(ctx); err != nil || r.Missing > 0 {
		t.Fatalf("%+v %v", r, err)
	}
}

// unguarded takes away what makes the database itself refuse.
func unguarded(t *testing.T, w *ledgertest.World) {
	t.Helper()
	var list []string
	if w.DB.Engine == db.SQLite {
		if err := w.DB.Read().NewRaw("SELECT 'DROP TRIGGER ' || name FROM sqlite_schema WHERE type = 'trigger'").Scan(t.Context(), &list); err != nil {
			t.Fatal(err)
		}
	} else {
		err := w.DB.Read().NewRaw("SELECT DISTINCT 'DROP TRIGGER ' || trigger_name || ' ON ' || event_object_table FROM information_schema.triggers UNION SELECT 'DROP TRIGGER ' || t.tgname || ' ON ' || c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE NOT t.tgisinternal").Scan(t.Context(), &list)
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(list)
		list = slices.Compact(list)
	}
	for _, s := range list {
		w.Exec(t, s)
	}
	if w.DB.Engine == db.SQLite {
		if _, err := w.DB.Writer().Exec("PRAGMA foreign_keys = OFF"); err != nil {
			t.Fatal(err)
		}
	}
}

// cells calls fn with every value that the log protects: its table, its column, the condition that finds its row, and the value as text.
func cells(t *testing.T, w *ledgertest.World, fn func(table, column, kind, where, value string)) {
	t.Helper()
	for _, table := range sortedKeys(protected) {
		rows, err := w.DB.Writer().QueryContext(t.Context(), "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		types, err := rows.ColumnTypes()
		if err != nil {
			t.Fatal(err)
		}
		var all [][]any
		for rows.Next() {
			values, into := make([]any, len(types)), make([]any, len(types))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			all = append(all, values)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 && table != "log_cosignatures" {
			t.Errorf("%s is empty", table)
		}
		for _, values := range all {
			for i, c := range types {
				if protected[table][c.Name()] != "" {
					continue
				}
				var where []string
				for j, k := range types {
					if s, ok := literal(values[j]); ok && k.Name() != c.Name() && k.DatabaseTypeName() != "TIMESTAMPTZ" {
						where = append(where, fmt.Sprintf("%s = %s", k.Name(), s))
					}
				}
				if s, ok := literal(values[i]); ok {
					fn(table, c.Name(), c.DatabaseTypeName(), strings.Join(where, " AND "), s)
				}
			}
		}
	}
}

func literal(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return "'" + strings.ReplaceAll(v, "'", "''") + "'", true
	case int64:
		return fmt.Sprint(v), true
	case []byte:
		return "x" + hex.EncodeToString(v), true
	}
	return "", false
}

func sortedKeys[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// One byte of any value that the log protects, whichever, is changed: the check notices, stops the program, and says where.
func TestAChangedByteIsFound(t *testing.T) {
	d := dbtest.SQLite(t)
	w := ledgertest.New(t, d)
	w.AdoptJoint(t)
	everything(t, w)
	unguarded(t, w)
	w.DB.Read() // the readers keep their own view; each check begins a new one
	changed, found := 0, map[string]int{}
	cells(t, w, func(table, column, kind, where, value string) {
		raw := value
		switch {
		case strings.HasPrefix(value, "x"):
			b, err := hex.DecodeString(value[1:])
			if err != nil {
				t.Fatal(err)
			}
			raw = string(b)
		case strings.HasPrefix(value, "'"):
			raw = strings.ReplaceAll(value[1:len(value)-1], "''", "'")
		}
		// Of a long value every byte would take minutes: the first, the last, and some between.
		for _, i := range places(len(raw)) {
			b := []byte(raw)
			b[i] ^= 1
			if string(b) == "-0" {
				continue
			}
			cast := "CAST(x'" + hex.EncodeToString(b) + "' AS TEXT)"
			back := "CAST(x'" + hex.EncodeToString([]byte(raw)) + "' AS TEXT)"
			if strings.HasPrefix(value, "x") {
				cast, back = "x'"+hex.EncodeToString(b)+"'", "x'"+hex.EncodeToString([]byte(raw))+"'"
			} else if kind == "BIGINT" {
				cast, back = "CAST("+cast+" AS INTEGER)", value
			}
			if where != "" {
				where = strings.ReplaceAll(where, "= x", "= x") // blobs are not compared
			}
			condition := blobless(where)
			res, err := w.DB.Writer().ExecContext(t.Context(), fmt.Sprintf("UPDATE OR IGNORE %s SET %s = %s WHERE %s AND %s = %s", table, column, cast, condition, column, back))
			if err != nil {
				t.Fatalf("%s.%s: %v", table, column, err)
			}
			if db.Affected(res) == 0 {
				continue // another row has this key
			}
			if db.Affected(res) > 1 {
				t.Fatalf("%s.%s: %d rows have WHERE %s", table, column, db.Affected(res), condition)
			}
			changed++
			_, err = w.Log.Check(t.Context())
			if broken, ok := errors.AsType[*publiclog.Broken](err); !ok {
				t.Errorf("byte %d of %s.%s (%s) was changed: %v", i, table, column, shortened(value), err)
			} else {
				found[table]++
				if broken.ExitCode() != 3 || !strings.Contains(err.Error(), "samklang verify") {
					t.Errorf("%v", err)
				}
			}
			res, err = w.DB.Writer().ExecContext(t.Context(), fmt.Sprintf("UPDATE %s SET %s = %s WHERE %s AND %s = %s", table, column, back, condition, column, cast))
			if err != nil || db.Affected(res) != 1 {
				t.Fatalf("%s.%s cannot be put back: %v", table, column, err)
			}
		}
	})
	if _, err := w.Log.Check(t.Context()); err != nil {
		t.Fatalf("after everything was put back: %v", err)
	}
	t.Logf("%d changes, found in %v", changed, found)
	if changed < 1000 {
		t.Errorf("only %d values were changed", changed)
	}
}

func blobless(where string) string {
	var keep []string
	for part := range strings.SplitSeq(where, " AND ") {
		if !strings.Contains(part, " = x") {
			keep = append(keep, part)
		}
	}
	if len(keep) == 0 {
		return "1 = 1"
	}
	return strings.Join(keep, " AND ")
}

func places(n int) []int {
	list := []int{0, n / 3, n / 2, n - 1}
	for len(list) < 6 && n > 8 {
		list = append(list, rand.IntN(n))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(i int) bool { return i < 0 || i >= n })
}

func shortened(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}

// On both engines: a changed text, a removed row, a row taken out of the log, and what pages would show wrongly are named.
func TestTamperingIsNamed(t *testing.T) {
	each(t, func(t *testing.T, w *ledgertest.World) {
		everything(t, w)
		unguarded(t, w)
		for _, c := range []struct{ name, query, back, want string }{
			{"a wording", "UPDATE wordings SET wording = replace(wording, 'fyra', 'fem') WHERE wording LIKE '%fyra%'", "UPDATE wordings SET wording = replace(wording, 'fem', 'fyra') WHERE wording LIKE '%fem öppna%'", "(wording 1 of promise 1 of gemensam-deklaration, "},
			{"a preamble", "UPDATE declarations SET preamble = 'Vi vill mindre.'", "UPDATE declarations SET preamble = 'Vi vill mer.'", "(declaration gemensam-deklaration, Älvkusten): the row it tells of was changed: preamble"},
			{"a declared promise", "UPDATE commitments SET wording = wording || ' Kanske.' WHERE number = 2", "UPDATE commitments SET wording = replace(wording, ' Kanske.', '') WHERE number = 2", "promise 2 of gemensam-deklaration as declared, Älvkusten"},
			{"a decision", "UPDATE signatures SET decision = '§ 5/2026' WHERE decision = '§ 4/2026'", "UPDATE signatures SET decision = '§ 4/2026' WHERE decision = '§ 5/2026'", "signature of gemensam-deklaration, Älvkusten): the row it tells of was changed: decision"},
			{"a day", "UPDATE state_changes SET changed_on = '2026-01-13' WHERE changed_on = '2026-10-01' AND to_state = 'late'", "UPDATE state_changes SET changed_on = '2026-10-01' WHERE changed_on = '2026-01-13'", "change of state of promise"},
			{"a comment in a report", "UPDATE snapshots SET content_json = replace(content_json, 'Hålla', 'Halla')", "UPDATE snapshots SET content_json = replace(content_json, 'Halla', 'Hålla')", "follow-up Första tertialet, Älvkusten"},
			{"a report that is hidden again", "UPDATE rounds SET public = FALSE", "UPDATE rounds SET public = TRUE", "publication of the follow-up Första tertialet, Älvkusten"},
			{"a figure", "UPDATE evidence SET figure = 13 WHERE figure = 12", "UPDATE evidence SET figure = 12 WHERE figure = 13", "figure Avtal, Älvkusten): the row it tells of was changed: figure"},
			{"a figure that is taken away", "UPDATE evidence SET status = 'withdrawn' WHERE figure = 12", "UPDATE evidence SET status = 'accepted' WHERE figure = 12", "the row it tells of is gone"},
			{"which wording is shown", "UPDATE pledges SET wording_version = 1 WHERE wording_version = 2", "UPDATE pledges SET wording_version = 2 WHERE number = 3 AND association_id IN (SELECT association_id FROM wordings WHERE version = 2)", "promise 3 of gemensam-deklaration would be shown with wording 1, and the last one adopted is 2"},
			{"which state is shown", "UPDATE pledges SET state = 'complete' WHERE state = 'late' OR state = 'no_evidence'", "", "would be shown as complete"},
		} {
			w.Exec(t, c.query)
			_, err := w.Log.Check(t.Context())
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
			if c.back == "" {
				continue
			}
			w.Exec(t, c.back)
			if _, err := w.Log.Check(t.Context()); err != nil {
				t.Fatalf("%s was put back: %v", c.name, err)
			}
		}
	})
}

// Rows removed from one end to the other, whichever table they are in, are missed.
func TestARemovedRowIsMissed(t *testing.T) {
	w := ledgertest.New(t, dbtest.SQLite(t))
	w.AdoptJoint(t)
	everything(t, w)
	unguarded(t, w)
	for _, table := range sortedKeys(protected) {
		var n int
		if err := w.DB.Read().NewRaw("SELECT count(*) FROM "+table).Scan(t.Context(), &n); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			w.Exec(t, fmt.Sprintf("CREATE TEMP TABLE kept AS SELECT * FROM %s ORDER BY rowid LIMIT 1 OFFSET %d", table, i))
			w.Exec(t, fmt.Sprintf("DELETE FROM %s WHERE rowid = (SELECT rowid FROM %s ORDER BY rowid LIMIT 1 OFFSET %d)", table, table, i))
			if _, err := w.Log.Check(t.Context()); err == nil {
				t.Errorf("row %d of %s was removed", i, table)
			}
			w.Exec(t, "INSERT INTO "+table+" SELECT * FROM kept")
			w.Exec(t, "DROP TABLE kept")
		}
	}
	if _, err := w.Log.Check(t.Context()); err != nil {
		t.Fatalf("after everything was put back: %v", err)
	}
}

// A byte of the file itself is changed: either the check notices, or nothing that it protects has changed.
func TestAChangedByteOfTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "samklang.db")
	d, err := db.Open(t.Context(), "sqlite:"+path, db.Options{Unsafe: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := ledgertest.New(t, d)
	w.AdoptJoint(t)
	everything(t, w)
	before := contents(t, d)
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found, harmless := 0, 0
	for range 250 {
		at, bit := rand.IntN(len(whole)), byte(1)<<rand.IntN(8)
		whole[at] ^= bit
		other := filepath.Join(dir, "other.db")
		if err := os.WriteFile(other, whole, 0o600); err != nil {
			t.Fatal(err)
		}
		whole[at] ^= bit
		d, err := db.Open(t.Context(), "sqlite:"+other, db.Options{Source: true})
		if err != nil {
			found++
			continue
		}
		_, err = w.Again(d).Check(t.Context())
		switch {
		case err != nil:
			found++
		case contents(t, d) != before:
			t.Errorf("byte %d of the file was changed by %d, and nobody noticed", at, bit)
		default:
			harmless++
		}
		d.Close()
	}
	t.Logf("%d found, %d changed nothing that is protected", found, harmless)
	if found == 0 {
		t.Error("nothing was found")
	}
}

// asRead is a value as the program reads it: an id is the same in capitals, and a text the same when SQLite takes it for bytes.
func asRead(v any) any {
	if b, ok := v.([]byte); ok {
		v = string(b)
	}
	if s, ok := v.(string); ok {
		if x, err := id.Parse(s); err == nil {
			return x.String()
		}
	}
	return v
}

// contents is all that the log protects, as text; "" when it cannot be read.
func contents(t *testing.T, d *db.DB) string {
	var b strings.Builder
	err := d.ReadAtOnce(t.Context(), func(ctx context.Context, q db.IDB) error {
		for _, table := range sortedKeys(protected) {
			rows, err := q.QueryContext(ctx, "SELECT * FROM "+table)
			if err != nil {
				return err
			}
			columns, err := rows.Columns()
			if err != nil {
				return err
			}
			for rows.Next() {
				values, into := make([]any, len(columns)), make([]any, len(columns))
				for i := range values {
					into[i] = &values[i]
				}
				if err := rows.Scan(into...); err != nil {
					return err
				}
				for i, c := range columns {
					if protected[table][c] == "" {
						fmt.Fprintf(&b, "%s.%s=%v\n", table, c, asRead(values[i]))
					}
				}
			}
			if err := errors.Join(rows.Err(), rows.Close()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return ""
	}
	return b.String()
}
