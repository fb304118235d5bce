package document

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// line is a physical line that holds more than white space.
type line struct {
	start, end int  // without white space at either end
	indent     int  // columns of white space before it; a tab goes to the next multiple of four
	width      int  // runes
	gap        int  // empty lines before it; after settle, those that mean something
	page       bool // a page begins between the line before and this one
	hard       bool // ends in Markdown's hard break
	mark       marker
	tabsBefore int // tabs in the white space before it: empty cells of a table
	tabsAfter  int
	running    bool // a running header, footer or page number
}

// split finds the lines of text.
func split(text string) []line {
	var lines []line
	var cur line
	begun, gap, page := false, 0, true
	flush := func() {
		if begun {
			cur.gap, cur.page = gap, page
			cur.width = utf8.RuneCountInString(text[cur.start:cur.end])
			lines = append(lines, cur)
			gap, page = 0, false
		} else {
			gap++
		}
		cur, begun = line{}, false
	}
	spaces := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case lineBreak(r):
			if begun {
				cur.hard = spaces >= 2 && text[i-1] == ' ' || text[cur.end-1] == '\\'
			}
			if r == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				size = 2
			}
			if r == '\f' {
				if begun {
					flush()
				}
				page = true
			} else {
				flush()
			}
			spaces = 0
		case unicode.IsSpace(r) || invisible(r):
			spaces++
			if r == '\t' && begun {
				cur.tabsAfter++
			}
			if !begun {
				if r == '\t' {
					cur.indent += 4 - cur.indent%4
					cur.tabsBefore++
				} else if !invisible(r) {
					cur.indent++
				}
			}
		default:
			if !begun {
				cur.start, begun = i, true
			}
			cur.end = i + size
			spaces, cur.tabsAfter = 0, 0
		}
		i += size
	}
	if begun {
		flush()
	}
	for i := range lines {
		lines[i].mark = markerOf(text, lines[i])
	}
	return lines
}

// settle turns gaps that only come from double line spacing into none, so that an empty line means the same everywhere. A stretch
// is double-spaced when its lines stand apart and at least two in five of them go on with the sentence of the line before.
func settle(text string, lines []line) {
	for i := 1; i < len(lines); {
		j, single, on := i, 0, 0
		for ; j < len(lines); j++ {
			if lines[j].gap == 0 && lines[j].mark.width == 0 {
				break
			}
			if lines[j].gap == 1 {
				single++
				a := lines[j-1]
				// A short line or a comma before it may as well be an item of a list without markers.
				if a.width >= 35 && a.width <= 130 && text[a.end-1] != ',' && goesOn(text, a, lines[j]) {
					on++
				}
			}
		}
		if on >= 3 && on*5 >= single*2 {
			for k := i; k < j; k++ {
				if lines[k].gap == 1 {
					lines[k].gap = 0
				} else if lines[k].gap > 1 {
					lines[k].gap = 1
				}
			}
		}
		i = j + 1
	}
}

// measure is the width at which the text was wrapped, in runes, or 0 when its lines are whole paragraphs.
func measure(text string, lines []line) int {
	var widths []int
	for i := 1; i < len(lines); i++ {
		if lines[i].gap == 0 && lines[i-1].width <= 200 && goesOn(text, lines[i-1], lines[i]) {
			widths = append(widths, lines[i-1].width)
		}
	}
	if len(widths) < 2 {
		return 0
	}
	slices.Sort(widths)
	return widths[len(widths)*9/10]
}

// goesOn tells whether b reads as the rest of a's sentence: a lacks an end and b begins small.
func goesOn(text string, a, b line) bool {
	if ended(text[a.start:a.end]) || b.mark.width > 0 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(text[b.start:b.end])
	return unicode.IsLower(r)
}

// ended tells whether s ends as a sentence does, or leads in to a list with a colon.
func ended(s string) bool {
	s = strings.TrimRight(s, "*_\"'”’»)] \\")
	if s == "" {
		return true
	}
	switch r, _ := utf8.DecodeLastRuneInString(s); r {
	case '.', '!', '?', ':', ';', '…':
		return !abbreviated(s)
	}
	return false
}

// abbreviated tells whether the full stop at the end of s belongs to an abbreviation that needs something after it.
func abbreviated(s string) bool {
	w := strings.ToLower(s[strings.LastIndexAny(s, " \t\n\u00a0(")+1:])
	switch w {
	case "t.ex.", "bl.a.", "s.k.", "kl.", "ca.", "resp.", "dvs.", "d.v.s.", "fr.o.m.", "t.o.m.", "nr.", "e.g.", "i.e.":
		return true
	}
	return false
}

// divided tells whether s ends in the first half of a hyphenated word.
func divided(s string) bool {
	r, size := utf8.DecodeLastRuneInString(s)
	if r != '-' && r != '\u2010' && r != softHyphen || len(s) == size {
		return false
	}
	r, _ = utf8.DecodeLastRuneInString(s[:len(s)-size])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// leadsOn are words that no paragraph ends with.
var leadsOn = set("och", "eller", "samt", "i", "på", "av", "med", "till", "från", "som", "den", "det", "de", "en", "ett", "om",
	"vid", "inom", "under", "hos", "utan", "mot", "genom", "mellan", "för", "vår", "våra", "vårt", "deras", "dess", "sin", "sina",
	"and", "or", "of", "the", "to", "with", "in")

// wants tells whether s cannot be the end of a paragraph: it ends in a comma, a conjunction or a preposition.
func wants(s string) bool {
	if strings.HasSuffix(s, ",") || divided(s) {
		return true
	}
	return leadsOn[strings.ToLower(s[strings.LastIndexAny(s, " \t\u00a0")+1:])]
}

// findRunning marks the lines that a page layout repeats: those at a page's edge that stand on other pages too, page numbers at an
// edge, and repeated lines or page numbers that cut a sentence in two. What stands first in the document is kept as its text.
func findRunning(text string, lines []line) {
	if len(lines) == 0 {
		return
	}
	key := func(l line) string {
		if l.width > 80 || l.mark.bullet {
			return ""
		}
		return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return '0'
			}
			return r
		}, text[l.start:l.end])), " ")
	}
	pages := 0
	for _, l := range lines {
		if l.page {
			pages++
		}
	}
	if pages > 1 {
		onPages := map[string]int{}
		edges(lines, func(page int, edge []int) {
			seen := map[string]bool{}
			for _, i := range edge {
				if k := key(lines[i]); k != "" && !seen[k] {
					seen[k] = true
					onPages[k]++
				}
			}
		})
		edges(lines, func(page int, edge []int) {
			for n, i := range edge {
				k := key(lines[i])
				if pageNumber(text[lines[i].start:lines[i].end]) || k != "" && onPages[k] >= 2 && onPages[k]*2 >= pages && (page > 0 || n >= len(edge)/2 && i > 2) {
					lines[i].running = true
				}
			}
		})
	}
	seen := map[string]bool{}
	for i := 0; i < len(lines); i++ {
		k := key(lines[i])
		if i > 0 && !lines[i].running && lines[i].gap > 0 && (seen[k] || pageNumber(text[lines[i].start:lines[i].end])) {
			j := i
			for j+1 < len(lines) && j-i < 4 && lines[j+1].gap == 0 && seen[key(lines[j+1])] {
				j++
			}
			if j+1 < len(lines) && goesOn(text, lines[i-1], lines[j+1]) && lines[i-1].width >= 40 {
				for n := i; n <= j; n++ {
					lines[n].running = true
				}
				i = j
				continue
			}
		}
		if k != "" {
			seen[k] = true
		}
	}
}

// edges calls f with the first two and last two lines of every page.
func edges(lines []line, f func(page int, edge []int)) {
	page, start := 0, 0
	for i := 1; i <= len(lines); i++ {
		if i < len(lines) && !lines[i].page {
			continue
		}
		var edge []int
		for n := start; n < i; n++ {
			if n < start+2 || n >= i-2 {
				edge = append(edge, n)
			}
		}
		f(page, edge)
		page, start = page+1, i
	}
}

// pageNumber recognises "3", "- 3 -", "3 (7)", "Sida 3 av 7".
func pageNumber(s string) bool {
	if len(s) > 20 || strings.Count(s, "(") != strings.Count(s, ")") {
		return false
	}
	digits := false
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" -–—()/|\t\u00a0", r) }) {
		switch w {
		case "sida", "sid", "sidan", "s.", "page", "av", "of":
			continue
		}
		if len(w) > 3 || strings.Trim(w, "0123456789") != "" {
			return false
		}
		digits = true
	}
	return digits
}
