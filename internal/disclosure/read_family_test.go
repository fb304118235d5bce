package disclosure

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// cellsOfTest has four variables; nobody of 16-19 has pension.
func cellsOfTest() Cells {
	c := Cells{Variables: []string{"age", "sex", "party", "support"}}
	for i, age := range []string{"16-19", "20-24", "25-29", "30-64"} {
		for j, support := range []string{"none", "pension"} {
			if i > 0 || j == 0 {
				c.Rows = append(c.Rows, Row{[]string{age, []string{"kvinna", "man"}[i%2], []string{"Mo", "Tallviken"}[j], support}, 3 * i})
			}
		}
	}
	return c
}

const familyOfTest = `{
  "threshold": 7,
  "profile": "round",
  "base": 5,
  "denominator": 30,
  "variables": {
    "sex": {},
    "age": {
      "hierarchy": {
        "ung": ["16-24", "25-29"],
        "16-24": ["16-19", "20-24"]
      },
      "sensitive": true,
      "frame": true
    }
  },
  "tables": [
    ["age", "sex"],
    ["support"]
  ],
  "contributors": "party",
  "structural_zeros": [
    {"age": "16-19", "support": "pension"}
  ]
}
`

func TestAFamilyIsRead(t *testing.T) {
	want := Family{Threshold: 7, Profile: Round, Base: 5, Denominator: 30, Contributor: "party",
		Variables:  []Variable{{Name: "sex"}, {Name: "age", Groups: []Group{{"ung", []string{"16-24", "25-29"}}, {"16-24", []string{"16-19", "20-24"}}}, Sensitive: true, Frame: true}},
		Tables:     [][]string{{"age", "sex"}, {"support"}},
		Impossible: []map[string]string{{"age": "16-19", "support": "pension"}}}
	got, err := ReadFamily(strings.NewReader("\uFEFF"+familyOfTest), cellsOfTest())
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v %v", got, err)
	}
	if string(want.JSON()) != familyOfTest {
		t.Errorf("%s", want.JSON())
	}
	got, err = ReadFamily(strings.NewReader(`{"tables":[["age"]]}`), cellsOfTest())
	if err != nil || !reflect.DeepEqual(got, Family{Tables: [][]string{{"age"}}}) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestFaultsOfFamiliesSayWhereTheyStand(t *testing.T) {
	for _, c := range []struct {
		file    string // ¤ stands before the fault; without it the fault has no place
		problem string
	}{
		{"¤", "ends in the middle"},
		{"{\n ¤", "ends in the middle"},
		{"{\"tables\": [[\"age\"]¤", "ends in the middle"},
		{"¤[]", "a family must be an object, not a list"},
		{"¤null", "not null"},
		{"{¤tables: [[\"age\"]]}", "no JSON"},
		{`{"tables": [["age"¤}`, "no JSON"},
		{`{"tables": [["age"],¤]}`, "no JSON"},
		{`{"tables": [["age" ¤"sex"]]}`, "no JSON"},
		{`{"tables": [["age"]]}¤}`, "after its end"},
		{"{\"tables\": [[\"age\"]]}\n\n ¤{}", "after its end"},
		{"{\"tables\": [[\"age\"]], \n ¤\"tables\": []}", `"tables" stands twice`},
		{"{\"tables\": [[\"age\"]], \n ¤\"table\": []}", `"table" means nothing in a family`},
		{"{\"tables\": [[\"age\"]], \n ¤\"Threshold\": 5}", `"Threshold" means nothing`},
		{"{\"tables\": [[\"¤\xff\"]]}", "not UTF-8"},
		{strings.Repeat("[", 16) + "¤[", "more than 16 deep"},
		{`{"threshold": ¤"5", "tables": [["age"]]}`, "must be a number, not text"},
		{`{"threshold": ¤2, "tables": [["age"]]}`, "is 2; it must be a whole number from 3"},
		{`{"threshold": ¤0, "tables": [["age"]]}`, "is 0; it must be"},
		{`{"threshold": ¤-5, "tables": [["age"]]}`, "is -5; it must be"},
		{`{"threshold": ¤5.5, "tables": [["age"]]}`, "is 5.5; it must be"},
		{`{"threshold": ¤1e1, "tables": [["age"]]}`, "is 1e1; it must be"},
		{`{"threshold": ¤99999999999999999999, "tables": [["age"]]}`, "it must be"},
		{`{"threshold": ¤null, "tables": [["age"]]}`, "must be a number, not null"},
		{`{"profile": ¤"hide", "tables": [["age"]]}`, `"hide"; it must be "suppress" or "round"`},
		{`{"profile": ¤"", "tables": [["age"]]}`, "it must be"},
		{`{"base": ¤3, "tables": [["age"]]}`, "belongs to the profile"},
		{`{"base": ¤4, "profile": "round", "tables": [["age"]]}`, "must be 3 or 5"},
		{`{"denominator": ¤0, "tables": [["age"]]}`, "it must be"},
		{`{"contributors": ¤"parties", "tables": [["age"]]}`, `no variable "parties"`},
		{`{"contributors": ¤3, "tables": [["age"]]}`, "must be text"},
		{`{"contributors": ["party", ¤3], "tables": [["age"]]}`, "must be text"},
		{`{"contributors": ¤["party", "town"], "tables": [["age"]]}`, "no variable \"town\""},
		{`{"contributors": ¤["party", "party"], "tables": [["age"]]}`, "stands twice"},
		{`{"tables": [["age"]], "within": ¤[]}`, "must be an object"},
		{`{"tables": [["age"]], "within": {¤"sex": ["nobody"]}}`, "no cell has any"},
		{`{"threshold": 5}`, "no table"},
		{`{"tables": ¤[]}`, "no table"},
		{`{"tables": ¤{}}`, "the tables must be a list"},
		{`{"tables": [["age"], ¤"sex"]}`, "a table must be a list"},
		{`{"tables": [["age"], ¤[]]}`, "no variable"},
		{`{"tables": [["age", ¤7]]}`, "must be text"},
		{"{\"tables\": [[\"age\"],\n [\"sex\",\n  ¤\"agee\"]]}", `no variable "agee"`},
		{`{"tables": [["age", ¤"age"]]}`, "stands twice in the table"},
		{`{"tables": [["age", "sex"], ["sex"], ¤["sex", "age"]]}`, "the table stands twice"},
		{`{"variables": ¤[], "tables": [["age"]]}`, "must be an object"},
		{`{"variables": {¤"ages": {}}, "tables": [["age"]]}`, `no variable "ages"`},
		{`{"variables": {"age": ¤[]}, "tables": [["age"]]}`, "must be an object"},
		{`{"variables": {"age": {}, ¤"age": {}}, "tables": [["age"]]}`, "stands twice"},
		{`{"variables": {"age": {¤"groups": {}}}, "tables": [["age"]]}`, `"groups" means nothing in variable "age"`},
		{`{"variables": {"age": {"sensitive": ¤1}}, "tables": [["age"]]}`, "must be true or false"},
		{`{"variables": {"age": {"hierarchy": ¤[]}}, "tables": [["age"]]}`, "must be an object"},
		{`{"variables": {"age": {"hierarchy": {"ung": ¤"16-19"}}}, "tables": [["age"]]}`, "must be a list"},
		{`{"variables": {"age": {"hierarchy": {"ung": ["16-19", ¤null]}}}, "tables": [["age"]]}`, "must be text"},
		{`{"variables": {"age": {"hierarchy": {¤"ung": []}}}, "tables": [["age"]]}`, "no members"},
		{`{"variables": {"age": {"hierarchy": {¤"": ["16-19"]}}}, "tables": [["age"]]}`, "is empty"},
		{`{"variables": {"age": {"hierarchy": {¤"*": ["16-19"]}}}, "tables": [["age"]]}`, "all categories"},
		{`{"variables": {"age": {"hierarchy": {¤"20-24": ["16-19"]}}}, "tables": [["age"]]}`, "a category of the cells"},
		{`{"variables": {"age": {"hierarchy": {"ung": ["16-19", ¤"15"]}}}, "tables": [["age"]]}`, `no cell has category "15"`},
		{`{"variables": {"age": {"hierarchy": {"ung": ["16-19", ¤"16-19"]}}}, "tables": [["age"]]}`, "twice in group"},
		{`{"variables": {"age": {"hierarchy": {"ung": ["16-19"], "yngre": ["20-24", ¤"16-19"]}}}, "tables": [["age"]]}`, `in group "ung" and in group "yngre"`},
		{`{"variables": {"age": {"hierarchy": {¤"a": ["b"], "b": ["a"]}}}, "tables": [["age"]]}`, "lies within itself"},
		{`{"tables": [["age"]], "structural_zeros": [¤{}]}`, "names no variable"},
		{`{"tables": [["age"]], "structural_zeros": [{¤"ages": "x"}]}`, `no variable "ages"`},
		{`{"tables": [["age"]], "structural_zeros": [{¤"age": "x"}]}`, `no cell has category "x"`},
		{`{"tables": [["age"]], "structural_zeros": [{"age": ¤["x"]}]}`, "must be text"},
		{`{"tables": [["age"]], "structural_zeros": ¤[{"age": "20-24"}]}`, "said to be impossible"},
	} {
		before, after, placed := strings.Cut(c.file, "¤")
		_, err := ReadFamily(strings.NewReader(before+after), cellsOfTest())
		e, ok := errors.AsType[*InputError](err)
		line, column := 0, 0
		if placed {
			line, column = 1+strings.Count(before, "\n"), len(before)-strings.LastIndex(before, "\n")
		}
		if !ok || e.Source != "family" || e.Line != line || e.Column != column || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%s: %v, want line %d, column %d, %s", c.file, err, line, column, c.problem)
		}
	}
}

func TestAFamilyTooLongIsRefused(t *testing.T) {
	_, err := ReadFamily(endless{}, cellsOfTest())
	if err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Error(err)
	}
	for name, file := range map[string]string{
		"1001 tables":           `{"tables": [` + strings.Repeat(`["age"],`, 1000) + `["age"]]}`,
		"100001 combinations":   `{"structural_zeros": [` + strings.Repeat(`{},`, 100_000) + `{}], "tables": [["age"]]}`,
		"more than 16 deep":     strings.Repeat(`{"a":`, 100_000),
		"is " + many("9", 1000): `{"threshold": ` + strings.Repeat("9", 1_000_000) + `}`,
	} {
		if _, err := ReadFamily(strings.NewReader(file), cellsOfTest()); err == nil || !strings.Contains(err.Error(), name) || len(err.Error()) > 400 {
			t.Errorf("%s: %.500v", name, err)
		}
	}
}

// many is a text as messages show it.
func many(s string, n int) string { return short(strings.Repeat(s, n)) }

// familyOf draws a family of some cells.
func familyOf(t *rapid.T, c Cells) Family {
	f := Family{Threshold: rapid.SampledFrom([]int{0, 3, 5, 10}).Draw(t, "threshold"), Profile: rapid.SampledFrom([]Profile{"", Suppress, Round}).Draw(t, "profile"),
		Denominator: rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "denominator")}
	if f.Profile == Round {
		f.Base = rapid.SampledFrom([]int{0, 3, 5}).Draw(t, "base")
	}
	some := func(what string, least int) []string {
		all := rapid.Permutation(c.Variables).Draw(t, what)
		return all[:rapid.IntRange(least, len(all)).Draw(t, what)]
	}
	for _, name := range some("variables", 0) {
		v := Variable{Name: name, Sensitive: rapid.Bool().Draw(t, "sensitive"), Frame: rapid.Bool().Draw(t, "frame")}
		left := c.categories(indexOf(c.Variables, name))
		for i := 0; len(left) > 1 && rapid.Bool().Draw(t, "group"); i++ {
			left = rapid.Permutation(left).Draw(t, "order")
			n := rapid.IntRange(1, len(left)).Draw(t, "members")
			g := Group{Name: fmt.Sprintf("<&> \"grupp\" %d", i), Members: append([]string{}, left[:n]...)}
			v.Groups = append(v.Groups, g)
			left = append([]string{g.Name}, left[n:]...)
		}
		f.Variables = append(f.Variables, v)
	}
	f.Tables = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) []string {
		all := rapid.Permutation(c.Variables).Draw(t, "table")
		return all[:rapid.IntRange(1, len(all)).Draw(t, "table")]
	}), 1, 3, func(t []string) string {
		var set int
		for _, v := range t {
			set |= 1 << indexOf(c.Variables, v)
		}
		return fmt.Sprint(set)
	}).Draw(t, "tables")
	if rapid.Bool().Draw(t, "contributors") {
		f.Contributor = rapid.SampledFrom(c.Variables).Draw(t, "contributor")
	}
	if rapid.Bool().Draw(t, "impossible") {
		f.Impossible = []map[string]string{{"age": "16-19", "support": "pension"}}
	}
	return f
}

func indexOf(all []string, s string) int {
	for i, x := range all {
		if x == s {
			return i
		}
	}
	return -1
}

// A family that was frozen is read again as it was.
func TestAFamilyComesBack(t *testing.T) {
	c := cellsOfTest()
	rapid.Check(t, func(t *rapid.T) {
		f := familyOf(t, c)
		file := f.JSON()
		got, err := ReadFamily(bytes.NewReader(file), c)
		if err != nil || !reflect.DeepEqual(got, f) || !json.Valid(file) || !bytes.Equal(got.JSON(), file) {
			t.Fatalf("%s\n%+v %v", file, got, err)
		}
	})
}

func FuzzReadFamily(f *testing.F) {
	f.Add([]byte(familyOfTest))
	f.Add([]byte(`{"tables":[["age"]]}`))
	f.Add([]byte(`{"tables":[["age"]],"structural_zeros":[{"age":"x"}]}`))
	c := cellsOfTest()
	f.Fuzz(func(t *testing.T, file []byte) {
		family, err := ReadFamily(bytes.NewReader(file), c)
		if err != nil {
			if e, ok := errors.AsType[*InputError](err); !ok || e.Problem == "" {
				t.Error(err)
			}
			return
		}
		if !json.Valid(bytes.TrimPrefix(file, []byte("\uFEFF"))) {
			t.Error("what is no JSON was taken")
		}
		if again, err := ReadFamily(bytes.NewReader(family.JSON()), c); err != nil || !bytes.Equal(again.JSON(), family.JSON()) {
			t.Errorf("%+v does not come back: %+v %v", family, again, err)
		}
	})
}
