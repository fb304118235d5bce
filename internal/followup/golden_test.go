package followup

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write what the program says into the golden files")

// The files in testdata/national are sheets: what was entered, what holds, and what there is to enter.
func TestSheetsOfTheNationalSystem(t *testing.T) {
	files, err := filepath.Glob("testdata/national/*.txt")
	if err != nil || len(files) < 3 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		head, want, ok := strings.Cut(string(b), "to enter:\n")
		before, after, both := strings.Cut(head, "now:\n")
		if !ok || !both {
			t.Fatalf("%s has not all three parts", name)
		}
		var got strings.Builder
		for _, c := range Changed(linesOf(before), linesOf(after)) {
			if c.Fixed {
				got.WriteString("! ")
			}
			got.WriteString(c.Key + " = " + c.Value)
			if !c.New {
				got.WriteString(" [" + c.Was + "]")
			}
			got.WriteString("\n")
		}
		if *update {
			if err := os.WriteFile(name, []byte(head+"to enter:\n"+got.String()), 0o644); err != nil {
				t.Fatal(err)
			}
		} else if got.String() != want {
			t.Errorf("%s:\n%s\nwant:\n%s", name, got.String(), want)
		}
	}
}

func linesOf(s string) (list []Line) {
	for line := range strings.Lines(s) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), " = "); ok {
			list = append(list, Line{key, value})
		}
	}
	return list
}
