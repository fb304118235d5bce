// Package ooxml opens the files of Word and Excel: zip archives of XML parts. It bounds what an archive may cost and leaves the
// meaning of the parts to others. Nothing is written to disk, so the names in an archive cannot lead anywhere.
package ooxml

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"samklang/internal/platform/charset"
)

// What can be wrong with a file. Errors of this package wrap one of these, or are the context's.
var (
	ErrDamaged    = errors.New("the archive or its XML is broken")
	ErrEncrypted  = errors.New("the archive is encrypted")
	ErrTooComplex = errors.New("the archive exceeds a limit")
)

// Limits bound an archive.
type Limits struct {
	Entries  int   // files in it
	Unpacked int64 // bytes unpacked from all parts that are read
	Depth    int   // nesting of XML elements
}

// Package is an opened archive. Part names are in small letters, without a slash before them.
type Package struct {
	ctx    context.Context
	limits Limits
	files  map[string]*zip.File
	types  map[string]string // part → content type
	left   int64
}

// Open reads the archive's directory and content types.
func Open(ctx context.Context, data []byte, limits Limits) (*Package, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, damaged(err)
	}
	if len(r.File) > limits.Entries {
		return nil, ErrTooComplex
	}
	p := &Package{ctx: ctx, limits: limits, files: map[string]*zip.File{}, types: map[string]string{}, left: limits.Unpacked}
	for _, f := range r.File {
		name := partName(f.Name)
		if _, twice := p.files[name]; twice {
			return nil, damaged(errors.New("two parts of one name"))
		}
		if f.Flags&1 != 0 {
			return nil, ErrEncrypted
		}
		p.files[name] = f
	}
	err = p.Walk("[content_types].xml", func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local == "Override" {
			p.types[partName(Attr(e, "PartName"))] = Attr(e, "ContentType")
		}
		return false, nil
	})
	return p, err
}

func partName(s string) string { return strings.ToLower(strings.TrimPrefix(s, "/")) }

func damaged(cause error) error { return fmt.Errorf("%w: %w", ErrDamaged, cause) }

// Has tells whether there is a part of that name.
func (p *Package) Has(name string) bool { return p.files[name] != nil }

// Beginning is the first n bytes of a part, or fewer when it is shorter or cannot be read.
func (p *Package) Beginning(name string, n int64) string {
	if !p.Has(name) {
		return ""
	}
	r, err := p.files[name].Open()
	if err != nil {
		return ""
	}
	defer r.Close()
	b, _ := io.ReadAll(io.LimitReader(r, n))
	return string(b)
}

// Main is the part the archive is about and its content type; both are empty when the archive is no Office file, and the type when
// it is not told.
func (p *Package) Main() (part, contentType string, err error) {
	if !p.Has("[content_types].xml") {
		return "", "", nil
	}
	relations, err := p.Relations("")
	if err != nil {
		return "", "", err
	}
	for _, r := range relations {
		if strings.HasSuffix(r.Type, "/officeDocument") {
			return r.Target, p.types[r.Target], nil
		}
	}
	// Without relations, the only part whose type says that it is the main one.
	for name, kind := range p.types {
		if strings.HasSuffix(kind, ".main+xml") && (part == "" || name < part) {
			part, contentType = name, kind
		}
	}
	return part, contentType, nil
}

// Relation is a reference from one part to another.
type Relation struct{ ID, Type, Target string }

// Relations are the references of a part to other parts in the archive, in order; those of the archive itself for "".
func (p *Package) Relations(part string) ([]Relation, error) {
	dir, base := path.Split(part)
	var all []Relation
	err := p.Walk(dir+"_rels/"+base+".rels", func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local != "Relationship" || Attr(e, "TargetMode") == "External" || len(all) >= p.limits.Entries {
			return false, nil
		}
		target := Attr(e, "Target")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", dir, target)
		}
		all = append(all, Relation{Attr(e, "Id"), Attr(e, "Type"), partName(path.Clean(target))})
		return false, nil
	})
	return all, err
}

// Walk calls f for every start tag of a part; a part that does not exist has none. F either reads on from d up to the end of its
// element and returns true, or leaves it and what it holds is walked into. F's own errors are returned as they are, those of d as
// damage.
func (p *Package) Walk(name string, f func(d *xml.Decoder, e xml.StartElement) (ended bool, err error)) error {
	file := p.files[name]
	if file == nil {
		return nil
	}
	r, err := file.Open()
	if err != nil {
		return damaged(err)
	}
	defer r.Close()
	m := &meter{p: p, r: r}
	d := xml.NewDecoder(m)
	d.CharsetReader = func(name string, r io.Reader) (io.Reader, error) {
		enc, ok := charset.Named(name)
		if !ok {
			return nil, fmt.Errorf("an encoding that is not known: %q", name)
		}
		return enc.NewDecoder().Reader(r), nil
	}
	depth := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return m.fault(damaged(err))
		}
		switch t := t.(type) {
		case xml.Directive:
			return damaged(errors.New("a document type declaration"))
		case xml.StartElement:
			if depth++; depth > p.limits.Depth {
				return ErrTooComplex
			}
			ended, err := f(d, t)
			if err != nil {
				return m.fault(err)
			}
			if ended {
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
}

// Inside reads up to the end of the element that was just begun and calls f for every element in it, with the names of those
// between.
func (p *Package) Inside(d *xml.Decoder, f func(parents []string, e xml.StartElement)) error {
	var parents []string
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			f(parents, t)
			if parents = append(parents, t.Name.Local); len(parents) > p.limits.Depth {
				return ErrTooComplex
			}
		case xml.EndElement:
			if len(parents) == 0 {
				return nil
			}
			parents = parents[:len(parents)-1]
		}
	}
}

// Characters reads the text of the element that was just begun, up to its end. Elements in it are passed over.
func Characters(d *xml.Decoder) (string, error) {
	var s strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.CharData:
			s.Write(t)
		case xml.StartElement:
			if err := d.Skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return s.String(), nil
		}
	}
}

// meter counts what is unpacked, and stops at a single tag or text larger than any that people write.
type meter struct {
	p   *Package
	r   io.Reader
	run int   // bytes since the last tag began
	err error // why it stopped
}

const longestToken = 8 << 20

func (m *meter) Read(b []byte) (int, error) {
	if err := m.p.ctx.Err(); err != nil {
		m.err = err
		return 0, err
	}
	n, err := m.r.Read(b)
	m.p.left -= int64(n)
	if i := bytes.LastIndexByte(b[:n], '<'); i >= 0 {
		m.run = n - i
	} else {
		m.run += n
	}
	if m.p.left < 0 || m.run > longestToken {
		m.err = ErrTooComplex
		return 0, m.err
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.err = damaged(err)
		return n, m.err
	}
	return n, err
}

// fault tells what is wrong with the part from the errors of those who read it.
func (m *meter) fault(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case m.err != nil:
		return m.err
	case errors.As(err, &syntax), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return damaged(err)
	}
	return err
}

// Attr is an attribute's value, whatever its name space.
func Attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// On reads a switch such as <w:b/>: on unless its value says otherwise.
func On(e xml.StartElement) bool {
	switch Attr(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
