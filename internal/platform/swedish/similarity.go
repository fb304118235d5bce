package swedish

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Corpus knows in how many of a collection's texts each stem occurs, so that rare words weigh more than common ones when texts are
// compared. The zero Corpus weighs all words alike.
type Corpus struct {
	texts int
	in    map[string]int
}

// NewCorpus counts the stems of texts.
func NewCorpus(texts []string) *Corpus {
	c := &Corpus{texts: len(texts), in: map[string]int{}}
	for _, t := range texts {
		terms := Terms(t)
		slices.Sort(terms)
		for _, s := range slices.Compact(terms) {
			c.in[s]++
		}
	}
	return c
}

// Weight is how much a stem tells: 1 for one that stands in every text, more the rarer it is.
func (c *Corpus) Weight(stem string) float64 {
	if c == nil || c.texts == 0 {
		return 1
	}
	return 1 + math.Log(float64(c.texts+1)/float64(c.in[stem]+1))
}

// Vector is a text as weighted stems, of length one, sorted by stem. An empty text gives an empty vector.
type Vector []Weighed

// Weighed is a stem and what it counts in its text.
type Weighed struct {
	Stem   string
	Weight float64
}

// Vector weighs a text's stems; a stem said twice weighs more than once, but not twice as much.
func (c *Corpus) Vector(text string) Vector {
	count := map[string]int{}
	for _, t := range Terms(text) {
		count[t]++
	}
	v := make(Vector, 0, len(count))
	var sum float64
	for stem, n := range count {
		w := c.Weight(stem) * (1 + math.Log(float64(n)))
		sum += w * w
		v = append(v, Weighed{stem, w})
	}
	slices.SortFunc(v, func(a, b Weighed) int { return strings.Compare(a.Stem, b.Stem) })
	sum = math.Sqrt(sum)
	for i := range v {
		v[i].Weight /= sum
	}
	return v
}

// Cosine is how alike two vectors are, 0 to 1.
func Cosine(a, b Vector) float64 {
	var dot float64
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch strings.Compare(a[i].Stem, b[j].Stem) {
		case 0:
			dot += a[i].Weight * b[j].Weight
			i++
			j++
		case -1:
			i++
		default:
			j++
		}
	}
	return math.Min(dot, 1)
}

// Covered is how much of a's weight b also says, 0 to 1: a is the shorter text, b the one it may be part of. A compound that begins or
// ends with the other's word ("kunskapsseminarium" and "kunskap") counts by half.
func Covered(a, b Vector) float64 {
	var all, met float64
	for _, x := range a {
		w := x.Weight * x.Weight
		all += w
		if _, ok := slices.BinarySearchFunc(b, x.Stem, func(e Weighed, s string) int { return strings.Compare(e.Stem, s) }); ok {
			met += w
			continue
		}
		for _, y := range b {
			if Related(x.Stem, y.Stem) {
				met += w / 2
				break
			}
		}
	}
	if all == 0 {
		return 0
	}
	return met / all
}

// Related tells whether one stem begins or ends the other and is long enough for that to mean something: "kunskap" in
// "kunskapsseminari", "forum" in "deltagarforum".
func Related(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(a) == len(b) || utf8.RuneCountInString(a) < 5 {
		return false
	}
	return strings.HasPrefix(b, a) || strings.HasSuffix(b, a)
}
