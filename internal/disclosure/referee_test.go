package disclosure_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// published makes a result by hand: the cells of the family, with those hidden that are told.
func published(t testing.TB, c disclosure.Cells, f disclosure.Family, hide func(name string, n int) bool) *disclosure.Result {
	t.Helper()
	w := newWorld(c, f, nil)
	var cells []map[string]any
	for k, table := range w.tables {
		for _, x := range table.cells {
			values := map[string]string{}
			for i, a := range table.axes {
				values[w.axes[a].name] = w.axes[a].levels[x.levels[i]].name
			}
			cell := map[string]any{"table": f.Tables[k], "cell": values, "value": x.n, "status": "open"}
			if hide(x.name, x.n) {
				cell["value"], cell["status"] = nil, "hidden"
			}
			cells = append(cells, cell)
		}
	}
	variables := map[string]any{}
	for _, v := range f.Variables {
		groups := map[string][]string{}
		for _, g := range v.Groups {
			groups[g.Name] = g.Members
		}
		variables[v.Name] = map[string]any{"hierarchy": groups}
	}
	categories := map[string][]string{}
	for _, v := range c.Variables {
		categories[v] = categoriesOf(c, v)
	}
	file, err := json.Marshal(map[string]any{"categories": categories, "cells": cells, "threshold": w.threshold(), "profile": "suppress", "method": "by hand", "tables": f.Tables, "variables": variables, "denominator": 20})
	if err != nil {
		t.Fatal(err)
	}
	r, err := disclosure.ReadResult(bytes.NewReader(file), "by hand")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func read(t testing.TB, cells string) disclosure.Cells {
	t.Helper()
	c, err := disclosure.ReadCells(strings.NewReader(cells))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// small is two municipalities by three answers.
const small = "kommun,svar,n\nMo,ja,2\nMo,nej,11\nMo,vet ej,9\nTallviken,ja,14\nTallviken,nej,12\nTallviken,vet ej,8\n"

// The referee itself is tried: it has to find each leak that is planted, and nothing where everything is hidden.
func TestTheRefereeFindsPlantedLeaks(t *testing.T) {
	family := disclosure.Family{Threshold: 5, Tables: [][]string{{"kommun", "svar"}}}
	hidden := func(names ...string) func(string, int) bool {
		return func(name string, n int) bool {
			for _, x := range names {
				if name == "kommun×svar "+x {
					return true
				}
			}
			return false
		}
	}
	for _, c := range []struct {
		name  string
		cells string
		hide  func(name string, n int) bool
		fault string // "" for none
	}{
		{"everything hidden", small, func(string, int) bool { return true }, ""},
		{"everything shown", small, func(string, int) bool { return false }, "Mo×ja, 2 people, is shown"},
		{"the small cell alone", small, hidden("Mo×ja"), "Mo×ja, 2 people, follows"},
		{"a row alone", small, hidden("Mo×ja", "Mo×nej"), "Mo×ja, 2 people, follows"},
		{"a rectangle", small, hidden("Mo×ja", "Mo×nej", "Tallviken×ja", "Tallviken×nej"), ""},
		{"a rectangle too narrow", strings.ReplaceAll(small, "Mo,nej,11", "Mo,nej,2"), hidden("Mo×ja", "Mo×nej", "Tallviken×ja", "Tallviken×nej"), "Mo×ja, 2 people, must lie from 0 to 4"},
		{"a few beside a large one", strings.NewReplacer("Mo,vet ej,9", "Mo,vet ej,1").Replace(small), hidden("Mo×ja", "Mo×vet ej", "Tallviken×ja", "Tallviken×vet ej"), "Mo×* without kommun×svar Mo×nej, 3 people, follows"},
		{"all in one", strings.NewReplacer("Mo,ja,2", "Mo,ja,0", "Mo,vet ej,9", "Mo,vet ej,0").Replace(small), func(string, int) bool { return false }, "everybody of"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cells := read(t, c.cells)
			j := judge(newWorld(cells, family, nil), published(t, cells, family, c.hide), nil)
			if c.fault == "" && (len(j.faults) > 0 || len(j.undecided) > 0) || c.fault != "" && !strings.Contains(strings.Join(j.faults, "\n"), c.fault) {
				t.Errorf("%q %d, want %q", j.faults, len(j.undecided), c.fault)
			}
		})
	}
}

// What is hidden for outsiders may be known to those who supplied most of it, and what is hidden now may have been shown before.
func TestTheRefereeKnowsContributorsAndHistory(t *testing.T) {
	cells := read(t, "part,kön,n\nkommun,man,9\nkommun,kvinna,20\nregion,man,3\nregion,kvinna,30\n")
	family := disclosure.Family{Threshold: 5, Tables: [][]string{{"kön"}}, Contributor: "part"}
	none := func(string, int) bool { return false }
	j := judge(newWorld(cells, family, nil), published(t, cells, family, none), nil)
	if !strings.Contains(fmt.Sprint(j.faults), "kön man without those of kommun, 3 people, follows") {
		t.Error(j.faults)
	}
	family.Contributor = ""
	if j := judge(newWorld(cells, family, nil), published(t, cells, family, none), nil); len(j.faults) > 0 {
		t.Error(j.faults)
	}

	cells = read(t, small)
	family = disclosure.Family{Threshold: 5, Tables: [][]string{{"kommun", "svar"}}}
	before := published(t, cells, disclosure.Family{Threshold: 5, Tables: [][]string{{"svar"}}}, none)
	hide := func(name string, n int) bool {
		return strings.Contains(name, "Mo") || strings.Contains(name, "*×") && !strings.Contains(name, "*×*")
	}
	if j := judge(newWorld(cells, family, nil), published(t, cells, family, hide), nil); len(j.faults) > 0 {
		t.Error(j.faults)
	}
	j = judge(newWorld(cells, family, []*disclosure.Result{before}), published(t, cells, family, hide), []*disclosure.Result{before})
	if !strings.Contains(fmt.Sprint(j.faults), "Mo×ja, 2 people, follows") {
		t.Error(j.faults)
	}
}

// The referee's own bounds are those of glpk.
func TestTheRefereeAgreesWithGLPK(t *testing.T) {
	needGLPK(t)
	cells := read(t, "rad,kolumn,n\na,x,20\na,y,50\na,z,10\nb,x,8\nb,y,19\nb,z,22\nc,x,17\nc,y,32\nc,z,12\n")
	family := disclosure.Family{Threshold: 5, Tables: [][]string{{"rad", "kolumn"}}}
	hidden := map[string]bool{"rad×kolumn b×x": true, "rad×kolumn b×z": true, "rad×kolumn c×x": true, "rad×kolumn c×z": true}
	w := newWorld(cells, family, nil)
	facts := distinct(w.facts(published(t, cells, family, func(name string, n int) bool { return hidden[name] })))
	p := newPolytope(facts, len(w.inner))
	for _, c := range w.tables[0].cells {
		low, high := p.extreme(c.vector, false), p.extreme(c.vector, true)
		for _, whole := range []bool{false, true} {
			got := glpk(t, facts, len(w.inner), [][]int{c.vector, c.vector}, []bool{false, true}, whole)
			if got[0].value != float64(low.proof) || got[1].value != float64(high.proof) || !low.proved || !high.proved {
				t.Errorf("%s: %v %v, glpk %v", c.name, low, high, got)
			}
			if c.n == 22 && (low.proof != 5 || high.proof != 30) { // as M. Fischetti and J. J. Salazar-González have it
				t.Errorf("22 can be from %d to %d", low.proof, high.proof)
			}
		}
	}
}

// Where corners lie between whole numbers, branching finds what glpk finds.
func TestTheRefereeBranchesAsGLPK(t *testing.T) {
	needGLPK(t)
	r := rand.New(rand.NewPCG(5, 5))
	between := 0
	for range 40 {
		width := 7 + r.IntN(4)
		truth := make([]int, width)
		for i := range truth {
			truth[i] = r.IntN(6)
		}
		facts := []fact{{slices.Repeat([]int{1}, width), 0, "all"}}
		for range 4 + r.IntN(3) {
			vector := make([]int, width)
			for _, i := range r.Perm(width)[:3] {
				vector[i] = 1
			}
			facts = append(facts, fact{vector, 0, "some"})
		}
		for k := range facts {
			facts[k].n = dot(facts[k].vector, truth)
		}
		facts = distinct(facts)
		vector := make([]int, width)
		for i := range vector {
			vector[i] = r.IntN(3) - 1
		}
		p := newPolytope(facts, width)
		if !p.extreme(vector, false).proved || !p.extreme(vector, true).proved {
			between++
		}
		low, _ := whole(facts, width, vector, false)
		high, _ := whole(facts, width, vector, true)
		got := glpk(t, facts, width, [][]int{vector, vector}, []bool{false, true}, true)
		if got[0].value != low.value || got[1].value != high.value || !low.proved || !high.proved {
			t.Errorf("%v %v, glpk %v", low, high, got)
		}
	}
	t.Logf("%d of 40 between whole numbers", between)
}
