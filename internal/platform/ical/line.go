package ical

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

type param struct{ name, value string }

// printer writes content lines.
type printer struct{ b *bytes.Buffer }

// lineLength is the most bytes of a line, without its end (RFC 5545, 3.1).
const lineLength = 75

// text writes a property of type TEXT; nothing when there is no text.
func (p printer) text(name, value string, params ...param) {
	if value = clean(value); value != "" {
		p.line(name, textEscapes.Replace(value), params...)
	}
}

var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`)

// line writes a property whose value needs no escaping, folded.
func (p printer) line(name, value string, params ...param) {
	var s strings.Builder
	s.WriteString(name)
	for _, q := range params {
		s.WriteString(";" + q.name + "=" + quoted(q.value))
	}
	s.WriteString(":" + value)
	rest, room := s.String(), lineLength
	for len(rest) > room {
		cut := room
		for !utf8.RuneStart(rest[cut]) {
			cut--
		}
		p.b.WriteString(rest[:cut] + "\r\n ")
		rest, room = rest[cut:], lineLength-1
	}
	p.b.WriteString(rest + "\r\n")
}

// quoted writes a parameter value: bare when it is a plain word, else in quotation marks with the escapes of RFC 6868.
func quoted(s string) string {
	s = clean(s)
	if strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("-/ ", r)
	}) < 0 {
		return s
	}
	return `"` + paramEscapes.Replace(s) + `"`
}

var paramEscapes = strings.NewReplacer("^", "^^", `"`, "^'", "\n", "^n", `\`, "/") // some readers take \ for an escape

// clean makes line ends alike and drops control characters, which the format forbids, and broken UTF-8.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\ufffd"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r':
			return '\n'
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
}
