// Package share draws the picture that other services show beside a link to a page: 1200 by 630 pixels, PNG, since they read no SVG.
// The letters are those of the Go fonts (BSD licence, from golang.org/x/image), which need no file beside the program; the typeface of
// the pages comes as WOFF2, which the font library does not read.
package share

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Size of a card in pixels, what the large services ask for.
const (
	Width  = 1200
	Height = 630
)

// ContentType is what a card is served as.
const ContentType = "image/png"

// CardData is what a card says. Texts that are too long end with an ellipsis.
type CardData struct {
	Association string     // who says it
	Headline    string     // the finding: "5 av 8 löften hålls"
	Detail      string     // one line more, or ""
	Kept, Of    int        // drawn as dots, filled and open; none when Of is 0 or above 20
	Brand       color.RGBA // ground; the zero value is the dark spruce of the pages
}

var (
	spruce = color.RGBA{0x0d, 0x33, 0x2a, 0xff}
	cream  = color.RGBA{0xf3, 0xef, 0xe6, 0xff}
	ink    = color.RGBA{0x1d, 0x2b, 0x2a, 0xff}
	sun    = color.RGBA{0xe6, 0xa9, 0x2e, 0xff}
)

const (
	margin = 80
	inside = Width - 2*margin
)

var fonts = sync.OnceValues(func() ([2]*opentype.Font, error) {
	regular, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return [2]*opentype.Font{}, err
	}
	bold, err := opentype.Parse(gobold.TTF)
	return [2]*opentype.Font{regular, bold}, err
})

// Card writes the picture.
func Card(w io.Writer, c CardData) error {
	if c.Kept < 0 || c.Of < c.Kept {
		return fmt.Errorf("share: %d of %d kept", c.Kept, c.Of)
	}
	f, err := fonts()
	if err != nil {
		return err
	}
	p := painter{regular: f[0], bold: f[1], ground: c.Brand}
	if p.ground == (color.RGBA{}) {
		p.ground = spruce
	}
	p.ground.A = 0xff
	p.text, p.accent = cream, sun
	if contrast(cream, p.ground) < contrast(ink, p.ground) {
		p.text = ink
	}
	if contrast(sun, p.ground) < 3 {
		p.accent = p.text
	}
	p.soft = mix(p.text, p.ground, 0.78)
	if contrast(p.soft, p.ground) < 4.5 {
		p.soft = p.text
	}
	p.m = image.NewRGBA(image.Rect(0, 0, Width, Height))
	draw.Draw(p.m, p.m.Bounds(), image.NewUniform(p.ground), image.Point{}, draw.Src)
	if err := p.card(c); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, fewColours(p.m, p.ground, p.text, p.accent)); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

type painter struct {
	m                          *image.RGBA
	regular, bold              *opentype.Font
	ground, text, soft, accent color.RGBA
}

// card places the parts: who at the top, the finding large above the middle, the dots and the detail at the bottom.
func (p *painter) card(c CardData) error {
	p.mark(margin, 64)
	name, err := p.face(p.bold, 34)
	if err != nil {
		return err
	}
	p.write(name, lines(name, c.Association, inside-90, 1), margin+84, 116, 0, p.text)

	bottom := Height - 76
	if c.Detail != "" {
		detail, err := p.face(p.regular, 34)
		if err != nil {
			return err
		}
		p.write(detail, lines(detail, c.Detail, inside, 1), margin, bottom, 0, p.soft)
		bottom -= 78
	}
	if c.Of > 0 && c.Of <= 20 {
		p.dots(c.Kept, c.Of, bottom-12)
		bottom -= 76
	}
	for _, size := range []float64{104, 88, 74, 62, 52} {
		face, err := p.face(p.bold, size)
		if err != nil {
			return err
		}
		height := int(size * 1.14)
		room := (bottom - 170) / height
		wrapped := lines(face, c.Headline, inside, room)
		if len(wrapped) > 0 && cut(wrapped) && size > 52 {
			continue
		}
		middle := (170+bottom)/2 - height*len(wrapped)/2
		p.write(face, wrapped, margin-4, middle+int(size*0.86), height, p.text)
		break
	}
	return nil
}

func (p *painter) face(f *opentype.Font, size float64) (font.Face, error) {
	return opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingNone})
}

// write sets lines with the first baseline at y.
func (p *painter) write(face font.Face, text []string, x, y, height int, c color.Color) {
	for i, s := range text {
		d := font.Drawer{Dst: p.m, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y+i*height)}
		d.DrawString(s)
	}
}

// fewColours gives the picture a palette: every pixel is a mixture of the ground with one colour, and 32 steps of each are more than
// an eye can tell.
func fewColours(m *image.RGBA, ground color.RGBA, others ...color.RGBA) image.Image {
	palette, seen := color.Palette{}, map[color.RGBA]bool{}
	for _, o := range others {
		for i := range 33 {
			c := mix(o, ground, float64(i)/32)
			if !seen[c] {
				seen[c] = true
				palette = append(palette, c)
			}
		}
	}
	out := image.NewPaletted(m.Bounds(), palette)
	nearest := map[color.RGBA]uint8{}
	last, n := color.RGBA{}, uint8(0)
	for i := range out.Pix {
		c := color.RGBA{m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], 0xff}
		if c != last {
			known := false
			if n, known = nearest[c]; !known {
				n = uint8(palette.Index(c))
				nearest[c] = n
			}
			last = c
		}
		out.Pix[i] = n
	}
	return out
}
