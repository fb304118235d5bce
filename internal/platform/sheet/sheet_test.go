package sheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"pgregory.net/rapid"

	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
)

func read(t testing.TB, name, data string) Table {
	t.Helper()
	table, err := Read(context.Background(), name, strings.NewReader(data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// show writes a table in a line per row: number, then the cells between bars.
func show(t Table) string {
	var b strings.Builder
	for _, c := range t.Columns {
		b.WriteString("|" + c.Name)
	}
	for _, r := range t.Rows {
		fmt.Fprintf(&b, "\n%d|%s", r.Number, strings.Join(r.Cells, "|"))
	}
	return b.String()
}

func TestReadCSV(t *testing.T) {
	windows, err := charmap.Windows1252.NewEncoder().String("Titel;Ort\r\nFörmöte;Sjöhamn\r\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ data, want string }{
		"semicolons":            {"Titel;Antal\nKurs;3,5\n", "|Titel|Antal\n2|Kurs|3,5"},
		"commas":                {"Titel,Antal\r\nKurs,3\r\n", "|Titel|Antal\n2|Kurs|3"},
		"tabs":                  {"Titel\tAntal\nKurs, kort\t3\n", "|Titel|Antal\n2|Kurs, kort|3"},
		"byte order mark":       {"\uFEFFTitel;Ort\nKurs;Mo", "|Titel|Ort\n2|Kurs|Mo"},
		"Windows-1252":          {windows, "|Titel|Ort\n2|Förmöte|Sjöhamn"},
		"line breaks in quotes": {"Titel;Ort\n\"Kurs\ni två delar\";Mo\nDag;\"a;\"\"b\"\"\"\n", "|Titel|Ort\n2|Kurs\ni två delar|Mo\n3|Dag|a;\"b\""},
		"Excel's hint":          {"sep=,\r\nTitel,Ort\r\nKurs,Mo\r\n", "|Titel|Ort\n3|Kurs|Mo"},
		"empty rows and cells":  {"\n;;\nTitel;Ort;;\n\nKurs\n;;\n;Mo;\n", "|Titel|Ort\n5|Kurs|\n7||Mo"},
		"one column":            {"Titel\nKurs, kort\nDag\n", "|Titel\n2|Kurs, kort\n3|Dag"},
		"old Macintosh":         {"Titel;Ort\rKurs;Mo\r", "|Titel|Ort\n2|Kurs|Mo"},
		"head only":             {" Titel  här ;Ort", "|Titel här|Ort"},
		"commas in the text":    {"a;b\nx, y, z;2\nx, y;3", "|a|b\n2|x, y, z|2\n3|x, y|3"},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, show(read(t, "x.csv", tc.data))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What other programs write, here excelize playing Excel.
func TestReadXLSX(t *testing.T) {
	f := excelize.NewFile()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	style := func(code string) int {
		id, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
		check(err)
		return id
	}
	builtin, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	check(err)
	check(f.SetSheetVisible("Sheet1", true))
	_, err = f.NewSheet("Plan")
	check(err)
	f.SetActiveSheet(1)
	check(f.SetSheetVisible("Sheet1", false))
	for cell, v := range map[string]any{
		"A2": "Vad", "B2": "När", "C2": "Antal", "D2": "Klart", "E2": "Formel", "F2": "Klockan", "G2": "Tid",
		"A3": "Kurs\ni två delar", "B3": 46510, "C3": 0.1 + 0.2, "D3": true, "F3": 0.5625, "G3": 46510.5,
		"A5": "Dag", "B5": 46511, "C5": 12345678901,
	} {
		check(f.SetCellValue("Plan", cell, v))
	}
	check(f.SetCellFormula("Plan", "E3", "=1+1"))
	check(f.SetCellStyle("Plan", "B3", "B3", builtin))
	check(f.SetCellStyle("Plan", "B5", "B5", style(`d" mmmm "yyyy;@`)))
	check(f.SetCellStyle("Plan", "F3", "F3", style("hh:mm")))
	check(f.SetCellStyle("Plan", "G3", "G3", style("yyyy-mm-dd hh:mm")))
	check(f.SetCellStyle("Plan", "C5", "C5", style(`#,##0 "kr"`)))
	check(f.SetCellRichText("Plan", "A5", []excelize.RichTextRun{{Text: "Temadag "}, {Text: "i Mo", Font: &excelize.Font{Bold: true}}}))
	var b bytes.Buffer
	check(f.Write(&b))
	want := "|Vad|När|Antal|Klart|Formel|Klockan|Tid\n" +
		"3|Kurs\ni två delar|2027-05-03|0.3|true||13:30|2027-05-03 12:00\n" +
		"5|Temadag i Mo|2027-05-04|12345678901||||"
	if diff := cmp.Diff(want, show(read(t, "x.csv", b.String()))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestFormats(t *testing.T) {
	for code, want := range map[string]format{
		"General": general, "0.00": general, `#,##0\ "kr"`: general, "0%": general, `"dag" 0`: general, "[Red]0": general, `0;"dd"`: general,
		"yyyy-mm-dd": date, "d/m": date, "mmm yyyy": date, "[$-41D]d mmmm yyyy": date, "yyyy-mm-dd;@": date, "mm": date,
		"hh:mm": clockTime, "[h]:mm": clockTime, "mm:ss": clockTime, "yyyy-mm-dd hh:mm": dateTime, "@": general,
	} {
		if got := formatOf("164", code); got != want {
			t.Errorf("%s: %d, want %d", code, got, want)
		}
	}
}

func zipOf(t testing.TB, parts ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = w.Write([]byte(parts[i+1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const mainType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

func contentTypes(main string) string {
	return `<Types><Override PartName="/xl/workbook.xml" ContentType="` + main + `"/></Types>`
}

// book packs a workbook whose first sheet holds the given XML.
func book(t testing.TB, rows, shared, styles string) string {
	return zipOf(t,
		"[Content_Types].xml", contentTypes(mainType),
		"xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="worksheets/sheet1.xml"/>`+
			`<Relationship Id="r2" Type="x/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="r3" Type="x/styles" Target="/xl/styles.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<worksheet><sheetData>`+rows+`</sheetData></worksheet>`,
		"xl/sharedStrings.xml", `<sst>`+shared+`</sst>`,
		"xl/styles.xml", `<styleSheet>`+styles+`</styleSheet>`)
}

func TestSparseAndCarelessSheets(t *testing.T) {
	data := book(t, `<row><c t="s"><v>0</v></c><c t="inlineStr"><is><r><t>Or</t></r><r><t>t</t></r><rPh><t>x</t></rPh></is></c></row>`+
		`<row r="9"><c r="B9" t="str"><f>A1</f><v>Mo</v></c></row><row r="3"><c r="A3" t="e"><v>#REF!</v></c></row>`, `<si><t>Titel</t></si>`, "")
	want := "|Titel|Ort\n9||Mo\n10|#REF!|"
	if got := show(read(t, "x", data)); got != want {
		t.Errorf("%q", got)
	}
}

func TestWhatCannotBeRead(t *testing.T) {
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	whole := book(t, `<row><c t="inlineStr"><is><t>a</t></is></c></row>`, "", "")
	for name, tc := range map[string]struct{ file, data, key string }{
		"nothing":             {"x.csv", "", "sheet.empty"},
		"empty rows":          {"x.csv", "\n;;\n \n", "sheet.empty"},
		"empty sheet":         {"x.xlsx", book(t, "", "", ""), "sheet.empty"},
		"binary":              {"x.csv", "a;\x00b", "sheet.binary"},
		"picture":             {"x.csv", "\x89PNG\r\n\x1a\n\x00\x00", "sheet.binary"},
		"PDF":                 {"x.csv", "%PDF-1.7 x", "sheet.not_table"},
		"web page":            {"x.xls", "<html><table><tr><td>a</table>", "sheet.not_table"},
		"encoding":            {"x.csv", "Förmöte;å\xC3;ä", "sheet.encoding"},
		"old Excel":           {"x.xls", ole, "sheet.old_excel"},
		"protected":           {"x.xlsx", ole, "sheet.encrypted"},
		"OpenDocument":        {"x.ods", zipOf(t, "mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "sheet.opendocument"},
		"any archive":         {"x.xlsx", zipOf(t, "a", "b"), "sheet.not_table"},
		"macros":              {"x.xlsm", zipOf(t, "[Content_Types].xml", contentTypes("application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "xl/workbook.xml", "<x/>"), "sheet.macros"},
		"cut":                 {"x.xlsx", whole[:len(whole)/2], "sheet.damaged"},
		"no such string":      {"x.xlsx", book(t, `<row><c t="s"><v>7</v></c></row>`, "", ""), "sheet.damaged"},
		"entities":            {"x.xlsx", zipOf(t, "[Content_Types].xml", `<!DOCTYPE a [<!ENTITY b "c">]>`+contentTypes(mainType)), "sheet.damaged"},
		"no sheet":            {"x.xlsx", zipOf(t, "[Content_Types].xml", contentTypes(mainType), "xl/workbook.xml", "<workbook/>"), "sheet.damaged"},
		"bomb":                {"x.xlsx", book(t, strings.Repeat("<row/>", 1<<20), "", ""), "sheet.too_complex"},
		"deep":                {"x.xlsx", book(t, strings.Repeat("<a>", 1000), "", ""), "sheet.too_complex"},
		"too large":           {"x.csv", strings.Repeat("a;b\n", 300_000), "sheet.too_large"},
		"too many rows":       {"x.csv", strings.Repeat("a\n", 102), "sheet.too_many_rows"},
		"too many columns":    {"x.csv", strings.Repeat("a;", 11) + "b\n", "sheet.too_many_columns"},
		"column far out":      {"x.xlsx", book(t, `<row><c r="XFD1" t="inlineStr"><is><t>a</t></is></c></row>`, "", ""), "sheet.too_many_columns"},
		"cell too long":       {"x.csv", "a\n" + strings.Repeat("ö", 1001), "sheet.cell_too_long"},
		"open quotation mark": {"x.csv", "a;b\n\"c;d\ne;f\n", "sheet.csv_quote"},
		"quote inside":        {"x.csv", "a;b\nc \"d\" e;f\n", "sheet.csv_quote"},
		"cells without head":  {"x.csv", "a;b\nc;d;e\n", "sheet.extra_cells"},
		"same head twice":     {"x.csv", "Ort;ort\nMo;Mo\n", "sheet.column_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			table, err := Read(context.Background(), tc.file, strings.NewReader(tc.data), Limits{Bytes: 1_000_000, Rows: 100, Columns: 10, Cell: 1000, Unpacked: 4_000_000})
			e, ok := errors.AsType[*errs.Error](err)
			if !ok || e.Key != tc.key {
				t.Fatalf("got %v, want %s", err, tc.key)
			}
			if table.Columns != nil || table.Rows != nil {
				t.Error("something was returned beside the error")
			}
			c, err := i18n.Load(Locale)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range lang.All {
				if s := c.Printer(l).TMap(e.Key, e.Args); strings.ContainsAny(s, "[]{}") {
					t.Errorf("in %s: %q", l.Tag(), s)
				}
			}
		})
	}
}

func TestGivesUpInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, "x", strings.NewReader("a;b"), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, err := Read(context.Background(), "x", strings.NewReader(strings.Repeat("a\n", 10_000)), Limits{Time: time.Nanosecond})
	if e, ok := errors.AsType[*errs.Error](err); !ok || e.Key != "sheet.too_complex" {
		t.Errorf("late: %v", err)
	}
}

func TestNothingWrittenIsAFormula(t *testing.T) {
	for in, want := range map[string][3]string{ // as text, as number, as date
		"=1+1":          {"'=1+1", "'=1+1", "'=1+1"},
		"@SUM(A1)":      {"'@SUM(A1)", "'@SUM(A1)", "'@SUM(A1)"},
		"\t=1":          {"'\t=1", "'\t=1", "'\t=1"},
		"\r=1":          {"'\r=1", "'\r=1", "'\r=1"},
		" =1":           {"' =1", "' =1", "' =1"},
		"＝1":            {"'＝1", "'＝1", "'＝1"},
		"-1+cmd|' /C'!": {"'-1+cmd|' /C'!", "'-1+cmd|' /C'!", "'-1+cmd|' /C'!"},
		"-5":            {"-5", "-5", "-5"},
		"-3,5":          {"-3,5", "-3,5", "-3,5"},
		"+4670123":      {"'+4670123", "+4670123", "'+4670123"},
		"- punkt":       {"'- punkt", "'- punkt", "'- punkt"},
		"'=1":           {"''=1", "''=1", "''=1"},
		"'n vän":        {"'n vän", "'n vän", "'n vän"},
		"vanlig text":   {"vanlig text", "vanlig text", "vanlig text"},
		"":              {"", "", ""},
	} {
		for i, kind := range []Kind{Text, Number, Date} {
			got := guard(in, kind)
			if got != want[i] {
				t.Errorf("%q as %d: %q, want %q", in, kind, got, want[i])
			}
			if back := unguard(got); back != in {
				t.Errorf("%q comes back as %q", in, back)
			}
		}
	}
}

func TestWriteCSV(t *testing.T) {
	var b bytes.Buffer
	table := Table{Columns: []Column{{Name: "Vad"}, {"Antal", Number}}, Rows: []Row{{Cells: []string{"Kurs; \"kort\"\ni Mo", "-3,5"}}, {Cells: []string{"=1", ""}}}}
	if err := WriteCSV(&b, table, Options{}); err != nil {
		t.Fatal(err)
	}
	want := "\uFEFFVad;Antal\r\n\"Kurs; \"\"kort\"\"\ni Mo\";-3,5\r\n'=1;\r\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	b.Reset()
	if err := WriteCSV(&b, Table{Columns: []Column{{Name: "a"}, {Name: "b"}}}, Options{Separator: ',', NoMark: true}); err != nil || b.String() != "a,b\r\n" {
		t.Errorf("%q, %v", b.String(), err)
	}
}

func TestWriteXLSX(t *testing.T) {
	var b bytes.Buffer
	table := Table{
		Columns: []Column{{Name: "Vad"}, {"När", Date}, {"Antal", Number}, {Name: "Telefon"}},
		Rows:    []Row{{Cells: []string{"=HYPERLINK(\"x\")", "2027-05-03", "1 234,5", "0701234567"}}, {Cells: []string{"Kurs", "våren", "drygt 70", "+46701"}}},
	}
	if err := WriteXLSX(&b, table, "Plan: 2027/2028"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := f.GetSheetName(0)
	if name != "Plan  2027 2028" {
		t.Errorf("sheet %q", name)
	}
	for cell, want := range map[string]struct {
		kind  excelize.CellType
		shown string
	}{
		"A2": {excelize.CellTypeInlineString, "'=HYPERLINK(\"x\")"},
		"B2": {excelize.CellTypeUnset, "2027-05-03"},
		"C2": {excelize.CellTypeUnset, "1234.5"},
		"D2": {excelize.CellTypeInlineString, "0701234567"},
		"B3": {excelize.CellTypeInlineString, "våren"},
		"C3": {excelize.CellTypeInlineString, "drygt 70"},
		"D3": {excelize.CellTypeInlineString, "'+46701"},
	} {
		kind, err := f.GetCellType(name, cell)
		if err != nil {
			t.Fatal(err)
		}
		shown, err := f.GetCellValue(name, cell)
		if err != nil {
			t.Fatal(err)
		}
		formula, err := f.GetCellFormula(name, cell)
		if err != nil || formula != "" {
			t.Errorf("%s holds the formula %q, %v", cell, formula, err)
		}
		if kind != want.kind && !(kind == excelize.CellTypeNumber && want.kind == excelize.CellTypeUnset) || shown != want.shown {
			t.Errorf("%s: type %d %q, want %d %q", cell, kind, shown, want.kind, want.shown)
		}
	}
	panes, err := f.GetPanes(name)
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	id, err := f.GetCellStyle(name, "A1")
	if err != nil {
		t.Fatal(err)
	}
	if style, err := f.GetStyle(id); err != nil || style.Font == nil || !style.Font.Bold {
		t.Errorf("head's style %+v, %v", style, err)
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].Name != "_xlnm._FilterDatabase" || names[0].RefersTo != "'Plan  2027 2028'!$A$1:$D$3" {
		t.Errorf("names %+v", names)
	}
	for column, want := range map[string]float64{"A": 17, "B": 12, "C": 10, "D": 12} {
		if width, err := f.GetColWidth(name, column); err != nil || width != want {
			t.Errorf("column %s is %v wide, %v", column, width, err)
		}
	}
	// The schema demands this order, and Excel refuses a file that has another.
	sheet := part(t, b.Bytes(), "xl/worksheets/sheet1.xml")
	at := 0
	for _, want := range []string{"<sheetViews>", `state="frozen"`, "</sheetViews><cols>", `<col min="1" max="1" width="17"`, `<col min="2" max="2" width="12"`, `<col min="4"`, "</cols><sheetData>", "</sheetData><autoFilter ref=\"A1:D3\"/></worksheet>"} {
		i := strings.Index(sheet[at:], want)
		if i < 0 {
			t.Fatalf("no %s after %s", want, sheet[:at])
		}
		at += i
	}
	if diff := cmp.Diff("|Vad|När|Antal|Telefon\n2|=HYPERLINK(\"x\")|2027-05-03|1234.5|0701234567\n3|Kurs|våren|drygt 70|+46701", show(read(t, "x.xlsx", b.String()))); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func part(t *testing.T, data []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestWhatExcelCannotHold(t *testing.T) {
	one := []Column{{Name: "a"}}
	row := func(cell string) Table { return Table{one, []Row{{Cells: []string{cell}}}} }
	for name, tc := range map[string]struct {
		table Table
		key   string
	}{
		"the longest":           {row(strings.Repeat("ö", 32_767)), ""},
		"longer":                {row(strings.Repeat("ö", 32_768)), "sheet.cell_too_long"},
		"longer by its guard":   {row("=" + strings.Repeat("a", 32_766)), "sheet.cell_too_long"},
		"longer in UTF-16":      {row(strings.Repeat("𝄞", 16_384)), "sheet.cell_too_long"},
		"a long head":           {Table{Columns: []Column{{Name: strings.Repeat("a", 32_768)}}}, "sheet.cell_too_long"},
		"the widest":            {Table{Columns: make([]Column, 16_384)}, ""},
		"wider":                 {Table{Columns: make([]Column, 16_385)}, "sheet.too_many_columns"},
		"more rows than it has": {Table{one, make([]Row, 1<<20)}, "sheet.too_many_rows"},
		"nothing":               {Table{}, ""},
	} {
		err := WriteXLSX(io.Discard, tc.table, "")
		e, _ := errors.AsType[*errs.Error](err)
		if tc.key == "" && err != nil || tc.key != "" && (e == nil || e.Key != tc.key || e.Kind != errs.TooLarge) {
			t.Errorf("%s: got %v, want %q", name, err, tc.key)
		}
	}
}

func TestColumnNames(t *testing.T) {
	for i := range mostColumns {
		want, err := excelize.ColumnNumberToName(i + 1)
		if got := columnName(i); err != nil || got != want || column(got+"7") != i {
			t.Fatalf("%d: %s, want %s, %v", i, got, want, err)
		}
	}
}

func TestTitlesFitExcel(t *testing.T) {
	for title, want := range map[string]string{
		"": "1", "''": "1", "Åtgärder [2027]": "Åtgärder  2027", "Karin's plan": "Karin's plan", "a & <b>": "a & <b>", "\x00\uFFFEx": "x",
		strings.Repeat("å", 40): strings.Repeat("å", 31), strings.Repeat("𝄞", 20): strings.Repeat("𝄞", 15), strings.Repeat("a", 30) + "' b": strings.Repeat("a", 30),
	} {
		var b bytes.Buffer
		if err := WriteXLSX(&b, Table{Columns: []Column{{Name: "a"}}}, title); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.GetSheetName(0); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
		if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "'"+strings.ReplaceAll(want, "'", "''")+"'!$A$1:$A$1" {
			t.Errorf("%q: %+v", title, names)
		}
		f.Close()
	}
}

// Another program reads the cells as they were meant, whatever is in them.
func TestAnotherProgramReadsWhatIsWritten(t *testing.T) {
	texts := rapid.SliceOfN(rapid.SampledFrom([]string{" ", "\n", "\t", "a", "Å", "<", "&", "]]>", "\"", "'", "_x", "000D_", "_x0041_x0042_", "_", "𝄞", "=", "\x01", "\uFFFE", "\xFF"}), 0, 8)
	rapid.Check(t, func(t *rapid.T) {
		table := Table{Columns: []Column{{Name: "Vad"}, {"När", Date}, {"Antal", Number}}}
		var want [][]string
		for range rapid.IntRange(1, 4).Draw(t, "rows") {
			s := strings.Join(texts.Draw(t, "text"), "")
			day := time.Date(1901, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 2_950_000).Draw(t, "day"))
			n := rapid.IntRange(-1_000_000, 1_000_000).Draw(t, "number")
			table.Rows = append(table.Rows, Row{Cells: []string{s, day.Format("2006-01-02"), strings.ReplaceAll(fmt.Sprintf("%.2f", float64(n)/100), ".", ",")}})
			want = append(want, []string{clean(guard(s, Text)), day.Format("2006-01-02"), strconv.FormatFloat(float64(n)/100, 'f', -1, 64)})
		}
		var b bytes.Buffer
		if err := WriteXLSX(&b, table, "x"); err != nil {
			t.Fatal(err)
		}
		f, err := excelize.OpenReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for r, row := range want {
			for i, cell := range row {
				at := fmt.Sprintf("%s%d", columnName(i), r+2)
				if got, err := f.GetCellValue("x", at); err != nil || got != cell {
					t.Fatalf("%s: %q, want %q, %v", at, got, cell, err)
				}
			}
		}
	})
}

// What is written is read back as it was, in both formats and with every separator.
func TestRoundTrip(t *testing.T) {
	cell := rapid.Custom(func(t *rapid.T) string {
		s := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"=", "+", "-", "@", "'", "\"", ";", ",", "\t", "\n", " ", "a", "å", "1", "_x000D_", "_x0041_x0042_", "_x", "é", "𝄞", "<", "&"}), 0, 6).Draw(t, "cell"), "")
		if strings.TrimSpace(s) == "" {
			return ""
		}
		return s
	})
	rapid.Check(t, func(t *rapid.T) {
		columns := rapid.IntRange(2, 4).Draw(t, "columns")
		var table Table
		for i := range columns {
			table.Columns = append(table.Columns, Column{Name: fmt.Sprintf("Kolumn %d", i)})
		}
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			row := Row{Number: i + 2, Cells: []string{"rad"}}
			for len(row.Cells) < columns {
				row.Cells = append(row.Cells, cell.Draw(t, "cell"))
			}
			table.Rows = append(table.Rows, row)
		}
		var csv, xlsx bytes.Buffer
		if err := WriteCSV(&csv, table, Options{Separator: rapid.SampledFrom([]rune{';', ',', '\t'}).Draw(t, "separator")}); err != nil {
			t.Fatal(err)
		}
		if err := WriteXLSX(&xlsx, table, "x"); err != nil {
			t.Fatal(err)
		}
		for _, data := range []*bytes.Buffer{&csv, &xlsx} {
			got, err := Read(context.Background(), "x", bytes.NewReader(data.Bytes()), Limits{})
			if err != nil {
				t.Fatalf("%v: %q", err, data)
			}
			for i := range got.Rows {
				got.Rows[i].Number = i + 2
			}
			if diff := cmp.Diff(table, got); diff != "" {
				t.Fatalf("-want +got:\n%s", diff)
			}
		}
	})
}

func checkTable(t *testing.T, table Table) {
	last := 0
	for _, r := range table.Rows {
		if len(r.Cells) != len(table.Columns) || r.Number <= last {
			t.Fatalf("row %d after %d with %d of %d cells", r.Number, last, len(r.Cells), len(table.Columns))
		}
		last = r.Number
	}
	if err := WriteCSV(io.Discard, table, Options{}); err != nil {
		t.Fatal(err)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a;b\n\"c\nd\";e\n"))
	f.Add([]byte("sep=,\n\"a\",b\n'=1,2\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if table, err := Read(context.Background(), "x.csv", bytes.NewReader(data), Limits{}); err == nil {
			checkTable(t, table)
		}
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c t="inlineStr"><is><t>b</t></is></c></row><row><c s="1"><v>46510.5</v></c></row>`,
		`<si><t>a_x000D_</t></si>`, `<numFmts><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>`)
	f.Fuzz(func(t *testing.T, rows, shared, styles string) {
		if table, err := Read(context.Background(), "x.xlsx", strings.NewReader(book(t, rows, shared, styles)), Limits{}); err == nil {
			checkTable(t, table)
		}
	})
}
