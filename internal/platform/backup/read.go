package backup

import (
	"archive/tar"
	"bufio"
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
	"reflect"
	"strings"

	"samklang/internal/platform/rows"
)

// ErrDamaged says that an archive is not as it was written: cut, changed, or none at all.
var ErrDamaged = errors.New("the backup is damaged or is none; fetch another copy of it")

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w (%s)", ErrDamaged, fmt.Sprintf(format, args...))
}

// Limits on what is read, so that a file somebody made cannot fill the memory.
const (
	mostJSON = 16 << 20 // bytes of the head and of the manifest
	mostLine = 64 << 20 // bytes of one row
)

// Reader reads an archive from its beginning to its end. It is a rows.Source for the tables; Files and End come after them, in that order.
type Reader struct {
	Head     Head
	Manifest Manifest // once End has returned

	raw  *laggard
	tar  *tar.Reader
	next *tar.Header // the entry that is read next; nil at the end
	sums map[string]rows.Sum
	n    int   // files
	size int64 // of the files
	sum  string
}

// NewReader reads the head of an archive.
func NewReader(r io.Reader) (*Reader, error) {
	a := &Reader{raw: &laggard{r: r, sum: sha256.New()}, sums: map[string]rows.Sum{}}
	a.tar = tar.NewReader(a.raw)
	if err := a.advance(); err != nil {
		return nil, err
	}
	if a.next.Name != headName {
		return nil, damaged("it begins with %q", a.next.Name)
	}
	if err := a.json(&a.Head); err != nil {
		return nil, err
	}
	if a.Head.Format != format {
		return nil, fmt.Errorf("the backup has the form %d, and this program reads the form %d: use the version of the program that wrote it (%.80q)", a.Head.Format, format, a.Head.Program)
	}
	return a, a.advance()
}

func (a *Reader) advance() error {
	h, err := a.tar.Next()
	if err != nil {
		return damaged("%v", err)
	}
	if h.Typeflag != tar.TypeReg || h.Size < 0 || len(h.PAXRecords) > 0 {
		return damaged("the entry %q is no plain one", h.Name)
	}
	a.next = h
	return nil
}

// json reads the entry that is next.
func (a *Reader) json(v any) error {
	if a.next.Size > mostJSON {
		return damaged("%s is too long", a.next.Name)
	}
	b, err := io.ReadAll(a.tar)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		return damaged("%s: %v", a.next.Name, err)
	}
	return nil
}

// Schema implements rows.Source.
func (a *Reader) Schema() rows.Schema { return a.Head.Schema }

// Each implements rows.Source.
func (a *Reader) Each(ctx context.Context, t rows.Table, fn func(line []byte) error) error {
	sum := rows.NewSummer()
	for n := 1; a.next.Name == partName(t.Name, n); n++ {
		z, err := gzip.NewReader(a.tar)
		if err != nil {
			return damaged("%s: %v", a.next.Name, err)
		}
		lines := bufio.NewReaderSize(io.LimitReader(z, part+mostLine), 64<<10)
		for {
			line, err := readLine(lines)
			if errors.Is(err, io.EOF) && len(line) == 0 {
				break
			}
			if err != nil {
				return damaged("%s: %v", a.next.Name, err)
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			sum.Add(line)
			if err := fn(line); errors.Is(err, rows.ErrLine) {
				return damaged("%s: %v", a.next.Name, err)
			} else if err != nil {
				return err
			}
		}
		if err := a.advance(); err != nil {
			return err
		}
	}
	a.sums[t.Name] = sum.Sum()
	return nil
}

// readLine reads a line without its line feed. It is good until the next reading.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if err == nil {
		return line[:len(line)-1], nil
	}
	long := bytes.Clone(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long) > mostLine {
			return nil, errors.New("a row is too long")
		}
		line, err = r.ReadSlice('\n')
		long = append(long, line...)
	}
	if err != nil {
		if errors.Is(err, io.EOF) && len(long) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return long[:len(long)-1], nil
}

// Files calls fn with each uploaded file. What fn has not read is read past.
func (a *Reader) Files(ctx context.Context, fn func(sum string, size int64, content io.Reader) error) error {
	for strings.HasPrefix(a.next.Name, "files/") {
		sum := strings.TrimPrefix(a.next.Name, "files/")
		if sum <= a.sum || len(sum) != 64 {
			return damaged("the file %q is not in its place", sum)
		}
		a.sum = sum
		h := sha256.New()
		content := io.TeeReader(ctxReader{ctx, a.tar}, h)
		if err := fn(sum, a.next.Size, content); err != nil {
			return err
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return damaged("the file %s: %v", sum, err)
		}
		if hex.EncodeToString(h.Sum(nil)) != sum {
			return damaged("the file %s is another than its name says", sum)
		}
		a.n++
		a.size += a.next.Size
		if err := a.advance(); err != nil {
			return err
		}
	}
	return nil
}

// End reads the manifest and compares everything that was read with it, to the last byte.
func (a *Reader) End() error {
	if a.next.Name != manifestName {
		return damaged("there is %.80q where the manifest should be", a.next.Name)
	}
	if err := a.json(&a.Manifest); err != nil {
		return err
	}
	m := a.Manifest
	if !reflect.DeepEqual(m.Tables, a.sums) || m.Digest != rows.Digest(a.Head.Schema, a.sums) || m.Files != a.n || m.FileBytes != a.size {
		return damaged("the manifest tells of other rows or files")
	}
	if err := a.advance(); err != nil {
		return err
	}
	want := tail(a.raw.sum)
	got := append(bytes.Clone(a.raw.held), make([]byte, len(want))...) // one byte more than can be there
	n, err := io.ReadFull(a.raw.r, got[len(a.raw.held):])
	if !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return damaged("something follows its end, or it cannot be read: %v", err)
	}
	if !bytes.Equal(want, got[:len(a.raw.held)+n]) {
		return damaged("its bytes do not have the hash that stands at its end")
	}
	return nil
}

// laggard hashes what is read but for the last block, so that when the head of the last entry has been read, the hash is of what was before it.
type laggard struct {
	r    io.Reader
	sum  hash.Hash
	held []byte
}

const block = 512 // of tar

func (l *laggard) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.held = append(l.held, p[:n]...)
	if more := len(l.held) - block; more > 0 {
		l.sum.Write(l.held[:more])
		l.held = append(l.held[:0], l.held[more:]...)
	}
	return n, err
}

// Check reads a whole archive and tells whether it is as it was written.
func Check(ctx context.Context, r io.Reader) (Head, Manifest, error) {
	a, err := NewReader(r)
	if err != nil {
		return Head{}, Manifest{}, err
	}
	for _, t := range a.Head.Schema.Tables {
		if err := a.Each(ctx, t, func(line []byte) error { return rows.CheckLine(t, line) }); err != nil {
			return a.Head, a.Manifest, err
		}
	}
	if err := a.Files(ctx, func(string, int64, io.Reader) error { return nil }); err != nil {
		return a.Head, a.Manifest, err
	}
	return a.Head, a.Manifest, a.End()
}
