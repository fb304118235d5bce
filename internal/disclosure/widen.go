package disclosure

import (
	"cmp"
	"maps"
	"slices"
)

// maxRounds bounds how often more is hidden after an audit.
const maxRounds = 60

// earlyRounds is how often targets that are nearly wide enough wait for what is hidden for others.
const earlyRounds = 3

// protect hides what must not be known and as much else as it takes, until no reader can tell a secret to within less than the threshold.
func (s *space) protect(f Family, limits Limits) error {
	steps := cmp.Or(limits.Steps, defaultSteps)
	secrets := s.secrets(f)
	if lost := s.choose(secrets); len(lost) > 0 {
		return s.unsafe(lost)
	}
	var narrow map[secret]bool // those that were too narrow in the last attack; nil for all, before the first
	for round := range maxRounds {
		more := s.thinSums(f.Threshold)
		if len(more) == 0 {
			var used int
			var err error
			if more, narrow, used, err = s.audit(f.Threshold, secrets, narrow, round, steps); err != nil {
				return err
			}
			steps -= used
			if len(narrow) == 0 {
				return s.measure(f.Threshold, steps)
			}
		}
		// What is hidden stays hidden, so that what was safe stays safe.
		for i := range s.cells {
			if c := &s.cells[i]; c.shown && c.status == Secondary && c.why == none {
				c.why = kept
			}
		}
		for _, c := range more {
			s.cells[c].why = asked
			secrets = append(secrets, secret{c, -1, s.cells[c].n, -1})
		}
		if len(more) > 0 {
			if lost := s.choose(secrets); len(lost) > 0 {
				return s.unsafe(lost)
			}
		}
	}
	return ErrUnfinished
}

// thinSums looks at every public sum of which some parts are hidden: when the hidden ones come to less than the threshold together, nobody needs more to
// know that they are few. It asks for the smallest further part that makes up for it.
func (s *space) thinSums(threshold int) (more []int32) {
	asked := map[int32]bool{}
	s.lines(func(whole int32, parts []int32) {
		if s.hidden(whole) {
			return
		}
		sum, hidden, some := 0, 0, false
		for _, p := range parts {
			if s.hidden(p) || asked[p] {
				sum += s.cells[p].n
				hidden++
				some = some || s.cells[p].why != none && s.cells[p].why != kept
			}
		}
		if hidden == 0 || sum >= threshold || !some {
			return
		}
		if best := s.cheapest(parts, threshold-sum, asked); best >= 0 {
			asked[best] = true
			more = append(more, best)
		}
	})
	return more
}

// hidden tells whether nobody can read the cell anywhere.
func (s *space) hidden(c int32) bool {
	x := &s.cells[c]
	return !x.known && !(x.shown && x.status == Open)
}

// cheapest picks of several public cells one to hide: the smallest that has as many people as are needed, or the largest when none has.
func (s *space) cheapest(parts []int32, needed int, not map[int32]bool) int32 {
	best := int32(-1)
	for _, p := range parts {
		c := &s.cells[p]
		if c.known || !c.shown || c.status != Open || not[p] {
			continue
		}
		if best < 0 || s.cells[best].n == 0 {
			best = p
			continue
		}
		b := &s.cells[best]
		enough, before := c.n >= needed, b.n >= needed
		switch {
		case c.n == 0: // only where there is nothing else
		case enough != before:
			if enough {
				best = p
			}
		case c.n != b.n:
			if (c.n < b.n) == enough {
				best = p
			}
		case c.key < b.key:
			best = p
		}
	}
	return best
}

// around lists the cells that hold a cell, or, when all of them are hidden, every other one.
func (s *space) around(c int32) (list []int32) {
	inside := map[int32]bool{}
	s.holds(c, func(i int32) { inside[i] = true })
	var others []int32
	for i := range s.cells {
		if s.hidden(int32(i)) || s.cells[i].known {
			continue
		}
		n := 0
		s.holds(int32(i), func(i int32) {
			if inside[i] {
				n++
			}
		})
		if n == len(inside) {
			list = append(list, int32(i))
		} else {
			others = append(others, int32(i))
		}
	}
	if list == nil {
		return others
	}
	return list
}

// lines goes through the sums of all tables: a cell, and the cells next below it in one variable, which make it up.
func (s *space) lines(do func(whole int32, parts []int32)) {
	for t := range s.tables {
		tab := &s.tables[t]
		levels := make([]int32, len(tab.variables))
		below := make([][][]int32, len(tab.variables)) // of each variable and level: those next below
		for k, v := range tab.variables {
			below[k] = make([][]int32, len(s.variables[v].levels))
			for l, up := range tab.parents[k] {
				if up >= 0 {
					below[k][up] = append(below[k][up], int32(l))
				}
			}
		}
		for _, tuple := range slices.Sorted(maps.Keys(tab.byLevels)) {
			for k := range levels {
				levels[k] = int32(tuple[3*k])<<16 | int32(tuple[3*k+1])<<8 | int32(tuple[3*k+2])
			}
			whole := tab.byLevels[tuple]
			for k := range levels {
				mine := levels[k]
				var parts []int32
				size := 0
				for _, l := range below[k][mine] {
					levels[k] = l
					if p, ok := tab.byLevels[string(appendPacked(nil, levels))]; ok {
						parts = append(parts, p)
						size += s.cells[p].size
					}
				}
				levels[k] = mine
				if len(parts) > 1 && size == s.cells[whole].size {
					do(whole, parts)
				}
			}
		}
	}
}

// audit attacks what is shown as every kind of reader could, to prove that the secrets – all, or those named – are wide enough. It returns cells that must be
// hidden too, and the secrets that were too narrow.
func (s *space) audit(threshold int, secrets []secret, only map[secret]bool, round, steps int) (more []int32, narrow map[secret]bool, used int, err error) {
	parties := []int32{-1}
	for p := range s.parties {
		parties = append(parties, int32(p))
	}
	narrow = map[secret]bool{}
	also := map[int32]bool{}
	var given []secret
	for _, party := range parties {
		var targets []target
		wanted := map[secret]bool{}
		for _, k := range secrets {
			k.n = 0
			if k.party != party || wanted[k] || s.moot[k] || only != nil && !only[k] || k.without < 0 && s.cells[k.cell].why == asked {
				continue
			}
			wanted[k] = true
			targets = append(targets, target{secret: k, needs: threshold})
		}
		if len(targets) == 0 {
			continue
		}
		a := s.attack(party, targets)
		ok, n := a.prove(steps - used)
		used += n
		if !ok {
			return nil, nil, used, ErrUnfinished
		}
		early := round < earlyRounds && slices.ContainsFunc(a.targets, func(t target) bool { return !t.wide && !t.hopeful })
		for _, t := range a.targets {
			if t.wide {
				continue
			}
			narrow[t.secret] = true
			if early && t.hopeful {
				continue
			}
			others := 0
			for _, c := range t.confined {
				if also[c] {
					others++
				}
			}
			if others > round/3 {
				continue // what was asked for others may be enough for this one
			}
			c := s.cheapest(t.confined, t.needs-(t.high-t.low), also)
			if c < 0 {
				c = s.cheapest(s.around(t.cell), t.needs-(t.high-t.low), also)
			}
			if c < 0 && len(also) > 0 {
				continue // all that is left is being hidden
			}
			if c < 0 { // nothing is left to hide: it is known from earlier
				if t.without < 0 && s.cells[t.cell].why == small && s.cells[t.cell].shown && t.party < 0 {
					given = append(given, t.secret)
				}
				delete(narrow, t.secret)
				continue
			}
			also[c] = true
			more = append(more, c)
		}
	}
	if len(given) > 0 {
		return nil, nil, used, s.unsafe(given)
	}
	return more, narrow, used, nil
}

// measure notes what outsiders can tell of each hidden cell.
func (s *space) measure(threshold, steps int) error {
	var targets []target
	for i := range s.cells {
		if c := &s.cells[i]; c.shown && c.status != Open {
			targets = append(targets, target{secret: secret{int32(i), -1, 0, -1}, needs: threshold})
		}
	}
	if len(targets) == 0 {
		return nil
	}
	a := s.attack(-1, targets)
	if !a.measure(steps) {
		return ErrUnfinished
	}
	for _, t := range a.targets {
		s.cells[t.cell].low, s.cells[t.cell].high = t.low, t.high
	}
	return nil
}
