package example

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/text/encoding/charmap"
)

// pdf makes a page of paper of blocks, as a scanner with a good memory would: text that can be searched, in the typeface every reader
// has. It is not tagged; nothing but example evidence is made with it.
func pdf(list []block) ([]byte, error) {
	var page strings.Builder
	y := 780
	line := func(font string, size int, text string) error {
		t, err := charmap.Windows1252.NewEncoder().String(text)
		t = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(t)
		fmt.Fprintf(&page, "BT /%s %d Tf 60 %d Td (%s) Tj ET\n", font, size, y, t)
		y -= size * 3 / 2
		return err
	}
	for _, b := range list {
		font, size, text := "F1", 11, b.text
		switch b.style {
		case "Heading1":
			font, size = "F2", 18
		case "Heading2":
			font, size = "F2", 14
		case "ListBullet":
			text = "• " + text
		}
		for _, l := range wrap(text, 900/size) {
			if err := line(font, size, l); err != nil {
				return nil, err
			}
		}
		y -= 8
	}
	if y < 40 {
		return nil, fmt.Errorf("the text does not fit on one page")
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R /Lang (sv) >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", page.Len(), page.String()),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>",
	}
	var out bytes.Buffer
	out.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return out.Bytes(), nil
}

// wrap breaks a text into lines of at most max characters, between words.
func wrap(text string, max int) []string {
	var lines []string
	for _, w := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || len([]rune(lines[last]))+1+len([]rune(w)) > max {
			lines = append(lines, w)
			continue
		}
		lines[last] += " " + w
	}
	return lines
}
