package accessibility

import (
	"slices"

	"samklang/internal/core/period"
	"samklang/internal/platform/clock"
)

// Verdict is how the service stands before the act. The words are those the act's statement uses: helt, delvis, inte förenlig.
type Verdict string

const (
	Wholly Verdict = "wholly"
	Partly Verdict = "partly"
	Not    Verdict = "not"
)

// Statement is what the page tells, in the order of the page.
type Statement struct {
	Verdict    Verdict
	Assessed   period.Date // the day the tests last ran in full
	Updated    period.Date // the day anything of this last changed
	Results    Results
	Faults     []Fault     // known, and against the act
	Burdens    []Fault     // known, and an unreasonable burden
	Outside    []Fault     // outside the act
	Beyond     []Fault     // more than the act asks for
	Told       []Told      // what visitors told and the associations decided not to mend yet
	Violations []Violation // found by the tests, against the act
	Practice   []Violation // found by the tests, good practice
	Checks     []Check     // checks of our own that found something
	Untested   []Untested
}

// Make builds the statement.
func Make(r Results, known Register, told []Told) Statement {
	s := Statement{Assessed: period.DateOf(r.Finished.In(clock.Stockholm)), Results: r, Told: told, Untested: known.Untested}
	for _, f := range known.Faults {
		switch f.Kind {
		case Burden:
			s.Burdens = append(s.Burdens, f)
		case Outside:
			s.Outside = append(s.Outside, f)
		case Beyond:
			s.Beyond = append(s.Beyond, f)
		default:
			s.Faults = append(s.Faults, f)
		}
	}
	for _, v := range r.Violations {
		if lawful(v.Criteria) {
			s.Violations = append(s.Violations, v)
		} else {
			s.Practice = append(s.Practice, v)
		}
	}
	for _, c := range r.Checks {
		if len(c.Faults) > 0 {
			s.Checks = append(s.Checks, c)
		}
	}
	s.Updated = s.Assessed
	for _, d := range append([]period.Date{known.Updated}, daysOf(told)...) {
		if d.After(s.Updated) {
			s.Updated = d
		}
	}
	s.Verdict = s.judge()
	return s
}

func daysOf(told []Told) []period.Date {
	days := make([]period.Date, len(told))
	for i, t := range told {
		days[i] = t.On
	}
	return days
}

// lawful tells whether a criterion among these is one that the act asks for.
func lawful(criteria []string) bool {
	return slices.ContainsFunc(criteria, func(c string) bool { return slices.Contains(Criteria, c) })
}

// Broken lists the criteria that something breaks, in the order of WCAG.
func (s Statement) Broken() []string {
	broken := map[string]bool{}
	mark := func(criteria []string) {
		for _, c := range criteria {
			broken[c] = true
		}
	}
	for _, f := range slices.Concat(s.Faults, s.Burdens) {
		mark(f.Criteria)
	}
	for _, v := range s.Violations {
		mark(v.Criteria)
	}
	for _, c := range s.Checks {
		mark(c.Criteria)
	}
	var list []string
	for _, c := range Criteria {
		if broken[c] {
			list = append(list, c)
		}
	}
	return list
}

// Known counts what is said to be wrong before the act.
func (s Statement) Known() int {
	n := len(s.Faults) + len(s.Burdens) + len(s.Told) + len(s.Violations)
	for _, c := range s.Checks {
		if lawful(c.Criteria) {
			n++
		}
	}
	return n
}

// judge follows the model statement of the Commission (implementing decision (EU) 2018/1523): wholly when nothing is known to be wrong, not
// when most of what is asked for is not met, else partly. Nothing tested, or pages that nobody looked at, can never be wholly; nothing tested
// at all is not.
func (s Statement) judge() Verdict {
	seen, of := s.Results.Seen()
	switch {
	case seen == 0 || 2*len(s.Broken()) > len(Criteria):
		return Not
	case s.Known() > 0 || !s.Results.Complete || seen < of || len(s.Results.Failed) > 0:
		return Partly
	}
	return Wholly
}
