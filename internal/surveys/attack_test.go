package surveys

import (
	"maps"
	"slices"
	"testing"

	"samklang/internal/disclosure"

	"pgregory.net/rapid"
)

// span reduces vectors modulo a prime, and tells whether another follows from them. It is written apart from package disclosure, and knows nothing of how
// cells were laid out: what it solves for are the cells of the tables that came in.
type span struct {
	rows  [][]int64
	pivot []int
}

const field = 1_000_000_007

func (s *span) reduce(v []int64) []int64 {
	v = slices.Clone(v)
	for k, row := range s.rows {
		if f := v[s.pivot[k]]; f != 0 {
			for j := range v {
				v[j] = ((v[j]-f*row[j])%field + field) % field
			}
		}
	}
	return v
}

func (s *span) add(v []int64) {
	v = s.reduce(v)
	at := slices.IndexFunc(v, func(x int64) bool { return x != 0 })
	if at < 0 {
		return
	}
	inverse, base := int64(1), v[at]
	for e := field - 2; e > 0; e >>= 1 {
		if e&1 == 1 {
			inverse = inverse * base % field
		}
		base = base * base % field
	}
	for j := range v {
		v[j] = v[j] * inverse % field
	}
	s.rows, s.pivot = append(s.rows, v), append(s.pivot, at)
}

func (s *span) holds(v []int64) bool {
	return !slices.ContainsFunc(s.reduce(v), func(x int64) bool { return x != 0 })
}

// No count between 1 and 9, of an answer, a class, or one of these in a group, follows from all that was ever told of a question: two backgrounds of the
// same people that came one after the other, and the composition of those who answered.
func TestNoSmallCountFollowsFromWhatWasTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := scale()
		codes := []string{"1", "2", "3", "4"}
		s := Sums{All: map[string]int64{}, By: map[string]groups{}}
		sexes, grounds := []string{"female", "male"}, []string{"ja", "nej", "unknown"}
		for _, b := range []struct {
			name string
			list []string
		}{{Sex, sexes}, {Disability, grounds}} {
			s.By[b.name] = groups{}
			for _, g := range b.list {
				s.By[b.name][g] = map[string]int64{}
			}
		}
		for _, a := range codes {
			n := rapid.Int64Range(0, 60).Draw(t, "n")
			s.All[a] = n
			f := rapid.Int64Range(0, n).Draw(t, "female")
			s.By[Sex]["female"][a], s.By[Sex]["male"][a] = f, n-f
			y := rapid.Int64Range(0, n).Draw(t, "yes")
			u := rapid.Int64Range(0, n-y).Draw(t, "unknown")
			s.By[Disability]["ja"][a], s.By[Disability]["unknown"][a], s.By[Disability]["nej"][a] = y, u, n-y-u
		}
		first := Sums{All: s.All, By: map[string]groups{Sex: s.By[Sex]}}
		var all []*disclosure.Result
		for _, x := range []Sums{first, s} {
			c, r, _, err := protect(x, w, all)
			if err != nil {
				return // nothing is told
			}
			if c != nil {
				all = append(all, c)
			}
			all = append(all, r)
		}
		// The unknowns: every answer by sex, and every answer by ground.
		at := map[string]int{}
		for _, a := range codes {
			for _, g := range append(slices.Clone(sexes), grounds...) {
				at[a+g] = len(at)
			}
		}
		vector := func(background, group, class, answer string) ([]int64, int64) {
			v, n := make([]int64, len(at)), int64(0)
			list := map[string][]string{Sex: sexes, Disability: grounds}[background]
			for _, a := range codes {
				for _, g := range list {
					if (group == "" || group == g) && (class == "" || class == w.Of(a)) && (answer == "" || answer == a) {
						v[at[a+g]] = 1
						n += s.By[background][g][a]
					}
				}
			}
			return v, n
		}
		var known span
		for _, a := range codes {
			v, _ := vector(Sex, "", "", a)
			u, _ := vector(Disability, "", "", a)
			for j := range v {
				v[j] = ((v[j]-u[j])%field + field) % field
			}
			known.add(v)
		}
		for _, r := range all {
			for _, c := range r.Cells {
				n, shown := c.Figure.Count()
				if !shown {
					continue
				}
				of := map[string]string{}
				for k, name := range r.Tables[c.Table] {
					if c.Values[k] != disclosure.Total {
						of[name] = c.Values[k]
					}
				}
				background := Sex
				if of[Disability] != "" {
					background = Disability
				}
				v, want := vector(background, of[background], of[Class], of[Answer])
				if int64(n) != want {
					t.Fatalf("%v is told as %d and is %d", of, n, want)
				}
				known.add(v)
				if want == 0 { // nobody: then none of its cells holds anybody
					for j, x := range v {
						if x != 0 {
							one := make([]int64, len(v))
							one[j] = 1
							known.add(one)
						}
					}
				}
			}
		}
		for _, b := range slices.Sorted(maps.Keys(s.By)) {
			for _, g := range append(slices.Sorted(maps.Keys(s.By[b])), "") {
				for _, class := range []string{Good, Other, ""} {
					for _, a := range append(slices.Clone(codes), "") {
						if v, n := vector(b, g, class, a); n > 0 && n < Least && known.holds(v) {
							t.Fatalf("%s=%q, class %q, answer %q: %d follows from what was told", b, g, class, a, n)
						}
					}
				}
			}
		}
	})
}
