package sheet

import (
	"context"
	"encoding/xml"
	"math"
	"strconv"
	"strings"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/platform/ooxml"
)

// readXLSX streams the first visible sheet. It is our own reader because the limits must hold while the file is unpacked, and
// because dates have to come out as dates, not as the author's locale shows them.
func readXLSX(ctx context.Context, data []byte, b *builder) error {
	p, err := ooxml.Open(ctx, data, ooxml.Limits{Entries: 2_000, Unpacked: b.limits.Unpacked, Depth: 100})
	if err != nil {
		return err
	}
	main, kind, err := p.Main()
	switch {
	case err != nil:
		return err
	case strings.HasPrefix(p.Beginning("mimetype", 100), "application/vnd.oasis.opendocument"):
		return errs.E(errs.Invalid, "sheet.opendocument")
	case strings.Contains(kind, "macroEnabled"):
		return errs.E(errs.Invalid, "sheet.macros")
	case main == "" || !strings.Contains(kind, "spreadsheetml"):
		return errs.E(errs.Invalid, "sheet.not_table")
	case !p.Has(main):
		return ooxml.ErrDamaged
	}
	x := &workbook{p: p, b: b}
	part, err := x.firstSheet(main)
	if err != nil {
		return err
	}
	return x.sheet(part)
}

type workbook struct {
	p       *ooxml.Package
	b       *builder
	strings []string
	formats []format // by style index
	epoch   time.Time
}

// format is how a number is to be read.
type format uint8

const (
	general format = iota
	date
	dateTime
	clockTime
)

// firstSheet finds the part of the first visible sheet, and reads the strings and styles on the way.
func (x *workbook) firstSheet(main string) (string, error) {
	// Day 60 of the 1900 system is a 29 February that never was; counting from here is right for every day after it.
	x.epoch = time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	id := ""
	err := x.p.Walk(main, func(_ *xml.Decoder, e xml.StartElement) (bool, error) {
		switch e.Name.Local {
		case "workbookPr":
			if v := ooxml.Attr(e, "date1904"); v == "1" || v == "true" {
				x.epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
			}
		case "sheet":
			if state := ooxml.Attr(e, "state"); id == "" && (state == "" || state == "visible") {
				for _, a := range e.Attr {
					if a.Name.Local == "id" && a.Name.Space != "" {
						id = a.Value
					}
				}
			}
		}
		return false, nil
	})
	if err != nil {
		return "", err
	}
	relations, err := x.p.Relations(main)
	if err != nil {
		return "", err
	}
	part := ""
	for _, r := range relations {
		switch {
		case r.ID == id && id != "":
			part = r.Target
		case strings.HasSuffix(r.Type, "/sharedStrings"):
			err = x.sharedStrings(r.Target)
		case strings.HasSuffix(r.Type, "/styles"):
			err = x.styles(r.Target)
		}
		if err != nil {
			return "", err
		}
	}
	if part == "" || !x.p.Has(part) {
		return "", ooxml.ErrDamaged
	}
	return part, nil
}

func (x *workbook) sharedStrings(part string) error {
	return x.p.Walk(part, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local != "si" {
			return false, nil
		}
		s, err := richText(d)
		x.strings = append(x.strings, s)
		return true, err
	})
}

// richText reads the text of an element whose runs may be formatted, without the reading aids of East Asian writing.
func richText(d *xml.Decoder) (string, error) {
	var out strings.Builder
	for depth := 0; ; {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				s, err := ooxml.Characters(d)
				if err != nil {
					return "", err
				}
				out.WriteString(unescape(s))
			case "rPh":
				if err := d.Skip(); err != nil {
					return "", err
				}
			default:
				depth++
			}
		case xml.EndElement:
			if depth == 0 {
				return out.String(), nil
			}
			depth--
		}
	}
}

// unescape reads Excel's way of writing characters that XML cannot hold: "_x000D_".
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var out strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			break
		}
		n, err := strconv.ParseUint(s[i+2:i+6], 16, 16)
		if err != nil || s[i+6] != '_' {
			out.WriteString(s[:i+2])
			s = s[i+2:]
			continue
		}
		out.WriteString(s[:i])
		if n != 0 && (n < 0xD800 || n > 0xDFFF) {
			out.WriteRune(rune(n))
		}
		s = s[i+7:]
	}
	out.WriteString(s)
	return out.String()
}

func (x *workbook) styles(part string) error {
	custom := map[string]string{}
	return x.p.Walk(part, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		switch e.Name.Local {
		case "numFmt":
			custom[ooxml.Attr(e, "numFmtId")] = ooxml.Attr(e, "formatCode")
		case "cellXfs":
			err := x.p.Inside(d, func(parents []string, e xml.StartElement) {
				if e.Name.Local == "xf" && len(parents) == 0 && len(x.formats) < 65_536 {
					id := ooxml.Attr(e, "numFmtId")
					x.formats = append(x.formats, formatOf(id, custom[id]))
				}
			})
			return true, err
		}
		return false, nil
	})
}

// formatOf tells dates from numbers, by Excel's own numbers of formats or by the letters in a format of the author's.
func formatOf(id, code string) format {
	if code == "" {
		switch id {
		case "14", "15", "16", "17", "27", "28", "29", "30", "31", "34", "35", "36", "50", "51", "52", "53", "54", "55", "56", "57", "58":
			return date
		case "18", "19", "20", "21", "32", "33", "45", "46", "47":
			return clockTime
		case "22":
			return dateTime
		}
		return general
	}
	days, hours := false, false
	code = strings.ToLower(strings.SplitN(code, ";", 2)[0])
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			for i++; i < len(code) && code[i] != '"'; i++ {
			}
		case '[':
			if j := strings.IndexByte(code[i:], ']'); j > 0 {
				if strings.Trim(code[i+1:i+j], "hms") == "" {
					hours = true
				}
				i += j
			}
		case '\\', '_', '*':
			i++
		case 'y', 'd':
			days = true
		case 'h', 's':
			hours = true
		case 'm':
			days = days || !strings.Contains(code, "h") && !strings.Contains(code, "s")
		case 'g':
			if strings.HasPrefix(code[i:], "general") {
				return general
			}
		}
	}
	switch {
	case days && hours:
		return dateTime
	case days:
		return date
	case hours:
		return clockTime
	}
	return general
}

// sheet reads the rows.
func (x *workbook) sheet(part string) error {
	last := 0
	return x.p.Walk(part, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local != "row" {
			return false, nil
		}
		number, err := strconv.Atoi(ooxml.Attr(e, "r"))
		if err != nil || number <= last || number > 1<<20 {
			number = last + 1
		}
		last = number
		cells, err := x.row(d)
		if err != nil {
			return true, err
		}
		return true, x.b.row(number, cells)
	})
}

func (x *workbook) row(d *xml.Decoder) ([]string, error) {
	var cells []string
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return cells, nil
		case xml.StartElement:
			if t.Name.Local != "c" {
				if err := d.Skip(); err != nil {
					return nil, err
				}
				continue
			}
			at := column(ooxml.Attr(t, "r"))
			if at < 0 {
				at = len(cells)
			}
			s, err := x.cell(d, t)
			if err != nil {
				return nil, err
			}
			if s == "" {
				continue
			}
			if at >= x.b.limits.Columns {
				return nil, errs.E(errs.TooLarge, "sheet.too_many_columns", "max", x.b.limits.Columns)
			}
			for len(cells) <= at {
				cells = append(cells, "")
			}
			cells[at] = s
		}
	}
}

// column is the column, from 0, of a reference such as "C5", or -1.
func column(ref string) int {
	n := 0
	for i := 0; i < len(ref) && i < 4; i++ {
		if ref[i] < 'A' || ref[i] > 'Z' {
			break
		}
		n = n*26 + int(ref[i]-'A') + 1
	}
	return n - 1
}

func (x *workbook) cell(d *xml.Decoder, c xml.StartElement) (string, error) {
	kind, value, text := ooxml.Attr(c, "t"), "", ""
	for {
		t, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				value, err = ooxml.Characters(d)
			case "is":
				text, err = richText(d)
			default: // a formula is not text
				err = d.Skip()
			}
			if err != nil {
				return "", err
			}
		case xml.EndElement:
			style, _ := strconv.Atoi(ooxml.Attr(c, "s"))
			return x.value(kind, value, text, style)
		}
	}
}

func (x *workbook) value(kind, value, text string, style int) (string, error) {
	switch kind {
	case "inlineStr":
		return text, nil
	case "str":
		return unescape(value), nil
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || n < 0 || n >= len(x.strings) {
			return "", ooxml.ErrDamaged
		}
		return x.strings[n], nil
	case "b":
		if value == "1" {
			return "true", nil
		}
		return "false", nil
	case "e":
		return value, nil
	case "d":
		if len(value) > 10 && strings.HasSuffix(value[10:], "T00:00:00") {
			value = value[:10]
		}
		return value, nil
	}
	if value == "" {
		return "", nil
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return value, nil
	}
	as := general
	if style >= 0 && style < len(x.formats) {
		as = x.formats[style]
	}
	if as != general && f >= 0 && f < 2_958_466 {
		return x.moment(f, as), nil
	}
	// Excel itself shows 15 figures; the sixteenth is noise from binary fractions.
	f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64)
	return strconv.FormatFloat(f, 'f', -1, 64), nil
}

// moment turns Excel's count of days into a date, a time or both, to the minute.
func (x *workbook) moment(days float64, as format) string {
	t := x.epoch.AddDate(0, 0, int(days)).Add(time.Duration(math.Round((days-math.Floor(days))*24*60)) * time.Minute)
	midnight := t.Hour() == 0 && t.Minute() == 0
	switch {
	case as == clockTime && days < 1:
		return t.Format("15:04")
	case as == date, midnight:
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02 15:04")
}
