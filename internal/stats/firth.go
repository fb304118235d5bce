package stats

import "math"

// FirthFit is a logistic regression fitted by Firth's penalised likelihood.
type FirthFit struct {
	Coefficients []Coefficient // their intervals as asked for, their tests by the ratio of penalised likelihoods
	Covariance   [][]float64   // the inverse of the information, for Wald statistics
	// PenalizedLogLikelihood is the logarithm of the likelihood, less the constant of the binomial coefficients, and half that of the information's
	// determinant.
	PenalizedLogLikelihood float64
	Iterations             int
}

// Intervals are the kinds that Firth gives.
type Intervals int

const (
	// Profile intervals hold all values that the ratio of penalised likelihoods does not reject. They are right where Firth is needed: when the likelihood
	// is not shaped like a normal distribution's.
	Profile Intervals = iota
	// Wald intervals are the value plus and minus its standard errors: quick, and good enough with many events.
	Wald
)

// Firth fits a logistic regression by maximum likelihood penalised with Jeffreys' prior, which takes away the first-order bias of few events and gives
// finite coefficients even when events and others are separated. The errors are those of Logistic, without *SeparationError.
//
// D. Firth, Biometrika 80 (1993) 27–38; G. Heinze and M. Schemper, Statist. Med. 21 (2002) 2409–2419.
func Firth(o Observations, confidence float64, kind Intervals) (FirthFit, error) {
	z, err := normal(confidence)
	if err != nil {
		return FirthFit{}, err
	}
	if kind != Profile && kind != Wald {
		return FirthFit{}, ErrShape
	}
	if err := o.check(); err != nil {
		return FirthFit{}, err
	}
	p := len(o.Terms)
	if _, fails := o.start().information.factor(aliased); fails >= 0 {
		return FirthFit{}, &AliasError{o.Terms[fails]}
	}
	top, taken, err := o.penalized(make([]float64, p), -1)
	if err != nil {
		return FirthFit{}, err
	}
	covariance, err := o.covariance(top.beta, top.factor)
	if err != nil {
		return FirthFit{}, err
	}
	fit := FirthFit{Coefficients: make([]Coefficient, p), Covariance: square(covariance), PenalizedLogLikelihood: top.likelihood, Iterations: taken}
	for i, b := range top.beta {
		se := math.Sqrt(covariance.row(i)[i])
		profile := func(value float64) (float64, error) { // the root of twice what the likelihood loses when the coefficient is held at the value
			from := append([]float64(nil), top.beta...)
			for j := range from { // along the ridge
				from[j] += (value - b) * fit.Covariance[i][j] / (se * se)
			}
			from[i] = value
			held, _, err := o.penalized(from, i)
			return math.Sqrt(max(2*(top.likelihood-held.likelihood), 0)), err
		}
		root, err := profile(0)
		if err != nil {
			return FirthFit{}, err
		}
		c := Coefficient{o.Terms[i], Estimate{b, Interval{b - z*se, b + z*se}}, se, math.Copysign(root, b), normalBeyond(root)}
		if kind == Profile {
			for side, bound := range map[float64]*float64{-1: &c.Low, 1: &c.High} {
				d, err := reach(z, z*se, func(d float64) (float64, error) { return profile(b + side*d) })
				if err != nil {
					return FirthFit{}, err
				}
				*bound = b + side*d
			}
		}
		fit.Coefficients[i] = c
	}
	return fit, nil
}

// reach finds how far to go for a function that grows from 0, nearly in a straight line, to get to a level.
func reach(level, guess float64, f func(float64) (float64, error)) (float64, error) {
	low, high := 0.0, math.Inf(1)
	flow, fhigh := -level, 0.0
	x := guess
	for turn := range 200 {
		y, err := f(x)
		if err != nil {
			return 0, err
		}
		if y -= level; math.Abs(y) < 1e-12*level {
			return x, nil
		}
		if y < 0 {
			low, flow = x, y
		} else {
			high, fhigh = x, y
		}
		switch {
		case math.IsInf(high, 1):
			x = min(2*x, low*level/(level+flow)*1.01)
		case high-low <= 1e-12*high || turn > 60 && high-low <= 1e-8*high: // the likelihood of very many people has no more digits than that
			return high, nil
		case turn%3 == 2:
			x = (low + high) / 2
		default:
			x = min(max(low-flow*(high-low)/(fhigh-flow), low), high)
			if near := 1e-13 * high; x-low < near {
				x = low + near
			} else if high-x < near {
				x = high - near
			}
		}
	}
	return 0, ErrNoFit
}

// summit is where a penalised likelihood is greatest.
type summit struct {
	beta       []float64
	factor     symmetric // of the information of all terms
	likelihood float64
}

// penalized climbs from some coefficients to where the penalised likelihood is greatest, with one of them held where it is; -1 holds none.
func (o Observations) penalized(beta []float64, held int) (summit, int, error) {
	p := len(beta)
	at := func(beta []float64) (summit, []float64, symmetric) {
		plain := o.at(beta)
		l, fails := plain.information.factor(0)
		if fails >= 0 {
			return summit{}, nil, nil
		}
		m := l.inverse()
		pull := o.sum(p, func(from, to int, into []float64) {
			z := make([]float64, p)
			for i := from; i < to; i++ {
				x := o.row(i)
				a, b := logit(dot(beta, x))
				m.times(x, z)
				h := float64(o.Counts[i].N) * a * b * dot(z, z) // how much the row leads its own fit
				for j, v := range x {
					into[j] += h * (b - a) / 2 * v
				}
			}
		})
		for j := range pull {
			pull[j] += plain.score[j]
		}
		return summit{beta, l, plain.logLikelihood + l.logDeterminant()/2}, pull, plain.information
	}
	here, score, information := at(beta)
	if score == nil {
		return summit{}, 0, ErrNoFit
	}
	least := math.Inf(1)
	for taken := 1; taken <= 20*steps; taken++ {
		step := make([]float64, p)
		if held < 0 {
			step = here.factor.solve(score)
		} else if p > 1 {
			l, fails := information.without(held).factor(0)
			if fails >= 0 {
				return summit{}, 0, ErrNoFit
			}
			others := append(append([]float64(nil), score[:held]...), score[held+1:]...)
			others = l.solve(others)
			copy(step, others[:held])
			copy(step[held+1:], others[held:])
		}
		left := dot(step, score)
		if left < 1e-26 || left >= least && (left < 1e-18 || taken > steps && left < 1e-10) {
			return here, taken, nil
		}
		least = min(least, left)
		most := 0.0
		for _, s := range step {
			most = max(most, math.Abs(s))
		}
		share := 1.0
		if most > 5 {
			share = 5 / most
		}
		for {
			// The step leaves out how the penalty bends, and may be twice what it should be with few people: not so far that the way back is half of it.
			next, s, i := at(move(beta, step, share))
			if s != nil && next.likelihood >= here.likelihood-1e-9*(1+math.Abs(here.likelihood)) && dot(step, s) > -left/2 {
				beta, here, score, information = next.beta, next, s, i
				break
			}
			switch share /= 2; {
			case share < 1e-3 && left < 1e-10: // the likelihood of very many people has no digits for the rest of the way
				return here, taken, nil
			case share < 1e-9:
				return summit{}, 0, ErrNoFit
			}
		}
	}
	return summit{}, 0, ErrNoFit
}
