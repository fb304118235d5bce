package chart

import (
	"context"
	"io"
	"strconv"
)

// Dots shows each of a few things by its state, such as eight promises of which five are kept. They stand in the caller's order.
type Dots struct {
	Frame
	Items  []Dot // up to a dozen or so; more are parts of a whole
	Header [2]string
}

// Dot is one of the things.
type Dot struct {
	Name  string
	State State
	Text  string // the state in words
}

// Rows is the twin.
func (d Dots) Rows() Table {
	t := Table{Header: d.Header[:]}
	for _, i := range d.Items {
		t.Rows = append(t.Rows, []string{i.Name, i.Text})
	}
	return t
}

// Render draws the dots.
func (d Dots) Render(ctx context.Context, out io.Writer) error {
	if err := d.check(); err != nil {
		return err
	}
	c := newCanvas()
	w := max(20*len(d.Items)-4, 16)
	c.svg(d.Frame, "img", "class", "ch ch-dots", "viewBox", "0 0 "+strconv.Itoa(w)+" 16", "width", rem(float64(w)/13), "height", rem(16.0/13))
	c.patterns(d.ID, Planned)
	for i, item := range d.Items {
		c.open("g")
		c.text("title", item.Name+": "+item.Text)
		c.shape(d.ID, item.State.known(), float64(20*i), 0)
		c.close("g")
	}
	c.close("svg")
	return c.writeTo(ctx, out)
}

// Stack is one bar divided into parts of a whole, with the number in each part that has room for it and a key below that names them.
type Stack struct {
	Frame
	Parts  []Part
	Header [2]string
}

// Part of the whole.
type Part struct {
	State State
	Name  string // "gjorda"
	N     int
}

// Rows is the twin.
func (s Stack) Rows() Table {
	t := Table{Header: s.Header[:]}
	for _, p := range s.Parts {
		t.Rows = append(t.Rows, []string{p.Name, strconv.Itoa(p.N)})
	}
	return t
}

// Render draws the bar and its key.
func (s Stack) Render(ctx context.Context, out io.Writer) error {
	if err := s.check(); err != nil {
		return err
	}
	whole := 0
	for _, p := range s.Parts {
		whole += max(0, p.N)
	}
	c := newCanvas()
	c.open("div", "class", "ch-stack")
	c.svg(s.Frame, "img", "class", "ch", "height", rem(2))
	c.patterns(s.ID, Planned, Partly, Late)
	c.leaf("rect", "class", "ch-bar ch-nothing", "width", percent(100), "height", rem(2), "rx", 4)
	from := 0.0
	for _, p := range s.Parts {
		if p.N <= 0 {
			continue
		}
		w, state := 100*float64(p.N)/float64(whole), p.State.known()
		c.open("svg", "x", percent(from), "width", percent(w), "height", rem(2)) // a part's own per cent, and no text beyond it
		c.leaf("rect", "class", "ch-bar ch-is-"+state.class(), "width", percent(100), "height", percent(100), "fill", fill(s.ID, state))
		if w >= 8 {
			if state != Done {
				c.leaf("rect", "class", "ch-plate", "x", percent(50), "y", rem(0.375), "width", rem(1.75), "height", rem(1.25), "rx", 4)
			}
			c.text("text", strconv.Itoa(p.N), "class", "ch-n ch-on-"+state.class(), "x", percent(50), "y", rem(1.375))
		}
		c.close("svg")
		if from > 0 {
			c.leaf("line", "class", "ch-cut", "x1", percent(from), "x2", percent(from), "y1", 0, "y2", rem(2))
		}
		from += w
	}
	c.close("svg")
	c.key(s.ID, s.Parts)
	c.close("div")
	return c.writeTo(ctx, out)
}

// key names the parts with their shapes and numbers. The picture above says the same to those who hear it, so it is for the eye only.
func (c *canvas) key(id string, parts []Part) {
	c.open("ul", "class", "ch-key", "aria-hidden", "true")
	for _, p := range parts {
		c.open("li")
		c.sign(id, p.State.known())
		c.text("b", strconv.Itoa(p.N))
		c.text("span", p.Name)
		c.close("li")
	}
	c.close("ul")
}

// sign is a state's shape as a picture of its own, in running text.
func (c *canvas) sign(id string, s State) {
	c.open("svg", "class", "ch ch-sign", "viewBox", "0 0 16 16", "width", rem(1), "height", rem(1), "aria-hidden", "true")
	c.shape(id, s, 0, 0)
	c.close("svg")
}
