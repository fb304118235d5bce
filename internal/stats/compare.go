package stats

import "math"

// Newcombe gives the hybrid score interval of the difference a - b between two proportions, made of the Wilson intervals of both. It is defined for any N
// above 0 and lies within -1 and 1. The errors are ErrCounts, ErrEmpty when an N is 0, and ErrConfidence.
//
// R. G. Newcombe, Statist. Med. 17 (1998) 873–890, method 10.
func Newcombe(a, b Count, confidence float64) (Estimate, error) {
	wa, err := Wilson(a, confidence)
	if err != nil {
		return Estimate{}, err
	}
	wb, err := Wilson(b, confidence)
	if err != nil {
		return Estimate{}, err
	}
	p, q := a.Rate(), b.Rate()
	d := p - q
	return Estimate{d, Interval{max(d-math.Hypot(p-wa.Low, wb.High-q), -1), min(d+math.Hypot(wa.High-p, q-wb.Low), 1)}}, nil
}

// RiskRatio gives a/b as a ratio of proportions with its score interval: all ratios that the score test with the proportions most likely under the ratio
// does not reject. It is defined for any N above 0. Without events among b the value and High are +Inf; without events in both the value is NaN and the
// interval, which then says nothing, goes from 0 to +Inf. The errors are ErrCounts, ErrEmpty when N is 0, and ErrConfidence.
//
// P. A. R. Koopman, Biometrics 40 (1984) 513–517; O. Miettinen and M. Nurminen, Statist. Med. 4 (1985) 213–226, without their factor N/(N-1).
func RiskRatio(a, b Count, confidence float64) (Estimate, error) {
	n1, n2, x1, x2 := a.floats(b)
	y1, y2 := n1-x1, n2-x2
	return ratio(a, b, confidence, a.Rate()/b.Rate(), func(logRatio float64) float64 {
		ratio, over := math.Exp(logRatio), math.Expm1(logRatio)
		p, others1 := underRatio(n2, n1, x2, x1, -logRatio)
		q, others2 := underRatio(n1, n2, x1, x2, logRatio)
		// The difference of the shares of events is, but for its sign, that of the shares of the others; what is made of smaller parts keeps more digits.
		difference, size := x1/n1-ratio*x2/n2, max(x1/n1, ratio*x2/n2)
		if max(math.Abs(over), y1/n1, ratio*y2/n2) < size {
			difference = ratio*y2/n2 - y1/n1 - over
		}
		return signed(difference, p*others1/n1+ratio*ratio*q*others2/n2)
	})
}

// underRatio is the most likely proportion q of the second of two groups, of n1 and n2 with x1 and x2 events, when that of the first is a given multiple
// of it, and 1 - q: the smaller root of r (n1+n2) q² - (r (n1+x2) + n2+x1) q + x1+x2 = 0, whose discriminant is (r (n1+x2) - n2-x1)² + 4 r y1 y2.
func underRatio(n1, n2, x1, x2, logRatio float64) (q, others float64) {
	r, over := math.Exp(logRatio), math.Expm1(logRatio)
	y1, y2 := n1-x1, n2-x2
	root := math.Hypot(over*(n1+x2)+y1-y2, 2*math.Sqrt(r*y1*y2))
	q = 2 * (x1 + x2) / (r*(n1+x2) + n2 + x1 + root)
	if t := over*(n1+n2+y2) + y1 + y2; t >= 0 {
		others = (t + root) / (2 * r * (n1 + n2))
	} else { // the ratio is below 1
		others = -2 * over * y2 / (root - t)
	}
	return min(q, 1), min(max(others, 0), 1)
}

// OddsRatio gives the ratio of the odds of a and b with its score interval, as RiskRatio does for proportions. The value is 0 or +Inf when one of the
// four numbers is 0, and NaN when nobody or everybody has the event in both; then the interval goes from 0 to +Inf. Errors as RiskRatio.
//
// J. Cornfield, Proc. Third Berkeley Symp. 4 (1956) 135–148; Miettinen and Nurminen (1985), without their factor N/(N-1).
func OddsRatio(a, b Count, confidence float64) (Estimate, error) {
	n1, n2, x1, x2 := a.floats(b)
	return ratio(a, b, confidence, x1*(n2-x2)/(x2*(n1-x1)), func(logRatio float64) float64 {
		return signed(underOdds(x1, n1, n2, x1+x2, math.Exp(logRatio)))
	})
}

// underOdds compares the number of events observed in the first of two groups, of n1 and n2 with m events together, with what is expected when the
// ratio of their odds is psi: the difference, and its asymptotic variance.
func underOdds(x1, n1, n2, m, psi float64) (difference, variance float64) {
	// The four cells, each computed by itself so that a small one keeps its digits beside large ones; all differ from what was observed by as much.
	cells := [4]float64{expected(n1, n2, m, psi), expected(n2, n1, m, 1/psi), expected(n1, n2, n1+n2-m, 1/psi), expected(n2, n1, n1+n2-m, psi)}
	differences := [4]float64{x1 - cells[0], cells[1] - (m - x1), cells[2] - (n1 - x1), n2 - m + x1 - cells[3]}
	least := 0
	for i, c := range cells {
		if c < cells[least] {
			least = i
		}
		variance += 1 / c
	}
	return differences[least], 1 / variance
}

// expected is the number of events in the first of two groups, of n1 and n2 with m events together, when the ratio of their odds is psi:
// (1-psi) e² + b e = psi m n1, by the form of the root in which nothing cancels.
func expected(n1, n2, m, psi float64) float64 {
	if math.IsInf(psi, 1) {
		return min(m, n1)
	}
	b, c := psi*(n1+m)+n2-m, psi*m*n1
	root := math.Sqrt(max(b*b+4*(1-psi)*c, 0))
	e := 2 * c / (b + root)
	if b < 0 {
		e = (root - b) / (2 * (1 - psi))
	}
	return min(max(e, m-n2, 0), m, n1)
}

// PeopleNeeded is how many people each of two groups of the same size must have for a difference between the proportions p and q to be found with the
// given power, when a difference is called one outside what the confidence allows; a share of a person is left for the caller to round up. It is what to
// collect, not a verdict on what was collected. It is +Inf when p is q. The errors are ErrConfidence, for the power too, and ErrShape for a proportion
// outside 0 to 1.
//
// J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (2003), chapter 4, without correction for continuity.
func PeopleNeeded(p, q, confidence, power float64) (float64, error) {
	if !(p >= 0 && p <= 1 && q >= 0 && q <= 1) {
		return 0, ErrShape
	}
	z, err := normal(confidence)
	if err != nil || !(power > 0 && power < 1) {
		return 0, ErrConfidence
	}
	if p == q {
		return math.Inf(1), nil
	}
	middle := (p + q) / 2
	root := (z*math.Sqrt(2*middle*(1-middle)) + math.Sqrt2*math.Erfinv(2*power-1)*math.Sqrt(p*(1-p)+q*(1-q))) / (p - q)
	return root * root, nil
}

func (a Count) floats(b Count) (n1, n2, x1, x2 float64) {
	return float64(a.N), float64(b.N), float64(a.K), float64(b.K)
}

// signed is a difference in standard errors; 0 where there is none and nothing varies.
func signed(difference, variance float64) float64 {
	if difference == 0 {
		return 0
	}
	return difference / math.Sqrt(max(variance, 0))
}

// widest is the logarithm of the largest ratio that is looked for: no counts up to MaxCount give a finite bound beyond it.
const widest = 80

// ratio checks, and finds both bounds by the score at the logarithm of a ratio, which falls as the ratio grows.
func ratio(a, b Count, confidence, value float64, score func(logRatio float64) float64) (Estimate, error) {
	for _, c := range []Count{a, b} {
		if err := c.check(); err != nil {
			return Estimate{}, err
		}
		if c.N == 0 {
			return Estimate{}, ErrEmpty
		}
	}
	z, err := normal(confidence)
	if err != nil {
		return Estimate{}, err
	}
	find := func(target float64) float64 {
		low, high := -float64(widest), float64(widest)
		for range 200 { // it ends before, where two numbers have none between them
			middle := (low + high) / 2
			if middle <= low || middle >= high {
				break
			}
			if score(middle) > target {
				low = middle
			} else {
				high = middle
			}
		}
		return (low + high) / 2
	}
	out := Estimate{value, Interval{0, math.Inf(1)}}
	if l := find(z); l > -widest+1 && !(value == 0) {
		out.Low = math.Exp(l)
	}
	if h := find(-z); h < widest-1 && !math.IsInf(value, 1) {
		out.High = math.Exp(h)
	}
	return out, nil
}
