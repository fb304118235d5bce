package importweb

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/platform/i18n"
	"samklang/internal/platform/ui"
)

// lineStarts are the bytes at which the lines of a text begin.
type lineStarts []int

func linesOf(text string) lineStarts {
	at := lineStarts{0}
	for i := range len(text) {
		if text[i] == '\n' {
			at = append(at, i+1)
		}
	}
	return at
}

// number is the line, counted from one, in which a byte stands.
func (l lineStarts) number(at int) int {
	return sort.Search(len(l), func(i int) bool { return l[i] > at })
}

// where tells on which lines of the document a span stands.
func (l lineStarts) where(p i18n.Printer, text string, span [2]int) string {
	if span[1] == 0 || span[1] > len(text) {
		return p.T("import.added_by_hand")
	}
	from := l.number(span[0])
	to := max(from, l.number(span[0]+len(strings.TrimRight(text[span[0]:span[1]], "\n"))-1))
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

// sourceBlocks cuts the document's text into paragraphs with what was read out of it marked. It goes through text, marks and headings once, side by side.
func sourceBlocks(p commitments.ImportPage, current string) []ui.Block {
	text, made := p.DocumentText, madeOf(p.Draft)
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
		if at := spanOf(u.Source); !made[at] {
			add(at, ui.MarkUnread, "")
		}
	}
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].start < marks[j].start })
	headings := headingSpans(p.Passages.Parts)
	var blocks []ui.Block
	var open []mark // that have begun and not ended
	line, at := 1, 0
	for _, para := range paragraphs(text) {
		line += strings.Count(text[at:para[0]], "\n")
		at = para[0]
		open = slices.DeleteFunc(open, func(m mark) bool { return m.end <= para[0] })
		for len(marks) > 0 && marks[0].start < para[1] {
			if marks[0].end > para[0] {
				open = append(open, marks[0])
			}
			marks = marks[1:]
		}
		b := ui.Block{Line: line}
		for len(headings) > 0 && headings[0][0] < para[0] {
			headings = headings[1:]
		}
		for i := 0; i < len(headings) && headings[i][0] < para[1]; i++ {
			if h := headings[i]; h[1] <= para[1] && 2*(h[1]-h[0]) >= para[1]-para[0] {
				b.Kind = ui.BlockHeading
			}
		}
		if m := listItem.FindStringIndex(text[para[0]:para[1]]); m != nil {
			b.Kind = ui.BlockItem
			para[0] += m[1]
		}
		b.Pieces = pieces(text, para, open, current)
		if len(b.Pieces) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func spanOf(s reading.Span) [2]int { return [2]int{s.Start, s.End} }

// madeOf are the places of which somebody or the reader has made an item.
func madeOf(d commitments.Draft) map[[2]int]bool {
	made := make(map[[2]int]bool, len(d.Promises)+len(d.Activities))
	for _, x := range d.Promises {
		made[x.Span] = true
	}
	for _, x := range d.Activities {
		made[x.Span] = true
	}
	return made
}

// headingSpans are the places of titles and headings, in the order of the text.
func headingSpans(parts []reading.Part) [][2]int {
	var spans [][2]int
	for _, p := range parts {
		if p.Role == reading.RoleTitle || p.Role == reading.RoleHeading {
			spans = append(spans, spanOf(p.Source))
		}
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Compare(a[0], b[0]) })
	return spans
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
