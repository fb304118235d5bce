package textdiff_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"samklang/internal/core/textdiff"
)

var update = flag.Bool("update", false, "write the golden files anew")

// Each file in testdata holds the old wording, a line of ---, the new wording, a line of ===, and what the reader sees:
// [-removed-]{+added+}.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			texts, want, _ := strings.Cut(string(raw), "\n===\n")
			before, after, ok := strings.Cut(texts, "\n---\n")
			if !ok {
				t.Fatal("no line of --- between the wordings")
			}
			got := shown(textdiff.Compare(before, after)) + "\n"
			if *update {
				if err := os.WriteFile(f, []byte(texts+"\n===\n"+got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func shown(runs []textdiff.Run) string {
	var b strings.Builder
	for _, r := range runs {
		switch r.Kind {
		case textdiff.Removed:
			b.WriteString("[-" + r.Text + "-]")
		case textdiff.Added:
			b.WriteString("{+" + r.Text + "+}")
		default:
			b.WriteString(r.Text)
		}
	}
	return b.String()
}

// check states what holds for any two texts.
func check(t interface{ Fatalf(string, ...any) }, before, after string) []textdiff.Run {
	runs := textdiff.Compare(before, after)
	var old, now strings.Builder
	for i, r := range runs {
		if r.Text == "" {
			t.Fatalf("empty run in %q", runs)
		}
		if i > 0 && (runs[i-1].Kind == r.Kind || runs[i-1].Kind == textdiff.Added && r.Kind == textdiff.Removed) {
			t.Fatalf("runs out of order: %q", runs)
		}
		if r.Kind != textdiff.Added {
			old.WriteString(r.Text)
		}
		if r.Kind != textdiff.Removed {
			now.WriteString(r.Text)
		}
	}
	if old.String() != before {
		t.Fatalf("same and removed give %q, not %q", old.String(), before)
	}
	if now.String() != after {
		t.Fatalf("same and added give %q, not %q", now.String(), after)
	}
	if textdiff.Changed(runs) != (before != after) {
		t.Fatalf("Changed is %v for %q and %q", textdiff.Changed(runs), before, after)
	}
	return runs
}

var fewWords = []string{"vi", "ska", "deltagare", "och", "kvinnor", "män", "å", ".", ",", "\n", "2026", "(", "–", "barn\u0301"}

func text(t *rapid.T, name string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(fewWords), 0, 40).Draw(t, name), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
}

func TestRunsGiveBothWordingsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { check(t, text(t, "before"), text(t, "after")) })
}

func TestRunsGiveAnyStringsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.String().Draw(t, "before"), rapid.String().Draw(t, "after")) })
}

// One inserted word is shown as exactly that word, wherever it stands.
func TestOneAddedWordIsAllThatIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"vi", "ska", "fråga", "deltagare", "varje", "år"}), 1, 30).Draw(t, "words")
		at := rapid.IntRange(0, len(words)).Draw(t, "at")
		more := append(append(append([]string{}, words[:at]...), "alltid"), words[at:]...)
		for _, r := range check(t, strings.Join(words, " "), strings.Join(more, " ")) {
			if r.Kind == textdiff.Added && strings.TrimSpace(r.Text) != "alltid" {
				t.Fatalf("added %q", r.Text)
			}
			if r.Kind == textdiff.Removed && strings.TrimSpace(r.Text) != "" {
				t.Fatalf("removed %q", r.Text)
			}
		}
	})
}

// No run begins or ends inside a word of letters.
func TestWordsAreNeverCut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		runs := check(t, text(t, "before"), text(t, "after"))
		var before, after []textdiff.Run
		for _, r := range runs {
			if r.Kind != textdiff.Added {
				before = append(before, r)
			}
			if r.Kind != textdiff.Removed {
				after = append(after, r)
			}
		}
		for _, side := range [][]textdiff.Run{before, after} {
			for i := 1; i < len(side); i++ {
				l, _ := utf8.DecodeLastRuneInString(side[i-1].Text)
				r, _ := utf8.DecodeRuneInString(side[i].Text)
				if unicode.IsLetter(l) && unicode.IsLetter(r) {
					t.Fatalf("cut inside a word: %q", runs)
				}
			}
		}
	})
}

func TestTextsWithLittleInCommonAreReplacedWithinBounds(t *testing.T) {
	var a, b strings.Builder
	for i := range 60_000 {
		a.WriteString(fewWords[i%7] + strings.Repeat("a", i%11) + " ")
		b.WriteString(fewWords[i%5] + strings.Repeat("b", i%13) + " ")
	}
	runs := check(t, "Samma början. "+a.String()+"Samma slut.", "Samma början. "+b.String()+"Samma slut.")
	if first := runs[0].Text; !strings.HasPrefix(first, "Samma början.") {
		t.Errorf("the common beginning is shown as %q", first)
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("Vi ska fråga deltagare.", "Vi ska alltid fråga deltagare.")
	f.Add("a\xffb", "a\xfe b\u0301")
	f.Fuzz(func(t *testing.T, before, after string) { check(t, before, after) })
}

func BenchmarkPromise(b *testing.B) {
	before := strings.Repeat("Vi ska fråga deltagare varje termin och visa vad som blev av svaren. ", 20)
	after := strings.ReplaceAll(before, "varje termin", "två gånger om året") + "Svaren är öppna."
	for b.Loop() {
		textdiff.Compare(before, after)
	}
}

func BenchmarkUnlike(b *testing.B) {
	var x, y strings.Builder
	for i := range 60_000 {
		x.WriteString(strings.Repeat("a", i%97) + " ")
		y.WriteString(strings.Repeat("a", (i*31)%89) + " ")
	}
	before, after := x.String(), y.String()
	for b.Loop() {
		textdiff.Compare(before, after)
	}
}
