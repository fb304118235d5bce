// Package swedish is what the program knows of written Swedish: words, word stems, words that carry no meaning of their own, and how
// alike two texts are. It reads strings and returns values; search and the reading of documents both stand on it.
package swedish

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Word is a run of letters and digits in a text. Start and End are byte offsets; Text is in lower case.
type Word struct {
	Text       string
	Start, End int
}

// Words splits a text into words. A hyphen, an apostrophe or a colon between two letters or digits belongs to the word, so
// "icke-diskriminering", "EU:s" and "100-årsjubileum" are one word each.
func Words(s string) []Word {
	var out []Word
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isWord(r) {
			i += n
			continue
		}
		start := i
		for i < len(s) {
			r, n = utf8.DecodeRuneInString(s[i:])
			if isWord(r) {
				i += n
				continue
			}
			if joins(r) && i+n < len(s) {
				if next, _ := utf8.DecodeRuneInString(s[i+n:]); isWord(next) {
					i += n
					continue
				}
			}
			break
		}
		out = append(out, Word{strings.ToLower(s[start:i]), start, i})
	}
	return out
}

func isWord(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

func joins(r rune) bool { return r == '-' || r == '‑' || r == '\'' || r == '’' || r == ':' }

// Terms are the stems of a text's meaningful words in reading order: stop words and lone letters are left out, and a hyphenated word
// gives its parts.
func Terms(s string) []string {
	var out []string
	for _, w := range Words(s) {
		for _, part := range strings.FieldsFunc(w.Text, joins) {
			if utf8.RuneCountInString(part) < 2 || Stop(part) {
				continue
			}
			out = append(out, Stem(part))
		}
	}
	return out
}
