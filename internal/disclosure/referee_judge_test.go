package disclosure_test

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"samklang/internal/disclosure"
)

// judgement is what the referee has against a result, and what it could not decide by itself.
type judgement struct {
	faults    []string
	undecided []question
	alone     []string // what somebody who is alone in a cell can tell of another
	before    []string // what history gives away by itself, so that no hiding helps
}

func (j *judgement) fault(format string, args ...any) {
	j.faults = append(j.faults, fmt.Sprintf(format, args...))
}

// question is for whole-number optimisation: how far a sum can go, and what is wrong when it does not go there.
type question struct {
	facts  []fact
	width  int
	vector []int
	least  int // the distance there must be between them, 0 for any
	told   *disclosure.Cell
	name   string
}

// unlimited is what a bound is told as when nothing bounds it: no count is as large.
const unlimited = math.MaxInt32

// judge attacks a result. history is what was published before.
func judge(w *world, r *disclosure.Result, history []*disclosure.Result) *judgement {
	j := &judgement{}
	now := w.facts(r)
	j.figures(w, r, now)
	var before []fact
	for _, h := range history {
		for _, f := range w.facts(h) {
			n := dot(f.vector, w.n)
			if f.n == n {
				before = append(before, f)
			} else if by := f.n - n; -w.threshold() < by && by < w.threshold() && slices.ContainsFunc(now, func(x fact) bool { return slices.Equal(x.vector, f.vector) }) {
				j.fault("%s was published as %d and is shown as %d, which tells of %d people", f.name, f.n, n, max(by, -by))
			}
		}
	}
	public := distinct(slices.Concat(now, before))
	secrets := w.secrets()
	views, old := map[int]*view{}, map[int]*view{}
	look := func(views map[int]*view, facts []fact, party int) *view {
		if views[party] == nil {
			if party >= 0 {
				facts = w.toParty(facts, party)
			}
			facts = distinct(facts)
			views[party] = &view{facts, spanOf(facts, len(w.inner)), newPolytope(facts, len(w.inner))}
		}
		return views[party]
	}
	for _, s := range secrets {
		v := look(views, public, s.party)
		fault, sure := v.attack(s, w.threshold())
		switch {
		case fault == "" && !sure:
			j.undecided = append(j.undecided, question{v.facts, len(w.inner), s.vector, w.threshold(), nil, s.name})
		case fault == "":
		default:
			if len(before) > 0 {
				if given, _ := look(old, before, s.party).attack(s, w.threshold()); given != "" {
					j.before = append(j.before, given)
					if !s.hidden || s.n >= w.threshold() {
						continue // it has been told; a small count that was told is a reason to publish nothing more
					}
				}
			}
			j.fault("%s", fault)
		}
	}
	if v := views[-1]; v != nil {
		j.single(w, v.span, look(old, before, -1).span, secrets)
	}
	j.bounds(w, r, public)
	return j
}

// attack says how the reader gets to know a secret, "" when it does not. It is not sure where the extremes found are not at whole numbers.
func (v *view) attack(s secret, threshold int) (fault string, sure bool) {
	if s.few {
		if high := v.polytope.extreme(s.vector, true); !high.unbounded && high.value < 1-tiny {
			return fmt.Sprintf("%s is known to be nobody", s.name), true
		}
		return "", true
	}
	if s.hidden && slices.ContainsFunc(v.facts, func(f fact) bool { return slices.Equal(f.vector, s.vector) }) {
		return fmt.Sprintf("%s, %d people, is shown", s.name, s.n), true
	}
	if v.span.tells(s.vector) {
		return fmt.Sprintf("%s, %d people, follows from what is shown", s.name, s.n), true
	}
	low, high := v.polytope.extreme(s.vector, false), v.polytope.extreme(s.vector, true)
	if low.unbounded || high.unbounded {
		return "", true
	}
	if math.Round(high.value)-math.Round(low.value) < float64(threshold) && high.value-low.value < float64(threshold)-0.001 {
		return fmt.Sprintf("%s, %d people, must lie from %.4g to %.4g", s.name, s.n, low.value, high.value), true
	}
	return "", low.proved && high.proved && high.proof-low.proof >= threshold
}

// single looks what somebody who is alone in a cell, and so knows its count, can tell of the other secrets: nothing exactly.
func (j *judgement) single(w *world, public, before *span, secrets []secret) {
	for _, s := range secrets {
		if s.party >= 0 || s.n != 1 || !s.hidden {
			continue
		}
		with := &span{slices.Clone(public.rows), slices.Clone(public.pivots)}
		with.add(s.vector)
		then := &span{slices.Clone(before.rows), slices.Clone(before.pivots)}
		then.add(s.vector)
		for _, other := range secrets {
			itself := false // the same person in another cell
			for i, n := range w.n {
				itself = itself || n == 1 && other.n == 1 && s.vector[i] == 1 && other.vector[i] == 1
			}
			if other.party < 0 && other.n != 0 && !itself && with.tells(other.vector) && !then.tells(other.vector) {
				j.alone = append(j.alone, fmt.Sprintf("who is alone in %s can tell %s, %d people", s.name, other.name, other.n))
			}
		}
	}
}

// view is what one kind of reader knows.
type view struct {
	facts    []fact
	span     *span
	polytope *polytope
}

// figures looks whether the result has every cell of the declared tables once, and shows of none another count than there is.
func (j *judgement) figures(w *world, r *disclosure.Result, shown []fact) {
	want := map[string]bool{}
	for _, t := range w.tables {
		for _, c := range t.cells {
			want[c.name] = true
		}
	}
	for _, c := range r.Cells {
		name := strings.Join(r.Tables[c.Table], "×") + " " + strings.Join(c.Values, "×")
		if !want[name] {
			j.fault("%s is no cell of the tables, or stands twice", name)
		}
		delete(want, name)
		if n, open := c.Figure.Count(); open != (c.Status == disclosure.Open) {
			j.fault("%s has the status %s and the count %d", name, c.Status, n)
		}
	}
	for name := range want {
		j.fault("%s is missing", name)
	}
	for _, f := range shown {
		if n := dot(f.vector, w.n); n != f.n {
			j.fault("%s is shown as %d and is %d", f.name, f.n, n)
		}
	}
}

// bounds compares what the result says an outsider can tell of each cell with what the referee finds.
func (j *judgement) bounds(w *world, r *disclosure.Result, public []fact) {
	p := newPolytope(public, len(w.inner))
	for i := range r.Cells {
		c := &r.Cells[i]
		if n, open := c.Figure.Count(); open {
			if c.Low != n && c.Low >= 0 || c.High != n && c.Low >= 0 {
				j.fault("%v is shown as %d and said to be from %d to %d", c.Values, n, c.Low, c.High)
			}
			continue
		}
		if c.Status == disclosure.Hidden {
			continue // as the public gets it, without bounds
		}
		t := w.tables[slices.IndexFunc(w.family.Tables, func(t []string) bool { return slices.Equal(t, r.Tables[c.Table]) })]
		k := slices.IndexFunc(t.cells, func(x worldCell) bool {
			return x.name == strings.Join(r.Tables[c.Table], "×")+" "+strings.Join(c.Values, "×")
		})
		if k < 0 {
			continue // told already
		}
		x := t.cells[k]
		low, high := p.extreme(x.vector, false), p.extreme(x.vector, true)
		if !low.proved || !high.proved && !high.unbounded {
			j.undecided = append(j.undecided, question{public, len(w.inner), x.vector, 0, c, x.name})
			continue
		}
		if high.unbounded {
			high.proof = max(c.High, unlimited)
		}
		if c.Low != low.proof || c.High != high.proof {
			j.fault("%s is said to be from %d to %d; it can be from %d to %d", x.name, c.Low, c.High, low.proof, high.proof)
		}
	}
}

// answered judges by what was found of an undecided question in whole numbers.
func (j *judgement) answered(q question, low, high extreme) {
	if q.told == nil {
		if !high.unbounded && high.value-low.value < float64(q.least)-1e-9 {
			j.fault("%s must lie from %v to %v", q.name, low.value, high.value)
		}
		return
	}
	if high.unbounded {
		high.value = float64(max(q.told.High, unlimited))
	}
	if math.Abs(float64(q.told.Low)-low.value) > 1e-9 || math.Abs(float64(q.told.High)-high.value) > 1e-9 {
		j.fault("%s is said to be from %d to %d; it can be from %v to %v", q.name, q.told.Low, q.told.High, low.value, high.value)
	}
}
