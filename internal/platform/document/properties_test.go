package document

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// checkShape tests what holds for every document: blocks are in order, apart, inside the text and on the edges of characters; so
// are their stretches; and every place in a block's plain text comes from a place inside the block, in order.
func checkShape(t interface {
	Helper()
	Fatalf(string, ...any)
}, d Document) {
	t.Helper()
	if !utf8.ValidString(d.Text) {
		t.Fatalf("text is not UTF-8")
	}
	at := func(n int) bool { return n >= 0 && n <= len(d.Text) && (n == len(d.Text) || utf8.RuneStart(d.Text[n])) }
	end := 0
	for i, b := range d.Blocks {
		if !at(b.Start) || !at(b.End) || b.Start >= b.End || b.Start < end {
			t.Fatalf("block %d: %d–%d after %d", i, b.Start, b.End, end)
		}
		end = b.End
		for _, list := range [][]Span{b.Bold, b.Skip} {
			last := b.Start
			for _, s := range list {
				if !at(s.Start) || !at(s.End) || s.Start >= s.End || s.Start < last || s.End > b.End {
					t.Fatalf("block %d: stretch %v outside %d–%d or out of order", i, s, b.Start, b.End)
				}
				last = s.End
			}
		}
		r := d.Reading(b)
		if r.Text != strings.TrimSpace(r.Text) || strings.ContainsAny(r.Text, "\n\r\f\t") {
			t.Fatalf("block %d reads %q", i, r.Text)
		}
		prev := -1
		for p := 0; p <= len(r.Text); p++ {
			o := r.Offset(p)
			if o < prev || o < b.Start || o > b.End {
				t.Fatalf("block %d: offset %d of %q maps to %d after %d in %d–%d", i, p, r.Text, o, prev, b.Start, b.End)
			}
			if p < len(r.Text) && r.Text[p] != ' ' && r.Text[p] != d.Text[o] {
				t.Fatalf("block %d: byte %d of %q maps to %q", i, p, r.Text, d.Text[o:min(len(d.Text), o+10)])
			}
			prev = o
		}
		if len(r.Text) > 0 {
			if s := r.Span(0, len(r.Text)); s.Start < b.Start || s.End > b.End {
				t.Fatalf("block %d: whole span %v of %d–%d", i, s, b.Start, b.End)
			}
		}
	}
}

// uncovered is the letters and digits outside the blocks and their markers.
func uncovered(d Document) string {
	var out strings.Builder
	at := 0
	text := []byte(d.Text)
	for _, b := range d.Blocks {
		if b.Kind == Running { // one may stand between a marker and its item
			copy(text[b.Start:b.End], strings.Repeat(" ", b.End-b.Start))
		}
	}
	keep := func(s string) {
		for _, r := range s {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				out.WriteRune(r)
			}
		}
	}
	for _, b := range d.Blocks {
		if b.Kind == Running {
			continue
		}
		between := string(text[at:b.Start])
		if b.Marker != "" {
			if i := strings.LastIndex(between, b.Marker); i >= 0 {
				between = between[:i] + between[i+len(b.Marker):]
			}
		}
		keep(between)
		at = b.End
	}
	keep(string(text[at:]))
	return out.String()
}

var lineGen = rapid.Custom(func(t *rapid.T) string {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{
		"Vi", "ordnar", "en", "dag", "om", "delaktighet", "samverk-", "an", "icke-", "diskriminering", "ÄLVKUSTEN", "åtar", "oss", "att:",
		"2027.", "**den", "3", "maj**", "*Internt*", "[länk](https://exempel.se)", "insatser.", "och", "läns-", "–", "a|b", "å\u00adä", "§",
	}), 0, 12).Draw(t, "words")
	lead := rapid.SampledFrom([]string{"", "", "", "- ", "• ", "1. ", "2) ", "  - ", "## ", "> ", "| ", "\t", "•", "3 § ", "o  ", "-"}).Draw(t, "lead")
	return lead + strings.Join(words, " ")
})

func TestEveryTextKeepsItsLetters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(lineGen, 1, 30).Draw(t, "lines")
		var text strings.Builder
		for _, l := range lines {
			text.WriteString(l + rapid.SampledFrom([]string{"\n", "\n", "\n\n", "\r\n", "\n \n\n", "\f", "  \n"}).Draw(t, "end"))
		}
		d, err := Read(context.Background(), "x.txt", strings.NewReader(text.String()), Limits{})
		if err != nil {
			return
		}
		if d.Text != text.String() {
			t.Fatalf("text changed: %q", d.Text)
		}
		checkShape(t, d)
		if lost := uncovered(d); lost != "" {
			t.Fatalf("lost %q of %q", lost, d.Text)
		}
	})
}

func FuzzText(f *testing.F) {
	f.Add([]byte("# Plan\n\n- **Den 3 maj** ordnar vi en sam-\nverkansdag\n\n| a | b |\n|---|---|\n| c | d |\n"))
	f.Add([]byte("RUBRIK\n\n•\n\nText\n\n\f3 (4)\n1. ett\n2. två\n   a) tre\n"))
	f.Add([]byte("*a **b* c** `d` [e](f) <br> \\* _g_ > h\n> i\n===\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(context.Background(), "x.md", bytes.NewReader(data), Limits{Text: 100_000})
		if err != nil {
			return
		}
		checkShape(t, d)
	})
}
