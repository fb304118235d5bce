package chart

import (
	"context"
	"fmt"
	"io"
)

// Intervals shows values with their uncertainty (a dot on a line), one below the other on one scale, so that they can be compared.
type Intervals struct {
	Frame
	Items    []Interval
	From, To float64   // the scale: 0 to 1 for shares, -1 to 1 for differences
	Zero     bool      // a line at nought, on which there is no difference
	Scale    [3]string // words for the beginning, middle and end of the scale, below the last line; none where they are empty
	Header   [3]string // name, value, uncertainty
}

// Interval is one value.
type Interval struct {
	Group            string // begins a group of lines, which stand under its name
	Name, Href       string
	Low, Value, High float64
	Hollow           bool // the one that others are compared with
	Hidden           bool // nothing is drawn, and Value says why in words
	Words            string
	Uncertainty      string
}

// Rows is the twin.
func (x Intervals) Rows() Table {
	t := Table{Header: x.Header[:]}
	group := ""
	for _, i := range x.Items {
		if i.Group != "" {
			group = i.Group + ", "
		}
		t.Rows = append(t.Rows, []string{group + i.Name, i.Words, i.Uncertainty})
	}
	return t
}

// Render draws a list with a line for each value.
func (x Intervals) Render(ctx context.Context, out io.Writer) error {
	if err := x.check(); err != nil {
		return err
	}
	if !(x.From < x.To) {
		return fmt.Errorf("chart %q: a scale from %v to %v", x.ID, x.From, x.To)
	}
	scale := func(v float64) percent { return percent(1.5 + 97*(min(max(v, x.From), x.To)-x.From)/(x.To-x.From)) }
	c := newCanvas()
	c.open("section", "class", "ch-reach ch-intervals", "aria-labelledby", x.ID+"-t", "aria-describedby", described(x.Frame))
	c.heading(x.Frame)
	c.open("ul", "class", "ch-rows")
	for _, i := range x.Items {
		if !i.Hidden && !(i.Low <= i.Value && i.Value <= i.High) {
			return fmt.Errorf("chart %q: %v is not between %v and %v", x.ID, i.Value, i.Low, i.High)
		}
		class := ""
		if i.Group != "" {
			class = "ch-first"
		}
		c.open("li", "class", class)
		if i.Group != "" {
			c.text("p", i.Group, "class", "ch-group")
		}
		c.name(i.Name, i.Href, "")
		c.open("span", "class", "ch-words")
		if i.Words != "" {
			c.text("b", i.Words)
		}
		if i.Uncertainty != "" {
			c.text("span", i.Uncertainty)
		}
		c.close("span")
		c.open("svg", "class", "ch ch-line", "height", rem(1.25), "aria-hidden", "true")
		c.leaf("line", "class", "ch-axis", "x1", scale(x.From), "x2", scale(x.To), "y1", rem(0.625), "y2", rem(0.625))
		if x.Zero {
			c.leaf("line", "class", "ch-today", "x1", scale(0), "x2", scale(0), "y1", rem(0.125), "y2", rem(1.125))
		}
		if !i.Hidden {
			c.leaf("line", "class", "ch-expected", "x1", scale(i.Low), "x2", scale(i.High), "y1", rem(0.625), "y2", rem(0.625))
			for _, v := range []float64{i.Low, i.High} {
				c.leaf("line", "class", "ch-bound", "x1", scale(v), "x2", scale(v), "y1", rem(0.25), "y2", rem(1))
			}
			class := "ch-came"
			if i.Hollow {
				class += " ch-hollow"
			}
			c.leaf("circle", "class", class, "cx", scale(i.Value), "cy", rem(0.625), "r", rem(0.4375))
		}
		c.close("svg")
		c.close("li")
	}
	if x.Scale != [3]string{} {
		c.open("li", "class", "ch-ends", "aria-hidden", "true")
		for _, s := range x.Scale {
			c.text("span", s)
		}
		c.close("li")
	}
	c.close("ul")
	c.close("section")
	return c.writeTo(ctx, out)
}
