package reading

import (
	"math"
	"slices"
	"strings"

	"samklang/internal/platform/swedish"
)

// servesThreshold is the score from which every promise is shown. It and servesFloor were chosen by measuring on the samples: between 0.30
// and 0.48 the threshold changes nothing there, a floor above 0.24 loses one right promise in twenty, one below 0.20 brings wrong ones.
const servesThreshold = 0.36

// servesFloor is the lowest score at which the single best promise is still offered, for a person to say yes or no to.
const servesFloor = 0.22

// purposeCues begin the words in which an activity says what it is for.
var purposeCues = []string{"del i arbetet", "del av arbetet", "led i", "del av vårt arbete", "del i vårt arbete", "syftet är", "syfte att", "syftar till", "för att", "bidrar till", "bidra till", "kopplad till", "kopplat till", "vi vill", "ett sätt att", "målet är", "mål:", "syfte:", "på så sätt", "handlar om", "ett steg mot", "svarar mot", "stärka", "exempel på", "omsluter", "bidrar", "uppfyller", "ett svar på", "konkretiserar"}

// matcher compares activities with promises.
type matcher struct {
	corpus   *swedish.Corpus
	vectors  []swedish.Vector
	byStem   map[string][]int
	promises []Commitment
	known    map[string]bool
}

// Nothing in a document as people write them comes near these; they keep a text of ten thousand bullets from taking minutes.
const (
	maxPostings = 48 // promises looked at per stem
	maxStems    = 60 // stems looked at per activity
)

func newMatcher(promises []Commitment, activities []Activity) *matcher {
	texts := make([]string, 0, len(promises)+len(activities))
	for _, p := range promises {
		texts = append(texts, p.Text)
	}
	for i, a := range activities {
		if i >= 2000 {
			break
		}
		texts = append(texts, a.Text)
	}
	m := &matcher{corpus: swedish.NewCorpus(texts), promises: promises, byStem: map[string][]int{}, known: map[string]bool{}}
	for k, p := range promises {
		v := m.corpus.Vector(strings.TrimSpace(p.Title + " " + p.Text))
		m.vectors = append(m.vectors, v)
		for _, w := range v {
			if l := m.byStem[w.Stem]; len(l) < maxPostings {
				m.byStem[w.Stem] = append(l, k)
			}
		}
	}
	return m
}

// near lists the promises that share a word with a text.
func (m *matcher) near(v swedish.Vector) []int {
	if len(m.promises) <= maxPostings {
		all := make([]int, len(m.promises))
		for i := range all {
			all[i] = i
		}
		return all
	}
	seen := map[int]bool{}
	var out []int
	for i, w := range v {
		if i >= maxStems {
			break
		}
		for _, k := range m.byStem[w.Stem] {
			if !seen[k] {
				seen[k] = true
				out = append(out, k)
			}
		}
		if len(out) > 4*maxPostings {
			break
		}
	}
	return out
}

// serves scores an activity against the promises. purpose is text besides its own that says what it is for.
func (m *matcher) serves(a Activity, purpose string, placed int, explicit string) []Serves {
	if len(m.promises) == 0 {
		return []Serves{}
	}
	score := map[int]float64{}
	for _, n := range explicitNumbers(explicit) {
		for k, p := range m.promises {
			if p.Number == n {
				score[k] = 1
			}
		}
	}
	if allOfThem(explicit) {
		for k := range m.promises {
			score[k] = 1
		}
	}
	if placed >= 0 && placed < len(m.promises) {
		score[placed] = 1
	}
	if len(score) == 0 {
		clauses := append(purposeClauses(a.Text+". "+purpose), a.Title)
		whole := m.corpus.Vector(a.Text)
		for _, c := range clauses {
			v := m.corpus.Vector(c)
			if len(v) == 0 {
				continue
			}
			for _, k := range m.near(v) {
				score[k] = max(score[k], m.alike(v, m.vectors[k]))
			}
		}
		for _, k := range m.near(whole) {
			score[k] = max(score[k], 0.9*m.alike(whole, m.vectors[k]))
		}
		own, _ := findGrounds(a.Text)
		for k := range m.promises {
			if g := m.promises[k].Grounds; len(own) > 0 && len(own) < 4 && len(g) > 0 && len(g) < 4 && k < 4*maxPostings {
				for _, x := range g {
					if slices.Contains(own, x) {
						score[k] = min(0.99, score[k]+0.25)
						break
					}
				}
			}
		}
		for k := range score {
			if sameForm(a.Forms, m.promises[k].Forms) {
				score[k] = min(0.99, score[k]*1.1+0.05)
			}
		}
	}
	out := []Serves{}
	best := 0.0
	for _, s := range score {
		best = max(best, s)
	}
	for k, s := range score {
		if s >= servesThreshold && s >= best*0.6 {
			out = append(out, Serves{Number: m.promises[k].Number, Score: math.Round(s*100) / 100})
		}
	}
	if len(out) == 0 && best >= servesFloor {
		for k, s := range score {
			if s == best {
				out = append(out, Serves{Number: m.promises[k].Number, Score: math.Round(s*100) / 100})
				break
			}
		}
	}
	if len(out) == 0 && len(m.promises) == 1 {
		out = append(out, Serves{Number: m.promises[0].Number, Score: 0.5})
	}
	if len(out) == 0 && len(a.Forms) == 1 {
		// The only promise of its form is what a section's activities are for, unless their words speak of another.
		only := -1
		for k, p := range m.promises {
			if sameForm(a.Forms, p.Forms) {
				if only >= 0 {
					only = -2
					break
				}
				only = k
			}
		}
		if only >= 0 {
			out = append(out, Serves{Number: m.promises[only].Number, Score: 0.5})
		}
	}
	slices.SortFunc(out, func(a, b Serves) int {
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return a.Number - b.Number
	})
	if len(out) > 5 && out[0].Score < 1 {
		out = out[:5]
	}
	return out
}

func sameForm(a, b []Form) bool {
	for _, f := range a {
		if slices.Contains(b, f) {
			return true
		}
	}
	return false
}

// alike is how well a stated purpose fits a promise: how much of the shorter is said by the longer, tempered by how alike they are as
// wholes.
func (m *matcher) alike(q, p swedish.Vector) float64 {
	qp, pq := swedish.Covered(q, p), swedish.Covered(p, q)
	whole := 0.5*max(qp, pq) + 0.18*min(qp, pq) + 0.32*swedish.Cosine(q, p)
	if qp == 0 {
		return 0
	}
	// Of the words that any promise uses, how many does this one use? One shared word is a hint, three are nearly proof.
	var shared, told float64
	for _, w := range q {
		if !m.used(w.Stem) {
			continue
		}
		v := m.corpus.Weight(w.Stem) - 1 + 0.1
		told += v
		switch _, exact := slices.BinarySearchFunc(p, w.Stem, func(e swedish.Weighed, s string) int { return strings.Compare(e.Stem, s) }); {
		case exact:
			shared += v
		case relatedTo(w.Stem, p):
			shared += 0.7 * v
		}
	}
	if told == 0 {
		return min(0.99, whole)
	}
	hint := shared / told * shared / (shared + 1.2)
	return min(0.99, max(whole, 0.55*whole+0.55*hint))
}

func relatedTo(stem string, v swedish.Vector) bool {
	for _, w := range v {
		if swedish.Related(stem, w.Stem) {
			return true
		}
	}
	return false
}

// used tells whether any promise uses a word, or a compound with it.
func (m *matcher) used(stem string) bool {
	if u, ok := m.known[stem]; ok {
		return u
	}
	u := len(m.byStem[stem]) > 0
	if !u && len(m.promises) <= maxPostings {
		for s := range m.byStem {
			if swedish.Related(stem, s) {
				u = true
				break
			}
		}
	}
	m.known[stem] = u
	return u
}

// purposeClauses are the parts of a text that say what something is for.
func purposeClauses(text string) []string {
	var out []string
	for _, s := range sentences(text) {
		part := text[s.start:s.end]
		low := strings.ToLower(part)
		for _, cue := range purposeCues {
			if i := strings.Index(low, cue); i >= 0 {
				if len(low) == len(part) {
					part = part[i+len(cue):]
				}
				break
			}
		}
		if len(part) < len(text[s.start:s.end]) {
			out = append(out, part)
		}
		if len(out) >= 12 {
			break
		}
	}
	return out
}

// explicitNumbers reads "åtagande 3", "punkterna 1–3", "löfte 2 och 6".
func explicitNumbers(text string) []int {
	t := tokens(text)
	var out []int
	for i := 0; i < len(t); i++ {
		if !is(t[i], "åtagande", "åtagandena", "åtaganden", "punkt", "punkter", "punkterna", "löfte", "löften", "löftena", "åt", "commitment") {
			continue
		}
		j := i + 1
		for j < len(t) && is(t[j], "nr", "nummer", ".", ":") {
			j++
		}
		if j+1 < len(t) && t[j].word && t[j].end-t[j].start == 1 && t[j+1].digits && !is(t[j], "i") {
			j++ // the code of "L1"
		} else if w := at(t, j).low; len(w) == 1 && w[0] >= 'a' && w[0] <= 'z' && w != "i" && is(t[i], "punkt", "löfte", "åtagande") {
			out = append(out, int(w[0]-'a')+1)
			continue
		}
		for j < len(t) && t[j].digits && t[j].num > 0 && t[j].num < 100 && !(j+1 < len(t) && monthNames[t[j+1].low] != 0) {
			n := t[j].num
			if j+2 < len(t) && (isDash(t[j+1]) || is(t[j+1], "till")) && t[j+2].digits && t[j+2].num > n && t[j+2].num < n+30 {
				for k := n; k <= t[j+2].num; k++ {
					out = append(out, k)
				}
				j += 3
			} else {
				out = append(out, n)
				j++
			}
			if j+1 < len(t) && is(t[j], ",", "och", "samt", "&", "+", "/") && t[j+1].digits {
				j++
				continue
			}
			break
		}
	}
	return out
}

// allOfThem recognises "samtliga punkter", "alla våra löften".
func allOfThem(text string) bool {
	t := tokens(text)
	for i := range t {
		if !is(t[i], "samtliga", "alla") {
			continue
		}
		for j := i + 1; j < len(t) && j <= i+3; j++ {
			if is(t[j], "punkter", "punkterna", "åtaganden", "åtagandena", "löften", "löftena") {
				return true
			}
			if !is(t[j], "de", "våra", "åtta", "fem", "sex", "sju", "fyra", "tre", "gemensamma") && !t[j].digits {
				break
			}
		}
	}
	low := strings.ToLower(strings.TrimSpace(text))
	return low == "alla" || low == "samtliga" || strings.Contains(low, "hela deklarationen")
}
