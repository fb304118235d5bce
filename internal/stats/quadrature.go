package stats

import (
	"math"
	"sync"
)

// nodes are where a function is looked at for an integral, and how much each look counts.
type nodes struct{ at, weight []float64 }

// hermite are for functions that fall off like exp(-x²) over the whole line. The weights are those of Gauss and Hermite times exp(x²): the sum of
// weight·f(at) is the integral of f.
//
// G. H. Golub and J. H. Welsch, Math. Comp. 23 (1969) 221–230: a weight is 1 by the sum of squares of the orthonormal functions.
var hermite = sync.OnceValue(func() nodes { return hermiteOf(101) })

func hermiteOf(n int) nodes {
	// The orthonormal Hermite function n, and the sum of squares of those before it.
	function := func(x float64) (last, squares float64) {
		before, here := 0.0, math.Exp(-x*x/2)/math.Sqrt(math.Sqrt(math.Pi))
		for k := range n {
			squares += here * here
			before, here = here, x*math.Sqrt(2/float64(k+1))*here-math.Sqrt(float64(k)/float64(k+1))*before
		}
		return here, squares
	}
	var out nodes
	// The roots are at least pi/sqrt(2n+1) apart, and lie within sqrt(2n+1).
	edge := math.Sqrt(float64(2*n + 1))
	step := 1 / edge
	for x := -edge - step/3; x < edge; x += step {
		low, high := x, x+step
		fl, _ := function(low)
		if fh, _ := function(high); fl*fh > 0 {
			continue
		}
		for range 100 {
			middle := (low + high) / 2
			if middle <= low || middle >= high {
				break
			}
			if fm, _ := function(middle); fm*fl > 0 {
				low = middle
			} else {
				high = middle
			}
		}
		root := (low + high) / 2
		_, squares := function(root)
		out.at, out.weight = append(out.at, root), append(out.weight, 1/squares)
	}
	return out
}

// legendre are for smooth functions between -1 and 1.
var legendre = sync.OnceValue(func() nodes {
	const n = 10
	var out nodes
	for i := range n {
		x := math.Cos(math.Pi * (float64(i) + 0.75) / (n + 0.5))
		slope := 0.0
		for range 20 {
			before, here := 1.0, x
			for k := 2.0; k <= n; k++ {
				before, here = here, ((2*k-1)*x*here-(k-1)*before)/k
			}
			slope = n * (x*here - before) / (x*x - 1)
			x -= here / slope
		}
		out.at, out.weight = append(out.at, x), append(out.weight, 2/((1-x*x)*slope*slope))
	}
	return out
})

// integral is that of f from a to b, which are so close that f is nearly a polynomial between them.
func integral(f func(float64) float64, a, b float64) float64 {
	n := legendre()
	middle, half := (a+b)/2, (b-a)/2
	s := 0.0
	for i, x := range n.at {
		s += n.weight[i] * f(middle+half*x)
	}
	return s * half
}
