package i18n

import (
	"fmt"
	"strconv"
	"strings"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

// Printer writes texts, numbers and dates in one language.
type Printer struct {
	catalog *Catalog
	lang    lang.Lang
}

// Lang is the printer's language.
func (p Printer) Lang() lang.Lang { return p.lang }

// In returns a printer of another language over the same texts.
func (p Printer) In(l lang.Lang) Printer { return Printer{p.catalog, l} }

// T is the text of key. Args alternate parameter names and values; the parameter n chooses between singular and plural. A key that
// does not exist shows itself in brackets, so that the fault is seen on the page; a test over the source finds it before that.
func (p Printer) T(key string, args ...any) string {
	m, ok := p.catalog.byLang[p.lang][key]
	if !ok {
		return "[" + key + "]"
	}
	parts := m.other
	if m.one != nil {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == "n" && isOne(args[i+1]) {
				parts = m.one
			}
		}
	}
	if len(parts) == 1 && parts[0].param == "" {
		return parts[0].text
	}
	var b strings.Builder
	for _, part := range parts {
		if part.param == "" {
			b.WriteString(part.text)
			continue
		}
		b.WriteString(p.arg(part.param, args))
	}
	return b.String()
}

// TMap is T with the arguments of an errs.Error.
func (p Printer) TMap(key string, args map[string]any) string {
	list := make([]any, 0, 2*len(args))
	for k, v := range args {
		list = append(list, k, v)
	}
	return p.T(key, list...)
}

// Has tells whether there is a text for the key.
func (p Printer) Has(key string) bool { return p.catalog.Has(key) }

func isOne(v any) bool {
	switch n := v.(type) {
	case int:
		return n == 1
	case int64:
		return n == 1
	}
	return false
}

func (p Printer) arg(name string, args []any) string {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		switch v := args[i+1].(type) {
		case string:
			return v
		case int:
			return p.Number(int64(v))
		case int64:
			return p.Number(v)
		case period.Date:
			return p.Date(v)
		case period.When:
			return p.When(v)
		case fmt.Stringer:
			return v.String()
		default:
			return fmt.Sprint(v)
		}
	}
	return "{" + name + "}"
}

// Number groups thousands: 1 284 with a no-break space in Swedish, 1,284 in English.
func (p Printer) Number(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	sep := "\u00a0"
	if p.lang == lang.English {
		sep = ","
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + sep + s[i:]
	}
	return sign + s
}

// Percent writes a share from 0 to 1 as whole per cent.
func (p Printer) Percent(share float64) string {
	n := strconv.Itoa(int(share*100 + .5))
	if p.lang == lang.English {
		return n + "%"
	}
	return n + "\u00a0%"
}

// List joins words: "a, b och c".
func (p Printer) List(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " " + p.T("i18n.and") + " " + words[len(words)-1]
}

// Upper makes the first letter of a sentence a capital.
func Upper(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
