package reading

import (
	"strings"

	"samklang/internal/platform/document"
)

// promisePrefix gives the length of "Åtagande 1:", "Löfte nr 2 –" at the beginning of a text, 0 when it has none.
func promisePrefix(text string) int {
	t := tokens(text)
	i := 0
	if i < len(t) && is(t[i], "vårt", "det") {
		i++
	}
	if i >= len(t) || !is(t[i], "åtagande", "löfte", "punkt", "commitment", "demokratilöfte", "demokratiåtagande", "utfästelse") {
		return 0
	}
	i++
	if i < len(t) && is(t[i], "nr", "nummer") {
		i++
		if i < len(t) && is(t[i], ".") {
			i++
		}
	}
	switch {
	case i < len(t) && t[i].digits && t[i].num >= 1 && t[i].num < 100:
	case i < len(t) && (numberWords[t[i].low] > 0 && numberWords[t[i].low] < 20 || is(t[i], "ett")):
	default:
		return 0
	}
	end := t[i].end
	if i++; i < len(t) && (is(t[i], ":", ".", ")") || isDash(t[i])) {
		end = t[i].end
		i++
	} else if i < len(t) && is(t[i], "och", ",", "samt", "är", "handlar", "i", "till") {
		return 0 // "Åtagande 1 och 3 …" speaks of promises
	}
	for end < len(text) && text[end] == ' ' {
		end++
	}
	return end
}

// promiseNumber is the number in "Åtagande 3: …".
func promiseNumber(text string) (int, bool) {
	n := promisePrefix(text)
	if n == 0 {
		return 0, false
	}
	for _, t := range tokens(text[:n]) {
		if t.digits {
			return t.num, true
		}
		if v := numberWords[t.low]; v > 0 {
			return v, true
		}
		if t.low == "ett" {
			return 1, true
		}
	}
	return 0, false
}

// markerNumber is the number of "3." or "3)", and of "c)" its place in the alphabet; 0 for other markers.
func markerNumber(m string) int {
	m = strings.Trim(m, ".)( §")
	if len(m) == 1 && m[0] >= 'a' && m[0] <= 'z' {
		return int(m[0]-'a') + 1
	}
	n := 0
	for _, c := range []byte(m) {
		if c < '0' || c > '9' || n > 999 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}

func (r *reader) addPromise(d promiseDraft) int {
	d.year = r.context()
	if strings.TrimSpace(d.text) == "" {
		// "Åtagande 1" and nothing after it: the words that are there stand for it.
		for _, f := range d.refs {
			d.text = strings.TrimSpace(d.text + " " + r.textOf(f))
		}
	}
	r.promises = append(r.promises, d)
	k := len(r.promises) - 1
	for _, f := range d.refs {
		r.mark(f, RoleCommitment, k)
		r.found(f.passage)
	}
	return k
}

// promiseHeading reads a heading that names a promise, with the paragraph under it when that says the promise in full.
func (r *reader) promiseHeading(i, number int, name string) int {
	d := promiseDraft{refs: []ref{r.whole(i)}, number: number, forms: r.forms, title: strings.Trim(name, " .:"), text: strings.TrimSpace(name)}
	next := i + 1
	if next < len(r.ps) && r.ps[next].kind == document.Paragraph && !isLead(r.ps[next].text) {
		body := r.ps[next].text
		f := read(r.ps[next].text[:r.ps[next].sentences[0].end])
		if l, _ := labelOf(body); l == noLabel && (name == "" || f.willing || infinitive(body)) {
			// The sentences that promise are the text; from the first one that announces an activity on, the paragraph is read as usual.
			end := 0
			for k, s := range r.ps[next].sentences {
				g := read(body[s.start:s.end])
				if k > 0 && g.announces() >= 3 && !g.promising {
					break
				}
				end = s.end
			}
			if name == "" {
				d.text = body[:end]
			} else {
				d.text = strings.TrimSpace(body[:end])
			}
			d.refs = append(d.refs, ref{next, 0, end})
			d.concrete = read(d.text).concrete()
			r.structured++
			r.under, r.underLevel = r.addPromise(d), r.ps[i].level
			if end < len(body) {
				return r.paragraphFrom(next, end)
			}
			return next + 1
		}
	}
	if d.text == "" {
		d.text = strings.TrimSpace(r.ps[i].text)
	}
	d.concrete = read(d.text).concrete()
	r.structured++
	r.under, r.underLevel = r.addPromise(d), r.ps[i].level
	return next
}

// isLead tells whether a paragraph leads a list in.
func isLead(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasSuffix(text, ":") || strings.HasSuffix(text, " att") || strings.HasSuffix(text, " att …")
}

// promise adds a sentence of running text that promises something as a candidate; settlePromises decides.
func (r *reader) promise(f ref, text string, strong bool, activity int, labelled bool) {
	r.candidates = append(r.candidates, candidate{at: f, text: text, forms: r.forms, strong: strong, before: r.structured, activity: activity, labelled: labelled, planning: r.mode == planning, year: r.context()})
}

// settlePromises decides which sentences of running text are promises. When the document lists its promises, what it says before the
// list is preamble and what it says after it in the same words is one more promise, unless it is an activity. When it lists none, the
// sentences that promise are the promises; when none says "lovar" or "åtar sig", those that say "vi ska" are.
func (r *reader) settlePromises() {
	listed := len(r.promises) >= 2 && r.structured >= 2
	strong := false
	first := map[int]int{} // by passage, where its first sentence that promises outright begins
	for _, c := range r.candidates {
		strong = strong || c.strong || c.labelled
		if _, ok := first[c.at.passage]; !ok && c.strong {
			first[c.at.passage] = c.at.start
		}
	}
	paragraphs := 0
	for _, c := range r.candidates {
		if r.opensWithWill(c) {
			paragraphs++
		}
	}
	for _, c := range r.candidates {
		if c.labelled || !listed && !strong && paragraphs > 1 && r.opensWithWill(c) {
			r.promiseFrom(c)
			continue
		}
		switch {
		case listed && (c.before == 0 || c.activity >= 0 || !c.strong):
			continue
		case !listed && r.structured == 1 && !c.strong:
			continue
		case !listed && strong && !c.strong && !goesOn(first, c):
			continue
		case !strong && (!r.speaks && len(r.activities) > 0 || c.planning && len(r.activities) > 0):
			continue
		case !strong && c.activity >= 0:
			continue
		}
		r.promiseFrom(c)
	}
}

// opensWithWill tells whether a candidate is a paragraph's first sentence and begins "Vi ska", and plans nothing: several such
// paragraphs are a document's promises.
func (r *reader) opensWithWill(c candidate) bool {
	t := tokens(c.text)
	return c.at.start == 0 && c.activity < 0 && !c.planning && len(t) > 2 && is(t[0], "vi") && is(t[1], "ska", "skall", "vill")
}

// goesOn tells whether a sentence with "vi ska" goes on a paragraph that promises: "Vi lovar att … Vi ska också …".
func goesOn(first map[int]int, c candidate) bool {
	start, ok := first[c.at.passage]
	return ok && c.activity < 0 && start < c.at.start
}

// promiseFrom makes promises of a sentence; one that goes "att …, att … och att …" holds as many.
func (r *reader) promiseFrom(c candidate) {
	parts := splitEnumeration(c.text)
	if len(parts) < 2 {
		parts = splitAtt(c.text)
	}
	decision := !hasAny(strings.ToLower(c.text), promiseCue) && deciding(strings.ToLower(c.text))
	for _, s := range parts {
		if decision && !shall(strings.ToLower(c.text[s.start:s.end])) {
			continue
		}
		text := strings.Trim(c.text[s.start:s.end], " ,;")
		if len(parts) > 1 {
			text = afterAtt(text)
		}
		d := promiseDraft{refs: []ref{{c.at.passage, c.at.start + s.start, c.at.start + s.end}}, text: text, forms: c.forms}
		if f, ok := sentenceForm(c.text); ok && len(c.forms) == 0 {
			d.forms = []Form{f}
		}
		if c.activity < 0 {
			d.concrete = read(d.text).concrete()
		}
		d.year = c.year
		r.promises = append(r.promises, d)
		k := len(r.promises) - 1
		r.found(c.at.passage)
		if c.activity < 0 {
			r.mark(c.at, RoleCommitment, k)
		} else if r.activities[c.activity].promise < 0 {
			r.activities[c.activity].promise = k
		}
	}
}

// afterAtt is one of several things promised in a sentence without the words that lead them in: "Vi lovar att lyssna" is "lyssna".
func afterAtt(s string) string {
	low := strings.ToLower(s)
	for _, list := range [...][]string{promiseCue, decideCues} {
		for _, cue := range list {
			if i := strings.Index(low, cue); i >= 0 && len(low) == len(s) {
				if j := strings.Index(s[i:], "att "); j >= 0 {
					return strings.TrimSuffix(s[i+j+len("att "):], ".")
				}
			}
		}
	}
	return strings.TrimSuffix(strings.TrimPrefix(s, "att "), ".")
}

// splitAtt cuts "Vi lovar att a, att b och att c" before each further "att" that begins a promise. The first part keeps its beginning.
func splitAtt(text string) []sentence {
	low := strings.ToLower(text)
	first := strings.Index(low, " att ")
	cue := false
	for _, list := range [...][]string{promiseCue, decideCues} {
		for _, c := range list {
			if j := strings.Index(low, c); j >= 0 && (first < 0 || j <= first+4) {
				cue = true
			}
		}
	}
	if first < 0 || !cue {
		return []sentence{{0, len(text)}}
	}
	var cuts []int
	for _, sep := range []string{", att ", " och att ", " samt att ", ", och att ", ", samt att ", "; att ", ", dels att "} {
		for at := range occurrencesOf(low, sep) {
			if at > first {
				cuts = append(cuts, at+len(sep)-len("att "))
			}
		}
	}
	if len(cuts) == 0 {
		return []sentence{{0, len(text)}}
	}
	cuts = sortedInts(cuts)
	var out []sentence
	start := 0
	for _, c := range cuts {
		end := c
		for _, w := range []string{"och ", "samt ", "dels "} {
			end -= len(w) * boolInt(strings.HasSuffix(low[start:end], w))
		}
		end = start + len(strings.TrimRight(text[start:end], " ,;"))
		if end-start > 12 {
			out = append(out, sentence{start, end})
		}
		start = c
	}
	return append(out, sentence{start, len(text)})
}

// splitEnumeration finds the parts of "att: 1) …, 2) … och 3) …" and "a) …, b) …". Without such numbers it gives none.
func splitEnumeration(text string) []sentence {
	t := tokens(text)
	var out []sentence
	next := 1
	for i := 0; i+1 < len(t); i++ {
		n := t[i].num
		if t[i].word && len(t[i].low) == 1 {
			n = int(t[i].low[0]-'a') + 1
		}
		closed := is(t[i+1], ")")
		if v := roman(t[i].low); v > 0 && t[i].capital {
			n, closed = v, closed || is(t[i+1], ".")
		}
		if n != next || !closed || !touching(t, i) || i+2 >= len(t) {
			continue
		}
		if k := len(out) - 1; k >= 0 {
			end := t[i].start
			if i > 0 && is(t[i-1], "(") {
				end = t[i-1].start
			}
			part := strings.TrimRight(text[out[k].start:end], " ,;")
			part = strings.TrimSuffix(strings.TrimSuffix(part, " och"), " samt")
			out[k].end = out[k].start + len(strings.TrimRight(part, " ,;"))
		}
		out = append(out, sentence{t[i+2].start, len(text)})
		next++
	}
	return out
}

// roman is the value of a Roman numeral up to XII, 0 for other words.
func roman(w string) int {
	for i, r := range [...]string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"} {
		if w == r {
			return i + 1
		}
	}
	return 0
}

func occurrencesOf(s, sub string) func(func(int) bool) {
	return func(yield func(int) bool) {
		for at := 0; ; {
			i := strings.Index(s[at:], sub)
			if i < 0 || !yield(at+i) {
				return
			}
			at += i + len(sub)
		}
	}
}

func sortedInts(a []int) []int {
	for i := 1; i < len(a); i++ {
		for j := i; j > 0 && a[j] < a[j-1]; j-- {
			a[j], a[j-1] = a[j-1], a[j]
		}
	}
	out := a[:0]
	for i, v := range a {
		if i == 0 || v != out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}

// plannedKinds are the kinds of the activities that the document lists.
func (r *reader) plannedKinds() map[Kind]bool {
	m := map[Kind]bool{}
	for _, a := range r.activities {
		if len(a.refs) == 0 {
			continue
		}
		text := r.textOf(a.refs[0])
		for _, h := range findKinds(tokens(text[:runeStart(text, min(len(text), 200))])) {
			m[h.kind] = true
		}
	}
	return m
}

// addConcretePromises adds an activity for every promise that is also something to put into the calendar, unless an activity already
// stands for it.
// "Vi lovar minst två samtal" adds none when the document goes on to list samtal.
func (r *reader) addConcretePromises() {
	planned := r.plannedKinds()
	placed := map[int]bool{}
	for _, a := range r.activities {
		placed[a.promise] = true
	}
	for k := range r.promises {
		d := &r.promises[k]
		if !d.concrete || placed[k] {
			continue
		}
		f := read(d.text)
		if len(f.kinds) > 0 && planned[f.kinds[0].kind] && !f.strongDate {
			continue
		}
		year := d.year
		if year.year == 0 {
			year = r.year
		}
		r.activities = append(r.activities, activityDraft{refs: d.refs, forms: d.forms, promise: k, year: year})
	}
}
