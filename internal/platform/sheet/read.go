package sheet

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
	"samklang/internal/platform/ooxml"
)

// Limits bound what a file may cost. A zero field means its default.
type Limits struct {
	Bytes    int64         // size of the file; default 20 MB
	Rows     int           // below the head; default 20 000
	Columns  int           // default 200
	Cell     int           // characters in a cell; default 32 767, which is Excel's own limit
	Unpacked int64         // bytes unpacked from an Excel file; default 100 MB
	Time     time.Duration // for the whole reading; default 30 seconds
}

func (l Limits) orDefault() Limits {
	l.Bytes = cmp.Or(l.Bytes, 20_000_000)
	l.Rows = cmp.Or(l.Rows, 20_000)
	l.Columns = cmp.Or(l.Columns, 200)
	l.Cell = cmp.Or(l.Cell, longestCell)
	l.Unpacked = cmp.Or(l.Unpacked, 100_000_000)
	l.Time = cmp.Or(l.Time, 30*time.Second)
	return l
}

const longestCell = 32_767

// Read reads the first visible sheet of an Excel file, or a CSV file with commas, semicolons or tabs. The first row that is not
// empty is the head; empty rows are left out. Dates of Excel become "2027-05-03", numbers have a decimal point. The file's
// content decides what it is, the name only which message a protected file gets. Every failure is an *errs.Error that a visitor
// may see, except a fault of r itself.
func Read(ctx context.Context, name string, r io.Reader, limits Limits) (Table, error) {
	limits = limits.orDefault()
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	data, err := io.ReadAll(io.LimitReader(r, limits.Bytes+1))
	if err != nil {
		return Table{}, err
	}
	if int64(len(data)) > limits.Bytes {
		return Table{}, errs.E(errs.TooLarge, "sheet.too_large", "max", limits.Bytes/1_000_000)
	}
	b := &builder{ctx: ctx, limits: limits}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		err = readXLSX(ctx, data, b)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		key := "sheet.old_excel"
		if strings.EqualFold(path.Ext(name), ".xlsx") {
			key = "sheet.encrypted" // Excel wraps a protected .xlsx in the old container
		}
		err = errs.E(errs.Invalid, key)
	case bytes.HasPrefix(data, []byte("%PDF-")):
		err = errs.E(errs.Invalid, "sheet.not_table")
	default:
		err = readCSV(data, b)
	}
	if err == nil {
		err = b.finish()
	}
	if ctx.Err() != nil {
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return Table{}, errs.E(errs.TooLarge, "sheet.too_complex").Because(ctx.Err())
		}
		return Table{}, ctx.Err()
	}
	if err != nil {
		return Table{}, said(err)
	}
	return b.table, nil
}

// said turns an error of the packages below into one that a visitor may see.
func said(err error) error {
	switch {
	case errors.Is(err, ooxml.ErrTooComplex):
		return errs.E(errs.TooLarge, "sheet.too_complex").Because(err)
	case errors.Is(err, ooxml.ErrEncrypted):
		return errs.E(errs.Invalid, "sheet.encrypted").Because(err)
	case errors.Is(err, ooxml.ErrDamaged):
		return errs.E(errs.Invalid, "sheet.damaged").Because(err)
	case errors.Is(err, charset.ErrBinary):
		return errs.E(errs.Invalid, "sheet.binary").Because(err)
	case errors.Is(err, charset.ErrEncoding):
		return errs.E(errs.Invalid, "sheet.encoding").Because(err)
	}
	return err
}

// builder makes a table of raw rows.
type builder struct {
	ctx    context.Context
	limits Limits
	table  Table
	headed bool
}

// row adds the cells of one row. The slice is not kept.
func (b *builder) row(number int, cells []string) error {
	if number&0xff == 0 && b.ctx.Err() != nil {
		return b.ctx.Err()
	}
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) == 0 {
		return nil
	}
	for _, c := range cells {
		if len(c) > b.limits.Cell && utf8.RuneCountInString(c) > b.limits.Cell {
			return errs.E(errs.TooLarge, "sheet.cell_too_long", "row", number, "max", b.limits.Cell)
		}
	}
	if !b.headed {
		b.headed = true
		return b.head(cells)
	}
	if len(cells) > len(b.table.Columns) {
		return errs.E(errs.Invalid, "sheet.extra_cells", "row", number)
	}
	if len(b.table.Rows) >= b.limits.Rows {
		return errs.E(errs.TooLarge, "sheet.too_many_rows", "max", b.limits.Rows)
	}
	row := Row{Number: number, Cells: make([]string, len(b.table.Columns))}
	for i, c := range cells {
		row.Cells[i] = unguard(c)
	}
	b.table.Rows = append(b.table.Rows, row)
	return nil
}

func (b *builder) head(cells []string) error {
	if len(cells) > b.limits.Columns {
		return errs.E(errs.TooLarge, "sheet.too_many_columns", "max", b.limits.Columns)
	}
	seen := map[string]bool{}
	for _, c := range cells {
		name := strings.Join(strings.Fields(unguard(c)), " ")
		if name != "" && seen[strings.ToLower(name)] {
			return errs.E(errs.Invalid, "sheet.column_twice", "name", name)
		}
		seen[strings.ToLower(name)] = true
		b.table.Columns = append(b.table.Columns, Column{Name: name})
	}
	return nil
}

func (b *builder) finish() error {
	if !b.headed {
		return errs.E(errs.Invalid, "sheet.empty")
	}
	return nil
}
