package disclosure

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestCellsAreRead(t *testing.T) {
	want := Cells{Variables: []string{"kommun", "kön"}, Rows: []Row{{[]string{"Älvsele", "kvinna"}, 11}, {[]string{"Mo, södra", "man"}, 0}}}
	for name, file := range map[string]string{
		"commas":          "kommun,kön,n\nÄlvsele,kvinna,11\n\"Mo, södra\",man,0\n",
		"semicolons":      "kommun;kön;n\nÄlvsele;kvinna;11\nMo, södra;man;0\n",
		"a mark before":   "\uFEFFkommun;kön;n\nÄlvsele;kvinna;11\nMo, södra;man;0\n",
		"lines of DOS":    "kommun;kön;n\r\nÄlvsele;kvinna;11\r\nMo, södra;man;0\r\n",
		"no last newline": "kommun;kön;n\nÄlvsele;kvinna;11\nMo, södra;man;0",
		"empty lines":     "kommun;kön;n\n\nÄlvsele;kvinna;11\n\nMo, södra;man;0\n\n",
		"counts first":    "n;kommun;kön\n11;Älvsele;kvinna\n0;Mo, södra;man\n",
		"counts between":  "kommun,n,kön\nÄlvsele,11,kvinna\n\"Mo, södra\",0,man\n",
		"all quoted":      "\"kommun\",\"kön\",\"n\"\n\"Älvsele\",\"kvinna\",\"11\"\n\"Mo, södra\",\"man\",\"0\"\n",
		"spaces":          "kommun ; kön; n\nÄlvsele ;kvinna;  11\n Mo, södra;man;0\n",
		"decimals":        "kommun;kön;n\nÄlvsele;kvinna;11.0\nMo, södra;man;0.000\n",
		"decimal commas":  "kommun;kön;n\nÄlvsele;kvinna;11,0\nMo, södra;man;00,0\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadCells(strings.NewReader(file))
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%v %v", got, err)
			}
		})
	}
}

func TestFaultsOfCellsSayWhereTheyStand(t *testing.T) {
	for _, c := range []struct {
		file         string
		line, column int
		problem      string
	}{
		{"", 0, 0, "is empty"},
		{"\n\n", 0, 0, "is empty"},
		{"a,n\n", 0, 0, "no cell"},
		{"a;b,n\n", 0, 0, "no cell"},
		{"a,b;n\n", 0, 0, "no cell"},
		{"\"a;b;c\",d\nx,1\n", 1, 1, `no column "n"`},
		{"a,b\nx,1\n", 1, 1, `no column "n"`},
		{"a,N\nx,1\n", 1, 1, `no column "n"`},
		{"n\n1\n", 1, 1, "no column beside"},
		{"a,b,a,n\nx,y,z,1\n", 1, 5, `"a" stands twice`},
		{"a,n,n\nx,1,1\n", 1, 5, `"n" stands twice`},
		{"a,,n\nx,y,1\n", 1, 3, "is empty"},
		{"a,*,n\nx,y,1\n", 1, 3, "all categories"},
		{"a,b\tb,n\nx,y,1\n", 1, 3, "cannot be printed"},
		{strings.Repeat("v", 201) + ",n\nx,1\n", 1, 1, "longer than 200"},
		{"a,b,n\nx,y,1\nx,1\n", 3, 1, "2 fields in this row and 3"},
		{"a,b,n\nx,y,1,4\n", 2, 1, "4 fields"},
		{"a;b;n\nx,y,1\n", 2, 1, "1 fields"},
		{"a,n\nx,11.5\n", 2, 3, "not whole"},
		{"a,n\nx,-1\n", 2, 3, "negative"},
		{"a,n\nx,\n", 2, 3, "empty"},
		{"a,n\nx,1e3\n", 2, 3, "no whole number"},
		{"a,n\nx,+1\n", 2, 3, "no whole number"},
		{"a,n\nx,1.\n", 2, 3, "no whole number"},
		{"a,n\nx,.0\n", 2, 3, "no whole number"},
		{"a,n\nx,\"1,0\"\n", 2, 3, "no whole number"},
		{"a,n\nx,1 000\n", 2, 3, "no whole number"},
		{"a,n\nx,0x10\n", 2, 3, "no whole number"},
		{"a,n\nx,NaN\n", 2, 3, "no whole number"},
		{"a,n\nx,١\n", 2, 3, "no whole number"},
		{"a,n\nx,1000000001\n", 2, 3, "more than 1000000000"},
		{"a,n\nx,99999999999999999999999999\n", 2, 3, "more than 1000000000"},
		{"a,n\n,1\n", 2, 1, "is empty"},
		{"a,n\n*,1\n", 2, 1, "all categories"},
		{"a,b,n\nx,y,1\nz,y,2\n x,y ,1\n", 4, 1, "same cell as in line 2"},
		{"a,n\nx\xffy,1\n", 2, 1, "not UTF-8"},
		{"a\xff,n\nx,1\n", 1, 1, "not UTF-8"},
		{"a,n\n\"x\ny\",1\n", 2, 1, "cannot be printed"},
		{"a,n\nx\x00,1\n", 2, 1, "cannot be printed"},
		{"a,n\nx\"y,1\n", 2, 2, "quotation mark"},
		{"a,n\n\"x,1\n", 2, 6, "quoted field"},
	} {
		_, err := ReadCells(strings.NewReader(c.file))
		e, ok := errors.AsType[*InputError](err)
		if !ok || e.Source != "cells" || e.Line != c.line || e.Column != c.column || !strings.Contains(e.Problem, c.problem) {
			t.Errorf("%q: %v", c.file, err)
		}
	}
}

// endless is a file of empty lines that does not end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = '\n'
	}
	return len(p), nil
}

func TestTooManyCellsAreRefused(t *testing.T) {
	var header []string
	for i := range MaxVariables + 1 {
		header = append(header, "v"+strconv.Itoa(i))
	}
	if _, err := ReadCells(strings.NewReader(strings.Join(header, ",") + ",n\n")); err == nil || !strings.Contains(err.Error(), "25 variables") {
		t.Error(err)
	}
	if _, err := ReadCells(endless{}); err == nil || !strings.Contains(err.Error(), "longer than") {
		t.Error(err)
	}
}

func TestTooManyRowsAreRefused(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("a,n\n")
	for i := range MaxRows + 1 {
		fmt.Fprintf(&b, "%d,1\n", i)
	}
	_, err := ReadCells(&b)
	if e, ok := errors.AsType[*InputError](err); !ok || e.Line != MaxRows+2 || !strings.Contains(e.Problem, "more than") {
		t.Error(err)
	}
}

// Cells that were written are read as they were, whatever their names are.
func TestCellsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[a-zåäö0-9;,"' =-]{1,8}`).Filter(func(s string) bool { return s == strings.TrimSpace(s) && badName(s) == "" && s != countColumn })
		c := Cells{Variables: rapid.SliceOfNDistinct(name.Filter(func(s string) bool { return !strings.Contains(s, ";") }), 1, 4, rapid.ID).Draw(t, "variables")}
		c.Rows = rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Row {
			return Row{rapid.SliceOfN(name, len(c.Variables), len(c.Variables)).Draw(t, "values"), rapid.IntRange(0, MaxCount).Draw(t, "n")}
		}), 1, 10, func(r Row) string { return key(r.Values) }).Draw(t, "rows")
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Write(append(c.Variables[:len(c.Variables):len(c.Variables)], countColumn))
		for _, r := range c.Rows {
			w.Write(append(r.Values[:len(r.Values):len(r.Values)], strconv.Itoa(r.N)))
		}
		w.Flush()
		got, err := ReadCells(&b)
		if err != nil || !reflect.DeepEqual(got, c) {
			t.Fatalf("%v %v", got, err)
		}
	})
}

func FuzzReadCells(f *testing.F) {
	f.Add([]byte("kommun;kön;n\r\nÄlvsele;kvinna;11,0\r\n\"Mo; södra\";man;0\r\n"))
	f.Add([]byte("\uFEFFa,b,n\n\"x\"\"\",y,1\n"))
	f.Add([]byte("a,n\nx,-1\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := ReadCells(bytes.NewReader(file))
		if err == nil {
			err = c.check()
		} else if e, ok := errors.AsType[*InputError](err); ok && e.Line >= 0 && e.Problem != "" {
			return
		}
		if err != nil {
			t.Error(err)
		}
	})
}
