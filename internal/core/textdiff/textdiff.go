package textdiff

import "strings"

// Kind says whether a run of text stands in both wordings or in one of them.
type Kind uint8

const (
	Same    Kind = iota
	Removed      // only in the old wording
	Added        // only in the new wording
)

// Run is a stretch of text of one kind; its text is never empty.
type Run struct {
	Kind Kind
	Text string
}

// MaxChanges is the number of removed and added words beyond which the differing middle of two texts is shown as replaced. It bounds
// time and memory (about 9 MB at the limit).
const MaxChanges = 1500

// Compare gives the runs that lead from one wording to the other, in reading order, two neighbours never of the same kind, what is
// removed before what is added in its place. Same and Removed joined give before, Same and Added joined give after, byte for byte.
func Compare(before, after string) []Run {
	a, b := tokens(before), tokens(after)
	gone, come := changes(a[:len(a)-1], b[:len(b)-1])
	gone, come = append(gone, false), append(come, false) // the ends of the texts answer to each other
	slide(a, gone, come)
	slide(b, come, gone)
	return runs(a, b, hunks(a, b, gone, come))
}

// Changed tells whether the runs hold anything but sameness.
func Changed(runs []Run) bool {
	for _, r := range runs {
		if r.Kind != Same {
			return true
		}
	}
	return false
}

// hunk is a pair of token ranges that stand in each other's place; outside the hunks the tokens of both texts match one by one.
type hunk struct{ a0, a1, b0, b1 int }

// hunks turns the marks of changed tokens into ranges and joins those with hardly anything between them.
func hunks(a, b []token, gone, come []bool) []hunk {
	var out []hunk
	for i, j := 0, 0; i < len(a); i, j = i+1, j+1 {
		h := hunk{a0: i, b0: j}
		for gone[i] {
			i++
		}
		for come[j] {
			j++
		}
		h.a1, h.b1 = i, j
		if h.a0 == h.a1 && h.b0 == h.b1 {
			continue
		}
		for len(out) > 0 && island(a, b, out[len(out)-1], h) {
			prev := out[len(out)-1]
			out = out[:len(out)-1]
			h.a0, h.b0 = prev.a0, prev.b0
		}
		out = append(out, h)
	}
	return out
}

// island tells whether what two hunks have between them is too little to read as kept: at most two words, and no more letters than
// either hunk changes. Between two mere additions, or two mere removals, even a small word is a good hold for the eye.
func island(a, b []token, h, g hunk) bool {
	words, letters := 0, 0
	for _, t := range a[h.a1:g.a0] {
		if t.letters > 0 {
			words++
		}
		letters += t.letters
	}
	rewritten := (h.a1 > h.a0 || g.a1 > g.a0) && (h.b1 > h.b0 || g.b1 > g.b0)
	return rewritten && words <= 2 && letters <= h.letters(a, b) && letters <= g.letters(a, b)
}

// letters is how much of the text a hunk changes.
func (h hunk) letters(a, b []token) int {
	return max(letters(a[h.a0:h.a1]), letters(b[h.b0:h.b1]))
}

func letters(ts []token) (n int) {
	for _, t := range ts {
		n += t.letters
	}
	return n
}

// slide moves each mere removal (or addition, with the sides exchanged) of t to the best of the places where it reads the same: in
// "a b b c" either b may be the new one. Whole sentences and lines are the best to point out.
func slide(t []token, changed, other []bool) {
	for i, j := 0, 0; i < len(t); i, j = i+1, j+1 {
		start, otherStart := i, j
		for changed[i] {
			i++
		}
		for other[j] {
			j++
		}
		if start == i || otherStart != j {
			continue
		}
		best, bestScore := 0, score(t, start, i)
		for s := 1; start-s >= 0 && !changed[start-s] && !other[j-s] && t[start-s].body == t[i-s].body; s++ {
			if sc := score(t, start-s, i-s); sc > bestScore {
				best, bestScore = s, sc
			}
		}
		for s := 1; s <= best; s++ {
			changed[start-s], changed[i-s] = true, false
		}
	}
}

// score says how well the tokens from..to-1 read as one piece.
func score(t []token, from, to int) int {
	n := 0
	switch {
	case from == 0 || hasBreak(t[from].space):
		n += 4
	case ends(t[from-1].body):
		n += 3
	case t[from-1].letters == 0:
		n++
	}
	if ends(t[to-1].body) {
		n += 2
	}
	return n
}

func ends(body string) bool { return body == "." || body == "!" || body == "?" || body == ";" }

func hasBreak(space string) bool {
	for _, r := range space {
		if r == '\n' || r == '\u2028' || r == '\u2029' {
			return true
		}
	}
	return false
}

// runs writes the text out: hunks as removed and added, the tokens between them as same with the white space compared on its own.
func runs(a, b []token, hs []hunk) []Run {
	var w writer
	i, j := 0, 0
	for _, h := range append(hs, hunk{len(a), len(a), len(b), len(b)}) {
		for ; i < h.a0; i, j = i+1, j+1 {
			if a[i].space == b[j].space {
				w.write(Same, a[i].space)
			} else {
				w.write(Removed, a[i].space)
				w.write(Added, b[j].space)
			}
			w.write(Same, a[i].body)
		}
		shared := ""
		if i < h.a1 && j < h.b1 && a[i].space == b[j].space {
			shared = a[i].space
			w.write(Same, shared)
		}
		removed, added := joined(a[i:h.a1]), joined(b[j:h.b1])
		w.write(Removed, removed[len(shared):])
		w.write(Added, added[len(shared):])
		i, j = h.a1, h.b1
	}
	return w.close()
}

func joined(ts []token) string {
	var b strings.Builder
	for _, t := range ts {
		b.WriteString(t.space)
		b.WriteString(t.body)
	}
	return b.String()
}

// writer gathers text into runs, with what is removed since the last Same before what is added since.
type writer struct {
	out                  []Run
	same, removed, added []byte
}

func (w *writer) write(k Kind, s string) {
	switch {
	case s == "":
	case k == Removed:
		w.flushSame()
		w.removed = append(w.removed, s...)
	case k == Added:
		w.flushSame()
		w.added = append(w.added, s...)
	default:
		w.flushChange()
		w.same = append(w.same, s...)
	}
}

func (w *writer) flushSame() { w.same = w.flush(Same, w.same) }

func (w *writer) flushChange() {
	w.removed, w.added = w.flush(Removed, w.removed), w.flush(Added, w.added)
}

func (w *writer) flush(k Kind, b []byte) []byte {
	if len(b) > 0 {
		w.out = append(w.out, Run{k, string(b)})
	}
	return b[:0]
}

func (w *writer) close() []Run {
	w.flushSame()
	w.flushChange()
	return w.out
}
