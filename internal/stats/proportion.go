package stats

import "math"

// Count is K events among N people.
type Count struct{ K, N int64 }

func (c Count) check() error {
	if c.K < 0 || c.N < c.K || c.N > MaxCount {
		return ErrCounts
	}
	return nil
}

// Rate is K/N, NaN when nobody is counted.
func (c Count) Rate() float64 { return float64(c.K) / float64(c.N) }

// Interval is from Low to High, both included. High may be +Inf for a ratio.
type Interval struct{ Low, High float64 }

// Estimate is a value with its interval.
type Estimate struct {
	Value float64
	Interval
}

// normal gives the quantile z with which an interval of the confidence goes from -z to z standard errors.
func normal(confidence float64) (float64, error) {
	if !(confidence > 0 && confidence < 1) {
		return 0, ErrConfidence
	}
	return math.Sqrt2 * math.Erfinv(confidence), nil
}

// Wilson gives the score interval of a proportion: all p that the observed share does not contradict by the normal approximation at p. It is defined for
// any N above 0, lies within 0 and 1, and is the interval to report. The errors are ErrCounts, ErrConfidence, and ErrEmpty when N is 0.
//
// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927); R. G. Newcombe, Statist. Med. 17 (1998) 857–872, method 3.
func Wilson(c Count, confidence float64) (Interval, error) {
	if err := c.check(); err != nil {
		return Interval{}, err
	}
	z, err := normal(confidence)
	if err != nil {
		return Interval{}, err
	}
	if c.N == 0 {
		return Interval{}, ErrEmpty
	}
	k, n := float64(c.K), float64(c.N)
	half := z * math.Sqrt(k*(n-k)/n+z*z/4)
	// Both roots by the form in which nothing cancels.
	return Interval{k * k / n / (k + z*z/2 + half), min((k+z*z/2+half)/(n+z*z), 1)}, nil
}

// ClopperPearson gives the exact interval of a proportion: all p for which neither tail of the binomial distribution is below half of what the confidence
// leaves. It covers at least as often as it says, and mostly more often. Domain and errors are those of Wilson.
//
// C. J. Clopper and E. S. Pearson, Biometrika 26 (1934) 404–413.
func ClopperPearson(c Count, confidence float64) (Interval, error) {
	tail, err := c.tail(confidence)
	if err != nil {
		return Interval{}, err
	}
	out := Interval{0, 1}
	if c.K > 0 {
		out.Low = solve(func(p float64) float64 { return atLeast(c.K, c.N, p) - tail })
	}
	if c.K < c.N {
		out.High = solve(func(p float64) float64 { return tail - atMost(c.K, c.N, p) })
	}
	return out, nil
}

// MidP gives the mid-P interval of a proportion: as ClopperPearson, with half of the probability of what was observed in each tail. It covers as often as
// it says on average. Domain and errors are those of Wilson.
//
// H. O. Lancaster, JASA 56 (1961) 223–234; R. G. Newcombe (1998), method 6.
func MidP(c Count, confidence float64) (Interval, error) {
	tail, err := c.tail(confidence)
	if err != nil {
		return Interval{}, err
	}
	out := Interval{0, 1}
	if c.K > 0 {
		out.Low = solve(func(p float64) float64 { return (atLeast(c.K, c.N, p)+atLeast(c.K+1, c.N, p))/2 - tail })
	}
	if c.K < c.N {
		out.High = solve(func(p float64) float64 { return tail - (atMost(c.K, c.N, p)+atMost(c.K-1, c.N, p))/2 })
	}
	return out, nil
}

// tail checks what an exact interval needs, and gives the probability of each of its tails.
func (c Count) tail(confidence float64) (float64, error) {
	if err := c.check(); err != nil {
		return 0, err
	}
	if !(confidence > 0 && confidence < 1) {
		return 0, ErrConfidence
	}
	if c.N == 0 {
		return 0, ErrEmpty
	}
	return (1 - confidence) / 2, nil
}

// solve finds where an increasing function crosses zero between 0 and 1, to the last bit that makes a difference. It halves in the logarithm near both
// ends, so that tiny probabilities are found with all their digits.
func solve(f func(float64) float64) float64 {
	low, high := 0.0, 1.0
	for range 200 {
		middle := (low + high) / 2
		if low == 0 && high < 0.5 {
			middle = high / 16
		} else if low > 0 && high > 4*low {
			middle = math.Sqrt(low * high)
		}
		if middle <= low || middle >= high {
			break
		}
		if f(middle) < 0 {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}
