package document

import (
	"context"

	"samklang/internal/core/errs"
)

func readPDF(context.Context, []byte, Limits) (Document, error) {
	return Document{}, errs.E(errs.Unavailable, "document.pdf_needs_pdftotext")
}

func readZip(context.Context, []byte, Limits) (Document, error) {
	return Document{}, errs.E(errs.Invalid, "document.not_word")
}

func readHTML(context.Context, []byte, Limits) (Document, error) {
	return Document{}, errs.E(errs.Invalid, "document.binary")
}
