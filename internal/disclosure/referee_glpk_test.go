package disclosure_test

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needGLPK says so when the optimiser that the referee compares with is not on this machine; in CI that is a failure.
func needGLPK(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("glpsol"); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("glpsol is not installed; in CI the bounds must be compared with it")
	}
	t.Skip("glpsol is not installed (Debian: glpk-utils): the bounds were not compared with it")
}

// beyond is more than any sum of the families under test; what reaches it has no bound.
const beyond = 1_000_000

// glpk finds the extremes of sums under facts. All of them are one problem of many parts that have nothing to do with each other, so that glpsol
// runs once: what makes the sum of all extremes best makes each of them best.
func glpk(t *testing.T, facts []fact, width int, vectors [][]int, highs []bool, whole bool) []extreme {
	t.Helper()
	var b bytes.Buffer
	linear := func(part int, vector []int, sign int) (terms int) {
		for i, x := range vector {
			if x != 0 {
				fmt.Fprintf(&b, " %+d x%d_%d", sign*x, part, i)
				if terms++; terms%20 == 0 {
					b.WriteByte('\n')
				}
			}
		}
		return terms
	}
	b.WriteString("Maximize\n obj: 0 nothing") // there has to be one term
	for part, v := range vectors {
		sign := 1
		if !highs[part] {
			sign = -1
		}
		linear(part, v, sign)
	}
	b.WriteString("\nSubject To\n nothing: nothing = 0\n")
	for part := range vectors {
		for k, f := range facts {
			fmt.Fprintf(&b, " f%d_%d:", part, k)
			if linear(part, f.vector, 1) == 0 {
				t.Fatal("a fact about nobody")
			}
			fmt.Fprintf(&b, " = %d\n", f.n)
		}
	}
	b.WriteString("Bounds\n")
	var names []string
	for part := range vectors {
		for i := range width {
			fmt.Fprintf(&b, " 0 <= x%d_%d <= %d\n", part, i, beyond)
			names = append(names, fmt.Sprintf("x%d_%d", part, i))
		}
	}
	if whole {
		b.WriteString("General\n")
		for _, n := range names {
			b.WriteString(" " + n + "\n")
		}
	}
	b.WriteString("End\n")
	dir := t.TempDir()
	problem, table := filepath.Join(dir, "p.lp"), filepath.Join(dir, "p.glp")
	if err := os.WriteFile(problem, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	solution := filepath.Join(dir, "p.sol")
	if out, err := exec.Command("glpsol", "--lp", problem, "--wglp", table, "-w", solution).CombinedOutput(); err != nil || bytes.Contains(out, []byte("NO PRIMAL FEASIBLE")) {
		t.Fatalf("glpsol: %v\n%s", err, out)
	}
	order := columnNames(t, table)
	values := columnValues(t, solution)
	extremes := make([]extreme, len(vectors))
	at := map[string]float64{}
	for k, name := range order {
		at[name] = values[k]
	}
	for part, v := range vectors {
		for i, x := range v {
			extremes[part].value += float64(x) * at[fmt.Sprintf("x%d_%d", part, i)]
		}
		extremes[part].unbounded = highs[part] && extremes[part].value >= beyond/2
	}
	return extremes
}

// columnNames are the names of the columns in glpsol's own order.
func columnNames(t *testing.T, file string) map[int]string {
	names := map[int]string{}
	eachLine(t, file, func(fields []string) {
		if len(fields) == 4 && fields[0] == "n" && fields[1] == "j" {
			names[number(t, fields[2])] = fields[3]
		}
	})
	return names
}

func columnValues(t *testing.T, file string) map[int]float64 {
	values := map[int]float64{}
	optimal := false
	eachLine(t, file, func(fields []string) {
		switch {
		case len(fields) >= 6 && fields[0] == "s" && fields[1] == "bas":
			optimal = fields[4] == "f" && fields[5] == "f"
		case len(fields) >= 5 && fields[0] == "s" && fields[1] == "mip":
			optimal = fields[4] == "o"
		case len(fields) == 5 && fields[0] == "j": // status, value, reduced cost
			values[number(t, fields[1])] = float(t, fields[3])
		case len(fields) == 3 && fields[0] == "j":
			values[number(t, fields[1])] = float(t, fields[2])
		}
	})
	if !optimal {
		content, _ := os.ReadFile(file)
		t.Fatalf("glpsol found no best solution: %.300s", content)
	}
	return values
}

func eachLine(t *testing.T, file string, do func(fields []string)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		do(strings.Fields(lines.Text()))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func number(t *testing.T, s string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

func float(t *testing.T, s string) (x float64) {
	t.Helper()
	if _, err := fmt.Sscan(s, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

// decide answers what the referee could not decide at one corner, in whole numbers: by itself where that is soon done, by glpk where it is not.
func decide(t *testing.T, j *judgement) {
	t.Helper()
	for _, q := range j.undecided {
		low, soon := whole(q.facts, q.width, q.vector, false)
		high, sooner := whole(q.facts, q.width, q.vector, true)
		if !soon || !sooner {
			needGLPK(t)
			answers := glpk(t, q.facts, q.width, [][]int{q.vector, q.vector}, []bool{false, true}, true)
			low, high = answers[0], answers[1]
		}
		j.answered(q, low, high)
	}
	j.undecided = nil
}
