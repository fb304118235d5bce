package reading

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"samklang/internal/platform/document"
)

// checkWhole tells what of a reading does not hold together: text that belongs to nothing or twice, offsets outside the text, dates and
// scores that cannot be.
func checkWhole(r Reading) error {
	text := r.Document.Text
	at := 0
	for _, p := range r.Parts {
		if p.Source.Start < at || p.Source.End < p.Source.Start || p.Source.End > len(text) {
			return fmt.Errorf("part %v after %d", p, at)
		}
		if s := text[at:p.Source.Start]; strings.TrimFunc(s, unicode.IsSpace) != "" {
			return fmt.Errorf("%q belongs to nothing", s)
		}
		if !utf8.ValidString(text[p.Source.Start:p.Source.End]) {
			return fmt.Errorf("part %v cuts a character", p)
		}
		if p.Role == "" || p.Role == RoleCommitment && (p.Item < 0 || p.Item >= len(r.Commitments)) || p.Role == RoleActivity && (p.Item < 0 || p.Item >= len(r.Activities)) {
			return fmt.Errorf("part %v has no owner", p)
		}
		at = p.Source.End
	}
	if s := text[at:]; strings.TrimFunc(s, unicode.IsSpace) != "" {
		return fmt.Errorf("%q belongs to nothing", s)
	}
	inside := func(s Span) bool { return s.Start >= 0 && s.Start <= s.End && s.End <= len(text) }
	numbers := map[int]bool{}
	for _, c := range r.Commitments {
		if !inside(c.Source) || strings.TrimSpace(c.Text) == "" || numbers[c.Number] {
			return fmt.Errorf("promise %+v", c)
		}
		numbers[c.Number] = true
	}
	for _, a := range r.Activities {
		if !inside(a.Source) || a.Kind == "" || a.Status == "" || a.When.Check() != nil {
			return fmt.Errorf("activity %+v", a)
		}
		for _, s := range a.Serves {
			if !numbers[s.Number] || s.Score <= 0 || s.Score > 1 {
				return fmt.Errorf("activity serves %+v", s)
			}
		}
		if a.Reach != nil && a.Reach.Min != nil && a.Reach.Max != nil && *a.Reach.Min > *a.Reach.Max {
			return fmt.Errorf("reach %+v", a.Reach)
		}
	}
	for _, u := range r.Unread {
		if !inside(u.Source) {
			return fmt.Errorf("unread %+v", u)
		}
	}
	return nil
}

func readText(t interface{ Fatal(...any) }, name, text string) (Reading, bool) {
	d, err := document.Read(context.Background(), name, strings.NewReader(text), document.Limits{})
	if err != nil {
		return Reading{}, false
	}
	return Read(d, Options{}), true
}

var fragments = []string{"Vi lovar att öka kunskapen.", "Vi åtar oss att:", "- sprida kunskap om rättigheter", "- Den 3 mars 2026 håller vi ett seminarium för 40 personer", "## Externt åtagande", "Åtagande 1: Alla ska höras",
	"Internt åtagande: Vi utbildar alla.", "Under hösten ordnar vi tre föreläsningar. Den första hålls den 4 september.", "| Aktivitet | Datum |", "|---|---|", "| Workshop | 3/4 |", "  - delpunkt v. 12", "1. Punkt ett", "2. Punkt två", "Januari:",
	"SAMORDNINGSFÖRBUNDET ÄLVKUSTEN", "Samordningsförbundet Mo och Tallviken", "datum ej satt ännu", "§ 5 Beslut", "a) bokstav", "", "", "Detta är en del i arbetet att öka kunskapen.", "åäö ÅÄÖ – ”citat” 100-årsjubileum", "**Fet text** och *kursiv*", "Sida 1 (2)", "\f", "2026", "...", "–"}

func TestNothingIsDropped(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(fragments), rapid.StringN(0, 40, 80)), 1, 25).Draw(t, "lines")
		text := strings.Join(lines, rapid.SampledFrom([]string{"\n", "\n\n"}).Draw(t, "between"))
		r, ok := readText(t, rapid.SampledFrom([]string{"a.txt", "a.md"}).Draw(t, "name"), text)
		if !ok {
			return
		}
		if err := checkWhole(r); err != nil {
			t.Fatal(err)
		}
	})
}

func TestSamplesHoldTogether(t *testing.T) {
	files, _ := filepath.Glob("testdata/*/*/input.*")
	if len(files) < 24 {
		t.Fatalf("only %d samples", len(files))
	}
	for _, f := range files {
		r := Read(readFile(t, f), Options{})
		if err := checkWhole(r); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		var out bytes.Buffer
		if err := WriteJSON(&out, r); err != nil {
			t.Fatal(err)
		}
		var again bytes.Buffer
		if err := WriteJSON(&again, Read(readFile(t, f), Options{})); err != nil || !bytes.Equal(out.Bytes(), again.Bytes()) {
			t.Errorf("%s is read differently the second time", f)
		}
	}
}

func TestJSONSlicesTheFile(t *testing.T) {
	text := "Våra löften – åtta små\n\nVi lovar att:\n\n• höja ”rösten” för äldre\n• läsa på öppna möten\n"
	r, ok := readText(t, "a.txt", text)
	if !ok || len(r.Commitments) != 2 {
		t.Fatalf("read %+v", r.Commitments)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Commitments []struct {
			Text   string
			Forms  []string
			Source struct{ Start, End int }
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	runes := []rune(text)
	for _, c := range got.Commitments {
		if s := string(runes[c.Source.Start:c.Source.End]); s != c.Text {
			t.Errorf("the file has %q at the place of %q", s, c.Text)
		}
		if c.Forms == nil {
			t.Error("forms is null")
		}
	}
}

// Lists are written as [] when they are empty, and only what has no value is null.
func TestJSONHasNoNullLists(t *testing.T) {
	may := words("min max year count item")
	var walk func(key string, v any)
	walk = func(key string, v any) {
		switch v := v.(type) {
		case nil:
			if !may.has(key) {
				t.Errorf("%s is null", key)
			}
		case map[string]any:
			for k, x := range v {
				walk(k, x)
			}
		case []any:
			for _, x := range v {
				walk(key, x)
			}
		}
	}
	for _, text := range append([]string{"x", "Vi lovar att hålla ett möte, datum ej satt."}, strings.Join(fragments, "\n")) {
		r, ok := readText(t, "a.txt", text)
		if !ok {
			t.Fatalf("%q was not read", text)
		}
		b, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			t.Fatal(err)
		}
		walk("", v)
	}
}

// Thousands of items take seconds, not minutes: the time grows with the text and not with its square. The bound leaves room for a busy
// machine.
func TestReadingIsLinear(t *testing.T) {
	for _, c := range []struct{ name, unit string }{
		{"bullets", "- Den 3 mars håller vi ett seminarium om demokrati tillsammans med ABF för 40 personer\n"},
		{"promises", "- sprida kunskap om mänskliga rättigheter och demokrati\n"},
		{"one sentence", "vi lovar att öka kunskapen och att "},
		{"one line", "Den 3 mars 2026 håller vi ett webbinarium. "},
		{"numbers", "1 2 3 4 5 6 7 8 9 10, 11 och 12 "},
		{"labels", "Datum: Aktivitet: Form: "},
		{"nested", "  - a\n    - b\n"},
		{"headings", "## Åtagande 1: Alla ska höras\n\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := "Vi åtar oss att:\n\n" + strings.Repeat(c.unit, 300_000/len(c.unit))
			start := time.Now()
			r, ok := readText(t, "a.txt", text)
			took := time.Since(start)
			t.Logf("%d promises, %d activities in %v", len(r.Commitments), len(r.Activities), took)
			if ok && took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}

// BenchmarkRead reads a plan of a quarter, a half and a whole megabyte; the last takes some four times the first.
//
//	go test -run - -bench Read ./internal/commitments/reading
func BenchmarkRead(b *testing.B) {
	const unit = "Den 3 mars håller vi ett seminarium om makt tillsammans med ABF. Vi lovar att öka kunskapen om rättigheter. Bakgrunden är lång.\n\n"
	for _, size := range []int{250_000, 500_000, 1_000_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			text := strings.Repeat(unit, size/len(unit))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if r, ok := readText(b, "a.txt", text); !ok || len(r.Activities) == 0 {
					b.Fatal("nothing was read")
				}
			}
		})
	}
}
