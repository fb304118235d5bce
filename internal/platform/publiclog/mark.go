package publiclog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// MarkFile is the name of the file, beside the database, that remembers the last checkpoint anybody was shown. A database that does not go on from
// it was put back from an older time.
const MarkFile = "log-checkpoint"

// ReadMark reads a mark file; "" when it is not there.
func ReadMark(path string) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// WriteMark writes a mark file so that a crash leaves the old one or the new one.
func WriteMark(path, note string) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".log-checkpoint-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // after the renaming there is nothing by this name
	if _, err = f.WriteString(note); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

// Shown is the last checkpoint, to be shown to somebody: from now on no database may have less.
func (l *Log) Shown(ctx context.Context) (Checkpoint, error) {
	c, err := Latest(ctx, l.db.Read())
	if err != nil {
		return c, err
	}
	return c, l.mark(c)
}

func (l *Log) mark(c Checkpoint) error {
	if l.set.Mark == "" {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.marked == c.Note {
		return nil
	}
	before, err := ReadMark(l.set.Mark)
	if err != nil {
		return fmt.Errorf("the checkpoint shown last cannot be read: %w", err)
	}
	if old, err := ParseCheckpoint(before); err == nil && old.Origin == c.Origin && old.Size > c.Size {
		return nil // another copy on this machine has shown more
	}
	if err := WriteMark(l.set.Mark, c.Note); err != nil {
		return fmt.Errorf("the checkpoint cannot be written to %s, so it is not shown: %w", l.set.Mark, err)
	}
	l.marked = c.Note
	return nil
}

// Guard is the part of the check that a program makes before its first answer: that the database goes on from what was shown last, and that the
// last checkpoint is signed and is that of the stored tree.
func (l *Log) Guard(ctx context.Context) error { return unreadable(l.guard(ctx)) }

func (l *Log) guard(ctx context.Context) error {
	q := l.db.Read()
	if l.set.Mark != "" {
		shown, err := ReadMark(l.set.Mark)
		if err != nil {
			return err
		}
		if shown != "" {
			if err := Holds(ctx, q, shown); err != nil {
				return err
			}
			l.mu.Lock()
			l.marked = shown
			l.mu.Unlock()
		}
	}
	c, err := Latest(ctx, q)
	if errors.Is(err, ErrNoLog) {
		return nil
	}
	if err != nil {
		return err
	}
	root, err := rootAt(ctx, q, c.Epoch, c.Size)
	if err != nil {
		return err
	}
	if root != c.Root {
		return broken("the hashes of its first %d entries are not those that were signed", c.Size)
	}
	return nil
}
