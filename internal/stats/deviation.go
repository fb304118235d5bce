package stats

import (
	"iter"
	"math"
)

// deviation is how likely the deviations of one stratum are, in standard deviations u, after what was counted in it: exp(height(u)) but for a factor.
type deviation struct {
	k, n      float64
	mu, sigma float64 // the logarithm of its odds is mu + sigma u
	mode      float64 // the most likely u
	spread    float64 // the standard deviation of the normal distribution that is shaped like it there
	peak      float64 // height(mode)
}

func newDeviation(c Count, mu, sigma float64) deviation {
	d := deviation{k: float64(c.K), n: float64(c.N), mu: mu, sigma: sigma, spread: 1}
	// The slope of height falls; the mode is where it is 0, between 0 and where the slope at 0 points, and not beyond what was observed.
	at0, _ := d.bend(0)
	low, high := min(at0, 0), max(at0, 0)
	if d.k > 0 && d.k < d.n && sigma > 0 {
		seen := (math.Log(d.k/(d.n-d.k)) - mu) / sigma
		low, high = max(low, min(seen, 0)), min(high, max(seen, 0))
	}
	u := 0.0
	for range 200 {
		slope, curve := d.bend(u)
		if slope > 0 {
			low = u
		} else {
			high = u
		}
		next := u + slope/curve
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-u) <= 1e-15*math.Abs(u) || next == u {
			break
		}
		u = next
	}
	_, curve := d.bend(u)
	d.mode, d.spread = u, 1/math.Sqrt(curve)
	d.peak = d.height(u)
	return d
}

// height is the logarithm of how likely the counts and u are together, less that of the counts when their own share is their chance.
func (d *deviation) height(u float64) float64 {
	p, q := logit(d.mu + d.sigma*u)
	return -deviance(d.k, d.n*p) - deviance(d.n-d.k, d.n*q) - u*u/2
}

// bend is the slope of height, and how fast it falls.
func (d *deviation) bend(u float64) (slope, curve float64) {
	p, q := logit(d.mu + d.sigma*u)
	return d.sigma*excess(d.k, d.n, p, q) - u, d.sigma*d.sigma*d.n*p*q + 1
}

// slope is the derivative of the likelihood over the variance of deviations, when that is 0.
func (d *deviation) slope() float64 {
	p, q := logit(d.mu)
	s := excess(d.k, d.n, p, q)
	return (s*s - d.n*p*q) / 2
}

// wide is the Sigma above which Gauss–Hermite would lose digits: the likelihood of a stratum is then shaped less like a normal distribution.
const wide = 2.5

// each visits the nodes of the quadrature with their weights, which are all of exp(height - peak).
func (d *deviation) each(visit func(u, weight float64)) {
	if d.sigma <= wide {
		nodes := hermite()
		for i, x := range nodes.at {
			u := d.mode + math.Sqrt2*d.spread*x
			visit(u, math.Sqrt2*d.spread*nodes.weight[i]*math.Exp(d.height(u)-d.peak))
		}
		return
	}
	nodes := legendre()
	for _, sign := range []float64{-1, 1} {
		for a, b := range d.panels(sign) {
			middle, half := (a+b)/2, math.Abs(b-a)/2
			for i, x := range nodes.at {
				u := middle + half*x
				visit(u, half*nodes.weight[i]*math.Exp(d.height(u)-d.peak))
			}
		}
	}
}

// panels are stretches from the mode outwards, in each of which the density is nearly a polynomial, to where there is nothing left of it.
func (d *deviation) panels(sign float64) iter.Seq2[float64, float64] {
	return func(yield func(a, b float64) bool) {
		for far := 0.0; ; {
			next := far + max(d.spread/2, far/4)
			b := d.mode + sign*next
			if !yield(d.mode+sign*far, b) {
				return
			}
			if far = next; d.height(b) < d.peak-40 {
				return
			}
		}
	}
}

// moments are those of u: its mean, variance, covariance with its square, and the variance of its square; total is the integral of exp(height - peak).
type moments struct{ total, mean, variance, skew, square, squareVariance float64 }

func (d *deviation) moments() (m moments) {
	var first, second, third, fourth float64 // around the mode
	d.each(func(u, w float64) {
		v := u - d.mode
		m.total += w
		first += w * v
		second += w * v * v
		third += w * v * v * v
		fourth += w * v * v * v * v
	})
	first, second, third, fourth = first/m.total, second/m.total, third/m.total, fourth/m.total
	c2 := second - first*first
	c3 := third - 3*first*second + 2*first*first*first
	c4 := fourth - 4*first*third + 6*first*first*second - 3*first*first*first*first
	m.mean = d.mode + first
	m.variance = c2
	m.square = c2 + m.mean*m.mean
	m.skew = c3 + 2*m.mean*c2
	m.squareVariance = c4 - c2*c2 + 4*m.mean*c3 + 4*m.mean*m.mean*c2
	return m
}

// derivatives gives the logarithm of the likelihood of the stratum, its derivatives over mu and sigma, and the second ones over mu, mu and sigma, and
// sigma. With many people they are those of how likely a deviation is, and with few those of how likely the counts are, whichever cancels less: both are
// the same.
func (d *deviation) derivatives() (likelihood float64, first [2]float64, second [3]float64) {
	if d.sigma == 0 {
		p, q := logit(d.mu)
		return d.height(0), [2]float64{excess(d.k, d.n, p, q), 0}, [3]float64{-d.n * p * q, 0, 2 * d.slope()}
	}
	m := d.moments()
	likelihood = d.peak + math.Log(m.total) - math.Log(2*math.Pi)/2
	s := d.sigma
	if d.spread < 0.7 {
		first = [2]float64{m.mean / s, (m.square - 1) / s}
		second = [3]float64{(m.variance - 1) / (s * s), (m.skew - 2*m.mean) / (s * s), (1 - 3*m.square + m.squareVariance) / (s * s)}
		return likelihood, first, second
	}
	var e, eu, ee, eeu, eeuu, h, hu, huu float64
	d.each(func(u, w float64) {
		w /= m.total
		p, q := logit(d.mu + s*u)
		x, v := excess(d.k, d.n, p, q), d.n*p*q
		e, eu = e+w*x, eu+w*x*u
		ee, eeu, eeuu = ee+w*x*x, eeu+w*x*x*u, eeuu+w*x*x*u*u
		h, hu, huu = h+w*v, hu+w*v*u, huu+w*v*u*u
	})
	return likelihood, [2]float64{e, eu}, [3]float64{ee - e*e - h, eeu - e*eu - hu, eeuu - eu*eu - huu}
}

// quantiles gives the u below which it is with probability tail, and that above which it is.
func (d *deviation) quantiles(tail float64) (low, high float64) {
	density := func(u float64) float64 { return math.Exp(d.height(u) - d.peak) }
	side := func(sign float64) (edges, sums []float64) { // outwards from the mode
		edges, sums = []float64{d.mode}, []float64{0}
		for a, b := range d.panels(sign) {
			edges, sums = append(edges, b), append(sums, sums[len(sums)-1]+math.Abs(integral(density, a, b)))
		}
		return edges, sums
	}
	below, left := side(-1)
	above, right := side(1)
	l, r := left[len(left)-1], right[len(right)-1]
	find := func(edges, sums []float64, area float64) float64 { // where the area from the mode is reached
		i := 1
		for i < len(sums)-1 && sums[i] < area {
			i++
		}
		area -= sums[i-1]
		near, far := edges[i-1], edges[i]
		u := (near + far) / 2
		for range 100 {
			missing := area - math.Abs(integral(density, edges[i-1], u))
			if missing > 0 {
				near = u
			} else {
				far = u
			}
			next := u + math.Copysign(missing/density(u), missing*(edges[i]-edges[i-1]))
			if !(next > min(near, far) && next < max(near, far)) {
				next = (near + far) / 2
			}
			if math.Abs(next-u) <= 1e-15*math.Abs(u) {
				break
			}
			u = next
		}
		return u
	}
	at := func(share float64) float64 { // of all the area, from below
		if area := share*(l+r) - l; area > 0 {
			return find(above, right, area)
		} else {
			return find(below, left, -area)
		}
	}
	return at(tail), at(1 - tail)
}

// shrink gives what a fitted model says about a stratum.
func (o Observations) shrink(i int, m mixture, covariance symmetric, confidence, z float64) Shrunken {
	x, p := o.row(i), len(m.beta)
	d := newDeviation(o.Counts[i], dot(m.beta, x), m.sigma)
	expected, _ := logit(d.mu)
	if m.sigma == 0 {
		se := math.Sqrt(form(covariance, x))
		low, _ := logit(d.mu - z*se)
		high, _ := logit(d.mu + z*se)
		return Shrunken{Probability: Estimate{expected, Interval{low, high}}, Expected: expected}
	}
	moments := d.moments()
	mean := 0.0
	d.each(func(u, w float64) {
		chance, _ := logit(d.mu + d.sigma*u)
		mean += chance * w / moments.total
	})
	// How the mean moves with the coefficients and Sigma, and so how uncertain it is because they are.
	moves := make([]float64, p+1)
	for j, v := range x {
		moves[j] = v * moments.variance
	}
	moves[p] = moments.skew
	se := math.Sqrt(max(form(covariance, moves), 0))
	low, high := d.quantiles((1 - confidence) / 2)
	center := d.mu + m.sigma*moments.mean
	low = center - math.Hypot(m.sigma*(moments.mean-low), z*se)
	high = center + math.Hypot(m.sigma*(high-moments.mean), z*se)
	a, _ := logit(low)
	b, _ := logit(high)
	// The deviation itself is what is left when the terms are taken away: it moves the other way.
	for j, v := range x {
		moves[j] = v * (moments.variance - 1)
	}
	own := math.Sqrt(max(form(covariance, moves), 0))
	l, h := d.quantiles((1 - confidence) / 2)
	return Shrunken{
		Probability: Estimate{mean, Interval{a, b}}, Expected: expected,
		Deviation: Estimate{m.sigma * moments.mean, Interval{m.sigma*moments.mean - math.Hypot(m.sigma*(moments.mean-l), z*own), m.sigma*moments.mean + math.Hypot(m.sigma*(h-moments.mean), z*own)}},
	}
}

// form is x' A x, with x no longer than A.
func form(a symmetric, x []float64) float64 {
	s := 0.0
	for i, u := range x {
		for j, v := range a.row(i)[:i+1] {
			if i == j {
				s += u * u * v
			} else {
				s += 2 * u * x[j] * v
			}
		}
	}
	return s
}
