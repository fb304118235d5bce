package reading

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or a single other sign of a passage. Offsets are bytes of the passage's text.
type token struct {
	start, end int
	low        string // lower case
	num        int    // a number's value; -1 for anything else and for numbers of more than nine digits
	digits     bool   // written with digits
	word       bool   // letters
	capital    bool   // begins with a capital
}

// tokens splits a passage. Letters and digits part ("ht26" is ht and 26), signs stand alone, white space is dropped.
func tokens(s string) []token {
	out := make([]token, 0, len(s)/5+1)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		start := i
		switch {
		case unicode.IsSpace(r):
			i += n
			continue
		case '0' <= r && r <= '9':
			for i < len(s) && '0' <= s[i] && s[i] <= '9' {
				i++
			}
			t := token{start: start, end: i, low: s[start:i], num: -1, digits: true}
			if i-start <= 9 {
				t.num = 0
				for _, c := range []byte(t.low) {
					t.num = t.num*10 + int(c-'0')
				}
			}
			out = append(out, t)
		case unicode.IsLetter(r):
			for i < len(s) {
				r, n := utf8.DecodeRuneInString(s[i:])
				if !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) {
					break
				}
				i += n
			}
			first, _ := utf8.DecodeRuneInString(s[start:])
			out = append(out, token{start: start, end: i, low: strings.ToLower(s[start:i]), num: -1, word: true, capital: unicode.IsUpper(first)})
		default:
			i += n
			out = append(out, token{start: start, end: i, low: s[start:i], num: -1})
		}
	}
	return out
}

// touching tells whether no white space stands between token i and the next.
func touching(t []token, i int) bool { return i >= 0 && i+1 < len(t) && t[i].end == t[i+1].start }

func is(t token, words ...string) bool {
	for _, w := range words {
		if t.low == w {
			return true
		}
	}
	return false
}

func isDash(t token) bool { return is(t, "-", "–", "—", "‑", "−") }

// set is a list of words written as one line of text.
type set map[string]struct{}

func words(list string) set {
	m := set{}
	for _, w := range strings.Fields(list) {
		m[w] = struct{}{}
	}
	return m
}

func (s set) has(w string) bool {
	_, ok := s[w]
	return ok
}
