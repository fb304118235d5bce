package share

import (
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"pgregory.net/rapid"
)

// Lines never exceed their width or number, hold the words in order, and show by an ellipsis when some are left out.
func TestLines(t *testing.T) {
	f, err := fonts()
	if err != nil {
		t.Fatal(err)
	}
	face, err := opentype.NewFace(f[1], &opentype.FaceOptions{Size: 60, DPI: 72})
	if err != nil {
		t.Fatal(err)
	}
	word := rapid.OneOf(rapid.SampledFrom([]string{"vi", "lovade", "att", "fråga", "diskrimineringsgrundsuppföljningsarbete", "i", "Å"}), rapid.StringMatching(`[a-zåäö]{1,60}`))
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(word, 0, 30).Draw(t, "words"), " ")
		n := rapid.IntRange(1, 4).Draw(t, "lines")
		width := rapid.IntRange(200, inside).Draw(t, "width")
		got := lines(face, text, width, n)
		if len(got) > n || len(got) == 0 != (text == "") {
			t.Fatalf("%d lines for %q", len(got), text)
		}
		for _, l := range got {
			if font.MeasureString(face, l).Ceil() > width {
				t.Fatalf("%q is wider than %d", l, width)
			}
		}
		shown := letters(strings.Join(got, ""))
		switch whole := letters(printable(text)); {
		case len(got) > 0 && cut(got):
			if !strings.HasPrefix(whole, letters(strings.TrimSuffix(shown, ellipsis))) {
				t.Fatalf("%q is not the beginning of %q", shown, whole)
			}
		case shown != whole:
			t.Fatalf("%q of %q", shown, whole)
		}
	})
}

func letters(s string) string { return strings.NewReplacer(" ", "", "-", "").Replace(s) }
