package stats_test

import (
	"math"
	"testing"
	"time"

	"samklang/internal/stats"

	"gonum.org/v1/gonum/mat"
)

// BenchmarkLogistic fits 200 000 rows with 7 coefficients, and prints how much longer the textbook's way takes on the same machine at the same time.
func BenchmarkLogistic(b *testing.B) {
	o := invented(2026, 200_000)
	x, y := mat.NewDense(len(o.Counts), 7, o.Design), make([]float64, len(o.Counts))
	for i, c := range o.Counts {
		y[i] = float64(c.K)
	}
	began := time.Now()
	want := textbook(x, y)
	plain := time.Since(began)
	b.ResetTimer()
	var fit stats.LogisticFit
	for b.Loop() {
		var err error
		if fit, err = stats.Logistic(o, 0.95); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	for i, c := range fit.Coefficients {
		if apart(c.Value, want[i]) > 1e-9 {
			b.Fatalf("%v, by the textbook %v", c, want[i])
		}
	}
	b.ReportMetric(plain.Seconds()/(b.Elapsed().Seconds()/float64(b.N)), "times-faster-than-textbook")
	b.ReportMetric(float64(fit.Iterations), "iterations")
}

// textbook is iteratively reweighted least squares as books have it: whole matrices, until nothing changes.
func textbook(x *mat.Dense, y []float64) []float64 {
	n, p := x.Dims()
	beta := mat.NewVecDense(p, nil)
	for range 25 {
		var eta mat.VecDense
		eta.MulVec(x, beta)
		var weighted mat.Dense
		weighted.CloneFrom(x)
		rest := mat.NewVecDense(n, nil)
		for i := range n {
			mu := 1 / (1 + math.Exp(-eta.AtVec(i)))
			rest.SetVec(i, y[i]-mu)
			for j := range p {
				weighted.Set(i, j, x.At(i, j)*mu*(1-mu))
			}
		}
		var information mat.Dense
		information.Mul(x.T(), &weighted)
		var score, step mat.VecDense
		score.MulVec(x.T(), rest)
		if err := step.SolveVec(&information, &score); err != nil {
			panic(err)
		}
		beta.AddVec(beta, &step)
		if mat.Norm(&step, 2) < 1e-13 {
			break
		}
	}
	return beta.RawVector().Data
}

// BenchmarkFirth fits 2 000 rows with 7 coefficients, profile intervals included.
func BenchmarkFirth(b *testing.B) {
	o := invented(2026, 2000)
	for b.Loop() {
		if _, err := stats.Firth(o, 0.95, stats.Profile); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIntersections fits both models to 300 strata of three main effects.
func BenchmarkIntersections(b *testing.B) {
	rows := invented(5, 9000)
	o := stats.Observations{Terms: rows.Terms[:4]}
	for i := range 300 {
		var c stats.Count
		for j := range 1 + i%60 {
			c.K, c.N = c.K+rows.Counts[i*30+j%30].K, c.N+1
		}
		o.Counts, o.Design = append(o.Counts, c), append(o.Design, rows.Design[i*30*7:i*30*7+4]...)
	}
	for b.Loop() {
		if _, err := stats.CompareIntersections(o, 0.95); err != nil {
			b.Fatal(err)
		}
	}
}
