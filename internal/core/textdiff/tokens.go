package textdiff

import (
	"unicode"
	"unicode/utf8"
)

// token is a word or a single other character, with the white space before it. The last token of a text has an empty body and
// carries the white space at the end.
type token struct {
	space, body string
	letters     int // letters and digits in body
}

// tokens cuts s so that joining space and body of every token gives s back, byte for byte, also where s is not valid UTF-8.
func tokens(s string) []token {
	var out []token
	for {
		n := 0
		for n < len(s) {
			r, size := utf8.DecodeRuneInString(s[n:])
			if !unicode.IsSpace(r) {
				break
			}
			n += size
		}
		space := s[:n]
		s = s[n:]
		size, letters := word(s)
		out = append(out, token{space, s[:size], letters})
		s = s[size:]
		if size == 0 {
			return out
		}
	}
}

// word is the length in bytes of the word that s begins with, or of its first character when that begins no word, and the number of
// letters and digits in it. Hyphens, apostrophes, colons and decimal signs belong to a word when they stand inside it: "FN:s", "7,5".
func word(s string) (size, letters int) {
	for size < len(s) {
		r, n := utf8.DecodeRuneInString(s[size:])
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			letters++
		case size > 0 && (unicode.IsMark(r) || r == '\u00ad' || r == '\u200d'):
		case size > 0 && inner(r) && startsWord(s[size+n:]):
		case size == 0:
			size, letters = n, 0
			for size < len(s) {
				m, n := utf8.DecodeRuneInString(s[size:])
				if !unicode.IsMark(m) {
					break
				}
				size += n
			}
			return size, letters
		default:
			return size, letters
		}
		size += n
	}
	return size, letters
}

func inner(r rune) bool {
	switch r {
	case '-', '\u2010', '\u2011', '\'', '’', ':', '.', ',', '/', '@', '_':
		return true
	}
	return false
}

func startsWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}
