// Package id makes the identifiers of everything Samklang stores: UUID version 7 (RFC 9562), made in Go so that no database
// feature is needed and rows of one time lie together on disk.
package id

import "github.com/google/uuid"

// ID identifies one row. The zero ID means "none".
type ID = uuid.UUID

// None is the zero ID.
var None = uuid.Nil

// New returns a fresh ID. Two IDs made one after the other by the same process sort in the order they were made.
func New() ID { return uuid.Must(uuid.NewV7()) }

// Parse reads the 36-character form. It refuses every other spelling that the underlying library would accept, so that one row
// has one address.
func Parse(s string) (ID, error) {
	if len(s) != 36 {
		return None, errNotAnID(s)
	}
	return uuid.Parse(s)
}

type errNotAnID string

func (e errNotAnID) Error() string { return "not an id: " + string(e) }
