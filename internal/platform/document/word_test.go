package document

import (
	"archive/zip"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

const (
	wordSpaces = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"` +
		` xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"`
	mainType     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	macroType    = "application/vnd.ms-word.document.macroEnabled.main+xml"
	workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)

// zipOf packs parts, in order of their pairs of name and content.
func zipOf(t testing.TB, parts ...string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func contentTypes(main string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="` + main + `"/></Types>`
}

const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`

// wordFile packs a Word file from what stands inside its parts' root elements.
func wordFile(t testing.TB, body, styles, numbering, footnotes string) []byte {
	return zipOf(t,
		"[Content_Types].xml", contentTypes(mainType),
		"_rels/.rels", relations,
		"word/document.xml", `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document`+wordSpaces+`><w:body>`+body+`</w:body></w:document>`,
		"word/styles.xml", `<w:styles`+wordSpaces+`>`+styles+`</w:styles>`,
		"word/numbering.xml", `<w:numbering`+wordSpaces+`>`+numbering+`</w:numbering>`,
		"word/footnotes.xml", `<w:footnotes`+wordSpaces+`>`+footnotes+`</w:footnotes>`,
	)
}

// Every folder under testdata/word holds the insides of a Word file's parts and what is read from them.
func TestWordGolden(t *testing.T) {
	dirs, err := filepath.Glob("testdata/word/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, dir := range dirs {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			part := func(name string) string {
				b, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
				return string(b)
			}
			data := wordFile(t, part("body.xml"), part("styles.xml"), part("numbering.xml"), part("footnotes.xml"))
			d, err := Read(context.Background(), "x.docx", bytes.NewReader(data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Format != Word {
				t.Errorf("format %q", d.Format)
			}
			checkShape(t, d)
			if lost := uncovered(d); lost != "" {
				t.Errorf("outside the blocks: %q", lost)
			}
			golden(t, filepath.Join(dir, "blocks.golden"), outline(d))
		})
	}
}

func FuzzWord(f *testing.F) {
	for _, dir := range []string{"plan", "typed-by-hand"} {
		b, err := os.ReadFile("testdata/word/" + dir + "/body.xml")
		if err != nil {
			f.Fatal(err)
		}
		n, _ := os.ReadFile("testdata/word/" + dir + "/numbering.xml")
		s, _ := os.ReadFile("testdata/word/" + dir + "/styles.xml")
		f.Add(string(b), string(s), string(n))
	}
	f.Fuzz(func(t *testing.T, body, styles, numbering string) {
		d, err := Read(context.Background(), "x.docx", bytes.NewReader(wordFile(t, body, styles, numbering, "")), Limits{Text: 100_000})
		if err == nil {
			checkShape(t, d)
		}
	})
}

func FuzzZip(f *testing.F) {
	f.Add(wordFile(f, "<w:p><w:r><w:t>Text</w:t></w:r></w:p>", "", "", ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(context.Background(), "x.docx", bytes.NewReader(append([]byte("PK\x03\x04"), data...)), Limits{Text: 100_000})
		if err == nil {
			checkShape(t, d)
		}
	})
}

func FuzzHTML(f *testing.F) {
	for _, name := range []string{"web-page", "careless-page"} {
		b, err := os.ReadFile("testdata/cases/" + name + "/input.html")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Read(context.Background(), "x.html", strings.NewReader("<html>"+s), Limits{Text: 100_000})
		if err == nil {
			checkShape(t, d)
			if lost := uncovered(d); lost != "" {
				t.Errorf("outside the blocks: %q", lost)
			}
		}
	})
}

// Eight times the text may allocate some ten times the memory, not sixty-four.
func TestCostGrowsWithLength(t *testing.T) {
	allocated := func(name, data string) uint64 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Read(context.Background(), name, strings.NewReader(data), Limits{}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	files := map[string]func(n int) string{
		"x.docx": func(n int) string {
			return string(wordFile(t, strings.Repeat("<w:p><w:r><w:t>Vi ordnar en dag.</w:t></w:r></w:p>", n), "", "", ""))
		},
		"x.html": func(n int) string { return "<html>" + strings.Repeat("<p>Vi ordnar en dag.</p>", n) },
		"x.txt":  func(n int) string { return strings.Repeat("• Vi ordnar en dag.\n", n) },
	}
	for name, file := range files {
		short, long := allocated(name, file(2000)), allocated(name, file(16_000))
		if long > 20*short {
			t.Errorf("%s: %d bytes for 2 000 paragraphs, %d for 16 000", name, short, long)
		}
	}
}
