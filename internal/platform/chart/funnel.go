package chart

import (
	"context"
	"fmt"
	"io"
	"math"
	"strconv"
)

// Funnel shows units of different sizes around the whole they are parts of: the further out a dot lies beyond the limits, the less chance explains it.
// Units are never ranked; each has the number that it has in the list beside.
type Funnel struct {
	Frame
	Points  []Unit
	Limits  []Limit   // by growing size
	Whole   float64   // the share of all
	Largest int64     // the right end of the scale of sizes
	Axes    [2]string // under the sizes, and behind the top of the shares
	All     string    // the share of all in words, on its line
	Header  [4]string // number and name, size, share, whether it lies outside
}

// Unit is one dot.
type Unit struct {
	Name    string
	N       int64
	Share   float64 // 0 to 1
	Outside bool
	Words   [3]string // size, share and place in words
}

// Limit is how wide the funnel is for units of one size.
type Limit struct {
	N                                        int64
	LikelyLow, LikelyHigh, SureLow, SureHigh float64
}

// Rows is the twin.
func (f Funnel) Rows() Table {
	t := Table{Header: f.Header[:]}
	for i, p := range f.Points {
		t.Rows = append(t.Rows, []string{strconv.Itoa(i+1) + ". " + p.Name, p.Words[0], p.Words[1], p.Words[2]})
	}
	return t
}

// Render draws it.
func (f Funnel) Render(ctx context.Context, out io.Writer) error {
	if err := f.check(); err != nil {
		return err
	}
	if f.Largest < 1 || !(f.Whole >= 0 && f.Whole <= 1) {
		return fmt.Errorf("chart %q: a whole of %v among %d", f.ID, f.Whole, f.Largest)
	}
	const height, top, bottom = 18.0, 2.0, 3.25
	x := func(n int64) percent { return percent(9 + 88*float64(min(n, f.Largest))/float64(f.Largest)) }
	y := func(share float64) rem { return rem(top + (height-top-bottom)*(1-min(max(share, 0), 1))) }
	c := newCanvas()
	c.svg(f.Frame, "img", "class", "ch ch-funnel", "height", rem(height), "width", "100%")
	// The numbers of the scale stand on its lines, within the drawing, so that none is cut off on a narrow screen.
	for _, share := range []float64{0, 0.5, 1} {
		c.leaf("line", "class", "ch-grid", "x1", percent(0), "x2", percent(100), "y1", y(share), "y2", y(share))
		words := strconv.Itoa(int(100 * share))
		if share == 1 {
			words += " " + f.Axes[1]
		}
		if math.Abs(share-f.Whole) > 0.08 || share == 1 {
			c.text("text", words, "class", "ch-after ch-scale", "x", percent(0), "y", y(share)-rem(0.3), "aria-hidden", "true")
		}
	}
	for _, n := range ticks(f.Largest) {
		c.leaf("line", "class", "ch-grid", "x1", x(n), "x2", x(n), "y1", y(0), "y2", y(0)+rem(0.4))
		c.text("text", strconv.FormatInt(n, 10), "class", "ch-scale", "x", x(n), "y", y(0)+rem(1.3), "aria-hidden", "true")
	}
	c.text("text", f.Axes[0], "class", "ch-before ch-scale", "x", percent(100), "y", rem(height-0.4), "aria-hidden", "true")
	c.leaf("line", "class", "ch-today", "x1", percent(0), "x2", percent(100), "y1", y(f.Whole), "y2", y(f.Whole))
	if f.All != "" {
		c.text("text", f.All, "class", "ch-after ch-all", "x", percent(0), "y", y(f.Whole)-rem(0.3), "aria-hidden", "true")
	}
	for i := 1; i < len(f.Limits); i++ {
		a, b := f.Limits[i-1], f.Limits[i]
		for _, l := range []struct {
			class    string
			from, to float64
		}{{"ch-likely", a.LikelyLow, b.LikelyLow}, {"ch-likely", a.LikelyHigh, b.LikelyHigh}, {"ch-sure", a.SureLow, b.SureLow}, {"ch-sure", a.SureHigh, b.SureHigh}} {
			c.leaf("line", "class", l.class, "x1", x(a.N), "x2", x(b.N), "y1", y(l.from), "y2", y(l.to))
		}
	}
	for i, p := range f.Points {
		if p.N < 0 || !(p.Share >= 0 && p.Share <= 1) {
			return fmt.Errorf("chart %q: %q has a share of %v", f.ID, p.Name, p.Share)
		}
		class, up := "ch-came", rem(0.8)
		if p.Outside {
			class, up = "ch-came ch-hollow", rem(1.15)
			c.leaf("circle", "class", "ch-ring", "cx", x(p.N), "cy", y(p.Share), "r", rem(0.8))
		}
		c.leaf("circle", "class", class, "cx", x(p.N), "cy", y(p.Share), "r", rem(0.4375))
		c.text("text", strconv.Itoa(i+1), "class", "ch-n", "x", x(p.N), "y", y(p.Share)-up, "aria-hidden", "true")
	}
	c.close("svg")
	return c.writeTo(ctx, out)
}

// ticks are two to five round numbers up to the largest.
func ticks(largest int64) (list []int64) {
	step := int64(1)
	for i := 0; largest/step > 5; i++ {
		step = [...]int64{1, 2, 5}[i%3]
		for range i / 3 {
			step *= 10
		}
	}
	for n := step; n <= largest; n += step {
		list = append(list, n)
	}
	return list
}
