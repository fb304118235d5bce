package chart_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"flag"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"samklang/internal/core/period"
	"samklang/internal/platform/chart"
)

var (
	update = flag.Bool("update", false, "write the golden files anew")
	page   = flag.String("page", "", "write one HTML page with every sample to this file, to look at")
)

type picture interface {
	Render(context.Context, io.Writer) error
	Rows() chart.Table
}

var samples = []struct {
	name string
	pic  picture
}{
	{"wheel", wheel()}, {"wheel-last-year", plainWheel()},
	{"track", track("spar7", "d..d....m.pp", 11)}, {"track-done", track("spar6", "dddddddddd.p", 11)}, {"track-mixed", track("spar5", "hc.hd.m", 0)},
	{"dots", dots()}, {"stack", stack()}, {"stack-even", stackEven()}, {"reach", reach()}, {"timeline", timeline()}, {"intervals", intervals()}, {"funnel", funnel()},
}

func render(t interface{ Fatalf(string, ...any) }, p picture) string {
	var b bytes.Buffer
	if err := p.Render(context.Background(), &b); err != nil {
		t.Fatalf("render: %v", err)
	}
	return b.String()
}

func TestGolden(t *testing.T) {
	for _, s := range samples {
		t.Run(s.name, func(t *testing.T) {
			got := strings.ReplaceAll(render(t, s.pic), "><", ">\n<") + "\n"
			golden := filepath.Join("testdata", s.name+".svg")
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("differs from %s; look at it with -page, then -update", golden)
			}
		})
	}
}

// What every chart keeps: well-formed, no styles, no scripts, a name, ids of its own that every reference finds, rows as wide as
// the header.
func sound(t interface{ Fatalf(string, ...any) }, p picture) string {
	out := render(t, p)
	ids, uses := map[string]bool{}, []string{}
	for _, e := range elements(t, out) {
		if e.Name.Local == "script" || e.Name.Local == "style" || e.Name.Local == "foreignObject" {
			t.Fatalf("%s in %s", e.Name.Local, out)
		}
		for _, a := range e.Attr {
			name := strings.ToLower(a.Name.Local)
			switch {
			case name == "style" || strings.HasPrefix(name, "on"):
				t.Fatalf("attribute %s in %s", name, out)
			case name == "id":
				if ids[a.Value] {
					t.Fatalf("id %q twice", a.Value)
				}
				ids[a.Value] = true
			case name == "aria-labelledby" || name == "aria-describedby":
				uses = append(uses, a.Value)
			case name == "fill" || name == "mask":
				uses = append(uses, strings.TrimSuffix(strings.TrimPrefix(a.Value, "url(#"), ")"))
			case name == "href":
				if i := strings.IndexAny(a.Value, ":/?#"); i >= 0 && a.Value[i] == ':' && !slices.Contains([]string{"http", "https"}, a.Value[:i]) {
					t.Fatalf("address %q", a.Value)
				}
			}
		}
	}
	for _, u := range uses {
		if !ids[u] {
			t.Fatalf("nothing has the id %q in %s", u, out)
		}
	}
	rows := p.Rows()
	for _, r := range rows.Rows {
		if len(r) != len(rows.Header) {
			t.Fatalf("row %q under header %q", r, rows.Header)
		}
	}
	return out
}

func elements(t interface{ Fatalf(string, ...any) }, out string) (all []xml.StartElement) {
	d := xml.NewDecoder(strings.NewReader("<x>" + out + "</x>"))
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, out)
		}
		if e, ok := tok.(xml.StartElement); ok {
			all = append(all, e)
		}
	}
}

func TestSamplesAreSound(t *testing.T) {
	for _, s := range samples {
		sound(t, s.pic)
	}
}

var hostile = []string{`"><script>alert(1)</script>`, `' onload='x`, `" style="x`, "</svg></title><b>", "&lt;", "\x00\x1b\u202e", "\xff\xfe", "]]>", "<!--", strings.Repeat("å", 300), ""}

// Whatever the texts, numbers and states, the markup has the same elements as with harmless texts.
func TestHostileTextsStayText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		build := func(word func() string, href func() string, f chart.Frame, seed []int) []picture {
			n := func(i int) int { return seed[i%len(seed)] }
			var w chart.Wheel
			w.Frame, w.Figure, w.Caption, w.Current = f, word(), word(), n(0)
			for i := range w.Months {
				w.Months[i] = chart.WheelMonth{Name: word(), Initial: word(), Label: word(), Href: href(), Done: n(i), Late: n(i + 1), Planned: n(i + 2), Cancelled: n(i + 3), Deadlines: []int{n(i) * 5}}
			}
			tr := chart.Track{Frame: f, Current: n(3)}
			d, st, re := chart.Dots{Frame: f}, chart.Stack{Frame: f}, chart.Reach{Frame: f}
			tl := chart.Timeline{Frame: f, Year: 2026, Today: period.On(2026, 1, 1).AddDays(n(1) * 60), Tray: word()}
			for i := range seed {
				s := chart.State(n(i))
				tr.Steps = append(tr.Steps, chart.Step{Name: word(), Initial: word(), State: s, Text: word()})
				d.Items = append(d.Items, chart.Dot{Name: word(), State: s, Text: word()})
				st.Parts = append(st.Parts, chart.Part{State: s, Name: word(), N: n(i + 1)})
				re.Items = append(re.Items, chart.Reached{Name: word(), Href: href(), Min: n(i), Max: n(i) * 3, Expected: word(), Count: n(i + 2), Counted: n(i)%2 == 0, Came: "x" + word()})
				from := period.On(2025, 11, 1).AddDays(n(i) * 70)
				b := chart.Bar{Name: word(), Href: href(), When: word(), State: s, Text: word(), From: from, To: from.AddDays(n(i+1) * 30), Soft: n(i+2)%2 == 0}
				tl.Rowed, tl.NoDay = append(tl.Rowed, b), append(tl.NoDay, b)
			}
			return []picture{w, tr, d, st, re, tl}
		}
		seed := rapid.SliceOfN(rapid.IntRange(0, 8), 1, 6).Draw(t, "seed")
		texts, next := rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(hostile), rapid.String()), 1, 5).Draw(t, "texts"), 0
		word := func() string { next++; return texts[next%len(texts)] }
		bad := build(word, func() string { return "/a?" + url.QueryEscape(word()) }, chart.Frame{ID: "a", Title: "t" + word(), Desc: "d" + word()}, seed)
		good := build(func() string { return "ord" }, func() string { return "/a" }, chart.Frame{ID: "a", Title: "t", Desc: "d"}, seed)
		for i := range bad {
			a, b := shape(elements(t, sound(t, bad[i]))), shape(elements(t, sound(t, good[i])))
			if !slices.Equal(a, b) {
				t.Fatalf("%T: elements %v, not %v", bad[i], a, b)
			}
		}
	})
}

func shape(es []xml.StartElement) (names []string) {
	for _, e := range es {
		names = append(names, e.Name.Local)
	}
	return names
}

func FuzzText(f *testing.F) {
	for _, s := range hostile {
		f.Add(s, "javascript:alert(1)")
	}
	f.Fuzz(func(t *testing.T, s, href string) {
		frame := chart.Frame{ID: "a", Title: "t" + s, Desc: s}
		for _, p := range []picture{
			chart.Stack{Frame: frame, Parts: []chart.Part{{chart.Late, s, 3}}},
			chart.Reach{Frame: frame, Items: []chart.Reached{{Name: s, Href: href, Came: s, Expected: s}}},
			chart.Wheel{Frame: frame, Figure: s, Caption: s, Months: [12]chart.WheelMonth{{Initial: s, Label: s, Href: href, Done: 1}}},
		} {
			sound(t, p)
		}
	})
}

func TestDangerousAddressesAreNotLinked(t *testing.T) {
	for _, href := range []string{"javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "\x01javascript:x", "http://a b"} {
		out := sound(t, chart.Reach{Frame: chart.Frame{ID: "a", Title: "t"}, Items: []chart.Reached{{Name: "n", Href: href}}})
		if strings.Contains(out, "href") {
			t.Errorf("%q is linked: %s", href, out)
		}
	}
}

func TestRefused(t *testing.T) {
	ok := chart.Frame{ID: "a", Title: "t"}
	day := period.On(2026, 5, 1)
	for name, p := range map[string]picture{
		"no id":          chart.Track{Frame: chart.Frame{Title: "t"}},
		"id with quotes": chart.Track{Frame: chart.Frame{ID: `a"b`, Title: "t"}},
		"no title":       chart.Track{Frame: chart.Frame{ID: "a", Title: " "}},
		"negative month": chart.Wheel{Frame: ok, Months: [12]chart.WheelMonth{{Done: -1}}},
		"max under min":  chart.Reach{Frame: ok, Items: []chart.Reached{{Min: 2, Max: 1}}},
		"ends too early": chart.Timeline{Frame: ok, Rowed: []chart.Bar{{From: day, To: day.AddDays(-1)}}},
		"no day":         chart.Timeline{Frame: ok, Rowed: []chart.Bar{{}}},
	} {
		var b bytes.Buffer
		if err := p.Render(context.Background(), &b); err == nil || b.Len() > 0 {
			t.Errorf("%s: err %v, %d bytes written", name, err, b.Len())
		}
	}
}

// The wheel's links are named and lead to their months; with links it is a group, since a picture would hide them.
func TestWheelLinks(t *testing.T) {
	out := sound(t, wheel())
	if !strings.Contains(out, `<g class="ch-month ch-current"><a href="/plan/2026/11" aria-label="november: 4 aktiviteter">`) {
		t.Error("November is not a named link and the current month")
	}
	if !strings.Contains(out, `<svg role="group"`) || !strings.Contains(sound(t, plainWheel()), `<svg role="img"`) {
		t.Error("a wheel with links is a group, one without is a picture")
	}
	if got := len(regexp.MustCompile(`class="ch-late-mark"`).FindAllString(out, -1)); got != 2 {
		t.Errorf("%d months are marked as late, not 2", got)
	}
}

// In a stack the widths are the shares of the whole.
func TestStackSharesAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := chart.Stack{Frame: chart.Frame{ID: "a", Title: "t"}}
		whole := 0
		for range rapid.IntRange(1, 6).Draw(t, "parts") {
			n := rapid.IntRange(0, 400).Draw(t, "n")
			whole += n
			s.Parts = append(s.Parts, chart.Part{State: chart.Done, N: n})
		}
		sum := 0.0
		for _, m := range regexp.MustCompile(`<svg x="[\d.]+%" width="([\d.]+)%"`).FindAllStringSubmatch(sound(t, s), -1) {
			var w float64
			if _, err := fmt.Sscan(m[1], &w); err != nil {
				t.Fatal(err)
			}
			sum += w
		}
		if whole > 0 && (sum < 99.9 || sum > 100.1) || whole == 0 && sum != 0 {
			t.Fatalf("the parts of %d fill %v per cent", whole, sum)
		}
	})
}

// A mark never lies outside the year it belongs to, and what is in another year is not drawn.
func TestTimelineStaysInItsYear(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := period.On(2025, 6, 1).AddDays(rapid.IntRange(0, 800).Draw(t, "from"))
		to := from.AddDays(rapid.IntRange(0, 500).Draw(t, "days"))
		out := sound(t, chart.Timeline{Frame: chart.Frame{ID: "a", Title: "t"}, Year: 2026, Rowed: []chart.Bar{{Name: "n", State: chart.Done, From: from, To: to}}})
		drawn := strings.Contains(out, "ch-bar") || strings.Contains(out, "ch-mark")
		if overlaps := from.Year <= 2026 && to.Year >= 2026; drawn != overlaps {
			t.Fatalf("%v–%v drawn: %v", from, to, drawn)
		}
		for _, m := range regexp.MustCompile(`(?:x|width)="(-?[\d.]+)%"`).FindAllStringSubmatch(out, -1) {
			var x float64
			if _, err := fmt.Sscan(m[1], &x); err != nil || x < 0 || x > 100.01 {
				t.Fatalf("%s in %s", m[0], out)
			}
		}
	})
}

func TestTwins(t *testing.T) {
	if got := wheel().Rows().Rows[8]; !slices.Equal(got, []string{"september", "3", "1", "0", "0", ""}) {
		t.Errorf("September in the wheel's table: %q", got)
	}
	if got := timeline().Rows().Rows[11]; !slices.Equal(got, []string{"Demokratidagen, gemensam med Skogsbygden", "dag inte satt", "planerad"}) {
		t.Errorf("first without a day in the timeline's table: %q", got)
	}
	if got := reach().Rows().Rows[1]; !slices.Equal(got, []string{"Deltagarforum i Mo", "30–40 väntade", "23 kom"}) {
		t.Errorf("forum in the table of reach: %q", got)
	}
}

// The page to look at; it holds the style sheet by reference as the program does.
func TestPage(t *testing.T) {
	if *page == "" {
		return
	}
	var b strings.Builder
	b.WriteString(`<!doctype html><html lang="sv"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Diagram</title><link rel="stylesheet" href="page.css"><link rel="stylesheet" href="chart.css"><main>`)
	for _, s := range samples {
		b.WriteString(`<section class="card ` + s.name + `"><h2>` + s.name + "</h2>" + render(t, s.pic) + "<details><summary>Tabell</summary><table><tr>")
		rows := s.pic.Rows()
		for _, h := range rows.Header {
			b.WriteString("<th>" + html.EscapeString(h))
		}
		for _, r := range rows.Rows {
			b.WriteString("<tr>")
			for _, c := range r {
				b.WriteString("<td>" + html.EscapeString(c))
			}
		}
		b.WriteString("</table></details></section>")
	}
	if err := os.WriteFile(*page, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
