package document

import (
	"encoding/xml"
	"path"
	"strconv"
	"strings"

	"samklang/internal/platform/ooxml"
)

// readWord reads the text of a Word file: its body in order, then the notes. Headers and footers, comments and what was deleted
// under tracked changes are left out; what was inserted counts as text.
func (a *archive) readWord(main string) (Document, error) {
	dir := path.Dir(main) + "/"
	var err error
	w := &word{archive: a, extract: newExtract(a.ctx, a.limits)}
	if w.styles, err = a.styles(dir + "styles.xml"); err != nil {
		return Document{}, err
	}
	if w.lists, err = a.lists(dir + "numbering.xml"); err != nil {
		return Document{}, err
	}
	for _, part := range []string{main, dir + "footnotes.xml", dir + "endnotes.xml"} {
		if err := w.part(part); err != nil {
			return Document{}, err
		}
	}
	return w.document(Word)
}

// word reads the parts of one Word file.
type word struct {
	*archive
	*extract
	styles styles
	lists  *lists
	paras  []*para // open paragraphs; a text box nests its own in that of its anchor
}

// para is a paragraph as it is read. It is written when it ends, because its properties decide how.
type para struct {
	style   string
	outline int
	list    numbering
	pieces  []piece
	later   []func() error // what text boxes in it hold, in order
	run     props
}

// props are what run properties say: nil where they are silent.
type props struct {
	style        string
	bold, italic *bool
	hidden       *bool
}

type piece struct {
	text string // "\n" is a line break
	bold bool
}

// do performs what writes blocks, now or after the paragraph that a text box hangs on.
func (w *word) do(f func() error) error {
	if len(w.paras) > 0 {
		w.paras[0].later = append(w.paras[0].later, f)
		return nil
	}
	return f()
}

func (w *word) part(name string) error {
	return w.Walk(name, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local == "body" || (e.Name.Local == "footnote" || e.Name.Local == "endnote") && ooxml.Attr(e, "type") == "" {
			return true, w.children(d, 0)
		}
		if e.Name.Local == "footnote" || e.Name.Local == "endnote" {
			return true, d.Skip()
		}
		return false, nil
	})
}

// children reads what an element holds, up to its end.
func (w *word) children(d *xml.Decoder, depth int) error {
	if depth > w.archive.limits.Depth {
		return ooxml.ErrTooComplex
	}
	for {
		if err := w.alive(); err != nil {
			return err
		}
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			if err := w.element(d, t, depth+1); err != nil {
				return err
			}
		}
	}
}

func (w *word) element(d *xml.Decoder, e xml.StartElement, depth int) error {
	var p *para
	if len(w.paras) > 0 {
		p = w.paras[len(w.paras)-1]
	}
	switch e.Name.Local {
	case "p":
		if !strings.Contains(e.Name.Space, "wordprocessingml") {
			return w.children(d, depth)
		}
		w.paras = append(w.paras, &para{})
		err := w.children(d, depth)
		p = w.paras[len(w.paras)-1]
		w.paras = w.paras[:len(w.paras)-1]
		if err != nil {
			return err
		}
		if err := w.do(func() error { return w.paragraph(p) }); err != nil {
			return err
		}
		for _, f := range p.later {
			if err := w.do(f); err != nil {
				return err
			}
		}
		return nil
	case "pPr":
		return w.properties(d, p)
	case "r":
		if p != nil {
			p.run = props{}
		}
	case "rPr":
		return w.runProperties(d, p)
	case "t":
		text, err := ooxml.Characters(d)
		w.put(p, text)
		return err
	case "tab", "ptab":
		w.put(p, " ")
	case "br":
		if kind := ooxml.Attr(e, "type"); kind == "" || kind == "textWrapping" {
			w.put(p, "\n")
		} else {
			w.put(p, " ")
		}
	case "cr":
		w.put(p, "\n")
	case "noBreakHyphen":
		w.put(p, "-")
	case "sym":
		if n, err := strconv.ParseUint(ooxml.Attr(e, "char"), 16, 16); err == nil && n >= 0xE000 && n <= 0xF8FF && p != nil && len(p.pieces) == 0 {
			w.put(p, string(rune(n)))
		}
	case "del", "moveFrom", "Fallback", "instrText", "delText", "delInstrText", "sdtPr", "sdtEndPr", "tblPr", "trPr", "sectPr", "annotationRef",
		"footnoteRef", "endnoteRef", "binData":
		return d.Skip()
	case "sdt":
		return w.control(d, depth)
	case "tbl":
		if err := w.do(func() error { w.startTable(); return nil }); err != nil {
			return err
		}
		if err := w.children(d, depth); err != nil {
			return err
		}
		return w.do(func() error { w.endTable(); return nil })
	case "tr":
		if err := w.do(func() error { w.startRow(); return nil }); err != nil {
			return err
		}
	case "tc":
		if err := w.do(func() error { w.startCell(); return nil }); err != nil {
			return err
		}
	case "tcPr":
		columns := 0
		err := w.Inside(d, func(_ []string, e xml.StartElement) {
			if e.Name.Local == "gridSpan" {
				columns, _ = strconv.Atoi(ooxml.Attr(e, "val"))
			}
		})
		if err != nil {
			return err
		}
		return w.do(func() error { w.widen(columns); return nil })
	}
	return w.children(d, depth)
}

// put adds text to the open paragraph, unless its run is hidden.
func (w *word) put(p *para, text string) {
	if p == nil || text == "" {
		return
	}
	bold, hidden := false, false
	for _, id := range []string{p.style, p.run.style} {
		w.styles.chain(id, func(_ string, s style) bool {
			bold, hidden = bold || s.bold, hidden || s.hidden
			return true
		})
	}
	if p.run.bold != nil || p.run.italic != nil {
		bold = p.run.bold != nil && *p.run.bold || p.run.italic != nil && *p.run.italic
	}
	if p.run.hidden != nil {
		hidden = *p.run.hidden
	}
	if hidden {
		return
	}
	if k := len(p.pieces) - 1; k >= 0 && p.pieces[k].bold == bold && len(p.pieces[k].text) < 4096 {
		p.pieces[k].text += text
		return
	}
	p.pieces = append(p.pieces, piece{text, bold})
}

func (w *word) properties(d *xml.Decoder, p *para) error {
	return w.Inside(d, func(parents []string, e xml.StartElement) {
		if p == nil {
			return
		}
		for _, up := range parents {
			if up == "rPr" || up == "pPrChange" || up == "sectPr" {
				return // of the paragraph's mark, or as it was before a tracked change
			}
		}
		switch e.Name.Local {
		case "pStyle":
			p.style = ooxml.Attr(e, "val")
		case "outlineLvl":
			if n, err := strconv.Atoi(ooxml.Attr(e, "val")); err == nil && n >= 0 && n < 9 {
				p.outline = n + 1
			}
		case "numId":
			p.list.id, p.list.given = ooxml.Attr(e, "val"), true
		case "ilvl":
			p.list.level = depthOf(ooxml.Attr(e, "val"))
		}
	})
}

func (w *word) runProperties(d *xml.Decoder, p *para) error {
	return w.Inside(d, func(parents []string, e xml.StartElement) {
		if p == nil || len(parents) > 0 {
			return
		}
		v := ooxml.On(e)
		switch e.Name.Local {
		case "rStyle":
			p.run.style = ooxml.Attr(e, "val")
		case "b":
			p.run.bold = &v
		case "i":
			p.run.italic = &v
		case "vanish":
			p.run.hidden = &v
		}
	})
}

// control reads a content control. Its placeholder, shown as long as nobody has filled it in, is no text.
func (w *word) control(d *xml.Decoder, depth int) error {
	placeholder := false
	for {
		t, err := d.Token()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.EndElement:
			return nil
		case xml.StartElement:
			switch {
			case t.Name.Local == "sdtPr":
				err = w.Inside(d, func(_ []string, e xml.StartElement) {
					placeholder = placeholder || e.Name.Local == "showingPlcHdr" && ooxml.On(e)
				})
			case t.Name.Local == "sdtContent" && !placeholder:
				err = w.children(d, depth+1)
			default:
				err = d.Skip()
			}
			if err != nil {
				return err
			}
		}
	}
}

// paragraph writes a paragraph as what its properties make it.
func (w *word) paragraph(p *para) error {
	text := false
	for _, piece := range p.pieces {
		text = text || strings.TrimSpace(piece.text) != ""
	}
	if !text {
		return nil
	}
	level := p.outline
	if level == 0 {
		level = w.styles.heading(p.style)
	}
	level = min(level, 6)
	list := p.list
	if !list.given {
		list = w.styles.list(p.style)
		if p.list.level > 0 {
			list.level = p.list.level
		}
	}
	mark, listed := "", false
	switch {
	case list.given && list.id != "0":
		mark, listed = w.lists.next(list), true
	case !list.given && w.styles.bullet(p.style):
		mark, listed = "•", true
	}
	switch {
	case w.styles.contents(p.style):
		w.start(Running, 0, "", true)
	case level > 0:
		w.start(Heading, level, mark, true)
	case listed && mark != "":
		w.start(ListItem, list.level+1, mark, true)
	case listed:
		w.start(Paragraph, list.level+1, "", true)
	default:
		w.start(Paragraph, 0, "", false)
	}
	for _, piece := range p.pieces {
		for i, l := range strings.Split(piece.text, "\n") {
			if i > 0 {
				w.br()
			}
			if err := w.write(l, piece.bold); err != nil {
				return err
			}
		}
	}
	w.close()
	return nil
}
