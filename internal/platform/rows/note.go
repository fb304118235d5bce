package rows

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"samklang/internal/platform/db"
)

// While an installation is being put into a database, a note stands in it, and nothing serves what lies there. It is no row of the installation.
const (
	noteTable   = "installation_keys"
	noteName    = "unfinished"
	noteVersion = 3 // the migration that makes the table
)

// Note says what is being put into a database.
type Note struct {
	What   string    `json:"what"`   // the command: copy or restore
	From   string    `json:"from"`   // in words, without secrets
	Since  time.Time `json:"since"`  // by the machine's clock
	Digest string    `json:"digest"` // of all rows, once they are there (see Digest); "" before
}

func (n *Note) refusal() error {
	return fmt.Errorf("this database is unfinished: samklang %s from %s began on %s and has not come to its end; run the same command again, or make the database empty and begin anew",
		n.What, n.From, n.Since.Format("2006-01-02 15:04:05 MST"))
}

func readNote(ctx context.Context, q querier, e db.Engine) (*Note, error) {
	there := false
	if err := each(ctx, q, noteTableThere[e], func(r *sql.Rows) error { return r.Scan(&there) }); err != nil || !there {
		return nil, err
	}
	var n *Note
	err := each(ctx, q, "SELECT value FROM "+noteTable+" WHERE name = '"+noteName+"'", func(r *sql.Rows) error {
		var value string
		if err := r.Scan(&value); err != nil {
			return err
		}
		n = &Note{}
		return json.Unmarshal([]byte(value), n)
	})
	if err != nil {
		return nil, fmt.Errorf("the note of an unfinished copy cannot be read: %w", err)
	}
	return n, nil
}

var noteTableThere = map[db.Engine]string{
	db.SQLite:   "SELECT count(*) > 0 FROM sqlite_schema WHERE type = 'table' AND name = '" + noteTable + "'",
	db.Postgres: "SELECT to_regclass('" + noteTable + "') IS NOT NULL",
}

// CheckFinished tells why an open database must not be served: what a copy or a restore has not finished.
func CheckFinished(ctx context.Context, d *db.DB) error {
	n, err := readNote(ctx, d.Writer(), d.Engine)
	if err != nil || n == nil {
		return err
	}
	return n.refusal()
}

type execer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

var noteInsertion = map[db.Engine]string{
	db.SQLite:   "INSERT INTO installation_keys (name, value, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
	db.Postgres: "INSERT INTO installation_keys (name, value, created_at) VALUES ($1, $2, $3::text::timestamptz) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
}

func writeNote(ctx context.Context, x execer, e db.Engine, n Note) error {
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	_, err = x.ExecContext(ctx, noteInsertion[e], noteName, string(b), n.Since.UTC().Format(sqliteTime))
	return err
}

func removeNote(ctx context.Context, x execer) error {
	_, err := x.ExecContext(ctx, "DELETE FROM "+noteTable+" WHERE name = '"+noteName+"'")
	return err
}
