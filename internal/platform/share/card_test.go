package share_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"samklang/internal/platform/share"
)

var update = flag.Bool("update", false, "write the golden pictures anew")

// largest is the promise of a card's size in bytes: a first look must not cost more than a page.
const largest = 60_000

func card(t interface{ Fatalf(string, ...any) }, c share.CardData) (image.Image, []byte) {
	var b bytes.Buffer
	if err := share.Card(&b, c); err != nil {
		t.Fatalf("card: %v", err)
	}
	m, err := png.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("not a PNG: %v", err)
	}
	if m.Bounds() != image.Rect(0, 0, share.Width, share.Height) {
		t.Fatalf("size %v", m.Bounds())
	}
	if b.Len() > largest {
		t.Fatalf("%d bytes", b.Len())
	}
	return m, b.Bytes()
}

// Each card in testdata is a .json with the fields of share.CardData; the picture beside it is the card. Machines round the edges of
// letters differently, so a picture is the same when it differs by less than half a per cent on the whole.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no files in testdata", err)
	}
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			var c share.CardData
			if err := json.Unmarshal(raw, &c); err != nil {
				t.Fatal(err)
			}
			got, b := card(t, c)
			golden := strings.TrimSuffix(f, ".json") + ".png"
			if *update {
				if err := os.WriteFile(golden, b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			file, err := os.Open(golden)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			want, err := png.Decode(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(got, want); d > 0.005 {
				t.Errorf("differs from %s by %.2f per cent", golden, 100*d)
			}
		})
	}
}

func difference(a, b image.Image) float64 {
	sum := 0.0
	for y := range share.Height {
		for x := range share.Width {
			ar, ag, ab, _ := a.At(x, y).RGBA()
			br, bg, bb, _ := b.At(x, y).RGBA()
			for _, d := range [...]float64{float64(ar) - float64(br), float64(ag) - float64(bg), float64(ab) - float64(bb)} {
				sum += max(d, -d) / 0xffff
			}
		}
	}
	return sum / (3 * share.Width * share.Height)
}

// Whatever is written, nothing comes nearer the edge than the margin allows, and the file stays small.
func TestAnyTextStaysInside(t *testing.T) {
	for i, text := range []string{
		"", "\u202e\x00\xff", "𝔘日本 ‮", strings.Repeat("W", 500), strings.Repeat("å ä ö ", 200), strings.Repeat("Ågj ", 60),
		"diskrimineringsgrundsuppföljningsarbete i samordningsförbundets verksamhetsberättelse",
	} {
		m, _ := card(t, share.CardData{Association: text, Headline: text, Detail: text, Of: 5 * i, Kept: 3 * i})
		p, ok := m.(*image.Paletted)
		if !ok {
			t.Fatalf("not a picture of few colours: %T", m)
		}
		for i, c := range p.Pix {
			x, y := i%share.Width, i/share.Width
			if c != p.Pix[0] && (x < 60 || x >= share.Width-60 || y < 40 || y >= share.Height-40) {
				t.Fatalf("something of %.20q is drawn at %d, %d", text, x, y)
			}
		}
	}
}

// The ground has the brand's colour, and the letters are legible on it.
func TestBrand(t *testing.T) {
	for _, brand := range []color.RGBA{{0x12, 0x3f, 0x60, 0xff}, {0xff, 0xff, 0xff, 0xff}, {0xe6, 0xa9, 0x2e, 0xff}, {0, 0, 0, 0xff}, {0x80, 0x80, 0x80, 0xff}} {
		m, _ := card(t, share.CardData{Association: "Mo", Headline: "5 av 8 löften hålls", Brand: brand})
		if got := color.RGBAModel.Convert(m.At(5, 5)); got != brand {
			t.Errorf("ground %v, not %v", got, brand)
		}
		far := 0.0
		for x := range share.Width {
			for y := 150; y < 500; y++ {
				far = max(far, apart(color.RGBAModel.Convert(m.At(x, y)).(color.RGBA), brand))
			}
		}
		if far < 80 { // the middle grey is the worst there is, and has 3.7 to 1
			t.Errorf("letters differ from %v by %.0f only", brand, far)
		}
	}
}

// apart is how much lighter or darker a colour is, 0–255.
func apart(a, b color.RGBA) float64 {
	light := func(c color.RGBA) float64 { return 0.299*float64(c.R) + 0.587*float64(c.G) + 0.114*float64(c.B) }
	d := light(a) - light(b)
	return max(d, -d)
}

func TestRefused(t *testing.T) {
	for _, c := range []share.CardData{{Kept: -1}, {Kept: 3, Of: 2}} {
		var b bytes.Buffer
		if err := share.Card(&b, c); err == nil || b.Len() > 0 {
			t.Errorf("%+v: err %v, %d bytes written", c, err, b.Len())
		}
	}
}

func BenchmarkCard(b *testing.B) {
	for b.Loop() {
		_ = share.Card(io.Discard, share.CardData{Association: "Samordningsförbundet Älvkusten", Headline: "5 av 8 löften hålls", Detail: "Ett är försenat sedan 30 september", Kept: 5, Of: 8})
	}
}
