package chart

import (
	"context"
	"fmt"
	"io"
	"strconv"
)

// Funnel shows units of different sizes around the whole they are parts of: the further out a dot lies beyond the limits, the less chance explains it.
// Units are never ranked; each has the number that it has in the list beside.
type Funnel struct {
	Frame
	Points  []Unit
	Limits  []Limit // by growing size
	Whole   float64 // the share of all
	Largest int64   // the right end of the scale of sizes
	Axes    [2]string
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
	const height = 17.0
	x := func(n int64) percent { return percent(6 + 90*float64(min(n, f.Largest))/float64(f.Largest)) }
	y := func(share float64) rem { return rem(1.75 + (height-3.5)*(1-min(max(share, 0), 1))) }
	c := newCanvas()
	c.svg(f.Frame, "img", "class", "ch ch-funnel", "height", rem(height), "width", "100%")
	for _, share := range []float64{0, 0.5, 1} {
		c.leaf("line", "class", "ch-grid", "x1", percent(6), "x2", percent(96), "y1", y(share), "y2", y(share))
		c.text("text", strconv.Itoa(int(100*share)), "class", "ch-before", "x", percent(5), "y", y(share)+rem(0.3), "aria-hidden", "true")
	}
	c.leaf("line", "class", "ch-today", "x1", percent(6), "x2", percent(96), "y1", y(f.Whole), "y2", y(f.Whole))
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
		class := "ch-came"
		if p.Outside {
			class += " ch-hollow"
			c.leaf("circle", "class", "ch-ring", "cx", x(p.N), "cy", y(p.Share), "r", rem(0.8))
		}
		c.leaf("circle", "class", class, "cx", x(p.N), "cy", y(p.Share), "r", rem(0.4375))
		c.text("text", strconv.Itoa(i+1), "class", "ch-count", "x", x(p.N), "y", y(p.Share)-rem(0.95), "aria-hidden", "true")
	}
	c.text("text", f.Axes[0], "class", "ch-before", "x", percent(96), "y", rem(height-0.4), "aria-hidden", "true")
	c.text("text", f.Axes[1], "class", "ch-after", "x", percent(0), "y", rem(0.75), "aria-hidden", "true")
	c.close("svg")
	return c.writeTo(ctx, out)
}
