package publiclog

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"samklang/internal/core/id"
	"samklang/internal/platform/db"

	"golang.org/x/mod/sumdb/note"
)

// keyName is the row of installation_keys that holds the signing key of a log.
func keyName(origin string) string { return "log.key " + origin }

// KindLog is the first entry of every log: which it is, and what it goes on from.
const KindLog = "log"

// Begin makes sure that there is a log: with the first call an origin, a key, and a first entry.
func (l *Log) Begin(ctx context.Context) error {
	if _, err := current(ctx, l.db.Read()); !errors.Is(err, ErrNoLog) {
		return err
	}
	host := "localhost"
	if l.set.Host != nil && l.set.Host() != "" {
		host = l.set.Host()
	}
	err := l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if _, err := current(ctx, tx); !errors.Is(err, ErrNoLog) {
			return err
		}
		return l.begin(ctx, tx, 1, host+Prefix(1), "", "")
	})
	if db.IsUnique(err) { // another copy began it
		_, err = current(ctx, l.db.Read())
	}
	return err
}

// begin starts a log with its first entry.
func (l *Log) begin(ctx context.Context, tx *db.Tx, epoch int64, origin, previous, reason string) error {
	row := logRow{Epoch: epoch, Origin: origin, Previous: previous, Reason: reason, BegunAt: l.clock.Now()}
	signer, verifier, err := l.newKey(ctx, tx, origin)
	if err != nil {
		return err
	}
	row.Verifier = verifier
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return err
	}
	entries, err := l.enter(ctx, tx, []Fact{row.fact()}, false)
	if err != nil {
		return err
	}
	l.keep(verifier, signer)
	_, err = l.extend(ctx, tx, row, signer, 0, entries)
	return err
}

// fact is the first entry of the log.
func (r logRow) fact() Fact {
	return Fact{Kind: KindLog, Subject: id.ID(logSubject(r.Epoch)), At: r.BegunAt, Name: "the beginning of the log", Public: map[string]string{
		"origin": r.Origin, "key": r.Verifier, "number": strconv.FormatInt(r.Epoch, 10), "previous": r.Previous, "reason": r.Reason}}
}

// logSubject names a log where entries name the row they tell of.
func logSubject(epoch int64) (s [16]byte) {
	for i := range 8 {
		s[15-i] = byte(epoch >> (8 * i))
	}
	return s
}

// newKey makes the key of a log, or finds the one that its file has already.
func (l *Log) newKey(ctx context.Context, tx *db.Tx, origin string) (note.Signer, string, error) {
	if l.set.KeyFile != "" {
		key, err := keyFromFile(l.set.KeyFile, origin)
		if err == nil && key == "" {
			if key, _, err = note.GenerateKey(rand.Reader, origin); err == nil {
				err = appendKey(l.set.KeyFile, key)
			}
		}
		if err != nil {
			return nil, "", err
		}
		return open(key)
	}
	key, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return nil, "", fmt.Errorf("no key can be made for the log %s: %w", origin, err)
	}
	if _, err := tx.NewRaw("INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?)", keyName(origin), key, l.clock.Now()).Exec(ctx); err != nil {
		return nil, "", err
	}
	return open(key)
}

// open reads a signing key, and gives the public key that belongs to it.
func open(key string) (note.Signer, string, error) {
	s, err := note.NewSigner(key)
	if err != nil {
		return nil, "", fmt.Errorf("the signing key of the public log cannot be read: %w", err)
	}
	v, err := verifierOf(key)
	return s, v, err
}

// signer is the signer of a log.
func (l *Log) signer(ctx context.Context, q db.IDB, r logRow) (note.Signer, error) {
	l.mu.Lock()
	s := l.signers[r.Verifier]
	l.mu.Unlock()
	if s != nil {
		return s, nil
	}
	var key string
	var err error
	where := "the database"
	if l.set.KeyFile != "" {
		where = l.set.KeyFile
		key, err = keyFromFile(l.set.KeyFile, r.Origin)
	} else {
		err = q.NewRaw("SELECT value FROM installation_keys WHERE name = ?", keyName(r.Origin)).Scan(ctx, &key)
		if db.IsNoRows(err) {
			err = nil
		}
	}
	if err != nil {
		return nil, err
	}
	if key == "" {
		return nil, fmt.Errorf("the signing key of the public log %s is not in %s; put the key back that the log began with (setting log-key-file)", r.Origin, where)
	}
	s, verifier, err := open(key)
	if err != nil {
		return nil, err
	}
	if verifier != r.Verifier {
		return nil, fmt.Errorf("the signing key in %s is not the one that the public log %s began with; put that one back (setting log-key-file)", where, r.Origin)
	}
	l.keep(verifier, s)
	return s, nil
}

func (l *Log) keep(verifier string, s note.Signer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.signers[verifier] = s
}

// keyFromFile finds the key of a log among the lines of a file; "" when the file has none, or is not there.
func keyFromFile(path, origin string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("the file with the key of the public log cannot be read: %w", err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); strings.HasPrefix(line, "PRIVATE+KEY+"+origin+"+") {
			return line, nil
		}
	}
	return "", nil
}

func appendKey(path, key string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("the key of the public log cannot be written to its file: %w", err)
	}
	_, err = fmt.Fprintln(f, key)
	return errors.Join(err, f.Sync(), f.Close())
}

// StartAnew closes the log and begins another, when the old one cannot go on without contradicting what was shown: after a restore from a backup
// older than the last checkpoint that anybody has seen. The new log's first entry names that checkpoint and the reason; every entry that the
// database still has is entered in it again, in the old order. shown is the old log's last checkpoint as it was published, "" for the last one
// the database has.
func (l *Log) StartAnew(ctx context.Context, shown, reason string) error {
	if strings.TrimSpace(reason) == "" {
		return errors.New("say for what reason the public log is begun anew: everybody can read it there")
	}
	err := l.db.WithTx(ctx, func(ctx context.Context, tx *db.Tx) error {
		old, err := held(ctx, tx)
		if err != nil {
			return err
		}
		final, err := last(ctx, tx, old)
		if err != nil && !errors.Is(err, ErrNoLog) {
			return err
		}
		if shown == "" {
			shown = final.Note
		}
		c, err := OpenCheckpoint(shown, old.Verifier)
		if err != nil {
			return fmt.Errorf("the checkpoint that was shown last is not of the log %s: %w", old.Origin, err)
		}
		// When the database went on from an older time, its own last checkpoint is on the other branch of the fork.
		if c.Size < final.Size && Holds(ctx, tx, shown) == nil {
			return fmt.Errorf("the checkpoint given has %d entries, and the log has shown %d since; give the newer one", c.Size, final.Size)
		}
		host, _, _ := strings.Cut(old.Origin, "/")
		if err := l.begin(ctx, tx, old.Epoch+1, host+Prefix(old.Epoch+1), c.Note, reason); err != nil {
			return err
		}
		_, err = tx.NewRaw("INSERT INTO log_waiting (entry_id, at) SELECT id, at FROM log_entries WHERE kind <> ? AND NOT EXISTS (SELECT 1 FROM log_waiting w WHERE w.entry_id = log_entries.id)", KindLog).Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	_, err = l.Sequence(ctx)
	return err
}
