package disclosure

import (
	"math"
	"runtime"
	"slices"
	"sync"
)

// normal is the matrix of the normal equations A·diag(weight)·Aᵀ of an attack, factored by Cholesky's method. Equations that share no variable are
// eliminated first, since their part of the matrix is diagonal.
type normal struct {
	place []int32 // of each equation: its place among the rest, or -1-place among those eliminated first
	first []int32 // equations eliminated first
	rest  []int32
	pivot []float64 // of each of the first
	cross [][]share // of each of the first: what it shares with the rest
	low   [][]float64
}

type share struct {
	at     int32
	weight float64
}

func newNormal(variables int, equations [][]int32) *normal {
	m := &normal{place: make([]int32, len(equations))}
	covered := make([]bool, variables)
	for i := range equations {
		e := int32(i)
		if slices.ContainsFunc(equations[e], func(k int32) bool { return covered[k] }) {
			m.place[e] = int32(len(m.rest))
			m.rest = append(m.rest, e)
			continue
		}
		for _, k := range equations[e] {
			covered[k] = true
		}
		m.place[e] = -1 - int32(len(m.first))
		m.first = append(m.first, e)
	}
	return m
}

// factor takes the equations of each variable, and its weight.
func (m *normal) factor(of [][]int32, weight []float64) {
	n := len(m.rest)
	if m.low == nil {
		all := make([]float64, n*(n+1)/2)
		m.low = make([][]float64, n)
		for i := range m.low {
			m.low[i], all = all[:i+1:i+1], all[i+1:]
		}
	}
	for _, row := range m.low {
		clear(row)
	}
	m.pivot = make([]float64, len(m.first))
	m.cross = make([][]share, len(m.first))
	cross := make([]map[int32]float64, len(m.first))
	for i := range cross {
		cross[i] = map[int32]float64{}
	}
	for k, list := range of {
		w := weight[k]
		for _, e := range list {
			p := m.place[e]
			if p >= 0 {
				row := m.low[p]
				for _, o := range list {
					if q := m.place[o]; q >= 0 && q <= p {
						row[q] += w
					}
				}
				continue
			}
			m.pivot[-1-p] += w
			for _, o := range list {
				if q := m.place[o]; q >= 0 {
					cross[-1-p][q] += w
				}
			}
		}
	}
	for i, c := range cross {
		for q, w := range c {
			m.cross[i] = append(m.cross[i], share{q, w})
		}
		slices.SortFunc(m.cross[i], func(a, b share) int { return int(a.at - b.at) })
		for _, x := range m.cross[i] {
			f := x.weight / m.pivot[i]
			for _, z := range m.cross[i] {
				if z.at > x.at {
					break
				}
				m.low[x.at][z.at] -= f * z.weight
			}
		}
	}
	m.cholesky()
}

// panel is how many columns are eliminated together, so that those before them are read as seldom as can be.
const panel = 64

// dependent is the pivot below which nothing but error is left of an equation; sums of people are 1 at least.
const dependent = 1e-11

// cholesky replaces the lower triangle by its factor, panel by panel. Every entry is computed in the same order of operations however many work on it.
func (m *normal) cholesky() {
	n := len(m.low)
	for from := 0; from < n; from += panel {
		to := min(from+panel, n)
		workers := runtime.GOMAXPROCS(0)
		var group sync.WaitGroup
		for w := range workers {
			group.Go(func() {
				for i := from + 4*w; i < n; i += 4 * workers {
					m.update(i, min(i+4, n), from, to)
				}
			})
		}
		group.Wait()
		for j := from; j < to; j++ {
			row := m.low[j]
			for k := from; k < j; k++ {
				row[k] = (row[k] - dot(row[from:k], m.low[k][from:k])) / m.low[k][k]
			}
			v := row[j] - dot(row[from:j], row[from:j])
			if v < dependent {
				v = 1 / dependent // the equation says nothing that those before it do not; its price is put at zero
			}
			row[j] = math.Sqrt(v)
		}
		for w := range workers {
			group.Go(func() {
				for i := to + w; i < n; i += workers {
					row := m.low[i]
					for k := from; k < to; k++ {
						row[k] = (row[k] - dot(row[from:k], m.low[k][from:k])) / m.low[k][k]
					}
				}
			})
		}
		group.Wait()
	}
}

// update subtracts from rows first to last, in columns from to to, what the columns before them contribute.
func (m *normal) update(first, last, from, to int) {
	if from == 0 {
		return
	}
	for j := from; j < to; j += 2 {
		b0 := m.low[j][:from]
		b1 := b0
		if j+1 < to {
			b1 = m.low[j+1][:from]
		}
		for i := first; i < last; i += 2 {
			a0 := m.low[i][:from]
			a1 := a0
			if i+1 < last {
				a1 = m.low[i+1][:from]
			}
			a1, c0, c1 := a1[:len(a0)], b0[:len(a0)], b1[:len(a0)]
			var s00, s01, s10, s11 float64
			for k, x := range a0 {
				y, u, v := a1[k], c0[k], c1[k]
				s00 += x * u
				s01 += x * v
				s10 += y * u
				s11 += y * v
			}
			if j <= i {
				m.low[i][j] -= s00
			}
			if j+1 < to && j+1 <= i {
				m.low[i][j+1] -= s01
			}
			if i+1 < last {
				if j <= i+1 {
					m.low[i+1][j] -= s10
				}
				if j+1 < to && j+1 <= i+1 {
					m.low[i+1][j+1] -= s11
				}
			}
		}
	}
}

// dot sums in an order that does not depend on where the numbers lie.
func dot(x, y []float64) float64 {
	y = y[:len(x)]
	var a, b, c, d float64
	i := 0
	for ; i+4 <= len(x); i += 4 {
		a += x[i] * y[i]
		b += x[i+1] * y[i+1]
		c += x[i+2] * y[i+2]
		d += x[i+3] * y[i+3]
	}
	for ; i < len(x); i++ {
		a += x[i] * y[i]
	}
	return a + b + c + d
}

// lanes is how many right sides are solved at the same time: the matrix is read once for all of them.
const lanes = 4

// solve replaces right sides, by equation, by the solutions. The scratch is of the solver's own making, for the next call.
func (m *normal) solve(right *[lanes][]float64, scratch [][lanes]float64) [][lanes]float64 {
	z := scratch
	if z == nil {
		z = make([][lanes]float64, len(m.rest))
	}
	for i, e := range m.rest {
		for l := range lanes {
			z[i][l] = right[l][e]
		}
	}
	for i, e := range m.first {
		for l := range lanes {
			if f := right[l][e] / m.pivot[i]; f != 0 {
				for _, x := range m.cross[i] {
					z[x.at][l] -= x.weight * f
				}
			}
		}
	}
	for i, row := range m.low {
		var a, b, c, d float64
		for j, w := range row[:i] {
			v := &z[j]
			a += w * v[0]
			b += w * v[1]
			c += w * v[2]
			d += w * v[3]
		}
		v, w := &z[i], row[i]
		v[0], v[1], v[2], v[3] = (v[0]-a)/w, (v[1]-b)/w, (v[2]-c)/w, (v[3]-d)/w
	}
	for i := len(z) - 1; i >= 0; i-- {
		row := m.low[i]
		v, w := &z[i], row[i]
		v[0], v[1], v[2], v[3] = v[0]/w, v[1]/w, v[2]/w, v[3]/w
		a, b, c, d := v[0], v[1], v[2], v[3]
		for j, w := range row[:i] {
			v := &z[j]
			v[0] -= w * a
			v[1] -= w * b
			v[2] -= w * c
			v[3] -= w * d
		}
	}
	for l := range lanes {
		for i, e := range m.first {
			s := right[l][e]
			for _, x := range m.cross[i] {
				s -= x.weight * z[x.at][l]
			}
			right[l][e] = s / m.pivot[i]
		}
		for i, e := range m.rest {
			right[l][e] = z[i][l]
		}
	}
	return z
}

// work is what a factorisation and a solution count for beside an exchange of the simplex method.
func (m *normal) work() (factor, solve int) {
	n := len(m.rest)
	return 1 + n*n*n/300_000, 1 + n*n*lanes/50_000
}
