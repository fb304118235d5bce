package document

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// labelled tells whether s begins with a label of its own: "Datum:", "Åtagande 3:", "Löfte 2.".
func labelled(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	if !unicode.IsUpper(r) {
		return false
	}
	if i := strings.IndexByte(s, ':'); i > 0 && i <= 40 && len(strings.Fields(s[:i])) <= 3 && (i+1 == len(s) || spaceAt(s[i+1:]) > 0) {
		return true
	}
	word, rest, _ := strings.Cut(s, " ")
	n := digits(rest)
	return len(word) >= 3 && strings.IndexFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 && n > 0 && n <= 2 &&
		(strings.HasPrefix(rest[n:], ". ") || strings.HasPrefix(rest[n:], " – ") || strings.HasPrefix(rest[n:], " - "))
}

// capitals tells whether s is set in capitals only, as a title is.
func capitals(s string) bool {
	n, words := 0, 0
	for _, w := range strings.Fields(s) {
		k := 0
		for _, r := range w {
			if unicode.IsLower(r) {
				return false
			}
			if unicode.IsUpper(r) {
				k++
			}
		}
		n += k
		if k >= 4 {
			words++
		}
	}
	return words > 0 && n >= 4 && utf8.RuneCountInString(s) <= 100
}

// emphasised tells whether the whole of s is set in bold or italics and short enough for a heading.
func emphasised(s string) bool {
	n := len(s) - len(strings.TrimLeft(s, "*"))
	c := "*"
	if n == 0 {
		n, c = len(s)-len(strings.TrimLeft(s, "_")), "_"
	}
	t := strings.TrimSuffix(strings.TrimSpace(s), ":")
	if n == 0 || n > 3 || len(t) <= 2*n || !strings.HasSuffix(t, strings.Repeat(c, n)) {
		return false
	}
	in := t[n : len(t)-n]
	r, _ := utf8.DecodeRuneInString(in)
	return !strings.Contains(in, strings.Repeat(c, n)) && !unicode.IsSpace(r) && utf8.RuneCountInString(in) <= 100 &&
		(!ended(in) || strings.HasSuffix(in, ":") || strings.HasSuffix(in, "?"))
}

// titleText tells whether s could be a title by its words: it begins as a sentence does, is short and has no end.
func titleText(s string) bool {
	r, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, "\"”»'*_("))
	n := utf8.RuneCountInString(s)
	if n < 3 || n > 100 || !unicode.IsUpper(r) && !unicode.IsDigit(r) {
		return false
	}
	words := strings.Fields(s)
	if len(words) > 13 || len(words) == 0 || wants(s) {
		return false
	}
	if strings.HasSuffix(s, ":") {
		return len(words) <= 4 && !strings.HasSuffix(s, " att:")
	}
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return true
	}
	if strings.ContainsAny(s, "@") || strings.Contains(s, "://") || strings.HasPrefix(s, "www.") {
		return false
	}
	return !ended(s) && !strings.HasSuffix(s, "att")
}

// titles turns the short lines that stand over a text into headings, and tells numbered headings from numbered items.
func (p *parser) titles() {
	first := true
	for i := range p.blocks {
		first = first && i == 0
		b, s := &p.blocks[i], &p.shape[i]
		switch {
		case b.Kind == ListItem && s.lines == 1 && !s.marker.bullet && p.numberedTitle(i):
			p.raise(i+1, b.Level)
			b.Kind, b.Level = Heading, min(s.marker.parts+1, 6)
		case b.Kind == Heading && !s.sure && i == 0:
			b.Level = 1
		}
	}
	// From the end, because a title may stand over another title.
	chain := 0
	for i := len(p.blocks) - 1; i >= 0; i-- {
		b, s := &p.blocks[i], &p.shape[i]
		if b.Kind != Paragraph || b.Level > 0 || s.lines != 1 || !titleText(p.text[b.Start:b.End]) || labelled(p.text[b.Start:b.End]) && p.text[b.End-1] != ':' || i+1 == len(p.blocks) {
			chain = 0
			continue
		}
		if i > 0 && s.gap == 0 && p.blocks[i-1].Kind == Paragraph && p.shape[i-1].lines == 1 && titleText(p.text[p.blocks[i-1].Start:p.blocks[i-1].End]) {
			continue // one of several short lines: an address, a list of names
		}
		next := &p.blocks[i+1]
		switch next.Kind {
		case ListItem:
		case Paragraph:
			text := p.text[next.Start:next.End]
			if utf8.RuneCountInString(text) < 60 && !ended(text) && !labelled(text) {
				chain = 0
				if i > 0 {
					continue
				}
			}
		case Heading:
			if chain++; chain > 3 {
				continue
			}
		default:
			if i > 0 && s.gap == 0 {
				continue
			}
		}
		b.Kind, b.Level = Heading, 2
		if i == 0 {
			b.Level = 1
		}
		bareNumber(p.text, b)
	}
}

// raise takes the list items from block i on out of the item before them, which was a heading.
func (p *parser) raise(i, depth int) {
	for ; i < len(p.blocks) && p.blocks[i].Level > 0 && p.blocks[i].Kind != Heading; i++ {
		p.blocks[i].Level = max(1, p.blocks[i].Level-depth)
	}
}

// bareNumber moves the number of a heading such as "2 Åtaganden" into its marker. A day with its month stays.
func bareNumber(text string, b *Block) {
	s := text[b.Start:b.End]
	n := digits(s)
	if n == 0 || n > 2 || s[0] == '0' || !strings.HasPrefix(s[n:], " ") {
		return
	}
	word, _, _ := strings.Cut(strings.TrimLeft(s[n:], " "), " ")
	r, _ := utf8.DecodeRuneInString(word)
	if unicode.IsUpper(r) && !months[strings.ToLower(word)] {
		b.Marker = s[:n]
		b.Start += n + spaceAt(s[n:])
	}
}

var months = set("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december")

// numberedTitle tells whether the numbered line i is a title: short, and followed by text of its own rather than by the next
// number.
func (p *parser) numberedTitle(i int) bool {
	b, m := p.blocks[i], p.shape[i].marker
	text := p.text[b.Start:b.End]
	if !titleText(text) || i+1 == len(p.blocks) || b.Level > 1 {
		return false
	}
	next := p.shape[i+1].marker
	if p.blocks[i+1].Kind == ListItem && !next.bullet && (next.style == m.style && next.parts <= m.parts) {
		return false
	}
	if i > 0 && p.blocks[i-1].Kind == ListItem && p.shape[i-1].marker.style == m.style && m.number != 0 && p.shape[i-1].marker.number == m.number-1 {
		return false // the last item of a list
	}
	if p.blocks[i+1].Kind == Paragraph && p.blocks[i+1].Level > 0 {
		return false
	}
	return true
}
