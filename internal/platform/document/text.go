package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// parseText finds the blocks of plain text, with or without Markdown's signs. It is also used on the text of a PDF, where signs
// mean nothing: then marked is false.
func parseText(text string, marked bool) []Block {
	lines := split(text)
	findRunning(text, lines)
	var running []Block
	body := lines[:0:0]
	gap, page := 0, false
	for _, l := range lines {
		if l.running {
			running = append(running, Block{Kind: Running, Start: l.start, End: l.end})
			gap, page = max(gap, l.gap, 1), page || l.page
			continue
		}
		l.gap, l.page = max(gap, l.gap), l.page || page
		gap, page = 0, false
		body = append(body, l)
	}
	settle(text, body)
	p := parser{text: text, lines: body, marked: marked, wrap: measure(text, body)}
	p.run()
	p.titles()
	blocks := weave(p.blocks, running)
	if marked {
		for i := range blocks {
			b := &blocks[i]
			_, b.Bold = inline(text, b.Start, b.End, b.Skip)
		}
	}
	return blocks
}

// weave puts the running lines among the blocks: inside the block they interrupt, or on their own.
func weave(blocks, running []Block) []Block {
	if len(running) == 0 {
		return blocks
	}
	var out []Block
	for _, b := range blocks {
		for len(running) > 0 && running[0].Start < b.Start {
			out, running = append(out, running[0]), running[1:]
		}
		for len(running) > 0 && running[0].Start < b.End {
			b.Skip, running = append(b.Skip, Span{running[0].Start, running[0].End}), running[1:]
		}
		out = append(out, b)
	}
	return append(out, running...)
}

type parser struct {
	text   string
	lines  []line
	marked bool
	wrap   int // see measure

	blocks []Block
	shape  []shape // beside blocks
	lists  []level // the list items that are open, outermost first
	tables int
}

// shape is what a later look at a block needs to know of its lines.
type shape struct {
	lines  int
	width  int  // of its first line
	gap    int  // before it
	sure   bool // its kind is certain, from markup
	marker marker
}

// level is an open list: the column of its markers, of its content, and what its markers look like.
type level struct {
	column, content int
	style           string
}

func (p *parser) content(i int) string { return p.text[p.lines[i].start:p.lines[i].end] }

func (p *parser) run() {
	for i := 0; i < len(p.lines); {
		switch {
		case p.marked && p.sign(&i):
		case p.tableRows(&i):
		default:
			p.block(&i)
		}
	}
}

func (p *parser) add(b Block, s shape) {
	if b.Kind == Heading {
		p.lists = nil
	}
	p.blocks = append(p.blocks, b)
	p.shape = append(p.shape, s)
}

// sign reads what Markdown marks by whole lines: headings, rules, fences.
func (p *parser) sign(i *int) bool {
	l := p.lines[*i]
	s := p.content(*i)
	if n := len(s) - len(strings.TrimLeft(s, "#")); n > 0 && n <= 6 && (len(s) == n || spaceAt(s[n:]) > 0) && l.indent < 4 {
		start := l.start + n + spaceAt(s[n:])
		end := l.end
		if closed := strings.TrimRight(p.text[start:end], "#"); strings.HasSuffix(closed, " ") {
			end = start + len(strings.TrimRight(closed, " \t"))
		}
		if start < end {
			b := Block{Kind: Heading, Level: n, Start: start, End: end}
			p.number(&b)
			p.add(b, shape{lines: 1, width: l.width, gap: l.gap, sure: true})
		}
		*i++
		return true
	}
	if rule(s) {
		*i++
		return true
	}
	if strings.HasPrefix(s, "```") || strings.HasPrefix(s, "~~~") {
		*i++
		return true
	}
	if *i+1 < len(p.lines) && p.lines[*i+1].gap == 0 && l.width <= 100 && l.mark.width == 0 {
		under := p.content(*i + 1)
		for lvl, c := range []string{"=", "-"} {
			if len(under) >= 3 && strings.Trim(under, c) == "" && p.startsBlock(*i) {
				b := Block{Kind: Heading, Level: lvl + 1, Start: l.start, End: l.end}
				p.add(b, shape{lines: 1, width: l.width, gap: l.gap, sure: true})
				*i += 2
				return true
			}
		}
	}
	return false
}

// startsBlock tells whether line i does not go on with the line before it.
func (p *parser) startsBlock(i int) bool {
	return i == 0 || p.lines[i].gap > 0 || !p.joins(i-1, i)
}

// rule recognises a line of nothing but - * _ =.
func rule(s string) bool {
	s = strings.ReplaceAll(s, " ", "")
	return len(s) >= 3 && strings.IndexByte("-*_=", s[0]) >= 0 && strings.Trim(s, s[:1]) == ""
}

// number moves a heading's number into its marker.
func (p *parser) number(b *Block) {
	m := markerOf(p.text, line{start: b.Start, end: b.End})
	if m.width > 0 && !m.bullet && !m.alone && b.Start+m.width < b.End {
		b.Marker = m.text
		b.Start += m.width
	}
}

// block reads one paragraph, list item or unmarked heading that begins at line i.
func (p *parser) block(i *int) {
	first := p.lines[*i]
	s := p.content(*i)
	if p.marked && strings.HasPrefix(s, "> ") {
		first.start += 2 + spaceAt(s[2:])
	}
	b := Block{Kind: Paragraph, Start: first.start, End: first.end}
	sh := shape{lines: 1, width: first.width, gap: first.gap}
	m := p.marker(*i)
	switch {
	case m.alone && m.bullet && !p.filled(*i):
		*i++ // an item without content
		return
	case m.width > 0 && (!m.alone || p.filled(*i)):
		b.Kind, b.Marker, sh.marker = ListItem, m.text, m
		column := first.indent
		content := column + utf8.RuneCountInString(s[:m.width])
		if m.alone {
			*i++
			sh.lines++
			b.Start, b.End = p.lines[*i].start, p.lines[*i].end
			content = p.lines[*i].indent
		} else {
			b.Start = first.start + m.width
		}
		b.Level = p.open(column, content, m)
	case len(p.lists) > 0 && first.gap > 0 && first.indent >= 2 && first.indent+1 >= p.lists[len(p.lists)-1].content:
		b.Level = len(p.lists)
	default:
		p.lists = nil
		if capitals(s) {
			b.Kind, b.Level = Heading, 2
			for *i+1 < len(p.lines) && p.lines[*i+1].gap == 0 && !p.lines[*i+1].page && capitals(p.content(*i+1)) && p.marker(*i+1).width == 0 && sh.lines < 4 {
				*i++
				sh.lines++
				b.End = p.lines[*i].end
			}
			p.add(b, sh)
			*i++
			return
		}
		if p.marked && emphasised(s) {
			b.Kind, b.Level, sh.sure = Heading, 3, true
			p.add(b, sh)
			*i++
			return
		}
	}
	for *i+1 < len(p.lines) && p.joins(*i, *i+1) && !(p.marked && p.signAhead(*i+1)) {
		*i++
		sh.lines++
		b.End = p.lines[*i].end
	}
	p.add(b, sh)
	*i++
}

// filled tells whether the line after a marker that stands alone can be its content.
func (p *parser) filled(i int) bool {
	return i+1 < len(p.lines) && p.lines[i+1].gap <= 1 && p.lines[i+1].mark.width == 0 && !p.isTableRow(i+1) &&
		!(p.marked && p.signAhead(i+1))
}

// signAhead tells whether Markdown marks line i as something of its own.
func (p *parser) signAhead(i int) bool {
	s := p.content(i)
	return s[0] == '#' && (strings.HasPrefix(s, "##") || spaceAt(s[1:]) > 0) || rule(s) || strings.HasPrefix(s, "```") ||
		emphasised(s) && p.lines[i].width <= 80
}

// marker is the marker of line i, unless it only looks like one: a dash or a number inside a sentence that was wrapped there.
func (p *parser) marker(i int) marker {
	l := p.lines[i]
	m := l.mark
	if m.width == 0 || i == 0 || l.gap > 0 {
		return m
	}
	a := p.lines[i-1]
	before := p.content(i - 1)
	rest := p.text[l.start+m.width : l.end]
	next, _ := utf8.DecodeRuneInString(rest)
	inside := !ended(before) && p.fills(a, m.text) && a.mark.width == 0
	switch {
	case m.style == "-" && inside && unicode.IsLower(next) && !p.listed(i, m):
		return marker{}
	case !m.bullet && m.style != "1.1" && (inside || wants(before)) && !p.listed(i, m):
		return marker{}
	case m.text == "-" && m.width == 1 && inside:
		return marker{}
	}
	return m
}

// listed tells whether the marker goes on with an open list of its kind.
func (p *parser) listed(i int, m marker) bool {
	for k := len(p.blocks) - 1; k >= 0 && k >= len(p.blocks)-2; k-- {
		// The item whose lines are being joined is not among the blocks yet.
		if s := p.shape[k].marker; s.style == m.style && (m.bullet || m.number == s.number+1 || m.number == s.number+2 || m.style == "1.1") {
			return true
		}
	}
	return m.bullet && len(p.lists) > 0 && p.lists[len(p.lists)-1].style == m.style
}

// open finds the depth of a list item and remembers it.
func (p *parser) open(column, content int, m marker) int {
	for len(p.lists) > 0 && p.lists[len(p.lists)-1].column > column+1 {
		p.lists = p.lists[:len(p.lists)-1]
	}
	for k := len(p.lists) - 1; k >= 0 && p.lists[k].column >= column-1; k-- {
		if p.lists[k].style == m.style {
			p.lists = p.lists[:k]
			break
		}
	}
	if n := len(p.lists); n == 0 || n < 8 {
		p.lists = append(p.lists, level{column, content, m.style})
	}
	return len(p.lists)
}

// fills tells whether a was as long as a wrapped line gets when next follows.
func (p *parser) fills(a line, next string) bool {
	if p.wrap == 0 {
		return a.width >= 60
	}
	if i := strings.IndexFunc(next, unicode.IsSpace); i >= 0 {
		next = next[:i]
	}
	return a.width+1+utf8.RuneCountInString(next) > p.wrap*82/100
}

// joins tells whether line j = i+1 belongs to the same block as line i.
func (p *parser) joins(i, j int) bool {
	a, b := p.lines[i], p.lines[j]
	if p.marker(j).width > 0 || p.isTableRow(j) {
		return false
	}
	sa, sb := p.content(i), p.content(j)
	if p.marked && b.gap == 0 && strings.HasPrefix(sa, "> ") {
		sb = strings.TrimLeft(strings.TrimPrefix(sb, ">"), " ")
	}
	r, _ := utf8.DecodeRuneInString(sb)
	small := unicode.IsLower(r)
	if b.gap > 0 {
		// An empty line in the middle of a sentence comes from the end of a page.
		long := a.width >= 45 && (p.wrap == 0 || a.width >= p.wrap*7/10)
		if first, _ := utf8.DecodeRuneInString(sa); a.gap > 0 && unicode.IsLower(first) {
			return false // a list whose items begin small and have no markers
		}
		return long && !ended(sa) && (small || divided(sa) && unicode.IsLetter(r))
	}
	if capitals(sb) && !capitals(sa) && !wants(sa) {
		return false
	}
	if a.hard && !small && !wants(sa) {
		return false
	}
	if len(p.lists) > 0 && b.indent >= 2 && b.indent+1 >= p.lists[len(p.lists)-1].content && !ended(sa) {
		return true
	}
	switch {
	case wants(sa):
		return true
	case ended(sa):
		return p.fills(a, sb) && !strings.HasSuffix(sa, ":") && !p.titleAt(j) && !labelled(sb)
	case small:
		return true
	case (i == 0 || a.gap > 0) && (j+1 == len(p.lines) || p.lines[j+1].gap > 0) && titleText(sa) && titleText(sb):
		return false // a title and what stands under it
	default:
		return p.fills(a, sb) && !labelled(sb)
	}
}

// titleAt tells whether line i looks like a title in the middle of lines without air: short, unfinished, and followed by a line
// that begins anew.
func (p *parser) titleAt(i int) bool {
	l := p.lines[i]
	if i+1 >= len(p.lines) || !titleText(p.content(i)) || p.wrap > 0 && l.width > p.wrap*6/10 {
		return false
	}
	if p.lines[i+1].gap > 0 {
		return true
	}
	r, _ := utf8.DecodeRuneInString(p.content(i + 1))
	return unicode.IsUpper(r) || p.lines[i+1].mark.width > 0
}
