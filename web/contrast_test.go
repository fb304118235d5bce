package web

import (
	"fmt"
	"maps"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// palette maps a role to its colour as #rrggbb.
type palette map[string]string

// pairs are the roles that stand on each other. 4.5 is what text needs, 3 what shapes, borders of controls and large type need
// (WCAG 2.2, 1.4.3 and 1.4.11).
var pairs = []struct {
	fore, back string
	least      float64
}{
	{"ink", "paper", 7}, {"ink", "sheet", 7}, {"ink", "well", 7},
	{"soft", "paper", 4.5}, {"soft", "sheet", 4.5}, {"soft", "well", 4.5},
	{"edge", "paper", 3}, {"edge", "sheet", 3},
	{"spruce-text", "spruce-tint", 4.5}, {"sun-text", "sun-tint", 4.5}, {"clay-text", "clay-tint", 4.5}, {"sea-text", "sea-tint", 4.5},
	{"ink", "spruce-tint", 4.5}, {"ink", "sun-tint", 4.5}, {"ink", "clay-tint", 4.5}, {"ink", "sea-tint", 4.5},
	{"paper", "ink", 4.5},
	{"clay", "sheet", 4.5}, {"clay", "paper", 4.5}, {"on-clay", "clay", 4.5}, {"on-clay", "clay-text", 4.5},
	{"spruce", "sheet", 3}, {"sea", "sheet", 3}, {"clay", "clay-tint", 3}, {"sea", "sea-tint", 3}, {"spruce", "spruce-tint", 3},
	{"sun-line", "paper", 3}, {"sun-line", "sheet", 3}, {"sun-line", "sun-tint", 3},
	{"brand", "paper", 4.5}, {"brand", "sheet", 4.5}, {"brand", "well", 4.5}, {"brand", "sun-tint", 4.5},
	{"brand-over", "paper", 4.5}, {"brand-over", "sheet", 4.5}, {"on-brand", "brand", 4.5}, {"on-brand", "brand-over", 4.5},
	{"on-deep", "deep", 7}, {"on-deep-soft", "deep", 4.5}, {"sun", "deep", 3}, {"logo-1", "deep", 3}, {"logo-2", "deep", 3},
	// Focus is two rings: one of them stands out from whatever it lies on.
	{"focus-outer", "focus-inner", 3}, {"focus-outer", "deep", 3},
}

// rings are the grounds where a focus can be: the inner or the outer ring must stand out from each.
var rings = []string{"paper", "sheet", "well", "deep", "brand", "sun-tint", "clay-tint", "sea-tint"}

func TestContrastOfBothPalettesAndAllBrands(t *testing.T) {
	tokens, brands := read(t, "style/tokens.css"), read(t, "style/brands.css")
	light := colours(block(t, tokens, `:root \{`, 1))
	dark := colours(block(t, tokens, `:root\[data-color-scheme="dark"\] \{`, 1))
	night := colours(block(t, tokens, `:root:not\(\[data-color-scheme="light"\]\) \{`, 1))
	if !maps.Equal(dark, night) {
		t.Error("the dark palette of the device and that of the person differ")
	}
	if missing := slices.DeleteFunc(slices.Sorted(maps.Keys(light)), func(k string) bool { return dark[k] != "" }); len(missing) > 0 {
		t.Errorf("the dark palette lacks %v", missing)
	}
	found := regexp.MustCompile(`\.brand-(\w+) \{([^}]*)\}`).FindAllStringSubmatch(brands, -1)
	if len(found) != 8 {
		t.Fatalf("%d brands", len(found))
	}
	for _, m := range found {
		b := colours(m[2])
		for name, base := range map[string]palette{"light": light, "dark": dark} {
			p := maps.Clone(base)
			p["deep"] = b["deep"]
			if name == "light" {
				p["brand"], p["brand-over"], p["on-brand"] = b["day"], b["day-over"], "#ffffff"
			} else {
				p["brand"], p["brand-over"], p["on-brand"] = b["night"], b["night-over"], "#0d1312"
			}
			for _, fault := range p.faults() {
				t.Errorf("%s, %s: %s", m[1], name, fault)
			}
		}
	}
}

func (p palette) faults() []string {
	var list []string
	ratio := func(a, b string) float64 {
		if p[a] == "" || p[b] == "" {
			list = append(list, fmt.Sprintf("%s or %s has no colour", a, b))
			return 21
		}
		return contrast(p[a], p[b])
	}
	for _, x := range pairs {
		if got := ratio(x.fore, x.back); got < x.least {
			list = append(list, fmt.Sprintf("%s on %s has %.2f, needs %.1f", x.fore, x.back, got, x.least))
		}
	}
	for _, ground := range rings {
		if got := max(ratio("focus-inner", ground), ratio("focus-outer", ground)); got < 3 {
			list = append(list, fmt.Sprintf("neither ring of a focus stands out from %s: %.2f", ground, got))
		}
	}
	return list
}

// TestContrastFormula holds the formula to values of the standard's own examples.
func TestContrastFormula(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#ffffff", "#ffffff", 1}} {
		if got := contrast(c.a, c.b); math.Abs(got-c.want) > .01 {
			t.Errorf("%s on %s: %.3f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func block(t *testing.T, css, head string, group int) string {
	t.Helper()
	m := regexp.MustCompile(head + `([^}]*)\}`).FindStringSubmatch(css)
	if m == nil {
		t.Fatalf("no block %s", head)
	}
	return m[group]
}

func colours(block string) palette {
	p := palette{}
	for _, m := range regexp.MustCompile(`--([\w-]+): #([0-9a-f]{6}|[0-9a-f]{3});`).FindAllStringSubmatch(block, -1) {
		hex := m[2]
		if len(hex) == 3 {
			hex = strings.Repeat(hex[:1], 2) + strings.Repeat(hex[1:2], 2) + strings.Repeat(hex[2:], 2)
		}
		p[m[1]] = "#" + hex
	}
	return p
}

func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + .05) / (min(x, y) + .05)
}

// luminance is the relative luminance of #rrggbb, from 0 to 1.
func luminance(hex string) float64 {
	var sum float64
	for i, weight := range []float64{.2126, .7152, .0722} {
		n, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		v := float64(n) / 255
		if v <= .04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		sum += weight * v
	}
	return sum
}
