package chart

import (
	"context"
	"io"
	"strings"
)

// Track is a row of small bars, one for each month (or any other step): what was done, is planned, was missed.
type Track struct {
	Frame
	Steps   []Step // at most some thirty
	Current int    // number of the step that is now, from 1; 0 for none
	Header  [2]string
}

// Step is one bar.
type Step struct {
	Name    string // "september", in the twin
	Initial string // "s", under the bar
	State   State
	Text    string // "gjort", in the twin
}

// Rows is the twin.
func (t Track) Rows() Table {
	out := Table{Header: t.Header[:]}
	for _, s := range t.Steps {
		out.Rows = append(out.Rows, []string{s.Name, s.Text})
	}
	return out
}

// Render draws the track.
func (t Track) Render(ctx context.Context, out io.Writer) error {
	if err := t.check(); err != nil {
		return err
	}
	c := newCanvas()
	c.svg(t.Frame, "img", "class", "ch ch-track", "height", rem(1.9))
	var used []State
	for _, s := range []State{Planned, Late} {
		for _, step := range t.Steps {
			if step.State.known() == s {
				used = append(used, s)
				break
			}
		}
	}
	if len(used) > 0 {
		c.patterns(t.ID, used...)
	}
	width := 100 / float64(max(1, len(t.Steps)))
	for i, s := range t.Steps {
		x, w, state := percent(float64(i)*width), percent(width*0.92), s.State.known()
		middle := x + w/2
		c.leaf("rect", "class", "ch-bar ch-nothing", "x", x, "y", rem(0.125), "width", w, "height", rem(0.625), "rx", 3)
		switch state {
		case Nothing:
		case Partly:
			c.leaf("rect", "class", "ch-bar ch-partly", "x", x, "y", rem(0.125), "width", w/2, "height", rem(0.625), "rx", 3)
		case Late:
			c.leaf("rect", "class", "ch-bar ch-late", "x", x, "y", rem(0.125), "width", w, "height", rem(0.625), "rx", 3, "fill", fill(t.ID, state))
			c.leaf("line", "class", "ch-break", "x1", middle-w/16, "x2", middle+w/16, "y1", rem(0.875), "y2", rem(0))
		default:
			c.leaf("rect", "class", "ch-bar ch-"+state.class(), "x", x, "y", rem(0.125), "width", w, "height", rem(0.625), "rx", 3, "fill", fill(t.ID, state))
		}
		class := "ch-step"
		if i+1 == t.Current {
			class += " ch-current"
			c.leaf("rect", "class", "ch-now", "x", middle-w/4, "y", rem(1.76), "width", w/2, "height", rem(0.125), "rx", 1)
		}
		c.text("text", s.Initial, "class", class, "x", middle, "y", rem(1.6))
	}
	c.close("svg")
	return c.writeTo(ctx, out)
}

func list(s []string) string { return strings.Join(s, "; ") }
