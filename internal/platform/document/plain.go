package document

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Reading is a block's text as it is read aloud: markup gone, line breaks turned into spaces, words that the layout divided made
// whole. It remembers where every piece of it stands in the document.
type Reading struct {
	Text  string
	runs  []run
	block Block
}

// run says that Text[plain:plain+n] is the document's Text[source:source+n].
type run struct{ plain, source, n int }

// Plain is the block's text without markup and line breaks.
func (d Document) Plain(b Block) string { return d.Reading(b).Text }

// Map turns an offset into Plain(b) into an offset into Text. Whoever maps many offsets of one block keeps the Reading instead.
func (d Document) Map(b Block, plainOffset int) int { return d.Reading(b).Offset(plainOffset) }

// Offset is the place in Document.Text where the byte at the given offset of r.Text stands. The offset may be len(r.Text); one
// outside the text is moved to its nearest end.
func (r Reading) Offset(plain int) int {
	if len(r.runs) == 0 {
		return r.block.Start
	}
	i := sort.Search(len(r.runs), func(i int) bool { return r.runs[i].plain > plain }) - 1
	if i < 0 {
		return r.runs[0].source
	}
	return r.runs[i].source + min(plain-r.runs[i].plain, r.runs[i].n)
}

// Span is the stretch of Document.Text that r.Text[start:end] was read from. It ends right after the last byte read, so markup or
// line breaks that follow do not belong to it.
func (r Reading) Span(start, end int) Span {
	s := r.Offset(start)
	if end <= start {
		return Span{s, s}
	}
	last := r.Offset(end - 1)
	return Span{s, max(s, last+1)}
}

// Reading reads one block of d.
func (d Document) Reading(b Block) Reading {
	var drop []Span
	if d.Format.marked() {
		drop, _ = inline(d.Text, b.Start, b.End, b.Skip)
	}
	drop = mergeSpans(drop, b.Skip)
	r := Reading{block: b}
	out := make([]byte, 0, b.End-b.Start)
	emit := func(source int, s string) {
		if k := len(r.runs) - 1; k >= 0 && r.runs[k].source+r.runs[k].n == source {
			r.runs[k].n += len(s)
		} else {
			r.runs = append(r.runs, run{len(out), source, len(s)})
		}
		out = append(out, s...)
	}
	w := words{text: d.Text, end: b.End, drop: drop, at: b.Start, skip: b.Skip}
	var last rune // last rune written
	var before []rune
	for {
		gap, source, ok := w.next()
		if !ok {
			break
		}
		word := w.word
		if gap.space && len(out) > 0 {
			switch joint(before, last, word, gap) {
			case glue:
			case heal:
				_, size := utf8.DecodeLastRune(out)
				out = out[:len(out)-size]
				r.cut(size)
			case apart:
				emit(gap.at, " ")
			}
		}
		emit(source, word)
		last, _ = utf8.DecodeLastRuneInString(word)
		if gap.space || len(before) == 0 {
			before = before[:0]
		}
		before = append(before, []rune(word)...)
	}
	r.Text = string(out)
	return r
}

// cut takes size bytes off the last run.
func (r *Reading) cut(size int) {
	k := len(r.runs) - 1
	r.runs[k].n -= size
	if r.runs[k].n <= 0 {
		r.runs = r.runs[:k]
	}
}

// words walks over the pieces of a block that stand between white space and dropped markup.
type words struct {
	text    string
	at, end int
	drop    []Span // sorted, disjoint
	skip    []Span
	word    string
}

// gap is what stands before a word.
type gap struct {
	space bool // white space
	line  bool // with a line break in it
	at    int  // where it begins
}

func (w *words) next() (gap, int, bool) {
	g := gap{at: w.at}
	first := true
	for w.at < w.end {
		for len(w.drop) > 0 && w.drop[0].End <= w.at {
			w.drop = w.drop[1:]
		}
		if len(w.drop) > 0 && w.drop[0].Start <= w.at {
			for len(w.skip) > 0 && w.skip[0].End <= w.at {
				w.skip = w.skip[1:]
			}
			if len(w.skip) > 0 && w.skip[0].Start <= w.at || w.text[w.at] == '<' {
				g.space, g.line = true, true
			}
			w.at = min(w.drop[0].End, w.end)
			continue
		}
		r, size := utf8.DecodeRuneInString(w.text[w.at:w.end])
		if invisible(r) {
			// A soft hyphen at a line's end is handled by its line break: nothing is written and the halves meet.
			if r == softHyphen && w.breaks(w.at+size) {
				w.at += size
				for w.at < w.end {
					r, size := utf8.DecodeRuneInString(w.text[w.at:w.end])
					if !unicode.IsSpace(r) {
						break
					}
					w.at += size
				}
				continue
			}
			w.at += size
			continue
		}
		if unicode.IsSpace(r) {
			if first && !g.space {
				g.at = w.at
			}
			g.space = true
			g.line = g.line || lineBreak(r)
			w.at += size
			continue
		}
		start := w.at
		limit := w.end
		if len(w.drop) > 0 {
			limit = min(limit, w.drop[0].Start)
		}
		for w.at < limit {
			r, size := utf8.DecodeRuneInString(w.text[w.at:limit])
			if unicode.IsSpace(r) || invisible(r) {
				break
			}
			w.at += size
		}
		w.word = w.text[start:w.at]
		return g, start, true
	}
	return g, w.at, false
}

// breaks tells whether only white space with a line break follows.
func (w *words) breaks(at int) bool {
	for at < w.end {
		r, size := utf8.DecodeRuneInString(w.text[at:w.end])
		if lineBreak(r) {
			return true
		}
		if !unicode.IsSpace(r) {
			return false
		}
		at += size
	}
	return false
}

const softHyphen = '\u00AD'

func invisible(r rune) bool {
	switch r {
	case softHyphen, '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF':
		return true
	}
	return false
}

func lineBreak(r rune) bool {
	switch r {
	case '\n', '\r', '\f', '\v', '\u0085', '\u2028', '\u2029':
		return true
	}
	return false
}

type join uint8

const (
	apart join = iota // a space stays between them
	glue              // they meet as they are
	heal              // the hyphen goes and they meet
)

// joint decides what stands between two words with a line break between them. A hyphen at the line's end is the layout's own
// unless the word has it by itself: after an abbreviation, a figure, a single letter or a prefix that Swedish always writes with a
// hyphen, before a capital, or before "och" where the word's second half follows later ("läns- och kommun").
func joint(before []rune, last rune, next string, g gap) join {
	if !g.line {
		return apart
	}
	n, _ := utf8.DecodeRuneInString(next)
	switch last {
	case '-', '\u2010':
		half := before[:len(before)-1]
		for i := len(half) - 1; i >= 0; i-- {
			if !unicode.IsLetter(half[i]) && !unicode.IsDigit(half[i]) {
				half = half[i+1:]
				break
			}
		}
		if len(half) == 0 || len(half) > 40 || !(unicode.IsLetter(n) || unicode.IsDigit(n)) {
			return apart
		}
		if suspends[strings.TrimRightFunc(next, unicode.IsPunct)] {
			return apart
		}
		if len(half) == 1 || !unicode.IsLower(n) || !unicode.IsLower(half[len(half)-1]) || hyphenated[strings.ToLower(string(half))] {
			return glue
		}
		return heal
	case '–', '/':
		if len(before) > 1 && (unicode.IsDigit(before[len(before)-2]) && unicode.IsDigit(n) || last == '/' && unicode.IsLetter(before[len(before)-2])) {
			return glue
		}
	}
	return apart
}

// suspends are the words before which a hyphen stands for a half that follows.
var suspends = set("och", "eller", "samt", "resp", "respektive", "som", "and", "or")

// hyphenated are first halves that keep their hyphen.
var hyphenated = set("icke", "ex", "hbt", "hbtq", "hbtqi", "it", "eu", "pr", "tv", "hr", "lss", "nav", "sms", "cv", "vd",
	"non", "vice")

func set(words ...string) map[string]bool {
	m := make(map[string]bool, len(words))
	for _, w := range words {
		m[w] = true
	}
	return m
}

// mergeSpans joins two sorted lists into one that is sorted and disjoint.
func mergeSpans(a, b []Span) []Span {
	if len(b) == 0 {
		return a
	}
	all := append(append([]Span(nil), a...), b...)
	sort.Slice(all, func(i, j int) bool { return all[i].Start < all[j].Start })
	out := all[:1]
	for _, s := range all[1:] {
		if l := &out[len(out)-1]; s.Start < l.End {
			l.End = max(l.End, s.End)
		} else {
			out = append(out, s)
		}
	}
	return out
}
