package document

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"golang.org/x/net/html/charset"

	"samklang/internal/core/errs"
)

// archive is an opened Word file. Its parts are read by name from memory; nothing is written to disk, so names cannot lead astray.
type archive struct {
	ctx    context.Context
	limits Limits
	files  map[string]*zip.File
	left   int64 // bytes that may still be unpacked
}

func damaged(cause error) error {
	if e, ok := errors.AsType[*errs.Error](cause); ok {
		return e
	}
	if errors.Is(cause, context.Canceled) || errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return errs.E(errs.Invalid, "document.damaged").Because(cause)
}

// readZip reads a Word file, or says what else the archive is.
func readZip(ctx context.Context, data []byte, limits Limits) (Document, error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return Document{}, damaged(err)
	}
	if len(r.File) > limits.Entries {
		return Document{}, errs.E(errs.TooLarge, "document.too_complex")
	}
	a := &archive{ctx: ctx, limits: limits, files: map[string]*zip.File{}, left: limits.Unpacked}
	for _, f := range r.File {
		name := strings.ToLower(strings.TrimPrefix(f.Name, "/"))
		if _, twice := a.files[name]; twice {
			return Document{}, damaged(errors.New("two parts of one name"))
		}
		if f.Flags&1 != 0 {
			return Document{}, errs.E(errs.Invalid, "document.encrypted")
		}
		a.files[name] = f
	}
	main, err := a.mainPart()
	if err != nil {
		return Document{}, err
	}
	return a.readWord(main)
}

// mainPart finds the part that holds the text.
func (a *archive) mainPart() (string, error) {
	if _, ok := a.files["[content_types].xml"]; !ok {
		switch {
		case a.files["mimetype"] != nil:
			if b, err := a.small("mimetype"); err == nil && strings.HasPrefix(b, "application/vnd.oasis.opendocument") {
				return "", errs.E(errs.Invalid, "document.opendocument")
			}
		case a.files["index/document.iwa"] != nil || a.files["index.zip"] != nil || a.files["index.apxl"] != nil:
			return "", errs.E(errs.Invalid, "document.pages")
		}
		return "", errs.E(errs.Invalid, "document.not_word")
	}
	types := map[string]string{}
	err := a.walk("[content_types].xml", func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local == "Override" {
			types[strings.ToLower(strings.TrimPrefix(attr(e, "PartName"), "/"))] = attr(e, "ContentType")
		}
		return false, nil
	})
	if err != nil {
		return "", err
	}
	main := ""
	if a.files["_rels/.rels"] != nil {
		err := a.walk("_rels/.rels", func(d *xml.Decoder, e xml.StartElement) (bool, error) {
			if e.Name.Local == "Relationship" && strings.HasSuffix(attr(e, "Type"), "/officeDocument") && main == "" {
				main = strings.ToLower(strings.TrimPrefix(path.Clean(attr(e, "Target")), "/"))
			}
			return false, nil
		})
		if err != nil {
			return "", err
		}
	}
	if main == "" {
		main = "word/document.xml"
	}
	kind := types[main]
	switch {
	case strings.Contains(kind, "macroEnabled"):
		return "", errs.E(errs.Invalid, "document.macros")
	case a.files[main] == nil && main == "word/document.xml", kind != "" && !strings.Contains(kind, "wordprocessingml"):
		return "", errs.E(errs.Invalid, "document.not_word")
	case a.files[main] == nil:
		return "", damaged(errors.New("main part is missing"))
	case kind == "" && !strings.HasPrefix(main, "word/"):
		return "", errs.E(errs.Invalid, "document.not_word")
	}
	return main, nil
}

func (a *archive) small(name string) (string, error) {
	r, err := a.files[name].Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 200))
	return string(b), err
}

// walk calls f for every start tag of a part. F either reads on from d up to the end of its element and returns true, or leaves it
// and what it holds is walked into.
func (a *archive) walk(name string, f func(d *xml.Decoder, e xml.StartElement) (bool, error)) error {
	file := a.files[name]
	if file == nil {
		return nil
	}
	r, err := file.Open()
	if err != nil {
		return damaged(err)
	}
	defer r.Close()
	d := xml.NewDecoder(&meter{archive: a, r: r})
	d.CharsetReader = charset.NewReaderLabel
	depth := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return damaged(errors.New("a document type declaration"))
		case xml.StartElement:
			if depth++; depth > a.limits.Depth {
				return errs.E(errs.TooLarge, "document.too_complex")
			}
			ended, err := f(d, t)
			if err != nil {
				return damaged(err)
			}
			if ended {
				depth--
			}
		case xml.EndElement:
			depth--
		}
	}
}

// meter counts what is unpacked, and stops at a single tag or text larger than any that people write.
type meter struct {
	archive *archive
	r       io.Reader
	run     int // bytes since the last tag began
}

const longestToken = 8 << 20

func (m *meter) Read(p []byte) (int, error) {
	if err := m.archive.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.r.Read(p)
	m.archive.left -= int64(n)
	if i := bytes.LastIndexByte(p[:n], '<'); i >= 0 {
		m.run = n - i
	} else {
		m.run += n
	}
	if m.archive.left < 0 || m.run > longestToken {
		return 0, errs.E(errs.TooLarge, "document.too_complex")
	}
	return n, err
}

// attr is an attribute's value, whatever its name space.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// on reads a switch such as <w:b/>: on unless its value says otherwise.
func on(e xml.StartElement) bool {
	switch attr(e, "val") {
	case "0", "false", "off", "none":
		return false
	}
	return true
}
