package importweb

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"samklang/internal/commitments"
	"samklang/internal/commitments/reading"
	"samklang/internal/platform/ui"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// plainly is sourceBlocks as one would say it: for each paragraph, look at every mark and every heading.
func plainly(p commitments.ImportPage, current string) []ui.Block {
	var marks []mark
	add := func(span [2]int, kind ui.MarkKind, item string) {
		if span[1] > span[0] && span[1] <= len(p.DocumentText) {
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
		if !madeOf(p.Draft)[spanOf(u.Source)] {
			add(spanOf(u.Source), ui.MarkUnread, "")
		}
	}
	sort.SliceStable(marks, func(i, j int) bool { return marks[i].start < marks[j].start })
	var blocks []ui.Block
	for _, para := range paragraphs(p.DocumentText) {
		b := ui.Block{Line: 1 + strings.Count(p.DocumentText[:para[0]], "\n")}
		for _, h := range headingSpans(p.Passages.Parts) {
			if h[0] >= para[0] && h[1] <= para[1] && 2*(h[1]-h[0]) >= para[1]-para[0] {
				b.Kind = ui.BlockHeading
			}
		}
		if m := listItem.FindStringIndex(p.DocumentText[para[0]:para[1]]); m != nil {
			b.Kind = ui.BlockItem
			para[0] += m[1]
		}
		if b.Pieces = pieces(p.DocumentText, para, marks, current); len(b.Pieces) > 0 {
			blocks = append(blocks, b)
		}
	}
	return blocks
}

func TestTheSourceIsMarkedAsItIsSaid(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"", "Rubrik", "- Vi ska mötas", "1. Vi ska utbilda", "och vi ska lyssna", "   "}), 0, 30).Draw(r, "lines"), "\n")
		span := func(name string) [2]int {
			from := rapid.IntRange(0, len(text)).Draw(r, name+" from")
			return [2]int{from, from + rapid.IntRange(0, 60).Draw(r, name+" length")}
		}
		source := func(s [2]int) reading.Span { return reading.Span{Start: s[0], End: s[1]} }
		p := commitments.ImportPage{Import: commitments.Import{DocumentText: text}}
		for i := range rapid.IntRange(0, 5).Draw(r, "promises") {
			p.Draft.Promises = append(p.Draft.Promises, commitments.DraftPromise{Span: span(fmt.Sprint("promise ", i))})
		}
		for i := range rapid.IntRange(0, 5).Draw(r, "activities") {
			p.Draft.Activities = append(p.Draft.Activities, commitments.DraftActivity{Span: span(fmt.Sprint("activity ", i))})
		}
		for i := range rapid.IntRange(0, 8).Draw(r, "unread") {
			p.Passages.Unread = append(p.Passages.Unread, reading.Passage{Source: source(span(fmt.Sprint("unread ", i)))})
		}
		for i := range rapid.IntRange(0, 4).Draw(r, "headings") {
			p.Passages.Parts = append(p.Passages.Parts, reading.Part{Role: reading.RoleHeading, Source: source(span(fmt.Sprint("heading ", i)))})
		}
		if diff := cmp.Diff(plainly(p, "L1"), sourceBlocks(p, "L1")); diff != "" {
			r.Errorf("of %q:\n%s", text, diff)
		}
		lines := linesOf(text)
		for at := range text {
			if got, want := lines.number(at), 1+strings.Count(text[:at], "\n"); got != want {
				r.Errorf("byte %d is on line %d, not %d", at, want, got)
			}
		}
	})
}

// unreadPage is a document of which nothing was understood.
func unreadPage(passages int) commitments.ImportPage {
	var text strings.Builder
	p := commitments.ImportPage{}
	for i := range passages {
		from := text.Len()
		fmt.Fprintf(&text, "Punkt %d handlar om något annat.", i)
		p.Passages.Unread = append(p.Passages.Unread, reading.Passage{Source: reading.Span{Start: from, End: text.Len()}})
		p.Passages.Parts = append(p.Passages.Parts, reading.Part{Role: reading.RoleHeading, Source: reading.Span{Start: from, End: text.Len()}})
		text.WriteString("\n\n")
	}
	p.DocumentText = text.String()
	return p
}

// Ten times as much that was not understood takes about ten times as long; a look at every mark for every paragraph took eighty times.
func BenchmarkUnreadPassages(b *testing.B) {
	each := func(n int) float64 {
		p := unreadPage(n)
		begin, runs := time.Now(), 0
		for ; time.Since(begin) < 300*time.Millisecond; runs++ {
			if len(sourceBlocks(p, "")) != n {
				b.Fatal("passages are missing")
			}
		}
		return float64(time.Since(begin).Nanoseconds()) / float64(runs)
	}
	for b.Loop() {
		few, many := each(1_000), each(10_000)
		b.ReportMetric(many/few, "times-as-long-for-10x")
		b.ReportMetric(many/1e6, "ms-for-10000")
	}
}
