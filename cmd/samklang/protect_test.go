package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

const (
	protectCells  = "kommun;kön;ålder;n\nMo;kvinna;16-24;2\nMo;man;16-24;11\nMo;kvinna;25-64;19\nMo;man;25-64;17\nTallviken;kvinna;16-24;14\nTallviken;man;16-24;12\nTallviken;kvinna;25-64;31\nTallviken;man;25-64;28\n"
	protectFamily = `{"threshold": 5, "variables": {"kommun": {"frame": true}}, "tables": [["kommun", "ålder"], ["ålder", "kön"], ["kommun", "kön", "ålder"]]}`
)

// protectFiles writes files into a directory of their own.
func protectFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// protectRun runs the command in a directory.
func protectRun(t *testing.T, dir string, more ...string) (code int, out, messages string) {
	t.Helper()
	var o, m bytes.Buffer
	args := []string{"protect", "--cells", filepath.Join(dir, "cells.csv"), "--family", filepath.Join(dir, "family.json")}
	code = run(t.Context(), append(args, more...), &o, &m)
	return code, o.String(), m.String()
}

func TestProtectPrintsOneRowPerCell(t *testing.T) {
	dir := protectFiles(t, map[string]string{"cells.csv": protectCells, "family.json": protectFamily})
	code, out, messages := protectRun(t, dir)
	if code != 0 {
		t.Fatal(code, messages)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || strings.Join(rows[0], ",") != "table,kommun,ålder,kön,value,status,low,high" || len(rows) != 1+3*3+3*3+3*3*3 {
		t.Fatalf("%v %d rows\n%s", err, len(rows), out)
	}
	for _, want := range []string{"kommun × ålder,*,*,,134,open,134,134\n", "ålder × kön,,*,*,134,open,134,134\n"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	small := 0
	for _, row := range rows {
		if row[0] == "kommun × kön × ålder" && row[1] == "Mo" && row[2] == "16-24" && row[3] == "kvinna" {
			small++
			if row[4] != "" || row[5] != "primary" {
				t.Error(row)
			}
		}
	}
	if small != 1 {
		t.Errorf("%d rows of the small count", small)
	}

	code, first, _ := protectRun(t, dir, "--json")
	var form struct {
		Cells []struct {
			Table  []string
			Cell   map[string]string
			Value  *int
			Status string
		}
		Threshold int
		Profile   string
		Method    string
	}
	if err := json.Unmarshal([]byte(first), &form); err != nil || code != 0 || len(form.Cells) != len(rows)-1 || form.Threshold != 5 || form.Profile != "suppress" || form.Method == "" {
		t.Fatalf("%v %s", err, first)
	}
	if c := form.Cells[0]; *c.Value != 134 || c.Status != "open" || c.Cell["kommun"] != disclosure.Total || len(c.Cell) != 2 {
		t.Errorf("%+v", c)
	}
	if _, again, _ := protectRun(t, dir, "--json"); again != first {
		t.Error("twice the same gave two results")
	}
}

// What was published is known from then on, in the program's own form.
func TestProtectReckonsWithHistory(t *testing.T) {
	dir := protectFiles(t, map[string]string{"cells.csv": protectCells, "family.json": `{"tables": [["kommun", "ålder"]]}`, "earlier/README": "what was published"})
	earlier := filepath.Join(dir, "earlier")
	_, first, messages := protectRun(t, dir, "--json", "--history", earlier)
	if !strings.Contains(messages, "README is no .json file and was not read") {
		t.Error(messages)
	}
	if err := os.WriteFile(filepath.Join(earlier, "1.json"), []byte(first), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "family.json"), []byte(protectFamily), 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, messages := protectRun(t, dir, "--history", earlier)
	if code != 0 || !strings.Contains(out, "kommun × ålder,Mo,16-24,,13,open,13,13\n") {
		t.Errorf("%d %s\n%s", code, messages, out)
	}
}

func TestProtectEndsWithWhatIsWrong(t *testing.T) {
	foreign := `{"cells": [{"table": ["kommun", "kön", "ålder"], "cell": {"kommun": "Mo", "kön": "kvinna", "ålder": "16-24"}, "value": 2, "status": "open", "low": 2, "high": 2}],
		"threshold": 3, "profile": "suppress", "method": "x", "denominator": 20, "variables": {}, "tables": [["kommun", "kön", "ålder"]],
		"categories": {"kommun": ["Mo", "Tallviken"], "kön": ["kvinna", "man"], "ålder": ["16-24", "25-64"]}}`
	dir := protectFiles(t, map[string]string{"cells.csv": protectCells, "family.json": protectFamily, "broken.csv": "a,n\nx,-1\n", "broken.json": "{\n \"tabels\": []}",
		"unsafe/a.json": foreign, "broken/a.json": foreign, "broken/b.json": "{}", "directory/a.json/x": ""})
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"--history", in("unsafe")}, exitUnsafe, "kommun=Mo"},
		{[]string{"--history", in("broken")}, 1, "b.json, line 1, column 1: the result has no"},
		{[]string{"--history", in("directory")}, 1, "a.json is a directory"},
		{[]string{"--history", in("none")}, 1, "no such file"},
		{[]string{"--history", in("cells.csv")}, 1, "the history cannot be read"},
		{[]string{"--cells", in("none.csv")}, 1, "no such file"},
		{[]string{"--cells", dir}, 1, "is a directory; name a file"},
		{[]string{"--cells", in("broken.csv")}, 1, `cells, line 2, column 3: the count "-1" is negative`},
		{[]string{"--family", in("broken.json")}, 1, `family, line 2, column 2: "tabels" means nothing`},
		{[]string{"--family", dir}, 1, "is a directory; name a file"},
		{[]string{"--famly", "x"}, 2, "no flag --famly"},
		{[]string{"x"}, 2, "does not take"},
	} {
		code, out, messages := protectRun(t, dir, c.args...)
		if code != c.code || !strings.Contains(messages, c.says) || out != "" {
			t.Errorf("%v: %d %s %s", c.args, code, messages, out)
		}
	}
	var out bytes.Buffer
	if code := run(t.Context(), []string{"protect", "--cells", "x"}, &out, &out); code != 2 || !strings.Contains(out.String(), "needs --family") {
		t.Error(code, &out)
	}
	for code, err := range map[int]error{exitUnsafe: fmt.Errorf("x: %w", &disclosure.UnsafeError{}), exitUnfinished: fmt.Errorf("x: %w", disclosure.ErrUnfinished)} {
		if e, ok := errors.AsType[*stopped](ending(err)); !ok || e.ExitCode() != code || e.Error() == "" {
			t.Errorf("%v ends with %v", err, e)
		}
	}
	if err := errors.New("x"); ending(err) != err || ending(nil) != nil {
		t.Error("another error is changed")
	}
}

// The program itself, as an analyst runs it.
func TestProtectAsAProgram(t *testing.T) {
	dir := protectFiles(t, map[string]string{"cells.csv": protectCells, "family.json": protectFamily})
	if code, said := ended(t, "protect", "--cells", filepath.Join(dir, "cells.csv"), "--family", filepath.Join(dir, "family.json")); code != 0 || !strings.HasPrefix(said, "table,") {
		t.Error(code, said)
	}
	if code, said := ended(t, "protect"); code != 2 || !strings.Contains(said, "needs --cells and --family") {
		t.Error(code, said)
	}
}
