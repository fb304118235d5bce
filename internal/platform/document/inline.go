package document

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// inline finds Markdown's signs in text[start:end]: the stretches that are markup and not text, sorted and disjoint, and the
// stretches that are emphasised. Signs inside skip belong to a running header and are left alone.
func inline(text string, start, end int, skip []Span) (markup, bold []Span) {
	type opener struct {
		char  byte
		at, n int
	}
	var stack []opener
	lineStart := true
	for i := start; i < end; {
		for len(skip) > 0 && skip[0].End <= i {
			skip = skip[1:]
		}
		if len(skip) > 0 && skip[0].Start <= i {
			i = min(skip[0].End, end)
			continue
		}
		c := text[i]
		switch {
		case c == '\n' || c == '\r':
			lineStart = true
			i++
			continue
		case c == ' ' || c == '\t':
			i++
			continue
		case c == '>' && lineStart:
			markup = append(markup, Span{i, i + 1})
			i++
			continue
		case c == '\\' && i+1 < end && (text[i+1] == '\n' || text[i+1] == '\r'):
			markup = append(markup, Span{i, i + 1})
			i++
		case c == '\\' && i+1 < end && text[i+1] < utf8.RuneSelf && unicode.In(rune(text[i+1]), unicode.Punct, unicode.Symbol):
			markup = append(markup, Span{i, i + 1})
			i += 2
		case c == '*' || c == '_':
			n := 1
			for i+n < end && text[i+n] == c {
				n++
			}
			opens, closes := flanks(text, i, n, start, end)
			if n > 3 {
				opens, closes = false, false
			}
			left := n
			if closes {
				for k, tries := len(stack)-1, 0; k >= 0 && tries < 8 && left > 0; k, tries = k-1, tries+1 {
					if o := &stack[k]; o.char == c {
						m := min(o.n, left)
						markup = append(markup, Span{o.at + o.n - m, o.at + o.n}, Span{i + n - left, i + n - left + m})
						bold = append(bold, Span{o.at + o.n, i + n - left})
						left -= m
						o.n -= m
						if o.n == 0 {
							stack = stack[:k]
						} else {
							stack = stack[:k+1]
						}
					}
				}
			}
			if opens && left == n {
				stack = append(stack, opener{char: c, at: i, n: n})
			}
			i += n
		case c == '`':
			n := 1
			for i+n < end && text[i+n] == '`' {
				n++
			}
			within := text[i+n : min(end, i+n+1000)]
			if k := strings.Index(within, text[i:i+n]); k > 0 {
				markup = append(markup, Span{i, i + n}, Span{i + n + k, i + n + k + n})
				i += n + k + n
			} else {
				i += n
			}
		case c == '[' || c == '!' && i+1 < end && text[i+1] == '[':
			open := 1
			if c == '!' {
				open = 2
			}
			if label, target, ok := link(text[i+open : end]); ok {
				markup = append(markup, Span{i, i + open}, Span{i + open + label, i + open + target})
			}
			i += open
		case c == '<':
			if n := breakTag(text[i:end]); n > 0 {
				markup = append(markup, Span{i, i + n})
				i += n
			} else {
				i++
			}
		default:
			_, size := utf8.DecodeRuneInString(text[i:end])
			i += size
		}
		lineStart = false
	}
	sort.Slice(markup, func(i, j int) bool { return markup[i].Start < markup[j].Start })
	if len(markup) > 1 {
		markup = mergeSpans(markup[:1], markup[1:])
	}
	sort.Slice(bold, func(i, j int) bool { return bold[i].Start < bold[j].Start })
	return markup, outermost(bold)
}

// flanks tells whether a row of asterisks or underscores can open or close emphasis: it stands at the word's edge.
func flanks(text string, i, n, start, end int) (opens, closes bool) {
	before, after := ' ', ' '
	if i > start {
		before, _ = utf8.DecodeLastRuneInString(text[start:i])
	}
	if i+n < end {
		after, _ = utf8.DecodeRuneInString(text[i+n : end])
	}
	edge := func(r rune) bool { return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r) }
	opens = !unicode.IsSpace(after) && (edge(before) || text[i] == '*' && !edge(after))
	closes = !unicode.IsSpace(before) && (edge(after) || text[i] == '*' && !edge(before))
	if text[i] == '*' && !edge(before) && !edge(after) && unicode.IsDigit(before) {
		return false, false // 3*4
	}
	return opens, closes
}

// link recognises "label](target)" and tells where label ends and where the target's parenthesis ends.
func link(s string) (label, target int, ok bool) {
	s = s[:min(len(s), 2000)]
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '[':
			if depth++; depth > 4 {
				return 0, 0, false
			}
		case ']':
			if depth > 0 {
				depth--
				continue
			}
			if i+1 >= len(s) || s[i+1] != '(' {
				return 0, 0, false
			}
			j := strings.IndexByte(s[i:], ')')
			if j < 0 || strings.ContainsAny(s[i:i+j], "\n\r") {
				return 0, 0, false
			}
			return i, i + j + 1, true
		}
	}
	return 0, 0, false
}

func breakTag(s string) int {
	for _, tag := range [...]string{"<br>", "<br/>", "<br />", "<BR>"} {
		if strings.HasPrefix(s, tag) {
			return len(tag)
		}
	}
	return 0
}

// outermost keeps of nested spans the outer ones. The list is sorted.
func outermost(spans []Span) []Span {
	var out []Span
	for _, s := range spans {
		if s.Start >= s.End || len(out) > 0 && s.Start < out[len(out)-1].End {
			if len(out) > 0 && s.End > out[len(out)-1].End {
				out[len(out)-1].End = s.End
			}
			continue
		}
		out = append(out, s)
	}
	return out
}
