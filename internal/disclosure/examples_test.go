package disclosure_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"samklang/internal/disclosure"
)

// loaded reads a family from a directory: cells.csv and family.json, and before-1.csv with before-1.json and so on for what was published earlier.
func loaded(t *testing.T, dir string) (d drawn) {
	t.Helper()
	load := func(cells, family string) (c disclosure.Cells, f disclosure.Family) {
		a, err := os.Open(filepath.Join(dir, cells))
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		if c, err = disclosure.ReadCells(a); err != nil {
			t.Fatal(err)
		}
		b, err := os.Open(filepath.Join(dir, family))
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if f, err = disclosure.ReadFamily(b, c); err != nil {
			t.Fatal(err)
		}
		return c, f
	}
	d.cells, d.family = load("cells.csv", "family.json")
	for i := 1; ; i++ {
		name := fmt.Sprint("before-", i)
		if _, err := os.Stat(filepath.Join(dir, name+".csv")); err != nil {
			return d
		}
		c, f := load(name+".csv", name+".json")
		d.earlier = append(d.earlier, earlier{c, f})
	}
}

// Every directory under testdata/examples and testdata/broken is a family that is protected and then attacked. want.csv says what is to be said of cells: it
// looks as samklang protect prints it, with as many of its rows and columns as one cares for; "hidden" stands for both ways of being hidden. What refused.txt
// says has to stand in the reason why nothing may be published.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("testdata/*/*/family.json")
	if err != nil || len(dirs) < 5 {
		t.Fatal(err, dirs)
	}
	for _, file := range dirs {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			d := loaded(t, dir)
			r, history, err := d.publish()
			if refused, missing := os.ReadFile(filepath.Join(dir, "refused.txt")); missing == nil {
				if unsafe, ok := errors.AsType[*disclosure.UnsafeError](err); !ok || !strings.Contains(unsafe.Error(), strings.TrimSpace(string(refused))) {
					t.Errorf("%v, want %s", err, refused)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			j := judge(newWorld(d.cells, d.family, history), r, history)
			decide(t, j)
			for _, f := range j.faults {
				t.Error(f)
			}
			wanted(t, filepath.Join(dir, "want.csv"), r)
		})
	}
}

// wanted compares the cells that a file names with the result.
func wanted(t *testing.T, file string, r *disclosure.Result) {
	t.Helper()
	f, err := os.Open(file)
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatal(file, err, len(rows))
	}
	told := []string{"value", "status", "low", "high"}
	for _, row := range rows[1:] {
		want, cell := map[string]string{}, map[string]string{}
		for i, name := range rows[0] {
			if slices.Contains(told, name) {
				want[name] = row[i]
			} else if name != "table" && row[i] != "" && row[i] != disclosure.Total {
				cell[name] = row[i]
			}
		}
		found := false
		for _, c := range r.Cells {
			has := map[string]string{}
			for i, v := range r.Tables[c.Table] {
				if c.Values[i] != disclosure.Total {
					has[v] = c.Values[i]
				}
			}
			if fmt.Sprint(has) != fmt.Sprint(cell) {
				continue
			}
			found = true
			got := map[string]string{"value": "", "status": string(c.Status), "low": strconv.Itoa(c.Low), "high": strconv.Itoa(c.High)}
			if n, shown := c.Figure.Count(); shown {
				got["value"] = strconv.Itoa(n)
			}
			for name, x := range want {
				if got[name] != x && (x != "hidden" || c.Status == disclosure.Open) {
					t.Errorf("%v: %s is %q, want %q", row, name, got[name], x)
				}
			}
		}
		if !found {
			t.Errorf("%v: there is no such cell", row)
		}
	}
}

// On the published examples no more is hidden, so that no small count follows exactly, than by the method as it was published. That method lets counts be told
// within narrow bounds, and by somebody alone in a cell; where it does not, no more is hidden than by it even after the attacks.
func TestNoMoreIsHiddenThanByTheReference(t *testing.T) {
	dirs, err := filepath.Glob("testdata/examples/ssb-*")
	if err != nil || len(dirs) < 2 {
		t.Fatal(err, dirs)
	}
	for _, dir := range dirs {
		d := loaded(t, dir)
		r, _, err := d.publish()
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(d.cells, d.family, nil)
		sums := w.sums()
		hidden, primary := w.hiddenIn(r, sums)
		plain := reference(sums, primary, len(w.inner))
		safe := w.safe(sums, plain, w.secrets())
		eliminated, err := disclosure.HiddenByElimination(d.cells, d.family)
		if err != nil {
			t.Fatal(err)
		}
		if eliminated > count(plain)-count(primary) {
			t.Errorf("%s: %d cells are hidden so that nothing follows exactly, by the method as published %d", dir, eliminated, count(plain)-count(primary))
		}
		t.Logf("%s: of %d cells %d are hidden for their own sake and %d (%.0f %%) to protect them, %d of them so that no small count follows exactly; by the method as published %d, which is safe: %t",
			filepath.Base(dir), len(sums), count(primary), count(hidden)-count(primary), 100*float64(count(hidden)-count(primary))/float64(len(sums)), eliminated, count(plain)-count(primary), safe)
		if safe && count(hidden) > count(plain) {
			t.Errorf("%s: %d cells are hidden, by the method as published %d", dir, count(hidden), count(plain))
		}
	}
}
