package chart

import (
	"context"
	"fmt"
	"html"
	"io"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Table is the content of a chart in words and figures, for people who prefer or need a table.
type Table struct {
	Header []string
	Rows   [][]string
}

// Frame is what every chart has: an id that is unique on its page (it begins with a letter and holds letters, digits, - and _), a
// title that says the finding and a description of what is seen.
type Frame struct {
	ID, Title, Desc string
}

// check tells what the caller has to mend; without a name a chart is nothing to many readers.
func (f Frame) check() error {
	for i, r := range f.ID {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || i > 0 && (r >= '0' && r <= '9' || r == '-' || r == '_')) {
			return fmt.Errorf("chart: %q is no id", f.ID)
		}
	}
	if f.ID == "" || strings.TrimSpace(f.Title) == "" {
		return fmt.Errorf("chart %q needs an id and a title", f.ID)
	}
	return nil
}

// canvas gathers markup. Attribute values and text pass through escape, names come from this package only.
type canvas struct{ b []byte }

// sheets are used again, since a page may hold many drawings.
var sheets = sync.Pool{New: func() any { return new(canvas) }}

func newCanvas() *canvas { return sheets.Get().(*canvas) }

// open writes a start tag; attributes come in pairs of name and value.
func (c *canvas) open(tag string, attrs ...any) {
	c.b = append(append(c.b, '<'), tag...)
	c.attributes(attrs)
	c.b = append(c.b, '>')
}

// leaf writes an SVG element without content.
func (c *canvas) leaf(tag string, attrs ...any) {
	c.b = append(append(c.b, '<'), tag...)
	c.attributes(attrs)
	c.b = append(c.b, "/>"...)
}

func (c *canvas) close(tag string) { c.b = append(append(append(c.b, "</"...), tag...), '>') }

// text writes an element with a text in it.
func (c *canvas) text(tag, s string, attrs ...any) {
	c.open(tag, attrs...)
	c.b = escape(c.b, s)
	c.close(tag)
}

// attributes leaves out those with an empty value.
func (c *canvas) attributes(attrs []any) {
	for i := 0; i+1 < len(attrs); i += 2 {
		before := len(c.b)
		c.b = append(append(append(c.b, ' '), attrs[i].(string)...), `="`...)
		start := len(c.b)
		switch x := attrs[i+1].(type) {
		case string:
			c.b = escape(c.b, x)
		case float64:
			c.b = appendNumber(c.b, x)
		case int:
			c.b = strconv.AppendInt(c.b, int64(x), 10)
		case percent:
			c.b = append(appendNumber(c.b, float64(x)), '%')
		case rem:
			c.b = append(appendNumber(c.b, float64(x)), "rem"...)
		default:
			panic(fmt.Sprintf("chart: attribute of type %T", x))
		}
		if len(c.b) == start {
			c.b = c.b[:before]
			continue
		}
		c.b = append(c.b, '"')
	}
}

// percent is a length of the width of the drawing, rem one of the text size of the page.
type (
	percent float64
	rem     float64
)

// appendNumber writes at most two decimals, which is a hundredth of a pixel or so.
func appendNumber(b []byte, x float64) []byte {
	n := int64(math.RoundToEven(x * 100))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/100, 10)
	switch whole, ten, one := n%100 == 0, byte('0'+n/10%10), byte('0'+n%10); {
	case whole:
	case one == '0':
		b = append(b, '.', ten)
	default:
		b = append(b, '.', ten, one)
	}
	return b
}

func number(x float64) string { return string(appendNumber(nil, x)) }

// svg opens a drawing with its name and description. A drawing with links in it is a group of them, otherwise it is one picture.
func (c *canvas) svg(f Frame, role string, attrs ...any) {
	all := append([]any{"role", role, "aria-labelledby", f.ID + "-t"}, attrs...)
	if f.Desc != "" {
		all = append(all, "aria-describedby", f.ID+"-d")
	}
	c.open("svg", all...)
	c.text("title", f.Title, "id", f.ID+"-t")
	if f.Desc != "" {
		c.text("desc", f.Desc, "id", f.ID+"-d")
	}
}

// writeTo hands the markup over and ends the use of the canvas.
func (c *canvas) writeTo(ctx context.Context, w io.Writer) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	_, err := w.Write(c.b)
	c.b = c.b[:0]
	sheets.Put(c)
	return err
}

// escape appends a text as HTML, without what neither HTML nor a reader can use.
func escape(b []byte, s string) []byte {
	for i := range len(s) {
		if ch := s[i]; ch < ' ' || ch > '~' || ch == '<' || ch == '>' || ch == '&' || ch == '"' || ch == '\'' {
			return append(append(b, s[:i]...), html.EscapeString(clean(s[i:]))...)
		}
	}
	return append(b, s...)
}

// clean drops what neither HTML nor a reader can use: control characters, broken UTF-8 and marks that turn the direction of text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r), r >= 0x202a && r <= 0x202e, r >= 0x2066 && r <= 0x2069, r == 0xfffe, r == 0xffff:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))
}

// link gives the address when it leads to a page, "" for anything that would run or load something else.
func link(href string) string {
	u, err := url.Parse(href)
	if err != nil {
		return ""
	}
	switch u.Scheme {
	case "", "http", "https":
		return u.String()
	}
	return ""
}
