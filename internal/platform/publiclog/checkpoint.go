package publiclog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how many entries a log had and what they hash to (C2SP tlog-checkpoint).
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	Note   string    // the whole signed note
	At     time.Time // when it was signed; zero when only the note is known
	Epoch  int64     // which of the installation's logs, from 1; 0 when only the note is known
}

// Tree is the checkpoint for package tlog.
func (c Checkpoint) Tree() tlog.Tree { return tlog.Tree{N: c.Size, Hash: c.Root} }

// maxNote is how long a signed note may be, with many cosignatures.
const maxNote = 64 << 10

// body is what is signed.
func body(origin string, size int64, root tlog.Hash) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)
}

// ParseCheckpoint reads what a signed note says, without looking at its signatures.
func ParseCheckpoint(text string) (Checkpoint, error) {
	c := Checkpoint{Note: text}
	if len(text) > maxNote {
		return c, errors.New("the checkpoint is too long")
	}
	head, _, ok := strings.Cut(text, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 {
		return c, errors.New("the checkpoint is no signed note of three lines")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != lines[1] {
		return c, errors.New("the checkpoint's second line is no size")
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil || root.String() != lines[2] {
		return c, errors.New("the checkpoint's third line is no hash")
	}
	if !validName(lines[0]) {
		return c, errors.New("the checkpoint's first line is no name of a log")
	}
	c.Origin, c.Size, c.Root = lines[0], size, root
	return c, nil
}

// validName tells whether a note's key may have the name.
func validName(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsAny(s, "+ \t\r\n\v\f\u0085\u00a0\u2028\u2029") && strings.ToValidUTF8(s, "") == s
}

// OpenCheckpoint reads a signed note and checks that the log with the verifier key signed it.
func OpenCheckpoint(text, verifier string) (Checkpoint, error) {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("the public key of the log cannot be read: %w", err)
	}
	c, err := ParseCheckpoint(text)
	if err != nil {
		return c, err
	}
	if _, err := note.Open([]byte(text), note.VerifierList(v)); err != nil {
		return c, fmt.Errorf("the checkpoint is not signed by the key of the log: %w", err)
	}
	if c.Origin != v.Name() {
		return c, fmt.Errorf("the checkpoint is of %s, and the key is of %s", c.Origin, v.Name())
	}
	return c, nil
}

// ErrNoLog says that the database has no log yet.
var ErrNoLog = errors.New("this installation has no public log yet")

// Latest is the last checkpoint of the database's log; ErrNoLog when it has none.
func Latest(ctx context.Context, q db.IDB) (Checkpoint, error) {
	l, err := current(ctx, q)
	if err != nil {
		return Checkpoint{}, err
	}
	return last(ctx, q, l)
}

func current(ctx context.Context, q db.IDB) (logRow, error) {
	var l logRow
	err := q.NewSelect().Model(&l).Order("epoch DESC").Limit(1).Scan(ctx)
	if db.IsNoRows(err) {
		err = ErrNoLog
	}
	return l, err
}

func last(ctx context.Context, q db.IDB, l logRow) (Checkpoint, error) {
	var row checkpointRow
	err := q.NewSelect().Model(&row).Where("epoch = ?", l.Epoch).Order("size DESC").Limit(1).Scan(ctx)
	if db.IsNoRows(err) {
		return Checkpoint{Origin: l.Origin, Epoch: l.Epoch}, ErrNoLog
	}
	if err != nil {
		return Checkpoint{}, err
	}
	return row.read(l)
}

// read checks what the row says of itself and by whom it is signed.
func (r checkpointRow) read(l logRow) (Checkpoint, error) {
	c, err := OpenCheckpoint(r.Note, l.Verifier)
	if err == nil && (c.Size != r.Size || c.Root.String() != r.Root || c.Origin != l.Origin) {
		err = errors.New("its row says something else than its note")
	}
	if err != nil {
		return c, broken("the checkpoint of %d entries is not as it was signed: %w", r.Size, err)
	}
	c.At, c.Epoch = r.At, l.Epoch
	return c, nil
}

// stored reads hashes of a log from the database.
func stored(ctx context.Context, q db.IDB, epoch int64) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		out := make([]tlog.Hash, len(indexes))
		if len(indexes) == 0 {
			return out, nil
		}
		var rows []hashRow
		if err := q.NewSelect().Model(&rows).Where("epoch = ?", epoch).Where("idx IN (?)", bun.In(indexes)).Scan(ctx); err != nil {
			return nil, err
		}
		by := make(map[int64][]byte, len(rows))
		for _, r := range rows {
			by[r.Idx] = r.Hash
		}
		for i, x := range indexes {
			h := by[x]
			if len(h) != tlog.HashSize {
				return nil, broken("the log's hash number %d is missing or cut", x)
			}
			copy(out[i][:], h)
		}
		return out, nil
	})
}

// rootAt computes what a log of the database hashed to when it had size entries.
func rootAt(ctx context.Context, q db.IDB, epoch, size int64) (tlog.Hash, error) {
	if size == 0 {
		return tlog.Hash(emptyRoot), nil
	}
	return tlog.TreeHash(size, stored(ctx, q, epoch))
}

// emptyRoot is the hash of a tree without entries (RFC 6962 2.1).
var emptyRoot = [32]byte{0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55}

// Holds checks that the database's log goes on from a checkpoint that was shown before: that it had the same entries then, and has none fewer
// now. A checkpoint of a log that StartAnew has closed is held when it is not later than the one the new log names. The error says what is wrong
// with the database and the way out.
func Holds(ctx context.Context, q db.IDB, shown string) error {
	c, err := ParseCheckpoint(shown)
	if err != nil {
		return err
	}
	var l, next logRow
	err = q.NewSelect().Model(&l).Where("origin = ?", c.Origin).Scan(ctx)
	if db.IsNoRows(err) {
		return forked("the checkpoint shown last is of the log %s, which this database does not have", c.Origin)
	}
	if err != nil {
		return err
	}
	if c, err = OpenCheckpoint(shown, l.Verifier); err != nil {
		return forked("the checkpoint shown last does not belong to this database: %w", err)
	}
	latest, err := last(ctx, q, l)
	if err != nil && !errors.Is(err, ErrNoLog) {
		return err
	}
	err = q.NewSelect().Model(&next).Where("epoch = ?", l.Epoch+1).Scan(ctx)
	if err == nil { // it is closed
		final, err := ParseCheckpoint(next.Previous)
		if err != nil || final.Size < c.Size {
			return forked("the log %s had %d entries when it was shown last; this database closed it at fewer", c.Origin, c.Size)
		}
		if final.Size == c.Size {
			if final.Root != c.Root {
				return forked("the log %s was shown with other entries than those this database closed it with", c.Origin)
			}
			return nil
		}
		if latest.Size < final.Size { // what followed the point of the restore is known by its hash alone
			return nil
		}
		if root, err := rootAt(ctx, q, l.Epoch, final.Size); err != nil || root != final.Root {
			return err // the database has another branch; only the hash is known of the one that was shown
		}
	} else if !db.IsNoRows(err) {
		return err
	}
	if latest.Size < c.Size {
		return forked("the log had %d entries when it was shown last; in this database it has %d", c.Size, latest.Size)
	}
	root, err := rootAt(ctx, q, l.Epoch, c.Size)
	if err != nil {
		return err
	}
	if root != c.Root {
		return forked("the first %d entries of the log are not those it had when it was shown last", c.Size)
	}
	return nil
}
