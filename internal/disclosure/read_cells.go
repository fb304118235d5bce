package disclosure

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	maxCellsBytes = 128 << 20 // of a file of cells
	countColumn   = "n"
)

// ReadCells reads counts from CSV in UTF-8, with comma or semicolon between fields: a header, then one row per inner cell. There is one column per variable,
// and the column n, whole numbers of people, which may stand anywhere. Spaces around a field do not count. "11.0", as R and spreadsheets write
// it, is 11. Faults are *[InputError] and say where they stand; an error of r itself is passed on.
func ReadCells(r io.Reader) (Cells, error) {
	limited := &io.LimitedReader{R: r, N: maxCellsBytes + 1}
	in := bufio.NewReaderSize(limited, 64<<10)
	if mark, _ := in.Peek(3); string(mark) == "\uFEFF" {
		in.Discard(3)
	}
	head, _ := in.Peek(32 << 10)
	file := csv.NewReader(in)
	file.Comma = separator(head)
	file.FieldsPerRecord = -1
	file.ReuseRecord = true
	t := cellsFile{file: file, rows: map[string]int{}, names: map[string]string{}}
	if err := t.header(); err != nil {
		return Cells{}, tooLong(limited, err)
	}
	for {
		err := t.row()
		if err == io.EOF {
			break
		}
		if err != nil {
			return Cells{}, tooLong(limited, err)
		}
	}
	if limited.N <= 0 {
		return Cells{}, tooLong(limited, io.EOF)
	}
	if len(t.cells.Rows) == 0 {
		return Cells{}, &InputError{Source: "cells", Problem: "there is a header but no cell"}
	}
	return t.cells, nil
}

// tooLong tells of a file that was cut off as too long instead of what the cut made of it.
func tooLong(limited *io.LimitedReader, err error) error {
	if limited.N <= 0 {
		return &InputError{Source: "cells", Problem: fmt.Sprintf("the file is longer than %d bytes", maxCellsBytes)}
	}
	return err
}

// separator is what stands between the fields of the header: comma or semicolon, whichever makes the name of the column of counts a field. Where both or
// neither do, it is the one that stands there more often, not counting what is quoted.
func separator(head []byte) rune {
	if i := bytes.IndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	commas, semicolons := fields(head, ','), fields(head, ';')
	byComma, bySemicolon := slices.Contains(commas, countColumn), slices.Contains(semicolons, countColumn)
	if bySemicolon && !byComma || bySemicolon == byComma && len(semicolons) > len(commas) {
		return ';'
	}
	return ','
}

// fields splits a header roughly: separators within quotation marks do not count.
func fields(head []byte, separator byte) (list []string) {
	begin, quoted := 0, false
	for i := 0; i <= len(head); i++ {
		switch {
		case i == len(head) || head[i] == separator && !quoted:
			list = append(list, strings.Trim(string(head[begin:i]), "\" \t\r"))
			begin = i + 1
		case head[i] == '"':
			quoted = !quoted
		}
	}
	return list
}

// cellsFile is a file of cells that is being read.
type cellsFile struct {
	file  *csv.Reader
	cells Cells
	count int // the column of the counts
	rows  map[string]int
	names map[string]string // every name once, however many rows it stands in
}

// at is a fault of a field of the record that was read last.
func (t *cellsFile) at(field int, format string, args ...any) error {
	line, column := t.file.FieldPos(field)
	return &InputError{Source: "cells", Line: line, Column: column, Problem: fmt.Sprintf(format, args...)}
}

// next reads a record; spaces around fields are taken off.
func (t *cellsFile) next() ([]string, error) {
	record, err := t.file.Read()
	if p, ok := errors.AsType[*csv.ParseError](err); ok {
		problem := "a quotation mark stands within a field that does not begin with one; quote the whole field and double the mark"
		if errors.Is(p, csv.ErrQuote) {
			problem = "a quoted field is not closed, or goes on after its closing quotation mark"
		}
		return nil, &InputError{Source: "cells", Line: p.Line, Column: p.Column, Problem: problem}
	}
	if err != nil {
		return nil, err
	}
	for i, s := range record {
		if !utf8.ValidString(s) {
			return nil, t.at(i, "%q is not UTF-8; save the file as UTF-8", short(s))
		}
		record[i] = strings.TrimSpace(s)
	}
	return record, nil
}

func (t *cellsFile) header() error {
	names, err := t.next()
	if err == io.EOF {
		return &InputError{Source: "cells", Problem: "the file is empty"}
	}
	if err != nil {
		return err
	}
	if t.count = slices.Index(names, countColumn); t.count < 0 {
		return t.at(0, "the header has no column %q with the counts", countColumn)
	}
	if len(names)-1 > MaxVariables {
		return t.at(0, "there are %d variables; there must be 1 to %d", len(names)-1, MaxVariables)
	}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			return t.at(i, "column %q stands twice", name)
		}
		if problem := badName(name); problem != "" {
			return t.at(i, "variable %q %s", short(name), problem)
		}
		if i != t.count {
			t.cells.Variables = append(t.cells.Variables, strings.Clone(name))
		}
	}
	if len(t.cells.Variables) == 0 {
		return t.at(0, "there is no column beside %q; each variable needs one", countColumn)
	}
	return nil
}

func (t *cellsFile) row() error {
	fields, err := t.next()
	if err != nil {
		return err
	}
	if len(fields) != len(t.cells.Variables)+1 {
		return t.at(0, "there are %d fields in this row and %d in the header", len(fields), len(t.cells.Variables)+1)
	}
	if len(t.cells.Rows) == MaxRows {
		return t.at(0, "there are more than %d rows", MaxRows)
	}
	r := Row{Values: make([]string, 0, len(t.cells.Variables))}
	for i, s := range fields {
		if i == t.count {
			n, problem := whole(s, t.file.Comma == ';')
			if problem != "" {
				return t.at(i, "the count %q %s", short(s), problem)
			}
			r.N = n
			continue
		}
		name, ok := t.names[s]
		if !ok {
			if problem := badName(s); problem != "" {
				return t.at(i, "category %q %s", short(s), problem)
			}
			name = strings.Clone(s)
			t.names[name] = name
		}
		r.Values = append(r.Values, name)
	}
	line, _ := t.file.FieldPos(0)
	k := key(r.Values)
	if first, ok := t.rows[k]; ok {
		return t.at(0, "this is the same cell as in line %d: %s", first, strings.Join(r.Values, ", "))
	}
	t.rows[k] = line
	t.cells.Rows = append(t.cells.Rows, r)
	return nil
}

// whole reads a count of people, and says what is wrong with one that is none. Zeros after the point, or after a comma where that is allowed, do not count.
func whole(s string, comma bool) (n int, problem string) {
	if s == "" {
		return 0, "is empty; write 0 where there is nobody"
	}
	digits, rest, point := strings.Cut(s, ".")
	if !point && comma {
		digits, rest, point = strings.Cut(s, ",")
	}
	figures := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	switch {
	case strings.HasPrefix(s, "-") && figures(digits[1:]):
		return 0, "is negative"
	case !figures(digits) || point && !figures(rest):
		return 0, "is no whole number"
	case strings.Trim(rest, "0") != "":
		return 0, "is not whole; people are counted whole"
	}
	digits = strings.TrimLeft(digits, "0")
	if len(digits) <= len(strconv.Itoa(MaxCount)) {
		n, _ = strconv.Atoi("0" + digits)
	} else {
		n = MaxCount + 1
	}
	if n > MaxCount {
		return 0, fmt.Sprintf("is more than %d", MaxCount)
	}
	return n, ""
}

// short cuts what is shown of a field that may be of any length.
func short(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	cut := most
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return s[:cut] + "…"
}
