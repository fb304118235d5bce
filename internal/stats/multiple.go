package stats

import (
	"math"
	"slices"
)

// BenjaminiHochberg gives the p-values adjusted for how many there are: calling those at or below q differences lets, on average, at most the share q of
// what is called so be chance, when the tests are independent or positively dependent. The order is that of p. The error is ErrShape when one is not from 0 to 1.
//
// Y. Benjamini and Y. Hochberg, J. R. Statist. Soc. B 57 (1995) 289–300.
func BenjaminiHochberg(p []float64) ([]float64, error) {
	order := make([]int, len(p))
	for i, x := range p {
		if !(x >= 0 && x <= 1) {
			return nil, ErrShape
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case p[i] < p[j]:
			return -1
		case p[i] > p[j]:
			return 1
		}
		return 0
	})
	out := make([]float64, len(p))
	least := 1.0
	for rank, i := range slices.Backward(order) {
		least = math.Min(least, p[i]*float64(len(p))/float64(rank+1))
		out[i] = least
	}
	return out, nil
}
