package disclosure

import "slices"

// HiddenByElimination counts the cells that are hidden only so that no small count follows exactly from what is shown: without the other rules about what
// must not be known, and before any attack.
func HiddenByElimination(c Cells, f Family) (secondary int, err error) {
	f = f.filled()
	s, err := newSpace(c, f, nil)
	if err != nil {
		return 0, err
	}
	secrets := slices.DeleteFunc(s.secrets(f), func(k secret) bool { return k.without >= 0 || s.cells[k.cell].why != small })
	for i := range secrets {
		secrets[i].n = max(secrets[i].n, 2) // nobody is alone, and nobody knows a count
	}
	for i := range s.cells {
		if s.cells[i].why != small {
			s.cells[i].why = none
		}
	}
	s.choose(secrets)
	for i := range s.cells {
		if x := &s.cells[i]; x.status != Open && x.why == none {
			secondary++
		}
	}
	return secondary, nil
}
