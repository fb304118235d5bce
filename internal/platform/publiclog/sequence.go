package publiclog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// sequencedAtOnce is how many entries one transaction gives their places.
const sequencedAtOnce = 1000

// gather is how long the sequencer lets entries come together before it signs, so that a burst of changes costs one signature.
const gather = 100 * time.Millisecond

// Sequence gives every entry that waits its place in the tree and signs the result. However many copies of the program do so at once, an entry
// gets one place.
func (l *Log) Sequence(ctx context.Context) (n int, err error) {
	for {
		m, err := l.sequenceOnce(ctx)
		n += m
		if err != nil || m < sequencedAtOnce {
			return n, err
		}
	}
}

func (l *Log) sequenceOnce(ctx context.Context) (n int, err error) {
	err = l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		n = 0
		log, err := held(ctx, tx)
		if err != nil {
			return err
		}
		var entries []entryRow
		err = tx.NewSelect().TableExpr("log_waiting AS w").ColumnExpr("e.id, e.body").Join("JOIN log_entries AS e ON e.id = w.entry_id").
			OrderExpr("w.at, w.entry_id").Limit(sequencedAtOnce).Scan(ctx, &entries)
		if err != nil || len(entries) == 0 {
			return err
		}
		signer, err := l.signer(ctx, tx, log)
		if err != nil {
			return err
		}
		latest, err := last(ctx, tx, log)
		if err != nil {
			return err
		}
		// What is signed goes on from what was signed: a tree that was changed since is not signed over.
		root, err := rootAt(ctx, tx, log.Epoch, latest.Size)
		if err != nil {
			return err
		}
		if root != latest.Root {
			return broken("the hashes of the first %d entries are not those that were signed", latest.Size)
		}
		if _, err := l.extend(ctx, tx, log, signer, latest.Size, entries); err != nil {
			return err
		}
		ids := make([]id.ID, len(entries))
		for i, e := range entries {
			ids[i] = e.ID
		}
		res, err := tx.NewDelete().Model((*waitingRow)(nil)).Where("entry_id IN (?)", bun.In(ids)).Exec(ctx)
		if err != nil {
			return err
		}
		if db.Affected(res) != len(entries) {
			return errors.New("entries of the public log stopped waiting while they were given their places")
		}
		n = len(entries)
		return nil
	})
	return n, err
}

// held is the current log, held against every other sequencer until the transaction ends. The row is locked and not written, and no session
// remembers the lock, so that it works through a pooler in transaction mode.
func held(ctx context.Context, tx *db.Tx) (logRow, error) {
	var l logRow
	sel := tx.NewSelect().Model(&l).Order("epoch DESC").Limit(1)
	if tx.Engine == db.Postgres {
		sel = sel.For("UPDATE")
	}
	err := sel.Scan(ctx)
	if db.IsNoRows(err) {
		return l, ErrNoLog
	}
	if err != nil {
		return l, err
	}
	// Who waited for the row may have got one that is no longer the last.
	now, err := current(ctx, tx)
	if err == nil && now.Epoch != l.Epoch {
		err = fmt.Errorf("the public log was begun anew meanwhile")
	}
	return l, err
}

// extend writes entries behind the first size, and the checkpoint of them all.
func (l *Log) extend(ctx context.Context, tx *db.Tx, log logRow, signer note.Signer, size int64, entries []entryRow) (Checkpoint, error) {
	fresh := map[int64]tlog.Hash{}
	db := stored(ctx, tx, log.Epoch)
	reader := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		var missing, at []int64
		for i, x := range indexes {
			if h, ok := fresh[x]; ok {
				out[i] = h
			} else {
				missing, at = append(missing, x), append(at, int64(i))
			}
		}
		old, err := db.ReadHashes(missing)
		for i, h := range old {
			out[at[i]] = h
		}
		return out, err
	})
	leaves := make([]leafRow, len(entries))
	var hashes []hashRow
	for i, e := range entries {
		n := size + int64(i)
		h := leafHash(e.Body)
		leaves[i] = leafRow{Epoch: log.Epoch, Seq: n, EntryID: e.ID, Hash: h[:]}
		more, err := tlog.StoredHashesForRecordHash(n, h, reader)
		if err != nil {
			return Checkpoint{}, err
		}
		for j, h := range more {
			idx := tlog.StoredHashIndex(0, n) + int64(j)
			fresh[idx] = h
			hashes = append(hashes, hashRow{Epoch: log.Epoch, Idx: idx, Hash: h[:]})
		}
	}
	c := Checkpoint{Origin: log.Origin, Size: size + int64(len(entries)), At: l.clock.Now(), Epoch: log.Epoch}
	var err error
	if c.Root, err = tlog.TreeHash(c.Size, reader); err != nil {
		return c, err
	}
	signed, err := note.Sign(&note.Note{Text: body(c.Origin, c.Size, c.Root)}, signer)
	if err != nil {
		return c, err
	}
	c.Note = string(signed)
	if err := insert(ctx, tx, leaves); err != nil {
		return c, err
	}
	if err := insert(ctx, tx, hashes); err != nil {
		return c, err
	}
	_, err = tx.NewInsert().Model(&checkpointRow{Epoch: log.Epoch, Size: c.Size, Follows: size, Root: c.Root.String(), Note: c.Note, At: c.At}).Exec(ctx)
	return c, err
}
