package reading

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func commitments(texts ...string) []Commitment {
	var out []Commitment
	for i, t := range texts {
		out = append(out, Commitment{Number: i + 1, Text: t})
	}
	return out
}

func TestPairFindsTheSamePromisesInOtherWords(t *testing.T) {
	a := commitments("Öka kunskapen om mänskliga rättigheter bland medarbetare, se exempel nedan.", "Stärka deltagarnas inflytande över insatserna", "Ställa krav på likabehandling vid upphandling", "Skriva så att alla förstår")
	b := commitments("Vid upphandling ställa krav på likabehandling", "Deltagarnas inflytande över insatserna ska stärkas", "Öka medarbetarnas kunskap om mänskliga rättigheter", "Plantera fler träd i parken")
	got := map[int]int{}
	for _, m := range Pair(a, b) {
		got[m.A] = m.B
		if m.Score < PairThreshold || m.Score > 1 {
			t.Errorf("score %v", m)
		}
	}
	if len(got) != 3 || got[0] != 2 || got[1] != 1 || got[2] != 0 {
		t.Errorf("paired %v", got)
	}
}

func TestPairOfNothing(t *testing.T) {
	if m := Pair(nil, commitments("a")); m == nil || len(m) != 0 {
		t.Errorf("got %v", m)
	}
}

// The assignment is never worse than any other one-to-one choice.
func TestAssignIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, cols := rapid.IntRange(1, 5).Draw(t, "rows"), rapid.IntRange(1, 5).Draw(t, "cols")
		score := make([][]float64, rows)
		for i := range score {
			score[i] = rapid.SliceOfN(rapid.Float64Range(0, 1), cols, cols).Draw(t, "row")
		}
		var try func(i int, used int) float64
		try = func(i, used int) float64 {
			if i == rows {
				return 0
			}
			best := try(i+1, used)
			for j := range cols {
				if used&(1<<j) == 0 {
					best = math.Max(best, score[i][j]+try(i+1, used|1<<j))
				}
			}
			return best
		}
		sum, taken := 0.0, map[int]bool{}
		for i, j := range assign(score) {
			if j < 0 {
				continue
			}
			if taken[j] {
				t.Fatalf("column %d twice", j)
			}
			taken[j] = true
			sum += score[i][j]
		}
		if best := try(0, 0); math.Abs(best-sum) > 1e-9 {
			t.Fatalf("%f of %f", sum, best)
		}
	})
}
