package disclosure_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// made gives counts for every combination of categories, the first ones of each variable the most frequent; mean is that of an inner cell of middling ones.
func made(mean float64, sizes ...int) disclosure.Cells {
	r := rand.New(rand.NewPCG(1, 2))
	var c disclosure.Cells
	for v := range sizes {
		c.Variables = append(c.Variables, string(rune('a'+v)))
	}
	codes := make([]int, len(sizes))
	for k := 0; k >= 0; {
		row, weight := disclosure.Row{}, mean
		for v, x := range codes {
			row.Values = append(row.Values, fmt.Sprintf("%c%03d", 'a'+v, x))
			weight *= 2 / (1 + 0.3*float64(x%7))
		}
		row.N = int(r.ExpFloat64() * weight)
		c.Rows = append(c.Rows, row)
		for k = len(codes) - 1; k >= 0; k-- {
			if codes[k]++; codes[k] < sizes[k] {
				break
			}
			codes[k] = 0
		}
	}
	return c
}

func tables(list string) (t [][]string) {
	for _, names := range strings.Fields(list) {
		t = append(t, strings.Split(names, "×"))
	}
	return t
}

// large is a family of four linked three-way tables with hierarchies in four of its five variables.
func large(mean float64, sizes ...int) (disclosure.Cells, []disclosure.Variable) {
	c := made(mean, sizes...)
	var variables []disclosure.Variable
	for v, size := range sizes {
		x := disclosure.Variable{Name: string(rune('a' + v))}
		for first := 0; size >= 10 && first < size; first += 5 {
			g := disclosure.Group{Name: fmt.Sprintf("%c%03d-%03d", 'a'+v, first, first+4)}
			for k := range 5 {
				g.Members = append(g.Members, fmt.Sprintf("%c%03d", 'a'+v, first+k))
			}
			x.Groups = append(x.Groups, g)
		}
		if x.Groups != nil {
			variables = append(variables, x)
		}
	}
	return c, variables
}

const fourLinked = "a×b×c a×d×e a×b×e b×d×e"

func BenchmarkProtect(b *testing.B) {
	type family struct {
		name      string
		cells     disclosure.Cells
		threshold int
		tables    string
		variables []disclosure.Variable
	}
	sized := func(name string, mean float64, sizes ...int) family {
		c, variables := large(mean, sizes...)
		return family{name, c, 5, fourLinked, variables}
	}
	for _, x := range []family{
		{"30x20", made(8, 30, 20), 3, "a×b", nil},
		{"60x40", made(8, 60, 40), 3, "a×b", nil},
		{"half-year-165", made(0.1, 5, 12, 2, 5, 5), 5, "a×c b×c a×d c×d a×e c×e", nil},
		{"half-year-333", made(0.1, 5, 12, 2, 5, 5), 5, "a×c×d b×c c×d×e a×b", nil},
		{"half-year-576", made(0.1, 5, 12, 2, 5, 5), 5, "a×b×c b×c×d a×c×e", nil},
		sized("linked-10000", 0.4, 10, 10, 4, 5, 5),
		sized("linked-25000", 0.4, 10, 10, 5, 10, 5),
		sized("linked-50000", 0.4, 10, 10, 5, 10, 10),
		sized("linked-100000", 0.4, 20, 10, 5, 10, 10),
		sized("linked-100000-thin", 0.1, 20, 10, 5, 10, 10),
	} {
		b.Run(x.name, func(b *testing.B) {
			var r *disclosure.Result
			var err error
			for b.Loop() {
				if r, err = disclosure.Protect(x.cells, disclosure.Family{Threshold: x.threshold, Tables: tables(x.tables), Variables: x.variables}, nil, disclosure.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
			hidden, secondary := 0, 0
			for _, c := range r.Cells {
				if c.Status != disclosure.Open {
					hidden++
				}
				if c.Status == disclosure.Secondary {
					secondary++
				}
			}
			b.ReportMetric(float64(len(x.cells.Rows)), "inner")
			b.ReportMetric(float64(len(r.Cells)), "cells")
			b.ReportMetric(float64(hidden)/float64(len(r.Cells)), "hidden/cell")
			b.ReportMetric(float64(secondary)/float64(len(r.Cells)), "secondary/cell")
		})
	}
}
