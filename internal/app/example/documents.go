package example

import (
	"embed"
	"path"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
)

//go:embed documents
var documents embed.FS

// Signed are the documents a newcomer can try the upload with: what Västra Sjölandet has signed and not yet read in.
var Signed = []string{"atagande-vastra-sjolandet.docx", "atagande-vastra-sjolandet.md", "atagande-vastra-sjolandet.txt"}

// Document makes a document of the example: the text of that name, with the years that follow from today, in the format of the ending.
func Document(name string, today period.Date) (data []byte, err error) {
	return calendar{today}.document(name)
}

func (c calendar) document(name string) ([]byte, error) {
	ending := path.Ext(name)
	base := strings.TrimSuffix(name, ending)
	if b, err := documents.ReadFile("documents/" + base + ".txt"); err == nil && ending == ".txt" {
		return b, nil
	}
	b, err := documents.ReadFile("documents/" + base + ".md")
	if err != nil {
		return nil, errs.E(errs.NotFound, "error.not_found").Because(err)
	}
	text := c.text(string(b))
	switch ending {
	case ".md":
		return []byte(text), nil
	case ".txt":
		return []byte(plain(blocks(text))), nil
	case ".docx":
		return word(blocks(text))
	case ".pdf":
		return pdf(blocks(text))
	}
	return nil, errs.E(errs.NotFound, "error.not_found")
}

// plain is how the document looks pasted into an e-mail.
func plain(list []block) string {
	var b strings.Builder
	for _, x := range list {
		if x.style == "ListBullet" {
			b.WriteString("* ")
		}
		b.WriteString(x.text + "\n\n")
	}
	return b.String()
}
