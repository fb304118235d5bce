package document

import (
	"encoding/xml"
	"strconv"
	"strings"

	"samklang/internal/platform/ooxml"
)

// lists are the list definitions of a Word file and how far each list has counted.
type lists struct {
	abstract map[string]*[9]listLevel
	of       map[string]string       // numId → abstractNumId
	restart  map[string]map[int]int  // numId → level → first number of its own
	counts   map[string]*[9]int      // abstractNumId → last number per level
	begun    map[string]map[int]bool // numId → levels whose own first number was used
}

type listLevel struct {
	format string // decimal, bullet, lowerLetter …
	text   string // "%1.", "%1.%2", or the bullet itself
	start  int
}

func (a *archive) lists(name string) (*lists, error) {
	l := &lists{map[string]*[9]listLevel{}, map[string]string{}, map[string]map[int]int{}, map[string]*[9]int{}, map[string]map[int]bool{}}
	err := a.Walk(name, func(d *xml.Decoder, e xml.StartElement) (bool, error) {
		if len(l.abstract) > 5_000 || len(l.of) > 50_000 {
			return false, ooxml.ErrTooComplex
		}
		switch e.Name.Local {
		case "abstractNum":
			levels := &[9]listLevel{}
			at := 0
			for i := range levels {
				levels[i].start = 1
			}
			l.abstract[ooxml.Attr(e, "abstractNumId")] = levels
			return true, a.Inside(d, func(_ []string, e xml.StartElement) {
				switch e.Name.Local {
				case "lvl":
					at = depthOf(ooxml.Attr(e, "ilvl"))
				case "numFmt":
					levels[at].format = ooxml.Attr(e, "val")
				case "lvlText":
					levels[at].text = ooxml.Attr(e, "val")
				case "start":
					if n, err := strconv.Atoi(ooxml.Attr(e, "val")); err == nil && n >= 0 && n < 10_000 {
						levels[at].start = n
					}
				}
			})
		case "num":
			id, at := ooxml.Attr(e, "numId"), 0
			return true, a.Inside(d, func(_ []string, e xml.StartElement) {
				switch e.Name.Local {
				case "abstractNumId":
					l.of[id] = ooxml.Attr(e, "val")
				case "lvlOverride":
					at = depthOf(ooxml.Attr(e, "ilvl"))
				case "startOverride":
					if n, err := strconv.Atoi(ooxml.Attr(e, "val")); err == nil && n >= 0 && n < 10_000 {
						if l.restart[id] == nil {
							l.restart[id] = map[int]int{}
						}
						l.restart[id][at] = n
					}
				}
			})
		}
		return false, nil
	})
	return l, err
}

// next counts one item on and returns its marker, "" for a paragraph that only looks indented.
func (l *lists) next(n numbering) string {
	id, ok := l.of[n.id]
	levels := l.abstract[id]
	if !ok || levels == nil {
		return "•"
	}
	lvl := levels[n.level]
	if lvl.format == "bullet" {
		return bulletSign(lvl.text)
	}
	counts := l.counts[id]
	if counts == nil {
		counts = &[9]int{}
		for i := range counts {
			counts[i] = levels[i].start - 1
		}
		l.counts[id] = counts
	}
	if first, ok := l.restart[n.id][n.level]; ok && !l.begun[n.id][n.level] {
		if l.begun[n.id] == nil {
			l.begun[n.id] = map[int]bool{}
		}
		l.begun[n.id][n.level] = true
		counts[n.level] = first - 1
	}
	counts[n.level]++
	for i := n.level + 1; i < len(counts); i++ {
		counts[i] = levels[i].start - 1
	}
	if lvl.format == "none" {
		return ""
	}
	if lvl.text == "" {
		return write(counts[n.level], lvl.format) + "."
	}
	var out strings.Builder
	for i := 0; i < len(lvl.text) && out.Len() < 40; i++ {
		if lvl.text[i] == '%' && i+1 < len(lvl.text) && lvl.text[i+1] >= '1' && lvl.text[i+1] <= '9' {
			at := int(lvl.text[i+1] - '1')
			out.WriteString(write(max(counts[at], levels[at].start), levels[at].format))
			i++
			continue
		}
		out.WriteByte(lvl.text[i])
	}
	return strings.TrimSpace(strings.ToValidUTF8(out.String(), ""))
}

func write(n int, format string) string {
	switch format {
	case "lowerLetter":
		if n >= 1 && n <= 26 {
			return string(rune('a' + n - 1))
		}
	case "upperLetter":
		if n >= 1 && n <= 26 {
			return string(rune('A' + n - 1))
		}
	case "lowerRoman":
		return strings.ToLower(roman(n))
	case "upperRoman":
		return roman(n)
	}
	return strconv.Itoa(n)
}

// bulletSign is a bullet as a reader sees it. Word takes most from symbol fonts, whose codes say nothing outside them.
func bulletSign(s string) string {
	switch s = strings.TrimSpace(s); s {
	case "-", "–", "—", "o", "*":
		return s
	}
	return "•"
}
