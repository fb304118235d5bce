package document

import (
	"context"
	"strings"
	"unicode"
	"unicode/utf8"
)

// extract writes the text of a document that is not text itself – a page, a Word file – and notes its blocks.
type extract struct {
	ctx    context.Context
	limits Limits
	text   []byte
	runes  int
	blocks []Block
	shape  []shape

	open    bool
	cur     Block
	sure    bool // cur's kind must not be guessed
	begin   int  // of the marker, or of the content when there is none
	space   bool // white space waits to be written before the next word
	boldAt  int  // where the open bold stretch begins, or -1
	table   int  // nesting of tables
	tables  int
	row     int
	col     int
	tableAt int // first block of the table
	columns int // of the table that the current cell takes
	steps   int
}

func newExtract(ctx context.Context, limits Limits) *extract {
	return &extract{ctx: ctx, limits: limits, boldAt: -1}
}

// alive tells, now and then, whether the reading was given up.
func (x *extract) alive() error {
	if x.steps++; x.steps&0x3ff == 0 {
		return x.ctx.Err()
	}
	return nil
}

// start begins a block; the one before it is closed. Inside a table every block is a cell.
func (x *extract) start(kind Kind, level int, mark string, sure bool) {
	x.close()
	x.open, x.sure, x.space, x.boldAt = true, sure, false, -1
	x.cur = Block{Kind: kind, Level: level, Marker: mark}
	if x.table > 0 && x.col >= 0 {
		x.cur.Kind, x.cur.Table, x.cur.Row, x.cur.Col = TableCell, x.tables, x.row, x.col
		if kind == Heading {
			x.cur.Level = 0
		}
	}
	if n := len(x.blocks); n > 0 {
		last := x.blocks[n-1]
		switch {
		case x.table > 0 && last.Table == x.tables && last.Row == x.row && last.Col != x.col:
			x.text = append(x.text, '\t')
		case x.table > 0 && last.Table == x.tables:
			x.text = append(x.text, '\n')
		default:
			x.text = append(x.text, "\n\n"...)
		}
	}
	x.begin = len(x.text)
	if mark != "" {
		for range min(max(level-1, 0), 8) {
			x.text = append(x.text, "  "...)
		}
		if kind == Heading {
			x.text = x.text[:x.begin]
		}
		x.text = append(x.text, mark...)
		x.text = append(x.text, ' ')
	}
	x.cur.Start = len(x.text)
}

// write adds text to the open block, with white space folded; it opens a paragraph when none is open.
func (x *extract) write(s string, bold bool) error {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		if unicode.IsSpace(r) {
			x.space = true
			s = s[size:]
			continue
		}
		n := strings.IndexFunc(s, unicode.IsSpace)
		if n < 0 {
			n = len(s)
		}
		if !x.open {
			x.start(Paragraph, 0, "", false)
		}
		if x.space && len(x.text) > x.cur.Start && x.text[len(x.text)-1] != '\n' {
			if !bold {
				x.endBold()
			}
			x.text = append(x.text, ' ')
			x.runes++
		}
		x.space = false
		if bold && x.boldAt < 0 {
			x.boldAt = len(x.text)
		} else if !bold {
			x.endBold()
		}
		x.text = append(x.text, s[:n]...)
		if x.runes += utf8.RuneCountInString(s[:n]); x.runes > x.limits.Text {
			return tooMuchText(x.limits)
		}
		s = s[n:]
	}
	return nil
}

func (x *extract) endBold() {
	if x.boldAt >= 0 {
		x.cur.Bold = append(x.cur.Bold, Span{x.boldAt, len(x.text)})
		x.boldAt = -1
	}
}

// br breaks the line. Two in a row begin a new paragraph.
func (x *extract) br() {
	if !x.open || len(x.text) == x.cur.Start {
		return
	}
	if x.text[len(x.text)-1] == '\n' {
		x.close()
		return
	}
	x.endBold()
	x.text = append(x.text, '\n')
	x.runes++
	x.space = false
}

// close ends the open block. A block without text leaves no trace.
func (x *extract) close() {
	if !x.open {
		return
	}
	x.endBold()
	x.open, x.space = false, false
	end := len(x.text)
	for end > x.cur.Start && x.text[end-1] == '\n' {
		end--
	}
	x.text = x.text[:end]
	if strings.TrimFunc(string(x.text[x.cur.Start:end]), invisible) == "" {
		x.text = x.text[:x.begin]
		for n := len(x.text); n > 0 && (x.text[n-1] == '\n' || x.text[n-1] == '\t'); n = len(x.text) {
			x.text = x.text[:n-1]
		}
		return
	}
	x.cur.End = end
	x.split(x.cur)
}

// split adds a block, as several when its lines are items typed by hand or begin with a title of their own.
func (x *extract) split(b Block) {
	text := string(x.text[b.Start:b.End])
	if b.Kind == Heading || !strings.Contains(text, "\n") {
		x.add(b)
		return
	}
	part := b
	cut := func(end int) {
		part.End, part.Bold = end, nil
		for _, s := range b.Bold {
			if s.Start >= part.Start && s.Start < end {
				part.Bold = append(part.Bold, Span{s.Start, min(s.End, end)})
			}
		}
		x.add(part)
		part = b
		part.Marker = ""
		if part.Kind == ListItem {
			part.Kind = Paragraph
		}
	}
	titled := false
	from := b.Start
	for l := range strings.SplitSeq(text, "\n") {
		title := !x.sure && b.Kind == Paragraph && headline(l, from, b.Bold)
		if from > b.Start && (titled || title || markerOf(l, line{end: len(l)}).bullet) {
			cut(from - 1)
			part.Start = from
		}
		titled = title
		from += len(l) + 1
	}
	cut(b.End)
}

// headline tells whether s, which stands at offset at, is wholly bold and reads as a title.
func headline(s string, at int, bold []Span) bool {
	n := utf8.RuneCountInString(s)
	if n == 0 || n > 100 || ended(s) && !strings.HasSuffix(s, ":") && !strings.HasSuffix(s, "?") || strings.HasSuffix(s, " att:") {
		return false
	}
	for _, b := range bold {
		if b.Start <= at && b.End >= at+len(strings.TrimSuffix(s, ":")) {
			return true
		}
	}
	return false
}

// add notes a block, after a look at what was typed by hand in it: a marker, a title in bold or in capitals.
func (x *extract) add(b Block) {
	s := string(x.text[b.Start:b.End])
	sh := shape{lines: 1 + strings.Count(s, "\n"), width: utf8.RuneCountInString(s), gap: 1, sure: x.sure}
	m := markerOf(s, line{end: len(s)})
	if m.alone || b.Marker != "" {
		m = marker{}
	}
	switch {
	case b.Kind == Heading && m.width > 0 && !m.bullet:
		sh.marker = m
		b.takeMarker(m)
	case b.Kind == Heading || x.sure:
	case b.Kind == TableCell && m.bullet: // a number in a cell is often the cell's own
		sh.marker, b.Level = m, 1
		b.takeMarker(m)
	case b.Kind != Paragraph || b.Level > 0:
	case m.width > 0:
		sh.marker, b.Kind, b.Level = m, ListItem, 1
		b.takeMarker(m)
	case headline(s, b.Start, b.Bold):
		b.Kind, b.Level = Heading, 3
	case capitals(s):
		b.Kind, b.Level = Heading, 2
	}
	x.blocks = append(x.blocks, b)
	x.shape = append(x.shape, sh)
}

// takeMarker moves what the content begins with into the block's marker.
func (b *Block) takeMarker(m marker) {
	b.Marker = m.text
	b.Start += m.width
	for len(b.Bold) > 0 && b.Bold[0].End <= b.Start {
		b.Bold = b.Bold[1:]
	}
	if len(b.Bold) > 0 {
		b.Bold[0].Start = max(b.Bold[0].Start, b.Start)
	}
}

// startTable begins a table; one inside another is read as part of its cell.
func (x *extract) startTable() {
	x.close()
	if x.table++; x.table == 1 {
		x.tables++
		x.row, x.col, x.tableAt = -1, -1, len(x.blocks)
	}
}

func (x *extract) startRow() {
	x.close()
	if x.table == 1 {
		x.row, x.col, x.columns = x.row+1, -1, 0
	}
}

// startCell begins a cell.
func (x *extract) startCell() {
	x.close()
	if x.table == 1 {
		x.row = max(x.row, 0)
		x.col++
		if x.columns > 1 && x.columns <= 1000 {
			x.col += x.columns - 1
		}
		x.columns = 0
	}
}

// widen notes that the current cell takes several columns.
func (x *extract) widen(columns int) {
	if x.table == 1 {
		x.columns = columns
	}
}

// endTable ends a table. A frame around running text, drawn as a table of one cell, is no table.
func (x *extract) endTable() {
	x.close()
	if x.table == 0 {
		return
	}
	if x.table--; x.table > 0 {
		return
	}
	for _, b := range x.blocks[x.tableAt:] {
		if b.Row > 0 || b.Col > 0 {
			return
		}
	}
	for i := x.tableAt; i < len(x.blocks); i++ {
		b := &x.blocks[i]
		b.Table = 0
		b.Kind = Paragraph
		if b.Marker != "" {
			b.Kind = ListItem
		} else if headline(string(x.text[b.Start:b.End]), b.Start, b.Bold) {
			b.Kind, b.Level = Heading, 3
		}
	}
	x.tables--
}

// document is what was extracted. When nothing in it is marked as a heading, titles are found as in plain text.
func (x *extract) document(format Format) (Document, error) {
	x.close()
	d := Document{Format: format, Text: strings.TrimRight(string(x.text), "\n\t"), Blocks: x.blocks}
	marked := false
	for _, b := range d.Blocks {
		marked = marked || b.Kind == Heading
	}
	if !marked {
		p := parser{text: d.Text, blocks: x.blocks, shape: x.shape}
		p.titles()
		d.Blocks = p.blocks
	}
	return d.checked()
}
