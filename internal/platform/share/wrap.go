package share

import (
	"strings"
	"unicode"

	"golang.org/x/image/font"
)

// longest is how much of a text is looked at; nobody reads more on a card.
const longest = 400

const ellipsis = "…"

// lines breaks a text into at most n lines no wider than width pixels. What does not fit is replaced by an ellipsis.
func lines(face font.Face, text string, width, n int) []string {
	words := strings.Fields(printable(text))
	var out []string
	for len(words) > 0 && len(out) < n {
		line := words[0]
		words = words[1:]
		if fits(face, line, width) {
			for len(words) > 0 && fits(face, line+" "+words[0], width) {
				line += " " + words[0]
				words = words[1:]
			}
		} else {
			head, tail := split(face, line, width)
			line = head
			words = append([]string{tail}, words...)
		}
		if len(out)+1 == n && len(words) > 0 {
			line = shortened(face, line, width)
		}
		out = append(out, line)
	}
	return out
}

// cut tells whether wrapped lines left something out.
func cut(wrapped []string) bool { return strings.HasSuffix(wrapped[len(wrapped)-1], ellipsis) }

func fits(face font.Face, s string, width int) bool {
	return font.MeasureString(face, s).Ceil() <= width
}

// split divides a word that is wider than a line, with a hyphen.
func split(face font.Face, word string, width int) (head, tail string) {
	r := []rune(word)
	n := len(r) - 1
	for n > 1 && !fits(face, string(r[:n])+"-", width) {
		n--
	}
	return string(r[:n]) + "-", string(r[n:])
}

// shortened ends a line with an ellipsis, leaving out as many letters as it takes.
func shortened(face font.Face, line string, width int) string {
	r := []rune(strings.TrimSuffix(line, "-"))
	for len(r) > 0 && !fits(face, string(r)+ellipsis, width) {
		r = r[:len(r)-1]
	}
	return strings.TrimRight(string(r), " ,;:–-") + ellipsis
}

// printable drops control characters and broken text.
func printable(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		n++
		switch {
		case n > longest:
			return -1
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}
