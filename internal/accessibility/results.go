package accessibility

import (
	"embed"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"time"
)

// Locale holds the texts of mails and refusals.
//
//go:embed locale
var Locale embed.FS

//go:embed results.json
var resultsJSON []byte

// Results is what the browser tests found when they last ran in full: e2e/support/reporter.mjs writes it.
type Results struct {
	Complete   bool      `json:"complete"` // every combination, not the pairs that `make test` takes
	Started    time.Time `json:"started"`
	Finished   time.Time `json:"finished"`
	Program    string    `json:"program"`
	Commit     string    `json:"commit"`
	Browser    string    `json:"browser"` // "Chromium 156.0"
	Axe        string    `json:"axe"`
	Playwright string    `json:"playwright"`
	Ways
	Widths     []int       `json:"widths"` // in CSS pixels
	Looks      int         `json:"looks"`  // a page in one way is one look
	Rules      []Rule      `json:"rules"`
	Routes     []Tested    `json:"routes"`
	Forms      []Form      `json:"forms"`
	Checks     []Check     `json:"checks"`
	Violations []Violation `json:"violations"`
	Failed     []string    `json:"failed"` // tests that failed in the run
}

// Ways are the ways in which pages were looked at.
type Ways struct {
	Roles     []string `json:"roles"` // "visitor", the codes of actor.Roles, "admin"
	Languages []string `json:"languages"`
	Themes    []string `json:"themes"` // "light", "dark"
	Script    []string `json:"script"` // "with", "without"
}

// Rule is a rule of axe-core that was run, with the success criteria of WCAG it bears on; none for good practice.
type Rule struct {
	ID       string   `json:"id"`
	Criteria []string `json:"criteria"`
}

// Tested is a page or file of the site map and how it was looked at.
type Tested struct {
	Method string `json:"method"`
	Path   string `json:"path"` // "/{association}/plan/{activity}"
	Looks  int    `json:"looks"`
	Ways
	Stories bool   `json:"stories,omitempty"` // looked at on the way of a story
	Reason  string `json:"reason,omitempty"`  // why it was not looked at: "file", "onward" (it only sends the browser on), "story", "unreached"
}

// Form is a route that takes a form, and whether it was sent as it stands, without any script.
type Form struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Sent   bool   `json:"sent"`
}

// Check is a check of our own, on pages or by stories.
type Check struct {
	ID       string   `json:"id"` // "reflow", "focus", "keyboard" …
	Criteria []string `json:"criteria"`
	Pages    int      `json:"pages"`
	Stories  []string `json:"stories,omitempty"`
	Faults   []Found  `json:"faults"`
}

// Found is a fault that a check of our own found.
type Found struct {
	Kind     string `json:"kind"`
	Role     string `json:"role"`
	Language string `json:"language"`
	Text     string `json:"text"`
}

// Violation is a rule of axe-core that a kind of page broke.
type Violation struct {
	Rule     string   `json:"rule"`
	Criteria []string `json:"criteria"` // none for good practice
	Impact   string   `json:"impact"`
	Help     string   `json:"help"` // in English, as axe-core says it
	Kind     string   `json:"kind"`
	Example  string   `json:"example"`
	Pages    int      `json:"pages"`
	Ways
}

// Latest are the results that were committed with the program.
var Latest = sync.OnceValues(func() (Results, error) { return ParseResults(resultsJSON) })

// Whole tells, when the program starts, whether what was committed with it can be read.
func Whole() error {
	_, results := Latest()
	_, known := Known()
	return errors.Join(results, known)
}

// ParseResults reads a result.
func ParseResults(b []byte) (r Results, err error) {
	err = json.Unmarshal(b, &r)
	return r, err
}

// Tells tells whether the results know a route, by method and whole path.
func (r Results) Tells(method, path string) bool {
	return slices.ContainsFunc(r.Routes, func(t Tested) bool { return t.Method == method && t.Path == path }) ||
		slices.ContainsFunc(r.Forms, func(f Form) bool { return f.Method == method && f.Path == path })
}

// Seen counts the pages of the site map that were looked at, and all of them without files and what only sends on.
func (r Results) Seen() (seen, of int) {
	for _, t := range r.Routes {
		if t.Reason == "file" || t.Reason == "onward" {
			continue
		}
		of++
		if t.Looks > 0 || t.Stories {
			seen++
		}
	}
	return seen, of
}

// Sent counts the kinds of forms that were sent as they stand, and all of them.
func (r Results) Sent() (sent, of int) {
	for _, f := range r.Forms {
		if f.Sent {
			sent++
		}
	}
	return sent, len(r.Forms)
}
