package publiclog

import (
	"context"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"samklang/internal/core/id"
	"samklang/internal/platform/clock"
	"samklang/internal/platform/db"

	"github.com/uptrace/bun"
	"golang.org/x/mod/sumdb/note"
)

// Log is the installation's public log.
type Log struct {
	db    *db.DB
	clock clock.Clock
	log   *slog.Logger
	set   Settings
	wake  chan struct{}

	mu      sync.Mutex
	signers map[string]note.Signer // by verifier key
	marked  string                 // the checkpoint the mark file holds
}

// Settings are what a Log needs of the house.
type Settings struct {
	Host    func() string                             // name by which people reach the installation; asked once, when the log begins
	KeyFile string                                    // file of the signing keys; "" keeps them in the database
	Mark    string                                    // file that remembers the last checkpoint anybody was shown; "" remembers none
	Sources []Source                                  // what the entries were made from
	Agree   func(ctx context.Context, q db.IDB) error // whether what pages show is what the rows of the sources say; Disagrees when not
	Ask     []Witness                                 // whom to ask for cosignatures
	For     []note.Verifier
	Client  *http.Client                                                                              // for asking; nil for one with a limit of its own
	Allow   func(ctx context.Context, r *http.Request, origin string) (wait time.Duration, err error) // how long who submits must wait
}

// Source lists the facts that the rows of a part of the work say today. The log compares them with its entries, and enters those it lacks.
type Source struct {
	Kind  string
	Table string // whose file pages are looked at as well; "" for none
	// Facts calls yield for each, in order of time. Those of a page of rows come together, so that memory does not grow with the years.
	Facts func(ctx context.Context, q db.IDB, yield func([]Fact) error) error
	// Explains tells whether an operation of a release that knew no log changed the row of the fact after since; nil says that none did.
	Explains func(ctx context.Context, q db.IDB, f Fact, since time.Time) (bool, error)
}

// New makes the log of a migrated database. It does nothing until Start.
func New(d *db.DB, c clock.Clock, log *slog.Logger, set Settings) *Log {
	if set.Client == nil {
		set.Client = &http.Client{Timeout: askTimeout}
	}
	return &Log{db: d, clock: c, log: log, set: set, wake: make(chan struct{}, 1), signers: map[string]note.Signer{}}
}

type logRow struct {
	bun.BaseModel `bun:"table:logs"`
	Epoch         int64 `bun:",pk"`
	Origin        string
	Verifier      string
	Previous      string
	Reason        string
	BegunAt       time.Time
}

type entryRow struct {
	bun.BaseModel `bun:"table:log_entries"`
	ID            id.ID `bun:",pk"`
	Kind          string
	AssociationID id.ID `bun:",nullzero"`
	SubjectID     id.ID
	At            time.Time
	Body          string
}

type saltRow struct {
	bun.BaseModel `bun:"table:log_salts"`
	EntryID       id.ID `bun:",pk"`
	Salt          string
	DestroyedAt   time.Time `bun:",nullzero"`
}

type waitingRow struct {
	bun.BaseModel `bun:"table:log_waiting"`
	EntryID       id.ID `bun:",pk"`
	At            time.Time
}

type leafRow struct {
	bun.BaseModel `bun:"table:log_leaves"`
	Epoch         int64 `bun:",pk"`
	Seq           int64 `bun:",pk"`
	EntryID       id.ID
	Hash          []byte
}

type hashRow struct {
	bun.BaseModel `bun:"table:log_hashes"`
	Epoch         int64 `bun:",pk"`
	Idx           int64 `bun:",pk"`
	Hash          []byte
}

type checkpointRow struct {
	bun.BaseModel `bun:"table:log_checkpoints"`
	Epoch         int64 `bun:",pk"`
	Size          int64 `bun:",pk"`
	Follows       int64 // the size of the checkpoint before, 0 for the first: one that is taken away is missed
	Root          string
	Note          string
	At            time.Time
}

// Enter writes facts as entries, in the transaction of what they tell of. They get their places in the tree soon after it has committed.
func (l *Log) Enter(ctx context.Context, tx *db.Tx, facts ...Fact) error {
	if len(facts) == 0 {
		return nil
	}
	if _, err := l.enter(ctx, tx, facts, true); err != nil {
		return err
	}
	tx.AfterCommit(l.Wake)
	return nil
}

// rowsAtOnce is how many rows one statement writes, so that its text stays well below what an engine takes.
const rowsAtOnce = 100

func (l *Log) enter(ctx context.Context, tx *db.Tx, facts []Fact, wait bool) ([]entryRow, error) {
	entries := make([]entryRow, len(facts))
	var salts []saltRow
	waiting := make([]waitingRow, len(facts))
	for i, f := range facts {
		if f.At.IsZero() {
			f.At = l.clock.Now()
		}
		if f.Revises && wait {
			if err := after(ctx, tx, &f); err != nil {
				return nil, err
			}
		}
		e := entryRow{ID: id.New(), Kind: f.Kind, AssociationID: f.Association, SubjectID: f.Subject, At: f.At.UTC().Truncate(time.Microsecond)}
		var salt []byte
		for _, text := range f.Hidden {
			if text != "" {
				s := saltRow{EntryID: e.ID, Salt: newSalt()}
				salt, _ = hex.DecodeString(s.Salt) // it was made above
				salts = append(salts, s)
				break
			}
		}
		var err error
		if e.Body, err = newLeaf(e.ID, f, salt).Text(); err != nil {
			return nil, err
		}
		entries[i], waiting[i] = e, waitingRow{EntryID: e.ID, At: e.At}
	}
	if err := insert(ctx, tx, entries); err != nil {
		return nil, err
	}
	if err := insert(ctx, tx, salts); err != nil {
		return nil, err
	}
	if !wait {
		return entries, nil
	}
	return entries, insert(ctx, tx, waiting)
}

// after sets the fact's time behind that of the entry it takes the place of, whatever the clocks of several machines say: the later one holds.
func after(ctx context.Context, tx *db.Tx, f *Fact) error {
	var before []time.Time
	err := tx.NewSelect().TableExpr("log_entries").Column("at").Where("kind = ?", f.Kind).Where("subject_id = ?", f.Subject).Order("at DESC").Limit(1).Scan(ctx, &before)
	if err == nil && len(before) > 0 && !f.At.After(before[0]) {
		f.At = before[0].Add(time.Microsecond)
	}
	return err
}

func insert[T any](ctx context.Context, tx *db.Tx, rows []T) error {
	for len(rows) > 0 {
		n := min(len(rows), rowsAtOnce)
		part := rows[:n]
		if _, err := tx.NewInsert().Model(&part).Exec(ctx); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Wake lets the sequencer look for entries now.
func (l *Log) Wake() {
	select {
	case l.wake <- struct{}{}:
	default: // it is awake
	}
}

// Destroy makes the hidden parts of every entry about the rows meaningless for ever: their salts are emptied. It belongs in the transaction that
// erases what they were made from.
func (l *Log) Destroy(ctx context.Context, tx *db.Tx, subjects ...id.ID) error {
	if len(subjects) == 0 {
		return nil
	}
	_, err := tx.NewRaw("UPDATE log_salts SET salt = '', destroyed_at = ? WHERE destroyed_at IS NULL AND entry_id IN (SELECT id FROM log_entries WHERE subject_id IN (?))", l.clock.Now(), bun.In(subjects)).Exec(ctx)
	return err
}
