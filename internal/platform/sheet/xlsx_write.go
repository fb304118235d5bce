package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"samklang/internal/core/errs"
)

// What a sheet of Excel can hold.
const (
	mostRows    = 1 << 20
	mostColumns = 1 << 14
)

// The styles of a cell, by their place among cellXfs in the part styles.
const (
	plainStyle = iota
	headStyle
	dateStyle
)

const (
	spreadsheetNS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relationsNS   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageNS     = "http://schemas.openxmlformats.org/package/2006"
	partTypes     = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// fixedParts are the parts that are the same in every file (ECMA-376 part 1, 18).
var fixedParts = [...]struct{ name, content string }{
	{"[Content_Types].xml", `<Types xmlns="` + packageNS + `/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + partTypes + `sheet.main+xml"/>` +
		`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + partTypes + `worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="` + partTypes + `styles+xml"/></Types>`},
	{"_rels/.rels", `<Relationships xmlns="` + packageNS + `/relationships"><Relationship Id="rId1" Type="` + relationsNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
	{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packageNS + `/relationships"><Relationship Id="rId1" Type="` + relationsNS + `/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="rId2" Type="` + relationsNS + `/styles" Target="styles.xml"/></Relationships>`},
	{"xl/styles.xml", `<styleSheet xmlns="` + spreadsheetNS + `"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/><family val="2"/></font><font><b/><sz val="11"/><name val="Calibri"/><family val="2"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` + // Excel demands both
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>` +
		`<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`},
}

// WriteXLSX writes t as an Excel file of one sheet with the given title. The head is bold, stays in view and filters; the columns
// are as wide as what they hold; dates and numbers of columns of that kind are dates and numbers. What Excel cannot hold is an
// *errs.Error of the kind TooLarge, and what was written until then is no file.
func WriteXLSX(w io.Writer, t Table, title string) error {
	if len(t.Columns) > mostColumns {
		return errs.E(errs.TooLarge, "sheet.too_many_columns", "max", mostColumns)
	}
	if len(t.Rows) >= mostRows {
		return errs.E(errs.TooLarge, "sheet.too_many_rows", "max", mostRows-1)
	}
	z := zip.NewWriter(w)
	part := func(name string, write func(x *xlsxWriter) error) error {
		f, err := z.Create(name)
		if err != nil {
			return err
		}
		x := &xlsxWriter{bufio.NewWriterSize(f, 16<<10)}
		x.raw(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n")
		if err := write(x); err != nil {
			return err
		}
		return x.Flush()
	}
	for _, p := range fixedParts {
		if err := part(p.name, func(x *xlsxWriter) error { x.raw(p.content); return nil }); err != nil {
			return err
		}
	}
	if err := part("xl/workbook.xml", func(x *xlsxWriter) error { x.workbook(t, sheetName(title)); return nil }); err != nil {
		return err
	}
	if err := part("xl/worksheets/sheet1.xml", func(x *xlsxWriter) error { return x.sheet(t) }); err != nil {
		return err
	}
	return z.Close()
}

// xlsxWriter writes a part. An error of the file below is kept until Flush.
type xlsxWriter struct{ *bufio.Writer }

func (x *xlsxWriter) raw(s string)                 { x.WriteString(s) }
func (x *xlsxWriter) rawf(format string, a ...any) { fmt.Fprintf(x, format, a...) }
func (x *xlsxWriter) text(s string)                { xml.EscapeText(x, []byte(s)) }

func (x *xlsxWriter) workbook(t Table, name string) {
	x.rawf(`<workbook xmlns="%s" xmlns:r="%s"><bookViews><workbookView/></bookViews><sheets><sheet name="`, spreadsheetNS, relationsNS)
	x.text(name)
	x.raw(`" sheetId="1" r:id="rId1"/></sheets>`)
	if len(t.Columns) > 0 { // Excel finds the filter by this name
		x.raw(`<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">`)
		x.text("'" + strings.ReplaceAll(name, "'", "''") + "'")
		x.rawf(`!$A$1:$%s$%d</definedName></definedNames>`, columnName(len(t.Columns)-1), len(t.Rows)+1)
	}
	x.raw(`</workbook>`)
}

// sheet writes the elements in the order that the schema demands.
func (x *xlsxWriter) sheet(t Table) error {
	x.rawf(`<worksheet xmlns="%s"><sheetViews><sheetView tabSelected="1" workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>`+
		`<selection pane="bottomLeft"/></sheetView></sheetViews>`, spreadsheetNS)
	if len(t.Columns) > 0 {
		x.raw("<cols>")
		for i, width := range widths(t) {
			x.rawf(`<col min="%d" max="%d" width="%g" customWidth="1"/>`, i+1, i+1, width)
		}
		x.raw("</cols>")
	}
	names := make([]string, len(t.Columns))
	x.raw(`<sheetData><row r="1">`)
	for i, c := range t.Columns {
		names[i] = columnName(i)
		if err := x.textCell(names[i], 1, headStyle, guard(c.Name, Text)); err != nil {
			return err
		}
	}
	x.raw("</row>")
	for r, row := range t.Rows {
		x.rawf(`<row r="%d">`, r+2)
		for i := range min(len(row.Cells), len(names)) {
			if err := x.cell(names[i], r+2, row.Cells[i], t.Columns[i].Kind); err != nil {
				return err
			}
		}
		x.raw("</row>")
	}
	x.raw("</sheetData>")
	if len(names) > 0 {
		x.rawf(`<autoFilter ref="A1:%s%d"/>`, names[len(names)-1], len(t.Rows)+1)
	}
	x.raw("</worksheet>")
	return nil
}

// excelEpoch is day 0 as Excel counts from March 1900 on; before that it counts a day that was not.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)

// cell writes what stands in a cell, nothing for an empty one. A value that is not of its column's kind stays text.
func (x *xlsxWriter) cell(column string, row int, s string, kind Kind) error {
	if s == "" {
		return nil
	}
	switch kind {
	case Number:
		plain := strings.NewReplacer(" ", "", "\u00a0", "", "\u202f", "", "−", "-").Replace(s)
		if plainNumber(plain, true) && len(strings.Trim(plain, "+-.,")) <= 15 {
			if f, err := strconv.ParseFloat(strings.Replace(plain, ",", ".", 1), 64); err == nil {
				x.rawf(`<c r="%s%d"><v>%s</v></c>`, column, row, strconv.FormatFloat(f, 'f', -1, 64))
				return nil
			}
		}
	case Date:
		if d, err := time.Parse("2006-01-02", s); err == nil && d.Year() > 1900 {
			x.rawf(`<c r="%s%d" s="%d"><v>%d</v></c>`, column, row, dateStyle, (d.Unix()-excelEpoch.Unix())/(24*60*60))
			return nil
		}
	}
	return x.textCell(column, row, plainStyle, guard(s, kind))
}

// textCell writes a cell of text. Blanks around it and line breaks in it stay.
func (x *xlsxWriter) textCell(column string, row, style int, s string) error {
	s = clean(s)
	if utf16Length(s) > longestCell {
		return errs.E(errs.TooLarge, "sheet.cell_too_long", "row", row, "max", longestCell)
	}
	x.rawf(`<c r="%s%d"`, column, row)
	if style != plainStyle {
		x.rawf(` s="%d"`, style)
	}
	x.raw(` t="inlineStr"><is><t xml:space="preserve">`)
	x.text(escape(s))
	x.raw("</t></is></c>")
	return nil
}

// columnName is the letters of a column, from 0: A to Z, then AA.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

var escaped = regexp.MustCompile("^x[0-9A-Fa-f]{4}_")

// escape writes text that looks like one of Excel's escapes, "_x000D_", so that it comes out as it is: the underscore before it as
// an escape of its own. Two may share an underscore.
func escape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	parts := strings.Split(s, "_")
	var b strings.Builder
	b.WriteString(parts[0])
	for i, p := range parts[1:] {
		rest := p
		if i+2 < len(parts) {
			rest += "_"
		}
		if escaped.MatchString(rest) {
			b.WriteString("_x005F")
		}
		b.WriteString("_" + p)
	}
	return b.String()
}

// utf16Length is the length of a text as Excel counts.
func utf16Length(s string) (n int) {
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
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
	}, clean(title)))
	for utf16Length(name) > 31 {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	name = strings.Trim(name, "' ")
	if name == "" {
		return "1"
	}
	return name
}
