// Package backup keeps a whole installation in one file and puts it back: every row in the form of package rows, which both engines share, and
// every uploaded file. The file is a tar archive that any program opens; encrypted it is one of age (age-encryption.org).
//
// The entries are, in this order: samklang.json, what is kept; tables/NAME/NNNNNN.jsonl.gz, the rows of a table in parts; files/SHA256, the
// uploaded files; manifest.json, the counts and hashes of all of it; and SHA256, the hash of every byte before it. Nothing follows.
package backup

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/platform/db"
	"samklang/internal/platform/files"
	"samklang/internal/platform/rows"
)

// format is the number of this form of the archive.
const format = 1

const (
	headName     = "samklang.json"
	manifestName = "manifest.json"
	sealName     = "SHA256"
)

// Head says what an archive is of.
type Head struct {
	Format  int         `json:"format"`
	Program string      `json:"program"` // the version that wrote it
	Engine  db.Engine   `json:"engine"`  // where the rows came from
	At      time.Time   `json:"at"`      // the moment it shows, by the machine's clock
	Schema  rows.Schema `json:"schema"`
}

// Manifest says how much there is and what it hashes to.
type Manifest struct {
	Tables     map[string]rows.Sum `json:"tables"`
	Digest     string              `json:"digest"` // of all rows (rows.Digest)
	Files      int                 `json:"files"`
	FileBytes  int64               `json:"file_bytes"`
	Missing    []string            `json:"missing,omitempty"`    // files that rows name and that the installation lacked or had damaged
	Checkpoint string              `json:"checkpoint,omitempty"` // the last one of the public log, a signed note
}

// Rows is how many rows all tables have.
func (m Manifest) Rows() (n int64) {
	for _, s := range m.Tables {
		n += s.Rows
	}
	return n
}

// part is how many bytes of rows one entry holds, about.
const part = 1 << 20

// Write writes an archive of the rows and of the files they name.
func Write(ctx context.Context, w io.Writer, h Head, s rows.Source, store files.Store) (Manifest, error) {
	h.Format, h.Schema = format, s.Schema()
	a := &writer{sum: sha256.New()}
	a.tar = tar.NewWriter(io.MultiWriter(w, a.sum))
	m := Manifest{Tables: map[string]rows.Sum{}}
	if err := a.json(headName, h); err != nil {
		return m, err
	}
	named := map[string]bool{}
	for _, t := range h.Schema.Tables {
		err := a.table(ctx, s, t, &m, func(line []byte) (err error) {
			switch t.Name {
			case "files":
				var sum string
				sum, err = rows.TextOf(t, line, "sha256")
				named[sum] = true
			case "log_checkpoints": // in the order of their sizes
				m.Checkpoint, err = rows.TextOf(t, line, "note")
			}
			return err
		})
		if err != nil {
			return m, err
		}
	}
	m.Digest = rows.Digest(h.Schema, m.Tables)
	var sums []string
	for sum := range named {
		sums = append(sums, sum)
	}
	slices.Sort(sums)
	for _, sum := range sums {
		if err := a.file(ctx, store, sum, &m); err != nil {
			return m, err
		}
	}
	if err := a.json(manifestName, m); err != nil {
		return m, err
	}
	if err := a.tar.Flush(); err != nil {
		return m, err
	}
	_, err := w.Write(tail(a.sum))
	return m, err
}

type writer struct {
	tar *tar.Writer
	sum hash.Hash
}

// entry is the head of an entry: nothing in it but name and size, so that the same content makes the same archive.
func entry(name string, size int64) *tar.Header {
	return &tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o600, Format: tar.FormatUSTAR}
}

// tail is the end of an archive whose bytes before it have the hash.
func tail(sum hash.Hash) []byte {
	text := hex.EncodeToString(sum.Sum(nil)) + "\n"
	var b bytes.Buffer
	t := tar.NewWriter(&b)
	err := t.WriteHeader(entry(sealName, int64(len(text))))
	if err == nil {
		_, err = io.WriteString(t, text)
	}
	if err = errors.Join(err, t.Close()); err != nil {
		panic(err) // nothing is written anywhere
	}
	return b.Bytes()
}

func (a *writer) whole(name string, content []byte) error {
	if err := a.tar.WriteHeader(entry(name, int64(len(content)))); err != nil {
		return err
	}
	_, err := a.tar.Write(content)
	return err
}

func (a *writer) json(name string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return a.whole(name, append(b, '\n'))
}

// table writes the rows of a table in parts.
func (a *writer) table(ctx context.Context, s rows.Source, t rows.Table, m *Manifest, look func(line []byte) error) error {
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	n, size := 0, 0
	end := func() error {
		if size == 0 {
			return nil
		}
		if err := z.Close(); err != nil {
			return err
		}
		n++
		err := a.whole(partName(t.Name, n), packed.Bytes())
		packed.Reset()
		z.Reset(&packed)
		size = 0
		return err
	}
	sum := rows.NewSummer()
	err = s.Each(ctx, t, func(line []byte) error {
		sum.Add(line)
		if err := look(line); err != nil {
			return err
		}
		if len(line) > mostLine {
			return fmt.Errorf("a row of the table %s has more than %d bytes", t.Name, mostLine)
		}
		size += len(line) + 1
		if _, err := z.Write(line); err != nil {
			return err
		}
		if _, err := z.Write([]byte{'\n'}); err != nil {
			return err
		}
		if size < part {
			return nil
		}
		return end()
	})
	m.Tables[t.Name] = sum.Sum()
	if err != nil {
		return err
	}
	return end()
}

func partName(table string, n int) string { return fmt.Sprintf("tables/%s/%06d.jsonl.gz", table, n) }

// file writes an uploaded file, which is read twice so that a damaged one is told rather than kept.
func (a *writer) file(ctx context.Context, store files.Store, sum string, m *Manifest) error {
	err := store.Verify(ctx, sum)
	if errors.Is(err, files.ErrDamaged) || errs.Is(err, errs.NotFound) {
		m.Missing = append(m.Missing, sum)
		return nil
	}
	if err != nil {
		return err
	}
	f, stored, err := store.Open(ctx, sum)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := a.tar.WriteHeader(entry("files/"+sum, stored.Size)); err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, h), ctxReader{ctx, f})
	if err != nil {
		return err
	}
	if hex.EncodeToString(h.Sum(nil)) != sum || n != stored.Size {
		return fmt.Errorf("the file %s changed while it was read", sum)
	}
	m.Files++
	m.FileBytes += n
	return nil
}

// ctxReader stops reading when the context ends.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
