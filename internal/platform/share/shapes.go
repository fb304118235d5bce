package share

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// mark draws the logo, a tick that two strokes join, in the square of 64 pixels at x, y. The curves are those of ui.Logo.
func (p *painter) mark(x, y float32) {
	p.stroke(x, y, [][3][2]float32{{{3.2, 17}, {7, 22}, {10.8, 27}}, {{10.8, 27}, {16.5, 14.5}, {28.2, 7}}}, p.text)
	p.stroke(x, y, [][3][2]float32{{{10.6, 16.8}, {11.6, 9.4}, {16, 3.6}}}, p.accent)
	p.stroke(x, y, [][3][2]float32{{{19.6, 23.2}, {24, 20.2}, {29, 19.4}}}, p.soft)
}

// stroke draws quadratic curves of a square of 32 units with a round pen, in the square of 64 pixels at x, y.
func (p *painter) stroke(x, y float32, curves [][3][2]float32, c color.RGBA) {
	const side, unit, pen, stamps = 64, 64.0 / 32, 3.4 * 64.0 / 32 / 2, 64
	box := image.Rect(int(x)-4, int(y)-4, int(x)+side+4, int(y)+side+4).Intersect(p.m.Bounds())
	v := vector.NewRasterizer(box.Dx(), box.Dy())
	x, y = x-float32(box.Min.X), y-float32(box.Min.Y)
	for _, q := range curves {
		for i := range stamps + 1 {
			t := float32(i) / stamps
			at := func(n int) float32 { return (1-t)*(1-t)*q[0][n] + 2*t*(1-t)*q[1][n] + t*t*q[2][n] }
			circle(v, x+at(0)*unit, y+at(1)*unit, pen, 1)
		}
	}
	v.Draw(p.m, box, image.NewUniform(c), image.Point{})
}

// dots draws of circles with their middles at height y, the first kept of them filled.
func (p *painter) dots(kept, of, y int) {
	step := float32(min(64, inside/of))
	r := step * 0.32
	for i := range of {
		x := margin + r + step*float32(i)
		if i < kept {
			p.ring(x, float32(y), r/2, r, p.accent)
		} else {
			p.ring(x, float32(y), r-2, 4, p.soft)
		}
	}
}

// ring draws a circle line of radius r and the given width; a line as wide as twice the radius is a disc.
func (p *painter) ring(x, y, r, width float32, c color.RGBA) {
	outer, inner := r+width/2, r-width/2
	box := image.Rect(int(x-outer)-1, int(y-outer)-1, int(x+outer)+2, int(y+outer)+2).Intersect(p.m.Bounds())
	v := vector.NewRasterizer(box.Dx(), box.Dy())
	x, y = x-float32(box.Min.X), y-float32(box.Min.Y)
	circle(v, x, y, outer, 1)
	if inner > 0 {
		circle(v, x, y, inner, -1)
	}
	v.Draw(p.m, box, image.NewUniform(c), image.Point{})
}

// circle adds a circle of four curves; turn is 1 or -1, and what is turned the other way is cut out.
func circle(v *vector.Rasterizer, x, y, r, turn float32) {
	const k = 0.5522848 // the handle that makes a cubic curve a quarter of a circle
	v.MoveTo(x+r, y)
	for q := range 4 {
		sin, cos := math.Sincos(float64(q) * math.Pi / 2)
		s, c := float32(sin), float32(cos)
		point := func(a, b float32) (float32, float32) { return x + r*(a*c-b*s), y + turn*r*(a*s+b*c) }
		x1, y1 := point(1, k)
		x2, y2 := point(k, 1)
		x3, y3 := point(0, 1)
		v.CubeTo(x1, y1, x2, y2, x3, y3)
	}
	v.ClosePath()
}

// mix is a share of a over b.
func mix(a, b color.RGBA, share float64) color.RGBA {
	m := func(x, y uint8) uint8 { return uint8(math.Round(float64(x)*share + float64(y)*(1-share))) }
	return color.RGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xff}
}

// contrast is that of WCAG 2.2, from 1 to 21.
func contrast(a, b color.RGBA) float64 {
	l, d := luminance(a), luminance(b)
	return (max(l, d) + 0.05) / (min(l, d) + 0.05)
}

func luminance(c color.RGBA) float64 {
	f := func(v uint8) float64 {
		x := float64(v) / 255
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*f(c.R) + 0.7152*f(c.G) + 0.0722*f(c.B)
}
