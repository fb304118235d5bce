package document

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// pdfOf draws lines of text, one page for each list, in a font with Windows-1252's characters.
func pdfOf(pages ...[]string) []byte {
	var b bytes.Buffer
	var at []int
	object := func(s string) {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(at), s)
	}
	b.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	kids := ""
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", 4+2*i)
	}
	object("<</Type/Catalog/Pages 2 0 R>>")
	object(fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids, len(pages)))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	for i, lines := range pages {
		object(fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents %d 0 R>>", 5+2*i))
		var c strings.Builder
		c.WriteString("BT /F1 11 Tf 13 TL 60 780 Td ")
		for _, l := range lines {
			for _, r := range l {
				if strings.ContainsRune("()\\", r) {
					l = strings.ReplaceAll(l, string(r), "\\"+string(r))
				}
			}
			c.WriteString("(" + windows1252(l) + ") Tj T* ")
		}
		c.WriteString("ET")
		object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", c.Len(), c.String()))
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return b.Bytes()
}

func windows1252(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch r {
		case '•':
			b.WriteByte(0x95)
		case '–':
			b.WriteByte(0x96)
		default:
			b.WriteByte(byte(r))
		}
	}
	return b.String()
}

func TestPDF(t *testing.T) {
	needPDFToText(t)
	data := pdfOf([]string{
		"Löften för en öppnare vardag",
		"",
		"Samordningsförbundet Skogsbygden och Mo kommun lovar att arbeta för att fler ska kunna",
		"komma till tals i de insatser som förbundet betalar. Det gör vi genom att:",
		"",
		"• möta den som hör av sig inom två arbetsdagar och berätta vad som händer sedan i ären-",
		"  det,",
		"• bjuda in till öppna samtal.",
		"",
		"Internt åtagande",
		"Kansliet går en kurs i klarspråk den 3 maj. Alla handläggare övar sedan under hela vå-",
	}, []string{
		"ren i sina egna arbetslag.",
	})
	d, err := Read(context.Background(), "x.pdf", bytes.NewReader(data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	checkShape(t, d)
	want := `heading 1 Löften för en öppnare vardag
paragraph Samordningsförbundet Skogsbygden och Mo kommun lovar att arbeta för att fler ska kunna komma till tals i de insatser som förbundet betalar. Det gör vi genom att:
item 1 [•] möta den som hör av sig inom två arbetsdagar och berätta vad som händer sedan i ärendet,
item 1 [•] bjuda in till öppna samtal.
heading 2 Internt åtagande
paragraph Kansliet går en kurs i klarspråk den 3 maj. Alla handläggare övar sedan under hela våren i sina egna arbetslag.
`
	if got := outline(d); d.Format != PDF || got != want {
		t.Errorf("%s:\n%s", d.Format, got)
	}
}

func TestScannedPDF(t *testing.T) {
	needPDFToText(t)
	_, err := Read(context.Background(), "x.pdf", bytes.NewReader(pdfOf(nil, nil)), Limits{})
	wantKey(t, err, "document.scanned_pdf")
}

// What pdftotext may do wrong, played by a script.
func TestPDFToTextMisbehaves(t *testing.T) {
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no shell to play pdftotext")
	}
	for name, tc := range map[string]struct{ script, key string }{
		"password":  {"echo 'Command Line Error: Incorrect password' >&2; exit 1", "document.encrypted"},
		"fails":     {"exit 1", "document.damaged"},
		"crashes":   {"kill -SEGV $$", "document.damaged"},
		"babbles":   {"while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done", "document.too_much_text"},
		"complains": {"while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa >&2; done", "document.too_slow"},
		"hangs":     {"exec sleep 100", "document.too_slow"},
	} {
		t.Run(name, func(t *testing.T) {
			program := filepath.Join(t.TempDir(), "pdftotext")
			if err := os.WriteFile(program, []byte("#!/bin/sh\n"+tc.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := Read(context.Background(), "x.pdf", strings.NewReader("%PDF-1.4 x"), Limits{PDFToText: program, Time: time.Second, Text: 1000})
			wantKey(t, err, tc.key)
		})
	}
}

func TestPDFWithoutPDFToText(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	_, err := Read(context.Background(), "x.pdf", strings.NewReader("%PDF-1.4 x"), Limits{})
	wantKey(t, err, "document.pdf_needs_pdftotext")
}

func TestNothingIsLeftBehind(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	_, err := Read(context.Background(), "x.pdf", strings.NewReader("%PDF-1.4 x"), Limits{PDFToText: "/nonexistent/pdftotext"})
	wantKey(t, err, "document.pdf_needs_pdftotext")
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}
