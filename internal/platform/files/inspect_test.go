package files_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"mime"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"samklang/internal/core/errs"
	"samklang/internal/core/lang"
	"samklang/internal/platform/files"
	"samklang/internal/platform/i18n"
)

// archive packs parts given as name, content, name, content …
func archive(parts ...string) string {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		h := &zip.FileHeader{Name: parts[i], Method: zip.Deflate}
		if parts[i] == "mimetype" {
			h.Method = zip.Store
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			panic(err)
		}
		io.WriteString(f, parts[i+1])
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.String()
}

func types(main string) string {
	return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.` + main + `"/></Types>`
}

const (
	wordMain  = "openxmlformats-officedocument.wordprocessingml.document.main+xml"
	sheetMain = "openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
	slideMain = "openxmlformats-officedocument.presentationml.presentation.main+xml"
)

// word is a Word file with more parts.
func word(more ...string) string {
	return archive(append([]string{"[Content_Types].xml", types(wordMain), "word/document.xml", "<w:document/>"}, more...)...)
}

func odt(more ...string) string {
	return archive(append([]string{"mimetype", "application/vnd.oasis.opendocument.text", "content.xml", "<office:document-content/>"}, more...)...)
}

func flate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	io.WriteString(w, s)
	w.Close()
	return b.String()
}

func pdf(objects ...string) string {
	return "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + strings.Join(objects, "\n") + "\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
}

func stream(dict, body string) string {
	return fmt.Sprintf("4 0 obj\n<<%s/Length %d>>\nstream\r\n%s\nendstream\nendobj", dict, len(body), body)
}

func picture(w, h int) image.Image { return image.NewGray(image.Rect(0, 0, w, h)) }

func pngOf(w, h int) string {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(w, h)); err != nil {
		panic(err)
	}
	return b.String()
}

func jpegOf(w, h int) string {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture(w, h), nil); err != nil {
		panic(err)
	}
	return b.String()
}

// claim changes the size a PNG says it has; the checksum of its header is not looked at before the size.
func claim(s string, w, h uint32) string {
	b := []byte(s)
	binary.BigEndian.PutUint32(b[16:], w)
	binary.BigEndian.PutUint32(b[20:], h)
	binary.BigEndian.PutUint32(b[29:], crc(b[12:29]))
	return string(b)
}

func crc(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0xedb88320&-(c&1)
		}
	}
	return ^c
}

func webp(w, h uint32) string {
	bits := make([]byte, 5)
	bits[0] = 0x2f
	binary.LittleEndian.PutUint32(bits[1:], (w-1)|(h-1)<<14)
	body := "WEBPVP8L" + "\x0a\x00\x00\x00" + string(bits) + strings.Repeat("\x00", 5)
	n := make([]byte, 4)
	binary.LittleEndian.PutUint32(n, uint32(len(body)))
	return "RIFF" + string(n) + body
}

func rel(kind, mode string) string {
	return `<Relationships xmlns="x"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="http://elsewhere.example/x"` + mode + `/></Relationships>`
}

// samples is what people upload, and what Inspect says: a media type, or the key of the message.
var samples = []struct{ what, name, content, want string }{
	{"pdf", "Beslut § 12.PDF", pdf("1 0 obj<</Type/Catalog/OpenAction[3 0 R/Fit]>>endobj", stream("/Filter/FlateDecode", flate("BT (Hej) Tj ET"))), "application/pdf"},
	{"pdf with object stream", "a.pdf", pdf(stream("/Type/ObjStm/Filter/FlateDecode", flate("5 0 <</Type/Page>>"))), "application/pdf"},
	{"pdf with a link", "a.pdf", pdf("1 0 obj<</S/URI/URI(https://mo.example/JavaScript)>>endobj"), "files.pdf_active"}, // a slash and the word: refused to be safe
	{"pdf with script", "a.pdf", pdf("1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"), "files.pdf_active"},
	{"pdf with a name in numbers", "a.pdf", pdf("1 0 obj<</S/J#61vaScri#70t/JS(x)>>endobj"), "files.pdf_active"},
	{"pdf with script in object stream", "a.pdf", pdf(stream("/Type/ObjStm/Filter/FlateDecode", flate("5 0 <</S/JavaScript/JS(x)>>"))), "files.pdf_active"},
	{"pdf with script far into a stream", "a.pdf", pdf(stream("/Filter/FlateDecode", flate(strings.Repeat(" ", 1<<20-5)+"<</S/JavaScript>>"))), "files.pdf_active"},
	{"pdf with script hidden behind a type elsewhere", "a.pdf", pdf(stream("/Type 9 0 R/Filter/FlateDecode", flate("<</S/JavaScript>>"))), "files.pdf_active"},
	{"pdf that starts a program", "a.pdf", pdf("1 0 obj<</S/Launch/F(cmd.exe)>>endobj"), "files.pdf_active"},
	{"pdf with a form that is sent", "a.pdf", pdf("1 0 obj<</S/SubmitForm>>endobj"), "files.pdf_active"},
	{"pdf with attachment", "a.pdf", pdf("1 0 obj<</Names<</EmbeddedFiles 3 0 R>>>>endobj"), "files.pdf_attached"},
	{"pdf with password", "a.pdf", pdf("1 0 obj<</Encrypt 3 0 R>>endobj"), "files.pdf_locked"},
	{"pdf with objects packed otherwise", "a.pdf", pdf(stream("/Type/ObjStm/Filter[/ASCIIHexDecode/FlateDecode]", "789c>")), "files.pdf_obscure"},
	{"pdf bomb", "a.pdf", pdf(stream("/Filter/FlateDecode", flate(strings.Repeat("\x00", 130<<20)))), "files.packed"},
	{"pdf not from the start", "a.pdf", "GIF89a" + pdf(), "files.mismatch"},
	{"pdf that is also an archive", "a.pdf", pdf() + archive("a.js", "x"), "files.twofold"},
	{"pdf cut off", "a.pdf", pdf()[:40], "files.damaged"},
	{"pdf with signature bytes in a stream", "a.pdf", pdf(stream("", "PK\x05\x06 and on it goes with many more bytes")), "application/pdf"},

	{"word", "Åtaganden.docx", word("word/_rels/document.xml.rels", rel("hyperlink", ` TargetMode="External"`)), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"word with a chart's table", "a.docx", word("word/embeddings/Microsoft_Excel_Sheet1.xlsx", archive("[Content_Types].xml", types(sheetMain))), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
	{"word with a table with macros", "a.docx", word("word/embeddings/x.xlsx", archive("[Content_Types].xml", types(sheetMain), "xl/vbaProject.bin", "x")), "files.macros"},
	{"word in word in word", "a.docx", word("word/embeddings/x.docx", word("word/embeddings/y.docx", word())), "files.embedded"},
	{"word with an object", "a.docx", word("word/embeddings/oleObject1.bin", "x"), "files.embedded"},
	{"word with a control", "a.docx", word("word/activeX/activeX1.xml", "x"), "files.embedded"},
	{"word with a program", "a.docx", word("word/media/setup.EXE", "x"), "files.embedded"},
	{"word with macros", "a.docx", word("word/vbaProject.bin", "x"), "files.macros"},
	{"word with macros by type", "a.docx", archive("[Content_Types].xml", types("ms-word.document.macroEnabled.main+xml")), "files.macros"},
	{"word with macros by name", "a.docm", word(), "files.macros"},
	{"word with a template elsewhere", "a.docx", word("word/_rels/settings.xml.rels", rel("attachedTemplate", ` TargetMode="External"`)), "files.external"},
	{"word with a picture elsewhere", "a.docx", word("word/_rels/document.xml.rels", rel("image", ` TargetMode='external'`)), "files.external"},
	{"word called excel", "a.xlsx", word(), "files.mismatch"},
	{"word with password", "a.docx", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest", "files.locked_or_old"},
	{"word bomb", "a.docx", word("word/media/image1.png", strings.Repeat("\x00", 129<<20)), "files.packed"},
	{"word of many bombs", "a.docx", word("a", strings.Repeat("\x00", 100<<20), "b", strings.Repeat("\x00", 100<<20), "c", strings.Repeat("\x00", 100<<20)), "files.packed"},
	{"word of too many parts", "a.docx", word(many(6000)...), "files.packed"},
	{"word with a part outside", "a.docx", word("../../etc/passwd", "x"), "files.damaged"},
	{"word with a part twice", "a.docx", word("word/Document.xml", "x"), "files.damaged"},
	{"word with something after it", "a.docx", word() + "<script>", "files.damaged"},
	{"word after something", "a.docx", "x" + word(), "files.mismatch"},
	{"word cut off", "a.docx", word()[:200], "files.damaged"},
	{"word with broken parts", "a.docx", strings.Replace(word("word/_rels/document.xml.rels", "<a"), "<a", "<b", 1), "files.damaged"},
	{"any archive called word", "a.docx", archive("a.txt", "x"), "files.mismatch"},
	{"excel", "a.xlsx", archive("[Content_Types].xml", types(sheetMain)), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"excel with old macros", "a.xlsx", archive("[Content_Types].xml", types(sheetMain), "xl/macrosheets/sheet1.xml", "x"), "files.macros"},
	{"powerpoint", "a.pptx", archive("[Content_Types].xml", types(slideMain)), "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
	{"odt", "a.odt", odt(), "application/vnd.oasis.opendocument.text"},
	{"odt with macros", "a.odt", odt("Basic/Standard/Module1.xml", "x"), "files.macros"},
	{"odt with scripts", "a.odt", odt("Scripts/python/x.py", "x"), "files.macros"},
	{"odt with password", "a.odt", odt("META-INF/manifest.xml", "<manifest:encryption-data/>"), "files.locked"},
	{"ods called odt", "a.odt", archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet"), "files.mismatch"},

	{"png", "bild.png", pngOf(3, 2), "image/png"},
	{"png that claims to be huge", "a.png", claim(pngOf(3, 2), 100_000, 100_000), "files.picture_size"},
	{"png that is also an archive", "a.png", pngOf(3, 2) + archive("a.js", "x"), "files.twofold"},
	{"png with something after it", "a.png", pngOf(3, 2) + "<script>", "files.twofold"},
	{"png cut off", "a.png", pngOf(30, 20)[:45], "files.damaged"},
	{"jpeg", "a.JPG", jpegOf(3, 2), "image/jpeg"},
	{"jpeg with a film after it", "a.jpeg", jpegOf(3, 2) + "ftypmp42 and so on", "image/jpeg"},
	{"jpeg that is also an archive", "a.jpg", jpegOf(3, 2) + archive("a.js", "x"), "files.twofold"},
	{"jpeg that is none", "a.jpg", "\xff\xd8\xff<script>", "files.damaged"},
	{"png called jpeg", "a.jpg", pngOf(3, 2), "files.mismatch"},
	{"webp", "a.webp", webp(3, 2), "image/webp"},
	{"webp too wide", "a.webp", webp(16_000, 2), "files.picture_size"},
	{"webp with something after it", "a.webp", webp(3, 2) + "x", "files.twofold"},
	{"webp cut off", "a.webp", strings.Replace(webp(3, 2), "\x16", "\x20", 1), "files.damaged"},
	{"svg", "a.svg", "<svg/>", "files.active"},
	{"svg called png", "a.png", "<svg xmlns='http://www.w3.org/2000/svg'/>", "files.mismatch"},
	{"heic", "a.heic", "x", "files.picture_type"},

	{"text", "a.txt", "Åtgärder våren 2026\r\n• möte", "text/plain"},
	{"text of Windows", "a.txt", "\xc5tg\xe4rder v\xe5ren 2026, m\xf6te om delaktighet", "text/plain"},
	{"markdown", "a.md", "# Rubrik\n\n<b>fet</b>", "text/markdown"},
	{"table", "a.csv", "namn;antal\nÅsa;3\n", "text/csv"},
	{"table by Excel in UTF-16", "a.csv", "\xff\xfea\x00;\x00", "text/csv"},
	{"calendar", "a.ics", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "text/calendar"},
	{"text called calendar", "a.ics", "Hej", "files.mismatch"},
	{"page called text", "a.txt", " \n<!DOCTYPE HTML><script>", "files.mismatch"},
	{"picture called text", "a.txt", pngOf(3, 2), "files.not_text"},
	{"text that begins as a program", "a.txt", "MZ-gruppen möts", "text/plain"},
	{"page", "a.html", "<p>", "files.active"},

	{"program", "a.exe", "MZ\x90\x00", "files.program"},
	{"program called pdf", "a.pdf", "MZ\x90\x00", "files.program"},
	{"program for Linux called text", "a.txt", "\x7fELF\x02", "files.program"},
	{"script called text", "a.txt", "#!/bin/sh\nrm", "files.program"},
	{"two endings", "a.pdf.exe", "x", "files.program"},
	{"ending with a dot after it", "a.exe. ", "x", "files.program"},
	{"archive", "a.zip", archive("a", "b"), "files.archive"},
	{"old word", "a.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "files.old_office"},
	{"unknown ending", "a.xyz", "x", "files.type"},
	{"no ending", "beslut", pdf(), "files.no_ending"},
	{"nothing", "a.pdf", "", "files.empty"},
}

func many(n int) (parts []string) {
	for i := range n {
		parts = append(parts, fmt.Sprint("p", i), "")
	}
	return parts
}

func inspect(name, content string) string {
	media, err := files.Inspect(name, strings.NewReader(content), int64(len(content)))
	if err == nil {
		return media
	}
	if e, ok := err.(*errs.Error); ok {
		return e.Key
	}
	return err.Error()
}

func TestInspect(t *testing.T) {
	catalog, err := i18n.Load(i18n.Locale, files.Locale)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		begin := time.Now()
		got := inspect(s.name, s.content)
		if got != s.want {
			t.Errorf("%s: %s, want %s", s.what, got, s.want)
		}
		if took := time.Since(begin); took > 10*time.Second {
			t.Errorf("%s took %s", s.what, took)
		}
		if strings.HasPrefix(s.want, "files.") && !catalog.Printer(lang.Simple).Has(s.want) {
			t.Errorf("%s: no text for %s", s.what, s.want)
		}
	}
	if _, err := files.Inspect("a.pdf", strings.NewReader("x"), files.Largest+1); !errs.Is(err, errs.TooLarge) {
		t.Errorf("too large: %v", err)
	}
}

// A file made to cost much must not: the worst that fits the limits is read in seconds.
func TestInspectIsBounded(t *testing.T) {
	for what, content := range map[string]string{
		"streams without end": "%PDF-" + strings.Repeat("stream\n\x78\x9c", 1<<20) + "%%EOF",
		"slashes":             "%PDF-" + strings.Repeat("/", 16<<20) + "%%EOF",
		"numbers":             "%PDF-" + strings.Repeat("/#41", 4<<20) + "%%EOF",
		"packed streams":      "%PDF-" + strings.Repeat("stream\n"+flate(strings.Repeat("/a", 1<<15)), 8000) + "%%EOF",
		"ends of archives":    "%PDF-" + strings.Repeat("PK\x05\x06", 1<<20) + "%%EOF",
	} {
		begin := time.Now()
		got := inspect("a.pdf", content)
		took := time.Since(begin)
		t.Logf("%s: %s after %s", what, got, took.Round(time.Millisecond))
		if took > 20*time.Second {
			t.Errorf("%s took %s", what, took)
		}
	}
}

func FuzzInspect(f *testing.F) {
	for _, s := range samples {
		if len(s.content) < 4096 {
			f.Add(s.name, []byte(s.content))
		}
	}
	f.Fuzz(func(t *testing.T, name string, content []byte) {
		media, err := files.Inspect(name, bytes.NewReader(content), int64(len(content)))
		if err != nil {
			if _, ok := err.(*errs.Error); !ok {
				t.Errorf("%q: an error that no visitor can be shown: %v", name, err)
			}
			return
		}
		if _, _, err := mime.ParseMediaType(media); err != nil {
			t.Errorf("%q: %q", name, media)
		}
		if media == "application/pdf" && bytes.Contains(content, []byte("/JavaScript ")) {
			t.Errorf("a script was let in")
		}
	})
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"Beslut § 12.pdf": "Beslut § 12.pdf", `C:\fakepath\Åtagande.docx`: "Åtagande.docx", "../../etc/passwd": "passwd", "a\r\nb\x00.txt": "a b.txt",
		"abc\u202efdp.exe": "abcfdp.exe", "  ": "fil", ".pdf": "pdf", "..": "fil", `a"b<c>|?*:.txt`: "a_b_c_____.txt", "slut. .": "slut",
		strings.Repeat("å", 300) + ".docx": strings.Repeat("å", 140) + ".docx", "/": "fil", "\xff.pdf": "pdf",
	} {
		if got := files.CleanName(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzHeaders(f *testing.F) {
	f.Add(`Årsplan "utkast" 100 %.pdf`)
	f.Add("a\r\nSet-Cookie: x=y")
	f.Fuzz(func(t *testing.T, name string) {
		h := http.Header{}
		files.Headers(h, name, "application/pdf", true)
		v := h.Get("Content-Disposition")
		if strings.ContainsFunc(v, func(r rune) bool { return r < ' ' || r > '~' }) {
			t.Fatalf("%q", v)
		}
		how, params, err := mime.ParseMediaType(v)
		if err != nil || how != "attachment" {
			t.Fatalf("%q: %s %v", v, how, err)
		}
		if got := params["filename"]; got != files.CleanName(name) || !utf8.ValidString(got) {
			t.Fatalf("%q came out as %q, want %q", v, got, files.CleanName(name))
		}
	})
}

func TestHeaders(t *testing.T) {
	h := http.Header{}
	files.Headers(h, "Årsplan 2026.pdf", "application/pdf", true)
	for name, want := range map[string]string{
		"Content-Type": "application/pdf", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Content-Disposition": `attachment; filename="Arsplan 2026.pdf"; filename*=UTF-8''%C3%85rsplan%202026.pdf`,
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	files.Headers(h, "a.png", "image/png", true)
	if got := h.Get("Content-Disposition"); !strings.HasPrefix(got, "inline;") {
		t.Errorf("a picture: %q", got)
	}
}
