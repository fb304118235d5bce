package example

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"strings"
	"time"
)

// block is a paragraph of a document under documents/: "# " and "## " begin headings, "- " an item of a list.
type block struct {
	style string // a style of the Word file, "" for running text
	text  string
}

func blocks(text string) []block {
	var list []block
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "## "):
			list = append(list, block{"Heading2", line[3:]})
		case strings.HasPrefix(line, "# "):
			list = append(list, block{"Heading1", line[2:]})
		case strings.HasPrefix(line, "- "):
			list = append(list, block{"ListBullet", line[2:]})
		default:
			list = append(list, block{"", line})
		}
	}
	return list
}

const (
	xmlHead   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	wordSpace = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
)

// word makes a Word file of blocks. The same blocks give the same bytes.
func word(list []block) ([]byte, error) {
	var body strings.Builder
	for _, b := range list {
		body.WriteString("<w:p>")
		if b.style != "" {
			body.WriteString(`<w:pPr><w:pStyle w:val="` + b.style + `"/>`)
			if b.style == "ListBullet" {
				body.WriteString(`<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>`)
			}
			body.WriteString("</w:pPr>")
		}
		body.WriteString(`<w:r><w:t xml:space="preserve">`)
		if err := xml.EscapeText(&body, []byte(b.text)); err != nil {
			return nil, err
		}
		body.WriteString("</w:t></w:r></w:p>")
	}
	style := func(id, name, rest string) string {
		return `<w:style w:type="paragraph" w:styleId="` + id + `"><w:name w:val="` + name + `"/>` + rest + `</w:style>`
	}
	parts := []struct{ name, content string }{
		{"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + wordType + `document.main+xml"/><Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/><Override PartName="/word/numbering.xml" ContentType="` + wordType + `numbering+xml"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + relations + `officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + relations + `styles" Target="styles.xml"/><Relationship Id="r2" Type="` + relations + `numbering" Target="numbering.xml"/></Relationships>`},
		{"word/document.xml", `<w:document` + wordSpace + `><w:body>` + body.String() + `<w:sectPr><w:pgSz w:w="11906" w:h="16838"/></w:sectPr></w:body></w:document>`},
		{"word/styles.xml", `<w:styles` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="sv-SE"/></w:rPr></w:rPrDefault></w:docDefaults>` +
			style("Heading1", "heading 1", `<w:pPr><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="36"/></w:rPr>`) +
			style("Heading2", "heading 2", `<w:pPr><w:spacing w:before="240" w:after="80"/><w:outlineLvl w:val="1"/></w:pPr><w:rPr><w:b/><w:sz w:val="28"/></w:rPr>`) +
			style("ListBullet", "List Bullet", "") + `</w:styles>`},
		{"word/numbering.xml", `<w:numbering` + wordSpace + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="•"/><w:pPr><w:ind w:left="720" w:hanging="360"/></w:pPr></w:lvl></w:abstractNum>` +
			`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`},
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: time.Date(2021, 1, 11, 12, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write([]byte(xmlHead + p.content)); err != nil {
			return nil, err
		}
	}
	err := z.Close()
	return b.Bytes(), err
}
