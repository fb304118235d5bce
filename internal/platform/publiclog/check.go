package publiclog

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/tlog"
)

// Report is what a check went through.
type Report struct {
	Latest      Checkpoint
	Entries     int64 // in the log and waiting for it
	Waiting     int64
	Checkpoints int64
	Facts       int64 // rows compared with their entries
	Missing     int64 // rows that have no entry yet, as those an earlier release wrote
	Destroyed   int64 // entries whose hidden part can no longer be compared: its salt was destroyed
}

// lacking are facts of one kind that the log does not hold yet, or holds as they were before a release without a log changed them.
type lacking func(source Source, facts []Fact) error

// rowsOfCheck is how many rows a check has in memory at a time.
const rowsOfCheck = 1000

// signaturesAtStart is how many checkpoints, the newest, have their signatures checked when the program starts; a nightly check takes all.
const signaturesAtStart = 500

// Check compares everything: each entry with its hash, the hashes with each other and with every checkpoint, the checkpoints with their signatures,
// and the rows that the entries tell of with the entries. All is read as it stands at one moment. The error is a Broken one that names what
// differs.
func (l *Log) Check(ctx context.Context) (Report, error) { return l.check(ctx, 0, nil) }

func (l *Log) check(ctx context.Context, signatures int64, lack lacking) (r Report, err error) {
	err = l.db.ReadAtOnce(ctx, func(ctx context.Context, q db.IDB) error {
		r = Report{}
		var logs []logRow
		if err := q.NewSelect().Model(&logs).Order("epoch").Scan(ctx); err != nil {
			return err
		}
		if len(logs) == 0 {
			return ErrNoLog
		}
		for i, row := range logs {
			if row.Epoch != int64(i)+1 {
				return broken("the public log number %d is missing", i+1)
			}
			if r.Latest, err = l.checkTree(ctx, q, row, signatures, &r); err != nil {
				return err
			}
		}
		var all int64
		if err := q.NewRaw("SELECT count(*) FROM log_checkpoints").Scan(ctx, &all); err != nil {
			return err
		}
		if all != r.Checkpoints {
			return broken("there are checkpoints of no log")
		}
		if err := l.checkSalts(ctx, q); err != nil {
			return err
		}
		if err := l.checkFile(ctx, q); err != nil {
			return err
		}
		if err := l.checkWaiting(ctx, q, logs[len(logs)-1], &r); err != nil {
			return err
		}
		if err := checkCosignatures(ctx, q); err != nil {
			return err
		}
		for _, s := range l.set.Sources {
			if err := l.checkFacts(ctx, q, s, lack, &r); err != nil {
				return err
			}
		}
		if l.set.Agree != nil {
			if err := l.set.Agree(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	return r, unreadable(err)
}

// unreadable makes a Broken error of one that says that a row cannot be read: nothing that the program wrote is like that.
func unreadable(err error) error {
	if _, known := errors.AsType[*Broken](err); known || err == nil || errors.Is(err, ErrNoLog) || db.OfEngine(err) {
		return err
	}
	return broken("a row cannot be read: %w", err)
}

// Disagrees is the error with which Settings.Agree says what the pages would show that the log does not prove.
func Disagrees(format string, args ...any) error { return broken(format, args...) }

type checkedLeaf struct {
	Seq           int64
	EntryID       id.ID
	Hash          []byte
	ID            id.ID
	Kind          string
	AssociationID id.ID
	SubjectID     id.ID
	At            time.Time
	Body          string
}

// checkTree walks through one log from its first entry to its last.
func (l *Log) checkTree(ctx context.Context, q db.IDB, log logRow, signatures int64, r *Report) (Checkpoint, error) {
	w := walk{q: q, log: log, checkSignatureFrom: 0}
	var n int64
	if err := q.NewRaw("SELECT count(*) FROM log_checkpoints WHERE epoch = ?", log.Epoch).Scan(ctx, &n); err != nil {
		return Checkpoint{}, err
	}
	if signatures > 0 && n > signatures {
		w.checkSignatureFrom = n - signatures
	}
	for {
		var page []checkedLeaf
		err := q.NewSelect().TableExpr("log_leaves AS l").ColumnExpr("l.seq, l.entry_id, l.hash, e.id, e.kind, e.association_id, e.subject_id, e.at, e.body").
			Join("LEFT JOIN log_entries AS e ON e.id = l.entry_id").Where("l.epoch = ?", log.Epoch).Where("l.seq >= ?", w.size).OrderExpr("l.seq").Limit(rowsOfCheck).Scan(ctx, &page)
		if err != nil {
			return Checkpoint{}, err
		}
		for _, x := range page {
			if err := w.leaf(ctx, x); err != nil {
				return Checkpoint{}, l.named(ctx, q, x, err)
			}
		}
		if len(page) < rowsOfCheck {
			break
		}
	}
	if err := w.end(ctx); err != nil {
		return w.latest, err
	}
	r.Entries, r.Checkpoints = w.size, r.Checkpoints+n
	return w.latest, nil
}

// named adds to the fault of an entry which it is.
func (l *Log) named(ctx context.Context, q db.IDB, x checkedLeaf, err error) error {
	b, ok := errors.AsType[*Broken](err)
	if !ok {
		return err
	}
	return &Broken{Fault: fmt.Errorf("entry %d (%s): %w", x.Seq, l.describe(ctx, q, x.Kind, x.SubjectID), b.Fault), Fork: b.Fork}
}

// describe says what an entry tells of: by its row when that is there.
func (l *Log) describe(ctx context.Context, q db.IDB, kind string, subject id.ID) string {
	found := errors.New("found")
	name := fmt.Sprintf("%s %s", kind, subject)
	for _, s := range l.set.Sources {
		if s.Kind != kind {
			continue
		}
		err := s.Facts(ctx, q, func(facts []Fact) error {
			for _, f := range facts {
				if f.Subject == subject {
					name = f.Name
					return found
				}
			}
			return nil
		})
		if err != nil {
			break
		}
	}
	return name
}

// walk is what is known of a log after its first size entries.
type walk struct {
	q                  db.IDB
	log                logRow
	size, hashes       int64
	edge               []tlog.Hash // of the full subtrees at the right edge, the largest first
	stored             []hashRow   // read ahead
	checkpoints        []checkpointRow
	passed             int64 // checkpoints
	checkSignatureFrom int64
	latest             Checkpoint
}

func (w *walk) leaf(ctx context.Context, x checkedLeaf) error {
	switch {
	case x.Seq != w.size:
		return broken("it stands where entry %d should", w.size)
	case x.ID == id.None || x.ID != x.EntryID:
		return broken("its text is gone")
	}
	h := leafHash(x.Body)
	if !bytes.Equal(h[:], x.Hash) {
		return broken("its text is not what was entered")
	}
	if !strings.HasPrefix(x.Body, leafHead(x)) {
		return broken("its row says something else than its text")
	}
	if w.size == 0 {
		leaf, err := ParseLeaf(x.Body)
		if err != nil {
			return broken("%w", err)
		}
		if field := leaf.Differs(w.log.fact(), nil); field != "" || leaf.At != Time(w.log.BegunAt) {
			return broken("it says something else than the row of the log: %s", field)
		}
	}
	for level := int64(0); ; level++ {
		if err := w.compare(ctx, h); err != nil {
			return err
		}
		if w.size>>level&1 == 0 {
			break
		}
		h = tlog.NodeHash(w.edge[len(w.edge)-1], h)
		w.edge = w.edge[:len(w.edge)-1]
	}
	w.edge = append(w.edge, h)
	w.size++
	return w.checkpoint(ctx)
}

// leafHead is how the text of an entry begins, from the columns of its row.
func leafHead(x checkedLeaf) string {
	association := ""
	if x.AssociationID != id.None {
		association = `,"association":"` + x.AssociationID.String() + `"`
	}
	return fmt.Sprintf(`{"format":%d,"entry":%q,"kind":%q%s,"subject":%q,"at":%q`, leafFormat, x.ID, x.Kind, association, x.SubjectID, Time(x.At))
}

// compare checks the next stored hash.
func (w *walk) compare(ctx context.Context, h tlog.Hash) error {
	if len(w.stored) == 0 {
		if err := w.q.NewSelect().Model(&w.stored).Where("epoch = ?", w.log.Epoch).Where("idx >= ?", w.hashes).Order("idx").Limit(2 * rowsOfCheck).Scan(ctx); err != nil {
			return err
		}
	}
	if len(w.stored) == 0 || w.stored[0].Idx != w.hashes || !bytes.Equal(w.stored[0].Hash, h[:]) {
		return broken("hash number %d of the tree is not that of the entries", w.hashes)
	}
	w.stored, w.hashes = w.stored[1:], w.hashes+1
	return nil
}

// checkpoint checks the checkpoint of the size that is reached, if there is one.
func (w *walk) checkpoint(ctx context.Context) error {
	if len(w.checkpoints) == 0 {
		err := w.q.NewSelect().Model(&w.checkpoints).Where("epoch = ?", w.log.Epoch).Where("size >= ?", w.size).Order("size").Limit(rowsOfCheck / 2).Scan(ctx)
		if err != nil {
			return err
		}
	}
	if len(w.checkpoints) == 0 || w.checkpoints[0].Size != w.size {
		return nil
	}
	row := w.checkpoints[0]
	w.checkpoints = w.checkpoints[1:]
	root := w.edge[len(w.edge)-1]
	for i := len(w.edge) - 2; i >= 0; i-- {
		root = tlog.NodeHash(w.edge[i], root)
	}
	var c Checkpoint
	var err error
	if w.passed >= w.checkSignatureFrom {
		c, err = row.read(w.log)
	} else if c, err = ParseCheckpoint(row.Note); err == nil && (c.Origin != w.log.Origin || c.Size != row.Size || c.Root.String() != row.Root) {
		err = errors.New("its row says something else than its note")
	}
	if err != nil {
		return broken("the checkpoint of %d entries: %w", row.Size, err)
	}
	if c.Root != root {
		return broken("the first %d entries are not those that were signed", w.size)
	}
	if row.Follows != w.latest.Size {
		return broken("the checkpoint before that of %d entries is gone", w.size)
	}
	c.At, c.Epoch = row.At, w.log.Epoch
	w.passed++
	w.latest = c
	return nil
}

func (w *walk) end(ctx context.Context) error {
	if w.latest.Size != w.size || w.size == 0 {
		return broken("the log %s has %d entries, and its last checkpoint has %d", w.log.Origin, w.size, w.latest.Size)
	}
	for what, query := range map[string]string{
		"hashes beyond its entries":      "SELECT count(*) FROM log_hashes WHERE epoch = ? AND idx NOT BETWEEN 0 AND ?",
		"checkpoints beyond its entries": "SELECT count(*) FROM log_checkpoints WHERE epoch = ? AND size NOT BETWEEN 1 AND ?",
		"entries before its first":       "SELECT count(*) FROM log_leaves WHERE epoch = ? AND seq NOT BETWEEN 0 AND ?",
	} {
		most := map[byte]int64{'h': w.hashes - 1, 'c': w.size, 'e': w.size - 1}[what[0]]
		var n int64
		if err := w.q.NewRaw(query, w.log.Epoch, most).Scan(ctx, &n); err != nil {
			return err
		}
		if n > 0 {
			return broken("the log %s has %d %s", w.log.Origin, n, what)
		}
	}
	var n int64
	if err := w.q.NewRaw("SELECT count(*) FROM log_checkpoints WHERE epoch = ?", w.log.Epoch).Scan(ctx, &n); err != nil {
		return err
	}
	if n != w.passed {
		return broken("the log %s has a checkpoint that belongs to none of its entries", w.log.Origin)
	}
	return nil
}

// checkWaiting checks that every entry has its place in the log, or waits for it.
func (l *Log) checkWaiting(ctx context.Context, q db.IDB, log logRow, r *Report) error {
	var lost []checkedLeaf
	err := q.NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.kind, e.subject_id").Where("e.kind <> ?", KindLog).
		Where("NOT EXISTS (SELECT 1 FROM log_leaves x WHERE x.entry_id = e.id AND x.epoch = ?)", log.Epoch).
		Where("NOT EXISTS (SELECT 1 FROM log_waiting w WHERE w.entry_id = e.id)").Limit(1).Scan(ctx, &lost)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		return broken("an entry (%s) was taken out of the log", l.describe(ctx, q, lost[0].Kind, lost[0].SubjectID))
	}
	err = q.NewRaw("SELECT count(*) FROM log_waiting w WHERE EXISTS (SELECT 1 FROM log_leaves x WHERE x.entry_id = w.entry_id AND x.epoch = ?) OR NOT EXISTS (SELECT 1 FROM log_entries e WHERE e.id = w.entry_id)", log.Epoch).Scan(ctx, &r.Waiting)
	if err != nil {
		return err
	}
	if r.Waiting > 0 {
		return broken("%d entries wait for a place in the log that they have already, or do not exist", r.Waiting)
	}
	if err := q.NewRaw("SELECT count(*) FROM log_waiting").Scan(ctx, &r.Waiting); err != nil {
		return err
	}
	r.Entries += r.Waiting
	return nil
}

// ownTables are the tables of the log itself.
var ownTables = []string{"logs", "log_entries", "log_salts", "log_waiting", "log_leaves", "log_hashes", "log_checkpoints", "log_cosignatures"}

// checkFile lets SQLite compare each protected table with its indexes: it may answer from either, so that a byte that was changed in the file
// could show in one question and not in another. PostgreSQL has checksums of its own for that.
func (l *Log) checkFile(ctx context.Context, q db.IDB) error {
	if l.db.Engine != db.SQLite {
		return nil
	}
	tables := slices.Clone(ownTables)
	for _, s := range l.set.Sources {
		if s.Table != "" {
			tables = append(tables, s.Table)
		}
	}
	for _, t := range tables {
		var said []string
		if err := q.NewRaw("PRAGMA integrity_check(?)", bun.Ident(t)).Scan(ctx, &said); err != nil {
			return err
		}
		if len(said) != 1 || said[0] != "ok" {
			return broken("the file of the database is damaged in %s: %s", t, shorten(strings.Join(said, "; "), 200))
		}
	}
	return nil
}

// checkSalts checks that every entry with a hidden part has the salt that it names, unless that was destroyed.
func (l *Log) checkSalts(ctx context.Context, q db.IDB) error {
	var lost []checkedLeaf
	err := q.NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.kind, e.subject_id").Where("e.body LIKE '%\"salt\":\"%'").
		Where("NOT EXISTS (SELECT 1 FROM log_salts s WHERE s.entry_id = e.id)").Limit(1).Scan(ctx, &lost)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		return broken("an entry (%s): its salt is gone", l.describe(ctx, q, lost[0].Kind, lost[0].SubjectID))
	}
	after := id.None
	for {
		var page []struct {
			EntryID     id.ID
			Salt        string
			DestroyedAt time.Time
			ID          id.ID
			Kind        string
			SubjectID   id.ID
			Body        string
		}
		err := q.NewSelect().TableExpr("log_salts AS s").ColumnExpr("s.entry_id, s.salt, s.destroyed_at, e.id, e.kind, e.subject_id, e.body").Join("LEFT JOIN log_entries AS e ON e.id = s.entry_id").
			Where("s.entry_id > ?", after).OrderExpr("s.entry_id").Limit(rowsOfCheck).Scan(ctx, &page)
		if err != nil {
			return err
		}
		for _, x := range page {
			after = x.EntryID
			if x.Salt == "" && !x.DestroyedAt.IsZero() {
				continue
			}
			if x.ID == id.None || !strings.Contains(x.Body, `"salt":"`+saltHash(x.Salt)+`"`) {
				return broken("an entry (%s): its salt is not as it was made", l.describe(ctx, q, x.Kind, x.SubjectID))
			}
		}
		if len(page) < rowsOfCheck {
			return nil
		}
	}
}

type checkedEntry struct {
	ID          id.ID
	SubjectID   id.ID
	At          time.Time
	Body        string
	Salt        *string
	DestroyedAt time.Time
	Seq         *int64
}

// checkFacts compares the rows of one source with their entries.
func (l *Log) checkFacts(ctx context.Context, q db.IDB, s Source, lack lacking, r *Report) error {
	var seen int64
	err := s.Facts(ctx, q, func(facts []Fact) error {
		var missing []Fact
		entries, err := latestEntries(ctx, q, s.Kind, facts)
		if err != nil {
			return err
		}
		for _, f := range facts {
			r.Facts++
			e, there := entries[f.Subject]
			if !there {
				missing = append(missing, f)
				continue
			}
			seen++
			fault, err := e.compare(f, r)
			if err != nil {
				return err
			}
			if fault == nil {
				continue
			}
			if s.Explains != nil {
				if explained, err := s.Explains(ctx, q, f, e.At); err != nil {
					return err
				} else if explained {
					missing = append(missing, f)
					continue
				}
			}
			return broken("%s (%s): %w", e.number(), f.Name, fault)
		}
		r.Missing += int64(len(missing))
		if lack != nil && len(missing) > 0 {
			return lack(s, missing)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var entered int64
	if err := q.NewRaw("SELECT count(DISTINCT subject_id) FROM log_entries WHERE kind = ?", s.Kind).Scan(ctx, &entered); err != nil {
		return err
	}
	if entered != seen {
		return l.gone(ctx, q, s)
	}
	return nil
}

func (e checkedEntry) number() string {
	if e.Seq == nil {
		return "the entry that waits for its place"
	}
	return fmt.Sprintf("entry %d", *e.Seq)
}

// compare tells by what the entry differs from the fact that its row says today.
func (e checkedEntry) compare(f Fact, r *Report) (fault, err error) {
	leaf, err := ParseLeaf(e.Body)
	if err != nil {
		return err, nil
	}
	var salt []byte
	if len(leaf.Hidden) > 0 {
		switch {
		case e.Salt == nil || *e.Salt == "": // checkSalts has found that it was destroyed
			r.Destroyed++
		default:
			if salt, err = hex.DecodeString(*e.Salt); err != nil {
				return err, nil
			}
		}
	}
	if field := leaf.Differs(f, salt); field != "" {
		return fmt.Errorf("the row it tells of was changed: %s", field), nil
	}
	return nil, nil
}

// latestEntries finds the entry that holds for each of the facts.
func latestEntries(ctx context.Context, q db.IDB, kind string, facts []Fact) (map[id.ID]checkedEntry, error) {
	if len(facts) == 0 {
		return nil, nil
	}
	subjects := make([]id.ID, len(facts))
	for i, f := range facts {
		subjects[i] = f.Subject
	}
	var list []checkedEntry
	err := q.NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.subject_id, e.at, e.body, s.salt, s.destroyed_at").
		ColumnExpr("(SELECT max(l.seq) FROM log_leaves l WHERE l.entry_id = e.id AND l.epoch = (SELECT max(epoch) FROM logs)) AS seq").
		Join("LEFT JOIN log_salts AS s ON s.entry_id = e.id").Where("e.kind = ?", kind).Where("e.subject_id IN (?)", bun.In(subjects)).OrderExpr("e.at, e.id").Scan(ctx, &list)
	if err != nil {
		return nil, err
	}
	by := make(map[id.ID]checkedEntry, len(list))
	for _, e := range list {
		by[e.SubjectID] = e
	}
	return by, nil
}

// gone names an entry whose row is not there any more.
func (l *Log) gone(ctx context.Context, q db.IDB, s Source) error {
	there := map[id.ID]bool{}
	if err := s.Facts(ctx, q, func(facts []Fact) error {
		for _, f := range facts {
			there[f.Subject] = true
		}
		return nil
	}); err != nil {
		return err
	}
	var list []checkedEntry
	err := q.NewSelect().TableExpr("log_entries AS e").ColumnExpr("e.id, e.subject_id, e.body, (SELECT max(l.seq) FROM log_leaves l WHERE l.entry_id = e.id) AS seq").Where("e.kind = ?", s.Kind).OrderExpr("e.at, e.id").Scan(ctx, &list)
	if err != nil {
		return err
	}
	for _, e := range list {
		if !there[e.SubjectID] {
			return broken("%s (%s): the row it tells of is gone; the entry says %s", e.number(), s.Kind, shorten(e.Body, 400))
		}
	}
	return broken("rows of kind %s were changed while they were compared", s.Kind)
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n], "") + " …"
}
