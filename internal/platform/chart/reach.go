package chart

import (
	"context"
	"fmt"
	"io"
)

// Reach compares how many were expected (from–to, a line) with how many came (a dot), for one or more activities on one scale that
// begins at nought.
type Reach struct {
	Frame
	Items  []Reached
	Header [3]string // name, expected, came
}

// Reached is one activity.
type Reached struct {
	Name, Href   string
	Min, Max     int    // expected; both 0 when nothing was said
	Expected     string // "100–200 väntade"
	Count        int
	Counted      bool   // false until somebody has counted
	Came         string // "146 kom", or "inte räknat än"
	Approximated bool   // estimated rather than counted: the dot is hollow
}

// Rows is the twin.
func (r Reach) Rows() Table {
	t := Table{Header: r.Header[:]}
	for _, i := range r.Items {
		t.Rows = append(t.Rows, []string{i.Name, i.Expected, i.Came})
	}
	return t
}

// Render draws a list with a line for each activity.
func (r Reach) Render(ctx context.Context, out io.Writer) error {
	if err := r.check(); err != nil {
		return err
	}
	top := 1
	for _, i := range r.Items {
		if i.Min < 0 || i.Max < i.Min || i.Count < 0 {
			return fmt.Errorf("chart %q: expected %d–%d, came %d", r.ID, i.Min, i.Max, i.Count)
		}
		top = max(top, i.Max)
		if i.Counted {
			top = max(top, i.Count)
		}
	}
	scale := func(n int) percent { return percent(1.5 + 95*float64(n)/float64(top)) }
	c := newCanvas()
	c.open("section", "class", "ch-reach", "aria-labelledby", r.ID+"-t", "aria-describedby", described(r.Frame))
	c.heading(r.Frame)
	c.open("ul", "class", "ch-rows")
	for _, i := range r.Items {
		c.open("li")
		c.name(i.Name, i.Href, "")
		c.open("span", "class", "ch-words")
		if i.Came != "" {
			c.text("b", i.Came)
		}
		c.text("span", i.Expected)
		c.close("span")
		c.open("svg", "class", "ch ch-line", "height", rem(1.25), "aria-hidden", "true")
		c.leaf("line", "class", "ch-axis", "x1", scale(0), "x2", scale(top), "y1", rem(0.625), "y2", rem(0.625))
		c.leaf("line", "class", "ch-end", "x1", scale(0), "x2", scale(0), "y1", rem(0.375), "y2", rem(0.875))
		if i.Max > 0 {
			c.leaf("line", "class", "ch-expected", "x1", scale(i.Min), "x2", scale(i.Max), "y1", rem(0.625), "y2", rem(0.625))
			for _, n := range []int{i.Min, i.Max} {
				c.leaf("line", "class", "ch-bound", "x1", scale(n), "x2", scale(n), "y1", rem(0.25), "y2", rem(1))
			}
		}
		if i.Counted {
			class := "ch-came"
			if i.Approximated {
				class += " ch-hollow"
			}
			c.leaf("circle", "class", class, "cx", scale(i.Count), "cy", rem(0.625), "r", rem(0.4375))
		}
		c.close("svg")
		c.close("li")
	}
	c.close("ul")
	c.close("section")
	return c.writeTo(ctx, out)
}

// heading writes the name and description of a chart that is a list, so that they can be read by everyone.
func (c *canvas) heading(f Frame) {
	c.text("p", f.Title, "class", "ch-title", "id", f.ID+"-t")
	if f.Desc != "" {
		c.text("p", f.Desc, "class", "ch-desc", "id", f.ID+"-d")
	}
}

func described(f Frame) string {
	if f.Desc == "" {
		return ""
	}
	return f.ID + "-d"
}

// name writes what a row is about, linked when there is a page of it.
func (c *canvas) name(name, href, lang string) {
	if href = link(href); href != "" {
		c.text("a", name, "class", "ch-name", "href", href, "lang", lang)
		return
	}
	c.text("span", name, "class", "ch-name", "lang", lang)
}
