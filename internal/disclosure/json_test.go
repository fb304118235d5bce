package disclosure

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func resultOfTest() *Result {
	r := &Result{Tables: [][]string{{"municipality", "sex"}, {"age"}}, Threshold: 5, Profile: Suppress, Denominator: 20, Method: "test <1>", Warnings: []string{`"Mo" & "Älvsele"`},
		Variables:  []Variable{{Name: "age", Groups: []Group{{"ung", []string{"16-19", "20-24"}}}, Sensitive: true}},
		Categories: map[string][]string{"municipality": {"A", "B"}, "sex": {"kvinna", "man"}, "age": {"16-19", "20-24", "25-64"}}}
	r.Cells = []Cell{
		{Table: 0, Values: []string{Total, Total}, Figure: Figure{17, true}, Status: Open, Low: 17, High: 17},
		{Table: 0, Values: []string{"A", Total}, Status: Primary, Low: 0, High: 9},
		{Table: 0, Values: []string{"B", "kvinna"}, Status: Secondary, Low: 8, High: 17},
		{Table: 1, Values: []string{Total}, Figure: Figure{17, true}, Status: Open, Low: 17, High: 17},
		{Table: 1, Values: []string{"ung"}, Figure: Figure{0, true}, Status: Open, Low: 0, High: 0},
	}
	return r.finish()
}

const resultJSON = `{
  "cells": [
    {"table": ["municipality", "sex"], "cell": {"municipality": "*", "sex": "*"}, "value": 17, "status": "open", "low": 17, "high": 17},
    {"table": ["municipality", "sex"], "cell": {"municipality": "A", "sex": "*"}, "value": null, "status": "primary", "low": 0, "high": 9},
    {"table": ["municipality", "sex"], "cell": {"municipality": "B", "sex": "kvinna"}, "value": null, "status": "secondary", "low": 8, "high": 17},
    {"table": ["age"], "cell": {"age": "*"}, "value": 17, "status": "open", "low": 17, "high": 17},
    {"table": ["age"], "cell": {"age": "ung"}, "value": 0, "status": "open", "low": 0, "high": 0}
  ],
  "threshold": 5,
  "profile": "suppress",
  "method": "test <1>",
  "denominator": 20,
  "variables": {
    "age": {
      "hierarchy": {
        "ung": ["16-19", "20-24"]
      },
      "sensitive": true
    }
  },
  "categories": {
    "age": ["16-19", "20-24", "25-64"],
    "municipality": ["A", "B"],
    "sex": ["kvinna", "man"]
  },
  "tables": [
    ["municipality", "sex"],
    ["age"]
  ],
  "warnings": ["\"Mo\" & \"Älvsele\""]
}
`

func TestAResultIsWrittenAndRead(t *testing.T) {
	if got := string(resultOfTest().JSON()); got != resultJSON {
		t.Errorf("%s", got)
	}
	got, err := ReadResult(strings.NewReader(resultJSON), "2026.json")
	if err != nil || !reflect.DeepEqual(got, resultOfTest()) {
		t.Errorf("%+v %v", got, err)
	}
	if n, shown := got.Find(map[string]string{"age": "ung"}).Count(); n != 0 || !shown {
		t.Error(n, shown)
	}
}

// What the public gets tells neither bounds nor reasons nor warnings.
func TestThePublicFormTellsNoMoreThanFigures(t *testing.T) {
	r := resultOfTest()
	public := string(r.Public().JSON())
	for _, secret := range []string{"low", "high", "primary", "secondary", "Älvsele"} {
		if strings.Contains(public, secret) {
			t.Errorf("%s is in\n%s", secret, public)
		}
	}
	if !strings.Contains(public, `{"municipality": "A", "sex": "*"}, "value": null, "status": "hidden"}`) || !strings.Contains(public, `"value": 17, "status": "open"}`) {
		t.Error(public)
	}
	if !reflect.DeepEqual(r, resultOfTest()) {
		t.Error("the result itself was changed")
	}
	if got, err := ReadResult(strings.NewReader(public), "x"); err != nil || !reflect.DeepEqual(got, r.Public()) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestForeignResultsAreRefused(t *testing.T) {
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(resultJSON) }
	for _, c := range []struct{ file, problem string }{
		{"", "ends in the middle"},
		{"[]", "a result must be an object"},
		{familyOfTest, `"contributors" means nothing in a result`},
		{`{"tables": [["a"]]}`, `the result has no "cells"`},
		{replace(`"warnings"`, `"warning"`), `"warning" means nothing in a result`},
		{replace(`"threshold": 5`, `"threshold": 1`), "is 1; it must be"},
		{replace(`"suppress"`, `"none"`), "must be"},
		{replace(`"suppress"`, `"round"`), "a base"},
		{replace(`"denominator"`, `"base": 3, "denominator"`), "a base"},
		{replace(`"denominator": 20`, `"denominator": 0`), "is 0; it must be"},
		{replace(`"test <1>"`, `5`), "must be text"},
		{replace(`"test <1>"`, `"`+strings.Repeat("x", 5000)+`"`), "longer than"},
		{replace(`"value": 17`, `"value": -17`), "is -17"},
		{replace(`"value": 17`, `"value": 17.5`), "is 17.5"},
		{replace(`"value": 17`, `"value": "17"`), "must be a number"},
		{replace(`"value": 17`, `"value": 99999999999999999`), "it must be"},
		{replace(`"value": 17, "status": "open"`, `"value": 17, "status": "primary"`), "has a value"},
		{replace(`"value": null, "status": "primary"`, `"value": null, "status": "open"`), "has no value"},
		{replace(`"status": "primary"`, `"status": "closed"`), "the status is"},
		{replace(`"status": "primary"`, `"state": "primary"`), `"state" means nothing in a cell`},
		{replace(`"value": null, `, ``), "lacks one of"},
		{replace(`"low": 0, "high": 9`, `"low": 10, "high": 9`), "low is more than high"},
		{replace(`"low": 0, "high": 9`, `"low": 0`), "lacks the other"},
		{replace(`"low": 17`, `"low": 16`), "must be that count"},
		{replace(`{"municipality": "A", "sex": "*"}`, `{"municipality": "A"}`), "must name the 2"},
		{replace(`{"municipality": "A", "sex": "*"}`, `{"municipality": "A", "age": "*"}`), `the variable "sex"`},
		{replace(`{"municipality": "A", "sex": "*"}`, `{"municipality": "A", "sex": 1}`), "must be text"},
		{replace(`{"municipality": "A", "sex": "*"}`, `{"municipality": "A", "sex": "x"}`), `"x" is neither a category nor a group of "sex"`},
		{replace(`{"municipality": "A", "sex": "*"}`, `{"municipality": "*", "sex": "*"}`), "stands twice"},
		{replace(`{"table": ["age"], "cell": {"age": "*"}`, `{"table": ["sex"], "cell": {"sex": "*"}`), "no such table"},
		{replace(`{"table": ["age"], "cell": {"age": "*"}, "value": 17, "status": "open", "low": 17, "high": 17}`, `{"table": ["age"], "cell": {"age": "*"}, "value": 18, "status": "open", "low": 18, "high": 18}`), "another count"},
		{replace(`"ung": ["16-19", "20-24"]`, `"ung": ["16-19", "ung"]`), "within itself"},
		{replace(`"ung": ["16-19", "20-24"]`, `"ung": ["16-19", "x"]`), `no cell has category "x"`},
		{replace(`"ung": ["16-19", "20-24"]`, `"ung": []`), "no members"},
		{replace(`["A", "B"]`, `["A", ""]`), "is empty"},
		{replace(`["A", "B"]`, `["A", "*"]`), "all categories"},
		{replace(`["A", "B"]`, `["B", "A"]`), "sorted"},
		{replace(`["A", "B"]`, `["A", "A"]`), "sorted"},
		{replace(`["A", "B"]`, `[]`), "are 0"},
		{replace(`["A", "B"]`, `"A"`), "must be a list"},
		{replace(`"sex": ["kvinna", "man"]`, `"": ["kvinna"]`), "is empty"},
		{replace(`"sex": ["kvinna", "man"]`, `"kön": ["kvinna"]`), `no categories of the variable "sex"`},
		{replace(`"age": {`, `"ages": {`), `no categories of the variable "ages"`},
		{replace("    [\"age\"]\n", "    [\"age\"], [\"age\"]\n"), "stands twice"},
		{replace("    [\"age\"]\n", "    [\"age\", \"age\"]\n"), "stands twice"},
		{replace("    [\"age\"]\n", "    [\"age\"], []\n"), "no variable"},
		{replace("    [\"age\"]\n", "    [\"age\"], [\"*\"]\n"), `no categories of the variable "*"`},
	} {
		r, err := ReadResult(strings.NewReader(c.file), "gammal.json")
		if e, ok := errors.AsType[*InputError](err); !ok || r != nil || e.Source != "gammal.json" || e.Line == 0 || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%v, want %s, for\n%s", err, c.problem, c.file)
		}
	}
}

func TestAResultComesBack(t *testing.T) {
	c := cellsOfTest()
	rapid.Check(t, func(t *rapid.T) {
		f := familyOf(t, c).filled()
		r := Result{Tables: f.Tables, Threshold: f.Threshold, Profile: f.Profile, Base: f.Base, Denominator: f.Denominator, Variables: f.Variables,
			Method: rapid.String().Draw(t, "method"), Warnings: rapid.SliceOfN(rapid.StringN(0, 20, -1), 0, 3).Draw(t, "warnings"), Categories: map[string][]string{}}
		for i, v := range c.Variables {
			r.Categories[v] = c.categories(i)
		}
		if len(r.Warnings) == 0 {
			r.Warnings = nil
		}
		figures := map[string]Cell{}
		for i, table := range r.Tables {
			for j := range rapid.IntRange(0, 4).Draw(t, "cells") {
				values := make([]string, len(table))
				for k := range values {
					values[k] = Total
				}
				if j > 0 {
					values[0] = rapid.SampledFrom(r.Categories[table[0]]).Draw(t, "category")
				}
				if slices.ContainsFunc(r.Cells, func(c Cell) bool { return c.Table == i && slices.Equal(c.Values, values) }) {
					continue
				}
				name := cellKey(table, values)
				cell, ok := figures[name]
				if !ok {
					cell = Cell{Status: rapid.SampledFrom([]Status{Open, Primary, Secondary}).Draw(t, "status"), High: rapid.IntRange(0, maxSum).Draw(t, "high")}
					if cell.Status == Open {
						cell.Figure, cell.Low = Figure{cell.High, true}, cell.High
					}
				}
				cell.Table, cell.Values = i, values
				figures[name] = cell
				r.Cells = append(r.Cells, cell)
			}
		}
		for _, r := range []*Result{r.finish(), r.Public()} {
			file := r.JSON()
			got, err := ReadResult(bytes.NewReader(file), "x")
			if err != nil || !reflect.DeepEqual(got, r) || !bytes.Equal(got.JSON(), file) || !json.Valid(file) {
				t.Fatalf("%s\n%+v\n%+v %v", file, got, r, err)
			}
		}
	})
}

func FuzzReadResult(f *testing.F) {
	f.Add([]byte(resultJSON))
	f.Add(resultOfTest().Public().JSON())
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ReadResult(bytes.NewReader(file), "x")
		if err != nil {
			if _, ok := errors.AsType[*InputError](err); !ok {
				t.Error(err)
			}
			return
		}
		if again, err := ReadResult(bytes.NewReader(r.JSON()), "x"); err != nil || !reflect.DeepEqual(again, r) {
			t.Errorf("%+v does not come back: %+v %v", r, again, err)
		}
	})
}
