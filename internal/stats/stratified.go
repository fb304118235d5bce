package stats

import "math"

// Stratum compares a group with its reference among people who are alike in what the strata are made of.
type Stratum struct{ Group, Reference Count }

// cells are the four cells of a stratum: events and others of the group, events and others of the reference.
func (s Stratum) cells() (a, b, c, d, n float64) {
	a, c = float64(s.Group.K), float64(s.Reference.K)
	b, d = float64(s.Group.N)-a, float64(s.Reference.N)-c
	return a, b, c, d, a + b + c + d
}

// Adjusted is what two groups have in common over all strata, by Mantel and Haenszel. A ratio whose divisor has no events is +Inf, or NaN when there are
// no events at all. Where the variance of an estimate is not defined or comes out as nothing (because nobody or everybody in a group has the event), its
// interval says nothing: from 0 to +Inf, and from -1 to 1 for a difference.
type Adjusted struct {
	RiskDifference Estimate // with the variance of Sato, which holds with few large and with many small strata: the one to report
	RiskRatio      Estimate // with the variance of Greenland and Robins
	OddsRatio      Estimate // with the variance of Robins, Breslow and Greenland

	// RiskDifferenceLargeStrata is RiskDifference with the variance of Greenland and Robins, which other programs report; it needs large strata.
	RiskDifferenceLargeStrata Estimate
}

// MantelHaenszel gives the common difference, ratio of proportions and ratio of odds of the groups against their references, each weighted so that strata
// with few people do not disturb, with intervals at the given confidence. Strata in which one of the groups is empty say nothing and count for nothing;
// neither the order of the strata nor that of the groups matters but for signs and inverses. The errors are ErrCounts, ErrConfidence, and ErrEmpty when no
// stratum has people in both groups.
//
// N. Mantel and W. Haenszel, JNCI 22 (1959) 719–748. Variances: the odds ratio J. Robins, N. Breslow, S. Greenland, Biometrics 42 (1986) 311–323; the risk
// ratio and the difference S. Greenland and J. Robins, Biometrics 41 (1985) 55–68; the difference T. Sato, Biometrics 45 (1989) 1323–1324.
func MantelHaenszel(strata []Stratum, confidence float64) (Adjusted, error) {
	z, err := normal(confidence)
	if err != nil {
		return Adjusted{}, err
	}
	var r, s, pr, psqr, qs float64              // odds: R, S, PR, PS+QR and QS in the notation of Robins, Breslow and Greenland
	var events, reference, v float64            // risks
	var weight, difference, p, q, large float64 // the difference: P and Q in that of Sato
	used := false
	for _, x := range strata {
		if err := x.check(); err != nil {
			return Adjusted{}, err
		}
		if x.Group.N == 0 || x.Reference.N == 0 {
			continue
		}
		used = true
		a, b, c, d, n := x.cells()
		n1, n2 := a+b, c+d
		alike, unlike, R, S := (a+d)/n, (b+c)/n, a*d/n, b*c/n
		r, s = r+R, s+S
		pr, psqr, qs = pr+alike*R, psqr+alike*S+unlike*R, qs+unlike*S
		events, reference = events+a*n2/n, reference+c*n1/n
		v += a*d/n*n1/n + b*c/n*n2/n // (a+c) n1 n2 / n² - ac/n, without cancelling
		weight += n1 / n * n2
		difference += (a*d - b*c) / n
		p += (n1/n*n1*c - n2/n*n2*a + n1/n*n2*(n2-n1)/2) / n
		q += (a*d + b*c) / (2 * n)
		large += a*b*n2/n*n2/n/n1 + c*d*n1/n*n1/n/n2
	}
	if !used {
		return Adjusted{}, ErrEmpty
	}
	rd := min(max(difference/weight, -1), 1)
	return Adjusted{
		RiskDifference: differenceEstimate(rd, rd*p+q, weight, z), RiskDifferenceLargeStrata: differenceEstimate(rd, large, weight, z),
		RiskRatio: ratioEstimate(events/reference, v/(events*reference), z),
		OddsRatio: ratioEstimate(r/s, pr/(2*r*r)+psqr/(2*r*s)+qs/(2*s*s), z),
	}, nil
}

// differenceEstimate is a difference with the interval of its variance, given as that of the difference times the weight.
func differenceEstimate(d, variance, weight, z float64) Estimate {
	if !(variance > 1e-12*weight) { // what is left over from cancelling is below that, and the smallest real one with MaxCount above
		return Estimate{d, Interval{-1, 1}}
	}
	half := z * math.Sqrt(variance) / weight
	return Estimate{d, Interval{max(d-half, -1), min(d+half, 1)}}
}

func (s Stratum) check() error {
	if err := s.Group.check(); err != nil {
		return err
	}
	return s.Reference.check()
}

// ratioEstimate is a ratio with the interval that its logarithm's variance gives.
func ratioEstimate(ratio, variance, z float64) Estimate {
	if !(ratio > 0) || math.IsInf(ratio, 1) || !(variance > 0) || math.IsInf(variance, 1) {
		return Estimate{ratio, Interval{0, math.Inf(1)}}
	}
	half := math.Exp(z * math.Sqrt(variance))
	return Estimate{ratio, Interval{ratio / half, ratio * half}}
}

// Test is a chi-square statistic with its degrees of freedom and the probability of one as large or larger when there is no difference. Without degrees of
// freedom, P is 1.
type Test struct {
	Chi2 float64
	DF   int
	P    float64
}

func test(chi2 float64, df int) Test {
	if df <= 0 || math.IsNaN(chi2) {
		return Test{0, max(df, 0), 1}
	}
	return Test{chi2, df, chiSquareAbove(chi2, df)}
}

// CochranMantelHaenszel tests whether the two groups differ within strata, without and with the correction for continuity (half a person; none
// when the difference is less than that, as R's mantelhaen.test has it). Both have one degree of freedom; when nothing can vary, chi-square is 0 and P is 1.
// The only error is ErrCounts.
//
// W. G. Cochran, Biometrics 10 (1954) 417–451; Mantel and Haenszel (1959).
func CochranMantelHaenszel(strata []Stratum) (plain, corrected Test, err error) {
	var difference, variance float64
	for _, x := range strata {
		if err := x.check(); err != nil {
			return Test{}, Test{}, err
		}
		a, b, c, d, n := x.cells()
		if n < 2 {
			continue
		}
		difference += (a*d - b*c) / n // observed less expected
		variance += (a + b) / n * (c + d) / n * (a + c) / (n - 1) * (b + d)
	}
	if variance == 0 {
		return Test{0, 1, 1}, Test{0, 1, 1}, nil
	}
	less := math.Abs(difference)
	if less >= 0.5-1e-9 { // half a person, in whatever order the strata were added up
		less = max(less-0.5, 0)
	}
	return test(difference*difference/variance, 1), test(less*less/variance, 1), nil
}

// MantelFleiss tells whether there is enough for the chi-square of CochranMantelHaenszel: by how many events, at least, the group could have more or fewer
// over all strata than is expected when nothing differs. Below 5 its probability is not to be relied on. The only error is ErrCounts.
//
// N. Mantel and J. L. Fleiss, Am. J. Epidemiol. 112 (1980) 129–134.
func MantelFleiss(strata []Stratum) (float64, error) {
	var fewer, more float64
	for _, x := range strata {
		if err := x.check(); err != nil {
			return 0, err
		}
		a, b, c, d, n := x.cells()
		if n == 0 {
			continue
		}
		expected := (a + b) / n * (a + c)
		fewer += expected - max(0, a-d) // a-d: the events that have no place in the reference
		more += min(a+b, a+c) - expected
	}
	return max(min(fewer, more), 0), nil
}

// Homogeneity tells whether the ratio of odds is the same in all strata.
type Homogeneity struct{ Woolf, BreslowDay, Tarone Test }

// Homogeneous tests whether the ratio of odds is the same in all strata. Woolf's test adds half a person to each cell of every stratum when any cell is
// empty. Breslow and Day's and Tarone's corrected test compare with what the Mantel–Haenszel ratio lets expect; strata in which everybody or nobody has
// the event, or a group is empty, say nothing.
//
// B. Woolf, Ann. Hum. Genet. 19 (1955) 251–253; N. E. Breslow and N. E. Day, Statistical Methods in Cancer Research I (1980) 142; R. E. Tarone, Biometrika
// 72 (1985) 91–95.
func Homogeneous(strata []Stratum) (Homogeneity, error) {
	var informative []Stratum
	add := 0.0
	for _, x := range strata {
		if err := x.check(); err != nil {
			return Homogeneity{}, err
		}
		a, b, c, d, _ := x.cells()
		if a+b == 0 || c+d == 0 || a+c == 0 || b+d == 0 {
			continue
		}
		informative = append(informative, x)
		if a*b*c*d == 0 {
			add = 0.5
		}
	}
	if len(informative) == 0 {
		return Homogeneity{Test{0, 0, 1}, Test{0, 0, 1}, Test{0, 0, 1}}, nil
	}
	df := len(informative) - 1
	var w, wl, wll, r, s float64
	for _, x := range informative {
		a, b, c, d, n := x.cells()
		r, s = r+a*d/n, s+b*c/n
		a, b, c, d = a+add, b+add, c+add, d+add
		l, weight := math.Log(a*d/(b*c)), 1/(1/a+1/b+1/c+1/d)
		w, wl, wll = w+weight, wl+weight*l, wll+weight*l*l
	}
	out := Homogeneity{Woolf: test(max(wll-wl*wl/w, 0), df)}
	psi := r / s
	if !(psi > 0) || math.IsInf(psi, 1) { // all of one kind in every stratum: there is nothing to compare
		out.BreslowDay, out.Tarone = Test{0, df, 1}, Test{0, df, 1}
		return out, nil
	}
	var chi, off, variances float64
	for _, x := range informative {
		a, b, c, d, _ := x.cells()
		difference, variance := underOdds(a, a+b, c+d, a+c, psi)
		chi += difference * difference / variance
		off += difference
		variances += variance
	}
	out.BreslowDay, out.Tarone = test(chi, df), test(max(chi-off*off/variances, 0), df)
	return out, nil
}
