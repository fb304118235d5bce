package stats

import (
	"fmt"
	"math"
	"strings"
)

// Coefficient is what a term adds to the logarithm of the odds, with its interval.
type Coefficient struct {
	Term string
	Estimate
	StandardError float64
	Statistic     float64 // the value in standard errors, or the root of the likelihood ratio with the sign of the value
	P             float64 // of a value as far or farther from 0 when the term says nothing
}

// LogisticFit is a fitted logistic regression.
type LogisticFit struct {
	Coefficients []Coefficient
	Covariance   [][]float64 // of the coefficients
	Deviance     float64     // twice what the logarithm of the likelihood lacks to that of a chance of its own for every row
	NullDeviance float64     // the same for one chance for all
	DF           int         // rows with people, less terms
	Iterations   int
}

// SeparationError says that a combination of terms divides those with the event from those without, so that the odds are estimated as infinite. It wraps
// ErrNoFit. Firth gives finite estimates in spite of it.
type SeparationError struct {
	Terms    []string // which have an infinite coefficient
	Complete bool     // everybody is divided, not only some
}

func (e *SeparationError) Error() string {
	who := "some"
	if e.Complete {
		who = "all"
	}
	return fmt.Sprintf("stats: %s of those counted are divided into events and others without exception by: %s", who, strings.Join(e.Terms, ", "))
}

func (e *SeparationError) Unwrap() error { return ErrNoFit }

// AliasError says that a term follows from those before it, so that no coefficient of its own can be found. It wraps ErrNoFit.
type AliasError struct{ Term string }

func (e *AliasError) Error() string {
	return fmt.Sprintf("stats: the term %s follows from those before it", e.Term)
}

func (e *AliasError) Unwrap() error { return ErrNoFit }

const (
	// aliased is what may be left of a term, as a share of its sum of squares, for it to count as following from those before it.
	aliased = 1e-12
	// steps is how many are taken before a fit is given up; a fit that has an end takes some ten.
	steps = 60
)

// Logistic fits a logistic regression by maximum likelihood (iteratively reweighted least squares), with Wald intervals at the given confidence and Wald
// tests. The result does not depend on the number of processors. The errors are ErrShape when the numbers do not fit together or are not finite,
// ErrCounts, ErrConfidence, ErrEmpty, *AliasError, *SeparationError, and ErrNoFit when the search does not end for another reason.
//
// Separation is noticed, not guessed: under it the steps of the search tend to a direction that leaves some rows' odds as they are and makes those of
// others more extreme, to the right side, by about a factor e each time. The fit is refused when a step is found to do exactly that for each row.
//
// P. McCullagh and J. A. Nelder, Generalized Linear Models (1989), chapter 4; A. Albert and J. A. Anderson, Biometrika 71 (1984) 1–10.
func Logistic(o Observations, confidence float64) (LogisticFit, error) {
	z, err := normal(confidence)
	if err != nil {
		return LogisticFit{}, err
	}
	if err := o.check(); err != nil {
		return LogisticFit{}, err
	}
	beta, l, likelihood, taken, err := o.maximize()
	if err != nil {
		return LogisticFit{}, err
	}
	covariance, err := o.covariance(beta, l)
	if err != nil {
		return LogisticFit{}, err
	}
	fit := LogisticFit{Coefficients: make([]Coefficient, len(beta)), Covariance: square(covariance), Iterations: taken}
	for i, b := range beta {
		se := math.Sqrt(covariance.row(i)[i])
		fit.Coefficients[i] = Coefficient{o.Terms[i], Estimate{b, Interval{b - z*se, b + z*se}}, se, b / se, normalBeyond(b / se)}
	}
	var rows int
	fit.Deviance, fit.NullDeviance, rows = o.deviances(beta, likelihood)
	fit.DF = rows - len(beta)
	return fit, nil
}

func square(a symmetric) [][]float64 {
	n := a.order()
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, n)
	}
	for i := range n {
		for j, v := range a.row(i) {
			out[i][j], out[j][i] = v, v
		}
	}
	return out
}

// maximize finds the coefficients that make the likelihood greatest, with the factor of the information and the logarithm of the likelihood there.
func (o Observations) maximize() (beta []float64, l symmetric, logLikelihood float64, taken int, err error) {
	first := o.start()
	l, fails := first.information.factor(aliased)
	if fails >= 0 {
		return nil, nil, 0, 0, &AliasError{o.Terms[fails]}
	}
	beta = l.solve(first.score)
	here := o.at(beta)
	before := math.Inf(1)
	for taken = 1; taken <= steps; taken++ {
		if l, fails = here.information.factor(1e-15); fails >= 0 {
			break
		}
		step := l.solve(here.score)
		left := dot(step, here.score) // squared distance to the end, in standard errors
		slow := left > before/30
		if taken > 5 && (slow || taken > 25) {
			if s := o.separation(beta, step); s != nil {
				return nil, nil, 0, 0, s
			}
		}
		if left < 1e-20 || slow && left < 1e-16 {
			if taken > 30 {
				break // what ends has ended long before
			}
			return move(beta, step, 1), l, here.logLikelihood, taken, nil // the information does not notice the last step
		}
		before = left
		share := 1.0
		if left > 1 { // far from the end the step may lead beyond it, to where the likelihood is flat
			share = min(1, 4/o.against(step))
		}
		next, there := beta, at{}
		for ; ; share /= 2 {
			next = move(beta, step, share)
			if there = o.at(next); there.logLikelihood >= here.logLikelihood-1e-9*math.Abs(here.logLikelihood) {
				break
			}
			if share < 1e-12 {
				return nil, nil, 0, 0, ErrNoFit
			}
		}
		beta, here = next, there
	}
	return nil, nil, 0, 0, ErrNoFit
}

// against is by how much a step changes the logarithm of somebody's odds at most, away from what happened to them.
func (o Observations) against(step []float64) (most float64) {
	for i, c := range o.Counts {
		t := dot(step, o.row(i))
		if c.K < c.N {
			most = max(most, t)
		}
		if c.K > 0 {
			most = max(most, -t)
		}
	}
	return most
}

func move(from, step []float64, share float64) []float64 {
	to := make([]float64, len(from))
	for i := range to {
		to[i] = from[i] + share*step[i]
	}
	return to
}

// separation tells whether going on in a direction makes the odds of some rows more extreme and leaves the others', with nobody on the wrong side.
func (o Observations) separation(beta, direction []float64) *SeparationError {
	complete := true // as the coefficients are
	for i, c := range o.Counts {
		if eta := dot(beta, o.row(i)); c.N > 0 && !(c.K == c.N && eta > 0 || c.K == 0 && eta < 0) {
			complete = false
			break
		}
	}
	if !complete {
		const unmoved, moved = 1e-6, 0.1
		some := false
		for i, c := range o.Counts {
			if c.N == 0 {
				continue
			}
			t := dot(direction, o.row(i))
			if c.K == 0 {
				t = -t
			}
			switch {
			case math.Abs(t) < unmoved:
			case t > moved && (c.K == 0 || c.K == c.N):
				some = true
			default:
				return nil
			}
		}
		if !some {
			return nil
		}
	}
	e := &SeparationError{Complete: complete}
	most := make([]float64, len(direction))
	for i := range o.Counts {
		for j, x := range o.row(i) {
			most[j] = max(most[j], math.Abs(x*direction[j]))
		}
	}
	for j, m := range most {
		if m > 1e-3 {
			e.Terms = append(e.Terms, o.Terms[j])
		}
	}
	return e
}
