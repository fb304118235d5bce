package reading

import (
	"math"
	"slices"

	"samklang/internal/platform/swedish"
)

// Match says that promise a[A] and promise b[B] are the same promise in other words, with how alike they are.
type Match struct {
	A, B  int
	Score float64
}

// PairThreshold is the least likeness at which two promises are offered to be joined. Promises of different documents that only share a
// subject ("jämställdhet") came out below 0.45 in the samples, the same promise reworded above 0.6.
const PairThreshold = 0.5

// maxPaired bounds the size of the assignment; longer lists are cut, as nobody signs five hundred promises.
const maxPaired = 500

// Pair finds the one-to-one pairing of two documents' promises whose likenesses add up to the most (the Hungarian method), and gives
// the pairs that are alike enough, in a's order.
func Pair(a, b []Commitment) []Match {
	a, b = a[:min(len(a), maxPaired)], b[:min(len(b), maxPaired)]
	if len(a) == 0 || len(b) == 0 {
		return []Match{}
	}
	var texts []string
	for _, c := range a {
		texts = append(texts, c.Text)
	}
	for _, c := range b {
		texts = append(texts, c.Text)
	}
	corpus := swedish.NewCorpus(texts)
	vectors := make([]swedish.Vector, len(texts))
	for i, t := range texts {
		vectors[i] = corpus.Vector(t)
	}
	score := make([][]float64, len(a))
	for i := range a {
		score[i] = make([]float64, len(b))
		for j := range b {
			p, q := vectors[i], vectors[len(a)+j]
			// The longer may add examples ("se exempel nedan"); what counts most is that the shorter is wholly in it.
			score[i][j] = 0.6*swedish.Cosine(p, q) + 0.4*max(swedish.Covered(p, q), swedish.Covered(q, p))
		}
	}
	out := []Match{}
	for i, j := range assign(score) {
		if j >= 0 && score[i][j] >= PairThreshold {
			out = append(out, Match{i, j, math.Round(score[i][j]*100) / 100})
		}
	}
	slices.SortFunc(out, func(x, y Match) int { return x.A - y.A })
	return out
}

// assign solves the assignment problem for the greatest sum in O(n²m) (Kuhn 1955, in the form with potentials). It gives for each row
// its column, -1 for none.
func assign(score [][]float64) []int {
	rows, cols := len(score), len(score[0])
	if rows > cols {
		t := make([][]float64, cols)
		for j := range t {
			t[j] = make([]float64, rows)
			for i := range score {
				t[j][i] = score[i][j]
			}
		}
		out := make([]int, rows)
		for i := range out {
			out[i] = -1
		}
		for j, i := range assign(t) {
			out[i] = j
		}
		return out
	}
	u, v := make([]float64, rows+1), make([]float64, cols+1)
	match, way := make([]int, cols+1), make([]int, cols+1)
	for i := 1; i <= rows; i++ {
		match[0] = i
		j0 := 0
		least := make([]float64, cols+1)
		used := make([]bool, cols+1)
		for j := range least {
			least[j] = math.Inf(1)
		}
		for {
			used[j0] = true
			i0, delta, j1 := match[j0], math.Inf(1), 0
			for j := 1; j <= cols; j++ {
				if used[j] {
					continue
				}
				if c := -score[i0-1][j-1] - u[i0] - v[j]; c < least[j] {
					least[j], way[j] = c, j0
				}
				if least[j] < delta {
					delta, j1 = least[j], j
				}
			}
			for j := 0; j <= cols; j++ {
				if used[j] {
					u[match[j]] += delta
					v[j] -= delta
				} else {
					least[j] -= delta
				}
			}
			j0 = j1
			if match[j0] == 0 {
				break
			}
		}
		for j0 != 0 {
			j1 := way[j0]
			match[j0] = match[j1]
			j0 = j1
		}
	}
	out := make([]int, rows)
	for j := 1; j <= cols; j++ {
		if match[j] > 0 {
			out[match[j]-1] = j - 1
		}
	}
	return out
}
