package followupweb

import (
	"strings"

	"github.com/a-h/templ"
)

// fieldID is the element id of a cell of the table, the same that an error's link leads to.
func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, ".", "-") }

// described ties a cell to the word about its state.
func described(c gridCell) templ.Attributes {
	a := templ.Attributes{}
	if c.State != "" {
		a["aria-describedby"] = fieldID(c.Name) + "-state"
	}
	if c.State == "wrong" {
		a["aria-invalid"] = "true"
	}
	return a
}

// shownNumber is a number that cannot be changed; none is 0.
func shownNumber(s string) string {
	if s == "" {
		return "0"
	}
	return s
}
