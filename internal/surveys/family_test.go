package surveys

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"
	"time"

	"samklang/internal/core/errs"
	"samklang/internal/disclosure"

	"pgregory.net/rapid"
)

// scale is a wording with five answers, the first two of them good, and one outside.
func scale() Wording {
	w := Wording{Version: 1, Text: "Jag får den tid jag behöver."}
	for i, class := range []string{Good, Good, Other, Other, Outside} {
		w.Options = append(w.Options, Option{Code: strconv.Itoa(i + 1), Label: fmt.Sprint("Svar ", i+1), Class: class})
	}
	return w
}

func answers(n ...int64) map[string]int64 {
	m := map[string]int64{}
	for i, x := range n {
		m[strconv.Itoa(i+1)] = x
	}
	return m
}

type groups = map[string]map[string]int64

func count(t *testing.T, r *disclosure.Result, want string, cell map[string]string) {
	t.Helper()
	got := "hidden"
	if n, ok := r.Find(cell).Count(); ok {
		got = strconv.Itoa(n)
	}
	if got != want {
		t.Errorf("%v: %s, want %s", cell, got, want)
	}
}

func TestFewAnswersAreNotTold(t *testing.T) {
	_, r, _, err := protect(Sums{All: answers(5, 3, 1)}, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Cells {
		if n, shown := c.Figure.Count(); shown && n > 0 {
			t.Errorf("%v shows %d of nine", c.Values, n)
		}
	}
}

func TestBroadClassesAreToldWhereSingleAnswersAreFew(t *testing.T) {
	_, r, _, err := protect(Sums{All: answers(24, 12, 8, 6, 0)}, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	count(t, r, "50", nil)
	count(t, r, "36", map[string]string{Class: Good})
	count(t, r, "14", map[string]string{Class: Other})
	count(t, r, "24", map[string]string{Answer: "1"})
	count(t, r, "hidden", map[string]string{Answer: "3"})
	count(t, r, "hidden", map[string]string{Answer: "4"})
}

// A ground that people declare themselves is told of where each of its groups is large enough, and left out whole otherwise.
func TestSelfDeclaredGrounds(t *testing.T) {
	s := Sums{All: answers(30, 20, 15, 15), By: map[string]groups{
		Disability: {"ja": answers(8, 7, 8, 7), "nej": answers(22, 13, 7, 8)},
		Religion:   {"ja": answers(2, 2, 2, 1), "nej": answers(28, 18, 13, 14)},
	}}
	composition, r, left, err := protect(s, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(left, []string{Religion}) {
		t.Errorf("left out: %v", left)
	}
	if r.Threshold != Least || r.Denominator != LeastShare {
		t.Errorf("threshold %d, denominator %d", r.Threshold, r.Denominator)
	}
	count(t, composition, "30", map[string]string{Disability: "ja"})
	count(t, r, "15", map[string]string{Disability: "ja", Class: Good})
	count(t, r, "35", map[string]string{Disability: "nej", Class: Good})
	count(t, r, "hidden", map[string]string{Religion: "nej"})
}

// Few who answer outside the scale do not take the share with them.
func TestAnswersOutsideTheScaleAreLeftOut(t *testing.T) {
	_, r, _, err := protect(Sums{All: answers(24, 12, 8, 6, 2)}, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	count(t, r, "50", nil)
	if s := share(r, nil); !s.Enough || s.Count.K != 36 || s.Count.N != 50 {
		t.Errorf("%+v", s)
	}
}

// Those who did not tell are a group like others: with few of them the background is left out, or they would be seen by subtraction.
func TestThoseWhoDidNotTellAreCounted(t *testing.T) {
	s := Sums{All: answers(30, 20, 15, 15), By: map[string]groups{Sex: {"female": answers(18, 10, 8, 8), "male": answers(11, 9, 7, 6)}}}
	_, _, left, err := protect(s, scale(), nil)
	if err != nil || !slices.Equal(left, []string{Sex}) {
		t.Errorf("%v, %v", left, err)
	}
}

// A correction by a few is not told: what changed would be those few.
func TestASmallCorrectionIsNotTold(t *testing.T) {
	_, first, _, err := protect(Sums{All: answers(24, 12, 8, 12)}, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, second, _, err := protect(Sums{All: answers(24, 12, 8, 13)}, scale(), []*disclosure.Result{first})
	if err != nil {
		t.Fatal(err)
	}
	count(t, second, "hidden", nil)
	count(t, second, "36", map[string]string{Class: Good})
}

// A background that comes later knows what was told before, and one that has become small is no longer told of.
func TestLaterTablesKnowTheEarlier(t *testing.T) {
	s := Sums{All: answers(40, 30, 20, 20), By: map[string]groups{Sex: {"female": answers(24, 16, 10, 10), "male": answers(16, 14, 10, 10)}}}
	c1, r1, _, err := protect(s, scale(), nil)
	if err != nil {
		t.Fatal(err)
	}
	s.By[Disability] = groups{"ja": answers(14, 10, 10, 10), "nej": answers(26, 20, 10, 10)}
	c2, r2, _, err := protect(s, scale(), []*disclosure.Result{c1, r1})
	if err != nil {
		t.Fatal(err)
	}
	count(t, r2, "40", map[string]string{Sex: "female", Class: Good})
	count(t, r2, "24", map[string]string{Disability: "ja", Class: Good})
	s.By[Sex] = groups{"female": answers(38, 29, 20, 18), "male": answers(2, 1, 0, 2)}
	_, _, left, err := protect(s, scale(), []*disclosure.Result{c1, r1, c2, r2})
	if err != nil && !errs.Is(err, errs.Refused) || err == nil && !slices.Contains(left, Sex) {
		t.Errorf("%v, %v", left, err)
	}
}

// Whatever comes in, nothing between 1 and 9 is shown, who answered is shown whenever a background is, and every table adds up to the same people.
func TestNothingSmallIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := scale()
		s := Sums{All: map[string]int64{}, By: map[string]groups{}}
		draw := func(b string, list ...string) groups {
			g := groups{}
			for _, name := range list {
				g[name] = answers(rapid.Int64Range(0, 30).Draw(t, b), rapid.Int64Range(0, 12).Draw(t, b), rapid.Int64Range(0, 12).Draw(t, b), 0, rapid.Int64Range(0, 3).Draw(t, b))
			}
			return g
		}
		s.By[Sex] = draw(Sex, "female", "male")
		for _, m := range s.By[Sex] {
			for a, n := range m {
				s.All[a] += n
			}
		}
		if rapid.Bool().Draw(t, "two") { // another background of the same people
			yes, no := map[string]int64{}, map[string]int64{}
			for a, n := range s.All {
				yes[a] = rapid.Int64Range(0, n).Draw(t, "yes")
				no[a] = n - yes[a]
			}
			s.By[Disability] = groups{"ja": yes, "nej": no}
		}
		composition, r, left, err := protect(s, w, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Cells {
			if n, shown := c.Figure.Count(); shown && n > 0 && n < Least {
				t.Fatalf("%v shows %d", c.Values, n)
			}
		}
		for b := range s.By {
			if slices.Contains(left, b) {
				if slices.Contains(crossed(r), b) {
					t.Fatalf("%s is left out and shown", b)
				}
				continue
			}
			on := s.within(w)
			for _, g := range groupsOf(r, b) {
				if n, shown := composition.Find(map[string]string{b: g}).Count(); !shown || int64(n) != sum(on.By[b][g]) {
					t.Fatalf("%s=%s: %d, %v", b, g, n, shown)
				}
			}
		}
	})
}

// The cells that are laid out agree with every table they were laid out from.
func TestCellsAgreeWithTheTables(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := scale()
		s := Sums{All: map[string]int64{}, By: map[string]groups{}}
		for _, o := range w.scale() {
			s.All[o.Code] = rapid.Int64Range(0, 50).Draw(t, "n")
		}
		var told []string
		for _, b := range []string{Sex, Age, Disability}[:rapid.IntRange(0, 3).Draw(t, "backgrounds")] {
			g := groups{}
			for a, n := range s.All {
				for _, name := range []string{"a", "b", "c"} {
					if g[name] == nil {
						g[name] = map[string]int64{}
					}
					g[name][a] = rapid.Int64Range(0, n).Draw(t, name)
					n -= g[name][a]
				}
				g["c"][a] += n
			}
			s.By[b] = g
			told = append(told, b)
		}
		cells, err := s.cells(w, told, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range cells.Variables {
			if b == Answer || b == Class {
				continue
			}
			got := groups{}
			for _, row := range cells.Rows {
				if got[row.Values[i]] == nil {
					got[row.Values[i]] = map[string]int64{}
				}
				got[row.Values[i]][row.Values[0]] += int64(row.N)
			}
			for g, want := range s.By[b] {
				if !maps.Equal(trimmed(got[g]), trimmed(want)) {
					t.Fatalf("%s=%s: %v, want %v", b, g, got[g], want)
				}
			}
		}
	})
}

// A question with sex, age in four bands and two grounds is settled while somebody waits.
func TestAWholeQuestionIsSettled(t *testing.T) {
	s := Sums{All: answers(120, 90, 60, 40, 20), By: map[string]groups{
		Sex:        {"female": answers(70, 50, 30, 20, 10), "male": answers(50, 40, 30, 20, 10)},
		Age:        {"16-29": answers(30, 20, 15, 10, 5), "30-44": answers(30, 30, 15, 10, 5), "45-59": answers(30, 20, 15, 10, 5), "60-": answers(30, 20, 15, 10, 5)},
		Disability: {"ja": answers(40, 30, 20, 20, 5), "nej": answers(60, 50, 30, 10, 10)},
		Ethnicity:  {"ja": answers(40, 30, 20, 20, 5), "nej": answers(60, 50, 30, 10, 10)},
	}}
	at := time.Now()
	_, r, left, err := protect(s, scale(), nil)
	if err != nil || len(left) > 0 {
		t.Fatal(left, err)
	}
	t.Log(len(r.Cells), time.Since(at))
	count(t, r, "210", map[string]string{Class: Good})
}
