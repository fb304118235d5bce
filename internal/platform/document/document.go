// Package document reads what people upload – plain text, Markdown, HTML, Word, PDF – into one shape: the text as it is shown on
// screen, and the blocks it consists of. Nothing of the source is executed, fetched or trusted.
package document

import "embed"

// Locale holds the messages of this package's errors.
//
//go:embed locale
var Locale embed.FS

// Document is a text with its structure.
type Document struct {
	Format Format
	Text   string  // valid UTF-8; every offset below counts bytes of it
	Blocks []Block // in reading order; together they hold all text that is not white space or markup
}

// Format is what the file turned out to be, by content, not by name.
type Format string

const (
	PlainText Format = "txt"
	Markdown  Format = "md"
	HTML      Format = "html"
	Word      Format = "docx"
	PDF       Format = "pdf"
)

// marked tells whether Text holds Markdown's own signs. In the other formats an asterisk is an asterisk.
func (f Format) marked() bool { return f == PlainText || f == Markdown }

// Kind is what a block is.
type Kind uint8

const (
	Paragraph Kind = iota
	Heading
	ListItem
	TableCell
	Running // a running header or footer, a page number: printed on the page, no part of what the document says
)

func (k Kind) String() string {
	return [...]string{"paragraph", "heading", "item", "cell", "running"}[k]
}

// Block is a logical piece of text: lines broken by the layout belong to one paragraph. A table cell that holds several paragraphs
// or items gives several blocks of the same row and column; items among them have their marker and level.
type Block struct {
	Kind   Kind
	Level  int    // heading level 1–6; depth of a list item from 1; of a paragraph, depth of the item it continues, 0 outside lists
	Marker string // a list item's own marker, or a heading's own number, as it stands: "•", "-", "3."; empty when there is none
	Start  int    // offset of the first byte of the content, after markup and marker
	End    int    // offset after the last byte
	Row    int    // of a table cell, from 0
	Col    int    // of a table cell, from 0
	Table  int    // number of the table, from 1; 0 outside tables
	Bold   []Span // stretches set in bold or italics, which Swedish plans use for dates and sub-headings
	Skip   []Span // running headers and page numbers that stand inside the block because a page ends in the middle of it
}

// Span is a stretch of Document.Text.
type Span struct{ Start, End int }
