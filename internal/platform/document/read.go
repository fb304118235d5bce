package document

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
)

// Limits bound what a file may cost. A zero field means its default.
type Limits struct {
	Bytes    int64         // size of the file; default 20 MB
	Text     int           // characters of text; default 2 million
	Unpacked int64         // bytes unpacked from a compressed file; default 200 MB
	Entries  int           // files in a compressed file; default 2 000
	Depth    int           // nesting of XML and HTML elements; default 200
	Time     time.Duration // for the whole reading; default 30 seconds

	// PDFToText is the pdftotext program; by default the one found in PATH.
	PDFToText string
}

func (l Limits) orDefault() Limits {
	l.Bytes = cmp.Or(l.Bytes, 20_000_000)
	l.Text = cmp.Or(l.Text, 2_000_000)
	l.Unpacked = cmp.Or(l.Unpacked, 200_000_000)
	l.Entries = cmp.Or(l.Entries, 2_000)
	l.Depth = cmp.Or(l.Depth, 200)
	l.Time = cmp.Or(l.Time, 30*time.Second)
	return l
}

// Read turns a file into a Document. The name only helps to tell Markdown from plain text and names what cannot be read; what the
// file is, its content decides. Every failure is an *errs.Error that a visitor may see, except a fault of r itself.
func Read(ctx context.Context, name string, r io.Reader, limits Limits) (Document, error) {
	limits = limits.orDefault()
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return Document{}, err
	}
	if int64(len(data)) > limits.Bytes {
		return Document{}, errs.E(errs.TooLarge, "document.too_large", "max", limits.Bytes/1_000_000)
	}
	d, err := read(ctx, name, data, limits)
	if ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return Document{}, errs.E(errs.TooLarge, "document.too_slow").Because(ctx.Err())
		}
		return Document{}, ctx.Err()
	}
	if err != nil {
		return Document{}, said(err)
	}
	return d, nil
}

func read(ctx context.Context, name string, data []byte, limits Limits) (Document, error) {
	if len(data) == 0 {
		return Document{}, errs.E(errs.Invalid, "document.empty")
	}
	switch kind := sniff(name, data); kind {
	case "":
	case pdfFile:
		return readPDF(ctx, data, limits)
	case zipFile:
		return readZip(ctx, data, limits)
	case oldWord, image, rich, unknown, locked:
		return Document{}, errs.E(errs.Invalid, string(kind))
	}
	if looksLikeHTML(data) {
		return readHTML(ctx, data, limits)
	}
	text, err := charset.Decode(data)
	if err != nil {
		return Document{}, err
	}
	return readText(name, text, limits)
}

func readText(name, text string, limits Limits) (Document, error) {
	if err := within(text, limits); err != nil {
		return Document{}, err
	}
	d := Document{Format: PlainText, Text: text, Blocks: parseText(text, true)}
	if ext := strings.ToLower(path.Ext(name)); ext == ".md" || ext == ".markdown" || looksLikeMarkdown(text) {
		d.Format = Markdown
	}
	return d.checked()
}

// checked refuses a document that says nothing.
func (d Document) checked() (Document, error) {
	for _, b := range d.Blocks {
		if b.Kind != Running {
			return d, nil
		}
	}
	return Document{}, errs.E(errs.Invalid, "document.empty")
}

func within(text string, limits Limits) error {
	if utf8.RuneCountInString(text) > limits.Text {
		return tooMuchText(limits)
	}
	return nil
}

func tooMuchText(limits Limits) *errs.Error {
	return errs.E(errs.TooLarge, "document.too_much_text", "max", limits.Text)
}

// fileKind is what the first bytes of a file say. Those that cannot be read have the message key as their value.
type fileKind string

const (
	pdfFile fileKind = "pdf"
	zipFile fileKind = "zip"
	oldWord fileKind = "document.old_word"
	image   fileKind = "document.image"
	rich    fileKind = "document.rtf"
	unknown fileKind = "document.binary"
	locked  fileKind = "document.encrypted"
)

// signatures are the first bytes of files that are no text. A word processor's own file that only its name betrays is told apart
// later.
var signatures = []struct {
	at    int
	magic string
	kind  fileKind
}{
	{0, "PK\x03\x04", zipFile},
	{0, "PK\x05\x06", zipFile},
	{0, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", oldWord},
	{0, "{\\rtf", rich},
	{0, "\x89PNG", image},
	{0, "\xFF\xD8\xFF", image},
	{0, "GIF87a", image},
	{0, "GIF89a", image},
	{0, "BM", image}, // only with NUL bytes after it, see sniff
	{0, "II*\x00", image},
	{0, "MM\x00*", image},
	{8, "WEBP", image},
	{4, "ftypheic", image},
	{4, "ftypmif1", image},
	{4, "ftypavif", image},
	{0, "\x1F\x8B", unknown},
	{0, "7z\xBC\xAF\x27\x1C", unknown},
	{0, "Rar!", unknown},
	{0, "\x7FELF", unknown},
	{0, "%!PS", unknown},
}

func sniff(name string, data []byte) fileKind {
	// Readers of PDF accept some rubbish before the header, and so do some writers.
	if i := bytes.Index(data[:min(len(data), 1024)], []byte("%PDF-")); i >= 0 && !utf8.Valid(data[:min(len(data), 4096)]) || i == 0 {
		return pdfFile
	}
	nul := bytes.IndexByte(data, 0) >= 0
	for _, s := range signatures {
		if len(data) >= s.at+len(s.magic) && string(data[s.at:s.at+len(s.magic)]) == s.magic && (s.magic != "BM" || nul) {
			if s.kind == oldWord && strings.EqualFold(path.Ext(name), ".docx") {
				return locked // Word wraps a protected .docx in the old container
			}
			return s.kind
		}
	}
	return ""
}

// looksLikeHTML tells whether data is a page: its first element says so, or it begins with one and holds several of those that
// pages consist of.
func looksLikeHTML(data []byte) bool {
	data = bytes.TrimPrefix(data[:min(len(data), 8192)], []byte("\xEF\xBB\xBF"))
	if bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) {
		data = bytes.ReplaceAll(data[2:], []byte{0}, nil)
	}
	head := strings.ToLower(strings.TrimSpace(string(data)))
	for strings.HasPrefix(head, "<!--") || strings.HasPrefix(head, "<?xml") {
		end := "-->"
		if strings.HasPrefix(head, "<?") {
			end = "?>"
		}
		i := strings.Index(head, end)
		if i < 0 {
			break
		}
		head = strings.TrimSpace(head[i+len(end):])
	}
	for _, tag := range [...]string{"<!doctype html", "<html", "<head", "<body"} {
		if strings.HasPrefix(head, tag) {
			return true
		}
	}
	if !strings.HasPrefix(head, "<") {
		return false
	}
	n := 0
	for _, tag := range [...]string{"</p>", "</li>", "</div>", "</h1>", "</h2>", "</table>", "</ul>"} {
		n += strings.Count(head, tag)
	}
	return n >= 2
}

// looksLikeMarkdown tells whether text uses Markdown's headings, bold or tables.
func looksLikeMarkdown(text string) bool {
	strong := 0
	for line := range strings.Lines(text) {
		s := strings.TrimSpace(line)
		n := len(s) - len(strings.TrimLeft(s, "#"))
		if n > 0 && n <= 6 && strings.HasPrefix(s[n:], " ") || delimiter(s) && strings.Count(s, "|") >= 2 {
			return true
		}
		if i := strings.Index(s, "**"); i >= 0 && strings.Contains(s[i+2:], "**") {
			if strong++; strong >= 2 {
				return true
			}
		}
	}
	return false
}
