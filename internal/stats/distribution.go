package stats

import "math"

// Probabilities of the binomial, Poisson and chi-square distributions. They are sums of positive terms that begin with one computed by the saddle point
// (C. Loader, "Fast and accurate computation of binomial probabilities", 2000), so that they keep thirteen digits where differences of logarithms of
// factorials have lost half of them, up to MaxCount. They take at most some ten times the square root of the count in steps.

// atMost is the probability of k events or fewer among n, each with probability p.
func atMost(k, n int64, p float64) float64 { return upTo(float64(k), float64(n), p, 1-p) }

// atLeast is the probability of k events or more.
func atLeast(k, n int64, p float64) float64 { return upTo(float64(n-k), float64(n), 1-p, p) }

// upTo is the probability of k events or fewer among n, each with probability p; q is 1 - p.
func upTo(k, n, p, q float64) float64 {
	switch {
	case k < 0:
		return 0
	case k >= n:
		return 1
	case k > n*p: // most of it: count the others, from n-k-1 of the opposite downwards
		return 1 - upTo(n-k-1, n, q, p)
	}
	term := binomial(k, n, p, q)
	sum, odds := term, q/p
	for j := k; j > 0 && term > sum*1e-17; j-- {
		term *= j / (n - j + 1) * odds
		sum += term
	}
	return min(sum, 1)
}

// binomial is the probability of exactly k events among n, each with probability p; q is 1 - p.
func binomial(k, n, p, q float64) float64 {
	switch {
	case p == 0 || q == 0:
		if k == n*p {
			return 1
		}
		return 0
	case k == 0:
		return math.Exp(n * math.Log1p(-p))
	case k == n:
		return math.Exp(n * math.Log1p(-q))
	}
	return math.Exp(stirling(n)-stirling(k)-stirling(n-k)-deviance(k, n*p)-deviance(n-k, n*q)) * math.Sqrt(n/(2*math.Pi*k*(n-k)))
}

// poisson is exp(-mean) mean^x / x!, also for x between whole numbers.
func poisson(x, mean float64) float64 {
	if x == 0 {
		return math.Exp(-mean)
	}
	return math.Exp(-stirling(x)-deviance(x, mean)) / math.Sqrt(2*math.Pi*x)
}

// stirling is what Stirling's formula leaves out of the logarithm of x!.
func stirling(x float64) float64 {
	if x == 0 {
		return 0
	}
	if x <= 15 {
		factorial, _ := math.Lgamma(x + 1)
		return factorial - (x+0.5)*math.Log(x) + x - math.Log(2*math.Pi)/2
	}
	s := 1 / (x * x)
	return (1./12 - (1./360-(1./1260-(1./1680-s/1188)*s)*s)*s) / x
}

// deviance is x log(x/m) + m - x, by a series where that nearly cancels.
func deviance(x, m float64) float64 {
	if x == 0 {
		return m
	}
	d := x - m
	if math.Abs(d) >= 0.1*(x+m) {
		return x*math.Log(x/m) - d
	}
	v := d / (x + m)
	sum, power := d*v, 2*x*v
	for j := 3.0; math.Abs(power) > 1e-18*math.Abs(sum); j += 2 {
		power *= v * v
		sum += power / j
	}
	return sum
}

// chiSquareAbove is the probability that a chi-square variable with df degrees of freedom is at least x.
func chiSquareAbove(x float64, df int) float64 {
	a, y := float64(df)/2, x/2
	switch {
	case y <= 0:
		return 1
	case df == 1:
		return math.Erfc(math.Sqrt(y))
	case y < a:
		term := poisson(a, y)
		sum := 0.0
		for s := a + 1; term > sum*1e-17; s++ {
			sum += term
			term *= y / s
		}
		return max(1-sum, 0)
	}
	sum, s := 0.0, a-1
	for term := poisson(s, y); s >= 0 && term > sum*1e-17; s-- {
		sum += term
		term *= s / y
	}
	if df%2 == 1 {
		sum += math.Erfc(math.Sqrt(y))
	}
	return min(sum, 1)
}

// normalBeyond is the probability that a standard normal variable is farther from 0 than z.
func normalBeyond(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
