package ui

import (
	"strconv"

	"github.com/a-h/templ"
)

func sourceID(item string) string { return "text-" + item }
func itemID(item string) string   { return "item-" + item }

func (x Piece) name(p Printer) string {
	if x.Kind == MarkPromise {
		return p.T("ui.source.promise", "item", x.Item)
	}
	return p.T("ui.source.activity", "item", x.Item)
}

func (b Block) class() string { return [...]string{"", "h", "li"}[b.Kind] }

func lineAttrs(line int) templ.Attributes {
	if line == 0 {
		return nil
	}
	return templ.Attributes{"data-line": strconv.Itoa(line)}
}
