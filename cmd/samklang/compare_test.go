package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

var update = flag.Bool("update", false, "write the golden files anew")

// UnmarshalJSON reads null as not defined.
func (f *figure) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*f = undefined
		return nil
	}
	return json.Unmarshal(b, (*float64)(f))
}

// compares runs the command on a file of cells.
func compares(t *testing.T, cells string, flags ...string) (out, errOut string, code int) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), append([]string{"compare", "--cells", cells}, flags...), &o, &e)
	return o.String(), e.String(), code
}

// alike compares two values of JSON: numbers to nine digits, as processors differ in the last ones.
func alike(a, b any) bool {
	switch x := a.(type) {
	case float64:
		y, ok := b.(float64)
		return ok && math.Abs(x-y) <= 1e-9*max(math.Abs(x), math.Abs(y))
	case []any:
		y, ok := b.([]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for i := range x {
			if !alike(x[i], y[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok || len(x) != len(y) {
			return false
		}
		for k := range x {
			if v, ok := y[k]; !ok || !alike(x[k], v) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(a, b)
}

// Each folder of testdata/compare holds cells and flags, and what the command says of them, in words and in JSON. To add one, make a folder with cells.csv and
// flags, and run go test ./cmd/samklang -run CompareSays -update.
func TestCompareSays(t *testing.T) {
	folders, err := filepath.Glob("testdata/compare/*")
	if err != nil || len(folders) < 5 {
		t.Fatalf("%v %v", folders, err)
	}
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			read := func(name string) string {
				b, err := os.ReadFile(filepath.Join(folder, name))
				if err != nil {
					t.Fatal(err)
				}
				return string(b)
			}
			cells, flags := filepath.Join(folder, "cells.csv"), strings.Fields(read("flags"))
			words, errOut, code := compares(t, cells, flags...)
			if code != 0 || errOut != "" {
				t.Fatalf("code %d: %s", code, errOut)
			}
			said, note, code := compares(t, cells, append(flags, "--json")...)
			if code != 0 || !strings.Contains(note, "raw counts") || !strings.Contains(words, "raw counts") {
				t.Fatalf("code %d: %s", code, note)
			}
			if *update {
				for name, text := range map[string]string{"said.txt": words, "said.json": said} {
					if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
						t.Fatal(err)
					}
				}
			}
			if want := read("said.txt"); words != want {
				t.Errorf("it says\n%s\nwant\n%s", words, want)
			}
			var got, want any
			if err := json.Unmarshal([]byte(said), &got); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal([]byte(read("said.json")), &want); err != nil {
				t.Fatal(err)
			}
			if !alike(got, want) {
				t.Errorf("it says\n%s", said)
			}
		})
	}
}

// The order of rows changes no bit, and exchanging group and reference turns the differences.
func TestCompareDoesNotMindTheOrderOfRows(t *testing.T) {
	b, err := os.ReadFile("testdata/compare/sign-turns/cells.csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"--group", "sex", "--reference", "man", "--outcome", "jobfocus=yes", "--strata", "initiative,age", "--json"}
	first, _, _ := compares(t, "testdata/compare/sign-turns/cells.csv", flags...)
	file := filepath.Join(t.TempDir(), "cells.csv")
	random := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		random.Shuffle(len(rows)-1, func(i, j int) { rows[i+1], rows[j+1] = rows[j+1], rows[i+1] })
		var out bytes.Buffer
		if err := csv.NewWriter(&out).WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, errOut, _ := compares(t, file, flags...); got != first {
			t.Fatalf("%s\nin another order\n%s%s", first, got, errOut)
		}
	}
	flags[3] = "kvinna"
	turned, _, _ := compares(t, file, flags...)
	var one, other compareResult
	if json.Unmarshal([]byte(first), &one) != nil || json.Unmarshal([]byte(turned), &other) != nil {
		t.Fatal("no JSON")
	}
	for _, d := range [][2]estimated{{one.Crude.Difference, other.Crude.Difference}, {one.Adjusted.Difference, other.Adjusted.Difference}} {
		if math.Abs(float64(d[0].Estimate+d[1].Estimate)) > 1e-12 || math.Abs(float64(d[0].Low+d[1].High)) > 1e-12 {
			t.Errorf("%v, turned %v", d[0], d[1])
		}
	}
}

// What cannot be compared is said with its place: in the file by line and column, on the command line by the flag.
func TestWhatCompareRefuses(t *testing.T) {
	good := "sex,jobfocus,n\nkvinna,yes,3\nkvinna,no,7\nman,yes,5\nman,no,5\n"
	usual := []string{"--group", "sex", "--reference", "man", "--outcome", "jobfocus=yes"}
	with := func(changes ...string) []string {
		flags := append([]string{}, usual...)
		for i := 0; i < len(changes); i += 2 {
			flags = append(flags, changes[i], changes[i+1])
		}
		return flags
	}
	for name, c := range map[string]struct {
		cells string
		flags []string
		says  string
	}{
		"negative":                {strings.Replace(good, ",7", ",-7", 1), usual, "line 3, column 11"},
		"fractional":              {strings.Replace(good, ",5", ",5.5", 1), usual, "line 4, column 9"},
		"no count":                {strings.Replace(good, ",n\n", ",m\n", 1), usual, "line 1, column 1"},
		"a cell twice":            {good + "man,no,1\n", usual, "line 6, column 1"},
		"nothing":                 {"", usual, "empty"},
		"no such variable":        {good, with("--group", "gender"), `--group: the cells have no variable "gender"; they have sex, jobfocus`},
		"no such reference":       {good, with("--reference", "kille"), `--reference: sex has no category "kille"; it has kvinna, man`},
		"no such outcome":         {good, with("--outcome", "jobfocus=maybe"), `--outcome: jobfocus has no category "maybe"; it has no, yes`},
		"an outcome without what": {good, with("--outcome", "jobfocus"), "VARIABLE=CATEGORY"},
		"the outcome as group":    {good, with("--group", "jobfocus", "--reference", "no"), "is the variable of the groups"},
		"a stratum of the group":  {good, with("--strata", "sex"), `--strata: "sex" has another part`},
		"a stratum that is not":   {good, with("--strata", "age"), `--strata: the cells have no variable "age"`},
		"only the reference":      {"sex,jobfocus,n\nman,yes,5\nman,no,5\n", usual, `--group: sex has no other category than "man"`},
		"more than can be":        {strings.Replace(good, ",7", ",10000001", 1), usual, "at most 10000000"},
	} {
		file := filepath.Join(t.TempDir(), "cells.csv")
		if err := os.WriteFile(file, []byte(c.cells), 0o600); err != nil {
			t.Fatal(err)
		}
		out, errOut, code := compares(t, file, c.flags...)
		if code == 0 || out != "" || !strings.Contains(errOut, c.says) {
			t.Errorf("%s: code %d, %q, %q", name, code, out, errOut)
		}
	}
	if _, errOut, code := compares(t, "testdata/compare/without-strata/cells.csv", "--group", "sex"); code != 2 || !strings.Contains(errOut, "reference") {
		t.Errorf("flags are missing: code %d, %q", code, errOut)
	}
}

// Whatever cells there are, the answer is an error or JSON with all its parts, in which every number is one.
func FuzzCompare(f *testing.F) {
	folders, err := filepath.Glob("testdata/compare/*/cells.csv")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range folders {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b), "sex", "man", "jobfocus=yes", "initiative")
	}
	f.Fuzz(func(t *testing.T, text, group, reference, outcome, stratum string) {
		cells, err := disclosure.ReadCells(strings.NewReader(text))
		if err != nil {
			return
		}
		c := comparison{Group: group, Reference: reference, Outcome: outcome}
		if stratum != "" {
			c.Strata = []string{stratum}
		}
		r, err := c.compare(cells)
		if err != nil {
			return
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var parts map[string]any
		if err := json.Unmarshal(b, &parts); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"groups", "crude", "adjusted", "homogeneity", "comparisons", "warnings"} {
			if parts[name] == nil {
				t.Fatalf("%s is missing in %s", name, b)
			}
		}
		var words bytes.Buffer
		if err := c.print(&words, r); err != nil || strings.Contains(words.String(), "NaN") && !strings.Contains(text+outcome, "NaN") {
			t.Fatalf("%v: %s", err, &words)
		}
	})
}
