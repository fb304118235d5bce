package stats

import (
	"math"
	"slices"
)

// FunnelLimits gives, for a unit of n people when every unit has the share benchmark on average, the limits between which its share is with the given
// confidence. They are exact for the binomial distribution, and interpolated between two whole numbers of events, so that the funnel is smooth. A factor
// of over-dispersion of 1 or more widens them around the benchmark by its square root. They lie within 0 and 1 and hold the benchmark, which the
// interpolation alone would not do for units so small that no number of events is beyond a limit. The errors are ErrCounts, ErrConfidence, ErrEmpty when n
// is 0, and ErrShape for a benchmark outside 0 to 1 or a factor below 1.
//
// D. J. Spiegelhalter, Statist. Med. 24 (2005) 1185–1202, appendix A.1.1.
func FunnelLimits(benchmark float64, n int64, confidence, dispersion float64) (Interval, error) {
	if !(benchmark >= 0 && benchmark <= 1) || !(dispersion >= 1) || math.IsInf(dispersion, 1) {
		return Interval{}, ErrShape
	}
	tail, err := (Count{0, n}).tail(confidence)
	if err != nil {
		return Interval{}, err
	}
	if benchmark == 0 || benchmark == 1 {
		return Interval{benchmark, benchmark}, nil
	}
	at := func(q float64) float64 {
		// The smallest number of events that is not exceeded with a probability of at least q.
		low, high := int64(0), n
		for low < high {
			if middle := low + (high-low)/2; atMost(middle, n, benchmark) >= q {
				high = middle
			} else {
				low = middle + 1
			}
		}
		reached, before := atMost(low, n, benchmark), atMost(low-1, n, benchmark)
		return (float64(low) - (reached-q)/(reached-before)) / float64(n)
	}
	wide := math.Sqrt(dispersion)
	below, above := min(at(tail)-benchmark, 0), max(at(1-tail)-benchmark, 0)
	return Interval{max(benchmark+below*wide, 0), min(benchmark+above*wide, 1)}, nil
}

// Dispersion gives the factor by which units vary more than chance around a benchmark, 1 or more: the mean of their squared standardised differences, of
// which the most extreme tenth on each side is drawn in to what is next to it, so that a unit that stands out does not excuse itself. It is 1 as well
// when the units differ no more than chance lets them (at most 1 + 2 sqrt(2/units)). Units without people count for nothing. The errors are ErrCounts, and
// ErrShape when the benchmark is not between 0 and 1, both excluded.
//
// Spiegelhalter (2005), section 3.2.
func Dispersion(benchmark float64, units []Count) (float64, error) {
	if !(benchmark > 0 && benchmark < 1) {
		return 0, ErrShape
	}
	var z []float64
	for _, u := range units {
		if err := u.check(); err != nil {
			return 0, err
		}
		if u.N > 0 {
			z = append(z, (u.Rate()-benchmark)/math.Sqrt(benchmark*(1-benchmark)/float64(u.N)))
		}
	}
	if len(z) == 0 {
		return 1, nil
	}
	slices.Sort(z)
	drawn := len(z) / 10
	sum := 0.0
	for i := range z {
		x := z[min(max(i, drawn), len(z)-1-drawn)]
		sum += x * x
	}
	factor := sum / float64(len(z))
	if factor <= 1+2*math.Sqrt(2/float64(len(z))) {
		return 1, nil
	}
	return factor, nil
}
