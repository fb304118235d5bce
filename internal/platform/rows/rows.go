// Package rows reads and writes every row of an installation in one form that both engines share, so that an installation can be moved from
// one to the other, kept in a backup and put back, and so that anybody can see that nothing became another thing on the way.
//
// A row is one line of JSON: an array with one value per column, written in exactly one way. The hash of a row is the SHA-256 of its line, the
// hash of a table that of its lines in the order of the primary key, each with its line feed. Which tables there are, and in what order foreign
// keys let them be filled, is read from the schema.
package rows

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// Type is how a column was declared: the types that migrations may use.
type Type string

const (
	UUID      Type = "UUID"
	Text      Type = "TEXT"
	Integer   Type = "BIGINT"
	Boolean   Type = "BOOLEAN"
	Float     Type = "DOUBLE PRECISION"
	Timestamp Type = "TIMESTAMPTZ"
	JSON      Type = "JSONB"
	Bytes     Type = "BYTEA"
)

var types = map[Type]bool{UUID: true, Text: true, Integer: true, Boolean: true, Float: true, Timestamp: true, JSON: true, Bytes: true}

// Column is a column of a table.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
}

// Table is a table with its columns in the order in which a row has them.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Key     []string `json:"key"` // the columns of its primary key
}

// Schema is what an installation consists of. The tables stand in an order in which they can be filled.
type Schema struct {
	Version int64   `json:"version"` // the number of its last migration
	Tables  []Table `json:"tables"`
}

// Source gives the rows of an installation as they stood at one moment.
type Source interface {
	Schema() Schema
	// Each calls fn with each row of a table in the order of its key. It may be called for the tables once and in their order only.
	Each(ctx context.Context, t Table, fn func(line []byte) error) error
}

// Sum is what a table holds: how many rows, and the hash of their lines.
type Sum struct {
	Rows int64  `json:"rows"`
	Hash string `json:"sha256"`
}

// Summer adds up the rows of a table.
type Summer struct {
	rows int64
	hash hash.Hash
}

// NewSummer begins with no rows.
func NewSummer() *Summer { return &Summer{hash: sha256.New()} }

// Add adds the next row.
func (s *Summer) Add(line []byte) {
	s.rows++
	s.hash.Write(line)
	s.hash.Write([]byte{'\n'})
}

// Sum is the sum of the rows that were added.
func (s *Summer) Sum() Sum { return Sum{s.rows, hex.EncodeToString(s.hash.Sum(nil))} }

// Digest is one hash for all tables, in the order of the schema.
func Digest(schema Schema, sums map[string]Sum) string {
	h := sha256.New()
	for _, t := range schema.Tables {
		h.Write([]byte(t.Name + " " + sums[t.Name].Hash + "\n"))
	}
	return hex.EncodeToString(h.Sum(nil))
}
