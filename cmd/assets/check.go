package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

var (
	defined  = regexp.MustCompile(`(--[\w-]+)\s*:`)
	required = regexp.MustCompile(`var\((--[\w-]+)\s*\)`)
)

// optional are the design system's names that it leaves open on purpose, or that only serve sizes of headings that we do not use.
var optional = regexp.MustCompile(`^--(_ds-field-sizing|ds-heading-(2xs|xs|sm|md|lg|xl|2xl)-.*|ds-color-danger-border-default)$`)

// check refuses a style sheet that uses a custom property which nobody sets: a typing error, or a new version of the design
// system that asks for a token our theme lacks. A browser would show nothing.
func check(files []api.OutputFile) error {
	have := map[string]bool{}
	for _, f := range files {
		for _, m := range defined.FindAllStringSubmatch(string(f.Contents), -1) {
			have[m[1]] = true
		}
	}
	var missing []string
	for _, f := range files {
		if !strings.HasSuffix(f.Path, ".css") {
			continue
		}
		for _, m := range required.FindAllStringSubmatch(string(f.Contents), -1) {
			if !have[m[1]] && !optional.MatchString(m[1]) && !slices.Contains(missing, m[1]) {
				missing = append(missing, m[1])
			}
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("the style sheets use custom properties that are set nowhere: %s", strings.Join(missing, ", "))
	}
	return nil
}
