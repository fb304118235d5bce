package importweb

import (
	"fmt"
	"regexp"
	"sort"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
)

// where tells on which lines of the document a span stands.
func where(p i18n.Printer, text string, span [2]int) string {
	if span[1] == 0 || span[1] > len(text) {
		return p.T("import.added_by_hand")
	}
	from := 1 + strings.Count(text[:span[0]], "\n")
	to := from + strings.Count(strings.TrimRight(text[span[0]:span[1]], "\n"), "\n")
	if from == to {
		return p.T("import.line", "n", strconv.Itoa(from))
	}
	return p.T("import.lines", "from", strconv.Itoa(from), "to", strconv.Itoa(to))
}

type mark struct {
	start, end int
	kind       ui.MarkKind
	item       string
}

// sourceBlocks cuts the document's text into paragraphs with what was read out of it marked.
func sourceBlocks(p commitments.ImportPage, current string) []ui.Block {
	text := p.DocumentText
	var marks []mark
	add := func(span [2]int, kind ui.MarkKind, item string) {
		if span[1] > span[0] && span[1] <= len(text) {
			marks = append(marks, mark{span[0], span[1], kind, item})
		}
	}
	for i, x := range p.Draft.Promises {
		add(x.Span, ui.MarkPromise, fmt.Sprintf("L%d", i+1))
	}
	for i, x := range p.Draft.Activities {
		add(x.Span, ui.MarkActivity, fmt.Sprintf("A%d", i+1))
	}
	for _, u := range p.Passages.Unread {
		if !taken(p.Draft, u) {
			add([2]int{u.Source.Start, u.Source.End}, ui.MarkUnread, "")
		}
	}
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].start < marks[j].start })
	headings := headingSpans(p.Passages.Parts)
	var blocks []ui.Block
	line, at := 1, 0
	for _, para := range paragraphs(text) {
		line += strings.Count(text[at:para[0]], "\n")
		at = para[0]
		b := ui.Block{Line: line}
		if headings[para] || startsHeading(headings, para) {
			b.Kind = ui.BlockHeading
		}
		if m := listItem.FindStringIndex(text[para[0]:para[1]]); m != nil {
			b.Kind = ui.BlockItem
			para[0] += m[1]
		}
		b.Pieces = pieces(text, para, marks, current)
		if len(b.Pieces) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func headingSpans(parts []reading.Part) map[[2]int]bool {
	spans := map[[2]int]bool{}
	for _, p := range parts {
		if p.Role == reading.RoleTitle || p.Role == reading.RoleHeading {
			spans[[2]int{p.Source.Start, p.Source.End}] = true
		}
	}
	return spans
}

func startsHeading(headings map[[2]int]bool, para [2]int) bool {
	for h := range headings {
		if h[0] >= para[0] && h[1] <= para[1] && 2*(h[1]-h[0]) >= para[1]-para[0] {
			return true
		}
	}
	return false
}

// listItem is how a line of a list begins.
var listItem = regexp.MustCompile(`^\s*([-–•·▪‣*o]|\d{1,3}[.)]|[a-z]\))\s+`)

// paragraphs are the stretches of text between empty lines; every line that begins a list item begins a stretch of its own.
func paragraphs(text string) [][2]int {
	var list [][2]int
	start, at := -1, 0
	end := func() {
		if start >= 0 {
			list = append(list, [2]int{start, at})
			start = -1
		}
	}
	for l := range strings.Lines(text) {
		if strings.TrimSpace(l) == "" || listItem.MatchString(l) {
			end()
		}
		if start < 0 && strings.TrimSpace(l) != "" {
			start = at
		}
		at += len(l)
	}
	end()
	return list
}

// pieces cuts a paragraph at the marks. A mark that goes on in the next paragraph is marked there too, without a second anchor.
func pieces(text string, para [2]int, marks []mark, current string) []ui.Piece {
	var list []ui.Piece
	add := func(from, to int, m *mark) {
		s := strings.Join(strings.Fields(text[from:to]), " ")
		s = strings.Trim(s, "#*_ ")
		if s == "" {
			return
		}
		x := ui.Piece{Text: s}
		if m != nil {
			x.Kind, x.Item, x.Current = m.kind, m.item, m.item != "" && m.item == current
			x.More = m.start < para[0]
		} else {
			x.Text = " " + s + " "
		}
		list = append(list, x)
	}
	at := para[0]
	for i := range marks {
		m := &marks[i]
		if m.end <= at || m.start >= para[1] {
			continue
		}
		from, to := max(m.start, at), min(m.end, para[1])
		if from > at {
			add(at, from, nil)
		}
		add(from, to, m)
		at = to
	}
	if at < para[1] {
		add(at, para[1], nil)
	}
	return list
}
