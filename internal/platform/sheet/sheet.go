// Package sheet reads and writes tables as CSV and Excel files, for imports and exports. What it reads is only text: formulas are
// not computed and macros not run. What it writes cannot be taken for a formula by the program that opens it.
package sheet

import (
	"embed"
	"strings"
)

// Locale holds the messages of this package's errors.
//
//go:embed locale
var Locale embed.FS

// Table is a head and rows.
type Table struct {
	Columns []Column
	Rows    []Row
}

// Column is a column's head. The kind matters for writing; what was read is all text.
type Column struct {
	Name string
	Kind Kind
}

// Kind is what a column holds.
type Kind uint8

const (
	Text   Kind = iota
	Number      // "1234", "-3,5", "0.25"
	Date        // "2027-05-03"
)

// Row is one row. It has as many cells as the table has columns.
type Row struct {
	Number int // as a spreadsheet program numbers its rows, from 1, to point at in messages; not used for writing
	Cells  []string
}

// triggers are the characters that make a spreadsheet program take a cell for a formula, a tab or line break before one included.
// The wide forms are those of East Asian keyboards, which some programs treat alike.
const triggers = "=+-@\t\r\n＝＋－＠"

// guard makes a cell harmless: an apostrophe before it says that text follows. Plain numbers need none, and a cell that begins
// with apostrophes before such a character gets one more, so that unguard gives back exactly what was written.
func guard(s string, kind Kind) string {
	if dangerous(s) && !plainNumber(s, kind == Number) {
		return "'" + s
	}
	return s
}

// unguard takes back what guard did.
func unguard(s string) string {
	if strings.HasPrefix(s, "'") && dangerous(s[1:]) {
		return s[1:]
	}
	return s
}

func dangerous(s string) bool {
	s = strings.TrimLeft(s, "' \u00a0")
	for _, t := range triggers {
		if strings.HasPrefix(s, string(t)) {
			return true
		}
	}
	return false
}

// plainNumber tells whether s is a sign and figures, with at most one comma or point among them. A plus is part of a number only
// in a column of numbers; elsewhere it is the beginning of a telephone number, which should stay as it is.
func plainNumber(s string, plus bool) bool {
	if rest, ok := strings.CutPrefix(s, "-"); ok {
		s = rest
	} else if rest, ok := strings.CutPrefix(s, "+"); ok && plus {
		s = rest
	}
	whole, part, cut := strings.Cut(strings.Replace(s, ",", ".", 1), ".")
	return figures(whole) && (!cut || figures(part))
}

func figures(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
