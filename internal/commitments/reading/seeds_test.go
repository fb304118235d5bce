package reading

import (
	"os"
	"path/filepath"
	"testing"
)

// The real signed documents are other people's text and are not in the repository. Whoever has them points SAMKLANG_SEEDS at their
// folder.
func seed(t *testing.T, number string) Reading {
	t.Helper()
	folder := os.Getenv("SAMKLANG_SEEDS")
	if folder == "" {
		t.Log("the signed documents were not read: SAMKLANG_SEEDS is not set, so this test has checked nothing")
		t.SkipNow()
	}
	files, err := filepath.Glob(filepath.Join(folder, number+"_*.txt"))
	if err != nil || len(files) != 1 {
		t.Fatalf("one file %s_*.txt wanted in %s", number, folder)
	}
	return Read(readFile(t, files[0]), Options{Year: 2021})
}

func TestSignedDocumentsHoldEightPromisesEach(t *testing.T) {
	first := seed(t, "000")
	for _, number := range []string{"001", "002"} {
		other := seed(t, number)
		if len(first.Commitments) != 8 || len(other.Commitments) != 8 {
			t.Fatalf("000 has %d promises, %s has %d; eight each wanted", len(first.Commitments), number, len(other.Commitments))
		}
		right := 0
		for _, m := range Pair(first.Commitments, other.Commitments) {
			if m.A == m.B {
				right++
			}
		}
		if right != 8 {
			t.Errorf("000 and %s: %d of 8 promises paired rightly: %v", number, right, Pair(first.Commitments, other.Commitments))
		}
	}
}

func TestSignedDocumentsDatedActivities(t *testing.T) {
	r := seed(t, "000")
	// The start of the day or season, the form, and the promises any of which is right.
	want := []struct {
		from   string
		form   Form
		serves []int
	}{
		{"2021-09-16", Internal, []int{1}}, {"2021-09-29", Internal, []int{1, 5}}, {"2021-09-14", Internal, []int{4}},
		{"2021-09-30", Internal, []int{1, 2, 3, 4, 5, 6, 7, 8}}, {"2021-12-03", Internal, []int{6}}, {"2021-08-01", Internal, []int{6}},
		{"2021-08-01", Internal, []int{7}}, {"2021-09-24", External, []int{6}}, {"2021-11-12", External, []int{5}}, {"2021-11-08", External, []int{1, 2, 3, 6}},
	}
	right, used := 0, map[int]bool{}
	for _, w := range want {
		found := false
		for k, a := range r.Activities {
			if used[k] || a.When.From.String() != w.from || len(a.Forms) != 1 || a.Forms[0] != w.form || len(a.Serves) == 0 {
				continue
			}
			for _, n := range w.serves {
				if a.Serves[0].Number == n && !found {
					found, used[k] = true, true
				}
			}
		}
		if found {
			right++
		} else {
			t.Logf("missed %v", w)
		}
	}
	t.Logf("date, form and best served promise right for %d of %d dated activities", right, len(want))
	if right < 9 {
		t.Errorf("%d of %d right, at least nine wanted", right, len(want))
	}
}
