package stats

import (
	"math"
	"runtime"
	"sync"
	"sync/atomic"
)

// Observations are what a logistic regression is fitted to. Each row stands for as many people as its count says, who are alike in all terms: one, or all
// of a cell.
type Observations struct {
	Terms  []string  // the names of the columns; a constant is a column of ones
	Design []float64 // row after row, as many finite numbers in each as there are terms
	Counts []Count   // how many had the event among how many, row by row; rows of nobody count for nothing
}

func (o Observations) check() error {
	if len(o.Terms) == 0 || len(o.Design) != len(o.Counts)*len(o.Terms) {
		return ErrShape
	}
	n := int64(0)
	for _, c := range o.Counts {
		if err := c.check(); err != nil {
			return err
		}
		n += c.N
	}
	for _, x := range o.Design {
		if x-x != 0 { // infinite or not a number
			return ErrShape
		}
	}
	if n == 0 {
		return ErrEmpty
	}
	return nil
}

func (o Observations) row(i int) []float64 {
	p := len(o.Terms)
	return o.Design[i*p : i*p+p : i*p+p]
}

// together is how many rows are added up at a time: sums of these are added in the order of the rows, so that the result does not depend on how many
// processors there are.
const together = 2048

// sum adds up numbers over all rows: each is given a range of rows and adds theirs into its slice.
func (o Observations) sum(size int, each func(from, to int, into []float64)) []float64 {
	rows := len(o.Counts)
	blocks := (rows + together - 1) / together
	sums := make([]float64, size*blocks)
	var next atomic.Int64
	work := func() {
		for b := int(next.Add(1)) - 1; b < blocks; b = int(next.Add(1)) - 1 {
			each(b*together, min((b+1)*together, rows), sums[b*size:(b+1)*size:(b+1)*size])
		}
	}
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), blocks) - 1 {
		wait.Go(work)
	}
	work()
	wait.Wait()
	out := sums[:size:size]
	for b := 1; b < blocks; b++ {
		for i, x := range sums[b*size : (b+1)*size] {
			out[i] += x
		}
	}
	return out
}

// logit is what a model says about a row: the chance of the event, and of none, both with all their digits.
func logit(eta float64) (p, q float64) {
	e := math.Exp(-math.Abs(eta))
	small, large := e/(1+e), 1/(1+e)
	if eta < 0 {
		return small, large
	}
	return large, small
}

// excess is how many events there are beyond what is expected: k - n p, without cancelling when nearly all have the event.
func excess(k, n, p, q float64) float64 {
	if p > 0.5 {
		return n*q - (n - k)
	}
	return k - n*p
}

// at is what the likelihood is like at some coefficients.
type at struct {
	logLikelihood float64 // less the constant of the binomial coefficients
	score         []float64
	information   symmetric
}

// at computes the likelihood and its first two derivatives.
func (o Observations) at(beta []float64) at {
	p := len(o.Terms)
	return split(p, o.sum(1+p+triangle(p), func(from, to int, into []float64) {
		score, information := into[1:1+p:1+p], into[1+p:]
		product := 1.0 // of 1 + exp(-|eta|), each at most 2: one logarithm for many rows
		likelihood := 0.0
		var w, r [4]float64
		for i := from; i < to; i++ {
			x := o.row(i)
			eta := 0.0
			for j, b := range beta {
				eta += b * x[j]
			}
			k, n := float64(o.Counts[i].K), float64(o.Counts[i].N)
			e := math.Exp(-math.Abs(eta))
			large := 1 / (1 + e)
			small := e * large
			slot := (i - from) & 3
			if eta < 0 {
				likelihood += k * eta
				r[slot] = excess(k, n, small, large)
			} else {
				likelihood -= (n - k) * eta
				r[slot] = excess(k, n, large, small)
			}
			w[slot] = n * small * large
			if n == 1 {
				if product *= 1 + e; product > 1e300 {
					likelihood -= math.Log(product)
					product = 1
				}
			} else {
				likelihood -= n * math.Log1p(e)
			}
			if slot == 3 || i == to-1 {
				add(o.Design[(i-slot)*p:(i+1)*p], w[:slot+1], r[:slot+1], p, score, information)
			}
		}
		into[0] = likelihood - math.Log(product)
	}))
}

func split(p int, s []float64) at { return at{s[0], s[1 : 1+p], symmetric(s[1+p:])} }

// add1 adds a row with weight w and residual r to the score and the information.
func add1(x []float64, w, r float64, score []float64, information symmetric) {
	at := 0
	for i, v := range x {
		score[i] += r * v
		v *= w
		for j, u := range x[:i+1] {
			information[at+j] += v * u
		}
		at += i + 1
	}
}

// add adds up to four rows. Four at once are the rule: most of the time of a fit is spent here, and the sums are read and written a quarter as often.
func add(x, w, r []float64, p int, score, information []float64) {
	if len(w) < 4 {
		for i := range w {
			add1(x[i*p:(i+1)*p], w[i], r[i], score, information)
		}
		return
	}
	x0, x1, x2, x3 := x[:p:p], x[p:2*p:2*p], x[2*p:3*p:3*p], x[3*p:4*p:4*p]
	score, w, r = score[:p:p], w[:4], r[:4]
	for i := range p {
		a0, a1, a2, a3 := x0[i], x1[i], x2[i], x3[i]
		score[i] += r[0]*a0 + r[1]*a1 + r[2]*a2 + r[3]*a3
		a0, a1, a2, a3 = a0*w[0], a1*w[1], a2*w[2], a3*w[3]
		sums := information[: i+1 : i+1]
		y0, y1, y2, y3 := x0[:len(sums)], x1[:len(sums)], x2[:len(sums)], x3[:len(sums)]
		for j := range sums {
			sums[j] += a0*y0[j] + a1*y1[j] + a2*y2[j] + a3*y3[j]
		}
		information = information[i+1:]
	}
}

// start is the weighted sum of squares of the first step, from chances that each row suggests by itself, half a person added to both sides.
func (o Observations) start() at {
	p := len(o.Terms)
	suggested := func(c Count) (weight, target float64) {
		k, n := float64(c.K), float64(c.N)
		a, b := k+0.5, n-k+0.5
		w := n * a / (n + 1) * b / (n + 1)
		return w, w*math.Log(a/b) + k - n*a/(n+1)
	}
	weight1, target1 := suggested(Count{1, 1})
	return split(p, o.sum(1+p+triangle(p), func(from, to int, into []float64) {
		var w, t [4]float64
		for i := from; i < to; i++ {
			slot := (i - from) & 3
			if c := o.Counts[i]; c.N == 1 {
				w[slot], t[slot] = weight1, target1*float64(2*c.K-1)
			} else {
				w[slot], t[slot] = suggested(c)
			}
			if slot == 3 || i == to-1 {
				add(o.Design[(i-slot)*p:(i+1)*p], w[:slot+1], t[:slot+1], p, into[1:1+p], into[1+p:])
			}
		}
	}))
}

// covariance is the inverse of the information at some coefficients, of which the factor is given. When terms nearly follow from each other, the information
// is computed once more in a basis in which it is nearly 1 and loses nothing by being inverted.
func (o Observations) covariance(beta []float64, l symmetric) (symmetric, error) {
	p := len(beta)
	m := l.inverse()
	left := 1.0 // the least that is left of a term after those before it, as a share of its sum of squares
	for i := range p {
		li := l.row(i)
		left = min(left, li[i]*li[i]/dot(li, li))
	}
	if left > 1e-4 {
		return between(m, nil), nil
	}
	j := split(p, o.sum(1+p+triangle(p), func(from, to int, into []float64) {
		z := make([]float64, p)
		for i := from; i < to; i++ {
			x := o.row(i)
			a, b := logit(dot(beta, x))
			m.times(x, z)
			add1(z, float64(o.Counts[i].N)*a*b, 0, into[1:1+p], into[1+p:])
		}
	})).information
	inner, fails := j.factor(1e-12)
	if fails >= 0 {
		return nil, ErrNoFit
	}
	return between(m, inner), nil
}

// between is M' (L L')⁻¹ M, or M' M without L.
func between(m, l symmetric) symmetric {
	p := m.order()
	out := make(symmetric, triangle(p))
	for a := range p {
		column := make([]float64, p)
		for i := a; i < p; i++ {
			column[i] = m.row(i)[a]
		}
		if l != nil {
			column = l.solve(column)
		}
		for b := a; b < p; b++ {
			s := 0.0
			for i := b; i < p; i++ {
				s += m.row(i)[b] * column[i]
			}
			out.row(b)[a] = s
		}
	}
	return out
}

// deviances gives the deviance of the fit from what was observed, and that of a single chance for all, with the number of rows that have people.
func (o Observations) deviances(beta []float64, logLikelihood float64) (fitted, null float64, rows int) {
	var sum Count
	var ones [2]float64 // rows of one person without and with the event
	for _, c := range o.Counts {
		sum.K, sum.N = sum.K+c.K, sum.N+c.N
		if c.N == 1 {
			ones[c.K]++
		}
		if c.N > 0 {
			rows++
		}
	}
	k, n := float64(sum.K), float64(sum.N)
	a := []float64{-2 * logLikelihood, 0}
	if int(ones[0]+ones[1]) < rows {
		a = o.sum(2, func(from, to int, into []float64) {
			for i := from; i < to; i++ {
				if x, m := float64(o.Counts[i].K), float64(o.Counts[i].N); m > 0 {
					p, q := logit(dot(beta, o.row(i)))
					into[0] += 2 * (deviance(x, m*p) + deviance(m-x, m*q))
					if m > 1 {
						into[1] += 2 * (deviance(x, m/n*k) + deviance(m-x, m/n*(n-k)))
					}
				}
			}
		})
	}
	for i, share := range []float64{(n - k) / n, k / n} {
		if ones[i] > 0 {
			a[1] -= 2 * ones[i] * math.Log(share)
		}
	}
	return a[0], a[1], rows
}
