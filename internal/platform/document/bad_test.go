package document

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/platform/i18n"
)

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		t.Fatalf("got %v, want %s", err, key)
	}
	if e.Key != key {
		t.Fatalf("got %v, want %s", e, key)
	}
	c, err := i18n.Load(Locale)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lang.All {
		if s := c.Printer(l).TMap(e.Key, e.Args); strings.ContainsAny(s, "[]{}") {
			t.Errorf("%s in %s: %q", key, l.Tag(), s)
		}
	}
}

func utf16le(s string) string {
	b := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func utf16be(s string) string {
	b := []byte{0xFE, 0xFF}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return string(b)
}

func TestWhatCannotBeRead(t *testing.T) {
	body := func(main string) string {
		return string(zipOf(t, "[Content_Types].xml", contentTypes(mainType), "word/document.xml", main))
	}
	word := string(wordFile(t, "<w:p><w:r><w:t>Text</w:t></w:r></w:p>", "", "", ""))
	encrypted := []byte(word)
	for _, signature := range []string{"PK\x01\x02", "PK\x03\x04"} {
		at := 6
		if signature == "PK\x01\x02" {
			at = 8
		}
		for i := range encrypted {
			if bytes.HasPrefix(encrypted[i:], []byte(signature)) {
				encrypted[i+at] |= 1
			}
		}
	}
	ole := "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" + strings.Repeat("\x00", 600)
	for name, tc := range map[string]struct{ file, data, key string }{
		"nothing":              {"x.txt", "", "document.empty"},
		"white space":          {"x.txt", " \r\n\t\u00a0\n\ufeff", "document.empty"},
		"byte order mark":      {"x.txt", "\xEF\xBB\xBF", "document.empty"},
		"markup only":          {"x.md", "# \n\n---\n- \n", "document.empty"},
		"page without text":    {"x.html", "<html><body><nav>Start</nav><script>1</script></body></html>", "document.empty"},
		"Word without text":    {"x.docx", body(`<w:document` + wordSpaces + `><w:body><w:p/></w:body></w:document>`), "document.empty"},
		"NUL bytes":            {"x.txt", "Vi lovar\x00att", "document.binary"},
		"control characters":   {"x.txt", strings.Repeat("a\x01\x02", 40), "document.binary"},
		"program":              {"x.txt", "\x7FELF\x02\x01\x01\x00", "document.binary"},
		"PNG":                  {"x.docx", "\x89PNG\r\n\x1a\n....", "document.image"},
		"JPEG":                 {"x.pdf", "\xFF\xD8\xFF\xE0....", "document.image"},
		"RTF":                  {"x.doc", `{\rtf1\ansi Vi lovar}`, "document.rtf"},
		"old Word":             {"x.doc", ole, "document.old_word"},
		"protected Word":       {"x.docx", ole, "document.encrypted"},
		"protected zip":        {"x.docx", string(encrypted), "document.encrypted"},
		"OpenDocument":         {"x.odt", string(zipOf(t, "mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<x/>")), "document.opendocument"},
		"Pages":                {"x.pages", string(zipOf(t, "Index/Document.iwa", "x")), "document.pages"},
		"any archive":          {"x.docx", string(zipOf(t, "a.txt", "x")), "document.not_word"},
		"workbook":             {"x.docx", string(zipOf(t, "[Content_Types].xml", contentTypes(workbookType), "word/document.xml", "<x/>")), "document.not_word"},
		"macros":               {"x.docm", string(zipOf(t, "[Content_Types].xml", contentTypes(macroType), "word/document.xml", "<x/>")), "document.macros"},
		"cut zip":              {"x.docx", word[:len(word)/2], "document.damaged"},
		"twice the same part":  {"x.docx", string(zipOf(t, "[Content_Types].xml", contentTypes(mainType), "word/document.xml", "<a/>", "Word/Document.xml", "<b/>")), "document.damaged"},
		"broken XML":           {"x.docx", body(`<w:document` + wordSpaces + `><w:body><w:p>`), "document.damaged"},
		"entities":             {"x.docx", body(`<!DOCTYPE x [<!ENTITY a "b">]><w:document` + wordSpaces + `><w:body><w:p><w:r><w:t>&a;</w:t></w:r></w:p></w:body></w:document>`), "document.damaged"},
		"deep XML":             {"x.docx", body(`<w:document` + wordSpaces + `><w:body>` + strings.Repeat("<w:smartTag>", 5000)), "document.too_complex"},
		"deep unread XML":      {"x.docx", body(strings.Repeat("<x>", 5000)), "document.too_complex"},
		"deep HTML":            {"x.html", "<html>" + strings.Repeat("<div>", 5000) + "x", "document.too_complex"},
		"many parts":           {"x.docx", manyParts(t), "document.too_complex"},
		"zip bomb":             {"x.docx", body(`<w:document` + wordSpaces + `><w:body><w:p><w:r><w:t>` + strings.Repeat("a", 30<<20)), "document.too_complex"},
		"bomb of tags":         {"x.docx", body(`<w:document` + wordSpaces + `><w:body>` + strings.Repeat("<w:p/>", 1<<19)), "document.too_complex"},
		"half UTF-8":           {"x.txt", "Vi åtar oss att öva på möten \xC3 och läsa", "document.encoding"},
		"BOM and no UTF-8":     {"x.txt", "\xEF\xBB\xBFVi \xE5tar", "document.encoding"},
		"UTF-16 with odd byte": {"x.txt", utf16le("Vi lovar") + "x", "document.encoding"},
		"UTF-16 half a pair":   {"x.txt", "\xFF\xFEV\x00\x00\xD8i\x00", "document.encoding"},
		"unassigned byte":      {"x.txt", "Vi \xE5tar oss\x81", "document.encoding"},
		"Greek":                {"x.txt", "\xC1\xE3\xE1\xF0\xE7\xF4\xDD \xEA\xFD\xF1\xE9\xE5 \xD0\xB1\xB2\xB3\xBE\xFE", "document.encoding"},
		"too large":            {"x.txt", strings.Repeat("a", 1_000_001), "document.too_large"},
		"too much text":        {"x.txt", strings.Repeat("ö", 60_001), "document.too_much_text"},
		"too much HTML":        {"x.html", "<html>" + strings.Repeat("ö", 60_001), "document.too_much_text"},
		"too much Word":        {"x.docx", body(`<w:document` + wordSpaces + `><w:body>` + strings.Repeat("<w:p><w:r><w:t>"+strings.Repeat("ö", 1000)+"</w:t></w:r></w:p>", 61) + "</w:body></w:document>"), "document.too_much_text"},
		"damaged PDF":          {"x.pdf", "%PDF-1.4\n\xE2\xE3 ingenting", "document.damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			limits := Limits{Bytes: 1_000_000, Text: 60_000, Unpacked: 2_500_000}
			if strings.Contains(name, "PDF") {
				needPDFToText(t)
			}
			d, err := Read(context.Background(), tc.file, strings.NewReader(tc.data), limits)
			wantKey(t, err, tc.key)
			if d.Text != "" || d.Blocks != nil {
				t.Error("something was returned beside the error")
			}
		})
	}
}

func manyParts(t *testing.T) string {
	var parts []string
	for i := range 2001 {
		parts = append(parts, strings.Repeat("a", i%50)+string(rune('a'+i/50)), "")
	}
	return string(zipOf(t, parts...))
}

func TestPathsInArchivesAreOnlyNames(t *testing.T) {
	data := zipOf(t, "../../evil.xml", "x", "[Content_Types].xml", contentTypes(mainType), "word/document.xml",
		`<w:document`+wordSpaces+`><w:body><w:p><w:r><w:t>Vi lovar.</w:t></w:r></w:p></w:body></w:document>`)
	d, err := Read(context.Background(), "x.docx", bytes.NewReader(data), Limits{})
	if err != nil || d.Text != "Vi lovar." {
		t.Fatalf("%q, %v", d.Text, err)
	}
}

func TestEncodings(t *testing.T) {
	const text = "Åtagande\r\n\r\n– Vi lovar “öppna” möten för 50 €.\r\n"
	windows, err := charmap.Windows1252.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	latin := "<html><head><meta charset=iso-8859-1></head><body><p>\xC5tagande f\xF6r alla</p></body></html>"
	for name, tc := range map[string]struct{ data, want string }{
		"UTF-8":             {text, text},
		"UTF-8 with mark":   {"\uFEFF" + text, text},
		"UTF-16 LE":         {utf16le(text), text},
		"UTF-16 BE":         {utf16be(text), text},
		"Windows-1252":      {windows, text},
		"HTML in Latin-1":   {latin, "Åtagande för alla"},
		"HTML in UTF-16":    {utf16le("<html><body><p>Åtagande</p></body></html>"), "Åtagande"},
		"HTML with a mark":  {"\uFEFF<!-- x --><!DOCTYPE html><p>Åtagande</p>", "Åtagande"},
		"HTML says nothing": {"<html><p>\xC5tagande</p></html>", "Åtagande"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := Read(context.Background(), "x", strings.NewReader(tc.data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if d.Text != tc.want {
				t.Errorf("got %q, want %q", d.Text, tc.want)
			}
			checkShape(t, d)
		})
	}
}

func TestPlainHealsDividedWords(t *testing.T) {
	for in, want := range map[string]string{
		"samverk-\nan":                     "samverkan",
		"samverk-\r\n   an":                "samverkan",
		"icke-\ndiskriminering":            "icke-diskriminering",
		"icke-\n\n diskriminering":         "icke-diskriminering",
		"läns-\noch kommun":                "läns- och kommun",
		"100-\nårsjubileum":                "100-årsjubileum",
		"LSS-\nhandläggare":                "LSS-handläggare",
		"Mo-\nTallviken":                   "Mo-Tallviken",
		"e-\ntjänst":                       "e-tjänst",
		"2026–\n2027":                      "2026–2027",
		"när/\nom":                         "när/om",
		"en dag –\nför alla":               "en dag – för alla",
		"sam\u00adver\u00ad\nkan":          "samverkan",
		"ett  **fet\nstil** [ord](http:x)": "ett fet stil ord",
	} {
		d := Document{Format: Markdown, Text: in}
		b := Block{End: len(in)}
		if got := d.Plain(b); got != want {
			t.Errorf("%q reads %q, want %q", in, got, want)
		}
	}
}

func TestSpanEndsWithTheTextItself(t *testing.T) {
	text := "- **Den 3 maj** ordnar vi sam-\n  verkan.\n"
	d, err := Read(context.Background(), "x.md", strings.NewReader(text), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	r := d.Reading(d.Blocks[0])
	for part, want := range map[string]string{"Den 3 maj": "Den 3 maj", "samverkan": "sam-\n  verkan", "ordnar": "ordnar", ".": "."} {
		at := strings.Index(r.Text, part)
		s := r.Span(at, at+len(part))
		if got := text[s.Start:s.End]; got != want {
			t.Errorf("%q stands at %q, want %q", part, got, want)
		}
	}
}

func TestGivesUpInTime(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Read(ctx, "x.txt", strings.NewReader("Vi lovar."), Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	_, err := Read(context.Background(), "x.html", strings.NewReader("<html>"+strings.Repeat("<p>a", 200_000)), Limits{Time: time.Nanosecond})
	wantKey(t, err, "document.too_slow")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestFaultOfTheSourceIsNotTheVisitors(t *testing.T) {
	_, err := Read(context.Background(), "x", brokenReader{}, Limits{})
	if !errors.Is(err, io.ErrUnexpectedEOF) || errs.KindOf(err) != errs.Internal {
		t.Errorf("got %v", err)
	}
}

// Hostile text must not cost more than its length. The bound is generous; what grows with the square takes minutes.
func TestLargeTextsAreReadInTime(t *testing.T) {
	for name, unit := range map[string]string{
		"bullets": "• a\n", "emphasis": "*a **b ", "ticks": "`a``b", "brackets": "[a", "hyphens": "sam-\nan ", "lines": "a\n", "empty": "\n \n a",
		"angles": "> > a ", "numbers": "1. a\n", "bars": "|a|b\n", "tabs": "a\tb\n", "pages": "a\n\f", "capitals": "RUBRIK\n", "titles": "Titel\n\n", "skipped": "Vi ordnar en dag om delaktighet för alla i\n\n3 (4)\n\nlänet\n\n",
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Repeat(unit, 400_000/len(unit))
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			d, err := Read(ctx, "x.md", strings.NewReader(text), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			for _, b := range d.Blocks {
				d.Plain(b)
			}
			if ctx.Err() != nil {
				t.Error("took too long")
			}
		})
	}
}

func needPDFToText(t *testing.T) {
	t.Helper()
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if _, err := os.Stat(filepath.Join(dir, "pdftotext")); err == nil {
			return
		}
	}
	if os.Getenv("CI") != "" {
		t.Fatal("pdftotext is not installed")
	}
	t.Skip("pdftotext is not installed")
}
