package disclosure

import (
	"fmt"
	"maps"
	"slices"
)

// Total stands in the place of a category for all categories together.
const Total = "*"

// The largest sets of counts that are taken on.
const (
	MaxVariables = 24
	MaxRows      = 1_000_000
	MaxCount     = 1_000_000_000
	maxName      = 200 // bytes in the name of a variable or category
)

// Cells are counts of people in inner cells: the finest there are, from which every table of a family is summed up. A combination of categories that has no
// row has count 0, and can occur unless the family declares otherwise.
type Cells struct {
	Variables []string // distinct names
	Rows      []Row
}

// Row is one inner cell: a category of each variable, in the order of Cells.Variables, and how many people are in it.
type Row struct {
	Values []string
	N      int
}

// InputError tells what is wrong with something read, and where. Line and Column count from 1, the column in bytes; both are 0 where the fault is in no
// one place.
type InputError struct {
	Source       string // "cells", "family" or the name of a file
	Line, Column int
	Problem      string
}

func (e *InputError) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.Source, e.Problem)
	}
	return fmt.Sprintf("%s, line %d, column %d: %s", e.Source, e.Line, e.Column, e.Problem)
}

// check refuses cells that no table can be made of. Those that ReadCells gave have been checked.
func (c Cells) check() error {
	fault := func(format string, args ...any) error {
		return &InputError{Source: "cells", Problem: fmt.Sprintf(format, args...)}
	}
	if len(c.Variables) == 0 || len(c.Variables) > MaxVariables {
		return fault("there are %d variables; there must be 1 to %d", len(c.Variables), MaxVariables)
	}
	if len(c.Rows) > MaxRows {
		return fault("there are %d rows; at most %d are taken", len(c.Rows), MaxRows)
	}
	names := map[string]bool{}
	for _, v := range c.Variables {
		if problem := badName(v); problem != "" {
			return fault("variable %q %s", v, problem)
		}
		if names[v] {
			return fault("variable %q stands twice", v)
		}
		names[v] = true
	}
	seen := map[string]int{}
	for i, r := range c.Rows {
		if len(r.Values) != len(c.Variables) {
			return fault("row %d has %d categories for %d variables", i+1, len(r.Values), len(c.Variables))
		}
		for j, v := range r.Values {
			if problem := badName(v); problem != "" {
				return fault("row %d: category %q of %q %s", i+1, v, c.Variables[j], problem)
			}
		}
		if r.N < 0 || r.N > MaxCount {
			return fault("row %d: %d people; a count is between 0 and %d", i+1, r.N, MaxCount)
		}
		k := key(r.Values)
		if first, ok := seen[k]; ok {
			return fault("rows %d and %d are the same cell", first, i+1)
		}
		seen[k] = i + 1
	}
	return nil
}

// badName says what is wrong with the name of a variable or category, "" for nothing.
func badName(s string) string {
	switch {
	case s == "":
		return "is empty"
	case s == Total:
		return "stands for all categories together and cannot be one"
	case len(s) > maxName:
		return fmt.Sprintf("is longer than %d bytes", maxName)
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r == '\uFFFD' {
			return "holds a character that cannot be printed"
		}
	}
	return ""
}

// categories lists the categories of the variable that occur, sorted.
func (c Cells) categories(variable int) []string {
	set := map[string]bool{}
	for _, r := range c.Rows {
		set[r.Values[variable]] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// key joins names so that no two lists of names give the same string: control characters are not allowed in names.
func key(values []string) string {
	var b []byte
	for _, v := range values {
		b = append(append(b, v...), 0)
	}
	return string(b)
}
