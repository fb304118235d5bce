// Package stats computes the statistics of follow-up and equality work from counts: proportions and their intervals, differences and ratios between
// two groups, crude and within strata, tests, logistic regression, limits of funnel plots, and multilevel estimates for intersections of groups.
//
// Everything is pure: the same input gives the same output, nothing is read or written, and nobody is named. What comes out is about raw counts and
// may point somebody out; package disclosure decides what may be shown.
//
// Intervals are two-sided with equal tails. A confidence is a share such as 0.95. Counts are whole numbers from 0 to MaxCount. Every error is one of
// ErrCounts, ErrConfidence, ErrEmpty, ErrShape or ErrNoFit, possibly wrapped.
package stats

import "errors"

// MaxCount is the largest count that the functions are tested for.
const MaxCount = 10_000_000

var (
	// ErrCounts says that a count is negative, above MaxCount, or more events than there are people.
	ErrCounts = errors.New("stats: counts must be whole numbers from 0 to 10 000 000, with no more events than people")
	// ErrConfidence says that a confidence is not between 0 and 1, both excluded.
	ErrConfidence = errors.New("stats: a confidence is a share between 0 and 1")
	// ErrEmpty says that there is nobody to compute from.
	ErrEmpty = errors.New("stats: nobody is counted")
	// ErrShape says that slices that belong together have different lengths, or that a parameter is outside its domain.
	ErrShape = errors.New("stats: what belongs together has different lengths or is out of its domain")
	// ErrNoFit says that a model has no finite estimate or that the search for it did not end.
	ErrNoFit = errors.New("stats: the model has no finite estimate")
)
