package sheet

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
)

func readCSV(data []byte, b *builder) error {
	text, err := charset.Decode(data)
	if err != nil {
		return err
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // line ends of old Macintosh programs
	}
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		return errs.E(errs.Invalid, "sheet.not_table") // a web page under another name
	}
	above := 0
	separator := rune(0)
	if rest, ok := strings.CutPrefix(text, "sep="); ok && rest != "" {
		// Excel's own hint, on a line before the head.
		if line, after, ok := strings.Cut(rest, "\n"); ok && strings.TrimSpace(line) != "" && strings.Contains(",;\t|", line[:1]) {
			separator, text, above = rune(line[0]), after, 1
		}
	}
	if separator == 0 {
		separator = separatorOf(text)
	}
	r := reader(text, separator)
	inside := 0 // line breaks within cells so far: a spreadsheet program does not count them as rows
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.StartLine + above
			}
			return errs.E(errs.Invalid, "sheet.csv_quote", "row", line).Because(err)
		}
		line, _ := r.FieldPos(0)
		row := line + above - inside
		for _, c := range cells {
			inside += strings.Count(c, "\n")
		}
		if len(cells) > b.limits.Columns {
			for _, c := range cells[b.limits.Columns:] {
				if c != "" {
					return errs.E(errs.TooLarge, "sheet.too_many_columns", "max", b.limits.Columns)
				}
			}
			cells = cells[:b.limits.Columns]
		}
		if err := b.row(row, cells); err != nil {
			return err
		}
	}
}

func reader(text string, separator rune) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = separator
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	return r
}

// separatorOf is the separator that divides the first rows into most columns, equally many in nearly every row. Semicolons win a
// tie, because Swedish programs write them and use the comma for decimals.
func separatorOf(text string) rune {
	best, most := ';', 1
	for _, s := range [...]rune{';', '\t', ','} {
		r := reader(text, s)
		columns, rows, same := 0, 0, 0
		for rows < 20 {
			cells, err := r.Read()
			if err != nil {
				break
			}
			if rows++; rows == 1 {
				columns = len(cells)
			}
			if len(cells) == columns {
				same++
			}
		}
		if columns > most && same*5 >= rows*4 {
			best, most = s, columns
		}
	}
	return best
}

// Options say how a CSV file is written. The zero value suits Excel in Swedish.
type Options struct {
	Separator rune // default semicolon
	NoMark    bool // leave out the byte order mark, for programs that stumble over it
}

// WriteCSV writes t by RFC 4180 in UTF-8, with a byte order mark so that Excel sees å, ä and ö.
func WriteCSV(w io.Writer, t Table, o Options) error {
	if o.Separator == 0 {
		o.Separator = ';'
	}
	var b strings.Builder
	if !o.NoMark {
		b.WriteString("\uFEFF")
	}
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = guard(c.Name, Text)
	}
	writeLine(&b, head, o.Separator)
	for _, row := range t.Rows {
		cells := make([]string, len(t.Columns))
		for i := range cells {
			if i < len(row.Cells) {
				cells[i] = guard(row.Cells[i], t.Columns[i].Kind)
			}
		}
		writeLine(&b, cells, o.Separator)
		if b.Len() > 1<<16 {
			if _, err := io.WriteString(w, b.String()); err != nil {
				return err
			}
			b.Reset()
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// writeLine is our own because encoding/csv changes line breaks inside cells when it ends lines as the RFC says.
func writeLine(b *strings.Builder, cells []string, separator rune) {
	for i, c := range cells {
		if i > 0 {
			b.WriteRune(separator)
		}
		if c == "" && len(cells) > 1 || c != "" && !strings.ContainsAny(c, "\"\r\n") && !strings.ContainsRune(c, separator) && c == strings.TrimSpace(c) {
			b.WriteString(c)
			continue
		}
		b.WriteByte('"')
		b.WriteString(strings.ReplaceAll(c, `"`, `""`))
		b.WriteByte('"')
	}
	b.WriteString("\r\n")
}
