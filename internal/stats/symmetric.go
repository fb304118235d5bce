package stats

import "math"

// symmetric is the lower half of a symmetric or triangular matrix, row after row: element (i, j), j <= i, is at i(i+1)/2 + j.
type symmetric []float64

func triangle(n int) int { return n * (n + 1) / 2 }

func (a symmetric) row(i int) []float64 { return a[triangle(i) : triangle(i)+i+1] }

// order is the number of rows.
func (a symmetric) order() int { return int(math.Sqrt(float64(2 * len(a)))) }

// factor is the matrix L with a = L L'. What is left of a row after those before it, as a share of its diagonal, is small when the row follows from them:
// fails is the first row for which it is not above least, or -1.
func (a symmetric) factor(least float64) (l symmetric, fails int) {
	l = make(symmetric, len(a))
	for i := range a.order() {
		ai, li := a.row(i), l.row(i)
		for j := range i {
			lj := l.row(j)
			s := ai[j]
			for k := range j {
				s -= li[k] * lj[k]
			}
			li[j] = s / lj[j]
		}
		s := ai[i]
		for k := range i {
			s -= li[k] * li[k]
		}
		if !(s > least*ai[i]) || math.IsInf(s, 1) {
			return nil, i
		}
		li[i] = math.Sqrt(s)
	}
	return l, -1
}

// solve gives x with L L' x = b.
func (l symmetric) solve(b []float64) []float64 {
	x := append([]float64(nil), b...)
	for i := range x {
		li := l.row(i)
		for k := range i {
			x[i] -= li[k] * x[k]
		}
		x[i] /= li[i]
	}
	for i := len(x) - 1; i >= 0; i-- {
		for k := i + 1; k < len(x); k++ {
			x[i] -= l.row(k)[i] * x[k]
		}
		x[i] /= l.row(i)[i]
	}
	return x
}

// inverse is the lower triangular matrix M with M L = 1.
func (l symmetric) inverse() symmetric {
	m := make(symmetric, len(l))
	for j := range l.order() {
		for i := j; i < l.order(); i++ {
			s := 0.0
			if i == j {
				s = 1
			}
			li := l.row(i)
			for k := j; k < i; k++ {
				s -= li[k] * m.row(k)[j]
			}
			m.row(i)[j] = s / li[i]
		}
	}
	return m
}

// times is M x for a lower triangular M, into the given slice.
func (m symmetric) times(x, into []float64) {
	for i := range into {
		s := 0.0
		for j, v := range m.row(i) {
			s += v * x[j]
		}
		into[i] = s
	}
}

// logDeterminant is that of L L'.
func (l symmetric) logDeterminant() float64 {
	s := 0.0
	for i := range l.order() {
		s += 2 * math.Log(l.row(i)[i])
	}
	return s
}

// without is the matrix less a row and its column.
func (a symmetric) without(out int) symmetric {
	b := make(symmetric, 0, len(a))
	for i := range a.order() {
		for j, v := range a.row(i) {
			if i != out && j != out {
				b = append(b, v)
			}
		}
	}
	return b
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, x := range a {
		s += x * b[i]
	}
	return s
}
