package stats

import "math"

// Multilevel is a logistic regression of strata that vary beyond its terms: the logarithm of the odds of each stratum is what the terms say plus a normal
// deviation of its own.
type Multilevel struct {
	Coefficients []Coefficient // with Wald intervals and tests
	// Sigma is the standard deviation between strata, in logarithms of odds; 0 when they vary no more than chance lets them.
	Sigma float64
	// Partition is the share of all variance that is between strata, Sigma²/(Sigma² + pi²/3): from 0 to 1.
	Partition float64
	// Between tests whether strata vary at all: the ratio of likelihoods, whose P takes into account that a variance cannot be below 0.
	Between Test
	// LogLikelihood is less what a chance of its own for every stratum would have.
	LogLikelihood float64
	Strata        []Shrunken
	Iterations    int
}

// Shrunken is what a multilevel model says about a stratum: the fewer people are counted in it, the more it is drawn towards what its terms say. The
// intervals take into account that the coefficients and Sigma are estimates, to the first order (R. E. Kass and D. Steffey, JASA 84 (1989) 717–726).
type Shrunken struct {
	Probability Estimate // the mean, and the interval, of the chance of the event
	Expected    float64  // the chance that the terms alone give
	Deviation   Estimate // what the stratum adds by itself to the logarithm of the odds; the interaction when the terms are main effects
}

// Intersections compares strata that are combinations of grounds, such as sex by age by country of birth.
type Intersections struct {
	Null Multilevel // one chance for all
	Main Multilevel // each ground on its own
	// Additive is the share of the variance between strata that main effects explain: 1 less Main's variance by Null's. What is left is more than the sum
	// of its parts. It may be below 0, and is NaN when the strata do not vary.
	Additive float64
}

// CompareIntersections fits both models to strata. Each row of the observations is a stratum and its terms are the main effects, one of them a constant.
// Strata of nobody count for nothing and are given what the models expect of them. Confidence is that of all intervals. The errors are those of Logistic:
// when a main effect has only events, or none, there is no estimate.
//
// C. R. Evans et al., SSM – Population Health 26 (2024) 101664; J. Merlo, Social Science & Medicine 203 (2018) 74–80.
func CompareIntersections(o Observations, confidence float64) (Intersections, error) {
	main, err := FitMultilevel(o, confidence)
	if err != nil {
		return Intersections{}, err
	}
	one := Observations{Terms: []string{"constant"}, Design: make([]float64, len(o.Counts)), Counts: o.Counts}
	for i := range one.Design {
		one.Design[i] = 1
	}
	null, err := FitMultilevel(one, confidence)
	if err != nil {
		return Intersections{}, err
	}
	return Intersections{null, main, 1 - main.Sigma*main.Sigma/(null.Sigma*null.Sigma)}, nil
}

// FitMultilevel fits a logistic regression with a normal deviation for each row by maximum likelihood. The integral over the deviation is taken by adaptive
// Gauss–Hermite quadrature with 101 nodes around its most likely value, and for a Sigma above 2.5 piece by piece by Gauss and Legendre; both are exact to
// ten digits. The errors are those of Logistic; ErrNoFit also when Sigma has no end, which it cannot have unless nearly every stratum has only events or none.
//
// J. C. Pinheiro and D. M. Bates, J. Comput. Graph. Statist. 4 (1995) 12–35; derivatives by T. A. Louis, J. R. Statist. Soc. B 44 (1982) 226–233.
func FitMultilevel(o Observations, confidence float64) (Multilevel, error) {
	z, err := normal(confidence)
	if err != nil {
		return Multilevel{}, err
	}
	if err := o.check(); err != nil {
		return Multilevel{}, err
	}
	beta, l, _, _, err := o.maximize()
	if err != nil {
		return Multilevel{}, err
	}
	p := len(beta)
	plain := o.mixed(beta, 0)
	best := plain
	// When strata vary less than chance would have them, the likelihood falls from a Sigma of 0, and mostly everywhere.
	var failed error
	for _, sigma := range []float64{0.3, 1.5} {
		m, err := o.climb(beta, sigma)
		if failed = err; err == nil && m.likelihood > best.likelihood+1e-12*math.Abs(best.likelihood) {
			best = m
			break
		}
	}
	if best.sigma == 0 && plain.slope > 0 && failed != nil {
		return Multilevel{}, failed
	}
	covariance := make(symmetric, triangle(p+1))
	if best.sigma > 0 {
		l, fails := best.information.factor(0)
		if fails >= 0 {
			return Multilevel{}, ErrNoFit
		}
		unit := make([]float64, p+1)
		for i := range unit {
			clear(unit)
			unit[i] = 1
			copy(covariance.row(i), l.solve(unit))
		}
	} else {
		plain, err := o.covariance(best.beta, l)
		if err != nil {
			return Multilevel{}, err
		}
		copy(covariance, plain)
	}
	v := best.sigma * best.sigma
	out := Multilevel{Sigma: best.sigma, Partition: v / (v + math.Pi*math.Pi/3), LogLikelihood: best.likelihood, Iterations: best.taken}
	out.Between = test(max(2*(best.likelihood-plain.likelihood), 0), 1)
	if out.Between.P /= 2; best.sigma == 0 {
		out.Between = Test{0, 1, 1}
	}
	for i, b := range best.beta {
		se := math.Sqrt(covariance.row(i)[i])
		out.Coefficients = append(out.Coefficients, Coefficient{o.Terms[i], Estimate{b, Interval{b - z*se, b + z*se}}, se, b / se, normalBeyond(b / se)})
	}
	for i := range o.Counts {
		out.Strata = append(out.Strata, o.shrink(i, best, covariance, confidence, z))
	}
	return out, nil
}

// mixture is the likelihood of a multilevel model at some coefficients and Sigma, with its derivatives.
type mixture struct {
	beta        []float64
	sigma       float64
	likelihood  float64
	score       []float64 // of the coefficients, then of Sigma
	information symmetric
	slope       float64 // of the likelihood over the variance, at a Sigma of 0
	taken       int
}

func (o Observations) mixed(beta []float64, sigma float64) mixture {
	p := len(beta)
	m := mixture{beta: beta, sigma: sigma}
	s := o.sum(2+p+1+triangle(p+1), func(from, to int, into []float64) {
		score, information := into[2:3+p], symmetric(into[3+p:])
		for i := from; i < to; i++ {
			if o.Counts[i].N == 0 {
				continue
			}
			x := o.row(i)
			d := newDeviation(o.Counts[i], dot(beta, x), sigma)
			likelihood, ds, dd := d.derivatives()
			into[0] += likelihood
			into[1] += d.slope()
			for a, u := range x {
				score[a] += ds[0] * u
				for b, w := range x[:a+1] {
					information.row(a)[b] -= dd[0] * u * w
				}
				information.row(p)[a] -= dd[1] * u
			}
			score[p] += ds[1]
			information.row(p)[p] -= dd[2]
		}
	})
	m.likelihood, m.slope, m.score, m.information = s[0], s[1], s[2:3+p], s[3+p:]
	return m
}

// unending is a Sigma that no counts up to MaxCount give: with it the strata have either events or none, and the likelihood has no end.
const unending = 100

// climb goes from some coefficients and Sigma to where the likelihood is greatest, by Newton's method; to a Sigma of 0 when it goes there.
func (o Observations) climb(beta []float64, sigma float64) (mixture, error) {
	p := len(beta)
	here := o.mixed(beta, sigma)
	before := math.Inf(1)
	for taken := 1; taken <= 10*steps; taken++ {
		damped := append(symmetric(nil), here.information...)
		l, fails := damped.factor(0)
		for more := 1e-3; fails >= 0; more *= 4 { // not yet near the top: a shorter way that surely goes up
			if more > 1e12 {
				return mixture{}, ErrNoFit
			}
			for i := range p + 1 {
				damped.row(i)[i] = here.information.row(i)[i] + more*(1+math.Abs(here.information.row(i)[i]))
			}
			l, fails = damped.factor(0)
		}
		step := l.solve(here.score)
		left := dot(step, here.score)
		if left < 1e-22 || left < 1e-15 && left > before/30 {
			here.taken = taken
			return here, nil
		}
		before = left
		share := 1.0
		if most := here.sigma + 0.5; step[p] > most { // from where the likelihood is nearly straight, steps lead beyond everything
			share = most / step[p]
		}
		for ; ; share /= 2 {
			if share < 1e-12 {
				return mixture{}, ErrNoFit
			}
			s := here.sigma + share*step[p]
			if s < here.sigma/10 { // not across 0
				continue
			}
			next := o.mixed(move(here.beta, step[:p], share), s)
			if next.likelihood >= here.likelihood-1e-11*(1+math.Abs(here.likelihood)) {
				here = next
				break
			}
		}
		if here.sigma < 1e-5 {
			return o.mixed(beta, 0), nil
		}
		if here.sigma > unending {
			return mixture{}, ErrNoFit
		}
	}
	return mixture{}, ErrNoFit
}
