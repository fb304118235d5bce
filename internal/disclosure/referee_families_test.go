package disclosure_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// Thousands of made-up families are attacked, and none is broken.
func TestNoMadeUpFamilyIsBroken(t *testing.T) {
	families := 2000
	if s := os.Getenv("FAMILIES"); s != "" {
		families = number(t, s)
	}
	if testing.Short() {
		families = 300
	}
	refused, unfinished, cells, hidden, secondary, alone := 0, 0, 0, 0, 0, 0
	var undecided []*judgement
	numbers := map[*judgement]int{}
	for i := range families {
		d := draw(i)
		r, history, err := d.publish()
		var unsafe *disclosure.UnsafeError
		switch {
		case errors.As(err, &unsafe):
			refused++
			d.reallyUnsafe(t, i, history)
			continue
		case errors.Is(err, disclosure.ErrUnfinished):
			unfinished++
			d.keep(t, fmt.Sprint("unfinished-", i), nil)
			continue
		case err != nil:
			t.Errorf("family %d: %v", i, err)
			d.keep(t, fmt.Sprint("error-", i), []string{err.Error()})
			continue
		}
		for _, c := range r.Cells {
			cells++
			if c.Status != disclosure.Open {
				hidden++
			}
			if c.Status == disclosure.Secondary {
				secondary++
			}
		}
		j := judge(newWorld(d.cells, d.family, history), r, history)
		if len(j.faults) > 0 {
			t.Errorf("family %d: %s", i, strings.Join(j.faults, "\n\t"))
			d.keep(t, fmt.Sprint("broken-", i), j.faults)
		}
		if len(j.alone) > 0 {
			alone++
			d.keep(t, fmt.Sprint("alone-", i), j.alone)
		}
		if len(j.undecided) > 0 {
			undecided, numbers[j] = append(undecided, j), i
		}
	}
	t.Logf("%d families: %d refused for their history, %d unfinished; %d of %d cells hidden, %d of them to protect others; %d families need whole-number optimisation; in %d somebody alone could tell a count",
		families, refused, unfinished, hidden, cells, secondary, len(undecided), alone)
	if unfinished*50 > families {
		t.Errorf("%d of %d small families could not be finished", unfinished, families)
	}
	if alone*200 > families {
		t.Errorf("in %d of %d families somebody who is alone in a cell can tell another count", alone, families)
	}
	for _, j := range undecided {
		j.faults = nil
		decide(t, j)
		if len(j.faults) > 0 {
			t.Errorf("family %d: %s", numbers[j], strings.Join(j.faults, "\n\t"))
			draw(numbers[j]).keep(t, fmt.Sprint("broken-", numbers[j]), j.faults)
		}
	}
}

// reallyUnsafe looks whether a family that was refused had a reason to be: hiding everything would not have helped. Where counts were corrected since, what
// is refused may be the difference, of which the referee has no rule for what is hidden.
func (d drawn) reallyUnsafe(t *testing.T, number int, history []*disclosure.Result) {
	w := newWorld(d.cells, d.family, history)
	for _, h := range history {
		for _, f := range w.facts(h) {
			if f.n != dot(f.vector, w.n) {
				return
			}
		}
	}
	nothing := published(t, d.cells, d.family, func(string, int) bool { return true })
	j := judge(w, nothing, history)
	decide(t, j)
	if len(j.faults)+len(j.before) == 0 {
		t.Errorf("family %d was refused, and could have been published with everything hidden", number)
		d.keep(t, fmt.Sprint("refused-", number), nil)
	}
}
