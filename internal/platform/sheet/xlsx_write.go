package sheet

import (
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"samklang/internal/core/errs"
)

// WriteXLSX writes t as an Excel file of one sheet with the given title. The head is bold, stays in view and filters; the columns
// are as wide as what they hold; dates and numbers of columns of that kind are dates and numbers.
func WriteXLSX(w io.Writer, t Table, title string) error {
	f := excelize.NewFile()
	defer f.Close()
	name := sheetName(title)
	if err := f.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	iso := "yyyy-mm-dd"
	dates, err := f.NewStyle(&excelize.Style{CustomNumFmt: &iso})
	if err != nil {
		return err
	}
	if n := len(t.Columns); n > 0 {
		last, err := excelize.CoordinatesToCellName(n, len(t.Rows)+1)
		if err != nil {
			return err
		}
		if err := f.AutoFilter(name, "A1:"+last, nil); err != nil {
			return err
		}
	}
	s, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	// From the last to the first: the writer puts each before those it has, and Excel wants them in order.
	for i, width := range slices.Backward(widths(t)) {
		if err := s.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := s.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = excelize.Cell{StyleID: bold, Value: clean(guard(c.Name, Text))}
	}
	if err := s.SetRow("A1", head); err != nil {
		return err
	}
	for r, row := range t.Rows {
		cells := make([]any, len(t.Columns))
		for i := range cells {
			if i >= len(row.Cells) || row.Cells[i] == "" {
				continue
			}
			if utf8.RuneCountInString(row.Cells[i]) >= longestCell {
				return errs.E(errs.TooLarge, "sheet.cell_too_long", "row", r+2, "max", longestCell)
			}
			cells[i] = cellOf(row.Cells[i], t.Columns[i].Kind, dates)
		}
		at, err := excelize.CoordinatesToCellName(1, r+2)
		if err != nil {
			return err
		}
		if err := s.SetRow(at, cells); err != nil {
			return err
		}
	}
	if err := s.Flush(); err != nil {
		return err
	}
	return f.Write(w)
}

// cellOf is what stands in a cell. A value that is not of its column's kind stays text.
func cellOf(s string, kind Kind, dates int) any {
	switch kind {
	case Number:
		plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(s)
		if plainNumber(plain, true) && len(strings.Trim(plain, "+-.,")) <= 15 {
			if f, err := strconv.ParseFloat(strings.Replace(plain, ",", ".", 1), 64); err == nil {
				return f
			}
		}
	case Date:
		if d, err := time.Parse("2006-01-02", s); err == nil && d.Year() > 1900 {
			return excelize.Cell{StyleID: dates, Value: d}
		}
	}
	return clean(guard(s, kind))
}

// clean leaves out the control characters that no XML file can hold.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// widths measures the columns by the head and the first rows, in characters.
func widths(t Table) []float64 {
	w := make([]float64, len(t.Columns))
	measure := func(i int, s string, extra float64) {
		for line := range strings.Lines(s) {
			w[i] = min(max(w[i], float64(utf8.RuneCountInString(line))+extra), 60)
		}
	}
	for i, c := range t.Columns {
		w[i] = 8
		measure(i, c.Name, 4) // room for the filter's button
		if c.Kind == Date {
			measure(i, "2027-05-03", 2)
		}
	}
	for _, row := range t.Rows[:min(len(t.Rows), 500)] {
		for i := 0; i < len(w) && i < len(row.Cells); i++ {
			measure(i, row.Cells[i], 2)
		}
	}
	return w
}

// sheetName makes a title fit Excel's rules for the names of sheets.
func sheetName(title string) string {
	name := strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < 0x20 || strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(title, "")))
	if r := []rune(name); len(r) > 31 {
		name = strings.TrimSpace(string(r[:31]))
	}
	name = strings.Trim(name, "'")
	if name == "" {
		return "1"
	}
	return name
}
