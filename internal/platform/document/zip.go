package document

import (
	"context"
	"errors"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
	"samklang/internal/platform/ooxml"
)

// archive is an opened Word file.
type archive struct {
	*ooxml.Package
	ctx    context.Context
	limits Limits
}

// said turns an error of the packages below into one that a visitor may see.
func said(err error) error {
	switch {
	case errors.Is(err, ooxml.ErrTooComplex):
		return errs.E(errs.TooLarge, "document.too_complex").Because(err)
	case errors.Is(err, ooxml.ErrEncrypted):
		return errs.E(errs.Invalid, "document.encrypted").Because(err)
	case errors.Is(err, ooxml.ErrDamaged):
		return errs.E(errs.Invalid, "document.damaged").Because(err)
	case errors.Is(err, charset.ErrBinary):
		return errs.E(errs.Invalid, "document.binary").Because(err)
	case errors.Is(err, charset.ErrEncoding):
		return errs.E(errs.Invalid, "document.encoding").Because(err)
	}
	return err
}

// readZip reads a Word file, or says what else the archive is.
func readZip(ctx context.Context, data []byte, limits Limits) (Document, error) {
	p, err := ooxml.Open(ctx, data, ooxml.Limits{Entries: limits.Entries, Unpacked: limits.Unpacked, Depth: limits.Depth})
	if err != nil {
		return Document{}, err
	}
	main, kind, err := p.Main()
	switch {
	case err != nil:
		return Document{}, err
	case strings.HasPrefix(p.Beginning("mimetype", 100), "application/vnd.oasis.opendocument"):
		return Document{}, errs.E(errs.Invalid, "document.opendocument")
	case p.Has("index/document.iwa"), p.Has("index.zip"):
		return Document{}, errs.E(errs.Invalid, "document.pages")
	case strings.Contains(kind, "macroEnabled"):
		return Document{}, errs.E(errs.Invalid, "document.macros")
	case main == "", kind == "" && !strings.HasPrefix(main, "word/"), kind != "" && !strings.Contains(kind, "wordprocessingml"):
		return Document{}, errs.E(errs.Invalid, "document.not_word")
	case !p.Has(main):
		return Document{}, errs.E(errs.Invalid, "document.damaged")
	}
	a := &archive{Package: p, ctx: ctx, limits: limits}
	return a.readWord(main)
}
