package document

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/text/encoding/unicode"

	"samklang/internal/core/errs"
	"samklang/internal/platform/charset"
)

// readHTML reads a saved page. It works on the stream of tags, not on a tree, so that its cost grows with the page's size only.
func readHTML(ctx context.Context, data []byte, limits Limits) (Document, error) {
	text, err := decodeHTML(data)
	if err != nil {
		return Document{}, err
	}
	p := page{extract: newExtract(ctx, limits), tokens: html.NewTokenizer(strings.NewReader(text))}
	p.tokens.SetMaxBuf(int(limits.Bytes))
	if err := p.read(); err != nil {
		return Document{}, err
	}
	return p.document(HTML)
}

// decodeHTML believes the byte order mark, then what is valid UTF-8, then the page's own word.
func decodeHTML(data []byte) (string, error) {
	if utf8.Valid(data) || bytes.HasPrefix(data, []byte("\xFF\xFE")) || bytes.HasPrefix(data, []byte("\xFE\xFF")) || bytes.HasPrefix(data, []byte("\xEF\xBB\xBF")) {
		return charset.Decode(data)
	}
	enc, ok := charset.Named(declared(data))
	if !ok || enc == unicode.UTF8 {
		return charset.Decode(data)
	}
	s, err := enc.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(s, utf8.RuneError) || charset.Controls(s) {
		return "", charset.ErrEncoding
	}
	return string(s), nil
}

// declared is the encoding a page says it is in, among its first 1 024 bytes as the HTML standard has it (13.2.3.2); empty when it does not say.
func declared(data []byte) string {
	for tokens := html.NewTokenizer(bytes.NewReader(data[:min(len(data), 1024)])); ; {
		switch tokens.Next() {
		case html.ErrorToken:
			return ""
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := tokens.Token()
			if tag.DataAtom != atom.Meta {
				continue
			}
			for _, a := range tag.Attr {
				if a.Key == "charset" {
					return a.Val
				}
				if _, name, ok := strings.Cut(strings.ToLower(a.Val), "charset="); ok && a.Key == "content" {
					name, _, _ = strings.Cut(name, ";")
					return strings.Trim(name, ` '"`)
				}
			}
		}
	}
}

// page reads the tags of one page.
type page struct {
	*extract
	tokens *html.Tokenizer
	stack  []element
	bold   int
	pre    int
	main   int // open elements that hold content proper
}

// element is an open element that matters: blocks and emphasis. Others are not remembered.
type element struct {
	tag     atom.Atom
	ordered bool
	style   string // of an ordered list: the type attribute
	next    int    // number of the next item
}

func (p *page) read() error {
	for {
		if err := p.alive(); err != nil {
			return err
		}
		switch p.tokens.Next() {
		case html.ErrorToken:
			if err := p.tokens.Err(); !errors.Is(err, io.EOF) {
				return errs.E(errs.TooLarge, "document.too_complex").Because(err)
			}
			return nil
		case html.TextToken:
			if err := p.words(string(p.tokens.Text())); err != nil {
				return err
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := p.tokens.TagName()
			tag := atom.Lookup(name)
			attrs := p.attributes(more)
			if p.dropped(tag, attrs) {
				if !void(tag) {
					if err := p.skip(string(name)); err != nil {
						return err
					}
				}
				continue
			}
			if err := p.begin(tag, attrs); err != nil {
				return err
			}
		case html.EndTagToken:
			name, _ := p.tokens.TagName()
			p.end(atom.Lookup(name))
		}
	}
}

func (p *page) words(s string) error {
	if !p.open && strings.TrimSpace(s) != "" {
		if n := p.depth(); n > 0 {
			p.start(Paragraph, n, "", true)
		}
	}
	if p.pre == 0 {
		return p.write(s, p.bold > 0)
	}
	for i, l := range strings.Split(s, "\n") {
		if i > 0 {
			p.br()
		}
		if err := p.write(l, p.bold > 0); err != nil {
			return err
		}
	}
	return nil
}

// attributes are those that decide anything.
func (p *page) attributes(more bool) map[string]string {
	var m map[string]string
	for n := 0; more && n < 200; n++ {
		var k, v []byte
		k, v, more = p.tokens.TagAttr()
		switch string(k) {
		case "hidden", "aria-hidden", "style", "role", "class", "id", "start", "value", "type", "colspan", "open":
			if m == nil {
				m = map[string]string{}
			}
			m[string(k)] = string(v[:min(len(v), 500)])
		}
	}
	return m
}

// dropped tells whether an element is not part of what the page says: programs, navigation, what a reader does not see.
func (p *page) dropped(tag atom.Atom, attrs map[string]string) bool {
	switch tag {
	case atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Head, atom.Title, atom.Nav, atom.Iframe, atom.Object, atom.Svg,
		atom.Math, atom.Canvas, atom.Video, atom.Audio, atom.Select, atom.Button, atom.Textarea, atom.Dialog, atom.Footer, atom.Noframes:
		return true
	case atom.Header:
		if p.main == 0 {
			return true
		}
	case atom.Body, atom.Html, atom.Main:
		return false
	}
	if attrs == nil {
		return false
	}
	if _, ok := attrs["hidden"]; ok || attrs["aria-hidden"] == "true" {
		return true
	}
	switch attrs["role"] {
	case "navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar":
		return true
	}
	style := strings.ToLower(strings.ReplaceAll(attrs["style"], " ", ""))
	if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
		return true
	}
	names := strings.ToLower(attrs["id"] + " " + attrs["class"])
	for _, n := range [...]string{"cookie", "skip-link", "skiplink", "skip-to", "sr-only", "visually-hidden", "screen-reader-text", "breadcrumb"} {
		if strings.Contains(names, n) {
			return true
		}
	}
	for n := range strings.FieldsSeq(names) {
		switch n {
		case "menu", "meny", "nav", "navbar", "navigation", "navigering", "main-menu", "huvudmeny", "sidomeny", "mainnav", "sidenav", "topnav", "footer", "sidfot", "site-footer", "site-header", "breadcrumbs":
			return true
		}
	}
	return false
}

// skip passes over everything until the end of the element that was just begun. An element that is never closed ends where its
// parent would; as that cannot be known here, a paragraph or item also ends at the next of its kind.
func (p *page) skip(name string) error {
	depth := 1
	for depth > 0 {
		if err := p.alive(); err != nil {
			return err
		}
		switch p.tokens.Next() {
		case html.ErrorToken:
			return nil // read meets it again
		case html.StartTagToken:
			n, _ := p.tokens.TagName()
			if string(n) == name {
				depth++
				if name == "p" || name == "li" || name == "td" {
					depth = 1
				}
			} else if name == "head" && string(n) == "body" {
				return nil
			}
		case html.EndTagToken:
			if n, _ := p.tokens.TagName(); string(n) == name {
				depth--
			}
		}
	}
	return nil
}

func void(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Source, atom.Track, atom.Wbr:
		return true
	}
	return false
}

// begin opens an element.
func (p *page) begin(tag atom.Atom, attrs map[string]string) error {
	e := element{tag: tag}
	switch tag {
	case atom.Br:
		p.br()
		return nil
	case atom.Hr:
		p.close()
		return nil
	case atom.B, atom.Strong, atom.I, atom.Em:
		p.bold++
	case atom.Article, atom.Main, atom.Section:
		p.main++
		p.close()
	case atom.P, atom.Div, atom.Blockquote, atom.Figure, atom.Figcaption, atom.Caption, atom.Address, atom.Aside, atom.Details,
		atom.Summary, atom.Fieldset, atom.Legend, atom.Form, atom.Header, atom.Hgroup, atom.Dl:
		p.endParagraph()
		if !p.fresh() {
			p.close()
		}
	case atom.Pre:
		p.endParagraph()
		p.close()
		p.pre++
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		p.endParagraph()
		p.start(Heading, int(tag.String()[1]-'0'), "", true)
	case atom.Ul, atom.Menu:
		p.endParagraph()
		p.close()
	case atom.Ol:
		p.endParagraph()
		p.close()
		e.ordered, e.next, e.style = true, 1, attrs["type"]
		if n, err := strconv.Atoi(attrs["start"]); err == nil && n >= 0 && n < 10_000 {
			e.next = n
		}
	case atom.Li:
		p.popTo(atom.Li, atom.Ul, atom.Ol, atom.Menu)
		p.item(attrs)
	case atom.Dt:
		p.popTo(atom.Dd, atom.Dl)
		p.popTo(atom.Dt, atom.Dl)
		p.start(Paragraph, 0, "", true)
		p.bold++
	case atom.Dd:
		p.popTo(atom.Dt, atom.Dl)
		p.popTo(atom.Dd, atom.Dl)
		p.start(Paragraph, 1, "", true)
	case atom.Table:
		p.endParagraph()
		p.startTable()
	case atom.Tr:
		p.popTo(atom.Td, atom.Table)
		p.popTo(atom.Th, atom.Table)
		p.popTo(atom.Tr, atom.Table)
		p.startRow()
	case atom.Td, atom.Th:
		p.popTo(atom.Td, atom.Table)
		p.popTo(atom.Th, atom.Table)
		p.startCell()
		columns, _ := strconv.Atoi(attrs["colspan"])
		p.widen(columns)
	default:
		return nil
	}
	if len(p.stack) >= p.limits.Depth {
		return errs.E(errs.TooLarge, "document.too_complex")
	}
	p.stack = append(p.stack, e)
	return nil
}

// fresh tells whether the open block has no text yet, as an item whose text is wrapped in a paragraph.
func (p *page) fresh() bool { return p.open && len(p.text) == p.cur.Start }

func (p *page) endParagraph() {
	p.popTo(atom.P, atom.Td, atom.Th, atom.Li, atom.Div, atom.Table, atom.Blockquote)
}

// depth is the number of lists whose items are open.
func (p *page) depth() int {
	n := 0
	for _, e := range p.stack {
		if e.tag == atom.Li {
			n++
		}
	}
	return n
}

// item begins a list item with the marker a browser would show.
func (p *page) item(attrs map[string]string) {
	depth, mark := 0, "•"
	var list *element
	for i := range p.stack {
		switch p.stack[i].tag {
		case atom.Ul, atom.Ol, atom.Menu:
			depth++
			list = &p.stack[i]
		}
	}
	if list != nil && list.ordered {
		if n, err := strconv.Atoi(attrs["value"]); err == nil && n >= 0 && n < 10_000 {
			list.next = n
		}
		mark = ordinal(list.next, list.style)
		list.next++
	}
	p.start(ListItem, max(depth, 1), mark, true)
}

// ordinal writes the n-th marker of an ordered list.
func ordinal(n int, style string) string {
	switch style {
	case "a", "A":
		if n >= 1 && n <= 26 {
			return string(rune(int(style[0])+n-1)) + ")"
		}
	case "i":
		return strings.ToLower(roman(n)) + "."
	case "I":
		return roman(n) + "."
	}
	return strconv.Itoa(n) + "."
}

func roman(n int) string {
	if n <= 0 || n >= 4000 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, r := range [...]struct {
		value int
		sign  string
	}{{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}} {
		for n >= r.value {
			b.WriteString(r.sign)
			n -= r.value
		}
	}
	return b.String()
}

// end closes the nearest open element of that tag and all inside it; an end without a beginning is ignored.
func (p *page) end(tag atom.Atom) {
	switch tag {
	case 0:
	case atom.Td, atom.Th, atom.Tr, atom.Li, atom.Dd, atom.Dt:
		p.popTo(tag, atom.Table, atom.Ul, atom.Ol, atom.Menu, atom.Dl)
	case atom.B, atom.Strong, atom.I, atom.Em:
		// Emphasis may overlap blocks in careless pages: only the mark itself is taken away.
		for i := len(p.stack) - 1; i >= 0; i-- {
			if p.stack[i].tag == tag {
				p.bold--
				p.stack = append(p.stack[:i], p.stack[i+1:]...)
				return
			}
		}
	default:
		p.popTo(tag)
	}
}

// popTo closes elements up to the nearest one of tag, unless one of fences comes first.
func (p *page) popTo(tag atom.Atom, fences ...atom.Atom) {
	for i := len(p.stack) - 1; i >= 0; i-- {
		if p.stack[i].tag == tag {
			for len(p.stack) > i {
				p.pop()
			}
			return
		}
		for _, f := range fences {
			if p.stack[i].tag == f {
				return
			}
		}
	}
}

func (p *page) pop() {
	e := p.stack[len(p.stack)-1]
	p.stack = p.stack[:len(p.stack)-1]
	switch e.tag {
	case atom.B, atom.Strong, atom.I, atom.Em:
		p.bold--
		return
	case atom.Article, atom.Main, atom.Section:
		p.main--
	case atom.Dt:
		p.bold--
	case atom.Pre:
		p.pre--
	case atom.Table:
		p.endTable()
	}
	p.close()
}
