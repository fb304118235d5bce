package disclosure_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"samklang/internal/disclosure"
)

// houses is a made-up country of associations that publish each for itself, then together, then each again with a further period. Some of the parties
// work in several associations.
type houses struct {
	cells disclosure.Cells
	names []string
}

func drawHouses(number int) houses {
	r := rand.New(rand.NewPCG(uint64(number), 7))
	h := houses{cells: disclosure.Cells{Variables: []string{"association", "initiative", "party", "period", "sex", "result"}}}
	parties := []string{"region", "agency", "town"}
	for a := range 3 + r.IntN(2) {
		name := fmt.Sprint("a", a)
		h.names = append(h.names, name)
		for i := range 1 + r.IntN(2) {
			party := parties[r.IntN(len(parties))]
			scale := []int{4, 9, 25}[r.IntN(3)]
			for _, period := range []string{"p1", "p2"} {
				for _, sex := range []string{"f", "m"} {
					for _, result := range []string{"no", "yes"} {
						if n := r.IntN(scale); n > 0 {
							h.cells.Rows = append(h.cells.Rows, disclosure.Row{Values: []string{name, fmt.Sprint(name, "i", i), party, period, sex, result}, N: n})
						}
					}
				}
			}
		}
	}
	return h
}

func (h houses) part(keep func(association, period string) bool) disclosure.Cells {
	c := h.cells
	c.Rows = slices.DeleteFunc(slices.Clone(c.Rows), func(x disclosure.Row) bool { return !keep(x.Values[0], x.Values[3]) })
	return c
}

func (h houses) family(within map[string][]string, tables ...[]string) disclosure.Family {
	f := disclosure.Family{Contributor: "party", Within: within, Tables: tables}
	if within != nil {
		f.Also = []string{"association"}
	}
	for _, v := range h.cells.Variables[:4] {
		f.Variables = append(f.Variables, disclosure.Variable{Name: v, Frame: true})
	}
	return f
}

// Neither somebody outside, nor a party with its own counts, nor an association with all of its own, can tell from everything that was published, by one or by all
// together, who a hidden small group is: the referee tries with all of it at once.
func TestNobodyTellsFromJointAndSinglePublicationsTogether(t *testing.T) {
	alone, later := [][]string{{"initiative", "sex", "result"}, {"period", "sex"}}, [][]string{{"initiative", "sex", "result"}, {"period", "sex"}}
	joint := [][]string{{"association", "sex", "result"}, {"initiative", "sex", "result"}}
	jointly, afterwards, refused, tried := 0, 0, 0, 0
	for number := range 60 {
		h := drawHouses(number)
		var all []*disclosure.Result
		publish := func(c disclosure.Cells, f disclosure.Family, history []*disclosure.Result) bool {
			if len(c.Rows) == 0 {
				return false
			}
			r, err := protect(c, f, history)
			if _, unsafe := errors.AsType[*disclosure.UnsafeError](err); unsafe {
				refused++
				return false
			}
			if err != nil {
				t.Fatalf("country %d: %v", number, err)
			}
			all = append(all, r)
			return true
		}
		for _, a := range h.names {
			own := len(all)
			publish(h.part(func(x, p string) bool { return x == a && p == "p1" }), h.family(nil, alone...), all[own:])
		}
		if publish(h.part(func(_, p string) bool { return p == "p1" }), h.family(map[string][]string{"association": h.names}, joint...), all) {
			jointly++
		}
		for _, a := range h.names {
			if publish(h.cells, h.family(map[string][]string{"association": {a}}, later...), all) {
				afterwards++
				last := all[len(all)-1]
				if got := last.Categories["association"]; len(got) != 1 || got[0] != a {
					t.Fatalf("country %d: the figures of %s are about %v", number, a, got)
				}
				for _, c := range last.Cells {
					if last.Tables[c.Table][0] == "initiative" && c.Values[0] != disclosure.Total && c.Values[0][:2] != a {
						t.Fatalf("country %d: the figures of %s name %s", number, a, c.Values[0])
					}
				}
			}
		}
		for _, who := range []string{"party", "association"} {
			w := newWorld(h.cells, disclosure.Family{Tables: joint, Contributor: who, Variables: h.family(nil).Variables}, all)
			var shown, small []fact
			for _, r := range all {
				shown = append(shown, w.facts(r)...)
				small = append(small, w.reads(r, func(c disclosure.Cell) bool { return c.Status != disclosure.Open })...)
			}
			shown = distinct(shown)
			for party := -1; party < len(w.parties.categories); party++ {
				facts := shown
				if party >= 0 {
					facts = distinct(w.toParty(shown, party))
				}
				v := &view{facts, spanOf(facts, len(w.inner)), newPolytope(facts, len(w.inner))}
				for _, s := range distinct(small) {
					rest := s.vector
					if party >= 0 {
						rest = w.others(s.vector, party)
					}
					n := dot(rest, w.n)
					if n == 0 || n >= disclosure.DefaultThreshold || s.n >= disclosure.DefaultThreshold && party < 0 {
						continue
					}
					tried++
					if fault, _ := v.attack(secret{vector: rest, n: n, name: s.name, party: party}, disclosure.DefaultThreshold); fault != "" {
						t.Errorf("country %d, %s %d: %s", number, who, party, fault)
					}
				}
			}
		}
	}
	t.Logf("%d joint and %d later publications, %d refused; %d secrets tried", jointly, afterwards, refused, tried)
	if jointly < 40 || afterwards < 100 || tried < 1000 {
		t.Errorf("%d joint and %d later publications, %d secrets tried: too few to mean anything", jointly, afterwards, tried)
	}
}
