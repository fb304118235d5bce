package followup

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"samklang/internal/core/errs"
	"samklang/internal/core/period"
)

// Cell is a code for each variable of a moment.
type Cell map[string]string

// String is the form in which a cell is stored: "sex=female;age=30_44", in the order of Variables.
func (c Cell) String() string {
	var parts []string
	for _, v := range Variables {
		if code, ok := c[v]; ok {
			parts = append(parts, v+"="+code)
		}
	}
	return strings.Join(parts, ";")
}

// ParseCell reads the stored form and nothing else.
func ParseCell(s string) (Cell, error) {
	c := Cell{}
	if s == "" {
		return c, nil
	}
	for part := range strings.SplitSeq(s, ";") {
		v, code, ok := strings.Cut(part, "=")
		if !ok || code == "" || !slices.Contains(Variables[:], v) || strings.ContainsAny(code, "=;") {
			return nil, fmt.Errorf("not a cell: %q", s)
		}
		c[v] = code
	}
	if c.String() != s {
		return nil, fmt.Errorf("not a cell in its order: %q", s)
	}
	return c, nil
}

// Complete tells whether nothing in the cell is unknown.
func (c Cell) Complete() bool {
	return !slices.Contains(slices.Collect(maps.Values(c)), Unknown)
}

// MostOfACard is how many people one card can stand for, and MostInACell how many a cell can hold: far above what any initiative counts.
const (
	MostOfACard = 200
	MostInACell = 100_000
)

// Card is what somebody counts with one press: one or several people of the same kind.
type Card struct {
	Moment Moment
	Values Cell
	N      int64
	// Protected is somebody whose identity is protected: of her only sex and year are counted.
	Protected bool
}

// cell gives the cell the card adds to. The names of faults are those of the variables.
func (c Card) cell(method Method, l Lists, in period.Block) (Cell, error) {
	var form errs.Form
	variables, ok := Asked(method, c.Moment)
	if !ok {
		form.Add("moment", "followup.moment_missing")
		return nil, form.Err()
	}
	cell := Cell{}
	for _, v := range variables {
		code := c.Values[v]
		if c.Protected && v != Sex {
			code = Unknown
		}
		if code == "" {
			form.Add(v, "followup.missing."+v)
		} else if !l.Has(v, code, in) {
			form.Add(v, "error.not_a_choice")
		}
		cell[v] = code
	}
	if c.N < 1 || c.N > MostOfACard {
		form.Add("n", "followup.n_out_of_range", "max", MostOfACard)
	}
	return cell, form.Err()
}

// Counts are numbers in cells of one moment, by the stored form of the cell.
type Counts map[string]int64

// Sum is how many there are, without those who should not have been counted.
func (c Counts) Sum() (n int64) {
	for cell, k := range c {
		if !misregistered(cell) {
			n += k
		}
	}
	return n
}

// By sums over everything but one variable, without misregistrations.
func (c Counts) By(variable string) map[string]int64 {
	out := map[string]int64{}
	for s, k := range c {
		if misregistered(s) {
			continue
		}
		cell, err := ParseCell(s)
		if err == nil {
			out[cell[variable]] += k
		}
	}
	return out
}

func misregistered(cell string) bool {
	return strings.HasSuffix(cell, EndReason+"="+Misregistered)
}

// Coverage is how much of what was counted is known.
type Coverage struct {
	All      int64            // participations
	Complete int64            // of them, with every answer known
	Unknown  map[string]int64 // without an answer, by variable
}

// Cover tells how much of a moment's counts is known.
func (c Counts) Cover() Coverage {
	out := Coverage{Unknown: map[string]int64{}}
	for s, n := range c {
		if misregistered(s) {
			continue
		}
		cell, err := ParseCell(s)
		if err != nil {
			continue
		}
		out.All += n
		if cell.Complete() {
			out.Complete += n
		}
		for v, code := range cell {
			if code == Unknown {
				out.Unknown[v] += n
			}
		}
	}
	return out
}

// And adds two coverages.
func (c Coverage) And(d Coverage) Coverage {
	sum := Coverage{All: c.All + d.All, Complete: c.Complete + d.Complete, Unknown: maps.Clone(c.Unknown)}
	if sum.Unknown == nil {
		sum.Unknown = map[string]int64{}
	}
	for v, n := range d.Unknown {
		sum.Unknown[v] += n
	}
	return sum
}

// Grade is a coverage as the office may see it before anything is published: in broad words, from which no count can be told.
type Grade string

const (
	Nothing Grade = "nothing" // nobody was counted, or nothing is asked
	Little  Grade = "little"  // less than half
	Half    Grade = "half"    // at least half
	Most    Grade = "most"    // at least three quarters
	Nearly  Grade = "nearly"  // at least nine tenths
)

// Grade tells how good the coverage is.
func (c Coverage) Grade() Grade {
	switch {
	case c.All == 0:
		return Nothing
	case c.Complete*10 >= c.All*9:
		return Nearly
	case c.Complete*4 >= c.All*3:
		return Most
	case c.Complete*2 >= c.All:
		return Half
	}
	return Little
}

// Limits are the least and the most that earlier periods had of something. A number outside them is worth another look.
type Limits struct{ Least, Most int64 }

// LimitsOf are the limits of earlier numbers; ok is false when there are fewer than three to go by.
func LimitsOf(earlier []int64) (l Limits, ok bool) {
	if len(earlier) < 3 {
		return l, false
	}
	return Limits{slices.Min(earlier), slices.Max(earlier)}, true
}

// Strange tells whether a number is far outside what was before: under half of the least or over twice the most, and by more than two.
func (l Limits) Strange(n int64) bool {
	return 2*n < l.Least && l.Least-n > 2 || n > 2*l.Most && n-l.Most > 2
}
