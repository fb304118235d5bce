package accessibility

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"samklang/internal/core/lang"
	"samklang/internal/core/period"
)

//go:embed faults.json
var faultsJSON []byte

// Register is what is known to be wrong that tests do not find, and what nobody has tested.
type Register struct {
	Updated  period.Date `json:"updated"`
	Faults   []Fault     `json:"faults"`
	Untested []Untested  `json:"untested"`
}

// Kind is what a known fault means before the law.
type Kind string

const (
	Faulty  Kind = "fault"   // does not meet the act
	Burden  Kind = "burden"  // an unreasonable burden to mend (12 §)
	Outside Kind = "outside" // outside the act (9 §)
	Beyond  Kind = "beyond"  // worse than it should be, though the act does not ask for more
)

// Fault is one known fault.
type Fault struct {
	ID       string      `json:"id"`
	Kind     Kind        `json:"kind"`
	Criteria []string    `json:"criteria"` // of WCAG; none for Beyond
	Since    period.Date `json:"since"`    // the day it became known
	What     Text        `json:"what"`
	Where    Text        `json:"where"`
	Why      Text        `json:"why"`
	Planned  Text        `json:"planned"` // what will be done about it, or what to do meanwhile
}

// Untested is something nobody has tried yet.
type Untested struct {
	ID   string `json:"id"`
	What Text   `json:"what"`
}

// Text is a text in the three languages.
type Text struct {
	Swedish string `json:"sv"`
	Simple  string `json:"sv-simple"`
	English string `json:"en"`
}

// In is the text in a language.
func (t Text) In(l lang.Lang) string {
	return [...]string{t.Swedish, t.Simple, t.English}[l]
}

func (t Text) whole() bool { return t.Swedish != "" && t.Simple != "" && t.English != "" }

// Known is the register that was committed with the program.
var Known = sync.OnceValues(func() (Register, error) { return ParseRegister(faultsJSON) })

// ParseRegister reads a register and refuses one with something missing.
func ParseRegister(b []byte) (r Register, err error) {
	d := json.NewDecoder(strings.NewReader(string(b)))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return r, err
	}
	if r.Updated.IsZero() {
		return r, fmt.Errorf("the register of known faults has no day in %q", "updated")
	}
	seen := map[string]bool{}
	for _, f := range r.Faults {
		switch {
		case f.ID == "" || seen[f.ID]:
			return r, fmt.Errorf("the id %q is missing or stands twice", f.ID)
		case !slices.Contains([]Kind{Faulty, Burden, Outside, Beyond}, f.Kind):
			return r, fmt.Errorf("%s: the kind %q is unknown", f.ID, f.Kind)
		case f.Since.IsZero() || f.Since.After(r.Updated):
			return r, fmt.Errorf("%s: known since %s, but the register was updated %s", f.ID, f.Since, r.Updated)
		case (f.Kind == Faulty || f.Kind == Burden) == (len(f.Criteria) == 0):
			return r, fmt.Errorf("%s: a fault names the criteria it breaks, and nothing else does", f.ID)
		case !f.What.whole() || !f.Where.whole() || !f.Why.whole() || !f.Planned.whole():
			return r, fmt.Errorf("%s: a text is missing", f.ID)
		}
		for _, c := range f.Criteria {
			if !slices.Contains(Criteria, c) {
				return r, fmt.Errorf("%s: %s is no criterion of WCAG 2.2, A or AA", f.ID, c)
			}
		}
		seen[f.ID] = true
	}
	for _, u := range r.Untested {
		if u.ID == "" || seen[u.ID] || !u.What.whole() {
			return r, fmt.Errorf("untested %q: the id or a text is missing, or it stands twice", u.ID)
		}
		seen[u.ID] = true
	}
	return r, nil
}

// Criteria are the success criteria of WCAG 2.2, levels A and AA (W3C Recommendation of 5 October 2023), without 4.1.1, which it removed.
var Criteria = strings.Fields(`1.1.1 1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.3.3 1.3.4 1.3.5 1.4.1 1.4.2 1.4.3 1.4.4 1.4.5 1.4.10 1.4.11 1.4.12 1.4.13
	2.1.1 2.1.2 2.1.4 2.2.1 2.2.2 2.3.1 2.4.1 2.4.2 2.4.3 2.4.4 2.4.5 2.4.6 2.4.7 2.4.11 2.5.1 2.5.2 2.5.3 2.5.4 2.5.7 2.5.8
	3.1.1 3.1.2 3.2.1 3.2.2 3.2.3 3.2.4 3.2.6 3.3.1 3.3.2 3.3.3 3.3.4 3.3.7 3.3.8 4.1.2 4.1.3`)
