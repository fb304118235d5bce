package document

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outline shows a document block by block, for people.
func outline(d Document) string {
	var b strings.Builder
	for _, k := range d.Blocks {
		fmt.Fprintf(&b, "%s", k.Kind)
		if k.Level > 0 {
			fmt.Fprintf(&b, " %d", k.Level)
		}
		if k.Kind == TableCell {
			fmt.Fprintf(&b, " %d:%d,%d", k.Table, k.Row, k.Col)
		}
		if k.Marker != "" {
			fmt.Fprintf(&b, " [%s]", k.Marker)
		}
		fmt.Fprintf(&b, " %s\n", d.Plain(k))
		for _, s := range k.Bold {
			fmt.Fprintf(&b, "    bold: %s\n", strings.Join(strings.Fields(d.Text[s.Start:s.End]), " "))
		}
		for _, s := range k.Skip {
			fmt.Fprintf(&b, "    skip: %s\n", d.Text[s.Start:s.End])
		}
	}
	return b.String()
}

// Every folder under testdata/cases holds an input file and what is read from it. Run with -update to write the latter.
func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/cases/*/input.*")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(filepath.Dir(in)), func(t *testing.T) {
			data, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			d, err := Read(context.Background(), in, bytes.NewReader(data), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			golden(t, filepath.Join(filepath.Dir(in), "blocks.golden"), outline(d))
			checkShape(t, d)
		})
	}
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}
