package document

import (
	"encoding/xml"
	"strconv"
	"strings"

	"samklang/internal/platform/ooxml"
)

// style is a paragraph or character style of a Word file.
type style struct {
	name    string
	based   string
	outline int // heading level 1–9; 0 none given
	list    numbering
	bold    bool
	hidden  bool
}

// numbering is a reference to a list definition and the depth in it, from 0.
type numbering struct {
	id    string
	level int
	given bool
}

type styles map[string]style

func (a *archive) styles(name string) (styles, error) {
	all := styles{}
	err := a.Walk(name, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if e.Name.Local != "style" || len(all) >= 10_000 {
			return false, nil
		}
		var s style
		err := a.Inside(d, func(parents []string, e xml.StartElement) {
			switch e.Name.Local {
			case "name":
				if len(parents) == 0 {
					s.name = strings.ToLower(ooxml.Attr(e, "val"))
				}
			case "basedOn":
				s.based = ooxml.Attr(e, "val")
			case "outlineLvl":
				if n, err := strconv.Atoi(ooxml.Attr(e, "val")); err == nil && n >= 0 && n < 9 {
					s.outline = n + 1
				}
			case "numId":
				s.list.id, s.list.given = ooxml.Attr(e, "val"), true
			case "ilvl":
				s.list.level = depthOf(ooxml.Attr(e, "val"))
			case "b", "i":
				s.bold = ooxml.On(e)
			case "vanish":
				s.hidden = ooxml.On(e)
			}
		})
		all[ooxml.Attr(e, "styleId")] = s
		return true, err
	})
	return all, err
}

func depthOf(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return min(max(n, 0), 8)
}

// chain calls f for a style and the styles it is based on, nearest first, until f returns false.
func (all styles) chain(id string, f func(id string, s style) bool) {
	for range 12 {
		s, ok := all[id]
		if !ok {
			if id != "" {
				f(id, style{})
			}
			return
		}
		if !f(id, s) {
			return
		}
		id = s.based
	}
}

// heading is the heading level a paragraph style gives, or 0: by its outline level, else by its name or id. Word keeps English
// names whatever language it speaks, but not its ids, and other programs keep neither.
func (all styles) heading(id string) int {
	level := 0
	all.chain(id, func(id string, s style) bool {
		if s.outline > 0 {
			level = s.outline
		} else if level = headingName(s.name); level == 0 {
			level = headingName(strings.ToLower(id))
		}
		return level == 0
	})
	return min(level, 6)
}

func headingName(name string) int {
	switch name {
	case "title", "rubrik", "dokumenttitel", "titel":
		return 1
	case "subtitle", "underrubrik":
		return 2
	}
	for _, p := range [...]string{"heading", "rubrik", "überschrift", "overskrift"} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			if n, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil && n >= 1 && n <= 9 {
				return n
			}
		}
	}
	return 0
}

// contents tells whether a style is that of a table of contents.
func (all styles) contents(id string) bool {
	name := all[id].name
	if name == "" {
		name = strings.ToLower(id)
	}
	for _, p := range [...]string{"toc", "innehåll"} {
		if rest, ok := strings.CutPrefix(name, p); ok {
			if _, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil {
				return true
			}
		}
	}
	return false
}

// list is the numbering a paragraph style brings.
func (all styles) list(id string) (n numbering) {
	all.chain(id, func(_ string, s style) bool {
		n = s.list
		return !n.given
	})
	return n
}

// bullet tells whether a style is one of a list's, for files whose lists exist in name only.
func (all styles) bullet(id string) bool {
	name := all[id].name
	return strings.HasPrefix(name, "list bullet") || strings.HasPrefix(name, "punktlista")
}
