package disclosure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// attackAsLarge has every family attacked from the inside until the test ends.
func attackAsLarge(t *testing.T) {
	before := largeProduct
	largeProduct = 0
	t.Cleanup(func() { largeProduct = before })
}

// smallWorld makes up a family with a hierarchy and three linked tables, and counts in it.
func smallWorld(seed uint64) (Cells, Family) {
	r := rand.New(rand.NewPCG(seed, 1))
	sizes := []int{4 + r.IntN(3), 3 + r.IntN(3), 2 + r.IntN(2), 3}
	mean := 0.3 + r.Float64()*2
	c := Cells{Variables: []string{"a", "b", "c", "d"}}
	for a := range sizes[0] {
		for b := range sizes[1] {
			for x := range sizes[2] {
				for d := range sizes[3] {
					n := int(r.ExpFloat64() * mean * 2 / (1 + 0.5*float64(a)))
					c.Rows = append(c.Rows, Row{Values: []string{fmt.Sprint("a", a), fmt.Sprint("b", b), fmt.Sprint("c", x), fmt.Sprint("d", d)}, N: n})
				}
			}
		}
	}
	return c, Family{Threshold: 3 + r.IntN(3), Tables: [][]string{{"a", "b", "c"}, {"a", "d"}, {"b", "c", "d"}},
		Variables: []Variable{{Name: "a", Groups: []Group{{Name: "a0-1", Members: []string{"a0", "a1"}}, {Name: "a2-3", Members: []string{"a2", "a3"}}}}}}
}

// An attack from the inside finds nothing that the simplex method does not find: its ends lie between the bounds. Most of what is wide it finds to be wide.
func TestWhatIsReachedFromTheInsideIsPossible(t *testing.T) {
	wide, found := 0, 0
	for seed := range uint64(60) {
		c, f := smallWorld(seed)
		f = f.filled()
		s, err := newSpace(c, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		secrets := s.secrets(f)
		s.choose(secrets)
		var targets []target
		for _, k := range secrets {
			targets = append(targets, target{secret: k, needs: f.Threshold})
		}
		if len(targets) == 0 {
			continue
		}
		a := s.attack(-1, slices.Clone(targets))
		if ok, _ := a.runInside(math.MaxInt); !ok {
			t.Fatalf("family %d was not finished", seed)
		}
		for i := range a.targets {
			got := &a.targets[i]
			p := newProgram(len(a.variables), a.equations, a.solution)
			high, _ := p.maximise(a.objective(got, 1), math.Inf(1), defaultSteps)
			low, _ := p.maximise(a.objective(got, -1), math.Inf(1), defaultSteps)
			low, known := -low, float64(a.settled(got))
			if float64(got.low) < known+low-1e-6 || float64(got.high) > known+high+1e-6 || got.wide && high-low < float64(got.needs)-1e-6 {
				t.Errorf("family %d: %s from %d to %d, but it lies between %g and %g", seed, s.words(got.cell), got.low, got.high, known+low, known+high)
			}
			if high-low >= float64(got.needs) {
				if wide++; got.wide {
					found++
				}
			}
		}
	}
	t.Logf("of %d targets that are wide enough %d are found to be", wide, found)
	if found*2 < wide || wide < 300 {
		t.Errorf("of %d targets that are wide enough only %d are found to be", wide, found)
	}
}

// What is published after attacks from the inside alone withstands the simplex method.
func TestWhatIsSafeFromTheInsideIsSafe(t *testing.T) {
	attackAsLarge(t)
	hidden := 0
	for seed := range uint64(60) {
		c, f := smallWorld(seed)
		f = f.filled()
		s, err := newSpace(c, f, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.protect(f, Limits{}); err != nil {
			t.Fatalf("family %d: %v", seed, err)
		}
		var targets []target
		for i := range s.cells {
			if x := &s.cells[i]; x.status == Primary && x.why == small {
				targets = append(targets, target{secret: secret{int32(i), -1, 0, -1}, needs: f.Threshold})
			}
		}
		a := s.attack(-1, targets)
		for i := range a.targets {
			hidden++
			x := &a.targets[i]
			p := newProgram(len(a.variables), a.equations, a.solution)
			high, _ := p.maximise(a.objective(x, 1), math.Inf(1), defaultSteps)
			low, _ := p.maximise(a.objective(x, -1), math.Inf(1), defaultSteps)
			if high+low < float64(f.Threshold)-1e-6 {
				t.Errorf("family %d: %s can be told to lie between %g and %g", seed, s.words(x.cell), -low, high)
			}
			if told := &s.cells[x.cell]; float64(told.low) < float64(a.settled(x))-low-1e-6 || float64(told.high) > float64(a.settled(x))+high+1e-6 {
				t.Errorf("family %d: %s is said to lie between %d and %d", seed, s.words(x.cell), told.low, told.high)
			}
		}
	}
	if hidden < 300 {
		t.Errorf("only %d hidden cells", hidden)
	}
}

// The same family gives the same result, however many processors there are.
func TestAttacksFromTheInsideAreTheSameEveryTime(t *testing.T) {
	attackAsLarge(t)
	c, f := smallWorld(7)
	first, err := Protect(c, f, nil, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		again, err := Protect(c, f, nil, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(first.Cells, again.Cells, func(a, b Cell) bool {
			return a.Figure == b.Figure && a.Status == b.Status && a.Low == b.Low && a.High == b.High
		}) {
			t.Fatal("another result")
		}
	}
}

// Where there are no steps for it, an attack is not begun, and nothing is published.
func TestAttacksFromTheInsideKeepToTheirLimit(t *testing.T) {
	attackAsLarge(t)
	c, f := smallWorld(7)
	if _, err := Protect(c, f, nil, Limits{Steps: 1}); err != ErrUnfinished {
		t.Error(err)
	}
}

// The factored matrix solves what it stands for.
func TestNormalEquations(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{1, 5, 70, 200} {
		variables := 3 * size
		var equations [][]int32
		for e := range size {
			list := []int32{int32(e)} // independent
			for k := range variables {
				if k >= size && r.IntN(8) == 0 {
					list = append(list, int32(k))
				}
			}
			equations = append(equations, list)
		}
		of := make([][]int32, variables)
		weight, want := make([]float64, variables), make([]float64, size)
		for e, list := range equations {
			want[e] = r.Float64() - 0.5
			for _, k := range list {
				of[k] = append(of[k], int32(e))
			}
		}
		for k := range weight {
			weight[k] = 0.1 + r.Float64()
		}
		m := newNormal(variables, equations)
		m.factor(of, weight)
		var right [lanes][]float64
		for l := range right {
			right[l] = make([]float64, size)
			for e, list := range equations {
				for _, k := range list {
					for _, o := range of[k] {
						right[l][e] += weight[k] * want[o] * float64(l+1)
					}
				}
			}
		}
		m.solve(&right, nil)
		for l := range right {
			for e, x := range right[l] {
				if math.Abs(x-want[e]*float64(l+1)) > 1e-9 {
					t.Fatalf("size %d, lane %d: %g, want %g", size, l, x, want[e]*float64(l+1))
				}
			}
		}
	}
}
