package disclosure_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"samklang/internal/disclosure"
)

// Whatever cells and families are made of, small ones are protected so that the referee finds nothing, or are refused with a reason.
func FuzzProtect(f *testing.F) {
	dirs, err := filepath.Glob("testdata/*/*/family.json")
	if err != nil || len(dirs) == 0 {
		f.Fatal(err)
	}
	for _, file := range dirs {
		cells, err := os.ReadFile(filepath.Join(filepath.Dir(file), "cells.csv"))
		if err != nil {
			f.Fatal(err)
		}
		family, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(cells, family)
	}
	f.Fuzz(func(t *testing.T, cells, family []byte) {
		if len(cells) > 1000 || len(family) > 1000 {
			return
		}
		c, err := disclosure.ReadCells(bytes.NewReader(cells))
		if err != nil {
			return
		}
		declared, err := disclosure.ReadFamily(bytes.NewReader(family), c)
		if err != nil {
			return
		}
		r, err := disclosure.Protect(c, declared, nil, disclosure.Limits{})
		if _, bad := errors.AsType[*disclosure.InputError](err); bad || errors.Is(err, disclosure.ErrUnfinished) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := disclosure.ReadResult(bytes.NewReader(r.JSON()), "x"); err != nil {
			t.Fatal(err)
		}
		possible := 1
		for _, v := range c.Variables {
			possible *= len(categoriesOf(c, v))
		}
		if possible > 60 || r.Profile != disclosure.Suppress || largest(c) > 100_000 {
			return // too much for the referee
		}
		for _, fault := range judge(newWorld(c, declared, nil), r, nil).faults {
			t.Error(fault)
		}
	})
}

func largest(c disclosure.Cells) (n int) {
	for _, r := range c.Rows {
		n = max(n, r.N)
	}
	return n
}
