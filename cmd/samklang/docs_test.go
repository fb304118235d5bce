package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"samklang/internal/app/doctor"
)

func operations(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// docs/operations.md lists every setting as the program explains it; a line of a setting that is no more is noticed as well.
func TestTheOperationsGuideListsEverySetting(t *testing.T) {
	_, table, ok := strings.Cut(operations(t), "\n## All settings\n")
	if !ok {
		t.Fatal("the guide has no list of settings")
	}
	listed := map[string]string{}
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z0-9-]+)` \\| .*? \\| (.*) \\|$").FindAllStringSubmatch(table, -1) {
		listed[m[1]] = strings.ReplaceAll(m[2], `\|`, "|")
	}
	for _, f := range serveFlags(t) {
		if listed[f.name] != f.help {
			t.Errorf("%s stands there as %q, and is %q", f.name, listed[f.name], f.help)
		}
		delete(listed, f.name)
	}
	for name := range listed {
		t.Errorf("%s is no setting any more", name)
	}
}

// The commands and settings that the guide shows exist.
func TestTheOperationsGuideShowsWhatThereIs(t *testing.T) {
	text := operations(t)
	flags := map[string]bool{}
	for _, f := range serveFlags(t) {
		flags[f.name] = true
	}
	var commandNames []string
	for _, n := range tree().nodes {
		commandNames = append(commandNames, n.name)
	}
	shown := regexp.MustCompile(`(?:sudo -u samklang |[ \x60]|\n)samklang ([a-z]+)[ \x60]`).FindAllStringSubmatch(text, -1)
	if len(shown) < 10 || len(commandNames) < 5 {
		t.Fatalf("%d commands are shown, %v exist", len(shown), commandNames)
	}
	for _, m := range shown {
		if m[1] != "samklang" && !slices.Contains(commandNames, m[1]) {
			t.Errorf("the guide shows samklang %s, which is no command", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^    ([a-z-]+) = `).FindAllStringSubmatch(text, -1) {
		if !flags[m[1]] {
			t.Errorf("the guide sets %s, which is no setting", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`\]\(#([a-z0-9-]+)\)`).FindAllStringSubmatch(text, -1) {
		heading := func(line string) bool {
			name, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
			return ok && strings.HasPrefix(line, "##") && strings.ReplaceAll(strings.ToLower(strings.Trim(name, " \n")), " ", "-") == m[1]
		}
		if !slices.ContainsFunc(slices.Collect(strings.Lines(text)), heading) {
			t.Errorf("the guide refers to #%s, which is no heading", m[1])
		}
	}
	if len(doctor.Names()) == 0 || !strings.Contains(text, "samklang doctor") {
		t.Error("the guide does not name the doctor")
	}
}
