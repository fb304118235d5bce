package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

const signed = "Samordningsförbundet Älvkusten\n\nVåra löften\n\nVi åtar oss att:\n\n- höja ”rösten” för äldre\n- sprida kunskap om rättigheter\n\nDen 3 mars håller vi ett seminarium om ålderism. Datum för en workshop är ej satt.\n"

// imports runs the command on a file with this content and gives what it wrote and its code.
func imports(t *testing.T, name string, content []byte, args ...string) (out, errOut string, code int) {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, name)
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"import", "declaration", file, "--association", "alvkusten"}, args...), &o, &e)
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 1 {
		t.Errorf("%s: something was written beside the file: %v %v", name, left, err)
	}
	return o.String(), e.String(), code
}

func TestImportPrintsTheReading(t *testing.T) {
	out, errOut, code := imports(t, "a.txt", []byte(signed), "--json", "--year", "2021")
	if code != 0 || errOut != "" {
		t.Fatalf("code %d: %s", code, errOut)
	}
	var got struct {
		Declaration struct {
			Title        string
			Associations []string
			Year         int
		}
		Commitments []struct {
			Number int
			Text   string
			Forms  []string
			Source struct{ Start, End int }
		}
		Activities []struct {
			Title, Kind, Status string
			Date                struct{ Precision, From, To, Text string }
			Reach               struct {
				Min, Max *int
				Text     string
			}
			Serves []struct {
				Number int
				Score  float64
			}
		}
		Unread []struct{ Text string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	if got.Declaration.Year != 2021 || len(got.Commitments) != 2 || len(got.Activities) == 0 || got.Unread == nil {
		t.Fatalf("%+v", got)
	}
	runes := []rune(signed)
	if c := got.Commitments[0]; string(runes[c.Source.Start:c.Source.End]) != c.Text || c.Forms == nil {
		t.Errorf("%+v", c)
	}
	if a := got.Activities[0]; a.Title != "Seminarium om ålderism" || a.Date.From != "2021-03-03" || a.Date.Precision != "day" || a.Status != "planned" {
		t.Errorf("%+v", a)
	}
	out, _, code = imports(t, "a.txt", []byte(signed), "--year", "2021")
	if code != 0 || !strings.Contains(out, "2 löften") || !strings.Contains(out, "Seminarium om ålderism") {
		t.Errorf("code %d: %s", code, out)
	}
}

func TestImportOfEncodings(t *testing.T) {
	for name, e := range map[string]interface{ Bytes([]byte) ([]byte, error) }{
		"windows-1252.txt": charmap.Windows1252.NewEncoder(),
		"utf-16.txt":       unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder(),
		"utf-8-bom.txt":    unicode.UTF8BOM.NewEncoder(),
	} {
		content, err := e.Bytes([]byte(signed))
		if err != nil {
			t.Fatal(err)
		}
		out, errOut, code := imports(t, name, content, "--json", "--year", "2021")
		if code != 0 || !strings.Contains(out, "höja ”rösten” för äldre") {
			t.Errorf("%s: code %d: %s", name, code, errOut)
		}
	}
}

// What cannot be read ends with a clear sentence in Swedish and nothing on the standard output.
func TestImportOfBadFiles(t *testing.T) {
	for _, c := range []struct {
		name    string
		content []byte
		says    string
		args    []string
	}{
		{"empty.txt", nil, "ingen text", nil},
		{"blank.txt", []byte(" \n\t\n"), "ingen text", nil},
		{"program.txt", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 4000)...), "inget textdokument", nil},
		{"noise.txt", bytes.Repeat([]byte{0, 1, 2, 200, 255, 7}, 1000), "", nil},
		{"broken.txt", []byte("Vi lovar \xc3\x28 \xe2\x82 att \x81\x8d lyssna\x00\x01"), "", nil},
		{"large.txt", bytes.Repeat([]byte("- Vi lovar att lyssna mer\n"), 2_000_000), "större än 20 MB", nil},
		{"bomb.docx", wordBomb(t), "för stort att läsa", nil},
		{"long.txt", bytes.Repeat([]byte("Vi lovar att lyssna mer. "), 100_000), "mer än", nil},
		{"cut.docx", []byte("PK\x03\x04 rubbish"), "skadad", nil},
		{"locked.docx", append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...), "lösenord", nil},
		{"year.txt", []byte(signed), "mellan 2000 och 2100", []string{"--year", "20211"}},
	} {
		start := time.Now()
		out, errOut, code := imports(t, c.name, c.content, append(c.args, "--json")...)
		if code == 0 || out != "" || !strings.Contains(errOut, c.says) || strings.Contains(errOut, "[") || strings.Count(errOut, "\n") != 1 {
			t.Errorf("%s: code %d, %d bytes, says %q", c.name, code, len(out), errOut)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%s took %v", c.name, took)
		}
	}
}

// wordBomb is a small .docx whose text unpacks to hundreds of megabytes.
func wordBomb(t *testing.T) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	const start = `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>`
	for _, part := range [...]struct {
		name, content string
	}{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", start},
	} {
		w, err := z.Create(part.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(part.content)); err != nil {
			t.Fatal(err)
		}
		if part.content == start {
			blanks := bytes.Repeat([]byte(" "), 1<<20)
			for range 400 {
				if _, err := w.Write(blanks); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportWithoutPDFToText(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "a.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "import", "declaration", file, "--association", "alvkusten", "--json")
	cmd.Env = append(os.Environ(), programEnv+"=1", "PATH="+dir)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err == nil || out.Len() > 0 || !strings.Contains(errOut.String(), "pdftotext") {
		t.Errorf("%v: %q %q", err, &out, &errOut)
	}
}

func TestImportOfNoFile(t *testing.T) {
	for _, file := range []string{filepath.Join(t.TempDir(), "missing.txt"), t.TempDir()} {
		var out, errOut bytes.Buffer
		if code := run(t.Context(), []string{"import", "declaration", file, "--association", "alvkusten"}, &out, &errOut); code == 0 || out.Len() > 0 || !strings.Contains(errOut.String(), "går inte att läsa") {
			t.Errorf("code %d: %q", code, &errOut)
		}
	}
}

func TestImportOfWhatPromisesNothing(t *testing.T) {
	out, errOut, code := imports(t, "agenda.txt", []byte("KALLELSE\n\nStyrelsemöte den 7 februari 2025\n\n1. Mötet öppnas\n2. Nästa möte den 25 april\n"), "--json")
	var got struct {
		Commitments, Activities, Unread []any
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
		t.Fatalf("code %d: %v", code, err)
	}
	if !strings.Contains(errOut, "Inga löften hittades i agenda.txt") || got.Commitments == nil || len(got.Commitments)+len(got.Activities) != 0 || len(got.Unread) == 0 {
		t.Errorf("said %q and read %s", errOut, out)
	}
}
